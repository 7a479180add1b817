//! Many people at once: a sheet of comma-separated values (RFC 4180) in, the same out, and the report of what became of each row.
//!
//! Everything here is pure: bytes become a [`Sheet`] of people, people become bytes. What [`Writer`] writes, [`read`] reads
//! back unchanged, also where a cell had to be guarded against being taken for a formula.

mod cell;
mod column;
mod csv_in;
mod csv_out;
mod report;
#[cfg(test)]
mod tests;
mod text;

pub use column::{Column, Person};
pub use csv_in::{
    MAX_BYTES, MAX_CHARACTERS, MAX_COLUMNS, MAX_ROWS, MAX_VALUES, Problem, Row, Sheet, read,
    read_with,
};
pub use csv_out::Writer;
pub use report::{Outcome, Report, ReportRow};
pub use text::decode;
