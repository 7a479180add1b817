//! Changes of schemas that meet requests, other instances and each other.

use futures_util::future::join_all;
use muster::error::ErrorKind;
use muster::server::{Server, open_service};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    BADGES, Operator, THING, add, badges, read_json, remove, schema, test_schema, things, total,
    user_with,
};
use crate::support::server::{TestTenant, config_for, fresh_tenant_on, id_of, kept_texts};
use crate::support::{Db, forgotten, fresh_database, fresh_tenant, unique};

const MACHINE: &str = "urn:example:scim:schemas:test:1.0:Machine";
const INVENTORY: &str = "urn:example:scim:schemas:test:1.0:Inventory";

on_both_databases!(
    a_change_is_in_force_after_a_moment_on_every_instance,
    a_removed_schema_leaves_no_data,
    a_schema_does_not_change_under_those_who_write,
    operators_at_the_same_time_leave_schemas_that_work,
);

fn machine(number: &str) -> Value {
    json!({
        "schemas": [MACHINE, INVENTORY],
        "serialNumber": number,
        "displayName": format!("Machine {number}"),
        INVENTORY: {"assetNumber": number},
    })
}

async fn a_change_is_in_force_after_a_moment_on_every_instance(db: Db) {
    let database = fresh_database(db).await;
    let config = config_for(&database.url);
    let first = Server::start(config.clone()).await.unwrap();
    let second = Server::start(config.clone()).await.unwrap();
    let left = fresh_tenant_on(&first).await;
    let right = left.clone().moved_to(&second);
    let operator = open_service(&config).await.unwrap();
    for tenant in [&left, &right] {
        tenant.get("/Machines").await.expect_status(404);
        tenant.create_user(&unique()).await;
    }
    let machines = read_json(&test_schema("machines.json"));
    add(&operator, &left.name, &machines, None).await.unwrap();
    forgotten().await;
    let created = left
        .post("/Machines", &machine("1"))
        .await
        .expect_status(201);
    let path = format!("/Machines/{}", id_of(&created));
    right.get(&path).await.expect_status(200);
    right
        .post("/Machines", &machine("1"))
        .await
        .expect_status(409);
    for tenant in [&left, &right] {
        let types = tenant.get("/ResourceTypes").await.json();
        assert_eq!(types["totalResults"], 3);
        tenant
            .get(&format!("/Schemas/{MACHINE}"))
            .await
            .expect_status(200);
    }
    // An attribute comes, and it is known wherever the next request goes.
    for (number, tenant) in [&left, &right, &left].into_iter().enumerate() {
        let name = format!("a{number}");
        let attributes: Vec<Value> = (0..=number)
            .map(|number| json!({"name": format!("a{number}"), "uniqueness": "server"}))
            .collect();
        let grown = schema(BADGES, &json!(attributes));
        add(&operator, &left.name, &grown, Some(("User", false)))
            .await
            .unwrap();
        forgotten().await;
        let document = user_with(&unique(), BADGES, &json!({&name: "x"}));
        let created = tenant.post("/Users", &document).await.expect_status(201);
        assert_eq!(created.json()[BADGES], json!({&name: "x"}));
        for tenant in [&right, &left] {
            assert_eq!(
                total(tenant, "/Users", &format!("{name} eq \"X\"")).await,
                1
            );
        }
    }
    // And it goes, and nobody knows it any more.
    right.delete(&path).await.expect_status(204);
    remove(&operator, &left.name, "Machine").await.unwrap();
    forgotten().await;
    for tenant in [&right, &left] {
        tenant
            .post("/Machines", &machine("2"))
            .await
            .expect_status(404);
        tenant
            .get("/ResourceTypes/Machine")
            .await
            .expect_status(404);
    }
    operator.store.close().await;
    second.stop().await;
    first.stop().await;
}

/// Creates users with the extension, four at a time; answers the ids of those that were created.
async fn write_users(tenant: &TestTenant, values: &Value, count: usize) -> Vec<Uuid> {
    let writers = (0..4).map(|_| async move {
        let mut ids = Vec::new();
        for _ in 0..count {
            let document = user_with(&unique(), BADGES, values);
            let answer = tenant.post("/Users", &document).await;
            assert!(answer.status < 500, "{}", answer.describe());
            if answer.status == 201 {
                ids.push(Uuid::try_parse(&id_of(&answer)).unwrap());
            }
        }
        ids
    });
    join_all(writers).await.into_iter().flatten().collect()
}

/// What is done after some milliseconds.
async fn after<F: Future>(milliseconds: u64, work: F) -> F::Output {
    tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
    work.await
}

async fn a_removed_schema_leaves_no_data(db: Db) {
    for round in 0..8 {
        let tenant = fresh_tenant(db).await.on_two_instances(db);
        let operator = Operator::of(db, &tenant);
        operator.extend("User", &badges()).await.unwrap();
        let values = json!({"colour": "Kept-Colour"});
        let (removed, ids) = tokio::join!(
            operator.remove(BADGES),
            after(round * 2, write_users(&tenant, &values, 6)),
        );
        // An instance may remember for a moment that the schema was gone before it was put back.
        forgotten().await;
        let is_there = tenant.get(&format!("/Schemas/{BADGES}")).await.status == 200;
        match &removed {
            Ok(()) => assert!(!is_there),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Unresolved, "{error}");
                assert!(is_there, "refused and gone: {error}");
            }
        }
        for id in ids {
            let served = tenant.get(&format!("/Users/{id}")).await.expect_status(200);
            let keeps = kept_texts(db, id).await.iter().any(|text| {
                // What happened stays recorded; what is in force is the document.
                text.contains(&format!("\"{BADGES}\":{{"))
            });
            assert!(is_there || !keeps, "{id} keeps what is gone");
            assert_eq!(keeps, !served.json()[BADGES].is_null());
        }
    }
}

async fn a_schema_does_not_change_under_those_who_write(db: Db) {
    let number = |kind: &str| schema(BADGES, &json!([{"name": "number", "type": kind}]));
    for round in 0..12 {
        let tenant = fresh_tenant(db).await.on_two_instances(db);
        let operator = Operator::of(db, &tenant);
        operator.extend("User", &number("string")).await.unwrap();
        let values = json!({"number": "text"});
        let integer = number("integer");
        let (changed, ids) = tokio::join!(
            operator.add(&integer),
            after(round / 2, write_users(&tenant, &values, 6)),
        );
        // Either it changed before anything was written, or it did not change.
        for id in ids {
            let served = tenant.get(&format!("/Users/{id}")).await.expect_status(200);
            let value = served.json()[BADGES]["number"].clone();
            let is_text = value == "text";
            assert!(
                changed.is_err() || !is_text,
                "{id} has {value}, which the schema in force does not allow"
            );
        }
        if let Err(error) = changed {
            assert_eq!(error.kind(), ErrorKind::Mutability, "{error}");
        }
    }
}

async fn operators_at_the_same_time_leave_schemas_that_work(db: Db) {
    for _ in 0..8 {
        let tenant = fresh_tenant(db).await;
        let operator = Operator::of(db, &tenant);
        operator.add(&things()[0]).await.unwrap();
        let things = things();
        let (removed, added) = tokio::join!(operator.remove(THING), operator.add(&things[1]));
        // One of them may lose; the tenant must not.
        assert!(
            removed.is_err() || added.is_err(),
            "a type without its schema"
        );
        forgotten().await;
        tenant.get("/Users").await.expect_status(200);
        tenant.create_user(&unique()).await;
        let status = if added.is_ok() { 200 } else { 404 };
        tenant.get("/Things").await.expect_status(status);
        assert_eq!(operator.show(THING).await.is_ok(), removed.is_err());
    }
    // Schemas that several add are all there, whoever had to try again.
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    join_all((0..6).map(|number| add_in_the_end(&operator, number))).await;
    assert_eq!(operator.listed().await.len(), 6);
}

/// Adds a schema, again and again while others are faster.
async fn add_in_the_end(operator: &Operator, number: u32) {
    let document = schema(
        &format!("urn:example:s{number}"),
        &json!([{"name": "size"}]),
    );
    for _ in 0..20 {
        match operator.add(&document).await {
            Ok(_) => return,
            Err(error) => assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}"),
        }
    }
    panic!("{number} was never added");
}
