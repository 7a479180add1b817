//! Settings in the console.

use muster::auth::Role;

use super::support::Console;
use crate::support::Db;

on_both_databases!(
    settings_are_changed_by_an_owner,
    what_is_wrong_is_said_and_nothing_is_changed,
    two_who_change_the_same_are_told,
    letters_are_shown_in_every_language,
    a_test_letter_arrives,
);

async fn settings_are_changed_by_an_owner(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let page = console.page("/settings/sign-in").await;
    assert!(
        page.contains("name=\"lockout-failures\" value=\"5\""),
        "{page}"
    );
    let form = [("lockout-failures", "7"), ("password-policy", "asvs")];
    let saved = console.done("/settings/sign-in", &form).await;
    assert!(
        saved.contains("name=\"lockout-failures\" value=\"7\""),
        "{saved}"
    );
    assert!(saved.contains("role=\"status\""), "{saved}");
    let history = console.page("/audit?operation=update-tenant").await;
    for text in [
        "lockout.failures",
        "<ins><bdi>7",
        &console.operator.id.to_string(),
    ] {
        assert!(history.contains(text), "{text}: {history}");
    }
    let title = [("accounts-title", "<b>Acme</b>")];
    let named = console.done("/settings/accounts", &title).await;
    assert!(!named.contains("<b>Acme"), "{named}");
    let admin = console.another(Role::Admin).await;
    assert_eq!(admin.get("/console/settings").await.status, 403);
}

async fn what_is_wrong_is_said_and_nothing_is_changed(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let form = [("lockout-failures", "0"), ("session-hours", "3")];
    let refused = console.post("/settings/sign-in", &form).await;
    let refused = refused.expect_status(400).text();
    assert!(
        refused.contains("id=\"lockout-failures-error\""),
        "{refused}"
    );
    assert!(
        refused.contains("name=\"session-hours\" value=\"3\""),
        "{refused}"
    );
    let page = console.page("/settings/sign-in").await;
    assert!(
        page.contains("name=\"session-hours\" value=\"12\""),
        "{page}"
    );
    assert_eq!(console.get("/settings/nothing").await.status, 404);
}

async fn two_who_change_the_same_are_told(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    console.world.set("session.hours", "9").await;
    let form = [("session-hours", "8"), ("was-session-hours", "12")];
    let refused = console.post("/settings/sign-in", &form).await;
    let refused = refused.expect_status(409).text();
    assert!(
        refused.contains("name=\"session-hours\" value=\"8\""),
        "{refused}"
    );
    // What was left as it was shown is not set back.
    let form = [("session-hours", "12"), ("was-session-hours", "12")];
    let saved = console.done("/settings/sign-in", &form).await;
    assert!(
        saved.contains("name=\"session-hours\" value=\"9\""),
        "{saved}"
    );
}

async fn letters_are_shown_in_every_language(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let list = console.page("/settings/mail").await;
    let kinds = list.matches("/console/settings/mail/").count();
    assert!(kinds > 10, "{list}");
    let german = console.page("/settings/mail/invite?in=de").await;
    assert!(german.contains("lang=\"de\""), "{german}");
    assert!(german.contains("Anna Berg"), "{german}");
    assert_eq!(console.get("/settings/mail/nothing").await.status, 404);
    let limits = console.page("/settings/limits").await;
    assert!(
        limits.contains("1,000") || limits.contains("1000"),
        "{limits}"
    );
}

async fn a_test_letter_arrives(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    console.done("/settings/test-letter", &[]).await;
    let letters = console.world.letters().await;
    let letter = letters.last().unwrap();
    assert_eq!(letter.to, console.operator.name);
}
