//! What several areas read from addresses and write into them.

use std::fmt::Write;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use time::Date;
use time::macros::format_description;

use super::desk::Desk;

/// Text as a part of an address.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A query of these parameters, without those that are empty; with its question mark.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    let mut query = String::new();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        let joint = if query.is_empty() { '?' } else { '&' };
        _ = write!(query, "{joint}{name}={}", encoded(value));
    }
    query
}

/// The beginning of a day, UTC, in microseconds since 1970; none for what is no day such as `2026-11-01`.
pub(super) fn day(text: &str) -> Option<i64> {
    let form = format_description!("[year]-[month]-[day]");
    let date = Date::parse(text, form).ok()?;
    let seconds = date.midnight().assume_utc().unix_timestamp();
    seconds.checked_mul(1_000_000)
}

/// The page of a resource, where there is one for its type.
pub(super) fn page_of(desk: &Desk, resource_type: &str, id: &str) -> Option<String> {
    let registry = desk.acting().registry();
    let known = registry.resource_type_named(resource_type)?;
    let section = match (&known.account, &known.team) {
        (Some(_), _) => "users",
        (_, Some(_)) => "groups",
        _ => return None,
    };
    Some(desk.page_at(&format!("/{section}/{}", encoded(id))))
}

/// Text of at most so many characters, and whether something was left out.
pub(super) fn cut(text: &str, most: usize) -> (String, bool) {
    match text.char_indices().nth(most) {
        Some((end, _)) => (text.get(..end).unwrap_or_default().to_owned(), true),
        None => (text.to_owned(), false),
    }
}

/// JSON on several lines; anything else as it is.
pub(super) fn pretty(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => format!("{value:#}"),
        Err(_) => text.to_owned(),
    }
}

/// A request as a command; the token is a variable that whoever runs it sets.
pub(super) fn curl(method: &str, url: &str, media_type: &str, body: &str) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let mut command = format!(
        "curl -X {method} {} \\\n  -H \"Authorization: Bearer $TOKEN\"",
        quoted(url)
    );
    if !body.is_empty() {
        let media_type = if media_type.is_empty() {
            "application/scim+json"
        } else {
            media_type
        };
        _ = write!(
            command,
            " \\\n  -H {} \\\n  --data {}",
            quoted(&format!("Content-Type: {media_type}")),
            quoted(body)
        );
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_holds_what_is_said() {
        assert_eq!(
            query(&[("a", "x y"), ("b", ""), ("c", "<&>")]),
            "?a=x%20y&c=%3C%26%3E"
        );
        assert_eq!(query(&[("a", "")]), "");
    }

    #[test]
    fn a_day_is_read() {
        assert_eq!(day("1970-01-02"), Some(86_400_000_000));
        assert_eq!(day("1970-13-02"), None);
        assert_eq!(day("<script>"), None);
    }

    #[test]
    fn a_command_keeps_its_quotes() {
        let command = curl("POST", "https://a/b?c='d'", "", "{\"e\":\"f'g\"}");
        assert!(command.contains("'https://a/b?c='\\''d'\\'''"), "{command}");
        assert!(
            command.contains("--data '{\"e\":\"f'\\''g\"}'"),
            "{command}"
        );
        assert!(command.contains("Bearer $TOKEN"), "{command}");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("日本語", 2), ("日本".to_owned(), true));
        assert_eq!(cut("日本", 2), ("日本".to_owned(), false));
    }
}
