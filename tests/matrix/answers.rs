//! What is wrong with an answer beside its status.

use super::cases::{Case, Expected};
use super::world::Kind;
use crate::support::http::Response;

/// Headers and body, uncut.
pub(super) fn everything(response: &Response) -> String {
    let body = String::from_utf8_lossy(&response.body);
    format!("{:?}\n{body}", response.headers)
}

/// What is wrong with the headers and the sentence of a refusal.
pub(super) fn challenge(
    case: &Case<'_>,
    expected: &Expected,
    response: &Response,
) -> Option<String> {
    let challenge = response.header("WWW-Authenticate").unwrap_or_default();
    let is_head = case.method == "head";
    let detail = if is_head || response.is_success() {
        String::new()
    } else {
        response.json()["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    match expected.status {
        401 if !challenge.starts_with("Bearer realm=") => Some("no challenge".to_owned()),
        403 if !expected.missing.is_empty() => {
            let is_named = expected.missing.iter().any(|scope| {
                challenge.contains(&format!("scope=\"{scope}\""))
                    && (is_head || detail.contains(scope.as_str()))
            });
            let is_coded = challenge.contains("error=\"insufficient_scope\"");
            (!is_named || !is_coded).then(|| format!("names none of {:?}", expected.missing))
        }
        403 if challenge.contains("scope=") => Some("names a scope that is not missing".to_owned()),
        503 if response.header("Retry-After").is_none() => Some("no Retry-After".to_owned()),
        _ => None,
    }
}

/// The operation of a bulk request needs its own scope besides.
pub(super) fn bulk_status(
    case: &Case<'_>,
    expected: &Expected,
    response: &Response,
) -> Option<String> {
    if case.path != "/Bulk" || expected.status != 200 {
        return None;
    }
    let may_write = match &case.who.kind {
        Kind::Connection { scopes, .. } => scopes.iter().any(|scope| scope == "users:write"),
        _ => true,
    };
    let wanted = if may_write { "201" } else { "403" };
    let found = &response.json()["Operations"][0]["status"];
    (found != wanted).then(|| format!("the operation should have {wanted}"))
}
