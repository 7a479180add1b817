//! What a run knows: people with the ids they were given, and what the names of a scenario stand for.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::people::People;
use super::scenario::Set;

/// What a name is bound to while a loop runs.
#[derive(Debug, Clone)]
pub(super) enum Binding {
    /// A user, by its place in the list.
    User(usize),
    /// A group, by its place in the list.
    Group(usize),
    /// A part of a list.
    List(Vec<Binding>),
    /// Any other value.
    Value(Value),
}

/// The names that loops have bound, innermost last.
pub(super) type Scope = Vec<(String, Binding)>;

/// The state of a run.
pub(super) struct State {
    pub(super) run: Value,
    pub(super) users: Vec<Value>,
    pub(super) groups: Vec<Value>,
    /// What the run made or adopted, as endpoint and id; only that may be changed or deleted. The value says whether the
    /// server has confirmed a deletion.
    pub(super) ours: BTreeMap<(String, String), bool>,
}

/// Looks names up.
pub(super) struct Names<'a> {
    pub(super) state: &'a State,
    pub(super) sets: &'a HashMap<String, Set>,
    pub(super) scope: &'a [(String, Binding)],
}

impl State {
    pub(super) fn new(people: People) -> Self {
        Self {
            run: people.run,
            users: people.users,
            groups: people.groups,
            ours: BTreeMap::new(),
        }
    }

    /// Writes a value under a dotted name such as `user.id`; the first part is `run` or bound to a user or group.
    pub(super) fn save(&mut self, scope: &Scope, name: &str, value: Value) {
        let Some((root, rest)) = name.split_once('.') else {
            return;
        };
        let target = match scope.iter().rev().find(|(bound, _)| bound == root) {
            Some((_, Binding::User(number))) => self.users.get_mut(*number),
            Some((_, Binding::Group(number))) => self.groups.get_mut(*number),
            None if root == "run" => Some(&mut self.run),
            _ => None,
        };
        let Some(mut place) = target else { return };
        for part in rest.split('.') {
            if !place.is_object() {
                *place = Value::Object(serde_json::Map::new());
            }
            let Value::Object(members) = place else {
                return;
            };
            place = members.entry(part.to_owned()).or_insert(Value::Null);
        }
        *place = value;
    }
}

impl Names<'_> {
    /// The value of a dotted name; none when it has not been saved yet.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        let (root, rest) = name.split_once('.').unwrap_or((name, ""));
        let bound = self.scope.iter().rev().find(|(bound, _)| bound == root);
        let mut value = match bound.map(|(_, binding)| binding) {
            Some(Binding::User(number)) => self.state.users.get(*number)?,
            Some(Binding::Group(number)) => self.state.groups.get(*number)?,
            Some(Binding::Value(value)) => value,
            None if root == "run" => &self.state.run,
            Some(Binding::List(_)) | None => return None,
        };
        for part in rest.split('.').filter(|part| !part.is_empty()) {
            value = value.get(part)?;
            if let Some(number) = referred(value) {
                value = self.state.users.get(number)?;
            }
        }
        Some(value.clone())
    }

    /// The items of a list: `users`, `groups`, a set of the scenario, a bound part, or a group's list such as
    /// `group.members`, without users that were never created or are gone.
    pub(super) fn list(&self, name: &str) -> Option<Vec<Binding>> {
        if let Some((_, Binding::List(part))) =
            self.scope.iter().rev().find(|(bound, _)| bound == name)
        {
            return Some(part.clone());
        }
        match name {
            "users" => return Some((0..self.state.users.len()).map(Binding::User).collect()),
            "groups" => return Some((0..self.state.groups.len()).map(Binding::Group).collect()),
            _ => {}
        }
        if let Some(set) = self.sets.get(name) {
            let all = self.list(&set.of)?;
            let chosen = all.into_iter().skip(set.from).step_by(set.every);
            return Some(chosen.take(set.at_most.unwrap_or(usize::MAX)).collect());
        }
        let Value::Array(entries) = self.value(name)? else {
            return None;
        };
        let users = entries.iter().filter_map(referred);
        let there = |number: &usize| {
            let user = self.state.users.get(*number);
            user.is_some_and(|user| {
                user.get("id").is_some() && user.get("gone") != Some(&Value::Bool(true))
            })
        };
        Some(users.filter(there).map(Binding::User).collect())
    }

    /// The ids of a list's users or groups, of those that have one.
    pub(super) fn ids(&self, name: &str) -> Option<Vec<String>> {
        let item = |binding: &Binding| match binding {
            Binding::User(number) => self.state.users.get(*number),
            Binding::Group(number) => self.state.groups.get(*number),
            Binding::List(_) | Binding::Value(_) => None,
        };
        let id = |binding: Binding| {
            let item = item(&binding)?;
            if item.get("gone") == Some(&Value::Bool(true)) {
                return None;
            }
            item.get("id")?.as_str().map(str::to_owned)
        };
        Some(self.list(name)?.into_iter().filter_map(id).collect())
    }
}

fn referred(value: &Value) -> Option<usize> {
    usize::try_from(value.get("$user")?.as_u64()?).ok()
}
