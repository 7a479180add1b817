//! What was done with a person, value by value.

use serde_json::{Map, Value};

use super::{Answer, below, head, in_short, page, person, word_of};
use crate::error::Result;
use crate::http::console::desk::{Desk, Extracted};
use crate::http::console::views::Shell;
use crate::http::console::views::person::{Change, Event, History};
use crate::service::account::record::{self, Actor, By};

/// How many changes a page shows.
const PAGE: i64 = 25;
/// How many values of one change are shown, and how long each is at most, in characters.
const VALUES: usize = 40;
const LENGTH: usize = 300;

/// Whose changes can be asked for: the parameter, and the message.
const CHOICES: &[(&str, By, &str)] = &[
    ("", By::Anybody, "person-by-anybody"),
    ("connections", By::Connections, "person-by-connections"),
    ("operators", By::Operators, "person-by-operators"),
    ("person", By::People, "person-by-person"),
];

pub(super) async fn show(Extracted(desk): Extracted) -> Answer {
    shown(&desk)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn shown(desk: &Desk) -> Result<Answer> {
    let record = person(desk).await?;
    let id = record.person.stored.id;
    let asked = desk.parameter("by");
    let known = CHOICES.iter().find(|(name, _, _)| *name == asked);
    let (name, by) = known.map_or(("", By::Anybody), |(name, by, _)| (*name, *by));
    let before = desk.parameter("before").parse::<i64>().ok();
    let (service, acting) = (&desk.app().service, desk.acting());
    let (events, next) = record::history(service, acting, id, by, before, PAGE).await?;
    let page = page(desk, &record);
    let address = |rest: &str| page.at(&below(id, &format!("history?by={name}{rest}")));
    let choices = CHOICES.iter();
    let view = History {
        head: head(desk, &page, &record, "history"),
        choices: choices
            .map(|(name, _, id)| ((*name).to_owned(), page.text(id)))
            .collect(),
        by: name.to_owned(),
        events: events.iter().map(|event| told(&page, event)).collect(),
        first: before.map(|_| address("")).unwrap_or_default(),
        next: next
            .map(|next| address(&format!("&before={next}")))
            .unwrap_or_default(),
        page,
    };
    Ok(desk.show(&view))
}

fn told(page: &Shell, event: &record::Event) -> Event {
    let change = &event.change;
    let (who, address) = match &event.actor {
        Actor::Connection(name) => {
            let said = page.with("person-by-connection", "name", name);
            (said, None)
        }
        Actor::Operator(named) => (named.name.clone(), Some(page.at(&below(named.id, "")))),
        Actor::Person(named) => (named.name.clone(), None),
        Actor::Other(words) => (words.clone(), None),
    };
    let detail: Value = serde_json::from_str(&change.detail).unwrap_or_default();
    let nothing = Map::new();
    let detail = detail.as_object().unwrap_or(&nothing);
    let what = word_of(page, "person-did-", &change.operation.to_lowercase());
    let when = page.moment(&change.at);
    let is_clients = matches!(event.actor, Actor::Connection(_));
    Event {
        what: what.unwrap_or_else(|| change.operation.clone()),
        who,
        address,
        log: is_clients.then(|| page.at(&format!("/log/{}", change.request_id))),
        label: page.with("person-changes-at", "when", &when.shown),
        changes: changes(page, detail),
        when,
    }
}

/// What a change says: values before and after, and whatever else it notes.
fn changes(page: &Shell, detail: &Map<String, Value>) -> Vec<Change> {
    let mut all = Vec::new();
    for (name, value) in detail {
        match (name.as_str(), value) {
            ("attributes", Value::Object(attributes)) => {
                all.extend(
                    attributes
                        .iter()
                        .map(|(path, values)| differs(page, path, values)),
                );
            }
            ("members", _) => {}
            _ => all.push(Change {
                path: name.clone(),
                before: Vec::new(),
                after: vec![cut(&in_short(page, value))],
            }),
        }
    }
    all
}

fn differs(page: &Shell, path: &str, values: &Value) -> Change {
    let Some(object) = values.as_object() else {
        // A secret: only that it was set, or taken away.
        let word = record::shown(values);
        let said = word_of(page, "person-secret-", &word).unwrap_or(word);
        return Change {
            path: path.to_owned(),
            before: Vec::new(),
            after: vec![said],
        };
    };
    let list = |name: &str| match object.get(name) {
        Some(Value::Array(values)) => values.clone(),
        Some(value) => vec![value.clone()],
        None => Vec::new(),
    };
    let (old, new) = (list("old"), list("new"));
    // Of lists, what has stayed is no news.
    let news = |of: &[Value], other: &[Value]| {
        let values = of.iter().filter(|value| !other.contains(value));
        let values = values.take(VALUES).map(|value| cut(&in_short(page, value)));
        values.collect::<Vec<_>>()
    };
    Change {
        path: path.to_owned(),
        before: news(&old, &new),
        after: news(&new, &old),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LENGTH {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(LENGTH).collect();
    format!("{beginning}…")
}
