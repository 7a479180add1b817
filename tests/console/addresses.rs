//! Addresses of pages are for good.

use std::collections::BTreeSet;

use muster::auth::Role;
use muster::http::account::moved::MOVED;
use muster::http::console::all_pages;

use super::support::Console;
use crate::support::Db;

on_both_databases!(kept_links_lead_on);

/// Every page of the console that has ever been published, a line each. Lines are added and none is taken away: a page that gets another name
/// leaves its old one in `MOVED`.
const PUBLISHED: &str = include_str!("addresses.txt");

#[test]
fn no_published_address_is_lost() {
    let pages = all_pages().filter(|page| page.method == "get");
    let present: BTreeSet<&str> = pages.map(|page| page.path).collect();
    let published: BTreeSet<&str> = PUBLISHED.lines().collect();
    let moved = |path: &str| {
        let old = format!("/console{path}");
        MOVED.iter().any(|(from, _)| *from == old)
    };
    let lost: Vec<_> = published
        .difference(&present)
        .filter(|path| !moved(path))
        .collect();
    assert!(lost.is_empty(), "these lead nowhere: {lost:?}");
    let new: Vec<_> = present.difference(&published).collect();
    assert!(
        new.is_empty(),
        "add them to tests/console/addresses.txt: {new:?}"
    );
}

async fn kept_links_lead_on(db: Db) {
    let open = [("registration.mode", "on")];
    let console = Console::with(db, Role::Owner, &open).await;
    for (from, to) in MOVED {
        let answer = console.browser.get(&format!("{from}?q=a%20b")).await;
        let answer = answer.expect_status(301);
        let location = answer.header("location").unwrap_or_default();
        assert_eq!(location, format!("{}{to}?q=a%20b", console.world.base()));
        let there = console.browser.get(to).await;
        assert!(there.status < 400, "{to}: {}", there.describe());
    }
}
