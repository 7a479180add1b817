//! JSON Web Tokens, read with suspicion (RFC 7519, RFC 8725): the algorithm is what the configuration says and never what the
//! token says, keys come from where the configuration says and never from the token's header, and `iss`, `aud`, `exp` and
//! `nbf` must be there.
//!
//! Signatures are checked by the crate `jsonwebtoken`. The claims are checked here, by the service's clock: with
//! `arbitrary_precision`, which SCIM's decimals need, that crate takes every number in a claim for malformed.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 8_192;

/// How far clocks may differ, in seconds.
const LEEWAY: i64 = 30;

/// The algorithms a configuration may name. None that shares a secret: whoever could verify could also sign.
pub const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];

/// Reads the names of algorithms.
///
/// # Errors
/// `invalidValue` naming the unknown one and those there are.
pub fn algorithms<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Vec<Algorithm>> {
    let read = names.into_iter().map(|name| {
        let known = ALGORITHMS.iter().find(|(known, _)| *known == name);
        known.map(|(_, algorithm)| *algorithm).ok_or_else(|| {
            let names: Vec<&str> = ALGORITHMS.iter().map(|(name, _)| *name).collect();
            Error::invalid_value(format!(
                "{name:?} is no algorithm that is accepted; there are: {}",
                names.join(", ")
            ))
        })
    });
    read.collect()
}

/// A key that verifies.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its name, as the `kid` of a token says it.
    id: Option<String>,
    /// The one algorithm it is for, where its owner says so.
    algorithm: Option<Algorithm>,
    verifying: DecodingKey,
}

impl Key {
    /// Reads a JSON Web Key; none: it is not for signatures, or of a kind that is not supported.
    #[must_use]
    pub fn read(key: &Value) -> Option<Self> {
        let purpose = key.get("use").and_then(Value::as_str);
        if purpose.is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let kind = key.get("kty").and_then(Value::as_str);
        if !matches!(kind, Some("RSA" | "EC" | "OKP")) {
            return None;
        }
        let algorithm = match key.get("alg").and_then(Value::as_str) {
            None => None,
            Some(name) => Some(ALGORITHMS.iter().find(|(known, _)| *known == name)?.1),
        };
        let id = key.get("kid").and_then(Value::as_str).map(str::to_owned);
        let key: Jwk = serde_json::from_value(key.clone()).ok()?;
        Some(Self {
            id,
            algorithm,
            verifying: DecodingKey::from_jwk(&key).ok()?,
        })
    }

    /// The key's name.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn is_for(&self, algorithm: Algorithm) -> bool {
        self.verifying.family() == algorithm.family()
            && self.algorithm.is_none_or(|own| own == algorithm)
    }
}

/// The usable keys of a JSON Web Key Set (RFC 7517 §5).
///
/// # Errors
/// `invalidValue` when it is none, or has no key that could be used.
pub fn key_set(document: &Value) -> Result<Vec<Key>> {
    let listed = document.get("keys").and_then(Value::as_array);
    let listed = listed.ok_or_else(|| {
        Error::invalid_value("a JSON Web Key Set must be an object with an array \"keys\"")
    })?;
    let keys: Vec<Key> = listed.iter().filter_map(Key::read).collect();
    if keys.is_empty() {
        return Err(Error::invalid_value(
            "the JSON Web Key Set has no public RSA, EC or OKP key for signatures",
        ));
    }
    Ok(keys)
}

/// A token that nobody has verified yet.
#[derive(Debug)]
pub struct Unverified<'a> {
    text: &'a str,
    header: Header,
    claims: Map<String, Value>,
}

/// What a token must say of itself.
#[derive(Debug)]
pub struct Expected<'a> {
    /// The accepted algorithms.
    pub algorithms: &'a [Algorithm],
    /// The only issuer.
    pub issuer: &'a str,
    /// Audiences of which it must name one.
    pub audiences: &'a [&'a str],
    /// Whether `nbf` may be missing, as in assertions (RFC 7523 §3).
    pub is_assertion: bool,
    /// The `typ` of its header, where that is fixed.
    pub kind: Option<&'a str>,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart; none: it does not have the form of one.
    #[must_use]
    pub fn read(text: &'a str) -> Option<Self> {
        if text.len() > MAX_TOKEN_BYTES || text.split('.').count() != 3 {
            return None;
        }
        let header = jsonwebtoken::decode_header(text).ok()?;
        let claims: Map<String, Value> =
            jsonwebtoken::dangerous::insecure_decode_claims(text).ok()?;
        if claims.values().any(holds_nul) {
            return None;
        }
        Some(Self {
            text,
            header,
            claims,
        })
    }

    /// Whether a text has the outer form of a token, which says nothing about its worth.
    #[must_use]
    pub fn is_shaped(text: &str) -> bool {
        text.starts_with("eyJ") && text.split('.').count() == 3
    }

    /// The key it says it was signed with.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// Whether it says that it is meant for an audience. Believed by nobody yet.
    #[must_use]
    pub fn is_for(&self, audience: &str) -> bool {
        names_audience(&self.claims, &[audience])
    }

    /// A claim that is text. Believed by nobody yet.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// What it says, without its signature: the same for every signature of the same claims.
    #[must_use]
    pub fn signed_part(&self) -> &str {
        self.text.rsplit_once('.').map_or("", |(signed, _)| signed)
    }

    /// Verifies signature and claims.
    ///
    /// # Errors
    /// 401 saying what is wrong.
    pub fn verify(
        &self,
        keys: &[Key],
        expected: &Expected<'_>,
        now: i64,
    ) -> Result<Map<String, Value>> {
        let wrong = |what: &str| Err(Error::invalid_token(format!("the token {what}")));
        if self.header.crit.is_some() {
            return wrong("demands an extension (\"crit\") that is not supported");
        }
        let algorithm = self.header.alg;
        if !expected.algorithms.contains(&algorithm) {
            return wrong("is signed with an algorithm that is not accepted for its issuer");
        }
        let kind = self.header.typ.as_deref().unwrap_or_default();
        if expected
            .kind
            .is_some_and(|wanted| !kind.eq_ignore_ascii_case(wanted))
        {
            return wrong("is not an access token");
        }
        let Some(key) = self.choose(keys, algorithm) else {
            return wrong("is signed with a key that its issuer does not publish");
        };
        let mut signature_only = Validation::new(algorithm);
        signature_only.required_spec_claims.clear();
        signature_only.validate_exp = false;
        signature_only.validate_nbf = false;
        signature_only.validate_aud = false;
        let verified = jsonwebtoken::decode(self.text, &key.verifying, &signature_only);
        let Ok(verified) = verified else {
            return wrong("has a signature that does not fit");
        };
        let claims: Map<String, Value> = verified.claims;
        check_claims(&claims, expected, now)?;
        Ok(claims)
    }

    /// The key that the header names; without a name, the only one there is.
    fn choose<'k>(&self, keys: &'k [Key], algorithm: Algorithm) -> Option<&'k Key> {
        let mut fitting = keys.iter().filter(|key| key.is_for(algorithm));
        if let Some(id) = self.key_id() {
            return fitting.find(|key| key.id() == Some(id));
        }
        let only = fitting.next();
        only.filter(|_| fitting.next().is_none())
    }
}

/// Whether U+0000 stands in it, which no name of ours holds and PostgreSQL does not take.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(members) => members.values().any(holds_nul),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn check_claims(claims: &Map<String, Value>, expected: &Expected<'_>, now: i64) -> Result<()> {
    let wrong = |what: &str| Err(Error::invalid_token(format!("the token {what}")));
    if claims.get("iss").and_then(Value::as_str) != Some(expected.issuer) {
        return wrong("has another issuer (\"iss\")");
    }
    if !names_audience(claims, expected.audiences) {
        return wrong("is meant for another audience (\"aud\")");
    }
    let seconds = now.div_euclid(1_000_000);
    match seconds_of(claims, "exp") {
        Some(expires) if expires.saturating_add(LEEWAY) > seconds => {}
        Some(_) => return wrong("has expired"),
        None => return wrong("does not say when it expires (\"exp\")"),
    }
    match (seconds_of(claims, "nbf"), claims.contains_key("nbf")) {
        (Some(begins), _) if begins.saturating_sub(LEEWAY) > seconds => {
            wrong("is not valid yet (\"nbf\")")
        }
        (Some(_), _) => Ok(()),
        (None, false) if expected.is_assertion => Ok(()),
        (None, _) => wrong("does not say when it begins (\"nbf\")"),
    }
}

/// Whether `aud`, a text or a list of texts, names one of these.
fn names_audience(claims: &Map<String, Value>, audiences: &[&str]) -> bool {
    match claims.get("aud") {
        Some(Value::String(audience)) => audiences.contains(&audience.as_str()),
        Some(Value::Array(named)) => named
            .iter()
            .filter_map(Value::as_str)
            .any(|audience| audiences.contains(&audience)),
        _ => false,
    }
}

/// A `NumericDate`: seconds since 1970 UTC, whole or not.
#[must_use]
pub fn seconds_of(claims: &Map<String, Value>, name: &str) -> Option<i64> {
    let number = claims.get(name)?;
    let whole = number.as_i64();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked against the range before"
    )]
    whole.or_else(|| {
        let number = number.as_f64()?;
        (number.is_finite() && number.abs() < 1e15).then_some(number.floor() as i64)
    })
}
