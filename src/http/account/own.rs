//! The pages of somebody who has signed in: their profile, password, sessions, groups, language, and how to leave.

use axum::body::Body;
use axum::http::header::{self, HeaderValue};
use axum::http::{Response, StatusCode};
use serde_json::json;

use super::agent;
use super::entry::{password_errors, rules};
use super::form::Form;
use super::views::{
    Field, FieldError, Groups, Input, Languages, Leave, Page, Password, PasswordPurpose, Profile,
    Session, Sessions, SetPassword, SignedOut, SignedOutWhy,
};
use super::visit::Visit;
use crate::error::{Error, ErrorKind, Result};
use crate::language::Language;
use crate::resource::timestamp;
use crate::service::account::profile::{self, Kind, Shown};
use crate::service::account::second_factor::Factor;
use crate::service::account::sessions::{SignedIn, Which};
use crate::service::account::{claims, own};

type Answer = Response<Body>;

/// Somebody who has signed in and may go on; the answer for everybody else.
async fn enter(visit: &Visit) -> std::result::Result<SignedIn, Box<Answer>> {
    match visit.signed_in().await {
        Ok(signed_in) if signed_in.must_change => Err(Box::new(visit.go("/account/password"))),
        Ok(signed_in) if signed_in.factor == Factor::Due => {
            let way = format!("/console/factor?next={}", visit.path);
            Err(Box::new(visit.go(&way)))
        }
        Ok(signed_in) => Ok(signed_in),
        Err(error) => Err(Box::new(visit.failed(error))),
    }
}

/// Goes on as somebody who has signed in, or answers.
macro_rules! entered {
    ($visit:expr) => {
        match enter(&$visit).await {
            Ok(signed_in) => signed_in,
            Err(answer) => return *answer,
        }
    };
}

fn moment(language: Language, microseconds: i64) -> String {
    language.moment(&timestamp(microseconds))
}

/// Whether the person has typed something else than the form was shown with.
fn is_changed(form: &Form, shown: &Shown) -> bool {
    let former = format!("former-{}", shown.path);
    let known = if form.has(&former) {
        form.text(&former)
    } else {
        shown.value.clone()
    };
    form.has(&shown.path) && form.text(&shown.path) != known.trim()
}

/// A field of the profile in the person's language.
fn field(page: &Page, shown: &Shown, typed: Option<&Form>, errors: &[FieldError]) -> Field {
    let typed = typed.filter(|form| shown.is_editable && is_changed(form, shown));
    let value = typed.map_or_else(|| shown.value.clone(), |form| form.text(&shown.path));
    let own = errors.iter().filter(|error| error.field == shown.path);
    Field {
        name: shown.path.clone(),
        label: label(page.language, shown),
        value,
        former: shown.value.clone(),
        is_editable: shown.is_editable,
        note: shown
            .owner
            .as_ref()
            .map(|owner| page.with("account-managed-by", "connection", owner)),
        input: match shown.kind {
            Kind::Text | Kind::Locale | Kind::TimeZone => Input::Text,
            Kind::Address => Input::Email,
            Kind::Web => Input::Url,
        },
        autocomplete: None,
        errors: own.map(|error| error.message.clone()).collect(),
    }
}

/// What an attribute is called: in the language of the page where we have a word for it.
fn label(language: Language, shown: &Shown) -> String {
    let own = shown.label.get(language.tag());
    if let Some(own) = own.or_else(|| shown.label.get(Language::English.tag())) {
        return own.clone();
    }
    let word = shown.path.rsplit(':').next().unwrap_or_default();
    let word = word.replace('.', "-").to_lowercase();
    let id = format!("account-field-{word}");
    let text = language.text(&id);
    if text == id { shown.name.clone() } else { text }
}

/// What is wrong with a value, by what it should be.
fn wrong_value(language: Language, shown: &Shown) -> FieldError {
    let id = match shown.kind {
        Kind::Text | Kind::Address => "account-error-value-invalid",
        Kind::Web => "account-error-web-address",
        Kind::Locale => "account-error-locale",
        Kind::TimeZone => "account-error-time-zone",
    };
    FieldError::new(language, &shown.path, id)
}

fn profile_view(
    visit: &Visit,
    signed_in: &SignedIn,
    fields: &[Shown],
    typed: Option<&Form>,
    errors: &[FieldError],
) -> Profile {
    let page = visit.own_page(signed_in, "/account");
    let fields = fields
        .iter()
        .map(|shown| field(&page, shown, typed, errors));
    Profile {
        fields: fields.collect(),
        version: signed_in.person.stored.meta.version.to_string(),
        conflict: None,
        page,
    }
}

pub(super) async fn profile(visit: Visit) -> Answer {
    let signed_in = entered!(visit);
    match profile::shown(&visit.app.service, &signed_in).await {
        Ok(fields) => visit.show(&profile_view(&visit, &signed_in, &fields, None, &[])),
        Err(error) => visit.failed(error),
    }
}

pub(super) async fn change_profile(visit: Visit, form: Form) -> Answer {
    let signed_in = entered!(visit);
    match save(&visit, &signed_in, &form).await {
        Ok(answer) => answer,
        Err(error) => visit.failed(error),
    }
}

async fn save(visit: &Visit, signed_in: &SignedIn, form: &Form) -> Result<Answer> {
    let service = &visit.app.service;
    let fields = profile::shown(service, signed_in).await?;
    let language = visit.own_page(signed_in, "/account").language;
    let refused = |wrong: &dyn Fn(&Shown) -> bool| {
        let wrong = fields.iter().filter(|shown| wrong(shown));
        let errors: Vec<FieldError> = wrong.map(|shown| wrong_value(language, shown)).collect();
        let view = profile_view(visit, signed_in, &fields, Some(form), &errors);
        visit.show_as(StatusCode::BAD_REQUEST, &view)
    };
    let changed: Vec<(&Shown, String)> = fields
        .iter()
        .filter(|shown| shown.is_editable && is_changed(form, shown))
        .map(|shown| (shown, form.text(&shown.path)))
        .collect();
    if changed.is_empty() {
        return Ok(visit.go("/account?notice=account-notice-nothing-changed"));
    }
    let values: Vec<own::NewValue> = changed
        .iter()
        .map(|(shown, typed)| {
            let value = Some(typed.clone()).filter(|typed| !typed.is_empty());
            (shown.path.clone(), value)
        })
        .collect();
    let unfit = own::unfit(signed_in, &values)?;
    if !unfit.is_empty() {
        return Ok(refused(&|shown| unfit.contains(&shown.path)));
    }
    let version = form.text("version").parse::<i64>().ok();
    let done = own::change(service, signed_in, &values, version).await;
    match done {
        Ok(()) => Ok(visit.go("/account?notice=account-notice-profile-saved")),
        Err(error) if error.kind() == ErrorKind::PreconditionFailed => {
            let mut view = profile_view(visit, signed_in, &fields, Some(form), &[]);
            let conflict = changed
                .into_iter()
                .map(|(shown, typed)| (label(language, shown), shown.value.clone(), typed));
            view.conflict = Some(conflict.collect());
            Ok(visit.show_as(StatusCode::CONFLICT, &view))
        }
        Err(error) if error.kind() == ErrorKind::InvalidValue => {
            // The message names the attribute that is wrong; where it names none, all that were changed are marked.
            let detail = error.detail();
            let guilty = |path: &str| detail.contains(&format!("{path:?}"));
            let is_named = changed.iter().any(|(shown, _)| guilty(&shown.path));
            let is_changed = |path: &str| changed.iter().any(|(shown, _)| shown.path == path);
            Ok(refused(&|shown| {
                is_changed(&shown.path) && (!is_named || guilty(&shown.path))
            }))
        }
        Err(error) => Err(error),
    }
}

async fn password_page(visit: &Visit, signed_in: &SignedIn, errors: Vec<FieldError>) -> Answer {
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let page = visit.own_page(signed_in, "/account/password");
    let rules = rules(page.language, visit.settings.policy);
    if signed_in.must_change {
        let view = SetPassword {
            page,
            action: visit.at("/account/password"),
            username: signed_in.username(),
            purpose: PasswordPurpose::MustChange,
            rules,
            errors,
            asks_current: true,
        };
        return visit.show_as(status, &view);
    }
    let changed = own::password_changed(&visit.app.service, signed_in).await;
    let language = page.language;
    let view = Password {
        page,
        username: signed_in.username(),
        rules,
        errors,
        last_changed: changed.ok().flatten().map(|at| moment(language, at)),
    };
    visit.show_as(status, &view)
}

pub(super) async fn password(visit: Visit) -> Answer {
    match visit.signed_in().await {
        Ok(signed_in) => password_page(&visit, &signed_in, Vec::new()).await,
        Err(error) => visit.failed(error),
    }
}

pub(super) async fn change_password(visit: Visit, form: Form) -> Answer {
    let signed_in = match visit.signed_in().await {
        Ok(signed_in) => signed_in,
        Err(error) => return visit.failed(error),
    };
    let (current, new) = (form.secret("current"), form.secret("password"));
    let mut errors = Vec::new();
    let wrong = |field: &str, id: &str| FieldError::new(visit.language, field, id);
    if current.is_empty() {
        errors.push(wrong("current", "account-error-current-missing"));
    }
    let personal = own::personal_words(&signed_in);
    errors.extend(password_errors(&visit, "password", &new, personal).await);
    if errors.is_empty() && current == new {
        errors.push(wrong("password", "account-error-password-same"));
    }
    if !errors.is_empty() {
        return password_page(&visit, &signed_in, errors).await;
    }
    if let Err(error) = visit.app.admission.check_attempts(visit.address) {
        return visit.failed(error);
    }
    let done = own::change_password(&visit.app.service, &signed_in, &current, &new).await;
    match done {
        Ok(secret) => {
            let mut response = visit.go("/account?notice=account-notice-password-changed");
            visit.remember_session(&mut response, &secret);
            response
        }
        Err(error) if error.kind() == ErrorKind::InvalidToken => {
            if let Err(error) = visit.app.admission.count_attempt(visit.address) {
                return visit.failed(error);
            }
            let errors = vec![wrong("current", "account-error-current-wrong")];
            password_page(&visit, &signed_in, errors).await
        }
        Err(error) => visit.failed(error),
    }
}

pub(super) async fn sessions(visit: Visit) -> Answer {
    let signed_in = entered!(visit);
    let page = visit.own_page(&signed_in, "/account/sessions");
    let language = page.language;
    match signed_in.sessions(&visit.app.service).await {
        Ok(found) => {
            let sessions = found.into_iter().map(|session| {
                let said = session.agent.unwrap_or_default();
                let is_named = session.name.is_some();
                let agent = session
                    .name
                    .unwrap_or_else(|| agent::words(language, &said));
                Session {
                    is_current: session.id == signed_in.session,
                    said: Some(said).filter(|said| !is_named && *said != agent),
                    agent,
                    address: session.address.unwrap_or_default(),
                    since: moment(language, session.created),
                    last_used: moment(language, session.last_used),
                    id: session.id,
                }
            });
            visit.show(&Sessions {
                page,
                sessions: sessions.collect(),
            })
        }
        Err(error) => visit.failed(error),
    }
}

pub(super) async fn end_sessions(visit: Visit, form: Form) -> Answer {
    let signed_in = entered!(visit);
    let id = form.text("id");
    let (which, notice) = if form.text("all") == "others" {
        (Which::Others, "account-notice-sessions-ended")
    } else {
        (Which::One(&id), "account-notice-session-ended")
    };
    match signed_in.end(&visit.app.service, which).await {
        Ok(0) if matches!(which, Which::One(_)) => {
            visit.failed(Error::bad_request("there is no such session"))
        }
        Ok(_) => visit.go(&format!("/account/sessions?notice={notice}")),
        Err(error) => visit.failed(error),
    }
}

pub(super) async fn groups(visit: Visit) -> Answer {
    let signed_in = entered!(visit);
    match own::groups(&visit.app.service, &signed_in).await {
        Ok(groups) => visit.show(&Groups {
            page: visit.own_page(&signed_in, "/account/groups"),
            groups,
        }),
        Err(error) => visit.failed(error),
    }
}

pub(super) async fn languages(visit: Visit) -> Answer {
    let signed_in = entered!(visit);
    let page = visit.own_page(&signed_in, "/account/language");
    let chosen = page.language;
    let languages = Language::ALL.iter().map(|language| {
        let (tag, name) = (language.tag(), language.name());
        (tag.to_owned(), name.to_owned(), *language == chosen)
    });
    visit.show(&Languages {
        languages: languages.collect(),
        page,
    })
}

pub(super) async fn change_language(visit: Visit, form: Form) -> Answer {
    let signed_in = entered!(visit);
    let Some(language) = Language::tagged(&form.text("language")) else {
        let error = Error::invalid_value("choose one of the languages in the list");
        return visit.failed(error);
    };
    let tag = language.tag();
    match own::change_language(&visit.app.service, &signed_in, tag).await {
        // The language goes along, so that the next page is in it already.
        Ok(()) => visit.go(&format!(
            "/account/language?lang={tag}&notice=account-notice-language-saved"
        )),
        Err(error) => visit.failed(error),
    }
}

pub(super) async fn export(visit: Visit) -> Answer {
    let signed_in = entered!(visit);
    match own::export(&visit.app.service, &signed_in).await {
        Ok(all) => {
            let mut response = Response::new(Body::from(format!("{all:#}")));
            let headers = response.headers_mut();
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            headers.insert(
                header::CONTENT_DISPOSITION,
                HeaderValue::from_static("attachment; filename=\"account.json\""),
            );
            response
        }
        Err(error) => visit.failed(error),
    }
}

/// A signed token that tells an application who has signed in (published keys: `/.well-known/jwks.json`).
pub(super) async fn token(visit: Visit, form: Form) -> Answer {
    let signed_in = entered!(visit);
    let audience = form.text("audience");
    let made = async {
        let claims = claims::own(&visit.app.service, &signed_in, &audience).await?;
        visit.app.auth.identity_token(&claims, &audience).await
    };
    match made.await {
        Ok((token, seconds)) => {
            let body = json!({"token": token, "expires_in": seconds});
            let mut response = Response::new(Body::from(body.to_string()));
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            response
        }
        Err(error) => visit.failed(error),
    }
}

async fn leave_page(visit: &Visit, signed_in: &SignedIn, errors: Vec<FieldError>) -> Answer {
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    match own::ways_to_leave(&visit.app.service, signed_in).await {
        Ok(ways) => {
            let view = Leave {
                page: visit.own_page(signed_in, "/account/leave"),
                username: signed_in.username(),
                errors,
                may_deactivate: ways.may_deactivate,
                may_delete: ways.may_delete,
                is_last_owner: ways.is_last_owner,
            };
            visit.show_as(status, &view)
        }
        Err(error) => visit.failed(error),
    }
}

pub(super) async fn leave(visit: Visit) -> Answer {
    let signed_in = entered!(visit);
    leave_page(&visit, &signed_in, Vec::new()).await
}

pub(super) async fn deactivate(visit: Visit, form: Form) -> Answer {
    let signed_in = entered!(visit);
    let mut errors = Vec::new();
    let wrong = |field: &str, id: &str| FieldError::new(visit.language, field, id);
    if form.text("confirm") != "yes" {
        errors.push(wrong("deactivate-confirm", "account-error-confirm-missing"));
    }
    let current = form.secret("current");
    if current.is_empty() {
        errors.push(wrong("deactivate-current", "account-error-current-missing"));
    }
    if !errors.is_empty() {
        return leave_page(&visit, &signed_in, errors).await;
    }
    if let Err(error) = visit.app.admission.check_attempts(visit.address) {
        return visit.failed(error);
    }
    let done = own::deactivate(&visit.app.service, &signed_in, &current).await;
    left(
        &visit,
        &signed_in,
        done,
        "deactivate-current",
        "deactivated",
    )
    .await
}

pub(super) async fn delete(visit: Visit, form: Form) -> Answer {
    let signed_in = entered!(visit);
    let mut errors = Vec::new();
    let wrong = |field: &str, id: &str| FieldError::new(visit.language, field, id);
    if form.text("username") != signed_in.username() {
        errors.push(wrong("delete-username", "account-error-username-mismatch"));
    }
    let current = form.secret("current");
    if current.is_empty() {
        errors.push(wrong("delete-current", "account-error-current-missing"));
    }
    if !errors.is_empty() {
        return leave_page(&visit, &signed_in, errors).await;
    }
    if let Err(error) = visit.app.admission.check_attempts(visit.address) {
        return visit.failed(error);
    }
    let done = own::remove(&visit.app.service, &signed_in, &current).await;
    left(&visit, &signed_in, done, "delete-current", "deleted").await
}

/// Whoever has left is signed out, with the message; everybody else sees what was wrong.
async fn left(
    visit: &Visit,
    signed_in: &SignedIn,
    done: Result<()>,
    field: &str,
    why: &str,
) -> Answer {
    match done {
        Ok(()) => {
            let mut response = visit.go(&format!("/signed-out?why={why}"));
            visit.forget_session(&mut response);
            response
        }
        Err(error) if error.kind() == ErrorKind::InvalidToken => {
            if let Err(error) = visit.app.admission.count_attempt(visit.address) {
                return visit.failed(error);
            }
            let id = "account-error-current-wrong";
            let errors = vec![FieldError::new(visit.language, field, id)];
            leave_page(visit, signed_in, errors).await
        }
        Err(error) => visit.failed(error),
    }
}

pub(super) async fn sign_out(visit: Visit, _form: Form) -> Answer {
    if let Ok(signed_in) = visit.signed_in().await
        && let Err(error) = signed_in.end(&visit.app.service, Which::This).await
    {
        return visit.failed(error);
    }
    let mut response = visit.go("/signed-out");
    visit.forget_session(&mut response);
    response
}

pub(super) async fn signed_out(visit: Visit) -> Answer {
    let why = match visit.parameter("why") {
        Some("deleted") => SignedOutWhy::Deleted,
        Some("deactivated") => SignedOutWhy::Deactivated,
        _ => SignedOutWhy::SignedOut,
    };
    visit.show(&SignedOut {
        page: visit.page("/signed-out"),
        why,
    })
}
