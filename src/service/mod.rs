//! The operations of RFC 7644 §3, one file each, the same for every resource type and every door.
//!
//! An operation prepares what needs no database (validation, hashing), then works inside one transaction. HTTP knows no
//! SCIM rule and the store none; they are here and in the pure modules below.

pub mod account;
pub mod admin;
pub mod audit;
pub mod bulk;
pub mod create;
mod cursor;
pub mod dashboard;
pub mod delete;
pub mod explain;
pub mod health;
pub mod listing;
pub mod me;
mod membership;
pub mod modify;
mod ownership;
mod plan;
pub mod provisioning_log;
pub mod query;
pub mod read;
pub mod redact;
mod registries;
mod reindex;
pub mod replace;
pub mod represent;
pub mod requests;
pub mod schemas;
mod seen;
pub mod setup;
pub mod shield;
pub mod transfer;
pub mod upkeep;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

pub use crate::auth::Clock;
use crate::auth::password::{self, Passwords};
use crate::auth::tenant_settings::AccountSettings;
use crate::auth::{Caller, Scope};
use crate::error::{Error, Result};
use crate::resource::etag::Preconditions;
use crate::schema::project::Projection;
use crate::schema::{AttributeDef, AttributeId, Registry, ResourceType, validate};
use crate::store::changes::Origin;
use crate::store::listing::Bounds;
use crate::store::resources::SchemaVersion;
use crate::store::{ConnectionKey, Store, TenantKey, Transaction, attribute_index};
use account::Intent;
use cursor::Seal;
use registries::Registries;
pub use registries::Versioned;
pub use reindex::Progress;
pub use seen::Seen;

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
    /// The most operations of one bulk request.
    pub bulk_operations: usize,
    /// How long a cursor is good for, in seconds.
    pub cursor_seconds: i64,
    /// Whether a list without `startIndex` and `cursor` is paged by cursor.
    pub pages_by_cursor: bool,
    /// How much the lists of operators look at.
    pub lists: Bounds,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            default_count: 100,
            max_count: 1_000,
            scan: 100_000,
            bulk_operations: 1_000,
            cursor_seconds: 3_600,
            pages_by_cursor: false,
            lists: Bounds::default(),
        }
    }
}

/// What every operation works with.
#[derive(Debug)]
pub struct Service {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Password hashing.
    pub passwords: Passwords,
    /// Bounds.
    pub limits: Limits,
    /// When tokens were used last.
    pub seen: Seen,
    registries: Registries,
    seal: Seal,
    turns: Turns,
    wide: Wide,
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

    fn of(store: &Store) -> Self {
        if store.has_one_writer() {
            Self(Vec::new())
        } else {
            Self::new()
        }
    }

    /// The turn for a resource; with SQLite, which has one writer with a queue of its own, and in which many share a commit, nobody waits.
    async fn take(&self, id: Uuid) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let number = usize::from(id.as_bytes().last().copied().unwrap_or_default()) % Self::COUNT;
        match self.0.get(number) {
            Some(turn) => Some(turn.lock().await),
            None => None,
        }
    }
}

/// Leaves connections to those who ask for little, however many ask for much: a filter over a million users takes seconds.
#[derive(Debug)]
struct Wide {
    turns: Arc<Semaphore>,
    /// How long one query waits for others.
    patience: Duration,
}

impl Wide {
    fn of(store: &Store) -> Self {
        Self {
            turns: Arc::new(Semaphore::new((store.readers() / 2).max(1))),
            patience: Duration::from_secs(10),
        }
    }

    /// The turn of a query that may look at much.
    async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        match tokio::time::timeout(self.patience, turn).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Error::unavailable(
                "too many queries that look at many resources are being answered; try again later, or filter by a value of an indexed attribute, and leave the members of large groups out with excludedAttributes=members",
            )),
        }
    }

    /// A turn that is free.
    fn free_turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.turns).try_acquire_owned().ok()
    }
}

/// One request: who, under which id, and where links begin.
#[derive(Debug)]
pub struct Call<'a> {
    /// The authenticated client.
    pub caller: &'a Caller,
    /// The schemas and resource types of its tenant.
    pub registry: &'a Registry,
    /// Their version: a write that finds another one in force is refused.
    pub schema_version: i64,
    /// The rules of its accounts.
    pub accounts: &'a AccountSettings,
    /// What this write makes of accounts.
    pub intent: Intent,
    /// For the `change` rows.
    pub origin: Origin,
    /// The base URL, without a slash at the end.
    pub base_url: String,
    /// The largest body of a single request, in bytes.
    pub max_body_bytes: usize,
    /// What it tried and was held.
    pub held: shield::Attempts,
}

impl Service {
    /// Builds the operations on a database.
    ///
    /// # Errors
    /// The database's; when the system has no randomness.
    pub async fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        passwords: Passwords,
        limits: Limits,
    ) -> Result<Self> {
        let embedded = Registry::embedded(&[], &|_| AttributeId(0))?;
        store.number_attributes(&embedded.indexed_paths()).await?;
        let seal = Seal::open(&store).await?;
        Ok(Self {
            clock,
            passwords,
            limits,
            seen: Seen::default(),
            registries: Registries::default(),
            seal,
            turns: Turns::of(&store),
            wide: Wide::of(&store),
            store,
        })
    }

    /// The schemas and resource types of a tenant, in this version or a newer one.
    ///
    /// # Errors
    /// The database's.
    pub async fn registry(&self, tenant: TenantKey, version: i64) -> Result<Versioned> {
        if let Some(known) = self.registries.get(tenant, version) {
            return Ok(known);
        }
        self.current_registry(tenant).await
    }

    /// The schemas and resource types of a tenant that are in force now.
    ///
    /// # Errors
    /// The database's.
    pub async fn current_registry(&self, tenant: TenantKey) -> Result<Versioned> {
        let mut snapshot = self.store.snapshot().await?;
        self.registries.read(&mut snapshot, tenant).await
    }

    /// The hash of a password, if there is one; it must follow the tenant's rules. `personal`: what it must not be made of.
    async fn hashed(
        &self,
        call: &Call<'_>,
        password: Option<&str>,
        personal: Vec<String>,
    ) -> Result<Option<String>> {
        let Some(password) = password else {
            return Ok(None);
        };
        call.caller.require(Scope::PasswordWrite)?;
        if !call.caller.settings.trusts_passwords {
            password::check(call.accounts.policy, password, personal).await?;
        }
        self.passwords.hash(password).await.map(Some)
    }
}

impl Call<'_> {
    /// Refuses a write that was validated by schemas, settings or an index that are no longer in force (`ErrorKind::Stale`).
    fn check_version(&self, in_force: SchemaVersion) -> Result<()> {
        if in_force.0 == self.schema_version {
            return Ok(());
        }
        Err(Self::outdated())
    }

    fn outdated() -> Error {
        Error::stale("the tenant's schemas or settings were changed at this moment; try again")
    }

    /// Where the connection must say which version it means, refuses a change that does not.
    fn require_version(&self, preconditions: &Preconditions) -> Result<()> {
        if !self.caller.settings.requires_if_match || preconditions.if_match.is_some() {
            return Ok(());
        }
        Err(Error::precondition_required(
            "this connection must name the version it changes: read the resource and send its ETag in If-Match (or \"version\" in a bulk operation)",
        ))
    }

    /// What an answer to a write shows: those who may not read see its id alone.
    fn shown(&self, resource_type: &ResourceType, asked: Projection) -> Result<Projection> {
        if self
            .caller
            .scopes
            .contain(Scope::Read(resource_type.family))
        {
            return Ok(asked);
        }
        Projection::new(&["id".to_owned()], &[])
    }

    /// The caller's connection as a number.
    fn connection(&self) -> Option<i32> {
        self.caller.connection.map(ConnectionKey::number)
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
    let mut all = resource_type
        .all_attributes()
        .flat_map(|attribute| std::iter::once(attribute).chain(&attribute.sub_attributes));
    let holds = |attribute: &&Arc<AttributeDef>| {
        (attribute.is_unique() && attribute.id == taken)
            || attribute.scoped.is_some_and(|scoped| scoped.id == taken)
    };
    let attribute = all.find(holds);
    let path = attribute.map_or_else(String::new, |attribute| attribute.path());
    let is_scoped = attribute.is_some_and(|attribute| attribute.scoped.is_some());
    let scope = if is_scoped { " of this connection" } else { "" };
    Err(Error::uniqueness(format!(
        "another {}{scope} already has this {path:?}; its values are unique",
        resource_type.name
    )))
}

/// Paths of the attributes and sub-attributes in a document.
fn written_attributes(resource_type: &ResourceType, document: &Map<String, Value>) -> Vec<String> {
    let mut written = Vec::new();
    for (attribute, value) in validate::values(resource_type, document) {
        if let Some(value) = value {
            written.push(attribute.path());
            written.extend(validate::written_parts(attribute, value));
        }
    }
    written
}

fn to_text(document: &Map<String, Value>) -> Result<String> {
    serde_json::to_string(document)
        .map_err(|error| Error::internal("a document could not be written").caused_by(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[tokio::test]
    async fn who_asks_for_much_waits_for_others_who_do_and_not_forever() {
        let wide = Wide {
            turns: Arc::new(Semaphore::new(2)),
            patience: Duration::from_millis(10),
        };
        let (first, _second) = (wide.turn().await.unwrap(), wide.turn().await.unwrap());
        let refused = wide.turn().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable);
        drop(first);
        assert!(wide.turn().await.is_ok());
    }
}
