//! The message (RFC 7644 §3.5.2).

use super::*;

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
