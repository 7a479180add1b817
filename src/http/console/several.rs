//! The same done to several users: a look at what would happen, a confirmation, what came of it.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use uuid::Uuid;

use super::desk::{Desk, Extracted};
use super::lists::counted;
use super::views::people::{Confirmation, Done, GroupChoice, Join, ProspectRow, Several};
use super::views::{FieldError, Section, Shell};
use super::{Needs, pages};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::http::account::Form;
use crate::service::account::people::Switch;
use crate::service::account::several::{self, Chosen, Deed, MOST, Outlook, Prospect};
use crate::service::listing::{self, GroupQuery, Kind, Window};

pages! {
    "/users/several/lock" =>
        get back, Needs::To(Permission::ReadPeople);
        post act, Needs::To(Permission::LockPeople);
    "/users/several/unlock" =>
        get back, Needs::To(Permission::ReadPeople);
        post act, Needs::To(Permission::LockPeople);
    "/users/several/end-sessions" =>
        get back, Needs::To(Permission::ReadPeople);
        post act, Needs::To(Permission::LockPeople);
    "/users/several/activate" =>
        get back, Needs::To(Permission::ReadPeople);
        post act, Needs::To(Permission::EditPeople);
    "/users/several/deactivate" =>
        get back, Needs::To(Permission::ReadPeople);
        post act, Needs::To(Permission::EditPeople);
    "/users/several/delete" =>
        get back, Needs::To(Permission::ReadPeople);
        post act, Needs::To(Permission::EditPeople);
    "/users/several/group" =>
        get back, Needs::To(Permission::ReadPeople);
        post act, Needs::To(Permission::EditPeople);
}

/// How many groups are offered to choose from.
pub(super) const OFFERED: i64 = 20;

/// What can be done, as the addresses end.
const DEEDS: [&str; 7] = [
    "lock",
    "unlock",
    "end-sessions",
    "activate",
    "deactivate",
    "delete",
    "group",
];

/// Whoever reads such a page again, or in another language, has chosen nobody.
async fn back(Extracted(desk): Extracted) -> Response<Body> {
    desk.go("/users", "")
}

async fn act(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    match acted(&desk, &form).await {
        Ok(response) => response,
        Err(error) => desk.failed(error),
    }
}

/// The people whose boxes were ticked: an id, and after a dot the version that was looked at.
fn chosen(form: &Form) -> Result<Vec<Chosen>> {
    let mut chosen: Vec<Chosen> = Vec::new();
    for text in form.all("id") {
        let (id, version) = match text.split_once('.') {
            Some((id, version)) => (id, Some(version)),
            None => (text.as_str(), None),
        };
        let no_id = || Error::invalid_value("somebody was chosen by something that is no id");
        let one = Chosen {
            id: Uuid::try_parse(id).map_err(|_| no_id())?,
            version: version.map(str::parse).transpose().map_err(|_| no_id())?,
        };
        if !chosen.iter().any(|known| known.id == one.id) {
            chosen.push(one);
        }
    }
    match chosen.len() {
        0 => Err(Error::invalid_value(
            "nobody is chosen; go back and tick the boxes of the people",
        )),
        length if length > MOST => Err(Error::invalid_value(format!(
            "{length} people are chosen; at most {MOST} are changed at once"
        ))),
        _ => Ok(chosen),
    }
}

async fn acted(desk: &Desk, form: &Form) -> Result<Response<Body>> {
    let last = desk.visit.path.rsplit('/').next().unwrap_or_default();
    let found = DEEDS.into_iter().find(|name| *name == last);
    let name = found.ok_or_else(|| Error::not_found("there is no such page"))?;
    let chosen = chosen(form)?;
    let group = form.text("group");
    if name == "group" && (group.is_empty() || form.has("seek-now")) {
        return choose_group(desk, form, &chosen).await;
    }
    let deed = deed(name, form, &group)?;
    let (service, acting) = (&desk.app().service, desk.acting());
    let prospects = several::look(service, acting, &chosen, &deed).await?;
    let confirmation = confirmation(name);
    let meant = prospects.iter().filter(|one| one.outlook == Outlook::Done);
    let meant = i64::try_from(meant.count()).unwrap_or(i64::MAX);
    let confirmed = form.text("confirmed");
    let mut errors = Vec::new();
    if form.has("do") && meant > 0 {
        let language = desk.page(Section::Users).language;
        let refused = match confirmation {
            Confirmation::None => None,
            Confirmation::Tick => (confirmed != "on").then_some("people-error-tick"),
            Confirmation::Type => (confirmed != meant.to_string()).then_some("people-error-type"),
        };
        match refused {
            None => return done(desk, name, prospects, &deed).await,
            Some(id) => errors.push(FieldError::new(language, "confirmed", id)),
        }
    }
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let page = desk.page(Section::Users);
    let total = i64::try_from(prospects.len()).unwrap_or(i64::MAX);
    let view = Several {
        deed: name,
        title: page.counted(&format!("people-title-{name}"), &total),
        warning: warning(&page, name, &prospects),
        rows: prospects
            .iter()
            .map(|one| expected(&page, name, one))
            .collect(),
        meant,
        confirmation,
        confirmed,
        reason: form.text("reason"),
        group,
        errors,
        page,
    };
    Ok(desk.show_as(status, &view))
}

fn deed(name: &str, form: &Form, group: &str) -> Result<Deed> {
    Ok(match name {
        "lock" => {
            let reason = form.text("reason");
            Deed::Switch(Switch::Lock(Some(reason).filter(|text| !text.is_empty())))
        }
        "unlock" => Deed::Switch(Switch::Unlock),
        "activate" => Deed::Switch(Switch::Activate),
        "deactivate" => Deed::Switch(Switch::Deactivate),
        "end-sessions" => Deed::EndSessions,
        "group" => Deed::Join(Uuid::try_parse(group).map_err(|_| {
            Error::invalid_value("the group was chosen by something that is no id")
        })?),
        _ => Deed::Delete,
    })
}

/// What cannot be undone is typed, what keeps people out is ticked, and the rest is one button.
fn confirmation(name: &str) -> Confirmation {
    match name {
        "delete" => Confirmation::Type,
        "lock" | "deactivate" | "end-sessions" => Confirmation::Tick,
        _ => Confirmation::None,
    }
}

/// Who comes from a connection may come back by it.
fn warning(page: &Shell, name: &str, prospects: &[Prospect]) -> String {
    let owned = prospects
        .iter()
        .filter(|one| one.outlook == Outlook::Done && one.connection.is_some())
        .count();
    let owned = i64::try_from(owned).unwrap_or(i64::MAX);
    let is_undone = matches!(name, "delete" | "deactivate" | "activate");
    if owned == 0 || !is_undone {
        return String::new();
    }
    page.counted("people-warning-owned", &owned)
}

/// What will happen, or why nothing does.
fn expected(page: &Shell, name: &str, one: &Prospect) -> ProspectRow {
    let ends_sessions = matches!(name, "lock" | "deactivate" | "delete" | "end-sessions");
    let (outlook, look) = match one.outlook {
        Outlook::Done if ends_sessions && one.sessions > 0 => {
            let id = format!("people-will-{name}-sessions");
            (page.counted(&id, &one.sessions), ("", ""))
        }
        Outlook::Done => (page.text(&format!("people-will-{name}")), ("", "")),
        other => (page.text(why_not(name, other)), ("", "off")),
    };
    row(page, one, outlook, look)
}

fn why_not(name: &str, outlook: Outlook) -> &'static str {
    match (outlook, name) {
        (Outlook::Already | Outlook::Done, "lock") => "people-already-locked",
        (Outlook::Already | Outlook::Done, "unlock") => "people-already-unlocked",
        (Outlook::Already | Outlook::Done, "activate") => "people-already-active",
        (Outlook::Already | Outlook::Done, "deactivate") => "people-already-deactivated",
        (Outlook::Already | Outlook::Done, "end-sessions") => "people-already-without-sessions",
        (Outlook::Already | Outlook::Done, _) => "people-already-member",
        (Outlook::OutOfReach, _) => "people-not-reached",
        (Outlook::NoCustomer, _) => "people-not-customer",
        (Outlook::Changed, _) => "people-not-as-seen",
        (Outlook::Gone, _) => "people-gone",
    }
}

fn row(
    page: &Shell,
    one: &Prospect,
    outlook: String,
    look: (&'static str, &'static str),
) -> ProspectRow {
    let display = one.display.clone().filter(|name| !name.is_empty());
    let name = if one.outlook == Outlook::Gone {
        page.text("people-unknown")
    } else {
        display.unwrap_or_else(|| one.username.clone())
    };
    ProspectRow {
        id: one.id.to_string(),
        seen: format!("{}.{}", one.id, one.version),
        name,
        username: one.username.clone(),
        state: one.state,
        outlook,
        look,
    }
}

async fn done(
    desk: &Desk,
    name: &'static str,
    prospects: Vec<Prospect>,
    deed: &Deed,
) -> Result<Response<Body>> {
    let (service, acting) = (&desk.app().service, desk.acting());
    let outcomes = several::carry_out(service, acting, &prospects, deed).await?;
    let outcomes: HashMap<Uuid, Result<()>> = outcomes.into_iter().collect();
    let page = desk.page(Section::Users);
    let (mut succeeded, mut failed) = (0_i64, 0_i64);
    let mut rows = Vec::with_capacity(prospects.len());
    for one in &prospects {
        let (words, look) = match outcomes.get(&one.id) {
            Some(Ok(())) => {
                succeeded += 1;
                (page.text(&format!("people-has-{name}")), ("good", "good"))
            }
            Some(Err(error)) => {
                failed += 1;
                if error.is_ours() {
                    tracing::error!(%error, "a change of several people failed");
                    (page.text("console-trouble-ours"), ("bad", "bad"))
                } else {
                    (error.detail().to_owned(), ("bad", "bad"))
                }
            }
            None => (page.text(why_not(name, one.outlook)), ("", "off")),
        };
        rows.push(row(&page, one, words, look));
    }
    let view = Done {
        title: page.counted(&format!("people-done-{name}"), &succeeded),
        rows,
        failed,
        are_there: name != "delete",
        page,
    };
    Ok(desk.show(&view))
}

async fn choose_group(desk: &Desk, form: &Form, chosen: &[Chosen]) -> Result<Response<Body>> {
    let page = desk.page(Section::Users);
    let seek = form.text("seek");
    let mut errors = Vec::new();
    if form.has("next") {
        errors.push(FieldError::new(page.language, "seek", "people-error-group"));
    }
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let found = groups(desk, &page, &seek, &[]).await?;
    let view = Join {
        ids: chosen.iter().map(|one| one.id.to_string()).collect(),
        seek,
        found,
        errors,
        page,
    };
    Ok(desk.show_as(status, &view))
}

/// Groups of customers whose names begin so.
pub(super) async fn groups(
    desk: &Desk,
    page: &Shell,
    seek: &str,
    chosen: &[Uuid],
) -> Result<Vec<GroupChoice>> {
    let query = GroupQuery {
        search: Some(seek.to_owned()).filter(|text| !text.is_empty()),
        audience: Kind::Customers,
        window: Window {
            count: OFFERED,
            ..Window::default()
        },
        ..GroupQuery::default()
    };
    let found = listing::groups(&desk.app().service, desk.acting(), &query).await?;
    let choice = |row: listing::GroupRow| GroupChoice {
        is_chosen: chosen.contains(&row.id),
        id: row.id.to_string(),
        name: row.display,
        members: counted(page, "people-members", row.members),
    };
    Ok(found.rows.into_iter().map(choice).collect())
}
