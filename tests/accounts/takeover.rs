//! Accounts that change hands, names that look alike: nothing passes to whoever it was not meant for.

use muster::service::account::onboarding::{self, Onboarding};
use muster::service::account::people::{self, Switch};
use serde_json::{Value, json};

use super::browser::text_of;
use super::world::{CORE_USER, OTHER, PASSWORD, World};
use crate::support::Db;
use crate::support::server::{id_of, scim_request};

on_both_databases!(
    after_a_new_address_the_old_one_resets_nothing,
    a_new_address_is_told_to_the_old_one,
    who_comes_after_gets_nothing_of_who_was_before,
    who_comes_after_by_another_connection_gets_nothing_either,
    one_name_in_many_spellings_is_one_account,
    names_that_look_alike_are_told_apart,
    an_invitation_revives_nobody_whom_an_operator_deactivated,
    an_invitation_revives_nobody_whom_a_client_deactivated,
    nobody_is_invited_whom_a_client_keeps_inactive,
    a_client_that_activates_an_invited_person_lets_nobody_else_in,
    a_renamed_account_frees_its_name_and_keeps_what_it_has,
);

async fn after_a_new_address_the_old_one_resets_nothing(db: Db) {
    let world = World::new(db).await;
    let somebody = world.provisioned("a@example.com").await;
    let forgot = [("username", somebody.name.as_str())];
    world.browser().post("/forgot", &forgot).await;
    let old = world.letter().await;
    assert_eq!(old.to, "a@example.com");
    world.browser().post("/forgot", &forgot).await;
    let set = json!([
        {"op": "replace", "path": "emails", "value": [{"value": "new@example.com", "primary": true}]},
    ]);
    world.patch_user(somebody.id, &set).await.expect_status(200);
    let links = world.letters().await;
    assert!(
        links.iter().all(|letter| !letter.text.contains("/reset/")),
        "{links:?}"
    );
    let late = world
        .browser()
        .use_link("reset", &old.secret(), OTHER)
        .await;
    assert_eq!(late.status, 404);
    world.browser().post("/forgot", &forgot).await;
    let new = world.letter().await;
    assert_eq!(new.to, "new@example.com");
    // And back: the first link is not revived.
    let back = json!([
        {"op": "replace", "path": "emails", "value": [{"value": "a@example.com", "primary": true}]},
    ]);
    world
        .patch_user(somebody.id, &back)
        .await
        .expect_status(200);
    for secret in [old.secret(), new.secret()] {
        let late = world.browser().use_link("reset", &secret, OTHER).await;
        assert_eq!(late.status, 404);
    }
    world.signed_in(&somebody.name, PASSWORD).await;
}

async fn a_new_address_is_told_to_the_old_one(db: Db) {
    let world = World::new(db).await;
    let somebody = world.provisioned("a@example.com").await;
    let set = json!([
        {"op": "replace", "path": "emails", "value": [{"value": "eve@evil.example", "primary": true}]},
    ]);
    world.patch_user(somebody.id, &set).await.expect_status(200);
    let letters = world.letters().await;
    let told: Vec<&str> = letters.iter().map(|letter| letter.to.as_str()).collect();
    assert!(told.contains(&"a@example.com"), "told: {told:?}");
    assert!(letters.iter().all(|letter| !letter.all.contains("/reset/")));
}

async fn who_comes_after_gets_nothing_of_who_was_before(db: Db) {
    let world = World::new(db).await;
    let first = world.provisioned("a@example.com").await;
    let group = world.tenant.create_group(&[first.id.to_string()]).await;
    let session = world.signed_in(&first.name, PASSWORD).await;
    let secret = world.reset_secret(first.id).await;
    world
        .browser()
        .post("/forgot", &[("username", &first.name)])
        .await;
    world
        .tenant
        .delete(&format!("/Users/{}", first.id))
        .await
        .expect_status(204);
    let body = json!({"schemas": [CORE_USER], "userName": first.name, "password": OTHER});
    let second = id_of(&world.tenant.post("/Users", &body).await.expect_status(201));
    assert_ne!(second, first.id.to_string());
    assert!(world.letters().await.is_empty());
    assert!(!session.twin().is_in().await);
    let late = world
        .browser()
        .use_link("reset", &secret, "Late!Password9")
        .await;
    assert_eq!(late.status, 404);
    let old = world.browser().sign_in(&first.name, PASSWORD).await;
    assert_eq!(old.status, 401);
    assert!(world.tenant.members(&group).await.is_empty());
    let own = world.signed_in(&first.name, OTHER).await;
    let export = own.get("/account/export").await.expect_status(200).json();
    assert!(!export.to_string().contains(&first.id.to_string()));
    let shown = world.user(&second).await;
    assert_eq!(shown["groups"], Value::Null, "{shown}");
    assert_eq!(export["sessions"].as_array().unwrap().len(), 1);
}

async fn who_comes_after_by_another_connection_gets_nothing_either(db: Db) {
    let world = World::new(db).await;
    let first = world.provisioned("a@example.com").await;
    world.tenant.create_group(&[first.id.to_string()]).await;
    let session = world.signed_in(&first.name, PASSWORD).await;
    let secret = world.reset_secret(first.id).await;
    world
        .tenant
        .delete(&format!("/Users/{}", first.id))
        .await
        .expect_status(204);
    let token = world.tenant.second_token.clone().unwrap();
    // It asks for the id of the one before, which is not for clients to choose.
    let body = json!({
        "schemas": [CORE_USER], "userName": first.name, "id": first.id, "externalId": first.id,
    });
    let request = scim_request(&token, "POST", "/Users", &[], Some(&body));
    let created = crate::support::http::send(&world.server.root, request).await;
    let second = id_of(&created.unwrap().expect_status(201));
    assert_ne!(second, first.id.to_string());
    assert!(!session.twin().is_in().await);
    for password in [PASSWORD, OTHER] {
        let refused = world.browser().sign_in(&first.name, password).await;
        assert_eq!(refused.status, 401);
    }
    let late = world.browser().use_link("reset", &secret, OTHER).await;
    assert_eq!(late.status, 404);
    assert_eq!(world.user(&second).await["groups"], Value::Null);
}

async fn one_name_in_many_spellings_is_one_account(db: Db) {
    let world = World::new(db).await;
    let somebody = world.provisioned("b\u{e9}atrice@example.com").await;
    let spellings = [
        "B\u{c9}ATRICE@EXAMPLE.COM",
        "be\u{301}atrice@example.com",
        "\u{ff42}\u{e9}atrice@example.com",
        "b\u{e9}a\u{200d}trice@example.com",
    ];
    for spelling in spellings {
        let body = json!({"schemas": [CORE_USER], "userName": spelling, "password": OTHER});
        let taken = world.tenant.post("/Users", &body).await;
        assert_eq!(taken.status, 409, "{spelling:?}: {}", taken.describe());
        world
            .browser()
            .sign_in(spelling, PASSWORD)
            .await
            .expect_status(303);
    }
    world.signed_in(&somebody.name, PASSWORD).await;
}

async fn names_that_look_alike_are_told_apart(db: Db) {
    let world = World::with(db, &[("registration.mode", "on")]).await;
    let admin = world.provisioned("admin@example.com").await;
    // Cyrillic letters, a dotless i, another hyphen.
    for lookalike in [
        "\u{430}dmin@example.com",
        "adm\u{131}n@example.com",
        "admin@example\u{2024}com",
    ] {
        let form = [("username", lookalike), ("password", OTHER)];
        let answer = world.browser().post("/register", &form).await;
        assert!(matches!(answer.status, 200 | 400), "{}", answer.describe());
        for letter in world.letters().await {
            assert_ne!(letter.to, admin.name, "{lookalike}");
        }
        let wrong = world.browser().sign_in(lookalike, PASSWORD).await;
        assert_eq!(wrong.status, 401, "{lookalike}");
        world
            .browser()
            .post("/forgot", &[("username", lookalike)])
            .await;
        assert!(world.letters().await.is_empty(), "{lookalike}");
    }
    let old = world.browser().sign_in(&admin.name, OTHER).await;
    assert_eq!(old.status, 401);
}

async fn an_invitation_revives_nobody_whom_an_operator_deactivated(db: Db) {
    let world = World::new(db).await;
    let invited = world
        .onboard("a@example.com", Onboarding::InviteOffline)
        .await;
    let secret = invited.link.unwrap().secret;
    world.switch(invited.id, Switch::Deactivate).await.unwrap();
    let late = world.browser().use_link("invite", &secret, PASSWORD).await;
    assert_eq!(late.status, 404, "{}", late.describe());
    let refused = world.browser().sign_in("a@example.com", PASSWORD).await;
    assert_eq!(refused.status, 401);
}

async fn an_invitation_revives_nobody_whom_a_client_deactivated(db: Db) {
    let world = World::new(db).await;
    let inactive = [
        json!([{"op": "replace", "path": "active", "value": false}]),
        json!([{"op": "replace", "path": "active", "value": true},
               {"op": "replace", "path": "active", "value": false}]),
    ];
    let mut revived = Vec::new();
    for (number, operations) in inactive.iter().enumerate() {
        let name = format!("p{number}@example.com");
        let invited = world.onboard(&name, Onboarding::InviteOffline).await;
        let secret = invited.link.unwrap().secret;
        let done = world.patch_user(invited.id, operations).await;
        assert!(done.is_success());
        let late = world.browser().use_link("invite", &secret, PASSWORD).await;
        if late.status != 404 {
            revived.push(operations);
        }
    }
    // Also where the person was active in between, and where the account was locked.
    let name = "c@example.com";
    let invited = world.onboard(name, Onboarding::InviteOffline).await;
    let secret = invited.link.unwrap().secret;
    for value in [true, false] {
        let set = json!([{"op": "replace", "path": "active", "value": value}]);
        world.patch_user(invited.id, &set).await.expect_status(200);
    }
    let late = world.browser().use_link("invite", &secret, PASSWORD).await;
    assert_eq!(late.status, 404, "active in between");
    let invited = world
        .onboard("d@example.com", Onboarding::InviteOffline)
        .await;
    let secret = invited.link.unwrap().secret;
    for to in [Switch::Lock(None), Switch::Unlock] {
        world.switch(invited.id, to).await.unwrap();
    }
    let late = world.browser().use_link("invite", &secret, PASSWORD).await;
    assert_eq!(late.status, 404, "locked in between");
    assert!(revived.is_empty(), "revived after: {revived:?}");
}

async fn nobody_is_invited_whom_a_client_keeps_inactive(db: Db) {
    let world = World::new(db).await;
    let body = json!({
        "schemas": [CORE_USER], "userName": "a@example.com", "active": false,
        "emails": [{"value": "a@example.com", "primary": true}],
    });
    let created = world.tenant.post("/Users", &body).await.expect_status(201);
    let id = id_of(&created).parse().unwrap();
    let (service, acting) = (&world.server.service, world.acting().await);
    let invited = onboarding::invite(service, &acting, id, true).await;
    if let Ok(invited) = &invited {
        let secret = &invited.link.as_ref().unwrap().secret;
        world.browser().use_link("invite", secret, PASSWORD).await;
    }
    assert_eq!(world.user(id).await["active"], false, "{invited:?}");
    let refused = world.browser().sign_in("a@example.com", PASSWORD).await;
    assert_eq!(refused.status, 401);
}

async fn a_client_that_activates_an_invited_person_lets_nobody_else_in(db: Db) {
    let world = World::new(db).await;
    let invited = world
        .onboard("a@example.com", Onboarding::InviteOffline)
        .await;
    let set = json!([{"op": "replace", "path": "active", "value": true}]);
    world.patch_user(invited.id, &set).await.expect_status(200);
    for password in ["", PASSWORD] {
        let refused = world.browser().sign_in("a@example.com", password).await;
        assert!(matches!(refused.status, 400 | 401));
    }
    let secret = invited.link.unwrap().secret;
    let first = world.browser().use_link("invite", &secret, PASSWORD).await;
    assert!(matches!(first.status, 303 | 404));
    let second = world.browser().use_link("invite", &secret, OTHER).await;
    assert_eq!(second.status, 404);
}

async fn a_renamed_account_frees_its_name_and_keeps_what_it_has(db: Db) {
    let world = World::new(db).await;
    let first = world.provisioned("a@example.com").await;
    let session = world.signed_in(&first.name, PASSWORD).await;
    let rename = json!([{"op": "replace", "path": "userName", "value": "b@example.com"}]);
    world.patch_user(first.id, &rename).await.expect_status(200);
    let second = world.provisioned("a@example.com").await;
    assert_ne!(first.id, second.id);
    let page = session.get("/account").await.expect_status(200);
    assert!(text_of(&page).contains("b@example.com"));
    let (service, acting) = (&world.server.service, world.acting().await);
    let found = acting.find(service, "a@example.com").await.unwrap();
    assert_eq!(found.stored.id, second.id);
    people::remove(service, &acting, second.id).await.unwrap();
    world.signed_in("b@example.com", PASSWORD).await;
    // People and operators cannot rename: only clients, by default.
    let form = [("userName", "c@example.com")];
    _ = session.post("/account", &form).await;
    assert_eq!(world.user(first.id).await["userName"], "b@example.com");
}
