//! POST /Bulk (RFC 7644 §3.7): not implemented, and said so in `ServiceProviderConfig`.

use super::extract::Scim;
use crate::error::Error;

pub(super) async fn bulk(_: Scim) -> Error {
    Error::not_implemented("bulk operations are not implemented; send them one by one")
}
