//! Many rows into one table: as `INSERT` of several with SQLite, by `COPY` with PostgreSQL, which takes less of both machines than arguments by
//! the hundred do. In the binary format, in which nothing is escaped, or looked at byte by byte for where it ends.

use super::pool::within;
use super::{Database, failed};
use crate::error::{Error, Result};
use crate::store::statement::{Arg, Statement};

/// What the binary format of `COPY` begins with: its signature, no flags, and no more of a header.
const COPY_HEADER: [u8; 19] = *b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with, where the number of a row's cells would stand.
const COPY_END: [u8; 2] = (-1_i16).to_be_bytes();
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
        let mut copied = COPY_HEADER.to_vec();
        for row in &rows {
            let cells = i16::try_from(N).map_err(|_| uncopied())?;
            copied.extend_from_slice(&cells.to_be_bytes());
            for cell in row {
                write_cell(&mut copied, cell)?;
            }
        }
        copied.extend_from_slice(&COPY_END);
        let copy = format!("COPY {table} ({columns}) FROM STDIN WITH (FORMAT binary)");
        let mut lease = hosts.pool().get().await.map_err(failed)?;
        let patience = lease.patience();
        let connection = lease.connection().map_err(failed)?;
        let outcome = within(patience, async {
            let mut sink = connection.copy_in_raw(&copy).await?;
            sink.send(copied).await?;
            sink.finish().await
        });
        let outcome = outcome.await;
        lease.noted(outcome).map(|_| ()).map_err(failed)
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

/// A value in the binary format of `COPY`: its length, then the value as wide as its column; of one that is absent -1.
fn write_cell(copied: &mut Vec<u8>, cell: &Arg) -> Result<()> {
    match cell {
        Arg::Text(text) | Arg::OptionalText(Some(text)) => write_value(copied, text.as_bytes()),
        Arg::I16(number) | Arg::OptionalI16(Some(number)) => {
            write_value(copied, &number.to_be_bytes())
        }
        Arg::I32(number) | Arg::OptionalI32(Some(number)) => {
            write_value(copied, &number.to_be_bytes())
        }
        Arg::I64(number) | Arg::OptionalI64(Some(number)) => {
            write_value(copied, &number.to_be_bytes())
        }
        Arg::OptionalText(None)
        | Arg::OptionalI16(None)
        | Arg::OptionalI32(None)
        | Arg::OptionalI64(None) => {
            copied.extend_from_slice(&(-1_i32).to_be_bytes());
            Ok(())
        }
        Arg::Bool(_) | Arg::Id(_) | Arg::Bytes(_) | Arg::OptionalBytes(_) | Arg::OptionalId(_) => {
            Err(uncopied())
        }
    }
}

fn write_value(copied: &mut Vec<u8>, value: &[u8]) -> Result<()> {
    let length = i32::try_from(value.len()).map_err(|_| uncopied())?;
    copied.extend_from_slice(&length.to_be_bytes());
    copied.extend_from_slice(value);
    Ok(())
}

fn uncopied() -> Error {
    Error::internal("such a value is not copied")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_follows_its_length() {
        let mut copied = Vec::new();
        for cell in [
            Arg::from("ä\n"),
            Arg::from(""),
            Arg::from(None::<String>),
            Arg::from(-7_i64),
            Arg::from(Some(3_i32)),
            Arg::from(2_i16),
        ] {
            write_cell(&mut copied, &cell).unwrap();
        }
        let expected = [
            &b"\0\0\0\x03\xc3\xa4\n"[..],
            b"\0\0\0\0",
            b"\xff\xff\xff\xff",
            b"\0\0\0\x08\xff\xff\xff\xff\xff\xff\xff\xf9",
            b"\0\0\0\x04\0\0\0\x03",
            b"\0\0\0\x02\0\x02",
        ];
        assert_eq!(copied, expected.concat());
        assert!(write_cell(&mut copied, &Arg::from(true)).is_err());
    }
}
