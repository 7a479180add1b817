//! What a connection's shield holds: looked at, released, rejected.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::connections::{Question, ask, opened, unconfirmed};
use super::desk::{Desk, Extracted};
use super::lists::answered;
use super::views::connections::{HeldRow, Shield, deed};
use super::views::{FieldError, Section, Shell};
use super::{Needs, pages};
use crate::auth::{Permission, settings};
use crate::error::Result;
use crate::http::account::Form;
use crate::service::admin::{Connection, by_operator};
use crate::service::shield::{self, Kind, Preview, Waiting, Which};

pages! {
    "/connections/{name}/shield" =>
        get look, Needs::To(Permission::ReadConnections);
        post decide, Needs::To(Permission::ManageConnections);
    "/connections/{name}/shield/release" =>
        get ask_release, Needs::To(Permission::ManageConnections);
        post release_all, Needs::To(Permission::ManageConnections);
    "/connections/{name}/shield/reject" =>
        get ask_reject, Needs::To(Permission::ManageConnections);
        post reject_all, Needs::To(Permission::ManageConnections);
}

/// How many changes a page shows.
const ROWS: i64 = 50;

fn row(desk: &Desk, page: &Shell, held: &Preview) -> HeldRow {
    let acting = desk.acting();
    let is_of = |name: Option<&str>| name == Some(held.resource_type.as_str());
    let people = acting.people().ok().map(|(people, _)| people.name.as_str());
    let groups = acting.groups().ok().map(|groups| groups.name.as_str());
    let address = if held.name.is_none() {
        String::new()
    } else if is_of(people) {
        page.at(&format!("/users/{}", held.resource_id))
    } else if is_of(groups) {
        page.at(&format!("/groups/{}", held.resource_id))
    } else {
        String::new()
    };
    let name = held.name.clone();
    HeldRow {
        id: held.id,
        name: name.unwrap_or_else(|| held.resource_id.to_string()),
        address,
        what: deed(page, held.kind, held.amount),
        attempts: held.attempts,
        first: page.moment(&held.first_attempt),
    }
}

fn bounds(page: &Shell, connection: &Connection) -> Result<String> {
    let own = settings::Settings::of(&connection.profile, &connection.settings)?;
    let Some(shield) = own.shield else {
        return Ok(page.text("connections-shield-off"));
    };
    let (count, percent) = (shield.count.to_string(), shield.percent.to_string());
    let (minutes, spare) = (shield.window_minutes.to_string(), shield.spare.to_string());
    Ok(page.language.format(
        "connections-shield-bounds",
        &[
            ("most", count.as_str()),
            ("percent", percent.as_str()),
            ("minutes", minutes.as_str()),
            ("spare", spare.as_str()),
        ],
    ))
}

async fn view(desk: &Desk, errors: Vec<FieldError>) -> Result<Shield> {
    let page = desk.page(Section::Connections);
    let (connection, head) = opened(desk, &page, desk.part("name"), "shield").await?;
    let service = &desk.app().service;
    let after: i64 = desk.parameter("after").parse().unwrap_or_default();
    let mut rows = shield::undecided(service, desk.acting(), &connection, after, ROWS + 1).await?;
    let shown = usize::try_from(ROWS).unwrap_or_default();
    let is_more = rows.len() > shown;
    rows.truncate(shown);
    let here = format!("/connections/{}/shield", connection.name);
    let next = match rows.last().filter(|_| is_more) {
        Some(last) => page.at(&format!("{here}?after={}", last.id)),
        None => String::new(),
    };
    let waiting = waiting(desk, &connection).await?;
    let since = waiting.iter().map(|one| one.since).min();
    Ok(Shield {
        since: since.map(|since| page.moment(&since)),
        bounds: bounds(&page, &connection)?,
        rows: rows.iter().map(|held| row(desk, &page, held)).collect(),
        next,
        first: if after > 0 {
            page.at(&here)
        } else {
            String::new()
        },
        is_manager: desk.may(Permission::ManageConnections),
        errors,
        head,
        page,
    })
}

async fn waiting(desk: &Desk, connection: &Connection) -> Result<Vec<Waiting>> {
    let all = shield::waiting(&desk.app().service, desk.acting()).await?;
    let all = all.into_iter();
    Ok(all.filter(|one| one.connection == connection.key).collect())
}

async fn look(Extracted(desk): Extracted) -> Response<Body> {
    let view = view(&desk, Vec::new()).await;
    answered(&desk, view.map(|view| desk.show(&view)))
}

async fn decide(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let done = async {
        let name = desk.part("name");
        let service = &desk.app().service;
        let numbers = form.all("change");
        let numbers: Option<Vec<i64>> = numbers.iter().map(|text| text.parse().ok()).collect();
        let numbers = numbers.filter(|numbers| !numbers.is_empty());
        let decision = form.text("decision");
        let is_known = matches!(decision.as_str(), "release" | "reject");
        let (Some(numbers), true) = (numbers, is_known) else {
            let language = desk.page(Section::Connections).language;
            let wrong = FieldError::new(language, "", "connections-wrong-chosen");
            let view = view(&desk, vec![wrong]).await?;
            return Ok(desk.show_as(StatusCode::BAD_REQUEST, &view));
        };
        let which = Which::These(numbers);
        let is_released = decision == "release";
        by_operator::decide(service, desk.acting(), name, &which, is_released).await?;
        Ok(decided(&desk, is_released))
    };
    answered(&desk, done.await)
}

fn decided(desk: &Desk, is_released: bool) -> Response<Body> {
    let notice = if is_released {
        "connections-notice-released"
    } else {
        "connections-notice-rejected"
    };
    desk.go(
        &format!("/connections/{}/shield", desk.part("name")),
        notice,
    )
}

fn question(desk: &Desk, waiting: &[Waiting], is_released: bool) -> Question {
    let page = desk.page(Section::Connections);
    let facts = waiting.iter().map(|one| {
        let (term, value) = match one.kind {
            Kind::Deactivation => ("connections-kind-deactivation", one.changes),
            Kind::Deletion => ("connections-kind-deletion", one.changes),
            Kind::Removal => ("connections-kind-removal", one.amount),
        };
        (page.text(term), value.to_string())
    });
    let count: i64 = waiting.iter().map(|one| one.changes).sum();
    let (heading, words, tick, button, action) = if is_released {
        (
            "connections-release-heading",
            "connections-release-words",
            "connections-release-tick",
            "connections-release-button",
            "/shield/release",
        )
    } else {
        (
            "connections-reject-heading",
            "connections-reject-words",
            "connections-reject-tick",
            "connections-reject-button",
            "/shield/reject",
        )
    };
    Question {
        heading: page.counted(heading, &count),
        sentences: vec![page.text(words)],
        facts: facts.collect(),
        action: action.to_owned(),
        cancel: "/shield",
        seen: count.to_string(),
        tick: page.text(tick),
        button: page.counted(button, &count),
        is_danger: true,
    }
}

async fn asked(desk: &Desk, is_released: bool) -> Response<Body> {
    let asked = async {
        let name = desk.part("name");
        let connection = by_operator::get(&desk.app().service, desk.acting(), name).await?;
        let waiting = waiting(desk, &connection).await?;
        if waiting.is_empty() {
            return Ok(desk.go(&format!("/connections/{name}/shield"), ""));
        }
        Ok(ask(
            desk,
            name,
            question(desk, &waiting, is_released),
            Vec::new(),
        ))
    };
    answered(desk, asked.await)
}

async fn all(desk: &Desk, form: &Form, is_released: bool) -> Response<Body> {
    let done = async {
        let name = desk.part("name");
        let service = &desk.app().service;
        let connection = by_operator::get(service, desk.acting(), name).await?;
        let waiting = waiting(desk, &connection).await?;
        let count: i64 = waiting.iter().map(|one| one.changes).sum();
        let errors = if form.text("confirm") != "yes" {
            unconfirmed(desk)
        } else if form.text("seen").parse::<i64>().unwrap_or_default() < count {
            // More has come since: what was not seen is not let pass.
            let language = desk.page(Section::Connections).language;
            vec![FieldError::new(language, "", "connections-wrong-more")]
        } else {
            Vec::new()
        };
        if !errors.is_empty() {
            let question = question(desk, &waiting, is_released);
            return Ok(ask(desk, name, question, errors));
        }
        by_operator::decide(service, desk.acting(), name, &Which::All, is_released).await?;
        Ok(decided(desk, is_released))
    };
    answered(desk, done.await)
}

async fn ask_release(Extracted(desk): Extracted) -> Response<Body> {
    asked(&desk, true).await
}

async fn release_all(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    all(&desk, &form, true).await
}

async fn ask_reject(Extracted(desk): Extracted) -> Response<Body> {
    asked(&desk, false).await
}

async fn reject_all(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    all(&desk, &form, false).await
}
