//! Operators: the list, a new one, roles, and whose customers are whose.
//!
//! What is done to an operator's account is done on the pages of users.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use uuid::Uuid;

use super::desk::{Desk, Extracted};
use super::groups::MOST_CHOSEN;
use super::lists::{address, answered, counted, id_of, ids_in, names, number, pager, window};
use super::views::groups::StateShown;
use super::views::operators::{
    Chip, Choice, CustomerLine, CustomerList, OperatorCreated, OperatorCustomers, OperatorHead,
    OperatorLine, OperatorNew, OperatorPage, OperatorTakeover, Operators, factor_shown,
    roles_given,
};
use super::views::{FieldError, Section, Shell};
use super::{Needs, pages};
use crate::auth::{Permission, Role};
use crate::error::{Error, ErrorKind, Result};
use crate::http::account::Form;
use crate::language::Language;
use crate::service::account::State;
use crate::service::account::acting::Person;
use crate::service::account::onboarding::{Onboarded, Onboarding};
use crate::service::account::operators::{self, Facts, NewOperator};
use crate::service::account::people;
use crate::service::listing::{self, Kind, PeopleQuery, PersonRow};

pages! {
    "/operators" =>
        get list, Needs::To(Permission::ReadPeople);
    "/operators/new" =>
        get blank, Needs::To(Permission::ManageOperators);
        post create, Needs::To(Permission::ManageOperators);
    "/operators/{id}" =>
        get open, Needs::To(Permission::ReadPeople);
    "/operators/{id}/roles" =>
        get back, Needs::To(Permission::ReadPeople);
        post set_role, Needs::To(Permission::ManageOperators);
    "/operators/{id}/customers" =>
        get customers, Needs::To(Permission::ReadPeople);
        post assign, Needs::To(Permission::EditPeople);
}

type Answer = Result<Response<Body>>;

/// The filters by state, and what they are called.
const CHIPS: [(Option<State>, &str); 5] = [
    (None, "operators-all"),
    (Some(State::Active), "groups-state-active"),
    (Some(State::Invited), "groups-state-invited"),
    (Some(State::Locked), "groups-state-locked"),
    (Some(State::Deactivated), "groups-state-deactivated"),
];

/// What stands in the address for a filter by state.
fn word(state: Option<State>) -> &'static str {
    state.map_or("", State::name)
}

/// The ways to a password: what is sent, what it is called, what it means.
const WAYS: [(&str, &str, &str); 3] = [
    (
        "invite",
        "operators-way-invite",
        "operators-way-invite-hint",
    ),
    ("link", "operators-way-link", "operators-way-link-hint"),
    (
        "temporary",
        "operators-way-temporary",
        "operators-way-temporary-hint",
    ),
];

async fn list(Extracted(desk): Extracted) -> Response<Body> {
    answered(&desk, listed(&desk).await)
}

async fn listed(desk: &Desk) -> Answer {
    let page = desk.page(Section::Operators);
    let q = desk.parameter("q");
    let chip = CHIPS
        .iter()
        .find(|(state, _)| word(*state) == desk.parameter("state"));
    let wanted = chip.and_then(|(state, _)| *state);
    let state = word(wanted);
    let query = PeopleQuery {
        search: Some(q.to_owned()),
        state: wanted,
        kind: Kind::Operators,
        window: window(desk.parameter("after"), desk.parameter("before"))?,
        ..PeopleQuery::default()
    };
    let (service, acting) = (&desk.app().service, desk.acting());
    let found = listing::people(service, acting, &query).await?;
    let counts = listing::people_counts(service, acting, Kind::Operators).await?;
    let ids: Vec<Uuid> = found.rows.iter().map(|row| row.id).collect();
    let facts = operators::facts(service, acting, &ids).await?;
    let chips = CHIPS.iter().map(|(one, label)| Chip {
        address: address(&page, "/operators", &[("state", word(*one)), ("q", q)]),
        label: page.text(label),
        number: number(&page, counts.of(*one)),
        is_here: *one == wanted,
    });
    let words = counted(&page, "operators-count", found.total);
    let parameters = [("state", state), ("q", q)];
    let place = ("/operators", &parameters[..]);
    let view = Operators {
        chips: chips.collect(),
        rows: found
            .rows
            .iter()
            .map(|row| operator_line(&page, row, facts.get(&row.id)))
            .collect(),
        pager: pager(&page, &found, place, ("after", "before"), words),
        is_alone: counts.all.number <= 1 && !counts.all.is_more,
        may_manage: desk.may(Permission::ManageOperators),
        may_assign: desk.may(Permission::EditPeople),
        q: q.to_owned(),
        state: state.to_owned(),
        page,
    };
    Ok(desk.show(&view))
}

fn operator_line(page: &Shell, row: &PersonRow, facts: Option<&Facts>) -> OperatorLine {
    let (name, username) = names(row.display.as_deref(), Some(&row.username));
    let known = facts.cloned().unwrap_or_default();
    OperatorLine {
        id: row.id.to_string(),
        name,
        username,
        state: StateShown::of(page, row.state),
        roles: known.roles.iter().map(|role| role.name()).collect(),
        factor: factor_shown(page, known.has_factor),
        customers: known.customers,
        last_sign_in: known.last_sign_in.map(|at| page.moment(&at)),
        is_off: row.state == State::Deactivated,
    }
}

/// What is typed into the form of a new operator.
#[derive(Debug, Default)]
struct Draft {
    username: String,
    mail: String,
    given: String,
    family: String,
    language: String,
    is_agent: bool,
    role: String,
    way: String,
}

impl Draft {
    fn of(form: &Form) -> Self {
        Self {
            username: form.text("username"),
            mail: form.text("mail"),
            given: form.text("given"),
            family: form.text("family"),
            language: form.text("language"),
            is_agent: form.has("agent"),
            role: form.text("role"),
            way: form.text("onboarding"),
        }
    }

    fn onboarding(&self) -> Onboarding {
        match self.way.as_str() {
            "link" => Onboarding::InviteOffline,
            "temporary" => Onboarding::TemporaryPassword(None),
            _ => Onboarding::Invite,
        }
    }

    fn operator(&self) -> NewOperator {
        NewOperator {
            username: self.username.clone(),
            mail: self.mail.clone(),
            given: self.given.clone(),
            family: self.family.clone(),
            language: Language::tagged(&self.language).map(|one| one.tag().to_owned()),
            is_agent: self.is_agent,
        }
    }

    fn name(&self) -> String {
        let full = format!("{} {}", self.given, self.family);
        match full.trim() {
            "" => self.username.clone(),
            full => full.to_owned(),
        }
    }
}

async fn blank(Extracted(desk): Extracted) -> Response<Body> {
    drafted(&desk, Draft::default(), Vec::new(), None)
}

/// The form of a new operator with what was typed.
fn drafted(
    desk: &Desk,
    draft: Draft,
    errors: Vec<FieldError>,
    twin: Option<Uuid>,
) -> Response<Body> {
    let page = desk.page(Section::Operators);
    let roles = roles_given(&page, &[]).into_iter().map(|role| Choice {
        value: role.name,
        label: role.name.to_owned(),
        hint: role.hint,
        is_chosen: role.name == draft.role,
    });
    let ways = WAYS.iter().map(|(value, label, hint)| Choice {
        value,
        label: page.text(label),
        hint: page.text(hint),
        is_chosen: *value == draft.way || (*value == "invite" && draft.way.is_empty()),
    });
    let status = if errors.is_empty() {
        StatusCode::OK
    } else if twin.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::BAD_REQUEST
    };
    let view = OperatorNew {
        roles: roles.collect(),
        ways: ways.collect(),
        username: draft.username,
        mail: draft.mail,
        given: draft.given,
        family: draft.family,
        language: draft.language,
        is_agent: draft.is_agent,
        errors,
        twin: twin.map(|id| id.to_string()),
        page,
    };
    desk.show_as(status, &view)
}

async fn create(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    answered(&desk, created(&desk, Draft::of(&form)).await)
}

async fn created(desk: &Desk, draft: Draft) -> Answer {
    let language = desk.visit.language;
    let role = Role::named(&draft.role);
    let mut errors = Vec::new();
    if draft.username.is_empty() {
        let error = FieldError::new(language, "username", "operators-error-username");
        errors.push(error);
    }
    let Some(role) = role.filter(|_| errors.is_empty()) else {
        if role.is_none() {
            errors.push(FieldError::new(language, "role", "operators-error-role"));
        }
        return Ok(drafted(desk, draft, errors, None));
    };
    let (service, acting) = (&desk.app().service, desk.acting());
    let body = operators::body(acting, &draft.operator())?;
    match operators::create(service, acting, body, role, draft.onboarding()).await {
        Ok(onboarded) => Ok(finished(desk, &draft, onboarded)),
        Err(error) if error.kind() == ErrorKind::Uniqueness => {
            let twin = acting.find(service, &draft.username).await.ok();
            let error = FieldError::new(language, "username", "operators-error-taken");
            let twin = twin.map(|person| person.stored.id);
            Ok(drafted(desk, draft, vec![error], twin))
        }
        Err(error) if error.kind() == ErrorKind::InvalidValue => {
            let error = FieldError {
                field: String::new(),
                message: error.to_string(),
            };
            Ok(drafted(desk, draft, vec![error], None))
        }
        Err(error) => Err(error),
    }
}

/// What is shown this once; after an invitation by mail, the operator's page.
fn finished(desk: &Desk, draft: &Draft, onboarded: Onboarded) -> Response<Body> {
    let tenant = &desk.acting().caller.tenant_name;
    let link = onboarded.link.map(|link| {
        let address = format!(
            "{}/t/{tenant}/invite/{}",
            desk.app().public_url,
            link.secret
        );
        (address, link.expires)
    });
    if link.is_none() && onboarded.password.is_none() {
        let path = format!("/operators/{}", onboarded.id);
        return desk.go(&path, "operators-notice-invited");
    }
    let page = desk.page(Section::Operators);
    let expires = link.as_ref().or(onboarded.password.as_ref());
    let view = OperatorCreated {
        id: onboarded.id.to_string(),
        name: draft.name(),
        expires: expires.map(|(_, at)| page.moment(at)),
        link: link.map(|(link, _)| link).unwrap_or_default(),
        password: onboarded
            .password
            .map(|(password, _)| password)
            .unwrap_or_default(),
        page,
    };
    desk.show(&view)
}

/// The operator of the address, and what the pages show of them.
async fn opened(desk: &Desk, page: &Shell) -> Result<(Person, OperatorHead)> {
    let (service, acting) = (&desk.app().service, desk.acting());
    let person = operators::find(service, acting, id_of(desk)?).await?;
    let (_, account) = acting.people()?;
    let state = State::of(account, &person.document);
    let (display, called) = operators::called(acting, &person)?;
    let (name, username) = names(display.as_deref(), called.as_deref());
    let head = OperatorHead {
        id: person.stored.id.to_string(),
        name,
        username,
        state: StateShown::of(page, state),
        is_off: state == State::Deactivated,
    };
    Ok((person, head))
}

async fn open(Extracted(desk): Extracted) -> Response<Body> {
    answered(&desk, shown(&desk, Vec::new()).await)
}

async fn shown(desk: &Desk, errors: Vec<FieldError>) -> Answer {
    let page = desk.page(Section::Operators);
    let (person, head) = opened(desk, &page).await?;
    let id = person.stored.id;
    let facts = operators::facts(&desk.app().service, desk.acting(), &[id]).await?;
    let facts = facts.get(&id).cloned().unwrap_or_default();
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::CONFLICT
    };
    let view = OperatorPage {
        operator: head,
        roles: roles_given(&page, &facts.roles),
        customers: facts.customers,
        last_sign_in: facts.last_sign_in.map(|at| page.moment(&at)),
        factor: factor_shown(&page, facts.has_factor),
        may_manage: desk.may(Permission::ManageOperators),
        errors,
        page,
    };
    Ok(desk.show_as(status, &view))
}

/// A page that answers what was sent to it, opened without that.
async fn back(Extracted(desk): Extracted) -> Response<Body> {
    let answer = id_of(&desk).map(|id| desk.go(&format!("/operators/{id}"), ""));
    answered(&desk, answer)
}

async fn set_role(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    answered(&desk, role_set(&desk, &form).await)
}

async fn role_set(desk: &Desk, form: &Form) -> Answer {
    let page = desk.page(Section::Operators);
    let (person, head) = opened(desk, &page).await?;
    let role = Role::named(&form.text("role"))
        .ok_or_else(|| Error::invalid_value("there is no such role"))?;
    let is_given = match form.text("to").as_str() {
        "give" => true,
        "take" => false,
        _ => return Err(Error::invalid_value("a role is given or taken")),
    };
    let (service, acting) = (&desk.app().service, desk.acting());
    let id = person.stored.id;
    match operators::set_role(service, acting, id, role, is_given).await {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::LastOwner => {
            let error = FieldError::new(page.language, "", "operators-error-last-owner");
            return shown(desk, vec![error]).await;
        }
        Err(error) => return Err(error),
    }
    let facts = operators::facts(service, acting, &[id]).await?;
    let still = facts
        .get(&id)
        .is_some_and(|facts| facts.roles.contains(&role));
    if still && !is_given {
        let error = FieldError {
            field: String::new(),
            message: page.with("operators-error-other-group", "role", role.name()),
        };
        return shown(desk, vec![error]).await;
    }
    let notice = if is_given {
        "operators-notice-given"
    } else {
        "operators-notice-taken"
    };
    Ok(desk.go(&format!("/operators/{}", head.id), notice))
}

async fn customers(Extracted(desk): Extracted) -> Response<Body> {
    answered(&desk, both_lists(&desk).await)
}

async fn both_lists(desk: &Desk) -> Answer {
    let page = desk.page(Section::Operators);
    let (person, head) = opened(desk, &page).await?;
    let id = person.stored.id;
    let part = |name: &str| desk.parameter(name);
    let (free, own) = (part("free"), part("own"));
    let (service, acting) = (&desk.app().service, desk.acting());
    let free_window = window(part("free-after"), part("free-before"))?;
    let own_window = window(part("own-after"), part("own-before"))?;
    let text = |text: &str| Some(text.to_owned());
    let all = listing::assignable(service, acting, text(free), free_window).await?;
    let mine = listing::customers(service, acting, id, text(own), own_window).await?;
    let parameters = [("free", free), ("own", own)];
    let path = format!("/operators/{id}/customers");
    let list = |found: &listing::PeoplePage, q: &str, names: (&str, &str)| CustomerList {
        q: q.to_owned(),
        rows: found
            .rows
            .iter()
            .map(|row| customer_line(&page, row, id))
            .collect(),
        pager: pager(
            &page,
            found,
            (&path, &parameters),
            names,
            counted(&page, "operators-customers-count", found.total),
        ),
    };
    let assigned = if own.is_empty() {
        number(&page, mine.total)
    } else {
        let facts = operators::facts(service, acting, &[id]).await?;
        let assigned = facts.get(&id).map_or(0, |facts| facts.customers);
        assigned.to_string()
    };
    let view = OperatorCustomers {
        free: list(&all, free, ("free-after", "free-before")),
        own: list(&mine, own, ("own-after", "own-before")),
        number: assigned,
        may_assign: desk.may(Permission::EditPeople),
        operator: head,
        page: page.clone(),
    };
    Ok(desk.show(&view))
}

fn customer_line(page: &Shell, row: &PersonRow, operator: Uuid) -> CustomerLine {
    let (name, username) = names(row.display.as_deref(), Some(&row.username));
    let holder = row.holder.as_ref();
    let holder_id = holder.map(|holder| holder.id.to_string());
    CustomerLine {
        id: row.id.to_string(),
        name,
        username,
        state: StateShown::of(page, row.state),
        holder: holder
            .and_then(|holder| holder.name.clone())
            .or_else(|| holder_id.clone())
            .unwrap_or_default(),
        holder_id: holder_id.unwrap_or_default(),
        is_here: holder.is_some_and(|holder| holder.id == operator),
    }
}

async fn assign(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let answer = match form.text("action").as_str() {
        "assign" => assigned(&desk, &form).await,
        "end" => ended(&desk, &form).await,
        "take-over" => taken_over(&desk, &form).await,
        _ => Err(Error::invalid_value(
            "customers are assigned, taken over or released",
        )),
    };
    answered(&desk, answer)
}

/// The customers that were ticked.
fn chosen(form: &Form, name: &str) -> Result<Vec<Uuid>> {
    let ids = ids_in(form, name);
    if ids.len() > MOST_CHOSEN {
        return Err(Error::invalid_value(format!(
            "at most {MOST_CHOSEN} customers can be chosen at once"
        )));
    }
    Ok(ids)
}

/// The page of both lists again, as they were.
fn again(desk: &Desk, form: &Form, operator: Uuid, notice: &str) -> Response<Body> {
    let (free, own) = (form.text("free"), form.text("own"));
    let shell = desk.page(Section::Operators);
    let path = format!("/operators/{operator}/customers");
    let whole = address(&shell, &path, &[("free", &free), ("own", &own)]);
    let below = whole.strip_prefix(&shell.at("")).unwrap_or(&path);
    desk.go(below, notice)
}

async fn assigned(desk: &Desk, form: &Form) -> Answer {
    let page = desk.page(Section::Operators);
    let (person, head) = opened(desk, &page).await?;
    let operator = person.stored.id;
    let mut elsewhere = Vec::new();
    let mut done = 0;
    for customer in chosen(form, "assign")? {
        let (service, acting) = (&desk.app().service, desk.acting());
        match people::assign(service, acting, customer, Some(operator), false).await {
            Ok(()) => done += 1,
            Err(error) if error.kind() == ErrorKind::Uniqueness => elsewhere.push(customer),
            Err(error) => return Err(error),
        }
    }
    if elsewhere.is_empty() {
        return Ok(again(desk, form, operator, "operators-notice-assigned"));
    }
    asked(desk, page, head, operator, done, &elsewhere).await
}

/// Asks whether customers are to be taken from the operators who have them.
async fn asked(
    desk: &Desk,
    page: Shell,
    head: OperatorHead,
    operator: Uuid,
    done: i64,
    customers: &[Uuid],
) -> Answer {
    let (service, acting) = (&desk.app().service, desk.acting());
    let rows = operators::held(service, acting, customers).await?;
    let lines = rows.into_iter().map(|held| {
        let (name, username) = names(held.display.as_deref(), held.called.as_deref());
        let (holder_id, holder) = held.holder.map_or_else(Default::default, |(id, name)| {
            (id.to_string(), name.unwrap_or_else(|| id.to_string()))
        });
        CustomerLine {
            id: held.id.to_string(),
            name,
            username,
            state: StateShown::of(&page, held.state),
            is_here: holder_id == operator.to_string(),
            holder_id,
            holder,
        }
    });
    let view = OperatorTakeover {
        operator: head,
        done,
        rows: lines.collect(),
        page: page.clone(),
    };
    Ok(desk.show_as(StatusCode::CONFLICT, &view))
}

/// Takes customers from those operators whom the page has named, and from nobody else.
async fn taken_over(desk: &Desk, form: &Form) -> Answer {
    let page = desk.page(Section::Operators);
    let (person, head) = opened(desk, &page).await?;
    let operator = person.stored.id;
    let mut elsewhere = Vec::new();
    let mut done = 0;
    for customer in chosen(form, "take")? {
        let from = Uuid::try_parse(&form.text(&format!("from-{customer}"))).ok();
        let (service, acting) = (&desk.app().service, desk.acting());
        if people::reassign(service, acting, customer, from, Some(operator)).await? {
            done += 1;
        } else {
            elsewhere.push(customer);
        }
    }
    if elsewhere.is_empty() {
        return Ok(again(desk, form, operator, "operators-notice-moved"));
    }
    asked(desk, page, head, operator, done, &elsewhere).await
}

/// Ends assignments; whoever has gone to another operator meanwhile stays there.
async fn ended(desk: &Desk, form: &Form) -> Answer {
    let page = desk.page(Section::Operators);
    let (person, _) = opened(desk, &page).await?;
    let operator = person.stored.id;
    for customer in chosen(form, "end")? {
        let (service, acting) = (&desk.app().service, desk.acting());
        people::reassign(service, acting, customer, Some(operator), None).await?;
    }
    Ok(again(desk, form, operator, "operators-notice-ended"))
}
