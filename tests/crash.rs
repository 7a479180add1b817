//! `kill -9` while clients write: what was acknowledged is there afterwards, and nothing is half there.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::support::http::{Response, send};
use crate::support::process::Instance;
use crate::support::server::{add_member, id_of, member_ids, patch_of, scim_request, user};
use crate::support::{Db, fresh_database, unique};

/// The first connection's token, given to the server from outside.
const TOKEN: &str = "a-bootstrap-token-of-forty-characters-00";
const ENVIRONMENT: [(&str, &str); 1] = [("MUSTER_SERVER__BOOTSTRAP_TOKEN", TOKEN)];
const ROUNDS: usize = 3;
const WRITERS: usize = 8;

on_both_databases!(acknowledged_writes_survive_kill_9);

/// What a writer knows of a user it created.
#[derive(Debug)]
struct Written {
    id: String,
    user_name: String,
    /// The value of both names in the last write that was acknowledged.
    name: String,
    /// The value that was sent last; acknowledged or not.
    last_sent: String,
    is_member: bool,
}

async fn acknowledged_writes_survive_kill_9(db: Db) {
    let database = fresh_database(db).await;
    let mut instance = Instance::spawn(&database.url, &ENVIRONMENT);
    let mut root = instance.root();
    let group = create_group(&root).await;
    let mut journal: Vec<Written> = Vec::new();
    for _ in 0..ROUNDS {
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| tokio::spawn(write_until_killed(root.clone(), group.clone())))
            .collect();
        tokio::time::sleep(random_wait()).await;
        instance.kill();
        let before = journal.len();
        for writer in writers {
            journal.extend(writer.await.unwrap());
        }
        assert!(journal.len() > before, "nothing was written in this round");
        instance = Instance::spawn(&database.url, &ENVIRONMENT);
        root = instance.root();
        check_resources(&root, &group, &journal).await;
        if db == Db::Sqlite {
            check_sqlite_file(&database.url).await;
        }
    }
    instance.signal("TERM");
    assert!(instance.wait().status.success());
}

/// Between a quarter of a second and a second.
fn random_wait() -> Duration {
    let random = u64::from_str_radix(&unique(), 16).unwrap();
    Duration::from_millis(250 + random % 750)
}

async fn request(
    root: &str,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> Result<Response, String> {
    let response = send(root, scim_request(TOKEN, method, path, &[], body)).await?;
    assert!(response.is_success(), "{}", response.describe());
    Ok(response)
}

async fn create_group(root: &str) -> String {
    let group = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "everyone",
    });
    let created = request(root, "POST", "/Groups", Some(&group)).await;
    id_of(&created.unwrap())
}

/// Creates users, changes them and adds them to the group until no answer comes any more.
async fn write_until_killed(root: String, group: String) -> Vec<Written> {
    let mut journal = Vec::new();
    loop {
        if write_one(&root, &group, &mut journal).await.is_err() {
            return journal;
        }
    }
}

async fn write_one(root: &str, group: &str, journal: &mut Vec<Written>) -> Result<(), String> {
    let (user_name, first, second) = (unique(), unique(), unique());
    let mut document = user(&user_name);
    // Two attributes with one value: a write that is half applied shows.
    document["displayName"] = json!(first);
    document["nickName"] = json!(first);
    let created = request(root, "POST", "/Users", Some(&document)).await?;
    let id = id_of(&created);
    journal.push(Written {
        id: id.clone(),
        user_name,
        name: first,
        last_sent: second.clone(),
        is_member: false,
    });
    let written = journal.last_mut().unwrap();
    let change = json!([
        {"op": "replace", "path": "displayName", "value": second},
        {"op": "replace", "path": "nickName", "value": second},
    ]);
    let path = format!("/Users/{id}");
    request(root, "PATCH", &path, Some(&patch_of(&change))).await?;
    written.name = second;
    let path = format!("/Groups/{group}");
    request(root, "PATCH", &path, Some(&add_member(&id))).await?;
    written.is_member = true;
    Ok(())
}

async fn check_resources(root: &str, group: &str, journal: &[Written]) {
    let path = format!("/Groups/{group}");
    let document = request(root, "GET", &path, None).await.unwrap().json();
    let members = member_ids(&document);
    // After the group: a member that is written meanwhile cannot be missing here.
    let users = all_users(root).await;
    for user in users.values() {
        assert_eq!(
            user["displayName"], user["nickName"],
            "half applied: {user}"
        );
    }
    for id in &members {
        assert!(users.contains_key(id), "member {id} does not exist");
    }
    for written in journal {
        let user = users.get(&written.id);
        let user = user.unwrap_or_else(|| panic!("lost: {written:?}"));
        let name = user["displayName"].as_str().unwrap();
        let is_kept = name == written.name || name == written.last_sent;
        assert!(is_kept, "expected {written:?}, found {user}");
        let is_listed = members.binary_search(&written.id).is_ok();
        assert!(is_listed || !written.is_member, "not a member: {written:?}");
    }
    for written in journal.iter().rev().take(50) {
        let path = format!("/Users?filter=userName%20eq%20%22{}%22", written.user_name);
        let found = request(root, "GET", &path, None).await.unwrap().json();
        let ids = found["Resources"].as_array().into_iter().flatten();
        let ids: Vec<&Value> = ids.map(|user| &user["id"]).collect();
        assert_eq!(ids, [&json!(written.id)], "by userName: {written:?}");
    }
}

/// Every user by id, read page by page.
async fn all_users(root: &str) -> BTreeMap<String, Value> {
    let mut users = BTreeMap::new();
    let mut start = 1;
    loop {
        let path = format!("/Users?startIndex={start}&count=200");
        let page = request(root, "GET", &path, None).await.unwrap().json();
        let resources = page["Resources"].as_array();
        let Some(resources) = resources.filter(|resources| !resources.is_empty()) else {
            return users;
        };
        start += resources.len();
        for user in resources {
            users.insert(user["id"].as_str().unwrap().to_owned(), user.clone());
        }
    }
}

async fn check_sqlite_file(url: &str) {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let integrity: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(integrity, ["ok"]);
    let broken = sqlx::query("PRAGMA foreign_key_check")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert!(broken.is_empty(), "{} broken foreign keys", broken.len());
    connection.close().await.unwrap();
}
