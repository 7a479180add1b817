//! Writes of several at once.

use std::str::FromStr;

use sqlx::sqlite::{SqliteJournalMode, SqlitePool};
use sqlx::{AssertSqlSafe, Row as _};
use tempfile::TempDir;

use super::*;

struct Bench {
    writer: Writer,
    readers: SqlitePool,
    _folder: TempDir,
}

async fn bench() -> Bench {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite:{}/w.db", folder.path().display());
    let options = SqliteConnectOptions::from_str(&url)
        .unwrap()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    let readers = SqlitePool::connect_lazy_with(options.clone());
    let writer = Writer::open(options).await.unwrap();
    let bench = Bench {
        writer,
        readers,
        _folder: folder,
    };
    let mut first = bench.begin(false).await.unwrap();
    run(&mut first, "CREATE TABLE t (n INTEGER PRIMARY KEY, text)")
        .await
        .unwrap();
    first
        .keep(String::new(), SqliteArguments::default())
        .await
        .unwrap();
    bench
}

async fn run(share: &mut Share, sql: &str) -> sqlx::Result<()> {
    let done = sqlx::query(AssertSqlSafe(sql.to_owned()))
        .execute(share.connection()?)
        .await;
    share.noted(done).map(|_| ())
}

async fn insert(share: &mut Share, number: i64) -> sqlx::Result<()> {
    run(share, &format!("INSERT INTO t (n) VALUES ({number})")).await
}

impl Bench {
    /// What somebody else reads.
    async fn numbers(&self) -> Vec<i64> {
        let rows = sqlx::query("SELECT n FROM t ORDER BY n")
            .fetch_all(&self.readers)
            .await
            .unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    async fn groups(&self) -> u64 {
        self.writer.seat.lock().await.groups
    }

    /// Keeps the writer for so long that all the others wait.
    async fn busy(&self) {
        let held = self.begin(true).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        held.keep(String::new(), SqliteArguments::default())
            .await
            .unwrap();
    }

    async fn begin(&self, alone: bool) -> sqlx::Result<Share> {
        let mut share = self.writer.begin(alone).await?;
        share.open().await?;
        Ok(share)
    }

    /// Writes all of it with the end of the savepoint, which begins with it.
    async fn put_at_once(&self, number: i64) -> sqlx::Result<()> {
        let share = self.writer.begin(false).await?;
        let rest = format!(
            "INSERT INTO t VALUES ({}, ''); INSERT INTO t VALUES ({number}, '')",
            number + 1
        );
        share.keep(rest, SqliteArguments::default()).await
    }

    async fn put(&self, number: i64) -> sqlx::Result<()> {
        let mut share = self.begin(false).await?;
        insert(&mut share, number).await?;
        share.keep(String::new(), SqliteArguments::default()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_wait_together_commit_together_and_none_is_lost() {
    let bench = Arc::new(bench().await);
    let before = bench.groups().await;
    let held = Arc::clone(&bench);
    let held = tokio::spawn(async move { held.busy().await });
    tokio::time::sleep(Duration::from_millis(5)).await;
    let writes: Vec<_> = (0..100)
        .map(|number| {
            let bench = Arc::clone(&bench);
            tokio::spawn(async move {
                bench.put(number).await.unwrap();
                // Whoever is answered finds what was written.
                assert!(bench.numbers().await.contains(&number));
            })
        })
        .collect();
    held.await.unwrap();
    for write in writes {
        write.await.unwrap();
    }
    assert_eq!(bench.numbers().await, (0..100).collect::<Vec<_>>());
    let groups = bench.groups().await - before;
    assert!(groups < 60, "{groups} commits for 100 writes");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_leaves_nothing_and_takes_nobody_along() {
    // On a machine that stands still for 10 ms in between, they do not share.
    for _ in 0..50 {
        if refuse_beside_others().await {
            return;
        }
    }
    panic!("they never shared");
}

/// Whether all of them shared one commit.
async fn refuse_beside_others() -> bool {
    let bench = bench().await;
    let before = bench.groups().await;
    assert_eq!(bench.numbers().await, [0; 0]);
    let slow = async {
        let third = bench.begin(false).await?;
        tokio::time::sleep(Duration::from_millis(50)).await;
        third.undo().await
    };
    let ((), kept, refused, slow) = tokio::join!(
        bench.busy(),
        bench.put(1),
        async {
            let mut second = bench.begin(false).await?;
            insert(&mut second, 2).await?;
            let taken = insert(&mut second, 1).await;
            assert!(taken.is_err(), "the value is taken");
            second.undo().await?;
            // The refusal is told after what it is based on can be read.
            assert_eq!(bench.numbers().await, [1]);
            Ok::<_, Error>(())
        },
        slow
    );
    slow.unwrap();
    kept.unwrap();
    refused.unwrap();
    assert_eq!(bench.numbers().await, [1]);
    bench.groups().await == before + 2
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_with_the_end_is_written_whole_or_not_at_all() {
    let bench = Arc::new(bench().await);
    bench.put(10).await.unwrap();
    let ((), kept, refused) = tokio::join!(
        bench.busy(),
        bench.put_at_once(20),
        bench.put_at_once(10) // 11 is written before 10 is found to be taken
    );
    kept.unwrap();
    assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
    assert_eq!(bench.numbers().await, [10, 20, 21]);
    // Whoever goes away meanwhile leaves all of it or nothing, and the writer as it was.
    for number in (100..140_i64).step_by(2) {
        let ended = timeout(
            Duration::from_micros(number.unsigned_abs()),
            bench.put_at_once(number),
        );
        _ = ended.await;
    }
    bench.put(1_000).await.unwrap();
    let numbers = bench.numbers().await;
    for number in (100..140).step_by(2) {
        assert_eq!(
            numbers.contains(&number),
            numbers.contains(&(number + 1)),
            "{numbers:?}"
        );
    }
}

/// Writes a number that is known whole before its turn.
fn whole(number: i64) -> Whole {
    Whole {
        sql: format!(
            "INSERT INTO t VALUES ({number}, '') RETURNING n; UPDATE t SET text = 'x' WHERE n = {number}"
        ),
        arguments: SqliteArguments::default(),
        of_one_row: vec![1],
    }
}

/// Writes a number, and then changes a row that is not there.
fn lost(number: i64) -> Whole {
    Whole {
        sql: format!("INSERT INTO t VALUES ({number}, ''); UPDATE t SET text = 'x' WHERE n = -1"),
        arguments: SqliteArguments::default(),
        of_one_row: vec![1],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_whole_is_written_whole_with_others_or_not_at_all() {
    let bench = Arc::new(bench().await);
    bench.put(-10).await.unwrap();
    let before = bench.groups().await;
    let held = Arc::clone(&bench);
    let held = tokio::spawn(async move { held.busy().await });
    tokio::time::sleep(Duration::from_millis(5)).await;
    let writes: Vec<_> = (0..100_i64)
        .map(|number| {
            let bench = Arc::clone(&bench);
            tokio::spawn(async move {
                match number % 5 {
                    // Refused after it has written something: -10 is there.
                    0 => {
                        let mut refused = whole(number);
                        refused.sql += "; INSERT INTO t VALUES (-10, '')";
                        let refused = bench.writer.write(refused).await;
                        assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
                    }
                    1 => {
                        let lost = bench.writer.write(lost(number)).await;
                        assert!(matches!(lost, Ok(Written::Lost)), "{lost:?}");
                    }
                    // By themselves, in between.
                    2 => bench.put(number).await.unwrap(),
                    _ => {
                        let written = bench.writer.write(whole(number)).await;
                        let Ok(Written::Kept(rows)) = written else {
                            panic!("{number} was not kept")
                        };
                        let answered: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
                        assert_eq!(answered, [number]);
                        // Whoever is answered finds what was written.
                        assert!(bench.numbers().await.contains(&number));
                    }
                }
            })
        })
        .collect();
    held.await.unwrap();
    for write in writes {
        write.await.unwrap();
    }
    let expected = (0..100).filter(|number| number % 5 > 1);
    let expected: Vec<i64> = std::iter::once(-10).chain(expected).collect();
    assert_eq!(bench.numbers().await, expected);
    let groups = bench.groups().await - before;
    assert!(groups < 60, "{groups} commits for 80 writes");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_away_before_the_turn_of_a_whole_write_has_written_nothing() {
    let bench = Arc::new(bench().await);
    let busy = Arc::clone(&bench);
    let busy = tokio::spawn(async move { busy.busy().await });
    tokio::time::sleep(Duration::from_millis(5)).await;
    let gone = timeout(Duration::from_millis(5), bench.writer.write(whole(1))).await;
    assert!(gone.is_err(), "it had its turn");
    let stays = bench.writer.write(whole(2)).await;
    assert!(matches!(stays, Ok(Written::Kept(_))), "{stays:?}");
    busy.await.unwrap();
    assert_eq!(bench.numbers().await, [2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_to_all_who_write_whole_and_nothing_stays() {
    let bench = Arc::new(bench().await);
    let mut first = bench.begin(false).await.unwrap();
    run(&mut first, "PRAGMA max_page_count = 20").await.unwrap();
    first
        .keep(String::new(), SqliteArguments::default())
        .await
        .unwrap();
    let mut big = whole(2);
    big.sql += "; INSERT INTO t VALUES (3, hex(zeroblob(200000)))";
    let ((), kept, full) = tokio::join!(
        bench.busy(),
        bench.writer.write(whole(1)),
        bench.writer.write(big)
    );
    assert!(full.is_err(), "{full:?}");
    assert!(kept.is_err(), "SQLite may have undone it: {kept:?}");
    assert_eq!(bench.numbers().await, [0; 0]);
    let next = bench.writer.write(whole(4)).await;
    assert!(matches!(next, Ok(Written::Kept(_))), "{next:?}");
    assert_eq!(bench.numbers().await, [4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_away_leaves_nothing_and_holds_nobody_up() {
    let bench = bench().await;
    for number in 0..20 {
        let mut left = bench.begin(number % 2 == 0).await.unwrap();
        insert(&mut left, number).await.unwrap();
        drop(left);
        // Also while it waits for its turn, and for its commit.
        let turn = timeout(Duration::from_micros(50), bench.put(100 + number));
        _ = turn.await;
    }
    bench.put(1_000).await.unwrap();
    let numbers = bench.numbers().await;
    assert!(numbers.iter().all(|number| *number >= 100), "{numbers:?}");
    assert!(numbers.contains(&1_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_to_all_and_nothing_stays() {
    let bench = bench().await;
    let mut first = bench.begin(false).await.unwrap();
    run(&mut first, "PRAGMA max_page_count = 20").await.unwrap();
    first
        .keep(String::new(), SqliteArguments::default())
        .await
        .unwrap();
    let ((), kept, full) = tokio::join!(bench.busy(), bench.put(1), async {
        let mut second = bench.begin(false).await?;
        let big = "INSERT INTO t VALUES (2, hex(zeroblob(200000)))";
        let full = run(&mut second, big).await;
        second.undo().await?;
        full
    });
    assert!(full.is_err());
    assert!(kept.is_err(), "SQLite may have undone it");
    let numbers = bench.numbers().await;
    assert_eq!(numbers, [0; 0]);
    bench.put(3).await.unwrap();
    assert!(bench.numbers().await.contains(&3));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_begins_after_the_end() {
    let bench = bench().await;
    bench.writer.close().await;
    assert!(matches!(bench.put(1).await, Err(Error::PoolClosed)));
    let whole = bench.writer.write(whole(2)).await;
    assert!(matches!(whole, Err(Error::PoolClosed)), "{whole:?}");
}
