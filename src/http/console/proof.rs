//! Who is about to make a secret, or to take one away, has proved shortly before who they are.

use axum::body::Body;
use axum::http::Response;

use super::desk::Desk;

/// The answer that asks for a proof; none: there is one that is fresh.
pub(super) fn needed(_desk: &Desk) -> Option<Response<Body>> {
    None
}

/// Whether the operator has a second factor; none: that is not known.
pub(super) fn has_second_factor(_desk: &Desk) -> Option<bool> {
    None
}
