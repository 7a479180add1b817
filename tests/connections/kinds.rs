//! Everything that takes something away, in every way it can be written; and what does not.

use muster::service::shield::Preview;
use serde_json::{Value, json};

use super::{Place, assert_held, bulk_of, removal, values};
use crate::support::Db;
use crate::support::server::{patch_of, user};

on_both_databases!(
    every_way_to_deactivate_is_held,
    every_way_to_delete_is_held,
    every_way_to_remove_members_is_held,
    what_takes_nothing_away_passes,
    a_held_operation_of_a_bulk_request_stops_nothing_else,
    what_stands_beside_a_held_change_is_not_done,
);

/// A tenant where nothing of any kind passes any more: one of each has.
async fn exhausted(db: Db) -> (Place, Vec<String>, String) {
    let place = Place::shielded(db, "1", "100", "1").await;
    let users = place.users(12).await;
    let group = place.tenant.create_group(&users[2..10]).await;
    place.deactivate(&users[0]).await.expect_status(200);
    place.delete(&users[1]).await.expect_status(204);
    place.remove(&group, &users[2..3]).await.expect_status(204);
    (place, users, group)
}

fn with(document: &Value, name: &str, value: Value) -> Value {
    let mut document = document.clone();
    document[name] = value;
    document
}

/// What is held of a resource.
fn only<'a>(held: &'a [Preview], id: &str) -> &'a Preview {
    let mut found = held.iter().filter(|one| one.resource_id.to_string() == id);
    let one = found
        .next()
        .unwrap_or_else(|| panic!("nothing is held of {id}"));
    assert!(found.next().is_none(), "held twice");
    one
}

async fn every_way_to_deactivate_is_held(db: Db) {
    let (place, users, _) = exhausted(db).await;
    let id = &users[4];
    let path = format!("/Users/{id}");
    let before = place.document(&path).await;
    let name = before["userName"].as_str().unwrap();
    let urn = "urn:ietf:params:scim:schemas:core:2.0:User:active";
    let patches = [
        json!([{"op": "replace", "path": "active", "value": false}]),
        json!([{"op": "Replace", "path": "active", "value": "False"}]),
        json!([{"op": "replace", "path": "active", "value": "false"}]),
        json!([{"op": "add", "path": "active", "value": false}]),
        json!([{"op": "replace", "path": urn, "value": false}]),
        json!([{"op": "replace", "path": "ACTIVE", "value": false}]),
        json!([{"op": "replace", "value": {"active": false}}]),
        json!([{"op": "add", "value": {"Active": "False"}}]),
        json!([{"op": "replace", "value": {urn: false}}]),
        json!([{"op": "replace", "path": "active", "value": true}, {"op": "replace", "path": "active", "value": false}]),
        json!([{"op": "replace", "path": "title", "value": "gone"}, {"op": "replace", "path": "active", "value": false}]),
    ];
    let puts = [json!(false), json!("False"), json!("false")];
    let puts = puts.map(|value| with(&user(name), "active", value));
    let mut attempts = 0;
    for patch in patches.iter().map(patch_of) {
        assert_held(place.tenant.patch(&path, &patch).await);
        assert_in_bulk(&place, "PATCH", &path, Some(&patch)).await;
        attempts += 2;
    }
    for put in &puts {
        assert_held(place.tenant.put(&path, put).await);
        assert_in_bulk(&place, "PUT", &path, Some(put)).await;
        attempts += 2;
    }
    assert_eq!(place.document(&path).await, before);
    let held = place.held().await;
    let held = only(&held, id);
    assert_eq!(
        (held.what, held.attempts, held.amount),
        ("deactivation", attempts, 1)
    );
    place.stop().await;
}

async fn every_way_to_delete_is_held(db: Db) {
    let (place, users, group) = exhausted(db).await;
    for (path, id) in [
        (format!("/Users/{}", users[4]), &users[4]),
        (format!("/Groups/{group}"), &group),
    ] {
        let before = place.document(&path).await;
        assert_held(place.tenant.delete(&path).await);
        let matching = [("If-Match", before["meta"]["version"].as_str().unwrap())];
        let held = place.tenant.request("DELETE", &path, &matching, None).await;
        assert_held(held);
        // A version that is not there is the client's fault first.
        let wrong = [("If-Match", "W/\"999\"")];
        let refused = place.tenant.request("DELETE", &path, &wrong, None).await;
        refused.expect_status(412);
        assert_in_bulk(&place, "DELETE", &path, None).await;
        assert_eq!(place.document(&path).await, before);
        let held = place.held().await;
        let held = only(&held, id);
        assert_eq!((held.what, held.attempts, held.amount), ("deletion", 3, 1));
    }
    place.stop().await;
}

async fn every_way_to_remove_members_is_held(db: Db) {
    let (place, users, group) = exhausted(db).await;
    let path = format!("/Groups/{group}");
    let before = place.document(&path).await;
    let gone = &users[4];
    let staying: Vec<String> = users[3..10]
        .iter()
        .filter(|id| *id != gone)
        .cloned()
        .collect();
    let one = std::slice::from_ref(gone);
    let urn = "urn:ietf:params:scim:schemas:core:2.0:Group:members";
    let patches = [
        (
            1,
            json!([{"op": "remove", "path": "members", "value": values(one)}]),
        ),
        (
            1,
            json!([{"op": "Remove", "path": "members", "value": values(one)}]),
        ),
        (
            1,
            json!([{"op": "remove", "path": urn, "value": values(one)}]),
        ),
        (
            1,
            json!([{"op": "remove", "path": format!("members[value eq \"{gone}\"]")}]),
        ),
        (
            2,
            json!([{"op": "remove", "path": format!("members[value eq \"{gone}\" or value eq \"{}\"]", users[5])}]),
        ),
        (
            7,
            json!([{"op": "remove", "path": "members[type eq \"User\"]"}]),
        ),
        (7, json!([{"op": "remove", "path": "members"}])),
        (
            1,
            json!([{"op": "replace", "path": "members", "value": values(&staying)}]),
        ),
        (
            7,
            json!([{"op": "replace", "path": "members", "value": []}]),
        ),
        (
            7,
            json!([{"op": "replace", "path": "members", "value": values(&users[11..])}]),
        ),
        (
            1,
            json!([{"op": "replace", "value": {"members": values(&staying)}}]),
        ),
        (
            1,
            json!([{"op": "add", "path": "members", "value": values(&users[11..])}, {"op": "remove", "path": "members", "value": values(one)}]),
        ),
        (
            1,
            json!([{"op": "remove", "path": "members", "value": values(one)}, {"op": "replace", "path": "displayName", "value": "renamed"}]),
        ),
    ];
    let fewer = with(&before, "members", json!(values(&staying)));
    let empty = with(&before, "members", json!([]));
    let mut attempts = 0;
    for (amount, operations) in &patches {
        let change = patch_of(operations);
        assert_held(place.tenant.patch(&path, &change).await);
        attempts += 1;
        let held = place.held().await;
        let held = only(&held, &group);
        assert_eq!(
            (held.what, held.attempts, held.amount),
            ("removal of members", attempts, *amount),
            "{change}"
        );
        assert_in_bulk(&place, "PATCH", &path, Some(&change)).await;
        attempts += 1;
    }
    for (amount, put) in [(1, fewer), (7, empty)] {
        assert_held(place.tenant.put(&path, &put).await);
        assert_in_bulk(&place, "PUT", &path, Some(&put)).await;
        attempts += 2;
        let held = place.held().await;
        let held = only(&held, &group);
        assert_eq!((held.attempts, held.amount), (attempts, amount));
    }
    assert_eq!(place.document(&path).await, before);
    place.stop().await;
}

/// The same as an operation of a bulk request.
async fn assert_in_bulk(place: &Place, method: &str, path: &str, data: Option<&Value>) {
    let mut operation = json!({"method": method, "path": path});
    if let Some(data) = data {
        operation["data"] = data.clone();
    }
    let answer = place.tenant.post("/Bulk", &bulk_of(&[operation])).await;
    let done = answer.expect_status(200).json()["Operations"][0].clone();
    assert_eq!(done["status"], "503", "{done}");
    let detail = done["response"]["detail"].as_str().unwrap();
    assert!(detail.starts_with("held: this "), "{detail}");
}

async fn what_takes_nothing_away_passes(db: Db) {
    let (place, users, group) = exhausted(db).await;
    let (one, of_group) = (format!("/Users/{}", users[5]), format!("/Groups/{group}"));
    let document = place.document(&one).await;
    let mut members = place.tenant.members(&group).await;
    let name = user(document["userName"].as_str().unwrap());
    let inactive = with(&user("a late one"), "active", json!(false));
    let as_is = with(
        &place.document(&of_group).await,
        "members",
        json!(values(&members)),
    );
    let more = patch_of(&json!([{"op": "add", "path": "members", "value": values(&users[10..])}]));
    let swap = patch_of(&json!([
        {"op": "remove", "path": "members", "value": values(&users[5..6])},
        {"op": "add", "path": "members", "value": values(&users[5..6])},
    ]));
    let on = patch_of(&json!([{"op": "replace", "path": "active", "value": true}]));
    let still_off = patch_of(&json!([{"op": "replace", "path": "active", "value": false}]));
    let rename = patch_of(&json!([{"op": "replace", "path": "displayName", "value": "renamed"}]));
    let (gone, off) = (
        format!("/Users/{}", users[1]),
        format!("/Users/{}", users[0]),
    );
    for (method, path, body, status) in [
        ("POST", "/Users", Some(&inactive), 201),
        ("PUT", &one, Some(&name), 200),
        ("PATCH", &one, Some(&rename), 200),
        ("PATCH", &off, Some(&still_off), 200),
        ("PATCH", &off, Some(&on), 200),
        ("DELETE", &gone, None, 404),
        ("PUT", &of_group, Some(&as_is), 200),
        ("PATCH", &of_group, Some(&more), 204),
        ("PATCH", &of_group, Some(&swap), 204),
        ("PATCH", &of_group, Some(&removal(&users[2..3])), 204),
        ("PATCH", &of_group, Some(&rename), 204),
    ] {
        let answer = place.tenant.request(method, path, &[], body).await;
        assert_eq!(
            answer.status,
            status,
            "{method} {path} {body:?}: {}",
            answer.describe()
        );
    }
    members.extend_from_slice(&users[10..]);
    members.sort();
    assert_eq!(place.tenant.members(&group).await, members);
    assert!(place.held().await.is_empty());
    place.stop().await;
}

async fn a_held_operation_of_a_bulk_request_stops_nothing_else(db: Db) {
    let (place, users, group) = exhausted(db).await;
    let path = |position: usize| format!("/Users/{}", users[position]);
    let rename = patch_of(&json!([{"op": "replace", "path": "displayName", "value": "renamed"}]));
    let operations = [
        json!({"method": "POST", "path": "/Users", "bulkId": "a", "data": user("before")}),
        json!({"method": "DELETE", "path": path(4)}),
        json!({"method": "PATCH", "path": path(5), "data": rename}),
        json!({"method": "PATCH", "path": path(5), "data": super::deactivation()}),
        json!({"method": "PATCH", "path": format!("/Groups/{group}"), "data": removal(&users[6..8])}),
        json!({"method": "PATCH", "path": format!("/Groups/{group}"), "data": rename}),
        json!({"method": "POST", "path": "/Users", "bulkId": "b", "data": user("after")}),
    ];
    let answer = place.tenant.post("/Bulk", &bulk_of(&operations)).await;
    let answer = answer.expect_status(200).json();
    let statuses: Vec<&str> = answer["Operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| operation["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["201", "503", "200", "503", "503", "204", "201"]);
    let one = place.document(&path(5)).await;
    assert_eq!(
        (&one["displayName"], &one["active"]),
        (&json!("renamed"), &json!(true))
    );
    place.document(&path(4)).await;
    assert_eq!(place.tenant.members(&group).await.len(), 7);
    assert_eq!(
        place.document(&format!("/Groups/{group}")).await["displayName"],
        "renamed"
    );
    let mut held: Vec<(&str, i64)> = place
        .held()
        .await
        .iter()
        .map(|one| (one.what, one.attempts))
        .collect();
    held.sort_unstable();
    assert_eq!(
        held,
        [
            ("deactivation", 1),
            ("deletion", 1),
            ("removal of members", 1)
        ]
    );
    // Errors stop a bulk request where it says so, held ones as well.
    let mut stopping = bulk_of(&operations[1..]);
    stopping["failOnErrors"] = json!(1);
    let answer = place
        .tenant
        .post("/Bulk", &stopping)
        .await
        .expect_status(200)
        .json();
    assert_eq!(
        answer["Operations"].as_array().unwrap().len(),
        1,
        "{answer}"
    );
    place.stop().await;
}

async fn what_stands_beside_a_held_change_is_not_done(db: Db) {
    let (place, users, group) = exhausted(db).await;
    let path = format!("/Groups/{group}");
    let before = (
        place.document(&path).await,
        place.document(&format!("/Users/{}", users[11])).await,
    );
    let both = patch_of(&json!([
        {"op": "add", "path": "members", "value": values(&users[11..])},
        {"op": "replace", "path": "displayName", "value": "renamed"},
        {"op": "remove", "path": "members", "value": values(&users[4..5])},
    ]));
    assert_held(place.tenant.patch(&path, &both).await);
    assert_eq!(
        (
            place.document(&path).await,
            place.document(&format!("/Users/{}", users[11])).await
        ),
        before
    );
    place.stop().await;
}
