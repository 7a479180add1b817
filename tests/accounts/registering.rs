//! Registering, and what it tells: nothing.

use muster::auth::Role;
use muster::service::account::onboarding::Onboarding;
use muster::service::account::people::{self, Switch};
use muster::service::account::registration;
use serde_json::json;

use super::browser::text_of;
use super::world::{HOUR, OTHER, PASSWORD, USER, World};
use crate::support::Db;

on_both_databases!(
    nobody_registers_where_that_is_off,
    who_registers_confirms_and_signs_in,
    who_registers_may_have_to_wait_for_an_approval,
    who_registers_is_sent_back_to_known_places_only,
    registering_tells_nothing_and_changes_nothing,
    a_forgotten_password_tells_nothing,
    an_operator_with_a_new_address_gets_no_link_there_for_a_day,
    registering_grants_nothing,
    whoever_registers_with_the_address_of_another_stays_out,
    who_registers_twice_with_one_password_has_it,
);

const ON: (&str, &str) = ("registration.mode", "on");

async fn nobody_registers_where_that_is_off(db: Db) {
    let world = World::new(db).await;
    let form = [("username", "a@example.com"), ("password", PASSWORD)];
    assert_eq!(world.browser().get("/register").await.status, 404);
    assert_eq!(world.browser().post("/register", &form).await.status, 404);
    assert!(world.letters().await.is_empty());
    assert_eq!(world.tenant.get("/Users").await.json()["totalResults"], 0);
}

async fn who_registers_confirms_and_signs_in(db: Db) {
    let world = World::with(db, &[ON]).await;
    let form = [
        ("username", "a@example.com"),
        ("password", PASSWORD),
        ("given", "Anna"),
    ];
    world.register(&form).await;
    let refused = world.browser().sign_in("a@example.com", PASSWORD).await;
    assert_eq!(refused.status, 401);
    let list = world.tenant.get("/Users").await.json();
    let found = &list["Resources"][0];
    assert_eq!(found["active"], false);
    assert_eq!(found[USER]["state"], "pendingVerification");
    assert_eq!(found[USER]["source"], "self");
    let letter = world.letter().await;
    assert_eq!(letter.to, "a@example.com");
    let browser = world.browser();
    browser.follow("verify", &letter.secret()).await;
    browser.get("/verify").await.expect_status(200);
    assert_eq!(
        world
            .browser()
            .sign_in("a@example.com", PASSWORD)
            .await
            .status,
        401
    );
    browser.post("/verify", &[]).await.expect_status(200);
    world.signed_in("a@example.com", PASSWORD).await;
    let again = world
        .browser()
        .use_link("verify", &letter.secret(), "")
        .await;
    assert_eq!(again.status, 404);
}

async fn who_registers_is_sent_back_to_known_places_only(db: Db) {
    let known = ("registration.return_to", "https://app.example.com");
    for (asked, is_known) in [
        ("https://app.example.com/welcome?a=b&c", true),
        ("https://app.example.com.evil/", false),
    ] {
        let world = World::with(db, &[ON, known]).await;
        let form = [
            ("username", "a@example.com"),
            ("password", PASSWORD),
            ("return_to", asked),
        ];
        world.register(&form).await;
        let link = world.letter().await.link();
        assert_eq!(link.contains("return_to="), is_known, "{link}");
        let (_, query) = link.split_once('?').unwrap_or((&link, ""));
        let (address, _) = link.split_once('?').unwrap_or((&link, ""));
        let secret = address.rsplit('/').next().unwrap();
        let browser = world.browser();
        let page = format!("/verify/{secret}?{query}");
        let moved = browser.get(&page).await.expect_status(303);
        let location = moved.header("location").unwrap().to_owned();
        assert_eq!(location.contains("return_to="), is_known, "{location}");
        let page = format!("/verify?{query}");
        let page = browser.post(&page, &[]).await.expect_status(200);
        let text = text_of(&page);
        assert_eq!(text.contains("https://app.example.com/welcome"), is_known);
        assert!(!text.contains("evil"));
    }
}

async fn who_registers_may_have_to_wait_for_an_approval(db: Db) {
    let world = World::with(db, &[ON, ("registration.approval", "required")]).await;
    let form = [("username", "a@example.com"), ("password", PASSWORD)];
    world.register(&form).await;
    let secret = world.letter().await.secret();
    world
        .browser()
        .use_link("verify", &secret, "")
        .await
        .expect_status(200);
    assert_eq!(
        world
            .browser()
            .sign_in("a@example.com", PASSWORD)
            .await
            .status,
        401
    );
    // Nor does another way in open.
    world
        .browser()
        .post("/forgot", &[("username", "a@example.com")])
        .await;
    assert!(world.letters().await.is_empty());
    let id = world.tenant.get("/Users").await.json()["Resources"][0]["id"].clone();
    let id = id.as_str().unwrap().parse().unwrap();
    let (service, acting) = (&world.server.service, world.acting().await);
    registration::approve(service, &acting, id).await.unwrap();
    assert_eq!(world.letter().await.to, "a@example.com");
    world.signed_in("a@example.com", PASSWORD).await;
}

async fn registering_tells_nothing_and_changes_nothing(db: Db) {
    let world = World::with(db, &[ON]).await;
    let active = world.provisioned("active@example.com").await;
    let locked = world.provisioned("locked@example.com").await;
    world.switch(locked.id, Switch::Lock(None)).await.unwrap();
    let out = world.person("out@example.com").await;
    world.switch(out.id, Switch::Deactivate).await.unwrap();
    let invited = world
        .onboard("invited@example.com", Onboarding::Invite)
        .await;
    world.letters().await;
    let fresh = [("username", "new@example.com"), ("password", OTHER)];
    let fresh = world.browser().post("/register", &fresh).await;
    let wanted = (fresh.status, text_of(&fresh));
    assert_eq!(wanted.0, 200);
    assert_eq!(world.letter().await.to, "new@example.com");
    let ids = [active.id, locked.id, out.id, invited.id];
    let mut before = Vec::new();
    for id in ids {
        before.push(world.user(id).await);
    }
    for name in [
        "active@example.com",
        "ACTIVE@example.com",
        "active@exa\u{200b}mple.com",
        "locked@example.com",
        "out@example.com",
        "invited@example.com",
        "new@example.com",
    ] {
        let form = [
            ("username", name),
            ("password", "Stolen!Password9"),
            ("given", "Eve"),
            ("email", "eve@evil.example"),
        ];
        let answer = world.browser().post("/register", &form).await;
        assert_eq!((answer.status, text_of(&answer)), wanted, "{name}");
        assert!(answer.header("set-cookie").is_none());
        let letters = world.letters().await;
        assert_eq!(letters.len(), 1, "{name}: {letters:?}");
        assert!(letters[0].to.ends_with("@example.com"), "{letters:?}");
        assert!(!letters[0].all.contains("Eve"), "{letters:?}");
        assert!(!letters[0].text.contains("/reset/") && !letters[0].text.contains("/invite/"));
        let refused = world.browser().sign_in(name, "Stolen!Password9").await;
        assert_eq!(refused.status, 401, "{name}");
    }
    for (id, before) in ids.iter().zip(&before) {
        assert_eq!(&world.user(id).await, before);
    }
    assert_eq!(world.tenant.get("/Users").await.json()["totalResults"], 5);
}

async fn a_forgotten_password_tells_nothing(db: Db) {
    let world = World::new(db).await;
    let somebody = world.provisioned("a@example.com").await;
    let locked = world.provisioned("locked@example.com").await;
    world.switch(locked.id, Switch::Lock(None)).await.unwrap();
    world
        .onboard("invited@example.com", Onboarding::Invite)
        .await;
    world.onboard("none@example.com", Onboarding::None).await;
    world.letters().await;
    let known = world
        .browser()
        .post("/forgot", &[("username", &somebody.name)])
        .await;
    let wanted = (known.status, text_of(&known));
    assert_eq!(wanted.0, 200);
    assert_eq!(world.letter().await.to, somebody.name);
    for name in [
        "unknown@example.com",
        "locked@example.com",
        "invited@example.com",
        "%",
        "*",
        "a@example.com\r\nBcc: eve@evil.example",
        "a@example.com,eve@evil.example",
        "eve@evil.example,a@example.com",
    ] {
        let answer = world.browser().post("/forgot", &[("username", name)]).await;
        assert_eq!((answer.status, text_of(&answer)), wanted, "{name:?}");
        assert!(world.letters().await.is_empty(), "{name:?}");
    }
    // The letter goes where the account says, however the name was written.
    for name in [
        "A@EXAMPLE.COM",
        "\u{ff41}@example.com",
        "a\u{200b}@example.com",
    ] {
        let answer = world.browser().post("/forgot", &[("username", name)]).await;
        assert_eq!((answer.status, text_of(&answer)), wanted, "{name:?}");
        for letter in world.letters().await {
            assert_eq!(letter.to, somebody.name);
        }
    }
}

async fn registering_grants_nothing(db: Db) {
    let world = World::with(db, &[ON]).await;
    let form = [
        ("username", "eve@example.com"),
        ("password", PASSWORD),
        ("kind", "operator"),
        (&format!("{USER}:kind"), "operator"),
        ("active", "true"),
        ("groups", "owner"),
        ("role", "owner"),
        ("userType", "operator"),
        ("externalId", "1"),
    ];
    world.register(&form).await;
    let secret = world.letter().await.secret();
    world
        .browser()
        .use_link("verify", &secret, "")
        .await
        .expect_status(200);
    let list = world.tenant.get("/Users").await.json();
    let found = &list["Resources"][0];
    assert_eq!(found[USER]["kind"], serde_json::Value::Null);
    for name in ["groups", "roles", "userType", "externalId", "entitlements"] {
        assert_eq!(found[name], serde_json::Value::Null, "{found}");
    }
    let browser = world.signed_in("eve@example.com", PASSWORD).await;
    let form = [
        ("groups", "owner"),
        ("userType", "operator"),
        ("active", "false"),
        (&format!("{USER}:kind"), "operator"),
        (&format!("{USER}:agent"), "true"),
        ("emails", "eve@evil.example"),
        ("userName", "owner@example.com"),
        ("password", OTHER),
        ("externalId", "1"),
    ];
    _ = browser.post("/account", &form).await;
    assert_eq!(
        &world.tenant.get("/Users").await.json()["Resources"][0],
        found
    );
}

/// Eve registers with the address of somebody who registers as well, before or meanwhile. Whichever letter the owner of the address
/// follows, Eve's password is good for nothing.
async fn whoever_registers_with_the_address_of_another_stays_out(db: Db) {
    const STOLEN: &str = "Stolen!Password9";
    let world = World::with(db, &[ON]).await;
    for (number, order) in [
        &[STOLEN, PASSWORD][..],
        &[PASSWORD, STOLEN],
        &[PASSWORD, STOLEN, PASSWORD],
        &[STOLEN, PASSWORD, STOLEN],
        &[PASSWORD, STOLEN, STOLEN],
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("victim{number}@example.com");
        for password in order {
            let form = [("username", name.as_str()), ("password", *password)];
            world.register(&form).await;
        }
        let letters = world.letters().await;
        assert!(letters.iter().all(|letter| letter.to == name));
        let mut confirmed = 0;
        for letter in letters.iter().rev() {
            let browser = world.browser();
            let done = browser.use_link("verify", &letter.secret(), "").await;
            confirmed += usize::from(done.status == 200);
            let stolen = world.browser().sign_in(&name, STOLEN).await;
            assert_eq!(stolen.status, 401, "{order:?}: Eve is in");
        }
        assert_eq!(confirmed, 1, "{order:?}");
        world
            .browser()
            .post("/forgot", &[("username", &name)])
            .await;
        let letter = world.letter().await;
        assert_eq!(letter.to, name);
        let browser = world.browser();
        let set = browser.use_link("reset", &letter.secret(), OTHER).await;
        set.expect_status(303);
        world.signed_in(&name, OTHER).await;
        world.letters().await;
    }
}

/// Who does not find the letter registers again.
async fn who_registers_twice_with_one_password_has_it(db: Db) {
    let world = World::with(db, &[ON]).await;
    for (number, which) in [0, 1].into_iter().enumerate() {
        let name = format!("p{number}@example.com");
        let mut letters = Vec::new();
        for _ in 0..2 {
            let form = [("username", name.as_str()), ("password", PASSWORD)];
            world.register(&form).await;
            letters.push(world.letter().await);
        }
        // Either letter will do, once.
        for (secret, status) in [
            (letters[which].secret(), 200),
            (letters[1 - which].secret(), 404),
        ] {
            let browser = world.browser();
            let done = browser.use_link("verify", &secret, "").await;
            assert_eq!(done.status, status, "{which}");
        }
        world.signed_in(&name, PASSWORD).await;
    }
}

async fn an_operator_with_a_new_address_gets_no_link_there_for_a_day(db: Db) {
    let world = World::new(db).await;
    world.operator("owner@example.com", Role::Owner).await;
    let operator = world.operator("o@example.com", Role::Admin).await;
    let customer = world.person("c@example.com").await;
    let owner = world.acting().await;
    for somebody in [&operator, &customer] {
        let moved = format!("new-{}", somebody.name);
        let emails =
            json!([{"op": "add", "path": "emails", "value": [{"value": moved, "primary": true}]}]);
        world
            .patch_person_as(&owner, somebody.id, &emails)
            .await
            .unwrap();
    }
    world.letters().await;
    let ask = async |name: &str| {
        let answer = world.browser().post("/forgot", &[("username", name)]).await;
        let said = (answer.status, text_of(&answer));
        let letters = world.letters().await.into_iter();
        (said, letters.map(|letter| letter.to).collect::<Vec<_>>())
    };
    let (said, letters) = ask(&customer.name).await;
    assert_eq!(letters, ["new-c@example.com"]);
    let nobody = Vec::<String>::new();
    assert_eq!(ask(&operator.name).await, (said.clone(), nobody.clone()));
    world.server.clock.advance(24 * HOUR - 1);
    assert_eq!(ask(&operator.name).await, (said.clone(), nobody));
    world.server.clock.advance(1);
    let there = vec!["new-o@example.com".to_owned()];
    assert_eq!(ask(&operator.name).await, (said, there));
    // Another operator can help at once.
    let (service, acting) = (&world.server.service, world.acting().await);
    people::reset(service, &acting, operator.id, false, false)
        .await
        .unwrap();
    assert_eq!(world.letter().await.to, "new-o@example.com");
}
