//! Changes of a group's members, as rows, and what they amount to.

use std::collections::{BTreeMap, HashMap, HashSet, btree_map};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Call;
use super::account::OPERATOR;
use super::shield;
use crate::error::{Error, Result};
use crate::filter::Predicate;
use crate::resource::Related;
use crate::resource::matches::{element_matches, related_element};
use crate::resource::patch::{MemberChange, MemberSelection};
use crate::schema::validate::unknown_members;
use crate::schema::{AttributeDef, Relation, ResourceType};
use crate::store::joining::Step;
use crate::store::members::{self, Candidate, Mark, Relative};
use crate::store::{ResourceKey, Transaction};

/// How many ids one `change` row holds.
pub(super) const IDS_PER_CHANGE: usize = 1_000;
/// How many members are looked at in one go.
const MEMBERS_PER_READ: i64 = 5_000;

/// The net effect of member changes: what was added and what was removed.
#[derive(Debug, Default)]
pub(super) struct Delta(BTreeMap<Uuid, Effect>);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Effect {
    Added,
    Removed,
}

impl Delta {
    fn record(&mut self, id: Uuid, effect: Effect) {
        match self.0.get(&id) {
            Some(before) if *before != effect => {
                self.0.remove(&id);
            }
            _ => {
                self.0.insert(id, effect);
            }
        }
    }

    /// Records members that are gone, given by their keys.
    pub(super) async fn record_removed(
        &mut self,
        keys: &[ResourceKey],
        tx: &mut Transaction,
    ) -> Result<()> {
        for id in members::ids(tx, keys).await? {
            self.record(id, Effect::Removed);
        }
        Ok(())
    }

    /// How many are members who were none.
    pub(super) fn added(&self) -> i64 {
        self.count(Effect::Added)
    }

    /// How many are members no longer.
    pub(super) fn removed(&self) -> i64 {
        self.count(Effect::Removed)
    }

    fn count(&self, wanted: Effect) -> i64 {
        let effects = self.0.values();
        let counted = effects.filter(|effect| **effect == wanted);
        i64::try_from(counted.count()).unwrap_or(i64::MAX)
    }

    /// That of one member's step.
    pub(super) fn of_one(step: Step, id: Uuid) -> Self {
        let effect = match step {
            Step::Join => Effect::Added,
            Step::Leave => Effect::Removed,
        };
        Self(BTreeMap::from([(id, effect)]))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The `detail` of each `change` row: attributes in the first, which there is if they are given, and ids spread over as many as
    /// they need.
    pub(super) fn details(&self, attributes: Option<Map<String, Value>>) -> Details<'_> {
        Details {
            left: self.0.iter(),
            attributes,
        }
    }
}

/// See [`Delta::details`].
pub(super) struct Details<'a> {
    left: btree_map::Iter<'a, Uuid, Effect>,
    /// Until the first row.
    attributes: Option<Map<String, Value>>,
}

impl Iterator for Details<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let attributes = self.attributes.take();
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for (id, effect) in self.left.by_ref().take(IDS_PER_CHANGE) {
            let ids = match effect {
                Effect::Added => &mut added,
                Effect::Removed => &mut removed,
            };
            ids.push(Value::from(id.to_string()));
        }
        let mut detail = Map::new();
        if !added.is_empty() || !removed.is_empty() {
            let members = json!({"added": added, "removed": removed});
            detail.insert("members".to_owned(), members);
        } else if attributes.is_none() {
            return None;
        }
        if let Some(attributes) = attributes.filter(|attributes| !attributes.is_empty()) {
            detail.insert("attributes".to_owned(), Value::Object(attributes));
        }
        Some(serde_json::to_string(&detail).unwrap_or_default())
    }
}

/// Resources that are to become or stop being members, looked up before the transaction to keep it short.
///
/// One that vanishes meanwhile fails the transaction, which is then tried again without this.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<Uuid, Candidate>);

impl Known {
    /// Looks up everyone whom the changes name.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn look_up(
        tx: &mut Transaction,
        call: &Call<'_>,
        changes: &[MemberChange],
    ) -> Result<Self> {
        let ids: HashSet<Uuid> = named(changes).copied().collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        Ok(Self::from_iter(candidates(tx, call, &ids).await?))
    }

    /// Whether everyone is among them whom the changes name.
    pub(super) fn covers(&self, changes: &[MemberChange]) -> bool {
        named(changes).all(|id| self.0.contains_key(id))
    }

    fn all(&self, ids: &[Uuid]) -> Option<Vec<Candidate>> {
        ids.iter().map(|id| self.0.get(id).cloned()).collect()
    }
}

impl FromIterator<Candidate> for Known {
    fn from_iter<T: IntoIterator<Item = Candidate>>(found: T) -> Self {
        let found = found.into_iter();
        Self(found.map(|member| (member.relative.id, member)).collect())
    }
}

fn named(changes: &[MemberChange]) -> impl Iterator<Item = &Uuid> {
    changes.iter().flat_map(|change| match change {
        MemberChange::Add(ids)
        | MemberChange::Replace(ids)
        | MemberChange::Remove(MemberSelection::These(ids)) => ids.as_slice(),
        MemberChange::Remove(MemberSelection::All | MemberSelection::Matching(_)) => &[],
    })
}

/// By what operators and groups of operators are known.
pub(super) fn operators(call: &Call<'_>) -> Mark {
    let types = call.registry.resource_types().iter();
    let attributes = types.filter_map(|one| {
        let kind = one.account.as_ref().map(|account| account.kind.id);
        kind.or_else(|| one.team.as_ref().map(|team| team.audience.id))
    });
    Mark {
        attributes: attributes.collect(),
        key: OPERATOR,
    }
}

/// Those of the ids that exist, and whether they are operators or groups of operators.
async fn candidates(tx: &mut Transaction, call: &Call<'_>, ids: &[Uuid]) -> Result<Vec<Candidate>> {
    members::resolve(tx, call.caller.tenant, ids, &operators(call)).await
}

/// A group whose members change.
pub(super) struct Group<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) resource_type: &'a ResourceType,
    pub(super) key: ResourceKey,
    /// Whether it is for operators, and no one else.
    pub(super) is_operators: bool,
}

impl Group<'_> {
    /// Applies the changes in order. The group's other members are not read, except by a filter or a replacement.
    ///
    /// # Errors
    /// `invalidValue` naming members that do not exist.
    pub(super) async fn apply(
        &self,
        tx: &mut Transaction,
        changes: &[MemberChange],
        known: &Known,
    ) -> Result<Delta> {
        let mut delta = Delta::default();
        let Some(editor) = self.editor(known) else {
            return Ok(delta);
        };
        for change in changes {
            match change {
                MemberChange::Add(ids) => editor.add(tx, ids, &mut delta).await?,
                MemberChange::Remove(MemberSelection::These(ids)) => {
                    editor.remove_these(tx, ids, &mut delta).await?;
                }
                MemberChange::Remove(MemberSelection::All) => {
                    let all = members::all_keys(tx, self.key).await?;
                    editor.remove(tx, &all, &mut delta).await?;
                }
                MemberChange::Remove(MemberSelection::Matching(predicate)) => {
                    let matching = editor.matching(tx, predicate).await?;
                    editor.remove(tx, &matching, &mut delta).await?;
                }
                MemberChange::Replace(ids) => editor.replace(tx, ids, &mut delta).await?,
            }
        }
        Ok(delta)
    }
}

impl<'a> Group<'a> {
    fn editor(&'a self, known: &'a Known) -> Option<Editor<'a>> {
        Some(Editor {
            call: self.call,
            attribute: self.resource_type.relation(Relation::Members)?,
            group: self.key,
            is_operators: self.is_operators,
            known,
        })
    }

    /// The only one whom the changes name, and what they do, if it is one step of somebody known.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub(super) async fn only_step(
        &self,
        tx: &mut Transaction,
        changes: &[MemberChange],
        known: &Known,
    ) -> Result<Option<(Step, Relative)>> {
        let (step, ids) = match changes {
            [MemberChange::Add(ids)] => (Step::Join, ids),
            [MemberChange::Remove(MemberSelection::These(ids))] => (Step::Leave, ids),
            _ => return Ok(None),
        };
        // Without a way to the database: everybody must be known.
        let (Some(editor), Some(mut found), 1) = (self.editor(known), known.all(ids), ids.len())
        else {
            return Ok(None);
        };
        Ok(match step {
            Step::Join => editor.resolve(tx, ids).await?.pop(),
            // Where it is an error that somebody is no member, it must be told who; and where leavers are counted, they are locked for that.
            Step::Leave
                if self.call.caller.settings.absent_members_fail || shield::counts(self.call) =>
            {
                None
            }
            Step::Leave => found.pop().map(|member| member.relative),
        }
        .map(|member| (step, member)))
    }
}

struct Editor<'a> {
    call: &'a Call<'a>,
    attribute: &'a AttributeDef,
    group: ResourceKey,
    is_operators: bool,
    known: &'a Known,
}

impl Editor<'_> {
    async fn add(&self, tx: &mut Transaction, ids: &[Uuid], delta: &mut Delta) -> Result<()> {
        let found = self.resolve(tx, ids).await?;
        let mut keys: Vec<ResourceKey> = found.iter().map(|member| member.key).collect();
        keys.sort_unstable();
        let added: HashSet<ResourceKey> =
            members::add(tx, self.call.caller.tenant, self.group, &keys)
                .await?
                .into_iter()
                .collect();
        for member in found.iter().filter(|member| added.contains(&member.key)) {
            delta.record(member.id, Effect::Added);
        }
        Ok(())
    }

    /// Those who are to be members must exist and be of a type that may be.
    async fn resolve(&self, tx: &mut Transaction, ids: &[Uuid]) -> Result<Vec<Relative>> {
        let mut found = self.find(tx, ids).await?;
        found.retain(|member| self.may_be_member(&member.relative));
        self.check_audience(&found)?;
        let found: Vec<Relative> = found.into_iter().map(|member| member.relative).collect();
        if found.len() == ids.len() {
            return Ok(found);
        }
        let known: HashSet<Uuid> = found.iter().map(|member| member.id).collect();
        let unknown: Vec<String> = ids
            .iter()
            .filter(|id| !known.contains(id))
            .map(Uuid::to_string)
            .collect();
        let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
        let error = unknown_members(self.attribute, &unknown);
        if self.call.caller.settings.patch.reading.passes_over_members {
            tracing::warn!(%error, "members are passed over");
            return Ok(found);
        }
        Err(error)
    }

    async fn find(&self, tx: &mut Transaction, ids: &[Uuid]) -> Result<Vec<Candidate>> {
        match self.known.all(ids) {
            Some(found) => Ok(found),
            None => candidates(tx, self.call, ids).await,
        }
    }

    /// Groups of operators have operators in them, and groups of operators; other groups have neither.
    fn check_audience(&self, found: &[Candidate]) -> Result<()> {
        let wrong = found
            .iter()
            .filter(|member| member.is_operators != self.is_operators);
        let wrong: Vec<String> = wrong
            .take(10)
            .map(|member| member.relative.id.to_string())
            .collect();
        if wrong.is_empty() {
            return Ok(());
        }
        let (audience, members) = if self.is_operators {
            ("operators", "customers or groups of customers")
        } else {
            ("customers", "operators or groups of operators")
        };
        Err(Error::invalid_value(format!(
            "{:?}: this group is for {audience}; these are {members}: {}",
            self.attribute.path(),
            wrong.join(", ")
        )))
    }

    fn may_be_member(&self, member: &Relative) -> bool {
        let types = self
            .attribute
            .sub_attribute("$ref")
            .map(|reference| reference.reference_types.as_slice())
            .unwrap_or_default();
        let name = self
            .call
            .registry
            .resource_type(member.resource_type)
            .map(|resource_type| resource_type.name.as_str());
        name.is_some_and(|name| types.iter().any(|allowed| allowed == name))
    }

    async fn remove_these(
        &self,
        tx: &mut Transaction,
        ids: &[Uuid],
        delta: &mut Delta,
    ) -> Result<()> {
        let found = self.find(tx, ids).await?.into_iter();
        let found: Vec<Relative> = found.map(|member| member.relative).collect();
        let by_key: HashMap<ResourceKey, Uuid> =
            found.iter().map(|member| (member.key, member.id)).collect();
        let keys: Vec<ResourceKey> = found.iter().map(|member| member.key).collect();
        let removed = members::remove(tx, self.group, &keys).await?;
        let removed: Vec<Uuid> = removed
            .iter()
            .filter_map(|key| by_key.get(key).copied())
            .collect();
        for id in &removed {
            delta.record(*id, Effect::Removed);
        }
        self.check_removed(ids, &removed)
    }

    /// Where the connection wants to know, names those who were no members.
    fn check_removed(&self, asked: &[Uuid], removed: &[Uuid]) -> Result<()> {
        if !self.call.caller.settings.absent_members_fail {
            return Ok(());
        }
        let removed: HashSet<&Uuid> = removed.iter().collect();
        let absent = asked.iter().filter(|id| !removed.contains(id));
        let absent: Vec<String> = absent.take(10).map(Uuid::to_string).collect();
        if absent.is_empty() {
            return Ok(());
        }
        Err(Error::not_found(format!(
            "no members of this group: {}; nothing was changed (members.absent is not_found for this connection)",
            absent.join(", ")
        )))
    }

    async fn remove(
        &self,
        tx: &mut Transaction,
        keys: &[ResourceKey],
        delta: &mut Delta,
    ) -> Result<()> {
        let removed = members::remove(tx, self.group, keys).await?;
        delta.record_removed(&removed, tx).await
    }

    async fn matching(
        &self,
        tx: &mut Transaction,
        predicate: &Predicate,
    ) -> Result<Vec<ResourceKey>> {
        let mut matching = Vec::new();
        let mut after = None;
        loop {
            let portion = members::list(tx, self.group, after, MEMBERS_PER_READ).await?;
            let is_last = i64::try_from(portion.len()).unwrap_or(i64::MAX) < MEMBERS_PER_READ;
            after = portion.last().map(|member| member.key);
            matching.extend(
                portion
                    .into_iter()
                    .filter(|member| {
                        element_matches(predicate, &related_element(&self.related(member)))
                    })
                    .map(|member| member.key),
            );
            if is_last {
                return Ok(matching);
            }
        }
    }

    fn related(&self, member: &Relative) -> Related {
        let resource_type = self.call.registry.resource_type(member.resource_type);
        Related {
            id: member.id,
            label: resource_type
                .map(|resource_type| resource_type.name.clone())
                .unwrap_or_default(),
            endpoint: resource_type
                .map(|resource_type| resource_type.endpoint.clone())
                .unwrap_or_default(),
            display: member.display_name.clone(),
        }
    }

    /// Two set differences: who is missing is added, who is too many is removed, who stays is not touched.
    async fn replace(&self, tx: &mut Transaction, ids: &[Uuid], delta: &mut Delta) -> Result<()> {
        let wanted: HashSet<ResourceKey> = self
            .resolve(tx, ids)
            .await?
            .into_iter()
            .map(|member| member.key)
            .collect();
        let present = members::all_keys(tx, self.group).await?;
        let superfluous: Vec<ResourceKey> = present
            .into_iter()
            .filter(|key| !wanted.contains(key))
            .collect();
        self.remove(tx, &superfluous, delta).await?;
        self.add(tx, ids, delta).await
    }
}
