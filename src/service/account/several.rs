//! The same done to several people at once: what it would mean for each of them, and what came of it.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::acting::Acting;
use super::people::{self, Switch, require_operator};
use super::{State, groups, is_active, text};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::resource::display_name;
use crate::schema::{Account, ResourceType};
use crate::service::account::rules::is_operators;
use crate::service::{Service, parse_document};
use crate::store::listing::{self, Listed};
use crate::store::{ResourceKey, members, sessions};

/// The most people at once.
pub const MOST: usize = 200;

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Whether the accounts can be used.
    Switch(Switch),
    /// Their sessions end.
    EndSessions,
    /// They are deleted for good.
    Delete,
    /// They become members of a group of customers.
    Join(Uuid),
}

/// Somebody who was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// The id.
    pub id: Uuid,
    /// The version that was looked at; none: any.
    pub version: Option<i64>,
}

/// What a deed means for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// It is done.
    Done,
    /// It is so already: nothing changes.
    Already,
    /// An operator, who is for those who manage operators.
    OutOfReach,
    /// An operator, who cannot be in a group of customers.
    NoCustomer,
    /// The account has changed since it was looked at.
    Changed,
    /// There is nobody with this id any more.
    Gone,
}

/// Somebody who was chosen, and what a deed means for them.
#[derive(Debug, Clone)]
pub struct Prospect {
    /// The id.
    pub id: Uuid,
    /// The name to sign in with.
    pub username: String,
    /// The name for people.
    pub display: Option<String>,
    /// The state now.
    pub state: State,
    /// The name of the connection that created the account.
    pub connection: Option<String>,
    /// How many sessions there are.
    pub sessions: i64,
    /// The version.
    pub version: i64,
    /// What the deed means.
    pub outlook: Outlook,
}

impl Prospect {
    fn gone(id: Uuid) -> Self {
        Self {
            id,
            username: String::new(),
            display: None,
            state: State::Deactivated,
            connection: None,
            sessions: 0,
            version: 0,
            outlook: Outlook::Gone,
        }
    }
}

/// What a deed means for each of those who were chosen, in their order. A few statements, however many there are.
///
/// # Errors
/// 403; 404 for the group; `invalidValue` for a group of operators, and for more than [`MOST`].
pub async fn look(
    service: &Service,
    acting: &Acting,
    chosen: &[Chosen],
    deed: &Deed,
) -> Result<Vec<Prospect>> {
    require_operator(acting, Permission::ReadPeople)?;
    if chosen.len() > MOST {
        return Err(Error::invalid_value(format!(
            "{} people are chosen; at most {MOST} are changed at once",
            chosen.len()
        )));
    }
    let (people, account) = acting.people()?;
    let group = match deed {
        Deed::Join(id) => Some(customers_group(service, acting, *id).await?),
        _ => None,
    };
    let mut tx = service.store.snapshot().await?;
    let ids: Vec<Uuid> = chosen.iter().map(|one| one.id).collect();
    let tenant = acting.caller.tenant;
    let found = members::resolve(&mut tx, tenant, &ids, &members::Mark::default()).await?;
    let of_people = found
        .iter()
        .filter(|one| one.relative.resource_type == people.id);
    let keys: Vec<ResourceKey> = of_people.map(|one| one.relative.key).collect();
    let counts = sessions::counts(&mut tx, &keys).await?;
    let inside = match group {
        Some(group) => members::among(&mut tx, group, &keys).await?,
        None => HashSet::new(),
    };
    let rows = listing::rows(&mut tx, &keys).await?;
    drop(tx);
    let scene = Scene {
        acting,
        people,
        account,
        deed,
        inside: &inside,
    };
    let mut prospects = HashMap::with_capacity(rows.len());
    for row in rows {
        let sessions = counts.get(&row.key).copied().unwrap_or_default();
        prospects.insert(row.id, scene.prospect(row, sessions)?);
    }
    Ok(chosen
        .iter()
        .map(|one| match prospects.remove(&one.id) {
            Some(mut prospect) => {
                if one.version.is_some_and(|seen| seen != prospect.version) {
                    prospect.outlook = Outlook::Changed;
                }
                prospect
            }
            None => Prospect::gone(one.id),
        })
        .collect())
}

async fn customers_group(service: &Service, acting: &Acting, id: Uuid) -> Result<ResourceKey> {
    let group = groups::find(service, acting, &id.to_string()).await?;
    if is_operators(acting.groups()?, &group.document) {
        return Err(Error::invalid_value(
            "this is a group of operators; its members are given roles one by one",
        ));
    }
    Ok(group.stored.key)
}

/// What a prospect is judged by.
struct Scene<'a> {
    acting: &'a Acting,
    people: &'a ResourceType,
    account: &'a Account,
    deed: &'a Deed,
    inside: &'a HashSet<ResourceKey>,
}

impl Scene<'_> {
    fn prospect(&self, row: Listed, sessions: i64) -> Result<Prospect> {
        let document = parse_document(&row.document)?;
        let state = State::of(self.account, &document);
        let is_active = is_active(self.account, &document);
        let is_awaited = matches!(state, State::Invited | State::PendingVerification);
        let is_already = match self.deed {
            Deed::Switch(Switch::Lock(_)) => state == State::Locked,
            Deed::Switch(Switch::Unlock) => state != State::Locked,
            Deed::Switch(Switch::Activate) => is_active,
            Deed::Switch(Switch::Deactivate) => !is_active && !is_awaited,
            Deed::EndSessions => sessions == 0,
            Deed::Delete => false,
            Deed::Join(_) => self.inside.contains(&row.key),
        };
        let is_operator = is_operators(self.people, &document);
        let is_reached = require_operator(self.acting, Permission::ManageOperators).is_ok();
        let outlook = if is_operator && matches!(self.deed, Deed::Join(_)) {
            Outlook::NoCustomer
        } else if is_operator && !is_reached {
            Outlook::OutOfReach
        } else if is_already {
            Outlook::Already
        } else {
            Outlook::Done
        };
        Ok(Prospect {
            id: row.id,
            username: text(&document, &self.account.username)
                .unwrap_or_default()
                .to_owned(),
            display: display_name(self.people, &document),
            state,
            connection: row.connection,
            sessions,
            version: row.meta.version,
            outlook,
        })
    }
}

/// Does it to those for whom [`look`] said [`Outlook::Done`]: each in a transaction of their own, those who join a group all in one.
/// Answers what came of each.
///
/// # Errors
/// 403 and 404 for the group: then nobody has joined it.
pub async fn carry_out(
    service: &Service,
    acting: &Acting,
    prospects: &[Prospect],
    deed: &Deed,
) -> Result<Vec<(Uuid, Result<()>)>> {
    let meant = prospects
        .iter()
        .filter(|one| one.outlook == Outlook::Done)
        .map(|one| one.id);
    let meant: Vec<Uuid> = meant.collect();
    if let Deed::Join(group) = deed {
        if !meant.is_empty() {
            groups::add(service, acting, *group, &meant).await?;
        }
        return Ok(meant.into_iter().map(|id| (id, Ok(()))).collect());
    }
    let mut outcomes = Vec::with_capacity(meant.len());
    for id in meant {
        let outcome = match deed {
            Deed::Switch(to) => people::switch(service, acting, id, to).await,
            Deed::EndSessions => people::end_sessions(service, acting, id).await.map(|_| ()),
            Deed::Delete => people::remove(service, acting, id).await,
            Deed::Join(_) => Ok(()),
        };
        outcomes.push((id, outcome));
    }
    Ok(outcomes)
}
