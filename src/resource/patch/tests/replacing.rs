//! Replace (RFC 7644 §3.5.2.3).

use super::*;

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
