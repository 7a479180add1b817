//! Attributes and schemas in the console.

use muster::auth::Role;

use super::support::Console;
use crate::support::Db;

on_both_databases!(
    attributes_are_named_hidden_and_moved,
    an_attribute_is_added_after_a_look,
    what_cannot_be_is_said_beside_what_was_typed,
    schemas_are_shown,
);

async fn attributes_are_named_hidden_and_moved(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let form = [
        ("label-en", "Desk <b>1</b>"),
        ("label-de", "Platz"),
        ("seen", "operators"),
        ("edited", "operators"),
        ("order", "5"),
    ];
    let list = console.done("/attributes/title", &form).await;
    assert!(list.contains("Desk &#60;b&#62;1"), "{list}");
    let page = console.page("/attributes/title").await;
    assert!(page.contains("value=\"Platz\""), "{page}");
    let place = |page: &str, path: &str| page.find(&format!("<code class=\"quiet\">{path}</code>"));
    let before = console.page("/attributes").await;
    let (one, two) = (place(&before, "nickName"), place(&before, "userName"));
    let moved = console.done("/attributes", &[("down", "nickName")]).await;
    let (after_one, after_two) = (place(&moved, "nickName"), place(&moved, "userName"));
    assert_eq!(one < two, after_one > after_two, "{moved}");
    let history = console.page("/audit?operation=set-attribute").await;
    assert!(
        history.contains(&console.operator.id.to_string()),
        "{history}"
    );
}

async fn an_attribute_is_added_after_a_look(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let form = [
        ("name", "locker"),
        ("type", "string"),
        ("description", "Which one"),
        ("required", "on"),
    ];
    let review = console
        .post("/attributes/new", &form)
        .await
        .expect_status(200)
        .text();
    assert!(
        review.contains("name=\"action\" value=\"save\""),
        "{review}"
    );
    assert!(!console.page("/attributes").await.contains(":locker</code>"));
    let mut saved = form.to_vec();
    saved.push(("action", "save"));
    let page = console.done("/attributes/new", &saved).await;
    assert!(page.contains(":User:locker"), "{page}");
    assert!(console.page("/attributes").await.contains(":locker</code>"));
    let again = console.post("/attributes/new", &saved).await;
    assert_eq!(again.status, 409, "{}", again.describe());
}

async fn what_cannot_be_is_said_beside_what_was_typed(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let refused = console
        .post("/attributes/new", &[("description", "<i>kept</i>")])
        .await;
    let refused = refused.expect_status(400).text();
    assert!(refused.contains("&#60;i&#62;kept"), "{refused}");
    let refused = console
        .post("/attributes/userName", &[("edited", "people")])
        .await;
    let refused = refused.expect_status(400).text();
    assert!(refused.contains("role=\"alert\""), "{refused}");
    let refused = console
        .post("/attributes/title", &[("order", "first")])
        .await;
    refused.expect_status(400);
    assert_eq!(console.get("/attributes/nothing").await.status, 404);
}

async fn schemas_are_shown(db: Db) {
    let console = Console::new(db, Role::Helpdesk).await;
    let list = console.page("/schemas").await;
    assert!(
        list.contains("urn:ietf:params:scim:schemas:core:2.0:User"),
        "{list}"
    );
    let user = console
        .page("/schemas/urn:ietf:params:scim:schemas:core:2.0:User")
        .await;
    assert!(user.contains("familyName"), "{user}");
    assert!(user.len() < 100_000, "{}", user.len());
    assert_eq!(console.get("/schemas/urn:none").await.status, 404);
    // To look is allowed; to change is not.
    assert!(!console.page("/attributes").await.contains("name=\"up\""));
}
