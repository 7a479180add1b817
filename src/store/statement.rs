//! SQL text and its arguments. Text comes from this crate alone; what a client sent is always an argument.

use std::fmt::Write as _;

use uuid::Uuid;

/// The database's dialect: the function that finds one text in another and the locking of rows differ, and what is one statement with
/// PostgreSQL alone (`creation`, and the writes that a transaction puts together).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite's.
    Sqlite,
    /// PostgreSQL's.
    Postgres,
}

impl Dialect {
    /// The name of the function that finds one text in another.
    pub(crate) fn contains(self) -> &'static str {
        match self {
            Self::Sqlite => "instr",
            Self::Postgres => "strpos",
        }
    }

    /// Locks the rows that a SELECT reads against other writers, not against rows that point at them.
    /// SQLite has one writer, who needs no lock.
    pub(crate) fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR NO KEY UPDATE",
        }
    }
}

/// One argument of a statement.
#[derive(Debug, Clone)]
pub(crate) enum Arg {
    Bool(bool),
    I16(i16),
    I32(i32),
    I64(i64),
    Text(String),
    Id(Uuid),
    Bytes(Vec<u8>),
    OptionalI16(Option<i16>),
    OptionalI32(Option<i32>),
    OptionalI64(Option<i64>),
    OptionalText(Option<String>),
    OptionalBytes(Option<Vec<u8>>),
    OptionalId(Option<Uuid>),
}

macro_rules! arguments {
    ($($kind:ident from $type:ty;)*) => {
        $(impl From<$type> for Arg {
            fn from(value: $type) -> Self {
                Self::$kind(value)
            }
        })*
    };
}

arguments! {
    Bool from bool;
    I16 from i16;
    I32 from i32;
    I64 from i64;
    Text from String;
    Id from Uuid;
    Bytes from Vec<u8>;
    OptionalI16 from Option<i16>;
    OptionalI32 from Option<i32>;
    OptionalI64 from Option<i64>;
    OptionalText from Option<String>;
    OptionalBytes from Option<Vec<u8>>;
    OptionalId from Option<Uuid>;
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A statement under construction: `$1`, `$2` … are understood by both databases.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) args: Vec<Arg>,
    /// See [`Statement::early`].
    pub(crate) is_early: bool,
    /// See [`Statement::of_one_row`].
    pub(crate) is_of_one_row: bool,
    /// See [`Statement::by_key`].
    pub(crate) is_by_key: bool,
}

impl Statement {
    /// Begins with this text, which may hold placeholders for the arguments that follow by [`Statement::arg`].
    pub(crate) fn new(sql: &'static str) -> Self {
        Self {
            sql: sql.to_owned(),
            ..Self::default()
        }
    }

    /// It may be answered before its transaction begins, and locks nothing: what is written afterwards is checked against what it
    /// has read.
    pub(crate) fn early(mut self) -> Self {
        self.is_early = true;
        self
    }

    /// A read that finds at most one row, by the value of a unique index: outside a transaction, it may be asked together with others of
    /// the same text.
    pub(crate) fn by_key(mut self) -> Self {
        self.is_by_key = true;
        self
    }

    /// A write that is to change exactly one row; otherwise the transaction has lost against another one.
    pub(crate) fn of_one_row(mut self) -> Self {
        self.is_of_one_row = true;
        self
    }

    /// The table that it writes to, if it begins with a write.
    pub(crate) fn target(&self) -> Option<&str> {
        let target = ["INSERT INTO ", "UPDATE ", "DELETE FROM "]
            .iter()
            .find_map(|verb| self.sql.strip_prefix(verb))?;
        target.split(' ').next()
    }

    /// Appends another statement's text, with its placeholders numbered on, and its arguments.
    pub(crate) fn append(&mut self, other: Self) -> &mut Self {
        let offset = self.args.len();
        let mut rest = other.sql.as_str();
        while let (Some(at), true) = (rest.find('$'), offset > 0) {
            let (text, from) = rest.split_at(at);
            let from = from.strip_prefix('$').unwrap_or(from);
            let digits = from.bytes().take_while(u8::is_ascii_digit).count();
            let (digits, after) = from.split_at(digits);
            let number = digits.parse::<usize>().unwrap_or_default();
            self.sql.push_str(text);
            self.sql.push('$');
            self.sql.push_str(&(offset + number).to_string());
            rest = after;
        }
        self.sql.push_str(rest);
        self.args.extend(other.args);
        self
    }

    /// The text with placeholders that have no numbers, for SQLite, which looks for each numbered one among all of them: binding
    /// hundreds takes longer than the statement. Only where they stand in the order of their arguments.
    pub(crate) fn without_numbers(sql: String, arguments: usize) -> String {
        const FEW: usize = 16;
        if arguments <= FEW || !sql.contains('$') {
            return sql;
        }
        let mut text = String::with_capacity(sql.len());
        let mut copied = 0;
        let mut expected = 0;
        for at in memchr::memchr_iter(b'$', sql.as_bytes()) {
            expected += 1;
            let digits = sql.bytes().skip(at + 1).take_while(u8::is_ascii_digit);
            let (mut number, mut length) = (0, 0);
            for digit in digits {
                number = number * 10 + usize::from(digit - b'0');
                length += 1;
            }
            if number != expected {
                return sql;
            }
            text.push_str(sql.get(copied..at).unwrap_or_default());
            text.push('?');
            copied = at + 1 + length;
        }
        text.push_str(sql.get(copied..).unwrap_or_default());
        text
    }

    /// Whether it changes what the tokens of clients stand for: rows of `tenant`, `connection` or `access_token`.
    pub(crate) fn changes_clients(&self) -> bool {
        matches!(
            self.target(),
            Some("tenant" | "connection" | "access_token")
        )
    }

    /// Goes on with this text.
    pub(crate) fn then(mut self, sql: &'static str) -> Self {
        self.push(sql);
        self
    }

    /// Adds an argument for a placeholder that stands in the text already.
    pub(crate) fn arg(mut self, value: impl Into<Arg>) -> Self {
        self.args.push(value.into());
        self
    }

    /// Appends text.
    pub(crate) fn push(&mut self, sql: &'static str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// Appends the placeholder of a new argument.
    pub(crate) fn bind(&mut self, value: impl Into<Arg>) -> &mut Self {
        self.args.push(value.into());
        self.sql.push('$');
        push_number(&mut self.sql, self.args.len());
        self
    }

    /// Appends a list of arguments in parentheses.
    ///
    /// The last one is repeated until the length is a power of two, so that few different texts need to be prepared.
    pub(crate) fn bind_list<T: Into<Arg> + Clone>(&mut self, values: &[T]) -> &mut Self {
        let Some(last) = values.last() else {
            return self.push("(NULL)");
        };
        let padding = values.len().next_power_of_two() - values.len();
        self.push("(");
        for (position, value) in values
            .iter()
            .chain(std::iter::repeat_n(last, padding))
            .enumerate()
        {
            if position > 0 {
                self.push(", ");
            }
            self.bind(value.clone());
        }
        self.push(")")
    }

    /// Appends a row of arguments in parentheses: one line of `VALUES`.
    pub(crate) fn bind_row(&mut self, values: impl IntoIterator<Item = Arg>) -> &mut Self {
        self.push("(").bind_all(values).push(")")
    }

    /// Appends arguments with commas between them.
    pub(crate) fn bind_all(&mut self, values: impl IntoIterator<Item = Arg>) -> &mut Self {
        for (position, value) in values.into_iter().enumerate() {
            if position > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self
    }

    /// Several writes as one: a text of several statements with SQLite; with PostgreSQL one statement, all parts of which see what was
    /// there before it, and which fails where a part that is of one row is of none (`division_by_zero`).
    pub(crate) fn together(mut statements: Vec<Self>, dialect: Dialect) -> Self {
        let is_counted = statements.iter().any(|statement| statement.is_of_one_row);
        if statements.len() < 2 && !(is_counted && dialect == Dialect::Postgres) {
            return statements.pop().unwrap_or_default();
        }
        let mut all = Self::default();
        if dialect == Dialect::Sqlite {
            for (position, statement) in statements.into_iter().enumerate() {
                all.push(if position > 0 { "; " } else { "" });
                all.append(statement);
            }
            return all;
        }
        let mut test = String::from("1");
        for (position, statement) in statements.into_iter().enumerate() {
            let name = format!("w{position}");
            all.push(if position > 0 { ", " } else { "WITH " });
            all.sql.push_str(&name);
            let is_of_one_row = statement.is_of_one_row;
            all.push(" AS (").append(statement);
            if is_of_one_row {
                all.push(" RETURNING 1");
                _ = write!(test, " / (SELECT COUNT(*) FROM {name})");
            }
            all.push(")");
        }
        all.push(" SELECT ");
        all.sql.push_str(&test);
        all
    }
}

/// Appends a number without a text of its own: a statement of many rows has hundreds.
fn push_number(text: &mut String, number: usize) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    let digit = u8::try_from(number % 10).unwrap_or_default();
    text.push(char::from(b'0' + digit));
}

/// How many values one list holds at most; longer ones are cut into chunks. Both databases accept 32,767 or more.
pub(crate) const LIST_CHUNK: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_appended_statement_goes_on_numbering() {
        let mut text = Statement::new("INSERT INTO a VALUES ($1, $2); ")
            .arg(1_i64)
            .arg(2_i64);
        let other = Statement::new("SELECT $2, $1, $12").arg(3_i64);
        text.append(other);
        assert_eq!(
            text.sql,
            "INSERT INTO a VALUES ($1, $2); SELECT $4, $3, $14"
        );
        assert_eq!(text.args.len(), 3);
        let mut first = Statement::new("BEGIN; ");
        first.append(Statement::new("SELECT $2, $1"));
        assert_eq!(first.sql, "BEGIN; SELECT $2, $1");
    }

    #[test]
    fn numbers_are_left_out_where_they_say_nothing() {
        let without = |sql: &str, arguments| Statement::without_numbers(sql.to_owned(), arguments);
        assert_eq!(without("($1, $2), ($3, $4)", 17), "(?, ?), (?, ?)");
        assert_eq!(without("($1, $2)", 2), "($1, $2)");
        assert_eq!(without("($1, $2, $1)", 17), "($1, $2, $1)");
        assert_eq!(without("$2 $1", 17), "$2 $1");
    }

    #[test]
    fn tables_that_say_what_a_token_stands_for_are_known() {
        for sql in [
            "UPDATE access_token SET revoked = $1",
            "DELETE FROM tenant WHERE tenant_key = $1",
            "INSERT INTO connection (name) VALUES ($1)",
        ] {
            assert!(Statement::new(sql).changes_clients(), "{sql}");
        }
        for sql in [
            "UPDATE resource SET version = 1",
            "INSERT INTO tenant_schema (id) VALUES ($1)",
            "SELECT 1 FROM tenant",
        ] {
            assert!(!Statement::new(sql).changes_clients(), "{sql}");
        }
    }

    fn some() -> Vec<Statement> {
        vec![
            Statement::new("UPDATE a SET b = $2 WHERE c = $1 AND d = $1")
                .arg(1_i64)
                .arg("x")
                .of_one_row(),
            Statement::new("INSERT INTO e VALUES ($1, $2)")
                .arg(2_i64)
                .arg("y"),
        ]
    }

    #[test]
    fn several_writes_become_one() {
        let sqlite = Statement::together(some(), Dialect::Sqlite);
        assert_eq!(
            sqlite.sql,
            "UPDATE a SET b = $2 WHERE c = $1 AND d = $1; INSERT INTO e VALUES ($3, $4)"
        );
        let postgres = Statement::together(some(), Dialect::Postgres);
        assert_eq!(
            postgres.sql,
            "WITH w0 AS (UPDATE a SET b = $2 WHERE c = $1 AND d = $1 RETURNING 1), w1 AS (INSERT INTO e VALUES ($3, $4)) \
             SELECT 1 / (SELECT COUNT(*) FROM w0)"
        );
        assert_eq!(postgres.args.len(), 4);
    }
}
