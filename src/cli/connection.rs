//! `muster connection`: provisioning clients of a tenant.

use clap::Subcommand;
use serde_json::{Value, json};

use super::output::{self, Format, Setting, assigned};
use super::{OfTenant, Output, confirm, find, tenant_of};
use crate::auth::settings;
use crate::error::Result;
use crate::resource::timestamp;
use crate::service::admin::{self, Connection};
use crate::service::{Service, shield};

#[derive(Debug, Subcommand)]
pub(super) enum ConnectionCommand {
    /// List a tenant's connections
    List {
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        output: Output,
    },
    /// Show a connection with its settings and where they come from
    #[command(alias = "show")]
    Get {
        /// Its name
        name: String,
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        output: Output,
    },
    /// List the profiles: what kinds of client there are settings for
    Profiles(Output),
    /// Register a connection
    Create {
        /// Its name
        name: String,
        #[command(flatten)]
        of: OfTenant,
        /// The client's profile
        #[arg(long, default_value = "generic")]
        profile: String,
        /// A setting that differs from the profile
        #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
        set: Vec<Setting>,
    },
    /// Change a connection's profile or settings, from the next request on
    Update {
        /// Its name
        name: String,
        #[command(flatten)]
        of: OfTenant,
        /// Another profile
        #[arg(long)]
        profile: Option<String>,
        /// A setting that differs from the profile
        #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
        set: Vec<Setting>,
        /// A setting that goes back to what the profile says
        #[arg(long, value_name = "NAME")]
        unset: Vec<String>,
    },
    /// Make a connection read-only, from the next request on: its changes are answered 503
    Freeze {
        /// Its name
        name: String,
        #[command(flatten)]
        of: OfTenant,
    },
    /// Let a frozen connection change things again
    Unfreeze {
        /// Its name
        name: String,
        #[command(flatten)]
        of: OfTenant,
    },
    /// List the changes that the connection's shield holds: who would be deactivated, deleted or lose a membership
    Held {
        /// Its name
        name: String,
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        output: Output,
    },
    /// Release held changes: the client's next attempt at each of them goes through
    Release {
        #[command(flatten)]
        which: Which,
    },
    /// Reject held changes: the client's next attempt at each of them is answered 403
    Reject {
        #[command(flatten)]
        which: Which,
    },
    /// Delete a connection; its tokens end, its resources stay
    Delete {
        /// Its name
        name: String,
        #[command(flatten)]
        of: OfTenant,
        /// Yes
        #[arg(long)]
        yes: bool,
    },
}

/// Which held changes.
#[derive(Debug, clap::Args)]
pub(super) struct Which {
    /// The connection's name
    name: String,
    /// The changes' numbers, as "held" lists them
    #[arg(required_unless_present = "all")]
    ids: Vec<i64>,
    /// All that are undecided
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    #[command(flatten)]
    of: OfTenant,
}

fn setting(text: &str) -> Result<Setting, String> {
    assigned(settings::SETTINGS, text)
}

pub(super) async fn run(service: &Service, command: ConnectionCommand) -> Result<()> {
    match command {
        ConnectionCommand::List { of, output } => {
            let tenant = tenant_of(service, &of).await?;
            let connections = admin::list_connections(service, &tenant).await?;
            let rows = connections.iter().map(row);
            output::list(output.format, &rows.collect::<Vec<_>>())
        }
        ConnectionCommand::Get { name, of, output } => {
            show(&find(service, &of, &name).await?, output.format)
        }
        ConnectionCommand::Profiles(output) => {
            let rows = settings::profiles()?.map(|(name, profile)| {
                json!({"name": name, "for": profile.title, "settings": profile.settings})
            });
            output::list(output.format, &rows.collect::<Vec<_>>())
        }
        ConnectionCommand::Create {
            name,
            of,
            profile,
            set,
        } => {
            let tenant = tenant_of(service, &of).await?;
            let own = output::changes(set, Vec::new());
            let connection =
                admin::create_connection(service, &tenant, &name, &profile, &own).await?;
            output::print(&format!(
                "connection {} created in tenant {}\n",
                connection.name, tenant.name
            ))
        }
        ConnectionCommand::Update {
            name,
            of,
            profile,
            set,
            unset,
        } => {
            let connection = find(service, &of, &name).await?;
            let own = output::changes(set, unset);
            admin::update_connection(service, &connection, profile.as_deref(), &own).await?;
            output::print(&format!("connection {name} updated\n"))
        }
        ConnectionCommand::Freeze { name, of } => {
            admin::set_frozen(service, &find(service, &of, &name).await?, true).await?;
            output::print(&format!(
                "connection {name} is read-only; \"muster connection unfreeze {name}\" ends that\n"
            ))
        }
        ConnectionCommand::Unfreeze { name, of } => {
            admin::set_frozen(service, &find(service, &of, &name).await?, false).await?;
            output::print(&format!("connection {name} may change things again\n"))
        }
        ConnectionCommand::Held { name, of, output } => {
            let connection = find(service, &of, &name).await?;
            let held = shield::held(service, &connection).await?;
            output::list(
                output.format,
                &held.iter().map(held_row).collect::<Vec<_>>(),
            )
        }
        ConnectionCommand::Release { which } => decide(service, which, true).await,
        ConnectionCommand::Reject { which } => decide(service, which, false).await,
        ConnectionCommand::Delete { name, of, yes } => {
            let connection = find(service, &of, &name).await?;
            confirm(yes, &format!("the connection {name:?} and its tokens"))?;
            admin::delete_connection(service, &connection).await?;
            output::print(&format!("connection {name} deleted\n"))
        }
    }
}

async fn decide(service: &Service, which: Which, is_released: bool) -> Result<()> {
    let connection = find(service, &which.of, &which.name).await?;
    let selected = if which.all {
        shield::Which::All
    } else {
        shield::Which::These(which.ids)
    };
    let count = shield::decide(service, &connection, &selected, is_released).await?;
    output::print(&if is_released {
        format!("{count} held changes released; each is made when the client tries it again\n")
    } else {
        format!("{count} held changes rejected; the client is told so when it tries them again\n")
    })
}

fn held_row(held: &shield::Preview) -> Value {
    json!({
        "id": held.id,
        "what": held.what,
        "type": held.resource_type,
        "name": held.name,
        "resource": held.resource_id,
        "amount": held.amount,
        "attempts": held.attempts,
        "first_attempt": timestamp(held.first_attempt),
        "last_attempt": timestamp(held.last_attempt),
        "decision": held.decision,
    })
}

fn row(connection: &Connection) -> Value {
    json!({
        "name": connection.name,
        "profile": connection.profile,
        "created": timestamp(connection.created),
        "frozen": connection.frozen.map(timestamp),
    })
}

fn show(connection: &Connection, format: Format) -> Result<()> {
    let explained = settings::explain(&connection.profile, &connection.settings)?;
    let mut head = vec![
        ("name", connection.name.clone()),
        ("profile", connection.profile.clone()),
        ("created", timestamp(connection.created)),
    ];
    head.extend(connection.frozen.map(|since| ("frozen", timestamp(since))));
    output::settings(&head, explained, format)
}
