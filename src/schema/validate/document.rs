//! Where the value of a top-level attribute is in a document: at its top, or in the object of its extension.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::schema::{AttributeDef, ResourceType};

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

/// Takes a top-level value out, leaving what is around it.
pub fn take(document: &mut Map<String, Value>, attribute: &AttributeDef) -> Option<Value> {
    match &attribute.extension {
        None => document.remove(&attribute.name),
        Some(extension) => document
            .get_mut(&**extension)?
            .as_object_mut()?
            .remove(&attribute.name),
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

/// Every top-level attribute of a type with its value, in the order of [`ResourceType::all_attributes`]. The object of an extension
/// is looked for once.
pub fn values<'a>(
    resource_type: &'a ResourceType,
    document: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'a Arc<AttributeDef>, Option<&'a Value>)> {
    let core = resource_type.attributes.iter();
    let core = core.map(|attribute| (attribute, document.get(&attribute.name)));
    let extensions = resource_type.extensions.iter().flat_map(|extension| {
        let object = document.get(&*extension.schema).and_then(Value::as_object);
        let attributes = extension.attributes.iter();
        attributes.map(move |attribute| {
            let value = object.and_then(|object| object.get(&attribute.name));
            (attribute, value)
        })
    });
    core.chain(extensions)
}
