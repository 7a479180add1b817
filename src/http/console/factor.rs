//! The second factor of an operator, and the proof again of who it is.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::desk::{Desk, Extracted};
use super::views::{
    FactorCodes, FactorEntry, FactorRemoval, FactorSetUp, FactorStanding, FieldError, Proof,
    Section,
};
use super::{Needs, pages};
use crate::error::{Error, ErrorKind};
use crate::http::account::Form;
use crate::service::account::second_factor::{self, Factor};

pages! {
    "/factor" =>
        get entry, Needs::Session;
        post enter, Needs::Session;
    "/prove" =>
        get proof, Needs::Operator;
        post prove, Needs::Operator;
    "/own/factor" =>
        get standing, Needs::Session;
        post confirm, Needs::Session;
    "/own/factor/codes" =>
        post new_codes, Needs::Operator;
    "/own/factor/remove" =>
        get removal, Needs::Operator;
        post remove, Needs::Operator;
}

/// What was wrong with a code or a password, beside its field; other errors stay what they are.
fn field_error(desk: &Desk, field: &str, error: Error, id: &str) -> Result<FieldError, Error> {
    match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::InvalidToken | ErrorKind::Unauthenticated => Ok(
            FieldError::new(desk.page(Section::None).language, field, id),
        ),
        _ => Err(error),
    }
}

/// Where to go on: a page of this tenant, the console without one.
fn next(desk: &Desk, asked: &str) -> String {
    if asked.is_empty() {
        return desk.visit.at("/console");
    }
    desk.visit.next(asked)
}

fn go_on(desk: &Desk, asked: &str) -> Response<Body> {
    let address = next(desk, asked);
    desk.visit
        .go(address.strip_prefix(&desk.visit.base).unwrap_or(&address))
}

fn entry_view(desk: &Desk, asked: &str, errors: Vec<FieldError>) -> FactorEntry {
    FactorEntry {
        page: desk.page(Section::None),
        next: next(desk, asked),
        errors,
    }
}

async fn entry(Extracted(desk): Extracted) -> Response<Body> {
    if desk.signed_in.factor != Factor::Due {
        return go_on(&desk, desk.parameter("next"));
    }
    desk.show(&entry_view(&desk, desk.parameter("next"), Vec::new()))
}

async fn enter(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let shown = second_factor::show(&desk.app().service, &desk.signed_in, &form.text("code")).await;
    let error = match shown {
        Ok(()) => return go_on(&desk, &form.text("next")),
        Err(error) => field_error(&desk, "code", error, "factor-error-code"),
    };
    match error {
        Ok(error) => {
            let view = entry_view(&desk, &form.text("next"), vec![error]);
            desk.show_as(StatusCode::BAD_REQUEST, &view)
        }
        Err(error) => desk.failed(error),
    }
}

fn proof_view(desk: &Desk, asked: &str, errors: Vec<FieldError>) -> Proof {
    Proof {
        page: desk.page(Section::None),
        next: next(desk, asked),
        errors,
    }
}

async fn proof(Extracted(desk): Extracted) -> Response<Body> {
    desk.show(&proof_view(&desk, desk.parameter("next"), Vec::new()))
}

async fn prove(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let (service, asked) = (&desk.app().service, form.text("next"));
    let proven = second_factor::prove(service, &desk.signed_in, &form.secret("password")).await;
    let error = match proven {
        Ok(()) => return go_on(&desk, &asked),
        Err(error) => field_error(&desk, "password", error, "factor-error-password"),
    };
    match error {
        Ok(error) => {
            let view = proof_view(&desk, &asked, vec![error]);
            desk.show_as(StatusCode::BAD_REQUEST, &view)
        }
        Err(error) => desk.failed(error),
    }
}

async fn standing(Extracted(desk): Extracted) -> Response<Body> {
    match second_factor::standing(&desk.app().service, &desk.signed_in).await {
        Ok(Some(standing)) => desk.show(&FactorStanding {
            page: desk.page(Section::None),
            since: standing.since,
            codes_left: standing.codes_left,
        }),
        Ok(None) => set_up(&desk, StatusCode::OK, Vec::new()).await,
        Err(error) => desk.failed(error),
    }
}

async fn set_up(desk: &Desk, status: StatusCode, errors: Vec<FieldError>) -> Response<Body> {
    match second_factor::begin(&desk.app().service, &desk.signed_in).await {
        Ok(enrolment) => {
            let view = FactorSetUp {
                page: desk.page(Section::None),
                secret: enrolment.secret,
                uri: enrolment.uri,
                qr: enrolment.qr,
                is_demanded: desk.signed_in.must_enrol(),
                errors,
            };
            desk.show_as(status, &view)
        }
        Err(error) => desk.failed(error),
    }
}

async fn confirm(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let (service, code) = (&desk.app().service, form.text("code"));
    let error = match second_factor::confirm(service, &desk.signed_in, &code).await {
        Ok(codes) => return show_codes(&desk, codes),
        Err(error) => field_error(&desk, "code", error, "factor-error-code"),
    };
    match error {
        Ok(error) => set_up(&desk, StatusCode::BAD_REQUEST, vec![error]).await,
        Err(error) => desk.failed(error),
    }
}

fn show_codes(desk: &Desk, codes: Vec<String>) -> Response<Body> {
    desk.show(&FactorCodes {
        page: desk.page(Section::None),
        codes,
    })
}

async fn new_codes(Extracted(desk): Extracted) -> Response<Body> {
    match second_factor::new_codes(&desk.app().service, &desk.signed_in).await {
        Ok(codes) => show_codes(&desk, codes),
        Err(error) if error.kind() == ErrorKind::ProofNeeded => desk.go(
            &format!("/prove?next={}", desk.visit.at("/console/own/factor")),
            "",
        ),
        Err(error) => desk.failed(error),
    }
}

async fn removal(Extracted(desk): Extracted) -> Response<Body> {
    if let Err(error) = desk.signed_in.check_proof(desk.app().service.clock.now()) {
        return desk.failed(error);
    }
    desk.show(&FactorRemoval {
        page: desk.page(Section::None),
    })
}

async fn remove(Extracted(desk): Extracted) -> Response<Body> {
    match second_factor::remove(&desk.app().service, &desk.signed_in).await {
        Ok(()) => desk.go("/own", "factor-notice-removed"),
        Err(error) => desk.failed(error),
    }
}
