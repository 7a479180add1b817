//! Documents: insert, lock, get, update, delete.

use std::collections::HashMap;

use uuid::Uuid;

use super::statement::{Arg, LIST_CHUNK, Statement};
use super::{ConnectionKey, ResourceKey, TenantKey, Transaction, counts};
use crate::error::{Error, Result};
use crate::resource::Meta;
use crate::schema::ResourceTypeId;

/// A resource's row.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its key.
    pub key: ResourceKey,
    /// Its type.
    pub resource_type: ResourceTypeId,
    /// `id`.
    pub id: Uuid,
    /// The document's JSON text.
    pub document: String,
    /// Times and version.
    pub meta: Meta,
    /// The connection that set `externalId`.
    pub owner: Option<ConnectionKey>,
    /// Whether it may be a member of groups; false where it is known to be in none.
    pub is_grouped: bool,
}

type Columns = (i64, i16, Uuid, String, i64, i64, i64, Option<i32>);

/// [`Columns`], and whether there is a membership.
type GroupedColumns = (i64, i16, Uuid, String, i64, i64, i64, Option<i32>, i32);

impl From<GroupedColumns> for Stored {
    fn from(
        (key, resource_type, id, document, version, created, last_modified, owner, is_grouped): GroupedColumns,
    ) -> Self {
        let columns = (
            key,
            resource_type,
            id,
            document,
            version,
            created,
            last_modified,
            owner,
        );
        Self {
            is_grouped: is_grouped != 0,
            ..Self::from(columns)
        }
    }
}

impl From<Columns> for Stored {
    fn from(
        (key, resource_type, id, document, version, created, last_modified, owner): Columns,
    ) -> Self {
        let meta = Meta {
            created,
            last_modified,
            version,
        };
        Self {
            key: ResourceKey(key),
            resource_type: ResourceTypeId(resource_type),
            id,
            document,
            meta,
            owner: owner.map(ConnectionKey),
            is_grouped: true,
        }
    }
}

/// What an insert needs.
#[derive(Debug)]
pub struct NewResource {
    /// Its type.
    pub resource_type: ResourceTypeId,
    /// `id`.
    pub id: Uuid,
    /// The client that creates it.
    pub connection: Option<ConnectionKey>,
    /// The connection that set `externalId`.
    pub owner: Option<ConnectionKey>,
    /// The document's JSON text.
    pub document: String,
    /// The name for people.
    pub display_name: Option<String>,
    /// argon2id, PHC string.
    pub password_hash: Option<String>,
    /// Microseconds since 1970 UTC.
    pub now: i64,
}

impl NewResource {
    /// The row, once it is there.
    pub(super) fn stored(self, key: i64) -> Stored {
        Stored {
            key: ResourceKey(key),
            resource_type: self.resource_type,
            id: self.id,
            document: self.document,
            meta: Meta {
                created: self.now,
                last_modified: self.now,
                version: 1,
            },
            owner: self.owner,
            // Nobody can have put it into a group before it was there.
            is_grouped: false,
        }
    }
}

/// The columns of [`inserted`].
pub(super) const INSERTED: &str = "tenant_key, resource_type, id, connection_key, document, display_name, password_hash, version, created, last_modified, external_id_connection";

/// What is inserted.
pub(super) fn inserted(tenant: TenantKey, new: &NewResource) -> [Arg; 11] {
    [
        tenant.0.into(),
        new.resource_type.0.into(),
        new.id.into(),
        new.connection.map(|connection| connection.0).into(),
        new.document.as_str().into(),
        new.display_name.clone().into(),
        new.password_hash.clone().into(),
        1_i64.into(),
        new.now.into(),
        new.now.into(),
        new.owner.map(|owner| owner.0).into(),
    ]
}

/// Inserts resources, many in one statement; [`super::counts::count`] is to follow. Answers their rows in the same order, and the version of the
/// tenant's schemas that is in force.
///
/// # Errors
/// The database's.
pub async fn insert(
    tx: &mut Transaction,
    tenant: TenantKey,
    rows: Vec<NewResource>,
) -> Result<(Vec<Stored>, SchemaVersion)> {
    let mut stored = Vec::with_capacity(rows.len());
    let mut in_force = SchemaVersion(0);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<NewResource> = rows.by_ref().take(ROWS_PER_INSERT).collect();
        let mut insert = Statement::new("INSERT INTO resource (");
        insert.push(INSERTED).push(") VALUES ");
        for (position, new) in chunk.iter().enumerate() {
            insert.push(if position > 0 { ", " } else { "" });
            insert.bind_row(inserted(tenant, new));
        }
        insert
            .push(" RETURNING id, resource_key, (SELECT schema_version FROM tenant WHERE tenant_key = ")
            .bind(tenant.0)
            .push(")");
        let returned: Vec<(Uuid, i64, i64)> = tx.fetch_all(insert).await?;
        let keys: HashMap<Uuid, i64> = returned.iter().map(|(id, key, _)| (*id, *key)).collect();
        in_force = SchemaVersion(returned.first().map_or(0, |(_, _, version)| *version));
        for new in chunk {
            let key = keys
                .get(&new.id)
                .ok_or_else(|| Error::internal("an inserted resource has no key"))?;
            stored.push(new.stored(*key));
        }
    }
    Ok((stored, in_force))
}

/// Eleven arguments each: few enough to be bound quickly (see `attribute_index`).
const ROWS_PER_INSERT: usize = 32;

/// The version of a tenant's schemas, settings and index that a statement found in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaVersion(pub i64);

/// Reads one resource by id. One statement, by the unique index on (`tenant_key`, `id`).
///
/// # Errors
/// The database's.
pub async fn get(
    tx: &mut Transaction,
    tenant: TenantKey,
    resource_type: ResourceTypeId,
    id: Uuid,
) -> Result<Option<Stored>> {
    // The type is no part of the condition: without statistics, PostgreSQL would take an index that begins with it, and read all
    // resources of the type (30 ms among 5,000 after a first sync).
    let found = of_any_type(tx, tenant, id).await?;
    Ok(found.filter(|stored| stored.resource_type == resource_type))
}

/// As [`get`]; also finds out whether it is in a group.
///
/// # Errors
/// The database's.
pub async fn get_with_membership(
    tx: &mut Transaction,
    tenant: TenantKey,
    resource_type: ResourceTypeId,
    id: Uuid,
) -> Result<Option<Stored>> {
    let select = Statement::new(
        "SELECT resource_key, resource_type, id, document, version, created, last_modified, external_id_connection, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM membership WHERE member_key = resource_key) THEN 1 ELSE 0 END AS INTEGER) \
         FROM resource WHERE tenant_key = $1 AND id = $2",
    );
    let select = select.arg(tenant.0).arg(id).by_key();
    let row: Option<GroupedColumns> = tx.fetch_optional(select).await?;
    let found = row.map(Stored::from);
    Ok(found.filter(|stored| stored.resource_type == resource_type))
}

/// Reads one resource by id, whatever its type.
///
/// # Errors
/// The database's.
pub async fn of_any_type(
    tx: &mut Transaction,
    tenant: TenantKey,
    id: Uuid,
) -> Result<Option<Stored>> {
    let select = Statement::new(
        "SELECT resource_key, resource_type, id, document, version, created, last_modified, external_id_connection FROM resource \
         WHERE tenant_key = $1 AND id = $2",
    );
    let select = select.arg(tenant.0).arg(id).by_key();
    let row: Option<Columns> = tx.fetch_optional(select).await?;
    Ok(row.map(Stored::from))
}

/// As [`get`], and nobody else changes the resource until the transaction ends. Also answers the version of the tenant's schemas.
///
/// # Errors
/// The database's.
pub async fn lock(
    tx: &mut Transaction,
    tenant: TenantKey,
    resource_type: ResourceTypeId,
    id: Uuid,
) -> Result<Option<(Stored, SchemaVersion)>> {
    let select = Statement::new(TO_CHANGE).then(tx.dialect().for_update());
    to_change(tx, select, tenant, resource_type, id).await
}

/// As [`lock`] for a change that ends with [`update`], which finds out whether somebody else was faster. A transaction that has
/// done nothing yet does not begin with this.
///
/// # Errors
/// The database's.
pub async fn watch(
    tx: &mut Transaction,
    tenant: TenantKey,
    resource_type: ResourceTypeId,
    id: Uuid,
) -> Result<Option<(Stored, SchemaVersion)>> {
    if !tx.is_untouched() {
        return lock(tx, tenant, resource_type, id).await;
    }
    let select = Statement::new(TO_CHANGE).early().by_key();
    to_change(tx, select, tenant, resource_type, id).await
}

const TO_CHANGE: &str = "SELECT resource_key, resource_type, id, document, version, created, last_modified, external_id_connection, \
    CAST(CASE WHEN EXISTS (SELECT 1 FROM membership WHERE member_key = resource_key) THEN 1 ELSE 0 END AS INTEGER), \
    (SELECT schema_version FROM tenant WHERE tenant_key = $1) FROM resource WHERE tenant_key = $1 AND id = $2";

async fn to_change(
    tx: &mut Transaction,
    select: Statement,
    tenant: TenantKey,
    resource_type: ResourceTypeId,
    id: Uuid,
) -> Result<Option<(Stored, SchemaVersion)>> {
    type Row = (i64, i16, Uuid, String, i64, i64, i64, Option<i32>, i32, i64);
    let row: Option<Row> = tx.fetch_optional(select.arg(tenant.0).arg(id)).await?;
    let row = row.filter(|row| row.1 == resource_type.0);
    Ok(row.map(|(c0, c1, c2, c3, c4, c5, c6, c7, c8, in_force)| {
        let stored = Stored::from((c0, c1, c2, c3, c4, c5, c6, c7, c8));
        (stored, SchemaVersion(in_force))
    }))
}

/// Locks resources against other writers until the transaction ends, in the order of their keys. One statement.
///
/// # Errors
/// The database's.
pub async fn lock_all(tx: &mut Transaction, tenant: TenantKey, ids: &[Uuid]) -> Result<()> {
    for chunk in ids.chunks(LIST_CHUNK) {
        let mut select =
            Statement::new("SELECT resource_key FROM resource WHERE tenant_key = $1 AND id IN ")
                .arg(tenant.0);
        select.bind_list(chunk).push(" ORDER BY resource_key");
        select.push(tx.dialect().for_update());
        let _: Vec<(i64,)> = tx.fetch_all(select).await?;
    }
    Ok(())
}

/// Runs a SELECT of the columns of [`Stored`], and of whether there is a membership.
pub(super) async fn fetch_grouped(tx: &mut Transaction, select: Statement) -> Result<Vec<Stored>> {
    let rows: Vec<GroupedColumns> = tx.fetch_all(select).await?;
    Ok(rows.into_iter().map(Stored::from).collect())
}

/// Runs a SELECT of the columns of [`Stored`].
pub(super) async fn fetch(tx: &mut Transaction, select: Statement) -> Result<Vec<Stored>> {
    let rows: Vec<Columns> = tx.fetch_all(select).await?;
    Ok(rows.into_iter().map(Stored::from).collect())
}

/// The resources with these keys, in the order of the keys.
///
/// # Errors
/// The database's.
pub async fn by_keys(tx: &mut Transaction, keys: &[ResourceKey]) -> Result<Vec<Stored>> {
    let mut found = HashMap::with_capacity(keys.len());
    for chunk in keys.chunks(LIST_CHUNK) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut select = Statement::new(
            "SELECT resource_key, resource_type, id, document, version, created, last_modified, external_id_connection FROM resource WHERE resource_key IN ",
        );
        select.bind_list(&keys);
        let rows: Vec<Columns> = tx.fetch_all(select).await?;
        found.extend(rows.into_iter().map(|row| (row.0, Stored::from(row))));
    }
    Ok(keys.iter().filter_map(|key| found.remove(&key.0)).collect())
}

/// Ids and names of other resources, for those that refer to them.
///
/// # Errors
/// The database's.
pub async fn names(
    tx: &mut Transaction,
    tenant: TenantKey,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, ResourceTypeId, Option<String>)>> {
    let mut names = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(LIST_CHUNK) {
        let mut select = Statement::new(
            "SELECT id, resource_type, display_name FROM resource WHERE tenant_key = $1 AND id IN ",
        )
        .arg(tenant.0);
        select.bind_list(chunk);
        let rows: Vec<(Uuid, i16, Option<String>)> = tx.fetch_all(select).await?;
        names.extend(
            rows.into_iter()
                .map(|(id, resource_type, name)| (id, ResourceTypeId(resource_type), name)),
        );
    }
    Ok(names)
}

/// What becomes of a password hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordUpdate<'a> {
    /// It stays.
    Keep,
    /// This one takes its place.
    Set(&'a str),
    /// There is none any more.
    Clear,
}

/// What an update writes.
#[derive(Debug)]
pub struct Update<'a> {
    /// The row's key.
    pub key: ResourceKey,
    /// The version that was read.
    pub version: i64,
    /// The tenant.
    pub tenant: TenantKey,
    /// The version of the tenant's schemas by which the document was validated.
    pub in_force: SchemaVersion,
    /// The document's JSON text.
    pub document: &'a str,
    /// The name for people.
    pub display_name: Option<&'a str>,
    /// What becomes of the password hash.
    pub password: PasswordUpdate<'a>,
    /// The connection that set `externalId`.
    pub owner: Option<ConnectionKey>,
    /// Microseconds since 1970 UTC.
    pub now: i64,
}

/// Writes a document over the version that was read; the version grows by one. It may be written with the commit.
///
/// # Errors
/// A conflict when the version, or that of the schemas, is another by now; the database's.
pub async fn update(tx: &mut Transaction, update: Update<'_>) -> Result<()> {
    let mut statement = Statement::new("UPDATE resource SET version = version + 1, document = ");
    statement
        .bind(update.document)
        .push(", display_name = ")
        .bind(update.display_name.map(str::to_owned));
    statement.push(", last_modified = ").bind(update.now);
    statement
        .push(", external_id_connection = ")
        .bind(update.owner.map(|owner| owner.0));
    match update.password {
        PasswordUpdate::Keep => {}
        PasswordUpdate::Set(hash) => {
            statement.push(", password_hash = ").bind(hash);
        }
        PasswordUpdate::Clear => {
            statement.push(", password_hash = NULL");
        }
    }
    statement
        .push(" WHERE resource_key = ")
        .bind(update.key.0)
        .push(" AND version = ")
        .bind(update.version);
    // Once more: whoever waited for the row's lock read the schemas' version before.
    statement
        .push(" AND (SELECT schema_version FROM tenant WHERE tenant_key = ")
        .bind(update.tenant.0)
        .push(") = ")
        .bind(update.in_force.0);
    tx.later(statement.of_one_row()).await
}

/// Whether a password is stored.
///
/// # Errors
/// The database's.
pub async fn has_password(tx: &mut Transaction, key: ResourceKey) -> Result<bool> {
    let select = Statement::new(
        "SELECT resource_key FROM resource WHERE resource_key = $1 AND password_hash IS NOT NULL",
    );
    let row: Option<(i64,)> = tx.fetch_optional(select.arg(key.0)).await?;
    Ok(row.is_some())
}

/// The hash of a password, if there is one.
///
/// # Errors
/// The database's.
pub async fn password_hash(tx: &mut Transaction, key: ResourceKey) -> Result<Option<String>> {
    let select = Statement::new("SELECT password_hash FROM resource WHERE resource_key = $1");
    let row: Option<(Option<String>,)> = tx.fetch_optional(select.arg(key.0)).await?;
    Ok(row.and_then(|(hash,)| hash))
}

/// The connection that created a resource; none: an operator, the person, or an import.
///
/// # Errors
/// The database's.
pub async fn connection_of(
    tx: &mut Transaction,
    key: ResourceKey,
) -> Result<Option<ConnectionKey>> {
    let select = Statement::new("SELECT connection_key FROM resource WHERE resource_key = $1");
    let row: Option<(Option<i32>,)> = tx.fetch_optional(select.arg(key.0)).await?;
    Ok(row.and_then(|(connection,)| connection.map(ConnectionKey)))
}

/// Forgets which connection created a resource.
///
/// # Errors
/// The database's.
pub async fn detach(tx: &mut Transaction, key: ResourceKey) -> Result<()> {
    let update =
        Statement::new("UPDATE resource SET connection_key = NULL WHERE resource_key = $1");
    tx.execute(update.arg(key.0)).await.map(|_| ())
}

/// Hashes the same password anew: neither version nor history change. Nothing happens when it is another one by now.
///
/// # Errors
/// The database's.
pub async fn renew_hash(
    tx: &mut Transaction,
    key: ResourceKey,
    old: Option<&str>,
    new: &str,
) -> Result<()> {
    let update = Statement::new(
        "UPDATE resource SET password_hash = $3 WHERE resource_key = $1 AND password_hash = $2",
    );
    let update = update.arg(key.0).arg(old.map(str::to_owned)).arg(new);
    tx.execute(update).await.map(|_| ())
}

/// Bumps the version of a resource whose members changed; answers its times and version, `None` if it is gone.
///
/// The row is locked from here on: what comes before in the transaction holds nobody up.
///
/// # Errors
/// The database's.
pub async fn touch(tx: &mut Transaction, key: ResourceKey, now: i64) -> Result<Option<Meta>> {
    let mut update = Statement::new("UPDATE resource SET ");
    touching(&mut update, now);
    update.push(" WHERE resource_key = ").bind(key.0);
    update.push(" RETURNING version, created, last_modified");
    let row: Option<(i64, i64, i64)> = tx.fetch_optional(update).await?;
    Ok(row.map(touched))
}

/// Appends what a change of members sets.
pub(super) fn touching(update: &mut Statement, now: i64) {
    update
        .push("version = version + 1, last_modified = CASE WHEN last_modified > ")
        .bind(now)
        .push(" THEN last_modified ELSE ")
        .bind(now)
        .push(" END");
}

pub(super) fn touched((version, created, last_modified): (i64, i64, i64)) -> Meta {
    Meta {
        created,
        last_modified,
        version,
    }
}

/// Deletes a resource with its index rows and memberships.
///
/// # Errors
/// The database's.
pub async fn delete(tx: &mut Transaction, tenant: TenantKey, stored: &Stored) -> Result<()> {
    tx.execute(
        Statement::new("DELETE FROM attribute_index WHERE resource_key = $1").arg(stored.key.0),
    )
    .await?;
    tx.execute(Statement::new("DELETE FROM resource WHERE resource_key = $1").arg(stored.key.0))
        .await?;
    counts::count(tx, tenant, std::slice::from_ref(stored), -1).await
}

/// The next resources of all tenants by key, locked: for work on the whole database.
///
/// # Errors
/// The database's.
pub async fn lock_next(
    tx: &mut Transaction,
    after: ResourceKey,
    count: i64,
) -> Result<Vec<(TenantKey, Stored)>> {
    type Row = (i32, i64, i16, Uuid, String, i64, i64, i64, Option<i32>);
    let mut select = Statement::new(
        "SELECT tenant_key, resource_key, resource_type, id, document, version, created, last_modified, external_id_connection FROM resource \
         WHERE resource_key > $1 ORDER BY resource_key LIMIT $2",
    );
    select.push(tx.dialect().for_update());
    let rows: Vec<Row> = tx.fetch_all(select.arg(after.0).arg(count)).await?;
    let stored = rows.into_iter().map(
        |(tenant, key, resource_type, id, document, version, created, last_modified, owner)| {
            (
                TenantKey(tenant),
                Stored::from((
                    key,
                    resource_type,
                    id,
                    document,
                    version,
                    created,
                    last_modified,
                    owner,
                )),
            )
        },
    );
    Ok(stored.collect())
}

/// The next documents of a type by key: for work on all of them.
///
/// # Errors
/// The database's.
pub async fn next_of_type(
    tx: &mut Transaction,
    tenant: TenantKey,
    resource_type: ResourceTypeId,
    after: ResourceKey,
    count: i64,
) -> Result<Vec<(ResourceKey, String)>> {
    let select = Statement::new(
        "SELECT resource_key, document FROM resource WHERE tenant_key = $1 AND resource_type = $2 AND resource_key > $3 ORDER BY resource_key LIMIT $4",
    );
    let select = select.arg(tenant.0).arg(resource_type.0);
    let rows: Vec<(i64, String)> = tx.fetch_all(select.arg(after.0).arg(count)).await?;
    Ok(rows
        .into_iter()
        .map(|(key, document)| (ResourceKey(key), document))
        .collect())
}
