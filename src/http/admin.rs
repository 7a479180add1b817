//! What operators do by HTTP besides the SCIM protocol, at `/admin/v1` and `/t/{tenant}/admin/v1`. JSON; errors as RFC 9457 says.
//!
//! Who comes is an operator with a session of the browser, or with an API token as `Authorization: Bearer`. What they may do is decided
//! where it is done, in `service`.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Request as Incoming, State};
use axum::http::header::{self, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{delete, get, patch, post, put};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::App;
use super::account::session_secret;
use super::body::read_whole;
use super::extract::{base_url, bearer_token, client_address, path_parts};
use super::observe::RequestId;
use super::parameters::Parameters;
use crate::auth::Role;
use crate::auth::bearer::OPERATOR_PREFIX;
use crate::error::{Error, ErrorKind, Result};
use crate::resource::timestamp;
use crate::schema::{EditedBy, SeenBy};
use crate::service::account::acting::{Acting, Request};
use crate::service::account::onboarding::{self, NewPerson, Onboarded, Onboarding};
use crate::service::account::people::{self, Switch};
use crate::service::account::sessions::{SignedIn, resume};
use crate::service::account::{Source, attributes, detach, import, operators, registration};
use crate::service::transfer;

type Answer = Result<Response<Body>, Problem>;

/// The addresses below `/admin/v1`.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/users", post(create))
        .route("/users/{id}", delete(remove))
        .route("/users/{id}/account", get(account))
        .route("/users/{id}/invite", post(invite))
        .route("/users/{id}/reset", post(reset))
        .route("/users/{id}/temporary-password", post(temporary_password))
        .route("/users/{id}/lock", post(lock))
        .route("/users/{id}/unlock", post(unlock))
        .route("/users/{id}/activate", post(activate))
        .route("/users/{id}/deactivate", post(deactivate))
        .route("/users/{id}/approve", post(approve))
        .route("/users/{id}/sessions", delete(end_sessions))
        .route("/users/{id}/assignment", put(assign))
        .route("/users/{id}/detach", post(detached))
        .route("/attributes", get(list_attributes).post(add_attribute))
        .route("/attributes/{path}", patch(set_attribute))
        .route("/deleted", get(deleted))
        .route("/deleted/{id}", delete(purge))
        .route("/imports", post(import_people))
        .route("/export", get(export_people))
        .route("/operators", get(list_operators).post(create_operator))
        .route(
            "/operators/{id}/roles/{role}",
            put(give_role).delete(take_role),
        )
        .route("/letters", get(letters))
        .route("/tokens", get(list_tokens).post(create_token))
        .route("/tokens/{id}", delete(end_token))
}

/// An error as RFC 9457 says.
pub(super) struct Problem(Error);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let error = self.0;
        let retry = error.retry_after_seconds();
        let name = ErrorKind::NAMES
            .iter()
            .find(|(kind, _)| *kind == error.kind())
            .map_or("internal", |(_, name)| *name);
        let message = error.to_message();
        let detail = message.get("detail").cloned().unwrap_or_default();
        // Logged once, as every error.
        let mut response = error.into_response();
        let status = response.status();
        let problem = json!({
            "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(),
            "code": name, "detail": detail,
        });
        *response.body_mut() = Body::from(problem.to_string());
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn answer(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn done() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// An operator at work.
pub(super) struct Desk {
    acting: Acting,
    signed_in: SignedIn,
    parameters: Parameters,
}

impl FromRequestParts<Arc<App>> for Desk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let address = client_address(&parts.extensions);
        app.admission.count_address(address)?;
        let captured = path_parts(parts, app).await?;
        let id = parts.extensions.get::<RequestId>();
        let request = Request {
            id: id.map(|id| id.0.clone()).unwrap_or_default(),
            base_url: base_url(app, captured.get("tenant")),
        };
        let token = bearer_token(&parts.headers)?;
        let cookie = session_secret(&app.public_url, &parts.headers);
        let none = || Error::unauthenticated("sign in as an operator, or send an API token");
        let secret = match &token {
            Some(token) if token.starts_with(OPERATOR_PREFIX) => token.clone(),
            Some(_) => {
                return Err(Error::invalid_token("this is no token of an operator").into());
            }
            None => cookie.ok_or_else(none)?,
        };
        let signed_in = match resume(&app.service, &secret, request).await {
            Err(error) if error.kind() == ErrorKind::InvalidToken => {
                app.admission.count_failure(address)?;
                return Err(error.into());
            }
            outcome => outcome?,
        };
        let acting = signed_in.at_work()?;
        let is_elsewhere = captured
            .get("tenant")
            .is_some_and(|tenant| *tenant != acting.caller.tenant_name);
        if is_elsewhere {
            return Err(Error::not_found("there is no such tenant for this operator").into());
        }
        Ok(Self {
            acting,
            signed_in,
            parameters: Parameters::parse(parts.uri.query().unwrap_or_default())?,
        })
    }
}

/// A JSON body; an empty one stands for an empty object.
pub(super) struct Json<T>(T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Incoming, app: &Arc<App>) -> Result<Self, Problem> {
        let media_type = request.headers().get(header::CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|text| text.split(';').next());
        let media_type = media_type.map(str::to_owned);
        let is_json = media_type.as_ref().is_none_or(|text| {
            text.trim().eq_ignore_ascii_case("application/json")
                || text.trim().eq_ignore_ascii_case("application/scim+json")
        });
        let bytes = read_whole(app, request, app.max_body_bytes).await?;
        if !is_json || (media_type.is_none() && !bytes.is_empty()) {
            let error = "the body must be sent as Content-Type: application/json";
            return Err(Error::unsupported_media_type(error).into());
        }
        let value = if bytes.is_empty() {
            json!({})
        } else {
            crate::json::parse(&bytes)?
        };
        let read = serde_json::from_value(value);
        read.map(Self).map_err(|error| {
            Error::invalid_syntax(format!("the body is not right: {error}")).into()
        })
    }
}

/// A person's id in the address.
fn id_of(text: &str) -> Result<Uuid> {
    Uuid::try_parse(text)
        .ok()
        .filter(|id| id.to_string() == text)
        .ok_or_else(|| Error::not_found("there is nobody with this id"))
}

type At = Path<std::collections::HashMap<String, String>>;

fn person(at: &At) -> Result<Uuid> {
    id_of(at.get("id").map_or("", String::as_str))
}

/// How a new person comes to a password.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Way {
    #[default]
    Invite,
    Link,
    TemporaryPassword,
    None,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct New {
    /// A SCIM user.
    user: Value,
    #[serde(default)]
    onboarding: Way,
    /// A temporary password, where operators may choose one.
    password: Option<String>,
    #[serde(default)]
    groups: Vec<Uuid>,
    /// Of an operator.
    role: Option<String>,
}

impl New {
    fn onboarding(&self) -> Onboarding {
        match self.onboarding {
            Way::Invite => Onboarding::Invite,
            Way::Link => Onboarding::InviteOffline,
            Way::TemporaryPassword => Onboarding::TemporaryPassword(self.password.clone()),
            Way::None => Onboarding::None,
        }
    }
}

/// What an operator is shown once.
fn told(app: &App, desk: &Desk, onboarded: &Onboarded, page: &str) -> Value {
    let tenant = &desk.acting.caller.tenant_name;
    let link = onboarded.link.as_ref().map(|link| {
        json!({
            "url": format!("{}/t/{tenant}/{page}/{}", app.public_url, link.secret),
            "expires": timestamp(link.expires),
        })
    });
    let password = onboarded
        .password
        .as_ref()
        .map(|(password, expires)| json!({"password": password, "expires": timestamp(*expires)}));
    json!({
        "id": onboarded.id, "letterTo": onboarded.address, "link": link, "temporaryPassword": password,
    })
}

async fn create(State(app): State<Arc<App>>, desk: Desk, Json(new): Json<New>) -> Answer {
    let person = NewPerson {
        onboarding: new.onboarding(),
        body: new.user,
        groups: new.groups,
        source: Source::Admin,
        password_hash: None,
    };
    let created = onboarding::create(&app.service, &desk.acting, &person).await?;
    let body = told(&app, &desk, &created, "invite");
    Ok(answer(StatusCode::CREATED, &body))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Sending {
    /// The link is answered instead of sent.
    offline: bool,
    /// The old password is refused at once.
    block: bool,
}

async fn invite(
    State(app): State<Arc<App>>,
    desk: Desk,
    at: At,
    Json(how): Json<Sending>,
) -> Answer {
    let id = person(&at)?;
    let invited = onboarding::invite(&app.service, &desk.acting, id, how.offline).await?;
    Ok(answer(
        StatusCode::OK,
        &told(&app, &desk, &invited, "invite"),
    ))
}

async fn reset(
    State(app): State<Arc<App>>,
    desk: Desk,
    at: At,
    Json(how): Json<Sending>,
) -> Answer {
    let id = person(&at)?;
    let (offline, block) = (how.offline, how.block);
    let sent = people::reset(&app.service, &desk.acting, id, offline, block).await?;
    let onboarded = Onboarded {
        id,
        address: sent.0,
        link: sent.1,
        password: None,
    };
    Ok(answer(
        StatusCode::OK,
        &told(&app, &desk, &onboarded, "reset"),
    ))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Temporary {
    password: Option<String>,
}

async fn temporary_password(
    State(app): State<Arc<App>>,
    desk: Desk,
    at: At,
    Json(given): Json<Temporary>,
) -> Answer {
    let id = person(&at)?;
    let typed = given.password.as_deref();
    let set = onboarding::set_temporary_password(&app.service, &desk.acting, id, typed).await?;
    Ok(answer(StatusCode::OK, &told(&app, &desk, &set, "invite")))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Reason {
    reason: Option<String>,
}

async fn switched(app: &App, desk: &Desk, at: &At, to: Switch) -> Answer {
    people::switch(&app.service, &desk.acting, person(at)?, &to).await?;
    Ok(done())
}

async fn lock(State(app): State<Arc<App>>, desk: Desk, at: At, Json(why): Json<Reason>) -> Answer {
    switched(&app, &desk, &at, Switch::Lock(why.reason)).await
}

async fn unlock(State(app): State<Arc<App>>, desk: Desk, at: At) -> Answer {
    switched(&app, &desk, &at, Switch::Unlock).await
}

async fn activate(State(app): State<Arc<App>>, desk: Desk, at: At) -> Answer {
    switched(&app, &desk, &at, Switch::Activate).await
}

async fn deactivate(State(app): State<Arc<App>>, desk: Desk, at: At) -> Answer {
    switched(&app, &desk, &at, Switch::Deactivate).await
}

async fn approve(State(app): State<Arc<App>>, desk: Desk, at: At) -> Answer {
    registration::approve(&app.service, &desk.acting, person(&at)?).await?;
    Ok(done())
}

async fn remove(State(app): State<Arc<App>>, desk: Desk, at: At) -> Answer {
    people::remove(&app.service, &desk.acting, person(&at)?).await?;
    Ok(done())
}

async fn account(State(app): State<Arc<App>>, desk: Desk, at: At) -> Answer {
    let facts = people::facts(&app.service, &desk.acting, person(&at)?).await?;
    let time = |at: Option<i64>| at.map(timestamp);
    let known = &facts.credential;
    let body = json!({
        "hasPassword": facts.has_password,
        "passwordChanged": time(known.password_changed),
        "passwordExpires": time(known.password_expires),
        "failures": known.failures,
        "lockedUntil": time(known.locked_until),
        "verifiedAddress": known.verified_address,
        "lastSignIn": time(known.last_sign_in),
        "connection": facts.connection,
        "secondFactor": time(facts.second_factor),
        "sessions": facts.sessions.iter().map(session).collect::<Vec<_>>(),
    });
    Ok(answer(StatusCode::OK, &body))
}

fn session(session: &crate::store::sessions::Session) -> Value {
    json!({
        "id": session.id, "name": session.name, "created": timestamp(session.created),
        "lastUsed": timestamp(session.last_used), "expires": timestamp(session.expires),
        "address": session.address, "agent": session.agent,
    })
}

async fn end_sessions(State(app): State<Arc<App>>, desk: Desk, at: At) -> Answer {
    let ended = people::end_sessions(&app.service, &desk.acting, person(&at)?).await?;
    Ok(answer(StatusCode::OK, &json!({"ended": ended})))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Assignment {
    operator: Option<Uuid>,
    /// Also when another operator has the customer.
    #[serde(default, rename = "move")]
    is_moved: bool,
}

async fn assign(
    State(app): State<Arc<App>>,
    desk: Desk,
    at: At,
    Json(to): Json<Assignment>,
) -> Answer {
    let id = person(&at)?;
    people::assign(&app.service, &desk.acting, id, to.operator, to.is_moved).await?;
    Ok(done())
}

async fn detached(State(app): State<Arc<App>>, desk: Desk, at: At) -> Answer {
    detach(&app.service, &desk.acting, person(&at)?).await?;
    Ok(done())
}

async fn list_attributes(desk: Desk) -> Answer {
    let found = attributes::list(&desk.acting)?;
    let rows: Vec<Value> = found
        .iter()
        .map(|one| {
            json!({
                "path": one.attribute.path(), "type": one.attribute.kind.name(), "multiValued": one.attribute.multi_valued,
                "required": one.attribute.required, "labels": one.labels, "seenBy": one.seen_by,
                "editedBy": one.edited_by, "order": one.order,
            })
        })
        .collect();
    Ok(answer(StatusCode::OK, &json!({"attributes": rows})))
}

async fn add_attribute(
    State(app): State<Arc<App>>,
    desk: Desk,
    Json(definition): Json<Value>,
) -> Answer {
    let path = attributes::add(&app.service, &desk.acting, definition).await?;
    Ok(answer(StatusCode::CREATED, &json!({"path": path})))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct AttributeChange {
    labels: std::collections::BTreeMap<String, String>,
    seen_by: Option<SeenBy>,
    edited_by: Option<EditedBy>,
    order: Option<i32>,
}

async fn set_attribute(
    State(app): State<Arc<App>>,
    desk: Desk,
    at: At,
    Json(change): Json<AttributeChange>,
) -> Answer {
    let path = at.get("path").map_or("", String::as_str);
    let change = attributes::Change {
        labels: change.labels,
        seen_by: change.seen_by,
        edited_by: change.edited_by,
        order: change.order,
    };
    attributes::set(&app.service, &desk.acting, path, &change).await?;
    Ok(done())
}

/// A number in the query.
fn number(desk: &Desk, name: &str, default: i64, range: (i64, i64)) -> Result<i64> {
    let Some(text) = desk.parameters.get(name) else {
        return Ok(default);
    };
    let number = text.parse::<i64>().ok();
    let number = number.filter(|number| (range.0..=range.1).contains(number));
    number.ok_or_else(|| {
        Error::invalid_value(format!(
            "{name} must be a whole number from {} to {}",
            range.0, range.1
        ))
    })
}

async fn deleted(State(app): State<Arc<App>>, desk: Desk) -> Answer {
    let start = number(&desk, "startIndex", 1, (1, 1_000_000))?;
    let count = number(&desk, "count", 100, (0, 1_000))?;
    let found = people::deleted(&app.service, &desk.acting, start - 1, count).await?;
    let rows: Vec<Value> = found
        .into_iter()
        .map(|one| {
            json!({
                "id": one.id, "user": one.username, "name": one.display_name, "kind": one.kind,
                "state": "deleted", "by": one.actor, "at": timestamp(one.deleted),
            })
        })
        .collect();
    Ok(answer(StatusCode::OK, &json!({"deleted": rows})))
}

async fn purge(State(app): State<Arc<App>>, desk: Desk, at: At) -> Answer {
    people::purge(&app.service, &desk.acting, person(&at)?).await?;
    Ok(done())
}

async fn import_people(State(app): State<Arc<App>>, desk: Desk, request: Incoming) -> Answer {
    let is_rehearsal = desk.parameters.get("dryRun") == Some("true");
    let onboarding = match desk.parameters.get("onboarding") {
        None | Some("invite") => Onboarding::Invite,
        Some("link") => Onboarding::InviteOffline,
        Some("temporaryPassword") => Onboarding::TemporaryPassword(None),
        Some("none") => Onboarding::None,
        Some(_) => {
            let error = "onboarding must be one of: invite, link, temporaryPassword, none";
            return Err(Error::invalid_value(error).into());
        }
    };
    let bytes = read_whole(&app, request, transfer::MAX_BYTES).await?;
    let report = import::import(
        &app.service,
        &desk.acting,
        &bytes,
        &onboarding,
        is_rehearsal,
        |_, _| {},
    );
    let mut report = report.await?;
    if onboarding == Onboarding::InviteOffline {
        let tenant = &desk.acting.caller.tenant_name;
        for row in &mut report.rows {
            let secret = row.secret.take();
            row.secret =
                secret.map(|secret| format!("{}/t/{tenant}/invite/{secret}", app.public_url));
        }
    }
    let body = serde_json::to_value(&report)
        .map_err(|error| Error::internal("a report cannot be written").caused_by(error))?;
    Ok(answer(StatusCode::OK, &body))
}

async fn export_people(State(app): State<Arc<App>>, desk: Desk) -> Answer {
    let sheet = import::export(&app.service, &desk.acting).await?;
    let mut response = Response::new(Body::from(sheet));
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"users.csv\"",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

async fn list_operators(State(app): State<Arc<App>>, desk: Desk) -> Answer {
    let found = operators::list(&app.service, &desk.acting).await?;
    let rows: Vec<Value> = found
        .into_iter()
        .map(|(person, roles)| {
            json!({"id": person.stored.id, "document": person.document, "roles": roles})
        })
        .collect();
    Ok(answer(StatusCode::OK, &json!({"operators": rows})))
}

fn role(name: Option<&str>) -> Result<Role> {
    let names = Role::ALL.map(|(_, name)| name).join(", ");
    name.and_then(Role::named)
        .ok_or_else(|| Error::invalid_value(format!("role must be one of: {names}")))
}

async fn create_operator(State(app): State<Arc<App>>, desk: Desk, Json(new): Json<New>) -> Answer {
    let role = role(new.role.as_deref())?;
    let way = new.onboarding();
    let created = operators::create(&app.service, &desk.acting, new.user, role, way).await?;
    let body = told(&app, &desk, &created, "invite");
    Ok(answer(StatusCode::CREATED, &body))
}

async fn set_role(app: &App, desk: &Desk, at: &At, is_given: bool) -> Answer {
    let id = person(at)?;
    let role = role(at.get("role").map(String::as_str))?;
    operators::set_role(&app.service, &desk.acting, id, role, is_given).await?;
    Ok(done())
}

async fn give_role(State(app): State<Arc<App>>, desk: Desk, at: At) -> Answer {
    set_role(&app, &desk, &at, true).await
}

async fn take_role(State(app): State<Arc<App>>, desk: Desk, at: At) -> Answer {
    set_role(&app, &desk, &at, false).await
}

async fn letters(State(app): State<Arc<App>>, desk: Desk) -> Answer {
    let count = number(&desk, "count", 100, (1, 1_000))?;
    let found = people::letters(&app.service, &desk.acting, count).await?;
    let rows: Vec<Value> = found
        .into_iter()
        .map(|letter| {
            json!({
                "kind": letter.kind, "to": letter.address, "created": timestamp(letter.created),
                "attempts": letter.attempts, "failure": letter.failure, "isSent": letter.is_sent,
                "ended": letter.ended.map(timestamp),
            })
        })
        .collect();
    Ok(answer(StatusCode::OK, &json!({"letters": rows})))
}

async fn list_tokens(State(app): State<Arc<App>>, desk: Desk) -> Answer {
    let found = desk.signed_in.sessions(&app.service).await?;
    let tokens = found.iter().filter(|one| one.name.is_some()).map(session);
    let tokens: Vec<Value> = tokens.collect();
    Ok(answer(StatusCode::OK, &json!({"tokens": tokens})))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewToken {
    name: String,
    /// How long it is good for.
    days: Option<u16>,
    /// The operator's password, once more.
    password: String,
}

async fn create_token(
    State(app): State<Arc<App>>,
    desk: Desk,
    Json(new): Json<NewToken>,
) -> Answer {
    if desk.signed_in.is_token {
        return Err(Error::forbidden("a token cannot make another one; sign in").into());
    }
    let days = i64::from(new.days.unwrap_or(90));
    let made = desk
        .signed_in
        .make_token(&app.service, &new.name, days, &new.password)
        .await?;
    let body = json!({"id": made.0, "token": made.1, "expires": timestamp(made.2)});
    Ok(answer(StatusCode::CREATED, &body))
}

async fn end_token(State(app): State<Arc<App>>, desk: Desk, at: At) -> Answer {
    use crate::service::account::sessions::Which;
    let id = at.get("id").map_or("", String::as_str);
    desk.signed_in.end(&app.service, Which::One(id)).await?;
    Ok(done())
}
