//! The groups of a person: what they are, and how that changes, in one step after a look at it.

use std::collections::HashMap;

use axum::http::StatusCode;
use uuid::Uuid;

use super::{Answer, below, head, id, page, person};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::http::account::Form;
use crate::http::console::desk::{Desk, Extracted};
use crate::http::console::views::FieldError;
use crate::http::console::views::person::{Group, Groups, Join, Regroup};
use crate::service::account::groups::{self, Belonging};
use crate::service::account::record::Record;

/// How many groups a page shows.
const PAGE: usize = 50;
/// How many groups are changed at once.
const AT_ONCE: usize = 100;

fn group(desk: &Desk, of: &Belonging, id: &str) -> Group {
    let page = desk.page(crate::http::console::views::Section::Users);
    Group {
        id: of.id.to_string(),
        address: page.at(&format!("/groups/{}", of.id)),
        name: of.name.clone(),
        is_direct: of.is_direct,
        pick: page.with(id, "name", &of.name),
    }
}

pub(super) async fn list(Extracted(desk): Extracted) -> Answer {
    show(&desk).await.unwrap_or_else(|error| desk.failed(error))
}

async fn show(desk: &Desk) -> Result<Answer> {
    let record = person(desk).await?;
    let id = record.person.stored.id;
    let all = groups::of_person(&desk.app().service, desk.acting(), id).await?;
    let page = page(desk, &record);
    let pages = all.len().div_ceil(PAGE).max(1);
    let at = desk.parameter("page").parse::<usize>().unwrap_or(1);
    let at = at.clamp(1, pages);
    let shown = all.iter().skip((at - 1) * PAGE).take(PAGE);
    let address = |number: usize| page.at(&below(id, &format!("groups?page={number}")));
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let view = Groups {
        head: head(desk, &page, &record, "groups"),
        groups: shown
            .map(|of| group(desk, of, "person-leave-pick"))
            .collect(),
        may_edit: record.may_edit(desk.acting()),
        place: page.counted("person-groups-count", &count),
        previous: if at > 1 {
            address(at - 1)
        } else {
            String::new()
        },
        next: if at < pages {
            address(at + 1)
        } else {
            String::new()
        },
        page,
    };
    Ok(desk.show(&view))
}

pub(super) async fn add(Extracted(desk): Extracted) -> Answer {
    search(&desk)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn search(desk: &Desk) -> Result<Answer> {
    let record = person(desk).await?;
    let acting = desk.acting();
    record.require(acting, Permission::EditPeople)?;
    let service = &desk.app().service;
    let typed = desk.parameter("q").to_owned();
    let count = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let found = groups::search(service, acting, &typed, record.is_operator, count + 1).await?;
    let present = groups::of_person(service, acting, record.person.stored.id).await?;
    let is_in = |id: &Uuid| present.iter().any(|of| of.is_direct && of.id == *id);
    let page = page(desk, &record);
    let shown = found.iter().take(PAGE).map(|(id, name)| {
        let of = Belonging {
            id: *id,
            name: name.clone(),
            is_direct: is_in(id),
        };
        group(desk, &of, "person-join-pick")
    });
    let view = Join {
        head: head(desk, &page, &record, "groups"),
        typed,
        groups: shown.collect(),
        is_more: found.len() > PAGE,
        page,
    };
    Ok(desk.show(&view))
}

/// The groups that a form names.
fn chosen(form: &Form, name: &str) -> Result<Vec<Uuid>> {
    let all = form.all(name);
    if all.len() > AT_ONCE {
        return Err(Error::bad_request(format!(
            "at most {AT_ONCE} groups can be changed at once"
        )));
    }
    let ids = all.iter().map(|text| {
        Uuid::try_parse(text).map_err(|_| Error::bad_request("the form names no group there is"))
    });
    ids.collect()
}

pub(super) async fn review(Extracted(desk): Extracted, form: Form) -> Answer {
    reviewed(&desk, &form)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn reviewed(desk: &Desk, form: &Form) -> Result<Answer> {
    let record = person(desk).await?;
    record.require(desk.acting(), Permission::EditPeople)?;
    let (added, removed) = (chosen(form, "add")?, chosen(form, "remove")?);
    let view = changes(desk, &record, &added, &removed, Vec::new()).await?;
    Ok(desk.show(&view))
}

async fn changes(
    desk: &Desk,
    record: &Record,
    added: &[Uuid],
    removed: &[Uuid],
    errors: Vec<FieldError>,
) -> Result<Regroup> {
    let (service, acting) = (&desk.app().service, desk.acting());
    let present = groups::of_person(service, acting, record.person.stored.id).await?;
    let mut names: HashMap<Uuid, String> = present.into_iter().map(|of| (of.id, of.name)).collect();
    for id in added {
        if !names.contains_key(id) {
            let found = groups::find(service, acting, &id.to_string()).await?;
            let name = groups::name(acting, &found)?;
            names.insert(*id, name);
        }
    }
    let named = |ids: &[Uuid]| {
        let pairs = ids.iter().map(|id| {
            let name = names.get(id).cloned();
            (id.to_string(), name.unwrap_or_else(|| id.to_string()))
        });
        pairs.collect::<Vec<_>>()
    };
    let page = page(desk, record);
    let count = |ids: &[Uuid]| i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let lead = match (count(added), count(removed)) {
        (0, 0) => page.text("person-regroup-nothing"),
        (more, 0) => page.counted("person-regroup-adds", &more),
        (0, fewer) => page.counted("person-regroup-removes", &fewer),
        (more, fewer) => {
            let adds = page.counted("person-regroup-adds", &more);
            format!("{adds} {}", page.counted("person-regroup-removes", &fewer))
        }
    };
    Ok(Regroup {
        head: head(desk, &page, record, "groups"),
        added: named(added),
        removed: named(removed),
        lead,
        errors,
        page,
    })
}

pub(super) async fn save(Extracted(desk): Extracted, form: Form) -> Answer {
    saved(&desk, &form)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn saved(desk: &Desk, form: &Form) -> Result<Answer> {
    let id = id(desk)?;
    let (added, removed) = (chosen(form, "add")?, chosen(form, "remove")?);
    let (service, acting) = (&desk.app().service, desk.acting());
    match groups::regroup(service, acting, id, &added, &removed).await {
        Ok((0, 0)) => Ok(desk.go(&below(id, "groups"), "person-notice-nothing")),
        Ok(_) => Ok(desk.go(&below(id, "groups"), "person-notice-groups")),
        Err(error) if matches!(error.kind().status(), 400 | 409) => {
            let status = error.kind().status();
            let record = person(desk).await?;
            let errors = vec![FieldError {
                field: String::new(),
                message: error.detail().to_owned(),
            }];
            let view = changes(desk, &record, &added, &removed, errors).await?;
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            Ok(desk.show_as(status, &view))
        }
        Err(error) => Err(error),
    }
}
