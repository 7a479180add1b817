//! Each limit, at it and one beyond.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use muster::resource::etag::Preconditions;
use muster::schema::project::Projection;
use muster::server::Server;
use muster::service::account::Intent;
use muster::service::read::{Found, read};
use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use crate::accounts::world::World;
use crate::support::http::{Response, send};
use crate::support::server::{
    TenantOptions, TestTenant, config_for, fresh_tenant_on, fresh_tenant_with, id_of, patch_of,
    scim_request, user,
};
use crate::support::{Db, fresh_database, fresh_tenant, unique};

const MAX_BODY_BYTES: usize = 1_048_576;
const MAX_OPERATIONS: usize = 1_000;
const MAX_MEMBERS: usize = 10_000;
const MAX_VALUES: usize = 1_000;
const MAX_PASSWORD_BYTES: usize = 512;
const MAX_INDEXED_BYTES: usize = 1_024;
const MAX_JSON_DEPTH: usize = 32;
const MAX_FILTER_CHARACTERS: usize = 4_096;
const MAX_FILTER_DEPTH: usize = 16;
const MAX_FILTER_TERMS: usize = 64;

on_both_databases!(
    operations_of_a_patch,
    members_of_an_operation,
    bytes_of_a_body,
    values_of_an_attribute,
    values_that_operations_add_up_to,
    bytes_of_a_password,
    bytes_of_a_prepared_password,
    bytes_of_an_indexed_value,
    depth_of_a_body,
    characters_of_a_filter,
    depth_of_a_filter,
    terms_of_a_filter,
    resources_on_a_page,
    resources_looked_at_by_a_query,
    members_of_the_groups_on_a_page,
    a_large_group_is_whole_in_portions,
    who_waits_for_a_large_group_holds_nobody_up,
    comparisons_of_a_patch,
);

async fn operations_of_a_patch(db: Db) {
    let tenant = fresh_tenant(db).await;
    let path = format!("/Users/{}", tenant.create_user("bjensen").await);
    let operations = |count: usize| {
        let operation = |number: usize| json!({"op": "replace", "path": "displayName", "value": format!("name {number}")});
        patch_of(&(1..=count).map(operation).collect())
    };
    let answer = tenant.patch(&path, &operations(MAX_OPERATIONS)).await;
    let patched = answer.expect_status(200).json();
    assert_eq!(patched["displayName"], "name 1000");
    let answer = tenant.patch(&path, &operations(MAX_OPERATIONS + 1)).await;
    answer.expect_status(413);
    assert_eq!(
        tenant.get(&path).await.expect_status(200).json(),
        patched,
        "what was refused changed something"
    );
}

async fn members_of_an_operation(db: Db) {
    let tenant = fresh_tenant(db).await;
    let user = tenant.create_user("bjensen").await;
    let group = tenant.create_group(std::slice::from_ref(&user)).await;
    let path = format!("/Groups/{group}");
    let strangers: Vec<Value> = (0..=MAX_MEMBERS)
        .map(|_| json!({"value": Uuid::now_v7().to_string()}))
        .collect();
    let change = |op: &str, count: usize| {
        patch_of(&json!([{"op": op, "path": "members", "value": strangers[..count]}]))
    };
    for op in ["add", "replace"] {
        let answer = tenant.patch(&path, &change(op, MAX_MEMBERS)).await;
        let detail = expect_error(answer, 400, Some("invalidValue"));
        let named = strangers
            .iter()
            .filter(|stranger| detail.contains(stranger["value"].as_str().unwrap()));
        assert!(named.count() > 0, "{op}: names nobody: {detail}");
    }
    // Whoever is no member needs no removal.
    let answer = tenant.patch(&path, &change("remove", MAX_MEMBERS)).await;
    assert!(answer.is_success(), "{}", answer.describe());
    for op in ["add", "replace", "remove"] {
        let answer = tenant.patch(&path, &change(op, MAX_MEMBERS + 1)).await;
        expect_error(answer, 413, None);
    }
    assert_eq!(tenant.members(&group).await, [user]);
}

async fn bytes_of_a_body(db: Db) {
    let tenant = fresh_tenant(db).await;
    let padded = |size: usize| {
        let mut body = user("bjensen").to_string().into_bytes();
        body.resize(size, b' ');
        body
    };
    let refused = post_bytes(&tenant, "/Users", padded(MAX_BODY_BYTES + 1)).await;
    expect_error(refused, 413, None);
    let accepted = post_bytes(&tenant, "/Users", padded(MAX_BODY_BYTES)).await;
    accepted.expect_status(201);
}

async fn values_of_an_attribute(db: Db) {
    let tenant = fresh_tenant(db).await;
    let refused = tenant.post("/Users", &with_emails(MAX_VALUES + 1)).await;
    expect_error(refused, 400, Some("invalidValue"));
    let created = tenant.post("/Users", &with_emails(MAX_VALUES)).await;
    let created = created.expect_status(201);
    let path = format!("/Users/{}", id_of(&created));
    let refused = tenant.put(&path, &with_emails(MAX_VALUES + 1)).await;
    expect_error(refused, 400, Some("invalidValue"));
    let kept = tenant.get(&path).await.expect_status(200).json();
    assert_eq!(kept, created.json());
    assert_eq!(kept["emails"].as_array().unwrap().len(), MAX_VALUES);
}

async fn values_that_operations_add_up_to(db: Db) {
    let tenant = fresh_tenant(db).await;
    let created = tenant.post("/Users", &with_emails(MAX_VALUES - 1)).await;
    let path = format!("/Users/{}", id_of(&created.expect_status(201)));
    let add = |value: &str| {
        let operation = json!({"op": "add", "path": "emails", "value": [{"value": value}]});
        patch_of(&json!([operation]))
    };
    let last = add("last@example.com");
    tenant.patch(&path, &last).await.expect_status(200);
    let refused = tenant.patch(&path, &add("beyond@example.com")).await;
    expect_error(refused, 400, Some("invalidValue"));
    // One that is there already is not one more.
    tenant.patch(&path, &last).await.expect_status(200);
    let kept = tenant.get(&path).await.expect_status(200).json();
    assert_eq!(kept["emails"].as_array().unwrap().len(), MAX_VALUES);
}

/// A tenant whose client has rules for passwords of its own.
async fn trusting_tenant(db: Db) -> TestTenant {
    let options = TenantOptions {
        settings: vec![("password.policy".to_owned(), "trust".to_owned())],
        ..TenantOptions::default()
    };
    fresh_tenant_with(db, &options).await
}

/// shows: S-4.1.1-04
async fn bytes_of_a_password(db: Db) {
    let tenant = trusting_tenant(db).await;
    let path = format!("/Users/{}", tenant.create_user("bjensen").await);
    // Bytes are what counts, not characters.
    let longest = "ä".repeat(MAX_PASSWORD_BYTES / 2);
    let too_long = format!("{longest}x");
    let change = |password: &str| {
        let operation = json!({"op": "replace", "path": "password", "value": password});
        patch_of(&json!([operation]))
    };
    let with_password = |password: &str| {
        let mut document = user(&unique());
        document["password"] = json!(password);
        document
    };
    let accepted = tenant.post("/Users", &with_password(&longest)).await;
    accepted.expect_status(201);
    let accepted = tenant.patch(&path, &change(&longest)).await;
    accepted.expect_status(200);
    let refused = tenant.post("/Users", &with_password(&too_long)).await;
    expect_error(refused, 400, Some("invalidValue"));
    let refused = tenant.patch(&path, &change(&too_long)).await;
    expect_error(refused, 400, Some("invalidValue"));
}

/// A password is measured as it is hashed: composed and with plain blanks, but with its own case and width. Were letters
/// mapped to shorter ones, more of them would fit.
///
/// shows: P-5-02 S-4.1.1-04
async fn bytes_of_a_prepared_password(db: Db) {
    const COMBINING_ACUTE: &str = "e\u{301}";
    const IDEOGRAPHIC_SPACE: &str = "\u{3000}";
    const FULLWIDTH_A: &str = "\u{FF21}";
    const CAPITAL_SHARP_S: &str = "\u{1E9E}";
    let tenant = trusting_tenant(db).await;
    let path = format!("/Users/{}", tenant.create_user("bjensen").await);
    for (letter, prepared_bytes) in [
        (COMBINING_ACUTE, 2),
        (IDEOGRAPHIC_SPACE, 1),
        (FULLWIDTH_A, 3),
        (CAPITAL_SHARP_S, 3),
    ] {
        let change = |count: usize| {
            let password = letter.repeat(count);
            patch_of(&json!([{"op": "replace", "path": "password", "value": password}]))
        };
        let most = MAX_PASSWORD_BYTES / prepared_bytes;
        let accepted = tenant.patch(&path, &change(most)).await;
        accepted.expect_status(200);
        let refused = tenant.patch(&path, &change(most + 1)).await;
        expect_error(refused, 400, Some("invalidValue"));
    }
}

async fn bytes_of_an_indexed_value(db: Db) {
    let tenant = fresh_tenant(db).await;
    // Nothing that repeats: a database that compresses index entries must not be what makes it fit.
    let longest: String = (0..MAX_INDEXED_BYTES / 8).map(|_| unique()).collect();
    assert_eq!(longest.len(), MAX_INDEXED_BYTES);
    let refused = tenant.post("/Users", &user(&format!("{longest}x"))).await;
    expect_error(refused, 400, Some("invalidValue"));
    let id = tenant.create_user(&longest).await;
    let found = search(&tenant, &format!("userName eq \"{longest}\"")).await;
    let found = found.expect_status(200).json();
    assert_eq!(found["totalResults"], 1);
    assert_eq!(found["Resources"][0]["id"], json!(id));
}

/// shows: P-3.8-06
async fn depth_of_a_body(db: Db) {
    let tenant = fresh_tenant(db).await;
    let nested = |depth: usize| {
        // The document itself is the first level.
        let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
        let document = user(&unique()).to_string();
        let members = document.strip_suffix('}').unwrap();
        format!("{members},\"urn:example:unknown\":{open}1{close}}}").into_bytes()
    };
    let accepted = post_bytes(&tenant, "/Users", nested(MAX_JSON_DEPTH)).await;
    accepted.expect_status(201);
    let refused = post_bytes(&tenant, "/Users", nested(MAX_JSON_DEPTH + 1)).await;
    expect_error(refused, 400, Some("invalidSyntax"));
}

/// shows: P-3.4.2.2-29
async fn characters_of_a_filter(db: Db) {
    let tenant = fresh_tenant(db).await;
    let filter = |length: usize| {
        let rest = length - "userName co \"\"".len();
        format!("userName co \"{}\"", "ä".repeat(rest))
    };
    let accepted = search(&tenant, &filter(MAX_FILTER_CHARACTERS)).await;
    accepted.expect_status(200);
    let refused = search(&tenant, &filter(MAX_FILTER_CHARACTERS + 1)).await;
    expect_error(refused, 400, Some("invalidFilter"));
}

/// shows: P-3.4.2.2-29
async fn depth_of_a_filter(db: Db) {
    let tenant = fresh_tenant(db).await;
    let filters: [fn(usize) -> String; 3] = [
        |depth| format!("{}userName pr{}", "(".repeat(depth), ")".repeat(depth)),
        |depth| format!("{}userName pr{}", "not (".repeat(depth), ")".repeat(depth)),
        |depth| {
            let depth = depth - 1;
            format!("{}emails[type pr]{}", "(".repeat(depth), ")".repeat(depth))
        },
    ];
    for filter in filters {
        let accepted = search(&tenant, &filter(MAX_FILTER_DEPTH)).await;
        accepted.expect_status(200);
        let refused = search(&tenant, &filter(MAX_FILTER_DEPTH + 1)).await;
        expect_error(refused, 400, Some("invalidFilter"));
    }
}

/// shows: P-3.4.2.2-29
async fn terms_of_a_filter(db: Db) {
    let tenant = fresh_tenant(db).await;
    tenant.create_user("user 1").await;
    let filter = |count: usize, joint: &str| {
        let terms: Vec<String> = (1..=count)
            .map(|number| format!("userName ne \"other {number}\""))
            .collect();
        terms.join(joint)
    };
    for joint in [" or ", " and "] {
        let accepted = search(&tenant, &filter(MAX_FILTER_TERMS, joint)).await;
        assert_eq!(accepted.expect_status(200).json()["totalResults"], 1);
        let refused = search(&tenant, &filter(MAX_FILTER_TERMS + 1, joint)).await;
        expect_error(refused, 400, Some("invalidFilter"));
    }
}

/// shows: P-3.4.2.4-02 P-3.4.2.4-04 P-3.4.2.4-07
async fn resources_on_a_page(db: Db) {
    let tenant = fresh_tenant(db).await;
    tenant.create_user("bjensen").await;
    let config = tenant.get("/ServiceProviderConfig").await;
    assert_eq!(
        config.expect_status(200).json()["filter"]["maxResults"],
        1_000
    );
    for count in ["1000", "1001", "100000", "99999999999999999999"] {
        let page = tenant.get(&format!("/Users?count={count}")).await;
        assert_eq!(page.expect_status(200).json()["itemsPerPage"], 1);
    }
    // Where the limit is low, few resources show what it does.
    let database = fresh_database(db).await;
    let mut config = config_for(&database.url);
    config.limits.max_count = 2;
    let server = Server::start(config).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    let advertised = tenant.get("/ServiceProviderConfig").await.json();
    assert_eq!(advertised["filter"]["maxResults"], 2);
    for name in ["a", "b", "c"] {
        tenant.create_user(name).await;
    }
    for path in ["/Users", "/Users?count=2", "/Users?count=3"] {
        let page = tenant.get(path).await.expect_status(200).json();
        assert_eq!(page["itemsPerPage"], 2, "{path}");
        assert_eq!(page["totalResults"], 3, "{path}");
        assert_eq!(page["Resources"].as_array().unwrap().len(), 2, "{path}");
    }
    server.stop().await;
}

/// shows: P-3.4.2.1-02 P-3.12-06
async fn resources_looked_at_by_a_query(db: Db) {
    let database = fresh_database(db).await;
    let mut config = config_for(&database.url);
    config.limits.scan = 3;
    let server = Server::start(config).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    for number in 1..=3 {
        let mut document = user(&format!("user {number}"));
        document["title"] = json!(format!("xylophonist {number}"));
        tenant.post("/Users", &document).await.expect_status(201);
    }
    let found = search(&tenant, "title co \"x\"").await.expect_status(200);
    assert_eq!(found.json()["totalResults"], 3);
    tenant.create_user("user 4").await;
    let refused = search(&tenant, "title co \"x\"").await;
    let detail = expect_error(refused, 400, Some("tooMany"));
    assert!(detail.contains("User:title"), "{detail}");
    // An index narrows it down.
    let narrowed = "userName eq \"user 2\" and title co \"x\"";
    let found = search(&tenant, narrowed).await.expect_status(200);
    assert_eq!(found.json()["totalResults"], 1);
    server.stop().await;
}

/// Members that the client does not want are not read either: they count against no limit.
///
/// shows: P-3.9-11
async fn members_of_the_groups_on_a_page(db: Db) {
    let database = fresh_database(db).await;
    let mut config = config_for(&database.url);
    config.limits.scan = 3;
    let server = Server::start(config).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    let users = [
        tenant.create_user("user 1").await,
        tenant.create_user("user 2").await,
    ];
    tenant.create_group(&users).await;
    tenant.create_group(&users[..1]).await;
    let page = tenant.get("/Groups").await.expect_status(200).json();
    assert_eq!(page["totalResults"], 2);
    tenant.create_group(&users[..1]).await;
    let refused = tenant.get("/Groups").await;
    let detail = expect_error(refused, 400, Some("tooMany"));
    assert!(detail.contains("excludedAttributes=members"), "{detail}");
    let page = tenant.get("/Groups?excludedAttributes=members").await;
    assert_eq!(page.expect_status(200).json()["itemsPerPage"], 3);
    server.stop().await;
}

/// A group with more members than are read at once is answered while it is read, and is what it would be as one text.
async fn a_large_group_is_whole_in_portions(db: Db) {
    const PORTION: usize = 3;
    let database = fresh_database(db).await;
    let mut config = config_for(&database.url);
    config.limits.scan = i64::try_from(PORTION).unwrap();
    // One large group at a time.
    config.database.max_connections = 2;
    let server = Server::start(config).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    let mut users = Vec::new();
    for number in 0..=2 * PORTION {
        let mut document = user(&format!("user {number}"));
        // Some have no name to show.
        document["displayName"] = json!((number % 2 == 0).then(|| format!("Name [{number}], \"")));
        let created = tenant.post("/Users", &document).await;
        users.push(id_of(&created.expect_status(201)));
    }
    for size in 0..=users.len() {
        let members = &users[..size];
        let path = format!("/Groups/{}", tenant.create_group(members).await);
        // A write is answered in one text.
        let nothing = patch_of(&json!([{"op": "add", "path": "members", "value": []}]));
        for query in [
            "?attributes=members",
            "?attributes=members.value",
            "?attributes=members.display",
            "?excludedAttributes=members.$ref,meta",
            "?excludedAttributes=members",
            "?attributes=displayName",
        ] {
            let path = format!("{path}{query}");
            let in_portions = tenant.get(&path).await.expect_status(200);
            let whole = tenant.patch(&path, &nothing).await.expect_status(200);
            assert_eq!(in_portions.json(), whole.json(), "{size} members, {query}");
            assert_eq!(in_portions.header("ETag"), whole.header("ETag"));
            assert_eq!(in_portions.header("Location"), whole.header("Location"));
        }
        let plain = tenant.get(&path).await.expect_status(200);
        let shown = plain.json();
        let ids: Vec<&str> = shown["members"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|member| member["value"].as_str().unwrap())
            .collect();
        assert_eq!(ids, members);
        let is_in_portions = plain.header("Content-Length").is_none();
        assert_eq!(is_in_portions, size >= PORTION, "{size} members");
        let etag = plain.header("ETag").unwrap();
        let known = [("If-None-Match", etag)];
        let again = tenant.request("GET", &path, &known, None).await;
        again.expect_status(304);
        // Several at once wait for one another.
        let at_once = join_all((0..8).map(|_| tenant.get(&path))).await;
        for answer in at_once {
            assert_eq!(answer.expect_status(200).json(), shown);
        }
    }
    server.stop().await;
}

/// Those who wait until fewer large groups are being sent leave the connections to others.
async fn who_waits_for_a_large_group_holds_nobody_up(db: Db) {
    const SOON: Duration = Duration::from_secs(3);
    let world = World::changed(db, &[], |config| {
        config.limits.scan = 2;
        config.database.max_connections = 4;
    });
    let world = world.await;
    let (service, tenant) = (&world.server.service, &world.tenant);
    let names = [unique(), unique(), unique()];
    let users = join_all(names.iter().map(|name| tenant.create_user(name))).await;
    let group = tenant.create_group(&users).await;
    let acting = world.acting().await;
    let call = acting.call(Intent::default());
    let groups = acting.registry().at_endpoint("Groups").unwrap();
    let (always, whole) = (Preconditions::default(), Projection::default());
    let mut unread = Vec::new();
    // As many as may be sent at once, of which nobody takes the rest.
    while let Ok(found) = timeout(
        Duration::from_secs(1),
        read(service, &call, groups, &group, &always, &whole),
    )
    .await
    {
        assert!(matches!(found, Ok(Found::Large(_))), "{found:?}");
        unread.push(found);
    }
    assert!(!unread.is_empty());
    let path = format!("/Groups/{group}");
    let waiting = join_all((0..8).map(|_| tenant.get(&path)));
    let others = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        for id in &users {
            let user = timeout(SOON, tenant.get(&format!("/Users/{id}"))).await;
            user.expect("a user is found meanwhile").expect_status(200);
        }
        drop(unread);
    };
    let (answers, ()) = tokio::join!(waiting, others);
    for answer in answers {
        let members = answer.expect_status(200).json()["members"].clone();
        assert_eq!(members.as_array().map(Vec::len), Some(users.len()));
    }
}

/// 1,000,000 comparisons are what one request may cost: its time stays bounded.
async fn comparisons_of_a_patch(db: Db) {
    const PATIENCE: Duration = Duration::from_secs(10);
    let tenant = fresh_tenant(db).await;
    let created = tenant.post("/Users", &with_emails(MAX_VALUES)).await;
    let created = created.expect_status(201);
    let path = format!("/Users/{}", id_of(&created));
    let terms: Vec<String> = (1..=MAX_FILTER_TERMS)
        .map(|number| format!("value eq \"nobody{number}@example.com\""))
        .collect();
    let selected = format!("emails[{}]", terms.join(" or "));
    let operations = |count: usize| {
        let mut operations = vec![json!({"op": "replace", "path": "title", "value": "patched"})];
        let removal = json!({"op": "remove", "path": selected});
        operations.resize(count + 1, removal);
        patch_of(&json!(operations))
    };
    for count in [16, 20, 200] {
        let started = Instant::now();
        let refused = tenant.patch(&path, &operations(count)).await;
        expect_error(refused, 413, None);
        let took = started.elapsed();
        assert!(took < PATIENCE, "{count} operations: {took:?}");
    }
    let kept = tenant.get(&path).await.expect_status(200).json();
    assert_eq!(kept, created.json());
    let patched = tenant.patch(&path, &operations(15)).await;
    assert_eq!(patched.expect_status(200).json()["title"], "patched");
}

fn with_emails(count: usize) -> Value {
    let email = |number: usize| json!({"value": format!("user{number}@example.com")});
    let mut document = user("bjensen");
    document["emails"] = (1..=count).map(email).collect();
    document
}

async fn search(tenant: &TestTenant, filter: &str) -> Response {
    let request = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": filter,
    });
    tenant.post("/Users/.search", &request).await
}

/// Sends a body byte for byte.
async fn post_bytes(tenant: &TestTenant, path: &str, body: Vec<u8>) -> Response {
    let mut request = scim_request(&tenant.token, "POST", path, &[], Some(&Value::Null));
    request.body = Some(body);
    send(&tenant.root, request).await.unwrap()
}

/// The detail of an error answer with this status and `scimType`.
#[track_caller]
fn expect_error(response: Response, status: u16, scim_type: Option<&str>) -> String {
    let response = response.expect_status(status);
    let error = response.json();
    assert_eq!(
        error["scimType"].as_str(),
        scim_type,
        "{}",
        response.describe()
    );
    error["detail"].as_str().unwrap_or_default().to_owned()
}
