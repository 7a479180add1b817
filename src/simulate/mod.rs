//! Plays real provisioning clients against a SCIM service provider and scores the answers.
//!
//! The engine knows no client: each is a document in `assets/simulations`, whose language the README there describes. A run makes up people
//! and groups from a seed, drives the server through the client's phases, checks answers and effects, and deletes what it
//! made. It changes and deletes only what it made itself.

mod check;
mod cleanup;
mod clients;
mod exchange;
mod people;
mod record;
mod report;
mod run;
mod scenario;
mod state;
mod template;
mod walk;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

pub use check::Level;
pub use report::{Cleanup, FailedCheck, Finding, LevelScore, PhaseScore, Report, Score, Traffic};

use crate::error::{Error, Result};
use exchange::Exchanger;
use run::Run;
use scenario::Scenario;
use state::State;

/// What to simulate, and against which server.
#[derive(Debug, Clone)]
pub struct Options {
    /// The client's name, one of [`clients()`].
    pub client: String,
    /// The server's SCIM base URL, http or https, without a query.
    pub server: String,
    /// The bearer token.
    pub token: String,
    /// How many users to make up, 4 to 10,000.
    pub users: usize,
    /// How many groups to make up, 1 to 1,000.
    pub groups: usize,
    /// What the data is made from.
    pub seed: u64,
    /// Whether the data stays on the server.
    pub keep: bool,
    /// When to end the run; cleaning up comes after that.
    pub timeout: Duration,
}

/// How far a run is.
#[derive(Debug)]
pub struct Progress<'a> {
    /// The phase's name.
    pub phase: &'a str,
    /// Rounds done: a step for one user or group, or a single step.
    pub done: usize,
    /// Rounds in all.
    pub total: usize,
    /// Requests sent.
    pub requests: u64,
    /// Checks that failed.
    pub failed: u64,
}

/// Hears of progress.
pub type Observer<'a> = &'a (dyn Fn(&Progress<'_>) + Send + Sync);

/// The names of the clients that can be simulated.
pub fn clients() -> impl Iterator<Item = &'static str> {
    clients::CLIENTS.iter().map(|(name, _)| *name)
}

/// Plays a client against a server.
///
/// # Errors
///
/// When the options are wrong. What the server does wrong stands in the report.
pub async fn run(options: &Options, on_progress: Observer<'_>) -> Result<Report> {
    run_until(options, std::future::pending(), on_progress).await
}

/// The same, ended early by an interruption; what was made is deleted even then.
///
/// # Errors
///
/// When the options are wrong.
pub async fn run_until(
    options: &Options,
    interrupted: impl Future<Output = ()> + Send,
    on_progress: Observer<'_>,
) -> Result<Report> {
    play(&chosen(options)?, options, interrupted, on_progress).await
}

async fn play(
    scenario: &Scenario,
    options: &Options,
    interrupted: impl Future<Output = ()> + Send,
    on_progress: Observer<'_>,
) -> Result<Report> {
    let started = Instant::now();
    let asks_for_packed = |name: &String| name.eq_ignore_ascii_case("accept-encoding");
    let unpacks = scenario.headers.keys().any(asks_for_packed);
    let retry = scenario.retry.clone();
    let exchanger = Exchanger::new(&options.server, &options.token, retry, unpacks)?;
    let mut state = State::new(people::make(options.seed, options.users, options.groups));
    if let Value::Object(members) = &mut state.run {
        members.insert("base".to_owned(), exchanger.base().into());
    }
    let run = Run::new(scenario, exchanger, state, on_progress);
    {
        let mut play = std::pin::pin!(run.play());
        let reason = tokio::select! {
            () = &mut play => None,
            () = interrupted => Some("it was interrupted".to_owned()),
            () = tokio::time::sleep(options.timeout) => {
                Some(format!("the overall time-out of {} s has passed", options.timeout.as_secs()))
            }
        };
        if let Some(reason) = reason {
            run.stop(&reason);
            // Requests on their way are awaited: what they make has to be known to be deleted.
            play.await;
        }
    }
    let cleanup = if options.keep {
        let left = run.state().ours.values().filter(|gone| !**gone).count();
        Cleanup {
            kept: true,
            left,
            ..Cleanup::default()
        }
    } else {
        run.clean_up().await
    };
    Ok(report(options, &run, started.elapsed(), cleanup))
}

fn chosen(options: &Options) -> Result<Scenario> {
    if !(4..=10_000).contains(&options.users) || !(1..=1_000).contains(&options.groups) {
        return Err(Error::invalid_value(
            "that many users or groups cannot be simulated; users are 4 to 10000, groups 1 to 1000",
        ));
    }
    let known: BTreeMap<_, _> = clients::CLIENTS.iter().copied().collect();
    let Some(document) = known.get(options.client.as_str()) else {
        return Err(Error::invalid_value(format!(
            "there is no client {:?}; the clients are {}",
            options.client,
            clients().collect::<Vec<_>>().join(", ")
        )));
    };
    Scenario::parse(document)
}

fn report(options: &Options, run: &Run<'_>, took: Duration, cleanup: Cleanup) -> Report {
    let record = run.record();
    let phases = record.phases(&run.scenario.phases);
    let (findings, more_findings) = record.findings();
    let prefix = run.state().run.get("prefix").cloned();
    Report {
        client: run.scenario.client.clone(),
        about: run.scenario.about.clone(),
        server: run.exchanger.base().to_owned(),
        seed: options.seed,
        prefix: prefix
            .as_ref()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        users: options.users,
        groups: options.groups,
        score: record::sum(phases.iter().map(|phase| phase.score)),
        levels: record.levels(),
        phases,
        traffic: record.traffic(&run.exchanger.counts, took.as_secs_f64()),
        findings,
        more_findings,
        stopped: run.stopped(),
        cleanup,
    }
}

#[cfg(test)]
mod tests;
