//! Values of `members`: ids, however a client gives them.

use serde_json::Value;
use uuid::Uuid;

use super::Tolerance;
use crate::error::{Error, Result};
use crate::schema::AttributeDef;

/// The ids in a list of members, each once, in the order given.
///
/// # Errors
/// `invalidValue` for a member without `value`, or with one that cannot be an id.
pub fn member_ids(
    attribute: &AttributeDef,
    value: &Value,
    tolerance: Tolerance,
) -> Result<Vec<Uuid>> {
    let values = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Array(values) => values.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut seen = std::collections::HashSet::with_capacity(values.len());
    let mut ids = Vec::with_capacity(values.len());
    for value in values {
        let id = match member_id(attribute, value) {
            Err(error) if tolerance.passes_over_members && member_text(value).is_some() => {
                tracing::warn!(%error, "a member is passed over");
                continue;
            }
            outcome => outcome?,
        };
        if seen.insert(id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// The id that a value of `members` names, as text.
#[must_use]
pub fn member_text(value: &Value) -> Option<&str> {
    let named = |wanted: &str| {
        let mut members = value.as_object()?.iter();
        let (_, value) = members.find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
        value.as_str().filter(|text| !text.is_empty())
    };
    match value {
        Value::Object(_) => named("value").or_else(|| named("$ref").map(last_segment)),
        Value::String(id) => Some(last_segment(id)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

/// The id at the end of a resource's URI: those of all versions and of relative form name the same (RFC 7643 §2.4).
#[must_use]
pub fn last_segment(reference: &str) -> &str {
    let path = reference.trim_end_matches('/');
    path.rsplit_once('/').map_or(path, |(_, last)| last)
}

fn member_id(attribute: &AttributeDef, value: &Value) -> Result<Uuid> {
    let Some(id) = member_text(value) else {
        return Err(Error::invalid_value(format!(
            "each value of {:?} must be an object with the member's id as \"value\"",
            attribute.path()
        )));
    };
    Uuid::try_parse(id).map_err(|_| unknown_members(attribute, &[id]))
}

/// The answer to members that do not exist.
#[must_use]
pub fn unknown_members(attribute: &AttributeDef, ids: &[&str]) -> Error {
    let shown: Vec<String> = ids
        .iter()
        .take(10)
        .map(|id| format!("{:?}", id.chars().take(64).collect::<String>()))
        .collect();
    let more = if ids.len() > shown.len() {
        format!(" and {} more", ids.len() - shown.len())
    } else {
        String::new()
    };
    Error::invalid_value(format!(
        "{:?}: no user or group has the id {}{more}",
        attribute.path(),
        shown.join(", ")
    ))
}
