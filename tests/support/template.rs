//! Compares a JSON document with a template and says where they differ.
//!
//! An object matches when every member named matches; arrays match in order and length; scalars are equal.
//! Strings of the template may be `$any`, `$absent`, `$number`, `$contains:text` or `$capture:name`;
//! objects may be made of `$has`, `$lacks`, `$length`, `$not` and `$exactly`.
//! An absent member counts as an empty array for `$lacks` and `$length`, and satisfies `$not`.

use serde_json::{Map, Value};

use super::variables::Variables;

const DIRECTIVES: [&str; 5] = ["$has", "$lacks", "$length", "$not", "$exactly"];

/// The differences, empty when the document matches; captures are set in `variables`.
pub(crate) fn differences(
    template: &Value,
    actual: &Value,
    variables: &mut Variables,
) -> Vec<String> {
    // Captures come first, so that any other place of the template may use them.
    capture(template, actual, variables);
    let mut matcher = Matcher {
        variables,
        found: Vec::new(),
    };
    matcher.value(template, actual, "");
    matcher.found
}

/// Checks the template itself: known directives, not mixed with plain members.
pub(crate) fn check(template: &Value) -> Result<(), String> {
    match template {
        Value::Object(members) => {
            check_names(members)?;
            members.values().try_for_each(check)
        }
        Value::Array(elements) => elements.iter().try_for_each(check),
        Value::String(text) => check_text(text),
        _ => Ok(()),
    }
}

fn check_names(members: &Map<String, Value>) -> Result<(), String> {
    if !is_directive(members) {
        return match members.keys().find(|name| is_special(name)) {
            Some(name) => Err(format!("unknown template member {name}")),
            None => Ok(()),
        };
    }
    for (name, value) in members {
        let is_shaped = match name.as_str() {
            "$has" | "$lacks" => value.is_array(),
            "$length" => value.is_u64(),
            "$exactly" => value.is_object(),
            "$not" => true,
            _ => return Err(format!("{name} stands beside template directives")),
        };
        if !is_shaped {
            return Err(format!("{name} cannot be {value}"));
        }
    }
    Ok(())
}

fn check_text(text: &str) -> Result<(), String> {
    let is_known = ["$any", "$absent", "$number"].contains(&text)
        || text.starts_with("$contains:")
        || text.starts_with("$capture:");
    if is_special(text) && !is_known {
        return Err(format!("unknown template value {text:?}"));
    }
    Ok(())
}

/// `$ref` is an attribute of SCIM, not ours.
fn is_special(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next() == Some('$')
        && letters
            .next()
            .is_some_and(|letter| letter.is_ascii_lowercase())
        && text != "$ref"
}

fn is_directive(members: &Map<String, Value>) -> bool {
    members
        .keys()
        .any(|name| DIRECTIVES.contains(&name.as_str()))
}

/// Sets the captures whose place is certain; those inside `$has` wait for their element.
fn capture(template: &Value, actual: &Value, variables: &mut Variables) {
    match (template, actual) {
        (Value::String(text), _) => {
            if let Some(name) = text.strip_prefix("$capture:")
                && !actual.is_null()
            {
                variables.set(name, actual.clone());
            }
        }
        (Value::Object(members), Value::Object(_)) if members.contains_key("$exactly") => {
            capture(&members["$exactly"], actual, variables);
        }
        (Value::Object(members), Value::Object(present)) => {
            for (name, template) in members {
                if let Some(actual) = present.get(name) {
                    capture(template, actual, variables);
                }
            }
        }
        (Value::Array(templates), Value::Array(elements)) => {
            for (template, actual) in templates.iter().zip(elements) {
                capture(template, actual, variables);
            }
        }
        _ => {}
    }
}

struct Matcher<'a> {
    variables: &'a mut Variables,
    found: Vec<String>,
}

impl Matcher<'_> {
    fn report(&mut self, place: &str, what: &str) {
        let place = if place.is_empty() { "body" } else { place };
        self.found.push(format!("{place}: {what}"));
    }

    fn value(&mut self, template: &Value, actual: &Value, place: &str) {
        match template {
            Value::String(text) => self.text(text, actual, place),
            Value::Object(members) if is_directive(members) => {
                self.directives(members, actual, place);
            }
            Value::Object(members) => self.object(members, actual, place),
            Value::Array(templates) => self.array(templates, actual, place),
            scalar => {
                if !is_same(scalar, actual) {
                    self.report(place, &format!("expected {scalar}, found {}", cut(actual)));
                }
            }
        }
    }

    fn text(&mut self, template: &str, actual: &Value, place: &str) {
        let expected = match self.variables.fill(template) {
            Ok(expected) => expected,
            Err(error) => return self.report(place, &error),
        };
        let matches = match expected.as_str() {
            "$any" => !actual.is_null(),
            "$absent" => false,
            "$number" => actual.is_number(),
            text if text.starts_with("$capture:") => !actual.is_null(),
            text => match text.strip_prefix("$contains:") {
                Some(part) => actual.as_str().is_some_and(|text| text.contains(part)),
                None => actual.as_str() == Some(text),
            },
        };
        if !matches {
            self.report(
                place,
                &format!("expected {expected:?}, found {}", cut(actual)),
            );
        }
    }

    fn object(&mut self, members: &Map<String, Value>, actual: &Value, place: &str) {
        let Some(present) = actual.as_object() else {
            return self.report(place, &format!("expected an object, found {}", cut(actual)));
        };
        for (name, template) in members {
            let place = format!("{place}.{name}");
            let place = place.trim_start_matches('.');
            match present.get(name) {
                Some(actual) if template == "$absent" => {
                    self.report(place, &format!("expected no member, found {}", cut(actual)));
                }
                Some(actual) => self.value(template, actual, place),
                None if may_be_absent(template) => {}
                None => {
                    let names: Vec<&str> = present.keys().map(String::as_str).collect();
                    let names = names.join(", ");
                    self.report(place, &format!("is missing; there are {names}"));
                }
            }
        }
    }

    fn array(&mut self, templates: &[Value], actual: &Value, place: &str) {
        let Some(elements) = actual.as_array() else {
            return self.report(place, &format!("expected an array, found {}", cut(actual)));
        };
        if templates.len() != elements.len() {
            let (expected, found) = (templates.len(), elements.len());
            let actual = cut(actual);
            self.report(
                place,
                &format!("expected {expected} elements, found {found}: {actual}"),
            );
        }
        for (index, (template, actual)) in templates.iter().zip(elements).enumerate() {
            self.value(template, actual, &format!("{place}[{index}]"));
        }
    }

    fn directives(&mut self, members: &Map<String, Value>, actual: &Value, place: &str) {
        for (name, argument) in members {
            match name.as_str() {
                "$not" => {
                    if self.would_match(argument, actual).is_some() {
                        self.report(place, &format!("expected anything but {argument}"));
                    }
                }
                "$exactly" => self.exactly(argument, actual, place),
                _ => match actual.as_array() {
                    Some(elements) => self.elements(name, argument, elements, place),
                    None => {
                        self.report(place, &format!("expected an array, found {}", cut(actual)));
                    }
                },
            }
        }
    }

    fn exactly(&mut self, template: &Value, actual: &Value, place: &str) {
        self.value(template, actual, place);
        let (Some(members), Some(present)) = (template.as_object(), actual.as_object()) else {
            return;
        };
        for (name, value) in present {
            if !members.contains_key(name) {
                self.report(place, &format!("unexpected member {name}: {}", cut(value)));
            }
        }
    }

    fn elements(&mut self, directive: &str, argument: &Value, elements: &[Value], place: &str) {
        if directive == "$length" {
            if argument.as_u64() != u64::try_from(elements.len()).ok() {
                let found = elements.len();
                self.report(
                    place,
                    &format!("expected {argument} elements, found {found}"),
                );
            }
            return;
        }
        for template in argument.as_array().into_iter().flatten() {
            let hit = elements
                .iter()
                .find_map(|element| self.would_match(template, element));
            match (directive, hit) {
                ("$has", Some(variables)) => *self.variables = variables,
                ("$has", None) => {
                    let found = cut(&Value::Array(elements.to_vec()));
                    self.report(
                        place,
                        &format!("no element matches {template}; found {found}"),
                    );
                }
                (_, Some(_)) => self.report(place, &format!("an element matches {template}")),
                (_, None) => {}
            }
        }
    }

    /// The variables after a match; nothing when there is none.
    fn would_match(&self, template: &Value, actual: &Value) -> Option<Variables> {
        let mut variables = self.variables.clone();
        differences(template, actual, &mut variables)
            .is_empty()
            .then_some(variables)
    }
}

fn may_be_absent(template: &Value) -> bool {
    let Some(members) = template.as_object() else {
        return template == "$absent";
    };
    is_directive(members)
        && members.iter().all(|(name, argument)| match name.as_str() {
            "$lacks" => true,
            "$length" => argument == 0,
            "$not" => !may_be_absent(argument),
            _ => false,
        })
}

/// 1 and 1.0 are one number.
fn is_same(expected: &Value, actual: &Value) -> bool {
    expected == actual || (expected.is_number() && expected.as_f64() == actual.as_f64())
}

/// A value for a message, short.
fn cut(value: &Value) -> String {
    const SHOWN_CHARACTERS: usize = 300;
    let text = value.to_string();
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compare(template: &Value, actual: &Value) -> Vec<String> {
        check(template).unwrap();
        let mut variables = Variables::default();
        variables.set("base", "http://host/scim/v2");
        differences(template, actual, &mut variables)
    }

    #[track_caller]
    fn assert_matches(template: &Value, actual: &Value) {
        assert_eq!(compare(template, actual), Vec::<String>::new());
    }

    #[test]
    fn named_members_match_and_others_are_free() {
        let actual = json!({"a": 1, "b": "x", "c": [1, {"$ref": "y", "z": null}]});
        assert_matches(&json!({"a": 1.0, "b": "$any"}), &actual);
        assert_matches(&json!({"c": [1, {"$ref": "y"}]}), &actual);
        assert_matches(&json!({"d": "$absent", "a": "$number"}), &actual);
        assert_eq!(
            compare(&json!({"a": 2, "c": [1], "d": "$any"}), &actual),
            [
                "a: expected 2, found 1",
                "c: expected 1 elements, found 2: [1,{\"$ref\":\"y\",\"z\":null}]",
                "d: is missing; there are a, b, c"
            ]
        );
        assert_eq!(
            compare(&json!({"c": [1, {"z": "$any"}], "a": "$absent"}), &actual),
            [
                "a: expected no member, found 1",
                "c[1].z: expected \"$any\", found null"
            ]
        );
    }

    #[test]
    fn a_capture_may_be_used_anywhere_in_its_own_document() {
        let template = json!({"a": "{{base}}/Users/{{id}}", "id": "$capture:id"});
        assert_matches(
            &template,
            &json!({"a": "http://host/scim/v2/Users/7", "id": "7"}),
        );
        assert_eq!(
            compare(&template, &json!({"a": "7", "id": "7"})),
            ["a: expected \"http://host/scim/v2/Users/7\", found \"7\""]
        );
    }

    #[test]
    fn arrays_are_searched() {
        let actual = json!([{"value": "1", "id": "x"}, {"value": "2"}]);
        assert_matches(&json!({"$has": [{"value": "2"}], "$length": 2}), &actual);
        assert_matches(&json!({"$lacks": [{"value": "3"}]}), &actual);
        assert_eq!(
            compare(
                &json!({"$has": [{"value": "3"}], "$lacks": [{"value": "1"}], "$length": 3}),
                &actual
            )
            .len(),
            3
        );
    }

    #[test]
    fn a_capture_inside_has_is_that_of_the_matching_element() {
        let mut variables = Variables::default();
        let template = json!({"$has": [{"value": "2", "id": "$capture:found"}]});
        let actual = json!([{"value": "1", "id": "x"}, {"value": "2", "id": "y"}]);
        assert!(differences(&template, &actual, &mut variables).is_empty());
        assert_eq!(variables.fill("{{found}}").unwrap(), "y");
    }

    #[test]
    fn exactly_and_not() {
        let actual = json!({"a": 1, "b": {"c": 2}});
        assert_matches(
            &json!({"$exactly": {"a": 1, "b": {"$exactly": {"c": 2}}}}),
            &actual,
        );
        assert_matches(&json!({"a": {"$not": 2}, "d": {"$not": "$any"}}), &actual);
        assert_eq!(
            compare(&json!({"$exactly": {"a": {"$not": 1}}}), &actual),
            [
                "a: expected anything but 1",
                "body: unexpected member b: {\"c\":2}"
            ]
        );
    }

    #[test]
    fn an_absent_member_is_an_empty_array() {
        let actual = json!({});
        assert_matches(&json!({"m": {"$lacks": [1]}, "n": {"$length": 0}}), &actual);
        assert_eq!(compare(&json!({"m": {"$length": 1}}), &actual).len(), 1);
        assert_eq!(compare(&json!({"m": {"$has": [1]}}), &actual).len(), 1);
    }

    #[test]
    fn a_misspelt_directive_is_found() {
        for template in [
            json!("$absnt"),
            json!({"$hass": []}),
            json!({"$has": 1}),
            json!({"$has": [], "value": 1}),
        ] {
            assert!(check(&template).is_err(), "{template}");
        }
    }
}
