//! The attribute index as a whole: what it is made of, and building it anew while the server serves.
//!
//! The database says what is indexed ([`IndexState`]); every instance writes rows accordingly, whatever its own settings say. An
//! attribute that was added is *pending* until every resource has been visited: rows are written and queries do not rely on them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::registries::{IndexState, Versioned};
use super::{Service, parse_document};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::resource::index_entries;
use crate::schema::{AttributeId, FOLD_VERSION, Registry};
use crate::store::{
    ResourceKey, TenantKey, Transaction, attribute_index, counts, facts, resources, schemas,
    tenants,
};

/// How many resources one transaction visits: few enough not to hold up those who write meanwhile.
const RESOURCES_PER_TRANSACTION: i64 = 200;

const POSITION: &str = "reindex";

/// How far an earlier run came, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    state: IndexState,
    after: i64,
    done: u64,
}

/// How far the work is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Resources visited.
    pub done: u64,
    /// Resources there are.
    pub total: u64,
}

impl Service {
    /// Makes the operator's list the one that is in force, for all instances. What is new is pending until [`Service::reindex`].
    ///
    /// # Errors
    /// When the way text is folded has changed and there are resources: then the index must be built before anyone serves;
    /// for a list with an unknown attribute.
    pub async fn agree_on_index(&self, listed: &[String]) -> Result<()> {
        let wanted = IndexState::complete(listed)?;
        self.store.number_attributes(&wanted.indexed).await?;
        let pending = in_transaction!(self.store, |tx| {
            tenants::lock_all(tx).await?;
            let is_empty = counts::total_of_all(tx).await? == 0;
            let present = IndexState::read(tx).await?;
            let agreed = match &present {
                _ if is_empty => wanted.clone(),
                Some(present) if present.folding == FOLD_VERSION => changed(present, &wanted),
                Some(_) => {
                    return Err(Error::invalid_value(
                        "this release compares text in another way than the one that built the index; stop all instances and run `muster reindex`",
                    ));
                }
                None => {
                    return Err(Error::invalid_value(
                        "the index was built by an older release; stop all instances and run `muster reindex`",
                    ));
                }
            };
            for path in listed {
                warn_of_unknown_type(tx, path).await?;
            }
            if present.as_ref() != Some(&agreed) {
                agreed.write(tx).await?;
            }
            Ok(agreed.pending)
        })?;
        if !pending.is_empty() {
            tracing::warn!(
                attributes = pending.join(", "),
                "not searched by index yet: run `muster reindex`, the server may go on serving"
            );
        }
        Ok(())
    }

    /// Visits every resource and gives it the index rows it should have. `progress` is told how far it is.
    ///
    /// Servers may run meanwhile, unless the folding has changed. May be interrupted; the next run goes on from there.
    ///
    /// # Errors
    /// `uniqueness` when an attribute that has become unique holds a value twice; the database's.
    pub async fn reindex(&self, listed: &[String], progress: impl Fn(Progress)) -> Result<u64> {
        let state = self.begin_reindex(listed).await?;
        // Whoever began to write before the list was agreed on has ended after this.
        self.store.wait_for_writers().await?;
        let mut position = self.position(&state).await?;
        let total = counts::total_of_all(&mut self.store.reader()).await?;
        loop {
            let visited: Result<Option<Position>> = in_transaction!(self.store, alone, |tx| {
                let next = self.visit(tx, &position).await?;
                if let Some(next) = &next {
                    note(tx, Some(next)).await?;
                }
                Ok(next)
            });
            let Some(next) = visited? else { break };
            position = next;
            progress(Progress {
                done: position.done,
                total: u64::try_from(total).unwrap_or_default(),
            });
        }
        self.end_reindex(&state).await?;
        Ok(position.done)
    }

    async fn begin_reindex(&self, listed: &[String]) -> Result<IndexState> {
        let wanted = IndexState::complete(listed)?;
        self.store.number_attributes(&wanted.indexed).await?;
        in_transaction!(self.store, |tx| {
            tenants::lock_all(tx).await?;
            let present = IndexState::read(tx).await?;
            let agreed = match &present {
                Some(present) if present.folding == FOLD_VERSION => changed(present, &wanted),
                // Nobody serves: what is written from now on is complete.
                Some(_) | None => wanted.clone(),
            };
            if present.as_ref() != Some(&agreed) && is_served(present.as_ref()) {
                agreed.write(tx).await?;
            }
            Ok(agreed)
        })
    }

    /// Where an earlier run for the same index stopped, or the beginning.
    async fn position(&self, state: &IndexState) -> Result<Position> {
        let noted = facts::get(&mut self.store.reader(), POSITION).await?;
        let noted: Option<Position> = noted.and_then(|text| serde_json::from_str(&text).ok());
        Ok(noted
            .filter(|position| position.state == *state)
            .unwrap_or_else(|| Position {
                state: state.clone(),
                after: 0,
                done: 0,
            }))
    }

    /// Gives the next resources their rows; writes only what differs.
    async fn visit(&self, tx: &mut Transaction, position: &Position) -> Result<Option<Position>> {
        let after = ResourceKey(position.after);
        let rows = resources::lock_next(tx, after, RESOURCES_PER_TRANSACTION).await?;
        let Some((_, last)) = rows.last() else {
            return Ok(None);
        };
        let mut next = position.clone();
        next.after = last.key.0;
        next.done += u64::try_from(rows.len()).unwrap_or_default();
        let keys: Vec<ResourceKey> = rows.iter().map(|(_, row)| row.key).collect();
        let mut present = attribute_index::of_resources(tx, &keys).await?;
        let mut registries: HashMap<TenantKey, Versioned> = HashMap::new();
        for (tenant, row) in rows {
            if let std::collections::hash_map::Entry::Vacant(free) = registries.entry(tenant) {
                free.insert(self.registries.read(tx, tenant).await?);
            }
            let registry = registries.get(&tenant).map(|found| &found.registry);
            let resource_type =
                registry.and_then(|registry| registry.resource_type(row.resource_type));
            if let Some(resource_type) = resource_type {
                let document = parse_document(&row.document)?;
                let owner = row.owner.map(crate::store::ConnectionKey::number);
                let wanted = index_entries(resource_type, &document, owner);
                let present = present.remove(&row.key).unwrap_or_default();
                attribute_index::update(tx, tenant, row.key, &present, &wanted).await?;
            }
        }
        Ok(Some(next))
    }

    async fn end_reindex(&self, state: &IndexState) -> Result<()> {
        in_transaction!(self.store, |tx| {
            tenants::lock_all(tx).await?;
            let present = IndexState::read(tx).await?;
            if is_served(present.as_ref()) && present.as_ref() != Some(state) {
                return Err(Error::conflict(
                    "index.attributes was changed while the index was being built; run `muster reindex` again",
                )
                .with_kind(crate::error::ErrorKind::Unavailable));
            }
            let complete = IndexState {
                pending: Vec::new(),
                ..state.clone()
            };
            complete.write(tx).await?;
            note(tx, None).await
        })
    }
}

/// A type that no tenant has may come later; more likely its name is misspelt.
async fn warn_of_unknown_type(tx: &mut Transaction, path: &str) -> Result<()> {
    let name = path.split(':').next().unwrap_or_default();
    let is_embedded = Registry::embedded(&[], &|_| AttributeId(0))?
        .resource_type_named(name)
        .is_some();
    if !is_embedded && !schemas::has_resource_type(tx, name).await? {
        tracing::warn!(path, "index.attributes: no tenant has this resource type");
    }
    Ok(())
}

/// Whether instances of this version may be serving.
fn is_served(present: Option<&IndexState>) -> bool {
    present.is_some_and(|present| present.folding == FOLD_VERSION)
}

/// The new list on an index there is: what is new is pending, what is no longer wanted is forgotten.
fn changed(present: &IndexState, wanted: &IndexState) -> IndexState {
    let is_complete =
        |path: &&String| present.indexed.contains(path) && !present.pending.contains(path);
    let pending = wanted
        .indexed
        .iter()
        .filter(|path| !is_complete(path))
        .cloned();
    IndexState {
        pending: pending.collect(),
        ..wanted.clone()
    }
}

async fn note(tx: &mut Transaction, position: Option<&Position>) -> Result<()> {
    let text = match position {
        Some(position) => serde_json::to_string(position)
            .map_err(|error| Error::internal("a position cannot be noted").caused_by(error))?,
        None => String::new(),
    };
    facts::set(tx, POSITION, &text).await
}
