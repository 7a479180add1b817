//! What operators see first, beyond the health of connections: letters that failed, and how many owners there are.

use super::Service;
use super::account::acting::Acting;
use super::account::people::require_operator;
use super::account::{Intent, able_owners};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::store::letters::{self, Posted};

/// How sending letters goes.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Letters that failed, the newest first.
    pub failed: Vec<Posted>,
    /// Whether the newest letter that is not under way was sent; none: no letter has been written.
    pub works: Option<bool>,
}

/// How sending letters goes; at most so many that failed.
///
/// # Errors
/// 403.
pub async fn mail(service: &Service, acting: &Acting, count: i64) -> Result<Mail> {
    require_operator(acting, Permission::ReadPeople)?;
    let tenant = acting.caller.tenant;
    let mut reader = service.store.reader();
    let newest = letters::list(&mut reader, tenant, 50).await?;
    let mut tried = newest.iter();
    let works = tried.find_map(|letter| match letter {
        letter if letter.is_sent => Some(true),
        letter if letter.has_failed() => Some(false),
        _ => None,
    });
    Ok(Mail {
        failed: letters::failed(&mut reader, tenant, count).await?,
        works,
    })
}

/// Sends a letter that failed again, at once. A link in it is a new one.
///
/// # Errors
/// 403; 404 for a letter that is none of the tenant's, was sent, or has become needless.
pub async fn send_again(service: &Service, acting: &Acting, letter: i64) -> Result<()> {
    require_operator(acting, Permission::ResetPasswords)?;
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        if letters::again(tx, acting.caller.tenant, letter, now).await? {
            return Ok(());
        }
        Err(Error::not_found("there is no such letter that failed"))
    })
}

/// How many owners can sign in.
///
/// # Errors
/// 403.
pub async fn count_owners(service: &Service, acting: &Acting) -> Result<i64> {
    require_operator(acting, Permission::ReadPeople)?;
    let mut reader = service.store.reader();
    able_owners(&mut reader, &acting.call(Intent::default())).await
}
