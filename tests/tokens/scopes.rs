//! What tokens allow: by default, by scope, and what those see who may only write.

use std::path::Path;

use muster::auth::settings::profiles;
use muster::auth::{Scope, Scopes};
use muster::service::admin;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::http::Response;
use crate::support::oauth::{connection_of, token_for};
use crate::support::server::{
    TenantOptions, TestTenant, add_member, fresh_tenant_with, id_of, on_server, patch_of, service,
    user,
};
use crate::support::{Db, fresh_tenant, unique};

on_both_databases!(
    default_scopes_are_those_of_the_profile,
    a_request_without_its_scope_is_refused_and_told_which,
    one_scope_is_enough_for_its_request,
    who_may_only_write_sees_ids_alone,
    who_may_only_write_reads_nothing_by_other_ways,
);

/// What a create needs, by the scope's family.
fn documents() -> [(&'static str, Value); 3] {
    let group = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": unique(),
    });
    let robot = json!({"schemas": ["urn:acme:robots:2.0"], "name": unique()});
    [
        ("users", user(&unique())),
        ("groups", group),
        ("resources", robot),
    ]
}

fn endpoint(family: &str) -> &'static str {
    match family {
        "users" => "/Users",
        "groups" => "/Groups",
        _ => "/Robots",
    }
}

async fn with_robots(db: Db) -> TestTenant {
    let robots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/robots.json");
    let options = TenantOptions {
        schemas: vec![(robots, None)],
        user: Some("bjensen".to_owned()),
        ..TenantOptions::default()
    };
    fresh_tenant_with(db, &options).await
}

async fn scoped(db: Db, tenant: &TestTenant, scopes: &str, user: Option<&str>) -> TestTenant {
    let (asked, scopes) = (tenant.clone(), scopes.to_owned());
    let user = user.map(str::to_owned);
    let token = on_server(db, async move {
        token_for(service(db), &asked, &scopes, user.as_deref()).await
    });
    tenant.showing(&token.await.secret)
}

fn all_but(name: &str) -> String {
    let others = Scope::ALL.iter().map(|(_, scope)| *scope);
    let others: Vec<&str> = others.filter(|scope| *scope != name).collect();
    others.join(" ")
}

/// shows: P-2.1-01
async fn default_scopes_are_those_of_the_profile(db: Db) {
    let with_passwords = ["generic", "okta"];
    let mut known = 0;
    for (profile, _) in profiles().unwrap() {
        known += 1;
        let options = TenantOptions {
            profile: profile.to_owned(),
            ..TenantOptions::default()
        };
        let tenant = fresh_tenant_with(db, &options).await;
        let asked = tenant.clone();
        let (token, scopes, client_scopes) = on_server(db, async move {
            let service = service(db);
            let (admin_tenant, connection) = connection_of(service, &asked).await;
            let token = admin::create_token(service, &connection, None, None, None).await;
            let token = token.unwrap();
            let client = admin::create_client(service, &connection, None, None).await;
            let client = client.unwrap();
            let tokens = admin::list_tokens(service, &admin_tenant).await.unwrap();
            let row = tokens.into_iter().find(|row| row.id == token.id);
            let clients = admin::list_clients(service, &admin_tenant).await.unwrap();
            let listed = clients.into_iter().find(|row| row.id == client.id);
            (token.secret, row.unwrap().scopes, listed.unwrap().scopes)
        })
        .await;
        let may = with_passwords.contains(&profile);
        let expected = if may {
            Scopes::all().to_string()
        } else {
            all_but("password:write")
        };
        assert_eq!(scopes, expected, "{profile}");
        assert_eq!(client_scopes, expected, "{profile}");
        let mut document = user(&unique());
        document["password"] = json!("t1meMa$heen");
        let created = tenant.showing(&token).post("/Users", &document).await;
        created.expect_status(if may { 201 } else { 403 });
    }
    assert!(known >= 10, "the profiles were not read");
}

/// Every request that needs a scope, with that scope; `{id}` stands for a resource of the family.
fn requests() -> Vec<(String, &'static str, String, Option<Value>)> {
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]});
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [],
    });
    let change = patch_of(&json!([{"op": "replace", "path": "externalId", "value": "x"}]));
    let mut requests = vec![
        ("bulk".to_owned(), "POST", "/Bulk".to_owned(), Some(bulk)),
        ("users:read".to_owned(), "GET", "/Me".to_owned(), None),
    ];
    for path in [
        "/Schemas",
        "/ResourceTypes",
        "/ResourceTypes/User",
        "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
    ] {
        requests.push(("schemas:read".to_owned(), "GET", path.to_owned(), None));
    }
    for (family, document) in documents() {
        let endpoint = endpoint(family);
        let one = format!("{endpoint}/{{{family}}}");
        let (read, write) = (format!("{family}:read"), format!("{family}:write"));
        requests.push((read.clone(), "GET", endpoint.to_owned(), None));
        requests.push((read.clone(), "GET", one.clone(), None));
        let path = format!("{endpoint}/.search");
        requests.push((read.clone(), "POST", path, Some(search.clone())));
        requests.push((read.clone(), "GET", "/".to_owned(), None));
        requests.push((read, "POST", "/.search".to_owned(), Some(search.clone())));
        let created = Some(document.clone());
        requests.push((write.clone(), "POST", endpoint.to_owned(), created));
        requests.push((write.clone(), "PUT", one.clone(), Some(document)));
        requests.push((write, "PATCH", one.clone(), Some(change.clone())));
        requests.push((format!("{family}:delete"), "DELETE", one, None));
    }
    requests
}

/// Creates a resource of each family.
async fn resources(tenant: &TestTenant) -> Vec<(&'static str, String)> {
    let mut made = Vec::new();
    for (family, document) in documents() {
        let created = tenant.post(endpoint(family), &document).await;
        made.push((family, id_of(&created.expect_status(201))));
    }
    made
}

fn filled(path: &str, made: &[(&'static str, String)]) -> String {
    let mut path = path.to_owned();
    for (family, id) in made {
        path = path.replace(&format!("{{{family}}}"), id);
    }
    path
}

/// shows: P-2-02 P-2.1-01 B-6750-02
async fn a_request_without_its_scope_is_refused_and_told_which(db: Db) {
    let tenant = with_robots(db).await;
    let made = resources(&tenant).await;
    let requests = requests();
    assert_eq!(requests.len(), 33);
    for (scope, method, path, body) in requests {
        let subject = (path == "/Me").then_some("bjensen");
        let without = scoped(db, &tenant, &all_but(&scope), subject).await;
        let target = filled(&path, &made);
        let answer = without.request(method, &target, &[], body.as_ref()).await;
        expect_missing(&answer, &scope, &format!("{method} {path}"));
    }
    for (family, id) in &made {
        let kept = tenant.get(&format!("{}/{id}", endpoint(family))).await;
        let kept = kept.expect_status(200);
        assert_eq!(kept.header("ETag"), Some("W/\"1\""), "{}", kept.describe());
    }
    // An unknown scope would be looked for in vain; the configuration is everybody's.
    let answer = scoped(db, &tenant, "events:read", None).await;
    answer
        .get("/ServiceProviderConfig")
        .await
        .expect_status(200);
}

#[track_caller]
fn expect_missing(answer: &Response, scope: &str, what: &str) {
    let shown = format!("{what} without {scope}:\n{}", answer.describe());
    assert_eq!(answer.status, 403, "{shown}");
    let challenge = answer.header("WWW-Authenticate").unwrap_or_default();
    assert_eq!(
        challenge,
        format!("Bearer realm=\"muster\", error=\"insufficient_scope\", scope=\"{scope}\""),
        "{shown}"
    );
    let body = answer.json();
    assert!(body["detail"].as_str().unwrap().contains(scope), "{shown}");
}

/// shows: P-2-02
async fn one_scope_is_enough_for_its_request(db: Db) {
    let tenant = with_robots(db).await;
    for (scope, method, path, body) in requests() {
        let is_of_all = matches!(path.as_str(), "/" | "/.search");
        // The user's own resource is not to be found there by others' tokens.
        if is_of_all {
            continue;
        }
        let made = resources(&tenant).await;
        let subject = (path == "/Me").then_some("bjensen");
        let only = scoped(db, &tenant, &scope, subject).await;
        let target = filled(&path, &made);
        let mut body = body;
        if let Some(document) = body.as_mut().filter(|_| matches!(method, "POST" | "PUT")) {
            for unique_name in ["userName", "displayName", "name"] {
                if document.get(unique_name).is_some() {
                    document[unique_name] = json!(unique());
                }
            }
        }
        let answer = only.request(method, &target, &[], body.as_ref()).await;
        let shown = format!("{method} {path} with {scope}:\n{}", answer.describe());
        assert!(answer.is_success() || path == "/Bulk", "{shown}");
        assert!(answer.status < 403, "{shown}");
    }
}

/// Demands an answer that shows nothing but an id.
#[track_caller]
fn expect_id_alone(answer: Response) -> String {
    let answer = match answer.status {
        200 | 201 => answer,
        _ => panic!("{}", answer.describe()),
    };
    let body = answer.json();
    let names: Vec<&String> = body.as_object().unwrap().keys().collect();
    let is_harmless = |name: &&String| matches!(name.as_str(), "id" | "schemas");
    assert!(names.iter().all(is_harmless), "{}", answer.describe());
    id_of(&answer)
}

/// shows: P-2-02
async fn who_may_only_write_sees_ids_alone(db: Db) {
    let tenant = with_robots(db).await;
    let scopes = "users:write groups:write resources:write bulk";
    let writer = scoped(db, &tenant, scopes, None).await;
    for (family, document) in documents() {
        let (endpoint, asked) = (
            endpoint(family),
            "?attributes=userName,displayName,name,meta",
        );
        let created = writer.post(&format!("{endpoint}{asked}"), &document).await;
        let id = expect_id_alone(created);
        let path = format!("{endpoint}/{id}{asked}");
        assert_eq!(expect_id_alone(writer.put(&path, &document).await), id);
        let change = patch_of(&json!([{"op": "replace", "path": "externalId", "value": "x"}]));
        assert_eq!(expect_id_alone(writer.patch(&path, &change).await), id);
        // It was written all the same.
        let read = tenant.get(&format!("{endpoint}/{id}")).await;
        assert_eq!(read.expect_status(200).json()["externalId"], "x");
    }
    let member = tenant.create_user(&unique()).await;
    let group = tenant.create_group(&[]).await;
    let path = format!("/Groups/{group}?attributes=members");
    assert_eq!(
        expect_id_alone(writer.patch(&path, &add_member(&member)).await),
        group
    );
    assert_eq!(tenant.members(&group).await, [member]);
    let request = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": user("in secret")},
        ],
    });
    let answer = writer.post("/Bulk", &request).await.expect_status(200);
    let shown = answer.describe();
    assert_eq!(answer.json()["Operations"][0]["status"], "201", "{shown}");
    assert!(!shown.contains("in secret"), "{shown}");
}

/// shows: P-2-02
async fn who_may_only_write_reads_nothing_by_other_ways(db: Db) {
    let tenant = fresh_tenant(db).await;
    let id = tenant.create_user("bjensen").await;
    let writer = scoped(db, &tenant, "users:write groups:write bulk", None).await;
    for path in [
        format!("/Users/{id}"),
        format!("/Users/{}", Uuid::now_v7()),
        "/Users?filter=userName%20eq%20%22bjensen%22".to_owned(),
        "/Users?count=0".to_owned(),
    ] {
        let answer = writer.get(&path).await;
        expect_missing(&answer, "users:read", &path);
    }
    // Nor does it learn what is not there.
    let answer = writer
        .request("HEAD", &format!("/Users/{id}"), &[], None)
        .await;
    answer.expect_status(403);
    let answer = writer.delete(&format!("/Users/{id}")).await;
    expect_missing(&answer, "users:delete", "delete");
    // Whoever is named by both is one resource; the answer does not show it.
    let refused = writer.post("/Users", &user("bjensen")).await;
    let refused = refused.expect_status(409);
    assert!(!refused.describe().contains(&id), "{}", refused.describe());
}
