//! Groups: the list, a new one, members and how they change, name and role, deletion, history.

use askama::Template;

use super::person::Change;
use super::{FieldError, Moment, Shell};
use crate::auth::Role;
use crate::service::account::State;

/// A state as it is shown: colour, sign and word.
#[derive(Debug, Clone)]
pub struct StateShown {
    /// good, warn, bad or nothing.
    pub tone: &'static str,
    /// The sign.
    pub sign: &'static str,
    /// The word.
    pub words: String,
}

impl StateShown {
    /// The state of an account.
    #[must_use]
    pub fn of(page: &Shell, state: State) -> Self {
        let (tone, sign, id) = match state {
            State::Active => ("good", "good", "groups-state-active"),
            State::Invited => ("", "mail", "groups-state-invited"),
            State::PendingVerification => ("", "clock", "groups-state-pending"),
            State::Locked => ("warn", "lock", "groups-state-locked"),
            State::Deactivated => ("", "off", "groups-state-deactivated"),
        };
        Self {
            tone,
            sign,
            words: page.text(id),
        }
    }

    /// What stands there for a group, which has no state.
    #[must_use]
    pub fn of_group(page: &Shell) -> Self {
        Self {
            tone: "",
            sign: "group",
            words: page.text("groups-kind-group"),
        }
    }
}

/// The names of all roles, and whether each is chosen.
pub(super) fn role_options(chosen: &str) -> Vec<(&'static str, bool)> {
    let all = Role::ALL.iter();
    all.map(|(_, name)| (*name, *name == chosen)).collect()
}

/// Where a page of a list is, and its neighbours.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// How many there are.
    pub words: String,
    /// The address of the page before; empty without one.
    pub previous: String,
    /// The address of the page after; empty without one.
    pub next: String,
    /// The search stopped before it had seen everything.
    pub is_cut: bool,
}

/// A group in a list.
#[derive(Debug, Clone)]
pub struct GroupLine {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// How many members it has.
    pub members: String,
    /// Who may be in it.
    pub audience: String,
    /// The role that it carries.
    pub role: Option<&'static str>,
    /// The connection that created it.
    pub connection: Option<String>,
    /// When it was changed.
    pub changed: Moment,
    /// Whether the operator may change it.
    pub may_edit: bool,
}

/// All groups.
#[derive(Debug, Template)]
#[template(path = "console/groups.html")]
pub struct Groups {
    /// What all pages have in common.
    pub page: Shell,
    /// What was typed.
    pub q: String,
    /// The filter.
    pub filter: String,
    /// Why the filter cannot be read.
    pub filter_error: Option<String>,
    /// `customer`, `operator` or nothing.
    pub audience: &'static str,
    /// The groups.
    pub rows: Vec<GroupLine>,
    /// The place in the list.
    pub pager: Pager,
    /// Nothing was searched for, and there is no group but those of operators.
    pub is_bare: bool,
    /// Whether the operator may create groups.
    pub may_edit: bool,
}

impl Groups {
    fn title(&self) -> String {
        self.page.text("console-groups")
    }
}

/// A member, or somebody who may become one.
#[derive(Debug, Clone)]
pub struct MemberLine {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The user name, where it is another text than the name.
    pub username: Option<String>,
    /// The address of the page about it, below `/console`.
    pub address: String,
    /// The state.
    pub state: StateShown,
}

/// What is shown of a group on each of its pages.
#[derive(Debug, Clone)]
pub struct GroupHead {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Who may be in it.
    pub audience: String,
    /// The role that it carries.
    pub role: Option<&'static str>,
    /// The connection that created it.
    pub connection: Option<String>,
    /// Whether the operator may change it.
    pub may_edit: bool,
}

/// A new group.
#[derive(Debug, Template)]
#[template(path = "console/group-new.html")]
pub struct GroupNew {
    /// What all pages have in common.
    pub page: Shell,
    /// The name.
    pub name: String,
    /// Whether it is a group of operators.
    pub is_operators: bool,
    /// The name of the role that it carries.
    pub role: String,
    /// Whether the operator may create groups of operators.
    pub may_manage: bool,
    /// What was typed to find members.
    pub q: String,
    /// Those who have been chosen.
    pub chosen: Vec<MemberLine>,
    /// Those who were found.
    pub found: Vec<MemberLine>,
    /// How many there are like them; empty: nothing has been searched for.
    pub found_words: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// The group that has this name.
    pub twin: Option<String>,
}

impl GroupNew {
    fn roles(&self) -> Vec<(&'static str, bool)> {
        role_options(&self.role)
    }

    fn title(&self) -> String {
        self.page.text("groups-new")
    }
}

/// The members of a group.
#[derive(Debug, Template)]
#[template(path = "console/group-members.html")]
pub struct GroupMembers {
    /// What all pages have in common.
    pub page: Shell,
    /// The group.
    pub group: GroupHead,
    /// What was typed.
    pub q: String,
    /// The members.
    pub rows: Vec<MemberLine>,
    /// The place in the list.
    pub pager: Pager,
}

impl GroupMembers {
    fn title(&self) -> String {
        self.group.name.clone()
    }
}

/// People to add to a group.
#[derive(Debug, Template)]
#[template(path = "console/group-add.html")]
pub struct GroupAdd {
    /// What all pages have in common.
    pub page: Shell,
    /// The group.
    pub group: GroupHead,
    /// What was typed.
    pub q: String,
    /// The ids of those who have been chosen before.
    pub added: Vec<String>,
    /// The ids of the members who are to be removed.
    pub removed: Vec<String>,
    /// What has been chosen, in words; empty for nothing.
    pub chosen_words: String,
    /// Those who can be added.
    pub rows: Vec<MemberLine>,
    /// How many there are; `previous` and `next` are places, not addresses.
    pub pager: Pager,
}

impl GroupAdd {
    fn title(&self) -> String {
        self.page.with("groups-add-title", "name", &self.group.name)
    }
}

/// What is about to change in a group.
#[derive(Debug, Template)]
#[template(path = "console/group-review.html")]
pub struct GroupReview {
    /// What all pages have in common.
    pub page: Shell,
    /// The group.
    pub group: GroupHead,
    /// Those who are added.
    pub added: Vec<MemberLine>,
    /// Those who are removed.
    pub removed: Vec<MemberLine>,
    /// What is about to be done.
    pub words: String,
    /// The words of the button.
    pub button: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl GroupReview {
    fn title(&self) -> String {
        let name = &self.group.name;
        self.page.with("groups-review-title", "name", name)
    }
}

/// The name of a group and its role.
#[derive(Debug, Template)]
#[template(path = "console/group-edit.html")]
pub struct GroupEdit {
    /// What all pages have in common.
    pub page: Shell,
    /// The group.
    pub group: GroupHead,
    /// The version that the form was made from.
    pub version: i64,
    /// The name then.
    pub was_name: String,
    /// The role then.
    pub was_role: String,
    /// The name that was typed.
    pub name: String,
    /// The role that was chosen.
    pub role: String,
    /// Whether the group has a role that can be chosen.
    pub has_role: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// The group that has this name.
    pub twin: Option<String>,
}

impl GroupEdit {
    fn roles(&self) -> Vec<(&'static str, bool)> {
        role_options(&self.role)
    }

    fn title(&self) -> String {
        let name = &self.group.name;
        self.page.with("groups-edit-title", "name", name)
    }
}

/// An attribute that two have changed.
#[derive(Debug, Clone)]
pub struct Clash {
    /// What it is called.
    pub label: String,
    /// When the form was opened.
    pub was: String,
    /// What somebody else has saved.
    pub theirs: String,
    /// What was typed.
    pub mine: String,
}

/// Somebody else has changed the group.
#[derive(Debug, Template)]
#[template(path = "console/group-conflict.html")]
pub struct GroupConflict {
    /// What all pages have in common.
    pub page: Shell,
    /// The group as it is now.
    pub group: GroupHead,
    /// What differs.
    pub clashes: Vec<Clash>,
    /// When it was changed.
    pub changed: Moment,
    /// The version now.
    pub version: i64,
    /// The role now.
    pub was_role: String,
    /// The name that was typed.
    pub name: String,
    /// The role that was chosen.
    pub role: String,
}

impl GroupConflict {
    fn title(&self) -> String {
        self.page.text("groups-conflict-title")
    }
}

/// Whether a group is to be deleted.
#[derive(Debug, Template)]
#[template(path = "console/group-delete.html")]
pub struct GroupDelete {
    /// What all pages have in common.
    pub page: Shell,
    /// The group.
    pub group: GroupHead,
    /// How many members lose it.
    pub members: i64,
    /// What was typed to confirm.
    pub typed: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl GroupDelete {
    fn title(&self) -> String {
        let name = &self.group.name;
        self.page.with("groups-delete-title", "name", name)
    }
}

/// A change of a group.
#[derive(Debug, Clone)]
pub struct Event {
    /// What was done, in words.
    pub words: String,
    /// By whom.
    pub actor: String,
    /// The page of whoever did it.
    pub actor_address: Option<String>,
    /// When.
    pub at: Moment,
    /// The request.
    pub request_id: String,
    /// The request in the provisioning log, where it is there.
    pub log: Option<String>,
    /// What is different.
    pub changes: Vec<Change>,
    /// How many more differences there are.
    pub left_out: i64,
}

/// What happened to a group.
#[derive(Debug, Template)]
#[template(path = "console/group-history.html")]
pub struct GroupHistory {
    /// What all pages have in common.
    pub page: Shell,
    /// The group.
    pub group: GroupHead,
    /// The changes, the newest first.
    pub events: Vec<Event>,
    /// The place in the list.
    pub pager: Pager,
}

impl GroupHistory {
    fn title(&self) -> String {
        self.group.name.clone()
    }
}
