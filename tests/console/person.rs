//! The pages of one person.

use muster::auth::Role;
use muster::service::account::groups::{self, Audience, NewGroup};
use muster::service::account::onboarding::Onboarding;
use muster::service::account::people::Switch;
use serde_json::json;
use uuid::Uuid;

use super::support::{Console, hidden};
use crate::accounts::world::{CORE_USER, PASSWORD, USER};
use crate::support::Db;
use crate::support::http::send;
use crate::support::server::{id_of, scim_request, user};

on_both_databases!(
    every_role_sees_the_pages_and_is_offered_what_it_may,
    only_what_was_changed_in_the_form_is_written,
    what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost,
    whoever_saves_too_late_sees_both_and_chooses,
    lists_are_edited_line_by_line,
    what_a_connection_manages_is_read_only_until_the_user_is_detached,
    an_account_is_locked_with_a_reason_and_unlocked,
    the_user_name_is_typed_to_delete_and_the_rest_is_purged,
    groups_change_together_after_a_look,
    a_password_is_reset_in_three_ways,
    sessions_are_shown_and_ended_one_by_one_and_all_at_once,
    a_customer_is_assigned_moved_and_released,
    the_history_says_who_did_what_value_by_value,
    an_invitation_is_sent_again_and_a_registration_approved,
    the_last_owner_stays,
    hostile_values_are_text_on_every_page,
    ids_of_others_lead_nowhere,
);

/// The pages of a person that anybody who works here may open.
const PAGES: &[&str] = &[
    "",
    "/groups",
    "/sign-in",
    "/assigned",
    "/history",
    "/json",
    "/danger",
];

/// A person's record as a form shows it: the version it was opened with.
async fn opened(console: &Console, id: Uuid) -> String {
    hidden(&console.page(&format!("/users/{id}/edit")).await, "version")
}

async fn every_role_sees_the_pages_and_is_offered_what_it_may(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let mia = console.world.person("mia@example.com").await;
    for (role, _) in Role::ALL {
        let browser = console.another(role).await;
        for page in PAGES {
            let address = format!("/console/users/{}{page}", mia.id);
            let text = browser.get(&address).await.expect_status(200).text();
            assert!(text.contains("mia@example.com"), "{role:?} {page}");
            let may_edit = matches!(role, Role::Owner | Role::Admin);
            let may_lock = role != Role::Auditor;
            let link = |name: &str| text.contains(&format!("/users/{}/{name}\"", mia.id));
            assert_eq!(link("edit"), may_edit, "{role:?} {page}");
            assert_eq!(link("lock"), may_lock, "{role:?} {page}");
            assert_eq!(link("reset"), may_lock, "{role:?} {page}");
            assert_eq!(link("delete"), may_edit, "{role:?} {page}");
        }
        let danger = format!("/console/users/{}/danger", mia.id);
        let text = browser.get(&danger).await.text();
        let is_refused = text.contains("Your role does not allow this.");
        assert_eq!(is_refused, !matches!(role, Role::Owner | Role::Admin));
    }
    // Operators are out of reach of those who do not manage operators.
    let admin = console.another(Role::Admin).await;
    let address = format!("/console/users/{}", console.operator.id);
    admin.get(&address).await.expect_status(200);
    for name in ["lock", "edit", "reset", "delete", "groups/add"] {
        let answer = admin.get(&format!("{address}/{name}")).await;
        assert_eq!(answer.status, 403, "{name}");
    }
    let answer = admin.post(&format!("{address}/lock"), &[("confirm", "yes")]);
    assert_eq!(answer.await.status, 403);
}

async fn only_what_was_changed_in_the_form_is_written(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let edit = format!("/users/{}/edit", mia.id);
    let version = opened(&console, mia.id).await;
    let page = console
        .done(
            &edit,
            &[
                ("version", &version),
                ("former-name.givenName", ""),
                ("name.givenName", "Mia"),
                ("former-title", ""),
                ("title", ""),
                ("former-userName", "mia@example.com"),
                ("userName", "mia@example.com"),
                ("former-timezone", ""),
                ("timezone", "Europe/Berlin"),
            ],
        )
        .await;
    assert!(page.contains("Saved."), "{page}");
    assert!(page.contains("Europe/Berlin"), "{page}");
    let user = console.world.user(mia.id).await;
    assert_eq!(user["name"]["givenName"], "Mia");
    assert_eq!(user["timezone"], "Europe/Berlin");
    assert!(user.get("title").is_none());
    let history = console.page(&format!("/users/{}/history", mia.id)).await;
    assert!(history.contains("name.givenName"), "{history}");
    // The same again is no change.
    let version = opened(&console, mia.id).await;
    let fields = [
        ("version", version.as_str()),
        ("former-name.givenName", "Mia"),
        ("name.givenName", "Mia"),
    ];
    let page = console.done(&edit, &fields).await;
    assert!(page.contains("Nothing was changed."), "{page}");
    assert_eq!(opened(&console, mia.id).await, version);
}

async fn what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let edit = format!("/users/{}/edit", mia.id);
    let version = opened(&console, mia.id).await;
    let fields = [
        ("version", version.as_str()),
        ("former-timezone", ""),
        ("timezone", "Europe/Nowhere"),
        ("former-nickName", ""),
        ("nickName", "Mimi"),
    ];
    let page = console.post(&edit, &fields).await.expect_status(400).text();
    assert!(page.contains("href=\"#timezone\""), "{page}");
    assert!(page.contains("value=\"Europe/Nowhere\""), "{page}");
    assert!(page.contains("value=\"Mimi\""), "{page}");
    assert!(console.world.user(mia.id).await.get("nickName").is_none());
    // A name that somebody else has.
    console.world.person("noah@example.com").await;
    console.world.set("username.change", "any").await;
    let fields = [
        ("version", version.as_str()),
        ("former-userName", "mia@example.com"),
        ("userName", "noah@example.com"),
    ];
    let page = console.post(&edit, &fields).await.expect_status(409).text();
    assert!(page.contains("value=\"noah@example.com\""), "{page}");
    // A form that does not say what it was made for.
    let fields = [("nickName", "Mimi")];
    assert_eq!(console.post(&edit, &fields).await.status, 400);
}

async fn whoever_saves_too_late_sees_both_and_chooses(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let edit = format!("/users/{}/edit", mia.id);
    let version = opened(&console, mia.id).await;
    let theirs = json!([{"op": "add", "value": {"nickName": "Theirs", "displayName": "New"}}]);
    let acting = console.world.acting().await;
    console
        .world
        .patch_person_as(&acting, mia.id, &theirs)
        .await
        .unwrap();
    let mine = [
        ("version", version.as_str()),
        ("former-nickName", ""),
        ("nickName", "Mine"),
        ("former-displayName", ""),
        ("displayName", ""),
        ("former-name.givenName", ""),
        ("name.givenName", "Mia"),
    ];
    let page = console.post(&edit, &mine).await.expect_status(412).text();
    assert!(page.contains("Somebody else has changed this user"));
    for word in ["Theirs", "Mine", "New", "not changed by you"] {
        assert!(page.contains(word), "{word}: {page}");
    }
    assert_eq!(console.world.user(mia.id).await["nickName"], "Theirs");
    let choice = |wanted: &'static str, version: String| {
        vec![
            ("version", version),
            ("choice-nickName", wanted.to_owned()),
            ("nickName", "Mine".to_owned()),
            ("former-nickName", "Theirs".to_owned()),
            ("name.givenName", "Mia".to_owned()),
            ("former-name.givenName", String::new()),
        ]
    };
    let version = hidden(&page, "version");
    assert_eq!(hidden(&page, "former-nickName"), "Theirs");
    let fields = choice("theirs", version);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    console.done(&edit, &fields).await;
    let user = console.world.user(mia.id).await;
    assert_eq!(user["nickName"], "Theirs");
    assert_eq!(user["displayName"], "New");
    assert_eq!(user["name"]["givenName"], "Mia");
    let version = opened(&console, mia.id).await;
    let fields = choice("mine", version);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .filter(|(name, _)| !name.contains("givenName"))
        .map(|(name, value)| (*name, &**value))
        .collect();
    console.done(&edit, &fields).await;
    assert_eq!(console.world.user(mia.id).await["nickName"], "Mine");
}

async fn lists_are_edited_line_by_line(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let edit = format!("/users/{}/edit", mia.id);
    let version = opened(&console, mia.id).await;
    let more = [
        ("version", version.as_str()),
        ("more", "phoneNumbers"),
        ("former-phoneNumbers", "[]"),
        ("phoneNumbers.0.value", "+49 40 5550 1234"),
        ("phoneNumbers.0.type", "work"),
    ];
    let page = console.post(&edit, &more).await.expect_status(200).text();
    assert!(page.contains("phoneNumbers.3.value"), "{page}");
    assert!(page.contains("+49 40 5550 1234"), "{page}");
    let fields = [
        ("version", version.as_str()),
        ("former-phoneNumbers", "[]"),
        ("phoneNumbers.0.value", "+49 40 5550 1234"),
        ("phoneNumbers.0.type", "work"),
        ("phoneNumbers.0.primary", "true"),
        ("phoneNumbers.1.value", "+49 170 5550 1"),
        ("phoneNumbers.1.type", "mobile"),
        ("phoneNumbers.2.value", ""),
        ("phoneNumbers.2.type", "home"),
    ];
    let page = console.done(&edit, &fields).await;
    assert!(page.contains("+49 170 5550 1"), "{page}");
    let user = console.world.user(mia.id).await;
    let phones = user["phoneNumbers"].as_array().unwrap();
    assert_eq!(phones.len(), 2, "{user}");
    assert_eq!(phones[0]["primary"], true);
    assert_eq!(phones[1]["type"], "mobile");
    // What was opened and sent back is no change; an emptied line goes.
    let former = user["phoneNumbers"].to_string();
    let version = opened(&console, mia.id).await;
    let fields = [
        ("version", version.as_str()),
        ("former-phoneNumbers", &former),
        ("phoneNumbers.0.value", ""),
        ("phoneNumbers.0.type", "work"),
        ("phoneNumbers.1.value", "+49 170 5550 1"),
        ("phoneNumbers.1.type", "mobile"),
    ];
    console.done(&edit, &fields).await;
    let user = console.world.user(mia.id).await;
    assert_eq!(user["phoneNumbers"].as_array().unwrap().len(), 1, "{user}");
    let version = opened(&console, mia.id).await;
    let former = user["emails"].to_string();
    let fields = [
        ("version", version.as_str()),
        ("former-emails", &former),
        ("emails.0.value", "no address"),
    ];
    let page = console.post(&edit, &fields).await.expect_status(400).text();
    assert!(page.contains("href=\"#emails\""), "{page}");
}

async fn what_a_connection_manages_is_read_only_until_the_user_is_detached(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let anna = console.world.provisioned("anna@example.com").await;
    let edit = format!("/users/{}/edit", anna.id);
    let page = console.page(&edit).await;
    assert!(page.contains("Managed by"), "{page}");
    assert!(!page.contains("name=\"former-title\""), "{page}");
    let version = hidden(&page, "version");
    let fields = [
        ("version", version.as_str()),
        ("former-title", ""),
        ("title", "Chief"),
    ];
    let page = console.done(&edit, &fields).await;
    assert!(page.contains("Nothing was changed."), "{page}");
    let detach = format!("/users/{}/detach", anna.id);
    assert!(console.page(&detach).await.contains("Detach"));
    let page = console.done(&detach, &[]).await;
    assert!(page.contains("looked after here now"), "{page}");
    let version = opened(&console, anna.id).await;
    let fields = [
        ("version", version.as_str()),
        ("former-title", ""),
        ("title", "Chief"),
    ];
    let page = console.done(&edit, &fields).await;
    assert!(page.contains("Chief"), "{page}");
    // There is nobody to detach from any more.
    assert_eq!(console.post(&detach, &[]).await.status, 400);
}

async fn an_account_is_locked_with_a_reason_and_unlocked(db: Db) {
    let console = Console::new(db, Role::Helpdesk).await;
    let mia = console.world.person("mia@example.com").await;
    let browser = console.world.signed_in(&mia.name, PASSWORD).await;
    let lock = format!("/users/{}/lock", mia.id);
    let reason = "Lost <laptop>";
    let page = console.post(&lock, &[("reason", reason)]).await;
    let page = page.expect_status(400).text();
    assert!(page.contains("href=\"#confirm\""), "{page}");
    assert!(page.contains("Lost &#60;laptop&#62;"), "{page}");
    assert_eq!(console.world.state(mia.id).await, "active");
    let fields = [("reason", reason), ("confirm", "yes")];
    let page = console.done(&lock, &fields).await;
    assert!(page.contains("The account is locked."), "{page}");
    assert!(page.contains("Lost &#60;laptop&#62;"), "{page}");
    assert!(!browser.is_in().await);
    assert_eq!(console.world.state(mia.id).await, "locked");
    let unlock = format!("/users/{}/unlock", mia.id);
    assert!(console.page(&unlock).await.contains("Unlock"));
    console.done(&unlock, &[]).await;
    assert_eq!(console.world.state(mia.id).await, "active");
    // Deactivating is not for the helpdesk.
    let deactivate = format!("/users/{}/deactivate", mia.id);
    assert_eq!(console.post(&deactivate, &[]).await.status, 403);
    let admin = console.another(Role::Admin).await;
    for (name, state) in [("deactivate", "deactivated"), ("activate", "active")] {
        let address = format!("/console/users/{}/{name}", mia.id);
        admin.get(&address).await.expect_status(200);
        admin.post(&address, &[]).await.expect_status(303);
        assert_eq!(console.world.state(mia.id).await, state);
    }
}

async fn the_user_name_is_typed_to_delete_and_the_rest_is_purged(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let delete = format!("/users/{}/delete", mia.id);
    let page = console.page(&delete).await;
    assert!(page.contains("This cannot be taken back."), "{page}");
    let page = console.post(&delete, &[("typed", "mia")]).await;
    let page = page.expect_status(400).text();
    assert!(page.contains("value=\"mia\""), "{page}");
    let answer = console.post(&delete, &[("typed", "MIA@example.com")]).await;
    answer.expect_status(303);
    let path = format!("/users/{}", mia.id);
    assert_eq!(console.get(&path).await.status, 404);
    let purge = format!("/users/{}/purge", mia.id);
    assert!(console.page(&purge).await.contains("mia@example.com"));
    assert_eq!(console.post(&purge, &[]).await.status, 400);
    let answer = console.post(&purge, &[("confirm", "yes")]).await;
    answer.expect_status(303);
    assert_eq!(console.get(&purge).await.status, 404);
    // A tenant may ask for a tick alone.
    console.world.set("delete.confirmation", "checkbox").await;
    let noah = console.world.person("noah@example.com").await;
    let delete = format!("/users/{}/delete", noah.id);
    assert!(!console.page(&delete).await.contains("name=\"typed\""));
    assert_eq!(console.post(&delete, &[]).await.status, 400);
    let answer = console.post(&delete, &[("confirm", "yes")]).await;
    answer.expect_status(303);
}

async fn group(console: &Console, name: &str) -> Uuid {
    let new = NewGroup {
        name: name.to_owned(),
        audience: Audience::Customers,
        members: Vec::new(),
    };
    let acting = console.world.acting().await;
    let created = groups::create(&console.world.server.service, &acting, &new).await;
    created.unwrap()
}

async fn groups_change_together_after_a_look(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let (sales, staff) = (
        group(&console, "Sales").await.to_string(),
        group(&console, "Staff").await.to_string(),
    );
    let base = format!("/users/{}/groups", mia.id);
    assert!(console.page(&base).await.contains("In no group yet."));
    let found = console.page(&format!("{base}/add?q=Sal")).await;
    assert!(found.contains(&sales) && !found.contains(&staff), "{found}");
    let found = console.page(&format!("{base}/add")).await;
    assert!(found.contains(&sales) && found.contains(&staff), "{found}");
    // Groups of operators are not offered for customers.
    assert!(!found.contains("Operators: "), "{found}");
    let chosen = [("add", sales.as_str()), ("add", staff.as_str())];
    let review = format!("{base}/review");
    let page = console.post(&review, &chosen).await;
    let page = page.expect_status(200).text();
    assert!(page.contains("Added to 2 groups."), "{page}");
    assert!(console.page(&base).await.contains("In no group yet."));
    let page = console.done(&base, &chosen).await;
    assert!(page.contains("In 2 groups"), "{page}");
    let change = [("remove", sales.as_str())];
    let page = console.post(&review, &change).await;
    let page = page.expect_status(200).text();
    assert!(page.contains("Removed from 1 group."), "{page}");
    let page = console.done(&base, &change).await;
    assert!(!page.contains("Sales") && page.contains("Staff"), "{page}");
    // All or none: one of the groups is not there.
    let nobody = Uuid::now_v7().to_string();
    let change = [("remove", staff.as_str()), ("add", nobody.as_str())];
    assert_eq!(console.post(&base, &change).await.status, 404);
    assert!(console.page(&base).await.contains("Staff"));
    let helpdesk = console.another(Role::Helpdesk).await;
    let address = format!("/console{base}");
    assert_eq!(helpdesk.post(&address, &change).await.status, 403);
    let page = helpdesk.get(&address).await.expect_status(200).text();
    assert!(!page.contains("name=\"remove\""), "{page}");
}

async fn a_password_is_reset_in_three_ways(db: Db) {
    let console = Console::new(db, Role::Helpdesk).await;
    let mia = console.world.person("mia@example.com").await;
    let reset = format!("/users/{}/reset", mia.id);
    let page = console.page(&reset).await;
    assert!(page.contains("To mia@example.com."), "{page}");
    let page = console.done(&reset, &[("way", "mail")]).await;
    assert!(page.contains("The link is on its way."), "{page}");
    console.world.letter().await;
    let shown = console.page(&format!("/users/{}/sign-in", mia.id)).await;
    assert!(shown.contains("Link to set a password"), "{shown}");
    let page = console.post(&reset, &[("way", "link")]).await;
    let page = page.expect_status(200).text();
    assert!(page.contains("/reset/"), "{page}");
    let page = console.post(&reset, &[("way", "temporary")]).await;
    let page = page.expect_status(200).text();
    let at = page.find("<code id=\"secret\">").unwrap() + "<code id=\"secret\">".len();
    let password = &page[at..at + page[at..].find('<').unwrap()];
    assert!(password.len() >= 12, "{password}");
    let account = console.world.account(mia.id).await;
    assert_eq!(account["passwordState"], "temporary");
    let shown = console.page(&format!("/users/{}/sign-in", mia.id)).await;
    assert!(!shown.contains(password), "a password is shown once");
    assert_eq!(console.post(&reset, &[("way", "shout")]).await.status, 400);
    // Nobody who is locked can use a link.
    let lock = Switch::Lock(None);
    console.world.switch(mia.id, lock).await.unwrap();
    let page = console.post(&reset, &[("way", "mail")]).await;
    assert!(page.expect_status(400).text().contains("unlock"));
}

async fn sessions_are_shown_and_ended_one_by_one_and_all_at_once(db: Db) {
    let console = Console::new(db, Role::Helpdesk).await;
    let mia = console.world.person("mia@example.com").await;
    let one = console.world.signed_in(&mia.name, PASSWORD).await;
    let two = console.world.signed_in(&mia.name, PASSWORD).await;
    let sign_in = format!("/users/{}/sign-in", mia.id);
    let page = console.page(&sign_in).await;
    let session = hidden(&page, "session");
    let end = format!("/users/{}/sessions/end", mia.id);
    let page = console.done(&end, &[("session", &session)]).await;
    assert!(page.contains("The session is ended."), "{page}");
    // The latest is the first of the list.
    assert!(one.is_in().await && !two.is_in().await);
    let gone = console.post(&end, &[("session", &session)]).await;
    assert_eq!(gone.status, 404);
    let all = format!("/users/{}/end-sessions", mia.id);
    assert!(console.page(&all).await.contains("1 session ends."));
    let page = console.done(&all, &[]).await;
    assert!(page.contains("No session."), "{page}");
    assert!(!one.is_in().await);
    let auditor = console.another(Role::Auditor).await;
    let page = auditor.get(&format!("/console{sign_in}")).await;
    assert!(!page.expect_status(200).text().contains("sessions/end"));
}

async fn a_customer_is_assigned_moved_and_released(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let one = console
        .world
        .operator("one@example.com", Role::Helpdesk)
        .await;
    let two = console
        .world
        .operator("two@example.com", Role::Helpdesk)
        .await;
    let (one, two) = (one.id.to_string(), two.id.to_string());
    let assigned = format!("/users/{}/assigned", mia.id);
    assert!(console.page(&assigned).await.contains("Nobody looks after"));
    let answer = console.post(&assigned, &[("operator", "")]).await;
    assert_eq!(answer.status, 400);
    let fields = [("holder", ""), ("operator", one.as_str())];
    let page = console.done(&assigned, &fields).await;
    assert!(page.contains("one@example.com"), "{page}");
    // The page was opened when nobody had the customer: nobody is taken away.
    let fields = [("holder", ""), ("operator", two.as_str())];
    let page = console.post(&assigned, &fields).await;
    let page = page.expect_status(409).text();
    assert!(page.contains("one@example.com"), "{page}");
    let fields = [("holder", one.as_str()), ("operator", two.as_str())];
    let page = console.done(&assigned, &fields).await;
    assert!(page.contains("two@example.com"), "{page}");
    let user = console.world.user(mia.id).await;
    assert_eq!(user[USER]["assignedTo"]["value"], two.as_str());
    let fields = [("holder", two.as_str()), ("action", "end")];
    let page = console.done(&assigned, &fields).await;
    assert!(page.contains("Nobody looks after"), "{page}");
    // Customers are none of those who look after others.
    let fields = [("holder", ""), ("operator", &*mia.id.to_string())];
    assert_eq!(console.post(&assigned, &fields).await.status, 400);
}

async fn the_history_says_who_did_what_value_by_value(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let anna = console.world.provisioned("anna@example.com").await;
    let change = json!([{"op": "replace", "path": "title", "value": "Dispatcher"}]);
    console.world.patch_user(anna.id, &change).await;
    let change = json!([{"op": "replace", "path": "title", "value": "Lead"}]);
    console.world.patch_user(anna.id, &change).await;
    let lock = format!("/users/{}/lock", anna.id);
    console.done(&lock, &[("confirm", "yes")]).await;
    let history = format!("/users/{}/history", anna.id);
    let page = console.page(&history).await;
    assert!(page.contains("<del><bdi>Dispatcher</bdi></del>"), "{page}");
    assert!(page.contains("<ins><bdi>Lead</bdi></ins>"), "{page}");
    assert!(page.contains("/console/log/"), "{page}");
    assert!(page.contains(&console.operator.name), "{page}");
    let page = console.page(&format!("{history}?by=operators")).await;
    assert!(!page.contains("Dispatcher"), "{page}");
    assert!(page.contains(&console.operator.name), "{page}");
    let page = console.page(&format!("{history}?by=person")).await;
    assert!(page.contains("Nothing was done."), "{page}");
    // More than a page, from the latest to the first, each once.
    for number in 0..30 {
        let value = format!("Title {number}");
        let change = json!([{"op": "replace", "path": "title", "value": value}]);
        console.world.patch_user(anna.id, &change).await;
    }
    let first = console.page(&history).await;
    let at = first.find("before=").unwrap() + "before=".len();
    let before: String = first[at..]
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let second = console.page(&format!("{history}?before={before}")).await;
    assert!(first.contains("<ins><bdi>Title 29</bdi></ins>"));
    assert!(!second.contains("<ins><bdi>Title 29</bdi></ins>"));
    assert!(second.contains("<ins><bdi>Title 0</bdi></ins>"), "{second}");
    assert!(!first.contains("<ins><bdi>Title 0</bdi></ins>"));
}

async fn an_invitation_is_sent_again_and_a_registration_approved(db: Db) {
    let settings = [
        ("registration.mode", "on"),
        ("registration.approval", "required"),
    ];
    let console = Console::with(db, Role::Admin, &settings).await;
    let world = &console.world;
    let noah = world.onboard("noah@example.com", Onboarding::Invite).await;
    world.letter().await;
    let invite = format!("/users/{}/invite", noah.id);
    let page = console.done(&invite, &[("way", "mail")]).await;
    assert!(page.contains("The invitation is on its way."), "{page}");
    world.letter().await;
    let page = console.post(&invite, &[("way", "link")]).await;
    assert!(page.expect_status(200).text().contains("/invite/"));
    let approve = format!("/users/{}/approve", noah.id);
    assert_eq!(console.post(&approve, &[]).await.status, 400);
    let form = [
        ("email", "pia@example.com"),
        ("username", "pia@example.com"),
        ("password", PASSWORD),
    ];
    world.register(&form).await;
    world.letters().await;
    let acting = world.acting().await;
    let pia = acting.find(&world.server.service, "pia@example.com").await;
    let pia = pia.unwrap().stored.id;
    let page = console.page(&format!("/users/{pia}/sign-in")).await;
    assert!(page.contains("Waits for confirmation"), "{page}");
    let approve = format!("/users/{pia}/approve");
    let page = console.done(&approve, &[]).await;
    assert!(page.contains("The account is approved."), "{page}");
    assert_eq!(world.state(pia).await, "active");
}

async fn the_last_owner_stays(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let base = format!("/users/{}", console.operator.id);
    for (name, fields) in [
        ("lock", vec![("confirm", "yes")]),
        ("deactivate", vec![]),
        ("delete", vec![("typed", console.operator.name.as_str())]),
    ] {
        let answer = console.post(&format!("{base}/{name}"), &fields).await;
        let page = answer.expect_status(409).text();
        assert!(page.contains("without an owner"), "{name}: {page}");
    }
    console.page(&base).await;
}

async fn hostile_values_are_text_on_every_page(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let body = json!({
        "schemas": [CORE_USER], "userName": "eve@example.com", "displayName": hostile,
        "name": {"givenName": hostile, "familyName": hostile, "formatted": hostile},
        "nickName": hostile, "title": hostile, "userType": hostile,
        "profileUrl": "javascript:alert(3)", "externalId": hostile,
        "phoneNumbers": [{"value": hostile, "type": hostile}],
        "addresses": [{"streetAddress": hostile, "type": hostile}],
        "ims": [{"value": hostile}],
    });
    let tenant = &console.world.tenant;
    let created = tenant.post("/Users", &body).await.expect_status(201).json();
    let id: Uuid = created["id"].as_str().unwrap().parse().unwrap();
    let new = NewGroup {
        name: hostile.to_owned(),
        audience: Audience::Customers,
        members: vec![id],
    };
    let acting = console.world.acting().await;
    let service = &console.world.server.service;
    groups::create(service, &acting, &new).await.unwrap();
    let lock = format!("/users/{id}/lock");
    let fields = [("confirm", "yes"), ("reason", hostile)];
    console.done(&lock, &fields).await;
    let mut pages: Vec<String> = PAGES.iter().map(|page| (*page).to_owned()).collect();
    for name in [
        "edit",
        "lock",
        "unlock",
        "reset",
        "delete",
        "detach",
        "groups/add",
    ] {
        pages.push(format!("/{name}"));
    }
    for page in pages {
        let text = console.page(&format!("/users/{id}{page}")).await;
        assert!(!text.contains("<script>alert"), "{page}");
        assert!(!text.contains("<img src=x"), "{page}");
        assert!(!text.contains("href=\"javascript:"), "{page}");
        assert!(
            text.contains("&#60;script&#62;"),
            "{page}: the value is not shown"
        );
    }
}

async fn ids_of_others_lead_nowhere(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let other = console.world.tenant.other.as_ref().unwrap();
    let body = user("there@example.com");
    let request = scim_request(&other.token, "POST", "/Users", &[], Some(&body));
    let created = send(&console.world.tenant.root, request).await.unwrap();
    let created = id_of(&created.expect_status(201));
    for page in PAGES.iter().chain(&["/edit", "/lock", "/delete", "/purge"]) {
        let answer = console.get(&format!("/users/{created}{page}")).await;
        assert_eq!(answer.status, 404, "{page}");
    }
    let lock = format!("/users/{created}/lock");
    let answer = console.post(&lock, &[("confirm", "yes")]).await;
    assert_eq!(answer.status, 404);
    assert_eq!(console.get("/users/nobody").await.status, 404);
}
