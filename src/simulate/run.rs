//! Plays a scenario: loops, requests, checks, branches.

mod judge;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream;
use serde_json::Value;

use super::check::Level;
use super::exchange::{Answer, Exchanger, Request};
use super::record::Record;
use super::scenario::{Scenario, Step};
use super::state::{Binding, Names, Scope, State};
use super::template::{self, Filled, Missing, Place};
use super::{Observer, Progress};

pub(super) use judge::told;

/// A scenario being played against a server.
pub(super) struct Run<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) exchanger: Exchanger,
    state: Mutex<State>,
    record: Mutex<Record>,
    stopped: Mutex<Option<String>>,
    observer: Observer<'a>,
    /// Rounds of the outermost steps: done, and in all.
    done: AtomicUsize,
    total: AtomicUsize,
    most_requests: u64,
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Run<'a> {
    pub(super) fn new(
        scenario: &'a Scenario,
        exchanger: Exchanger,
        state: State,
        observer: Observer<'a>,
    ) -> Self {
        let objects = u64::try_from(state.users.len() + state.groups.len()).unwrap_or(u64::MAX);
        Self {
            scenario,
            exchanger,
            state: Mutex::new(state),
            record: Mutex::default(),
            stopped: Mutex::default(),
            observer,
            done: AtomicUsize::new(0),
            total: AtomicUsize::new(0),
            most_requests: objects.saturating_mul(200).saturating_add(10_000),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    pub(super) fn record(&self) -> MutexGuard<'_, Record> {
        locked(&self.record)
    }

    /// Ends the run before the next request; the first reason stays.
    pub(super) fn stop(&self, reason: &str) {
        locked(&self.stopped).get_or_insert_with(|| reason.to_owned());
    }

    pub(super) fn stopped(&self) -> Option<String> {
        locked(&self.stopped).clone()
    }

    pub(super) fn with_names<T>(&self, scope: &Scope, work: impl FnOnce(&Names<'_>) -> T) -> T {
        let state = self.state();
        work(&Names {
            state: &state,
            sets: &self.scenario.sets,
            scope,
        })
    }

    /// Plays all phases.
    pub(super) async fn play(&self) {
        let steps = self.scenario.phases.iter().flat_map(|phase| &phase.steps);
        let total = steps
            .map(|step| self.rounds(step, &Scope::new()).len())
            .sum();
        self.total.store(total, Ordering::Relaxed);
        for (number, phase) in self.scenario.phases.iter().enumerate() {
            self.steps(&phase.steps, Scope::new(), number, true).await;
            if phase.vital && !self.record().is_full(number, Level::Must) {
                self.stop(&format!(
                    "{:?} failed, and this client would not go on",
                    phase.name
                ));
            }
        }
    }

    pub(super) fn phase_name(&self, phase: usize) -> &str {
        let phase = self.scenario.phases.get(phase);
        phase.map_or("", |phase| phase.name.as_str())
    }

    /// Plays steps one after the other; only the outermost tell of progress.
    fn steps<'s>(
        &'s self,
        steps: &'s [Step],
        scope: Scope,
        phase: usize,
        outermost: bool,
    ) -> BoxFuture<'s, ()> {
        Box::pin(async move {
            for step in steps {
                let rounds = self.rounds(step, &scope);
                let rounds = rounds.into_iter().map(|round| async move {
                    self.round(step, round, phase).await;
                    if outermost {
                        self.progress(phase);
                    }
                });
                let parallel = step.parallel.unwrap_or(1);
                stream::iter(rounds)
                    .buffer_unordered(parallel)
                    .for_each(async |()| {})
                    .await;
            }
        })
    }

    fn progress(&self, phase: usize) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.observer)(&Progress {
            phase: self.phase_name(phase),
            done,
            total: self.total.load(Ordering::Relaxed),
            requests: self.exchanger.counts.requests.load(Ordering::Relaxed),
            failed: self.record().failed(),
        });
    }

    /// The scopes a step runs in: one, or one for each item of its list.
    fn rounds(&self, step: &Step, scope: &Scope) -> Vec<Scope> {
        let Some(list) = &step.list else {
            return vec![scope.clone()];
        };
        let items = self
            .with_names(scope, |names| names.list(list))
            .unwrap_or_default();
        let default = self.scenario.item_name(list);
        let name = step.item.clone().unwrap_or_else(|| default.to_owned());
        let items: Vec<Binding> = match step.chunk {
            Some(size) => items
                .chunks(size.max(1))
                .map(|part| Binding::List(part.to_vec()))
                .collect(),
            None => items,
        };
        let scoped = |item: Binding| {
            let mut scope = scope.clone();
            scope.push((name.clone(), item));
            scope
        };
        let most = step.at_most.unwrap_or(usize::MAX);
        items.into_iter().take(most).map(scoped).collect()
    }

    async fn round(&self, step: &Step, scope: Scope, phase: usize) {
        let holds = self.with_names(&scope, |names| {
            step.conditions
                .iter()
                .all(|condition| condition.holds(names))
        });
        if !holds || self.stopped().is_some() {
            return;
        }
        if step.method.is_none() {
            return self.steps(&step.steps, scope, phase, false).await;
        }
        if let Some(walk) = &step.walk {
            return self.walk(step, walk, scope, phase).await;
        }
        let Some((_, answer)) = self.exchange(step, &scope, phase).await else {
            return;
        };
        let adopted = self.keep(step, &answer, &scope);
        self.steps(&step.then, scope.clone(), phase, false).await;
        let fits = step.branches.iter().find(|branch| {
            (branch.status.is_empty() || branch.status.contains(&answer.status))
                && branch.adopted.is_none_or(|wanted| wanted == adopted)
        });
        if let Some(branch) = fits {
            self.steps(&branch.steps, scope, phase, false).await;
        }
    }

    /// Sends a step's request and makes its checks; gives the answer when its status is accepted.
    pub(super) async fn exchange(
        &self,
        step: &Step,
        scope: &Scope,
        phase: usize,
    ) -> Option<(Request, Answer)> {
        if self.stopped().is_some() {
            return None;
        }
        let request = self.with_names(scope, |names| self.filled(step, names));
        let Ok(request) = request else {
            self.record().not_sent += 1;
            return None;
        };
        if self.exchanger.counts.requests.load(Ordering::Relaxed) >= self.most_requests {
            self.stop("the bound on requests is reached");
            return None;
        }
        match self.exchanger.send(&request).await {
            Ok(answer) => {
                self.record().silent = 0;
                self.register(&request, &answer);
                let accepted = self.judge(step, &request, &answer, scope, phase);
                accepted.then_some((request, answer))
            }
            Err(error) => {
                self.silence(step, &request, scope, phase, &error.to_string());
                None
            }
        }
    }

    fn filled(&self, step: &Step, names: &Names<'_>) -> Filled<Request> {
        let method = step.method.clone().unwrap_or_default();
        let path = template::text(&step.path, names, Place::Path)?;
        if ["PUT", "PATCH", "DELETE"].contains(&method.as_str()) {
            let target = target(&path);
            let known = names.state.ours.contains_key(&target);
            let missing = names.value("run.missing");
            if !known && missing.as_ref().and_then(Value::as_str) != Some(target.1.as_str()) {
                return Err(Missing(format!("{path} is not ours")));
            }
        }
        let body = step.body.as_ref();
        let body = body.map(|body| template::value(body, names, &self.scenario.templates));
        let body = body.transpose()?.map(|body| body.to_string());
        let mut headers = BTreeMap::new();
        for (name, value) in self.scenario.headers.iter().chain(&step.headers) {
            let name = name.to_ascii_lowercase();
            match value {
                Some(value) => headers.insert(name, template::text(value, names, Place::Plain)?),
                None => headers.remove(&name),
            };
        }
        if body.is_none() {
            headers.remove("content-type");
        }
        Ok(Request {
            method,
            path,
            headers,
            body,
        })
    }

    /// Remembers what the server says it made, and what it says it deleted.
    fn register(&self, request: &Request, answer: &Answer) {
        let success = (200..300).contains(&answer.status);
        match request.method.as_str() {
            "POST" if success => {
                let body = answer.json.as_ref();
                let id = body.and_then(|body| body.get("id")).and_then(Value::as_str);
                let location = answer.headers.get("location");
                let last = location.and_then(|location| location.rsplit('/').next());
                let id = id.map(template::encoded).or(last.map(str::to_owned));
                if let Some(id) = id.filter(|id| !id.is_empty()) {
                    let (endpoint, _) = target(&format!("{}/", pure(&request.path)));
                    self.state().ours.insert((endpoint, id), false);
                }
            }
            "DELETE" if success => {
                if let Some(deleted) = self.state().ours.get_mut(&target(&request.path)) {
                    *deleted = true;
                }
            }
            _ => {}
        }
    }
}

/// A path without its query.
fn pure(path: &str) -> &str {
    path.split('?').next().unwrap_or_default()
}

/// Endpoint and id of a path.
fn target(path: &str) -> (String, String) {
    let (endpoint, id) = pure(path).rsplit_once('/').unwrap_or_default();
    (endpoint.to_owned(), id.to_owned())
}
