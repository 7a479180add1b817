//! What a write changed, attribute by attribute: the content of a `change` row. Secrets never get here.

use serde_json::{Map, Value, json};

use crate::schema::{Kind, ResourceType, validate};

/// The attributes whose value differs, each with its old and new value; singular complex ones by sub-attribute.
#[must_use]
pub fn between(
    resource_type: &ResourceType,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) -> Map<String, Value> {
    let mut changed = Map::new();
    let both = validate::values(resource_type, old).zip(validate::values(resource_type, new));
    for ((attribute, before), (_, after)) in both {
        if before == after {
            continue;
        }
        if attribute.is_hidden() || attribute.sub_attributes.iter().any(|sub| sub.is_hidden()) {
            let what = if after.is_some() { "set" } else { "removed" };
            changed.insert(attribute.path(), Value::from(what));
            continue;
        }
        if attribute.kind != Kind::Complex || attribute.multi_valued {
            changed.insert(attribute.path(), old_and_new(before, after));
            continue;
        }
        for sub in &attribute.sub_attributes {
            let (before, after) = (
                before.and_then(|value| value.get(&sub.name)),
                after.and_then(|value| value.get(&sub.name)),
            );
            if before != after {
                changed.insert(sub.path(), old_and_new(before, after));
            }
        }
    }
    changed
}

fn old_and_new(old: Option<&Value>, new: Option<&Value>) -> Value {
    let mut entry = Map::new();
    for (name, value) in [("old", old), ("new", new)] {
        if let Some(value) = value {
            entry.insert(name.to_owned(), value.clone());
        }
    }
    json!(entry)
}
