//! What the letters say.

use std::collections::BTreeMap;
use std::fmt;

use askama::Template;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Address, Mail, plain};
use crate::error::{Error, Result};
use crate::language::Language;

/// How many characters of a name are shown.
const NAME_CHARACTERS: usize = 100;
/// How many characters of a username or an address are shown.
const ADDRESS_CHARACTERS: usize = 254;
/// How many characters of a subject are kept.
const SUBJECT_CHARACTERS: usize = 200;

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An administrator created the account; the person chooses a password.
    Invite,
    /// Somebody said that the password is forgotten.
    Reset,
    /// An administrator asked for a new password.
    ResetByAdministrator,
    /// Somebody registered with this address; it is to be confirmed.
    Verify,
    /// Somebody registered with an address that has an account.
    RegisteredAlready,
    /// An administrator approved the registration.
    Approved,
    /// Notice: the password has a new value.
    PasswordChanged,
    /// Notice: an administrator locked the account.
    Locked,
    /// Notice: the account is locked for a while after wrong passwords.
    LockedAutomatically,
    /// Notice to the old address: the account has another one.
    AddressChanged,
    /// Notice: the account has no second factor any more.
    SecondFactorRemoved,
    /// Somebody who looks after the settings asks whether letters arrive.
    Test,
}

impl Kind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::Invite,
        Self::Reset,
        Self::ResetByAdministrator,
        Self::Verify,
        Self::RegisteredAlready,
        Self::Approved,
        Self::PasswordChanged,
        Self::Locked,
        Self::LockedAutomatically,
        Self::AddressChanged,
        Self::SecondFactorRemoved,
        Self::Test,
    ];

    /// The kind's name, as the outbox keeps it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Reset => "reset",
            Self::ResetByAdministrator => "reset_by_administrator",
            Self::Verify => "verify",
            Self::RegisteredAlready => "registered_already",
            Self::Approved => "approved",
            Self::PasswordChanged => "password_changed",
            Self::Locked => "locked",
            Self::LockedAutomatically => "locked_automatically",
            Self::AddressChanged => "address_changed",
            Self::SecondFactorRemoved => "second_factor_removed",
            Self::Test => "test",
        }
    }

    /// The variables that a letter of this kind needs; every kind may also have `name`.
    ///
    /// `expires`, `time` and `until` are moments (RFC 3339), `link` begins with the server's public URL.
    #[must_use]
    pub fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Invite | Self::Reset | Self::ResetByAdministrator => {
                &["organization", "username", "link", "expires"]
            }
            // Nothing that the person who registered typed: the address may be somebody else's.
            Self::Verify => &["organization", "link", "expires"],
            Self::RegisteredAlready | Self::Approved => &["organization", "username", "link"],
            Self::PasswordChanged => &["organization", "username", "time", "link"],
            Self::Locked | Self::SecondFactorRemoved | Self::Test => {
                &["organization", "username", "time"]
            }
            Self::LockedAutomatically => &["organization", "username", "time", "until"],
            Self::AddressChanged => &["organization", "username", "time", "address"],
        }
    }

    fn has(self, variable: &str) -> bool {
        self.variables().contains(&variable)
    }

    fn has_note(self) -> bool {
        self.has("link") && self != Self::PasswordChanged
    }

    /// The id of one of the letter's messages.
    fn message(self, part: &str) -> String {
        format!("mail-{}-{part}", self.name().replace('_', "-"))
    }
}

/// A letter that is to be sent to somebody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// What it is about.
    pub kind: Kind,
    /// The language of the person.
    pub language: Language,
    /// Who gets it.
    pub to: Address,
    /// The values of the variables, by their name.
    pub variables: BTreeMap<String, String>,
}

impl Letter {
    /// A letter with its variables.
    ///
    /// # Errors
    /// A fault of ours, if a variable is missing or is none of the kind's.
    pub fn new(
        kind: Kind,
        language: Language,
        to: Address,
        variables: &[(&str, &str)],
    ) -> Result<Self> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let letter = Self {
            kind,
            language,
            to,
            variables: variables.iter().map(owned).collect(),
        };
        letter.check()?;
        Ok(letter)
    }

    fn check(&self) -> Result<()> {
        let kind = self.kind.name();
        let has = |name: &&&str| self.variables.contains_key(**name);
        if let Some(missing) = self.kind.variables().iter().find(|name| !has(name)) {
            let detail = format!("a letter of the kind {kind} lacks its variable {missing}");
            return Err(Error::internal(detail));
        }
        let is_known = |name: &str| name == "name" || self.kind.has(name);
        if let Some(unknown) = self.variables.keys().find(|name| !is_known(name)) {
            let detail = format!("a letter of the kind {kind} has no variable {unknown}");
            return Err(Error::internal(detail));
        }
        Ok(())
    }

    fn variable(&self, name: &str) -> &str {
        self.variables.get(name).map_or("", String::as_str)
    }

    /// The variables as they are shown: on one line, times as people write them.
    fn shown(&self) -> Vec<(&'static str, String)> {
        let show = |name: &&'static str| {
            let value = self.variable(name);
            let shown = match *name {
                "expires" | "time" | "until" => {
                    plain(&self.language.moment(value), NAME_CHARACTERS)
                }
                "address" => shortened(&plain(value, ADDRESS_CHARACTERS)),
                "username" => plain(value, ADDRESS_CHARACTERS),
                _ => plain(value, NAME_CHARACTERS),
            };
            (*name, shown)
        };
        let names = self.kind.variables().iter();
        names.filter(|name| **name != "link").map(show).collect()
    }

    fn greeting(&self) -> String {
        let name = plain(self.variable("name"), NAME_CHARACTERS);
        let is_unknown = name.is_empty() || self.kind == Kind::Verify || looks_like_link(&name);
        if is_unknown {
            return self.language.text("mail-greeting-nameless");
        }
        self.language.format("mail-greeting", &[("name", &name)])
    }

    fn button(&self, public_url: &str) -> Result<Option<Button>> {
        if !self.kind.has("link") {
            return Ok(None);
        }
        let link = self.variable("link");
        if !leads_to(link, public_url) {
            let kind = self.kind.name();
            // Not the link itself: it lets somebody in.
            let detail =
                format!("the link of a letter of the kind {kind} does not begin with {public_url}");
            return Err(Error::internal(detail));
        }
        Ok(Some(Button {
            label: self.language.text(&self.kind.message("button")),
            link: link.to_owned(),
            hint: self.language.text("mail-link-hint"),
        }))
    }
}

/// The values are left out: one is a link that lets somebody in.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("kind", &self.kind)
            .field("language", &self.language)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct HtmlPart<'a> {
    language: Language,
    subject: &'a str,
    greeting: &'a str,
    paragraphs: &'a [String],
    button: Option<&'a Button>,
    note: Option<&'a str>,
    footer: &'a str,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct TextPart<'a> {
    greeting: &'a str,
    paragraphs: &'a [String],
    button: Option<&'a Button>,
    note: Option<&'a str>,
    footer: &'a str,
}

struct Button {
    label: String,
    link: String,
    hint: String,
}

/// Puts a letter into words. `public_url` is where the server is reached: links elsewhere are refused.
///
/// # Errors
/// A fault of ours, if a variable is missing or unknown, or if the link leads elsewhere.
pub fn render(letter: &Letter, public_url: &str) -> Result<Mail> {
    letter.check()?;
    let (kind, language) = (letter.kind, letter.language);
    let shown = letter.shown();
    let arguments: Vec<(&str, &str)> = shown.iter().map(|(name, text)| (*name, &**text)).collect();
    let say = |part| language.format(&kind.message(part), &arguments);

    let subject = plain(&say("subject"), SUBJECT_CHARACTERS);
    let greeting = letter.greeting();
    let paragraphs: Vec<String> = say("text").split("\n\n").map(str::to_owned).collect();
    let button = letter.button(public_url)?;
    let note = kind.has_note().then(|| say("note"));
    let footer = language.format("mail-footer", &arguments);

    let html = HtmlPart {
        language,
        subject: &subject,
        greeting: &greeting,
        paragraphs: &paragraphs,
        button: button.as_ref(),
        note: note.as_deref(),
        footer: &footer,
    };
    let text = TextPart {
        greeting: &greeting,
        paragraphs: &paragraphs,
        button: button.as_ref(),
        note: note.as_deref(),
        footer: &footer,
    };
    let failed = |error| Error::internal("a letter could not be put into words").caused_by(error);
    Ok(Mail {
        text: text.render().map_err(failed)?,
        html: html.render().map_err(failed)?,
        subject,
        language,
    })
}

/// Whether a link leads to a page of this server.
fn leads_to(link: &str, public_url: &str) -> bool {
    let base = public_url.trim_end_matches('/');
    let is_web = base.starts_with("https://") || base.starts_with("http://");
    let is_url = link
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"<>\"'`\\".contains(&byte));
    let rest = link.strip_prefix(base);
    is_web && is_url && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

/// Whether a mail program might turn a name into a link: `www.example.com`, `a/b`, `example.com`.
fn looks_like_link(name: &str) -> bool {
    // "J. R. Meyer" and "Dr." are names.
    let is_host = |word: &str| {
        let last = word.rsplit_once('.').map(|(_, last)| last);
        last.is_some_and(|last| last.chars().count() > 1)
    };
    name.contains(['/', '\\']) || name.contains("://") || name.split(' ').any(is_host)
}

/// An address that its owner recognizes and that says little to anybody else: `a…@example.com`.
fn shortened(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return "…".to_owned();
    };
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{domain}")
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.tag())
    }
}

/// A letter in a language that is no longer spoken is sent in English.
impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = String::deserialize(deserializer)?;
        Ok(Self::tagged(&tag).unwrap_or(Self::English))
    }
}

#[cfg(test)]
mod tests;
