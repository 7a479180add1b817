//! People who register themselves, and people who have forgotten their password: the same answer whoever they are.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::acting::{Acting, Person, Request};
use super::letters::{self, About};
use super::links::Purpose;
use super::{Intent, Source, State, is_address, is_operators_document, say_schemas};
use crate::auth::{Caller, Permission, Scopes, TenantFacts};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::mail::Kind;
use crate::schema::{Account, validate};
use crate::service::create::{self, Create, check};
use crate::service::{Call, Service};
use crate::store::resources::{self, PasswordUpdate};
use crate::store::{Transaction, credentials};

/// For how long an operator gets no link at another address than before, in microseconds: a day.
const ADDRESS_HOLD: i64 = 24 * 3_600_000_000;

/// What somebody says of themselves.
#[derive(Debug, Clone, Default)]
pub struct Registration {
    /// The name to sign in with.
    pub username: String,
    /// Where to confirm; none: the user name is the address.
    pub address: Option<String>,
    /// First name.
    pub given_name: Option<String>,
    /// Last name.
    pub family_name: Option<String>,
    /// The password.
    pub password: String,
    /// A language tag.
    pub language: Option<String>,
    /// Where to go after the address is confirmed; what the tenant does not know is left out.
    pub return_to: Option<String>,
}

/// Registers somebody. Whether the name is taken is not told: then the letter goes to whoever has it.
///
/// # Errors
/// 404 where people cannot register; `invalidValue` for a password or an address that cannot be.
pub async fn register(
    service: &Service,
    tenant: &TenantFacts,
    new: &Registration,
    request: Request,
) -> Result<()> {
    let caller = Caller::of_tenant(tenant, "registration".to_owned());
    let acting = Acting::of(service, caller, request).await?;
    if !acting.accounts().has_registration {
        return Err(Error::not_found("nobody can register here"));
    }
    let (people, account) = acting.people()?;
    let address = new.address.as_deref().unwrap_or(&new.username);
    if !is_address(address) {
        return Err(Error::invalid_value(format!(
            "{:?} must be a mail address",
            account.emails.name
        )));
    }
    // What looks like an address is taken for one: it is to be confirmed, and not another one.
    if is_address(&new.username) && !address.eq_ignore_ascii_case(&new.username) {
        return Err(Error::invalid_value(format!(
            "a {:?} that is a mail address must be the address to confirm",
            account.username.name
        )));
    }
    let mut body = body(account, new, address);
    if let Some(attribute) = people
        .all_attributes()
        .find(|attribute| attribute.is_password)
    {
        body.insert(attribute.name.clone(), json!(new.password));
    }
    say_schemas(people, &mut body);
    let body = Value::Object(body);
    let intent = Intent {
        source: Some(Source::Own),
        awaits: Some(State::PendingVerification),
        is_own_act: true,
        ..Intent::default()
    };
    let mut call_as = acting.clone();
    call_as.caller.scopes = Scopes::all();
    let call = call_as.call(intent);
    let asked = new.return_to.as_deref().unwrap_or_default();
    let returning = acting.accounts().returning(asked);
    let further: Vec<(&str, String)> = returning
        .map(|address| (letters::RETURN_TO, address))
        .into_iter()
        .collect();
    // The password is hashed, and compared, before anybody knows whether the name is taken: the time tells nothing.
    let before = awaiting_hash(service, &acting, &new.username).await?;
    let place = service.passwords.place()?;
    let verdict = place.verify(before.clone(), &new.password).await?;
    let prepared = create::prepare(service, &call, people, Uuid::now_v7(), &body).await?;
    in_transaction!(service.store, |tx| {
        let now = service.clock.now();
        if let Some(known) = acting.named(tx, &new.username).await? {
            let person = acting.lock(tx, &call, known.stored.id).await?;
            let about = About {
                call: &call,
                resource_type: people,
                account,
                id: known.stored.id,
                document: &person.document,
                now,
            };
            if State::of(account, &person.document) != State::PendingVerification {
                letters::write(tx, about, Kind::RegisteredAlready, None, &[]).await?;
                return Ok(());
            }
            let same = before.as_ref().filter(|_| verdict.is_right);
            clear_unless(service, tx, &call, (&acting, &person), same).await?;
            letters::write(tx, about, Kind::Verify, Some(Purpose::Verify), &further).await?;
            return Ok(());
        }
        let one = Create {
            resource_type: people,
            prepared: &prepared,
        };
        check(tx, &call, one).await?;
        let created = create::execute(service, tx, &call, &[one]).await;
        let stored = created
            .map_err(|(_, error)| error)?
            .pop()
            .ok_or_else(|| Error::internal("a create inserted nothing"))?;
        let about = About {
            call: &call,
            resource_type: people,
            account,
            id: stored.id,
            document: prepared.document(),
            now,
        };
        letters::write(tx, about, Kind::Verify, Some(Purpose::Verify), &further)
            .await
            .map(|_| ())
    })
}

/// Somebody has registered twice, or two have with the same name. Whoever confirms the address must not come by the password of
/// another: unless it is the `same`, none is good any more, and a link to set one leads on.
async fn clear_unless(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    (acting, person): (&Acting, &Person),
    same: Option<&String>,
) -> Result<()> {
    let present = resources::password_hash(tx, person.stored.key).await?;
    if present.is_none() || present.as_ref() == same {
        return Ok(());
    }
    let (document, password) = (person.document.clone(), PasswordUpdate::Clear);
    acting
        .write(service, tx, call, person, &document, password)
        .await
        .map(|_| ())
}

/// The hash of the password of somebody who has registered with that name and not confirmed it yet.
async fn awaiting_hash(
    service: &Service,
    acting: &Acting,
    username: &str,
) -> Result<Option<String>> {
    let (_, account) = acting.people()?;
    let mut reader = service.store.reader();
    match acting.named(&mut reader, username).await? {
        Some(known) if State::of(account, &known.document) == State::PendingVerification => {
            resources::password_hash(&mut reader, known.stored.key).await
        }
        Some(_) | None => Ok(None),
    }
}

fn body(account: &Account, new: &Registration, address: &str) -> Map<String, Value> {
    let mut document = Map::new();
    validate::set(&mut document, &account.username, json!(new.username));
    let emails = json!([{"value": address, "primary": true}]);
    validate::set(&mut document, &account.emails, emails);
    validate::set(&mut document, &account.active, json!(false));
    if let Some(language) = &new.language {
        validate::set(&mut document, &account.language, json!(language));
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
        document.insert(parent.to_string(), Value::Object(name));
    }
    document
}

/// Sends a link to set a new password to whoever has that name, if it is somebody who can sign in. Nobody learns whether. An operator
/// whose address has just become another one gets none for a day: the change may have been somebody else's, and the former address
/// has been told of it. Another operator can help at once.
///
/// # Errors
/// The database's.
pub async fn forgot(
    service: &Service,
    tenant: &TenantFacts,
    username: &str,
    request: Request,
) -> Result<()> {
    let caller = Caller::of_tenant(tenant, "muster".to_owned());
    let acting = Acting::of(service, caller, request).await?;
    let (people, account) = acting.people()?;
    let call = acting.call(Intent::default());
    in_transaction!(service.store, |tx| {
        let Some(known) = acting.named(tx, username).await? else {
            return Ok(());
        };
        if State::of(account, &known.document) != State::Active {
            return Ok(());
        }
        let now = service.clock.now();
        if is_operators_document(people, &known.document) {
            let credential = credentials::get(tx, known.stored.key).await?;
            let changed = credential.address_changed;
            if changed.is_some_and(|changed| now < changed + ADDRESS_HOLD) {
                return Ok(());
            }
        }
        let about = About {
            call: &call,
            resource_type: people,
            account,
            id: known.stored.id,
            document: &known.document,
            now,
        };
        letters::write(tx, about, Kind::Reset, Some(Purpose::Reset), &[])
            .await
            .map(|_| ())
    })
}

/// Approves somebody who has registered: the account can be used.
///
/// # Errors
/// 403; 404; `invalidValue` for somebody who awaits no approval.
pub async fn approve(service: &Service, acting: &Acting, id: Uuid) -> Result<()> {
    let (people, account) = acting.people()?;
    let call = acting.call(Intent::default());
    in_transaction!(service.store, |tx| {
        let person = acting.lock(tx, &call, id).await?;
        super::people::require(acting, &person, Permission::EditPeople)?;
        if State::of(account, &person.document) != State::PendingVerification {
            return Err(Error::invalid_value(
                "this person has not registered, or has been approved already",
            ));
        }
        let mut document = person.document.clone();
        validate::set(&mut document, &account.active, json!(true));
        let password = PasswordUpdate::Keep;
        let written = acting
            .write(service, tx, &call, &person, &document, password)
            .await?;
        let about = About {
            call: &call,
            resource_type: people,
            account,
            id,
            document: &written.document,
            now: service.clock.now(),
        };
        letters::write(tx, about, Kind::Approved, None, &[])
            .await
            .map(|_| ())
    })
}
