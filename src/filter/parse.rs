//! The grammar (RFC 7644 Figure 1, with errata 4670, 7319 and 7322):
//!
//! ```text
//! FILTER    = or
//! or        = and *( SP "or" SP and )
//! and       = term *( SP "and" SP term )
//! term      = ["not" [SP]] "(" FILTER ")" / valuePath / attrExp
//! attrExp   = attrPath SP "pr" / attrPath SP compareOp SP compValue
//! valuePath = attrPath "[" FILTER "]" [ "." name SP ( "pr" / compareOp SP compValue ) ]
//! compValue = "false" / "null" / "true" / JSON number / JSON string
//! attrPath  = [URI ":"] ATTRNAME ["." ATTRNAME]
//! PATH      = attrPath / attrPath "[" FILTER "]" ["." ATTRNAME]
//! ```
//!
//! Keywords are case-insensitive. The part after `]` in a filter is not in the RFC; Entra ID sends
//! `emails[type eq "work"].value eq "a"`, which is read as `emails[type eq "work" and value eq "a"]`.

use nom::bytes::complete::{tag, tag_no_case, take_while, take_while1};
use nom::character::complete::multispace0;
use nom::combinator::{opt, recognize, verify};
use nom::error::{ErrorKind as NomKind, ParseError};
use nom::{IResult, Parser};

use super::{AttrPath, CompareOp, Filter, Literal, PatchPath};
use crate::error::{Error, ErrorKind};

/// The longest filter or path, in characters.
pub const MAX_LENGTH: usize = 4_096;
/// The deepest nesting of parentheses and brackets.
pub const MAX_DEPTH: usize = 16;
/// The most comparisons in one filter.
pub const MAX_TERMS: usize = 64;

/// Parses a filter.
///
/// # Errors
/// `invalidFilter`, naming the column and what was expected there.
pub fn parse(text: &str) -> Result<Filter, Error> {
    parse_as(text, Quotes::Required)
}

/// As [`parse`], with a say in whether text needs its double quotes.
///
/// # Errors
/// As [`parse`].
pub fn parse_as(text: &str, quotes: Quotes) -> Result<Filter, Error> {
    check_length(text, ErrorKind::InvalidFilter)?;
    let state = State {
        depth: 0,
        context: Context::Filter,
        quotes,
    };
    let outcome =
        disjunction(text.trim_start(), state).and_then(|(rest, filter)| end(rest).map(|()| filter));
    let filter = outcome.map_err(|failure| located(text, failure, "filter"))?;
    check_terms(&filter)?;
    Ok(filter)
}

/// Parses the path of a PATCH operation.
///
/// # Errors
/// `invalidPath`, or `invalidFilter` for a fault inside the brackets.
pub fn parse_path(text: &str) -> Result<PatchPath, Error> {
    check_length(text, ErrorKind::InvalidPath)?;
    let outcome = patch_path(text.trim()).and_then(|(rest, path)| end_of_path(rest).map(|()| path));
    let path = outcome.map_err(|failure| located(text.trim(), failure, "path"))?;
    if let Some(filter) = &path.filter {
        check_terms(filter)?;
    }
    Ok(path)
}

/// Parses an attribute path, as it stands in `attributes`, `sortBy` and the keys of a path-less PATCH value.
///
/// # Errors
/// `invalidPath`.
pub fn parse_attribute_path(text: &str) -> Result<AttrPath, Error> {
    check_length(text, ErrorKind::InvalidPath)?;
    let outcome =
        attribute_path(text.trim()).and_then(|(rest, path)| end_of_path(rest).map(|()| path));
    outcome.map_err(|failure| located(text.trim(), failure, "attribute path"))
}

/// Where parsing stopped, and what would have been right.
struct Failure<'a> {
    rest: &'a str,
    message: String,
    kind: ErrorKind,
}

impl<'a> ParseError<&'a str> for Failure<'a> {
    fn from_error_kind(rest: &'a str, _: NomKind) -> Self {
        Self {
            rest,
            message: "unexpected input".to_owned(),
            kind: ErrorKind::InvalidFilter,
        }
    }

    fn append(_: &'a str, _: NomKind, other: Self) -> Self {
        other
    }
}

type Parsed<'a, T> = IResult<&'a str, T, Failure<'a>>;

fn fail<T>(rest: &str, message: impl Into<String>) -> Parsed<'_, T> {
    Err(failure(rest, message, ErrorKind::InvalidFilter))
}

fn failure(rest: &str, message: impl Into<String>, kind: ErrorKind) -> nom::Err<Failure<'_>> {
    nom::Err::Failure(Failure {
        rest,
        message: message.into(),
        kind,
    })
}

fn located(text: &str, error: nom::Err<Failure<'_>>, what: &str) -> Error {
    let (nom::Err::Failure(failure) | nom::Err::Error(failure)) = error else {
        return Error::invalid_filter(format!("the {what} is incomplete"));
    };
    let before = text.len().saturating_sub(failure.rest.len());
    let column = text.get(..before).map_or(0, |head| head.chars().count()) + 1;
    let kind = failure.kind;
    Error::invalid_filter(format!("{what}, column {column}: {}", failure.message)).with_kind(kind)
}

fn check_length(text: &str, kind: ErrorKind) -> Result<(), Error> {
    let length = text.chars().count();
    if length > MAX_LENGTH {
        let detail = format!("it is {length} characters long; at most {MAX_LENGTH} are accepted");
        return Err(Error::invalid_filter(detail).with_kind(kind));
    }
    Ok(())
}

fn check_terms(filter: &Filter) -> Result<(), Error> {
    let terms = count_terms(filter);
    if terms > MAX_TERMS {
        return Err(Error::invalid_filter(format!(
            "the filter has {terms} comparisons; at most {MAX_TERMS} are accepted"
        )));
    }
    Ok(())
}

fn count_terms(filter: &Filter) -> usize {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().map(count_terms).sum(),
        Filter::Not(part) | Filter::ValuePath { filter: part, .. } => count_terms(part),
        Filter::Present(_) | Filter::Compare { .. } => 1,
    }
}

/// Whether text stands in double quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// Always (RFC 7644 Figure 1).
    Required,
    /// A single word may do without: some versions of authentik send `userName eq bjensen`.
    Optional,
}

#[derive(Clone, Copy, PartialEq)]
enum Context {
    Filter,
    Brackets,
}

/// How deep we are, and whether inside brackets. Passed down: the recursion is bounded by it.
#[derive(Clone, Copy)]
struct State {
    depth: usize,
    context: Context,
    quotes: Quotes,
}

impl State {
    fn deeper(self, rest: &str) -> Result<Self, nom::Err<Failure<'_>>> {
        if self.depth >= MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} levels deep");
            return Err(failure(rest, message, ErrorKind::InvalidFilter));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    fn brackets(self) -> Self {
        Self {
            context: Context::Brackets,
            ..self
        }
    }
}

fn end(rest: &str) -> Result<(), nom::Err<Failure<'_>>> {
    let rest = rest.trim_start();
    match rest.chars().next() {
        None => Ok(()),
        Some(')') => Err(failure(
            rest,
            "this \")\" closes nothing",
            ErrorKind::InvalidFilter,
        )),
        Some(']') => Err(failure(
            rest,
            "this \"]\" closes nothing",
            ErrorKind::InvalidFilter,
        )),
        Some(_) => Err(failure(
            rest,
            "expected \"and\", \"or\" or the end",
            ErrorKind::InvalidFilter,
        )),
    }
}

fn end_of_path(rest: &str) -> Result<(), nom::Err<Failure<'_>>> {
    if rest.is_empty() {
        return Ok(());
    }
    Err(failure(
        rest,
        "expected the end of the path",
        ErrorKind::InvalidPath,
    ))
}

/// `or = and *( SP "or" SP and )`
fn disjunction(input: &str, state: State) -> Parsed<'_, Filter> {
    let (mut rest, first) = conjunction(input, state)?;
    let mut parts = vec![first];
    while let (after, Some(())) = opt(|input| keyword(input, "or")).parse(rest)? {
        let (after, part) = conjunction(after, state)?;
        parts.push(part);
        rest = after;
    }
    Ok((rest, Filter::or(parts)))
}

/// `and = term *( SP "and" SP term )`
fn conjunction(input: &str, state: State) -> Parsed<'_, Filter> {
    let (mut rest, first) = term(input, state)?;
    let mut parts = vec![first];
    while let (after, Some(())) = opt(|input| keyword(input, "and")).parse(rest)? {
        let (after, part) = term(after, state)?;
        parts.push(part);
        rest = after;
    }
    Ok((rest, Filter::and(parts)))
}

/// `term = ["not" [SP]] "(" FILTER ")" / valuePath / attrExp`
fn term(input: &str, state: State) -> Parsed<'_, Filter> {
    let (input, _) = multispace0(input)?;
    if let (rest, Some(())) = opt(not_keyword).parse(input)? {
        let (rest, inner) = group(rest, state)?;
        return Ok((rest, Filter::Not(Box::new(inner))));
    }
    if input.starts_with('(') {
        return group(input, state);
    }
    expression(input, state)
}

/// `not`, if a parenthesis follows: `not` alone would be an attribute's name.
fn not_keyword(input: &str) -> Parsed<'_, ()> {
    let (rest, _) = tag_no_case("not").parse(input)?;
    let (rest, _) = multispace0(rest)?;
    if rest.starts_with('(') {
        return Ok((rest, ()));
    }
    Err(nom::Err::Error(Failure::from_error_kind(
        input,
        NomKind::Tag,
    )))
}

fn group(input: &str, state: State) -> Parsed<'_, Filter> {
    let inside = state.deeper(input)?;
    let (rest, _) = tag("(").parse(input)?;
    let (rest, filter) = disjunction(rest, inside)?;
    let (rest, _) = multispace0(rest)?;
    match rest.strip_prefix(')') {
        Some(rest) => Ok((rest, filter)),
        None => fail(rest, "expected \")\", \"and\" or \"or\""),
    }
}

fn expression(input: &str, state: State) -> Parsed<'_, Filter> {
    let (rest, path) = attribute_path(input).map_err(|error| {
        error.map(|failure| Failure {
            kind: ErrorKind::InvalidFilter,
            ..failure
        })
    })?;
    if !rest.starts_with('[') {
        return comparison(rest, path, state.quotes);
    }
    if state.context == Context::Brackets {
        return fail(rest, "brackets inside brackets are not allowed");
    }
    let (rest, filter) = brackets(rest, state)?;
    let (rest, filter) = match rest.strip_prefix('.') {
        None => (rest, filter),
        Some(after) => {
            let (after, name) = attribute_name(after)?;
            let (after, tested) = comparison(after, AttrPath::named(name), state.quotes)?;
            (after, Filter::and(vec![filter, tested]))
        }
    };
    Ok((
        rest,
        Filter::ValuePath {
            attribute: path,
            filter: Box::new(filter),
        },
    ))
}

fn brackets(input: &str, state: State) -> Parsed<'_, Filter> {
    let inside = state.deeper(input)?.brackets();
    let (rest, _) = tag("[").parse(input)?;
    let (rest, filter) = disjunction(rest, inside)?;
    let (rest, _) = multispace0(rest)?;
    match rest.strip_prefix(']') {
        Some(rest) => Ok((rest, filter)),
        None => fail(rest, "expected \"]\", \"and\" or \"or\""),
    }
}

/// `SP "pr"` or `SP compareOp SP compValue`
fn comparison(input: &str, path: AttrPath, quotes: Quotes) -> Parsed<'_, Filter> {
    let (rest, _) = multispace0(input)?;
    let (after, word) = take_while(|c: char| c.is_ascii_alphanumeric()).parse(rest)?;
    if word.eq_ignore_ascii_case("pr") {
        return Ok((after, Filter::Present(path)));
    }
    let known = "eq, ne, co, sw, ew, gt, ge, lt, le or pr";
    let op = CompareOp::ALL
        .iter()
        .find(|(keyword, _)| word.eq_ignore_ascii_case(keyword));
    let Some((_, op)) = op else {
        let message = if word.is_empty() {
            format!("expected an operator after the attribute: {known}")
        } else {
            let word: String = word.chars().take(20).collect();
            format!("{word:?} is no operator; there are {known}")
        };
        return fail(rest, message);
    };
    let (after, _) = multispace0(after)?;
    let (after, value) = literal(after, quotes)?;
    Ok((
        after,
        Filter::Compare {
            path,
            op: *op,
            value,
        },
    ))
}

fn literal(input: &str, quotes: Quotes) -> Parsed<'_, Literal> {
    if input.starts_with('"') {
        return string(input);
    }
    let (rest, word) =
        take_while(|c: char| !c.is_whitespace() && !"()[]\"".contains(c)).parse(input)?;
    let value = match word.to_ascii_lowercase().as_str() {
        "true" => Literal::Bool(true),
        "false" => Literal::Bool(false),
        "null" => Literal::Null,
        "" => {
            return fail(
                input,
                "expected a value: a string in double quotes, a number, true, false or null",
            );
        }
        _ => match serde_json::from_str(word) {
            Ok(number) => Literal::Number(number),
            Err(_) if quotes == Quotes::Optional => Literal::String(word.to_owned()),
            Err(_) if word.starts_with('\'') => {
                return fail(input, "strings stand in double quotes, not single ones");
            }
            Err(_) => return fail(input, "not a value: a string must stand in double quotes"),
        },
    };
    Ok((rest, value))
}

/// A JSON string with its escapes.
fn string(input: &str) -> Parsed<'_, Literal> {
    let mut is_escaped = false;
    let end = input
        .char_indices()
        .skip(1)
        .find_map(|(index, character)| match character {
            _ if is_escaped => {
                is_escaped = false;
                None
            }
            '\\' => {
                is_escaped = true;
                None
            }
            '"' => Some(index + 1),
            _ => None,
        });
    let Some((quoted, rest)) = end.and_then(|end| input.split_at_checked(end)) else {
        return fail(input, "this string has no closing double quote");
    };
    match serde_json::from_str::<String>(quoted) {
        Ok(text) if text.contains('\0') => fail(input, "the character U+0000 is not accepted"),
        Ok(text) => Ok((rest, Literal::String(text))),
        Err(_) => fail(
            input,
            "not a JSON string: control characters and unknown escapes are not allowed in it",
        ),
    }
}

/// A keyword between two expressions: blanks (or a bracket) must part it from them.
fn keyword<'a>(input: &'a str, word: &'static str) -> Parsed<'a, ()> {
    let (rest, _) = multispace0(input)?;
    let (rest, _) = tag_no_case(word).parse(rest)?;
    let is_parted = rest.starts_with(|c: char| c.is_whitespace() || c == '(') || rest.is_empty();
    if is_parted {
        return Ok((rest, ()));
    }
    Err(nom::Err::Error(Failure::from_error_kind(
        input,
        NomKind::Tag,
    )))
}

/// `attrPath = [URI ":"] ATTRNAME ["." ATTRNAME]`
///
/// The URI goes to the last colon; which URN is meant is decided by the schema (`ResourceType::resolve`).
fn attribute_path(input: &str) -> Parsed<'_, AttrPath> {
    let invalid = |message: &str| Err(failure(input, message, ErrorKind::InvalidPath));
    let (rest, word) =
        take_while(|c: char| !c.is_whitespace() && !"()[]\"".contains(c)).parse(input)?;
    if word.is_empty() {
        return invalid("expected an attribute name");
    }
    let (schema, names) = match word.rsplit_once(':') {
        Some((schema, names)) => (Some(schema.to_owned()), names),
        None => (None, word),
    };
    // `].value` continues in the caller; a path of its own never ends with a dot.
    let (name, sub) = match names.split_once('.') {
        Some((name, sub)) => (name, Some(sub)),
        None => (names, None),
    };
    if !is_attribute_name(name) || sub.is_some_and(|sub| !is_attribute_name(sub)) {
        if schema.is_some() && is_schema_end(names) {
            // A URN need not end with a name: `urn:example:hr:1.0`. Whether there is one decides the schema.
            return Ok((
                rest,
                AttrPath {
                    schema: Some(word.to_owned()),
                    name: String::new(),
                    sub: None,
                },
            ));
        }
        return invalid(
            "not an attribute name: a letter, then letters, digits, \"-\", \"_\" or \"$\"; one dot before a sub-attribute",
        );
    }
    Ok((
        rest,
        AttrPath {
            schema,
            name: name.to_owned(),
            sub: sub.map(str::to_owned),
        },
    ))
}

/// Whether text after the last colon can be the end of a URN that is no name.
fn is_schema_end(text: &str) -> bool {
    !text.is_empty() && !text.ends_with('.') && text.chars().all(|c| c.is_ascii_graphic())
}

fn is_attribute_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '$')
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '$'))
}

fn attribute_name(input: &str) -> Parsed<'_, &str> {
    let name = take_while1(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '$'));
    let parsed: Parsed<'_, &str> = verify(recognize(name), is_attribute_name).parse(input);
    parsed.map_err(|_| {
        failure(
            input,
            "expected the name of a sub-attribute",
            ErrorKind::InvalidPath,
        )
    })
}

/// `PATH = attrPath / attrPath "[" FILTER "]" ["." ATTRNAME]`
fn patch_path(input: &str) -> Parsed<'_, PatchPath> {
    let (rest, attribute) = attribute_path(input)?;
    if !rest.starts_with('[') {
        return Ok((
            rest,
            PatchPath {
                attribute,
                filter: None,
                sub: None,
            },
        ));
    }
    let is_index = rest
        .get(1..)
        .and_then(|inside| inside.split_once(']'))
        .is_some_and(|(inside, _)| {
            let inside = inside.trim();
            inside.is_empty() || inside.chars().all(|c| c.is_ascii_digit())
        });
    if is_index {
        let message =
            "values are selected by a filter, as in emails[type eq \"work\"], not by position";
        return Err(failure(rest, message, ErrorKind::InvalidPath));
    }
    let (rest, filter) = brackets(
        rest,
        State {
            depth: 0,
            context: Context::Filter,
            quotes: Quotes::Required,
        },
    )?;
    let Some(after) = rest.strip_prefix('.') else {
        return Ok((
            rest,
            PatchPath {
                attribute,
                filter: Some(filter),
                sub: None,
            },
        ));
    };
    let (rest, sub) = attribute_name(after)?;
    Ok((
        rest,
        PatchPath {
            attribute,
            filter: Some(filter),
            sub: Some(sub.to_owned()),
        },
    ))
}

#[cfg(test)]
mod tests;
