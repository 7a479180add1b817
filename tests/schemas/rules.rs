//! The rules that a schema or resource type has to keep, whatever else there is.

use muster::error::ErrorKind;
use muster::service::schemas;
use serde_json::{Value, json};

use super::{THING, assert_refused, schema};

/// What is wrong with an attribute, and what is said about it.
const WRONG_ATTRIBUTES: &str = r#"
{} => a name begins with a letter
{"name": ""} => a name begins with a letter
{"name": "1st"} => a name begins with a letter
{"name": "$value"} => a name begins with a letter
{"name": "a b"} => a name begins with a letter
{"name": "a.b"} => a name begins with a letter
{"name": "straße"} => a name begins with a letter
"text" => a name begins with a letter
{"name": "a", "type": "duration"} => unknown variant `duration`
{"name": "a", "type": "String"} => unknown variant `String`
{"name": "a", "mutability": "readwrite"} => unknown variant `readwrite`
{"name": "a", "returned": "often"} => unknown variant `often`
{"name": "a", "uniqueness": "tenant"} => unknown variant `tenant`
{"name": "a", "required": "true"} => expected a boolean
{"name": "a", "multiValued": 1} => expected a boolean
{"name": "a", "canonicalValues": [1]} => expected a string
{"name": "a", "type": "complex"} => a complex attribute needs "subAttributes"
{"name": "a", "type": "complex", "subAttributes": []} => a complex attribute needs "subAttributes"
{"name": "a", "type": "complex", "subAttributes": {"name": "b"}} => "subAttributes" is an array of definitions
{"name": "a", "type": "complex", "subAttributes": [{"name": "1"}]} => attribute "a.1": a name begins with a letter
{"name": "a", "type": "complex", "subAttributes": [{"name": "b"}, {"name": "B"}]} => "B" is defined twice
{"name": "a", "type": "complex", "subAttributes": [{"name": "b", "type": "complex"}]} => cannot be complex
{"name": "a", "type": "complex", "subAttributes": [{"name": "b", "subAttributes": [{"name": "c"}]}]} => be complex
{"name": "a", "subAttributes": [{"name": "b"}]} => only a complex attribute has "subAttributes"
{"name": "a", "type": "complex", "subAttributes": [{"name": "b"}], "uniqueness": "server"} => cannot be unique
{"name": "a", "type": "binary", "uniqueness": "server"} => an attribute of type binary cannot be unique
{"name": "a", "type": "boolean", "uniqueness": "global"} => an attribute of type boolean cannot be unique
{"name": "a", "returned": "never", "uniqueness": "server"} => what is never returned cannot be unique
{"name": "a", "mutability": "writeOnly", "uniqueness": "server"} => what is never returned cannot be unique
{"name": "a", "referenceTypes": ["User"]} => only a reference has "referenceTypes"
"#;

/// What is wrong with a document, and what is said about it.
const WRONG_DOCUMENTS: &str = r#"
"text" => is a JSON object; several stand in an array
[1] => is a JSON object; several stand in an array
[] => there is no schema in it
{} => cannot be a schema's id
{"attributes": []} => cannot be a schema's id
{"id": "Thing", "attributes": []} => cannot be a schema's id
{"id": "urn:", "attributes": []} => cannot be a schema's id
{"id": "urn:a b", "attributes": []} => cannot be a schema's id
{"id": "urn:a,b", "attributes": []} => cannot be a schema's id
{"id": "urn:a\"b", "attributes": []} => cannot be a schema's id
{"id": "urn:a[b]", "attributes": []} => cannot be a schema's id
{"id": "urn:ietf:params:scim:api:messages:2.0:PatchOp", "attributes": []} => is a message, not a resource
{"id": "URN:IETF:params:scim:api:x", "attributes": []} => is a message, not a resource
{"id": "urn:a:b"} => needs "attributes"
{"id": "urn:a:b", "attributes": {}} => needs "attributes"
{"name": "", "endpoint": "/Xs", "schema": "urn:a:b"} => "name" begins with a letter
{"name": "1X", "endpoint": "/Xs", "schema": "urn:a:b"} => "name" begins with a letter
{"name": "X", "endpoint": "", "schema": "urn:a:b"} => "endpoint" is a slash and one name
{"name": "X", "endpoint": "/", "schema": "urn:a:b"} => "endpoint" is a slash and one name
{"name": "X", "endpoint": "/a/b", "schema": "urn:a:b"} => "endpoint" is a slash and one name
{"name": "X", "endpoint": "/.search", "schema": "urn:a:b"} => "endpoint" is a slash and one name
{"name": "X", "endpoint": "/Xs?a=b", "schema": "urn:a:b"} => "endpoint" is a slash and one name
{"name": "X", "endpoint": "/Me", "schema": "urn:a:b"} => the endpoint "/Me" belongs to the protocol
{"name": "X", "endpoint": "/Bulk", "schema": "urn:a:b"} => belongs to the protocol
{"name": "X", "endpoint": "/Schemas", "schema": "urn:a:b"} => belongs to the protocol
{"name": "X", "endpoint": "/ResourceTypes", "schema": "urn:a:b"} => belongs to the protocol
{"name": "X", "endpoint": "ServiceProviderConfig", "schema": "urn:a:b"} => belongs to the protocol
{"name": "X", "endpoint": "/v2", "schema": "urn:a:b"} => belongs to the protocol
{"name": "X", "endpoint": "/Xs"} => cannot be a schema's id
{"name": "X", "endpoint": "/Xs", "schema": "urn:a:b", "schemaExtensions": {}} => "schemaExtensions" is an array
{"name": "X", "endpoint": "/Xs", "schema": "urn:a:b", "schemaExtensions": [{}]} => cannot be a schema's id
{"name": "X", "endpoint": "/X", "schema": "a:b", "schemaExtensions": [{"schema": "a:c", "required": 1}]} => must be true
"#;

fn table(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = text.lines().filter(|line| !line.is_empty());
    lines.map(|line| line.split_once(" => ").unwrap())
}

/// shows: S-2.1-02 S-2.3-01 S-2.3.8-01
#[test]
fn an_attribute_that_breaks_a_rule_is_refused_with_the_reason() {
    for (attribute, sentence) in table(WRONG_ATTRIBUTES) {
        let parsed: Value = serde_json::from_str(attribute).unwrap();
        let read = schemas::read(&schema(THING, &json!([parsed])).to_string());
        for part in [THING, sentence] {
            assert_refused(&read, ErrorKind::InvalidValue, part, attribute);
        }
    }
    let long = json!([{"name": "a".repeat(101)}]);
    let read = schemas::read(&schema(THING, &long).to_string());
    assert_refused(
        &read,
        ErrorKind::InvalidValue,
        "a name begins",
        "a long name",
    );
    let twice = json!([{"name": "size"}, {"name": "Size"}]);
    let read = schemas::read(&schema(THING, &twice).to_string());
    let sentence = "\"Size\" is defined twice";
    assert_refused(&read, ErrorKind::InvalidValue, sentence, "twice");
}

#[test]
fn a_schema_has_so_many_attributes() {
    let attributes = |count: usize| -> Value {
        let names = (0..count).map(|number| json!({"name": format!("a{number}")}));
        names.collect()
    };
    let read = |count: usize| schemas::read(&schema(THING, &attributes(count)).to_string());
    assert!(read(500).is_ok());
    let sentence = "has 501 attributes; at most 500";
    assert_refused(&read(501), ErrorKind::InvalidValue, sentence, "501");
}

/// shows: S-10-01
#[test]
fn a_document_that_breaks_a_rule_is_refused_with_the_reason() {
    for (document, sentence) in table(WRONG_DOCUMENTS) {
        let read = schemas::read(document);
        assert_refused(&read, ErrorKind::InvalidValue, sentence, document);
    }
    for text in ["", "{", r#"{"id": "urn:a:b", "id": "urn:a:c"}"#] {
        let read = schemas::read(text);
        assert_refused(&read, ErrorKind::InvalidValue, "JSON", text);
    }
}

/// shows: S-10-01
#[test]
fn a_schema_may_have_any_uri_that_a_path_can_hold() {
    let read = |id: &str| schemas::read(&schema(id, &json!([{"name": "a"}])).to_string());
    for id in [
        "urn:acme:hr:1.0",
        "urn:acme:hr:1.0:Employee",
        "urn:x:y",
        "urn:a:b~c",
        "https://acme.example/schemas/hr",
    ] {
        assert!(read(id).is_ok(), "{id}");
    }
    let long = |length: usize| format!("urn:{}", "x".repeat(length - 4));
    assert!(read(&long(200)).is_ok());
    let sentence = "cannot be a schema's id";
    assert_refused(&read(&long(201)), ErrorKind::InvalidValue, sentence, "201");
}
