//! Creating users until there are enough.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hyper::Method;
use tokio::task::JoinSet;

use crate::client::{Call, Connection, Target};
use crate::{FillArguments, Outcome, people};

/// What the workers share.
struct Tally {
    seed: u64,
    users: u32,
    taken: AtomicU32,
    created: AtomicU32,
    present: AtomicU32,
}

impl Tally {
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
        let number = tally.taken.fetch_add(1, Relaxed) + 1;
        if number > tally.users {
            return Ok(());
        }
        let user = people::user(tally.seed, number);
        let call = Call::json(Method::POST, "/Users".to_owned(), &user);
        let reply = connection.demand(&call, &[201, 409]).await?;
        let counter = if reply.status.as_u16() == 201 {
            &tally.created
        } else {
            &tally.present
        };
        counter.fetch_add(1, Relaxed);
    }
}
