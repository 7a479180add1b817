//! `muster tenant`: units of isolation.

use clap::Subcommand;
use serde_json::{Value, json};

use super::output::{self, Setting, assigned};
use super::{Output, confirm};
use crate::auth::tenant_settings;
use crate::error::Result;
use crate::resource::timestamp;
use crate::service::Service;
use crate::service::admin::{self, Tenant};

#[derive(Debug, Subcommand)]
pub(super) enum TenantCommand {
    /// List tenants
    List(Output),
    /// Show a tenant with its settings
    #[command(alias = "show")]
    Get {
        /// Its name
        name: String,
        #[command(flatten)]
        output: Output,
    },
    /// Create a tenant
    Create {
        /// Its name, which stands in addresses: lower-case letters, digits, hyphens
        name: String,
    },
    /// Change a tenant's settings, from the next request on
    Update {
        /// Its name
        name: String,
        /// A setting
        #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting, required_unless_present = "unset")]
        set: Vec<Setting>,
        /// A setting that goes back to its default
        #[arg(long, value_name = "NAME")]
        unset: Vec<String>,
    },
    /// Delete a tenant with all its resources
    Delete {
        /// Its name
        name: String,
        /// Yes, everything in it
        #[arg(long)]
        yes: bool,
    },
}

fn setting(text: &str) -> Result<Setting, String> {
    assigned(tenant_settings::TENANT_SETTINGS, text)
}

pub(super) async fn run(service: &Service, command: TenantCommand) -> Result<()> {
    match command {
        TenantCommand::List(shown) => {
            let tenants = admin::list_tenants(service).await?;
            output::list(shown.format, &tenants.iter().map(row).collect::<Vec<_>>())
        }
        TenantCommand::Get { name, output } => {
            let tenant = admin::get_tenant(service, &name).await?;
            let explained = tenant_settings::explain_tenant(&tenant.settings)?;
            let head = [
                ("name", tenant.name),
                ("created", timestamp(tenant.created)),
            ];
            output::settings(&head, explained, output.format)
        }
        TenantCommand::Update { name, set, unset } => {
            let tenant = admin::get_tenant(service, &name).await?;
            admin::update_tenant(service, &tenant, &output::changes(set, unset)).await?;
            output::print(&format!("tenant {name} updated\n"))
        }
        TenantCommand::Create { name } => {
            let tenant = admin::create_tenant(service, &name).await?;
            output::print(&format!("tenant {} created\n", tenant.name))
        }
        TenantCommand::Delete { name, yes } => {
            let tenant = admin::get_tenant(service, &name).await?;
            confirm(yes, &format!("the tenant {name:?} with all its resources"))?;
            admin::delete_tenant(service, &tenant).await?;
            output::print(&format!("tenant {name} deleted\n"))
        }
    }
}

fn row(tenant: &Tenant) -> Value {
    json!({"name": tenant.name, "created": timestamp(tenant.created)})
}
