//! What belongs to the operator: theme, keys of the keyboard.

use axum::body::Body;
use axum::http::Response;

use super::desk::Extracted;
use super::views::{Keys, Section, Theme};
use super::{Needs, pages};
use crate::http::account::Form;

pages! {
    "/own/theme" =>
        post set_theme, Needs::Session;
    "/keys" =>
        get keys, Needs::Session;
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
