//! Without `password:write` nobody sets a password, on whatever way.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::http::Response;
use crate::support::oauth::token_for;
use crate::support::server::{
    TenantOptions, TestTenant, fresh_tenant_with, id_of, kept_texts, on_server, patch_of, service,
    user,
};
use crate::support::{Db, fresh_tenant, unique};

const PASSWORD: &str = "password:write";
const OTHERS: &str = "read users:write users:delete groups:write bulk";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

on_both_databases!(
    a_create_with_a_password_needs_the_scope,
    a_replacement_with_a_password_needs_the_scope,
    a_patch_of_the_password_needs_the_scope,
    an_operation_of_a_bulk_request_needs_the_scope,
    a_person_needs_the_scope_for_their_own_password,
    with_the_scope_every_way_is_open,
);

async fn scoped(
    db: Db,
    tenant: &TestTenant,
    scopes: &'static str,
    user: Option<&str>,
) -> TestTenant {
    let (asked, user) = (tenant.clone(), user.map(str::to_owned));
    let token = on_server(db, async move {
        token_for(service(db), &asked, scopes, user.as_deref()).await
    });
    tenant.showing(&token.await.secret)
}

/// A user with a password, and everything that is kept of it.
async fn with_password(db: Db, tenant: &TestTenant) -> (String, Vec<String>) {
    let created = tenant.post("/Users", &secret_user("t1meMa$heen")).await;
    let id = id_of(&created.expect_status(201));
    let kept = kept(db, &id).await;
    assert!(kept.iter().any(|text| text.starts_with("$argon2")));
    (id, kept)
}

async fn kept(db: Db, id: &str) -> Vec<String> {
    let mut texts = kept_texts(db, Uuid::try_parse(id).unwrap()).await;
    texts.sort();
    texts
}

fn secret_user(password: &str) -> Value {
    let mut document = user(&unique());
    document["password"] = json!(password);
    document
}

#[track_caller]
fn expect_lacking(answer: &Response, what: &str) {
    let shown = format!("{what}:\n{}", answer.describe());
    assert_eq!(answer.status, 403, "{shown}");
    let challenge = answer.header("WWW-Authenticate").unwrap_or_default();
    assert!(
        challenge.contains("error=\"insufficient_scope\""),
        "{shown}"
    );
    assert!(challenge.contains("scope=\"password:write\""), "{shown}");
    expect_named(&answer.json(), &shown);
}

#[track_caller]
fn expect_named(error: &Value, shown: &str) {
    assert_eq!(error["status"], "403", "{shown}");
    let detail = error["detail"].as_str().unwrap_or_default();
    assert!(detail.contains(PASSWORD), "{shown}");
}

/// shows: P-2.1-01 B-6750-02
async fn a_create_with_a_password_needs_the_scope(db: Db) {
    let tenant = fresh_tenant(db).await;
    let without = scoped(db, &tenant, OTHERS, None).await;
    for name in ["password", "PassWord"] {
        let mut document = user("bjensen");
        document[name] = json!("t1meMa$heen");
        expect_lacking(&without.post("/Users", &document).await, name);
    }
    let found = tenant.get("/Users").await.expect_status(200);
    assert_eq!(found.json()["totalResults"], 0);
    // What sets no password needs no scope.
    let mut document = user("bjensen");
    document["password"] = Value::Null;
    without.post("/Users", &document).await.expect_status(201);
}

async fn a_replacement_with_a_password_needs_the_scope(db: Db) {
    let tenant = fresh_tenant(db).await;
    let without = scoped(db, &tenant, OTHERS, None).await;
    let (id, before) = with_password(db, &tenant).await;
    let path = format!("/Users/{id}");
    for name in ["password", "PASSWORD"] {
        let mut document = user("taken over");
        document[name] = json!("An0ther!");
        expect_lacking(&without.put(&path, &document).await, name);
        assert_eq!(kept(db, &id).await, before, "{name}");
    }
    // Whether there is such a user or not.
    let nobody = format!("/Users/{}", Uuid::now_v7());
    let answer = without.put(&nobody, &secret_user("another")).await;
    expect_lacking(&answer, "nobody");
}

/// Each operation, and another beside it that would be allowed.
fn patches() -> Vec<Value> {
    let allowed = json!({"op": "replace", "path": "title", "value": "taken over"});
    let qualified = format!("{USER}:password");
    let touching = [
        json!({"op": "add", "path": "password", "value": "another"}),
        json!({"op": "replace", "path": "password", "value": "another"}),
        json!({"op": "Replace", "path": "Password", "value": "another"}),
        json!({"op": "replace", "path": qualified, "value": "another"}),
        json!({"op": "remove", "path": "password"}),
        json!({"op": "replace", "path": "password", "value": null}),
        json!({"op": "add", "value": {"password": "An0ther!"}}),
        json!({"op": "replace", "value": {"password": "An0ther!", "title": "taken over"}}),
        json!({"op": "replace", "value": {"PASSWORD": "another"}}),
        json!({"op": "replace", "value": {qualified.as_str(): "another"}}),
        json!({"op": "replace", "value": {USER: {"password": "An0ther!"}}}),
    ];
    let alone = touching.iter().map(|one| json!([one]));
    let first = touching.iter().map(|one| json!([one, allowed]));
    let last = touching.iter().map(|one| json!([allowed, one]));
    let taken_back = [
        json!([touching[1], touching[4]]),
        json!([touching[4], touching[1]]),
    ];
    let all = alone.chain(first).chain(last).chain(taken_back);
    all.map(|operations| patch_of(&operations)).collect()
}

async fn a_patch_of_the_password_needs_the_scope(db: Db) {
    let tenant = fresh_tenant(db).await;
    let without = scoped(db, &tenant, OTHERS, None).await;
    let (id, before) = with_password(db, &tenant).await;
    let path = format!("/Users/{id}");
    let patches = patches();
    assert_eq!(patches.len(), 35);
    for change in patches {
        let answer = without.patch(&path, &change).await;
        expect_lacking(&answer, &change.to_string());
        assert_eq!(kept(db, &id).await, before, "{change}");
    }
}

async fn an_operation_of_a_bulk_request_needs_the_scope(db: Db) {
    let tenant = fresh_tenant(db).await;
    let without = scoped(db, &tenant, OTHERS, None).await;
    let (id, before) = with_password(db, &tenant).await;
    let path = format!("/Users/{id}");
    let change = patch_of(&json!([{"op": "replace", "path": "password", "value": "another"}]));
    let request = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": secret_user("another")},
            {"method": "PUT", "path": path, "data": secret_user("another")},
            {"method": "PATCH", "path": path, "data": change},
            {"method": "POST", "path": "/Users", "bulkId": "b", "data": user("allowed")},
        ],
    });
    let answer = without.post("/Bulk", &request).await.expect_status(200);
    let shown = answer.describe();
    let operations = answer.json()["Operations"].clone();
    let operations = operations.as_array().unwrap();
    assert_eq!(operations.len(), 4, "{shown}");
    for operation in &operations[..3] {
        assert_eq!(operation["status"], "403", "{shown}");
        expect_named(&operation["response"], &shown);
    }
    assert_eq!(operations[3]["status"], "201", "{shown}");
    assert_eq!(kept(db, &id).await, before);
    let found = tenant.get("/Users?attributes=userName").await;
    assert_eq!(found.expect_status(200).json()["totalResults"], 2);
}

async fn a_person_needs_the_scope_for_their_own_password(db: Db) {
    let options = TenantOptions {
        user: Some("bjensen".to_owned()),
        ..TenantOptions::default()
    };
    let tenant = fresh_tenant_with(db, &options).await;
    let (id, token) = tenant.user.clone().unwrap();
    let own = tenant.showing(&token);
    let set = |password: &str| {
        let operation = json!({"op": "replace", "path": "password", "value": password});
        patch_of(&json!([operation]))
    };
    own.patch("/Me", &set("t1meMa$heen"))
        .await
        .expect_status(200);
    let before = kept(db, &id).await;
    let without = scoped(db, &tenant, OTHERS, Some("bjensen")).await;
    let mut document = user("bjensen");
    document["password"] = json!("An0ther!");
    for path in ["/Me".to_owned(), format!("/Users/{id}")] {
        expect_lacking(&without.patch(&path, &set("An0ther!")).await, &path);
        expect_lacking(&without.put(&path, &document).await, &path);
    }
    assert_eq!(kept(db, &id).await, before);
    // The rest of it is theirs.
    let rename = patch_of(&json!([{"op": "replace", "path": "nickName", "value": "Babs"}]));
    without.patch("/Me", &rename).await.expect_status(200);
}

async fn with_the_scope_every_way_is_open(db: Db) {
    let tenant = fresh_tenant(db).await;
    let with = scoped(db, &tenant, "users:write password:write", None).await;
    let created = with.post("/Users", &secret_user("t1meMa$heen")).await;
    let id = id_of(&created.expect_status(201));
    let path = format!("/Users/{id}");
    let hash = async || {
        let kept = kept(db, &id).await;
        kept.into_iter().find(|text| text.starts_with("$argon2"))
    };
    let first = hash().await;
    assert!(first.is_some());
    let put = with.put(&path, &secret_user("Sec0nd-one!")).await;
    put.expect_status(200);
    let second = hash().await;
    assert!(second.is_some() && second != first);
    let set = patch_of(&json!([{"op": "replace", "value": {"password": "Th1rd-one!"}}]));
    assert!(with.patch(&path, &set).await.is_success());
    let third = hash().await;
    assert!(third.is_some() && third != second);
    let remove = patch_of(&json!([{"op": "remove", "path": "password"}]));
    assert!(with.patch(&path, &remove).await.is_success());
    assert_eq!(hash().await, None);
}
