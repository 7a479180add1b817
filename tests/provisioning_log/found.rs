//! What an explanation says of the resources that a request was about, in words.

use serde_json::json;

use super::Logged;
use crate::support::Db;
use crate::support::server::{id_of, patch_of, user};

on_both_databases!(
    lists_are_explained,
    pages_by_cursor_are_explained,
    whoever_has_a_unique_value_is_named,
    whoever_has_a_value_given_by_its_full_name_is_named,
    whoever_has_an_external_id_is_named,
    what_is_gone_since_is_explained,
);

async fn lists_are_explained(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        ids.push(id_of(
            &logged.call("POST", "/Users", Some(&user(name))).await,
        ));
    }
    let get = async |path: &str| {
        let answer = logged.call("GET", path, None).await.expect_status(200);
        logged.told(&answer).await
    };
    let told = get("/Users?filter=userName%20eq%20%22TWO%22").await;
    told.has("understood", &["List resources of type User"]);
    told.has("understood", &["Those for which userName eq \"TWO\""]);
    told.has("matched", &["1 match; 1 of them"]);
    told.has("matched", &[&ids[1], "\"two\""]);
    told.is_empty("changed");
    let told = get("/Users?filter=userName+eq+%22nobody%22").await;
    told.has("matched", &["Nothing matches", "they have to create"]);
    let told = get("/Users?startIndex=2&count=1&sortBy=userName&sortOrder=descending&attributes=userName&nonsense=1").await;
    told.has("understood", &["From position 2, 1 at most"]);
    told.has("understood", &["Sorted by userName, descending"]);
    told.has("understood", &["Only with userName"]);
    told.has(
        "understood",
        &["\"nonsense\" means nothing here and is passed over"],
    );
    told.has("matched", &["3 match; 1 of them"]);
    let told = get("/Users?excludedAttributes=emails").await;
    told.has("understood", &["Without emails"]);
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "userName sw \"t\"", "count": 1});
    let found = logged
        .call("POST", "/Users/.search", Some(&search))
        .await
        .expect_status(200);
    let told = logged.told(&found).await;
    told.has("understood", &["Those for which userName sw \"t\""]);
    told.has("matched", &["2 match; 1 of them"]);
    told.is_empty("changed");
    let found = logged
        .call("GET", "/?count=2", None)
        .await
        .expect_status(200);
    let told = logged.told(&found).await;
    told.has("understood", &["resources of every type"]);
    logged.stop().await;
}

async fn whoever_has_a_unique_value_is_named(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    let first = id_of(&logged.call("POST", "/Users", Some(&user("bjensen"))).await);
    let second = id_of(&logged.call("POST", "/Users", Some(&user("other"))).await);
    let refused = logged
        .call("POST", "/Users", Some(&user("BJensen")))
        .await
        .expect_status(409);
    let told = logged.told(&refused).await;
    told.has("matched", &["userName \"BJensen\" is held by User", &first]);
    let off = patch_of(&json!([{"op": "Replace", "path": "active", "value": "False"}]));
    logged
        .call("PATCH", &format!("/Users/{first}"), Some(&off))
        .await
        .expect_status(200);
    for (operations, given) in [
        (
            json!([{"op": "Replace", "path": "userName", "value": "bjensen"}]),
            "\"bjensen\"",
        ),
        (
            json!([{"op": "Replace", "value": {"userName": "BJENSEN"}}]),
            "\"BJENSEN\"",
        ),
    ] {
        let refused = logged
            .call(
                "PATCH",
                &format!("/Users/{second}"),
                Some(&patch_of(&operations)),
            )
            .await;
        let told = logged.told(&refused.expect_status(409)).await;
        told.has(
            "matched",
            &[given, "is held by User", &first, "which is deactivated"],
        );
        told.has(
            "matched",
            &[&second, "\"other\"", "by the id in the address"],
        );
    }
    let refused = logged
        .call("PUT", &format!("/Users/{second}"), Some(&user("bjensen")))
        .await
        .expect_status(409);
    logged
        .told(&refused)
        .await
        .has("matched", &["is held by User", &first]);
    let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Admins"});
    let first = id_of(&logged.call("POST", "/Groups", Some(&group)).await);
    let refused = logged
        .call("POST", "/Groups", Some(&group))
        .await
        .expect_status(409);
    logged.told(&refused).await.has(
        "matched",
        &["displayName \"Admins\" is held by Group", &first],
    );
    logged.stop().await;
}

async fn whoever_has_an_external_id_is_named(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    let mut document = user("one");
    document["externalId"] = json!("e-1");
    let first = id_of(&logged.call("POST", "/Users", Some(&document)).await);
    document["userName"] = json!("two");
    let refused = logged
        .call("POST", "/Users", Some(&document))
        .await
        .expect_status(409);
    let told = logged.told(&refused).await;
    told.has("matched", &["externalId \"e-1\" is held by User", &first]);
    logged.stop().await;
}

async fn what_is_gone_since_is_explained(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    let created = logged.call("POST", "/Users", Some(&user("bjensen"))).await;
    let id = id_of(&created);
    let path = format!("/Users/{id}");
    let deleted = logged.call("DELETE", &path, None).await.expect_status(204);
    let told = logged.told(&deleted).await;
    told.has("understood", &["Delete the User, for good."]);
    told.has("changed", &[&id, "delete"]);
    told.has("changed", &["userName", "removed, was \"bjensen\""]);
    let told = logged.told(&created).await;
    told.has("matched", &[&id, "it has been deleted since"]);
    told.has("changed", &[&id, "create, version 1"]);
    let missing = logged.call("GET", &path, None).await.expect_status(404);
    let told = logged.told(&missing).await;
    told.has("matched", &["No resource has the id", &id]);
    logged.stop().await;
}

async fn pages_by_cursor_are_explained(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    for name in ["one", "two"] {
        logged
            .call("POST", "/Users", Some(&user(name)))
            .await
            .expect_status(201);
    }
    let get = async |path: &str| {
        let answer = logged.call("GET", path, None).await.expect_status(200);
        logged.told(&answer).await
    };
    let page = logged
        .call("GET", "/Users?cursor=&count=1", None)
        .await
        .json();
    let cursor = page["nextCursor"].as_str().unwrap();
    let told = get(&format!("/Users?count=1&cursor={cursor}")).await;
    told.has("understood", &["The page that the cursor names, by cursor"]);
    let told = get("/Users?cursor=&count=1").await;
    told.has("understood", &["The first page, by cursor"]);
    logged.stop().await;
}

async fn whoever_has_a_value_given_by_its_full_name_is_named(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    let first = id_of(&logged.call("POST", "/Users", Some(&user("bjensen"))).await);
    let second = id_of(&logged.call("POST", "/Users", Some(&user("other"))).await);
    let urn = "urn:ietf:params:scim:schemas:core:2.0:User:userName";
    for operation in [
        json!({"op": "Replace", "path": urn, "value": "bjensen"}),
        json!({"op": "Replace", "value": {urn: "bjensen"}}),
    ] {
        let change = patch_of(&json!([operation]));
        let refused = logged
            .call("PATCH", &format!("/Users/{second}"), Some(&change))
            .await;
        let told = logged.told(&refused.expect_status(409)).await;
        told.has("matched", &["\"bjensen\"", "is held by User", &first]);
    }
    logged.stop().await;
}
