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
            Self::Locked | Self::SecondFactorRemoved => &["organization", "username", "time"],
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
mod tests {
    use super::*;

    const PUBLIC_URL: &str = "https://people.example.com/";

    fn address() -> Address {
        Address::parse("anna@example.com").unwrap()
    }

    fn value(name: &str) -> &'static str {
        match name {
            "organization" => "Acme & Söhne",
            "username" => "anna",
            "link" => "https://people.example.com/t/acme/invite/abc_DEF-123?a=1&b=2",
            "expires" | "until" => "2026-03-08T09:05:00Z",
            "time" => "2026-03-07T09:05:00Z",
            "address" => "eve@example.net",
            other => panic!("{other} has no value"),
        }
    }

    fn letter_with(kind: Kind, language: Language, changes: &[(&str, &str)]) -> Letter {
        let mut variables: BTreeMap<&str, &str> =
            kind.variables().iter().map(|n| (*n, value(n))).collect();
        variables.insert("name", "Anna Meyer");
        variables.extend(changes.iter().copied());
        let variables: Vec<(&str, &str)> = variables.into_iter().collect();
        Letter::new(kind, language, address(), &variables).unwrap()
    }

    fn every_letter() -> impl Iterator<Item = (Kind, Language)> {
        let languages = Language::ALL.iter().copied();
        languages.flat_map(|language| Kind::ALL.iter().map(move |kind| (*kind, language)))
    }

    #[test]
    fn an_invitation_says_what_to_do() {
        let mail = render(
            &letter_with(Kind::Invite, Language::English, &[]),
            PUBLIC_URL,
        )
        .unwrap();
        assert_eq!(mail.subject, "Your invitation to Acme & Söhne");
        assert_eq!(
            mail.text,
            "Hello Anna Meyer,\n\
            \n\
            You have been invited to Acme & Söhne. Your username is anna.\n\
            \n\
            Choose a password to confirm your address and to open your account.\n\
            \n\
            Choose a password\n\
            https://people.example.com/t/acme/invite/abc_DEF-123?a=1&b=2\n\
            \n\
            The link works once, until 8 March 2026 at 09:05 UTC. If you did not expect this invitation, you can ignore this message.\n\
            \n\
            -- \n\
            Acme & Söhne sent this message automatically."
        );
        assert!(
            mail.html
                .starts_with("<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">")
        );
        assert!(mail.html.contains("Acme &#38; Söhne"), "{}", mail.html);
        assert!(!mail.html.contains("Acme & "));
    }

    #[test]
    fn a_notice_has_no_link_where_none_helps() {
        let letter = letter_with(Kind::AddressChanged, Language::German, &[]);
        let mail = render(&letter, PUBLIC_URL).unwrap();
        assert_eq!(
            mail.text,
            "Guten Tag Anna Meyer,\n\
            \n\
            Die E-Mail-Adresse des Kontos anna bei Acme & Söhne wurde am 7. März 2026 um 09:05 Uhr (UTC) geändert. Die neue Adresse ist e…@example.net. Nachrichten zu diesem Konto gehen jetzt dorthin.\n\
            \n\
            Wenn Sie es waren, müssen Sie nichts weiter tun.\n\
            \n\
            Wenn Sie diese Änderung nicht wollten, wenden Sie sich bitte sofort an die Administration von Acme & Söhne.\n\
            \n\
            -- \n\
            Diese Nachricht wurde automatisch von Acme & Söhne versendet."
        );
        assert!(!mail.html.contains("<a "));
    }

    #[test]
    fn every_letter_is_complete_in_every_language() {
        for (kind, language) in every_letter() {
            let letter = letter_with(kind, language, &[]);
            let mail = render(&letter, PUBLIC_URL).unwrap();
            let name = kind.name();
            for part in [&mail.subject, &mail.text, &mail.html] {
                assert!(!part.contains("mail-"), "{language} {name} {part}");
            }
            assert!(!mail.text.contains('{'), "{language} {}", mail.text);
            let is_named = mail.text.contains("Anna Meyer") && mail.html.contains("Anna Meyer");
            assert_eq!(is_named, kind != Kind::Verify, "{name}");
            assert!(mail.subject.contains("Acme & Söhne"), "{name}");
            for (variable, shown) in letter.shown() {
                assert!(
                    mail.text.contains(&shown),
                    "{language} {name} has no {variable}"
                );
            }
            let links = mail
                .text
                .lines()
                .filter(|line| line.starts_with("https://"));
            assert_eq!(links.count(), usize::from(kind.has("link")), "{name}");
            assert!(
                mail.text
                    .lines()
                    .all(|line| line.is_empty() || !line.starts_with(' '))
            );
            assert!(!mail.text.contains("\n\n\n"), "{}", mail.text);
            assert!(mail.html.contains(&format!("<html lang=\"{language}\"")));
        }
    }

    #[test]
    fn every_message_of_a_letter_is_used() {
        let mut used: Vec<String> = ["greeting", "greeting-nameless", "link-hint", "footer"]
            .map(|part| format!("mail-{part}"))
            .to_vec();
        for kind in Kind::ALL {
            used.extend(["subject", "text"].map(|part| kind.message(part)));
            used.extend(kind.has("link").then(|| kind.message("button")));
            used.extend(kind.has_note().then(|| kind.message("note")));
        }
        let mut known: Vec<String> = Language::ids()
            .iter()
            .filter(|id| id.starts_with("mail-"))
            .map(|id| (*id).to_owned())
            .collect();
        used.sort();
        known.sort();
        assert_eq!(used, known);
    }

    #[test]
    fn no_word_bypasses_the_translation() {
        for kind in Kind::ALL {
            let letter = letter_with(*kind, Language::PSEUDO, &[]);
            let mail = render(&letter, PUBLIC_URL).unwrap();
            let words = mail
                .text
                .lines()
                .filter(|line| !line.is_empty() && *line != "-- " && !line.starts_with("https://"));
            for line in words {
                let is_disguised = ["áá", "éé", "íí", "óó", "úú"]
                    .iter()
                    .any(|vowel| line.contains(vowel));
                assert!(is_disguised, "{line}");
            }
        }
    }

    #[test]
    fn the_html_loads_nothing() {
        for (kind, language) in every_letter() {
            let mail = render(&letter_with(kind, language, &[]), PUBLIC_URL).unwrap();
            let html = mail.html.replace("https://people.example.com/", "");
            for forbidden in [
                "http", "<img", "<script", "<link", "url(", "@import", "src=", "<table",
            ] {
                assert!(!html.contains(forbidden), "{} {forbidden}", kind.name());
            }
        }
    }

    #[test]
    fn hostile_values_stay_values() {
        let hostile = [
            "Anna\r\n\r\nhttps://evil.example/login\r\n-- \r\nBcc: eve@evil.example",
            "<script>alert(1)</script><a href=\"https://evil.example\">",
            "\u{202e}moc.elpmaxe\u{2028}\u{2029}\u{85}\u{0}\u{b}\u{c}",
            "{ $link } { -product } {\"{\"}",
            "{{ link }} {% if true %}",
            "\" onclick=\"alert(1)\" '",
        ];
        for text in hostile {
            for (kind, language) in every_letter() {
                let names = ["name", "organization", "username", "address", "time"];
                let changes: Vec<(&str, &str)> = names
                    .iter()
                    .filter(|name| **name == "name" || kind.has(name))
                    .map(|name| (*name, text))
                    .collect();
                let calm = render(&letter_with(kind, language, &[]), PUBLIC_URL).unwrap();
                let letter = letter_with(kind, language, &changes);
                let mail = render(&letter, PUBLIC_URL).unwrap();
                let name = kind.name();
                assert_eq!(
                    mail.text.lines().count(),
                    calm.text.lines().count(),
                    "{name}"
                );
                let lines = |mail: &Mail| mail.html.lines().count();
                assert_eq!(lines(&mail), lines(&calm), "{name}");
                let tags = |mail: &Mail| mail.html.matches('<').count();
                assert_eq!(tags(&mail), tags(&calm), "{name}");
                let quotes = |mail: &Mail| mail.html.matches('"').count();
                assert_eq!(quotes(&mail), quotes(&calm), "{name}");
                assert!(
                    !mail.subject.chars().any(super::super::is_dangerous),
                    "{name}"
                );
                assert!(!mail.text.contains('\u{202e}') && !mail.html.contains('\u{202e}'));
                assert!(
                    !mail
                        .text
                        .lines()
                        .any(|line| line.starts_with("https://evil"))
                );
            }
        }
    }

    #[test]
    fn a_long_name_is_cut() {
        let long = "x".repeat(10_000);
        let letter = letter_with(
            Kind::Invite,
            Language::English,
            &[("name", &long), ("organization", &long)],
        );
        let mail = render(&letter, PUBLIC_URL).unwrap();
        assert!(
            mail.text
                .starts_with(&format!("Hello {}…,\n", "x".repeat(99)))
        );
        assert!(mail.subject.chars().count() <= SUBJECT_CHARACTERS);
        assert!(!mail.text.contains(&"x".repeat(100)));
    }

    #[test]
    fn a_name_that_is_a_link_is_not_greeted() {
        for name in [
            "https://evil.example",
            "win at evil.example",
            "WWW.EVIL.EXAMPLE",
            "evil.example/a",
            "a\\b",
            "  ",
        ] {
            let letter = letter_with(Kind::Reset, Language::English, &[("name", name)]);
            let mail = render(&letter, PUBLIC_URL).unwrap();
            assert!(mail.text.starts_with("Hello,\n"), "{name}");
        }
        for name in [
            "Dr. J. R. Meyer",
            "Anna Meyer Jr.",
            "O’Neill-Smith",
            "山田 太郎",
        ] {
            assert!(!looks_like_link(name), "{name}");
        }
    }

    #[test]
    fn a_link_leads_to_this_server() {
        let cases = [
            ("https://people.example.com/invite/abc", true),
            ("https://people.example.com", true),
            ("https://people.example.com?a=b", true),
            ("https://people.example.com.evil.example/", false),
            ("https://people.example.com@evil.example/", false),
            ("https://people.example.com:8443/", false),
            ("http://people.example.com/", false),
            ("https://evil.example/https://people.example.com/", false),
            ("javascript:alert(1)", false),
            ("/invite/abc", false),
            ("https://people.example.com/a b", false),
            ("https://people.example.com/a\r\nb", false),
            ("https://people.example.com/\"onclick=", false),
            ("https://people.example.com/<script>", false),
            ("https://people.example.com/\u{202e}", false),
            ("", false),
        ];
        for (link, leads) in cases {
            assert_eq!(leads_to(link, PUBLIC_URL), leads, "{link}");
            let letter = letter_with(Kind::Reset, Language::French, &[("link", link)]);
            assert_eq!(render(&letter, PUBLIC_URL).is_ok(), leads, "{link}");
        }
        assert!(!leads_to("", ""));
        assert!(!leads_to("/a", "/"));
        let error = render(
            &letter_with(
                Kind::Reset,
                Language::French,
                &[("link", "https://evil.example/t0k3n")],
            ),
            PUBLIC_URL,
        )
        .unwrap_err();
        assert!(!error.to_string().contains("t0k3n"));
    }

    #[test]
    fn a_letter_has_the_variables_of_its_kind() {
        for kind in Kind::ALL {
            let all: Vec<(&str, &str)> = kind.variables().iter().map(|n| (*n, value(n))).collect();
            assert!(Letter::new(*kind, Language::English, address(), &all).is_ok());
            for missing in kind.variables() {
                let some: Vec<_> = all.iter().copied().filter(|(n, _)| n != missing).collect();
                let error = Letter::new(*kind, Language::English, address(), &some).unwrap_err();
                assert!(error.to_string().ends_with(missing), "{error}");
            }
            let more: Vec<_> = all.iter().copied().chain([("password", "x")]).collect();
            let error = Letter::new(*kind, Language::English, address(), &more).unwrap_err();
            assert!(error.to_string().ends_with("password"), "{error}");
        }
    }

    #[test]
    fn a_letter_is_stored_as_json() {
        let letter = letter_with(Kind::PasswordChanged, Language::Japanese, &[]);
        let stored = serde_json::to_value(&letter).unwrap();
        assert_eq!(stored["kind"], "password_changed");
        assert_eq!(stored["language"], "ja");
        assert_eq!(stored["to"], "anna@example.com");
        assert_eq!(stored["variables"]["username"], "anna");
        assert_eq!(
            serde_json::from_value::<Letter>(stored.clone()).unwrap(),
            letter
        );
        let mut foreign = stored;
        foreign["language"] = "tlh".into();
        let read: Letter = serde_json::from_value(foreign).unwrap();
        assert_eq!(read.language, Language::English);
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }

    #[test]
    fn a_link_is_not_in_the_log() {
        let letter = letter_with(Kind::Reset, Language::English, &[]);
        let mail = render(&letter, PUBLIC_URL).unwrap();
        let shown = format!("{letter:?} {mail:?}");
        assert!(
            !shown.contains("https://") && shown.contains("Reset"),
            "{shown}"
        );
    }

    #[test]
    fn an_address_is_shortened() {
        assert_eq!(shortened("anna@example.com"), "a…@example.com");
        assert_eq!(shortened("@example.com"), "…@example.com");
        assert_eq!(shortened("anna"), "…");
    }
}
