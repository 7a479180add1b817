//! The pages that a person meets: what they show, as data, and how that becomes HTML.
//!
//! A view is a struct whose template lies in `templates/account`; `view.render()` (from [`askama::Template`]) gives the HTML. Views decide
//! nothing: every value in them has been looked up, checked and, where it is a sentence, translated. The templates hold no script and no
//! inline style, so that the strictest Content-Security-Policy fits: [`POLICY`].

mod account;
mod entry;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use account::{Field, Groups, Input, Languages, Leave, Password, Profile, Session, Sessions};
pub use entry::{
    ErrorPage, Forgot, ForgotSent, LinkDead, LinkPurpose, PasswordPurpose, Register, Registered,
    SetPassword, SignIn, SignedOut, SignedOutWhy, Verified, Verify, Welcome,
};

use crate::language::Language;

/// The style sheet, to be served at [`STYLE_ADDRESS`] as `text/css; charset=utf-8`.
pub const STYLE: &str = include_str!("../../../../assets/account.css");

/// Where the pages expect the style sheet.
pub const STYLE_ADDRESS: &str = "/assets/account.css";

/// The mark beside the organization's name, to be served at [`MARK_ADDRESS`] as `image/svg+xml`.
pub const MARK: &str = include_str!("../../../../assets/muster.svg");

/// Where the pages expect the mark.
pub const MARK_ADDRESS: &str = "/assets/muster.svg";

/// The Content-Security-Policy that every page works under.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The message ids that [`Page::notice`] may name; another one is not shown.
pub const NOTICES: &[&str] = &[
    "account-notice-address-pending",
    "account-notice-language-saved",
    "account-notice-nothing-changed",
    "account-notice-owner-ready",
    "account-notice-password-changed",
    "account-notice-password-set",
    "account-notice-profile-saved",
    "account-notice-session-ended",
    "account-notice-sessions-ended",
    "account-notice-sign-in-again",
];

/// What all pages have in common.
#[derive(Debug, Clone)]
pub struct Page {
    /// The language of the page.
    pub language: Language,
    /// Whose accounts these are: the tenant's name for people.
    pub organization: String,
    /// What stands before the address of every page: empty, or `/t/acme`.
    pub base: String,
    /// The name of the person who is signed in.
    pub signed_in: Option<String>,
    /// What has just been done, as one of [`NOTICES`].
    pub notice: Option<String>,
    /// The path and query that show this page again, in another language.
    pub path: String,
}

/// What is wrong with one field of a form.
#[derive(Debug, Clone)]
pub struct FieldError {
    /// The field's id in the page, which is its name in the form unless the view says otherwise; empty: the form as a whole.
    pub field: String,
    /// The sentence for the person, translated.
    pub message: String,
}

impl FieldError {
    /// What is wrong with a field, as a sentence that needs no variables.
    #[must_use]
    pub fn new(language: Language, field: &str, id: &str) -> Self {
        Self {
            field: field.to_owned(),
            message: language.text(id),
        }
    }
}

/// An address and the words of the link to it.
struct Link {
    address: String,
    label: String,
    is_here: bool,
}

/// A language that a page can be read in.
struct Tongue {
    address: String,
    tag: &'static str,
    name: &'static str,
    is_chosen: bool,
}

impl Page {
    /// A sentence in the page's language.
    fn text(&self, id: &str) -> String {
        self.language.text(id)
    }

    /// A sentence with one variable.
    pub(in crate::http::account) fn with(&self, id: &str, name: &str, value: &str) -> String {
        self.language.format(id, &[(name, &isolated(value))])
    }

    /// A sentence about a number of things.
    fn counted(&self, id: &str, number: usize) -> String {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        self.language.counted(id, "count", number, &[])
    }

    /// A sentence that names the organization.
    fn named(&self, id: &str) -> String {
        self.with(id, "organization", &self.organization)
    }

    /// The notice's sentence, if it is one that we know: the id may come from the address bar.
    fn notice_text(&self) -> Option<String> {
        let id = self.notice.as_deref()?;
        NOTICES.contains(&id).then(|| self.text(id))
    }

    /// The page in each language.
    fn tongues(&self) -> Vec<Tongue> {
        Language::ALL
            .iter()
            .map(|language| Tongue {
                address: in_language(&self.path, language.tag()),
                tag: language.tag(),
                name: language.name(),
                is_chosen: *language == self.language,
            })
            .collect()
    }

    /// The pages of the account area; `here` is the one shown.
    fn area(&self, here: &str) -> Vec<Link> {
        const PLACES: &[(&str, &str, &str)] = &[
            ("profile", "", "account-profile-title"),
            ("password", "/password", "account-password-title"),
            ("sessions", "/sessions", "account-sessions-title"),
            ("groups", "/groups", "account-groups-title"),
            ("language", "/language", "account-language-title"),
            ("leave", "/leave", "account-leave-title"),
        ];
        PLACES
            .iter()
            .map(|(place, address, label)| Link {
                address: format!("{}/account{address}", self.base),
                label: self.text(label),
                is_here: *place == here,
            })
            .collect()
    }

    /// Where a person begins: the account, or the sign-in page.
    fn home(&self) -> String {
        let page = if self.signed_in.is_some() {
            "account"
        } else {
            "sign-in"
        };
        format!("{}/{page}", self.base)
    }

    /// Whether something is wrong with a field.
    #[expect(
        clippy::unused_self,
        reason = "a template calls methods of what it has, not free functions"
    )]
    fn is_wrong(&self, errors: &[FieldError], field: &str) -> bool {
        errors.iter().any(|error| error.field == field)
    }
}

/// The same page in another language. The answer is always an address on this server: `//host` and its disguises lead elsewhere.
pub(in crate::http) fn in_language(path: &str, tag: &str) -> String {
    let path: String = path.chars().filter(|c| !c.is_control()).collect();
    let path = path.trim_start_matches(['/', '\\', ' ']);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
        .collect();
    let query = kept.join("&");
    let and = if query.is_empty() { "" } else { "&" };
    format!("/{path}?{query}{and}lang={tag}")
}

/// An address that a link may lead to: of this server or of a web page; not `javascript:` or the like.
fn web_address(address: &str) -> Option<&str> {
    let lower = address.to_ascii_lowercase();
    let is_web = lower.starts_with("https://") || lower.starts_with("http://");
    let is_ours = address.starts_with('/') && !address.starts_with("//");
    let is_plain = !address.contains(['\\', '\t', '\r', '\n']);
    ((is_web || is_ours) && is_plain).then_some(address)
}

/// A value inside a sentence. What is written from right to left, or says it is, must not turn the words around it.
pub(in crate::http) fn isolated(value: &str) -> String {
    const CONTROLS: &[char] = &[
        '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}',
        '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
    ];
    let plain: String = value
        .chars()
        .filter(|c| !CONTROLS.contains(c) && !c.is_control())
        .collect();
    if plain.chars().any(is_right_to_left) {
        return format!("\u{2068}{plain}\u{2069}");
    }
    plain
}

/// Whether a character belongs to a script that is written from right to left.
fn is_right_to_left(character: char) -> bool {
    matches!(
        character,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
    )
}
