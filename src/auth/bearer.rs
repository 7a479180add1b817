//! Opaque bearer tokens: made, hashed, looked up (RFC 6750).
//!
//! A token is `mst_`, its kind, `_`, 32 random bytes in base62 and a checksum. Only its SHA-256 is stored: a secret of
//! 256 random bits needs no slow hash.

use sha2::{Digest, Sha256};

use super::jwt::MAX_TOKEN_BYTES;
use super::{Caller, Scopes};
use crate::error::{Error, Result};
use crate::store::{Store, tokens};

const PREFIX: &str = "mst_scim_";
/// How the API tokens of operators begin.
pub const OPERATOR_PREFIX: &str = "mst_op_";
const SECRET_BYTES: usize = 32;
/// Base62 digits of 256 bits, and of a CRC-32.
const SECRET_DIGITS: usize = 43;
const CHECKSUM_DIGITS: usize = 6;

/// A token that has just been made; the only time its secret is known.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Public name, for lists and revocation.
    pub id: String,
    /// What the client sends.
    pub secret: String,
}

/// Makes a token from the system's randomness.
///
/// # Errors
/// When the system has none.
pub fn generate() -> Result<NewToken> {
    let digits = random_digits(SECRET_BYTES, SECRET_DIGITS)?;
    let checksum = base62(
        &crc32fast::hash(digits.as_bytes()).to_be_bytes(),
        CHECKSUM_DIGITS,
    );
    let secret = format!("{PREFIX}{digits}{checksum}");
    Ok(NewToken {
        id: public_id(&secret),
        secret,
    })
}

/// The public name of a new client of OAuth 2.
///
/// # Errors
/// When the system has no randomness.
pub fn client_id() -> Result<String> {
    Ok(format!("mcl_{}", random_digits(16, 22)?))
}

/// The secret of a client of OAuth 2.
///
/// # Errors
/// When the system has no randomness.
pub fn client_secret() -> Result<String> {
    Ok(format!(
        "mcs_{}",
        random_digits(SECRET_BYTES, SECRET_DIGITS)?
    ))
}

/// The secret of a link that is good once: 256 random bits.
///
/// # Errors
/// When the system has no randomness.
pub fn link_secret() -> Result<String> {
    random_digits(SECRET_BYTES, SECRET_DIGITS)
}

/// The secret of a session: what a cookie holds.
///
/// # Errors
/// When the system has no randomness.
pub fn session_secret() -> Result<String> {
    Ok(format!(
        "mss_{}",
        random_digits(SECRET_BYTES, SECRET_DIGITS)?
    ))
}

/// The secret of an operator's API token.
///
/// # Errors
/// When the system has no randomness.
pub fn operator_secret() -> Result<String> {
    let digits = random_digits(SECRET_BYTES, SECRET_DIGITS)?;
    let checksum = base62(
        &crc32fast::hash(digits.as_bytes()).to_be_bytes(),
        CHECKSUM_DIGITS,
    );
    Ok(format!("{OPERATOR_PREFIX}{digits}{checksum}"))
}

fn random_digits(bytes: usize, digits: usize) -> Result<String> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random)
        .map_err(|error| Error::internal("no randomness").caused_by(error))?;
    Ok(base62(&random, digits))
}

/// The public name of a token: the beginning of a hash of its hash, which tells nothing about it.
#[must_use]
pub fn public_id(secret: &str) -> String {
    let twice = Sha256::digest(hash(secret));
    base62(twice.get(..8).unwrap_or_default(), 11)
}

/// The hash under which a token is stored.
#[must_use]
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Writes bytes as a number to the base 62, filled up with zeros on the left.
pub(super) fn base62(bytes: &[u8], digits: usize) -> String {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut number = bytes.to_vec();
    let mut text = Vec::with_capacity(digits);
    for _ in 0..digits {
        let mut remainder: u32 = 0;
        for byte in &mut number {
            let value = (remainder << 8) | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            remainder = value % 62;
        }
        text.push(
            ALPHABET
                .get(usize::try_from(remainder).unwrap_or_default())
                .copied()
                .map_or('0', char::from),
        );
    }
    text.iter().rev().collect()
}

/// The token of an `Authorization` header.
///
/// # Errors
/// 401 for another scheme or a malformed header.
pub fn from_header(header: &str) -> Result<&str> {
    let malformed = || {
        Error::invalid_token("the Authorization header must be \"Bearer\", one blank and the token")
    };
    let (scheme, token) = header.split_once(' ').ok_or_else(malformed)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer")
        || token.is_empty()
        || token.contains(' ')
        || token.len() > MAX_TOKEN_BYTES
    {
        return Err(malformed());
    }
    Ok(token)
}

/// Finds out who shows the token with this hash, and when it expires. One statement.
///
/// # Errors
/// 401 for a token that is unknown, expired or revoked.
pub async fn authenticate(store: &Store, hash: &[u8], now: i64) -> Result<(Caller, Option<i64>)> {
    let mut reader = store.reader();
    let found = tokens::by_hash(&mut reader, hash).await?;
    drop(reader);
    let presented = found.ok_or_else(|| Error::invalid_token("the token is unknown"))?;
    if presented.revoked.is_some() {
        return Err(Error::invalid_token("the token has been revoked"));
    }
    if presented.expires.is_some_and(|expires| expires <= now) {
        return Err(Error::invalid_token("the token has expired"));
    }
    let mut caller = Caller::of(presented.client, Scopes::parse(&presented.scopes)?)?;
    if let Some(subject) = presented.subject {
        caller.actor = format!("user {subject} by {}", caller.actor);
        caller.subject = Some(subject);
    }
    caller.stored_token = Some(presented.token_id.clone());
    caller.token_id = Some(presented.token_id);
    Ok((caller, presented.expires))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// shows: P-7.4-01
    #[test]
    fn tokens_have_one_shape_and_never_repeat() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert!(one.secret.starts_with(PREFIX));
        assert_eq!(
            one.secret.len(),
            PREFIX.len() + SECRET_DIGITS + CHECKSUM_DIGITS
        );
        assert!(
            one.secret
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_')
        );
        assert_ne!(one.secret, other.secret);
        assert_ne!(one.id, other.id);
    }

    #[test]
    fn base62_is_a_positional_number() {
        assert_eq!(base62(&[61], 2), "0z");
        assert_eq!(base62(&[62], 2), "10");
        assert_eq!(base62(&[1, 0], 3), "048");
    }

    #[test]
    fn the_header_needs_bearer_and_one_token() {
        assert_eq!(from_header("bearer abc").unwrap(), "abc");
        for malformed in ["", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "abc"] {
            assert!(from_header(malformed).is_err(), "{malformed}");
        }
    }
}
