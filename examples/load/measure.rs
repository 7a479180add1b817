//! Running scenarios in a closed loop.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::ValueEnum;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::client::{Connection, Target};
use crate::people::Generator;
use crate::scenario::{Group, Plan, Scenario};
use crate::stats::{self, Row, Sample};
use crate::{MeasureArguments, Outcome, directory, people};

/// Runs the scenarios; fails when any request was not answered as expected.
pub(crate) async fn run(
    target: Arc<Target>,
    arguments: &MeasureArguments,
    seed: u64,
) -> Outcome<ExitCode> {
    let scenarios = match arguments.scenarios.as_slice() {
        [] => Scenario::value_variants(),
        chosen => chosen,
    };
    let mut connection = Connection::open(Arc::clone(&target)).await?;
    let plan = Arc::new(prepare(&mut connection, arguments, scenarios, seed).await?);
    let rows = run_all(&target, &plan, arguments, scenarios).await;
    let tidied = match (&arguments.group, &plan.group) {
        (None, Some(group)) => directory::delete_group(&mut connection, &group.id).await,
        _ => Ok(()),
    };
    let rows = rows?;
    if let Some(file) = &arguments.json {
        let report = report(&target, &plan, arguments, &rows);
        std::fs::write(file, format!("{report:#}\n"))?;
    }
    tidied?;
    let clean = rows.iter().all(Row::clean);
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn run_all(
    target: &Arc<Target>,
    plan: &Arc<Plan>,
    arguments: &MeasureArguments,
    scenarios: &[Scenario],
) -> Outcome<Vec<Row>> {
    stats::print_head();
    let mut rows = Vec::new();
    for scenario in scenarios {
        let row = run_one(target, plan, arguments, *scenario).await?;
        row.print();
        rows.push(row);
    }
    Ok(rows)
}

/// Collects ids and makes the group, as far as the scenarios need them.
async fn prepare(
    connection: &mut Connection,
    arguments: &MeasureArguments,
    scenarios: &[Scenario],
    seed: u64,
) -> Outcome<Plan> {
    let uses = |wanted: &[Scenario]| scenarios.iter().any(|s| wanted.contains(s));
    let grouped = uses(&[Scenario::AddMember, Scenario::Mixed]);
    let mut plan = Plan {
        seed,
        tag: SystemTime::now()
            .duration_since(UNIX_EPOCH)?
            .as_secs()
            .to_string(),
        users: arguments.users,
        deep_start: deep_start(arguments),
        ids: Vec::new(),
        group: None,
        writes: AtomicU32::new(0),
    };
    if grouped || uses(&[Scenario::GetById, Scenario::PatchAttribute]) {
        plan.ids = collect_ids(connection, arguments.users).await?;
    }
    if grouped {
        plan.group = Some(match &arguments.group {
            Some(id) => existing_group(connection, id, &plan.ids).await?,
            None => new_group(connection, &plan, arguments.group_members).await?,
        });
    }
    Ok(plan)
}

fn deep_start(arguments: &MeasureArguments) -> u32 {
    let default = arguments.users / 10 * 9;
    arguments.deep_start.unwrap_or(default).max(1)
}

/// The ids of the users that `fill` created, by number.
async fn collect_ids(connection: &mut Connection, users: u32) -> Outcome<Vec<String>> {
    let listed = directory::users(connection, usize::MAX).await?;
    let ids: BTreeMap<u32, String> = listed
        .into_iter()
        .filter_map(|user| Some((people::number_of(&user.name)?, user.id)))
        .filter(|(number, _)| (1..=users).contains(number))
        .collect();
    if ids.len() < usize::try_from(users)? {
        let found = ids.len();
        return Err(format!("the server has {found} of the {users} users; run fill first").into());
    }
    Ok(ids.into_values().collect())
}

async fn existing_group(connection: &mut Connection, id: &str, ids: &[String]) -> Outcome<Group> {
    let members = directory::members(connection, id).await?;
    let outsiders = ids.iter().filter(|id| !members.contains(*id)).cloned();
    Ok(Group {
        id: id.to_owned(),
        outsiders: outsiders.collect(),
        taken: AtomicUsize::new(0),
    })
}

/// A group of the first users, or of as many as were asked for.
async fn new_group(
    connection: &mut Connection,
    plan: &Plan,
    members: Option<u32>,
) -> Outcome<Group> {
    let count = members.unwrap_or(50_000.min(plan.users / 2));
    let Some((insiders, outsiders)) = plan.ids.split_at_checked(usize::try_from(count)?) else {
        return Err(format!("a group of {count} members needs more users").into());
    };
    let id = directory::create_group(connection, &format!("Load {}", plan.tag)).await?;
    let insiders: Vec<&str> = insiders.iter().map(String::as_str).collect();
    directory::add_members(connection, &id, &insiders).await?;
    Ok(Group {
        id,
        outsiders: outsiders.to_vec(),
        taken: AtomicUsize::new(0),
    })
}

/// When a scenario ends.
struct Limits {
    deadline: Instant,
    left: AtomicU32,
}

async fn run_one(
    target: &Arc<Target>,
    plan: &Arc<Plan>,
    arguments: &MeasureArguments,
    scenario: Scenario,
) -> Outcome<Row> {
    let mut connections = Vec::new();
    for _ in 0..arguments.connections {
        connections.push(Connection::open(Arc::clone(target)).await?);
    }
    let start = Instant::now();
    let limits = Arc::new(Limits {
        deadline: start + Duration::from_secs(arguments.seconds),
        left: AtomicU32::new(arguments.requests),
    });
    let mut workers = JoinSet::new();
    for (stream, connection) in (1_u64..).zip(connections) {
        let random = Generator::new(plan.seed, stream);
        let (plan, limits) = (Arc::clone(plan), Arc::clone(&limits));
        workers.spawn(work(connection, plan, limits, scenario, random));
    }
    let mut sample = Sample::default();
    while let Some(worker) = workers.join_next().await {
        sample.merge(worker?);
    }
    let memory = arguments.pid.and_then(stats::resident);
    Ok(Row::new(name(scenario), start.elapsed(), sample, memory))
}

fn name(scenario: Scenario) -> String {
    let value = scenario.to_possible_value();
    value
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}

/// Sends one request after another until a limit is reached.
async fn work(
    mut connection: Connection,
    plan: Arc<Plan>,
    limits: Arc<Limits>,
    scenario: Scenario,
    mut random: Generator,
) -> Sample {
    let mut sample = Sample::default();
    while Instant::now() < limits.deadline {
        let left = limits
            .left
            .fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1));
        let Some((call, expect)) = left.ok().and_then(|_| plan.next(scenario, &mut random)) else {
            break;
        };
        let sent = Instant::now();
        match connection.send(&call).await {
            Ok(reply) if expect.met(&reply) => sample.record(sent.elapsed()),
            Ok(reply) => sample.fail(reply.describe()),
            Err(failure) => {
                sample.fail(failure.to_string());
                if connection.reopen().await.is_err() {
                    break;
                }
            }
        }
    }
    sample
}

fn report(target: &Target, plan: &Plan, arguments: &MeasureArguments, rows: &[Row]) -> Value {
    json!({
        "base": target.base(),
        "users": arguments.users,
        "connections": arguments.connections,
        "seconds": arguments.seconds,
        "seed": plan.seed,
        "deepStart": plan.deep_start,
        "scenarios": rows.iter().map(Row::json).collect::<Vec<_>>(),
    })
}
