//! `schemas/optional`: ready-made documents, and the examples that stand beside them.

use std::path::{Path, PathBuf};

use muster::error::ErrorKind;
use serde_json::{Value, json};

use super::{Operator, assert_refused, outcomes, read_json, total};
use crate::support::server::id_of;
use crate::support::{Db, fresh_tenant};

on_both_databases!(
    the_optional_schemas_serve_their_examples,
    the_other_optional_types_are_served,
);

const FILES: [&str; 3] = ["devices.json", "roles-entitlements.json", "agents.json"];

fn optional_schema(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("schemas/optional")
        .join(name)
}

/// The JSON examples of a Markdown file, in their order.
fn examples(text: &str) -> Vec<Value> {
    let blocks = text.split("```json\n").skip(1);
    blocks
        .map(|block| {
            let (example, _) = block.split_once("```").unwrap();
            serde_json::from_str(example).unwrap()
        })
        .collect()
}

async fn the_optional_schemas_serve_their_examples(db: Db) {
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    for file in FILES {
        let documents = read_json(&optional_schema(file));
        let report = operator.add(&documents).await.unwrap();
        assert!(report.warnings.is_empty(), "{file}: {:?}", report.warnings);
        let report = operator.add(&documents).await.unwrap();
        let is_same = |(_, outcome): &(&str, &str)| *outcome == "unchanged";
        assert!(outcomes(&report).iter().all(is_same), "{file}: {report:?}");
    }
    let readme = std::fs::read_to_string(optional_schema("README.md")).unwrap();
    let examples = examples(&readme);
    let ble = "urn:ietf:params:scim:schemas:extension:ble:2.0:Device";
    let key = "urn:ietf:params:scim:schemas:extension:pairingPassKey:2.0:Device";
    let mac_address = format!("{ble}:deviceMacAddress eq \"2c:54:91:88:c9:e2\"");
    let pass_key = format!("{key}:key eq 123456 and active eq true");
    for (example, endpoint, filters) in [
        (
            &examples[0],
            "/Devices",
            [
                mac_address.as_str(),
                pass_key.as_str(),
                "displayName co \"heart\"",
            ],
        ),
        (
            &examples[1],
            "/Roles",
            [
                "value eq \"us_team_lead\"",
                "contains eq \"nw_regional_lead\"",
                "supported eq true",
            ],
        ),
        (
            &examples[2],
            "/Agents",
            [
                "name eq \"clippy 2.0\"",
                "protocols[type eq \"A2A\"]",
                "externalId eq \"clpy2001\"",
            ],
        ),
    ] {
        let created = tenant.post(endpoint, example).await.expect_status(201);
        let path = format!("{endpoint}/{}", id_of(&created));
        let read = tenant.get(&path).await.expect_status(200);
        for document in [&created.json(), &read.json()] {
            for (name, value) in example.as_object().unwrap() {
                assert_eq!(&document[name], value, "{endpoint}: {name}");
            }
        }
        for filter in filters {
            assert_eq!(
                total(&tenant, endpoint, filter).await,
                1,
                "{endpoint}: {filter}"
            );
        }
        // Read and written back, it is the same.
        let replaced = tenant.put(&path, &read.json()).await.expect_status(200);
        assert_eq!(replaced.header("ETag"), read.header("ETag"), "{endpoint}");
    }
    assert_eq!(examples.len(), 3, "an example without a test");
}

async fn the_other_optional_types_are_served(db: Db) {
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    for file in FILES {
        let documents = read_json(&optional_schema(file));
        operator.add(&documents).await.unwrap();
    }
    let mut paths = Vec::new();
    for (endpoint, document) in [
        (
            "/EndpointApps",
            json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:EndpointApp"],
                "applicationType": "telemetry", "applicationName": "Broker",
                "certificateInfo": {"rootCA": "MIIB", "subjectName": "broker.example.com"}}),
        ),
        (
            "/Entitlements",
            json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Entitlement"],
                "value": "seat", "type": "licence", "totalAssignmentsPermitted": 10}),
        ),
        (
            "/AgenticApplications",
            json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:AgenticApplication"], "name": "Desk"}),
        ),
    ] {
        let created = tenant.post(endpoint, &document).await.expect_status(201);
        paths.push(format!("{endpoint}/{}", id_of(&created)));
    }
    let removed = operator.remove("EndpointApp").await;
    assert_refused(&removed, ErrorKind::Unresolved, "1 resource", "EndpointApp");
    for path in &paths {
        tenant.get(path).await.expect_status(200);
        tenant.delete(path).await.expect_status(204);
    }
    for id in [
        "EndpointApp",
        "urn:ietf:params:scim:schemas:core:2.0:EndpointApp",
    ] {
        operator.remove(id).await.unwrap();
    }
}
