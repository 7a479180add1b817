//! Lists that operators look through: pages in both directions, states, searches, filters, members, the history.

use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use muster::auth::password::Passwords;
use muster::auth::{Clock, Operator, Role};
use muster::error::ErrorKind;
use muster::in_transaction;
use muster::service::account::acting::Acting;
use muster::service::account::groups::{self, Audience, NewGroup};
use muster::service::account::onboarding::Onboarding;
use muster::service::account::people::{self as accounts, Switch};
use muster::service::account::{Intent, State};
use muster::service::create::{self, Create};
use muster::service::listing::{
    self, ChangeQuery, Count, GroupQuery, Kind, Page, PeopleQuery, PersonRow, Place, Window,
};
use muster::service::{Call, Limits, Service};
use muster::store::listing::Bounds;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::accounts::world::World;
use crate::support::Db;
use crate::support::http::send;
use crate::support::server::{patch_of, scim_request};

on_both_databases!(
    pages_forward_and_back_give_everyone_exactly_once,
    pages_stay_good_while_people_come_and_go,
    a_chip_finds_those_in_a_state_and_counts_them,
    what_was_typed_finds_names_addresses_and_ids,
    lists_find_what_the_api_finds,
    a_filter_fails_as_in_the_api,
    a_list_that_stops_looking_says_so_and_goes_on,
    a_count_is_exact_up_to_its_bound,
    tenants_do_not_see_each_other,
    groups_are_listed_with_what_they_are,
    members_are_searched_within_their_group,
    the_groups_of_a_person_are_direct_or_not,
    customers_are_listed_with_whose_they_are,
    the_deleted_are_paged,
    the_history_is_filtered_and_bounded,
    lists_are_for_operators,
);

/// A tenant where a user name is any word.
async fn free(db: Db) -> World {
    World::with(db, &[("username.format", "free")]).await
}

/// Bounds under which ten people are very many.
fn small() -> Bounds {
    Bounds {
        few: 3,
        walk: [2, 3, 4],
        counted: 5,
        tested: 4,
        changes: 4,
    }
}

/// Everything is few, or next to nothing is, and both end up with all.
fn ways() -> [Bounds; 3] {
    let walking = Bounds {
        few: 0,
        walk: [2, 3, 1_000],
        ..Bounds::default()
    };
    let reading = Bounds {
        tested: 1_000,
        ..Bounds::default()
    };
    [Bounds::default(), walking, reading]
}

async fn bounded(world: &World, lists: Bounds) -> Service {
    let time: Arc<dyn Clock> =
        Arc::<crate::support::clocked::TestClock>::clone(&world.server.clock);
    let limits = Limits {
        lists,
        ..Limits::default()
    };
    let store = world.server.service.store.clone();
    let service = Service::new(store, time, Passwords::new(1), limits).await;
    service.unwrap()
}

fn pages_of(count: i64) -> Window {
    Window {
        count,
        ..Window::default()
    }
}

/// All rows of a list, page by page to the end and back again; both ways must give the same.
async fn everything<T, K: PartialEq + std::fmt::Debug>(
    count: i64,
    key: impl Fn(&T) -> K,
    read: impl AsyncFn(Window) -> Page<T>,
) -> Vec<K> {
    let (mut forward, mut window) = (Vec::new(), pages_of(count));
    let mut last;
    loop {
        let page = read(window).await;
        forward.extend(page.rows.iter().map(&key));
        last = page.previous;
        let Some(next) = page.next else { break };
        // What stands in an address is text.
        window.at = Some(next.to_string().parse().unwrap());
    }
    let mut back = Vec::new();
    let mut tail = read(window).await.rows;
    while let Some(row) = tail.pop() {
        back.push(key(&row));
    }
    window.is_backwards = true;
    while let Some(previous) = last {
        window.at = Some(previous);
        let page = read(window).await;
        back.extend(page.rows.iter().rev().map(&key));
        last = page.previous;
    }
    back.reverse();
    assert_eq!(forward, back, "backwards is not the same");
    forward
}

async fn names(service: &Service, acting: &Acting, query: &PeopleQuery) -> Vec<String> {
    everything(
        3,
        |row: &PersonRow| row.username.clone(),
        async |window| {
            let query = PeopleQuery {
                window,
                ..query.clone()
            };
            listing::people(service, acting, &query).await.unwrap()
        },
    )
    .await
}

/// Creates many in one transaction.
async fn create(world: &World, acting: &Acting, bodies: &[Value]) -> Vec<Uuid> {
    let service = &world.server.service;
    let call = acting.call(Intent::default());
    let (people, _) = acting.people().unwrap();
    let mut prepared = Vec::new();
    for body in bodies {
        let one = create::prepare(service, &call, people, Uuid::now_v7(), body).await;
        prepared.push(one.unwrap());
    }
    let creates: Vec<Create<'_>> = prepared
        .iter()
        .map(|prepared| Create {
            resource_type: people,
            prepared,
        })
        .collect();
    write(service, &call, &creates).await.unwrap();
    prepared.iter().map(|one| one.id).collect()
}

async fn write(
    service: &Service,
    call: &Call<'_>,
    creates: &[Create<'_>],
) -> muster::error::Result<()> {
    in_transaction!(service.store, |tx| {
        let stored = create::execute(service, tx, call, creates).await;
        stored.map_err(|(_, error)| error).map(|_| ())
    })
}

fn person(name: &str) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name})
}

/// Users `u00`, `u01` and so on.
async fn create_users(world: &World, acting: &Acting, number: usize) -> Vec<Uuid> {
    let bodies: Vec<Value> = (0..number).map(|n| person(&format!("u{n:02}"))).collect();
    create(world, acting, &bodies).await
}

fn newest_first(numbers: impl DoubleEndedIterator<Item = usize>) -> Vec<String> {
    numbers.rev().map(|n| format!("u{n:02}")).collect()
}

async fn new_group(world: &World, acting: &Acting, name: &str, members: &[Uuid]) -> Uuid {
    let new = NewGroup {
        name: name.to_owned(),
        audience: Audience::Customers,
        members: members.to_vec(),
    };
    let created = groups::create(&world.server.service, acting, &new).await;
    created.unwrap()
}

async fn pages_forward_and_back_give_everyone_exactly_once(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    create_users(&world, &acting, 10).await;
    let all = newest_first(0..10);
    for bounds in [Bounds::default(), small()] {
        let service = bounded(&world, bounds).await;
        for query in [
            PeopleQuery::default(),
            PeopleQuery {
                kind: Kind::All,
                ..PeopleQuery::default()
            },
            PeopleQuery {
                state: Some(State::Active),
                ..PeopleQuery::default()
            },
            PeopleQuery {
                search: Some("U".to_owned()),
                ..PeopleQuery::default()
            },
            PeopleQuery {
                filter: Some("active eq true".to_owned()),
                ..PeopleQuery::default()
            },
            PeopleQuery {
                filter: Some("not (title pr)".to_owned()),
                ..PeopleQuery::default()
            },
        ] {
            assert_eq!(names(&service, &acting, &query).await, all, "{query:?}");
        }
    }
    let service = &world.server.service;
    let exact = [("u03", vec!["u03"]), ("u1", vec![])];
    for (search, found) in &exact {
        let query = PeopleQuery {
            search: Some((*search).to_owned()),
            ..PeopleQuery::default()
        };
        assert_eq!(&names(service, &acting, &query).await, found, "{search}");
    }
}

async fn pages_stay_good_while_people_come_and_go(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    let service = &world.server.service;
    let ids = create_users(&world, &acting, 10).await;
    let read = async |window: Window| {
        let query = PeopleQuery {
            window,
            ..PeopleQuery::default()
        };
        listing::people(service, &acting, &query).await.unwrap()
    };
    let shown = |page: &Page<PersonRow>| -> Vec<String> {
        page.rows.iter().map(|row| row.username.clone()).collect()
    };
    let first = read(pages_of(4)).await;
    assert_eq!(shown(&first), newest_first(6..10));
    assert_eq!(first.previous, None);
    assert_eq!(first.total, Count::exact(10));
    // The row at which the next page begins goes, and others come.
    for number in [6, 4] {
        accounts::remove(service, &acting, ids[number])
            .await
            .unwrap();
    }
    create(&world, &acting, &[person("new")]).await;
    let mut window = Window {
        at: first.next,
        ..pages_of(4)
    };
    let second = read(window).await;
    assert_eq!(shown(&second), ["u05", "u03", "u02", "u01"]);
    window.at = second.next;
    let third = read(window).await;
    assert_eq!(shown(&third), ["u00"]);
    assert_eq!(third.next, None);
    window = Window {
        at: second.previous,
        is_backwards: true,
        count: 4,
    };
    let back = read(window).await;
    assert_eq!(shown(&back), ["new", "u09", "u08", "u07"]);
    assert_eq!(back.previous, None);
    // Everything before a place has gone: from there on it goes on as it was.
    accounts::remove(service, &acting, ids[0]).await.unwrap();
    let nothing = Window {
        at: second.next,
        ..pages_of(4)
    };
    let nothing = read(nothing).await;
    assert!(nothing.rows.is_empty() && nothing.next.is_none());
    let back = Window {
        at: nothing.previous,
        is_backwards: true,
        count: 4,
    };
    assert_eq!(shown(&read(back).await), shown(&second));
}

async fn a_chip_finds_those_in_a_state_and_counts_them(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    let ids = create_users(&world, &acting, 6).await;
    let lock = Switch::Lock(Some("suspicious".to_owned()));
    world.switch(ids[1], lock.clone()).await.unwrap();
    world.switch(ids[2], Switch::Deactivate).await.unwrap();
    world.switch(ids[4], Switch::Deactivate).await.unwrap();
    let invited = world
        .onboard("invited@example.com", Onboarding::InviteOffline)
        .await;
    let operator = world.operator("root", Role::Owner).await;
    world.operator("second", Role::Owner).await;
    world.switch(operator.id, lock).await.unwrap();
    let expected = [
        (State::Active, vec!["u05", "u03", "u00"]),
        (State::Locked, vec!["u01"]),
        (State::Deactivated, vec!["u04", "u02"]),
        (State::Invited, vec!["invited@example.com"]),
        (State::PendingVerification, vec![]),
    ];
    for bounds in ways() {
        let service = bounded(&world, bounds).await;
        let counts = listing::people_counts(&service, &acting, Kind::Customers).await;
        let counts = counts.unwrap();
        assert_eq!(counts.all, Count::exact(7));
        for (state, found) in &expected {
            let query = PeopleQuery {
                state: Some(*state),
                ..PeopleQuery::default()
            };
            assert_eq!(&names(&service, &acting, &query).await, found, "{state:?}");
            let number = Count::exact(i64::try_from(found.len()).unwrap());
            assert_eq!(counts.of(Some(*state)), number, "{state:?}");
            let page = listing::people(&service, &acting, &query).await.unwrap();
            assert_eq!(page.total, number, "{state:?}");
            assert!(page.rows.iter().all(|row| row.state == *state));
        }
        let of_operators = listing::people_counts(&service, &acting, Kind::Operators).await;
        let of_operators = of_operators.unwrap();
        assert_eq!(of_operators.all, Count::exact(2));
        assert_eq!(of_operators.of(Some(State::Locked)), Count::exact(1));
        let of_all = listing::people_counts(&service, &acting, Kind::All)
            .await
            .unwrap();
        assert_eq!(of_all.all, Count::exact(9));
        assert_eq!(of_all.of(Some(State::Locked)), Count::exact(2));
    }
    let query = PeopleQuery {
        state: Some(State::Locked),
        ..PeopleQuery::default()
    };
    let service = &world.server.service;
    let locked = listing::people(service, &acting, &query).await.unwrap();
    assert_eq!(locked.rows[0].lock_reason.as_deref(), Some("suspicious"));
    assert!(invited.link.is_some());
}

async fn what_was_typed_finds_names_addresses_and_ids(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    let mut babs = person("bjensen");
    babs["name"] = json!({"givenName": "Barbara", "familyName": "Jensen"});
    babs["displayName"] = json!("Babs Jensen");
    babs["emails"] =
        json!([{"value": "work@Example.com"}, {"value": "home@example.org", "primary": true}]);
    let mut other = person("jsmith");
    other["name"] = json!({"givenName": "Jensine", "familyName": "Smith"});
    let ids = create(&world, &acting, &[babs, other]).await;
    for bounds in ways() {
        let service = bounded(&world, bounds).await;
        for (typed, found) in [
            ("BJEN", vec!["bjensen"]),
            (" babs j ", vec!["bjensen"]),
            ("jens", vec!["jsmith", "bjensen"]),
            ("WORK@EX", vec!["bjensen"]),
            ("home@example.org", vec!["bjensen"]),
            ("ensen", vec![]),
            ("%", vec![]),
            ("", vec!["jsmith", "bjensen"]),
            (ids[1].to_string().as_str(), vec!["jsmith"]),
            (
                ids[1].simple().to_string().to_uppercase().as_str(),
                vec!["jsmith"],
            ),
            (Uuid::now_v7().to_string().as_str(), vec![]),
        ] {
            let query = PeopleQuery {
                search: Some(typed.to_owned()),
                ..PeopleQuery::default()
            };
            assert_eq!(names(&service, &acting, &query).await, found, "{typed:?}");
        }
    }
    let service = &world.server.service;
    let page = listing::people(service, &acting, &PeopleQuery::default())
        .await
        .unwrap();
    assert_eq!(page.rows[1].mail.as_deref(), Some("home@example.org"));
    assert_eq!(page.rows[1].display.as_deref(), Some("Babs Jensen"));
}

async fn lists_find_what_the_api_finds(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    let bodies: Vec<Value> = (0..12)
        .map(|n| {
            let mut body = person(&format!("u{n:02}"));
            body["title"] = json!(if n % 3 == 0 { "Guide" } else { "Pilot" });
            body["active"] = json!(n % 4 != 0);
            body["emails"] = json!([{"value": format!("u{n:02}@a.example"), "type": "work"},
                {"value": format!("x{n:02}@b.example"), "type": "home"}]);
            body
        })
        .collect();
    let ids = create(&world, &acting, &bodies).await;
    let group = new_group(&world, &acting, "Guides", &ids[..5]).await;
    let filters = [
        "userName sw \"u0\"".to_owned(),
        "userName co \"1\"".to_owned(),
        "title eq \"guide\"".to_owned(),
        "title eq \"guide\" and active eq true".to_owned(),
        "title eq \"guide\" or active eq false".to_owned(),
        "not (title eq \"guide\") and userName ge \"u05\"".to_owned(),
        "emails[type eq \"work\" and value sw \"u0\"]".to_owned(),
        "emails.value sw \"x\" and active ne true".to_owned(),
        format!("groups.value eq \"{group}\""),
        "groups.display eq \"Guides\" and title eq \"pilot\"".to_owned(),
        format!("id eq \"{}\"", ids[3]),
        "meta.created gt \"2020-01-01T00:00:00Z\"".to_owned(),
        "userName eq \"nobody\"".to_owned(),
    ];
    for filter in filters {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "filter": filter, "attributes": ["userName"],
        });
        let answer = world.tenant.post("/Users/.search", &body).await;
        let answer = answer.expect_status(200).json();
        let found = answer["Resources"].as_array().cloned().unwrap_or_default();
        let mut found: Vec<String> = found
            .iter()
            .map(|one| one["userName"].as_str().unwrap().to_owned())
            .collect();
        found.reverse();
        let query = PeopleQuery {
            filter: Some(filter.clone()),
            ..PeopleQuery::default()
        };
        for bounds in ways() {
            let service = bounded(&world, bounds).await;
            assert_eq!(names(&service, &acting, &query).await, found, "{filter}");
        }
        let service = bounded(&world, small()).await;
        assert_eq!(names(&service, &acting, &query).await, found, "{filter}");
    }
}

async fn a_filter_fails_as_in_the_api(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    let service = &world.server.service;
    for filter in [
        "userName",
        "shoeSize eq 3",
        "active eq \"x",
        "password eq \"x\"",
        "active gt true",
    ] {
        let query = PeopleQuery {
            filter: Some(filter.to_owned()),
            ..PeopleQuery::default()
        };
        let error = listing::people(service, &acting, &query).await.unwrap_err();
        let encoded = utf8_percent_encode(filter, NON_ALPHANUMERIC);
        let answer = world.tenant.get(&format!("/Users?filter={encoded}")).await;
        let answer = answer.json();
        assert_eq!(answer["detail"], error.detail(), "{filter}");
        assert_eq!(
            answer["scimType"],
            json!(error.kind().scim_type()),
            "{filter}"
        );
    }
    let query = GroupQuery {
        filter: Some("userName eq \"x\"".to_owned()),
        ..GroupQuery::default()
    };
    let error = listing::groups(service, &acting, &query).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidFilter);
    let error = "somewhere".parse::<Place>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidValue);
}

async fn a_list_that_stops_looking_says_so_and_goes_on(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    let mut bodies: Vec<Value> = (0..24).map(|n| person(&format!("u{n:02}"))).collect();
    bodies[0]["title"] = json!("Guide");
    create(&world, &acting, &bodies).await;
    let service = bounded(&world, small()).await;
    for filter in ["title eq \"guide\"", "userName co \"00\""] {
        let query = PeopleQuery {
            filter: Some(filter.to_owned()),
            ..PeopleQuery::default()
        };
        let page = listing::people(&service, &acting, &query).await.unwrap();
        assert!(
            page.is_cut && page.rows.is_empty() && page.next.is_some(),
            "{filter}"
        );
        assert!(page.total.is_more);
        assert_eq!(names(&service, &acting, &query).await, ["u00"], "{filter}");
    }
    let query = PeopleQuery {
        filter: Some("title eq \"guide\"".to_owned()),
        ..PeopleQuery::default()
    };
    let page = listing::people(&world.server.service, &acting, &query)
        .await
        .unwrap();
    assert!(!page.is_cut);
    assert_eq!(page.total, Count::exact(1));
}

async fn a_count_is_exact_up_to_its_bound(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    let cap = usize::try_from(listing::COUNT_CAP).unwrap();
    let bodies: Vec<Value> = (0..cap).map(|n| person(&format!("m{n:04}"))).collect();
    create(&world, &acting, &bodies).await;
    create(&world, &acting, &[person("other")]).await;
    let query = PeopleQuery {
        search: Some("m".to_owned()),
        ..PeopleQuery::default()
    };
    let inactive = PeopleQuery {
        filter: Some("userName sw \"m\"".to_owned()),
        ..PeopleQuery::default()
    };
    let service = &world.server.service;
    for query in [&query, &inactive] {
        let page = listing::people(service, &acting, query).await.unwrap();
        assert_eq!(page.total, Count::exact(1_000));
    }
    create(&world, &acting, &[person("m-one-more")]).await;
    for query in [&query, &inactive] {
        let page = listing::people(service, &acting, query).await.unwrap();
        let more = Count {
            number: 1_000,
            is_more: true,
        };
        assert_eq!(page.total, more);
    }
    let page = listing::people(service, &acting, &PeopleQuery::default()).await;
    assert_eq!(page.unwrap().total, Count::exact(1_002));
}

async fn tenants_do_not_see_each_other(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    create_users(&world, &acting, 2).await;
    let other = world.tenant.other.as_ref().unwrap();
    let request = scim_request(&other.token, "POST", "/Users", &[], Some(&person("u00")));
    let theirs = send(&world.server.root, request).await.unwrap();
    let theirs = theirs.expect_status(201).json();
    let theirs = theirs["id"].as_str().unwrap().to_owned();
    for bounds in ways() {
        let service = bounded(&world, bounds).await;
        for (search, found) in [("u", vec!["u01", "u00"]), (theirs.as_str(), vec![])] {
            let query = PeopleQuery {
                search: Some(search.to_owned()),
                ..PeopleQuery::default()
            };
            assert_eq!(names(&service, &acting, &query).await, found);
        }
    }
    let service = &world.server.service;
    let query = ChangeQuery {
        resource: Some(theirs.parse().unwrap()),
        ..ChangeQuery::default()
    };
    let page = listing::changes(service, &acting, &query).await.unwrap();
    assert!(page.rows.is_empty());
    let theirs = theirs.parse().unwrap();
    for error in [
        listing::members(service, &acting, theirs, None, &Window::default())
            .await
            .err(),
        listing::groups_of(service, &acting, theirs, &Window::default())
            .await
            .err(),
    ] {
        assert_eq!(error.unwrap().kind(), ErrorKind::NotFound);
    }
}

async fn groups_are_listed_with_what_they_are(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    let service = &world.server.service;
    let ids = create_users(&world, &acting, 3).await;
    new_group(&world, &acting, "Pilots", &ids).await;
    new_group(&world, &acting, "Guides", &[]).await;
    world.operator("root", Role::Owner).await;
    let list = async |query: GroupQuery| listing::groups(service, &acting, &query).await.unwrap();
    let customers = GroupQuery::default();
    let page = list(customers.clone()).await;
    let shown: Vec<(&str, i64)> = page
        .rows
        .iter()
        .map(|row| (row.display.as_str(), row.members.number))
        .collect();
    assert_eq!(shown, [("Guides", 0), ("Pilots", 3)]);
    assert_eq!(page.total, Count::exact(2));
    let page = list(GroupQuery {
        audience: Kind::Operators,
        ..GroupQuery::default()
    })
    .await;
    assert_eq!(page.rows.len(), 1);
    assert_eq!(
        page.rows[0].audience,
        Audience::Operators(Some(Role::Owner))
    );
    let page = list(GroupQuery {
        audience: Kind::All,
        ..GroupQuery::default()
    })
    .await;
    assert_eq!((page.rows.len(), page.total), (3, Count::exact(3)));
    for (filter, search) in [
        (None, Some("pil".to_owned())),
        (Some("displayName eq \"pilots\"".to_owned()), None),
        (Some(format!("members.value eq \"{}\"", ids[0])), None),
    ] {
        let page = list(GroupQuery {
            filter,
            search,
            ..GroupQuery::default()
        })
        .await;
        assert_eq!(page.rows.len(), 1);
        assert_eq!(page.rows[0].display, "Pilots");
    }
    let all = everything(
        1,
        |row: &listing::GroupRow| row.display.clone(),
        async |window| {
            list(GroupQuery {
                window,
                ..GroupQuery::default()
            })
            .await
        },
    );
    assert_eq!(all.await, ["Guides", "Pilots"]);
}

async fn members_are_searched_within_their_group(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    let ids = create_users(&world, &acting, 10).await;
    let inner = new_group(&world, &acting, "u-inner", &ids[..2]).await;
    let mut within = ids[2..8].to_vec();
    within.push(inner);
    let group = new_group(&world, &acting, "outer", &within).await;
    world.switch(ids[3], Switch::Deactivate).await.unwrap();
    for bounds in ways() {
        let service = bounded(&world, bounds).await;
        let list = async |search: Option<&str>| {
            everything(
                2,
                |row: &listing::MemberRow| row.username.clone().or(row.display.clone()).unwrap(),
                async |window| {
                    let page = listing::members(&service, &acting, group, search, &window).await;
                    page.unwrap()
                },
            )
            .await
        };
        let everybody = ["u-inner", "u07", "u06", "u05", "u04", "u03", "u02"];
        assert_eq!(list(None).await, everybody);
        assert_eq!(list(Some("U")).await, everybody);
        assert_eq!(list(Some("u06")).await, ["u06"]);
        assert_eq!(list(Some("u-")).await, ["u-inner"]);
        assert!(list(Some("u01")).await.is_empty());
        assert_eq!(list(Some(&ids[4].to_string())).await, ["u04"]);
        assert_eq!(list(Some(&inner.to_string())).await, ["u-inner"]);
        assert!(list(Some(&ids[0].to_string())).await.is_empty());
        let window = Window::default();
        let page = listing::members(&service, &acting, group, Some("u03"), &window).await;
        let page = page.unwrap();
        assert_eq!(page.total, Count::exact(1));
        assert_eq!(page.rows[0].state, Some(State::Deactivated));
        let others = async |search: Option<&str>| {
            everything(
                2,
                |row: &PersonRow| row.username.clone(),
                async |window| {
                    let page = listing::non_members(&service, &acting, group, search, &window);
                    page.await.unwrap()
                },
            )
            .await
        };
        assert_eq!(others(None).await, ["u09", "u08", "u01", "u00"]);
        assert_eq!(others(Some("u0")).await, ["u09", "u08", "u01", "u00"]);
        assert_eq!(others(Some("u01")).await, ["u01"]);
        assert!(others(Some("u05")).await.is_empty());
    }
    let service = &world.server.service;
    let page = listing::non_members(service, &acting, group, None, &Window::default()).await;
    assert_eq!(page.unwrap().total, Count::exact(4));
    let none = listing::members(service, &acting, ids[0], None, &Window::default()).await;
    assert_eq!(none.unwrap_err().kind(), ErrorKind::NotFound);
}

async fn the_groups_of_a_person_are_direct_or_not(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    let service = &world.server.service;
    let ids = create_users(&world, &acting, 2).await;
    let inner = new_group(&world, &acting, "inner", &ids[..1]).await;
    new_group(&world, &acting, "outer", &[inner]).await;
    for name in ["a", "b", "c", "d"] {
        new_group(&world, &acting, name, &ids[..1]).await;
    }
    let found = everything(
        2,
        |row: &listing::PersonsGroup| (row.group.display.clone(), row.is_direct),
        async |window| {
            let page = listing::groups_of(service, &acting, ids[0], &window).await;
            page.unwrap()
        },
    );
    let found = found.await;
    let expected = [
        ("d", true),
        ("c", true),
        ("b", true),
        ("a", true),
        ("outer", false),
        ("inner", true),
    ];
    assert_eq!(
        found,
        expected.map(|(name, is_direct)| (name.to_owned(), is_direct))
    );
    let page = listing::groups_of(service, &acting, ids[0], &Window::default()).await;
    assert_eq!(page.unwrap().total, Count::exact(6));
    let page = listing::people(service, &acting, &PeopleQuery::default())
        .await
        .unwrap();
    let groups: Vec<Option<&str>> = page.rows[1]
        .groups
        .iter()
        .map(|group| group.name.as_deref())
        .collect();
    assert_eq!(groups, [Some("inner"), Some("a"), Some("b")]);
    assert_eq!(page.rows[1].more_groups, Count::exact(2));
    assert!(page.rows[0].groups.is_empty());
}

async fn customers_are_listed_with_whose_they_are(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    let service = &world.server.service;
    let ids = create_users(&world, &acting, 5).await;
    world.operator("root", Role::Owner).await;
    let operator = world.operator("agent", Role::Helpdesk).await;
    for id in &ids[1..4] {
        let assigned = accounts::assign(service, &acting, *id, Some(operator.id), false).await;
        assigned.unwrap();
    }
    let found = everything(
        2,
        |row: &PersonRow| row.username.clone(),
        async |window| {
            let page = listing::customers(service, &acting, operator.id, None, window).await;
            page.unwrap()
        },
    );
    assert_eq!(found.await, ["u03", "u02", "u01"]);
    let search = Some("u02".to_owned());
    let one = listing::customers(service, &acting, operator.id, search, Window::default()).await;
    let one = one.unwrap();
    assert_eq!((one.rows.len(), one.total), (1, Count::exact(1)));
    let all = listing::assignable(service, &acting, None, Window::default())
        .await
        .unwrap();
    let holders: Vec<bool> = all.rows.iter().map(|row| row.holder.is_some()).collect();
    assert_eq!(holders, [false, true, true, true, false]);
    let holder = all.rows[1].holder.as_ref().unwrap();
    assert_eq!(holder.id, operator.id);
}

async fn the_deleted_are_paged(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    let service = &world.server.service;
    let ids = create_users(&world, &acting, 7).await;
    for (position, id) in ids.iter().enumerate() {
        accounts::remove(service, &acting, *id).await.unwrap();
        // Some at the same time.
        if position % 2 == 0 {
            world.server.clock.advance(1);
        }
    }
    let found = everything(
        2,
        |row: &muster::store::tombstones::Tombstone| row.username.clone().unwrap(),
        async |window| listing::deleted(service, &acting, &window).await.unwrap(),
    );
    assert_eq!(found.await, newest_first(0..7));
    let page = listing::deleted(service, &acting, &pages_of(3))
        .await
        .unwrap();
    assert_eq!((page.rows.len(), page.total), (3, Count::exact(7)));
}

async fn the_history_is_filtered_and_bounded(db: Db) {
    let world = free(db).await;
    let acting = world.acting().await;
    let start = world.server.clock.now();
    let ids = create_users(&world, &acting, 12).await;
    let body = patch_of(&json!([{"op": "replace", "path": "title", "value": "Guide"}]));
    let path = format!("/Users/{}", ids[0]);
    world.tenant.patch(&path, &body).await.expect_status(200);
    world.server.clock.advance(3_600);
    let later = world.server.clock.now();
    accounts::remove(&world.server.service, &acting, ids[1])
        .await
        .unwrap();
    let list = async |service: &Service, query: ChangeQuery| {
        everything(
            3,
            |row: &listing::ChangeRow| (row.recorded.operation.clone(), row.resource),
            async |window| {
                let query = ChangeQuery {
                    window,
                    ..query.clone()
                };
                listing::changes(service, &acting, &query).await.unwrap()
            },
        )
        .await
    };
    for bounds in [Bounds::default(), small()] {
        let service = bounded(&world, bounds).await;
        let all = list(&service, ChangeQuery::default()).await;
        assert_eq!(all[0], ("delete".to_owned(), Some(ids[1])));
        assert_eq!(all[1], ("modify".to_owned(), Some(ids[0])));
        let created = list(
            &service,
            ChangeQuery {
                operation: Some("create".to_owned()),
                actor: Some("operator test".to_owned()),
                ..ChangeQuery::default()
            },
        )
        .await;
        let expected = ids.iter().rev().map(|id| ("create".to_owned(), Some(*id)));
        assert_eq!(created, expected.collect::<Vec<_>>());
        let of_one = list(
            &service,
            ChangeQuery {
                resource: Some(ids[1]),
                ..ChangeQuery::default()
            },
        )
        .await;
        assert_eq!(of_one.len(), 2);
        let since = ChangeQuery {
            since: Some(later),
            ..ChangeQuery::default()
        };
        assert_eq!(list(&service, since).await.len(), 1);
        let until = ChangeQuery {
            since: Some(start),
            until: Some(later),
            operation: Some("modify".to_owned()),
            ..ChangeQuery::default()
        };
        assert_eq!(list(&service, until).await.len(), 1);
    }
    let service = bounded(&world, small()).await;
    let query = ChangeQuery {
        operation: Some("no such".to_owned()),
        ..ChangeQuery::default()
    };
    let page = listing::changes(&service, &acting, &query).await.unwrap();
    assert!(page.is_cut && page.rows.is_empty() && page.next.is_some());
    let service = &world.server.service;
    let page = listing::changes(service, &acting, &ChangeQuery::default())
        .await
        .unwrap();
    let (gone, there) = (&page.rows[0], &page.rows[1]);
    assert!(!gone.is_there && there.is_there && !page.is_cut);
    assert_eq!(there.resource_type.as_deref(), Some("User"));
}

async fn lists_are_for_operators(db: Db) {
    let world = free(db).await;
    let service = &world.server.service;
    let acting = world.acting_as(Operator::with(Vec::new())).await;
    let window = Window::default();
    let errors = [
        listing::people(service, &acting, &PeopleQuery::default())
            .await
            .err(),
        listing::people_counts(service, &acting, Kind::All)
            .await
            .err(),
        listing::groups(service, &acting, &GroupQuery::default())
            .await
            .err(),
        listing::members(service, &acting, Uuid::nil(), None, &window)
            .await
            .err(),
        listing::non_members(service, &acting, Uuid::nil(), None, &window)
            .await
            .err(),
        listing::groups_of(service, &acting, Uuid::nil(), &window)
            .await
            .err(),
        listing::deleted(service, &acting, &window).await.err(),
        listing::changes(service, &acting, &ChangeQuery::default())
            .await
            .err(),
    ];
    for error in errors {
        assert_eq!(error.unwrap().kind(), ErrorKind::Forbidden);
    }
}
