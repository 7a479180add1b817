//! Setting a connection up: what to do in the client, and what has arrived of it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::Response;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use super::connections::opened;
use super::desk::{Desk, Extracted};
use super::lists::answered;
use super::views::connections::{Check, Setup};
use super::views::{Section, Shell};
use super::{Needs, pages};
use crate::auth::Permission;
use crate::error::Result;
use crate::service::admin::{Connection, by_operator};
use crate::service::setup::{Arrived, Sort, arrived};
use crate::store::log::Entry;

pages! {
    "/connections/{name}" =>
        get open, Needs::To(Permission::ReadConnections);
    "/connections/{name}/checks" =>
        get checks_as_json, Needs::To(Permission::ReadConnections);
}

/// Steps in each client: what is done, and the words that stand there in the client's own language.
const GUIDES: &str = include_str!("../../../assets/guides.json");

type Guides = BTreeMap<String, Vec<Vec<String>>>;

static KNOWN: LazyLock<Guides> = LazyLock::new(|| serde_json::from_str(GUIDES).unwrap_or_default());

fn steps(page: &Shell, profile: &str) -> Vec<String> {
    let steps = KNOWN.get(profile).or_else(|| KNOWN.get("generic"));
    let said = |step: &Vec<String>| {
        let mut parts = step.iter().map(String::as_str);
        let id = format!("connections-step-{}", parts.next().unwrap_or_default());
        let what = parts.next().unwrap_or_default();
        let value = parts.next().unwrap_or_default();
        page.language
            .format(&id, &[("what", what), ("value", value)])
    };
    steps.into_iter().flatten().map(said).collect()
}

fn request(entry: &Entry) -> String {
    let path = entry.path.rsplit_once("/v2").map_or("", |(_, path)| path);
    let short: String = path.chars().take(60).collect();
    format!("{} {short}: {}", entry.method, entry.status)
}

fn check(page: &Shell, arrived: &Arrived) -> Check {
    let name = match arrived.sort {
        Sort::Request => "request",
        Sort::Search => "search",
        Sort::User => "user",
        Sort::Change => "change",
        Sort::Leaver => "leaver",
        Sort::Group => "group",
    };
    let state = match &arrived.entry {
        None => "waiting",
        Some(_) if arrived.is_done() => "done",
        Some(_) => "failed",
    };
    let words = match &arrived.entry {
        None => page.text(&format!("connections-check-{name}-hint")),
        Some(entry) => page.moment(&entry.at).shown,
    };
    Check {
        state,
        title: page.text(&format!("connections-check-{name}")),
        said: page.text(&format!("connections-check-{state}")),
        words,
        entry: arrived.entry.as_ref().map(|entry| {
            let address = page.at(&format!("/log/{}", entry.request_id));
            (request(entry), address)
        }),
    }
}

async fn checks(desk: &Desk, page: &Shell, connection: &Connection) -> Result<Option<Vec<Check>>> {
    let Some(log) = desk.app().log.store() else {
        return Ok(None);
    };
    let arrived = arrived(log, desk.acting(), connection).await?;
    Ok(Some(arrived.iter().map(|one| check(page, one)).collect()))
}

async fn open(Extracted(desk): Extracted) -> Response<Body> {
    answered(&desk, show(&desk, desk.part("name"), None).await)
}

/// The page of a connection; `secret`: a token that has just been made.
pub(super) async fn show(
    desk: &Desk,
    name: &str,
    secret: Option<String>,
) -> Result<Response<Body>> {
    let page = desk.page(Section::Connections);
    let (connection, head) = opened(desk, &page, name, "setup").await?;
    let view = Setup {
        base_url: desk.visit.request().base_url,
        secret,
        steps: steps(&page, &connection.profile),
        checks: checks(desk, &page, &connection).await?,
        is_token_maker: desk.may(Permission::ManageTokens),
        head,
        page,
    };
    Ok(desk.show(&view))
}

fn json_of(value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    let media_type = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

/// The same checks for the page's script.
async fn checks_as_json(Extracted(desk): Extracted) -> Response<Body> {
    let told = async {
        let page = desk.page(Section::Connections);
        let service = &desk.app().service;
        let connection = by_operator::get(service, desk.acting(), desk.part("name")).await?;
        let checks = checks(&desk, &page, &connection).await?.unwrap_or_default();
        let checks: Vec<_> = checks
            .into_iter()
            .map(|check| {
                let (request, address) = check.entry.unwrap_or_default();
                json!({
                    "state": check.state, "title": check.title, "said": check.said, "words": check.words,
                    "request": request, "href": address,
                })
            })
            .collect();
        Ok(json_of(&json!({"checks": checks})))
    };
    answered(&desk, told.await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::settings::profiles;
    use crate::language::Language;

    #[test]
    fn every_profile_has_a_guide_of_known_steps() {
        let ids = Language::ids();
        for (name, _) in profiles().unwrap() {
            let steps = KNOWN.get(name).unwrap_or_else(|| panic!("{name}"));
            assert!(steps.len() > 3, "{name}");
            for step in steps {
                let id = format!("connections-step-{}", step[0]);
                assert!(ids.contains(id.as_str()), "{id}");
                let wanted = if matches!(step[0].as_str(), "set" | "map") {
                    3
                } else {
                    2
                };
                assert_eq!(step.len(), wanted, "{name}: {step:?}");
            }
        }
    }
}
