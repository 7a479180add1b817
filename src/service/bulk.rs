//! POST /Bulk (RFC 7644 §3.7): many operations in one request, each by the same functions as a request of its own.
//!
//! Ids are given out before anything is done, so that every `bulkId:` can be replaced at once, wherever it stands. What refers to
//! an operation waits for it; what refers to each other in a circle is done together: first every row, then what joins them.
//! Operations share transactions, each in a part of its own that is undone when it fails; creates that follow each other share
//! their statements as well, until one of them fails.

mod order;
mod references;
mod run;

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::{Call, Service, object, shield};
use crate::auth::Scope;
use crate::error::{Error, Result};
use crate::json::member;
use crate::resource::etag::{self, Preconditions, Tags};
use crate::schema::ResourceType;

const REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

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
    call.caller.require(Scope::Bulk)?;
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
    let run = run::Run {
        service,
        call,
        parsed: &parsed,
        needs: &needs,
        fail_on_errors,
    };
    let outcomes = run.all(&order::units(&in_order(&parsed, &needs))).await;
    shield::note(service, call).await;
    let outcomes = outcomes?;
    Ok(answer(&labels, &parsed, outcomes))
}

/// What each operation has to wait for: those it refers to, and earlier ones on the same resource.
fn in_order(parsed: &[Result<Operation<'_>>], needs: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    let mut last: HashMap<&str, usize> = HashMap::new();
    let mut waits = needs.to_vec();
    for (index, operation) in parsed.iter().enumerate() {
        let Ok(operation) = operation else { continue };
        let earlier = last.insert(operation.id.as_str(), index);
        // A create waits for nobody: what stands before it on the same resource waits for it.
        let waiting = waits
            .get_mut(index)
            .filter(|_| operation.method != Method::Post);
        if let (Some(earlier), Some(waits)) = (earlier, waiting) {
            waits.insert(earlier);
        }
    }
    waits
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
    let mut found = references::Found::default();
    let path = text(members, "path").map(|path| path.map(|path| found.resolve_text(path, ids)));
    label.fill(call, members, path.as_ref().ok().and_then(Option::as_deref));
    let bulk_id = text(members, "bulkId")?;
    let method = text(members, "method")?.unwrap_or_default();
    let method = Method::parse(method)
        .ok_or_else(|| Error::invalid_syntax("\"method\" must be POST, PUT, PATCH or DELETE"))?;
    let path = path?
        .ok_or_else(|| Error::invalid_syntax("an operation needs a \"path\", as in \"/Users\""))?;
    found.check()?;
    let (resource_type, id) = target(call, method, &path)?;
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
    check_size(call, &data)?;
    found.opaque = opaque(resource_type);
    found.resolve(&mut data, "", ids);
    found.check()?;
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

/// What is too large for a request of its own is too large here as well.
fn check_size(call: &Call<'_>, data: &Value) -> Result<()> {
    let (size, limit) = (data.to_string().len(), call.max_body_bytes);
    if size <= limit {
        return Ok(());
    }
    Err(Error::payload_too_large(format!(
        "the \"data\" of this operation has {size} bytes, more than the {limit} that the body of a single request may have"
    )))
}

/// The attributes whose text is never a reference: a password may be anything.
fn opaque(resource_type: &ResourceType) -> Vec<String> {
    let secret = resource_type.all_attributes();
    secret
        .filter(|attribute| attribute.is_hidden())
        .map(|attribute| attribute.name.clone())
        .collect()
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

impl Label {
    /// Takes what can be told, whether the operation can be carried out or not.
    fn fill(&mut self, call: &Call<'_>, members: &Map<String, Value>, path: Option<&str>) {
        let text = |name: &str| member(members, name).and_then(Value::as_str);
        self.bulk_id = text("bulkId").map(str::to_owned);
        self.method = text("method").unwrap_or_default().to_ascii_uppercase();
        let (endpoint, id) = split(call, path.unwrap_or_default());
        let is_resource = id.is_some_and(|id| !id.is_empty() && !id.contains('/'));
        if let (true, Some(id), Some(known)) = (
            is_resource && self.method != "POST",
            id,
            call.registry.at_endpoint(endpoint),
        ) {
            self.location = Some(format!("{}{}/{id}", call.base_url, known.endpoint));
        }
    }
}

/// The endpoint in a path, without its slash, and what follows it.
fn split<'p>(call: &Call<'_>, path: &'p str) -> (&'p str, Option<&'p str>) {
    let relative = path.strip_prefix(&call.base_url).unwrap_or(path);
    let relative = relative.strip_prefix('/').unwrap_or(relative);
    match relative.split_once('/') {
        Some((endpoint, "")) => (endpoint, None),
        Some((endpoint, id)) => (endpoint, Some(id)),
        None => (relative, None),
    }
}

/// What the path names: a resource type's endpoint for POST, a resource for the others.
fn target<'a>(
    call: &'a Call<'_>,
    method: Method,
    path: &str,
) -> Result<(&'a ResourceType, String)> {
    let (endpoint, id) = split(call, path);
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
        (_, Some(id)) if !id.is_empty() && !id.contains('/') => Ok((resource_type, id.to_owned())),
        (_, _) => Err(Error::invalid_value(format!(
            "PUT, PATCH and DELETE need the path of a resource, as in \"{}/…\", not {shown:?}",
            resource_type.endpoint
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
