//! What a provisioning client can do to accounts over SCIM, and what is out of its reach.

use std::slice::from_ref;

use futures_util::future::join_all;
use muster::auth::Role;
use muster::service::account::onboarding::Onboarding;
use muster::service::account::people::{self, Switch};
use serde_json::{Value, json};

use super::world::{CORE_GROUP, CORE_USER, GROUP, OTHER, PASSWORD, USER, World};
use crate::support::Db;
use crate::support::http::Response;
use crate::support::server::{add_member, id_of, patch_of, user};

on_both_databases!(
    no_token_makes_an_operator,
    no_token_touches_an_operator,
    no_token_touches_a_group_of_operators,
    operators_and_customers_do_not_mix_in_groups,
    only_groups_of_operators_have_roles,
    a_group_keeps_its_audience,
    what_is_the_servers_is_not_taken_from_clients,
    what_is_the_operators_is_not_taken_from_clients,
    what_a_client_does_not_know_outlives_its_replacement,
    a_removed_extension_takes_nothing_of_the_servers,
    a_lock_is_set_shown_kept_and_lifted,
    filters_agree_with_what_is_there,
    a_forced_reset_sends_one_letter_and_stays_unseen,
);

const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

async fn bulk(world: &World, operation: Value) -> Response {
    let body = json!({"schemas": [BULK], "Operations": [operation]});
    let answer = world.tenant.post("/Bulk", &body).await.expect_status(200);
    let operation = answer.json()["Operations"][0].clone();
    let status = operation["status"].as_str().unwrap().parse().unwrap();
    Response { status, ..answer }
}

/// The answers of everything that was tried, by its name.
fn assert_all(tried: &[(&str, Response)], wanted: u16) {
    let wrong = tried.iter().filter(|(_, answer)| answer.status != wanted);
    let wrong: Vec<String> = wrong
        .map(|(what, answer)| format!("{what}: {}", answer.describe()))
        .collect();
    assert!(wrong.is_empty(), "not {wanted}:\n{}", wrong.join("\n"));
}

/// As [`assert_all`], where two rules at once forbid it.
fn assert_refused(tried: &[(&str, Response)]) {
    let wrong = tried
        .iter()
        .filter(|(_, answer)| !matches!(answer.status, 400 | 403));
    let wrong: Vec<String> = wrong
        .map(|(what, answer)| format!("{what}: {}", answer.describe()))
        .collect();
    assert!(wrong.is_empty(), "not refused:\n{}", wrong.join("\n"));
}

fn operator_body(name: &str) -> Value {
    json!({"schemas": [CORE_USER, USER], "userName": name, USER: {"kind": "operator"}})
}

async fn no_token_makes_an_operator(db: Db) {
    let world = World::new(db).await;
    let customer = world.provisioned("bjensen@example.com").await;
    let path = format!("/Users/{}", customer.id);
    let body = operator_body("eve@example.com");
    let taken = operator_body(&customer.name);
    let kind = format!("{USER}:kind");
    let whole = json!([{"op": "add", "path": USER, "value": {"kind": "operator"}}]);
    let one = json!([{"op": "replace", "path": kind, "value": "operator"}]);
    let pathless = json!([{"op": "add", "value": {USER: {"kind": "operator"}}}]);
    let tried = [
        ("POST", world.tenant.post("/Users", &body).await),
        (
            "POST in bulk",
            bulk(
                &world,
                json!({"method": "POST", "path": "/Users", "bulkId": "a", "data": body}),
            )
            .await,
        ),
        ("PUT", world.tenant.put(&path, &taken).await),
        (
            "PUT in bulk",
            bulk(
                &world,
                json!({"method": "PUT", "path": path, "data": taken}),
            )
            .await,
        ),
        (
            "PATCH of the kind",
            world.patch_user(customer.id, &one).await,
        ),
        (
            "PATCH of the extension",
            world.patch_user(customer.id, &whole).await,
        ),
        (
            "PATCH without path",
            world.patch_user(customer.id, &pathless).await,
        ),
        (
            "PATCH in bulk",
            bulk(
                &world,
                json!({"method": "PATCH", "path": path, "data": patch_of(&one)}),
            )
            .await,
        ),
    ];
    let all = world.tenant.get("/Users").await.expect_status(200).json();
    assert_eq!(all["totalResults"], 1, "{all}");
    assert_eq!(world.account(customer.id).await["kind"], Value::Null);
    assert_all(&tried[..2], 403);
    let silent = tried.iter().filter(|(_, answer)| answer.is_success());
    let silent: Vec<&str> = silent.map(|(what, _)| *what).collect();
    assert!(silent.is_empty(), "not refused, but ignored: {silent:?}");
}

async fn no_token_touches_an_operator(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let browser = world.signed_in(&owner.name, PASSWORD).await;
    let path = format!("/Users/{}", owner.id);
    let before = world.user(owner.id).await;
    assert_eq!(before[USER]["kind"], "operator");
    let bare = user(&owner.name);
    let mut whole = before.clone();
    whole["displayName"] = json!("Eve");
    let mut customer = before.clone();
    customer[USER]["kind"] = json!("customer");
    let operations = [
        json!([{"op": "replace", "path": "active", "value": false}]),
        json!([{"op": "replace", "path": "password", "value": OTHER}]),
        json!([{"op": "replace", "path": "displayName", "value": "Eve"}]),
        json!([{"op": "replace", "path": "emails", "value": [{"value": "eve@evil.example"}]}]),
        json!([{"op": "replace", "path": "userName", "value": "eve@evil.example"}]),
        json!([{"op": "add", "path": format!("{USER}:locked"), "value": true}]),
        json!([{"op": "add", "path": format!("{USER}:forcePasswordReset"), "value": true}]),
    ];
    // These are not to be had by anybody.
    let impossible = [
        json!([{"op": "remove", "path": USER}]),
        json!([{"op": "remove", "path": format!("{USER}:kind")},
               {"op": "replace", "path": "displayName", "value": "Eve"}]),
        json!([{"op": "replace", "path": format!("{USER}:kind"), "value": "customer"},
               {"op": "replace", "path": "displayName", "value": "Eve"}]),
    ];
    let mut tried = vec![
        (
            "PUT without extension",
            world.tenant.put(&path, &bare).await,
        ),
        ("PUT of all", world.tenant.put(&path, &whole).await),
        ("DELETE", world.tenant.delete(&path).await),
        (
            "PUT in bulk",
            bulk(&world, json!({"method": "PUT", "path": path, "data": bare})).await,
        ),
        (
            "DELETE in bulk",
            bulk(&world, json!({"method": "DELETE", "path": path})).await,
        ),
    ];
    for operations in &operations {
        tried.push(("PATCH", world.patch_user(owner.id, operations).await));
        let data = json!({"method": "PATCH", "path": path, "data": patch_of(operations)});
        tried.push(("PATCH in bulk", bulk(&world, data).await));
    }
    let mut refused = vec![(
        "PUT of a customer",
        world.tenant.put(&path, &customer).await,
    )];
    for operations in &impossible {
        refused.push(("PATCH", world.patch_user(owner.id, operations).await));
        let data = json!({"method": "PATCH", "path": path, "data": patch_of(operations)});
        refused.push(("PATCH in bulk", bulk(&world, data).await));
    }
    assert_refused(&refused);
    assert_eq!(world.user(owner.id).await, before);
    assert!(browser.is_in().await);
    assert_all(&tried, 403);
}

async fn no_token_touches_a_group_of_operators(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let second = world.operator("second@example.com", Role::Auditor).await;
    let customer = world.provisioned("eve@example.com").await;
    let group = world.group_of(Role::Owner).await;
    let path = format!("/Groups/{group}");
    let before = world.tenant.get(&path).await.json();
    let mut whole = before.clone();
    whole["displayName"] = json!("mine");
    let mut taken = before.clone();
    taken["members"] = json!([{"value": customer.id}]);
    let bare = json!({"schemas": [CORE_GROUP], "displayName": "customers"});
    let made = json!({
        "schemas": [CORE_GROUP, GROUP], "displayName": "mine", GROUP: {"audience": "operator", "role": "owner"},
    });
    let operations = [
        json!([{"op": "remove", "path": "members"}]),
        json!([{"op": "remove", "path": format!("members[value eq \"{}\"]", owner.id)}]),
        json!([{"op": "add", "path": "members", "value": [{"value": second.id}]}]),
        json!([{"op": "replace", "path": "members", "value": [{"value": second.id}]}]),
        json!([{"op": "replace", "path": format!("{GROUP}:role"), "value": "auditor"}]),
        json!([{"op": "remove", "path": format!("{GROUP}:role")}]),
        json!([{"op": "replace", "path": "displayName", "value": "mine"}]),
    ];
    let impossible = [
        json!([{"op": "add", "path": "members", "value": [{"value": customer.id}]}]),
        json!([{"op": "replace", "path": "members", "value": [{"value": customer.id}]}]),
        json!([{"op": "remove", "path": GROUP}]),
    ];
    let mut tried = vec![
        ("POST", world.tenant.post("/Groups", &made).await),
        (
            "PUT without extension",
            world.tenant.put(&path, &bare).await,
        ),
        ("PUT of all", world.tenant.put(&path, &whole).await),
        ("DELETE", world.tenant.delete(&path).await),
        (
            "POST in bulk",
            bulk(
                &world,
                json!({"method": "POST", "path": "/Groups", "bulkId": "g", "data": made}),
            )
            .await,
        ),
        (
            "PUT in bulk",
            bulk(
                &world,
                json!({"method": "PUT", "path": path, "data": whole}),
            )
            .await,
        ),
        (
            "DELETE in bulk",
            bulk(&world, json!({"method": "DELETE", "path": path})).await,
        ),
    ];
    for operations in &operations {
        tried.push((
            "PATCH",
            world.tenant.patch(&path, &patch_of(operations)).await,
        ));
        let data = json!({"method": "PATCH", "path": path, "data": patch_of(operations)});
        tried.push(("PATCH in bulk", bulk(&world, data).await));
    }
    let mut refused = vec![("PUT of a member", world.tenant.put(&path, &taken).await)];
    for operations in &impossible {
        let answer = world.tenant.patch(&path, &patch_of(operations)).await;
        refused.push(("PATCH", answer));
    }
    assert_refused(&refused);
    assert_eq!(world.tenant.get(&path).await.json(), before);
    let all = world.tenant.get("/Groups").await.json();
    assert_eq!(all["totalResults"], 2, "{all}");
    assert_all(&tried, 403);
}

async fn operators_and_customers_do_not_mix_in_groups(db: Db) {
    let world = World::new(db).await;
    let operator = world.operator("op@example.com", Role::Admin).await;
    let customer = world.provisioned("c@example.com").await;
    let operators = world.group_of(Role::Admin).await;
    let (operator, customer) = (operator.id.to_string(), customer.id.to_string());
    let customers = world.tenant.create_group(from_ref(&customer)).await;
    let path = format!("/Groups/{customers}");
    let made = |id: &str| json!({"schemas": [CORE_GROUP], "displayName": "mixed", "members": [{"value": id}]});
    let put = |id: &str| {
        json!({"schemas": [CORE_GROUP], "displayName": "mixed",
               "members": [{"value": customer}, {"value": id}]})
    };
    let mut tried = Vec::new();
    for id in [&operator, &operators] {
        tried.push(("POST", world.tenant.post("/Groups", &made(id)).await));
        tried.push(("PATCH", world.tenant.patch(&path, &add_member(id)).await));
        tried.push(("PUT", world.tenant.put(&path, &put(id)).await));
        let data = json!({"method": "PATCH", "path": path, "data": add_member(id)});
        tried.push(("PATCH in bulk", bulk(&world, data).await));
    }
    let below = format!("/Groups/{operators}");
    let nested = world.tenant.patch(&below, &add_member(&customers)).await;
    assert_refused(&[("nested", nested)]);
    assert_eq!(world.tenant.members(&customers).await, from_ref(&customer));
    assert_eq!(world.tenant.members(&operators).await, [operator]);
    assert_all(&tried, 400);

    // Operators cannot do it either.
    let (service, acting) = (&world.server.service, world.acting().await);
    let customer = customer.parse().unwrap();
    let given = super::world::operators_set_role(service, &acting, customer, Role::Owner).await;
    assert_eq!(given.unwrap_err().kind().status(), 400);
}

async fn only_groups_of_operators_have_roles(db: Db) {
    let world = World::new(db).await;
    let customer = world.provisioned("c@example.com").await;
    let group = world.tenant.create_group(&[customer.id.to_string()]).await;
    let path = format!("/Groups/{group}");
    let before = world.tenant.get(&path).await.json();
    let body = |extension: Value| json!({"schemas": [CORE_GROUP, GROUP], "displayName": "x", GROUP: extension});
    let role = json!([{"op": "add", "path": format!("{GROUP}:role"), "value": "owner"}]);
    let tried = [
        (
            "POST",
            world
                .tenant
                .post("/Groups", &body(json!({"role": "owner"})))
                .await,
        ),
        (
            "PUT",
            world
                .tenant
                .put(&path, &body(json!({"role": "owner"})))
                .await,
        ),
        ("PATCH", world.tenant.patch(&path, &patch_of(&role)).await),
        (
            "another audience",
            world
                .tenant
                .post("/Groups", &body(json!({"audience": "Operator"})))
                .await,
        ),
    ];
    assert_all(&tried, 400);
    assert_eq!(world.tenant.get(&path).await.json(), before);
}

async fn a_group_keeps_its_audience(db: Db) {
    let world = World::new(db).await;
    let customer = world.provisioned("c@example.com").await;
    let group = world.tenant.create_group(&[customer.id.to_string()]).await;
    let path = format!("/Groups/{group}");
    let whole = json!({
        "schemas": [CORE_GROUP, GROUP], "displayName": "x",
        GROUP: {"audience": "operator", "role": "owner"},
    });
    let both = json!([
        {"op": "add", "path": format!("{GROUP}:audience"), "value": "operator"},
        {"op": "add", "path": format!("{GROUP}:role"), "value": "owner"},
    ]);
    let one = json!([{"op": "add", "path": GROUP, "value": {"audience": "operator"}}]);
    let tried = [
        ("PUT", world.tenant.put(&path, &whole).await),
        (
            "PATCH of both",
            world.tenant.patch(&path, &patch_of(&both)).await,
        ),
        ("PATCH", world.tenant.patch(&path, &patch_of(&one)).await),
    ];
    let after = world.tenant.get(&path).await.json();
    for name in ["audience", "role"] {
        assert_eq!(after[GROUP][name], Value::Null, "{after}");
    }
    let silent = tried.iter().filter(|(_, answer)| answer.is_success());
    let silent: Vec<&str> = silent.map(|(what, _)| *what).collect();
    assert!(silent.is_empty(), "not refused, but ignored: {silent:?}");
}

async fn what_is_the_servers_is_not_taken_from_clients(db: Db) {
    let world = World::new(db).await;
    let sent = json!({
        "state": "locked", "lockedAt": "2001-01-01T00:00:00Z", "passwordState": "temporary",
        "source": "admin", "lockReason": "made up",
    });
    let body = json!({
        "schemas": [CORE_USER, USER], "userName": "c@example.com", "password": PASSWORD, USER: sent,
    });
    let created = world.tenant.post("/Users", &body).await.expect_status(201);
    let id = id_of(&created);
    assert_eq!(created.json()[USER], Value::Null, "{}", created.json());
    let path = format!("/Users/{id}");
    world.tenant.put(&path, &body).await.expect_status(200);
    assert_eq!(world.account(&id).await, Value::Null);
    for (name, value) in sent.as_object().unwrap() {
        let one = json!([{"op": "replace", "path": format!("{USER}:{name}"), "value": value}]);
        _ = world.patch_user(&id, &one).await;
        let pathless = json!([{"op": "replace", "value": {USER: {name: value}}}]);
        _ = world.patch_user(&id, &pathless).await;
        assert_eq!(world.account(&id).await, Value::Null, "{name}");
    }
    world.signed_in("c@example.com", PASSWORD).await;
}

async fn what_is_the_operators_is_not_taken_from_clients(db: Db) {
    let world = World::new(db).await;
    let operator = world.operator("op@example.com", Role::Admin).await;
    let customer = world.provisioned("c@example.com").await;
    let path = format!("/Users/{}", customer.id);
    let before = world.user(customer.id).await;
    let mut tried = Vec::new();
    for extension in [
        json!({"agent": true}),
        json!({"assignedTo": {"value": operator.id}}),
    ] {
        let body =
            |name: &str| json!({"schemas": [CORE_USER, USER], "userName": name, USER: extension});
        let whole = json!([{"op": "add", "path": USER, "value": extension}]);
        tried.push((
            "POST",
            world.tenant.post("/Users", &body("d@example.com")).await,
        ));
        tried.push(("PUT", world.tenant.put(&path, &body(&customer.name)).await));
        tried.push(("PATCH", world.patch_user(customer.id, &whole).await));
        let data = json!({"method": "PATCH", "path": path, "data": patch_of(&whole)});
        tried.push(("PATCH in bulk", bulk(&world, data).await));
    }
    let value = json!([
        {"op": "add", "path": format!("{USER}:assignedTo.value"), "value": operator.id},
    ]);
    tried.push((
        "PATCH of the part",
        world.patch_user(customer.id, &value).await,
    ));
    assert_eq!(world.user(customer.id).await, before);
    assert_all(&tried, 403);
}

/// A customer who is assigned, locked with a reason, and in possession of a password.
async fn marked(world: &World) -> (uuid::Uuid, Value) {
    let operator = world.operator("op@example.com", Role::Admin).await;
    let customer = world.provisioned("c@example.com").await;
    let (service, acting) = (&world.server.service, world.acting().await);
    people::assign(service, &acting, customer.id, Some(operator.id), false)
        .await
        .unwrap();
    let lock = Switch::Lock(Some("asked for it".to_owned()));
    world.switch(customer.id, lock).await.unwrap();
    let account = world.account(customer.id).await;
    assert_eq!(account["state"], "locked");
    assert_eq!(account["lockReason"], "asked for it");
    assert_eq!(account["assignedTo"]["value"], json!(operator.id));
    (customer.id, account)
}

async fn what_a_client_does_not_know_outlives_its_replacement(db: Db) {
    let world = World::new(db).await;
    let (id, before) = marked(&world).await;
    let path = format!("/Users/{id}");
    let bodies = [
        user("c@example.com"),
        json!({"schemas": [CORE_USER, USER], "userName": "c@example.com", USER: {}}),
        json!({"schemas": [CORE_USER], "userName": "c@example.com", "active": true}),
    ];
    for body in &bodies {
        world.tenant.put(&path, body).await.expect_status(200);
        assert_eq!(world.account(id).await, before, "{body}");
        let data = json!({"method": "PUT", "path": path, "data": body});
        assert_eq!(bulk(&world, data).await.status, 200);
        assert_eq!(world.account(id).await, before, "{body}");
    }
    let refused = world.browser().sign_in("c@example.com", PASSWORD).await;
    assert_eq!(refused.status, 401);
}

async fn a_removed_extension_takes_nothing_of_the_servers(db: Db) {
    let world = World::new(db).await;
    let (id, before) = marked(&world).await;
    let whole = json!([{"op": "remove", "path": USER}]);
    let removed = world.patch_user(id, &whole).await;
    assert_eq!(removed.status, 403, "{}", removed.describe());
    assert_eq!(world.account(id).await, before);

    // Without anything of the operators' in it, it is a way to unlock.
    let other = world.provisioned("d@example.com").await;
    world
        .switch(other.id, Switch::Lock(Some("x".to_owned())))
        .await
        .unwrap();
    let removed = world.patch_user(other.id, &whole).await;
    let account = world.account(other.id).await;
    if removed.is_success() {
        assert_eq!(account, Value::Null);
        world.signed_in(&other.name, PASSWORD).await;
    } else {
        assert_eq!(account["state"], "locked");
    }

    // Who is invited stays so.
    let invited = world.onboard("e@example.com", Onboarding::Invite).await;
    _ = world.patch_user(invited.id, &whole).await;
    let account = world.account(invited.id).await;
    assert_eq!(account["state"], "invited", "{account}");
    assert_eq!(account["source"], "admin", "{account}");
}

async fn a_lock_is_set_shown_kept_and_lifted(db: Db) {
    let world = World::new(db).await;
    let customer = world.provisioned("c@example.com").await;
    let path = format!("/Users/{}", customer.id);
    let lock = json!([
        {"op": "add", "path": format!("{USER}:locked"), "value": true},
        {"op": "add", "path": format!("{USER}:lockReason"), "value": "a stolen telephone"},
    ]);
    world
        .patch_user(customer.id, &lock)
        .await
        .expect_status(200);
    let account = world.account(customer.id).await;
    assert_eq!(account["locked"], true);
    assert_eq!(account["state"], "locked");
    assert_eq!(account["lockReason"], "a stolen telephone");
    let since = account["lockedAt"].as_str().unwrap();
    let year = since.get(..4).unwrap().parse::<i32>().unwrap();
    assert!(year >= 2025, "{since}");
    // `active` is another thing.
    assert_eq!(world.user(customer.id).await["active"], true);

    let again = world.patch_user(customer.id, &lock).await;
    assert!(again.is_success());
    let body = json!({"schemas": [CORE_USER], "userName": customer.name, "active": true});
    world.tenant.put(&path, &body).await.expect_status(200);
    assert_eq!(world.account(customer.id).await, account);

    let unlock = json!([{"op": "replace", "path": format!("{USER}:locked"), "value": false}]);
    world
        .patch_user(customer.id, &unlock)
        .await
        .expect_status(200);
    assert_eq!(world.account(customer.id).await, Value::Null);
    world.signed_in(&customer.name, PASSWORD).await;

    let body = json!({
        "schemas": [CORE_USER, USER], "userName": customer.name, USER: {"locked": true},
    });
    world.tenant.put(&path, &body).await.expect_status(200);
    assert_eq!(world.state(customer.id).await, "locked");
    let body = json!({
        "schemas": [CORE_USER, USER], "userName": customer.name, USER: {"locked": false},
    });
    world.tenant.put(&path, &body).await.expect_status(200);
    assert_eq!(world.account(customer.id).await, Value::Null);
}

type Rule = fn(&Value) -> bool;

fn is(document: &Value, name: &str, implied: &Value, wanted: &Value) -> bool {
    let value = document[USER].get(name).unwrap_or(implied);
    value == wanted
}

fn is_operator(document: &Value) -> bool {
    is(document, "kind", &json!("customer"), &json!("operator"))
}

fn is_state(document: &Value, state: &str) -> bool {
    is(document, "state", &json!("active"), &json!(state))
}

fn is_locked(document: &Value) -> bool {
    is(document, "locked", &json!(false), &json!(true))
}

const FILTERS: &[(&str, Rule)] = &[
    ("{U}:kind eq \"customer\"", |d| !is_operator(d)),
    ("{U}:kind eq \"operator\"", is_operator),
    ("{U}:kind ne \"customer\"", is_operator),
    ("{U}:kind ne \"operator\"", |d| !is_operator(d)),
    ("not ({U}:kind eq \"customer\")", is_operator),
    ("not ({U}:kind eq \"operator\")", |d| !is_operator(d)),
    ("{U}:kind sw \"cust\"", |d| !is_operator(d)),
    ("{U}:state eq \"active\"", |d| is_state(d, "active")),
    ("{U}:state ne \"active\"", |d| !is_state(d, "active")),
    ("{U}:state eq \"locked\"", |d| is_state(d, "locked")),
    ("{U}:state eq \"deactivated\"", |d| {
        is_state(d, "deactivated")
    }),
    ("{U}:state eq \"invited\"", |d| is_state(d, "invited")),
    ("{U}:state ne \"locked\"", |d| !is_state(d, "locked")),
    ("not ({U}:state eq \"active\")", |d| !is_state(d, "active")),
    ("not ({U}:state eq \"locked\")", |d| !is_state(d, "locked")),
    ("{U}:locked eq true", is_locked),
    ("{U}:locked eq false", |d| !is_locked(d)),
    ("{U}:locked ne true", |d| !is_locked(d)),
    ("not ({U}:locked eq false)", is_locked),
    ("{U}:agent eq false", |_| true),
    (
        "{U}:kind eq \"customer\" and {U}:state eq \"active\"",
        |d| !is_operator(d) && is_state(d, "active"),
    ),
    ("{U}:kind eq \"operator\" or {U}:state eq \"locked\"", |d| {
        is_operator(d) || is_state(d, "locked")
    }),
    (
        "not ({U}:kind eq \"customer\" and not ({U}:state eq \"locked\"))",
        |d| is_operator(d) || is_state(d, "locked"),
    ),
    ("active eq true and not ({U}:locked eq true)", |d| {
        d["active"] == true && !is_locked(d)
    }),
];

async fn filters_agree_with_what_is_there(db: Db) {
    let world = World::new(db).await;
    world.operator("op@example.com", Role::Admin).await;
    let locked_operator = world.operator("oq@example.com", Role::Admin).await;
    world
        .onboard("invited@example.com", Onboarding::Invite)
        .await;
    world.provisioned("a@example.com").await;
    let locked = world.provisioned("b@example.com").await;
    let out = world.person("c@example.com").await;
    let both = world.person("d@example.com").await;
    for id in [locked.id, both.id, locked_operator.id] {
        world.switch(id, Switch::Lock(None)).await.unwrap();
    }
    for id in [out.id, both.id] {
        world.switch(id, Switch::Deactivate).await.unwrap();
    }
    let unlocked = world.provisioned("e@example.com").await;
    for to in [Switch::Lock(None), Switch::Unlock] {
        world.switch(unlocked.id, to).await.unwrap();
    }
    let list = world.tenant.get("/Users").await.expect_status(200).json();
    let all = list["Resources"].as_array().unwrap();
    assert_eq!(all.len(), 8);
    let asked = FILTERS.iter().map(|(filter, rule)| {
        let (world, filter) = (&world, filter.replace("{U}", USER));
        async move {
            let encoded =
                percent_encoding::utf8_percent_encode(&filter, percent_encoding::NON_ALPHANUMERIC);
            let path = format!("/Users?filter={encoded}");
            let found = world.tenant.get(&path).await.expect_status(200).json();
            let mut found: Vec<String> = found["Resources"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|one| one["userName"].as_str().unwrap().to_owned())
                .collect();
            found.sort();
            let mut wanted: Vec<String> = all
                .iter()
                .filter(|one| rule(one))
                .map(|one| one["userName"].as_str().unwrap().to_owned())
                .collect();
            wanted.sort();
            (found != wanted).then(|| format!("{filter}: {found:?}, not {wanted:?}"))
        }
    });
    let wrong: Vec<String> = join_all(asked).await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn a_forced_reset_sends_one_letter_and_stays_unseen(db: Db) {
    let world = World::new(db).await;
    let customer = world.provisioned("c@example.com").await;
    let force =
        json!([{"op": "replace", "path": format!("{USER}:forcePasswordReset"), "value": true}]);
    for round in ["the first time", "once more"] {
        let answer = world.patch_user(customer.id, &force).await;
        assert!(answer.is_success(), "{}", answer.describe());
        let account = world.account(customer.id).await;
        assert_eq!(account["forcePasswordReset"], Value::Null, "{account}");
        let letters = world.letters().await;
        assert_eq!(letters.len(), 1, "{round}");
        assert_eq!(letters[0].to, customer.name);
        let secret = letters[0].secret();
        let set = world.browser().use_link("reset", &secret, OTHER).await;
        set.expect_status(303);
        world.signed_in(&customer.name, OTHER).await;
    }

    // Nobody who cannot sign in is sent one.
    world.switch(customer.id, Switch::Lock(None)).await.unwrap();
    world.letters().await;
    let refused = world.patch_user(customer.id, &force).await;
    assert_eq!(refused.status, 400, "{}", refused.describe());
    assert!(world.letters().await.is_empty());
}
