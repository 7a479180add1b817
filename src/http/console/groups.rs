//! Groups: the list, a new one, members and how they change, name and role, deletion, history.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use super::desk::{Desk, Extracted};
use super::views::groups::{
    Clash, Event, GroupAdd, GroupConflict, GroupDelete, GroupEdit, GroupHead, GroupHistory,
    GroupLine, GroupMembers, GroupNew, GroupReview, Groups, MemberLine, Pager, StateShown,
};
use super::views::{FieldError, Section, Shell};
use super::{Needs, pages};
use crate::auth::{Permission, Role};
use crate::error::{Error, ErrorKind, Result};
use crate::http::account::Form;
use crate::service::account::State;
use crate::service::account::groups::{self, Audience, Candidate, Edit, Group, NewGroup};
use crate::service::listing::{
    self, ChangeQuery, ChangeRow, Count, GroupQuery, GroupRow, Kind, MemberRow, PeopleQuery,
    PersonRow, Place, Window,
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
        get history, Needs::To(Permission::ReadPeople);
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
        get edit, Needs::To(Permission::EditPeople);
        post save, Needs::To(Permission::EditPeople);
    "/groups/{id}/delete" =>
        get delete, Needs::To(Permission::EditPeople);
        post delete_for_good, Needs::To(Permission::EditPeople);
}

/// How many people can be chosen at once: their names fit on a page, and their ids in a form.
pub(super) const MOST_CHOSEN: usize = 150;
/// How much is shown of what a change says.
const SHOWN_DETAIL: usize = 1_000;

type Answer = Result<Response<Body>>;

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
    let pairs: Vec<String> = parameters
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    let joint = if pairs.is_empty() { "" } else { "?" };
    format!("{}{joint}{}", page.at(path), pairs.join("&"))
}

/// The neighbours of a page of a list, by the addresses that lead there.
pub(super) fn pager<T>(
    shell: &Shell,
    listed: &listing::Page<T>,
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

async fn history(Extracted(desk): Extracted) -> Response<Body> {
    answered(&desk, told(&desk).await)
}

async fn told(desk: &Desk) -> Answer {
    let page = desk.page(Section::Groups);
    let (group, head) = opened(desk, &page).await?;
    let query = ChangeQuery {
        resource: Some(group.stored.id),
        window: window(desk.parameter("after"), desk.parameter("before"))?,
        ..ChangeQuery::default()
    };
    let found = listing::changes(&desk.app().service, desk.acting(), &query).await?;
    let words = counted(&page, "groups-changes-count", found.total);
    let path = format!("/groups/{}/history", head.id);
    let place = (path.as_str(), &[][..]);
    let view = GroupHistory {
        events: found.rows.iter().map(|row| event(&page, row)).collect(),
        pager: pager(&page, &found, place, ("after", "before"), words),
        group: head,
        page,
    };
    Ok(desk.show(&view))
}

fn event(page: &Shell, row: &ChangeRow) -> Event {
    let recorded = &row.recorded;
    let id = match recorded.operation.as_str() {
        "create" => "groups-event-create",
        "modify" => "groups-event-modify",
        "replace" => "groups-event-replace",
        _ => "groups-event-other",
    };
    let mut detail: String = recorded.detail.chars().take(SHOWN_DETAIL).collect();
    if detail.len() < recorded.detail.len() {
        detail.push('…');
    }
    Event {
        words: page.with(id, "operation", &recorded.operation),
        actor: recorded.actor.clone(),
        at: page.moment(&recorded.at),
        request_id: recorded.request_id.clone(),
        detail: if detail == "{}" {
            String::new()
        } else {
            detail
        },
    }
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

/// What is typed into the form of a group, and what stood there before.
#[derive(Debug)]
struct Editing {
    version: i64,
    was: (String, String),
    now: (String, String),
}

async fn edit(Extracted(desk): Extracted) -> Response<Body> {
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

async fn save(Extracted(desk): Extracted, form: Form) -> Response<Body> {
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
