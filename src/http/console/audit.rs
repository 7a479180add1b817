//! The history of everything: who changed what.

use axum::body::Body;
use axum::http::Response;
use axum::http::header::{self, HeaderValue};
use serde_json::Value;
use uuid::Uuid;

use super::asked::{cut, day, encoded, page_of, query};
use super::desk::{Desk, Extracted};
use super::views::audit::{Audit, AuditFilter, AuditRow, Difference, OPERATIONS};
use super::views::{Section, Shell};
use super::{Needs, pages};
use crate::auth::Permission;
use crate::error::Result;
use crate::service::audit::{self, Entry};
use crate::service::listing::{ChangeQuery, Window};

const DAY: i64 = 86_400_000_000;
/// How many differences of one change a list shows.
const IN_LIST: usize = 8;
/// How many a page of one request shows.
const ON_PAGE: usize = 100;
/// How much of a value is shown, in characters.
const IN_VALUE: usize = 160;

pages! {
    "/audit" =>
        get list, Needs::To(Permission::ReadAudit);
    "/audit/export" =>
        get export, Needs::To(Permission::ReadAudit);
}

fn filter(desk: &Desk) -> AuditFilter {
    let operation = desk.parameter("operation");
    let is_known = OPERATIONS.iter().any(|(known, _)| *known == operation);
    let dated = |name: &str| {
        let text = desk.parameter(name);
        day(text).map_or_else(String::new, |_| text.to_owned())
    };
    let id = |name: &str| {
        let text = desk.parameter(name);
        Uuid::try_parse(text).map_or_else(|_| String::new(), |id| id.to_string())
    };
    AuditFilter {
        operation: if is_known {
            operation.to_owned()
        } else {
            String::new()
        },
        actor: desk.parameter("actor").to_owned(),
        resource: id("resource"),
        request: desk.parameter("request").to_owned(),
        from: dated("from"),
        to: dated("to"),
    }
}

fn asked(desk: &Desk, filter: &AuditFilter) -> Result<ChangeQuery> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    // Who signs in acts under an id, which is what other pages have at hand.
    let actor = some(&filter.actor).map(|actor| match Uuid::try_parse(&actor) {
        Ok(id) => format!("operator {id}"),
        Err(_) => actor,
    });
    let (after, before) = (desk.parameter("after"), desk.parameter("before"));
    let at = match (after, before) {
        ("", "") => None,
        ("", place) | (place, _) => Some(place.parse()?),
    };
    Ok(ChangeQuery {
        resource: Uuid::try_parse(&filter.resource).ok(),
        actor,
        operation: some(&filter.operation),
        request_id: some(&filter.request),
        since: day(&filter.from),
        until: day(&filter.to).map(|day| day + DAY),
        window: Window {
            at,
            is_backwards: after.is_empty() && !before.is_empty(),
            ..Window::default()
        },
    })
}

fn parameters(filter: &AuditFilter, place: (&str, &str)) -> String {
    query(&[
        ("operation", &filter.operation),
        ("actor", &filter.actor),
        ("resource", &filter.resource),
        ("request", &filter.request),
        ("from", &filter.from),
        ("to", &filter.to),
        place,
    ])
}

async fn list(Extracted(desk): Extracted) -> Response<Body> {
    match shown(&desk).await {
        Ok(view) => desk.show(&view),
        Err(error) => desk.failed(error),
    }
}

async fn shown(desk: &Desk) -> Result<Audit> {
    let filter = filter(desk);
    let asked = asked(desk, &filter)?;
    let changes = audit::page(&desk.app().service, desk.acting(), &asked).await?;
    let address =
        |place: (&str, &str)| desk.page_at(&format!("/audit{}", parameters(&filter, place)));
    let next = changes.next.as_deref();
    let previous = changes.previous.as_deref();
    let shell = desk.page(Section::Audit);
    let is_one = !filter.request.is_empty();
    let rows = changes.rows.iter();
    let rows = rows.map(|entry| row(desk, &shell, entry, is_one)).collect();
    Ok(Audit {
        errors: Vec::new(),
        rows,
        older: next.map_or_else(String::new, |place| address(("after", place))),
        newer: previous.map_or_else(String::new, |place| address(("before", place))),
        export: desk.page_at(&format!("/audit/export{}", parameters(&filter, ("", "")))),
        is_cut: changes.is_cut,
        is_filtered: filter != AuditFilter::default() || asked.window.at.is_some(),
        total: changes.total.number,
        has_more: changes.total.is_more,
        filter,
        page: shell,
    })
}

fn row(desk: &Desk, shell: &Shell, entry: &Entry, is_one: bool) -> AuditRow {
    let (change, recorded) = (&entry.row, &entry.row.recorded);
    let id = change
        .resource
        .map_or_else(String::new, |id| id.to_string());
    let resource_type = change.resource_type.as_deref().unwrap_or_default();
    let detail: Value = serde_json::from_str(&recorded.detail).unwrap_or_default();
    let mut differences = differences(&detail);
    let most = if is_one { ON_PAGE } else { IN_LIST };
    let left_out = differences.len().saturating_sub(most);
    differences.truncate(most);
    let of_request = |section: &str| {
        let is_there = !recorded.request_id.is_empty();
        is_there.then(|| {
            desk.page_at(&format!(
                "/{section}{}",
                encoded_id(section, &recorded.request_id)
            ))
        })
    };
    let actor = recorded.actor.as_str();
    let known = actor
        .split_once(' ')
        .filter(|(_, id)| Uuid::try_parse(id).is_ok());
    AuditRow {
        at: shell.moment(&recorded.at),
        operation: recorded.operation.clone(),
        actor: match (&entry.actor_name, actor.strip_prefix("connection ")) {
            (Some(name), _) => name.clone(),
            (None, Some(name)) => shell.with("person-by-connection", "name", name),
            (None, None) => actor.to_owned(),
        },
        actor_address: match (known, actor.strip_prefix("connection ")) {
            (Some((_, id)), _) if entry.actor_name.is_some() => {
                Some(desk.page_at(&format!("/users/{}", encoded(id))))
            }
            (_, Some(name)) => Some(desk.page_at(&format!("/connections/{}", encoded(name)))),
            _ => None,
        },
        subject: change
            .display
            .clone()
            .or_else(|| entry.called.clone())
            .unwrap_or_else(|| id.clone()),
        subject_type: resource_type.to_owned(),
        subject_address: page_of(desk, resource_type, &id).filter(|_| change.is_there),
        about: about(&detail),
        differences,
        left_out: i64::try_from(left_out).unwrap_or(i64::MAX),
        all_address: of_request("audit"),
        request_address: of_request("log")
            .filter(|_| change.resource.is_some() && desk.may(Permission::ReadLog)),
    }
}

/// Where a request's changes, or the request itself, are shown.
fn encoded_id(section: &str, id: &str) -> String {
    match section {
        "log" => format!("/{}", encoded(id)),
        _ => query(&[("request", id)]),
    }
}

fn short(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let (text, is_cut) = cut(&text, IN_VALUE);
    if is_cut { format!("{text}…") } else { text }
}

/// What is different, attribute by attribute, and who joined or left.
pub(super) fn differences(detail: &Value) -> Vec<Difference> {
    let attributes = detail.get("attributes").and_then(Value::as_object);
    let mut all: Vec<Difference> = attributes
        .into_iter()
        .flatten()
        .map(|(path, change)| Difference {
            path: path.clone(),
            old: change.get("old").map(short),
            new: change.get("new").map(short),
        })
        .collect();
    for what in ["added", "removed"] {
        let ids = detail
            .pointer(&format!("/members/{what}"))
            .and_then(Value::as_array);
        for id in ids.into_iter().flatten() {
            let (old, new) = match what {
                "added" => (None, Some(short(id))),
                _ => (Some(short(id)), None),
            };
            all.push(Difference {
                path: "members".to_owned(),
                old,
                new,
            });
        }
    }
    all
}

/// What a change that is about no resource says of itself.
fn about(detail: &Value) -> String {
    let text = |name: &str| detail.get(name).and_then(Value::as_str);
    let mut named = ["name", "connection", "path", "id", "username"].iter();
    let found = named.find_map(|name| text(name));
    let documents = detail.get("documents").and_then(Value::as_array);
    let documents = documents.and_then(|all| all.first()?.as_str());
    let (text, _) = cut(found.or(documents).unwrap_or_default(), IN_VALUE);
    text
}

async fn export(Extracted(desk): Extracted) -> Response<Body> {
    let exported = async {
        let asked = asked(&desk, &filter(&desk))?;
        audit::export(&desk.app().service, desk.acting(), &asked).await
    };
    match exported.await {
        Ok(lines) => {
            let mut response = Response::new(Body::from(lines));
            let headers = response.headers_mut();
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/jsonl; charset=utf-8"),
            );
            headers.insert(
                header::CONTENT_DISPOSITION,
                HeaderValue::from_static("attachment; filename=\"audit.jsonl\""),
            );
            super::desk::with_policy(response)
        }
        Err(error) => desk.failed(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_read_from_what_is_recorded() {
        let detail = json!({
            "attributes": {"title": {"old": "A", "new": "B"}, "note": "changed"},
            "members": {"added": ["x"], "removed": ["y"]},
        });
        let all = differences(&detail);
        assert_eq!(all.len(), 4);
        let joined: Vec<_> = all.iter().filter(|one| one.path == "members").collect();
        assert_eq!(joined[0].new.as_deref(), Some("x"));
        assert_eq!(joined[1].old.as_deref(), Some("y"));
    }
}
