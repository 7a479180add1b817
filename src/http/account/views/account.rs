//! The pages of a person who is signed in.

use askama::Template;

use super::{FieldError, Page};

/// How a value of the profile is typed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A line of text.
    Text,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A telephone number.
    Tel,
    /// One of these, each a value and its name: languages, time zones and the like.
    Choice(Vec<(String, String)>),
}

impl Input {
    fn kind(&self) -> &'static str {
        match self {
            Self::Text | Self::Choice(_) => "text",
            Self::Email => "email",
            Self::Url => "url",
            Self::Tel => "tel",
        }
    }
}

/// One value of the profile.
#[derive(Debug, Clone)]
pub struct Field {
    /// The input's name: what the form sends.
    pub name: String,
    /// What the value is called, in the person's language.
    pub label: String,
    /// The value; of a choice: the option's value.
    pub value: String,
    /// The value that the form was shown with first; what differs from it is what the person has changed.
    pub former: String,
    /// Whether the person may change it.
    pub is_editable: bool,
    /// Where the value comes from, or what it is used for; translated.
    pub note: Option<String>,
    /// How it is typed in.
    pub input: Input,
    /// What browsers may fill in (HTML §4.10.18.7): `given-name`, `tel` and so on.
    pub autocomplete: Option<String>,
    /// What is wrong with it, translated.
    pub errors: Vec<String>,
}

impl Field {
    /// What a person sees of the value: an option's name.
    fn shown(&self) -> &str {
        let Input::Choice(options) = &self.input else {
            return &self.value;
        };
        let chosen = options.iter().find(|(value, _)| *value == self.value);
        chosen.map_or(&self.value, |(_, name)| name)
    }

    fn is_described(&self) -> bool {
        self.note.is_some() || !self.errors.is_empty()
    }

    fn has_option(&self) -> bool {
        matches!(&self.input, Input::Choice(options) if options.iter().any(|(value, _)| *value == self.value))
    }
}

/// The profile. Sends every editable field and `version` to `{base}/account`.
#[derive(Debug, Template)]
#[template(path = "account/profile.html")]
pub struct Profile {
    /// What all pages have in common.
    pub page: Page,
    /// The values, in the order to show them.
    pub fields: Vec<Field>,
    /// The version that the values are of, for `If-Match`.
    pub version: String,
    /// After somebody else's change: label, the value saved now, the value typed here.
    pub conflict: Option<Vec<(String, String, String)>>,
}

impl Profile {
    #[expect(clippy::unused_self, reason = "a template calls methods")]
    fn here(&self) -> &'static str {
        "profile"
    }

    fn title(&self) -> String {
        self.page.text("account-profile-title")
    }

    fn is_editable(&self) -> bool {
        self.fields.iter().any(|field| field.is_editable)
    }

    /// The fields with their ids in the page: a name may hold what an id may not.
    fn numbered(&self) -> Vec<(String, &Field)> {
        let fields = (1..).zip(&self.fields);
        fields
            .map(|(number, field): (usize, _)| (format!("field-{number}"), field))
            .collect()
    }

    fn errors(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for (id, field) in self.numbered() {
            errors.extend(field.errors.iter().map(|message| FieldError {
                field: id.clone(),
                message: self.page.language.format(
                    "account-error-of-field",
                    &[("label", &field.label), ("message", message)],
                ),
            }));
        }
        errors
    }
}

/// Changing the password. Sends `current` and `password` to `{base}/account/password`.
#[derive(Debug, Template)]
#[template(path = "account/password.html")]
pub struct Password {
    /// What all pages have in common.
    pub page: Page,
    /// Whose password it is; for the person's password manager.
    pub username: String,
    /// The rules for passwords, translated.
    pub rules: Vec<String>,
    /// What was wrong.
    pub errors: Vec<FieldError>,
    /// When it was changed last, as people write it.
    pub last_changed: Option<String>,
}

impl Password {
    #[expect(clippy::unused_self, reason = "a template calls methods")]
    fn here(&self) -> &'static str {
        "password"
    }

    fn title(&self) -> String {
        self.page.text("account-password-title")
    }
}

/// One session of a person.
#[derive(Debug, Clone)]
pub struct Session {
    /// What the form sends to end it.
    pub id: String,
    /// Whether it is the one that shows this page.
    pub is_current: bool,
    /// The browser and system, in a few words.
    pub agent: String,
    /// All that the browser said of itself, where that is more.
    pub said: Option<String>,
    /// The network address.
    pub address: String,
    /// When it began, as people write it.
    pub since: String,
    /// When it was used last, as people write it.
    pub last_used: String,
}

/// Where the person is signed in. Sends `id`, or `all=others`, to `{base}/account/sessions`.
#[derive(Debug, Template)]
#[template(path = "account/sessions.html")]
pub struct Sessions {
    /// What all pages have in common.
    pub page: Page,
    /// The sessions, the present one first.
    pub sessions: Vec<Session>,
}

impl Sessions {
    #[expect(clippy::unused_self, reason = "a template calls methods")]
    fn here(&self) -> &'static str {
        "sessions"
    }

    fn title(&self) -> String {
        self.page.text("account-sessions-title")
    }

    fn has_others(&self) -> bool {
        self.sessions.iter().any(|session| !session.is_current)
    }
}

/// The groups that the person is in.
#[derive(Debug, Template)]
#[template(path = "account/groups.html")]
pub struct Groups {
    /// What all pages have in common.
    pub page: Page,
    /// Each group's name, and whether the person is a member itself or through another group.
    pub groups: Vec<(String, bool)>,
}

impl Groups {
    #[expect(clippy::unused_self, reason = "a template calls methods")]
    fn here(&self) -> &'static str {
        "groups"
    }

    fn title(&self) -> String {
        self.page.text("account-groups-title")
    }
}

/// Choosing the language of pages and mails. Sends `language` to `{base}/account/language`.
#[derive(Debug, Template)]
#[template(path = "account/language.html")]
pub struct Languages {
    /// What all pages have in common.
    pub page: Page,
    /// Each language's tag, its name in itself, and whether it is chosen.
    pub languages: Vec<(String, String, bool)>,
}

impl Languages {
    #[expect(clippy::unused_self, reason = "a template calls methods")]
    fn here(&self) -> &'static str {
        "language"
    }

    fn title(&self) -> String {
        self.page.text("account-language-title")
    }
}

/// Leaving. Sends `confirm=yes` and `current` to `{base}/account/deactivate`, or `username` and `current` to `{base}/account/delete`.
///
/// Errors name the fields `deactivate-confirm`, `deactivate-current`, `delete-username` and `delete-current`.
#[derive(Debug, Template)]
#[template(path = "account/leave.html")]
pub struct Leave {
    /// What all pages have in common.
    pub page: Page,
    /// What is to be typed before an account is deleted.
    pub username: String,
    /// What was wrong.
    pub errors: Vec<FieldError>,
    /// Whether people may deactivate their own accounts.
    pub may_deactivate: bool,
    /// Whether people may delete their own accounts.
    pub may_delete: bool,
    /// Whether nobody would be left to manage the organization.
    pub is_last_owner: bool,
}

impl Leave {
    #[expect(clippy::unused_self, reason = "a template calls methods")]
    fn here(&self) -> &'static str {
        "leave"
    }

    fn title(&self) -> String {
        self.page.text("account-leave-title")
    }
}
