//! [`Predicate`] → SQL over the attribute index: SQL narrows, Rust decides.
//!
//! [`keys`] appends a SELECT that yields the keys of the resources that satisfy a predicate, or a superset of them. One part
//! of an `and` *drives* (it stands in FROM and is found by an index), the others *probe* each candidate. What cannot be
//! said in SQL is left out, and [`coverage`] tells so: then every candidate is tested again in Rust.

mod coverage;
mod sets;

use uuid::Uuid;

pub(crate) use coverage::{Coverage, coverage};
use coverage::{Source, as_related_test, driver_rank, inner_coverage, rank, rank_test, source};

use super::statement::{Dialect, Statement};
use super::{ConnectionKey, TenantKey};
use crate::filter::{Op, Predicate, Test};
use crate::schema::{Relation, ResourceTypeId, parse_instant};

/// Where the resources are looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    pub(crate) tenant: TenantKey,
    pub(crate) resource_type: ResourceTypeId,
    pub(crate) dialect: Dialect,
    /// Who asks: values that belong to one connection are there for no other.
    pub(crate) connection: Option<ConnectionKey>,
    /// How candidates are tested.
    pub(crate) probing: Probing,
}

/// How the parts of an `and` that do not drive are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Probing {
    /// Each candidate is looked up.
    Each,
    /// Candidates come in the order of a list and few are wanted: each is looked up by itself, whatever a planner thinks.
    Walk,
    /// Every part is a set of keys where it can be: for many candidates, and a planner that knows the values and how to join sets.
    Sets,
}

/// Appends `SELECT … AS resource_key` for the resources of the scope that satisfy the predicate, each once.
pub(crate) fn keys(statement: &mut Statement, scope: Scope, predicate: &Predicate) {
    keys_by(statement, scope, predicate, None);
}

/// As [`keys`], driven by the part at this position, one of [`drivers`]; none: by the one that is expected to be the best.
pub(crate) fn keys_by(
    statement: &mut Statement,
    scope: Scope,
    predicate: &Predicate,
    driver: Option<usize>,
) {
    let parts = conjuncts(predicate);
    let driver = driver.or_else(|| best(parts));
    let driver_part = driver.and_then(|index| parts.get(index));
    match driver_part {
        None => {
            statement
                .push("SELECT d.resource_key AS resource_key FROM resource d WHERE d.tenant_key = ")
                .bind(scope.tenant.0);
            statement
                .push(" AND d.resource_type = ")
                .bind(scope.resource_type.0);
        }
        Some(part) => drive(statement, scope, part),
    }
    for (index, part) in parts.iter().enumerate() {
        if Some(index) != driver && coverage(part) != Coverage::Nothing {
            statement.push(" AND ");
            probe(statement, scope, part);
        }
    }
}

/// The parts of a conjunction, or the predicate alone.
fn conjuncts(predicate: &Predicate) -> &[Predicate] {
    match predicate {
        Predicate::And(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    }
}

/// The position of the part that would drive.
fn best(parts: &[Predicate]) -> Option<usize> {
    let ranked = parts.iter().enumerate();
    ranked
        .filter_map(|(index, part)| Some((rank(part)?, index)))
        .min()
        .map(|(_, index)| index)
}

/// The worst rank of a driver whose rows are found without looking at others: `co`, `ew` and `pr` are beyond it.
const LAST_FOUND: u8 = 7;

/// A part of an `and` that can drive.
#[derive(Debug)]
pub(crate) struct Driver<'a> {
    /// Where it stands.
    pub(crate) position: usize,
    /// Whether its rows are found without looking at others.
    pub(crate) is_found: bool,
    /// The tests whose rows, taken together, hold every resource that satisfies it.
    pub(crate) tests: Vec<&'a Test>,
}

/// The parts that can drive and whose rows can be counted, where there is a choice.
pub(crate) fn drivers(predicate: &Predicate) -> Vec<Driver<'_>> {
    let parts = conjuncts(predicate).iter().enumerate();
    let drivers = parts.filter_map(|(position, part)| {
        Some(Driver {
            position,
            is_found: rank(part)? <= LAST_FOUND,
            tests: tests_within(part, u8::MAX)?,
        })
    });
    drivers.collect()
}

/// The tests whose rows, taken together, hold every resource that satisfies the predicate; none: it would have to look at all.
pub(crate) fn driving_tests(predicate: &Predicate) -> Option<Vec<&Test>> {
    tests_within(predicate, LAST_FOUND)
}

fn tests_within(predicate: &Predicate, worst: u8) -> Option<Vec<&Test>> {
    let parts = conjuncts(predicate);
    let part = parts.get(best(parts)?)?;
    if rank(part)? > worst {
        return None;
    }
    match part {
        Predicate::Test(test) => Some(vec![test]),
        Predicate::Or(parts) => {
            let each = parts.iter().map(|part| tests_within(part, worst));
            let each: Option<Vec<Vec<&Test>>> = each.collect();
            Some(each?.into_iter().flatten().collect())
        }
        Predicate::And(_) => tests_within(part, worst),
        Predicate::SameElement { test, .. } => match element_driver(test).0? {
            Predicate::Test(test) => Some(vec![test]),
            _ => None,
        },
        Predicate::Not(_) => None,
    }
}

/// Appends a SELECT of the rows of a test, a resource with several values several times: it can stop anywhere.
pub(crate) fn rows(statement: &mut Statement, scope: Scope, test: &Test) {
    if !matches!(source(test), Source::Index) {
        drive_test(statement, scope, test);
        return;
    }
    statement
        .push("SELECT d.resource_key AS resource_key FROM attribute_index d WHERE d.tenant_key = ")
        .bind(scope.tenant.0);
    statement
        .push(" AND d.attribute_id = ")
        .bind(test.attribute.id.0);
    compare(statement, scope.dialect, "d", test);
    owned(statement, scope, "d", test);
}

/// The part whose rows lie in the index in the order of the resources' keys, the most selective such, with whether it is the one that
/// would drive.
pub(crate) fn ordered_part(predicate: &Predicate) -> Option<(&Test, bool)> {
    let parts = conjuncts(predicate);
    let ordered = parts.iter().enumerate().filter_map(|(index, part)| {
        let Predicate::Test(test) = part else {
            return None;
        };
        let is_ordered = matches!(source(test), Source::Index)
            && test.op == Op::Eq
            && !test.attribute.is_in_array
            && test.attribute.scoped.is_none();
        is_ordered.then_some((rank_test(test)?, index, test))
    });
    let (_, index, test) = ordered.min_by_key(|(rank, index, _)| (*rank, *index))?;
    Some((test, best(parts) == Some(index)))
}

/// Appends ` AND …` for every part of the predicate that SQL can say of the candidate `d`, but for one test that is so already.
/// Answers whether there was any.
pub(crate) fn conditions(
    statement: &mut Statement,
    scope: Scope,
    predicate: &Predicate,
    known: Option<&Test>,
) -> bool {
    let mut is_any = false;
    for part in conjuncts(predicate) {
        let is_known =
            matches!((part, known), (Predicate::Test(test), Some(known)) if test == known);
        if is_known || coverage(part) == Coverage::Nothing {
            continue;
        }
        is_any = true;
        statement.push(" AND ");
        probe(statement, scope, part);
    }
    is_any
}

/// Appends a SELECT whose rows are aliased `d` and whose WHERE can be continued with `AND`.
fn drive(statement: &mut Statement, scope: Scope, predicate: &Predicate) {
    match predicate {
        Predicate::Test(test) => drive_test(statement, scope, test),
        Predicate::SameElement { attribute, test } if attribute.relation.is_some() => {
            if let Some(test) = as_related_test(test) {
                drive_test(statement, scope, test);
            }
        }
        Predicate::SameElement { test, .. } => drive_element(statement, scope, test),
        // A nested `and` or an `or`: a set of keys of its own.
        Predicate::And(_) | Predicate::Or(_) | Predicate::Not(_) => {
            statement.push("SELECT d.resource_key AS resource_key FROM (");
            union(statement, scope, predicate);
            statement.push(") d WHERE 1 = 1");
        }
    }
}

fn union(statement: &mut Statement, scope: Scope, predicate: &Predicate) {
    let parts = match predicate {
        Predicate::Or(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            statement.push(" UNION ");
        }
        keys(statement, scope, part);
    }
}

fn drive_test(statement: &mut Statement, scope: Scope, test: &Test) {
    match source(test) {
        Source::Index => {
            let distinct = if test.attribute.is_in_array {
                "DISTINCT "
            } else {
                ""
            };
            statement
                .push("SELECT ")
                .push(distinct)
                .push("d.resource_key AS resource_key FROM attribute_index d WHERE d.tenant_key = ")
                .bind(scope.tenant.0);
            statement
                .push(" AND d.attribute_id = ")
                .bind(test.attribute.id.0);
            compare(statement, scope.dialect, "d", test);
            owned(statement, scope, "d", test);
        }
        Source::Id(Some(id)) => {
            statement
                .push("SELECT d.resource_key AS resource_key FROM resource d WHERE d.tenant_key = ")
                .bind(scope.tenant.0);
            statement
                .push(" AND d.resource_type = ")
                .bind(scope.resource_type.0)
                .push(" AND d.id = ")
                .bind(id);
        }
        Source::Time(column) => {
            statement
                .push("SELECT d.resource_key AS resource_key FROM resource d WHERE d.tenant_key = ")
                .bind(scope.tenant.0);
            statement
                .push(" AND d.resource_type = ")
                .bind(scope.resource_type.0)
                .push(" AND ");
            compare_time(statement, "d", column, test);
        }
        Source::Related(relation, Some(id)) => {
            statement.push("SELECT d.resource_key AS resource_key FROM (");
            related(statement, scope, relation, id);
            statement.push(") d WHERE 1 = 1");
        }
        Source::Id(None) | Source::Related(_, None) | Source::AnyRelated(_) | Source::Rust(_) => {
            statement.push("SELECT d.resource_key AS resource_key FROM resource d WHERE 1 = 0");
        }
    }
}

/// Groups with this member, or members (also through nested groups) of this group.
fn related(statement: &mut Statement, scope: Scope, relation: Relation, id: Uuid) {
    match relation {
        Relation::Members => statement.push("SELECT m.group_key AS resource_key FROM membership m WHERE m.member_key = (SELECT resource_key FROM resource WHERE tenant_key = "),
        // Filters do not ask for assigned customers.
        Relation::Groups | Relation::Assigned => statement.push(
            "WITH RECURSIVE below (resource_key) AS (SELECT m.member_key FROM membership m WHERE m.group_key = (SELECT resource_key FROM resource WHERE tenant_key = ",
        ),
    };
    statement
        .bind(scope.tenant.0)
        .push(" AND id = ")
        .bind(id)
        .push(")");
    if relation == Relation::Groups {
        statement.push(" UNION SELECT m.member_key FROM below b JOIN membership m ON m.group_key = b.resource_key) ");
        statement.push("SELECT b.resource_key FROM below b JOIN resource r ON r.resource_key = b.resource_key WHERE r.resource_type = ").bind(scope.resource_type.0);
    }
}

/// One value that satisfies a filter in brackets: its best part drives, the rest probe the same element.
fn drive_element(statement: &mut Statement, scope: Scope, predicate: &Predicate) {
    if let Predicate::Or(parts) = predicate {
        statement.push("SELECT d.resource_key AS resource_key FROM (");
        for (position, part) in parts.iter().enumerate() {
            if position > 0 {
                statement.push(" UNION ");
            }
            drive_element(statement, scope, part);
        }
        statement.push(") d WHERE 1 = 1");
        return;
    }
    let (driver, rest) = element_driver(predicate);
    statement.push("SELECT DISTINCT d.resource_key AS resource_key FROM attribute_index d WHERE d.tenant_key = ").bind(scope.tenant.0);
    match driver {
        Some(Predicate::Test(test)) => {
            statement
                .push(" AND d.attribute_id = ")
                .bind(test.attribute.id.0);
            compare(statement, scope.dialect, "d", test);
        }
        Some(group) => {
            statement.push(" AND ");
            inner(statement, scope, "d", group);
            restrict_to_attributes(statement, "d", group);
        }
        None => {
            statement.push(" AND 1 = 0");
        }
    }
    for part in rest
        .into_iter()
        .filter(|part| inner_coverage(part) == Coverage::Exact)
    {
        statement.push(" AND ");
        inner(statement, scope, "d", part);
    }
}

/// The rows from which an element is found, when a whole `or` inside an `and` drives.
fn restrict_to_attributes(statement: &mut Statement, alias: &'static str, predicate: &Predicate) {
    let ids: Vec<i16> = predicate
        .tests()
        .iter()
        .map(|test| test.attribute.id.0)
        .collect();
    statement
        .push(" AND ")
        .push(alias)
        .push(".attribute_id IN ")
        .bind_list(&ids);
}

fn element_driver(predicate: &Predicate) -> (Option<&Predicate>, Vec<&Predicate>) {
    let parts = conjuncts(predicate);
    let best = parts
        .iter()
        .enumerate()
        .filter_map(|(index, part)| Some((driver_rank(part)?, index)))
        .min()
        .map(|(_, index)| index);
    let rest = parts
        .iter()
        .enumerate()
        .filter(|(index, _)| Some(*index) != best)
        .map(|(_, part)| part)
        .collect();
    (best.and_then(|index| parts.get(index)), rest)
}

/// Appends a condition on the candidate `d`. Only called for predicates with some coverage.
fn probe(statement: &mut Statement, scope: Scope, predicate: &Predicate) {
    if scope.probing == Probing::Sets {
        return sets::probe(statement, scope, predicate);
    }
    match predicate {
        Predicate::And(parts) => join(statement, scope, parts, " AND ", "1 = 1"),
        Predicate::Or(parts) if scope.probing == Probing::Walk && begins_alike(parts).is_some() => {
            begins(statement, scope, parts);
        }
        Predicate::Or(parts) => join(statement, scope, parts, " OR ", "1 = 0"),
        Predicate::Not(part) => {
            statement.push("NOT ");
            probe(statement, scope, part);
        }
        Predicate::Test(test) => probe_test(statement, scope, test),
        Predicate::SameElement { attribute, test } if attribute.relation.is_some() => {
            match as_related_test(test) {
                Some(test) => probe_test(statement, scope, test),
                None => {
                    statement.push("1 = 1");
                }
            }
        }
        Predicate::SameElement { test, .. } => {
            statement.push("d.resource_key IN (");
            drive_element(statement, scope, test);
            statement.push(")");
        }
    }
}

/// The test of the first part, where all parts ask that an attribute begins with the same text.
fn begins_alike(parts: &[Predicate]) -> Option<&Test> {
    let Some(Predicate::Test(first)) = parts.first() else {
        return None;
    };
    let is_alike = |part: &Predicate| {
        let Predicate::Test(test) = part else {
            return false;
        };
        matches!(source(test), Source::Index)
            && test.op == Op::Sw
            && test.key == first.key
            && test.attribute.scoped.is_none()
    };
    parts.iter().all(is_alike).then_some(first)
}

/// One probe for all of them: a resource's rows lie together.
fn begins(statement: &mut Statement, scope: Scope, parts: &[Predicate]) {
    let Some(first) = begins_alike(parts) else {
        return;
    };
    let attributes: Vec<i16> = parts
        .iter()
        .flat_map(Predicate::tests)
        .map(|test| test.attribute.id.0)
        .collect();
    statement
        .push("((SELECT 1 FROM attribute_index p WHERE p.resource_key = d.resource_key AND p.attribute_id IN ")
        .bind_list(&attributes);
    compare(statement, scope.dialect, "p", first);
    statement.push(" LIMIT 1) IS NOT NULL)");
}

fn join(
    statement: &mut Statement,
    scope: Scope,
    parts: &[Predicate],
    word: &'static str,
    empty: &'static str,
) {
    statement.push("(");
    let mut is_first = true;
    for part in parts
        .iter()
        .filter(|part| coverage(part) != Coverage::Nothing)
    {
        if !is_first {
            statement.push(word);
        }
        is_first = false;
        probe(statement, scope, part);
    }
    if is_first {
        statement.push(empty);
    }
    statement.push(")");
}

fn probe_test(statement: &mut Statement, scope: Scope, test: &Test) {
    match source(test) {
        Source::Index if test.op == Op::Ne => {
            statement.push("(NOT ");
            exists(statement, scope, test, |_| ());
            statement.push(" OR ");
            exists(statement, scope, test, |statement| {
                compare(statement, scope.dialect, "p", test);
            });
            statement.push(")");
        }
        Source::Index => exists(statement, scope, test, |statement| {
            compare(statement, scope.dialect, "p", test);
        }),
        Source::Id(Some(id)) => {
            statement.push("EXISTS (SELECT 1 FROM resource r WHERE r.resource_key = d.resource_key AND r.id = ").bind(id).push(")");
        }
        Source::Time(column) => {
            statement.push(
                "EXISTS (SELECT 1 FROM resource r WHERE r.resource_key = d.resource_key AND ",
            );
            compare_time(statement, "r", column, test);
            statement.push(")");
        }
        Source::Related(relation, Some(id)) => {
            statement.push("d.resource_key IN (");
            related(statement, scope, relation, id);
            statement.push(")");
        }
        Source::AnyRelated(Relation::Members) => {
            statement
                .push("EXISTS (SELECT 1 FROM membership m WHERE m.group_key = d.resource_key)");
        }
        Source::AnyRelated(Relation::Groups) => {
            statement
                .push("EXISTS (SELECT 1 FROM membership m WHERE m.member_key = d.resource_key)");
        }
        // Filters do not ask for assigned customers.
        Source::Id(None) | Source::Related(_, None) | Source::AnyRelated(Relation::Assigned) => {
            statement.push("1 = 0");
        }
        Source::Rust(_) => {
            statement.push("1 = 1");
        }
    }
}

fn exists(
    statement: &mut Statement,
    scope: Scope,
    test: &Test,
    condition: impl FnOnce(&mut Statement),
) {
    // PostgreSQL would turn EXISTS into a join, or into a table of all that there are; it leaves a value with LIMIT alone.
    let (begin, end) = if scope.probing == Probing::Walk {
        ("((", " LIMIT 1) IS NOT NULL)")
    } else {
        ("EXISTS (", ")")
    };
    statement
        .push(begin)
        .push("SELECT 1 FROM attribute_index p WHERE p.resource_key = d.resource_key AND p.attribute_id = ")
        .bind(test.attribute.id.0);
    condition(statement);
    owned(statement, scope, "p", test);
    statement.push(end);
}

/// A value that only its connection sees: the row counts when it is the caller's.
fn owned(statement: &mut Statement, scope: Scope, alias: &'static str, test: &Test) {
    if !test
        .attribute
        .scoped
        .is_some_and(|scoped| scoped.is_private)
    {
        return;
    }
    statement
        .push(" AND EXISTS (SELECT 1 FROM resource o WHERE o.resource_key = ")
        .push(alias)
        .push(".resource_key AND o.external_id_connection = ")
        .bind(scope.connection.map(|connection| connection.0))
        .push(")");
}

/// Appends a condition on the element of the row `alias`.
fn inner(statement: &mut Statement, scope: Scope, alias: &'static str, predicate: &Predicate) {
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => {
            let (word, empty) = if matches!(predicate, Predicate::And(_)) {
                (" AND ", "1 = 1")
            } else {
                (" OR ", "1 = 0")
            };
            statement
                .push("(")
                .push(if parts.is_empty() { empty } else { "" });
            for (position, part) in parts.iter().enumerate() {
                statement.push(if position > 0 { word } else { "" });
                inner(statement, scope, alias, part);
            }
            statement.push(")");
        }
        Predicate::Not(part) => {
            statement.push("NOT ");
            inner(statement, scope, alias, part);
        }
        Predicate::Test(test) => {
            let negated = test.op == Op::Ne;
            statement.push(if negated { "NOT " } else { "" });
            statement
                .push("EXISTS (SELECT 1 FROM attribute_index q WHERE q.resource_key = ")
                .push(alias)
                .push(".resource_key AND q.attribute_id = ")
                .bind(test.attribute.id.0);
            statement
                .push(" AND q.element = ")
                .push(alias)
                .push(".element");
            // Within one value, "differs or is absent" is "is not equal".
            let test = Test {
                op: if negated { Op::Eq } else { test.op },
                ..test.clone()
            };
            compare(statement, scope.dialect, "q", &test);
            statement.push(")");
        }
        Predicate::SameElement { .. } => {
            statement.push("1 = 0");
        }
    }
}

/// Appends ` AND alias.index_key …`; nothing for `pr`.
fn compare(statement: &mut Statement, dialect: Dialect, alias: &'static str, test: &Test) {
    let key = test.key.as_str();
    let mut simple = |op: &'static str| {
        statement
            .push(" AND ")
            .push(alias)
            .push(".index_key ")
            .push(op)
            .bind(key);
    };
    match test.op {
        Op::Eq => simple("= "),
        Op::Ne => simple("<> "),
        Op::Gt => simple("> "),
        Op::Ge => simple(">= "),
        Op::Lt => simple("< "),
        Op::Le => simple("<= "),
        Op::Sw => {
            simple(">= ");
            if let Some(end) = test.key.prefix_end() {
                statement
                    .push(" AND ")
                    .push(alias)
                    .push(".index_key < ")
                    .bind(end);
            }
        }
        Op::Co => {
            statement
                .push(" AND ")
                .push(dialect.contains())
                .push("(")
                .push(alias)
                .push(".index_key, ")
                .bind(key)
                .push(") > 0");
        }
        Op::Ew => {
            statement
                .push(" AND substr(")
                .push(alias)
                .push(".index_key, length(")
                .push(alias)
                .push(".index_key) - length(")
                .bind(key);
            statement.push(") + 1) = ").bind(key);
            // Text shorter than the ending has no such part.
            statement
                .push(" AND length(")
                .push(alias)
                .push(".index_key) >= length(")
                .bind(key)
                .push(")");
        }
        Op::Pr => {}
    }
}

/// Compares a time column, in microseconds, with an instant that may be finer.
fn compare_time(statement: &mut Statement, alias: &'static str, column: &'static str, test: &Test) {
    let Some(instant) = parse_instant(test.key.as_str()) else {
        statement.push("1 = 0");
        return;
    };
    let nanoseconds = instant.unix_timestamp_nanos();
    let (floor, is_whole) = (
        nanoseconds.div_euclid(1_000),
        nanoseconds.rem_euclid(1_000) == 0,
    );
    let ceiling = if is_whole { floor } else { floor + 1 };
    let (op, bound) = match test.op {
        Op::Gt => (" > ", floor),
        Op::Le => (" <= ", floor),
        Op::Ge => (" >= ", ceiling),
        Op::Lt => (" < ", ceiling),
        Op::Ne if is_whole => (" <> ", floor),
        Op::Eq if is_whole => (" = ", floor),
        Op::Ne => {
            statement.push("1 = 1");
            return;
        }
        Op::Eq | Op::Co | Op::Sw | Op::Ew | Op::Pr => {
            statement.push("1 = 0");
            return;
        }
    };
    statement
        .push(alias)
        .push(".")
        .push(column)
        .push(op)
        .bind(i64::try_from(bound).unwrap_or(i64::MAX));
}
