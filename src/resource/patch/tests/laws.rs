//! What holds for every document and every operation.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

fn texts() -> impl Strategy<Value = &'static str> {
    select(vec!["a", "A", "b", "c", "É", "é"])
}

fn labels() -> impl Strategy<Value = &'static str> {
    select(vec!["work", "Work", "home"])
}

/// An object of those parts that are present.
fn object(parts: &[(&str, Option<Value>)]) -> Value {
    let present = parts
        .iter()
        .filter_map(|(name, value)| Some(((*name).to_owned(), value.clone()?)));
    Value::Object(present.collect())
}

/// A value of `emails`, `roles` or `phoneNumbers`, not primary.
fn elements() -> impl Strategy<Value = Value> {
    let parts = (
        option::weighted(0.8, texts()),
        option::of(labels()),
        option::of(texts()),
    );
    let parts = parts.prop_map(|(value, label, display)| {
        let (value, label) = (value.map(Value::from), label.map(Value::from));
        object(&[
            ("value", value),
            ("type", label),
            ("display", display.map(Value::from)),
        ])
    });
    parts.prop_filter("an object without parts is no value", |value| {
        *value != json!({})
    })
}

/// Values of which at most one is primary.
fn lists() -> impl Strategy<Value = Value> {
    (
        vec(elements(), 0..4),
        option::of((0..4_usize, any::<bool>())),
    )
        .prop_map(|(mut values, primary)| {
            if let Some((index, flag)) = primary
                && let Some(Value::Object(value)) = values.get_mut(index)
            {
                value.insert("primary".to_owned(), Value::Bool(flag));
            }
            Value::Array(values)
        })
}

fn address_lists() -> impl Strategy<Value = Value> {
    let address =
        (texts(), option::of(labels()), option::of(texts())).prop_map(|(street, label, region)| {
            let (street, label) = (Some(Value::from(street)), label.map(Value::from));
            object(&[
                ("streetAddress", street),
                ("type", label),
                ("region", region.map(Value::from)),
            ])
        });
    vec(address, 0..3).prop_map(Value::from)
}

fn names() -> impl Strategy<Value = Value> {
    (option::of(texts()), option::of(texts())).prop_map(|(given, family)| {
        object(&[
            ("givenName", given.map(Value::from)),
            ("familyName", family.map(Value::from)),
        ])
    })
}

fn enterprises() -> impl Strategy<Value = Value> {
    (option::of(texts()), option::of(texts())).prop_map(|(department, manager)| {
        let manager = manager.map(|manager| json!({"value": manager}));
        object(&[
            ("department", department.map(Value::from)),
            ("manager", manager),
        ])
    })
}

/// Attributes as a client sends them, without `userName`.
fn attributes() -> impl Strategy<Value = Value> {
    let simple = (option::of(texts()), option::of(any::<bool>()));
    let complex = (option::of(names()), option::of(enterprises()));
    let lists = (
        option::of(lists()),
        option::of(lists()),
        option::of(address_lists()),
    );
    (simple, complex, lists).prop_map(
        |((nick_name, active), (name, enterprise), (emails, roles, addresses))| {
            object(&[
                ("nickName", nick_name.map(Value::from)),
                ("active", active.map(Value::from)),
                ("name", name),
                ("emails", emails),
                ("roles", roles),
                ("addresses", addresses),
                (ENTERPRISE, enterprise),
            ])
        },
    )
}

/// Normalised documents.
fn documents() -> impl Strategy<Value = Value> {
    attributes().prop_map(|mut body| {
        body["schemas"] = json!([CORE]);
        body["userName"] = json!("bjensen");
        let incoming = validate::resource(
            users(),
            &[CORE, ENTERPRISE],
            body.as_object().unwrap(),
            Tolerance::USUAL,
        );
        Value::Object(incoming.unwrap().document)
    })
}

fn single_paths() -> impl Strategy<Value = String> {
    let department = format!("{ENTERPRISE}:department");
    let manager = format!("{ENTERPRISE}:manager");
    let core = ["nickName", "title", "name.givenName", "name.familyName"].map(str::to_owned);
    select(
        core.into_iter()
            .chain([department, manager])
            .collect::<Vec<_>>(),
    )
}

fn list_names() -> impl Strategy<Value = &'static str> {
    select(vec!["emails", "roles", "phoneNumbers"])
}

/// A filter in brackets, and the sub-attribute it speaks of.
fn filters() -> impl Strategy<Value = (String, &'static str)> {
    prop_oneof![
        labels().prop_map(|label| (format!("type eq \"{label}\""), "type")),
        texts().prop_map(|text| (format!("value eq \"{text}\""), "value")),
        any::<bool>().prop_map(|flag| (format!("primary eq {flag}"), "primary")),
        Just(("display pr".to_owned(), "display")),
    ]
}

/// A sub-attribute of a list, with a value for it.
fn parts() -> impl Strategy<Value = (&'static str, Value)> {
    prop_oneof![
        texts().prop_map(|text| ("value", Value::from(text))),
        labels().prop_map(|label| ("type", Value::from(label))),
        texts().prop_map(|text| ("display", Value::from(text))),
        any::<bool>().prop_map(|flag| ("primary", Value::from(flag))),
    ]
}

/// Operations that write. Where a filter selects, something else is written than what it asks for.
fn writes(op: &'static str) -> impl Strategy<Value = Value> {
    let operation = move |path: &str, value: Value| json!({"op": op, "path": path, "value": value});
    prop_oneof![
        (single_paths(), texts()).prop_map(move |(path, text)| operation(&path, text.into())),
        names().prop_map(move |name| operation("name", name)),
        enterprises().prop_map(move |value| operation(ENTERPRISE, value)),
        (list_names(), lists()).prop_map(move |(name, values)| operation(name, values)),
        address_lists().prop_map(move |values| operation("addresses", values)),
        (list_names(), parts())
            .prop_map(move |(name, (part, value))| operation(&format!("{name}.{part}"), value)),
        (list_names(), filters(), parts())
            .prop_filter(
                "the filter asks for what is written",
                |(_, (_, asked), (part, _))| asked != part
            )
            .prop_map(move |(name, (filter, _), (part, value))| {
                operation(&format!("{name}[{filter}].{part}"), value)
            }),
        (list_names(), filters(), texts()).prop_map(move |(name, (filter, asked), text)| {
            let part = if asked == "value" { "display" } else { "value" };
            operation(&format!("{name}[{filter}]"), json!({part: text}))
        }),
        attributes().prop_map(move |value| pathless(op, value)),
    ]
}

fn removals() -> impl Strategy<Value = Value> {
    prop_oneof![
        single_paths().prop_map(|path| remove(&path)),
        select(vec!["name", "addresses", "active", ENTERPRISE]).prop_map(remove),
        list_names().prop_map(remove),
        (list_names(), filters())
            .prop_map(|(name, (filter, _))| remove(&format!("{name}[{filter}]"))),
        (list_names(), filters(), parts())
            .prop_map(|(name, (filter, _), (part, _))| remove(&format!("{name}[{filter}].{part}"))),
        (list_names(), lists()).prop_map(|(name, values)| remove_listed(name, values)),
    ]
}

fn operations() -> impl Strategy<Value = Vec<Value>> {
    vec(
        prop_oneof![writes("add"), writes("replace"), removals()],
        1..5,
    )
}

fn settings() -> impl Strategy<Value = Settings> {
    select(vec![STRICT, CREATING])
}

/// Top-level attributes by path, those of extensions included.
fn by_path(document: &Value) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for (name, value) in document.as_object().unwrap() {
        match value {
            Value::Object(values) if name == ENTERPRISE => {
                all.extend(
                    values
                        .iter()
                        .map(|(name, value)| (format!("{ENTERPRISE}:{name}"), value.clone())),
                );
            }
            value => {
                all.insert(name.clone(), value.clone());
            }
        }
    }
    all
}

/// Whether an operation names the attribute at that path.
fn names_attribute(operation: &Value, attribute: &str) -> bool {
    let is_named = |written: &str| {
        let rest = attribute
            .strip_prefix(written)
            .or(written.strip_prefix(attribute));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', ':']))
    };
    match operation["path"].as_str() {
        Some(path) => is_named(path),
        None => operation["value"]
            .as_object()
            .unwrap()
            .keys()
            .any(|key| is_named(key)),
    }
}

/// Whether a list of values has become shorter.
fn has_fewer_values(before: &Value, after: &Value) -> bool {
    let count = |document: &Value, name: &str| document[name].as_array().map_or(0, Vec::len);
    ["emails", "roles", "phoneNumbers", "addresses"]
        .iter()
        .any(|name| count(after, name) < count(before, name))
}

fn is_without_empty_values(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty() && values.iter().all(is_without_empty_values),
        Value::Object(values) => !values.is_empty() && values.values().all(is_without_empty_values),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Whether normalising the document again leaves it as it is.
fn is_normalised(resource_type: &ResourceType, document: &Value) -> bool {
    let object = document.as_object().unwrap();
    let mut again = Map::new();
    for attribute in resource_type.all_attributes() {
        if let Some(value) = validate::get(object, attribute) {
            match validate::value(attribute, value, Tolerance::USUAL) {
                Ok(Some(value)) => validate::set(&mut again, attribute, value),
                Ok(None) | Err(_) => return false,
            }
        }
    }
    again == *object
        && is_without_empty_values(document)
        && validate::complete(resource_type, object).is_ok()
}

/// The text with letters outside quotes in the other case, where `flips` says so.
fn flipped(text: &str, flips: &[bool]) -> String {
    let mut is_quoted = false;
    let mut flip = |(index, character): (usize, char)| {
        is_quoted ^= character == '"';
        if is_quoted || !flips[index % flips.len()] {
            character
        } else if character.is_ascii_lowercase() {
            character.to_ascii_uppercase()
        } else {
            character.to_ascii_lowercase()
        }
    };
    text.chars().enumerate().map(&mut flip).collect()
}

fn with_flipped_names(value: &Value, flips: &[bool]) -> Value {
    match value {
        Value::Array(values) => values
            .iter()
            .map(|value| with_flipped_names(value, flips))
            .collect(),
        Value::Object(values) => {
            let each = values
                .iter()
                .map(|(name, value)| (flipped(name, flips), with_flipped_names(value, flips)));
            Value::Object(each.collect())
        }
        other => other.clone(),
    }
}

fn with_flipped_operation(operation: &Value, flips: &[bool]) -> Value {
    let each = operation.as_object().unwrap().iter().map(|(name, value)| {
        let value = match value {
            Value::String(text) if name != "value" => Value::from(flipped(text, flips)),
            value => with_flipped_names(value, flips),
        };
        (flipped(name, flips), value)
    });
    Value::Object(each.collect())
}

/// JSON that means nothing in particular, or nearly something.
fn junk() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
        select(vec![
            "",
            "{",
            "{}",
            "{\"value\": {}}",
            "True",
            CORE,
            ENTERPRISE
        ])
        .prop_map(Value::from),
    ];
    let key = prop_oneof![
        junk_paths(),
        select(vec!["value", "TYPE", "primary", "$ref"]).prop_map(str::to_owned)
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key.clone(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn junk_paths() -> impl Strategy<Value = String> {
    let names = "emails members name schemas id meta password groups active manager value type display $ref";
    let signs = [
        ".",
        ":",
        "[",
        "]",
        "\"a\"",
        " eq ",
        " pr",
        "true",
        "not (",
        ")",
        " and ",
        "[value eq \"a\"]",
        "é",
    ];
    let urns = [CORE, ENTERPRISE];
    let pieces = names.split(' ').chain(signs).chain(urns);
    let pieces = select(pieces.collect::<Vec<_>>());
    prop_oneof![
        vec(pieces, 0..5).prop_map(|pieces| pieces.concat()),
        ".{0,8}"
    ]
}

fn junk_operations() -> impl Strategy<Value = Value> {
    let operation = (
        select(vec!["add", "remove", "replace", "move"]),
        option::of(junk_paths()),
        option::of(junk()),
    );
    let operation = operation.prop_map(|(op, path, value)| {
        object(&[
            ("op", Some(op.into())),
            ("path", path.map(Value::from)),
            ("value", value),
        ])
    });
    prop_oneof![8 => operation, 1 => junk()]
}

proptest! {
    #[test]
    fn add_twice_is_add_once(document in documents(), operation in writes("add")) {
        let Ok(once) = attempt(&document, std::slice::from_ref(&operation)) else { return Ok(()) };
        // Where values became the same, the filter may find none any more; and a value that was created beside the same in another
        // case is found by the second add, which then writes it in its own.
        if !has_fewer_values(&document, &once) {
            let lowered = |value: &Value| value.to_string().to_lowercase();
            let twice = attempt(&once, &[operation]).map(|twice| lowered(&twice));
            prop_assert_eq!(twice, Ok(lowered(&once)));
        }
    }

    #[test]
    fn remove_twice_is_remove_once(document in documents(), operation in removals()) {
        let once = attempt(&document, std::slice::from_ref(&operation)).unwrap();
        prop_assert_eq!(attempt(&once, &[operation]), Ok(once));
    }

    #[test]
    fn remove_undoes_add_of_an_absent_attribute(document in documents(), path in single_paths(), text in texts()) {
        let without = after(&document, &[remove(&path)]);
        prop_assert_eq!(after(&without, &[add(&path, text), remove(&path)]), without);
    }

    #[test]
    fn remove_undoes_add_of_an_absent_value(document in documents(), name in list_names(), label in option::of(labels())) {
        let value = object(&[("value", Some("new".into())), ("type", label.map(Value::from))]);
        let filtered = remove(&format!("{name}[value eq \"new\"]"));
        prop_assert_eq!(&after(&document, &[add(name, value.clone()), filtered]), &document);
        let listed = remove_listed(name, value.clone());
        prop_assert_eq!(&after(&document, &[add(name, json!([value])), listed]), &document);
    }

    #[test]
    fn a_patch_changes_only_what_it_names(document in documents(), operations in operations(), settings in settings()) {
        let Ok(changed) = attempt_as(users(), &document, &operations, settings) else { return Ok(()) };
        let (before, after) = (by_path(&document), by_path(&changed));
        for path in before.keys().chain(after.keys()) {
            let is_named = operations.iter().any(|operation| names_attribute(operation, path));
            prop_assert!(is_named || before.get(path) == after.get(path), "{}", path);
        }
    }

    #[test]
    fn a_patched_document_is_normalised(document in documents(), operations in operations(), settings in settings()) {
        prop_assert!(is_normalised(users(), &document));
        if let Ok(changed) = attempt_as(users(), &document, &operations, settings) {
            prop_assert!(is_normalised(users(), &changed), "{}", changed);
        }
    }

    #[test]
    fn replace_by_what_is_there_changes_nothing(document in documents()) {
        prop_assert_eq!(&after(&document, &[pathless("replace", document.clone())]), &document);
        for (path, value) in by_path(&document) {
            prop_assert_eq!(&after(&document, &[replace(&path, value.clone())]), &document);
            prop_assert_eq!(&after(&document, &[add(&path, value)]), &document);
        }
    }

    #[test]
    fn a_failing_operation_fails_the_request(document in documents(), mut operations in operations(), position in 0..5_usize) {
        let position = position.min(operations.len());
        operations.insert(position, remove("userName"));
        prop_assert!(attempt(&document, &operations).is_err());
    }

    #[test]
    fn one_request_is_as_one_request_for_each_operation(
        document in documents(), operations in operations(), settings in settings(),
    ) {
        let each = operations.iter().try_fold(document.clone(), |document, operation| {
            attempt_as(users(), &document, std::slice::from_ref(operation), settings)
        });
        prop_assert_eq!(attempt_as(users(), &document, &operations, settings), each);
    }

    #[test]
    fn remove_with_a_list_takes_exactly_what_it_names(document in documents(), name in list_names(), listed in vec(texts(), 0..3)) {
        let values: Vec<Value> = listed.iter().map(|text| json!({"value": text})).collect();
        let left = after(&document, &[remove_listed(name, values)]);
        let is_named = |value: &&Value| {
            let text = value["value"].as_str().unwrap_or_default();
            listed.iter().any(|listed| listed.to_lowercase() == text.to_lowercase())
        };
        let values = |document: &Value| document.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let expected: Vec<Value> = values(&document).iter().filter(|value| !is_named(value)).cloned().collect();
        prop_assert_eq!(values(&left), expected);
    }

    #[test]
    fn names_are_read_in_any_case(
        document in documents(), operations in operations(), settings in settings(), flips in vec(any::<bool>(), 1..20),
    ) {
        let flipped: Vec<Value> = operations.iter().map(|operation| with_flipped_operation(operation, &flips)).collect();
        prop_assert_eq!(
            attempt_as(users(), &document, &flipped, settings),
            attempt_as(users(), &document, &operations, settings)
        );
    }

    #[test]
    fn no_message_makes_patch_panic(operations in junk(), operation in junk_operations(), settings in settings()) {
        let body = json!({"schemas": [MESSAGE_SCHEMA], "Operations": operations});
        let _ = parse(body.as_object().unwrap(), settings);
        for (resource_type, document) in [(users(), babs()), (groups(), json!({"displayName": "Tour Guides"}))] {
            if let Ok(outcome) = outcome(resource_type, &document, std::slice::from_ref(&operation), settings) {
                prop_assert!(is_normalised(resource_type, &Value::Object(outcome.document)));
            }
        }
    }
}
