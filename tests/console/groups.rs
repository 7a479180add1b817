//! Groups: the list, a new one, members and how they change, name and role, deletion, history.

use muster::auth::Role;
use serde_json::{Value, json};

use super::support::{Console, hidden};
use crate::accounts::world::{CORE_GROUP, Somebody};
use crate::support::Db;
use crate::support::server::{id_of, scim_request};

on_both_databases!(
    without_groups_the_page_says_how_to_begin,
    groups_are_listed_searched_and_filtered,
    a_filter_that_cannot_be_read_is_shown_with_the_list,
    a_group_is_created_with_members_found_by_search,
    a_name_that_is_taken_leads_to_the_other_group,
    members_are_paged_and_searched,
    members_come_and_go_after_a_review,
    who_has_gone_meanwhile_is_not_added_and_nothing_else_is_lost,
    a_group_is_renamed_and_members_that_come_are_no_conflict,
    two_names_at_once_are_shown_side_by_side,
    a_group_with_members_is_deleted_by_its_name,
    groups_of_operators_are_for_owners,
    what_happened_to_a_group_is_told,
    what_is_typed_is_text,
    a_group_of_another_tenant_is_not_there,
);

const HOSTILE: &str = "<script>alert(1)</script>\"'&amp;";

/// A group that a provisioning client has created.
async fn provisioned(console: &Console, name: &str, members: &[&Somebody]) -> String {
    let members: Vec<Value> = members
        .iter()
        .map(|one| json!({"value": one.id.to_string()}))
        .collect();
    let body = json!({"schemas": [CORE_GROUP], "displayName": name, "members": members});
    let created = console.world.tenant.post("/Groups", &body).await;
    id_of(&created.expect_status(201))
}

/// A group that the operator creates on the page.
async fn created(console: &Console, name: &str, members: &[&Somebody]) -> String {
    let ids: Vec<String> = members.iter().map(|one| one.id.to_string()).collect();
    let mut fields = vec![("name", name), ("step", "create")];
    fields.extend(ids.iter().map(|id| ("member", id.as_str())));
    let answer = console.post("/groups/new", &fields).await;
    let answer = answer.expect_status(303);
    let location = answer.header("location").unwrap();
    let path = location.split('?').next().unwrap();
    path.rsplit('/').next().unwrap().to_owned()
}

async fn member_ids(console: &Console, group: &str) -> Vec<String> {
    let mut ids = console.world.tenant.members(group).await;
    ids.sort();
    ids
}

fn sorted(people: &[&Somebody]) -> Vec<String> {
    let mut ids: Vec<String> = people.iter().map(|one| one.id.to_string()).collect();
    ids.sort();
    ids
}

async fn without_groups_the_page_says_how_to_begin(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let page = console.page("/groups").await;
    assert!(page.contains("There are no groups yet"), "{page}");
    assert!(page.contains("Create the first group"), "{page}");
    let page = console.page("/groups?audience=customer").await;
    assert!(page.contains("No group is found"), "{page}");
    created(&console, "Dispatch", &[]).await;
    let page = console.page("/groups").await;
    assert!(!page.contains("There are no groups yet"), "{page}");
    let auditor = console.another(Role::Auditor).await;
    let page = auditor.get("/console/groups").await.expect_status(200);
    assert!(!page.text().contains("/console/groups/new"));
}

async fn groups_are_listed_searched_and_filtered(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let dispatch = created(&console, "Dispatch", &[&mia]).await;
    let staff = provisioned(&console, "Staff", &[]).await;
    let page = console.page("/groups").await;
    assert!(page.contains(&dispatch) && page.contains(&staff), "{page}");
    assert!(page.contains("Operators: admin"), "{page}");
    let page = console.page("/groups?q=disp").await;
    assert!(page.contains(&dispatch) && !page.contains(&staff));
    let page = console.page("/groups?audience=operator").await;
    assert!(page.contains("Operators: admin") && !page.contains(&dispatch));
    let page = console
        .page("/groups?filter=displayName%20eq%20%22staff%22")
        .await;
    assert!(page.contains(&staff) && !page.contains(&dispatch));
}

async fn a_filter_that_cannot_be_read_is_shown_with_the_list(db: Db) {
    let console = Console::new(db, Role::Auditor).await;
    let staff = provisioned(&console, "Staff", &[]).await;
    let answer = console
        .get("/groups?filter=displayName%20is%20%22a%22")
        .await;
    let page = answer.expect_status(400).text();
    assert!(page.contains("id=\"filter-error\""), "{page}");
    assert!(page.contains("displayName is &#34;a&#34;"), "{page}");
    assert!(page.contains(&staff), "{page}");
}

async fn a_group_is_created_with_members_found_by_search(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let noah = console.world.person("noah@example.com").await;
    let fields = [("name", "Dispatch"), ("q", "mia"), ("step", "search")];
    let page = console.post("/groups/new", &fields).await;
    let page = page.expect_status(200).text();
    assert!(page.contains("value=\"Dispatch\""), "{page}");
    assert!(page.contains(&mia.id.to_string()), "{page}");
    assert!(!page.contains(&noah.id.to_string()), "{page}");
    // Who has been chosen stays chosen while the search goes on.
    let id = mia.id.to_string();
    let fields = [
        ("name", "Dispatch"),
        ("q", "noah"),
        ("member", id.as_str()),
        ("step", "search"),
    ];
    let page = console.post("/groups/new", &fields).await;
    let page = page.expect_status(200).text();
    assert!(page.contains(&format!("value=\"{id}\" checked")), "{page}");
    assert!(page.contains(&noah.id.to_string()), "{page}");
    let group = created(&console, "Dispatch", &[&mia, &noah]).await;
    assert_eq!(member_ids(&console, &group).await, sorted(&[&mia, &noah]));
    let answer = console.post("/groups/new", &[("name", " ")]).await;
    let page = answer.expect_status(400).text();
    assert!(page.contains("Enter a name for the group."), "{page}");
}

async fn a_name_that_is_taken_leads_to_the_other_group(db: Db) {
    let settings = [("group.names", "unique")];
    let console = Console::with(db, Role::Admin, &settings).await;
    let mia = console.world.person("mia@example.com").await;
    let group = created(&console, "Dispatch", &[]).await;
    let id = mia.id.to_string();
    let fields = [("name", "dispatch"), ("member", id.as_str())];
    let answer = console.post("/groups/new", &fields).await;
    let page = answer.expect_status(409).text();
    assert!(page.contains("Another group has this name."), "{page}");
    assert!(
        page.contains(&format!("/console/groups/{group}\"")),
        "{page}"
    );
    assert!(page.contains(&format!("value=\"{id}\" checked")), "{page}");
}

async fn members_are_paged_and_searched(db: Db) {
    let console = Console::new(db, Role::Auditor).await;
    let mut people = Vec::new();
    for number in 0..60 {
        let body = json!({
            "schemas": [crate::accounts::world::CORE_USER],
            "userName": format!("person{number:02}@example.com"),
        });
        let created = console.world.tenant.post("/Users", &body).await;
        people.push(id_of(&created.expect_status(201)));
    }
    let group = console.world.tenant.create_group(&people).await;
    let mut seen = Vec::new();
    let mut path = format!("/groups/{group}");
    loop {
        let page = console.page(&path).await;
        assert!(page.len() < 100_000, "{} bytes", page.len());
        let here = people.iter().filter(|id| page.contains(id.as_str()));
        seen.extend(here.cloned());
        // The menu of languages repeats the address of this page.
        let Some(end) = page.find("\" rel=\"next\"") else {
            break;
        };
        let place = &page[page[..end].rfind("after=").unwrap()..end];
        assert!(seen.len() <= people.len(), "{place}");
        path = format!("/groups/{group}?{place}");
    }
    seen.sort();
    people.sort();
    assert_eq!(seen, people);
    let page = console.page(&format!("/groups/{group}?q=person07")).await;
    assert_eq!(page.matches("/console/users/").count(), 1, "{page}");
    assert!(page.contains("person07@example.com"), "{page}");
    console
        .get(&format!("/groups/{group}?after=nowhere"))
        .await
        .expect_status(400);
}

async fn members_come_and_go_after_a_review(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let noah = console.world.person("noah@example.com").await;
    let lena = console.world.person("lena@example.com").await;
    let group = provisioned(&console, "Dispatch", &[&mia, &noah]).await;
    let (gone, new) = (mia.id.to_string(), lena.id.to_string());
    let page = console.page(&format!("/groups/{group}/add?q=lena")).await;
    assert!(page.contains(&new) && !page.contains(&gone), "{page}");
    let review = format!("/groups/{group}/review");
    let chosen = [("add", new.as_str()), ("remove", gone.as_str())];
    let page = console.post(&review, &chosen).await;
    let page = page.expect_status(200).text();
    assert!(page.contains("1 is added, 1 is removed."), "{page}");
    assert!(page.contains("Its next synchronization may undo"), "{page}");
    assert_eq!(member_ids(&console, &group).await, sorted(&[&mia, &noah]));
    // What was noted goes along while more are looked for.
    let page = console.post(&format!("/groups/{group}/add"), &chosen).await;
    let page = page.expect_status(200).text();
    assert_eq!(hidden(&page, "add"), new);
    assert_eq!(hidden(&page, "remove"), gone);
    let page = console
        .done(&format!("/groups/{group}/members"), &chosen)
        .await;
    assert!(page.contains("The members are changed."), "{page}");
    assert_eq!(member_ids(&console, &group).await, sorted(&[&noah, &lena]));
    // The same again changes nothing.
    let page = console.post(&review, &chosen).await.expect_status(200);
    assert!(page.text().contains("Nothing would change"));
    console
        .done(&format!("/groups/{group}/members"), &chosen)
        .await;
    assert_eq!(member_ids(&console, &group).await, sorted(&[&noah, &lena]));
}

async fn who_has_gone_meanwhile_is_not_added_and_nothing_else_is_lost(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let group = created(&console, "Dispatch", &[]).await;
    let (there, gone) = (mia.id.to_string(), uuid::Uuid::now_v7().to_string());
    let chosen = [("add", there.as_str()), ("add", gone.as_str())];
    let answer = console
        .post(&format!("/groups/{group}/members"), &chosen)
        .await;
    let page = answer.expect_status(400).text();
    assert!(page.contains("role=\"alert\""), "{page}");
    assert_eq!(hidden(&page, "add"), there);
    assert!(member_ids(&console, &group).await.is_empty());
    let many: Vec<String> = (0..151).map(|_| uuid::Uuid::now_v7().to_string()).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|id| ("add", id.as_str())).collect();
    let answer = console
        .post(&format!("/groups/{group}/members"), &many)
        .await;
    let page = answer.expect_status(400).text();
    assert!(page.contains("At most 150 people"), "{page}");
}

async fn a_group_is_renamed_and_members_that_come_are_no_conflict(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let group = created(&console, "Dispatch", &[]).await;
    let edit = format!("/groups/{group}/edit");
    let form = console.page(&edit).await;
    let version = hidden(&form, "version");
    let id = mia.id.to_string();
    console
        .done(&format!("/groups/{group}/members"), &[("add", id.as_str())])
        .await;
    let fields = [
        ("version", version.as_str()),
        ("was-name", "Dispatch"),
        ("was-role", ""),
        ("name", "Dispatch, Hamburg"),
    ];
    let page = console.done(&edit, &fields).await;
    assert!(page.contains("Dispatch, Hamburg"), "{page}");
    assert_eq!(member_ids(&console, &group).await, sorted(&[&mia]));
}

async fn two_names_at_once_are_shown_side_by_side(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let group = created(&console, "Dispatch", &[]).await;
    let edit = format!("/groups/{group}/edit");
    let version = hidden(&console.page(&edit).await, "version");
    let fields = |name: &'static str| {
        [
            ("version".to_owned(), version.clone()),
            ("was-name".to_owned(), "Dispatch".to_owned()),
            ("name".to_owned(), name.to_owned()),
        ]
    };
    let sent = async |name: &'static str| {
        let fields = fields(name);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        console.post(&edit, &fields).await
    };
    sent("Theirs").await.expect_status(303);
    let page = sent("Mine").await.expect_status(412).text();
    for text in ["Dispatch", "Theirs", "Mine"] {
        assert!(page.contains(&format!("<bdi>{text}</bdi>")), "{page}");
    }
    let again = [
        ("version", hidden(&page, "version")),
        ("was-name", hidden(&page, "was-name")),
        ("name", hidden(&page, "name")),
    ];
    let again: Vec<(&str, &str)> = again
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let page = console.done(&edit, &again).await;
    assert!(page.contains("<h1><bdi>Mine</bdi></h1>"), "{page}");
}

async fn a_group_with_members_is_deleted_by_its_name(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let group = created(&console, "Dispatch", &[&mia]).await;
    let delete = format!("/groups/{group}/delete");
    let page = console.page(&delete).await;
    assert!(page.contains("1 member loses the group at once."), "{page}");
    let answer = console.post(&delete, &[("typed", "dispatch?")]).await;
    let page = answer.expect_status(400).text();
    assert!(page.contains("value=\"dispatch?\""), "{page}");
    assert_eq!(member_ids(&console, &group).await, sorted(&[&mia]));
    let page = console.done(&delete, &[("typed", "Dispatch")]).await;
    assert!(page.contains("The group is deleted."), "{page}");
    console.get(&delete).await.expect_status(404);
    console.world.user(mia.id).await;
    let empty = created(&console, "Empty", &[]).await;
    console.done(&format!("/groups/{empty}/delete"), &[]).await;
}

async fn groups_of_operators_are_for_owners(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let fields = [
        ("name", "Desk"),
        ("audience", "operator"),
        ("role", "helpdesk"),
    ];
    let page = console.done("/groups/new", &fields).await;
    assert!(
        page.contains("<span class=\"tag\">helpdesk</span>"),
        "{page}"
    );
    let owners = console.world.group_of(Role::Owner).await;
    let admin = console.another(Role::Admin).await;
    for path in ["edit", "delete", "add"] {
        let path = format!("/console/groups/{owners}/{path}");
        admin.get(&path).await.expect_status(403);
    }
    let members = format!("/console/groups/{owners}/members");
    let id = console.operator.id.to_string();
    admin
        .post(&members, &[("remove", id.as_str())])
        .await
        .expect_status(403);
    let page = admin.get(&format!("/console/groups/{owners}")).await;
    assert!(!page.expect_status(200).text().contains("/delete\""));
    // The last owner stays.
    let members = format!("/groups/{owners}/members");
    let fields = [("remove", id.as_str())];
    let answer = console.post(&members, &fields).await;
    let page = answer.expect_status(400).text();
    assert!(page.contains("would be an owner any more"), "{page}");
    let name = console.page(&format!("/groups/{owners}/delete")).await;
    assert!(name.contains("Operators: owner"), "{name}");
    let delete = format!("/groups/{owners}/delete");
    let answer = console
        .post(&delete, &[("typed", "Operators: owner")])
        .await;
    assert_eq!(answer.status, 409, "{}", answer.describe());
}

async fn what_happened_to_a_group_is_told(db: Db) {
    let console = Console::new(db, Role::Admin).await;
    let mia = console.world.person("mia@example.com").await;
    let group = created(&console, "Dispatch", &[]).await;
    let id = mia.id.to_string();
    console
        .done(&format!("/groups/{group}/members"), &[("add", id.as_str())])
        .await;
    let page = console.page(&format!("/groups/{group}/history")).await;
    let operator = format!("/users/{}\"", console.operator.id);
    assert_eq!(page.matches(&operator).count(), 2, "{page}");
    assert!(page.contains("mia@example.com"), "{page}");
    assert!(page.contains("Created by") && page.contains("Changed by"));
}

async fn what_is_typed_is_text(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let name = format!("{}@example.com", "o'neill");
    let person = console.world.person(&name).await;
    let body = json!([{"op": "replace", "path": "displayName", "value": HOSTILE}]);
    let acting = console.world.acting().await;
    let named = console
        .world
        .patch_person_as(&acting, person.id, &body)
        .await;
    named.unwrap();
    let group = provisioned(&console, HOSTILE, &[&person]).await;
    let id = person.id.to_string();
    let mut pages = Vec::new();
    for path in ["", "/edit", "/delete", "/history", "/add"] {
        pages.push(console.page(&format!("/groups/{group}{path}")).await);
    }
    pages.push(console.page("/groups").await);
    let review = format!("/groups/{group}/review");
    let page = console.post(&review, &[("remove", id.as_str())]).await;
    pages.push(page.text());
    let fields = [
        ("name", HOSTILE),
        ("member", id.as_str()),
        ("step", "search"),
    ];
    pages.push(console.post("/groups/new", &fields).await.text());
    for q in ["/groups?q=", "/groups?filter="] {
        let path = format!("{q}%3Cscript%3Ealert(1)%3C%2Fscript%3E");
        pages.push(console.get(&path).await.text());
    }
    for page in pages {
        assert!(!page.contains("<script>alert"), "{page}");
        assert!(page.contains("script"), "{page}");
    }
}

async fn a_group_of_another_tenant_is_not_there(db: Db) {
    let console = Console::new(db, Role::Owner).await;
    let other = console.world.tenant.other.clone().unwrap();
    let body = json!({"schemas": [CORE_GROUP], "displayName": "Theirs"});
    let request = scim_request(&other.token, "POST", "/Groups", &[], Some(&body));
    let created = crate::support::http::send(&console.world.tenant.root, request).await;
    let group = id_of(&created.unwrap().expect_status(201));
    for path in ["", "/edit", "/delete", "/history", "/add"] {
        let answer = console.get(&format!("/groups/{group}{path}")).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    for path in ["/edit", "/delete", "/members", "/review", "/add"] {
        let fields = [("name", "Mine"), ("typed", "Theirs")];
        let answer = console
            .post(&format!("/groups/{group}{path}"), &fields)
            .await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert!(!console.page("/groups").await.contains("Theirs"));
}
