//! Pages by `startIndex` over more keys than one counter stands for.

use muster::server::Server;
use serde_json::Value;
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::support::server::{config_for, fresh_tenant_on, id_of, user};
use crate::support::{Db, fresh_database};

on_both_databases!(every_page_begins_where_it_must);

/// The next resource gets a key that another counter counts.
async fn skip_keys(db: Db, url: &str) {
    match db {
        Db::Sqlite => {
            let mut connection = SqliteConnection::connect(url).await.unwrap();
            sqlx::query("UPDATE sqlite_sequence SET seq = seq + 4096 WHERE name = 'resource'")
                .execute(&mut connection)
                .await
                .unwrap();
        }
        Db::Postgres => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::query("SELECT setval(pg_get_serial_sequence('resource', 'resource_key'), nextval(pg_get_serial_sequence('resource', 'resource_key')) + 4096)")
                .execute(&mut connection)
                .await
                .unwrap();
        }
    }
}

async fn every_page_begins_where_it_must(db: Db) {
    let database = fresh_database(db).await;
    let server = Server::start(config_for(&database.url)).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    let mut ids = Vec::new();
    // Counters of nobody, of one, of several, and of those who have gone.
    for people in [3, 0, 1, 2, 0, 0, 4] {
        for _ in 0..people {
            let name = format!("user {}", ids.len());
            ids.push(id_of(&tenant.post("/Users", &user(&name)).await));
        }
        tenant.create_group(&[]).await;
        skip_keys(db, &database.url).await;
    }
    // One of the last counter, and all of the third.
    for position in [8, 3] {
        let gone = tenant.delete(&format!("/Users/{}", ids[position])).await;
        gone.expect_status(204);
        ids.remove(position);
    }
    for start in 1..=ids.len() + 2 {
        for count in [1, 2, ids.len()] {
            let path = format!("/Users?startIndex={start}&count={count}&attributes=id");
            let page = tenant.get(&path).await.expect_status(200).json();
            let shown: Vec<&str> = page["Resources"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|one| one["id"].as_str())
                .collect();
            let expected: Vec<&str> = ids
                .iter()
                .skip(start - 1)
                .take(count)
                .map(String::as_str)
                .collect();
            assert_eq!(shown, expected, "{path}");
            assert_eq!(page["totalResults"], Value::from(ids.len()), "{path}");
        }
    }
    server.stop().await;
}
