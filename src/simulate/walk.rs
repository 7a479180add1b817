//! Reading a list page by page, as an import does.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::check::{Failed, Level};
use super::exchange::{Answer, Request};
use super::run::{Run, told};
use super::scenario::{Step, Walk};
use super::state::{Binding, Scope};

impl Run<'_> {
    /// Reads all pages and checks that each expected id came exactly once.
    pub(super) async fn walk(&self, step: &Step, walk: &Walk, scope: Scope, phase: usize) {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut listed = 0;
        for _ in 0..walk.at_most {
            let mut scope = scope.clone();
            let page = json!({"start": listed + 1, "count": walk.count});
            scope.push(("page".to_owned(), Binding::Value(page)));
            let Some((request, answer)) = self.exchange(step, &scope, phase).await else {
                return;
            };
            let ids = ids(&answer);
            let is_last = ids.is_empty() || listed + ids.len() >= total(&answer);
            listed += ids.len();
            for id in ids {
                *seen.entry(id).or_default() += 1;
            }
            if is_last {
                return self.complete(
                    step,
                    &walk.complete,
                    &seen,
                    (&request, &answer),
                    &scope,
                    phase,
                );
            }
        }
    }

    fn complete(
        &self,
        step: &Step,
        list: &str,
        seen: &HashMap<String, usize>,
        (request, answer): (&Request, &Answer),
        scope: &Scope,
        phase: usize,
    ) {
        let wanted = self
            .with_names(scope, |names| names.ids(list))
            .unwrap_or_default();
        let times = |id: &String| seen.get(id).copied().unwrap_or_default();
        let missing = wanted.iter().filter(|id| times(id) == 0).count();
        let repeated = wanted.iter().filter(|id| times(id) > 1).count();
        let passed = missing + repeated == 0;
        self.record().check(phase, Level::Must, passed);
        if passed {
            return;
        }
        let difference = Failed {
            expected: format!(
                "each of the run's {} resources on exactly one page",
                wanted.len()
            ),
            found: format!("{missing} on no page, {repeated} on more than one"),
        };
        let why = "an import that misses objects, or sees them twice, deletes or doubles people";
        let check = told(difference, Level::Must, why);
        let failed = vec![(usize::MAX, check)];
        self.fail(step, request, Some(answer), scope, phase, failed);
    }
}

fn ids(answer: &Answer) -> Vec<String> {
    let body = answer.json.as_ref();
    let resources = body
        .and_then(|body| body.get("Resources"))
        .and_then(Value::as_array);
    let id = |resource: &Value| {
        let id = resource.get("id").and_then(Value::as_str);
        id.unwrap_or_default().to_owned()
    };
    resources.into_iter().flatten().map(id).collect()
}

fn total(answer: &Answer) -> usize {
    let body = answer.json.as_ref();
    let total = body
        .and_then(|body| body.get("totalResults"))
        .and_then(Value::as_u64);
    usize::try_from(total.unwrap_or_default()).unwrap_or(usize::MAX)
}
