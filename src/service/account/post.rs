//! Sending letters: every running server takes those that are due, one at a time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::sync::watch;

use super::letters::RETURN_TO;
use super::links::{self, Purpose, Wanted};
use crate::auth::tenant_settings::TenantSettings;
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::language::Language;
use crate::mail::{self, Kind, Mail, Mailer};
use crate::resource::timestamp;
use crate::service::Service;
use crate::store::letters::{self, Letter};
use crate::store::{resources, tenants};

/// How often letters are looked for.
const ROUND: Duration = Duration::from_secs(1);
const SECOND: i64 = 1_000_000;
/// How long an instance has for a letter before another one takes it.
const LEASE: i64 = 120 * SECOND;
/// After so many attempts a letter is given up: a day and a half, with pauses that grow to four hours.
const MAX_ATTEMPTS: i64 = 16;

/// Sends letters until the server stops.
#[derive(Debug)]
pub struct Post {
    /// The operations.
    pub service: Arc<Service>,
    /// The way they take.
    pub mailer: Mailer,
    /// Where links begin.
    pub public_url: String,
}

/// How an attempt ended.
enum Ended {
    Sent,
    GivenUp(String),
    /// What it told has been overtaken.
    Overtaken,
    Again(String),
}

impl Post {
    /// Works until the server stops.
    pub async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut rounds = tokio::time::interval(ROUND);
        rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = rounds.tick() => {}
                _ = stopped.wait_for(|is_stopped| *is_stopped) => return,
            }
            loop {
                match self.send_next().await {
                    Ok(true) if !*stopped.borrow() => {}
                    Ok(_) => break,
                    Err(error) => {
                        tracing::warn!(%error, "letters could not be sent");
                        break;
                    }
                }
            }
            self.mailer.rest().await;
        }
    }

    /// Sends the next letter that is due; answers whether there was one.
    ///
    /// # Errors
    /// The database's. A letter that cannot be sent is no error: it is noted, and tried again later.
    pub async fn send_next(&self) -> Result<bool> {
        let service = &self.service;
        let now = service.clock.now();
        let Some(letter) =
            in_transaction!(service.store, |tx| letters::take(tx, now, LEASE).await)?
        else {
            return Ok(false);
        };
        let ended = match self.prepare(&letter).await {
            Ok(Some((to, mail))) => match self.mailer.send(&to, &mail).await {
                Ok(()) => Ended::Sent,
                Err(failure) if failure.is_permanent => Ended::GivenUp(failure.reason),
                Err(failure) => Ended::Again(failure.reason),
            },
            Ok(None) => Ended::Overtaken,
            Err(error) => Ended::Again(error.to_string()),
        };
        self.note(&letter, ended).await?;
        Ok(true)
    }

    /// The mail, with a link that is made now; none, when there is nobody to make one for.
    async fn prepare(&self, letter: &Letter) -> Result<Option<(mail::Address, Mail)>> {
        let malformed = |error: serde_json::Error| {
            Error::internal("a stored letter is malformed").caused_by(error)
        };
        let stored: BTreeMap<String, Value> =
            serde_json::from_str(&letter.variables).map_err(malformed)?;
        let mut variables: BTreeMap<String, String> = stored
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
            .collect();
        let return_to = variables.remove(RETURN_TO);
        let kind = Kind::ALL
            .iter()
            .find(|kind| kind.name() == letter.kind)
            .ok_or_else(|| Error::internal("there is no such letter"))?;
        let purpose = letter.purpose.as_deref().and_then(Purpose::named);
        if kind.variables().contains(&"link") {
            let Some((link, expires)) = self.link(letter, purpose).await? else {
                return Ok(None);
            };
            let link = match &return_to {
                Some(address) => {
                    let address = utf8_percent_encode(address, NON_ALPHANUMERIC);
                    format!("{link}?{RETURN_TO}={address}")
                }
                None => link,
            };
            variables.insert("link".to_owned(), link);
            if let (Some(expires), true) = (expires, kind.variables().contains(&"expires")) {
                variables.insert("expires".to_owned(), timestamp(expires));
            }
        }
        let to = mail::Address::parse(&letter.address)?;
        let language = Language::tagged(&letter.language).unwrap_or(Language::English);
        let variables: Vec<(&str, &str)> = variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let written = mail::Letter::new(*kind, language, to.clone(), &variables)?;
        let mail = mail::render(&written, &self.public_url)?;
        Ok(Some((to, mail)))
    }

    /// The address that stands in a letter, and until when it is good; none, when the person is gone.
    async fn link(
        &self,
        letter: &Letter,
        purpose: Option<Purpose>,
    ) -> Result<Option<(String, Option<i64>)>> {
        let service = &self.service;
        let now = service.clock.now();
        in_transaction!(service.store, |tx| {
            let Some(tenant) = tenants::by_key(tx, letter.tenant).await? else {
                return Ok(None);
            };
            let base = format!("{}/t/{}", self.public_url, tenant.name);
            let Some(purpose) = purpose else {
                return Ok(Some((format!("{base}/sign-in"), None)));
            };
            let person = match letter.resource {
                Some(id) => resources::of_any_type(tx, letter.tenant, id).await?,
                None => None,
            };
            let Some(person) = person else {
                return Ok(None);
            };
            // Whoever locks or deletes the person withdraws letters under the same lock.
            resources::lock(tx, letter.tenant, person.resource_type, person.id).await?;
            if !letters::is_open(tx, letter.key).await? {
                return Ok(None);
            }
            let settings = TenantSettings::of(&tenant.settings)?.accounts;
            let wanted = Wanted {
                tenant: letter.tenant,
                person: person.key,
                purpose,
                address: Some(&letter.address),
                life: purpose.life(&settings),
            };
            let link = links::make(tx, wanted, now).await?;
            let address = format!("{base}/{}/{}", purpose.name(), link.secret);
            Ok(Some((address, Some(link.expires))))
        })
    }

    async fn note(&self, letter: &Letter, ended: Ended) -> Result<()> {
        let service = &self.service;
        let now = service.clock.now();
        let (failure, due) = match &ended {
            Ended::Sent => (None, None),
            Ended::GivenUp(reason) => (Some(reason.as_str()), None),
            Ended::Overtaken => (Some(letters::OVERTAKEN), None),
            Ended::Again(reason) if letter.attempts >= MAX_ATTEMPTS => {
                (Some(reason.as_str()), None)
            }
            Ended::Again(reason) => (Some(reason.as_str()), Some(now + pause(letter.attempts))),
        };
        if let (Some(reason), false) = (failure, matches!(ended, Ended::Overtaken)) {
            tracing::warn!(
                letter = letter.key,
                kind = letter.kind,
                attempt = letter.attempts,
                is_given_up = due.is_none(),
                reason,
                "a letter could not be sent"
            );
        }
        in_transaction!(service.store, |tx| letters::note(
            tx, letter.key, failure, due, now
        )
        .await)
    }
}

/// The pause after so many attempts: from 15 seconds, each twice as long, up to four hours.
fn pause(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 16)).unwrap_or(16) - 1;
    (15_i64 << doublings).min(4 * 3_600) * SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_four_hours() {
        assert_eq!(pause(1), 15 * SECOND);
        assert_eq!(pause(2), 30 * SECOND);
        assert_eq!(pause(11), 4 * 3_600 * SECOND);
        assert_eq!(pause(1_000), 4 * 3_600 * SECOND);
        let all: i64 = (1..MAX_ATTEMPTS).map(pause).sum();
        assert!((24..48).contains(&(all / SECOND / 3_600)), "{all}");
    }
}
