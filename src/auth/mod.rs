//! Who calls, and what they may do.
//!
//! A [`Caller`] is made from a bearer token by the [`Authenticator`] and handed to every operation: it names the tenant, so that
//! nothing can be asked without one. Passwords of resources are hashed in [`password`].

mod argon;
mod authenticator;
pub mod bearer;
pub mod foreign_hash;
pub mod jwks;
pub mod jwt;
pub mod keys;
pub mod oauth;
pub mod password;
pub mod permissions;
pub mod policy;
mod remembered;
pub mod scopes;
pub mod settings;
pub mod tenant_settings;
pub mod totp;
mod workers;

use uuid::Uuid;

use crate::error::{Error, Result};
use crate::store::changes::Origin;
use crate::store::tokens::ClientFacts;
use crate::store::{ConnectionKey, TenantKey};
pub use authenticator::{Authenticator, Options, Reading};
pub use permissions::{Operator, Permission, Role};
pub use scopes::{Scope, Scopes};
use settings::Settings;

/// Where the time comes from; a parameter, so that tests can set it.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Microseconds since 1970 UTC, in whole milliseconds: what `meta` shows is what is stored.
    fn now(&self) -> i64;
}

/// What is known of a tenant when somebody comes to it.
#[derive(Debug, Clone)]
pub struct TenantFacts {
    /// Its key.
    pub key: TenantKey,
    /// Its name.
    pub name: String,
    /// The version of its schemas, settings and index.
    pub schema_version: i64,
}

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
    /// The same, of a token that has a row in the database.
    pub stored_token: Option<String>,
    /// What it may do.
    pub scopes: Scopes,
    /// How its requests are read.
    pub settings: Settings,
    /// The connection's profile.
    pub profile: String,
    /// The connection has been made read-only.
    pub is_frozen: bool,
    /// The version of the tenant's schemas, settings and index that was in force when the token was looked up.
    pub schema_version: i64,
    /// The user the token belongs to; none: it is its connection's.
    pub subject: Option<Uuid>,
    /// An operator at work, in the console or by the command line.
    pub operator: Option<Operator>,
}

impl Caller {
    /// Who a connection's token stands for.
    ///
    /// # Errors
    /// When stored settings are malformed.
    pub(crate) fn of(client: ClientFacts, scopes: Scopes) -> Result<Self> {
        Ok(Self {
            actor: format!("connection {}", client.connection_name),
            settings: Settings::of(&client.profile, &client.settings)?,
            tenant: client.tenant,
            tenant_name: client.tenant_name,
            connection: Some(client.connection),
            token_id: None,
            stored_token: None,
            scopes,
            profile: client.profile,
            is_frozen: client.frozen.is_some(),
            schema_version: client.schema_version,
            subject: None,
            operator: None,
        })
    }

    /// Somebody who is no client: an operator, or a person in front of a page.
    #[must_use]
    pub fn of_tenant(tenant: &TenantFacts, actor: String) -> Self {
        Self {
            tenant: tenant.key,
            tenant_name: tenant.name.clone(),
            connection: None,
            actor,
            token_id: None,
            stored_token: None,
            scopes: Scopes::default(),
            settings: Settings::default(),
            profile: String::new(),
            is_frozen: false,
            schema_version: tenant.schema_version,
            subject: None,
            operator: None,
        }
    }

    /// The same as an operator.
    #[must_use]
    pub fn as_operator(mut self, operator: Operator) -> Self {
        self.scopes = operator.scopes();
        self.operator = Some(operator);
        self
    }

    /// The one place where a scope is demanded, and where a connection that is read-only is kept from changing anything.
    ///
    /// # Errors
    /// 403 naming the scope that is missing; 503 for a connection that is read-only.
    pub fn require(&self, scope: Scope) -> Result<()> {
        if self.scopes.contain(scope) {
            if self.is_frozen && !scope.is_reading() {
                return Err(Error::frozen(
                    "an operator has made this connection read-only; its changes are accepted again when it is released",
                ));
            }
            return Ok(());
        }
        let name = scope.name();
        let lacking = Error::insufficient_scope(format!(
            "this token lacks the scope {name:?}, which this request needs"
        ));
        Err(lacking.needing(name))
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
