//! PATCH: reading the operations and applying them to a user.

use std::hint::black_box;

use criterion::Criterion;
use muster::error::Result;
use muster::resource::Resource;
use muster::resource::patch::{self, MESSAGE_SCHEMA, Outcome as Patched, Settings};
use muster::schema::ResourceType;
use serde_json::{Map, Value, json};

use crate::samples::{SIZES, Samples, address, enterprise_user, small_user, user_with_emails};
use crate::{Outcome, ensure, measure};

pub(crate) fn run(criterion: &mut Criterion, samples: &Samples) -> Outcome<()> {
    let users = &samples.users;
    let user = samples.user(&enterprise_user()?)?;
    for (name, operation) in [
        ("active", deactivation()),
        ("add an email", another_email(0)),
        ("value path", new_value("type eq \"home\"")),
    ] {
        patch(criterion, (name, None), users, &user, &body([operation]))?;
    }
    let of_first = new_value(&format!("value eq \"{}\"", address(0)));
    for (name, operation) in [
        ("active, emails", deactivation()),
        ("add an email, emails", another_email(0)),
        ("value path, emails", of_first),
    ] {
        for count in SIZES {
            // A user has at most 1,000 of them, and one is added.
            let user = samples.user(&user_with_emails(count - 1)?)?;
            let body = body([operation.clone()]);
            patch(criterion, (name, Some(count)), users, &user, &body)?;
        }
    }
    let small = samples.user(&small_user()?)?;
    let hundred = samples.user(&user_with_emails(100)?)?;
    for count in SIZES {
        let body = body((0..count).map(new_title));
        let name = ("title, operations", Some(count));
        patch(criterion, name, users, &small, &body)?;
    }
    for count in SIZES {
        let body = body((0..count).map(|number| new_label(number % 100)));
        let name = ("value path among 100, operations", Some(count));
        patch(criterion, name, users, &hundred, &body)?;
    }
    for count in SIZES {
        let body = body((0..count).map(another_email));
        let name = ("add an email, operations", Some(count));
        patch(criterion, name, users, &small, &body)?;
    }
    Ok(())
}

fn patch(
    criterion: &mut Criterion,
    (name, size): (&str, Option<usize>),
    users: &ResourceType,
    user: &Resource,
    body: &Map<String, Value>,
) -> Outcome<()> {
    let patched = patched(body, user, users)?;
    ensure(patched.document != user.document, "nothing is changed")?;
    measure(criterion, ("patch", name, size), |bencher| {
        bencher.iter(|| self::patched(black_box(body), user, users));
    })
}

fn patched(
    body: &Map<String, Value>,
    user: &Resource,
    resource_type: &ResourceType,
) -> Result<Patched> {
    let settings = Settings::default();
    let operations = patch::parse(body, settings)?;
    patch::apply(&operations, user, resource_type, settings)
}

fn body(operations: impl IntoIterator<Item = Value>) -> Map<String, Value> {
    let operations = operations.into_iter().collect();
    Map::from_iter([
        ("schemas".to_owned(), json!([MESSAGE_SCHEMA])),
        ("Operations".to_owned(), Value::Array(operations)),
    ])
}

/// As Entra ID writes it.
fn deactivation() -> Value {
    json!({"op": "Replace", "path": "active", "value": "False"})
}

fn another_email(number: usize) -> Value {
    let value = format!("new{number}@example.com");
    json!({"op": "add", "path": "emails", "value": [{"value": value, "type": "other"}]})
}

fn new_value(selected: &str) -> Value {
    json!({"op": "replace", "path": format!("emails[{selected}].value"), "value": "b@example.com"})
}

fn new_label(number: usize) -> Value {
    let path = format!("emails[value eq \"{}\"].display", address(number));
    json!({"op": "replace", "path": path, "value": "B"})
}

fn new_title(number: usize) -> Value {
    json!({"op": "replace", "path": "title", "value": format!("Guide {number}")})
}
