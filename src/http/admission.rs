//! Who is let in when: how many requests of one provisioning client run at once, how many come in a second, and how often an
//! address may fail to say who it is.
//!
//! Requests beyond the number that run wait their turn, first come first served; clients that send many at once
//! (`SailPoint` changes the members of one group in parallel and does not come back after a 429) are served, not refused.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};
use crate::schema::{fold, prepare_username};
use crate::store::ConnectionKey;

/// The bounds.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Requests of one client that run at once.
    pub concurrent: usize,
    /// Requests of one client that wait.
    pub waiting: usize,
    /// How long they wait.
    pub patience: Duration,
    /// Requests of one client in a second; 0: no limit.
    pub per_second: u32,
    /// Requests from one address in a second; 0: no limit.
    pub address_per_second: u32,
    /// Failures to authenticate from one address in a minute.
    pub failures_per_minute: u32,
    /// Wrong passwords, and letters asked for, from one address in a quarter of an hour.
    pub address_attempts: u32,
    /// Letters asked for one account in a quarter of an hour.
    pub account_letters: u32,
}

/// What people do on pages is counted in quarters of an hour.
const QUARTER: Duration = Duration::from_mins(15);

/// How many clients are remembered before those that do nothing are forgotten.
const REMEMBERED: usize = 1_024;

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock>;

/// Counts requests.
#[derive(Debug)]
pub struct Admission {
    bounds: Bounds,
    clients: Mutex<HashMap<ConnectionKey, Arc<Client>>>,
    per_second: Option<Limiter<ConnectionKey>>,
    address_per_second: Option<Limiter<IpAddr>>,
    failures: Limiter<IpAddr>,
    attempts:
        RateLimiter<IpAddr, DashMapStateStore<IpAddr>, DefaultClock, StateInformationMiddleware>,
    /// Addresses with too many wrong passwords, and until when none is looked at.
    shut: Mutex<HashMap<IpAddr, Instant>>,
    letters: Limiter<String>,
    clock: DefaultClock,
}

#[derive(Debug)]
struct Client {
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

/// A request that is being carried out; its end lets the next one in.
#[derive(Debug)]
pub struct Turn {
    _running: OwnedSemaphorePermit,
    _admitted: OwnedSemaphorePermit,
}

fn too_many_attempts() -> Error {
    Error::rate_limited(
        "too many attempts from this address (limits.address_attempts); try again later",
    )
}

/// As many at once, and as many again spread over a quarter of an hour.
fn in_a_quarter(number: u32) -> Quota {
    let number = NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(QUARTER / number.get())
        .unwrap_or(Quota::per_hour(number))
        .allow_burst(number)
}

/// A second's worth at once, and as many again afterwards.
fn limiter<K: std::hash::Hash + Eq + Clone>(per_second: u32) -> Option<Limiter<K>> {
    NonZeroU32::new(per_second).map(|number| RateLimiter::keyed(Quota::per_second(number)))
}

impl Admission {
    /// Lets in as many as the bounds say.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        let failures = NonZeroU32::new(bounds.failures_per_minute).unwrap_or(NonZeroU32::MIN);
        Self {
            bounds,
            clients: Mutex::default(),
            per_second: limiter(bounds.per_second),
            address_per_second: limiter(bounds.address_per_second),
            failures: RateLimiter::keyed(Quota::per_minute(failures)),
            attempts: RateLimiter::keyed(in_a_quarter(bounds.address_attempts)).with_middleware(),
            shut: Mutex::default(),
            letters: RateLimiter::keyed(in_a_quarter(bounds.account_letters)),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request from an address.
    ///
    /// # Errors
    /// 429 with the time after which the next one is let in.
    pub fn count_address(&self, address: Option<IpAddr>) -> Result<()> {
        let (Some(limiter), Some(address)) = (&self.address_per_second, address) else {
            return Ok(());
        };
        self.count(limiter, &address, || {
            format!(
                "more than {} requests a second from this address (limits.address_requests_per_second)",
                self.bounds.address_per_second
            )
        })
    }

    /// Counts a failure to authenticate; who fails too often is told to wait instead of why. Those who succeed from the same
    /// address are not bothered.
    ///
    /// # Errors
    /// 429.
    pub fn count_failure(&self, address: Option<IpAddr>) -> Result<()> {
        let Some(address) = address else {
            return Ok(());
        };
        self.count(&self.failures, &address, || {
            "too many requests from this address failed to authenticate".to_owned()
        })
    }

    /// Refuses to look at a password at all from an address that has shown too many wrong ones.
    ///
    /// # Errors
    /// 429 with the time after which the next one is looked at.
    pub fn check_attempts(&self, address: Option<IpAddr>) -> Result<()> {
        let mut shut = self.shut.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let until = address.and_then(|address| shut.get(&address).copied());
        match until {
            Some(until) if until > now => {
                let wait = until - now;
                Err(too_many_attempts().after_seconds(wait.as_secs() + 1))
            }
            _ => {
                if shut.len() > REMEMBERED {
                    shut.retain(|_, until| *until > now);
                }
                Ok(())
            }
        }
    }

    /// Counts a wrong password on a page. When no more are allowed, the address is shut out until another one is.
    ///
    /// # Errors
    /// 429 with the time after which the next one is looked at.
    pub fn count_attempt(&self, address: Option<IpAddr>) -> Result<()> {
        let Some(address) = address else {
            return Ok(());
        };
        if self.attempts.len() > REMEMBERED {
            self.attempts.retain_recent();
        }
        let counted = self.attempts.check_key(&address);
        let left = counted
            .as_ref()
            .map_or(0, StateSnapshot::remaining_burst_capacity);
        if left == 0 {
            let one = QUARTER / self.bounds.address_attempts.max(1);
            let mut shut = self.shut.lock().unwrap_or_else(PoisonError::into_inner);
            shut.insert(address, Instant::now() + one);
        }
        counted.map(|_| ()).map_err(|refusal| {
            let wait = refusal.wait_time_from(self.clock.now());
            too_many_attempts().after_seconds(wait.as_secs() + 1)
        })
    }

    /// Counts a letter that somebody asks for: to the account, and from the address.
    ///
    /// # Errors
    /// 429.
    pub fn count_letter(&self, address: Option<IpAddr>, account: (&str, &str)) -> Result<()> {
        self.check_attempts(address)?;
        self.count_attempt(address)?;
        let name = prepare_username(account.1);
        let key = format!("{}/{}", account.0, fold(&name));
        self.count(&self.letters, &key, || {
            "too many letters have been asked for this account (limits.account_letters); try again later"
                .to_owned()
        })
    }

    /// Counts a request of a client.
    ///
    /// # Errors
    /// 429.
    pub fn count_request(&self, client: Option<ConnectionKey>) -> Result<()> {
        let (Some(limiter), Some(client)) = (&self.per_second, client) else {
            return Ok(());
        };
        self.count(limiter, &client, || {
            format!(
                "more than {} requests a second by this connection (limits.requests_per_second)",
                self.bounds.per_second
            )
        })
    }

    fn count<K: std::hash::Hash + Eq + Clone>(
        &self,
        limiter: &Limiter<K>,
        key: &K,
        detail: impl FnOnce() -> String,
    ) -> Result<()> {
        if limiter.len() > REMEMBERED {
            limiter.retain_recent();
        }
        limiter.check_key(key).map_err(|refusal| {
            let wait = refusal.wait_time_from(self.clock.now());
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            Error::rate_limited(detail()).after_seconds(seconds)
        })
    }

    /// Waits until it is the request's turn. To be asked when all of the request has arrived: a slow client takes nobody's turn.
    ///
    /// # Errors
    /// 429 when too many wait already, or the turn does not come in time.
    pub async fn turn(&self, client: Option<ConnectionKey>) -> Result<Option<Turn>> {
        let Some(key) = client else {
            return Ok(None);
        };
        let client = self.client(key);
        let too_many = || {
            Error::rate_limited(format!(
                "more requests of this connection at once than can be carried out: {} run and {} may wait (limits.concurrent_requests, limits.waiting_requests)",
                self.bounds.concurrent, self.bounds.waiting
            ))
        };
        let admitted = Arc::clone(&client.admitted).try_acquire_owned();
        let admitted = admitted.map_err(|_| too_many())?;
        let running = Arc::clone(&client.running).acquire_owned();
        let running = tokio::time::timeout(self.bounds.patience, running).await;
        match running {
            Ok(Ok(running)) => Ok(Some(Turn {
                _running: running,
                _admitted: admitted,
            })),
            Ok(Err(_)) | Err(_) => Err(too_many()),
        }
    }

    fn client(&self, key: ConnectionKey) -> Arc<Client> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() > REMEMBERED {
            let all = self.bounds.concurrent + self.bounds.waiting;
            clients.retain(|_, client| client.admitted.available_permits() < all);
        }
        let client = clients.entry(key).or_insert_with(|| {
            Arc::new(Client {
                admitted: Arc::new(Semaphore::new(self.bounds.concurrent + self.bounds.waiting)),
                running: Arc::new(Semaphore::new(self.bounds.concurrent)),
            })
        });
        Arc::clone(client)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        concurrent: 2,
        waiting: 1,
        patience: Duration::from_millis(50),
        per_second: 3,
        address_per_second: 2,
        failures_per_minute: 2,
        address_attempts: 3,
        account_letters: 2,
    };
    const CLIENT: Option<ConnectionKey> = Some(ConnectionKey(1));

    #[tokio::test]
    async fn as_many_run_as_may_one_waits_and_the_next_is_refused() {
        let admission = Arc::new(Admission::new(BOUNDS));
        let first = admission.turn(CLIENT).await.unwrap();
        let _second = admission.turn(CLIENT).await.unwrap();
        let waiting = tokio::spawn({
            let admission = Arc::clone(&admission);
            async move { admission.turn(CLIENT).await.map(|turn| turn.is_some()) }
        });
        tokio::task::yield_now().await;
        let refused = admission.turn(CLIENT).await.unwrap_err();
        assert_eq!(refused.kind().status(), 429);
        assert_eq!(refused.retry_after_seconds(), Some(1));
        // Another client is not concerned.
        assert!(admission.turn(Some(ConnectionKey(2))).await.is_ok());
        drop(first);
        assert!(waiting.await.unwrap().unwrap());
    }

    #[tokio::test]
    async fn patience_ends() {
        let admission = Admission::new(BOUNDS);
        let _turns = (
            admission.turn(CLIENT).await.unwrap(),
            admission.turn(CLIENT).await.unwrap(),
        );
        assert!(admission.turn(CLIENT).await.is_err());
    }

    #[test]
    fn rates_hold_for_each_alone() {
        let admission = Admission::new(BOUNDS);
        let address: Option<IpAddr> = Some([192, 0, 2, 1].into());
        for _ in 0..3 {
            admission.count_request(CLIENT).unwrap();
        }
        let refused = admission.count_request(CLIENT).unwrap_err();
        assert_eq!(refused.retry_after_seconds(), Some(1));
        admission.count_request(Some(ConnectionKey(2))).unwrap();
        admission.count_address(address).unwrap();
        admission.count_address(address).unwrap();
        assert!(admission.count_address(address).is_err());
        admission.count_address(None).unwrap();
        admission.count_failure(address).unwrap();
        admission.count_failure(address).unwrap();
        let refused = admission.count_failure(address).unwrap_err();
        assert!(
            refused
                .retry_after_seconds()
                .is_some_and(|seconds| (20..=30).contains(&seconds))
        );
    }
}
