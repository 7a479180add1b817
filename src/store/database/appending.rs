//! Many rows into one table: as `INSERT` of several with SQLite, by `COPY` with PostgreSQL, which takes less of both machines than arguments by
//! the hundred do. In the binary format, in which nothing is escaped, or looked at byte by byte for where it ends.

use super::pool::within;
use super::{Database, failed};
use crate::error::Result;
use crate::store::statement::{Arg, Statement};

/// What the binary format of `COPY` begins with: its signature, no flags, and no more of a header.
const COPY_HEADER: [u8; 19] = *b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with, where the number of a row's cells would stand.
const COPY_END: [u8; 2] = (-1_i16).to_be_bytes();
/// How long a piece of it is at least, in bytes, when it is sent.
const PIECE: usize = 64 << 10;
/// How many arguments one statement binds: more take longer than the statement.
const ARGUMENTS: usize = 384;

impl Database {
    /// Appends rows in one transaction, once: the table has no rivals. They are made while they are written, not all of them kept in memory.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::store) async fn append<const N: usize>(
        &self,
        table: &'static str,
        columns: &'static str,
        mut rows: impl Iterator<Item = [Arg; N]> + Send,
    ) -> Result<()> {
        let Self::Postgres(hosts, _) = self else {
            return self.insert(table, columns, rows).await;
        };
        let copy = format!("COPY {table} ({columns}) FROM STDIN WITH (FORMAT binary)");
        let mut lease = hosts.pool().get().await.map_err(failed)?;
        let patience = lease.patience();
        let connection = lease.connection().map_err(failed)?;
        let copied = within(patience, async {
            let mut sink = connection.copy_in_raw(&copy).await?;
            let mut piece = COPY_HEADER.to_vec();
            loop {
                let is_more = match write_rows(&mut piece, &mut rows) {
                    Ok(is_more) => is_more,
                    Err(error) => {
                        sink.abort(error.to_string()).await?;
                        return Err(error);
                    }
                };
                sink.send(&piece[..]).await?;
                if !is_more {
                    return sink.finish().await;
                }
                piece.clear();
            }
        });
        let copied = copied.await;
        lease.noted(copied).map(|_| ()).map_err(failed)
    }

    async fn insert<const N: usize>(
        &self,
        table: &'static str,
        columns: &'static str,
        rows: impl Iterator<Item = [Arg; N]> + Send,
    ) -> Result<()> {
        let mut tx = self.begin_write(false).await?;
        // Without numbers, which take long to write and to look up where there are hundreds.
        let line = format!("({})", ["?"; N].join(", "));
        let mut rows = rows.peekable();
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

/// Writes rows until a piece is long enough, and answers true; or the end after the last one, and answers false.
fn write_rows<const N: usize>(
    piece: &mut Vec<u8>,
    rows: &mut impl Iterator<Item = [Arg; N]>,
) -> sqlx::Result<bool> {
    while piece.len() < PIECE {
        let Some(row) = rows.next() else {
            piece.extend_from_slice(&COPY_END);
            return Ok(false);
        };
        let cells = i16::try_from(N).map_err(uncopied)?;
        piece.extend_from_slice(&cells.to_be_bytes());
        for cell in &row {
            write_cell(piece, cell)?;
        }
    }
    Ok(true)
}

/// A value in the binary format of `COPY`: its length, then the value as wide as its column; of one that is absent -1.
fn write_cell(copied: &mut Vec<u8>, cell: &Arg) -> sqlx::Result<()> {
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
            Err(uncopied("a value of a kind that no log has"))
        }
    }
}

fn write_value(copied: &mut Vec<u8>, value: &[u8]) -> sqlx::Result<()> {
    let length = i32::try_from(value.len()).map_err(uncopied)?;
    copied.extend_from_slice(&length.to_be_bytes());
    copied.extend_from_slice(value);
    Ok(())
}

fn uncopied(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Encode(why.into())
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

    #[test]
    fn pieces_end_with_a_row_and_the_last_with_the_end() {
        let long = "a".repeat(PIECE / 2);
        let mut rows = (0..3).map(|number: i16| [Arg::from(number), Arg::from(long.as_str())]);
        let length = 2 + 4 + 2 + 4 + long.len();
        let mut piece = Vec::new();
        assert!(write_rows(&mut piece, &mut rows).unwrap());
        assert_eq!(piece.len(), 2 * length);
        piece.clear();
        assert!(!write_rows(&mut piece, &mut rows).unwrap());
        assert_eq!(piece.len(), length + 2);
        assert_eq!(piece[..8], [0, 2, 0, 0, 0, 2, 0, 2]);
        assert_eq!(piece[length..], [0xff, 0xff]);
        let mut wrong = [[Arg::from(true)]].into_iter();
        assert!(write_rows(&mut piece, &mut wrong).is_err());
    }
}
