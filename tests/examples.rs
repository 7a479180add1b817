//! The JSON examples of RFC 7643 §8 and of RFC 7644, tried on the server.
//!
//! The documents stand in `tests/examples`, one file for each example, with the values of the RFCs and the verified
//! errata applied. A file of RFC 7644 holds what must exist (`given`) and what is said (`exchanges`); a `note` says
//! what differs from the RFC, and why. Addresses, ids and versions are those of the RFC: what stands for them here is
//! learned as it is created, and put in their place.
//!
//! An answer matches when it has every member that is expected; `null` expects none, and the element `"..."` that there
//! are others. With `exactly` it must have no other members, except those that `also` names. The values of a
//! multi-valued attribute have no order, the results of a bulk request do.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::support::http::{Response, send};
use crate::support::server::{TestTenant, id_of, scim_request};
use crate::support::{Db, fresh_tenant};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/examples");
const RFC_BASE: &str = "https://example.com/v2";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// What an array of the RFC says instead of further elements.
const ELIDED: &str = "...";

on_both_databases!(
    resources_come_back_as_they_were_given,
    requests_are_answered_as_in_the_rfc,
    the_service_provider_config_has_the_members_of_the_example,
    the_resource_types_are_those_of_the_example,
    the_schemas_are_those_of_the_rfc,
);

/// One example of RFC 7644, with everything that belongs to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    section: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    given: Vec<Given>,
    exchanges: Vec<Exchange>,
}

/// A resource that must exist; `{n}` in it counts, where there are several.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    endpoint: String,
    resource: Value,
    #[serde(default = "once")]
    times: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    request: Question,
    response: Answer,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Question {
    method: String,
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    /// How many bytes the body is to have, with blanks at its end.
    padded_to: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    #[serde(default)]
    exactly: bool,
    #[serde(default)]
    also: Vec<String>,
    /// What the detail of an error must contain.
    #[serde(default)]
    mentions: Vec<String>,
}

fn once() -> usize {
    1
}

/// shows: S-8-01
async fn resources_come_back_as_they_were_given(db: Db) {
    let mut failures = Vec::new();
    for file in [
        "rfc7643-8.1-minimal-user.json",
        "rfc7643-8.2-full-user.json",
        "rfc7643-8.3-enterprise-user.json",
        "rfc7643-8.4-group.json",
    ] {
        let found = round_trip(db, file).await;
        failures.extend(found.into_iter().map(|what| format!("{file}: {what}")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Posts an example and reads it; answers where either differs from it.
async fn round_trip(db: Db, file: &str) -> Vec<String> {
    let example: Value = read(file);
    let tenant = fresh_tenant(db).await;
    let mut names = Names::of(&tenant);
    for (id, name) in people(&example) {
        let person = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": id,
            "displayName": name,
        });
        let created = tenant.post("/Users", &person).await.expect_status(201);
        names.learn(id, &id_of(&created));
    }
    let endpoint = format!("/{}s", example["meta"]["resourceType"].as_str().unwrap());
    let created = tenant.post(&endpoint, &names.value(&example)).await;
    let created = created.expect_status(201);
    names.learn_from(&example, &created.json());
    // A password is never returned, and the user is in no group yet.
    let mut expected = example.clone();
    let members = expected.as_object_mut().unwrap();
    members.remove("password");
    members.remove("groups");
    let mut found = same_resource(&names, &expected, &created.json());
    if created.header("Location") != created.json()["meta"]["location"].as_str() {
        found.push("Location is not meta.location".to_owned());
    }
    let id = id_of(&created);
    for group in example["groups"].as_array().into_iter().flatten() {
        let document = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": group["display"],
            "members": [{"value": id}],
        });
        let created = tenant.post("/Groups", &document).await.expect_status(201);
        names.learn(group["value"].as_str().unwrap(), &id_of(&created));
    }
    let mut expected = example.clone();
    expected.as_object_mut().unwrap().remove("password");
    let reread = tenant.get(&format!("{endpoint}/{id}")).await;
    let reread = reread.expect_status(200).json();
    found.extend(same_resource(&names, &expected, &reread));
    found
}

/// The users whom an example names as members or manager: their ids and their names.
fn people(example: &Value) -> Vec<(&str, Option<&str>)> {
    let members = example["members"].as_array().into_iter().flatten();
    let manager = example[ENTERPRISE].get("manager");
    members
        .chain(manager)
        .map(|person| {
            let name = person["display"]
                .as_str()
                .or_else(|| person["displayName"].as_str());
            (person["value"].as_str().unwrap(), name)
        })
        .collect()
}

/// Beyond what the examples show, new users are active, and memberships and members have a type.
fn same_resource(names: &Names, expected: &Value, actual: &Value) -> Vec<String> {
    let also = ["active", "type"].map(str::to_owned);
    differences(names, expected, actual, Some(&also))
}

/// shows: P-3.3-01 P-3.3-04 P-3.4.2-02 P-3.4.2.4-05 P-3.4.3-01 P-3.5.1-07 P-3.5.2.1-07
/// shows: P-3.5.2.2-03 P-3.5.2.2-04 P-3.5.2.2-07 P-3.5.2.3-01 P-3.5.2.3-03 P-3.5.2.3-06
/// shows: P-3.5.2.3-07 P-3.6-01 P-3.9-02 P-3.12-02 P-3.14-04 P-7.5.2-01 P-3.7-07 P-3.7-09 P-3.7-10
/// shows: P-3.7-11 P-3.7-12 P-3.7-14 P-3.7-15 P-3.7.1-01 P-3.7.2-01 P-3.7.3-01 P-3.7.3-02
/// shows: P-3.7.3-03
async fn requests_are_answered_as_in_the_rfc(db: Db) {
    let mut failures = Vec::new();
    for file in files("rfc7644-") {
        failures.extend(play(db, &file).await);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Plays the exchanges of one example in a fresh tenant; answers what was not as expected.
async fn play(db: Db, file: &str) -> Vec<String> {
    let example: Example = read(file);
    let tenant = fresh_tenant(db).await;
    let mut names = Names::of(&tenant);
    for given in &example.given {
        create(&tenant, &mut names, given).await;
    }
    let mut failures = Vec::new();
    for Exchange { request, response } in &example.exchanges {
        let found = judge(response, &ask(&tenant, &names, request).await, &mut names);
        failures.extend(found.into_iter().map(|what| {
            let (method, path) = (&request.method, &request.path);
            let Example { section, note, .. } = &example;
            format!("{file}: {method} {path}: {what}\n(RFC 7644 §{section}. {note})")
        }));
    }
    failures
}

async fn create(tenant: &TestTenant, names: &mut Names, given: &Given) {
    for number in 1..=given.times {
        let text = names.value(&given.resource).to_string();
        let text = text.replace("{n}", &number.to_string());
        let resource: Value = serde_json::from_str(&text).unwrap();
        let created = tenant.post(&given.endpoint, &resource).await;
        names.learn_from(&given.resource, &created.expect_status(201).json());
    }
}

async fn ask(tenant: &TestTenant, names: &Names, request: &Question) -> Response {
    let filled: Vec<(&str, String)> = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), names.text(value)))
        .collect();
    let mut headers = vec![("Accept", "application/scim+json")];
    headers.extend(filled.iter().map(|(name, value)| (*name, value.as_str())));
    let body = request.body.as_ref().map(|body| names.value(body));
    let path = names.text(&request.path);
    let mut sent = scim_request(
        &tenant.token,
        &request.method,
        &path,
        &headers,
        body.as_ref(),
    );
    if let (Some(size), Some(bytes)) = (request.padded_to, &mut sent.body) {
        bytes.resize(size, b' ');
    }
    match send(&tenant.root, sent).await {
        Ok(response) => response,
        Err(error) => panic!("{error}"),
    }
}

/// Compares an answer with the one that is expected, and learns from it.
fn judge(expected: &Answer, response: &Response, names: &mut Names) -> Vec<String> {
    if response.status != expected.status {
        let (status, answer) = (expected.status, response.describe());
        return vec![format!("expected status {status}, found:\n{answer}")];
    }
    let mut found = Vec::new();
    if let Some(body) = &expected.body {
        let actual = response.json();
        names.learn_from(body, &actual);
        let also = expected.exactly.then_some(expected.also.as_slice());
        found.extend(differences(names, body, &actual, also));
        found.extend(page_differences(&actual));
        let detail = actual["detail"].as_str().unwrap_or_default();
        for text in &expected.mentions {
            if !detail.contains(text) {
                found.push(format!("{text:?} is not in the detail, {detail:?}"));
            }
        }
    } else if !response.body.is_empty() {
        found.push(format!("expected no body, found:\n{}", response.describe()));
    }
    for (name, theirs) in &expected.headers {
        let Some(ours) = response.header(name) else {
            found.push(format!("the header {name} is missing"));
            continue;
        };
        if name == "ETag" {
            names.learn(theirs, ours);
        }
        let wanted = names.text(theirs);
        if wanted != ours {
            found.push(format!("{name}: expected {wanted}, found {ours}"));
        }
    }
    found
}

/// A list says how many resources are on the page.
fn page_differences(body: &Value) -> Option<String> {
    let resources = body["Resources"].as_array()?.len();
    let said = body["itemsPerPage"].as_u64()?;
    (u64::try_from(resources).ok() != Some(said))
        .then(|| format!("itemsPerPage is {said}, and there are {resources} resources"))
}

/// What the RFC calls something → what it is called here.
struct Names {
    base: String,
    known: BTreeMap<String, String>,
}

impl Names {
    fn of(tenant: &TestTenant) -> Self {
        Self {
            base: tenant.base.clone(),
            known: BTreeMap::from([(RFC_BASE.to_owned(), tenant.base.clone())]),
        }
    }

    /// The first meaning stays: when it is met again, it must be the same.
    fn learn(&mut self, theirs: &str, ours: &str) {
        self.known
            .entry(theirs.to_owned())
            .or_insert_with(|| ours.to_owned());
    }

    /// Learns ids and versions from an answer and what the RFC shows in its place.
    fn learn_from(&mut self, theirs: &Value, ours: &Value) {
        let (Value::Object(theirs), Value::Object(ours)) = (theirs, ours) else {
            return;
        };
        let is_bulk_create = theirs.contains_key("bulkId");
        for (name, theirs) in theirs {
            let Some(ours) = ours.get(name) else { continue };
            match (name.as_str(), theirs, ours) {
                ("id" | "version", Value::String(theirs), Value::String(ours)) => {
                    self.learn(theirs, ours);
                }
                ("location", Value::String(theirs), Value::String(ours)) if is_bulk_create => {
                    self.learn(last_segment(theirs), last_segment(ours));
                }
                ("Operations", Value::Array(theirs), Value::Array(ours)) => {
                    for (theirs, ours) in theirs.iter().zip(ours) {
                        self.learn_from(theirs, ours);
                    }
                }
                (_, theirs, ours) => self.learn_from(theirs, ours),
            }
        }
    }

    fn text(&self, text: &str) -> String {
        let absolute = match text.strip_prefix("../") {
            Some(path) => format!("{}/{path}", self.base),
            None => text.to_owned(),
        };
        self.known
            .iter()
            .fold(absolute, |text, (theirs, ours)| text.replace(theirs, ours))
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(elements) => elements.iter().map(|value| self.value(value)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), self.value(value)))
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }
}

fn last_segment(address: &str) -> &str {
    address
        .rsplit_once('/')
        .map_or(address, |(_, segment)| segment)
}

/// Where a document differs from an expected one; with `also` it must have no other members but those.
fn differences(
    names: &Names,
    expected: &Value,
    actual: &Value,
    also: Option<&[String]>,
) -> Vec<String> {
    let mut comparison = Comparison {
        names,
        also,
        found: Vec::new(),
    };
    comparison.value(expected, actual, "body");
    comparison.found
}

struct Comparison<'a> {
    names: &'a Names,
    also: Option<&'a [String]>,
    found: Vec<String>,
}

impl Comparison<'_> {
    fn report(&mut self, place: &str, what: &str) {
        self.found.push(format!("{place}: {what}"));
    }

    fn value(&mut self, expected: &Value, actual: &Value, place: &str) {
        match (expected, actual) {
            (Value::Object(expected), Value::Object(actual)) => {
                self.object(expected, actual, place);
            }
            (Value::Array(expected), Value::Array(actual)) => self.array(expected, actual, place),
            (expected, actual) => {
                let expected = self.names.value(expected);
                if expected != *actual {
                    self.report(place, &format!("expected {expected}, found {actual}"));
                }
            }
        }
    }

    fn object(&mut self, expected: &Map<String, Value>, actual: &Map<String, Value>, place: &str) {
        for (name, wanted) in expected {
            let place = format!("{place}.{name}");
            match actual.get(name) {
                None if wanted.is_null() => {}
                None => self.report(&place, "is missing"),
                Some(actual) if wanted.is_null() => {
                    self.report(&place, &format!("expected nothing, found {actual}"));
                }
                Some(actual) if self.is_ours(name, wanted) => {
                    if !actual.is_string() {
                        self.report(&place, &format!("expected a string, found {actual}"));
                    }
                }
                Some(actual) => self.value(wanted, actual, &place),
            }
        }
        let Some(also) = self.also else { return };
        for (name, value) in actual {
            if !expected.contains_key(name) && !also.contains(name) {
                self.report(place, &format!("has {name:?} as well: {value}"));
            }
        }
    }

    /// Whether the server makes the value up, so that all that can be asked is that there is one.
    fn is_ours(&self, name: &str, expected: &Value) -> bool {
        let is_known = |version: &Value| {
            version
                .as_str()
                .is_some_and(|text| self.names.known.contains_key(text))
        };
        match name {
            "created" | "lastModified" | "detail" => true,
            "version" => !is_known(expected),
            _ => false,
        }
    }

    fn array(&mut self, expected: &[Value], actual: &[Value], place: &str) {
        let wanted: Vec<&Value> = expected
            .iter()
            .filter(|element| element.as_str() != Some(ELIDED))
            .collect();
        let is_elided = wanted.len() < expected.len();
        if !is_elided && wanted.len() != actual.len() {
            let (expected, found) = (wanted.len(), Value::from(actual));
            self.report(
                place,
                &format!("expected {expected} elements, found {found}"),
            );
            return;
        }
        if place.ends_with(".Operations") {
            for (index, (wanted, actual)) in wanted.into_iter().zip(actual).enumerate() {
                self.value(wanted, actual, &format!("{place}[{index}]"));
            }
            return;
        }
        let mut left: Vec<&Value> = actual.iter().collect();
        for element in wanted {
            let like = |candidate: &&Value| {
                differences(self.names, element, candidate, self.also).is_empty()
            };
            let position = left.iter().position(like);
            if let Some(position) = position {
                left.swap_remove(position);
            } else {
                let found = Value::from(actual);
                self.report(place, &format!("nothing is like {element} in {found}"));
            }
        }
    }
}

/// Members of the example that this server leaves out: there is no address of documentation, and what is compiled in
/// was neither created nor modified.
const NOT_SERVED: [&str; 4] = ["documentationUri", "created", "lastModified", "version"];
/// Members that came after RFC 7643: RFC 9865 §4.
const ADDED: [&str; 1] = ["pagination"];

/// shows: P-4-01 S-5-01 S-5-02 S-5-03
async fn the_service_provider_config_has_the_members_of_the_example(db: Db) {
    let example: Value = read("rfc7643-8.5-service-provider-config.json");
    let tenant = fresh_tenant(db).await;
    let served = tenant.get("/ServiceProviderConfig").await;
    let served = served.expect_status(200).json();
    let found = shape_differences(&example, &served, "ServiceProviderConfig");
    assert!(found.is_empty(), "{}", found.join("\n"));
    let location = format!("{}/ServiceProviderConfig", tenant.base);
    assert_eq!(served["schemas"], example["schemas"]);
    assert_eq!(served["meta"]["resourceType"], "ServiceProviderConfig");
    assert_eq!(served["meta"]["location"], location);
}

/// Where members or types differ; values are not compared.
fn shape_differences(expected: &Value, actual: &Value, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (name, expected) in expected {
                let place = format!("{place}.{name}");
                match actual.get(name) {
                    Some(actual) => found.extend(shape_differences(expected, actual, &place)),
                    None if NOT_SERVED.contains(&name.as_str()) => {}
                    None => found.push(format!("{place} is missing")),
                }
            }
            for name in actual.keys() {
                if !expected.contains_key(name) && !ADDED.contains(&name.as_str()) {
                    found.push(format!("{place}.{name} is not in the example"));
                }
            }
        }
        (Value::Array(expected), Value::Array(actual)) => {
            for element in actual {
                let is_like = |example: &Value| shape_differences(example, element, "").is_empty();
                if !expected.iter().any(is_like) {
                    found.push(format!("{place}: nothing in the example is like {element}"));
                }
            }
        }
        (expected, actual) => {
            if std::mem::discriminant(expected) != std::mem::discriminant(actual) {
                found.push(format!(
                    "{place}: {actual} is of another type than {expected}"
                ));
            }
        }
    }
    found
}

/// shows: P-4-03 S-6-01 S-6-03 S-6-06
async fn the_resource_types_are_those_of_the_example(db: Db) {
    let examples: Vec<Value> = read("rfc7643-8.6-resource-types.json");
    let tenant = fresh_tenant(db).await;
    let names = Names::of(&tenant);
    let listed = tenant.get("/ResourceTypes").await;
    let listed = listed.expect_status(200).json();
    assert_eq!(listed["totalResults"], examples.len());
    for mut expected in examples {
        // The example demands the enterprise extension of every user; here a user may do without.
        let extensions = expected.get_mut("schemaExtensions");
        for extension in extensions
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            extension["required"] = json!(false);
        }
        if expected.get("schemaExtensions").is_none() {
            expected["schemaExtensions"] = json!([]);
        }
        // Every type has the extension of accounts as well.
        let id = expected["id"].as_str().unwrap().to_owned();
        let account = format!("urn:muster:scim:schemas:extension:account:1.0:{id}");
        let extensions = expected["schemaExtensions"].as_array_mut().unwrap();
        extensions.push(json!({"schema": account, "required": false}));
        let also: [String; 0] = [];
        let single = tenant.get(&format!("/ResourceTypes/{id}")).await;
        let single = single.expect_status(200).json();
        let found = differences(&names, &expected, &single, Some(&also));
        assert!(found.is_empty(), "{id}: {}", found.join("\n"));
        let resources = listed["Resources"].as_array().unwrap();
        assert!(resources.contains(&single), "{id} is not in {listed}");
    }
}

/// Differences that are meant.
const MEANT: [&str; 2] = [
    // Clients look groups up by name, so a name is unique unless the tenant's settings say otherwise.
    "urn:ietf:params:scim:schemas:core:2.0:Group:displayName: uniqueness is \"server\", not \"none\"",
    // RFC 9865 §4.
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig:pagination: is not in the RFC",
];

/// shows: S-7-02 S-7-04 S-7-10 S-7-11
async fn the_schemas_are_those_of_the_rfc(db: Db) {
    let mut expected: Vec<Value> = read("rfc7643-8.7.1-schemas.json");
    expected.extend(read::<Vec<Value>>("rfc7643-8.7.2-schemas.json"));
    let tenant = fresh_tenant(db).await;
    let served = tenant.get("/Schemas").await.expect_status(200).json();
    let served = served["Resources"].as_array().unwrap();
    let mut found = Vec::new();
    for expected in &expected {
        let id = expected["id"].as_str().unwrap();
        let Some(actual) = served.iter().find(|schema| schema["id"] == id) else {
            found.push(format!("{id}: is not served"));
            continue;
        };
        for member in ["schemas", "name"] {
            let (wanted, actual) = (&expected[member], &actual[member]);
            if wanted != actual {
                found.push(format!("{id}: {member} is {actual}, not {wanted}"));
            }
        }
        let (wanted, actual) = (&expected["attributes"], &actual["attributes"]);
        attribute_differences(wanted, actual, &format!("{id}:"), &mut found);
    }
    found.retain(|difference| !MEANT.contains(&difference.as_str()));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Compares attributes by name, in everything that is not a description.
fn attribute_differences(expected: &Value, actual: &Value, place: &str, found: &mut Vec<String>) {
    let (expected, actual) = (by_name(expected), by_name(actual));
    for (name, expected) in &expected {
        let place = format!("{place}{name}");
        let Some(actual) = actual.get(name) else {
            found.push(format!("{place}: is not served"));
            continue;
        };
        for (characteristic, default) in characteristics(expected) {
            let wanted = expected.get(characteristic).unwrap_or(&default);
            let served = actual.get(characteristic).unwrap_or(&default);
            if wanted != served {
                found.push(format!(
                    "{place}: {characteristic} is {served}, not {wanted}"
                ));
            }
        }
        let (wanted, served) = (&expected["subAttributes"], &actual["subAttributes"]);
        attribute_differences(wanted, served, &format!("{place}."), found);
    }
    for name in actual.keys().filter(|name| !expected.contains_key(*name)) {
        found.push(format!("{place}{name}: is not in the RFC"));
    }
}

fn by_name(attributes: &Value) -> BTreeMap<&str, &Value> {
    let attributes = attributes.as_array().into_iter().flatten();
    attributes
        .map(|attribute| (attribute["name"].as_str().unwrap(), attribute))
        .collect()
}

/// The characteristics that mean something for an attribute, with what holds where they are left out (RFC 7643 §2.2).
fn characteristics(attribute: &Value) -> Vec<(&'static str, Value)> {
    let mut all = vec![
        ("type", json!("string")),
        ("multiValued", json!(false)),
        ("required", json!(false)),
        ("mutability", json!("readWrite")),
        ("returned", json!("default")),
        ("canonicalValues", json!([])),
        ("referenceTypes", json!([])),
    ];
    if attribute["type"] != "complex" {
        all.push(("caseExact", json!(false)));
        all.push(("uniqueness", json!("none")));
    }
    all
}

/// The files whose names begin like that, in order.
fn files(prefix: &str) -> Vec<String> {
    let entries = std::fs::read_dir(FOLDER).unwrap();
    let mut files: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(prefix))
        .collect();
    assert!(!files.is_empty(), "{FOLDER} has no {prefix} files");
    files.sort();
    files
}

fn read<T: DeserializeOwned>(file: &str) -> T {
    let path = Path::new(FOLDER).join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}
