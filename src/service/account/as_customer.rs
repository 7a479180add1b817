//! "View as customer": an operator marked as an agent looks at what a customer of theirs sees. Nothing can be done there, and each look stands
//! in the history.

use serde_json::json;
use uuid::Uuid;

use super::acting::{Acting, Person};
use super::profile::{self, Shown};
use super::record::Record;
use super::{Intent, own};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::resource::simple_value;
use crate::service::Service;
use crate::store::changes::{Change, append};

/// What a customer sees of themselves.
#[derive(Debug)]
pub struct AsCustomer {
    /// The lines of the profile.
    pub profile: Vec<Shown>,
    /// The groups: name, and whether the customer is a direct member.
    pub groups: Vec<(String, bool)>,
}

/// Whether an operator is an agent who looks after this customer.
///
/// # Errors
/// When the tenant has no people.
pub fn may_look(acting: &Acting, operator: &Person, customer: &Record) -> Result<bool> {
    let (_, account) = acting.people()?;
    let is_agent = simple_value(&operator.document, &account.agent) == Some(&json!(true));
    let holder = customer.holder.as_ref().map(|holder| holder.id);
    Ok(is_agent && !customer.is_operator && holder == Some(operator.stored.id))
}

/// What the customer sees; that the operator looked is written to the history.
///
/// # Errors
/// 403 unless the operator is an agent to whom the customer is assigned.
pub async fn look(
    service: &Service,
    acting: &Acting,
    operator: &Person,
    customer: &Record,
) -> Result<AsCustomer> {
    if !may_look(acting, operator, customer)? {
        return Err(Error::forbidden(
            "only an agent to whom the customer is assigned sees what the customer sees",
        ));
    }
    let (people, _) = acting.people()?;
    let call = acting.call(Intent::default());
    let id: Uuid = customer.person.stored.id;
    in_transaction!(service.store, |tx| {
        let person = acting.lock(tx, &call, id).await?;
        let seen = AsCustomer {
            profile: profile::seen_by(tx, acting, &person).await?,
            groups: own::groups_of(tx, person.stored.key).await?,
        };
        let change = Change {
            resource: Some((people.id, id)),
            version: None,
            operation: "view-as-customer",
            detail: json!({}).to_string(),
            at: service.clock.now(),
        };
        append(tx, call.caller.tenant, &call.origin, vec![change]).await?;
        Ok(seen)
    })
}
