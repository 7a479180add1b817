//! Many rows into one table: as `INSERT` of several with SQLite, by `COPY` with PostgreSQL, which takes less of both machines than arguments by
//! the hundred do.

use std::fmt::Write as _;

use super::pool::within;
use super::{Database, failed};
use crate::error::{Error, Result};
use crate::store::statement::{Arg, Statement};

/// How many arguments one statement binds: more take longer than the statement.
const ARGUMENTS: usize = 384;

impl Database {
    /// Appends rows in one transaction, once: the table has no rivals.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::store) async fn append<const N: usize>(
        &self,
        table: &'static str,
        columns: &'static str,
        rows: Vec<[Arg; N]>,
    ) -> Result<()> {
        let Self::Postgres(hosts, _) = self else {
            return self.insert(table, columns, rows).await;
        };
        let mut lines = Vec::new();
        for row in &rows {
            for (position, cell) in row.iter().enumerate() {
                lines.extend_from_slice(if position > 0 { b"\t" } else { b"" });
                write_cell(&mut lines, cell)?;
            }
            lines.push(b'\n');
        }
        let copy = format!("COPY {table} ({columns}) FROM STDIN");
        let mut lease = hosts.pool().get().await.map_err(failed)?;
        let patience = lease.patience();
        let connection = lease.connection().map_err(failed)?;
        let copied = within(patience, async {
            let mut sink = connection.copy_in_raw(&copy).await?;
            sink.send(lines).await?;
            sink.finish().await
        });
        let copied = copied.await;
        lease.noted(copied).map(|_| ()).map_err(failed)
    }

    async fn insert<const N: usize>(
        &self,
        table: &'static str,
        columns: &'static str,
        rows: Vec<[Arg; N]>,
    ) -> Result<()> {
        let mut tx = self.begin_write(false).await?;
        // Without numbers, which take long to write and to look up where there are hundreds.
        let line = format!("({})", ["?"; N].join(", "));
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut insert = Statement::new("INSERT INTO ");
            insert
                .push(table)
                .push(" (")
                .push(columns)
                .push(") VALUES ");
            for (position, row) in rows.by_ref().take((ARGUMENTS / N).max(1)).enumerate() {
                insert.push(if position > 0 { ", " } else { "" });
                insert.sql.push_str(&line);
                insert.args.extend(row);
            }
            if let Err(error) = tx.execute(insert).await {
                tx.rollback().await;
                return Err(error);
            }
        }
        tx.commit().await
    }
}

/// A value in the text format of `COPY`.
fn write_cell(line: &mut Vec<u8>, cell: &Arg) -> Result<()> {
    let number = match cell {
        Arg::Text(text) | Arg::OptionalText(Some(text)) => {
            write_text(line, text);
            return Ok(());
        }
        Arg::I16(number) | Arg::OptionalI16(Some(number)) => i64::from(*number),
        Arg::I32(number) | Arg::OptionalI32(Some(number)) => i64::from(*number),
        Arg::I64(number) | Arg::OptionalI64(Some(number)) => *number,
        Arg::OptionalText(None)
        | Arg::OptionalI16(None)
        | Arg::OptionalI32(None)
        | Arg::OptionalI64(None) => {
            line.extend_from_slice(b"\\N");
            return Ok(());
        }
        Arg::Bool(_) | Arg::Id(_) | Arg::Bytes(_) | Arg::OptionalBytes(_) | Arg::OptionalId(_) => {
            return Err(Error::internal("such a value is not copied"));
        }
    };
    let mut digits = String::new();
    _ = write!(digits, "{number}");
    line.extend_from_slice(digits.as_bytes());
    Ok(())
}

fn write_text(line: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest
        .iter()
        .position(|byte| matches!(byte, b'\\' | b'\n' | b'\r' | b'\t'))
    {
        let (before, from) = rest.split_at(at);
        line.extend_from_slice(before);
        line.extend_from_slice(match from.first() {
            Some(b'\n') => b"\\n",
            Some(b'\r') => b"\\r",
            Some(b'\t') => b"\\t",
            _ => b"\\\\",
        });
        rest = from.get(1..).unwrap_or_default();
    }
    line.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped() {
        let mut line = Vec::new();
        for cell in ["a\\b\tc\nd\re", "\\N", "", "ä\\"] {
            write_cell(&mut line, &Arg::from(cell)).unwrap();
            line.push(b'|');
        }
        for cell in [
            Arg::from(None::<String>),
            Arg::from(-7_i64),
            Arg::from(Some(3_i32)),
        ] {
            write_cell(&mut line, &cell).unwrap();
            line.push(b'|');
        }
        assert_eq!(line, "a\\\\b\\tc\\nd\\re|\\\\N||ä\\\\|\\N|-7|3|".as_bytes());
        assert!(write_cell(&mut line, &Arg::from(true)).is_err());
    }
}
