//! What is the same for all resources of a type in one answer: made once, and then used for each of them.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use super::Call;
use crate::resource::push_timestamp;
use crate::schema::project::Projection;
use crate::schema::{ResourceType, ResourceTypeId, Shown};
use crate::store::resources::Stored;

/// How resources of a type are shown.
pub(super) struct Form<'a> {
    pub(super) resource_type: &'a Arc<ResourceType>,
    pub(super) shown: Cow<'a, Shown>,
    /// As JSON text: the type's name, and the address of its resources without the id and the last quotation mark.
    name: String,
    address: String,
}

impl<'a> Form<'a> {
    fn new(call: &Call<'_>, resource_type: &'a Arc<ResourceType>, projection: &Projection) -> Self {
        let mut address = json_text(&format!("{}{}/", call.base_url, resource_type.endpoint));
        address.pop();
        Self {
            resource_type,
            shown: resource_type.shown(projection),
            name: json_text(&resource_type.name),
            address,
        }
    }

    /// Those of the types that the rows are of.
    pub(super) fn of_rows(
        call: &'a Call<'_>,
        rows: &[Stored],
        projection: &Projection,
    ) -> Vec<Self> {
        let mut forms: Vec<Self> = Vec::new();
        for row in rows {
            if Self::find(&forms, row.resource_type).is_some() {
                continue;
            }
            if let Some(resource_type) = call.registry.resource_type(row.resource_type) {
                forms.push(Self::new(call, resource_type, projection));
            }
        }
        forms
    }

    /// The type's form.
    pub(super) fn find(forms: &[Self], id: ResourceTypeId) -> Option<&Self> {
        forms.iter().find(|form| form.resource_type.id == id)
    }

    /// The stored document as it is, between `id` and `meta`.
    pub(super) fn copied(&self, row: &Stored, members: &str, groups: &str) -> String {
        let inside = row
            .document
            .trim_start_matches('{')
            .strip_suffix('}')
            .unwrap_or_default();
        let mut buffer = Uuid::encode_buffer();
        let id: &str = row.id.hyphenated().encode_lower(&mut buffer);
        let mut body = String::with_capacity(inside.len() + members.len() + groups.len() + 500);
        body.push_str("{\"schemas\":[\"");
        body.push_str(&self.resource_type.schema);
        for extension in &self.resource_type.extensions {
            if extension.in_text.is_in(&row.document) {
                body.push_str("\",\"");
                body.push_str(&extension.schema);
            }
        }
        body.push_str("\"],\"id\":\"");
        body.push_str(id);
        body.push('"');
        for part in [inside, groups, members] {
            if !part.is_empty() {
                body.push(',');
                body.push_str(part);
            }
        }
        body.push_str(",\"meta\":{\"resourceType\":");
        body.push_str(&self.name);
        body.push_str(",\"created\":\"");
        push_timestamp(&mut body, row.meta.created);
        body.push_str("\",\"lastModified\":\"");
        push_timestamp(&mut body, row.meta.last_modified);
        body.push_str("\",\"location\":");
        body.push_str(&self.address);
        body.push_str(id);
        body.push_str("\",\"version\":\"W/\\\"");
        body.push_str(&row.meta.version.to_string());
        body.push_str("\\\"\"}}");
        body
    }
}

/// A text as JSON.
fn json_text(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    push_json(&mut json, text);
    json
}

/// Appends a text as JSON; most have nothing to escape.
pub(super) fn push_json(target: &mut String, text: &str) {
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        target.push('"');
        target.push_str(text);
        target.push('"');
    } else {
        target.push_str(&Value::from(text).to_string());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn appended_text_is_json(text in any::<String>()) {
            let mut appended = String::new();
            push_json(&mut appended, &text);
            prop_assert_eq!(appended, Value::from(text).to_string());
        }
    }
}
