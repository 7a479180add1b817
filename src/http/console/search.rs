//! Search: users, groups, connections, and the console's pages by name. A page, or JSON for the palette of the console's script.

use axum::body::Body;
use axum::http::Response;
use axum::http::header::{self, HeaderMap, HeaderValue};
use serde_json::json;

use super::asked::encoded;
use super::desk::{Desk, Extracted};
use super::lists::counted;
use super::views::search::{Found, Hit, Search, pages_called};
use super::views::{Section, Shell};
use super::{Needs, pages};
use crate::auth::Permission;
use crate::error::Result;
use crate::service::account::people;
use crate::service::listing::{self, GroupQuery, GroupRow, Kind, PeopleQuery, PersonRow, Window};

pages! {
    "/search" =>
        get search, Needs::To(Permission::ReadPeople);
}

/// How many of each are shown.
const SHOWN: i64 = 8;
/// How much of what was typed is looked for, in characters.
const LONGEST: usize = 200;

async fn search(Extracted(desk): Extracted, headers: HeaderMap) -> Response<Body> {
    let page = desk.page(Section::None);
    let typed: String = desk.parameter("q").chars().take(LONGEST).collect();
    let found = match find(&desk, &page, &typed).await {
        Ok(found) => found,
        Err(error) => return desk.failed(error),
    };
    let mut response = if is_for_the_palette(&headers) {
        listed(&found)
    } else {
        desk.show(&Search { page, typed, found })
    };
    let accept = HeaderValue::from_static("Accept");
    response.headers_mut().insert(header::VARY, accept);
    response
}

fn is_for_the_palette(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT);
    let accept = accept.and_then(|value| value.to_str().ok());
    accept.is_some_and(|text| text.starts_with("application/json"))
}

async fn find(desk: &Desk, page: &Shell, typed: &str) -> Result<Found> {
    if typed.is_empty() {
        return Ok(Found {
            pages: pages_called(page, ""),
            ..Found::default()
        });
    }
    let (service, acting) = (&desk.app().service, desk.acting());
    let window = Window {
        count: SHOWN,
        ..Window::default()
    };
    let query = PeopleQuery {
        search: Some(typed.to_owned()),
        kind: Kind::All,
        window,
        ..PeopleQuery::default()
    };
    let users = listing::people(service, acting, &query).await?;
    let query = GroupQuery {
        search: Some(typed.to_owned()),
        audience: Kind::All,
        window,
        ..GroupQuery::default()
    };
    let groups = listing::groups(service, acting, &query).await?;
    let wanted = typed.to_lowercase();
    let connections = people::connections(service, acting).await?;
    let connections = connections
        .into_iter()
        .filter(|name| name.to_lowercase().contains(&wanted))
        .take(usize::try_from(SHOWN).unwrap_or_default());
    let more = users.next.is_some();
    Ok(Found {
        all_users: if more {
            page.at(&format!("/users?q={}", encoded(typed)))
        } else {
            String::new()
        },
        users: users.rows.into_iter().map(|row| user(page, row)).collect(),
        groups: groups
            .rows
            .into_iter()
            .map(|row| group(page, row))
            .collect(),
        connections: connections
            .map(|name| Hit {
                sign: "connection",
                address: page.at(&format!("/connections/{}", encoded(&name))),
                detail: page.text("people-a-connection"),
                title: name,
            })
            .collect(),
        pages: pages_called(page, typed),
    })
}

fn user(page: &Shell, row: PersonRow) -> Hit {
    let name = row.display.filter(|name| !name.is_empty());
    Hit {
        sign: if row.is_operator { "operator" } else { "user" },
        address: page.at(&format!("/users/{}", row.id)),
        title: name.unwrap_or_else(|| row.username.clone()),
        detail: row.username,
    }
}

fn group(page: &Shell, row: GroupRow) -> Hit {
    Hit {
        sign: "group",
        address: page.at(&format!("/groups/{}", row.id)),
        title: row.display,
        detail: counted(page, "people-members", row.members),
    }
}

/// What the palette reads.
fn listed(found: &Found) -> Response<Body> {
    let hits = found.sections().into_iter().flatten();
    let results: Vec<serde_json::Value> = hits
        .map(|hit| json!({"title": hit.title, "detail": hit.detail, "href": hit.address}))
        .collect();
    let mut response = Response::new(Body::from(json!({"results": results}).to_string()));
    let media_type = HeaderValue::from_static("application/json");
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    response
}
