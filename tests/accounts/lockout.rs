//! What wrong passwords do to an account.

use muster::auth::Role;
use muster::service::account::people::Switch;
use serde_json::Value;

use super::browser::Browser;
use super::world::{MINUTE, OTHER, PASSWORD, World};
use crate::support::Db;

on_both_databases!(
    five_wrong_passwords_lock_for_a_while,
    each_further_lock_lasts_twice_as_long,
    an_operator_lifts_the_lock_at_once,
    a_lock_by_hand_is_not_lifted_by_time,
    wrong_present_passwords_count_as_well,
    a_right_password_forgives_the_wrong_ones,
    the_only_owner_is_protected_from_guessing_as_well,
    guesses_at_once_are_all_counted,
    a_used_link_lifts_no_lock,
);

/// Whether an account is locked no more.
fn is_free(account: &Value) -> bool {
    account["state"].is_null()
}

async fn fail(browser: &Browser, name: &str, times: usize) {
    for _ in 0..times {
        let answer = browser.sign_in(name, OTHER).await;
        assert_eq!(answer.status, 401, "{}", answer.describe());
    }
}

async fn five_wrong_passwords_lock_for_a_while(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let open = world.signed_in(&somebody.name, PASSWORD).await;
    let browser = world.browser();
    fail(&browser, &somebody.name, 4).await;
    assert_eq!(world.state(somebody.id).await, "active");
    assert!(open.is_in().await);
    fail(&browser, &somebody.name, 1).await;
    let account = world.account(somebody.id).await;
    assert_eq!(account["state"], "locked");
    assert_eq!(account["lockReason"], "failedAttempts");
    assert!(!open.is_in().await);
    let refused = world.browser().sign_in(&somebody.name, PASSWORD).await;
    assert_eq!(refused.status, 401);
    let letter = world.letter().await;
    assert_eq!(letter.to, somebody.name);
    assert!(!letter.all.contains("/reset/"), "{letter:?}");

    world.server.clock.advance(15 * MINUTE - 1);
    let refused = world.browser().sign_in(&somebody.name, PASSWORD).await;
    assert_eq!(refused.status, 401);
    world.server.clock.advance(1);
    world.upkeep_until(somebody.id, is_free).await;
    world.signed_in(&somebody.name, PASSWORD).await;
}

async fn each_further_lock_lasts_twice_as_long(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    for (round, minutes) in [15, 30, 60, 120].into_iter().enumerate() {
        let witness = world.person(&format!("w{round}@example.com")).await;
        fail(&world.browser(), &somebody.name, 5).await;
        assert_eq!(world.state(somebody.id).await, "locked");
        // One second before the end, another lock has just ended: whoever looks for such has been here.
        world.server.clock.advance((minutes - 15) * MINUTE);
        if minutes > 15 {
            world.server.clock.advance(-1);
            fail(&world.browser(), &witness.name, 5).await;
            world.server.clock.advance(15 * MINUTE);
            world.upkeep_until(witness.id, is_free).await;
        } else {
            world.server.clock.advance(15 * MINUTE - 1);
        }
        assert_eq!(world.state(somebody.id).await, "locked", "{minutes}");
        world.server.clock.advance(1);
        world.upkeep_until(somebody.id, is_free).await;
    }
    world.signed_in(&somebody.name, PASSWORD).await;
    // Whoever signs in begins anew.
    fail(&world.browser(), &somebody.name, 5).await;
    world.server.clock.advance(15 * MINUTE);
    world.upkeep_until(somebody.id, is_free).await;
}

async fn an_operator_lifts_the_lock_at_once(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    fail(&world.browser(), &somebody.name, 5).await;
    world.switch(somebody.id, Switch::Unlock).await.unwrap();
    fail(&world.browser(), &somebody.name, 4).await;
    world.signed_in(&somebody.name, PASSWORD).await;
}

async fn a_lock_by_hand_is_not_lifted_by_time(db: Db) {
    let world = World::new(db).await;
    let by_hand = world.person("a@example.com").await;
    let failed = world.person("b@example.com").await;
    fail(&world.browser(), &by_hand.name, 5).await;
    fail(&world.browser(), &failed.name, 5).await;
    // An operator takes the lock of the failures over.
    world.switch(by_hand.id, Switch::Unlock).await.unwrap();
    let reason = Switch::Lock(Some("a stolen telephone".to_owned()));
    world.switch(by_hand.id, reason).await.unwrap();
    world.server.clock.advance(24 * 60 * MINUTE);
    world.upkeep_until(failed.id, is_free).await;
    assert_eq!(world.state(by_hand.id).await, "locked");
    let refused = world.browser().sign_in(&by_hand.name, PASSWORD).await;
    assert_eq!(refused.status, 401);

    // Also where it is not lifted in between: the operator's word stands.
    fail(&world.browser(), &failed.name, 5).await;
    let reason = Switch::Lock(Some("a stolen telephone".to_owned()));
    world.switch(failed.id, reason).await.unwrap();
    let third = world.person("c@example.com").await;
    fail(&world.browser(), &third.name, 5).await;
    world.server.clock.advance(24 * 60 * MINUTE);
    world.upkeep_until(third.id, is_free).await;
    assert_eq!(world.state(failed.id).await, "locked");
}

async fn wrong_present_passwords_count_as_well(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let thief = world.signed_in(&somebody.name, PASSWORD).await;
    for number in 0..5 {
        let current = format!("Guess!{number}abc");
        let fields = [
            ("current", current.as_str()),
            ("password", OTHER),
            ("confirm", "yes"),
            ("username", somebody.name.as_str()),
        ];
        let pages = [
            "/account/password",
            "/account/delete",
            "/account/deactivate",
        ];
        let answer = thief.post(pages[number % 3], &fields).await;
        assert_eq!(answer.status, 400, "{}", answer.describe());
    }
    assert_eq!(world.state(somebody.id).await, "locked");
    assert!(!thief.is_in().await);
}

async fn a_right_password_forgives_the_wrong_ones(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    for _ in 0..3 {
        fail(&world.browser(), &somebody.name, 4).await;
        world.signed_in(&somebody.name, PASSWORD).await;
    }
    assert_eq!(world.state(somebody.id).await, "active");
}

/// A stranger must not learn who the only owner is, nor guess as often as they like.
async fn the_only_owner_is_protected_from_guessing_as_well(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let customer = world.person("a@example.com").await;
    let (mut told, mut wanted) = (Vec::new(), Vec::new());
    for (name, answers) in [(&owner.name, &mut told), (&customer.name, &mut wanted)] {
        let browser = world.browser();
        for _ in 0..8 {
            answers.push(browser.sign_in(name, OTHER).await.status);
        }
    }
    assert_eq!(wanted, [401; 8]);
    assert_eq!(told, wanted, "the only owner is told from everybody else");
}

async fn guesses_at_once_are_all_counted(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let browsers: Vec<Browser> = (0..5).map(|_| world.browser()).collect();
    let guesses = browsers
        .iter()
        .map(|browser| browser.sign_in(&somebody.name, OTHER));
    for answer in futures_util::future::join_all(guesses).await {
        assert_eq!(answer.status, 401);
    }
    assert_eq!(world.state(somebody.id).await, "locked");
}

async fn a_used_link_lifts_no_lock(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let secret = world.reset_secret(somebody.id).await;
    fail(&world.browser(), &somebody.name, 5).await;
    let late = world.browser().use_link("reset", &secret, OTHER).await;
    assert_eq!(late.status, 404);
    world.letters().await;
    world
        .browser()
        .post("/forgot", &[("username", &somebody.name)])
        .await;
    assert!(world.letters().await.is_empty());
    assert_eq!(world.state(somebody.id).await, "locked");
}
