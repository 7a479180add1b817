//! The command line: `muster serve`, and what operators do to the database directly, whether the server runs or not.

mod output;
mod schema;

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::signal::unix::{SignalKind, signal};

use crate::auth::settings;
use crate::config::{self, Config, Values};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::timestamp;
use crate::server::{Server, open_service};
use crate::service::Service;
use crate::service::admin::{self, Connection, Tenant, Token};
use output::Format;

/// A SCIM 2.0 service provider.
#[derive(Debug, Parser)]
#[command(name = "muster", version, about, disable_help_subcommand = true)]
struct Cli {
    /// Configuration file; without it, muster.toml in this folder if there is one
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Database, as in `sqlite:data/muster.db` or `postgres://USER:PASSWORD@HOST/DATABASE`
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve {
        /// Address and port of the SCIM listener
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
    },
    /// Show and check settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Look after the database
    #[command(subcommand)]
    Db(DbCommand),
    /// Build the attribute index anew, after index.attributes has changed; servers may go on serving
    ///
    /// May be interrupted: the next run goes on where this one stopped. Where a new version compares text in another way, the
    /// server says so and does not start: then no server may run meanwhile.
    Reindex,
    /// Tenants: units of isolation
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Connections: provisioning clients of a tenant
    #[command(subcommand)]
    Connection(ConnectionCommand),
    /// Access tokens of connections
    #[command(subcommand)]
    Token(TokenCommand),
    /// Schemas and resource types of a tenant's own
    #[command(subcommand)]
    Schema(schema::SchemaCommand),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Check file, environment and flags
    Check,
    /// Print every setting with its origin; secrets are hidden
    Show(Output),
    /// Print a configuration file with every key
    Template,
}

#[derive(Debug, Subcommand)]
enum DbCommand {
    /// Bring the tables up to date; `serve` does so by itself
    Migrate,
}

#[derive(Debug, Subcommand)]
enum TenantCommand {
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
        #[arg(long = "set", value_name = "NAME=VALUE", value_parser = tenant_setting, required = true)]
        settings: Vec<(String, String)>,
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

#[derive(Debug, Subcommand)]
enum ConnectionCommand {
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
        settings: Vec<(String, String)>,
    },
    /// Change a connection's profile or settings
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
        settings: Vec<(String, String)>,
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

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// List a tenant's tokens, without their secrets
    List {
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        output: Output,
    },
    /// Show a token, without its secret
    Get {
        /// Its public id
        id: String,
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        output: Output,
    },
    /// Make a token and print it, alone, once
    Create {
        #[command(flatten)]
        of: OfTenant,
        /// The connection it belongs to
        #[arg(long)]
        connection: String,
        /// What it allows: read, write
        #[arg(long, default_value = "read write")]
        scopes: String,
        /// How long it is valid: 90d, 12h, 30m
        #[arg(long, value_name = "TIME", value_parser = duration)]
        expires_in: Option<time::Duration>,
        /// The user it belongs to, by id or user name: it is good for /Me and that user's resource only
        #[arg(long)]
        user: Option<String>,
    },
    /// Revoke a token, from the next request on
    #[command(alias = "delete")]
    Revoke {
        /// Its public id
        id: String,
        #[command(flatten)]
        of: OfTenant,
    },
}

#[derive(Debug, Args)]
struct Output {
    /// How to print
    #[arg(short = 'o', long = "output", value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Args)]
struct OfTenant {
    /// The tenant's name
    #[arg(long, default_value = "default")]
    tenant: String,
}

fn setting(text: &str) -> Result<(String, String), String> {
    checked(settings::SETTINGS, text)
}

fn tenant_setting(text: &str) -> Result<(String, String), String> {
    checked(settings::TENANT_SETTINGS, text)
}

fn checked(known: &[settings::Setting], text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    settings::check(known, name, value).map_err(|error| error.to_string())?;
    Ok((name.to_owned(), value.to_owned()))
}

fn duration(text: &str) -> Result<time::Duration, String> {
    let wrong = || format!("{text:?} is no time; write it as 90d, 12h or 30m");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: i64 = text
        .strip_suffix(unit)
        .and_then(|number| number.parse().ok())
        .filter(|number| (1..=36_500).contains(number))
        .ok_or_else(wrong)?;
    match unit {
        'd' => Ok(time::Duration::days(number)),
        'h' => Ok(time::Duration::hours(number)),
        'm' => Ok(time::Duration::minutes(number)),
        _ => Err(wrong()),
    }
}

/// Reads the command line and does what it says.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 conflict.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    match execute(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("muster: {error}");
            ExitCode::from(exit_code(error.kind()))
        }
    }
}

fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::InvalidValue => 2,
        ErrorKind::NotFound => 3,
        ErrorKind::Uniqueness | ErrorKind::Unresolved | ErrorKind::Mutability => 4,
        _ => 1,
    }
}

async fn execute(cli: Cli) -> Result<()> {
    let mut flags = Vec::new();
    flags.extend(
        cli.database_url
            .map(|url| ("database.url", "--database-url", url)),
    );
    if let Command::Serve {
        listen: Some(listen),
    } = &cli.command
    {
        flags.push(("server.listen", "--listen", listen.clone()));
    }
    let values = match &cli.command {
        Command::Config(ConfigCommand::Template) => return output::print(&config::template()),
        _ => Values::load(cli.config.as_deref(), environment(), &flags)?,
    };
    let config = values.config()?;
    match cli.command {
        Command::Serve { .. } => serve(config).await,
        Command::Config(command) => show_config(&command, &values),
        Command::Db(DbCommand::Migrate) => with_service(&config, async |_| Ok(())).await,
        Command::Reindex => {
            with_service(&config, async |service| {
                reindex(service, &config.index).await
            })
            .await
        }
        Command::Tenant(command) => {
            with_service(&config, async |service| tenant(service, command).await).await
        }
        Command::Connection(command) => {
            with_service(&config, async |service| connection(service, command).await).await
        }
        Command::Token(command) => {
            with_service(&config, async |service| token(service, command).await).await
        }
        Command::Schema(command) => {
            with_service(&config, async |service| schema::run(service, command).await).await
        }
    }
}

async fn reindex(service: &Service, listed: &[String]) -> Result<()> {
    let is_watched = std::io::stderr().is_terminal();
    let done = service.reindex(listed, |progress| {
        if is_watched {
            eprint!("\r{} of {} resources", progress.done, progress.total);
        }
    });
    let done = done.await?;
    if is_watched {
        eprintln!();
    }
    output::print(&format!("{done} resources reindexed\n"))
}

/// The environment; variables that are not text are none of ours.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

async fn with_service(
    config: &Config,
    work: impl AsyncFnOnce(&Service) -> Result<()>,
) -> Result<()> {
    let service: Arc<Service> = open_service(config).await?;
    let outcome = work(&service).await;
    service.store.close().await;
    outcome
}

fn show_config(command: &ConfigCommand, values: &Values) -> Result<()> {
    match command {
        ConfigCommand::Check => output::print("the configuration is valid\n"),
        ConfigCommand::Show(shown) => {
            let rows: Vec<Value> = values
                .shown()
                .into_iter()
                .map(|(key, value, origin)| json!({"key": key, "value": value, "origin": origin}))
                .collect();
            output::list(shown.format, &rows)
        }
        ConfigCommand::Template => Ok(()),
    }
}

async fn serve(config: Config) -> Result<()> {
    init_log(&config)?;
    let failed =
        |error: std::io::Error| Error::internal("signals cannot be caught").caused_by(error);
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate()).map_err(failed)?,
        signal(SignalKind::interrupt()).map_err(failed)?,
    );
    let server = Server::start(config).await?;
    announce(&server)?;
    let name = tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    };
    tracing::info!(signal = name, "stopping");
    server.stop().await;
    Ok(())
}

/// Where the server is, and on the first start the token: the only time it is shown.
fn announce(server: &Server) -> Result<()> {
    let mut text = format!(
        "\n  Muster is running.\n\n    SCIM base URL   {}\n",
        server.scim_url()
    );
    if let Some(first) = server.first_start() {
        let token = first
            .token
            .as_deref()
            .unwrap_or("as set by MUSTER_SERVER__BOOTSTRAP_TOKEN");
        _ = write!(
            text,
            "    Bearer token    {token}\n    Tenant          {}\n    Connection      {}\n",
            first.tenant, first.connection
        );
        if first.token.is_some() {
            text.push_str("\n  The token is shown this once. `muster token create --connection default` makes another.\n");
        }
    }
    text.push_str("\n  Ctrl+C stops it.\n\n");
    output::print(&text)
}

fn init_log(config: &Config) -> Result<()> {
    let level = if config.log.level.contains(['=', ',']) {
        config.log.level.clone()
    } else {
        format!("warn,muster={}", config.log.level)
    };
    let filter = tracing_subscriber::EnvFilter::try_new(level)
        .map_err(|error| Error::invalid_value("log.level is not a filter").caused_by(error))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none());
    let outcome = if config.log.is_json {
        log.json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .try_init()
    } else {
        log.try_init()
    };
    outcome.map_err(|error| Error::internal("the log could not be set up").caused_by(error))
}

async fn tenant(service: &Service, command: TenantCommand) -> Result<()> {
    match command {
        TenantCommand::List(shown) => {
            let tenants = admin::list_tenants(service).await?;
            output::list(
                shown.format,
                &tenants.iter().map(tenant_row).collect::<Vec<_>>(),
            )
        }
        TenantCommand::Get { name, output } => {
            let tenant = admin::get_tenant(service, &name).await?;
            let explained = settings::explain_tenant(&tenant.settings)?;
            let head = [
                ("name", tenant.name),
                ("created", timestamp(tenant.created)),
            ];
            show_settings(&head, explained, output.format)
        }
        TenantCommand::Update { name, settings } => {
            let tenant = admin::get_tenant(service, &name).await?;
            admin::update_tenant(service, &tenant, &settings).await?;
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

fn confirm(yes: bool, what: &str) -> Result<()> {
    if yes {
        Ok(())
    } else {
        Err(Error::invalid_value(format!(
            "this deletes {what}; add --yes to do it"
        )))
    }
}

fn tenant_row(tenant: &Tenant) -> Value {
    json!({"name": tenant.name, "created": timestamp(tenant.created)})
}

async fn connection(service: &Service, command: ConnectionCommand) -> Result<()> {
    match command {
        ConnectionCommand::List { of, output } => {
            let tenant = admin::get_tenant(service, &of.tenant).await?;
            let connections = admin::list_connections(service, &tenant).await?;
            let rows = connections.iter().map(|connection| json!({"name": connection.name, "profile": connection.profile, "created": timestamp(connection.created)}));
            output::list(output.format, &rows.collect::<Vec<_>>())
        }
        ConnectionCommand::Get { name, of, output } => {
            show_connection(&find(service, &of.tenant, &name).await?, output.format)
        }
        ConnectionCommand::Create {
            name,
            of,
            profile,
            settings,
        } => {
            let tenant = admin::get_tenant(service, &of.tenant).await?;
            let connection =
                admin::create_connection(service, &tenant, &name, &profile, &settings).await?;
            output::print(&format!(
                "connection {} created in tenant {}\n",
                connection.name, tenant.name
            ))
        }
        ConnectionCommand::Update {
            name,
            of,
            profile,
            settings,
        } => {
            admin::update_connection(
                service,
                &find(service, &of.tenant, &name).await?,
                profile.as_deref(),
                &settings,
            )
            .await?;
            output::print(&format!("connection {name} updated\n"))
        }
        ConnectionCommand::Delete { name, of, yes } => {
            let connection = find(service, &of.tenant, &name).await?;
            confirm(yes, &format!("the connection {name:?} and its tokens"))?;
            admin::delete_connection(service, &connection).await?;
            output::print(&format!("connection {name} deleted\n"))
        }
    }
}

async fn find(service: &Service, tenant: &str, name: &str) -> Result<Connection> {
    let tenant = admin::get_tenant(service, tenant).await?;
    admin::get_connection(service, &tenant, name).await
}

fn show_connection(connection: &Connection, format: Format) -> Result<()> {
    let explained = settings::explain(&connection.profile, &connection.settings)?;
    let head = [
        ("name", connection.name.clone()),
        ("profile", connection.profile.clone()),
        ("created", timestamp(connection.created)),
    ];
    show_settings(&head, explained, format)
}

/// Prints what has settings: for people with their purpose and origin, for programs as an object.
fn show_settings(
    head: &[(&str, String)],
    explained: Vec<settings::Explained>,
    format: Format,
) -> Result<()> {
    if format == Format::Table {
        let mut text = String::new();
        for (name, value) in head {
            _ = writeln!(text, "{name:<8} {value}");
        }
        text.push('\n');
        for (setting, value, from) in explained {
            let from = match from {
                settings::From::Default => "default",
                settings::From::Profile => "profile",
                settings::From::Own => "set here",
            };
            _ = writeln!(
                text,
                "{} = {value}  ({from})\n    {}",
                setting.name, setting.purpose
            );
        }
        return output::print(&text);
    }
    let values: serde_json::Map<String, Value> = explained
        .into_iter()
        .map(|(setting, value, _)| (setting.name.to_owned(), json!(value)))
        .collect();
    let mut object: serde_json::Map<String, Value> = head
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    object.insert("settings".to_owned(), Value::Object(values));
    output::object(format, &Value::Object(object))
}

async fn token(service: &Service, command: TokenCommand) -> Result<()> {
    match command {
        TokenCommand::List { of, output } => {
            let tenant = admin::get_tenant(service, &of.tenant).await?;
            let tokens = admin::list_tokens(service, &tenant).await?;
            output::list(
                output.format,
                &tokens.iter().map(token_row).collect::<Vec<_>>(),
            )
        }
        TokenCommand::Get { id, of, output } => {
            let tenant = admin::get_tenant(service, &of.tenant).await?;
            let tokens = admin::list_tokens(service, &tenant).await?;
            let token = tokens.iter().find(|token| token.id == id);
            output::object(
                output.format,
                &token_row(token.ok_or_else(|| {
                    Error::not_found(format!("the tenant {:?} has no token {id:?}", tenant.name))
                })?),
            )
        }
        TokenCommand::Create {
            of,
            connection,
            scopes,
            expires_in,
            user,
        } => {
            let connection = find(service, &of.tenant, &connection).await?;
            let expires_at = expires_in.map(|expires_in| OffsetDateTime::now_utc() + expires_in);
            let user = user.as_deref();
            let token =
                admin::create_token(service, &connection, &scopes, expires_at, user).await?;
            output::print(&format!("{}\n", token.secret))
        }
        TokenCommand::Revoke { id, of } => {
            let tenant = admin::get_tenant(service, &of.tenant).await?;
            admin::revoke_token(service, &tenant, &id).await?;
            output::print(&format!("token {id} revoked\n"))
        }
    }
}

fn token_row(token: &Token) -> Value {
    json!({
        "id": token.id,
        "connection": token.connection,
        "user": token.subject,
        "scopes": token.scopes,
        "created": timestamp(token.created),
        "expires": token.expires.map(timestamp),
        "revoked": token.revoked.map(timestamp),
    })
}
