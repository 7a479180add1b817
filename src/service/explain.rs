//! `muster log explain`: what a request was understood to be, what it was about, what it changed or why it was refused, in words.
//!
//! Nothing is kept for this beyond the provisioning log and the `change` rows: the request is read again by the same parsers, with
//! the connection's settings and the tenant's schemas as they are now.

mod advice;
mod understood;

use std::fmt::Write;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Service, parse_document};
use crate::auth::settings::{self, Settings};
use crate::error::{ErrorKind, Result};
use crate::resource::{called, timestamp};
use crate::schema::{AttributeDef, IndexKey, Registry, ResourceType, Target, validate};
use crate::store::connections::{self, Connection};
use crate::store::log::Entry;
use crate::store::{ConnectionKey, TenantKey, Transaction, attribute_index, changes, resources};

/// How many resources of a list or a bulk request are looked at.
const LOOKED_AT: usize = 50;
/// How many words one value gets, in characters.
const VALUE_CHARACTERS: usize = 160;

/// What became of a request, in sentences.
#[derive(Debug, Default)]
pub struct Explained {
    /// One line.
    pub summary: String,
    /// What was asked, and how it was read.
    pub understood: Vec<String>,
    /// Which resource it was about, and why that one.
    pub matched: Vec<String>,
    /// What is different since.
    pub changed: Vec<String>,
    /// The rule that refused it, and the server's own words.
    pub refused: Vec<String>,
    /// What to change, for any client and in this client's own set-up.
    pub advice: Vec<String>,
}

impl Explained {
    fn sections(&self) -> [(&'static str, &[String]); 5] {
        [
            ("Understood", &self.understood),
            ("Matched", &self.matched),
            ("Changed", &self.changed),
            ("Refused", &self.refused),
            ("What to do", &self.advice),
        ]
    }

    /// The same as an object of arrays.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "summary": self.summary,
            "understood": self.understood,
            "matched": self.matched,
            "changed": self.changed,
            "refused": self.refused,
            "advice": self.advice,
        })
    }
}

impl std::fmt::Display for Explained {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.summary)?;
        for (title, sentences) in self.sections() {
            if sentences.is_empty() {
                continue;
            }
            writeln!(f, "\n{title}")?;
            for sentence in sentences {
                writeln!(f, "  {sentence}")?;
            }
        }
        Ok(())
    }
}

/// What an explanation needs to know of where the request came from and went to.
struct Context<'a> {
    entry: &'a Entry,
    registry: &'a Registry,
    resource_type: Option<&'a ResourceType>,
    settings: Settings,
}

/// Explains an entry of the provisioning log.
///
/// # Errors
/// The database's.
pub async fn explain(service: &Service, entry: &Entry) -> Result<Explained> {
    let mut explained = Explained::default();
    let tenant = entry.tenant.map(TenantKey);
    let mut reader = service.store.snapshot().await?;
    let connection = connection(&mut reader, entry).await?;
    let profile = connection
        .as_ref()
        .map_or_else(|| "generic".to_owned(), |one| one.profile.clone());
    explained.summary = summary(entry, connection.as_ref());
    let registry = match tenant {
        Some(tenant) => service.registries.read(&mut reader, tenant).await.ok(),
        None => None,
    };
    if let (Some(tenant), Some(registry)) = (tenant, registry) {
        let resource_types = registry.registry.resource_types().iter();
        let mut named =
            resource_types.filter(|one| Some(&one.name) == entry.resource_type.as_ref());
        let own = connection
            .as_ref()
            .map_or("{}", |one| one.settings.as_str());
        let context = Context {
            entry,
            registry: &registry.registry,
            resource_type: named.next().map(std::sync::Arc::as_ref),
            settings: Settings::of(&profile, own)?,
        };
        explained.understood = understood::sentences(&context);
        explained.matched = matched(&mut reader, tenant, &context).await?;
        explained.changed = changed(&mut reader, tenant, &context).await?;
    } else if entry.error_kind.is_none() {
        explained
            .understood
            .push("The request needed no token and told nothing about anybody.".to_owned());
    } else {
        explained.understood.push(
            "The request did not get as far as being read: it could not say which tenant it is for.".to_owned(),
        );
    }
    if let Some(kind) = entry.error_kind.as_deref() {
        let said = entry.detail.as_deref().unwrap_or_default();
        let advice = advice::of(kind, &profile)?;
        explained.refused = vec![advice.rule, format!("Muster said: {said}")];
        explained.advice = advice.steps;
        explained
            .advice
            .extend(in_force(advice.settings, connection.as_ref())?);
    }
    for kind in failures(entry) {
        let advice = advice::of(kind, &profile)?;
        explained.refused.push(advice.rule);
        explained.advice.extend(advice.steps);
    }
    Ok(explained)
}

async fn connection(tx: &mut Transaction, entry: &Entry) -> Result<Option<Connection>> {
    match (entry.tenant, entry.connection) {
        (Some(tenant), Some(connection)) => {
            connections::by_key(tx, TenantKey(tenant), ConnectionKey(connection)).await
        }
        _ => Ok(None),
    }
}

fn summary(entry: &Entry, connection: Option<&Connection>) -> String {
    let who = match connection {
        Some(connection) => format!(
            "connection {} (profile {})",
            connection.name, connection.profile
        ),
        None if entry.actor.is_empty() => "somebody without a valid token".to_owned(),
        None => entry.actor.clone(),
    };
    let how = match entry.outcome.as_str() {
        "ok" => "carried out",
        "held" => "held",
        "failed" => "not carried out, which is the server's fault",
        _ => "refused",
    };
    let scim_type = entry.scim_type.as_ref();
    let scim_type = scim_type.map_or_else(String::new, |kind| format!(" {kind}"));
    format!(
        "{} {} by {who} at {}: {how}, {}{scim_type}, {}.{:03} ms",
        entry.method,
        entry.path,
        timestamp(entry.at),
        entry.status,
        entry.duration / 1_000,
        entry.duration % 1_000,
    )
}

/// A value as it is shown: short.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= VALUE_CHARACTERS {
        return text;
    }
    let kept: String = text.chars().take(VALUE_CHARACTERS).collect();
    format!("{kept}…")
}

fn body(text: Option<&String>) -> Option<Map<String, Value>> {
    match serde_json::from_str(text?) {
        Ok(Value::Object(members)) => Some(members),
        Ok(_) | Err(_) => None,
    }
}

async fn matched(
    tx: &mut Transaction,
    tenant: TenantKey,
    context: &Context<'_>,
) -> Result<Vec<String>> {
    let mut sentences = Vec::new();
    let entry = context.entry;
    if let Some(id) = entry
        .resource_id
        .as_deref()
        .and_then(|id| Uuid::try_parse(id).ok())
    {
        let why = if entry.path.contains(id.to_string().as_str()) {
            "by the id in the address"
        } else {
            "which this request created"
        };
        sentences.push(match resources::of_any_type(tx, tenant, id).await? {
            Some(row) => {
                let resource_type = context.registry.resource_type(row.resource_type);
                let name = match resource_type {
                    Some(resource_type) => called(resource_type, &parse_document(&row.document)?),
                    None => None,
                };
                let kind = resource_type.map_or("resource", |one| one.name.as_str());
                format!("{kind} {id} {}, {why}.", quoted(name.as_deref()))
            }
            None if entry.outcome == "ok" => {
                format!("The resource {id}, {why}; it has been deleted since.")
            }
            None => format!(
                "No resource has the id {id} now: it has been deleted, or never was in this tenant."
            ),
        });
    }
    if let Some(list) =
        body(entry.response_body.as_ref()).filter(|list| list.contains_key("totalResults"))
    {
        sentences.extend(of_list(context, &list));
    }
    if entry.error_kind.as_deref() == Some(ErrorKind::Uniqueness.name()) {
        sentences.extend(holders(tx, tenant, context).await?);
    }
    Ok(sentences)
}

fn quoted(name: Option<&str>) -> String {
    name.map_or_else(|| "(without a name)".to_owned(), |name| format!("{name:?}"))
}

fn of_list(context: &Context<'_>, list: &Map<String, Value>) -> Vec<String> {
    let total = list
        .get("totalResults")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    if total == 0 {
        return vec!["Nothing matches: the answer is an empty list, from which clients conclude that they have to create.".to_owned()];
    }
    let found = list.get("Resources").and_then(Value::as_array);
    let shown_here = found.map_or(0, Vec::len);
    let mut sentences = vec![format!(
        "{total} match; {shown_here} of them are in the answer."
    )];
    for resource in found.into_iter().flatten().take(5) {
        let Some(members) = resource.as_object() else {
            continue;
        };
        let id = members.get("id").and_then(Value::as_str).unwrap_or("?");
        let name = context.resource_type.and_then(|one| called(one, members));
        sentences.push(format!("{id} {}", quoted(name.as_deref())));
    }
    sentences
}

/// Who has the values that have to be unique.
async fn holders(
    tx: &mut Transaction,
    tenant: TenantKey,
    context: &Context<'_>,
) -> Result<Vec<String>> {
    let (Some(sent), Some(resource_type)) = (
        body(context.entry.request_body.as_ref()),
        context.resource_type,
    ) else {
        return Ok(Vec::new());
    };
    let mut sentences = Vec::new();
    let candidates = resource_type.all_attributes();
    for attribute in candidates.filter(|one| one.is_unique() || one.scoped.is_some()) {
        let Some(value) = given(resource_type, &sent, attribute) else {
            continue;
        };
        let Some(key) = IndexKey::of(attribute, value) else {
            continue;
        };
        // Values of one connection are a name space of their own.
        let key = match (attribute.scoped, context.entry.connection) {
            (Some(scoped), Some(connection)) => {
                (scoped.id, format!("{connection}:{}", key.as_str()))
            }
            _ => (attribute.id, key.as_str().to_owned()),
        };
        let holder = attribute_index::holder(tx, tenant, key.0, &key.1).await?;
        let keys: Vec<_> = holder.into_iter().collect();
        for row in resources::by_keys(tx, &keys).await? {
            let document = parse_document(&row.document)?;
            let state = match &resource_type.enabled {
                Some(enabled) if validate::get(&document, enabled) == Some(&Value::Bool(false)) => {
                    ", which is deactivated"
                }
                _ => "",
            };
            sentences.push(format!(
                "{} {} is held by {} {}{state}.",
                attribute.path(),
                shown(value),
                resource_type.name,
                row.id
            ));
        }
    }
    Ok(sentences)
}

/// The value that a create, a replacement or a PATCH gives to an attribute, by whichever name.
fn given<'a>(
    resource_type: &ResourceType,
    sent: &'a Map<String, Value>,
    attribute: &AttributeDef,
) -> Option<&'a Value> {
    let is_it = |name: &str| match understood::resolved(resource_type, name) {
        Some(Target::Attribute(found)) => found.path() == attribute.path(),
        _ => false,
    };
    let Some(operations) = crate::json::member(sent, "Operations").and_then(Value::as_array) else {
        return sent
            .iter()
            .find(|(name, _)| is_it(name))
            .map(|(_, value)| value);
    };
    operations.iter().rev().find_map(|operation| {
        let operation = operation.as_object()?;
        let value = crate::json::member(operation, "value")?;
        match crate::json::member(operation, "path").and_then(Value::as_str) {
            Some(path) => is_it(path).then_some(value),
            None => value
                .as_object()?
                .iter()
                .find(|(name, _)| is_it(name))
                .map(|(_, value)| value),
        }
    })
}

async fn changed(
    tx: &mut Transaction,
    tenant: TenantKey,
    context: &Context<'_>,
) -> Result<Vec<String>> {
    let entry = context.entry;
    let is_write = matches!(entry.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE")
        && !entry.path.ends_with("/.search");
    if !is_write {
        return Ok(Vec::new());
    }
    let mut ids: Vec<Uuid> = entry
        .resource_id
        .iter()
        .filter_map(|id| Uuid::try_parse(id).ok())
        .collect();
    ids.extend(located(entry));
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    let mut sentences = Vec::new();
    for id in ids {
        for change in changes::of_request(tx, tenant, id, &entry.request_id).await? {
            let detail: Value = serde_json::from_str(&change.detail).unwrap_or_default();
            let version = change
                .version
                .map_or_else(String::new, |version| format!(", version {version}"));
            sentences.push(format!("{id}: {}{version}", change.operation));
            sentences.extend(differences(&detail));
        }
    }
    if sentences.is_empty() {
        let nothing = if entry.outcome != "ok" {
            "Nothing: a request that is refused changes nothing, not even in part."
        } else if failures(entry).is_empty() {
            "Nothing: everything was as the request wants it already."
        } else {
            "Nothing: no operation that would have changed something was carried out."
        };
        sentences.push(nothing.to_owned());
    }
    Ok(sentences)
}

/// The resources that the answer to a bulk request names.
fn located(entry: &Entry) -> Vec<Uuid> {
    let Some(answer) = body(entry.response_body.as_ref()) else {
        return Vec::new();
    };
    let operations = answer.get("Operations").and_then(Value::as_array);
    let ids = operations.into_iter().flatten().filter_map(|operation| {
        let location = operation.get("location")?.as_str()?;
        Uuid::try_parse(location.rsplit('/').next()?).ok()
    });
    ids.take(LOOKED_AT).collect()
}

/// The kinds of error that operations of a bulk request ended with, as far as their answers tell.
fn failures(entry: &Entry) -> Vec<&'static str> {
    let answer = body(entry.response_body.as_ref());
    let operations = answer
        .as_ref()
        .and_then(|answer| answer.get("Operations")?.as_array());
    let mut kinds = Vec::new();
    for response in operations
        .into_iter()
        .flatten()
        .filter_map(|operation| operation.get("response"))
    {
        let status = response
            .get("status")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let scim_type = response.get("scimType").and_then(Value::as_str);
        let is_it =
            |kind: &ErrorKind| kind.scim_type() == scim_type && kind.status().to_string() == status;
        let kind = ErrorKind::NAMES.iter().find(|(kind, _)| is_it(kind));
        kinds.extend(
            kind.map(|(_, name)| *name)
                .filter(|name| !kinds.contains(name)),
        );
    }
    kinds
}

fn differences(detail: &Value) -> Vec<String> {
    let mut sentences = Vec::new();
    let attributes = detail.get("attributes").and_then(Value::as_object);
    for (path, change) in attributes.into_iter().flatten() {
        let mut sentence = format!("  {path}: ");
        match (change.get("old"), change.get("new")) {
            (Some(old), Some(new)) => _ = write!(sentence, "{} → {}", shown(old), shown(new)),
            (None, Some(new)) => _ = write!(sentence, "set to {}", shown(new)),
            (Some(old), None) => _ = write!(sentence, "removed, was {}", shown(old)),
            (None, None) => sentence.push_str(change.as_str().unwrap_or("changed")),
        }
        sentences.push(sentence);
    }
    for (what, word) in [("added", "joined"), ("removed", "left")] {
        let ids = detail
            .pointer(&format!("/members/{what}"))
            .and_then(Value::as_array);
        if let Some(ids) = ids.filter(|ids| !ids.is_empty()) {
            let first: Vec<&str> = ids.iter().filter_map(Value::as_str).take(5).collect();
            let more = if ids.len() > first.len() { " …" } else { "" };
            sentences.push(format!(
                "  {} {word}: {}{more}",
                ids.len(),
                first.join(", ")
            ));
        }
    }
    sentences
}

/// Settings with what they are for this connection.
fn in_force(names: &[String], connection: Option<&Connection>) -> Result<Vec<String>> {
    let Some(connection) = connection else {
        return Ok(Vec::new());
    };
    let explained = settings::explain(&connection.profile, &connection.settings)?;
    let relevant = explained
        .into_iter()
        .filter(|(setting, ..)| names.iter().any(|name| name == setting.name));
    Ok(relevant
        .map(|(setting, value, _)| {
            format!(
                "Setting {} is {value} here: {}.",
                setting.name, setting.purpose
            )
        })
        .collect())
}
