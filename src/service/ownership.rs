//! Values that belong to one connection (`externalId`): whose they are, and what the others do not see.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Call, parse_document};
use crate::error::Result;
use crate::resource::hide_private;
use crate::schema::{AttributeDef, ResourceType, validate};
use crate::store::ConnectionKey;
use crate::store::resources::Stored;

/// The connection whose name space the values of scoped attributes are in: whoever set them last.
pub(super) fn owner(
    call: &Call<'_>,
    resource_type: &ResourceType,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    present: Option<ConnectionKey>,
) -> Option<ConnectionKey> {
    let mut scoped = resource_type
        .attributes
        .iter()
        .filter(|attribute| attribute.scoped.is_some());
    let is_set = scoped.any(|attribute| {
        let after = validate::get(new, attribute);
        after.is_some() && after != validate::get(old, attribute)
    });
    if is_set {
        call.caller.connection
    } else {
        present
    }
}

/// The document of a resource as the caller may see and change it, and what was hidden from it.
pub(super) fn visible(
    call: &Call<'_>,
    resource_type: &ResourceType,
    stored: &Stored,
) -> Result<(Map<String, Value>, Hidden)> {
    let mut document = parse_document(&stored.document)?;
    let hidden = if stored.owner == call.caller.connection {
        Hidden::default()
    } else {
        Hidden(hide_private(resource_type, &mut document))
    };
    Ok((document, hidden))
}

/// Values that the caller does not see and therefore cannot take away.
#[derive(Debug, Default)]
pub(super) struct Hidden(Vec<(Arc<AttributeDef>, Value)>);

impl Hidden {
    /// Puts them back, unless the caller has set values of its own.
    pub(super) fn restore(&self, document: &mut Map<String, Value>) {
        for (attribute, value) in &self.0 {
            if validate::get(document, attribute).is_none() {
                validate::set(document, attribute, value.clone());
            }
        }
    }
}
