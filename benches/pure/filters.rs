//! Filters: from text to [`Filter`](filter::Filter), and from there to [`Predicate`].

use std::hint::black_box;

use criterion::Criterion;
use muster::filter::{self, BindOptions, MAX_DEPTH, MAX_LENGTH, MAX_TERMS, Predicate};

use crate::samples::{COMPLEX, SIMPLE, Samples, comparisons, nested};
use crate::{Outcome, ensure, measure};

pub(crate) fn run(criterion: &mut Criterion, samples: &Samples) -> Outcome<()> {
    let longest = comparisons(MAX_TERMS);
    ensure(
        longest.len() + 10 > MAX_LENGTH,
        "the longest filter is longer",
    )?;
    let kinds = [
        ("simple", SIMPLE),
        ("complex", COMPLEX),
        ("longest", &longest),
    ];
    for (name, text) in kinds {
        parse(criterion, (name, None), text)?;
    }
    for count in [40, 400, 4_000] {
        let text = format!("displayName eq \"{}\"", "é".repeat(count));
        parse(criterion, ("characters", Some(count)), &text)?;
    }
    for count in [1, 8, MAX_TERMS] {
        let text = comparisons(count);
        parse(criterion, ("comparisons", Some(count)), &text)?;
    }
    for depth in [1, 4, MAX_DEPTH] {
        parse(criterion, ("depth", Some(depth)), &nested(depth))?;
    }
    for (name, text) in kinds {
        bind(criterion, name, text, samples)?;
    }
    Ok(())
}

fn parse(
    criterion: &mut Criterion,
    (name, size): (&str, Option<usize>),
    text: &str,
) -> Outcome<()> {
    filter::parse(text)?;
    measure(criterion, ("filter/parse", name, size), |bencher| {
        bencher.iter(|| filter::parse(black_box(text)));
    })
}

fn bind(criterion: &mut Criterion, name: &str, text: &str, samples: &Samples) -> Outcome<()> {
    let filter = filter::parse(text)?;
    let users = &samples.users;
    Predicate::bind(&filter, users, BindOptions::default())?;
    measure(criterion, ("filter/bind", name, None), |bencher| {
        bencher.iter(|| Predicate::bind(black_box(&filter), users, BindOptions::default()));
    })
}
