//! Remove (RFC 7644 §3.5.2.2).

use super::*;

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
