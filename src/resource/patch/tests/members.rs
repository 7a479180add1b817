//! Members.

use super::*;

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
