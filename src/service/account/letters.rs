//! Letters: written with what they tell of, and sent by the server afterwards.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::links::Purpose;
use super::{mail_address, text};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::mail::Kind;
use crate::resource::{display_name, timestamp};
use crate::schema::{Account, ResourceType};
use crate::service::Call;
use crate::store::Transaction;
use crate::store::letters::{self, Letter};

/// A variable that stands in no letter: where to go after the link in it has been used.
pub(super) const RETURN_TO: &str = "return_to";

/// Whom a letter is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) resource_type: &'a ResourceType,
    pub(super) account: &'a Account,
    pub(super) id: Uuid,
    pub(super) document: &'a Map<String, Value>,
    /// Microseconds since 1970 UTC.
    pub(super) now: i64,
}

/// The language that a person prefers.
pub(super) fn language(account: &Account, document: &Map<String, Value>) -> Language {
    let preferred = text(document, &account.language).unwrap_or_default();
    Language::negotiate(&[preferred])
}

/// Writes a letter to a person; answers the address, or nothing for a person without one.
pub(super) async fn write(
    tx: &mut Transaction,
    about: About<'_>,
    kind: Kind,
    purpose: Option<Purpose>,
    further: &[(&str, String)],
) -> Result<Option<String>> {
    let Some(address) = mail_address(about.account, about.document) else {
        return Ok(None);
    };
    write_to(tx, about, &address, kind, purpose, further).await?;
    Ok(Some(address))
}

/// As [`write`], to that address.
pub(super) async fn write_to(
    tx: &mut Transaction,
    about: About<'_>,
    address: &str,
    kind: Kind,
    purpose: Option<Purpose>,
    further: &[(&str, String)],
) -> Result<()> {
    let title = about.call.accounts.title.as_str();
    let organization = if title.is_empty() {
        about.call.caller.tenant_name.as_str()
    } else {
        title
    };
    let mut variables = Map::new();
    let known = [
        ("organization", organization.to_owned()),
        (
            "username",
            text(about.document, &about.account.username)
                .unwrap_or_default()
                .to_owned(),
        ),
        ("time", timestamp(about.now)),
    ];
    for (name, value) in known
        .into_iter()
        .chain(further.iter().map(|(name, value)| (*name, value.clone())))
    {
        // `link` and `expires` are known when the letter is sent.
        if kind.variables().contains(&name) || name == RETURN_TO {
            variables.insert(name.to_owned(), json!(value));
        }
    }
    if let (Some(name), true) = (
        display_name(about.resource_type, about.document),
        kind != Kind::Verify,
    ) {
        variables.insert("name".to_owned(), json!(name));
    }
    let variables = serde_json::to_string(&variables)
        .map_err(|error| Error::internal("a letter could not be written").caused_by(error))?;
    let letter = Letter {
        key: 0,
        tenant: about.call.caller.tenant,
        resource: Some(about.id),
        kind: kind.name().to_owned(),
        purpose: purpose.map(|purpose| purpose.name().to_owned()),
        address: address.to_owned(),
        language: language(about.account, about.document).tag().to_owned(),
        variables,
        attempts: 0,
        created: about.now,
    };
    letters::insert(tx, &letter).await
}
