//! What operators do by HTTP, and what applications ask.

use muster::auth::Role;
use serde_json::{Value, json};

use super::browser::text_of;
use super::world::{CORE_USER, OTHER, PASSWORD, Somebody, USER, World};
use crate::support::Db;
use crate::support::http::{Request, Response, send};
use crate::support::server::{add_member, patch_of};

on_both_databases!(
    people_come_by_every_way,
    roles_decide_what_is_done,
    a_customer_is_one_operators,
    a_sheet_is_rehearsed_and_read,
    a_sheet_that_is_written_can_be_read,
    hashes_of_other_systems_are_checked_before_they_are_taken,
    whoever_is_deleted_is_listed_until_purged,
    attributes_are_named_hidden_and_given_to_people,
    what_a_connection_owns_is_changed_there,
    a_token_of_an_operator_is_as_good_as_the_operator,
    strangers_are_not_let_in,
    a_token_tells_an_application_who_signed_in,
);

/// One request with these headers.
async fn ask(
    world: &World,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Response {
    let body = body.map(Value::to_string);
    ask_text(world, method, path, headers, body).await
}

async fn ask_text(
    world: &World,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<String>,
) -> Response {
    let mut headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let is_typed = headers.iter().any(|(name, _)| name == "Content-Type");
    if body.is_some() && !is_typed {
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
    }
    let request = Request {
        method: method.to_owned(),
        target: format!("/t/{}{path}", world.tenant.name),
        headers,
        body: body.map(String::into_bytes),
    };
    send(&world.server.root, request).await.unwrap()
}

/// An operator who talks to the API by a token.
pub(super) struct Desk<'a> {
    world: &'a World,
    token: String,
}

impl<'a> Desk<'a> {
    /// A new operator of that role who has signed in and made a token.
    pub(super) async fn of(world: &'a World, name: &str, role: Role) -> Desk<'a> {
        let somebody = world.operator(name, role).await;
        Self::whose(world, &somebody).await
    }

    /// Whoever has this token.
    pub(super) fn with(world: &'a World, token: &str) -> Desk<'a> {
        Self {
            world,
            token: token.to_owned(),
        }
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// An operator who signs in and makes a token.
    pub(super) async fn whose(world: &'a World, somebody: &Somebody) -> Desk<'a> {
        let browser = world.signed_in(&somebody.name, PASSWORD).await;
        let body = json!({"name": "tests", "days": 1, "password": PASSWORD});
        let cookie = browser.cookie("muster").unwrap();
        let cookie = format!("muster={cookie}");
        let headers = [("Cookie", cookie.as_str())];
        let made = ask(world, "POST", "/admin/v1/tokens", &headers, Some(&body)).await;
        let answer = made.expect_status(201).json();
        Self {
            world,
            token: answer["token"].as_str().unwrap().to_owned(),
        }
    }

    pub(super) async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("Authorization", bearer.as_str())];
        ask(
            self.world,
            method,
            &format!("/admin/v1{path}"),
            &headers,
            body,
        )
        .await
    }

    pub(super) async fn get(&self, path: &str) -> Response {
        self.call("GET", path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Response {
        self.call("POST", path, Some(body)).await
    }

    pub(super) async fn scim(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("Authorization", bearer.as_str())];
        ask(
            self.world,
            method,
            &format!("/scim/v2{path}"),
            &headers,
            body,
        )
        .await
    }

    pub(super) async fn import(&self, query: &str, sheet: &str) -> Value {
        let bearer = format!("Bearer {}", self.token);
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "text/csv"),
        ];
        let path = format!("/admin/v1/imports?{query}");
        let answer = ask_text(self.world, "POST", &path, &headers, Some(sheet.to_owned())).await;
        answer.expect_status(200).json()
    }
}

fn new(name: &str, onboarding: &str) -> Value {
    json!({"user": {"userName": name}, "onboarding": onboarding})
}

async fn people_come_by_every_way(db: Db) {
    let world = World::new(db).await;
    let desk = Desk::of(&world, "admin@example.com", Role::Admin).await;
    let group = world.tenant.create_group(&[]).await;
    let mut invited = new("anna@example.com", "invite");
    invited["groups"] = json!([group]);
    let answer = desk
        .post("/users", &invited)
        .await
        .expect_status(201)
        .json();
    assert_eq!(answer["letterTo"], "anna@example.com");
    assert_eq!(answer["link"], Value::Null);
    let anna = answer["id"].as_str().unwrap().to_owned();
    let shown = world.user(&anna).await;
    assert_eq!(shown["groups"][0]["value"], group.as_str());
    assert_eq!(shown["active"], false);
    assert_eq!(world.state(&anna).await, "invited");
    // The link of the letter works, and the one that is handed over as well.
    let secret = world.letter().await.secret();
    let browser = world.browser();
    browser.follow("invite", &secret).await;
    let set = browser.use_link("invite", &secret, PASSWORD).await;
    set.expect_status(303);
    let answer = desk.post("/users", &new("bert@example.com", "link")).await;
    let answer = answer.expect_status(201).json();
    let link = answer["link"]["url"].as_str().unwrap();
    let secret = link.rsplit('/').next().unwrap();
    world
        .browser()
        .use_link("invite", secret, OTHER)
        .await
        .expect_status(303);
    let answer = desk
        .post("/users", &new("carl@example.com", "temporaryPassword"))
        .await;
    let password = answer.expect_status(201).json()["temporaryPassword"]["password"].clone();
    let browser = world.browser();
    browser
        .sign_in("carl@example.com", password.as_str().unwrap())
        .await
        .expect_status(303);
    let moved = browser.get("/account").await.expect_status(303);
    assert!(
        moved
            .header("location")
            .unwrap()
            .ends_with("/account/password")
    );
    desk.post("/users", &new("dora@example.com", "none"))
        .await
        .expect_status(201);
    // A group that does not exist: nobody is created.
    let mut nowhere = new("emil@example.com", "invite");
    nowhere["groups"] = json!(["00000000-0000-7000-8000-000000000000"]);
    desk.post("/users", &nowhere).await.expect_status(404);
    let filter = "/Users?count=0&filter=userName+eq+%22emil@example.com%22";
    let found = world.tenant.get(filter).await.expect_status(200).json();
    assert_eq!(found["totalResults"], 0);
    // Names are addresses, each once.
    let refused = desk
        .post("/users", &new("emil", "none"))
        .await
        .expect_status(400);
    assert!(
        refused.json()["detail"]
            .as_str()
            .unwrap()
            .contains("mail address")
    );
    desk.post("/users", &new("ANNA@example.com", "none"))
        .await
        .expect_status(409);
    let refused = desk.post("/users", &json!({"user": {}, "wrong": 1})).await;
    refused.expect_status(400);
}

async fn roles_decide_what_is_done(db: Db) {
    let world = World::new(db).await;
    let customer = world.person("anna@example.com").await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let id = customer.id;
    let cases: [(&str, String, Value, [u16; 4]); 9] = [
        (
            "GET",
            "/operators".to_owned(),
            Value::Null,
            [200, 200, 200, 200],
        ),
        (
            "GET",
            format!("/users/{id}/account"),
            Value::Null,
            [200, 200, 200, 200],
        ),
        (
            "POST",
            format!("/users/{id}/lock"),
            json!({"reason": "test"}),
            [204, 204, 204, 403],
        ),
        (
            "POST",
            format!("/users/{id}/unlock"),
            json!({}),
            [204, 204, 204, 403],
        ),
        (
            "POST",
            format!("/users/{id}/reset"),
            json!({"offline": true}),
            [200, 200, 200, 403],
        ),
        (
            "POST",
            format!("/users/{id}/deactivate"),
            json!({}),
            [204, 204, 403, 403],
        ),
        (
            "POST",
            format!("/users/{id}/activate"),
            json!({}),
            [204, 204, 403, 403],
        ),
        (
            "GET",
            "/export".to_owned(),
            Value::Null,
            [200, 200, 403, 403],
        ),
        (
            "POST",
            format!("/users/{}/lock", owner.id),
            json!({}),
            [409, 403, 403, 403],
        ),
    ];
    for (position, (role, name)) in Role::ALL.into_iter().enumerate() {
        let desk = match role {
            Role::Owner => Desk::whose(&world, &owner).await,
            _ => Desk::of(&world, &format!("{name}@example.com"), role).await,
        };
        for (method, path, body, expected) in &cases {
            let body = (!body.is_null()).then_some(body);
            let answer = desk.call(method, path, body).await;
            assert_eq!(
                answer.status,
                expected[position],
                "{name} {method} {path}: {}",
                answer.describe()
            );
        }
        // The SCIM door asks the same table.
        let rename = patch_of(&json!([{"op": "replace", "path": "title", "value": name}]));
        let answer = desk
            .scim("PATCH", &format!("/Users/{id}"), Some(&rename))
            .await;
        let expected = if matches!(role, Role::Owner | Role::Admin) {
            200
        } else {
            403
        };
        assert_eq!(answer.status, expected, "{name}: {}", answer.describe());
        let body = json!({"schemas": [CORE_USER, USER], "userName": format!("{name}2@example.com"), USER: {"kind": "operator"}});
        let answer = desk.scim("POST", "/Users", Some(&body)).await;
        let expected = if role == Role::Owner { 201 } else { 403 };
        assert_eq!(answer.status, expected, "{name}: {}", answer.describe());
    }
}

async fn a_customer_is_one_operators(db: Db) {
    let world = World::new(db).await;
    let desk = Desk::of(&world, "owner@example.com", Role::Owner).await;
    let first = world.operator("first@example.com", Role::Admin).await;
    let second = world.operator("second@example.com", Role::Admin).await;
    let customer = world.person("anna@example.com").await;
    let path = format!("/users/{}/assignment", customer.id);
    let assign = |to: Value, is_moved: bool| json!({"operator": to, "move": is_moved});
    let put = async |body: &Value| desk.call("PUT", &path, Some(body)).await;
    put(&assign(json!(first.id), false))
        .await
        .expect_status(204);
    put(&assign(json!(first.id), false))
        .await
        .expect_status(204);
    let refused = put(&assign(json!(second.id), false))
        .await
        .expect_status(409)
        .json();
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("first@example.com"), "{detail}");
    put(&assign(json!(second.id), true))
        .await
        .expect_status(204);
    let shown = world.user(customer.id).await;
    assert_eq!(shown[USER]["assignedTo"]["value"], second.id.to_string());
    let path = format!("/Users/{}?attributes={USER}:assignedCustomers", second.id);
    let shown = world.tenant.get(&path).await.expect_status(200).json();
    let customers = shown[USER]["assignedCustomers"].as_array().unwrap();
    assert_eq!(customers.len(), 1);
    assert_eq!(customers[0]["value"], customer.id.to_string());
    let filter = format!(
        "/Users?filter={USER}:assignedTo.value+eq+%22{}%22",
        second.id
    );
    let found = world.tenant.get(&filter).await.expect_status(200).json();
    assert_eq!(found["totalResults"], 1);
    // Not to a customer, not an operator, not by a provisioning client.
    let other = world.person("bert@example.com").await;
    put(&assign(json!(other.id), true)).await.expect_status(400);
    let path = format!("/users/{}/assignment", first.id);
    let body = assign(json!(second.id), false);
    desk.call("PUT", &path, Some(&body))
        .await
        .expect_status(400);
    let change =
        json!([{"op": "replace", "path": format!("{USER}:assignedTo.value"), "value": first.id}]);
    world
        .patch_user(customer.id, &change)
        .await
        .expect_status(403);
    put(&assign(Value::Null, false)).await.expect_status(204);
    assert_eq!(
        world.user(customer.id).await[USER]["assignedTo"],
        Value::Null
    );
}

async fn a_sheet_is_rehearsed_and_read(db: Db) {
    let world = World::new(db).await;
    let desk = Desk::of(&world, "admin@example.com", Role::Admin).await;
    let group = world.tenant.create_group(&[]).await;
    let named = world.tenant.get(&format!("/Groups/{group}")).await.json();
    let group_name = named["displayName"].as_str().unwrap();
    world.person("there@example.com").await;
    let sheet = format!(
        "username,givenname,groups,title\nanna@example.com,Anna,{group_name},Head\nthere@example.com,There,,\nno address,No,,\nbert@example.com,Bert,nowhere,\n"
    );
    let rehearsal = desk.import("dryRun=true&onboarding=link", &sheet).await;
    let outcomes = |report: &Value| -> Vec<String> {
        let rows = report["rows"].as_array().unwrap().iter();
        rows.map(|row| row["outcome"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        outcomes(&rehearsal),
        ["wouldCreate", "skipped", "failed", "failed"]
    );
    let filter = "/Users?count=0&filter=userName+eq+%22anna@example.com%22";
    let found = world.tenant.get(filter).await.json();
    assert_eq!(found["totalResults"], 0, "a rehearsal keeps nothing");
    let report = desk.import("onboarding=link", &sheet).await;
    assert_eq!(
        outcomes(&report),
        ["created", "skipped", "failed", "failed"]
    );
    assert_eq!(
        (&report["created"], &report["failed"]),
        (&json!(1), &json!(2))
    );
    let link = report["rows"][0]["secret"].as_str().unwrap();
    let secret = link.rsplit('/').next().unwrap();
    let set = world.browser().use_link("invite", secret, PASSWORD).await;
    set.expect_status(303);
    let filter = "/Users?filter=userName+eq+%22anna@example.com%22";
    let found = world.tenant.get(filter).await.json();
    let anna = &found["Resources"][0];
    assert_eq!(
        (&anna["title"], &anna[USER]["source"]),
        (&json!("Head"), &json!("csv"))
    );
    assert_eq!(anna["groups"][0]["value"], group.as_str());
}

async fn a_sheet_that_is_written_can_be_read(db: Db) {
    let world = World::new(db).await;
    let desk = Desk::of(&world, "admin@example.com", Role::Admin).await;
    for (name, display) in [
        ("anna@example.com", "=cmd|'/c calc'!A1"),
        ("bert@example.com", "Bert, \"B\""),
    ] {
        let somebody = world.person(name).await;
        let change = json!([{"op": "add", "path": "displayName", "value": display}]);
        world
            .patch_user(somebody.id, &change)
            .await
            .expect_status(200);
    }
    let answer = desk.get("/export").await.expect_status(200);
    let sheet = String::from_utf8(answer.body.clone()).unwrap();
    assert!(sheet.contains("'=cmd"), "{sheet}");
    assert!(
        !sheet.contains("admin@example.com"),
        "operators are no customers: {sheet}"
    );
    for name in ["anna@example.com", "bert@example.com"] {
        let found = world
            .tenant
            .get(&format!("/Users?filter=userName+eq+%22{name}%22"))
            .await
            .json();
        let id = found["Resources"][0]["id"].as_str().unwrap();
        world
            .tenant
            .delete(&format!("/Users/{id}"))
            .await
            .expect_status(204);
    }
    let report = desk.import("onboarding=none", &sheet).await;
    assert_eq!(report["created"], 2, "{report}");
    let again = desk.get("/export").await.expect_status(200);
    assert_eq!(String::from_utf8(again.body.clone()).unwrap(), sheet);
}

async fn hashes_of_other_systems_are_checked_before_they_are_taken(db: Db) {
    let world = World::new(db).await;
    let desk = Desk::of(&world, "admin@example.com", Role::Admin).await;
    let sheet = "username,password_hash\nanna@example.com,plain text\n";
    let report = desk.import("", sheet).await;
    assert_eq!(report["failed"], 1);
    let detail = report["rows"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("argon2"), "{detail}");
}

async fn whoever_is_deleted_is_listed_until_purged(db: Db) {
    let world = World::new(db).await;
    let desk = Desk::of(&world, "admin@example.com", Role::Admin).await;
    let auditor = Desk::of(&world, "auditor@example.com", Role::Auditor).await;
    let anna = world.person("anna@example.com").await;
    desk.call("DELETE", &format!("/users/{}", anna.id), None)
        .await
        .expect_status(204);
    let listed = auditor.get("/deleted").await.expect_status(200).json();
    let row = &listed["deleted"][0];
    assert_eq!(
        (&row["id"], &row["user"], &row["state"]),
        (
            &json!(anna.id.to_string()),
            &json!("anna@example.com"),
            &json!("deleted")
        )
    );
    world
        .tenant
        .get(&format!("/Users/{}", anna.id))
        .await
        .expect_status(404);
    let path = format!("/deleted/{}", anna.id);
    auditor.call("DELETE", &path, None).await.expect_status(403);
    desk.call("DELETE", &path, None).await.expect_status(204);
    desk.call("DELETE", &path, None).await.expect_status(404);
    let listed = auditor.get("/deleted").await.expect_status(200).json();
    assert_eq!(listed["deleted"], json!([]));
    // What the history says of the person is gone as well; that something happened is not.
    let mut reader = world.server.service.store.reader();
    let acting = world.acting().await;
    let tenant = acting.caller.tenant;
    let history = muster::store::changes::of_resource(&mut reader, tenant, anna.id)
        .await
        .unwrap();
    assert!(history.len() >= 3);
    assert!(
        history
            .iter()
            .all(|change| !change.detail.contains("anna@example.com"))
    );
}

async fn attributes_are_named_hidden_and_given_to_people(db: Db) {
    let world = World::new(db).await;
    let desk = Desk::of(&world, "admin@example.com", Role::Admin).await;
    let helpdesk = Desk::of(&world, "help@example.com", Role::Helpdesk).await;
    let definition = json!({"name": "shoeSize", "type": "string", "description": "Of work shoes"});
    helpdesk
        .post("/attributes", &definition)
        .await
        .expect_status(403);
    let added = desk
        .post("/attributes", &definition)
        .await
        .expect_status(201)
        .json();
    let path = added["path"].as_str().unwrap().to_owned();
    desk.post("/attributes", &definition)
        .await
        .expect_status(409);
    world.person("anna@example.com").await;
    let browser = world.signed_in("anna@example.com", PASSWORD).await;
    let page = browser.get("/account").await.expect_status(200);
    assert!(!text_of(&page).contains("shoeSize"));
    let address = format!("/attributes/{}", path.replace(':', "%3A"));
    let change = json!({"labels": {"en": "Shoe size", "de": "Schuhgröße"}, "seenBy": "people", "editedBy": "people", "order": -1});
    desk.call("PATCH", &address, Some(&change))
        .await
        .expect_status(204);
    let page = browser.get("/account").await.expect_status(200);
    assert!(text_of(&page).contains("Shoe size"));
    let page = browser.get("/account?lang=de").await.expect_status(200);
    assert!(text_of(&page).contains("Schuhgröße"));
    let version = text_of(&page)
        .split("name=\"version\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let saved = browser
        .post("/account", &[(&path, "42"), ("version", &version)])
        .await;
    let saved = saved.expect_status(303);
    assert!(saved.header("location").unwrap().contains("profile-saved"));
    let found = world
        .tenant
        .get("/Users?filter=userName+eq+%22anna@example.com%22")
        .await
        .json();
    assert!(found["Resources"][0].to_string().contains("\"42\""));
    // Hidden again; and what decides who somebody is, is nobody's own.
    let hide = json!({"seenBy": "nobody"});
    desk.call("PATCH", &address, Some(&hide))
        .await
        .expect_status(204);
    assert!(!text_of(&browser.get("/account").await).contains("shoeSize"));
    for fixed in ["userName", "active", "emails"] {
        let change = json!({"editedBy": "people"});
        let refused = desk
            .call("PATCH", &format!("/attributes/{fixed}"), Some(&change))
            .await;
        refused.expect_status(400);
    }
    desk.call("PATCH", "/attributes/nothing", Some(&hide))
        .await
        .expect_status(404);
    let listed = desk.get("/attributes").await.expect_status(200).json();
    let rows = listed["attributes"].as_array().unwrap();
    assert_eq!(rows[0]["path"], path.as_str(), "the order is obeyed");
}

async fn what_a_connection_owns_is_changed_there(db: Db) {
    let world = World::new(db).await;
    let desk = Desk::of(&world, "admin@example.com", Role::Admin).await;
    let anna = world.provisioned("anna@example.com").await;
    let title = patch_of(&json!([{"op": "replace", "path": "title", "value": "Head"}]));
    let path = format!("/Users/{}", anna.id);
    let refused = desk
        .scim("PATCH", &path, Some(&title))
        .await
        .expect_status(403);
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.contains("\"title\" belongs to the connection"),
        "{detail}"
    );
    desk.post(&format!("/users/{}/deactivate", anna.id), &json!({}))
        .await
        .expect_status(403);
    // Nicknames are nobody's, locks are for everybody, and the client goes on.
    let nick = patch_of(&json!([{"op": "replace", "path": "nickName", "value": "Anni"}]));
    desk.scim("PATCH", &path, Some(&nick))
        .await
        .expect_status(200);
    desk.post(&format!("/users/{}/lock", anna.id), &json!({}))
        .await
        .expect_status(204);
    desk.post(&format!("/users/{}/unlock", anna.id), &json!({}))
        .await
        .expect_status(204);
    world.tenant.patch(&path, &title).await.expect_status(200);
    let facts = desk
        .get(&format!("/users/{}/account", anna.id))
        .await
        .expect_status(200)
        .json();
    assert!(facts["connection"].is_string());
    desk.post(&format!("/users/{}/detach", anna.id), &json!({}))
        .await
        .expect_status(204);
    desk.post(&format!("/users/{}/detach", anna.id), &json!({}))
        .await
        .expect_status(400);
    let title = patch_of(&json!([{"op": "replace", "path": "title", "value": "Chief"}]));
    desk.scim("PATCH", &path, Some(&title))
        .await
        .expect_status(200);
}

async fn a_token_of_an_operator_is_as_good_as_the_operator(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let admin = world.operator("admin@example.com", Role::Admin).await;
    let desk = Desk::whose(&world, &admin).await;
    desk.get("/operators").await.expect_status(200);
    let group = world.tenant.create_group(&[]).await;
    let anna = world.person("anna@example.com").await;
    let add = add_member(&anna.id.to_string());
    desk.scim("PATCH", &format!("/Groups/{group}"), Some(&add))
        .await
        .expect_status(204);
    // A token makes no other, and ends with the role, a lock, or by itself.
    let body = json!({"name": "another", "password": PASSWORD});
    desk.post("/tokens", &body).await.expect_status(403);
    let owner_desk = Desk::whose(&world, &owner).await;
    let role = format!("/operators/{}/roles/admin", admin.id);
    owner_desk
        .call("DELETE", &role, None)
        .await
        .expect_status(204);
    desk.get("/operators").await.expect_status(403);
    owner_desk.call("PUT", &role, None).await.expect_status(204);
    desk.get("/operators").await.expect_status(200);
    let lock = format!("/users/{}/lock", admin.id);
    owner_desk.post(&lock, &json!({})).await.expect_status(204);
    desk.get("/operators").await.expect_status(401);
    desk.scim("GET", "/Users", None).await.expect_status(401);
    let own = owner_desk.get("/tokens").await.expect_status(200).json();
    let id = own["tokens"][0]["id"].as_str().unwrap().to_owned();
    owner_desk
        .call("DELETE", &format!("/tokens/{id}"), None)
        .await
        .expect_status(204);
    owner_desk.get("/operators").await.expect_status(401);
}

async fn strangers_are_not_let_in(db: Db) {
    let world = World::new(db).await;
    world.person("anna@example.com").await;
    let customer = world.signed_in("anna@example.com", PASSWORD).await;
    let cookie = format!("muster={}", customer.cookie("muster").unwrap());
    let paths = [
        ("GET", "/operators"),
        ("GET", "/deleted"),
        ("GET", "/export"),
        ("GET", "/letters"),
        ("GET", "/tokens"),
        ("GET", "/attributes"),
        ("POST", "/users"),
        ("POST", "/imports"),
        ("POST", "/operators"),
        ("POST", "/tokens"),
        ("DELETE", "/users/00000000-0000-7000-8000-000000000000"),
    ];
    for (method, path) in paths {
        let address = format!("/admin/v1{path}");
        let call = async |name: &str, value: &str| {
            ask(&world, method, &address, &[(name, value)], None)
                .await
                .status
        };
        assert_eq!(
            ask(&world, method, &address, &[], None).await.status,
            401,
            "{path}"
        );
        let scim = format!("Bearer {}", world.tenant.token);
        assert_eq!(call("Authorization", &scim).await, 401, "{path}");
        assert_eq!(
            call("Authorization", "Bearer mst_op_0").await,
            401,
            "{path}"
        );
        assert_eq!(call("Cookie", &cookie).await, 403, "{path}");
    }
    // Another site's page cannot use an operator's cookie.
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let browser = world.signed_in(&owner.name, PASSWORD).await;
    let cookie = format!("muster={}", browser.cookie("muster").unwrap());
    let headers = [
        ("Cookie", cookie.as_str()),
        ("Origin", "https://elsewhere.example"),
        ("Sec-Fetch-Site", "cross-site"),
    ];
    let body = new("bert@example.com", "none");
    let refused = ask(&world, "POST", "/admin/v1/users", &headers, Some(&body)).await;
    assert_eq!(refused.status, 403);
}

async fn a_token_tells_an_application_who_signed_in(db: Db) {
    let world = World::with(db, &[("claims.audiences", "https://app.example.com shop")]).await;
    let anna = world.person("anna@example.com").await;
    let group = world.tenant.create_group(&[anna.id.to_string()]).await;
    let browser = world.signed_in("anna@example.com", PASSWORD).await;
    browser
        .post("/account/token", &[("audience", "elsewhere")])
        .await
        .expect_status(400);
    let answer = browser
        .post("/account/token", &[("audience", "shop")])
        .await
        .expect_status(200)
        .json();
    let token = answer["token"].as_str().unwrap();
    let part = |number: usize| -> Value {
        use base64::Engine;
        let text = token.split('.').nth(number).unwrap();
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(text)
            .unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    assert_eq!(part(0)["typ"], "JWT");
    let claims = part(1);
    assert_eq!(
        (&claims["aud"], &claims["sub"]),
        (&json!("shop"), &json!(anna.id.to_string()))
    );
    let named = world.tenant.get(&format!("/Groups/{group}")).await.json();
    assert_eq!(claims["groups"], json!([named["displayName"]]));
    // It opens nothing here.
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str())];
    let refused = ask(&world, "GET", "/scim/v2/Users", &headers, None).await;
    assert_eq!(refused.status, 401);
}
