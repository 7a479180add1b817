//! Schema and resource type documents as an operator brings them: read, checked, completed (RFC 7643 §6, §7).

use serde_json::{Map, Value, json};

use super::attribute::{AttributeDocument, Kind, Mutability, Returned};
use super::{Registry, Uniqueness};
use crate::error::{Error, Result};

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const MESSAGES: &str = "urn:ietf:params:scim:api:";
/// The longest URN, and the longest name.
const MAX_URN_BYTES: usize = 200;
const MAX_NAME_BYTES: usize = 100;
/// The most attributes of one schema, sub-attributes included.
pub const MAX_ATTRIBUTES: usize = 500;
/// Endpoints that are taken by the protocol.
const RESERVED: &[&str] = &[
    "Schemas",
    "ResourceTypes",
    "ServiceProviderConfig",
    "Bulk",
    "Me",
];
const COMMON: &[&str] = &["schemas", "id", "externalid", "meta"];

/// What a file registers, each document complete.
#[derive(Debug, Default)]
pub struct Definitions {
    /// Schema documents.
    pub schemas: Vec<Value>,
    /// Resource type documents.
    pub resource_types: Vec<Value>,
    /// What is allowed and yet worth knowing.
    pub warnings: Vec<String>,
}

/// Reads one document, or an array of them.
///
/// # Errors
/// `invalidSyntax` for text that is not JSON; `invalidValue` naming the document, the attribute and what would be right.
pub fn read(text: &str) -> Result<Definitions> {
    let value = crate::json::parse(text.as_bytes()).map_err(|error| {
        let detail = error.detail().trim_start_matches("the body is ").to_owned();
        Error::invalid_value(format!("the file is {detail}"))
    })?;
    let documents = match value {
        Value::Array(documents) => documents,
        other => vec![other],
    };
    let mut definitions = Definitions::default();
    for document in documents {
        let Value::Object(document) = document else {
            return Err(Error::invalid_value(
                "a schema or resource type is a JSON object; several stand in an array",
            ));
        };
        let is_type = names(&document, RESOURCE_TYPE)
            || (document.contains_key("endpoint") && !names(&document, SCHEMA));
        if is_type {
            let read = resource_type(&document)?;
            definitions.resource_types.push(read);
        } else {
            let read = schema(&document, &mut definitions.warnings)?;
            definitions.schemas.push(read);
        }
    }
    if definitions.schemas.is_empty() && definitions.resource_types.is_empty() {
        return Err(Error::invalid_value("there is no schema in it"));
    }
    let urns = definitions.schemas.iter().map(|one| shown_text(one, "id"));
    once("schema", urns)?;
    let types = &definitions.resource_types;
    once(
        "resource type",
        types.iter().map(|one| shown_text(one, "name")),
    )?;
    once(
        "endpoint",
        types.iter().map(|one| shown_text(one, "endpoint")),
    )?;
    Ok(definitions)
}

fn shown_text(document: &Value, name: &str) -> String {
    let value = document.get(name).and_then(Value::as_str);
    value.unwrap_or_default().to_owned()
}

fn once(what: &str, names: impl Iterator<Item = String>) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        if !seen.insert(name.to_ascii_lowercase()) {
            return Err(Error::invalid_value(format!(
                "the {what} {name:?} is defined twice"
            )));
        }
    }
    Ok(())
}

fn names(document: &Map<String, Value>, urn: &str) -> bool {
    let schemas = document.get("schemas").and_then(Value::as_array);
    schemas.is_some_and(|schemas| schemas.iter().any(|schema| schema == urn))
}

fn text(document: &Map<String, Value>, name: &str) -> String {
    let value = document.get(name).and_then(Value::as_str);
    value.unwrap_or_default().to_owned()
}

/// A URN that can stand in a path: the grammar of filters ends a path at blanks, quotes, brackets and parentheses.
fn check_urn(urn: &str) -> Result<()> {
    let is_path_text = |c: char| c.is_ascii_graphic() && !"()[]\"\\,".contains(c);
    let has_scheme = urn
        .split_once(':')
        .is_some_and(|(scheme, rest)| is_name(scheme) && !rest.is_empty());
    if !has_scheme || !urn.chars().all(is_path_text) || urn.len() > MAX_URN_BYTES {
        return Err(Error::invalid_value(format!(
            "{urn:?} cannot be a schema's id: a URI such as \"urn:example:hr:2.0:Employee\", at most {MAX_URN_BYTES} characters, without blanks, commas, quotes, brackets and parentheses"
        )));
    }
    if urn.to_ascii_lowercase().starts_with(MESSAGES) {
        return Err(Error::invalid_value(format!(
            "{urn:?} cannot be a schema's id: what begins with {MESSAGES:?} is a message, not a resource"
        )));
    }
    Ok(())
}

/// `ATTRNAME` of RFC 7643 §2.1.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '.'))
}

fn is_attribute_name(name: &str) -> bool {
    name == "$ref"
        || (name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.len() <= MAX_NAME_BYTES
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
}

fn schema(document: &Map<String, Value>, warnings: &mut Vec<String>) -> Result<Value> {
    let id = text(document, "id");
    check_urn(&id)?;
    let Some(Value::Array(attributes)) = document.get("attributes") else {
        return Err(Error::invalid_value(format!(
            "the schema {id:?} needs \"attributes\": an array of attribute definitions"
        )));
    };
    let mut read: Vec<AttributeDocument> = Vec::new();
    for attribute in attributes {
        let attribute = definition(&id, attribute, None)?;
        if COMMON.contains(&attribute.name.to_ascii_lowercase().as_str()) {
            warnings.push(format!(
                "{id}: {:?} is a common attribute of every resource; its definition here is passed over",
                attribute.name
            ));
            continue;
        }
        distinct(&id, &read, &attribute)?;
        read.push(attribute);
    }
    let count: usize = read
        .iter()
        .map(|attribute| 1 + attribute.sub_attributes.len())
        .sum();
    if count > MAX_ATTRIBUTES {
        return Err(Error::invalid_value(format!(
            "the schema {id:?} has {count} attributes; at most {MAX_ATTRIBUTES} are accepted"
        )));
    }
    let attributes: Vec<Value> = read.iter().map(shown).collect();
    let name = match text(document, "name") {
        name if name.is_empty() => id.rsplit(':').next().unwrap_or_default().to_owned(),
        name => name,
    };
    Ok(json!({
        "schemas": [SCHEMA],
        "id": id,
        "name": name,
        "description": text(document, "description"),
        "attributes": attributes,
    }))
}

fn distinct(id: &str, read: &[AttributeDocument], attribute: &AttributeDocument) -> Result<()> {
    let is_taken = read
        .iter()
        .any(|other| other.name.eq_ignore_ascii_case(&attribute.name));
    if is_taken {
        return Err(Error::invalid_value(format!(
            "{id}: {:?} is defined twice; attribute names do not depend on case",
            attribute.name
        )));
    }
    Ok(())
}

fn definition(id: &str, document: &Value, parent: Option<&str>) -> Result<AttributeDocument> {
    let name = document
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let path = match parent {
        Some(parent) => format!("{parent}.{name}"),
        None => name.to_owned(),
    };
    let wrong = |what: &str| Error::invalid_value(format!("{id}: attribute {path:?}: {what}"));
    if !is_attribute_name(name) {
        return Err(wrong(
            "a name begins with a letter and holds letters, digits, \"-\" and \"_\" (or it is \"$ref\")",
        ));
    }
    let mut plain = document.clone();
    let subs = plain
        .as_object_mut()
        .and_then(|plain| plain.remove("subAttributes"))
        .unwrap_or(Value::Null);
    drop_nulls(&mut plain);
    let mut read: AttributeDocument =
        serde_json::from_value(plain).map_err(|error| wrong(&error.to_string()))?;
    let subs = match subs {
        Value::Null => Vec::new(),
        Value::Array(subs) => subs,
        _ => return Err(wrong("\"subAttributes\" is an array of definitions")),
    };
    if parent.is_some() && (read.kind == Kind::Complex || !subs.is_empty()) {
        return Err(wrong("a sub-attribute cannot be complex (RFC 7643 §2.3.8)"));
    }
    for sub in &subs {
        let sub = definition(id, sub, Some(&path))?;
        distinct(id, &read.sub_attributes, &sub)?;
        read.sub_attributes.push(sub);
    }
    check_characteristics(&mut read).map_err(|what| wrong(&what))?;
    Ok(read)
}

/// A member that is null is one that is not there.
fn drop_nulls(value: &mut Value) {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
}

/// The combinations that have no meaning, and those that follow from the type (RFC 7643 §2.3, §7).
fn check_characteristics(read: &mut AttributeDocument) -> Result<(), String> {
    let kind = read.kind;
    if (kind == Kind::Complex) == read.sub_attributes.is_empty() {
        return Err(if kind == Kind::Complex {
            "a complex attribute needs \"subAttributes\"".to_owned()
        } else {
            "only a complex attribute has \"subAttributes\"".to_owned()
        });
    }
    if read.uniqueness != Uniqueness::None {
        if matches!(kind, Kind::Complex | Kind::Binary | Kind::Boolean) {
            return Err(format!(
                "an attribute of type {} cannot be unique",
                kind.name()
            ));
        }
        if read.mutability == Mutability::WriteOnly || read.returned == Returned::Never {
            return Err(
                "what is never returned cannot be unique: a conflict would tell its value"
                    .to_owned(),
            );
        }
    }
    if read.mutability == Mutability::WriteOnly {
        // RFC 7643 §7: a writeOnly value SHALL NOT be returned, whatever "returned" says.
        read.returned = Returned::Never;
    }
    if matches!(kind, Kind::Binary | Kind::Reference) {
        read.case_exact = true;
    }
    if kind != Kind::Reference && !read.reference_types.is_empty() {
        return Err("only a reference has \"referenceTypes\"".to_owned());
    }
    if kind == Kind::Reference && read.reference_types.is_empty() {
        read.reference_types = vec!["uri".to_owned()];
    }
    Ok(())
}

/// A definition as it is served: every characteristic that applies to its type.
fn shown(attribute: &AttributeDocument) -> Value {
    let mut document = serde_json::to_value(attribute).unwrap_or_default();
    if let Some(members) = document.as_object_mut() {
        let is_complex = attribute.kind == Kind::Complex;
        if is_complex {
            members.remove("caseExact");
        }
        if is_complex || attribute.kind == Kind::Binary {
            members.remove("uniqueness");
        }
        if is_complex {
            let subs = attribute.sub_attributes.iter().map(shown).collect();
            members.insert("subAttributes".to_owned(), Value::Array(subs));
        }
    }
    document
}

fn resource_type(document: &Map<String, Value>) -> Result<Value> {
    let name = text(document, "name");
    let wrong = |what: &str| Error::invalid_value(format!("resource type {name:?}: {what}"));
    if !is_attribute_name(&name) || name == "$ref" {
        return Err(wrong(
            "\"name\" begins with a letter and holds letters, digits, \"-\" and \"_\"",
        ));
    }
    let endpoint = text(document, "endpoint");
    let segment = endpoint.strip_prefix('/').unwrap_or(&endpoint);
    if !is_attribute_name(segment) || segment == "$ref" {
        return Err(wrong(
            "\"endpoint\" is a slash and one name, as in \"/Devices\"",
        ));
    }
    if RESERVED.contains(&segment) || is_version(segment) {
        return Err(wrong(&format!(
            "the endpoint {endpoint:?} belongs to the protocol"
        )));
    }
    let schema = text(document, "schema");
    check_urn(&schema)?;
    let mut extensions = Vec::new();
    let given = match document.get("schemaExtensions") {
        None | Some(Value::Null) => &Vec::new(),
        Some(Value::Array(given)) => given,
        Some(_) => return Err(wrong("\"schemaExtensions\" is an array")),
    };
    for extension in given {
        let urn = extension
            .get("schema")
            .and_then(Value::as_str)
            .unwrap_or_default();
        check_urn(urn)?;
        let required = match extension.get("required") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(required)) => *required,
            Some(_) => {
                return Err(wrong(
                    "\"required\" of an extension must be true or false, without quotes",
                ));
            }
        };
        extensions.push(json!({"schema": urn, "required": required}));
    }
    let urns = extensions.iter().map(|one| shown_text(one, "schema"));
    once("schema", urns.chain([schema.clone()])).map_err(|error| wrong(error.detail()))?;
    Ok(json!({
        "schemas": [RESOURCE_TYPE],
        "id": name,
        "name": name,
        "endpoint": format!("/{segment}"),
        "description": text(document, "description"),
        "schema": schema,
        "schemaExtensions": extensions,
    }))
}

/// Whether a path segment names a version of the protocol, as `v2` does.
#[must_use]
pub fn is_version(segment: &str) -> bool {
    segment.strip_prefix(['v', 'V']).is_some_and(|digits| {
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
    })
}

/// A resource type document that adds extensions to a resource type there is.
#[must_use]
pub fn extending(document: &Value, schemas: &[&str], is_required: bool) -> Value {
    let extensions: Vec<Value> = schemas
        .iter()
        .map(|schema| json!({"schema": schema, "required": is_required}))
        .collect();
    let mut extending = document.clone();
    if let Some(members) = extending.as_object_mut() {
        members.insert("schemaExtensions".to_owned(), Value::Array(extensions));
    }
    extending
}

/// Checks that resource types fit what there is: names and endpoints are taken once, an extended type stays what it is.
///
/// # Errors
/// `uniqueness` for a name or an endpoint that is taken.
pub fn check_fit(registry: &Registry, document: &Value) -> Result<()> {
    let text = |name: &str| {
        document
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let (name, endpoint, schema) = (text("name"), text("endpoint"), text("schema"));
    for known in registry.resource_types() {
        if known.name == name {
            if known.endpoint != endpoint || !known.schema.eq_ignore_ascii_case(schema) {
                return Err(Error::uniqueness(format!(
                    "there is a resource type {name:?} already, with the endpoint {:?} and the schema {:?}; to extend it, give the same",
                    known.endpoint, known.schema
                )));
            }
        } else if known.name.eq_ignore_ascii_case(name) || known.endpoint == endpoint {
            return Err(Error::uniqueness(format!(
                "the resource type {:?} has this name or the endpoint {endpoint:?} already",
                known.name
            )));
        }
    }
    Ok(())
}

/// Whether a schema document may take the place of another, which may have data: it may add attributes and describe them
/// better, not change what values are.
///
/// # Errors
/// `mutability` naming the first attribute that is gone or means something else.
pub fn check_compatible(old: &Value, new: &Value) -> Result<()> {
    let id = new.get("id").and_then(Value::as_str).unwrap_or_default();
    compatible(id, old.get("attributes"), new.get("attributes"), true)
}

fn compatible(id: &str, old: Option<&Value>, new: Option<&Value>, is_top: bool) -> Result<()> {
    let list = |value: Option<&Value>| -> Vec<AttributeDocument> {
        value
            .cloned()
            .and_then(|value| serde_json::from_value(value).ok())
            .unwrap_or_default()
    };
    let new = list(new);
    for before in list(old) {
        let name = &before.name;
        let after = new.iter().find(|after| after.name == *name);
        let is_same = after.is_some_and(|after| {
            after.kind == before.kind
                && after.multi_valued == before.multi_valued
                && after.case_exact == before.case_exact
                && after.uniqueness == before.uniqueness
                && (before.mutability == Mutability::WriteOnly)
                    == (after.mutability == Mutability::WriteOnly)
                && (before.returned != Returned::Never || after.returned == Returned::Never)
        });
        let subs = |one: &AttributeDocument| serde_json::to_value(&one.sub_attributes).ok();
        match after {
            Some(after) if is_same => {
                if is_top {
                    compatible(id, subs(&before).as_ref(), subs(after).as_ref(), false)?;
                }
            }
            Some(_) | None => {
                return Err(Error::mutability(format!(
                    "{id}: {name:?} must keep its type, multiValued, caseExact and uniqueness, stay hidden if it is, and cannot be left out; to change that, remove the schema, which must have no data, and add it again"
                )));
            }
        }
    }
    Ok(())
}

/// The attributes that a new document of a schema demands and the old one did not: resources may lack them.
#[must_use]
pub fn newly_required(old: &Value, new: &Value) -> Vec<String> {
    let required = |document: &Value| -> Vec<String> {
        let attributes = document.get("attributes").and_then(Value::as_array);
        attributes
            .into_iter()
            .flatten()
            .filter(|attribute| attribute.get("required") == Some(&Value::Bool(true)))
            .map(|attribute| shown_text(attribute, "name"))
            .collect()
    };
    let before = required(old);
    let mut after = required(new);
    after.retain(|name| !before.contains(name));
    after
}

/// A resource type document whose schemas are spelled as they were registered: URNs do not depend on case.
#[must_use]
pub fn spelled(document: &Value, known: &[String]) -> Value {
    let spell = |value: &mut Value| {
        let text = value.as_str().unwrap_or_default();
        if let Some(known) = known.iter().find(|known| known.eq_ignore_ascii_case(text)) {
            *value = json!(known);
        }
    };
    let mut spelled = document.clone();
    if let Some(schema) = spelled.get_mut("schema") {
        spell(schema);
    }
    let extensions = spelled
        .get_mut("schemaExtensions")
        .and_then(Value::as_array_mut);
    for extension in extensions.into_iter().flatten() {
        if let Some(schema) = extension.get_mut("schema") {
            spell(schema);
        }
    }
    spelled
}

/// Names the attributes of an extension that a core schema has already (RFC 7643 §3.3: extensions should not redefine them).
#[must_use]
pub fn redefined(extension: &Value, core: &Value) -> Vec<String> {
    let names = |document: &Value| -> Vec<String> {
        let attributes = document.get("attributes").and_then(Value::as_array);
        attributes
            .into_iter()
            .flatten()
            .filter_map(|attribute| attribute.get("name").and_then(Value::as_str))
            .map(str::to_owned)
            .collect()
    };
    let core = names(core);
    names(extension)
        .into_iter()
        .filter(|name| core.iter().any(|other| other.eq_ignore_ascii_case(name)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(attribute: &str) -> Result<Definitions> {
        read(&format!(
            r#"{{"id": "urn:example:1.0:Thing", "attributes": [{attribute}]}}"#
        ))
    }

    fn refused(attribute: &str) -> String {
        one(attribute).unwrap_err().to_string()
    }

    /// shows: S-2.2-01
    #[test]
    fn what_is_left_out_has_the_default_of_the_rfc() {
        let read = one(r#"{"name": "size"}"#).unwrap();
        assert_eq!(
            read.schemas[0]["attributes"],
            json!([{"name": "size", "type": "string", "multiValued": false, "description": "", "required": false,
                "caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": "none"}])
        );
        assert_eq!(read.schemas[0]["name"], "Thing");
    }

    /// shows: S-2.3-01 S-2.3.8-01
    #[test]
    fn what_has_no_meaning_is_refused_with_its_reason() {
        use insta::assert_snapshot;
        assert_snapshot!(refused(r#"{"name": "1st"}"#), @r#"urn:example:1.0:Thing: attribute "1st": a name begins with a letter and holds letters, digits, "-" and "_" (or it is "$ref")"#);
        assert!(
            refused(r#"{"name": "a", "type": "duration"}"#).contains("unknown variant `duration`")
        );
        assert!(refused(r#"{"name": "a", "type": "complex"}"#).contains("needs \"subAttributes\""));
        assert!(
            refused(r#"{"name": "a", "subAttributes": [{"name": "b"}]}"#)
                .contains("only a complex")
        );
        assert!(refused(r#"{"name": "a", "type": "complex", "subAttributes": [{"name": "b", "type": "complex", "subAttributes": [{"name": "c"}]}]}"#).contains("cannot be complex"));
        assert!(
            refused(r#"{"name": "a", "type": "binary", "uniqueness": "server"}"#)
                .contains("cannot be unique")
        );
        assert!(
            refused(r#"{"name": "a", "returned": "never", "uniqueness": "server"}"#)
                .contains("would tell")
        );
        assert!(
            refused(r#"{"name": "a", "referenceTypes": ["User"]}"#).contains("only a reference")
        );
        assert!(refused(r#"{"name": "a"}, {"name": "A"}"#).contains("defined twice"));
        assert!(refused(r#"{"name": "a", "required": "yes"}"#).contains("expected a boolean"));
    }

    #[test]
    fn urns_may_have_any_shape_that_a_path_can_hold() {
        for urn in [
            "urn:acme:hr:1.0",
            "urn:x:y",
            "https://example.com/schemas/hr",
            "urn:a:b~c",
        ] {
            assert!(check_urn(urn).is_ok(), "{urn}");
        }
        for urn in [
            "",
            "hr",
            "urn:",
            "urn:a b",
            "urn:a\"b",
            "urn:a,b",
            "urn:ietf:params:scim:api:messages:2.0:X",
        ] {
            assert!(check_urn(urn).is_err(), "{urn}");
        }
    }

    #[test]
    fn common_attributes_are_passed_over_with_a_warning() {
        let read = one(r#"{"name": "id", "caseExact": false}, {"name": "size"}"#).unwrap();
        assert_eq!(read.schemas[0]["attributes"].as_array().unwrap().len(), 1);
        assert_eq!(read.warnings.len(), 1);
    }

    #[test]
    fn a_schema_with_data_may_grow_and_not_change() {
        let schema = |attributes: &str| one(attributes).unwrap().schemas.remove(0);
        let old = schema(r#"{"name": "a", "type": "complex", "subAttributes": [{"name": "b"}]}"#);
        let grown = schema(
            r#"{"name": "a", "type": "complex", "subAttributes": [{"name": "b", "description": "x"}, {"name": "c"}]}, {"name": "d"}"#,
        );
        assert!(check_compatible(&old, &grown).is_ok());
        assert!(check_compatible(&grown, &old).is_err());
        let other = schema(
            r#"{"name": "a", "type": "complex", "subAttributes": [{"name": "b", "type": "integer"}]}"#,
        );
        assert!(check_compatible(&old, &other).is_err());
    }
}
