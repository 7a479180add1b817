//! Users in the console: the list, several at once, the wizard, sheets, search.

use muster::auth::Role;
use muster::service::account::onboarding::Onboarding;
use muster::service::account::people::Switch;
use serde_json::{Value, json};
use uuid::Uuid;

use super::support::{Console, hidden};
use crate::accounts::world::{CORE_GROUP, CORE_USER, PASSWORD};
use crate::support::Db;
use crate::support::http::Response;

on_both_databases!(
    the_list_shows_everybody_with_state_group_and_origin,
    a_list_without_anybody_says_what_to_do,
    chips_show_those_of_a_state,
    what_is_typed_is_found,
    a_filter_is_the_apis_and_its_faults_are_marked,
    pages_follow_one_another,
    the_deleted_are_listed,
    roles_see_what_they_may_do,
    hostile_values_are_text,
    several_are_locked_after_a_look,
    several_are_deleted_by_typing_their_number,
    several_join_a_group,
    what_changed_since_it_was_seen_stays,
    operators_and_strangers_are_out_of_reach,
    a_wizard_creates_a_person_with_groups_and_a_link,
    every_way_to_a_password_is_offered,
    a_taken_name_leads_to_whoever_has_it,
    a_wizard_keeps_what_was_typed,
    a_sheet_is_tried_out_and_imported,
    a_file_is_imported_with_links,
    what_is_no_sheet_is_asked_for_again,
    an_export_is_safe_for_spreadsheets,
    a_search_finds_people_groups_and_pages,
);

async fn group(console: &Console, name: &str) -> String {
    let body = json!({"schemas": [CORE_GROUP], "displayName": name});
    let created = console.world.tenant.post("/Groups", &body).await;
    created.expect_status(201).json()["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn named(console: &Console, username: &str, display: &str) -> Uuid {
    let body = json!({"schemas": [CORE_USER], "userName": username, "displayName": display});
    let created = console.world.tenant.post("/Users", &body).await;
    let created = created.expect_status(201).json();
    created["id"].as_str().unwrap().parse().unwrap()
}

/// The id of the user with that name, if there is one.
async fn id_of(console: &Console, username: &str) -> Option<String> {
    let filter = format!("userName%20eq%20%22{username}%22");
    let found = console
        .world
        .tenant
        .get(&format!("/Users?filter={filter}"))
        .await;
    let found = found.expect_status(200).json();
    found["Resources"]
        .as_array()?
        .first()?
        .get("id")?
        .as_str()
        .map(str::to_owned)
}

/// Sends a form with files, as browsers do.
async fn upload(console: &Console, path: &str, parts: &[(&str, &str)]) -> Response {
    let mut body = String::new();
    for (name, value) in parts {
        let file = if *name == "file" {
            "; filename=\"people.csv\"\r\nContent-Type: text/csv"
        } else {
            ""
        };
        body.push_str("--edge\r\nContent-Disposition: form-data; ");
        body.push_str(&[&format!("name=\"{name}\"{file}"), "\r\n\r\n", value, "\r\n"].concat());
    }
    body.push_str("--edge--\r\n");
    let headers = [
        ("Content-Type", "multipart/form-data; boundary=edge"),
        ("Sec-Fetch-Site", "same-origin"),
    ];
    let target = format!("{}/console{path}", console.world.base());
    console
        .browser
        .send("POST", &target, &headers, Some(&body))
        .await
}

async fn the_list_shows_everybody_with_state_group_and_origin(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let anna = console.world.provisioned("anna@x.example").await;
    let ben = console.world.person("ben@x.example").await;
    console
        .world
        .onboard("cleo@x.example", Onboarding::Invite)
        .await;
    console
        .world
        .switch(ben.id, Switch::Lock(Some("lost the key".to_owned())))
        .await
        .unwrap();
    let team = group(&console, "Dispatch").await;
    let patch = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations":
        [{"op": "add", "path": "members", "value": [{"value": anna.id.to_string()}]}]});
    let patched = console
        .world
        .tenant
        .patch(&format!("/Groups/{team}"), &patch)
        .await;
    assert!(patched.is_success(), "{}", patched.describe());
    let page = console.page("/users").await;
    for text in [
        "anna@x.example",
        "ben@x.example",
        "cleo@x.example",
        "Dispatch",
        "lost the key",
        "<span>Locked</span>",
        "<span>Invited</span>",
        "<span>Active</span>",
        "3 users",
        &format!("href=\"users/{}/unlock\"", ben.id),
        &format!("href=\"users/{}/lock\"", anna.id),
        &format!("value=\"{}\"", anna.id),
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let (_, table) = page.split_once("<tbody").unwrap();
    assert!(!table.contains("@operators.example"), "{table}");
}

async fn a_list_without_anybody_says_what_to_do(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let page = console.page("/users").await;
    assert!(page.contains("There are no users yet"), "{page}");
    assert!(page.contains("/console/users/import\""), "{page}");
    console.world.person("anna@x.example").await;
    let page = console.page("/users?q=zzyzx").await;
    assert!(page.contains("begins with “zzyzx”"), "{page}");
    let page = console.page("/users?state=locked").await;
    assert!(page.contains("Nobody is in this state"), "{page}");
}

async fn chips_show_those_of_a_state(db: Db) {
    let console = Console::new(db, Role::Auditor).await;
    let anna = console.world.person("anna@x.example").await;
    let ben = console.world.person("ben@x.example").await;
    console.world.person("cleo@x.example").await;
    console
        .world
        .onboard("dora@x.example", Onboarding::InviteOffline)
        .await;
    console
        .world
        .switch(anna.id, Switch::Lock(None))
        .await
        .unwrap();
    console
        .world
        .switch(ben.id, Switch::Deactivate)
        .await
        .unwrap();
    for (state, name) in [
        ("locked", "anna"),
        ("deactivated", "ben"),
        ("active", "cleo"),
        ("invited", "dora"),
    ] {
        let page = console.page(&format!("/users?state={state}")).await;
        for other in ["anna", "ben", "cleo", "dora"] {
            let is_there = page.contains(&format!("{other}@x.example"));
            assert_eq!(is_there, other == name, "{state} {other}: {page}");
        }
    }
    let page = console.page("/users").await;
    assert!(
        page.contains("<span>Locked</span> <span>1</span>"),
        "{page}"
    );
    assert!(page.contains("<span>All</span> <span>4</span>"), "{page}");
}

async fn what_is_typed_is_found(db: Db) {
    let console = Console::new(db, Role::Helpdesk).await;
    let id = named(&console, "bjensen@x.example", "Barbara Jensen").await;
    named(&console, "other@x.example", "Somebody Else").await;
    for typed in ["bjen", "BARB", &id.to_string()] {
        let page = console.page(&format!("/users?q={typed}")).await;
        assert!(page.contains("Barbara Jensen"), "{typed}: {page}");
        assert!(!page.contains("Somebody Else"), "{typed}: {page}");
    }
}

async fn a_filter_is_the_apis_and_its_faults_are_marked(db: Db) {
    let console = Console::new(db, Role::Auditor).await;
    named(&console, "anna@x.example", "Anna").await;
    named(&console, "ben@x.example", "Ben").await;
    let page = console
        .page("/users?filter=displayName%20eq%20%22Ben%22")
        .await;
    assert!(page.contains("ben@x.example") && !page.contains("anna@x.example"));
    let answer = console
        .get("/users?filter=displayName%20regex%20%22%3Cb%3E%22")
        .await;
    let page = answer.expect_status(400).text();
    assert!(page.contains("<mark>regex</mark>"), "{page}");
    assert!(page.contains("Column 13:"), "{page}");
    assert!(page.contains("The filter is not applied."), "{page}");
    assert!(page.contains("anna@x.example") && page.contains("ben@x.example"));
    assert!(!page.contains("\"<b>\"") && page.contains("aria-invalid=\"true\""));
    let answer = console.get("/users?filter=nonsense%20pr").await;
    assert!(answer.expect_status(400).text().contains("nonsense"));
    console
        .get("/users?after=nonsense")
        .await
        .expect_status(400);
}

async fn pages_follow_one_another(db: Db) {
    let console = Console::new(db, Role::Auditor).await;
    let mut names = Vec::new();
    for number in 0..53 {
        let name = format!("p{number:02}@x.example");
        named(&console, &name, "A person with a name of a usual length").await;
        names.push(name);
    }
    let first = console.page("/users?q=p").await;
    assert!(first.len() < 100_000, "{} bytes", first.len());
    let shown = |page: &str| -> Vec<String> {
        let found = names.iter().filter(|name| page.contains(name.as_str()));
        found.cloned().collect()
    };
    assert_eq!(shown(&first).len(), 50);
    assert!(!first.contains("rel=\"prev\""), "{first}");
    let link = |page: &str, rel: &str| {
        let end = page.find(&format!("\" rel=\"{rel}\"")).expect(rel);
        let start = page[..end].rfind("href=\"").unwrap() + 6;
        let address = page[start..end].replace("&amp;", "&").replace("&#38;", "&");
        address.split_once("/console").unwrap().1.to_owned()
    };
    let next = link(&first, "next");
    assert!(next.contains("q=p"), "{next}");
    let second = console.page(&next).await;
    let mut all = shown(&first);
    all.extend(shown(&second));
    all.sort();
    assert_eq!(all, names);
    assert!(!second.contains("rel=\"next\""), "{second}");
    let back = console.page(&link(&second, "prev")).await;
    assert_eq!(shown(&back), shown(&first));
}

async fn the_deleted_are_listed(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let id = named(&console, "gone@x.example", "Gone <b>").await;
    let deleted = console.world.tenant.delete(&format!("/Users/{id}")).await;
    deleted.expect_status(204);
    let page = console.page("/users?state=deleted").await;
    assert!(page.contains("gone@x.example") && page.contains("Gone &#60;b&#62;"));
    assert!(
        page.contains(&format!("/console/users/{id}/purge")),
        "{page}"
    );
    assert!(
        page.contains("<span>Deleted</span> <span>1</span>"),
        "{page}"
    );
    let auditor = console.another(Role::Auditor).await;
    let page = auditor.get("/console/users?state=deleted").await.text();
    assert!(page.contains("gone@x.example") && !page.contains("/purge"));
}

async fn roles_see_what_they_may_do(db: Db) {
    let console = Console::new(db, Role::Auditor).await;
    console.world.person("anna@x.example").await;
    let lock = "/console/users/several/lock";
    let delete = "/console/users/several/delete";
    let new = "/console/users/new";
    let export = "/console/users/export";
    for (role, shown, hidden) in [
        (Role::Auditor, &[][..], &[lock, delete, new, export][..]),
        (Role::Helpdesk, &[lock][..], &[delete, new, export][..]),
        (Role::Admin, &[lock, delete, new, export][..], &[][..]),
    ] {
        let browser = console.another(role).await;
        let page = browser
            .get("/console/users")
            .await
            .expect_status(200)
            .text();
        for text in shown {
            assert!(page.contains(text), "{role:?} {text}");
        }
        for text in hidden {
            assert!(!page.contains(text), "{role:?} {text}");
        }
    }
}

const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";

#[track_caller]
fn is_harmless(page: &str) {
    assert!(!page.contains("<script>alert"), "{page}");
    assert!(!page.contains("<img src=x"), "{page}");
}

async fn hostile_values_are_text(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let id = named(&console, HOSTILE, HOSTILE).await;
    let team = group(&console, HOSTILE).await;
    let patch = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations":
        [{"op": "add", "path": "members", "value": [{"value": id.to_string()}]}]});
    console
        .world
        .tenant
        .patch(&format!("/Groups/{team}"), &patch)
        .await;
    console
        .world
        .switch(id, Switch::Lock(Some(HOSTILE.to_owned())))
        .await
        .unwrap();
    let typed = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for path in [
        "/users".to_owned(),
        format!("/users?q={typed}"),
        format!("/users?state={typed}"),
        format!("/search?q={typed}"),
    ] {
        let page = console.page(&path).await;
        is_harmless(&page);
    }
    let page = console.get(&format!("/users?filter={typed}")).await.text();
    is_harmless(&page);
    let id = id.to_string();
    for deed in ["unlock", "deactivate", "delete"] {
        let address = format!("/users/several/{deed}");
        let page = console
            .post(&address, &[("id", &id)])
            .await
            .expect_status(200);
        is_harmless(&page.text());
    }
    let page = console
        .post("/users/several/group", &[("id", &id), ("seek", HOSTILE)])
        .await;
    is_harmless(&page.expect_status(200).text());
    let fields = [
        ("step", "person"),
        ("username", HOSTILE),
        ("given", HOSTILE),
        ("family", HOSTILE),
    ];
    is_harmless(&console.post("/users/new", &fields).await.text());
    let fields = [
        ("step", "groups"),
        ("action", "next"),
        ("username", HOSTILE),
        ("given", HOSTILE),
        ("group", &team),
    ];
    is_harmless(&console.post("/users/new", &fields).await.text());
    let sheet = format!("username\n\"{}\"\n", HOSTILE.replace('"', "\"\""));
    let page = upload(&console, "/users/import", &[("sheet", &sheet)]).await;
    is_harmless(&page.expect_status(200).text());
    let page = upload(&console, "/users/import", &[("sheet", HOSTILE)]).await;
    is_harmless(&page.text());
}

async fn several_are_locked_after_a_look(db: Db) {
    let console = Console::new(db, Role::Helpdesk).await;
    let anna = console.world.person("anna@x.example").await;
    let ben = console.world.person("ben@x.example").await;
    let session = console.world.signed_in(&anna.name, PASSWORD).await;
    console
        .world
        .switch(ben.id, Switch::Lock(None))
        .await
        .unwrap();
    let (anna_id, ben_id) = (anna.id.to_string(), ben.id.to_string());
    let path = "/users/several/lock";
    let look = console
        .post(path, &[("id", &anna_id), ("id", &ben_id)])
        .await
        .expect_status(200)
        .text();
    assert!(look.contains("Lock 2 users") && look.contains("Nothing has happened yet"));
    assert!(look.contains("Is locked; one session ends"), "{look}");
    assert!(look.contains("Nothing: is locked already"), "{look}");
    assert_eq!(console.world.state(&anna_id).await, "active");
    let seen = hidden(&look, "id");
    let refused = console
        .post(path, &[("id", &seen), ("do", "yes"), ("reason", "why not")])
        .await
        .expect_status(400)
        .text();
    assert!(refused.contains("Tick the box") && refused.contains("why not"));
    assert_eq!(console.world.state(&anna_id).await, "active");
    let fields = [
        ("id", seen.as_str()),
        ("id", &ben_id),
        ("do", "yes"),
        ("confirmed", "on"),
        ("reason", "stolen telephone"),
    ];
    let done = console.post(path, &fields).await.expect_status(200).text();
    assert!(done.contains("One user is locked"), "{done}");
    assert_eq!(console.world.state(&anna_id).await, "locked");
    assert!(!session.is_in().await);
    assert!(console.page("/users").await.contains("stolen telephone"));
    let back = console.get(path).await.expect_status(303);
    assert!(back.header("location").unwrap().ends_with("/console/users"));
}

async fn several_are_deleted_by_typing_their_number(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let anna = console.world.provisioned("anna@x.example").await;
    let ben = console.world.person("ben@x.example").await;
    let (anna, ben) = (anna.id.to_string(), ben.id.to_string());
    let path = "/users/several/delete";
    let look = console
        .post(path, &[("id", &anna), ("id", &ben)])
        .await
        .expect_status(200)
        .text();
    assert!(look.contains("type the number of users: 2"), "{look}");
    assert!(
        look.contains("One of them comes from a connection."),
        "{look}"
    );
    for wrong in ["", "1", "two", "22"] {
        let fields = [
            ("id", anna.as_str()),
            ("id", &ben),
            ("do", "yes"),
            ("confirmed", wrong),
        ];
        let refused = console.post(path, &fields).await.expect_status(400).text();
        assert!(refused.contains("This is not the number"), "{refused}");
    }
    assert!(id_of(&console, "anna@x.example").await.is_some());
    let fields = [
        ("id", anna.as_str()),
        ("id", &ben),
        ("do", "yes"),
        ("confirmed", "2"),
    ];
    let done = console.post(path, &fields).await.expect_status(200).text();
    assert!(done.contains("2 users are deleted"), "{done}");
    assert!(id_of(&console, "anna@x.example").await.is_none());
    let deleted = console.page("/users?state=deleted").await;
    assert!(deleted.contains("anna@x.example") && deleted.contains("ben@x.example"));
}

async fn several_join_a_group(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let anna = console.world.person("anna@x.example").await.id.to_string();
    let ben = console.world.person("ben@x.example").await.id.to_string();
    let team = group(&console, "Dispatch").await;
    group(&console, "Reporting").await;
    let path = "/users/several/group";
    let fields = [
        ("id", anna.as_str()),
        ("id", &ben),
        ("seek", "disp"),
        ("seek-now", "yes"),
    ];
    let choice = console.post(path, &fields).await.expect_status(200).text();
    assert!(choice.contains("Dispatch") && !choice.contains("Reporting"));
    let fields = [("id", anna.as_str()), ("next", "yes")];
    let refused = console.post(path, &fields).await.expect_status(400).text();
    assert!(refused.contains("Choose a group."), "{refused}");
    let fields = [("id", anna.as_str()), ("id", &ben), ("group", &team)];
    let look = console.post(path, &fields).await.expect_status(200).text();
    assert!(look.contains("Joins the group"), "{look}");
    assert_eq!(hidden(&look, "group"), team);
    let fields = [
        ("id", anna.as_str()),
        ("id", &ben),
        ("group", &team),
        ("do", "yes"),
    ];
    let done = console.post(path, &fields).await.expect_status(200).text();
    assert!(done.contains("2 users are added to the group"), "{done}");
    let read = console.world.tenant.get(&format!("/Groups/{team}")).await;
    assert_eq!(read.json()["members"].as_array().unwrap().len(), 2);
    let look = console.post(path, &fields).await.expect_status(200).text();
    assert!(look.contains("Nothing: is a member already"), "{look}");
}

async fn what_changed_since_it_was_seen_stays(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let anna = console.world.person("anna@x.example").await;
    let id = anna.id.to_string();
    let path = "/users/several/delete";
    let look = console.post(path, &[("id", &id)]).await.text();
    let seen = hidden(&look, "id");
    assert!(seen.starts_with(&format!("{id}.")), "{seen}");
    console
        .world
        .switch(anna.id, Switch::Lock(None))
        .await
        .unwrap();
    let fields = [("id", seen.as_str()), ("do", "yes"), ("confirmed", "1")];
    let answer = console.post(path, &fields).await.expect_status(200).text();
    assert!(answer.contains("has changed meanwhile"), "{answer}");
    assert_eq!(console.world.state(&id).await, "locked");
}

async fn operators_and_strangers_are_out_of_reach(db: Db) {
    let console = Console::new(db, Role::Helpdesk).await;
    let owner = console.world.operator("boss@x.example", Role::Owner).await;
    let owner = owner.id.to_string();
    let nobody = Uuid::now_v7().to_string();
    let fields = [("id", owner.as_str()), ("id", &nobody)];
    let look = console
        .post("/users/several/lock", &fields)
        .await
        .expect_status(200)
        .text();
    assert!(
        look.contains("your role does not manage operators"),
        "{look}"
    );
    assert!(look.contains("nobody with this id any more"), "{look}");
    assert!(look.contains("Nothing would change"), "{look}");
    let fields = [("id", owner.as_str()), ("do", "yes"), ("confirmed", "on")];
    console.post("/users/several/lock", &fields).await;
    assert_eq!(console.world.state(&owner).await, "active");
    for (name, value) in [("id", "nonsense"), ("id", ""), ("x", "y"), ("id", "1.2.3")] {
        let answer = console.post("/users/several/lock", &[(name, value)]).await;
        answer.expect_status(400);
    }
    let other = console.world.tenant.other.as_ref().unwrap();
    let there = console.world.tenant.showing(&other.token);
    let body = json!({"schemas": [CORE_USER], "userName": "elsewhere@x.example"});
    let created = there.post("/Users", &body).await.expect_status(201).json();
    let elsewhere = created["id"].as_str().unwrap();
    let look = console
        .post("/users/several/lock", &[("id", elsewhere)])
        .await
        .expect_status(200)
        .text();
    assert!(look.contains("nobody with this id any more"), "{look}");
    assert!(!look.contains("elsewhere@x.example"), "{look}");
}

async fn a_wizard_creates_a_person_with_groups_and_a_link(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let team = group(&console, "Dispatch, Hamburg").await;
    let begin = console.page("/users/new").await;
    assert!(begin.contains("value=\"invite\" checked"), "{begin}");
    assert!(
        begin.contains("A customer signs in to your applications"),
        "{begin}"
    );
    let person = [
        ("username", "ngozi@x.example"),
        ("given", "Ngọ́zị"),
        ("family", "Adéyẹmí"),
        ("language", "de"),
        ("onboarding", "link"),
    ];
    let with = |more: &[(&'static str, &'static str)]| {
        let mut fields: Vec<(String, String)> = Vec::new();
        for (name, value) in person.iter().chain(more) {
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        fields
    };
    let sent = async |fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        console.post("/users/new", &fields).await
    };
    let second = sent(with(&[("step", "person")]))
        .await
        .expect_status(200)
        .text();
    assert!(second.contains("Dispatch, Hamburg"), "{second}");
    assert_eq!(hidden(&second, "username"), "ngozi@x.example");
    assert!(id_of(&console, "ngozi@x.example").await.is_none());
    let chosen = |mut fields: Vec<(String, String)>| {
        fields.push(("group".to_owned(), team.clone()));
        fields
    };
    let nothing_found = chosen(with(&[
        ("step", "groups"),
        ("action", "seek"),
        ("seek", "zzz"),
    ]));
    let seek = sent(nothing_found).await.expect_status(200).text();
    assert!(
        seek.contains(&format!("value=\"{team}\" checked")),
        "{seek}"
    );
    let third = sent(chosen(with(&[("step", "groups"), ("action", "next")])))
        .await
        .expect_status(200)
        .text();
    assert!(third.contains("Nothing is created yet"), "{third}");
    assert!(third.contains("Dispatch, Hamburg") && third.contains("Deutsch"));
    assert!(id_of(&console, "ngozi@x.example").await.is_none());
    let done = sent(chosen(with(&[("step", "check"), ("action", "create")])))
        .await
        .expect_status(201)
        .text();
    assert!(done.contains("Ngọ́zị Adéyẹmí is created"), "{done}");
    let start = done.find("/invite/").unwrap() + 8;
    let secret: String = done[start..]
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let id = id_of(&console, "ngozi@x.example").await.unwrap();
    assert!(done.contains(&format!("/console/users/{id}\"")), "{done}");
    let user = console.world.user(&id).await;
    assert_eq!(user["groups"][0]["value"], Value::from(team));
    assert_eq!(user["preferredLanguage"], "de");
    assert_eq!(console.world.state(&id).await, "invited");
    let browser = console.world.browser();
    browser.use_link("invite", &secret, PASSWORD).await;
    assert_eq!(console.world.state(&id).await, "active");
}

async fn every_way_to_a_password_is_offered(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let create = async |name: &str, way: &str| {
        let fields = [
            ("step", "check"),
            ("action", "create"),
            ("username", name),
            ("onboarding", way),
        ];
        let answer = console.post("/users/new", &fields).await;
        answer.expect_status(201).text()
    };
    let page = create("invited@x.example", "invite").await;
    assert!(
        page.contains("A letter goes to invited@x.example."),
        "{page}"
    );
    assert!(!page.contains("id=\"secret\""), "{page}");
    let page = create("temporary@x.example", "temporary").await;
    let start = page.find("<code id=\"secret\">").unwrap() + 18;
    let end = start + page[start..].find("</code>").unwrap();
    let password = page[start..end].replace("&#38;", "&").replace("&amp;", "&");
    let browser = console.world.browser();
    let answer = browser.sign_in("temporary@x.example", &password).await;
    assert_eq!(answer.status, 303, "{}", answer.describe());
    let page = create("idp@x.example", "none").await;
    assert!(!page.contains("id=\"secret\""), "{page}");
}

async fn a_taken_name_leads_to_whoever_has_it(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let anna = console.world.person("anna@x.example").await;
    for step in ["person", "check"] {
        let fields = [
            ("step", step),
            ("action", "create"),
            ("username", "Anna@x.example"),
            ("given", "Anna"),
            ("onboarding", "none"),
        ];
        let answer = console.post("/users/new", &fields).await;
        let page = answer.expect_status(409).text();
        assert!(
            page.contains("Somebody has this user name already."),
            "{page}"
        );
        assert!(
            page.contains(&format!("/console/users/{}\"", anna.id)),
            "{page}"
        );
        assert!(page.contains("value=\"Anna\""), "{page}");
    }
}

async fn a_wizard_keeps_what_was_typed(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let fields = [
        ("step", "person"),
        ("username", "no address"),
        ("family", "O'Neil & Sons"),
        ("onboarding", "temporary"),
    ];
    let answer = console.post("/users/new", &fields).await;
    let page = answer.expect_status(400).text();
    assert!(page.contains("This is no e-mail address."), "{page}");
    assert!(page.contains("O&#39;Neil &#38; Sons"), "{page}");
    assert!(page.contains("value=\"temporary\" checked"), "{page}");
    assert!(page.contains("/console/operators/new"), "{page}");
    let fields = [
        ("step", "groups"),
        ("action", "back"),
        ("username", "a@x.example"),
    ];
    let page = console.post("/users/new", &fields).await;
    assert!(
        page.expect_status(200)
            .text()
            .contains("value=\"a@x.example\"")
    );
    let fields = [
        ("step", "groups"),
        ("username", "a@x.example"),
        ("group", "nonsense"),
    ];
    console.post("/users/new", &fields).await.expect_status(400);
    let nobody = Uuid::now_v7().to_string();
    let fields = [
        ("step", "groups"),
        ("username", "a@x.example"),
        ("group", &nobody),
    ];
    console.post("/users/new", &fields).await.expect_status(404);
}

async fn a_sheet_is_tried_out_and_imported(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    console.world.person("anna@x.example").await;
    group(&console, "Dispatch").await;
    let sheet = "username,givenname,groups\nanna@x.example,Anna,\nmax@x.example,Max,Dispatch\nno address,,\n";
    let tried = upload(
        &console,
        "/users/import",
        &[("file", ""), ("sheet", sheet), ("onboarding", "none")],
    )
    .await
    .expect_status(200)
    .text();
    for text in [
        "nothing is created yet",
        "Will be created",
        "Passed over",
        "Refused",
        "Create one user",
    ] {
        assert!(tried.contains(text), "{text}: {tried}");
    }
    assert!(id_of(&console, "max@x.example").await.is_none());
    assert_eq!(hidden(&tried, "onboarding"), "none");
    let fields = [("sheet", sheet), ("onboarding", "none"), ("do", "create")];
    let done = upload(&console, "/users/import", &fields).await;
    let done = done.expect_status(200).text();
    assert!(done.contains("One user is created"), "{done}");
    assert!(
        done.contains("2 rows were passed over or refused."),
        "{done}"
    );
    let id = id_of(&console, "max@x.example").await.unwrap();
    let user = console.world.user(&id).await;
    assert_eq!(user["groups"].as_array().unwrap().len(), 1);
}

async fn a_file_is_imported_with_links(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let file = "a@x.example; b@x.example\nc@x.example";
    let fields = [
        ("file", file),
        ("sheet", "ignored"),
        ("onboarding", "link"),
        ("do", "create"),
    ];
    let done = upload(&console, "/users/import", &fields).await;
    let done = done.expect_status(200).text();
    assert!(done.contains("3 users are created"), "{done}");
    assert_eq!(done.matches("/invite/").count(), 3, "{done}");
    let id = id_of(&console, "b@x.example").await.unwrap();
    assert_eq!(console.world.state(&id).await, "invited");
}

async fn what_is_no_sheet_is_asked_for_again(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let large = format!("username\n{}", "a@x.example\n".repeat(30_000));
    for (sheet, text) in [
        ("  ", "Choose a file, or paste rows."),
        ("one,two\n1,2\n", "one,two"),
        (large.as_str(), "256 kB"),
    ] {
        let answer = upload(&console, "/users/import", &[("sheet", sheet)]).await;
        let page = answer.expect_status(400).text();
        assert!(page.contains(text), "{text}: {}", page.len());
    }
    let answer = console
        .post("/users/import", &[("sheet", "username\na@x.example")])
        .await;
    answer.expect_status(400);
}

async fn an_export_is_safe_for_spreadsheets(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    named(
        &console,
        "anna@x.example",
        "=HYPERLINK(\"http://evil.example\")",
    )
    .await;
    let answer = console.get("/users/export").await.expect_status(200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    let name = answer.header("content-disposition").unwrap();
    assert!(name.contains("users.csv"), "{name}");
    let text = answer.text();
    assert!(text.contains("anna@x.example"), "{text}");
    assert!(
        text.contains("'=HYPERLINK") && !text.contains(",=HYPERLINK"),
        "{text}"
    );
}

async fn a_search_finds_people_groups_and_pages(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let id = named(&console, "bergstroem@x.example", "Bergström, Åsa").await;
    let team = group(&console, "Bergen depot").await;
    let page = console.page("/search?q=berg").await;
    assert!(
        page.contains("Bergström, Åsa") && page.contains("Bergen depot"),
        "{page}"
    );
    assert!(page.contains(&format!("/console/users/{id}\"")), "{page}");
    assert!(
        page.contains(&format!("/console/groups/{team}\"")),
        "{page}"
    );
    for (typed, address) in [
        ("manage", "/console/users\""),
        ("back office", "/console/operators\""),
        ("Content", "/console/operators\""),
        ("provi", "/console/log\""),
        ("import", "/console/users/import\""),
    ] {
        let page = console
            .page(&format!("/search?q={}", typed.replace(' ', "%20")))
            .await;
        let main = page.split_once("<main").unwrap().1;
        assert!(main.contains(address), "{typed}: {main}");
    }
    let target = format!("{}/console/search?q=berg", console.world.base());
    let headers = [("Accept", "application/json")];
    let answer = console.browser.send("GET", &target, &headers, None).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let results = answer.json()["results"].as_array().unwrap().clone();
    assert!(results.len() >= 2, "{results:?}");
    assert_eq!(results[0]["title"], "Bergström, Åsa");
    assert_eq!(results[0]["detail"], "bergstroem@x.example");
    let href = results[0]["href"].as_str().unwrap();
    assert!(href.ends_with(&format!("/console/users/{id}")), "{href}");
    let page = console.page("/search?q=zzyzx").await;
    assert!(page.contains("Nothing is found"), "{page}");
}
