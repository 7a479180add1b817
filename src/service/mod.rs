//! The operations of RFC 7644 §3, one file each, the same for every resource type and every door.
//!
//! An operation prepares what needs no database (validation, hashing), then works inside one transaction. HTTP knows no
//! SCIM rule and the store none; they are here and in the pure modules below.

pub mod admin;
pub mod create;
pub mod delete;
mod membership;
pub mod modify;
pub mod query;
pub mod read;
mod reindex;
pub mod replace;
pub mod represent;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::auth::Caller;
use crate::auth::password::Passwords;
use crate::error::{Error, Result};
use crate::schema::{AttributeId, Registry, ResourceType, validate};
use crate::store::changes::Origin;
use crate::store::{Store, Transaction, attribute_index};

/// Where the time comes from; a parameter, so that tests can set it.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Microseconds since 1970 UTC, in whole milliseconds: what `meta` shows is what is stored.
    fn now(&self) -> i64;
}

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        let milliseconds = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
        i64::try_from(milliseconds * 1_000).unwrap_or(i64::MAX)
    }
}

/// Bounds on what one request may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Page size without `count`.
    pub default_count: i64,
    /// The largest page.
    pub max_count: i64,
    /// How many resources a query may look at one by one.
    pub scan: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            default_count: 100,
            max_count: 1_000,
            scan: 100_000,
        }
    }
}

/// What every operation works with.
#[derive(Debug)]
pub struct Service {
    /// Schemas and resource types.
    pub registry: Registry,
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Password hashing.
    pub passwords: Passwords,
    /// Bounds.
    pub limits: Limits,
    turns: Turns,
}

/// Lets writers of one resource take turns, first come first served, before they open a transaction.
///
/// The database would serialise them as well, but unfairly and while each holds a connection: on PostgreSQL, sixteen writers
/// of one group waited up to 200 ms. Correctness does not rest on it: other instances have turns of their own.
#[derive(Debug)]
struct Turns(Vec<tokio::sync::Mutex<()>>);

impl Turns {
    /// Enough that two resources seldom share one.
    const COUNT: usize = 256;

    fn new() -> Self {
        Self(
            (0..Self::COUNT)
                .map(|_| tokio::sync::Mutex::new(()))
                .collect(),
        )
    }

    async fn take(&self, id: Uuid) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let number = usize::from(id.as_bytes().last().copied().unwrap_or_default()) % Self::COUNT;
        match self.0.get(number) {
            Some(turn) => Some(turn.lock().await),
            None => None,
        }
    }
}

/// One request: who, under which id, and where links begin.
#[derive(Debug)]
pub struct Call<'a> {
    /// The authenticated client.
    pub caller: &'a Caller,
    /// For the `change` rows.
    pub origin: Origin,
    /// The base URL, without a slash at the end.
    pub base_url: String,
}

impl Service {
    /// Builds the registry on the store's attribute numbers.
    ///
    /// # Errors
    /// The database's; and an index list with an unknown attribute.
    pub async fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        passwords: Passwords,
        limits: Limits,
        index: &[String],
    ) -> Result<Self> {
        let numbers: HashMap<String, AttributeId> = store.number_attributes().await?;
        let unknown = AttributeId(i16::MAX);
        let registry =
            Registry::embedded(index, &|path| numbers.get(path).copied().unwrap_or(unknown))?;
        Ok(Self {
            registry,
            store,
            clock,
            passwords,
            limits,
            turns: Turns::new(),
        })
    }

    /// The URNs of all schemas.
    fn schema_ids(&self) -> Vec<&str> {
        self.registry
            .schemas()
            .iter()
            .map(|schema| &*schema.id)
            .collect()
    }

    async fn hashed(&self, password: Option<&str>) -> Result<Option<String>> {
        match password {
            Some(password) => self.passwords.hash(password).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Reads a resource body: an object, or an error.
fn object(body: &Value) -> Result<&Map<String, Value>> {
    body.as_object()
        .ok_or_else(|| Error::invalid_syntax("the body must be a JSON object"))
}

fn parse_document(text: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(text)
        .map_err(|error| Error::internal("a stored document is malformed").caused_by(error))
}

fn not_found(resource_type: &ResourceType, id: &str) -> Error {
    let id: String = id.chars().take(64).collect();
    Error::not_found(format!("no {} has the id {id:?}", resource_type.name))
}

/// The id in a path; anything but the server's own spelling names nothing.
fn parse_id(resource_type: &ResourceType, id: &str) -> Result<Uuid> {
    let parsed = Uuid::try_parse(id)
        .ok()
        .filter(|parsed| parsed.to_string() == id);
    parsed.ok_or_else(|| not_found(resource_type, id))
}

/// The friendly half of uniqueness: names the attribute. The unique index is the other half.
async fn check_unique(
    tx: &mut Transaction,
    call: &Call<'_>,
    resource_type: &ResourceType,
    entries: &[crate::resource::IndexEntry],
    own: Option<crate::store::ResourceKey>,
) -> Result<()> {
    let Some(taken) = attribute_index::find_taken(tx, call.caller.tenant, entries, own).await?
    else {
        return Ok(());
    };
    let all = resource_type
        .all_attributes()
        .flat_map(|attribute| std::iter::once(attribute).chain(&attribute.sub_attributes));
    let path = all
        .into_iter()
        .find(|attribute| attribute.id == taken)
        .map_or_else(String::new, |attribute| attribute.path());
    Err(Error::uniqueness(format!(
        "another {} already has this {path:?}; its values are unique",
        resource_type.name
    )))
}

/// Paths of the top-level attributes in a document.
fn written_attributes(resource_type: &ResourceType, document: &Map<String, Value>) -> Vec<String> {
    resource_type
        .all_attributes()
        .filter(|attribute| validate::get(document, attribute).is_some())
        .map(|attribute| attribute.path())
        .collect()
}

fn to_text(document: &Map<String, Value>) -> Result<String> {
    serde_json::to_string(document)
        .map_err(|error| Error::internal("a document could not be written").caused_by(error))
}
