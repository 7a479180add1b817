//! What an answer means: the checks, what is kept of it, and what is told about failures.

use serde_json::Value;

use super::Run;
use crate::simulate::check::{Failed, Level, Outcome};
use crate::simulate::exchange::{Answer, Request};
use crate::simulate::record::Failure;
use crate::simulate::report::FailedCheck;
use crate::simulate::scenario::Step;
use crate::simulate::state::{Binding, Scope};
use crate::simulate::template::{self, Missing, Place};

/// So many requests without an answer in a row end the run.
const MOST_SILENT: u32 = 5;

impl Run<'_> {
    /// Makes the checks; says whether the status is accepted.
    pub(super) fn judge(
        &self,
        step: &Step,
        request: &Request,
        answer: &Answer,
        scope: &Scope,
        phase: usize,
    ) -> bool {
        let mut failed: Vec<(usize, FailedCheck)> = Vec::new();
        let mut accepted = true;
        for (place, check) in step.checks.iter().enumerate() {
            if !accepted {
                break;
            }
            let level = check.level.unwrap_or_default();
            let outcome = self.with_names(scope, |names| check.apply(answer, names));
            match outcome {
                Ok(Outcome::Passed) => self.record().check(phase, level, true),
                Ok(Outcome::Failed(difference)) => {
                    self.record().check(phase, level, false);
                    accepted &= !check.is_of_status();
                    failed.push((place, told(difference, level, &check.why)));
                }
                Ok(Outcome::NotMade) | Err(Missing(_)) => {}
            }
        }
        if accepted {
            let names = step.save.iter().filter(|(name, _)| !name.ends_with('?'));
            for (place, (_, pointer)) in names.enumerate() {
                let body = answer.json.as_ref();
                let there = body.is_some_and(|body| body.pointer(pointer).is_some());
                self.record().check(phase, step.level, there);
                if !there {
                    let difference = Failed {
                        expected: format!("a value at {pointer:?} for the steps that follow"),
                        found: "nothing".to_owned(),
                    };
                    let why = &step.why;
                    failed.push((step.checks.len() + place, told(difference, step.level, why)));
                }
            }
        }
        if !failed.is_empty() {
            let answer = Some(answer);
            self.fail(step, request, answer, scope, phase, failed);
        }
        accepted
    }

    /// Keeps a failing exchange.
    pub(in crate::simulate) fn fail(
        &self,
        step: &Step,
        request: &Request,
        answer: Option<&Answer>,
        scope: &Scope,
        phase: usize,
        mut failed: Vec<(usize, FailedCheck)>,
    ) {
        failed.sort_by_key(|(place, check)| {
            (
                Level::ALL
                    .map(Level::name)
                    .iter()
                    .position(|name| *name == check.level),
                *place,
            )
        });
        let number = |(_, binding): &(String, Binding)| match binding {
            Binding::User(number) | Binding::Group(number) => Some(*number),
            Binding::List(_) | Binding::Value(_) => None,
        };
        let failure = Failure {
            phase: self.phase_name(phase),
            step,
            item: scope.iter().rev().find_map(number).unwrap_or_default(),
            request,
            answer,
            failed,
        };
        self.record().failure(failure, &self.exchanger);
    }

    /// Counts a request that got no answer.
    pub(super) fn silence(
        &self,
        step: &Step,
        request: &Request,
        scope: &Scope,
        phase: usize,
        problem: &str,
    ) {
        let difference = Failed {
            expected: "an answer within 30 seconds".to_owned(),
            found: problem.to_owned(),
        };
        let check = told(
            difference,
            Level::Must,
            "without an answer the client can do nothing",
        );
        self.fail(step, request, None, scope, phase, vec![(usize::MAX, check)]);
        let mut record = self.record();
        record.check(phase, Level::Must, false);
        record.transport_failures += 1;
        record.silent += 1;
        if record.silent >= MOST_SILENT {
            self.stop("the server does not answer");
        }
    }

    /// Saves values of an accepted answer; says whether something was adopted.
    pub(super) fn keep(&self, step: &Step, answer: &Answer, scope: &Scope) -> bool {
        let body = answer.json.as_ref();
        for (name, pointer) in &step.save {
            if let Some(value) = body.and_then(|body| body.pointer(pointer)) {
                let name = name.trim_end_matches('?');
                self.state().save(scope, name, value.clone());
            }
        }
        for (name, value) in &step.set {
            let templates = &self.scenario.templates;
            let value = self.with_names(scope, |names| template::value(value, names, templates));
            if let Ok(value) = value {
                self.state().save(scope, name, value);
            }
        }
        let adopt = |(item, wanted): (&String, &String)| self.adopt(item, wanted, answer, scope);
        step.adopt.iter().map(adopt).next() == Some(Some(()))
    }

    /// Takes over an object of ours that the server lists: only one that really has the name that was asked for, since a server
    /// that does not understand the filter lists other people's.
    fn adopt(&self, item: &str, wanted: &str, answer: &Answer, scope: &Scope) -> Option<()> {
        let wanted = self.with_names(scope, |names| template::text(wanted, names, Place::Plain));
        let wanted = wanted.ok()?.to_lowercase();
        let (endpoint, attribute) = match scope.iter().rev().find(|(name, _)| name == item)?.1 {
            Binding::User(_) => ("/Users", "userName"),
            Binding::Group(_) => ("/Groups", "displayName"),
            Binding::List(_) | Binding::Value(_) => return None,
        };
        let listed = answer.json.as_ref()?.get("Resources")?.as_array()?;
        let found = listed.iter().find(|resource| {
            let name = resource.get(attribute).and_then(Value::as_str);
            name.is_some_and(|name| name.to_lowercase() == wanted)
        })?;
        let id = found.get("id")?.clone();
        let key = (endpoint.to_owned(), template::encoded(id.as_str()?));
        let mut state = self.state();
        state.ours.insert(key, false);
        state.save(scope, &format!("{item}.id"), id);
        Some(())
    }
}

/// A failed check, for the report.
pub(in crate::simulate) fn told(difference: Failed, level: Level, why: &str) -> FailedCheck {
    FailedCheck {
        level: level.name(),
        expected: difference.expected,
        found: difference.found,
        why: why.to_owned(),
    }
}
