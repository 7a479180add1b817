//! The scenarios and the requests they are made of.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

use clap::ValueEnum;
use hyper::Method;
use serde_json::json;

use crate::client::{Call, Reply, encode};
use crate::directory;
use crate::people::{self, Generator};

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// GET one user by id
    GetById,
    /// Find one user by userName
    UsernameEq,
    /// Find one user by e-mail address
    EmailsEq,
    /// The first 100 users
    PageFirst,
    /// 100 users far behind the first
    PageDeep,
    /// PATCH one attribute of a user
    PatchAttribute,
    /// PATCH another member into a large group
    AddMember,
    /// POST a new user
    Create,
    /// 30 % get-by-id, 30 % username-eq, 20 % patch-attribute, 10 % add-member,
    /// 5 % page-first, 5 % create
    Mixed,
}

/// When an answer counts as right.
#[derive(Clone, Copy)]
pub(crate) enum Expect {
    /// 200.
    Found,
    /// 200 and `totalResults` is 1.
    One,
    /// 200 and `itemsPerPage` is at least 1.
    Page,
    /// 200 or 204.
    Changed,
    /// 201.
    Created,
}

impl Expect {
    /// Whether the answer is as expected.
    pub(crate) fn met(self, reply: &Reply) -> bool {
        let status = reply.status.as_u16();
        match self {
            Self::Found => status == 200,
            Self::One => status == 200 && number(&reply.body, b"\"totalResults\"") == Some(1),
            Self::Page => status == 200 && number(&reply.body, b"\"itemsPerPage\"") > Some(0),
            Self::Changed => status == 200 || status == 204,
            Self::Created => status == 201,
        }
    }
}

/// The number after a key, without parsing the whole body.
fn number(body: &[u8], key: &[u8]) -> Option<u32> {
    let at = body.windows(key.len()).position(|part| part == key)?;
    let rest = body.get(at + key.len()..)?.trim_ascii_start();
    let rest = rest.strip_prefix(b":")?.trim_ascii_start();
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(rest.get(..length)?).ok()?.parse().ok()
}

/// The group that add-member extends.
pub(crate) struct Group {
    pub(crate) id: String,
    /// Users that are not members yet.
    pub(crate) outsiders: Vec<String>,
    pub(crate) taken: AtomicUsize,
}

/// What the requests are made from.
pub(crate) struct Plan {
    pub(crate) seed: u64,
    /// Tells this run from others, so that what it writes is new.
    pub(crate) tag: String,
    pub(crate) users: u32,
    pub(crate) deep_start: u32,
    /// Ids in the order of the users' numbers; empty when not needed.
    pub(crate) ids: Vec<String>,
    pub(crate) group: Option<Group>,
    pub(crate) writes: AtomicU32,
}

impl Plan {
    /// The next request of a scenario; none when the scenario is used up.
    pub(crate) fn next(
        &self,
        scenario: Scenario,
        random: &mut Generator,
    ) -> Option<(Call, Expect)> {
        Some(match scenario {
            Scenario::GetById => {
                let path = format!("/Users/{}", encode(self.some_id(random)?));
                (Call::plain(Method::GET, path), Expect::Found)
            }
            Scenario::UsernameEq => {
                let name = people::user_name(self.some_number(random));
                (search("userName", &name), Expect::One)
            }
            Scenario::EmailsEq => {
                let address = people::home_address(self.some_number(random));
                (search("emails.value", &address), Expect::One)
            }
            Scenario::PageFirst => (page(1), Expect::Page),
            Scenario::PageDeep => (page(self.deep_start), Expect::Page),
            Scenario::PatchAttribute => (self.change(random)?, Expect::Changed),
            Scenario::AddMember => (self.join()?, Expect::Changed),
            Scenario::Create => (self.create(), Expect::Created),
            Scenario::Mixed => return self.mixed(random),
        })
    }

    fn mixed(&self, random: &mut Generator) -> Option<(Call, Expect)> {
        let scenario = match random.below(100) {
            0..30 => Scenario::GetById,
            30..60 => Scenario::UsernameEq,
            60..80 => Scenario::PatchAttribute,
            80..90 => Scenario::AddMember,
            90..95 => Scenario::PageFirst,
            _ => Scenario::Create,
        };
        let next = self.next(scenario, random);
        // There may be nobody left to add.
        next.or_else(|| self.next(Scenario::GetById, random))
    }

    fn some_number(&self, random: &mut Generator) -> u32 {
        random.below(self.users) + 1
    }

    fn some_id(&self, random: &mut Generator) -> Option<&str> {
        let index = usize::try_from(random.below(self.users)).ok()?;
        self.ids.get(index).map(String::as_str)
    }

    fn change(&self, random: &mut Generator) -> Option<Call> {
        let value = format!("Changed {} {}", self.tag, self.writes.fetch_add(1, Relaxed));
        let operation = json!({ "op": "Replace", "path": "displayName", "value": value });
        Some(directory::patch("Users", self.some_id(random)?, &operation))
    }

    fn join(&self) -> Option<Call> {
        let group = self.group.as_ref()?;
        let outsider = group.outsiders.get(group.taken.fetch_add(1, Relaxed))?;
        Some(directory::addition(&group.id, &[outsider]))
    }

    fn create(&self) -> Call {
        let number = self.writes.fetch_add(1, Relaxed);
        let user = people::newcomer(self.seed, &self.tag, number);
        Call::json(Method::POST, "/Users".to_owned(), &user)
    }
}

fn search(attribute: &str, value: &str) -> Call {
    let filter = encode(&format!("{attribute} eq \"{value}\""));
    Call::plain(Method::GET, format!("/Users?filter={filter}"))
}

fn page(start: u32) -> Call {
    Call::plain(Method::GET, format!("/Users?startIndex={start}&count=100"))
}
