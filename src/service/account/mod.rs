//! Accounts: what a person's resource means beyond its attributes.
//!
//! Whoever writes a resource (a provisioning client, an operator, the person) goes through `rules::settle`, which says who may
//! change what and keeps the attributes that only the server sets, and `effects::apply`, which carries out in the same transaction
//! what follows: sessions end, links become void, letters are written.

pub mod acting;
pub mod as_customer;
mod assignment;
pub mod attributes;
pub mod claims;
pub mod demo;
pub(super) mod effects;
pub mod first_owner;
pub mod groups;
pub mod import;
pub(super) mod leaving;
mod letters;
pub mod links;
pub mod onboarding;
pub mod operators;
pub mod own;
mod owners;
mod ownership;
pub mod people;
pub mod post;
pub mod preview;
pub mod profile;
mod qr;
pub mod record;
pub mod registration;
pub(super) mod rules;
pub mod second_factor;
pub mod sessions;
pub mod several;
pub(super) mod upkeep;

use serde_json::{Map, Value, json};

use crate::resource::{is_off, schemas, simple_value};
use crate::schema::{Account, AttributeDef, ResourceType, validate};

/// The kind of those who work in the console, and the audience of their groups.
pub(in crate::service) const OPERATOR: &str = "operator";
/// The kind of everybody else, and the audience of their groups.
pub(super) const CUSTOMER: &str = "customer";

pub(super) use owners::count as able_owners;
pub use ownership::detach;

/// Who creates an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An operator.
    Admin,
    /// The person.
    Own,
    /// An import.
    Csv,
}

impl Source {
    fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Own => "self",
            Self::Csv => "csv",
        }
    }
}

/// Why a person cannot sign in, or that they can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// An invitation has not been accepted yet.
    Invited,
    /// A registration has not been confirmed, or not approved, yet.
    PendingVerification,
    /// They can.
    Active,
    /// `active` is false.
    Deactivated,
    /// Locked, whatever `active` says.
    Locked,
}

impl State {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Invited, "invited"),
        (Self::PendingVerification, "pendingVerification"),
        (Self::Active, "active"),
        (Self::Deactivated, "deactivated"),
        (Self::Locked, "locked"),
    ];

    /// Its name in the document.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(state, _)| *state == self);
        found.map_or("", |(_, name)| name)
    }

    /// All of them, in the order in which people go through them.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::ALL.iter().map(|(state, _)| *state)
    }

    /// The state with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|state| state.name() == name)
    }

    /// The state that a document says; without value: active, unless `active` is false.
    #[must_use]
    pub fn of(account: &Account, document: &Map<String, Value>) -> Self {
        let name = text(document, &account.state);
        let found = Self::ALL.iter().find(|(_, known)| Some(*known) == name);
        match found {
            Some((state, _)) => *state,
            None if is_active(account, document) => Self::Active,
            None => Self::Deactivated,
        }
    }
}

/// What kind of password there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PasswordKind {
    /// One that the person chose, or a client sent.
    #[default]
    Lasting,
    /// One that must be changed when it is first used, and ends at that time.
    Temporary {
        /// Microseconds since 1970 UTC.
        expires: i64,
    },
}

/// What a write makes of an account beyond what its document says.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an intent of its own, and they go together in any combination"
)]
pub struct Intent {
    /// Of a create: who does it, if it is no provisioning client.
    pub source: Option<Source>,
    /// That the person must do something before they can sign in.
    pub awaits: Option<State>,
    /// The account may not be used, also if somebody was waiting for its use.
    pub is_deactivated: bool,
    /// What kind of password is set.
    pub password: PasswordKind,
    /// The person does it, and has shown to be that: by a session, or by a link.
    pub is_own_act: bool,
    /// The session that outlives a change of the password.
    pub keeps_session: Option<String>,
    /// A customer may be taken from the operator who has them.
    pub takes_over: bool,
    /// The server does it by itself: a lock ends, a temporary password expires.
    pub is_automatic: bool,
}

/// Says which schemas a body is of, where it does not say so itself.
fn say_schemas(resource_type: &ResourceType, body: &mut Map<String, Value>) {
    if !body.contains_key("schemas") {
        let schemas = schemas(resource_type, body);
        body.insert("schemas".to_owned(), json!(schemas));
    }
}

/// Whether a person's document is an operator's.
fn is_operators_document(people: &ResourceType, document: &Map<String, Value>) -> bool {
    rules::is_operators(people, document)
}

/// The text of a singular attribute.
pub(super) fn text<'a>(
    document: &'a Map<String, Value>,
    attribute: &AttributeDef,
) -> Option<&'a str> {
    simple_value(document, attribute)?.as_str()
}

fn is_true(document: &Map<String, Value>, attribute: &AttributeDef) -> bool {
    simple_value(document, attribute).and_then(Value::as_bool) == Some(true)
}

pub(super) fn is_active(account: &Account, document: &Map<String, Value>) -> bool {
    !is_off(document, &account.active)
}

/// Writes text into a top-level attribute, or takes it away.
fn put(
    document: &mut Map<String, Value>,
    attribute: &std::sync::Arc<AttributeDef>,
    value: Option<Value>,
) {
    if let Some(value) = value {
        validate::set(document, attribute, value);
        return;
    }
    validate::take(document, attribute);
    // An extension without values is none.
    let extension = attribute.extension.as_deref().unwrap_or_default();
    let values = document.get(extension).and_then(Value::as_object);
    if values.is_some_and(Map::is_empty) {
        document.remove(extension);
    }
}

/// The address that letters go to: the primary one, or the first, or a user name that is one.
#[must_use]
pub(in crate::service) fn mail_address(
    account: &Account,
    document: &Map<String, Value>,
) -> Option<String> {
    let values = validate::get(document, &account.emails).and_then(Value::as_array);
    let values = values.map(Vec::as_slice).unwrap_or_default();
    let primary = values.iter().find(|value| validate::is_primary(value));
    let chosen = primary.or_else(|| values.first());
    let address = chosen.and_then(|value| value.get("value")?.as_str());
    let username = text(document, &account.username);
    let found = address.or(username).filter(|text| is_address(text));
    found.map(str::to_owned)
}

/// Whether text has the form of a mail address: something, an `@`, and a domain; no blanks and no control characters.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let is_plain = |part: &str| {
        !part.is_empty()
            && !part.chars().any(|c| {
                c.is_whitespace()
                    || c.is_control()
                    || matches!(c, '<' | '>' | '"' | ',' | ';' | '(' | ')' | '\\')
            })
    };
    text.len() <= 254
        && is_plain(local)
        && !local.contains('@')
        && is_plain(domain)
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains("..")
}

/// Everything in a person's document that a password must not be made of.
pub(super) fn personal(resource_type: &ResourceType, document: &Map<String, Value>) -> Vec<String> {
    let Some(account) = &resource_type.account else {
        return Vec::new();
    };
    let mut personal: Vec<String> = [&account.username, &account.given_name, &account.family_name]
        .into_iter()
        .filter_map(|attribute| text(document, attribute).map(str::to_owned))
        .collect();
    personal.extend(mail_address(account, document));
    personal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_names() {
        for address in [
            "a@b",
            "bjensen@example.com",
            "jürgen@exämple.de",
            "a.b+c@x.y",
        ] {
            assert!(is_address(address), "{address}");
        }
        for other in [
            "bjensen",
            "@b",
            "a@",
            "a@@b",
            "a@b@c",
            "a b@c",
            "a@b c",
            "a@.b",
            "a@b.",
            "a@b..c",
            "<a@b>",
            "a@b\r\nBcc: c@d",
            "a,b@c",
        ] {
            assert!(!is_address(other), "{other}");
        }
    }
}
