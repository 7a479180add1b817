//! Runs every conversation file on both databases.

use futures_util::StreamExt;

use crate::support::Db;
use crate::support::conversation::{files, load, run};

/// Where the conversations are, below `tests`.
pub(crate) const FOLDERS: [&str; 4] = ["rfc7643", "rfc7644", "rfc9865", "clients"];

/// Files at once: enough to keep two databases busy, few enough to read a log.
const AT_ONCE: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rfc7643_sqlite() {
    run_folder("rfc7643", Db::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rfc7643_postgres() {
    run_folder("rfc7643", Db::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rfc7644_sqlite() {
    run_folder("rfc7644", Db::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rfc7644_postgres() {
    run_folder("rfc7644", Db::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rfc9865_sqlite() {
    run_folder("rfc9865", Db::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rfc9865_postgres() {
    run_folder("rfc9865", Db::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_sqlite() {
    run_folder("clients", Db::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_postgres() {
    run_folder("clients", Db::Postgres).await;
}

#[test]
fn every_file_can_be_read() {
    let mut errors = Vec::new();
    for folder in FOLDERS {
        for file in files(folder) {
            errors.extend(load(&file).err());
        }
    }
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

async fn run_folder(folder: &str, db: Db) {
    let files = files(folder);
    let count = files.len();
    let outcomes: Vec<Vec<String>> = futures_util::stream::iter(files)
        .map(|file| async move {
            match load(&file) {
                Ok(conversation) => run(&conversation, db).await,
                Err(error) => vec![error],
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let failed = outcomes.iter().filter(|failures| !failures.is_empty());
    let failed = failed.count();
    let failures: Vec<String> = outcomes.into_iter().flatten().collect();
    assert!(
        failures.is_empty(),
        "{failed} of {count} conversations in tests/{folder} fail on {db:?}, in {} steps:\n\n{}\n",
        failures.len(),
        failures.join("\n\n")
    );
}
