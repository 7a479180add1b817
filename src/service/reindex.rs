//! The attribute index as a whole: does it fit the settings, and building it anew.

use super::{Service, parse_document};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::resource::index_entries;
use crate::schema::FOLD_VERSION;
use crate::store::{ResourceKey, attribute_index, resources};

/// How many resources one transaction rebuilds.
const RESOURCES_PER_TRANSACTION: i64 = 500;

impl Service {
    /// What the index is made of: the folding's version and every indexed attribute, a line each.
    fn indexed_attributes(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        for resource_type in self.registry.resource_types() {
            let paths = resource_type
                .indexed_attributes()
                .map(|attribute| format!("{}:{}", resource_type.name, attribute.path()));
            lines.extend(paths);
        }
        lines.sort();
        format!("folding {FOLD_VERSION}\n{}", lines.join("\n"))
    }

    /// Refuses an index that was built for other attributes: its answers would be wrong.
    ///
    /// # Errors
    /// When `index.attributes` has changed and there are resources.
    pub async fn check_index(&self) -> Result<()> {
        let wanted = self.indexed_attributes();
        in_transaction!(self.store, |tx| {
            let built_with = attribute_index::built_with(tx).await?;
            if built_with.as_deref() == Some(wanted.as_str()) {
                return Ok(());
            }
            if resources::total_of_all(tx).await? == 0 {
                return attribute_index::set_built_with(tx, &wanted).await;
            }
            Err(Error::invalid_value(
                "index.attributes, or how text is folded, has changed since the index was built; stop all instances and run `muster reindex` with the new setting",
            ))
        })
    }

    /// Builds the index anew for the attributes that are to be indexed. `progress` is told how many resources are done.
    ///
    /// No server may write meanwhile. May be interrupted and started again.
    ///
    /// # Errors
    /// `uniqueness` when an attribute that has become unique holds a value twice; the database's.
    pub async fn reindex(&self, progress: impl Fn(u64)) -> Result<u64> {
        let mut after = ResourceKey(0);
        let mut done = 0;
        loop {
            let outcome: Result<(u64, ResourceKey)> = in_transaction!(self.store, |tx| {
                let rows = resources::lock_next(tx, after, RESOURCES_PER_TRANSACTION).await?;
                let mut last = after;
                let mut rebuilt = 0;
                for (tenant, row) in rows {
                    last = row.key;
                    rebuilt += 1;
                    if let Some(resource_type) = self.registry.resource_type(row.resource_type) {
                        let entries = index_entries(resource_type, &parse_document(&row.document)?);
                        attribute_index::rebuild(tx, tenant, row.key, &entries).await?;
                    }
                }
                Ok((rebuilt, last))
            });
            let (rebuilt, last) = outcome?;
            if rebuilt == 0 {
                break;
            }
            after = last;
            done += rebuilt;
            progress(done);
        }
        let wanted = self.indexed_attributes();
        let noted: Result<()> = in_transaction!(self.store, |tx| attribute_index::set_built_with(
            tx, &wanted
        )
        .await);
        noted.map(|()| done)
    }
}
