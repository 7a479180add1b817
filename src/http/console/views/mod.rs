//! The console's pages: what they show, as data, and how that becomes HTML.
//!
//! A view is a struct whose template lies in `templates/console`. Views decide nothing: every value in them has been looked up, checked and,
//! where it is a sentence, translated. No template holds a script or an inline style: [`POLICY`].

pub mod groups;
pub mod operators;
mod own;
pub mod people;
pub mod search;
pub mod transfer;
pub mod wizard;

pub mod attributes;
pub mod audit;
pub mod connections;
pub mod dashboard;
pub mod log;
pub mod person;
pub mod settings;
pub mod workbench;
use askama::Template;

pub use own::{
    FactorCodes, FactorEntry, FactorRemoval, FactorSetUp, FactorStanding, Keys, Own, Proof,
};

use crate::auth::Permission;
pub use crate::http::account::views::FieldError;
use crate::http::account::views::{in_language, isolated};
use crate::language::{Language, Zone};

/// The style sheet.
pub const STYLE: &str = include_str!("../../../../assets/console.css");
/// Where the pages expect it.
pub const STYLE_ADDRESS: &str = "/assets/console.css";
/// The script that helps on top of complete pages.
pub const SCRIPT: &str = include_str!("../../../../assets/console.js");
/// Where the pages expect it.
pub const SCRIPT_ADDRESS: &str = "/assets/console.js";
/// The signs, as symbols of one file.
pub const ICONS: &str = include_str!("../../../../assets/icons.svg");
/// Where the pages expect them.
pub const ICONS_ADDRESS: &str = "/assets/icons.svg";

/// The Content-Security-Policy of the console: its own script and style, nothing from elsewhere, and no text becomes markup in the browser.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The message ids that [`Shell::notice`] may name; another one is not shown.
pub const NOTICES: &[&str] = &[
    "console-notice-saved",
    "factor-notice-removed",
    "connections-notice-client-deleted",
    "connections-notice-deleted",
    "connections-notice-frozen",
    "connections-notice-rejected",
    "connections-notice-released",
    "connections-notice-revoked",
    "connections-notice-unfrozen",
    "dashboard-notice-again",
    "groups-notice-created",
    "groups-notice-deleted",
    "groups-notice-members",
    "operators-notice-assigned",
    "operators-notice-ended",
    "operators-notice-given",
    "operators-notice-invited",
    "operators-notice-moved",
    "operators-notice-taken",
    "person-notice-activated",
    "person-notice-approved",
    "person-notice-assigned",
    "person-notice-deactivated",
    "person-notice-detached",
    "person-notice-factor",
    "person-notice-groups",
    "person-notice-invited",
    "person-notice-locked",
    "person-notice-nothing",
    "person-notice-released",
    "person-notice-reset",
    "person-notice-session",
    "person-notice-sessions",
    "person-notice-unlocked",
    "person-notice-deleted",
    "person-notice-purged",
    "attributes-notice-added",
    "settings-notice-saved",
    "settings-notice-test",
];

/// A section of the console, as the navigation lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// A page of no section.
    None,
    /// The dashboard.
    Dashboard,
    /// Users.
    Users,
    /// Groups.
    Groups,
    /// Operators.
    Operators,
    /// Connections.
    Connections,
    /// The provisioning log.
    Log,
    /// Who did what.
    Audit,
    /// Schemas and attributes.
    Attributes,
    /// Requests by hand.
    Workbench,
    /// Settings.
    Settings,
}

/// Section, address, message, key after `g`, sign.
type Place = (
    Section,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// The navigation, in groups.
const PLACES: &[&[Place]] = &[
    &[(
        Section::Dashboard,
        "",
        "console-dashboard",
        "d",
        "dashboard",
    )],
    &[
        (Section::Users, "/users", "console-users", "u", "users"),
        (Section::Groups, "/groups", "console-groups", "p", "group"),
        (
            Section::Operators,
            "/operators",
            "console-operators",
            "o",
            "operator",
        ),
    ],
    &[
        (
            Section::Connections,
            "/connections",
            "console-connections",
            "c",
            "connection",
        ),
        (Section::Log, "/log", "console-log", "l", "log"),
        (Section::Audit, "/audit", "console-audit", "a", "audit"),
    ],
    &[
        (
            Section::Attributes,
            "/attributes",
            "console-attributes",
            "s",
            "schema",
        ),
        (
            Section::Workbench,
            "/workbench",
            "console-workbench",
            "w",
            "workbench",
        ),
    ],
    &[(
        Section::Settings,
        "/settings",
        "console-settings",
        "t",
        "settings",
    )],
];

/// How the pages look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the operating system does.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The theme of that name; without one, the system's.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What all pages of the console have in common.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The language of the page.
    pub language: Language,
    /// Whose console this is: the tenant's name for people.
    pub organization: String,
    /// What stands before the address of every page: empty, or `/t/acme`.
    pub base: String,
    /// The path of this page.
    pub path: String,
    /// The query of this page, without the language.
    pub query: String,
    /// The section that the page belongs to.
    pub section: Section,
    /// The operator's name.
    pub name: String,
    /// The operator's user name.
    pub username: String,
    /// The names of the operator's roles.
    pub roles: Vec<&'static str>,
    /// What the roles allow.
    pub may: Vec<Permission>,
    /// How many changes are held.
    pub held: i64,
    /// How the pages look.
    pub theme: Theme,
    /// The operator's time zone.
    pub zone: Zone,
    /// What has just been done, as one of [`NOTICES`].
    pub notice: Option<String>,
}

/// A link of the navigation.
struct Link {
    address: String,
    label: String,
    key: &'static str,
    sign: &'static str,
    is_here: bool,
    held: i64,
}

/// A moment as it is shown and as machines read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339, UTC.
    pub iso: String,
    /// In the operator's language and time zone.
    pub shown: String,
}

impl Shell {
    /// A sentence in the page's language.
    #[must_use]
    pub fn text(&self, id: &str) -> String {
        self.language.text(id)
    }

    /// A sentence with one variable, a value that somebody typed.
    #[must_use]
    pub fn with(&self, id: &str, name: &str, value: &str) -> String {
        self.language.format(id, &[(name, &isolated(value))])
    }

    /// A sentence about a number of things, its variable `count`.
    #[must_use]
    pub fn counted(&self, id: &str, count: &i64) -> String {
        self.language.counted(id, "count", *count, &[])
    }

    /// The address of a page of the console.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}/console{path}", self.base)
    }

    /// A moment, in microseconds since 1970 UTC.
    #[must_use]
    pub fn moment(&self, at: &i64) -> Moment {
        Moment {
            iso: crate::resource::timestamp(*at),
            shown: self.language.moment_in(*at, &self.zone),
        }
    }

    /// Whether the operator's role allows it; by the name of the [`Permission`].
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.may.contains(&permission)
    }

    /// The notice's sentence, if it is one that we know: the id may come from the address bar.
    #[must_use]
    pub fn notice_text(&self) -> Option<String> {
        let id = self.notice.as_deref()?;
        NOTICES.contains(&id).then(|| self.text(id))
    }

    /// Whether something is wrong with a field.
    #[must_use]
    pub fn is_wrong(&self, errors: &[FieldError], field: &str) -> bool {
        errors.iter().any(|error| error.field == field)
    }

    fn sections(&self) -> Vec<Vec<Link>> {
        let link = |(section, path, label, key, sign): &Place| Link {
            address: self.at(path),
            label: self.text(label),
            key,
            sign,
            is_here: *section == self.section,
            held: if *section == Section::Connections {
                self.held
            } else {
                0
            },
        };
        PLACES
            .iter()
            .map(|group| group.iter().map(link).collect())
            .collect()
    }

    /// The page in each language: address, tag, name, whether it is this one.
    fn tongues(&self) -> Vec<(String, &'static str, &'static str, bool)> {
        let here = if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        };
        Language::ALL
            .iter()
            .map(|language| {
                let address = in_language(&here, language.tag());
                let is_here = *language == self.language;
                (address, language.tag(), language.name(), is_here)
            })
            .collect()
    }

    /// The words that the script needs, as JSON.
    fn script_texts(&self) -> String {
        const WORDS: &[(&str, &str)] = &[
            ("copied", "console-script-copied"),
            ("palette", "console-script-palette"),
            ("palette-keys", "console-script-palette-keys"),
            ("found", "console-script-found"),
            ("close", "console-script-close"),
            ("keys", "console-keys-title"),
            ("key-search", "console-keys-search"),
            ("key-help", "console-keys-help"),
        ];
        let words = WORDS
            .iter()
            .map(|(name, id)| ((*name).to_owned(), self.text(id).into()));
        serde_json::Value::Object(words.collect()).to_string()
    }

    #[expect(
        clippy::unused_self,
        reason = "a template calls methods of what it has, not free functions"
    )]
    fn program_version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn roles_text(&self) -> String {
        self.with("console-roles", "roles", &self.roles.join(", "))
    }
}

/// Something did not work.
#[derive(Debug, Template)]
#[template(path = "console/trouble.html")]
pub struct Trouble {
    /// What all pages have in common.
    pub page: Shell,
    /// The status.
    pub status: u16,
    /// What was wrong, in the words of the operation.
    pub message: Option<String>,
    /// The request's id.
    pub request_id: String,
}

impl Trouble {
    fn title(&self) -> String {
        let id = match self.status {
            403 => "console-trouble-forbidden",
            404 => "console-trouble-missing",
            409 | 412 => "console-trouble-conflict",
            429 | 503 => "console-trouble-busy",
            500.. => "console-trouble-ours",
            _ => "console-trouble-refused",
        };
        self.page.text(id)
    }
}
