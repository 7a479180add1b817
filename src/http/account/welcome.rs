//! The page on which the first owner creates their account, by a link that was handed over.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::entry::{missing, password_errors, rules};
use super::form::Form;
use super::views::{FieldError, LinkDead, LinkPurpose, Welcome};
use super::visit::Visit;
use crate::error::ErrorKind;
use crate::service::account::first_owner::{self, Introduction, PAGE};
use crate::service::account::is_address;

type Answer = Response<Body>;

const PATH: &str = "/welcome";

/// The link was followed: its secret goes into a cookie, out of the address.
pub(super) async fn take(visit: Visit) -> Answer {
    let mut response = visit.go(PATH);
    if let Some(secret) = &visit.secret {
        visit.remember_link(&mut response, PAGE, secret);
    }
    response
}

fn dead(visit: &Visit) -> Answer {
    let view = LinkDead {
        page: visit.page(PATH),
        purpose: LinkPurpose::Welcome,
    };
    visit.show_as(StatusCode::NOT_FOUND, &view)
}

/// The secret of the link that was followed, if it is good.
async fn good(visit: &Visit) -> Option<String> {
    let secret = visit.followed(PAGE)?;
    let service = &visit.app.service;
    let looked = first_owner::look(service, &visit.tenant, secret, visit.request()).await;
    looked.ok().map(|()| secret.to_owned())
}

fn view(visit: &Visit, form: Option<&Form>, errors: Vec<FieldError>) -> Welcome {
    let text = |name: &str| form.map(|form| form.text(name)).unwrap_or_default();
    Welcome {
        page: visit.page(PATH),
        username: text("username"),
        email: text("email"),
        given: text("given"),
        family: text("family"),
        errors,
        rules: rules(visit.language, visit.settings.policy),
        can_choose_username: !visit.settings.usernames_are_addresses,
    }
}

pub(super) async fn introduce(visit: Visit) -> Answer {
    match good(&visit).await {
        Some(_) => visit.show(&view(&visit, None, Vec::new())),
        None => dead(&visit),
    }
}

pub(super) async fn introduced(visit: Visit, form: Form) -> Answer {
    let Some(secret) = good(&visit).await else {
        return dead(&visit);
    };
    let optional = |name: &str| Some(form.text(name)).filter(|text| !text.is_empty());
    let new = Introduction {
        username: form.text("username"),
        address: optional("email").filter(|_| !visit.settings.usernames_are_addresses),
        given_name: optional("given"),
        family_name: optional("family"),
        password: form.secret("password"),
        language: Some(visit.language.tag().to_owned()),
    };
    let refused = |errors| {
        let view = view(&visit, Some(&form), errors);
        visit.show_as(StatusCode::BAD_REQUEST, &view)
    };
    let errors = errors(&visit, &new).await;
    if !errors.is_empty() {
        return refused(errors);
    }
    let service = &visit.app.service;
    let made = first_owner::create(service, &visit.tenant, &secret, &new, visit.request());
    let id = match made.await {
        Ok(_) => {
            let console = visit.at("/console");
            let mut response = visit.go(&format!(
                "/sign-in?next={console}&notice=account-notice-owner-ready"
            ));
            visit.forget_link(&mut response);
            return response;
        }
        Err(error) => match error.kind() {
            ErrorKind::NotFound => return dead(&visit),
            ErrorKind::Uniqueness => "account-error-username-taken",
            ErrorKind::InvalidValue => "account-error-value-invalid",
            _ => return visit.failed(error),
        },
    };
    refused(vec![missing(&visit, "username", id)])
}

/// What is wrong with the form, as far as that can be told without the database.
async fn errors(visit: &Visit, new: &Introduction) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |field, id| errors.push(missing(visit, field, id));
    if new.username.is_empty() {
        wrong("username", "account-error-username-missing");
    } else if visit.settings.usernames_are_addresses && !is_address(&new.username) {
        wrong("username", "account-error-email-invalid");
    }
    if new
        .address
        .as_deref()
        .is_some_and(|address| !is_address(address))
    {
        wrong("email", "account-error-email-invalid");
    }
    let personal = [
        Some(&new.username),
        new.address.as_ref(),
        new.given_name.as_ref(),
        new.family_name.as_ref(),
    ];
    let personal = personal.into_iter().flatten().cloned().collect();
    errors.extend(password_errors(visit, "password", &new.password, personal).await);
    errors
}
