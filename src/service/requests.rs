//! The provisioning log as operators look at it: pages of requests, and one request with what it did.

use std::collections::HashMap;

use super::Service;
use super::account::acting::Acting;
use super::account::people::require_operator;
use super::explain::{Explained, explain};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::store::log::{Entry, LogStore, Wanted};
use crate::store::{ConnectionKey, connections};

/// How many entries one page looks at, where no index finds what is wanted.
const LOOKED_AT: i64 = 50_000;
/// The same where an index passes over most of them.
const LOOKED_AT_BY_OUTCOME: i64 = 1_000_000;

/// Which requests are wanted.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// The name of a connection.
    pub connection: Option<String>,
    /// The method, in capitals.
    pub method: Option<String>,
    /// Without requests that only read.
    pub changes_only: bool,
    /// A status of this hundred.
    pub hundred: Option<i16>,
    /// `ok`, `refused`, `held` or `failed`.
    pub outcome: Option<String>,
    /// The id of a resource.
    pub resource: Option<String>,
    /// The id of a request.
    pub request_id: Option<String>,
    /// Not before this time, in microseconds since 1970 UTC.
    pub since: Option<i64>,
    /// Not from this time on.
    pub until: Option<i64>,
    /// Older than the entry with this number.
    pub before: Option<i64>,
    /// Newer than the entry with this number.
    pub after: Option<i64>,
    /// How many.
    pub count: i64,
}

/// A page of requests, newest first.
#[derive(Debug, Default)]
pub struct Page {
    /// Each with the name of its connection.
    pub rows: Vec<(Entry, Option<String>)>,
    /// Where the page of newer ones ends.
    pub newer: Option<i64>,
    /// Where the page of older ones begins.
    pub older: Option<i64>,
    /// There may be more that was not looked at yet: the search ended at `older`.
    pub is_cut: bool,
}

/// A request with its answer, and what is known of it.
#[derive(Debug)]
pub struct Detail {
    /// The entry.
    pub entry: Entry,
    /// The name of its connection.
    pub connection: Option<String>,
    /// What became of it, in words.
    pub explained: Explained,
    /// The request before it, and the one after it.
    pub neighbours: (Option<i64>, Option<i64>),
}

/// The names of the tenant's connections, by their numbers.
async fn connections(service: &Service, acting: &Acting) -> Result<HashMap<i32, String>> {
    let mut reader = service.store.reader();
    let all = connections::list(&mut reader, acting.caller.tenant).await?;
    let names = all.into_iter().map(|one| (one.key.number(), one.name));
    Ok(names.collect())
}

/// The names of the tenant's connections, in order.
///
/// # Errors
/// 403.
pub async fn connection_names(service: &Service, acting: &Acting) -> Result<Vec<String>> {
    require_operator(acting, Permission::ReadLog)?;
    let mut names: Vec<String> = connections(service, acting).await?.into_values().collect();
    names.sort();
    Ok(names)
}

/// A page of the tenant's requests.
///
/// # Errors
/// 403; 404 for a connection that there is not.
pub async fn page(
    service: &Service,
    log: &LogStore,
    acting: &Acting,
    query: &Query,
) -> Result<Page> {
    require_operator(acting, Permission::ReadLog)?;
    let names = connections(service, acting).await?;
    let mut wanted = wanted(acting, query, &names)?;
    let newest = log.newest().await?;
    let looked_at = looked_at(query);
    let upper = query.before.unwrap_or(newest + 1).min(newest + 1);
    let lower = query
        .after
        .unwrap_or_else(|| upper.saturating_sub(looked_at).max(0));
    wanted.after = Some(lower);
    let mut found = log.list(&wanted).await?;
    let has_more = i64::try_from(found.len()).unwrap_or(i64::MAX) > query.count;
    found.truncate(usize::try_from(query.count).unwrap_or_default());
    if wanted.is_ascending {
        found.reverse();
    }
    let (first, last) = (
        found.first().map(|one| one.key),
        found.last().map(|one| one.key),
    );
    let is_first_page = query.before.is_none() && query.after.is_none();
    let mut is_cut = !wanted.is_ascending && !has_more && lower > 0;
    if let (true, Some(since)) = (is_cut, query.since) {
        is_cut = log.time_of(lower).await?.is_some_and(|at| at >= since);
    }
    let older = if wanted.is_ascending || has_more {
        last
    } else {
        is_cut.then_some(lower + 1)
    };
    let newer = if is_first_page || (wanted.is_ascending && !has_more) {
        None
    } else {
        first.or(query.before.map(|before| before - 1))
    };
    let name = |entry: &Entry| names.get(&entry.connection?).cloned();
    Ok(Page {
        rows: found
            .into_iter()
            .map(|entry| {
                let name = name(&entry);
                (entry, name)
            })
            .collect(),
        newer,
        older,
        is_cut,
    })
}

/// How far one page looks: to the end where an index finds what is wanted.
fn looked_at(query: &Query) -> i64 {
    let is_plain = query.method.is_none() && !query.changes_only && query.hundred.is_none();
    let is_narrow = query.connection.is_some() || query.resource.is_some();
    let is_indexed = query.request_id.is_some() || (is_plain && is_narrow && query.since.is_none());
    match query.outcome.as_deref() {
        _ if is_indexed => i64::MAX,
        Some("refused" | "held" | "failed") => LOOKED_AT_BY_OUTCOME,
        _ => LOOKED_AT,
    }
}

fn wanted(acting: &Acting, query: &Query, names: &HashMap<i32, String>) -> Result<Wanted> {
    let connection = match &query.connection {
        Some(name) => {
            let mut all = names.iter();
            let found = all.find(|(_, known)| *known == name);
            let shown: String = name.chars().take(64).collect();
            let missing = || Error::not_found(format!("there is no connection {shown:?}"));
            Some(ConnectionKey(*found.ok_or_else(missing)?.0))
        }
        None => None,
    };
    Ok(Wanted {
        tenant: Some(acting.caller.tenant),
        connection,
        resource: query.resource.clone(),
        outcome: query.outcome.clone(),
        method: query.method.clone(),
        changes_only: query.changes_only,
        hundred: query.hundred,
        request_id: query.request_id.clone(),
        not_before: query.since,
        until: query.until,
        before: query.before,
        is_ascending: query.after.is_some(),
        limit: query.count + 1,
        ..Wanted::default()
    })
}

/// One of the tenant's requests: by the number of its entry, or by the id of the request, of which the newest counts.
///
/// # Errors
/// 403; 404 also for those of other tenants.
pub async fn entry(
    service: &Service,
    log: &LogStore,
    acting: &Acting,
    named: &str,
) -> Result<Detail> {
    require_operator(acting, Permission::ReadLog)?;
    let tenant = acting.caller.tenant;
    let shown: String = named.chars().take(128).collect();
    let missing = || Error::not_found(format!("the provisioning log has no request {shown:?}"));
    let one = Wanted {
        tenant: Some(tenant),
        limit: 1,
        ..Wanted::default()
    };
    let is_number = !named.is_empty() && named.bytes().all(|byte| byte.is_ascii_digit());
    let number = named.parse::<i64>().ok().filter(|_| is_number);
    let key = if number.is_some() {
        number
    } else {
        let wanted = Wanted {
            request_id: Some(named.to_owned()),
            ..one.clone()
        };
        log.list(&wanted).await?.first().map(|entry| entry.key)
    };
    let entry = match key {
        Some(key) => log.get(key).await?,
        None => None,
    };
    let entry = entry.filter(|entry| entry.tenant == Some(tenant.number()));
    let entry = entry.ok_or_else(missing)?;
    let known = connections(service, acting).await?;
    let explained = explain(service, &entry).await?;
    let before = Wanted {
        before: Some(entry.key),
        after: Some(entry.key.saturating_sub(LOOKED_AT)),
        ..one.clone()
    };
    let after = Wanted {
        after: Some(entry.key),
        before: Some(entry.key.saturating_add(LOOKED_AT)),
        is_ascending: true,
        ..one
    };
    let key_of = |found: Vec<Entry>| found.first().map(|entry| entry.key);
    let neighbours = (
        key_of(log.list(&before).await?),
        key_of(log.list(&after).await?),
    );
    Ok(Detail {
        connection: entry.connection.and_then(|key| known.get(&key).cloned()),
        entry,
        explained,
        neighbours,
    })
}

/// The address below the SCIM base, as people read it.
#[must_use]
pub fn target(entry: &Entry) -> String {
    let below = ["/scim/v2", "/scim"].iter().find_map(|base| {
        let (_, below) = entry.path.split_once(base)?;
        below
            .is_empty()
            .then_some("/")
            .or(below.starts_with('/').then_some(below))
    });
    let path = below.unwrap_or(&entry.path);
    if entry.query.is_empty() {
        return path.to_owned();
    }
    let spaced = entry.query.replace('+', " ");
    let query = percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy();
    // What came from outside must not move the cursor of a terminal.
    let query: String = query.chars().filter(|c| !c.is_control()).collect();
    format!("{path}?{query}")
}
