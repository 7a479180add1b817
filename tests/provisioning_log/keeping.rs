//! Which requests are kept, for how long, and what happens when they cannot be.

use muster::server::{Server, log_url};
use muster::store::log::{Entry, LogStore, Wanted};
use serde_json::json;
use sqlx::{Connection, PgConnection, SqliteConnection};

use super::{Logged, of_request};
use crate::support::Db;
use crate::support::server::{id_of, scim_request, user};

on_both_databases!(
    a_mode_says_which_requests_are_kept,
    without_a_log_nothing_is_kept,
    old_entries_are_removed,
    entries_outlive_the_server,
    what_waits_is_written_when_the_server_stops,
    a_log_that_cannot_be_written_stops_no_request,
    a_log_of_its_own_database_is_kept_there,
    many_requests_at_once_are_all_kept,
);

async fn a_mode_says_which_requests_are_kept(db: Db) {
    for (mode, expected) in [
        (
            "all",
            &[
                "GET 200",
                "POST 201",
                "POST 200",
                "GET 404",
                "POST 409",
                "PATCH 400",
                "DELETE 204",
            ][..],
        ),
        (
            "changes",
            &["POST 201", "GET 404", "POST 409", "PATCH 400", "DELETE 204"],
        ),
        ("failures", &["GET 404", "POST 409", "PATCH 400"]),
    ] {
        let logged = Logged::with(db, "generic", |config| {
            mode.clone_into(&mut config.provisioning_log.mode);
        })
        .await;
        let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]});
        logged.call("GET", "/Users", None).await.expect_status(200);
        let id = id_of(&logged.call("POST", "/Users", Some(&user("bjensen"))).await);
        let path = format!("/Users/{id}");
        logged
            .call("POST", "/Users/.search", Some(&search))
            .await
            .expect_status(200);
        logged
            .call("GET", "/Users/nobody", None)
            .await
            .expect_status(404);
        logged
            .call("POST", "/Users", Some(&user("bjensen")))
            .await
            .expect_status(409);
        logged
            .call("PATCH", &path, Some(&json!({})))
            .await
            .expect_status(400);
        logged.call("DELETE", &path, None).await.expect_status(204);
        let all = logged.all().await;
        let kept: Vec<String> = all
            .iter()
            .map(|entry| format!("{} {}", entry.method, entry.status))
            .collect();
        assert_eq!(kept, expected, "{mode}");
        logged.stop().await;
    }
}

async fn without_a_log_nothing_is_kept(db: Db) {
    let logged = Logged::with(db, "generic", |config| {
        "off".clone_into(&mut config.provisioning_log.mode);
    })
    .await;
    logged
        .call("POST", "/Users", Some(&user("bjensen")))
        .await
        .expect_status(201);
    logged
        .call("GET", "/Users/nobody", None)
        .await
        .expect_status(404);
    // Whatever waits is written before the server has stopped.
    let (config, _database) = (logged.config.clone(), logged.database);
    logged.server.stop().await;
    let log = LogStore::open(&log_url(&config)).await.unwrap();
    let kept = log
        .list(&Wanted {
            limit: 10,
            ..Wanted::default()
        })
        .await
        .unwrap();
    assert!(kept.is_empty(), "{kept:?}");
}

async fn old_entries_are_removed(db: Db) {
    const DAY: i64 = 86_400_000_000;
    let logged = Logged::with(db, "generic", |config| config.provisioning_log.days = 30).await;
    let answer = logged.call("GET", "/Users", None).await;
    let now = logged.entry(&answer).await.at;
    let old = |days: i64| Entry {
        at: now - days * DAY,
        request_id: format!("days-{days}"),
        headers: "{}".to_owned(),
        outcome: "ok".to_owned(),
        ..Entry::default()
    };
    // Entries are in the order of their time; more than go at once are old.
    let mut entries: Vec<Entry> = Vec::new();
    for days in [400, 40, 31] {
        entries.extend((0..2_500).map(|_| old(days)));
    }
    entries.extend([old(29), old(1)]);
    // They come before the others.
    logged.log.prune(now + DAY).await.unwrap();
    logged.log.append(entries).await.unwrap();
    let (config, database) = (logged.config.clone(), logged.database);
    logged.server.stop().await;
    logged.log.close().await;
    let server = Server::start(config.clone()).await.unwrap();
    let log = LogStore::open(&log_url(&config)).await.unwrap();
    let started = std::time::Instant::now();
    let left = loop {
        let left = log
            .list(&Wanted {
                limit: 10_000,
                is_ascending: true,
                ..Wanted::default()
            })
            .await
            .unwrap();
        if left.len() <= 2 {
            break left;
        }
        assert!(started.elapsed() < super::PATIENCE, "{} left", left.len());
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let ids: Vec<&str> = left.iter().map(|entry| entry.request_id.as_str()).collect();
    assert_eq!(ids, ["days-29", "days-1"]);
    // At the limit itself: what is exactly as old is kept.
    assert_eq!(log.prune(left[0].at).await.unwrap(), 0);
    assert_eq!(log.prune(left[0].at + 1).await.unwrap(), 1);
    log.close().await;
    server.stop().await;
    drop(database);
}

async fn entries_outlive_the_server(db: Db) {
    let logged = Logged::new(db).await;
    let created = logged.call("POST", "/Users", Some(&user("bjensen"))).await;
    let before = logged.entry(&created).await;
    let (config, database) = (logged.config.clone(), logged.database);
    logged.server.stop().await;
    let server = Server::start(config.clone()).await.unwrap();
    assert_eq!(
        logged.log.get(before.key).await.unwrap(),
        Some(before.clone())
    );
    let request = scim_request(
        &logged.token,
        "GET",
        "/Users",
        &[("X-Request-Id", "later")],
        None,
    );
    crate::support::http::send(&server.root_url(), request)
        .await
        .unwrap()
        .expect_status(200);
    server.stop().await;
    let later = logged.log.list(&of_request("later")).await.unwrap();
    assert!(later[0].key > before.key, "{later:?}");
    drop(database);
}

async fn what_waits_is_written_when_the_server_stops(db: Db) {
    let logged = Logged::new(db).await;
    for _ in 0..40 {
        let request = scim_request(
            &logged.token,
            "GET",
            "/Users",
            &[("X-Request-Id", "waits")],
            None,
        );
        logged.send(request).await.expect_status(200);
    }
    logged.server.stop().await;
    let mut wanted = of_request("waits");
    wanted.limit = 100;
    assert_eq!(logged.log.list(&wanted).await.unwrap().len(), 40);
}

/// Runs a statement on the log's database.
async fn run_sql(db: Db, url: &str, statement: &'static str) {
    match db {
        Db::Sqlite => {
            let mut connection = SqliteConnection::connect(url).await.unwrap();
            sqlx::raw_sql(statement)
                .execute(&mut connection)
                .await
                .unwrap();
        }
        Db::Postgres => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql(statement)
                .execute(&mut connection)
                .await
                .unwrap();
        }
    }
}

async fn a_log_that_cannot_be_written_stops_no_request(db: Db) {
    let logged = Logged::new(db).await;
    let first = logged.call("POST", "/Users", Some(&user("bjensen"))).await;
    logged.entry(&first).await;
    let url = log_url(&logged.config);
    run_sql(
        db,
        &url,
        "ALTER TABLE request_log RENAME TO request_log_away",
    )
    .await;
    let path = format!("/Users/{}", id_of(&first));
    for number in 0..20 {
        logged
            .call("POST", "/Users", Some(&user(&format!("user {number}"))))
            .await
            .expect_status(201);
        logged.call("GET", &path, None).await.expect_status(200);
    }
    logged
        .call("GET", "/Users/nobody", None)
        .await
        .expect_status(404);
    // The writer is given the time to fail before it gets its table back.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    run_sql(
        db,
        &url,
        "ALTER TABLE request_log_away RENAME TO request_log",
    )
    .await;
    let last = logged.call("DELETE", &path, None).await.expect_status(204);
    let entry = logged.entry(&last).await;
    assert_eq!(entry.method, "DELETE");
    logged.stop().await;
}

async fn a_log_of_its_own_database_is_kept_there(db: Db) {
    let other = crate::support::fresh_database(db).await;
    let url = other.url.clone();
    let logged = Logged::with(db, "generic", |config| {
        config.provisioning_log.database = Some(url);
    })
    .await;
    let answer = logged.call("GET", "/Users", None).await;
    logged.entry(&answer).await;
    let mut config = logged.config.clone();
    config.provisioning_log.database = None;
    let beside = LogStore::open(&log_url(&config)).await.unwrap();
    let kept = beside
        .list(&Wanted {
            limit: 10,
            ..Wanted::default()
        })
        .await
        .unwrap();
    assert!(kept.is_empty(), "{kept:?}");
    beside.close().await;
    logged.stop().await;
}

async fn many_requests_at_once_are_all_kept(db: Db) {
    let logged = Logged::new(db).await;
    let requests = (0..600).map(|number| {
        let id = format!("n-{number}");
        let request = scim_request(
            &logged.token,
            "GET",
            "/Users?count=0",
            &[("X-Request-Id", &id)],
            None,
        );
        logged.send(request)
    });
    let answers: Vec<_> = futures_util::StreamExt::collect(
        futures_util::StreamExt::buffer_unordered(futures_util::stream::iter(requests), 24),
    )
    .await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let all = logged.all().await;
    let mut ids: Vec<&str> = all.iter().map(|entry| entry.request_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 600);
    logged.stop().await;
}
