//! What belongs to the operator: theme, keys of the keyboard.

use axum::body::Body;
use axum::http::Response;

use super::desk::Extracted;
use super::views::{Keys, Own, Section, Theme};
use super::{Needs, pages};
use crate::http::account::Form;
use crate::service::account::second_factor;

pages! {
    "/own" =>
        get own, Needs::Operator;
    "/own/theme" =>
        post set_theme, Needs::Session;
    "/keys" =>
        get keys, Needs::Session;
}

async fn own(Extracted(desk): Extracted) -> Response<Body> {
    match second_factor::standing(&desk.app().service, &desk.signed_in).await {
        Ok(standing) => desk.show(&Own {
            page: desk.page(Section::None),
            factor_since: standing.map(|standing| standing.since),
        }),
        Err(error) => desk.failed(error),
    }
}

async fn set_theme(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let mut response = desk.go("", "");
    desk.remember_theme(&mut response, Theme::named(&form.text("theme")));
    response
}

async fn keys(Extracted(desk): Extracted) -> Response<Body> {
    desk.show(&Keys {
        page: desk.page(Section::None),
    })
}
