//! `muster attribute`: which attributes profiles have, who sees them and who changes them.

use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::user::acting;
use super::{OfTenant, Output, output};
use crate::config::Config;
use crate::error::Result;
use crate::schema::{EditedBy, SeenBy};
use crate::service::Service;
use crate::service::account::attributes::{self, Change};

#[derive(Debug, Subcommand)]
pub(super) enum AttributeCommand {
    /// List the attributes of profiles
    List {
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        output: Output,
    },
    /// Add an attribute of the organization's own and print its path
    Add {
        /// Its name
        name: String,
        #[command(flatten)]
        of: OfTenant,
        /// Its type (RFC 7643 section 2.3)
        #[arg(long = "type", default_value = "string")]
        kind: String,
        /// What it is
        #[arg(long, default_value = "")]
        description: String,
    },
    /// Change what is said of an attribute, from the next request on
    Set {
        /// Its path, such as title
        path: String,
        #[command(flatten)]
        of: OfTenant,
        /// What it is called, such as de=Abteilung; without a text: no longer
        #[arg(long = "label", value_name = "LANGUAGE=TEXT", value_parser = label)]
        labels: Vec<(String, String)>,
        /// Who sees it
        #[arg(long, value_enum)]
        seen_by: Option<Seen>,
        /// Who changes it
        #[arg(long, value_enum)]
        edited_by: Option<Edited>,
        /// Where it stands: smaller numbers come first
        #[arg(long)]
        order: Option<i32>,
    },
}

/// Who sees an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Seen {
    /// Nobody
    Nobody,
    /// Operators alone
    Operators,
    /// Operators and the person
    People,
}

/// Who changes an attribute, besides provisioning clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Edited {
    /// Nobody else, of people whom a provisioning client looks after
    Connection,
    /// Operators
    Operators,
    /// Operators and the person
    People,
}

fn label(text: &str) -> Result<(String, String), String> {
    let (tag, label) = text
        .split_once('=')
        .ok_or_else(|| format!("{text:?} is no label; write it as de=Abteilung"))?;
    Ok((tag.to_owned(), label.to_owned()))
}

pub(super) async fn run(
    service: &Service,
    config: &Config,
    command: AttributeCommand,
) -> Result<()> {
    match command {
        AttributeCommand::List { of, output } => {
            let acting = acting(service, config, &of).await?;
            let rows = attributes::list(&acting)?.into_iter().map(|one| {
                json!({
                    "path": one.attribute.path(), "type": one.attribute.kind.name(), "seenBy": one.seen_by,
                    "editedBy": one.edited_by, "order": one.order, "labels": one.labels,
                })
            });
            output::list(output.format, &rows.collect::<Vec<_>>())
        }
        AttributeCommand::Add {
            name,
            of,
            kind,
            description,
        } => {
            let acting = acting(service, config, &of).await?;
            let definition = json!({"name": name, "type": kind, "description": description});
            let path = attributes::add(service, &acting, definition).await?;
            output::print(&format!("{path}\n"))
        }
        AttributeCommand::Set {
            path,
            of,
            labels,
            seen_by,
            edited_by,
            order,
        } => {
            let acting = acting(service, config, &of).await?;
            let change = Change {
                labels: labels.into_iter().collect(),
                seen_by: seen_by.map(|seen| match seen {
                    Seen::Nobody => SeenBy::Nobody,
                    Seen::Operators => SeenBy::Operators,
                    Seen::People => SeenBy::People,
                }),
                edited_by: edited_by.map(|edited| match edited {
                    Edited::Connection => EditedBy::Connection,
                    Edited::Operators => EditedBy::Operators,
                    Edited::People => EditedBy::People,
                }),
                order,
            };
            attributes::set(service, &acting, &path, &change).await
        }
    }
}
