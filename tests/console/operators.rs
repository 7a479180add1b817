//! Operators: the list, a new one, roles, and whose customers are whose.

use muster::auth::Role;
use muster::service::account::people::Switch;
use serde_json::json;

use super::support::{Console, hidden};
use crate::accounts::world::{OTHER, PASSWORD, Somebody};
use crate::support::Db;

on_both_databases!(
    whoever_is_alone_is_told_to_invite_somebody,
    operators_are_listed_with_state_roles_and_customers,
    an_operator_is_invited_by_mail,
    a_link_or_a_temporary_password_is_shown_once,
    a_user_name_that_is_taken_leads_to_its_holder,
    roles_are_given_and_taken_by_owners,
    the_last_owner_stays_an_owner,
    a_role_that_another_group_gives_is_said_to_stay,
    several_customers_are_assigned_and_released,
    a_customer_of_another_operator_is_moved_in_a_second_step,
    who_moves_meanwhile_is_not_taken_from_somebody_else,
    helpdesk_and_auditors_look_but_do_not_assign,
    what_is_typed_is_text,
    whoever_is_no_operator_has_no_such_page,
);

/// The id of the operator whose customer somebody is.
async fn holder(console: &Console, customer: &Somebody) -> Option<String> {
    let account = console.world.account(customer.id).await;
    let value = account["assignedTo"]["value"].as_str();
    value.map(str::to_owned)
}

async fn whoever_is_alone_is_told_to_invite_somebody(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let page = console.page("/operators").await;
    assert!(page.contains("You are the only operator"), "{page}");
    assert!(page.contains("/console/operators/new"), "{page}");
}

async fn operators_are_listed_with_state_roles_and_customers(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let lena = console
        .world
        .operator("lena@example.com", Role::Helpdesk)
        .await;
    let carl = console
        .world
        .operator("carl@example.com", Role::Auditor)
        .await;
    let mia = console.world.person("mia@example.com").await;
    console
        .world
        .switch(carl.id, Switch::Deactivate)
        .await
        .unwrap();
    let id = mia.id.to_string();
    let fields = [("action", "assign"), ("assign", id.as_str())];
    console
        .done(&format!("/operators/{}/customers", lena.id), &fields)
        .await;
    let page = console.page("/operators").await;
    for text in [
        "lena@example.com",
        "carl@example.com",
        "helpdesk",
        "auditor",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("mia@example.com"), "{page}");
    let customers = format!("{}/customers\">1<", lena.id);
    assert!(page.contains(&customers), "{page}");
    let page = console.page("/operators?state=deactivated").await;
    assert!(page.contains("carl@example.com") && !page.contains("lena@example.com"));
    assert!(
        page.contains(&format!("/users/{}/activate", carl.id)),
        "{page}"
    );
    let page = console.page("/operators?q=len").await;
    assert!(page.contains("lena@example.com") && !page.contains("carl@example.com"));
    let admin = console.another(Role::Admin).await;
    let page = admin.get("/console/operators").await.expect_status(200);
    let page = page.text();
    assert!(!page.contains("/operators/new") && !page.contains("/deactivate"));
}

async fn an_operator_is_invited_by_mail(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let fields = [
        ("username", "lena@example.com"),
        ("given", "Lena"),
        ("family", "Maas"),
        ("language", "de"),
        ("role", "admin"),
        ("agent", "on"),
        ("onboarding", "invite"),
    ];
    let page = console.done("/operators/new", &fields).await;
    assert!(page.contains("an invitation is on its way"), "{page}");
    let letter = console.world.letter().await;
    assert_eq!(letter.to, "lena@example.com");
    let browser = console.world.browser();
    let secret = letter.secret();
    browser.use_link("invite", &secret, OTHER).await;
    let lena = console.world.signed_in("lena@example.com", OTHER).await;
    lena.get("/console/groups/new").await.expect_status(200);
    lena.get("/console/operators/new").await.expect_status(403);
}

async fn a_link_or_a_temporary_password_is_shown_once(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let fields = |way| {
        [
            (
                "username",
                if way == "link" {
                    "lena@example.com"
                } else {
                    "carl@example.com"
                },
            ),
            ("role", "auditor"),
            ("onboarding", way),
        ]
    };
    let page = console.post("/operators/new", &fields("link")).await;
    let page = page.expect_status(200).text();
    let at = page.find("/invite/").unwrap();
    let secret: String = page[at + 8..].chars().take_while(|c| *c != '<').collect();
    let browser = console.world.browser();
    browser.use_link("invite", &secret, PASSWORD).await;
    console.world.signed_in("lena@example.com", PASSWORD).await;
    let page = console.post("/operators/new", &fields("temporary")).await;
    let page = page.expect_status(200).text();
    let start = "<code id=\"password\">";
    assert!(page.contains(start), "{page}");
    assert!(!console.page("/operators").await.contains(start));
}

async fn a_user_name_that_is_taken_leads_to_its_holder(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let mia = console.world.person("mia@example.com").await;
    let fields = [
        ("username", "MIA@example.com"),
        ("given", "Mia"),
        ("role", "admin"),
        ("onboarding", "link"),
    ];
    let page = console.post("/operators/new", &fields).await;
    let page = page.expect_status(409).text();
    assert!(
        page.contains(&format!("/console/users/{}\"", mia.id)),
        "{page}"
    );
    assert!(page.contains("value=\"Mia\""), "{page}");
    assert!(page.contains("value=\"link\" checked"), "{page}");
    let page = console.post("/operators/new", &[("given", "Mia")]).await;
    let page = page.expect_status(400).text();
    assert!(page.contains("Enter a user name.") && page.contains("Choose a role."));
}

async fn roles_are_given_and_taken_by_owners(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let lena = console
        .world
        .operator("lena@example.com", Role::Auditor)
        .await;
    let roles = format!("/operators/{}/roles", lena.id);
    let browser = console.world.signed_in("lena@example.com", PASSWORD).await;
    browser.get("/console/groups/new").await.expect_status(403);
    let page = console
        .done(&roles, &[("role", "admin"), ("to", "give")])
        .await;
    assert!(page.contains("The role is given."), "{page}");
    browser.get("/console/groups/new").await.expect_status(200);
    let page = console
        .done(&roles, &[("role", "admin"), ("to", "take")])
        .await;
    assert!(page.contains("The role is taken away."), "{page}");
    browser.get("/console/groups/new").await.expect_status(403);
    for fields in [
        [("role", "king"), ("to", "give")],
        [("role", "admin"), ("to", "")],
    ] {
        console.post(&roles, &fields).await.expect_status(400);
    }
    let admin = console.another(Role::Admin).await;
    admin
        .post(
            &format!("/console{roles}"),
            &[("role", "owner"), ("to", "give")],
        )
        .await
        .expect_status(403);
    let page = admin.get(&format!("/console/operators/{}", lena.id)).await;
    assert!(!page.expect_status(200).text().contains("name=\"to\""));
}

async fn the_last_owner_stays_an_owner(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let roles = format!("/operators/{}/roles", console.operator.id);
    let fields = [("role", "owner"), ("to", "take")];
    let page = console
        .post(&roles, &fields)
        .await
        .expect_status(409)
        .text();
    assert!(page.contains("This is the last owner"), "{page}");
    assert!(console.page("/operators/new").await.contains("<form"));
}

async fn a_role_that_another_group_gives_is_said_to_stay(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let lena = console
        .world
        .operator("lena@example.com", Role::Helpdesk)
        .await;
    let id = lena.id.to_string();
    let fields = [
        ("name", "A second desk"),
        ("audience", "operator"),
        ("role", "helpdesk"),
        ("member", id.as_str()),
    ];
    console.done("/groups/new", &fields).await;
    let roles = format!("/operators/{id}/roles");
    let fields = [("role", "helpdesk"), ("to", "take")];
    let page = console
        .post(&roles, &fields)
        .await
        .expect_status(409)
        .text();
    assert!(page.contains("by another group"), "{page}");
}

async fn several_customers_are_assigned_and_released(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let lena = console
        .world
        .operator("lena@example.com", Role::Helpdesk)
        .await;
    let mia = console.world.person("mia@example.com").await;
    let noah = console.world.person("noah@example.com").await;
    let path = format!("/operators/{}/customers", lena.id);
    let (one, two) = (mia.id.to_string(), noah.id.to_string());
    let fields = [
        ("action", "assign"),
        ("assign", one.as_str()),
        ("assign", two.as_str()),
    ];
    let page = console.done(&path, &fields).await;
    assert!(page.contains("The customers are assigned."), "{page}");
    assert!(
        page.contains(&format!("name=\"end\" value=\"{one}\"")),
        "{page}"
    );
    assert_eq!(holder(&console, &noah).await, Some(lena.id.to_string()));
    let page = console.page(&format!("{path}?own=noa&free=mia")).await;
    assert!(
        !page.contains(&format!("name=\"end\" value=\"{one}\"")),
        "{page}"
    );
    assert!(
        page.contains(&format!("name=\"end\" value=\"{two}\"")),
        "{page}"
    );
    let fields = [("action", "end"), ("end", one.as_str()), ("own", "noa")];
    let page = console.done(&path, &fields).await;
    assert!(page.contains("value=\"noa\""), "{page}");
    assert_eq!(holder(&console, &mia).await, None);
    assert_eq!(holder(&console, &noah).await, Some(lena.id.to_string()));
    console
        .post(&path, &[("action", "sell")])
        .await
        .expect_status(400);
}

async fn a_customer_of_another_operator_is_moved_in_a_second_step(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let lena = console
        .world
        .operator("lena@example.com", Role::Helpdesk)
        .await;
    let carl = console
        .world
        .operator("carl@example.com", Role::Helpdesk)
        .await;
    let name = json!([{"op": "replace", "path": "displayName", "value": "Lena Maas"}]);
    let acting = console.world.acting().await;
    let named = console.world.patch_person_as(&acting, lena.id, &name).await;
    named.unwrap();
    let mia = console.world.person("mia@example.com").await;
    let noah = console.world.person("noah@example.com").await;
    let (one, two) = (mia.id.to_string(), noah.id.to_string());
    let theirs = format!("/operators/{}/customers", lena.id);
    let path = format!("/operators/{}/customers", carl.id);
    let fields = [("action", "assign"), ("assign", one.as_str())];
    console.done(&theirs, &fields).await;
    let fields = [
        ("action", "assign"),
        ("assign", one.as_str()),
        ("assign", two.as_str()),
    ];
    let page = console.post(&path, &fields).await.expect_status(409).text();
    assert!(page.contains("1 customer has another operator"), "{page}");
    assert!(page.contains("Lena Maas"), "{page}");
    assert_eq!(holder(&console, &mia).await, Some(lena.id.to_string()));
    assert_eq!(holder(&console, &noah).await, Some(carl.id.to_string()));
    let from = hidden(&page, &format!("from-{one}"));
    assert_eq!(from, lena.id.to_string());
    let name = format!("from-{one}");
    let fields = [
        ("action", "take-over"),
        ("take", one.as_str()),
        (name.as_str(), from.as_str()),
    ];
    let page = console.done(&path, &fields).await;
    assert!(page.contains("The customers have moved here."), "{page}");
    assert_eq!(holder(&console, &mia).await, Some(carl.id.to_string()));
}

async fn who_moves_meanwhile_is_not_taken_from_somebody_else(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let lena = console
        .world
        .operator("lena@example.com", Role::Helpdesk)
        .await;
    let carl = console
        .world
        .operator("carl@example.com", Role::Helpdesk)
        .await;
    let mia = console.world.person("mia@example.com").await;
    let one = mia.id.to_string();
    let path = format!("/operators/{}/customers", carl.id);
    let fields = [("action", "assign"), ("assign", one.as_str())];
    console
        .done(&format!("/operators/{}/customers", lena.id), &fields)
        .await;
    // The page has named somebody who no longer has the customer.
    let (name, from) = (format!("from-{one}"), carl.id.to_string());
    let fields = [
        ("action", "take-over"),
        ("take", one.as_str()),
        (name.as_str(), from.as_str()),
    ];
    let page = console.post(&path, &fields).await.expect_status(409).text();
    assert_eq!(hidden(&page, &name), lena.id.to_string());
    console
        .done(&path, &[("action", "end"), ("end", one.as_str())])
        .await;
    assert_eq!(holder(&console, &mia).await, Some(lena.id.to_string()));
}

async fn helpdesk_and_auditors_look_but_do_not_assign(db: Db) {
    let console = Console::new(db, Role::Helpdesk).await;
    let mia = console.world.person("mia@example.com").await;
    let path = format!("/operators/{}/customers", console.operator.id);
    let page = console.page(&path).await;
    assert!(page.contains("mia@example.com"), "{page}");
    assert!(!page.contains("name=\"assign\""), "{page}");
    let one = mia.id.to_string();
    let fields = [("action", "assign"), ("assign", one.as_str())];
    console.post(&path, &fields).await.expect_status(403);
    assert_eq!(holder(&console, &mia).await, None);
}

async fn what_is_typed_is_text(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let hostile = "<script>alert(1)</script>";
    let lena = console
        .world
        .operator("lena@example.com", Role::Helpdesk)
        .await;
    let mia = console.world.person("mia@example.com").await;
    let name = json!([{"op": "replace", "path": "displayName", "value": hostile}]);
    let acting = console.world.acting().await;
    for id in [lena.id, mia.id] {
        let named = console.world.patch_person_as(&acting, id, &name).await;
        named.unwrap();
    }
    let one = mia.id.to_string();
    let theirs = format!("/operators/{}/customers", lena.id);
    let own = format!("/operators/{}/customers", console.operator.id);
    let fields = [("action", "assign"), ("assign", one.as_str())];
    console.done(&theirs, &fields).await;
    let mut pages = vec![console.post(&own, &fields).await.text()];
    for path in [
        "/operators",
        &format!("/operators/{}", lena.id),
        &theirs,
        &own,
    ] {
        pages.push(console.page(path).await);
    }
    let typed = [("username", ""), ("given", hostile), ("mail", hostile)];
    pages.push(console.post("/operators/new", &typed).await.text());
    for page in pages {
        assert!(!page.contains("<script>alert"), "{page}");
        assert!(page.contains("&#60;script&#62;"), "{page}");
    }
}

async fn whoever_is_no_operator_has_no_such_page(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let mia = console.world.person("mia@example.com").await;
    for path in ["", "/customers"] {
        let answer = console.get(&format!("/operators/{}{path}", mia.id)).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    for path in ["/roles", "/customers"] {
        let fields = [("role", "owner"), ("to", "give"), ("action", "assign")];
        let answer = console
            .post(&format!("/operators/{}{path}", mia.id), &fields)
            .await;
        assert_eq!(answer.status, 404, "{path}");
    }
}
