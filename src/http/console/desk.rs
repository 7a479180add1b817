//! An operator at work: who has signed in, what the role allows, and what every page shows of that.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{self, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;

use super::Needs;
use super::views::{self, Section, Shell, Theme, Trouble};
use crate::auth::{Operator, Permission};
use crate::error::{Error, ErrorKind, Result};
use crate::http::App;
use crate::http::account::{Refused, Visit, html};
use crate::http::extract::path_parts;
use crate::language::Zone;
use crate::service::account::acting::Acting;
use crate::service::account::second_factor::Factor;
use crate::service::account::sessions::SignedIn;
use crate::service::shield;

/// The cookie of the theme that was chosen.
const THEME_COOKIE: &str = "muster-theme";
/// How long it is remembered, in seconds: a year.
const THEME_LIFE: i64 = 31_536_000;

/// An operator at work on one page.
pub(super) struct Desk {
    /// The visit: tenant, address, parameters.
    pub(super) visit: Visit,
    /// Who has signed in.
    pub(super) signed_in: SignedIn,
    /// The operator, as somebody who acts.
    acting: Acting,
    /// The captured parts of the address.
    captured: HashMap<String, String>,
    zone: Zone,
    held: i64,
}

/// Lets those pass whom the page is for, and hands the page its [`Desk`].
pub(super) async fn guard(
    State((app, needs)): State<(Arc<App>, Needs)>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let visit = match Visit::from_request_parts(&mut parts, &app).await {
        Ok(visit) => visit,
        Err(refused) => return refused.into_response(),
    };
    let captured = match path_parts(&mut parts, &app).await {
        Ok(captured) => captured,
        Err(error) => return Refused::from(error).into_response(),
    };
    let signed_in = match visit.signed_in().await {
        Ok(signed_in) => signed_in,
        Err(error) => return visit.failed(error),
    };
    if signed_in.must_change {
        return visit.go("/account/password");
    }
    if signed_in.operator.is_none() {
        return visit.failed(Error::forbidden("this is for operators"));
    }
    let acting = match signed_in.at_work() {
        Ok(acting) => acting,
        // Somebody who has signed in, and not yet an operator.
        Err(_) if needs == Needs::Session => signed_in.acting.clone(),
        Err(error) if error.kind() == ErrorKind::FactorNeeded => {
            return visit.go(&way_to_factor(&signed_in, &visit.path));
        }
        Err(error) => return visit.failed(error),
    };
    let held = match needs {
        Needs::Session => Ok(0),
        Needs::Operator | Needs::To(_) => shield::count_held(&app.service, &acting).await,
    };
    let held = match held {
        Ok(held) => held,
        Err(error) => return visit.failed(error),
    };
    let zone = signed_in.zone().and_then(Zone::named).unwrap_or_default();
    let desk = Desk {
        visit,
        signed_in,
        acting,
        captured,
        zone,
        held,
    };
    if let Needs::To(permission) = needs
        && !desk.may(permission)
    {
        return desk.failed(Error::forbidden(format!(
            "your role does not allow this: you may not {}",
            permission.words()
        )));
    }
    let desk = Arc::new(desk);
    parts.extensions.insert(desk);
    next.run(Request::from_parts(parts, body)).await
}

/// The page on which the second factor is shown, or set up, and back afterwards.
fn way_to_factor(signed_in: &SignedIn, path: &str) -> String {
    match signed_in.factor {
        Factor::Due => format!("/console/factor?next={path}"),
        Factor::None | Factor::Shown => "/console/own/factor".to_owned(),
    }
}

/// The [`Desk`] that [`guard`] has set up.
pub(super) struct Extracted(pub(super) Arc<Desk>);

impl FromRequestParts<Arc<App>> for Extracted {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Refused> {
        let desk = parts.extensions.get::<Arc<Desk>>().cloned();
        desk.map(Self)
            .ok_or_else(|| Refused::from(Error::internal("a page of the console has no guard")))
    }
}

impl Desk {
    /// What the handlers share.
    pub(super) fn app(&self) -> &Arc<App> {
        &self.visit.app
    }

    /// The operator, as somebody who acts.
    pub(super) fn acting(&self) -> &Acting {
        &self.acting
    }

    /// Whether the operator's role allows it.
    pub(super) fn may(&self, permission: Permission) -> bool {
        let operator = self.signed_in.operator.as_ref();
        operator.is_some_and(|operator| operator.may(permission))
    }

    /// A captured part of the address.
    pub(super) fn part(&self, name: &str) -> &str {
        self.captured.get(name).map_or("", String::as_str)
    }

    /// A parameter of the address, without blanks around it; empty when it is not there.
    pub(super) fn parameter(&self, name: &str) -> &str {
        self.visit.parameter(name).unwrap_or_default().trim()
    }

    fn roles(&self) -> Vec<&'static str> {
        let operator = self.signed_in.operator.as_ref();
        let roles = operator.map_or(&[][..], Operator::roles);
        roles.iter().map(|role| role.name()).collect()
    }

    /// What all pages have in common.
    pub(super) fn page(&self, section: Section) -> Shell {
        let page = self.visit.own_page(&self.signed_in, "");
        Shell {
            language: page.language,
            organization: page.organization,
            base: page.base,
            path: self.visit.path.clone(),
            query: self.visit.query_text(),
            section,
            name: self.signed_in.name(),
            username: self.signed_in.username(),
            roles: self.roles(),
            may: Permission::ALL
                .into_iter()
                .filter(|permission| self.may(*permission))
                .collect(),
            held: self.held,
            theme: Theme::named(self.visit.cookie(THEME_COOKIE).unwrap_or_default()),
            zone: self.zone.clone(),
            notice: page.notice,
        }
    }

    /// Answers with a page.
    pub(super) fn show(&self, view: &impl Template) -> Response<Body> {
        self.show_as(StatusCode::OK, view)
    }

    /// Answers with a page of that status.
    pub(super) fn show_as(&self, status: StatusCode, view: &impl Template) -> Response<Body> {
        let mut response = html(status, view.render());
        self.visit.remember_language(&mut response);
        with_policy(response)
    }

    /// Sends the operator to another page of the console; `notice`: what has been done, as one of [`views::NOTICES`].
    pub(super) fn go(&self, path: &str, notice: &str) -> Response<Body> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let notice = if notice.is_empty() {
            String::new()
        } else {
            format!("{joint}notice={notice}")
        };
        self.visit.go(&format!("/console{path}{notice}"))
    }

    /// A page that says that something did not work; for whoever has not signed in, the page for that.
    pub(super) fn failed(&self, error: Error) -> Response<Body> {
        if matches!(
            error.kind(),
            ErrorKind::Unauthenticated | ErrorKind::InvalidToken
        ) {
            return self.visit.failed(error);
        }
        if error.is_ours() {
            tracing::error!(%error, "a page of the console failed");
        } else {
            tracing::debug!(%error, "a page of the console was refused");
        }
        if error.kind() == ErrorKind::ProofNeeded {
            return self.go(&format!("/prove?next={}", self.visit.path), "");
        }
        let status = error.kind().status();
        let view = Trouble {
            page: self.page(Section::None),
            status,
            message: (!error.is_ours()).then(|| error.to_string()),
            request_id: self.visit.request().id,
        };
        let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = self.show_as(code, &view);
        if let Some(seconds) = error.retry_after_seconds() {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    /// Remembers the theme in the browser.
    pub(super) fn remember_theme(&self, response: &mut Response<Body>, theme: Theme) {
        let life = if theme == Theme::System {
            0
        } else {
            THEME_LIFE
        };
        let (name, value) = (THEME_COOKIE, theme.name());
        self.visit.set_cookie(response, name, value, Some(life));
    }
}

/// The console's pages run its own script and nothing else.
fn with_policy(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(views::POLICY),
    );
    response
}
