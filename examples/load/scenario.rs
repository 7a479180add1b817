//! The scenarios.

use clap::ValueEnum;

use crate::journey::Provider;

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// GET one user by id
    GetById,
    /// Find one user by userName
    UsernameEq,
    /// Find one user by e-mail address
    EmailsEq,
    /// The first 100 users that are active, changed since 2020 and have a certain title or the start of a family name
    FilterComplex,
    /// The first 100 users
    PageFirst,
    /// 100 users far behind the first
    PageDeep,
    /// The first 100 users with a cursor (RFC 9865)
    CursorFirst,
    /// 100 users far behind the first, by the cursor that leads there
    CursorDeep,
    /// POST a new user
    Create,
    /// PUT a whole user with one attribute changed
    Put,
    /// PATCH one attribute of a user
    PatchAttribute,
    /// PATCH `active` in Entra's form, which sends it as text
    PatchActive,
    /// PATCH another member into a large group
    AddMember,
    /// PATCH another member into groups of 10
    #[value(name = "add-member-10")]
    AddMember10,
    /// PATCH another member into groups of 1,000
    #[value(name = "add-member-1000")]
    AddMember1000,
    /// PATCH another member into a group of 100,000
    #[value(name = "add-member-100000")]
    AddMember100000,
    /// PATCH another member into a group of 1,000,000
    #[value(name = "add-member-1000000")]
    AddMember1000000,
    /// PATCH a member out of a group of all users, at most 100,000
    RemoveMember,
    /// GET the same group without its members
    GroupWithoutMembers,
    /// 30 % get-by-id, 30 % username-eq, 20 % patch-attribute, 10 % add-member,
    /// 5 % page-first, 5 % create
    #[value(alias = "mixed")]
    SyncMixed,
    /// For each new user: look for the userName, POST, PATCH into a group
    FirstSyncEntra,
    /// For each new user: look for the userName, POST, PUT; a group with each hundred
    FirstSyncOkta,
    /// POST 100 users in one bulk request
    #[value(name = "bulk-100")]
    Bulk100,
    /// POST 1,000 users in one bulk request
    #[value(name = "bulk-1000")]
    Bulk1000,
}

impl Scenario {
    /// Its name on the command line.
    pub(crate) fn name(self) -> String {
        let value = self.to_possible_value();
        value
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }

    /// All but add-member, which is there for groups that exist.
    pub(crate) fn all() -> Vec<Self> {
        let all = Self::value_variants().iter().copied();
        all.filter(|scenario| *scenario != Self::AddMember)
            .collect()
    }

    /// The size of the groups that somebody is added to.
    pub(crate) fn group_size(self) -> Option<u32> {
        match self {
            Self::AddMember10 => Some(10),
            Self::AddMember1000 => Some(1_000),
            Self::AddMember100000 => Some(100_000),
            Self::AddMember1000000 => Some(1_000_000),
            _ => None,
        }
    }

    /// Operations in one bulk request.
    pub(crate) fn operations(self) -> Option<u32> {
        match self {
            Self::Bulk100 => Some(100),
            Self::Bulk1000 => Some(1_000),
            _ => None,
        }
    }

    /// How many of the connections are used. A bulk request is long: few at once are what happens.
    pub(crate) fn connections(self, asked: u16) -> u16 {
        if self.operations().is_some() {
            asked.min(2)
        } else {
            asked
        }
    }

    /// Whose first synchronisation it is.
    pub(crate) fn provider(self) -> Option<Provider> {
        match self {
            Self::FirstSyncEntra => Some(Provider::Entra),
            Self::FirstSyncOkta => Some(Provider::Okta),
            _ => None,
        }
    }
}
