//! Operators: people who work in the console, and the groups that give them their roles.

use serde_json::{Value, json};
use uuid::Uuid;

use super::acting::{Acting, Person};
use super::groups::{self, Audience, NewGroup};
use super::onboarding::{self, NewPerson, Onboarded, Onboarding};
use super::{Intent, OPERATOR, Source, owners, people};
use crate::auth::{Permission, Role};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::resource::etag::Preconditions;
use crate::resource::patch::MESSAGE_SCHEMA;
use crate::schema::{IndexKey, Relation};
use crate::service::create::{self, Create};
use crate::service::{Service, modify, parse_document};
use crate::store::{Transaction, attribute_index, operators, resources};

/// Creates an operator with a role, by the group of operators that carries it; the group is created where there is none.
///
/// # Errors
/// 403; `invalidValue`; `uniqueness`.
pub async fn create(
    service: &Service,
    acting: &Acting,
    body: Value,
    role: Role,
    onboarding: Onboarding,
) -> Result<Onboarded> {
    people::require_operator(acting, Permission::ManageOperators)?;
    let group = group_of(service, acting, role).await?;
    let new = NewPerson {
        groups: vec![group],
        ..newcomer(acting, body, onboarding)?
    };
    onboarding::create(service, acting, &new).await
}

/// An operator to be, without a role.
pub(super) fn newcomer(acting: &Acting, body: Value, onboarding: Onboarding) -> Result<NewPerson> {
    let (_, account) = acting.people()?;
    let mut body = body;
    let Some(object) = body.as_object_mut() else {
        return Err(Error::invalid_syntax("a person must be a JSON object"));
    };
    if let Some(extension) = &account.kind.extension {
        let inner = object
            .entry(extension.to_string())
            .or_insert_with(|| json!({}));
        if let Some(inner) = inner.as_object_mut() {
            inner.insert(account.kind.name.clone(), json!(OPERATOR));
        }
    }
    Ok(NewPerson {
        body,
        groups: Vec::new(),
        onboarding,
        source: Source::Admin,
        password_hash: None,
    })
}

/// The first group of operators that carries a role; it is created where there is none.
async fn group_of(service: &Service, acting: &Acting, role: Role) -> Result<Uuid> {
    let mut reader = service.store.reader().await?;
    let found = with_role(&mut reader, acting, role).await?;
    drop(reader);
    if let Some(id) = found {
        return Ok(id);
    }
    let prepared = prepare_group(service, acting, role).await?;
    in_transaction!(service.store, |tx| {
        group_in(service, tx, acting, role, &prepared).await
    })
}

/// The group that carries a role, in case that there is none.
pub(super) async fn prepare_group(
    service: &Service,
    acting: &Acting,
    role: Role,
) -> Result<create::Prepared> {
    let groups = acting.groups()?;
    let call = acting.call(Intent::default());
    let new = NewGroup {
        name: format!("Operators: {}", role.name()),
        audience: Audience::Operators(Some(role)),
        members: Vec::new(),
    };
    let body = groups::body(groups, &new)?;
    create::prepare(service, &call, groups, Uuid::now_v7(), &body).await
}

/// The first group that carries a role; where there is none, the one that was prepared.
pub(super) async fn group_in(
    service: &Service,
    tx: &mut Transaction,
    acting: &Acting,
    role: Role,
    prepared: &create::Prepared,
) -> Result<Uuid> {
    // Another one may have made it meanwhile.
    if let Some(id) = with_role(tx, acting, role).await? {
        return Ok(id);
    }
    let call = acting.call(Intent::default());
    let one = Create {
        resource_type: acting.groups()?,
        prepared,
    };
    create::check(tx, &call, one).await?;
    let created = create::execute(service, tx, &call, &[one]).await;
    let stored = created.map_err(|(_, error)| error)?;
    let stored = stored
        .first()
        .ok_or_else(|| Error::internal("a create inserted nothing"))?;
    Ok(stored.id)
}

async fn with_role(tx: &mut Transaction, acting: &Acting, role: Role) -> Result<Option<Uuid>> {
    let team = groups::team(acting.groups()?)?;
    let Some(key) = IndexKey::of(&team.role, &json!(role.name())) else {
        return Ok(None);
    };
    let tenant = acting.caller.tenant;
    let found = attribute_index::holders(tx, tenant, team.role.id, key.as_str()).await?;
    let rows = resources::by_keys(tx, &found).await?;
    Ok(rows.first().map(|row| row.id))
}

/// Gives an operator a role, or takes it away.
///
/// # Errors
/// 403; 404; 409 for the last owner.
pub async fn set_role(
    service: &Service,
    acting: &Acting,
    operator: Uuid,
    role: Role,
    is_given: bool,
) -> Result<()> {
    people::require_operator(acting, Permission::ManageOperators)?;
    let groups = acting.groups()?;
    let members = groups
        .relation(Relation::Members)
        .ok_or_else(|| Error::internal("groups have no members"))?;
    let group = group_of(service, acting, role).await?;
    let operation = if is_given {
        json!({"op": "add", "path": members.name, "value": [{"value": operator.to_string()}]})
    } else {
        json!({"op": "remove", "path": format!("{}[value eq \"{operator}\"]", members.name)})
    };
    let body = json!({"schemas": [MESSAGE_SCHEMA], "Operations": [operation]});
    let call = acting.call(Intent::default());
    let preconditions = Preconditions::default();
    let id = group.to_string();
    let patch = modify::prepare(service, &call, groups, &id, &body, &preconditions).await?;
    in_transaction!(service.store, |tx| patch.apply(tx).await.map(|_| ()))
}

/// All operators, with their roles.
///
/// # Errors
/// 403.
pub async fn list(service: &Service, acting: &Acting) -> Result<Vec<(Person, Vec<String>)>> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let (_, account) = acting.people()?;
    let call = acting.call(Intent::default());
    let mut reader = service.store.snapshot().await?;
    let tenant = acting.caller.tenant;
    let keys = attribute_index::holders(&mut reader, tenant, account.kind.id, OPERATOR).await?;
    let rows = resources::by_keys(&mut reader, &keys).await?;
    let mut all = Vec::with_capacity(rows.len());
    for stored in rows {
        let roles = match owners::numbers(&call) {
            Some(numbers) => operators::roles(&mut reader, stored.key, &numbers).await?,
            None => Vec::new(),
        };
        let document = parse_document(&stored.document)?;
        all.push((Person { stored, document }, roles));
    }
    Ok(all)
}
