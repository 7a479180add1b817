//! Puts load on a SCIM 2.0 server over HTTP/1.1 and reports latencies.
//!
//! `fill` creates users, `group` makes a large group of them and `measure`
//! runs scenarios: every connection sends one request after another (a closed
//! loop), or `--rate` requests are sent each second whether answers have come
//! or not (an open loop). `bulk` compares bulk requests with single ones and
//! `compare` makes tables of what was measured. `floor` is a server that
//! does nothing, to see what HTTP itself costs. The data follows from a seed,
//! so runs can be repeated.
//!
//! ```text
//! cargo run --release --example load -- --base http://127.0.0.1:8080/scim/v2 --token T fill
//! ```

mod arguments;
mod bulk;
mod client;
mod compare;
mod crowd;
mod directory;
mod expect;
mod fill;
mod floor;
mod histogram;
mod journey;
mod machine;
mod measure;
mod pace;
mod people;
mod plan;
mod prepare;
mod probe;
mod scenario;
mod stats;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use tokio::runtime::Builder;

use crate::arguments::{Arguments, Command, GroupArguments};
use crate::client::{Connection, Target};

/// What a step of the program returns.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Whoever sends leaves the other processors to the server; a server takes all there are.
    let mut builder = match arguments.command {
        Command::Floor(_) => Builder::new_multi_thread(),
        _ => Builder::new_current_thread(),
    };
    let outcome = match builder.enable_all().build() {
        Ok(runtime) => runtime.block_on(run(arguments)),
        Err(failure) => Err(failure.into()),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("load: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Outcome<ExitCode> {
    if let Command::Compare(compare) = &arguments.command {
        compare::run(&compare.results)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Floor(floor) = &arguments.command {
        floor::run(floor.listen, floor.users, arguments.seed).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let base = arguments.base.ok_or("--base is missing")?;
    let token = arguments.token.ok_or("--token is missing")?;
    let limit = Duration::from_secs(arguments.timeout);
    let target = Target::resolve(&base, &token, arguments.allow_remote, limit).await?;
    let target = Arc::new(target);
    match arguments.command {
        Command::Fill(fill) => fill::run(target, &fill, arguments.seed).await?,
        Command::Group(group) => make_group(target, &group).await?,
        Command::Bulk(bulk) => bulk::run(target, &bulk, arguments.seed).await?,
        Command::Measure(measure) => {
            return measure::run(target, &measure, arguments.seed).await;
        }
        Command::Compare(_) | Command::Floor(_) => {}
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
