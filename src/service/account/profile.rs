//! What people see of their own profile, and what of it they can change.

use serde_json::Value;

use super::sessions::SignedIn;
use crate::error::Result;
use crate::resource::simple_value;
use crate::schema::{AttributeDef, Format, Kind as Type, Preparation};

/// What a value is, so that it can be typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A line of text.
    Text,
    /// An address of mail.
    Address,
    /// An address in the web.
    Web,
}

/// A value of the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The attribute's path.
    pub path: String,
    /// The attribute's name.
    pub name: String,
    /// The value as text; empty: none.
    pub value: String,
    /// Whether the person can change it.
    pub is_editable: bool,
    /// What it is.
    pub kind: Kind,
}

/// The values of a profile: the user name, the address, and every line of text that people may change of themselves.
///
/// # Errors
/// When the tenant has no people.
pub fn shown(signed_in: &SignedIn) -> Result<Vec<Shown>> {
    let (people, account) = signed_in.acting.people()?;
    let document = &signed_in.person.document;
    let mut all = vec![Shown {
        path: account.username.path(),
        name: account.username.name.clone(),
        value: signed_in.username(),
        is_editable: false,
        kind: Kind::Text,
    }];
    if let Some(address) = super::mail_address(account, document) {
        all.push(Shown {
            path: account.emails.path(),
            name: account.emails.name.clone(),
            value: address,
            is_editable: false,
            kind: Kind::Address,
        });
    }
    let mut add = |attribute: &AttributeDef| {
        let is_line = matches!(attribute.kind, Type::String | Type::Reference)
            && !attribute.is_in_array
            && !attribute.is_password
            && !attribute.is_hidden();
        let is_elsewhere = attribute.preparation == Preparation::Username
            || attribute.path() == account.language.path();
        if !is_line || is_elsewhere {
            return;
        }
        let value = simple_value(document, attribute).and_then(Value::as_str);
        all.push(Shown {
            path: attribute.path(),
            name: attribute.name.clone(),
            value: value.unwrap_or_default().to_owned(),
            is_editable: true,
            kind: match attribute.format {
                Some(Format::Url) => Kind::Web,
                _ => Kind::Text,
            },
        });
    };
    for attribute in people.all_attributes() {
        if !people.self_service.contains(&attribute.path()) || attribute.multi_valued {
            continue;
        }
        add(attribute);
        for sub in &attribute.sub_attributes {
            add(sub);
        }
    }
    Ok(all)
}
