//! Which attributes exist, and what holds for them (RFC 7643 §2, §7).
//!
//! The [`Registry`] is built from the documents in `schemas/`: the same documents are served by `/Schemas` and consulted
//! by validation, projection, filters and PATCH. An attribute that is added there works without touching code.
//!
//! What a schema document cannot express (what is indexed, which values are computed) stands in
//! `schemas/behaviour.json`, by resource type. No SQL and no HTTP here.

mod account;
mod attribute;
mod builder;
pub mod definition;
mod in_text;
pub(crate) mod index_key;
mod profile;
pub mod project;
mod resource_type;
mod shown;
pub mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

pub use account::{Account, Team};
use attribute::AttributeDocument;
pub use attribute::{
    AttributeDef, AttributeId, Canonical, Format, Kind, Mutability, Preparation, Relation,
    Returned, Scoped, Uniqueness,
};
use builder::{Builder, by_path};
pub use in_text::InText;
pub use index_key::{FOLD_VERSION, IndexKey, MAX_KEY_BYTES, fold, parse_instant, prepare_username};
pub use profile::{EditedBy, ProfileAttribute, ProfileSetting, SeenBy};
use resource_type::{Behaviour, ResourceTypeDocument};
pub use resource_type::{Extension, Family, Reference, ResourceType, ResourceTypeId, Target};
pub use shown::Shown;

use crate::error::{Error, Result};

const SCHEMAS: &[&str] = &[
    include_str!("../../schemas/User.json"),
    include_str!("../../schemas/EnterpriseUser.json"),
    include_str!("../../schemas/AccountUser.json"),
    include_str!("../../schemas/Group.json"),
    include_str!("../../schemas/AccountGroup.json"),
    include_str!("../../schemas/ServiceProviderConfig.json"),
    include_str!("../../schemas/ResourceType.json"),
    include_str!("../../schemas/Schema.json"),
];
const RESOURCE_TYPES: &str = include_str!("../../schemas/resource_types.json");
const COMMON: &str = include_str!("../../schemas/common.json");
const BEHAVIOUR: &str = include_str!("../../schemas/behaviour.json");

/// Every schema and resource type a tenant has.
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

/// What a tenant's registry is made of beyond the embedded documents.
#[derive(Debug, Clone, Default)]
pub struct Custom {
    /// The tenant's own schema documents.
    pub schemas: Vec<Value>,
    /// The tenant's own resource types with their numbers; one of an embedded type's name adds extensions to it.
    pub resource_types: Vec<(ResourceTypeId, Value)>,
    /// Further attributes to index, as `User:title` or `User:urn:…:User:department`.
    pub index: Vec<String>,
    /// Indexed attributes whose rows are not complete yet, in the same form.
    pub pending: Vec<String>,
    /// Names of the tenant's settings that take the uniqueness from an attribute.
    pub relaxed: Vec<String>,
    /// Whether a connection may use a value of its own name space (`externalId`) once only.
    pub scoped_is_unique: bool,
    /// Whether only the connection that set such a value sees it.
    pub scoped_is_private: bool,
    /// What the tenant says of attributes of profiles, by paths as `User:title`.
    pub profile: BTreeMap<String, ProfileSetting>,
}

impl Registry {
    /// The embedded schemas, with further attributes to index. `number` gives each attribute path its stable number.
    ///
    /// # Errors
    /// When `index` names an attribute that does not exist, or when a document is not what RFC 7643 §6 and §7 demand.
    pub fn embedded(index: &[String], number: &dyn Fn(&str) -> AttributeId) -> Result<Self> {
        let custom = Custom {
            index: index.to_vec(),
            scoped_is_unique: true,
            ..Custom::default()
        };
        let registry = Self::build(&custom, number)?;
        index
            .iter()
            .try_for_each(|path| registry.check_index(path))?;
        Ok(registry)
    }

    /// The embedded schemas and a tenant's own.
    ///
    /// # Errors
    /// When a document is not what RFC 7643 §6 and §7 demand.
    pub fn build(custom: &Custom, number: &dyn Fn(&str) -> AttributeId) -> Result<Self> {
        let mut schemas = SCHEMAS
            .iter()
            .map(|text| read_schema(read(text, "a schema")?))
            .collect::<Result<Vec<_>>>()?;
        for document in &custom.schemas {
            schemas.push(read_schema(document.clone())?);
        }
        let common: Vec<AttributeDocument> = read(COMMON, "common.json")?;
        let behaviour: BTreeMap<String, Behaviour> = read(BEHAVIOUR, "behaviour.json")?;
        let mut registry = Self {
            schemas,
            resource_type_documents: Vec::new(),
            resource_types: Vec::new(),
        };
        let embedded: Vec<Value> = read(RESOURCE_TYPES, "resource_types.json")?;
        for (id, document) in documents(custom, &behaviour, embedded.clone()) {
            let read: ResourceTypeDocument =
                serde_json::from_value(document.clone()).map_err(|error| {
                    Error::internal("a resource type document is malformed").caused_by(error)
                })?;
            let builder = Builder {
                id,
                document: &read,
                behaviour: &behaviour_of(&read, &behaviour, &embedded),
                custom,
                number,
            };
            let resource_type = builder.build(&common, &registry)?;
            registry.show_uniqueness(&resource_type);
            registry.resource_types.push(Arc::new(resource_type));
            registry.resource_type_documents.push(document);
        }
        Ok(registry)
    }

    /// The schema that is served says what is enforced: a relaxed attribute is not unique.
    fn show_uniqueness(&mut self, resource_type: &ResourceType) {
        let Some(schema) = self
            .schemas
            .iter_mut()
            .find(|schema| schema.id == resource_type.schema)
        else {
            return;
        };
        let shown = schema
            .document
            .get_mut("attributes")
            .and_then(Value::as_array_mut);
        for attribute in shown.into_iter().flatten() {
            let name = attribute
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let enforced = resource_type
                .attributes
                .iter()
                .find(|enforced| enforced.name == name)
                .map(|enforced| enforced.uniqueness);
            if let (Some(enforced), Some(shown)) = (enforced, attribute.get_mut("uniqueness")) {
                *shown = serde_json::to_value(enforced).unwrap_or_default();
            }
        }
    }

    /// Checks one line of the index list. Other tenants may have types and extensions that are not known here.
    ///
    /// # Errors
    /// `invalidValue` for an attribute that cannot exist or cannot be indexed.
    pub fn check_index(&self, path: &str) -> Result<()> {
        if path.contains(['[', ']', '"']) {
            return Err(Error::invalid_value(format!(
                "index.attributes: {path:?} has brackets or quotes in it; in the environment write the list as User:title,User:nickName"
            )));
        }
        let Some((type_name, attribute)) = path.split_once(':') else {
            return Err(Error::invalid_value(format!(
                "index.attributes: {path:?} does not begin with a resource type and a colon, as in \"User:title\""
            )));
        };
        let mut types = self.resource_types.iter();
        let Some(resource_type) = types.find(|known| known.name == type_name) else {
            return Ok(());
        };
        match by_path(resource_type, attribute) {
            Ok(found) if found.kind == Kind::Complex => Err(Error::invalid_value(format!(
                "index.attributes: {path:?} is complex; name one of its sub-attributes, as in \"{path}.value\""
            ))),
            Ok(found) if found.is_hidden() => Err(Error::invalid_value(format!(
                "index.attributes: {path:?} is never returned and cannot be searched"
            ))),
            Err(error) if !attribute.contains(':') => Err(Error::invalid_value(format!(
                "index.attributes: {}",
                error.detail()
            ))),
            Ok(_) | Err(_) => Ok(()),
        }
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

    /// The URNs of all schemas.
    #[must_use]
    pub fn schema_ids(&self) -> Vec<&str> {
        self.schemas.iter().map(|schema| &*schema.id).collect()
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

    /// The resource type of that name, which is case-exact.
    #[must_use]
    pub fn resource_type_named(&self, name: &str) -> Option<&Arc<ResourceType>> {
        self.resource_types
            .iter()
            .find(|resource_type| resource_type.name == name)
    }

    /// The resource type at that endpoint (`/Users`), which is case-exact (RFC 7643 §6).
    #[must_use]
    pub fn at_endpoint(&self, endpoint: &str) -> Option<&Arc<ResourceType>> {
        self.resource_types
            .iter()
            .find(|resource_type| resource_type.endpoint.strip_prefix('/') == Some(endpoint))
    }

    /// The numbered paths of everything that is indexed, as `User:emails.value`.
    #[must_use]
    pub fn indexed_paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for resource_type in &self.resource_types {
            for attribute in resource_type.indexed_attributes() {
                paths.push(format!("{}:{}", resource_type.name, attribute.path()));
            }
            for attribute in resource_type.all_attributes() {
                if attribute.scoped.is_some() {
                    paths.push(format!(
                        "{}:{}@connection",
                        resource_type.name,
                        attribute.path()
                    ));
                }
            }
        }
        paths
    }
}

/// The documents of all resource types with their numbers: the embedded ones, with the tenant's extensions, and the tenant's own.
fn documents(
    custom: &Custom,
    behaviour: &BTreeMap<String, Behaviour>,
    embedded: Vec<Value>,
) -> Vec<(ResourceTypeId, Value)> {
    let mut documents = Vec::with_capacity(embedded.len() + custom.resource_types.len());
    for document in embedded {
        let name = document
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let number = behaviour.get(name).map_or(0, |behaviour| behaviour.number);
        documents.push((ResourceTypeId(number), document));
    }
    for (id, document) in &custom.resource_types {
        let name = document.get("name");
        match documents
            .iter_mut()
            .find(|(_, known)| known.get("name") == name)
        {
            Some((_, known)) => extend(known, document),
            None => documents.push((*id, document.clone())),
        }
    }
    documents
}

/// What the documents of a resource type do not say. A tenant's own type that is made of an embedded schema behaves like the
/// embedded type: its passwords are passwords.
fn behaviour_of(
    document: &ResourceTypeDocument,
    behaviour: &BTreeMap<String, Behaviour>,
    embedded: &[Value],
) -> Behaviour {
    if let Some(own) = behaviour.get(&document.name) {
        return own.clone();
    }
    let text = |document: &Value, name: &str| {
        let value = document.get(name).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let model = embedded
        .iter()
        .find(|known| text(known, "schema").eq_ignore_ascii_case(&document.schema))
        .and_then(|known| behaviour.get(&text(known, "name")))
        .or_else(|| behaviour.get("*"));
    Behaviour {
        number: 0,
        ..model.cloned().unwrap_or_default()
    }
}

/// Adds the extensions of one resource type document to another.
fn extend(known: &mut Value, document: &Value) {
    let added = document.get("schemaExtensions").and_then(Value::as_array);
    let Some(present) = known
        .get_mut("schemaExtensions")
        .and_then(Value::as_array_mut)
    else {
        return;
    };
    for extension in added.into_iter().flatten() {
        let there = present
            .iter_mut()
            .find(|present| present.get("schema") == extension.get("schema"));
        match there {
            // What is required stays so; what was not may become so.
            Some(there) if extension.get("required") == Some(&Value::Bool(true)) => {
                *there = extension.clone();
            }
            Some(_) => {}
            None => present.push(extension.clone()),
        }
    }
}

fn read<T: for<'de> Deserialize<'de>>(text: &str, name: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| Error::internal(format!("{name} is malformed")).caused_by(error))
}

fn read_schema(document: Value) -> Result<Schema> {
    #[derive(Deserialize)]
    struct Head {
        id: String,
        attributes: Vec<AttributeDocument>,
    }
    let head: Head = serde_json::from_value(document.clone())
        .map_err(|error| Error::internal("a schema document is malformed").caused_by(error))?;
    Ok(Schema {
        id: head.id.into(),
        document,
        attributes: head.attributes,
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
