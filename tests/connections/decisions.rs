//! What an operator sees of held changes, and what becomes of them.

use muster::error::ErrorKind;
use muster::service::shield::{self, Which};
use serde_json::{Value, json};

use super::{Place, assert_held, bulk_of};
use crate::support::Db;
use crate::support::command::muster;
use crate::support::fresh_database;
use crate::support::http::send;
use crate::support::process::Instance;
use crate::support::server::{id_of, scim_request, user};

on_both_databases!(
    attempts_are_counted_and_names_are_shown,
    what_is_released_passes_at_the_next_attempt_and_nothing_else,
    a_release_is_for_what_was_held,
    what_is_rejected_is_answered_403,
    a_decision_can_be_changed,
    a_number_that_is_not_held_is_not_found,
    operators_decide_by_command,
);

/// A tenant where one deletion has passed, and its users.
async fn exhausted(db: Db) -> (Place, Vec<String>) {
    let place = Place::shielded(db, "1", "100", "1").await;
    let users = place.users(10).await;
    place.delete(&users[0]).await.expect_status(204);
    (place, users)
}

async fn attempts_are_counted_and_names_are_shown(db: Db) {
    let (place, users) = exhausted(db).await;
    let group = place.tenant.create_group(&users[1..]).await;
    let (one, of_group) = (format!("/Users/{}", users[1]), format!("/Groups/{group}"));
    let user_name = place.document(&one).await["userName"].clone();
    let group_name = place.document(&of_group).await["displayName"].clone();
    for _ in 0..3 {
        assert_held(place.delete(&users[1]).await);
        place.server.clock.advance(60);
    }
    assert_held(place.remove(&group, &users[2..6]).await);
    let held = place.held().await;
    let shown: Vec<_> = held
        .iter()
        .map(|one| {
            (
                one.what,
                one.resource_type.as_str(),
                one.resource_id.to_string(),
                one.name.clone(),
                one.amount,
                one.attempts,
                one.decision.clone(),
            )
        })
        .collect();
    let name = |value: &Value| value.as_str().map(str::to_owned);
    assert_eq!(
        shown,
        [
            (
                "deletion",
                "User",
                users[1].clone(),
                name(&user_name),
                1,
                3,
                None
            ),
            (
                "removal of members",
                "Group",
                group.clone(),
                name(&group_name),
                4,
                1,
                None
            ),
        ]
    );
    assert_eq!(held[0].last_attempt - held[0].first_attempt, 120_000_000);
    assert_eq!(held[1].last_attempt, held[1].first_attempt);
    // The next attempt may be another one: the last is what is shown.
    assert_held(place.remove(&group, &users[2..5]).await);
    assert_eq!(
        (place.held().await[1].amount, place.held().await[1].attempts),
        (3, 2)
    );
    place.stop().await;
}

async fn what_is_released_passes_at_the_next_attempt_and_nothing_else(db: Db) {
    let (place, users) = exhausted(db).await;
    for id in &users[1..4] {
        assert_held(place.delete(id).await);
    }
    let held = place.held().await;
    assert_eq!(
        place.release(Which::These(vec![held[0].id])).await.unwrap(),
        1
    );
    assert_eq!(place.held().await[0].decision.as_deref(), Some("released"));
    // Nothing happens by itself.
    place.document(&format!("/Users/{}", users[1])).await;
    for id in &users[2..5] {
        assert_held(place.delete(id).await);
    }
    // It was released to be deleted, and not for anything else.
    place.deactivate(&users[5]).await.expect_status(200);
    assert_held(place.deactivate(&users[1]).await);
    place.delete(&users[1]).await.expect_status(204);
    let left: Vec<String> = place
        .held()
        .await
        .iter()
        .map(|one| one.resource_id.to_string())
        .collect();
    assert_eq!(left, [&users[2..5], &users[1..2]].concat());
    // All that is undecided, and no more afterwards.
    assert_eq!(place.release(Which::All).await.unwrap(), 4);
    assert_eq!(place.release(Which::All).await.unwrap(), 0);
    for id in &users[2..5] {
        place.delete(id).await.expect_status(204);
    }
    assert_held(place.delete(&users[6]).await);
    // In a bulk request as well.
    place.release(Which::All).await.unwrap();
    let operations = [6, 7].map(|position: usize| json!({"method": "DELETE", "path": format!("/Users/{}", users[position])}));
    let answer = place
        .tenant
        .post("/Bulk", &bulk_of(&operations))
        .await
        .json();
    let statuses = (
        &answer["Operations"][0]["status"],
        &answer["Operations"][1]["status"],
    );
    assert_eq!(statuses, (&json!("204"), &json!("503")));
    place.stop().await;
}

/// The operator saw three members leave: more than that are not what was released.
async fn a_release_is_for_what_was_held(db: Db) {
    let (place, users) = exhausted(db).await;
    let group = place.tenant.create_group(&users[1..]).await;
    place.remove(&group, &users[1..2]).await.expect_status(204);
    assert_held(place.remove(&group, &users[2..5]).await);
    assert_eq!(place.held().await[0].amount, 3);
    place.release(Which::All).await.unwrap();
    let everybody = place.remove(&group, &users[2..]).await;
    assert_held(everybody);
    place.remove(&group, &users[2..5]).await.expect_status(204);
    assert_eq!(place.tenant.members(&group).await, users[5..]);
    place.stop().await;
}

async fn what_is_rejected_is_answered_403(db: Db) {
    let (place, users) = exhausted(db).await;
    for id in &users[1..3] {
        assert_held(place.delete(id).await);
    }
    let first = place.held().await[0].id;
    assert_eq!(place.reject(Which::These(vec![first])).await.unwrap(), 1);
    for _ in 0..3 {
        let refused = place.delete(&users[1]).await.expect_status(403);
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(
            detail.contains("an operator has rejected this deletion"),
            "{detail}"
        );
        assert!(
            refused.header("Retry-After").is_none(),
            "{}",
            refused.describe()
        );
        // It is no question of scopes.
        assert!(
            refused.header("WWW-Authenticate").is_none(),
            "{}",
            refused.describe()
        );
        assert_held(place.delete(&users[2]).await);
    }
    let operation = json!({"method": "DELETE", "path": format!("/Users/{}", users[1])});
    let answer = place
        .tenant
        .post("/Bulk", &bulk_of(&[operation]))
        .await
        .json();
    assert_eq!(answer["Operations"][0]["status"], "403");
    place.document(&format!("/Users/{}", users[1])).await;
    // Also when the window is over.
    place.server.clock.advance(2 * 3_600);
    place.delete(&users[1]).await.expect_status(403);
    assert_held(place.delete(&users[2]).await);
    place.delete(&users[3]).await.expect_status(204);
    place.stop().await;
}

async fn a_decision_can_be_changed(db: Db) {
    let (place, users) = exhausted(db).await;
    assert_held(place.delete(&users[1]).await);
    let number = place.held().await[0].id;
    let this = || Which::These(vec![number]);
    place.reject(this()).await.unwrap();
    place.delete(&users[1]).await.expect_status(403);
    place.release(this()).await.unwrap();
    place.delete(&users[1]).await.expect_status(204);
    assert!(place.held().await.is_empty());
    place.stop().await;
}

async fn a_number_that_is_not_held_is_not_found(db: Db) {
    let (place, users) = exhausted(db).await;
    for id in &users[1..3] {
        assert_held(place.delete(id).await);
    }
    let held = place.held().await;
    let (first, unknown) = (held[0].id, held[1].id + 1_000);
    for decided in [
        place.release(Which::These(vec![first, unknown])).await,
        place.reject(Which::These(vec![unknown])).await,
    ] {
        let error = decided.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.detail().contains(&unknown.to_string()), "{error}");
    }
    // All of them or none.
    assert!(place.held().await.iter().all(|one| one.decision.is_none()));
    assert_held(place.delete(&users[1]).await);
    // Another connection's number is as unknown as any.
    let settings = [("shield.mode", "on")];
    place.other_token("other", &settings).await;
    let other = super::connection_of(&place.server, &place.tenant.name, "other").await;
    let these = Which::These(vec![first]);
    let decided = shield::decide(&place.server.service, &other, &these, true);
    assert_eq!(decided.await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_held(place.delete(&users[1]).await);
    place.stop().await;
}

async fn operators_decide_by_command(db: Db) {
    let database = fresh_database(db).await;
    let run =
        |arguments: &[&str]| muster(&database.url, &[arguments, &["--tenant", "acme"]].concat());
    muster(&database.url, &["tenant", "create", "acme"]).expect_success();
    run(&[
        "connection",
        "create",
        "one",
        "--set",
        "shield.mode=on",
        "--set",
        "shield.count=1",
        "--set",
        "shield.spare=1",
    ])
    .expect_success();
    let token = run(&["token", "create", "--connection", "one"]).expect_success();
    let mut instance = Instance::spawn(&database.url, &[]);
    let root = instance.root();
    let call = async |method: &str, path: &str, body: Option<&Value>| {
        let request = scim_request(token.trim(), method, path, &[], body);
        send(&root, request).await.unwrap()
    };
    let mut paths = Vec::new();
    for name in ["ada", "bob", "cid", "dan"] {
        let created = call("POST", "/Users", Some(&user(name))).await;
        paths.push(format!("/Users/{}", id_of(&created.expect_status(201))));
    }
    let held = || {
        let printed = run(&["connection", "held", "one", "-o", "json"]).expect_success();
        serde_json::from_str::<Value>(&printed).unwrap()
    };
    assert_eq!(held(), json!([]));
    call("DELETE", &paths[0], None).await.expect_status(204);
    for path in &paths[1..] {
        assert_held(call("DELETE", path, None).await);
    }
    let listed = held();
    let names: Vec<&Value> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["bob", "cid", "dan"]);
    assert_eq!(
        (&listed[0]["what"], &listed[0]["attempts"]),
        (&json!("deletion"), &json!(1))
    );
    let number = |position: usize| listed[position]["id"].to_string();
    // Which ones has to be said, and one of the two ways.
    for wrong in [
        &["connection", "release", "one"][..],
        &["connection", "release", "one", "1", "--all"],
    ] {
        assert_eq!(run(wrong).code, Some(2), "{wrong:?}");
    }
    assert_eq!(
        run(&["connection", "release", "one", "999999"]).code,
        Some(3)
    );
    let printed = run(&["connection", "release", "one", &number(0)]).expect_success();
    assert!(printed.starts_with("1 held changes released"), "{printed}");
    run(&["connection", "reject", "one", &number(1)]).expect_success();
    call("DELETE", &paths[1], None).await.expect_status(204);
    call("DELETE", &paths[2], None).await.expect_status(403);
    assert_held(call("DELETE", &paths[3], None).await);
    let printed = run(&["connection", "reject", "one", "--all"]).expect_success();
    assert!(printed.starts_with("1 held changes rejected"), "{printed}");
    call("DELETE", &paths[3], None).await.expect_status(403);
}
