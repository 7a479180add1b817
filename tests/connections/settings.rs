//! What single settings do, where their values come from, and connections that an operator made read-only.

use muster::auth::settings::{From, explain};
use muster::service::admin;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Place, bulk_of, connection_of, deactivation, removal, values};
use crate::support::command::muster;
use crate::support::http::send;
use crate::support::server::{add_member, patch_of, scim_request, user};
use crate::support::{Db, forgotten, fresh_database};

on_both_databases!(
    whoever_is_no_member_is_named_where_the_connection_wants_to_know,
    whoever_is_no_member_needs_no_removal_otherwise,
    text_without_quotes_is_read_where_it_is_allowed,
    numbers_and_booleans_without_quotes_stay_what_they_are,
    a_setting_goes_back_to_what_the_profile_says,
    connection_show_tells_where_a_value_comes_from,
    a_frozen_connection_reads_and_changes_nothing,
);

async fn whoever_is_no_member_is_named_where_the_connection_wants_to_know(db: Db) {
    let place = Place::new(db, "generic", &[("members.absent", "not_found")]).await;
    let users = place.users(3).await;
    let nobody = Uuid::now_v7().to_string();
    let group = place.tenant.create_group(&users[..2]).await;
    let path = format!("/Groups/{group}");
    let before = place.document(&path).await;
    let by_filter =
        |id: &str| json!({"op": "remove", "path": format!("members[value eq \"{id}\"]")});
    let both = json!({"op": "remove", "path": "members", "value": values(&[users[0].clone(), users[2].clone(), nobody.clone()])});
    for (operations, absent) in [
        (json!([both]), vec![&users[2], &nobody]),
        (json!([by_filter(&users[2])]), vec![&users[2]]),
        (json!([by_filter(&nobody)]), vec![&nobody]),
        // What stands beside it is not done either.
        (
            json!([by_filter(&users[1]), by_filter(&users[1])]),
            vec![&users[1]],
        ),
        (
            json!([{"op": "replace", "path": "displayName", "value": "changed"}, by_filter(&nobody)]),
            vec![&nobody],
        ),
    ] {
        let refused = place.tenant.patch(&path, &patch_of(&operations)).await;
        let detail = refused.expect_status(404).json()["detail"].clone();
        let detail = detail.as_str().unwrap();
        for id in &absent {
            assert!(detail.contains(id.as_str()), "{operations}: {detail}");
        }
        let is_member_named = !absent.contains(&&users[0]) && detail.contains(&users[0]);
        assert!(!is_member_named, "{operations}: {detail}");
        assert_eq!(place.document(&path).await, before, "{operations}");
    }
    let operation =
        json!({"method": "PATCH", "path": path, "data": patch_of(&json!([by_filter(&nobody)]))});
    let answer = place.tenant.post("/Bulk", &bulk_of(&[operation])).await;
    let done = &answer.expect_status(200).json()["Operations"][0];
    assert_eq!(done["status"], "404", "{done}");
    assert_eq!(place.document(&path).await, before);
    // Whoever is a member leaves.
    let left = place.remove(&group, &users[..1]).await;
    assert!(left.is_success(), "{}", left.describe());
    assert_eq!(place.tenant.members(&group).await, users[1..2]);
    place.stop().await;
}

async fn whoever_is_no_member_needs_no_removal_otherwise(db: Db) {
    let place = Place::new(db, "generic", &[]).await;
    let users = place.users(2).await;
    let group = place.tenant.create_group(&users[..1]).await;
    let path = format!("/Groups/{group}");
    let before = place.document(&path).await;
    for id in [users[1].clone(), Uuid::now_v7().to_string()] {
        let done = place.remove(&group, std::slice::from_ref(&id)).await;
        assert!(done.is_success(), "{}", done.describe());
        let by_filter = json!([{"op": "remove", "path": format!("members[value eq \"{id}\"]")}]);
        let done = place.tenant.patch(&path, &patch_of(&by_filter)).await;
        assert!(done.is_success(), "{}", done.describe());
    }
    assert_eq!(place.document(&path).await, before);
    place.stop().await;
}

/// How many are found by URL and by `.search`; the status where it is refused.
async fn found(place: &Place, endpoint: &str, filter: &str) -> (Value, Value) {
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": filter,
    });
    let encoded = filter
        .replace(' ', "%20")
        .replace('"', "%22")
        .replace('+', "%2B");
    let by_url = place
        .tenant
        .get(&format!("/{endpoint}?filter={encoded}"))
        .await;
    let by_body = place
        .tenant
        .post(&format!("/{endpoint}/.search"), &search)
        .await;
    let told = |response: crate::support::http::Response| match response.status {
        200 => response.json()["totalResults"].clone(),
        _ => response.json()["scimType"].clone(),
    };
    (told(by_url), told(by_body))
}

async fn text_without_quotes_is_read_where_it_is_allowed(db: Db) {
    let place = Place::new(db, "generic", &[]).await;
    for name in ["bjensen", "b.jensen@example.com", "7"] {
        place.tenant.create_user(name).await;
    }
    let unquoted = [
        ("userName eq bjensen", 1),
        ("userName eq B.Jensen@example.com", 1),
        ("userName sw b", 2),
        ("userName eq bjensen or userName eq \"7\"", 2),
        ("not (userName eq bjensen)", 2),
        ("userName eq nobody", 0),
    ];
    for (filter, _) in unquoted {
        let refused = json!("invalidFilter");
        assert_eq!(
            found(&place, "Users", filter).await,
            (refused.clone(), refused),
            "{filter}"
        );
    }
    place.set("filter.unquoted", Some("accept")).await;
    for (filter, count) in unquoted {
        assert_eq!(
            found(&place, "Users", filter).await,
            (json!(count), json!(count)),
            "{filter}"
        );
    }
    // With quotes it stays what it was, and nonsense stays nonsense.
    for (filter, expected) in [
        ("userName eq \"bjensen\"", json!(1)),
        ("userName eq", json!("invalidFilter")),
        ("userName eq two words", json!("invalidFilter")),
        ("userName like bjensen", json!("invalidFilter")),
        ("userName eq \"bjensen", json!("invalidFilter")),
    ] {
        assert_eq!(
            found(&place, "Users", filter).await,
            (expected.clone(), expected),
            "{filter}"
        );
    }
    place.stop().await;
}

async fn numbers_and_booleans_without_quotes_stay_what_they_are(db: Db) {
    const THING: &str = "urn:example:scim:schemas:test:1.0:Counted";
    let place = Place::new(db, "generic", &[]).await;
    let service = &place.server.service;
    let tenant = admin::get_tenant(service, &place.tenant.name)
        .await
        .unwrap();
    let documents = json!([
        {"id": THING, "attributes": [{"name": "label"}, {"name": "size", "type": "integer"}, {"name": "isOpen", "type": "boolean"}]},
        {"name": "Counted", "endpoint": "/Counted", "schema": THING, "schemaExtensions": []},
    ]);
    let definitions = muster::service::schemas::read(&documents.to_string()).unwrap();
    muster::service::schemas::add(service, &tenant, &definitions, None)
        .await
        .unwrap();
    for (label, size, is_open) in [("7", 7, true), ("true", 70, false), ("null", 8, true)] {
        let document = json!({"schemas": [THING], "label": label, "size": size, "isOpen": is_open});
        place
            .tenant
            .post("/Counted", &document)
            .await
            .expect_status(201);
    }
    let filters = [
        ("size eq 7", json!(1)),
        ("size gt 7", json!(2)),
        ("isOpen eq true", json!(2)),
        ("isOpen eq False", json!(1)),
        ("size eq null", json!(0)),
        ("label eq \"7\"", json!(1)),
        ("label eq \"true\"", json!(1)),
    ];
    let mut before = Vec::new();
    for (filter, count) in &filters {
        assert_eq!(
            found(&place, "Counted", filter).await,
            (count.clone(), count.clone()),
            "{filter}"
        );
    }
    // Of another type than the attribute: the same, whatever the setting says.
    let others = [
        "label eq 7",
        "label eq true",
        "label eq null",
        "size eq true",
        "isOpen eq 7",
    ];
    for filter in others {
        before.push(found(&place, "Counted", filter).await);
    }
    place.set("filter.unquoted", Some("accept")).await;
    for (filter, count) in &filters {
        assert_eq!(
            found(&place, "Counted", filter).await,
            (count.clone(), count.clone()),
            "{filter}"
        );
    }
    for (filter, before) in others.iter().zip(&before) {
        assert_eq!(found(&place, "Counted", filter).await, *before, "{filter}");
    }
    place.stop().await;
}

async fn a_setting_goes_back_to_what_the_profile_says(db: Db) {
    let place = Place::new(db, "entra", &[]).await;
    let id = place.tenant.create_user("bjensen").await;
    let path = format!("/Users/{id}");
    let change = |kind: &str| {
        let selected = format!("emails[type eq \"{kind}\"].value");
        patch_of(&json!([{"op": "replace", "path": selected, "value": "b@example.com"}]))
    };
    let own = async |name: &str| {
        let connection = connection_of(&place.server, &place.tenant.name, "test").await;
        let explained = explain(&connection.profile, &connection.settings).unwrap();
        let found = explained
            .into_iter()
            .find(|(setting, ..)| setting.name == name);
        let (_, value, from) = found.unwrap();
        (value, from)
    };
    let name = "patch.replace_unmatched";
    assert_eq!(own(name).await, ("create".to_owned(), From::Profile));
    place
        .tenant
        .patch(&path, &change("work"))
        .await
        .expect_status(200);
    place.set(name, Some("error")).await;
    assert_eq!(own(name).await, ("error".to_owned(), From::Own));
    place
        .tenant
        .patch(&path, &change("home"))
        .await
        .expect_status(400);
    place.set(name, None).await;
    assert_eq!(own(name).await, ("create".to_owned(), From::Profile));
    place
        .tenant
        .patch(&path, &change("home"))
        .await
        .expect_status(200);
    // What the profile does not mention goes back to the default.
    let name = "write.if_match";
    place.set(name, Some("required")).await;
    place
        .tenant
        .put(&path, &user("bjensen"))
        .await
        .expect_status(428);
    place.set(name, None).await;
    assert_eq!(own(name).await, ("optional".to_owned(), From::Default));
    place
        .tenant
        .put(&path, &user("bjensen"))
        .await
        .expect_status(200);
    place.stop().await;
}

async fn connection_show_tells_where_a_value_comes_from(db: Db) {
    let database = fresh_database(db).await;
    let run = |arguments: &[&str]| muster(&database.url, arguments).expect_success();
    run(&["tenant", "create", "acme"]);
    run(&[
        "connection",
        "create",
        "one",
        "--tenant",
        "acme",
        "--profile",
        "entra",
        "--set",
        "shield.count=7",
        "--set",
        "members.absent=not_found",
    ]);
    let shown = |part: &str, name: &str| {
        let arguments = [
            "connection",
            "show",
            "one",
            "--tenant",
            "acme",
            "-o",
            "json",
        ];
        let printed = run(&arguments);
        let shown: Value = serde_json::from_str(&printed).unwrap();
        shown[part][name]
            .as_str()
            .unwrap_or_else(|| panic!("{name}: {printed}"))
            .to_owned()
    };
    let value = |name: &str| shown("settings", name);
    let origin = |name: &str| shown("origins", name);
    assert_eq!(value("shield.count"), "7");
    assert_eq!(value("shield.percent"), "20");
    assert_eq!(value("shield.spare"), "5");
    // For people, the same on one line each.
    let printed = run(&["connection", "show", "one", "--tenant", "acme"]);
    for (name, value) in [
        ("shield.count", "7"),
        ("shield.percent", "20"),
        ("shield.spare", "5"),
    ] {
        let line = printed
            .lines()
            .find(|line| line.trim_start().starts_with(name))
            .unwrap();
        assert!(
            line.contains(value) && line.contains(&origin(name)),
            "{line}"
        );
    }
    assert_eq!(origin("shield.count"), "set here");
    assert_eq!(origin("members.absent"), "set here");
    assert_eq!(origin("shield.percent"), "profile");
    assert_eq!(origin("shield.spare"), "default");
    run(&[
        "connection",
        "update",
        "one",
        "--tenant",
        "acme",
        "--unset",
        "shield.count",
    ]);
    assert_eq!(value("shield.count"), "500");
    assert_eq!(origin("shield.count"), "profile");
    assert_eq!(origin("members.absent"), "set here");
    run(&[
        "connection",
        "update",
        "one",
        "--tenant",
        "acme",
        "--profile",
        "generic",
    ]);
    assert_eq!(origin("shield.count"), "default");
    assert_eq!(origin("members.absent"), "set here");
    for wrong in ["shield.nothing", ""] {
        let ended = muster(
            &database.url,
            &[
                "connection",
                "update",
                "one",
                "--tenant",
                "acme",
                "--unset",
                wrong,
            ],
        );
        assert_ne!(ended.code, Some(0), "--unset {wrong:?}: {}", ended.stdout);
    }
}

async fn a_frozen_connection_reads_and_changes_nothing(db: Db) {
    let place = Place::new(db, "generic", &[]).await;
    let second = place.server.another().await;
    let service = &place.server.service;
    let users = place.users(2).await;
    let group = place.tenant.create_group(&users[..1]).await;
    let scopes = Some("read write");
    let own = admin::create_token(service, &place.connection, scopes, None, Some(&users[0]));
    let own = own.await.unwrap().secret;
    let (one, of_group) = (format!("/Users/{}", users[1]), format!("/Groups/{group}"));
    let nick = patch_of(&json!([{"op": "replace", "path": "nickName", "value": "x"}]));
    let create = json!({"method": "POST", "path": "/Users", "bulkId": "b", "data": user("bulk")});
    let mut replaced = user("replaced");
    replaced["title"] = json!("x");
    let writes = [
        (false, "POST", "/Users", Some(user("another"))),
        (false, "PUT", &one, Some(replaced)),
        (false, "PATCH", &one, Some(nick.clone())),
        (false, "PATCH", &one, Some(deactivation())),
        (false, "DELETE", &one, None),
        (
            false,
            "POST",
            "/Groups",
            Some(json!({"displayName": "another"})),
        ),
        (false, "PATCH", &of_group, Some(add_member(&users[1]))),
        (false, "PATCH", &of_group, Some(removal(&users[..1]))),
        (false, "DELETE", &of_group, None),
        (false, "POST", "/Bulk", Some(bulk_of(&[create]))),
        (true, "PUT", "/Me", Some(user("me"))),
        (true, "PATCH", "/Me", Some(nick)),
    ];
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]});
    let reads = [
        (false, "GET", "/Users", None),
        (false, "GET", &one, None),
        (false, "GET", &of_group, None),
        (false, "GET", "/", None),
        (false, "POST", "/.search", Some(search.clone())),
        (false, "POST", "/Groups/.search", Some(search)),
        (false, "GET", "/Schemas", None),
        (true, "GET", "/Me", None),
    ];
    let call =
        async |root: &str, (is_own, method, path, body): &(bool, &str, &str, Option<Value>)| {
            let token = if *is_own { &own } else { &place.tenant.token };
            send(root, scim_request(token, method, path, &[], body.as_ref()))
                .await
                .unwrap()
        };
    let roots = [place.server.root.clone(), second.root.clone()];
    let state = async || {
        (
            place.document("/Users").await,
            place.document("/Groups").await,
        )
    };
    for thawed_at in &roots {
        let before = state().await;
        admin::set_frozen(service, &place.connection, true)
            .await
            .unwrap();
        forgotten().await;
        for root in &roots {
            for write in &writes {
                let refused = call(root, write).await.expect_status(503);
                assert_eq!(refused.header("Retry-After"), Some("300"), "{write:?}");
                let detail = refused.json()["detail"].as_str().unwrap().to_owned();
                assert!(detail.contains("read-only"), "{detail}");
            }
            for read in &reads {
                call(root, read).await.expect_status(200);
            }
        }
        assert_eq!(state().await, before);
        admin::set_frozen(service, &place.connection, false)
            .await
            .unwrap();
        forgotten().await;
        call(thawed_at, &writes[2]).await.expect_status(200);
        call(thawed_at, &writes[11]).await.expect_status(200);
    }
    // Another connection of the tenant was never concerned.
    admin::set_frozen(service, &place.connection, true)
        .await
        .unwrap();
    let other = place.other_token("other", &[]).await;
    let done = place.as_other(&other, "DELETE", &one, None).await;
    done.expect_status(204);
    second.stop().await;
    place.stop().await;
}
