//! What the provisioning log must not hold: secrets always, personal values where the operator says so; and no more of a body than
//! the operator wants to keep.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::filter::{self, Quotes};
use crate::schema::Registry;

/// Stands where something was.
const MASK: &str = "***";

/// Attributes that tell nothing about a person, and members of messages: kept where personal values are masked.
const TECHNICAL: &[&str] = &[
    "schemas",
    "id",
    "op",
    "method",
    "bulkid",
    "version",
    "location",
    "status",
    "scimtype",
    "resourcetype",
    "created",
    "lastmodified",
    "type",
    "$ref",
    "totalresults",
    "itemsperpage",
    "startindex",
    "count",
    "sortby",
    "sortorder",
    "attributes",
    "excludedattributes",
    "failonerrors",
];

/// What is taken out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Redaction {
    /// The longest body, in bytes.
    pub body_bytes: usize,
    /// The longest answer to a request that only read.
    pub read_bytes: usize,
    /// Personal values are masked.
    pub masks_personal: bool,
}

/// The names of secret attributes, in lower case.
#[derive(Debug, Clone)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// Those of a tenant; without its schemas, what every tenant has.
    #[must_use]
    pub fn of(registry: Option<&Registry>) -> Self {
        Self(names(registry))
    }

    /// Whether a text could hold one: it names one in any case, or has an escape, which could spell any name.
    fn may_be_in(&self, bytes: &[u8]) -> bool {
        let holds = |name: &String| {
            let wanted = name.as_bytes();
            let first = wanted.first().copied().unwrap_or_default();
            let starts = memchr::memchr2_iter(first, first.to_ascii_uppercase(), bytes);
            let mut rests = starts.filter_map(|start| bytes.get(start..start + wanted.len()));
            rests.any(|text| text.eq_ignore_ascii_case(wanted))
        };
        self.0.iter().any(holds)
            || memchr::memchr_iter(b'\\', bytes).any(|at| {
                let escaped = bytes.get(at + 1).copied();
                matches!(escaped, Some(b'u' | b'U'))
            })
    }
}

fn names(registry: Option<&Registry>) -> Vec<String> {
    let mut names = vec!["password".to_owned()];
    let types = registry.into_iter().flat_map(Registry::resource_types);
    for attribute in types.flat_map(|resource_type| resource_type.all_attributes()) {
        let parts = attribute.sub_attributes.iter();
        for hidden in std::iter::once(attribute)
            .chain(parts)
            .filter(|one| one.is_hidden())
        {
            let name = hidden.name.to_ascii_lowercase();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// The last name of an attribute path or of a qualified name, in lower case.
fn last_name(path: &str) -> String {
    let end = path.rsplit([':', '.', ']']).next().unwrap_or(path);
    end.to_ascii_lowercase()
}

/// As text; what is not UTF-8 is replaced. Looking first whether all of it is, is several times as quick.
pub(super) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

impl Redaction {
    /// How many bytes of an answer are looked at, and so must be there.
    #[must_use]
    pub fn looked_at(&self, is_read: bool) -> usize {
        // The longest character is not to be missed.
        let kept = self.answer_bytes(is_read).saturating_add(4);
        if self.masks_personal {
            usize::MAX
        } else {
            kept
        }
    }

    fn answer_bytes(&self, is_read: bool) -> usize {
        if is_read {
            self.read_bytes.min(self.body_bytes)
        } else {
            self.body_bytes
        }
    }

    /// The body of an answer as it may be kept, of which this is the beginning: secrets are never in one. `length`: all of it, in bytes;
    /// `is_read`: whether it answers a request that only read.
    #[must_use]
    pub fn answer(&self, beginning: &[u8], length: usize, is_read: bool) -> String {
        let limit = self.answer_bytes(is_read);
        if self.masks_personal {
            return self.cleaned(beginning, &Secrets(Vec::new()), limit);
        }
        cut_of(&text_of(beginning), limit, length)
    }

    /// A body as it may be kept.
    #[must_use]
    pub fn body(&self, bytes: &[u8], secrets: &Secrets) -> String {
        self.cleaned(bytes, secrets, self.body_bytes)
    }

    fn cleaned(&self, bytes: &[u8], secrets: &Secrets, limit: usize) -> String {
        let is_suspect = secrets.may_be_in(bytes);
        let kept = if is_suspect || self.masks_personal {
            match serde_json::from_slice::<Value>(bytes) {
                Ok(mut value) => {
                    self.clean(&mut value, &secrets.0);
                    Cow::Owned(value.to_string())
                }
                Err(_) if is_suspect => {
                    Cow::Borrowed("(not JSON; kept back, since it could hold a secret)")
                }
                Err(_) => {
                    Cow::Borrowed("(not JSON; kept back, since it could hold personal values)")
                }
            }
        } else {
            text_of(bytes)
        };
        cut(&kept, limit)
    }

    fn clean(&self, value: &mut Value, secrets: &[String]) {
        match value {
            Value::Array(values) => values
                .iter_mut()
                .for_each(|value| self.clean(value, secrets)),
            Value::Object(members) => {
                let path = members
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case("path"));
                let is_of_secret = path
                    .and_then(|(_, path)| path.as_str())
                    .is_some_and(|path| {
                        secrets
                            .iter()
                            .any(|name| path.to_ascii_lowercase().contains(name.as_str()))
                    });
                for (name, value) in members.iter_mut() {
                    let own = last_name(name);
                    if secrets.contains(&own) || (is_of_secret && own == "value") {
                        if !value.is_null() {
                            *value = Value::from(MASK);
                        }
                    } else if let (Value::String(text), "path" | "filter" | "detail") =
                        (&mut *value, own.as_str())
                    {
                        *text = self.expression(&own, text, secrets);
                    } else if !TECHNICAL.contains(&own.as_str()) {
                        self.clean(value, secrets);
                    }
                }
            }
            Value::String(text) if self.masks_personal && !is_id(text) => MASK.clone_into(text),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A text that can compare attributes with values: a filter, a path, a sentence about one.
    fn expression(&self, name: &str, text: &str, secrets: &[String]) -> String {
        let lower = text.to_ascii_lowercase();
        let is_secret = secrets.iter().any(|secret| lower.contains(secret.as_str()));
        match name {
            "filter" if is_secret => MASK.to_owned(),
            "filter" if self.masks_personal => masked_filter(text),
            // What is in the brackets compares; the names around them do not.
            "path" => match text.split_once('[') {
                Some((before, _)) if is_secret => format!("{before}[{MASK}]"),
                Some((before, _)) if self.masks_personal => match filter::parse_path(text) {
                    Ok(path) => masked_literals(&path.to_string()),
                    Err(_) => format!("{before}[{MASK}"),
                },
                Some(_) | None => text.to_owned(),
            },
            _ if self.masks_personal => masked_literals(text),
            _ => text.to_owned(),
        }
    }

    /// A query string as it may be kept. Names are decoded before they are judged, as the server does.
    #[must_use]
    pub fn query(&self, query: &str, secrets: &Secrets) -> String {
        if query.is_empty() {
            return String::new();
        }
        let decoded = |text: &str| {
            let spaced = text.replace('+', " ");
            percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
        };
        let parts = query.split('&').map(|part| {
            let (written, value) = part.split_once('=').unwrap_or((part, ""));
            let (name, value) = (decoded(written).to_ascii_lowercase(), decoded(value));
            let is_secret = ["token", "secret"]
                .into_iter()
                .chain(secrets.0.iter().map(String::as_str))
                .any(|secret| name.contains(secret));
            if is_secret {
                return format!("{written}={MASK}");
            }
            if name == "filter" {
                let kept = self.expression("filter", &value, &secrets.0);
                if kept != value {
                    return format!("{written}={kept}");
                }
            }
            part.to_owned()
        });
        cut(
            &parts.collect::<Vec<_>>().join("&"),
            self.body_bytes.max(1_024),
        )
    }

    /// The path of a request as it may be kept: what stands in the place of an id and is none can be anything.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        if !self.masks_personal {
            return path.to_owned();
        }
        let mut after_base = None;
        let parts = path.split('/').map(|part| {
            let place = after_base;
            after_base = match (place, part) {
                (None, "scim") | (Some(0), "v2") => Some(0),
                (Some(0), "Schemas" | "ResourceTypes") | (None, _) => None,
                (Some(number), _) => Some(number + 1),
            };
            let is_in_place_of_id = place.is_some_and(|place| place > 0);
            if is_in_place_of_id && !is_id(part) && !part.is_empty() && part != ".search" {
                MASK
            } else {
                part
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// An error's sentence as it may be kept.
    #[must_use]
    pub fn sentence(&self, text: &str) -> String {
        if self.masks_personal {
            masked_literals(text)
        } else {
            cut(text, 2_048)
        }
    }
}

/// A filter with its values masked; one that cannot be read is masked as a whole.
fn masked_filter(text: &str) -> String {
    match filter::parse_as(text, Quotes::Optional) {
        Ok(filter) => masked_literals(&filter.to_string()),
        Err(_) => MASK.to_owned(),
    }
}

/// Masks what stands in double quotes, unless it is an id or the name of a schema. A quote after a backslash ends nothing.
fn masked_literals(text: &str) -> String {
    let (mut masked, mut literal) = (String::with_capacity(text.len()), None::<String>);
    let mut is_escaped = false;
    for character in text.chars() {
        let Some(inside) = &mut literal else {
            masked.push(character);
            if character == '"' {
                literal = Some(String::new());
            }
            continue;
        };
        if character == '"' && !is_escaped {
            let is_kept = is_id(inside) || inside.starts_with("urn:");
            masked.push_str(if is_kept { inside } else { MASK });
            masked.push('"');
            literal = None;
            continue;
        }
        is_escaped = character == '\\' && !is_escaped;
        inside.push(character);
    }
    if literal.is_some() {
        masked.push_str(MASK);
    }
    masked
}

fn is_id(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok()
}

/// The beginning of a text, with a word about the rest.
fn cut(text: &str, limit: usize) -> String {
    cut_of(text, limit, text.len())
}

/// As [`cut`], of a text of `length` bytes of which this is the beginning.
fn cut_of(text: &str, limit: usize, length: usize) -> String {
    // PostgreSQL takes no U+0000 in text.
    if text.contains('\0') {
        return cut_of(&text.replace('\0', "\u{fffd}"), limit, length);
    }
    if text.len() <= limit && length <= limit {
        return text.to_owned();
    }
    let end = (0..=limit).rev().find(|end| text.is_char_boundary(*end));
    let kept = text.get(..end.unwrap_or(0)).unwrap_or_default();
    format!("{kept}… ({length} bytes in all)")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEPING: Redaction = Redaction {
        body_bytes: 1_000,
        read_bytes: 100,
        masks_personal: false,
    };
    const MASKING: Redaction = Redaction {
        body_bytes: 1_000,
        read_bytes: 100,
        masks_personal: true,
    };

    fn kept(body: &str) -> String {
        KEEPING.body(body.as_bytes(), &Secrets::of(None))
    }

    #[test]
    fn no_way_of_writing_a_password_is_kept() {
        for body in [
            r#"{"userName":"b","password":"s3cret"}"#,
            r#"{"PassWord":"s3cret"}"#,
            r#"{"pass\u0077ord":"s3cret"}"#,
            r#"{"urn:ietf:params:scim:schemas:core:2.0:User:password":"s3cret"}"#,
            r#"{"Operations":[{"op":"replace","path":"password","value":"s3cret"}]}"#,
            r#"{"Operations":[{"op":"replace","Path":"urn:ietf:params:scim:schemas:core:2.0:User:Password","Value":"s3cret"}]}"#,
            r#"{"Operations":[{"op":"replace","value":{"password":"s3cret"}}]}"#,
            r#"{"Operations":[{"method":"POST","path":"/Users","data":{"password":"s3cret"}}]}"#,
            r#"{"password":["s3cret",{"x":"s3cret"}]}"#,
            r#"{"password":"s3cret""#,
        ] {
            assert!(!kept(body).contains("s3cret"), "{}", kept(body));
        }
        let query = KEEPING.query(
            "filter=password%20eq%20%22s3cret%22&count=1&access_token=s3cret",
            &Secrets::of(None),
        );
        assert_eq!(query, "filter=***&count=1&access_token=***");
    }

    #[test]
    fn what_is_no_secret_is_kept_as_it_was_sent() {
        let body = r#"{ "userName" : "bjensen",  "number": 1.10 }"#;
        assert_eq!(kept(body), body);
        assert_eq!(kept("not json"), "not json");
    }

    #[test]
    fn personal_values_can_be_masked() {
        let body = r#"{"schemas":["urn:x"],"id":"2819c223-7f76-453a-919d-413861904646","userName":"bjensen","active":true,
            "emails":[{"type":"work","value":"b@example.com"}],"Operations":[{"op":"remove","path":"emails[value eq \"b@example.com\"]"}]}"#;
        let kept = MASKING.body(body.as_bytes(), &Secrets::of(None));
        assert!(
            !kept.contains("bjensen") && !kept.contains("example.com"),
            "{kept}"
        );
        assert!(
            kept.contains("2819c223") && kept.contains("urn:x") && kept.contains("\"work\""),
            "{kept}"
        );
        assert_eq!(
            MASKING.query("filter=userName+eq+%22b%22&count=1", &Secrets::of(None)),
            "filter=userName eq \"***\"&count=1"
        );
    }

    #[test]
    fn long_bodies_are_cut_between_characters() {
        let long = "ä".repeat(2_000);
        let kept = kept(&long);
        assert!(
            kept.ends_with("… (4000 bytes in all)") && kept.len() < 1_100,
            "{kept}"
        );
        for (is_read, limit) in [(true, 100), (false, 1_000)] {
            for length in [limit - 1, limit, limit + 1, limit + 2, 4_000] {
                let answer = &format!("{}{long}", "x".repeat(length % 2)).into_bytes()[..length];
                let looked_at = KEEPING.looked_at(is_read).min(length);
                let kept = KEEPING.answer(&answer[..looked_at], length, is_read);
                let whole = String::from_utf8_lossy(answer);
                assert_eq!(kept, cut(&whole, limit), "{length}");
                assert_eq!(kept.contains('…'), length > limit, "{kept}");
            }
        }
        let masked = format!(r#"{{"id":"{}"}}"#, "x".repeat(200));
        let kept = MASKING.answer(masked.as_bytes(), masked.len(), true);
        assert!(kept.len() < 140, "{kept}");
    }
}
