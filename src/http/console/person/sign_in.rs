//! How a person signs in: state, password, sessions, letters.

use super::{
    ACTIVATE, APPROVE, Answer, DEACTIVATE, INVITE, LOCK, RESET, UNLOCK, acts, below, head, id,
    page, person, word_of,
};
use crate::auth::Permission;
use crate::error::Result;
use crate::http::account::{Form, browser_words};
use crate::http::console::desk::{Desk, Extracted};
use crate::http::console::views::Shell;
use crate::http::console::views::person::{Known, Letter, Session, Sign, SignIn};
use crate::service::account::State;
use crate::service::account::people::{self, Facts};
use crate::service::account::record::{self, Record};

/// How many letters and sessions are shown.
const LETTERS: i64 = 10;
const SESSIONS: usize = 100;

pub(super) async fn show(Extracted(desk): Extracted) -> Answer {
    shown(&desk)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn shown(desk: &Desk) -> Result<Answer> {
    let record = person(desk).await?;
    let (service, acting) = (&desk.app().service, desk.acting());
    let id = record.person.stored.id;
    let facts = people::facts(service, acting, id).await?;
    let posted = record::letters(service, acting, id, LETTERS).await?;
    let page = page(desk, &record);
    let sessions = facts.sessions.iter().take(SESSIONS).map(|session| {
        let said = session.agent.as_deref().unwrap_or_default();
        let token = session.name.clone();
        let is_token = token.is_some();
        let agent = token.unwrap_or_else(|| browser_words(page.language, said));
        Session {
            id: session.id.clone(),
            from: if is_token {
                page.text("person-token")
            } else {
                session.address.clone().unwrap_or_default()
            },
            last_used: page.moment(&session.last_used),
            since: page.moment(&session.created),
            end: page.with("person-end-session", "name", &agent),
            agent: if agent.is_empty() {
                page.text("person-browser-unknown")
            } else {
                agent
            },
        }
    });
    let letters = posted.iter().map(|letter| Letter {
        kind: word_of(&page, "person-letter-", &letter.kind.replace('_', "-"))
            .unwrap_or_else(|| letter.kind.clone()),
        address: letter.address.clone(),
        when: page.moment(&letter.created),
        state: outcome(&page, letter.is_sent, letter.ended.is_some()),
        failure: letter.failure.clone().unwrap_or_default(),
    });
    let deeds = match record.state {
        State::Active => vec![LOCK, DEACTIVATE],
        State::Locked => vec![UNLOCK],
        State::Deactivated => vec![ACTIVATE],
        State::Invited => vec![LOCK],
        State::PendingVerification => vec![APPROVE],
    };
    let of_password = match record.state {
        State::Active if facts.has_password => vec![RESET],
        State::Active => vec![RESET, INVITE],
        State::Invited => vec![INVITE, RESET],
        State::Deactivated if !facts.has_password => vec![INVITE],
        State::Deactivated | State::Locked | State::PendingVerification => Vec::new(),
    };
    let view = SignIn {
        head: head(desk, &page, &record, "sign-in"),
        account: account(desk, &page, &record, &facts)?,
        password: password(desk, &page, &record, &facts)?,
        account_acts: acts(desk, &page, &record, &deeds),
        password_acts: acts(desk, &page, &record, &of_password),
        sessions: sessions.collect(),
        may_end: record.require(acting, Permission::LockPeople).is_ok(),
        letters: letters.collect(),
        page,
    };
    Ok(desk.show(&view))
}

fn outcome(page: &Shell, is_sent: bool, is_ended: bool) -> Sign {
    let (tone, sign, id) = match (is_sent, is_ended) {
        (true, _) => ("good", "good", "person-letter-sent"),
        (false, true) => ("bad", "bad", "person-letter-failed"),
        (false, false) => ("", "clock", "person-letter-waits"),
    };
    Sign {
        tone,
        sign,
        words: page.text(id),
    }
}

fn words(page: &Shell, label: &str, words: String) -> Known {
    Known {
        label: page.text(label),
        words,
        when: None,
    }
}

/// A moment; without one, that it never was.
fn moment(page: &Shell, label: &str, at: Option<i64>) -> Known {
    Known {
        label: page.text(label),
        words: page.text("person-never"),
        when: at.map(|at| page.moment(&at)),
    }
}

fn account(desk: &Desk, page: &Shell, record: &Record, facts: &Facts) -> Result<Vec<Known>> {
    let (_, account) = desk.acting().people()?;
    let credential = &facts.credential;
    let mut known = Vec::new();
    if record.state == State::Locked {
        if let Some(reason) = record.text(&account.lock_reason) {
            let said = word_of(page, "person-reason-", &reason.to_lowercase());
            let reason = said.unwrap_or_else(|| reason.to_owned());
            known.push(words(page, "person-reason", reason));
        }
        let since = record.text(&account.locked_at);
        let since = since.and_then(crate::schema::parse_instant);
        let since = since.and_then(|at| i64::try_from(at.unix_timestamp_nanos() / 1_000).ok());
        if since.is_some() {
            known.push(moment(page, "person-locked-since", since));
        }
        match credential.locked_until {
            Some(until) => known.push(moment(page, "person-locked-until", Some(until))),
            None => known.push(words(
                page,
                "person-locked-until",
                page.text("person-until-unlocked"),
            )),
        }
    }
    known.push(moment(page, "person-last-sign-in", credential.last_sign_in));
    if let Some(address) = record.mail_address(desk.acting()) {
        let is_proven = credential.verified_address.as_deref() == Some(address.as_str());
        known.push(words(page, "person-letters-to", address));
        known.push(words(
            page,
            "person-address",
            page.text(if is_proven {
                "person-address-proven"
            } else {
                "person-address-unproven"
            }),
        ));
    }
    Ok(known)
}

fn password(desk: &Desk, page: &Shell, record: &Record, facts: &Facts) -> Result<Vec<Known>> {
    let (_, account) = desk.acting().people()?;
    let credential = &facts.credential;
    let state = match (record.text(&account.password_state), facts.has_password) {
        (Some("temporary"), _) => "person-password-temporary",
        (Some("expired"), _) => "person-password-expired",
        (_, true) => "person-password-set",
        (_, false) => "person-password-none",
    };
    let mut known = vec![words(page, "person-state", page.text(state))];
    known.push(moment(
        page,
        "person-password-changed",
        credential.password_changed,
    ));
    if let Some(expires) = credential.password_expires {
        known.push(moment(page, "person-password-expires", Some(expires)));
    }
    let limit = desk.acting().accounts().lockout_failures;
    let failures = page.language.format(
        "person-failures-of",
        &[
            ("count", &credential.failures.to_string()),
            ("limit", &limit.to_string()),
        ],
    );
    known.push(words(page, "person-failures", failures));
    if credential.last_failure.is_some() {
        known.push(moment(page, "person-last-failure", credential.last_failure));
    }
    Ok(known)
}

pub(super) async fn end(Extracted(desk): Extracted, form: Form) -> Answer {
    let ended = async {
        let id = id(&desk)?;
        let session = form.text("session");
        people::end_session(&desk.app().service, desk.acting(), id, &session).await?;
        Ok(desk.go(&below(id, "sign-in"), "person-notice-session"))
    };
    ended.await.unwrap_or_else(|error| desk.failed(error))
}
