//! How much the shield lets pass: at each bound and one beyond, within the window, for each connection by itself.

use futures_util::future::join_all;
use muster::service::admin;
use serde_json::json;

use super::{Place, assert_held, bulk_of, deactivation};
use crate::support::Db;
use crate::support::http::{Response, send};
use crate::support::server::{TestTenant, scim_request};

on_both_databases!(
    nothing_is_held_without_a_shield,
    single_leavers_pass_in_a_tiny_tenant,
    as_many_as_the_count_pass,
    as_many_percent_as_allowed_pass,
    a_percentage_that_does_not_divide_is_not_exceeded,
    kinds_are_counted_each_by_itself,
    what_left_the_window_is_forgotten,
    others_are_not_counted,
    at_once_no_more_pass_than_one_after_the_other,
    groups_share_the_count_at_once,
);

async fn nothing_is_held_without_a_shield(db: Db) {
    let place = Place::new(db, "generic", &[]).await;
    let users = place.users(130).await;
    let group = place.tenant.create_group(&users).await;
    place.remove(&group, &users[..129]).await.expect_status(204);
    for id in &users[..110] {
        place.deactivate(id).await.expect_status(200);
    }
    for id in &users[..110] {
        place.delete(id).await.expect_status(204);
    }
    assert!(place.held().await.is_empty());
    place.stop().await;
}

async fn single_leavers_pass_in_a_tiny_tenant(db: Db) {
    // 1 % of six is nobody, and five pass nevertheless.
    let place = Place::shielded(db, "100", "1", "5").await;
    let users = place.users(6).await;
    let group = place.tenant.create_group(&users).await;
    for id in &users[..5] {
        place
            .remove(&group, std::slice::from_ref(id))
            .await
            .expect_status(204);
        place.deactivate(id).await.expect_status(200);
        place.delete(id).await.expect_status(204);
    }
    let last = &users[5];
    let reason = "more than 1 % of";
    let detail = assert_held(place.remove(&group, std::slice::from_ref(last)).await);
    assert!(
        detail.contains(reason) && detail.contains("group's members"),
        "{detail}"
    );
    let detail = assert_held(place.deactivate(last).await);
    assert!(
        detail.contains(reason) && detail.contains("User"),
        "{detail}"
    );
    let detail = assert_held(place.delete(last).await);
    assert!(
        detail.contains(reason) && detail.contains("shield.percent"),
        "{detail}"
    );
    assert_eq!(
        place.tenant.members(&group).await,
        std::slice::from_ref(last)
    );
    place.stop().await;
}

async fn as_many_as_the_count_pass(db: Db) {
    const COUNT: usize = 6;
    let place = Place::shielded(db, "6", "100", "1").await;
    let users = place.users(40).await;
    let group = place.tenant.create_group(&users).await;
    // In one request.
    let detail = assert_held(place.remove(&group, &users[..=COUNT]).await);
    assert!(
        detail.contains("more than 6 within 60 minutes (shield.count)"),
        "{detail}"
    );
    let other = place.tenant.create_group(&users).await;
    place
        .remove(&other, &users[..COUNT])
        .await
        .expect_status(204);
    assert_held(place.remove(&other, &users[COUNT..=COUNT]).await);
    assert_eq!(place.tenant.members(&other).await.len(), 40 - COUNT);
    assert_eq!(place.tenant.members(&group).await.len(), 40);
    // One after the other.
    for id in &users[..COUNT] {
        place.deactivate(id).await.expect_status(200);
    }
    let detail = assert_held(place.deactivate(&users[COUNT]).await);
    assert!(detail.contains("shield.count"), "{detail}");
    for id in &users[20..20 + COUNT] {
        place.delete(id).await.expect_status(204);
    }
    let detail = assert_held(place.delete(&users[30]).await);
    assert!(detail.contains("shield.count"), "{detail}");
    let listed = place.document("/Users?filter=active+eq+false").await;
    assert_eq!(listed["totalResults"], COUNT);
    place.stop().await;
}

async fn as_many_percent_as_allowed_pass(db: Db) {
    // 20 % of 40.
    const PASSING: usize = 8;
    let place = Place::shielded(db, "1000", "20", "1").await;
    let users = place.users(40).await;
    for id in &users[..PASSING] {
        place.deactivate(id).await.expect_status(200);
    }
    let detail = assert_held(place.deactivate(&users[PASSING]).await);
    assert!(
        detail.contains("more than 20 % of all of type User"),
        "{detail}"
    );
    let (one, other) = (
        place.tenant.create_group(&users).await,
        place.tenant.create_group(&users).await,
    );
    // In one request, and one after the other: what has left counts among those there were.
    let detail = assert_held(place.remove(&one, &users[..=PASSING]).await);
    assert!(detail.contains("20 % of the group's members"), "{detail}");
    place
        .remove(&other, &users[..PASSING])
        .await
        .expect_status(204);
    assert_held(place.remove(&other, &users[PASSING..=PASSING]).await);
    for id in users[..PASSING].iter().rev() {
        place.delete(id).await.expect_status(204);
    }
    let detail = assert_held(place.delete(&users[20]).await);
    assert!(detail.contains("shield.percent"), "{detail}");
    let listed = place.document("/Users?count=0").await;
    assert_eq!(listed["totalResults"], 40 - PASSING);
    place.stop().await;
}

/// Two of 28 are more than 7 %: 7.14 %.
async fn a_percentage_that_does_not_divide_is_not_exceeded(db: Db) {
    let place = Place::shielded(db, "1000", "7", "1").await;
    let users = place.users(28).await;
    let group = place.tenant.create_group(&users).await;
    place.deactivate(&users[0]).await.expect_status(200);
    assert_held(place.deactivate(&users[1]).await);
    assert_held(place.remove(&group, &users[..2]).await);
    place.delete(&users[2]).await.expect_status(204);
    assert_held(place.delete(&users[3]).await);
    place.stop().await;
}

async fn kinds_are_counted_each_by_itself(db: Db) {
    let place = Place::shielded(db, "2", "100", "1").await;
    let users = place.users(12).await;
    let groups = [
        place.tenant.create_group(&users).await,
        place.tenant.create_group(&users).await,
    ];
    for position in 0..2 {
        place.deactivate(&users[position]).await.expect_status(200);
        place
            .remove(&groups[position], &users[..1])
            .await
            .expect_status(204);
        // Who is deleted leaves the groups, and that counts for nothing.
        place.delete(&users[position + 4]).await.expect_status(204);
    }
    assert_held(place.deactivate(&users[8]).await);
    assert_held(place.delete(&users[8]).await);
    assert_held(place.remove(&groups[0], &users[8..9]).await);
    // A group is deleted as a user is: they share the count.
    let gone = place.tenant.delete(&format!("/Groups/{}", groups[1])).await;
    assert_held(gone);
    // What takes nothing away is not counted.
    place.deactivate(&users[0]).await.expect_status(200);
    place
        .remove(&groups[0], &users[..1])
        .await
        .expect_status(204);
    place
        .tenant
        .delete("/Users/0199aaaa-0000-7000-8000-00000000beef")
        .await
        .expect_status(404);
    place.stop().await;
}

async fn what_left_the_window_is_forgotten(db: Db) {
    const WINDOW_SECONDS: i64 = 600;
    let place = Place::shielded(db, "2", "100", "1").await;
    place.set("shield.window_minutes", Some("10")).await;
    let users = place.users(12).await;
    for id in &users[..2] {
        place.delete(id).await.expect_status(204);
    }
    let detail = assert_held(place.delete(&users[2]).await);
    assert!(detail.contains("within 10 minutes"), "{detail}");
    place.server.clock.advance(WINDOW_SECONDS - 1);
    assert_held(place.delete(&users[3]).await);
    place.server.clock.advance(1);
    // What is held stays held: only an operator lets it pass. Others pass as if nothing had been.
    let detail = assert_held(place.delete(&users[2]).await);
    assert!(
        detail.contains("waiting for an operator's decision"),
        "{detail}"
    );
    assert_held(place.delete(&users[3]).await);
    for id in &users[4..6] {
        place.delete(id).await.expect_status(204);
    }
    assert_held(place.delete(&users[6]).await);
    place.server.clock.advance(30 * 86_400 - 3_600);
    assert_held(place.delete(&users[2]).await);
    place
        .tenant
        .get(&format!("/Users/{}", users[2]))
        .await
        .expect_status(200);
    place.stop().await;
}

async fn others_are_not_counted(db: Db) {
    const BOUNDS: &[(&str, &str)] = &[
        ("shield.mode", "on"),
        ("shield.count", "2"),
        ("shield.percent", "100"),
        ("shield.spare", "1"),
    ];
    let place = Place::new(db, "generic", BOUNDS).await;
    let (open, shielded) = (
        place.other_token("open", &[]).await,
        place.other_token("shielded", BOUNDS).await,
    );
    let users = place.users(20).await;
    let path = |position: usize| format!("/Users/{}", users[position]);
    let delete = async |token: &str, position: usize| {
        place.as_other(token, "DELETE", &path(position), None).await
    };
    for position in 0..4 {
        delete(&open, position).await.expect_status(204);
    }
    for position in 4..6 {
        delete(&shielded, position).await.expect_status(204);
    }
    assert_held(delete(&shielded, 6).await);
    // A tenant beside it, on the same server, whose connection is called the same.
    let options = crate::support::server::TenantOptions {
        settings: BOUNDS
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..Default::default()
    };
    let beside = place.server.tenant_with(&options).await;
    for name in ["a", "b"] {
        let id = beside.create_user(name).await;
        beside
            .delete(&format!("/Users/{id}"))
            .await
            .expect_status(204);
    }
    // What the other connection's shield holds is nobody else's.
    assert!(place.held().await.is_empty());
    place.delete(&users[6]).await.expect_status(204);
    place.delete(&users[7]).await.expect_status(204);
    assert_held(place.delete(&users[8]).await);
    delete(&open, 8).await.expect_status(204);
    // A user's own token is not the connection's doing.
    let token = admin::create_token(
        &place.server.service,
        &place.connection,
        Some("read write"),
        None,
        Some(&users[10]),
    );
    let own = token.await.unwrap().secret;
    let refused = place
        .as_other(&own, "PATCH", "/Me", Some(&deactivation()))
        .await;
    refused.expect_status(403);
    place.stop().await;
}

/// Sends one request for each path at once, to two instances in turn.
async fn at_once(
    place: &Place,
    other_root: &str,
    requests: &[(&str, String, Option<serde_json::Value>)],
) -> Vec<Response> {
    let sent = requests
        .iter()
        .enumerate()
        .map(|(position, (method, path, body))| {
            let root = if position % 2 == 0 {
                place.tenant.root.clone()
            } else {
                other_root.to_owned()
            };
            let request = scim_request(&place.tenant.token, method, path, &[], body.as_ref());
            async move { send(&root, request).await.unwrap() }
        });
    join_all(sent).await
}

#[track_caller]
fn assert_so_many_passed(answers: Vec<Response>, count: usize) {
    let (passed, held): (Vec<Response>, Vec<Response>) =
        answers.into_iter().partition(Response::is_success);
    for answer in held {
        assert_held(answer);
    }
    assert_eq!(passed.len(), count);
}

/// Whoever counts locks the connection's row first. Without that lock each of these requests counts before the others have
/// noted anything, and on PostgreSQL far more than five pass. (Tried once: with `shield::lock` doing nothing, this test fails.)
async fn at_once_no_more_pass_than_one_after_the_other(db: Db) {
    const COUNT: usize = 5;
    let place = Place::shielded(db, "5", "100", "1").await;
    let second = place.server.another().await;
    let users = place.users(48).await;
    let deletions: Vec<_> = users[..24]
        .iter()
        .map(|id| ("DELETE", format!("/Users/{id}"), None))
        .collect();
    assert_so_many_passed(at_once(&place, &second.root, &deletions).await, COUNT);
    let deactivations: Vec<_> = users[24..]
        .iter()
        .map(|id| ("PATCH", format!("/Users/{id}"), Some(deactivation())))
        .collect();
    assert_so_many_passed(at_once(&place, &second.root, &deactivations).await, COUNT);
    let listed = place.document("/Users?count=0").await;
    assert_eq!(listed["totalResults"], 48 - COUNT);
    let inactive = place
        .document("/Users?count=0&filter=active+eq+false")
        .await;
    assert_eq!(inactive["totalResults"], COUNT);
    assert_eq!(place.held().await.len(), 2 * (24 - COUNT));
    second.stop().await;
    place.stop().await;
}

/// Removals from many groups, singly and in bulk requests that meet.
async fn groups_share_the_count_at_once(db: Db) {
    const COUNT: usize = 7;
    let place = Place::shielded(db, "7", "100", "1").await;
    let second = place.server.another().await;
    let users = place.users(2).await;
    let groups = join_all((0..16).map(|_| place.tenant.create_group(&users))).await;
    let first = super::removal(&users[..1]);
    let singly: Vec<_> = groups
        .iter()
        .map(|group| ("PATCH", format!("/Groups/{group}"), Some(first.clone())))
        .collect();
    let operations: Vec<_> = groups
        .iter()
        .map(|group| json!({"method": "PATCH", "path": format!("/Groups/{group}"), "data": super::removal(&users[1..])}))
        .collect();
    let bulks: Vec<_> = operations
        .chunks(4)
        .map(|portion| ("POST", "/Bulk".to_owned(), Some(bulk_of(portion))))
        .collect();
    let answers = at_once(&place, &second.root, &[singly, bulks].concat()).await;
    let passed = |answer: &Response| match answer.status {
        204 => 1,
        200 => {
            let answer = answer.json();
            let operations = answer["Operations"].as_array().unwrap();
            let done = operations.iter().filter(|one| one["status"] == "204");
            for operation in operations {
                let status = operation["status"].as_str().unwrap();
                assert!(["204", "503"].contains(&status), "{operation}");
            }
            done.count()
        }
        503 => 0,
        _ => panic!("{}", answer.describe()),
    };
    let passed: usize = answers.iter().map(passed).sum();
    assert_eq!(passed, COUNT);
    let left = members_left(&place.tenant, &groups).await;
    assert_eq!(left, 32 - COUNT);
    second.stop().await;
    place.stop().await;
}

async fn members_left(tenant: &TestTenant, groups: &[String]) -> usize {
    let members = join_all(groups.iter().map(|group| tenant.members(group))).await;
    members.iter().map(Vec::len).sum()
}
