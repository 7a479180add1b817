//! Incoming document → normalised document (RFC 7643 §2, RFC 7644 §3.3 and §3.5.1).
//!
//! After this, names are canonical, values have their schema's type, nothing is null or empty, and what the client may
//! not set is gone. Members and the password are taken out: they live in tables of their own.

mod document;
mod members;
#[cfg(test)]
mod tests;
mod text;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};
use uuid::Uuid;

pub use document::{get, set, take, unset, values};
pub use members::{last_segment, member_ids, member_text, unknown_members};

use super::index_key::{IndexKey, MAX_KEY_BYTES, parse_instant};
use super::{AttributeDef, Kind, Mutability, Relation, ResourceType};
use crate::error::{Error, Result};

/// The most values of one multi-valued attribute, members excepted.
pub const MAX_VALUES: usize = 1_000;

/// What a client sent, normalised and taken apart.
#[derive(Debug, Default)]
pub struct Incoming {
    /// The document.
    pub document: Map<String, Value>,
    /// The cleartext password.
    pub password: Option<String>,
    /// The ids of the members, if the client sent the attribute.
    pub members: Option<Vec<Uuid>>,
    /// Top-level attributes that the client sent as null or empty, by path.
    pub cleared: Vec<String>,
}

/// How values are read, as a connection's settings say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "settings that are independent of each other"
)]
pub struct Tolerance {
    /// `"True"` and `"False"` are read as booleans: Entra ID and others send them.
    pub string_booleans: bool,
    /// Values with a format (countries, languages, time zones, URLs) and user names must have it.
    pub strict_values: bool,
    /// What the schema does not know is refused instead of passed over.
    pub refuses_unknown: bool,
    /// Members that do not exist are passed over instead of refused.
    pub passes_over_members: bool,
    /// An object may lack required sub-attributes: it is to be merged into another.
    pub is_partial: bool,
}

impl Tolerance {
    /// What a connection has when nobody says otherwise.
    pub const USUAL: Self = Self {
        string_booleans: true,
        strict_values: false,
        refuses_unknown: false,
        passes_over_members: false,
        is_partial: false,
    };
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::USUAL
    }
}

/// Reads the body of POST or PUT.
///
/// # Errors
/// `invalidValue` and `invalidSyntax`, naming the attribute.
pub fn resource(
    resource_type: &ResourceType,
    schemas: &[&str],
    body: &Map<String, Value>,
    tolerance: Tolerance,
) -> Result<Incoming> {
    check_schemas(resource_type, schemas, body, tolerance)?;
    let mut incoming = Incoming::default();
    let mut seen = Vec::new();
    for (name, value) in body {
        if let Some(extension) = resource_type.extension(name) {
            read_extension(extension, value, &mut seen, &mut incoming, tolerance)?;
        } else if let Some(attribute) =
            super::resource_type::find(&resource_type.attributes, name, None)
        {
            read_attribute(attribute, value, &mut seen, &mut incoming, tolerance)?;
        } else if tolerance.refuses_unknown {
            return Err(unknown(name, &resource_type.name));
        }
    }
    Ok(incoming)
}

/// The answer to a name that is not in the schema, where a connection refuses such.
#[must_use]
pub fn unknown(name: &str, of: &str) -> Error {
    let name: String = name.chars().take(64).collect();
    Error::invalid_syntax(format!(
        "{name:?} is not an attribute of {of}; this connection refuses what the schema does not know"
    ))
}

fn read_extension(
    extension: &super::Extension,
    value: &Value,
    seen: &mut Vec<String>,
    incoming: &mut Incoming,
    tolerance: Tolerance,
) -> Result<()> {
    once(seen, &extension.schema)?;
    let Value::Object(values) = value else {
        return if value.is_null() {
            Ok(())
        } else {
            Err(wrong_type(
                &extension.schema,
                "an object of the extension's attributes",
                value,
            ))
        };
    };
    for (name, value) in values {
        if let Some(attribute) = super::resource_type::find(&extension.attributes, name, None) {
            read_attribute(attribute, value, seen, incoming, tolerance)?;
        } else if tolerance.refuses_unknown {
            return Err(unknown(name, &extension.schema));
        }
    }
    Ok(())
}

fn read_attribute(
    attribute: &AttributeDef,
    value: &Value,
    seen: &mut Vec<String>,
    incoming: &mut Incoming,
    tolerance: Tolerance,
) -> Result<()> {
    let path = attribute.path();
    once(seen, &path)?;
    if attribute.mutability == Mutability::ReadOnly || path == "schemas" {
        return Ok(());
    }
    if attribute.relation == Some(Relation::Members) {
        incoming.members = Some(member_ids(attribute, value, tolerance)?);
        return Ok(());
    }
    match self::value(attribute, value, tolerance)? {
        None => incoming.cleared.push(path),
        Some(Value::String(password)) if attribute.is_password => {
            incoming.password = Some(password);
        }
        Some(value) => set(&mut incoming.document, attribute, value),
    }
    Ok(())
}

fn once(seen: &mut Vec<String>, path: &str) -> Result<()> {
    if seen.iter().any(|other| other == path) {
        return Err(Error::invalid_syntax(format!(
            "{path:?} is given twice; attribute names do not depend on case"
        )));
    }
    seen.push(path.to_owned());
    Ok(())
}

/// Paths of the sub-attributes that a value of a complex attribute, or a list of such values, names.
pub fn written_parts<'a>(
    attribute: &'a AttributeDef,
    value: &'a Value,
) -> impl Iterator<Item = String> + 'a {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        single => std::slice::from_ref(single),
    };
    let is_named = |name: &str| {
        values.iter().any(|value| {
            let mut names = value.as_object().into_iter().flat_map(Map::keys);
            names.any(|given| given.eq_ignore_ascii_case(name))
        })
    };
    let subs = attribute.sub_attributes.iter();
    subs.filter(move |sub| is_named(&sub.name))
        .map(|sub| sub.path())
}

/// Whether two values of an attribute are the same, however they are written: `1.50` and `1.5`, an instant in two zones.
#[must_use]
pub fn is_same(attribute: &AttributeDef, one: &Value, other: &Value) -> bool {
    if one == other {
        return true;
    }
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len() && pairs.all(|(one, other)| is_same(attribute, one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| {
                    let sub = attribute.sub_attribute(name);
                    sub.zip(other.get(name))
                        .is_some_and(|(sub, other)| is_same(sub, one, other))
                })
        }
        (one, other) => {
            let is_measured = matches!(attribute.kind, Kind::Decimal | Kind::DateTime);
            let key = |value: &Value| IndexKey::of(attribute, value);
            is_measured && key(one).is_some() && key(one) == key(other)
        }
    }
}

/// Checks what must hold for the whole of a document: required attributes, in core and in required extensions.
///
/// # Errors
/// `invalidValue` naming the attribute that is missing.
pub fn complete(resource_type: &ResourceType, document: &Map<String, Value>) -> Result<()> {
    for attribute in &resource_type.attributes {
        check_required(attribute, document)?;
    }
    for extension in &resource_type.extensions {
        let is_used = document.contains_key(&*extension.schema);
        if extension.required && !is_used {
            return Err(Error::invalid_value(format!(
                "the extension {:?} is required for {}",
                extension.schema, resource_type.name
            )));
        }
        if is_used {
            extension
                .attributes
                .iter()
                .try_for_each(|attribute| check_required(attribute, document))?;
        }
    }
    Ok(())
}

fn check_required(attribute: &AttributeDef, document: &Map<String, Value>) -> Result<()> {
    let is_checked = attribute.required
        && attribute.mutability != Mutability::ReadOnly
        && attribute.name != "schemas";
    if is_checked
        && !attribute.is_password
        && attribute.relation.is_none()
        && get(document, attribute).is_none()
    {
        return Err(Error::invalid_value(format!(
            "{:?} is required and has no value",
            attribute.path()
        )));
    }
    Ok(())
}

/// `schemas` must name the resource type's schema and nothing that belongs to another type (RFC 7643 §3).
///
/// URIs that this server does not know are passed over: Entra ID and OneLogin send some of their own.
fn check_schemas(
    resource_type: &ResourceType,
    known: &[&str],
    body: &Map<String, Value>,
    tolerance: Tolerance,
) -> Result<()> {
    let given = body
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("schemas"))
        .map(|(_, value)| value);
    let expected = format!(
        "\"schemas\" must be an array that contains {:?}",
        resource_type.schema
    );
    let Some(Value::Array(given)) = given else {
        return Err(Error::invalid_value(expected));
    };
    let mut has_base = false;
    for schema in given {
        let Value::String(schema) = schema else {
            return Err(Error::invalid_value(expected));
        };
        let is_base = schema.eq_ignore_ascii_case(&resource_type.schema)
            || LEGACY_SCHEMAS
                .iter()
                .any(|legacy| schema.eq_ignore_ascii_case(legacy));
        has_base |= is_base;
        let is_own = is_base || resource_type.extension(schema).is_some();
        let is_known = known.iter().any(|known| known.eq_ignore_ascii_case(schema));
        if !is_own && (is_known || tolerance.refuses_unknown) {
            return Err(Error::invalid_value(format!(
                "\"schemas\" names {schema:?}, which is not a schema of {}",
                resource_type.name
            )));
        }
    }
    if has_base {
        Ok(())
    } else {
        Err(Error::invalid_value(expected))
    }
}

/// URNs from before RFC 7643 that stand for a core schema: `OneLogin`'s stock template still sends them.
const LEGACY_SCHEMAS: &[&str] = &["urn:scim:schemas:core:2.0", "urn:scim:schemas:core:1.0"];

/// Normalises a value of an attribute; `None` means unassigned (RFC 7643 §2.5).
///
/// A single value where many are expected is read as a list of one: `OneLogin` and `ConnId` send it.
///
/// # Errors
/// `invalidValue`, naming the attribute and the type it has.
pub fn value(
    attribute: &AttributeDef,
    value: &Value,
    tolerance: Tolerance,
) -> Result<Option<Value>> {
    if !attribute.multi_valued {
        return single(attribute, value, tolerance);
    }
    let values = match value {
        Value::Null => return Ok(None),
        Value::Array(values) => values.as_slice(),
        other => std::slice::from_ref(other),
    };
    if values.len() > MAX_VALUES {
        return Err(Error::invalid_value(format!(
            "{:?} has {} values; at most {MAX_VALUES} are accepted",
            attribute.path(),
            values.len()
        )));
    }
    let mut kept: Vec<Value> = Vec::with_capacity(values.len());
    let mut positions: HashMap<Identity, usize> = HashMap::with_capacity(values.len());
    for value in values {
        let Some(value) = single(attribute, value, tolerance)? else {
            continue;
        };
        match positions.entry(identity(attribute, &value)) {
            Entry::Occupied(same) => merge_same(kept.get_mut(*same.get()), value),
            Entry::Vacant(free) => {
                free.insert(kept.len());
                kept.push(value);
            }
        }
    }
    check_one_primary(attribute, &kept)?;
    Ok(if kept.is_empty() {
        None
    } else {
        Some(Value::Array(kept))
    })
}

/// At most one value may be primary (RFC 7643 §2.4).
fn check_one_primary(attribute: &AttributeDef, values: &[Value]) -> Result<()> {
    if values.iter().filter(|value| is_primary(value)).count() > 1 {
        return Err(Error::invalid_value(format!(
            "{:?} has more than one value with \"primary\": true",
            attribute.path()
        )));
    }
    Ok(())
}

/// Whether a value of a multi-valued attribute is the primary one.
#[must_use]
pub fn is_primary(value: &Value) -> bool {
    value.get("primary") == Some(&Value::Bool(true))
}

/// What makes two values of a multi-valued attribute the same: equal `value` and `type`, or equal altogether.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// The keys of `value` and `type`.
    Keys(Option<IndexKey>, Option<IndexKey>),
    /// The value as JSON text.
    Whole(String),
}

/// The identity of a normalised value.
#[must_use]
pub fn identity(attribute: &AttributeDef, value: &Value) -> Identity {
    let key = |name: &str| IndexKey::of(attribute.sub_attribute(name)?, value.get(name)?);
    match key("value") {
        Some(own) => Identity::Keys(Some(own), key("type")),
        None => Identity::Whole(value.to_string()),
    }
}

/// Fills in what the same value, given again, says beyond the first; primary is primary wherever it stands.
fn merge_same(present: Option<&mut Value>, again: Value) {
    if let (Some(Value::Object(present)), Value::Object(again)) = (present, again) {
        for (name, value) in again {
            let becomes_primary = name == "primary" && value == Value::Bool(true);
            if becomes_primary || !present.contains_key(&name) {
                present.insert(name, value);
            }
        }
    }
}

/// Refuses an object that has the same attribute twice, in different case.
///
/// # Errors
/// `invalidSyntax`, naming the attribute.
pub fn distinct_names(object: &Map<String, Value>) -> Result<()> {
    let mut seen = HashSet::with_capacity(object.len());
    for name in object.keys() {
        if !seen.insert(name.to_ascii_lowercase()) {
            return Err(Error::invalid_syntax(format!(
                "{name:?} is given twice; attribute names do not depend on case"
            )));
        }
    }
    Ok(())
}

fn single(attribute: &AttributeDef, value: &Value, tolerance: Tolerance) -> Result<Option<Value>> {
    if is_empty(value) {
        return Ok(None);
    }
    let normalised = match (attribute.kind, value) {
        (Kind::Complex, value) => return complex(attribute, value, tolerance),
        (Kind::String | Kind::Reference, Value::String(text)) => {
            Value::String(text::normalised(attribute, text, tolerance.strict_values)?)
        }
        (Kind::Boolean, Value::Bool(_)) => value.clone(),
        (Kind::Decimal, Value::Number(_)) if IndexKey::of(attribute, value).is_some() => {
            value.clone()
        }
        (Kind::Boolean, Value::String(text)) if tolerance.string_booleans => {
            match string_boolean(text) {
                Some(value) => Value::Bool(value),
                None => {
                    return Err(wrong_value(attribute, value));
                }
            }
        }
        (Kind::Integer, Value::Number(number)) if number.is_i64() => value.clone(),
        (Kind::DateTime, Value::String(text)) if parse_instant(text).is_some() => value.clone(),
        (Kind::Binary, Value::String(text)) if is_base64(text) => value.clone(),
        _ => {
            return Err(wrong_value(attribute, value));
        }
    };
    if is_empty(&normalised) {
        // Nothing is left of it in its canonical form.
        return Ok(None);
    }
    check_key_length(attribute, &normalised)?;
    Ok(Some(normalised))
}

/// Unassigned, null, `[]`, `{}` and the empty string are one and the same (RFC 7643 §2.5).
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(values) => values.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn complex(attribute: &AttributeDef, value: &Value, tolerance: Tolerance) -> Result<Option<Value>> {
    let parsed;
    let values = match value {
        Value::Object(values) => values,
        Value::String(text) => {
            parsed = from_text(attribute, text)
                .ok_or_else(|| wrong_type(&attribute.path(), expectation(Kind::Complex), value))?;
            &parsed
        }
        _ => {
            return Err(wrong_type(
                &attribute.path(),
                expectation(Kind::Complex),
                value,
            ));
        }
    };
    let mut kept = Map::new();
    let mut seen = Vec::new();
    for (name, value) in values {
        let Some(sub) = attribute.sub_attribute(name) else {
            if tolerance.refuses_unknown {
                return Err(unknown(name, &attribute.path()));
            }
            continue;
        };
        once(&mut seen, &sub.path())?;
        if sub.mutability == Mutability::ReadOnly {
            continue;
        }
        if let Some(value) = self::value(sub, value, tolerance)? {
            kept.insert(sub.name.clone(), value);
        }
    }
    refer_by_value(attribute, &mut kept);
    if !kept.is_empty() && !tolerance.is_partial {
        check_required_subs(attribute, &kept)?;
    }
    Ok(if kept.is_empty() {
        None
    } else {
        Some(Value::Object(kept))
    })
}

/// A `$ref` alone says who is meant as well: the id is taken from its end, and the server makes the address anew.
fn refer_by_value(attribute: &AttributeDef, kept: &mut Map<String, Value>) {
    let Some(reference) = kept.get("$ref") else {
        return;
    };
    if kept.contains_key("value") || !names_id(attribute, reference) {
        return;
    }
    if let Some(Value::String(reference)) = kept.remove("$ref") {
        let id = last_segment(&reference).to_ascii_lowercase();
        kept.insert("value".to_owned(), Value::String(id));
    }
}

/// Whether a `$ref` of a complex attribute that refers to resources by their id ends with an id.
#[must_use]
pub fn names_id(attribute: &AttributeDef, reference: &Value) -> bool {
    let refers_to_resources = attribute.sub_attribute("$ref").is_some_and(|sub| {
        let mut types = sub.reference_types.iter();
        !types.any(|kind| kind == "uri" || kind == "external")
    });
    let has_id = attribute
        .sub_attribute("value")
        .is_some_and(|sub| sub.kind == Kind::String);
    let id = reference.as_str().map(last_segment).unwrap_or_default();
    refers_to_resources && has_id && Uuid::try_parse(id).is_ok()
}

fn check_required_subs(attribute: &AttributeDef, values: &Map<String, Value>) -> Result<()> {
    match attribute
        .sub_attributes
        .iter()
        .find(|sub| sub.required && !values.contains_key(&sub.name))
    {
        Some(sub) => Err(Error::invalid_value(format!(
            "{:?} is required and has no value",
            sub.path()
        ))),
        None => Ok(()),
    }
}

/// A string where an object is expected: the object as JSON text (Entra ID's app roles), or its `value` (Entra ID's manager).
fn from_text(attribute: &AttributeDef, text: &str) -> Option<Map<String, Value>> {
    if text.trim_start().starts_with('{') {
        return match crate::json::parse(text.as_bytes()) {
            Ok(Value::Object(values)) => Some(values),
            _ => None,
        };
    }
    let sub = attribute.sub_attribute("value")?;
    Some(Map::from_iter([(
        sub.name.clone(),
        Value::String(text.to_owned()),
    )]))
}

/// `true` and `false` in any case.
#[must_use]
pub fn string_boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn is_base64(text: &str) -> bool {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
    let text: String = text.split_ascii_whitespace().collect();
    [STANDARD, STANDARD_NO_PAD]
        .iter()
        .any(|engine| engine.decode(&text).is_ok())
}

fn check_key_length(attribute: &AttributeDef, value: &Value) -> Result<()> {
    if !attribute.is_indexed {
        return Ok(());
    }
    let Some(key) = IndexKey::of(attribute, value) else {
        return Ok(());
    };
    let length = key.as_str().len();
    if length > MAX_KEY_BYTES {
        return Err(Error::invalid_value(format!(
            "{:?} is {length} bytes long; an indexed value has at most {MAX_KEY_BYTES}",
            attribute.path()
        )));
    }
    Ok(())
}

fn expectation(kind: Kind) -> &'static str {
    match kind {
        Kind::String => "a string",
        Kind::Boolean => "true or false",
        Kind::Decimal => "a number of at most 200 digits and a power of ten within 9,999",
        Kind::Integer => "a whole number without fraction or exponent, within 64 bits",
        Kind::DateTime => "a dateTime such as \"2008-01-23T04:56:22Z\"",
        Kind::Reference => "a URI as a string",
        Kind::Binary => "base64 text",
        Kind::Complex => "an object of sub-attributes",
    }
}

/// As [`wrong_type`]; what was given for an attribute that is never returned is not echoed.
fn wrong_value(attribute: &AttributeDef, value: &Value) -> Error {
    let expected = expectation(attribute.kind);
    if attribute.returned == super::Returned::Never {
        return Error::invalid_value(format!("{:?} must be {expected}", attribute.path()));
    }
    wrong_type(&attribute.path(), expected, value)
}

fn wrong_type(path: &str, expected: &str, value: &Value) -> Error {
    let given = match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => {
            format!("the string {:?}", text.chars().take(40).collect::<String>())
        }
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    };
    Error::invalid_value(format!("{path:?} must be {expected}, not {given}"))
}
