//! What a running server does besides answering: it notes which tokens are used, warns of those that end soon, renews signing keys,
//! has PostgreSQL look at tables that have grown, and forgets what is old. Every instance does it; doing it twice does no harm.

use std::sync::Arc;
use std::time::Duration;

use time::Duration as Span;
use tokio::sync::watch;

use super::{Service, account, admin};
use crate::error::Result;
use crate::in_transaction;
use crate::store::log::LogStore;
use crate::store::{counts, shield, statistics};

/// How often uses are written.
const USES: Duration = Duration::from_secs(10);
/// How often accounts whose lock or temporary password has ended are looked for.
const ENDINGS: Duration = Duration::from_secs(15);
/// How often the rest is done.
const ROUND: Duration = Duration::from_hours(1);
/// How often it is asked whether tables have grown.
const GROWTH: Duration = Duration::from_secs(5);
/// How often the slots of counters are put together.
const FOLDS: Duration = Duration::from_mins(1);
/// Tokens that end soon are warned of at the start and once a day.
const ROUNDS_PER_WARNING: u64 = 24;
/// How long before its end a token is warned of.
const WARNING: Span = Span::days(30);
const DAY_MICROSECONDS: i64 = 86_400_000_000;

/// What is kept how long.
#[derive(Debug, Clone)]
pub struct Upkeep {
    /// The operations.
    pub service: Arc<Service>,
    /// The provisioning log, if there is one.
    pub log: Option<LogStore>,
    /// How long its entries are kept, in days.
    pub log_days: i64,
    /// What signing keys sign with.
    pub algorithm: String,
    /// How old they get, in days.
    pub key_days: i64,
}

/// Puts the slots of the counters of resources together.
///
/// # Errors
/// The database's.
pub async fn fold(service: &Service) -> Result<()> {
    let mut from = (0, 0, 0);
    loop {
        let folded = in_transaction!(service.store, |tx| counts::fold(tx, from).await);
        let Some(last) = folded? else { return Ok(()) };
        from = last;
    }
}

/// Has PostgreSQL look at tables that have grown much.
///
/// # Errors
/// The database's.
pub async fn look_at_tables(service: &Service) -> Result<()> {
    if service.store.has_one_writer() {
        return Ok(());
    }
    let looked_at = in_transaction!(service.store, |tx| statistics::renew(tx).await)?;
    if !looked_at.is_empty() {
        tracing::debug!(tables = ?looked_at, "looked at tables that have grown");
    }
    Ok(())
}

impl Upkeep {
    /// Works until the server stops.
    pub async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut uses = tokio::time::interval(USES);
        let mut endings = tokio::time::interval(ENDINGS);
        let mut growth = tokio::time::interval(GROWTH);
        let mut folds = tokio::time::interval(FOLDS);
        let mut rounds = tokio::time::interval(ROUND);
        endings.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        growth.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        folds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        uses.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut round = 0_u64;
        let end = async move { _ = stopped.wait_for(|is_stopped| *is_stopped).await };
        tokio::pin!(end);
        loop {
            tokio::select! {
                _ = uses.tick() => self.write_uses(false).await,
                _ = endings.tick() => {
                    let ended = account::upkeep::end(&self.service).await;
                    told("locks and temporary passwords that have ended could not be noted", &ended);
                }
                _ = growth.tick() => told("tables that have grown could not be looked at", &look_at_tables(&self.service).await),
                _ = folds.tick() => told("counters could not be put together", &fold(&self.service).await),
                _ = rounds.tick() => {
                    if round.is_multiple_of(ROUNDS_PER_WARNING) {
                        self.warn().await;
                    }
                    round += 1;
                    self.renew_keys().await;
                    self.forget().await;
                }
                () = &mut end => break,
            }
        }
        self.write_uses(true).await;
    }

    async fn write_uses(&self, is_end: bool) {
        let service = &self.service;
        let now = service.clock.now();
        let written = service.seen.write(&service.store, now, is_end).await;
        told("the last use of tokens could not be noted", &written);
    }

    async fn warn(&self) {
        let expiring = admin::expiring_tokens(&self.service, WARNING).await;
        told("tokens that end soon could not be looked for", &expiring);
        let now = self.service.clock.now();
        for token in expiring.unwrap_or_default() {
            tracing::warn!(
                tenant = token.tenant,
                connection = token.connection,
                token = token.id,
                days = (token.expires - now) / DAY_MICROSECONDS,
                "a token ends soon; \"muster token rotate\" makes another"
            );
        }
    }

    async fn renew_keys(&self) {
        let outcome = admin::renew_keys(&self.service, &self.algorithm, self.key_days).await;
        told("signing keys could not be renewed", &outcome);
    }

    async fn forget(&self) {
        let now = self.service.clock.now();
        let forgotten = shield::forget(&self.service.store, now).await;
        told("what the shields remember could not be cleared", &forgotten);
        let forgotten = account::upkeep::forget(&self.service).await;
        told(
            "old letters, links and sessions could not be forgotten",
            &forgotten,
        );
        if let Some(log) = &self.log {
            let before = now - self.log_days * DAY_MICROSECONDS;
            loop {
                let pruned = log.prune(before).await;
                told("the provisioning log could not be shortened", &pruned);
                if pruned.is_ok_and(|count| count > 0) {
                    // Others are to get to the database in between.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                } else {
                    break;
                }
            }
        }
    }
}

fn told<T>(what: &'static str, outcome: &Result<T>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, what, "upkeep failed");
    }
}
