//! POST /Bulk (RFC 7644 §3.7): many operations in one request, each by the same functions as a request of its own.
//!
//! Ids are given out before anything is done, so that every `bulkId:` can be replaced at once, wherever it stands. What refers to
//! an operation waits for it; what refers to each other in a circle is done together: first every row, then what joins them.
//! Operations share transactions, each in a part of its own that is undone when it fails; creates that follow each other share
//! their statements as well, until one of them fails.

mod order;
mod references;

use std::collections::{BTreeSet, HashMap};

use futures_util::{StreamExt, stream};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::create::Create;
use super::{Call, Service, create, delete, modify, object, replace, represent};
use crate::auth::Scope;
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::resource::etag::{self, Preconditions, Tags};
use crate::schema::ResourceType;
use crate::store::Transaction;

const REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// Operations in one transaction: enough to share its cost, few enough not to hold up other writers for long.
const OPERATIONS_PER_TRANSACTION: usize = 100;
/// Operations that are validated, and whose passwords are hashed, at once.
const PREPARED_AT_ONCE: usize = 4;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_uppercase().as_str() {
            "POST" => Some(Self::Post),
            "PUT" => Some(Self::Put),
            "PATCH" => Some(Self::Patch),
            "DELETE" => Some(Self::Delete),
            _ => None,
        }
    }
}

/// An operation as it was sent, its references replaced.
#[derive(Debug)]
struct Operation<'a> {
    method: Method,
    resource_type: &'a ResourceType,
    /// The id in the path; for a create, the id it will have.
    id: String,
    data: Value,
    preconditions: Preconditions,
    /// The operations it refers to.
    needs: BTreeSet<usize>,
}

/// What is told of an operation beside its outcome.
#[derive(Debug, Default)]
struct Label {
    method: String,
    bulk_id: Option<String>,
    /// Where the resource is, unless it was to be created.
    location: Option<String>,
}

/// An operation that needs nothing but the database.
enum Work<'a> {
    Create(&'a ResourceType, Box<create::Prepared>),
    Replace(&'a ResourceType, Box<replace::Prepared<'a>>),
    Modify(Box<modify::Patch<'a>>),
    Delete(&'a ResourceType, Uuid, &'a Preconditions),
}

/// How an operation ended.
#[derive(Debug)]
struct Done {
    status: u16,
    location: String,
    version: Option<i64>,
}

type Outcome = Result<Done>;

/// Carries out a bulk request; the text of the answer.
///
/// # Errors
/// What is wrong with the request as a whole: `invalidSyntax`, `invalidValue`, 413 for too many operations, 403, and 503 when
/// nothing could be done at all.
pub async fn bulk(service: &Service, call: &Call<'_>, body: &Value) -> Result<String> {
    call.caller.require(Scope::Write)?;
    call.caller.require_connection()?;
    let (sent, fail_on_errors) = request(service, body)?;
    let ids = references::give_ids(sent);
    let (mut labels, mut parsed) = (Vec::new(), Vec::new());
    for (index, operation) in sent.iter().enumerate() {
        let mut label = Label::default();
        parsed.push(parse(call, &ids, index, operation, &mut label));
        labels.push(label);
    }
    let needs: Vec<BTreeSet<usize>> = parsed
        .iter()
        .map(|operation| match operation {
            Ok(operation) => operation.needs.clone(),
            Err(_) => BTreeSet::new(),
        })
        .collect();
    let run = Run {
        service,
        call,
        parsed: &parsed,
        needs: &needs,
        fail_on_errors,
    };
    let outcomes = run.all(&order::units(&needs)).await?;
    Ok(answer(&labels, &parsed, outcomes))
}

/// The operations and how many may fail.
fn request<'a>(service: &Service, body: &'a Value) -> Result<(&'a [Value], usize)> {
    let body = object(body)?;
    let schemas = member(body, "schemas").and_then(Value::as_array);
    if !schemas.is_some_and(|schemas| schemas.iter().any(|schema| schema == REQUEST)) {
        return Err(Error::invalid_syntax(format!(
            "a bulk request must have \"schemas\": [{REQUEST:?}]"
        )));
    }
    let Some(Value::Array(operations)) = member(body, "Operations") else {
        return Err(Error::invalid_syntax(
            "a bulk request must have \"Operations\": an array of one or more operations",
        ));
    };
    if operations.is_empty() {
        return Err(Error::invalid_syntax(
            "\"Operations\" is empty: one or more operations are needed",
        ));
    }
    let limit = service.limits.bulk_operations;
    if operations.len() > limit {
        return Err(Error::payload_too_large(format!(
            "the bulk request has {} operations, more than maxOperations ({limit}); nothing was done",
            operations.len()
        )));
    }
    let fail_on_errors = match member(body, "failOnErrors") {
        None => usize::MAX,
        Some(value) => value
            .as_u64()
            .filter(|count| *count > 0)
            .and_then(|count| usize::try_from(count).ok())
            .ok_or_else(|| {
                Error::invalid_value("\"failOnErrors\" must be a whole number from 1")
            })?,
    };
    Ok((operations, fail_on_errors))
}

/// A member by its name in any case; null counts as absent.
fn member<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    members
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .filter(|value| !value.is_null())
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>> {
    match member(members, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::invalid_syntax(format!("{name:?} must be a string"))),
    }
}

/// Reads one operation. What can be told of it stands in `label`, also when it cannot be carried out.
fn parse<'a>(
    call: &'a Call<'_>,
    ids: &HashMap<&str, references::Given>,
    index: usize,
    operation: &Value,
    label: &mut Label,
) -> Result<Operation<'a>> {
    let Value::Object(members) = operation else {
        return Err(Error::invalid_syntax(
            "an operation must be an object with \"method\", \"path\" and \"data\"",
        ));
    };
    crate::schema::validate::distinct_names(members)?;
    let bulk_id = text(members, "bulkId")?;
    label.bulk_id = bulk_id.map(str::to_owned);
    let method = text(members, "method")?.unwrap_or_default();
    label.method = method.to_ascii_uppercase();
    let Some(method) = Method::parse(method) else {
        return Err(Error::invalid_syntax(
            "\"method\" must be POST, PUT, PATCH or DELETE",
        ));
    };
    let mut found = references::Found::default();
    let path = text(members, "path")?
        .ok_or_else(|| Error::invalid_syntax("an operation needs a \"path\", as in \"/Users\""))?;
    let path = found.resolve_text(path, ids);
    let (resource_type, id) = target(call, method, &path, label)?;
    if method == Method::Post {
        check_bulk_id(bulk_id, ids, index)?;
    }
    let data = member(members, "data");
    if data.is_none() && method != Method::Delete {
        return Err(Error::invalid_syntax(
            "POST, PUT and PATCH need \"data\": what would be the body of the single request",
        ));
    }
    let mut data = data.cloned().unwrap_or(Value::Null);
    found.resolve(&mut data, ids);
    if let Some(unknown) = found.unknown {
        return Err(Error::invalid_value(format!(
            "\"bulkId:{unknown}\" refers to no operation of this request that creates a resource"
        )));
    }
    found.needs.remove(&index);
    let own = bulk_id.and_then(|bulk_id| ids.get(bulk_id));
    let id = match (method, own) {
        (Method::Post, Some(own)) => own.id.to_string(),
        _ => id,
    };
    let if_match = text(members, "version")?
        .filter(|_| method != Method::Post)
        .map(|version| Tags::parse("\"version\"", version))
        .transpose()?;
    Ok(Operation {
        method,
        resource_type,
        id,
        data: as_patch(method, data),
        preconditions: Preconditions {
            if_match,
            if_none_match: None,
        },
        needs: found.needs,
    })
}

fn check_bulk_id(
    bulk_id: Option<&str>,
    ids: &HashMap<&str, references::Given>,
    index: usize,
) -> Result<()> {
    let Some(bulk_id) = bulk_id.filter(|bulk_id| !bulk_id.is_empty()) else {
        return Err(Error::invalid_value(
            "a POST needs a \"bulkId\", by which the answer and other operations can name it",
        ));
    };
    if ids.get(bulk_id).is_some_and(|given| given.index != index) {
        let bulk_id: String = bulk_id.chars().take(64).collect();
        return Err(Error::invalid_value(format!(
            "the bulkId {bulk_id:?} stands for an earlier operation of this request; each needs its own"
        )));
    }
    Ok(())
}

/// A bare list of operations is taken for a PATCH body (erratum 5050 asks for the whole one).
fn as_patch(method: Method, data: Value) -> Value {
    match data {
        Value::Array(operations) if method == Method::Patch => {
            json!({"schemas": [PATCH], "Operations": operations})
        }
        data => data,
    }
}

/// What the path names: a resource type's endpoint for POST, a resource for the others.
fn target<'a>(
    call: &'a Call<'_>,
    method: Method,
    path: &str,
    label: &mut Label,
) -> Result<(&'a ResourceType, String)> {
    let relative = path.strip_prefix(&call.base_url).unwrap_or(path);
    let relative = relative.strip_prefix('/').unwrap_or(relative);
    let (endpoint, id) = match relative.split_once('/') {
        Some((endpoint, id)) => (endpoint, Some(id)),
        None => (relative, None),
    };
    let shown: String = path.chars().take(100).collect();
    let Some(resource_type) = call.registry.at_endpoint(endpoint) else {
        return Err(if is_reserved(endpoint) {
            Error::invalid_value(format!(
                "the path {shown:?} cannot be used in a bulk request, which works on resources alone"
            ))
        } else {
            Error::not_found(format!(
                "there is no endpoint at {shown:?}; /ResourceTypes lists them"
            ))
        });
    };
    match (method, id) {
        (Method::Post, None) => Ok((resource_type, String::new())),
        (Method::Post, Some(_)) => Err(Error::invalid_value(format!(
            "POST creates at an endpoint, as in {:?}, not at {shown:?}",
            resource_type.endpoint
        ))),
        (_, Some(id)) if !id.is_empty() && !id.contains('/') => {
            label.location = Some(format!("{}{}/{id}", call.base_url, resource_type.endpoint));
            Ok((resource_type, id.to_owned()))
        }
        (_, _) => Err(Error::invalid_value(format!(
            "{} needs the path of a resource, as in \"{}/…\", not {shown:?}",
            label.method, resource_type.endpoint
        ))),
    }
}

fn is_reserved(endpoint: &str) -> bool {
    [
        "",
        "Bulk",
        "Me",
        ".search",
        "Schemas",
        "ResourceTypes",
        "ServiceProviderConfig",
    ]
    .contains(&endpoint)
}

/// A bulk request while it is carried out.
struct Run<'a> {
    service: &'a Service,
    call: &'a Call<'a>,
    parsed: &'a [Result<Operation<'a>>],
    needs: &'a [BTreeSet<usize>],
    fail_on_errors: usize,
}

impl<'a> Run<'a> {
    /// Carries out all operations; none for those that were not reached.
    async fn all(&self, units: &[Vec<usize>]) -> Result<Vec<Option<Outcome>>> {
        let mut outcomes = Outcomes {
            all: self.parsed.iter().map(|_| None).collect(),
            errors: 0,
        };
        let mut rest = units;
        while !rest.is_empty() && outcomes.errors < self.fail_on_errors {
            let (portion, later) = rest.split_at(portion(rest));
            rest = later;
            let mut prepared = self.prepare(portion).await;
            let done: Result<Vec<(usize, Outcome)>> = in_transaction!(self.service.store, |tx| {
                self.portion(tx, portion, &mut prepared, &outcomes).await
            });
            match done {
                Ok(done) => outcomes.note(done),
                // Nothing has been done yet: the request as a whole can be sent again.
                Err(error) if outcomes.all.iter().all(Option::is_none) => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "a bulk request could not be finished");
                    let left = portion.iter().chain(rest).flatten();
                    let failed = left.map(|index| {
                        let error = Error::unavailable(error.detail());
                        (*index, Err(error))
                    });
                    outcomes.note(failed.collect());
                    break;
                }
            }
        }
        Ok(outcomes.all)
    }

    /// Validates the operations of some units, and hashes their passwords, before a transaction is opened.
    async fn prepare(&self, units: &[Vec<usize>]) -> HashMap<usize, Result<Work<'a>>> {
        let indices: Vec<usize> = units.iter().flatten().copied().collect();
        stream::iter(indices)
            .map(|index| async move { (index, self.prepare_one(index).await) })
            .buffered(PREPARED_AT_ONCE)
            .collect()
            .await
    }

    async fn prepare_one(&self, index: usize) -> Result<Work<'a>> {
        let operation = match self.parsed.get(index) {
            Some(Ok(operation)) => operation,
            Some(Err(error)) => return Err(copy(error)),
            None => return Err(Error::internal("a bulk operation is missing")),
        };
        let (service, call) = (self.service, self.call);
        let (resource_type, id) = (operation.resource_type, operation.id.as_str());
        let (data, preconditions) = (&operation.data, &operation.preconditions);
        match operation.method {
            Method::Post => {
                let id = Uuid::try_parse(id)
                    .map_err(|error| Error::internal("an id is malformed").caused_by(error))?;
                let prepared = create::prepare(service, call, resource_type, id, data).await?;
                Ok(Work::Create(resource_type, Box::new(prepared)))
            }
            Method::Put => {
                let prepared =
                    replace::prepare(service, call, resource_type, id, data, preconditions).await?;
                Ok(Work::Replace(resource_type, Box::new(prepared)))
            }
            Method::Patch => {
                let prepared =
                    modify::prepare(service, call, resource_type, id, data, preconditions).await?;
                Ok(Work::Modify(Box::new(prepared)))
            }
            Method::Delete => {
                let id = delete::prepare(call, resource_type, id, preconditions)?;
                Ok(Work::Delete(resource_type, id, preconditions))
            }
        }
    }

    /// Carries out some units in one transaction.
    async fn portion(
        &self,
        tx: &mut Transaction,
        units: &[Vec<usize>],
        prepared: &mut HashMap<usize, Result<Work<'a>>>,
        before: &Outcomes,
    ) -> Result<Vec<(usize, Outcome)>> {
        let mut done: Vec<(usize, Outcome)> = Vec::new();
        let mut failed: BTreeSet<usize> = before.failed();
        let mut units = units;
        while let Some((unit, rest)) = units.split_first() {
            let creates = self.creates(units, prepared, &failed);
            if let Some(created) = self.batch(tx, &creates).await? {
                units = units.get(creates.len()..).unwrap_or_default();
                done.extend(created);
                continue;
            }
            units = rest;
            let errors = done.iter().filter(|(_, outcome)| outcome.is_err()).count();
            if before.errors + errors >= self.fail_on_errors {
                break;
            }
            let outcomes = self.unit(tx, unit, prepared, &failed).await?;
            let failures = outcomes.iter().filter(|(_, outcome)| outcome.is_err());
            failed.extend(failures.map(|(index, _)| *index));
            done.extend(outcomes);
        }
        Ok(done)
    }

    /// The creates at the beginning that need nothing that failed.
    fn creates<'p>(
        &self,
        units: &[Vec<usize>],
        prepared: &'p HashMap<usize, Result<Work<'a>>>,
        failed: &BTreeSet<usize>,
    ) -> Vec<(usize, Create<'p>)> {
        let create = |unit: &Vec<usize>| {
            let [index] = unit.as_slice() else {
                return None;
            };
            let needs = self.needs.get(*index)?;
            match prepared.get(index)? {
                Ok(Work::Create(resource_type, prepared)) if needs.is_disjoint(failed) => {
                    let create = Create {
                        resource_type,
                        prepared,
                    };
                    Some((*index, create))
                }
                Ok(_) | Err(_) => None,
            }
        };
        units.iter().map_while(create).collect()
    }

    /// Creates many at once; none, if one of them cannot be created: then they are tried one by one.
    async fn batch(
        &self,
        tx: &mut Transaction,
        creates: &[(usize, Create<'_>)],
    ) -> Result<Option<Vec<(usize, Outcome)>>> {
        if creates.len() < 2 {
            return Ok(None);
        }
        let all: Vec<Create<'_>> = creates.iter().map(|(_, create)| *create).collect();
        tx.begin_part().await?;
        match create::execute(self.service, tx, self.call, &all).await {
            Ok(stored) => {
                tx.end_part(true).await?;
                let created = creates.iter().zip(stored);
                let done = created.map(|((index, create), stored)| {
                    let version = Some(stored.meta.version);
                    let done = self.done(201, create.resource_type, stored.id, version);
                    (*index, Ok(done))
                });
                Ok(Some(done.collect()))
            }
            Err((_, error)) if error.is_ours() => Err(error),
            Err(_) => {
                tx.end_part(false).await?;
                Ok(None)
            }
        }
    }

    /// Carries out one operation, or those that refer to each other in a circle; all of them or none.
    async fn unit(
        &self,
        tx: &mut Transaction,
        unit: &[usize],
        prepared: &HashMap<usize, Result<Work<'a>>>,
        failed: &BTreeSet<usize>,
    ) -> Result<Vec<(usize, Outcome)>> {
        let mut works = Vec::with_capacity(unit.len());
        for index in unit {
            let needs = self.needs.get(*index);
            let refused = match prepared.get(index) {
                Some(Err(error)) => Some(copy(error)),
                _ if needs.is_some_and(|needs| !needs.is_disjoint(failed)) => Some(unresolved()),
                None => Some(Error::internal("a bulk operation was not prepared")),
                Some(Ok(work)) => {
                    works.push((*index, work));
                    None
                }
            };
            if let Some(error) = refused {
                return Ok(blamed(unit, *index, error));
            }
        }
        tx.begin_part().await?;
        match self.together(tx, &works).await {
            Ok(done) => {
                tx.end_part(true).await?;
                Ok(done
                    .into_iter()
                    .map(|(index, done)| (index, Ok(done)))
                    .collect())
            }
            // Another transaction was in the way, or the database is: the transaction as a whole is tried again.
            Err((_, error)) if error.is_ours() => Err(error),
            Err((index, error)) => {
                tx.end_part(false).await?;
                Ok(blamed(unit, index, error))
            }
        }
    }

    /// Every row first, then what joins them. The error names the operation that failed.
    async fn together(
        &self,
        tx: &mut Transaction,
        works: &[(usize, &Work<'a>)],
    ) -> std::result::Result<Vec<(usize, Done)>, (usize, Error)> {
        let (service, call) = (self.service, self.call);
        let mut done = Vec::with_capacity(works.len());
        let mut creates = Vec::new();
        for (index, work) in works {
            let at = |error| (*index, error);
            let one = match work {
                Work::Create(resource_type, prepared) => {
                    let create = Create {
                        resource_type,
                        prepared,
                    };
                    create::check(tx, call, create).await.map_err(at)?;
                    creates.push((*index, create));
                    continue;
                }
                Work::Replace(resource_type, prepared) => {
                    let stored = replace::execute(service, tx, call, resource_type, prepared).await;
                    let stored = stored.map_err(at)?;
                    self.done(200, resource_type, stored.id, Some(stored.meta.version))
                }
                Work::Modify(patch) => {
                    let stored = patch.apply(tx).await.map_err(at)?;
                    let status = if patch.is_silent() { 204 } else { 200 };
                    let resource_type = patch.resource_type();
                    self.done(status, resource_type, stored.id, Some(stored.meta.version))
                }
                Work::Delete(resource_type, id, preconditions) => {
                    delete::execute(service, tx, call, resource_type, *id, preconditions)
                        .await
                        .map_err(at)?;
                    self.done(204, resource_type, *id, None)
                }
            };
            done.push((*index, one));
        }
        let all: Vec<Create<'_>> = creates.iter().map(|(_, create)| *create).collect();
        let stored = create::execute(service, tx, call, &all).await;
        let stored = stored.map_err(|(position, error)| {
            let index = creates.get(position).map_or(0, |(index, _)| *index);
            (index, error)
        })?;
        for ((index, create), stored) in creates.iter().zip(stored) {
            let version = Some(stored.meta.version);
            let one = self.done(201, create.resource_type, stored.id, version);
            done.push((*index, one));
        }
        Ok(done)
    }

    fn done(
        &self,
        status: u16,
        resource_type: &ResourceType,
        id: Uuid,
        version: Option<i64>,
    ) -> Done {
        Done {
            status,
            location: represent::location(&self.call.base_url, &resource_type.endpoint, id),
            version,
        }
    }
}

/// What is known of all operations so far.
struct Outcomes {
    all: Vec<Option<Outcome>>,
    errors: usize,
}

impl Outcomes {
    fn note(&mut self, done: Vec<(usize, Outcome)>) {
        for (index, outcome) in done {
            self.errors += usize::from(outcome.is_err());
            if let Some(place) = self.all.get_mut(index) {
                *place = Some(outcome);
            }
        }
    }

    fn failed(&self) -> BTreeSet<usize> {
        let all = self.all.iter().enumerate();
        all.filter(|(_, outcome)| matches!(outcome, Some(Err(_))))
            .map(|(index, _)| index)
            .collect()
    }
}

/// How many of the units go into one transaction.
fn portion(units: &[Vec<usize>]) -> usize {
    let mut operations = 0;
    for (count, unit) in units.iter().enumerate() {
        operations += unit.len();
        if operations > OPERATIONS_PER_TRANSACTION && count > 0 {
            return count;
        }
    }
    units.len()
}

/// The failure of one operation, and of those that are in a circle with it.
fn blamed(unit: &[usize], guilty: usize, error: Error) -> Vec<(usize, Outcome)> {
    let mut error = Some(error);
    let blame = |index: &usize| {
        let own = if *index == guilty { error.take() } else { None };
        (*index, Err(own.unwrap_or_else(unresolved)))
    };
    unit.iter().map(blame).collect()
}

fn unresolved() -> Error {
    Error::unresolved("this operation refers to another one of the request that failed")
}

/// The same error once more: each operation has its own.
fn copy(error: &Error) -> Error {
    Error::internal(error.detail()).with_kind(error.kind())
}

fn answer(
    labels: &[Label],
    parsed: &[Result<Operation<'_>>],
    outcomes: Vec<Option<Outcome>>,
) -> String {
    let mut results = Vec::with_capacity(outcomes.len());
    for ((label, operation), outcome) in labels.iter().zip(parsed).zip(outcomes) {
        let Some(outcome) = outcome else { continue };
        let mut result = Map::new();
        result.insert("method".to_owned(), json!(label.method));
        if let Some(bulk_id) = &label.bulk_id {
            result.insert("bulkId".to_owned(), json!(bulk_id));
        }
        match outcome {
            Ok(done) => {
                result.insert("location".to_owned(), json!(done.location));
                if let Some(version) = done.version {
                    result.insert("version".to_owned(), json!(etag::of(version)));
                }
                result.insert("status".to_owned(), json!(done.status.to_string()));
            }
            Err(error) => {
                let is_create = operation
                    .as_ref()
                    .is_ok_and(|operation| operation.method == Method::Post);
                if let (Some(location), false) = (&label.location, is_create) {
                    result.insert("location".to_owned(), json!(location));
                }
                result.insert(
                    "status".to_owned(),
                    json!(error.kind().status().to_string()),
                );
                result.insert("response".to_owned(), error.to_message());
            }
        }
        results.push(Value::Object(result));
    }
    json!({"schemas": [RESPONSE], "Operations": results}).to_string()
}
