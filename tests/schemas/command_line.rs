//! `muster schema`: what it prints, how it ends, and what a running server makes of it.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{BADGES, THING, USER, badges, resource_type, schema, thing, things, user_with};
use crate::support::http::{Response, send};
use crate::support::process::Instance;
use crate::support::server::{id_of, scim_request, user};
use crate::support::{Db, fresh_database};

const OK: i32 = 0;
const FAILURE: i32 = 1;
const USAGE: i32 = 2;
const NOT_FOUND: i32 = 3;
const CONFLICT: i32 = 4;

on_both_databases!(
    the_command_line_adds_lists_shows_and_removes,
    a_running_server_obeys_the_command_line,
);

/// How a command ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// `muster schema …` on a tenant of a database, from a folder of its own.
struct Cli {
    url: String,
    folder: TempDir,
}

impl Cli {
    fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn run(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("MUSTER_") {
                command.env_remove(name);
            }
        }
        let mut child = command
            .args(arguments)
            .args(["--database-url", &self.url])
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that reads nothing has closed its end already.
        _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn schema(&self, arguments: &[&str]) -> Ended {
        self.run(
            &[&["schema"][..], arguments, &["--tenant", "acme"]].concat(),
            "",
        )
    }

    #[track_caller]
    fn ends(&self, code: i32, arguments: &[&str]) -> Ended {
        let ended = self.schema(arguments);
        assert_eq!(ended.code, Some(code), "{arguments:?}: {ended:?}");
        if code != OK {
            let is_told = ended.stdout.is_empty() && ended.stderr.starts_with("muster: ");
            assert!(is_told, "{arguments:?}: {ended:?}");
        }
        ended
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let ended = self.ends(OK, arguments);
        match serde_json::from_str(&ended.stdout) {
            Ok(value) => value,
            Err(error) => panic!("{arguments:?} prints no JSON ({error}): {ended:?}"),
        }
    }

    /// Writes a document to a file in the folder and returns its name.
    fn file(&self, name: &'static str, document: &Value) -> &'static str {
        std::fs::write(self.folder.path().join(name), document.to_string()).unwrap();
        name
    }

    /// Makes the tenant `acme` with a connection; returns a token.
    fn token(&self) -> String {
        let connection = ["--tenant", "acme", "--connection", "hr"];
        for arguments in [
            &["tenant", "create", "acme"][..],
            &["connection", "create", "hr", "--tenant", "acme"],
        ] {
            assert_eq!(self.run(arguments, "").code, Some(OK), "{arguments:?}");
        }
        let token = self.run(&[&["token", "create"][..], &connection].concat(), "");
        token.stdout.trim_end().to_owned()
    }
}

async fn the_command_line_adds_lists_shows_and_removes(db: Db) {
    let database = fresh_database(db).await;
    let cli = Cli::new(&database.url);
    cli.token();
    assert_eq!(cli.json(&["list", "-o", "json"]), json!([]));
    let badges = cli.file("badges.json", &badges());
    let added = cli.ends(OK, &["add", badges, "--extend", "User"]);
    let lines = format!("schema {BADGES} added\nresource type User changed\n");
    assert_eq!(
        (added.stdout.as_str(), added.stderr.as_str()),
        (lines.as_str(), "")
    );
    let again = cli.ends(OK, &["add", badges, "--extend", "User"]);
    let lines = format!("schema {BADGES} unchanged\nresource type User unchanged\n");
    assert_eq!(again.stdout, lines);

    // From standard input, and a warning beside the outcome.
    let alone = schema(THING, &json!([{"name": "size"}])).to_string();
    let piped = cli.run(&["schema", "add", "-", "--tenant", "acme"], &alone);
    assert_eq!(piped.code, Some(OK), "{piped:?}");
    assert_eq!(piped.stdout, format!("schema {THING} added\n"));
    assert!(piped.stderr.starts_with("muster: warning: "), "{piped:?}");

    let list = cli.json(&["list", "-o", "json"]);
    let rows = list.as_array().unwrap();
    assert_eq!(rows.len(), 3, "{list}");
    let row = |id: &str| rows.iter().find(|row| row["id"] == id).unwrap();
    assert_eq!(
        (&row(BADGES)["kind"], &row(BADGES)["name"]),
        (&json!("Schema"), &json!("Badges"))
    );
    let user = row("User");
    assert_eq!(
        (&user["kind"], &user["endpoint"]),
        (&json!("ResourceType"), &json!("/Users"))
    );
    assert!(cli.ends(OK, &["list"]).stdout.contains(BADGES));
    assert!(cli.ends(OK, &["list", "-o", "csv"]).stdout.contains(BADGES));

    let shown: Value = serde_json::from_str(&cli.ends(OK, &["show", BADGES]).stdout).unwrap();
    assert_eq!(shown["attributes"][0]["name"], "number");
    assert_eq!(shown["attributes"][0]["returned"], "default");
    let shown: Value = serde_json::from_str(&cli.ends(OK, &["show", "User"]).stdout).unwrap();
    let extensions = shown["schemaExtensions"].as_array().unwrap();
    assert!(
        extensions.contains(&json!({"schema": BADGES, "required": false})),
        "{shown}"
    );
    // What is built in is shown as well.
    cli.ends(OK, &["show", USER]);
    cli.ends(OK, &["get", "Group"]);

    // Without --yes and without a terminal nobody can agree.
    cli.ends(USAGE, &["remove", BADGES]);
    cli.ends(OK, &["show", BADGES]);
    assert_eq!(
        cli.ends(OK, &["remove", BADGES, "--yes"]).stdout,
        format!("{BADGES} removed\n")
    );
    cli.ends(NOT_FOUND, &["show", BADGES]);
    cli.ends(OK, &["delete", THING, "--yes"]);
    assert_eq!(cli.json(&["list", "-o", "json"]), json!([]));
    exit_codes_tell_what_went_wrong(&cli);
}

fn exit_codes_tell_what_went_wrong(cli: &Cli) {
    let things = cli.file("things.json", &things());
    cli.ends(OK, &["add", things]);
    let wrong = cli.file("wrong.json", &schema(THING, &json!([{"name": "1st"}])));
    let built_in = cli.file("built-in.json", &schema(USER, &json!([])));
    let taken = cli.file("taken.json", &resource_type("Other", "/Things", THING, &[]));
    std::fs::write(cli.folder.path().join("broken.json"), "{").unwrap();
    for (code, arguments) in [
        (USAGE, &["add", wrong][..]),
        (USAGE, &["add", "missing.json"]),
        (CONFLICT, &["add", built_in]),
        (CONFLICT, &["add", taken]),
        (CONFLICT, &["remove", THING, "--yes"]),
        (NOT_FOUND, &["add", things, "--extend", "Nobody"]),
        (NOT_FOUND, &["show", "Nobody"]),
        (NOT_FOUND, &["remove", "Nobody", "--yes"]),
        (NOT_FOUND, &["remove", USER, "--yes"]),
    ] {
        cli.ends(code, arguments);
    }
    let broken = cli.schema(&["add", "broken.json"]);
    assert!(matches!(broken.code, Some(FAILURE | USAGE)), "{broken:?}");
    let required = cli.schema(&["add", things, "--required"]);
    assert_eq!(required.code, Some(USAGE), "{required:?}");
    let nobody = cli.run(&["schema", "list", "--tenant", "nobody"], "");
    assert_eq!(nobody.code, Some(NOT_FOUND), "{nobody:?}");
}

async fn a_running_server_obeys_the_command_line(db: Db) {
    let database = fresh_database(db).await;
    let cli = Cli::new(&database.url);
    let token = cli.token();
    let mut instance = Instance::spawn(&database.url, &[]);
    let root = instance.root();
    let ask = async |method: &str, path: &str, body: Option<&Value>| -> Response {
        let request = scim_request(&token, method, path, &[], body);
        send(&root, request).await.unwrap()
    };
    ask("GET", "/Things", None).await.expect_status(404);
    let things = cli.file("things.json", &things());
    cli.ends(OK, &["add", things]);
    let created = ask("POST", "/Things", Some(&thing("one")))
        .await
        .expect_status(201);
    let kept = cli.ends(CONFLICT, &["remove", "Thing", "--yes"]);
    assert!(kept.stderr.contains("1 resource"), "{kept:?}");
    let path = format!("/Things/{}", id_of(&created));
    ask("DELETE", &path, None).await.expect_status(204);
    cli.ends(OK, &["remove", "Thing", "--yes"]);
    ask("GET", "/Things", None).await.expect_status(404);

    let badges = cli.file("badges.json", &badges());
    cli.ends(OK, &["add", badges, "--extend", "User", "--required"]);
    let refused = ask("POST", "/Users", Some(&user("ada"))).await;
    refused.expect_status(400);
    let document = user_with("ada", BADGES, &json!({"number": "1"}));
    ask("POST", "/Users", Some(&document))
        .await
        .expect_status(201);
}
