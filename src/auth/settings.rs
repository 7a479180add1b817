//! How a connection's requests are read: a profile's settings, and what the connection changes of them.
//!
//! A profile is data (`schemas/profiles.json`): no client's name appears in code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Scopes;
use crate::error::{Error, Result};
use crate::resource::patch;
use crate::schema::validate::Tolerance;

/// The longest text that a setting takes, in characters.
const MAX_TEXT: usize = 2_000;

const PROFILES: &str = include_str!("../../schemas/profiles.json");

/// A setting: its name, the values it takes and what it is for.
#[derive(Debug)]
pub struct Setting {
    /// Its name, as in `connection create --set NAME=VALUE`.
    pub name: &'static str,
    /// Accepted values.
    pub values: Values,
    /// What it does, and which client needs it.
    pub purpose: &'static str,
}

/// What a setting can be.
#[derive(Debug, Clone, Copy)]
pub enum Values {
    /// One of these words, the default first.
    Words(&'static [&'static str]),
    /// A whole number.
    Number {
        /// The default.
        default: &'static str,
        /// The smallest and the largest.
        range: (u32, u32),
    },
    /// Text of up to 2,000 characters on one line; empty by default.
    Text,
}

pub(super) const fn words(
    name: &'static str,
    values: &'static [&'static str],
    purpose: &'static str,
) -> Setting {
    Setting {
        name,
        values: Values::Words(values),
        purpose,
    }
}

pub(super) const fn number(
    name: &'static str,
    default: &'static str,
    range: (u32, u32),
    purpose: &'static str,
) -> Setting {
    Setting {
        name,
        values: Values::Number { default, range },
        purpose,
    }
}

pub(super) const fn text(name: &'static str, purpose: &'static str) -> Setting {
    Setting {
        name,
        values: Values::Text,
        purpose,
    }
}

/// Every setting of a connection.
pub const SETTINGS: &[Setting] = &[
    words(
        "patch.replace_unmatched",
        &["error", "create"],
        "PATCH replace on a value path that matches nothing: 400 noTarget, or create the value (Entra ID expects it)",
    ),
    words(
        "patch.empty_operations",
        &["error", "accept"],
        "PATCH without operations: 400 invalidSyntax, or success without change (Entra ID's validator expects it)",
    ),
    words(
        "patch.answer",
        &["by_type", "resource"],
        "PATCH without attributes: 200 with a user and 204 for a group, which may be very large, or always 200 with the resource (scim-sanity expects it)",
    ),
    words(
        "members.unknown",
        &["refuse", "pass_over"],
        "members that do not exist: 400 invalidValue naming them, or passed over with a warning in the log (clients that send groups before their members, as Keycloak's extensions do)",
    ),
    words(
        "members.absent",
        &["accept", "not_found"],
        "removing a member who is none: success without change, or 404 naming who is none (clients that reconcile by the answer)",
    ),
    words(
        "filter.unquoted",
        &["refuse", "accept"],
        "a filter value without quotes, as in userName eq bjensen: 400 invalidFilter, or read as text (some versions of authentik send it)",
    ),
    words(
        "values.string_booleans",
        &["accept", "refuse"],
        "\"True\" for true: read it (Entra ID sends it), or 400 invalidValue",
    ),
    words(
        "values.formats",
        &["lenient", "strict"],
        "countries, languages, time zones, URLs and user names: take what comes, or 400 invalidValue unless they have their standard's form",
    ),
    words(
        "values.unknown",
        &["ignore", "refuse"],
        "attributes and schemas that are not known: pass over them (administrators of Entra ID and Okta map anything), or 400",
    ),
    words(
        "write.if_match",
        &["optional", "required"],
        "PUT, PATCH and DELETE without If-Match: the last one wins (no client of those here sends it by itself), or 428",
    ),
    words(
        "password.policy",
        &["enforce", "trust"],
        "passwords that the client sends: refuse those that break the tenant's rules, or take them as they are (Okta has rules of its own, and sends random ones with every create)",
    ),
    words(
        "create.revive",
        &["refuse", "accept"],
        "a create of a user whom the same connection has deactivated, told by its externalId: 409, or the user is back with the same id (clients that create whoever returns)",
    ),
    words(
        "shield.mode",
        &["off", "on"],
        "whether deactivations, deletions and removals of members are held for an operator's decision when there are too many at once",
    ),
    number(
        "shield.count",
        "100",
        (1, 1_000_000),
        "how many of a kind pass within the window; more are held",
    ),
    number(
        "shield.percent",
        "10",
        (1, 100),
        "how many percent of the resources of the type, or of the group's members, pass within the window; more are held",
    ),
    number(
        "shield.spare",
        "5",
        (1, 1_000),
        "how many of a kind always pass within the window, whatever the percentage: single leavers are never held",
    ),
    number(
        "shield.window_minutes",
        "60",
        (1, 10_080),
        "the window, in minutes",
    ),
];

/// What a kind of client needs: data, not code.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Which product it is for.
    pub title: String,
    /// The scopes of its tokens unless others are asked for.
    #[serde(default = "without_passwords")]
    pub scopes: String,
    /// The settings that differ from the default.
    pub settings: BTreeMap<String, String>,
}

/// A client that was not asked to has no business with passwords.
fn without_passwords() -> String {
    let all = Scopes::all().to_string();
    let kept = all.split(' ').filter(|name| *name != "password:write");
    kept.collect::<Vec<_>>().join(" ")
}

impl Setting {
    /// Its value when nobody says otherwise.
    #[must_use]
    pub fn default(&self) -> &'static str {
        match self.values {
            Values::Words(words) => words.first().copied().unwrap_or_default(),
            Values::Number { default, .. } => default,
            Values::Text => "",
        }
    }

    /// What it can be, in words.
    #[must_use]
    pub fn accepted(&self) -> String {
        match self.values {
            Values::Words(words) => format!("one of: {}", words.join(", ")),
            Values::Number {
                range: (least, most),
                ..
            } => format!("a whole number from {least} to {most}"),
            Values::Text => format!("text of up to {MAX_TEXT} characters on one line"),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        match self.values {
            Values::Words(words) => words.contains(&value),
            Values::Number {
                range: (least, most),
                ..
            } => value.parse::<u32>().is_ok_and(|number| {
                (least..=most).contains(&number) && number.to_string() == value
            }),
            Values::Text => {
                value.chars().count() <= MAX_TEXT && !value.chars().any(char::is_control)
            }
        }
    }
}

/// A connection's settings in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own, and they go together in any combination"
)]
pub struct Settings {
    /// How PATCH is read, and values in it and everywhere.
    pub patch: patch::Settings,
    /// Changes and deletions must say which version they mean.
    pub requires_if_match: bool,
    /// PATCH is answered with the resource, also where that may be large.
    pub answers_with_resource: bool,
    /// Removing a member who is none fails.
    pub absent_members_fail: bool,
    /// Filter values may stand without quotes.
    pub unquoted_filters: bool,
    /// Passwords are taken as they are, whatever the tenant's rules.
    pub trusts_passwords: bool,
    /// Creating a user who was deactivated brings the user back.
    pub revives: bool,
    /// Mass changes are held.
    pub shield: Option<Shield>,
}

/// When changes that take something away are held: more than `count`, or more than `percent`, within the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shield {
    /// How many of a kind pass.
    pub count: u32,
    /// How many percent pass.
    pub percent: u32,
    /// How many pass whatever the percentage.
    pub spare: u32,
    /// The window, in minutes.
    pub window_minutes: u32,
}

/// Every profile by its name, with the settings it amounts to.
type Profiles = BTreeMap<String, (Profile, Settings)>;

static KNOWN: LazyLock<Result<Profiles, String>> = LazyLock::new(|| {
    let profiles: BTreeMap<String, Profile> =
        serde_json::from_str(PROFILES).map_err(|error| error.to_string())?;
    let with_settings = profiles.into_iter().map(|(name, profile)| {
        let settings =
            Settings::explained(&explained(SETTINGS, &profile.settings, &BTreeMap::new()));
        (name, (profile, settings))
    });
    Ok(with_settings.collect())
});

fn known() -> Result<&'static Profiles> {
    KNOWN
        .as_ref()
        .map_err(|error| Error::internal("profiles.json is malformed").caused_by(error.as_str()))
}

/// All profiles by name.
///
/// # Errors
/// When the embedded document is malformed.
pub fn profiles() -> Result<impl Iterator<Item = (&'static str, &'static Profile)>> {
    let known = known()?.iter();
    Ok(known.map(|(name, (profile, _))| (name.as_str(), profile)))
}

/// The profile of that name.
///
/// # Errors
/// `invalidValue` naming those there are.
pub fn profile(name: &str) -> Result<&'static Profile> {
    let profiles = known()?;
    if let Some((profile, _)) = profiles.get(name) {
        return Ok(profile);
    }
    let names: Vec<&str> = profiles.keys().map(String::as_str).collect();
    Err(Error::invalid_value(format!(
        "{name:?} is no profile; there are: {}",
        names.join(", ")
    )))
}

/// Checks one setting of a connection or of a tenant.
///
/// # Errors
/// `invalidValue` naming what is accepted.
pub fn check(known: &[Setting], name: &str, value: &str) -> Result<()> {
    let setting = find(known, name)?;
    if setting.accepts(value) {
        return Ok(());
    }
    Err(Error::invalid_value(format!(
        "{name} must be {}",
        setting.accepted()
    )))
}

/// The setting of that name.
///
/// # Errors
/// `invalidValue` naming those there are.
pub fn find<'a>(known: &'a [Setting], name: &str) -> Result<&'a Setting> {
    let found = known.iter().find(|setting| setting.name == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|setting| setting.name).collect();
        Error::invalid_value(format!(
            "{name:?} is no setting; there are: {}",
            names.join(", ")
        ))
    })
}

/// Where the value of a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// Nobody said otherwise.
    Default,
    /// The profile.
    Profile,
    /// The connection, or the tenant, itself.
    Own,
}

/// A setting with its value and where that comes from.
pub type Explained = (&'static Setting, String, From);

/// Every setting of a connection. What a newer version has stored is passed over.
///
/// # Errors
/// When stored settings are malformed.
pub fn explain(profile: &str, own: &str) -> Result<Vec<Explained>> {
    let profile = known()?.get(profile);
    let of_profile = profile.map(|(profile, _)| &profile.settings);
    let none = BTreeMap::new();
    Ok(explained(
        SETTINGS,
        of_profile.unwrap_or(&none),
        &stored(own)?,
    ))
}

pub(super) fn stored(own: &str) -> Result<BTreeMap<String, String>> {
    let own: Map<String, Value> = serde_json::from_str(own)
        .map_err(|error| Error::internal("stored settings are malformed").caused_by(error))?;
    let texts = own.into_iter();
    Ok(texts
        .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
        .collect())
}

pub(super) fn explained(
    known: &'static [Setting],
    profile: &BTreeMap<String, String>,
    own: &BTreeMap<String, String>,
) -> Vec<Explained> {
    let explained = known.iter().map(|setting| {
        if let Some(value) = own.get(setting.name) {
            return (setting, value.clone(), From::Own);
        }
        match profile.get(setting.name) {
            Some(value) => (setting, value.clone(), From::Profile),
            None => (setting, setting.default().to_owned(), From::Default),
        }
    });
    explained.collect()
}

impl Settings {
    /// The settings in force for a connection.
    ///
    /// # Errors
    /// When stored settings are malformed.
    pub fn of(profile: &str, own: &str) -> Result<Self> {
        match known()?.get(profile) {
            Some((_, settings)) if own == "{}" => Ok(*settings),
            Some(_) | None => Ok(Self::explained(&explain(profile, own)?)),
        }
    }

    fn explained(explained: &[Explained]) -> Self {
        let value = |name: &str| {
            let found = explained.iter().find(|(setting, ..)| setting.name == name);
            found.map_or("", |(_, value, _)| value.as_str())
        };
        let number = |name: &str| value(name).parse().unwrap_or(1);
        let shield = Shield {
            count: number("shield.count"),
            percent: number("shield.percent"),
            spare: number("shield.spare"),
            window_minutes: number("shield.window_minutes"),
        };
        Self {
            patch: patch::Settings {
                replace_unmatched_creates: value("patch.replace_unmatched") == "create",
                accepts_empty_operations: value("patch.empty_operations") == "accept",
                reading: Tolerance {
                    string_booleans: value("values.string_booleans") == "accept",
                    strict_values: value("values.formats") == "strict",
                    refuses_unknown: value("values.unknown") == "refuse",
                    passes_over_members: value("members.unknown") == "pass_over",
                    is_partial: false,
                },
            },
            requires_if_match: value("write.if_match") == "required",
            answers_with_resource: value("patch.answer") == "resource",
            absent_members_fail: value("members.absent") == "not_found",
            unquoted_filters: value("filter.unquoted") == "accept",
            trusts_passwords: value("password.policy") == "trust",
            revives: value("create.revive") == "accept",
            shield: (value("shield.mode") == "on").then_some(shield),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_holds_known_settings_and_scopes_only() {
        for (name, profile) in profiles().unwrap() {
            Scopes::parse(&profile.scopes).unwrap();
            for (setting, value) in &profile.settings {
                check(SETTINGS, setting, value).unwrap_or_else(|error| panic!("{name}: {error}"));
            }
        }
    }

    #[test]
    fn a_connection_overrides_its_profile() {
        let own = r#"{"patch.replace_unmatched": "error"}"#;
        let creates = |own: &str| {
            let settings = Settings::of("entra", own).unwrap();
            settings.patch.replace_unmatched_creates
        };
        assert!(creates("{}"));
        assert!(!creates(own));
        let generic = Settings::of("generic", "{}").unwrap();
        assert_eq!(
            generic,
            Settings::of("a profile of a newer version", "{}").unwrap()
        );
        assert_eq!(generic.shield, None);
    }

    #[test]
    fn numbers_are_checked_at_their_limits() {
        let check = |value: &str| check(SETTINGS, "shield.percent", value);
        assert!(check("1").is_ok() && check("100").is_ok());
        for wrong in ["0", "101", "-1", "ten", "007", ""] {
            let error = check(wrong).unwrap_err().to_string();
            assert_eq!(error, "shield.percent must be a whole number from 1 to 100");
        }
    }
}
