//! Which attributes say what a person's account may be used for, and who may be in a group: data of `behaviour.json`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::attribute::AttributeDef;

/// Writes a struct of attribute definitions whose fields stand under the same names, in camel case, in `behaviour.json`.
macro_rules! attributes {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident = $key:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: Arc<AttributeDef>,)*
        }

        impl $name {
            /// All of them, or nothing where the resource type lacks one.
            pub(super) fn find(
                paths: &BTreeMap<String, String>,
                by_path: impl Fn(&str) -> Option<Arc<AttributeDef>>,
            ) -> Option<Self> {
                Some(Self { $($field: by_path(paths.get($key)?)?,)* })
            }
        }
    };
}

attributes! {
    /// A person's account.
    Account {
        /// Customer or operator.
        kind = "kind",
        /// Whether the person can sign in, and why not.
        state = "state",
        /// Whether signing in is refused for reasons of security.
        locked = "locked",
        /// Why.
        lock_reason = "lockReason",
        /// Since when.
        locked_at = "lockedAt",
        /// What kind of password there is.
        password_state = "passwordState",
        /// Asks for a link to set a new password.
        force_password_reset = "forcePasswordReset",
        /// Whether an operator may see what a customer sees.
        agent = "agent",
        /// The operator who looks after a customer.
        assigned_to = "assignedTo",
        /// The customers of an operator.
        assigned_customers = "assignedCustomers",
        /// Who created the account.
        source = "source",
        /// Whether the account may be used.
        active = "usable",
        /// The name to sign in with.
        username = "username",
        /// Addresses of mail.
        emails = "mail",
        /// First name.
        given_name = "given",
        /// Last name.
        family_name = "family",
        /// Which language the person prefers.
        language = "language",
        /// In which time zone the person lives.
        zone = "zone",
    }
}

attributes! {
    /// A group of accounts.
    Team {
        /// Whether customers or operators may be in it.
        audience = "audience",
        /// What its operators may do.
        role = "role",
    }
}

impl Account {
    /// The attributes that only the server sets, and those that cannot change: what is stored of them stays.
    pub fn of_the_server(&self) -> impl Iterator<Item = &Arc<AttributeDef>> {
        [
            &self.kind,
            &self.state,
            &self.locked_at,
            &self.password_state,
            &self.source,
        ]
        .into_iter()
    }
}
