//! Comparing a value with what a check says about it.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

use super::{Check, Failed, Kind, Outcome};
use crate::simulate::exchange::Answer;
use crate::simulate::state::Names;
use crate::simulate::template::{self, Filled, Missing, Place};

/// The longest value shown.
const MOST_SHOWN: usize = 200;

impl Check {
    /// The difference between the value and what is expected, if there is one.
    pub(super) fn compare(
        &self,
        value: Option<&Value>,
        names: &Names<'_>,
    ) -> Filled<Option<Failed>> {
        let (holds, expected) = self.verdict(value, names)?;
        Ok((!holds).then(|| Failed {
            expected,
            found: value.map_or_else(|| "nothing".to_owned(), shown),
        }))
    }

    fn verdict(&self, value: Option<&Value>, names: &Names<'_>) -> Filled<(bool, String)> {
        let fill = |template: &Value| template::value(template, names, &HashMap::new());
        if let Some(wanted) = &self.equals {
            let wanted = fill(wanted)?;
            return Ok((value == Some(&wanted), format!("equals {}", shown(&wanted))));
        }
        if let Some(wanted) = &self.equals_ignoring_case {
            let wanted = template::text(wanted, names, Place::Plain)?;
            let found = value.and_then(Value::as_str).map(str::to_lowercase);
            let expected = format!("equals {wanted:?}, ignoring case");
            return Ok((found == Some(wanted.to_lowercase()), expected));
        }
        if let Some(wanted) = &self.one_of {
            let wanted: Vec<Value> = wanted.iter().map(fill).collect::<Filled<_>>()?;
            let holds = value.is_some_and(|value| wanted.contains(value));
            return Ok((holds, format!("is one of {}", shown(&Value::Array(wanted)))));
        }
        if let Some(wanted) = &self.starts_with {
            let wanted = template::text(wanted, names, Place::Plain)?;
            let found = value.and_then(Value::as_str).map(str::to_lowercase);
            let holds = found.is_some_and(|found| found.starts_with(&wanted.to_lowercase()));
            return Ok((holds, format!("begins with {wanted:?}")));
        }
        if let Some(wanted) = self.present {
            let holds = value.is_some_and(is_assigned) == wanted;
            let expected = if wanted {
                "has a value"
            } else {
                "has no value"
            };
            return Ok((holds, expected.to_owned()));
        }
        if let Some(wanted) = self.exists {
            let expected = if wanted { "is there" } else { "is not there" };
            return Ok((value.is_some() == wanted, expected.to_owned()));
        }
        if let Some(kind) = self.kind {
            return Ok((kind.fits(value), format!("is a JSON {kind}")));
        }
        self.list_verdict(value, names)
    }

    fn list_verdict(&self, value: Option<&Value>, names: &Names<'_>) -> Filled<(bool, String)> {
        let list = value.and_then(Value::as_array);
        let elements = list.map_or(&[][..], Vec::as_slice);
        let alike = |template: &Value| -> Filled<(usize, String)> {
            let wanted = template::value(template, names, &HashMap::new())?;
            let found = elements.iter().filter(|element| covers(element, &wanted));
            Ok((found.count(), shown(&wanted)))
        };
        if let Some(template) = &self.contains {
            let (found, wanted) = alike(template)?;
            return Ok(match self.times {
                Some(times) => (found == times, format!("has {times} of {wanted}")),
                None => (found > 0, format!("has {wanted}")),
            });
        }
        if let Some(template) = &self.lacks {
            let (found, wanted) = alike(template)?;
            return Ok((found == 0, format!("does not have {wanted}")));
        }
        if let Some(name) = &self.ids {
            let mut wanted = names.ids(name).ok_or_else(|| Missing(name.clone()))?;
            let id = |element: &Value| element.get("value")?.as_str().map(str::to_owned);
            let mut found: Vec<String> = elements.iter().filter_map(id).collect();
            wanted.sort_unstable();
            found.sort_unstable();
            let expected = difference(&wanted, &found);
            if !self.once {
                found.dedup();
            }
            return Ok((wanted == found, expected));
        }
        let size = match value {
            Some(Value::Array(elements)) => u64::try_from(elements.len()).ok(),
            Some(other) => other.as_u64(),
            None => self.count.is_some().then_some(0),
        };
        let (holds, expected) = match (self.count, self.at_least, self.at_most) {
            (Some(wanted), ..) => (size == Some(wanted), format!("counts {wanted}")),
            (_, Some(wanted), _) => (
                size.is_some_and(|size| size >= wanted),
                format!("is at least {wanted}"),
            ),
            (.., Some(wanted)) => (
                size.is_some_and(|size| size <= wanted),
                format!("is at most {wanted}"),
            ),
            _ => (true, String::new()),
        };
        Ok((holds, expected))
    }
}

/// Whether a list has as many elements as a number elsewhere in the answer says.
pub(super) fn counted(place: &str, list: Option<&Value>, other: &str, answer: &Answer) -> Outcome {
    let elements = list.and_then(Value::as_array).map_or(0, Vec::len);
    let body = answer.json.as_ref();
    let said = body.and_then(|body| body.pointer(other));
    if said.and_then(Value::as_u64) == u64::try_from(elements).ok() {
        return Outcome::Passed;
    }
    Outcome::Failed(Failed {
        expected: format!("{other} is the number of elements of {place}, {elements}"),
        found: said.map_or_else(|| "nothing".to_owned(), shown),
    })
}

/// Which ids are too few and which too many, in a sentence.
fn difference(wanted: &[String], found: &[String]) -> String {
    // Both lists are sorted.
    let without = |of: &[String], other: &[String]| {
        of.iter()
            .filter(|id| other.binary_search(id).is_err())
            .count()
    };
    let mut distinct = found.to_vec();
    distinct.dedup();
    format!(
        "names exactly the {} expected ids ({} missing, {} not expected, {} repeated)",
        wanted.len(),
        without(wanted, found),
        without(&distinct, wanted),
        found.len() - distinct.len()
    )
}

/// "Unassigned" is null, an empty list or missing (RFC 7643 §2.5); clients read empty text and objects in the same way.
fn is_assigned(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Whether the element has all that the pattern has.
fn covers(element: &Value, pattern: &Value) -> bool {
    match (element, pattern) {
        (Value::Object(members), Value::Object(wanted)) => wanted.iter().all(|(name, wanted)| {
            members
                .get(name)
                .is_some_and(|member| covers(member, wanted))
        }),
        _ => element == pattern,
    }
}

impl Kind {
    fn fits(self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::String, Some(Value::String(_)))
            | (Self::Boolean, Some(Value::Bool(_)))
            | (Self::List, Some(Value::Array(_)))
            | (Self::Object, Some(Value::Object(_))) => true,
            (Self::Integer, Some(Value::Number(number))) => number.is_i64() || number.is_u64(),
            _ => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::List => "list",
            Self::Object => "object",
        })
    }
}

pub(super) fn listed(statuses: &[u16]) -> String {
    let texts: Vec<String> = statuses.iter().map(u16::to_string).collect();
    texts.join(" or ")
}

fn shown(value: &Value) -> String {
    cut(&value.to_string(), MOST_SHOWN)
}

/// Text of at most so many characters, with a note of how many there were.
pub(in crate::simulate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!(
            "{} … ({} characters)",
            text.get(..end).unwrap_or_default(),
            text.chars().count()
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::simulate::people::People;
    use crate::simulate::state::State;

    fn verdict(check: Value, body: Value) -> &'static str {
        let state = State::new(People {
            run: json!({"id": "r"}),
            users: vec![
                json!({"id": "1"}),
                json!({"id": "2"}),
                json!({"id": "3", "gone": true}),
            ],
            groups: Vec::new(),
        });
        let names = Names {
            state: &state,
            sets: &HashMap::new(),
            scope: &[],
        };
        let check: Check = serde_json::from_value(check).unwrap();
        assert!(check.is_one());
        let answer = Answer {
            status: 200,
            text: body.to_string(),
            json: Some(body),
            ..Answer::default()
        };
        match check.apply(&answer, &names).unwrap() {
            Outcome::Passed => "passed",
            Outcome::NotMade => "not made",
            Outcome::Failed(_) => "failed",
        }
    }

    #[test]
    fn text_is_no_boolean() {
        let check = json!({"at": "/active", "equals": false});
        assert_eq!(verdict(check.clone(), json!({"active": false})), "passed");
        assert_eq!(verdict(check.clone(), json!({"active": "False"})), "failed");
        assert_eq!(verdict(check, json!({})), "failed");
    }

    #[test]
    fn an_empty_list_has_no_value() {
        let check = json!({"at": "/members", "present": false});
        for body in [json!({}), json!({"members": []}), json!({"members": null})] {
            assert_eq!(verdict(check.clone(), body), "passed");
        }
        assert_eq!(verdict(check, json!({"members": [1]})), "failed");
    }

    #[test]
    fn ids_are_exact_and_leave_out_the_gone() {
        let check = json!({"at": "/members", "ids": "users"});
        let strict = json!({"at": "/members", "ids": "users", "once": true});
        let members = |ids: &[&str]| {
            let list: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
            json!({ "members": list })
        };
        assert_eq!(verdict(check.clone(), members(&["2", "1"])), "passed");
        assert_eq!(verdict(check.clone(), members(&["1"])), "failed");
        assert_eq!(verdict(check.clone(), members(&["1", "2", "2"])), "passed");
        assert_eq!(verdict(strict, members(&["1", "2", "2"])), "failed");
        assert_eq!(verdict(check, members(&["1", "2", "3"])), "failed");
    }

    #[test]
    fn an_element_may_have_more_than_asked() {
        let check = json!({"at": "/emails", "contains": {"type": "work"}, "times": 1});
        let one = json!({"emails": [{"type": "work", "value": "a"}, {"type": "home"}]});
        let two = json!({"emails": [{"type": "work"}, {"type": "work"}]});
        assert_eq!(verdict(check.clone(), one), "passed");
        assert_eq!(verdict(check, two), "failed");
    }

    #[test]
    fn a_page_has_as_many_resources_as_it_says() {
        let check = json!({"at": "/Resources", "count_at": "/itemsPerPage"});
        let page = |items| json!({"itemsPerPage": items, "Resources": [{}, {}]});
        assert_eq!(verdict(check.clone(), page(json!(2))), "passed");
        assert_eq!(verdict(check.clone(), page(json!(20))), "failed");
        assert_eq!(verdict(check, page(json!("2"))), "failed");
    }

    #[test]
    fn a_number_in_quotes_is_no_integer() {
        let check = json!({"at": "/totalResults", "kind": "integer"});
        assert_eq!(verdict(check.clone(), json!({"totalResults": 3})), "passed");
        assert_eq!(verdict(check, json!({"totalResults": "3"})), "failed");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöü!", 3), "äöü … (4 characters)");
    }
}
