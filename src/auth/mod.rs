//! Who calls, and what they may do.
//!
//! A [`Caller`] is made from a bearer token ([`bearer`]) and handed to every operation: it names the tenant, so that
//! nothing can be asked without one. Passwords of resources are hashed in [`password`].

pub mod bearer;
pub mod password;
pub mod settings;

use uuid::Uuid;

use crate::error::{Error, Result};
use crate::store::changes::Origin;
use crate::store::{ConnectionKey, TenantKey};
use settings::Settings;

/// An authenticated client.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The tenant whose resources exist for it.
    pub tenant: TenantKey,
    /// The tenant's name.
    pub tenant_name: String,
    /// The connection it belongs to.
    pub connection: Option<ConnectionKey>,
    /// Who it is, in words.
    pub actor: String,
    /// Public name of the token it showed.
    pub token_id: Option<String>,
    /// What it may do.
    pub scopes: Scopes,
    /// How its requests are read.
    pub settings: Settings,
    /// The version of the tenant's schemas, settings and index that was in force when the token was looked up.
    pub schema_version: i64,
    /// The user the token belongs to; none: it is its connection's.
    pub subject: Option<Uuid>,
}

impl Caller {
    /// The one place where a scope is demanded.
    ///
    /// # Errors
    /// 403 naming the scope that is missing.
    pub fn require(&self, scope: Scope) -> Result<()> {
        if self.scopes.contain(scope) {
            return Ok(());
        }
        Err(Error::insufficient_scope(format!(
            "this token lacks the scope {:?}, which this request needs",
            scope.name()
        )))
    }

    /// Refuses what only a provisioning client may do: a person's token is good for that person's own resource.
    ///
    /// # Errors
    /// 403.
    pub fn require_connection(&self) -> Result<()> {
        if self.subject.is_none() {
            return Ok(());
        }
        Err(Error::forbidden(
            "this token belongs to a user and is good for /Me and the user's own resource only",
        ))
    }

    /// Refuses a person's token on anybody else's resource, whether that exists or not.
    ///
    /// # Errors
    /// 403.
    pub fn require_own(&self, id: Uuid) -> Result<()> {
        if self.subject == Some(id) {
            return Ok(());
        }
        self.require_connection()
    }

    /// Who to name in the `change` rows of a request.
    #[must_use]
    pub fn origin(&self, request_id: &str) -> Origin {
        Origin {
            request_id: request_id.to_owned(),
            connection: self.connection,
            actor: self.actor.clone(),
        }
    }
}

/// A permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Read resources and schemas.
    Read,
    /// Create, replace, modify and delete resources.
    Write,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 2] = [Self::Read, Self::Write];

    /// The scope's name in a token.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// The permissions of a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Reads scopes separated by blanks or commas.
    ///
    /// # Errors
    /// `invalidValue` naming the unknown one and those there are.
    pub fn parse(text: &str) -> Result<Self> {
        let mut scopes = Vec::new();
        for name in text.split([' ', ',']).filter(|name| !name.is_empty()) {
            let known = Scope::ALL.into_iter().find(|scope| scope.name() == name);
            let scope = known.ok_or_else(|| {
                Error::invalid_value(format!("{name:?} is no scope; there are: read, write"))
            })?;
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        if scopes.is_empty() {
            return Err(Error::invalid_value(
                "a token needs at least one scope; there are: read, write",
            ));
        }
        Ok(Self(scopes))
    }

    /// Whether the scope is among them.
    #[must_use]
    pub fn contain(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|scope| scope.name()).collect();
        f.write_str(&names.join(" "))
    }
}
