//! The provisioning log: every request with its answer, without secrets, written beside the requests and never in their way.
//!
//! A request hands over copies of what it has in memory anyway; a task of its own takes the secrets out and writes many entries at once.
//! When more come than can be written, entries are left out and counted, rather than letting requests wait.

mod waiting;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::redact::Redaction;
use crate::error::ErrorKind;
use crate::schema::Registry;
use crate::store::log::LogStore;
use waiting::{Packed, Waiting};

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
#[derive(Debug, Clone, Default)]
pub struct Exchange<'a> {
    /// When it came, in microseconds since 1970 UTC.
    pub at: i64,
    /// How long it took, in microseconds.
    pub duration: i64,
    /// The tenant, once that was known.
    pub tenant: Option<i32>,
    /// The connection.
    pub connection: Option<i32>,
    /// Who, in words.
    pub actor: &'a str,
    /// Public name of the token.
    pub token_id: Option<&'a str>,
    /// From where.
    pub address: Option<&'a str>,
    /// The request's id.
    pub request_id: &'a str,
    /// The method.
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
    /// What followed the question mark.
    pub query: &'a str,
    /// JSON: headers that matter for the answer.
    pub headers: &'a str,
    /// The resource type of the address.
    pub resource_type: Option<&'a str>,
    /// The resource of the address, or the one that was created.
    pub resource_id: Option<&'a str>,
    /// The status of the answer.
    pub status: i16,
    /// The kind of error.
    pub error: Option<ErrorKind>,
    /// The sentence of the answer.
    pub detail: Option<&'a str>,
    /// The tenant's schemas, which say what is secret.
    pub registry: Option<Arc<Registry>>,
    /// Whether it can change nothing.
    pub is_reading: bool,
    /// The body.
    pub request: Option<&'a [u8]>,
    /// The body of the answer.
    pub response: &'a [u8],
    /// How long the text of the answer is, of which that may be the beginning.
    pub response_bytes: usize,
}

/// How many entries are written at once.
const BATCH: usize = 1_024;
/// How long entries wait for others to be written with.
const GATHERING: Duration = Duration::from_millis(100);

/// Takes entries.
#[derive(Debug)]
pub struct ProvisioningLog {
    mode: Mode,
    store: Option<LogStore>,
    waiting: Arc<Waiting>,
    redaction: Redaction,
}

impl ProvisioningLog {
    /// Keeps nothing.
    #[must_use]
    pub fn off() -> Self {
        Self {
            mode: Mode::Off,
            store: None,
            waiting: Arc::default(),
            redaction: Redaction::default(),
        }
    }

    /// Begins to write. The task ends when the log is dropped and everything is written.
    #[must_use]
    pub fn start(store: LogStore, mode: Mode, redaction: Redaction) -> (Self, JoinHandle<()>) {
        let log = Self {
            mode,
            store: Some(store.clone()),
            waiting: Arc::default(),
            redaction,
        };
        let writer = Writer {
            store,
            redaction,
            waiting: Arc::clone(&log.waiting),
        };
        (log, tokio::spawn(writer.run()))
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
    pub fn submit(&self, exchange: &Exchange<'_>) {
        let is_wanted = match self.mode {
            Mode::All => true,
            Mode::Changes => exchange.error.is_some() || !exchange.is_reading,
            Mode::Failures => exchange.error.is_some(),
            Mode::Off => false,
        };
        if is_wanted {
            self.waiting.add(exchange, &self.redaction);
        }
    }
}

impl Drop for ProvisioningLog {
    fn drop(&mut self) {
        self.waiting.end();
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
    redaction: Redaction,
    waiting: Arc<Waiting>,
}

impl Writer {
    async fn run(self) {
        let mut spare = Packed::default();
        loop {
            let has_ended = self.waiting.has_ended();
            let taken = self.waiting.take(std::mem::take(&mut spare));
            if taken.len() > 0 {
                spare = self.write(taken).await;
                self.waiting.wrote();
            } else if has_ended {
                break;
            } else {
                spare = taken;
                self.waiting.come().await;
            }
            let left_out = self.waiting.left_out();
            if left_out > 0 {
                tracing::warn!(
                    left_out,
                    "the provisioning log could not keep up; entries are missing"
                );
            }
            self.waiting.gather(GATHERING).await;
        }
    }

    /// Writes what was taken; answers the emptied buffer.
    async fn write(&self, mut taken: Packed) -> Packed {
        let mut first = 0;
        while first < taken.len() {
            let redaction = self.redaction;
            let finished = tokio::task::spawn_blocking(move || {
                let entries = taken.entries(first, BATCH, &redaction);
                (taken, entries)
            });
            let entries = match finished.await {
                Ok((packed, entries)) => {
                    taken = packed;
                    entries
                }
                Err(error) => {
                    tracing::warn!(%error, "entries of the provisioning log were lost");
                    return Packed::default();
                }
            };
            first += BATCH;
            let count = entries.len();
            if let Err(error) = self.store.append(entries).await {
                tracing::warn!(%error, count, "the provisioning log could not be written");
            }
        }
        taken.emptied()
    }
}
