//! A sheet of people, read from comma-separated values.

use std::collections::HashMap;
use std::fmt;
use std::io::{Chain, Read};

use csv::{Position, Reader, ReaderBuilder, StringRecord};

use super::cell::{split_groups, unguarded};
use super::column::{Column, Person};
use super::text::{Lines, decode};
use crate::error::{Error, Result};
use crate::schema::prepare_username;

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// The most rows, without the header and empty ones.
pub const MAX_ROWS: usize = 100_000;

/// The most columns.
pub const MAX_COLUMNS: usize = 200;

/// The longest cell, in characters; among groups, the longest name.
pub const MAX_CHARACTERS: usize = 4_096;

/// The most values of a sheet, where every bar among groups makes one more: what bounds the memory that a file takes.
pub const MAX_VALUES: usize = 2_000_000;

/// Stands behind every file as a row of its own, unless a quoted cell has swallowed it. No file has U+0000.
const END: &[u8] = b"\n\0";

/// The people of a file.
#[derive(Debug)]
pub struct Sheet {
    /// What the header names, from left to right.
    pub columns: Vec<Column>,
    /// The rows in order, without empty ones.
    pub rows: Vec<Row>,
}

/// A row of the file.
#[derive(Debug)]
pub struct Row {
    /// The line in which it begins; the file's first line is 1.
    pub line: u64,
    /// The login name as written, empty if there is none; for the report of a row with problems too.
    pub username: String,
    /// The person, or everything that is wrong.
    pub result: Result<Person, Vec<Problem>>,
}

/// Something that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The header of the column, as the file has it; none when the row as a whole is wrong.
    pub column: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "{column}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// Reads a sheet; whatever is written like an attribute path may name a column.
///
/// # Errors
/// As [`read_with`].
pub fn read(bytes: &[u8]) -> Result<Sheet> {
    read_with(bytes, |_| true)
}

/// Reads a sheet; `is_attribute` says whether a header that is written like an attribute path names an attribute.
///
/// The separator is what stands most often in the header: a comma, a semicolon or a tab.
///
/// # Errors
/// `invalidValue` with the line for what is wrong with the file as a whole: its encoding, its header, a quoted cell without end, a
/// cell that is too long. 413 for too many bytes, rows or values. What is wrong with a row alone is a [`Problem`] of that row.
pub fn read_with(bytes: &[u8], is_attribute: impl Fn(&str) -> bool) -> Result<Sheet> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::payload_too_large(format!(
            "the file has {} bytes; at most {MAX_BYTES} are accepted",
            bytes.len()
        )));
    }
    let text = decode(bytes)?;
    let mut records = Records::new(&text);
    let Some((line, header)) = records.next()? else {
        return Err(Error::invalid_value(
            "the file is empty; its first line must name the columns, as in \"username,givenname,emailaddress,groups\"",
        ));
    };
    let header = Header::read(line, header, is_attribute)?;
    let mut rows = Vec::new();
    let mut seen = Seen::default();
    while let Some((line, record)) = records.next()? {
        if record.iter().all(str::is_empty) {
            continue;
        }
        if rows.len() == MAX_ROWS {
            return Err(Error::payload_too_large(format!(
                "line {line} begins a row beyond the {MAX_ROWS} that one file may have; divide the file"
            )));
        }
        rows.push(header.row(line, record, &mut seen)?);
    }
    Ok(Sheet {
        columns: header.columns,
        rows,
    })
}

/// The rows of a file as cells.
struct Records<'a> {
    reader: Reader<Chain<&'a [u8], &'static [u8]>>,
    record: StringRecord,
    lines: Lines<'a>,
}

impl<'a> Records<'a> {
    fn new(text: &'a str) -> Self {
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator(text))
            .from_reader(text.as_bytes().chain(END));
        Self {
            reader,
            record: StringRecord::new(),
            lines: Lines::new(text),
        }
    }

    /// The next row that is not an empty line, with the line in which it begins.
    fn next(&mut self) -> Result<Option<(u64, &StringRecord)>> {
        let is_read = self
            .reader
            .read_record(&mut self.record)
            .map_err(|error| Error::internal("the sheet cannot be read").caused_by(error))?;
        let cells = self.record.as_slice();
        if !is_read || cells == "\0" {
            return Ok(None);
        }
        let byte = self.record.position().map_or(0, Position::byte);
        let line = self
            .lines
            .at_content(usize::try_from(byte).unwrap_or(usize::MAX));
        if cells.ends_with('\0') {
            return Err(Error::invalid_value(format!(
                "a quoted cell that begins in the row of line {line} has no end; close it with a quotation mark, and write one within a cell twice"
            )));
        }
        Ok(Some((line, &self.record)))
    }
}

/// What stands most often in the header, quoted cells left out; a comma if nothing does.
fn separator(text: &str) -> u8 {
    let (mut commas, mut semicolons, mut tabs) = (0, 0, 0);
    let mut is_quoted = false;
    for byte in text.trim_start_matches(['\r', '\n']).bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            b',' => commas += 1,
            b';' => semicolons += 1,
            b'\t' => tabs += 1,
            b'\r' | b'\n' => break,
            _ => {}
        }
    }
    if commas >= semicolons.max(tabs) {
        b','
    } else if semicolons >= tabs {
        b';'
    } else {
        b'\t'
    }
}

/// The first row: what each column means.
struct Header {
    columns: Vec<Column>,
    /// The headers as the file has them.
    names: Vec<String>,
    /// Which column has the login name.
    username: usize,
}

impl Header {
    fn read(line: u64, record: &StringRecord, is_attribute: impl Fn(&str) -> bool) -> Result<Self> {
        if record.len() > MAX_COLUMNS {
            return Err(Error::invalid_value(format!(
                "line {line} names {} columns; at most {MAX_COLUMNS} are accepted",
                record.len()
            )));
        }
        let mut header = Self {
            columns: Vec::new(),
            names: Vec::new(),
            username: 0,
        };
        let mut problems = Vec::new();
        for (index, cell) in record.iter().enumerate() {
            check_length(line, index + 1, cell)?;
            if let Err(problem) = header.add(index + 1, cell.trim(), &is_attribute) {
                problems.push(problem);
            }
        }
        match header
            .find(&Column::Username)
            .or(header.find(&Column::Email))
        {
            Some(index) => header.username = index,
            None => problems.push("no column is named \"username\" (or \"email\")".to_owned()),
        }
        if problems.is_empty() {
            return Ok(header);
        }
        Err(Error::invalid_value(format!(
            "the header in line {line} is wrong: {}",
            problems.join("; ")
        )))
    }

    fn add(
        &mut self,
        number: usize,
        name: &str,
        is_attribute: impl Fn(&str) -> bool,
    ) -> Result<(), String> {
        let column = match Column::of(name) {
            Some(Column::Other(path)) if !is_attribute(&path) => None,
            column => column,
        };
        let Some(column) = column else {
            return Err(not_a_column(number, name));
        };
        let same = self.columns.iter().position(|known| known.is_same(&column));
        let first = same.and_then(|same| self.names.get(same)).cloned();
        self.columns.push(column);
        self.names.push(name.to_owned());
        match first {
            Some(first) => Err(format!(
                "column {number}, {name:?}, holds the same as the column {first:?}"
            )),
            None => Ok(()),
        }
    }

    fn find(&self, wanted: &Column) -> Option<usize> {
        self.columns.iter().position(|column| column == wanted)
    }

    /// One row as a person, or with its problems.
    fn row(&self, line: u64, record: &StringRecord, seen: &mut Seen) -> Result<Row> {
        let mut problems = Vec::new();
        let mut person = Person::default();
        for (index, cell) in record.iter().enumerate() {
            let value = unguarded(cell);
            let column = self.columns.get(index);
            if column != Some(&Column::Groups) {
                check_length(line, index + 1, value)?;
            }
            let Some(column) = column.filter(|_| !value.is_empty()) else {
                continue;
            };
            // Before groups are told apart, so that they take no more memory than is allowed.
            let bars = value.matches('|').filter(|_| *column == Column::Groups);
            seen.count(line, 1 + bars.count())?;
            if let Err(message) = set(&mut person, column, value) {
                problems.push(self.problem(index, message));
            }
        }
        for name in &person.groups {
            let index = self.find(&Column::Groups).unwrap_or_default();
            check_length(line, index + 1, name)?;
        }
        let mut surplus = record.iter().skip(self.columns.len());
        if surplus.any(|cell| !cell.is_empty()) {
            let (cells, columns) = (record.len(), self.columns.len());
            problems.push(Problem {
                column: None,
                message: format!(
                    "the row has {cells} cells, but the header names {columns} columns; put a cell that holds a separator in quotation marks"
                ),
            });
        }
        let username = unguarded(record.get(self.username).unwrap_or_default()).to_owned();
        if let Err(message) = seen.check_username(line, &username) {
            problems.push(self.problem(self.username, message));
        }
        person.username.clone_from(&username);
        let result = if problems.is_empty() {
            Ok(person)
        } else {
            Err(problems)
        };
        Ok(Row {
            line,
            username,
            result,
        })
    }

    fn problem(&self, index: usize, message: String) -> Problem {
        Problem {
            column: self.names.get(index).cloned(),
            message,
        }
    }
}

fn not_a_column(number: usize, name: &str) -> String {
    if name.is_empty() {
        format!("column {number} has no name")
    } else {
        format!(
            "column {number}, {name:?}, is neither a column of people nor an attribute path such as \"name.middleName\""
        )
    }
}

fn check_length(line: u64, number: usize, value: &str) -> Result<()> {
    // Most cells have fewer bytes than they may have characters.
    if value.len() <= MAX_CHARACTERS || value.chars().count() <= MAX_CHARACTERS {
        return Ok(());
    }
    Err(Error::invalid_value(format!(
        "column {number} of the row in line {line} has more than {MAX_CHARACTERS} characters in one value; a missing quotation mark can be the cause"
    )))
}

/// Sets what a cell that is not empty says.
fn set(person: &mut Person, column: &Column, value: &str) -> Result<(), String> {
    let text = Some(value.to_owned());
    match column {
        // The login name may come from another column and is set with the row.
        Column::Username => {}
        Column::GivenName => person.given = text,
        Column::FamilyName => person.family = text,
        Column::DisplayName => person.display = text,
        Column::Email => person.email = text,
        Column::Groups => person.groups = split_groups(value),
        Column::Language => person.language = text,
        Column::Kind => person.kind = text,
        Column::ExternalId => person.external_id = text,
        Column::Active => match boolean(value) {
            Some(active) => person.active = Some(active),
            None => return Err(format!("{value:?} is neither \"true\" nor \"false\"")),
        },
        Column::PasswordHash => person.password_hash = text,
        Column::Other(path) => person.others.push((path.clone(), value.to_owned())),
    }
    Ok(())
}

fn boolean(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// What is known of the rows so far.
#[derive(Default)]
struct Seen {
    /// Prepared login names with the line of their first row.
    usernames: HashMap<String, u64>,
    values: usize,
}

impl Seen {
    fn count(&mut self, line: u64, values: usize) -> Result<()> {
        self.values += values;
        if self.values <= MAX_VALUES {
            return Ok(());
        }
        Err(Error::payload_too_large(format!(
            "with line {line} the file has more than {MAX_VALUES} values; divide the file"
        )))
    }

    fn check_username(&mut self, line: u64, username: &str) -> Result<(), String> {
        let prepared = prepare_username(username);
        if prepared.trim().is_empty() {
            return Err("every person needs a user name with a visible character".to_owned());
        }
        if username.trim() != username {
            return Err(format!(
                "{username:?} begins or ends with a blank; a user name does not"
            ));
        }
        if let Some(first) = self.usernames.get(&prepared) {
            return Err(format!(
                "{username:?} is already in line {first}; a person may have one row"
            ));
        }
        self.usernames.insert(prepared, line);
        Ok(())
    }
}
