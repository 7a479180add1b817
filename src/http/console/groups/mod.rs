//! Groups: the list, a new one, members and how they change, name and role, deletion, history.

mod edit;
mod history;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use uuid::Uuid;

use super::desk::{Desk, Extracted};
use super::lists::{Answer, answered, counted, id_of, ids_in, names, number, pager, window};
use super::views::groups::{
    GroupAdd, GroupDelete, GroupHead, GroupLine, GroupMembers, GroupNew, GroupReview, Groups,
    MemberLine, Pager, StateShown,
};
use super::views::{FieldError, Section, Shell};
use super::{Needs, pages};
use crate::auth::{Permission, Role};
use crate::error::{Error, ErrorKind, Result};
use crate::http::account::Form;
use crate::service::account::State;
use crate::service::account::groups::{self, Audience, Candidate, Group, NewGroup};
use crate::service::listing::{
    self, GroupQuery, GroupRow, Kind, MemberRow, PeopleQuery, PersonRow, Place,
};

pages! {
    "/groups" =>
        get list, Needs::To(Permission::ReadPeople);
    "/groups/new" =>
        get blank, Needs::To(Permission::EditPeople);
        post create, Needs::To(Permission::EditPeople);
    "/groups/{id}" =>
        get members, Needs::To(Permission::ReadPeople);
    "/groups/{id}/history" =>
        get history::show, Needs::To(Permission::ReadPeople);
    "/groups/{id}/add" =>
        get add, Needs::To(Permission::EditPeople);
        post add_more, Needs::To(Permission::EditPeople);
    "/groups/{id}/review" =>
        get back, Needs::To(Permission::ReadPeople);
        post review, Needs::To(Permission::EditPeople);
    "/groups/{id}/members" =>
        get back, Needs::To(Permission::ReadPeople);
        post change_members, Needs::To(Permission::EditPeople);
    "/groups/{id}/edit" =>
        get edit::edit, Needs::To(Permission::EditPeople);
        post edit::save, Needs::To(Permission::EditPeople);
    "/groups/{id}/delete" =>
        get delete, Needs::To(Permission::EditPeople);
        post delete_for_good, Needs::To(Permission::EditPeople);
}

/// How many people can be chosen at once: their names fit on a page, and their ids in a form.
pub(super) const MOST_CHOSEN: usize = 150;

fn line(
    page: &Shell,
    id: Uuid,
    (display, username): (Option<&str>, Option<&str>),
    state: Option<State>,
) -> MemberLine {
    let (name, username) = names(display, username);
    let (place, state) = match state {
        Some(state) => ("users", StateShown::of(page, state)),
        None => ("groups", StateShown::of_group(page)),
    };
    MemberLine {
        id: id.to_string(),
        name: if name.is_empty() {
            id.to_string()
        } else {
            name
        },
        username,
        address: format!("/{place}/{id}"),
        state,
    }
}

fn of_member(page: &Shell, row: &MemberRow) -> MemberLine {
    let called = (row.display.as_deref(), row.username.as_deref());
    line(page, row.id, called, row.state)
}

fn of_person(page: &Shell, row: &PersonRow) -> MemberLine {
    let called = (row.display.as_deref(), Some(row.username.as_str()));
    line(page, row.id, called, Some(row.state))
}

fn of_candidate(page: &Shell, candidate: &Candidate) -> MemberLine {
    let member = &candidate.member;
    let called = (member.display.as_deref(), member.called.as_deref());
    line(page, member.id, called, candidate.state)
}

fn may_edit(desk: &Desk, audience: Audience) -> bool {
    match audience {
        Audience::Customers => desk.may(Permission::EditPeople),
        Audience::Operators(_) => desk.may(Permission::ManageOperators),
    }
}

fn audience_words(page: &Shell, audience: Audience) -> (String, Option<&'static str>) {
    match audience {
        Audience::Customers => (page.text("groups-for-customers"), None),
        Audience::Operators(role) => (page.text("groups-for-operators"), role.map(Role::name)),
    }
}

async fn list(Extracted(desk): Extracted) -> Response<Body> {
    answered(&desk, listed(&desk).await)
}

async fn listed(desk: &Desk) -> Answer {
    let page = desk.page(Section::Groups);
    let (q, filter) = (desk.parameter("q"), desk.parameter("filter"));
    let (audience, kind) = match desk.parameter("audience") {
        "customer" => ("customer", Kind::Customers),
        "operator" => ("operator", Kind::Operators),
        _ => ("", Kind::All),
    };
    let mut query = GroupQuery {
        filter: Some(filter.to_owned()).filter(|filter| !filter.is_empty()),
        search: Some(q.to_owned()),
        audience: kind,
        window: window(desk.parameter("after"), desk.parameter("before"))?,
    };
    let (service, acting) = (&desk.app().service, desk.acting());
    let mut filter_error = None;
    let found = match listing::groups(service, acting, &query).await {
        Err(error) if query.filter.is_some() && error.kind().status() == 400 => {
            filter_error = Some(error.to_string());
            query.filter = None;
            listing::groups(service, acting, &query).await?
        }
        outcome => outcome?,
    };
    let parameters = [("q", q), ("audience", audience), ("filter", filter)];
    let words = counted(&page, "groups-count", found.total);
    let place = ("/groups", &parameters[..]);
    let pager = pager(&page, &found, place, ("after", "before"), words);
    let rows: Vec<GroupLine> = found
        .rows
        .iter()
        .map(|row| group_line(desk, &page, row))
        .collect();
    let is_first = query.window.at.is_none();
    let view = Groups {
        is_bare: is_first
            && found
                .rows
                .iter()
                .all(|row| row.audience != Audience::Customers)
            && found.next.is_none()
            && q.is_empty()
            && filter.is_empty()
            && audience.is_empty(),
        may_edit: desk.may(Permission::EditPeople),
        q: q.to_owned(),
        filter: filter.to_owned(),
        audience,
        rows,
        pager,
        page,
        filter_error,
    };
    let status = match view.filter_error {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    Ok(desk.show_as(status, &view))
}

fn group_line(desk: &Desk, page: &Shell, row: &GroupRow) -> GroupLine {
    let (audience, role) = audience_words(page, row.audience);
    GroupLine {
        id: row.id.to_string(),
        name: row.display.clone(),
        members: number(page, row.members),
        audience,
        role,
        connection: row.connection.clone(),
        changed: page.moment(&row.last_modified),
        may_edit: may_edit(desk, row.audience),
    }
}

/// What is typed into the form of a new group.
#[derive(Debug, Default)]
struct Draft {
    name: String,
    is_operators: bool,
    role: String,
    q: String,
    chosen: Vec<Uuid>,
}

impl Draft {
    fn of(form: &Form) -> Self {
        Self {
            name: form.text("name"),
            is_operators: form.text("audience") == "operator",
            role: form.text("role"),
            q: form.text("q"),
            chosen: ids_in(form, "member"),
        }
    }

    fn audience(&self) -> Audience {
        if self.is_operators {
            Audience::Operators(Role::named(&self.role))
        } else {
            Audience::Customers
        }
    }
}

async fn blank(Extracted(desk): Extracted) -> Response<Body> {
    let answer = drafted(&desk, &Draft::default(), false, Vec::new(), None).await;
    answered(&desk, answer)
}

/// The form of a new group with what was typed.
async fn drafted(
    desk: &Desk,
    draft: &Draft,
    is_searching: bool,
    errors: Vec<FieldError>,
    twin: Option<Uuid>,
) -> Answer {
    let page = desk.page(Section::Groups);
    let (service, acting) = (&desk.app().service, desk.acting());
    let chosen = groups::candidates(service, acting, None, &draft.chosen).await?;
    let mut found = Vec::new();
    let mut found_words = String::new();
    if is_searching {
        let query = PeopleQuery {
            search: Some(draft.q.clone()),
            kind: if draft.is_operators {
                Kind::Operators
            } else {
                Kind::Customers
            },
            ..PeopleQuery::default()
        };
        let people = listing::people(service, acting, &query).await?;
        found_words = counted(&page, "groups-found", people.total);
        let others = people.rows.iter();
        found = others
            .filter(|row| !draft.chosen.contains(&row.id))
            .map(|row| of_person(&page, row))
            .collect();
    }
    let status = if errors.is_empty() {
        StatusCode::OK
    } else if twin.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::BAD_REQUEST
    };
    let view = GroupNew {
        name: draft.name.clone(),
        is_operators: draft.is_operators,
        role: draft.role.clone(),
        may_manage: desk.may(Permission::ManageOperators),
        q: draft.q.clone(),
        chosen: chosen.iter().map(|one| of_candidate(&page, one)).collect(),
        found,
        found_words,
        errors,
        twin: twin.map(|id| id.to_string()),
        page,
    };
    Ok(desk.show_as(status, &view))
}

async fn create(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    answered(&desk, created(&desk, &Draft::of(&form), &form).await)
}

async fn created(desk: &Desk, draft: &Draft, form: &Form) -> Answer {
    if draft.chosen.len() > MOST_CHOSEN {
        let error = too_many(desk, "member-q");
        return drafted(desk, draft, false, vec![error], None).await;
    }
    if form.text("step") == "search" {
        return drafted(desk, draft, true, Vec::new(), None).await;
    }
    if draft.name.is_empty() {
        let error = FieldError::new(desk.visit.language, "name", "groups-error-name");
        return drafted(desk, draft, false, vec![error], None).await;
    }
    let new = NewGroup {
        name: draft.name.clone(),
        audience: draft.audience(),
        members: draft.chosen.clone(),
    };
    match groups::create(&desk.app().service, desk.acting(), &new).await {
        Ok(id) => Ok(desk.go(&format!("/groups/{id}"), "groups-notice-created")),
        Err(error) => {
            let (errors, twin) = said(desk, error, &draft.name).await?;
            drafted(desk, draft, false, errors, twin).await
        }
    }
}

fn too_many(desk: &Desk, field: &str) -> FieldError {
    let most = i64::try_from(MOST_CHOSEN).unwrap_or(i64::MAX);
    FieldError {
        field: field.to_owned(),
        message: desk
            .page(Section::Groups)
            .counted("groups-error-many", &most),
    }
}

/// What is wrong with a group that was not written: the error beside its field, and the group that has the name. Errors that no other
/// input would avoid are given back.
async fn said(desk: &Desk, error: Error, name: &str) -> Result<(Vec<FieldError>, Option<Uuid>)> {
    let language = desk.visit.language;
    match error.kind() {
        ErrorKind::Uniqueness => {
            let twin = groups::find_named(&desk.app().service, desk.acting(), name).await?;
            let error = FieldError::new(language, "name", "groups-error-taken");
            Ok((vec![error], twin))
        }
        ErrorKind::LastOwner => {
            let error = FieldError::new(language, "", "groups-error-last-owner");
            Ok((vec![error], None))
        }
        ErrorKind::InvalidValue => {
            let error = FieldError {
                field: String::new(),
                message: error.to_string(),
            };
            Ok((vec![error], None))
        }
        _ => Err(error),
    }
}

/// The group of the address, and what its pages show of it.
async fn opened(desk: &Desk, page: &Shell) -> Result<(Group, GroupHead)> {
    let id = id_of(desk)?;
    let (service, acting) = (&desk.app().service, desk.acting());
    let group = groups::find(service, acting, &id.to_string()).await?;
    let audience = groups::audience(acting, &group.document)?;
    let (words, role) = audience_words(page, audience);
    let head = GroupHead {
        id: id.to_string(),
        name: groups::name(acting, &group.document)?,
        audience: words,
        role,
        connection: groups::connection(service, acting, &group).await?,
        may_edit: may_edit(desk, audience),
    };
    Ok((group, head))
}

/// The same to change it: groups of operators are for those who manage operators.
async fn opened_to_change(desk: &Desk, page: &Shell) -> Result<(Group, GroupHead)> {
    let (group, head) = opened(desk, page).await?;
    if head.may_edit {
        return Ok((group, head));
    }
    Err(Error::forbidden(format!(
        "your role does not allow this: you may not {}",
        Permission::ManageOperators.words()
    )))
}

async fn members(Extracted(desk): Extracted) -> Response<Body> {
    answered(&desk, listed_members(&desk).await)
}

async fn listed_members(desk: &Desk) -> Answer {
    let page = desk.page(Section::Groups);
    let (group, head) = opened(desk, &page).await?;
    let q = desk.parameter("q");
    let window = window(desk.parameter("after"), desk.parameter("before"))?;
    let (service, acting) = (&desk.app().service, desk.acting());
    let found = listing::members(service, acting, group.stored.id, Some(q), &window).await?;
    let words = counted(&page, "groups-members-count", found.total);
    let path = format!("/groups/{}", head.id);
    let place = (path.as_str(), &[("q", q)][..]);
    let view = GroupMembers {
        rows: found.rows.iter().map(|row| of_member(&page, row)).collect(),
        pager: pager(&page, &found, place, ("after", "before"), words),
        group: head,
        q: q.to_owned(),
        page,
    };
    Ok(desk.show(&view))
}

/// A page that shows what was sent to it, opened without that.
async fn back(Extracted(desk): Extracted) -> Response<Body> {
    let answer = id_of(&desk).map(|id| desk.go(&format!("/groups/{id}"), ""));
    answered(&desk, answer)
}

/// Who has been chosen so far, and where to look for more.
#[derive(Debug, Default)]
struct Choice {
    q: String,
    after: String,
    before: String,
    added: Vec<Uuid>,
    removed: Vec<Uuid>,
}

impl Choice {
    fn of(form: &Form) -> Self {
        Self {
            q: form.text("q"),
            after: form.text("after"),
            before: form.text("before"),
            added: ids_in(form, "add"),
            removed: ids_in(form, "remove"),
        }
    }

    fn is_too_large(&self) -> bool {
        self.added.len() + self.removed.len() > MOST_CHOSEN
    }
}

async fn add(Extracted(desk): Extracted) -> Response<Body> {
    let choice = Choice {
        q: desk.parameter("q").to_owned(),
        ..Choice::default()
    };
    answered(&desk, choosing(&desk, &choice).await)
}

async fn add_more(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    answered(&desk, choosing(&desk, &Choice::of(&form)).await)
}

async fn choosing(desk: &Desk, choice: &Choice) -> Answer {
    let page = desk.page(Section::Groups);
    let (group, head) = opened_to_change(desk, &page).await?;
    if choice.is_too_large() {
        return reviewed(desk, choice, vec![too_many(desk, "")]).await;
    }
    let window = window(&choice.after, &choice.before)?;
    let (service, acting) = (&desk.app().service, desk.acting());
    let search = Some(choice.q.as_str());
    let found = listing::non_members(service, acting, group.stored.id, search, &window).await?;
    let place = |place: Option<Place>| place.map_or_else(String::new, |place| place.to_string());
    let number = choice.added.len() + choice.removed.len();
    let texts = |ids: &[Uuid]| ids.iter().map(Uuid::to_string).collect::<Vec<_>>();
    let view = GroupAdd {
        pager: Pager {
            words: counted(&page, "groups-found", found.total),
            previous: place(found.previous),
            next: place(found.next),
            is_cut: found.is_cut,
        },
        rows: found
            .rows
            .iter()
            .filter(|row| !choice.added.contains(&row.id))
            .map(|row| of_person(&page, row))
            .collect(),
        chosen_words: match i64::try_from(number).unwrap_or(i64::MAX) {
            0 => String::new(),
            number => page.counted("groups-chosen-before", &number),
        },
        added: texts(&choice.added),
        removed: texts(&choice.removed),
        group: head,
        q: choice.q.clone(),
        page,
    };
    Ok(desk.show(&view))
}

async fn review(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let choice = Choice::of(&form);
    let errors = if choice.is_too_large() {
        vec![too_many(&desk, "")]
    } else {
        Vec::new()
    };
    answered(&desk, reviewed(&desk, &choice, errors).await)
}

/// What is about to change. Whoever is a member already is not added, and whoever is none is not removed.
async fn reviewed(desk: &Desk, choice: &Choice, errors: Vec<FieldError>) -> Answer {
    let page = desk.page(Section::Groups);
    let (group, head) = opened_to_change(desk, &page).await?;
    let (service, acting) = (&desk.app().service, desk.acting());
    let first = |ids: &[Uuid]| ids.iter().copied().take(MOST_CHOSEN).collect::<Vec<_>>();
    let (added, removed) = (first(&choice.added), first(&choice.removed));
    let added = groups::candidates(service, acting, Some(&group), &added).await?;
    let removed = groups::candidates(service, acting, Some(&group), &removed).await?;
    let lines = |candidates: &[Candidate], is_member: bool| -> Vec<MemberLine> {
        let chosen = candidates.iter().filter(|one| one.is_member == is_member);
        chosen.map(|one| of_candidate(&page, one)).collect()
    };
    let (added, removed) = (lines(&added, false), lines(&removed, true));
    let number = |lines: &[MemberLine]| i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let (plus, minus) = (number(&added), number(&removed));
    let added_words = page.counted("groups-review-added", &plus);
    let removed_words = page.counted("groups-review-removed", &minus);
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let view = GroupReview {
        words: page.language.format(
            "groups-review-words",
            &[("added", &added_words), ("removed", &removed_words)],
        ),
        button: match (plus, minus) {
            (_, 0) => page.counted("groups-review-add", &plus),
            (0, _) => page.counted("groups-review-remove", &minus),
            _ => page.text("groups-review-both"),
        },
        group: head,
        added,
        removed,
        errors,
        page,
    };
    Ok(desk.show_as(status, &view))
}

async fn change_members(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    answered(&desk, changed_members(&desk, &Choice::of(&form)).await)
}

async fn changed_members(desk: &Desk, choice: &Choice) -> Answer {
    if choice.is_too_large() {
        return reviewed(desk, choice, vec![too_many(desk, "")]).await;
    }
    let page = desk.page(Section::Groups);
    let id = opened_to_change(desk, &page).await?.0.stored.id;
    let (service, acting) = (&desk.app().service, desk.acting());
    match groups::exchange(service, acting, id, &choice.added, &choice.removed).await {
        Ok(_) => Ok(desk.go(&format!("/groups/{id}"), "groups-notice-members")),
        Err(error) => {
            let (errors, _) = said(desk, error, "").await?;
            reviewed(desk, choice, errors).await
        }
    }
}

async fn delete(Extracted(desk): Extracted) -> Response<Body> {
    answered(&desk, deleting(&desk, String::new(), Vec::new()).await)
}

async fn deleting(desk: &Desk, typed: String, errors: Vec<FieldError>) -> Answer {
    let page = desk.page(Section::Groups);
    let (group, head) = opened_to_change(desk, &page).await?;
    let facts = groups::facts(&desk.app().service, desk.acting(), &group).await?;
    let status = match errors.first() {
        None => StatusCode::OK,
        Some(error) if error.field.is_empty() => StatusCode::CONFLICT,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    let view = GroupDelete {
        group: head,
        members: facts.members,
        typed,
        errors,
        page,
    };
    Ok(desk.show_as(status, &view))
}

async fn delete_for_good(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    answered(&desk, deleted(&desk, form.text("typed")).await)
}

async fn deleted(desk: &Desk, typed: String) -> Answer {
    let page = desk.page(Section::Groups);
    let (group, head) = opened_to_change(desk, &page).await?;
    let (service, acting) = (&desk.app().service, desk.acting());
    let facts = groups::facts(service, acting, &group).await?;
    if facts.members > 0 && typed != head.name.trim() {
        let error = FieldError::new(page.language, "typed", "groups-error-typed");
        return deleting(desk, typed, vec![error]).await;
    }
    match groups::remove(service, acting, group.stored.id).await {
        Ok(()) => Ok(desk.go("/groups", "groups-notice-deleted")),
        Err(error) if error.kind() == ErrorKind::LastOwner => {
            let error = FieldError::new(page.language, "", "groups-error-last-owner");
            deleting(desk, typed, vec![error]).await
        }
        Err(error) => Err(error),
    }
}
