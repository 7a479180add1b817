//! `muster db copy`: a whole database into an empty one.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::time::{Duration, Instant};

use clap::Args;

use super::output;
use crate::error::Result;
use crate::store::copy::{self, Plan, Progress, Stage};
use crate::store::log::url_beside;

/// How often a terminal is told how far it is.
const INTERVAL: Duration = Duration::from_millis(200);

#[derive(Debug, Args)]
pub(super) struct Copy {
    /// The database to copy, as in `sqlite:data/muster.db`
    #[arg(long, value_name = "URL")]
    from: String,
    /// The empty database, as in `postgres://USER:PASSWORD@HOST/DATABASE`; a SQLite file is made
    #[arg(long, value_name = "URL")]
    to: String,
    /// Copy the provisioning log as well
    #[arg(long)]
    with_log: bool,
    /// Where the provisioning log is that is copied, if it is not beside the database
    #[arg(long, value_name = "URL", requires = "with_log")]
    log_from: Option<String>,
    /// Where it is copied to, if not beside the other database
    #[arg(long, value_name = "URL", requires = "with_log")]
    log_to: Option<String>,
}

/// Copies, tells how far it is on stderr, and prints what was copied.
pub(super) async fn copy(command: Copy) -> Result<()> {
    let Copy {
        from,
        to,
        with_log,
        log_from,
        log_to,
    } = command;
    let log = with_log.then(|| {
        (
            log_from.unwrap_or_else(|| url_beside(&from)),
            log_to.unwrap_or_else(|| url_beside(&to)),
        )
    });
    let mut teller = Teller::new();
    let copied = copy::copy(&Plan { from, to, log }, &mut |progress| {
        teller.tell(&progress);
    })
    .await?;
    let width = copied.iter().map(|one| one.table.len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut rows = 0;
    for one in copied {
        rows += one.rows;
        _ = writeln!(
            text,
            "{:<width$}  {:>12}  {}",
            one.table, one.rows, one.digest
        );
    }
    _ = writeln!(
        text,
        "{rows} rows copied; every table is the same in both databases"
    );
    output::print(&text)
}

/// On a terminal a line that changes, otherwise a line for each table with rows.
struct Teller {
    is_watched: bool,
    told: Option<Instant>,
}

impl Teller {
    fn new() -> Self {
        Self {
            is_watched: std::io::stderr().is_terminal(),
            told: None,
        }
    }

    fn tell(&mut self, progress: &Progress) {
        if progress.is_last {
            self.told = None;
            if progress.total > 0 {
                self.write(&line(progress), "\n");
            }
            return;
        }
        let is_due = self.told.is_none_or(|told| told.elapsed() >= INTERVAL);
        if self.is_watched && is_due {
            self.told = Some(Instant::now());
            self.write(&line(progress), "");
        }
    }

    fn write(&self, line: &str, end: &str) {
        let mut stderr = std::io::stderr().lock();
        // Whoever does not read this does not need it.
        _ = if self.is_watched {
            write!(stderr, "\r{line:<78}{end}")
        } else {
            write!(stderr, "{line}{end}")
        };
        _ = stderr.flush();
    }
}

fn line(progress: &Progress) -> String {
    let Progress {
        stage,
        table,
        done,
        total,
        elapsed,
        ..
    } = progress;
    let seconds = elapsed.as_secs_f64();
    let millis = i64::try_from(elapsed.as_millis())
        .unwrap_or(i64::MAX)
        .max(1);
    let rate = done.saturating_mul(1_000) / millis;
    match stage {
        Stage::Copying => format!("copy   {table}: {done} of {total} rows, {rate} rows/s"),
        Stage::Indexing => format!("index  {done} of {total} indexes, {seconds:.1} s"),
        Stage::Checking => format!("check  {table}: {done} of {total} rows, {rate} rows/s"),
    }
}
