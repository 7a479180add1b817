//! What the client sees: `attributes`, `excludedAttributes` and `returned` (RFC 7644 §3.9, RFC 7643 §7).

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{AttributeDef, ResourceType, Returned, Target};
use crate::error::{Error, Result};

/// A requested projection, before it is applied to a resource type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Projection {
    attributes: Vec<Name>,
    excluded: Vec<Name>,
    /// Paths of the attributes and sub-attributes that the client wrote: `returned: request` shows them in the answer to a write.
    written: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Name {
    schema: Option<String>,
    attribute: String,
    sub: Option<String>,
}

impl Projection {
    /// Reads the two lists. Names that cannot be attribute paths are passed over, as unknown ones are.
    ///
    /// # Errors
    /// `invalidValue` when both lists are given.
    pub fn new(attributes: &[String], excluded: &[String]) -> Result<Self> {
        let (attributes, excluded) = (names(attributes), names(excluded));
        if !attributes.is_empty() && !excluded.is_empty() {
            return Err(Error::invalid_value(
                "\"attributes\" and \"excludedAttributes\" exclude each other; give one of them",
            ));
        }
        Ok(Self {
            attributes,
            excluded,
            written: Vec::new(),
        })
    }

    /// The same projection for the answer to a write of these attributes and sub-attributes, by path.
    #[must_use]
    pub fn after_write(mut self, written: Vec<String>) -> Self {
        self.written = written;
        self
    }

    /// The same projection in fewer names: one that none of the types knows, or that says what another says, has no effect and
    /// would be looked up for every attribute of every resource.
    #[must_use]
    pub fn condensed(&self, resource_types: &[Arc<ResourceType>]) -> Cow<'_, Self> {
        if self.attributes.len() + self.excluded.len() < 2 {
            return Cow::Borrowed(self);
        }
        let mut attributes = distinct(&self.attributes, resource_types);
        if attributes.is_empty() {
            // Nothing but unknown names is not the same as no names.
            attributes.extend(self.attributes.first().cloned());
        }
        Cow::Owned(Self {
            attributes,
            excluded: distinct(&self.excluded, resource_types),
            written: self.written.clone(),
        })
    }

    /// Whether the client asked for anything but the default.
    #[must_use]
    pub fn is_given(&self) -> bool {
        !self.attributes.is_empty() || !self.excluded.is_empty()
    }

    /// Whether it is what everybody gets who names no attributes, neither to be shown nor in what they write.
    #[must_use]
    pub fn is_default(&self) -> bool {
        !self.is_given() && self.written.is_empty()
    }

    /// Whether an attribute, or a part of it, is in the projection.
    #[must_use]
    pub fn includes(&self, resource_type: &ResourceType, attribute: &AttributeDef) -> bool {
        match attribute.returned {
            _ if attribute.is_hidden() => false,
            Returned::Always => true,
            Returned::Never => false,
            Returned::Default if self.attributes.is_empty() => {
                !is_named(resource_type, &self.excluded, attribute, Part::Whole)
            }
            Returned::Default => is_named(resource_type, &self.attributes, attribute, Part::Any),
            Returned::Request
                if is_named(resource_type, &self.attributes, attribute, Part::Any) =>
            {
                true
            }
            Returned::Request => {
                self.attributes.is_empty()
                    && self.written.contains(&attribute.path())
                    && !is_named(resource_type, &self.excluded, attribute, Part::Whole)
            }
        }
    }

    /// Whether a list names anything that is stored in the document: then the document must be cut.
    #[must_use]
    pub fn names_document(&self, resource_type: &ResourceType) -> bool {
        let is_outside = |name: &Name| match resource_type.resolve(
            name.schema.as_deref(),
            &name.attribute,
            name.sub.as_deref(),
        ) {
            Some(Target::Attribute(attribute)) => {
                attribute.relation.is_some() && attribute.parent.is_none()
            }
            Some(Target::Extension(_)) => false,
            None => !is_schema_name(resource_type, name),
        };
        !self.attributes.is_empty() || !self.excluded.iter().all(is_outside)
    }

    /// Cuts a full representation down to what is asked for.
    #[must_use]
    pub fn apply(
        &self,
        resource_type: &ResourceType,
        full: Map<String, Value>,
    ) -> Map<String, Value> {
        let mut shown = Map::new();
        for (name, value) in full {
            if let (Some(extension), Value::Object(values)) =
                (resource_type.extension(&name), &value)
            {
                let values = self.cut_object(resource_type, &extension.attributes, values);
                if !values.is_empty() {
                    shown.insert(name, Value::Object(values));
                }
            } else if let Some(attribute) =
                super::resource_type::find(&resource_type.attributes, &name, None)
                && let Some(value) = self.cut(resource_type, attribute, value)
            {
                shown.insert(name, value);
            }
        }
        shown
    }

    fn cut_object(
        &self,
        resource_type: &ResourceType,
        attributes: &[Arc<AttributeDef>],
        values: &Map<String, Value>,
    ) -> Map<String, Value> {
        let mut kept = Map::new();
        for (name, value) in values {
            if let Some(attribute) = super::resource_type::find(attributes, name, None)
                && let Some(value) = self.cut(resource_type, attribute, value.clone())
            {
                kept.insert(name.clone(), value);
            }
        }
        kept
    }

    fn cut(
        &self,
        resource_type: &ResourceType,
        attribute: &AttributeDef,
        value: Value,
    ) -> Option<Value> {
        if !self.includes(resource_type, attribute) {
            return None;
        }
        if attribute.sub_attributes.is_empty() {
            return Some(value);
        }
        let parts = self.shown_parts(resource_type, attribute);
        match value {
            Value::Array(values) => {
                let values: Vec<Value> = values
                    .into_iter()
                    .filter_map(|value| cut_element(&parts, value))
                    .collect();
                if values.is_empty() {
                    None
                } else {
                    Some(Value::Array(values))
                }
            }
            value => cut_element(&parts, value),
        }
    }

    /// The names of the sub-attributes that are shown: the same for every value of the attribute.
    fn shown_parts<'a>(
        &self,
        resource_type: &ResourceType,
        attribute: &'a AttributeDef,
    ) -> Vec<&'a str> {
        let is_whole = self.attributes.is_empty()
            || attribute.returned == Returned::Always
            || is_named(resource_type, &self.attributes, attribute, Part::Whole);
        let is_shown = |sub: &AttributeDef| match sub.returned {
            _ if sub.is_hidden() => false,
            Returned::Always => true,
            Returned::Never => false,
            Returned::Default if is_whole => {
                !is_named(resource_type, &self.excluded, sub, Part::Whole)
            }
            Returned::Request
                if self.attributes.is_empty() && self.written.contains(&sub.path()) =>
            {
                !is_named(resource_type, &self.excluded, sub, Part::Whole)
            }
            Returned::Default | Returned::Request => {
                is_named(resource_type, &self.attributes, sub, Part::Whole)
            }
        };
        let subs = attribute.sub_attributes.iter();
        subs.filter(|sub| is_shown(sub))
            .map(|sub| sub.name.as_str())
            .collect()
    }
}

fn cut_element(parts: &[&str], value: Value) -> Option<Value> {
    let Value::Object(mut values) = value else {
        return Some(value);
    };
    values.retain(|name, _| parts.iter().any(|part| part.eq_ignore_ascii_case(name)));
    if values.is_empty() {
        None
    } else {
        Some(Value::Object(values))
    }
}

/// Whether the list names the attribute; with [`Part::Any`], naming a sub-attribute counts.
fn is_named(
    resource_type: &ResourceType,
    list: &[Name],
    attribute: &AttributeDef,
    part: Part,
) -> bool {
    list.iter().any(|name| {
        match resource_type.resolve(name.schema.as_deref(), &name.attribute, name.sub.as_deref()) {
            Some(Target::Extension(extension)) => {
                attribute.extension.as_ref() == Some(&extension.schema)
            }
            Some(Target::Attribute(named)) => is_covered(named, attribute, part),
            None => is_whole_schema(resource_type, name, attribute),
        }
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Whole,
    Any,
}

fn is_covered(named: &AttributeDef, attribute: &AttributeDef, part: Part) -> bool {
    if named.extension != attribute.extension {
        return false;
    }
    let is_same = named.name == attribute.name && named.parent == attribute.parent;
    let is_part =
        named.parent.as_deref() == Some(attribute.name.as_str()) && attribute.parent.is_none();
    is_same || (part == Part::Any && is_part)
}

/// The URN of the core schema alone names all of its attributes.
fn is_whole_schema(resource_type: &ResourceType, name: &Name, attribute: &AttributeDef) -> bool {
    attribute.extension.is_none() && is_schema_name(resource_type, name)
}

fn is_schema_name(resource_type: &ResourceType, name: &Name) -> bool {
    let Some(schema) = &name.schema else {
        return false;
    };
    let whole = match &name.sub {
        Some(sub) => format!("{schema}:{}.{sub}", name.attribute),
        None => format!("{schema}:{}", name.attribute),
    };
    resource_type.schema.eq_ignore_ascii_case(&whole)
}

/// The names that mean anything to one of the types, one for each meaning.
fn distinct(names: &[Name], resource_types: &[Arc<ResourceType>]) -> Vec<Name> {
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for name in names {
        let types = resource_types.iter();
        let meanings: Vec<Option<String>> = types.map(|of| meaning(of, name)).collect();
        if meanings.iter().any(Option::is_some) && seen.insert(meanings) {
            kept.push(name.clone());
        }
    }
    kept
}

/// The path of the attribute that a name stands for, or the URN of the schema.
fn meaning(resource_type: &ResourceType, name: &Name) -> Option<String> {
    match resource_type.resolve(name.schema.as_deref(), &name.attribute, name.sub.as_deref()) {
        Some(Target::Extension(extension)) => Some(extension.schema.to_string()),
        Some(Target::Attribute(attribute)) => Some(attribute.path()),
        None => is_schema_name(resource_type, name).then(|| resource_type.schema.to_string()),
    }
}

/// Splits comma-separated lists into names.
fn names(lists: &[String]) -> Vec<Name> {
    let parts = lists
        .iter()
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (schema, rest) = match part.rsplit_once(':') {
                Some((schema, rest)) => (Some(schema.to_owned()), rest),
                None => (None, part),
            };
            let (name, sub) = match rest.split_once('.') {
                Some((name, sub)) => (name, Some(sub.to_owned())),
                None => (rest, None),
            };
            Name {
                schema,
                attribute: name.to_owned(),
                sub,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::{AttributeId, Registry};

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    fn shown(attributes: &str, excluded: &str) -> Value {
        let registry = Registry::embedded(&[], &|_| AttributeId(0)).unwrap();
        let full = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "a",
            "name": {"givenName": "A", "familyName": "B"},
            "emails": [{"value": "a@x", "type": "work"}, {"type": "home"}],
            "meta": {"resourceType": "User"},
            ENTERPRISE: {"department": "D", "costCenter": "C"}
        });
        let projection = Projection::new(&[attributes.to_owned()], &[excluded.to_owned()]).unwrap();
        let Value::Object(full) = full else {
            unreachable!()
        };
        let mut shown = projection.apply(registry.at_endpoint("Users").unwrap(), full);
        shown.remove("schemas").unwrap();
        shown.remove("id").unwrap();
        Value::Object(shown)
    }

    #[test]
    fn attributes_give_the_minimum_and_what_is_named() {
        assert_eq!(shown("USERNAME", ""), json!({"userName": "a"}));
        assert_eq!(
            shown("name.givenname, emails.value", ""),
            json!({"name": {"givenName": "A"}, "emails": [{"value": "a@x"}]})
        );
        assert_eq!(
            shown(ENTERPRISE, ""),
            json!({ENTERPRISE: {"department": "D", "costCenter": "C"}})
        );
        assert_eq!(
            shown(&format!("{ENTERPRISE}:department"), ""),
            json!({ENTERPRISE: {"department": "D"}})
        );
        assert_eq!(shown("foo", ""), json!({}));
    }

    #[test]
    fn a_condensed_projection_shows_the_same() {
        let registry = Registry::embedded(&[], &|_| AttributeId(0)).unwrap();
        let users = registry.at_endpoint("Users").unwrap();
        let core = "urn:ietf:params:scim:schemas:core:2.0:User";
        let full = json!({
            "id": "1", "userName": "a", "title": "T", "name": {"givenName": "A", "familyName": "B"},
            "emails": [{"value": "a@x", "type": "work"}], ENTERPRISE: {"department": "D", "costCenter": "C"}
        });
        let Value::Object(full) = full else {
            unreachable!()
        };
        for (list, left) in [
            ("", 0),
            ("foo", 1),
            ("foo,bar,urn:foo:bar", 1),
            ("title,TITLE,foo,members", 2),
            ("emails.value,emails.VALUE,emails", 2),
            (core, 1),
            (
                &format!("{core},{core}:title,title,{}", core.to_uppercase()),
                2,
            ),
            (
                &format!("{ENTERPRISE},{ENTERPRISE}:department,department"),
                2,
            ),
        ] {
            let list = [list.to_owned()];
            let named = Projection::new(&list, &[]).unwrap();
            let condensed = named.condensed(registry.resource_types());
            assert_eq!(condensed.attributes.len(), left, "{list:?}");
            let without = Projection::new(&[], &list).unwrap();
            let less = without.condensed(registry.resource_types());
            for (one, other) in [(&named, &condensed), (&without, &less)] {
                let shown = one.apply(users, full.clone());
                assert_eq!(other.apply(users, full.clone()), shown, "{list:?}");
                assert_eq!(other.names_document(users), one.names_document(users));
            }
        }
    }

    #[test]
    fn excluded_attributes_are_left_out() {
        let full = shown("", "");
        assert_eq!(shown("", "id,schemas,foo"), full);
        let without = shown("", &format!("name.givenName,emails,meta,{ENTERPRISE}"));
        assert_eq!(
            without,
            json!({"userName": "a", "name": {"familyName": "B"}})
        );
    }
}
