//! Which attributes exist, and what holds for them (RFC 7643 §2, §7).
//!
//! The [`Registry`] is built from the documents in `schemas/`: the same documents are served by `/Schemas` and consulted
//! by validation, projection, filters and PATCH. An attribute that is added there works without touching code.
//!
//! What a schema document cannot express (what is indexed, which values are computed) stands in
//! `schemas/behaviour.json`, by resource type. No SQL and no HTTP here.

mod attribute;
mod index_key;
pub mod project;
mod resource_type;
pub mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use attribute::AttributeDocument;
pub use attribute::{
    AttributeDef, AttributeId, Kind, Mutability, Preparation, Relation, Returned, Uniqueness,
};
pub use index_key::{FOLD_VERSION, IndexKey, MAX_KEY_BYTES, fold, parse_instant};
use resource_type::{Behaviour, ResourceTypeDocument};
pub use resource_type::{Extension, Reference, ResourceType, ResourceTypeId, Target};

use crate::error::{Error, Result};

const SCHEMAS: &[&str] = &[
    include_str!("../../schemas/User.json"),
    include_str!("../../schemas/EnterpriseUser.json"),
    include_str!("../../schemas/Group.json"),
    include_str!("../../schemas/ServiceProviderConfig.json"),
    include_str!("../../schemas/ResourceType.json"),
    include_str!("../../schemas/Schema.json"),
];
const RESOURCE_TYPES: &str = include_str!("../../schemas/resource_types.json");
const COMMON: &str = include_str!("../../schemas/common.json");
const BEHAVIOUR: &str = include_str!("../../schemas/behaviour.json");

/// Every schema and resource type this server knows.
#[derive(Debug)]
pub struct Registry {
    schemas: Vec<Schema>,
    resource_type_documents: Vec<Value>,
    resource_types: Vec<Arc<ResourceType>>,
}

/// One schema, as a document to serve and as definitions to consult.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The schema's URN.
    pub id: Arc<str>,
    /// The document as it is served, without `meta`.
    pub document: Value,
    attributes: Vec<AttributeDocument>,
}

impl Registry {
    /// The embedded schemas.
    ///
    /// `index` lists further attributes to index, as `User:title` or `User:urn:…:User:department`. `number` gives each
    /// attribute path its stable number.
    ///
    /// # Errors
    /// When `index` names an attribute that does not exist, or when a document is not what RFC 7643 §6 and §7 demand.
    pub fn embedded(index: &[String], number: &dyn Fn(&str) -> AttributeId) -> Result<Self> {
        let schemas = SCHEMAS
            .iter()
            .map(|text| read_schema(text))
            .collect::<Result<Vec<_>>>()?;
        let documents: Vec<Value> = read(RESOURCE_TYPES, "resource_types.json")?;
        let common: Vec<AttributeDocument> = read(COMMON, "common.json")?;
        let behaviour: BTreeMap<String, Behaviour> = read(BEHAVIOUR, "behaviour.json")?;
        let mut registry = Self {
            schemas,
            resource_type_documents: documents.clone(),
            resource_types: Vec::new(),
        };
        for document in documents {
            let document: ResourceTypeDocument =
                serde_json::from_value(document).map_err(|error| {
                    Error::internal("a resource type document is malformed").caused_by(error)
                })?;
            let mut behaviour = behaviour.get(&document.name).cloned().unwrap_or_default();
            let prefix = format!("{}:", document.name);
            behaviour.indexed.extend(
                index
                    .iter()
                    .filter_map(|path| path.strip_prefix(&prefix))
                    .map(str::to_owned),
            );
            let builder = Builder {
                document: &document,
                behaviour: &behaviour,
                number,
            };
            let resource_type = builder.build(&common, &registry)?;
            registry.resource_types.push(Arc::new(resource_type));
        }
        registry.check_index_list(index)?;
        Ok(registry)
    }

    fn check_index_list(&self, index: &[String]) -> Result<()> {
        for path in index {
            let type_name = path.split(':').next().unwrap_or_default();
            if !self
                .resource_types
                .iter()
                .any(|resource_type| resource_type.name == type_name)
            {
                return Err(Error::invalid_value(format!(
                    "index.attributes: {path:?} does not begin with a resource type and a colon, as in \"User:title\""
                )));
            }
        }
        Ok(())
    }

    /// Every schema, core and extension.
    #[must_use]
    pub fn schemas(&self) -> &[Schema] {
        &self.schemas
    }

    /// The schema with that URN, in any case.
    #[must_use]
    pub fn schema(&self, id: &str) -> Option<&Schema> {
        self.schemas
            .iter()
            .find(|schema| schema.id.eq_ignore_ascii_case(id))
    }

    /// The resource types, in the order of their numbers.
    #[must_use]
    pub fn resource_types(&self) -> &[Arc<ResourceType>] {
        &self.resource_types
    }

    /// The resource type documents as they are served, without `meta`.
    #[must_use]
    pub fn resource_type_documents(&self) -> &[Value] {
        &self.resource_type_documents
    }

    /// The resource type with that number.
    #[must_use]
    pub fn resource_type(&self, id: ResourceTypeId) -> Option<&Arc<ResourceType>> {
        self.resource_types
            .iter()
            .find(|resource_type| resource_type.id == id)
    }

    /// The resource type at that endpoint (`/Users`), which is case-exact (RFC 7643 §6).
    #[must_use]
    pub fn at_endpoint(&self, endpoint: &str) -> Option<&Arc<ResourceType>> {
        self.resource_types
            .iter()
            .find(|resource_type| resource_type.endpoint.strip_prefix('/') == Some(endpoint))
    }

    /// The paths of all attributes, as `User:emails.value`: what the store numbers.
    ///
    /// # Errors
    /// As [`Registry::embedded`].
    pub fn embedded_paths() -> Result<Vec<String>> {
        let paths = std::cell::RefCell::new(Vec::new());
        Self::embedded(&[], &|path| {
            paths.borrow_mut().push(path.to_owned());
            AttributeId(0)
        })?;
        Ok(paths.into_inner())
    }
}

fn read<T: for<'de> Deserialize<'de>>(text: &str, name: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| Error::internal(format!("{name} is malformed")).caused_by(error))
}

fn read_schema(text: &str) -> Result<Schema> {
    #[derive(Deserialize)]
    struct Head {
        id: String,
        attributes: Vec<AttributeDocument>,
    }
    let document: Value = read(text, "a schema")?;
    let head: Head = read(text, "a schema")?;
    Ok(Schema {
        id: head.id.into(),
        document,
        attributes: head.attributes,
    })
}

/// Turns the documents of one resource type into definitions.
struct Builder<'a> {
    document: &'a ResourceTypeDocument,
    behaviour: &'a Behaviour,
    number: &'a dyn Fn(&str) -> AttributeId,
}

impl Builder<'_> {
    fn build(&self, common: &[AttributeDocument], registry: &Registry) -> Result<ResourceType> {
        let core = self.schema(registry, &self.document.schema)?;
        let attributes: Vec<_> = common
            .iter()
            .chain(&core.attributes)
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
                required: extension.required,
                attributes: attributes.collect(),
            });
        }
        let mut resource_type = ResourceType {
            id: ResourceTypeId(self.behaviour.number),
            name: self.document.name.clone(),
            endpoint: self.document.endpoint.clone(),
            schema: Arc::clone(&core.id),
            attributes,
            extensions,
            display: Vec::new(),
            defaults: Vec::new(),
            references: Vec::new(),
        };
        self.complete(&mut resource_type)?;
        Ok(resource_type)
    }

    fn complete(&self, resource_type: &mut ResourceType) -> Result<()> {
        let display = self
            .behaviour
            .display
            .iter()
            .map(|path| by_path(resource_type, path))
            .collect::<Result<_>>()?;
        let defaults = self
            .behaviour
            .defaults
            .iter()
            .map(|(path, value)| Ok((by_path(resource_type, path)?, value.clone())));
        let defaults = defaults.collect::<Result<_>>()?;
        let references = self.behaviour.references.iter().map(|reference| {
            Ok(Reference {
                attribute: by_path(resource_type, &reference.attribute)?,
                display: reference.display.clone(),
            })
        });
        let references = references.collect::<Result<_>>()?;
        for path in &self.behaviour.indexed {
            let attribute = by_path(resource_type, path)?;
            if attribute.kind == Kind::Complex {
                return Err(Error::invalid_value(format!(
                    "index.attributes: {path:?} is complex; name one of its sub-attributes, as in \"{path}.value\""
                )));
            }
        }
        (
            resource_type.display,
            resource_type.defaults,
            resource_type.references,
        ) = (display, defaults, references);
        Ok(())
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
            relation: parent
                .map_or_else(|| self.relation(&document.name), |parent| parent.relation),
            preparation: Preparation::Plain,
            is_in_array: document.multi_valued || parent.is_some_and(|parent| parent.multi_valued),
        };
        let path = attribute.path();
        attribute.id = (self.number)(&format!("{}:{path}", self.document.name));
        if self.behaviour.usernames.contains(&path) {
            attribute.preparation = Preparation::Username;
        }
        attribute.is_indexed = self.is_indexed(&attribute, &path);
        attribute.sub_attributes = document
            .sub_attributes
            .iter()
            .map(|sub| self.attribute(sub, extension, Some(&attribute)))
            .collect();
        Arc::new(attribute)
    }

    /// Unique values are always indexed; relations, `id` and `meta` have tables and columns of their own.
    fn is_indexed(&self, attribute: &AttributeDef, path: &str) -> bool {
        let has_own_column = attribute.extension.is_none()
            && (path == "id" || path == "meta" || path.starts_with("meta."));
        let is_listed = self
            .behaviour
            .indexed
            .iter()
            .any(|listed| listed.eq_ignore_ascii_case(path));
        !has_own_column
            && attribute.relation.is_none()
            && attribute.kind != Kind::Complex
            && (is_listed || attribute.is_unique())
    }

    fn relation(&self, name: &str) -> Option<Relation> {
        match self.behaviour.relations.get(name).map(String::as_str) {
            Some("members") => Some(Relation::Members),
            Some("groups") => Some(Relation::Groups),
            Some(_) | None => None,
        }
    }
}

fn by_path(resource_type: &ResourceType, path: &str) -> Result<Arc<AttributeDef>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn registry() -> Registry {
        Registry::embedded(&[], &|_| AttributeId(0)).unwrap()
    }

    fn path(schema: Option<&str>, name: &str, sub: Option<&str>) -> Option<String> {
        let registry = registry();
        match registry
            .at_endpoint("Users")
            .unwrap()
            .resolve(schema, name, sub)?
        {
            Target::Attribute(attribute) => Some(attribute.path()),
            Target::Extension(extension) => Some(extension.schema.to_string()),
        }
    }

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    #[test]
    fn names_resolve_in_any_case_and_with_or_without_urn() {
        assert_eq!(path(None, "USERNAME", None).as_deref(), Some("userName"));
        assert_eq!(
            path(
                Some("urn:ietf:params:scim:schemas:CORE:2.0:User"),
                "name",
                Some("givenname")
            )
            .as_deref(),
            Some("name.givenName")
        );
        assert_eq!(
            path(Some(ENTERPRISE), "manager", Some("value")),
            Some(format!("{ENTERPRISE}:manager.value"))
        );
        assert_eq!(
            path(None, "department", None),
            Some(format!("{ENTERPRISE}:department"))
        );
        assert_eq!(path(None, "nothing", None), None);
    }

    #[test]
    fn a_known_urn_is_recognised_whole() {
        let (schema, name) = ENTERPRISE.rsplit_once(':').unwrap();
        assert_eq!(path(Some(schema), name, None).as_deref(), Some(ENTERPRISE));
        assert_eq!(
            path(Some(schema), name, Some("manager")),
            Some(format!("{ENTERPRISE}:manager"))
        );
    }

    #[test]
    fn an_index_list_with_an_unknown_attribute_is_refused() {
        let index = ["User:noSuchThing".to_owned()];
        let error = Registry::embedded(&index, &|_| AttributeId(0)).unwrap_err();
        assert!(error.detail().contains("noSuchThing"), "{error}");
    }
}
