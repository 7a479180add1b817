//! Lists, filters, sorting and pages (RFC 7644 §3.4.2, §3.4.3; RFC 9865).

use std::fmt::Write;
use std::sync::Arc;

use super::cursor::Cursor;
use super::plan::{Found, Plan, Window};
use super::represent::{Representation, represent};
use super::{Call, Service};
use crate::auth::Scope;
use crate::error::{Error, Result};
use crate::filter::Quotes;
use crate::read_elastic;
use crate::schema::ResourceType;
use crate::schema::project::Projection;
use crate::store::pages::Place;
use crate::store::{ResourceKey, Transaction, View};

/// What a client asks for, by URL or by body.
#[derive(Debug, Default)]
pub struct Request {
    /// `filter`.
    pub filter: Option<String>,
    /// `sortBy`.
    pub sort_by: Option<String>,
    /// `sortOrder` is `descending`.
    pub is_descending: bool,
    /// `startIndex`, one-based.
    pub start_index: Option<i64>,
    /// `cursor`; empty for the first page.
    pub cursor: Option<String>,
    /// `count`.
    pub count: Option<i64>,
    /// `attributes` or `excludedAttributes`.
    pub projection: Projection,
    /// Whether the filter stands in the URL, where secrets would be logged (RFC 7644 §7.5.2).
    pub is_in_url: bool,
}

/// Answers a query over the given resource types with the text of a `ListResponse`.
///
/// # Errors
/// `invalidFilter`, `invalidPath` for `sortBy`, `sensitive`, `tooMany`; `invalidCursor`, `expiredCursor`, `invalidCount`; 403.
pub async fn query(
    service: &Service,
    call: &Call<'_>,
    types: &[Arc<ResourceType>],
    request: &Request,
) -> Result<String> {
    for resource_type in types {
        call.caller.require(Scope::Read(resource_type.family))?;
    }
    call.caller.require_connection()?;
    let is_by_cursor = match (request.start_index, &request.cursor) {
        (Some(_), Some(_)) => {
            return Err(Error::invalid_value(
                "\"startIndex\" and \"cursor\" exclude each other; give one of them",
            ));
        }
        (Some(_), None) => false,
        (None, Some(_)) => true,
        (None, None) => service.limits.pages_by_cursor,
    };
    let quotes = if call.caller.settings.unquoted_filters {
        Quotes::Optional
    } else {
        Quotes::Required
    };
    let plan = Plan::new(types, request, quotes)?;
    if is_by_cursor {
        return by_cursor(service, call, types, request, &plan).await;
    }
    let start_index = request.start_index.unwrap_or(1).max(1);
    let window = Window::Numbered {
        offset: start_index - 1,
        count: page_size(service, request.count),
    };
    let asked = Asked {
        service,
        call,
        plan: &plan,
        window: &window,
        projection: &request.projection,
    };
    let (found, represented) = asked.answer().await?;
    let head = format!(
        "\"totalResults\":{},\"startIndex\":{start_index},\"itemsPerPage\":{},",
        found.total,
        represented.len()
    );
    Ok(list(&head, &represented))
}

struct Asked<'a> {
    service: &'a Service,
    call: &'a Call<'a>,
    plan: &'a Plan,
    window: &'a Window,
    projection: &'a Projection,
}

impl Asked<'_> {
    /// What is found, without its rows, and how it is shown; of a replica, if there is one that can answer.
    async fn answer(&self) -> Result<(Found, Vec<Representation>)> {
        let is_wide = self.plan.is_wide();
        let _turn = if is_wide {
            Some(self.service.wide.turn().await?)
        } else {
            None
        };
        let view = match (self.plan.finds_one(), is_wide) {
            (true, _) => View::Newest,
            (false, false) => View::OneState,
            (false, true) => View::Widely,
        };
        read_elastic!(self.service.store, view, |tx| self.answer_of(tx).await)
    }

    async fn answer_of(&self, tx: &mut Transaction) -> Result<(Found, Vec<Representation>)> {
        let (service, call) = (self.service, self.call);
        let mut found = self.plan.find(service, tx, call, self.window).await?;
        let rows = std::mem::take(&mut found.rows);
        let represented = represent(service, tx, call, rows, self.projection).await?;
        Ok((found, represented))
    }
}

fn page_size(service: &Service, asked: Option<i64>) -> i64 {
    asked
        .unwrap_or(service.limits.default_count)
        .clamp(0, service.limits.max_count)
}

/// The text of a `ListResponse`; `head` ends with a comma.
fn list(head: &str, represented: &[Representation]) -> String {
    let length: usize = represented.iter().map(|one| one.body.len() + 1).sum();
    let mut body = String::with_capacity(200 + head.len() + length);
    _ = write!(
        body,
        "{{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],{head}\"Resources\":["
    );
    for (position, one) in represented.iter().enumerate() {
        if position > 0 {
            body.push(',');
        }
        body.push_str(&one.body);
    }
    body.push_str("]}");
    body
}

async fn by_cursor(
    service: &Service,
    call: &Call<'_>,
    types: &[Arc<ResourceType>],
    request: &Request,
    plan: &Plan,
) -> Result<String> {
    let now = service.clock.now();
    let context = context(call, types, request);
    let given = request.cursor.as_deref().filter(|text| !text.is_empty());
    let from = given
        .map(|text| {
            let seconds = service.limits.cursor_seconds;
            service.seal.unseal(text, &context, now, seconds)
        })
        .transpose()?;
    let count = match &from {
        None => page_size(service, request.count),
        Some(cursor) => same_count(service, request.count, cursor)?,
    };
    let window = Window::Beside {
        place: from.as_ref().map(|cursor| Place {
            value: cursor.value.clone(),
            key: ResourceKey(cursor.key),
        }),
        is_backwards: from.as_ref().is_some_and(|cursor| cursor.is_backwards),
        count,
        total: from.as_ref().map(|cursor| cursor.total),
    };
    let asked = Asked {
        service,
        call,
        plan,
        window: &window,
        projection: &request.projection,
    };
    let (found, represented) = asked.answer().await?;
    let (next, previous) = neighbours(&found, from.as_ref());
    let mut head = format!(
        "\"totalResults\":{},\"itemsPerPage\":{},",
        found.total,
        represented.len()
    );
    let places = [
        ("nextCursor", next, false),
        ("previousCursor", previous, true),
    ];
    for (name, place, is_backwards) in places {
        let Some(place) = place else { continue };
        let cursor = Cursor {
            value: place.value,
            key: place.key.0,
            is_backwards,
            count,
            total: found.total,
            issued: now,
        };
        let sealed = service.seal.seal(&cursor, &context)?;
        _ = write!(head, "\"{name}\":\"{sealed}\",");
    }
    Ok(list(&head, &represented))
}

/// Where the pages beside this one begin. There is one on the side from which the client came, and one on the other if more was found.
fn neighbours(found: &Found, from: Option<&Cursor>) -> (Option<Place>, Option<Place>) {
    let (first, last) = (found.places.first().cloned(), found.places.last().cloned());
    match from {
        None => (last.filter(|_| found.has_more), None),
        // Everything before has been deleted: the next page begins with the resource that the client came from.
        Some(cursor) if cursor.is_backwards && found.places.is_empty() => {
            let before = Place {
                value: cursor.value.clone(),
                key: ResourceKey(cursor.key - 1),
            };
            (Some(before), None)
        }
        Some(cursor) if cursor.is_backwards => (last, first.filter(|_| found.has_more)),
        Some(_) => (last.filter(|_| found.has_more), first),
    }
}

fn same_count(service: &Service, asked: Option<i64>, cursor: &Cursor) -> Result<i64> {
    match asked {
        Some(_) if page_size(service, asked) != cursor.count => Err(Error::invalid_count(format!(
            "the first page of this query had the count {}; the pages that follow must have the same",
            cursor.count
        ))),
        Some(_) | None => Ok(cursor.count),
    }
}

/// What a cursor is good for: this caller with these rights, this query.
fn context(call: &Call<'_>, types: &[Arc<ResourceType>], request: &Request) -> String {
    let names: Vec<&str> = types.iter().map(|one| one.name.as_str()).collect();
    let who = serde_json::json!([
        call.caller.tenant_name,
        call.connection(),
        call.caller.subject,
        call.caller.scopes.to_string(),
        names,
        request.filter,
        request.sort_by,
        request.is_descending,
    ]);
    format!("{who}{:?}", request.projection)
}
