//! The workbench: SCIM requests by hand, carried out inside the server as the operator, by the routes that clients use.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::http::header::{self, HeaderValue};
use axum::http::{Method, Request, Response, StatusCode, Uri};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::asked::{curl, cut, encoded, pretty};
use super::desk::{Desk, Extracted};
use super::views::workbench::{Answer, Past, Workbench};
use super::views::{FieldError, Section};
use super::{Needs, pages};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::http::account::Form;
use crate::http::extract::Insider;
use crate::http::inside;
use crate::http::observe::{Origin, RequestId};
use crate::schema::{AttributeDef, Kind, ResourceType};
use crate::service::{audit, requests};

/// What no address may hold as it is.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'#')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');
/// The methods to choose from.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// The operators of filters.
const OPERATORS: [&str; 10] = ["eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le"];
/// The operations of PATCH.
const OPERATIONS: [&str; 3] = ["replace", "add", "remove"];
/// The schema of a PATCH request.
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// How much of an answer is shown, in characters.
const SHOWN: usize = 12_000;
/// How many requests the page remembers.
const REMEMBERED: usize = 8;
/// The longest address, in bytes.
const MAX_PATH: usize = 8_000;

pages! {
    "/workbench" =>
        get bench, Needs::To(Permission::ReadPeople);
        post worked, Needs::To(Permission::ReadPeople);
}

/// The page with what was typed.
fn view(desk: &Desk, method: &str, path: &str, body: &str) -> Workbench {
    let known = METHODS.iter().find(|known| **known == method);
    let resource_type = resource_type(desk, path);
    let types = desk.acting().registry().resource_types().iter();
    Workbench {
        page: desk.page(Section::Workbench),
        base: format!("{}/scim/v2", desk.visit.base),
        may_write: desk.may(Permission::EditPeople),
        methods: METHODS.to_vec(),
        method: (*known.unwrap_or(&"GET")).to_owned(),
        path: path.to_owned(),
        body: body.to_owned(),
        if_match: String::new(),
        endpoints: types.map(|one| one.endpoint.clone()).collect(),
        attributes: resource_type.map_or_else(Vec::new, paths),
        operators: OPERATORS.to_vec(),
        operations: OPERATIONS.to_vec(),
        errors: Vec::new(),
        answer: None,
        past: Vec::new(),
    }
}

/// The resource type of an address, or the first one.
fn resource_type<'a>(desk: &'a Desk, path: &str) -> Option<&'a Arc<ResourceType>> {
    let registry = desk.acting().registry();
    let first = path.trim_start_matches('/').split(['/', '?']).next();
    let named = registry.at_endpoint(first.unwrap_or_default());
    named.or_else(|| registry.resource_types().first())
}

/// Where the resources of the first type are.
fn first_endpoint(desk: &Desk) -> &str {
    let mut types = desk.acting().registry().resource_types().iter();
    types.next().map_or("/", |first| first.endpoint.as_str())
}

/// Every attribute that can be asked for, with those that are parts of others.
fn definitions(resource_type: &ResourceType) -> Vec<&Arc<AttributeDef>> {
    let all = resource_type.all_attributes();
    let lines = all.flat_map(|one| std::iter::once(one).chain(&one.sub_attributes));
    lines
        .filter(|one| !one.is_hidden() && !one.is_password)
        .collect()
}

fn paths(resource_type: &Arc<ResourceType>) -> Vec<String> {
    let all = definitions(resource_type).into_iter();
    all.map(|one| one.path()).collect()
}

async fn bench(Extracted(desk): Extracted) -> Response<Body> {
    let number = desk.parameter("entry");
    let asked = (desk.parameter("method"), desk.parameter("path"));
    let log = desk
        .app()
        .log
        .store()
        .filter(|_| desk.may(Permission::ReadLog));
    let mut shown = match asked {
        ("", "") => view(
            &desk,
            "GET",
            &format!("{}?count=10", first_endpoint(&desk)),
            "",
        ),
        (method, path) => view(&desk, method, path, ""),
    };
    if let (false, Some(log)) = (number.is_empty(), log) {
        match requests::entry(&desk.app().service, log, desk.acting(), number).await {
            Ok(detail) => {
                let entry = detail.entry;
                let body = entry
                    .request_body
                    .as_deref()
                    .map(pretty)
                    .unwrap_or_default();
                shown = view(&desk, &entry.method, &requests::target(&entry), &body);
            }
            Err(error) => return desk.failed(error),
        }
    }
    desk.show(&shown)
}

/// The requests that the page remembers: method, status and address.
fn past(form: &Form) -> Vec<Past> {
    let lines = form.all("past");
    let read = |line: &String| {
        let (method, rest) = line.split_once(' ')?;
        let (status, path) = rest.split_once(' ')?;
        let is_known = METHODS.contains(&method) && path.starts_with('/');
        let status = status.parse::<u16>().ok()?;
        is_known.then(|| Past {
            method: method.to_owned(),
            status,
            path: path.to_owned(),
        })
    };
    lines.iter().filter_map(read).take(REMEMBERED).collect()
}

async fn worked(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let (path, body) = (form.text("path"), form.secret("body"));
    let mut view = view(&desk, &form.text("method"), &path, &body);
    view.if_match = form.text("if-match");
    view.past = past(&form);
    let outcome = match form.text("action").as_str() {
        "filter" => with_filter(&desk, &form, &mut view),
        "operation" => with_operation(&desk, &form, &mut view),
        "clear" => {
            view.past.clear();
            Ok(())
        }
        _ => sent(&desk, &mut view).await,
    };
    match outcome {
        Ok(()) => desk.show(&view),
        Err((field, error)) if error.kind().status() == 400 => {
            view.errors.push(FieldError {
                field: field.to_owned(),
                message: error.detail().to_owned(),
            });
            desk.show_as(StatusCode::BAD_REQUEST, &view)
        }
        Err((_, error)) => desk.failed(error),
    }
}

/// What went wrong, and in which field.
type Worked<T = ()> = std::result::Result<T, (&'static str, Error)>;

fn definition(desk: &Desk, path: &str, attribute: &str) -> Worked<Arc<AttributeDef>> {
    let known = resource_type(desk, path).map(|one| definitions(one));
    let mut known = known.unwrap_or_default().into_iter();
    let found = known.find(|one| one.path() == attribute).cloned();
    found.ok_or_else(|| {
        let error = Error::invalid_value("this resource type has no such attribute");
        ("attribute", error)
    })
}

/// A value as JSON, by the type of its attribute.
fn value(attribute: &AttributeDef, typed: &str) -> Worked<Value> {
    let wrong = |what: &str| {
        let path = attribute.path();
        (
            "value",
            Error::invalid_value(format!("{path} takes {what}")),
        )
    };
    match attribute.kind {
        Kind::Boolean => typed
            .parse::<bool>()
            .map(Value::from)
            .map_err(|_| wrong("true or false")),
        Kind::Integer | Kind::Decimal | Kind::Complex => {
            serde_json::from_str(typed).map_err(|_| wrong("JSON: a number, an object or a list"))
        }
        Kind::String | Kind::DateTime | Kind::Reference | Kind::Binary => Ok(Value::from(typed)),
    }
}

/// Puts a condition into the address's filter.
fn with_filter(desk: &Desk, form: &Form, view: &mut Workbench) -> Worked {
    let attribute = definition(desk, &view.path, &form.text("attribute"))?;
    let operator = form.text("operator");
    let Some(operator) = OPERATORS.iter().find(|known| **known == operator) else {
        return Err((
            "operator",
            Error::invalid_value("there is no such operator"),
        ));
    };
    let condition = if *operator == "pr" {
        format!("{} pr", attribute.path())
    } else {
        let value = value(&attribute, &form.text("value"))?;
        format!("{} {operator} {value}", attribute.path())
    };
    let (path, query) = view.path.split_once('?').unwrap_or((&view.path, ""));
    let mut is_there = false;
    let mut parts: Vec<String> = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        if part.starts_with("filter=") && !is_there {
            is_there = true;
            parts.push(format!("{part} and {}", escaped(&condition)));
        } else {
            parts.push(part.to_owned());
        }
    }
    if !is_there {
        parts.insert(0, format!("filter={}", escaped(&condition)));
    }
    let path = if path.is_empty() {
        first_endpoint(desk)
    } else {
        path
    };
    view.path = format!("{path}?{}", parts.join("&"));
    "GET".clone_into(&mut view.method);
    Ok(())
}

/// A condition as it stands in an address: what separates parameters is not part of it.
fn escaped(condition: &str) -> String {
    condition
        .replace('%', "%25")
        .replace('&', "%26")
        .replace('+', "%2B")
        .replace('#', "%23")
}

/// Puts an operation into the body.
fn with_operation(desk: &Desk, form: &Form, view: &mut Workbench) -> Worked {
    let attribute = definition(desk, &view.path, &form.text("patch-attribute"))?;
    let operation = form.text("operation");
    let Some(operation) = OPERATIONS.iter().find(|known| **known == operation) else {
        return Err((
            "operation",
            Error::invalid_value("there is no such operation"),
        ));
    };
    let mut added = Map::new();
    added.insert("op".to_owned(), json!(operation));
    added.insert("path".to_owned(), json!(attribute.path()));
    if *operation != "remove" {
        let value = value(&attribute, &form.text("patch-value"))
            .map_err(|(_, error)| ("patch-value", error))?;
        added.insert("value".to_owned(), value);
    }
    let present: Value = serde_json::from_str(&view.body).unwrap_or_default();
    let present = present.get("Operations").and_then(Value::as_array).cloned();
    let mut operations = present.unwrap_or_default();
    operations.push(Value::Object(added));
    view.body = format!(
        "{:#}",
        json!({"schemas": [PATCH], "Operations": operations})
    );
    "PATCH".clone_into(&mut view.method);
    Ok(())
}

/// The request, as the operator's own.
fn request(desk: &Desk, view: &Workbench, id: &str) -> Worked<Request<Body>> {
    if !view.path.starts_with('/') || view.path.len() > MAX_PATH {
        let error = Error::invalid_value("a path begins with a slash, as in /Users");
        return Err(("path", error));
    }
    let address = format!("{}{}", view.base, view.path);
    let address = utf8_percent_encode(&address, UNSAFE).to_string();
    let wrong = |_| ("path", Error::invalid_value("this is no path"));
    let uri: Uri = address.parse().map_err(wrong)?;
    let method: Method = view
        .method
        .parse()
        .map_err(|_| ("method", Error::invalid_value("there is no such method")))?;
    let has_body = matches!(view.method.as_str(), "POST" | "PUT" | "PATCH");
    let body = if has_body {
        Body::from(view.body.clone())
    } else {
        Body::empty()
    };
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    let scim = HeaderValue::from_static("application/scim+json");
    headers.insert(header::ACCEPT, scim.clone());
    headers.insert(
        header::USER_AGENT,
        HeaderValue::from_static("muster-workbench"),
    );
    if has_body {
        headers.insert(header::CONTENT_TYPE, scim);
    }
    if !view.if_match.is_empty() {
        let value = HeaderValue::from_str(&view.if_match);
        let wrong = |_| ("if-match", Error::invalid_value("this is no ETag"));
        headers.insert(header::IF_MATCH, value.map_err(wrong)?);
    }
    let extensions = request.extensions_mut();
    extensions.insert(Insider(desk.acting().caller.clone()));
    extensions.insert(RequestId(id.to_owned()));
    extensions.insert(Origin {
        address: desk.visit.address,
    });
    Ok(request)
}

/// Whether a request can change nothing.
fn is_reading(view: &Workbench) -> bool {
    let path = view.path.split('?').next().unwrap_or_default();
    view.method == "GET" || (view.method == "POST" && path.ends_with("/.search"))
}

async fn sent(desk: &Desk, view: &mut Workbench) -> Worked {
    if !is_reading(view) && !desk.may(Permission::EditPeople) {
        let error = Error::forbidden(format!(
            "your role does not allow this: you may not {}",
            Permission::EditPeople.words()
        ));
        return Err(("", error));
    }
    let id = Uuid::now_v7().to_string();
    let request = request(desk, view, &id)?;
    let uri = request.uri().to_string();
    let mut router = inside(desk.app());
    let started = Instant::now();
    let response = tower::Service::call(&mut router, request).await;
    let Ok(response) = response;
    let duration = started.elapsed();
    let answer = answered(desk, view, response, &id)
        .await
        .map_err(|error| ("", error))?;
    let has_body = matches!(view.method.as_str(), "POST" | "PUT" | "PATCH");
    let url = format!("{}{uri}", desk.app().public_url);
    let body = if has_body { view.body.as_str() } else { "" };
    let milliseconds = duration.as_micros();
    let is_kept = desk.app().log.is_on() && desk.may(Permission::ReadLog);
    view.past.insert(
        0,
        Past {
            method: view.method.clone(),
            status: answer.status,
            path: view.path.clone(),
        },
    );
    view.past.truncate(REMEMBERED);
    view.answer = Some(Answer {
        milliseconds: format!("{}.{}", milliseconds / 1_000, milliseconds % 1_000 / 100),
        curl: curl(&view.method, &url, "", body),
        log_address: is_kept.then(|| desk.page_at(&format!("/log/{}", encoded(&id)))),
        ..answer
    });
    Ok(())
}

async fn answered(
    desk: &Desk,
    view: &Workbench,
    response: Response<Body>,
    request_id: &str,
) -> Result<Answer> {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await;
    let bytes =
        bytes.map_err(|error| Error::internal("an answer could not be read").caused_by(error))?;
    let all = pretty(&String::from_utf8_lossy(&bytes));
    let (text, is_cut) = cut(&all, SHOWN);
    let header = |name: &header::HeaderName| {
        let value = parts.headers.get(name)?.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    };
    let shown = [
        header::CONTENT_TYPE,
        header::LOCATION,
        header::ETAG,
        header::RETRY_AFTER,
        header::ALLOW,
    ];
    let mut headers: Vec<(String, String)> = shown.iter().filter_map(header).collect();
    headers.push(("x-request-id".to_owned(), request_id.to_owned()));
    let last = |text: &str| {
        let path = text.split('?').next()?.trim_end_matches('/');
        Uuid::try_parse(path.rsplit('/').next()?).ok()
    };
    let location = headers.iter().find(|(name, _)| name == "location");
    let about = location
        .and_then(|(_, location)| last(location))
        .or_else(|| last(&view.path));
    let mut changed = Vec::new();
    if let (Some(id), false) = (about, is_reading(view)) {
        let service = &desk.app().service;
        for change in audit::of_request(service, desk.acting(), id, request_id).await? {
            let detail: Value = serde_json::from_str(&change.detail).unwrap_or_default();
            changed.push((change.operation, format!("{detail:#}")));
        }
    }
    Ok(Answer {
        status: parts.status.as_u16(),
        reason: parts.status.canonical_reason().unwrap_or_default(),
        is_good: parts.status.is_success(),
        bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        milliseconds: String::new(),
        text,
        is_cut,
        headers,
        curl: String::new(),
        changed,
        is_reading: is_reading(view),
        log_address: None,
    })
}
