//! The registry of each tenant: embedded documents, its own, its settings, and what the index has.
//!
//! A request brings the tenant's version along (it is read with the token), so that a change on any instance is in force for the
//! next request on every other. Tenants without anything of their own share one registry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::auth::tenant_settings::{AccountSettings, TenantSettings};
use crate::error::{Error, Result};
use crate::schema::{AttributeId, Custom, FOLD_VERSION, Registry, ResourceTypeId};
use crate::store::schemas::{self, DocumentKind};
use crate::store::{TenantKey, Transaction, attribute_index, facts, profiles, tenants};

/// How many different registries and how many tenants are remembered; beyond that all are forgotten and read again.
const MAX_REGISTRIES: usize = 1_000;
const MAX_TENANTS: usize = 100_000;

const INDEX: &str = "index";

/// What the index of the database is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct IndexState {
    /// The version of the folding.
    pub(super) folding: i64,
    /// The attributes that the operator listed, as `User:title`.
    pub(super) listed: Vec<String>,
    /// Every embedded attribute that has rows.
    pub(super) indexed: Vec<String>,
    /// Those whose rows are not complete yet.
    pub(super) pending: Vec<String>,
}

impl IndexState {
    /// What is noted in the database.
    pub(super) async fn read(tx: &mut Transaction) -> Result<Option<Self>> {
        let Some(text) = facts::get(tx, INDEX).await? else {
            return Ok(None);
        };
        serde_json::from_str(&text).map(Some).map_err(|error| {
            Error::internal("the index's description is malformed").caused_by(error)
        })
    }

    /// Notes it and makes every instance read it.
    pub(super) async fn write(&self, tx: &mut Transaction) -> Result<()> {
        let text = serde_json::to_string(self)
            .map_err(|error| Error::internal("the index cannot be described").caused_by(error))?;
        facts::set(tx, INDEX, &text).await?;
        tenants::bump_all(tx).await
    }

    /// What a complete index with this list would be.
    pub(super) fn complete(listed: &[String]) -> Result<Self> {
        let registry = Registry::embedded(listed, &|_| AttributeId(0))?;
        let mut indexed = registry.indexed_paths();
        indexed.extend(listed.iter().cloned());
        indexed.sort();
        indexed.dedup();
        Ok(Self {
            folding: FOLD_VERSION,
            listed: listed.to_vec(),
            indexed,
            pending: Vec::new(),
        })
    }
}

/// A tenant's registry and the version it belongs to.
#[derive(Debug, Clone)]
pub struct Versioned {
    /// The version.
    pub version: i64,
    /// The registry.
    pub registry: Arc<Registry>,
    /// The rules of its accounts.
    pub accounts: Arc<AccountSettings>,
}

/// The registries that have been asked for.
#[derive(Debug, Default)]
pub(super) struct Registries(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    by_tenant: HashMap<TenantKey, Versioned>,
    by_content: HashMap<String, Arc<Registry>>,
}

impl Registries {
    /// The registry of that version, if it is known.
    pub(super) fn get(&self, tenant: TenantKey, version: i64) -> Option<Versioned> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .by_tenant
            .get(&tenant)
            .filter(|found| found.version == version)
            .cloned()
    }

    /// Reads the registry that is in force in this transaction.
    pub(super) async fn read(&self, tx: &mut Transaction, tenant: TenantKey) -> Result<Versioned> {
        let row = tenants::by_key(tx, tenant)
            .await?
            .ok_or_else(|| Error::not_found("the tenant is gone"))?;
        if let Some(known) = self.get(tenant, row.schema_version) {
            return Ok(known);
        }
        let custom = custom(tx, tenant, &row.settings).await?;
        let content = content(&custom);
        let known = self.of_content(&content);
        let registry = match known {
            Some(registry) => registry,
            None => Arc::new(build(tx, &custom).await?),
        };
        let versioned = Versioned {
            version: row.schema_version,
            registry,
            accounts: Arc::new(TenantSettings::of(&row.settings)?.accounts),
        };
        self.remember(tenant, content, &versioned);
        Ok(versioned)
    }

    fn of_content(&self, content: &str) -> Option<Arc<Registry>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.by_content.get(content).cloned()
    }

    fn remember(&self, tenant: TenantKey, content: String, versioned: &Versioned) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.by_content.len() >= MAX_REGISTRIES || known.by_tenant.len() >= MAX_TENANTS {
            *known = Known::default();
        }
        known
            .by_content
            .insert(content, Arc::clone(&versioned.registry));
        known.by_tenant.insert(tenant, versioned.clone());
    }
}

/// Builds a registry on the store's attribute numbers.
pub(super) async fn build(tx: &mut Transaction, custom: &Custom) -> Result<Registry> {
    let numbers = attribute_index::read_numbers(tx).await?;
    // Only what is indexed has a number; nothing else asks for it.
    let number = |path: &str| numbers.get(path).copied().unwrap_or(AttributeId(i16::MAX));
    Registry::build(custom, &number)
}

/// What the tenant has of its own.
pub(super) async fn custom(
    tx: &mut Transaction,
    tenant: TenantKey,
    settings: &str,
) -> Result<Custom> {
    let settings = TenantSettings::of(settings)?;
    let mut custom = Custom {
        scoped_is_unique: settings.unique_external_ids,
        scoped_is_private: settings.private_external_ids,
        ..Custom::default()
    };
    if !settings.unique_group_names {
        custom.relaxed.push("group.names".to_owned());
    }
    if let Some(index) = IndexState::read(tx).await? {
        custom.index = index.listed;
        custom.pending = index.pending;
    }
    for (path, setting) in profiles::list(tx, tenant).await? {
        let setting = serde_json::from_str(&setting).map_err(|error| {
            Error::internal("a stored setting of an attribute is malformed").caused_by(error)
        })?;
        custom.profile.insert(path, setting);
    }
    for document in schemas::list(tx, tenant).await? {
        let value: Value = serde_json::from_str(&document.document)
            .map_err(|error| Error::internal("a stored schema is malformed").caused_by(error))?;
        match document.kind {
            DocumentKind::Schema => custom.schemas.push(value),
            DocumentKind::ResourceType => {
                let number = document.resource_type.unwrap_or(ResourceTypeId(0));
                custom.resource_types.push((number, value));
            }
        }
    }
    Ok(custom)
}

fn content(custom: &Custom) -> String {
    let types: Vec<(i16, &Value)> = custom
        .resource_types
        .iter()
        .map(|(number, document)| (number.0, document))
        .collect();
    serde_json::json!([
        custom.schemas,
        types,
        custom.index,
        custom.pending,
        custom.relaxed,
        custom.scoped_is_unique,
        custom.scoped_is_private,
        custom.profile,
    ])
    .to_string()
}
