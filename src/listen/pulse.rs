//! The pulse of one connection: what it has been doing since when, and so when its time is up.
//!
//! hyper's own limit for a request's head also runs while a kept-alive connection rests, and not at all before the
//! protocol is known. Here the two have a clock each, and a client that does not take its answer has a third.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::{Instant, Sleep};

/// How long a connection without requests may take to close after it was asked to.
const CLOSE_GRACE: Duration = Duration::from_secs(5);

/// So much written is progress; the frames that only keep an HTTP/2 connection alive are smaller.
const PROGRESS_BYTES: usize = 1024;

/// How long a connection may stay in each of its states.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// From the connection's start, or the first byte of a later request, to the end of the request's head.
    pub(super) head: Duration,
    /// Between two requests.
    pub(super) idle: Duration,
    /// Without the client taking anything of an answer.
    pub(super) write: Duration,
}

/// Why a connection has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It rested too long: to be closed in an orderly way.
    Idle,
    /// The request's head took too long.
    HeadLate,
    /// The client does not take its answer.
    Stalled,
    /// It was asked to close and did not.
    CloseLate,
}

/// What one connection is doing.
#[derive(Debug)]
pub(super) struct Pulse {
    times: Times,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When the head that is being read began.
    head_since: Option<Instant>,
    /// Requests whose next step is ours.
    working: usize,
    /// Requests whose next step is the client's: to take a part of the answer that is ready.
    sending: usize,
    /// When the last request ended.
    rest_since: Instant,
    /// When the connection was asked to close.
    close_since: Option<Instant>,
    /// Since when the socket takes no more bytes.
    blocked_since: Option<Instant>,
    progress_at: Instant,
    written: usize,
    is_http2: bool,
    /// Whether a part of the last request's body was not read.
    is_uploading: bool,
    /// Whether a request came since the connection's place among the resting ones was taken.
    has_moved: bool,
    waker: Option<Waker>,
}

impl State {
    fn is_resting(&self) -> bool {
        self.working == 0 && self.sending == 0 && self.head_since.is_none()
    }
}

impl Pulse {
    /// A new connection: the time for its first head, TLS handshake included, begins now.
    pub(super) fn new(times: Times) -> Arc<Self> {
        let now = Instant::now();
        Arc::new(Self {
            times,
            state: Mutex::new(State {
                head_since: Some(now),
                working: 0,
                sending: 0,
                rest_since: now,
                close_since: None,
                blocked_since: None,
                progress_at: now,
                written: 0,
                is_http2: false,
                is_uploading: false,
                has_moved: false,
                waker: None,
            }),
        })
    }

    /// Ready when the connection's time is up, or when it rests and its place is needed.
    pub(super) fn poll_due<'a>(
        &self,
        mut alarm: Pin<&mut Sleep>,
        mut room: Pin<&mut Option<Notified<'a>>>,
        needed: &'a Notify,
        cx: &mut Context<'_>,
    ) -> Poll<Verdict> {
        self.wake_later(cx.waker());
        let (is_evictable, has_moved) = self.standing();
        if !is_evictable || has_moved {
            room.set(None);
        }
        // Who waits longest for this call is called first: the place in the queue is that of the last request's end.
        if is_evictable && room.is_none() {
            room.set(Some(needed.notified()));
        }
        if let Some(notified) = room.as_mut().as_pin_mut()
            && notified.poll(cx).is_ready()
        {
            room.set(None);
            return Poll::Ready(Verdict::Idle);
        }
        loop {
            let (at, verdict) = self.due();
            if at <= Instant::now() {
                return Poll::Ready(verdict);
            }
            // An alarm that is too early costs one look; setting it anew for every request would cost more.
            if at < alarm.deadline() || alarm.is_elapsed() {
                alarm.as_mut().reset(at);
            }
            if alarm.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// The next moment at which something has to happen if nothing else does before, and what.
    pub(super) fn due(&self) -> (Instant, Verdict) {
        let state = self.state();
        let head = state
            .head_since
            .map(|since| (since + self.times.head, Verdict::HeadLate));
        let blocked = state
            .blocked_since
            .map(|since| (since + self.times.write, Verdict::Stalled));
        let stalled = (state.sending > 0 && state.working == 0)
            .then(|| (state.progress_at + self.times.write, Verdict::Stalled));
        let rest = state.is_resting().then(|| match state.close_since {
            Some(since) => (
                since.max(state.rest_since) + CLOSE_GRACE,
                Verdict::CloseLate,
            ),
            None => (state.rest_since + self.times.idle, Verdict::Idle),
        });
        [head, blocked, stalled, rest]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
            // Nothing is due while a request is ours to answer; the time is looked at again.
            .unwrap_or_else(|| (Instant::now() + self.times.idle, Verdict::Idle))
    }

    /// Whether the client has nothing more to send of what it began.
    pub(super) fn is_settled(&self) -> bool {
        let state = self.state();
        state.is_resting() && !state.is_uploading
    }

    /// The request's body was read to its end.
    pub(super) fn uploaded(&self) {
        self.state().is_uploading = false;
    }

    /// Whether the connection may be ended to make room, and whether it had a request since this was last asked.
    fn standing(&self) -> (bool, bool) {
        let mut state = self.state();
        let is_evictable = state.is_resting() && state.close_since.is_none();
        (is_evictable, std::mem::take(&mut state.has_moved))
    }

    /// Remembers whom to wake when an HTTP/2 stream, which has its own task, changes what is due.
    fn wake_later(&self, waker: &Waker) {
        let mut state = self.state();
        if state.is_http2 && !state.waker.as_ref().is_some_and(|old| old.will_wake(waker)) {
            state.waker = Some(waker.clone());
        }
    }

    /// The connection was asked to close.
    pub(super) fn closing(&self) {
        self.state().close_since.get_or_insert_with(Instant::now);
    }

    /// A request's head is complete, and its body still to come or not.
    pub(super) fn begin(self: &Arc<Self>, is_http2: bool, has_body: bool) -> Turn {
        let mut state = self.state();
        state.head_since = None;
        state.is_http2 = is_http2;
        state.working += 1;
        state.has_moved = true;
        state.is_uploading = has_body && !is_http2;
        drop(state);
        Turn {
            pulse: Arc::clone(self),
            is_sending: false,
        }
    }

    /// Bytes came from the client.
    pub(super) fn heard(&self) {
        let mut state = self.state();
        // What an HTTP/2 connection sends between requests may be anything; a head is bounded by h2 in size.
        if !state.is_http2 && state.is_resting() {
            state.head_since = Some(Instant::now());
        }
    }

    /// The socket took bytes.
    pub(super) fn wrote(&self, bytes: usize) {
        let mut state = self.state();
        state.blocked_since = None;
        state.written += bytes;
        if state.written >= PROGRESS_BYTES {
            state.written = 0;
            state.progress_at = Instant::now();
        }
    }

    /// The socket takes no bytes.
    pub(super) fn blocked(&self) {
        self.state().blocked_since.get_or_insert_with(Instant::now);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request, from its complete head to the end of its answer.
#[derive(Debug)]
pub(super) struct Turn {
    pulse: Arc<Pulse>,
    is_sending: bool,
}

impl Turn {
    /// Whose turn it is: the client's, to take what is ready, or ours.
    pub(super) fn set_sending(&mut self, is_sending: bool) {
        if self.is_sending == is_sending {
            return;
        }
        let mut state = self.pulse.state();
        if is_sending {
            state.working -= 1;
            state.sending += 1;
            state.progress_at = Instant::now();
        } else {
            state.sending -= 1;
            state.working += 1;
        }
        self.is_sending = is_sending;
        wake(state);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.pulse.state();
        if self.is_sending {
            state.sending -= 1;
        } else {
            state.working -= 1;
        }
        state.rest_since = Instant::now();
        wake(state);
    }
}

/// Wakes the connection's task, if there is one to wake, to look at what is due now.
fn wake(mut state: MutexGuard<'_, State>) {
    let waker = state.waker.take();
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}
