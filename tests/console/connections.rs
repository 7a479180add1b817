//! Connections in the console: what each role sees, what is done there, and what is refused.

use std::time::Duration;

use muster::auth::Role;
use muster::service::admin::{self, Connection};
use serde_json::json;

use super::support::{Console, hidden};
use crate::accounts::world::{CORE_USER, PASSWORD};
use crate::support::Db;
use crate::support::http::{Response, send};
use crate::support::server::{patch_of, scim_request, user};

on_both_databases!(
    a_connection_is_made_with_its_first_token,
    what_is_wrong_with_a_new_connection_is_said_beside_what_was_typed,
    settings_are_changed_and_taken_back,
    who_saves_over_anothers_change_is_shown_both,
    a_frozen_connection_reads_only,
    a_connection_is_deleted_by_typing_its_name,
    a_token_is_shown_once_and_good,
    a_rotated_token_goes_on_for_a_while,
    who_makes_a_secret_has_proved_who_they_are,
    a_revoked_token_is_refused,
    an_oauth_client_is_made_and_deleted,
    held_changes_are_released_and_rejected,
    what_was_not_seen_is_not_released,
    auditors_and_the_helpdesk_only_look,
    connections_of_another_tenant_are_not_there,
    the_set_up_turns_green_as_requests_arrive,
);

/// A request with a token to the tenant of the console.
async fn with_token(console: &Console, token: &str, method: &str, path: &str) -> Response {
    let tenant = &console.world.tenant;
    let request = scim_request(token, method, path, &[], None);
    send(&tenant.root, request).await.unwrap()
}

async fn connection(console: &Console, name: &str) -> Connection {
    let service = &console.world.server.service;
    let tenant = admin::get_tenant(service, &console.world.tenant.name).await;
    admin::get_connection(service, &tenant.unwrap(), name)
        .await
        .unwrap()
}

/// The secret on a page.
#[track_caller]
fn secret_of(page: &str) -> String {
    let at = page
        .find("<code id=\"token\">")
        .unwrap_or_else(|| panic!("{page}"));
    let rest = &page[at + "<code id=\"token\">".len()..];
    rest[..rest.find('<').unwrap()].to_owned()
}

/// The public names of a connection's tokens.
async fn tokens(console: &Console, name: &str) -> Vec<String> {
    let service = &console.world.server.service;
    let tenant = admin::get_tenant(service, &console.world.tenant.name).await;
    let all = admin::list_tokens(service, &tenant.unwrap()).await.unwrap();
    let all = all.into_iter();
    all.filter(|token| token.connection == name)
        .map(|token| token.id)
        .collect()
}

async fn a_connection_is_made_with_its_first_token(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let list = console.page("/connections").await;
    assert!(
        list.contains(">test</a>") && list.contains(">second</a>"),
        "{list}"
    );
    assert!(
        console
            .page("/connections/new")
            .await
            .contains("value=\"entra\"")
    );
    let fields = [("profile", "okta"), ("name", "partners"), ("life", "90")];
    let made = console.post("/connections/new", &fields).await;
    let page = made.expect_status(200).text();
    let secret = secret_of(&page);
    assert!(
        page.contains("In Okta") && page.contains("SCIM connector base URL"),
        "{page}"
    );
    let answer = with_token(&console, &secret, "GET", "/Users").await;
    assert_eq!(answer.status, 200, "{}", answer.describe());
    let later = console.page("/connections/partners").await;
    assert!(!later.contains(&secret));
    assert!(console.page("/connections").await.contains(">partners</a>"));
    assert_eq!(connection(&console, "partners").await.profile, "okta");
}

async fn what_is_wrong_with_a_new_connection_is_said_beside_what_was_typed(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    for (profile, name, life) in [
        ("", "good", "90"),
        ("okta", "", "90"),
        ("okta", "Not <script>", "90"),
        ("okta", "test", "90"),
        ("okta", "new", "90"),
        ("no-such", "good", "90"),
        ("okta", "good", "36500"),
    ] {
        let fields = [("profile", profile), ("name", name), ("life", life)];
        let answer = console.post("/connections/new", &fields).await;
        let page = answer.expect_status(400).text();
        assert!(page.contains("role=\"alert\""), "{page}");
        assert!(!page.contains("Not <script>"), "{page}");
        if profile == "okta" {
            assert!(page.contains("value=\"okta\" checked"), "{page}");
        }
        if name == "test" {
            assert!(page.contains("value=\"test\""), "{page}");
        }
    }
    let list = console.page("/connections").await;
    assert!(!list.contains(">good</a>") && !list.contains(">new</a>"));
}

async fn settings_are_changed_and_taken_back(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let address = "/connections/test/settings";
    let page = console.page(address).await;
    let seen = hidden(&page, "seen");
    let wrong = [
        ("seen", seen.as_str()),
        ("profile", "generic"),
        ("shield.percent", "101"),
    ];
    let answer = console
        .post(address, &wrong)
        .await
        .expect_status(400)
        .text();
    assert!(
        answer.contains("Enter a whole number from 1 to 100") && answer.contains("value=\"101\"")
    );
    let good = [
        ("seen", seen.as_str()),
        ("profile", "entra"),
        ("shield.percent", "33"),
    ];
    let page = console.done(address, &good).await;
    assert!(
        page.contains("Saved.")
            && page.contains("value=\"33\"")
            && page.contains("This connection")
    );
    let changed = connection(&console, "test").await;
    assert_eq!(changed.profile, "entra");
    assert!(changed.settings.contains("33"), "{}", changed.settings);
    let seen = hidden(&page, "seen");
    let back = [("seen", seen.as_str()), ("unset", "shield.percent")];
    console
        .done("/connections/test/settings/unset", &back)
        .await;
    let settings = connection(&console, "test").await.settings;
    assert!(!settings.contains("shield.percent"), "{settings}");
    let page = console.page(address).await;
    let seen = hidden(&page, "seen");
    let unknown = [("seen", seen.as_str()), ("unset", "<script>")];
    let answer = console
        .post("/connections/test/settings/unset", &unknown)
        .await;
    assert!(!answer.expect_status(400).text().contains("<script>\""));
}

async fn who_saves_over_anothers_change_is_shown_both(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let address = "/connections/test/settings";
    let seen = hidden(&console.page(address).await, "seen");
    let service = &console.world.server.service;
    let theirs = [("shield.count".to_owned(), Some("77".to_owned()))];
    let test = connection(&console, "test").await;
    admin::update_connection(service, &test, None, &theirs)
        .await
        .unwrap();
    let mine = [
        ("seen", seen.as_str()),
        ("profile", "generic"),
        ("shield.count", "88"),
    ];
    let answer = console.post(address, &mine).await.expect_status(412).text();
    assert!(
        answer.contains("value=\"88\"") && answer.contains("In force now: 77"),
        "{answer}"
    );
    let again = hidden(&answer, "seen");
    let mine = [
        ("seen", again.as_str()),
        ("profile", "generic"),
        ("shield.count", "88"),
    ];
    console.done(address, &mine).await;
    assert!(connection(&console, "test").await.settings.contains("88"));
}

async fn a_frozen_connection_reads_only(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let address = "/connections/test/freeze";
    let page = console.page(address).await;
    assert!(page.contains("Freeze test?"));
    let refused = console.post(address, &[("seen", "freeze")]).await;
    assert!(refused.expect_status(400).text().contains("Tick the box"));
    let yes = [("seen", "freeze"), ("confirm", "yes")];
    let page = console.done(address, &yes).await;
    assert!(page.contains("The connection is frozen.") && page.contains("Frozen"));
    let tenant = &console.world.tenant;
    assert_eq!(
        tenant
            .post("/Users", &user("late@example.com"))
            .await
            .status,
        503
    );
    assert_eq!(tenant.get("/Users").await.status, 200);
    // Whoever still has the page open from before asks for what is so already.
    console.done(address, &yes).await;
    assert!(connection(&console, "test").await.frozen.is_some());
    let page = console.page(address).await;
    assert_eq!(hidden(&page, "seen"), "unfreeze");
    console
        .done(address, &[("seen", "unfreeze"), ("confirm", "yes")])
        .await;
    assert_eq!(
        tenant
            .post("/Users", &user("late@example.com"))
            .await
            .status,
        201
    );
}

async fn a_connection_is_deleted_by_typing_its_name(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let address = "/connections/second/delete";
    assert!(
        console
            .page("/connections/second/danger")
            .await
            .contains("/connections/second/delete")
    );
    let wrong = console.post(address, &[("confirm", "first")]).await;
    assert!(wrong.expect_status(400).text().contains("not the name"));
    let page = console.done(address, &[("confirm", "second")]).await;
    assert!(page.contains("The connection is deleted.") && !page.contains(">second</a>"));
    let token = console.world.tenant.second_token.clone().unwrap();
    assert_eq!(
        with_token(&console, &token, "GET", "/Users").await.status,
        401
    );
    console.get("/connections/second").await.expect_status(404);
}

async fn a_token_is_shown_once_and_good(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let address = "/connections/second/tokens/new";
    let form = console.page(address).await;
    assert!(form.contains("value=\"users:read\" checked"), "{form}");
    for fields in [
        &[("life", "90")][..],
        &[("life", "1000"), ("scope", "users:read")],
        &[("life", "90"), ("scope", "<script>")],
    ] {
        let answer = console.post(address, fields).await.expect_status(400);
        assert!(!answer.text().contains("<script>\""));
    }
    let fields = [
        ("life", "90"),
        ("scope", "users:read"),
        ("scope", "groups:read"),
    ];
    let page = console
        .post(address, &fields)
        .await
        .expect_status(200)
        .text();
    let secret = secret_of(&page);
    assert!(page.contains("users:read groups:read"), "{page}");
    assert_eq!(
        with_token(&console, &secret, "GET", "/Users").await.status,
        200
    );
    let list = console.page("/connections/second/tokens").await;
    assert!(!list.contains(&secret));
    for id in tokens(&console, "second").await {
        assert!(list.contains(&id));
    }
}

async fn a_rotated_token_goes_on_for_a_while(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let old = console.world.tenant.second_token.clone().unwrap();
    let id = tokens(&console, "second").await.remove(0);
    let address = format!("/connections/second/tokens/{id}/rotate");
    assert!(console.page(&address).await.contains(&id));
    let fields = [("life", "365"), ("overlap", "1")];
    let page = console
        .post(&address, &fields)
        .await
        .expect_status(200)
        .text();
    let fresh = secret_of(&page);
    for token in [&old, &fresh] {
        assert_eq!(
            with_token(&console, token, "GET", "/Users").await.status,
            200
        );
    }
    console.world.server.clock.advance(25 * 3600);
    assert_eq!(
        with_token(&console, &old, "GET", "/Users").await.status,
        401
    );
    assert_eq!(
        with_token(&console, &fresh, "GET", "/Users").await.status,
        200
    );
}

async fn who_makes_a_secret_has_proved_who_they_are(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let id = tokens(&console, "second").await.remove(0);
    console.world.server.clock.advance(6 * 60);
    let rotate = format!("/connections/second/tokens/{id}/rotate");
    for path in [
        "/connections/new",
        "/connections/second/tokens/new",
        &rotate,
    ] {
        let answer = console.get(path).await.expect_status(303);
        let to = format!(
            "{}/console/prove?next={0}/console{path}",
            console.world.base()
        );
        assert_eq!(answer.header("location"), Some(to.as_str()));
    }
    for path in [
        "/connections/new",
        "/connections/second/tokens/new",
        "/connections/second/clients/new",
        &rotate,
    ] {
        let fields = [
            ("profile", "okta"),
            ("name", "unproven"),
            ("life", "90"),
            ("overlap", "1"),
            ("scope", "users:read"),
        ];
        let answer = console.post(path, &fields).await.expect_status(303);
        assert!(
            answer
                .header("location")
                .unwrap()
                .contains("/console/prove?next=")
        );
    }
    assert_eq!(tokens(&console, "second").await.len(), 1);
    assert!(!console.page("/connections").await.contains("unproven"));
    let next = format!("{}/console{rotate}", console.world.base());
    let proof = [("password", PASSWORD), ("next", next.as_str())];
    let page = console.done("/prove", &proof).await;
    assert!(page.contains("Rotate the token"), "{page}");
}

async fn a_revoked_token_is_refused(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let token = console.world.tenant.second_token.clone().unwrap();
    let id = tokens(&console, "second").await.remove(0);
    // A token of another connection is none of this one's.
    let wrong = format!("/connections/test/tokens/{id}/revoke");
    console.get(&wrong).await.expect_status(404);
    let answer = console.post(&wrong, &[("confirm", "yes")]).await;
    answer.expect_status(404);
    let address = format!("/connections/second/tokens/{id}/revoke");
    console.post(&address, &[]).await.expect_status(400);
    assert_eq!(
        with_token(&console, &token, "GET", "/Users").await.status,
        200
    );
    let page = console.done(&address, &[("confirm", "yes")]).await;
    assert!(page.contains("The token is revoked.") && page.contains("Revoked"));
    assert_eq!(
        with_token(&console, &token, "GET", "/Users").await.status,
        401
    );
}

async fn an_oauth_client_is_made_and_deleted(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let made = console.post("/connections/test/clients/new", &[]).await;
    let page = made.expect_status(200).text();
    assert!(!secret_of(&page).is_empty());
    let at = page.find("mcl_").unwrap();
    let id: String = page[at..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    assert!(console.page("/connections/test/tokens").await.contains(&id));
    let address = format!("/connections/test/clients/{id}/delete");
    console.page(&address).await;
    let other = format!("/connections/second/clients/{id}/delete");
    let answer = console.post(&other, &[("confirm", "yes")]).await;
    answer.expect_status(404);
    let page = console.done(&address, &[("confirm", "yes")]).await;
    assert!(page.contains("The client is deleted.") && !page.contains(&id));
}

/// Users, of whom the shield holds the deactivation of all but one; their ids.
async fn held(console: &Console) -> Vec<String> {
    let service = &console.world.server.service;
    let test = connection(console, "test").await;
    let set = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
    let own = [
        set("shield.mode", "on"),
        set("shield.count", "1"),
        set("shield.spare", "1"),
    ];
    admin::update_connection(service, &test, None, &own)
        .await
        .unwrap();
    let mut ids = Vec::new();
    for name in ["Ada", "<script>alert(1)</script>", "Grace", "Mary"] {
        let body = json!({"schemas": [CORE_USER], "userName": name});
        let created = console.world.tenant.post("/Users", &body).await;
        let created = created.expect_status(201).json();
        ids.push(created["id"].as_str().unwrap().to_owned());
    }
    for (number, id) in ids.iter().enumerate() {
        let status = if number == 0 { 200 } else { 503 };
        assert_eq!(deactivate(console, id).await, status);
    }
    ids
}

async fn deactivate(console: &Console, id: &str) -> u16 {
    let off = patch_of(&json!([{"op": "replace", "path": "active", "value": false}]));
    let path = format!("/Users/{id}");
    console.world.tenant.patch(&path, &off).await.status
}

async fn held_changes_are_released_and_rejected(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let ids = held(&console).await;
    let address = "/connections/test/shield";
    let page = console.page(address).await;
    assert!(page.contains("3 changes are held"), "{page}");
    assert!(
        page.contains("Grace") && page.contains("&#60;script&#62;alert(1)"),
        "{page}"
    );
    assert!(!page.contains("<script>alert"));
    assert!(page.contains(&format!("/console/users/{}", ids[2])));
    console
        .post(address, &[("decision", "release")])
        .await
        .expect_status(400);
    let change = hidden(&page, "change");
    console
        .post(address, &[("change", &change)])
        .await
        .expect_status(400);
    let stranger = [("change", "999999999"), ("decision", "release")];
    console.post(address, &stranger).await.expect_status(404);
    let one = [("change", change.as_str()), ("decision", "release")];
    let page = console.done(address, &one).await;
    assert!(
        page.contains("Released.") && page.contains("2 changes are held"),
        "{page}"
    );
    assert_eq!(deactivate(&console, &ids[1]).await, 200);
    let question = console.page("/connections/test/shield/reject").await;
    assert!(question.contains("Reject 2 changes?"), "{question}");
    let yes = [("seen", "2"), ("confirm", "yes")];
    let page = console.done("/connections/test/shield/reject", &yes).await;
    assert!(
        page.contains("Rejected.") && page.contains("Nothing is held"),
        "{page}"
    );
    assert_eq!(deactivate(&console, &ids[2]).await, 403);
}

async fn what_was_not_seen_is_not_released(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let ids = held(&console).await;
    let address = "/connections/test/shield/release";
    let fewer = [("seen", "2"), ("confirm", "yes")];
    let answer = console
        .post(address, &fewer)
        .await
        .expect_status(400)
        .text();
    assert!(
        answer.contains("Release 3 changes?") && answer.contains("More changes"),
        "{answer}"
    );
    console
        .post(address, &[("seen", "3")])
        .await
        .expect_status(400);
    assert_eq!(deactivate(&console, &ids[3]).await, 503);
    console
        .done(address, &[("seen", "3"), ("confirm", "yes")])
        .await;
    assert_eq!(deactivate(&console, &ids[3]).await, 200);
}

async fn auditors_and_the_helpdesk_only_look(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    held(&console).await;
    for role in [Role::Auditor, Role::Helpdesk] {
        let browser = console.another(role).await;
        for path in [
            "",
            "/connections",
            "/connections/test",
            "/connections/test/tokens",
            "/connections/test/settings",
            "/connections/test/shield",
        ] {
            let page = browser.get(&format!("/console{path}")).await;
            let page = page.expect_status(200).text();
            for offered in [
                "/connections/new",
                "/freeze",
                "/delete\"",
                "/tokens/new",
                "/rotate",
                "/revoke",
                "/clients/new",
                "/shield/release",
                "name=\"decision\"",
                ">Save<",
            ] {
                assert!(!page.contains(offered), "{role:?} {path}: {offered}");
            }
        }
    }
}

async fn connections_of_another_tenant_are_not_there(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let service = &console.world.server.service;
    let other = console.world.tenant.other.clone().unwrap();
    let tenant = admin::get_tenant(service, &other.name).await.unwrap();
    let theirs = admin::create_connection(service, &tenant, "theirs", "entra", &[]).await;
    let theirs = theirs.unwrap();
    let token = admin::create_token(service, &theirs, None, None, None).await;
    let id = token.unwrap().id;
    assert!(!console.page("/connections").await.contains("theirs"));
    for path in [
        "",
        "/checks",
        "/tokens",
        "/settings",
        "/shield",
        "/danger",
        "/freeze",
    ] {
        let answer = console.get(&format!("/connections/theirs{path}")).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let yes = [("confirm", "yes"), ("seen", "freeze")];
    for path in [
        "/freeze",
        "/delete",
        "/settings",
        "/clients/new",
        "/shield/release",
    ] {
        let answer = console
            .post(&format!("/connections/theirs{path}"), &yes)
            .await;
        assert_eq!(answer.status, 404, "{path}");
    }
    for connection in ["theirs", "test"] {
        for (verb, fields) in [
            ("revoke", &[("confirm", "yes")][..]),
            ("rotate", &[("life", "90"), ("overlap", "1")]),
        ] {
            let path = format!("/connections/{connection}/tokens/{id}/{verb}");
            assert_eq!(console.post(&path, fields).await.status, 404, "{path}");
        }
    }
    let present = admin::get_connection(service, &tenant, "theirs").await;
    assert!(present.unwrap().frozen.is_none());
}

async fn the_set_up_turns_green_as_requests_arrive(db: Db) {
    let console = Console::logged(db, Role::Auditor).await;
    let waiting = console.page("/connections/second").await;
    assert_eq!(waiting.matches("class=\"waiting\"").count(), 6, "{waiting}");
    let tenant = &console.world.tenant;
    tenant.get("/Users").await.expect_status(200);
    let made = tenant.post("/Users", &user("first@example.com")).await;
    let made = made.expect_status(201).json();
    let id = made["id"].as_str().unwrap();
    let title = patch_of(&json!([{"op": "replace", "path": "title", "value": "Guide"}]));
    let changed = tenant.patch(&format!("/Users/{id}"), &title).await;
    changed.expect_status(200);
    assert_eq!(deactivate(&console, id).await, 200);
    let group = json!({"schemas": [crate::accounts::world::CORE_GROUP]});
    assert_eq!(tenant.post("/Groups", &group).await.status, 400);
    let states = async || {
        let answer = console.get("/connections/test/checks").await;
        let checks = answer.expect_status(200).json();
        let checks = checks["checks"].as_array().unwrap().clone();
        let states = checks
            .iter()
            .map(|check| check["state"].as_str().unwrap().to_owned());
        states.collect::<Vec<_>>()
    };
    let expected = ["done", "done", "done", "done", "done", "failed"];
    // The log is written beside the requests.
    for _ in 0..200 {
        if states().await == expected {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(states().await, expected);
    let page = console.page("/connections/test").await;
    assert_eq!(page.matches("class=\"done\"").count(), 5, "{page}");
    assert!(page.contains("POST /Groups: 400"), "{page}");
    let list = console.page("/connections").await;
    assert!(list.contains("Healthy"), "{list}");
}
