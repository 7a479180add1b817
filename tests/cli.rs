//! The command line: what it prints, how it ends, and what a running server makes of it.

use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::http::{Response, send};
use crate::support::process::Instance;
use crate::support::server::{TestDatabase, id_of, patch_of, scim_request, user};
use crate::support::{Db, fresh_database};

/// The exit codes scripts rely on.
const OK: i32 = 0;
const FAILURE: i32 = 1;
const USAGE: i32 = 2;
const NOT_FOUND: i32 = 3;
const CONFLICT: i32 = 4;

on_both_databases!(
    tenants_are_created_listed_and_deleted,
    connections_are_created_listed_and_updated,
    tokens_are_created_listed_and_revoked,
    a_revoked_token_is_refused_at_the_next_request,
    a_token_does_what_its_scopes_say,
    a_setting_of_a_connection_is_obeyed,
    exit_codes_tell_what_went_wrong,
);

/// The binary, with a database and a working folder of its own.
struct Cli {
    database: TestDatabase,
    folder: TempDir,
}

/// How a command ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Cli {
    async fn new(db: Db) -> Self {
        Self {
            database: fresh_database(db).await,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Runs a command on the database.
    fn run(&self, arguments: &[&str]) -> Ended {
        let database = ["--database-url", &self.database.url];
        run_in(&self.folder, &[arguments, &database].concat(), &[])
    }

    /// Runs a command that has to succeed.
    #[track_caller]
    fn ok(&self, arguments: &[&str]) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(OK), "{arguments:?}: {ended:?}");
        ended
    }

    /// Runs a command that has to print JSON.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let ended = self.ok(&[arguments, &["-o", "json"]].concat());
        match serde_json::from_str(&ended.stdout) {
            Ok(value) => value,
            Err(error) => panic!("{arguments:?} prints no JSON ({error}): {ended:?}"),
        }
    }

    /// Makes the tenant `acme` with the connection `entra`.
    fn with_connection(self) -> Self {
        self.ok(&["tenant", "create", "acme"]);
        self.ok(&[
            "connection",
            "create",
            "entra",
            "--tenant",
            "acme",
            "--profile",
            "entra",
        ]);
        self
    }

    /// Makes a token for that connection and checks that nothing else is printed.
    fn token(&self, options: &[&str]) -> String {
        let create = [
            "token",
            "create",
            "--tenant",
            "acme",
            "--connection",
            "entra",
        ];
        let ended = self.ok(&[&create, options].concat());
        let token = ended.stdout.trim_end_matches('\n').to_owned();
        let is_alone = token
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        assert!(token.starts_with("mst_") && is_alone, "{ended:?}");
        token
    }

    fn serve(&self) -> (Instance, String) {
        let mut instance = Instance::spawn(&self.database.url, &[]);
        let root = instance.root();
        (instance, root)
    }
}

fn run_in(folder: &TempDir, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MUSTER_") {
            command.env_remove(name);
        }
    }
    let output = command
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The values of one member in a list of objects.
fn values<'a>(list: &'a Value, member: &str) -> Vec<&'a Value> {
    let elements = list.as_array();
    elements
        .unwrap_or_else(|| panic!("not a list: {list}"))
        .iter()
        .map(|element| &element[member])
        .collect()
}

async fn call(root: &str, token: &str, method: &str, path: &str, body: Option<&Value>) -> Response {
    send(root, scim_request(token, method, path, &[], body))
        .await
        .unwrap()
}

async fn tenants_are_created_listed_and_deleted(db: Db) {
    let cli = Cli::new(db).await;
    cli.ok(&["tenant", "create", "acme"]);
    cli.ok(&["tenant", "create", "globex"]);
    let list = cli.json(&["tenant", "list"]);
    let names = values(&list, "name");
    assert!(
        names.contains(&&json!("acme")) && names.contains(&&json!("globex")),
        "{list}"
    );
    assert!(cli.ok(&["tenant", "get", "acme"]).stdout.contains("acme"));
    assert_eq!(cli.json(&["tenant", "get", "acme"])["name"], "acme");
    // Without --yes and without a terminal nobody can agree.
    let refused = cli.run(&["tenant", "delete", "acme"]);
    assert!(matches!(refused.code, Some(FAILURE | USAGE)), "{refused:?}");
    cli.ok(&["tenant", "get", "acme"]);
    cli.ok(&["tenant", "delete", "acme", "--yes"]);
    assert_eq!(cli.run(&["tenant", "get", "acme"]).code, Some(NOT_FOUND));
    let list = cli.json(&["tenant", "list"]);
    let names = values(&list, "name");
    assert!(
        !names.contains(&&json!("acme")) && names.contains(&&json!("globex")),
        "{list}"
    );
    cli.ok(&["tenant", "create", "acme"]);
}

async fn connections_are_created_listed_and_updated(db: Db) {
    let cli = Cli::new(db).await.with_connection();
    cli.ok(&["connection", "create", "other", "--tenant", "acme"]);
    let list = cli.json(&["connection", "list", "--tenant", "acme"]);
    let mut names = values(&list, "name");
    names.sort_by_key(ToString::to_string);
    assert_eq!(names, ["entra", "other"]);
    let entra = cli.json(&["connection", "get", "entra", "--tenant", "acme"]);
    assert_eq!(
        (&entra["name"], &entra["profile"]),
        (&json!("entra"), &json!("entra"))
    );
    let other = cli.json(&["connection", "get", "other", "--tenant", "acme"]);
    assert_eq!(other["profile"], "generic");
    let setting = ["--set", "patch.replace_unmatched=error"];
    cli.ok(&[
        &["connection", "update", "entra", "--tenant", "acme"][..],
        &setting,
    ]
    .concat());
    let entra = cli.json(&["connection", "get", "entra", "--tenant", "acme"]);
    assert_eq!(
        entra["settings"]["patch.replace_unmatched"], "error",
        "{entra}"
    );
    for wrong in [
        "patch.replace_unmatched=perhaps",
        "patch.no_such_setting=create",
        "nonsense",
    ] {
        let ended = cli.run(&[
            "connection",
            "update",
            "entra",
            "--tenant",
            "acme",
            "--set",
            wrong,
        ]);
        assert!(
            matches!(ended.code, Some(FAILURE | USAGE)),
            "{wrong}: {ended:?}"
        );
    }
    let ended = cli.run(&[
        "connection",
        "create",
        "x",
        "--tenant",
        "acme",
        "--profile",
        "nonsense",
    ]);
    assert!(
        matches!(ended.code, Some(FAILURE | USAGE | NOT_FOUND)),
        "{ended:?}"
    );
}

async fn tokens_are_created_listed_and_revoked(db: Db) {
    let cli = Cli::new(db).await.with_connection();
    assert_eq!(cli.json(&["token", "list", "--tenant", "acme"]), json!([]));
    let first = cli.token(&[]);
    let second = cli.token(&["--scopes", "read", "--expires-in", "90d"]);
    assert_ne!(first, second);
    let shown = cli
        .ok(&["token", "list", "--tenant", "acme", "-o", "json"])
        .stdout;
    assert!(
        !shown.contains(&first) && !shown.contains(&second),
        "{shown}"
    );
    let list = cli.json(&["token", "list", "--tenant", "acme"]);
    let ids = values(&list, "id");
    assert_eq!(ids.len(), 2, "{list}");
    assert_ne!(ids[0], ids[1]);
    for id in ids {
        cli.ok(&["token", "revoke", &text_of(id), "--tenant", "acme"]);
    }
    let ended = cli.run(&[
        "token",
        "create",
        "--tenant",
        "acme",
        "--connection",
        "entra",
        "--expires-in",
        "soon",
    ]);
    assert!(matches!(ended.code, Some(FAILURE | USAGE)), "{ended:?}");
}

/// An id as it is given on the command line.
fn text_of(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

/// shows: P-2-05
async fn a_revoked_token_is_refused_at_the_next_request(db: Db) {
    let cli = Cli::new(db).await.with_connection();
    let token = cli.token(&[]);
    let list = cli.json(&["token", "list", "--tenant", "acme"]);
    let id = text_of(values(&list, "id")[0]);
    let other = cli.token(&[]);
    let (_instance, root) = cli.serve();
    // The other tenant of the server, and its token, are none of this one's business.
    for token in [&token, &other] {
        call(&root, token, "GET", "/Users", None)
            .await
            .expect_status(200);
    }
    cli.ok(&["token", "revoke", &id, "--tenant", "acme"]);
    let refused = call(&root, &token, "GET", "/Users", None)
        .await
        .expect_status(401);
    assert!(
        refused.header("WWW-Authenticate").is_some(),
        "{}",
        refused.describe()
    );
    call(&root, &other, "GET", "/Users", None)
        .await
        .expect_status(200);
    // A token made while the server runs is known at once, and gone with its tenant.
    let late = cli.token(&[]);
    call(&root, &late, "GET", "/Users", None)
        .await
        .expect_status(200);
    cli.ok(&["tenant", "delete", "acme", "--yes"]);
    call(&root, &late, "GET", "/Users", None)
        .await
        .expect_status(401);
}

/// shows: P-2-02 P-2.1-01
async fn a_token_does_what_its_scopes_say(db: Db) {
    let cli = Cli::new(db).await.with_connection();
    let (all, read) = (cli.token(&[]), cli.token(&["--scopes", "read"]));
    let (_instance, root) = cli.serve();
    let created = call(&root, &all, "POST", "/Users", Some(&user("by-cli"))).await;
    let path = format!("/Users/{}", id_of(&created.expect_status(201)));
    call(&root, &read, "GET", &path, None)
        .await
        .expect_status(200);
    call(&root, &read, "POST", "/Users", Some(&user("other")))
        .await
        .expect_status(403);
    call(&root, &read, "DELETE", &path, None)
        .await
        .expect_status(403);
    call(&root, &all, "DELETE", &path, None)
        .await
        .expect_status(204);
}

/// shows: I-06
async fn a_setting_of_a_connection_is_obeyed(db: Db) {
    let cli = Cli::new(db).await.with_connection();
    let token = cli.token(&[]);
    let set_work_email = patch_of(&json!([
        {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "a@example.com"},
    ]));
    for (setting, status) in [(None, 200), (Some("error"), 400), (Some("create"), 200)] {
        if let Some(setting) = setting {
            let setting = format!("patch.replace_unmatched={setting}");
            cli.ok(&[
                "connection",
                "update",
                "entra",
                "--tenant",
                "acme",
                "--set",
                &setting,
            ]);
        }
        let (_instance, root) = cli.serve();
        let document = user(&format!("user-{setting:?}"));
        let created = call(&root, &token, "POST", "/Users", Some(&document)).await;
        let path = format!("/Users/{}", id_of(&created.expect_status(201)));
        call(&root, &token, "PATCH", &path, Some(&set_work_email))
            .await
            .expect_status(status);
    }
}

async fn exit_codes_tell_what_went_wrong(db: Db) {
    let cli = Cli::new(db).await.with_connection();
    for (code, arguments) in [
        (CONFLICT, &["tenant", "create", "acme"][..]),
        (
            CONFLICT,
            &[
                "connection",
                "create",
                "entra",
                "--tenant",
                "acme",
                "--profile",
                "entra",
            ],
        ),
        (NOT_FOUND, &["tenant", "get", "nobody"]),
        (NOT_FOUND, &["tenant", "delete", "nobody", "--yes"]),
        (NOT_FOUND, &["connection", "list", "--tenant", "nobody"]),
        (
            NOT_FOUND,
            &["connection", "create", "x", "--tenant", "nobody"],
        ),
        (
            NOT_FOUND,
            &["connection", "get", "nobody", "--tenant", "acme"],
        ),
        (
            NOT_FOUND,
            &[
                "connection",
                "update",
                "nobody",
                "--tenant",
                "acme",
                "--set",
                "patch.replace_unmatched=error",
            ],
        ),
        (
            NOT_FOUND,
            &[
                "token",
                "create",
                "--tenant",
                "acme",
                "--connection",
                "nobody",
            ],
        ),
        (NOT_FOUND, &["token", "list", "--tenant", "nobody"]),
        (
            NOT_FOUND,
            &[
                "token",
                "revoke",
                "00000000-0000-4000-8000-000000000000",
                "--tenant",
                "acme",
            ],
        ),
        (USAGE, &["tenant"]),
        (USAGE, &["tenant", "create"]),
        (USAGE, &["tenant", "list", "-o", "nonsense"]),
        (USAGE, &["tenant", "list", "--nonsense"]),
        (USAGE, &["nonsense"]),
    ] {
        let ended = cli.run(arguments);
        assert_eq!(ended.code, Some(code), "{arguments:?}: {ended:?}");
        assert!(
            ended.stdout.is_empty() && !ended.stderr.is_empty(),
            "{arguments:?}: {ended:?}"
        );
    }
}

#[test]
fn a_database_that_cannot_be_reached_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    for url in [
        "postgres://nobody@127.0.0.1:1/none",
        "sqlite:/no/such/folder/x.db",
        "mysql://localhost/x",
    ] {
        let ended = run_in(&folder, &["tenant", "list", "--database-url", url], &[]);
        assert!(
            matches!(ended.code, Some(FAILURE | USAGE)),
            "{url}: {ended:?}"
        );
        assert!(!ended.stderr.contains("panicked"), "{url}: {ended:?}");
    }
}

#[test]
fn an_unknown_configuration_key_is_named_with_its_line_and_the_nearest_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = "# a comment\n[server]\nlistn = \"127.0.0.1:0\"\n";
    std::fs::write(folder.path().join("muster.toml"), file).unwrap();
    for arguments in [
        &["config", "check"][..],
        &["tenant", "list", "--database-url", "sqlite:x.db"],
    ] {
        let ended = run_in(&folder, arguments, &[]);
        assert!(matches!(ended.code, Some(FAILURE | USAGE)), "{ended:?}");
        let names_line = ended.stderr.contains("line 3") || ended.stderr.contains("muster.toml:3");
        let names_keys = ended.stderr.contains("listn") && ended.stderr.contains("listen");
        assert!(names_line && names_keys, "{ended:?}");
    }
    // Nothing was done with half a configuration.
    assert!(!folder.path().join("x.db").exists());
}

#[test]
fn a_configuration_file_elsewhere_is_read_when_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("other.toml"),
        "[server]\nlisten = \"127.0.0.1:7777\"\n",
    )
    .unwrap();
    let shown = run_in(&folder, &["config", "show", "--config", "other.toml"], &[]);
    assert_eq!(shown.code, Some(OK), "{shown:?}");
    assert!(shown.stdout.contains("127.0.0.1:7777"), "{shown:?}");
    let missing = run_in(
        &folder,
        &["config", "show", "--config", "missing.toml"],
        &[],
    );
    assert!(
        matches!(missing.code, Some(FAILURE | USAGE | NOT_FOUND)),
        "{missing:?}"
    );
}

#[test]
fn config_show_hides_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let token = "a-bootstrap-token-that-nobody-may-see-00";
    let url = "postgres://muster:hidden-word@localhost/muster";
    let environment = [
        ("MUSTER_SERVER__BOOTSTRAP_TOKEN", token),
        ("MUSTER_DATABASE__URL", url),
    ];
    let ended = run_in(&folder, &["config", "show"], &environment);
    assert_eq!(ended.code, Some(OK), "{ended:?}");
    assert!(
        ended.stdout.contains("listen") && ended.stdout.contains("localhost"),
        "{ended:?}"
    );
    for secret in [token, "hidden-word"] {
        let is_shown = ended.stdout.contains(secret) || ended.stderr.contains(secret);
        assert!(!is_shown, "{secret}: {ended:?}");
    }
}
