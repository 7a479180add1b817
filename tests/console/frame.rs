//! What holds for every page of the console.

use muster::auth::{Operator, Role};
use muster::http::console::{Needs, all_pages};
use uuid::Uuid;

use super::support::Console;
use crate::support::Db;

on_both_databases!(
    every_page_is_for_operators_whose_role_allows_it,
    pages_are_sent_with_what_keeps_others_out,
    other_sites_cannot_post,
    the_theme_is_remembered,
);

/// The address with something in the place of each variable part.
fn some_address(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        if part.starts_with('{') {
            Uuid::nil().to_string()
        } else {
            part.to_owned()
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

async fn every_page_is_for_operators_whose_role_allows_it(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let customer = console.world.person("mia@example.com").await;
    let customer = console
        .world
        .signed_in(&customer.name, crate::accounts::world::PASSWORD)
        .await;
    let stranger = console.world.browser();
    let mut desks = Vec::new();
    for (role, _) in Role::ALL {
        desks.push((role, console.another(role).await));
    }
    for page in all_pages() {
        let address = format!("/console{}", some_address(page.path));
        let is_post = page.method == "post";
        let sent = async |browser: &crate::accounts::browser::Browser| {
            if is_post {
                browser.post(&address, &[]).await
            } else {
                browser.get(&address).await
            }
        };
        let refused = sent(&stranger).await;
        let to = refused.header("location").unwrap_or_default();
        let is_sent_away = refused.status == 303 && to.contains("/sign-in?next=");
        assert!(
            is_sent_away,
            "{} {address}: {}",
            page.method,
            refused.describe()
        );
        assert_eq!(
            sent(&customer).await.status,
            403,
            "{} {address}",
            page.method
        );
        let Needs::To(permission) = page.needs else {
            continue;
        };
        for (role, browser) in &desks {
            let answer = sent(browser).await;
            let may = Operator::with(vec![*role]).may(permission);
            assert_eq!(
                answer.status == 403,
                !may,
                "{role:?} {} {address}: {}",
                page.method,
                answer.describe()
            );
            assert_ne!(answer.status, 500, "{} {address}", page.method);
        }
    }
}

async fn pages_are_sent_with_what_keeps_others_out(db: Db) {
    let console = Console::new(db, Role::Auditor).await;
    for page in all_pages().filter(|page| page.method == "get") {
        let answer = console.get(&some_address(page.path)).await;
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{} {name}", page.path);
        }
        let policy = answer.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            let is_page = answer.header("content-type") == Some("text/html; charset=utf-8");
            assert!(!is_page || policy.contains(part), "{}: {policy}", page.path);
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        let text = answer.text();
        assert!(!text.contains(" style="), "{}", page.path);
        assert!(
            !text.contains("hx-on") && !text.contains(" onclick"),
            "{}",
            page.path
        );
        assert!(text.len() < 60_000, "{}: {} bytes", page.path, text.len());
    }
}

async fn other_sites_cannot_post(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    for page in all_pages().filter(|page| page.method == "post") {
        let target = format!(
            "{}/console{}",
            console.world.base(),
            some_address(page.path)
        );
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Origin", "https://evil.example"),
        ];
        let answer = console
            .browser
            .send("POST", &target, &headers, Some("theme=dark"))
            .await;
        assert_eq!(answer.status, 403, "{target}");
    }
}

async fn the_theme_is_remembered(db: Db) {
    let console = Console::new(db, Role::Auditor).await;
    assert!(!console.page("/keys").await.contains("data-theme"));
    console
        .post("/own/theme", &[("theme", "dark")])
        .await
        .expect_status(303);
    assert!(console.page("/keys").await.contains("data-theme=\"dark\""));
    console
        .post("/own/theme", &[("theme", "system")])
        .await
        .expect_status(303);
    assert!(!console.page("/keys").await.contains("data-theme"));
}
