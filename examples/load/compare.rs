//! Tables in Markdown from what `measure --json` wrote.

use std::path::PathBuf;
use std::str::FromStr;

use serde_json::Value;

use crate::Outcome;

/// A file with results, and what they are called.
#[derive(Clone)]
pub(crate) struct Named {
    name: String,
    file: PathBuf,
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = text.split_once('=').ok_or("write NAME=FILE")?;
        Ok(Self {
            name: name.to_owned(),
            file: file.into(),
        })
    }
}

/// The results of one server.
struct Results {
    name: String,
    rows: Vec<Value>,
}

impl Results {
    fn read(named: &Named) -> Outcome<Self> {
        let text = std::fs::read_to_string(&named.file)
            .map_err(|failure| format!("{}: {failure}", named.file.display()))?;
        let report: Value = serde_json::from_str(&text)?;
        let rows = report.get("scenarios").and_then(Value::as_array);
        Ok(Self {
            name: named.name.clone(),
            rows: rows.ok_or("a file holds no results")?.clone(),
        })
    }

    fn row(&self, scenario: &str) -> Option<&Value> {
        let mut rows = self.rows.iter();
        rows.find(|row| row.get("scenario").and_then(Value::as_str) == Some(scenario))
    }
}

fn number(row: &Value, key: &str) -> f64 {
    row.get(key).and_then(Value::as_f64).unwrap_or_default()
}

fn text<'a>(row: &'a Value, key: &str) -> Option<&'a str> {
    row.get(key).and_then(Value::as_str)
}

/// Requests per second, unless most requests failed or there was none.
fn rate(row: Option<&Value>) -> Option<f64> {
    let row = row?;
    let requests = number(row, "requests");
    (requests > number(row, "errors")).then(|| number(row, "perSecond"))
}

/// Three digits that count, thousands set apart.
fn shown(value: f64) -> String {
    if value < 10.0 {
        return format!("{value:.2}");
    }
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// Prints a table of latencies, or of requests per second beside each other.
pub(crate) fn run(named: &[Named]) -> Outcome<()> {
    let results: Vec<Results> = named.iter().map(Results::read).collect::<Outcome<_>>()?;
    match results.as_slice() {
        [] => {}
        [only] => latencies(only),
        [first, others @ ..] => ratios(first, others),
    }
    if results.len() > 1 {
        println!();
        for results in &results {
            machine(results);
        }
    }
    for results in &results {
        remarks(results, results.name.as_str());
    }
    Ok(())
}

fn latencies(results: &Results) {
    println!(
        "| {} | per second | p50 ms | p95 ms | p99 ms | max ms | errors | machine | stolen % |",
        results.name
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    for row in &results.rows {
        let name = text(row, "scenario").unwrap_or_default();
        if rate(Some(row)).is_none() {
            println!("| {name} | – | – | – | – | – | – | – | – |");
            continue;
        }
        let cells = ["perSecond", "p50Ms", "p95Ms", "p99Ms", "maxMs"]
            .map(|key| shown(number(row, key)))
            .join(" | ");
        let [errors, machine, stolen] =
            ["errors", "machineMiBPerSecond", "stolenPercent"].map(|key| number(row, key));
        println!("| {name} | {cells} | {errors:.0} | {machine:.0} | {stolen:.0} |");
    }
}

fn ratios(first: &Results, others: &[Results]) {
    print!("| | {} |", first.name);
    for other in others {
        print!(" {} | ratio |", other.name);
    }
    println!("\n|---|--:|{}", "--:|--:|".repeat(others.len()));
    for row in &first.rows {
        let name = text(row, "scenario").unwrap_or_default();
        let own = rate(Some(row));
        print!("| {name} | {} |", own.map_or("–".to_owned(), shown));
        for other in others {
            let theirs = rate(other.row(name));
            let ratio = own.zip(theirs).map(|(own, theirs)| own / theirs.max(1e-6));
            let [theirs, ratio] = [theirs, ratio].map(|value| value.map_or("–".to_owned(), shown));
            print!(" {theirs} | {ratio} |");
        }
        println!();
    }
}

/// Says how fast the machine was while a server was measured: the slowest line's, the median and the fastest line's.
fn machine(results: &Results) {
    let rows = results.rows.iter();
    let mut speeds: Vec<f64> = rows.map(|row| number(row, "machineMiBPerSecond")).collect();
    speeds.retain(|speed| *speed > 0.0);
    speeds.sort_by(f64::total_cmp);
    let middle = speeds.get(speeds.len() / 2);
    if let (Some(least), Some(middle), Some(most)) = (speeds.first(), middle, speeds.last()) {
        let name = &results.name;
        println!("* The machine meanwhile, {name}: {least:.0} to {most:.0}, median {middle:.0}");
    }
}

/// Says below a table what was skipped and what failed.
fn remarks(results: &Results, name: &str) {
    let mut lines = Vec::new();
    for row in &results.rows {
        let scenario = text(row, "scenario").unwrap_or_default();
        let (requests, errors) = (number(row, "requests"), number(row, "errors"));
        let error = text(row, "firstError").unwrap_or_default();
        let error: String = error.chars().take(160).collect();
        let error = error.replace(['\n', '\r', '`'], " ");
        if let Some(reason) = text(row, "skipped") {
            let more = if error.is_empty() { "" } else { ": " };
            lines.push(format!("{scenario}: skipped, {reason}{more}{error}"));
        } else if errors > 0.0 {
            let all = requests + errors;
            lines.push(format!(
                "{scenario}: {errors:.0} of {all:.0} failed; first: `{error}`"
            ));
        }
        if let Some(note) = text(row, "note") {
            lines.push(format!("{scenario}: {note}"));
        }
    }
    if !lines.is_empty() {
        println!("\n{name}:\n");
        for line in lines {
            println!("* {line}");
        }
    }
}
