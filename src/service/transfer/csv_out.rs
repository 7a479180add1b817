//! Comma-separated values that a spreadsheet may open.

use std::io::Write;

use csv::{Terminator, WriterBuilder};

use super::cell::guarded;
use crate::error::{Error, Result};

/// Writes a header and rows (RFC 4180): commas, CRLF, quotation marks where they are needed, UTF-8 without a byte order mark.
///
/// No cell begins like a formula: an apostrophe is put before it, which [`read`](super::read) takes off again. People are
/// written with [`Column::name`](super::Column::name) as header and [`Column::cell`](super::Column::cell) as cells.
#[derive(Debug)]
pub struct Writer<W: Write> {
    csv: csv::Writer<W>,
}

impl<W: Write> Writer<W> {
    /// Begins with the header.
    ///
    /// # Errors
    /// 500 when the sink fails.
    pub fn new<C: AsRef<str>>(sink: W, header: impl IntoIterator<Item = C>) -> Result<Self> {
        let csv = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(sink);
        let mut writer = Self { csv };
        writer.row(header)?;
        Ok(writer)
    }

    /// Writes a row, which has as many cells as the header.
    ///
    /// # Errors
    /// 500 when the sink fails, or for another number of cells.
    pub fn row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) -> Result<()> {
        for cell in cells {
            let cell = guarded(cell.as_ref());
            self.csv.write_field(cell.as_bytes()).map_err(unwritten)?;
        }
        let no_more: [&[u8]; 0] = [];
        self.csv.write_record(no_more).map_err(unwritten)
    }

    /// Everything written, in the sink.
    ///
    /// # Errors
    /// 500 when the sink fails.
    pub fn finish(self) -> Result<W> {
        self.csv
            .into_inner()
            .map_err(|error| unwritten(error.into_error()))
    }
}

fn unwritten(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::internal("the sheet cannot be written").caused_by(error)
}
