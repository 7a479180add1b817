//! Immutable and readOnly attributes (RFC 7643 §7).

use super::*;

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
