//! `bulkId:` references (RFC 7644 §3.7.2): found wherever they stand, and replaced by ids that are given out beforehand.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::json;

const PREFIX: &str = "bulkId:";

/// An operation that creates a resource, and the id it will have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given {
    pub(super) index: usize,
    pub(super) id: Uuid,
}

/// Gives an id to every operation with a bulkId; of several with the same, the first counts.
pub(super) fn give_ids(operations: &[Value]) -> HashMap<&str, Given> {
    let mut ids = HashMap::new();
    for (index, operation) in operations.iter().enumerate() {
        let text = |name: &str| json::member(operation.as_object()?, name)?.as_str();
        let is_create = text("method").is_some_and(|method| method.eq_ignore_ascii_case("POST"));
        if let (true, Some(bulk_id)) = (is_create, text("bulkId").filter(|id| !id.is_empty())) {
            ids.entry(bulk_id).or_insert_with(|| Given {
                index,
                id: Uuid::now_v7(),
            });
        }
    }
    ids
}

/// What the references of one operation are.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The operations it refers to.
    pub(super) needs: BTreeSet<usize>,
    /// A bulkId that no operation has.
    unknown: Option<String>,
    /// Names of attributes whose text is never a reference.
    pub(super) opaque: Vec<String>,
}

impl Found {
    /// Replaces every reference in a value that stands under this name; names of members are none.
    pub(super) fn resolve(&mut self, value: &mut Value, name: &str, ids: &HashMap<&str, Given>) {
        match value {
            Value::String(text) if text.contains(PREFIX) => {
                let is_opaque = self
                    .opaque
                    .iter()
                    .any(|other| other.eq_ignore_ascii_case(name));
                // In prose the word is no reference; in a PATCH path it stands in quotes.
                let is_prose = !text.starts_with(PREFIX) && text.contains(char::is_whitespace);
                if !is_opaque && (!is_prose || name.eq_ignore_ascii_case("path")) {
                    *text = self.resolve_text(text, ids);
                }
            }
            Value::Array(values) => {
                for value in values {
                    self.resolve(value, name, ids);
                }
            }
            Value::Object(members) => {
                for (name, value) in members {
                    self.resolve(value, name, ids);
                }
            }
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Replaces the references in a text: it is one itself, it is the last part of a URI, or it stands in quotes (in a PATCH path).
    pub(super) fn resolve_text(&mut self, text: &str, ids: &HashMap<&str, Given>) -> String {
        let mut resolved = String::with_capacity(text.len());
        let mut rest = text;
        let mut is_quoted = false;
        while let Some(start) = rest.find(PREFIX) {
            let (before, found) = rest.split_at(start);
            resolved.push_str(before);
            is_quoted ^= before.matches('"').count() % 2 == 1;
            let bulk_id = found.get(PREFIX.len()..).unwrap_or_default();
            let is_reference = resolved.is_empty() || resolved.ends_with(['/', '"']);
            if !is_reference {
                resolved.push_str(PREFIX);
                rest = bulk_id;
                continue;
            }
            let end = if is_quoted { bulk_id.find('"') } else { None };
            let (bulk_id, after) = bulk_id.split_at(end.unwrap_or(bulk_id.len()));
            resolved.push_str(&self.id(bulk_id, ids));
            rest = after;
        }
        resolved.push_str(rest);
        resolved
    }

    /// Refuses a reference to nothing.
    ///
    /// # Errors
    /// `invalidValue`, naming it.
    pub(super) fn check(&self) -> Result<()> {
        match &self.unknown {
            Some(unknown) => Err(Error::invalid_value(format!(
                "\"bulkId:{unknown}\" refers to no operation of this request that creates a resource"
            ))),
            None => Ok(()),
        }
    }

    fn id(&mut self, bulk_id: &str, ids: &HashMap<&str, Given>) -> String {
        if let Some(given) = ids.get(bulk_id) {
            self.needs.insert(given.index);
            given.id.to_string()
        } else {
            self.unknown = Some(bulk_id.chars().take(64).collect());
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// shows: P-3.7.2-01 P-3.7.2-02
    #[test]
    fn references_are_found_wherever_they_stand() {
        let operations = [json!({"method": "POST", "bulkId": "ytrewq"})];
        let ids = give_ids(&operations);
        let id = ids["ytrewq"].id.to_string();
        let mut found = Found::default();
        let mut data = json!({
            "members": [{"value": "bulkId:ytrewq", "$ref": "https://example.com/v2/Users/bulkId:ytrewq"}],
            "Path": "members[$ref eq \"/Users/bulkId:ytrewq\"].x",
            "path": "members[value eq \"bulkId:ytrewq\" or value eq \"bulkId:ytrewq\"]",
            "note": "see the docs/bulkId:ytrewq of others",
            "password": "bulkId:ytrewq",
        });
        found.opaque = vec!["password".to_owned()];
        found.resolve(&mut data, "", &ids);
        assert_eq!(
            data["members"][0],
            json!({"value": id, "$ref": format!("https://example.com/v2/Users/{id}")})
        );
        assert_eq!(
            data["path"],
            format!("members[value eq \"{id}\" or value eq \"{id}\"]")
        );
        assert_eq!(data["Path"], format!("members[$ref eq \"/Users/{id}\"].x"));
        assert_eq!(data["note"], "see the docs/bulkId:ytrewq of others");
        assert_eq!(data["password"], "bulkId:ytrewq");
        assert_eq!(found.needs, BTreeSet::from([0]));
        assert_eq!(found.unknown, None);
        assert_eq!(
            found.resolve_text("/Users/bulkId:ytrewq", &ids),
            format!("/Users/{id}")
        );
        found.resolve_text("bulkId:nobody", &ids);
        assert_eq!(found.unknown.as_deref(), Some("nobody"));
    }
}
