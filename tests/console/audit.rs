//! The history of everything in the console.

use muster::auth::Role;
use serde_json::{Value, json};

use super::support::Console;
use crate::support::Db;

on_both_databases!(
    changes_are_listed_with_what_is_different,
    changes_are_found_by_what_is_known_of_them,
    pages_lead_through_everything,
    changes_are_exported,
);

async fn changes_are_listed_with_what_is_different(db: Db) {
    let console = Console::new(db, Role::Auditor).await;
    let person = console.world.provisioned("mia@example.com").await;
    let hostile = "<script>alert(1)</script>";
    let operations = json!([{"op": "replace", "path": "title", "value": hostile}]);
    console
        .world
        .patch_user(person.id, &operations)
        .await
        .expect_status(200);
    let page = console
        .page(&format!("/audit?resource={}", person.id))
        .await;
    assert!(page.contains("alert(1)"), "{page}");
    assert!(!page.contains("<script>alert"), "{page}");
    assert!(page.contains("<code>title</code>"), "{page}");
    assert!(page.contains("2 changes"), "{page}");
}

async fn changes_are_found_by_what_is_known_of_them(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let person = console.world.provisioned("mia@example.com").await;
    let id = person.id.to_string();
    for (query, is_there) in [
        (String::new(), true),
        ("operation=create".to_owned(), true),
        ("operation=purge".to_owned(), false),
        ("actor=nobody".to_owned(), false),
        ("from=2000-01-01".to_owned(), true),
        ("to=2000-01-01".to_owned(), false),
        ("request=nothing".to_owned(), false),
    ] {
        let page = console.page(&format!("/audit?resource={id}&{query}")).await;
        assert_eq!(
            page.contains("<ol class=\"events\">"),
            is_there,
            "{query}: {page}"
        );
    }
    let other = console
        .page(&format!("/audit?resource={}", uuid::Uuid::nil()))
        .await;
    assert!(!other.contains("<ol class=\"events\">"), "{other}");
    assert_eq!(console.get("/audit?after=%3Cscript%3E").await.status, 400);
}

async fn pages_lead_through_everything(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    for number in 0..60 {
        console
            .world
            .provisioned(&format!("p{number}@example.com"))
            .await;
    }
    let first = console.page("/audit?operation=create").await;
    let at = first.find("rel=\"next\"").unwrap();
    let start = first[..at].rfind("href=\"").unwrap() + "href=\"".len();
    let address = first[start..at].split('"').next().unwrap();
    let address = address
        .replace("&#38;", "&")
        .replace("&amp;", "&")
        .replace("&#61;", "=");
    let below = address.split_once("/console").unwrap().1;
    let second = console.page(below).await;
    assert!(second.contains("rel=\"prev\""), "{second}");
    assert!(second.contains("<ol class=\"events\">"), "{second}");
}

async fn changes_are_exported(db: Db) {
    let console = Console::new(db, Role::Auditor).await;
    let person = console.world.provisioned("mia@example.com").await;
    let answer = console
        .get(&format!("/audit/export?resource={}", person.id))
        .await;
    let answer = answer.expect_status(200);
    assert!(
        answer
            .header("content-disposition")
            .unwrap()
            .contains("audit.jsonl")
    );
    let text = answer.text();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 1, "{text}");
    assert_eq!(lines[0]["operation"], "create");
    assert_eq!(lines[0]["resourceId"], person.id.to_string());
}
