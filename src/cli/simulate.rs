//! `muster simulate`: plays a provisioning client against any service provider and prints the score.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;

use super::Output;
use super::output::{self, Format};
use crate::error::{Error, Result};
use crate::simulate::{self, Options, Progress};

/// The command line of a simulation.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Use a server, tenant and connection for tests. The run creates, changes and deletes users and groups of its own; their \
        names begin with sim- and a number made from the seed. It touches nothing it did not make. Protection against mass changes, such as \
        shield.mode, has to be off for the connection: a run empties groups and deletes many users at its end.\n\n\
        Exit codes: 0 all checks of the must level held, 1 some did not or the run did not come to its end, 2 wrong usage."
)]
pub(super) struct Simulate {
    /// The client to play
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(simulate::clients()))]
    client: String,
    /// SCIM base URL of the server, as in `https://scim.example.com/scim/v2`; use one for tests
    #[arg(long, value_name = "URL")]
    against: String,
    /// Bearer token; on the command line others can see it, in the environment not
    #[arg(
        long,
        value_name = "TOKEN",
        allow_hyphen_values = true,
        env = "MUSTER_TOKEN",
        hide_env_values = true
    )]
    token: String,
    /// How many users to make up
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(4..=10_000))]
    users: u16,
    /// How many groups to make up
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    groups: u16,
    /// Number the data is made from; the same seed makes the same run. Without it, another one each time
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Leave what was made on the server
    #[arg(long)]
    keep: bool,
    /// When to end the run; cleaning up comes after that
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    #[command(flatten)]
    output: Output,
}

/// Plays the client and prints the report. The exit code is 0 when all of the must level held, else 1.
///
/// # Errors
///
/// When the options are wrong or the report cannot be printed.
pub(super) async fn run(arguments: Simulate) -> Result<ExitCode> {
    let options = Options {
        client: arguments.client,
        server: arguments.against,
        token: arguments.token,
        users: arguments.users.into(),
        groups: arguments.groups.into(),
        seed: arguments.seed.unwrap_or_else(clock),
        keep: arguments.keep,
        timeout: Duration::from_secs(arguments.timeout),
    };
    let is_watched = std::io::stderr().is_terminal();
    let show = |progress: &Progress<'_>| {
        if is_watched {
            eprint!("\r\x1b[K{}", bar(progress));
        }
    };
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let report = simulate::run_until(&options, interrupted, &show).await?;
    if is_watched {
        eprint!("\r\x1b[K");
    }
    match arguments.output.format {
        Format::Table => output::print(&report.to_string())?,
        Format::Json | Format::Jsonl | Format::Csv => {
            let document = serde_json::to_value(&report)
                .map_err(|error| Error::internal("output").caused_by(error))?;
            output::object(arguments.output.format, &document)?;
        }
    }
    Ok(if report.is_passed() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A seed for a run that was given none; small enough to be typed again.
fn clock() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(1, |now| u64::from(now.subsec_nanos()) ^ now.as_secs())
}

fn bar(progress: &Progress<'_>) -> String {
    const WIDTH: usize = 24;
    let filled = (progress.done * WIDTH / progress.total.max(1)).min(WIDTH);
    let failed = match progress.failed {
        0 => String::new(),
        failed => format!(", {failed} checks failed"),
    };
    format!(
        "[{}{}] {}, {} requests{failed}",
        "#".repeat(filled),
        ".".repeat(WIDTH - filled),
        progress.phase,
        progress.requests
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_grows() {
        let progress = |done| Progress {
            phase: "first sync",
            done,
            total: 4,
            requests: 7,
            failed: done as u64,
        };
        assert_eq!(
            bar(&progress(0)),
            "[........................] first sync, 7 requests"
        );
        assert!(bar(&progress(2)).starts_with("[############............] first sync"));
        assert!(bar(&progress(2)).ends_with("2 checks failed"));
    }
}
