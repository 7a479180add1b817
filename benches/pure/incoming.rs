//! Bodies of POST and PUT: validation.

use std::hint::black_box;

use criterion::Criterion;
use muster::schema::ResourceType;
use muster::schema::validate::{self, Tolerance};
use serde_json::{Map, Value};

use crate::samples::{
    SIZES, Samples, enterprise_user, group_with_members, small_user, user_with_emails,
};
use crate::{Outcome, ensure, measure};

pub(crate) fn run(criterion: &mut Criterion, samples: &Samples) -> Outcome<()> {
    let (users, groups) = (&samples.users, &samples.groups);
    for (name, body) in [
        ("small user", small_user()?),
        ("enterprise user", enterprise_user()?),
    ] {
        validate(criterion, (name, None), samples, users, &body)?;
    }
    let body = group_with_members(2)?;
    validate(criterion, ("group", None), samples, groups, &body)?;
    for count in SIZES {
        let body = user_with_emails(count)?;
        validate(criterion, ("emails", Some(count)), samples, users, &body)?;
    }
    for count in SIZES {
        let body = group_with_members(count)?;
        validate(criterion, ("members", Some(count)), samples, groups, &body)?;
    }
    Ok(())
}

fn validate(
    criterion: &mut Criterion,
    (name, size): (&str, Option<usize>),
    samples: &Samples,
    resource_type: &ResourceType,
    body: &Map<String, Value>,
) -> Outcome<()> {
    let read = samples.read(resource_type, body)?;
    let emails = read.document.get("emails").and_then(Value::as_array);
    let kept = emails.map_or(0, Vec::len) + read.members.map_or(0, |members| members.len());
    ensure(kept >= size.unwrap_or(0), "values are missing")?;
    let schemas = samples.schema_ids();
    measure(criterion, ("validate", name, size), |bencher| {
        bencher.iter(|| {
            validate::resource(resource_type, &schemas, black_box(body), Tolerance::USUAL)
        });
    })
}
