//! New user, step by step.

use askama::Template;
use uuid::Uuid;

use super::people::GroupChoice;
use super::{FieldError, Moment, Shell};
use crate::auth::Permission;
use crate::language::Language;

/// How a person comes to a password.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Way {
    /// A letter with a link to set one.
    #[default]
    Invite,
    /// The link, to be handed over.
    Link,
    /// A temporary one.
    Temporary,
    /// Not at all.
    None,
}

impl Way {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Invite, Self::Link, Self::Temporary, Self::None];

    /// The way of that name; without one, an invitation.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let mut all = Self::ALL.into_iter();
        all.find(|way| way.name() == name).unwrap_or_default()
    }

    /// Its name in a form.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Link => "link",
            Self::Temporary => "temporary",
            Self::None => "none",
        }
    }

    /// The message that names it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Invite => "people-way-invite",
            Self::Link => "people-way-link",
            Self::Temporary => "people-way-temporary",
            Self::None => "people-way-none",
        }
    }

    /// What is said about it; `invitation` and `temporary`: how long a link and a password are good for, in microseconds.
    #[must_use]
    pub fn hint(self, page: &Shell, invitation: i64, temporary: i64) -> String {
        const HOUR: i64 = 3_600_000_000;
        match self {
            Self::Invite => page.counted("people-way-invite-hint", &(invitation / HOUR)),
            Self::Link => page.text("people-way-link-hint"),
            Self::Temporary => page.counted("people-way-temporary-hint", &(temporary / HOUR)),
            Self::None => page.text("people-way-none-hint"),
        }
    }
}

/// What was typed so far.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The user name.
    pub username: String,
    /// The address of mail, where it is not the user name.
    pub email: String,
    /// First name.
    pub given: String,
    /// Last name.
    pub family: String,
    /// The tag of the language; empty: not said.
    pub language: String,
    /// How they come to a password.
    pub onboarding: Way,
    /// The ids of the groups.
    pub groups: Vec<Uuid>,
}

/// Whoever has the user name already.
#[derive(Debug, Clone)]
pub struct Present {
    /// The address of the page.
    pub address: String,
    /// The user name.
    pub name: String,
}

/// The person.
#[derive(Debug, Template)]
#[template(path = "console/people_new_1.html")]
pub struct NewUser1 {
    /// What all pages have in common.
    pub page: Shell,
    /// What was typed.
    pub draft: Draft,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// Whoever has the user name already.
    pub present: Option<Present>,
    /// A user name is an address of mail.
    pub is_address: bool,
    /// How long an invitation is good for, in microseconds.
    pub invitation_time: i64,
    /// How long a temporary password is good for, in microseconds.
    pub temporary_time: i64,
}

impl NewUser1 {
    fn title(&self) -> String {
        self.page.text("people-new")
    }

    fn may_create_operators(&self) -> bool {
        self.page.may(Permission::ManageOperators)
    }

    fn ways(&self) -> Vec<(&'static str, String, String, bool)> {
        let offered = |way: &Way| {
            (
                way.name(),
                self.page.text(way.label()),
                way.hint(&self.page, self.invitation_time, self.temporary_time),
                *way == self.draft.onboarding,
            )
        };
        Way::ALL.iter().map(offered).collect()
    }

    fn languages(&self) -> Vec<(&'static str, String)> {
        let unsaid = ("", self.page.text("people-language-unsaid"));
        let known = Language::ALL.iter();
        let known = known.map(|language| (language.tag(), language.name().to_owned()));
        std::iter::once(unsaid).chain(known).collect()
    }
}

/// The groups.
#[derive(Debug, Template)]
#[template(path = "console/people_new_2.html")]
pub struct NewUser2 {
    /// What all pages have in common.
    pub page: Shell,
    /// What was typed.
    pub draft: Draft,
    /// The beginning of a group's name.
    pub seek: String,
    /// The groups to choose from, the chosen ones first.
    pub offered: Vec<GroupChoice>,
}

impl NewUser2 {
    fn title(&self) -> String {
        self.page.text("people-new")
    }
}

/// Everything once more.
#[derive(Debug, Template)]
#[template(path = "console/people_new_3.html")]
pub struct NewUser3 {
    /// What all pages have in common.
    pub page: Shell,
    /// What was typed.
    pub draft: Draft,
    /// The names of the groups.
    pub groups: Vec<String>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// A temporary password may be typed.
    pub may_type: bool,
}

impl NewUser3 {
    fn title(&self) -> String {
        self.page.text("people-new")
    }

    fn way(&self) -> String {
        self.page.text(self.draft.onboarding.label())
    }

    fn language(&self) -> &'static str {
        Language::tagged(&self.draft.language).map_or("", Language::name)
    }
}

/// A link or a password that is shown once.
#[derive(Clone)]
pub struct Secret {
    /// A link, or else a password.
    pub is_link: bool,
    /// What is shown.
    pub value: String,
    /// Until when it is good.
    pub until: Moment,
}

/// All but the secret.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret")
            .field("is_link", &self.is_link)
            .finish_non_exhaustive()
    }
}

/// The person is there.
#[derive(Debug, Template)]
#[template(path = "console/people_new_done.html")]
pub struct NewUserDone {
    /// What all pages have in common.
    pub page: Shell,
    /// The id.
    pub id: String,
    /// The name for people, or the user name.
    pub name: String,
    /// Whether an invitation is to be accepted.
    pub is_invited: bool,
    /// Where the letter goes.
    pub address: Option<String>,
    /// What is shown once.
    pub secret: Option<Secret>,
}

impl NewUserDone {
    fn title(&self) -> String {
        self.page.with("people-created", "name", &self.name)
    }
}
