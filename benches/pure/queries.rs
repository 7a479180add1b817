//! What finds resources: a predicate on a resource, the keys of the index, and a predicate as SQL.

use std::hint::black_box;

use criterion::Criterion;
use muster::filter::{MAX_DEPTH, MAX_TERMS};
use muster::resource::index_entries;
use muster::resource::matches::matches;
use muster::schema::ResourceType;
use muster::store::Dialect;
use muster::store::pages::{Course, Query};
use serde_json::{Map, Value};

use crate::samples::{
    COMPLEX, SIMPLE, SIZES, Samples, address, badge_with_codes, comparisons, enterprise_user,
    nested, user_with_emails,
};
use crate::{Outcome, ensure, measure};

const DIALECTS: [(&str, Dialect); 2] = [
    ("SQLite", Dialect::Sqlite),
    ("PostgreSQL", Dialect::Postgres),
];

pub(crate) fn run(criterion: &mut Criterion, samples: &Samples) -> Outcome<()> {
    matching(criterion, samples)?;
    keys(criterion, samples)?;
    let longest = comparisons(MAX_TERMS);
    for (dialect_name, dialect) in DIALECTS {
        for (name, text) in [
            ("simple", SIMPLE),
            ("complex", COMPLEX),
            ("longest", &longest),
        ] {
            let name = format!("{name}, {dialect_name}");
            lower(criterion, (&name, None), samples, dialect, text)?;
        }
    }
    for depth in [1, 4, 8, MAX_DEPTH] {
        let name = ("depth", Some(depth));
        lower(criterion, name, samples, Dialect::Sqlite, &nested(depth))?;
    }
    Ok(())
}

fn matching(criterion: &mut Criterion, samples: &Samples) -> Outcome<()> {
    let user = enterprise_user()?;
    test(criterion, ("simple", None), samples, SIMPLE, &user)?;
    test(criterion, ("complex", None), samples, COMPLEX, &user)?;
    for count in SIZES {
        let user = user_with_emails(count)?;
        let last = address(count - 1);
        let text = format!("emails[type eq \"home\" and value eq \"{last}\"]");
        let name = ("value path, emails", Some(count));
        test(criterion, name, samples, &text, &user)?;
    }
    Ok(())
}

fn test(
    criterion: &mut Criterion,
    (name, size): (&str, Option<usize>),
    samples: &Samples,
    text: &str,
    user: &Map<String, Value>,
) -> Outcome<()> {
    let (users, user) = (&samples.users, samples.user(user)?);
    let predicate = samples.predicate(text)?;
    ensure(matches(&predicate, &user, users), "no match")?;
    measure(criterion, ("match", name, size), |bencher| {
        bencher.iter(|| matches(black_box(&predicate), &user, users));
    })
}

fn keys(criterion: &mut Criterion, samples: &Samples) -> Outcome<()> {
    let (users, badges) = (&samples.users, &samples.badges);
    let user = samples.read(users, &enterprise_user()?)?.document;
    entries(criterion, ("enterprise user", None), users, &user)?;
    for count in SIZES {
        let user = samples.read(users, &user_with_emails(count)?)?.document;
        entries(criterion, ("emails", Some(count)), users, &user)?;
    }
    for count in SIZES {
        let badge = samples.read(badges, &badge_with_codes(count)?)?.document;
        entries(criterion, ("unique values", Some(count)), badges, &badge)?;
    }
    Ok(())
}

fn entries(
    criterion: &mut Criterion,
    (name, size): (&str, Option<usize>),
    resource_type: &ResourceType,
    document: &Map<String, Value>,
) -> Outcome<()> {
    let found = index_entries(resource_type, document, Some(1)).len();
    ensure(found >= size.unwrap_or(1), "keys are missing")?;
    measure(criterion, ("index keys", name, size), |bencher| {
        bencher.iter(|| index_entries(resource_type, black_box(document), Some(1)));
    })
}

fn lower(
    criterion: &mut Criterion,
    (name, size): (&str, Option<usize>),
    samples: &Samples,
    dialect: Dialect,
    text: &str,
) -> Outcome<()> {
    let predicate = samples.predicate(text)?;
    let query = Query {
        branches: vec![(samples.users.id, Some(&predicate))],
        sort: None,
        connection: None,
        finds_one: false,
        course: Course::default(),
    };
    ensure(query.sql(dialect).starts_with("SELECT "), "no SELECT")?;
    measure(criterion, ("lower to SQL", name, size), |bencher| {
        bencher.iter(|| (black_box(&query).is_exact(), query.sql(dialect)));
    })
}
