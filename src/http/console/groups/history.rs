//! What happened to a group: who changed what, and who joined and left, by name.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::Response;
use serde_json::Value;
use uuid::Uuid;

use super::opened;
use crate::auth::Permission;
use crate::http::console::asked::encoded;
use crate::http::console::audit::differences;
use crate::http::console::desk::{Desk, Extracted};
use crate::http::console::lists::{Answer, answered, counted, names, pager, window};
use crate::http::console::views::groups::{Event, GroupHistory};
use crate::http::console::views::person::Change;
use crate::http::console::views::{Section, Shell};
use crate::service::account::groups;
use crate::service::listing::{self, ChangeQuery, ChangeRow};

/// How many differences of one change are shown.
const SHOWN: usize = 25;
/// What a change says of those who joined and left.
const MEMBERS: &str = "members";

pub(super) async fn show(Extracted(desk): Extracted) -> Response<Body> {
    answered(&desk, told(&desk).await)
}

async fn told(desk: &Desk) -> Answer {
    let page = desk.page(Section::Groups);
    let (group, head) = opened(desk, &page).await?;
    let query = ChangeQuery {
        resource: Some(group.stored.id),
        window: window(desk.parameter("after"), desk.parameter("before"))?,
        ..ChangeQuery::default()
    };
    let (service, acting) = (&desk.app().service, desk.acting());
    let found = listing::changes(service, acting, &query).await?;
    let mut events: Vec<Event> = found.rows.iter().map(|row| event(&page, row)).collect();
    let ids = named_in(&events);
    let people = groups::candidates(service, acting, None, &ids).await?;
    let called: HashMap<String, String> = people
        .iter()
        .map(|one| {
            let member = &one.member;
            let (name, _) = names(member.display.as_deref(), member.called.as_deref());
            (member.id.to_string(), name)
        })
        .filter(|(_, name)| !name.is_empty())
        .collect();
    for event in &mut events {
        call(&page, event, &called, desk.may(Permission::ReadLog));
    }
    let words = counted(&page, "groups-changes-count", found.total);
    let path = format!("/groups/{}/history", head.id);
    let place = (path.as_str(), &[][..]);
    let view = GroupHistory {
        events,
        pager: pager(&page, &found, place, ("after", "before"), words),
        group: head,
        page,
    };
    Ok(desk.show(&view))
}

fn event(page: &Shell, row: &ChangeRow) -> Event {
    let recorded = &row.recorded;
    let id = match recorded.operation.as_str() {
        "create" => "groups-event-create",
        "modify" => "groups-event-modify",
        "replace" => "groups-event-replace",
        _ => "groups-event-other",
    };
    let detail: Value = serde_json::from_str(&recorded.detail).unwrap_or_default();
    let mut all = differences(&detail);
    let left_out = all.len().saturating_sub(SHOWN);
    all.truncate(SHOWN);
    let mut changes: Vec<Change> = Vec::new();
    for one in all {
        // Those who joined and left stand together.
        let is_same = |last: &Change| one.path == MEMBERS && last.path == MEMBERS;
        if !changes.last().is_some_and(is_same) {
            changes.push(Change {
                path: one.path,
                before: Vec::new(),
                after: Vec::new(),
            });
        }
        if let Some(last) = changes.last_mut() {
            last.before.extend(one.old);
            last.after.extend(one.new);
        }
    }
    Event {
        words: page.with(id, "operation", &recorded.operation),
        actor: recorded.actor.clone(),
        actor_address: None,
        at: page.moment(&recorded.at),
        request_id: recorded.request_id.clone(),
        log: None,
        changes,
        left_out: i64::try_from(left_out).unwrap_or(i64::MAX),
    }
}

/// The id of the person that an actor's words name.
fn person_of(actor: &str) -> Option<&str> {
    let id = actor
        .strip_prefix("operator ")
        .or_else(|| actor.strip_prefix("user "))?;
    Uuid::try_parse(id).ok().map(|_| id)
}

/// Everybody whom the changes speak of by id.
fn named_in(events: &[Event]) -> Vec<Uuid> {
    let actors = events.iter().filter_map(|event| person_of(&event.actor));
    let changes = events.iter().flat_map(|event| &event.changes);
    let members = changes.filter(|change| change.path == MEMBERS);
    let members = members.flat_map(|change| change.before.iter().chain(&change.after));
    let ids = actors.chain(members.map(String::as_str));
    let mut ids: Vec<Uuid> = ids.filter_map(|id| Uuid::try_parse(id).ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Puts names where a change has ids, and says where to look further.
fn call(page: &Shell, event: &mut Event, called: &HashMap<String, String>, may_read_log: bool) {
    let members = event.changes.iter_mut();
    for change in members.filter(|change| change.path == MEMBERS) {
        for value in change.before.iter_mut().chain(&mut change.after) {
            if let Some(name) = called.get(value) {
                value.clone_from(name);
            }
        }
    }
    if let Some(name) = event.actor.strip_prefix("connection ") {
        event.actor_address = Some(page.at(&format!("/connections/{}", encoded(name))));
        event.log = may_read_log.then(|| page.at(&format!("/log/{}", encoded(&event.request_id))));
        event.actor = page.with("person-by-connection", "name", name);
    } else if let Some(id) = person_of(&event.actor) {
        event.actor_address = Some(page.at(&format!("/users/{id}")));
        if let Some(name) = called.get(id) {
            event.actor = name.clone();
        }
    }
}
