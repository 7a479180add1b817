//! A tenant that has owners keeps one who can sign in.

use crate::auth::Role;
use crate::error::{Error, Result};
use crate::schema::Team;
use crate::service::Call;
use crate::store::{ResourceKey, Transaction, operators, tenants};

/// The numbers by which operators and their groups are found.
pub(crate) fn numbers(call: &Call<'_>) -> Option<operators::Numbers> {
    let types = call.registry.resource_types();
    let team: &Team = types.iter().find_map(|one| one.team.as_ref())?;
    let (people, account) = types
        .iter()
        .find_map(|one| Some((one, one.account.as_ref()?)))?;
    Some(operators::Numbers {
        people: people.id,
        role: team.role.id,
        state: account.state.id,
    })
}

/// Whether a person, or a group with this role of its own, is an owner, or makes owners of those in it.
///
/// # Errors
/// The database's.
pub(super) async fn gives(
    tx: &mut Transaction,
    call: &Call<'_>,
    key: ResourceKey,
    own_role: Option<&str>,
) -> Result<bool> {
    let owner = Role::Owner.name();
    let Some(numbers) = numbers(call) else {
        return Ok(false);
    };
    let roles = operators::roles(tx, key, &numbers).await?;
    Ok(own_role == Some(owner) || roles.iter().any(|role| role == owner))
}

/// Whether a person is the only owner who can sign in.
///
/// # Errors
/// The database's.
pub(super) async fn is_last(
    tx: &mut Transaction,
    call: &Call<'_>,
    person: ResourceKey,
) -> Result<bool> {
    let Some(numbers) = numbers(call) else {
        return Ok(false);
    };
    if !gives(tx, call, person, None).await? {
        return Ok(false);
    }
    let owner = Role::Owner.name();
    let count = operators::count_able(tx, call.caller.tenant, &numbers, owner).await?;
    Ok(count <= 1)
}

/// How many owners can sign in.
///
/// # Errors
/// The database's.
pub(in crate::service) async fn count(tx: &mut Transaction, call: &Call<'_>) -> Result<i64> {
    let Some(numbers) = numbers(call) else {
        return Ok(0);
    };
    operators::count_able(tx, call.caller.tenant, &numbers, Role::Owner.name()).await
}

/// Refuses what would leave the tenant without an owner who can sign in. To be called when it is written.
///
/// # Errors
/// 409.
pub(super) async fn check(tx: &mut Transaction, call: &Call<'_>) -> Result<()> {
    let Some(numbers) = numbers(call) else {
        return Ok(());
    };
    let tenant = call.caller.tenant;
    // One after the other: of two owners who leave at once, the second one sees that the first is gone.
    tenants::lock(tx, tenant).await?;
    if operators::count_able(tx, tenant, &numbers, Role::Owner.name()).await? > 0 {
        return Ok(());
    }
    Err(Error::last_owner(
        "the tenant would be left without an owner who can sign in; make another operator an owner first",
    ))
}
