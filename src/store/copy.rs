//! A whole database into an empty one, of the same kind or the other: one state of the source, one transaction on the target.
//!
//! Rows go over as they lie there, table by table, in pages. What is in the target then is read again and compared before anything of it
//! stays. Nothing here knows what a table means.

use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::database::rows::{Load, Migrated, Part, columns};
use super::database::{Database, Transaction, View};
use super::statement::{Arg, Statement};
use super::tables::{Cell, Cells, LOG_TABLES, TABLES, Table};
use crate::error::{Error, Result};

/// How many rows are in memory at once, twice: one page is read while the one before it is written. Few enough that a page of the largest
/// documents fits.
const PAGE: i64 = 1_000;

/// What is copied where.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The database to read.
    pub from: String,
    /// The empty one.
    pub to: String,
    /// Those of the provisioning log, if it is to come along.
    pub log: Option<(String, String)>,
}

/// What is being done to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Its rows go over.
    Copying,
    /// Its indexes are made.
    Indexing,
    /// Its rows are read again and compared.
    Checking,
}

/// How far it is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// To which table.
    pub table: &'static str,
    /// So many rows are done.
    pub done: i64,
    /// So many there are.
    pub total: i64,
    /// So long it has taken.
    pub elapsed: Duration,
    /// The stage has come to its end.
    pub is_last: bool,
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The table.
    pub table: &'static str,
    /// How many rows.
    pub rows: i64,
    /// A sum over the hashes of its rows: the same in both databases, whatever the order.
    pub digest: String,
}

/// Copies a database, and tells how far it is.
///
/// # Errors
/// `InvalidValue` when a database is not fit for it, `NotFound` when the source is not there, `Uniqueness` when the target is not empty, the
/// databases'. Nothing is in the target then.
pub async fn copy(plan: &Plan, progress: &mut impl FnMut(Progress)) -> Result<Vec<Copied>> {
    let resources = Pair::open(&plan.from, &plan.to, Part::Resources).await?;
    let log = match &plan.log {
        Some((from, to)) => Some(Pair::open(from, to, Part::Log).await?),
        None => None,
    };
    let mut copied = Vec::new();
    let outcome = copy_pairs(&resources, log.as_ref(), &mut copied, progress).await;
    resources.close().await;
    if let Some(log) = log {
        log.close().await;
    }
    outcome.map(|()| copied)
}

async fn copy_pairs(
    resources: &Pair,
    log: Option<&Pair>,
    copied: &mut Vec<Copied>,
    progress: &mut impl FnMut(Progress),
) -> Result<()> {
    let target = resources.copy(copied, progress).await?;
    let Some(log) = log else {
        return target.commit().await;
    };
    // Both stay or neither, but for an end of the machine between these two commits.
    match log.copy(copied, progress).await {
        Ok(log_target) => {
            target.commit().await?;
            log_target.commit().await
        }
        Err(error) => {
            target.rollback().await;
            Err(error)
        }
    }
}

/// A source, and a target that has the tables.
struct Pair {
    from: Database,
    to: Database,
    part: Part,
}

impl Pair {
    async fn open(from: &str, to: &str, part: Part) -> Result<Self> {
        let from = Database::open_as_it_is(from).await?;
        check_source(from.migrated(part).await?, part)?;
        let to = open_target(to, part).await?;
        Ok(Self { from, to, part })
    }

    async fn close(&self) {
        self.from.close().await;
        self.to.close().await;
    }

    fn tables(&self) -> &'static [Table] {
        match self.part {
            Part::Resources => TABLES,
            Part::Log => LOG_TABLES,
        }
    }

    /// Copies and compares; what is left is to commit.
    async fn copy(
        &self,
        copied: &mut Vec<Copied>,
        progress: &mut impl FnMut(Progress),
    ) -> Result<Transaction> {
        let mut source = self.from.primary(View::OneState).await?;
        let mut target = self.to.begin_write(true).await?;
        let outcome = copy_tables(&mut source, &mut target, self.tables(), copied, progress).await;
        source.rollback().await;
        match outcome {
            Ok(()) => Ok(target),
            Err(error) => {
                target.rollback().await;
                Err(error)
            }
        }
    }
}

fn check_source(migrated: Migrated, part: Part) -> Result<()> {
    let what = match part {
        Part::Resources => "the database at --from",
        Part::Log => "the database of the provisioning log to copy from",
    };
    Err(Error::invalid_value(match migrated {
        Migrated::UpToDate => return Ok(()),
        Migrated::Absent => format!("{what} holds no tables of Muster"),
        Migrated::Older => format!(
            "{what} was made by an older version of Muster: run `muster db migrate` on it first"
        ),
        Migrated::Newer => {
            format!("{what} was made by a newer version of Muster: copy it with that version")
        }
    }))
}

/// Opens the target and gives it the tables, unless it has others already: whatever is refused stays as it was.
async fn open_target(url: &str, part: Part) -> Result<Database> {
    if !url.starts_with("sqlite:") || Database::exists(url) {
        let target = Database::open_as_it_is(url).await?;
        let migrated = target.migrated(part).await;
        target.close().await;
        if matches!(migrated?, Migrated::Older | Migrated::Newer) {
            return Err(Error::invalid_value(
                "the database at --to was made by another version of Muster; name an empty one",
            ));
        }
    }
    match part {
        Part::Resources => {
            let options = super::Options {
                url,
                max_connections: 2,
                read_urls: &[],
                statement_timeout: None,
            };
            Database::open(options).await
        }
        Part::Log => Database::open_log(url).await,
    }
}

async fn copy_tables(
    source: &mut Transaction,
    target: &mut Transaction,
    tables: &'static [Table],
    copied: &mut Vec<Copied>,
    progress: &mut impl FnMut(Progress),
) -> Result<()> {
    let reserved = target.reserve(tables).await;
    reserved.map_err(|error| {
        Error::unavailable("the database at --to is in use; stop whatever uses it").caused_by(error)
    })?;
    for table in tables {
        refuse_rows(target, table).await?;
    }
    let indexes = target.take_indexes(tables).await?;
    let mut sums = Vec::new();
    for table in tables {
        let sum = copy_table(source, target, table, progress).await;
        let sum = sum.map_err(|error| {
            let detail = format!(
                "the table {} could not be copied; nothing of it stays",
                table.name
            );
            Error::internal(detail).caused_by(error)
        })?;
        sums.push(sum);
    }
    make_indexes(target, indexes, progress).await?;
    for (table, sum) in tables.iter().zip(sums) {
        let found = check_table(target, table, sum.rows, progress).await?;
        if found != sum {
            return Err(Error::internal(format!(
                "the table {} is not the same in both databases: {} rows and {} rows, with digests {} and {}; nothing of it stays",
                table.name,
                sum.rows,
                found.rows,
                sum.text(),
                found.text(),
            )));
        }
        target.analyze(table).await?;
        copied.push(Copied {
            table: table.name,
            rows: sum.rows,
            digest: sum.text(),
        });
    }
    for table in tables.iter().filter(|table| table.is_numbered) {
        let last = source.last_number(table).await?;
        target.number_after(table, last).await?;
    }
    Ok(())
}

async fn refuse_rows(target: &mut Transaction, table: &Table) -> Result<()> {
    let select = Statement::new("SELECT CAST(1 AS INTEGER) FROM ").then(table.name);
    let found: Option<(i32,)> = target.fetch_optional(select.then(" LIMIT 1")).await?;
    match found {
        None => Ok(()),
        Some(_) => Err(Error::uniqueness(format!(
            "the database at --to is not empty: there are rows in its table {}; name one that holds nothing",
            table.name
        ))),
    }
}

async fn copy_table(
    source: &mut Transaction,
    target: &mut Transaction,
    table: &'static Table,
    progress: &mut impl FnMut(Progress),
) -> Result<Sum> {
    let count = Statement::new("SELECT COUNT(*) FROM ").then(table.name);
    let (total,): (i64,) = source.fetch_one(count).await?;
    let watch = Watch::new(Stage::Copying, table, total);
    let mut sum = Sum::default();
    let mut load = Load::new(table);
    let mut rows = page(source, table, None).await?;
    while let Some(last) = rows.last() {
        let place = table.place(last)?;
        let written = async {
            sum.add(&rows);
            target.load(&mut load, &rows).await
        };
        // Neither is given up half-way because the other has failed: the connection would be of no use any more.
        let (next, written) = tokio::join!(page(source, table, Some(place)), written);
        written?;
        rows = next?;
        watch.tell(sum.rows, progress);
    }
    target.finish_load(&mut load).await?;
    watch.end(sum.rows, progress);
    Ok(sum)
}

async fn make_indexes(
    target: &mut Transaction,
    definitions: Vec<String>,
    progress: &mut impl FnMut(Progress),
) -> Result<()> {
    let total = i64::try_from(definitions.len()).unwrap_or(i64::MAX);
    let watch = Watch {
        stage: Stage::Indexing,
        table: "",
        total,
        began: Instant::now(),
    };
    for (done, definition) in (1..).zip(definitions) {
        target.make_index(definition).await?;
        watch.tell(done, progress);
    }
    if total > 0 {
        watch.end(total, progress);
    }
    Ok(())
}

async fn check_table(
    target: &mut Transaction,
    table: &'static Table,
    total: i64,
    progress: &mut impl FnMut(Progress),
) -> Result<Sum> {
    let watch = Watch::new(Stage::Checking, table, total);
    let mut sum = Sum::default();
    let mut place = None;
    loop {
        let rows = page(target, table, place).await?;
        let Some(last) = rows.last() else {
            break;
        };
        place = Some(table.place(last)?);
        sum.add(&rows);
        watch.tell(sum.rows, progress);
    }
    watch.end(sum.rows, progress);
    Ok(sum)
}

/// The rows behind a place, in the order of the primary key.
async fn page(tx: &mut Transaction, table: &Table, after: Option<Vec<Arg>>) -> Result<Vec<Cells>> {
    let mut select = columns(Statement::new("SELECT"), table, " ", " FROM ");
    select.push(table.name);
    if let Some(place) = after {
        push_key(select.push(" WHERE ("), table);
        select.push(") > ").bind_row(place);
    }
    push_key(select.push(" ORDER BY "), table);
    select.push(" LIMIT ").bind(PAGE);
    tx.fetch_all(select).await
}

fn push_key(sql: &mut Statement, table: &Table) {
    for (position, (name, _)) in table.key_columns().enumerate() {
        sql.push(if position == 0 { "" } else { ", " }).push(name);
    }
}

/// What rows come to, in whatever order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    rows: i64,
    digest: u128,
}

impl Sum {
    fn add(&mut self, rows: &[Cells]) {
        for row in rows {
            self.rows += 1;
            self.digest = self.digest.wrapping_add(hash(row));
        }
    }

    fn text(self) -> String {
        format!("{:032x}", self.digest)
    }
}

/// A hash of a row: each value with its kind and length, so that none is taken for another.
fn hash(Cells(cells): &Cells) -> u128 {
    let mut hash = Sha256::new();
    for cell in cells {
        let mut put = |kind: u8, bytes: &[u8]| {
            hash.update([kind]);
            hash.update(bytes.len().to_be_bytes());
            hash.update(bytes);
        };
        match cell {
            Cell::Null => put(0, &[]),
            Cell::Integer(value) => put(1, &value.to_be_bytes()),
            Cell::Text(text) => put(2, text.as_bytes()),
            Cell::Bytes(bytes) => put(3, bytes),
        }
    }
    let hash: [u8; 32] = hash.finalize().into();
    let (half, _) = hash.split_at(16);
    half.try_into().map_or(0, u128::from_be_bytes)
}

/// Tells how far it is.
struct Watch {
    stage: Stage,
    table: &'static str,
    total: i64,
    began: Instant,
}

impl Watch {
    fn new(stage: Stage, table: &'static Table, total: i64) -> Self {
        Self {
            stage,
            table: table.name,
            total,
            began: Instant::now(),
        }
    }

    fn tell(&self, done: i64, progress: &mut impl FnMut(Progress)) {
        self.say(done, false, progress);
    }

    fn end(&self, done: i64, progress: &mut impl FnMut(Progress)) {
        self.say(done, true, progress);
    }

    fn say(&self, done: i64, is_last: bool, progress: &mut impl FnMut(Progress)) {
        progress(Progress {
            stage: self.stage,
            table: self.table,
            done,
            total: self.total,
            elapsed: self.began.elapsed(),
            is_last,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[Cell]) -> Cells {
        Cells(cells.to_vec())
    }

    #[test]
    fn the_sum_of_rows_does_not_depend_on_their_order_and_sees_every_value() {
        let one = row(&[Cell::Integer(1), Cell::Text("a".into()), Cell::Null]);
        let two = row(&[Cell::Integer(2), Cell::Text("b".into()), Cell::Null]);
        let sum = |rows: &[Cells]| {
            let mut sum = Sum::default();
            sum.add(rows);
            sum
        };
        let both = sum(&[one.clone(), two.clone()]);
        assert_eq!(both, sum(&[two.clone(), one.clone()]));
        assert_ne!(both, sum(std::slice::from_ref(&one)));
        // A row that came twice in the place of another.
        assert_ne!(both, sum(&[one.clone(), one.clone()]));
        for other in [
            row(&[Cell::Integer(1), Cell::Null, Cell::Text("a".into())]),
            row(&[Cell::Integer(1), Cell::Bytes(b"a".to_vec()), Cell::Null]),
            row(&[Cell::Integer(1), Cell::Text("a".into())]),
            row(&[Cell::Integer(1), Cell::Text("A".into()), Cell::Null]),
        ] {
            assert_ne!(sum(&[other, two.clone()]), both);
        }
    }
}
