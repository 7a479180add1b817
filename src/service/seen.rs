//! When tokens were used last, and from where: gathered in memory, written now and then.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::auth::Caller;
use crate::error::Result;
use crate::in_transaction;
use crate::store::{Store, tokens};

/// How often one token's use is written, in microseconds.
const INTERVAL: i64 = 60_000_000;
/// How many tokens are remembered; beyond that those that are written already are forgotten.
const REMEMBERED: usize = 10_000;

/// The uses that this instance has seen.
#[derive(Debug, Default)]
pub struct Seen(Mutex<HashMap<String, Use>>);

#[derive(Debug, Clone)]
struct Use {
    at: i64,
    address: Option<IpAddr>,
    written: i64,
}

impl Seen {
    /// Notes the use of a token of the database; what was signed names no row there.
    pub fn note(&self, caller: &Caller, address: Option<IpAddr>, now: i64) {
        let Some(id) = caller.stored_token.as_deref() else {
            return;
        };
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = uses.get_mut(id) {
            known.at = now;
            known.address = address.or(known.address);
            return;
        }
        if uses.len() >= REMEMBERED {
            uses.retain(|_, known| known.at > known.written);
        }
        uses.insert(
            id.to_owned(),
            Use {
                at: now,
                address,
                written: 0,
            },
        );
    }

    /// Writes the uses that are due; all of them at the end.
    ///
    /// # Errors
    /// The database's.
    pub async fn write(&self, store: &Store, now: i64, is_end: bool) -> Result<()> {
        let due = self.due(now, is_end);
        if due.is_empty() {
            return Ok(());
        }
        in_transaction!(store, |tx| {
            for (id, seen) in &due {
                let address = seen.address.map(|address| address.to_string());
                tokens::note_use(tx, id, seen.at, address.as_deref()).await?;
            }
            Ok(())
        })?;
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, seen) in due {
            if let Some(known) = uses.get_mut(&id) {
                known.written = seen.at;
            }
        }
        Ok(())
    }

    fn due(&self, now: i64, is_end: bool) -> Vec<(String, Use)> {
        let uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due =
            |seen: &Use| seen.at > seen.written && (is_end || now - seen.written >= INTERVAL);
        let due = uses.iter().filter(|(_, seen)| is_due(seen));
        let mut due: Vec<_> = due.map(|(id, seen)| (id.clone(), seen.clone())).collect();
        // Instances that write at once touch the rows in the same order.
        due.sort_by(|one, other| one.0.cmp(&other.0));
        due
    }
}
