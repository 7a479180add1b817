//! The keys that sign our own access tokens: made, kept in the database, published, rotated.

use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::bearer::base62;
use super::jwt::{self, Key};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::store::signing_keys::{self, SigningKey};

/// What our access tokens say of themselves (RFC 9068 §2.1).
pub const ACCESS_TOKEN: &str = "at+jwt";

/// How long what was read from the database is believed, in microseconds: as long as what a token stands for.
const FRESH: i64 = 50_000;
/// How soon the database is asked again for a key that was not among those read: whoever makes keys up does not make it work much.
const UNKNOWN_AGAIN: i64 = 10_000;

/// The algorithms that our tokens can be signed with.
pub const SIGNING: &[&str] = &["EdDSA", "ES256"];

/// Makes a key pair.
///
/// # Errors
/// `invalidValue` for an algorithm that is none of [`SIGNING`].
pub fn generate(algorithm: &str, now: i64) -> Result<SigningKey> {
    let failed = |_| Error::internal("a signing key could not be made");
    let private_key = match algorithm {
        "EdDSA" => Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new())
            .map_err(failed)?
            .as_ref()
            .to_vec(),
        "ES256" => {
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .map_err(failed)?
                .as_ref()
                .to_vec()
        }
        other => {
            return Err(Error::invalid_value(format!(
                "{other:?} cannot sign; there are: {}",
                SIGNING.join(", ")
            )));
        }
    };
    let (signing, parsed) = signing_key(algorithm, &private_key)?;
    let public = Jwk::from_encoding_key(&signing, parsed)
        .and_then(|key| serde_json::to_value(key).map_err(Into::into))
        .map_err(|error| Error::internal("a public key could not be written").caused_by(error))?;
    let mut public: Map<String, Value> = match public {
        Value::Object(members) => members,
        _ => return Err(Error::internal("a public key is no object")),
    };
    let digest = Sha256::digest(Value::Object(public.clone()).to_string());
    let key_id = base62(digest.get(..12).unwrap_or_default(), 17);
    public.insert("kid".to_owned(), json!(key_id));
    public.insert("use".to_owned(), json!("sig"));
    public.insert("alg".to_owned(), json!(algorithm));
    Ok(SigningKey {
        key_id,
        algorithm: algorithm.to_owned(),
        private_key,
        public_key: Value::Object(public).to_string(),
        created: now,
        retired: None,
    })
}

fn signing_key(algorithm: &str, private_key: &[u8]) -> Result<(EncodingKey, Algorithm)> {
    match algorithm {
        "EdDSA" => Ok((EncodingKey::from_ed_der(private_key), Algorithm::EdDSA)),
        "ES256" => Ok((EncodingKey::from_ec_der(private_key), Algorithm::ES256)),
        _ => Err(Error::internal("a stored key is for an unknown algorithm")),
    }
}

/// The keys as they were read last.
#[derive(Debug, Default)]
struct Ring {
    read_at: i64,
    keys: Vec<(SigningKey, Key)>,
}

/// Our keys, remembered for a moment. A key that is not known is looked for at once, so that a rotation on one instance is in
/// force on the others.
#[derive(Debug)]
pub struct Keys {
    store: Store,
    algorithm: String,
    life_seconds: i64,
    ring: RwLock<Arc<Ring>>,
}

impl Keys {
    /// Signs with this algorithm, tokens that live so long.
    #[must_use]
    pub fn new(store: Store, algorithm: &str, life_seconds: i64) -> Self {
        Self {
            store,
            algorithm: algorithm.to_owned(),
            life_seconds,
            ring: RwLock::default(),
        }
    }

    /// How long a token lives, in seconds.
    #[must_use]
    pub fn life_seconds(&self) -> i64 {
        self.life_seconds
    }

    /// Signs claims as an access token.
    ///
    /// # Errors
    /// The database's.
    pub async fn sign(&self, claims: &Value, now: i64) -> Result<String> {
        self.sign_as(ACCESS_TOKEN, claims, now).await
    }

    /// Signs claims as a token of some kind (`typ`) with the newest key, which is made if there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn sign_as(&self, kind: &str, claims: &Value, now: i64) -> Result<String> {
        let is_signing =
            |key: &SigningKey| key.algorithm == self.algorithm && key.retired.is_none();
        let mut ring = self.ring(now, FRESH).await?;
        if !ring.keys.iter().any(|(key, _)| is_signing(key)) {
            let key = generate(&self.algorithm, now)?;
            signing_keys::insert_first(&self.store, &key).await?;
            ring = self.ring(now, 0).await?;
        }
        let signing = ring.keys.iter().filter(|(key, _)| is_signing(key));
        let newest = signing.max_by_key(|(key, _)| key.created);
        let (key, _) = newest.ok_or_else(|| Error::internal("there is no signing key"))?;
        let (private, algorithm) = signing_key(&key.algorithm, &key.private_key)?;
        let mut header = Header::new(algorithm);
        header.kid = Some(key.key_id.clone());
        header.typ = Some(kind.to_owned());
        jsonwebtoken::encode(&header, claims, &private)
            .map_err(|error| Error::internal("a token could not be signed").caused_by(error))
    }

    /// The keys that may have signed a token that names this one.
    ///
    /// # Errors
    /// The database's.
    pub async fn verifying(&self, key_id: Option<&str>, now: i64) -> Result<Vec<Key>> {
        let mut ring = self.ring(now, FRESH).await?;
        let knows = |ring: &Ring| {
            ring.keys
                .iter()
                .any(|(key, _)| Some(key.key_id.as_str()) == key_id)
        };
        if !knows(&ring) {
            ring = self.ring(now, UNKNOWN_AGAIN).await?;
        }
        Ok(self.good(&ring, now).map(|(_, key)| key.clone()).collect())
    }

    /// The public keys, as a JSON Web Key Set.
    ///
    /// # Errors
    /// The database's.
    pub async fn published(&self, now: i64) -> Result<Value> {
        let ring = self.ring(now, FRESH).await?;
        let keys = self.good(&ring, now);
        let keys = keys.filter_map(|(key, _)| serde_json::from_str::<Value>(&key.public_key).ok());
        Ok(json!({"keys": keys.collect::<Vec<_>>()}))
    }

    /// Those whose tokens can still be valid.
    fn good<'r>(&self, ring: &'r Ring, now: i64) -> impl Iterator<Item = &'r (SigningKey, Key)> {
        let gone = now - (self.life_seconds + 120) * 1_000_000;
        let keys = ring.keys.iter();
        keys.filter(move |(key, _)| key.retired.is_none_or(|retired| retired > gone))
    }

    async fn ring(&self, now: i64, age: i64) -> Result<Arc<Ring>> {
        let known = Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner));
        if known.read_at > 0 && now.saturating_sub(known.read_at) < age {
            return Ok(known);
        }
        let mut reader = self.store.reader();
        let rows = signing_keys::list(&mut reader).await?;
        let keys = rows.into_iter().filter_map(|key| {
            let public: Value = serde_json::from_str(&key.public_key).ok()?;
            let read = jwt::Key::read(&public)?;
            Some((key, read))
        });
        let fresh = Arc::new(Ring {
            read_at: now,
            keys: keys.collect(),
        });
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
        Ok(fresh)
    }
}
