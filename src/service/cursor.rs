//! Cursors (RFC 9865): where a page ends, sealed, so that the server keeps nothing and the client learns and forges nothing.
//!
//! A cursor holds the sort value and the key of a resource, never a number of resources to skip: what is created or deleted
//! meanwhile neither repeats nor hides another resource.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::in_transaction;
use crate::store::{Store, facts};

const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;
/// Longer ones were not made here: a sort value has at most 1,024 bytes, each up to six in JSON, and base64 adds a third.
const MAX_CHARACTERS: usize = 16_384;
/// The name of the key among the database's facts; all instances share it.
const KEY: &str = "cursor_key";

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The sort value of the resource beside the page.
    pub(super) value: Option<String>,
    /// Its key.
    pub(super) key: i64,
    /// The page lies before it instead of after it.
    pub(super) is_backwards: bool,
    /// The count of the first page.
    pub(super) count: i64,
    /// All matches, counted for the first page.
    pub(super) total: i64,
    /// Microseconds since 1970 UTC.
    pub(super) issued: i64,
}

/// Seals cursors and opens them again.
pub(super) struct Seal(XChaCha20Poly1305);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// The seal of a database; the first to ask makes it.
    pub(super) async fn open(store: &Store) -> Result<Self> {
        let known = facts::get(&mut store.reader(), KEY).await?;
        let text = if let Some(text) = known {
            text
        } else {
            let fresh = URL_SAFE_NO_PAD.encode(random::<KEY_BYTES>()?);
            in_transaction!(store, |tx| facts::get_or_set(tx, KEY, &fresh).await)?
        };
        let malformed = || Error::internal("the stored key of cursors is malformed");
        let key = URL_SAFE_NO_PAD.decode(text).map_err(|_| malformed())?;
        XChaCha20Poly1305::new_from_slice(&key)
            .map(Self)
            .map_err(|_| malformed())
    }

    /// The text of a cursor: letters, digits, `-` and `_`. `context` is what it is bound to.
    pub(super) fn seal(&self, cursor: &Cursor, context: &str) -> Result<String> {
        let plain = serde_json::to_vec(cursor)
            .map_err(|error| Error::internal("a cursor cannot be written").caused_by(error))?;
        let nonce = random::<NONCE_BYTES>()?;
        let payload = Payload {
            msg: &plain,
            aad: &digest(context),
        };
        let sealed = self
            .0
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::internal("a cursor cannot be sealed"))?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Opens a cursor that was sealed for the same context no longer than `seconds` ago.
    ///
    /// # Errors
    /// `invalidCursor`, always in the same words; `expiredCursor`.
    pub(super) fn unseal(
        &self,
        text: &str,
        context: &str,
        now: i64,
        seconds: i64,
    ) -> Result<Cursor> {
        let cursor = self.opened(text, context).ok_or_else(|| {
            Error::invalid_cursor(
                "this cursor was not given for this query; begin again with an empty cursor, and repeat all parameters of the first page",
            )
        })?;
        if now.saturating_sub(cursor.issued) > seconds.saturating_mul(1_000_000) {
            return Err(Error::expired_cursor(format!(
                "this cursor was good for {seconds} s; begin again with an empty cursor"
            )));
        }
        Ok(cursor)
    }

    fn opened(&self, text: &str, context: &str) -> Option<Cursor> {
        if text.len() > MAX_CHARACTERS {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload {
            msg: sealed,
            aad: &digest(context),
        };
        let plain = self.0.decrypt(&XNonce::from(*nonce), payload).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

fn digest(context: &str) -> Vec<u8> {
    Sha256::digest(context.as_bytes()).to_vec()
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::internal("no randomness").caused_by(error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal() -> Seal {
        Seal(XChaCha20Poly1305::new_from_slice(&[7; KEY_BYTES]).unwrap())
    }

    fn cursor() -> Cursor {
        Cursor {
            value: Some("bjensen".to_owned()),
            key: 42,
            is_backwards: false,
            count: 10,
            total: 100,
            issued: 0,
        }
    }

    /// shows: C-2-02 C-5.2-04
    #[test]
    fn a_cursor_opens_in_its_context_only_and_not_when_it_was_touched() {
        let sealed = seal().seal(&cursor(), "a").unwrap();
        assert!(
            sealed
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
        );
        assert!(!sealed.contains("bjensen"));
        assert_eq!(seal().unseal(&sealed, "a", 0, 1).unwrap(), cursor());
        assert!(seal().opened(&sealed, "b").is_none());
        for position in 0..sealed.len() {
            let mut forged = sealed.clone().into_bytes();
            forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
            // The last character of base64 may hold bits that say nothing; strict decoding refuses those as well.
            assert!(
                seal()
                    .opened(&String::from_utf8(forged).unwrap(), "a")
                    .is_none(),
                "{position}"
            );
        }
        assert_ne!(sealed, seal().seal(&cursor(), "a").unwrap());
    }

    #[test]
    fn a_cursor_ends_after_its_time() {
        let sealed = seal().seal(&cursor(), "a").unwrap();
        assert!(seal().unseal(&sealed, "a", 5_000_000, 5).is_ok());
        let error = seal().unseal(&sealed, "a", 5_000_001, 5).unwrap_err();
        assert_eq!(error.kind(), crate::error::ErrorKind::ExpiredCursor);
    }
}
