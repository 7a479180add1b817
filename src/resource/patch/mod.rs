//! PATCH (RFC 7644 §3.5.2): operations on a document in memory; changes of members are set aside for SQL.
//!
//! Operations apply in order, each to the result of the one before. Nothing is written here: when one fails, the caller
//! drops the document, which makes a request all or nothing.

mod element;
mod patcher;
#[cfg(test)]
mod tests;
mod values;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Resource;
use crate::error::{Error, Result};
use crate::filter::{Filter, Literal, PatchPath, Predicate, parse_path};
use crate::schema::validate::{self, Tolerance};
use crate::schema::{AttributeDef, Relation, ResourceType, Target};
use patcher::Patcher;

/// The most operations in one request.
pub const MAX_OPERATIONS: usize = 1_000;
/// How many values the operations of one request may look at, counted for each comparison: a bound on its time, a tenth of a second.
const MAX_COMPARISONS: usize = 1_000_000;
/// The most members in one operation.
pub const MAX_MEMBERS: usize = 10_000;

/// The schema of a PATCH body.
pub const MESSAGE_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// What a connection's settings say about PATCH.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// `replace` on a value path that matches nothing creates the value instead of failing with `noTarget`.
    pub replace_unmatched_creates: bool,
    /// A request without operations succeeds and changes nothing.
    pub accepts_empty_operations: bool,
    /// How values are read.
    pub reading: Tolerance,
}

/// One operation, its path parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    kind: OperationKind,
    path: Option<PatchPath>,
    value: Option<Value>,
}

/// `op`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OperationKind {
    Add,
    Remove,
    Replace,
}

/// A change of a group's members, in the order of the request.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberChange {
    /// These become members, if they are not.
    Add(Vec<Uuid>),
    /// These stop being members.
    Remove(MemberSelection),
    /// Exactly these are members afterwards.
    Replace(Vec<Uuid>),
}

/// Which members.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberSelection {
    /// Those with these ids.
    These(Vec<Uuid>),
    /// Those that satisfy the filter.
    Matching(Predicate),
    /// All of them.
    All,
}

/// What became of the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordChange {
    /// This cleartext is to be hashed and stored.
    Set(String),
    /// There is none any more.
    Clear,
}

/// The effect of a PATCH beside the document.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The document after the last operation.
    pub document: Map<String, Value>,
    /// Changes of members.
    pub members: Vec<MemberChange>,
    /// Change of the password.
    pub password: Option<PasswordChange>,
    /// Paths of the top-level attributes that were named.
    pub written: Vec<String>,
}

/// Reads a PATCH body.
///
/// # Errors
/// `invalidSyntax` for a wrong structure, `invalidPath` and `invalidFilter` for a wrong path, 413 beyond [`MAX_OPERATIONS`].
pub fn parse(body: &Map<String, Value>, settings: Settings) -> Result<Vec<Operation>> {
    let member = |name: &str| {
        body.iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    };
    let has_schema = member("schemas")
        .and_then(Value::as_array)
        .is_some_and(|schemas| schemas.iter().any(|schema| schema == MESSAGE_SCHEMA));
    if !has_schema {
        return Err(Error::invalid_syntax(format!(
            "a PATCH body must have \"schemas\": [{MESSAGE_SCHEMA:?}]"
        )));
    }
    let Some(Value::Array(operations)) = member("Operations") else {
        return Err(Error::invalid_syntax(
            "a PATCH body must have \"Operations\": an array of one or more operations",
        ));
    };
    if operations.is_empty() && !settings.accepts_empty_operations {
        return Err(Error::invalid_syntax(
            "\"Operations\" is empty: one or more operations are needed",
        ));
    }
    if operations.len() > MAX_OPERATIONS {
        return Err(Error::payload_too_large(format!(
            "{} operations were sent; at most {MAX_OPERATIONS} are accepted in one request",
            operations.len()
        )));
    }
    let parsed = operations.iter().enumerate().map(|(index, operation)| {
        parse_operation(operation).map_err(|error| numbered(index, &error))
    });
    parsed.collect()
}

fn parse_operation(operation: &Value) -> Result<Operation> {
    let Value::Object(members) = operation else {
        return Err(Error::invalid_syntax(
            "an operation must be an object with \"op\", \"path\" and \"value\"",
        ));
    };
    let member = |name: &str| {
        members
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    };
    validate::distinct_names(members)?;
    let op = member("op")
        .and_then(Value::as_str)
        .map(str::to_ascii_lowercase);
    let kind = match op.as_deref() {
        Some("add") => OperationKind::Add,
        Some("remove") => OperationKind::Remove,
        Some("replace") => OperationKind::Replace,
        Some(_) | None => {
            return Err(Error::invalid_syntax(
                "\"op\" must be \"add\", \"remove\" or \"replace\"",
            ));
        }
    };
    let path = match member("path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) if path.trim().is_empty() => None,
        Some(Value::String(path)) => Some(parse_path(path)?),
        Some(_) => return Err(Error::invalid_path("\"path\" must be a string")),
    };
    Ok(Operation {
        kind,
        path,
        value: member("value").cloned(),
    })
}

fn numbered(index: usize, error: &Error) -> Error {
    Error::internal(format!("operation {}: {}", index + 1, error.detail())).with_kind(error.kind())
}

/// Applies the operations to the resource's document.
///
/// # Errors
/// `invalidPath`, `invalidFilter`, `noTarget`, `mutability`, `invalidValue` and 413, naming the operation.
pub fn apply(
    operations: &[Operation],
    resource: &Resource,
    resource_type: &ResourceType,
    settings: Settings,
) -> Result<Outcome> {
    let outcome = Outcome {
        document: resource.document.clone(),
        ..Outcome::default()
    };
    let mut patcher = Patcher::new(resource, resource_type, settings, outcome);
    for (index, operation) in operations.iter().enumerate() {
        // Each applies to the normalised result of the one before, as if it had come in a request of its own.
        patcher
            .operation(operation)
            .and_then(|()| patcher.normalise())
            .map_err(|error| numbered(index, &error))?;
    }
    validate::complete(resource_type, &patcher.outcome.document)?;
    Ok(patcher.outcome)
}

/// The last password that the operations set: known before the resource is, so that it can be hashed beforehand.
#[must_use]
pub fn last_password<'a>(
    operations: &'a [Operation],
    resource_type: &ResourceType,
) -> Option<&'a str> {
    let mut last = None;
    for operation in operations
        .iter()
        .filter(|operation| operation.kind != OperationKind::Remove)
    {
        match (&operation.path, &operation.value) {
            (Some(path), Some(Value::String(password))) if is_password(path, resource_type) => {
                last = Some(password.as_str());
            }
            (None, Some(Value::Object(values))) => {
                last = password_among(values, resource_type).or(last);
            }
            _ => {}
        }
    }
    last
}

/// The password in a path-less value; the core schema's URN may stand around its attributes.
fn password_among<'a>(
    values: &'a Map<String, Value>,
    resource_type: &ResourceType,
) -> Option<&'a str> {
    let mut last = None;
    for (name, value) in values {
        match value {
            Value::String(password)
                if parse_path(name).is_ok_and(|path| is_password(&path, resource_type)) =>
            {
                last = Some(password.as_str());
            }
            Value::Object(inside) if resource_type.schema.eq_ignore_ascii_case(name) => {
                last = password_among(inside, resource_type).or(last);
            }
            _ => {}
        }
    }
    last
}

fn is_password(path: &PatchPath, resource_type: &ResourceType) -> bool {
    resolve(path, resource_type).is_some_and(|attribute| attribute.is_password)
}

fn resolve<'a>(path: &PatchPath, resource_type: &'a ResourceType) -> Option<&'a AttributeDef> {
    let named = &path.attribute;
    match resource_type.resolve(named.schema.as_deref(), &named.name, named.sub.as_deref()) {
        Some(Target::Attribute(attribute)) => Some(attribute),
        Some(Target::Extension(_)) | None => None,
    }
}

/// Whether the operations speak of members alone.
#[must_use]
pub fn names_only_members(operations: &[Operation], resource_type: &ResourceType) -> bool {
    let is_members = |path: &PatchPath| {
        resolve(path, resource_type)
            .is_some_and(|attribute| attribute.relation == Some(Relation::Members))
    };
    operations
        .iter()
        .all(|operation| match (&operation.path, &operation.value) {
            (Some(path), _) => is_members(path),
            (None, Some(Value::Object(values))) => values
                .keys()
                .all(|name| parse_path(name).is_ok_and(|path| is_members(&path))),
            (None, _) => false,
        })
}

/// Whom a single operation names where it names one alone: what its text says before the resource is known and anything is checked,
/// so that both can be looked for together.
#[must_use]
pub fn only_member(operations: &[Operation]) -> Option<Uuid> {
    let [Operation { path, value, .. }] = operations else {
        return None;
    };
    let filter = path.as_ref().and_then(|path| path.filter.as_ref());
    let text = match (filter, value) {
        (Some(Filter::Compare { value, .. }), _) => match value {
            Literal::String(text) => Some(text.as_str()),
            Literal::Null | Literal::Bool(_) | Literal::Number(_) => None,
        },
        (Some(_), _) | (None, None) => None,
        (None, Some(Value::Object(values))) if path.is_none() => {
            let mut values = values.values();
            values
                .next()
                .and_then(alone)
                .filter(|_| values.next().is_none())
        }
        (None, Some(value)) => alone(value),
    };
    text.and_then(|text| Uuid::try_parse(text).ok())
}

/// The id in a value of members that has one.
fn alone(value: &Value) -> Option<&str> {
    match value {
        Value::Array(values) => match values.as_slice() {
            [value] => validate::member_text(value),
            _ => None,
        },
        value => validate::member_text(value),
    }
}
