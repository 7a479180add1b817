//! /Me (RFC 7644 §3.11): tokens belong to connections, not to users.

use super::extract::Scim;
use crate::error::Error;

pub(super) async fn me(_: Scim) -> Error {
    Error::not_implemented(
        "/Me is not implemented: this token belongs to a connection, not to a user",
    )
}
