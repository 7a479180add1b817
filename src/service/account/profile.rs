//! What people see of their own profile, and what of it they can change.

use std::collections::BTreeMap;

use serde_json::Value;

use super::sessions::SignedIn;
use crate::error::Result;
use crate::resource::simple_value;
use crate::schema::{
    AttributeDef, EditedBy, Format, Kind as Type, Mutability, Preparation, ProfileAttribute, SeenBy,
};

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
    /// What the tenant calls it, by language tag.
    pub label: BTreeMap<String, String>,
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
        label: BTreeMap::new(),
    }];
    if let Some(address) = super::mail_address(account, document) {
        all.push(Shown {
            path: account.emails.path(),
            name: account.emails.name.clone(),
            value: address,
            is_editable: false,
            kind: Kind::Address,
            label: BTreeMap::new(),
        });
    }
    let mut add = |attribute: &AttributeDef, of: &ProfileAttribute| {
        let is_line = matches!(attribute.kind, Type::String | Type::Reference)
            && !attribute.is_in_array
            && !attribute.is_password
            && !attribute.is_hidden();
        let is_elsewhere = attribute.preparation == Preparation::Username
            || attribute.path() == account.language.path()
            || attribute.extension == account.kind.extension;
        if !is_line || is_elsewhere {
            return;
        }
        let value = simple_value(document, attribute).and_then(Value::as_str);
        all.push(Shown {
            path: attribute.path(),
            name: attribute.name.clone(),
            value: value.unwrap_or_default().to_owned(),
            is_editable: of.edited_by == EditedBy::People
                && attribute.mutability != Mutability::ReadOnly,
            label: label(of, attribute),
            kind: match attribute.format {
                Some(Format::Url) => Kind::Web,
                _ => Kind::Text,
            },
        });
    };
    for shown in &people.profile {
        let path = shown.attribute.path();
        // Somebody else: an id, which says nothing to people.
        let is_reference = people
            .references
            .iter()
            .any(|reference| reference.attribute.path() == path);
        if shown.seen_by != SeenBy::People || shown.attribute.multi_valued || is_reference {
            continue;
        }
        add(&shown.attribute, shown);
        for sub in &shown.attribute.sub_attributes {
            add(sub, shown);
        }
    }
    // What is empty and cannot be filled in is no news.
    all.retain(|shown| shown.is_editable || !shown.value.is_empty());
    Ok(all)
}

/// The tenant's labels; they are of the attribute itself, not of its parts.
fn label(of: &ProfileAttribute, attribute: &AttributeDef) -> BTreeMap<String, String> {
    if attribute.parent.is_some() {
        return BTreeMap::new();
    }
    of.labels.clone()
}
