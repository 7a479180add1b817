//! A tenant's own schemas and resource types: registered, listed and removed by operators while the server serves.
//!
//! Every change makes the tenant's version grow; requests read the version with their token, so that a change is in force for the
//! next request on every instance. A write that was validated by an older version is refused (`Call::check_version`).

use serde_json::{Value, json};

use super::admin::{local, record, record_by};
use super::registries;
use super::{Service, admin::Tenant};
use crate::error::{Error, ErrorKind, Result};
use crate::in_transaction;
use crate::schema::definition::{self, Definitions};
use crate::schema::{Custom, Registry, ResourceType, ResourceTypeId};
use crate::store::changes::Origin;
use crate::store::schemas;
use crate::store::{ResourceKey, Transaction, attribute_index, counts, resources, tenants};

pub use crate::schema::definition::read;
pub use crate::store::schemas::{Document, DocumentKind};

/// How many documents are looked at in one go.
const DOCUMENTS_PER_READ: i64 = 1_000;
/// Numbers of attributes are 16 bits wide; some are kept in reserve.
const MAX_ATTRIBUTE_NUMBER: i16 = 32_000;

/// What a registration did.
#[derive(Debug, Default)]
pub struct Report {
    /// What is new or changed, and what stayed as it was: kind, id, `added`, `changed` or `unchanged`.
    pub documents: Vec<(DocumentKind, String, &'static str)>,
    /// What is worth knowing.
    pub warnings: Vec<String>,
}

/// Registers schemas and resource types; all of them or none.
///
/// `extend` names a resource type that gets the schemas as extensions, required or not.
///
/// # Errors
/// `uniqueness` for names that are taken, `mutability` for a change that does not fit the data there is, `invalidValue`.
pub async fn add(
    service: &Service,
    tenant: &Tenant,
    definitions: &Definitions,
    extend: Option<(&str, bool)>,
) -> Result<Report> {
    add_by(service, tenant, definitions, extend, &local()).await
}

/// As [`add`], by somebody who is known.
pub(super) async fn add_by(
    service: &Service,
    tenant: &Tenant,
    definitions: &Definitions,
    extend: Option<(&str, bool)>,
    origin: &Origin,
) -> Result<Report> {
    let before = service.current_registry(tenant.key).await?;
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        tenants::lock_all(tx).await?;
        let present = tenants::lock(tx, tenant.key).await?;
        let present = present.ok_or_else(|| Error::not_found("the tenant is gone"))?;
        if present.schema_version != before.version {
            return Err(Error::unavailable(
                "the tenant's schemas were changed at this moment; try again",
            ));
        }
        let registration = Registration {
            tenant: &present,
            registry: &before.registry,
            now,
        };
        let mut report = Report {
            warnings: definitions.warnings.clone(),
            ..Report::default()
        };
        registration
            .put_schemas(tx, definitions, &mut report)
            .await?;
        let types = registration.types(definitions, extend)?;
        registration.put_types(tx, &types, &mut report).await?;
        let custom = registries::custom(tx, tenant.key, &present.settings).await?;
        let registry = registration.number(tx, &custom).await?;
        registration
            .warn(tx, &registry, definitions, &types, &mut report)
            .await?;
        tenants::bump(tx, tenant.key).await?;
        let ids: Vec<&str> = report
            .documents
            .iter()
            .map(|(_, id, _)| id.as_str())
            .collect();
        record_by(
            tx,
            origin,
            tenant.key,
            "add-schema",
            &json!({"documents": ids}),
            now,
        )
        .await?;
        Ok(report)
    })
}

fn id_of(document: &Value) -> Option<&str> {
    document.get("id").and_then(Value::as_str)
}

/// How many resources have data of a schema: all of a type whose core schema it is, and those with the extension.
async fn data_of_schema(
    service: &Service,
    tenant: &Tenant,
    registry: &Registry,
    id: &str,
) -> Result<i64> {
    let mut count = 0;
    for resource_type in registry.resource_types() {
        if resource_type.schema.eq_ignore_ascii_case(id) {
            let mut reader = service.store.reader();
            count += counts::count_of_type(&mut reader, tenant.key, resource_type.id).await?;
        } else if let Some(extension) = resource_type.extension(id) {
            count += with_extension(service, tenant, resource_type, &extension.schema).await?;
        }
    }
    Ok(count)
}

/// How many resources of a type have an extension. Reads every document of the type.
async fn with_extension(
    service: &Service,
    tenant: &Tenant,
    resource_type: &ResourceType,
    schema: &str,
) -> Result<i64> {
    let needle = format!("{}:{{", json!(schema));
    let (mut count, mut after) = (0, ResourceKey(0));
    loop {
        let mut reader = service.store.reader();
        let documents = resources::next_of_type(
            &mut reader,
            tenant.key,
            resource_type.id,
            after,
            DOCUMENTS_PER_READ,
        )
        .await?;
        let Some((last, _)) = documents.last() else {
            return Ok(count);
        };
        after = *last;
        let with = documents.iter().filter(|(_, text)| text.contains(&needle));
        count += i64::try_from(with.count()).unwrap_or_default();
    }
}

/// One registration, inside its transaction.
struct Registration<'a> {
    tenant: &'a Tenant,
    registry: &'a Registry,
    now: i64,
}

impl Registration<'_> {
    async fn put_schemas(
        &self,
        tx: &mut Transaction,
        definitions: &Definitions,
        report: &mut Report,
    ) -> Result<()> {
        let own = schemas::list(tx, self.tenant.key).await?;
        for document in &definitions.schemas {
            let id = id_of(document).unwrap_or_default();
            let known = self.registry.schema(id);
            let is_own = own
                .iter()
                .any(|own| own.kind == DocumentKind::Schema && own.id.eq_ignore_ascii_case(id));
            let outcome = match known {
                Some(_) if !is_own => {
                    return Err(Error::uniqueness(format!("the schema {id:?} is built in")));
                }
                Some(known) if known.document == *document => "unchanged",
                Some(known) => {
                    if *known.id != *id {
                        return Err(Error::uniqueness(format!(
                            "there is a schema {:?} already; schema URIs do not depend on case",
                            known.id
                        )));
                    }
                    definition::check_compatible(&known.document, document)?;
                    let required = definition::newly_required(&known.document, document);
                    report.warnings.extend(required.into_iter().map(|name| {
                        format!("{id}: {name:?} is required from now on; resources that lack it cannot be changed without it")
                    }));
                    "changed"
                }
                None => "added",
            };
            self.put(tx, DocumentKind::Schema, id, None, document)
                .await?;
            report
                .documents
                .push((DocumentKind::Schema, id.to_owned(), outcome));
        }
        Ok(())
    }

    async fn put(
        &self,
        tx: &mut Transaction,
        kind: DocumentKind,
        id: &str,
        resource_type: Option<ResourceTypeId>,
        document: &Value,
    ) -> Result<()> {
        let row = Document {
            kind,
            id: id.to_owned(),
            resource_type,
            document: document.to_string(),
            created: self.now,
        };
        schemas::put(tx, self.tenant.key, &row).await
    }

    /// The resource types to register: those of the file, and the one that is to be extended.
    fn types(&self, definitions: &Definitions, extend: Option<(&str, bool)>) -> Result<Vec<Value>> {
        let mut types = definitions.resource_types.clone();
        if let Some((name, is_required)) = extend {
            let documents = self.registry.resource_type_documents();
            let known = documents
                .iter()
                .find(|document| id_of(document) == Some(name));
            let known = known
                .ok_or_else(|| Error::not_found(format!("there is no resource type {name:?}")))?;
            let schemas: Vec<&str> = definitions.schemas.iter().filter_map(id_of).collect();
            types.push(definition::extending(known, &schemas, is_required));
        }
        Ok(types)
    }

    async fn put_types(
        &self,
        tx: &mut Transaction,
        types: &[Value],
        report: &mut Report,
    ) -> Result<()> {
        let own = schemas::list(tx, self.tenant.key).await?;
        let mut urns: Vec<String> = self
            .registry
            .schema_ids()
            .into_iter()
            .map(str::to_owned)
            .collect();
        urns.extend(
            report
                .documents
                .iter()
                .filter(|(kind, ..)| *kind == DocumentKind::Schema)
                .map(|(_, id, _)| id.clone()),
        );
        for document in types {
            let document = &definition::spelled(document, &urns);
            definition::check_fit(self.registry, document)?;
            let name = id_of(document).unwrap_or_default();
            let present = own
                .iter()
                .find(|own| own.kind == DocumentKind::ResourceType && own.id == name);
            let merged = merged(present, document)?;
            let known = self.registry.resource_type_named(name);
            let number = match (present, known) {
                (Some(present), _) => present.resource_type,
                (None, Some(_)) => None,
                (None, None) => Some(schemas::next_resource_type(tx, self.tenant.key).await?),
            };
            let stored = |present: &Document| serde_json::from_str::<Value>(&present.document).ok();
            let is_same = present.and_then(stored).as_ref() == Some(&merged);
            self.put(tx, DocumentKind::ResourceType, name, number, &merged)
                .await?;
            let outcome = match (is_same, known) {
                (true, _) => "unchanged",
                (false, Some(_)) => "changed",
                (false, None) => "added",
            };
            report
                .documents
                .push((DocumentKind::ResourceType, name.to_owned(), outcome));
        }
        Ok(())
    }

    /// Numbers what is indexed of the new registry, which must be one that can be built.
    async fn number(&self, tx: &mut Transaction, custom: &Custom) -> Result<Registry> {
        let registry = registries::build(tx, custom).await?;
        let numbers = attribute_index::number(tx, &registry.indexed_paths()).await?;
        if numbers
            .values()
            .any(|number| number.0 > MAX_ATTRIBUTE_NUMBER)
        {
            return Err(Error::too_many(
                "the database has no numbers left for indexed attributes",
            ));
        }
        Ok(registry)
    }

    async fn warn(
        &self,
        tx: &mut Transaction,
        registry: &Registry,
        definitions: &Definitions,
        types: &[Value],
        report: &mut Report,
    ) -> Result<()> {
        for id in definitions.schemas.iter().filter_map(id_of) {
            let mut all = registry.resource_types().iter();
            let is_used = all.any(|known| *known.schema == *id || known.extension(id).is_some());
            if !is_used {
                report.warnings.push(format!(
                    "no resource type uses {id} yet: register one, or add it to a type with --extend"
                ));
            }
        }
        for resource_type in registry.resource_types() {
            let Some(core) = registry.schema(&resource_type.schema) else {
                continue;
            };
            for extension in &resource_type.extensions {
                let was_there = self
                    .registry
                    .resource_type_named(&resource_type.name)
                    .is_some_and(|before| before.extension(&extension.schema).is_some());
                let document = registry.schema(&extension.schema);
                if let (false, Some(document)) = (was_there, document) {
                    let redefined = definition::redefined(&document.document, &core.document);
                    report.warnings.extend(redefined.into_iter().map(|name| {
                        format!(
                            "{}: {name:?} is also an attribute of {}; extensions should not define attributes anew (RFC 7643 §3.3)",
                            extension.schema, core.id
                        )
                    }));
                }
                if extension.required && !was_there && !types.is_empty() {
                    let count =
                        counts::count_of_type(tx, self.tenant.key, resource_type.id).await?;
                    if count > 0 {
                        report.warnings.push(format!(
                            "{} is required from now on; {count} resources of type {} lack it and cannot be changed without adding it",
                            extension.schema, resource_type.name
                        ));
                    }
                }
            }
        }
        Ok(())
    }
}

/// A resource type document over the one there is: extensions are added, none is taken away.
fn merged(present: Option<&Document>, document: &Value) -> Result<Value> {
    let Some(present) = present else {
        return Ok(document.clone());
    };
    let present: Value = serde_json::from_str(&present.document)
        .map_err(|error| Error::internal("a stored schema is malformed").caused_by(error))?;
    let list = |document: &Value| -> Vec<Value> {
        let extensions = document.get("schemaExtensions").and_then(Value::as_array);
        extensions.cloned().unwrap_or_default()
    };
    let mut extensions = list(document);
    for extension in list(&present) {
        let schema = extension.get("schema");
        if !extensions.iter().any(|other| other.get("schema") == schema) {
            extensions.push(extension);
        }
    }
    let mut merged = document.clone();
    if let Some(members) = merged.as_object_mut() {
        members.insert("schemaExtensions".to_owned(), Value::Array(extensions));
    }
    Ok(merged)
}

/// A tenant's own documents, oldest first.
///
/// # Errors
/// The database's.
pub async fn list(service: &Service, tenant: &Tenant) -> Result<Vec<Document>> {
    schemas::list(&mut service.store.reader(), tenant.key).await
}

/// The document of that URN or name, also of what is built in, as it is served.
///
/// # Errors
/// 404.
pub async fn show(service: &Service, tenant: &Tenant, id: &str) -> Result<Value> {
    let registry = service.current_registry(tenant.key).await?.registry;
    if let Some(schema) = registry.schema(id) {
        return Ok(schema.document.clone());
    }
    let mut types = registry.resource_type_documents().iter();
    let found = types.find(|document| id_of(document) == Some(id));
    found.cloned().ok_or_else(|| missing(tenant, id))
}

fn missing(tenant: &Tenant, id: &str) -> Error {
    Error::not_found(format!(
        "the tenant {:?} has no schema or resource type {id:?} of its own",
        tenant.name
    ))
}

/// Removes a schema, or a resource type, that has no data.
///
/// # Errors
/// 404; `uniqueness` with the number of resources that have data, or naming the resource type that needs the schema.
pub async fn remove(service: &Service, tenant: &Tenant, id: &str) -> Result<()> {
    let registry = service.current_registry(tenant.key).await?.registry;
    let own = list(service, tenant).await?;
    let document = own
        .iter()
        .find(|own| own.id == id)
        .ok_or_else(|| missing(tenant, id))?;
    refuse_with_data(service, tenant, &registry, document).await?;
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        let present = tenants::lock(tx, tenant.key).await?;
        let present = present.ok_or_else(|| Error::not_found("the tenant is gone"))?;
        take_out(tx, tenant, document, now).await?;
        // Somebody may have registered a type that needs it a moment ago.
        let custom = registries::custom(tx, tenant.key, &present.settings).await?;
        registries::build(tx, &custom)
            .await
            .map_err(|error| in_use(error.detail().to_owned()))?;
        tenants::bump(tx, tenant.key).await?;
        let operation = "remove-schema";
        record(tx, tenant.key, operation, &json!({"documents": [id]}), now).await
    })?;
    // Whoever validated by the old schemas has ended after this; if data came in meanwhile, nothing is removed.
    service.store.wait_for_writers().await?;
    let refused = refuse_with_data(service, tenant, &registry, document).await;
    if refused.is_err() {
        in_transaction!(service.store, |tx| {
            tenants::lock(tx, tenant.key).await?;
            put_back(tx, tenant, document, &own).await?;
            tenants::bump(tx, tenant.key).await
        })?;
    }
    refused
}

/// Undoes [`take_out`] and nothing that others did meanwhile.
async fn put_back(
    tx: &mut Transaction,
    tenant: &Tenant,
    document: &Document,
    own: &[Document],
) -> Result<()> {
    schemas::put(tx, tenant.key, document).await?;
    let present = schemas::list(tx, tenant.key).await?;
    for before in own {
        if before.kind != DocumentKind::ResourceType
            || !extensions_of(&before.document)?.contains(&document.id)
        {
            continue;
        }
        let now = present
            .iter()
            .find(|now| now.kind == before.kind && now.id == before.id);
        let value = match now {
            Some(now) => {
                let now: Value = serde_json::from_str(&now.document).map_err(|error| {
                    Error::internal("a stored schema is malformed").caused_by(error)
                })?;
                merged(Some(&only(before, &document.id)?), &now)?.to_string()
            }
            None => before.document.clone(),
        };
        let row = Document {
            document: value,
            ..before.clone()
        };
        schemas::put(tx, tenant.key, &row).await?;
    }
    Ok(())
}

/// The resource type document with this extension alone.
fn only(document: &Document, schema: &str) -> Result<Document> {
    let mut value: Value = serde_json::from_str(&document.document)
        .map_err(|error| Error::internal("a stored schema is malformed").caused_by(error))?;
    let extensions = value
        .get_mut("schemaExtensions")
        .and_then(Value::as_array_mut);
    if let Some(extensions) = extensions {
        extensions.retain(|one| one.get("schema").and_then(Value::as_str) == Some(schema));
    }
    Ok(Document {
        document: value.to_string(),
        ..document.clone()
    })
}

async fn refuse_with_data(
    service: &Service,
    tenant: &Tenant,
    registry: &Registry,
    document: &Document,
) -> Result<()> {
    let count = match document.kind {
        DocumentKind::Schema => {
            let mut types = registry.resource_types().iter();
            if let Some(user) = types.find(|known| *known.schema == *document.id) {
                return Err(in_use(format!(
                    "the resource type {:?} is made of {}; remove that first",
                    user.name, document.id
                )));
            }
            data_of_schema(service, tenant, registry, &document.id).await?
        }
        DocumentKind::ResourceType => match document.resource_type {
            Some(number) => {
                let mut reader = service.store.reader();
                counts::count_of_type(&mut reader, tenant.key, number).await?
            }
            None => data_of_extensions(service, tenant, registry, document).await?,
        },
    };
    if count == 0 {
        return Ok(());
    }
    Err(in_use(format!(
        "{count} resources have data of {}; delete them, or the data, first",
        document.id
    )))
}

fn in_use(detail: String) -> Error {
    Error::uniqueness(detail).with_kind(ErrorKind::Unresolved)
}

/// How many resources have data of the extensions that the document adds to an embedded type.
async fn data_of_extensions(
    service: &Service,
    tenant: &Tenant,
    registry: &Registry,
    document: &Document,
) -> Result<i64> {
    let Some(resource_type) = registry.resource_type_named(&document.id) else {
        return Ok(0);
    };
    let mut count = 0;
    for schema in extensions_of(&document.document)? {
        count += with_extension(service, tenant, resource_type, &schema).await?;
    }
    Ok(count)
}

fn extensions_of(document: &str) -> Result<Vec<String>> {
    let document: Value = serde_json::from_str(document)
        .map_err(|error| Error::internal("a stored schema is malformed").caused_by(error))?;
    let extensions = document.get("schemaExtensions").and_then(Value::as_array);
    let schemas = extensions
        .into_iter()
        .flatten()
        .filter_map(|extension| extension.get("schema")?.as_str().map(str::to_owned));
    Ok(schemas.collect())
}

/// Removes the document, and the schema from every resource type it extends.
async fn take_out(
    tx: &mut Transaction,
    tenant: &Tenant,
    document: &Document,
    now: i64,
) -> Result<()> {
    schemas::remove(tx, tenant.key, document.kind, &document.id).await?;
    if document.kind != DocumentKind::Schema {
        return Ok(());
    }
    for other in schemas::list(tx, tenant.key).await? {
        if other.kind != DocumentKind::ResourceType
            || !extensions_of(&other.document)?.contains(&document.id)
        {
            continue;
        }
        let mut value: Value = serde_json::from_str(&other.document)
            .map_err(|error| Error::internal("a stored schema is malformed").caused_by(error))?;
        let extensions = value
            .get_mut("schemaExtensions")
            .and_then(Value::as_array_mut);
        let mut is_empty = false;
        if let Some(extensions) = extensions {
            extensions.retain(|extension| {
                extension.get("schema").and_then(Value::as_str) != Some(document.id.as_str())
            });
            is_empty = extensions.is_empty();
        }
        if is_empty && other.resource_type.is_none() {
            schemas::remove(tx, tenant.key, other.kind, &other.id).await?;
            continue;
        }
        let row = Document {
            document: value.to_string(),
            created: now,
            ..other
        };
        schemas::put(tx, tenant.key, &row).await?;
    }
    Ok(())
}
