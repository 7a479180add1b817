//! The letters as they will be: shown with sample values, or sent to whoever asks for a test.

use super::Intent;
use super::acting::{Acting, Person};
use super::letters::{self, About};
use super::people::require_operator;
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::language::Language;
use crate::mail::{self, Kind};
use crate::resource::timestamp;
use crate::service::Service;

/// How long sample links are said to be good for, in microseconds.
const SAMPLE_LIFE: i64 = 86_400_000_000;

/// A letter with sample values.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The subject.
    pub subject: String,
    /// The paragraphs.
    pub paragraphs: Vec<String>,
}

/// The names of all kinds of letters.
#[must_use]
pub fn kinds() -> Vec<&'static str> {
    Kind::ALL.iter().map(|kind| kind.name()).collect()
}

/// A letter of that kind with sample values, in a language. `public_url`: where the server is reached.
///
/// # Errors
/// 403; 404 for a kind that there is not.
pub fn preview(
    acting: &Acting,
    kind: &str,
    language: Language,
    public_url: &str,
    now: i64,
) -> Result<Preview> {
    require_operator(acting, Permission::ManageSettings)?;
    let found = Kind::ALL.iter().find(|known| known.name() == kind);
    let kind = *found.ok_or_else(|| Error::not_found("there is no such letter"))?;
    let link = format!("{public_url}/t/{}/example", acting.caller.tenant_name);
    let (now, later) = (timestamp(now), timestamp(now + SAMPLE_LIFE));
    let mut variables = Vec::new();
    for name in kind.variables() {
        let value = match *name {
            "organization" => acting.organization(),
            "link" => link.as_str(),
            "time" => now.as_str(),
            "expires" | "until" => later.as_str(),
            _ => "anna.berg@example.com",
        };
        variables.push((*name, value));
    }
    if kind != Kind::Verify {
        variables.push(("name", "Anna Berg"));
    }
    let to = mail::Address::parse("anna.berg@example.com")?;
    let letter = mail::Letter::new(kind, language, to, &variables)?;
    let mail = mail::render(&letter, public_url)?;
    let paragraphs = mail.text.split("\n\n").map(str::trim);
    Ok(Preview {
        subject: mail.subject,
        paragraphs: paragraphs
            .filter(|paragraph| !paragraph.is_empty())
            .map(str::to_owned)
            .collect(),
    })
}

/// Sends a test letter to the operator who asks for it; answers the address.
///
/// # Errors
/// 403; `invalidValue` for an operator without an address.
pub async fn send_test(service: &Service, acting: &Acting, person: &Person) -> Result<String> {
    require_operator(acting, Permission::ManageSettings)?;
    let (people, account) = acting.people()?;
    let call = acting.call(Intent::default());
    let sent = in_transaction!(service.store, |tx| {
        let about = About {
            call: &call,
            resource_type: people,
            account,
            id: person.stored.id,
            document: &person.document,
            now: service.clock.now(),
        };
        letters::write(tx, about, Kind::Test, None, &[]).await
    })?;
    sent.ok_or_else(|| Error::invalid_value("you have no e-mail address that a letter could go to"))
}
