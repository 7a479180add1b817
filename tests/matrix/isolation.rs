//! What the routes alone do not show: scopes inside a request, and values of another tenant in it.

use muster::service::admin;
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{SCOPES, World, register, token};
use crate::support::Db;
use crate::support::http::{Request, send};
use crate::support::server::{add_member, patch_of, user};

const BADGE: &str = "urn:example:scim:schemas:test:1.0:MatrixBadge";

/// A password in any place needs its own scope, and nothing is done without.
pub(super) async fn passwords_need_a_scope_of_their_own(db: Db) {
    let world = World::new(db).await;
    let service = world.server.service();
    let connection = admin::get_connection(service, &world.tenant, "test");
    let connection = connection.await.unwrap();
    let others = SCOPES.iter().filter(|one| **one != "password:write");
    let others = others.copied().collect::<Vec<_>>().join(" ");
    let without = token(service, &connection, &others, None).await;
    let own = token(service, &connection, &others, Some(&world.me.id)).await;
    let mut created = user("with a password");
    created["password"] = json!("a long enough secret");
    let mut replaced = world.me.document.clone();
    replaced["password"] = json!("a long enough secret");
    let set = patch_of(&json!([{"op": "replace", "path": "password", "value": "An0ther secret!"}]));
    let pathless = patch_of(&json!([{"op": "add", "value": {"password": "An0ther secret!"}}]));
    let removed = patch_of(&json!([{"op": "remove", "path": "password"}]));
    let me = format!("/Users/{}", world.me.id);
    for (token, method, path, body) in [
        (&without, "POST", "/Users", &created),
        (&without, "PUT", &me, &replaced),
        (&without, "PATCH", &me, &set),
        (&without, "PATCH", &me, &pathless),
        (&without, "PATCH", &me, &removed),
        (&own, "PUT", "/Me", &replaced),
        (&own, "PATCH", "/Me", &set),
        (&own, "PATCH", &me, &removed),
    ] {
        let refused = world.call(token, method, path, Some(body)).await;
        let refused = refused.expect_status(403);
        let challenge = refused.header("WWW-Authenticate").unwrap_or_default();
        assert!(
            challenge.contains("scope=\"password:write\""),
            "{method} {path}: {challenge}"
        );
        assert!(
            !refused.describe().contains("secret"),
            "{}",
            refused.describe()
        );
    }
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "one", "data": created},
            {"method": "PATCH", "path": me, "data": set},
        ],
    });
    let answer = world.call(&without, "POST", "/Bulk", Some(&bulk)).await;
    let answer = answer.expect_status(200).json();
    for operation in answer["Operations"].as_array().unwrap() {
        assert_eq!(operation["status"], "403", "{operation}");
        let detail = operation["response"]["detail"].as_str().unwrap();
        assert!(detail.contains("password:write"), "{detail}");
    }
    let found = world.call(
        &world.token,
        "GET",
        "/Users?filter=userName+eq+%22with+a+password%22",
        None,
    );
    assert_eq!(found.await.expect_status(200).json()["totalResults"], 0);
    world
        .call(&world.token, "PATCH", &me, Some(&set))
        .await
        .expect_status(200);
    world.stop().await;
}

/// The answer, with the id that was asked for taken out.
async fn answered(
    world: &World,
    method: &str,
    path: &str,
    body: &Value,
    id: &str,
) -> (u16, String) {
    let response = world
        .call(&world.other_token, method, path, Some(body))
        .await;
    let text = String::from_utf8(response.body).unwrap();
    (response.status, text.replace(id, "ID"))
}

pub(super) async fn values_of_another_tenant_are_unknown(db: Db) {
    let world = World::new(db).await;
    let nowhere = Uuid::now_v7().to_string();
    let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "theirs"});
    let theirs = super::made(
        world
            .call(&world.other_token, "POST", "/Groups", Some(&group))
            .await,
    );
    let path = format!("/Groups/{theirs}");
    for family in &world.families {
        let mut answers = Vec::new();
        for id in [family.id.as_str(), &nowhere] {
            let mut replaced = group.clone();
            replaced["members"] = json!([{"value": id}]);
            let removed =
                patch_of(&json!([{"op": "remove", "path": format!("members[value eq \"{id}\"]")}]));
            let change = patch_of(&json!([{"op": "replace", "path": "displayName", "value": "x"}]));
            let bulk = |method: &str, endpoint: &str| {
                json!({
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
                    "Operations": [{"method": method, "path": format!("/{endpoint}/{id}"), "data": change}],
                })
            };
            let search = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
                "filter": format!("id eq \"{id}\" or members.value eq \"{id}\""),
            });
            answers.push([
                answered(&world, "PATCH", &path, &add_member(id), id).await,
                answered(&world, "PUT", &path, &replaced, id).await,
                answered(&world, "PATCH", &path, &removed, id).await,
                answered(
                    &world,
                    "POST",
                    "/Bulk",
                    &bulk("DELETE", family.endpoint),
                    id,
                )
                .await,
                answered(&world, "POST", "/Bulk", &bulk("PATCH", family.endpoint), id).await,
                answered(&world, "POST", "/Groups/.search", &search, id).await,
            ]);
        }
        assert_eq!(answers[0], answers[1], "{}", family.endpoint);
        for secret in &world.secrets {
            let is_told = answers[0].iter().any(|(_, text)| text.contains(secret));
            assert!(!is_told, "{secret}: {:?}", answers[0]);
        }
        // A name that is taken in one tenant is free in the other.
        let path = format!("/{}", family.endpoint);
        let mut same = family.document.clone();
        same.as_object_mut().unwrap().remove("members");
        let created = world
            .call(&world.other_token, "POST", &path, Some(&same))
            .await;
        created.expect_status(201);
    }
    // A cursor is good for whoever got it.
    let page = world
        .call(&world.token, "GET", "/Users?cursor=&count=1", None)
        .await;
    let page = page.expect_status(200).json();
    let cursor = page["nextCursor"].as_str().unwrap();
    let next = format!("/Users?count=1&cursor={cursor}");
    world
        .call(&world.token, "GET", &next, None)
        .await
        .expect_status(200);
    let refused = world.call(&world.other_token, "GET", &next, None).await;
    assert_eq!(
        refused.expect_status(400).json()["scimType"],
        "invalidCursor"
    );
    world.stop().await;
}

pub(super) async fn what_a_tenant_registers_is_its_own(db: Db) {
    let world = World::new(db).await;
    register(world.server.service(), &world.tenant, BADGE, "Badge").await;
    let badge = json!({"schemas": [BADGE], "label": "canary-badge"});
    let id = super::made(
        world
            .call(&world.token, "POST", "/Badges", Some(&badge))
            .await,
    );
    for path in ["/Schemas", "/ResourceTypes", "/", "/Users", "/Things"] {
        let found = world.call(&world.other_token, "GET", path, None).await;
        let shown = found.expect_status(200).describe();
        let is_told = [BADGE, "Badge", id.as_str()]
            .iter()
            .any(|text| shown.contains(text));
        assert!(!is_told, "{path}: {shown}");
    }
    for (there, nowhere) in [
        (format!("/Schemas/{BADGE}"), format!("/Schemas/{BADGE}x")),
        (
            "/ResourceTypes/Badge".to_owned(),
            "/ResourceTypes/Badgex".to_owned(),
        ),
        ("/Badges".to_owned(), "/Badgexs".to_owned()),
        (format!("/Badges/{id}"), format!("/Badgexs/{id}")),
    ] {
        let shown = async |path: &str| {
            let response = world.call(&world.other_token, "GET", path, None).await;
            let text = response.expect_status(404).json().to_string();
            text.replace("Badgex", "Badge")
        };
        assert_eq!(shown(&there).await, shown(&nowhere).await, "{there}");
        world
            .call(&world.token, "GET", &there, None)
            .await
            .expect_status(200);
    }
    world.stop().await;
}

/// The tenant in the address chooses nothing: it has to be the token's.
pub(super) async fn a_token_is_good_in_its_own_tenant_only(db: Db) {
    let world = World::new(db).await;
    let get = async |target: String, token: &str| {
        let request = Request {
            method: "GET".to_owned(),
            target,
            headers: vec![("Authorization".to_owned(), format!("Bearer {token}"))],
            body: None,
        };
        send(world.root(), request).await.unwrap()
    };
    for (tenant, status) in [
        (world.name.as_str(), 200),
        (&world.other_name, 404),
        ("default", 404),
        ("T-NOBODY", 404),
        (&world.name.to_uppercase(), 404),
        (&format!("{}%00", world.name), 404),
        (&format!("{}%20", world.name), 404),
        ("%ff", 404),
        ("..", 404),
    ] {
        for version in ["scim/v2", "scim"] {
            let target = format!("/t/{tenant}/{version}/Users");
            let response = get(target.clone(), &world.token).await;
            assert_eq!(response.status, status, "{target}: {}", response.describe());
            let is_told = response.describe().contains(&world.other_name);
            assert!(!is_told || tenant == world.other_name, "{target}");
        }
    }
    // With the tenant in the address, links have it as well.
    let listed = get(format!("/t/{}/scim/v2/Users", world.name), &world.token).await;
    let location = listed.json()["Resources"][0]["meta"]["location"].clone();
    let prefix = format!("{}/t/{}/scim/v2/Users/", world.root(), world.name);
    assert!(
        location.as_str().unwrap().starts_with(&prefix),
        "{location}"
    );
    world.stop().await;
}
