//! The columns of a sheet, and the person that a row describes.

use std::borrow::Cow;
use std::fmt;

use super::cell::join_groups;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// The login name.
    Username,
    /// The given name.
    GivenName,
    /// The family name.
    FamilyName,
    /// The name to show.
    DisplayName,
    /// The e-mail address; the login name too, where no column has that.
    Email,
    /// Groups by name, told apart by bars.
    Groups,
    /// The preferred language.
    Language,
    /// The kind of account.
    Kind,
    /// The identifier by which a provisioning client knows the person.
    ExternalId,
    /// Whether the account may be used.
    Active,
    /// The hash of a password, made elsewhere.
    PasswordHash,
    /// An attribute path, as the header has it.
    Other(String),
}

impl Column {
    /// The columns of an export: all but the password's hash, which is exported by choice only.
    pub const EXPORTED: &[Self] = &[
        Self::Username,
        Self::GivenName,
        Self::FamilyName,
        Self::DisplayName,
        Self::Email,
        Self::Groups,
        Self::Language,
        Self::Kind,
        Self::ExternalId,
        Self::Active,
    ];

    /// The name that stands in the header of an export.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Username => "username",
            Self::GivenName => "givenname",
            Self::FamilyName => "familyname",
            Self::DisplayName => "displayname",
            Self::Email => "emailaddress",
            Self::Groups => "groups",
            Self::Language => "language",
            Self::Kind => "kind",
            Self::ExternalId => "externalid",
            Self::Active => "active",
            Self::PasswordHash => "password_hash",
            Self::Other(path) => path,
        }
    }

    /// What a person has in this column; empty for what the person lacks.
    #[must_use]
    pub fn cell<'a>(&self, person: &'a Person) -> Cow<'a, str> {
        let text = match self {
            Self::Username => Some(person.username.as_str()),
            Self::GivenName => person.given.as_deref(),
            Self::FamilyName => person.family.as_deref(),
            Self::DisplayName => person.display.as_deref(),
            Self::Email => person.email.as_deref(),
            Self::Groups => return Cow::Owned(join_groups(&person.groups)),
            Self::Language => person.language.as_deref(),
            Self::Kind => person.kind.as_deref(),
            Self::ExternalId => person.external_id.as_deref(),
            Self::Active => person
                .active
                .map(|active| if active { "true" } else { "false" }),
            Self::PasswordHash => person.password_hash.as_deref(),
            Self::Other(path) => person.other(path),
        };
        Cow::Borrowed(text.unwrap_or_default())
    }

    /// The column that a header means; `None` for what is neither a name of ours nor an attribute path.
    pub(super) fn of(header: &str) -> Option<Self> {
        let name: String = header
            .chars()
            .filter(|character| !character.is_whitespace() && *character != '_')
            .flat_map(char::to_lowercase)
            .collect();
        Some(match name.as_str() {
            "username" => Self::Username,
            "givenname" | "name.givenname" => Self::GivenName,
            "familyname" | "name.familyname" => Self::FamilyName,
            "displayname" => Self::DisplayName,
            "email" | "emailaddress" => Self::Email,
            "groups" => Self::Groups,
            "language" | "preferredlanguage" => Self::Language,
            "kind" => Self::Kind,
            "externalid" => Self::ExternalId,
            "active" => Self::Active,
            "passwordhash" => Self::PasswordHash,
            _ => {
                let path = header.trim();
                return is_attribute_path(path).then(|| Self::Other(path.to_owned()));
            }
        })
    }

    /// Whether two columns hold the same; the case of an attribute path does not matter (RFC 7643 §2.1).
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other(path), Self::Other(other)) => path.eq_ignore_ascii_case(other),
            _ => self == other,
        }
    }
}

/// `[urn:…:]attribute[.subAttribute]`, the `attrPath` of RFC 7644 §3.4.2.2.
fn is_attribute_path(path: &str) -> bool {
    let (schema, names) = match path.rsplit_once(':') {
        Some((schema, names)) => (Some(schema), names),
        None => (None, path),
    };
    let is_schema = schema.is_none_or(|schema| {
        let is_allowed = |c: char| c.is_ascii_graphic() && !"()[]\"\\,".contains(c);
        let is_urn = schema
            .split_once(':')
            .is_some_and(|(first, _)| first.eq_ignore_ascii_case("urn"));
        is_urn && schema.chars().all(is_allowed)
    });
    match names.split_once('.') {
        Some((name, sub_attribute)) => is_schema && is_name(name) && is_name(sub_attribute),
        None => is_schema && is_name(names),
    }
}

fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '$' | '-' | '_');
    name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(is_part)
}

/// A person of a sheet; an empty cell says nothing about its attribute.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The login name, as written; never empty.
    pub username: String,
    /// The given name.
    pub given: Option<String>,
    /// The family name.
    pub family: Option<String>,
    /// The name to show.
    pub display: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The names of groups; none is empty.
    pub groups: Vec<String>,
    /// The preferred language.
    pub language: Option<String>,
    /// The kind of account, as written.
    pub kind: Option<String>,
    /// The identifier by which a provisioning client knows the person.
    pub external_id: Option<String>,
    /// Whether the account may be used.
    pub active: Option<bool>,
    /// The hash of a password, made elsewhere.
    pub password_hash: Option<String>,
    /// Further attributes as (header, value), in the order of the columns; no value is empty.
    pub others: Vec<(String, String)>,
}

impl Person {
    fn other(&self, path: &str) -> Option<&str> {
        let mut others = self.others.iter();
        let found = others.find(|(header, _)| header.eq_ignore_ascii_case(path))?;
        Some(&found.1)
    }
}

/// All but the password's hash.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("username", &self.username)
            .field("given", &self.given)
            .field("family", &self.family)
            .field("display", &self.display)
            .field("email", &self.email)
            .field("groups", &self.groups)
            .field("language", &self.language)
            .field("kind", &self.kind)
            .field("external_id", &self.external_id)
            .field("active", &self.active)
            .field("others", &self.others)
            .finish_non_exhaustive()
    }
}
