//! Completes the steps of a document and refuses what cannot work.

use std::collections::HashSet;

use serde_json::Value;

use super::{MOST_PARALLEL, Scenario, Step};
use crate::error::{Error, Result};
use crate::simulate::check::Check;
use crate::simulate::template;

/// Completes the steps of a document and refuses what cannot work.
pub(super) struct Reader<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) steps: usize,
}

impl Reader<'_> {
    /// Completes steps, in which the names given are known.
    pub(super) fn steps(
        &mut self,
        steps: &mut [Step],
        place: &str,
        names: &HashSet<String>,
    ) -> Result<()> {
        for step in steps {
            let place = format!("{place} / {}", step.name);
            self.step(step, names)
                .map_err(|error| Error::invalid_value(place.clone()).caused_by(error))?;
            let mut inner = names.clone();
            inner.extend(self.bound(step));
            self.steps(&mut step.steps, &place, &inner)?;
            self.steps(&mut step.then, &place, &inner)?;
            for branch in &mut step.branches {
                self.steps(&mut branch.steps, &place, &inner)?;
            }
        }
        Ok(())
    }

    /// The names a step binds.
    fn bound(&self, step: &Step) -> Vec<String> {
        let list = step.list.as_deref();
        let item = list.map(|list| {
            let item = step.item.clone();
            item.unwrap_or_else(|| self.scenario.item_name(list).to_owned())
        });
        item.into_iter()
            .chain(step.walk.as_ref().map(|_| "page".to_owned()))
            .collect()
    }

    fn step(&mut self, step: &mut Step, names: &HashSet<String>) -> Result<()> {
        self.steps += 1;
        step.number = self.steps;
        let refuse = |problem: &str| Err(Error::invalid_value(problem.to_owned()));
        if step.name.is_empty() {
            return refuse("a step has no name");
        }
        if step
            .parallel
            .is_some_and(|many| many == 0 || many > MOST_PARALLEL)
        {
            return refuse("parallel is between 1 and 8");
        }
        if step.chunk == Some(0) {
            return refuse("chunk is at least 1");
        }
        match &step.method {
            Some(_) if !step.path.starts_with('/') => return refuse("path begins with a slash"),
            Some(_) if !step.steps.is_empty() => return refuse("a request has then, not steps"),
            Some(method)
                if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()) =>
            {
                return refuse("the method is none of SCIM");
            }
            None if !step.path.is_empty() => return refuse("a path needs a method"),
            _ => {}
        }
        step.checks = self.checks(step)?;
        if step.method.is_some() && step.checks.is_empty() {
            return refuse("a request says which statuses are accepted");
        }
        step.conditions = step
            .when
            .iter()
            .map(|condition| read_check(condition.clone()))
            .collect::<Result<_>>()?;
        let mut names = names.clone();
        names.extend(self.bound(step));
        self.variables(step, &names)
    }

    fn checks(&self, step: &Step) -> Result<Vec<Check>> {
        let mut checks = Vec::new();
        if !step.status.is_empty() {
            checks.push(Check::of_status(step.status.clone()));
        }
        for entry in &step.expect {
            if let Value::String(name) = entry {
                let named =
                    self.scenario.checks.get(name).ok_or_else(|| {
                        Error::invalid_value(format!("no checks are named {name:?}"))
                    })?;
                for check in named {
                    checks.push(read_check(check.clone())?);
                }
            } else {
                checks.push(read_check(entry.clone())?);
            }
        }
        for check in &mut checks {
            check.level.get_or_insert(step.level);
            if check.why.is_empty() {
                check.why.clone_from(&step.why);
            }
            if check.why.is_empty() {
                return Err(Error::invalid_value("a check has no why"));
            }
        }
        Ok(checks)
    }

    fn variables(&self, step: &Step, names: &HashSet<String>) -> Result<()> {
        let mut texts: Vec<&str> = vec![&step.path];
        texts.extend(step.headers.values().flatten().map(String::as_str));
        texts.extend(step.adopt.values().map(String::as_str));
        let mut used: Vec<String> = Vec::new();
        for text in texts {
            template::roots_of_text(text, &mut used)?;
        }
        for value in step.body.iter().chain(step.set.values()) {
            template::roots(value, &self.scenario.templates, &mut used)?;
        }
        for check in step.checks.iter().chain(&step.conditions) {
            check.roots(&mut used)?;
        }
        let saved = step.save.keys().chain(step.set.keys());
        used.extend(saved.filter_map(|name| Some(name.split_once('.')?.0.to_owned())));
        used.extend(step.adopt.keys().cloned());
        if let Some(unknown) = used.iter().find(|name| !names.contains(*name)) {
            return Err(Error::invalid_value(format!(
                "{unknown:?} stands for nothing here"
            )));
        }
        let lists = step
            .list
            .iter()
            .chain(step.walk.iter().map(|walk| &walk.complete));
        for list in lists {
            let known = ["users", "groups"].contains(&list.as_str())
                || self.scenario.sets.contains_key(list)
                || names.contains(list.split('.').next().unwrap_or_default());
            if !known {
                return Err(Error::invalid_value(format!("{list:?} is no list")));
            }
        }
        Ok(())
    }
}

fn read_check(value: Value) -> Result<Check> {
    let text = value.to_string();
    let check: Check = serde_json::from_value(value).map_err(|error| {
        Error::invalid_value(format!("the check {text} cannot be read")).caused_by(error)
    })?;
    if !check.is_one() {
        return Err(Error::invalid_value(format!(
            "the check {text} says nothing, or more than one thing"
        )));
    }
    Ok(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(step: &str) -> String {
        let document =
            format!(r#"{{"client":"x","about":"x","phases":[{{"name":"one","steps":[{step}]}}]}}"#);
        Scenario::parse(&document).err().unwrap().to_string()
    }

    #[test]
    fn a_check_needs_a_reason() {
        let refused = refusal(r#"{"name":"a","method":"GET","path":"/Users","status":[200]}"#);
        assert!(refused.contains("no why"), "{refused}");
    }

    #[test]
    fn an_unknown_name_is_refused() {
        let refused = refusal(
            r#"{"name":"a","method":"GET","path":"/Users/{{user.id}}","status":[200],"why":"x"}"#,
        );
        assert!(refused.contains("\"user\" stands for nothing"), "{refused}");
    }

    #[test]
    fn nine_at_a_time_are_too_many() {
        let refused = refusal(r#"{"name":"a","for":"users","parallel":9,"steps":[]}"#);
        assert!(refused.contains("between 1 and 8"), "{refused}");
    }

    #[test]
    fn a_misspelt_member_is_refused() {
        let refused = refusal(r#"{"name":"a","metod":"GET"}"#);
        assert!(refused.contains("metod"), "{refused}");
    }
}
