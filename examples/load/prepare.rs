//! What has to be there before a scenario runs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::arguments::MeasureArguments;
use crate::client::Connection;
use crate::crowd::{Crowd, Group};
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::{Outcome, directory, probe};

/// The largest group that is made for remove-member and group-without-members.
const LARGE: u32 = 100_000;

/// Whether a scenario can run.
pub(crate) enum Ready {
    /// As it is.
    Yes,
    /// With something to say about it.
    But(String),
    /// Not at all, and why.
    No(String),
}

/// A plan that holds nothing yet.
pub(crate) fn plan(arguments: &MeasureArguments, seed: u64) -> Outcome<Plan> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let default = arguments.users / 10 * 9 + 1;
    Ok(Plan {
        seed,
        // Two programs may begin in the same moment.
        tag: format!("{}-{}", now.as_micros(), std::process::id()),
        users: arguments.users,
        deep_start: arguments.deep_start.unwrap_or(default).max(1),
        ids: Vec::new(),
        active: Vec::new(),
        group: None,
        crowds: BTreeMap::new(),
        crowd_size: 0,
        sync_group: None,
        deep_cursor: None,
        reads_text: true,
        writes: AtomicU32::new(0),
        toggles: AtomicU32::new(0),
    })
}

/// Collects ids, makes groups and asks the server what it can, as far as the scenario needs it.
pub(crate) async fn ready(
    connection: &mut Connection,
    plan: &mut Plan,
    arguments: &MeasureArguments,
    scenario: Scenario,
) -> Outcome<Ready> {
    if plan.ids.is_empty() && needs_ids(scenario) {
        for user in directory::filled(connection, plan.users).await? {
            plan.ids.push(user.id);
            plan.active.push(AtomicBool::new(user.is_active));
        }
    }
    match scenario {
        Scenario::AddMember | Scenario::SyncMixed if plan.group.is_none() => {
            let group = if let Some(id) = &arguments.group {
                Group::existing(connection, id, &plan.ids).await?
            } else {
                let count = arguments.group_members;
                let count = count.unwrap_or(50_000.min(plan.users / 2));
                Group::make(connection, &plan.ids, count, &plan.tag).await?
            };
            plan.group = Some(group);
            Ok(Ready::Yes)
        }
        Scenario::AddMember10
        | Scenario::AddMember1000
        | Scenario::AddMember100000
        | Scenario::AddMember1000000 => {
            let size = scenario.group_size().unwrap_or_default();
            if size > plan.users {
                let users = plan.users;
                return Ok(Ready::No(format!("there are only {users} users")));
            }
            crowd(connection, plan, size).await?;
            let room = plan
                .crowds
                .get(&size)
                .map(|crowd| crowd.has_room(plan.ids.len()));
            Ok(if room == Some(true) {
                Ready::Yes
            } else {
                Ready::No("every user is a member already: fill more of them".to_owned())
            })
        }
        Scenario::RemoveMember | Scenario::GroupWithoutMembers => {
            let size = plan.users.min(LARGE);
            crowd(connection, plan, size).await?;
            let text = format!("the group has {size} members at first");
            Ok(if size < LARGE {
                Ready::But(text)
            } else {
                Ready::Yes
            })
        }
        Scenario::PatchActive => {
            let Some(id) = plan.ids.first() else {
                return Ok(Ready::No("there are no users".to_owned()));
            };
            plan.reads_text = probe::reads_text(connection, id).await?;
            // The probe leaves that user active.
            if let Some(is_active) = plan.active.first() {
                is_active.store(true, Relaxed);
            }
            Ok(if plan.reads_text {
                Ready::Yes
            } else {
                Ready::But(
                    r#"the server does not read "False"; the value is false here"#.to_owned(),
                )
            })
        }
        Scenario::CursorFirst | Scenario::CursorDeep => cursor(connection, plan, scenario).await,
        Scenario::Bulk100 | Scenario::Bulk1000 => {
            let operations = scenario.operations().unwrap_or_default();
            let bytes = plan.create_many(operations).0.body_length();
            let refusal = probe::bulk_refusal(connection, operations, bytes).await?;
            Ok(refusal.map_or(Ready::Yes, Ready::No))
        }
        Scenario::FirstSyncEntra => {
            let name = format!("Load {} first sync", plan.tag);
            plan.sync_group = Some(directory::create_group(connection, &name).await?);
            Ok(Ready::Yes)
        }
        _ => Ok(Ready::Yes),
    }
}

fn needs_ids(scenario: Scenario) -> bool {
    scenario.group_size().is_some()
        || matches!(
            scenario,
            Scenario::GetById
                | Scenario::Put
                | Scenario::PatchAttribute
                | Scenario::PatchActive
                | Scenario::AddMember
                | Scenario::RemoveMember
                | Scenario::GroupWithoutMembers
                | Scenario::SyncMixed
        )
}

/// Makes the groups of one size, unless they are there.
async fn crowd(connection: &mut Connection, plan: &mut Plan, size: u32) -> Outcome<()> {
    if !plan.crowds.contains_key(&size) {
        let crowd = Crowd::make(connection, &plan.ids, size, &plan.tag).await?;
        plan.crowds.insert(size, crowd);
    }
    plan.crowd_size = size;
    Ok(())
}

async fn cursor(
    connection: &mut Connection,
    plan: &mut Plan,
    scenario: Scenario,
) -> Outcome<Ready> {
    let Some(first) = probe::first_cursor(connection).await? else {
        return Ok(Ready::No("the server has no cursors".to_owned()));
    };
    if scenario == Scenario::CursorDeep && plan.deep_cursor.is_none() {
        let pages = (plan.deep_start - 1) / 100;
        plan.deep_cursor = Some(probe::deep_cursor(connection, first, pages).await?);
    }
    Ok(Ready::Yes)
}

/// Deletes the groups that were made; tells the first failure.
pub(crate) async fn tidy(
    connection: &mut Connection,
    plan: &Plan,
    arguments: &MeasureArguments,
) -> Outcome<()> {
    let made = plan.group.iter().filter(|_| arguments.group.is_none());
    let groups = plan.crowds.values().flat_map(|crowd| &crowd.groups);
    let groups = groups
        .chain(made.map(|group| &group.id))
        .chain(&plan.sync_group);
    let mut outcome = Ok(());
    for group in groups {
        outcome = outcome.and(directory::delete_group(connection, group).await);
    }
    outcome
}
