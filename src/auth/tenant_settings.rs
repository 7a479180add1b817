//! The settings of a tenant: what is unique in it, and the rules of its accounts.

use std::collections::BTreeMap;

use super::policy::Policy;
use super::settings::{Explained, Setting, explained, number, stored, text, words};
use crate::error::{Error, Result};

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Every setting of a tenant.
pub const TENANT_SETTINGS: &[Setting] = &[
    words(
        "group.names",
        &["unique", "any"],
        "whether two groups may have the same name",
    ),
    words(
        "external_id.uniqueness",
        &["connection", "none"],
        "whether a connection may give two resources of a type the same externalId",
    ),
    words(
        "external_id.visibility",
        &["tenant", "connection"],
        "who sees an externalId: everyone in the tenant, or only the connection that set it",
    ),
    text(
        "accounts.title",
        "what the organization is called on pages and in letters; without it, the tenant's name",
    ),
    words(
        "username.format",
        &["email", "free"],
        "what operators and people may take as a user name: a mail address, or anything; provisioning clients take what they have",
    ),
    words(
        "username.change",
        &["connection", "never", "any"],
        "who may change a user name: provisioning clients, nobody, or operators as well",
    ),
    words(
        "password.policy",
        &["seed", "asvs"],
        "the rules for passwords: at least 8 characters with an upper-case and a lower-case letter, a digit and one of ! @ # $ % * &, or at least 15 that are hard to guess (OWASP ASVS 5)",
    ),
    words(
        "password.typed",
        &["refuse", "accept"],
        "whether operators may choose a temporary password themselves; otherwise it is generated",
    ),
    number(
        "password.temporary_hours",
        "72",
        (1, 720),
        "how long a temporary password is good for, in hours",
    ),
    words(
        "password.reset",
        &["until_used", "block_now"],
        "the old password while a link to set a new one is on its way: good until the link is used, or refused at once",
    ),
    number(
        "lockout.failures",
        "5",
        (1, 100),
        "after how many wrong passwords in a row an account is locked",
    ),
    number(
        "lockout.minutes",
        "15",
        (1, 1_440),
        "how long it is locked then, in minutes; each further time in a row twice as long, up to a day",
    ),
    words(
        "operators.second_factor",
        &["optional", "required"],
        "whether operators must have a second factor; until they have set one up, they can do nothing else",
    ),
    number(
        "invitation.hours",
        "24",
        (1, 720),
        "how long an invitation is good for, in hours",
    ),
    number(
        "reset.minutes",
        "60",
        (5, 1_440),
        "how long a link to set a new password is good for, in minutes",
    ),
    number(
        "session.idle_minutes",
        "30",
        (1, 1_440),
        "after how many minutes without use a session ends",
    ),
    number(
        "session.hours",
        "12",
        (1, 720),
        "after how many hours a session ends in any case",
    ),
    words(
        "registration.mode",
        &["off", "on"],
        "whether people may register themselves",
    ),
    words(
        "registration.approval",
        &["none", "required"],
        "whether an operator must approve who has registered",
    ),
    text(
        "registration.return_to",
        "where people may be sent back to after they registered: the beginnings of addresses, separated by blanks",
    ),
    words(
        "account.deactivate",
        &["accept", "refuse"],
        "whether people may deactivate their own account; never one that a provisioning client looks after",
    ),
    words(
        "account.delete",
        &["accept", "refuse"],
        "whether people may delete their own account; never one that a provisioning client looks after",
    ),
    words(
        "delete.confirmation",
        &["type", "checkbox"],
        "how deleting a person is confirmed: by typing the user name, or by a checkbox",
    ),
    number(
        "deleted.days",
        "30",
        (1, 3_650),
        "how long operators see who has been deleted, in days",
    ),
    text(
        "claims.audiences",
        "applications that people who have signed in may show a signed token to: the audiences that may stand in it, separated by blanks",
    ),
    number(
        "claims.groups",
        "200",
        (1, 10_000),
        "how many groups stand in a person's claims; where there are more, an address to read them stands there instead",
    ),
];

/// A tenant's settings in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantSettings {
    /// Two groups cannot have the same name.
    pub unique_group_names: bool,
    /// A connection cannot give two resources of a type the same `externalId`.
    pub unique_external_ids: bool,
    /// Only the connection that set an `externalId` sees it.
    pub private_external_ids: bool,
    /// The rules of its accounts.
    pub accounts: AccountSettings,
}

/// The rules of a tenant's accounts. Times are in microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own, and they go together in any combination"
)]
pub struct AccountSettings {
    /// What the organization is called; empty: as the tenant.
    pub title: String,
    /// User names that operators and people choose must be mail addresses.
    pub usernames_are_addresses: bool,
    /// Who may change a user name.
    pub username_change: UsernameChange,
    /// The rules for passwords.
    pub policy: Policy,
    /// Operators may choose temporary passwords.
    pub may_type_passwords: bool,
    /// How long a temporary password is good for.
    pub temporary_time: i64,
    /// A password is refused while a link to set a new one is on its way.
    pub reset_blocks: bool,
    /// After how many wrong passwords an account is locked.
    pub lockout_failures: i64,
    /// For how long, the first time.
    pub lockout_time: i64,
    /// Operators must have a second factor.
    pub needs_second_factor: bool,
    /// How long an invitation is good for.
    pub invitation_time: i64,
    /// How long a link to set a new password is good for.
    pub reset_time: i64,
    /// How long a session lasts without use.
    pub session_idle: i64,
    /// How long a session lasts.
    pub session_time: i64,
    /// People may register themselves.
    pub has_registration: bool,
    /// An operator must approve who has registered.
    pub needs_approval: bool,
    /// Where people may be sent back to.
    pub return_to: Vec<String>,
    /// People may deactivate their own account.
    pub may_deactivate: bool,
    /// People may delete their own account.
    pub may_delete: bool,
    /// Deleting is confirmed by typing the user name.
    pub types_to_delete: bool,
    /// How long operators see who has been deleted.
    pub deleted_time: i64,
    /// How many groups stand in claims.
    pub claimed_groups: usize,
    /// The audiences of signed claims.
    pub audiences: Vec<String>,
}

/// Who may change a user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsernameChange {
    /// Nobody.
    Never,
    /// Provisioning clients.
    Connection,
    /// Operators as well.
    Any,
}

/// Every setting of a tenant, with its value and where that comes from.
///
/// # Errors
/// When stored settings are malformed.
pub fn explain_tenant(own: &str) -> Result<Vec<Explained>> {
    Ok(explained(TENANT_SETTINGS, &BTreeMap::new(), &stored(own)?))
}

impl TenantSettings {
    /// The settings in force for a tenant.
    ///
    /// # Errors
    /// When stored settings are malformed.
    pub fn of(own: &str) -> Result<Self> {
        let values = explain_tenant(own)?;
        let value = |name: &str| {
            let found = values.iter().find(|(setting, ..)| setting.name == name);
            found.map_or("", |(_, value, _)| value.as_str())
        };
        let is = |name: &str, wanted: &str| value(name) == wanted;
        let number = |name: &str| value(name).parse::<i64>().unwrap_or(1);
        let policy = Policy::named(value("password.policy"))
            .ok_or_else(|| Error::internal("there is no such password policy"))?;
        let accounts = AccountSettings {
            title: value("accounts.title").to_owned(),
            usernames_are_addresses: is("username.format", "email"),
            username_change: match value("username.change") {
                "never" => UsernameChange::Never,
                "any" => UsernameChange::Any,
                _ => UsernameChange::Connection,
            },
            policy,
            may_type_passwords: is("password.typed", "accept"),
            temporary_time: number("password.temporary_hours") * HOUR,
            reset_blocks: is("password.reset", "block_now"),
            lockout_failures: number("lockout.failures"),
            lockout_time: number("lockout.minutes") * MINUTE,
            needs_second_factor: is("operators.second_factor", "required"),
            invitation_time: number("invitation.hours") * HOUR,
            reset_time: number("reset.minutes") * MINUTE,
            session_idle: number("session.idle_minutes") * MINUTE,
            session_time: number("session.hours") * HOUR,
            has_registration: is("registration.mode", "on"),
            needs_approval: is("registration.approval", "required"),
            return_to: value("registration.return_to")
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            may_deactivate: is("account.deactivate", "accept"),
            may_delete: is("account.delete", "accept"),
            types_to_delete: is("delete.confirmation", "type"),
            deleted_time: number("deleted.days") * DAY,
            audiences: value("claims.audiences")
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            claimed_groups: usize::try_from(number("claims.groups")).unwrap_or(1),
        };
        Ok(Self {
            unique_group_names: is("group.names", "unique"),
            unique_external_ids: is("external_id.uniqueness", "connection"),
            private_external_ids: is("external_id.visibility", "connection"),
            accounts,
        })
    }
}

impl AccountSettings {
    /// An address that people may be sent back to, if it is one.
    #[must_use]
    pub fn returning(&self, asked: &str) -> Option<String> {
        let is_plain = asked.bytes().all(|byte| byte.is_ascii_graphic());
        let is_below = |beginning: &String| {
            let rest = asked.strip_prefix(beginning.as_str());
            rest.is_some_and(|rest| {
                beginning.ends_with('/') || rest.is_empty() || rest.starts_with(['/', '?', '#'])
            })
        };
        let is_allowed = is_plain && self.return_to.iter().any(is_below);
        is_allowed.then(|| asked.to_owned())
    }

    /// How long an account is locked that was locked so often in a row before.
    #[must_use]
    pub fn lockout(&self, before: i64) -> i64 {
        let doublings = u32::try_from(before.clamp(0, 20)).unwrap_or(20);
        (self.lockout_time << doublings).min(DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lockouts_grow_up_to_a_day() {
        let settings = TenantSettings::of("{}").unwrap().accounts;
        assert_eq!(settings.lockout(0), 15 * MINUTE);
        assert_eq!(settings.lockout(1), 30 * MINUTE);
        assert_eq!(settings.lockout(1_000), DAY);
    }

    #[test]
    fn people_are_sent_back_to_known_places_only() {
        let own = r#"{"registration.return_to":"https://a.example https://b.example/x/"}"#;
        let settings = TenantSettings::of(own).unwrap().accounts;
        for good in [
            "https://a.example",
            "https://a.example/y?z=1",
            "https://b.example/x/y",
        ] {
            assert_eq!(settings.returning(good).as_deref(), Some(good));
        }
        for bad in [
            "",
            "https://a.example.evil/",
            "https://a.example@evil/",
            "https://b.example/y",
            "https://a.example/\r\nX: y",
            "//a.example",
        ] {
            assert_eq!(settings.returning(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_set_is_in_force() {
        let own = r#"{"password.policy":"asvs","registration.return_to":"https://a.example/ https://b.example/x","deleted.days":"7"}"#;
        let settings = TenantSettings::of(own).unwrap().accounts;
        assert_eq!(settings.policy, Policy::Asvs);
        assert_eq!(
            settings.return_to,
            ["https://a.example/", "https://b.example/x"]
        );
        assert_eq!(settings.deleted_time, 7 * DAY);
    }
}
