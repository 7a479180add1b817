//! The provisioning log: what clients asked and were answered.

use axum::body::Body;
use axum::http::Response;
use serde_json::Value;

use super::asked::{curl, cut, encoded, page_of, pretty, query};
use super::desk::{Desk, Extracted};
use super::views::Section;
use super::views::log::{Document, Log, LogEntry, LogFilter, LogRow};
use super::{Needs, pages};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::service::requests::{self, Query};
use crate::store::log::{Entry, LogStore};

const HOUR: i64 = 3_600_000_000;
/// How many requests a page has.
const ROWS: i64 = 50;
/// How much of a body is shown, in characters.
const SHOWN: usize = 10_000;
/// A body that is longer than this does not stand in the command, in characters.
const IN_COMMAND: usize = 4_000;
/// How much of an address or a sentence a row shows, in characters.
const IN_ROW: usize = 120;

pages! {
    "/log" =>
        get list, Needs::To(Permission::ReadLog);
    "/log/{id}" =>
        get entry, Needs::To(Permission::ReadLog);
}

async fn list(Extracted(desk): Extracted) -> Response<Body> {
    match log(&desk).await {
        Ok(view) => desk.show(&view),
        Err(error) => desk.failed(error),
    }
}

/// The parameter, if it is one of these words.
fn one_of(desk: &Desk, name: &str, words: &[&str]) -> String {
    let asked = desk.parameter(name);
    let known = words.contains(&asked);
    if known {
        asked.to_owned()
    } else {
        String::new()
    }
}

fn filter(desk: &Desk) -> LogFilter {
    LogFilter {
        connection: desk.parameter("connection").to_owned(),
        method: one_of(desk, "method", &LogFilter::METHODS),
        status: one_of(desk, "status", &["2", "4", "5"]),
        outcome: one_of(desk, "outcome", &["ok", "refused", "held", "failed"]),
        since: one_of(desk, "since", &["hour", "day", "week"]),
        resource: desk.parameter("resource").to_owned(),
        request: desk.parameter("request").to_owned(),
    }
}

fn asked(desk: &Desk, filter: &LogFilter) -> Query {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let number = |name: &str| desk.parameter(name).parse::<i64>().ok();
    let now = desk.app().service.clock.now();
    let span = match filter.since.as_str() {
        "hour" => Some(HOUR),
        "day" => Some(24 * HOUR),
        "week" => Some(7 * 24 * HOUR),
        _ => None,
    };
    Query {
        connection: some(&filter.connection),
        method: some(&filter.method).filter(|method| method != "changes"),
        changes_only: filter.method == "changes",
        hundred: filter.status.parse().ok(),
        outcome: some(&filter.outcome),
        resource: some(&filter.resource),
        request_id: some(&filter.request),
        since: span.map(|span| now - span),
        until: None,
        before: number("before").filter(|number| *number > 0),
        after: number("after").filter(|number| *number >= 0),
        count: ROWS,
    }
}

/// The address of the list with this filter.
fn address(desk: &Desk, filter: &LogFilter, place: (&str, &str)) -> String {
    let parameters = [
        ("connection", filter.connection.as_str()),
        ("method", &filter.method),
        ("status", &filter.status),
        ("outcome", &filter.outcome),
        ("since", &filter.since),
        ("resource", &filter.resource),
        ("request", &filter.request),
        place,
    ];
    desk.page_at(&format!("/log{}", query(&parameters)))
}

async fn log(desk: &Desk) -> Result<Log> {
    let service = &desk.app().service;
    let filter = filter(desk);
    let connections = requests::connection_names(service, desk.acting()).await?;
    let page = match desk.app().log.store() {
        Some(store) => requests::page(service, store, desk.acting(), &asked(desk, &filter)).await?,
        None => requests::Page::default(),
    };
    let shell = desk.page(Section::Log);
    let place = |name: &str, number: Option<i64>| {
        number.map_or_else(String::new, |number| {
            address(desk, &filter, (name, &number.to_string()))
        })
    };
    let chips = ["", "ok", "refused", "held", "failed"].map(|outcome| {
        let with = LogFilter {
            outcome: outcome.to_owned(),
            ..filter.clone()
        };
        let is_here = with.outcome == filter.outcome;
        (outcome.to_owned(), address(desk, &with, ("", "")), is_here)
    });
    let rows = page.rows.into_iter();
    let rows = rows.map(|(entry, connection)| row(desk, &shell, &entry, connection));
    let is_filtered = filter != LogFilter::default()
        || ["before", "after"]
            .iter()
            .any(|name| !desk.parameter(name).is_empty());
    Ok(Log {
        errors: Vec::new(),
        is_on: desk.app().log.store().is_some(),
        may_connect: desk.may(Permission::Configure),
        rows: rows.collect(),
        older: place("before", page.older),
        newer: place("after", page.newer),
        is_cut: page.is_cut,
        is_filtered,
        chips: chips.to_vec(),
        connections,
        filter,
        page: shell,
    })
}

fn row(
    desk: &Desk,
    shell: &super::views::Shell,
    entry: &Entry,
    connection: Option<String>,
) -> LogRow {
    let shortened = |text: &str| {
        let (text, is_cut) = cut(text, IN_ROW);
        if is_cut { format!("{text}…") } else { text }
    };
    LogRow {
        number: entry.key,
        at: shell.moment(&entry.at),
        method: entry.method.clone(),
        target: shortened(&requests::target(entry)),
        detail: shortened(entry.detail.as_deref().unwrap_or_default()),
        outcome: entry.outcome.clone(),
        status: entry.status,
        scim_type: entry.scim_type.clone().unwrap_or_default(),
        connection_address: connection
            .as_ref()
            .map(|name| desk.page_at(&format!("/connections/{}", encoded(name)))),
        who: connection.unwrap_or_else(|| entry.actor.clone()),
        duration: milliseconds(entry.duration),
    }
}

fn milliseconds(microseconds: i64) -> String {
    format!("{}.{}", microseconds / 1_000, microseconds % 1_000 / 100)
}

async fn entry(Extracted(desk): Extracted) -> Response<Body> {
    match shown(&desk).await {
        Ok(view) => desk.show(&view),
        Err(error) => desk.failed(error),
    }
}

/// Where the log is.
fn store(desk: &Desk) -> Result<&LogStore> {
    let store = desk.app().log.store();
    store.ok_or_else(|| Error::not_found("nothing is kept: the provisioning log is switched off"))
}

fn document(text: Option<&String>, bytes: i64) -> Document {
    let all = text.map_or_else(String::new, |text| pretty(text));
    let (text, is_cut) = cut(&all, SHOWN);
    Document {
        text,
        is_cut,
        bytes,
    }
}

async fn shown(desk: &Desk) -> Result<LogEntry> {
    let service = &desk.app().service;
    let detail = requests::entry(service, store(desk)?, desk.acting(), desk.part("id")).await?;
    let entry = detail.entry;
    let headers: Value = serde_json::from_str(&entry.headers).unwrap_or_default();
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let sent = entry.request_body.as_deref().unwrap_or_default();
    let sent = if sent.chars().count() > IN_COMMAND {
        "@request.json"
    } else {
        sent
    };
    let query_text = if entry.query.is_empty() {
        String::new()
    } else {
        format!("?{}", entry.query)
    };
    let url = format!("{}{}{query_text}", desk.app().public_url, entry.path);
    let resource_type = entry.resource_type.as_deref().unwrap_or_default();
    let resource_id = entry.resource_id.clone().unwrap_or_default();
    let at = |number: Option<i64>| {
        number.map_or_else(String::new, |number| {
            desk.page_at(&format!("/log/{number}"))
        })
    };
    let shell = desk.page(Section::Log);
    let explained = detail.explained;
    Ok(LogEntry {
        at: shell.moment(&entry.at),
        target: requests::target(&entry),
        duration: milliseconds(entry.duration),
        curl: curl(&entry.method, &url, header("content-type"), sent),
        client: header("user-agent").to_owned(),
        request: document(entry.request_body.as_ref(), entry.request_bytes),
        answer: document(entry.response_body.as_ref(), entry.response_bytes),
        resource_address: page_of(desk, resource_type, &resource_id)
            .filter(|_| !resource_id.is_empty()),
        requests_address: desk.page_at(&format!("/log{}", query(&[("resource", &resource_id)]))),
        history_address: (desk.may(Permission::ReadAudit) && !resource_id.is_empty())
            .then(|| desk.page_at(&format!("/audit{}", query(&[("resource", &resource_id)])))),
        workbench_address: desk
            .may(Permission::ReadPeople)
            .then(|| desk.page_at(&format!("/workbench?entry={}", entry.key))),
        connection_address: detail
            .connection
            .as_ref()
            .map(|name| desk.page_at(&format!("/connections/{}", encoded(name)))),
        who: detail.connection.unwrap_or_else(|| entry.actor.clone()),
        parts: vec![
            ("log-understood".to_owned(), explained.understood),
            ("log-matched".to_owned(), explained.matched),
            ("log-changed".to_owned(), explained.changed),
            ("log-why-refused".to_owned(), explained.refused),
        ],
        advice: explained.advice,
        older: at(detail.neighbours.0),
        newer: at(detail.neighbours.1),
        method: entry.method,
        status: entry.status,
        outcome: entry.outcome,
        scim_type: entry.scim_type.unwrap_or_default(),
        token: entry.token_id.unwrap_or_default(),
        address: entry.address.unwrap_or_default(),
        request_id: entry.request_id,
        resource_id,
        page: shell,
    })
}
