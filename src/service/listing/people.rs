//! People: all of them, by state, by what was typed, by filter; whose customers they are; who has been deleted.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    COUNT_CAP, Count, Found, Kind, Named, Page, Place, Window, begins, filter_of, find, has_id, is,
    not, test, text, total, typed,
};
use crate::auth::Permission;
use crate::error::Result;
use crate::filter::{Op, Predicate};
use crate::resource::display_name;
use crate::schema::{Account, AttributeDef, IndexKey, Preparation, ResourceType, validate};
use crate::service::account::acting::Acting;
use crate::service::account::people::require_operator;
use crate::service::account::{Intent, OPERATOR, State, mail_address};
use crate::service::plan::Plan;
use crate::service::{Service, parse_document};
use crate::store::listing::{self, Among, Belonging, Bounds, List, Listed};
use crate::store::tombstones::Tombstone;
use crate::store::{ResourceKey, TenantKey, Transaction, counts, resources};

/// How many groups a row names.
const GROUPS_NAMED: i64 = 3;
/// How far the groups of a person are counted.
const GROUPS_CAP: i64 = 100;

/// Which people.
#[derive(Debug, Clone, Default)]
pub struct PeopleQuery {
    /// A SCIM filter.
    pub filter: Option<String>,
    /// What was typed: the beginning of a user name, of a name, of an address of mail; or an id.
    pub search: Option<String>,
    /// Those in this state.
    pub state: Option<State>,
    /// Customers, operators, or both.
    pub kind: Kind,
    /// The customers of this operator.
    pub assigned_to: Option<Uuid>,
    /// Which part.
    pub window: Window,
}

/// A page of people.
pub type PeoplePage = Page<PersonRow>;

/// A person.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// The id.
    pub id: Uuid,
    /// The name to sign in with.
    pub username: String,
    /// The name for people.
    pub display: Option<String>,
    /// The primary address of mail, the first, or a user name that is one.
    pub mail: Option<String>,
    /// Whether they can sign in, and why not.
    pub state: State,
    /// Why they are locked.
    pub lock_reason: Option<String>,
    /// Whether this is an operator.
    pub is_operator: bool,
    /// The operator whose customer this is.
    pub holder: Option<Named>,
    /// Microseconds since 1970 UTC.
    pub created: i64,
    /// Microseconds since 1970 UTC.
    pub last_modified: i64,
    /// The version.
    pub version: i64,
    /// The name of the connection that created the account.
    pub connection: Option<String>,
    /// The first groups that the person is in directly.
    pub groups: Vec<Named>,
    /// How many more there are.
    pub more_groups: Count,
    /// The document.
    pub document: Map<String, Value>,
}

/// How many people there are, by state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleCounts {
    /// In any state.
    pub all: Count,
    /// In each.
    pub states: Vec<(State, Count)>,
}

impl PeopleCounts {
    /// How many are in this state; none: in any.
    #[must_use]
    pub fn of(&self, state: Option<State>) -> Count {
        let Some(state) = state else { return self.all };
        let found = self.states.iter().find(|(one, _)| *one == state);
        found.map_or_else(Count::default, |(_, count)| *count)
    }
}

/// Some of the people of a tenant, the newest first.
///
/// # Errors
/// 403; those of the API for the filter.
pub async fn people(service: &Service, acting: &Acting, query: &PeopleQuery) -> Result<PeoplePage> {
    listed(service, acting, query, Among::Everybody).await
}

/// As [`people`], among some of them.
pub(super) async fn listed(
    service: &Service,
    acting: &Acting,
    query: &PeopleQuery,
    among: Among,
) -> Result<PeoplePage> {
    require_operator(acting, Permission::ReadPeople)?;
    let (people, account) = acting.people()?;
    let call = acting.call(Intent::default());
    let filter = filter_of(people, query.filter.as_deref())?;
    let predicate = predicate(people, account, query, filter.as_ref());
    let list = List {
        tenant: acting.caller.tenant,
        resource_type: people.id,
        predicate: &predicate,
        among,
        bounds: service.limits.lists,
    };
    let tested = filter.as_ref().filter(|_| !listing::is_exact(&predicate));
    let mut tx = service.store.snapshot().await?;
    let found = find(service, &mut tx, &call, &list, tested, &query.window).await?;
    let is_plain = filter.is_none()
        && typed(query.search.as_deref()).is_none()
        && query.assigned_to.is_none()
        && among == Among::Everybody;
    let total = if is_plain {
        let chips = Chips::new(service, acting, query.kind)?;
        chips.count(&mut tx, query.state).await?
    } else {
        total(&mut tx, &list, tested, &found).await?
    };
    let rows = rows(&mut tx, acting, &found.keys).await?;
    Ok(found.page(rows, total))
}

/// Everything that is asked, as one predicate.
fn predicate(
    people: &ResourceType,
    account: &Account,
    query: &PeopleQuery,
    filter: Option<&Plan>,
) -> Predicate {
    let mut parts = kind(account, query.kind);
    parts.extend(
        query
            .state
            .map(|state| in_state(account, state))
            .into_iter()
            .flatten(),
    );
    if let Some(operator) = query.assigned_to {
        let value = account.assigned_to.sub_attribute("value");
        parts.push(value.map_or(Predicate::constant(false), |value| {
            is(value, &operator.to_string())
        }));
    }
    if let Some(typed) = typed(query.search.as_deref()) {
        parts.push(search(people, account, typed));
    }
    parts.extend(filter.and_then(Plan::predicate).cloned());
    Predicate::And(parts)
}

fn kind(account: &Account, kind: Kind) -> Vec<Predicate> {
    match kind {
        Kind::All => Vec::new(),
        Kind::Customers => vec![not(is(&account.kind, OPERATOR))],
        Kind::Operators => vec![is(&account.kind, OPERATOR)],
    }
}

/// Whoever is in another state than active has a row in the index that says so.
fn in_state(account: &Account, state: State) -> Vec<Predicate> {
    if state != State::Active {
        return vec![is(&account.state, state.name())];
    }
    let is_off = IndexKey::of(&account.active, &Value::from(false));
    let mut parts = vec![not(test(&account.state, Op::Pr, IndexKey::exact("")))];
    parts.extend(is_off.map(|key| not(test(&account.active, Op::Eq, key))));
    parts
}

/// The attributes in which what was typed is looked for.
pub(super) fn searched<'a>(
    people: &'a ResourceType,
    account: &'a Account,
) -> Vec<&'a Arc<AttributeDef>> {
    let names = people
        .all_attributes()
        .filter(|one| one.preparation == Preparation::Username);
    let address = account.emails.sub_attribute("value");
    names
        .chain(&people.display)
        .chain([&account.given_name, &account.family_name])
        .chain(address)
        .collect()
}

fn search(people: &ResourceType, account: &Account, typed: &str) -> Predicate {
    has_id(people, typed)
        .unwrap_or_else(|| Predicate::Or(begins(&searched(people, account), typed)))
}

/// Counts people by state.
struct Chips<'a> {
    tenant: TenantKey,
    people: &'a ResourceType,
    account: &'a Account,
    kind: Kind,
    bounds: Bounds,
}

impl<'a> Chips<'a> {
    fn new(service: &Service, acting: &'a Acting, kind: Kind) -> Result<Self> {
        let (people, account) = acting.people()?;
        Ok(Self {
            tenant: acting.caller.tenant,
            people,
            account,
            kind,
            bounds: service.limits.lists,
        })
    }

    async fn counted(&self, tx: &mut Transaction, parts: Vec<Predicate>) -> Result<Count> {
        let predicate = Predicate::And(parts);
        let list = List {
            tenant: self.tenant,
            resource_type: self.people.id,
            predicate: &predicate,
            among: Among::Everybody,
            bounds: self.bounds,
        };
        listing::count(tx, &list, COUNT_CAP).await.map(Count::from)
    }

    async fn all(&self, tx: &mut Transaction) -> Result<Count> {
        let everybody = counts::count_of_type(tx, self.tenant, self.people.id).await?;
        if self.kind == Kind::All {
            return Ok(Count::exact(everybody));
        }
        let operators = self
            .counted(tx, kind(self.account, Kind::Operators))
            .await?;
        match self.kind {
            Kind::Customers if !operators.is_more => Ok(Count::exact(everybody - operators.number)),
            Kind::Customers => self.counted(tx, kind(self.account, self.kind)).await,
            Kind::Operators | Kind::All => Ok(operators),
        }
    }

    async fn in_state(&self, tx: &mut Transaction, state: State) -> Result<Count> {
        let mut parts = kind(self.account, self.kind);
        parts.extend(in_state(self.account, state));
        self.counted(tx, parts).await
    }

    async fn counts(&self, tx: &mut Transaction) -> Result<PeopleCounts> {
        let all = self.all(tx).await?;
        let mut states = Vec::new();
        let mut others = Count::default();
        for state in State::all().filter(|state| *state != State::Active) {
            let count = self.in_state(tx, state).await?;
            others.number += count.number;
            others.is_more |= count.is_more;
            states.push((state, count));
        }
        // All the others are active: they need not be counted one by one.
        let active = if all.is_more || others.is_more {
            self.in_state(tx, State::Active).await?
        } else {
            Count::exact((all.number - others.number).max(0))
        };
        states.push((State::Active, active));
        Ok(PeopleCounts { all, states })
    }

    async fn count(&self, tx: &mut Transaction, state: Option<State>) -> Result<Count> {
        match state {
            None => self.all(tx).await,
            Some(State::Active) => Ok(self.counts(tx).await?.of(state)),
            Some(state) => self.in_state(tx, state).await,
        }
    }
}

/// How many people there are in each state.
///
/// # Errors
/// 403.
pub async fn people_counts(service: &Service, acting: &Acting, kind: Kind) -> Result<PeopleCounts> {
    require_operator(acting, Permission::ReadPeople)?;
    let mut tx = service.store.snapshot().await?;
    let chips = Chips::new(service, acting, kind)?;
    chips.counts(&mut tx).await
}

/// The customers of an operator, the newest first.
///
/// # Errors
/// 403.
pub async fn customers(
    service: &Service,
    acting: &Acting,
    operator: Uuid,
    search: Option<String>,
    window: Window,
) -> Result<PeoplePage> {
    let query = PeopleQuery {
        search,
        assigned_to: Some(operator),
        window,
        ..PeopleQuery::default()
    };
    people(service, acting, &query).await
}

/// Customers who can be assigned to an operator, with whose they are now ([`PersonRow::holder`]).
///
/// # Errors
/// 403.
pub async fn assignable(
    service: &Service,
    acting: &Acting,
    search: Option<String>,
    window: Window,
) -> Result<PeoplePage> {
    let query = PeopleQuery {
        search,
        window,
        ..PeopleQuery::default()
    };
    people(service, acting, &query).await
}

/// The rows of a page.
async fn rows(
    tx: &mut Transaction,
    acting: &Acting,
    keys: &[ResourceKey],
) -> Result<Vec<PersonRow>> {
    let (people, account) = acting.people()?;
    let listed = listing::rows(tx, keys).await?;
    let mut belongings = listing::belongings(tx, keys, GROUPS_NAMED, GROUPS_CAP).await?;
    let mut rows = Vec::with_capacity(listed.len());
    for one in listed {
        let belonging = belongings.remove(&one.key).unwrap_or_default();
        rows.push(row(people, account, one, belonging)?);
    }
    let mut holders: Vec<Uuid> = rows
        .iter()
        .filter_map(|row| row.holder.as_ref().map(|holder| holder.id))
        .collect();
    holders.sort_unstable();
    holders.dedup();
    let names = resources::names(tx, acting.caller.tenant, &holders).await?;
    let names: HashMap<Uuid, Option<String>> =
        names.into_iter().map(|(id, _, name)| (id, name)).collect();
    for holder in rows.iter_mut().filter_map(|row| row.holder.as_mut()) {
        holder.name = names.get(&holder.id).cloned().flatten();
    }
    Ok(rows)
}

fn row(
    people: &ResourceType,
    account: &Account,
    listed: Listed,
    belonging: Belonging,
) -> Result<PersonRow> {
    let document = parse_document(&listed.document)?;
    let holder = validate::get(&document, &account.assigned_to)
        .and_then(|value| value.get("value")?.as_str()?.parse().ok());
    let named = i64::try_from(belonging.first.len()).unwrap_or(i64::MAX);
    Ok(PersonRow {
        id: listed.id,
        username: text(&document, &account.username).unwrap_or_default(),
        display: display_name(people, &document),
        mail: mail_address(account, &document),
        state: State::of(account, &document),
        lock_reason: text(&document, &account.lock_reason),
        is_operator: text(&document, &account.kind).as_deref() == Some(OPERATOR),
        holder: holder.map(|id| Named { id, name: None }),
        created: listed.meta.created,
        last_modified: listed.meta.last_modified,
        version: listed.meta.version,
        connection: listed.connection,
        groups: belonging
            .first
            .into_iter()
            .map(|(id, name)| Named { id, name })
            .collect(),
        more_groups: Count {
            number: belonging.number.min(GROUPS_CAP) - named,
            is_more: belonging.number > GROUPS_CAP,
        },
        document,
    })
}

/// Who has been deleted, the latest first.
///
/// # Errors
/// 403.
pub async fn deleted(
    service: &Service,
    acting: &Acting,
    window: &Window,
) -> Result<Page<Tombstone>> {
    require_operator(acting, Permission::ReadPeople)?;
    let tenant = acting.caller.tenant;
    let mut tx = service.store.snapshot().await?;
    let place = window
        .at
        .map(|place| (place.number, place.id.unwrap_or_default()));
    let wanted = window.rows();
    let mut rows =
        listing::deleted(&mut tx, tenant, place, window.is_backwards, wanted + 1).await?;
    let total = listing::count_deleted(&mut tx, tenant, COUNT_CAP).await?;
    let wanted = usize::try_from(wanted).unwrap_or_default();
    let has_more = rows.len() > wanted;
    rows.truncate(wanted);
    let place = |row: &Tombstone| Place {
        number: row.deleted,
        id: Some(row.id),
    };
    let places = (rows.first().map(place), rows.last().map(place));
    let (next, previous) = Found::neighbours(window, places, has_more, None);
    if window.is_backwards {
        rows.reverse();
    }
    let found = Found {
        next,
        previous,
        ..Found::default()
    };
    Ok(found.page(rows, total.into()))
}
