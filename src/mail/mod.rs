//! Letters to people: what they say, and how they leave the house.

mod letter;
mod smtp;
mod transport;

use std::fmt;

use lettre::message::Mailboxes;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::language::Language;
pub use letter::{Kind, Letter, render};
pub use transport::{Encryption, Failure, Mailer, Options, Transport};

/// The longest address that a server has to accept (RFC 5321 §4.5.3.1.3, without the brackets).
const ADDRESS_BYTES: usize = 254;

/// The e-mail address of a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(lettre::Address);

impl Address {
    /// Reads an address without a display name: `anna@example.com`.
    ///
    /// # Errors
    /// `invalidValue` if it is none, is longer than 254 bytes, has a control character or a quoted part.
    pub fn parse(text: &str) -> Result<Self> {
        Self::read(text).ok_or_else(|| {
            Error::invalid_value(format!(
                "{:?} is not an e-mail address such as anna@example.com",
                plain(text, 100)
            ))
        })
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() > ADDRESS_BYTES || text.chars().any(is_dangerous) {
            return None;
        }
        let address: lettre::Address = text.parse().ok()?;
        // A quoted local part is valid, but cannot be written into a header.
        let recipients: Mailboxes = text.parse().ok()?;
        let only = recipients.into_single()?;
        (only.name.is_none() && only.email == address).then_some(Self(address))
    }

    fn as_lettre(&self) -> &lettre::Address {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl TryFrom<String> for Address {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

/// A letter in words, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject, on one line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
    /// The language of all three.
    pub language: Language,
}

/// The bodies are left out: they have links that let somebody in.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("subject", &self.subject)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// A text on one line, without control characters and cut after `limit` characters.
fn plain(text: &str, limit: usize) -> String {
    // A longer text is not read to its end; what is cut away may only have been spaces.
    let read: String = text
        .chars()
        .take(limit.saturating_mul(4))
        .map(|c| if is_dangerous(c) { ' ' } else { c })
        .collect();
    let words: Vec<&str> = read.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= limit {
        return line;
    }
    let kept: String = line.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Whether a character can change lines or the direction of what follows it.
fn is_dangerous(c: char) -> bool {
    let is_directing = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    c.is_control() || is_directing || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_put_on_one_line() {
        let cases = [
            ("Anna", "Anna"),
            (" Anna \t Meyer ", "Anna Meyer"),
            ("Anna\r\nBcc: eve@example.com", "Anna Bcc: eve@example.com"),
            ("a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{0}f", "a b c d e f"),
            ("abc\u{202e}def\u{2069}", "abc def"),
            ("山田\u{3000}太郎", "山田 太郎"),
            ("👩\u{200d}👩\u{200d}👧", "👩\u{200d}👩\u{200d}👧"),
            ("0123456789x", "012345678…"),
            ("\n\n", ""),
        ];
        for (text, expected) in cases {
            let limit = if text.starts_with('0') { 10 } else { 100 };
            assert_eq!(plain(text, limit), expected, "{text:?}");
        }
    }

    #[test]
    fn an_address_is_one_address() {
        for good in [
            "anna@example.com",
            "a.b+c@mail.example.co.jp",
            "用户@例え.jp",
        ] {
            assert_eq!(Address::parse(good).unwrap().to_string(), good);
        }
        let long = format!("{}@example.com", "a".repeat(300));
        for bad in [
            "",
            "anna",
            "@example.com",
            "Anna <anna@example.com>",
            "anna@example.com, eve@example.com",
            "anna@example.com\r\nBcc: eve@example.com",
            "\"a\r\nBcc: eve@example.com\"@example.com",
            "anna@example.com>\r\nDATA",
            "anna\u{202e}@example.com",
            "anna@exa mple.com",
            "\"anna\"@example.com",
            "\"anna, eve@evil.example, \"@example.com",
            &long,
        ] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_is_stored_as_its_text() {
        let address = Address::parse("anna@example.com").unwrap();
        let stored = serde_json::to_string(&address).unwrap();
        assert_eq!(stored, "\"anna@example.com\"");
        assert_eq!(serde_json::from_str::<Address>(&stored).unwrap(), address);
        assert!(serde_json::from_str::<Address>("\"a\\r\\nb@example.com\"").is_err());
    }
}
