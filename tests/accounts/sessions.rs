//! Signing in, and everything that ends it.

use muster::auth::Role;
use muster::service::account::onboarding::Onboarding;
use muster::service::account::people::{self, Switch};
use serde_json::json;

use super::browser::{Browser, hidden, text_of};
use super::world::{CORE_USER, HOUR, MINUTE, OTHER, PASSWORD, Somebody, USER, World};
use crate::support::Db;
use crate::support::http::Response;
use crate::support::server::patch_of;

on_both_databases!(
    all_who_cannot_sign_in_get_the_same_answer,
    whatever_ends_the_use_ends_every_session_at_once,
    an_own_new_password_ends_the_other_sessions,
    a_session_that_has_ended_does_not_come_back,
    a_session_ends_without_use,
    a_session_ends_in_any_case,
    sessions_are_listed_and_ended,
    nobody_ends_the_session_of_somebody_else,
    an_empty_form_ends_no_session,
    the_cookie_stays_with_the_pages,
    the_cookie_of_a_secure_server_stays_with_its_host,
    a_session_is_nobody_in_another_tenant,
    next_leads_nowhere_else,
    no_browser_chooses_its_session,
    other_sites_post_nothing,
    a_field_that_is_sent_twice_counts_as_missing,
);

/// A page without what differs from request to request.
fn comparable(answer: &Response, username: &str) -> (u16, String) {
    (
        answer.status,
        text_of(answer).replace(username, "{username}"),
    )
}

async fn all_who_cannot_sign_in_get_the_same_answer(db: Db) {
    let world = World::new(db).await;
    let right = world.person("right@example.com").await;
    let wrong = world.browser().sign_in(&right.name, OTHER).await;
    let wanted = comparable(&wrong, &right.name);
    assert_eq!(wanted.0, 401);
    assert!(wrong.header("set-cookie").is_none());

    let locked = world.person("locked@example.com").await;
    world.switch(locked.id, Switch::Lock(None)).await.unwrap();
    let out = world.person("deactivated@example.com").await;
    world.switch(out.id, Switch::Deactivate).await.unwrap();
    let gone = world.person("gone@example.com").await;
    let (service, acting) = (&world.server.service, world.acting().await);
    people::remove(service, &acting, gone.id).await.unwrap();
    world
        .onboard("invited@example.com", Onboarding::Invite)
        .await;
    world.onboard("none@example.com", Onboarding::None).await;
    for name in [
        "unknown@example.com",
        "not an address",
        "' OR 1=1 --",
        "locked@example.com",
        "deactivated@example.com",
        "gone@example.com",
        "invited@example.com",
        "none@example.com",
    ] {
        for password in [PASSWORD, OTHER] {
            let answer = world.browser().sign_in(name, password).await;
            assert!(answer.header("set-cookie").is_none(), "{name}");
            let shown = name.replace('\'', "&#39;");
            assert_eq!(comparable(&answer, &shown), wanted, "{name}");
        }
    }
    // Passwords that can be none.
    for password in ["\u{7}", &"x".repeat(20_000), "\u{fdd0}"] {
        let answer = world.browser().sign_in(&right.name, password).await;
        assert_eq!(comparable(&answer, &right.name), wanted);
    }
}

/// What somebody does to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Lock,
    LockOverScim,
    Deactivate,
    DeactivateOverScim,
    ReplaceAsInactive,
    DeactivateInBulk,
    Delete,
    DeleteOverScim,
    DeleteInBulk,
    TemporaryPassword,
    BlockingReset,
    ResetByLink,
    PasswordOverScim,
    PasswordByReplacement,
    KillSessions,
}

const ACTS: &[Act] = &[
    Act::Lock,
    Act::LockOverScim,
    Act::Deactivate,
    Act::DeactivateOverScim,
    Act::ReplaceAsInactive,
    Act::DeactivateInBulk,
    Act::Delete,
    Act::DeleteOverScim,
    Act::DeleteInBulk,
    Act::TemporaryPassword,
    Act::BlockingReset,
    Act::ResetByLink,
    Act::PasswordOverScim,
    Act::PasswordByReplacement,
    Act::KillSessions,
];

async fn carry_out(world: &World, act: Act, somebody: &Somebody) {
    let (service, acting) = (&world.server.service, world.acting().await);
    let id = somebody.id;
    let path = format!("/Users/{id}");
    let inactive = json!([{"op": "replace", "path": "active", "value": false}]);
    let replaced = |name: &str, value: serde_json::Value| json!({"schemas": [CORE_USER], "userName": somebody.name, name: value});
    let in_bulk = |operation: serde_json::Value| {
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": [operation],
        })
    };
    let answer = match act {
        Act::Lock => return world.switch(id, Switch::Lock(None)).await.unwrap(),
        Act::Deactivate => return world.switch(id, Switch::Deactivate).await.unwrap(),
        Act::Delete => return people::remove(service, &acting, id).await.unwrap(),
        Act::TemporaryPassword => {
            world.temporary(id).await;
            return;
        }
        Act::BlockingReset => {
            let reset = people::reset(service, &acting, id, true, true).await;
            reset.unwrap();
            return;
        }
        Act::ResetByLink => {
            let secret = world.reset_secret(id).await;
            let set = world.browser().use_link("reset", &secret, OTHER).await;
            set.expect_status(303);
            return;
        }
        Act::KillSessions => {
            let ended = people::end_sessions(service, &acting, id).await;
            assert_eq!(ended.unwrap(), 3);
            return;
        }
        Act::LockOverScim => {
            let lock = json!([{"op": "add", "path": format!("{USER}:locked"), "value": true}]);
            world.patch_user(id, &lock).await
        }
        Act::DeactivateOverScim => world.patch_user(id, &inactive).await,
        Act::ReplaceAsInactive => {
            let body = replaced("active", json!(false));
            world.tenant.put(&path, &body).await
        }
        Act::DeactivateInBulk => {
            let data = patch_of(&inactive);
            let operation = json!({"method": "PATCH", "path": path, "data": data});
            world.tenant.post("/Bulk", &in_bulk(operation)).await
        }
        Act::DeleteOverScim => world.tenant.delete(&path).await,
        Act::DeleteInBulk => {
            let operation = json!({"method": "DELETE", "path": path});
            world.tenant.post("/Bulk", &in_bulk(operation)).await
        }
        Act::PasswordOverScim => {
            let set = json!([{"op": "replace", "path": "password", "value": OTHER}]);
            world.patch_user(id, &set).await
        }
        Act::PasswordByReplacement => {
            let body = replaced("password", json!(OTHER));
            world.tenant.put(&path, &body).await
        }
    };
    assert!(answer.is_success(), "{act:?}: {}", answer.describe());
}

async fn whatever_ends_the_use_ends_every_session_at_once(db: Db) {
    let world = World::new(db).await;
    let second = world.server.another().await;
    let operator = world.operator("op@example.com", Role::Admin).await;
    let untouched = world.signed_in(&operator.name, PASSWORD).await;
    for (number, act) in ACTS.iter().enumerate() {
        let name = format!("p{number}@example.com");
        let somebody = world.person(&name).await;
        let mut open: Vec<Browser> = Vec::new();
        for _ in 0..3 {
            open.push(world.signed_in(&name, PASSWORD).await);
        }
        let elsewhere: Vec<Browser> = open
            .iter()
            .map(|browser| browser.copied(&second.root, &world.base()))
            .collect();
        open.extend(elsewhere);
        for browser in &open {
            assert!(browser.is_in().await, "{act:?}");
        }
        carry_out(&world, *act, &somebody).await;
        // The other instance first: nothing has told it.
        for browser in open.iter().rev() {
            for page in ["/account", "/account/export", "/account/password"] {
                let page = browser.twin().get(page).await;
                assert_eq!(page.status, 303, "{act:?}: {}", page.describe());
            }
            let change = [("current", PASSWORD), ("password", "Other!Password9")];
            let refused = browser.post("/account/password", &change).await;
            let to = refused.header("location").unwrap_or_default();
            assert!(to.contains("/sign-in"), "{act:?}: {}", refused.describe());
        }
    }
    assert!(untouched.is_in().await);
    second.stop().await;
}

async fn an_own_new_password_ends_the_other_sessions(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    let other = world.signed_in(&somebody.name, PASSWORD).await;
    let wrong = [("current", OTHER), ("password", OTHER)];
    let refused = own.post("/account/password", &wrong).await;
    assert_eq!(refused.status, 400);
    assert!(other.is_in().await);
    let change = [("current", PASSWORD), ("password", OTHER)];
    let stolen = own.copied(&world.server.root, &world.base());
    own.post("/account/password", &change)
        .await
        .expect_status(303);
    assert!(own.is_in().await);
    assert!(!stolen.is_in().await, "the session has a new secret");
    assert!(!other.is_in().await);
    let old = world.browser().sign_in(&somebody.name, PASSWORD).await;
    assert_eq!(old.status, 401);
    let letter = world.letter().await;
    assert_eq!(letter.to, somebody.name);
    assert!(letter.subject.contains("password"), "{letter:?}");
    assert!(!letter.all.contains(OTHER));
}

async fn a_session_that_has_ended_does_not_come_back(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let open = world.signed_in(&somebody.name, PASSWORD).await;
    let out = world.signed_in(&somebody.name, PASSWORD).await;
    let kept = out.copied(&world.server.root, &world.base());
    out.post("/sign-out", &[]).await.expect_status(303);
    assert!(out.cookie("muster").is_none());
    assert!(
        !kept.is_in().await,
        "signing out ends the session, not only the cookie"
    );
    let copy = open.copied(&world.server.root, &world.base());
    for (end, undo) in [
        (Switch::Lock(None), Switch::Unlock),
        (Switch::Deactivate, Switch::Activate),
    ] {
        world.switch(somebody.id, end).await.unwrap();
        world.switch(somebody.id, undo).await.unwrap();
        assert!(!copy.copied(&world.server.root, &world.base()).is_in().await);
    }
    world.signed_in(&somebody.name, PASSWORD).await;
}

async fn a_session_ends_without_use(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let browser = world.signed_in(&somebody.name, PASSWORD).await;
    let idle = 30 * MINUTE;
    for _ in 0..2 {
        world.server.clock.advance(idle - 1);
        assert!(browser.is_in().await);
    }
    world.server.clock.advance(idle);
    assert!(!browser.is_in().await);
    world.set("session.idle_minutes", "1").await;
    let browser = world.signed_in(&somebody.name, PASSWORD).await;
    world.server.clock.advance(59);
    assert!(browser.is_in().await);
    world.server.clock.advance(60);
    assert!(!browser.is_in().await);
}

async fn a_session_ends_in_any_case(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let browser = world.signed_in(&somebody.name, PASSWORD).await;
    let mut left = 12 * HOUR;
    while left > 29 * MINUTE {
        world.server.clock.advance(29 * MINUTE);
        left -= 29 * MINUTE;
        assert!(browser.is_in().await, "{left} seconds before the end");
    }
    world.server.clock.advance(left - 1);
    assert!(browser.is_in().await);
    world.server.clock.advance(1);
    assert!(!browser.is_in().await);
}

async fn sessions_are_listed_and_ended(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    let one = world.signed_in(&somebody.name, PASSWORD).await;
    let two = world.signed_in(&somebody.name, PASSWORD).await;
    let page = own.get("/account/sessions").await.expect_status(200);
    let ids = hidden(&page, "id");
    assert_eq!(ids.len(), 2, "{}", text_of(&page));
    let cookie = own.cookie("muster").unwrap();
    assert!(!text_of(&page).contains(&cookie));
    for id in &ids {
        assert!(
            !cookie.contains(id.as_str()),
            "a public name tells the secret"
        );
    }
    own.post("/account/sessions", &[("id", &ids[0])])
        .await
        .expect_status(303);
    assert_eq!(
        [own.is_in().await, one.is_in().await, two.is_in().await]
            .iter()
            .filter(|is_in| **is_in)
            .count(),
        2
    );
    own.post("/account/sessions", &[("all", "others")])
        .await
        .expect_status(303);
    assert!(own.is_in().await);
    assert!(!one.is_in().await && !two.is_in().await);
}

async fn nobody_ends_the_session_of_somebody_else(db: Db) {
    let world = World::new(db).await;
    let eve = world.person("eve@example.com").await;
    let victim = world.person("victim@example.com").await;
    let eve = world.signed_in(&eve.name, PASSWORD).await;
    let first = world.signed_in(&victim.name, PASSWORD).await;
    let second = world.signed_in(&victim.name, PASSWORD).await;
    for id in hidden(&first.get("/account/sessions").await, "id") {
        _ = eve.post("/account/sessions", &[("id", &id)]).await;
    }
    _ = eve.post("/account/sessions", &[("all", "others")]).await;
    assert!(first.is_in().await && second.is_in().await);
}

async fn an_empty_form_ends_no_session(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    let other = world.signed_in(&somebody.name, PASSWORD).await;
    let id = hidden(&own.get("/account/sessions").await, "id")[0].clone();
    let mut accepted = Vec::new();
    for form in [
        String::new(),
        "id=".to_owned(),
        "all=".to_owned(),
        "all=some".to_owned(),
        format!("id={id}&id={id}"),
        "all=others&all=others".to_owned(),
    ] {
        let answer = own.post_text("/account/sessions", &form).await;
        assert!(other.is_in().await, "{form}");
        accepted.extend((answer.status != 400).then_some((form, answer.status)));
    }
    assert!(accepted.is_empty(), "{accepted:?}");
}

async fn the_cookie_stays_with_the_pages(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let answer = world.browser().sign_in(&somebody.name, PASSWORD).await;
    let cookie = answer.header("set-cookie").unwrap();
    let (value, attributes) = cookie.split_once("; ").unwrap();
    assert!(value.starts_with("muster=mss_"), "{cookie}");
    assert!(value.len() > 40);
    assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Lax; Max-Age=43200");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

async fn the_cookie_of_a_secure_server_stays_with_its_host(db: Db) {
    let public = "https://id.example.com";
    let change = |config: &mut muster::config::Config| {
        config.server.public_url = Some(public.to_owned());
    };
    let world = World::changed(db, &[], change).await;
    let somebody = world.person("a@example.com").await;
    let browser = world.browser();
    let answer = browser.sign_in(&somebody.name, PASSWORD).await;
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    assert!(cookie.starts_with("__Host-muster=mss_"), "{cookie}");
    assert!(cookie.contains("; Path=/;") && cookie.contains("; Secure"));
    assert!(!cookie.to_lowercase().contains("domain"));
    assert!(browser.is_in().await);
    // The name that anybody on a neighbouring host could set is nothing here.
    let other = world.browser();
    other.set_cookie("muster", &browser.cookie("__Host-muster").unwrap());
    assert!(!other.is_in().await);
}

async fn a_session_is_nobody_in_another_tenant(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let browser = world.signed_in(&somebody.name, PASSWORD).await;
    let other = world.tenant.other.as_ref().unwrap().name.clone();
    for base in [format!("/t/{other}"), format!("/t/{other}/../{other}")] {
        let there = browser.copied(&world.server.root, &base);
        for page in ["/account", "/account/sessions", "/account/export"] {
            let page = there.get(page).await;
            assert!(matches!(page.status, 303 | 404), "{}", page.describe());
        }
        let leave = [("username", somebody.name.as_str()), ("current", PASSWORD)];
        let answer = there.post("/account/delete", &leave).await;
        assert!(matches!(answer.status, 303 | 404), "{}", answer.describe());
        _ = there.post("/sign-out", &[]).await;
    }
    let unknown = browser.copied(&world.server.root, "/t/no-such-tenant");
    assert_eq!(unknown.get("/account").await.status, 404);
    assert_eq!(unknown.get("/sign-in").await.status, 404);
    assert!(browser.is_in().await);
    // Nor is the password good there.
    let there = Browser::new(&world.server.root, &format!("/t/{other}"));
    assert_eq!(there.sign_in(&somebody.name, PASSWORD).await.status, 401);
}

async fn next_leads_nowhere_else(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let (base, other) = (world.base(), &world.tenant.other.as_ref().unwrap().name);
    let account = format!("{base}/account");
    let hostile = [
        "//evil.example".to_owned(),
        "https://evil.example".to_owned(),
        "https:evil.example".to_owned(),
        "javascript:alert(1)".to_owned(),
        "\\\\evil.example".to_owned(),
        "/\\evil.example".to_owned(),
        format!("{account}\\..\\..\\evil"),
        format!("{account}//evil.example"),
        format!("{account}/%2e%2e/%2e%2e/evil"),
        format!("{account}/\r\nLocation: https://evil.example"),
        format!("{account}/\u{0}"),
        format!("{account}/\t//evil.example"),
        format!("{account}?next=//evil.example"),
        format!("{account}#@evil.example"),
        format!("{account}@evil.example"),
        format!("{account}.evil.example"),
        "/account/../../evil".to_owned(),
        format!("/t/{other}/account"),
        " //evil.example".to_owned(),
        "/sign-out".to_owned(),
        "x".repeat(5_000),
        // Browsers take the dots away before they ask.
        format!("{account}/../../{other}/account"),
        format!("{account}/.."),
        format!("{account}/./../sign-out"),
    ];
    let signed_in = world.signed_in(&somebody.name, PASSWORD).await;
    let mut led = Vec::new();
    for next in &hostile {
        let fields = [
            ("username", somebody.name.as_str()),
            ("password", PASSWORD),
            ("next", next),
        ];
        let asked = format!("/sign-in?{}", super::browser::form(&[("next", next)]));
        let shown = world.browser().get(&asked).await;
        let kept = hidden(&shown, "next").pop();
        for answer in [
            world.browser().post("/sign-in", &fields).await,
            signed_in.get(&asked).await,
        ] {
            led.extend(answer.header("location").map(str::to_owned));
        }
        led.extend(kept);
    }
    led.retain(|address| *address != account);
    assert!(led.is_empty(), "{led:#?}");
    for good in ["/account", "/account/password", "/account/groups"] {
        let good = format!("{base}{good}");
        let fields = [
            ("username", somebody.name.as_str()),
            ("password", PASSWORD),
            ("next", &good),
        ];
        let answer = world.browser().post("/sign-in", &fields).await;
        assert_eq!(answer.header("location"), Some(good.as_str()));
    }
}

async fn no_browser_chooses_its_session(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let eve = world.person("eve@example.com").await;
    let eve = world.signed_in(&eve.name, PASSWORD).await;
    // Eve has put her cookie, or one that she made up, into the victim's browser.
    let known = eve.cookie("muster").unwrap();
    let invented = format!("mss_{}", "A".repeat(43));
    for planted in [known, invented] {
        let browser = world.browser();
        browser.set_cookie("muster", &planted);
        browser
            .sign_in(&somebody.name, PASSWORD)
            .await
            .expect_status(303);
        assert_ne!(browser.cookie("muster").unwrap(), planted);
        assert!(browser.is_in().await);
    }
    let page = text_of(&eve.get("/account").await);
    assert!(!page.contains(&somebody.name));
    for nonsense in ["", "mss_", "mss_é", "x; muster=y", &"A".repeat(4_000)] {
        let browser = world.browser();
        browser.set_cookie("muster", &nonsense.replace('é', "e"));
        assert!(!browser.is_in().await, "{nonsense}");
    }
}

async fn other_sites_post_nothing(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let browser = world.signed_in(&somebody.name, PASSWORD).await;
    let leave = super::browser::form(&[
        ("username", somebody.name.as_str()),
        ("current", PASSWORD),
        ("confirm", "yes"),
    ]);
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    for page in [
        "/account/delete",
        "/account/deactivate",
        "/account/password",
        "/account/sessions",
        "/account",
        "/sign-out",
        "/sign-in",
        "/reset",
    ] {
        let target = format!("{}{page}", world.base());
        for foreign in [
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
            ("Origin", "https://evil.example"),
            ("Origin", "null"),
        ] {
            let headers = [form, foreign];
            let answer = browser.send("POST", &target, &headers, Some(&leave)).await;
            assert_eq!(answer.status, 403, "{page} {foreign:?}");
        }
    }
    assert!(browser.is_in().await);
}

async fn a_field_that_is_sent_twice_counts_as_missing(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let name = ("username", somebody.name.as_str());
    let password = ("password", PASSWORD);
    for fields in [
        vec![name, name, password],
        vec![name, password, password],
        vec![name],
        vec![password],
        vec![],
    ] {
        let answer = world.browser().post("/sign-in", &fields).await;
        assert_eq!(answer.status, 400, "{fields:?}");
        assert!(answer.header("set-cookie").is_none());
    }
}
