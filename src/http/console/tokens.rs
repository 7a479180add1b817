//! A connection's tokens and clients of OAuth: each secret is shown once, on the answer that makes it.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use time::Duration;

use super::connections::{Question, ask, correctable, opened, unconfirmed};
use super::desk::{Desk, Extracted};
use super::lists::answered;
use super::views::connections::{ClientRow, NewToken, Secret, Standing, TokenRow, Tokens};
use super::views::{FieldError, Section, Shell};
use super::{Needs, pages, proof};
use crate::auth::{Permission, Scope, Scopes, settings};
use crate::error::{Error, Result};
use crate::http::account::Form;
use crate::service::admin::{Token, by_operator};
use crate::service::health::SOON;

pages! {
    "/connections/{name}/tokens" =>
        get list, Needs::To(Permission::ReadConnections);
    "/connections/{name}/tokens/new" =>
        get ask_new, Needs::To(Permission::ManageTokens);
        post create, Needs::To(Permission::ManageTokens);
    "/connections/{name}/tokens/{token}/rotate" =>
        get ask_rotate, Needs::To(Permission::ManageTokens);
        post rotate, Needs::To(Permission::ManageTokens);
    "/connections/{name}/tokens/{token}/revoke" =>
        get ask_revoke, Needs::To(Permission::ManageTokens);
        post revoke, Needs::To(Permission::ManageTokens);
    "/connections/{name}/clients/new" =>
        post create_client, Needs::To(Permission::ManageTokens);
    "/connections/{name}/clients/{client}/delete" =>
        get ask_delete_client, Needs::To(Permission::ManageTokens);
        post delete_client, Needs::To(Permission::ManageTokens);
}

const DAY: i64 = 86_400_000_000;
/// How many tokens are shown.
const ROWS: usize = 50;
/// How long a token may last, in days.
const LIVES: &[i64] = &[30, 90, 180, 365];
/// How long it lasts unless something else is chosen.
pub(super) const LIFE: &str = "180";
/// How long a token may stay good that another has taken the place of, in days.
const OVERLAPS: &[i64] = &[0, 1, 7, 30];
const OVERLAP: &str = "7";

fn choices(page: &Shell, days: &[i64]) -> Vec<(String, String)> {
    let choice = |days: &i64| (days.to_string(), page.counted("connections-days", days));
    days.iter().map(choice).collect()
}

/// How long a token may last.
pub(super) fn lives(page: &Shell) -> Vec<(String, String)> {
    choices(page, LIVES)
}

fn chosen(days: &str, among: &[i64]) -> Option<Duration> {
    let days: i64 = days.parse().ok()?;
    among.contains(&days).then(|| Duration::days(days))
}

/// The life that was chosen, if it is one of those there are.
pub(super) fn life(days: &str) -> Option<Duration> {
    chosen(days, LIVES)
}

fn standing(page: &Shell, token: &Token, now: i64) -> Standing {
    let left = token.expires.map(|expires| expires - now);
    let (tone, sign, id) = match left {
        _ if token.revoked.is_some() => ("", "off", "connections-token-revoked"),
        Some(left) if left <= 0 => ("bad", "bad", "connections-token-expired"),
        Some(left) if left < SOON * DAY => ("warn", "clock", "connections-state-expiring"),
        _ => ("good", "good", "connections-token-active"),
    };
    (tone, sign, page.text(id))
}

fn is_good(token: &Token, now: i64) -> bool {
    token.revoked.is_none() && token.expires.is_none_or(|expires| expires > now)
}

fn row(page: &Shell, token: &Token, now: i64) -> TokenRow {
    let is_good = is_good(token, now);
    let days = token.expires.map(|expires| (expires - now) / DAY);
    TokenRow {
        id: token.id.clone(),
        standing: standing(page, token, now),
        scopes: token.scopes.split(' ').map(str::to_owned).collect(),
        used: token.last_used.map(|used| page.moment(&used)),
        address: token.last_address.clone().unwrap_or_default(),
        ends: token.expires.map(|ends| page.moment(&ends)),
        left: match days {
            Some(days) if is_good => page.counted("connections-days-left", &days),
            _ => String::new(),
        },
        is_good,
        is_of_user: token.subject.is_some(),
    }
}

/// A token in use that ends soon, in a sentence.
fn warning(page: &Shell, tokens: &[Token], now: i64) -> Option<String> {
    let ending = tokens.iter().filter(|token| is_good(token, now));
    let ending = ending.filter_map(|token| {
        let days = (token.expires? - now) / DAY;
        (days < SOON && token.last_used.is_some()).then_some((days, token))
    });
    let (days, token) = ending.min_by_key(|(days, _)| *days)?;
    let id = [("token", token.id.as_str())];
    Some(
        page.language
            .counted("connections-token-ending", "count", days, &id),
    )
}

async fn list(Extracted(desk): Extracted) -> Response<Body> {
    answered(&desk, listed(&desk).await)
}

async fn listed(desk: &Desk) -> Result<Response<Body>> {
    let page = desk.page(Section::Connections);
    let (connection, head) = opened(desk, &page, desk.part("name"), "tokens").await?;
    let service = &desk.app().service;
    let now = service.clock.now();
    let mut tokens = by_operator::list_tokens(service, desk.acting(), &connection.name).await?;
    tokens.reverse();
    let clients = by_operator::list_clients(service, desk.acting(), &connection.name).await?;
    let view = Tokens {
        tokens: tokens
            .iter()
            .take(ROWS)
            .map(|token| row(&page, token, now))
            .collect(),
        warning: warning(&page, &tokens, now),
        more: i64::try_from(tokens.len().saturating_sub(ROWS)).unwrap_or_default(),
        token_url: format!("{}/oauth/token", desk.app().public_url),
        clients: clients
            .iter()
            .map(|client| ClientRow {
                id: client.id.clone(),
                signs: client.assertion.is_some(),
                used: client.last_used.map(|used| page.moment(&used)),
            })
            .collect(),
        is_token_maker: desk.may(Permission::ManageTokens),
        head,
        page,
    };
    Ok(desk.show(&view))
}

/// The form; `old`: the token whose place the new one takes.
async fn form_of(
    desk: &Desk,
    old: Option<String>,
    form: Option<&Form>,
    errors: Vec<FieldError>,
) -> Result<NewToken> {
    let page = desk.page(Section::Connections);
    let service = &desk.app().service;
    let connection = by_operator::get(service, desk.acting(), desk.part("name")).await?;
    if let Some(old) = &old {
        let tokens = by_operator::list_tokens(service, desk.acting(), &connection.name).await?;
        if !tokens.iter().any(|token| token.id == *old) {
            return Err(Error::not_found("the connection has no such token"));
        }
    }
    let usual = match settings::profile(&connection.profile) {
        Ok(profile) => Scopes::parse(&profile.scopes)?,
        Err(_) => Scopes::all(),
    };
    let typed = form.map(|form| form.all("scope"));
    let scopes = Scope::ALL.iter().map(|(scope, name)| match &typed {
        Some(typed) => (*name, typed.iter().any(|one| one == name)),
        None => (*name, usual.contain(*scope)),
    });
    let text = |name: &str, usual: &str| {
        let typed = form.map(|form| form.text(name)).unwrap_or_default();
        if typed.is_empty() {
            usual.to_owned()
        } else {
            typed
        }
    };
    Ok(NewToken {
        name: connection.name.clone(),
        old,
        scopes: scopes.collect(),
        lives: lives(&page),
        life: text("life", LIFE),
        overlaps: choices(&page, OVERLAPS),
        overlap: text("overlap", OVERLAP),
        errors,
        page,
    })
}

async fn ask_new(Extracted(desk): Extracted) -> Response<Body> {
    if let Some(asked) = proof::needed(&desk) {
        return asked;
    }
    let view = form_of(&desk, None, None, Vec::new()).await;
    answered(&desk, view.map(|view| desk.show(&view)))
}

async fn ask_rotate(Extracted(desk): Extracted) -> Response<Body> {
    if let Some(asked) = proof::needed(&desk) {
        return asked;
    }
    let old = Some(desk.part("token").to_owned());
    let view = form_of(&desk, old, None, Vec::new()).await;
    answered(&desk, view.map(|view| desk.show(&view)))
}

fn wrong(desk: &Desk, field: &str, id: &str) -> Vec<FieldError> {
    let language = desk.page(Section::Connections).language;
    vec![FieldError::new(language, field, id)]
}

/// The page with a secret, the only time that it is shown.
fn secret(
    desk: &Desk,
    heading: &str,
    (client, label, secret): (Option<String>, &str, String),
    facts: Vec<(String, String)>,
) -> Response<Body> {
    let page = desk.page(Section::Connections);
    let view = Secret {
        name: desk.part("name").to_owned(),
        heading: page.text(heading),
        client,
        label: page.text(label),
        secret,
        facts,
        page,
    };
    desk.show(&view)
}

fn until(desk: &Desk, life: Duration) -> (String, String) {
    let page = desk.page(Section::Connections);
    let life = i64::try_from(life.whole_microseconds()).unwrap_or(i64::MAX);
    let ends = desk.app().service.clock.now().saturating_add(life);
    let shown = page.moment(&ends).shown;
    (page.text("connections-secret-until"), shown)
}

async fn create(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    if let Some(asked) = proof::needed(&desk) {
        return asked;
    }
    answered(&desk, created(&desk, &form).await)
}

async fn created(desk: &Desk, form: &Form) -> Result<Response<Body>> {
    let scopes = form.all("scope");
    let life = life(&form.text("life"));
    let (Some(life), false) = (life, scopes.is_empty()) else {
        let errors = if scopes.is_empty() {
            wrong(desk, "scope", "connections-wrong-scopes")
        } else {
            wrong(desk, "life", "connections-wrong-life")
        };
        let view = form_of(desk, None, Some(form), errors).await?;
        return Ok(desk.show_as(StatusCode::BAD_REQUEST, &view));
    };
    let service = &desk.app().service;
    let scopes = scopes.join(" ");
    let name = desk.part("name");
    let made = by_operator::create_token(service, desk.acting(), name, Some(&scopes), life).await;
    let made = match made {
        Ok(made) => made,
        Err(error) => {
            let view = form_of(desk, None, Some(form), correctable(error, "scope")?).await?;
            return Ok(desk.show_as(StatusCode::BAD_REQUEST, &view));
        }
    };
    let page = desk.page(Section::Connections);
    let facts = vec![
        until(desk, life),
        (page.text("connections-scopes"), scopes),
        (page.text("connections-token"), made.id),
    ];
    let label = "connections-setup-token";
    let shown = (None, label, made.secret);
    Ok(secret(desk, "connections-secret-token", shown, facts))
}

async fn rotate(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    if let Some(asked) = proof::needed(&desk) {
        return asked;
    }
    answered(&desk, rotated(&desk, &form).await)
}

async fn rotated(desk: &Desk, form: &Form) -> Result<Response<Body>> {
    let old = desk.part("token").to_owned();
    let life = life(&form.text("life"));
    let overlap = chosen(&form.text("overlap"), OVERLAPS);
    let (Some(life), Some(overlap)) = (life, overlap) else {
        let errors = wrong(desk, "life", "connections-wrong-life");
        let view = form_of(desk, Some(old), Some(form), errors).await?;
        return Ok(desk.show_as(StatusCode::BAD_REQUEST, &view));
    };
    let service = &desk.app().service;
    let of = (desk.part("name"), old.as_str());
    let made = by_operator::rotate_token(service, desk.acting(), of, overlap, life).await;
    let made = match made {
        Ok(made) => made,
        Err(error) => {
            let errors = correctable(error, "")?;
            let view = form_of(desk, Some(old), Some(form), errors).await?;
            return Ok(desk.show_as(StatusCode::BAD_REQUEST, &view));
        }
    };
    let page = desk.page(Section::Connections);
    let (_, ends) = until(desk, overlap);
    let former = page.language.format(
        "connections-secret-former-until",
        &[("token", old.as_str()), ("until", ends.as_str())],
    );
    let facts = vec![
        until(desk, life),
        (page.text("connections-token"), made.id),
        (page.text("connections-secret-former"), former),
    ];
    let label = "connections-setup-token";
    let shown = (None, label, made.secret);
    Ok(secret(desk, "connections-secret-token", shown, facts))
}

fn revoke_question(desk: &Desk) -> Question {
    let page = desk.page(Section::Connections);
    let token = desk.part("token");
    Question {
        heading: page.with("connections-revoke-heading", "token", token),
        sentences: vec![page.text("connections-revoke-words")],
        facts: Vec::new(),
        action: format!("/tokens/{token}/revoke"),
        cancel: "/tokens",
        seen: String::new(),
        tick: page.text("connections-revoke-tick"),
        button: page.text("connections-revoke"),
        is_danger: true,
    }
}

async fn ask_revoke(Extracted(desk): Extracted) -> Response<Body> {
    let asked = async {
        let name = desk.part("name");
        let service = &desk.app().service;
        let tokens = by_operator::list_tokens(service, desk.acting(), name).await?;
        if !tokens.iter().any(|token| token.id == desk.part("token")) {
            return Err(Error::not_found("the connection has no such token"));
        }
        Ok(ask(&desk, name, revoke_question(&desk), Vec::new()))
    };
    answered(&desk, asked.await)
}

async fn revoke(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let done = async {
        let (name, token) = (desk.part("name"), desk.part("token"));
        let service = &desk.app().service;
        if form.text("confirm") != "yes" {
            by_operator::get(service, desk.acting(), name).await?;
            return Ok(ask(&desk, name, revoke_question(&desk), unconfirmed(&desk)));
        }
        by_operator::revoke_token(service, desk.acting(), name, token).await?;
        let to = format!("/connections/{name}/tokens");
        Ok(desk.go(&to, "connections-notice-revoked"))
    };
    answered(&desk, done.await)
}

async fn create_client(Extracted(desk): Extracted) -> Response<Body> {
    let list = format!("/console/connections/{}/tokens", desk.part("name"));
    if let Some(asked) = proof::needed_for(&desk, &desk.visit.at(&list)) {
        return asked;
    }
    let made = async {
        let service = &desk.app().service;
        let made = by_operator::create_client(service, desk.acting(), desk.part("name")).await?;
        let page = desk.page(Section::Connections);
        let url = format!("{}/oauth/token", desk.app().public_url);
        let facts = vec![(page.text("connections-oauth-url"), url)];
        let shown = (
            Some(made.id),
            "connections-oauth-secret",
            made.secret.unwrap_or_default(),
        );
        Ok(secret(&desk, "connections-secret-client", shown, facts))
    };
    answered(&desk, made.await)
}

fn delete_client_question(desk: &Desk) -> Question {
    let page = desk.page(Section::Connections);
    let client = desk.part("client");
    Question {
        heading: page.with("connections-client-delete-heading", "client", client),
        sentences: vec![page.text("connections-client-delete-words")],
        facts: Vec::new(),
        action: format!("/clients/{client}/delete"),
        cancel: "/tokens",
        seen: String::new(),
        tick: page.text("connections-revoke-tick"),
        button: page.text("connections-client-delete"),
        is_danger: true,
    }
}

async fn ask_delete_client(Extracted(desk): Extracted) -> Response<Body> {
    let asked = async {
        let name = desk.part("name");
        let service = &desk.app().service;
        let clients = by_operator::list_clients(service, desk.acting(), name).await?;
        if !clients
            .iter()
            .any(|client| client.id == desk.part("client"))
        {
            return Err(Error::not_found("the connection has no such client"));
        }
        Ok(ask(&desk, name, delete_client_question(&desk), Vec::new()))
    };
    answered(&desk, asked.await)
}

async fn delete_client(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let done = async {
        let (name, client) = (desk.part("name"), desk.part("client"));
        let service = &desk.app().service;
        if form.text("confirm") != "yes" {
            by_operator::get(service, desk.acting(), name).await?;
            let question = delete_client_question(&desk);
            return Ok(ask(&desk, name, question, unconfirmed(&desk)));
        }
        by_operator::delete_client(service, desk.acting(), name, client).await?;
        let to = format!("/connections/{name}/tokens");
        Ok(desk.go(&to, "connections-notice-client-deleted"))
    };
    answered(&desk, done.await)
}
