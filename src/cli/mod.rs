//! The command line: `muster serve`, and what operators do to the database directly, whether the server runs or not.

mod attribute;
mod client;
mod connection;
mod db;
mod demo;
mod group;
mod init;
mod log;
mod operator;
mod output;
mod schema;
mod simulate;
mod stderr_log;
mod tenant;
mod token;
mod user;

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{self, Config, Values};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::ResourceType;
use crate::schema::project::Projection;
use crate::server::{Server, open_service};
use crate::service::account::Intent;
use crate::service::account::acting::Acting;
use crate::service::admin::{self, Connection, Tenant};
use crate::service::{Service, query};
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
    /// Do what the first start of the server does, without serving, and print a link for the first owner of the console
    ///
    /// Later runs print a new link, and the one before is void, until there is an owner; then nothing is changed.
    Init(init::Init),
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
    Tenant(tenant::TenantCommand),
    /// Connections: provisioning clients of a tenant
    #[command(subcommand)]
    Connection(connection::ConnectionCommand),
    /// Access tokens of connections
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// OAuth 2 clients: they get short-lived access tokens at /oauth/token
    #[command(subcommand)]
    Client(client::ClientCommand),
    /// Other issuers whose access tokens are accepted
    #[command(subcommand)]
    Issuer(client::IssuerCommand),
    /// The keys that sign access tokens
    #[command(subcommand)]
    Key(client::KeyCommand),
    /// The provisioning log: what clients asked, and what they were answered
    #[command(subcommand)]
    Log(log::LogCommand),
    /// Play a provisioning client against any service provider, and print what it did wrong
    Simulate(simulate::Simulate),
    /// Schemas and resource types of a tenant's own
    #[command(subcommand)]
    Schema(schema::SchemaCommand),
    /// People: invite, lock, reset, delete, import, export
    #[command(subcommand)]
    User(user::UserCommand),
    /// Groups of people: create, rename, delete, add and remove members
    #[command(subcommand)]
    Group(group::GroupCommand),
    /// Attributes of profiles: labels, who sees them and who changes them
    #[command(subcommand)]
    Attribute(attribute::AttributeCommand),
    /// Operators: people who work in the console, and their roles
    #[command(subcommand)]
    Operator(operator::OperatorCommand),
    /// Sample people and groups, to look around
    #[command(subcommand)]
    Demo(demo::DemoCommand),
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
    /// Copy a whole database into an empty one, from SQLite to PostgreSQL or the other way
    ///
    /// All or nothing, and compared before anything stays. A server may go on running on the source, but what it writes after the
    /// beginning is not copied: stop it first. The settings of `muster.toml` play no part.
    Copy(db::Copy),
}

#[derive(Debug, Args)]
struct Output {
    /// How to print
    #[arg(short = 'o', long = "output", value_enum, default_value_t)]
    format: Format,
}

/// What to list.
#[derive(Debug, Args)]
struct Page {
    /// A SCIM filter, such as 'userName sw "b"' for users or 'displayName sw "tour"' for groups
    #[arg(long)]
    filter: Option<String>,
    /// How many to list at most
    #[arg(long, default_value_t = 100)]
    count: i64,
    /// The number of the first one
    #[arg(long, default_value_t = 1)]
    start: i64,
}

impl Page {
    /// The resources of a type, without the values of these paths.
    async fn read(
        self,
        service: &Service,
        acting: &Acting,
        resource_type: &Arc<ResourceType>,
        excluded: &[String],
    ) -> Result<Vec<Value>> {
        let call = acting.call(Intent::default());
        let request = query::Request {
            filter: self.filter,
            start_index: Some(self.start),
            count: Some(self.count),
            projection: Projection::new(&[], excluded)?,
            ..query::Request::default()
        };
        let types = [Arc::clone(resource_type)];
        let answer = query::query(service, &call, &types, &request).await?;
        let answer: Value = serde_json::from_str(&answer)
            .map_err(|error| Error::internal("a list is malformed").caused_by(error))?;
        let found = answer.get("Resources").and_then(Value::as_array);
        Ok(found.cloned().unwrap_or_default())
    }
}

#[derive(Debug, Args)]
struct OfTenant {
    /// The tenant's name
    #[arg(long, default_value = "default")]
    tenant: String,
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
    let outcome = match cli.command {
        // Needs neither configuration nor database.
        Command::Simulate(command) => simulate::run(command).await,
        // Names its own databases.
        Command::Db(DbCommand::Copy(command)) => {
            db::copy(command).await.map(|()| ExitCode::SUCCESS)
        }
        _ => execute(cli).await.map(|()| ExitCode::SUCCESS),
    };
    match outcome {
        Ok(code) => code,
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
        ErrorKind::Uniqueness
        | ErrorKind::Unresolved
        | ErrorKind::Mutability
        | ErrorKind::LastOwner => 4,
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
        command => {
            with_service(&config, async |service| {
                run_with(service, &config, command).await
            })
            .await
        }
    }
}

/// What is done to the database.
async fn run_with(service: &Service, config: &Config, command: Command) -> Result<()> {
    match command {
        Command::Init(command) => init::run(service, config, command).await,
        Command::Reindex => reindex(service, &config.index).await,
        Command::Tenant(command) => tenant::run(service, command).await,
        Command::Connection(command) => connection::run(service, command).await,
        Command::Token(command) => token::run(service, command).await,
        Command::Client(command) => client::client(service, config, command).await,
        Command::Issuer(command) => client::issuer(service, config, command).await,
        Command::Key(command) => client::key(service, config, command).await,
        Command::Log(command) => log::run(service, config, command).await,
        Command::Schema(command) => schema::run(service, command).await,
        Command::User(command) => user::run(service, config, command).await,
        Command::Group(command) => group::run(service, config, command).await,
        Command::Attribute(command) => attribute::run(service, config, command).await,
        Command::Operator(command) => operator::run(service, config, command).await,
        Command::Demo(command) => demo::run(service, config, command).await,
        // To open the database is all there is to migrating; the others do without one.
        Command::Db(_) | Command::Serve { .. } | Command::Config(_) | Command::Simulate(_) => {
            Ok(())
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
    stderr_log::begin(&config)?;
    let failed =
        |error: std::io::Error| Error::internal("signals cannot be caught").caused_by(error);
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate()).map_err(failed)?,
        signal(SignalKind::interrupt()).map_err(failed)?,
    );
    let mut hangup = signal(SignalKind::hangup()).map_err(failed)?;
    let server = Server::start(config).await?;
    announce(&server)?;
    let name = loop {
        tokio::select! {
            _ = terminate.recv() => break "SIGTERM",
            _ = interrupt.recv() => break "SIGINT",
            _ = hangup.recv() => server.reload(),
        }
    };
    tracing::info!(signal = name, "stopping");
    server.stop().await;
    Ok(())
}

/// Where the server is, and on the first start the token and the first owner's link: the only time they are shown.
fn announce(server: &Server) -> Result<()> {
    let mut facts = vec![("SCIM base URL", server.scim_url())];
    let mut remarks = Vec::new();
    if let Some(first) = server.first_start() {
        init::tell(first, server.public_url(), &mut facts, &mut remarks);
    }
    remarks.push("Ctrl+C stops it.".to_owned());
    output::print(&init::framed("Muster is running.", &facts, &remarks))
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

/// As [`confirm`]; whoever sits at a terminal may type the name instead.
fn confirm_named(yes: bool, what: &str, name: &str) -> Result<()> {
    let mut input = std::io::stdin().lock();
    if yes || !input.is_terminal() {
        return confirm(yes, what);
    }
    eprint!("this deletes {what}; type its name to do it: ");
    is_typed(&mut input, name)
}

/// Reads a line, which must be the name.
fn is_typed(input: &mut impl BufRead, name: &str) -> Result<()> {
    let mut typed = String::new();
    let read = input.read_line(&mut typed);
    read.map_err(|error| Error::internal("nothing can be read").caused_by(error))?;
    if !name.is_empty() && typed.trim_end_matches(['\r', '\n']) == name {
        return Ok(());
    }
    Err(Error::invalid_value(format!(
        "nothing is deleted: that is not {name:?}"
    )))
}

/// The tenant that `--tenant` names.
async fn tenant_of(service: &Service, of: &OfTenant) -> Result<Tenant> {
    admin::get_tenant(service, &of.tenant).await
}

/// The connection of that name in the tenant that `--tenant` names.
async fn find(service: &Service, of: &OfTenant, name: &str) -> Result<Connection> {
    let tenant = tenant_of(service, of).await?;
    admin::get_connection(service, &tenant, name).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_name_confirms() {
        for (typed, is_right) in [
            ("Tour Guides\n", true),
            ("Tour Guides\r\n", true),
            ("Tour Guides", true),
            ("tour guides\n", false),
            (" Tour Guides\n", false),
            ("y\n", false),
            ("\n", false),
            ("", false),
        ] {
            let outcome = is_typed(&mut typed.as_bytes(), "Tour Guides");
            assert_eq!(outcome.is_ok(), is_right, "{typed:?}");
        }
        assert!(is_typed(&mut "\n".as_bytes(), "").is_err());
    }
}
