//! Value → index key: text whose byte order is the order of the values (RFC 7643 §2.3, RFC 7644 §3.4.2.2).
//!
//! Keys are made in Rust and compared as bytes, here and in both databases, so that a comparison means the same
//! everywhere. Text with `caseExact: false` is folded; numbers and instants become text of fixed width.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use super::{AttributeDef, Canonical, Kind, Preparation};

/// The longest key of an indexed value, in bytes: PostgreSQL refuses index rows over 2,704 bytes.
pub const MAX_KEY_BYTES: usize = 1_024;

/// The folding's version; when it changes, the server asks for `muster reindex`.
pub const FOLD_VERSION: i64 = 2;

/// A value as order-preserving, folded text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexKey(String);

impl IndexKey {
    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of a simple value; `None` when the value does not fit the attribute's type.
    #[must_use]
    pub fn of(attribute: &AttributeDef, value: &Value) -> Option<Self> {
        let key = match (attribute.kind, value) {
            (Kind::String | Kind::Reference | Kind::Binary, Value::String(text)) => {
                text_key(attribute, text)
            }
            (Kind::Boolean, Value::Bool(value)) => value.to_string(),
            (Kind::Integer, Value::Number(number)) => integer_key(number.as_i64()?),
            (Kind::Decimal, Value::Number(number)) => decimal_key(&number.to_string())?,
            (Kind::DateTime, Value::String(text)) => instant_key(parse_instant(text)?),
            _ => return None,
        };
        Some(Self(key))
    }

    /// The key of a dateTime; for the times that the server itself keeps.
    #[must_use]
    pub fn of_instant(instant: OffsetDateTime) -> Self {
        Self(instant_key(instant))
    }

    /// A key from text that needs no folding: an id, a resource type's name.
    #[must_use]
    pub fn exact(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The smallest text greater than everything that begins with this key; `None` when there is none.
    #[must_use]
    pub fn prefix_end(&self) -> Option<String> {
        let mut characters: Vec<char> = self.0.chars().collect();
        while let Some(last) = characters.pop() {
            if let Some(next) = next_character(last) {
                characters.push(next);
                return Some(characters.into_iter().collect());
            }
        }
        None
    }
}

fn next_character(character: char) -> Option<char> {
    match character {
        '\u{D7FF}' => Some('\u{E000}'),
        '\u{10FFFF}' => None,
        other => char::from_u32(u32::from(other) + 1),
    }
}

fn text_key(attribute: &AttributeDef, text: &str) -> String {
    if attribute.canonical == Some(Canonical::Handle) {
        return fold(&text.split_whitespace().collect::<String>());
    }
    match (attribute.case_exact, attribute.preparation) {
        (true, _) => text.to_owned(),
        (false, Preparation::Plain) => fold(text),
        (false, Preparation::Username) => prepare_username(text),
    }
}

/// NFC of the full Unicode case folding.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let decomposed = DecomposingNormalizerBorrowed::new_nfd()
        .normalize(text)
        .into_owned();
    let folded = CaseMapper::new().fold_string(&decomposed).into_owned();
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(&folded)
        .into_owned()
}

/// A user name as RFC 8265 §3.3.2 compares it: width mapping, lower case, NFC.
///
/// Two steps go beyond the RFC, which refuses such names where they are checked strictly: characters that nobody sees are left
/// out, so that they cannot tell two names apart, and a final sigma is a sigma, so that the beginning of a name finds it.
#[must_use]
pub fn prepare_username(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lowered: String = map_width(text)
        .chars()
        .filter(|character| !is_invisible(*character))
        .flat_map(char::to_lowercase)
        .map(|character| if character == 'ς' { 'σ' } else { character })
        .collect();
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(&lowered)
        .into_owned()
}

/// `Default_Ignorable_Code_Point` of Unicode 17.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFF8}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Maps fullwidth and halfwidth characters to their ordinary forms (RFC 8265 §3.3.1, width-mapping rule).
///
/// Exactly U+3000 and the block U+FF00 to U+FFEF have such decompositions.
fn map_width(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let compatibility = ComposingNormalizerBorrowed::new_nfkc();
    let mut mapped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{3000}' | '\u{FF00}'..='\u{FFEF}' => {
                let mut buffer = [0; 4];
                mapped.push_str(&compatibility.normalize(character.encode_utf8(&mut buffer)));
            }
            other => mapped.push(other),
        }
    }
    mapped
}

/// Twenty digits, offset so that negative numbers sort first.
fn integer_key(value: i64) -> String {
    let shifted = i128::from(value) - i128::from(i64::MIN);
    format!("{shifted:020}")
}

/// The most significant digits of a decimal, and the largest power of ten.
const MAX_DIGITS: usize = 200;
const MAX_EXPONENT: i64 = 9_999;

/// Sign, power of ten and digits of a JSON number, arranged so that their order as text is the numeric order; without loss.
///
/// `None` beyond 200 digits or a power of ten beyond 9,999.
fn decimal_key(number: &str) -> Option<String> {
    let (is_negative, unsigned) = match number.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, number),
    };
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    let leading = i64::try_from(all.len() - significant.len()).ok()?;
    let digits = significant.trim_end_matches('0');
    if digits.is_empty() {
        return Some("1".to_owned());
    }
    // The number is 0.digits times ten to this power.
    let shift: i64 = exponent.parse().ok()?;
    let power = shift.checked_add(i64::try_from(whole.len()).ok()? - leading)?;
    if power.abs() > MAX_EXPONENT || digits.len() > MAX_DIGITS {
        return None;
    }
    if !is_negative {
        return Some(format!("2{:05}{digits}", power + 10_000));
    }
    let complement: String = digits
        .bytes()
        .map(|digit| char::from(b'0' + (b'9' - digit)))
        .collect();
    Some(format!("0{:05}{complement}~", 30_000 - power))
}

fn instant_key(instant: OffsetDateTime) -> String {
    let mut text = String::with_capacity(30);
    push_instant(&mut text, instant, 9);
    text
}

/// Appends an instant as `YYYY-MM-DDThh:mm:ss.fffZ` with so many digits after the second. Pages of resources are full of them.
pub(crate) fn push_instant(text: &mut String, instant: OffsetDateTime, fraction: u32) {
    let instant = instant.to_offset(UtcOffset::UTC);
    let (date, time) = (instant.date(), instant.time());
    let month = u8::from(date.month());
    let part = time.nanosecond() / 10_u32.pow(9_u32.saturating_sub(fraction));
    let parts = [
        (date.year().unsigned_abs(), 4, '-'),
        (u32::from(month), 2, '-'),
        (u32::from(date.day()), 2, 'T'),
        (u32::from(time.hour()), 2, ':'),
        (u32::from(time.minute()), 2, ':'),
        (u32::from(time.second()), 2, '.'),
        (part, fraction, 'Z'),
    ];
    for (number, width, end) in parts {
        push_digits(text, number, width);
        text.push(end);
    }
}

/// Appends the last digits of a number.
fn push_digits(text: &mut String, number: u32, width: u32) {
    if width > 1 {
        push_digits(text, number / 10, width - 1);
    }
    let digit = u8::try_from(number % 10).unwrap_or_default();
    text.push(char::from(b'0' + digit));
}

/// Reads an `xsd:dateTime` with date and time; without a zone it is UTC (RFC 7643 §2.3.5).
#[must_use]
pub fn parse_instant(text: &str) -> Option<OffsetDateTime> {
    let (date, time) = text.split_once('T')?;
    if date.len() != 10 || time.contains(['z', 't']) {
        return None;
    }
    // A leap second and an offset beyond 14 hours are no xsd:dateTime.
    let is_leap = time.get(6..8) == Some("60");
    let offset = time
        .rsplit_once(['+', '-'])
        .map_or("", |(_, offset)| offset);
    if is_leap || offset > "14:00" {
        return None;
    }
    let has_zone = time.ends_with('Z') || time.contains(['+', '-']);
    let parsed = if has_zone {
        OffsetDateTime::parse(text, &Rfc3339)
    } else {
        OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339)
    };
    let instant = parsed.ok()?.checked_to_offset(UtcOffset::UTC)?;
    (0..=9999).contains(&instant.year()).then_some(instant)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_is_full_and_normalised() {
        assert_eq!(fold("BJensen"), "bjensen");
        assert_eq!(fold("Straße"), fold("STRASSE"));
        assert_eq!(fold("E\u{301}MILE"), fold("émile"));
        assert_eq!(fold("ΣΊΣΥΦΟΣ"), fold("σίσυφος"));
        assert_eq!(map_width("ｂｊｅｎｓｅｎ"), "bjensen");
    }

    /// shows: P-5-01
    #[test]
    fn user_names_are_prepared_as_the_rfc_says() {
        let prepared = ["ÉMILE", "e\u{301}mile", "émile", "É\u{200B}mile"].map(prepare_username);
        assert!(prepared.iter().all(|name| name == "émile"), "{prepared:?}");
        assert_eq!(prepare_username("ＢＪｅｎｓｅｎ"), "bjensen");
        assert_ne!(prepare_username("Straße"), prepare_username("STRASSE"));
        assert_eq!(prepare_username("ΣΊΣΥΦΟΣ"), prepare_username("σίσυφος"));
        assert_eq!(prepare_username("\u{200B}\u{FEFF}"), "");
    }

    #[test]
    fn decimals_lose_nothing() {
        let key = |text: &str| decimal_key(text);
        assert_eq!(key("1"), key("1.000e0"));
        assert_eq!(key("-0.0"), key("0"));
        assert!(key("0.1000000000000000000001") > key("0.1"));
        assert!(key("-0.1000000000000000000001") < key("-0.1"));
        assert!(
            key("1e9998").is_some()
                && key("1e9999").is_none()
                && key("1e99999999999999999999").is_none()
        );
    }

    #[test]
    fn instants_compare_across_zones() {
        let utc = parse_instant("2020-01-01T10:00:00Z").unwrap();
        assert_eq!(parse_instant("2020-01-01T12:00:00+02:00"), Some(utc));
        assert_eq!(parse_instant("2020-01-01T10:00:00"), Some(utc));
        for wrong in [
            "2020-01-01",
            "2020-01-01t10:00:00Z",
            "2020-13-01T10:00:00Z",
            "10:00:00Z",
            "2020-01-01T10:00:60Z",
            "2020-01-01T10:00:00+14:01",
            "T",
            "",
        ] {
            assert_eq!(parse_instant(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn integer_keys_sort_as_numbers(a: i64, b: i64) {
            prop_assert_eq!(integer_key(a).cmp(&integer_key(b)), a.cmp(&b));
        }

        #[test]
        fn decimal_keys_sort_as_numbers(a in -1e300..1e300f64, b in -1e300..1e300f64, c: i32, d: i32) {
            let (key, other) = (decimal_key(&a.to_string()), decimal_key(&format!("{b:e}")));
            prop_assert_eq!(Some(key.cmp(&other)), a.partial_cmp(&b));
            let (key, other) = (decimal_key(&format!("{c}.50")), decimal_key(&format!("{d}.5e0")));
            prop_assert_eq!(key.cmp(&other), f64::from(c).total_cmp(&f64::from(d)), "{} {}", c, d);
        }

        #[test]
        fn folding_twice_is_folding_once(text: String) {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }

        #[test]
        fn a_prefix_ends_before_its_end(prefix in ".{1,4}", rest in ".{0,4}") {
            let key = IndexKey(prefix.clone());
            let longer = format!("{prefix}{rest}");
            prop_assert!(key.prefix_end().is_none_or(|end| longer < end));
        }
    }
}
