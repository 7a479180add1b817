//! How a connection's requests are read: a profile's settings, and what the connection changes of them.
//!
//! A profile is data (`schemas/profiles.json`): no client's name appears in code.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::resource::patch;

const PROFILES: &str = include_str!("../../schemas/profiles.json");

/// A setting: its name, the values it takes (the default first) and what it is for.
#[derive(Debug)]
pub struct Setting {
    /// Its name, as in `connection create --set NAME=VALUE`.
    pub name: &'static str,
    /// Accepted values, the default first.
    pub values: &'static [&'static str],
    /// What it does, and which client needs it.
    pub purpose: &'static str,
}

/// Every setting there is.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "patch.replace_unmatched",
        values: &["error", "create"],
        purpose: "PATCH replace on a value path that matches nothing: 400 noTarget, or create the value (Entra ID expects it)",
    },
    Setting {
        name: "patch.empty_operations",
        values: &["error", "accept"],
        purpose: "PATCH without operations: 400 invalidSyntax, or success without change (Entra ID's validator expects it)",
    },
];

/// A connection's settings in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// How PATCH is read.
    pub patch: patch::Settings,
}

/// The names of all profiles.
///
/// # Errors
/// When the embedded document is malformed.
pub fn profiles() -> Result<BTreeMap<String, Map<String, Value>>> {
    serde_json::from_str(PROFILES)
        .map_err(|error| Error::internal("profiles.json is malformed").caused_by(error))
}

/// Checks that a profile exists.
///
/// # Errors
/// `invalidValue` naming those there are.
pub fn check_profile(name: &str) -> Result<()> {
    let profiles = profiles()?;
    if profiles.contains_key(name) {
        return Ok(());
    }
    let names: Vec<&str> = profiles.keys().map(String::as_str).collect();
    Err(Error::invalid_value(format!(
        "{name:?} is no profile; there are: {}",
        names.join(", ")
    )))
}

/// Checks one setting.
///
/// # Errors
/// `invalidValue` naming what is accepted.
pub fn check(name: &str, value: &str) -> Result<()> {
    let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else {
        let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
        return Err(Error::invalid_value(format!(
            "{name:?} is no setting; there are: {}",
            names.join(", ")
        )));
    };
    if setting.values.contains(&value) {
        return Ok(());
    }
    Err(Error::invalid_value(format!(
        "{name} must be one of: {}",
        setting.values.join(", ")
    )))
}

/// Where the value of a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// Nobody said otherwise.
    Default,
    /// The profile.
    Profile,
    /// The connection itself.
    Connection,
}

/// Every setting with its value and where that comes from.
///
/// # Errors
/// When stored settings are malformed.
pub fn explain(profile: &str, own: &str) -> Result<Vec<(&'static Setting, String, From)>> {
    let profiles = profiles()?;
    let profile = profiles.get(profile);
    let own: Map<String, Value> = serde_json::from_str(own).map_err(|error| {
        Error::internal("a connection's settings are malformed").caused_by(error)
    })?;
    let text = |values: Option<&Map<String, Value>>, name: &str| {
        values
            .and_then(|values| values.get(name))
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let explained = SETTINGS.iter().map(|setting| {
        if let Some(value) = text(Some(&own), setting.name) {
            return (setting, value, From::Connection);
        }
        match text(profile, setting.name) {
            Some(value) => (setting, value, From::Profile),
            None => (
                setting,
                setting
                    .values
                    .first()
                    .copied()
                    .unwrap_or_default()
                    .to_owned(),
                From::Default,
            ),
        }
    });
    Ok(explained.collect())
}

impl Settings {
    /// The settings in force for a connection.
    ///
    /// # Errors
    /// When stored settings are malformed.
    pub fn of(profile: &str, own: &str) -> Result<Self> {
        let mut settings = Self::default();
        for (setting, value, _) in explain(profile, own)? {
            match (setting.name, value.as_str()) {
                ("patch.replace_unmatched", value) => {
                    settings.patch.replace_unmatched_creates = value == "create";
                }
                ("patch.empty_operations", value) => {
                    settings.patch.accepts_empty_operations = value == "accept";
                }
                _ => {}
            }
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_holds_known_settings_only() {
        for (profile, values) in profiles().unwrap() {
            for (name, value) in values {
                check(&name, value.as_str().unwrap())
                    .unwrap_or_else(|error| panic!("{profile}: {error}"));
            }
        }
    }

    #[test]
    fn a_connection_overrides_its_profile() {
        let own = r#"{"patch.replace_unmatched": "error"}"#;
        assert!(
            Settings::of("entra", "{}")
                .unwrap()
                .patch
                .replace_unmatched_creates
        );
        assert!(
            !Settings::of("entra", own)
                .unwrap()
                .patch
                .replace_unmatched_creates
        );
        assert_eq!(Settings::of("generic", "{}").unwrap(), Settings::default());
    }
}
