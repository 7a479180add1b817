//! What the tests share: a server per database, a fresh tenant per test, and the conversation runner.
//!
//! `fresh_tenant(Db::Sqlite).await.get("/Users").await.json()` is the shortest useful test.

pub(crate) mod clocked;
pub(crate) mod command;
pub(crate) mod conversation;
pub(crate) mod http;
pub(crate) mod key_server;
pub(crate) mod long;
pub(crate) mod oauth;
pub(crate) mod process;
pub(crate) mod server;
pub(crate) mod signing;
pub(crate) mod template;
pub(crate) mod variables;

pub(crate) use server::{Db, fresh_database, fresh_tenant};

/// Makes one test per database of each `async fn name(db: Db)`: `sqlite::name` and `postgres::name`.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::support::Db::Sqlite).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::support::Db::Postgres).await;
            })+
        }
    };
}

/// Waits for as long as an instance may remember what a token stood for before another one changed it.
pub(crate) async fn forgotten() {
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
}

/// Eight hexadecimal digits, different at every call in this process and most likely between processes.
pub(crate) fn unique() -> String {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static START: OnceLock<u32> = OnceLock::new();
    static CALLS: AtomicU32 = AtomicU32::new(0);

    let start = *START.get_or_init(|| getrandom::u32().unwrap());
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    // An odd factor permutes the 32-bit numbers, so no two calls agree.
    format!("{:08x}", start.wrapping_add(call.wrapping_mul(0x9E37_79B1)))
}
