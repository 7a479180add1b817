//! The provisioning log in the console.

use std::time::Duration;

use muster::auth::Role;
use serde_json::json;
use uuid::Uuid;

use super::support::Console;
use crate::accounts::world::CORE_USER;
use crate::support::Db;
use crate::support::server::TestTenant;

on_both_databases!(
    requests_are_listed_and_explained,
    requests_are_found_by_what_is_known_of_them,
    what_clients_sent_is_no_markup,
    another_tenants_requests_do_not_exist,
    without_a_log_the_page_says_so,
);

/// The page, as soon as that stands in it: entries are written beside the requests.
async fn awaited(console: &Console, path: &str, text: &str) -> String {
    for _ in 0..200 {
        let page = console.page(path).await;
        if page.contains(text) {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} never had {text}");
}

/// The first entry that the page links to.
fn first_entry(page: &str) -> String {
    let at = page.find("/console/log/").unwrap() + "/console".len();
    let rest = &page[at..];
    rest[..rest.find('"').unwrap()].to_owned()
}

async fn requests_are_listed_and_explained(db: Db) {
    let console = Console::logged(db, Role::Helpdesk).await;
    console.world.provisioned("mia@example.com").await;
    let again = json!({"schemas": [CORE_USER], "userName": "MIA@example.com", "password": "Secret-Word-77!"});
    let refused = console.world.tenant.post("/Users", &again).await;
    let request_id = refused.header("x-request-id").unwrap().to_owned();
    refused.expect_status(409);
    let page = awaited(&console, "/log?outcome=refused", "409 uniqueness").await;
    assert!(
        page.contains("<span class=\"method\">POST</span>"),
        "{page}"
    );
    let entry = console.page(&first_entry(&page)).await;
    for text in ["is held by", "curl -X POST", "$TOKEN", &request_id] {
        assert!(entry.contains(text), "{text}: {entry}");
    }
    assert!(!entry.contains("Secret-Word"), "{entry}");
    let by_id = console.page(&format!("/log/{request_id}")).await;
    assert!(by_id.contains(&request_id));
    // The helpdesk does not look at the history.
    assert!(!entry.contains("/console/audit?"), "{entry}");
}

async fn requests_are_found_by_what_is_known_of_them(db: Db) {
    let console = Console::logged(db, Role::Auditor).await;
    let person = console.world.provisioned("mia@example.com").await;
    let read = console.world.tenant.get("/Users?count=1").await;
    read.expect_status(200);
    awaited(&console, "/log", "/Users?count=1").await;
    let id = person.id.to_string();
    for (query, is_there) in [
        ("method=POST", true),
        ("method=changes", true),
        ("method=GET", false),
        ("status=2", true),
        ("status=5", false),
        ("outcome=ok", true),
        ("outcome=held", false),
        ("since=hour", true),
        (format!("resource={id}").as_str(), true),
        (format!("resource={}", Uuid::nil()).as_str(), false),
        ("request=nothing", false),
    ] {
        let page = console.page(&format!("/log?{query}")).await;
        let has = page.contains("<span class=\"method\">POST</span>");
        assert_eq!(has, is_there, "{query}: {page}");
    }
    let unknown = console.get("/log?connection=nobody").await;
    assert_eq!(unknown.status, 404);
    assert_eq!(console.get("/log/999999").await.status, 404);
}

async fn what_clients_sent_is_no_markup(db: Db) {
    let console = Console::logged(db, Role::Owner).await;
    let hostile = "<script>alert(1)</script>";
    let body = json!({"schemas": [CORE_USER], "userName": hostile, "displayName": hostile});
    let created = console.world.tenant.post("/Users", &body).await;
    created.expect_status(201);
    let page = awaited(&console, "/log?method=POST", "method\">POST").await;
    let entry = console.page(&first_entry(&page)).await;
    assert!(entry.contains("alert(1)"), "{entry}");
    assert!(!entry.contains("<script>alert"), "{entry}");
    let typed = console
        .page("/log?resource=%22%3E%3Cscript%3E&request=%3Cb%3E")
        .await;
    assert!(
        !typed.contains("><script>") && !typed.contains("<b>"),
        "{typed}"
    );
}

async fn another_tenants_requests_do_not_exist(db: Db) {
    let console = Console::logged(db, Role::Owner).await;
    console.world.provisioned("mia@example.com").await;
    let page = awaited(&console, "/log?method=POST", "method\">POST").await;
    let entry = first_entry(&page);
    let token = console.world.tenant.other.as_ref().unwrap().token.clone();
    let other = TestTenant {
        token,
        ..console.world.tenant.clone()
    };
    let body = json!({"schemas": [CORE_USER], "userName": "else@example.com"});
    let theirs = other.post("/Users", &body).await;
    let id = theirs.header("x-request-id").unwrap().to_owned();
    theirs.expect_status(201);
    console.world.provisioned("noah@example.com").await;
    awaited(&console, "/log?method=POST", "2 requests").await;
    assert_eq!(console.get(&format!("/log/{id}")).await.status, 404);
    assert_eq!(console.get(&entry).await.status, 200);
}

async fn without_a_log_the_page_says_so(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let page = console.page("/log").await;
    assert!(page.contains("Nothing is kept"), "{page}");
    assert_eq!(console.get("/log/1").await.status, 404);
}
