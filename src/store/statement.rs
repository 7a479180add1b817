//! SQL text and its arguments. Text comes from this crate alone; what a client sent is always an argument.

use uuid::Uuid;

/// The database's dialect; the function that finds one text in another and the locking of rows are all that differs in statements.
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
}

impl Statement {
    /// Begins with this text, which may hold placeholders for the arguments that follow by [`Statement::arg`].
    pub(crate) fn new(sql: &'static str) -> Self {
        Self {
            sql: sql.to_owned(),
            args: Vec::new(),
        }
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
        self.sql.push_str(&self.args.len().to_string());
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
        self.push("(");
        for (position, value) in values.into_iter().enumerate() {
            if position > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self.push(")")
    }
}

/// How many values one list holds at most; longer ones are cut into chunks. Both databases accept 32,767 or more.
pub(crate) const LIST_CHUNK: usize = 1_024;
