//! The dashboard: how connections are, what waits for a decision, which letters failed, what is left of the set-up.

use axum::body::Body;
use axum::http::Response;

use super::connections::rows;
use super::desk::{Desk, Extracted};
use super::lists::answered;
use super::views::connections::Row;
use super::views::dashboard::{Dashboard, Failed, Held, Step};
use super::views::{Section, Shell};
use super::{Needs, pages, proof};
use crate::auth::Permission;
use crate::error::Result;
use crate::http::account::Form;
use crate::service::admin::{Connection, by_operator};
use crate::service::dashboard::{self, Mail};
use crate::service::shield::{self, Kind};

pages! {
    "" =>
        get show, Needs::Operator;
    "/letters/again" =>
        post send_again, Needs::To(Permission::ResetPasswords);
    "/setup/hide" =>
        post hide, Needs::Operator;
}

/// How many connections have a card.
const CARDS: usize = 24;
/// How many letters that failed are shown.
const LETTERS: i64 = 10;
/// The cookie of whoever has seen enough of the set-up.
const HIDDEN: &str = "muster-setup";
const YEAR: i64 = 31_536_000;

async fn show(Extracted(desk): Extracted) -> Response<Body> {
    answered(&desk, shown(&desk).await)
}

async fn shown(desk: &Desk) -> Result<Response<Body>> {
    let page = desk.page(Section::Dashboard);
    let service = &desk.app().service;
    let shows_connections = desk.may(Permission::ReadConnections);
    let (connections, cards, held) = if shows_connections {
        let mut connections = by_operator::list(service, desk.acting()).await?;
        let held = held(desk, &page, &connections).await?;
        connections.truncate(CARDS);
        let cards = rows(desk, &page, &connections).await?;
        (connections, cards, held)
    } else {
        Default::default()
    };
    let mail = if desk.may(Permission::ReadPeople) {
        dashboard::mail(service, desk.acting(), LETTERS).await?
    } else {
        Mail {
            failed: Vec::new(),
            works: None,
        }
    };
    let steps = steps(desk, &page, &cards, &mail).await?;
    let is_manager = desk.may(Permission::ManageConnections);
    let view = Dashboard {
        is_first: is_manager
            && !steps.is_empty()
            && connections.len() < 2
            && cards.iter().all(|card| card.last.is_none()),
        cards,
        shows_connections,
        held,
        failed: mail
            .failed
            .into_iter()
            .map(|letter| {
                let subject = format!("mail-{}-subject", letter.kind.replace('_', "-"));
                Failed {
                    key: letter.key,
                    address: letter.address,
                    subject: page.with(&subject, "organization", &page.organization),
                    reason: letter.failure.unwrap_or_default(),
                    attempts: page.counted("dashboard-attempts", &letter.attempts),
                }
            })
            .collect(),
        is_sender: desk.may(Permission::ResetPasswords),
        steps,
        page,
    };
    Ok(desk.show(&view))
}

async fn held(desk: &Desk, page: &Shell, connections: &[Connection]) -> Result<Vec<Held>> {
    let waiting = shield::waiting(&desk.app().service, desk.acting()).await?;
    let held = waiting.into_iter().filter_map(|one| {
        let connection = connections
            .iter()
            .find(|known| known.key == one.connection)?;
        let words = match one.kind {
            Kind::Deactivation => page.counted("dashboard-deactivations", &one.changes),
            Kind::Deletion => page.counted("dashboard-deletions", &one.changes),
            Kind::Removal => page.counted("dashboard-removals", &one.amount),
        };
        Some(Held {
            connection: connection.name.clone(),
            words,
            since: page.moment(&one.since),
        })
    });
    Ok(held.collect())
}

fn state(is_done: bool) -> &'static str {
    if is_done { "done" } else { "" }
}

/// What is left of the set-up; nothing when all is done, for those who cannot do it, and for those who have hidden it.
async fn steps(desk: &Desk, page: &Shell, cards: &[Row], mail: &Mail) -> Result<Vec<Step>> {
    let is_hidden = desk.visit.cookie(HIDDEN) == Some("hidden");
    if is_hidden || !desk.may(Permission::ManageConnections) {
        return Ok(Vec::new());
    }
    let step = |state: &'static str, name: &str, path: &str| {
        let id = |part: &str| page.text(&format!("dashboard-step-{name}{part}"));
        let is_open = state != "done" && !path.is_empty();
        Step {
            state,
            title: id(""),
            words: if is_open { id("-words") } else { String::new() },
            link: is_open.then(|| (page.at(path), id("-link"))),
        }
    };
    let owners = dashboard::count_owners(&desk.app().service, desk.acting()).await?;
    let mut steps = vec![step("done", "owner", "")];
    let has_factor = proof::has_second_factor(desk);
    steps.push(step(state(has_factor), "factor", "/own/factor"));
    let is_heard = cards.iter().any(|card| card.last.is_some());
    let provider = match cards.first() {
        Some(card) => format!("/connections/{}", card.name),
        None => "/connections/new".to_owned(),
    };
    steps.push(step(state(is_heard), "provider", &provider));
    let mail = match mail.works {
        Some(true) => "done",
        Some(false) => "failed",
        None => "",
    };
    steps.push(step(mail, "mail", "/settings/mail"));
    steps.push(step(state(owners > 1), "second", "/operators/new"));
    if steps.iter().all(|step| step.state == "done") {
        steps.clear();
    }
    Ok(steps)
}

async fn send_again(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let letter = form.text("id").parse().unwrap_or_default();
    let done = dashboard::send_again(&desk.app().service, desk.acting(), letter).await;
    answered(&desk, done.map(|()| desk.go("", "dashboard-notice-again")))
}

async fn hide(Extracted(desk): Extracted) -> Response<Body> {
    let mut response = desk.go("", "");
    desk.visit
        .set_cookie(&mut response, HIDDEN, "hidden", Some(YEAR));
    response
}
