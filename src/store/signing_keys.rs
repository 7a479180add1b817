//! The keys that sign access tokens.

use super::statement::Statement;
use super::{Store, Transaction};
use crate::error::Result;

/// A key pair.
#[derive(Clone)]
pub struct SigningKey {
    /// Its name in tokens and in the published set.
    pub key_id: String,
    /// `EdDSA` or `ES256`.
    pub algorithm: String,
    /// The pair, as PKCS #8.
    pub private_key: Vec<u8>,
    /// The public half, as a JSON Web Key.
    pub public_key: String,
    /// Microseconds since 1970 UTC.
    pub created: i64,
    /// Since when it signs no more.
    pub retired: Option<i64>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("key_id", &self.key_id)
            .field("algorithm", &self.algorithm)
            .field("retired", &self.retired)
            .finish_non_exhaustive()
    }
}

/// All keys, oldest first.
///
/// # Errors
/// The database's.
pub async fn list(tx: &mut Transaction) -> Result<Vec<SigningKey>> {
    type Columns = (String, String, Vec<u8>, String, i64, Option<i64>);
    let rows: Vec<Columns> = tx
        .fetch_all(Statement::new(
            "SELECT key_id, algorithm, private_key, public_key, created, retired FROM signing_key ORDER BY created, key_id",
        ))
        .await?;
    let keys = rows.into_iter().map(
        |(key_id, algorithm, private_key, public_key, created, retired)| SigningKey {
            key_id,
            algorithm,
            private_key,
            public_key,
            created,
            retired,
        },
    );
    Ok(keys.collect())
}

/// Inserts a key.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Transaction, key: &SigningKey) -> Result<()> {
    let insert = Statement::new(
        "INSERT INTO signing_key (key_id, algorithm, private_key, public_key, created) VALUES ($1, $2, $3, $4, $5)",
    );
    let insert = insert.arg(key.key_id.as_str()).arg(key.algorithm.as_str());
    let insert = insert
        .arg(key.private_key.clone())
        .arg(key.public_key.as_str());
    tx.execute(insert.arg(key.created)).await.map(|_| ())
}

/// Inserts a key unless there is one that signs by the same algorithm. Instances that start at once make one between them.
///
/// # Errors
/// The database's.
pub async fn insert_first(store: &Store, key: &SigningKey) -> Result<()> {
    in_transaction!(store, |tx| {
        super::tenants::lock_all(tx).await?;
        let known = list(tx).await?;
        let is_there = known
            .iter()
            .any(|known| known.algorithm == key.algorithm && known.retired.is_none());
        if is_there {
            return Ok(());
        }
        insert(tx, key).await
    })
}

/// Lets every other key of the same algorithm sign no more.
///
/// # Errors
/// The database's.
pub async fn retire_others(tx: &mut Transaction, key: &SigningKey) -> Result<()> {
    let update = Statement::new(
        "UPDATE signing_key SET retired = $3 WHERE algorithm = $1 AND key_id <> $2 AND retired IS NULL",
    );
    let update = update.arg(key.algorithm.as_str()).arg(key.key_id.as_str());
    tx.execute(update.arg(key.created)).await.map(|_| ())
}

/// Forgets the keys that signed no more before a time.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Transaction, before: i64) -> Result<u64> {
    tx.execute(Statement::new("DELETE FROM signing_key WHERE retired < $1").arg(before))
        .await
}
