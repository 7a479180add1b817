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

/// Every setting of a connection.
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
    Setting {
        name: "patch.answer",
        values: &["by_type", "resource"],
        purpose: "PATCH without attributes: 200 with a user and 204 for a group, which may be very large, or always 200 with the resource (scim-sanity expects it)",
    },
    Setting {
        name: "members.unknown",
        values: &["refuse", "pass_over"],
        purpose: "members that do not exist: 400 invalidValue naming them, or passed over with a warning in the log (clients that send groups before their members)",
    },
    Setting {
        name: "values.string_booleans",
        values: &["accept", "refuse"],
        purpose: "\"True\" for true: read it (Entra ID sends it), or 400 invalidValue as the RFC says",
    },
    Setting {
        name: "values.formats",
        values: &["lenient", "strict"],
        purpose: "countries, languages, time zones, URLs and user names: take what comes, or 400 invalidValue unless they have their standard's form",
    },
    Setting {
        name: "values.unknown",
        values: &["ignore", "refuse"],
        purpose: "attributes and schemas that are not known: pass over them, or 400",
    },
    Setting {
        name: "write.if_match",
        values: &["optional", "required"],
        purpose: "PUT, PATCH and DELETE without If-Match: the last one wins, or 428",
    },
];

/// Every setting of a tenant.
pub const TENANT_SETTINGS: &[Setting] = &[
    Setting {
        name: "group.names",
        values: &["unique", "any"],
        purpose: "whether two groups may have the same name",
    },
    Setting {
        name: "external_id.uniqueness",
        values: &["connection", "none"],
        purpose: "whether a connection may give two resources of a type the same externalId",
    },
    Setting {
        name: "external_id.visibility",
        values: &["tenant", "connection"],
        purpose: "who sees an externalId: everyone in the tenant, or only the connection that set it",
    },
];

/// A connection's settings in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// How PATCH is read, and values in it and everywhere.
    pub patch: patch::Settings,
    /// Changes and deletions must say which version they mean.
    pub requires_if_match: bool,
    /// PATCH is answered with the resource, also where that may be large.
    pub answers_with_resource: bool,
}

/// A tenant's settings in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantSettings {
    /// Two groups cannot have the same name.
    pub unique_group_names: bool,
    /// A connection cannot give two resources of a type the same `externalId`.
    pub unique_external_ids: bool,
    /// Only the connection that set an `externalId` sees it.
    pub private_external_ids: bool,
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

/// Checks one setting of a connection or of a tenant.
///
/// # Errors
/// `invalidValue` naming what is accepted.
pub fn check(known: &[Setting], name: &str, value: &str) -> Result<()> {
    let Some(setting) = known.iter().find(|setting| setting.name == name) else {
        let names: Vec<&str> = known.iter().map(|setting| setting.name).collect();
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
    /// The connection, or the tenant, itself.
    Own,
}

/// A setting with its value and where that comes from.
pub type Explained = (&'static Setting, String, From);

/// Every setting of a connection.
///
/// # Errors
/// When stored settings are malformed.
pub fn explain(profile: &str, own: &str) -> Result<Vec<Explained>> {
    let profiles = profiles()?;
    explained(SETTINGS, profiles.get(profile), own)
}

/// Every setting of a tenant.
///
/// # Errors
/// When stored settings are malformed.
pub fn explain_tenant(own: &str) -> Result<Vec<Explained>> {
    explained(TENANT_SETTINGS, None, own)
}

fn explained(
    known: &'static [Setting],
    profile: Option<&Map<String, Value>>,
    own: &str,
) -> Result<Vec<Explained>> {
    let own: Map<String, Value> = serde_json::from_str(own)
        .map_err(|error| Error::internal("stored settings are malformed").caused_by(error))?;
    let text = |values: Option<&Map<String, Value>>, name: &str| {
        values
            .and_then(|values| values.get(name))
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let explained = known.iter().map(|setting| {
        if let Some(value) = text(Some(&own), setting.name) {
            return (setting, value, From::Own);
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

impl TenantSettings {
    /// The settings in force for a tenant.
    ///
    /// # Errors
    /// When stored settings are malformed.
    pub fn of(own: &str) -> Result<Self> {
        let values = explain_tenant(own)?;
        let is = |name: &str, wanted: &str| {
            values
                .iter()
                .any(|(setting, value, _)| setting.name == name && value == wanted)
        };
        Ok(Self {
            unique_group_names: is("group.names", "unique"),
            unique_external_ids: is("external_id.uniqueness", "connection"),
            private_external_ids: is("external_id.visibility", "connection"),
        })
    }
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
                ("patch.answer", value) => {
                    settings.answers_with_resource = value == "resource";
                }
                ("members.unknown", value) => {
                    settings.patch.reading.passes_over_members = value == "pass_over";
                }
                ("values.string_booleans", value) => {
                    settings.patch.reading.string_booleans = value == "accept";
                }
                ("values.formats", value) => {
                    settings.patch.reading.strict_values = value == "strict";
                }
                ("values.unknown", value) => {
                    settings.patch.reading.refuses_unknown = value == "refuse";
                }
                ("write.if_match", value) => settings.requires_if_match = value == "required",
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
                check(SETTINGS, &name, value.as_str().unwrap())
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
