//! The profile of people: which attributes it has for whom, who may change them, and what they are called.
//!
//! `behaviour.json` says how it is by default, a tenant what differs.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::attribute::AttributeDef;

/// Who sees an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SeenBy {
    /// Nobody: it is hidden on every page.
    Nobody,
    /// Operators alone.
    Operators,
    /// Operators and the person.
    People,
}

/// Who changes an attribute, besides provisioning clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EditedBy {
    /// Nobody else, of a resource that a provisioning client looks after; of other resources, operators.
    Connection,
    /// Operators.
    Operators,
    /// Operators and the person.
    People,
}

/// What a tenant says of an attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ProfileSetting {
    /// What it is called, by language tag.
    pub labels: BTreeMap<String, String>,
    /// Who sees it.
    pub seen_by: Option<SeenBy>,
    /// Who changes it.
    pub edited_by: Option<EditedBy>,
    /// Where it stands: smaller numbers come first.
    pub order: Option<i32>,
}

/// An attribute of the profile.
#[derive(Debug, Clone)]
pub struct ProfileAttribute {
    /// The attribute, at the top level.
    pub attribute: Arc<AttributeDef>,
    /// Its sub-attributes, in order.
    pub parts: Vec<Arc<AttributeDef>>,
    /// What it is called, by language tag.
    pub labels: BTreeMap<String, String>,
    /// Who sees it.
    pub seen_by: SeenBy,
    /// Who changes it.
    pub edited_by: EditedBy,
    /// Where it stands.
    pub order: i32,
}

/// The profile of a resource type: every attribute that can be shown, in order. What `first` names comes first.
pub(super) fn profile<'a>(
    attributes: impl Iterator<Item = &'a Arc<AttributeDef>>,
    first: &[String],
    defaults: impl Fn(&str) -> (SeenBy, EditedBy),
    own: impl Fn(&str) -> Option<ProfileSetting>,
) -> Vec<ProfileAttribute> {
    let is_envelope = |attribute: &AttributeDef| {
        attribute.extension.is_none()
            && matches!(attribute.name.as_str(), "schemas" | "id" | "meta")
    };
    let shown = attributes.filter(|attribute| {
        !is_envelope(attribute) && (!attribute.is_hidden() || attribute.is_password)
    });
    // The place of an attribute is that of the first of its parts that is named.
    let place = |attribute: &AttributeDef| {
        let path = attribute.path();
        let mut named = first.iter();
        let found = named.position(|name| {
            let rest = name.strip_prefix(&path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        found.unwrap_or(first.len())
    };
    let mut sorted: Vec<&Arc<AttributeDef>> = shown.collect();
    sorted.sort_by_key(|attribute| place(attribute));
    let mut all: Vec<ProfileAttribute> = sorted
        .into_iter()
        .enumerate()
        .map(|(position, attribute)| {
            let path = attribute.path();
            let (seen_by, edited_by) = defaults(&path);
            let own = own(&path).unwrap_or_default();
            let mut parts = attribute.sub_attributes.clone();
            parts.sort_by_key(|part| place(part));
            ProfileAttribute {
                attribute: Arc::clone(attribute),
                parts,
                labels: own.labels,
                seen_by: own.seen_by.unwrap_or(seen_by),
                edited_by: own.edited_by.unwrap_or(edited_by),
                order: own
                    .order
                    .unwrap_or_else(|| i32::try_from(position * 10).unwrap_or(i32::MAX)),
            }
        })
        .collect();
    all.sort_by_key(|attribute| attribute.order);
    all
}

#[cfg(test)]
mod tests {
    use crate::schema::{AttributeId, Registry};

    /// The paths of a profile and of the parts of what stands in it, in order.
    fn paths(endpoint: &str) -> Vec<String> {
        let registry = Registry::embedded(&[], &|_| AttributeId(0)).unwrap();
        let profile = &registry.at_endpoint(endpoint).unwrap().profile;
        let lines = profile
            .iter()
            .flat_map(|one| std::iter::once(&one.attribute).chain(&one.parts));
        lines.map(|line| line.path()).collect()
    }

    #[test]
    fn the_profile_of_people_begins_with_the_name() {
        let paths = paths("Users");
        let begin = [
            "name",
            "name.givenName",
            "name.familyName",
            "name.middleName",
            "name.honorificPrefix",
            "name.honorificSuffix",
            "name.formatted",
            "displayName",
            "nickName",
            "userName",
            "emails",
        ];
        assert_eq!(paths[..begin.len()], begin);
        let place = |path: &str| paths.iter().position(|known| known == path).unwrap();
        // What the order does not name follows, as the schemas have it.
        assert!(place("timezone") < place("externalId") && place("externalId") < place("active"));
    }

    #[test]
    fn other_profiles_are_as_the_schema_has_them() {
        let paths = paths("Groups");
        let place = |path: &str| paths.iter().position(|known| known == path).unwrap();
        assert!(place("displayName") < place("members"));
    }
}
