//! What the database holds: `change` rows, which record everything that happened, as it happened, without secrets; hashes
//! where there were secrets.

use futures_util::future::join_all;
use muster::auth::bearer;
use muster::store::changes::Recorded;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::server::{
    TestTenant, id_of, kept_of_token, kept_texts, patch_of, recorded, user,
};
use crate::support::{Db, fresh_tenant, unique};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

on_both_databases!(
    a_create_records_the_attributes,
    a_patch_records_old_and_new_of_what_it_changed,
    a_replace_records_old_and_new_of_what_it_changed,
    what_changes_nothing_is_not_recorded,
    adding_and_removing_members_records_them_alone,
    replacing_members_records_the_difference,
    a_password_is_never_recorded,
    secrets_are_kept_as_hashes,
    a_deleted_user_is_recorded_in_its_groups,
    a_deleted_group_records_its_members,
    a_large_group_is_deleted_in_portions,
    what_was_refused_is_not_recorded,
);

async fn a_create_records_the_attributes(db: Db) {
    let tenant = fresh_tenant(db).await;
    let mut document = user("bjensen");
    document["name"] = json!({"givenName": "Barbara", "familyName": "Jensen"});
    document["emails"] = json!([{"value": "bjensen@example.com", "type": "work"}]);
    document["schemas"] = json!([document["schemas"][0], ENTERPRISE]);
    document[ENTERPRISE] = json!({"department": "Tours"});
    let request_id = format!("create-{}", unique());
    let headers = [("X-Request-Id", request_id.as_str())];
    let created = tenant
        .request("POST", "/Users", &headers, Some(&document))
        .await
        .expect_status(201);
    let changes = recorded(db, &tenant, &id_of(&created)).await;
    let [change] = changes.as_slice() else {
        panic!("not one change: {changes:?}")
    };
    assert_eq!(change.operation, "create");
    assert_eq!(change.version, Some(1));
    assert_eq!(change.request_id, request_id);
    assert_eq!(change.actor, "connection test");
    assert_eq!(
        detail(change),
        json!({"attributes": {
            "userName": {"new": "bjensen"},
            "active": {"new": true},
            "name.givenName": {"new": "Barbara"},
            "name.familyName": {"new": "Jensen"},
            "emails": {"new": [{"value": "bjensen@example.com", "type": "work"}]},
            format!("{ENTERPRISE}:department"): {"new": "Tours"},
        }})
    );
}

async fn a_patch_records_old_and_new_of_what_it_changed(db: Db) {
    let tenant = fresh_tenant(db).await;
    let path = format!("/Users/{}", full_user(&tenant).await);
    let change = patch_of(&json!([
        {"op": "replace", "path": "displayName", "value": "Babs"},
        {"op": "replace", "path": "name.givenName", "value": "Babs"},
        {"op": "add", "path": "nickName", "value": "Babs"},
        {"op": "remove", "path": "title"},
        {"op": "replace", "path": "userName", "value": "bjensen"},
    ]));
    let request_id = format!("patch-{}", unique());
    let headers = [("X-Request-Id", request_id.as_str())];
    let patched = tenant
        .request("PATCH", &path, &headers, Some(&change))
        .await;
    let changes = recorded(db, &tenant, &id_of(&patched.expect_status(200))).await;
    assert_eq!(operations(&changes), ["create", "modify"]);
    let change = &changes[1];
    assert_eq!(change.version, Some(2));
    assert_eq!(change.request_id, request_id);
    assert_eq!(change.actor, "connection test");
    assert!(change.at >= changes[0].at);
    assert_eq!(
        detail(change),
        json!({"attributes": {
            "displayName": {"old": "Barbara Jensen", "new": "Babs"},
            "name.givenName": {"old": "Barbara", "new": "Babs"},
            "nickName": {"new": "Babs"},
            "title": {"old": "Tour Guide"},
        }})
    );
}

async fn a_replace_records_old_and_new_of_what_it_changed(db: Db) {
    let tenant = fresh_tenant(db).await;
    let id = full_user(&tenant).await;
    let mut document = user("bjensen");
    document["displayName"] = json!("Babs");
    document["name"] = json!({"givenName": "Barbara"});
    let replaced = tenant.put(&format!("/Users/{id}"), &document).await;
    replaced.expect_status(200);
    let changes = recorded(db, &tenant, &id).await;
    assert_eq!(operations(&changes), ["create", "replace"]);
    assert_eq!(changes[1].version, Some(2));
    assert_eq!(
        detail(&changes[1]),
        json!({"attributes": {
            "displayName": {"old": "Barbara Jensen", "new": "Babs"},
            "name.familyName": {"old": "Jensen"},
            "title": {"old": "Tour Guide"},
        }})
    );
}

/// shows: P-3.5.1-10 P-3.5.2-22
async fn what_changes_nothing_is_not_recorded(db: Db) {
    let tenant = fresh_tenant(db).await;
    let id = full_user(&tenant).await;
    let group = tenant.create_group(std::slice::from_ref(&id)).await;
    let (user_path, group_path) = (format!("/Users/{id}"), format!("/Groups/{group}"));
    let user_before = tenant.get(&user_path).await.expect_status(200).json();
    let group_before = tenant.get(&group_path).await.expect_status(200).json();
    let patches = [
        (
            &user_path,
            json!([{"op": "replace", "path": "title", "value": "Tour Guide"}]),
        ),
        (
            &user_path,
            json!([
                {"op": "add", "path": "nickName", "value": "Babs"},
                {"op": "remove", "path": "nickName"},
            ]),
        ),
        (&user_path, json!([{"op": "remove", "path": "timezone"}])),
        (&user_path, json!([{"op": "remove", "path": "password"}])),
        (
            &group_path,
            json!([{"op": "add", "path": "members", "value": [{"value": id}]}]),
        ),
        (
            &group_path,
            json!([{"op": "remove", "path": "members", "value": [{"value": group}]}]),
        ),
        (
            &group_path,
            json!([
                {"op": "remove", "path": format!("members[value eq \"{id}\"]")},
                {"op": "add", "path": "members", "value": [{"value": id}]},
            ]),
        ),
        (
            &group_path,
            json!([{"op": "replace", "path": "members", "value": [{"value": id}]}]),
        ),
    ];
    for (path, operations) in patches {
        let answer = tenant.patch(path, &patch_of(&operations)).await;
        assert!(answer.is_success(), "{operations}: {}", answer.describe());
    }
    let answer = tenant.put(&user_path, &user_before).await;
    answer.expect_status(200);
    let answer = tenant.put(&group_path, &group_before).await;
    answer.expect_status(200);
    let user_after = tenant.get(&user_path).await.expect_status(200).json();
    let group_after = tenant.get(&group_path).await.expect_status(200).json();
    assert_eq!((user_after, group_after), (user_before, group_before));
    assert_eq!(operations(&recorded(db, &tenant, &id).await), ["create"]);
    assert_eq!(operations(&recorded(db, &tenant, &group).await), ["create"]);
}

async fn adding_and_removing_members_records_them_alone(db: Db) {
    let tenant = fresh_tenant(db).await;
    let users = create_users(&tenant, 6).await;
    let group = tenant.create_group(&users[..5]).await;
    let path = format!("/Groups/{group}");
    let change = patch_of(&json!([
        // The first is a member already, and nothing happens to it.
        {"op": "add", "path": "members", "value": [{"value": users[0]}, {"value": users[5]}]},
        {"op": "remove", "path": format!("members[value eq \"{}\"]", users[1])},
    ]));
    let patched = tenant.patch(&path, &change).await;
    assert!(patched.is_success(), "{}", patched.describe());
    let changes = recorded(db, &tenant, &group).await;
    assert_eq!(operations(&changes), ["create", "modify"]);
    let created = detail(&changes[0]);
    assert_eq!(sorted(&created["members"]["added"]), users[..5]);
    assert_eq!(created["members"]["removed"], json!([]));
    assert_eq!(changes[1].version, Some(2));
    assert_eq!(changes[1].actor, "connection test");
    assert_eq!(
        detail(&changes[1]),
        json!({"members": {"added": [users[5]], "removed": [users[1]]}})
    );
    // A member has no part in it.
    for user in &users {
        assert_eq!(operations(&recorded(db, &tenant, user).await), ["create"]);
    }
}

async fn replacing_members_records_the_difference(db: Db) {
    let tenant = fresh_tenant(db).await;
    let users = create_users(&tenant, 5).await;
    let group = tenant.create_group(&users[..4]).await;
    let path = format!("/Groups/{group}");
    let mut document = tenant.get(&path).await.expect_status(200).json();
    let members = |ids: &[String]| -> Value { ids.iter().map(|id| json!({"value": id})).collect() };
    document["members"] = members(&users[2..]);
    tenant.put(&path, &document).await.expect_status(200);
    let answer = tenant
        .patch(
            &path,
            &patch_of(
                &json!([{"op": "replace", "path": "members", "value": members(&users[1..4])}]),
            ),
        )
        .await;
    assert!(answer.is_success(), "{}", answer.describe());
    let changes = recorded(db, &tenant, &group).await;
    assert_eq!(operations(&changes), ["create", "replace", "modify"]);
    let replaced = detail(&changes[1]);
    assert_eq!(changes[1].version, Some(2));
    assert_eq!(sorted(&replaced["members"]["added"]), users[4..]);
    assert_eq!(sorted(&replaced["members"]["removed"]), users[..2]);
    assert_eq!(replaced.as_object().unwrap().len(), 1, "{replaced}");
    assert_eq!(
        detail(&changes[2]),
        json!({"members": {"added": [users[1]], "removed": [users[4]]}})
    );
}

/// shows: S-4.1.1-03
async fn a_password_is_never_recorded(db: Db) {
    let tenant = fresh_tenant(db).await;
    let secret = |number: usize| format!("Correct!Horse-{number}-Battery");
    let mut document = user("bjensen");
    document["password"] = json!(secret(1));
    let id = id_of(&tenant.post("/Users", &document).await.expect_status(201));
    let path = format!("/Users/{id}");
    for operation in [
        json!({"op": "replace", "path": "password", "value": secret(2)}),
        json!({"op": "add", "value": {"password": secret(3)}}),
        json!({"op": "remove", "path": "password"}),
    ] {
        let answer = tenant.patch(&path, &patch_of(&json!([operation]))).await;
        answer.expect_status(200);
    }
    document["password"] = json!(secret(4));
    tenant.put(&path, &document).await.expect_status(200);
    tenant.delete(&path).await.expect_status(204);
    let changes = recorded(db, &tenant, &id).await;
    assert_eq!(
        operations(&changes),
        ["create", "modify", "modify", "modify", "replace", "delete"]
    );
    let passwords: Vec<Value> = changes
        .iter()
        .map(|change| detail(change)["attributes"]["password"].clone())
        .collect();
    assert_eq!(
        passwords[..5],
        ["set", "set", "set", "removed", "set"].map(Value::from)
    );
    for change in &changes[1..5] {
        let attributes = detail(change)["attributes"].clone();
        assert_eq!(attributes.as_object().unwrap().len(), 1, "{attributes}");
    }
    for change in &changes {
        for leak in ["Correct!Horse", "Battery", "$argon2"] {
            let is_clean = !format!("{change:?}").contains(leak);
            assert!(is_clean, "{leak} stands in {change:?}");
        }
    }
}

/// shows: P-3.5.1-03 P-7.7-01 S-4.1.1-04 S-9.2-01
async fn secrets_are_kept_as_hashes(db: Db) {
    let tenant = fresh_tenant(db).await;
    let secret = |number: usize| format!("Correct!Horse-{number}-Battery");
    let mut document = user("bjensen");
    document["password"] = json!(secret(1));
    let id = id_of(&tenant.post("/Users", &document).await.expect_status(201));
    let path = format!("/Users/{id}");
    let first = password_hash(db, &id).await.expect("a hash");
    // A client that does not send the password does not lose it.
    let mut titled = user("bjensen");
    titled["title"] = json!("Tour Guide");
    tenant.put(&path, &titled).await.expect_status(200);
    assert_eq!(password_hash(db, &id).await.as_ref(), Some(&first));
    document["password"] = json!(secret(2));
    tenant.put(&path, &document).await.expect_status(200);
    let second = password_hash(db, &id).await.expect("a hash");
    assert_ne!(second, first);
    let change = json!([{"op": "replace", "path": "password", "value": secret(2)}]);
    let answer = tenant.patch(&path, &patch_of(&change)).await;
    answer.expect_status(200);
    let salted = password_hash(db, &id).await.expect("a hash");
    assert_ne!(salted, second, "the same password has the same hash");
    let change = json!([{"op": "remove", "path": "password"}]);
    let answer = tenant.patch(&path, &patch_of(&change)).await;
    answer.expect_status(200);
    assert_eq!(password_hash(db, &id).await, None);
    let kept = kept_of_token(db, &bearer::public_id(&tenant.token)).await;
    assert_eq!(kept, bearer::hash(&tenant.token));
    assert_ne!(kept, tenant.token.as_bytes());
}

/// The hash among what is kept of a user; no password in clear may stand beside it.
async fn password_hash(db: Db, id: &str) -> Option<String> {
    let texts = kept_texts(db, Uuid::try_parse(id).unwrap()).await;
    assert!(!texts.is_empty(), "nothing is kept of {id}");
    for leak in ["Correct!Horse", "Battery"] {
        let is_clean = texts.iter().all(|text| !text.contains(leak));
        assert!(is_clean, "{leak} stands in {texts:?}");
    }
    let mut hashes = texts
        .into_iter()
        .filter(|text| text.starts_with("$argon2id$"));
    let hash = hashes.next();
    assert_eq!(hashes.next(), None, "a second hash");
    hash
}

/// shows: S-4.2-06
async fn a_deleted_user_is_recorded_in_its_groups(db: Db) {
    let tenant = fresh_tenant(db).await;
    let id = tenant.create_user("bjensen").await;
    let other = tenant.create_user("mandy").await;
    let mut groups = Vec::new();
    for _ in 0..3 {
        groups.push(tenant.create_group(&[id.clone(), other.clone()]).await);
    }
    let unconcerned = tenant.create_group(std::slice::from_ref(&other)).await;
    let request_id = format!("delete-{}", unique());
    let headers = [("X-Request-Id", request_id.as_str())];
    let path = format!("/Users/{id}");
    let deleted = tenant.request("DELETE", &path, &headers, None).await;
    deleted.expect_status(204);
    let changes = recorded(db, &tenant, &id).await;
    assert_eq!(operations(&changes), ["create", "delete"]);
    assert_eq!(changes[1].request_id, request_id);
    assert_eq!(changes[1].actor, "connection test");
    assert_eq!(
        detail(&changes[1]),
        json!({"attributes": {"userName": {"old": "bjensen"}, "active": {"old": true}}})
    );
    for group in &groups {
        let changes = recorded(db, &tenant, group).await;
        assert_eq!(operations(&changes), ["create", "modify"]);
        assert_eq!(changes[1].version, Some(2));
        assert_eq!(changes[1].request_id, request_id);
        assert_eq!(changes[1].actor, "connection test");
        assert_eq!(
            detail(&changes[1]),
            json!({"members": {"added": [], "removed": [id]}})
        );
        let group = tenant.get(&format!("/Groups/{group}")).await.json();
        assert_eq!(group["meta"]["version"], "W/\"2\"");
    }
    let changes = recorded(db, &tenant, &unconcerned).await;
    assert_eq!(operations(&changes), ["create"]);
}

async fn a_deleted_group_records_its_members(db: Db) {
    let tenant = fresh_tenant(db).await;
    let users = create_users(&tenant, 3).await;
    let inner = tenant.create_group(&users).await;
    let outer = tenant.create_group(std::slice::from_ref(&inner)).await;
    let deleted = tenant.delete(&format!("/Groups/{inner}")).await;
    deleted.expect_status(204);
    let changes = recorded(db, &tenant, &inner).await;
    assert_eq!(operations(&changes), ["create", "delete"]);
    let (created, deleted) = (detail(&changes[0]), detail(&changes[1]));
    assert_eq!(sorted(&deleted["members"]["removed"]), users);
    assert_eq!(deleted["members"]["added"], json!([]));
    assert_eq!(
        deleted["attributes"],
        json!({"displayName": {"old": created["attributes"]["displayName"]["new"]}})
    );
    // It was a member itself.
    let changes = recorded(db, &tenant, &outer).await;
    assert_eq!(operations(&changes), ["create", "modify"]);
    assert_eq!(
        detail(&changes[1]),
        json!({"members": {"added": [], "removed": [inner]}})
    );
}

/// Members are taken out as many at a time as one record names; none is left, and none is named twice.
async fn a_large_group_is_deleted_in_portions(db: Db) {
    const PORTION: usize = 1_000;
    let tenant = fresh_tenant(db).await;
    let mut users = Vec::new();
    while users.len() <= PORTION {
        let together = (0..20).map(|_| create_users(&tenant, 1));
        users.extend(join_all(together).await.into_iter().flatten());
    }
    for size in [PORTION, PORTION + 1, users.len()] {
        let group = tenant.create_group(&users[..size]).await;
        let path = format!("/Groups/{group}");
        tenant.delete(&path).await.expect_status(204);
        tenant.get(&path).await.expect_status(404);
        let changes = recorded(db, &tenant, &group).await;
        let details: Vec<Value> = changes
            .iter()
            .filter(|change| change.operation == "delete")
            .map(detail)
            .collect();
        assert_eq!(details.len(), size.div_ceil(PORTION), "{size} members");
        let mut named = Vec::new();
        for (position, detail) in details.iter().enumerate() {
            assert_eq!(detail.get("attributes").is_some(), position == 0);
            let removed = sorted(&detail["members"]["removed"]);
            assert!(removed.len() <= PORTION, "{}", removed.len());
            named.extend(removed);
        }
        named.sort();
        let mut expected = users[..size].to_vec();
        expected.sort();
        assert_eq!(named, expected, "{size} members");
    }
    // Nobody is a member of anything any more.
    let page = tenant.get("/Users?filter=groups%20pr&count=0").await;
    assert_eq!(page.expect_status(200).json()["totalResults"], 0);
}

/// shows: P-3.5.2-16
async fn what_was_refused_is_not_recorded(db: Db) {
    let tenant = fresh_tenant(db).await;
    let id = full_user(&tenant).await;
    let other = tenant.create_user("mandy").await;
    let group = tenant.create_group(std::slice::from_ref(&id)).await;
    let (user_path, group_path) = (format!("/Users/{id}"), format!("/Groups/{group}"));
    let user_before = tenant.get(&user_path).await.expect_status(200).json();
    let group_before = tenant.get(&group_path).await.expect_status(200).json();
    let (any, stale): (&[_], &[_]) = (&[], &[("If-Match", "W/\"77\"")]);
    let rename = |name: &str| {
        patch_of(&json!([
            {"op": "replace", "path": "title", "value": "Refused"},
            {"op": "replace", "path": "userName", "value": name},
        ]))
    };
    let invalid = patch_of(&json!([
        {"op": "replace", "path": "title", "value": "Refused"},
        {"op": "replace", "path": "active", "value": "perhaps"},
    ]));
    let stranger = Uuid::now_v7().to_string();
    let add_stranger = patch_of(&json!([
        {"op": "replace", "path": "displayName", "value": "Refused"},
        {"op": "add", "path": "members", "value": [{"value": other}]},
        {"op": "add", "path": "members", "value": [{"value": stranger}]},
    ]));
    let add_only_strangers = patch_of(&json!([
        {"op": "add", "path": "members", "value": [{"value": other}]},
        {"op": "add", "path": "members", "value": [{"value": stranger}]},
    ]));
    let mut taken = user("mandy");
    taken["title"] = json!("Refused");
    let cases = [
        (400, "PATCH", &user_path, any, Some(&invalid)),
        (400, "PATCH", &group_path, any, Some(&add_stranger)),
        (400, "PATCH", &group_path, any, Some(&add_only_strangers)),
        (400, "PUT", &user_path, any, Some(&Value::Null)),
        (409, "PATCH", &user_path, any, Some(&rename("mandy"))),
        (409, "PUT", &user_path, any, Some(&taken)),
        (412, "PATCH", &user_path, stale, Some(&rename("babs"))),
        (412, "PUT", &user_path, stale, Some(&user("babs"))),
        (412, "DELETE", &user_path, stale, None),
        (412, "DELETE", &group_path, stale, None),
    ];
    for (status, method, path, headers, body) in cases {
        let answer = tenant.request(method, path, headers, body).await;
        answer.expect_status(status);
    }
    assert_eq!(operations(&recorded(db, &tenant, &id).await), ["create"]);
    assert_eq!(operations(&recorded(db, &tenant, &group).await), ["create"]);
    let user_after = tenant.get(&user_path).await.expect_status(200).json();
    let group_after = tenant.get(&group_path).await.expect_status(200).json();
    assert_eq!((user_after, group_after), (user_before, group_before));
}

fn operations(changes: &[Recorded]) -> Vec<&str> {
    changes
        .iter()
        .map(|change| change.operation.as_str())
        .collect()
}

fn detail(change: &Recorded) -> Value {
    serde_json::from_str(&change.detail).unwrap()
}

fn sorted(ids: &Value) -> Vec<String> {
    let mut ids: Vec<String> = serde_json::from_value(ids.clone()).unwrap();
    ids.sort();
    ids
}

/// Creates users and returns their ids, sorted.
async fn create_users(tenant: &TestTenant, count: usize) -> Vec<String> {
    let mut ids = Vec::with_capacity(count);
    for _ in 0..count {
        ids.push(tenant.create_user(&unique()).await);
    }
    ids.sort();
    ids
}

/// Creates a user with name, title and display name, and returns its id.
async fn full_user(tenant: &TestTenant) -> String {
    let mut document = user("bjensen");
    document["displayName"] = json!("Barbara Jensen");
    document["name"] = json!({"givenName": "Barbara", "familyName": "Jensen"});
    document["title"] = json!("Tour Guide");
    id_of(&tenant.post("/Users", &document).await.expect_status(201))
}
