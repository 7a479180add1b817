//! Who shows a bearer token: one of ours from the database, one of ours that was signed, or one of another issuer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ipnet::IpNet;
use jsonwebtoken::Algorithm;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::jwks::RemoteKeys;
use super::jwt::{self, Expected, Key, Unverified};
use super::keys::{ACCESS_TOKEN, Keys};
use super::remembered::Remembered;
use super::{Caller, Clock, Scopes, bearer};
use crate::error::{Error, Result};
use crate::store::clients::{self, Issuer};
use crate::store::{Store, tokens};

/// How tokens are signed and fetched keys are reached.
#[derive(Debug, Clone)]
pub struct Options {
    /// Who we are in our tokens: the public URL.
    pub issuer: String,
    /// What our tokens are signed with: `EdDSA` or `ES256`.
    pub algorithm: String,
    /// How long our tokens live, in seconds.
    pub life_seconds: i64,
    /// Private networks in which keys may be fetched.
    pub private_networks: Vec<IpNet>,
    /// How long it is remembered what a token stands for that another instance may have changed meanwhile.
    pub remembers: Duration,
}

/// Knows every way to prove who one is.
#[derive(Debug)]
pub struct Authenticator {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) issuer: String,
    pub(super) keys: Keys,
    pub(super) remote: RemoteKeys,
    remembered: Remembered,
}

/// How the tokens of another issuer are read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reading {
    /// The accepted algorithms.
    pub algorithms: Vec<String>,
    /// Where the keys are published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys_url: Option<String>,
    /// The keys, as a JSON Web Key Set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Value>,
    /// The claim that names the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_claim: Option<String>,
    /// The claim that names the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_claim: Option<String>,
    /// The claim that lists the scopes: text with blanks, or an array.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_claim: Option<String>,
    /// What the issuer calls the scopes, where it calls them something else.
    pub scope_names: Map<String, Value>,
    /// Claims that must have these values.
    pub required: Map<String, Value>,
}

impl Reading {
    /// The algorithms.
    ///
    /// # Errors
    /// `invalidValue` for one that is not accepted.
    pub fn algorithms(&self) -> Result<Vec<Algorithm>> {
        jwt::algorithms(self.algorithms.iter().map(String::as_str))
    }
}

impl Authenticator {
    /// Asks this database.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(store: Store, clock: Arc<dyn Clock>, options: &Options) -> Result<Self> {
        Ok(Self {
            keys: Keys::new(store.clone(), &options.algorithm, options.life_seconds),
            remote: RemoteKeys::new(&options.private_networks)?,
            issuer: options.issuer.clone(),
            remembered: Remembered::new(options.remembers),
            store,
            clock,
        })
    }

    /// Finds out who shows a token. What is revoked, deleted or changed by this instance is so for the next request, and by another
    /// one after the time that is remembered.
    ///
    /// # Errors
    /// 401; 503 when an issuer's keys cannot be fetched.
    pub async fn authenticate(&self, token: &str) -> Result<Caller> {
        let now = self.clock.now();
        if !Unverified::is_shaped(token) {
            return self.opaque(token, now).await;
        }
        let read = Unverified::read(token).ok_or_else(|| {
            Error::invalid_token("the token is no JSON Web Token that could be read")
        })?;
        if read.claim("iss") == Some(self.issuer.as_str()) {
            return self.own(&read, now).await;
        }
        self.foreign(&read, now).await
    }

    async fn opaque(&self, token: &str, now: i64) -> Result<Caller> {
        let hash = bearer::hash(token);
        let before = (Instant::now(), self.store.client_changes());
        if let Some(caller) = self.remembered.get(&hash, before.1, now) {
            return Ok(caller);
        }
        let (caller, expires) = bearer::authenticate(&self.store, &hash, now).await?;
        self.remembered.put(hash, &caller, expires, before);
        Ok(caller)
    }

    /// A token that tells an application who a person is: their claims, for that audience, for five minutes. It opens nothing here.
    ///
    /// # Errors
    /// The database's.
    pub async fn identity_token(&self, claims: &Value, audience: &str) -> Result<(String, i64)> {
        const KIND: &str = "JWT";
        const LIFE_SECONDS: i64 = 300;
        let now = self.clock.now();
        let issued = now / 1_000_000;
        let mut claims = claims.clone();
        if let Some(claims) = claims.as_object_mut() {
            claims.insert("iss".to_owned(), Value::from(self.issuer.as_str()));
            claims.insert("aud".to_owned(), Value::from(audience));
            claims.insert("iat".to_owned(), Value::from(issued));
            claims.insert("exp".to_owned(), Value::from(issued + LIFE_SECONDS));
        }
        let token = self.keys.sign_as(KIND, &claims, now).await?;
        Ok((token, LIFE_SECONDS))
    }

    /// The published keys that verify our tokens.
    ///
    /// # Errors
    /// The database's.
    pub async fn key_set(&self) -> Result<Value> {
        self.keys.published(self.clock.now()).await
    }

    async fn own(&self, token: &Unverified<'_>, now: i64) -> Result<Caller> {
        let keys = self.keys.verifying(token.key_id(), now).await?;
        let expected = Expected {
            algorithms: &[Algorithm::EdDSA, Algorithm::ES256],
            issuer: &self.issuer,
            audiences: &[&self.issuer],
            is_assertion: false,
            kind: Some(ACCESS_TOKEN),
        };
        let claims = token.verify(&keys, &expected, now)?;
        let id = claims
            .get("client_id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let found = clients::facts(&mut self.store.reader(), id).await?;
        let (most, client) =
            found.ok_or_else(|| Error::invalid_token("the token's client has been deleted"))?;
        let granted = claims
            .get("scope")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let scopes = Scopes::known(granted).and(Scopes::parse(&most)?);
        let mut caller = Caller::of(client, scopes)?;
        caller.actor = format!("client {id} of {}", caller.actor);
        caller.token_id = Some(id.to_owned());
        Ok(caller)
    }

    async fn foreign(&self, token: &Unverified<'_>, now: i64) -> Result<Caller> {
        let name = token.claim("iss").unwrap_or_default();
        let known = clients::issuers_called(&mut self.store.reader(), name).await?;
        if known.is_empty() {
            return Err(Error::invalid_token("the token's issuer is unknown"));
        }
        // Two issuers may have the same name and another audience; one that does not answer must not stand in the other's way.
        let mut meant = known.iter().filter(|issuer| token.is_for(&issuer.audience));
        let Some(issuer) = meant.next() else {
            return Err(Error::invalid_token(
                "the token is meant for another audience (\"aud\")",
            ));
        };
        let mut outcome = self.of_issuer(issuer, token, now).await;
        for issuer in meant {
            if outcome.is_ok() {
                break;
            }
            outcome = self.of_issuer(issuer, token, now).await.or(outcome);
        }
        outcome
    }

    async fn of_issuer(&self, issuer: &Issuer, token: &Unverified<'_>, now: i64) -> Result<Caller> {
        let reading: Reading = serde_json::from_str(&issuer.configuration)
            .map_err(|error| Error::internal("an issuer is malformed").caused_by(error))?;
        let (given, published) = (reading.keys.as_ref(), reading.keys_url.as_deref());
        let keys = self.keys_of(given, published, token, now).await?;
        let expected = Expected {
            algorithms: &reading.algorithms()?,
            issuer: &issuer.issuer,
            audiences: &[&issuer.audience],
            is_assertion: false,
            kind: None,
        };
        let claims = token.verify(&keys, &expected, now)?;
        self.mapped(issuer, &reading, &claims).await
    }

    /// The keys that were given, or those that are published at an address.
    pub(super) async fn keys_of(
        &self,
        given: Option<&Value>,
        published: Option<&str>,
        token: &Unverified<'_>,
        now: i64,
    ) -> Result<Arc<Vec<Key>>> {
        match (given, published) {
            (Some(keys), _) => jwt::key_set(keys).map(Arc::new),
            (None, Some(url)) => self.remote.get(url, token.key_id(), now).await,
            (None, None) => Ok(Arc::default()),
        }
    }

    /// Whom the claims of a verified token stand for.
    async fn mapped(
        &self,
        issuer: &Issuer,
        reading: &Reading,
        claims: &Map<String, Value>,
    ) -> Result<Caller> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        for (name, wanted) in &reading.required {
            if claims.get(name) != Some(wanted) {
                return Err(Error::invalid_token(format!(
                    "the token has another value for the claim {name:?} than is required"
                )));
            }
        }
        let mut reader = self.store.reader();
        let found = match (issuer.connection, issuer.tenant) {
            (Some(connection), _) => tokens::facts_by_key(&mut reader, connection).await?,
            (None, of_tenant) => {
                let connection = reading.connection_claim.as_deref().and_then(text);
                let connection = connection.unwrap_or_default();
                match (of_tenant, reading.tenant_claim.as_deref().and_then(text)) {
                    (Some(tenant), _) => {
                        tokens::facts_in_tenant(&mut reader, tenant, connection).await?
                    }
                    (None, Some(tenant)) => {
                        tokens::facts_by_name(&mut reader, tenant, connection).await?
                    }
                    (None, None) => None,
                }
            }
        };
        drop(reader);
        let client = found.ok_or_else(|| {
            Error::invalid_token("the token's claims name no tenant and connection that exist")
        })?;
        let scopes = granted(issuer, reading, claims)?;
        let mut caller = Caller::of(client, scopes)?;
        let subject: String = text("sub").unwrap_or("?").chars().take(100).collect();
        caller.actor = format!("{subject:?} of issuer {} by {}", issuer.name, caller.actor);
        caller.token_id = Some(format!("issuer {}", issuer.name));
        Ok(caller)
    }
}

/// What a token of another issuer allows: what it says, and no more than the issuer may give. Without a claim for scopes, that.
fn granted(issuer: &Issuer, reading: &Reading, claims: &Map<String, Value>) -> Result<Scopes> {
    let most = Scopes::parse(&issuer.scopes)?;
    let Some(claim) = &reading.scope_claim else {
        return Ok(most);
    };
    let said: Vec<&str> = match claims.get(claim) {
        Some(Value::String(text)) => text.split(' ').collect(),
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let named = said.iter().map(|name| {
        let ours = reading.scope_names.get(*name).and_then(Value::as_str);
        ours.unwrap_or(name)
    });
    let said = named.collect::<Vec<_>>().join(" ");
    Ok(Scopes::known(&said).and(most))
}
