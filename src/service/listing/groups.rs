//! Groups, who is in them, and in which somebody is.

use uuid::Uuid;

use super::people::{listed, searched};
use super::{
    COUNT_CAP, Count, Found, Kind, MEMBERS_CAP, Page, PeoplePage, PeopleQuery, Place, Window,
    begins, filter_of, find, has_id, is, not, text, total, typed,
};
use crate::auth::{Permission, Role};
use crate::error::Result;
use crate::filter::Predicate;
use crate::resource::{called, display_name};
use crate::schema::ResourceTypeId;
use crate::service::account::acting::Acting;
use crate::service::account::groups::Audience;
use crate::service::account::people::require_operator;
use crate::service::account::{Intent, OPERATOR, State};
use crate::service::plan::Plan;
use crate::service::{Service, not_found, parse_document};
use crate::store::listing::{self, Among, List};
use crate::store::resources::{self, Stored};
use crate::store::{ResourceKey, Transaction, counts};

/// Which groups.
#[derive(Debug, Clone, Default)]
pub struct GroupQuery {
    /// A SCIM filter.
    pub filter: Option<String>,
    /// What was typed: the beginning of a name; or an id.
    pub search: Option<String>,
    /// Groups of customers, of operators, or both.
    pub audience: Kind,
    /// Which part.
    pub window: Window,
}

/// A group.
#[derive(Debug, Clone)]
pub struct GroupRow {
    /// The id.
    pub id: Uuid,
    /// Its name.
    pub display: String,
    /// Who may be in it, and the role that it carries.
    pub audience: Audience,
    /// How many members it has, counted up to [`MEMBERS_CAP`]; those of groups in it are not counted.
    pub members: Count,
    /// The name of the connection that created it.
    pub connection: Option<String>,
    /// Microseconds since 1970 UTC.
    pub created: i64,
    /// Microseconds since 1970 UTC.
    pub last_modified: i64,
    /// The version.
    pub version: i64,
}

/// A member of a group.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// The id.
    pub id: Uuid,
    /// The name of the resource type.
    pub kind: String,
    /// The name to sign in with, of a person.
    pub username: Option<String>,
    /// What people call it.
    pub display: Option<String>,
    /// Whether they can sign in, of a person.
    pub state: Option<State>,
}

/// A group that somebody is in.
#[derive(Debug, Clone)]
pub struct PersonsGroup {
    /// The group.
    pub group: GroupRow,
    /// Directly, rather than through another group.
    pub is_direct: bool,
}

/// Some of the groups of a tenant, the newest first.
///
/// # Errors
/// 403; those of the API for the filter.
pub async fn groups(
    service: &Service,
    acting: &Acting,
    query: &GroupQuery,
) -> Result<Page<GroupRow>> {
    require_operator(acting, Permission::ReadPeople)?;
    let groups = acting.groups()?;
    let call = acting.call(Intent::default());
    let filter = filter_of(groups, query.filter.as_deref())?;
    let mut parts = Vec::new();
    if let Some(team) = &groups.team {
        let operators = is(&team.audience, OPERATOR);
        match query.audience {
            Kind::All => {}
            Kind::Customers => parts.push(not(operators)),
            Kind::Operators => parts.push(operators),
        }
    }
    if let Some(typed) = typed(query.search.as_deref()) {
        let names: Vec<_> = groups.display.iter().collect();
        let search = has_id(groups, typed);
        parts.push(search.unwrap_or_else(|| Predicate::Or(begins(&names, typed))));
    }
    parts.extend(filter.as_ref().and_then(Plan::predicate).cloned());
    let is_plain = parts.is_empty();
    let predicate = Predicate::And(parts);
    let list = List {
        tenant: acting.caller.tenant,
        resource_type: groups.id,
        predicate: &predicate,
        among: Among::Everybody,
        bounds: service.limits.lists,
    };
    let tested = filter.as_ref().filter(|_| !listing::is_exact(&predicate));
    let mut tx = service.store.snapshot().await?;
    let found = find(service, &mut tx, &call, &list, tested, &query.window).await?;
    let total = if is_plain {
        Count::exact(counts::count_of_type(&mut tx, list.tenant, list.resource_type).await?)
    } else {
        total(&mut tx, &list, tested, &found).await?
    };
    let rows = rows(&mut tx, acting, &found.keys).await?;
    Ok(found.page(rows, total))
}

/// The rows of a page.
async fn rows(
    tx: &mut Transaction,
    acting: &Acting,
    keys: &[ResourceKey],
) -> Result<Vec<GroupRow>> {
    let groups = acting.groups()?;
    let counts = listing::member_counts(tx, keys, MEMBERS_CAP).await?;
    let mut rows = Vec::with_capacity(keys.len());
    for listed in listing::rows(tx, keys).await? {
        let document = parse_document(&listed.document)?;
        let team = groups.team.as_ref();
        let is_operators = team
            .and_then(|team| text(&document, &team.audience))
            .as_deref()
            == Some(OPERATOR);
        let role = team
            .and_then(|team| text(&document, &team.role))
            .and_then(|role| Role::named(&role));
        let counted = counts.get(&listed.key).copied();
        rows.push(GroupRow {
            id: listed.id,
            display: display_name(groups, &document).unwrap_or_default(),
            audience: if is_operators {
                Audience::Operators(role)
            } else {
                Audience::Customers
            },
            members: counted.map(Count::from).unwrap_or_default(),
            connection: listed.connection,
            created: listed.meta.created,
            last_modified: listed.meta.last_modified,
            version: listed.meta.version,
        });
    }
    Ok(rows)
}

async fn group_of(tx: &mut Transaction, acting: &Acting, id: Uuid) -> Result<Stored> {
    let groups = acting.groups()?;
    let found = resources::get(tx, acting.caller.tenant, groups.id, id).await?;
    found.ok_or_else(|| not_found(groups, &id.to_string()))
}

/// Some of the direct members of a group, the newest first. `search`: the beginning of a user name, of a name or of an address; or an id.
///
/// # Errors
/// 403; 404.
pub async fn members(
    service: &Service,
    acting: &Acting,
    group: Uuid,
    search: Option<&str>,
    window: &Window,
) -> Result<Page<MemberRow>> {
    require_operator(acting, Permission::ReadPeople)?;
    let call = acting.call(Intent::default());
    let mut tx = service.store.snapshot().await?;
    let group = group_of(&mut tx, acting, group).await?;
    let (resource_type, predicate) = match typed(search) {
        None => (group.resource_type, Predicate::constant(true)),
        Some(typed) => searching(&mut tx, acting, typed).await?,
    };
    let list = List {
        tenant: acting.caller.tenant,
        resource_type,
        predicate: &predicate,
        among: Among::Members(group.key),
        bounds: service.limits.lists,
    };
    let found = find(service, &mut tx, &call, &list, None, window).await?;
    let total = listing::count(&mut tx, &list, MEMBERS_CAP).await?;
    let mut rows = Vec::with_capacity(found.keys.len());
    for listed in listing::rows(&mut tx, &found.keys).await? {
        let Some(resource_type) = call.registry.resource_type(listed.resource_type) else {
            continue;
        };
        let document = parse_document(&listed.document)?;
        let account = resource_type.account.as_ref();
        rows.push(MemberRow {
            id: listed.id,
            kind: resource_type.name.clone(),
            username: account.and_then(|account| text(&document, &account.username)),
            display: display_name(resource_type, &document)
                .or_else(|| called(resource_type, &document)),
            state: account.map(|account| State::of(account, &document)),
        });
    }
    Ok(found.page(rows, total.into()))
}

/// What was typed, as members of any type have it.
async fn searching(
    tx: &mut Transaction,
    acting: &Acting,
    typed: &str,
) -> Result<(ResourceTypeId, Predicate)> {
    let call = acting.call(Intent::default());
    let (people, account) = acting.people()?;
    if let Ok(id) = Uuid::try_parse(typed) {
        let found = resources::of_any_type(tx, acting.caller.tenant, id).await?;
        let found = found.and_then(|stored| call.registry.resource_type(stored.resource_type));
        let predicate = found.and_then(|one| Some((one.id, has_id(one, typed)?)));
        return Ok(predicate.unwrap_or((people.id, Predicate::constant(false))));
    }
    let mut attributes = searched(people, account);
    let others = call.registry.resource_types().iter();
    for other in others.filter(|other| other.id != people.id) {
        attributes.extend(&other.display);
    }
    Ok((people.id, Predicate::Or(begins(&attributes, typed))))
}

/// People who may become direct members of a group and are none, the newest first.
///
/// # Errors
/// 403; 404.
pub async fn non_members(
    service: &Service,
    acting: &Acting,
    group: Uuid,
    search: Option<&str>,
    window: &Window,
) -> Result<PeoplePage> {
    require_operator(acting, Permission::ReadPeople)?;
    let group = {
        let mut reader = service.store.reader();
        group_of(&mut reader, acting, group).await?
    };
    let document = parse_document(&group.document)?;
    let team = acting.groups()?.team.as_ref();
    let audience = team.and_then(|team| text(&document, &team.audience));
    let query = PeopleQuery {
        search: search.map(str::to_owned),
        kind: if audience.as_deref() == Some(OPERATOR) {
            Kind::Operators
        } else {
            Kind::Customers
        },
        window: *window,
        ..PeopleQuery::default()
    };
    listed(service, acting, &query, Among::Others(group.key)).await
}

/// The groups that a person is in, also through other groups, the newest first. Costs as much as there are.
///
/// # Errors
/// 403; 404.
pub async fn groups_of(
    service: &Service,
    acting: &Acting,
    person: Uuid,
    window: &Window,
) -> Result<Page<PersonsGroup>> {
    require_operator(acting, Permission::ReadPeople)?;
    let mut tx = service.store.snapshot().await?;
    let key = acting.person(&mut tx, person).await?.stored.key;
    let wanted = window.rows();
    let place = window.at.map(Place::key);
    let mut found =
        listing::groups_of(&mut tx, key, place, window.is_backwards, wanted + 1).await?;
    let total = listing::count_groups_of(&mut tx, key, COUNT_CAP).await?;
    let wanted = usize::try_from(wanted).unwrap_or_default();
    let has_more = found.len() > wanted;
    found.truncate(wanted);
    let place = |(key, _): &(ResourceKey, bool)| Place::at(*key);
    let places = (found.first().map(place), found.last().map(place));
    let (next, previous) = Found::neighbours(window, places, has_more, None);
    if window.is_backwards {
        found.reverse();
    }
    let keys: Vec<ResourceKey> = found.iter().map(|(key, _)| *key).collect();
    let rows = rows(&mut tx, acting, &keys).await?;
    let rows = rows
        .into_iter()
        .zip(found)
        .map(|(group, (_, is_direct))| PersonsGroup { group, is_direct });
    let page = Found {
        next,
        previous,
        ..Found::default()
    };
    Ok(page.page(rows.collect(), total.into()))
}
