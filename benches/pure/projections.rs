//! What a client sees of a resource: `attributes` and `excludedAttributes`.

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use muster::schema::ResourceType;
use muster::schema::project::Projection;
use serde_json::{Map, Value};

use crate::samples::{SIZES, Samples, enterprise_user, user_with_emails};
use crate::{Outcome, ensure, measure};

const THREE: &str = "userName,emails.value,\
    urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
const EXCLUDED: &str = "groups,emails.type,addresses";

pub(crate) fn run(criterion: &mut Criterion, samples: &Samples) -> Outcome<()> {
    let users = &samples.users;
    let user = enterprise_user()?;
    let kinds = [
        ("all", Projection::default()),
        ("three attributes", shown(THREE)?),
        ("excluded attributes", without(EXCLUDED)?),
    ];
    for (name, projection) in &kinds {
        project(criterion, (name, None), users, projection, &user)?;
    }
    for (name, projection) in &kinds {
        for count in SIZES {
            let user = user_with_emails(count)?;
            let name = format!("{name}, emails");
            project(criterion, (&name, Some(count)), users, projection, &user)?;
        }
    }
    let user = user_with_emails(100)?;
    for count in SIZES {
        let projection = shown(&names(count))?;
        let name = ("100 emails, names", Some(count));
        project(criterion, name, users, &projection, &user)?;
    }
    for count in SIZES {
        let projection = shown(&names(count))?;
        let types = samples.resource_types();
        let name = ("project", "condense, names", Some(count));
        measure(criterion, name, |bencher| {
            bencher.iter(|| black_box(&projection).condensed(types));
        })?;
    }
    Ok(())
}

fn project(
    criterion: &mut Criterion,
    (name, size): (&str, Option<usize>),
    users: &ResourceType,
    projection: &Projection,
    full: &Map<String, Value>,
) -> Outcome<()> {
    let cut = projection.apply(users, full.clone());
    ensure(cut.contains_key("emails"), "the emails are not shown")?;
    measure(criterion, ("project", name, size), |bencher| {
        bencher.iter_batched(
            || full.clone(),
            |full| projection.apply(users, black_box(full)),
            BatchSize::SmallInput,
        );
    })
}

fn shown(names: &str) -> Outcome<Projection> {
    Ok(Projection::new(&[names.to_owned()], &[])?)
}

fn without(names: &str) -> Outcome<Projection> {
    Ok(Projection::new(&[], &[names.to_owned()])?)
}

/// So many names, of which nobody knows any but the last.
fn names(count: usize) -> String {
    let mut names: Vec<String> = (1..count)
        .map(|number| format!("attribute{number}"))
        .collect();
    names.push("emails.value".to_owned());
    names.join(",")
}
