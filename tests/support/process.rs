//! The `muster` binary as a process: its output, its signals, its end.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a process may take to start or to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// A `muster serve` of its own; killed when the value is dropped.
pub(crate) struct Instance {
    child: Child,
    stdout: Output,
    stderr: Output,
    _folder: TempDir,
}

/// What an ended process leaves.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Instance {
    /// Starts the binary on free ports; no setting comes from outside the test.
    pub(crate) fn spawn(database_url: &str, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("MUSTER_") {
                command.env_remove(name);
            }
        }
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--database-url", database_url])
            .env("MUSTER_OPERATIONS__LISTEN", "127.0.0.1:0")
            // What a command changes is looked for in the next request.
            .env("MUSTER_LIMITS__TOKEN_MEMORY_MILLISECONDS", "0")
            .envs(environment.iter().copied())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            stdout: Output::collect(child.stdout.take().unwrap()),
            stderr: Output::collect(child.stderr.take().unwrap()),
            child,
            _folder: folder,
        }
    }

    /// Waits until the SCIM base URL is printed and returns the server's root, `http://host:port`.
    pub(crate) fn root(&mut self) -> String {
        let base = self.wait_for("the SCIM base URL", |text| {
            let (before, _) = text.split_once("/scim/v2")?;
            Some(before[before.rfind("http://")?..].to_owned())
        });
        assert!(!base.contains(char::is_whitespace), "not a URL: {base}");
        base
    }

    /// Waits until `find` finds something in what the process printed on its standard output.
    pub(crate) fn wait_for(&mut self, what: &str, find: impl Fn(&str) -> Option<String>) -> String {
        let start = Instant::now();
        loop {
            if let Some(found) = find(&self.stdout.so_far()) {
                return found;
            }
            let ended = self.child.try_wait().unwrap();
            if ended.is_some() || start.elapsed() > PATIENCE {
                let (stdout, stderr) = (self.stdout.so_far(), self.stderr.so_far());
                panic!("{what} was not printed ({ended:?})\nstdout:\n{stdout}\nstderr:\n{stderr}");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What the process has printed on its standard output.
    pub(crate) fn stdout(&self) -> String {
        self.stdout.so_far()
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let command = format!("kill -{name} {}", self.child.id());
        let status = Command::new("sh").args(["-c", &command]).status().unwrap();
        assert!(status.success(), "{command}");
    }

    /// Ends the process at once, as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end of the process and of its output.
    pub(crate) fn wait(mut self) -> Ended {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "the process does not end; stderr:\n{}",
                self.stderr.so_far()
            );
            std::thread::sleep(Duration::from_millis(10));
        };
        Ended {
            status,
            stdout: self.stdout.all(),
            stderr: self.stderr.all(),
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // Both fail when the process has ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Collects a stream, so that the process never waits for a full pipe.
struct Output {
    text: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Output {
    fn collect(stream: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let target = Arc::clone(&text);
        let reader = std::thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            let mut line = Vec::new();
            while stream.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
                let read = String::from_utf8_lossy(&line);
                target.lock().unwrap().push_str(&read);
                line.clear();
            }
        });
        Self {
            text,
            reader: Some(reader),
        }
    }

    fn so_far(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    fn all(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.so_far()
    }
}
