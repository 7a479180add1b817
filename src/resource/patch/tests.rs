//! Examples of PATCH; the laws stand in [`laws`].

mod laws;

use std::sync::{Arc, LazyLock};

use serde_json::json;

use super::*;
use crate::error::ErrorKind;
use crate::resource::Meta;
use crate::schema::{AttributeDef, AttributeId, Extension, Mutability, Registry};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const ID: Uuid = Uuid::from_u128(1);
const STRICT: Settings = Settings {
    replace_unmatched_creates: false,
    accepts_empty_operations: false,
    reading: Tolerance::USUAL,
};
const CREATING: Settings = Settings {
    replace_unmatched_creates: true,
    accepts_empty_operations: false,
    reading: Tolerance::USUAL,
};

static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| Registry::embedded(&[], &|_| AttributeId(0)).unwrap());

fn users() -> &'static ResourceType {
    REGISTRY.at_endpoint("Users").unwrap()
}

fn groups() -> &'static ResourceType {
    REGISTRY.at_endpoint("Groups").unwrap()
}

/// The User type with other characteristics, given by path.
fn users_with(change: impl Fn(&str, &mut AttributeDef)) -> ResourceType {
    let changed = |attributes: &[Arc<AttributeDef>]| -> Vec<Arc<AttributeDef>> {
        let each = attributes.iter().map(|attribute| {
            let mut attribute = AttributeDef::clone(attribute);
            change(&attribute.path(), &mut attribute);
            for sub in &mut attribute.sub_attributes {
                let mut definition = AttributeDef::clone(sub);
                change(&definition.path(), &mut definition);
                *sub = Arc::new(definition);
            }
            Arc::new(attribute)
        });
        each.collect()
    };
    let extensions = users().extensions.iter().map(|extension| Extension {
        attributes: changed(&extension.attributes),
        ..extension.clone()
    });
    ResourceType {
        id: users().id,
        name: users().name.clone(),
        endpoint: users().endpoint.clone(),
        family: users().family,
        schema: Arc::clone(&users().schema),
        attributes: changed(&users().attributes),
        extensions: extensions.collect(),
        display: Vec::new(),
        defaults: Vec::new(),
        kept: Vec::new(),
        profile: Vec::new(),
        account: None,
        team: None,
        references: Vec::new(),
        self_service: Vec::new(),
        enabled: None,
        usual: std::sync::OnceLock::new(),
    }
}

fn users_with_immutable(path: &str) -> ResourceType {
    users_with(|other, attribute| {
        if other == path {
            attribute.mutability = Mutability::Immutable;
        }
    })
}

fn users_with_required(path: &str) -> ResourceType {
    users_with(|other, attribute| attribute.required |= other == path)
}

/// `nickName` is a list of strings.
fn users_with_nick_names() -> ResourceType {
    users_with(|path, attribute| {
        attribute.multi_valued |= path == "nickName";
        attribute.is_in_array |= path == "nickName";
    })
}

fn add(path: &str, value: impl Into<Value>) -> Value {
    json!({"op": "add", "path": path, "value": value.into()})
}

fn replace(path: &str, value: impl Into<Value>) -> Value {
    json!({"op": "replace", "path": path, "value": value.into()})
}

fn remove(path: &str) -> Value {
    json!({"op": "remove", "path": path})
}

fn remove_listed(path: &str, value: impl Into<Value>) -> Value {
    json!({"op": "remove", "path": path, "value": value.into()})
}

fn pathless(op: &str, value: impl Into<Value>) -> Value {
    json!({"op": op, "value": value.into()})
}

fn message(operations: &[Value]) -> Map<String, Value> {
    let body = json!({"schemas": [MESSAGE_SCHEMA], "Operations": operations});
    body.as_object().unwrap().clone()
}

fn outcome(
    resource_type: &ResourceType,
    document: &Value,
    operations: &[Value],
    settings: Settings,
) -> Result<Outcome> {
    let resource = Resource {
        id: ID,
        document: document.as_object().unwrap().clone(),
        meta: Meta {
            created: 0,
            last_modified: 0,
            version: 1,
        },
        members: None,
        groups: None,
    };
    let operations = parse(&message(operations), settings)?;
    apply(&operations, &resource, resource_type, settings)
}

fn attempt_as(
    resource_type: &ResourceType,
    document: &Value,
    operations: &[Value],
    settings: Settings,
) -> Result<Value, ErrorKind> {
    outcome(resource_type, document, operations, settings)
        .map(|outcome| Value::Object(outcome.document))
        .map_err(|error| error.kind())
}

fn attempt(document: &Value, operations: &[Value]) -> Result<Value, ErrorKind> {
    attempt_as(users(), document, operations, STRICT)
}

/// The document after operations that succeed.
fn after(document: &Value, operations: &[Value]) -> Value {
    outcome(users(), document, operations, STRICT)
        .map(|outcome| Value::Object(outcome.document))
        .unwrap()
}

/// The whole example after an operation that succeeds.
fn changed(operation: Value) -> Value {
    after(&babs(), &[operation])
}

/// What an operation that succeeds makes of the smallest document.
fn made(operation: Value) -> Value {
    after(&bare(), &[operation])
}

/// How an operation on the whole example fails.
fn refusal(operation: &Value) -> ErrorKind {
    attempt(&babs(), std::slice::from_ref(operation)).unwrap_err()
}

fn member_changes(operation: &Value) -> Result<Vec<MemberChange>, ErrorKind> {
    let group = json!({"displayName": "Tour Guides"});
    outcome(groups(), &group, std::slice::from_ref(operation), STRICT)
        .map(|outcome| outcome.members)
        .map_err(|error| error.kind())
}

fn bare() -> Value {
    json!({"userName": "bjensen"})
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    json!({"userName": "bjensen", name: value.into()})
}

fn babs() -> Value {
    json!({
        "userName": "bjensen",
        "nickName": "Babs",
        "name": {"givenName": "Barbara", "familyName": "Jensen"},
        "active": true,
        "emails": [
            {"value": "babs@example.com", "type": "work", "primary": true},
            {"value": "babs@jensen.org", "type": "home"},
        ],
        "addresses": [
            {"type": "work", "streetAddress": "100 Universal City Plaza", "region": "CA"},
            {"type": "home", "streetAddress": "456 Hollywood Blvd", "region": "CA"},
        ],
        ENTERPRISE: {"department": "Tour Operations", "manager": {"value": "26118915"}},
    })
}

// The message (RFC 7644 §3.5.2).

fn message_refusal(body: &Value) -> ErrorKind {
    parse(body.as_object().unwrap(), STRICT).unwrap_err().kind()
}

#[test]
fn a_message_needs_its_schema_and_operations() {
    for body in [
        json!({"Operations": [remove("nickName")]}),
        json!({"schemas": [CORE], "Operations": [remove("nickName")]}),
        json!({"schemas": MESSAGE_SCHEMA, "Operations": [remove("nickName")]}),
        json!({"schemas": [MESSAGE_SCHEMA]}),
        json!({"schemas": [MESSAGE_SCHEMA], "Operations": []}),
        json!({"schemas": [MESSAGE_SCHEMA], "Operations": remove("nickName")}),
        json!({"schemas": [MESSAGE_SCHEMA], "Operations": ["remove"]}),
    ] {
        assert_eq!(message_refusal(&body), ErrorKind::InvalidSyntax, "{body}");
    }
}

#[test]
fn an_empty_message_changes_nothing_where_that_is_allowed() {
    let settings = Settings {
        accepts_empty_operations: true,
        ..STRICT
    };
    assert_eq!(attempt_as(users(), &babs(), &[], settings), Ok(babs()));
}

#[test]
fn an_operation_is_add_remove_or_replace() {
    for op in [
        json!("move"),
        json!("test"),
        json!(""),
        json!(1),
        json!(null),
    ] {
        let operation = json!({"op": op, "path": "nickName", "value": "x"});
        assert_eq!(refusal(&operation), ErrorKind::InvalidSyntax, "{op}");
    }
    let without = json!({"path": "nickName", "value": "x"});
    assert_eq!(refusal(&without), ErrorKind::InvalidSyntax);
}

#[test]
fn operations_are_limited_at_and_beyond() {
    let some = |count| message(&vec![remove("nickName"); count]);
    assert!(parse(&some(MAX_OPERATIONS), STRICT).is_ok());
    let error = parse(&some(MAX_OPERATIONS + 1), STRICT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PayloadTooLarge);
}

/// shows: I-14
#[test]
fn an_empty_or_null_path_is_no_path() {
    for path in [json!(""), json!(" "), json!(null)] {
        let operation = json!({"op": "add", "path": path, "value": {"title": "Guide"}});
        assert_eq!(made(operation), with("title", "Guide"));
    }
}

#[test]
fn a_wrong_path_is_an_invalid_path() {
    for path in [
        "foo",
        "name.foo",
        "a..b",
        "[type eq \"work\"]",
        "emails[0]",
        "emails[]",
        "emails/0",
        "emails[type eq \"work\"].foo",
        "emails[type eq \"work\"].value.x",
        "emails.value[type eq \"work\"]",
        "name[givenName eq \"Barbara\"]",
        "nickName[value eq \"Babs\"]",
        "urn:example:unknown:1.0:User:title",
        ENTERPRISE.trim_end_matches(":User"),
    ] {
        assert_eq!(
            refusal(&replace(path, "x")),
            ErrorKind::InvalidPath,
            "{path}"
        );
    }
    let number = json!({"op": "add", "path": 5, "value": "x"});
    assert_eq!(refusal(&number), ErrorKind::InvalidPath);
}

#[test]
fn a_wrong_filter_in_brackets_is_an_invalid_filter() {
    for path in [
        "emails[",
        "emails[type",
        "emails[type eq work]",
        "emails[type eq \"work\"",
        "emails[foo eq \"work\"]",
        "emails[primary gt true]",
        "emails[primary eq \"maybe\"]",
        "emails[userName eq \"bjensen\"]",
    ] {
        assert_eq!(refusal(&remove(path)), ErrorKind::InvalidFilter, "{path}");
    }
}

#[test]
fn a_failure_names_its_operation() {
    let operations = [remove("title"), remove("nickName"), add("active", "maybe")];
    let error = outcome(users(), &babs(), &operations, STRICT).unwrap_err();
    assert!(error.detail().starts_with("operation 3: "), "{error}");
    let operations = [remove("title"), remove("foo..bar")];
    let error = outcome(users(), &babs(), &operations, STRICT).unwrap_err();
    assert!(error.detail().starts_with("operation 2: "), "{error}");
}

#[test]
fn each_operation_works_on_the_result_of_the_one_before() {
    let operations = [
        remove("emails"),
        add("emails", json!({"value": "b@x", "type": "work"})),
        replace("emails[type eq \"work\"].value", "c@x"),
    ];
    let emails = json!([{"value": "c@x", "type": "work"}]);
    assert_eq!(after(&babs(), &operations)["emails"], emails);
}

#[test]
fn the_same_attribute_twice_in_another_case_is_refused() {
    for operation in [
        pathless("add", json!({"nickName": "a", "NICKNAME": "b"})),
        add("name", json!({"givenName": "a", "GIVENNAME": "b"})),
        add("emails", json!({"value": "a@x", "VALUE": "b@x"})),
        pathless(
            "add",
            json!({ENTERPRISE: {"department": "a", "DEPARTMENT": "b"}}),
        ),
        json!({"op": "add", "OP": "remove", "path": "nickName", "value": "a"}),
    ] {
        let kind = attempt(&babs(), std::slice::from_ref(&operation)).err();
        assert_eq!(kind, Some(ErrorKind::InvalidSyntax), "{operation}");
    }
}

// Add (RFC 7644 §3.5.2.1).

#[test]
fn add_needs_a_value() {
    let operation = json!({"op": "add", "path": "nickName"});
    assert_eq!(refusal(&operation), ErrorKind::InvalidValue);
    assert_eq!(refusal(&json!({"op": "add"})), ErrorKind::InvalidValue);
    assert_eq!(refusal(&pathless("add", "x")), ErrorKind::InvalidValue);
    assert_eq!(
        refusal(&pathless("add", json!([{"title": "x"}]))),
        ErrorKind::InvalidValue
    );
}

#[test]
fn add_sets_what_is_absent_and_replaces_a_single_value() {
    let added = made(add("nickName", "Babs"));
    assert_eq!(added, with("nickName", "Babs"));
    assert_eq!(
        after(&added, &[add("nickName", "Barb")]),
        with("nickName", "Barb")
    );
}

#[test]
fn add_without_path_adds_every_attribute() {
    let value =
        json!({"emails": [{"value": "babs@jensen.org", "type": "home"}], "nickName": "Babs"});
    let document = with("emails", json!([{"value": "b@x", "type": "work"}]));
    let changed = after(&document, &[pathless("add", value)]);
    assert_eq!(changed["nickName"], "Babs");
    assert_eq!(changed["emails"][0]["value"], "b@x");
    assert_eq!(changed["emails"][1]["value"], "babs@jensen.org");
}

#[test]
fn add_to_a_complex_attribute_keeps_its_other_parts() {
    let name = &changed(add("name", json!({"givenName": "B", "middleName": "J"})))["name"];
    assert_eq!(
        *name,
        json!({"givenName": "B", "familyName": "Jensen", "middleName": "J"})
    );
}

#[test]
fn add_appends_one_value_or_a_list() {
    let one = json!({"value": "b@x"});
    let document = with("emails", json!([{"value": "a@x"}]));
    let expected = with("emails", json!([{"value": "a@x"}, {"value": "b@x"}]));
    assert_eq!(after(&document, &[add("emails", one.clone())]), expected);
    assert_eq!(after(&document, &[add("emails", json!([one]))]), expected);
    assert_eq!(after(&document, &[add("emails", "b@x")]), expected);
}

#[test]
fn add_of_a_present_value_changes_nothing() {
    let operation = add(
        "emails",
        json!([{"value": "BABS@jensen.org", "type": "home"}]),
    );
    let emails = &changed(operation)["emails"];
    assert_eq!(emails.as_array().unwrap().len(), 2);
    assert_eq!(
        changed(add("addresses", babs()["addresses"].clone())),
        babs()
    );
}

#[test]
fn add_of_a_present_value_updates_its_other_parts() {
    let operation = add(
        "emails",
        json!({"value": "babs@jensen.org", "type": "home", "display": "Home"}),
    );
    assert_eq!(changed(operation)["emails"][1]["display"], "Home");
}

#[test]
fn the_same_value_with_another_type_is_another_value() {
    let operation = add(
        "emails",
        json!({"value": "babs@jensen.org", "type": "other"}),
    );
    assert_eq!(changed(operation)["emails"].as_array().unwrap().len(), 3);
}

#[test]
fn add_by_filter_reaches_every_match() {
    let changed = changed(add("addresses[region eq \"CA\"].country", "US"));
    assert_eq!(changed["addresses"][0]["country"], "US");
    assert_eq!(changed["addresses"][1]["country"], "US");
}

#[test]
fn add_by_filter_without_match_creates_what_the_filter_describes() {
    let operation = add("emails[type eq \"work\"].value", "b@x");
    let expected = with("emails", json!([{"type": "work", "value": "b@x"}]));
    assert_eq!(made(operation), expected);
    let operation = add(
        "emails[type eq \"work\" and primary eq true]",
        json!({"value": "b@x"}),
    );
    let expected = with(
        "emails",
        json!([{"type": "work", "primary": true, "value": "b@x"}]),
    );
    assert_eq!(made(operation), expected);
}

#[test]
fn add_by_filter_without_match_fails_where_the_filter_describes_nothing() {
    for filter in [
        "type ne \"work\"",
        "not (type eq \"work\")",
        "type eq \"work\" or type eq \"home\"",
        "type eq \"work\" and type eq \"other\"",
        "value pr",
        "type sw \"w\" and value eq \"a\"",
    ] {
        let operation = add(&format!("roles[{filter}].display"), "x");
        assert_eq!(refusal(&operation), ErrorKind::NoTarget, "{filter}");
    }
}

#[test]
fn a_value_path_takes_one_value() {
    let two = json!([{"value": "a@x"}, {"value": "b@x"}]);
    assert_eq!(
        refusal(&add("emails[type eq \"work\"]", two)),
        ErrorKind::InvalidValue
    );
    let one = add("emails[type eq \"home\"]", json!([{"display": "Home"}]));
    assert_eq!(changed(one)["emails"][1]["display"], "Home");
}

/// shows: P-3.5.2.1-10
#[test]
fn add_to_a_part_of_every_value_reaches_all() {
    let emails = &changed(add("emails.display", "Babs"))["emails"];
    assert_eq!(emails[0]["display"], "Babs");
    assert_eq!(emails[1]["display"], "Babs");
    let created = made(add("emails.value", "b@x"));
    assert_eq!(created, with("emails", json!([{"value": "b@x"}])));
}

#[test]
fn add_of_an_extension_attribute_begins_the_extension() {
    let expected = with(ENTERPRISE, json!({"employeeNumber": "701984"}));
    let path = format!("{ENTERPRISE}:employeeNumber");
    assert_eq!(made(add(&path, "701984")), expected);
    assert_eq!(made(add("employeeNumber", "701984")), expected);
    let whole = add(ENTERPRISE, json!({"employeeNumber": "701984"}));
    assert_eq!(made(whole), expected);
}

#[test]
fn add_of_a_value_without_parts_changes_nothing() {
    for value in [
        json!([{}]),
        json!([null]),
        json!({"value": ""}),
        json!({"unknown": "x"}),
    ] {
        let operation = add("emails", value);
        assert_eq!(changed(operation.clone()), babs(), "{operation}");
    }
}

#[test]
fn null_unassigns() {
    for operation in [
        add("nickName", Value::Null),
        replace("nickName", Value::Null),
    ] {
        assert_eq!(after(&with("nickName", "Babs"), &[operation]), bare());
    }
    for value in [json!(null), json!([])] {
        let document = with("emails", babs()["emails"].clone());
        assert_eq!(after(&document, &[replace("emails", value)]), bare());
    }
    assert_eq!(
        after(&with("nickName", "Babs"), &[replace("nickName", "")]),
        bare()
    );
    let document = with(ENTERPRISE, json!({"department": "Tours"}));
    assert_eq!(
        after(&document, &[pathless("replace", json!({ENTERPRISE: null}))]),
        bare()
    );
}

// Remove (RFC 7644 §3.5.2.2).

#[test]
fn remove_needs_a_path() {
    assert_eq!(refusal(&json!({"op": "remove"})), ErrorKind::NoTarget);
    assert_eq!(
        refusal(&pathless("remove", json!({"nickName": "Babs"}))),
        ErrorKind::NoTarget
    );
}

#[test]
fn remove_unassigns_an_attribute() {
    assert_eq!(
        after(&with("nickName", "Babs"), &[remove("nickName")]),
        bare()
    );
    let document = with("emails", babs()["emails"].clone());
    assert_eq!(after(&document, &[remove("emails")]), bare());
}

#[test]
fn remove_of_what_is_absent_changes_nothing() {
    for path in [
        "title",
        "name.middleName",
        "roles",
        "roles.value",
        "emails[type eq \"other\"]",
        "emails[type eq \"other\"].value",
        "emails[type eq \"home\"].display",
    ] {
        assert_eq!(changed(remove(path)), babs(), "{path}");
    }
    assert_eq!(made(remove(ENTERPRISE)), bare());
}

#[test]
fn remove_by_filter_takes_the_matching_values() {
    let left = changed(remove(
        "emails[type eq \"work\" and value ew \"example.com\"]",
    ));
    assert_eq!(
        left["emails"],
        json!([{"value": "babs@jensen.org", "type": "home"}])
    );
    assert_eq!(
        after(&left, &[remove("emails[value pr]")]).get("emails"),
        None
    );
}

#[test]
fn remove_of_a_part_leaves_the_rest_of_the_value() {
    let left = changed(remove("addresses[type eq \"work\"].region"));
    assert_eq!(left["addresses"][0].get("region"), None);
    assert_eq!(left["addresses"][1], babs()["addresses"][1]);
}

#[test]
fn a_complex_attribute_goes_with_its_last_part() {
    let document = with("name", json!({"givenName": "Barbara"}));
    assert_eq!(after(&document, &[remove("name.givenName")]), bare());
    let document = with("emails", json!([{"value": "b@x"}]));
    assert_eq!(after(&document, &[remove("emails.value")]), bare());
}

#[test]
fn an_extension_goes_with_its_last_attribute() {
    let document = with(ENTERPRISE, json!({"department": "Tours"}));
    assert_eq!(
        after(&document, &[remove(&format!("{ENTERPRISE}:department"))]),
        bare()
    );
    assert_eq!(changed(remove(ENTERPRISE)).get(ENTERPRISE), None);
}

#[test]
fn remove_of_what_is_required_or_read_only_is_a_mutability_error() {
    for path in [
        "userName",
        "id",
        "meta",
        "meta.created",
        "groups",
        "groups[value eq \"a\"]",
        "schemas",
    ] {
        assert_eq!(refusal(&remove(path)), ErrorKind::Mutability, "{path}");
    }
    for value in [json!(null), json!(""), json!([])] {
        assert_eq!(
            refusal(&replace("userName", value.clone())),
            ErrorKind::Mutability
        );
        assert_eq!(
            refusal(&pathless("add", json!({"userName": value}))),
            ErrorKind::Mutability
        );
    }
}

#[test]
fn a_required_part_cannot_be_removed() {
    let strict = users_with_required("emails.value");
    for path in ["emails.value", "emails[type eq \"home\"].value"] {
        let left = attempt_as(&strict, &babs(), &[remove(path)], STRICT);
        assert_eq!(left, Err(ErrorKind::Mutability), "{path}");
    }
    let operation = remove("emails[type eq \"home\"]");
    assert!(attempt_as(&strict, &babs(), &[operation], STRICT).is_ok());
}

#[test]
fn an_optional_extension_may_be_removed_with_its_required_attribute() {
    let strict = users_with_required(&format!("{ENTERPRISE}:department"));
    let left = attempt_as(&strict, &babs(), &[remove(ENTERPRISE)], STRICT);
    assert_eq!(left.map(|left| left.get(ENTERPRISE).is_none()), Ok(true));
}

#[test]
fn remove_with_a_list_takes_those_values_only() {
    let left = changed(remove_listed(
        "emails",
        json!([{"value": "BABS@example.com"}]),
    ));
    assert_eq!(
        left["emails"],
        json!([{"value": "babs@jensen.org", "type": "home"}])
    );
    assert_eq!(changed(remove_listed("emails", "babs@example.com")), left);
    let other = json!([{"value": "babs@example.com", "type": "home"}]);
    assert_eq!(changed(remove_listed("emails", other)), babs());
}

#[test]
fn remove_with_an_empty_list_takes_nothing() {
    for value in [json!([]), json!([{}]), json!({})] {
        assert_eq!(changed(remove_listed("emails", value)), babs());
    }
}

#[test]
fn a_listed_value_without_value_is_meant_by_its_other_parts() {
    let listed = json!([{"type": "work", "region": "ca"}]);
    let left = changed(remove_listed("addresses", listed));
    assert_eq!(left["addresses"], json!([babs()["addresses"][1]]));
}

#[test]
fn a_listed_value_that_is_not_primary_is_one_without_the_flag() {
    let listed = json!([{"type": "work", "primary": false}]);
    let left = changed(remove_listed("addresses", listed));
    assert_eq!(left["addresses"], json!([babs()["addresses"][1]]));
}

// Replace (RFC 7644 §3.5.2.3).

#[test]
fn replace_needs_a_value() {
    let operation = json!({"op": "replace", "path": "nickName"});
    assert_eq!(refusal(&operation), ErrorKind::InvalidValue);
    assert_eq!(refusal(&json!({"op": "replace"})), ErrorKind::InvalidValue);
}

#[test]
fn replace_of_what_is_absent_is_add() {
    assert_eq!(made(replace("nickName", "Babs")), with("nickName", "Babs"));
    let expected = with("name", json!({"givenName": "B"}));
    assert_eq!(made(replace("name.givenName", "B")), expected);
    let emails = json!([{"value": "b@x"}]);
    assert_eq!(
        made(replace("emails", emails.clone())),
        with("emails", emails)
    );
}

#[test]
fn replace_of_a_part_of_absent_values_is_add() {
    let expected = Ok(with("emails", json!([{"value": "b@x"}])));
    assert_eq!(
        attempt(&bare(), &[replace("emails.value", "b@x")]),
        expected
    );
}

#[test]
fn replace_without_path_leaves_other_attributes_alone() {
    let changed = changed(pathless(
        "replace",
        json!({"nickName": "Barb", "emails": [{"value": "b@x"}]}),
    ));
    let mut expected = babs();
    expected["nickName"] = json!("Barb");
    expected["emails"] = json!([{"value": "b@x"}]);
    assert_eq!(changed, expected);
}

#[test]
fn replace_of_a_complex_attribute_keeps_parts_that_are_not_given() {
    let name = &changed(replace("name", json!({"familyName": "Smith"})))["name"];
    assert_eq!(
        *name,
        json!({"givenName": "Barbara", "familyName": "Smith"})
    );
}

#[test]
fn replace_by_filter_puts_a_whole_value_in_place() {
    let value = json!({"type": "work", "streetAddress": "911 Universal City Plaza"});
    let changed = changed(replace("addresses[type eq \"work\"]", value.clone()));
    assert_eq!(changed["addresses"], json!([value, babs()["addresses"][1]]));
}

#[test]
fn replace_by_filter_sets_a_part_of_every_match() {
    let changed = changed(replace("addresses[region eq \"ca\"].region", "NV"));
    assert_eq!(changed["addresses"][0]["region"], "NV");
    assert_eq!(changed["addresses"][1]["region"], "NV");
    assert_eq!(changed["addresses"][0]["type"], "work");
}

#[test]
fn replace_by_filter_with_null_removes_the_value() {
    let left = changed(replace("emails[type eq \"work\"]", Value::Null));
    assert_eq!(left["emails"], json!([babs()["emails"][1]]));
}

#[test]
fn replace_by_filter_without_match_has_no_target() {
    let operation = replace("emails[type eq \"other\"].value", "b@x");
    assert_eq!(refusal(&operation), ErrorKind::NoTarget);
    let operation = replace("emails[type eq \"other\"]", json!({"value": "b@x"}));
    assert_eq!(refusal(&operation), ErrorKind::NoTarget);
}

#[test]
fn replace_by_filter_without_match_creates_where_that_is_set() {
    let operation = replace("emails[type eq \"work\"].value", "b@x");
    let expected = with("emails", json!([{"type": "work", "value": "b@x"}]));
    assert_eq!(
        attempt_as(users(), &bare(), &[operation], CREATING),
        Ok(expected)
    );
    let operation = replace("emails[type ne \"work\"].value", "b@x");
    assert_eq!(
        attempt_as(users(), &bare(), &[operation], CREATING),
        Err(ErrorKind::NoTarget)
    );
}

#[test]
fn a_value_of_the_wrong_type_is_an_invalid_value() {
    for operation in [
        replace("active", "maybe"),
        replace("active", 1),
        replace("userName", 5),
        replace("nickName", json!({"value": "x"})),
        replace("name", "Barbara"),
        replace("name", json!(["Barbara"])),
        replace("name.givenName", true),
        replace("emails", 5),
        replace("emails", json!([["a@x"]])),
        replace("emails[type eq \"work\"].primary", "perhaps"),
        replace("x509Certificates", json!([{"value": "@@"}])),
        replace(ENTERPRISE, "Tours"),
    ] {
        assert_eq!(refusal(&operation), ErrorKind::InvalidValue, "{operation}");
    }
}

// Primary values (RFC 7643 §2.4).

fn primaries(document: &Value) -> Vec<Option<bool>> {
    let emails = document["emails"].as_array().unwrap();
    emails
        .iter()
        .map(|email| email.get("primary").and_then(Value::as_bool))
        .collect()
}

#[test]
fn a_new_primary_value_demotes_the_old_one() {
    for operation in [
        add("emails", json!({"value": "b@x", "primary": true})),
        add("emails", json!([{"value": "b@x", "primary": "True"}])),
        add("emails[value eq \"b@x\"].primary", true),
    ] {
        let changed = changed(operation);
        assert_eq!(primaries(&changed), [Some(false), None, Some(true)]);
    }
}

#[test]
fn a_present_value_made_primary_demotes_the_old_one() {
    for operation in [
        add(
            "emails",
            json!({"value": "babs@jensen.org", "type": "home", "primary": true}),
        ),
        add("emails[type eq \"home\"].primary", true),
        replace("emails[type eq \"home\"].primary", "true"),
        add("emails[type eq \"home\"]", json!({"primary": true})),
    ] {
        assert_eq!(primaries(&changed(operation)), [Some(false), Some(true)]);
    }
}

#[test]
fn a_new_primary_value_demotes_an_old_one_that_is_repeated_without_the_flag() {
    let operation = add(
        "emails",
        json!([
            {"value": "babs@example.com", "type": "work"},
            {"value": "b@x", "primary": true},
        ]),
    );
    let changed = attempt(&babs(), &[operation]);
    let expected = vec![Some(false), None, Some(true)];
    assert_eq!(changed.map(|changed| primaries(&changed)), Ok(expected));
}

#[test]
fn two_primary_values_in_one_operation_are_refused() {
    let two = json!([{"value": "a@x", "primary": true}, {"value": "b@x", "primary": true}]);
    for operation in [
        add("emails", two.clone()),
        replace("emails", two.clone()),
        pathless("replace", json!({"emails": two})),
        replace("emails.primary", true),
        replace("emails[value pr].primary", true),
    ] {
        assert_eq!(refusal(&operation), ErrorKind::InvalidValue, "{operation}");
    }
}

#[test]
fn a_missing_primary_is_false() {
    let left = changed(remove("emails[primary eq false]"));
    assert_eq!(left["emails"], json!([babs()["emails"][0]]));
}

#[test]
fn values_that_become_the_same_stay_primary() {
    let document = with(
        "emails",
        json!([
            {"value": "b@x", "type": "work"},
            {"value": "b@x", "type": "home", "primary": true},
        ]),
    );
    let changed = after(
        &document,
        &[replace("emails[type eq \"home\"].type", "work")],
    );
    assert_eq!(
        changed["emails"],
        json!([{"value": "b@x", "type": "work", "primary": true}])
    );
}

// Immutable and readOnly attributes (RFC 7643 §7).

/// shows: P-3.5.2-09
#[test]
fn an_immutable_attribute_is_set_once() {
    let strict = users_with_immutable("title");
    let attempt = |document: &Value, operation| attempt_as(&strict, document, &[operation], STRICT);
    let titled = with("title", "Guide");
    assert_eq!(attempt(&bare(), add("title", "Guide")), Ok(titled.clone()));
    assert_eq!(attempt(&titled, add("title", "Guide")), Ok(titled.clone()));
    assert_eq!(
        attempt(&titled, replace("title", "Boss")),
        Err(ErrorKind::Mutability)
    );
    assert_eq!(
        attempt(&titled, replace("title", Value::Null)),
        Err(ErrorKind::Mutability)
    );
    assert_eq!(
        attempt(&titled, remove("title")),
        Err(ErrorKind::Mutability)
    );
    assert_eq!(attempt(&bare(), remove("title")), Ok(bare()));
}

#[test]
fn an_immutable_part_of_a_list_comes_and_goes_with_its_value_only() {
    let strict = users_with_immutable("emails.display");
    let attempt = |operation| {
        let document = with("emails", json!([{"value": "b@x", "display": "B"}]));
        attempt_as(&strict, &document, &[operation], STRICT).err()
    };
    assert_eq!(attempt(remove("emails[value eq \"b@x\"]")), None);
    assert_eq!(
        attempt(replace("emails[value eq \"b@x\"].display", "B")),
        None
    );
    assert_eq!(
        attempt(replace("emails[value eq \"b@x\"].display", "C")),
        Some(ErrorKind::Mutability)
    );
    assert_eq!(
        attempt(remove("emails.display")),
        Some(ErrorKind::Mutability)
    );
    assert_eq!(
        attempt(replace("emails[value pr]", json!({"value": "c@x"}))),
        Some(ErrorKind::Mutability)
    );
}

#[test]
fn add_of_a_present_value_leaves_its_immutable_parts() {
    let strict = users_with_immutable("emails.display");
    let document = with("emails", json!([{"value": "b@x", "display": "B"}]));
    let operation = add("emails", json!({"value": "b@x", "display": "C"}));
    assert_eq!(
        attempt_as(&strict, &document, &[operation], STRICT),
        Err(ErrorKind::Mutability)
    );
}

#[test]
fn an_immutable_part_does_not_go_with_its_attribute() {
    let strict = users_with_immutable("name.familyName");
    for operation in [
        remove("name.familyName"),
        replace("name.familyName", "X"),
        remove("name"),
        replace("name", Value::Null),
    ] {
        let left = attempt_as(&strict, &babs(), std::slice::from_ref(&operation), STRICT);
        assert_eq!(left, Err(ErrorKind::Mutability), "{operation}");
    }
}

#[test]
fn add_by_filter_completes_a_value_that_has_its_required_part() {
    let strict = users_with_required("emails.value");
    let operation = add("emails[type eq \"home\"]", json!({"display": "Home"}));
    let changed = attempt_as(&strict, &babs(), &[operation], STRICT);
    assert_eq!(
        changed.map(|changed| changed["emails"][1]["display"].clone()),
        Ok(json!("Home"))
    );
}

#[test]
fn a_read_only_attribute_is_not_written() {
    for operation in [
        replace("id", ID.to_string()),
        pathless("replace", json!({"id": "someone else"})),
        replace("meta.created", "2020-01-01T00:00:00Z"),
        add("groups", json!([{"value": "a"}])),
        pathless("add", json!({"groups": [{"value": "a"}]})),
        pathless("add", json!({"meta": {"resourceType": "Group"}})),
        replace(&format!("{ENTERPRISE}:manager.displayName"), "Boss"),
    ] {
        assert_eq!(refusal(&operation), ErrorKind::Mutability, "{operation}");
    }
}

#[test]
fn the_base_schema_stays() {
    assert_eq!(refusal(&remove("schemas")), ErrorKind::Mutability);
    assert_eq!(
        refusal(&replace("schemas", json!([ENTERPRISE]))),
        ErrorKind::Mutability
    );
    let both = json!([CORE, ENTERPRISE]);
    assert_eq!(changed(replace("schemas", both)), babs());
}

#[test]
fn the_base_schema_cannot_be_removed_by_a_list() {
    let left = attempt(&babs(), &[remove_listed("schemas", json!([CORE]))]);
    assert_eq!(left, Err(ErrorKind::Mutability));
}

#[test]
fn add_of_an_extension_to_schemas_changes_nothing() {
    assert_eq!(
        attempt(&babs(), &[add("schemas", json!([ENTERPRISE]))]),
        Ok(babs())
    );
}

// What clients send.

#[test]
fn entra_creates_a_typed_email() {
    let operation = json!({"op": "Add", "path": "emails[type eq \"work\"].value", "value": "b@x"});
    let expected = with("emails", json!([{"type": "work", "value": "b@x"}]));
    assert_eq!(made(operation), expected);
}

#[test]
fn entra_sends_booleans_as_text() {
    for (text, value) in [("False", false), ("true", true)] {
        assert_eq!(made(replace("active", text)), with("active", value));
    }
}

#[test]
fn entra_sends_one_role_by_its_primary_flag() {
    let operation = add("roles[primary eq \"True\"].value", "Admin");
    let expected = with("roles", json!([{"primary": true, "value": "Admin"}]));
    assert_eq!(made(operation.clone()), expected);
    let document = with("roles", json!([{"primary": true, "value": "Guest"}]));
    assert_eq!(after(&document, &[operation]), expected);
}

#[test]
fn entra_makes_a_role_primary_that_is_present_without_the_flag() {
    let operation = add("roles[primary eq \"True\"].value", "Admin");
    let document = with("roles", json!([{"value": "Admin"}]));
    let expected = with("roles", json!([{"primary": true, "value": "Admin"}]));
    assert_eq!(after(&document, &[operation]), expected);
}

#[test]
fn entra_sends_roles_as_json_in_text() {
    let text = r#"{"id": "8f3a", "value": "Admin", "displayName": "Administrator"}"#;
    let expected = with("roles", json!([{"value": "Admin"}]));
    assert_eq!(made(add("roles", json!([text]))), expected);
    assert_eq!(refusal(&add("roles", "{not json")), ErrorKind::InvalidValue);
}

#[test]
fn a_manager_may_be_given_as_text() {
    let expected = with(ENTERPRISE, json!({"manager": {"value": "26118915"}}));
    for path in [
        format!("{ENTERPRISE}:manager"),
        format!("{ENTERPRISE}.manager"),
        format!("{ENTERPRISE}:manager.value"),
        "manager".to_owned(),
    ] {
        assert_eq!(made(add(&path, "26118915")), expected, "{path}");
    }
}

#[test]
fn okta_sends_the_id_along() {
    let value = json!({"id": ID.to_string(), "nickName": "Babs"});
    assert_eq!(made(pathless("replace", value)), with("nickName", "Babs"));
    let value =
        json!({"schemas": [CORE], "meta": {"resourceType": "User"}, "groups": [], "active": false});
    assert_eq!(made(pathless("replace", value)), with("active", false));
}

#[test]
fn okta_renames_a_group_without_path() {
    let operation = pathless(
        "replace",
        json!({"id": ID.to_string(), "displayName": "Guides"}),
    );
    let renamed = attempt_as(
        groups(),
        &json!({"displayName": "Tour Guides"}),
        &[operation],
        STRICT,
    );
    assert_eq!(renamed, Ok(json!({"displayName": "Guides"})));
}

#[test]
fn keys_of_a_pathless_value_are_paths() {
    let value = json!({
        "name.givenName": "Barbara",
        "emails[type eq \"work\"].value": "b@x",
        format!("{ENTERPRISE}:department"): "Tours",
        CORE: {"title": "Guide"},
    });
    let expected = json!({
        "userName": "bjensen",
        "title": "Guide",
        "name": {"givenName": "Barbara"},
        "emails": [{"type": "work", "value": "b@x"}],
        ENTERPRISE: {"department": "Tours"},
    });
    assert_eq!(made(pathless("add", value)), expected);
    assert_eq!(
        refusal(&pathless("add", json!({"foo": 1}))),
        ErrorKind::InvalidPath
    );
    assert_eq!(
        refusal(&pathless("add", json!({ENTERPRISE: {"foo": 1}}))),
        ErrorKind::InvalidPath
    );
}

/// shows: P-3.5.2.2-09
#[test]
fn simple_values_are_selected_by_value() {
    let tolerant = users_with_nick_names();
    let attempt = |operation| {
        attempt_as(
            &tolerant,
            &with("nickName", json!(["a", "b"])),
            &[operation],
            STRICT,
        )
    };
    let names = |names: Value| Ok(with("nickName", names));
    assert_eq!(
        attempt(add("nickName", json!(["b", "c"]))),
        names(json!(["a", "b", "c"]))
    );
    assert_eq!(
        attempt(remove("nickName[value eq \"a\"]")),
        names(json!(["b"]))
    );
    assert_eq!(
        attempt(remove_listed("nickName", json!(["a"]))),
        names(json!(["b"]))
    );
    assert_eq!(
        attempt(replace("nickName[value eq \"a\"]", "c")),
        names(json!(["c", "b"]))
    );
    assert_eq!(
        attempt(replace("nickName[value eq \"a\"].value", "b")),
        names(json!(["b"]))
    );
}

// The password.

fn password_of(operations: &[Value]) -> Option<PasswordChange> {
    outcome(users(), &bare(), operations, STRICT)
        .unwrap()
        .password
}

/// Every way to set a password.
fn password_settings(password: &str) -> [Value; 5] {
    [
        replace("password", password),
        add("PASSWORD", password),
        replace(&format!("{CORE}:password"), password),
        pathless("replace", json!({"password": password, "nickName": "Babs"})),
        pathless("add", json!({format!("{CORE}:Password"): password})),
    ]
}

#[test]
fn a_password_stays_out_of_the_document() {
    for operation in password_settings("t1meMa$heen") {
        let outcome = outcome(users(), &bare(), &[operation], STRICT).unwrap();
        assert_eq!(
            outcome.password,
            Some(PasswordChange::Set("t1meMa$heen".to_owned()))
        );
        assert_eq!(outcome.document.get("password"), None);
    }
    assert_eq!(
        password_of(&[remove("password")]),
        Some(PasswordChange::Clear)
    );
    assert_eq!(
        password_of(&[replace("password", Value::Null)]),
        Some(PasswordChange::Clear)
    );
    assert_eq!(password_of(&[remove("nickName")]), None);
}

fn assert_last_password_is_known(operations: &[Value]) {
    let parsed = parse(&message(operations), STRICT).unwrap();
    if let Some(PasswordChange::Set(password)) = password_of(operations) {
        let last = last_password(&parsed, users());
        assert_eq!(last, Some(password.as_str()), "{operations:?}");
    }
}

#[test]
fn the_last_password_is_known_beforehand() {
    for first in password_settings("first") {
        for second in password_settings("second") {
            assert_last_password_is_known(&[first.clone(), remove("password"), second]);
        }
    }
}

#[test]
fn a_password_inside_the_core_schema_is_known_beforehand() {
    assert_last_password_is_known(&[pathless("add", json!({CORE: {"password": "t1meMa$heen"}}))]);
}

// Members.

const OTHER: Uuid = Uuid::from_u128(2);

#[test]
fn members_are_set_aside() {
    let one = json!([{"value": ID.to_string(), "display": "Babs"}]);
    assert_eq!(
        member_changes(&add("members", one.clone())),
        Ok(vec![MemberChange::Add(vec![ID])])
    );
    assert_eq!(
        member_changes(&replace("members", one.clone())),
        Ok(vec![MemberChange::Replace(vec![ID])])
    );
    assert_eq!(
        member_changes(&pathless("add", json!({"members": one}))),
        Ok(vec![MemberChange::Add(vec![ID])])
    );
    assert_eq!(
        member_changes(&add("members", ID.to_string())),
        Ok(vec![MemberChange::Add(vec![ID])])
    );
    assert_eq!(
        member_changes(&replace("members", Value::Null)),
        Ok(vec![MemberChange::Replace(Vec::new())])
    );
}

#[test]
fn members_are_removed_all_by_filter_or_by_list() {
    let these = |ids: &[Uuid]| {
        Ok(vec![MemberChange::Remove(MemberSelection::These(
            ids.to_vec(),
        ))])
    };
    let filter = format!("members[value eq \"{ID}\" or value eq \"{OTHER}\"]");
    let listed = json!([{"value": ID.to_string()}, {"value": OTHER.to_string()}]);
    assert_eq!(
        member_changes(&remove("members")),
        Ok(vec![MemberChange::Remove(MemberSelection::All)])
    );
    assert_eq!(member_changes(&remove(&filter)), these(&[ID, OTHER]));
    assert_eq!(
        member_changes(&remove_listed("members", listed)),
        these(&[ID, OTHER])
    );
    assert_eq!(
        member_changes(&remove_listed("members", ID.to_string())),
        these(&[ID])
    );
    assert_eq!(
        member_changes(&remove_listed("members", json!([]))),
        these(&[])
    );
    assert_eq!(
        member_changes(&remove("members[value eq \"no id\"]")),
        these(&[])
    );
}

#[test]
fn a_listed_member_is_read_in_any_case() {
    let expected = MemberChange::Remove(MemberSelection::These(vec![ID]));
    let operation = remove_listed("members", json!([{"VALUE": ID.to_string()}]));
    assert_eq!(member_changes(&operation), Ok(vec![expected]));
}

#[test]
fn other_filters_on_members_are_kept_for_later() {
    for filter in [
        "type eq \"User\"",
        "value eq \"a\" and type eq \"User\"",
        "not (value eq \"a\")",
    ] {
        let changes = member_changes(&remove(&format!("members[{filter}]"))).unwrap();
        let is_matching = matches!(
            changes.as_slice(),
            [MemberChange::Remove(MemberSelection::Matching(_))]
        );
        assert!(is_matching, "{filter}");
    }
}

#[test]
fn members_are_not_changed_in_place() {
    let selected = format!("members[value eq \"{ID}\"]");
    for operation in [
        replace(&format!("{selected}.value"), OTHER.to_string()),
        replace(&selected, json!({"value": OTHER.to_string()})),
        replace("members.value", OTHER.to_string()),
        replace(&format!("{selected}.display"), "Babs"),
        remove(&format!("{selected}.type")),
    ] {
        assert_eq!(
            member_changes(&operation),
            Err(ErrorKind::Mutability),
            "{operation}"
        );
    }
}

#[test]
fn a_member_needs_an_id() {
    for value in [
        json!([{"display": "Babs"}]),
        json!([{"value": 5}]),
        json!([5]),
    ] {
        assert_eq!(
            member_changes(&add("members", value.clone())),
            Err(ErrorKind::InvalidValue)
        );
        assert_eq!(
            member_changes(&remove_listed("members", value)),
            Err(ErrorKind::InvalidValue)
        );
    }
}

#[test]
fn members_are_limited_at_and_beyond() {
    let some = |count: usize| json!(vec![ID.to_string(); count]);
    let too_many = Err(ErrorKind::PayloadTooLarge);
    assert!(member_changes(&add("members", some(MAX_MEMBERS))).is_ok());
    assert_eq!(
        member_changes(&add("members", some(MAX_MEMBERS + 1))),
        too_many
    );
    assert_eq!(
        member_changes(&remove_listed("members", some(MAX_MEMBERS + 1))),
        too_many
    );
}

#[test]
fn what_was_named_is_reported() {
    let operations = [
        replace("name.givenName", "B"),
        add("EMAILS[type eq \"work\"].value", "b@x"),
        add("manager", "a"),
    ];
    let written = outcome(users(), &bare(), &operations, STRICT)
        .unwrap()
        .written;
    assert_eq!(
        written,
        [
            "name",
            "name.givenName",
            "emails",
            "emails.value",
            format!("{ENTERPRISE}:manager").as_str()
        ]
    );
}

#[test]
fn one_alone_is_known_from_the_text() {
    let id = ID.to_string();
    let named = |operations: &[Value]| {
        let body = json!({"schemas": [MESSAGE_SCHEMA], "Operations": operations});
        only_member(&parse(body.as_object().unwrap(), STRICT).unwrap())
    };
    for one in [
        add("members", json!([{"value": id}])),
        add("members", json!({"value": id})),
        add("members", json!(id)),
        add(
            "members",
            json!([{"$ref": format!("https://a.example/Users/{id}")}]),
        ),
        remove_listed("members", json!([{"value": id}])),
        remove(&format!("members[value eq \"{id}\"]")),
        json!({"op": "add", "value": {"members": [{"value": id}]}}),
    ] {
        assert_eq!(named(std::slice::from_ref(&one)), Some(ID), "{one}");
        assert_eq!(named(&[one.clone(), one.clone()]), None, "{one}");
    }
    for none in [
        add("members", json!([])),
        add("members", json!([{"value": id}, {"value": id}])),
        add("members", json!([{"value": "somebody"}])),
        add("members", json!(true)),
        remove("members"),
        remove("members[value pr]"),
        remove("members[value eq true]"),
        json!({"op": "add", "value": {"members": [{"value": id}], "displayName": "A"}}),
    ] {
        assert_eq!(named(std::slice::from_ref(&none)), None, "{none}");
    }
}
