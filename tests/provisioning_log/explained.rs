//! What was made of a request that was carried out, in words.

use muster::service::explain::explain;
use serde_json::{Value, json};

use super::Logged;
use crate::support::Db;
use crate::support::http::Response;
use crate::support::server::{id_of, patch_of, user};

on_both_databases!(
    a_patch_is_explained_operation_by_operation,
    changes_of_members_are_explained,
    what_changed_nothing_is_explained,
    a_bulk_request_is_explained,
    what_a_bulk_request_did_is_told_once,
    creates_and_replacements_are_explained,
    unknown_attributes_are_explained_as_they_were_treated,
    secrets_are_in_no_explanation,
    explanations_follow_the_connections_settings,
);

impl Logged {
    pub(super) async fn told(&self, response: &Response) -> Told {
        assert!(response.status < 500, "{}", response.describe());
        let entry = self.entry(response).await;
        let explained = explain(self.server.service(), &entry).await.unwrap();
        Told {
            shown: explained.to_string(),
            value: explained.to_json(),
        }
    }
}

/// An explanation.
pub(super) struct Told {
    pub(super) shown: String,
    pub(super) value: Value,
}

impl Told {
    /// Checks that a section has a sentence with all these parts.
    #[track_caller]
    pub(super) fn has(&self, section: &str, parts: &[&str]) {
        let sentences = self.value[section].as_array().unwrap();
        let is_told = sentences.iter().any(|sentence| {
            let sentence = sentence.as_str().unwrap();
            parts.iter().all(|part| sentence.contains(part))
        });
        assert!(
            is_told,
            "no sentence of {section:?} has {parts:?}:\n{}",
            self.shown
        );
    }

    #[track_caller]
    pub(super) fn is_empty(&self, section: &str) {
        assert_eq!(self.value[section], json!([]), "{section}:\n{}", self.shown);
    }
}

async fn a_patch_is_explained_operation_by_operation(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    let id = id_of(&logged.call("POST", "/Users", Some(&user("bjensen"))).await);
    let path = format!("/Users/{id}");
    let change = patch_of(&json!([
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "b@example.com"},
        {"op": "Replace", "path": "phoneNumbers[type eq \"work\"].value", "value": "+49"},
        {"op": "replace", "value": {"displayName": "Babs", "active": "False"}},
        {"op": "add", "path": "title", "value": "x"},
        {"op": "remove", "path": "title"},
    ]));
    let patched = logged
        .call("PATCH", &path, Some(&change))
        .await
        .expect_status(200);
    let told = logged.told(&patched).await;
    told.has("understood", &["Change the User by 6 operations"]);
    told.has(
        "understood",
        &[
            "1. replace active with \"False\"",
            "the text \"False\" is read as a boolean (values.string_booleans)",
            "\"Replace\" is read as \"replace\"",
        ],
    );
    told.has(
        "understood",
        &[
            "2. add emails[type eq \"work\"].value",
            "\"Add\" is read as \"add\"",
        ],
    );
    told.has(
        "understood",
        &[
            "3. replace phoneNumbers[type eq \"work\"].value",
            "where nothing matches, the value is created (patch.replace_unmatched)",
        ],
    );
    told.has(
        "understood",
        &[
            "4. replace without a path",
            "active, displayName",
            "active: the text",
        ],
    );
    told.has("understood", &["6. remove title"]);
    told.has(
        "matched",
        &[&id, "User", "\"bjensen\"", "by the id in the address"],
    );
    told.has("changed", &[&id, "modify", "version 2"]);
    told.has("changed", &["active", "true → false"]);
    told.has("changed", &["displayName", "set to \"Babs\""]);
    told.has("changed", &["emails", "b@example.com"]);
    told.has("changed", &["phoneNumbers", "+49"]);
    told.is_empty("refused");
    told.is_empty("advice");
    let summary = told.value["summary"].as_str().unwrap();
    for part in [
        "PATCH /scim/v2/Users/",
        "connection test (profile entra)",
        "carried out, 200",
    ] {
        assert!(summary.contains(part), "{summary}");
    }
    logged.stop().await;
}

async fn changes_of_members_are_explained(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    let mut ids = Vec::new();
    for name in ["one", "two", "three", "four"] {
        ids.push(id_of(
            &logged.call("POST", "/Users", Some(&user(name))).await,
        ));
    }
    let members = |ids: &[String]| {
        ids.iter()
            .map(|id| json!({"value": id}))
            .collect::<Vec<Value>>()
    };
    let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "a group", "members": members(&ids[..3])});
    let created = logged.call("POST", "/Groups", Some(&group)).await;
    let path = format!("/Groups/{}", id_of(&created));
    let told = logged.told(&created).await;
    told.has("understood", &["members: 3 given"]);
    told.has("changed", &["create"]);
    let change = async |operation: Value| {
        let answer = logged
            .call("PATCH", &path, Some(&patch_of(&json!([operation]))))
            .await;
        logged.told(&answer.expect_status(204)).await
    };
    let told =
        change(json!({"op": "Remove", "path": "members", "value": members(&ids[..1])})).await;
    told.has(
        "understood",
        &[
            "remove members",
            "only the listed members leave",
            "\"Remove\" is read as \"remove\"",
        ],
    );
    told.has("changed", &["1 left", &ids[0]]);
    told.has("matched", &["Group", "\"a group\""]);
    let told = change(json!({"op": "add", "path": "members", "value": members(&ids[3..])})).await;
    told.has("changed", &["1 joined", &ids[3]]);
    let told =
        change(json!({"op": "remove", "path": format!("members[value eq \"{}\"]", ids[1])})).await;
    told.has("changed", &["1 left", &ids[1]]);
    let told = change(json!({"op": "remove", "path": "members"})).await;
    told.has("understood", &["without a value: all members leave"]);
    told.has("changed", &["2 left"]);
    logged.stop().await;
}

async fn what_changed_nothing_is_explained(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    let path = format!(
        "/Users/{}",
        id_of(&logged.call("POST", "/Users", Some(&user("bjensen"))).await)
    );
    let nothing = "Nothing: everything was as the request wants it already.";
    let same = patch_of(&json!([{"op": "Replace", "path": "active", "value": "True"}]));
    for (method, body) in [
        ("PATCH", same),
        ("PATCH", patch_of(&json!([]))),
        ("PUT", user("bjensen")),
    ] {
        let done = logged
            .call(method, &path, Some(&body))
            .await
            .expect_status(200);
        let told = logged.told(&done).await;
        assert_eq!(told.value["changed"], json!([nothing]), "{}", told.shown);
    }
    let read = logged.call("GET", &path, None).await;
    let told = logged.told(&read).await;
    told.has("understood", &["Read one User"]);
    told.is_empty("changed");
    logged.stop().await;
}

async fn a_bulk_request_is_explained(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    let id = id_of(&logged.call("POST", "/Users", Some(&user("bjensen"))).await);
    let change = patch_of(&json!([{"op": "replace", "path": "title", "value": "x"}]));
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": user("made")},
            {"method": "PATCH", "path": format!("/Users/{id}"), "data": change},
            {"method": "POST", "path": "/Users", "bulkId": "b", "data": user("BJENSEN")},
            {"method": "DELETE", "path": format!("/Users/{id}")},
        ],
    });
    let answer = logged
        .call("POST", "/Bulk", Some(&bulk))
        .await
        .expect_status(200);
    let made = answer.json()["Operations"][0]["location"]
        .as_str()
        .unwrap()
        .to_owned();
    let made = made.rsplit('/').next().unwrap();
    let told = logged.told(&answer).await;
    told.has("understood", &["4 operations in one request."]);
    told.has("understood", &["1. POST /Users: 201"]);
    told.has("understood", &["2. PATCH /Users/", ": 200"]);
    told.has(
        "understood",
        &["3. POST /Users: 409: another User already has this"],
    );
    told.has("understood", &["4. DELETE /Users/", ": 204"]);
    told.has("changed", &[made, "create"]);
    told.has("changed", &[&id, "modify, version 2"]);
    told.has("changed", &[&id, "delete"]);
    logged.stop().await;
}

async fn creates_and_replacements_are_explained(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    let mut document = user("bjensen");
    document["title"] = json!("x");
    document["active"] = json!("True");
    document["favouriteColour"] = json!("red");
    document["nickName"] = Value::Null;
    document["groups"] = json!([{"value": "x"}]);
    let created = logged
        .call("POST", "/Users", Some(&document))
        .await
        .expect_status(201);
    let told = logged.told(&created).await;
    told.has("understood", &["Create a User"]);
    told.has("understood", &["With ", "userName", "title", "active"]);
    told.has(
        "understood",
        &["active: the text \"True\" is read as a boolean"],
    );
    told.has(
        "understood",
        &["No schema of the tenant knows favouriteColour: passed over"],
    );
    told.has("understood", &["nickName: null, which means no value"]);
    told.has(
        "understood",
        &["groups is the server's own and was passed over"],
    );
    told.has("matched", &["\"bjensen\"", "which this request created"]);
    told.has("changed", &["create, version 1"]);
    told.has("changed", &["userName", "set to \"bjensen\""]);
    let path = format!("/Users/{}", id_of(&created));
    let replaced = logged
        .call("PUT", &path, Some(&user("bjensen")))
        .await
        .expect_status(200);
    let told = logged.told(&replaced).await;
    told.has(
        "understood",
        &["Replace the User", "what is left out is cleared"],
    );
    told.has("changed", &["title", "removed, was \"x\""]);
    logged.stop().await;
}

async fn secrets_are_in_no_explanation(db: Db) {
    let logged = Logged::with(db, "okta", |_| ()).await;
    let mut document = user("bjensen");
    document["password"] = json!("canary-one");
    let created = logged
        .call("POST", "/Users", Some(&document))
        .await
        .expect_status(201);
    let path = format!("/Users/{}", id_of(&created));
    let set = patch_of(&json!([{"op": "replace", "path": "password", "value": "canary-two"}]));
    let pathless = patch_of(&json!([{"op": "replace", "value": {"password": "Canary-three!3"}}]));
    let mut answers = vec![created];
    for change in [set, pathless] {
        answers.push(
            logged
                .call("PATCH", &path, Some(&change))
                .await
                .expect_status(200),
        );
    }
    for answer in &answers {
        let told = logged.told(answer).await;
        assert!(!told.shown.contains("canary"), "{}", told.shown);
        told.has(
            "understood",
            &["password is secret: it is stored as a hash and never shown"],
        );
        told.has("changed", &["password"]);
    }
    logged.stop().await;
}

async fn explanations_follow_the_connections_settings(db: Db) {
    let logged = Logged::with(db, "generic", |_| ()).await;
    let path = format!(
        "/Users/{}",
        id_of(&logged.call("POST", "/Users", Some(&user("bjensen"))).await)
    );
    let listed = logged
        .call("GET", "/Users?filter=userName%20eq%20bjensen", None)
        .await
        .expect_status(400);
    let told = logged.told(&listed).await;
    told.has(
        "understood",
        &["The filter \"userName eq bjensen\" could not be read"],
    );
    told.has("advice", &["Setting filter.unquoted is refuse here"]);
    let changes = [
        ("filter.unquoted", "accept"),
        ("values.unknown", "refuse"),
        ("values.string_booleans", "refuse"),
    ];
    let changes = changes.map(|(name, value)| (name.to_owned(), Some(value.to_owned())));
    let service = logged.server.service();
    muster::service::admin::update_connection(service, &logged.connection, None, &changes)
        .await
        .unwrap();
    let listed = logged
        .call("GET", "/Users?filter=userName%20eq%20bjensen", None)
        .await
        .expect_status(200);
    let told = logged.told(&listed).await;
    told.has(
        "understood",
        &[
            "userName eq \"bjensen\"",
            "values without quotes are read as text: filter.unquoted",
        ],
    );
    let mut document = user("other");
    document["favouriteColour"] = json!("red");
    let refused = logged
        .call("POST", "/Users", Some(&document))
        .await
        .expect_status(400);
    logged.told(&refused).await.has(
        "understood",
        &["favouriteColour: refused (values.unknown is refuse)"],
    );
    let change = patch_of(&json!([{"op": "replace", "path": "active", "value": "False"}]));
    let refused = logged
        .call("PATCH", &path, Some(&change))
        .await
        .expect_status(400);
    let told = logged.told(&refused).await;
    told.has(
        "understood",
        &["is no boolean (values.string_booleans is refuse)"],
    );
    told.has("refused", &["Muster said: "]);
    logged.stop().await;
}

/// Two operations on one resource do not make its changes twice.
async fn what_a_bulk_request_did_is_told_once(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    let id = id_of(&logged.call("POST", "/Users", Some(&user("bjensen"))).await);
    let change = |value: &str| {
        let data = patch_of(&json!([{"op": "replace", "path": "title", "value": value}]));
        json!({"method": "PATCH", "path": format!("/Users/{id}"), "data": data})
    };
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [change("x"), change("y")],
    });
    let answer = logged
        .call("POST", "/Bulk", Some(&bulk))
        .await
        .expect_status(200);
    let told = logged.told(&answer).await;
    let changed = told.value["changed"].as_array().unwrap();
    let second = changed
        .iter()
        .filter(|sentence| sentence.as_str().unwrap().contains("version 3"));
    assert_eq!(second.count(), 1, "{}", told.shown);
    logged.stop().await;
}

/// POST and PUT pass over what no schema knows, PATCH does not.
async fn unknown_attributes_are_explained_as_they_were_treated(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    let path = format!(
        "/Users/{}",
        id_of(&logged.call("POST", "/Users", Some(&user("bjensen"))).await)
    );
    for operation in [
        json!({"op": "replace", "path": "favouriteColour", "value": "red"}),
        json!({"op": "replace", "value": {"favouriteColour": "red"}}),
    ] {
        let change = patch_of(&json!([operation]));
        let refused = logged
            .call("PATCH", &path, Some(&change))
            .await
            .expect_status(400);
        let told = logged.told(&refused).await;
        told.has("understood", &["favouriteColour"]);
        assert!(!told.shown.contains("passed over"), "{}", told.shown);
    }
    logged.stop().await;
}
