//! Whoever is about to make a secret has proved shortly before who they are.

use axum::body::Body;
use axum::http::Response;

use super::desk::Desk;
use crate::service::account::second_factor::Factor;

/// The answer that asks for a proof and comes back to this page; none: there is one that is fresh.
pub(super) fn needed(desk: &Desk) -> Option<Response<Body>> {
    needed_for(desk, &desk.visit.path)
}

/// The same for what has no page of its own; `next`: the page to come back to, with what stands before it.
pub(super) fn needed_for(desk: &Desk, next: &str) -> Option<Response<Body>> {
    if desk.signed_in.is_proven(desk.app().service.clock.now()) {
        return None;
    }
    Some(desk.go(&format!("/prove?next={next}"), ""))
}

/// Whether the operator has a second factor.
pub(super) fn has_second_factor(desk: &Desk) -> bool {
    desk.signed_in.factor != Factor::None
}
