//! What lists of the console have in common: their pages, what is ticked in them, how much there is.

use axum::body::Body;
use axum::http::Response;
use uuid::Uuid;

use super::asked::query;
use super::desk::Desk;
use super::views::Shell;
use super::views::groups::Pager;
use crate::error::{Error, Result};
use crate::http::account::Form;
use crate::service::listing::{Count, Page, Place, Window};

/// What a handler comes to.
pub(super) type Answer = Result<Response<Body>>;

/// The answer, or the page that says why there is none.
pub(super) fn answered(desk: &Desk, answer: Answer) -> Response<Body> {
    answer.unwrap_or_else(|error| desk.failed(error))
}

/// The id of the address.
pub(super) fn id_of(desk: &Desk) -> Result<Uuid> {
    let text = desk.part("id");
    Uuid::try_parse(text)
        .ok()
        .filter(|id| id.to_string() == text)
        .ok_or_else(|| Error::not_found("there is nothing with this id"))
}

/// The ids that were ticked, each once.
pub(super) fn ids_in(form: &Form, name: &str) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for id in form.all(name) {
        if let Ok(id) = Uuid::try_parse(&id)
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids
}

/// What comes after a place, or before one. Both empty: the first page.
pub(super) fn window(after: &str, before: &str) -> Result<Window> {
    let (text, is_backwards) = if before.is_empty() {
        (after, false)
    } else {
        (before, true)
    };
    let at: Option<Place> = if text.is_empty() {
        None
    } else {
        Some(text.parse()?)
    };
    Ok(Window {
        at,
        is_backwards,
        ..Window::default()
    })
}

/// An address with parameters; empty ones are left out.
pub(super) fn address(page: &Shell, path: &str, parameters: &[(&str, &str)]) -> String {
    format!("{}{}", page.at(path), query(parameters))
}

/// The neighbours of a page of a list, by the addresses that lead there.
pub(super) fn pager<T>(
    shell: &Shell,
    listed: &Page<T>,
    (path, parameters): (&str, &[(&str, &str)]),
    (after, before): (&str, &str),
    words: String,
) -> Pager {
    let link = |name: &str, place: Option<Place>| {
        let Some(place) = place else {
            return String::new();
        };
        let place = place.to_string();
        let mut all = parameters.to_vec();
        all.push((name, &place));
        address(shell, path, &all)
    };
    Pager {
        words,
        previous: link(before, listed.previous),
        next: link(after, listed.next),
        is_cut: listed.is_cut,
    }
}

/// A number that may have been counted up to a bound only; `id` and `id-more` are messages with `count`.
pub(super) fn counted(page: &Shell, id: &str, count: Count) -> String {
    if count.is_more {
        return page.counted(&format!("{id}-more"), &count.number);
    }
    page.counted(id, &count.number)
}

/// A number alone, which may have been counted up to a bound only.
pub(super) fn number(page: &Shell, count: Count) -> String {
    if count.is_more {
        return page.counted("groups-number-more", &count.number);
    }
    count.number.to_string()
}

/// A name and a user name that adds something to it.
pub(super) fn names(display: Option<&str>, username: Option<&str>) -> (String, Option<String>) {
    let name = display
        .filter(|name| !name.trim().is_empty())
        .or(username)
        .unwrap_or_default();
    let other = username.filter(|username| *username != name);
    (name.to_owned(), other.map(str::to_owned))
}
