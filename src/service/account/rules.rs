//! Who may change what of an account, and the attributes that only the server sets.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{CUSTOMER, OPERATOR, State, is_active, is_address, is_true, put, text};
use crate::auth::tenant_settings::UsernameChange;
use crate::auth::{Permission, Role};
use crate::error::{Error, Result};
use crate::resource::timestamp;
use crate::schema::{Account, AttributeDef, ResourceType, Team, validate};
use crate::service::Call;
use crate::service::account::PasswordKind;
use crate::store::resources::PasswordUpdate;

/// What follows from a write; see [`super::effects::apply`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an effect of its own, and they go together in any combination"
)]
pub(crate) struct Effects {
    /// The person could sign in before and cannot now.
    pub(crate) is_out: bool,
    /// There is a new password, or none any more.
    pub(crate) has_new_password: bool,
    /// The user name or an address of mail is another one.
    pub(crate) is_moved: bool,
    /// The person is to get a link to set a new password.
    pub(crate) asks_reset: bool,
    /// The account is locked no more.
    pub(crate) is_unlocked: bool,
    /// The account is locked now.
    pub(crate) is_locked: bool,
    /// Somebody else than the person has ended the wait for a registration to be confirmed.
    pub(crate) ends_registration: bool,
    /// The customer is assigned to another operator.
    pub(crate) is_assigned: bool,
    /// An operator, or a group of operators, has lost something: an owner must be left.
    pub(crate) may_lose_owner: bool,
}

/// A write on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writing<'a> {
    pub(crate) call: &'a Call<'a>,
    pub(crate) resource_type: &'a ResourceType,
    /// The document as it was; none: it is created.
    pub(crate) old: Option<&'a Map<String, Value>>,
    pub(crate) password: PasswordUpdate<'a>,
    /// Members were removed.
    pub(crate) members_leave: bool,
    /// The account may not be used, also if somebody was waiting for its use.
    pub(crate) is_deactivated: bool,
    /// Microseconds since 1970 UTC.
    pub(crate) now: i64,
}

impl Writing<'_> {
    /// Nobody becomes an operator who is none, and the other way round.
    fn check_same(&self, attribute: &AttributeDef, new: &Map<String, Value>) -> Result<()> {
        let (Some(old), Some(wanted)) = (self.old, text(new, attribute)) else {
            return Ok(());
        };
        if wanted == text(old, attribute).unwrap_or(CUSTOMER) {
            return Ok(());
        }
        check_reach(self.call, true)?;
        Err(Error::mutability(format!(
            "{:?} cannot be changed once the resource is there",
            attribute.path()
        )))
    }
}

/// Checks who may write this, and completes the document by what only the server sets.
///
/// # Errors
/// 403; `invalidValue`; `mutability`.
pub(crate) fn settle(writing: Writing<'_>, new: &mut Map<String, Value>) -> Result<Effects> {
    if let Some(account) = &writing.resource_type.account {
        return Person { writing, account }.settle(new);
    }
    if let Some(team) = &writing.resource_type.team {
        return Group { writing, team }.settle(new);
    }
    check_other(writing)
}

/// Whether a document is an operator's, or of a group of operators.
pub(crate) fn is_operators(resource_type: &ResourceType, document: &Map<String, Value>) -> bool {
    let account = resource_type.account.as_ref();
    let attribute = account
        .map(|account| &account.kind)
        .or_else(|| resource_type.team.as_ref().map(|team| &team.audience));
    attribute.is_some_and(|attribute| text(document, attribute) == Some(OPERATOR))
}

/// Operators and their groups are out of reach of everybody but those who manage operators.
///
/// # Errors
/// 403.
pub(crate) fn check_reach(call: &Call<'_>, is_operators: bool) -> Result<()> {
    if !is_operators || call.intent.is_own_act || call.intent.is_automatic {
        return Ok(());
    }
    match &call.caller.operator {
        Some(operator) => operator.require(Permission::ManageOperators),
        None => Err(Error::forbidden(
            "operators and groups of operators are out of reach of provisioning clients; they are managed in the console and by the command line",
        )),
    }
}

/// Resources that are neither people nor their groups.
fn check_other(writing: Writing<'_>) -> Result<Effects> {
    if let Some(operator) = &writing.call.caller.operator {
        operator.require(Permission::EditPeople)?;
    }
    Ok(Effects::default())
}

/// Takes away a value that says what its absence says.
fn drop_implied(document: &mut Map<String, Value>, attribute: &Arc<AttributeDef>, implied: &Value) {
    if validate::get(document, attribute) == Some(implied) {
        put(document, attribute, None);
    }
}

fn check_word(attribute: &AttributeDef, value: Option<&str>, words: &[&str]) -> Result<()> {
    match value {
        Some(value) if !words.contains(&value) => {
            let value: String = value.chars().take(64).collect();
            Err(Error::invalid_value(format!(
                "{:?} is {value:?}; it must be one of: {}",
                attribute.path(),
                words.join(", ")
            )))
        }
        Some(_) | None => Ok(()),
    }
}

struct Person<'a> {
    writing: Writing<'a>,
    account: &'a Account,
}

impl Person<'_> {
    fn settle(&self, new: &mut Map<String, Value>) -> Result<Effects> {
        let (call, account) = (self.writing.call, self.account);
        check_word(
            &account.kind,
            text(new, &account.kind),
            &[CUSTOMER, OPERATOR],
        )?;
        self.writing.check_same(&account.kind, new)?;
        self.restore(new);
        drop_implied(new, &account.kind, &json!(CUSTOMER));
        drop_implied(new, &account.locked, &json!(false));
        drop_implied(new, &account.agent, &json!(false));
        let asks_reset = is_true(new, &account.force_password_reset);
        put(new, &account.force_password_reset, None);
        check_reach(call, is_operators(self.writing.resource_type, new))?;
        self.check_permission(new, asks_reset)?;
        self.check_username(new)?;
        self.set_password_state(new);
        let mut effects = self.set_state(new);
        effects.is_assigned = validate::get(new, &account.assigned_to).is_some();
        effects.asks_reset = asks_reset;
        effects.has_new_password = self.writing.password != PasswordUpdate::Keep;
        effects.may_lose_owner = effects.is_out && is_operators(self.writing.resource_type, new);
        if let Some(old) = self.writing.old {
            effects.is_assigned = validate::get(old, &account.assigned_to)
                != validate::get(new, &account.assigned_to);
            effects.is_moved = [&account.username, &account.emails]
                .into_iter()
                .any(|attribute| validate::get(old, attribute) != validate::get(new, attribute));
        }
        Ok(effects)
    }

    /// Nobody but the server changes what is the server's; a create begins with what is intended.
    fn restore(&self, new: &mut Map<String, Value>) {
        let account = self.account;
        let Some(old) = self.writing.old else {
            let source = self.writing.call.intent.source;
            put(
                new,
                &account.source,
                source.map(|source| json!(source.name())),
            );
            return;
        };
        for attribute in account.of_the_server() {
            put(new, attribute, validate::get(old, attribute).cloned());
        }
    }

    fn set_password_state(&self, new: &mut Map<String, Value>) {
        let account = self.account;
        let intent = &self.writing.call.intent;
        let state = match (self.writing.password, intent.password) {
            (PasswordUpdate::Keep, _) => {
                if intent.awaits == Some(State::Invited) {
                    put(new, &account.password_state, Some(json!("invited")));
                }
                return;
            }
            (PasswordUpdate::Set(_), PasswordKind::Temporary { .. }) => Some(json!("temporary")),
            (PasswordUpdate::Clear, PasswordKind::Temporary { .. }) => Some(json!("expired")),
            (PasswordUpdate::Set(_) | PasswordUpdate::Clear, PasswordKind::Lasting) => None,
        };
        put(new, &account.password_state, state);
    }

    /// Locked and active are two things; the state says what they amount to.
    fn set_state(&self, new: &mut Map<String, Value>) -> Effects {
        let account = self.account;
        let awaits = self.writing.call.intent.awaits;
        let before = match (awaits, self.writing.old) {
            (Some(awaits), _) => awaits,
            (None, Some(old)) => State::of(account, old),
            (None, None) => State::Active,
        };
        let was_locked = self
            .writing
            .old
            .is_some_and(|old| is_true(old, &account.locked));
        let is_locked = is_true(new, &account.locked);
        let after = if is_locked {
            State::Locked
        } else if is_active(account, new) {
            State::Active
        } else if !self.writing.is_deactivated
            && matches!(before, State::Invited | State::PendingVerification)
        {
            before
        } else {
            State::Deactivated
        };
        if is_locked && !was_locked {
            let since = json!(timestamp(self.writing.now));
            put(new, &account.locked_at, Some(since));
        }
        if !is_locked {
            put(new, &account.locked_at, None);
            put(new, &account.lock_reason, None);
        }
        if after == State::Locked || after == State::Deactivated {
            // What was on its way to the person is void.
            let is_invited = text(new, &account.password_state) == Some("invited");
            put_if(new, &account.password_state, is_invited);
        }
        let shown = (after != State::Active).then(|| json!(after.name()));
        put(new, &account.state, shown);
        let intent = &self.writing.call.intent;
        Effects {
            ends_registration: before == State::PendingVerification
                && after != before
                && !intent.is_own_act
                && !intent.is_automatic,
            is_out: before != after && matches!(after, State::Locked | State::Deactivated),
            is_locked: is_locked && !was_locked,
            is_unlocked: was_locked && !is_locked,
            ..Effects::default()
        }
    }

    /// Who signs in with a name relies on it.
    fn check_username(&self, new: &Map<String, Value>) -> Result<()> {
        let (call, account) = (self.writing.call, self.account);
        let name = text(new, &account.username).unwrap_or_default();
        let before = self
            .writing
            .old
            .and_then(|old| text(old, &account.username));
        if before == Some(name) || call.intent.is_automatic {
            return Ok(());
        }
        let is_client = call.caller.connection.is_some();
        if !is_client && call.accounts.usernames_are_addresses && !is_address(name) {
            return Err(Error::invalid_value(format!(
                "{:?} must be a mail address here (username.format is email)",
                account.username.path()
            )));
        }
        let may_change = match call.accounts.username_change {
            UsernameChange::Never => false,
            UsernameChange::Connection => is_client,
            UsernameChange::Any => true,
        };
        if before.is_none() || may_change {
            return Ok(());
        }
        Err(Error::mutability(format!(
            "{:?} cannot be changed once it is given (username.change is {})",
            account.username.path(),
            match call.accounts.username_change {
                UsernameChange::Never => "never",
                UsernameChange::Connection => "connection",
                UsernameChange::Any => "any",
            }
        )))
    }

    /// Operators change what their roles allow; clients and people leave to operators what is theirs.
    fn check_permission(&self, new: &Map<String, Value>, asks_reset: bool) -> Result<()> {
        let (call, account) = (self.writing.call, self.account);
        if call.intent.is_own_act || call.intent.is_automatic {
            return Ok(());
        }
        let Some(operator) = &call.caller.operator else {
            let of_operators = [&account.agent, &account.assigned_to];
            let refused = of_operators
                .into_iter()
                .find(|attribute| self.is_changed(new, attribute));
            return match refused {
                Some(attribute) => Err(Error::forbidden(format!(
                    "only operators can change {:?}",
                    attribute.path()
                ))),
                None => Ok(()),
            };
        };
        if self.writing.old.is_none() {
            return operator.require(Permission::EditPeople);
        }
        if asks_reset || self.writing.password != PasswordUpdate::Keep {
            operator.require(Permission::ResetPasswords)?;
        }
        let changed = self.changed(new);
        let of_locking = [account.locked.path(), account.lock_reason.path()];
        if changed.iter().any(|path| of_locking.contains(path)) {
            operator.require(Permission::LockPeople)?;
        }
        if changed.iter().any(|path| !of_locking.contains(path)) {
            operator.require(Permission::EditPeople)?;
        }
        Ok(())
    }

    fn is_changed(&self, new: &Map<String, Value>, attribute: &AttributeDef) -> bool {
        let old = self.writing.old;
        old.and_then(|old| validate::get(old, attribute)) != validate::get(new, attribute)
    }

    /// The paths of the top-level attributes whose values differ.
    fn changed(&self, new: &Map<String, Value>) -> BTreeSet<String> {
        let nothing = Map::new();
        let (old, resource_type) = (
            self.writing.old.unwrap_or(&nothing),
            self.writing.resource_type,
        );
        validate::values(resource_type, old)
            .zip(validate::values(resource_type, new))
            .filter(|((_, old), (_, new))| old != new)
            .map(|((attribute, _), _)| attribute.path())
            .collect()
    }
}

/// Takes a value away under a condition.
fn put_if(document: &mut Map<String, Value>, attribute: &Arc<AttributeDef>, is_taken: bool) {
    if is_taken {
        put(document, attribute, None);
    }
}

struct Group<'a> {
    writing: Writing<'a>,
    team: &'a Team,
}

impl Group<'_> {
    fn settle(&self, new: &mut Map<String, Value>) -> Result<Effects> {
        let (call, team) = (self.writing.call, self.team);
        check_word(
            &team.audience,
            text(new, &team.audience),
            &[CUSTOMER, OPERATOR],
        )?;
        self.writing.check_same(&team.audience, new)?;
        drop_implied(new, &team.audience, &json!(CUSTOMER));
        if let Some(old) = self.writing.old {
            // Also where the whole extension was taken away.
            put(
                new,
                &team.audience,
                validate::get(old, &team.audience).cloned(),
            );
        }
        let is_operators = is_operators(self.writing.resource_type, new);
        check_reach(call, is_operators)?;
        if let (Some(operator), false) = (&call.caller.operator, is_operators) {
            operator.require(Permission::EditPeople)?;
        }
        let roles = Role::ALL.map(|(_, name)| name);
        let role = text(new, &team.role);
        check_word(&team.role, role, &roles)?;
        if role.is_some() && !is_operators {
            return Err(Error::invalid_value(format!(
                "only groups whose {:?} is operator have a {:?}",
                team.audience.path(),
                team.role.path()
            )));
        }
        let old_role = self.writing.old.and_then(|old| text(old, &team.role));
        Ok(Effects {
            may_lose_owner: is_operators
                && self.writing.old.is_some()
                && (self.writing.members_leave || old_role != role),
            ..Effects::default()
        })
    }
}
