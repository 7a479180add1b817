//! [`Predicate`] on a [`Resource`]: the reference semantics of every filter. SQL must agree with it.

use serde_json::{Map, Value};

use super::{Related, Resource, etag, instant};
use crate::filter::{Op, Predicate, Test, compare_keys};
use crate::schema::{AttributeDef, IndexKey, Relation, ResourceType, validate};

/// Whether the resource satisfies the predicate.
///
/// Members and groups count only as far as they have been read into the resource.
#[must_use]
pub fn matches(predicate: &Predicate, resource: &Resource, resource_type: &ResourceType) -> bool {
    Subject {
        resource,
        resource_type,
    }
    .satisfies(predicate)
}

/// Whether one value of a multi-valued attribute satisfies the predicate in the brackets.
#[must_use]
pub fn element_matches(predicate: &Predicate, element: &Value) -> bool {
    match predicate {
        Predicate::And(parts) => parts.iter().all(|part| element_matches(part, element)),
        Predicate::Or(parts) => parts.iter().any(|part| element_matches(part, element)),
        Predicate::Not(part) => !element_matches(part, element),
        Predicate::SameElement { .. } => false,
        Predicate::Test(test) => {
            let value = if test.attribute.parent.is_some() {
                element.get(&test.attribute.name)
            } else {
                Some(element)
            };
            holds(test, &keys(&test.attribute, value))
        }
    }
}

/// The truth table: `ne` also holds without any value; everything else needs one value for which it holds.
fn holds(test: &Test, keys: &[IndexKey]) -> bool {
    match test.op {
        Op::Ne => keys.is_empty() || keys.iter().any(|key| *key != test.key),
        op => keys.iter().any(|key| compare_keys(op, key, &test.key)),
    }
}

struct Subject<'a> {
    resource: &'a Resource,
    resource_type: &'a ResourceType,
}

impl Subject<'_> {
    fn satisfies(&self, predicate: &Predicate) -> bool {
        match predicate {
            Predicate::And(parts) => parts.iter().all(|part| self.satisfies(part)),
            Predicate::Or(parts) => parts.iter().any(|part| self.satisfies(part)),
            Predicate::Not(part) => !self.satisfies(part),
            Predicate::Test(test) => holds(test, &self.keys(&test.attribute)),
            Predicate::SameElement { attribute, test } => self
                .elements(attribute)
                .iter()
                .any(|element| element_matches(test, element)),
        }
    }

    /// The keys of all values of an attribute.
    fn keys(&self, attribute: &AttributeDef) -> Vec<IndexKey> {
        if attribute.relation.is_some() {
            return self.related_keys(attribute);
        }
        if attribute.extension.is_none()
            && let Some(keys) = self.own_keys(attribute)
        {
            return keys;
        }
        let Some(parent) = &attribute.parent else {
            return keys(attribute, validate::get(&self.resource.document, attribute));
        };
        let object = match &attribute.extension {
            None => Some(&self.resource.document),
            Some(extension) => self
                .resource
                .document
                .get(&**extension)
                .and_then(Value::as_object),
        };
        let parent = object.and_then(|object| object.get(&**parent));
        let elements = parent.map(elements_of).unwrap_or_default();
        elements
            .into_iter()
            .flat_map(|element| keys(attribute, element.get(&attribute.name)))
            .collect()
    }

    /// Attributes that the server keeps beside the document.
    fn own_keys(&self, attribute: &AttributeDef) -> Option<Vec<IndexKey>> {
        let meta = &self.resource.meta;
        let key = match attribute.path().as_str() {
            "id" => IndexKey::exact(&self.resource.id.to_string()),
            "meta.resourceType" => IndexKey::exact(&self.resource_type.name),
            "meta.created" => IndexKey::of_instant(instant(meta.created)),
            "meta.lastModified" => IndexKey::of_instant(instant(meta.last_modified)),
            "meta.version" => IndexKey::exact(&etag::of(meta.version)),
            "schemas" => {
                let schemas = super::schemas(self.resource_type, &self.resource.document);
                return Some(
                    schemas
                        .iter()
                        .map(|schema| IndexKey::exact(schema))
                        .collect(),
                );
            }
            _ => return None,
        };
        Some(vec![key])
    }

    fn related(&self, relation: Option<Relation>) -> &[Related] {
        let related = match relation {
            Some(Relation::Members) => &self.resource.members,
            Some(Relation::Groups) => &self.resource.groups,
            Some(Relation::Assigned) | None => &None,
        };
        related.as_deref().unwrap_or_default()
    }

    fn related_keys(&self, attribute: &AttributeDef) -> Vec<IndexKey> {
        let related = self.related(attribute.relation).iter().map(related_element);
        if attribute.parent.is_none() {
            return related.map(|_| IndexKey::exact("")).collect();
        }
        related
            .flat_map(|element| keys(attribute, element.get(&attribute.name)))
            .collect()
    }

    fn elements(&self, attribute: &AttributeDef) -> Vec<Value> {
        if attribute.relation.is_some() {
            return self
                .related(attribute.relation)
                .iter()
                .map(related_element)
                .collect();
        }
        let value = match attribute.path().as_str() {
            "schemas" => {
                return super::schemas(self.resource_type, &self.resource.document)
                    .into_iter()
                    .map(Value::String)
                    .collect();
            }
            "meta" => return vec![self.meta_element()],
            _ => validate::get(&self.resource.document, attribute),
        };
        value
            .map(|value| elements_of(value).into_iter().cloned().collect())
            .unwrap_or_default()
    }

    fn meta_element(&self) -> Value {
        let meta = &self.resource.meta;
        Value::Object(Map::from_iter([
            (
                "resourceType".to_owned(),
                Value::from(self.resource_type.name.as_str()),
            ),
            (
                "created".to_owned(),
                Value::from(super::timestamp(meta.created)),
            ),
            (
                "lastModified".to_owned(),
                Value::from(super::timestamp(meta.last_modified)),
            ),
            ("version".to_owned(), Value::from(etag::of(meta.version))),
        ]))
    }
}

/// A member or group as its sub-attributes, without `$ref`, which depends on the server's address.
#[must_use]
pub fn related_element(related: &Related) -> Value {
    let mut element = Map::new();
    element.insert("value".to_owned(), Value::from(related.id.to_string()));
    element.insert("type".to_owned(), Value::from(related.label.as_str()));
    if let Some(display) = &related.display {
        element.insert("display".to_owned(), Value::from(display.as_str()));
    }
    Value::Object(element)
}

fn elements_of(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        other => vec![other],
    }
}

fn keys(attribute: &AttributeDef, value: Option<&Value>) -> Vec<IndexKey> {
    let Some(value) = value else {
        return Vec::new();
    };
    if attribute.kind == crate::schema::Kind::Complex {
        return vec![IndexKey::exact("")];
    }
    elements_of(value)
        .into_iter()
        .filter_map(|value| IndexKey::of(attribute, value))
        .collect()
}
