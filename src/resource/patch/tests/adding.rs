//! Add (RFC 7644 §3.5.2.1).

use super::*;

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
