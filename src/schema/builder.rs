//! Documents of one resource type → definitions.

use std::sync::{Arc, OnceLock};

use super::account::{Account, Team};
use super::attribute::{
    AttributeDef, AttributeDocument, AttributeId, Kind, Mutability, Preparation, Relation, Scoped,
    Uniqueness,
};
use super::profile::{EditedBy, SeenBy, profile};
use super::resource_type::{Behaviour, Extension, Reference, ResourceType, ResourceTypeDocument};
use super::{Custom, InText, IndexKey, Registry, ResourceTypeId, Schema};
use crate::error::{Error, Result};

/// Turns the documents of one resource type into definitions.
pub(super) struct Builder<'a> {
    pub(super) id: ResourceTypeId,
    pub(super) document: &'a ResourceTypeDocument,
    pub(super) behaviour: &'a Behaviour,
    pub(super) custom: &'a Custom,
    pub(super) number: &'a dyn Fn(&str) -> AttributeId,
}

impl Builder<'_> {
    pub(super) fn build(
        &self,
        common: &[AttributeDocument],
        registry: &Registry,
    ) -> Result<ResourceType> {
        let core = self.schema(registry, &self.document.schema)?;
        // The common attributes are what RFC 7643 §3.1 says, whatever a schema says of them.
        let own = core
            .attributes
            .iter()
            .filter(|attribute| !is_common(common, &attribute.name));
        let attributes: Vec<_> = common
            .iter()
            .chain(own)
            .map(|attribute| self.attribute(attribute, None, None))
            .collect();
        let mut extensions = Vec::new();
        for extension in &self.document.schema_extensions {
            let schema = self.schema(registry, &extension.schema)?;
            let attributes = schema
                .attributes
                .iter()
                .map(|attribute| self.attribute(attribute, Some(&schema.id), None));
            extensions.push(Extension {
                schema: Arc::clone(&schema.id),
                in_text: InText::of_object(&schema.id),
                required: extension.required,
                attributes: attributes.collect(),
            });
        }
        let mut resource_type = ResourceType {
            id: self.id,
            name: self.document.name.clone(),
            endpoint: self.document.endpoint.clone(),
            family: self.behaviour.family,
            schema: Arc::clone(&core.id),
            attributes,
            extensions,
            display: Vec::new(),
            defaults: Vec::new(),
            references: Vec::new(),
            self_service: self.behaviour.self_service.clone(),
            enabled: None,
            kept: self.behaviour.kept.clone(),
            profile: Vec::new(),
            account: None,
            team: None,
            usual: OnceLock::new(),
        };
        self.complete(&mut resource_type)?;
        Ok(resource_type)
    }

    fn complete(&self, resource_type: &mut ResourceType) -> Result<()> {
        let is_text = |attribute: &Arc<AttributeDef>| {
            attribute.kind == Kind::String && !attribute.is_in_array && !attribute.is_hidden()
        };
        let display = self
            .behaviour
            .display
            .iter()
            .filter_map(|path| by_path(resource_type, path).ok())
            .filter(is_text)
            .collect();
        let defaults = self
            .behaviour
            .defaults
            .iter()
            .map(|(path, value)| Ok((by_path(resource_type, path)?, value.clone())));
        let defaults = defaults.collect::<Result<_>>()?;
        let references = self.behaviour.references.iter().filter_map(|reference| {
            Some(Reference {
                attribute: by_path(resource_type, &reference.attribute).ok()?,
                display: Some(reference.display.clone()),
            })
        });
        let mut references: Vec<Reference> = references.collect();
        references.extend(self.computed_references(resource_type));
        let enabled = self.behaviour.enabled.as_deref();
        let enabled = enabled
            .map(|path| by_path(resource_type, path))
            .transpose()?;
        let known = |path: &str| by_path(resource_type, path).ok();
        let account = Account::find(&self.behaviour.account, known);
        let team = Team::find(&self.behaviour.team, known);
        (resource_type.account, resource_type.team) = (account, team);
        let behaviour = self.behaviour;
        let usual = |path: &str| {
            if behaviour.self_service.iter().any(|known| known == path) {
                (SeenBy::People, EditedBy::People)
            } else if behaviour.owned.iter().any(|known| known == path) {
                (SeenBy::People, EditedBy::Connection)
            } else {
                (SeenBy::Operators, EditedBy::Operators)
            }
        };
        let own = |path: &str| {
            let full = format!("{}:{path}", self.document.name);
            self.custom.profile.get(&full).cloned()
        };
        let profile = profile(resource_type.all_attributes(), &behaviour.order, usual, own);
        resource_type.self_service = profile
            .iter()
            .filter(|one| one.edited_by == EditedBy::People)
            .map(|one| one.attribute.path())
            .collect();
        resource_type.profile = profile;
        (
            resource_type.display,
            resource_type.defaults,
            resource_type.references,
            resource_type.enabled,
        ) = (display, defaults, references, enabled);
        Ok(())
    }

    /// In a tenant's own schemas: an id beside a `$ref` that only the server can set refers to a resource.
    fn computed_references(&self, resource_type: &ResourceType) -> Vec<Reference> {
        let is_own = |attribute: &&Arc<AttributeDef>| {
            self.behaviour.number == 0 || !self.is_embedded(attribute.extension.as_deref())
        };
        let reference = |attribute: &Arc<AttributeDef>| {
            let is_computed = |name: &str, kind: Kind| {
                let sub = attribute.sub_attribute(name)?;
                (sub.kind == kind).then_some(sub)
            };
            is_computed("value", Kind::String)?;
            let address = is_computed("$ref", Kind::Reference)?;
            if address.mutability != Mutability::ReadOnly {
                return None;
            }
            let mut subs = attribute.sub_attributes.iter();
            let display =
                subs.find(|sub| sub.kind == Kind::String && sub.mutability == Mutability::ReadOnly);
            Some(Reference {
                attribute: Arc::clone(attribute),
                display: display.map(|display| display.name.clone()),
            })
        };
        let own = resource_type.all_attributes().filter(is_own);
        own.filter(|attribute| attribute.relation.is_none())
            .filter_map(reference)
            .collect()
    }

    /// Whether the extension is one of those that every tenant has.
    fn is_embedded(&self, extension: Option<&str>) -> bool {
        let mut own = self.custom.schemas.iter();
        !own.any(|document| document.get("id").and_then(serde_json::Value::as_str) == extension)
            || extension.is_none()
    }

    fn schema<'r>(&self, registry: &'r Registry, id: &str) -> Result<&'r Schema> {
        let name = &self.document.name;
        registry.schema(id).ok_or_else(|| {
            Error::invalid_value(format!(
                "resource type {name:?} names the schema {id:?}, which does not exist"
            ))
        })
    }

    fn attribute(
        &self,
        document: &AttributeDocument,
        extension: Option<&Arc<str>>,
        parent: Option<&AttributeDef>,
    ) -> Arc<AttributeDef> {
        let mut attribute = AttributeDef {
            id: AttributeId(0),
            name: document.name.clone(),
            in_text: InText::of(&document.name),
            extension: extension.cloned(),
            parent: parent.map(|parent| parent.name.as_str().into()),
            kind: document.kind,
            multi_valued: document.multi_valued,
            required: document.required,
            case_exact: document.case_exact
                || document.kind == Kind::Binary
                || document.kind == Kind::Reference,
            mutability: document.mutability,
            returned: document.returned,
            uniqueness: document.uniqueness,
            canonical_values: document.canonical_values.clone(),
            reference_types: document.reference_types.clone(),
            sub_attributes: Vec::new(),
            is_indexed: false,
            is_searchable: false,
            scoped: None,
            is_password: false,
            canonical: None,
            format: None,
            implied: None,
            relation: parent
                .map_or_else(|| self.relation(&document.name), |parent| parent.relation),
            preparation: Preparation::Plain,
            is_in_array: document.multi_valued || parent.is_some_and(|parent| parent.multi_valued),
        };
        self.behave(&mut attribute);
        attribute.sub_attributes = document
            .sub_attributes
            .iter()
            .map(|sub| self.attribute(sub, extension, Some(&attribute)))
            .collect();
        Arc::new(attribute)
    }

    /// What the schema document does not say.
    fn behave(&self, attribute: &mut AttributeDef) {
        let path = attribute.path();
        let full = format!("{}:{path}", self.document.name);
        let behaviour = self.behaviour;
        if self.is_relaxed(&path) {
            attribute.uniqueness = Uniqueness::None;
        }
        if behaviour.usernames.contains(&path) {
            attribute.preparation = Preparation::Username;
        }
        attribute.is_password = behaviour.passwords.contains(&path);
        attribute.canonical = behaviour.canonical.get(&path).copied();
        attribute.format = behaviour.formats.get(&path).copied();
        let implied = behaviour.implied.get(&path);
        attribute.implied = implied.and_then(|value| IndexKey::of(attribute, value));
        attribute.id = (self.number)(&full);
        attribute.is_indexed = self.is_indexed(attribute, &path, &full);
        let is_pending = self
            .custom
            .pending
            .iter()
            .any(|pending| pending.eq_ignore_ascii_case(&full));
        attribute.is_searchable = attribute.is_indexed && !is_pending;
        if behaviour.scoped.contains(&path) {
            attribute.scoped = Some(Scoped {
                id: (self.number)(&format!("{full}@connection")),
                is_unique: self.custom.scoped_is_unique,
                is_private: self.custom.scoped_is_private,
            });
        }
    }

    fn is_relaxed(&self, path: &str) -> bool {
        let mut relaxable = self.behaviour.relaxable.iter();
        relaxable.any(|(setting, relaxed)| relaxed == path && self.custom.relaxed.contains(setting))
    }

    /// Unique values are always indexed; relations, `id` and `meta` have tables and columns of their own.
    fn is_indexed(&self, attribute: &AttributeDef, path: &str, full: &str) -> bool {
        let has_own_column = attribute.extension.is_none()
            && (path == "id" || path == "meta" || path.starts_with("meta."));
        let behaviour = &self.behaviour.indexed;
        let is_listed = behaviour
            .iter()
            .any(|listed| listed.eq_ignore_ascii_case(path))
            || self
                .custom
                .index
                .iter()
                .any(|listed| listed.eq_ignore_ascii_case(full));
        !has_own_column
            && attribute.relation.is_none()
            && attribute.kind != Kind::Complex
            && !attribute.is_hidden()
            && (is_listed || attribute.is_unique())
    }

    fn relation(&self, name: &str) -> Option<Relation> {
        match self.behaviour.relations.get(name).map(String::as_str) {
            Some("members") => Some(Relation::Members),
            Some("groups") => Some(Relation::Groups),
            Some("assigned") => Some(Relation::Assigned),
            Some(_) | None => None,
        }
    }
}

fn is_common(common: &[AttributeDocument], name: &str) -> bool {
    common
        .iter()
        .any(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

pub(super) fn by_path(resource_type: &ResourceType, path: &str) -> Result<Arc<AttributeDef>> {
    let all = resource_type
        .all_attributes()
        .flat_map(|attribute| std::iter::once(attribute).chain(&attribute.sub_attributes));
    let found = all
        .into_iter()
        .find(|attribute| attribute.path().eq_ignore_ascii_case(path));
    found.cloned().ok_or_else(|| {
        Error::invalid_value(format!(
            "{:?} names {path:?}, which is no attribute of that resource type",
            resource_type.name
        ))
    })
}
