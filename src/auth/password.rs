//! argon2id for the `password` attribute, off the async threads and only so many at once.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use icu_normalizer::ComposingNormalizerBorrowed;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::policy::{self, Broken, Policy};
use super::workers::Workers;
use super::{argon, foreign_hash};
use crate::error::{Error, Result};

/// The longest password, in bytes after preparation; more would only cost time.
pub const MAX_PASSWORD_BYTES: usize = 512;
/// How many hashings may wait; the rest are told to come back.
const MAX_WAITING: usize = 64;
/// How long a hashing may take with all its waiting; then it is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);
/// Memory in KiB, passes and lanes: OWASP's recommendation, some 25 ms a hash.
const COST: (u32, u32, u32) = (19_456, 2, 1);
const SALT_BYTES: usize = 16;

/// Hashes passwords with bounded parallelism.
#[derive(Debug, Clone)]
pub struct Passwords {
    workers: Arc<Workers>,
    admitted: Arc<Semaphore>,
    patience: Duration,
}

/// A place among those that hash or wait for it. Who asks for it first does nothing for a request that is then refused.
#[derive(Debug)]
pub struct Place {
    workers: Arc<Workers>,
    admitted: OwnedSemaphorePermit,
    patience: Duration,
}

impl Passwords {
    /// At most `parallelism` hashings run at once.
    #[must_use]
    pub fn new(parallelism: usize) -> Self {
        Self {
            workers: Arc::new(Workers::new(parallelism)),
            admitted: Arc::new(Semaphore::new(parallelism + MAX_WAITING)),
            patience: PATIENCE,
        }
    }

    /// A place, if there is one.
    ///
    /// # Errors
    /// 503 when too many passwords are being hashed.
    pub fn place(&self) -> Result<Place> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned();
        Ok(Place {
            workers: Arc::clone(&self.workers),
            admitted: admitted.map_err(|_| too_many())?,
            patience: self.patience,
        })
    }

    /// The PHC string of a password's hash.
    ///
    /// # Errors
    /// `invalidValue` for a password that is too long; 503 when too many are being hashed.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let prepared = prepare(password)?;
        self.place()?.run(move || hash_now(&prepared)).await
    }
}

impl Place {
    /// Whether it is the password of that hash. Without a hash the same work is done for nothing: the time tells nobody whether
    /// there is such a person.
    ///
    /// # Errors
    /// 503 when it took too long until others were done; when a stored hash is malformed.
    pub async fn verify(self, hash: Option<String>, password: &str) -> Result<Verdict> {
        let Ok(prepared) = prepare(password) else {
            return Ok(Verdict::default());
        };
        self.run(move || {
            let known = hash.is_some();
            let hash = match hash {
                Some(hash) => hash,
                None => nobodys_hash()?.to_owned(),
            };
            let is_right = foreign_hash::verify(&hash, prepared.as_bytes())? && known;
            Ok(Verdict {
                is_right,
                is_outdated: is_right && !hash.starts_with(&prefix()),
            })
        })
        .await
    }

    /// Runs work that takes a processor for a while, when it is its turn.
    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let admitted = self.admitted;
        // Its place is given up when it is done, or never begins: not when nobody waits for it any more.
        let done = self.workers.run(move || {
            let _admitted = admitted;
            work()
        });
        timeout(self.patience, done)
            .await
            .map_err(|_| too_many())??
    }
}

fn too_many() -> Error {
    Error::unavailable("too many passwords are being hashed; try again")
}

/// What comparing a password with a hash says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdict {
    /// It is the password.
    pub is_right: bool,
    /// The hash is another system's, or of other parameters: a new one should take its place.
    pub is_outdated: bool,
}

/// How every hash of ours begins.
fn prefix() -> String {
    let (memory, passes, lanes) = COST;
    format!("$argon2id$v=19$m={memory},t={passes},p={lanes}$")
}

/// A hash that costs what every other costs.
fn nobodys_hash() -> Result<&'static str> {
    static HASH: OnceLock<String> = OnceLock::new();
    if let Some(hash) = HASH.get() {
        return Ok(hash);
    }
    let hash = hash_now("nobody")?;
    Ok(HASH.get_or_init(|| hash))
}

/// Refuses a password that breaks the rules, naming each that it breaks. `personal`: names and addresses of the person.
///
/// # Errors
/// `invalidValue`.
pub async fn check(policy: Policy, password: &str, personal: Vec<String>) -> Result<()> {
    let broken = broken(policy, password, personal).await?;
    if broken.is_empty() {
        return Ok(());
    }
    Err(policy::error(&broken))
}

/// The rules that a password breaks.
///
/// # Errors
/// `invalidValue` for a password that can be none.
pub async fn broken(policy: Policy, password: &str, personal: Vec<String>) -> Result<Vec<Broken>> {
    let prepared = prepare(password)?;
    // How hard a password is to guess takes some milliseconds.
    let broken = tokio::task::spawn_blocking(move || {
        let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
        policy.broken(&prepared, &personal)
    });
    broken
        .await
        .map_err(|error| Error::internal("checking a password failed").caused_by(error))
}

/// Prepares a password as RFC 8265 §4.2 (`OpaqueString`) says: non-ASCII blanks become U+0020, then NFC; case stays.
fn prepare(password: &str) -> Result<String> {
    let spaced: String = password
        .chars()
        .map(|c| {
            if c.is_whitespace() && !c.is_ascii() {
                ' '
            } else {
                c
            }
        })
        .collect();
    let prepared = ComposingNormalizerBorrowed::new_nfc()
        .normalize(&spaced)
        .into_owned();
    if prepared.is_empty() || prepared.chars().any(char::is_control) {
        return Err(Error::invalid_value(
            "\"password\" must have at least one character and no control characters (RFC 8265 §4.2)",
        ));
    }
    if prepared.len() > MAX_PASSWORD_BYTES {
        return Err(Error::invalid_value(format!(
            "\"password\" is longer than {MAX_PASSWORD_BYTES} bytes"
        )));
    }
    Ok(prepared)
}

fn hash_now(password: &str) -> Result<String> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None)
        .map_err(|error| Error::internal("argon2 parameters").caused_by(error.to_string()))?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let (mut salt, mut digest) = ([0; SALT_BYTES], [0; Params::DEFAULT_OUTPUT_LEN]);
    getrandom::fill(&mut salt)
        .map_err(|error| Error::internal("no randomness").caused_by(error))?;
    argon::digest(&hasher, password.as_bytes(), &salt, &mut digest)?;
    let (salt, digest) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(digest));
    Ok(format!("{}{salt}${digest}", prefix()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// shows: P-7.7-01 S-4.1.1-04
    #[tokio::test]
    async fn hashes_are_salted_argon2id() {
        let passwords = Passwords::new(1);
        let (one, other) = (
            passwords.hash("s3cret").await.unwrap(),
            passwords.hash("s3cret").await.unwrap(),
        );
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
    }

    #[tokio::test]
    async fn as_many_wait_as_may_and_the_next_is_told_to_come_back() {
        let mut passwords = Passwords::new(1);
        passwords.patience = Duration::from_mins(10);
        let all = (0..=MAX_WAITING + 1).map(|_| passwords.hash("s3cret"));
        let outcomes = futures_util::future::join_all(all).await;
        let refused: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].kind().status(), 503);
        assert!(refused[0].retry_after_seconds().is_some());
    }

    #[tokio::test]
    async fn patience_ends() {
        let mut passwords = Passwords::new(1);
        passwords.patience = Duration::from_millis(20);
        let (free, busy) = std::sync::mpsc::channel::<()>();
        let endless = passwords.place().unwrap().run(move || {
            let _ = busy.recv();
            Ok(())
        });
        let (endless, refused) = tokio::join!(endless, passwords.hash("s3cret"));
        assert_eq!(endless.unwrap_err().kind().status(), 503);
        assert_eq!(refused.unwrap_err().kind().status(), 503);
        drop(free);
        passwords.patience = PATIENCE;
        assert!(passwords.hash("s3cret").await.is_ok());
    }

    /// shows: S-4.1.1-04
    #[tokio::test]
    async fn the_length_is_limited_after_preparation() {
        let passwords = Passwords::new(1);
        assert!(
            passwords
                .hash(&"a".repeat(MAX_PASSWORD_BYTES))
                .await
                .is_ok()
        );
        assert!(
            passwords
                .hash(&"a".repeat(MAX_PASSWORD_BYTES + 1))
                .await
                .is_err()
        );
    }

    /// shows: P-5-02 S-4.1.1-04
    #[test]
    fn preparation_composes_and_maps_blanks() {
        assert_eq!(prepare("e\u{301}\u{3000}A").unwrap(), "é A");
    }
}
