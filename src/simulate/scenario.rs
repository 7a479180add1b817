//! The scenario language: what a client does, as a JSON document. `assets/simulations/README.md` describes it.

mod reader;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use serde_json::Value;

use super::check::{Check, Level};
use crate::error::{Error, Result};
use reader::Reader;

/// The most requests at a time.
pub(super) const MOST_PARALLEL: usize = 8;

/// One client's behaviour.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    /// The client's name for people.
    pub(super) client: String,
    /// What is simulated, in a sentence or two.
    pub(super) about: String,
    /// How good the evidence is and where it comes from.
    #[serde(default)]
    #[expect(dead_code, reason = "for the readers of the document")]
    sources: Vec<String>,
    /// Sent with every request; null is not sent.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Option<String>>,
    /// How the client tries again.
    #[serde(default)]
    pub(super) retry: Retry,
    /// Bodies by name, for `$use`.
    #[serde(default)]
    pub(super) templates: HashMap<String, Value>,
    /// Parts of the users or groups by name.
    #[serde(default)]
    pub(super) sets: HashMap<String, Set>,
    /// Lists of checks by name.
    #[serde(default)]
    checks: HashMap<String, Vec<Value>>,
    /// What happens, in order.
    pub(super) phases: Vec<Phase>,
}

/// How a client tries again after 429 or 503.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Retry {
    /// How often at most.
    pub(super) attempts: u32,
    /// Seconds to wait when the answer has no `Retry-After`.
    pub(super) wait: u64,
    /// A longer `Retry-After`, in seconds, is not waited for.
    pub(super) longest: u64,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 3,
            wait: 1,
            longest: 10,
        }
    }
}

/// A part of a list: every n-th from a place on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Set {
    pub(super) of: String,
    #[serde(default = "one")]
    pub(super) every: usize,
    #[serde(default)]
    pub(super) from: usize,
    pub(super) at_most: Option<usize>,
}

fn one() -> usize {
    1
}

/// A part of the run that is scored on its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Phase {
    pub(super) name: String,
    /// Whether the client gives up when a check of the must level fails here.
    #[serde(default)]
    pub(super) vital: bool,
    pub(super) steps: Vec<Step>,
}

/// A request with what is expected of its answer, or a block of steps; either may be repeated for every item of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Step {
    pub(super) name: String,
    /// The list to run the step for.
    #[serde(rename = "for")]
    pub(super) list: Option<String>,
    /// The name each item is bound to.
    #[serde(rename = "as")]
    pub(super) item: Option<String>,
    /// Items per round: the name is bound to lists of that many.
    pub(super) chunk: Option<usize>,
    pub(super) parallel: Option<usize>,
    pub(super) at_most: Option<usize>,
    /// Conditions on what has been saved; all must hold.
    when: Vec<Value>,
    pub(super) method: Option<String>,
    pub(super) path: String,
    pub(super) headers: BTreeMap<String, Option<String>>,
    pub(super) body: Option<Value>,
    status: Vec<u16>,
    expect: Vec<Value>,
    pub(super) why: String,
    pub(super) level: Level,
    /// Name to pointer into the answer; a name that ends in `?` may stay empty.
    pub(super) save: BTreeMap<String, String>,
    /// Name to value, once the answer is accepted.
    pub(super) set: BTreeMap<String, Value>,
    /// Takes over the object of that name from a list answer: `{"user": "{{user.userName}}"}`.
    pub(super) adopt: BTreeMap<String, String>,
    pub(super) walk: Option<Walk>,
    /// Steps after an accepted answer.
    pub(super) then: Vec<Step>,
    /// Ways to go on; the first that fits is taken.
    pub(super) branches: Vec<Branch>,
    /// A block of steps instead of a request.
    pub(super) steps: Vec<Step>,
    /// The checks, after reading.
    #[serde(skip)]
    pub(super) checks: Vec<Check>,
    /// The conditions, after reading.
    #[serde(skip)]
    pub(super) conditions: Vec<Check>,
    /// The place in the document, for a stable order of findings.
    #[serde(skip)]
    pub(super) number: usize,
}

/// Reads a list page by page; `page.start` and `page.count` may be used in the path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Walk {
    pub(super) count: usize,
    /// Stops after so many pages without judging completeness.
    #[serde(default = "most_pages")]
    pub(super) at_most: usize,
    /// The list whose ids must each come exactly once.
    pub(super) complete: String,
}

fn most_pages() -> usize {
    200
}

/// What to do next, by the answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Branch {
    /// Taken when the status is one of these.
    #[serde(default)]
    pub(super) status: Vec<u16>,
    /// Taken when something was, or was not, adopted.
    pub(super) adopted: Option<bool>,
    pub(super) steps: Vec<Step>,
}

impl Scenario {
    /// Reads and checks a document.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut scenario: Self = serde_json::from_str(text).map_err(|error| {
            Error::invalid_value("the scenario cannot be read").caused_by(error)
        })?;
        let mut phases = std::mem::take(&mut scenario.phases);
        let mut reader = Reader {
            scenario: &scenario,
            steps: 0,
        };
        for phase in &mut phases {
            let names: HashSet<String> = ["run".to_owned()].into();
            reader.steps(&mut phase.steps, &phase.name, &names)?;
        }
        scenario.phases = phases;
        for set in scenario.sets.values() {
            if set.every == 0 || !["users", "groups"].contains(&set.of.as_str()) {
                return Err(Error::invalid_value(format!(
                    "a set is taken of {:?}, every {}; write users or groups, and at least 1",
                    set.of, set.every
                )));
            }
        }
        Ok(scenario)
    }

    /// The name an item of a list has, unless the step says another.
    pub(super) fn item_name(&self, list: &str) -> &'static str {
        let list = self.sets.get(list).map_or(list, |set| set.of.as_str());
        match list {
            "users" => "user",
            "groups" => "group",
            _ => "member",
        }
    }
}
