//! Bulk requests that meet, that end early, and that are as long as may be: every operation is done wholly or not at
//! all, and nothing that was done is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::server::{
    TestTenant, add_member, dangling_memberships, member_ids, patch_of, scim_request, user,
};
use crate::support::{Db, fresh_tenant, unique};

const MAX_OPERATIONS: usize = 1_000;

/// How long bulk requests that meet may take altogether: each deadlock costs PostgreSQL a second before it is noticed.
const PATIENCE: Duration = Duration::from_secs(20);

on_both_databases!(
    a_thousand_groups_of_which_each_contains_the_next_are_created,
    a_thousand_groups_in_a_circle_are_created,
    bulks_in_opposite_orders_lose_no_member,
    bulks_of_the_same_users_create_each_once,
    users_that_are_there_stop_no_other,
    users_that_are_there_count_as_failures,
    bulks_that_add_and_delete_leave_nobody_behind,
    a_bulk_that_is_hung_up_on_leaves_whole_operations,
);

/// shows: P-3.7-13 P-3.7.2-02 P-3.7.3-01 P-3.7.4-01
async fn a_thousand_groups_of_which_each_contains_the_next_are_created(db: Db) {
    let tenant = fresh_tenant(db).await;
    let next = |number: usize| (number + 1 < MAX_OPERATIONS).then_some(number + 1);
    check_nested_groups(&tenant, next).await;
}

/// shows: P-3.7.1-01 P-3.7.4-01
async fn a_thousand_groups_in_a_circle_are_created(db: Db) {
    let tenant = fresh_tenant(db).await;
    check_nested_groups(&tenant, |number| Some((number + 1) % MAX_OPERATIONS)).await;
}

/// Creates as many groups as one request may, each with the one that `next` says as its member.
async fn check_nested_groups(tenant: &TestTenant, next: impl Fn(usize) -> Option<usize>) {
    let operations: Vec<Value> = (0..MAX_OPERATIONS)
        .map(|number| {
            let members: Vec<String> = next(number).map(reference).into_iter().collect();
            let data = group(&format!("group {number}"), &members);
            create("/Groups", number, &data)
        })
        .collect();
    let results = bulk(tenant, &operations).await;
    let names: Vec<&Value> = results.iter().map(|result| &result["bulkId"]).collect();
    let sent: Vec<&Value> = operations.iter().map(|sent| &sent["bulkId"]).collect();
    assert_eq!(names, sent);
    let ids: Vec<String> = results.iter().map(created_id).collect();
    let path = format!("/Groups?count={MAX_OPERATIONS}");
    let list = tenant.get(&path).await.expect_status(200).json();
    let members: BTreeMap<&str, Vec<String>> = list["Resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (group["id"].as_str().unwrap(), member_ids(group)))
        .collect();
    assert_eq!(members.len(), MAX_OPERATIONS);
    for (number, id) in ids.iter().enumerate() {
        let expected: Vec<String> = next(number)
            .map(|next| ids[next].clone())
            .into_iter()
            .collect();
        assert_eq!(members[id.as_str()], expected, "group {number}");
    }
}

/// Half of the requests go through users and groups backwards: whoever locks what it needs one by one meets the others.
///
/// shows: P-3.5.2-25 P-3.7-08
async fn bulks_in_opposite_orders_lose_no_member(db: Db) {
    const BULKS: usize = 8;
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let users = create_users(&tenant, 40).await;
    let groups = join_all((0..4).map(|_| tenant.create_group(&[]))).await;
    let requests = (0..BULKS).map(|number| {
        let mut operations = Vec::new();
        for group in &groups {
            let joining = users.iter().skip(number).step_by(BULKS);
            operations.extend(joining.map(|id| change("/Groups", group, &add_member(id))));
        }
        let marks = patch_of(&json!([
            {"op": "replace", "path": "nickName", "value": format!("bulk {number}")},
            {"op": "replace", "path": "title", "value": format!("bulk {number}")},
        ]));
        operations.extend(users.iter().map(|id| change("/Users", id, &marks)));
        if number % 2 == 1 {
            operations.reverse();
        }
        let tenant = &tenant;
        async move { bulk(tenant, &operations).await }
    });
    let answers = tokio::time::timeout(PATIENCE, join_all(requests)).await;
    let answers = answers.expect("the requests keep each other waiting");
    for result in answers.iter().flatten() {
        let status = result["status"].as_str().unwrap();
        assert!(status.starts_with('2'), "{result}");
    }
    for group in &groups {
        assert_eq!(tenant.members(group).await, users);
    }
    for id in &users {
        let path = format!("/Users/{id}");
        let user = tenant.get(&path).await.expect_status(200).json();
        let mark = user["nickName"].as_str().unwrap();
        assert!(mark.starts_with("bulk "), "{user}");
        assert_eq!(user["title"], mark, "half of two operations: {user}");
    }
}

/// shows: P-3.3-08 P-3.7-08
async fn bulks_of_the_same_users_create_each_once(db: Db) {
    const USERS: usize = 100;
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let requests = (0..4).map(|request| {
        let mut operations: Vec<Value> = (0..USERS)
            .map(|number| create("/Users", number, &user(&format!("user {number}"))))
            .collect();
        if request % 2 == 1 {
            operations.reverse();
        }
        let tenant = &tenant;
        async move { bulk(tenant, &operations).await }
    });
    let answers = tokio::time::timeout(PATIENCE, join_all(requests)).await;
    let answers = answers.expect("the requests keep each other waiting");
    let (created, refused): (Vec<&Value>, Vec<&Value>) = answers
        .iter()
        .flatten()
        .partition(|result| result["status"] == "201");
    for result in refused {
        let is_conflict =
            result["status"] == "409" && result["response"]["scimType"] == "uniqueness";
        assert!(is_conflict, "{result}");
    }
    assert_eq!(created.len(), USERS);
    let list = tenant.get("/Users?count=0").await.expect_status(200).json();
    assert_eq!(list["totalResults"], USERS);
}

/// shows: P-3.7-10
async fn users_that_are_there_stop_no_other(db: Db) {
    let there = [3, 7, 8];
    let (tenant, operations) = users_of_which_some_are_there(db, &there).await;
    let results = bulk(&tenant, &operations).await;
    let expected: Vec<&str> = (0..operations.len())
        .map(|number| {
            if there.contains(&number) {
                "409"
            } else {
                "201"
            }
        })
        .collect();
    assert_eq!(statuses(&results), expected);
    let list = tenant.get("/Users?count=0").await.expect_status(200).json();
    assert_eq!(list["totalResults"], operations.len());
}

/// shows: P-3.7-10
async fn users_that_are_there_count_as_failures(db: Db) {
    let (tenant, operations) = users_of_which_some_are_there(db, &[3, 7, 8]).await;
    let mut request = bulk_of(&operations);
    request["failOnErrors"] = json!(2);
    let answer = tenant.post("/Bulk", &request).await.expect_status(200);
    let results = answer.json()["Operations"].as_array().cloned().unwrap();
    assert_eq!(
        statuses(&results),
        ["201", "201", "201", "409", "201", "201", "201", "409"]
    );
    let list = tenant.get("/Users?count=0").await.expect_status(200).json();
    assert_eq!(list["totalResults"], 6 + 3);
}

/// A tenant, and the creates of twenty users of which it has those with the given numbers.
async fn users_of_which_some_are_there(db: Db, there: &[usize]) -> (TestTenant, Vec<Value>) {
    let tenant = fresh_tenant(db).await;
    let people: Vec<Value> = (0..20)
        .map(|number| user(&format!("user {number}")))
        .collect();
    for number in there {
        let created = tenant.post("/Users", &people[*number]).await;
        created.expect_status(201);
    }
    let operations = people.iter().enumerate();
    let operations = operations.map(|(number, person)| create("/Users", number, person));
    (tenant, operations.collect())
}

fn statuses(results: &[Value]) -> Vec<&str> {
    let statuses = results.iter().map(|result| result["status"].as_str());
    statuses.map(Option::unwrap_or_default).collect()
}

/// shows: P-3.6-03 P-3.7-08
async fn bulks_that_add_and_delete_leave_nobody_behind(db: Db) {
    let tenant = fresh_tenant(db).await.on_two_instances(db);
    let users = create_users(&tenant, 40).await;
    let groups = join_all((0..2).map(|_| tenant.create_group(&[]))).await;
    let adds = groups.iter().map(|group| {
        let adds = users
            .iter()
            .map(|id| change("/Groups", group, &add_member(id)));
        adds.collect::<Vec<Value>>()
    });
    let deletes = users.iter().rev();
    let deletes = deletes.map(|id| json!({"method": "DELETE", "path": format!("/Users/{id}")}));
    let requests: Vec<Vec<Value>> = adds.chain([deletes.collect()]).collect();
    let requests = requests
        .iter()
        .map(|operations| persist(&tenant, operations));
    let answers = tokio::time::timeout(PATIENCE, join_all(requests)).await;
    answers.expect("the requests keep each other waiting");
    for group in &groups {
        assert_eq!(tenant.members(group).await, Vec::<String>::new());
    }
    assert_eq!(dangling_memberships(db).await, 0);
}

/// Sends operations, and once more those that the server was too busy for, as clients do, until each is done.
async fn persist(tenant: &TestTenant, operations: &[Value]) {
    let mut left = operations.to_vec();
    while !left.is_empty() {
        let results = bulk(tenant, &left).await;
        let mut again = Vec::new();
        for (operation, result) in left.into_iter().zip(&results) {
            let status = result["status"].as_str().unwrap();
            // An add that comes too late is the client's error, never the server's.
            let may_be_late = result["method"] == "PATCH";
            let is_done = status == "204" || (may_be_late && status == "400");
            assert!(is_done || status == "503", "{result}");
            if !is_done {
                again.push(operation);
            }
        }
        left = again;
    }
}

/// shows: P-3.7-16
async fn a_bulk_that_is_hung_up_on_leaves_whole_operations(db: Db) {
    const PEOPLE: usize = 150;
    let tenant = fresh_tenant(db).await;
    for milliseconds in [0, 10, 30, 60, 120, 250] {
        let prefix = unique();
        let operations = people(&prefix, PEOPLE);
        let stream = send_only(&tenant, &bulk_of(&operations));
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        drop(stream);
        settle(&tenant).await;
        check_people(&tenant, &prefix).await;
        // Whoever does not know how far it came sends it again.
        for result in bulk(&tenant, &operations).await {
            let status = result["status"].as_str().unwrap();
            assert!(status.starts_with('2') || status == "409", "{result}");
        }
        let users = check_people(&tenant, &prefix).await;
        assert_eq!(users, PEOPLE);
    }
    assert_eq!(dangling_memberships(db).await, 0);
}

/// Creates users, changes two attributes of each, and makes each the member of a group of its own.
fn people(prefix: &str, count: usize) -> Vec<Value> {
    let mut operations = Vec::new();
    for number in 0..count {
        let mut data = user(&format!("{prefix} {number}"));
        data["displayName"] = json!("before");
        data["nickName"] = json!("before");
        operations.push(create("/Users", number, &data));
        let marks = patch_of(&json!([
            {"op": "replace", "path": "displayName", "value": "after"},
            {"op": "replace", "path": "nickName", "value": "after"},
        ]));
        operations.push(change("/Users", &reference(number), &marks));
        let data = group(&format!("{prefix} {number}"), &[reference(number)]);
        operations.push(create("/Groups", count + number, &data));
    }
    operations
}

/// Checks that each user is as one operation left it, and each group has its member; answers how many users there are.
async fn check_people(tenant: &TestTenant, prefix: &str) -> usize {
    let users = found(tenant, "/Users", "userName", prefix).await;
    for user in &users {
        assert_eq!(user["displayName"], user["nickName"], "half done: {user}");
    }
    let ids: BTreeSet<&str> = users
        .iter()
        .map(|user| user["id"].as_str().unwrap())
        .collect();
    for group in found(tenant, "/Groups", "displayName", prefix).await {
        let members = member_ids(&group);
        let [member] = members.as_slice() else {
            panic!("half done: {group}");
        };
        assert!(ids.contains(member.as_str()), "whose group is {group}?");
    }
    users.len()
}

/// The resources whose name begins so.
async fn found(tenant: &TestTenant, endpoint: &str, name: &str, prefix: &str) -> Vec<Value> {
    let path = format!("{endpoint}?filter={name}%20sw%20%22{prefix}%22&count=1000");
    let list = tenant.get(&path).await.expect_status(200).json();
    let resources = list["Resources"].as_array();
    resources.cloned().unwrap_or_default()
}

/// Sends a request and leaves the answer unread; who drops the stream hangs up.
fn send_only(tenant: &TestTenant, body: &Value) -> TcpStream {
    let request = scim_request(&tenant.token, "POST", "/Bulk", &[], Some(body));
    let authority = tenant.root.strip_prefix("http://").unwrap();
    let body = request.body.unwrap();
    let headers = request.headers.iter();
    let headers: Vec<String> = headers
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {authority}\r\nContent-Length: {}\r\n{}\r\n",
        request.target,
        body.len(),
        headers.concat()
    );
    let mut stream = TcpStream::connect(authority).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body).unwrap();
    stream
}

/// Waits until no users are added any more: nobody tells when the server has noticed that its client is gone.
async fn settle(tenant: &TestTenant) {
    const QUIET_LOOKS: usize = 4;
    let mut looks = Vec::new();
    loop {
        let list = tenant.get("/Users?count=0").await.expect_status(200).json();
        looks.push(list["totalResults"].as_u64().unwrap());
        let latest = looks.iter().rev().take(QUIET_LOOKS);
        if looks.len() >= QUIET_LOOKS && latest.collect::<BTreeSet<_>>().len() == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Creates users and returns their ids, sorted.
async fn create_users(tenant: &TestTenant, count: usize) -> Vec<String> {
    let operations: Vec<Value> = (0..count)
        .map(|number| create("/Users", number, &user(&format!("user {number}"))))
        .collect();
    let results = bulk(tenant, &operations).await;
    let mut ids: Vec<String> = results.iter().map(created_id).collect();
    ids.sort();
    ids
}

/// Sends a bulk request and returns its results.
async fn bulk(tenant: &TestTenant, operations: &[Value]) -> Vec<Value> {
    let answer = tenant.post("/Bulk", &bulk_of(operations)).await;
    let answer = answer.expect_status(200).json();
    answer["Operations"].as_array().unwrap().clone()
}

fn bulk_of(operations: &[Value]) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations,
    })
}

fn create(endpoint: &str, number: usize, data: &Value) -> Value {
    json!({"method": "POST", "path": endpoint, "bulkId": number.to_string(), "data": data})
}

fn change(endpoint: &str, id: &str, data: &Value) -> Value {
    json!({"method": "PATCH", "path": format!("{endpoint}/{id}"), "data": data})
}

/// What stands for the id of the resource that [`create`] with this number creates.
fn reference(number: usize) -> String {
    format!("bulkId:{number}")
}

fn group(name: &str, members: &[String]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": name,
        "members": members,
    })
}

/// The id of what an operation created; panics when it did not.
#[track_caller]
fn created_id(result: &Value) -> String {
    assert_eq!(result["status"], "201", "{result}");
    let (_, id) = result["location"]
        .as_str()
        .unwrap()
        .rsplit_once('/')
        .unwrap();
    id.to_owned()
}
