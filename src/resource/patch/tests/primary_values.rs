//! Primary values (RFC 7643 §2.4).

use super::*;

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
