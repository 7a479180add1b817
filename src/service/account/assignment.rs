//! Which operator looks after a customer: at most one.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::effects::Written;
use super::rules::is_operators;
use crate::error::{Error, Result};
use crate::resource::called;
use crate::schema::{Account, validate};
use crate::service::parse_document;
use crate::store::{Transaction, resources};

/// The id of the operator whom a customer is assigned to.
pub(super) fn holder(account: &Account, document: &Map<String, Value>) -> Option<Uuid> {
    let value = validate::get(document, &account.assigned_to)?;
    Uuid::try_parse(value.get("value")?.as_str()?).ok()
}

/// Checks that it is an operator, and that the customer is taken from nobody who was not meant to lose them.
///
/// # Errors
/// `invalidValue`; `uniqueness` naming the operator who has the customer.
pub(super) async fn check(tx: &mut Transaction, written: Written<'_>) -> Result<()> {
    let resource_type = written.resource_type;
    let Some(account) = &resource_type.account else {
        return Ok(());
    };
    let path = account.assigned_to.path();
    if validate::get(written.new, &account.assigned_to).is_none() {
        return Ok(());
    }
    if is_operators(resource_type, written.new) {
        return Err(Error::invalid_value(format!(
            "{path:?}: customers are assigned to operators, operators to nobody"
        )));
    }
    let tenant = written.call.caller.tenant;
    let wanted = holder(account, written.new);
    let found = match wanted {
        Some(id) => resources::get(tx, tenant, resource_type.id, id).await?,
        None => None,
    };
    let is_operator = match &found {
        Some(stored) => is_operators(resource_type, &parse_document(&stored.document)?),
        None => false,
    };
    if !is_operator {
        return Err(Error::invalid_value(format!(
            "{path:?} must have the id of an operator as its value"
        )));
    }
    let before = holder(account, written.old).filter(|before| Some(*before) != wanted);
    let Some(before) = before.filter(|_| !written.call.intent.takes_over) else {
        return Ok(());
    };
    let Some(stored) = resources::get(tx, tenant, resource_type.id, before).await? else {
        // Whoever had the customer is gone.
        return Ok(());
    };
    let name = called(resource_type, &parse_document(&stored.document)?);
    Err(Error::uniqueness(format!(
        "this customer is assigned to {}; to move them, take them from there first, or say that they are to be moved",
        name.unwrap_or_else(|| before.to_string())
    )))
}
