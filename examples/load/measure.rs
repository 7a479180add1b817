//! Running scenarios.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::Outcome;
use crate::arguments::MeasureArguments;
use crate::client::{Call, Connection, Target};
use crate::journey::Worker;
use crate::machine::{self, Machine};
use crate::pace::Pace;
use crate::plan::Plan;
use crate::prepare::{self, Ready};
use crate::scenario::Scenario;
use crate::stats::{self, Row, Sample};

/// How long an open loop may still work off what was planned, in seconds.
const GRACE: u64 = 60;

/// Runs the scenarios; fails when any request was not answered as expected.
pub(crate) async fn run(
    target: Arc<Target>,
    arguments: &MeasureArguments,
    seed: u64,
) -> Outcome<ExitCode> {
    let scenarios = match arguments.scenarios.as_slice() {
        [] => Scenario::all(),
        chosen => chosen.to_vec(),
    };
    let mut connection = Connection::open(Arc::clone(&target)).await?;
    let mut plan = Arc::new(prepare::plan(arguments, seed)?);
    let mut rows = Vec::new();
    stats::print_head();
    for scenario in scenarios {
        let row = scenario_row(&target, &mut connection, &mut plan, arguments, scenario).await?;
        row.print();
        if !row.clean() {
            settle(&mut connection).await;
        }
        rows.push(row);
        // What was measured so far is kept, whatever happens later.
        if let Some(file) = &arguments.json {
            let report = report(&target, &plan, arguments, &rows);
            std::fs::write(file, format!("{report:#}\n"))?;
        }
    }
    prepare::tidy(&mut connection, &plan, arguments).await?;
    let clean = rows.iter().all(Row::clean);
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Waits until the server has worked off what nobody waits for any more, and answers again.
async fn settle(connection: &mut Connection) {
    for _ in 0..5 {
        let call = Call::plain(Method::GET, "/ServiceProviderConfig".to_owned());
        if connection.send(&call).await.is_ok() {
            return;
        }
    }
}

/// Prepares a scenario and runs it, if it can be.
async fn scenario_row(
    target: &Arc<Target>,
    connection: &mut Connection,
    plan: &mut Arc<Plan>,
    arguments: &MeasureArguments,
    scenario: Scenario,
) -> Outcome<Row> {
    let name = scenario.name();
    let own = Arc::get_mut(plan).ok_or("a worker still runs")?;
    let note = match prepare::ready(connection, own, arguments, scenario).await {
        Ok(Ready::Yes) => None,
        Ok(Ready::But(note)) => Some(note),
        Ok(Ready::No(reason)) => return Ok(Row::skipped(name, reason)),
        Err(failure) => return Ok(Row::failed(name, failure.to_string())),
    };
    let mut best: Option<Row> = None;
    for _ in 0..arguments.attempts {
        let (speed, ticks) = (machine::speed(), machine::ticks());
        let (took, sample) = run_one(target, plan, arguments, scenario).await?;
        let memory = arguments.pid.and_then(stats::resident);
        let stolen = ticks.zip(machine::ticks());
        let machine = Machine {
            stolen: stolen.map(|(from, until)| from.stolen_until(until)),
            speed: Some(f64::midpoint(speed, machine::speed())),
        };
        let row = Row::new(name.clone(), took, sample, note.clone()).on(machine, memory);
        // What failed is told, however quiet the machine was; and what can go on no longer is not counted.
        if !row.clean() && best.is_none() || row.has_errors() {
            return Ok(row);
        }
        if row.clean() && best.as_ref().is_none_or(|best| row.was_quieter(best)) {
            best = Some(row);
        }
        if best.as_ref().is_some_and(Row::was_quiet) {
            break;
        }
    }
    best.ok_or_else(|| "there were no attempts".into())
}

async fn run_one(
    target: &Arc<Target>,
    plan: &Arc<Plan>,
    arguments: &MeasureArguments,
    scenario: Scenario,
) -> Outcome<(Duration, Sample)> {
    let mut connections = Vec::new();
    for _ in 0..scenario.connections(arguments.connections) {
        connections.push(Connection::open(Arc::clone(target)).await?);
    }
    let done = Arc::new(AtomicU32::new(0));
    let start = Instant::now();
    let pace = Pace::start(arguments.seconds, arguments.requests, arguments.rate);
    let last = start + Duration::from_secs(arguments.seconds + GRACE);
    let mut workers = JoinSet::new();
    for (stream, connection) in (1_u64..).zip(connections) {
        let run = Run {
            plan: Arc::clone(plan),
            pace: Arc::clone(&pace),
            done: Arc::clone(&done),
            last,
            scenario,
        };
        workers.spawn(run.work(connection, Worker::new(plan.seed, stream)));
    }
    drop(pace);
    let mut sample = Sample::default();
    let terminal = std::io::stderr().is_terminal();
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            ended = workers.join_next() => match ended {
                None => break,
                Some(worker) => sample.merge(worker?),
            },
            _ = ticks.tick() => if terminal {
                let (seconds, done) = (start.elapsed().as_secs(), done.load(Relaxed));
                eprint!("\r{}: {done} requests in {seconds} s ", scenario.name());
            },
        }
    }
    let took = start.elapsed();
    if terminal {
        eprint!("\r{:60}\r", "");
    }
    Ok((took, sample))
}

/// What the workers of one scenario share.
struct Run {
    plan: Arc<Plan>,
    pace: Arc<Pace>,
    done: Arc<AtomicU32>,
    /// When even an open loop ends.
    last: Instant,
    scenario: Scenario,
}

impl Run {
    /// Sends one request after another until a limit is reached.
    async fn work(self, mut connection: Connection, mut worker: Worker) -> Sample {
        let mut sample = Sample::default();
        while let Some(moment) = self.pace.next().await {
            if Instant::now() > self.last {
                sample.fail("planned, but never sent: the server is too slow".to_owned());
                continue;
            }
            let Some((call, expect)) = self.plan.next(self.scenario, &mut worker) else {
                break;
            };
            match connection.send(&call).await {
                Ok(reply) if expect.met(&reply) => {
                    sample.record(moment.elapsed());
                    worker.learn(&reply);
                }
                Ok(reply) => sample.fail(reply.describe()),
                Err(failure) => {
                    sample.fail(failure.to_string());
                    if connection.reopen().await.is_err() {
                        break;
                    }
                }
            }
            self.done.fetch_add(1, Relaxed);
        }
        sample
    }
}

fn report(target: &Target, plan: &Plan, arguments: &MeasureArguments, rows: &[Row]) -> Value {
    json!({
        "base": target.base(),
        "users": arguments.users,
        "connections": arguments.connections,
        "seconds": arguments.seconds,
        "rate": arguments.rate,
        "seed": plan.seed,
        "deepStart": plan.deep_start,
        "scenarios": rows.iter().map(Row::json).collect::<Vec<_>>(),
    })
}
