//! The evaluator in Rust is the specification: on random documents and random filters, SQLite and PostgreSQL find exactly
//! the resources for which it says so.

use std::collections::BTreeSet;

use muster::filter::{self, BindOptions, Predicate};
use muster::resource::{Meta, Related, Resource, matches::matches};
use muster::schema::validate::{self, Tolerance};
use muster::schema::{AttributeId, Registry, ResourceType, parse_instant};
use muster::server::Server;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{
    TenantOptions, TestTenant, config_for, create_tenant, fresh_tenant_with,
};
use crate::support::{Db, fresh_database};

const USERS: usize = 40;
const FILTERS: usize = 300;
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

on_both_databases!(filters_agree_with_the_evaluator, sorting_and_paging_agree);

/// Text that has made others stumble: wildcards, quotes, case pairs, combining marks, bytes beyond the BMP.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "A",
        "b",
        "B",
        "é",
        "e\u{301}",
        "É",
        "ß",
        "SS",
        "ss",
        "%",
        "_",
        "\\",
        "'",
        "\"",
        " ",
        "İ",
        "ı",
        "Σ",
        "ς",
        "😀",
        "\u{10ffff}",
        "z",
        "Z",
        "0",
        "-",
    ]);
    prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
}

fn user(number: usize) -> impl Strategy<Value = Value> {
    let email = (
        text(),
        prop::option::of(prop::sample::select(vec!["work", "home", "Work"])),
        any::<bool>(),
    );
    (
        prop::option::of(text()),
        prop::option::of(text()),
        prop::option::of(text()),
        prop::option::of(text()),
        prop::collection::vec(email, 0..3),
        prop::option::of(any::<bool>()),
        prop::option::of(text()),
        prop::option::of(text()),
    )
        .prop_map(move |(display, external, family, title, emails, active, department, employee)| {
            let mut emails: Vec<Value> = emails.iter().map(|(value, kind, primary)| json!({"value": value, "type": kind, "primary": primary})).collect();
            let mut has_primary = false;
            for email in &mut emails {
                if email["primary"] == json!(true) && std::mem::replace(&mut has_primary, true) {
                    email["primary"] = json!(false);
                }
            }
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "userName": format!("user{number}"),
                "displayName": display, "externalId": external, "title": title, "active": active, "emails": emails,
                "name": {"familyName": family},
                ENTERPRISE: {"department": department, "employeeNumber": employee},
            })
        })
}

/// Indexed and unindexed, single and multi-valued, core and extension attributes.
fn comparison() -> impl Strategy<Value = String> {
    let strings = prop::sample::select(vec![
        "userName".to_owned(),
        "displayName".to_owned(),
        "externalId".to_owned(),
        "name.familyName".to_owned(),
        "title".to_owned(),
        "emails".to_owned(),
        "emails.value".to_owned(),
        "emails.type".to_owned(),
        format!("{ENTERPRISE}:department"),
        format!("{ENTERPRISE}:employeeNumber"),
    ]);
    let op = prop::sample::select(vec!["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]);
    let literal = prop_oneof![4 => text(), 1 => Just("user1".to_owned()), 1 => Just("work".to_owned()), 1 => Just(String::new())];
    let quoted = literal.prop_map(|text| Value::from(text).to_string());
    prop_oneof![
        6 => (strings.clone(), op, quoted.clone()).prop_map(|(path, op, value)| format!("{path} {op} {value}")),
        1 => strings.clone().prop_map(|path| format!("{path} pr")),
        1 => (strings, prop::sample::select(vec!["eq", "ne"])).prop_map(|(path, op)| format!("{path} {op} null")),
        1 => (prop::sample::select(vec!["active", "emails.primary"]), prop::sample::select(vec!["eq", "ne"]), any::<bool>()).prop_map(|(path, op, value)| format!("{path} {op} {value}")),
        1 => prop::sample::select(vec!["name pr", "emails pr", "groups pr", "meta.created pr", "id pr", "schemas pr"]).prop_map(str::to_owned),
        1 => quoted.clone().prop_map(|value| format!("id eq {value}")),
        1 => (prop::sample::select(vec!["eq", "ne", "sw"]), prop::sample::select(vec!["direct", "indirect", "d"])).prop_map(|(op, value)| format!("groups.type {op} \"{value}\"")),
        1 => prop::sample::select(vec!["gt", "ge", "lt", "le", "ne"]).prop_map(|op| format!("meta.lastModified {op} \"2024-01-01T00:00:00+02:00\"")),
        1 => (prop::sample::select(vec!["eq", "ne", "co"]), Just(ENTERPRISE)).prop_map(|(op, urn)| format!("schemas {op} \"{urn}\"")),
        2 => element_filter(),
    ]
}

fn element_filter() -> impl Strategy<Value = String> {
    let value = text().prop_map(|text| Value::from(text).to_string());
    let test = prop_oneof![
        (
            prop::sample::select(vec!["eq", "ne", "co", "sw", "ew"]),
            value
        )
            .prop_map(|(op, value)| format!("value {op} {value}")),
        (
            prop::sample::select(vec!["eq", "ne"]),
            prop::sample::select(vec!["work", "home"])
        )
            .prop_map(|(op, value)| format!("type {op} \"{value}\"")),
        any::<bool>().prop_map(|value| format!("primary eq {value}")),
        Just("type pr".to_owned()),
        Just("value pr".to_owned()),
    ];
    let inside = test.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (
                inner.clone(),
                prop::sample::select(vec!["and", "or"]),
                inner.clone()
            )
                .prop_map(|(one, word, other)| format!("({one} {word} {other})")),
            inner.prop_map(|part| format!("not ({part})")),
        ]
    });
    inside.prop_map(|inside| format!("emails[{inside}]"))
}

fn filters() -> impl Strategy<Value = String> {
    comparison().prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" and "))),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|part| format!("not ({part})")),
        ]
    })
}

fn sample<S: Strategy>(runner: &mut TestRunner, strategy: &S) -> S::Value {
    strategy.new_tree(runner).unwrap().current()
}

/// Random users, some of them in a group that is in another group.
async fn populate(tenant: &TestTenant, runner: &mut TestRunner) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..USERS {
        let body = sample(runner, &user(number));
        let response = tenant.post("/Users", &body).await;
        assert_eq!(
            response.status,
            201,
            "{body}: {}",
            String::from_utf8_lossy(&response.body)
        );
        ids.push(response.json()["id"].as_str().unwrap().to_owned());
    }
    let inner = tenant.create_group(&ids[..5]).await;
    tenant.create_group(&[inner, ids[7].clone()]).await;
    ids
}

/// The users as the evaluator sees them, made from what the server answers.
async fn resources(
    tenant: &TestTenant,
    resource_type: &ResourceType,
    schemas: &[&str],
) -> Vec<Resource> {
    let list = tenant.get("/Users?count=1000").await.json();
    let users = list["Resources"].as_array().unwrap().iter().map(|user| {
        let microseconds = |name: &str| {
            let instant = parse_instant(user["meta"][name].as_str().unwrap()).unwrap();
            i64::try_from(instant.unix_timestamp_nanos() / 1_000).unwrap()
        };
        let version = user["meta"]["version"]
            .as_str()
            .unwrap()
            .trim_start_matches("W/\"")
            .trim_end_matches('"');
        let groups = user["groups"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|group| Related {
                id: group["value"].as_str().unwrap().parse().unwrap(),
                label: group["type"].as_str().unwrap().to_owned(),
                endpoint: "/Groups".to_owned(),
                display: group["display"].as_str().map(str::to_owned),
            });
        Resource {
            id: user["id"].as_str().unwrap().parse::<Uuid>().unwrap(),
            document: validate::resource(
                resource_type,
                schemas,
                user.as_object().unwrap(),
                Tolerance::USUAL,
            )
            .unwrap()
            .document,
            meta: Meta {
                created: microseconds("created"),
                last_modified: microseconds("lastModified"),
                version: version.parse().unwrap(),
            },
            members: Some(Vec::new()),
            groups: Some(groups.collect()),
        }
    });
    users.collect()
}

/// A tenant where `externalId` may be anything.
fn options() -> TenantOptions {
    let any = ("external_id.uniqueness".to_owned(), "none".to_owned());
    TenantOptions {
        tenant_settings: vec![any],
        ..TenantOptions::default()
    }
}

/// shows: P-3.4.2.2-02
async fn filters_agree_with_the_evaluator(db: Db) {
    let mut runner = TestRunner::new(Config::default());
    let database = fresh_database(db).await;
    let mut config = config_for(&database.url);
    // Many of the conditions have more rows than a twentieth of it: then all of them are counted before one is chosen.
    config.limits.scan = i64::try_from(USERS).unwrap();
    let server = Server::start(config).await.unwrap();
    let tenant = create_tenant(server.service(), &server.root_url(), &options()).await;
    populate(&tenant, &mut runner).await;
    let registry = Registry::embedded(&[], &|_| AttributeId(0)).unwrap();
    let resource_type = registry.at_endpoint("Users").unwrap();
    let schemas: Vec<&str> = registry
        .schemas()
        .iter()
        .map(|schema| &*schema.id)
        .collect();
    let users = resources(&tenant, resource_type, &schemas).await;
    assert_eq!(users.len(), USERS);
    let mut found_some = 0;
    for _ in 0..FILTERS {
        let text = sample(&mut runner, &filters());
        let parsed = filter::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let predicate = Predicate::bind(&parsed, resource_type, BindOptions::default())
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        let expected: BTreeSet<String> = users
            .iter()
            .filter(|user| matches(&predicate, user, resource_type))
            .map(|user| user.id.to_string())
            .collect();
        let mut body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": text, "count": 1000, "attributes": ["id"]});
        let response = tenant.post("/Users/.search", &body).await;
        assert_eq!(
            response.status,
            200,
            "{text}: {}",
            String::from_utf8_lossy(&response.body)
        );
        let answer = response.json();
        let found: BTreeSet<String> = answer["Resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            found, expected,
            "{db:?} disagrees with the evaluator on: {text}"
        );
        assert_eq!(answer["totalResults"], json!(expected.len()), "{text}");
        body["cursor"] = json!("");
        let by_cursor = tenant.post("/Users/.search", &body).await;
        let by_cursor = by_cursor.expect_status(200).json();
        for name in ["totalResults", "Resources"] {
            assert_eq!(by_cursor[name], answer[name], "{text}");
        }
        found_some += usize::from(!expected.is_empty() && expected.len() < USERS);
    }
    assert!(
        found_some > FILTERS / 10,
        "the filters hardly ever tell users apart: {found_some}"
    );
    server.stop().await;
}

/// shows: P-3.4.2.3-08
async fn sorting_and_paging_agree(db: Db) {
    let mut runner = TestRunner::new(Config::default());
    let tenant = fresh_tenant_with(db, &options()).await;
    populate(&tenant, &mut runner).await;
    for sort_by in [
        "displayName",
        "title",
        "emails.value",
        "emails",
        "name.familyName",
        "externalId",
        "active",
        "id",
        "meta.created",
        "meta.lastModified",
    ] {
        for order in ["ascending", "descending"] {
            let path = |start: usize, count: usize| {
                format!(
                    "/Users?sortBy={sort_by}&sortOrder={order}&startIndex={start}&count={count}&filter=userName%20sw%20%22user%22"
                )
            };
            let ids = |answer: &Value| -> Vec<String> {
                answer["Resources"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|user| user["id"].as_str().unwrap().to_owned())
                    .collect()
            };
            let whole = ids(&tenant.get(&path(1, 1000)).await.json());
            assert_eq!(whole.len(), USERS);
            let mut walked = Vec::new();
            while walked.len() < USERS {
                let page = tenant.get(&path(walked.len() + 1, 7)).await.json();
                assert_eq!(page["totalResults"], json!(USERS));
                walked.extend(ids(&page));
            }
            assert_eq!(
                walked, whole,
                "{db:?}: pages by {sort_by} {order} are not the whole list"
            );
        }
    }
}
