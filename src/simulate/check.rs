//! What is expected of an answer.

mod compare;

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::exchange::Answer;
use super::state::Names;
use super::template::{self, Filled, Place};
use crate::error::Result;
use compare::listed;

pub(super) use compare::cut;

/// How much a check weighs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The standard demands it, or this client fails without it.
    #[default]
    Must,
    /// The standard recommends it.
    Should,
    /// The client wants more than the standard.
    Vendor,
}

impl Level {
    /// All levels, the heaviest first.
    pub const ALL: [Self; 3] = [Self::Must, Self::Should, Self::Vendor];

    /// The name, as scenarios write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::Vendor => "vendor",
        }
    }
}

/// One expectation: where to look, and one thing that has to hold there.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Check {
    pub(super) level: Option<Level>,
    pub(super) why: String,
    /// Only for a success that has a body.
    if_body: bool,
    /// Only when something has been saved under this name.
    if_saved: Option<String>,

    status: Option<Vec<u16>>,
    /// The value of a header.
    header: Option<String>,
    /// A pointer into the body.
    at: Option<String>,
    /// A saved value, for conditions.
    of: Option<String>,

    equals: Option<Value>,
    equals_ignoring_case: Option<String>,
    one_of: Option<Vec<Value>>,
    starts_with: Option<String>,
    kind: Option<Kind>,
    /// Has a value: not missing, null, empty text, an empty list or object.
    present: Option<bool>,
    /// Is there at all, whatever it is.
    exists: Option<bool>,
    /// The list has elements like this one; `times` says how many, otherwise at least one.
    contains: Option<Value>,
    times: Option<usize>,
    lacks: Option<Value>,
    count: Option<u64>,
    /// The list has as many elements as the number at this pointer says.
    count_at: Option<String>,
    at_least: Option<u64>,
    at_most: Option<u64>,
    /// The list's elements have as their `value` exactly the ids of that list; with `once`, none twice.
    ids: Option<String>,
    once: bool,
    /// The answer's text does not have this anywhere.
    text_lacks: Option<String>,
}

/// A JSON type.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    String,
    Integer,
    Boolean,
    List,
    Object,
}

/// How a check came out.
pub(super) enum Outcome {
    Passed,
    /// Not a matter here: there is no body to look at.
    NotMade,
    Failed(Failed),
}

/// What was expected and what there was instead.
#[derive(Debug, Clone)]
pub(super) struct Failed {
    pub(super) expected: String,
    pub(super) found: String,
}

impl Check {
    /// The answer has one of these statuses.
    pub(super) fn of_status(status: Vec<u16>) -> Self {
        Self {
            status: Some(status),
            ..Self::default()
        }
    }

    /// Whether it is about the status, on which all other checks rest.
    pub(super) fn is_of_status(&self) -> bool {
        self.status.is_some()
    }

    /// Whether it says exactly one thing about exactly one place.
    pub(super) fn is_one(&self) -> bool {
        let places = [self.header.is_some(), self.at.is_some(), self.of.is_some()];
        let things = [
            self.equals.is_some(),
            self.equals_ignoring_case.is_some(),
            self.one_of.is_some(),
            self.starts_with.is_some(),
            self.kind.is_some(),
            self.present.is_some(),
            self.exists.is_some(),
            self.contains.is_some(),
            self.lacks.is_some(),
            self.count.is_some(),
            self.count_at.is_some(),
            self.at_least.is_some(),
            self.at_most.is_some(),
            self.ids.is_some(),
        ];
        let many = |list: &[bool]| list.iter().filter(|is| **is).count();
        if self.status.is_some() || self.text_lacks.is_some() {
            return many(&places) + many(&things) == 0;
        }
        many(&places) == 1 && many(&things) == 1
    }

    /// Collects the first parts of the names it uses.
    pub(super) fn roots(&self, used: &mut Vec<String>) -> Result<()> {
        let none = HashMap::new();
        let values = self.equals.iter().chain(self.one_of.iter().flatten());
        for value in values.chain(&self.contains).chain(&self.lacks) {
            template::roots(value, &none, used)?;
        }
        let texts = [
            &self.equals_ignoring_case,
            &self.starts_with,
            &self.text_lacks,
            &self.at,
        ];
        for text in texts.into_iter().flatten() {
            template::roots_of_text(text, used)?;
        }
        let root = |name: &String| name.split('.').next().unwrap_or_default().to_owned();
        let lists = self.ids.iter().filter(|list| list.contains('.'));
        used.extend(lists.chain(&self.of).chain(&self.if_saved).map(root));
        Ok(())
    }

    /// Whether a condition on saved values holds.
    pub(super) fn holds(&self, names: &Names<'_>) -> bool {
        let value = self.of.as_deref().and_then(|name| names.value(name));
        matches!(self.compare(value.as_ref(), names), Ok(None))
    }

    /// Makes the check.
    ///
    /// # Errors
    ///
    /// When it needs a value that is not there.
    pub(super) fn apply(&self, answer: &Answer, names: &Names<'_>) -> Filled<Outcome> {
        if self.if_body && (answer.json.is_none() || !(200..300).contains(&answer.status)) {
            return Ok(Outcome::NotMade);
        }
        if self
            .if_saved
            .as_ref()
            .is_some_and(|name| names.value(name).is_none())
        {
            return Ok(Outcome::NotMade);
        }
        if let Some(accepted) = &self.status {
            return Ok(if accepted.contains(&answer.status) {
                Outcome::Passed
            } else {
                failed(
                    format!("status {}", listed(accepted)),
                    answer.status.to_string(),
                )
            });
        }
        if let Some(text) = &self.text_lacks {
            let text = template::text(text, names, Place::Plain)?;
            return Ok(if answer.text.contains(&text) {
                failed(
                    format!("no {text:?} in the answer"),
                    "it is there".to_owned(),
                )
            } else {
                Outcome::Passed
            });
        }
        let (place, value) = if let Some(name) = &self.header {
            let value = answer.headers.get(&name.to_ascii_lowercase());
            (format!("header {name}"), value.cloned().map(Value::String))
        } else {
            let pointer = self.at.as_deref().unwrap_or_default();
            let pointer = template::text(pointer, names, Place::Plain)?;
            let value = answer.json.as_ref().and_then(|body| body.pointer(&pointer));
            (pointer, value.cloned())
        };
        if let Some(other) = &self.count_at {
            return Ok(compare::counted(&place, value.as_ref(), other, answer));
        }
        Ok(match self.compare(value.as_ref(), names)? {
            None => Outcome::Passed,
            Some(difference) => {
                failed(format!("{place} {}", difference.expected), difference.found)
            }
        })
    }
}

fn failed(expected: String, found: String) -> Outcome {
    Outcome::Failed(Failed { expected, found })
}
