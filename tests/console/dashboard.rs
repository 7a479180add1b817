//! The dashboard: what operators see first.

use muster::auth::Role;
use muster::service::account::onboarding::Onboarding;

use super::support::Console;
use crate::accounts::world::PASSWORD;
use crate::support::Db;

on_both_databases!(
    an_owner_sees_what_is_left_of_the_set_up,
    the_set_up_can_be_hidden,
    a_letter_that_failed_is_sent_again,
    who_changes_nothing_sees_no_set_up,
);

async fn an_owner_sees_what_is_left_of_the_set_up(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let page = console.page("").await;
    assert!(
        page.contains("Second owner") && page.contains("1 of 5"),
        "{page}"
    );
    // A second owner and a letter that was sent.
    console.another(Role::Owner).await;
    console
        .world
        .onboard("anna@example.com", Onboarding::Invite)
        .await;
    assert_eq!(console.world.letters().await.len(), 1);
    let page = console.page("").await;
    assert!(page.contains("3 of 5"), "{page}");
    assert!(!page.contains("With one owner, nobody can help"), "{page}");
}

async fn the_set_up_can_be_hidden(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    assert!(console.page("").await.contains("id=\"setup\""));
    console.post("/setup/hide", &[]).await.expect_status(303);
    assert!(!console.page("").await.contains("id=\"setup\""));
}

async fn a_letter_that_failed_is_sent_again(db: Db) {
    let console = Console::new(db, Role::Helpdesk).await;
    assert!(console.page("").await.contains("No mail has failed."));
    console
        .world
        .onboard("anna@example.com", Onboarding::Invite)
        .await;
    console.world.fail_letters().await;
    let page = console.page("").await;
    assert!(
        page.contains("anna@example.com") && page.contains("Your invitation to"),
        "{page}"
    );
    assert!(page.contains("1 try"), "{page}");
    // It is tried again by itself much later only.
    assert!(console.world.letters().await.is_empty());
    let at = page.find("name=\"id\" value=\"").unwrap() + "name=\"id\" value=\"".len();
    let id: String = page[at..]
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let page = console.done("/letters/again", &[("id", &id)]).await;
    assert!(page.contains("The mail is being sent again."), "{page}");
    let letter = console.world.letter().await;
    assert_eq!(letter.to, "anna@example.com");
    assert!(console.page("").await.contains("No mail has failed."));
    let sent = console.post("/letters/again", &[("id", &id)]).await;
    sent.expect_status(404);
}

async fn who_changes_nothing_sees_no_set_up(db: Db) {
    let console = Console::new(db, Role::Auditor).await;
    let page = console.page("").await;
    assert!(
        !page.contains("id=\"setup\"") && page.contains(">test</a>"),
        "{page}"
    );
    let none = console.post("/letters/again", &[("id", "1")]).await;
    none.expect_status(403);
    let helpdesk = console.another(Role::Helpdesk).await;
    let none = helpdesk
        .post("/console/letters/again", &[("id", "1")])
        .await;
    none.expect_status(404);
    let customer = console.world.person("mia@example.com").await;
    let customer = console.world.signed_in(&customer.name, PASSWORD).await;
    customer.get("/console").await.expect_status(403);
}
