//! Puts load on a SCIM 2.0 server over HTTP/1.1 and reports latencies.
//!
//! `fill` creates users, `group` makes a large group of them and `measure`
//! runs scenarios: every connection sends one request after another (a closed
//! loop). `bulk` compares bulk requests with single ones. The data follows
//! from a seed, so runs can be repeated.
//!
//! ```text
//! cargo run --release --example load -- --base http://127.0.0.1:8080/scim/v2 --token T fill
//! ```

mod bulk;
mod client;
mod directory;
mod fill;
mod measure;
mod people;
mod scenario;
mod stats;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, value_parser};

use crate::client::{Connection, Target};
use crate::scenario::Scenario;

/// What a step of the program returns.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Puts load on a SCIM 2.0 server and reports latencies.
#[derive(Parser)]
#[command(name = "load")]
struct Arguments {
    /// Base URL of the server, for example <http://127.0.0.1:8080/scim/v2>.
    #[arg(long)]
    base: String,
    /// Bearer token.
    #[arg(long, env = "LOAD_TOKEN", hide_env_values = true)]
    token: String,
    /// Accept a base URL that is not a loopback address.
    #[arg(long)]
    allow_remote: bool,
    /// Seconds after which a request counts as failed.
    #[arg(long, default_value_t = 60, value_parser = value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// Seed of the generated data.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create users; those that exist already are left alone.
    Fill(FillArguments),
    /// Create a group, fill it with existing users and print its id.
    Group(GroupArguments),
    /// Run scenarios and print a table of latencies.
    Measure(MeasureArguments),
    /// Create users one by one and by bulk requests over one connection, and compare.
    Bulk(BulkArguments),
}

#[derive(Args)]
struct BulkArguments {
    /// Users created each way in each round.
    #[arg(long, default_value_t = 1_000, value_parser = value_parser!(u32).range(1..=100_000))]
    users: u32,
    /// Operations in one bulk request.
    #[arg(long, default_value_t = 1_000, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    operations: usize,
    /// Rounds; the medians are compared.
    #[arg(long, default_value_t = 5, value_parser = value_parser!(u32).range(1..=100))]
    rounds: u32,
}

#[derive(Args)]
struct FillArguments {
    /// How many users there shall be.
    #[arg(long, default_value_t = 100_000, value_parser = value_parser!(u32).range(1..=10_000_000))]
    users: u32,
    /// Connections used at the same time.
    #[arg(long, default_value_t = 16, value_parser = value_parser!(u16).range(1..=1024))]
    connections: u16,
}

#[derive(Args)]
struct GroupArguments {
    /// How many members the group gets.
    #[arg(long, default_value_t = 50_000, value_parser = value_parser!(u32).range(1..=10_000_000))]
    members: u32,
    /// Display name of the group.
    #[arg(long, default_value = "Everyone")]
    name: String,
}

#[derive(Args)]
struct MeasureArguments {
    /// How many users `fill` created.
    #[arg(long, default_value_t = 100_000, value_parser = value_parser!(u32).range(1..=10_000_000))]
    users: u32,
    /// Connections used at the same time.
    #[arg(long, default_value_t = 16, value_parser = value_parser!(u16).range(1..=1024))]
    connections: u16,
    /// Seconds each scenario runs.
    #[arg(long, default_value_t = 10, value_parser = value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Requests after which a scenario ends early.
    #[arg(long, default_value_t = 1_000_000, value_parser = value_parser!(u32).range(1..=100_000_000))]
    requests: u32,
    /// Scenarios to run, in this order [default: all].
    #[arg(long = "scenario", value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    scenarios: Vec<Scenario>,
    /// Where page-deep starts [default: nine tenths of the users].
    #[arg(long)]
    deep_start: Option<u32>,
    /// Id of an existing group for add-member; it keeps the members added.
    #[arg(long, value_name = "ID", conflicts_with = "group_members")]
    group: Option<String>,
    /// Members of the group made for add-member and deleted afterwards
    /// [default: 50,000, at most half of the users].
    #[arg(long, value_name = "N")]
    group_members: Option<u32>,
    /// Process of the server, to report its resident memory.
    #[arg(long)]
    pid: Option<u32>,
    /// Write the results as JSON to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("load: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Outcome<ExitCode> {
    let target = Arc::new(
        Target::resolve(
            &arguments.base,
            &arguments.token,
            arguments.allow_remote,
            Duration::from_secs(arguments.timeout),
        )
        .await?,
    );
    match arguments.command {
        Command::Fill(fill) => fill::run(target, &fill, arguments.seed).await?,
        Command::Group(group) => make_group(target, &group).await?,
        Command::Bulk(bulk) => bulk::run(target, &bulk, arguments.seed).await?,
        Command::Measure(measure) => {
            return measure::run(target, &measure, arguments.seed).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn make_group(target: Arc<Target>, group: &GroupArguments) -> Outcome<()> {
    let mut connection = Connection::open(target).await?;
    let wanted = usize::try_from(group.members)?;
    let users = directory::users(&mut connection, wanted).await?;
    let Some(members) = users.get(..wanted) else {
        return Err(format!("the server has only {} users", users.len()).into());
    };
    let ids: Vec<&str> = members.iter().map(|user| user.id.as_str()).collect();
    let id = directory::create_group(&mut connection, &group.name).await?;
    directory::add_members(&mut connection, &id, &ids).await?;
    println!("{id}");
    Ok(())
}
