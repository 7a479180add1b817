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
use axum::http::{Response, StatusCode};
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
/// How long a language that was chosen is remembered, in seconds: a year.
const LANGUAGE_LIFE: i64 = 31_536_000;
/// How long a link that was followed is remembered, in seconds.
const LINK_LIFE: i64 = 900;

/// A visit.
pub(super) struct Visit {
    pub(super) app: Arc<App>,
    pub(super) tenant: TenantFacts,
    pub(super) settings: AccountSettings,
    /// What stands before the address of every page.
    pub(super) base: String,
    pub(super) language: Language,
    /// The captured part of the address that is a link's secret.
    pub(super) secret: Option<String>,
    pub(super) address: Option<IpAddr>,
    agent: Option<String>,
    cookies: Vec<(String, String)>,
    query: Parameters,
    path: String,
    request: Request,
    is_secure: bool,
    chosen_language: Option<Language>,
}

/// What is answered instead of a page.
pub(super) struct Refused(Error);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Infallible> for Refused {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response<Body> {
        let page = Page {
            language: Language::English,
            organization: "Muster".to_owned(),
            base: String::new(),
            signed_in: None,
            notice: None,
            path: "/account".to_owned(),
        };
        failed(page, &self.0, String::new())
    }
}

/// A page that says that something did not work.
fn failed(page: Page, error: &Error, request_id: String) -> Response<Body> {
    if error.is_ours() {
        tracing::error!(%error, "a page failed");
    }
    let status = error.kind().status();
    let message = if error.is_ours() || page.language != Language::English {
        String::new()
    } else {
        error.detail().to_owned()
    };
    let view = ErrorPage {
        page,
        status,
        message,
        request_id,
        retry_after: error.retry_after_seconds(),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = html(status, view.render());
    if let Some(seconds) = error.retry_after_seconds() {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn html(status: StatusCode, rendered: askama::Result<String>) -> Response<Body> {
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
        let named = captured.get("tenant");
        let name = named.map_or(DEFAULT_TENANT, String::as_str);
        let tenant = get_tenant(&app.service, name).await?;
        let base = named.map_or_else(String::new, |name| format!("/t/{name}"));
        let cookies = cookies(&parts.headers);
        let query = Parameters::parse(parts.uri.query().unwrap_or_default())?;
        let chosen_language = query.get("lang").and_then(Language::tagged);
        let remembered = cookies.iter().find(|(name, _)| name == "muster-language");
        let remembered = remembered.and_then(|(_, tag)| Language::tagged(tag));
        let accepted = text(&parts.headers, &header::ACCEPT_LANGUAGE).unwrap_or_default();
        let language = chosen_language
            .or(remembered)
            .unwrap_or_else(|| Language::negotiate(&[accepted]));
        let id = parts.extensions.get::<RequestId>();
        Ok(Self {
            app: Arc::clone(app),
            settings: TenantSettings::of(&tenant.settings)?.accounts,
            tenant: TenantFacts {
                key: tenant.key,
                name: tenant.name,
                schema_version: tenant.schema_version,
            },
            language,
            secret: captured.get("secret").cloned(),
            address: client_address(&parts.extensions),
            agent: text(&parts.headers, &header::USER_AGENT).map(str::to_owned),
            cookies,
            query,
            path: parts.uri.path().to_owned(),
            request: Request {
                id: id.map(|id| id.0.clone()).unwrap_or_default(),
                base_url: base_url(app, named),
            },
            is_secure: app.public_url.starts_with("https://"),
            chosen_language,
            base,
        })
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
    /// Who does what follows, for the history.
    pub(super) fn request(&self) -> Request {
        self.request.clone()
    }

    /// Where a session begins.
    pub(super) fn place(&self) -> Place<'_> {
        Place {
            address: self.address,
            agent: self.agent.as_deref(),
        }
    }

    /// The value of a parameter of the address.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name)
    }

    /// The address of a page of this tenant.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// What all pages have in common; `path`: the page that shows this again.
    pub(super) fn page(&self, path: &str) -> Page {
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
    pub(super) fn own_page(&self, signed_in: &SignedIn, path: &str) -> Page {
        let mut page = self.page(path);
        page.signed_in = Some(signed_in.name());
        if self.chosen_language.is_none() && self.cookie("muster-language").is_none() {
            page.language = signed_in.language().unwrap_or(self.language);
        }
        page
    }

    /// Answers with a page.
    pub(super) fn show(&self, view: &impl Template) -> Response<Body> {
        self.show_as(StatusCode::OK, view)
    }

    /// Answers with a page of that status.
    pub(super) fn show_as(&self, status: StatusCode, view: &impl Template) -> Response<Body> {
        let mut response = html(status, view.render());
        if let Some(language) = self.chosen_language {
            let life = Some(LANGUAGE_LIFE);
            self.set_cookie(&mut response, "muster-language", language.tag(), life);
        }
        response
    }

    /// Sends the visitor to another page of this tenant.
    pub(super) fn go(&self, path: &str) -> Response<Body> {
        redirect(&self.at(path))
    }

    /// A page that says that something did not work.
    pub(super) fn failed(&self, error: &Error) -> Response<Body> {
        if error.kind() == ErrorKind::InvalidToken {
            return self.to_sign_in();
        }
        failed(self.page("/account"), error, self.request.id.clone())
    }

    /// Sends whoever has not signed in to the page for that, and back afterwards.
    pub(super) fn to_sign_in(&self) -> Response<Body> {
        let mut address = self.at("/sign-in");
        if self.path.starts_with(&self.at("/account")) {
            _ = write!(address, "?next={}", self.path);
        }
        let mut response = redirect(&address);
        if self.session_secret().is_some() {
            self.forget_session(&mut response);
        }
        response
    }

    /// Where to go after signing in: a page of this tenant, and nothing else.
    pub(super) fn next(&self, asked: &str) -> String {
        let account = self.at("/account");
        let is_ours = asked == account || asked.starts_with(&format!("{account}/"));
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
            account
        }
    }

    /// Who has signed in, to this tenant.
    ///
    /// # Errors
    /// 401.
    pub(super) async fn signed_in(&self) -> Result<SignedIn> {
        let none = || Error::invalid_token("nobody has signed in");
        let secret = self.session_secret().ok_or_else(none)?;
        let signed_in = resume(&self.app.service, secret, self.request()).await?;
        if signed_in.acting.caller.tenant != self.tenant.key {
            return Err(none());
        }
        Ok(signed_in)
    }

    fn cookie(&self, name: &str) -> Option<&str> {
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
    pub(super) fn followed(&self, purpose: &str) -> Option<&str> {
        let value = self.cookie(self.link_cookie())?;
        let (known, secret) = value.split_once('.')?;
        (known == purpose).then_some(secret)
    }

    /// Remembers the session in the browser.
    pub(super) fn remember_session(&self, response: &mut Response<Body>, secret: &str) {
        let life = self.settings.session_time / 1_000_000;
        self.set_cookie(response, self.session_cookie(), secret, Some(life));
    }

    /// Makes the browser forget the session.
    pub(super) fn forget_session(&self, response: &mut Response<Body>) {
        self.set_cookie(response, self.session_cookie(), "", Some(0));
    }

    /// Remembers a link that was followed: its secret is to vanish from the address.
    pub(super) fn remember_link(&self, response: &mut Response<Body>, purpose: &str, secret: &str) {
        let is_plain = secret.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_plain && secret.len() <= 128 {
            let value = format!("{purpose}.{secret}");
            self.set_cookie(response, self.link_cookie(), &value, Some(LINK_LIFE));
        }
    }

    /// Makes the browser forget the link.
    pub(super) fn forget_link(&self, response: &mut Response<Body>) {
        self.set_cookie(response, self.link_cookie(), "", Some(0));
    }

    fn set_cookie(
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
