//! Examples of PATCH by topic, and what holds for all in [`laws`].

mod adding;
mod clients;
mod laws;
mod members;
mod messages;
mod mutability;
mod password;
mod primary_values;
mod removing;
mod replacing;

use std::sync::{Arc, LazyLock};

use serde_json::json;

use super::*;
use crate::error::ErrorKind;
use crate::resource::Meta;
use crate::schema::{AttributeDef, AttributeId, Extension, Mutability, Registry};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const ID: Uuid = Uuid::from_u128(1);
const STRICT: Settings = Settings {
    replace_unmatched_creates: false,
    accepts_empty_operations: false,
    reading: Tolerance::USUAL,
};
const CREATING: Settings = Settings {
    replace_unmatched_creates: true,
    accepts_empty_operations: false,
    reading: Tolerance::USUAL,
};

static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| Registry::embedded(&[], &|_| AttributeId(0)).unwrap());

fn users() -> &'static ResourceType {
    REGISTRY.at_endpoint("Users").unwrap()
}

fn groups() -> &'static ResourceType {
    REGISTRY.at_endpoint("Groups").unwrap()
}

/// The User type with other characteristics, given by path.
fn users_with(change: impl Fn(&str, &mut AttributeDef)) -> ResourceType {
    let changed = |attributes: &[Arc<AttributeDef>]| -> Vec<Arc<AttributeDef>> {
        let each = attributes.iter().map(|attribute| {
            let mut attribute = AttributeDef::clone(attribute);
            change(&attribute.path(), &mut attribute);
            for sub in &mut attribute.sub_attributes {
                let mut definition = AttributeDef::clone(sub);
                change(&definition.path(), &mut definition);
                *sub = Arc::new(definition);
            }
            Arc::new(attribute)
        });
        each.collect()
    };
    let extensions = users().extensions.iter().map(|extension| Extension {
        attributes: changed(&extension.attributes),
        ..extension.clone()
    });
    ResourceType {
        id: users().id,
        name: users().name.clone(),
        endpoint: users().endpoint.clone(),
        family: users().family,
        schema: Arc::clone(&users().schema),
        attributes: changed(&users().attributes),
        extensions: extensions.collect(),
        display: Vec::new(),
        defaults: Vec::new(),
        kept: Vec::new(),
        profile: Vec::new(),
        account: None,
        team: None,
        references: Vec::new(),
        self_service: Vec::new(),
        enabled: None,
        usual: std::sync::OnceLock::new(),
    }
}

fn users_with_immutable(path: &str) -> ResourceType {
    users_with(|other, attribute| {
        if other == path {
            attribute.mutability = Mutability::Immutable;
        }
    })
}

fn users_with_required(path: &str) -> ResourceType {
    users_with(|other, attribute| attribute.required |= other == path)
}

/// `nickName` is a list of strings.
fn users_with_nick_names() -> ResourceType {
    users_with(|path, attribute| {
        attribute.multi_valued |= path == "nickName";
        attribute.is_in_array |= path == "nickName";
    })
}

fn add(path: &str, value: impl Into<Value>) -> Value {
    json!({"op": "add", "path": path, "value": value.into()})
}

fn replace(path: &str, value: impl Into<Value>) -> Value {
    json!({"op": "replace", "path": path, "value": value.into()})
}

fn remove(path: &str) -> Value {
    json!({"op": "remove", "path": path})
}

fn remove_listed(path: &str, value: impl Into<Value>) -> Value {
    json!({"op": "remove", "path": path, "value": value.into()})
}

fn pathless(op: &str, value: impl Into<Value>) -> Value {
    json!({"op": op, "value": value.into()})
}

fn message(operations: &[Value]) -> Map<String, Value> {
    let body = json!({"schemas": [MESSAGE_SCHEMA], "Operations": operations});
    body.as_object().unwrap().clone()
}

fn outcome(
    resource_type: &ResourceType,
    document: &Value,
    operations: &[Value],
    settings: Settings,
) -> Result<Outcome> {
    let resource = Resource {
        id: ID,
        document: document.as_object().unwrap().clone(),
        meta: Meta {
            created: 0,
            last_modified: 0,
            version: 1,
        },
        members: None,
        groups: None,
    };
    let operations = parse(&message(operations), settings)?;
    apply(&operations, &resource, resource_type, settings)
}

fn attempt_as(
    resource_type: &ResourceType,
    document: &Value,
    operations: &[Value],
    settings: Settings,
) -> Result<Value, ErrorKind> {
    outcome(resource_type, document, operations, settings)
        .map(|outcome| Value::Object(outcome.document))
        .map_err(|error| error.kind())
}

fn attempt(document: &Value, operations: &[Value]) -> Result<Value, ErrorKind> {
    attempt_as(users(), document, operations, STRICT)
}

/// The document after operations that succeed.
fn after(document: &Value, operations: &[Value]) -> Value {
    outcome(users(), document, operations, STRICT)
        .map(|outcome| Value::Object(outcome.document))
        .unwrap()
}

/// The whole example after an operation that succeeds.
fn changed(operation: Value) -> Value {
    after(&babs(), &[operation])
}

/// What an operation that succeeds makes of the smallest document.
fn made(operation: Value) -> Value {
    after(&bare(), &[operation])
}

/// How an operation on the whole example fails.
fn refusal(operation: &Value) -> ErrorKind {
    attempt(&babs(), std::slice::from_ref(operation)).unwrap_err()
}

fn member_changes(operation: &Value) -> Result<Vec<MemberChange>, ErrorKind> {
    let group = json!({"displayName": "Tour Guides"});
    outcome(groups(), &group, std::slice::from_ref(operation), STRICT)
        .map(|outcome| outcome.members)
        .map_err(|error| error.kind())
}

fn bare() -> Value {
    json!({"userName": "bjensen"})
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    json!({"userName": "bjensen", name: value.into()})
}

fn babs() -> Value {
    json!({
        "userName": "bjensen",
        "nickName": "Babs",
        "name": {"givenName": "Barbara", "familyName": "Jensen"},
        "active": true,
        "emails": [
            {"value": "babs@example.com", "type": "work", "primary": true},
            {"value": "babs@jensen.org", "type": "home"},
        ],
        "addresses": [
            {"type": "work", "streetAddress": "100 Universal City Plaza", "region": "CA"},
            {"type": "home", "streetAddress": "456 Hollywood Blvd", "region": "CA"},
        ],
        ENTERPRISE: {"department": "Tour Operations", "manager": {"value": "26118915"}},
    })
}
