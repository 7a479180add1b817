//! What people do with their own account once they have signed in.

use serde_json::{Map, Value, json};

use super::letters::{self, About};
use super::second_factor::Factor;
use super::sessions::{SignedIn, check_password};
use super::{Intent, mail_address, owners, personal};
use crate::auth::{bearer, password};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::mail::Kind;
use crate::resource::etag::{Preconditions, Tags};
use crate::resource::patch::MESSAGE_SCHEMA;
use crate::schema::project::Projection;
use crate::schema::validate::{self, Tolerance};
use crate::service::{Service, delete, modify, read};
use crate::store::resources::{self, PasswordUpdate};
use crate::store::{ResourceKey, Transaction, changes, credentials, members, sessions};

/// A change of one value: its path, and what it is to be; none: nothing.
pub type NewValue = (String, Option<String>);

/// How what people type is read: whoever types can mend it at once, and knows what was meant.
pub(super) const TYPED: Tolerance = Tolerance {
    strict_values: true,
    ..Tolerance::USUAL
};

/// The paths of the values that cannot be as somebody typed them.
///
/// # Errors
/// When the tenant has no people.
pub fn unfit(signed_in: &SignedIn, values: &[NewValue]) -> Result<Vec<String>> {
    let (people, _) = signed_in.acting.people()?;
    let is_unfit = |(path, value): &&NewValue| {
        let attributes = people.profile.iter();
        let mut lines =
            attributes.flat_map(|one| std::iter::once(&one.attribute).chain(&one.parts));
        let attribute = lines.find(|line| line.path() == *path);
        let value = value.as_ref().map(|value| json!(value));
        attribute
            .zip(value)
            .is_some_and(|(attribute, value)| validate::value(attribute, &value, TYPED).is_err())
    };
    let unfit = values.iter().filter(is_unfit);
    Ok(unfit.map(|(path, _)| path.clone()).collect())
}

impl SignedIn {
    fn own_act(&self) -> Intent {
        Intent {
            is_own_act: true,
            keeps_session: Some(self.session.clone()),
            ..Intent::default()
        }
    }
}

/// Changes values of somebody's own profile, unless it has another version by now.
///
/// # Errors
/// 412 for another version; 403 for what people cannot change; `invalidValue`.
pub async fn change(
    service: &Service,
    signed_in: &SignedIn,
    values: &[NewValue],
    version: Option<i64>,
) -> Result<()> {
    signed_in.check_factor()?;
    let mut acting = signed_in.acting.clone();
    acting.caller.settings.patch.reading = TYPED;
    let (people, _) = acting.people()?;
    let operations: Vec<Value> = values
        .iter()
        .map(|(path, value)| match value {
            Some(value) => json!({"op": "replace", "path": path, "value": value}),
            None => json!({"op": "remove", "path": path}),
        })
        .collect();
    if operations.is_empty() {
        return Ok(());
    }
    let call = acting.call(signed_in.own_act());
    let body = json!({"schemas": [MESSAGE_SCHEMA], "Operations": operations});
    let preconditions = Preconditions {
        if_match: version.map(|version| Tags::These(vec![version.to_string()])),
        if_none_match: None,
    };
    let id = signed_in.person.stored.id.to_string();
    let projection = Projection::new(&["id".to_owned()], &[])?;
    modify::modify(
        service,
        &call,
        people,
        &id,
        &body,
        &preconditions,
        projection,
    )
    .await
    .map(|_| ())
}

/// Notes the language that somebody prefers.
///
/// # Errors
/// The database's.
pub async fn change_language(service: &Service, signed_in: &SignedIn, tag: &str) -> Result<()> {
    // Whoever owes a second factor changes nothing, and may still choose the language of the page.
    if signed_in.check_factor().is_err() {
        return Ok(());
    }
    let (_, account) = signed_in.acting.people()?;
    let value = (account.language.path(), Some(tag.to_owned()));
    change(service, signed_in, &[value], None).await
}

/// What a password of somebody must not be made of.
#[must_use]
pub fn personal_words(signed_in: &SignedIn) -> Vec<String> {
    match signed_in.acting.people() {
        Ok((people, _)) => personal(people, &signed_in.person.document),
        Err(_) => Vec::new(),
    }
}

/// Changes the password of somebody who shows the present one. Their other sessions end; this one goes on under the secret that is
/// answered.
///
/// # Errors
/// 401 for another password; `invalidValue` for one that breaks the rules.
pub async fn change_password(
    service: &Service,
    signed_in: &SignedIn,
    current: &str,
    new: &str,
) -> Result<String> {
    // A temporary password is changed before a second factor is set up.
    if signed_in.factor == Factor::Due {
        signed_in.check_factor()?;
    }
    let acting = &signed_in.acting;
    let (people, account) = acting.people()?;
    let id = signed_in.person.stored.id;
    let personal = personal(people, &signed_in.person.document);
    password::check(acting.accounts().policy, new, personal).await?;
    let shown = check_password(service, signed_in, current).await?;
    let hash = service.passwords.hash(new).await?;
    let call = acting.call(signed_in.own_act());
    let secret = bearer::session_secret()?;
    in_transaction!(service.store, |tx| {
        let now = service.clock.now();
        let person = signed_in.confirm(tx, &call, shown, now).await?;
        let renewed = (&*bearer::public_id(&secret), &*bearer::hash(&secret));
        let password = PasswordUpdate::Set(&hash);
        let document = person.document.clone();
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
        if mail_address(account, &written.document).is_some() {
            letters::write(tx, about, Kind::PasswordChanged, None, &[]).await?;
        }
        sessions::renew(tx, person.stored.key, &signed_in.session, renewed).await?;
        Ok(secret.clone())
    })
}

/// How somebody may leave by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ways {
    /// By deactivating the account.
    pub may_deactivate: bool,
    /// By deleting it.
    pub may_delete: bool,
    /// Not at all: nobody else could look after the tenant.
    pub is_last_owner: bool,
}

/// How somebody may leave by themselves: not at all where a provisioning client looks after the account.
///
/// # Errors
/// The database's.
pub async fn ways_to_leave(service: &Service, signed_in: &SignedIn) -> Result<Ways> {
    let mut reader = service.store.reader();
    let owner = resources::connection_of(&mut reader, signed_in.person.stored.key).await?;
    let settings = signed_in.acting.accounts();
    let call = signed_in.acting.call(Intent::default());
    let is_last_owner = signed_in.operator.is_some()
        && owners::is_last(&mut reader, &call, signed_in.person.stored.key).await?;
    Ok(Ways {
        may_deactivate: owner.is_none() && settings.may_deactivate && !is_last_owner,
        may_delete: owner.is_none() && settings.may_delete && !is_last_owner,
        is_last_owner,
    })
}

/// Deactivates somebody's own account, who shows the password; every session ends.
///
/// # Errors
/// 401 for another password; 403 where people cannot do that; 409 for the last owner.
pub async fn deactivate(service: &Service, signed_in: &SignedIn, password: &str) -> Result<()> {
    signed_in.check_factor()?;
    if !ways_to_leave(service, signed_in).await?.may_deactivate {
        return Err(Error::forbidden(
            "you cannot deactivate this account yourself",
        ));
    }
    let shown = check_password(service, signed_in, password).await?;
    let mut acting = signed_in.acting.clone();
    acting.caller.subject = None;
    let (_, account) = acting.people()?;
    let call = acting.call(signed_in.own_act());
    in_transaction!(service.store, |tx| {
        let now = service.clock.now();
        let person = signed_in.confirm(tx, &call, shown, now).await?;
        let mut document = person.document.clone();
        validate::set(&mut document, &account.active, json!(false));
        let password = PasswordUpdate::Keep;
        acting
            .write(service, tx, &call, &person, &document, password)
            .await
            .map(|_| ())
    })
}

/// Deletes somebody's own account for good, who shows the password; every session ends.
///
/// # Errors
/// 401 for another password; 403 where people cannot do that; 409 for the last owner.
pub async fn remove(service: &Service, signed_in: &SignedIn, password: &str) -> Result<()> {
    signed_in.check_factor()?;
    if !ways_to_leave(service, signed_in).await?.may_delete {
        return Err(Error::forbidden("you cannot delete this account yourself"));
    }
    let shown = check_password(service, signed_in, password).await?;
    let mut acting = signed_in.acting.clone();
    acting.caller.subject = None;
    let (people, _) = acting.people()?;
    let call = acting.call(signed_in.own_act());
    let id = signed_in.person.stored.id;
    let any = Preconditions::default();
    in_transaction!(service.store, |tx| {
        let now = service.clock.now();
        signed_in.confirm(tx, &call, shown, now).await?;
        delete::execute(service, tx, &call, people, id, &any).await
    })
}

/// The groups somebody is in: name, and whether directly.
///
/// # Errors
/// The database's.
pub async fn groups(service: &Service, signed_in: &SignedIn) -> Result<Vec<(String, bool)>> {
    let mut reader = service.store.reader();
    groups_of(&mut reader, signed_in.person.stored.key).await
}

/// The same of anybody.
pub(super) async fn groups_of(
    reader: &mut Transaction,
    key: ResourceKey,
) -> Result<Vec<(String, bool)>> {
    let found = members::groups_of(reader, &[key]).await?;
    let mut groups: Vec<(String, bool)> = found
        .into_values()
        .flatten()
        .map(|(group, is_direct)| {
            let name = group.display_name.unwrap_or_else(|| group.id.to_string());
            (name, is_direct)
        })
        .collect();
    groups.sort();
    Ok(groups)
}

/// When the password was changed last: microseconds since 1970 UTC.
///
/// # Errors
/// The database's.
pub async fn password_changed(service: &Service, signed_in: &SignedIn) -> Result<Option<i64>> {
    let mut reader = service.store.reader();
    let known = credentials::get(&mut reader, signed_in.person.stored.key).await?;
    Ok(known.password_changed)
}

/// Everything that is kept of somebody: the resource, the sessions and the history.
///
/// # Errors
/// 403 while a second factor is owed.
pub async fn export(service: &Service, signed_in: &SignedIn) -> Result<Value> {
    signed_in.check_factor()?;
    let acting = &signed_in.acting;
    let (people, _) = acting.people()?;
    let call = acting.call(signed_in.own_act());
    let id = signed_in.person.stored.id;
    let projection = Projection::new(&[], &[])?;
    let any = Preconditions::default();
    let found = read::read(service, &call, people, &id.to_string(), &any, &projection).await?;
    let resource: Value = match found {
        read::Found::Resource(shown) => serde_json::from_str(&shown.body)
            .map_err(|error| Error::internal("a representation is malformed").caused_by(error))?,
        // Nobody has members.
        read::Found::Large(_) | read::Found::NotModified { .. } => Value::Null,
    };
    let mut reader = service.store.reader();
    let history = changes::of_resource(&mut reader, call.caller.tenant, id).await?;
    drop(reader);
    let history: Vec<Value> = history
        .into_iter()
        .map(|change| {
            json!({
                "at": crate::resource::timestamp(change.at),
                "operation": change.operation,
                "by": change.actor,
                "detail": serde_json::from_str::<Value>(&change.detail).unwrap_or_default(),
            })
        })
        .collect();
    let sessions: Vec<Value> = signed_in
        .sessions(service)
        .await?
        .into_iter()
        .map(|session| {
            json!({
                "since": crate::resource::timestamp(session.created),
                "lastUsed": crate::resource::timestamp(session.last_used),
                "address": session.address,
                "agent": session.agent,
            })
        })
        .collect();
    let mut all = Map::new();
    all.insert("resource".to_owned(), resource);
    all.insert("sessions".to_owned(), json!(sessions));
    all.insert("history".to_owned(), json!(history));
    Ok(Value::Object(all))
}
