//! Laws and examples of validation.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::*;
use crate::error::ErrorKind;
use crate::schema::{AttributeId, Registry};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| Registry::embedded(&[], &|_| AttributeId(0)).unwrap());

fn users() -> &'static ResourceType {
    REGISTRY.at_endpoint("Users").unwrap()
}

fn groups() -> &'static ResourceType {
    REGISTRY.at_endpoint("Groups").unwrap()
}

fn attribute(name: &str) -> &'static AttributeDef {
    let mut all = users().all_attributes();
    all.find(|attribute| attribute.name == name).unwrap()
}

fn read_as(resource_type: &ResourceType, body: &Value) -> Result<Incoming, ErrorKind> {
    let known = [CORE, GROUP, ENTERPRISE];
    resource(
        resource_type,
        &known,
        body.as_object().unwrap(),
        Tolerance::USUAL,
    )
    .map_err(|error| error.kind())
}

/// Reads a user's body; `schemas` is added.
fn read(mut body: Value) -> Result<Incoming, ErrorKind> {
    body["schemas"] = json!([CORE]);
    read_as(users(), &body)
}

fn stored(body: Value) -> Value {
    Value::Object(read(body).unwrap().document)
}

fn refusal(body: Value) -> ErrorKind {
    read(body).unwrap_err()
}

/// As a connection reads values that takes no text for booleans.
const STRICT: Tolerance = Tolerance {
    string_booleans: false,
    ..Tolerance::USUAL
};

fn normalised(name: &str, given: &Value) -> Result<Option<Value>, ErrorKind> {
    value(attribute(name), given, STRICT).map_err(|error| error.kind())
}

fn accepts(kind: Kind, given: &Value) -> bool {
    let attribute = AttributeDef {
        kind,
        ..attribute("title").clone()
    };
    value(&attribute, given, STRICT).is_ok()
}

#[test]
fn names_become_canonical() {
    let body = json!({
        "USERNAME": "BJensen",
        "name": {"GIVENNAME": "Barbara"},
        "Emails": [{"VALUE": "b@x"}],
        ENTERPRISE.to_uppercase(): {"Department": "Tours"},
    });
    let expected = json!({
        "userName": "BJensen",
        "name": {"givenName": "Barbara"},
        "emails": [{"value": "b@x"}],
        ENTERPRISE: {"department": "Tours"},
    });
    assert_eq!(stored(body), expected);
}

#[test]
fn nothing_null_or_empty_is_kept() {
    for empty in [json!(null), json!(""), json!([]), json!({})] {
        let incoming = read(json!({"title": empty, "name": empty, "emails": empty})).unwrap();
        assert_eq!(Value::Object(incoming.document), json!({}), "{empty}");
        assert_eq!(incoming.cleared, ["emails", "name", "title"]);
    }
    let nested = json!({"emails": [{}, null, {"value": ""}], "name": {"givenName": null}});
    assert_eq!(stored(nested), json!({}));
    assert_eq!(stored(json!({ENTERPRISE: {"department": ""}})), json!({}));
    assert_eq!(stored(json!({ENTERPRISE: null})), json!({}));
}

#[test]
fn what_is_unknown_or_read_only_is_passed_over() {
    let body = json!({
        "id": "x",
        "meta": {"created": "1999-01-01T00:00:00Z"},
        "groups": [{"value": "a"}],
        "unknown": 1,
        "name": {"unknown": 1},
        "urn:example:other:1.0:User": {"a": 1},
        ENTERPRISE: {"unknown": 1, "manager": {"value": "a", "displayName": "Boss"}},
    });
    let expected = json!({ENTERPRISE: {"manager": {"value": "a"}}});
    assert_eq!(stored(body), expected);
}

#[test]
fn a_name_given_twice_is_refused() {
    for body in [
        json!({"userName": "a", "username": "b"}),
        json!({"name": {"givenName": "a", "givenname": "b"}}),
        json!({"emails": [{"value": "a", "Value": "b"}]}),
        json!({ENTERPRISE: {"department": "a", "DEPARTMENT": "b"}}),
        json!({ENTERPRISE: {"department": "a"}, ENTERPRISE.to_lowercase(): {"division": "b"}}),
    ] {
        assert_eq!(refusal(body.clone()), ErrorKind::InvalidSyntax, "{body}");
    }
}

#[test]
fn schemas_name_the_type_and_no_other_type() {
    let outcome = |schemas: Value| read_as(users(), &json!({"schemas": schemas})).err();
    for schemas in [
        json!([CORE]),
        json!([CORE.to_uppercase()]),
        json!([ENTERPRISE, CORE, CORE]),
        json!([CORE, "urn:example:unknown"]),
        json!(["urn:scim:schemas:core:1.0"]),
    ] {
        assert_eq!(outcome(schemas.clone()), None, "{schemas}");
    }
    for schemas in [
        json!(null),
        json!(CORE),
        json!([]),
        json!([ENTERPRISE]),
        json!([CORE, GROUP]),
        json!([CORE, 5]),
    ] {
        let kind = outcome(schemas.clone());
        assert_eq!(kind, Some(ErrorKind::InvalidValue), "{schemas}");
    }
    let kind = read_as(users(), &json!({"userName": "a"})).err();
    assert_eq!(kind, Some(ErrorKind::InvalidValue));
}

#[test]
fn an_extension_need_not_be_named_and_needs_an_object() {
    let body = json!({ENTERPRISE: {"division": "Theme Park"}});
    assert_eq!(stored(body.clone()), body);
    for wrong in [json!("Tours"), json!([]), json!(1)] {
        assert_eq!(refusal(json!({ENTERPRISE: wrong})), ErrorKind::InvalidValue);
    }
}

#[test]
fn the_password_is_taken_out() {
    let incoming = read(json!({"PASSWORD": "t1meMa$heen"})).unwrap();
    assert_eq!(incoming.password.as_deref(), Some("t1meMa$heen"));
    assert!(incoming.document.is_empty());
    assert_eq!(refusal(json!({"password": 5})), ErrorKind::InvalidValue);
}

#[test]
fn members_are_taken_out_each_once() {
    let id = Uuid::from_u128(1);
    let read = |members: Value| {
        read_as(groups(), &json!({"schemas": [GROUP], "members": members}))
            .map(|incoming| incoming.members)
    };
    let twice = json!([{"value": id.to_string()}, {"VALUE": id.to_string(), "type": "User"}]);
    assert_eq!(read(twice), Ok(Some(vec![id])));
    assert_eq!(read(json!(null)), Ok(Some(Vec::new())));
    assert_eq!(read(json!([])), Ok(Some(Vec::new())));
    for wrong in [
        json!([{"value": "bogus"}]),
        json!([{"value": 5}]),
        json!([{}]),
    ] {
        assert_eq!(read(wrong), Err(ErrorKind::InvalidValue));
    }
}

#[test]
fn each_type_takes_its_own_values() {
    let values = [
        (Kind::String, json!("a")),
        (Kind::Boolean, json!(false)),
        (Kind::Decimal, json!(1.5)),
        (Kind::Integer, json!(-1)),
        (Kind::DateTime, json!("2008-01-23T04:56:22Z")),
        (Kind::Reference, json!("Users/2819c223")),
        (Kind::Binary, json!("AQID")),
    ];
    for (kind, value) in &values {
        assert!(accepts(*kind, value), "{kind:?}");
        assert!(accepts(*kind, &Value::Null), "{kind:?}");
        assert!(!accepts(*kind, &json!([value])), "{kind:?}");
        assert!(!accepts(*kind, &json!({"value": value})), "{kind:?}");
        let is_number = matches!(kind, Kind::Decimal | Kind::Integer);
        assert_eq!(accepts(*kind, &json!(1)), is_number, "{kind:?}");
        assert_eq!(accepts(*kind, &json!(true)), *kind == Kind::Boolean);
    }
}

/// shows: S-2.3.4-01
#[test]
fn an_integer_has_no_fraction_and_no_exponent() {
    for text in ["1.0", "1e3", "9223372036854775808", "\"1\""] {
        let value: Value = serde_json::from_str(text).unwrap();
        assert!(!accepts(Kind::Integer, &value), "{text}");
    }
    assert!(accepts(Kind::Integer, &json!(i64::MIN)));
    assert!(accepts(Kind::Decimal, &json!(1e3)));
}

/// shows: S-2.3.5-01
#[test]
fn a_date_time_has_date_and_time() {
    for text in [
        "2020-01-01",
        "2020-01-01 10:00:00Z",
        "10:00:00Z",
        "2020-02-30T10:00:00Z",
    ] {
        assert!(!accepts(Kind::DateTime, &json!(text)), "{text}");
    }
    assert!(accepts(
        Kind::DateTime,
        &json!("2020-01-01T12:00:00.5+02:00")
    ));
}

/// shows: S-2.3.6-01
#[test]
fn binary_is_base64() {
    // The alphabet of URLs is another one (RFC 7643 §2.3.6).
    for text in ["@@", "A", "AQID=", "AQ-/", "_-8"] {
        assert!(!accepts(Kind::Binary, &json!(text)), "{text}");
    }
    for text in ["AQ==", "AQ", "/+8", "AQID\nBAUG"] {
        assert!(accepts(Kind::Binary, &json!(text)), "{text}");
    }
}

#[test]
fn booleans_may_be_text_where_that_is_tolerated() {
    assert_eq!(stored(json!({"active": "False"})), json!({"active": false}));
    assert_eq!(refusal(json!({"active": "yes"})), ErrorKind::InvalidValue);
    assert_eq!(
        normalised("active", &json!("True")),
        Err(ErrorKind::InvalidValue)
    );
}

#[test]
fn text_may_stand_for_a_complex_value() {
    assert_eq!(
        normalised("manager", &json!("26118915")),
        Ok(Some(json!({"value": "26118915"})))
    );
    let roles = json!(["Guest", "{\"value\": \"Admin\", \"primary\": true}"]);
    let expected = json!([{"value": "Guest"}, {"value": "Admin", "primary": true}]);
    assert_eq!(normalised("roles", &roles), Ok(Some(expected)));
    for wrong in [
        "{",
        "{} x",
        "{\"value\": 5}",
        "{\"value\": \"a\", \"value\": \"b\"}",
    ] {
        assert_eq!(
            normalised("manager", &json!(wrong)),
            Err(ErrorKind::InvalidValue)
        );
    }
    assert_eq!(
        normalised("name", &json!("Barbara")),
        Err(ErrorKind::InvalidValue)
    );
    assert_eq!(
        normalised("addresses", &json!(["x"])),
        Err(ErrorKind::InvalidValue)
    );
}

#[test]
fn a_single_value_is_a_list_of_one() {
    let expected = Ok(Some(json!([{"value": "b@x"}])));
    assert_eq!(normalised("emails", &json!({"value": "b@x"})), expected);
    assert_eq!(normalised("emails", &json!("b@x")), expected);
    assert_eq!(
        normalised("emails", &json!([["b@x"]])),
        Err(ErrorKind::InvalidValue)
    );
}

#[test]
fn equal_values_are_kept_once() {
    let twice = json!([{"value": "B@x", "type": "work"}, {"value": "b@X", "type": "Work"}]);
    assert_eq!(normalised("emails", &twice), Ok(Some(json!([twice[0]]))));
    let types = json!([{"value": "b@x", "type": "work"}, {"value": "b@x", "type": "home"}, {"value": "b@x"}]);
    assert_eq!(normalised("emails", &types), Ok(Some(types)));
    let exact = json!([{"value": "AQID"}, {"value": "aqid"}]);
    assert_eq!(normalised("x509Certificates", &exact), Ok(Some(exact)));
    let places = json!([{"type": "work", "region": "CA"}, {"type": "work", "region": "NV"}]);
    assert_eq!(normalised("addresses", &places), Ok(Some(places)));
}

#[test]
fn a_value_given_twice_stays_primary() {
    let twice = json!([{"value": "b@x"}, {"value": "b@x", "primary": true}]);
    let expected = json!([{"value": "b@x", "primary": true}]);
    assert_eq!(normalised("emails", &twice), Ok(Some(expected)));
}

#[test]
fn two_primary_values_are_refused() {
    let two = json!([{"value": "a@x", "primary": true}, {"value": "b@x", "primary": true}]);
    assert_eq!(normalised("emails", &two), Err(ErrorKind::InvalidValue));
    let one = json!([{"value": "a@x", "primary": false}, {"value": "b@x", "primary": true}]);
    assert_eq!(normalised("emails", &one), Ok(Some(one)));
}

#[test]
fn values_are_limited_at_and_beyond() {
    let some = |count: usize| json!(vec!["b@x"; count]);
    assert!(normalised("emails", &some(MAX_VALUES)).is_ok());
    assert_eq!(
        normalised("emails", &some(MAX_VALUES + 1)),
        Err(ErrorKind::InvalidValue)
    );
}

#[test]
fn an_indexed_value_is_limited_at_and_beyond() {
    let long = |length: usize| json!("a".repeat(length));
    assert!(normalised("userName", &long(MAX_KEY_BYTES)).is_ok());
    assert_eq!(
        normalised("userName", &long(MAX_KEY_BYTES + 1)),
        Err(ErrorKind::InvalidValue)
    );
    let emails = json!([{"value": long(MAX_KEY_BYTES + 1)}]);
    assert_eq!(normalised("emails", &emails), Err(ErrorKind::InvalidValue));
    assert!(normalised("title", &long(MAX_KEY_BYTES + 1)).is_ok());
}

#[test]
fn a_document_is_complete_with_its_required_attributes() {
    let outcome = |document: Value| {
        complete(users(), document.as_object().unwrap()).map_err(|error| error.kind())
    };
    assert_eq!(outcome(json!({"userName": "bjensen"})), Ok(()));
    assert_eq!(
        outcome(json!({"nickName": "Babs"})),
        Err(ErrorKind::InvalidValue)
    );
    assert_eq!(
        outcome(stored(json!({"userName": ""}))),
        Err(ErrorKind::InvalidValue)
    );
}

/// shows: S-7-32
#[test]
fn a_required_part_is_required_in_every_value() {
    let mut emails = attribute("emails").clone();
    for sub in &mut emails.sub_attributes {
        let required = sub.name == "value";
        *sub = std::sync::Arc::new(AttributeDef {
            required,
            ..AttributeDef::clone(sub)
        });
    }
    let outcome = |given: Value| value(&emails, &given, STRICT).is_ok();
    assert!(outcome(json!([{"value": "b@x"}, {}])));
    assert!(!outcome(json!([{"value": "b@x"}, {"type": "work"}])));
}

#[test]
fn an_extension_comes_and_goes_with_its_attributes() {
    let (mut document, department) = (Map::new(), attribute("department"));
    set(&mut document, department, json!("Tours"));
    assert_eq!(
        json!(document),
        json!({ENTERPRISE: {"department": "Tours"}})
    );
    assert_eq!(get(&document, department), Some(&json!("Tours")));
    unset(&mut document, department);
    assert!(document.is_empty());
    assert_eq!(get(&document, department), None);
}

#[test]
fn a_refusal_names_the_attribute_and_its_type() {
    let error = value(attribute("active"), &json!("maybe"), STRICT).unwrap_err();
    let expected = "\"active\" must be true or false, not the string \"maybe\"";
    assert_eq!(error.detail(), expected);
    let error = value(attribute("manager"), &json!(5), STRICT).unwrap_err();
    let expected = format!("\"{ENTERPRISE}:manager\" must be an object of sub-attributes, not 5");
    assert_eq!(error.detail(), expected);
}

/// JSON of which much fits the attributes of a user.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => select(vec!["a", "A", "b", "work", "Work", "", "true", "AQID", "{}", "{\"value\": \"a\"}"]).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    let names = select(vec![
        "value",
        "type",
        "TYPE",
        "primary",
        "display",
        "givenName",
        "region",
        "$ref",
    ]);
    leaf.prop_recursive(3, 16, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((names.clone(), inner), 0..4).prop_map(|members| {
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()
            }),
        ]
    })
}

fn attributes() -> impl Strategy<Value = &'static AttributeDef> {
    let all: Vec<&AttributeDef> = users().all_attributes().map(AsRef::as_ref).collect();
    select(all)
}

fn is_without_empty_values(value: &Value) -> bool {
    match value {
        Value::Object(values) => !values.is_empty() && values.values().all(is_without_empty_values),
        Value::Array(values) => !values.is_empty() && values.iter().all(is_without_empty_values),
        simple => !is_empty(simple),
    }
}

proptest! {
    #[test]
    fn a_normalised_value_is_normal(attribute in attributes(), given in values(), string_booleans: bool) {
        let Ok(Some(once)) = value(attribute, &given, Tolerance { string_booleans, ..Tolerance::USUAL }) else { return Ok(()) };
        prop_assert!(is_without_empty_values(&once));
        prop_assert_eq!(once.is_array(), attribute.multi_valued);
        let primaries = once.as_array().map_or(0, |values| values.iter().filter(|value| is_primary(value)).count());
        prop_assert!(primaries <= 1);
        prop_assert_eq!(value(attribute, &once, STRICT).unwrap(), Some(once));
    }

    #[test]
    fn a_read_document_reads_as_itself(members in vec((attributes(), values()), 0..6), enterprise in option::of(values())) {
        let members = members.into_iter().map(|(attribute, value)| (attribute.name.to_uppercase(), value));
        let mut body: Value = members.filter(|(name, _)| name != "SCHEMAS").collect();
        if let Some(values) = enterprise {
            body[ENTERPRISE] = values;
        }
        if let Ok(incoming) = read(body) {
            let document = Value::Object(incoming.document);
            prop_assert_eq!(stored(document.clone()), document);
        }
    }
}
