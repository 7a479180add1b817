//! Passwords: the rules, temporary ones, and those that other systems have hashed.

use std::fmt::Write;

use muster::auth::policy;
use muster::service::account::import;
use muster::service::account::onboarding::{self, Onboarding};
use muster::service::account::people;
use serde_json::json;

use super::browser::text_of;
use super::world::{CORE_USER, HOUR, OTHER, PASSWORD, World};
use crate::support::Db;

on_both_databases!(
    every_rule_of_seed_that_is_broken_is_named,
    every_rule_of_asvs_that_is_broken_is_named,
    what_asvs_says_of_names_holds_on_every_page,
    a_temporary_password_comes_before_everything_else,
    a_temporary_password_ends_with_its_time,
    a_session_of_a_temporary_password_sets_none_when_it_has_ended,
    a_temporary_password_is_typed_only_where_that_is_allowed,
    hashes_of_other_systems_are_taken_and_replaced,
    hashes_that_nobody_can_check_are_refused,
    a_blocking_reset_refuses_the_old_password,
    a_session_that_has_ended_meanwhile_sets_no_password,
    passwords_are_normalised,
);

const SHORT: &str = "at least 8 characters";
const LONG: &str = "at most 128 characters";
const UPPER: &str = "an upper-case letter";
const LOWER: &str = "a lower-case letter";
const DIGIT: &str = "a digit";
const SPECIAL: &str = "one of";
const COMMON: &str = "tries first|try first|common password";
const GUESSABLE: &str = "guess";
const PERSONAL: &str = "name or address";

/// Whether one of the words is there.
fn says(text: &str, rule: &str) -> bool {
    rule.split('|').any(|words| text.contains(words))
}

/// What a page says is wrong with the password.
fn complaints(page: &str) -> String {
    let Some(start) = page.find("id=\"password-error\"") else {
        return String::new();
    };
    let rest = &page[start..];
    rest[..rest.find("<input").unwrap()].to_owned()
}

async fn assert_named(world: &World, cases: &[(&str, &[&str])], all: &[&str]) {
    let somebody = world.person("bjensen.kowalski@example.com").await;
    let secret = world.reset_secret(somebody.id).await;
    let linked = world.browser();
    linked.follow("reset", &secret).await;
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    let path = format!("/Users/{}", somebody.id);
    for (password, broken) in cases {
        let by_link = linked.post("/reset", &[("password", password)]).await;
        let change = [("current", PASSWORD), ("password", *password)];
        let by_owner = own.post("/account/password", &change).await;
        let body = json!({"schemas": [CORE_USER], "userName": somebody.name, "password": password});
        let put = world.tenant.put(&path, &body).await;
        let set = json!([{"op": "replace", "path": "password", "value": password}]);
        let patched = world.patch_user(somebody.id, &set).await;
        let created = json!({
            "schemas": [CORE_USER], "userName": "kowalski.new@example.com", "password": password,
        });
        let post = world.tenant.post("/Users", &created).await;
        for page in [&by_link, &by_owner] {
            assert_eq!(page.status, 400, "{password}: {}", page.describe());
            let said = complaints(&text_of(page));
            for rule in all {
                assert_eq!(
                    says(&said, rule),
                    broken.contains(rule),
                    "{password} {rule}: {said}"
                );
            }
            assert!(
                !text_of(page).contains(*password),
                "{password} is sent back"
            );
        }
        for answer in [&put, &patched, &post] {
            assert_eq!(answer.status, 400, "{password}: {}", answer.describe());
            let document = answer.json();
            assert_eq!(document["scimType"], "invalidValue", "{document}");
            let said = document["detail"].as_str().unwrap();
            for rule in *broken {
                assert!(says(said, rule), "{password} {rule}: {said}");
            }
            assert!(!said.contains(password), "{said}");
        }
    }
    world.signed_in(&somebody.name, PASSWORD).await;
}

async fn every_rule_of_seed_that_is_broken_is_named(db: Db) {
    let world = World::new(db).await;
    let long = format!("Aa1!{}", "x".repeat(125));
    let cases: &[(&str, &[&str])] = &[
        ("Aa1!xyz", &[SHORT]),
        ("aa1!xyzz", &[UPPER]),
        ("AA1!XYZZ", &[LOWER]),
        ("Aaa!xyzz", &[DIGIT]),
        ("Aa11xyzz", &[SPECIAL]),
        ("Aa11xyz-", &[SPECIAL]),
        ("~", &[SHORT, UPPER, LOWER, DIGIT, SPECIAL]),
        (&long, &[LONG]),
    ];
    let all = [SHORT, LONG, UPPER, LOWER, DIGIT, SPECIAL];
    let page = text_of(&world.browser().get("/sign-in").await);
    assert!(!page.contains(SHORT));
    assert_named(&world, cases, &all).await;
}

async fn every_rule_of_asvs_that_is_broken_is_named(db: Db) {
    let world = World::with(db, &[("password.policy", "asvs")]).await;
    let long = "Nine violet herons ".repeat(7);
    let cases: &[(&str, &[&str])] = &[
        ("Vx7-qL2_rT9;zK", &["at least 15 characters"]),
        (&long, &[LONG]),
        ("passwordpassword", &[COMMON]),
        ("aaaaaaaaaaaaaaaaaaaa", &[GUESSABLE]),
        ("12345678901234567890", &[GUESSABLE]),
        ("bjensen.kowalski herons quarry", &[PERSONAL]),
        ("violet BJENSEN.KOWALSKI quarry", &[PERSONAL]),
    ];
    // More than one rule may be broken; those that are named here must be.
    let somebody = world.person("bjensen.kowalski@example.com").await;
    let secret = world.reset_secret(somebody.id).await;
    let linked = world.browser();
    linked.follow("reset", &secret).await;
    for (password, broken) in cases {
        let page = linked.post("/reset", &[("password", password)]).await;
        let set = json!([{"op": "replace", "path": "password", "value": password}]);
        let patched = world.patch_user(somebody.id, &set).await;
        assert_eq!((page.status, patched.status), (400, 400), "{password}");
        let (page, patched) = (complaints(&text_of(&page)), text_of(&patched));
        for rule in *broken {
            assert!(says(&page, rule), "{password} {rule}: {page}");
            assert!(says(&patched, rule), "{password} {rule}: {patched}");
        }
    }
    // No composition is asked for.
    let done = linked
        .post("/reset", &[("password", "nine violet herons quarry")])
        .await;
    done.expect_status(303);
    world
        .signed_in(&somebody.name, "nine violet herons quarry")
        .await;
}

async fn what_asvs_says_of_names_holds_on_every_page(db: Db) {
    let settings = [("password.policy", "asvs"), ("registration.mode", "on")];
    let world = World::with(db, &settings).await;
    let password = "violet-zaphodius-quarry-lantern";
    let created = json!({
        "schemas": [CORE_USER], "userName": "a@example.com", "password": PASSWORD,
        "name": {"givenName": "Zaphodius", "familyName": "B"},
    });
    let created = world
        .tenant
        .post("/Users", &created)
        .await
        .expect_status(201);
    let id = created.json()["id"].as_str().unwrap().parse().unwrap();
    let set = json!([{"op": "replace", "path": "password", "value": password}]);
    let patched = world.patch_user(id, &set).await;
    assert_eq!(patched.status, 400, "PATCH: {}", patched.describe());
    let secret = world.reset_secret(id).await;
    let page = world.browser().use_link("reset", &secret, password).await;
    assert_eq!(page.status, 400);
    let own = world.signed_in("a@example.com", PASSWORD).await;
    let change = [("current", PASSWORD), ("password", password)];
    let page = own.post("/account/password", &change).await;
    assert_eq!(page.status, 400);
    let form = [
        ("username", "b@example.com"),
        ("given", "Zaphodius"),
        ("password", password),
    ];
    let page = world.browser().post("/register", &form).await;
    assert_eq!(page.status, 400);
    assert!(world.letters().await.is_empty());
}

async fn a_temporary_password_comes_before_everything_else(db: Db) {
    let world = World::new(db).await;
    let onboarded = world
        .onboard("a@example.com", Onboarding::TemporaryPassword(None))
        .await;
    let (temporary, _) = onboarded.password.unwrap();
    assert!(policy::Policy::Seed.broken(&temporary, &[]).is_empty());
    let account = world.account(onboarded.id).await;
    assert_eq!(account["passwordState"], "temporary");
    let browser = world.browser();
    let answer = browser.sign_in("a@example.com", &temporary).await;
    let must = format!("{}/account/password", world.base());
    assert_eq!(answer.header("location"), Some(must.as_str()));
    for page in [
        "/account",
        "/account/sessions",
        "/account/groups",
        "/account/language",
        "/account/export",
        "/account/leave",
        "/account/delete",
        "/account/deactivate",
    ] {
        let answer = browser.get(page).await.expect_status(303);
        assert_eq!(answer.header("location"), Some(must.as_str()), "{page}");
    }
    let before = world.user(onboarded.id).await;
    let fields = [
        ("nickName", "Bee"),
        ("language", "de"),
        ("all", "others"),
        ("confirm", "yes"),
        ("username", "a@example.com"),
        ("current", temporary.as_str()),
    ];
    for page in [
        "/account",
        "/account/sessions",
        "/account/language",
        "/account/delete",
        "/account/deactivate",
    ] {
        let answer = browser.post(page, &fields).await.expect_status(303);
        assert_eq!(answer.header("location"), Some(must.as_str()), "{page}");
    }
    assert_eq!(world.user(onboarded.id).await, before);
    let same = [
        ("current", temporary.as_str()),
        ("password", temporary.as_str()),
    ];
    assert_eq!(browser.post("/account/password", &same).await.status, 400);
    let change = [("current", temporary.as_str()), ("password", PASSWORD)];
    browser
        .post("/account/password", &change)
        .await
        .expect_status(303);
    assert!(browser.is_in().await);
    let account = world.account(onboarded.id).await;
    assert_eq!(account["passwordState"], json!(null), "{account}");
    world.server.clock.advance(100 * HOUR);
    world.signed_in("a@example.com", PASSWORD).await;
    let old = world.browser().sign_in("a@example.com", &temporary).await;
    assert_eq!(old.status, 401);
}

async fn a_temporary_password_ends_with_its_time(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let temporary = world.temporary(somebody.id).await;
    world.server.clock.advance(72 * HOUR - 1);
    let browser = world.browser();
    browser
        .sign_in(&somebody.name, &temporary)
        .await
        .expect_status(303);
    world.server.clock.advance(1);
    let late = world.browser().sign_in(&somebody.name, &temporary).await;
    assert_eq!(late.status, 401);
    world
        .upkeep_until(somebody.id, |account| account["passwordState"] == "expired")
        .await;
    for password in [temporary.as_str(), PASSWORD, ""] {
        let late = world.browser().sign_in(&somebody.name, password).await;
        assert!(matches!(late.status, 400 | 401));
    }
    assert_eq!(
        browser.get("/account/password").await.status,
        303,
        "signed out"
    );
    assert!(!browser.is_in().await);
    // There is a way back.
    let again = world.temporary(somebody.id).await;
    let account = world.account(somebody.id).await;
    assert_eq!(account["passwordState"], "temporary");
    world
        .browser()
        .sign_in(&somebody.name, &again)
        .await
        .expect_status(303);
}

async fn a_session_of_a_temporary_password_sets_none_when_it_has_ended(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let temporary = world.temporary(somebody.id).await;
    world.server.clock.advance(72 * HOUR - 1);
    let browser = world.browser();
    browser
        .sign_in(&somebody.name, &temporary)
        .await
        .expect_status(303);
    world.server.clock.advance(60);
    let change = [("current", temporary.as_str()), ("password", OTHER)];
    _ = browser.post("/account/password", &change).await;
    let refused = world.browser().sign_in(&somebody.name, OTHER).await;
    assert_eq!(
        refused.status, 401,
        "an expired password was changed into a lasting one"
    );
}

async fn a_temporary_password_is_typed_only_where_that_is_allowed(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let service = &world.server.service;
    let set = |password: &'static str| async {
        let acting = world.acting().await;
        onboarding::set_temporary_password(service, &acting, somebody.id, Some(password)).await
    };
    assert_eq!(set(OTHER).await.unwrap_err().kind().status(), 403);
    world.set("password.typed", "accept").await;
    assert_eq!(set("weak").await.unwrap_err().kind().status(), 400);
    set(OTHER).await.unwrap();
    let answer = world.browser().sign_in(&somebody.name, OTHER).await;
    let must = format!("{}/account/password", world.base());
    assert_eq!(answer.header("location"), Some(must.as_str()));
}

/// Hashes of [`PASSWORD`] as other systems make them.
fn foreign() -> Vec<(&'static str, String)> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

    let salt = b"sixteen bytes ok";
    let mut sha256 = [0_u8; 32];
    pbkdf2::pbkdf2_hmac::<sha2::Sha256>(PASSWORD.as_bytes(), salt, 2_000, &mut sha256);
    let mut sha512 = [0_u8; 64];
    pbkdf2::pbkdf2_hmac::<sha2::Sha512>(PASSWORD.as_bytes(), salt, 2_000, &mut sha512);
    let (salt64, hash256) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(sha256));
    let ab64 = |text: &str| text.replace('+', ".");
    vec![
        ("bcrypt", bcrypt::hash(PASSWORD, 4).unwrap()),
        (
            "pbkdf2 as passlib writes it",
            format!("$pbkdf2-sha256$2000${}${}", ab64(&salt64), ab64(&hash256)),
        ),
        (
            "pbkdf2 as a PHC string",
            format!(
                "$pbkdf2-sha512$i=2000${salt64}${}",
                STANDARD_NO_PAD.encode(sha512)
            ),
        ),
        (
            "pbkdf2 as Django writes it",
            format!(
                "pbkdf2_sha256$2000${}${}",
                String::from_utf8_lossy(salt).replace(' ', "x"),
                {
                    let salt = String::from_utf8_lossy(salt).replace(' ', "x");
                    let mut hash = [0_u8; 32];
                    let password = PASSWORD.as_bytes();
                    pbkdf2::pbkdf2_hmac::<sha2::Sha256>(
                        password,
                        salt.as_bytes(),
                        2_000,
                        &mut hash,
                    );
                    STANDARD.encode(hash)
                }
            ),
        ),
    ]
}

async fn hashes_of_other_systems_are_taken_and_replaced(db: Db) {
    let world = World::new(db).await;
    let hashes = foreign();
    let mut sheet = "username,password_hash\n".to_owned();
    for (number, (_, hash)) in hashes.iter().enumerate() {
        _ = writeln!(sheet, "p{number}@example.com,\"{hash}\"");
    }
    let (service, acting) = (&world.server.service, world.acting().await);
    let none = Onboarding::None;
    let report = import::import(service, &acting, sheet.as_bytes(), &none, false, |_, _| ()).await;
    let report = report.unwrap();
    assert_eq!(report.created, hashes.len() as u64, "{report:?}");
    for (number, (what, hash)) in hashes.iter().enumerate() {
        let name = format!("p{number}@example.com");
        let found = acting.find(service, &name).await.unwrap();
        let kept = super::world::stored_hash(service, found.stored.key).await;
        assert_eq!(&kept, hash);
        let wrong = world.browser().sign_in(&name, OTHER).await;
        assert_eq!(wrong.status, 401, "{what}");
        world.signed_in(&name, PASSWORD).await;
        let kept = super::world::stored_hash(service, found.stored.key).await;
        assert!(kept.starts_with("$argon2id$"), "{what}: {kept}");
        world.signed_in(&name, PASSWORD).await;
        let wrong = world.browser().sign_in(&name, OTHER).await;
        assert_eq!(wrong.status, 401, "{what}");
    }
}

async fn hashes_that_nobody_can_check_are_refused(db: Db) {
    let world = World::new(db).await;
    let argon = "$argon2id$v=19$m=4194304,t=2,p=1$c2l4dGVlbmJ5dGVzb2s$NQ3cqLQZx5H0yFZkhEB0Iw";
    let hashes = [
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "plain",
        "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
        "$2b$31$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
        "pbkdf2_sha256$99999999$salt1234$b+bc6Wu6yrOqfc1zCZJhXrMIGdEuxWkzvbmKFgsY3oM=",
        argon,
        "$argon2id$",
    ];
    let mut sheet = "username,password_hash\n".to_owned();
    for (number, hash) in hashes.iter().enumerate() {
        _ = writeln!(sheet, "p{number}@example.com,\"{hash}\"");
    }
    let (service, acting) = (&world.server.service, world.acting().await);
    let none = Onboarding::None;
    let report = import::import(service, &acting, sheet.as_bytes(), &none, false, |_, _| ()).await;
    let report = report.unwrap();
    assert_eq!(
        (report.created, report.failed),
        (0, hashes.len() as u64),
        "{report:?}"
    );
    let all = world.tenant.get("/Users").await.json();
    assert_eq!(all["totalResults"], 0);
}

async fn a_blocking_reset_refuses_the_old_password(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let (service, acting) = (&world.server.service, world.acting().await);
    people::reset(service, &acting, somebody.id, false, false)
        .await
        .unwrap();
    world.signed_in(&somebody.name, PASSWORD).await;
    people::reset(service, &acting, somebody.id, false, true)
        .await
        .unwrap();
    let refused = world.browser().sign_in(&somebody.name, PASSWORD).await;
    assert_eq!(refused.status, 401);
    let letters = world.letters().await;
    let secret = letters.last().unwrap().secret();
    world
        .browser()
        .use_link("reset", &secret, OTHER)
        .await
        .expect_status(303);
    world.signed_in(&somebody.name, OTHER).await;
}

/// Whichever comes first: the temporary password is what holds afterwards.
async fn a_session_that_has_ended_meanwhile_sets_no_password(db: Db) {
    let world = World::new(db).await;
    for number in 0..12 {
        let somebody = world.person(&format!("p{number}@example.com")).await;
        let thief = world.signed_in(&somebody.name, PASSWORD).await;
        let change = [("current", PASSWORD), ("password", OTHER)];
        let (changed, temporary) = tokio::join!(
            thief.post("/account/password", &change),
            world.temporary(somebody.id),
        );
        let stolen = world.browser().sign_in(&somebody.name, OTHER).await;
        assert_eq!(
            stolen.status, 401,
            "try {number}: the change was answered {}, and outlived the operator's",
            changed.status
        );
        let right = world.browser().sign_in(&somebody.name, &temporary).await;
        right.expect_status(303);
    }
}

async fn passwords_are_normalised(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let secret = world.reset_secret(somebody.id).await;
    // The same text as one browser sends it and as another one does.
    let (composed, decomposed) = ("Gr\u{fc}ne!Reiher7", "Gru\u{308}ne!Reiher7");
    world
        .browser()
        .use_link("reset", &secret, decomposed)
        .await
        .expect_status(303);
    world.signed_in(&somebody.name, composed).await;
    world.signed_in(&somebody.name, decomposed).await;
    let other = world
        .browser()
        .sign_in(&somebody.name, "Grune!Reiher7")
        .await;
    assert_eq!(other.status, 401);
    let blanks = world
        .browser()
        .sign_in(&somebody.name, &format!(" {composed}"))
        .await;
    assert_eq!(blanks.status, 401);
}
