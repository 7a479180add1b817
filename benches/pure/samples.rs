//! The schemas, documents and filters that are measured.

use std::cell::RefCell;
use std::sync::Arc;

use muster::filter::{self, BindOptions, Predicate};
use muster::resource::{Meta, Resource};
use muster::schema::validate::{self, Incoming, Tolerance};
use muster::schema::{AttributeId, Custom, Registry, ResourceType, ResourceTypeId};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::Outcome;

/// How many values a document has, or how many operations a request.
pub(crate) const SIZES: [usize; 3] = [10, 100, 1_000];

const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const BADGE: &str = "urn:example:badges:1.0:Badge";

/// What clients ask for most.
pub(crate) const SIMPLE: &str = r#"userName eq "bjensen@example.com""#;
/// Something of everything; it holds for the enterprise user.
pub(crate) const COMPLEX: &str = r#"userType eq "Employee" and (emails[type eq "work" and value co "@example.com"] or name.familyName sw "J") and not (active eq false) and meta.lastModified gt "2020-01-01T00:00:00Z" and urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Tour Operations""#;

const SMALL_USER: &str = include_str!("../../tests/examples/rfc7643-8.1-minimal-user.json");
const ENTERPRISE_USER: &str = include_str!("../../tests/examples/rfc7643-8.3-enterprise-user.json");

/// A tenant's schemas, and what is read by them.
pub(crate) struct Samples {
    registry: Registry,
    pub(crate) users: Arc<ResourceType>,
    pub(crate) groups: Arc<ResourceType>,
    /// A type of a tenant's own, with a multi-valued attribute that is unique.
    pub(crate) badges: Arc<ResourceType>,
}

impl Samples {
    pub(crate) fn new() -> Outcome<Self> {
        let custom = Custom {
            schemas: vec![json!({
                "id": BADGE, "name": "Badge", "attributes": [
                    {"name": "codes", "type": "string", "multiValued": true, "uniqueness": "server"}
                ]
            })],
            resource_types: vec![(
                ResourceTypeId(100),
                json!({"name": "Badge", "endpoint": "/Badges", "schema": BADGE}),
            )],
            scoped_is_unique: true,
            ..Custom::default()
        };
        let numbered = RefCell::new(Vec::new());
        let registry = Registry::build(&custom, &|path| {
            let mut numbered = numbered.borrow_mut();
            numbered.push(path.to_owned());
            AttributeId(i16::try_from(numbered.len()).unwrap_or(i16::MAX))
        })?;
        let named = |name: &str| {
            let found = registry.resource_type_named(name);
            found.cloned().ok_or("a resource type is missing")
        };
        let (users, groups, badges) = (named("User")?, named("Group")?, named("Badge")?);
        Ok(Self {
            registry,
            users,
            groups,
            badges,
        })
    }

    pub(crate) fn schema_ids(&self) -> Vec<&str> {
        self.registry.schema_ids()
    }

    pub(crate) fn resource_types(&self) -> &[Arc<ResourceType>] {
        self.registry.resource_types()
    }

    /// What a create makes of a body.
    pub(crate) fn read(
        &self,
        resource_type: &ResourceType,
        body: &Map<String, Value>,
    ) -> Outcome<Incoming> {
        let schemas = self.schema_ids();
        Ok(validate::resource(
            resource_type,
            &schemas,
            body,
            Tolerance::USUAL,
        )?)
    }

    /// The user that a create with this body leaves.
    pub(crate) fn user(&self, body: &Map<String, Value>) -> Outcome<Resource> {
        let meta = Meta {
            created: 1_750_000_000_000_000,
            last_modified: 1_760_000_000_000_000,
            version: 7,
        };
        Ok(Resource {
            id: Uuid::from_u128(1),
            document: self.read(&self.users, body)?.document,
            meta,
            members: None,
            groups: None,
        })
    }

    /// A filter on users.
    pub(crate) fn predicate(&self, text: &str) -> Outcome<Predicate> {
        let filter = filter::parse(text)?;
        Ok(Predicate::bind(
            &filter,
            &self.users,
            BindOptions::default(),
        )?)
    }
}

fn object(value: Value) -> Outcome<Map<String, Value>> {
    match value {
        Value::Object(members) => Ok(members),
        _ => Err("a sample is no object".into()),
    }
}

/// A user of RFC 7643 §8.1: hardly more than a name.
pub(crate) fn small_user() -> Outcome<Map<String, Value>> {
    object(serde_json::from_str(SMALL_USER)?)
}

/// The user of RFC 7643 §8.3: all attributes, and those of the extension.
pub(crate) fn enterprise_user() -> Outcome<Map<String, Value>> {
    object(serde_json::from_str(ENTERPRISE_USER)?)
}

/// A user with so many addresses; the first is the primary one.
pub(crate) fn user_with_emails(count: usize) -> Outcome<Map<String, Value>> {
    let emails: Vec<Value> = (0..count)
        .map(|number| {
            let kind = if number % 2 == 0 { "work" } else { "home" };
            json!({"value": address(number), "type": kind, "primary": number == 0})
        })
        .collect();
    let mut user = small_user()?;
    user.insert("emails".to_owned(), Value::Array(emails));
    Ok(user)
}

pub(crate) fn address(number: usize) -> String {
    format!("Person{number}@Example.com")
}

pub(crate) fn group_with_members(count: usize) -> Outcome<Map<String, Value>> {
    let members: Vec<Value> = (1_u128..)
        .take(count)
        .map(|number| json!({"value": Uuid::from_u128(number).to_string(), "type": "User"}))
        .collect();
    object(json!({"schemas": [GROUP], "displayName": "Tour Guides", "members": members}))
}

pub(crate) fn badge_with_codes(count: usize) -> Outcome<Map<String, Value>> {
    let codes: Vec<String> = (0..count).map(|number| format!("Code {number}")).collect();
    object(json!({"schemas": [BADGE], "codes": codes}))
}

/// So many comparisons: 64 of them make the longest filter that is accepted, of 4,092 characters.
pub(crate) fn comparisons(count: usize) -> String {
    let terms: Vec<String> = (0..count)
        .map(|number| format!("emails.value eq \"{number:030}@example.com\""))
        .collect();
    terms.join(" or ")
}

/// `and` and `or` in turn, each in the parentheses of the one before. `title` is not indexed, `userName` is.
pub(crate) fn nested(depth: usize) -> String {
    let mut text = r#"title pr and userName sw "j""#.to_owned();
    for level in 0..depth {
        let before = if level % 2 == 0 {
            r#"userName sw "j" or"#
        } else {
            "title pr and"
        };
        text = format!("{before} ({text})");
    }
    text
}
