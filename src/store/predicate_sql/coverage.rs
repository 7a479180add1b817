//! How much of a predicate SQL can say, and which part of it finds the others' candidates best.

use uuid::Uuid;

use crate::filter::{Op, Predicate, Test};
use crate::schema::{IndexKey, Relation};

/// What the SQL of a predicate covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Coverage {
    /// Nothing: every resource of the type is a candidate.
    Nothing,
    /// Some resources are excluded rightly; the rest must be tested.
    Superset,
    /// Exactly the matching resources.
    Exact,
}

/// How much of the predicate the SQL will say.
pub(crate) fn coverage(predicate: &Predicate) -> Coverage {
    match predicate {
        Predicate::And(parts) => {
            // Each part is asked once: asked twice, a part at the bottom of a nest is asked again for every level above.
            let each: Vec<Coverage> = parts.iter().map(coverage).collect();
            match (each.iter().min(), each.iter().max()) {
                (None | Some(Coverage::Exact), _) => Coverage::Exact,
                (_, Some(Coverage::Nothing)) => Coverage::Nothing,
                _ => Coverage::Superset,
            }
        }
        Predicate::Or(parts) => parts.iter().map(coverage).min().unwrap_or(Coverage::Exact),
        Predicate::Not(part) if coverage(part) == Coverage::Exact => Coverage::Exact,
        Predicate::Not(_) => Coverage::Nothing,
        Predicate::Test(test) => test_coverage(test),
        Predicate::SameElement { attribute, test } => {
            if attribute.relation.is_some() {
                return as_related_test(test).map_or(Coverage::Nothing, test_coverage);
            }
            element_coverage(test)
        }
    }
}

/// How a test is answered.
pub(super) enum Source<'a> {
    Index,
    /// By `id`; `None` for text that is no id.
    Id(Option<Uuid>),
    /// By a time column of `resource`.
    Time(&'static str),
    /// By membership of or in the resource with this id; `None` as above.
    Related(Relation, Option<Uuid>),
    AnyRelated(Relation),
    Rust(std::marker::PhantomData<&'a ()>),
}

pub(super) fn source(test: &Test) -> Source<'_> {
    let attribute = &test.attribute;
    if let Some(relation) = attribute.relation {
        return match (attribute.name.as_str(), attribute.parent.is_some(), test.op) {
            ("value", true, Op::Eq) => Source::Related(relation, exact_id(&test.key)),
            (_, false, Op::Pr) | ("value" | "type", true, Op::Pr) => Source::AnyRelated(relation),
            _ => Source::Rust(std::marker::PhantomData),
        };
    }
    if attribute.is_searchable {
        return Source::Index;
    }
    match (attribute.path().as_str(), test.op) {
        ("id", Op::Eq) => Source::Id(exact_id(&test.key)),
        ("meta.created", op) if op != Op::Pr => Source::Time("created"),
        ("meta.lastModified", op) if op != Op::Pr => Source::Time("last_modified"),
        _ => Source::Rust(std::marker::PhantomData),
    }
}

/// An id as the server writes it; any other spelling equals no id.
fn exact_id(key: &IndexKey) -> Option<Uuid> {
    Uuid::try_parse(key.as_str())
        .ok()
        .filter(|id| id.to_string() == key.as_str())
}

fn test_coverage(test: &Test) -> Coverage {
    match source(test) {
        Source::Rust(_) => Coverage::Nothing,
        Source::Index
        | Source::Id(_)
        | Source::Time(_)
        | Source::Related(..)
        | Source::AnyRelated(_) => Coverage::Exact,
    }
}

/// `members[value eq "…"]` is the same as `members.value eq "…"`.
pub(super) fn as_related_test(predicate: &Predicate) -> Option<&Test> {
    match predicate {
        Predicate::Test(test) if matches!(test.op, Op::Eq | Op::Pr) => Some(test),
        Predicate::And(parts) | Predicate::Or(parts) => match parts.as_slice() {
            [only] => as_related_test(only),
            _ => None,
        },
        Predicate::Test(_) | Predicate::Not(_) | Predicate::SameElement { .. } => None,
    }
}

/// Coverage inside brackets: the element must have an indexed sub-attribute that is asked for positively.
fn element_coverage(predicate: &Predicate) -> Coverage {
    if element_rank(predicate).is_none() {
        return Coverage::Nothing;
    }
    match predicate {
        Predicate::Or(parts) => parts
            .iter()
            .map(element_coverage)
            .min()
            .unwrap_or(Coverage::Exact),
        Predicate::And(parts) => {
            parts
                .iter()
                .map(inner_coverage)
                .min()
                .map_or(Coverage::Exact, |least| {
                    if least == Coverage::Exact {
                        least
                    } else {
                        Coverage::Superset
                    }
                })
        }
        Predicate::Test(_) => Coverage::Exact,
        Predicate::Not(_) | Predicate::SameElement { .. } => Coverage::Nothing,
    }
}

/// Coverage of a condition on an element that is known to exist.
pub(super) fn inner_coverage(predicate: &Predicate) -> Coverage {
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts
            .iter()
            .map(inner_coverage)
            .min()
            .unwrap_or(Coverage::Exact),
        Predicate::Not(part) => inner_coverage(part),
        Predicate::Test(test) if test.attribute.is_searchable => Coverage::Exact,
        Predicate::Test(_) | Predicate::SameElement { .. } => Coverage::Nothing,
    }
}

/// How selective a predicate is as a driver, the best first; `None`: it cannot drive.
pub(super) fn rank(predicate: &Predicate) -> Option<u8> {
    match predicate {
        Predicate::And(parts) => parts.iter().filter_map(rank).min(),
        Predicate::Or(parts) => worst(parts.iter().map(rank)),
        Predicate::Not(_) => None,
        Predicate::SameElement { attribute, test } if attribute.relation.is_some() => {
            as_related_test(test).and_then(rank_test)
        }
        Predicate::SameElement { test, .. } => element_rank(test),
        Predicate::Test(test) => rank_test(test),
    }
}

fn element_rank(predicate: &Predicate) -> Option<u8> {
    match predicate {
        Predicate::And(parts) => parts.iter().filter_map(driver_rank).min(),
        Predicate::Or(parts) => worst(parts.iter().map(element_rank)),
        Predicate::Test(test) if test.attribute.is_searchable => rank_test(test),
        Predicate::Test(_) | Predicate::Not(_) | Predicate::SameElement { .. } => None,
    }
}

/// As [`element_rank`], for a part of an `and`: a group drives only when all of it can be said.
pub(super) fn driver_rank(predicate: &Predicate) -> Option<u8> {
    let is_sayable =
        matches!(predicate, Predicate::Test(_)) || inner_coverage(predicate) == Coverage::Exact;
    if is_sayable {
        element_rank(predicate)
    } else {
        None
    }
}

/// A union is as good as its worst part, and impossible if one part is. An empty `or` is never driven by.
fn worst(ranks: impl Iterator<Item = Option<u8>>) -> Option<u8> {
    let ranks: Option<Vec<u8>> = ranks.collect();
    ranks?.into_iter().max()
}

pub(super) fn rank_test(test: &Test) -> Option<u8> {
    use crate::schema::Kind;
    match (source(test), test.op) {
        (Source::Id(_), _) => Some(0),
        (Source::Index, Op::Eq) if test.attribute.is_unique() => Some(1),
        (Source::Related(..), _) => Some(2),
        (Source::Index, Op::Eq) if test.attribute.kind != Kind::Boolean => Some(3),
        (Source::Index, Op::Sw) => Some(4),
        (Source::Index, Op::Gt | Op::Ge | Op::Lt | Op::Le) => Some(5),
        (Source::Time(_), Op::Eq | Op::Gt | Op::Ge | Op::Lt | Op::Le) => Some(6),
        (Source::Index, Op::Eq) => Some(7),
        (Source::Index, Op::Co | Op::Ew) => Some(8),
        (Source::Index, Op::Pr) => Some(9),
        (Source::Index | Source::Time(_) | Source::AnyRelated(_) | Source::Rust(_), _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::{BindOptions, parse};
    use crate::schema::{AttributeId, Registry};

    fn bind(text: &str) -> Predicate {
        let registry = Registry::embedded(&[], &|_| AttributeId(0)).unwrap();
        let users = registry.at_endpoint("Users").unwrap();
        Predicate::bind(&parse(text).unwrap(), users, BindOptions::default()).unwrap()
    }

    #[test]
    fn an_and_covers_what_its_parts_cover() {
        let of = |text: &str| coverage(&bind(text));
        assert_eq!(of("userName pr and active eq true"), Coverage::Exact);
        assert_eq!(of("title pr and userName pr"), Coverage::Superset);
        assert_eq!(of("title pr and nickName pr"), Coverage::Nothing);
        let groups = r#"title pr and (userName pr or (title pr and displayName sw "a"))"#;
        assert_eq!(of(groups), Coverage::Superset);
        assert_eq!(coverage(&Predicate::constant(true)), Coverage::Exact);
    }

    /// If each level asked the one below twice, this would not end.
    #[test]
    fn a_nest_is_asked_once_for_each_level() {
        let (indexed, other) = (bind("userName pr"), bind("title pr"));
        let mut nest = Predicate::And(vec![other.clone(), indexed.clone()]);
        for _ in 0..40 {
            nest = Predicate::Or(vec![indexed.clone(), nest]);
            nest = Predicate::And(vec![other.clone(), nest]);
        }
        assert_eq!(coverage(&nest), Coverage::Superset);
    }
}
