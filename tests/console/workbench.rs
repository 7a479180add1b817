//! Requests by hand in the console.

use muster::auth::Role;

use super::support::Console;
use crate::support::Db;

on_both_databases!(
    requests_are_carried_out_as_the_operator,
    who_may_only_read_changes_nothing,
    what_is_wrong_is_shown_as_clients_see_it,
    filters_and_operations_are_put_together,
    nobody_is_inside_who_says_so,
);

async fn requests_are_carried_out_as_the_operator(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let body = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"mia@example.com","displayName":"<script>x</script>"}"#;
    let form = [("method", "POST"), ("path", "/Users"), ("body", body)];
    let page = console
        .post("/workbench", &form)
        .await
        .expect_status(200)
        .text();
    for text in [
        "201 Created",
        "etag: W/",
        "curl -X POST",
        "$TOKEN",
        "<h3>create</h3>",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("<script>x"), "{page}");
    let form = [
        ("method", "GET"),
        ("path", "/Users?filter=userName eq \"mia@example.com\""),
    ];
    let found = console
        .post("/workbench", &form)
        .await
        .expect_status(200)
        .text();
    assert!(found.contains("200 OK"), "{found}");
    assert!(found.contains("totalResults&#34;: 1"), "{found}");
    let history = console.page("/audit?operation=create").await;
    assert!(
        history.contains(&console.operator.id.to_string()),
        "{history}"
    );
}

async fn who_may_only_read_changes_nothing(db: Db) {
    for role in [Role::Helpdesk, Role::Auditor] {
        let console = Console::new(db, role).await;
        let form = [("method", "GET"), ("path", "/Users")];
        let page = console
            .post("/workbench", &form)
            .await
            .expect_status(200)
            .text();
        assert!(page.contains("200 OK"), "{page}");
        let person = console.world.person("mia@example.com").await;
        let path = format!("/Users/{}", person.id);
        for method in ["PUT", "PATCH", "DELETE"] {
            let form = [("method", method), ("path", path.as_str()), ("body", "{}")];
            let refused = console.post("/workbench", &form).await;
            assert_eq!(refused.status, 403, "{method}");
        }
    }
}

async fn what_is_wrong_is_shown_as_clients_see_it(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    for (path, text) in [
        ("/Users?filter=userName eq", "invalidFilter"),
        ("/Users/none", "404 Not Found"),
        ("/nothing/at/all", "404 Not Found"),
    ] {
        let form = [("method", "GET"), ("path", path)];
        let page = console
            .post("/workbench", &form)
            .await
            .expect_status(200)
            .text();
        assert!(page.contains(text), "{path}: {page}");
    }
    let refused = console
        .post("/workbench", &[("path", "Users"), ("method", "GET")])
        .await;
    refused.expect_status(400);
    // Another tenant is no place to go to.
    let form = [
        ("method", "GET"),
        ("path", "/../../../t/default/scim/v2/Users"),
    ];
    let page = console
        .post("/workbench", &form)
        .await
        .expect_status(200)
        .text();
    assert!(page.contains("404 Not Found"), "{page}");
}

async fn filters_and_operations_are_put_together(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let form = [
        ("method", "GET"),
        ("path", "/Users?count=3"),
        ("action", "filter"),
        ("attribute", "userName"),
        ("operator", "sw"),
        ("value", "a&b\"c"),
    ];
    let page = console
        .post("/workbench", &form)
        .await
        .expect_status(200)
        .text();
    assert!(
        page.contains("filter=userName sw &#34;a%26b\\&#34;c&#34;"),
        "{page}"
    );
    let form = [
        ("path", "/Users/1"),
        ("action", "operation"),
        ("operation", "replace"),
        ("patch-attribute", "active"),
        ("patch-value", "false"),
    ];
    let page = console
        .post("/workbench", &form)
        .await
        .expect_status(200)
        .text();
    assert!(page.contains("&#34;path&#34;: &#34;active&#34;"), "{page}");
    assert!(page.contains("&#34;value&#34;: false"), "{page}");
    let wrong = [
        ("path", "/Users/1"),
        ("action", "operation"),
        ("operation", "replace"),
        ("patch-attribute", "active"),
        ("patch-value", "perhaps"),
    ];
    console.post("/workbench", &wrong).await.expect_status(400);
}

async fn nobody_is_inside_who_says_so(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let target = format!("{}/scim/v2/Users", console.world.base());
    for name in ["Insider", "X-Insider", "X-Muster-Insider"] {
        let id = console.operator.id.to_string();
        let headers = [(name, id.as_str())];
        let answer = console.browser.send("GET", &target, &headers, None).await;
        assert_eq!(answer.status, 401, "{name}");
    }
}
