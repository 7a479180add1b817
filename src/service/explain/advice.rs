//! The words for each kind of refusal: data (`schemas/advice.json`), by the client's profile.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::error::{Error, Result};

const ADVICE: &str = include_str!("../../../schemas/advice.json");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: String,
    advice: String,
    /// The settings that decide about it.
    #[serde(default)]
    settings: Vec<String>,
    #[serde(default)]
    clients: BTreeMap<String, String>,
}

static KNOWN: LazyLock<Result<BTreeMap<String, Entry>, String>> =
    LazyLock::new(|| serde_json::from_str(ADVICE).map_err(|error| error.to_string()));

/// What to say of a refusal.
#[derive(Debug)]
pub(super) struct Advice {
    /// Which rule refused it.
    pub(super) rule: String,
    /// What to change: for any client, and in this client's own set-up.
    pub(super) steps: Vec<String>,
    /// The settings that decide about it.
    pub(super) settings: &'static [String],
}

/// The words for a kind of error, to somebody with that profile.
pub(super) fn of(kind: &str, profile: &str) -> Result<Advice> {
    let known = KNOWN
        .as_ref()
        .map_err(|error| Error::internal("advice.json is malformed").caused_by(error.as_str()))?;
    let entry = known
        .get(kind)
        .ok_or_else(|| Error::internal(format!("advice.json has no entry for {kind}")))?;
    let own = entry.clients.get(profile);
    let steps = std::iter::once(&entry.advice).chain(own);
    Ok(Advice {
        rule: entry.rule.clone(),
        steps: steps.cloned().collect(),
        settings: &entry.settings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::settings::{SETTINGS, find, profiles};
    use crate::error::ErrorKind;

    #[test]
    fn every_kind_of_error_has_its_words_for_every_client() {
        for (kind, name) in ErrorKind::NAMES {
            for (profile, _) in profiles().unwrap() {
                let advice = of(name, profile).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
                assert!(advice.rule.len() > 20, "{name}");
                assert!(
                    advice.steps.iter().all(|step| step.len() > 20),
                    "{name} for {profile}"
                );
            }
        }
    }

    #[test]
    fn nothing_is_said_of_what_does_not_exist() {
        let known = KNOWN.as_ref().unwrap();
        let profiles: Vec<&str> = profiles().unwrap().map(|(name, _)| name).collect();
        for (kind, entry) in known {
            assert!(
                ErrorKind::NAMES.iter().any(|(_, name)| name == kind),
                "{kind}"
            );
            for setting in &entry.settings {
                find(SETTINGS, setting).unwrap();
            }
            for client in entry.clients.keys() {
                assert!(profiles.contains(&client.as_str()), "{client}");
            }
        }
    }
}
