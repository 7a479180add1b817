//! Accounts that change hands, names that look alike: nothing passes to whoever it was not meant for.
//!
//! The 24 ways that are tried:
//!
//! | | How somebody could come by the account of another | Test |
//! |---|---|---|
//! | | *another address, then a link to set a password* | |
//! | 1 | by a link that went to the former address | `after_a_new_address_the_old_one_resets_nothing` |
//! | 2 | by that link, when the former address is back | the same |
//! | 3 | by changing the address while nobody hears of it | `a_new_address_is_told_to_the_old_one` |
//! | 4 | by changing the address from a stolen session, or with a token for `/Me` | `whoever_has_a_session_moves_no_address` |
//! | 5 | by an account of one's own with the address of the other | `the_address_of_another_links_nothing` |
//! | | *deleted and created again* | |
//! | 6 | by the same client | `who_comes_after_gets_nothing_of_who_was_before` |
//! | 7 | by another client, which asks for the same ids | `who_comes_after_by_another_connection_gets_nothing_either` |
//! | 8 | by registering | `who_comes_after_by_any_other_way_gets_nothing_either` |
//! | 9 | by an operator, or from a sheet | the same |
//! | 10 | a customer with the name of an operator who is gone | `an_operator_who_is_gone_leaves_nothing_to_a_customer` |
//! | 11 | by an invitation to who was before | `open_links_of_who_was_before_open_nothing` |
//! | 12 | by confirming the registration of who was before | the same |
//! | 13 | by a token for `/Me` of who was before | `a_token_of_who_was_before_is_nobodys` |
//! | | *names* | |
//! | 14 | one name in other letters, widths and compositions | `one_name_in_many_spellings_is_one_account` |
//! | 15 | another name that looks the same | `names_that_look_alike_are_told_apart` |
//! | 16 | a name that became free when its owner was renamed | `a_renamed_account_frees_its_name_and_keeps_what_it_has` |
//! | 17 | two who swap their names | `who_swap_names_keep_what_is_theirs` |
//! | | *back again* | |
//! | 18 | a client that creates somebody whom another one has deactivated | `nobody_is_revived_by_another_connection` |
//! | 19 | a session or a link from before somebody was deactivated and returned | `what_has_ended_does_not_return_with_somebody` |
//! | 20 | an invitation, after an operator deactivated the account | `an_invitation_revives_nobody_whom_an_operator_deactivated` |
//! | 21 | an invitation, after a client did, also with an activation or a lock between | `an_invitation_revives_nobody_whom_a_client_deactivated` |
//! | 22 | an invitation to somebody whom a client keeps inactive | `nobody_is_invited_whom_a_client_keeps_inactive` |
//! | 23 | without any link, where a client activates somebody who is invited | `a_client_that_activates_an_invited_person_lets_nobody_else_in` |
//! | | *an address that nobody has confirmed* | |
//! | 24 | by registering with it, and being let in by a client or an operator | `an_address_that_nobody_confirmed_lets_nobody_in`; two who register with it: `registering` |

use muster::auth::Role;
use muster::service::account::onboarding::{self, Onboarding};
use muster::service::account::people::{self, Switch};
use muster::service::account::{import, registration};
use muster::service::admin;
use serde_json::{Value, json};
use uuid::Uuid;

use super::api::Desk;
use super::browser::{Browser, text_of};
use super::world::{CORE_USER, OTHER, PASSWORD, Somebody, USER, World};
use crate::support::Db;
use crate::support::http::{Response, send};
use crate::support::server::{id_of, patch_of, scim_request};

on_both_databases!(
    after_a_new_address_the_old_one_resets_nothing,
    a_new_address_is_told_to_the_old_one,
    whoever_has_a_session_moves_no_address,
    the_address_of_another_links_nothing,
    who_comes_after_gets_nothing_of_who_was_before,
    who_comes_after_by_another_connection_gets_nothing_either,
    who_comes_after_by_any_other_way_gets_nothing_either,
    an_operator_who_is_gone_leaves_nothing_to_a_customer,
    open_links_of_who_was_before_open_nothing,
    a_token_of_who_was_before_is_nobodys,
    one_name_in_many_spellings_is_one_account,
    names_that_look_alike_are_told_apart,
    a_renamed_account_frees_its_name_and_keeps_what_it_has,
    who_swap_names_keep_what_is_theirs,
    nobody_is_revived_by_another_connection,
    what_has_ended_does_not_return_with_somebody,
    an_invitation_revives_nobody_whom_an_operator_deactivated,
    an_invitation_revives_nobody_whom_a_client_deactivated,
    nobody_is_invited_whom_a_client_keeps_inactive,
    a_client_that_activates_an_invited_person_lets_nobody_else_in,
    an_address_that_nobody_confirmed_lets_nobody_in,
    a_name_that_is_an_address_is_the_one_to_confirm,
);

const STOLEN: &str = "Stolen!Password9";

/// What somebody has when they go.
struct Traces {
    id: Uuid,
    name: String,
    group: String,
    session: Browser,
    secret: String,
}

impl Traces {
    async fn of(world: &World, somebody: &Somebody) -> Self {
        Self {
            id: somebody.id,
            name: somebody.name.clone(),
            group: world.tenant.create_group(&[somebody.id.to_string()]).await,
            session: world.signed_in(&somebody.name, PASSWORD).await,
            secret: world.reset_secret(somebody.id).await,
        }
    }

    /// None of it is there for whoever has the name now.
    async fn assert_void(&self, world: &World, how: &str) {
        let (service, acting) = (&world.server.service, world.acting().await);
        let new = acting.find(service, &self.name).await.unwrap().stored.id;
        assert_ne!(new, self.id, "{how}");
        assert!(!self.session.twin().is_in().await, "{how}");
        let browser = world.browser();
        let late = browser.use_link("reset", &self.secret, STOLEN).await;
        assert_eq!(late.status, 404, "{how}");
        for password in [PASSWORD, STOLEN] {
            let old = world.browser().sign_in(&self.name, password).await;
            assert_eq!(old.status, 401, "{how}");
        }
        assert!(world.tenant.members(&self.group).await.is_empty(), "{how}");
        assert_eq!(world.user(new).await["groups"], Value::Null, "{how}");
    }
}

/// A request of the other provisioning client.
async fn second(world: &World, method: &str, path: &str, body: &Value) -> Response {
    let token = world.tenant.second_token.clone().unwrap();
    let request = scim_request(&token, method, path, &[], Some(body));
    send(&world.server.root, request).await.unwrap()
}

async fn whoever_has_a_session_moves_no_address(db: Db) {
    let world = World::new(db).await;
    let somebody = world.provisioned("a@example.com").await;
    let tenant = admin::get_tenant(&world.server.service, &world.tenant.name).await;
    let connection = admin::get_connection(&world.server.service, &tenant.unwrap(), "test").await;
    let (connection, name) = (connection.unwrap(), Some(somebody.name.as_str()));
    let service = &world.server.service;
    let token = admin::create_token(service, &connection, Some("read write"), None, name).await;
    let token = token.unwrap().secret;
    let stolen = world.signed_in(&somebody.name, PASSWORD).await;
    let before = world.user(somebody.id).await;
    let evil = "eve@evil.example";
    for name in [
        "emails",
        "emails.value",
        "emails[primary eq true].value",
        "userName",
    ] {
        _ = stolen.post("/account", &[(name, evil)]).await;
    }
    let addresses = json!([{"value": evil, "primary": true}]);
    let moved = json!([{"op": "replace", "path": "emails", "value": addresses}]);
    let named = json!([{"op": "replace", "path": "userName", "value": evil}]);
    let mut whole = before.clone();
    whole["emails"] = addresses;
    for (method, body) in [
        ("PATCH", patch_of(&moved)),
        ("PATCH", patch_of(&named)),
        ("PUT", whole),
    ] {
        for path in ["/Me".to_owned(), format!("/Users/{}", somebody.id)] {
            let request = scim_request(&token, method, &path, &[], Some(&body));
            let refused = send(&world.server.root, request).await.unwrap();
            assert_eq!(
                refused.status,
                403,
                "{method} {path}: {}",
                refused.describe()
            );
        }
    }
    let mut after = world.user(somebody.id).await;
    after["meta"] = before["meta"].clone();
    assert_eq!(after, before);
    let forgot = [("username", somebody.name.as_str())];
    world.browser().post("/forgot", &forgot).await;
    assert_eq!(world.letter().await.to, "a@example.com");
}

async fn the_address_of_another_links_nothing(db: Db) {
    let world = World::new(db).await;
    let victim = world.provisioned("victim@example.com").await;
    let body = json!({
        "schemas": [CORE_USER], "userName": "eve@example.com", "password": OTHER,
        "emails": [{"value": victim.name, "primary": true}],
    });
    let eve = id_of(&world.tenant.post("/Users", &body).await.expect_status(201));
    let sessions = [
        world.signed_in(&victim.name, PASSWORD).await,
        world.signed_in("eve@example.com", OTHER).await,
    ];
    let by_her_address = world.browser().sign_in(&victim.name, OTHER).await;
    assert_eq!(by_her_address.status, 401);
    // A link is of the account that was asked for, wherever it goes.
    for (name, password) in [
        ("eve@example.com", "Eve!Heron-Lantern8"),
        (&victim.name, STOLEN),
    ] {
        world.browser().post("/forgot", &[("username", name)]).await;
        let letter = world.letter().await;
        assert_eq!(letter.to, victim.name);
        let browser = world.browser();
        let set = browser.use_link("reset", &letter.secret(), password).await;
        set.expect_status(303);
        world.letters().await;
        world.signed_in(name, password).await;
        let is_in = [
            sessions[0].twin().is_in().await,
            sessions[1].twin().is_in().await,
        ];
        assert_eq!(is_in, [name != victim.name, false], "{name}");
    }
    for (name, password) in [
        (&*victim.name, "Eve!Heron-Lantern8"),
        ("eve@example.com", STOLEN),
    ] {
        let crossed = world.browser().sign_in(name, password).await;
        assert_eq!(crossed.status, 401, "{name}");
    }
    // Nor is the one found under the name of the other.
    let acting = world.acting().await;
    let found = acting.find(&world.server.service, &victim.name).await;
    assert_eq!(found.unwrap().stored.id, victim.id);
    assert_ne!(eve, victim.id.to_string());
}

async fn who_comes_after_by_any_other_way_gets_nothing_either(db: Db) {
    let world = World::with(db, &[("registration.mode", "on")]).await;
    for way in ["registered", "created", "read from a sheet"] {
        let name = format!("{}@example.com", way.replace(' ', "-"));
        let first = world.provisioned(&name).await;
        let traces = Traces::of(&world, &first).await;
        let path = format!("/Users/{}", first.id);
        world.tenant.delete(&path).await.expect_status(204);
        let (service, acting) = (&world.server.service, world.acting().await);
        match way {
            "registered" => {
                let form = [("username", name.as_str()), ("password", OTHER)];
                world.register(&form).await;
                let secret = world.letter().await.secret();
                let done = world.browser().use_link("verify", &secret, "").await;
                done.expect_status(200);
                world.signed_in(&name, OTHER).await;
            }
            "created" => {
                world.onboard(&name, Onboarding::None).await;
            }
            _ => {
                let sheet = format!("username\n{name}\n");
                let none = Onboarding::None;
                let report =
                    import::import(service, &acting, sheet.as_bytes(), &none, false, |_, _| ());
                assert_eq!(report.await.unwrap().created, 1);
            }
        }
        traces.assert_void(&world, way).await;
    }
}

async fn an_operator_who_is_gone_leaves_nothing_to_a_customer(db: Db) {
    let world = World::new(db).await;
    world.operator("owner@example.com", Role::Owner).await;
    let operator = world.operator("op@example.com", Role::Admin).await;
    let desk = Desk::whose(&world, &operator).await;
    let session = world.signed_in(&operator.name, PASSWORD).await;
    let customer = world.person("customer@example.com").await;
    let (service, acting) = (&world.server.service, world.acting().await);
    let to = Some(operator.id);
    people::assign(service, &acting, customer.id, to, false)
        .await
        .unwrap();
    people::remove(service, &acting, operator.id).await.unwrap();
    let new = world.provisioned(&operator.name).await;
    let own = world.signed_in(&new.name, PASSWORD).await;
    desk.get("/operators").await.expect_status(401);
    desk.scim("GET", "/Users", None).await.expect_status(401);
    assert!(!session.is_in().await);
    let shown = world.user(new.id).await;
    assert_eq!(
        (&shown[USER], &shown["groups"]),
        (&Value::Null, &Value::Null)
    );
    let cookie = format!("muster={}", own.cookie("muster").unwrap());
    let path = format!("{}/admin/v1/operators", world.base());
    let refused = own.send("GET", &path, &[("Cookie", &cookie)], None).await;
    assert_eq!(refused.status, 403);
    let group = world.group_of(Role::Admin).await;
    assert!(world.tenant.members(&group).await.is_empty());
    let assigned = &world.account(customer.id).await["assignedTo"]["value"];
    assert_ne!(*assigned, json!(new.id));
}

async fn open_links_of_who_was_before_open_nothing(db: Db) {
    let world = World::with(db, &[("registration.mode", "on")]).await;
    let invited = world
        .onboard("a@example.com", Onboarding::InviteOffline)
        .await;
    let sent = world.onboard("b@example.com", Onboarding::Invite).await;
    let form = [("username", "c@example.com"), ("password", STOLEN)];
    world.register(&form).await;
    let letters = world.letters().await;
    let secret_to = |to: &str| {
        let letter = letters.iter().find(|letter| letter.to == to).unwrap();
        letter.secret()
    };
    let links = [
        ("invite", "a@example.com", invited.link.unwrap().secret),
        ("invite", "b@example.com", secret_to("b@example.com")),
        ("verify", "c@example.com", secret_to("c@example.com")),
    ];
    let registered = world.acting().await;
    let registered = registered
        .find(&world.server.service, "c@example.com")
        .await;
    for id in [invited.id, sent.id, registered.unwrap().stored.id] {
        let path = format!("/Users/{id}");
        world.tenant.delete(&path).await.expect_status(204);
    }
    for (purpose, name, secret) in &links {
        let new = world.provisioned(name).await;
        let late = world.browser().use_link(purpose, secret, STOLEN).await;
        assert_eq!(late.status, 404, "{purpose} {name}");
        let refused = world.browser().sign_in(name, STOLEN).await;
        assert_eq!(refused.status, 401, "{purpose} {name}");
        assert_eq!(world.state(new.id).await, "active");
        world.signed_in(name, PASSWORD).await;
    }
    assert!(world.letters().await.is_empty());
}

async fn a_token_of_who_was_before_is_nobodys(db: Db) {
    let world = World::new(db).await;
    let service = &world.server.service;
    let first = world.provisioned("a@example.com").await;
    let tenant = admin::get_tenant(service, &world.tenant.name)
        .await
        .unwrap();
    let connection = admin::get_connection(service, &tenant, "test")
        .await
        .unwrap();
    let name = Some(first.name.as_str());
    let token = admin::create_token(service, &connection, Some("read write"), None, name).await;
    let token = token.unwrap().secret;
    let me = async || {
        let request = scim_request(&token, "GET", "/Me", &[], None);
        send(&world.server.root, request).await.unwrap()
    };
    assert_eq!(id_of(&me().await.expect_status(200)), first.id.to_string());
    let path = format!("/Users/{}", first.id);
    world.tenant.delete(&path).await.expect_status(204);
    me().await.expect_status(401);
    let second = world.provisioned(&first.name).await;
    me().await.expect_status(401);
    let path = format!("/Users/{}", second.id);
    let set = patch_of(&json!([{"op": "replace", "path": "password", "value": STOLEN}]));
    let request = scim_request(&token, "PATCH", &path, &[], Some(&set));
    let refused = send(&world.server.root, request).await.unwrap();
    refused.expect_status(401);
    world.signed_in(&second.name, PASSWORD).await;
}

async fn who_swap_names_keep_what_is_theirs(db: Db) {
    let world = World::new(db).await;
    let one = world.provisioned("one@example.com").await;
    let two = world.provisioned("two@example.com").await;
    let set = json!([{"op": "replace", "path": "password", "value": OTHER}]);
    world.patch_user(two.id, &set).await.expect_status(200);
    let first = world.signed_in(&one.name, PASSWORD).await;
    let second = world.signed_in(&two.name, OTHER).await;
    let group = world.tenant.create_group(&[one.id.to_string()]).await;
    let secrets = [
        world.reset_secret(one.id).await,
        world.reset_secret(two.id).await,
    ];
    for (id, name) in [
        (one.id, "between@example.com"),
        (two.id, "one@example.com"),
        (one.id, "two@example.com"),
    ] {
        let rename = json!([{"op": "replace", "path": "userName", "value": name}]);
        world.patch_user(id, &rename).await.expect_status(200);
    }
    for (session, name, former) in [
        (&first, &two.name, &one.name),
        (&second, &one.name, &two.name),
    ] {
        let page = text_of(&session.get("/account").await.expect_status(200));
        assert!(page.contains(name.as_str()) && !page.contains(&format!(">{former}<")));
    }
    for secret in &secrets {
        let late = world.browser().use_link("reset", secret, STOLEN).await;
        assert_eq!(late.status, 404);
    }
    assert_eq!(world.tenant.members(&group).await, [one.id.to_string()]);
    for (name, good, bad) in [(&one.name, OTHER, PASSWORD), (&two.name, PASSWORD, OTHER)] {
        let refused = world.browser().sign_in(name, bad).await;
        assert_eq!(refused.status, 401, "{name}");
        world.signed_in(name, good).await;
    }
}

/// Lets both clients bring back whom they have deactivated.
async fn let_revive(world: &World) {
    let service = &world.server.service;
    let tenant = admin::get_tenant(service, &world.tenant.name)
        .await
        .unwrap();
    let accept = [("create.revive".to_owned(), Some("accept".to_owned()))];
    for name in ["test", "second"] {
        let connection = admin::get_connection(service, &tenant, name).await.unwrap();
        let updated = admin::update_connection(service, &connection, None, &accept).await;
        updated.unwrap();
    }
}

/// Somebody whom the first client knows by an `externalId` and has deactivated.
async fn leaver(world: &World) -> (Somebody, Traces) {
    let somebody = world.provisioned("a@example.com").await;
    let named = json!([{"op": "add", "path": "externalId", "value": "e-1"}]);
    world
        .patch_user(somebody.id, &named)
        .await
        .expect_status(200);
    let traces = Traces::of(world, &somebody).await;
    let out = json!([{"op": "replace", "path": "active", "value": false}]);
    world.patch_user(somebody.id, &out).await.expect_status(200);
    (somebody, traces)
}

async fn nobody_is_revived_by_another_connection(db: Db) {
    let world = World::new(db).await;
    let_revive(&world).await;
    let (somebody, traces) = leaver(&world).await;
    let before = world.user(somebody.id).await;
    let body = |name: &str| {
        json!({
            "schemas": [CORE_USER], "userName": name, "externalId": "e-1", "password": STOLEN,
            "active": true,
        })
    };
    let taken = second(&world, "POST", "/Users", &body(&somebody.name)).await;
    assert_eq!(taken.status, 409, "{}", taken.describe());
    let other = second(&world, "POST", "/Users", &body("eve@example.com")).await;
    let other = id_of(&other.expect_status(201));
    assert_ne!(other, somebody.id.to_string());
    assert_eq!(world.user(somebody.id).await, before);
    assert_eq!(world.user(&other).await["groups"], Value::Null);
    assert!(!traces.session.is_in().await);
    for password in [PASSWORD, STOLEN] {
        let refused = world.browser().sign_in(&somebody.name, password).await;
        assert_eq!(refused.status, 401);
    }
}

async fn what_has_ended_does_not_return_with_somebody(db: Db) {
    let world = World::new(db).await;
    let_revive(&world).await;
    let (somebody, traces) = leaver(&world).await;
    let body = json!({"schemas": [CORE_USER], "userName": somebody.name, "externalId": "e-1"});
    let back = world.tenant.post("/Users", &body).await.expect_status(201);
    assert_eq!(id_of(&back), somebody.id.to_string());
    assert_eq!(world.state(somebody.id).await, "active");
    assert!(!traces.session.twin().is_in().await);
    let browser = world.browser();
    let late = browser.use_link("reset", &traces.secret, STOLEN).await;
    assert_eq!(late.status, 404);
    let refused = world.browser().sign_in(&somebody.name, STOLEN).await;
    assert_eq!(refused.status, 401);
}

/// Eve has registered with the address of somebody else, and has not been able to confirm it.
async fn an_address_that_nobody_confirmed_lets_nobody_in(db: Db) {
    let world = World::with(db, &[("registration.mode", "on")]).await;
    let service = &world.server.service;
    let active = json!([{"op": "replace", "path": "active", "value": true}]);
    let both = json!([{"op": "replace", "path": "active", "value": true},
                      {"op": "replace", "path": "password", "value": PASSWORD}]);
    for way in [
        "patch",
        "put",
        "with a password",
        "activate",
        "approve",
        "lock",
        "deactivate",
    ] {
        let name = format!("{}@example.com", way.replace(' ', "-"));
        let eve = [("username", name.as_str()), ("password", STOLEN)];
        world
            .browser()
            .post("/register", &eve)
            .await
            .expect_status(200);
        let verify = world.letter().await.secret();
        let acting = world.acting().await;
        let id = acting.find(service, &name).await.unwrap().stored.id;
        let done = match way {
            "patch" => world.patch_user(id, &active).await.is_success(),
            "put" => {
                let body = json!({"schemas": [CORE_USER], "userName": name, "active": true});
                let path = format!("/Users/{id}");
                world.tenant.put(&path, &body).await.is_success()
            }
            "with a password" => world.patch_user(id, &both).await.is_success(),
            "activate" => world.switch(id, Switch::Activate).await.is_ok(),
            "approve" => registration::approve(service, &acting, id).await.is_ok(),
            "lock" => {
                world.switch(id, Switch::Lock(None)).await.unwrap();
                world.switch(id, Switch::Unlock).await.unwrap();
                world.switch(id, Switch::Activate).await.is_ok()
            }
            _ => {
                world.switch(id, Switch::Deactivate).await.unwrap();
                world.patch_user(id, &active).await.is_success()
            }
        };
        assert!(done, "{way}");
        assert_eq!(world.state(id).await, "active", "{way}");
        let stolen = world.browser().sign_in(&name, STOLEN).await;
        assert_eq!(stolen.status, 401, "{way}: Eve is in");
        let late = world.browser().use_link("verify", &verify, "").await;
        assert_eq!(late.status, 404, "{way}");
        let stolen = world.browser().sign_in(&name, STOLEN).await;
        assert_eq!(stolen.status, 401, "{way}: Eve is in");
        // Whoever reads the mail of that address can come in.
        world.letters().await;
        if way == "with a password" {
            world.signed_in(&name, PASSWORD).await;
            continue;
        }
        if way == "lock" || way == "deactivate" {
            assert_eq!(world.account(id).await["source"], "self");
        }
        world
            .browser()
            .post("/forgot", &[("username", &name)])
            .await;
        let letter = world.letter().await;
        assert_eq!(letter.to, name, "{way}");
        let browser = world.browser();
        let set = browser.use_link("reset", &letter.secret(), OTHER).await;
        set.expect_status(303);
        world.signed_in(&name, OTHER).await;
        world.letters().await;
    }
}

/// Where user names are free, one that is an address says whose it is, too.
async fn a_name_that_is_an_address_is_the_one_to_confirm(db: Db) {
    let settings = [("registration.mode", "on"), ("username.format", "free")];
    let world = World::with(db, &settings).await;
    let eve = [
        ("username", "victim@example.com"),
        ("email", "eve@evil.example"),
        ("password", STOLEN),
    ];
    let refused = world.browser().post("/register", &eve).await;
    assert_eq!(refused.status, 400, "{}", refused.describe());
    assert!(world.letters().await.is_empty());
    assert_eq!(world.tenant.get("/Users").await.json()["totalResults"], 0);
    for (name, email) in [
        ("anna", "anna@example.com"),
        ("bert@example.com", "Bert@example.com"),
    ] {
        let form = [("username", name), ("email", email), ("password", PASSWORD)];
        world.register(&form).await;
        let letter = world.letter().await;
        assert_eq!(letter.to, email);
        let done = world
            .browser()
            .use_link("verify", &letter.secret(), "")
            .await;
        done.expect_status(200);
        world.signed_in(name, PASSWORD).await;
    }
}

async fn after_a_new_address_the_old_one_resets_nothing(db: Db) {
    let world = World::new(db).await;
    let somebody = world.provisioned("a@example.com").await;
    let forgot = [("username", somebody.name.as_str())];
    world.browser().post("/forgot", &forgot).await;
    let old = world.letter().await;
    assert_eq!(old.to, "a@example.com");
    world.browser().post("/forgot", &forgot).await;
    let set = json!([
        {"op": "replace", "path": "emails", "value": [{"value": "new@example.com", "primary": true}]},
    ]);
    world.patch_user(somebody.id, &set).await.expect_status(200);
    let links = world.letters().await;
    assert!(
        links.iter().all(|letter| !letter.text.contains("/reset/")),
        "{links:?}"
    );
    let late = world
        .browser()
        .use_link("reset", &old.secret(), OTHER)
        .await;
    assert_eq!(late.status, 404);
    world.browser().post("/forgot", &forgot).await;
    let new = world.letter().await;
    assert_eq!(new.to, "new@example.com");
    // And back: the first link is not revived.
    let back = json!([
        {"op": "replace", "path": "emails", "value": [{"value": "a@example.com", "primary": true}]},
    ]);
    world
        .patch_user(somebody.id, &back)
        .await
        .expect_status(200);
    for secret in [old.secret(), new.secret()] {
        let late = world.browser().use_link("reset", &secret, OTHER).await;
        assert_eq!(late.status, 404);
    }
    world.signed_in(&somebody.name, PASSWORD).await;
}

async fn a_new_address_is_told_to_the_old_one(db: Db) {
    let world = World::new(db).await;
    let somebody = world.provisioned("a@example.com").await;
    let set = json!([
        {"op": "replace", "path": "emails", "value": [{"value": "eve@evil.example", "primary": true}]},
    ]);
    world.patch_user(somebody.id, &set).await.expect_status(200);
    let letters = world.letters().await;
    let told: Vec<&str> = letters.iter().map(|letter| letter.to.as_str()).collect();
    assert!(told.contains(&"a@example.com"), "told: {told:?}");
    assert!(letters.iter().all(|letter| !letter.all.contains("/reset/")));
}

async fn who_comes_after_gets_nothing_of_who_was_before(db: Db) {
    let world = World::new(db).await;
    let first = world.provisioned("a@example.com").await;
    let group = world.tenant.create_group(&[first.id.to_string()]).await;
    let session = world.signed_in(&first.name, PASSWORD).await;
    let secret = world.reset_secret(first.id).await;
    world
        .browser()
        .post("/forgot", &[("username", &first.name)])
        .await;
    world
        .tenant
        .delete(&format!("/Users/{}", first.id))
        .await
        .expect_status(204);
    let body = json!({"schemas": [CORE_USER], "userName": first.name, "password": OTHER});
    let second = id_of(&world.tenant.post("/Users", &body).await.expect_status(201));
    assert_ne!(second, first.id.to_string());
    assert!(world.letters().await.is_empty());
    assert!(!session.twin().is_in().await);
    let late = world
        .browser()
        .use_link("reset", &secret, "Late!Password9")
        .await;
    assert_eq!(late.status, 404);
    let old = world.browser().sign_in(&first.name, PASSWORD).await;
    assert_eq!(old.status, 401);
    assert!(world.tenant.members(&group).await.is_empty());
    let own = world.signed_in(&first.name, OTHER).await;
    let export = own.get("/account/export").await.expect_status(200).json();
    assert!(!export.to_string().contains(&first.id.to_string()));
    let shown = world.user(&second).await;
    assert_eq!(shown["groups"], Value::Null, "{shown}");
    assert_eq!(export["sessions"].as_array().unwrap().len(), 1);
}

async fn who_comes_after_by_another_connection_gets_nothing_either(db: Db) {
    let world = World::new(db).await;
    let first = world.provisioned("a@example.com").await;
    world.tenant.create_group(&[first.id.to_string()]).await;
    let session = world.signed_in(&first.name, PASSWORD).await;
    let secret = world.reset_secret(first.id).await;
    world
        .tenant
        .delete(&format!("/Users/{}", first.id))
        .await
        .expect_status(204);
    // It asks for the id of the one before, which is not for clients to choose.
    let body = json!({
        "schemas": [CORE_USER], "userName": first.name, "id": first.id, "externalId": first.id,
    });
    let created = second(&world, "POST", "/Users", &body).await;
    let second = id_of(&created.expect_status(201));
    assert_ne!(second, first.id.to_string());
    assert!(!session.twin().is_in().await);
    for password in [PASSWORD, OTHER] {
        let refused = world.browser().sign_in(&first.name, password).await;
        assert_eq!(refused.status, 401);
    }
    let late = world.browser().use_link("reset", &secret, OTHER).await;
    assert_eq!(late.status, 404);
    assert_eq!(world.user(&second).await["groups"], Value::Null);
}

async fn one_name_in_many_spellings_is_one_account(db: Db) {
    let world = World::new(db).await;
    let somebody = world.provisioned("b\u{e9}atrice@example.com").await;
    let spellings = [
        "B\u{c9}ATRICE@EXAMPLE.COM",
        "be\u{301}atrice@example.com",
        "\u{ff42}\u{e9}atrice@example.com",
        "b\u{e9}a\u{200d}trice@example.com",
    ];
    for spelling in spellings {
        let body = json!({"schemas": [CORE_USER], "userName": spelling, "password": OTHER});
        let taken = world.tenant.post("/Users", &body).await;
        assert_eq!(taken.status, 409, "{spelling:?}: {}", taken.describe());
        world
            .browser()
            .sign_in(spelling, PASSWORD)
            .await
            .expect_status(303);
    }
    world.signed_in(&somebody.name, PASSWORD).await;
}

async fn names_that_look_alike_are_told_apart(db: Db) {
    let world = World::with(db, &[("registration.mode", "on")]).await;
    let admin = world.provisioned("admin@example.com").await;
    // Cyrillic letters, a dotless i, another hyphen.
    for lookalike in [
        "\u{430}dmin@example.com",
        "adm\u{131}n@example.com",
        "admin@example\u{2024}com",
    ] {
        let form = [("username", lookalike), ("password", OTHER)];
        let answer = world.browser().post("/register", &form).await;
        assert!(matches!(answer.status, 200 | 400), "{}", answer.describe());
        for letter in world.letters().await {
            assert_ne!(letter.to, admin.name, "{lookalike}");
        }
        let wrong = world.browser().sign_in(lookalike, PASSWORD).await;
        assert_eq!(wrong.status, 401, "{lookalike}");
        world
            .browser()
            .post("/forgot", &[("username", lookalike)])
            .await;
        assert!(world.letters().await.is_empty(), "{lookalike}");
    }
    let old = world.browser().sign_in(&admin.name, OTHER).await;
    assert_eq!(old.status, 401);
}

async fn an_invitation_revives_nobody_whom_an_operator_deactivated(db: Db) {
    let world = World::new(db).await;
    let invited = world
        .onboard("a@example.com", Onboarding::InviteOffline)
        .await;
    let secret = invited.link.unwrap().secret;
    world.switch(invited.id, Switch::Deactivate).await.unwrap();
    let late = world.browser().use_link("invite", &secret, PASSWORD).await;
    assert_eq!(late.status, 404, "{}", late.describe());
    let refused = world.browser().sign_in("a@example.com", PASSWORD).await;
    assert_eq!(refused.status, 401);
}

async fn an_invitation_revives_nobody_whom_a_client_deactivated(db: Db) {
    let world = World::new(db).await;
    let inactive = [
        json!([{"op": "replace", "path": "active", "value": false}]),
        json!([{"op": "replace", "path": "active", "value": true},
               {"op": "replace", "path": "active", "value": false}]),
    ];
    let mut revived = Vec::new();
    for (number, operations) in inactive.iter().enumerate() {
        let name = format!("p{number}@example.com");
        let invited = world.onboard(&name, Onboarding::InviteOffline).await;
        let secret = invited.link.unwrap().secret;
        let done = world.patch_user(invited.id, operations).await;
        assert!(done.is_success());
        let late = world.browser().use_link("invite", &secret, PASSWORD).await;
        if late.status != 404 {
            revived.push(operations);
        }
    }
    // Also where the person was active in between, and where the account was locked.
    let name = "c@example.com";
    let invited = world.onboard(name, Onboarding::InviteOffline).await;
    let secret = invited.link.unwrap().secret;
    for value in [true, false] {
        let set = json!([{"op": "replace", "path": "active", "value": value}]);
        world.patch_user(invited.id, &set).await.expect_status(200);
    }
    let late = world.browser().use_link("invite", &secret, PASSWORD).await;
    assert_eq!(late.status, 404, "active in between");
    let invited = world
        .onboard("d@example.com", Onboarding::InviteOffline)
        .await;
    let secret = invited.link.unwrap().secret;
    for to in [Switch::Lock(None), Switch::Unlock] {
        world.switch(invited.id, to).await.unwrap();
    }
    let late = world.browser().use_link("invite", &secret, PASSWORD).await;
    assert_eq!(late.status, 404, "locked in between");
    assert!(revived.is_empty(), "revived after: {revived:?}");
}

async fn nobody_is_invited_whom_a_client_keeps_inactive(db: Db) {
    let world = World::new(db).await;
    let body = json!({
        "schemas": [CORE_USER], "userName": "a@example.com", "active": false,
        "emails": [{"value": "a@example.com", "primary": true}],
    });
    let created = world.tenant.post("/Users", &body).await.expect_status(201);
    let id = id_of(&created).parse().unwrap();
    let (service, acting) = (&world.server.service, world.acting().await);
    let invited = onboarding::invite(service, &acting, id, true).await;
    if let Ok(invited) = &invited {
        let secret = &invited.link.as_ref().unwrap().secret;
        world.browser().use_link("invite", secret, PASSWORD).await;
    }
    assert_eq!(world.user(id).await["active"], false, "{invited:?}");
    let refused = world.browser().sign_in("a@example.com", PASSWORD).await;
    assert_eq!(refused.status, 401);
}

async fn a_client_that_activates_an_invited_person_lets_nobody_else_in(db: Db) {
    let world = World::new(db).await;
    let invited = world
        .onboard("a@example.com", Onboarding::InviteOffline)
        .await;
    let set = json!([{"op": "replace", "path": "active", "value": true}]);
    world.patch_user(invited.id, &set).await.expect_status(200);
    for password in ["", PASSWORD] {
        let refused = world.browser().sign_in("a@example.com", password).await;
        assert!(matches!(refused.status, 400 | 401));
    }
    let secret = invited.link.unwrap().secret;
    let first = world.browser().use_link("invite", &secret, PASSWORD).await;
    assert!(matches!(first.status, 303 | 404));
    let second = world.browser().use_link("invite", &secret, OTHER).await;
    assert_eq!(second.status, 404);
}

async fn a_renamed_account_frees_its_name_and_keeps_what_it_has(db: Db) {
    let world = World::new(db).await;
    let first = world.provisioned("a@example.com").await;
    let session = world.signed_in(&first.name, PASSWORD).await;
    let rename = json!([{"op": "replace", "path": "userName", "value": "b@example.com"}]);
    world.patch_user(first.id, &rename).await.expect_status(200);
    let second = world.provisioned("a@example.com").await;
    assert_ne!(first.id, second.id);
    let page = session.get("/account").await.expect_status(200);
    assert!(text_of(&page).contains("b@example.com"));
    let (service, acting) = (&world.server.service, world.acting().await);
    let found = acting.find(service, "a@example.com").await.unwrap();
    assert_eq!(found.stored.id, second.id);
    people::remove(service, &acting, second.id).await.unwrap();
    world.signed_in("b@example.com", PASSWORD).await;
    // People and operators cannot rename: only clients, by default.
    let form = [("userName", "c@example.com")];
    _ = session.post("/account", &form).await;
    assert_eq!(world.user(first.id).await["userName"], "b@example.com");
}
