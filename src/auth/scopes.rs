//! What a token allows: scopes, and the one place where they are demanded ([`super::Caller::require`]).

use crate::error::{Error, Result};
use crate::schema::Family;

/// A permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Read and search resources of the family.
    Read(Family),
    /// Create, replace and modify resources of the family.
    Write(Family),
    /// Delete resources of the family.
    Delete(Family),
    /// Send bulk requests; each operation needs its own scope besides.
    Bulk,
    /// Set or remove passwords.
    PasswordWrite,
    /// Read schemas and resource types.
    SchemasRead,
    /// Read the feed of changes.
    EventsRead,
    /// Read a person's claims, for a token that another server writes.
    ClaimsRead,
}

impl Scope {
    /// Every scope with its name.
    pub const ALL: [(Self, &'static str); 14] = [
        (Self::Read(Family::Users), "users:read"),
        (Self::Write(Family::Users), "users:write"),
        (Self::Delete(Family::Users), "users:delete"),
        (Self::Read(Family::Groups), "groups:read"),
        (Self::Write(Family::Groups), "groups:write"),
        (Self::Delete(Family::Groups), "groups:delete"),
        (Self::Read(Family::Resources), "resources:read"),
        (Self::Write(Family::Resources), "resources:write"),
        (Self::Delete(Family::Resources), "resources:delete"),
        (Self::Bulk, "bulk"),
        (Self::PasswordWrite, "password:write"),
        (Self::SchemasRead, "schemas:read"),
        (Self::EventsRead, "events:read"),
        (Self::ClaimsRead, "claims:read"),
    ];

    /// The scope's name in a token.
    #[must_use]
    pub fn name(self) -> &'static str {
        let named = Self::ALL.iter().find(|(scope, _)| *scope == self);
        named.map_or("", |(_, name)| name)
    }

    /// Whether nothing is changed by it: what the short name `read` stands for; `write` is the rest.
    #[must_use]
    pub fn is_reading(self) -> bool {
        matches!(
            self,
            Self::Read(_) | Self::SchemasRead | Self::EventsRead | Self::ClaimsRead
        )
    }

    fn bit(self) -> u32 {
        let position = Self::ALL.iter().position(|(scope, _)| *scope == self);
        position.map_or(0, |position| 1 << position)
    }
}

/// The permissions of a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    /// Every permission there is.
    #[must_use]
    pub fn all() -> Self {
        Self::of(|_| true)
    }

    /// These permissions.
    #[must_use]
    pub fn with(scopes: &[Scope]) -> Self {
        Self::of(|scope| scopes.contains(&scope))
    }

    fn of(is_included: impl Fn(Scope) -> bool) -> Self {
        let included = Scope::ALL.iter().filter(|(scope, _)| is_included(*scope));
        Self(included.fold(0, |bits, (scope, _)| bits | scope.bit()))
    }

    /// Reads scopes separated by blanks or commas. `read` and `write` stand for all that read and all that change.
    ///
    /// # Errors
    /// `invalidValue` naming the unknown one and those there are.
    pub fn parse(text: &str) -> Result<Self> {
        let mut bits = 0;
        for name in text.split([' ', ',']).filter(|name| !name.is_empty()) {
            bits |= Self::named(name).ok_or_else(|| {
                let name: String = name.chars().take(64).collect();
                Error::invalid_value(format!("{name:?} is no scope; there are: {}", names()))
            })?;
        }
        if bits == 0 {
            return Err(Error::invalid_value(format!(
                "a token needs at least one scope; there are: {}",
                names()
            )));
        }
        Ok(Self(bits))
    }

    /// As [`Scopes::parse`], passing over what is unknown: another issuer's tokens name scopes of other servers as well.
    #[must_use]
    pub fn known(text: &str) -> Self {
        let named = text.split([' ', ',']).filter_map(Self::named);
        Self(named.fold(0, |bits, named| bits | named))
    }

    fn named(name: &str) -> Option<u32> {
        match name {
            "read" => Some(Self::of(Scope::is_reading).0),
            "write" => Some(Self::of(|scope| !scope.is_reading()).0),
            name => Scope::ALL
                .iter()
                .find(|(_, known)| *known == name)
                .map(|(scope, _)| scope.bit()),
        }
    }

    /// Whether the scope is among them.
    #[must_use]
    pub fn contain(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Those that are in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

fn names() -> String {
    let names = Scope::ALL.iter().map(|(_, name)| *name);
    let names: Vec<&str> = names.chain(["read", "write"]).collect();
    names.join(", ")
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = Scope::ALL.iter().filter(|(scope, _)| self.contain(*scope));
        let names: Vec<&str> = names.map(|(_, name)| *name).collect();
        f.write_str(&names.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for (scope, name) in Scope::ALL {
            let scopes = Scopes::parse(name).unwrap();
            assert!(scopes.contain(scope));
            assert_eq!(scopes.to_string(), name);
        }
        assert_eq!(
            Scopes::parse(&Scopes::all().to_string()).unwrap(),
            Scopes::all()
        );
        assert_eq!(Scopes::parse("read,write").unwrap(), Scopes::all());
    }

    #[test]
    fn the_short_names_part_reading_from_changing() {
        let read = Scopes::parse("read").unwrap();
        assert_eq!(
            read.to_string(),
            "users:read groups:read resources:read schemas:read events:read claims:read"
        );
        assert!(read.and(Scopes::parse("write").unwrap()).is_empty());
    }

    #[test]
    fn unknown_scopes_are_named() {
        let error = Scopes::parse("users:read admin").unwrap_err().to_string();
        assert!(
            error.contains("\"admin\" is no scope; there are: users:read"),
            "{error}"
        );
        assert!(Scopes::parse(" ,").is_err());
        assert_eq!(Scopes::known("openid users:read").to_string(), "users:read");
    }
}
