//! The published keys of other issuers: fetched, remembered, and not fetched more often than is good for anyone.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use tokio::sync::Mutex;

use super::jwt::{Key, key_set};
use crate::error::{Error, Result};

/// How long a set is good without being asked for again, in microseconds.
const FRESH: i64 = 600_000_000;
/// How long a set is used while its issuer does not answer.
const STALE: i64 = 86_400_000_000;
/// How soon a set is asked for again, because of a key that it did not hold or because the last attempt failed.
const AGAIN: i64 = 30_000_000;
/// The largest set, in bytes.
const MAX_BYTES: usize = 262_144;
const TIMEOUT: Duration = Duration::from_secs(5);

/// The sets of all issuers by their address.
#[derive(Debug)]
pub struct RemoteKeys {
    http: reqwest::Client,
    private: Arc<[IpNet]>,
    known: std::sync::Mutex<HashMap<String, Arc<Mutex<Remembered>>>>,
}

/// One set.
#[derive(Debug, Default)]
struct Remembered {
    keys: Arc<Vec<Key>>,
    fetched: Option<i64>,
    tried: Option<i64>,
}

impl RemoteKeys {
    /// Fetches from public addresses, and from those private networks that the operator names.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(private: &[IpNet]) -> Result<Self> {
        let private: Arc<[IpNet]> = private.into();
        let resolver = Arc::new(Public(Arc::clone(&private)));
        let http = reqwest::Client::builder()
            .dns_resolver(resolver)
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .no_proxy()
            .user_agent(concat!("muster/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            http: http.map_err(|error| {
                Error::internal("the HTTP client could not be set up").caused_by(error)
            })?,
            private,
            known: std::sync::Mutex::default(),
        })
    }

    /// Checks an address before it is stored.
    ///
    /// # Errors
    /// `invalidValue` for one that would never be fetched.
    pub fn check(&self, url: &str) -> Result<()> {
        self.checked(url).map(|_| ())
    }

    fn checked(&self, url: &str) -> Result<reqwest::Url> {
        let wrong = |what: &str| Error::invalid_value(format!("the key address {url:?} {what}"));
        let parsed = reqwest::Url::parse(url).map_err(|_| wrong("is no URL"))?;
        let host = parsed.host_str().ok_or_else(|| wrong("names no host"))?;
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        let literal = literal.parse::<IpAddr>().ok();
        let is_own = literal.is_some_and(|address| self.is_named(address));
        match parsed.scheme() {
            "https" => {}
            "http" if is_own => {}
            _ => return Err(wrong("must begin with https://")),
        }
        if literal.is_some_and(|address| !is_own && !is_public(address)) {
            return Err(wrong(
                "is in a private network; oauth.private_networks names those that may be asked",
            ));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(wrong("must not hold a password"));
        }
        Ok(parsed)
    }

    fn is_named(&self, address: IpAddr) -> bool {
        self.private
            .iter()
            .any(|network| network.contains(&address))
    }

    /// The keys at an address; asked for again if they do not hold the one with this name, at most every 30 seconds.
    ///
    /// # Errors
    /// 503 when there are none and the issuer does not answer.
    pub async fn get(&self, url: &str, key_id: Option<&str>, now: i64) -> Result<Arc<Vec<Key>>> {
        let entry = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(url.to_owned()).or_default())
        };
        // Whoever comes while the set is being fetched waits for it instead of fetching it as well.
        let mut remembered = entry.lock().await;
        let age = remembered
            .fetched
            .map(|fetched| now.saturating_sub(fetched));
        let is_known =
            |keys: &[Key]| key_id.is_none_or(|id| keys.iter().any(|key| key.id() == Some(id)));
        let is_good = age.is_some_and(|age| age < FRESH) && is_known(&remembered.keys);
        let is_too_soon = remembered
            .tried
            .is_some_and(|tried| now.saturating_sub(tried) < AGAIN);
        if !is_good && !is_too_soon {
            remembered.tried = Some(now);
            match self.fetch(url).await {
                Ok(keys) => {
                    remembered.keys = Arc::new(keys);
                    remembered.fetched = Some(now);
                }
                Err(error) => {
                    tracing::warn!(url, %error, "the keys of an issuer could not be fetched");
                }
            }
        }
        let age = remembered
            .fetched
            .map(|fetched| now.saturating_sub(fetched));
        if age.is_some_and(|age| age < STALE) {
            return Ok(Arc::clone(&remembered.keys));
        }
        Err(Error::unavailable(
            "the keys of the token's issuer cannot be fetched at the moment; try again",
        )
        .after_seconds(30))
    }

    async fn fetch(&self, url: &str) -> Result<Vec<Key>> {
        let failed = |error: reqwest::Error| {
            Error::unavailable("the issuer does not answer").caused_by(error)
        };
        let response = self.http.get(self.checked(url)?).send().await;
        let response = response.map_err(failed)?;
        if response.status() != reqwest::StatusCode::OK {
            let status = response.status();
            return Err(Error::unavailable(format!("the issuer answered {status}")));
        }
        let mut body = Vec::new();
        let mut stream = response.bytes_stream();
        while let Some(part) = stream.next().await {
            body.extend_from_slice(&part.map_err(failed)?);
            if body.len() > MAX_BYTES {
                return Err(Error::unavailable(format!(
                    "the issuer's key set is larger than {MAX_BYTES} bytes"
                )));
            }
        }
        let document = serde_json::from_slice(&body).map_err(|error| {
            Error::unavailable("the issuer's key set is no JSON").caused_by(error)
        })?;
        key_set(&document)
    }
}

/// Resolves names to public addresses only, so that no name leads into the network that the server stands in.
#[derive(Debug)]
struct Public(Arc<[IpNet]>);

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        let private = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let is_allowed = |address: &SocketAddr| {
                let address = address.ip();
                is_public(address) || private.iter().any(|network| network.contains(&address))
            };
            let allowed: Vec<SocketAddr> = found.filter(is_allowed).collect();
            if allowed.is_empty() {
                return Err("the name leads to no public address; oauth.private_networks names private ones that may be asked".into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether an address is reached over the internet.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, third, _] = address.octets();
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_broadcast()
                || address.is_documentation()
                || first == 0
                || first >= 240
                || (first == 100 && (64..128).contains(&second))
                || (first == 192 && second == 0 && third == 0)
                || (first == 198 && (18..20).contains(&second)))
        }
        IpAddr::V6(address) => {
            let [first, second, ..] = address.segments();
            !(address.is_loopback()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                // 6to4, Teredo and NAT64 hold IPv4 addresses, documentation is nobody's.
                || first == 0x2002
                || (first == 0x2001 && second == 0)
                || (first == 0x2001 && second == 0xdb8)
                || (first == 0x64 && second == 0xff9b))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_asked() {
        for public in ["1.1.1.1", "2606:4700::1111", "172.32.0.1", "100.63.0.1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.8",
            "240.0.0.1",
            "::1",
            "::",
            "fc00::1",
            "fe80::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn addresses_are_checked_before_they_are_stored() {
        let keys = RemoteKeys::new(&["127.0.0.0/8".parse().unwrap()]).unwrap();
        for good in [
            "https://login.example.com/keys",
            "http://127.0.0.1:8000/keys",
            "https://1.1.1.1/",
        ] {
            keys.check(good)
                .unwrap_or_else(|error| panic!("{good}: {error}"));
        }
        for bad in [
            "http://login.example.com/keys",
            "https://10.0.0.1/keys",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "ftp://x/",
            "keys",
            "https://user:secret@example.com/",
            "file:///etc/passwd",
        ] {
            assert!(keys.check(bad).is_err(), "{bad}");
        }
        // Other spellings of an address are the address.
        assert!(
            RemoteKeys::new(&[])
                .unwrap()
                .check("https://0x7f.1/")
                .is_err()
        );
    }
}
