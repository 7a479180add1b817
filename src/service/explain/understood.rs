//! How a request was read.

use serde_json::{Map, Value};

use super::{Context, body, shown};
use crate::filter::{self, AttrPath, Quotes};
use crate::json::member;
use crate::schema::{AttributeDef, Kind, Mutability, Relation, ResourceType, Target};

/// How many operations are described one by one.
const DESCRIBED: usize = 50;

/// What was asked, and how it was read.
pub(super) fn sentences(context: &Context<'_>) -> Vec<String> {
    let entry = context.entry;
    let sent = body(entry.request_body.as_ref());
    if entry.path.ends_with("/Bulk") {
        return sent.map_or_else(|| unread(context), |sent| bulk(context, &sent));
    }
    let kind = context
        .resource_type
        .map_or("resource", |one| one.name.as_str());
    match (entry.method.as_str(), sent) {
        ("GET" | "HEAD", _) => asked(context, kind, &query(&entry.query)),
        ("POST", Some(sent)) if entry.path.ends_with("/.search") => {
            let parameters = sent.iter().map(|(name, value)| {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                (name.to_ascii_lowercase(), text)
            });
            asked(context, kind, &parameters.collect::<Vec<_>>())
        }
        ("POST", Some(sent)) => described(context, format!("Create a {kind}."), &sent),
        ("PUT", Some(sent)) => described(
            context,
            format!(
                "Replace the {kind}: what is left out is cleared, except passwords, members, immutable attributes and those with a default."
            ),
            &sent,
        ),
        ("PATCH", Some(sent)) => patch(context, kind, &sent),
        ("DELETE", _) => vec![format!("Delete the {kind}, for good.")],
        (_, None) => unread(context),
        (other, Some(_)) => vec![format!("A {other} request.")],
    }
}

fn unread(context: &Context<'_>) -> Vec<String> {
    let entry = context.entry;
    vec![if entry.request_bytes == 0 {
        "There was no body, or it did not arrive.".to_owned()
    } else if entry
        .request_body
        .as_ref()
        .is_some_and(|text| text.contains("… ("))
    {
        format!(
            "The body had {} bytes; the log keeps only its beginning (provisioning_log.body_bytes), so that it cannot be described.",
            entry.request_bytes
        )
    } else {
        "The body is not a JSON object.".to_owned()
    }]
}

fn query(text: &str) -> Vec<(String, String)> {
    let parts = text.split('&').filter(|part| !part.is_empty());
    let decoded = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced)
            .decode_utf8_lossy()
            .into_owned()
    };
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name).to_ascii_lowercase(), decoded(value))
        })
        .collect()
}

fn asked(context: &Context<'_>, kind: &str, parameters: &[(String, String)]) -> Vec<String> {
    let get = |name: &str| {
        let found = parameters.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    };
    let cursor = parameters.iter().find(|(known, _)| known == "cursor");
    let one = context.entry.resource_id.is_some();
    let mut sentences = vec![if one {
        format!("Read one {kind}.")
    } else {
        match context.resource_type {
            Some(resource_type) => format!("List resources of type {}.", resource_type.name),
            None => "List resources of every type.".to_owned(),
        }
    }];
    if let Some(text) = get("filter") {
        sentences.push(filtered(context, text));
    }
    if let Some(path) = get("sortby") {
        sentences.push(format!(
            "Sorted by {path}, {}.",
            get("sortorder").unwrap_or("ascending")
        ));
    }
    if let Some((_, cursor)) = cursor {
        let which = if cursor.is_empty() {
            "The first page"
        } else {
            "The page that the cursor names"
        };
        sentences.push(format!("{which}, by cursor."));
    } else if !one {
        sentences.push(format!(
            "From position {}, {} at most.",
            get("startindex").unwrap_or("1"),
            get("count").unwrap_or("as many as a page holds")
        ));
    }
    for name in ["attributes", "excludedattributes"] {
        if let Some(paths) = get(name) {
            let word = if name == "attributes" {
                "Only with"
            } else {
                "Without"
            };
            sentences.push(format!("{word} {paths}."));
        }
    }
    let known = [
        "filter",
        "sortby",
        "sortorder",
        "cursor",
        "startindex",
        "count",
        "attributes",
        "excludedattributes",
        "schemas",
    ];
    for (name, _) in parameters
        .iter()
        .filter(|(name, _)| !known.contains(&name.as_str()))
    {
        sentences.push(format!("{name:?} means nothing here and is passed over."));
    }
    sentences
}

fn filtered(context: &Context<'_>, text: &str) -> String {
    let quotes = if context.settings.unquoted_filters {
        Quotes::Optional
    } else {
        Quotes::Required
    };
    match filter::parse_as(text, quotes) {
        Ok(parsed) => {
            let unquoted = quotes == Quotes::Optional && filter::parse(text).is_err();
            let note = if unquoted {
                " (values without quotes are read as text: filter.unquoted)"
            } else {
                ""
            };
            format!(
                "Those for which {parsed}{note}; names and operators in any case, text as the attribute's caseExact says."
            )
        }
        Err(error) => format!("The filter {text:?} could not be read: {}", error.detail()),
    }
}

/// A body of a create or a replacement.
fn described(context: &Context<'_>, first: String, sent: &Map<String, Value>) -> Vec<String> {
    let mut sentences = vec![first];
    let Some(resource_type) = context.resource_type else {
        return sentences;
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for (name, value) in sent {
        if ["schemas", "meta", "id"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own))
        {
            continue;
        }
        match resolved(resource_type, name) {
            Some(Target::Attribute(attribute)) if attribute.mutability == Mutability::ReadOnly => {
                sentences.push(format!(
                    "{} is the server's own and was passed over.",
                    attribute.path()
                ));
            }
            Some(Target::Attribute(attribute)) => {
                known.push(attribute.path());
                sentences.extend(remark(context, attribute, value));
            }
            Some(Target::Extension(extension)) => known.push(extension.schema.to_string()),
            None => unknown.push(name.as_str()),
        }
    }
    if !known.is_empty() {
        sentences.push(format!("With {}.", known.join(", ")));
    }
    sentences.extend(unknown_names(context, &unknown));
    sentences
}

fn unknown_names(context: &Context<'_>, unknown: &[&str]) -> Option<String> {
    if unknown.is_empty() {
        return None;
    }
    let is_patch = context.entry.method == "PATCH";
    let what = if is_patch {
        "refused, since a PATCH must not lose what it names"
    } else if context.settings.patch.reading.refuses_unknown {
        "refused (values.unknown is refuse)"
    } else {
        "passed over (values.unknown is ignore)"
    };
    Some(format!(
        "No schema of the tenant knows {}: {what}.",
        unknown.join(", ")
    ))
}

pub(super) fn resolved<'a>(resource_type: &'a ResourceType, name: &str) -> Option<Target<'a>> {
    let path: AttrPath = filter::parse_attribute_path(name).ok()?;
    resource_type.resolve(path.schema.as_deref(), &path.name, path.sub.as_deref())
}

/// What is unusual about a value.
fn remark(context: &Context<'_>, attribute: &AttributeDef, value: &Value) -> Option<String> {
    let path = attribute.path();
    if attribute.is_hidden() {
        return Some(format!(
            "{path} is secret: it is stored as a hash and never shown"
        ));
    }
    match value {
        Value::String(text) if attribute.kind == Kind::Boolean => {
            Some(if context.settings.patch.reading.string_booleans {
                format!("{path}: the text {text:?} is read as a boolean (values.string_booleans)")
            } else {
                format!(
                    "{path}: the text {text:?} is no boolean (values.string_booleans is refuse)"
                )
            })
        }
        Value::Array(values) if attribute.relation == Some(Relation::Members) => {
            Some(format!("{path}: {} given", values.len()))
        }
        Value::Null => Some(format!("{path}: null, which means no value")),
        _ => None,
    }
}

fn patch(context: &Context<'_>, kind: &str, sent: &Map<String, Value>) -> Vec<String> {
    let operations = member(sent, "Operations").and_then(Value::as_array);
    let Some(operations) = operations else {
        return vec![format!(
            "Change the {kind}; but \"Operations\" is missing or no array."
        )];
    };
    let mut sentences = vec![format!(
        "Change the {kind} by {} operations, in their order, all of them or none.",
        operations.len()
    )];
    for (position, operation) in operations.iter().enumerate().take(DESCRIBED) {
        let described = operation
            .as_object()
            .map(|operation| one(context, operation));
        let described = described.unwrap_or_else(|| vec!["no object".to_owned()]);
        sentences.push(format!("{}. {}", position + 1, described.join("; ")));
    }
    if operations.len() > DESCRIBED {
        sentences.push(format!("… and {} more.", operations.len() - DESCRIBED));
    }
    sentences
}

/// One operation of a PATCH.
fn one(context: &Context<'_>, operation: &Map<String, Value>) -> Vec<String> {
    let written = member(operation, "op")
        .and_then(Value::as_str)
        .unwrap_or("(no op)");
    let op = written.to_ascii_lowercase();
    let value = member(operation, "value");
    let path = member(operation, "path").and_then(Value::as_str);
    let mut parts = Vec::new();
    let Some(path) = path else {
        let names = value.and_then(Value::as_object);
        let names: Vec<&str> = names
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect();
        parts.push(format!(
            "{op} without a path: each name in the value is a path of its own: {}",
            names.join(", ")
        ));
        if let (Some(resource_type), Some(members)) =
            (context.resource_type, value.and_then(Value::as_object))
        {
            let mut unknown = Vec::new();
            for (name, value) in members {
                match resolved(resource_type, name) {
                    Some(Target::Attribute(attribute)) => {
                        parts.extend(remark(context, attribute, value));
                    }
                    Some(Target::Extension(_)) => {}
                    None if name.eq_ignore_ascii_case("id")
                        || name.eq_ignore_ascii_case("schemas") => {}
                    None => unknown.push(name.as_str()),
                }
            }
            parts.extend(unknown_names(context, &unknown));
        }
        return with_case(written, &op, parts);
    };
    let what = value.map_or_else(String::new, |value| format!(" with {}", shown(value)));
    parts.push(format!("{op} {path}{what}"));
    let Ok(parsed) = filter::parse_path(path) else {
        parts.push("the path cannot be read".to_owned());
        return with_case(written, &op, parts);
    };
    let sub = parsed.sub.as_deref().or(parsed.attribute.sub.as_deref());
    let target = context.resource_type.and_then(|resource_type| {
        resource_type.resolve(
            parsed.attribute.schema.as_deref(),
            &parsed.attribute.name,
            sub,
        )
    });
    match target {
        Some(Target::Attribute(attribute)) => {
            if parsed.filter.is_some()
                && op == "replace"
                && context.settings.patch.replace_unmatched_creates
            {
                parts.push(
                    "where nothing matches, the value is created (patch.replace_unmatched)"
                        .to_owned(),
                );
            }
            let takes_listed = op == "remove"
                && attribute.relation == Some(Relation::Members)
                && parsed.filter.is_none();
            if takes_listed {
                parts.push(match value {
                    Some(value) if !value.is_null() => "only the listed members leave".to_owned(),
                    _ => "without a value: all members leave".to_owned(),
                });
            }
            if let Some(value) = value {
                parts.extend(remark(context, attribute, value));
            }
        }
        Some(Target::Extension(extension)) => {
            parts.push(format!("the whole extension {}", extension.schema));
        }
        None => parts.extend(unknown_names(context, &[path])),
    }
    with_case(written, &op, parts)
}

fn with_case(written: &str, op: &str, mut parts: Vec<String>) -> Vec<String> {
    if written != op {
        parts.push(format!("{written:?} is read as {op:?}"));
    }
    parts
}

fn bulk(context: &Context<'_>, sent: &Map<String, Value>) -> Vec<String> {
    let operations = member(sent, "Operations").and_then(Value::as_array);
    let operations = operations.map(Vec::as_slice).unwrap_or_default();
    let mut sentences = vec![format!("{} operations in one request.", operations.len())];
    let answer = body(context.entry.response_body.as_ref());
    let results = answer
        .as_ref()
        .and_then(|answer| answer.get("Operations")?.as_array());
    for (position, operation) in operations.iter().enumerate().take(DESCRIBED) {
        let text = |name: &str| {
            let members = operation.as_object();
            members
                .and_then(|members| member(members, name))
                .and_then(Value::as_str)
                .unwrap_or("?")
        };
        let result = results.and_then(|results| results.get(position));
        let status = result
            .and_then(|result| result.get("status")?.as_str())
            .unwrap_or("not carried out");
        let why = result.and_then(|result| result.pointer("/response/detail")?.as_str());
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        sentences.push(format!(
            "{}. {} {}: {status}{why}",
            position + 1,
            text("method"),
            text("path")
        ));
    }
    if operations.len() > DESCRIBED {
        sentences.push(format!("… and {} more.", operations.len() - DESCRIBED));
    }
    sentences
}
