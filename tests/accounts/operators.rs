//! What operators can do by their role: nobody touches those who manage operators but they themselves.

use muster::auth::{Operator, Role};
use muster::error::Result;
use muster::service::account::acting::Acting;
use muster::service::account::onboarding::{self, NewPerson, Onboarding};
use muster::service::account::people::{self, Switch};
use muster::service::account::{Source, import, operators};
use serde_json::{Value, json};
use uuid::Uuid;

use super::api::Desk;
use super::world::{CORE_GROUP, CORE_USER, GROUP, OTHER, PASSWORD, USER, World};
use crate::support::Db;
use crate::support::http::Response;
use crate::support::server::patch_of;

on_both_databases!(
    nobody_but_owners_touches_operators,
    helpdesk_helps_customers_and_nothing_else,
    auditors_change_nothing,
    nobody_without_a_role_sees_anything,
    a_new_customer_comes_with_no_role,
    nobody_below_an_owner_reaches_operators_by_any_address,
    nothing_takes_the_last_owner_away,
);

/// What was tried, and the status of its error.
type Tried = (&'static str, Option<u16>);

fn tried<T>(what: &'static str, outcome: Result<T>) -> Tried {
    (what, outcome.err().map(|error| error.kind().status()))
}

/// Everything that an operator can do to a person.
async fn everything(world: &World, acting: &Acting, id: Uuid) -> Vec<Tried> {
    let service = &world.server.service;
    let lock = Switch::Lock(None);
    vec![
        tried("lock", people::switch(service, acting, id, &lock).await),
        tried(
            "unlock",
            people::switch(service, acting, id, &Switch::Unlock).await,
        ),
        tried(
            "temporary password",
            onboarding::set_temporary_password(service, acting, id, None).await,
        ),
        tried(
            "reset",
            people::reset(service, acting, id, true, false).await,
        ),
        tried(
            "end sessions",
            people::end_sessions(service, acting, id).await,
        ),
        tried(
            "deactivate",
            people::switch(service, acting, id, &Switch::Deactivate).await,
        ),
        tried(
            "activate",
            people::switch(service, acting, id, &Switch::Activate).await,
        ),
        tried(
            "invite",
            onboarding::invite(service, acting, id, true).await,
        ),
        tried("delete", people::remove(service, acting, id).await),
    ]
}

/// What gives roles.
async fn promotions(world: &World, acting: &Acting, id: Uuid) -> Vec<Tried> {
    let service = &world.server.service;
    let body = json!({"userName": "new@example.com"});
    let group = world.group_of(Role::Owner).await.parse().unwrap();
    let person = |body: Value, groups: Vec<Uuid>| NewPerson {
        body,
        groups,
        onboarding: Onboarding::None,
        source: Source::Admin,
        password_hash: None,
    };
    let kind = json!({"userName": "new@example.com", USER: {"kind": "operator"}});
    let (owner, none) = (Role::Owner, Onboarding::None);
    vec![
        tried(
            "an operator",
            operators::create(service, acting, body.clone(), owner, none).await,
        ),
        tried(
            "the role",
            operators::set_role(service, acting, id, owner, true).await,
        ),
        tried(
            "a person of that kind",
            onboarding::create(service, acting, &person(kind, Vec::new())).await,
        ),
        tried(
            "a person in that group",
            onboarding::create(service, acting, &person(body, vec![group])).await,
        ),
    ]
}

fn with(role: Role) -> Operator {
    Operator::with(vec![role])
}

async fn nobody_but_owners_touches_operators(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let auditor = world.operator("auditor@example.com", Role::Auditor).await;
    let browser = world.signed_in(&owner.name, PASSWORD).await;
    let before = (world.user(owner.id).await, world.user(auditor.id).await);
    for role in [Role::Admin, Role::Helpdesk, Role::Auditor] {
        let acting = world.acting_as(with(role)).await;
        for id in [owner.id, auditor.id] {
            for (what, status) in everything(&world, &acting, id).await {
                assert_eq!(status, Some(403), "{role:?} {what}");
            }
            for (what, status) in promotions(&world, &acting, id).await {
                assert!(
                    matches!(status, Some(400 | 403)),
                    "{role:?} {what}: {status:?}"
                );
            }
        }
    }
    let after = (world.user(owner.id).await, world.user(auditor.id).await);
    assert_eq!(after, before);
    assert!(browser.is_in().await);
    let all = world.tenant.get("/Users").await.json();
    assert_eq!(all["totalResults"], 2);
}

async fn helpdesk_helps_customers_and_nothing_else(db: Db) {
    let world = World::new(db).await;
    world.operator("owner@example.com", Role::Owner).await;
    let customer = world.person("a@example.com").await;
    let acting = world.acting_as(with(Role::Helpdesk)).await;
    let allowed = [
        "lock",
        "unlock",
        "temporary password",
        "reset",
        "end sessions",
    ];
    for (what, status) in everything(&world, &acting, customer.id).await {
        let wanted = (!allowed.contains(&what)).then_some(403);
        // Whoever is active already needs no permission to stay so.
        if what != "activate" {
            assert_eq!(status, wanted, "{what}");
        }
    }
    let (service, address) = (
        &world.server.service,
        json!([{"value": "eve@evil.example"}]),
    );
    let change = json!([{"op": "replace", "path": "emails", "value": address}]);
    let changed = world.patch_person_as(&acting, customer.id, &change).await;
    assert_eq!(changed.unwrap_err().kind().status(), 403);
    let sheet = b"username\nb@example.com\n";
    let none = Onboarding::None;
    let read = import::import(service, &acting, sheet, &none, false, |_, _| ()).await;
    assert_eq!(read.unwrap_err().kind().status(), 403);
    let written = import::export(service, &acting).await;
    assert_eq!(written.unwrap_err().kind().status(), 403);
    let shown = world.user(customer.id).await;
    assert_eq!(shown["emails"][0]["value"], customer.name);
}

async fn auditors_change_nothing(db: Db) {
    let world = World::new(db).await;
    let customer = world.person("a@example.com").await;
    let acting = world.acting_as(with(Role::Auditor)).await;
    let before = world.user(customer.id).await;
    for (what, status) in everything(&world, &acting, customer.id).await {
        let is_so_already = matches!(what, "unlock" | "activate");
        assert!(is_so_already || status == Some(403), "{what} {status:?}");
    }
    assert_eq!(world.user(customer.id).await, before);
    let service = &world.server.service;
    people::facts(service, &acting, customer.id).await.unwrap();
    assert!(people::deleted(service, &acting, 0, 9).await.is_ok());
    let purged = people::purge(service, &acting, customer.id).await;
    assert_eq!(purged.unwrap_err().kind().status(), 403);
}

async fn nobody_without_a_role_sees_anything(db: Db) {
    let world = World::new(db).await;
    let customer = world.person("a@example.com").await;
    let acting = world.acting_as(Operator::with(Vec::new())).await;
    let service = &world.server.service;
    for (what, status) in everything(&world, &acting, customer.id).await {
        let is_so_already = matches!(what, "unlock" | "activate");
        assert!(is_so_already || status == Some(403), "{what} {status:?}");
    }
    let seen = [
        tried("facts", people::facts(service, &acting, customer.id).await),
        tried("deleted", people::deleted(service, &acting, 0, 9).await),
        tried("operators", operators::list(service, &acting).await),
    ];
    for (what, status) in seen {
        assert_eq!(status, Some(403), "{what}");
    }
}

async fn a_new_customer_comes_with_no_role(db: Db) {
    let world = World::new(db).await;
    world.operator("owner@example.com", Role::Owner).await;
    let group = world.group_of(Role::Owner).await;
    let (service, acting) = (&world.server.service, world.acting().await);
    let new = NewPerson {
        body: json!({"userName": "a@example.com"}),
        groups: vec![group.parse().unwrap()],
        onboarding: Onboarding::None,
        source: Source::Admin,
        password_hash: None,
    };
    let created = onboarding::create(service, &acting, &new).await;
    assert_eq!(created.unwrap_err().kind().status(), 400);
    // Nor by a file, whoever reads it in.
    let acting = world.acting_as(with(Role::Admin)).await;
    let sheet = format!(
        "username,kind,groups,{USER}:kind\nb@example.com,operator,,\nc@example.com,,Operators: owner,\nd@example.com,,,operator\n"
    );
    let none = Onboarding::None;
    let read = import::import(service, &acting, sheet.as_bytes(), &none, false, |_, _| ()).await;
    if let Ok(report) = read {
        assert_eq!((report.created, report.failed), (0, 3), "{report:?}");
    }
    let all = world.tenant.get("/Users").await.json();
    assert_eq!(all["totalResults"], 1, "{all}");
}

/// Everything that concerns operators and is never to be half done: documents, groups, password hashes, history.
async fn everything_of_operators(world: &World, names: &[String]) -> Value {
    let service = &world.server.service;
    let acting = world.acting().await;
    let mut all = Vec::new();
    for name in names {
        let person = acting.find(service, name).await.unwrap();
        let hash = super::world::stored_hash(service, person.stored.key).await;
        let mut reader = service.store.reader();
        let (tenant, id) = (acting.caller.tenant, person.stored.id);
        let history = muster::store::changes::of_resource(&mut reader, tenant, id);
        let history = history.await.unwrap().len();
        all.push(json!([world.user(id).await, hash, history]));
    }
    let filter = format!("/Groups?filter={GROUP}:audience%20eq%20%22operator%22");
    let groups = world.tenant.get(&filter).await.expect_status(200).json();
    let people = world.tenant.get("/Users?count=0").await.json()["totalResults"].clone();
    json!([all, groups, people])
}

/// The same request alone and in a bulk request.
async fn scim_both(
    desk: &Desk<'_>,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> [Response; 2] {
    let alone = desk.scim(method, path, body).await;
    let mut operation = json!({"method": method, "path": path});
    if let Some(body) = body {
        operation["data"] = body.clone();
    }
    if method == "POST" {
        operation["bulkId"] = json!("one");
    }
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [operation],
    });
    let mut answer = desk.scim("POST", "/Bulk", Some(&bulk)).await;
    if answer.status == 200 {
        let status = answer.json()["Operations"][0]["status"].clone();
        answer.status = status.as_str().unwrap().parse().unwrap();
    }
    [alone, answer]
}

type Answered = Vec<(String, Response)>;

fn replacing(path: &str, value: &Value) -> Value {
    patch_of(&json!([{"op": "replace", "path": path, "value": value}]))
}

/// What somebody tries with an operator: over SCIM, and by the API.
async fn reach_for_operator(desk: &Desk<'_>, id: Uuid, name: &str) -> Answered {
    let mut tried = Answered::new();
    let path = format!("/Users/{id}");
    let whole = json!({"schemas": [CORE_USER], "userName": name, "password": OTHER});
    let mut scim = vec![("PUT", Some(whole)), ("DELETE", None)];
    for (attribute, value) in [
        ("password", json!(OTHER)),
        ("active", json!(false)),
        ("displayName", json!("Eve")),
        (
            "emails",
            json!([{"value": "eve@evil.example", "primary": true}]),
        ),
        (&format!("{USER}:locked"), json!(true)),
        (&format!("{USER}:forcePasswordReset"), json!(true)),
    ] {
        scim.push(("PATCH", Some(replacing(attribute, &value))));
    }
    for (method, body) in scim {
        for answer in scim_both(desk, method, &path, body.as_ref()).await {
            tried.push((format!("{method} {path} {body:?}"), answer));
        }
    }
    for (method, what, body) in [
        ("POST", "/invite", json!({"offline": true})),
        ("POST", "/reset", json!({"offline": true, "block": true})),
        ("POST", "/temporary-password", json!({})),
        ("POST", "/lock", json!({})),
        ("POST", "/deactivate", json!({})),
        ("DELETE", "/sessions", json!({})),
        ("DELETE", "", json!({})),
    ] {
        let answer = desk
            .call(method, &format!("/users/{id}{what}"), Some(&body))
            .await;
        tried.push((format!("{method} {what}"), answer));
    }
    tried
}

/// What somebody tries to give or take a role. `ids`: of themselves first, and of others.
async fn reach_for_roles(desk: &Desk<'_>, group: &str, ids: &[Uuid]) -> Answered {
    let mut tried = Answered::new();
    let path = format!("/Groups/{group}");
    for id in ids {
        for method in ["PUT", "DELETE"] {
            let role = format!("/operators/{id}/roles/owner");
            tried.push((
                format!("{method} {role}"),
                desk.call(method, &role, None).await,
            ));
        }
        let member = json!([{"op": "add", "path": "members", "value": [{"value": id}]}]);
        for answer in scim_both(desk, "PATCH", &path, Some(&patch_of(&member))).await {
            tried.push((format!("member {id}"), answer));
        }
    }
    let own = json!([{"value": ids[0]}]);
    let made = json!({
        "schemas": [CORE_GROUP, GROUP], "displayName": "mine", "members": own,
        GROUP: {"audience": "operator", "role": "owner"},
    });
    let kind = json!({
        "schemas": [CORE_USER, USER], "userName": "eve@example.com", USER: {"kind": "operator"},
    });
    let taken = json!({"schemas": [CORE_GROUP], "displayName": "mine"});
    for (method, path, body) in [
        ("POST", "/Groups", Some(&made)),
        ("POST", "/Users", Some(&kind)),
        ("PUT", path.as_str(), Some(&taken)),
        (
            "PATCH",
            &path,
            Some(&replacing("displayName", &json!("mine"))),
        ),
        (
            "PATCH",
            &path,
            Some(&replacing(&format!("{GROUP}:role"), &json!("auditor"))),
        ),
        ("PATCH", &path, Some(&replacing("members", &own))),
        ("DELETE", &path, None),
    ] {
        for answer in scim_both(desk, method, path, body).await {
            tried.push((format!("{method} {path} {body:?}"), answer));
        }
    }
    let eve = json!({"userName": "eve@example.com"});
    for (path, body) in [
        (
            "/operators",
            json!({"user": eve, "role": "owner", "onboarding": "link"}),
        ),
        (
            "/users",
            json!({"user": eve, "groups": [group], "onboarding": "link"}),
        ),
        ("/users", json!({"user": kind, "onboarding": "link"})),
    ] {
        let answer = desk.post(path, &body).await;
        tried.push((format!("POST {path} {body}"), answer));
    }
    tried
}

async fn nobody_below_an_owner_reaches_operators_by_any_address(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let victim = world.operator("victim@example.com", Role::Auditor).await;
    let customer = world.person("customer@example.com").await;
    let group = world.group_of(Role::Owner).await;
    let roles = [Role::Admin, Role::Helpdesk, Role::Auditor];
    let mut names = vec![owner.name.clone(), victim.name.clone()];
    let mut operators = Vec::new();
    for role in roles {
        let name = format!("{}@example.com", role.name());
        let operator = world.operator(&name, role).await;
        operators.push((role, operator.id, Desk::whose(&world, &operator).await));
        names.push(name);
    }
    let before = everything_of_operators(&world, &names).await;
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (role, own, desk) in &operators {
        let mut tried = reach_for_operator(desk, owner.id, &owner.name).await;
        tried.extend(reach_for_operator(desk, victim.id, &victim.name).await);
        tried.extend(reach_for_roles(desk, &group, &[*own, victim.id, customer.id]).await);
        count += tried.len();
        let bad = tried
            .iter()
            .filter(|(_, answer)| !matches!(answer.status, 400 | 403));
        wrong.extend(bad.map(|(what, answer)| format!("{role:?}: {what}: {}", answer.describe())));
    }
    assert!(wrong.is_empty(), "not refused:\n{}", wrong.join("\n"));
    assert!(count > 200, "{count}");
    // A sheet neither overwrites an operator nor makes one.
    let hash = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";
    let sheet = format!(
        "username,kind,groups,password_hash\nowner@example.com,,,{hash}\nowner@example.com,operator,Operators: owner,\neve@example.com,operator,,\neve@example.com,,Operators: owner,\n"
    );
    let report = operators[0].2.import("onboarding=none", &sheet).await;
    assert_eq!(report["created"], 0, "{report}");
    assert_eq!(everything_of_operators(&world, &names).await, before);
    world.signed_in(&owner.name, PASSWORD).await;
}

async fn nothing_takes_the_last_owner_away(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    world.operator("admin@example.com", Role::Admin).await;
    let desk = Desk::whose(&world, &owner).await;
    let group = world.group_of(Role::Owner).await;
    let names = ["owner@example.com", "admin@example.com"].map(str::to_owned);
    let before = everything_of_operators(&world, &names).await;
    let (user, group) = (format!("/Users/{}", owner.id), format!("/Groups/{group}"));
    let patch = |operation: Value| patch_of(&json!([operation]));
    let mut tried = Vec::new();
    for (method, path, body) in [
        ("DELETE", &user, None),
        (
            "PATCH",
            &user,
            Some(patch(
                json!({"op": "replace", "path": "active", "value": false}),
            )),
        ),
        (
            "PATCH",
            &user,
            Some(patch(
                json!({"op": "add", "path": format!("{USER}:locked"), "value": true}),
            )),
        ),
        (
            "PUT",
            &user,
            Some(json!({
                "schemas": [CORE_USER, USER], "userName": owner.name, "active": false,
                USER: {"kind": "operator"},
            })),
        ),
        ("DELETE", &group, None),
        (
            "PATCH",
            &group,
            Some(patch(json!({"op": "remove", "path": "members"}))),
        ),
        (
            "PATCH",
            &group,
            Some(patch(
                json!({"op": "replace", "path": format!("{GROUP}:role"), "value": "admin"}),
            )),
        ),
        (
            "PATCH",
            &group,
            Some(patch(
                json!({"op": "remove", "path": format!("{GROUP}:role")}),
            )),
        ),
    ] {
        for answer in scim_both(&desk, method, path, body.as_ref()).await {
            tried.push((format!("{method} {path} {body:?}"), answer));
        }
    }
    let id = owner.id;
    for (method, path) in [
        ("POST", format!("/users/{id}/lock")),
        ("POST", format!("/users/{id}/deactivate")),
        ("DELETE", format!("/users/{id}")),
        ("DELETE", format!("/operators/{id}/roles/owner")),
    ] {
        let answer = desk.call(method, &path, Some(&json!({}))).await;
        tried.push((format!("{method} {path}"), answer));
    }
    let wrong = tried.iter().filter(|(_, answer)| answer.status != 409);
    let wrong: Vec<String> = wrong
        .map(|(what, answer)| format!("{what}: {}", answer.describe()))
        .collect();
    assert!(wrong.is_empty(), "not 409:\n{}", wrong.join("\n"));
    assert_eq!(everything_of_operators(&world, &names).await, before);
    world.signed_in(&owner.name, PASSWORD).await;
}
