//! What clients send.

use super::*;

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
