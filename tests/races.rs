//! Requests that meet: what must hold when clients write the same thing at the same time, on PostgreSQL through two
//! instances, so that nothing but the database can keep them apart.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all};
use muster::server::open_service;
use muster::service::upkeep;
use muster::store::{Store, Transaction};
use serde_json::{Value, json};

use crate::support::server::{TestTenant, add_member, dangling_memberships, id_of, patch_of, user};
use crate::support::server::{config_for, open_transactions};
use crate::support::server::{on_server, recorded, service};
use crate::support::{Db, fresh_database, fresh_tenant, http::Response, unique};

on_both_databases!(
    one_of_many_creates_of_a_user_name_wins,
    parallel_adds_to_one_group_are_all_kept,
    each_step_of_a_hot_group_has_a_version_and_a_record_of_its_own,
    many_adds_of_one_user_are_one,
    many_removals_of_one_user_are_one,
    one_of_many_replaces_of_a_version_wins,
    changes_of_a_user_beside_those_of_bulk_requests_are_all_kept,
    parallel_adds_and_removes_are_all_kept,
    a_deleted_user_is_in_no_group,
    what_is_given_up_leaves_no_transaction_open,
    an_answer_shows_the_resource_of_its_version,
    reads_at_the_same_time_answer_what_was_asked,
    what_is_counted_while_counters_are_put_together_is_counted,
);

/// shows: P-3.3-08
async fn one_of_many_creates_of_a_user_name_wins(db: Db) {
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let user = user("bjensen@example.com");
    let answers = join_all((0..64).map(|_| tenant.post("/Users", &user))).await;
    let (created, refused): (Vec<Response>, Vec<Response>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    for answer in &refused {
        let is_conflict = answer.status == 409 && answer.json()["scimType"] == "uniqueness";
        assert!(is_conflict, "{}", answer.describe());
    }
    assert_eq!((created.len(), refused.len()), (1, 63));
    let list = tenant.get("/Users").await.expect_status(200).json();
    assert_eq!(list["totalResults"], 1);
}

/// shows: P-3.5.2-25
async fn parallel_adds_to_one_group_are_all_kept(db: Db) {
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let users = create_users(&tenant, 50).await;
    let group = tenant.create_group(&[]).await;
    let path = format!("/Groups/{group}");
    let answers = join_all(users.iter().map(|id| {
        let change = add_member(id);
        let (tenant, path) = (&tenant, &path);
        async move { tenant.patch(path, &change).await }
    }))
    .await;
    assert_all_succeeded(&answers);
    assert_eq!(tenant.members(&group).await, users);
}

/// Five hot groups, everybody into each and out again: what one statement does to a group, no other one may lose. (Requests go to both
/// instances in turn: with an even number of groups, each would have an instance of its own.)
async fn each_step_of_a_hot_group_has_a_version_and_a_record_of_its_own(db: Db) {
    const USERS: i64 = 40;
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let users = create_users(&tenant, USERS.unsigned_abs().try_into().unwrap()).await;
    let groups = join_all((0..5).map(|_| tenant.create_group(&[]))).await;
    let leave = |user: &str| {
        patch_of(&json!([{"op": "remove", "path": format!("members[value eq \"{user}\"]")}]))
    };
    for (word, first) in [("added", 2), ("removed", USERS + 2)] {
        let is_added = word == "added";
        let steps = users.iter().flat_map(|user| {
            let change = if is_added {
                add_member(user)
            } else {
                leave(user)
            };
            let tenant = &tenant;
            groups.iter().map(move |group| {
                let (path, change) = (format!("/Groups/{group}"), change.clone());
                async move { tenant.patch(&path, &change).await }
            })
        });
        let answers = join_all(steps).await;
        assert_all_succeeded(&answers);
        for (position, group) in groups.iter().enumerate() {
            let own = answers.iter().skip(position).step_by(groups.len());
            let etags: BTreeSet<&str> = own.filter_map(|answer| answer.header("ETag")).collect();
            assert_eq!(etags.len(), users.len(), "{etags:?}");
            let members = if is_added { users.as_slice() } else { &[] };
            assert_eq!(tenant.members(group).await, members);
            let records = recorded(db, &tenant, group).await;
            let versions: BTreeSet<i64> = records.iter().filter_map(|one| one.version).collect();
            assert!(versions.into_iter().eq(1..first + USERS), "{records:?}");
            let own = records
                .iter()
                .filter(|one| one.version.is_some_and(|version| version >= first));
            let moved = own.map(|one| {
                let detail: Value = serde_json::from_str(&one.detail).unwrap();
                detail["members"][word][0].as_str().map(str::to_owned)
            });
            let moved: BTreeSet<String> = moved.flatten().collect();
            assert!(moved.iter().eq(users.iter()), "{records:?}");
            let shown = tenant.get(&format!("/Groups/{group}")).await;
            let last = records.last().map(|one| one.at).unwrap();
            let modified = shown.json()["meta"]["lastModified"].clone();
            assert_eq!(modified, muster::resource::timestamp(last));
        }
    }
}

async fn many_adds_of_one_user_are_one(db: Db) {
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let user = tenant.create_user(&unique()).await;
    let group = tenant.create_group(&[]).await;
    let path = format!("/Groups/{group}");
    let change = add_member(&user);
    let answers = join_all((0..24).map(|_| tenant.patch(&path, &change))).await;
    assert_all_succeeded(&answers);
    assert_eq!(tenant.members(&group).await, [user]);
    assert_eq!(recorded(db, &tenant, &group).await.len(), 2);
    let again = tenant.patch(&path, &change).await;
    assert_all_succeeded(&[again]);
    assert_eq!(recorded(db, &tenant, &group).await.len(), 2);
}

async fn many_removals_of_one_user_are_one(db: Db) {
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let user = tenant.create_user(&unique()).await;
    let group = tenant.create_group(std::slice::from_ref(&user)).await;
    let path = format!("/Groups/{group}");
    let change =
        patch_of(&json!([{"op": "remove", "path": format!("members[value eq \"{user}\"]")}]));
    let answers = join_all((0..24).map(|_| tenant.patch(&path, &change))).await;
    assert_all_succeeded(&answers);
    assert!(tenant.members(&group).await.is_empty());
    assert_eq!(recorded(db, &tenant, &group).await.len(), 2);
}

/// shows: H-9110-03 P-3.14-05 P-3.14-08
async fn one_of_many_replaces_of_a_version_wins(db: Db) {
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let created = tenant.post("/Users", &user("bjensen")).await;
    let created = created.expect_status(201);
    let etag = created.header("ETag").expect("an ETag").to_owned();
    let path = format!("/Users/{}", id_of(&created));
    let answers = join_all((0..20).map(|number| {
        let mut document = user("bjensen");
        document["displayName"] = json!(format!("replacement {number}"));
        let (tenant, path, etag) = (&tenant, &path, &etag);
        async move {
            let headers = [("If-Match", etag.as_str())];
            tenant.request("PUT", path, &headers, Some(&document)).await
        }
    }))
    .await;
    let (replaced, refused): (Vec<Response>, Vec<Response>) =
        answers.into_iter().partition(|answer| answer.status == 200);
    for answer in &refused {
        assert!(answer.status == 412, "{}", answer.describe());
    }
    assert_eq!((replaced.len(), refused.len()), (1, 19));
    let kept = tenant.get(&path).await.expect_status(200);
    assert_eq!(
        kept.json()["displayName"],
        replaced[0].json()["displayName"]
    );
    // Without If-Match the last writer wins.
    tenant.put(&path, &user("bjensen")).await.expect_status(200);
}

/// A change reads the user before its turn to write has come, and bulk requests write meanwhile: what they wrote is not written over.
async fn changes_of_a_user_beside_those_of_bulk_requests_are_all_kept(db: Db) {
    const CHANGES: usize = 30;
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let created = tenant.post("/Users", &user("bjensen")).await;
    let id = id_of(&created.expect_status(201));
    let number = |number: usize| format!("+49 30 {number:04}");
    let addition = |value: String| {
        let numbers = json!([{"value": value, "type": "other"}]);
        patch_of(&json!([{"op": "add", "path": "phoneNumbers", "value": numbers}]))
    };
    let path = format!("/Users/{id}");
    let single = join_all((0..CHANGES).map(|change| {
        let change = addition(number(change));
        let (tenant, path) = (&tenant, &path);
        async move { tenant.patch(path, &change).await }
    }));
    let bulk = join_all((CHANGES..2 * CHANGES).map(|change| {
        let data = addition(number(change));
        let operation = json!({"method": "PATCH", "path": path, "data": data});
        let schema = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
        let request = json!({"schemas": [schema], "Operations": [operation]});
        let tenant = &tenant;
        async move { tenant.post("/Bulk", &request).await }
    }));
    let (single, bulk) = join(single, bulk).await;
    assert_all_succeeded(&single);
    for answer in &bulk {
        let status = answer.json()["Operations"][0]["status"].clone();
        assert!(status == "200", "{}", answer.describe());
    }
    let kept = tenant.get(&path).await.expect_status(200).json();
    let values = kept["phoneNumbers"].as_array().cloned().unwrap_or_default();
    let values: BTreeSet<_> = values
        .iter()
        .filter_map(|one| one["value"].as_str().map(str::to_owned))
        .collect();
    let expected: BTreeSet<_> = (0..2 * CHANGES).map(number).collect();
    assert_eq!(values, expected);
}

/// shows: P-3.5.2-25
async fn parallel_adds_and_removes_are_all_kept(db: Db) {
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let leaving = create_users(&tenant, 25).await;
    let joining = create_users(&tenant, 25).await;
    let group = tenant.create_group(&leaving).await;
    let path = format!("/Groups/{group}");
    let removes = leaving.iter().map(|id| {
        let filter = format!("members[value eq \"{id}\"]");
        patch_of(&json!([{"op": "remove", "path": filter}]))
    });
    let adds = joining.iter().map(|id| add_member(id));
    let answers = join_all(removes.zip(adds).flat_map(<[_; 2]>::from).map(|change| {
        let (tenant, path) = (&tenant, &path);
        async move { tenant.patch(path, &change).await }
    }))
    .await;
    assert_all_succeeded(&answers);
    assert_eq!(tenant.members(&group).await, joining);
}

/// shows: P-3.6-03
async fn a_deleted_user_is_in_no_group(db: Db) {
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let groups = join_all((0..8).map(|_| tenant.create_group(&[]))).await;
    for _ in 0..10 {
        let user = tenant.create_user(&unique()).await;
        let change = add_member(&user);
        let adds = async |group: &String| {
            let path = format!("/Groups/{group}");
            tenant.patch(&path, &change).await
        };
        let path = format!("/Users/{user}");
        let (added, deleted) =
            tokio::join!(join_all(groups.iter().map(adds)), tenant.delete(&path));
        deleted.expect_status(204);
        for answer in added {
            // An add that comes too late is the client's error, never the server's.
            let is_fine = answer.is_success() || (400..500).contains(&answer.status);
            assert!(is_fine, "{}", answer.describe());
        }
        tenant.get(&path).await.expect_status(404);
        for group in &groups {
            let members = tenant.members(group).await;
            assert!(!members.contains(&user), "{group} keeps {user}");
        }
    }
    assert_eq!(dangling_memberships(db).await, 0);
}

async fn what_is_counted_while_counters_are_put_together_is_counted(db: Db) {
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let leaving = create_users(&tenant, 40).await;
    let folds = async {
        for _ in 0..40 {
            let folded = on_server(db, upkeep::fold(service(db))).await;
            folded.expect("counters are put together");
        }
    };
    let deletes = join_all(leaving.iter().map(|id| {
        let (tenant, path) = (&tenant, format!("/Users/{id}"));
        async move { tenant.delete(&path).await }
    }));
    let (gone, created, ()) = tokio::join!(deletes, create_users(&tenant, 60), folds);
    assert_all_succeeded(&gone);
    let list = tenant.get("/Users?count=100").await.expect_status(200);
    let list = list.json();
    let shown: BTreeSet<&str> = list["Resources"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["id"].as_str())
        .collect();
    assert!(
        shown.into_iter().eq(created.iter().map(String::as_str)),
        "{list}"
    );
    assert_eq!(list["totalResults"], 60);
    // A page that is not full says by itself how many there are; these ask the counters.
    for (query, shown) in [
        ("count=0", 0),
        ("count=1", 1),
        ("startIndex=51&count=20", 10),
    ] {
        let page = tenant.get(&format!("/Users?{query}")).await.json();
        assert_eq!(page["totalResults"], 60, "{query}");
        let resources = page["Resources"].as_array();
        assert_eq!(resources.map_or(0, Vec::len), shown, "{query}");
    }
}

/// Creates users and returns their ids, sorted.
async fn create_users(tenant: &TestTenant, count: usize) -> Vec<String> {
    let names: Vec<String> = (0..count).map(|_| unique()).collect();
    let mut ids = join_all(names.iter().map(|name| tenant.create_user(name))).await;
    ids.sort();
    ids
}

#[track_caller]
fn assert_all_succeeded(answers: &[Response]) {
    for answer in answers {
        assert!(answer.is_success(), "{}", answer.describe());
    }
}

/// A write that has begun; whoever drops it has given it up.
async fn begin(store: &Store) -> muster::error::Result<Transaction> {
    let mut begun = store.attempts(false).begin().await?;
    begun.begin_part().await?;
    Ok(begun)
}

/// A client that hangs up drops its request wherever it is: also between BEGIN and its confirmation.
async fn what_is_given_up_leaves_no_transaction_open(db: Db) {
    let database = fresh_database(db).await;
    let mut config = config_for(&database.url);
    config.database.max_connections = 2;
    let service = open_service(&config).await.unwrap();
    for patience in 0..400 {
        let give_up = async {
            for _ in 0..patience {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = give_up => {}
            _ = service.store.snapshot() => {}
            _ = begin(&service.store) => {}
        }
    }
    // Connections that were handed back are idle; a task that still begins or rolls back gets a moment.
    let mut open = open_transactions(db, &database.url).await;
    for _ in 0..50 {
        if open == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        open = open_transactions(db, &database.url).await;
    }
    assert_eq!(open, 0);
    // And whoever waits for writers waits for nobody.
    let waited = service.store.wait_for_writers();
    let waited = tokio::time::timeout(std::time::Duration::from_secs(5), waited).await;
    waited.unwrap().unwrap();
    service.store.close().await;
}

/// Adding a member reads nothing of the group beforehand, except where the answer shows it.
async fn an_answer_shows_the_resource_of_its_version(db: Db) {
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let group = tenant.create_group(&[]).await;
    let path = format!("/Groups/{group}?attributes=displayName,meta.version");
    let rename = |number: usize| {
        let name = format!("name {number}");
        patch_of(&json!([{"op": "replace", "path": "displayName", "value": name}]))
    };
    let mut members = Vec::new();
    for _ in 0..40 {
        members.push(tenant.create_user(&unique()).await);
    }
    let seen = |answer: Response| {
        let shown = answer.expect_status(200).json();
        let version = shown["meta"]["version"].as_str().unwrap();
        let version: u64 = version[3..version.len() - 1].parse().unwrap();
        (version, shown["displayName"].as_str().unwrap().to_owned())
    };
    let renames = async {
        let mut names = std::collections::BTreeMap::new();
        for number in 0..40 {
            let (version, name) = seen(tenant.patch(&path, &rename(number)).await);
            names.insert(version, name);
        }
        names
    };
    let adds = async {
        let mut answers = Vec::new();
        for member in &members {
            answers.push(seen(tenant.patch(&path, &add_member(member)).await));
        }
        answers
    };
    let (names, answers) = futures_util::future::join(renames, adds).await;
    for (version, name) in answers {
        // Before the first rename it has the name it was created with.
        if let Some((_, expected)) = names.range(..=version).next_back() {
            assert_eq!(*expected, name, "version {version}");
        }
    }
}

/// Reads by key that meet are one statement: of whoever asks, whatever for.
async fn reads_at_the_same_time_answer_what_was_asked(db: Db) {
    let tenants = [fresh_tenant(db).await, fresh_tenant(db).await];
    let mut known = Vec::new();
    for tenant in &tenants {
        let mut ids = Vec::new();
        for _ in 0..20 {
            let name = format!("{}@example.com", unique());
            ids.push((tenant.create_user(&name).await, name));
        }
        known.push(ids);
    }
    let groups = [
        tenants[0].create_group(&[known[0][0].0.clone()]).await,
        tenants[1].create_group(&[]).await,
    ];
    // Each tenant asks for what is its own, what is the other's, and what nobody has.
    let rounds = (0..3).flat_map(|_| [0, 1]);
    let asked = rounds.flat_map(|own| known[own].iter().map(move |user| (own, user)));
    join_all(asked.map(|(own, (id, name))| {
        let (tenant, other) = (&tenants[own], &tenants[1 - own]);
        let group = &groups[own];
        async move {
            let path = format!("/Users/{id}");
            let find = format!("/Users?filter=userName%20eq%20%22{name}%22");
            let nobody = format!("/Users/{}", uuid::Uuid::now_v7());
            let group = format!("/Groups/{group}?excludedAttributes=members");
            let (shown, hidden, missing, found, none, shown_group) = tokio::join!(
                tenant.get(&path),
                other.get(&path),
                tenant.get(&nobody),
                tenant.get(&find),
                other.get(&find),
                tenant.get(&group),
            );
            assert_eq!(shown.expect_status(200).json()["userName"], *name);
            hidden.expect_status(404);
            missing.expect_status(404);
            let found = found.expect_status(200).json();
            assert_eq!(found["totalResults"], 1);
            assert_eq!(found["Resources"][0]["id"], *id);
            assert_eq!(none.expect_status(200).json()["totalResults"], 0);
            assert!(
                group.contains(
                    shown_group.expect_status(200).json()["id"]
                        .as_str()
                        .unwrap()
                )
            );
        }
    }))
    .await;
    let member = tenants[0].get(&format!("/Users/{}", known[0][0].0)).await;
    assert_eq!(member.json()["groups"][0]["value"], *groups[0]);
}
