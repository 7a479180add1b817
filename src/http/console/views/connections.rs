//! The pages of connections.

use askama::Template;

use super::{FieldError, Moment, Shell};
use crate::auth::Permission;
use crate::service::health::{Health, State};
use crate::service::shield::Kind;

/// How a connection is, for people: tone, sign and word.
pub type Standing = (&'static str, &'static str, String);

/// What every page of one connection begins with.
#[derive(Debug, Clone)]
pub struct Head {
    /// The connection's name.
    pub name: String,
    /// What is connected.
    pub product: String,
    /// How it is.
    pub standing: Standing,
    /// Whether it is read-only.
    pub is_frozen: bool,
    /// How many changes are held.
    pub held: i64,
    /// Which of its pages this is.
    pub tab: &'static str,
}

/// A tab: address, label, whether it is this one, how many changes are held there.
type Tab = (String, String, bool, i64);

impl Head {
    /// The pages of the connection.
    #[must_use]
    pub fn tabs(&self, page: &Shell) -> Vec<Tab> {
        const TABS: &[(&str, &str)] = &[
            ("setup", ""),
            ("tokens", "/tokens"),
            ("settings", "/settings"),
            ("shield", "/shield"),
        ];
        let own = TABS.iter().map(|(tab, path)| {
            let address = page.at(&format!("/connections/{}{path}", self.name));
            let label = page.text(&format!("connections-tab-{tab}"));
            let held = if *tab == "shield" { self.held } else { 0 };
            (address, label, *tab == self.tab, held)
        });
        let mut tabs: Vec<Tab> = own.collect();
        let log = page.at(&format!("/log?connection={}", self.name));
        tabs.push((log, page.text("connections-tab-log"), false, 0));
        if page.may(Permission::ManageConnections) {
            let danger = page.at(&format!("/connections/{}/danger", self.name));
            let label = page.text("connections-tab-danger");
            tabs.push((danger, label, self.tab == "danger", 0));
        }
        tabs
    }
}

/// How a connection is, for people.
#[must_use]
pub fn standing(page: &Shell, state: State) -> Standing {
    let (tone, sign, id) = match state {
        State::Frozen => ("warn", "pause", "connections-state-frozen"),
        State::Expired => ("bad", "bad", "connections-state-expired"),
        State::Failing => ("bad", "warn", "connections-state-failing"),
        State::Expiring => ("warn", "clock", "connections-state-expiring"),
        State::Silent => ("warn", "clock", "connections-state-silent"),
        State::New => ("", "clock", "connections-state-new"),
        State::Healthy => ("good", "good", "connections-state-healthy"),
    };
    (tone, sign, page.text(id))
}

/// The name of a profile for people: that of a product.
#[must_use]
pub fn product(page: &Shell, profile: &str) -> String {
    if profile == "generic" {
        return page.text("connections-profile-generic");
    }
    let known = crate::auth::settings::profile(profile);
    known.map_or_else(|_| profile.to_owned(), |known| known.title.clone())
}

/// A connection in a list or on a card.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// What is connected.
    pub product: String,
    /// How it is.
    pub standing: Standing,
    /// When it was heard last.
    pub last: Option<Moment>,
    /// How many requests came within a day.
    pub requests: String,
    /// How many of them failed.
    pub errors: String,
    /// Whether that is many.
    pub is_failing: bool,
    /// How long its token lasts.
    pub token: String,
    /// The days of that.
    pub token_days: Option<i64>,
    /// Whether that is not long.
    pub is_ending: bool,
    /// How many changes are held.
    pub held: i64,
    /// Whether it is read-only.
    pub is_frozen: bool,
}

impl Row {
    /// A connection with how it is.
    #[must_use]
    pub fn of(page: &Shell, health: &Health, held: i64) -> Self {
        let tally = &health.tally;
        let requests = if tally.is_more {
            page.counted("connections-requests-more", &tally.requests)
        } else {
            page.counted("connections-requests", &tally.requests)
        };
        let share = (tally.failures * 100).checked_div(tally.requests);
        let errors = match share {
            None => page.text("connections-none"),
            Some(0) if tally.failures > 0 => page.text("connections-share-under"),
            Some(share) => page.counted("connections-share", &share),
        };
        let token = match health.token_days {
            Some(days) => page.counted("connections-days-left", &days),
            None if health.state == State::Expired => page.text("connections-state-expired"),
            None => page.text("connections-none"),
        };
        Self {
            name: health.name.clone(),
            product: product(page, &health.profile),
            standing: standing(page, health.state),
            last: tally.last.map(|last| page.moment(&last)),
            requests,
            errors,
            is_failing: health.state == State::Failing,
            token,
            token_days: health.token_days,
            is_ending: health
                .token_days
                .is_some_and(|days| days < crate::service::health::SOON),
            held,
            is_frozen: health.state == State::Frozen,
        }
    }
}

/// All connections.
#[derive(Debug, Template)]
#[template(path = "console/connections.html")]
pub struct Connections {
    /// What all pages have in common.
    pub page: Shell,
    /// Those of this page.
    pub rows: Vec<Row>,
    /// Which these are.
    pub words: String,
    /// The address of the page before, or empty.
    pub previous: String,
    /// The address of the page after, or empty.
    pub next: String,
    /// May manage them.
    pub is_manager: bool,
}

impl Connections {
    fn title(&self) -> String {
        self.page.text("console-connections")
    }
}

/// The form for a new connection.
#[derive(Debug, Template)]
#[template(path = "console/connection_new.html")]
pub struct NewConnection {
    /// What all pages have in common.
    pub page: Shell,
    /// Profiles: name and what it is for.
    pub profiles: Vec<(String, String)>,
    /// The one that is chosen.
    pub profile: String,
    /// The name that was typed.
    pub name: String,
    /// How long a token may last: days and words.
    pub lives: Vec<(String, String)>,
    /// How long the first token lasts.
    pub life: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl NewConnection {
    fn title(&self) -> String {
        self.page.text("connections-new")
    }
}

/// What has arrived of a sort of requests.
#[derive(Debug, Clone)]
pub struct Check {
    /// `done`, `failed` or `waiting`.
    pub state: &'static str,
    /// What is waited for.
    pub title: String,
    /// The state as a word.
    pub said: String,
    /// When it came; what to do.
    pub words: String,
    /// The request, and the address of its entry in the log.
    pub entry: Option<(String, String)>,
}

impl Check {
    fn sign(&self) -> &'static str {
        match self.state {
            "done" => "check",
            "failed" => "cross",
            _ => "clock",
        }
    }
}

/// Setting a connection up: what to do in the client, and what has arrived of it.
#[derive(Debug, Template)]
#[template(path = "console/connection_setup.html")]
pub struct Setup {
    /// What all pages have in common.
    pub page: Shell,
    /// The connection.
    pub head: Head,
    /// Where the client reaches us.
    pub base_url: String,
    /// The token that has just been made.
    pub secret: Option<String>,
    /// What to do in the client.
    pub steps: Vec<String>,
    /// What has arrived; none: there is no provisioning log.
    pub checks: Option<Vec<Check>>,
    /// May make tokens.
    pub is_token_maker: bool,
}

impl Setup {
    fn title(&self) -> String {
        self.head.name.clone()
    }
}

/// A token in the list.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// Its public name.
    pub id: String,
    /// Its state.
    pub standing: Standing,
    /// What it allows.
    pub scopes: Vec<String>,
    /// When it was used last.
    pub used: Option<Moment>,
    /// From where.
    pub address: String,
    /// When it ends.
    pub ends: Option<Moment>,
    /// How many days that is.
    pub left: String,
    /// Whether it can still be used.
    pub is_good: bool,
    /// Whether it belongs to one user: it is not rotated here.
    pub is_of_user: bool,
}

/// A client of OAuth in the list.
#[derive(Debug, Clone)]
pub struct ClientRow {
    /// Its public name.
    pub id: String,
    /// Whether it signs assertions.
    pub signs: bool,
    /// When it got a token last.
    pub used: Option<Moment>,
}

/// A connection's tokens.
#[derive(Debug, Template)]
#[template(path = "console/connection_tokens.html")]
pub struct Tokens {
    /// What all pages have in common.
    pub page: Shell,
    /// The connection.
    pub head: Head,
    /// The tokens, the newest first.
    pub tokens: Vec<TokenRow>,
    /// A token that is used and ends soon, as a sentence.
    pub warning: Option<String>,
    /// How many older ones are not shown.
    pub more: i64,
    /// Where clients of OAuth get their tokens.
    pub token_url: String,
    /// The clients.
    pub clients: Vec<ClientRow>,
    /// May make and revoke them.
    pub is_token_maker: bool,
}

impl Tokens {
    fn title(&self) -> String {
        self.head.name.clone()
    }
}

/// The form for a new token, or for one that takes the place of another.
#[derive(Debug, Template)]
#[template(path = "console/connection_token.html")]
pub struct NewToken {
    /// What all pages have in common.
    pub page: Shell,
    /// The connection's name.
    pub name: String,
    /// The token whose place it takes.
    pub old: Option<String>,
    /// The scopes there are, and whether each is chosen.
    pub scopes: Vec<(&'static str, bool)>,
    /// How long a token may last.
    pub lives: Vec<(String, String)>,
    /// How long this one lasts.
    pub life: String,
    /// How long the other one may stay good.
    pub overlaps: Vec<(String, String)>,
    /// How long it stays good.
    pub overlap: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl NewToken {
    fn title(&self) -> String {
        if self.old.is_some() {
            return self.page.text("connections-token-rotate");
        }
        self.page.text("connections-token-new")
    }
}

/// A secret, shown once.
#[derive(Debug, Template)]
#[template(path = "console/connection_secret.html")]
pub struct Secret {
    /// What all pages have in common.
    pub page: Shell,
    /// The connection's name.
    pub name: String,
    /// What has happened.
    pub heading: String,
    /// The id of a client of OAuth.
    pub client: Option<String>,
    /// What the secret is called.
    pub label: String,
    /// The secret.
    pub secret: String,
    /// What is to be known of it: name and value.
    pub facts: Vec<(String, String)>,
}

impl Secret {
    fn title(&self) -> String {
        self.heading.clone()
    }
}

/// A setting in the form.
#[derive(Debug, Clone)]
pub struct SettingRow {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub purpose: String,
    /// What it can be; empty: a number or text.
    pub words: Vec<&'static str>,
    /// The smallest and the largest number.
    pub range: Option<(u32, u32)>,
    /// What is typed.
    pub value: String,
    /// Where the value in force comes from.
    pub origin: String,
    /// Whether it comes from the connection itself.
    pub is_own: bool,
    /// What is in force now, where that is something else than was typed.
    pub present: Option<String>,
}

/// A connection's settings.
#[derive(Debug, Template)]
#[template(path = "console/connection_settings.html")]
pub struct Settings {
    /// What all pages have in common.
    pub page: Shell,
    /// The connection.
    pub head: Head,
    /// Profiles: name and what it is for.
    pub profiles: Vec<(String, String)>,
    /// The one that is chosen.
    pub profile: String,
    /// The settings.
    pub rows: Vec<SettingRow>,
    /// What tells whether somebody has changed them since.
    pub seen: String,
    /// Somebody has.
    pub is_conflict: bool,
    /// May change them.
    pub is_manager: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl Settings {
    fn title(&self) -> String {
        self.head.name.clone()
    }
}

/// A held change.
#[derive(Debug, Clone)]
pub struct HeldRow {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub name: String,
    /// The address of the resource's page, or empty.
    pub address: String,
    /// What it does.
    pub what: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When first.
    pub first: Moment,
}

/// What a connection's shield holds.
#[derive(Debug, Template)]
#[template(path = "console/connection_shield.html")]
pub struct Shield {
    /// What all pages have in common.
    pub page: Shell,
    /// The connection.
    pub head: Head,
    /// When the first was tried first.
    pub since: Option<Moment>,
    /// The bounds, in a sentence.
    pub bounds: String,
    /// What is held.
    pub rows: Vec<HeldRow>,
    /// The address of the page after, or empty.
    pub next: String,
    /// The address of the first page, or empty.
    pub first: String,
    /// May decide.
    pub is_manager: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl Shield {
    fn title(&self) -> String {
        self.head.name.clone()
    }

    fn held_words(&self) -> String {
        self.page
            .counted("connections-held-notice", &self.head.held)
    }
}

/// What a held change does, for people.
#[must_use]
pub fn deed(page: &Shell, kind: Kind, amount: i64) -> String {
    match kind {
        Kind::Deactivation => page.text("connections-held-deactivation"),
        Kind::Deletion => page.text("connections-held-deletion"),
        Kind::Removal => page.counted("connections-held-removal", &amount),
    }
}

/// Something that is asked about before it is done.
#[derive(Debug, Template)]
#[template(path = "console/connection_confirm.html")]
pub struct Confirm {
    /// What all pages have in common.
    pub page: Shell,
    /// The connection's name.
    pub name: String,
    /// The question.
    pub heading: String,
    /// What will happen.
    pub sentences: Vec<String>,
    /// What it is about: name and value.
    pub facts: Vec<(String, String)>,
    /// Where the form goes, below the connection.
    pub action: String,
    /// Where one goes who does not want it, below the connection.
    pub cancel: String,
    /// What is seen along, in a hidden field.
    pub seen: String,
    /// What is ticked; empty: the name is typed.
    pub tick: String,
    /// The words of the button.
    pub button: String,
    /// Whether it takes something away.
    pub is_danger: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl Confirm {
    fn title(&self) -> String {
        self.heading.clone()
    }
}

/// What takes something away from a connection.
#[derive(Debug, Template)]
#[template(path = "console/connection_danger.html")]
pub struct Danger {
    /// What all pages have in common.
    pub page: Shell,
    /// The connection.
    pub head: Head,
}

impl Danger {
    fn title(&self) -> String {
        self.head.name.clone()
    }
}
