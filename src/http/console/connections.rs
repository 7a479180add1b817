//! Connections: the list, a new one, its settings, and what takes something away from it.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::desk::{Desk, Extracted};
use super::lists::answered;
use super::views::connections::{
    Confirm, Connections, Danger, Head, NewConnection, Row, SettingRow, Settings, product, standing,
};
use super::views::{FieldError, Section, Shell};
use super::{Needs, pages, proof, setup, tokens};
use crate::auth::Permission;
use crate::auth::settings::{self, From, SETTINGS, Setting, Values};
use crate::error::{Error, ErrorKind, Result};
use crate::http::account::Form;
use crate::service::admin::{self, Connection, NewSetting, by_operator};
use crate::service::health;
use crate::service::shield;
use crate::store::ConnectionKey;

pages! {
    "/connections" =>
        get list, Needs::To(Permission::ReadConnections);
    "/connections/new" =>
        get ask_new, Needs::To(Permission::ManageConnections);
        post create, Needs::To(Permission::ManageConnections);
    "/connections/{name}/settings" =>
        get show_settings, Needs::To(Permission::ReadConnections);
        post change_settings, Needs::To(Permission::ManageConnections);
    "/connections/{name}/settings/unset" =>
        post unset, Needs::To(Permission::ManageConnections);
    "/connections/{name}/freeze" =>
        get ask_freeze, Needs::To(Permission::ManageConnections);
        post freeze, Needs::To(Permission::ManageConnections);
    "/connections/{name}/danger" =>
        get danger, Needs::To(Permission::ManageConnections);
    "/connections/{name}/delete" =>
        get ask_delete, Needs::To(Permission::ManageConnections);
        post delete, Needs::To(Permission::ManageConnections);
}

/// How many connections a page shows.
const ROWS: usize = 50;

/// What is wrong with a form: what the person can change about it; everything else is a page of its own.
pub(super) fn correctable(error: Error, field: &str) -> Result<Vec<FieldError>> {
    match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::Uniqueness => Ok(vec![FieldError {
            field: field.to_owned(),
            message: error.to_string(),
        }]),
        _ => Err(error),
    }
}

/// How much of each connection waits for a decision.
pub(super) async fn held(desk: &Desk) -> Result<HashMap<ConnectionKey, i64>> {
    let waiting = shield::waiting(&desk.app().service, desk.acting()).await?;
    let mut held = HashMap::new();
    for one in waiting {
        *held.entry(one.connection).or_default() += one.changes;
    }
    Ok(held)
}

/// How connections are.
pub(super) async fn rows(
    desk: &Desk,
    page: &Shell,
    connections: &[Connection],
) -> Result<Vec<Row>> {
    let service = &desk.app().service;
    let held = held(desk).await?;
    let tokens = by_operator::all_tokens(service, desk.acting()).await?;
    let log = desk.app().log.store();
    let health = health::of(service, log, desk.acting(), connections, &tokens).await?;
    let rows = connections.iter().zip(&health).map(|(connection, health)| {
        let held = held.get(&connection.key).copied().unwrap_or_default();
        Row::of(page, health, held)
    });
    Ok(rows.collect())
}

/// The connection of the address, and what its pages begin with.
pub(super) async fn opened(
    desk: &Desk,
    page: &Shell,
    name: &str,
    tab: &'static str,
) -> Result<(Connection, Head)> {
    let service = &desk.app().service;
    let connection = by_operator::get(service, desk.acting(), name).await?;
    let tokens = by_operator::list_tokens(service, desk.acting(), &connection.name).await?;
    let log = desk.app().log.store();
    let one = std::slice::from_ref(&connection);
    let health = health::of(service, log, desk.acting(), one, &tokens).await?;
    let state = health.first().map_or(health::State::New, |one| one.state);
    let waiting = held(desk).await?;
    let head = Head {
        name: connection.name.clone(),
        product: product(page, &connection.profile),
        standing: standing(page, state),
        is_frozen: connection.frozen.is_some(),
        held: waiting.get(&connection.key).copied().unwrap_or_default(),
        tab,
    };
    Ok((connection, head))
}

async fn list(Extracted(desk): Extracted) -> Response<Body> {
    answered(&desk, listed(&desk).await)
}

async fn listed(desk: &Desk) -> Result<Response<Body>> {
    let page = desk.page(Section::Connections);
    let all = by_operator::list(&desk.app().service, desk.acting()).await?;
    let skip: usize = desk.parameter("skip").parse().unwrap_or_default();
    let shown: Vec<Connection> = all.iter().skip(skip).take(ROWS).cloned().collect();
    let rows = rows(desk, &page, &shown).await?;
    let at = |skip: usize| page.at(&format!("/connections?skip={skip}"));
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let view = Connections {
        rows,
        words: page.counted("connections-count", &count),
        previous: if skip > 0 {
            at(skip.saturating_sub(ROWS))
        } else {
            String::new()
        },
        next: if skip.saturating_add(ROWS) < all.len() {
            at(skip.saturating_add(ROWS))
        } else {
            String::new()
        },
        is_manager: desk.may(Permission::ManageConnections),
        page,
    };
    Ok(desk.show(&view))
}

/// The profiles: name and product, that for any client last.
fn profiles(page: &Shell) -> Result<Vec<(String, String)>> {
    let mut names: Vec<&str> = settings::profiles()?.map(|(name, _)| name).collect();
    names.sort_by_key(|name| (*name == "generic", *name));
    let titled = |name: &str| (name.to_owned(), product(page, name));
    Ok(names.into_iter().map(titled).collect())
}

fn new_form(desk: &Desk, form: Option<&Form>, errors: Vec<FieldError>) -> Result<NewConnection> {
    let page = desk.page(Section::Connections);
    let typed = |name: &str| form.map(|form| form.text(name)).unwrap_or_default();
    let life = typed("life");
    Ok(NewConnection {
        profiles: profiles(&page)?,
        profile: typed("profile"),
        name: typed("name"),
        lives: tokens::lives(&page),
        life: if life.is_empty() {
            tokens::LIFE.to_owned()
        } else {
            life
        },
        errors,
        page,
    })
}

async fn ask_new(Extracted(desk): Extracted) -> Response<Body> {
    if let Some(asked) = proof::needed(&desk) {
        return asked;
    }
    answered(
        &desk,
        new_form(&desk, None, Vec::new()).map(|view| desk.show(&view)),
    )
}

async fn create(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    if let Some(asked) = proof::needed(&desk) {
        return asked;
    }
    answered(&desk, created(&desk, &form).await)
}

async fn created(desk: &Desk, form: &Form) -> Result<Response<Body>> {
    let again = |errors| {
        let view = new_form(desk, Some(form), errors)?;
        Ok(desk.show_as(StatusCode::BAD_REQUEST, &view))
    };
    let language = desk.page(Section::Connections).language;
    let (name, profile) = (form.text("name"), form.text("profile"));
    let mut errors = Vec::new();
    if profile.is_empty() {
        errors.push(FieldError::new(
            language,
            "profile",
            "connections-wrong-profile",
        ));
    }
    if name.is_empty() {
        errors.push(FieldError::new(language, "name", "connections-wrong-name"));
    }
    let Some(life) = tokens::life(&form.text("life")) else {
        errors.push(FieldError::new(language, "life", "connections-wrong-life"));
        return again(errors);
    };
    if !errors.is_empty() {
        return again(errors);
    }
    let service = &desk.app().service;
    let made = by_operator::create(service, desk.acting(), &name, &profile).await;
    let connection = match made {
        Ok(connection) => connection,
        Err(error) => {
            let wrong = match error.kind() {
                ErrorKind::Uniqueness => ("name", "connections-wrong-taken"),
                ErrorKind::InvalidValue if settings::profile(&profile).is_err() => {
                    ("profile", "connections-wrong-profile")
                }
                ErrorKind::InvalidValue => ("name", "connections-wrong-form"),
                _ => return Err(error),
            };
            return again(vec![FieldError::new(language, wrong.0, wrong.1)]);
        }
    };
    let secret = if desk.may(Permission::ManageTokens) {
        let made =
            by_operator::create_token(service, desk.acting(), &connection.name, None, life).await?;
        Some(made.secret)
    } else {
        None
    };
    setup::show(desk, &connection.name, secret).await
}

/// What a setting does, in the person's language.
fn purpose(page: &Shell, setting: &Setting) -> String {
    page.text(&format!(
        "connections-purpose-{}",
        setting.name.replace(['.', '_'], "-")
    ))
}

fn setting_row(
    page: &Shell,
    (setting, value, from): &settings::Explained,
    typed: Option<&Form>,
) -> SettingRow {
    let shown = typed.filter(|form| form.has(setting.name));
    let shown = shown.map_or_else(|| value.clone(), |form| form.text(setting.name));
    let (words, range) = match setting.values {
        Values::Words(words) => (words.to_vec(), None),
        Values::Number { range, .. } => (Vec::new(), Some(range)),
        Values::Text => (Vec::new(), None),
    };
    SettingRow {
        name: setting.name,
        purpose: purpose(page, setting),
        words,
        range,
        present: (shown != *value).then(|| value.clone()),
        value: shown,
        origin: page.text(match from {
            From::Default => "connections-origin-default",
            From::Profile => "connections-origin-profile",
            From::Own => "connections-origin-own",
        }),
        is_own: *from == From::Own,
    }
}

async fn settings_view(
    desk: &Desk,
    typed: Option<&Form>,
    errors: Vec<FieldError>,
) -> Result<Settings> {
    let page = desk.page(Section::Connections);
    let (connection, head) = opened(desk, &page, desk.part("name"), "settings").await?;
    let explained = settings::explain(&connection.profile, &connection.settings)?;
    let rows = explained.iter().map(|one| setting_row(&page, one, typed));
    Ok(Settings {
        rows: rows.collect(),
        profiles: profiles(&page)?,
        profile: typed
            .map(|form| form.text("profile"))
            .filter(|typed| !typed.is_empty())
            .unwrap_or_else(|| connection.profile.clone()),
        seen: admin::version(&connection),
        is_conflict: false,
        is_manager: desk.may(Permission::ManageConnections),
        errors,
        head,
        page,
    })
}

async fn show_settings(Extracted(desk): Extracted) -> Response<Body> {
    let view = settings_view(&desk, None, Vec::new()).await;
    answered(&desk, view.map(|view| desk.show(&view)))
}

async fn change_settings(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    answered(&desk, changed(&desk, &form).await)
}

/// What the form changes: values that are not those in force.
fn changes(connection: &Connection, form: &Form) -> Result<Vec<NewSetting>> {
    let explained = settings::explain(&connection.profile, &connection.settings)?;
    let changed = explained
        .into_iter()
        .filter(|(setting, value, _)| form.has(setting.name) && form.text(setting.name) != *value)
        .map(|(setting, ..)| (setting.name.to_owned(), Some(form.text(setting.name))));
    Ok(changed.collect())
}

/// What is said of a value that a setting does not take.
fn wrong_value(desk: &Desk, name: &str) -> FieldError {
    let language = desk.page(Section::Connections).language;
    let known = SETTINGS.iter().find(|setting| setting.name == name);
    let message = match known.map(|setting| setting.values) {
        Some(Values::Number {
            range: (least, most),
            ..
        }) => {
            let (least, most) = (least.to_string(), most.to_string());
            let bounds = [("least", least.as_str()), ("most", most.as_str())];
            language.format("connections-wrong-number", &bounds)
        }
        _ => language.text("connections-wrong-value"),
    };
    FieldError {
        field: name.to_owned(),
        message: format!("{name}: {message}"),
    }
}

async fn changed(desk: &Desk, form: &Form) -> Result<Response<Body>> {
    let service = &desk.app().service;
    let connection = by_operator::get(service, desk.acting(), desk.part("name")).await?;
    let own = changes(&connection, form)?;
    let mut errors = Vec::new();
    for (name, value) in &own {
        let checked = settings::check(SETTINGS, name, value.as_deref().unwrap_or_default());
        if checked.is_err() {
            errors.push(wrong_value(desk, name));
        }
    }
    let profile = form.text("profile");
    let profile = if profile.is_empty() {
        connection.profile.clone()
    } else {
        profile
    };
    if settings::profile(&profile).is_err() {
        let language = desk.page(Section::Connections).language;
        errors.push(FieldError::new(
            language,
            "profile",
            "connections-wrong-profile",
        ));
    }
    if !errors.is_empty() {
        let view = settings_view(desk, Some(form), errors).await?;
        return Ok(desk.show_as(StatusCode::BAD_REQUEST, &view));
    }
    saved(desk, &connection.name, &profile, &own, form).await
}

async fn saved(
    desk: &Desk,
    name: &str,
    profile: &str,
    own: &[NewSetting],
    form: &Form,
) -> Result<Response<Body>> {
    let seen = form.text("seen");
    let service = &desk.app().service;
    let done = by_operator::update(service, desk.acting(), name, profile, own, &seen).await;
    match done {
        Ok(()) => Ok(desk.go(
            &format!("/connections/{name}/settings"),
            "console-notice-saved",
        )),
        Err(error) if error.kind() == ErrorKind::PreconditionFailed => {
            let mut view = settings_view(desk, Some(form), Vec::new()).await?;
            view.is_conflict = true;
            Ok(desk.show_as(StatusCode::PRECONDITION_FAILED, &view))
        }
        Err(error) => Err(error),
    }
}

async fn unset(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let done = async {
        let service = &desk.app().service;
        let connection = by_operator::get(service, desk.acting(), desk.part("name")).await?;
        let own = [(form.text("unset"), None)];
        saved(&desk, &connection.name, &connection.profile, &own, &form).await
    };
    answered(&desk, done.await)
}

/// A question about a connection.
pub(super) struct Question {
    pub(super) heading: String,
    pub(super) sentences: Vec<String>,
    pub(super) facts: Vec<(String, String)>,
    pub(super) action: String,
    pub(super) cancel: &'static str,
    pub(super) seen: String,
    pub(super) tick: String,
    pub(super) button: String,
    pub(super) is_danger: bool,
}

/// The page that asks it; with errors, again.
pub(super) fn ask(
    desk: &Desk,
    name: &str,
    question: Question,
    errors: Vec<FieldError>,
) -> Response<Body> {
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let view = Confirm {
        page: desk.page(Section::Connections),
        name: name.to_owned(),
        heading: question.heading,
        sentences: question.sentences,
        facts: question.facts,
        action: question.action,
        cancel: question.cancel.to_owned(),
        seen: question.seen,
        tick: question.tick,
        button: question.button,
        is_danger: question.is_danger,
        errors,
    };
    desk.show_as(status, &view)
}

/// What is said to whoever has not ticked the box.
pub(super) fn unconfirmed(desk: &Desk) -> Vec<FieldError> {
    let language = desk.page(Section::Connections).language;
    vec![FieldError::new(
        language,
        "confirm",
        "connections-wrong-confirm",
    )]
}

fn freeze_question(desk: &Desk, connection: &Connection) -> Question {
    let page = desk.page(Section::Connections);
    let (heading, words, tick, button) = if connection.frozen.is_some() {
        (
            "connections-unfreeze-heading",
            "connections-unfreeze-words",
            "connections-unfreeze-tick",
            "connections-unfreeze",
        )
    } else {
        (
            "connections-freeze-heading",
            "connections-freeze-words",
            "connections-freeze-tick",
            "connections-freeze",
        )
    };
    Question {
        heading: page.with(heading, "name", &connection.name),
        sentences: vec![page.text(words)],
        facts: Vec::new(),
        action: "/freeze".to_owned(),
        cancel: "",
        // What is asked is what is done, whatever somebody else does meanwhile.
        seen: if connection.frozen.is_some() {
            "unfreeze".to_owned()
        } else {
            "freeze".to_owned()
        },
        tick: page.text(tick),
        button: page.text(button),
        is_danger: connection.frozen.is_none(),
    }
}

async fn ask_freeze(Extracted(desk): Extracted) -> Response<Body> {
    let found = by_operator::get(&desk.app().service, desk.acting(), desk.part("name")).await;
    let asked = found.map(|connection| {
        let question = freeze_question(&desk, &connection);
        ask(&desk, &connection.name, question, Vec::new())
    });
    answered(&desk, asked)
}

async fn freeze(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let done = async {
        let service = &desk.app().service;
        let connection = by_operator::get(service, desk.acting(), desk.part("name")).await?;
        if form.text("confirm") != "yes" {
            let question = freeze_question(&desk, &connection);
            return Ok(ask(&desk, &connection.name, question, unconfirmed(&desk)));
        }
        let is_frozen = form.text("seen") != "unfreeze";
        by_operator::set_frozen(service, desk.acting(), &connection.name, is_frozen).await?;
        let notice = if is_frozen {
            "connections-notice-frozen"
        } else {
            "connections-notice-unfrozen"
        };
        Ok(desk.go(&format!("/connections/{}", connection.name), notice))
    };
    answered(&desk, done.await)
}

async fn danger(Extracted(desk): Extracted) -> Response<Body> {
    let page = desk.page(Section::Connections);
    let found = opened(&desk, &page, desk.part("name"), "danger").await;
    answered(
        &desk,
        found.map(|(_, head)| desk.show(&Danger { page, head })),
    )
}

fn delete_question(desk: &Desk, name: &str) -> Question {
    let page = desk.page(Section::Connections);
    Question {
        heading: page.with("connections-delete-heading", "name", name),
        sentences: vec![page.text("connections-delete-words")],
        facts: Vec::new(),
        action: "/delete".to_owned(),
        cancel: "/danger",
        seen: String::new(),
        tick: String::new(),
        button: page.text("connections-delete"),
        is_danger: true,
    }
}

async fn ask_delete(Extracted(desk): Extracted) -> Response<Body> {
    let found = by_operator::get(&desk.app().service, desk.acting(), desk.part("name")).await;
    let asked = found.map(|connection| {
        let question = delete_question(&desk, &connection.name);
        ask(&desk, &connection.name, question, Vec::new())
    });
    answered(&desk, asked)
}

async fn delete(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let done = async {
        let service = &desk.app().service;
        let connection = by_operator::get(service, desk.acting(), desk.part("name")).await?;
        if form.text("confirm") != connection.name {
            let language = desk.page(Section::Connections).language;
            let wrong = FieldError::new(language, "confirm", "connections-wrong-typed");
            let question = delete_question(&desk, &connection.name);
            return Ok(ask(&desk, &connection.name, question, vec![wrong]));
        }
        by_operator::delete(service, desk.acting(), &connection.name).await?;
        Ok(desk.go("/connections", "connections-notice-deleted"))
    };
    answered(&desk, done.await)
}
