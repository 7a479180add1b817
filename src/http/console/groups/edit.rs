//! Name and role of a group, and who was quicker.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use uuid::Uuid;

use super::{opened_to_change, said};
use crate::auth::Role;
use crate::error::ErrorKind;
use crate::http::account::Form;
use crate::http::console::desk::{Desk, Extracted};
use crate::http::console::lists::{Answer, answered};
use crate::http::console::views::groups::{Clash, GroupConflict, GroupEdit, GroupHead};
use crate::http::console::views::{FieldError, Section, Shell};
use crate::service::account::groups::{self, Audience, Edit, Group};

/// What is typed into the form of a group, and what stood there before.
#[derive(Debug)]
struct Editing {
    version: i64,
    was: (String, String),
    now: (String, String),
}

pub(super) async fn edit(Extracted(desk): Extracted) -> Response<Body> {
    answered(&desk, editing(&desk).await)
}

async fn editing(desk: &Desk) -> Answer {
    let page = desk.page(Section::Groups);
    let (group, head) = opened_to_change(desk, &page).await?;
    let present = (head.name.clone(), head.role.unwrap_or_default().to_owned());
    let editing = Editing {
        version: group.stored.meta.version,
        was: present.clone(),
        now: present,
    };
    edited(desk, page, (group, head), editing, Vec::new(), None)
}

fn edited(
    desk: &Desk,
    page: Shell,
    (group, head): (Group, GroupHead),
    editing: Editing,
    errors: Vec<FieldError>,
    twin: Option<Uuid>,
) -> Answer {
    let audience = groups::audience(desk.acting(), &group.document)?;
    let status = match errors.first() {
        None => StatusCode::OK,
        Some(error) if twin.is_some() || error.field == "role" => StatusCode::CONFLICT,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    let view = GroupEdit {
        version: editing.version,
        was_name: editing.was.0,
        was_role: editing.was.1,
        name: editing.now.0,
        role: editing.now.1,
        has_role: matches!(audience, Audience::Operators(_)),
        group: head,
        errors,
        twin: twin.map(|id| id.to_string()),
        page,
    };
    Ok(desk.show_as(status, &view))
}

pub(super) async fn save(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let editing = Editing {
        version: form.text("version").parse().unwrap_or_default(),
        was: (form.text("was-name"), form.text("was-role")),
        now: (form.text("name"), form.text("role")),
    };
    answered(&desk, saved(&desk, editing).await)
}

async fn saved(desk: &Desk, editing: Editing) -> Answer {
    let page = desk.page(Section::Groups);
    let (group, head) = opened_to_change(desk, &page).await?;
    if editing.now.0.is_empty() {
        let error = FieldError::new(page.language, "name", "groups-error-name");
        return edited(desk, page, (group, head), editing, vec![error], None);
    }
    let present = (head.name.clone(), head.role.unwrap_or_default().to_owned());
    let version = group.stored.meta.version;
    // Members that come and go make versions too; they are no reason to ask again.
    if editing.version != version && editing.was != present {
        return Ok(conflict(desk, page, &group, head, editing));
    }
    let audience = groups::audience(desk.acting(), &group.document)?;
    let role = match audience {
        Audience::Operators(_) => Some(Role::named(&editing.now.1)),
        Audience::Customers => None,
    };
    let edit = Edit {
        version,
        name: editing.now.0.clone(),
        role,
    };
    let id = group.stored.id;
    match groups::edit(&desk.app().service, desk.acting(), id, &edit).await {
        Ok(()) => Ok(desk.go(&format!("/groups/{id}"), "console-notice-saved")),
        Err(error) if error.kind() == ErrorKind::PreconditionFailed => {
            let (group, head) = opened_to_change(desk, &page).await?;
            Ok(conflict(desk, page, &group, head, editing))
        }
        Err(error) if error.kind() == ErrorKind::LastOwner => {
            let error = FieldError::new(page.language, "role", "groups-error-last-owner");
            edited(desk, page, (group, head), editing, vec![error], None)
        }
        Err(error) => {
            let (errors, twin) = said(desk, error, &editing.now.0).await?;
            edited(desk, page, (group, head), editing, errors, twin)
        }
    }
}

/// What somebody else has saved meanwhile beside what was typed.
fn conflict(
    desk: &Desk,
    page: Shell,
    group: &Group,
    head: GroupHead,
    editing: Editing,
) -> Response<Body> {
    let role = head.role.unwrap_or_default().to_owned();
    let mut clashes = vec![Clash {
        label: page.text("groups-name"),
        was: editing.was.0,
        theirs: head.name.clone(),
        mine: editing.now.0.clone(),
    }];
    if role != editing.now.1 || role != editing.was.1 {
        clashes.push(Clash {
            label: page.text("groups-role"),
            was: editing.was.1,
            theirs: role.clone(),
            mine: editing.now.1.clone(),
        });
    }
    let view = GroupConflict {
        changed: page.moment(&group.stored.meta.last_modified),
        version: group.stored.meta.version,
        was_role: role,
        name: editing.now.0,
        role: editing.now.1,
        group: head,
        clashes,
        page,
    };
    desk.show_as(StatusCode::PRECONDITION_FAILED, &view)
}
