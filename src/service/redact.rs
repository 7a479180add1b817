//! What the provisioning log must not hold: secrets always, personal values where the operator says so; and no more of a body than
//! the operator wants to keep.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::Value;

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
#[derive(Debug, Clone, Copy)]
pub struct Redaction {
    /// The longest body, in bytes.
    pub body_bytes: usize,
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

impl Redaction {
    /// The body of an answer as it may be kept: secrets are never in one.
    #[must_use]
    pub fn answer(&self, bytes: &[u8]) -> String {
        if self.masks_personal {
            return self.body(bytes, &Secrets(Vec::new()));
        }
        cut(&String::from_utf8_lossy(bytes), self.body_bytes)
    }

    /// A body as it may be kept.
    #[must_use]
    pub fn body(&self, bytes: &[u8], secrets: &Secrets) -> String {
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
            String::from_utf8_lossy(bytes)
        };
        cut(&kept, self.body_bytes)
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
                    } else if own == "path" || own == "filter" || own == "detail" {
                        if let (Value::String(text), true) = (&mut *value, self.masks_personal) {
                            *text = masked_literals(text);
                        }
                    } else if !TECHNICAL.contains(&own.as_str()) {
                        self.clean(value, secrets);
                    }
                }
            }
            Value::String(text) if self.masks_personal && !is_id(text) => MASK.clone_into(text),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A query string as it may be kept.
    #[must_use]
    pub fn query(&self, query: &str, secrets: &Secrets) -> String {
        if query.is_empty() {
            return String::new();
        }
        let parts = query.split('&').map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let decoded = percent_decode_str(value)
                .decode_utf8_lossy()
                .to_ascii_lowercase();
            let is_secret = secrets
                .0
                .iter()
                .any(|secret| decoded.contains(secret.as_str()));
            let is_token = name.to_ascii_lowercase().contains("token");
            let is_personal = self.masks_personal && name.eq_ignore_ascii_case("filter");
            if is_token || (is_secret && name.eq_ignore_ascii_case("filter")) {
                return format!("{name}={MASK}");
            }
            if is_personal {
                let spaced = value.replace('+', " ");
                let decoded = percent_decode_str(&spaced).decode_utf8_lossy();
                return format!("{name}={}", masked_literals(&decoded));
            }
            part.to_owned()
        });
        cut(
            &parts.collect::<Vec<_>>().join("&"),
            self.body_bytes.max(1_024),
        )
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

/// Masks what stands in double quotes, unless it is an id or the name of a schema.
fn masked_literals(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for (position, part) in text.split('"').enumerate() {
        if position > 0 {
            masked.push('"');
        }
        let is_literal = position % 2 == 1;
        if is_literal && !is_id(part) && !part.starts_with("urn:") {
            masked.push_str(MASK);
        } else {
            masked.push_str(part);
        }
    }
    masked
}

fn is_id(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok()
}

/// The beginning of a text, with a word about the rest.
fn cut(text: &str, limit: usize) -> String {
    // PostgreSQL takes no U+0000 in text.
    if text.contains('\0') {
        return cut(&text.replace('\0', "\u{fffd}"), limit);
    }
    if text.len() <= limit {
        return text.to_owned();
    }
    let end = (0..=limit).rev().find(|end| text.is_char_boundary(*end));
    let kept = text.get(..end.unwrap_or(0)).unwrap_or_default();
    format!("{kept}… ({} bytes in all)", text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEPING: Redaction = Redaction {
        body_bytes: 1_000,
        masks_personal: false,
    };
    const MASKING: Redaction = Redaction {
        body_bytes: 1_000,
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
    }
}
