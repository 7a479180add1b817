//! What follows from a write to an account, in its transaction.

use serde_json::{Map, Value};

use super::letters::About;
use super::links::Purpose;
use super::rules::Effects;
use super::{PasswordKind, State, assignment, mail_address, owners, ownership, text};
use crate::error::{Error, Result};
use crate::mail::Kind;
use crate::schema::ResourceType;
use crate::service::Call;
use crate::store::resources::Stored;
use crate::store::{Transaction, credentials, letters, links, resources, sessions};

/// A person whose account was written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'a> {
    pub(crate) call: &'a Call<'a>,
    pub(crate) resource_type: &'a ResourceType,
    pub(crate) stored: &'a Stored,
    /// The document as it was.
    pub(crate) old: &'a Map<String, Value>,
    /// The document as it is.
    pub(crate) new: &'a Map<String, Value>,
    /// Microseconds since 1970 UTC.
    pub(crate) now: i64,
}

/// Whether [`begin`] does anything.
#[must_use]
pub(crate) fn follow_create(call: &Call<'_>, effects: &Effects) -> bool {
    let is_temporary = matches!(call.intent.password, PasswordKind::Temporary { .. });
    (is_temporary && effects.has_new_password) || effects.is_assigned || effects.asks_reset
}

/// What follows from a create.
///
/// # Errors
/// The database's.
pub(crate) async fn begin(
    tx: &mut Transaction,
    written: Written<'_>,
    effects: &Effects,
) -> Result<()> {
    let (tenant, key) = (written.call.caller.tenant, written.stored.key);
    if let (PasswordKind::Temporary { expires }, true) =
        (written.call.intent.password, effects.has_new_password)
    {
        credentials::note_password(tx, tenant, key, written.now, Some(expires)).await?;
    }
    if effects.is_assigned {
        assignment::check(tx, written).await?;
    }
    if effects.asks_reset {
        ask_reset(tx, written).await?;
    }
    Ok(())
}

/// Whether an account has a password that nobody knows to be the person's: whoever registered chose it, and somebody else lets the
/// person in, or keeps them out, before the address was confirmed.
///
/// # Errors
/// The database's.
pub(crate) async fn has_unproven_password(
    tx: &mut Transaction,
    written: Written<'_>,
    effects: &Effects,
) -> Result<bool> {
    let (Some(account), true, false) = (
        &written.resource_type.account,
        effects.ends_registration,
        effects.has_new_password,
    ) else {
        return Ok(false);
    };
    let key = written.stored.key;
    let confirmed = credentials::get(tx, key).await?.verified_address;
    if confirmed.is_some() && confirmed == mail_address(account, written.new) {
        return Ok(false);
    }
    resources::has_password(tx, key).await
}

/// Ends sessions, makes links void, notes passwords, writes letters.
///
/// # Errors
/// 409 when no owner would be left; the database's.
pub(crate) async fn apply(
    tx: &mut Transaction,
    written: Written<'_>,
    effects: &Effects,
) -> Result<()> {
    let Written {
        call, stored, now, ..
    } = written;
    let (tenant, key) = (call.caller.tenant, stored.key);
    // A lock for wrong passwords ends by itself.
    if effects.may_lose_owner && !call.intent.is_automatic {
        let team = written.resource_type.team.as_ref();
        let role = team.and_then(|team| text(written.old, &team.role));
        if owners::gives(tx, call, key, role).await? {
            owners::check(tx, call).await?;
        }
    }
    ownership::check(tx, written).await?;
    if effects.is_assigned {
        assignment::check(tx, written).await?;
    }
    if effects.is_out {
        sessions::end_later(tx, key, None).await?;
    }
    if effects.has_new_password {
        let expires = match call.intent.password {
            PasswordKind::Lasting => None,
            PasswordKind::Temporary { expires } => Some(expires),
        };
        credentials::note_password(tx, tenant, key, now, expires).await?;
        sessions::end_later(tx, key, call.intent.keeps_session.as_deref()).await?;
    }
    if effects.is_unlocked {
        credentials::unlock(tx, key).await?;
    }
    if effects.is_moved {
        note_move(tx, written).await?;
    }
    if effects.is_out || effects.has_new_password || effects.is_moved {
        links::void_all(tx, key).await?;
        letters::withdraw(tx, tenant, stored.id, now).await?;
    }
    if effects.asks_reset {
        ask_reset(tx, written).await?;
    }
    Ok(())
}

/// Notes that there is another address; whoever signs in here is told at the former one.
async fn note_move(tx: &mut Transaction, written: Written<'_>) -> Result<()> {
    let Some(account) = &written.resource_type.account else {
        return Ok(());
    };
    let (former, present) = (
        mail_address(account, written.old),
        mail_address(account, written.new),
    );
    if former == present {
        return Ok(());
    }
    let (tenant, key) = (written.call.caller.tenant, written.stored.key);
    credentials::note_address_change(tx, tenant, key, written.now).await?;
    let Some(former) = former else {
        return Ok(());
    };
    if !resources::has_password(tx, key).await? {
        return Ok(());
    }
    let about = About {
        call: written.call,
        resource_type: written.resource_type,
        account,
        id: written.stored.id,
        document: written.new,
        now: written.now,
    };
    let further = [("address", present.unwrap_or_default())];
    let kind = Kind::AddressChanged;
    super::letters::write_to(tx, about, &former, kind, None, &further).await
}

/// A link to set a new password, as a client asks for it over SCIM.
async fn ask_reset(tx: &mut Transaction, written: Written<'_>) -> Result<()> {
    let Some(account) = &written.resource_type.account else {
        return Ok(());
    };
    if State::of(account, written.new) != State::Active {
        return Err(Error::invalid_value(format!(
            "{:?}: this person cannot sign in; a link would be of no use",
            account.force_password_reset.path()
        )));
    }
    let about = About {
        call: written.call,
        resource_type: written.resource_type,
        account,
        id: written.stored.id,
        document: written.new,
        now: written.now,
    };
    let kind = Kind::ResetByAdministrator;
    let sent = super::letters::write(tx, about, kind, Some(Purpose::Reset), &[]).await?;
    if sent.is_none() {
        return Err(Error::invalid_value(format!(
            "{:?}: this person has no mail address",
            account.force_password_reset.path()
        )));
    }
    Ok(())
}
