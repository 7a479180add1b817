//! How reading verbs print: a table for people, JSON, JSON lines or CSV for programs.

use std::fmt::Write as _;
use std::io::Write;

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::auth::settings::{self, Explained};
use crate::error::{Error, Result};
use crate::service::admin::NewSetting;

/// `--set NAME=VALUE`.
pub(super) type Setting = (String, String);

/// Reads and checks a `NAME=VALUE`.
pub(super) fn assigned(known: &[settings::Setting], text: &str) -> Result<Setting, String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    settings::check(known, name, value).map_err(|error| error.to_string())?;
    Ok((name.to_owned(), value.to_owned()))
}

/// What `--set` and `--unset` say together.
pub(super) fn changes(set: Vec<Setting>, unset: Vec<String>) -> Vec<NewSetting> {
    let set = set.into_iter().map(|(name, value)| (name, Some(value)));
    set.chain(unset.into_iter().map(|name| (name, None)))
        .collect()
}

/// Prints what has settings: for people with their purpose and origin, for programs as an object.
pub(super) fn settings(
    head: &[(&str, String)],
    explained: Vec<Explained>,
    format: Format,
) -> Result<()> {
    let origin = |from: settings::From| match from {
        settings::From::Default => "default",
        settings::From::Profile => "profile",
        settings::From::Own => "set here",
    };
    if format == Format::Table {
        let mut text = String::new();
        for (name, value) in head {
            _ = writeln!(text, "{name:<8} {value}");
        }
        text.push('\n');
        for (setting, value, from) in explained {
            _ = writeln!(
                text,
                "{} = {value}  ({})\n    {}",
                setting.name,
                origin(from),
                setting.purpose
            );
        }
        return print(&text);
    }
    let values = |value: fn(String, &'static str) -> Value| {
        let values = explained.iter().map(|(setting, text, from)| {
            (setting.name.to_owned(), value(text.clone(), origin(*from)))
        });
        Value::Object(values.collect())
    };
    let mut object: serde_json::Map<String, Value> = head
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    object.insert("settings".to_owned(), values(|value, _| json!(value)));
    object.insert("origins".to_owned(), values(|_, origin| json!(origin)));
    self::object(format, &Value::Object(object))
}

/// `-o`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Columns.
    #[default]
    Table,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated, with a heading.
    Csv,
}

/// A list: every row is an object with the same members.
pub(super) fn list(format: Format, rows: &[Value]) -> Result<()> {
    let text = match format {
        Format::Json => format!(
            "{}\n",
            serde_json::to_string_pretty(rows)
                .map_err(|error| Error::internal("output").caused_by(error))?
        ),
        Format::Jsonl => lines(rows.iter().map(Value::to_string)),
        Format::Table => table(rows),
        Format::Csv => csv(rows),
    };
    print(&text)
}

/// One object.
pub(super) fn object(format: Format, object: &Value) -> Result<()> {
    let text = match (format, object) {
        (Format::Json, _) => format!(
            "{}\n",
            serde_json::to_string_pretty(object)
                .map_err(|error| Error::internal("output").caused_by(error))?
        ),
        (Format::Table, Value::Object(members)) => {
            let width = members
                .keys()
                .map(|name| name.chars().count())
                .max()
                .unwrap_or_default();
            lines(
                members
                    .iter()
                    .map(|(name, value)| format!("{name:width$}  {}", cell(value))),
            )
        }
        (Format::Csv, _) => csv(std::slice::from_ref(object)),
        (Format::Jsonl | Format::Table, _) => format!("{object}\n"),
    };
    print(&text)
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.flat_map(|line| [line, "\n".to_owned()]).collect()
}

/// Prints to stdout. A reader that has gone away (`| head`) is no failure.
pub(super) fn print(text: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    let printed = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match printed {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::internal("cannot print").caused_by(error))
        }
        _ => Ok(()),
    }
}

/// Columns that stand first, in this order, and those that stand last; the others follow the alphabet.
const FIRST: &[&str] = &[
    "id",
    "name",
    "at",
    "key",
    "value",
    "tenant",
    "connection",
    "profile",
    "for",
    "what",
    "type",
    "user",
    "state",
    "request",
    "status",
    "outcome",
    "scimType",
    "ms",
];
const LAST: &[&str] = &["scopes", "settings", "detail"];

fn columns(rows: &[Value]) -> Vec<&String> {
    let row = rows.first().and_then(Value::as_object);
    let mut columns: Vec<&String> = row.map(|row| row.keys().collect()).unwrap_or_default();
    let place = |list: &[&str], name: &str| list.iter().position(|known| *known == name);
    columns.sort_by_key(|name| {
        let first = place(FIRST, name).unwrap_or(FIRST.len());
        (first, place(LAST, name).map_or(0, |last| last + 1))
    });
    columns
}

fn cells<'a>(row: &'a Value, columns: &'a [&String]) -> impl Iterator<Item = String> + 'a {
    columns
        .iter()
        .map(|column| row.get(column.as_str()).map(cell).unwrap_or_default())
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn table(rows: &[Value]) -> String {
    let columns = columns(rows);
    let mut lines: Vec<Vec<String>> =
        vec![columns.iter().map(|column| column.to_uppercase()).collect()];
    // What came from outside must not move the cursor of a terminal.
    let plain = |cell: String| cell.replace(char::is_control, " ");
    lines.extend(
        rows.iter()
            .map(|row| cells(row, &columns).map(plain).collect()),
    );
    let width = |column: usize| {
        lines
            .iter()
            .filter_map(|line| line.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let padded = |line: &Vec<String>| -> String {
        let cells: Vec<String> = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    if rows.is_empty() {
        String::new()
    } else {
        lines.iter().map(padded).collect()
    }
}

fn csv(rows: &[Value]) -> String {
    let columns = columns(rows);
    let line = |cells: Vec<String>| {
        format!(
            "{}\n",
            cells
                .iter()
                .map(|cell| quoted(cell))
                .collect::<Vec<_>>()
                .join(",")
        )
    };
    let heading = line(columns.iter().map(|column| (*column).clone()).collect());
    let body = rows.iter().map(|row| line(cells(row, &columns).collect()));
    if rows.is_empty() {
        String::new()
    } else {
        std::iter::once(heading).chain(body).collect()
    }
}

/// Quotes a cell where needed; one that a spreadsheet would take for a formula gets an apostrophe.
fn quoted(cell: &str) -> String {
    let guarded = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if guarded.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}
