//! The pages before and after a session: signing in, registering, links from mails, and what went wrong.

use askama::Template;

use super::{FieldError, Page, web_address};

/// Signing in. Sends `username`, `password` and `next` to `{base}/sign-in`.
#[derive(Debug, Template)]
#[template(path = "account/sign_in.html")]
pub struct SignIn {
    /// What all pages have in common.
    pub page: Page,
    /// What was typed before.
    pub username: String,
    /// Where to go afterwards; sent back as it came, so check it again.
    pub next: String,
    /// What was wrong.
    pub errors: Vec<FieldError>,
    /// Whether the page offers to register.
    pub can_register: bool,
}

impl SignIn {
    fn title(&self) -> String {
        self.page.text("account-sign-in-title")
    }
}

/// Why a password is to be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordPurpose {
    /// The person was invited.
    Invite,
    /// The password was forgotten, or an administrator asked for a new one.
    Reset,
    /// The present password is temporary or has expired.
    MustChange,
}

/// Choosing a password, by a link or because it must be changed. Sends `password` and, where asked for, `current` to `action`.
#[derive(Debug, Template)]
#[template(path = "account/set_password.html")]
pub struct SetPassword {
    /// What all pages have in common.
    pub page: Page,
    /// The address that the form is sent to.
    pub action: String,
    /// Whose password it is; for the person's password manager.
    pub username: String,
    /// Why the password is to be chosen.
    pub purpose: PasswordPurpose,
    /// The rules for passwords, translated.
    pub rules: Vec<String>,
    /// What was wrong.
    pub errors: Vec<FieldError>,
    /// Whether the present password is asked for.
    pub asks_current: bool,
}

impl SetPassword {
    fn title(&self) -> String {
        self.page.text(match self.purpose {
            PasswordPurpose::Invite => "account-set-invite-title",
            PasswordPurpose::Reset => "account-set-reset-title",
            PasswordPurpose::MustChange => "account-set-must-title",
        })
    }

    fn lead(&self) -> String {
        self.page.named(match self.purpose {
            PasswordPurpose::Invite => "account-set-invite-lead",
            PasswordPurpose::Reset => "account-set-reset-lead",
            PasswordPurpose::MustChange => "account-set-must-lead",
        })
    }
}

/// Registering. Sends `username`, `given`, `family`, `password`, `return_to` and, where a username can be chosen, `email` to
/// `{base}/register`.
#[derive(Debug, Template)]
#[template(path = "account/register.html")]
pub struct Register {
    /// What all pages have in common.
    pub page: Page,
    /// What was typed before: an e-mail address, unless a username can be chosen.
    pub username: String,
    /// The e-mail address typed before, where a username can be chosen.
    pub email: String,
    /// The first name typed before.
    pub given: String,
    /// The last name typed before.
    pub family: String,
    /// What was wrong.
    pub errors: Vec<FieldError>,
    /// The rules for passwords, translated.
    pub rules: Vec<String>,
    /// Where to go afterwards; sent back as it came, so check it again.
    pub return_to: String,
    /// Whether the username is something else than the e-mail address.
    pub can_choose_username: bool,
}

impl Register {
    fn title(&self) -> String {
        self.page.text("account-register-title")
    }
}

/// The first owner creates their account. Sends `username`, `given`, `family`, `password` and, where a username can be chosen, `email` to
/// `{base}/welcome`.
#[derive(Debug, Template)]
#[template(path = "account/welcome.html")]
pub struct Welcome {
    /// What all pages have in common.
    pub page: Page,
    /// What was typed before: an e-mail address, unless a username can be chosen.
    pub username: String,
    /// The e-mail address typed before, where a username can be chosen.
    pub email: String,
    /// The first name typed before.
    pub given: String,
    /// The last name typed before.
    pub family: String,
    /// What was wrong.
    pub errors: Vec<FieldError>,
    /// The rules for passwords, translated.
    pub rules: Vec<String>,
    /// Whether the username is something else than the e-mail address.
    pub can_choose_username: bool,
}

impl Welcome {
    fn title(&self) -> String {
        self.page.text("account-welcome-title")
    }
}

/// What everybody reads after registering, whether or not the address has an account.
#[derive(Debug, Template)]
#[template(path = "account/registered.html")]
pub struct Registered {
    /// What all pages have in common.
    pub page: Page,
}

impl Registered {
    fn title(&self) -> String {
        self.page.text("account-registered-title")
    }
}

/// Where the link of a verification mail leads: a button, as programs that look into mails open links too.
#[derive(Debug, Template)]
#[template(path = "account/verify.html")]
pub struct Verify {
    /// What all pages have in common.
    pub page: Page,
    /// The address that the form is sent to.
    pub action: String,
}

impl Verify {
    fn title(&self) -> String {
        self.page.text("account-verify-title")
    }
}

/// The address is confirmed.
#[derive(Debug, Template)]
#[template(path = "account/verified.html")]
pub struct Verified {
    /// What all pages have in common.
    pub page: Page,
    /// Whether an administrator has to approve the account.
    pub awaits_approval: bool,
    /// The application that sent the person; from the tenant's list.
    pub return_to: Option<String>,
}

impl Verified {
    fn title(&self) -> String {
        self.page.text("account-verified-title")
    }

    fn way_back(&self) -> Option<&str> {
        self.return_to.as_deref().and_then(web_address)
    }
}

/// Asking for a link to reset the password. Sends `username` to `{base}/forgot`.
#[derive(Debug, Template)]
#[template(path = "account/forgot.html")]
pub struct Forgot {
    /// What all pages have in common.
    pub page: Page,
    /// What was typed before.
    pub username: String,
    /// What was wrong.
    pub errors: Vec<FieldError>,
}

impl Forgot {
    fn title(&self) -> String {
        self.page.text("account-forgot-title")
    }
}

/// What everybody reads after asking for a link, whether or not there is such an account.
#[derive(Debug, Template)]
#[template(path = "account/forgot_sent.html")]
pub struct ForgotSent {
    /// What all pages have in common.
    pub page: Page,
}

impl ForgotSent {
    fn title(&self) -> String {
        self.page.text("account-forgot-sent-title")
    }
}

/// What a link was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// An invitation.
    Invite,
    /// A new password.
    Reset,
    /// Confirming an address.
    Verify,
    /// The first owner's account.
    Welcome,
}

/// A link was used, has expired or was replaced.
#[derive(Debug, Template)]
#[template(path = "account/link_dead.html")]
pub struct LinkDead {
    /// What all pages have in common.
    pub page: Page,
    /// What the link was for.
    pub purpose: LinkPurpose,
}

impl LinkDead {
    fn title(&self) -> String {
        self.page.text("account-link-dead-title")
    }

    fn advice(&self) -> String {
        self.page.named(match self.purpose {
            LinkPurpose::Invite => "account-link-dead-invite",
            LinkPurpose::Reset => "account-link-dead-reset",
            LinkPurpose::Verify => "account-link-dead-verify",
            LinkPurpose::Welcome => "account-link-dead-welcome",
        })
    }
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedOutWhy {
    /// The person signed out.
    SignedOut,
    /// The person deleted their account.
    Deleted,
    /// The person deactivated their account.
    Deactivated,
}

/// A session is over.
#[derive(Debug, Template)]
#[template(path = "account/signed_out.html")]
pub struct SignedOut {
    /// What all pages have in common.
    pub page: Page,
    /// Why it is over.
    pub why: SignedOutWhy,
}

impl SignedOut {
    fn title(&self) -> String {
        self.page.text(match self.why {
            SignedOutWhy::SignedOut => "account-signed-out-title",
            SignedOutWhy::Deleted => "account-signed-out-deleted-title",
            SignedOutWhy::Deactivated => "account-signed-out-deactivated-title",
        })
    }

    fn lead(&self) -> String {
        self.page.named(match self.why {
            SignedOutWhy::SignedOut => "account-signed-out-lead",
            SignedOutWhy::Deleted => "account-signed-out-deleted-lead",
            SignedOutWhy::Deactivated => "account-signed-out-deactivated-lead",
        })
    }

    fn can_sign_in(&self) -> bool {
        self.why == SignedOutWhy::SignedOut
    }
}

/// Something went wrong that no form can show.
#[derive(Debug, Template)]
#[template(path = "account/error.html")]
pub struct ErrorPage {
    /// What all pages have in common.
    pub page: Page,
    /// The HTTP status.
    pub status: u16,
    /// What is said instead of what the status says, translated.
    pub message: Option<String>,
    /// What the server's log has this request under; may be empty.
    pub request_id: String,
    /// When to try again, in seconds.
    pub retry_after: Option<u64>,
}

impl ErrorPage {
    fn title(&self) -> String {
        self.page.text(match self.status {
            401 => "account-error-page-401",
            403 => "account-error-page-403",
            404 | 405 | 410 => "account-error-page-404",
            413 => "account-error-page-413",
            429 => "account-error-page-429",
            503 => "account-error-page-503",
            500..=599 => "account-error-page-500",
            _ => "account-error-page-400",
        })
    }

    fn advice(&self) -> String {
        if let Some(message) = &self.message {
            return message.clone();
        }
        self.page.text(match self.status {
            401 => "account-error-advice-401",
            403 => "account-error-advice-403",
            404 | 405 | 410 => "account-error-advice-404",
            413 => "account-error-advice-413",
            429 | 503 => "account-error-advice-later",
            500..=599 => "account-error-advice-500",
            _ => "account-error-advice-400",
        })
    }

    fn retry(&self) -> Option<String> {
        let seconds = usize::try_from(self.retry_after?).unwrap_or(usize::MAX);
        // Nobody counts more than two minutes in seconds, or more than two hours in minutes.
        Some(match seconds {
            0..=120 => self.page.counted("account-retry-seconds", seconds.max(1)),
            121..=7200 => self
                .page
                .counted("account-retry-minutes", seconds.div_ceil(60)),
            _ => self
                .page
                .counted("account-retry-hours", seconds.div_ceil(3600)),
        })
    }
}
