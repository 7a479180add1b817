//! The query language of SCIM (RFC 7644 §3.4.2.2): text → [`Filter`] → [`Predicate`].
//!
//! ```
//! let filter = muster::filter::parse("userName sw \"b\" and not (active eq false)").unwrap();
//! assert_eq!(filter.to_string(), "userName sw \"b\" and not (active eq false)");
//! ```
//!
//! A [`Filter`] is what was written; a [`Predicate`] is a filter whose names are bound to the schema, whose types are
//! checked and whose values are index keys. Only a predicate is evaluated (`resource`) or lowered to SQL (`store`).

mod parse;
mod path;
mod predicate;

use std::fmt;

use serde_json::Number;

pub use parse::{
    MAX_DEPTH, MAX_LENGTH, MAX_TERMS, Quotes, parse, parse_as, parse_attribute_path, parse_path,
};
pub use path::{AttrPath, PatchPath};
pub use predicate::{AttributeRef, BindOptions, Op, Predicate, Test, compare_keys};

/// A filter as written. `And` and `Or` hold at least two parts and never one of their own kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Every part holds.
    And(Vec<Filter>),
    /// At least one part holds.
    Or(Vec<Filter>),
    /// The part does not hold.
    Not(Box<Filter>),
    /// `path pr`.
    Present(AttrPath),
    /// `path op value`.
    Compare {
        /// What is compared.
        path: AttrPath,
        /// How.
        op: CompareOp,
        /// With what.
        value: Literal,
    },
    /// `attribute[filter]`: one value of the attribute satisfies the whole filter.
    ValuePath {
        /// The attribute.
        attribute: AttrPath,
        /// Holds sub-attributes of that attribute only.
        filter: Box<Filter>,
    },
}

impl Filter {
    /// A conjunction, flattened.
    #[must_use]
    pub fn and(parts: Vec<Filter>) -> Self {
        Self::join(parts, Self::And, |part| match part {
            Self::And(inner) => Ok(inner),
            other => Err(other),
        })
    }

    /// A disjunction, flattened.
    #[must_use]
    pub fn or(parts: Vec<Filter>) -> Self {
        Self::join(parts, Self::Or, |part| match part {
            Self::Or(inner) => Ok(inner),
            other => Err(other),
        })
    }

    fn join(
        parts: Vec<Self>,
        wrap: fn(Vec<Self>) -> Self,
        split: fn(Self) -> Result<Vec<Self>, Self>,
    ) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match split(part) {
                Ok(inner) => flat.extend(inner),
                Err(part) => flat.push(part),
            }
        }
        match flat.pop() {
            Some(only) if flat.is_empty() => only,
            Some(last) => {
                flat.push(last);
                wrap(flat)
            }
            None => wrap(flat),
        }
    }
}

/// The comparison operators of RFC 7644 Table 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareOp {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater than.
    Gt,
    /// Greater than or equal to.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal to.
    Le,
}

impl CompareOp {
    /// Every operator with its keyword.
    pub const ALL: [(&'static str, Self); 9] = [
        ("eq", Self::Eq),
        ("ne", Self::Ne),
        ("co", Self::Co),
        ("sw", Self::Sw),
        ("ew", Self::Ew),
        ("gt", Self::Gt),
        ("ge", Self::Ge),
        ("lt", Self::Lt),
        ("le", Self::Le),
    ];

    /// The keyword.
    #[must_use]
    pub fn keyword(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, op)| *op == self)
            .map_or("", |(keyword, _)| keyword)
    }
}

/// A `compValue`.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A JSON number.
    Number(Number),
    /// A JSON string.
    String(String),
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::String(text) => write!(f, "{}", serde_json::Value::from(text.as_str())),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => write_joined(f, parts, " and ", |part| matches!(part, Self::Or(_))),
            Self::Or(parts) => write_joined(f, parts, " or ", |_| false),
            Self::Not(part) => write!(f, "not ({part})"),
            Self::Present(path) => write!(f, "{path} pr"),
            Self::Compare { path, op, value } => write!(f, "{path} {} {value}", op.keyword()),
            Self::ValuePath { attribute, filter } => write!(f, "{attribute}[{filter}]"),
        }
    }
}

fn write_joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Filter],
    word: &str,
    needs_parentheses: fn(&Filter) -> bool,
) -> fmt::Result {
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            f.write_str(word)?;
        }
        if needs_parentheses(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}
