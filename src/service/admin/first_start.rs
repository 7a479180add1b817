//! The first start on an empty database: a tenant, a connection and a token, so that there is something to connect to, and a link for
//! the first owner of the console.

use serde_json::json;

use super::tokens::{DEFAULT_LIFE, Grant, end_of, insert_token};
use super::{local, record};
use crate::auth::{Scopes, bearer};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::service::Service;
use crate::service::account::first_owner;
use crate::service::account::links::NewLink;
use crate::store::{connections, tenants};

/// The shortest bootstrap token, in characters.
pub const MIN_BOOTSTRAP_CHARACTERS: usize = 32;
const DEFAULT_NAME: &str = "default";

/// What the first start made.
#[derive(Debug)]
pub struct FirstStart {
    /// The tenant's name.
    pub tenant: String,
    /// The connection's name.
    pub connection: String,
    /// The token, unless the operator set it.
    pub token: Option<String>,
    /// The link by which the first owner comes in.
    pub owner_link: NewLink,
}

/// On an empty database: makes the tenant `default` with one connection, one token and one link for the first owner.
///
/// Several instances may call this at once; one of them does it.
///
/// # Errors
/// `invalidValue` for a bootstrap token that is too short.
pub async fn first_start(
    service: &Service,
    bootstrap_token: Option<&str>,
) -> Result<Option<FirstStart>> {
    if let Some(token) = bootstrap_token {
        check_bootstrap_token(token)?;
    }
    let generated = bearer::generate()?.secret;
    let secret = bootstrap_token.unwrap_or(&generated);
    // A token that the operator chose lives until the operator ends it; ours is like any other.
    let expires = match bootstrap_token {
        Some(_) => None,
        None => Some(end_of(service, DEFAULT_LIFE)),
    };
    let owner_link = in_transaction!(service.store, |tx| {
        tenants::lock_all(tx).await?;
        if !tenants::list(tx).await?.is_empty() {
            return Ok(None);
        }
        let now = service.clock.now();
        let tenant = tenants::insert(tx, DEFAULT_NAME, now).await?;
        record(
            tx,
            tenant.key,
            "create-tenant",
            &json!({"name": DEFAULT_NAME}),
            now,
        )
        .await?;
        let connection =
            connections::insert(tx, tenant.key, DEFAULT_NAME, "generic", "{}", now).await?;
        record(
            tx,
            tenant.key,
            "create-connection",
            &json!({"name": DEFAULT_NAME, "profile": "generic"}),
            now,
        )
        .await?;
        insert_token(
            service,
            tx,
            &local(),
            &connection,
            secret,
            Grant {
                scopes: Scopes::all(),
                expires,
                subject: None,
            },
        )
        .await?;
        record(tx, tenant.key, first_owner::MADE, &json!({}), now).await?;
        first_owner::make(tx, tenant.key, now).await.map(Some)
    });
    let Some(owner_link) = owner_link? else {
        return Ok(None);
    };
    let token = if bootstrap_token.is_some() {
        None
    } else {
        Some(generated)
    };
    Ok(Some(FirstStart {
        tenant: DEFAULT_NAME.to_owned(),
        connection: DEFAULT_NAME.to_owned(),
        token,
        owner_link,
    }))
}

/// A token stands in a header: letters, digits and `-._~+/=` (RFC 6750 §2.1).
fn check_bootstrap_token(token: &str) -> Result<()> {
    let is_sendable = token
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte));
    if is_sendable && token.len() >= MIN_BOOTSTRAP_CHARACTERS {
        return Ok(());
    }
    Err(Error::invalid_value(format!(
        "server.bootstrap_token must have at least {MIN_BOOTSTRAP_CHARACTERS} characters, all of them letters, digits or one of -._~+/="
    )))
}
