//! The listener's certificate, and its renewal while the server runs.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, crypto::aws_lc_rs};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use x509_cert::Certificate;
use x509_cert::der::{DateTime, Decode};

use crate::error::{Error, Result};

/// A certificate that ends within this time is warned of, at most once in the interval.
const EXPIRY_NOTICE: Duration = Duration::from_hours(30 * 24);
const EXPIRY_LOG_INTERVAL: Duration = Duration::from_hours(24);

/// A certificate chain and its key, read from two PEM files, and read again when they change.
///
/// New connections get what is in force; open ones go on with what they began with. What cannot be used is never in
/// force: the last good pair stays.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    state: Mutex<State>,
}

struct State {
    config: Arc<ServerConfig>,
    not_after: Option<DateTime>,
    /// The files' stamps when they were last read.
    stamps: [Option<Stamp>; 2],
    warned_at: Option<Instant>,
}

/// When a file was last written, and its length in bytes.
type Stamp = (SystemTime, u64);

/// What two files hold.
type Pair = (Arc<ServerConfig>, Option<DateTime>);

impl Tls {
    /// Reads the certificate chain (the server's own first) and its private key (PKCS#8, PKCS#1 or SEC1).
    ///
    /// # Errors
    /// When a file cannot be read or used, or the key is not the certificate's.
    pub fn open(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Result<Arc<Self>> {
        let (certificate, key) = (certificate.into(), key.into());
        // Before the files are read: what is written meanwhile is then seen as a change.
        let stamps = [stamp(&certificate), stamp(&key)];
        let (config, not_after) = read(&certificate, &key)?;
        let tls = Arc::new(Self {
            certificate,
            key,
            state: Mutex::new(State {
                config,
                not_after,
                stamps,
                warned_at: None,
            }),
        });
        tls.log_in_force(not_after);
        tls.warn_of_expiry();
        Ok(tls)
    }

    /// The configuration in force.
    #[must_use]
    pub fn current(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.state().config)
    }

    /// Reads the files again, whether they changed or not, and logs the outcome.
    ///
    /// # Errors
    /// When they cannot be used; the pair in force stays.
    pub fn reload(&self) -> Result<()> {
        self.reload_at([stamp(&self.certificate), stamp(&self.key)])
    }

    /// Reads the files again if one was written since they were last read; whether new ones are in force.
    ///
    /// # Errors
    /// As [`Tls::reload`]; only once for the same files.
    pub fn reload_if_changed(&self) -> Result<bool> {
        let stamps = [stamp(&self.certificate), stamp(&self.key)];
        if stamps == self.state().stamps {
            return Ok(false);
        }
        self.reload_at(stamps).map(|()| true)
    }

    fn reload_at(&self, stamps: [Option<Stamp>; 2]) -> Result<()> {
        let pair = read(&self.certificate, &self.key);
        let mut state = self.state();
        state.stamps = stamps;
        let (config, not_after) = pair.inspect_err(|error| {
            tracing::error!(%error, "the new certificate cannot be used; the old one stays in force");
        })?;
        state.config = config;
        state.not_after = not_after;
        state.warned_at = None;
        drop(state);
        self.log_in_force(not_after);
        self.warn_of_expiry();
        Ok(())
    }

    fn log_in_force(&self, not_after: Option<DateTime>) {
        let not_after = not_after.map(tracing::field::display);
        tracing::info!(certificate = %self.certificate.display(), not_after, "certificate in force");
    }

    /// Warns of a certificate that ends soon, or did, once a day.
    fn warn_of_expiry(&self) {
        let mut state = self.state();
        let is_quiet = state
            .warned_at
            .is_some_and(|at| at.elapsed() < EXPIRY_LOG_INTERVAL);
        let Some(not_after) = state.not_after.filter(|_| !is_quiet) else {
            return;
        };
        if !ends_soon(not_after, SystemTime::now()) {
            return;
        }
        state.warned_at = Some(Instant::now());
        drop(state);
        tracing::warn!(
            certificate = %self.certificate.display(),
            %not_after,
            "the certificate ends within 30 days, or has ended: write a new pair to the same two files"
        );
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("certificate", &self.certificate)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// Looks for changed files every `period` until `stopped` is true.
///
/// With a pair of files that is written one after the other the first look may find a key that is not the
/// certificate's; the next one finds the other file changed and takes both.
pub fn reload_every(
    tls: Arc<Tls>,
    period: Duration,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = stopped.wait_for(|is_stopped| *is_stopped) => return,
                () = tokio::time::sleep(period) => {}
            }
            let tls = Arc::clone(&tls);
            // The outcome is logged where it happens; nothing else depends on it.
            _ = tokio::task::spawn_blocking(move || {
                _ = tls.reload_if_changed();
                tls.warn_of_expiry();
            })
            .await;
        }
    })
}

fn ends_soon(not_after: DateTime, now: SystemTime) -> bool {
    not_after.to_system_time() <= now + EXPIRY_NOTICE
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn read(certificate: &Path, key: &Path) -> Result<Pair> {
    let chain = read_chain(certificate)?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| {
        let detail = format!(
            "the file {} holds no private key that can be used; it needs one in PEM, without a passphrase",
            key.display()
        );
        Error::invalid_value(detail).caused_by(error)
    })?;
    let not_after = chain.first().and_then(|first| not_after(first));
    let unusable = |error: rustls::Error| {
        let detail = format!(
            "the certificate in {} and the key in {} cannot be used together; the key must be that of the first certificate",
            certificate.display(),
            key.display()
        );
        Error::invalid_value(detail).caused_by(error)
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((Arc::new(config), not_after))
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let sentence = || {
        Error::invalid_value(format!(
            "the file {} holds no certificate chain that can be used; it needs the server's certificate first, in PEM",
            path.display()
        ))
    };
    let chain = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| sentence().caused_by(error))?;
    if chain.is_empty() {
        return Err(sentence());
    }
    Ok(chain)
}

fn not_after(certificate: &CertificateDer<'_>) -> Option<DateTime> {
    let certificate = Certificate::from_der(certificate).ok()?;
    Some(
        certificate
            .tbs_certificate()
            .validity()
            .not_after
            .to_date_time(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_ends_soon_from_thirty_days_before() {
        let not_after = DateTime::new(2030, 1, 31, 0, 0, 0).unwrap();
        let end = not_after.to_system_time();
        let too_early = end - EXPIRY_NOTICE - Duration::from_secs(1);
        assert!(!ends_soon(not_after, too_early));
        assert!(ends_soon(not_after, end - EXPIRY_NOTICE));
        assert!(ends_soon(not_after, end + EXPIRY_NOTICE));
    }

    #[test]
    fn the_end_of_a_certificate_is_read() {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(2031, 5, 6);
        let certificate = params.self_signed(&key).unwrap();
        let read = not_after(certificate.der()).unwrap();
        assert_eq!(read.to_string(), "2031-05-06T00:00:00Z");
        assert_eq!(not_after(&CertificateDer::from(vec![0; 9])), None);
    }
}
