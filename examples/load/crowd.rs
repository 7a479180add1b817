//! Groups of one size, and who joins and leaves them.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::Outcome;
use crate::client::Connection;
use crate::directory;

/// Together the groups of one size have about so many members, so that each grows little while others join.
const TOGETHER: u32 = 10_000;
const MOST_GROUPS: u32 = 500;

/// Groups of `size` members each. Group `g` begins with the users from `g * size` on, in a circle.
pub(crate) struct Crowd {
    pub(crate) groups: Vec<String>,
    size: usize,
    joined: AtomicUsize,
    left: AtomicUsize,
}

impl Crowd {
    /// Makes the groups; `ids` are all users.
    pub(crate) async fn make(
        connection: &mut Connection,
        ids: &[String],
        size: u32,
        name: &str,
    ) -> Outcome<Self> {
        let mut crowd = Self {
            groups: Vec::new(),
            size: usize::try_from(size)?,
            joined: AtomicUsize::new(0),
            left: AtomicUsize::new(0),
        };
        for group in 0..usize::try_from((TOGETHER / size).clamp(1, MOST_GROUPS))? {
            let first = group * crowd.size;
            let users = ids.iter().cycle().skip(first % ids.len().max(1));
            let members: Vec<&str> = users.take(crowd.size).map(String::as_str).collect();
            let name = format!("Load {name} {size}-{group}");
            // Not every server takes members with a new group.
            let id = directory::create_group(connection, &name).await?;
            directory::add_members(connection, &id, &members).await?;
            crowd.groups.push(id);
        }
        Ok(crowd)
    }

    /// Whether there is anybody who could join.
    pub(crate) fn has_room(&self, users: usize) -> bool {
        self.size < users
    }

    /// A group and somebody of `users` who is not in it yet.
    pub(crate) fn join(&self, users: usize) -> Option<(&str, usize)> {
        let (group, round) = self.turn(&self.joined)?;
        if self.size + round >= users {
            return None;
        }
        let user = (group * self.size + self.size + round) % users;
        Some((self.groups.get(group)?, user))
    }

    /// A group and somebody of `users` who was in it from the start.
    pub(crate) fn leave(&self, users: usize) -> Option<(&str, usize)> {
        let (group, round) = self.turn(&self.left)?;
        if round >= self.size {
            return None;
        }
        let user = (group * self.size + round) % users.max(1);
        Some((self.groups.get(group)?, user))
    }

    /// The group whose turn it is, and how often it has had one.
    fn turn(&self, counter: &AtomicUsize) -> Option<(usize, usize)> {
        let turn = counter.fetch_add(1, Relaxed);
        let groups = self.groups.len();
        Some((turn.checked_rem(groups)?, turn.checked_div(groups)?))
    }
}

/// The group that add-member and sync-mixed extend.
pub(crate) struct Group {
    pub(crate) id: String,
    /// Users that are not members yet.
    outsiders: Vec<String>,
    taken: AtomicUsize,
}

impl Group {
    /// A group that exists already.
    pub(crate) async fn existing(
        connection: &mut Connection,
        id: &str,
        ids: &[String],
    ) -> Outcome<Self> {
        let members: HashSet<String> = directory::members(connection, id).await?;
        let outsiders = ids.iter().filter(|id| !members.contains(*id)).cloned();
        Ok(Self {
            id: id.to_owned(),
            outsiders: outsiders.collect(),
            taken: AtomicUsize::new(0),
        })
    }

    /// A new group of the first `count` users.
    pub(crate) async fn make(
        connection: &mut Connection,
        ids: &[String],
        count: u32,
        name: &str,
    ) -> Outcome<Self> {
        let Some((insiders, outsiders)) = ids.split_at_checked(usize::try_from(count)?) else {
            return Err(format!("a group of {count} members needs more users").into());
        };
        let id = directory::create_group(connection, &format!("Load {name}")).await?;
        let insiders: Vec<&str> = insiders.iter().map(String::as_str).collect();
        directory::add_members(connection, &id, &insiders).await?;
        Ok(Self {
            id,
            outsiders: outsiders.to_vec(),
            taken: AtomicUsize::new(0),
        })
    }

    /// Somebody who is not a member yet.
    pub(crate) fn next_outsider(&self) -> Option<&str> {
        let turn = self.taken.fetch_add(1, Relaxed);
        self.outsiders.get(turn).map(String::as_str)
    }
}
