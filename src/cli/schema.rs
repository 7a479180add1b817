//! `muster schema`: schemas and resource types of a tenant's own.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::{Value, json};

use super::{OfTenant, Output, confirm, output};
use crate::error::{Error, Result};
use crate::resource::timestamp;
use crate::service::schemas::{self, Document, DocumentKind};
use crate::service::{Service, admin};

#[derive(Debug, Subcommand)]
pub(super) enum SchemaCommand {
    /// Register schemas and resource types: one document, or an array of them
    ///
    /// A resource type of the name of one there is adds extensions to it. Registering a document again changes it; while
    /// resources have data of a schema, attributes can be added and not taken away.
    Add {
        /// JSON file, `-` for standard input; `schemas/optional` has ready-made ones
        file: PathBuf,
        #[command(flatten)]
        of: OfTenant,
        /// Add the schemas as extensions to this resource type, as in `--extend User`
        #[arg(long, value_name = "TYPE")]
        extend: Option<String>,
        /// Every resource of the extended type must have the extension
        #[arg(long, requires = "extend")]
        required: bool,
    },
    /// List the tenant's own schemas and resource types
    List {
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        output: Output,
    },
    /// Print a schema or resource type as it is served
    #[command(alias = "get")]
    Show {
        /// The schema's URN, or the resource type's name
        id: String,
        #[command(flatten)]
        of: OfTenant,
    },
    /// Remove a schema or resource type that no resource has data of
    #[command(alias = "delete")]
    Remove {
        /// The schema's URN, or the resource type's name
        id: String,
        #[command(flatten)]
        of: OfTenant,
        /// Yes
        #[arg(long)]
        yes: bool,
    },
}

pub(super) async fn run(service: &Service, command: SchemaCommand) -> Result<()> {
    match command {
        SchemaCommand::Add {
            file,
            of,
            extend,
            required,
        } => {
            let definitions = schemas::read(&read(&file)?)?;
            let tenant = admin::get_tenant(service, &of.tenant).await?;
            let extend = extend.as_deref().map(|name| (name, required));
            let report = schemas::add(service, &tenant, &definitions, extend).await?;
            for warning in &report.warnings {
                eprintln!("muster: warning: {warning}");
            }
            let lines = report.documents.iter().map(|(kind, id, outcome)| {
                let kind = match kind {
                    DocumentKind::Schema => "schema",
                    DocumentKind::ResourceType => "resource type",
                };
                format!("{kind} {id} {outcome}\n")
            });
            output::print(&lines.collect::<String>())
        }
        SchemaCommand::List { of, output } => {
            let tenant = admin::get_tenant(service, &of.tenant).await?;
            let documents = schemas::list(service, &tenant).await?;
            let rows: Vec<Value> = documents.iter().map(row).collect();
            output::list(output.format, &rows)
        }
        SchemaCommand::Show { id, of } => {
            let tenant = admin::get_tenant(service, &of.tenant).await?;
            let document = schemas::show(service, &tenant, &id).await?;
            let text = serde_json::to_string_pretty(&document).map_err(|error| {
                Error::internal("a document cannot be written").caused_by(error)
            })?;
            output::print(&format!("{text}\n"))
        }
        SchemaCommand::Remove { id, of, yes } => {
            let tenant = admin::get_tenant(service, &of.tenant).await?;
            confirm(yes, &format!("the definition of {id:?}"))?;
            schemas::remove(service, &tenant, &id).await?;
            output::print(&format!("{id} removed\n"))
        }
    }
}

fn row(document: &Document) -> Value {
    let read: Value = serde_json::from_str(&document.document).unwrap_or_default();
    let text = |name: &str| read.get(name).cloned().unwrap_or(json!(""));
    json!({
        "kind": document.kind.name(),
        "id": document.id,
        "name": text("name"),
        "endpoint": text("endpoint"),
        "created": timestamp(document.created),
    })
}

fn read(file: &Path) -> Result<String> {
    let shown = file.display();
    let outcome = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    outcome.map_err(|error| Error::invalid_value(format!("cannot read {shown}: {error}")))
}
