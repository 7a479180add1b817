//! The pages about the operator: keys of the keyboard, second factor, proof again.

use askama::Template;

use super::{FieldError, Shell};

/// The keys of the keyboard.
#[derive(Debug, Template)]
#[template(path = "console/keys.html")]
pub struct Keys {
    /// What all pages have in common.
    pub page: Shell,
}

/// How the operator signs in.
#[derive(Debug, Template)]
#[template(path = "console/own.html")]
pub struct Own {
    /// What all pages have in common.
    pub page: Shell,
    /// Since when there is a second factor. Microseconds since 1970 UTC.
    pub factor_since: Option<i64>,
}

/// Asks for a code, before anything else is shown.
#[derive(Debug, Template)]
#[template(path = "console/factor_entry.html")]
pub struct FactorEntry {
    /// What all pages have in common.
    pub page: Shell,
    /// Where to go on.
    pub next: String,
    /// What was wrong.
    pub errors: Vec<FieldError>,
}

/// What an authenticator is to be told.
#[derive(Debug, Template)]
#[template(path = "console/factor_set_up.html")]
pub struct FactorSetUp {
    /// What all pages have in common.
    pub page: Shell,
    /// The secret in groups of four characters, to be typed.
    pub secret: String,
    /// The address that holds it.
    pub uri: String,
    /// The address as a picture: SVG of our own making.
    pub qr: String,
    /// Nothing else can be done before.
    pub is_demanded: bool,
    /// What was wrong.
    pub errors: Vec<FieldError>,
}

/// The recovery codes, this once.
#[derive(Debug, Template)]
#[template(path = "console/factor_codes.html")]
pub struct FactorCodes {
    /// What all pages have in common.
    pub page: Shell,
    /// The codes.
    pub codes: Vec<String>,
}

/// The second factor that there is.
#[derive(Debug, Template)]
#[template(path = "console/factor_standing.html")]
pub struct FactorStanding {
    /// What all pages have in common.
    pub page: Shell,
    /// Since when there is one. Microseconds since 1970 UTC.
    pub since: i64,
    /// How many recovery codes are left.
    pub codes_left: i64,
}

/// Asks whether the second factor shall really go.
#[derive(Debug, Template)]
#[template(path = "console/factor_removal.html")]
pub struct FactorRemoval {
    /// What all pages have in common.
    pub page: Shell,
}

/// Asks for the password again.
#[derive(Debug, Template)]
#[template(path = "console/proof.html")]
pub struct Proof {
    /// What all pages have in common.
    pub page: Shell,
    /// Where to go on.
    pub next: String,
    /// What was wrong.
    pub errors: Vec<FieldError>,
}

impl Keys {
    fn title(&self) -> String {
        self.page.text("console-keys-title")
    }
}

impl Own {
    fn title(&self) -> String {
        self.page.text("console-own")
    }
}

impl FactorEntry {
    fn title(&self) -> String {
        self.page.text("factor-entry-title")
    }
}

impl FactorSetUp {
    fn title(&self) -> String {
        self.page.text("factor-set-up-title")
    }
}

impl FactorCodes {
    fn title(&self) -> String {
        self.page.text("factor-codes-title")
    }
}

impl FactorStanding {
    fn title(&self) -> String {
        self.page.text("factor-title")
    }
}

impl FactorRemoval {
    fn title(&self) -> String {
        self.page.text("factor-removal-title")
    }
}

impl Proof {
    fn title(&self) -> String {
        self.page.text("factor-proof-title")
    }
}
