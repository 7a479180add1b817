//! The `muster` binary as a command that ends by itself.

use std::process::{Command, Stdio};

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Finished {
    /// What it printed; panics when it failed.
    #[track_caller]
    pub(crate) fn expect_success(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }
}

/// The binary with these arguments, on this database; no setting comes from outside the test.
pub(crate) fn command(database_url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MUSTER_") {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .args(["--database-url", database_url])
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub(crate) fn muster(database_url: &str, arguments: &[&str]) -> Finished {
    let output = command(database_url, arguments).output().unwrap();
    Finished {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
