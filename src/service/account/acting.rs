//! Somebody who does something to accounts otherwise than through the SCIM protocol: an operator, a person, or the server itself.

use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Intent;
use crate::auth::tenant_settings::AccountSettings;
use crate::auth::{Caller, Operator, TenantFacts};
use crate::error::{Error, Result};
use crate::schema::{Account, IndexKey, Preparation, Registry, ResourceType};
use crate::service::membership::Delta;
use crate::service::modify::{Edited, finish};
use crate::service::shield::Attempts;
use crate::service::{Call, Service, not_found, parse_document};
use crate::store::resources::{self, PasswordUpdate, Stored};
use crate::store::{Transaction, attribute_index};

/// Somebody, with what is in force in the tenant.
#[derive(Debug, Clone)]
pub struct Acting {
    /// Who.
    pub caller: Caller,
    registry: Arc<Registry>,
    accounts: Arc<AccountSettings>,
    schema_version: i64,
    request_id: String,
    base_url: String,
}

/// A person's row and document.
#[derive(Debug, Clone)]
pub struct Person {
    /// The row.
    pub stored: Stored,
    /// The document.
    pub document: Map<String, Value>,
}

/// How a request is told in the history, and where links to resources begin.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Its id.
    pub id: String,
    /// The SCIM base URL.
    pub base_url: String,
}

impl Acting {
    /// An operator of the tenant.
    ///
    /// # Errors
    /// The database's.
    pub async fn operator(
        service: &Service,
        tenant: &TenantFacts,
        actor: String,
        operator: Operator,
        request: Request,
    ) -> Result<Self> {
        let caller = Caller::of_tenant(tenant, actor).as_operator(operator);
        Self::of(service, caller, request).await
    }

    /// A person, or the server.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(service: &Service, caller: Caller, request: Request) -> Result<Self> {
        let found = service
            .registry(caller.tenant, caller.schema_version)
            .await?;
        Ok(Self {
            caller,
            registry: found.registry,
            accounts: found.accounts,
            schema_version: found.version,
            request_id: request.id,
            base_url: request.base_url,
        })
    }

    /// What is in force now: something else was when the request began.
    ///
    /// # Errors
    /// The database's.
    pub async fn refresh(&mut self, service: &Service) -> Result<()> {
        let found = service.current_registry(self.caller.tenant).await?;
        (self.registry, self.accounts) = (found.registry, found.accounts);
        self.schema_version = found.version;
        Ok(())
    }

    /// The same, as a call of the operations.
    #[must_use]
    pub fn call(&self, intent: Intent) -> Call<'_> {
        Call {
            caller: &self.caller,
            registry: &self.registry,
            schema_version: self.schema_version,
            accounts: &self.accounts,
            intent,
            origin: self.caller.origin(&self.request_id),
            base_url: self.base_url.clone(),
            max_body_bytes: usize::MAX,
            held: Attempts::default(),
        }
    }

    /// The schemas and resource types of the tenant.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The rules of the tenant's accounts.
    #[must_use]
    pub fn accounts(&self) -> &AccountSettings {
        &self.accounts
    }

    /// What the organization is called.
    #[must_use]
    pub fn organization(&self) -> &str {
        match self.accounts.title.as_str() {
            "" => &self.caller.tenant_name,
            title => title,
        }
    }

    /// The resource type of people, and what their accounts are made of.
    ///
    /// # Errors
    /// When the tenant has none.
    pub fn people(&self) -> Result<(&Arc<ResourceType>, &Account)> {
        let mut types = self.registry.resource_types().iter();
        types
            .find_map(|one| Some((one, one.account.as_ref()?)))
            .ok_or_else(|| Error::internal("there is no resource type with accounts"))
    }

    /// The resource type of groups of people.
    ///
    /// # Errors
    /// When the tenant has none.
    pub fn groups(&self) -> Result<&Arc<ResourceType>> {
        let mut types = self.registry.resource_types().iter();
        types
            .find(|one| one.team.is_some())
            .ok_or_else(|| Error::internal("there is no resource type of groups"))
    }

    /// The person with this id.
    ///
    /// # Errors
    /// 404.
    pub async fn person(&self, tx: &mut Transaction, id: Uuid) -> Result<Person> {
        let (people, _) = self.people()?;
        let found = resources::get(tx, self.caller.tenant, people.id, id).await?;
        let stored = found.ok_or_else(|| not_found(people, &id.to_string()))?;
        let document = parse_document(&stored.document)?;
        Ok(Person { stored, document })
    }

    /// The person with this user name, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn named(&self, tx: &mut Transaction, username: &str) -> Result<Option<Person>> {
        let (people, account) = self.people()?;
        let name = people
            .all_attributes()
            .find(|attribute| attribute.preparation == Preparation::Username)
            .unwrap_or(&account.username);
        let Some(key) = IndexKey::of(name, &Value::from(username)) else {
            return Ok(None);
        };
        let tenant = self.caller.tenant;
        let holder = attribute_index::holder(tx, tenant, name.id, key.as_str()).await?;
        let keys: Vec<_> = holder.into_iter().collect();
        let Some(stored) = resources::by_keys(tx, &keys).await?.pop() else {
            return Ok(None);
        };
        let document = parse_document(&stored.document)?;
        Ok(Some(Person { stored, document }))
    }

    /// The person with this id or this user name.
    ///
    /// # Errors
    /// 404.
    pub async fn find(&self, service: &Service, person: &str) -> Result<Person> {
        let mut reader = service.store.reader();
        if let Ok(id) = Uuid::try_parse(person) {
            return self.person(&mut reader, id).await;
        }
        let found = self.named(&mut reader, person).await?;
        let shown: String = person.chars().take(64).collect();
        found.ok_or_else(|| Error::not_found(format!("there is no user {shown:?}")))
    }

    /// As [`Self::person`], and nobody else changes the person until the transaction ends.
    ///
    /// # Errors
    /// 404.
    pub async fn lock(&self, tx: &mut Transaction, call: &Call<'_>, id: Uuid) -> Result<Person> {
        let (people, _) = self.people()?;
        let found = resources::lock(tx, self.caller.tenant, people.id, id).await?;
        let (stored, in_force) = found.ok_or_else(|| not_found(people, &id.to_string()))?;
        call.check_version(in_force)?;
        let document = parse_document(&stored.document)?;
        Ok(Person { stored, document })
    }

    /// Writes a person's new document, and the new password if there is one.
    ///
    /// # Errors
    /// As every change: 403, `invalidValue`, `mutability`, `uniqueness`, 409.
    pub async fn write(
        &self,
        service: &Service,
        tx: &mut Transaction,
        call: &Call<'_>,
        person: &Person,
        new: &Map<String, Value>,
        password: PasswordUpdate<'_>,
    ) -> Result<Person> {
        let (people, _) = self.people()?;
        let edited = Edited {
            stored: &person.stored,
            old: &person.document,
            new,
            owner: person.stored.owner,
            password,
            delta: &Delta::default(),
            operation: "modify",
            is_deactivated: call.intent.is_deactivated,
        };
        let stored = finish(service, tx, call, people, edited).await?;
        let document = parse_document(&stored.document)?;
        Ok(Person { stored, document })
    }
}
