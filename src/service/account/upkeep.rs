//! What time does to accounts: locks for failures end, temporary passwords expire, old sessions, links and letters are forgotten.

use super::acting::{Acting, Request};
use super::sessions::FAILED_ATTEMPTS;
use super::{Intent, PasswordKind, State, put, text};
use crate::auth::tenant_settings::TenantSettings;
use crate::auth::{Caller, TenantFacts};
use crate::error::Result;
use crate::in_transaction;
use crate::service::Service;
use crate::store::resources::{self, PasswordUpdate};
use crate::store::{
    ResourceKey, TenantKey, credentials, letters, links, owner_links, sessions, tenants, tombstones,
};

const DAY: i64 = 86_400_000_000;
/// How long letters that ended are kept, so that operators see what failed.
const LETTERS_KEPT: i64 = 30 * DAY;
/// How many are looked at in one go.
const PORTION: i64 = 100;
/// Sessions of every tenant end after so long without use at most.
const LONGEST_IDLE: i64 = DAY;

/// Ends locks and temporary passwords whose time has come.
///
/// # Errors
/// The database's.
pub(in crate::service) async fn end(service: &Service) -> Result<()> {
    loop {
        let now = service.clock.now();
        let mut reader = service.store.reader();
        let ended = credentials::ended(&mut reader, now, PORTION).await?;
        drop(reader);
        let count = ended.len();
        for (tenant, key) in ended {
            end_one(service, tenant, key).await?;
        }
        if i64::try_from(count).unwrap_or(i64::MAX) < PORTION {
            return Ok(());
        }
    }
}

async fn end_one(service: &Service, tenant: TenantKey, key: ResourceKey) -> Result<()> {
    let mut reader = service.store.reader();
    let found = tenants::by_key(&mut reader, tenant).await?;
    let stored = resources::by_keys(&mut reader, &[key]).await?.pop();
    drop(reader);
    let (Some(tenant), Some(stored)) = (found, stored) else {
        return Ok(());
    };
    let facts = TenantFacts {
        key: tenant.key,
        name: tenant.name,
        schema_version: tenant.schema_version,
    };
    let caller = Caller::of_tenant(&facts, "muster".to_owned());
    let acting = Acting::of(service, caller, Request::default()).await?;
    let (_, account) = acting.people()?;
    in_transaction!(service.store, |tx| {
        let now = service.clock.now();
        let automatic = |password| Intent {
            is_automatic: true,
            password,
            ..Intent::default()
        };
        let call = acting.call(automatic(PasswordKind::Lasting));
        let mut person = acting.lock(tx, &call, stored.id).await?;
        let known = credentials::get(tx, key).await?;
        if known.locked_until.is_some_and(|until| until <= now) {
            let is_ours = text(&person.document, &account.lock_reason) == Some(FAILED_ATTEMPTS);
            if is_ours && State::of(account, &person.document) == State::Locked {
                let mut document = person.document.clone();
                put(&mut document, &account.locked, None);
                let password = PasswordUpdate::Keep;
                person = acting
                    .write(service, tx, &call, &person, &document, password)
                    .await?;
            }
            credentials::unlock(tx, key).await?;
        }
        if known.password_expires.is_some_and(|expires| expires <= now) {
            let document = person.document.clone();
            let call = acting.call(automatic(PasswordKind::Temporary { expires: now }));
            acting
                .write(
                    service,
                    tx,
                    &call,
                    &person,
                    &document,
                    PasswordUpdate::Clear,
                )
                .await?;
            credentials::forget_expiry(tx, key).await?;
        }
        Ok(())
    })
}

/// Forgets what is old.
///
/// # Errors
/// The database's.
pub(in crate::service) async fn forget(service: &Service) -> Result<()> {
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        letters::forget(tx, now - LETTERS_KEPT).await?;
        links::forget(tx, now).await?;
        owner_links::forget(tx, now).await?;
        sessions::forget(tx, now, now - LONGEST_IDLE).await
    })?;
    let mut reader = service.store.reader();
    let all = tenants::list(&mut reader).await?;
    drop(reader);
    for tenant in all {
        let kept = TenantSettings::of(&tenant.settings)?.accounts.deleted_time;
        in_transaction!(service.store, |tx| {
            let old = tombstones::before(tx, tenant.key, now - kept, PORTION).await?;
            for id in old {
                tombstones::purge(tx, tenant.key, id).await?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
