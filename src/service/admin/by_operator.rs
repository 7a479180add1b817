//! Connections, their tokens and their OAuth clients, as an operator of a tenant sees and changes them: what the role allows, in the
//! operator's own tenant, and with the operator's name in the history.

use time::Duration;

use super::{
    Client, Connection, NewClient, NewSetting, Tenant, Token, clients, connections, tokens,
};
use crate::auth::Permission;
use crate::auth::bearer::NewToken;
use crate::error::{Error, Result};
use crate::service::Service;
use crate::service::account::acting::Acting;
use crate::service::account::people::require_operator;
use crate::service::shield::{self, Which};
use crate::store::changes::Origin;
use crate::store::tenants;

fn origin(acting: &Acting) -> Origin {
    acting
        .call(crate::service::account::Intent::default())
        .origin
}

/// The operator's tenant.
async fn tenant_of(service: &Service, acting: &Acting) -> Result<Tenant> {
    let mut reader = service.store.reader();
    let found = tenants::by_name(&mut reader, &acting.caller.tenant_name).await?;
    let found = found.filter(|tenant| tenant.key == acting.caller.tenant);
    found.ok_or_else(|| Error::not_found("the tenant is gone"))
}

/// The tenant's connections, by name.
///
/// # Errors
/// 403.
pub async fn list(service: &Service, acting: &Acting) -> Result<Vec<Connection>> {
    require_operator(acting, Permission::ReadConnections)?;
    super::list_connections(service, &tenant_of(service, acting).await?).await
}

/// The tenant's connection of that name.
///
/// # Errors
/// 403; 404, also for a connection of another tenant.
pub async fn get(service: &Service, acting: &Acting, name: &str) -> Result<Connection> {
    require_operator(acting, Permission::ReadConnections)?;
    super::get_connection(service, &tenant_of(service, acting).await?, name).await
}

/// Registers a connection with a profile.
///
/// # Errors
/// 403; as [`super::create_connection`].
pub async fn create(
    service: &Service,
    acting: &Acting,
    name: &str,
    profile: &str,
) -> Result<Connection> {
    require_operator(acting, Permission::ManageConnections)?;
    let tenant = tenant_of(service, acting).await?;
    connections::create(service, &origin(acting), &tenant, name, profile, &[]).await
}

/// Changes profile and settings. `seen`: [`super::version`] of what the operator has seen.
///
/// # Errors
/// 403; 404; 412 when somebody else has changed it since; as [`super::update_connection`].
pub async fn update(
    service: &Service,
    acting: &Acting,
    name: &str,
    profile: &str,
    own: &[NewSetting],
    seen: &str,
) -> Result<()> {
    require_operator(acting, Permission::ManageConnections)?;
    let connection = get(service, acting, name).await?;
    let by = origin(acting);
    connections::update(service, &by, &connection, Some(profile), own, Some(seen)).await
}

/// Makes a connection read-only, or writable again.
///
/// # Errors
/// 403; 404.
pub async fn set_frozen(
    service: &Service,
    acting: &Acting,
    name: &str,
    is_frozen: bool,
) -> Result<()> {
    require_operator(acting, Permission::ManageConnections)?;
    let connection = get(service, acting, name).await?;
    connections::freeze(service, &origin(acting), &connection, is_frozen).await
}

/// Deletes a connection; its tokens end, the resources it created stay.
///
/// # Errors
/// 403; 404.
pub async fn delete(service: &Service, acting: &Acting, name: &str) -> Result<()> {
    require_operator(acting, Permission::ManageConnections)?;
    let connection = get(service, acting, name).await?;
    connections::delete(service, &origin(acting), &connection).await
}

/// Releases what a connection's shield holds, or rejects it; how many.
///
/// # Errors
/// 403; 404 for a connection, and for a number that is none of its changes.
pub async fn decide(
    service: &Service,
    acting: &Acting,
    name: &str,
    which: &Which,
    is_released: bool,
) -> Result<u64> {
    require_operator(acting, Permission::ManageConnections)?;
    let connection = get(service, acting, name).await?;
    shield::decide_by(service, &origin(acting), &connection, which, is_released).await
}

/// A connection's tokens, without their secrets, oldest first.
///
/// # Errors
/// 403; 404.
pub async fn list_tokens(service: &Service, acting: &Acting, name: &str) -> Result<Vec<Token>> {
    let connection = get(service, acting, name).await?;
    let all = super::list_tokens(service, &tenant_of(service, acting).await?).await?;
    Ok(of(all, &connection))
}

fn of(all: Vec<Token>, connection: &Connection) -> Vec<Token> {
    let all = all.into_iter();
    all.filter(|token| token.connection == connection.name)
        .collect()
}

/// All tokens of the tenant, without their secrets.
///
/// # Errors
/// 403.
pub async fn all_tokens(service: &Service, acting: &Acting) -> Result<Vec<Token>> {
    require_operator(acting, Permission::ReadConnections)?;
    super::list_tokens(service, &tenant_of(service, acting).await?).await
}

/// Makes a token of a connection. Without scopes it gets those of the connection's profile.
///
/// # Errors
/// 403; 404; `invalidValue` for the scopes.
pub async fn create_token(
    service: &Service,
    acting: &Acting,
    name: &str,
    scopes: Option<&str>,
    life: Duration,
) -> Result<NewToken> {
    require_operator(acting, Permission::ManageTokens)?;
    let connection = get(service, acting, name).await?;
    tokens::create(
        service,
        &origin(acting),
        &connection,
        scopes,
        Some(life),
        None,
    )
    .await
}

/// The connection's token with that public name.
async fn own_token(service: &Service, acting: &Acting, name: &str, id: &str) -> Result<Token> {
    let tokens = list_tokens(service, acting, name).await?;
    let found = tokens.into_iter().find(|token| token.id == id);
    found.ok_or_else(|| Error::not_found(format!("the connection {name:?} has no such token")))
}

/// Makes a token that takes the place of another, which stays good for the overlap.
///
/// # Errors
/// 403; 404; `invalidValue` for a token that has ended.
pub async fn rotate_token(
    service: &Service,
    acting: &Acting,
    (name, id): (&str, &str),
    overlap: Duration,
    life: Duration,
) -> Result<NewToken> {
    require_operator(acting, Permission::ManageTokens)?;
    let token = own_token(service, acting, name, id).await?;
    let tenant = tenant_of(service, acting).await?;
    let by = origin(acting);
    tokens::rotate(service, &by, &tenant, &token.id, overlap, Some(life)).await
}

/// Revokes a token; the next request with it is refused.
///
/// # Errors
/// 403; 404.
pub async fn revoke_token(service: &Service, acting: &Acting, name: &str, id: &str) -> Result<()> {
    require_operator(acting, Permission::ManageTokens)?;
    let token = own_token(service, acting, name, id).await?;
    let tenant = tenant_of(service, acting).await?;
    tokens::revoke(service, &origin(acting), &tenant, &token.id).await
}

/// A connection's OAuth clients.
///
/// # Errors
/// 403; 404.
pub async fn list_clients(service: &Service, acting: &Acting, name: &str) -> Result<Vec<Client>> {
    let connection = get(service, acting, name).await?;
    let all = super::list_clients(service, &tenant_of(service, acting).await?).await?;
    let all = all.into_iter();
    Ok(all
        .filter(|client| client.connection == connection.key)
        .collect())
}

/// Makes an OAuth client with a secret, and the scopes of the connection's profile.
///
/// # Errors
/// 403; 404.
pub async fn create_client(service: &Service, acting: &Acting, name: &str) -> Result<NewClient> {
    require_operator(acting, Permission::ManageTokens)?;
    let connection = get(service, acting, name).await?;
    clients::create(service, &origin(acting), &connection, None, None).await
}

/// Deletes an OAuth client; its access tokens are refused from the next request on.
///
/// # Errors
/// 403; 404.
pub async fn delete_client(service: &Service, acting: &Acting, name: &str, id: &str) -> Result<()> {
    require_operator(acting, Permission::ManageTokens)?;
    let clients = list_clients(service, acting, name).await?;
    if !clients.iter().any(|client| client.id == id) {
        return Err(Error::not_found(format!(
            "the connection {name:?} has no such client"
        )));
    }
    let tenant = tenant_of(service, acting).await?;
    super::clients::delete(service, &origin(acting), &tenant, id).await
}
