//! New people, and how they come to a password.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::acting::{Acting, Person};
use super::letters::{self, About};
use super::links::{self, NewLink, Purpose, Wanted};
use super::people;
use super::{Intent, PasswordKind, Source, State, is_address, mail_address, say_schemas};
use crate::auth::{Permission, password, policy};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::mail::Kind;
use crate::resource::etag::Preconditions;
use crate::resource::patch;
use crate::schema::{Account, Relation, ResourceType, validate};
use crate::service::create::{self, Create, check};
use crate::service::{Call, Service, modify};
use crate::store::Transaction;
use crate::store::resources::{self, PasswordUpdate};

/// How a new person comes to a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Onboarding {
    /// A letter with a link to set one.
    Invite,
    /// The link, to be handed over.
    InviteOffline,
    /// A password that must be changed when it is first used; none: one is generated.
    TemporaryPassword(Option<String>),
    /// Not at all: a provisioning client, or another way to sign in, looks after that.
    None,
}

/// What has come of it; secrets are shown this once.
#[derive(Debug, Clone)]
pub struct Onboarded {
    /// The person.
    pub id: Uuid,
    /// The address of the letter.
    pub address: Option<String>,
    /// The link to hand over.
    pub link: Option<NewLink>,
    /// The temporary password, and until when it is good.
    pub password: Option<(String, i64)>,
}

/// A new person.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// A SCIM user.
    pub body: Value,
    /// The groups to be in.
    pub groups: Vec<Uuid>,
    /// How they come to a password.
    pub onboarding: Onboarding,
    /// Who creates them.
    pub source: Source,
    /// A hash that another system made of their password.
    pub password_hash: Option<String>,
}

/// Creates a person, with groups and whatever leads to a password, in one transaction.
///
/// # Errors
/// 403; `invalidValue`; `uniqueness`.
pub async fn create(service: &Service, acting: &Acting, new: &NewPerson) -> Result<Onboarded> {
    let ready = prepare(service, acting, new).await?;
    in_transaction!(service.store, |tx| ready.write(service, tx).await)
}

/// As [`create()`], and nothing is left of it.
///
/// # Errors
/// As [`create()`].
pub async fn rehearse(service: &Service, acting: &Acting, new: &NewPerson) -> Result<()> {
    let ready = prepare(service, acting, new).await?;
    let mut tx = service.store.attempts(false).begin().await?;
    let outcome = ready.write(service, &mut tx).await;
    tx.rollback().await;
    outcome.map(|_| ())
}

/// A person who is about to be created.
pub(super) struct Ready<'a> {
    acting: &'a Acting,
    new: &'a NewPerson,
    call: Call<'a>,
    prepared: create::Prepared,
    password: Option<(String, i64)>,
}

/// Checks a person who is to be created, and hashes the password.
pub(super) async fn prepare<'a>(
    service: &Service,
    acting: &'a Acting,
    new: &'a NewPerson,
) -> Result<Ready<'a>> {
    let (people, account) = acting.people()?;
    if let Some(operator) = &acting.caller.operator {
        let needed = match new.source {
            Source::Csv => Permission::TransferPeople,
            Source::Admin | Source::Own => Permission::EditPeople,
        };
        operator.require(needed)?;
    }
    let password = match &new.onboarding {
        Onboarding::TemporaryPassword(typed) => {
            Some(temporary(service, acting, typed.as_deref(), Vec::new()).await?)
        }
        Onboarding::Invite | Onboarding::InviteOffline | Onboarding::None => None,
    };
    let is_invited = matches!(
        new.onboarding,
        Onboarding::Invite | Onboarding::InviteOffline
    );
    let intent = Intent {
        source: Some(new.source),
        awaits: is_invited.then_some(State::Invited),
        password: password
            .as_ref()
            .map_or(PasswordKind::Lasting, |(_, expires)| {
                PasswordKind::Temporary { expires: *expires }
            }),
        ..Intent::default()
    };
    let call = acting.call(intent);
    let mut body = new
        .body
        .as_object()
        .cloned()
        .ok_or_else(|| Error::invalid_syntax("a person must be a JSON object"))?;
    complete(account, &mut body);
    if is_invited {
        body.insert(account.active.name.clone(), json!(false));
    }
    if let Some((password, _)) = &password
        && let Some(attribute) = people
            .all_attributes()
            .find(|attribute| attribute.is_password)
    {
        body.insert(attribute.name.clone(), json!(password));
    }
    say_schemas(people, &mut body);
    let id = Uuid::now_v7();
    let mut prepared = create::prepare(service, &call, people, id, &Value::Object(body)).await?;
    if let Some(hash) = &new.password_hash {
        prepared.import_hash(hash.clone());
    }
    if new.onboarding == Onboarding::Invite && mail_address(account, prepared.document()).is_none()
    {
        return Err(Error::invalid_value(
            "the person has no mail address to send an invitation to; hand a link over instead",
        ));
    }
    Ok(Ready {
        acting,
        new,
        call,
        prepared,
        password,
    })
}

/// A user name that is an address is where letters go, unless another address is given.
fn complete(account: &Account, body: &mut Map<String, Value>) {
    let has_emails = body
        .keys()
        .any(|name| name.eq_ignore_ascii_case(&account.emails.name));
    let username = body
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(&account.username.name))
        .and_then(|(_, value)| value.as_str())
        .filter(|name| is_address(name))
        .map(str::to_owned);
    if let (false, Some(username)) = (has_emails, username) {
        let value = json!([{"value": username, "primary": true}]);
        body.insert(account.emails.name.clone(), value);
    }
}

/// A temporary password and until when it is good. `personal`: what it must not be made of.
pub(super) async fn temporary(
    service: &Service,
    acting: &Acting,
    typed: Option<&str>,
    personal: Vec<String>,
) -> Result<(String, i64)> {
    let settings = acting.accounts();
    let chosen = match typed {
        Some(_) if !settings.may_type_passwords => {
            return Err(Error::forbidden(
                "temporary passwords are generated here (password.typed is refuse)",
            ));
        }
        Some(typed) => {
            password::check(settings.policy, typed, personal).await?;
            typed.to_owned()
        }
        None => generated().await?,
    };
    Ok((chosen, service.clock.now() + settings.temporary_time))
}

async fn generated() -> Result<String> {
    let generated = tokio::task::spawn_blocking(policy::generate).await;
    generated.map_err(|error| Error::internal("no password could be made").caused_by(error))?
}

impl Ready<'_> {
    /// Creates the person.
    pub(super) async fn write(&self, service: &Service, tx: &mut Transaction) -> Result<Onboarded> {
        let (people, account) = self.acting.people()?;
        let one = Create {
            resource_type: people,
            prepared: &self.prepared,
        };
        check(tx, &self.call, one).await?;
        let created = create::execute(service, tx, &self.call, &[one]).await;
        let stored = created
            .map_err(|(_, error)| error)?
            .pop()
            .ok_or_else(|| Error::internal("a create inserted nothing"))?;
        for group in &self.new.groups {
            join(service, tx, self.acting, *group, stored.id).await?;
        }
        let mut onboarded = Onboarded {
            id: stored.id,
            address: None,
            link: None,
            password: self.password.clone(),
        };
        let person = Person {
            document: self.prepared.document().clone(),
            stored,
        };
        let about = About {
            call: &self.call,
            resource_type: people,
            account,
            id: person.stored.id,
            document: &person.document,
            now: service.clock.now(),
        };
        match self.new.onboarding {
            Onboarding::Invite => {
                let purpose = Some(Purpose::Invite);
                onboarded.address = letters::write(tx, about, Kind::Invite, purpose, &[]).await?;
            }
            Onboarding::InviteOffline => {
                onboarded.link =
                    Some(hand_over(tx, &self.call, &person, Purpose::Invite, about.now).await?);
            }
            Onboarding::TemporaryPassword(_) | Onboarding::None => {}
        }
        Ok(onboarded)
    }
}

/// A link that an operator hands over.
pub(super) async fn hand_over(
    tx: &mut Transaction,
    call: &Call<'_>,
    person: &Person,
    purpose: Purpose,
    now: i64,
) -> Result<NewLink> {
    let wanted = Wanted {
        tenant: call.caller.tenant,
        person: person.stored.key,
        purpose,
        address: None,
        life: purpose.life(call.accounts),
    };
    links::make(tx, wanted, now).await
}

/// Adds a person to a group, as a PATCH would.
pub(super) async fn join(
    service: &Service,
    tx: &mut Transaction,
    acting: &Acting,
    group: Uuid,
    person: Uuid,
) -> Result<()> {
    let call = acting.call(Intent::default());
    let groups = acting.groups()?;
    let body = addition(groups, person)?;
    let preconditions = Preconditions::default();
    let id = group.to_string();
    let patch = modify::prepare(service, &call, groups, &id, &body, &preconditions).await?;
    patch.apply(tx).await.map(|_| ())
}

/// A PATCH that adds one member.
fn addition(groups: &ResourceType, person: Uuid) -> Result<Value> {
    let members = groups
        .relation(Relation::Members)
        .ok_or_else(|| Error::internal("groups have no members"))?;
    Ok(json!({
        "schemas": [patch::MESSAGE_SCHEMA],
        "Operations": [{"op": "add", "path": members.name, "value": [{"value": person.to_string()}]}],
    }))
}

/// Sends an invitation again, or makes a link to hand over; also for people who have been created without one.
///
/// # Errors
/// 403; 404; `invalidValue` for a person who has a password, or no address.
pub async fn invite(
    service: &Service,
    acting: &Acting,
    id: Uuid,
    is_offline: bool,
) -> Result<Onboarded> {
    let (people, account) = acting.people()?;
    let intent = Intent {
        awaits: Some(State::Invited),
        ..Intent::default()
    };
    let call = acting.call(intent);
    in_transaction!(service.store, |tx| {
        let person = acting.lock(tx, &call, id).await?;
        people::require(acting, &person, Permission::EditPeople)?;
        let state = State::of(account, &person.document);
        let has_password = resources::has_password(tx, person.stored.key).await?;
        let owner = resources::connection_of(tx, person.stored.key).await?;
        let is_fit = state == State::Invited
            || (!has_password && state == State::Active)
            || (!has_password && state == State::Deactivated && owner.is_none());
        if !is_fit {
            return Err(Error::invalid_value(
                "an invitation does not fit: this person has a password, is locked, must confirm a registration first, or was deactivated by the provisioning client that looks after them",
            ));
        }
        let document = person.document.clone();
        let password = PasswordUpdate::Keep;
        let person = acting
            .write(service, tx, &call, &person, &document, password)
            .await?;
        let now = service.clock.now();
        let about = About {
            call: &call,
            resource_type: people,
            account,
            id,
            document: &person.document,
            now,
        };
        let mut onboarded = Onboarded {
            id,
            address: None,
            link: None,
            password: None,
        };
        if is_offline {
            onboarded.link = Some(hand_over(tx, &call, &person, Purpose::Invite, now).await?);
            return Ok(onboarded);
        }
        let purpose = Some(Purpose::Invite);
        onboarded.address = letters::write(tx, about, Kind::Invite, purpose, &[]).await?;
        match onboarded.address {
            Some(_) => Ok(onboarded),
            None => Err(Error::invalid_value(
                "the person has no mail address to send an invitation to; hand a link over instead",
            )),
        }
    })
}

/// Sets a temporary password; what was before is void, and every session ends.
///
/// # Errors
/// 403; 404; `invalidValue` for a password that breaks the rules.
pub async fn set_temporary_password(
    service: &Service,
    acting: &Acting,
    id: Uuid,
    typed: Option<&str>,
) -> Result<Onboarded> {
    let (people, account) = acting.people()?;
    let mut reader = service.store.reader();
    let known = acting.person(&mut reader, id).await?;
    drop(reader);
    people::require(acting, &known, Permission::ResetPasswords)?;
    let personal = super::personal(people, &known.document);
    let (chosen, expires) = temporary(service, acting, typed, personal).await?;
    let hash = service.passwords.hash(&chosen).await?;
    let intent = Intent {
        password: PasswordKind::Temporary { expires },
        ..Intent::default()
    };
    let call = acting.call(intent);
    in_transaction!(service.store, |tx| {
        let person = acting.lock(tx, &call, id).await?;
        people::require(acting, &person, Permission::ResetPasswords)?;
        let mut document = person.document.clone();
        if State::of(account, &document) == State::Invited {
            // The temporary password takes the place of the invitation.
            validate::set(&mut document, &account.active, json!(true));
        }
        let password = PasswordUpdate::Set(&hash);
        acting
            .write(service, tx, &call, &person, &document, password)
            .await?;
        Ok(Onboarded {
            id,
            address: None,
            link: None,
            password: Some((chosen.clone(), expires)),
        })
    })
}
