//! People's whole lives in a real browser: invited, locked, forgetful, gone; without a script, and once without a mouse.
//!
//! What they do is in `tests/browser/*.mjs`; screenshots of every page they meet are left in `target/browser/sqlite`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tokio::sync::Mutex;

use crate::support::process::Instance;
use crate::support::{Db, fresh_database};

const TOKEN: &str = "a-bootstrap-token-of-forty-characters-00";
/// The stories in which much is stored; the others are about the browser, and once is enough.
const OF_DATABASES: &[&str] = &["life", "payloads", "registration"];
/// How a missing part is told.
const HINT: &str = "is missing: run scripts/test, which installs what the browser needs";

on_both_databases!(people_get_along_with_their_accounts,);

async fn people_get_along_with_their_accounts(db: Db) {
    // One browser keeps the machine busy.
    static TURN: Mutex<()> = Mutex::const_new(());
    let _turn = TURN.lock().await;
    let database = fresh_database(db).await;
    let folder = tempfile::tempdir().unwrap();
    let mail = folder.path().join("mail");
    let environment = [
        ("MUSTER_SERVER__BOOTSTRAP_TOKEN", TOKEN),
        ("MUSTER_MAIL__TRANSPORT", "file"),
        ("MUSTER_MAIL__FOLDER", mail.to_str().unwrap()),
        // Everybody here comes from one address and mistypes on purpose; tests/rates.rs is about that.
        ("MUSTER_LIMITS__ADDRESS_ATTEMPTS", "1000"),
    ];
    let mut instance = Instance::spawn(&database.url, &environment);
    let root = instance.root();
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/browser");
    let packages = target.join("packages");
    assert!(
        packages.join("node_modules/axe-core").exists(),
        "node_modules {HINT}"
    );
    let pictures = target.join(format!("{db:?}").to_lowercase());
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/life.mjs");
    let is_first = db == Db::Sqlite;
    let stories: &[&str] = if is_first { &[] } else { OF_DATABASES };
    let told = Command::new(program("node"))
        .arg(story)
        .args(stories)
        .env("BROWSER_ROOT", root)
        .env("BROWSER_MUSTER", env!("CARGO_BIN_EXE_muster"))
        .env("BROWSER_DATABASE", &database.url)
        .env("BROWSER_MAIL", &mail)
        .env("BROWSER_TOKEN", TOKEN)
        .env("BROWSER_CHROMIUM", program("chromium"))
        .env("BROWSER_PACKAGES", packages)
        .env("BROWSER_PICTURES", &pictures)
        // A page looks the same whatever the database: once is enough, and takes most of the time.
        .env("BROWSER_LOOK", if is_first { "yes" } else { "no" })
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (said, wrong) = (
        String::from_utf8_lossy(&told.stdout),
        String::from_utf8_lossy(&told.stderr),
    );
    assert!(
        told.status.success(),
        "{said}\n{wrong}\npictures: {}",
        pictures.display()
    );
    instance.signal("TERM");
    assert_eq!(instance.wait().status.code(), Some(0));
}

/// Where a program is.
fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("{name} {HINT}"))
}
