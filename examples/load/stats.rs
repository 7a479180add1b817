//! The table and the JSON report.

use std::time::Duration;

use serde_json::{Value, json};

use crate::histogram::Histogram;
use crate::machine::Machine;

/// Latencies of one worker or scenario, and what went wrong.
#[derive(Default)]
pub(crate) struct Sample {
    latencies: Histogram,
    errors: u32,
    first_error: Option<String>,
}

impl Sample {
    /// Counts a request that was answered as expected.
    pub(crate) fn record(&mut self, latency: Duration) {
        self.latencies.record(latency);
    }

    /// Counts a request that failed.
    pub(crate) fn fail(&mut self, reason: String) {
        self.errors = self.errors.saturating_add(1);
        self.first_error.get_or_insert(reason);
    }

    /// Takes over what another worker saw.
    pub(crate) fn merge(&mut self, other: Self) {
        self.latencies.merge(&other.latencies);
        self.errors = self.errors.saturating_add(other.errors);
        self.first_error = self.first_error.take().or(other.first_error);
    }
}

/// The result of one scenario.
pub(crate) struct Row {
    name: String,
    seconds: f64,
    sample: Sample,
    /// Why it did not run.
    skipped: Option<String>,
    /// What is special about it.
    note: Option<String>,
    /// Resident memory of the server afterwards, in MiB.
    memory: Option<f64>,
    /// How the machine was meanwhile.
    machine: Machine,
}

impl Row {
    /// Evaluates what the workers of a scenario saw.
    pub(crate) fn new(name: String, took: Duration, sample: Sample, note: Option<String>) -> Self {
        Self {
            name,
            seconds: took.as_secs_f64(),
            sample,
            skipped: None,
            note,
            memory: None,
            machine: Machine::default(),
        }
    }

    /// Where it was measured: how fast the machine was, and what the server has taken of its memory.
    pub(crate) fn on(mut self, machine: Machine, memory: Option<f64>) -> Self {
        self.machine = machine;
        self.memory = memory;
        self
    }

    /// A scenario that the server or the number of users does not allow.
    pub(crate) fn skipped(name: String, reason: String) -> Self {
        let mut row = Self::new(name, Duration::ZERO, Sample::default(), None);
        row.skipped = Some(reason);
        row
    }

    /// A scenario that could not be prepared.
    pub(crate) fn failed(name: String, failure: String) -> Self {
        let mut row = Self::skipped(name, "it could not be prepared".to_owned());
        row.sample.fail(failure);
        row
    }

    /// Whether every request was answered as expected, and there was one, or it was skipped.
    pub(crate) fn clean(&self) -> bool {
        self.sample.errors == 0 && (self.skipped.is_some() || self.requests() > 0)
    }

    /// Whether a request was not answered as expected.
    pub(crate) fn has_errors(&self) -> bool {
        self.sample.errors > 0
    }

    /// Whether the machine was this run's alone, or nearly.
    pub(crate) fn was_quiet(&self) -> bool {
        self.machine.stolen.is_none_or(|percent| percent <= 5.0)
    }

    /// Whether others took less of the machine than in another run.
    pub(crate) fn was_quieter(&self, other: &Self) -> bool {
        self.machine.stolen < other.machine.stolen
    }

    fn requests(&self) -> u32 {
        self.sample.latencies.total()
    }

    fn per_second(&self) -> f64 {
        f64::from(self.requests()) / self.seconds.max(1e-6)
    }

    fn line(&self) -> String {
        if let Some(reason) = &self.skipped {
            return format!("{:<22}skipped: {reason}", self.name);
        }
        let or_none = |value: Option<f64>, digits| {
            value.map_or("-".to_owned(), |value| format!("{value:.digits$}"))
        };
        let latencies = &self.sample.latencies;
        format!(
            "{:<22}{:>10}{:>11.1}{:>10.2}{:>10.2}{:>10.2}{:>10.2}{:>8}{:>10}{:>9}{:>9}",
            self.name,
            self.requests(),
            self.per_second(),
            latencies.percentile(50),
            latencies.percentile(95),
            latencies.percentile(99),
            latencies.largest(),
            self.sample.errors,
            or_none(self.memory, 1),
            or_none(self.machine.speed, 0),
            or_none(self.machine.stolen, 0),
        )
    }

    /// Prints the row, and below it what is to be said about it.
    pub(crate) fn print(&self) {
        println!("{}", self.line());
        if let Some(note) = &self.note {
            println!("  {note}");
        }
        if let Some(error) = &self.sample.first_error {
            println!("  first error: {error}");
        }
    }

    /// The row as JSON.
    pub(crate) fn json(&self) -> Value {
        let latencies = &self.sample.latencies;
        let histogram: Vec<Value> = latencies
            .coarse()
            .into_iter()
            .map(|(below, requests)| json!({ "belowMs": below, "requests": requests }))
            .collect();
        json!({
            "scenario": self.name,
            "skipped": self.skipped,
            "note": self.note,
            "requests": self.requests(),
            "seconds": self.seconds,
            "perSecond": self.per_second(),
            "p50Ms": latencies.percentile(50),
            "p95Ms": latencies.percentile(95),
            "p99Ms": latencies.percentile(99),
            "maxMs": latencies.largest(),
            "histogram": histogram,
            "errors": self.sample.errors,
            "firstError": self.sample.first_error,
            "residentMiB": self.memory,
            "machineMiBPerSecond": self.machine.speed,
            "stolenPercent": self.machine.stolen,
        })
    }
}

/// Prints the head of the table.
pub(crate) fn print_head() {
    println!(
        "{:<22}{:>10}{:>11}{:>10}{:>10}{:>10}{:>10}{:>8}{:>10}{:>9}{:>9}",
        "scenario",
        "requests",
        "per s",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "max ms",
        "errors",
        "RSS MiB",
        "machine",
        "stolen %",
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
