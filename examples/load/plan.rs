//! The requests of the scenarios.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use hyper::Method;
use serde_json::{Value, json};

use crate::bulk;
use crate::client::{Call, encode};
use crate::crowd::{Crowd, Group};
use crate::directory;
use crate::expect::Expect;
use crate::journey::Worker;
use crate::people::{self, Generator};
use crate::scenario::Scenario;

/// Spreads turns over the users; prime, so that every user has a turn.
const STRIDE: u64 = 7_368_787;

/// What the requests are made from.
pub(crate) struct Plan {
    pub(crate) seed: u64,
    /// Tells this run from others, so that what it writes is new.
    pub(crate) tag: String,
    pub(crate) users: u32,
    pub(crate) deep_start: u32,
    /// Ids in the order of the users' numbers, perhaps of more than `users`; empty when not needed.
    pub(crate) ids: Vec<String>,
    /// Whether each of them is active.
    pub(crate) active: Vec<AtomicBool>,
    /// The group of add-member and sync-mixed.
    pub(crate) group: Option<Group>,
    /// The groups made for the other scenarios, by size.
    pub(crate) crowds: BTreeMap<u32, Crowd>,
    /// The size of the groups of the present scenario.
    pub(crate) crowd_size: u32,
    /// The group of first-sync-entra.
    pub(crate) sync_group: Option<String>,
    /// The cursor of the page that begins at `deep_start`.
    pub(crate) deep_cursor: Option<String>,
    /// Whether the server reads the text "False" as false.
    pub(crate) reads_text: bool,
    pub(crate) writes: AtomicU32,
    pub(crate) toggles: AtomicU32,
}

impl Plan {
    /// The next request of a scenario; none when the scenario is used up.
    pub(crate) fn next(&self, scenario: Scenario, worker: &mut Worker) -> Option<(Call, Expect)> {
        if let Some(provider) = scenario.provider() {
            return worker.travel(self, provider);
        }
        let random = &mut worker.random;
        Some(match scenario {
            Scenario::GetById => {
                let path = format!("/Users/{}", encode(self.some_user(random)?.1));
                (Call::plain(Method::GET, path), Expect::Found)
            }
            Scenario::UsernameEq => {
                let name = people::user_name(self.some_number(random));
                (search("userName", &name, ""), Expect::One)
            }
            Scenario::EmailsEq => {
                let address = people::home_address(self.some_number(random));
                (search("emails.value", &address, ""), Expect::One)
            }
            Scenario::FilterComplex => (filter(random), Expect::Page),
            Scenario::PageFirst => (list("startIndex=1"), Expect::Page),
            Scenario::PageDeep => (
                list(&format!("startIndex={}", self.deep_start)),
                Expect::Page,
            ),
            Scenario::CursorFirst => (list("cursor="), Expect::CursorPage),
            Scenario::CursorDeep => {
                let cursor = encode(self.deep_cursor.as_deref()?);
                (list(&format!("cursor={cursor}")), Expect::Page)
            }
            Scenario::Create => (self.create(), Expect::Created),
            Scenario::Put => (self.replace(random)?, Expect::Found),
            Scenario::PatchAttribute => (self.change(random)?, Expect::Changed),
            Scenario::PatchActive => (self.switch()?, Expect::Changed),
            Scenario::AddMember => {
                let group = self.group.as_ref()?;
                let call = directory::addition(&group.id, &[group.next_outsider()?]);
                (call, Expect::Changed)
            }
            Scenario::AddMember10
            | Scenario::AddMember1000
            | Scenario::AddMember100000
            | Scenario::AddMember1000000 => {
                let (group, user) = self.crowd()?.join(self.ids.len())?;
                let call = directory::addition(group, &[self.ids.get(user)?]);
                (call, Expect::Changed)
            }
            Scenario::RemoveMember => {
                let (group, user) = self.crowd()?.leave(self.ids.len())?;
                let path = format!("members[value eq \"{}\"]", self.ids.get(user)?);
                let operation = json!({ "op": "remove", "path": path });
                (
                    directory::patch("Groups", group, &operation),
                    Expect::Changed,
                )
            }
            Scenario::GroupWithoutMembers => {
                let group = encode(self.crowd()?.groups.first()?);
                let path = format!("/Groups/{group}?excludedAttributes=members");
                (Call::plain(Method::GET, path), Expect::WithoutMembers)
            }
            Scenario::Bulk100 | Scenario::Bulk1000 => self.create_many(scenario.operations()?),
            Scenario::SyncMixed => return self.mixed(worker),
            Scenario::FirstSyncEntra | Scenario::FirstSyncOkta => return None,
        })
    }

    fn mixed(&self, worker: &mut Worker) -> Option<(Call, Expect)> {
        let scenario = match worker.random.below(100) {
            0..30 => Scenario::GetById,
            30..60 => Scenario::UsernameEq,
            60..80 => Scenario::PatchAttribute,
            80..90 => Scenario::AddMember,
            90..95 => Scenario::PageFirst,
            _ => Scenario::Create,
        };
        let next = self.next(scenario, worker);
        // There may be nobody left to add.
        next.or_else(|| self.next(Scenario::GetById, worker))
    }

    /// A number that nothing written by this run has had.
    pub(crate) fn next_write(&self) -> u32 {
        self.writes.fetch_add(1, Relaxed)
    }

    fn crowd(&self) -> Option<&Crowd> {
        self.crowds.get(&self.crowd_size)
    }

    fn some_number(&self, random: &mut Generator) -> u32 {
        random.below(self.users) + 1
    }

    /// The number and the id of a user.
    fn some_user(&self, random: &mut Generator) -> Option<(u32, &str)> {
        let number = self.some_number(random);
        Some((number, self.ids.get(usize::try_from(number - 1).ok()?)?))
    }

    fn fresh_text(&self) -> Value {
        json!(format!("Changed {} {}", self.tag, self.next_write()))
    }

    fn change(&self, random: &mut Generator) -> Option<Call> {
        let operation =
            json!({ "op": "Replace", "path": "displayName", "value": self.fresh_text() });
        Some(directory::patch(
            "Users",
            self.some_user(random)?.1,
            &operation,
        ))
    }

    fn replace(&self, random: &mut Generator) -> Option<Call> {
        let (number, id) = self.some_user(random)?;
        let mut user = people::user(self.seed, number);
        people::set(&mut user, "id", json!(id));
        people::set(&mut user, "displayName", self.fresh_text());
        let path = format!("/Users/{}", encode(id));
        Some(Call::json(Method::PUT, path, &user))
    }

    /// Switches one user after the other off or on: each request is a change.
    fn switch(&self) -> Option<Call> {
        let turn = self.toggles.fetch_add(1, Relaxed);
        let index = (u64::from(turn) * STRIDE).checked_rem(u64::from(self.users))?;
        let index = usize::try_from(index).ok()?;
        let was_active = self.active.get(index)?.fetch_not(Relaxed);
        let id = self.ids.get(index)?;
        Some(activation(id, !was_active, self.reads_text))
    }

    fn create(&self) -> Call {
        let user = people::newcomer(self.seed, &self.tag, self.next_write());
        Call::json(Method::POST, "/Users".to_owned(), &user)
    }

    /// A bulk request that creates so many users.
    pub(crate) fn create_many(&self, operations: u32) -> (Call, Expect) {
        let users =
            (0..operations).map(|_| people::newcomer(self.seed, &self.tag, self.next_write()));
        let expected = usize::try_from(operations).unwrap_or(usize::MAX);
        (bulk::request(users), Expect::Bulk(expected))
    }
}

/// Switches a user on or off: with text as Entra does, or with a Boolean.
pub(crate) fn activation(id: &str, active: bool, as_text: bool) -> Call {
    let operation = if as_text {
        let value = if active { "True" } else { "False" };
        json!({ "op": "Replace", "path": "active", "value": value })
    } else {
        json!({ "op": "replace", "value": { "active": active } })
    };
    directory::patch("Users", id, &operation)
}

/// A search for one user, with more parameters.
pub(crate) fn search(attribute: &str, value: &str, more: &str) -> Call {
    let filter = encode(&format!("{attribute} eq \"{value}\""));
    Call::plain(Method::GET, format!("/Users?filter={filter}{more}"))
}

fn filter(random: &mut Generator) -> Call {
    let title = random.pick(&["Engineer", "Account", "Analyst", "Lead"]);
    let family = random.pick(&["B", "H", "M", "Z"]);
    let filter = format!(
        "active eq true and (title co \"{title}\" or name.familyName sw \"{family}\") \
         and meta.lastModified gt \"2020-01-01T00:00:00Z\""
    );
    list(&format!("filter={}", encode(&filter)))
}

/// A page of 100 users.
pub(crate) fn list(from: &str) -> Call {
    Call::plain(Method::GET, format!("/Users?{from}&count=100"))
}
