//! A visit to a page: which tenant, in which language, with which cookies.

use std::convert::Infallible;
use std::fmt::Write;
use std::net::IpAddr;
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode};
use axum::response::IntoResponse;

use super::super::App;
use super::super::extract::{base_url, client_address, path_parts};
use super::super::observe::RequestId;
use super::super::parameters::Parameters;
use super::views::{ErrorPage, Page};
use crate::auth::TenantFacts;
use crate::auth::tenant_settings::{AccountSettings, TenantSettings};
use crate::error::{Error, ErrorKind, Result};
use crate::language::Language;
use crate::service::account::acting::Request;
use crate::service::account::sessions::{From as Place, SignedIn, resume};
use crate::service::admin::get_tenant;

/// The tenant whose pages are at the root.
const DEFAULT_TENANT: &str = "default";
/// Where one has to be signed in.
const AREAS: [&str; 2] = ["/account", "/console"];
/// What is said to whoever comes with a session that has ended, whatever has ended it.
pub(in crate::http) const SIGNED_OUT: &str = "account-notice-sign-in-again";
/// The cookie of the language that was chosen.
const LANGUAGE_COOKIE: &str = "muster-language";
/// How long a language that was chosen is remembered, in seconds: a year.
const LANGUAGE_LIFE: i64 = 31_536_000;
/// How long a link that was followed is remembered, in seconds.
const LINK_LIFE: i64 = 900;

/// A visit.
pub(in crate::http) struct Visit {
    pub(in crate::http) app: Arc<App>,
    pub(in crate::http) tenant: TenantFacts,
    pub(in crate::http) settings: AccountSettings,
    /// What stands before the address of every page.
    pub(in crate::http) base: String,
    pub(in crate::http) language: Language,
    /// The captured part of the address that is a link's secret.
    pub(in crate::http) secret: Option<String>,
    pub(in crate::http) address: Option<IpAddr>,
    agent: Option<String>,
    cookies: Vec<(String, String)>,
    query: Parameters,
    pub(in crate::http) path: String,
    request: Request,
    is_secure: bool,
    chosen_language: Option<Language>,
}

/// What is answered instead of a page, until [`finished`] has made a page of it.
#[derive(Debug, Clone)]
pub(in crate::http) struct Refused {
    error: Arc<Error>,
    /// The message that is shown instead of what the status says.
    advice: Option<&'static str>,
}

impl Refused {
    /// A form that another site has made the browser send.
    pub(in crate::http) fn foreign() -> Self {
        Self {
            advice: Some("account-error-advice-foreign"),
            ..Self::from(Error::forbidden("this form was sent from another site"))
        }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self {
            error: Arc::new(error),
            advice: None,
        }
    }
}

impl From<Infallible> for Refused {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}

/// The answer as it is sent: where something was refused, a page that says so, in the person's language.
pub(in crate::http) async fn finished(
    app: &Arc<App>,
    parts: &Parts,
    mut response: Response<Body>,
) -> Response<Body> {
    match response.extensions_mut().remove::<Refused>() {
        Some(refused) => trouble(app, parts, &refused, "/account").await,
        None => response,
    }
}

/// A page that says that there is nothing at this address; for those who ask for a tenant, the way to its pages.
pub(in crate::http) async fn nothing_here(
    app: &Arc<App>,
    parts: &Parts,
    error: Error,
) -> Response<Body> {
    let path = parts.uri.path();
    let (tenant, page) = split(path);
    let is_entrance = tenant.is_some() && matches!(page, "" | "/");
    if is_entrance
        && parts.method == Method::GET
        && let Ok(visit) = Visit::of_address(app, parts).await
    {
        return visit.go("/account");
    }
    trouble(app, parts, &Refused::from(error), page).await
}

/// A page that says that something did not work; `path`: the page of the tenant that is shown in another language.
async fn trouble(app: &Arc<App>, parts: &Parts, refused: &Refused, path: &str) -> Response<Body> {
    let error = &*refused.error;
    if error.is_ours() {
        tracing::error!(%error, "a page failed");
    } else {
        tracing::debug!(%error, "a page was refused");
    }
    let status = error.kind().status();
    let visit = match status {
        // A flood must cost next to nothing: not even the tenant is looked up.
        503 => None,
        _ => Visit::of_address(app, parts).await.ok(),
    };
    let page = match &visit {
        // Where too much is going on, or nothing works, nobody is looked up.
        Some(visit) if matches!(status, 429 | 500..) => visit.page(path),
        Some(visit) => match visit.signed_in().await {
            Ok(signed_in) => visit.own_page(&signed_in, path),
            Err(_) => visit.page(path),
        },
        None => Page {
            language: Tongue::of(parts).language,
            organization: "Muster".to_owned(),
            base: String::new(),
            signed_in: None,
            notice: None,
            path: parts.uri.path().to_owned(),
        },
    };
    let view = ErrorPage {
        status,
        message: refused.advice.map(|id| page.language.text(id)),
        page,
        request_id: request_id(parts),
        retry_after: error.retry_after_seconds(),
    };
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match &visit {
        Some(visit) => visit.show_as(code, &view),
        None => html(code, view.render()),
    };
    if let Some(seconds) = error.retry_after_seconds() {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Whether somebody in front of a browser asks for a page, and no program for what programs are told.
pub(in crate::http) fn is_for_people(parts: &Parts) -> bool {
    let mut accepted = parts.headers.get_all(header::ACCEPT).iter();
    let takes_pages = accepted.any(|line| {
        let ranges = line.to_str().unwrap_or_default().split(',');
        let mut types = ranges.filter_map(|range| range.split(';').next());
        types.any(|media_type| media_type.trim().eq_ignore_ascii_case("text/html"))
    });
    takes_pages && !is_programs(parts.uri.path())
}

/// Whether programs alone have business at an address.
pub(in crate::http) fn is_programs(path: &str) -> bool {
    const FIRST: &[&str] = &["scim", "api", "admin", "oauth", ".well-known"];
    let (_, page) = split(path);
    let first = page.split('/').nth(1).unwrap_or_default();
    FIRST.contains(&first)
}

/// The tenant that an address names, and the address of the page in it.
fn split(path: &str) -> (Option<&str>, &str) {
    let Some(rest) = path.strip_prefix("/t/") else {
        return (None, path);
    };
    let end = rest.find('/').unwrap_or(rest.len());
    let (name, page) = rest.split_at(end);
    (Some(name), page)
}

fn request_id(parts: &Parts) -> String {
    let id = parts.extensions.get::<RequestId>();
    id.map(|id| id.0.clone()).unwrap_or_default()
}

/// The language of a visit, before it is known who comes.
#[derive(Debug, Clone, Copy)]
struct Tongue {
    language: Language,
    /// Chosen just now.
    chosen: Option<Language>,
}

impl Tongue {
    fn of(parts: &Parts) -> Self {
        let query = Parameters::parse(parts.uri.query().unwrap_or_default()).unwrap_or_default();
        let chosen = query.get("lang").and_then(Language::tagged);
        let cookies = cookies(&parts.headers);
        let remembered = cookies.iter().find(|(name, _)| name == LANGUAGE_COOKIE);
        let remembered = remembered.and_then(|(_, tag)| Language::tagged(tag));
        let accepted = text(&parts.headers, &header::ACCEPT_LANGUAGE).unwrap_or_default();
        let language = chosen
            .or(remembered)
            .unwrap_or_else(|| Language::negotiate(&[accepted]));
        Self { language, chosen }
    }
}

pub(in crate::http) fn html(
    status: StatusCode,
    rendered: askama::Result<String>,
) -> Response<Body> {
    match rendered {
        Ok(text) => {
            let mut response = Response::new(Body::from(text));
            *response.status_mut() = status;
            let media_type = HeaderValue::from_static("text/html; charset=utf-8");
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, media_type);
            response
        }
        Err(error) => Error::internal("a page could not be written")
            .caused_by(error.to_string())
            .into_response(),
    }
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        let captured = path_parts(parts, app).await?;
        let tenant = captured.get("tenant").map(String::as_str);
        // What is not well-formed is refused here, and read as nothing where only the page for errors needs it.
        Parameters::parse(parts.uri.query().unwrap_or_default())?;
        let mut visit = Self::at_tenant(app, parts, tenant).await?;
        visit.secret = captured.get("secret").cloned();
        Ok(visit)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    let lines = headers.get_all(header::COOKIE).iter();
    let parts = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    parts
        .filter_map(|part| part.trim().split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The secret of the session that a browser shows.
pub(in crate::http) fn session_secret(public_url: &str, headers: &HeaderMap) -> Option<String> {
    let name = session_cookie(public_url.starts_with("https://"));
    let mut cookies = cookies(headers).into_iter();
    cookies
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
}

fn session_cookie(is_secure: bool) -> &'static str {
    if is_secure { "__Host-muster" } else { "muster" }
}

impl Visit {
    /// A visit to an address that may be none of ours.
    async fn of_address(app: &Arc<App>, parts: &Parts) -> Result<Self> {
        let (tenant, _) = split(parts.uri.path());
        Self::at_tenant(app, parts, tenant).await
    }

    async fn at_tenant(app: &Arc<App>, parts: &Parts, named: Option<&str>) -> Result<Self> {
        let tenant = get_tenant(&app.service, named.unwrap_or(DEFAULT_TENANT)).await?;
        let Tongue { language, chosen } = Tongue::of(parts);
        let named = named.map(str::to_owned);
        Ok(Self {
            app: Arc::clone(app),
            settings: TenantSettings::of(&tenant.settings)?.accounts,
            tenant: TenantFacts {
                key: tenant.key,
                name: tenant.name,
                schema_version: tenant.schema_version,
            },
            language,
            secret: None,
            address: client_address(&parts.extensions),
            agent: text(&parts.headers, &header::USER_AGENT).map(str::to_owned),
            cookies: cookies(&parts.headers),
            query: Parameters::parse(parts.uri.query().unwrap_or_default()).unwrap_or_default(),
            path: parts.uri.path().to_owned(),
            request: Request {
                id: request_id(parts),
                base_url: base_url(app, named.as_ref()),
            },
            is_secure: app.public_url.starts_with("https://"),
            chosen_language: chosen,
            base: named.map_or_else(String::new, |name| format!("/t/{name}")),
        })
    }

    /// Who does what follows, for the history.
    pub(in crate::http) fn request(&self) -> Request {
        self.request.clone()
    }

    /// Where a session begins.
    pub(in crate::http) fn place(&self) -> Place<'_> {
        Place {
            address: self.address,
            agent: self.agent.as_deref(),
        }
    }

    /// The value of a parameter of the address.
    pub(in crate::http) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name)
    }

    /// The address's query, without the language and what has been done.
    pub(in crate::http) fn query_text(&self) -> String {
        self.query.without(&["lang", "notice"])
    }

    /// The address of a page of this tenant.
    pub(in crate::http) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// What all pages have in common; `path`: the page that shows this again.
    pub(in crate::http) fn page(&self, path: &str) -> Page {
        let title = self.settings.title.as_str();
        let organization = if title.is_empty() {
            self.tenant.name.as_str()
        } else {
            title
        };
        Page {
            language: self.language,
            organization: organization.to_owned(),
            base: self.base.clone(),
            signed_in: None,
            notice: self.parameter("notice").map(str::to_owned),
            path: self.at(path),
        }
    }

    /// A page for somebody who has signed in.
    pub(in crate::http) fn own_page(&self, signed_in: &SignedIn, path: &str) -> Page {
        let mut page = self.page(path);
        page.signed_in = Some(signed_in.name());
        if self.chosen_language.is_none() && self.cookie(LANGUAGE_COOKIE).is_none() {
            page.language = signed_in.language().unwrap_or(self.language);
        }
        page
    }

    /// Answers with a page.
    pub(in crate::http) fn show(&self, view: &impl Template) -> Response<Body> {
        self.show_as(StatusCode::OK, view)
    }

    /// Answers with a page of that status.
    pub(in crate::http) fn show_as(
        &self,
        status: StatusCode,
        view: &impl Template,
    ) -> Response<Body> {
        let mut response = html(status, view.render());
        self.remember_language(&mut response);
        response
    }

    pub(in crate::http) fn remember_language(&self, response: &mut Response<Body>) {
        if let Some(language) = self.chosen_language {
            let life = Some(LANGUAGE_LIFE);
            self.set_cookie(response, LANGUAGE_COOKIE, language.tag(), life);
        }
    }

    /// Sends the visitor to another page of this tenant.
    pub(in crate::http) fn go(&self, path: &str) -> Response<Body> {
        self.redirect(&self.at(path))
    }

    /// The language goes along: the address may be another page's.
    fn redirect(&self, address: &str) -> Response<Body> {
        let mut response = redirect(address);
        self.remember_language(&mut response);
        response
    }

    /// A page that says that something did not work; for whoever has not signed in, the page for that.
    pub(in crate::http) fn failed(&self, error: Error) -> Response<Body> {
        match error.kind() {
            ErrorKind::Unauthenticated => self.redirect(&self.way_in()),
            ErrorKind::InvalidToken => {
                let mut address = self.way_in();
                let joint = if address.contains('?') { '&' } else { '?' };
                _ = write!(address, "{joint}notice={SIGNED_OUT}");
                let mut response = self.redirect(&address);
                self.forget_session(&mut response);
                response
            }
            _ => Refused::from(error).into_response(),
        }
    }

    /// The page to sign in on, and back afterwards.
    fn way_in(&self) -> String {
        let mut address = self.at("/sign-in");
        let is_own = AREAS
            .iter()
            .any(|area| self.path.starts_with(&self.at(area)));
        if is_own {
            _ = write!(address, "?next={}", self.path);
        }
        address
    }

    /// Where to go after signing in: a page of this tenant, and nothing else.
    pub(in crate::http) fn next(&self, asked: &str) -> String {
        let is_ours = AREAS.iter().any(|area| {
            let area = self.at(area);
            asked == area || asked.starts_with(&format!("{area}/"))
        });
        let is_plain = asked
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte));
        let leads_away = asked
            .split('/')
            .skip(1)
            .any(|part| matches!(part, "" | "." | ".."));
        if is_ours && is_plain && !leads_away {
            asked.to_owned()
        } else {
            self.at("/account")
        }
    }

    /// Who has signed in, to this tenant.
    ///
    /// # Errors
    /// 401: [`ErrorKind::InvalidToken`] for a session that has ended.
    pub(in crate::http) async fn signed_in(&self) -> Result<SignedIn> {
        let none = || Error::unauthenticated("nobody has signed in here");
        let secret = self.session_secret().ok_or_else(none)?;
        let signed_in = resume(&self.app.service, secret, self.request()).await?;
        if signed_in.acting.caller.tenant != self.tenant.key {
            return Err(none());
        }
        Ok(signed_in)
    }

    pub(in crate::http) fn cookie(&self, name: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn session_cookie(&self) -> &'static str {
        session_cookie(self.is_secure)
    }

    fn link_cookie(&self) -> &'static str {
        if self.is_secure {
            "__Host-muster-link"
        } else {
            "muster-link"
        }
    }

    fn session_secret(&self) -> Option<&str> {
        self.cookie(self.session_cookie())
    }

    /// The secret of the link that was followed to a page for that purpose.
    pub(in crate::http) fn followed(&self, purpose: &str) -> Option<&str> {
        let value = self.cookie(self.link_cookie())?;
        let (known, secret) = value.split_once('.')?;
        (known == purpose).then_some(secret)
    }

    /// Remembers the session in the browser.
    pub(in crate::http) fn remember_session(&self, response: &mut Response<Body>, secret: &str) {
        let life = self.settings.session_time / 1_000_000;
        self.set_cookie(response, self.session_cookie(), secret, Some(life));
    }

    /// Makes the browser forget the session.
    pub(in crate::http) fn forget_session(&self, response: &mut Response<Body>) {
        self.set_cookie(response, self.session_cookie(), "", Some(0));
    }

    /// Remembers a link that was followed: its secret is to vanish from the address.
    pub(in crate::http) fn remember_link(
        &self,
        response: &mut Response<Body>,
        purpose: &str,
        secret: &str,
    ) {
        let is_plain = secret.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_plain && secret.len() <= 128 {
            let value = format!("{purpose}.{secret}");
            self.set_cookie(response, self.link_cookie(), &value, Some(LINK_LIFE));
        }
    }

    /// Makes the browser forget the link.
    pub(in crate::http) fn forget_link(&self, response: &mut Response<Body>) {
        self.set_cookie(response, self.link_cookie(), "", Some(0));
    }

    pub(in crate::http) fn set_cookie(
        &self,
        response: &mut Response<Body>,
        name: &str,
        value: &str,
        life: Option<i64>,
    ) {
        let mut cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax");
        if let Some(life) = life {
            _ = write!(cookie, "; Max-Age={life}");
        }
        if self.is_secure {
            cookie.push_str("; Secure");
        }
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
}

/// Sends the visitor elsewhere, to be asked for by GET.
fn redirect(address: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    response
}
