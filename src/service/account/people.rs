//! What operators do with people who are there: lock, deactivate, reset, delete, assign, detach.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::acting::{Acting, Person};
use super::letters::{self, About};
use super::links::{NewLink, Purpose};
use super::rules::is_operators;
use super::{Intent, State, assignment, put};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::mail::Kind;
use crate::resource::etag::Preconditions;
use crate::schema::{Account, validate};
use crate::service::{Service, delete};
use crate::store::changes::{Change, append};
use crate::store::connections;
use crate::store::credentials::{self, Credential};
use crate::store::letters::{self as posted, Posted};
use crate::store::resources::{self, PasswordUpdate};
use crate::store::second_factors;
use crate::store::sessions::{self, Session};
use crate::store::tombstones::{self, Tombstone};

/// Demands a permission with regard to a person: operators are for those who manage operators.
///
/// # Errors
/// 403.
pub(super) fn require(acting: &Acting, person: &Person, permission: Permission) -> Result<()> {
    let (people, _) = acting.people()?;
    require_operator(acting, permission)?;
    if is_operators(people, &person.document) {
        require_operator(acting, Permission::ManageOperators)?;
    }
    Ok(())
}

/// Demands a permission.
///
/// # Errors
/// 403.
pub(in crate::service) fn require_operator(acting: &Acting, permission: Permission) -> Result<()> {
    match &acting.caller.operator {
        Some(operator) => operator.require(permission),
        None => Err(Error::forbidden("this is for operators")),
    }
}

/// A change of whether an account can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switch {
    /// Refuse signing in, for this reason.
    Lock(Option<String>),
    /// Let the person sign in again.
    Unlock,
    /// The account may be used.
    Activate,
    /// The account may not be used.
    Deactivate,
}

/// Locks, unlocks, activates or deactivates. What is so already stays so.
///
/// # Errors
/// 403; 404; 409 for the last owner.
pub async fn switch(service: &Service, acting: &Acting, id: Uuid, to: &Switch) -> Result<()> {
    let (people, account) = acting.people()?;
    let intent = Intent {
        is_deactivated: *to == Switch::Deactivate,
        ..Intent::default()
    };
    let call = acting.call(intent);
    let permission = match to {
        Switch::Lock(_) | Switch::Unlock => Permission::LockPeople,
        Switch::Activate | Switch::Deactivate => Permission::EditPeople,
    };
    in_transaction!(service.store, |tx| {
        let person = acting.lock(tx, &call, id).await?;
        require(acting, &person, permission)?;
        let mut document = person.document.clone();
        let was_locked = State::of(account, &document) == State::Locked;
        set(account, &mut document, to);
        let state = State::of(account, &document);
        let is_awaited = matches!(state, State::Invited | State::PendingVerification);
        if document == person.document && !(*to == Switch::Deactivate && is_awaited) {
            return Ok(());
        }
        let password = PasswordUpdate::Keep;
        let written = acting
            .write(service, tx, &call, &person, &document, password)
            .await?;
        if matches!(to, Switch::Lock(_)) && !was_locked {
            let about = About {
                call: &call,
                resource_type: people,
                account,
                id,
                document: &written.document,
                now: service.clock.now(),
            };
            letters::write(tx, about, Kind::Locked, None, &[]).await?;
        }
        Ok(())
    })
}

fn set(account: &Account, document: &mut Map<String, Value>, to: &Switch) {
    match to {
        Switch::Lock(reason) => {
            put(document, &account.locked, Some(json!(true)));
            if let Some(reason) = reason {
                put(document, &account.lock_reason, Some(json!(reason)));
            }
        }
        Switch::Unlock => put(document, &account.locked, None),
        Switch::Activate => validate::set(document, &account.active, json!(true)),
        Switch::Deactivate => validate::set(document, &account.active, json!(false)),
    }
}

/// Sends a link to set a new password, or makes one to hand over. `is_blocking`: the old password is refused at once, whatever
/// the tenant's settings.
///
/// # Errors
/// 403; 404; `invalidValue` for a person who cannot sign in, or without an address.
pub async fn reset(
    service: &Service,
    acting: &Acting,
    id: Uuid,
    is_offline: bool,
    is_blocking: bool,
) -> Result<(Option<String>, Option<NewLink>)> {
    let (people, account) = acting.people()?;
    let call = acting.call(Intent::default());
    in_transaction!(service.store, |tx| {
        let mut person = acting.lock(tx, &call, id).await?;
        require(acting, &person, Permission::ResetPasswords)?;
        if State::of(account, &person.document) != State::Active {
            return Err(Error::invalid_value(
                "this person cannot sign in: activate or unlock the account, or send the invitation again",
            ));
        }
        let has_password = resources::has_password(tx, person.stored.key).await?;
        if has_password && (is_blocking || call.accounts.reset_blocks) {
            let document = person.document.clone();
            let password = PasswordUpdate::Clear;
            person = acting
                .write(service, tx, &call, &person, &document, password)
                .await?;
        }
        let now = service.clock.now();
        if is_offline {
            let link =
                super::onboarding::hand_over(tx, &call, &person, Purpose::Reset, now).await?;
            return Ok((None, Some(link)));
        }
        let about = About {
            call: &call,
            resource_type: people,
            account,
            id,
            document: &person.document,
            now,
        };
        let purpose = Some(Purpose::Reset);
        let address = letters::write(tx, about, Kind::ResetByAdministrator, purpose, &[]).await?;
        match address {
            Some(address) => Ok((Some(address), None)),
            None => Err(Error::invalid_value(
                "the person has no mail address to send a link to; hand a link over instead",
            )),
        }
    })
}

/// Deletes a person for good. Operators see for a while that there was somebody.
///
/// # Errors
/// 403; 404; 409 for the last owner.
pub async fn remove(service: &Service, acting: &Acting, id: Uuid) -> Result<()> {
    let (people, _) = acting.people()?;
    let call = acting.call(Intent::default());
    let preconditions = Preconditions::default();
    delete::delete(service, &call, people, &id.to_string(), &preconditions).await
}

/// Ends all sessions of a person; answers how many there were.
///
/// # Errors
/// 403; 404.
pub async fn end_sessions(service: &Service, acting: &Acting, id: Uuid) -> Result<u64> {
    let (people, _) = acting.people()?;
    let call = acting.call(Intent::default());
    in_transaction!(service.store, |tx| {
        let person = acting.lock(tx, &call, id).await?;
        require(acting, &person, Permission::LockPeople)?;
        let ended = sessions::end_all(tx, person.stored.key, None).await?;
        let change = Change {
            resource: Some((people.id, id)),
            version: None,
            operation: "end-sessions",
            detail: json!({"ended": ended}).to_string(),
            at: service.clock.now(),
        };
        append(tx, call.caller.tenant, &call.origin, vec![change]).await?;
        Ok(ended)
    })
}

/// Ends one session of a person.
///
/// # Errors
/// 403; 404.
pub async fn end_session(
    service: &Service,
    acting: &Acting,
    id: Uuid,
    session: &str,
) -> Result<()> {
    let (people, _) = acting.people()?;
    let call = acting.call(Intent::default());
    in_transaction!(service.store, |tx| {
        let person = acting.lock(tx, &call, id).await?;
        require(acting, &person, Permission::LockPeople)?;
        if !sessions::end(tx, person.stored.key, session).await? {
            return Err(Error::not_found("there is no such session any more"));
        }
        let change = Change {
            resource: Some((people.id, id)),
            version: None,
            operation: "end-sessions",
            detail: json!({"ended": 1}).to_string(),
            at: service.clock.now(),
        };
        append(tx, call.caller.tenant, &call.origin, vec![change]).await
    })
}

/// What operators see of an account beyond the resource.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The circumstances of the password.
    pub credential: Credential,
    /// Whether there is a password.
    pub has_password: bool,
    /// The sessions, the newest first.
    pub sessions: Vec<Session>,
    /// The name of the connection that looks after the account.
    pub connection: Option<String>,
    /// Since when there is a second factor. Microseconds since 1970 UTC.
    pub second_factor: Option<i64>,
}

/// What operators see of an account beyond the resource.
///
/// # Errors
/// 403; 404.
pub async fn facts(service: &Service, acting: &Acting, id: Uuid) -> Result<Facts> {
    let mut reader = service.store.reader();
    let person = acting.person(&mut reader, id).await?;
    require_operator(acting, Permission::ReadPeople)?;
    let key = person.stored.key;
    Ok(Facts {
        credential: credentials::get(&mut reader, key).await?,
        has_password: resources::has_password(&mut reader, key).await?,
        sessions: sessions::of_person(&mut reader, key).await?,
        connection: connections::name_of_creator(&mut reader, key).await?,
        second_factor: second_factors::get(&mut reader, key)
            .await?
            .and_then(|factor| factor.confirmed),
    })
}

/// The letters of the tenant, the newest first.
///
/// # Errors
/// 403.
pub async fn letters(service: &Service, acting: &Acting, count: i64) -> Result<Vec<Posted>> {
    require_operator(acting, Permission::ReadPeople)?;
    let mut reader = service.store.reader();
    posted::list(&mut reader, acting.caller.tenant, count).await
}

/// The names of the tenant's connections.
///
/// # Errors
/// 403.
pub async fn connections(service: &Service, acting: &Acting) -> Result<Vec<String>> {
    require_operator(acting, Permission::ReadPeople)?;
    let mut reader = service.store.reader();
    let found = connections::list(&mut reader, acting.caller.tenant).await?;
    Ok(found
        .into_iter()
        .map(|connection| connection.name)
        .collect())
}

/// Who has been deleted, the latest first.
///
/// # Errors
/// 403.
pub async fn deleted(
    service: &Service,
    acting: &Acting,
    skip: i64,
    count: i64,
) -> Result<Vec<Tombstone>> {
    require_operator(acting, Permission::ReadPeople)?;
    let mut reader = service.store.reader();
    tombstones::list(&mut reader, acting.caller.tenant, skip, count).await
}

/// Somebody who has been deleted.
///
/// # Errors
/// 403; 404.
pub async fn tombstone(service: &Service, acting: &Acting, id: Uuid) -> Result<Tombstone> {
    require_operator(acting, Permission::ReadPeople)?;
    let mut reader = service.store.reader();
    let found = tombstones::get(&mut reader, acting.caller.tenant, id).await?;
    found.ok_or_else(|| {
        Error::not_found(format!("nobody with the id \"{id}\" is among the deleted"))
    })
}

/// Erases what is left of somebody who has been deleted: the entry among the deleted, and the values in the history.
///
/// # Errors
/// 403; 404.
pub async fn purge(service: &Service, acting: &Acting, id: Uuid) -> Result<()> {
    require_operator(acting, Permission::Purge)?;
    let (people, _) = acting.people()?;
    let call = acting.call(Intent::default());
    let tenant = call.caller.tenant;
    in_transaction!(service.store, |tx| {
        if !tombstones::purge(tx, tenant, id).await? {
            return Err(Error::not_found(format!(
                "nobody with the id \"{id}\" is among the deleted"
            )));
        }
        let change = Change {
            resource: Some((people.id, id)),
            version: None,
            operation: "purge",
            detail: "{}".to_owned(),
            at: service.clock.now(),
        };
        append(tx, tenant, &call.origin, vec![change]).await
    })
}

/// Assigns a customer to an operator, or to nobody. `takes_over`: also when another operator has the customer.
///
/// # Errors
/// 403; 404; 409 naming the operator who has the customer.
pub async fn assign(
    service: &Service,
    acting: &Acting,
    customer: Uuid,
    operator: Option<Uuid>,
    takes_over: bool,
) -> Result<()> {
    let (_, account) = acting.people()?;
    let intent = Intent {
        takes_over,
        ..Intent::default()
    };
    let call = acting.call(intent);
    in_transaction!(service.store, |tx| {
        let person = acting.lock(tx, &call, customer).await?;
        let mut document = person.document.clone();
        let value = operator.map(|operator| json!({"value": operator.to_string()}));
        put(&mut document, &account.assigned_to, value);
        let password = PasswordUpdate::Keep;
        acting
            .write(service, tx, &call, &person, &document, password)
            .await
            .map(|_| ())
    })
}

/// Moves a customer from an operator, or from nobody, to another one, or to nobody; answers false where the customer is not, or no
/// longer, that operator's, and then nothing has changed.
///
/// # Errors
/// 403; 404; `invalidValue`.
pub async fn reassign(
    service: &Service,
    acting: &Acting,
    customer: Uuid,
    from: Option<Uuid>,
    to: Option<Uuid>,
) -> Result<bool> {
    let (_, account) = acting.people()?;
    let intent = Intent {
        takes_over: true,
        ..Intent::default()
    };
    let call = acting.call(intent);
    in_transaction!(service.store, |tx| {
        let person = acting.lock(tx, &call, customer).await?;
        if assignment::holder(account, &person.document) != from {
            return Ok(false);
        }
        let mut document = person.document.clone();
        let value = to.map(|operator| json!({"value": operator.to_string()}));
        put(&mut document, &account.assigned_to, value);
        let password = PasswordUpdate::Keep;
        acting
            .write(service, tx, &call, &person, &document, password)
            .await
            .map(|_| true)
    })
}
