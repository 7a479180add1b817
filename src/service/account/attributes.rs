//! Which attributes the profiles of a tenant have: what they are called, who sees them, who changes them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::acting::Acting;
use super::people;
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::language::Language;
use crate::schema::{EditedBy, ProfileAttribute, ProfileSetting, SeenBy, definition};
use crate::service::account::Intent;
use crate::service::admin::{get_tenant, record_by};
use crate::service::{Service, schemas};
use crate::store::{counts, profiles, tenants};

/// The longest label, in characters.
const MAX_LABEL: usize = 100;

/// What is to be different of an attribute; what is not said stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Labels by language tag; an empty one is taken away.
    pub labels: BTreeMap<String, String>,
    /// Who sees it.
    pub seen_by: Option<SeenBy>,
    /// Who changes it.
    pub edited_by: Option<EditedBy>,
    /// Where it stands.
    pub order: Option<i32>,
}

/// The attributes of profiles, in order.
///
/// # Errors
/// 403.
pub fn list(acting: &Acting) -> Result<Vec<ProfileAttribute>> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let (people, _) = acting.people()?;
    Ok(people.profile.clone())
}

/// Changes what is said of an attribute, for the next request on every instance.
///
/// # Errors
/// 403; 404 for an attribute that the profile does not have; `invalidValue`.
pub async fn set(service: &Service, acting: &Acting, path: &str, change: &Change) -> Result<()> {
    people::require_operator(acting, Permission::Configure)?;
    let (people, account) = acting.people()?;
    let known = people
        .profile
        .iter()
        .find(|one| one.attribute.path().eq_ignore_ascii_case(path));
    let known = known.ok_or_else(|| {
        let path: String = path.chars().take(200).collect();
        Error::not_found(format!("profiles have no attribute {path:?}"))
    })?;
    let path = known.attribute.path();
    let is_the_servers = known.attribute.extension == account.kind.extension;
    if change.edited_by == Some(EditedBy::People) && (is_the_servers || is_fixed(&path, acting)?) {
        return Err(Error::invalid_value(format!(
            "{path:?} decides who somebody is, or what they may do: people cannot change it themselves"
        )));
    }
    for (tag, label) in &change.labels {
        if Language::tagged(tag).is_none() {
            let known: Vec<&str> = Language::ALL
                .iter()
                .map(|language| language.tag())
                .collect();
            return Err(Error::invalid_value(format!(
                "{tag:?} is no language that pages are in; there are: {}",
                known.join(", ")
            )));
        }
        if label.chars().count() > MAX_LABEL || label.chars().any(char::is_control) {
            return Err(Error::invalid_value(format!(
                "a label has at most {MAX_LABEL} characters, none of them a control character"
            )));
        }
    }
    let full = format!("{}:{path}", people.name);
    let tenant = acting.caller.tenant;
    in_transaction!(service.store, |tx| {
        tenants::lock(tx, tenant).await?;
        let stored = profiles::list(tx, tenant).await?;
        let stored = stored.into_iter().find(|(known, _)| *known == full);
        let mut setting: ProfileSetting = match stored {
            Some((_, text)) => serde_json::from_str(&text).map_err(|error| {
                Error::internal("a stored setting of an attribute is malformed").caused_by(error)
            })?,
            None => ProfileSetting::default(),
        };
        for (tag, label) in &change.labels {
            if label.is_empty() {
                setting.labels.remove(tag);
            } else {
                setting.labels.insert(tag.clone(), label.clone());
            }
        }
        setting.seen_by = change.seen_by.or(setting.seen_by);
        setting.edited_by = change.edited_by.or(setting.edited_by);
        setting.order = change.order.or(setting.order);
        let text = serde_json::to_string(&setting).map_err(|error| {
            Error::internal("a setting of an attribute cannot be written").caused_by(error)
        })?;
        profiles::put(tx, tenant, &full, &text).await?;
        tenants::bump(tx, tenant).await?;
        let detail = json!({"path": full, "setting": setting});
        let origin = acting.call(Intent::default()).origin;
        let now = service.clock.now();
        record_by(tx, &origin, tenant, "set-attribute", &detail, now).await
    })
}

/// Attributes that people never change themselves.
fn is_fixed(path: &str, acting: &Acting) -> Result<bool> {
    let (people, account) = acting.people()?;
    let mut fixed = vec![
        account.username.path(),
        account.active.path(),
        account.emails.path(),
    ];
    let known = people.all_attributes();
    fixed.extend(
        known
            .filter(|attribute| attribute.scoped.is_some() || attribute.relation.is_some())
            .map(|attribute| attribute.path()),
    );
    Ok(fixed.iter().any(|known| known == path))
}

/// What adding an attribute would do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The schema that the attribute becomes a part of.
    pub schema: String,
    /// Whether that schema is made first.
    pub is_new: bool,
    /// The schema with the attribute.
    pub document: Value,
    /// How many people there are, who have no value of it.
    pub people: i64,
    name: String,
}

/// What adding an attribute would do; nothing is changed. `definition`: as RFC 7643 §7 says, at least `name`.
///
/// # Errors
/// 403; `uniqueness` for a name that is there; `invalidValue` for a definition that cannot be.
pub async fn plan(service: &Service, acting: &Acting, definition: Value) -> Result<Plan> {
    people::require_operator(acting, Permission::Configure)?;
    let (people, _) = acting.people()?;
    let name = definition
        .get("name")
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| Error::invalid_value("an attribute needs a name"))?;
    let tenant = get_tenant(service, &acting.caller.tenant_name).await?;
    let schema = format!(
        "urn:muster:scim:schemas:tenant:{}:1.0:{}",
        tenant.name, people.name
    );
    let (mut document, is_new) = match schemas::show(service, &tenant, &schema).await {
        Ok(document) => (document, false),
        Err(error) if error.kind() == crate::error::ErrorKind::NotFound => (
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
                "id": schema, "name": "Profile", "description": "Attributes of this organization's own", "attributes": [],
            }),
            true,
        ),
        Err(error) => return Err(error),
    };
    let attributes = document
        .get_mut("attributes")
        .and_then(Value::as_array_mut)
        .ok_or_else(|| Error::internal("the tenant's schema has no attributes"))?;
    let is_known = attributes.iter().any(|known| {
        let known = known.get("name").and_then(Value::as_str);
        known.is_some_and(|known| known.eq_ignore_ascii_case(&name))
    });
    if is_known {
        return Err(Error::uniqueness(format!(
            "there is an attribute {name:?} already"
        )));
    }
    attributes.push(definition);
    if let Some(object) = document.as_object_mut() {
        object.remove("meta");
    }
    definition::read(&document.to_string())?;
    let mut reader = service.store.reader();
    let people = counts::count_of_type(&mut reader, acting.caller.tenant, people.id).await?;
    Ok(Plan {
        schema,
        is_new,
        document,
        people,
        name,
    })
}

/// Adds an attribute of the tenant's own to profiles: to its schema of such attributes, which is made where there is none.
/// `definition`: as RFC 7643 §7 says, at least `name`.
///
/// # Errors
/// 403; `uniqueness` for a name that is there; `invalidValue` for a definition that cannot be.
pub async fn add(service: &Service, acting: &Acting, definition: Value) -> Result<String> {
    let plan = plan(service, acting, definition).await?;
    let (people, _) = acting.people()?;
    let tenant = get_tenant(service, &acting.caller.tenant_name).await?;
    let definitions = definition::read(&plan.document.to_string())?;
    let extend = Some((people.name.as_str(), false));
    let origin = acting.call(Intent::default()).origin;
    schemas::add_by(service, &tenant, &definitions, extend, &origin).await?;
    Ok(format!("{}:{}", plan.schema, plan.name))
}
