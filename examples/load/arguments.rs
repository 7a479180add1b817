//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand, value_parser};

use crate::compare::Named;
use crate::scenario::Scenario;

/// Puts load on a SCIM 2.0 server and reports latencies.
#[derive(Parser)]
#[command(name = "load")]
pub(crate) struct Arguments {
    /// Base URL of the server, for example <http://127.0.0.1:8080/scim/v2>.
    #[arg(long)]
    pub(crate) base: Option<String>,
    /// Bearer token.
    #[arg(long, env = "LOAD_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// Accept a base URL that is not a loopback address.
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// Seconds after which a request counts as failed.
    #[arg(long, default_value_t = 60, value_parser = value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: u64,
    /// Seed of the generated data.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create users; those that exist already are left alone.
    Fill(FillArguments),
    /// Create a group, fill it with existing users and print its id.
    Group(GroupArguments),
    /// Run scenarios and print a table of latencies.
    Measure(MeasureArguments),
    /// Create users one by one and by bulk requests over one connection, and compare.
    Bulk(BulkArguments),
    /// Print results that `measure --json` wrote as a table in Markdown, or several beside each other.
    Compare(CompareArguments),
    /// Answer every request with a text made beforehand, until ended: what HTTP itself allows on this machine.
    Floor(FloorArguments),
}

#[derive(Args)]
pub(crate) struct FloorArguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8081")]
    pub(crate) listen: SocketAddr,
    /// How many users it says there are.
    #[arg(long, default_value_t = 10_000, value_parser = value_parser!(u32).range(1..=10_000_000))]
    pub(crate) users: u32,
}

#[derive(Args)]
pub(crate) struct BulkArguments {
    /// Users created each way in each round.
    #[arg(long, default_value_t = 1_000, value_parser = value_parser!(u32).range(1..=100_000))]
    pub(crate) users: u32,
    /// Operations in one bulk request.
    #[arg(long, default_value_t = 1_000, value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    pub(crate) operations: usize,
    /// Rounds; the medians are compared.
    #[arg(long, default_value_t = 5, value_parser = value_parser!(u32).range(1..=100))]
    pub(crate) rounds: u32,
}

#[derive(Args)]
pub(crate) struct FillArguments {
    /// How many users there shall be.
    #[arg(long, default_value_t = 100_000, value_parser = value_parser!(u32).range(1..=10_000_000))]
    pub(crate) users: u32,
    /// Connections used at the same time.
    #[arg(long, default_value_t = 16, value_parser = value_parser!(u16).range(1..=1024))]
    pub(crate) connections: u16,
    /// Stop after this many seconds, whatever is done by then.
    #[arg(long, value_parser = value_parser!(u64).range(1..=864_000))]
    pub(crate) seconds: Option<u64>,
    /// Users that are created in one bulk request; 1 sends each by itself.
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u32).range(1..=10_000))]
    pub(crate) bulk: u32,
}

#[derive(Args)]
pub(crate) struct GroupArguments {
    /// How many members the group gets.
    #[arg(long, default_value_t = 50_000, value_parser = value_parser!(u32).range(1..=10_000_000))]
    pub(crate) members: u32,
    /// Display name of the group.
    #[arg(long, default_value = "Everyone")]
    pub(crate) name: String,
}

#[derive(Args)]
pub(crate) struct MeasureArguments {
    /// How many users `fill` created; those beyond are only added to groups.
    #[arg(long, default_value_t = 100_000, value_parser = value_parser!(u32).range(1..=10_000_000))]
    pub(crate) users: u32,
    /// Connections used at the same time.
    #[arg(long, default_value_t = 16, value_parser = value_parser!(u16).range(1..=1024))]
    pub(crate) connections: u16,
    /// Seconds each scenario runs.
    #[arg(long, default_value_t = 10, value_parser = value_parser!(u64).range(1..=86_400))]
    pub(crate) seconds: u64,
    /// Requests after which a scenario ends early.
    #[arg(long, default_value_t = 1_000_000, value_parser = value_parser!(u32).range(1..=100_000_000))]
    pub(crate) requests: u32,
    /// Requests per second that are sent whether answers have come or not (open loop). Latency then
    /// counts from the planned moment. Without it every connection waits for its answer (closed loop).
    #[arg(long, value_parser = value_parser!(u32).range(1..=1_000_000))]
    pub(crate) rate: Option<u32>,
    /// Scenarios to run, in this order [default: all but add-member].
    #[arg(long = "scenario", value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    pub(crate) scenarios: Vec<Scenario>,
    /// Where page-deep and cursor-deep start [default: nine tenths of the users].
    #[arg(long)]
    pub(crate) deep_start: Option<u32>,
    /// Id of an existing group for add-member; it keeps the members added.
    #[arg(long, value_name = "ID", conflicts_with = "group_members")]
    pub(crate) group: Option<String>,
    /// Members of the group made for add-member and sync-mixed and deleted afterwards
    /// [default: 50,000, at most half of the users].
    #[arg(long, value_name = "N")]
    pub(crate) group_members: Option<u32>,
    /// Process of the server, to report its resident memory.
    #[arg(long)]
    pub(crate) pid: Option<u32>,
    /// Write the results as JSON to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// How often a scenario is run at most while others take more than 5 % of the machine; the run in which they took least counts.
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u32).range(1..=20))]
    pub(crate) attempts: u32,
}

#[derive(Args)]
pub(crate) struct CompareArguments {
    /// Results and what they are called. One gives latencies, more give requests per second and
    /// how many times as many the first has.
    #[arg(required = true, value_name = "NAME=FILE")]
    pub(crate) results: Vec<Named>,
}
