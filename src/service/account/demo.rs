//! Sample people and groups, for whoever looks at Muster for the first time (`assets/demo.json`).

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::acting::Acting;
use super::groups::{Audience, NewGroup, body};
use super::{Intent, text};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::service::Service;
use crate::service::create::{self, Create};

const SAMPLE: &str = include_str!("../../../assets/demo.json");
#[derive(Debug, Deserialize)]
struct Sample {
    users: Vec<Value>,
    groups: Vec<Group>,
}

#[derive(Debug, Deserialize)]
struct Group {
    name: String,
    /// User names of the members.
    users: Vec<String>,
}

/// How much was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    /// People.
    pub users: usize,
    /// Groups.
    pub groups: usize,
}

/// Makes the sample people and groups, all of them or none. Nobody has a password.
///
/// # Errors
/// `uniqueness` when one of the user names is taken, as by an earlier load.
pub async fn load(service: &Service, acting: &Acting) -> Result<Loaded> {
    let sample: Sample = serde_json::from_str(SAMPLE)
        .map_err(|error| Error::internal("the sample is malformed").caused_by(error))?;
    let call = acting.call(Intent::default());
    let ((people, account), groups) = (acting.people()?, acting.groups()?);
    let mut ids = HashMap::new();
    let mut all = Vec::new();
    for user in &sample.users {
        let prepared = create::prepare(service, &call, people, Uuid::now_v7(), user).await?;
        let name = user
            .as_object()
            .and_then(|user| text(user, &account.username));
        ids.insert(name.unwrap_or_default().to_owned(), prepared.id);
        all.push((people.as_ref(), prepared));
    }
    for group in sample.groups {
        let members = group.users.iter().filter_map(|name| ids.get(name).copied());
        let new = NewGroup {
            name: group.name,
            audience: Audience::Customers,
            members: members.collect(),
        };
        let body = body(groups, &new)?;
        let prepared = create::prepare(service, &call, groups, Uuid::now_v7(), &body).await?;
        all.push((groups.as_ref(), prepared));
    }
    let creates: Vec<Create<'_>> = all
        .iter()
        .map(|(resource_type, prepared)| Create {
            resource_type,
            prepared,
        })
        .collect();
    in_transaction!(service.store, |tx| {
        for create in &creates {
            create::check(tx, &call, *create).await?;
        }
        let made = create::execute(service, tx, &call, &creates).await;
        made.map_err(|(_, error)| error)?;
        Ok(Loaded {
            users: ids.len(),
            groups: creates.len().saturating_sub(ids.len()),
        })
    })
}
