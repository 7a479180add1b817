//! What waits to be written to the provisioning log, one exchange after another in one buffer.
//!
//! Requests hand over texts of theirs by the thousand a second. Kept as they are, with their allocations, until another thread writes them and
//! gives the memory back, they cost more than writing them does; copied to a buffer that is used again, they cost next to nothing.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::{Exchange, outcome};
use crate::error::ErrorKind;
use crate::schema::Registry;
use crate::service::redact::{Redaction, Secrets, text_of};
use crate::store::log::Entry;

/// How much may wait to be written, in bytes and in entries, what is being written included.
const MAX_WAITING_BYTES: usize = 64 << 20;
const MAX_WAITING: usize = 16_384;
/// Buffers that have grown beyond this are not kept.
const KEPT_BYTES: usize = 8 << 20;
/// How many texts an exchange has.
const TEXTS: usize = 13;

/// Where exchanges wait.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    state: Mutex<State>,
    came: Notify,
    ends: Notify,
    has_ended: AtomicBool,
    left_out: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    packed: Packed,
    /// What is being written, in bytes and in entries.
    written: (usize, usize),
}

/// Exchanges in one buffer.
#[derive(Debug, Default)]
pub(super) struct Packed {
    bytes: Vec<u8>,
    records: Vec<Record>,
}

/// An exchange, with its texts in the buffer.
#[derive(Debug)]
struct Record {
    at: i64,
    duration: i64,
    tenant: Option<i32>,
    connection: Option<i32>,
    status: i16,
    error: Option<ErrorKind>,
    registry: Option<Arc<Registry>>,
    is_reading: bool,
    request_bytes: i64,
    response_bytes: usize,
    /// Where the first text begins, and where each ends that is there, in the order of [`Exchange::texts`].
    begin: usize,
    ends: [Option<usize>; TEXTS],
}

impl Waiting {
    /// Takes an exchange, unless too much waits already.
    pub(super) fn add(&self, exchange: &Exchange<'_>, redaction: &Redaction) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (bytes, entries) = state.written;
        let packed = &mut state.packed;
        if packed.bytes.len() + bytes > MAX_WAITING_BYTES
            || packed.records.len() + entries >= MAX_WAITING
        {
            drop(state);
            self.left_out.fetch_add(1, Ordering::Relaxed);
            return;
        }
        packed.push(exchange, redaction);
        let is_first = packed.len() == 1;
        drop(state);
        if is_first {
            self.came.notify_one();
        }
    }

    /// Takes all that waits and leaves an empty buffer.
    pub(super) fn take(&self, spare: Packed) -> Packed {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = std::mem::replace(&mut state.packed, spare);
        state.written = (taken.bytes.len(), taken.len());
        taken
    }

    /// What was taken is written.
    pub(super) fn wrote(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.written = (0, 0);
    }

    /// How many were left out since this was asked last.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out.swap(0, Ordering::Relaxed)
    }

    /// Nothing more comes.
    pub(super) fn end(&self) {
        self.has_ended.store(true, Ordering::Release);
        self.ends.notify_one();
        self.came.notify_one();
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    /// Waits until something has come, or the end.
    pub(super) async fn come(&self) {
        self.came.notified().await;
    }

    /// Lets so much time pass, unless the end is there.
    pub(super) async fn gather(&self, time: Duration) {
        if !self.has_ended() {
            _ = timeout(time, self.ends.notified()).await;
        }
    }
}

impl Packed {
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    fn push(&mut self, exchange: &Exchange<'_>, redaction: &Redaction) {
        let begin = self.bytes.len();
        let ends = exchange.texts(redaction).map(|text| {
            self.bytes.extend_from_slice(text?);
            Some(self.bytes.len())
        });
        self.records.push(Record {
            at: exchange.at,
            duration: exchange.duration,
            tenant: exchange.tenant,
            connection: exchange.connection,
            status: exchange.status,
            error: exchange.error,
            registry: exchange.registry.clone(),
            is_reading: exchange.is_reading,
            request_bytes: length(exchange.request.map_or(0, <[u8]>::len)),
            response_bytes: exchange.response_bytes,
            begin,
            ends,
        });
    }

    /// Some of what is stored: bodies without secrets, cut where they are long.
    pub(super) fn entries(&self, first: usize, count: usize, redaction: &Redaction) -> Vec<Entry> {
        let mut known = Known::default();
        let records = self.records.iter().skip(first).take(count);
        records
            .map(|record| self.entry(record, redaction, known.of(record.registry.as_ref())))
            .collect()
    }

    fn entry(&self, record: &Record, redaction: &Redaction, secrets: &Secrets) -> Entry {
        let mut begin = record.begin;
        let bytes = record.ends.map(|end| {
            let text = self.bytes.get(begin..end?);
            begin = end?;
            text
        });
        let [
            actor,
            token_id,
            address,
            request_id,
            method,
            path,
            query,
            headers,
            resource_type,
            resource_id,
            detail,
            request,
            response,
        ] = bytes;
        let optional = |bytes| text(bytes).map(String::from);
        let owned = |bytes| text(bytes).unwrap_or_default().into_owned();
        let error = record.error;
        Entry {
            key: 0,
            at: record.at,
            duration: record.duration,
            tenant: record.tenant,
            connection: record.connection,
            actor: owned(actor),
            token_id: optional(token_id),
            address: optional(address),
            request_id: owned(request_id),
            method: owned(method),
            path: redaction.path(&text(path).unwrap_or_default()),
            query: redaction.query(&text(query).unwrap_or_default(), secrets),
            headers: owned(headers),
            resource_type: optional(resource_type),
            resource_id: optional(resource_id),
            status: record.status,
            outcome: outcome(record.status, error).to_owned(),
            error_kind: error.map(|kind| kind.name().to_owned()),
            scim_type: error.and_then(ErrorKind::scim_type).map(str::to_owned),
            detail: text(detail).map(|detail| redaction.sentence(&detail)),
            request_body: request.map(|bytes| redaction.body(bytes, secrets)),
            request_bytes: record.request_bytes,
            response_body: response.map(|bytes| {
                redaction.answer(
                    bytes,
                    record.response_bytes,
                    is_mere_read(record.is_reading, error),
                )
            }),
            response_bytes: length(record.response_bytes),
        }
    }

    /// The buffer for what comes next.
    pub(super) fn emptied(mut self) -> Self {
        if self.bytes.capacity() > KEPT_BYTES {
            return Self::default();
        }
        self.bytes.clear();
        self.records.clear();
        self
    }
}

fn text(bytes: Option<&[u8]>) -> Option<Cow<'_, str>> {
    bytes.map(text_of)
}

impl Exchange<'_> {
    /// In the order in which they are packed; no more of an answer than is kept of it.
    fn texts(&self, redaction: &Redaction) -> [Option<&[u8]>; TEXTS] {
        let most = redaction.looked_at(is_mere_read(self.is_reading, self.error));
        let response = self.response.get(..most).unwrap_or(self.response);
        [
            Some(self.actor.as_bytes()),
            self.token_id.map(str::as_bytes),
            self.address.map(str::as_bytes),
            Some(self.request_id.as_bytes()),
            Some(self.method.as_bytes()),
            Some(self.path.as_bytes()),
            Some(self.query.as_bytes()),
            Some(self.headers.as_bytes()),
            self.resource_type.map(str::as_bytes),
            self.resource_id.map(str::as_bytes),
            self.detail.map(str::as_bytes),
            self.request.filter(|request| !request.is_empty()),
            Some(response).filter(|response| !response.is_empty()),
        ]
    }
}

/// Whether it only read, and was answered: what it got can be read again.
fn is_mere_read(is_reading: bool, error: Option<ErrorKind>) -> bool {
    is_reading && error.is_none()
}

fn length(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// What is secret, remembered for the tenant of the exchange before: neighbours are mostly of the same.
#[derive(Debug, Default)]
struct Known(Option<(Option<Arc<Registry>>, Secrets)>);

impl Known {
    fn of(&mut self, registry: Option<&Arc<Registry>>) -> &Secrets {
        let is_same = match (&self.0, registry) {
            (Some((Some(known), _)), Some(registry)) => Arc::ptr_eq(known, registry),
            (Some((None, _)), None) => true,
            _ => false,
        };
        if !is_same {
            self.0 = None;
        }
        let secrets = || Secrets::of(registry.map(Arc::as_ref));
        &self
            .0
            .get_or_insert_with(|| (registry.cloned(), secrets()))
            .1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REDACTION: Redaction = Redaction {
        body_bytes: 100,
        read_bytes: 10,
        masks_personal: false,
    };

    #[test]
    fn what_is_packed_is_what_is_written() {
        let waiting = Waiting::default();
        let body = br#"{"userName":"b"}"#;
        let first = Exchange {
            at: 7,
            actor: "operator cli",
            token_id: Some(""),
            method: "GET",
            path: "/scim/v2/Users",
            is_reading: true,
            response: body,
            response_bytes: body.len(),
            ..Exchange::default()
        };
        let second = Exchange {
            method: "POST",
            request: Some(body),
            is_reading: false,
            error: Some(ErrorKind::Uniqueness),
            status: 409,
            ..first.clone()
        };
        waiting.add(&first, &REDACTION);
        waiting.add(&second, &REDACTION);
        let entries = waiting.take(Packed::default()).entries(0, 2, &REDACTION);
        let [read, refused] = entries.as_slice() else {
            panic!("not two: {entries:?}")
        };
        assert_eq!((read.at, read.actor.as_str()), (7, "operator cli"));
        assert_eq!(
            (read.token_id.as_deref(), read.detail.as_deref()),
            (Some(""), None)
        );
        assert_eq!(read.request_body, None);
        let beginning = r#"{"userName… (16 bytes in all)"#;
        assert_eq!(read.response_body.as_deref(), Some(beginning));
        assert_eq!(refused.method, "POST");
        assert_eq!(refused.outcome, "refused");
        assert_eq!(
            refused.request_body.as_deref().map(str::as_bytes),
            Some(&body[..])
        );
        assert_eq!(refused.response_body, refused.request_body);
    }

    #[test]
    fn too_much_is_left_out_until_what_was_taken_is_written() {
        let waiting = Waiting::default();
        let add =
            |count: usize| (0..count).for_each(|_| waiting.add(&Exchange::default(), &REDACTION));
        add(MAX_WAITING);
        assert_eq!(waiting.left_out(), 0);
        add(1);
        assert_eq!(waiting.left_out(), 1);
        let taken = waiting.take(Packed::default());
        assert_eq!(taken.len(), MAX_WAITING);
        add(1);
        assert_eq!(waiting.left_out(), 1);
        waiting.wrote();
        add(1);
        assert_eq!(waiting.left_out(), 0);
    }
}
