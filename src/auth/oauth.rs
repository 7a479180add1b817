//! OAuth 2 client credentials (RFC 6749 §4.4): a client shows a secret, or an assertion that it signed (RFC 7523), and gets an
//! access token that lives an hour.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::jwt::{self, ALGORITHMS, Expected, Unverified};
use super::{Authenticator, Scopes, bearer};
use crate::error::{Error, ErrorKind, Result};
use crate::in_transaction;
use crate::store::clients::{self, Client};

/// What the token endpoint accepts as the type of an assertion (RFC 7523 §2.2).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Whose assertions stand for a client, and by which keys they are verified.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Assertions {
    /// The keys, as a JSON Web Key Set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Value>,
    /// Where the keys are published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys_url: Option<String>,
    /// What `iss` says, where that is another party (workload identity federation); none: the client itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// What `sub` says then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What `aud` says then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
}

/// A request for a token.
#[derive(Debug, Default)]
pub struct TokenRequest {
    /// `grant_type`.
    pub grant_type: Option<String>,
    /// `scope`.
    pub scope: Option<String>,
    /// The client's name, from the header or the body.
    pub client_id: Option<String>,
    /// Its secret, from the header or the body.
    pub client_secret: Option<String>,
    /// `client_assertion_type`.
    pub assertion_type: Option<String>,
    /// `client_assertion`.
    pub assertion: Option<String>,
    /// From where it came.
    pub address: Option<String>,
}

/// Why there is no token (RFC 6749 §5.2).
#[derive(Debug)]
pub struct TokenError {
    /// `invalid_client` and the like.
    pub code: &'static str,
    /// A sentence.
    pub description: String,
    /// The status, where it is none of those that the code has.
    pub cause: Option<Error>,
}

impl TokenError {
    fn new(code: &'static str, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
            cause: None,
        }
    }

    fn client(description: impl Into<String>) -> Self {
        Self::new("invalid_client", description)
    }
}

impl From<Error> for TokenError {
    fn from(error: Error) -> Self {
        Self {
            code: match error.kind() {
                ErrorKind::Unavailable | ErrorKind::RateLimited => "temporarily_unavailable",
                _ => "server_error",
            },
            description: error.detail().to_owned(),
            cause: Some(error),
        }
    }
}

impl Authenticator {
    /// Answers a request for a token.
    ///
    /// # Errors
    /// What RFC 6749 §5.2 lists.
    pub async fn issue(&self, request: &TokenRequest) -> Result<Value, TokenError> {
        match request.grant_type.as_deref() {
            Some("client_credentials") => {}
            Some(_) => {
                return Err(TokenError::new(
                    "unsupported_grant_type",
                    "the grant type must be client_credentials",
                ));
            }
            None => return Err(TokenError::new("invalid_request", "grant_type is missing")),
        }
        let now = self.clock.now();
        let client = self.client(request, now).await?;
        let most = Scopes::parse(&client.scopes)?;
        let scopes = match request.scope.as_deref().filter(|scope| !scope.is_empty()) {
            None => most,
            Some(asked) => {
                let asked = Scopes::parse(asked)
                    .map_err(|error| TokenError::new("invalid_scope", error.detail()))?;
                if asked.and(most) != asked {
                    return Err(TokenError::new(
                        "invalid_scope",
                        format!("this client may ask for: {most}"),
                    ));
                }
                asked
            }
        };
        let seconds = now.div_euclid(1_000_000);
        let life = self.keys.life_seconds();
        let claims = json!({
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": client.id,
            "client_id": client.id,
            "scope": scopes.to_string(),
            "iat": seconds,
            "nbf": seconds,
            "exp": seconds + life,
            "jti": Uuid::now_v7().to_string(),
        });
        let token = self.keys.sign(&claims, now).await?;
        let address = request.address.as_deref();
        in_transaction!(self.store, |tx| clients::note_use(
            tx, &client, now, address
        )
        .await)?;
        Ok(json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": life,
            "scope": scopes.to_string(),
        }))
    }

    /// The client, once it has proved to be that.
    async fn client(&self, request: &TokenRequest, now: i64) -> Result<Client, TokenError> {
        match (&request.client_secret, &request.assertion) {
            (Some(_), Some(_)) => Err(TokenError::new(
                "invalid_request",
                "send a secret or an assertion, not both",
            )),
            (Some(secret), None) => {
                self.by_secret(request.client_id.as_deref(), secret, now)
                    .await
            }
            (None, Some(assertion)) => {
                if request.assertion_type.as_deref() != Some(ASSERTION_TYPE) {
                    return Err(TokenError::new(
                        "invalid_request",
                        format!("client_assertion_type must be {ASSERTION_TYPE}"),
                    ));
                }
                self.by_assertion(request.client_id.as_deref(), assertion, now)
                    .await
            }
            (None, None) => Err(TokenError::client(
                "the client must authenticate: by HTTP Basic, client_id and client_secret, or client_assertion",
            )),
        }
    }

    async fn by_secret(
        &self,
        id: Option<&str>,
        secret: &str,
        now: i64,
    ) -> Result<Client, TokenError> {
        let wrong = || TokenError::client("the client is unknown, or its secret is wrong");
        let client = self
            .known(id.unwrap_or_default())
            .await?
            .ok_or_else(wrong)?;
        // Hashes of 256 random bits: how far they agree tells nothing about the secret.
        let shown = bearer::hash(secret);
        let is_current = client.secret_hash.as_ref() == Some(&shown);
        let former = client.former.as_ref();
        let is_former = former.is_some_and(|(hash, until)| *hash == shown && *until > now);
        if is_current || is_former {
            return Ok(client);
        }
        Err(wrong())
    }

    async fn known(&self, id: &str) -> Result<Option<Client>> {
        // No client is called that, and PostgreSQL would not even be asked.
        if id.contains('\0') {
            return Ok(None);
        }
        clients::by_id(&mut self.store.reader(), id).await
    }

    async fn by_assertion(
        &self,
        id: Option<&str>,
        assertion: &str,
        now: i64,
    ) -> Result<Client, TokenError> {
        let unknown = || TokenError::client("the client is unknown, or takes no assertions");
        let token = Unverified::read(assertion)
            .ok_or_else(|| TokenError::client("client_assertion is no signed JSON Web Token"))?;
        let id = id.or_else(|| token.claim("sub")).unwrap_or_default();
        let client = self.known(id).await?.ok_or_else(unknown)?;
        let accepted = client.assertion.as_deref().ok_or_else(unknown)?;
        let accepted: Assertions = serde_json::from_str(accepted)
            .map_err(|error| Error::internal("a client is malformed").caused_by(error))?;
        let (given, published) = (accepted.keys.as_ref(), accepted.keys_url.as_deref());
        let keys = self.keys_of(given, published, &token, now).await?;
        let endpoint = format!("{}/oauth/token", self.issuer);
        let algorithms: Vec<_> = ALGORITHMS.iter().map(|(_, algorithm)| *algorithm).collect();
        let own = [self.issuer.as_str(), endpoint.as_str()];
        let named = accepted.audience.as_deref().map(|audience| [audience]);
        let expected = Expected {
            algorithms: &algorithms,
            issuer: accepted.issuer.as_deref().unwrap_or(&client.id),
            audiences: named.as_ref().map_or(own.as_slice(), <[&str; 1]>::as_slice),
            is_assertion: true,
            kind: None,
        };
        let claims = token.verify(&keys, &expected, now);
        let claims = claims.map_err(|error| {
            TokenError::client(error.detail().replacen("the token", "the assertion", 1))
        })?;
        let subject = accepted.subject.as_deref().unwrap_or(&client.id);
        if claims.get("sub").and_then(Value::as_str) != Some(subject) {
            return Err(TokenError::client(
                "the assertion has another subject (\"sub\")",
            ));
        }
        if accepted.issuer.is_some() {
            return Ok(client);
        }
        // What the client signed itself is good for one use; what another party signed for it may be shown until it expires.
        let name = claims.get("jti").and_then(Value::as_str);
        let hash = Sha256::digest(name.unwrap_or_else(|| token.signed_part())).to_vec();
        let expires = jwt::seconds_of(&claims, "exp").unwrap_or_default();
        if expires > now.div_euclid(1_000_000) + MAX_ASSERTION_SECONDS {
            return Err(TokenError::client(
                "the assertion lives too long: its \"exp\" may be at most a day away",
            ));
        }
        let expires = (expires + 120).saturating_mul(1_000_000);
        let is_first = in_transaction!(self.store, |tx| {
            clients::use_assertion(tx, &client, hash.clone(), expires, now).await
        })?;
        if is_first {
            return Ok(client);
        }
        Err(TokenError::client(
            "the assertion has been used before; sign a new one for every request",
        ))
    }

    /// What the server says of itself (RFC 8414 §2).
    #[must_use]
    pub fn metadata(&self) -> Value {
        let scopes: Vec<&str> = super::Scope::ALL.iter().map(|(_, name)| *name).collect();
        let algorithms: Vec<&str> = ALGORITHMS.iter().map(|(name, _)| *name).collect();
        json!({
            "issuer": self.issuer,
            "token_endpoint": format!("{}/oauth/token", self.issuer),
            "jwks_uri": format!("{}/.well-known/jwks.json", self.issuer),
            "scopes_supported": scopes,
            "response_types_supported": [],
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": algorithms,
        })
    }
}

/// How far away the end of an assertion may be that is good for one use: as long it has to be remembered.
const MAX_ASSERTION_SECONDS: i64 = 86_400;
