//! A new list of indexed attributes: pending until every resource has been visited, while the server serves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use muster::config::Config;
use muster::server::{Server, open_service};
use muster::service::Progress;
use serde_json::{Value, json};

use crate::support::http::Response;
use crate::support::server::{TestTenant, config_for, fresh_tenant_on, patch_of, user};
use crate::support::{Db, forgotten, fresh_database};

on_both_databases!(
    a_new_index_is_used_when_it_is_complete,
    an_interrupted_reindex_goes_on_where_it_stopped,
    writes_during_a_reindex_are_in_the_index,
    a_list_that_shrinks_and_grows_again_is_pending_again,
);

/// Settings under which a query may look at one resource only: more needs an index.
async fn narrow(db: Db) -> (crate::support::server::TestDatabase, Config) {
    let database = fresh_database(db).await;
    let mut config = config_for(&database.url);
    config.limits.scan = 1;
    (database, config)
}

fn with_titles(config: &Config) -> Config {
    Config {
        index: vec!["User:title".to_owned()],
        ..config.clone()
    }
}

/// Creates users with a title, in one bulk request.
async fn create_titled(tenant: &TestTenant, prefix: &str, count: usize, title: &str) {
    let operations: Vec<Value> = (0..count)
        .map(|number| {
            let mut data = user(&format!("{prefix}{number}"));
            data["title"] = json!(title);
            json!({"method": "POST", "path": "/Users", "bulkId": number.to_string(), "data": data})
        })
        .collect();
    let request = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations,
    });
    let answer = tenant.post("/Bulk", &request).await.expect_status(200);
    let done = answer.json();
    let done = done["Operations"].as_array().unwrap();
    assert!(
        done.iter().all(|one| one["status"] == "201"),
        "{}",
        answer.describe()
    );
}

async fn titled(tenant: &TestTenant, operator: &str, value: &str) -> Response {
    let request = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": format!("title {operator} \"{value}\""),
        "count": 0,
    });
    tenant.post("/Users/.search", &request).await
}

async fn total(tenant: &TestTenant, operator: &str, value: &str) -> Value {
    let found = titled(tenant, operator, value).await.expect_status(200);
    found.json()["totalResults"].clone()
}

async fn a_new_index_is_used_when_it_is_complete(db: Db) {
    let (_database, config) = narrow(db).await;
    let server = Server::start(config.clone()).await.unwrap();
    let mut tenant = fresh_tenant_on(&server).await;
    for (number, title) in ["Tour Guide", "tour guide", "Director"].iter().enumerate() {
        create_titled(&tenant, &format!("user{number}-"), 1, title).await;
    }
    // Without the index all of them would have to be looked at.
    let refused = titled(&tenant, "co", "guide").await.expect_status(400);
    assert_eq!(refused.json()["scimType"], "tooMany");
    server.stop().await;

    let server = Server::start(with_titles(&config)).await.unwrap();
    tenant = tenant.moved_to(&server);
    // What is written from now on has rows; what was there before has none, so the index is not relied on.
    create_titled(&tenant, "late", 1, "Guide").await;
    let refused = titled(&tenant, "co", "guide").await.expect_status(400);
    assert_eq!(refused.json()["scimType"], "tooMany");

    let operator = open_service(&config).await.unwrap();
    let list = with_titles(&config).index;
    let seen = AtomicU64::new(0);
    let note = |progress: Progress| {
        assert_eq!(progress.total, 4);
        seen.store(progress.done, Ordering::Relaxed);
    };
    assert_eq!(operator.reindex(&list, note).await.unwrap(), 4);
    forgotten().await;
    assert_eq!(seen.load(Ordering::Relaxed), 4);
    operator.store.close().await;

    // The running server relies on it from then on.
    for (operator, value, expected) in [
        ("eq", "Tour Guide", 2),
        ("eq", "Director", 1),
        ("co", "guide", 3),
        ("sw", "d", 1),
        ("eq", "nobody", 0),
    ] {
        assert_eq!(
            total(&tenant, operator, value).await,
            expected,
            "{operator} {value}"
        );
    }
    server.stop().await;
    Server::start(with_titles(&config))
        .await
        .unwrap()
        .stop()
        .await;
}

async fn an_interrupted_reindex_goes_on_where_it_stopped(db: Db) {
    let (_database, config) = narrow(db).await;
    let server = Server::start(config.clone()).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    create_titled(&tenant, "user", 450, "Guide").await;
    server.stop().await;
    let server = Server::start(with_titles(&config)).await.unwrap();
    let tenant = tenant.moved_to(&server);
    let list = with_titles(&config).index;
    let operator = open_service(&config).await.unwrap();
    let (reached, met) = (tokio::sync::Notify::new(), AtomicU64::new(0));
    let note = |progress: Progress| {
        met.store(progress.done, Ordering::Relaxed);
        reached.notify_one();
    };
    tokio::select! {
        biased;
        () = reached.notified() => {}
        done = operator.reindex(&list, note) => panic!("not interrupted: {done:?}"),
    }
    let first = met.load(Ordering::Relaxed);
    assert!((1..450).contains(&first), "{first}");
    titled(&tenant, "eq", "guide").await.expect_status(400);

    let began = AtomicU64::new(0);
    let note = |progress: Progress| {
        _ = began.compare_exchange(0, progress.done, Ordering::Relaxed, Ordering::Relaxed);
    };
    let done = operator.reindex(&list, note).await.unwrap();
    forgotten().await;
    assert_eq!(done, 450);
    assert!(began.load(Ordering::Relaxed) > first, "it began anew");
    assert_eq!(total(&tenant, "eq", "guide").await, 450);
    operator.store.close().await;
    server.stop().await;
}

async fn writes_during_a_reindex_are_in_the_index(db: Db) {
    let (_database, config) = narrow(db).await;
    let server = Server::start(config.clone()).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    create_titled(&tenant, "user", 600, "Guide").await;
    server.stop().await;
    let server = Server::start(with_titles(&config)).await.unwrap();
    let tenant = Arc::new(tenant.moved_to(&server));
    let list = with_titles(&config).index;
    let operator = open_service(&config).await.unwrap();
    let ids: Vec<String> = {
        let page = tenant.get("/Users?count=1000&attributes=id").await.json();
        let users = page["Resources"].as_array().unwrap();
        users
            .iter()
            .map(|user| user["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let writer = {
        let (tenant, ids) = (Arc::clone(&tenant), ids.clone());
        tokio::spawn(async move {
            // From both ends towards the middle, so that some are written before they are visited and some after.
            for (number, id) in ids.iter().enumerate().filter(|(number, _)| number % 3 == 0) {
                let path = format!("/Users/{id}");
                let change = json!([{"op": "replace", "path": "title", "value": "Director"}]);
                tenant
                    .patch(&path, &patch_of(&change))
                    .await
                    .expect_status(200);
                if number % 30 == 0 {
                    create_titled(&tenant, &format!("new{number}-"), 1, "Director").await;
                }
            }
        })
    };
    operator.reindex(&list, |_| ()).await.unwrap();
    forgotten().await;
    writer.await.unwrap();
    assert_eq!(total(&tenant, "eq", "director").await, 200 + 20);
    assert_eq!(total(&tenant, "eq", "guide").await, 400);
    operator.store.close().await;
    Arc::into_inner(tenant).unwrap();
    server.stop().await;
}

async fn a_list_that_shrinks_and_grows_again_is_pending_again(db: Db) {
    let (_database, config) = narrow(db).await;
    let server = Server::start(with_titles(&config)).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    create_titled(&tenant, "user", 2, "Guide").await;
    assert_eq!(total(&tenant, "eq", "guide").await, 2);
    server.stop().await;

    // Without the attribute in the list its rows are not kept.
    let server = Server::start(config.clone()).await.unwrap();
    let tenant = tenant.moved_to(&server);
    titled(&tenant, "eq", "guide").await.expect_status(400);
    let users = tenant.get("/Users?attributes=id").await.json();
    let path = format!("/Users/{}", users["Resources"][0]["id"].as_str().unwrap());
    let change = patch_of(&json!([{"op": "replace", "path": "title", "value": "Director"}]));
    tenant.patch(&path, &change).await.expect_status(200);
    server.stop().await;

    let server = Server::start(with_titles(&config)).await.unwrap();
    let tenant = tenant.moved_to(&server);
    titled(&tenant, "eq", "guide").await.expect_status(400);
    // A row is left from before; a write puts its own in its place.
    let change = patch_of(&json!([{"op": "replace", "path": "title", "value": "Clerk"}]));
    tenant.patch(&path, &change).await.expect_status(200);
    let list = with_titles(&config).index;
    server.service().reindex(&list, |_| ()).await.unwrap();
    assert_eq!(total(&tenant, "eq", "guide").await, 1);
    assert_eq!(total(&tenant, "eq", "clerk").await, 1);
    assert_eq!(total(&tenant, "eq", "director").await, 0);
    server.stop().await;
}
