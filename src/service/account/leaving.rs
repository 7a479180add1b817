//! Deleting: for clients the resource is gone for good, operators see for a while that it was there.

use serde_json::{Map, Value};

use super::rules::{check_reach, is_operators};
use super::{CUSTOMER, OPERATOR, owners, text};
use crate::auth::Permission;
use crate::error::Result;
use crate::resource::display_name;
use crate::schema::ResourceType;
use crate::service::Call;
use crate::store::resources::Stored;
use crate::store::tombstones::{self, Tombstone};
use crate::store::{Transaction, letters};

/// Somebody who is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// An owner, or a group that makes owners of those in it: another owner must be left.
    Owners,
    /// Anybody else.
    Others,
}

/// Checks who may delete this.
///
/// # Errors
/// 403.
pub(crate) async fn check(
    tx: &mut Transaction,
    call: &Call<'_>,
    resource_type: &ResourceType,
    stored: &Stored,
    document: &Map<String, Value>,
) -> Result<Leaving> {
    let is_operators = is_operators(resource_type, document);
    check_reach(call, is_operators)?;
    if let (Some(operator), false) = (&call.caller.operator, call.intent.is_own_act) {
        operator.require(Permission::EditPeople)?;
    }
    let team = resource_type.team.as_ref();
    let role = team.and_then(|team| text(document, &team.role));
    if is_operators && owners::gives(tx, call, stored.key, role).await? {
        return Ok(Leaving::Owners);
    }
    Ok(Leaving::Others)
}

/// Notes for operators who was deleted; what was on its way to the person is void.
///
/// # Errors
/// The database's.
pub(crate) async fn bury(
    tx: &mut Transaction,
    call: &Call<'_>,
    resource_type: &ResourceType,
    stored: &Stored,
    document: &Map<String, Value>,
    now: i64,
) -> Result<()> {
    let Some(account) = &resource_type.account else {
        return Ok(());
    };
    let kind = if is_operators(resource_type, document) {
        OPERATOR
    } else {
        CUSTOMER
    };
    let tombstone = Tombstone {
        id: stored.id,
        resource_type: resource_type.id,
        kind: kind.to_owned(),
        username: text(document, &account.username).map(str::to_owned),
        display_name: display_name(resource_type, document),
        actor: call.caller.actor.clone(),
        deleted: now,
    };
    let tenant = call.caller.tenant;
    tombstones::insert(tx, tenant, &tombstone).await?;
    letters::withdraw(tx, tenant, stored.id, now).await
}

/// Refuses to delete the last owner. To be called when it is done.
///
/// # Errors
/// 409.
pub(crate) async fn check_owners(
    tx: &mut Transaction,
    call: &Call<'_>,
    leaving: Leaving,
) -> Result<()> {
    match leaving {
        Leaving::Owners => owners::check(tx, call).await,
        Leaving::Others => Ok(()),
    }
}
