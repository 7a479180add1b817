//! Latencies, the table and the JSON report.

use std::time::Duration;

use serde_json::{Value, json};

/// Latencies of one worker or scenario, and what went wrong.
#[derive(Default)]
pub(crate) struct Sample {
    micros: Vec<u32>,
    errors: u32,
    first_error: Option<String>,
}

impl Sample {
    /// Counts a request that was answered as expected.
    pub(crate) fn record(&mut self, latency: Duration) {
        self.micros
            .push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
    }

    /// Counts a request that failed.
    pub(crate) fn fail(&mut self, reason: String) {
        self.errors = self.errors.saturating_add(1);
        self.first_error.get_or_insert(reason);
    }

    /// Takes over what another worker saw.
    pub(crate) fn merge(&mut self, other: Self) {
        self.micros.extend(other.micros);
        self.errors = self.errors.saturating_add(other.errors);
        self.first_error = self.first_error.take().or(other.first_error);
    }
}

/// The result of one scenario.
pub(crate) struct Row {
    name: String,
    seconds: f64,
    /// Ascending.
    micros: Vec<u32>,
    errors: u32,
    first_error: Option<String>,
    /// Resident memory of the server afterwards, in MiB.
    memory: Option<f64>,
}

impl Row {
    /// Evaluates what the workers of a scenario saw.
    pub(crate) fn new(name: String, took: Duration, sample: Sample, memory: Option<f64>) -> Self {
        let mut micros = sample.micros;
        micros.sort_unstable();
        Self {
            name,
            seconds: took.as_secs_f64(),
            micros,
            errors: sample.errors,
            first_error: sample.first_error,
            memory,
        }
    }

    /// Whether every request was answered as expected, and there was one.
    pub(crate) fn clean(&self) -> bool {
        self.errors == 0 && !self.micros.is_empty()
    }

    fn requests(&self) -> u32 {
        u32::try_from(self.micros.len()).unwrap_or(u32::MAX)
    }

    fn per_second(&self) -> f64 {
        f64::from(self.requests()) / self.seconds.max(1e-6)
    }

    /// The latency in ms that `percent` of the requests did not exceed.
    fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.micros.len() * percent).div_ceil(100).max(1);
        self.micros
            .get(rank - 1)
            .map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }

    fn line(&self) -> String {
        let memory = self
            .memory
            .map_or("-".to_owned(), |mib| format!("{mib:.1}"));
        format!(
            "{:<16}{:>10}{:>11.1}{:>10.2}{:>10.2}{:>10.2}{:>10.2}{:>8}{:>10}",
            self.name,
            self.requests(),
            self.per_second(),
            self.percentile(50),
            self.percentile(95),
            self.percentile(99),
            self.percentile(100),
            self.errors,
            memory,
        )
    }

    /// Prints the row, and below it the first error.
    pub(crate) fn print(&self) {
        println!("{}", self.line());
        if let Some(error) = &self.first_error {
            println!("  first error: {error}");
        }
    }

    /// The row as JSON.
    pub(crate) fn json(&self) -> Value {
        json!({
            "scenario": self.name,
            "requests": self.requests(),
            "seconds": self.seconds,
            "perSecond": self.per_second(),
            "p50Ms": self.percentile(50),
            "p95Ms": self.percentile(95),
            "p99Ms": self.percentile(99),
            "maxMs": self.percentile(100),
            "errors": self.errors,
            "firstError": self.first_error,
            "residentMiB": self.memory,
        })
    }
}

/// Prints the head of the table.
pub(crate) fn print_head() {
    println!(
        "{:<16}{:>10}{:>11}{:>10}{:>10}{:>10}{:>10}{:>8}{:>10}",
        "scenario",
        "requests",
        "per s",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "max ms",
        "errors",
        "RSS MiB",
    );
}

/// Resident memory of a process in MiB, where the system tells.
pub(crate) fn resident(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(f64::from(kib) / 1024.0)
}
