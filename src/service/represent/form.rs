//! What is the same for all resources of a type in one answer: made once, and then used for each of them.

use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use super::Call;
use crate::resource::push_timestamp;
use crate::schema::project::Projection;
use crate::schema::{AttributeDef, InText, Relation, ResourceType, ResourceTypeId, Returned};
use crate::store::resources::Stored;

/// How resources of a type are shown.
pub(super) struct Form<'a> {
    pub(super) resource_type: &'a Arc<ResourceType>,
    /// The relations whose values are shown.
    relations: Vec<Relation>,
    /// Whether there are values that only the connection sees that set them.
    pub(super) has_private: bool,
    /// See [`cut_names`].
    cut: Option<Vec<&'a InText>>,
    /// Attributes that refer to a resource and are shown.
    references: Vec<&'a InText>,
    /// As JSON text: the type's name, and the address of its resources without the id and the last quotation mark.
    name: String,
    address: String,
}

impl<'a> Form<'a> {
    fn new(call: &Call<'_>, resource_type: &'a Arc<ResourceType>, projection: &Projection) -> Self {
        let is_shown = |attribute: &AttributeDef| projection.includes(resource_type, attribute);
        let relations = resource_type.all_attributes().filter_map(|attribute| {
            let relation = attribute.relation?;
            is_shown(attribute).then_some(relation)
        });
        let references = resource_type.references.iter();
        let references = references.filter(|reference| is_shown(&reference.attribute));
        let mut address = json_text(&format!("{}{}/", call.base_url, resource_type.endpoint));
        address.pop();
        Self {
            resource_type,
            relations: relations.collect(),
            has_private: resource_type.private_attributes().next().is_some(),
            cut: cut_names(resource_type, projection),
            references: references
                .map(|reference| &reference.attribute.in_text)
                .collect(),
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

    /// Whether the values of a relation are shown.
    pub(super) fn shows(&self, relation: Relation) -> bool {
        self.relations.contains(&relation)
    }

    /// Whether each document has to be cut.
    pub(super) fn cuts_all(&self) -> bool {
        self.cut.is_none()
    }

    /// Whether the document has a reference to complete.
    pub(super) fn refers(&self, document: &str) -> bool {
        self.references.iter().any(|name| name.is_in(document))
    }

    /// Whether the projection shows everything that the document has.
    pub(super) fn leaves_whole(&self, document: &str) -> bool {
        let cut = self.cut.as_ref();
        cut.is_some_and(|cut| !cut.iter().any(|name| name.is_in(document)))
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
    Value::from(text).to_string()
}

/// Appends a text as JSON; most have nothing to escape.
pub(super) fn push_json(target: &mut String, text: &str) {
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        target.push('"');
        target.push_str(text);
        target.push('"');
    } else {
        target.push_str(&json_text(text));
    }
}

/// Whether the values are shown to everyone who does not ask for others.
fn is_plain(attribute: &AttributeDef) -> bool {
    !attribute.is_hidden() && matches!(attribute.returned, Returned::Default | Returned::Always)
}

/// The names of what is not shown, or not all of it: a document with none of them is shown as it is. `None`: the projection names parts
/// of documents, and each has to be cut.
fn cut_names<'a>(
    resource_type: &'a ResourceType,
    projection: &Projection,
) -> Option<Vec<&'a InText>> {
    if projection.names_document(resource_type) {
        return None;
    }
    let is_shown = |attribute: &AttributeDef| {
        let is_outside = attribute.relation.is_some() || attribute.is_password;
        is_outside || (is_plain(attribute) && projection.includes(resource_type, attribute))
    };
    let cut = resource_type.all_attributes().filter(|attribute| {
        !is_shown(attribute) || attribute.sub_attributes.iter().any(|sub| !is_plain(sub))
    });
    Some(cut.map(|attribute| &attribute.in_text).collect())
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
            prop_assert_eq!(appended, json_text(&text));
        }
    }
}
