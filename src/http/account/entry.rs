//! The pages of somebody who has not signed in: to sign in, to register, to follow a link.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{Response, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::App;
use super::form::Form;
use super::views::{
    FieldError, Forgot, ForgotSent, LinkDead, LinkPurpose, NOTICES, PasswordPurpose, Register,
    Registered, SetPassword, SignIn, Verified, Verify,
};
use super::visit::{Refused, SIGNED_OUT, Visit};
use crate::auth::password::Place;
use crate::auth::policy::{Broken, Policy, SPECIAL};
use crate::error::{Error, ErrorKind};
use crate::language::Language;
use crate::service::account::links::{self, Purpose};
use crate::service::account::registration::{self, Registration};
use crate::service::account::{is_address, sessions};

type Answer = Response<Body>;

/// The rules for passwords, in words.
pub(super) fn rules(language: Language, policy: Policy) -> Vec<String> {
    policy
        .rules()
        .iter()
        .map(|rule| rule_text(language, *rule))
        .collect()
}

fn rule_text(language: Language, rule: Broken) -> String {
    let code = rule.code();
    match rule {
        Broken::TooShort { min: count } | Broken::TooLong { max: count } => {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            language.counted(code, "count", count, &[])
        }
        Broken::NoSpecial => {
            let spaced: Vec<String> = SPECIAL.chars().map(String::from).collect();
            language.format(code, &[("characters", &spaced.join(" "))])
        }
        Broken::NoUpper
        | Broken::NoLower
        | Broken::NoDigit
        | Broken::Common
        | Broken::Guessable
        | Broken::Personal => language.text(code),
    }
}

/// What is wrong with a new password, a sentence for each rule that it breaks.
pub(super) async fn password_errors(
    visit: &Visit,
    field: &str,
    password: &str,
    personal: Vec<String>,
) -> Vec<FieldError> {
    if password.is_empty() {
        let id = "account-error-new-password-missing";
        return vec![FieldError::new(visit.language, field, id)];
    }
    let broken = crate::auth::password::broken(visit.settings.policy, password, personal).await;
    let Ok(broken) = broken else {
        let id = "account-error-value-invalid";
        return vec![FieldError::new(visit.language, field, id)];
    };
    broken
        .into_iter()
        .map(|rule| {
            let rule = rule_text(visit.language, rule);
            let id = "account-error-password-rule";
            FieldError {
                field: field.to_owned(),
                message: visit.language.format(id, &[("rule", &rule)]),
            }
        })
        .collect()
}

pub(super) fn missing(visit: &Visit, field: &str, id: &str) -> FieldError {
    FieldError::new(visit.language, field, id)
}

pub(super) async fn sign_in(visit: Visit) -> Answer {
    let next = visit.next(visit.parameter("next").unwrap_or_default());
    let has_ended = match visit.signed_in().await {
        Ok(_) => return redirect_to(&visit, &next),
        Err(error) => error.kind() == ErrorKind::InvalidToken,
    };
    let mut view = sign_in_view(&visit, String::new(), next, Vec::new());
    if !has_ended {
        return visit.show(&view);
    }
    // What has just been done here says more.
    let notice = view.page.notice.filter(|id| NOTICES.contains(&id.as_str()));
    view.page.notice = notice.or_else(|| Some(SIGNED_OUT.to_owned()));
    let mut response = visit.show(&view);
    visit.forget_session(&mut response);
    response
}

fn redirect_to(visit: &Visit, address: &str) -> Answer {
    visit.go(address.strip_prefix(&visit.base).unwrap_or(address))
}

fn sign_in_view(visit: &Visit, username: String, next: String, errors: Vec<FieldError>) -> SignIn {
    SignIn {
        page: visit.page(&format!("/sign-in?next={next}")),
        username,
        next,
        errors,
        can_register: visit.settings.has_registration,
    }
}

/// A form with a password to be compared, and the place for that, which is taken before the database is asked for anything.
pub(super) struct Attempt {
    visit: Visit,
    form: Form,
    place: Place,
}

impl FromRequest<Arc<App>> for Attempt {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Refused> {
        let (mut parts, body) = request.into_parts();
        // The form comes first: who sends it slowly keeps no place from others.
        let request = Request::from_parts(parts.clone(), body);
        let form = Form::from_request(request, app).await?;
        let place = app.service.passwords.place()?;
        let visit = Visit::from_request_parts(&mut parts, app).await?;
        Ok(Self { visit, form, place })
    }
}

pub(super) async fn signed_in(Attempt { visit, form, place }: Attempt) -> Answer {
    let (username, password) = (form.text("username"), form.secret("password"));
    let next = visit.next(&form.text("next"));
    let mut errors = Vec::new();
    if username.is_empty() {
        errors.push(missing(
            &visit,
            "username",
            "account-error-username-missing",
        ));
    }
    if password.is_empty() {
        errors.push(missing(
            &visit,
            "password",
            "account-error-password-missing",
        ));
    }
    if !errors.is_empty() {
        let view = sign_in_view(&visit, username, next, errors);
        return visit.show_as(StatusCode::BAD_REQUEST, &view);
    }
    let app = &visit.app;
    if let Err(error) = app.admission.check_attempts(visit.address) {
        return visit.failed(error);
    }
    let begun = sessions::sign_in(
        &app.service,
        place,
        &visit.tenant,
        (&username, &password),
        visit.place(),
        visit.request(),
    );
    match begun.await {
        Ok(session) => {
            let mut response = if session.must_change {
                visit.go("/account/password")
            } else {
                redirect_to(&visit, &next)
            };
            visit.remember_session(&mut response, &session.secret);
            response
        }
        Err(error) if error.kind() == ErrorKind::InvalidToken => {
            if let Err(error) = app.admission.count_attempt(visit.address) {
                return visit.failed(error);
            }
            let errors = vec![missing(&visit, "", "account-error-sign-in")];
            let view = sign_in_view(&visit, username, next, errors);
            visit.show_as(StatusCode::UNAUTHORIZED, &view)
        }
        Err(error) => visit.failed(error),
    }
}

pub(super) async fn forgot(visit: Visit) -> Answer {
    let view = Forgot {
        page: visit.page("/forgot"),
        username: String::new(),
        errors: Vec::new(),
    };
    visit.show(&view)
}

pub(super) async fn forgotten(visit: Visit, form: Form) -> Answer {
    let username = form.text("username");
    if username.is_empty() {
        let view = Forgot {
            page: visit.page("/forgot"),
            username,
            errors: vec![missing(
                &visit,
                "username",
                "account-error-username-missing",
            )],
        };
        return visit.show_as(StatusCode::BAD_REQUEST, &view);
    }
    let app = &visit.app;
    let account = (visit.tenant.name.as_str(), username.as_str());
    if let Err(error) = app.admission.count_letter(visit.address, account) {
        return visit.failed(error);
    }
    let sent = registration::forgot(&app.service, &visit.tenant, &username, visit.request());
    match sent.await {
        Ok(()) => visit.show(&ForgotSent {
            page: visit.page("/forgot"),
        }),
        Err(error) => visit.failed(error),
    }
}

/// The page to register, with what is wrong.
fn register_view(visit: &Visit, form: Option<&Form>, errors: Vec<FieldError>) -> Register {
    let text = |name: &str| form.map(|form| form.text(name)).unwrap_or_default();
    let asked = visit.parameter("return_to").unwrap_or_default().to_owned();
    let sent = text("return_to");
    Register {
        page: visit.page("/register"),
        username: text("username"),
        email: text("email"),
        given: text("given"),
        family: text("family"),
        errors,
        rules: rules(visit.language, visit.settings.policy),
        return_to: if sent.is_empty() { asked } else { sent },
        can_choose_username: !visit.settings.usernames_are_addresses,
    }
}

fn no_registration() -> Error {
    Error::not_found("nobody can register here")
}

pub(super) async fn register(visit: Visit) -> Answer {
    if !visit.settings.has_registration {
        return visit.failed(no_registration());
    }
    visit.show(&register_view(&visit, None, Vec::new()))
}

pub(super) async fn registered(visit: Visit, form: Form) -> Answer {
    if !visit.settings.has_registration {
        return visit.failed(no_registration());
    }
    let optional = |name: &str| Some(form.text(name)).filter(|text| !text.is_empty());
    let new = Registration {
        username: form.text("username"),
        address: optional("email").filter(|_| !visit.settings.usernames_are_addresses),
        given_name: optional("given"),
        family_name: optional("family"),
        password: form.secret("password"),
        language: Some(visit.language.tag().to_owned()),
        return_to: optional("return_to"),
    };
    let mut errors = Vec::new();
    let (field, address) = match &new.address {
        Some(address) => ("email", address),
        None => ("username", &new.username),
    };
    if new.username.is_empty() {
        errors.push(missing(
            &visit,
            "username",
            "account-error-username-missing",
        ));
    } else if !is_address(address) {
        errors.push(missing(&visit, field, "account-error-email-invalid"));
    }
    let personal = [
        Some(new.username.clone()),
        new.given_name.clone(),
        new.family_name.clone(),
    ];
    let personal = personal.into_iter().flatten().collect();
    errors.extend(password_errors(&visit, "password", &new.password, personal).await);
    if !errors.is_empty() {
        let view = register_view(&visit, Some(&form), errors);
        return visit.show_as(StatusCode::BAD_REQUEST, &view);
    }
    let app = &visit.app;
    let account = (visit.tenant.name.as_str(), new.username.as_str());
    if let Err(error) = app.admission.count_letter(visit.address, account) {
        return visit.failed(error);
    }
    let done = registration::register(&app.service, &visit.tenant, &new, visit.request());
    match done.await {
        Ok(()) => visit.show(&Registered {
            page: visit.page("/register"),
        }),
        Err(error) if error.kind() == ErrorKind::InvalidValue => {
            let errors = vec![missing(&visit, field, "account-error-value-invalid")];
            let view = register_view(&visit, Some(&form), errors);
            visit.show_as(StatusCode::BAD_REQUEST, &view)
        }
        Err(error) => visit.failed(error),
    }
}

/// Where to go afterwards, as the query of an address.
fn returning(visit: &Visit) -> String {
    let asked = visit.parameter("return_to").unwrap_or_default();
    match visit.settings.returning(asked) {
        Some(address) => {
            let address = utf8_percent_encode(&address, NON_ALPHANUMERIC);
            format!("?return_to={address}")
        }
        None => String::new(),
    }
}

/// A link was followed: its secret goes into a cookie, out of the address.
fn take(visit: &Visit, purpose: Purpose) -> Answer {
    let page = format!("/{}{}", purpose.name(), returning(visit));
    let mut response = visit.go(&page);
    if let Some(secret) = &visit.secret {
        visit.remember_link(&mut response, purpose.name(), secret);
    }
    response
}

pub(super) async fn take_invite(visit: Visit) -> Answer {
    take(&visit, Purpose::Invite)
}

pub(super) async fn take_reset(visit: Visit) -> Answer {
    take(&visit, Purpose::Reset)
}

pub(super) async fn take_verify(visit: Visit) -> Answer {
    take(&visit, Purpose::Verify)
}

fn dead(visit: &Visit, purpose: Purpose) -> Answer {
    let view = LinkDead {
        page: visit.page(&format!("/{}", purpose.name())),
        purpose: match purpose {
            Purpose::Invite => LinkPurpose::Invite,
            Purpose::Reset => LinkPurpose::Reset,
            Purpose::Verify => LinkPurpose::Verify,
        },
    };
    visit.show_as(StatusCode::NOT_FOUND, &view)
}

/// Whose link it is, by user name; none for a link that is not good, or another tenant's.
async fn holder(visit: &Visit, purpose: Purpose) -> Option<(String, String)> {
    let secret = visit.followed(purpose.name())?;
    let service = &visit.app.service;
    let link = links::look(service, purpose, secret).await.ok()?;
    if link.tenant != visit.tenant.key {
        return None;
    }
    let username = links::username(service, &link, visit.request())
        .await
        .ok()?;
    Some((secret.to_owned(), username))
}

fn password_view(
    visit: &Visit,
    purpose: Purpose,
    username: String,
    errors: Vec<FieldError>,
) -> SetPassword {
    let path = format!("/{}", purpose.name());
    SetPassword {
        page: visit.page(&path),
        action: visit.at(&path),
        username,
        purpose: match purpose {
            Purpose::Invite => PasswordPurpose::Invite,
            Purpose::Reset | Purpose::Verify => PasswordPurpose::Reset,
        },
        rules: rules(visit.language, visit.settings.policy),
        errors,
        asks_current: false,
    }
}

async fn show_password(visit: &Visit, purpose: Purpose) -> Answer {
    match holder(visit, purpose).await {
        Some((_, username)) => visit.show(&password_view(visit, purpose, username, Vec::new())),
        None => dead(visit, purpose),
    }
}

async fn take_password(visit: &Visit, purpose: Purpose, form: &Form) -> Answer {
    let Some((secret, username)) = holder(visit, purpose).await else {
        return dead(visit, purpose);
    };
    let password = form.secret("password");
    let errors = password_errors(visit, "password", &password, vec![username.clone()]).await;
    if !errors.is_empty() {
        let view = password_view(visit, purpose, username, errors);
        return visit.show_as(StatusCode::BAD_REQUEST, &view);
    }
    let service = &visit.app.service;
    let set = links::set_password(service, purpose, &secret, &password, visit.request());
    match set.await {
        Ok(_) => {
            let mut response = visit.go("/sign-in?notice=account-notice-password-set");
            visit.forget_link(&mut response);
            response
        }
        Err(error) if error.kind() == ErrorKind::NotFound => dead(visit, purpose),
        Err(error) if error.kind() == ErrorKind::InvalidValue => {
            let errors = vec![missing(visit, "password", "password-personal")];
            let view = password_view(visit, purpose, username, errors);
            visit.show_as(StatusCode::BAD_REQUEST, &view)
        }
        Err(error) => visit.failed(error),
    }
}

pub(super) async fn invite(visit: Visit) -> Answer {
    show_password(&visit, Purpose::Invite).await
}

pub(super) async fn invited(visit: Visit, form: Form) -> Answer {
    take_password(&visit, Purpose::Invite, &form).await
}

pub(super) async fn reset(visit: Visit) -> Answer {
    show_password(&visit, Purpose::Reset).await
}

pub(super) async fn has_reset(visit: Visit, form: Form) -> Answer {
    take_password(&visit, Purpose::Reset, &form).await
}

pub(super) async fn verify(visit: Visit) -> Answer {
    if holder(&visit, Purpose::Verify).await.is_none() {
        return dead(&visit, Purpose::Verify);
    }
    visit.show(&Verify {
        page: visit.page("/verify"),
        action: visit.at(&format!("/verify{}", returning(&visit))),
    })
}

pub(super) async fn verified(visit: Visit, _form: Form) -> Answer {
    let Some((secret, _)) = holder(&visit, Purpose::Verify).await else {
        return dead(&visit, Purpose::Verify);
    };
    let done = links::confirm(&visit.app.service, &secret, visit.request()).await;
    match done {
        Ok(is_active) => {
            let mut response = visit.show(&Verified {
                page: visit.page("/sign-in"),
                awaits_approval: !is_active,
                return_to: visit
                    .parameter("return_to")
                    .and_then(|asked| visit.settings.returning(asked)),
            });
            visit.forget_link(&mut response);
            response
        }
        Err(error) if error.kind() == ErrorKind::NotFound => dead(&visit, Purpose::Verify),
        Err(error) => visit.failed(error),
    }
}
