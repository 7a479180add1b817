//! Incoming document → normalised document (RFC 7643 §2, RFC 7644 §3.3 and §3.5.1).
//!
//! After this, names are canonical, values have their schema's type, nothing is null or empty, and what the client may
//! not set is gone. Members and the password are taken out: they live in tables of their own.

use serde_json::{Map, Value};
use uuid::Uuid;

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

/// How tolerant normalisation is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tolerance {
    /// `"True"` and `"False"` are read as booleans: Entra ID and others send them in PATCH.
    pub string_booleans: bool,
}

/// Reads the body of POST or PUT.
///
/// # Errors
/// `invalidValue` and `invalidSyntax`, naming the attribute.
pub fn resource(
    resource_type: &ResourceType,
    schemas: &[&str],
    body: &Map<String, Value>,
) -> Result<Incoming> {
    check_schemas(resource_type, schemas, body)?;
    let mut incoming = Incoming::default();
    let mut seen = Vec::new();
    for (name, value) in body {
        if let Some(extension) = resource_type.extension(name) {
            read_extension(extension, value, &mut seen, &mut incoming)?;
        } else if let Some(attribute) =
            super::resource_type::find(&resource_type.attributes, name, None)
        {
            read_attribute(attribute, value, &mut seen, &mut incoming)?;
        }
    }
    Ok(incoming)
}

fn read_extension(
    extension: &super::Extension,
    value: &Value,
    seen: &mut Vec<String>,
    incoming: &mut Incoming,
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
            read_attribute(attribute, value, seen, incoming)?;
        }
    }
    Ok(())
}

fn read_attribute(
    attribute: &AttributeDef,
    value: &Value,
    seen: &mut Vec<String>,
    incoming: &mut Incoming,
) -> Result<()> {
    let path = attribute.path();
    once(seen, &path)?;
    if attribute.mutability == Mutability::ReadOnly || path == "schemas" {
        return Ok(());
    }
    if attribute.relation == Some(Relation::Members) {
        incoming.members = Some(member_ids(attribute, value)?);
        return Ok(());
    }
    match self::value(
        attribute,
        value,
        Tolerance {
            string_booleans: true,
        },
    )? {
        None => incoming.cleared.push(path),
        Some(Value::String(password)) if is_password(attribute) => {
            incoming.password = Some(password);
        }
        Some(value) => set(&mut incoming.document, attribute, value),
    }
    Ok(())
}

/// Whether the attribute is kept as a hash and never as a value.
#[must_use]
pub fn is_password(attribute: &AttributeDef) -> bool {
    attribute.mutability == Mutability::WriteOnly
        && attribute.returned == super::Returned::Never
        && attribute.kind == Kind::String
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

/// Puts a top-level value where it belongs: into the document or into its extension's object.
pub fn set(document: &mut Map<String, Value>, attribute: &AttributeDef, value: Value) {
    let target = match &attribute.extension {
        None => document,
        Some(extension) => {
            let entry = document
                .entry(extension.to_string())
                .or_insert_with(|| Value::Object(Map::new()));
            match entry {
                Value::Object(target) => target,
                _ => return,
            }
        }
    };
    target.insert(attribute.name.clone(), value);
}

/// Takes a top-level value out; an extension left empty goes as well.
pub fn unset(document: &mut Map<String, Value>, attribute: &AttributeDef) {
    let Some(extension) = &attribute.extension else {
        document.remove(&attribute.name);
        return;
    };
    if let Some(Value::Object(target)) = document.get_mut(&**extension) {
        target.remove(&attribute.name);
        if target.is_empty() {
            document.remove(&**extension);
        }
    }
}

/// The top-level value of an attribute.
#[must_use]
pub fn get<'a>(document: &'a Map<String, Value>, attribute: &AttributeDef) -> Option<&'a Value> {
    match &attribute.extension {
        None => document.get(&attribute.name),
        Some(extension) => document.get(&**extension)?.get(&attribute.name),
    }
}

/// Checks what must hold for the whole of a document: required attributes, in core and in required extensions.
///
/// `has_password` stands for the attribute that is not in the document.
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
        && !is_password(attribute)
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
        if !is_own && known.iter().any(|known| known.eq_ignore_ascii_case(schema)) {
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
    for value in values {
        if let Some(value) = single(attribute, value, tolerance)?
            && !kept
                .iter()
                .any(|other| is_same_value(attribute, other, &value))
        {
            kept.push(value);
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

/// Whether two values of a multi-valued attribute are the same: equal `type` and `value`, or equal altogether.
#[must_use]
pub fn is_same_value(attribute: &AttributeDef, one: &Value, other: &Value) -> bool {
    let has_value = attribute.sub_attribute("value").is_some() && one.get("value").is_some();
    if !has_value {
        return one == other;
    }
    let is_equal = |name: &str| match (
        attribute.sub_attribute(name),
        one.get(name),
        other.get(name),
    ) {
        (Some(sub), Some(one), Some(other)) => IndexKey::of(sub, one) == IndexKey::of(sub, other),
        (_, one, other) => one == other,
    };
    is_equal("value") && is_equal("type")
}

fn single(attribute: &AttributeDef, value: &Value, tolerance: Tolerance) -> Result<Option<Value>> {
    if is_empty(value) {
        return Ok(None);
    }
    let normalised = match (attribute.kind, value) {
        (Kind::Complex, value) => return complex(attribute, value, tolerance),
        (Kind::String | Kind::Reference, Value::String(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Decimal, Value::Number(_)) => value.clone(),
        (Kind::Boolean, Value::String(text)) if tolerance.string_booleans => {
            match string_boolean(text) {
                Some(value) => Value::Bool(value),
                None => {
                    return Err(wrong_type(
                        &attribute.path(),
                        expectation(attribute.kind),
                        value,
                    ));
                }
            }
        }
        (Kind::Integer, Value::Number(number)) if number.is_i64() => value.clone(),
        (Kind::DateTime, Value::String(text)) if parse_instant(text).is_some() => value.clone(),
        (Kind::Binary, Value::String(text)) if is_base64(text) => value.clone(),
        _ => {
            return Err(wrong_type(
                &attribute.path(),
                expectation(attribute.kind),
                value,
            ));
        }
    };
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
    if !kept.is_empty() {
        check_required_subs(attribute, &kept)?;
    }
    Ok(if kept.is_empty() {
        None
    } else {
        Some(Value::Object(kept))
    })
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
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
    let text: String = text.split_ascii_whitespace().collect();
    [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]
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
        Kind::Decimal => "a number",
        Kind::Integer => "a whole number without fraction or exponent, within 64 bits",
        Kind::DateTime => "a dateTime such as \"2008-01-23T04:56:22Z\"",
        Kind::Reference => "a URI as a string",
        Kind::Binary => "base64 text",
        Kind::Complex => "an object of sub-attributes",
    }
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

/// The ids in a list of members, each once, in the order given.
///
/// # Errors
/// `invalidValue` for a member without `value`, or with one that cannot be an id.
pub fn member_ids(attribute: &AttributeDef, value: &Value) -> Result<Vec<Uuid>> {
    let values = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Array(values) => values.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut seen = std::collections::HashSet::with_capacity(values.len());
    let mut ids = Vec::with_capacity(values.len());
    for value in values {
        let id = member_id(attribute, value)?;
        if seen.insert(id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

fn member_id(attribute: &AttributeDef, value: &Value) -> Result<Uuid> {
    let id = match value {
        Value::Object(values) => values
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("value"))
            .map(|(_, value)| value),
        Value::String(_) => Some(value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    };
    let Some(Value::String(id)) = id else {
        return Err(Error::invalid_value(format!(
            "each value of {:?} must be an object with the member's id as \"value\"",
            attribute.path()
        )));
    };
    Uuid::try_parse(id).map_err(|_| unknown_members(attribute, &[id.as_str()]))
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

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::json;

    use super::*;
    use crate::error::ErrorKind;
    use crate::schema::{AttributeId, Registry};

    const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
    const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    static REGISTRY: LazyLock<Registry> =
        LazyLock::new(|| Registry::embedded(&[], &|_| AttributeId(0)).unwrap());

    fn users() -> &'static ResourceType {
        REGISTRY.at_endpoint("Users").unwrap()
    }

    fn groups() -> &'static ResourceType {
        REGISTRY.at_endpoint("Groups").unwrap()
    }

    fn attribute(name: &str) -> &'static AttributeDef {
        let mut all = users().all_attributes();
        all.find(|attribute| attribute.name == name).unwrap()
    }

    fn read_as(resource_type: &ResourceType, body: &Value) -> Result<Incoming, ErrorKind> {
        let known = [CORE, GROUP, ENTERPRISE];
        resource(resource_type, &known, body.as_object().unwrap()).map_err(|error| error.kind())
    }

    /// Reads a user's body; `schemas` is added.
    fn read(mut body: Value) -> Result<Incoming, ErrorKind> {
        body["schemas"] = json!([CORE]);
        read_as(users(), &body)
    }

    fn stored(body: Value) -> Value {
        Value::Object(read(body).unwrap().document)
    }

    fn refusal(body: Value) -> ErrorKind {
        read(body).unwrap_err()
    }

    fn normalised(name: &str, given: &Value) -> Result<Option<Value>, ErrorKind> {
        value(attribute(name), given, Tolerance::default()).map_err(|error| error.kind())
    }

    fn accepts(kind: Kind, given: &Value) -> bool {
        let attribute = AttributeDef {
            kind,
            ..attribute("title").clone()
        };
        value(&attribute, given, Tolerance::default()).is_ok()
    }

    #[test]
    fn names_become_canonical() {
        let body = json!({
            "USERNAME": "BJensen",
            "name": {"GIVENNAME": "Barbara"},
            "Emails": [{"VALUE": "b@x"}],
            ENTERPRISE.to_uppercase(): {"Department": "Tours"},
        });
        let expected = json!({
            "userName": "BJensen",
            "name": {"givenName": "Barbara"},
            "emails": [{"value": "b@x"}],
            ENTERPRISE: {"department": "Tours"},
        });
        assert_eq!(stored(body), expected);
    }

    #[test]
    fn nothing_null_or_empty_is_kept() {
        for empty in [json!(null), json!(""), json!([]), json!({})] {
            let incoming = read(json!({"title": empty, "name": empty, "emails": empty})).unwrap();
            assert_eq!(Value::Object(incoming.document), json!({}), "{empty}");
            assert_eq!(incoming.cleared, ["emails", "name", "title"]);
        }
        let nested = json!({"emails": [{}, null, {"value": ""}], "name": {"givenName": null}});
        assert_eq!(stored(nested), json!({}));
        assert_eq!(stored(json!({ENTERPRISE: {"department": ""}})), json!({}));
        assert_eq!(stored(json!({ENTERPRISE: null})), json!({}));
    }

    #[test]
    fn what_is_unknown_or_read_only_is_passed_over() {
        let body = json!({
            "id": "x",
            "meta": {"created": "1999-01-01T00:00:00Z"},
            "groups": [{"value": "a"}],
            "unknown": 1,
            "name": {"unknown": 1},
            "urn:example:other:1.0:User": {"a": 1},
            ENTERPRISE: {"unknown": 1, "manager": {"value": "a", "displayName": "Boss"}},
        });
        let expected = json!({ENTERPRISE: {"manager": {"value": "a"}}});
        assert_eq!(stored(body), expected);
    }

    #[test]
    fn a_name_given_twice_is_refused() {
        for body in [
            json!({"userName": "a", "username": "b"}),
            json!({"name": {"givenName": "a", "givenname": "b"}}),
            json!({"emails": [{"value": "a", "Value": "b"}]}),
            json!({ENTERPRISE: {"department": "a", "DEPARTMENT": "b"}}),
            json!({ENTERPRISE: {"department": "a"}, ENTERPRISE.to_lowercase(): {"division": "b"}}),
        ] {
            assert_eq!(refusal(body.clone()), ErrorKind::InvalidSyntax, "{body}");
        }
    }

    #[test]
    fn schemas_name_the_type_and_no_other_type() {
        let outcome = |schemas: Value| read_as(users(), &json!({"schemas": schemas})).err();
        for schemas in [
            json!([CORE]),
            json!([CORE.to_uppercase()]),
            json!([ENTERPRISE, CORE, CORE]),
            json!([CORE, "urn:example:unknown"]),
            json!(["urn:scim:schemas:core:1.0"]),
        ] {
            assert_eq!(outcome(schemas.clone()), None, "{schemas}");
        }
        for schemas in [
            json!(null),
            json!(CORE),
            json!([]),
            json!([ENTERPRISE]),
            json!([CORE, GROUP]),
            json!([CORE, 5]),
        ] {
            let kind = outcome(schemas.clone());
            assert_eq!(kind, Some(ErrorKind::InvalidValue), "{schemas}");
        }
        let kind = read_as(users(), &json!({"userName": "a"})).err();
        assert_eq!(kind, Some(ErrorKind::InvalidValue));
    }

    #[test]
    fn an_extension_need_not_be_named_and_needs_an_object() {
        let body = json!({ENTERPRISE: {"division": "Theme Park"}});
        assert_eq!(stored(body.clone()), body);
        for wrong in [json!("Tours"), json!([]), json!(1)] {
            assert_eq!(refusal(json!({ENTERPRISE: wrong})), ErrorKind::InvalidValue);
        }
    }

    #[test]
    fn the_password_is_taken_out() {
        let incoming = read(json!({"PASSWORD": "t1meMa$heen"})).unwrap();
        assert_eq!(incoming.password.as_deref(), Some("t1meMa$heen"));
        assert!(incoming.document.is_empty());
        assert_eq!(refusal(json!({"password": 5})), ErrorKind::InvalidValue);
    }

    #[test]
    fn members_are_taken_out_each_once() {
        let id = Uuid::from_u128(1);
        let read = |members: Value| {
            read_as(groups(), &json!({"schemas": [GROUP], "members": members}))
                .map(|incoming| incoming.members)
        };
        let twice = json!([{"value": id.to_string()}, {"VALUE": id.to_string(), "type": "User"}]);
        assert_eq!(read(twice), Ok(Some(vec![id])));
        assert_eq!(read(json!(null)), Ok(Some(Vec::new())));
        assert_eq!(read(json!([])), Ok(Some(Vec::new())));
        for wrong in [
            json!([{"value": "bogus"}]),
            json!([{"value": 5}]),
            json!([{}]),
        ] {
            assert_eq!(read(wrong), Err(ErrorKind::InvalidValue));
        }
    }

    #[test]
    fn each_type_takes_its_own_values() {
        let values = [
            (Kind::String, json!("a")),
            (Kind::Boolean, json!(false)),
            (Kind::Decimal, json!(1.5)),
            (Kind::Integer, json!(-1)),
            (Kind::DateTime, json!("2008-01-23T04:56:22Z")),
            (Kind::Reference, json!("Users/2819c223")),
            (Kind::Binary, json!("AQID")),
        ];
        for (kind, value) in &values {
            assert!(accepts(*kind, value), "{kind:?}");
            assert!(accepts(*kind, &Value::Null), "{kind:?}");
            assert!(!accepts(*kind, &json!([value])), "{kind:?}");
            assert!(!accepts(*kind, &json!({"value": value})), "{kind:?}");
            let is_number = matches!(kind, Kind::Decimal | Kind::Integer);
            assert_eq!(accepts(*kind, &json!(1)), is_number, "{kind:?}");
            assert_eq!(accepts(*kind, &json!(true)), *kind == Kind::Boolean);
        }
    }

    #[test]
    fn an_integer_has_no_fraction_and_no_exponent() {
        for text in ["1.0", "1e3", "9223372036854775808", "\"1\""] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert!(!accepts(Kind::Integer, &value), "{text}");
        }
        assert!(accepts(Kind::Integer, &json!(i64::MIN)));
        assert!(accepts(Kind::Decimal, &json!(1e3)));
    }

    #[test]
    fn a_date_time_has_date_and_time() {
        for text in [
            "2020-01-01",
            "2020-01-01 10:00:00Z",
            "10:00:00Z",
            "2020-02-30T10:00:00Z",
        ] {
            assert!(!accepts(Kind::DateTime, &json!(text)), "{text}");
        }
        assert!(accepts(
            Kind::DateTime,
            &json!("2020-01-01T12:00:00.5+02:00")
        ));
    }

    #[test]
    fn binary_is_base64() {
        for text in ["@@", "A", "AQID=", "AQ-/"] {
            assert!(!accepts(Kind::Binary, &json!(text)), "{text}");
        }
        for text in ["AQ==", "AQ", "_-8", "AQID\nBAUG"] {
            assert!(accepts(Kind::Binary, &json!(text)), "{text}");
        }
    }

    #[test]
    fn booleans_may_be_text_where_that_is_tolerated() {
        assert_eq!(stored(json!({"active": "False"})), json!({"active": false}));
        assert_eq!(refusal(json!({"active": "yes"})), ErrorKind::InvalidValue);
        assert_eq!(
            normalised("active", &json!("True")),
            Err(ErrorKind::InvalidValue)
        );
    }

    #[test]
    fn text_may_stand_for_a_complex_value() {
        assert_eq!(
            normalised("manager", &json!("26118915")),
            Ok(Some(json!({"value": "26118915"})))
        );
        let roles = json!(["Guest", "{\"value\": \"Admin\", \"primary\": true}"]);
        let expected = json!([{"value": "Guest"}, {"value": "Admin", "primary": true}]);
        assert_eq!(normalised("roles", &roles), Ok(Some(expected)));
        for wrong in [
            "{",
            "{} x",
            "{\"value\": 5}",
            "{\"value\": \"a\", \"value\": \"b\"}",
        ] {
            assert_eq!(
                normalised("manager", &json!(wrong)),
                Err(ErrorKind::InvalidValue)
            );
        }
        assert_eq!(
            normalised("name", &json!("Barbara")),
            Err(ErrorKind::InvalidValue)
        );
        assert_eq!(
            normalised("addresses", &json!(["x"])),
            Err(ErrorKind::InvalidValue)
        );
    }

    #[test]
    fn a_single_value_is_a_list_of_one() {
        let expected = Ok(Some(json!([{"value": "b@x"}])));
        assert_eq!(normalised("emails", &json!({"value": "b@x"})), expected);
        assert_eq!(normalised("emails", &json!("b@x")), expected);
        assert_eq!(
            normalised("emails", &json!([["b@x"]])),
            Err(ErrorKind::InvalidValue)
        );
    }

    #[test]
    fn equal_values_are_kept_once() {
        let twice = json!([{"value": "B@x", "type": "work"}, {"value": "b@X", "type": "Work"}]);
        assert_eq!(normalised("emails", &twice), Ok(Some(json!([twice[0]]))));
        let types = json!([{"value": "b@x", "type": "work"}, {"value": "b@x", "type": "home"}, {"value": "b@x"}]);
        assert_eq!(normalised("emails", &types), Ok(Some(types)));
        let exact = json!([{"value": "AQID"}, {"value": "aqid"}]);
        assert_eq!(normalised("x509Certificates", &exact), Ok(Some(exact)));
        let places = json!([{"type": "work", "region": "CA"}, {"type": "work", "region": "NV"}]);
        assert_eq!(normalised("addresses", &places), Ok(Some(places)));
    }

    #[test]
    fn a_value_given_twice_stays_primary() {
        let twice = json!([{"value": "b@x"}, {"value": "b@x", "primary": true}]);
        let expected = json!([{"value": "b@x", "primary": true}]);
        assert_eq!(normalised("emails", &twice), Ok(Some(expected)));
    }

    #[test]
    fn two_primary_values_are_refused() {
        let two = json!([{"value": "a@x", "primary": true}, {"value": "b@x", "primary": true}]);
        assert_eq!(normalised("emails", &two), Err(ErrorKind::InvalidValue));
        let one = json!([{"value": "a@x", "primary": false}, {"value": "b@x", "primary": true}]);
        assert_eq!(normalised("emails", &one), Ok(Some(one)));
    }

    #[test]
    fn values_are_limited_at_and_beyond() {
        let some = |count: usize| json!(vec!["b@x"; count]);
        assert!(normalised("emails", &some(MAX_VALUES)).is_ok());
        assert_eq!(
            normalised("emails", &some(MAX_VALUES + 1)),
            Err(ErrorKind::InvalidValue)
        );
    }

    #[test]
    fn an_indexed_value_is_limited_at_and_beyond() {
        let long = |length: usize| json!("a".repeat(length));
        assert!(normalised("userName", &long(MAX_KEY_BYTES)).is_ok());
        assert_eq!(
            normalised("userName", &long(MAX_KEY_BYTES + 1)),
            Err(ErrorKind::InvalidValue)
        );
        let emails = json!([{"value": long(MAX_KEY_BYTES + 1)}]);
        assert_eq!(normalised("emails", &emails), Err(ErrorKind::InvalidValue));
        assert!(normalised("title", &long(MAX_KEY_BYTES + 1)).is_ok());
    }

    #[test]
    fn a_document_is_complete_with_its_required_attributes() {
        let outcome = |document: Value| {
            complete(users(), document.as_object().unwrap()).map_err(|error| error.kind())
        };
        assert_eq!(outcome(json!({"userName": "bjensen"})), Ok(()));
        assert_eq!(
            outcome(json!({"nickName": "Babs"})),
            Err(ErrorKind::InvalidValue)
        );
        assert_eq!(
            outcome(stored(json!({"userName": ""}))),
            Err(ErrorKind::InvalidValue)
        );
    }

    #[test]
    fn a_required_part_is_required_in_every_value() {
        let mut emails = attribute("emails").clone();
        for sub in &mut emails.sub_attributes {
            let required = sub.name == "value";
            *sub = std::sync::Arc::new(AttributeDef {
                required,
                ..AttributeDef::clone(sub)
            });
        }
        let outcome = |given: Value| value(&emails, &given, Tolerance::default()).is_ok();
        assert!(outcome(json!([{"value": "b@x"}, {}])));
        assert!(!outcome(json!([{"value": "b@x"}, {"type": "work"}])));
    }

    #[test]
    fn an_extension_comes_and_goes_with_its_attributes() {
        let (mut document, department) = (Map::new(), attribute("department"));
        set(&mut document, department, json!("Tours"));
        assert_eq!(
            json!(document),
            json!({ENTERPRISE: {"department": "Tours"}})
        );
        assert_eq!(get(&document, department), Some(&json!("Tours")));
        unset(&mut document, department);
        assert!(document.is_empty());
        assert_eq!(get(&document, department), None);
    }

    #[test]
    fn a_refusal_names_the_attribute_and_its_type() {
        let error = value(attribute("active"), &json!("maybe"), Tolerance::default()).unwrap_err();
        let expected = "\"active\" must be true or false, not the string \"maybe\"";
        assert_eq!(error.detail(), expected);
        let error = value(attribute("manager"), &json!(5), Tolerance::default()).unwrap_err();
        let expected =
            format!("\"{ENTERPRISE}:manager\" must be an object of sub-attributes, not 5");
        assert_eq!(error.detail(), expected);
    }

    /// JSON of which much fits the attributes of a user.
    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            4 => select(vec!["a", "A", "b", "work", "Work", "", "true", "AQID", "{}", "{\"value\": \"a\"}"]).prop_map(Value::from),
            1 => any::<bool>().prop_map(Value::from),
            1 => any::<f64>().prop_map(Value::from),
            1 => Just(Value::Null),
        ];
        let names = select(vec![
            "value",
            "type",
            "TYPE",
            "primary",
            "display",
            "givenName",
            "region",
            "$ref",
        ]);
        leaf.prop_recursive(3, 16, 4, move |inner| {
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Value::from),
                vec((names.clone(), inner), 0..4).prop_map(|members| {
                    members
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect()
                }),
            ]
        })
    }

    fn attributes() -> impl Strategy<Value = &'static AttributeDef> {
        let all: Vec<&AttributeDef> = users().all_attributes().map(AsRef::as_ref).collect();
        select(all)
    }

    fn is_without_empty_values(value: &Value) -> bool {
        match value {
            Value::Object(values) => {
                !values.is_empty() && values.values().all(is_without_empty_values)
            }
            Value::Array(values) => {
                !values.is_empty() && values.iter().all(is_without_empty_values)
            }
            simple => !is_empty(simple),
        }
    }

    proptest! {
        #[test]
        fn a_normalised_value_is_normal(attribute in attributes(), given in values(), string_booleans: bool) {
            let Ok(Some(once)) = value(attribute, &given, Tolerance { string_booleans }) else { return Ok(()) };
            prop_assert!(is_without_empty_values(&once));
            prop_assert_eq!(once.is_array(), attribute.multi_valued);
            let primaries = once.as_array().map_or(0, |values| values.iter().filter(|value| is_primary(value)).count());
            prop_assert!(primaries <= 1);
            prop_assert_eq!(value(attribute, &once, Tolerance::default()).unwrap(), Some(once));
        }

        #[test]
        fn a_read_document_reads_as_itself(members in vec((attributes(), values()), 0..6), enterprise in option::of(values())) {
            let members = members.into_iter().map(|(attribute, value)| (attribute.name.to_uppercase(), value));
            let mut body: Value = members.filter(|(name, _)| name != "SCHEMAS").collect();
            if let Some(values) = enterprise {
                body[ENTERPRISE] = values;
            }
            if let Ok(incoming) = read(body) {
                let document = Value::Object(incoming.document);
                prop_assert_eq!(stored(document.clone()), document);
            }
        }

        #[test]
        fn being_the_same_value_is_mutual(one in values(), other in values()) {
            let emails = attribute("emails");
            prop_assert!(is_same_value(emails, &one, &one));
            prop_assert_eq!(is_same_value(emails, &one, &other), is_same_value(emails, &other, &one));
        }
    }
}
