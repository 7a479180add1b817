//! What the bearer tokens of the last moment stand for, so that a client that sends many requests does not cost a statement for each.
//!
//! What this instance changes of tenants, connections and tokens is in force for its next request: every change of theirs makes it
//! forget everything. What another instance or the command line changes is in force after the time that is remembered, which is
//! short; 0 remembers nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Caller;

/// How many tokens are remembered at most.
const MOST: usize = 1_024;

/// Tokens by the hash of their secret.
#[derive(Debug)]
pub(super) struct Remembered {
    time: Duration,
    callers: Mutex<HashMap<Vec<u8>, Entry>>,
}

#[derive(Debug)]
struct Entry {
    caller: Caller,
    /// Microseconds since 1970 UTC.
    expires: Option<i64>,
    read: Instant,
    /// How many changes of tenants, connections and tokens there had been before it was read.
    changes: u64,
}

impl Remembered {
    pub(super) fn new(time: Duration) -> Self {
        Self {
            time,
            callers: Mutex::default(),
        }
    }

    /// Whom the token stands for, if that was read a moment ago and nothing has changed since.
    pub(super) fn get(&self, hash: &[u8], changes: u64, now: i64) -> Option<Caller> {
        let callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = callers.get(hash)?;
        let is_in_force = entry.changes == changes
            && entry.read.elapsed() < self.time
            && entry.expires.is_none_or(|expires| expires > now);
        is_in_force.then(|| entry.caller.clone())
    }

    /// Remembers it. `read` and `changes` are from before it was read.
    pub(super) fn put(
        &self,
        hash: Vec<u8>,
        caller: &Caller,
        expires: Option<i64>,
        (read, changes): (Instant, u64),
    ) {
        if self.time.is_zero() {
            return;
        }
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= MOST {
            callers.retain(|_, entry| entry.read.elapsed() < self.time);
        }
        if callers.len() >= MOST {
            callers.clear();
        }
        let entry = Entry {
            caller: caller.clone(),
            expires,
            read,
            changes,
        };
        callers.insert(hash, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::TenantFacts;
    use crate::store::TenantKey;

    fn caller() -> Caller {
        let tenant = TenantFacts {
            key: TenantKey(1),
            name: "default".to_owned(),
            schema_version: 1,
        };
        Caller::of_tenant(&tenant, "somebody".to_owned())
    }

    #[test]
    fn a_token_is_remembered_until_something_changes_or_it_expires() {
        let remembered = Remembered::new(Duration::from_mins(1));
        let hash = vec![1];
        assert!(remembered.get(&hash, 7, 100).is_none());
        remembered.put(hash.clone(), &caller(), Some(200), (Instant::now(), 7));
        assert!(remembered.get(&hash, 7, 199).is_some());
        assert!(remembered.get(&hash, 7, 200).is_none());
        assert!(remembered.get(&hash, 8, 100).is_none());
        assert!(remembered.get(&[2], 7, 100).is_none());
    }

    #[test]
    fn the_time_is_kept() {
        let remembered = Remembered::new(Duration::from_millis(50));
        let long_ago = Instant::now()
            .checked_sub(Duration::from_millis(51))
            .unwrap();
        remembered.put(vec![1], &caller(), None, (long_ago, 0));
        assert!(remembered.get(&[1], 0, 0).is_none());
        let off = Remembered::new(Duration::ZERO);
        off.put(vec![1], &caller(), None, (Instant::now(), 0));
        assert!(off.get(&[1], 0, 0).is_none());
    }

    #[test]
    fn their_number_is_bounded() {
        let remembered = Remembered::new(Duration::from_mins(1));
        for number in 0..=u16::try_from(MOST).unwrap() {
            let hash = number.to_be_bytes().to_vec();
            remembered.put(hash, &caller(), None, (Instant::now(), 0));
        }
        assert!(remembered.callers.lock().unwrap().len() <= MOST);
    }
}
