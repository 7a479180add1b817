//! What people see of their own profile, and what of it they can change.

use std::collections::BTreeMap;

use serde_json::Value;

use super::acting::{Acting, Person};
use super::ownership::is_owned;
use super::sessions::SignedIn;
use crate::error::Result;
use crate::resource::simple_value;
use crate::schema::{
    Account, AttributeDef, EditedBy, Format, Kind as Type, Mutability, Preparation,
    ProfileAttribute, ResourceType, SeenBy,
};
use crate::service::Service;
use crate::store::{Transaction, connections};

/// What a value is, so that it can be typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A line of text.
    Text,
    /// An address of mail.
    Address,
    /// An address in the web.
    Web,
    /// A language and a region.
    Locale,
    /// A time zone.
    TimeZone,
}

impl Kind {
    fn of(attribute: &AttributeDef) -> Self {
        match attribute.format {
            Some(Format::Url) => Self::Web,
            Some(Format::LanguageTag) => Self::Locale,
            Some(Format::TimeZone) => Self::TimeZone,
            Some(Format::Country | Format::LanguageRanges) | None => Self::Text,
        }
    }
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
    /// The connection that it belongs to: it is changed there.
    pub owner: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// What the tenant calls it, by language tag.
    pub label: BTreeMap<String, String>,
}

/// The values of a profile: the user name, the address, and every line of text that people may see of themselves.
///
/// # Errors
/// When the tenant has no people; the database's.
pub async fn shown(service: &Service, signed_in: &SignedIn) -> Result<Vec<Shown>> {
    let mut reader = service.store.reader();
    seen_by(&mut reader, &signed_in.acting, &signed_in.person).await
}

/// What that person sees of themselves.
///
/// # Errors
/// When the tenant has no people; the database's.
pub(super) async fn seen_by(
    reader: &mut Transaction,
    acting: &Acting,
    person: &Person,
) -> Result<Vec<Shown>> {
    let owner = connections::name_of_creator(reader, person.stored.key).await?;
    let (people, account) = acting.people()?;
    let document = &person.document;
    let mut all = Vec::new();
    let mut add = |of: &ProfileAttribute, attribute: &AttributeDef, value: String, kind: Kind| {
        let is_fixed = attribute.preparation == Preparation::Username || kind == Kind::Address;
        let is_editable = of.edited_by == EditedBy::People
            && attribute.mutability != Mutability::ReadOnly
            && !is_fixed;
        // What is empty and cannot be filled in is no news.
        if !is_editable && value.is_empty() {
            return;
        }
        all.push(Shown {
            path: attribute.path(),
            name: attribute.name.clone(),
            value,
            is_editable,
            owner: owner.clone().filter(|_| is_owned(of)),
            kind,
            label: label(of, attribute),
        });
    };
    for of in &people.profile {
        if of.seen_by != SeenBy::People {
            continue;
        }
        if of.attribute.path() == account.emails.path() {
            let address = super::mail_address(account, document).unwrap_or_default();
            add(of, &of.attribute, address, Kind::Address);
        } else if is_shown(people, account, &of.attribute) {
            let lines = std::iter::once(&of.attribute).chain(&of.parts);
            for line in lines.filter(|line| is_line(line)) {
                let value = simple_value(document, line).and_then(Value::as_str);
                let value = value.unwrap_or_default().to_owned();
                add(of, line, value, Kind::of(line));
            }
        }
    }
    Ok(all)
}

/// Whether an attribute stands on the page of the profile: the language has a page of its own, and what somebody's account may be used
/// for is not theirs to see here.
fn is_shown(people: &ResourceType, account: &Account, attribute: &AttributeDef) -> bool {
    let path = attribute.path();
    // Somebody else: an id, which says nothing to people.
    let mut references = people.references.iter();
    let is_reference = references.any(|reference| reference.attribute.path() == path);
    !attribute.multi_valued
        && !is_reference
        && path != account.language.path()
        && attribute.extension != account.kind.extension
}

/// Whether an attribute is one line of text.
fn is_line(attribute: &AttributeDef) -> bool {
    matches!(attribute.kind, Type::String | Type::Reference)
        && !attribute.is_in_array
        && !attribute.is_password
        && !attribute.is_hidden()
}

/// The tenant's labels; they are of the attribute itself, not of its parts.
fn label(of: &ProfileAttribute, attribute: &AttributeDef) -> BTreeMap<String, String> {
    if attribute.parent.is_some() {
        return BTreeMap::new();
    }
    of.labels.clone()
}
