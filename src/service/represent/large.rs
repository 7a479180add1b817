//! A group with many members: its text is made while the client takes it, so that memory does not grow with the group.
//!
//! All of it is read in one transaction, which stays open that long; the members are the last attribute of the text.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;

use super::{Extent, Representation, begin, member_text};
use crate::error::Result;
use crate::schema::project::Projection;
use crate::schema::{Relation, ResourceType};
use crate::service::{Call, Service, parse_document};
use crate::store::members;
use crate::store::resources::Stored;
use crate::store::{ResourceKey, Transaction};

/// What is left of a group to be shown.
#[derive(Debug)]
pub struct Left {
    pub(super) group: ResourceKey,
    /// The last member that was shown.
    pub(super) after: ResourceKey,
    /// How many are read at a time.
    pub(super) portion: i64,
    pub(super) resource_type: Arc<ResourceType>,
    /// Which parts of a member are shown; none: all of them.
    pub(super) projection: Option<Projection>,
}

/// Represents a resource, or the beginning of a group with many members.
///
/// # Errors
/// The database's.
pub(in crate::service) async fn beginning(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    row: Stored,
    projection: &Projection,
) -> Result<(Representation, Option<Left>)> {
    begin(service, tx, call, row, projection, Extent::Beginning).await
}

impl Left {
    /// The text of a group without members, and the open list of the first of them, as one text that goes on.
    pub(super) fn begin(&self, mut group: String, members: &str) -> Result<String> {
        let list = members.split_once('[').map_or("", |(_, list)| list);
        let list = self.cut(list)?;
        group.pop();
        group.push_str(",\"");
        group.push_str(self.name());
        group.push_str("\":[");
        group.push_str(&list);
        Ok(group)
    }

    fn name(&self) -> &str {
        let members = self.resource_type.relation(Relation::Members);
        members.map_or("", |attribute| attribute.name.as_str())
    }

    /// The values of a list, each with what the projection shows of it.
    fn cut<'a>(&self, list: &'a str) -> Result<Cow<'a, str>> {
        let Some(projection) = &self.projection else {
            return Ok(Cow::Borrowed(list));
        };
        let name = self.name();
        let whole = parse_document(&format!("{{\"{name}\":[{list}]}}"))?;
        let shown = projection.apply(&self.resource_type, whole);
        let values = shown.get(name).and_then(Value::as_array);
        let values: Vec<String> = values.into_iter().flatten().map(Value::to_string).collect();
        Ok(Cow::Owned(values.join(",")))
    }
}

/// A group's text, its beginning and what is to follow.
#[derive(Debug)]
pub struct Large {
    /// The beginning.
    pub beginning: Representation,
    /// What follows.
    pub rest: Rest,
}

/// The rest of a group's text.
pub struct Rest {
    tx: Transaction,
    left: Left,
    types: Vec<Arc<ResourceType>>,
    base_url: String,
    has_any: bool,
    is_done: bool,
    /// It counts among those who ask for much.
    _turn: OwnedSemaphorePermit,
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

impl Large {
    pub(in crate::service) fn new(
        call: &Call<'_>,
        tx: Transaction,
        turn: OwnedSemaphorePermit,
        beginning: Representation,
        left: Left,
    ) -> Self {
        let rest = Rest {
            tx,
            left,
            types: call.registry.resource_types().to_vec(),
            base_url: call.base_url.clone(),
            has_any: !beginning.body.ends_with('['),
            is_done: false,
            _turn: turn,
        };
        Self { beginning, rest }
    }
}

impl Rest {
    /// The next part of the text; none after the last.
    ///
    /// # Errors
    /// The database's: the text cannot be completed.
    pub async fn next(&mut self) -> Result<Option<String>> {
        if self.is_done {
            return Ok(None);
        }
        let Self { tx, left, .. } = self;
        let portion = members::list(tx, left.group, Some(left.after), left.portion).await?;
        let mut list = String::from("[");
        for member in &portion {
            member_text(&mut list, &self.types, &self.base_url, member);
        }
        let list = self.left.cut(list.trim_start_matches('['))?;
        let mut text = String::with_capacity(list.len() + 3);
        if self.has_any && !list.is_empty() {
            text.push(',');
        }
        text.push_str(&list);
        self.has_any |= !list.is_empty();
        if let Some(last) = portion.last() {
            self.left.after = last.key;
        }
        if i64::try_from(portion.len()).unwrap_or(i64::MAX) < self.left.portion {
            self.is_done = true;
            text.push_str("]}");
        }
        Ok(Some(text))
    }
}
