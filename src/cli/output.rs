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
    let mut stream = Stream::new(format);
    stream.print(rows)?;
    stream.end()
}

/// A list that may be too long to be held: its portions are printed as they come.
pub(super) struct Stream {
    format: Format,
    /// Of a table: how wide its columns are, as the first portion has them.
    widths: Vec<usize>,
    has_rows: bool,
}

impl Stream {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            widths: Vec::new(),
            has_rows: false,
        }
    }

    /// Prints some rows; answers whether anybody still reads.
    pub(super) fn print(&mut self, rows: &[Value]) -> Result<bool> {
        if rows.is_empty() {
            return Ok(true);
        }
        let text = self.text(rows)?;
        self.has_rows = true;
        write(&text)
    }

    fn text(&mut self, rows: &[Value]) -> Result<String> {
        let is_first = !self.has_rows;
        Ok(match self.format {
            Format::Json => {
                let all = serde_json::to_string_pretty(rows)
                    .map_err(|error| Error::internal("output").caused_by(error))?;
                // The brackets are those of the whole list.
                let inner = all
                    .strip_prefix("[\n")
                    .and_then(|text| text.strip_suffix("\n]"));
                let inner = inner.unwrap_or(&all);
                format!("{}{inner}", if is_first { "[\n" } else { ",\n" })
            }
            Format::Jsonl => lines(rows.iter().map(Value::to_string)),
            Format::Table => table(rows, &mut self.widths),
            Format::Csv => csv(rows, is_first),
        })
    }

    /// Ends the list.
    pub(super) fn end(self) -> Result<()> {
        match (self.format, self.has_rows) {
            (Format::Json, true) => print("\n]\n"),
            (Format::Json, false) => print("[]\n"),
            (Format::Jsonl | Format::Table | Format::Csv, _) => Ok(()),
        }
    }
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
        (Format::Csv, _) => csv(std::slice::from_ref(object), true),
        (Format::Jsonl | Format::Table, _) => format!("{object}\n"),
    };
    print(&text)
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.flat_map(|line| [line, "\n".to_owned()]).collect()
}

/// Prints to stdout. A reader that has gone away (`| head`) is no failure.
pub(super) fn print(text: &str) -> Result<()> {
    write(text).map(|_| ())
}

/// As [`print`]; answers whether anybody reads.
fn write(text: &str) -> Result<bool> {
    let mut stdout = std::io::stdout().lock();
    let printed = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match printed {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Error::internal("cannot print").caused_by(error)),
        Ok(()) => Ok(true),
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

/// Columns below their headings; where there are `widths` already, they are kept, and the headings stand above.
fn table(rows: &[Value], widths: &mut Vec<usize>) -> String {
    let columns = columns(rows);
    let is_first = widths.is_empty();
    let mut lines: Vec<Vec<String>> = Vec::new();
    if is_first {
        lines.push(columns.iter().map(|column| column.to_uppercase()).collect());
    }
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
    if is_first {
        *widths = (0..columns.len()).map(width).collect();
    }
    let padded = |line: &Vec<String>| -> String {
        let cells: Vec<String> = line
            .iter()
            .zip(widths.iter())
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    lines.iter().map(padded).collect()
}

fn csv(rows: &[Value], has_heading: bool) -> String {
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
    let heading = Some(heading).filter(|_| has_heading);
    heading.into_iter().chain(body).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn streamed(format: Format, portions: &[&[Value]]) -> String {
        let mut stream = Stream::new(format);
        let mut text = String::new();
        for rows in portions {
            text.push_str(&stream.text(rows).unwrap());
            stream.has_rows = true;
        }
        text
    }

    #[test]
    fn a_list_in_portions_is_the_list() {
        let rows = [
            json!({"id": "1", "name": "Anna", "more": [{"a": []}]}),
            json!({"id": "2", "name": "Bo", "more": []}),
            json!({"id": "3", "name": "Christopher", "more": null}),
        ];
        for format in [Format::Json, Format::Jsonl, Format::Csv] {
            let whole = streamed(format, &[&rows]);
            let [one, two, three] = &rows;
            let one_by_one = [one, two, three].map(std::slice::from_ref);
            assert_eq!(streamed(format, &one_by_one), whole, "{format:?}");
        }
        let whole = streamed(Format::Json, &[&rows]) + "\n]";
        assert_eq!(serde_json::from_str::<Value>(&whole).unwrap(), json!(rows));
        let table = streamed(Format::Table, &[&rows[..2], &rows[2..]]);
        assert_eq!(
            table,
            "ID  NAME  MORE\n1   Anna  [{\"a\":[]}]\n2   Bo    []\n3   Christopher\n"
        );
    }
}
