//! What an identity provider asks when it writes a token for a person: who they are, and which groups they are in.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::sessions::SignedIn;
use super::{Intent, State, is_operators_document, mail_address, text};
use crate::auth::Scope;
use crate::error::{Error, Result};
use crate::resource::display_name;
use crate::schema::{Account, Kind, ResourceType};
use crate::service::{Call, Service, not_found, parse_document, represent};
use crate::store::{credentials, members, resources};

/// The claims of a person, under the names of `OpenID` Connect Core §5.1 where there are any.
///
/// Where somebody is in more groups than the tenant's setting `claims.groups` says, an address to read them stands there instead.
/// The groups are those of this moment, direct and nested.
///
/// # Errors
/// 403 without the scope; 404.
pub async fn claims(service: &Service, call: &Call<'_>, id: Uuid) -> Result<Value> {
    call.caller.require(Scope::ClaimsRead)?;
    call.caller.require_own(id)?;
    of(service, call, id).await
}

/// The claims of somebody who has signed in, for an application of the tenant's.
///
/// # Errors
/// 403 while a second factor is owed; `invalidValue` for another audience than those of the tenant's setting `claims.audiences`.
pub async fn own(service: &Service, signed_in: &SignedIn, audience: &str) -> Result<Value> {
    signed_in.check_factor()?;
    let audiences = &signed_in.acting.accounts().audiences;
    if !audiences.iter().any(|known| known == audience) {
        return Err(Error::invalid_value(
            "no token is made for this audience (claims.audiences)",
        ));
    }
    let call = signed_in.acting.call(Intent::default());
    of(service, &call, signed_in.person.stored.id).await
}

async fn of(service: &Service, call: &Call<'_>, id: Uuid) -> Result<Value> {
    let mut types = call.registry.resource_types().iter();
    let (people, account) = types
        .find_map(|one| Some((one, one.account.as_ref()?)))
        .ok_or_else(|| Error::internal("there is no resource type with accounts"))?;
    let mut reader = service.store.snapshot().await?;
    let found = resources::get(&mut reader, call.caller.tenant, people.id, id).await?;
    let stored = found.ok_or_else(|| not_found(people, &id.to_string()))?;
    let document = parse_document(&stored.document)?;
    let known = credentials::get(&mut reader, stored.key).await?;
    let groups = members::groups_of(&mut reader, &[stored.key]).await?;
    let groups = groups
        .get(&stored.key)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let state = State::of(account, &document);
    let address = mail_address(account, &document);
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), json!(id.to_string()));
    claims.insert("account_active".to_owned(), json!(state == State::Active));
    claims.insert("account_state".to_owned(), json!(state.name()));
    claims.insert(
        "updated_at".to_owned(),
        json!(stored.meta.last_modified / 1_000_000),
    );
    let is_operator = is_operators_document(people, &document);
    claims.insert(
        "kind".to_owned(),
        json!(if is_operator {
            super::OPERATOR
        } else {
            super::CUSTOMER
        }),
    );
    let texts = [
        ("preferred_username", text(&document, &account.username)),
        ("given_name", text(&document, &account.given_name)),
        ("family_name", text(&document, &account.family_name)),
        ("locale", text(&document, &account.language)),
    ];
    for (name, value) in texts {
        if let Some(value) = value {
            claims.insert(name.to_owned(), json!(value));
        }
    }
    if let Some(name) = display_name(people, &document) {
        claims.insert("name".to_owned(), json!(name));
    }
    if let Some(address) = address {
        let is_verified = known.verified_address.as_ref() == Some(&address);
        claims.insert("email".to_owned(), json!(address));
        claims.insert("email_verified".to_owned(), json!(is_verified));
    }
    claims.insert(
        "attributes".to_owned(),
        attributes(people, account, &document),
    );
    if groups.len() > call.accounts.claimed_groups {
        let user = represent::location(&call.base_url, &people.endpoint, id);
        claims.insert("groups_count".to_owned(), json!(groups.len()));
        claims.insert(
            "groups_link".to_owned(),
            json!(format!("{user}?attributes=groups")),
        );
    } else {
        let names: Vec<Value> = groups
            .iter()
            .map(|(group, _)| match &group.display_name {
                Some(name) => json!(name),
                None => json!(group.id.to_string()),
            })
            .collect();
        claims.insert("groups".to_owned(), json!(names));
    }
    Ok(Value::Object(claims))
}

/// Every value of a singular attribute that everybody may see, under its path.
fn attributes(people: &ResourceType, account: &Account, document: &Map<String, Value>) -> Value {
    let mut all = Map::new();
    let is_of_account = |extension: Option<&str>| extension == account.kind.extension.as_deref();
    for attribute in people.all_attributes() {
        if attribute.multi_valued || attribute.is_hidden() || attribute.scoped.is_some() {
            continue;
        }
        if is_of_account(attribute.extension.as_deref()) {
            continue;
        }
        let parts = std::iter::once(attribute).chain(&attribute.sub_attributes);
        for part in parts.filter(|part| part.kind != Kind::Complex && !part.is_hidden()) {
            if let Some(value) = crate::resource::simple_value(document, part) {
                all.insert(part.path(), value.clone());
            }
        }
    }
    Value::Object(all)
}
