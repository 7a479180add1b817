//! Links that a person follows once: to accept an invitation, to set a new password, to confirm an address.
//!
//! A link's secret is known to whoever was sent it; its hash is bound to the person, the purpose, the address and the password of
//! that time. Looking at a link consumes nothing: programs that look through mail follow links.

use serde_json::json;

use super::acting::{Acting, Person, Request};
use super::{Intent, State, mail_address, personal, text};
use crate::auth::tenant_settings::AccountSettings;
use crate::auth::{Caller, TenantFacts, bearer, password};
use crate::error::{Error, ErrorKind, Result};
use crate::in_transaction;
use crate::schema::validate;
use crate::service::Service;
use crate::store::resources::PasswordUpdate;
use crate::store::{ResourceKey, TenantKey, Transaction, credentials, links, tenants};

pub use crate::store::links::Link;

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To accept an invitation, by setting a password.
    Invite,
    /// To set a new password.
    Reset,
    /// To confirm an address after registering.
    Verify,
}

impl Purpose {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Invite, "invite"),
        (Self::Reset, "reset"),
        (Self::Verify, "verify"),
    ];

    /// Its name, which is also the address of its page.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(purpose, _)| *purpose == self);
        found.map_or("", |(_, name)| name)
    }

    /// The purpose of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known)| *known == name);
        found.map(|(purpose, _)| *purpose)
    }

    /// How long a link for it is good for, in microseconds.
    #[must_use]
    pub fn life(self, settings: &AccountSettings) -> i64 {
        match self {
            Self::Invite | Self::Verify => settings.invitation_time,
            Self::Reset => settings.reset_time,
        }
    }
}

/// A link that has just been made; the only time its secret is known.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// What stands in the address.
    pub secret: String,
    /// Microseconds since 1970 UTC.
    pub expires: i64,
}

/// A person's link to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) tenant: TenantKey,
    pub(super) person: ResourceKey,
    pub(super) purpose: Purpose,
    /// Where it is sent; none: it is handed over.
    pub(super) address: Option<&'a str>,
    pub(super) life: i64,
}

/// Makes a link; older ones for the same purpose stay good until one of them is used, for mail may be sent twice.
pub(super) async fn make(tx: &mut Transaction, wanted: Wanted<'_>, now: i64) -> Result<NewLink> {
    let secret = bearer::link_secret()?;
    let expires = now + wanted.life;
    let link = links::NewLink {
        tenant: wanted.tenant,
        person: wanted.person,
        purpose: wanted.purpose.name(),
        address: wanted.address,
        expires,
    };
    links::insert(tx, &link, &bearer::hash(&secret), now).await?;
    Ok(NewLink { secret, expires })
}

/// The link with that secret, if it is good for that purpose.
///
/// # Errors
/// 404 for a link that was used, has ended or never was: the three look the same.
pub async fn look(service: &Service, purpose: Purpose, secret: &str) -> Result<Link> {
    let mut reader = service.store.reader();
    let found = links::peek(&mut reader, &bearer::hash(secret), service.clock.now()).await?;
    let found = found.filter(|link| link.purpose == purpose.name());
    found.ok_or_else(dead)
}

fn dead() -> Error {
    Error::not_found("this link has been used, has ended, or another one has taken its place")
}

/// Whose link it is, as somebody who acts.
///
/// # Errors
/// The database's.
pub async fn acting(service: &Service, link: &Link, request: Request) -> Result<Acting> {
    let mut reader = service.store.reader();
    let tenant = tenants::by_key(&mut reader, link.tenant).await?;
    let tenant = tenant.ok_or_else(dead)?;
    drop(reader);
    let facts = TenantFacts {
        key: tenant.key,
        name: tenant.name,
        schema_version: tenant.schema_version,
    };
    let caller = Caller::of_tenant(&facts, format!("user {}", link.subject));
    Acting::of(service, caller, request).await
}

/// The user name of whoever a link is for.
///
/// # Errors
/// 404 for somebody who is gone.
pub async fn username(service: &Service, link: &Link, request: Request) -> Result<String> {
    let acting = acting(service, link, request).await?;
    let mut reader = service.store.reader();
    let person = acting.person(&mut reader, link.subject).await?;
    let (_, account) = acting.people()?;
    let name = text(&person.document, &account.username);
    Ok(name.unwrap_or_default().to_owned())
}

/// Sets a password by a link, which is used up; the account can be used then.
///
/// # Errors
/// 404 for a link that is no longer good; `invalidValue` for a password that breaks the rules.
pub async fn set_password(
    service: &Service,
    purpose: Purpose,
    secret: &str,
    new_password: &str,
    request: Request,
) -> Result<Person> {
    let link = look(service, purpose, secret).await?;
    let mut acting = acting(service, &link, request).await?;
    let mut reader = service.store.reader();
    let person = acting.person(&mut reader, link.subject).await?;
    drop(reader);
    let (people, _) = acting.people()?;
    let personal = personal(people, &person.document);
    password::check(acting.accounts().policy, new_password, personal).await?;
    let hash = service.passwords.hash(new_password).await?;
    loop {
        let outcome = consume(service, &acting, &link, purpose, secret, Some(&hash)).await;
        match outcome {
            Err(error) if error.kind() == ErrorKind::Stale => acting.refresh(service).await?,
            outcome => return outcome,
        }
    }
}

/// Confirms an address by a link, which is used up. Answers whether the account can be used: it may have to be approved first.
///
/// # Errors
/// 404 for a link that is no longer good.
pub async fn confirm(service: &Service, secret: &str, request: Request) -> Result<bool> {
    let purpose = Purpose::Verify;
    let link = look(service, purpose, secret).await?;
    let mut acting = acting(service, &link, request).await?;
    loop {
        let outcome = consume(service, &acting, &link, purpose, secret, None).await;
        match outcome {
            Err(error) if error.kind() == ErrorKind::Stale => acting.refresh(service).await?,
            outcome => {
                let (_, account) = acting.people()?;
                return Ok(State::of(account, &outcome?.document) == State::Active);
            }
        }
    }
}

async fn consume(
    service: &Service,
    acting: &Acting,
    link: &Link,
    purpose: Purpose,
    secret: &str,
    password_hash: Option<&str>,
) -> Result<Person> {
    let (_, account) = acting.people()?;
    let intent = Intent {
        is_own_act: true,
        ..Intent::default()
    };
    let call = acting.call(intent);
    in_transaction!(service.store, |tx| {
        let now = service.clock.now();
        let person = acting.lock(tx, &call, link.subject).await?;
        // Under the person's lock: of many at once one finds the link.
        if !links::consume(tx, &bearer::hash(secret), now).await? {
            return Err(dead());
        }
        let state = State::of(account, &person.document);
        let is_fit = match purpose {
            Purpose::Invite => state == State::Invited || state == State::Active,
            Purpose::Reset => state == State::Active,
            Purpose::Verify => state == State::PendingVerification,
        };
        if !is_fit {
            return Err(dead());
        }
        let mut document = person.document.clone();
        let is_approved = purpose != Purpose::Verify || !acting.accounts().needs_approval;
        if is_approved && state != State::Active {
            validate::set(&mut document, &account.active, json!(true));
        }
        let password = password_hash.map_or(PasswordUpdate::Keep, PasswordUpdate::Set);
        let written = acting
            .write(service, tx, &call, &person, &document, password)
            .await?;
        if let Some(address) = &link.address
            && mail_address(account, &document).as_ref() == Some(address)
        {
            let (tenant, key) = (link.tenant, link.key);
            credentials::note_address(tx, tenant, key, address).await?;
        }
        Ok(written)
    })
}
