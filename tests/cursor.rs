//! Walks by cursor (RFC 9865): every match once and in order, forwards and backwards, while others write, on any instance.

use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

use muster::config::Config;
use muster::server::Server;
use muster::service::admin;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::support::http::Response;
use crate::support::server::{TestDatabase, TestTenant, config_for, fresh_tenant_on};
use crate::support::{Db, fresh_database, fresh_tenant};

const USERS: usize = 60;
/// More pages than any walk here has: one that goes in circles is ended.
const MAX_PAGES: usize = 200;
/// How many of the users are never deleted.
const UNTOUCHED: usize = 20;

const SORTS: [Option<&str>; 9] = [
    None,
    Some("userName"),
    Some("displayName"),
    Some("title"),
    Some("name.familyName"),
    Some("emails"),
    Some("id"),
    Some("meta.created"),
    Some("meta.lastModified"),
];

/// Nothing, what SQL finds alone, and what must be looked at one by one.
const FILTERS: [Option<&str>; 3] = [
    None,
    Some("userName sw \"b\" or displayName pr"),
    Some("not (title eq \"alpha\")"),
];

on_both_databases!(
    a_walk_meets_every_match_once_in_order,
    writes_during_a_walk_touch_nobody_else,
    a_cursor_is_good_on_every_instance,
    a_cursor_expires,
    a_server_may_page_by_cursor_unless_asked,
    a_count_beyond_the_maximum_is_cut,
    a_damaged_cursor_is_refused_in_the_same_words,
    a_token_revoked_between_pages_ends_the_walk,
);

/// Text that sorts in surprising ways: case pairs, accents, folding, bytes beyond the BMP; often the same.
fn text() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "alpha",
        "Alpha",
        "ALPHA",
        "älpha",
        "a\u{308}lpha",
        "Straße",
        "STRASSE",
        "Ωmega",
        "日本",
        "😀",
        "\u{10ffff}",
        "%_",
        "a b",
        "0",
        "z",
    ])
}

fn person(number: usize) -> impl Strategy<Value = Value> {
    (
        prop::sample::select(vec!["b", "B", "é", "ß", "z", "日"]),
        prop::option::of(text()),
        prop::option::of(text()),
        prop::option::of(text()),
        prop::collection::vec(text(), 0..3),
        any::<bool>(),
    )
        .prop_map(move |(initial, display, title, family, addresses, has_primary)| {
            // The last value is the primary one, if any is: then it is sorted by instead of the first.
            let last = addresses.len().saturating_sub(1);
            let emails: Vec<Value> = addresses
                .iter()
                .enumerate()
                .map(|(position, value)| json!({"value": value, "primary": has_primary && position == last}))
                .collect();
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "userName": format!("{initial}{number}"),
                "displayName": display,
                "title": title,
                "name": {"familyName": family},
                "emails": emails,
            })
        })
}

fn sample<S: Strategy>(runner: &mut TestRunner, strategy: &S) -> S::Value {
    strategy.new_tree(runner).unwrap().current()
}

/// Creates random users in one bulk request; their ids.
async fn create(
    tenant: &TestTenant,
    runner: &mut TestRunner,
    numbers: Range<usize>,
) -> Vec<String> {
    let operations: Vec<Value> = numbers
        .map(|number| {
            let data = sample(runner, &person(number));
            json!({"method": "POST", "path": "/Users", "bulkId": number.to_string(), "data": data})
        })
        .collect();
    let request = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations,
    });
    let answer = tenant.post("/Bulk", &request).await.expect_status(200);
    let done = answer.json();
    let ids = done["Operations"].as_array().unwrap().iter().map(|one| {
        assert!(one["status"] == "201", "{}", answer.describe());
        let location = one["location"].as_str().unwrap();
        location.rsplit('/').next().unwrap().to_owned()
    });
    ids.collect()
}

/// Creates users of these names, one after the other.
async fn create_named(tenant: &TestTenant, names: &[&str]) {
    for name in names {
        tenant.create_user(name).await;
    }
}

/// What is asked for, page by page.
#[derive(Debug, Clone, Copy)]
struct Query {
    sort_by: Option<&'static str>,
    is_descending: bool,
    filter: Option<&'static str>,
    count: usize,
}

impl Query {
    fn request(&self) -> Value {
        let mut request = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "attributes": ["id"],
            "count": self.count,
        });
        if let Some(path) = self.sort_by {
            request["sortBy"] = json!(path);
        }
        if self.is_descending {
            request["sortOrder"] = json!("descending");
        }
        if let Some(filter) = self.filter {
            request["filter"] = json!(filter);
        }
        request
    }

    /// The ids of all matches, as one page by index has them.
    async fn list(&self, tenant: &TestTenant) -> Vec<String> {
        let mut request = self.request();
        request["startIndex"] = json!(1);
        request["count"] = json!(1_000);
        let answer = tenant.post("/Users/.search", &request).await;
        Page::of(&answer.expect_status(200)).ids
    }

    async fn page(&self, tenant: &TestTenant, cursor: &str) -> Page {
        let mut request = self.request();
        request["cursor"] = json!(cursor);
        let answer = tenant.post("/Users/.search", &request).await;
        let page = Page::of(&answer.expect_status(200));
        assert!(page.ids.len() <= self.count, "{self:?}");
        page
    }

    /// All pages from the first to the last.
    async fn forwards(&self, tenant: &TestTenant) -> Vec<Page> {
        let mut pages = vec![self.page(tenant, "").await];
        while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
            pages.push(self.page(tenant, &next).await);
            assert!(pages.len() < MAX_PAGES, "{self:?} does not end");
        }
        pages
    }

    /// All pages before this one, in their order.
    async fn backwards(&self, tenant: &TestTenant, from: &Page) -> Vec<Page> {
        let mut pages = Vec::new();
        let mut previous = from.previous.clone();
        while let Some(cursor) = previous.take() {
            let page = self.page(tenant, &cursor).await;
            previous.clone_from(&page.previous);
            pages.push(page);
            assert!(pages.len() < MAX_PAGES, "{self:?} does not end");
        }
        pages.reverse();
        pages
    }
}

/// A page as it was answered.
#[derive(Debug)]
struct Page {
    ids: Vec<String>,
    total: usize,
    next: Option<String>,
    previous: Option<String>,
}

impl Page {
    fn of(answer: &Response) -> Self {
        let answer = answer.json();
        let ids = answer["Resources"].as_array().unwrap().iter();
        let ids: Vec<String> = ids
            .map(|user| user["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(answer["itemsPerPage"], ids.len());
        let cursor = |name: &str| {
            let cursor = answer[name].as_str()?.to_owned();
            let is_unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
            assert!(cursor.chars().all(is_unreserved), "{name}: {cursor}");
            Some(cursor)
        };
        Self {
            total: serde_json::from_value(answer["totalResults"].clone()).unwrap(),
            next: cursor("nextCursor"),
            previous: cursor("previousCursor"),
            ids,
        }
    }
}

fn ids_of(pages: &[Page]) -> Vec<String> {
    pages
        .iter()
        .flat_map(|page| page.ids.iter().cloned())
        .collect()
}

/// shows: C-2-01 C-2-02 C-2-04 C-2-05 C-2-07 C-2-08 C-2.2-01 C-3-01
async fn a_walk_meets_every_match_once_in_order(db: Db) {
    let mut runner = TestRunner::default();
    let tenant = fresh_tenant(db).await;
    create(&tenant, &mut runner, 0..USERS).await;
    for sort_by in SORTS {
        for is_descending in [false, true] {
            for filter in FILTERS {
                let query = Query {
                    sort_by,
                    is_descending,
                    filter,
                    count: sample(&mut runner, &(3..=15_usize)),
                };
                check_walk(db, &tenant, &query).await;
            }
        }
    }
}

async fn check_walk(db: Db, tenant: &TestTenant, query: &Query) {
    let whole = query.list(tenant).await;
    let pages = query.forwards(tenant).await;
    assert_eq!(ids_of(&pages), whole, "{db:?}, forwards: {query:?}");
    let (last, others) = pages.split_last().unwrap();
    for page in &pages {
        assert_eq!(page.total, whole.len(), "{db:?}: {query:?}");
    }
    for page in others {
        assert_eq!(page.ids.len(), query.count, "{db:?}: {query:?}");
    }
    assert!(
        !last.ids.is_empty() || whole.is_empty(),
        "{db:?}: {query:?}"
    );
    let is_first = |page: &Page| page.previous.is_none();
    assert!(
        is_first(&pages[0]) && !pages[1..].iter().any(is_first),
        "{db:?}: {query:?}"
    );
    let back = query.backwards(tenant, last).await;
    assert_eq!(ids_of(&back), ids_of(others), "{db:?}, back: {query:?}");
    assert!(
        back.iter().all(|page| page.next.is_some()),
        "{db:?}: {query:?}"
    );
}

/// Somebody who deletes and creates users while others walk.
struct Writer {
    tenant: TestTenant,
    runner: TestRunner,
    /// Those of the first users that are still there.
    present: Vec<String>,
    /// The number of the next user.
    next: usize,
}

impl Writer {
    async fn new(db: Db) -> Self {
        let mut runner = TestRunner::default();
        let tenant = fresh_tenant(db).await;
        let present = create(&tenant, &mut runner, 0..USERS).await;
        Self {
            tenant,
            runner,
            present,
            next: USERS,
        }
    }

    /// Deletes two of the first users and creates two others.
    async fn write(&mut self) {
        for _ in 0..2 {
            if self.present.len() > UNTOUCHED {
                let position = sample(&mut self.runner, &(0..self.present.len()));
                let id = self.present.swap_remove(position);
                let path = format!("/Users/{id}");
                self.tenant.delete(&path).await.expect_status(204);
            }
        }
        create(&self.tenant, &mut self.runner, self.next..self.next + 2).await;
        self.next += 2;
    }

    /// Those of the ids whose users were never touched.
    fn untouched(&self, ids: &[String]) -> Vec<String> {
        let present: HashSet<&String> = self.present.iter().collect();
        let kept = ids.iter().filter(|id| present.contains(id));
        kept.cloned().collect()
    }
}

/// shows: C-2-07
async fn writes_during_a_walk_touch_nobody_else(db: Db) {
    for (sort_by, is_descending) in [
        (None, false),
        (Some("userName"), false),
        (Some("displayName"), true),
        (Some("title"), false),
        (Some("emails"), true),
        (Some("id"), true),
        (Some("meta.created"), true),
    ] {
        let query = Query {
            sort_by,
            is_descending,
            filter: None,
            count: 7,
        };
        check_disturbed_walk(db, &query).await;
    }
}

async fn check_disturbed_walk(db: Db, query: &Query) {
    let mut writer = Writer::new(db).await;
    let before = query.list(&writer.tenant).await;
    let mut pages = vec![query.page(&writer.tenant, "").await];
    while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
        writer.write().await;
        pages.push(query.page(&writer.tenant, &next).await);
        assert!(pages.len() < MAX_PAGES, "{query:?} does not end");
    }
    check_met(
        &writer,
        &before,
        &ids_of(&pages),
        &format!("{db:?}, forwards: {query:?}"),
    );

    // The last page may be empty by now: the way back begins at the last one that has a way back.
    let start = pages.iter().rposition(|page| page.previous.is_some());
    let mut met = pages.split_off(start.unwrap());
    while let Some(previous) = met.first().and_then(|page| page.previous.clone()) {
        writer.write().await;
        met.insert(0, query.page(&writer.tenant, &previous).await);
        assert!(met.len() < MAX_PAGES, "{query:?} does not end");
    }
    check_met(
        &writer,
        &before,
        &ids_of(&met),
        &format!("{db:?}, back: {query:?}"),
    );
}

/// Nobody was met twice, and whoever was there all the time once, in the order in which they stood at the beginning.
#[track_caller]
fn check_met(writer: &Writer, before: &[String], met: &[String], what: &str) {
    let distinct: HashSet<&String> = met.iter().collect();
    assert_eq!(distinct.len(), met.len(), "{what}");
    assert_eq!(writer.untouched(met), writer.untouched(before), "{what}");
    assert!(writer.present.len() >= UNTOUCHED, "{what}");
}

/// A server of the test's own and a tenant on it; the database lasts as long as its value.
async fn serve(db: Db, change: impl FnOnce(&mut Config)) -> (TestDatabase, Server, TestTenant) {
    let database = fresh_database(db).await;
    let mut config = config_for(&database.url);
    change(&mut config);
    let server = Server::start(config).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    (database, server, tenant)
}

/// The names of the users on a page, and the page's cursors.
fn read(answer: &Response) -> (Vec<String>, Option<String>, Option<String>) {
    let answer = answer.json();
    let users = answer["Resources"].as_array().unwrap().iter();
    let names = users.map(|user| user["userName"].as_str().unwrap().to_owned());
    let cursor = |name: &str| answer[name].as_str().map(str::to_owned);
    (
        names.collect(),
        cursor("nextCursor"),
        cursor("previousCursor"),
    )
}

async fn get(tenant: &TestTenant, query: &str) -> (Vec<String>, Option<String>, Option<String>) {
    let answer = tenant.get(&format!("/Users?{query}")).await;
    read(&answer.expect_status(200))
}

/// The detail of an error answer with this status and `scimType`.
#[track_caller]
fn refusal(answer: Response, status: u16, scim_type: Option<&str>) -> String {
    let answer = answer.expect_status(status);
    let error = answer.json();
    assert_eq!(
        error["scimType"].as_str(),
        scim_type,
        "{}",
        answer.describe()
    );
    error["detail"].as_str().unwrap().to_owned()
}

/// shows: C-5.3-01
async fn a_cursor_is_good_on_every_instance(db: Db) {
    let (database, first, here) = serve(db, |_| ()).await;
    let second = Server::start(config_for(&database.url)).await.unwrap();
    let there = here.clone().moved_to(&second);
    create_named(&here, &["a", "b", "c", "d", "e"]).await;

    let (names, next, _) = get(&here, "cursor&count=2").await;
    assert_eq!(names, ["a", "b"]);
    let next = format!("cursor={}&count=2", next.unwrap());
    let (names, further, previous) = get(&there, &next).await;
    assert_eq!(names, ["c", "d"]);
    let previous = format!("cursor={}&count=2", previous.unwrap());
    let (names, _, _) = get(&here, &previous).await;
    assert_eq!(names, ["a", "b"]);

    // No instance keeps anything of it: those that gave it may be gone.
    first.stop().await;
    second.stop().await;
    let third = Server::start(config_for(&database.url)).await.unwrap();
    let there = there.moved_to(&third);
    let (names, end, _) = get(&there, &format!("cursor={}", further.unwrap())).await;
    assert_eq!(names, ["e"]);
    assert_eq!(end, None);
    third.stop().await;
}

/// shows: C-2.1-01 C-2.1-02 C-4-02
async fn a_cursor_expires(db: Db) {
    let (database, hasty, tenant) = serve(db, |config| config.pagination.cursor_seconds = 1).await;
    create_named(&tenant, &["a", "b", "c"]).await;
    let config = tenant.get("/ServiceProviderConfig").await.json();
    assert_eq!(config["pagination"]["cursorTimeout"], 1);

    let (_, next, _) = get(&tenant, "cursor&count=2").await;
    let next = next.unwrap();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let path = format!("/Users?cursor={next}&count=2");
    refusal(tenant.get(&path).await, 400, Some("expiredCursor"));
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "cursor": next,
        "count": 2,
    });
    let answer = tenant.post("/Users/.search", &search).await;
    refusal(answer, 400, Some("expiredCursor"));
    // Only who may use it learns that it is too old.
    let path = format!("/Users?cursor={next}&count=2&filter=title%20pr");
    refusal(tenant.get(&path).await, 400, Some("invalidCursor"));

    // It is its age that counts: a server with more patience takes it.
    let patient = Server::start(config_for(&database.url)).await.unwrap();
    let tenant = tenant.moved_to(&patient);
    let (names, _, _) = get(&tenant, &format!("cursor={next}&count=2")).await;
    assert_eq!(names, ["c"]);
    patient.stop().await;
    hasty.stop().await;
}

/// shows: C-2.4-01 C-4-01 C-4-02
async fn a_server_may_page_by_cursor_unless_asked(db: Db) {
    let (_database, server, tenant) =
        serve(db, |config| config.pagination.is_by_cursor = true).await;
    create_named(&tenant, &["a", "b", "c"]).await;
    let config = tenant.get("/ServiceProviderConfig").await.json();
    let pagination = &config["pagination"];
    assert_eq!(pagination["defaultPaginationMethod"], "cursor");
    assert_eq!(pagination["cursor"], true);
    assert_eq!(pagination["index"], true);

    let plain = tenant.get("/Users?count=2").await.expect_status(200);
    assert_eq!(plain.json()["startIndex"], Value::Null);
    assert_eq!(plain.json()["totalResults"], 3);
    let (names, next, previous) = read(&plain);
    assert_eq!(names, ["a", "b"]);
    assert_eq!(previous, None);
    let (names, next, _) = get(&tenant, &format!("count=2&cursor={}", next.unwrap())).await;
    assert_eq!(names, ["c"]);
    assert_eq!(next, None);

    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "count": 2,
    });
    let searched = tenant.post("/Users/.search", &search).await;
    let searched = searched.expect_status(200).json();
    assert_eq!(searched["startIndex"], Value::Null);
    assert!(searched["nextCursor"].is_string(), "{searched}");

    let indexed = tenant.get("/Users?count=2&startIndex=2").await;
    let indexed = indexed.expect_status(200);
    assert_eq!(indexed.json()["startIndex"], 2);
    assert_eq!(
        read(&indexed),
        (vec!["b".to_owned(), "c".to_owned()], None, None)
    );
    server.stop().await;
}

/// shows: C-2-03 C-2.1-01 C-4-02 C-5.3-01
async fn a_count_beyond_the_maximum_is_cut(db: Db) {
    let (_database, server, tenant) = serve(db, |config| {
        config.limits.default_count = 2;
        config.limits.max_count = 3;
    })
    .await;
    create_named(&tenant, &["a", "b", "c", "d", "e"]).await;
    let config = tenant.get("/ServiceProviderConfig").await.json();
    assert_eq!(config["pagination"]["defaultPageSize"], 2);
    assert_eq!(config["pagination"]["maxPageSize"], 3);

    let (names, next, _) = get(&tenant, "cursor&count=100").await;
    assert_eq!(names, ["a", "b", "c"]);
    let next = next.unwrap();
    // Whatever is cut to the same is the same.
    for count in ["&count=100", "&count=4", "&count=3", ""] {
        let (names, _, _) = get(&tenant, &format!("cursor={next}{count}")).await;
        assert_eq!(names, ["d", "e"], "{count}");
    }
    let path = format!("/Users?cursor={next}&count=2");
    refusal(tenant.get(&path).await, 400, Some("invalidCount"));

    let (names, next, _) = get(&tenant, "cursor").await;
    assert_eq!(names, ["a", "b"]);
    let (names, _, _) = get(&tenant, &format!("cursor={}&count=2", next.unwrap())).await;
    assert_eq!(names, ["c", "d"]);
    server.stop().await;
}

/// shows: C-5.2-04 C-5.2-05
async fn a_damaged_cursor_is_refused_in_the_same_words(db: Db) {
    let tenant = fresh_tenant(db).await;
    create_named(&tenant, &["a", "b", "c"]).await;
    let (_, next, _) = get(&tenant, "cursor&count=2").await;
    let next = next.unwrap();
    let garbage = tenant.get("/Users?cursor=x&count=2").await;
    let words = refusal(garbage, 400, Some("invalidCursor"));
    let cut = (1..next.len()).map(|length| next[..length].to_owned());
    let changed = (0..next.len()).map(|position| {
        let mut text = next.clone().into_bytes();
        text[position] = if text[position] == b'x' { b'y' } else { b'x' };
        String::from_utf8(text).unwrap()
    });
    for cursor in cut.chain(changed).step_by(5) {
        let answer = tenant.get(&format!("/Users?cursor={cursor}&count=2")).await;
        assert_eq!(
            refusal(answer, 400, Some("invalidCursor")),
            words,
            "{cursor}"
        );
    }
    let (names, _, _) = get(&tenant, &format!("cursor={next}&count=2")).await;
    assert_eq!(names, ["c"]);
}

/// shows: C-5.2-02 C-5.2-03
async fn a_token_revoked_between_pages_ends_the_walk(db: Db) {
    let (_database, server, tenant) = serve(db, |_| ()).await;
    create_named(&tenant, &["a", "b", "c"]).await;
    let service = server.service();
    let owner = admin::get_tenant(service, &tenant.name).await.unwrap();
    let connection = admin::get_connection(service, &owner, "test")
        .await
        .unwrap();
    let token = admin::create_token(service, &connection, Some("read"), None, None).await;
    let token = token.unwrap();
    let mut reader = tenant.clone();
    reader.token.clone_from(&token.secret);

    let (names, next, _) = get(&reader, "cursor&count=2").await;
    assert_eq!(names, ["a", "b"]);
    let path = format!("/Users?cursor={}&count=2", next.unwrap());
    admin::revoke_token(service, &owner, &token.id)
        .await
        .unwrap();
    refusal(reader.get(&path).await, 401, None);
    // Other rights are another caller, even of the same connection.
    refusal(tenant.get(&path).await, 400, Some("invalidCursor"));
    server.stop().await;
}
