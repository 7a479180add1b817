//! The text of one value: brought to the form in which it is kept, and checked where a connection asks for it.

use precis_profiles::UsernameCaseMapped;
use precis_profiles::precis_core::profile::Profile;

use crate::error::{Error, Result};
use crate::schema::index_key::prepare_username;
use crate::schema::{AttributeDef, Canonical, Format, Preparation};

/// The text as it is kept.
///
/// # Errors
/// `invalidValue` for a user name that nobody could see, and where values are checked strictly.
pub(super) fn normalised(attribute: &AttributeDef, text: &str, is_strict: bool) -> Result<String> {
    if attribute.preparation == Preparation::Username {
        check_username(attribute, text, is_strict)?;
    }
    let text = match attribute.canonical {
        Some(Canonical::Email) => email(text),
        Some(Canonical::Handle) => text.split_whitespace().collect::<String>().to_lowercase(),
        None => canonical_value(attribute, text),
    };
    match attribute.format {
        Some(format) if is_strict => check_format(attribute, format, &text).map(|()| text),
        Some(_) | None => Ok(text),
    }
}

/// The domain of an address does not depend on case; what stands before it might (RFC 5321 §2.4).
fn email(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
        None => text.to_owned(),
    }
}

/// A suggested value keeps the spelling of the schema: `Work` is `work` (RFC 7643 §2.4).
fn canonical_value(attribute: &AttributeDef, text: &str) -> String {
    let suggested = attribute
        .canonical_values
        .iter()
        .find(|suggested| !attribute.case_exact && suggested.eq_ignore_ascii_case(text));
    suggested.map_or_else(|| text.to_owned(), Clone::clone)
}

/// RFC 7644 §5 with RFC 8265: a name must be something after preparation; strictly, it must be a `UsernameCaseMapped`.
fn check_username(attribute: &AttributeDef, text: &str, is_strict: bool) -> Result<()> {
    let path = attribute.path();
    if prepare_username(text).trim().is_empty() {
        return Err(Error::invalid_value(format!(
            "{path:?} has no visible character"
        )));
    }
    if is_strict && UsernameCaseMapped::new().enforce(text).is_err() {
        return Err(Error::invalid_value(format!(
            "{path:?} is not a user name as RFC 8265 defines it: letters, digits and symbols of one direction, without blanks"
        )));
    }
    Ok(())
}

fn check_format(attribute: &AttributeDef, format: Format, text: &str) -> Result<()> {
    let (is_right, expected) = match format {
        Format::Country => (
            is_country(text),
            "a country code of ISO 3166-1 in two capitals, as in \"US\"",
        ),
        Format::LanguageTag => (
            is_language_tag(&text.replace('_', "-")),
            "a language tag, as in \"en-US\"",
        ),
        Format::LanguageRanges => (
            text.split(',').all(is_language_range),
            "language ranges as in Accept-Language, for instance \"en-US, en;q=0.8\"",
        ),
        Format::TimeZone => (
            is_time_zone(text),
            "a time zone of the IANA database, as in \"Europe/Berlin\"",
        ),
        Format::Url => (
            is_url(text),
            "an http or https URL, as in \"https://example.com/photo.jpg\"",
        ),
    };
    if is_right {
        return Ok(());
    }
    Err(Error::invalid_value(format!(
        "{:?} must be {expected}",
        attribute.path()
    )))
}

fn is_country(text: &str) -> bool {
    rust_iso3166::from_alpha2(text).is_some()
}

fn is_language_tag(text: &str) -> bool {
    oxilangtag::LanguageTag::parse(text).is_ok()
}

fn is_language_range(part: &str) -> bool {
    let (range, weight) = part.split_once(';').unwrap_or((part, "q=1"));
    let is_weight = weight
        .trim()
        .strip_prefix("q=")
        .and_then(|weight| weight.parse().ok())
        .is_some_and(|weight: f32| (0.0..=1.0).contains(&weight));
    is_weight && (range.trim() == "*" || is_language_tag(range.trim()))
}

/// The shape of a zone's name: an area of the database and a place, or one of the short names.
fn is_time_zone(text: &str) -> bool {
    const AREAS: &[&str] = &[
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Etc",
        "Europe",
        "Indian",
        "Pacific",
        "US",
    ];
    let is_place = |place: &str| {
        !place.is_empty()
            && place
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'))
    };
    match text.split_once('/') {
        Some((area, place)) => AREAS.contains(&area) && place.split('/').all(is_place),
        None => matches!(text, "UTC" | "GMT" | "Zulu"),
    }
}

fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    is_web && !host.is_empty() && text.chars().all(|c| c.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_what_their_standards_say() {
        assert!(is_country("US") && !is_country("USA") && !is_country("us") && !is_country("XX"));
        assert!(is_language_tag("zh-Hant-TW") && !is_language_tag("english!"));
        assert!(
            ["da, en-gb;q=0.8, en;q=0.7", "*", "en"]
                .into_iter()
                .all(|text| text.split(',').all(is_language_range))
        );
        assert!(!is_language_range("en;q=2") && !is_language_range(""));
        assert!(is_time_zone("America/Argentina/Buenos_Aires") && is_time_zone("UTC"));
        assert!(!is_time_zone("Pacific time") && !is_time_zone("Moon/Base"));
        assert!(
            is_url("https://example.com/a.jpg")
                && !is_url("javascript://x y")
                && !is_url("photo.jpg")
        );
    }

    #[test]
    fn the_domain_of_an_address_is_kept_in_lower_case() {
        assert_eq!(email("BJensen@EXAMPLE.com"), "BJensen@example.com");
        assert_eq!(email("nobody"), "nobody");
    }
}
