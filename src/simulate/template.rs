//! Variables in paths, headers, bodies and expectations.
//!
//! `{{user.userName}}` is replaced by the value. In a path it is percent-encoded; `|form` writes a space as `+`, `|raw` leaves the
//! text alone. `|upper` and `|lower` change the case, `|capitals` that of ASCII letters only, `|json` escapes quotes as a filter's text needs it. A string in a body that is nothing
//! but one variable takes the value's type. With `?` after the name, a missing value drops the member or element.

use std::collections::HashMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::state::Names;
use crate::error::{Error, Result};

/// A variable has no value: what it depends on did not happen.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Missing(pub(super) String);

/// A filled template.
pub(super) type Filled<T> = Result<T, Missing>;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A template's text between variables, or a variable.
enum Part<'a> {
    Text(&'a str),
    Variable {
        name: &'a str,
        changes: Vec<&'a str>,
        optional: bool,
    },
}

fn parts(text: &str) -> Result<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inner, behind)) = after.split_once("}}") else {
            return Err(Error::invalid_value(format!("{text:?} lacks a }}}}")));
        };
        let mut pieces = inner.split('|');
        let name = pieces.next().unwrap_or_default();
        let changes: Vec<&str> = pieces.collect();
        let known = ["form", "raw", "upper", "lower", "capitals", "json"];
        if let Some(unknown) = changes.iter().find(|change| !known.contains(*change)) {
            return Err(Error::invalid_value(format!(
                "{text:?} uses {unknown:?}, which is no change to a value"
            )));
        }
        parts.push(Part::Text(before));
        parts.push(Part::Variable {
            name: name.strip_suffix('?').unwrap_or(name),
            changes,
            optional: name.ends_with('?'),
        });
        rest = behind;
    }
    parts.push(Part::Text(rest));
    Ok(parts)
}

/// Collects the first parts of the names a text uses, and refuses a malformed one.
pub(super) fn roots_of_text(text: &str, used: &mut Vec<String>) -> Result<()> {
    for part in parts(text)? {
        if let Part::Variable { name, .. } = part {
            used.push(name.split('.').next().unwrap_or_default().to_owned());
        }
    }
    Ok(())
}

/// The same for a body, with the templates it uses.
pub(super) fn roots(
    value: &Value,
    templates: &HashMap<String, Value>,
    used: &mut Vec<String>,
) -> Result<()> {
    match value {
        Value::String(text) => roots_of_text(text, used),
        Value::Array(entries) => entries
            .iter()
            .try_for_each(|entry| roots(entry, templates, used)),
        Value::Object(members) => {
            if let Some(Value::String(name)) = members.get("$use") {
                let template = templates.get(name).ok_or_else(|| {
                    Error::invalid_value(format!("no template is named {name:?}"))
                })?;
                return roots(template, templates, used);
            }
            if let Some(Value::String(list)) = members.get("$each") {
                let bound = members.get("$as").and_then(Value::as_str);
                let mut inner = Vec::new();
                members
                    .get("$item")
                    .map_or(Ok(()), |item| roots(item, templates, &mut inner))?;
                used.extend(
                    inner
                        .into_iter()
                        .filter(|name| Some(name.as_str()) != bound),
                );
                used.push(list.split('.').next().unwrap_or_default().to_owned());
                return Ok(());
            }
            members
                .values()
                .try_for_each(|member| roots(member, templates, used))
        }
        _ => Ok(()),
    }
}

/// Where a text goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Into a path: variables are percent-encoded.
    Path,
    /// Elsewhere: variables as they are.
    Plain,
}

/// Fills a text.
pub(super) fn text(template: &str, names: &Names<'_>, place: Place) -> Filled<String> {
    optional_text(template, names, place)?.ok_or_else(|| Missing(template.to_owned()))
}

fn optional_text(template: &str, names: &Names<'_>, place: Place) -> Filled<Option<String>> {
    let parts = parts(template).map_err(|error| Missing(error.to_string()))?;
    let mut filled = String::new();
    for part in parts {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Variable {
                name,
                changes,
                optional,
            } => match names.value(name) {
                Some(value) => filled.push_str(&changed(&value, &changes, place)),
                None if optional => return Ok(None),
                None => return Err(Missing(name.to_owned())),
            },
        }
    }
    Ok(Some(filled))
}

fn changed(value: &Value, changes: &[&str], place: Place) -> String {
    let mut text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    for change in changes {
        text = match *change {
            "upper" => text.to_uppercase(),
            "lower" => text.to_lowercase(),
            "capitals" => text.to_ascii_uppercase(),
            "json" => text.replace('\\', "\\\\").replace('"', "\\\""),
            _ => text,
        };
    }
    if place == Place::Plain || changes.contains(&"raw") {
        return text;
    }
    let encoded = encoded(&text);
    if changes.contains(&"form") {
        encoded.replace("%20", "+")
    } else {
        encoded
    }
}

/// Text as one part of a path or query.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, &RESERVED).to_string()
}

/// Fills a body or an expected value.
pub(super) fn value(
    template: &Value,
    names: &Names<'_>,
    templates: &HashMap<String, Value>,
) -> Filled<Value> {
    optional_value(template, names, templates)?.ok_or_else(|| Missing(template.to_string()))
}

fn optional_value(
    template: &Value,
    names: &Names<'_>,
    templates: &HashMap<String, Value>,
) -> Filled<Option<Value>> {
    match template {
        Value::String(text) => string(text, names),
        Value::Array(entries) => {
            let filled = entries
                .iter()
                .map(|entry| optional_value(entry, names, templates));
            let filled: Filled<Vec<Option<Value>>> = filled.collect();
            Ok(Some(filled?.into_iter().flatten().collect()))
        }
        Value::Object(members) => object(members, names, templates),
        other => Ok(Some(other.clone())),
    }
}

fn string(text: &str, names: &Names<'_>) -> Filled<Option<Value>> {
    let name = text
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"));
    let Some(name) = name.filter(|name| !name.contains(['{', '|'])) else {
        return Ok(optional_text(text, names, Place::Plain)?.map(Value::String));
    };
    match (
        name.strip_suffix('?'),
        names.value(name.trim_end_matches('?')),
    ) {
        (None, None) => Err(Missing(name.to_owned())),
        (_, value) => Ok(value),
    }
}

fn object(
    members: &Map<String, Value>,
    names: &Names<'_>,
    templates: &HashMap<String, Value>,
) -> Filled<Option<Value>> {
    if let Some(Value::String(name)) = members.get("$use") {
        let template = templates.get(name).ok_or_else(|| Missing(name.clone()))?;
        return optional_value(template, names, templates);
    }
    if let Some(Value::Array(layers)) = members.get("$merge") {
        let mut merged = Value::Object(Map::new());
        for layer in layers {
            merge(&mut merged, value(layer, names, templates)?);
        }
        return Ok(Some(merged));
    }
    if let (Some(Value::String(list)), Some(item)) = (members.get("$each"), members.get("$item")) {
        let bound = members
            .get("$as")
            .and_then(Value::as_str)
            .unwrap_or("member");
        let entries = names.list(list).ok_or_else(|| Missing(list.clone()))?;
        let filled = entries.into_iter().map(|entry| {
            let mut scope = names.scope.to_vec();
            scope.push((bound.to_owned(), entry));
            let names = Names {
                scope: &scope,
                ..*names
            };
            value(item, &names, templates)
        });
        return Ok(Some(Value::Array(filled.collect::<Filled<_>>()?)));
    }
    let mut filled = Map::new();
    for (name, member) in members {
        let Some(member) = optional_value(member, names, templates)? else {
            continue;
        };
        filled.insert(text(name, names, Place::Plain)?, member);
    }
    Ok(Some(Value::Object(filled)))
}

/// Lays one value over another: objects member by member, null removes (RFC 7396).
fn merge(base: &mut Value, layer: Value) {
    let Value::Object(layer) = layer else {
        *base = layer;
        return;
    };
    if !base.is_object() {
        *base = Value::Object(Map::new());
    }
    let Value::Object(members) = base else { return };
    for (name, value) in layer {
        if value.is_null() {
            members.remove(&name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::people::People;
    use super::super::state::{Binding, Scope, State};
    use super::*;

    fn with_names<T>(work: impl FnOnce(&Names<'_>) -> T) -> T {
        let state = State::new(People {
            run: json!({"id": "r1"}),
            users: vec![
                json!({"id": "1", "name": "Zoë O'B \"x\"", "number": 7, "boss": {"$user": 1}}),
                json!({"id": "2", "name": "Bo"}),
                json!({"name": "never created"}),
            ],
            groups: vec![json!({"members": [{"$user": 0}, {"$user": 1}, {"$user": 2}]})],
        });
        let scope: Scope = vec![
            ("user".to_owned(), Binding::User(0)),
            ("group".to_owned(), Binding::Group(0)),
        ];
        work(&Names {
            state: &state,
            sets: &HashMap::new(),
            scope: &scope,
        })
    }

    fn path(template: &str) -> Filled<String> {
        with_names(|names| text(template, names, Place::Path))
    }

    fn body(template: &Value) -> Filled<Value> {
        let templates =
            HashMap::from([("base".to_owned(), json!({"a": 1, "b": {"c": 2, "d": 3}}))]);
        with_names(|names| value(template, names, &templates))
    }

    #[test]
    fn a_variable_in_a_path_is_encoded() {
        assert_eq!(
            path("/U?f=%22{{user.name|json|form}}%22&").unwrap(),
            "/U?f=%22Zo%C3%AB+O%27B+%5C%22x%5C%22%22&"
        );
        assert_eq!(path("{{user.boss.name|upper}}").unwrap(), "BO");
    }

    #[test]
    fn a_missing_value_is_told_by_name() {
        assert_eq!(
            path("/U/{{user.nothing}}"),
            Err(Missing("user.nothing".to_owned()))
        );
    }

    #[test]
    fn a_lone_variable_keeps_its_type() {
        assert_eq!(
            body(&json!({"n": "{{user.number}}", "t": "<{{user.number}}>", "o": "{{user.x?}}", "l": ["{{user.x?}}"]})).unwrap(),
            json!({"n": 7, "t": "<7>", "l": []})
        );
    }

    #[test]
    fn each_lists_the_users_that_exist() {
        assert_eq!(
            body(&json!({"$each": "group.members", "$as": "m", "$item": {"value": "{{m.id}}", "$ref": null}})).unwrap(),
            json!([{"value": "1", "$ref": null}, {"value": "2", "$ref": null}])
        );
    }

    #[test]
    fn merge_lays_layers_over_each_other() {
        assert_eq!(
            body(&json!({"$merge": [{"$use": "base"}, {"b": {"c": 9}, "a": null}]})).unwrap(),
            json!({"b": {"c": 9, "d": 3}})
        );
    }
}
