//! Bytes as text, and the lines of that text.

use std::borrow::Cow;

use crate::error::{Error, Result};

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
const UTF16_LITTLE_MARK: &[u8] = b"\xFF\xFE";
const UTF16_BIG_MARK: &[u8] = b"\xFE\xFF";

/// The file as text, without its byte order mark: UTF-8, or UTF-16 if it has such a mark.
///
/// # Errors
/// `invalidValue` with the line of what is neither, or of U+0000, which no value holds.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>> {
    let text = if let Some(rest) = bytes.strip_prefix(UTF16_LITTLE_MARK) {
        Cow::Owned(decode_utf16(rest, u16::from_le_bytes)?)
    } else if let Some(rest) = bytes.strip_prefix(UTF16_BIG_MARK) {
        Cow::Owned(decode_utf16(rest, u16::from_be_bytes)?)
    } else {
        Cow::Borrowed(decode_utf8(bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes))?)
    };
    let Some(position) = text.find('\0') else {
        return Ok(text);
    };
    let line = Lines::new(&text).at(position);
    Err(Error::invalid_value(format!(
        "line {line} has the character U+0000, which is not accepted; a text file in UTF-8 has none"
    )))
}

fn decode_utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|error| {
        let mut lines = Lines { rest: bytes, ..Lines::new("") };
        let line = lines.at(error.valid_up_to());
        Error::invalid_value(format!(
            "line {line} is not UTF-8; save the file as UTF-8, which spreadsheets call \"CSV UTF-8\""
        ))
    })
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let Ok(character) = decoded else {
            return Err(not_utf16(&text));
        };
        text.push(character);
    }
    if rest.is_empty() {
        Ok(text)
    } else {
        Err(not_utf16(&text))
    }
}

fn not_utf16(before: &str) -> Error {
    let line = Lines::new(before).at(before.len());
    Error::invalid_value(format!(
        "line {line} is not UTF-16, which the file's byte order mark promises; save the file as UTF-8"
    ))
}

/// Counts lines, forwards only. CRLF, LF and a lone CR end a line.
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    position: usize,
    line: u64,
    is_after_return: bool,
}

impl<'a> Lines<'a> {
    /// Line 1.
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            rest: text.as_bytes(),
            position: 0,
            line: 1,
            is_after_return: false,
        }
    }

    /// The line of a byte that is not before the last one asked for.
    pub(super) fn at(&mut self, position: usize) -> u64 {
        while self.position < position && self.step() {}
        self.line
    }

    /// The line of the first byte from there on that ends no line: where a record begins.
    pub(super) fn at_content(&mut self, position: usize) -> u64 {
        self.at(position);
        while matches!(self.rest.first(), Some(b'\r' | b'\n')) && self.step() {}
        self.line
    }

    fn step(&mut self) -> bool {
        let Some((byte, rest)) = self.rest.split_first() else {
            return false;
        };
        let is_second_half = *byte == b'\n' && self.is_after_return;
        if matches!(byte, b'\r' | b'\n') && !is_second_half {
            self.line += 1;
        }
        self.is_after_return = *byte == b'\r';
        self.rest = rest;
        self.position += 1;
        true
    }
}
