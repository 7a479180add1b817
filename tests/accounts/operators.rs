//! What operators can do by their role: nobody touches those who manage operators but they themselves.

use muster::auth::{Operator, Role};
use muster::error::Result;
use muster::service::account::acting::Acting;
use muster::service::account::onboarding::{self, NewPerson, Onboarding};
use muster::service::account::people::{self, Switch};
use muster::service::account::{Source, import, operators};
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{PASSWORD, USER, World};
use crate::support::Db;

on_both_databases!(
    nobody_but_owners_touches_operators,
    helpdesk_helps_customers_and_nothing_else,
    auditors_change_nothing,
    nobody_without_a_role_sees_anything,
    a_new_customer_comes_with_no_role,
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
