//! Letters to people on their way: written in the transaction of what they tell of, sent afterwards by any instance.

use uuid::Uuid;

use super::statement::Statement;
use super::{TenantKey, Transaction};
use crate::error::Result;

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its number.
    pub key: i64,
    /// The tenant.
    pub tenant: TenantKey,
    /// The person it is about.
    pub resource: Option<Uuid>,
    /// Which letter.
    pub kind: String,
    /// What the link in it is good for; none: there is no link in it.
    pub purpose: Option<String>,
    /// Where it goes.
    pub address: String,
    /// A language tag.
    pub language: String,
    /// JSON: what else stands in it.
    pub variables: String,
    /// How often it has been tried.
    pub attempts: i64,
    /// When it was written: microseconds since 1970 UTC.
    pub created: i64,
}

/// Writes a letter that is to be sent at once.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Transaction, letter: &Letter) -> Result<()> {
    let insert = Statement::new(
        "INSERT INTO letter (tenant_key, resource_id, kind, purpose, address, language, variables, created, due, attempts, is_sent) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 0, $9)",
    );
    let insert = insert
        .arg(letter.tenant.0)
        .arg(letter.resource)
        .arg(letter.kind.as_str())
        .arg(letter.purpose.clone())
        .arg(letter.address.as_str())
        .arg(letter.language.as_str())
        .arg(letter.variables.as_str())
        .arg(letter.created)
        .arg(false);
    tx.execute(insert).await.map(|_| ())
}

/// Takes the next letter that is due, for as long as `lease`: until then no other instance takes it.
///
/// # Errors
/// The database's.
pub async fn take(tx: &mut Transaction, now: i64, lease: i64) -> Result<Option<Letter>> {
    type Columns = (
        i64,
        i32,
        Option<Uuid>,
        String,
        Option<String>,
        String,
        String,
        String,
        i64,
        i64,
    );
    // Two that take the same one at once: the second one finds it is no longer due.
    let update = Statement::new(
        "UPDATE letter SET due = $2, attempts = attempts + 1 WHERE letter_key = \
         (SELECT letter_key FROM letter WHERE ended IS NULL AND due <= $1 ORDER BY due, letter_key LIMIT 1) AND ended IS NULL AND due <= $1 \
         RETURNING letter_key, tenant_key, resource_id, kind, purpose, address, language, variables, attempts, created",
    );
    let row: Option<Columns> = tx.fetch_optional(update.arg(now).arg(now + lease)).await?;
    Ok(row.map(
        |(
            key,
            tenant,
            resource,
            kind,
            purpose,
            address,
            language,
            variables,
            attempts,
            created,
        )| {
            Letter {
                key,
                tenant: TenantKey(tenant),
                resource,
                kind,
                purpose,
                address,
                language,
                variables,
                attempts,
                created,
            }
        },
    ))
}

/// Whether a letter is still to be sent.
///
/// # Errors
/// The database's.
pub async fn is_open(tx: &mut Transaction, key: i64) -> Result<bool> {
    let select =
        Statement::new("SELECT letter_key FROM letter WHERE letter_key = $1 AND ended IS NULL");
    let row: Option<(i64,)> = tx.fetch_optional(select.arg(key)).await?;
    Ok(row.is_some())
}

/// Notes how an attempt ended: sent, given up, or to be tried again at `due`.
///
/// # Errors
/// The database's.
pub async fn note(
    tx: &mut Transaction,
    key: i64,
    failure: Option<&str>,
    due: Option<i64>,
    now: i64,
) -> Result<()> {
    let mut update = Statement::new("UPDATE letter SET failure = ");
    update.bind(failure.map(str::to_owned));
    match due {
        Some(due) => update.push(", due = ").bind(due),
        None => update.push(", ended = ").bind(now),
    };
    update.push(", is_sent = ").bind(failure.is_none());
    update.push(" WHERE letter_key = ").bind(key);
    tx.execute(update).await.map(|_| ())
}

/// A letter as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Its number.
    pub key: i64,
    /// Which letter.
    pub kind: String,
    /// Where it goes.
    pub address: String,
    /// Microseconds since 1970 UTC.
    pub created: i64,
    /// How often it has been tried.
    pub attempts: i64,
    /// Why the last attempt failed.
    pub failure: Option<String>,
    /// Since when it is sent or given up.
    pub ended: Option<i64>,
    /// Whether it is sent.
    pub is_sent: bool,
}

/// Why an account's letter was not sent that somebody has made needless meanwhile, by a new password for instance.
pub const OVERTAKEN: &str = "the account no longer needs it";
const WITHDRAWN: &str = "withdrawn";
/// Failures that are none.
const NEEDLESS: &[&str] = &[OVERTAKEN, WITHDRAWN];
/// Among how many letters the failed ones are looked for.
const RECENT: i64 = 1_000;

impl Posted {
    /// Whether the last attempt has failed, and the letter is still wanted.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        let failure = self.failure.as_deref();
        !self.is_sent && failure.is_some_and(|failure| !NEEDLESS.contains(&failure))
    }
}

type PostedColumns = (
    i64,
    String,
    String,
    i64,
    i64,
    Option<String>,
    Option<i64>,
    bool,
);

impl From<PostedColumns> for Posted {
    fn from(
        (key, kind, address, created, attempts, failure, ended, is_sent): PostedColumns,
    ) -> Self {
        Self {
            key,
            kind,
            address,
            created,
            attempts,
            failure,
            ended,
            is_sent,
        }
    }
}

/// The letters of a tenant, the newest first.
///
/// # Errors
/// The database's.
pub async fn list(tx: &mut Transaction, tenant: TenantKey, count: i64) -> Result<Vec<Posted>> {
    let select = Statement::new(
        "SELECT letter_key, kind, address, created, attempts, failure, ended, is_sent FROM letter WHERE tenant_key = $1 ORDER BY letter_key DESC LIMIT $2",
    );
    let rows: Vec<PostedColumns> = tx.fetch_all(select.arg(tenant.0).arg(count)).await?;
    Ok(rows.into_iter().map(Posted::from).collect())
}

/// How many of a tenant's latest letters are looked at for those to one person.
const LOOKED_AT: i64 = 5_000;

/// The letters about a person among the latest of the tenant, the newest first.
///
/// # Errors
/// The database's.
pub async fn of_person(
    tx: &mut Transaction,
    tenant: TenantKey,
    person: Uuid,
    count: i64,
) -> Result<Vec<Posted>> {
    let select = Statement::new(
        "SELECT letter_key, kind, address, created, attempts, failure, ended, is_sent FROM \
         (SELECT letter_key, resource_id, kind, address, created, attempts, failure, ended, is_sent FROM letter WHERE tenant_key = $1 ORDER BY letter_key DESC LIMIT $2) AS latest \
         WHERE resource_id = $3 ORDER BY letter_key DESC LIMIT $4",
    );
    let select = select.arg(tenant.0).arg(LOOKED_AT).arg(person).arg(count);
    let rows: Vec<PostedColumns> = tx.fetch_all(select).await?;
    Ok(rows.into_iter().map(Posted::from).collect())
}

/// The letters of a tenant that have failed, be it that they are tried again, the newest first; none that has become needless.
///
/// # Errors
/// The database's.
pub async fn failed(tx: &mut Transaction, tenant: TenantKey, count: i64) -> Result<Vec<Posted>> {
    let newest = list(tx, tenant, RECENT).await?;
    let failed = newest.into_iter().filter(Posted::has_failed);
    Ok(failed
        .take(usize::try_from(count).unwrap_or_default())
        .collect())
}

/// Sends a letter again that has failed, at once; false when there is none.
///
/// # Errors
/// The database's.
pub async fn again(tx: &mut Transaction, tenant: TenantKey, key: i64, now: i64) -> Result<bool> {
    let mut update = Statement::new(
        "UPDATE letter SET due = $3, ended = NULL, attempts = 0 WHERE tenant_key = $1 AND letter_key = $2 AND failure IS NOT NULL AND is_sent = ",
    );
    update = update.arg(tenant.0).arg(key).arg(now);
    update.bind(false);
    for needless in NEEDLESS {
        update.push(" AND failure <> ").bind(*needless);
    }
    Ok(tx.execute(update).await? > 0)
}

/// Makes letters about a person that are not sent yet go nowhere.
///
/// # Errors
/// The database's.
pub async fn withdraw(
    tx: &mut Transaction,
    tenant: TenantKey,
    person: Uuid,
    now: i64,
) -> Result<()> {
    let update = Statement::new(
        "UPDATE letter SET ended = $3, failure = 'withdrawn' WHERE tenant_key = $1 AND resource_id = $2 AND ended IS NULL AND purpose IS NOT NULL",
    );
    tx.later(update.arg(tenant.0).arg(person).arg(now)).await
}

/// Forgets letters that ended before then.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Transaction, before: i64) -> Result<u64> {
    let delete = Statement::new("DELETE FROM letter WHERE ended < $1");
    tx.execute(delete.arg(before)).await
}
