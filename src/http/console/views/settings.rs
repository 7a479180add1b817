//! The pages of settings.

use askama::Template;

use super::{FieldError, Shell};

/// The sections, each with its message.
pub const SECTIONS: [(&str, &str); 4] = [
    ("accounts", "settings-accounts"),
    ("sign-in", "settings-sign-in"),
    ("registration", "settings-registration"),
    ("leaving", "settings-leaving"),
];

/// The section of a setting, by the beginning of its name.
#[must_use]
pub fn section_of(name: &str) -> &'static str {
    let group = name.split('.').next().unwrap_or_default();
    match group {
        "password" | "lockout" | "session" | "factor" | "totp" => "sign-in",
        "registration" | "invitation" | "reset" => "registration",
        "account" | "delete" | "deleted" => "leaving",
        _ => "accounts",
    }
}

/// A setting.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its id in the page.
    pub id: String,
    /// What it does, in English: for a setting that we have no words for yet.
    pub purpose: &'static str,
    /// The value in the form.
    pub value: String,
    /// The value in force.
    pub was: String,
    /// The value when nobody says otherwise.
    pub default: &'static str,
    /// The values to choose from; none: a number or text.
    pub words: &'static [&'static str],
    /// The smallest and the largest number.
    pub range: Option<(u32, u32)>,
}

/// A section of settings.
#[derive(Debug, Template)]
#[template(path = "console/settings.html")]
pub struct Settings {
    /// What all pages have in common.
    pub page: Shell,
    /// Which section.
    pub section: &'static str,
    /// Its settings.
    pub fields: Vec<Field>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A message, or something else where there is none.
fn text_or(page: &Shell, id: &str, other: &str) -> String {
    let text = page.text(id);
    if text == id { other.to_owned() } else { text }
}

/// The tabs: address, name, whether it is this one.
fn tabs(page: &Shell, here: &str) -> Vec<(String, String, bool)> {
    let more = [("mail", "settings-mail"), ("limits", "settings-limits")];
    let all = SECTIONS.iter().chain(&more);
    all.map(|(name, id)| {
        let address = page.at(&format!("/settings/{name}"));
        (address, page.text(id), *name == here)
    })
    .collect()
}

impl Settings {
    fn title(&self) -> String {
        self.page.text("console-settings")
    }

    fn tabs(&self) -> Vec<(String, String, bool)> {
        tabs(&self.page, self.section)
    }

    fn label(&self, field: &Field) -> String {
        text_or(&self.page, &format!("settings-{}", field.id), field.name)
    }

    fn hint(&self, field: &Field) -> String {
        let id = format!("settings-{}", field.id);
        let other = if self.page.text(&id) == id {
            field.purpose
        } else {
            ""
        };
        let hint = text_or(&self.page, &format!("{id}-hint"), other);
        let default = if field.words.is_empty() && !field.default.is_empty() {
            self.page.with("settings-default", "value", field.default)
        } else {
            String::new()
        };
        format!("{hint} {default}").trim().to_owned()
    }

    /// What can be chosen: the word, its name, whether it is chosen, whether it is the default.
    fn options(&self, field: &Field) -> Vec<(&'static str, String, bool, bool)> {
        let option = |word: &&'static str| {
            let id = format!("settings-{}-{}", field.id, word.replace(['.', '_'], "-"));
            (
                *word,
                text_or(&self.page, &id, word),
                *word == field.value,
                *word == field.default,
            )
        };
        field.words.iter().map(option).collect()
    }

    fn is_wrong(&self, field: &Field) -> bool {
        self.page.is_wrong(&self.errors, &field.id)
    }
}

/// The letters.
#[derive(Debug, Template)]
#[template(path = "console/settings_mail.html")]
pub struct Mail {
    /// What all pages have in common.
    pub page: Shell,
    /// The names of the kinds.
    pub kinds: Vec<&'static str>,
}

fn kind_name(page: &Shell, kind: &str) -> String {
    let id = format!("settings-mail-{}", kind.replace('_', "-"));
    text_or(page, &id, kind)
}

impl Mail {
    fn title(&self) -> String {
        self.page.text("settings-mail")
    }

    fn tabs(&self) -> Vec<(String, String, bool)> {
        tabs(&self.page, "mail")
    }

    fn kind(&self, kind: &str) -> String {
        kind_name(&self.page, kind)
    }
}

/// A letter with sample values.
#[derive(Debug, Template)]
#[template(path = "console/settings_letter.html")]
pub struct Letter {
    /// What all pages have in common.
    pub page: Shell,
    /// Its kind.
    pub kind: String,
    /// Tag and name of each language, and whether it is this one.
    pub languages: Vec<(&'static str, &'static str, bool)>,
    /// The language of the letter.
    pub tag: &'static str,
    /// The subject.
    pub subject: String,
    /// The paragraphs.
    pub paragraphs: Vec<String>,
}

impl Letter {
    fn title(&self) -> String {
        kind_name(&self.page, &self.kind)
    }

    fn address(&self, tag: &str) -> String {
        self.page
            .at(&format!("/settings/mail/{}?in={tag}", self.kind))
    }
}

/// The limits of the server.
#[derive(Debug, Template)]
#[template(path = "console/settings_limits.html")]
pub struct Limits {
    /// What all pages have in common.
    pub page: Shell,
    /// Message and number.
    pub rows: Vec<(&'static str, i64)>,
}

impl Limits {
    fn title(&self) -> String {
        self.page.text("settings-limits")
    }

    fn tabs(&self) -> Vec<(String, String, bool)> {
        tabs(&self.page, "limits")
    }
}
