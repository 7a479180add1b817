//! One resource in memory: what the client wrote apart from what the server knows. Pure: no SQL, no HTTP.
//!
//! The [`Resource::document`] holds canonical names and normalised values; it never holds `id`, `meta`, `members`,
//! `groups` or the password. PATCH works on it in [`patch`], filters on it in [`mod@matches`].

pub mod changes;
pub mod etag;
pub mod matches;
pub mod patch;

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::schema::index_key::push_instant;
use crate::schema::{AttributeDef, IndexKey, Preparation, ResourceType, validate};

/// A resource and what the server knows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// `id`.
    pub id: Uuid,
    /// What the client wrote, normalised.
    pub document: Map<String, Value>,
    /// Times and version.
    pub meta: Meta,
    /// Members of a group, where they have been read.
    pub members: Option<Vec<Related>>,
    /// Groups of a user, where they have been read.
    pub groups: Option<Vec<Related>>,
}

/// What `meta` is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meta {
    /// Microseconds since 1970 UTC.
    pub created: i64,
    /// Microseconds since 1970 UTC.
    pub last_modified: i64,
    /// Grows by one with every change.
    pub version: i64,
}

/// A resource as another one refers to it: a member of a group, a group of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Its id.
    pub id: Uuid,
    /// What `type` says: the resource type's name for a member, `direct` or `indirect` for a group.
    pub label: String,
    /// Endpoint of its resource type, with a leading slash.
    pub endpoint: String,
    /// Its name for people.
    pub display: Option<String>,
}

/// An instant from microseconds since 1970 UTC.
#[must_use]
pub fn instant(microseconds: i64) -> OffsetDateTime {
    const SECOND: i64 = 1_000_000;
    let part = u32::try_from(microseconds.rem_euclid(SECOND)).unwrap_or_default();
    OffsetDateTime::from_unix_timestamp(microseconds.div_euclid(SECOND))
        .and_then(|second| second.replace_microsecond(part))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// The form of a time in `meta`: UTC with milliseconds.
#[must_use]
pub fn timestamp(microseconds: i64) -> String {
    let mut text = String::with_capacity(24);
    push_timestamp(&mut text, microseconds);
    text
}

/// Appends a time in the form of [`timestamp`].
pub fn push_timestamp(text: &mut String, microseconds: i64) {
    push_instant(text, instant(microseconds), 3);
}

/// One row of the attribute index.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IndexEntry {
    /// Which attribute.
    pub attribute: crate::schema::AttributeId,
    /// Position of the value, the primary one first.
    pub element: i16,
    /// Its key.
    pub key: String,
    /// Whether no other resource of the tenant may hold the key.
    pub is_unique: bool,
}

/// The rows of the attribute index that a document has. `owner` is the connection whose name space its `externalId` is in.
#[must_use]
pub fn index_entries(
    resource_type: &ResourceType,
    document: &Map<String, Value>,
    owner: Option<i32>,
) -> Vec<IndexEntry> {
    let mut entries = Vec::new();
    for (attribute, value) in validate::values(resource_type, document) {
        let Some(value) = value else {
            continue;
        };
        if let (Some(scoped), Some(owner)) = (attribute.scoped, owner)
            && let Some(key) = IndexKey::of(attribute, value)
        {
            entries.push(IndexEntry {
                attribute: scoped.id,
                element: 0,
                key: format!("{owner}:{}", key.as_str()),
                is_unique: scoped.is_unique,
            });
        }
        let elements: Vec<&Value> = match value {
            Value::Array(values) => primary_first(values),
            other => vec![other],
        };
        for (position, element) in elements.into_iter().enumerate() {
            let element_number = i16::try_from(position).unwrap_or(i16::MAX);
            if attribute.is_indexed {
                push_entry(&mut entries, attribute, element_number, Some(element));
            }
            for sub in attribute.sub_attributes.iter().filter(|sub| sub.is_indexed) {
                push_entry(&mut entries, sub, element_number, element.get(&sub.name));
            }
        }
    }
    guard_once(&mut entries);
    entries
}

/// A resource may say the same twice: the first of its rows keeps others from saying it.
fn guard_once(entries: &mut [IndexEntry]) {
    let mut guarded = HashSet::new();
    for entry in entries.iter_mut().filter(|entry| entry.is_unique) {
        let IndexEntry {
            attribute,
            key,
            is_unique,
            ..
        } = entry;
        *is_unique = guarded.insert((*attribute, &*key));
    }
}

fn primary_first(values: &[Value]) -> Vec<&Value> {
    let mut ordered: Vec<&Value> = values.iter().collect();
    ordered.sort_by_key(|value| !validate::is_primary(value));
    ordered
}

fn push_entry(
    entries: &mut Vec<IndexEntry>,
    attribute: &AttributeDef,
    element: i16,
    value: Option<&Value>,
) {
    if let Some(key) = value.and_then(|value| IndexKey::of(attribute, value)) {
        entries.push(IndexEntry {
            attribute: attribute.id,
            element,
            key: key.as_str().to_owned(),
            is_unique: attribute.is_unique(),
        });
    }
}

/// Takes out what only the connection sees that set it; answers what that was.
pub fn hide_private(
    resource_type: &ResourceType,
    document: &mut Map<String, Value>,
) -> Vec<(Arc<AttributeDef>, Value)> {
    let private = resource_type.private_attributes();
    let hidden = private.filter_map(|attribute| {
        let value = validate::take(document, attribute)?;
        Some((Arc::clone(attribute), value))
    });
    hidden.collect()
}

/// The name by which others refer to the resource.
#[must_use]
pub fn display_name(resource_type: &ResourceType, document: &Map<String, Value>) -> Option<String> {
    resource_type.display.iter().find_map(|attribute| {
        simple_value(document, attribute)?
            .as_str()
            .map(str::to_owned)
    })
}

/// What people call a resource: its user name before what it is displayed as.
#[must_use]
pub fn called(resource_type: &ResourceType, document: &Map<String, Value>) -> Option<String> {
    let attributes = resource_type.all_attributes();
    let names = attributes.filter(|one| one.preparation == Preparation::Username);
    let known = names.chain(&resource_type.display);
    let mut texts = known.filter_map(|attribute| simple_value(document, attribute)?.as_str());
    texts.next().map(str::to_owned)
}

/// The value of a singular simple attribute or sub-attribute.
#[must_use]
pub fn simple_value<'a>(
    document: &'a Map<String, Value>,
    attribute: &AttributeDef,
) -> Option<&'a Value> {
    let object = match &attribute.extension {
        None => document,
        Some(extension) => document.get(&**extension)?.as_object()?,
    };
    match &attribute.parent {
        None => object.get(&attribute.name),
        Some(parent) => object.get(&**parent)?.get(&attribute.name),
    }
}

/// Whether the boolean that says if a resource may be used says that it may not; without value it may.
#[must_use]
pub fn is_off(document: &Map<String, Value>, enabled: &AttributeDef) -> bool {
    simple_value(document, enabled).and_then(Value::as_bool) == Some(false)
}

/// `schemas`: the core schema and every extension that has data (RFC 7643 §3).
#[must_use]
pub fn schemas(resource_type: &ResourceType, document: &Map<String, Value>) -> Vec<String> {
    let used = resource_type
        .extensions
        .iter()
        .filter(|extension| document.contains_key(&*extension.schema));
    std::iter::once(resource_type.schema.to_string())
        .chain(used.map(|extension| extension.schema.to_string()))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::format_description::well_known::Rfc3339;

    use super::*;
    use crate::schema::AttributeId;

    proptest! {
        /// From the year 1 to 9999.
        #[test]
        fn a_timestamp_says_the_millisecond(at in -62_135_596_800_000_000_i64..253_402_300_800_000_000) {
            let text = timestamp(at);
            prop_assert_eq!(text.len(), 24);
            let read = OffsetDateTime::parse(&text, &Rfc3339).unwrap();
            prop_assert_eq!(read.unix_timestamp_nanos(), i128::from(at.div_euclid(1_000)) * 1_000_000);
            prop_assert_eq!(instant(at).unix_timestamp_nanos(), i128::from(at) * 1_000);
        }
    }

    #[test]
    fn times_that_no_calendar_has_are_the_first_one() {
        assert_eq!(timestamp(i64::MAX), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp(i64::MIN), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn of_equal_unique_values_the_first_row_guards() {
        let row = |attribute, element, key: &str, is_unique| IndexEntry {
            attribute: AttributeId(attribute),
            element,
            key: key.to_owned(),
            is_unique,
        };
        let mut entries = [
            row(1, 0, "a", true),
            row(1, 1, "b", true),
            row(1, 2, "a", true),
            row(2, 0, "a", true),
            row(3, 0, "a", false),
        ];
        guard_once(&mut entries);
        let guarding = entries.map(|entry| entry.is_unique);
        assert_eq!(guarding, [true, true, false, true, false]);
    }
}
