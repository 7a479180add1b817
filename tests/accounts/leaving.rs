//! Leaving, and what is left: never a tenant without an owner.

use muster::auth::Role;
use muster::service::account::onboarding::Onboarding;
use muster::service::account::operators;
use muster::service::account::people::{self, Switch};
use serde_json::json;

use super::browser::text_of;
use super::world::{HOUR, PASSWORD, Somebody, World};
use crate::support::Db;

on_both_databases!(
    who_deactivates_themselves_is_signed_out_with_the_message,
    who_deletes_themselves_is_signed_out_with_the_message,
    nobody_leaves_whom_a_client_looks_after,
    the_tenant_may_refuse_leaving,
    the_last_owner_stays_by_every_path,
    another_owner_makes_leaving_possible,
    an_owner_who_cannot_sign_in_does_not_count,
    of_two_owners_who_leave_at_once_one_stays,
    who_was_deleted_is_listed_and_purged,
    a_deleted_name_is_free,
);

async fn who_deactivates_themselves_is_signed_out_with_the_message(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    let other = world.signed_in(&somebody.name, PASSWORD).await;
    let copy = own.twin();
    let form = [("confirm", "yes"), ("current", PASSWORD)];
    let answer = own
        .post("/account/deactivate", &form)
        .await
        .expect_status(303);
    let location = format!("{}/signed-out?why=deactivated", world.base());
    assert_eq!(answer.header("location"), Some(location.as_str()));
    assert!(own.cookie("muster").is_none());
    let page = own
        .get("/signed-out?why=deactivated")
        .await
        .expect_status(200);
    assert!(text_of(&page).contains("deactivated"), "{}", text_of(&page));
    assert!(!copy.is_in().await && !other.is_in().await);
    let shown = world.user(somebody.id).await;
    assert_eq!(shown["active"], false);
    assert_eq!(world.state(somebody.id).await, "deactivated");
    assert_eq!(
        world
            .browser()
            .sign_in(&somebody.name, PASSWORD)
            .await
            .status,
        401
    );
    world.switch(somebody.id, Switch::Activate).await.unwrap();
    world.signed_in(&somebody.name, PASSWORD).await;
}

async fn who_deletes_themselves_is_signed_out_with_the_message(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    let copy = own.twin();
    for wrong in [
        [("username", "A@example.com"), ("current", PASSWORD)],
        [("username", ""), ("current", PASSWORD)],
        [
            ("username", "a@example.com"),
            ("current", "Wrong!Password9"),
        ],
    ] {
        let answer = own.post("/account/delete", &wrong).await;
        assert_eq!(answer.status, 400, "{}", answer.describe());
    }
    let form = [("username", somebody.name.as_str()), ("current", PASSWORD)];
    let answer = own.post("/account/delete", &form).await.expect_status(303);
    let location = format!("{}/signed-out?why=deleted", world.base());
    assert_eq!(answer.header("location"), Some(location.as_str()));
    let page = own.get("/signed-out?why=deleted").await.expect_status(200);
    assert!(text_of(&page).contains("deleted"), "{}", text_of(&page));
    assert!(!copy.is_in().await);
    let path = format!("/Users/{}", somebody.id);
    assert_eq!(world.tenant.get(&path).await.status, 404);
    assert_eq!(
        world
            .browser()
            .sign_in(&somebody.name, PASSWORD)
            .await
            .status,
        401
    );
}

async fn nobody_leaves_whom_a_client_looks_after(db: Db) {
    let world = World::new(db).await;
    let somebody = world.provisioned("a@example.com").await;
    let body = json!([{"op": "add", "path": "externalId", "value": "4711"}]);
    world
        .patch_user(somebody.id, &body)
        .await
        .expect_status(200);
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    expect_to_stay(&world, &own, &somebody).await;
}

/// Both forms are refused, and neither is offered.
async fn expect_to_stay(world: &World, own: &super::browser::Browser, somebody: &Somebody) {
    let page = text_of(&own.get("/account/leave").await.expect_status(200));
    assert!(
        !page.contains("name=\"confirm\"") && !page.contains("delete-username"),
        "{page}"
    );
    let form = [
        ("confirm", "yes"),
        ("username", somebody.name.as_str()),
        ("current", PASSWORD),
    ];
    for page in ["/account/deactivate", "/account/delete"] {
        let answer = own.post(page, &form).await;
        assert!(
            matches!(answer.status, 403 | 409),
            "{page}: {}",
            answer.describe()
        );
    }
    assert!(own.is_in().await);
    assert_eq!(world.state(somebody.id).await, "active");
}

async fn the_tenant_may_refuse_leaving(db: Db) {
    let settings = [
        ("account.deactivate", "refuse"),
        ("account.delete", "refuse"),
    ];
    let world = World::with(db, &settings).await;
    let somebody = world.person("a@example.com").await;
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    expect_to_stay(&world, &own, &somebody).await;
}

async fn the_last_owner_stays_by_every_path(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    world.operator("admin@example.com", Role::Admin).await;
    let own = world.signed_in(&owner.name, PASSWORD).await;
    expect_to_stay(&world, &own, &owner).await;
    let (service, acting) = (&world.server.service, world.acting().await);
    let group = world.group_of(Role::Owner).await;
    let refused = [
        ("deactivated", world.switch(owner.id, Switch::Deactivate).await.err()),
        ("locked", world.switch(owner.id, Switch::Lock(None)).await.err()),
        ("deleted", people::remove(service, &acting, owner.id).await.err()),
        (
            "taken the role",
            operators::set_role(service, &acting, owner.id, Role::Owner, false).await.err(),
        ),
        ("the group deleted", world.delete_group(&group).await.err()),
        (
            "the group's role changed",
            world
                .patch_group_as_operator(
                    &group,
                    &json!([{"op": "replace", "path": format!("{}:role", super::world::GROUP), "value": "auditor"}]),
                )
                .await
                .err(),
        ),
        (
            "the group's role removed",
            world
                .patch_group_as_operator(
                    &group,
                    &json!([{"op": "remove", "path": format!("{}:role", super::world::GROUP)}]),
                )
                .await
                .err(),
        ),
        (
            "the group's extension removed",
            world
                .patch_group_as_operator(
                    &group,
                    &json!([{"op": "remove", "path": super::world::GROUP}]),
                )
                .await
                .err(),
        ),
        (
            "the group emptied",
            world
                .patch_group_as_operator(&group, &json!([{"op": "remove", "path": "members"}]))
                .await
                .err(),
        ),
    ];
    for (what, error) in refused {
        let status = error.map(|error| error.kind().status());
        // The audience goes with the extension, and cannot be changed anyway.
        let wanted = if what.contains("extension") { 400 } else { 409 };
        assert_eq!(status, Some(wanted), "{what}");
    }
    assert!(own.is_in().await);
    let roles = operators::list(service, &world.acting().await)
        .await
        .unwrap();
    assert!(roles.iter().any(|(person, roles)| {
        person.stored.id == owner.id && roles.contains(&"owner".to_owned())
    }));
}

async fn another_owner_makes_leaving_possible(db: Db) {
    let world = World::new(db).await;
    let first = world.operator("first@example.com", Role::Owner).await;
    let second = world.operator("second@example.com", Role::Owner).await;
    let own = world.signed_in(&first.name, PASSWORD).await;
    let form = [("username", first.name.as_str()), ("current", PASSWORD)];
    let answer = own.post("/account/delete", &form).await.expect_status(303);
    assert!(answer.header("location").unwrap().ends_with("why=deleted"));
    let own = world.signed_in(&second.name, PASSWORD).await;
    expect_to_stay(&world, &own, &second).await;
}

async fn an_owner_who_cannot_sign_in_does_not_count(db: Db) {
    let world = World::new(db).await;
    let (service, acting) = (&world.server.service, world.acting().await);
    let body = json!({"userName": "invited@example.com"});
    let way = Onboarding::Invite;
    operators::create(service, &acting, body, Role::Owner, way)
        .await
        .unwrap();
    let locked = world.operator("locked@example.com", Role::Owner).await;
    let out = world.operator("out@example.com", Role::Owner).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    world.switch(locked.id, Switch::Lock(None)).await.unwrap();
    world.switch(out.id, Switch::Deactivate).await.unwrap();
    let refused = world
        .switch(owner.id, Switch::Deactivate)
        .await
        .unwrap_err();
    assert_eq!(refused.kind().status(), 409);
    world.switch(locked.id, Switch::Unlock).await.unwrap();
    world.switch(owner.id, Switch::Deactivate).await.unwrap();
    let refused = world
        .switch(locked.id, Switch::Lock(None))
        .await
        .unwrap_err();
    assert_eq!(refused.kind().status(), 409);
}

async fn of_two_owners_who_leave_at_once_one_stays(db: Db) {
    let world = World::new(db).await;
    let second = world.server.another().await;
    let mut left = world.operator("first@example.com", Role::Owner).await;
    for round in 0..4 {
        let other = world
            .operator(&format!("o{round}@example.com"), Role::Owner)
            .await;
        let one = world.signed_in(&left.name, PASSWORD).await;
        let two = world.signed_in(&other.name, PASSWORD).await;
        let two = two.copied(&second.root, &world.base());
        let form = |somebody: &Somebody| {
            [
                ("confirm", "yes".to_owned()),
                ("username", somebody.name.clone()),
                ("current", PASSWORD.to_owned()),
            ]
        };
        let (first_form, second_form) = (form(&left), form(&other));
        let first_form = first_form
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let second_form = second_form
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let page = ["/account/delete", "/account/deactivate"][round % 2];
        let (first_answer, second_answer) = tokio::join!(
            one.post("/account/delete", &first_form),
            two.post(page, &second_form),
        );
        let statuses = [first_answer.status, second_answer.status];
        let gone = statuses.iter().filter(|status| **status == 303).count();
        assert_eq!(gone, 1, "{statuses:?}");
        if statuses[0] == 303 {
            left = other;
        }
        world.signed_in(&left.name, PASSWORD).await;
    }
    second.stop().await;
}

async fn who_was_deleted_is_listed_and_purged(db: Db) {
    let world = World::new(db).await;
    let (service, acting) = (&world.server.service, world.acting().await);
    let one = world.person("a@example.com").await;
    let two = world.provisioned("b@example.com").await;
    people::remove(service, &acting, one.id).await.unwrap();
    world.server.clock.advance(1);
    world
        .tenant
        .delete(&format!("/Users/{}", two.id))
        .await
        .expect_status(204);
    let listed = people::deleted(service, &acting, 0, 10).await.unwrap();
    let names: Vec<_> = listed
        .iter()
        .map(|one| one.username.clone().unwrap())
        .collect();
    assert_eq!(names, ["b@example.com", "a@example.com"]);
    assert_eq!(listed[1].actor, "operator test");
    assert!(
        listed[0].actor.starts_with("connection"),
        "{}",
        listed[0].actor
    );
    for path in [format!("/Users/{}", one.id), format!("/Users/{}", two.id)] {
        let change = json!([{"op": "replace", "path": "active", "value": true}]);
        let change = crate::support::server::patch_of(&change);
        assert_eq!(world.tenant.get(&path).await.status, 404);
        assert_eq!(world.tenant.patch(&path, &change).await.status, 404);
        assert_eq!(world.tenant.delete(&path).await.status, 404);
    }
    people::purge(service, &acting, one.id).await.unwrap();
    let again = people::purge(service, &acting, one.id).await.unwrap_err();
    assert_eq!(again.kind().status(), 404);
    let kept = people::deleted(service, &acting, 0, 10).await.unwrap();
    assert_eq!(kept.len(), 1);
    // After its time the other one goes by itself.
    let list = async || people::deleted(service, &acting, 0, 10).await.unwrap();
    world.server.clock.advance(31 * 24 * HOUR);
    world
        .upkeep_until_seen(async || list().await.is_empty())
        .await;
}

async fn a_deleted_name_is_free(db: Db) {
    let world = World::new(db).await;
    let first = world.provisioned("a@example.com").await;
    world
        .tenant
        .delete(&format!("/Users/{}", first.id))
        .await
        .expect_status(204);
    let second = world.provisioned("A@example.com").await;
    assert_ne!(first.id, second.id);
    let found = world.tenant.get("/Users").await.json();
    assert_eq!(found["totalResults"], 1);
}
