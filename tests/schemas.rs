//! A tenant's own schemas and resource types: what is refused, and what is made of what is registered.

mod command_line;
mod data;
mod meeting;
mod optional;
mod rules;

use std::path::{Path, PathBuf};

use muster::error::{Error, ErrorKind};
use muster::service::schemas::{self, Report};
use muster::service::{Service, admin};
use serde_json::{Value, json};

use crate::support::server::{
    TenantOptions, TestTenant, fresh_tenant_with, id_of, on_server, service, user,
};
use crate::support::{Db, fresh_tenant, unique};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const BADGES: &str = "urn:example:scim:schemas:test:1.0:Badges";
const THING: &str = "urn:example:scim:schemas:test:1.0:Thing";
const EVERYTHING: &str = "urn:example:scim:schemas:test:1.0:Everything";

on_both_databases!(
    what_does_not_fit_is_refused_and_nothing_is_stored,
    what_stands_twice_in_a_file_is_refused,
    a_name_or_an_endpoint_is_taken_once,
    an_extension_belongs_to_a_type_once,
    the_urn_of_an_extension_may_be_written_in_another_case,
    what_is_added_again_is_unchanged,
    what_is_worth_knowing_is_told,
    a_type_keeps_the_extensions_it_has,
    tenants_may_mean_different_things_by_one_urn,
);

async fn what_does_not_fit_is_refused_and_nothing_is_stored(db: Db) {
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    let fitting = schema(THING, &json!([{"name": "size"}]));
    for (documents, kind, sentence) in [
        (
            json!([schema(USER, &json!([]))]),
            ErrorKind::Uniqueness,
            "is built in",
        ),
        (
            json!([schema(&USER.to_uppercase(), &json!([]))]),
            ErrorKind::Uniqueness,
            "is built in",
        ),
        (
            json!([fitting, resource_type("Thing", "/Users", THING, &[])]),
            ErrorKind::Uniqueness,
            "has this name or the endpoint",
        ),
        (
            json!([fitting, resource_type("user", "/Things", THING, &[])]),
            ErrorKind::Uniqueness,
            "has this name or the endpoint",
        ),
        (
            json!([fitting, resource_type("User", "/Users", THING, &[])]),
            ErrorKind::Uniqueness,
            "there is a resource type \"User\" already",
        ),
        (
            json!([resource_type("Thing", "/Things", THING, &[])]),
            ErrorKind::InvalidValue,
            "which does not exist",
        ),
        (
            json!([fitting, resource_type("Thing", "/Things", THING, &[BADGES])]),
            ErrorKind::InvalidValue,
            "which does not exist",
        ),
    ] {
        let what = documents.to_string();
        assert_refused(&operator.add(&documents).await, kind, sentence, &what);
        operator.assert_empty(&what).await;
    }
    let nobody = operator.extend("Nobody", &badges()).await;
    let sentence = "there is no resource type \"Nobody\"";
    assert_refused(&nobody, ErrorKind::NotFound, sentence, "Nobody");
    for id in [BADGES, "Thing", "User", USER] {
        let removed = operator.remove(id).await;
        assert_refused(&removed, ErrorKind::NotFound, "of its own", id);
    }
    let shown = operator.show("Thing").await;
    assert_refused(
        &shown,
        ErrorKind::NotFound,
        "no schema or resource type",
        "Thing",
    );
    operator.assert_empty("removed").await;
    tenant.get("/Things").await.expect_status(404);
    let types = tenant.get("/ResourceTypes").await.expect_status(200);
    assert_eq!(types.json()["totalResults"], 2);
}

/// shows: S-6-05
async fn what_stands_twice_in_a_file_is_refused(db: Db) {
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    let one = schema(THING, &json!([{"name": "size"}]));
    for documents in [
        json!([
            one,
            resource_type("One", "/Things", THING, &[]),
            resource_type("Two", "/Things", THING, &[]),
        ]),
        json!([
            one,
            resource_type("Thing", "/Things", THING, &[]),
            resource_type("THING", "/Others", THING, &[]),
        ]),
        json!([
            one,
            resource_type("Thing", "/Things", THING, &[]),
            resource_type("Thing", "/Others", THING, &[]),
        ]),
        json!([one, schema(THING, &json!([{"name": "colour"}]))]),
        json!([
            one,
            schema(&THING.to_uppercase(), &json!([{"name": "colour"}]))
        ]),
    ] {
        let outcome = operator.add(&documents).await;
        assert!(outcome.is_err(), "accepted: {documents}");
        operator.assert_empty(&documents.to_string()).await;
    }
}

/// shows: S-6-05
async fn a_name_or_an_endpoint_is_taken_once(db: Db) {
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    operator.add(&things()).await.unwrap();
    for (document, sentence) in [
        (
            resource_type("Thing", "/Others", THING, &[]),
            "to extend it, give the same",
        ),
        (
            resource_type("Thing", "/Things", USER, &[]),
            "to extend it, give the same",
        ),
        (
            resource_type("Other", "/Things", THING, &[]),
            "has this name or the endpoint",
        ),
        (
            resource_type("thing", "/Others", THING, &[]),
            "has this name or the endpoint",
        ),
        (
            schema(&THING.to_lowercase(), &json!([])),
            "schema URIs do not depend on case",
        ),
    ] {
        let outcome = operator.add(&document).await;
        let what = document.to_string();
        assert_refused(&outcome, ErrorKind::Uniqueness, sentence, &what);
    }
    let listed = operator.listed().await;
    let expected = [("Schema", THING), ("ResourceType", "Thing")];
    assert_eq!(listed.len(), expected.len(), "{listed:?}");
    for (kind, id) in expected {
        assert!(listed.contains(&(kind, id.to_owned())), "{listed:?}");
    }
}

/// shows: S-6-03
async fn an_extension_belongs_to_a_type_once(db: Db) {
    let upper = BADGES.to_uppercase();
    for extensions in [[BADGES, BADGES], [BADGES, upper.as_str()], [BADGES, THING]] {
        let tenant = fresh_tenant(db).await;
        let operator = Operator::of(db, &tenant);
        let documents = json!([
            schema(THING, &json!([{"name": "name"}])),
            badges(),
            resource_type("Thing", "/Things", THING, &extensions),
        ]);
        // Refused, or taken once: both are fine.
        if operator.add(&documents).await.is_err() {
            continue;
        }
        let shown = tenant.get("/ResourceTypes/Thing").await.expect_status(200);
        let listed = shown.json()["schemaExtensions"].clone();
        assert_eq!(
            listed,
            json!([{"schema": BADGES, "required": false}]),
            "{extensions:?}"
        );
        let mut document = thing("one");
        document[BADGES] = json!({"colour": "red"});
        let created = tenant.post("/Things", &document).await.expect_status(201);
        assert_eq!(
            created.json()["schemas"],
            json!([THING, BADGES]),
            "{extensions:?}"
        );
    }
}

/// shows: S-3.3-05
async fn the_urn_of_an_extension_may_be_written_in_another_case(db: Db) {
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    let (core, extension) = (THING.to_uppercase(), BADGES.to_uppercase());
    let documents = json!([
        schema(THING, &json!([{"name": "name"}])),
        badges(),
        resource_type("Thing", "/Things", &core, &[&extension]),
    ]);
    operator.add(&documents).await.unwrap();
    let mut document = thing("one");
    document[BADGES] = json!({"colour": "red"});
    let created = tenant.post("/Things", &document).await.expect_status(201);
    assert_eq!(created.json()["schemas"], json!([THING, BADGES]));
    let removed = operator.remove(BADGES).await;
    assert_refused(&removed, ErrorKind::Unresolved, "1 resource", "with data");
    let path = format!("/Things/{}", id_of(&created));
    tenant.delete(&path).await.expect_status(204);
    operator.remove(BADGES).await.unwrap();
    // The type is there without its extension, and the tenant is served.
    let list = tenant.get("/Things").await.expect_status(200);
    assert_eq!(list.json()["totalResults"], 0);
    tenant
        .post("/Things", &thing("two"))
        .await
        .expect_status(201);
    tenant.get("/Users").await.expect_status(200);
}

async fn what_is_added_again_is_unchanged(db: Db) {
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    let report = operator.add(&things()).await.unwrap();
    assert_eq!(outcomes(&report), [(THING, "added"), ("Thing", "added")]);
    let report = operator.extend("User", &badges()).await.unwrap();
    assert_eq!(outcomes(&report), [(BADGES, "added"), ("User", "changed")]);
    let created = tenant.post("/Things", &thing("one")).await;
    created.expect_status(201);
    let before = tenant.get("/Schemas").await.expect_status(200).json();

    let report = operator.add(&things()).await.unwrap();
    assert_eq!(
        outcomes(&report),
        [(THING, "unchanged"), ("Thing", "unchanged")]
    );
    let report = operator.extend("User", &badges()).await.unwrap();
    assert_eq!(
        outcomes(&report),
        [(BADGES, "unchanged"), ("User", "unchanged")]
    );
    let after = tenant.get("/Schemas").await.expect_status(200).json();
    assert_eq!(after, before);
    let mut described = things();
    described[0]["description"] = json!("Something");
    let report = operator.add(&described).await.unwrap();
    assert_eq!(
        outcomes(&report),
        [(THING, "changed"), ("Thing", "unchanged")]
    );
    let shown = operator.show(THING).await.unwrap();
    assert_eq!(shown["description"], "Something");
    // What is served is what is shown, in any case of the URN.
    let shown = operator.show(&BADGES.to_uppercase()).await.unwrap();
    let served = tenant.get(&format!("/Schemas/{BADGES}")).await.json();
    assert_eq!(shown["attributes"], served["attributes"]);
    assert_eq!(operator.show("Thing").await.unwrap()["endpoint"], "/Things");
}

/// shows: S-3.3-04 S-3.1-12
async fn what_is_worth_knowing_is_told(db: Db) {
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    let told = |report: &Report, part: &str| {
        let is_told = report.warnings.iter().any(|warning| warning.contains(part));
        assert!(is_told, "{part}: {:?}", report.warnings);
    };
    let report = operator.add(&badges()).await.unwrap();
    told(&report, "no resource type uses");
    let redefining = schema(THING, &json!([{"name": "USERNAME"}, {"name": "size"}]));
    let report = operator.extend("User", &redefining).await.unwrap();
    told(&report, "extensions should not define attributes anew");
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
    let common = schema(
        "urn:example:scim:schemas:test:1.0:Common",
        &json!([{"name": "Id"}, {"name": "externalid"}, {"name": "meta"}, {"name": "size"}]),
    );
    let report = operator.add(&common).await.unwrap();
    for name in ["\"Id\"", "\"externalid\"", "\"meta\""] {
        told(&report, name);
    }
    told(&report, "is a common attribute of every resource");
    // The user's own attribute is what it was.
    let created = tenant
        .post(
            "/Users",
            &user_with("ada", THING, &json!({"USERNAME": "x"})),
        )
        .await;
    let created = created.expect_status(201).json();
    assert_eq!(
        (&created["userName"], &created[THING]["USERNAME"]),
        (&json!("ada"), &json!("x"))
    );
    let taken = tenant.post("/Users", &user("ADA")).await.expect_status(409);
    assert_eq!(taken.json()["scimType"], "uniqueness");
    tenant.create_user("bob").await;
    let report = operator
        .add_to(&badges(), Some(("User", true)))
        .await
        .unwrap();
    told(
        &report,
        "is required from now on; 2 resources of type User lack it",
    );
}

async fn a_type_keeps_the_extensions_it_has(db: Db) {
    let tenant = fresh_tenant(db).await;
    let operator = Operator::of(db, &tenant);
    operator.extend("User", &badges()).await.unwrap();
    operator
        .extend("User", &schema(THING, &json!([{"name": "size"}])))
        .await
        .unwrap();
    let extensions = |document: &Value| -> Vec<String> {
        let all = document["schemaExtensions"].as_array().unwrap().iter();
        let mut urns: Vec<String> = all
            .map(|extension| extension["schema"].as_str().unwrap().to_owned())
            .collect();
        urns.sort();
        urns
    };
    let served = tenant.get("/ResourceTypes/User").await.json();
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let account = "urn:muster:scim:schemas:extension:account:1.0:User";
    assert_eq!(extensions(&served), [BADGES, THING, enterprise, account]);
    // A type that is registered without them does not lose them.
    operator
        .add(&resource_type("User", "/Users", USER, &[]))
        .await
        .unwrap();
    let served = tenant.get("/ResourceTypes/User").await.json();
    assert_eq!(extensions(&served), [BADGES, THING, enterprise, account]);
    // They are required, and no longer.
    for is_required in [true, false] {
        operator
            .add_to(&badges(), Some(("User", is_required)))
            .await
            .unwrap();
        let status = if is_required { 400 } else { 201 };
        tenant
            .post("/Users", &user("ada"))
            .await
            .expect_status(status);
    }
    operator.remove(BADGES).await.unwrap();
    let served = tenant.get("/ResourceTypes/User").await.json();
    assert_eq!(extensions(&served), [THING, enterprise, account]);
    operator.remove("User").await.unwrap();
    let served = tenant.get("/ResourceTypes/User").await.json();
    assert_eq!(extensions(&served), [enterprise, account]);
    tenant.get("/Users").await.expect_status(200);
}

/// shows: P-6.2-03 P-6.2-05
async fn tenants_may_mean_different_things_by_one_urn(db: Db) {
    let (one, two) = (fresh_tenant(db).await, fresh_tenant(db).await);
    let number = |kind: &str| {
        let attributes = json!([{"name": "number", "type": kind, "uniqueness": "server"}]);
        schema(BADGES, &attributes)
    };
    Operator::of(db, &one)
        .extend("User", &number("string"))
        .await
        .unwrap();
    Operator::of(db, &two)
        .extend("User", &number("integer"))
        .await
        .unwrap();
    let (text, integer) = (json!({"number": "7"}), json!({"number": 7}));
    for (tenant, right, wrong) in [(&one, &text, &integer), (&two, &integer, &text)] {
        for (values, status) in [(wrong, 400), (right, 201), (right, 409)] {
            let document = user_with(&unique(), BADGES, values);
            tenant.post("/Users", &document).await.expect_status(status);
        }
    }
    assert_eq!(total(&one, "/Users", "number eq \"7\"").await, 1);
    assert_eq!(total(&two, "/Users", "number eq 7").await, 1);
    // The same documents in both: values are unique in each.
    let (three, four) = (
        extended_tenant(db, "everything.json").await,
        extended_tenant(db, "everything.json").await,
    );
    for tenant in [&three, &four] {
        for status in [201, 409] {
            let document = user_with(&unique(), EVERYTHING, &json!({"ticket": "T-1"}));
            tenant.post("/Users", &document).await.expect_status(status);
        }
    }
}

// What the tests share

/// Registers documents in a tenant.
async fn add(
    service: &Service,
    tenant: &str,
    documents: &Value,
    extend: Option<(&str, bool)>,
) -> Result<Report, Error> {
    let tenant = admin::get_tenant(service, tenant).await?;
    let definitions = schemas::read(&documents.to_string())?;
    schemas::add(service, &tenant, &definitions, extend).await
}

async fn remove(service: &Service, tenant: &str, id: &str) -> Result<(), Error> {
    let tenant = admin::get_tenant(service, tenant).await?;
    schemas::remove(service, &tenant, id).await
}

/// Whoever looks after the schemas of a tenant on the shared server of a database.
struct Operator {
    db: Db,
    tenant: String,
}

impl Operator {
    fn of(db: Db, tenant: &TestTenant) -> Self {
        Self {
            db,
            tenant: tenant.name.clone(),
        }
    }

    async fn add(&self, documents: &Value) -> Result<Report, Error> {
        self.add_to(documents, None).await
    }

    /// Adds the schemas as extensions to a resource type.
    async fn extend(&self, name: &'static str, documents: &Value) -> Result<Report, Error> {
        self.add_to(documents, Some((name, false))).await
    }

    async fn add_to(
        &self,
        documents: &Value,
        extend: Option<(&'static str, bool)>,
    ) -> Result<Report, Error> {
        let (db, tenant, documents) = (self.db, self.tenant.clone(), documents.clone());
        on_server(db, async move {
            add(service(db), &tenant, &documents, extend).await
        })
        .await
    }

    async fn remove(&self, id: &str) -> Result<(), Error> {
        let (db, tenant, id) = (self.db, self.tenant.clone(), id.to_owned());
        on_server(db, async move { remove(service(db), &tenant, &id).await }).await
    }

    /// What is registered: kind and id.
    async fn listed(&self) -> Vec<(&'static str, String)> {
        let (db, tenant) = (self.db, self.tenant.clone());
        on_server(db, async move {
            let service = service(db);
            let tenant = admin::get_tenant(service, &tenant).await.unwrap();
            let documents = schemas::list(service, &tenant).await.unwrap();
            documents
                .into_iter()
                .map(|document| (document.kind.name(), document.id))
                .collect::<Vec<_>>()
        })
        .await
    }

    async fn assert_empty(&self, what: &str) {
        let listed = self.listed().await;
        assert!(listed.is_empty(), "{what}: {listed:?}");
    }

    async fn show(&self, id: &str) -> Result<Value, Error> {
        let (db, tenant, id) = (self.db, self.tenant.clone(), id.to_owned());
        on_server(db, async move {
            let service = service(db);
            let tenant = admin::get_tenant(service, &tenant).await?;
            schemas::show(service, &tenant, &id).await
        })
        .await
    }
}

/// What was done, without the kinds: id and `added`, `changed` or `unchanged`.
fn outcomes(report: &Report) -> Vec<(&str, &str)> {
    let documents = report.documents.iter();
    documents
        .map(|(_, id, outcome)| (id.as_str(), *outcome))
        .collect()
}

#[track_caller]
fn assert_refused<T: std::fmt::Debug>(
    outcome: &Result<T, Error>,
    kind: ErrorKind,
    sentence: &str,
    what: &str,
) {
    match outcome {
        Ok(done) => panic!("{what} was accepted: {done:?}"),
        Err(error) => {
            assert_eq!(error.kind(), kind, "{what}: {error}");
            assert!(error.detail().contains(sentence), "{what}: {error}");
        }
    }
}

/// A schema of these attributes.
fn schema(id: &str, attributes: &Value) -> Value {
    json!({"id": id, "attributes": attributes})
}

/// A resource type.
fn resource_type(name: &str, endpoint: &str, schema: &str, extensions: &[&str]) -> Value {
    let extensions: Vec<Value> = extensions
        .iter()
        .map(|schema| json!({"schema": schema, "required": false}))
        .collect();
    json!({"name": name, "endpoint": endpoint, "schema": schema, "schemaExtensions": extensions})
}

/// The extension of users that most tests are about.
fn badges() -> Value {
    schema(
        BADGES,
        &json!([{"name": "number", "uniqueness": "server"}, {"name": "colour"}]),
    )
}

/// A resource type of its own.
fn things() -> Value {
    json!([
        schema(
            THING,
            &json!([{"name": "name", "required": true}, {"name": "size", "type": "integer"}])
        ),
        resource_type("Thing", "/Things", THING, &[]),
    ])
}

fn thing(name: &str) -> Value {
    json!({"schemas": [THING], "name": name})
}

fn user_with(name: &str, extension: &str, values: &Value) -> Value {
    let mut document = user(name);
    document["schemas"] = json!([USER, extension]);
    document[extension] = values.clone();
    document
}

fn test_schema(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/schemas")
        .join(name)
}

fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A tenant whose users have the extension of a file.
async fn extended_tenant(db: Db, file: &str) -> TestTenant {
    let options = TenantOptions {
        schemas: vec![(test_schema(file), Some(("User".to_owned(), false)))],
        ..TenantOptions::default()
    };
    fresh_tenant_with(db, &options).await
}

async fn total(tenant: &TestTenant, path: &str, filter: &str) -> Value {
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": filter,
        "count": 0,
    });
    let found = tenant.post(&format!("{path}/.search"), &search).await;
    found.expect_status(200).json()["totalResults"].clone()
}
