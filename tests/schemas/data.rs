//! Schemas and the data there is: neither goes without the other, and what is secret stays so.

use muster::error::ErrorKind;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    BADGES, EVERYTHING, Operator, THING, USER, assert_refused, badges, extended_tenant, outcomes,
    resource_type, schema, thing, things, total, user_with,
};
use crate::support::server::{id_of, kept_texts, patch_of, user};
use crate::support::{Db, fresh_tenant, unique};

on_both_databases!(
    a_type_with_data_is_not_removed,
    a_schema_with_data_is_not_removed,
    a_schema_with_data_may_grow_and_not_change,
    no_secret_of_a_built_in_schema_is_kept_in_clear,
    a_write_only_value_is_kept_and_not_recorded,
);

async fn a_type_with_data_is_not_removed(db: Db) {
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    operator.add(&things()).await.unwrap();
    let mut paths = Vec::new();
    for name in ["one", "two"] {
        let created = tenant
            .post("/Things", &thing(name))
            .await
            .expect_status(201);
        paths.push(format!("/Things/{}", id_of(&created)));
    }
    let removed = operator.remove(THING).await;
    let sentence = "the resource type \"Thing\" is made of";
    assert_refused(&removed, ErrorKind::Unresolved, sentence, THING);
    let removed = operator.remove("Thing").await;
    assert_refused(
        &removed,
        ErrorKind::Unresolved,
        "2 resources have data",
        "Thing",
    );
    let list = tenant.get("/Things").await.expect_status(200);
    assert_eq!(list.json()["totalResults"], 2);
    for path in &paths {
        tenant.delete(path).await.expect_status(204);
    }
    operator.remove("Thing").await.unwrap();
    tenant.get("/Things").await.expect_status(404);
    tenant.get(&paths[0]).await.expect_status(404);
    tenant.get("/ResourceTypes/Thing").await.expect_status(404);
    tenant
        .get(&format!("/Schemas/{THING}"))
        .await
        .expect_status(200);
    operator.remove(THING).await.unwrap();
    tenant
        .get(&format!("/Schemas/{THING}"))
        .await
        .expect_status(404);
    operator.assert_empty("removed").await;
    // A later type of that name is another one.
    operator.add(&things()).await.unwrap();
    let list = tenant.get("/Things").await.expect_status(200);
    assert_eq!(list.json()["totalResults"], 0);
    tenant.get(&paths[0]).await.expect_status(404);
    tenant
        .post("/Things", &thing("one"))
        .await
        .expect_status(201);
}

async fn a_schema_with_data_is_not_removed(db: Db) {
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    operator.extend("User", &badges()).await.unwrap();
    let mut paths = Vec::new();
    for number in ["1", "2"] {
        let document = user_with(&unique(), BADGES, &json!({"number": number}));
        let created = tenant.post("/Users", &document).await.expect_status(201);
        paths.push(format!("/Users/{}", id_of(&created)));
    }
    tenant.create_user("without").await;
    for id in [BADGES, "User"] {
        let removed = operator.remove(id).await;
        assert_refused(&removed, ErrorKind::Unresolved, "2 resources have data", id);
    }
    // The schema is as it was.
    let filter = format!("{BADGES}:number eq \"1\"");
    assert_eq!(total(&tenant, "/Users", &filter).await, 1);
    // One loses its data, the other goes altogether.
    let change = patch_of(&json!([{"op": "remove", "path": BADGES}]));
    tenant.patch(&paths[0], &change).await.expect_status(200);
    let removed = operator.remove(BADGES).await;
    assert_refused(&removed, ErrorKind::Unresolved, "1 resource", BADGES);
    tenant.delete(&paths[1]).await.expect_status(204);
    operator.remove(BADGES).await.unwrap();
    operator.assert_empty("a type that adds nothing").await;
    tenant
        .get(&format!("/Schemas/{BADGES}"))
        .await
        .expect_status(404);
    let types = tenant.get("/ResourceTypes/User").await.json();
    assert_eq!(types["schemaExtensions"].as_array().unwrap().len(), 2);
    // What was its attribute is unknown now.
    let change =
        patch_of(&json!([{"op": "add", "path": format!("{BADGES}:number"), "value": "1"}]));
    let refused = tenant.patch(&paths[0], &change).await.expect_status(400);
    assert_eq!(refused.json()["scimType"], "invalidPath");
    // Its unique values are free when it comes again.
    operator.extend("User", &badges()).await.unwrap();
    let document = user_with("late", BADGES, &json!({"number": "1"}));
    tenant.post("/Users", &document).await.expect_status(201);
}

async fn a_schema_with_data_may_grow_and_not_change(db: Db) {
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    let version = |attributes: Value| schema(BADGES, &attributes);
    let first = json!([{"name": "number"}, {"name": "card", "type": "complex", "subAttributes": [{"name": "value"}]}]);
    operator
        .extend("User", &version(first.clone()))
        .await
        .unwrap();
    // To become something else it has to be removed, which takes that there is no data.
    let other = version(json!([{"name": "number", "type": "integer"}]));
    let refused = operator.add(&other).await.unwrap_err();
    assert!(refused.detail().contains("remove the schema"), "{refused}");
    operator.remove(BADGES).await.unwrap();
    operator.extend("User", &other).await.unwrap();
    operator.remove(BADGES).await.unwrap();
    operator.extend("User", &version(first)).await.unwrap();
    let document = user_with(
        "ada",
        BADGES,
        &json!({"number": "1", "card": {"value": "x"}}),
    );
    let created = tenant.post("/Users", &document).await.expect_status(201);
    let path = format!("/Users/{}", id_of(&created));

    let card = json!({"name": "card", "type": "complex", "subAttributes": [{"name": "value"}]});
    let sentence = "must keep its type";
    for attributes in [
        json!([card]),
        json!([{"name": "number"}]),
        json!([{"name": "Number"}, card]),
        json!([{"name": "number", "type": "integer"}, card]),
        json!([{"name": "number", "multiValued": true}, card]),
        json!([{"name": "number", "caseExact": true}, card]),
        json!([{"name": "number", "uniqueness": "server"}, card]),
        json!([{"name": "number", "mutability": "writeOnly"}, card]),
        json!([{"name": "number"}, {"name": "card"}]),
        json!([{"name": "number"}, {"name": "card", "type": "complex", "subAttributes": [{"name": "code"}]}]),
        json!([{"name": "number"}, {"name": "card", "type": "complex", "subAttributes": [
            {"name": "value", "type": "boolean"}
        ]}]),
    ] {
        let outcome = operator.add(&version(attributes.clone())).await;
        assert_refused(
            &outcome,
            ErrorKind::Mutability,
            sentence,
            &attributes.to_string(),
        );
    }
    let kept = tenant.get(&path).await.expect_status(200).json();
    assert_eq!(kept[BADGES], document[BADGES]);

    let grown = json!([
        {"name": "number", "description": "As printed", "canonicalValues": ["1"]},
        {"name": "card", "type": "complex", "subAttributes": [{"name": "value"}, {"name": "code", "type": "integer"}]},
        {"name": "colour"},
        {"name": "ticket", "uniqueness": "server"},
    ]);
    let report = operator.add(&version(grown)).await.unwrap();
    assert_eq!(outcomes(&report), [(BADGES, "changed")]);
    let change = patch_of(&json!([
        {"op": "add", "path": format!("{BADGES}:card.code"), "value": 7},
        {"op": "add", "path": format!("{BADGES}:colour"), "value": "red"},
        {"op": "add", "path": format!("{BADGES}:ticket"), "value": "T-1"},
    ]));
    let patched = tenant.patch(&path, &change).await.expect_status(200).json();
    let expected =
        json!({"number": "1", "card": {"value": "x", "code": 7}, "colour": "red", "ticket": "T-1"});
    assert_eq!(patched[BADGES], expected);
    let taken = user_with("bob", BADGES, &json!({"ticket": "t-1"}));
    tenant.post("/Users", &taken).await.expect_status(409);
    assert_eq!(
        total(&tenant, "/Users", "ticket eq \"t-1\" and card.code gt 6").await,
        1
    );
}

/// shows: S-4.1.1-03 S-9.2-01
async fn no_secret_of_a_built_in_schema_is_kept_in_clear(db: Db) {
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    let people = resource_type("Person", "/People", USER, &[]);
    // A second type made of the schema of users is refused, or its passwords are passwords.
    if operator.add(&people).await.is_err() {
        return;
    }
    let mut document = user("ada");
    document["password"] = json!("Correct!Horse-7-Battery");
    let created = tenant.post("/People", &document).await.expect_status(201);
    let id = Uuid::try_parse(&id_of(&created)).unwrap();
    let texts = kept_texts(db, id).await;
    let is_clean = texts.iter().all(|text| !text.contains("Correct!Horse"));
    assert!(is_clean, "a password is kept in clear: {texts:?}");
}

/// shows: S-7-23 P-3.5.1-03
async fn a_write_only_value_is_kept_and_not_recorded(db: Db) {
    let tenant = extended_tenant(db, "everything.json").await;
    let secrets = json!({
        "pin": "Pin-4711", "lock": 4712, "hidden": "Cellar-4713",
        "place": {"street": "Main", "alarm": "Alarm-4714"},
        "devices": [{"value": "one", "unlock": "Unlock-4715"}],
    });
    let document = user_with("ada", EVERYTHING, &secrets);
    let created = tenant.post("/Users", &document).await.expect_status(201);
    let (id, path) = (id_of(&created), format!("/Users/{}", id_of(&created)));
    let id = Uuid::try_parse(&id).unwrap();
    // They stand in the document and nowhere else.
    let everywhere = [
        "Pin-4711",
        "4712",
        "Cellar-4713",
        "Alarm-4714",
        "Unlock-4715",
    ];
    for secret in everywhere {
        let texts = kept_texts(db, id).await;
        let holding = texts.iter().filter(|text| text.contains(secret)).count();
        assert_eq!(holding, 1, "{secret}: {texts:?}");
    }
    let change = patch_of(&json!([
        {"op": "replace", "path": format!("{EVERYTHING}:pin"), "value": "Pin-4721"},
        {"op": "replace", "path": format!("{EVERYTHING}:place.alarm"), "value": "Alarm-4724"},
    ]));
    tenant.patch(&path, &change).await.expect_status(200);
    let is_kept = async |secret: &str| {
        let texts = kept_texts(db, id).await;
        texts.iter().filter(|text| text.contains(secret)).count()
    };
    assert_eq!(
        (is_kept("Pin-4711").await, is_kept("Pin-4721").await),
        (0, 1)
    );
    assert_eq!(
        (is_kept("Alarm-4714").await, is_kept("Alarm-4724").await),
        (0, 1)
    );
    // A client that writes back what it read does not lose what it cannot read.
    let read = tenant.get(&path).await.expect_status(200).json();
    tenant.put(&path, &read).await.expect_status(200);
    for secret in ["Pin-4721", "4712", "Alarm-4724"] {
        assert_eq!(is_kept(secret).await, 1, "{secret} is lost");
    }
}
