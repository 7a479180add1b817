//! Users: the list, several at once, and those who have been deleted.

use askama::Template;

use super::{FieldError, Moment, Shell};
use crate::auth::Permission;
use crate::service::account::State;

/// The message that names a state.
#[must_use]
pub fn state_id(state: State) -> &'static str {
    match state {
        State::Active => "people-state-active",
        State::Invited => "people-state-invited",
        State::PendingVerification => "people-state-pending",
        State::Locked => "people-state-locked",
        State::Deactivated => "people-state-deactivated",
    }
}

/// How a state looks: tone and sign.
#[must_use]
pub fn state_look(state: State) -> (&'static str, &'static str) {
    match state {
        State::Active => ("good", "good"),
        State::Invited => ("", "mail"),
        State::PendingVerification => ("", "clock"),
        State::Locked => ("warn", "lock"),
        State::Deactivated => ("", "off"),
    }
}

/// A part of a list to choose.
#[derive(Debug, Clone)]
pub struct Chip {
    /// Where it is.
    pub address: String,
    /// What it is called.
    pub label: String,
    /// How many there are, in words; empty: not said.
    pub number: String,
    /// Whether it is shown.
    pub is_here: bool,
}

/// A filter around the place where it cannot be read any further.
#[derive(Debug, Clone)]
pub struct Marked {
    /// What could be read.
    pub before: String,
    /// What could not.
    pub here: String,
    /// What follows.
    pub after: String,
}

/// What is wrong with a filter.
#[derive(Debug, Clone)]
pub struct FilterError {
    /// The column, one-based; 0: none.
    pub column: usize,
    /// Why.
    pub message: String,
    /// Where.
    pub marked: Option<Marked>,
}

/// A person in the list.
#[derive(Debug, Clone)]
pub struct UserRow {
    /// The id.
    pub id: String,
    /// The name for people, or the user name.
    pub name: String,
    /// The name to sign in with.
    pub username: String,
    /// Whether they can sign in, and why not.
    pub state: State,
    /// Why they are locked; empty: nobody has said.
    pub lock_reason: String,
    /// The id and name of the first group.
    pub group: Option<(String, String)>,
    /// How many groups more there are.
    pub more_groups: i64,
    /// The connection that has created the account.
    pub connection: Option<String>,
    /// When it changed last.
    pub changed: Moment,
}

/// Somebody who has been deleted.
#[derive(Debug, Clone)]
pub struct DeletedRow {
    /// The id.
    pub id: String,
    /// The name for people, or the user name.
    pub name: String,
    /// The name to sign in with.
    pub username: String,
    /// Who deleted them.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// The list.
#[derive(Debug, Template)]
#[template(path = "console/people.html")]
pub struct Users {
    /// What all pages have in common.
    pub page: Shell,
    /// What was typed.
    pub search: String,
    /// The SCIM filter.
    pub filter: String,
    /// Which chip is shown, as it stands in the address.
    pub chip: String,
    /// The chips.
    pub chips: Vec<Chip>,
    /// The people.
    pub rows: Vec<UserRow>,
    /// Those who have been deleted.
    pub deleted: Vec<DeletedRow>,
    /// How many there are, in words.
    pub words: String,
    /// The address of the page before this one; empty: none.
    pub previous: String,
    /// The address of the page after this one; empty: none.
    pub next: String,
    /// Not everything was looked at.
    pub is_cut: bool,
    /// What is wrong with the filter.
    pub filter_error: Option<FilterError>,
    /// There is nobody at all, and nobody has been deleted.
    pub is_nobody: bool,
}

impl Users {
    fn title(&self) -> String {
        self.page.text("console-users")
    }

    fn is_deleted(&self) -> bool {
        self.chip == "deleted"
    }

    fn is_narrowed(&self) -> bool {
        !self.search.is_empty() || !self.filter.is_empty()
    }

    fn may_edit(&self) -> bool {
        self.page.may(Permission::EditPeople)
    }

    fn may_lock(&self) -> bool {
        self.page.may(Permission::LockPeople)
    }

    fn may_reset(&self) -> bool {
        self.page.may(Permission::ResetPasswords)
    }

    fn may_transfer(&self) -> bool {
        self.page.may(Permission::TransferPeople)
    }

    fn may_purge(&self) -> bool {
        self.page.may(Permission::Purge)
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "a template hands over references"
    )]
    fn words_of(&self, state: &State) -> String {
        self.page.text(state_id(*state))
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        clippy::unused_self,
        reason = "a template calls methods of what it has, with references"
    )]
    fn look_of(&self, state: &State) -> (&'static str, &'static str) {
        state_look(*state)
    }

    /// How many are chosen, for the script to fill in.
    fn chosen(&self) -> String {
        self.page.with("people-chosen", "count", "{count}")
    }
}

/// Several people, and what would happen to them.
#[derive(Debug, Clone)]
pub struct ProspectRow {
    /// The id.
    pub id: String,
    /// The id and the version that was looked at.
    pub seen: String,
    /// The name for people, or the user name; empty for somebody who is gone.
    pub name: String,
    /// The name to sign in with.
    pub username: String,
    /// The state now.
    pub state: State,
    /// What happens, or has happened, in words.
    pub outlook: String,
    /// Tone and sign of it: empty where it is as it should be.
    pub look: (&'static str, &'static str),
}

/// How a change of several people is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// By the button alone.
    None,
    /// By a box to tick.
    Tick,
    /// By typing the number of people.
    Type,
}

/// A group to choose.
#[derive(Debug, Clone)]
pub struct GroupChoice {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// How many members it has, in words.
    pub members: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// What is about to be done to several people.
#[derive(Debug, Template)]
#[template(path = "console/people_several.html")]
pub struct Several {
    /// What all pages have in common.
    pub page: Shell,
    /// The last part of the address: what is done.
    pub deed: &'static str,
    /// What is said above it.
    pub title: String,
    /// The people.
    pub rows: Vec<ProspectRow>,
    /// How many of them something happens to.
    pub meant: i64,
    /// How it is confirmed.
    pub confirmation: Confirmation,
    /// What was typed or ticked to confirm it.
    pub confirmed: String,
    /// Why accounts are locked.
    pub reason: String,
    /// How many come from a connection, in words that warn; empty: there is nothing to warn of.
    pub warning: String,
    /// The id of the group that they join.
    pub group: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl Several {
    fn title(&self) -> String {
        self.title.clone()
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "a template hands over references"
    )]
    fn words_of(&self, state: &State) -> String {
        self.page.text(state_id(*state))
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        clippy::unused_self,
        reason = "a template calls methods of what it has, with references"
    )]
    fn look_of(&self, state: &State) -> (&'static str, &'static str) {
        state_look(*state)
    }

    /// What the button says.
    fn button(&self) -> String {
        self.page
            .counted(&format!("people-do-{}", self.deed), &self.meant)
    }

    fn is_danger(&self) -> bool {
        matches!(self.deed, "delete" | "deactivate" | "lock")
    }

    fn is_typed(&self) -> bool {
        self.confirmation == Confirmation::Type
    }

    fn is_ticked(&self) -> bool {
        self.confirmation == Confirmation::Tick
    }
}

/// The group that several people join is chosen.
#[derive(Debug, Template)]
#[template(path = "console/people_join.html")]
pub struct Join {
    /// What all pages have in common.
    pub page: Shell,
    /// The ids of the people.
    pub ids: Vec<String>,
    /// The beginning of a group's name.
    pub seek: String,
    /// The groups that were found.
    pub found: Vec<GroupChoice>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl Join {
    fn title(&self) -> String {
        let count = i64::try_from(self.ids.len()).unwrap_or(i64::MAX);
        self.page.counted("people-title-group", &count)
    }
}

/// What has been done to several people.
#[derive(Debug, Template)]
#[template(path = "console/people_done.html")]
pub struct Done {
    /// What all pages have in common.
    pub page: Shell,
    /// What is said above it.
    pub title: String,
    /// The people.
    pub rows: Vec<ProspectRow>,
    /// How many of them it did not work for.
    pub failed: i64,
    /// Whether there still are pages of these people.
    pub are_there: bool,
}

impl Done {
    fn title(&self) -> String {
        self.title.clone()
    }
}
