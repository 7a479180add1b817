//! What operators may do: roles, and the one table that says what each allows. The console, the API and the command line ask here.

use crate::error::{Error, Result};

use super::scopes::{Scope, Scopes};
use crate::schema::Family;

/// A role of the console, carried by a group of operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything, operators included. There is always one who can sign in.
    Owner,
    /// Customers and their groups.
    Admin,
    /// Passwords and locks of customers.
    Helpdesk,
    /// To look at everything.
    Auditor,
}

/// Something that an operator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Look at people, groups, and who has been deleted.
    ReadPeople,
    /// Create, change, deactivate and delete customers, and their groups.
    EditPeople,
    /// Send links to set a new password, and set temporary passwords.
    ResetPasswords,
    /// Lock and unlock customers, and end their sessions.
    LockPeople,
    /// Read customers from a file, and write them to one.
    TransferPeople,
    /// Erase what is left of deleted people.
    Purge,
    /// Create, change and delete operators and their groups.
    ManageOperators,
    /// Say which attributes profiles have, and who sees and changes them.
    Configure,
    /// Look at connections: how they are, what they are set to, what their shields hold.
    ReadConnections,
    /// Create, change, freeze and delete connections, and decide what their shields hold.
    ManageConnections,
    /// Make, rotate and revoke the tokens and the OAuth clients of connections.
    ManageTokens,
}

impl Role {
    /// Every role with its name.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Owner, "owner"),
        (Self::Admin, "admin"),
        (Self::Helpdesk, "helpdesk"),
        (Self::Auditor, "auditor"),
    ];

    /// The role of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known)| *known == name);
        found.map(|(role, _)| *role)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(role, _)| *role == self);
        found.map_or("", |(_, name)| name)
    }

    /// What it allows: the table.
    #[must_use]
    pub fn allows(self) -> &'static [Permission] {
        match self {
            Self::Owner => &Permission::ALL,
            Self::Admin => &[
                Permission::ReadPeople,
                Permission::EditPeople,
                Permission::ResetPasswords,
                Permission::LockPeople,
                Permission::TransferPeople,
                Permission::Purge,
                Permission::Configure,
                Permission::ReadConnections,
                Permission::ManageConnections,
                Permission::ManageTokens,
            ],
            Self::Helpdesk => &[
                Permission::ReadPeople,
                Permission::ResetPasswords,
                Permission::LockPeople,
                Permission::ReadConnections,
            ],
            Self::Auditor => &[Permission::ReadPeople, Permission::ReadConnections],
        }
    }
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 11] = [
        Self::ReadPeople,
        Self::EditPeople,
        Self::ResetPasswords,
        Self::LockPeople,
        Self::TransferPeople,
        Self::Purge,
        Self::ManageOperators,
        Self::Configure,
        Self::ReadConnections,
        Self::ManageConnections,
        Self::ManageTokens,
    ];

    /// What it allows, in words that follow "may not".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::ReadPeople => "look at people",
            Self::EditPeople => "change customers and their groups",
            Self::ResetPasswords => "reset passwords",
            Self::LockPeople => "lock and unlock accounts",
            Self::TransferPeople => "import and export people",
            Self::Purge => "purge deleted people",
            Self::ManageOperators => "manage operators and their groups",
            Self::Configure => "say which attributes profiles have",
            Self::ReadConnections => "look at connections",
            Self::ManageConnections => "manage connections",
            Self::ManageTokens => "manage the tokens of connections",
        }
    }
}

/// An operator at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The roles; none for the command line, whose user owns the database.
    roles: Option<Vec<Role>>,
}

impl Operator {
    /// Whoever can use the command line on the server's machine.
    #[must_use]
    pub fn local() -> Self {
        Self { roles: None }
    }

    /// An operator with these roles.
    #[must_use]
    pub fn with(roles: Vec<Role>) -> Self {
        Self { roles: Some(roles) }
    }

    /// The roles; none for the command line.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        self.roles.as_deref().unwrap_or_default()
    }

    /// Whether one of the roles allows it.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        match &self.roles {
            None => true,
            Some(roles) => roles.iter().any(|role| role.allows().contains(&permission)),
        }
    }

    /// Demands a permission.
    ///
    /// # Errors
    /// 403 saying what is not allowed.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.may(permission) {
            return Ok(());
        }
        Err(Error::forbidden(format!(
            "your role does not allow this: you may not {}",
            permission.words()
        )))
    }

    /// What the roles amount to where scopes are asked for; each attribute is checked besides.
    #[must_use]
    pub fn scopes(&self) -> Scopes {
        let mut scopes = Vec::new();
        if self.may(Permission::ReadPeople) {
            scopes.extend([
                Scope::Read(Family::Users),
                Scope::Read(Family::Groups),
                Scope::Read(Family::Resources),
                Scope::SchemasRead,
                Scope::EventsRead,
                Scope::ClaimsRead,
            ]);
        }
        if self.may(Permission::LockPeople) || self.may(Permission::EditPeople) {
            scopes.push(Scope::Write(Family::Users));
        }
        if self.may(Permission::ResetPasswords) {
            scopes.push(Scope::PasswordWrite);
        }
        if self.may(Permission::EditPeople) {
            scopes.extend([
                Scope::Delete(Family::Users),
                Scope::Write(Family::Groups),
                Scope::Delete(Family::Groups),
                Scope::Write(Family::Resources),
                Scope::Delete(Family::Resources),
                Scope::Bulk,
            ]);
        }
        Scopes::with(&scopes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_but_owners_manages_operators() {
        for (role, name) in Role::ALL {
            let operator = Operator::with(vec![role]);
            assert_eq!(
                operator.may(Permission::ManageOperators),
                role == Role::Owner,
                "{name}"
            );
            assert_eq!(Role::named(name), Some(role));
        }
        assert!(!Operator::with(Vec::new()).may(Permission::ReadPeople));
        assert!(Operator::with(Vec::new()).scopes().is_empty());
    }

    #[test]
    fn auditors_change_nothing() {
        let scopes = Operator::with(vec![Role::Auditor]).scopes();
        assert_eq!(
            scopes.to_string(),
            "users:read groups:read resources:read schemas:read events:read claims:read"
        );
    }
}
