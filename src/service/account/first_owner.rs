//! The first owner of a tenant: a link, handed over by whoever runs the server, by which somebody creates their own account.
//!
//! A tenant has one such link at most. It is good once, for three days, and never again once there is an owner: one who was locked for
//! wrong passwords is an owner still, and no old link is a way around them. Somebody who was invited to be an owner is none yet.

use serde_json::{Map, Value, json};

use super::acting::{Acting, Person, Request};
use super::links::{NewLink, Purpose};
use super::onboarding::{self, Onboarded, Onboarding};
use super::{Intent, State, operators, owners};
use crate::auth::{Caller, Operator, Role, TenantFacts, bearer};
use crate::error::{Error, ErrorKind, Result};
use crate::in_transaction;
use crate::schema::IndexKey;
use crate::service::Service;
use crate::store::changes::{Change, append};
use crate::store::{TenantKey, Transaction, links, operators as holders, owner_links, tenants};

/// How long a link is good for, in microseconds: three days.
const LIFE: i64 = 72 * 3_600_000_000;

/// The page that a link leads to, which is also what its secret is remembered for.
pub const PAGE: &str = "welcome";

/// How the history calls that a link was made.
pub(in crate::service) const MADE: &str = "create-owner-link";

/// What the first owner says of themselves.
#[derive(Debug, Clone, Default)]
pub struct Introduction {
    /// The name to sign in with.
    pub username: String,
    /// Where letters go; none: the user name, where it is an address.
    pub address: Option<String>,
    /// First name.
    pub given_name: Option<String>,
    /// Last name.
    pub family_name: Option<String>,
    /// The password.
    pub password: String,
    /// A language tag.
    pub language: Option<String>,
}

/// Makes the tenant's link; an earlier one is void.
pub(in crate::service) async fn make(
    tx: &mut Transaction,
    tenant: TenantKey,
    now: i64,
) -> Result<NewLink> {
    let secret = bearer::link_secret()?;
    let expires = now + LIFE;
    owner_links::replace(tx, tenant, &bearer::hash(&secret), now, expires).await?;
    Ok(NewLink { secret, expires })
}

/// A new link for the first owner; none where there is an owner already.
///
/// # Errors
/// The database's.
pub async fn offer(service: &Service, acting: &Acting) -> Result<Option<NewLink>> {
    let tenant = acting.caller.tenant;
    in_transaction!(service.store, |tx| {
        tenants::lock(tx, tenant).await?;
        if has_owner(tx, acting).await? {
            return Ok(None);
        }
        let now = service.clock.now();
        let made = Change {
            resource: None,
            version: None,
            operation: MADE,
            detail: json!({}).to_string(),
            at: now,
        };
        let origin = acting.call(Intent::default()).origin;
        append(tx, tenant, &origin, vec![made]).await?;
        make(tx, tenant, now).await.map(Some)
    })
}

/// Invites the first owner by a user name, with a link to be handed over; none where there is an owner already. Links that were made
/// before, for them or for whoever comes first, are void.
///
/// # Errors
/// `invalidValue` for the name; `uniqueness` when somebody else has it.
pub async fn invite(
    service: &Service,
    acting: &Acting,
    username: &str,
) -> Result<Option<Onboarded>> {
    let tenant = acting.caller.tenant;
    let mut reader = service.store.reader();
    let is_taken = has_owner(&mut reader, acting).await?;
    let known = acting.named(&mut reader, username).await?;
    let invited = match known {
        Some(person) if is_invited_owner(&mut reader, acting, &person).await? => Some(person),
        Some(_) | None => None,
    };
    drop(reader);
    if is_taken {
        return Ok(None);
    }
    let onboarded = if let Some(person) = invited {
        in_transaction!(service.store, |tx| {
            links::void(tx, person.stored.key, Purpose::Invite.name()).await
        })?;
        onboarding::invite(service, acting, person.stored.id, true).await?
    } else {
        let (_, account) = acting.people()?;
        let mut body = Map::new();
        body.insert(account.username.name.clone(), json!(username));
        let way = Onboarding::InviteOffline;
        operators::create(service, acting, Value::Object(body), Role::Owner, way).await?
    };
    in_transaction!(service.store, |tx| owner_links::void(tx, tenant).await)?;
    Ok(Some(onboarded))
}

async fn is_invited_owner(tx: &mut Transaction, acting: &Acting, person: &Person) -> Result<bool> {
    let (_, account) = acting.people()?;
    let call = acting.call(Intent::default());
    Ok(State::of(account, &person.document) == State::Invited
        && owners::gives(tx, &call, person.stored.key, None).await?)
}

/// Whether there is an owner who has come in, whatever has become of them.
async fn has_owner(tx: &mut Transaction, acting: &Acting) -> Result<bool> {
    let (_, account) = acting.people()?;
    let call = acting.call(Intent::default());
    let invited = IndexKey::of(&account.state, &json!(State::Invited.name()));
    let (Some(numbers), Some(invited)) = (owners::numbers(&call), invited) else {
        return Ok(false);
    };
    let (tenant, owner) = (acting.caller.tenant, Role::Owner.name());
    holders::is_held(tx, tenant, &numbers, owner, invited.as_str()).await
}

/// Whoever holds a link, as somebody who acts.
async fn acting(service: &Service, tenant: &TenantFacts, request: Request) -> Result<Acting> {
    let caller = Caller::of_tenant(tenant, "first owner".to_owned());
    Acting::of(service, caller.as_operator(Operator::local()), request).await
}

fn dead() -> Error {
    Error::not_found("this link has been used, has ended, or another one has taken its place")
}

/// Checks that a link is good; it stays so.
///
/// # Errors
/// 404 for a link that was used, has ended, never was, or comes after an owner: they look the same.
pub async fn look(
    service: &Service,
    tenant: &TenantFacts,
    secret: &str,
    request: Request,
) -> Result<()> {
    let acting = acting(service, tenant, request).await?;
    look_as(service, &acting, secret).await
}

async fn look_as(service: &Service, acting: &Acting, secret: &str) -> Result<()> {
    let (tenant, now) = (acting.caller.tenant, service.clock.now());
    let mut reader = service.store.reader();
    let is_good = owner_links::peek(&mut reader, tenant, &bearer::hash(secret), now).await?;
    if is_good && !has_owner(&mut reader, acting).await? {
        return Ok(());
    }
    Err(dead())
}

/// Creates the first owner by a link, which is used up in the same transaction.
///
/// # Errors
/// 404 for a link that is not good; `invalidValue`; `uniqueness` when the name is taken.
pub async fn create(
    service: &Service,
    tenant: &TenantFacts,
    secret: &str,
    new: &Introduction,
    request: Request,
) -> Result<Onboarded> {
    let mut acting = acting(service, tenant, request).await?;
    loop {
        match create_as(service, &acting, secret, new).await {
            Err(error) if error.kind() == ErrorKind::Stale => acting.refresh(service).await?,
            outcome => return outcome,
        }
    }
}

async fn create_as(
    service: &Service,
    acting: &Acting,
    secret: &str,
    new: &Introduction,
) -> Result<Onboarded> {
    // Before a password is hashed for somebody who has no business here.
    look_as(service, acting, secret).await?;
    let tenant = acting.caller.tenant;
    let body = body(acting, new)?;
    let newcomer = operators::newcomer(acting, body, Onboarding::None)?;
    let ready = onboarding::prepare(service, acting, &newcomer).await?;
    let group = operators::prepare_group(service, acting, Role::Owner).await?;
    in_transaction!(service.store, |tx| {
        // One after the other: of many at once one finds the link.
        tenants::lock(tx, tenant).await?;
        let now = service.clock.now();
        let is_good = owner_links::consume(tx, tenant, &bearer::hash(secret), now).await?;
        if !is_good || has_owner(tx, acting).await? {
            return Err(dead());
        }
        let created = ready.write(service, tx).await?;
        let group = operators::group_in(service, tx, acting, Role::Owner, &group).await?;
        onboarding::join(service, tx, acting, group, created.id).await?;
        Ok(created)
    })
}

/// The SCIM user.
fn body(acting: &Acting, new: &Introduction) -> Result<Value> {
    let (people, account) = acting.people()?;
    let mut body = Map::new();
    body.insert(account.username.name.clone(), json!(new.username));
    if let Some(address) = &new.address {
        let value = json!([{"value": address, "primary": true}]);
        body.insert(account.emails.name.clone(), value);
    }
    if let Some(language) = &new.language {
        body.insert(account.language.name.clone(), json!(language));
    }
    let mut name = Map::new();
    for (attribute, value) in [
        (&account.given_name, &new.given_name),
        (&account.family_name, &new.family_name),
    ] {
        if let Some(value) = value {
            name.insert(attribute.name.clone(), json!(value));
        }
    }
    if let (Some(parent), false) = (&account.given_name.parent, name.is_empty()) {
        body.insert(parent.to_string(), Value::Object(name));
    }
    let password = people
        .all_attributes()
        .find(|attribute| attribute.is_password)
        .ok_or_else(|| Error::internal("people have no passwords"))?;
    body.insert(password.name.clone(), json!(new.password));
    Ok(Value::Object(body))
}
