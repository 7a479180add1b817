//! How long the lists of operators take: `cargo run --release --example lists -- URL-OF-DATABASE USERS GROUPS`.
//!
//! The database must be empty, or one that this program has filled before: then nothing is added. Filling writes 500 resources in a
//! transaction. Every tenth group has many members, one has a fifth of all users. Twelve users are locked, one in a hundred is
//! deactivated. Each list is read ten times at its first page, in the middle and at its end.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use muster::auth::password::Passwords;
use muster::auth::{Operator, TenantFacts};
use muster::in_transaction;
use muster::schema::ResourceType;
use muster::service::account::acting::{Acting, Request};
use muster::service::account::people::{self, Switch};
use muster::service::account::{Intent, State};
use muster::service::create::{self, Create};
use muster::service::listing::{
    self, ChangeQuery, GroupQuery, Kind, Page, PeopleQuery, Place, Window,
};
use muster::service::{Limits, Service, SystemClock, admin};
use muster::store::Store;
use serde_json::{Value, json};
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const TENANT: &str = "lists";
const PER_TRANSACTION: usize = 500;
const REPEATS: usize = 10;
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const NAMES: [&str; 16] = [
    "Anna", "Bela", "Carla", "Dario", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kaori",
    "Liam", "Mara", "Nils", "Olga", "Pavel",
];

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, users, groups] = arguments.as_slice() else {
        return Err("lists URL-OF-DATABASE USERS GROUPS".into());
    };
    let (users, groups): (usize, usize) = (users.parse()?, groups.parse()?);
    let store = Store::open(muster::store::Options {
        url,
        max_connections: 8,
        read_urls: &[],
        statement_timeout: None,
    })
    .await?;
    let service = Service::new(
        store,
        Arc::new(SystemClock),
        Passwords::new(1),
        Limits::default(),
    )
    .await?;
    service.agree_on_index(&[]).await?;
    if admin::get_tenant(&service, TENANT).await.is_err() {
        admin::create_tenant(&service, TENANT).await?;
    }
    let acting = acting(&service).await?;
    let present = listing::people_counts(&service, &acting, Kind::All).await?;
    if present.all.number == 0 {
        let start = Instant::now();
        fill(&service, &acting, users, groups).await?;
        println!("filled in {:.0} s", start.elapsed().as_secs_f64());
    }
    measure(&service, &acting).await
}

async fn acting(service: &Service) -> Outcome<Acting> {
    let tenant = admin::get_tenant(service, TENANT).await?;
    let facts = TenantFacts {
        key: tenant.key,
        name: tenant.name,
        schema_version: tenant.schema_version,
    };
    let actor = "operator lists".to_owned();
    let operator = Operator::local();
    Ok(Acting::operator(service, &facts, actor, operator, Request::default()).await?)
}

fn user(number: usize) -> Value {
    // Names that do not go with the age.
    let mixed = number.wrapping_mul(2_654_435_761) % 1_000_003;
    let name = |n: usize| NAMES.get(n % NAMES.len()).copied().unwrap_or_default();
    let (given, family) = (name(mixed), name(mixed / 16));
    json!({
        "schemas": [USER],
        "userName": format!("{}{mixed:07}-{number}@example.com", family.to_lowercase()),
        "displayName": format!("{given} {family}son"),
        "name": {"givenName": given, "familyName": format!("{family}son")},
        "emails": [{"value": format!("{given}.{mixed}.{number}@example.com"), "primary": true}],
        "title": if number == 7 { "Guide" } else { "Pilot" },
        "active": number % 100 != 50,
    })
}

fn group(number: usize, ids: &[Uuid]) -> Value {
    let size = match number {
        0 => ids.len() / 5,
        _ if number.is_multiple_of(10) => 200,
        _ => 5,
    };
    let first = number.wrapping_mul(7_919) % ids.len().max(1);
    let members = ids.iter().cycle().skip(first).take(size.min(ids.len()));
    let members: Vec<Value> = members.map(|id| json!({"value": id.to_string()})).collect();
    json!({"schemas": [GROUP], "displayName": format!("Group {number:06}"), "members": members})
}

async fn create(
    service: &Service,
    acting: &Acting,
    resource_type: &ResourceType,
    bodies: &[Value],
) -> Outcome<Vec<Uuid>> {
    let call = acting.call(Intent::default());
    let mut prepared = Vec::with_capacity(bodies.len());
    for body in bodies {
        let id = Uuid::now_v7();
        prepared.push(create::prepare(service, &call, resource_type, id, body).await?);
    }
    let creates: Vec<Create<'_>> = prepared
        .iter()
        .map(|prepared| Create {
            resource_type,
            prepared,
        })
        .collect();
    write(service, &call, &creates).await?;
    Ok(prepared.iter().map(|one| one.id).collect())
}

async fn write(
    service: &Service,
    call: &muster::service::Call<'_>,
    creates: &[Create<'_>],
) -> muster::error::Result<()> {
    in_transaction!(service.store, |tx| {
        let stored = create::execute(service, tx, call, creates).await;
        stored.map_err(|(_, error)| error).map(|_| ())
    })
}

async fn fill(service: &Service, acting: &Acting, users: usize, groups: usize) -> Outcome<()> {
    let (people, _) = acting.people()?;
    let mut ids = Vec::with_capacity(users);
    for first in (0..users).step_by(PER_TRANSACTION) {
        let last = users.min(first + PER_TRANSACTION);
        let bodies: Vec<Value> = (first..last).map(user).collect();
        ids.extend(create(service, acting, people, &bodies).await?);
        if first % 50_000 == 0 {
            eprintln!("{first} of {users} users");
        }
    }
    let types = acting.groups()?;
    for first in (0..groups).step_by(PER_TRANSACTION) {
        let last = groups.min(first + PER_TRANSACTION);
        let bodies: Vec<Value> = (first..last).map(|n| group(n, &ids)).collect();
        create(service, acting, types, &bodies).await?;
    }
    for id in ids.iter().skip(11).step_by((users / 12).max(1)).take(12) {
        people::switch(service, acting, *id, &Switch::Lock(None)).await?;
    }
    Ok(())
}

/// The durations of some reads.
#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn shown(&mut self) -> String {
        self.0.sort_unstable();
        let milliseconds = |at: usize| {
            let found = self.0.get(at).copied().unwrap_or_default();
            found.as_secs_f64() * 1_000.0
        };
        let last = self.0.len().saturating_sub(1);
        format!("{:7.1} {:7.1}", milliseconds(last / 2), milliseconds(last))
    }
}

/// Reads a list where it begins, where it goes on in the middle, and where it ends.
async fn list<T>(
    name: &str,
    middle: Option<Place>,
    read: impl AsyncFn(Window) -> muster::error::Result<Page<T>>,
) -> Outcome<()> {
    let mut line = format!("{name:<42}");
    let places = [
        Some((None, false)),
        middle.map(|place| (Some(place), false)),
        Some((None, true)),
    ];
    let mut found = String::new();
    for place in places {
        let Some((at, is_backwards)) = place else {
            line.push_str(&" ".repeat(18));
            continue;
        };
        let window = Window {
            at,
            is_backwards,
            count: 50,
        };
        let mut times = Times::default();
        for _ in 0..REPEATS {
            let start = Instant::now();
            let page = read(window).await?;
            times.0.push(start.elapsed());
            let (more, cut) = (page.total.is_more, page.is_cut);
            found = format!(
                "{} rows of {}{}{}",
                page.rows.len(),
                page.total.number,
                if more { "+" } else { "" },
                if cut { ", cut" } else { "" }
            );
        }
        _ = write!(line, " | {}", times.shown());
    }
    println!("{line} | {found}");
    Ok(())
}

async fn measure(service: &Service, acting: &Acting) -> Outcome<()> {
    println!(
        "{:<42} | first: p50, max | middle          | end, in ms",
        ""
    );
    let plain = PeopleQuery::default();
    let with = |filter: Option<&str>, search: Option<&str>, state: Option<State>| PeopleQuery {
        filter: filter.map(str::to_owned),
        search: search.map(str::to_owned),
        state,
        ..plain.clone()
    };
    let first = listing::people(service, acting, &plain).await?;
    let total = first.total.number;
    // Keys are numbers without gaps here: the middle is half of the first.
    let newest = first
        .next
        .map(|place| place.to_string())
        .unwrap_or_default();
    let middle = i64::from_str_radix(&newest, 16).unwrap_or_default() / 2;
    let middle: Option<Place> = format!("{middle:x}").parse().ok();
    println!("{total} users");
    let queries = [
        ("people", plain.clone()),
        ("people, active", with(None, None, Some(State::Active))),
        (
            "people, deactivated",
            with(None, None, Some(State::Deactivated)),
        ),
        ("people, locked", with(None, None, Some(State::Locked))),
        ("people, typed: a", with(None, Some("a"), None)),
        ("people, typed: anna7", with(None, Some("anna0000"), None)),
        (
            "people, typed: anna, deactivated",
            with(None, Some("anna"), Some(State::Deactivated)),
        ),
        (
            "people, userName sw, active",
            with(Some("userName sw \"b\" and active eq true"), None, None),
        ),
        (
            "people, userName co",
            with(Some("userName co \"77\""), None, None),
        ),
        (
            "people, title (not indexed)",
            with(Some("title eq \"Guide\""), None, None),
        ),
        (
            "operators",
            PeopleQuery {
                kind: Kind::Operators,
                ..plain.clone()
            },
        ),
    ];
    for (name, query) in queries {
        list(name, middle, async |window| {
            let query = PeopleQuery {
                window,
                ..query.clone()
            };
            listing::people(service, acting, &query).await
        })
        .await?;
    }
    let mut times = Times::default();
    for _ in 0..REPEATS {
        let start = Instant::now();
        listing::people_counts(service, acting, Kind::Customers).await?;
        times.0.push(start.elapsed());
    }
    println!("{:<42} | {}", "counts of people", times.shown());
    groups(service, acting).await?;
    for (name, operation) in [
        ("history", None),
        ("history, rare", Some("modify")),
        ("history, none", Some("no such")),
    ] {
        list(name, middle, async |window| {
            let query = ChangeQuery {
                operation: operation.map(str::to_owned),
                window,
                ..ChangeQuery::default()
            };
            listing::changes(service, acting, &query).await
        })
        .await?;
    }
    Ok(())
}

async fn groups(service: &Service, acting: &Acting) -> Outcome<()> {
    for (name, search) in [("groups", None), ("groups, typed", Some("group 00001"))] {
        list(name, None, async |window| {
            let query = GroupQuery {
                search: search.map(str::to_owned),
                window,
                ..GroupQuery::default()
            };
            listing::groups(service, acting, &query).await
        })
        .await?;
    }
    let query = GroupQuery {
        search: Some("Group 000000".to_owned()),
        ..GroupQuery::default()
    };
    let found = listing::groups(service, acting, &query).await?;
    let Some(largest) = found.rows.first() else {
        return Ok(());
    };
    println!(
        "the largest group has {} members or more",
        largest.members.number
    );
    for (name, search) in [
        ("members", None),
        ("members, typed: a", Some("a")),
        ("members, typed: anna0000", Some("anna0000")),
    ] {
        list(name, None, async |window| {
            listing::members(service, acting, largest.id, search, &window).await
        })
        .await?;
        list(&format!("not {name}"), None, async |window| {
            listing::non_members(service, acting, largest.id, search, &window).await
        })
        .await?;
    }
    let members = listing::members(service, acting, largest.id, None, &Window::default()).await?;
    if let Some(member) = members.rows.first() {
        list("groups of a person", None, async |window| {
            listing::groups_of(service, acting, member.id, &window).await
        })
        .await?;
    }
    Ok(())
}
