//! One-time codes by time (RFC 6238): SHA-1, six digits, a new one every 30 seconds, as every authenticator does by default.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use subtle::ConstantTimeEq;

use crate::error::{Error, Result};

/// How long a secret is: as long as the hash (RFC 4226 §4).
const SECRET_BYTES: usize = 20;
/// How long a code is the present one, in microseconds.
const STEP: i64 = 30_000_000;
/// How many steps earlier or later a clock may be.
const DRIFT: i64 = 1;
const DIGITS: u32 = 6;
/// How many characters of names stand in an address: it must fit into a picture.
const SHOWN_ISSUER: usize = 40;
const SHOWN_NAME: usize = 100;

/// A new secret from the system's randomness.
///
/// # Errors
/// When the system has none.
pub fn secret() -> Result<Vec<u8>> {
    random(SECRET_BYTES)
}

/// A new recovery code: 50 random bits as ten characters, with a dash in the middle.
///
/// # Errors
/// When the system has no randomness.
pub fn recovery_code() -> Result<String> {
    let text = base32(&random(7)?).to_ascii_lowercase();
    let (first, second) = text.split_at(5);
    Ok(format!("{first}-{}", second.get(..5).unwrap_or_default()))
}

fn random(bytes: usize) -> Result<Vec<u8>> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random)
        .map_err(|error| Error::internal("no randomness").caused_by(error))?;
    Ok(random)
}

/// Bytes in the letters and digits of RFC 4648 §6, without padding.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    data_encoding::BASE32_NOPAD.encode(bytes)
}

/// The code of a time step, as a number.
fn number(secret: &[u8], step: i64, digits: u32) -> Result<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret)
        .map_err(|error| Error::internal("a secret is no key").caused_by(error))?;
    mac.update(&step.to_be_bytes());
    let hash: [u8; 20] = mac.finalize().into_bytes().into();
    // RFC 4226 §5.3: the last four bits say which four bytes count, without their first bit.
    let offset = usize::from(hash[19] & 0xf);
    let taken = hash.get(offset..offset + 4).unwrap_or_default();
    let taken = taken
        .iter()
        .fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
    Ok((taken & 0x7fff_ffff) % 10_u32.pow(digits))
}

/// The code that is shown at this time (microseconds since 1970 UTC).
///
/// # Errors
/// A fault of ours.
pub fn code(secret: &[u8], now: i64) -> Result<String> {
    let number = number(secret, now.div_euclid(STEP), DIGITS)?;
    Ok(format!("{number:06}"))
}

/// The time step whose code this is: the present one, one before or one after; none: of none of them. Every step is compared, whole.
///
/// # Errors
/// A fault of ours.
pub fn step_of(secret: &[u8], typed: &str, now: i64) -> Result<Option<i64>> {
    let present = now.div_euclid(STEP);
    let mut found = None;
    for step in present - DRIFT..=present + DRIFT {
        let known = format!("{:06}", number(secret, step, DIGITS)?);
        if bool::from(known.as_bytes().ct_eq(typed.as_bytes())) {
            found = Some(step);
        }
    }
    Ok(found)
}

/// What people type, without what is there for reading: blanks, dashes, letter case, the width of Japanese keyboards.
#[must_use]
pub fn plain(typed: &str) -> String {
    let read = typed.chars().take(100).filter_map(|c| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        c if c.is_ascii_alphanumeric() => Some(c.to_ascii_uppercase()),
        c if c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '–' | '－' | 'ー') => None,
        _ => Some('?'),
    });
    read.collect()
}

/// The address that hands a secret to an authenticator (`otpauth:`).
#[must_use]
pub fn uri(secret: &[u8], issuer: &str, name: &str) -> String {
    let encoded = |text: &str, length: usize| {
        // A colon is what parts the issuer from the name.
        let text: String = text.replace(':', " ").chars().take(length).collect();
        utf8_percent_encode(text.trim(), NON_ALPHANUMERIC).to_string()
    };
    let (issuer, name) = (encoded(issuer, SHOWN_ISSUER), encoded(name, SHOWN_NAME));
    let secret = base32(secret);
    format!(
        "otpauth://totp/{issuer}:{name}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period=30"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";
    const SECOND: i64 = 1_000_000;
    /// RFC 6238 appendix B, the rows of SHA-1: seconds, eight digits.
    const VECTORS: [(i64, u32); 6] = [
        (59, 94_287_082),
        (1_111_111_109, 7_081_804),
        (1_111_111_111, 14_050_471),
        (1_234_567_890, 89_005_924),
        (2_000_000_000, 69_279_037),
        (20_000_000_000, 65_353_130),
    ];

    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, expected) in VECTORS {
            let now = seconds * SECOND;
            let step = now.div_euclid(STEP);
            assert_eq!(number(SECRET, step, 8).unwrap(), expected, "{seconds}");
            let short = format!("{:06}", expected % 1_000_000);
            assert_eq!(code(SECRET, now).unwrap(), short);
            assert_eq!(step_of(SECRET, &short, now).unwrap(), Some(step));
        }
    }

    #[test]
    fn clocks_may_differ_by_one_step() {
        let now = 1_234_567_890 * SECOND;
        let step = now.div_euclid(STEP);
        for (difference, is_good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let typed = code(SECRET, now + difference * STEP).unwrap();
            let expected = is_good.then_some(step + difference);
            assert_eq!(step_of(SECRET, &typed, now).unwrap(), expected);
        }
        for other in ["", "1", "12345", "1234567", "abcdef"] {
            assert_eq!(step_of(SECRET, other, now).unwrap(), None, "{other}");
        }
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        for (typed, expected) in [
            (" 123 456 ", "123456"),
            ("１２３４５６", "123456"),
            ("abcde-fgh23", "ABCDEFGH23"),
            ("ABCDE FGH23", "ABCDEFGH23"),
            ("12345é", "12345?"),
        ] {
            assert_eq!(plain(typed), expected);
        }
        let code = recovery_code().unwrap();
        assert_eq!(code.len(), 11, "{code}");
        assert_eq!(plain(&code).len(), 10);
        assert_ne!(code, recovery_code().unwrap());
    }

    #[test]
    fn an_authenticator_is_told_who_and_where() {
        let uri = uri(SECRET, "Weberei: Acme & Söhne", "anna@example.com");
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(
            uri,
            format!(
                "otpauth://totp/Weberei%20%20Acme%20%26%20S%C3%B6hne:anna%40example%2Ecom?secret={secret}\
                 &issuer=Weberei%20%20Acme%20%26%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30"
            )
        );
    }
}
