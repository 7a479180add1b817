//! What is masked in an entry, and what is not.

use serde_json::{Value, json};

use super::{Logged, texts};
use crate::support::Db;
use crate::support::server::{id_of, patch_of, user};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

on_both_databases!(
    secrets_are_not_kept_of_odd_queries,
    secrets_are_not_kept_of_filters_in_bodies,
    personal_values_can_be_masked,
    personal_values_are_masked_in_odd_places_too,
    secret_attributes_of_a_tenants_own_are_not_kept,
    what_is_no_secret_is_kept,
);

/// The schema says what is secret: `returned` is `never`, or the attribute is write-only.
async fn secret_attributes_of_a_tenants_own_are_not_kept(db: Db) {
    const VAULT: &str = "urn:example:scim:schemas:test:1.0:Vault";
    let logged = Logged::new(db).await;
    let documents = json!({"id": VAULT, "attributes": [
        {"name": "pin", "returned": "never", "mutability": "writeOnly"},
        {"name": "colour"},
        {"name": "keys", "type": "complex", "multiValued": true, "subAttributes": [
            {"name": "value"},
            {"name": "unlock", "returned": "never", "mutability": "writeOnly"},
        ]},
    ]});
    let definitions = muster::service::schemas::read(&documents.to_string()).unwrap();
    let service = logged.server.service();
    muster::service::schemas::add(service, &logged.tenant, &definitions, Some(("User", false)))
        .await
        .unwrap();
    let mut document = user("bjensen");
    document["schemas"] = json!([USER, VAULT]);
    document[VAULT] =
        json!({"pin": "canary-1", "colour": "red", "keys": [{"value": "a", "unlock": "canary-2"}]});
    let created = logged
        .call("POST", "/Users", Some(&document))
        .await
        .expect_status(201);
    let path = format!("/Users/{}", id_of(&created));
    let mut answers = vec![created];
    for operations in [
        json!([{"op": "replace", "path": format!("{VAULT}:pin"), "value": "canary-3"}]),
        json!([{"op": "replace", "value": {VAULT: {"pin": "canary-4"}}}]),
        json!([{"op": "replace", "value": {format!("{VAULT}:pin"): "canary-5"}}]),
        json!([{"op": "replace", "path": format!("{VAULT}:keys[value eq \"a\"].unlock"), "value": "canary-6"}]),
        json!([{"op": "add", "path": format!("{VAULT}:keys"), "value": [{"value": "b", "unlock": "canary-7"}]}]),
    ] {
        answers.push(
            logged
                .call("PATCH", &path, Some(&patch_of(&operations)))
                .await,
        );
    }
    for answer in &answers {
        assert!(answer.is_success(), "{}", answer.describe());
        let entry = logged.entry(answer).await;
        assert!(!texts(&entry).contains("canary"), "{entry:?}");
    }
    let first = logged.entry(&answers[0]).await.request_body.unwrap();
    assert!(first.contains("\"red\""), "{first}");
    logged.stop().await;
}

/// Nothing is taken for a secret that is none, and what is kept is what was sent.
async fn what_is_no_secret_is_kept(db: Db) {
    let logged = Logged::new(db).await;
    let mut document = user("bjensen");
    document["title"] = json!("keeper");
    document["password"] = json!("Canary-secret!1");
    let created = logged
        .call("POST", "/Users", Some(&document))
        .await
        .expect_status(201);
    let entry = logged.entry(&created).await;
    let kept: Value = serde_json::from_str(&entry.request_body.unwrap()).unwrap();
    document["password"] = json!("***");
    assert_eq!(kept, document);
    let path = format!("/Users/{}", id_of(&created));
    let change = patch_of(&json!([
        {"op": "replace", "path": "password", "value": "canary-secret"},
        {"op": "replace", "path": "title", "value": "kept"},
    ]));
    let patched = logged.call("PATCH", &path, Some(&change)).await;
    let entry = logged.entry(&patched).await;
    let kept: Value = serde_json::from_str(&entry.request_body.unwrap()).unwrap();
    assert_eq!(
        kept["Operations"][0],
        json!({"op": "replace", "path": "password", "value": "***"})
    );
    assert_eq!(kept["Operations"][1], change["Operations"][1]);
    let listed = logged
        .call(
            "GET",
            "/Users?filter=userName%20eq%20%22bjensen%22&count=3",
            None,
        )
        .await;
    let entry = logged.entry(&listed).await;
    assert_eq!(entry.query, "filter=userName%20eq%20%22bjensen%22&count=3");
    logged.stop().await;
}

async fn personal_values_can_be_masked(db: Db) {
    let logged = Logged::with(db, "generic", |config| {
        config.provisioning_log.masks_personal = true;
    })
    .await;
    let person = json!({
        "schemas": [USER],
        "userName": "Personal-1",
        "name": {"givenName": "Personal-2", "familyName": "Personal-3"},
        "emails": [{"type": "work", "value": "personal-4@example.com"}],
        "externalId": "Personal-5",
        "displayName": "Personal-6",
        "phoneNumbers": [{"value": "+49 Personal-7", "type": "mobile"}],
        "active": true,
    });
    let created = logged
        .call("POST", "/Users", Some(&person))
        .await
        .expect_status(201);
    let id = id_of(&created);
    let path = format!("/Users/{id}");
    let mut answers = vec![created];
    answers.push(logged.call("GET", &path, None).await);
    answers.push(logged.call("PUT", &path, Some(&person)).await);
    answers.push(
        logged
            .call("POST", "/Users", Some(&person))
            .await
            .expect_status(409),
    );
    for operations in [
        json!([{"op": "replace", "path": "displayName", "value": "Personal-8"}]),
        json!([{"op": "replace", "value": {"displayName": "Personal-9", "name": {"givenName": "Personal-0"}}}]),
        json!([{"op": "remove", "path": "emails[value eq \"personal-4@example.com\"]"}]),
        json!([{"op": "replace", "path": "emails[value eq \"personal-none\"].type", "value": "home"}]),
        json!([{"op": "replace", "path": "active", "value": "Personal-no-boolean"}]),
    ] {
        answers.push(
            logged
                .call("PATCH", &path, Some(&patch_of(&operations)))
                .await,
        );
    }
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "userName eq \"Personal-1\""});
    answers.push(
        logged
            .call("POST", "/Users/.search", Some(&search))
            .await
            .expect_status(200),
    );
    for path in [
        "/Users?filter=userName%20eq%20%22Personal-1%22",
        "/Users?filter=userName+eq+%22Personal-1%22+and+active+eq+true",
        "/Users?Filter=userName%20eq%20%22Personal-1%22",
    ] {
        answers.push(logged.call("GET", path, None).await);
    }
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"schemas": [USER], "userName": "Personal-b"}},
            {"method": "POST", "path": "/Users", "bulkId": "b", "data": person},
        ],
    });
    answers.push(
        logged
            .call("POST", "/Bulk", Some(&bulk))
            .await
            .expect_status(200),
    );
    for answer in &answers {
        let shown = texts(&logged.entry(answer).await);
        assert!(!shown.to_lowercase().contains("personal-"), "{shown}");
    }
    // What tells nothing about anybody stays: ids, schemas, types.
    let entry = logged.entry(&answers[0]).await;
    let kept: Value = serde_json::from_str(&entry.request_body.unwrap()).unwrap();
    assert_eq!(
        (&kept["schemas"], &kept["active"]),
        (&json!([USER]), &json!(true))
    );
    assert_eq!(kept["emails"], json!([{"type": "work", "value": "***"}]));
    assert_eq!(
        kept["name"],
        json!({"givenName": "***", "familyName": "***"})
    );
    assert!(entry.response_body.unwrap().contains(&id));
    assert_eq!(entry.resource_id, Some(id));
    logged.stop().await;
}

/// A filter that is malformed, or whose name is written with escapes, names people as well; so does an address.
async fn personal_values_are_masked_in_odd_places_too(db: Db) {
    let logged = Logged::with(db, "generic", |config| {
        config.provisioning_log.masks_personal = true;
    })
    .await;
    let mut found = Vec::new();
    for path in [
        "/Users?filter=userName%20eq%20Personal-1",
        "/Users?filter=userName%20eq%20'Personal-1'",
        "/Users?filter=userName%20eq%20%22Personal-1",
        "/Users?filter=userName%20eq%20%22a%5C%22Personal-1%22",
        "/Users?f%69lter=userName%20eq%20%22Personal-1%22",
        "/Users/Personal-1",
    ] {
        let answer = logged.call("GET", path, None).await;
        let shown = texts(&logged.entry(&answer).await);
        if shown.contains("Personal-") {
            found.push(format!("{path}: {shown}"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n\n"));
    logged.stop().await;
}

/// Names of parameters are decoded before they are read: what is masked must be the same.
async fn secrets_are_not_kept_of_odd_queries(db: Db) {
    let logged = Logged::new(db).await;
    let mut found = Vec::new();
    for path in [
        "/Users?f%69lter=password%20eq%20%22canary%22",
        "/Users?acc%65ss_tok%65n=canary",
        "/Users?password=canary",
        "/Users?pass%77ord=canary",
        "/Users?client_secret=canary",
    ] {
        let answer = logged.call("GET", path, None).await;
        let entry = logged.entry(&answer).await;
        if texts(&entry).contains("canary") {
            found.push(format!("{path}: {:?} {:?}", entry.query, entry.detail));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    logged.stop().await;
}

/// Comparing a secret is refused, and the secret is in the request all the same.
async fn secrets_are_not_kept_of_filters_in_bodies(db: Db) {
    let logged = Logged::new(db).await;
    let path = format!(
        "/Users/{}",
        id_of(&logged.call("POST", "/Users", Some(&user("bjensen"))).await)
    );
    let search = |filter: &str| json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": filter});
    let remove = |path: &str| patch_of(&json!([{"op": "remove", "path": path}]));
    let mut found = Vec::new();
    for (method, path, body) in [
        ("POST", "/Users/.search", search("password eq \"canary\"")),
        (
            "POST",
            "/.search",
            search("userName eq \"x\" or PassWord sw \"canary\""),
        ),
        ("POST", "/Users/.search", search("password eq canary")),
        ("PATCH", &path, remove("password[value eq \"canary\"]")),
        ("PATCH", &path, remove("emails[password eq \"canary\"]")),
    ] {
        let refused = logged.call(method, path, Some(&body)).await;
        let entry = logged.entry(&refused).await;
        if texts(&entry).contains("canary") {
            found.push(format!(
                "{method} {path} {body}: {:?} {:?}",
                entry.request_body, entry.detail
            ));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    logged.stop().await;
}
