//! Creating users until there are enough.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hyper::Method;
use tokio::task::JoinSet;

use crate::arguments::FillArguments;
use crate::client::{Call, Connection, Target};
use crate::{Outcome, bulk, people};

/// What the workers share.
struct Tally {
    seed: u64,
    users: u32,
    /// Users in one request.
    together: u32,
    deadline: Option<Instant>,
    taken: AtomicU32,
    created: AtomicU32,
    present: AtomicU32,
}

impl Tally {
    /// Counts an answer to a POST.
    fn count(&self, status: &str) -> Outcome<()> {
        let counter = match status {
            "201" => &self.created,
            "409" => &self.present,
            _ => return Err(format!("a user was answered {status}").into()),
        };
        counter.fetch_add(1, Relaxed);
        Ok(())
    }

    fn line(&self) -> String {
        let (created, present) = (self.created.load(Relaxed), self.present.load(Relaxed));
        let (done, users) = (created + present, self.users);
        format!("{done} of {users} users: {created} created, {present} already there")
    }
}

/// Creates the users; stops at the first answer that is neither 201 nor 409.
pub(crate) async fn run(target: Arc<Target>, fill: &FillArguments, seed: u64) -> Outcome<()> {
    let tally = Arc::new(Tally {
        seed,
        users: fill.users,
        together: fill.bulk,
        deadline: fill
            .seconds
            .map(|s| Instant::now() + Duration::from_secs(s)),
        taken: AtomicU32::new(0),
        created: AtomicU32::new(0),
        present: AtomicU32::new(0),
    });
    let mut workers = JoinSet::new();
    for _ in 0..fill.connections {
        workers.spawn(work(Arc::clone(&target), Arc::clone(&tally)));
    }
    let start = Instant::now();
    let terminal = std::io::stderr().is_terminal();
    let outcome = follow(&mut workers, &tally, terminal).await;
    if terminal {
        eprintln!();
    }
    println!("{} in {:.1} s", tally.line(), start.elapsed().as_secs_f64());
    outcome
}

/// Waits for the workers; on a terminal shows once a second how far they are.
async fn follow(workers: &mut JoinSet<Outcome<()>>, tally: &Tally, terminal: bool) -> Outcome<()> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            ended = workers.join_next() => match ended {
                None => return Ok(()),
                Some(worker) => worker??,
            },
            _ = ticks.tick() => if terminal {
                eprint!("\r{}", tally.line());
            },
        }
    }
}

async fn work(target: Arc<Target>, tally: Arc<Tally>) -> Outcome<()> {
    let mut connection = Connection::open(target).await?;
    loop {
        let first = tally.taken.fetch_add(tally.together, Relaxed) + 1;
        let late = tally.deadline.is_some_and(|end| Instant::now() > end);
        if first > tally.users || late {
            return Ok(());
        }
        let last = (first + tally.together - 1).min(tally.users);
        if tally.together > 1 {
            create_many(&mut connection, &tally, first, last).await?;
            continue;
        }
        let user = people::user(tally.seed, first);
        let call = Call::json(Method::POST, "/Users".to_owned(), &user);
        let reply = connection.demand(&call, &[201, 409]).await?;
        tally.count(reply.status.as_str())?;
    }
}

/// Creates users by one bulk request.
async fn create_many(
    connection: &mut Connection,
    tally: &Tally,
    first: u32,
    last: u32,
) -> Outcome<()> {
    let call = bulk::request((first..=last).map(|number| people::user(tally.seed, number)));
    let reply = connection.demand(&call, &[200]).await?;
    for status in bulk::statuses(&serde_json::from_slice(&reply.body)?) {
        tally.count(&status)?;
    }
    Ok(())
}
