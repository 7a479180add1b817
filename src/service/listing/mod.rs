//! Lists that operators look through: pages in both directions, found by index, at a cost that does not grow with how many there are.
//!
//! Everything is in the order of age, the newest first. A page begins at a [`Place`], which stays good while rows come and go. Where
//! finding a page would mean looking at very many candidates, the list stops, shows what it has found, and says so
//! ([`Page::is_cut`]); its next page goes on from there.

mod changes;
mod groups;
mod people;

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

pub use changes::{ChangeQuery, ChangeRow, changes};
pub use groups::{
    GroupQuery, GroupRow, MemberRow, PersonsGroup, groups, groups_of, members, non_members,
};
pub use people::{
    PeopleCounts, PeoplePage, PeopleQuery, PersonRow, assignable, customers, deleted, people,
    people_counts,
};

use super::plan::Plan;
use super::query::Request;
use super::{Call, Service};
use crate::error::{Error, Result};
use crate::filter::{AttributeRef, Op, Predicate, Quotes, Test};
use crate::resource::simple_value;
use crate::schema::{AttributeDef, IndexKey, ResourceType, Target};
use crate::store::listing::{self, Counted, List, Slice};
use crate::store::{ResourceKey, Transaction};

/// How far a list is counted.
pub const COUNT_CAP: i64 = 1_000;
/// How far the members of a group are counted.
pub const MEMBERS_CAP: i64 = 10_000;
/// The longest page.
pub const MAX_ROWS: i64 = 200;
/// How many candidates are read in one go, where each must be tested.
const TESTED_PER_READ: i64 = 250;

/// A place in a list, between two rows: short text that stands in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    number: i64,
    id: Option<Uuid>,
}

impl Place {
    fn at(key: ResourceKey) -> Self {
        Self {
            number: key.number(),
            id: None,
        }
    }

    fn key(self) -> ResourceKey {
        ResourceKey::numbered(self.number)
    }

    /// The place just before or after this one: the row that is there comes next.
    fn beside(self, step: i64) -> Self {
        Self {
            number: self.number.saturating_add(step),
            ..self
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.number)?;
        match self.id {
            Some(id) => write!(f, ".{}", id.simple()),
            None => Ok(()),
        }
    }
}

impl FromStr for Place {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (number, id) = match text.split_once('.') {
            Some((number, id)) => (number, Some(Uuid::try_parse(id))),
            None => (text, None),
        };
        let malformed = || {
            Error::invalid_value(
                "this is no place in a list; begin again with the first page of the list",
            )
        };
        let number = i64::from_str_radix(number, 16).map_err(|_| malformed())?;
        let id = id.transpose().map_err(|_| malformed())?;
        Ok(Self { number, id })
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Where it begins; none: at the beginning of the list, or backwards at its end.
    pub at: Option<Place>,
    /// What comes before the place rather than what comes after it.
    pub is_backwards: bool,
    /// How many rows, 1 to [`MAX_ROWS`].
    pub count: i64,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            at: None,
            is_backwards: false,
            count: 50,
        }
    }
}

impl Window {
    fn rows(&self) -> i64 {
        self.count.clamp(1, MAX_ROWS)
    }
}

/// A number that was counted up to a bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// So many there are, or at least.
    pub number: i64,
    /// There are more, or there may be.
    pub is_more: bool,
}

impl Count {
    /// A number that is known.
    #[must_use]
    pub fn exact(number: i64) -> Self {
        Self {
            number,
            is_more: false,
        }
    }
}

impl From<Counted> for Count {
    fn from(counted: Counted) -> Self {
        Self {
            number: counted.number,
            is_more: counted.is_more,
        }
    }
}

/// A page of a list, the newest first.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the page after this one begins; to be read forwards.
    pub next: Option<Place>,
    /// Where the page before this one begins; to be read backwards.
    pub previous: Option<Place>,
    /// How many rows the list has.
    pub total: Count,
    /// The list stopped looking: there may be fewer rows than were wanted, and more after them.
    pub is_cut: bool,
}

/// Which accounts, or groups of which.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// Customers alone.
    #[default]
    Customers,
    /// Operators alone.
    Operators,
    /// Both.
    All,
}

/// Somebody or something that a row refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The id.
    pub id: Uuid,
    /// The name for people.
    pub name: Option<String>,
}

/// The keys of a page, and where its neighbours begin.
#[derive(Debug, Default)]
struct Found {
    keys: Vec<ResourceKey>,
    next: Option<Place>,
    previous: Option<Place>,
    is_cut: bool,
}

impl Found {
    /// The same with its rows, as far as they are still there.
    fn page<T>(self, rows: Vec<T>, total: Count) -> Page<T> {
        Page {
            rows,
            next: self.next,
            previous: self.previous,
            total,
            is_cut: self.is_cut,
        }
    }

    /// What was found of a list as its page. `places`: of the rows, the nearest first.
    fn neighbours(
        window: &Window,
        places: (Option<Place>, Option<Place>),
        has_more: bool,
        stopped: Option<Place>,
    ) -> (Option<Place>, Option<Place>) {
        let (nearest, farthest) = places;
        let ahead = farthest.filter(|_| has_more).or(stopped);
        let step = if window.is_backwards { 1 } else { -1 };
        // On the side from which one came there is at least the row that stood there.
        let behind = window
            .at
            .map(|at| nearest.unwrap_or_else(|| at.beside(step)));
        if window.is_backwards {
            (behind, ahead)
        } else {
            (ahead, behind)
        }
    }
}

/// A page of a list of resources. `filter`: the part of the predicate that must be tested once more.
async fn find(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    list: &List<'_>,
    filter: Option<&Plan>,
    window: &Window,
) -> Result<Found> {
    let mut slice = match filter {
        None => {
            let place = window.at.map(Place::key);
            listing::slice(tx, list, place, window.is_backwards, window.rows()).await?
        }
        Some(plan) => tested(service, tx, call, list, plan, window).await?,
    };
    let is_cut = slice.stopped.is_some();
    let places = (
        slice.keys.first().map(|key| Place::at(*key)),
        slice.keys.last().map(|key| Place::at(*key)),
    );
    let stopped = slice.stopped.map(Place::at);
    let (next, previous) = Found::neighbours(window, places, slice.has_more, stopped);
    if window.is_backwards {
        slice.keys.reverse();
    }
    Ok(Found {
        keys: slice.keys,
        next,
        previous,
        is_cut,
    })
}

/// As [`listing::slice`], of those that pass a test in Rust.
async fn tested(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    list: &List<'_>,
    plan: &Plan,
    window: &Window,
) -> Result<Slice> {
    let wanted = usize::try_from(window.rows()).unwrap_or_default();
    let mut found = Slice::default();
    let (mut place, mut read) = (window.at.map(Place::key), 0);
    loop {
        let portion = TESTED_PER_READ.min(list.bounds.tested);
        let slice = listing::slice(tx, list, place, window.is_backwards, portion).await?;
        read += i64::try_from(slice.keys.len()).unwrap_or(i64::MAX);
        let passed = plan.scan(service, tx, call, &slice.keys).await?;
        let passed: HashSet<ResourceKey> = passed.into_iter().map(|place| place.key).collect();
        found
            .keys
            .extend(slice.keys.iter().filter(|key| passed.contains(key)));
        if found.keys.len() > wanted {
            found.keys.truncate(wanted);
            found.has_more = true;
            return Ok(found);
        }
        let farthest = slice.keys.last().copied();
        if !slice.has_more {
            found.stopped = slice.stopped;
            return Ok(found);
        }
        if read >= list.bounds.tested {
            found.stopped = farthest;
            return Ok(found);
        }
        place = farthest;
    }
}

/// How many there are; where each must be tested, as far as the page knows.
async fn total(
    tx: &mut Transaction,
    list: &List<'_>,
    filter: Option<&Plan>,
    found: &Found,
) -> Result<Count> {
    if filter.is_none() {
        return listing::count(tx, list, COUNT_CAP).await.map(Count::from);
    }
    Ok(Count {
        number: i64::try_from(found.keys.len()).unwrap_or(i64::MAX),
        is_more: found.next.is_some() || found.previous.is_some(),
    })
}

/// A filter as the API reads it; none for blank text.
///
/// # Errors
/// Those of the API.
fn filter_of(resource_type: &Arc<ResourceType>, filter: Option<&str>) -> Result<Option<Plan>> {
    let Some(filter) = filter.filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    let request = Request {
        filter: Some(filter.to_owned()),
        is_in_url: true,
        ..Request::default()
    };
    Plan::new(&[Arc::clone(resource_type)], &request, Quotes::Required).map(Some)
}

fn test(attribute: &Arc<AttributeDef>, op: Op, key: IndexKey) -> Predicate {
    Predicate::Test(Test {
        attribute: AttributeRef(Arc::clone(attribute)),
        op,
        key,
    })
}

/// That a text attribute has this value.
fn is(attribute: &Arc<AttributeDef>, value: &str) -> Predicate {
    match IndexKey::of(attribute, &Value::from(value)) {
        Some(key) => test(attribute, Op::Eq, key),
        None => Predicate::constant(false),
    }
}

fn not(predicate: Predicate) -> Predicate {
    Predicate::Not(Box::new(predicate))
}

/// That one of the attributes begins with what was typed.
fn begins(attributes: &[&Arc<AttributeDef>], text: &str) -> Vec<Predicate> {
    let mut tests: Vec<Predicate> = Vec::new();
    for attribute in attributes {
        let key = IndexKey::of(attribute, &Value::from(text));
        let wanted = key.map(|key| test(attribute, Op::Sw, key));
        if let Some(wanted) = wanted.filter(|one| attribute.is_searchable && !tests.contains(one)) {
            tests.push(wanted);
        }
    }
    tests
}

/// What was typed, without blanks around it; none where there is nothing.
fn typed(search: Option<&str>) -> Option<&str> {
    search.map(str::trim).filter(|text| !text.is_empty())
}

/// That a resource has this id, where what was typed is one.
fn has_id(resource_type: &ResourceType, typed: &str) -> Option<Predicate> {
    let id = Uuid::try_parse(typed).ok()?;
    let Some(Target::Attribute(attribute)) = resource_type.resolve(None, "id", None) else {
        return None;
    };
    Some(test(attribute, Op::Eq, IndexKey::exact(&id.to_string())))
}

fn text(document: &Map<String, Value>, attribute: &AttributeDef) -> Option<String> {
    let value = simple_value(document, attribute)?.as_str()?;
    Some(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_and_read() {
        let id = Uuid::now_v7();
        for place in [
            Place {
                number: 0,
                id: None,
            },
            Place {
                number: -1,
                id: None,
            },
            Place {
                number: i64::MAX,
                id: Some(id),
            },
        ] {
            assert_eq!(place.to_string().parse::<Place>().unwrap(), place);
        }
        for other in ["", "x", "1.", "1.2", "9999999999999999999", "1 "] {
            let error = other.parse::<Place>().unwrap_err();
            assert!(error.detail().contains("no place in a list"), "{other}");
        }
    }
}
