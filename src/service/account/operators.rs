//! Operators: people who work in the console, and the groups that give them their roles.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::acting::{Acting, Person};
use super::groups::{self, Audience, NewGroup};
use super::onboarding::{self, NewPerson, Onboarded, Onboarding};
use super::{Intent, OPERATOR, Source, State, assignment, owners, people, rules};
use crate::auth::{Permission, Role};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::resource::etag::Preconditions;
use crate::resource::patch::MESSAGE_SCHEMA;
use crate::resource::{self, display_name};
use crate::schema::{IndexKey, Relation, validate};
use crate::service::create::{self, Create};
use crate::service::{Service, modify, parse_document};
use crate::store::{
    ResourceKey, Transaction, attribute_index, members, operators, resources, second_factors,
};

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
    let mut reader = service.store.reader();
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

/// What is said of a new operator.
#[derive(Debug, Clone, Default)]
pub struct NewOperator {
    /// The name to sign in with.
    pub username: String,
    /// The address that letters go to; empty: the user name, if it is one.
    pub mail: String,
    /// First name; may be empty, as the others.
    pub given: String,
    /// Last name.
    pub family: String,
    /// The tag of the language of pages and letters.
    pub language: Option<String>,
    /// Whether the operator may see what assigned customers see.
    pub is_agent: bool,
}

/// The SCIM user that [`create()`] needs.
///
/// # Errors
/// When the tenant has no people.
pub fn body(acting: &Acting, new: &NewOperator) -> Result<Value> {
    let (_, account) = acting.people()?;
    let mut body = Map::new();
    let texts = [
        (&account.username, Some(&new.username)),
        (&account.given_name, Some(&new.given)),
        (&account.family_name, Some(&new.family)),
        (&account.language, new.language.as_ref()),
    ];
    for (attribute, text) in texts {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            validate::set(&mut body, attribute, json!(text));
        }
    }
    if !new.mail.is_empty() {
        let addresses = json!([{"value": new.mail, "primary": true}]);
        body.insert(account.emails.name.clone(), addresses);
    }
    if new.is_agent {
        validate::set(&mut body, &account.agent, json!(true));
    }
    Ok(Value::Object(body))
}

/// The name for people of an operator, and the user name.
///
/// # Errors
/// When the tenant has no people.
pub fn called(acting: &Acting, person: &Person) -> Result<(Option<String>, Option<String>)> {
    let (people, _) = acting.people()?;
    let document = &person.document;
    Ok((
        display_name(people, document),
        resource::called(people, document),
    ))
}

/// A customer, and whose that is.
#[derive(Debug, Clone)]
pub struct Held {
    /// The customer's id.
    pub id: Uuid,
    /// The name for people.
    pub display: Option<String>,
    /// The user name.
    pub called: Option<String>,
    /// The state.
    pub state: State,
    /// The operator's id and name for people.
    pub holder: Option<(Uuid, Option<String>)>,
}

/// Whose these people are, as far as they exist.
///
/// # Errors
/// 403.
pub async fn held(service: &Service, acting: &Acting, ids: &[Uuid]) -> Result<Vec<Held>> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let (people, account) = acting.people()?;
    let tenant = acting.caller.tenant;
    let mut reader = service.store.snapshot().await?;
    let found = members::resolve(&mut reader, tenant, ids, &members::Mark::default()).await?;
    let keys: Vec<ResourceKey> = found.iter().map(|one| one.relative.key).collect();
    let mut rows = Vec::with_capacity(keys.len());
    for row in resources::by_keys(&mut reader, &keys).await? {
        if row.resource_type != people.id {
            continue;
        }
        let document = parse_document(&row.document)?;
        rows.push(Held {
            id: row.id,
            display: display_name(people, &document),
            called: resource::called(people, &document),
            state: State::of(account, &document),
            holder: assignment::holder(account, &document).map(|id| (id, None)),
        });
    }
    let holders: Vec<Uuid> = rows
        .iter()
        .filter_map(|row| Some(row.holder.as_ref()?.0))
        .collect();
    let names = resources::names(&mut reader, tenant, &holders).await?;
    for (holder, name) in rows.iter_mut().filter_map(|row| row.holder.as_mut()) {
        let known = names.iter().find(|(id, _, _)| id == holder);
        *name = known.and_then(|(_, _, name)| name.clone());
    }
    Ok(rows)
}

/// What there is to know of an operator beyond the account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The roles, by the groups that the operator is in directly or through other groups.
    pub roles: Vec<Role>,
    /// How many customers are assigned to the operator.
    pub customers: i64,
    /// When the operator signed in last.
    pub last_sign_in: Option<i64>,
    /// Whether a second factor is asked for at sign-in.
    pub has_factor: bool,
}

/// What there is to know of operators beyond their accounts, by their ids. A handful of statements, however many there are.
///
/// # Errors
/// 403.
pub async fn facts(
    service: &Service,
    acting: &Acting,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Facts>> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let (_, account) = acting.people()?;
    let call = acting.call(Intent::default());
    let mut reader = service.store.snapshot().await?;
    let tenant = acting.caller.tenant;
    let found = members::resolve(&mut reader, tenant, ids, &members::Mark::default()).await?;
    let keys: Vec<ResourceKey> = found.iter().map(|one| one.relative.key).collect();
    let roles = match owners::numbers(&call) {
        Some(numbers) => operators::roles_of(&mut reader, &keys, &numbers).await?,
        None => HashMap::new(),
    };
    let sign_ins = operators::last_sign_ins(&mut reader, &keys).await?;
    let with_factor = second_factors::confirmed(&mut reader, &keys).await?;
    let holder = account.assigned_to.sub_attribute("value");
    let key_of = |id: Uuid| {
        Some(
            IndexKey::of(holder?, &json!(id.to_string()))?
                .as_str()
                .to_owned(),
        )
    };
    let customers = match holder {
        Some(holder) => {
            let values: Vec<String> = ids.iter().filter_map(|id| key_of(*id)).collect();
            operators::count_holders(&mut reader, tenant, holder.id, &values).await?
        }
        None => HashMap::new(),
    };
    let facts = found.into_iter().map(|one| {
        let names = roles.get(&one.relative.key).map(Vec::as_slice);
        let number = key_of(one.relative.id).and_then(|key| customers.get(&key).copied());
        let facts = Facts {
            roles: roles_named(names.unwrap_or_default()),
            customers: number.unwrap_or_default(),
            last_sign_in: sign_ins.get(&one.relative.key).copied(),
            has_factor: with_factor.contains(&one.relative.key),
        };
        (one.relative.id, facts)
    });
    Ok(facts.collect())
}

/// The roles of these names, in the order of the table of roles.
fn roles_named(names: &[String]) -> Vec<Role> {
    let all = Role::ALL.into_iter();
    all.filter(|(_, name)| names.iter().any(|known| known == name))
        .map(|(role, _)| role)
        .collect()
}

/// The operator with this id.
///
/// # Errors
/// 403; 404 also for somebody who is no operator.
pub async fn find(service: &Service, acting: &Acting, id: Uuid) -> Result<Person> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let (people, _) = acting.people()?;
    let mut reader = service.store.reader();
    let person = acting.person(&mut reader, id).await?;
    if rules::is_operators(people, &person.document) {
        return Ok(person);
    }
    Err(Error::not_found(format!("there is no operator {id}")))
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
