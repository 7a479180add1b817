//! The provisioning log: every request with its answer, without secrets, written beside the requests and never in their way.
//!
//! A request hands over what it has in memory anyway; a task of its own takes the secrets out and writes many entries at once. When
//! more come than can be written, entries are left out and counted, rather than letting requests wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::redact::{Redaction, Secrets};
use crate::error::ErrorKind;
use crate::schema::Registry;
use crate::store::log::{Entry, LogStore};

/// Which requests are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// All.
    All,
    /// Those that change something, and all that were not carried out.
    Changes,
    /// Those that were not carried out.
    Failures,
    /// None.
    Off,
}

impl Mode {
    /// Reads the setting.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "changes" => Self::Changes,
            "failures" => Self::Failures,
            "off" => Self::Off,
            _ => Self::All,
        }
    }
}

/// A request and its answer, as they were.
#[derive(Debug, Default)]
pub struct Exchange {
    /// What is known without reading the bodies.
    pub entry: Entry,
    /// The kind of error.
    pub error: Option<ErrorKind>,
    /// The tenant's schemas, which say what is secret.
    pub registry: Option<Arc<Registry>>,
    /// Whether it can change nothing.
    pub is_reading: bool,
    /// The body.
    pub request: Option<Bytes>,
    /// The body of the answer.
    pub response: Bytes,
}

/// How much may wait to be written, in bytes and in entries.
const MAX_WAITING_BYTES: usize = 64 << 20;
const MAX_WAITING: usize = 16_384;
/// How many entries are written at once.
const BATCH: usize = 1_024;
/// How long entries wait for others to be written with.
const GATHERING: Duration = Duration::from_millis(100);

/// Takes entries.
#[derive(Debug)]
pub struct ProvisioningLog {
    mode: Mode,
    store: Option<LogStore>,
    sender: Option<mpsc::Sender<Exchange>>,
    waiting_bytes: Arc<AtomicUsize>,
    left_out: Arc<AtomicU64>,
}

impl ProvisioningLog {
    /// Keeps nothing.
    #[must_use]
    pub fn off() -> Self {
        Self {
            mode: Mode::Off,
            store: None,
            sender: None,
            waiting_bytes: Arc::default(),
            left_out: Arc::default(),
        }
    }

    /// Begins to write. The task ends when the log is dropped and everything is written.
    #[must_use]
    pub fn start(store: LogStore, mode: Mode, redaction: Redaction) -> (Self, JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(MAX_WAITING);
        let log = Self {
            mode,
            store: Some(store.clone()),
            sender: Some(sender),
            waiting_bytes: Arc::default(),
            left_out: Arc::default(),
        };
        let writer = Writer {
            store,
            redaction: Arc::new(redaction),
            waiting_bytes: Arc::clone(&log.waiting_bytes),
            left_out: Arc::clone(&log.left_out),
        };
        (log, tokio::spawn(writer.run(receiver)))
    }

    /// Whether anything is kept at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.mode != Mode::Off
    }

    /// Where it is kept, to be read.
    #[must_use]
    pub fn store(&self) -> Option<&LogStore> {
        self.store.as_ref()
    }

    /// Hands an exchange over. Never waits.
    pub fn submit(&self, exchange: Exchange) {
        let is_wanted = match self.mode {
            Mode::All => true,
            Mode::Changes => exchange.error.is_some() || !exchange.is_reading,
            Mode::Failures => exchange.error.is_some(),
            Mode::Off => false,
        };
        let (true, Some(sender)) = (is_wanted, &self.sender) else {
            return;
        };
        let size = exchange.size();
        let before = self.waiting_bytes.fetch_add(size, Ordering::Relaxed);
        if before > MAX_WAITING_BYTES || sender.try_send(exchange).is_err() {
            self.waiting_bytes.fetch_sub(size, Ordering::Relaxed);
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Exchange {
    fn size(&self) -> usize {
        1_024 + self.request.as_ref().map_or(0, Bytes::len) + self.response.len()
    }

    /// What is stored: bodies without secrets, cut where they are long.
    fn finish(mut self, redaction: &Redaction, known: &mut Known) -> Entry {
        let secrets = known.of(self.registry.as_ref());
        self.entry.error_kind = self.error.map(|kind| kind.name().to_owned());
        self.entry.scim_type = self.error.and_then(ErrorKind::scim_type).map(str::to_owned);
        outcome(self.entry.status, self.error).clone_into(&mut self.entry.outcome);
        self.entry.path = redaction.path(&self.entry.path);
        self.entry.query = redaction.query(&self.entry.query, secrets);
        self.entry.detail = self.entry.detail.map(|detail| redaction.sentence(&detail));
        let sent = self.request.as_ref().filter(|bytes| !bytes.is_empty());
        self.entry.request_body = sent.map(|bytes| redaction.body(bytes, secrets));
        let answer = Some(&self.response).filter(|bytes| !bytes.is_empty());
        self.entry.response_body = answer.map(|bytes| redaction.answer(bytes));
        self.entry
    }
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

fn outcome(status: i16, error: Option<ErrorKind>) -> &'static str {
    match (status, error) {
        (_, Some(ErrorKind::Held | ErrorKind::Frozen)) => "held",
        (500.., _) => "failed",
        (400.., _) => "refused",
        _ => "ok",
    }
}

struct Writer {
    store: LogStore,
    redaction: Arc<Redaction>,
    waiting_bytes: Arc<AtomicUsize>,
    left_out: Arc<AtomicU64>,
}

impl Writer {
    async fn run(self, mut receiver: mpsc::Receiver<Exchange>) {
        let mut batch = Vec::with_capacity(BATCH);
        while receiver.recv_many(&mut batch, BATCH).await > 0 {
            if batch.len() < BATCH && !receiver.is_closed() {
                tokio::time::sleep(GATHERING).await;
                while batch.len() < BATCH
                    && let Ok(exchange) = receiver.try_recv()
                {
                    batch.push(exchange);
                }
            }
            self.write(std::mem::take(&mut batch)).await;
            let left_out = self.left_out.swap(0, Ordering::Relaxed);
            if left_out > 0 {
                tracing::warn!(
                    left_out,
                    "the provisioning log could not keep up; entries are missing"
                );
            }
        }
    }

    async fn write(&self, batch: Vec<Exchange>) {
        let size: usize = batch.iter().map(Exchange::size).sum();
        let redaction = Arc::clone(&self.redaction);
        let finished = tokio::task::spawn_blocking(move || {
            let mut known = Known::default();
            let finished = batch.into_iter();
            let finished = finished.map(|exchange| exchange.finish(&redaction, &mut known));
            finished.collect::<Vec<_>>()
        });
        match finished.await {
            Ok(entries) => {
                let count = entries.len();
                if let Err(error) = self.store.append(entries).await {
                    tracing::warn!(%error, count, "the provisioning log could not be written");
                }
            }
            Err(error) => tracing::warn!(%error, "entries of the provisioning log were lost"),
        }
        self.waiting_bytes.fetch_sub(size, Ordering::Relaxed);
    }
}
