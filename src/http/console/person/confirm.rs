//! What is asked before something is done with an account, and the doing.

use axum::http::StatusCode;
use serde_json::Value;

use super::{Answer, below, head, id, page, person};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::http::account::Form;
use crate::http::console::desk::{Desk, Extracted};
use crate::http::console::views::person::{Confirm, Question, Secret, Way};
use crate::http::console::views::{FieldError, Section, Shell};
use crate::schema::IndexKey;
use crate::service::account::people::{self, Switch};
use crate::service::account::record::Record;
use crate::service::account::{detach, groups, onboarding, registration};

/// The longest reason of a lock, in characters.
const MAX_REASON: usize = 200;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Lock,
    Unlock,
    Activate,
    Deactivate,
    Approve,
    Invite,
    Reset,
    EndSessions,
    Detach,
    Delete,
}

impl Deed {
    const ALL: [(Self, &'static str, Permission); 10] = [
        (Self::Lock, "lock", Permission::LockPeople),
        (Self::Unlock, "unlock", Permission::LockPeople),
        (Self::Activate, "activate", Permission::EditPeople),
        (Self::Deactivate, "deactivate", Permission::EditPeople),
        (Self::Approve, "approve", Permission::EditPeople),
        (Self::Invite, "invite", Permission::EditPeople),
        (Self::Reset, "reset", Permission::ResetPasswords),
        (Self::EndSessions, "end-sessions", Permission::LockPeople),
        (Self::Detach, "detach", Permission::EditPeople),
        (Self::Delete, "delete", Permission::EditPeople),
    ];

    /// The deed of the page, by the end of its address, and what it asks of an operator.
    fn of(desk: &Desk) -> Result<(Self, &'static str, Permission)> {
        let name = desk.visit.path.rsplit('/').next().unwrap_or_default();
        let found = Self::ALL.into_iter().find(|(_, known, _)| *known == name);
        found.ok_or_else(|| Error::not_found("there is nothing to do at this address"))
    }

    /// The page to go back to, and to when it is done.
    fn back(self) -> &'static str {
        match self {
            Self::Delete | Self::Detach => "danger",
            Self::Lock
            | Self::Unlock
            | Self::Activate
            | Self::Deactivate
            | Self::Approve
            | Self::Invite
            | Self::Reset
            | Self::EndSessions => "sign-in",
        }
    }
}

/// What stands on the page before anything is typed.
async fn question(desk: &Desk, page: &Shell, record: &Record, deed: Deed) -> Result<Question> {
    let name = record.name.as_str();
    let title = |id: &str| page.with(id, "name", name);
    let connection = record.connection.as_deref();
    let question = match deed {
        Deed::Lock => Question {
            title: title("person-lock-title"),
            lead: match connection {
                None => page.text("person-lock-words"),
                Some(of) => page.with("person-lock-owned", "connection", of),
            },
            button: page.text("person-lock-button"),
            is_danger: true,
            reason: Some(String::new()),
            tick: Some(page.text("person-lock-tick")),
            ..Question::default()
        },
        Deed::Unlock => Question {
            title: title("person-unlock-title"),
            lead: page.text("person-unlock-words"),
            button: page.text("person-unlock-button"),
            ..Question::default()
        },
        Deed::Activate => Question {
            title: title("person-activate-title"),
            lead: page.text("person-activate-words"),
            button: page.text("person-activate-button"),
            ..Question::default()
        },
        Deed::Deactivate => Question {
            title: title("person-deactivate-title"),
            lead: match connection {
                None => page.text("person-deactivate-words"),
                Some(of) => page.with("person-deactivate-owned", "connection", of),
            },
            button: page.text("person-deactivate-button"),
            is_danger: true,
            ..Question::default()
        },
        Deed::Approve => Question {
            title: title("person-approve-title"),
            lead: page.text("person-approve-words"),
            button: page.text("person-approve-button"),
            ..Question::default()
        },
        Deed::Detach => Question {
            title: title("person-detach-title"),
            lead: match connection {
                None => page.text("person-detach-none"),
                Some(of) => page.with("person-detach-words", "connection", of),
            },
            button: page.text("person-detach-button"),
            ..Question::default()
        },
        Deed::Invite => invitation(desk, page, record),
        Deed::Reset => reset(desk, page, record),
        Deed::EndSessions => {
            let sessions = sessions_of(desk, record).await?;
            Question {
                title: title("person-end-sessions-title"),
                lead: page.counted("person-end-sessions-words", &sessions),
                button: page.text("person-end-sessions-button"),
                is_danger: true,
                ..Question::default()
            }
        }
        Deed::Delete => deletion(desk, page, record).await?,
    };
    Ok(question)
}

async fn sessions_of(desk: &Desk, record: &Record) -> Result<i64> {
    let id = record.person.stored.id;
    let facts = people::facts(&desk.app().service, desk.acting(), id).await?;
    Ok(i64::try_from(facts.sessions.len()).unwrap_or(i64::MAX))
}

/// How long something is good for, in microseconds, in words.
fn life(page: &Shell, microseconds: i64) -> String {
    let minutes = microseconds / 60_000_000;
    if minutes < 120 {
        return page.counted("person-minutes", &minutes);
    }
    page.counted("person-hours", &(minutes / 60))
}

fn ways(desk: &Desk, page: &Shell, record: &Record, life_of_link: i64) -> Vec<Way> {
    let life_of_link = life(page, life_of_link);
    let address = record.mail_address(desk.acting());
    let mail_hint = match &address {
        Some(address) => page.language.format(
            "person-way-mail-hint",
            &[
                ("address", &crate::http::account::views::isolated(address)),
                ("life", &life_of_link),
            ],
        ),
        None => page.text("person-way-mail-none"),
    };
    vec![
        Way {
            value: "mail",
            label: page.text("person-way-mail"),
            hint: mail_hint,
        },
        Way {
            value: "link",
            label: page.text("person-way-link"),
            hint: page.with("person-way-link-hint", "life", &life_of_link),
        },
    ]
}

fn first_way(desk: &Desk, record: &Record) -> String {
    let has_address = record.mail_address(desk.acting()).is_some();
    if has_address { "mail" } else { "link" }.to_owned()
}

fn invitation(desk: &Desk, page: &Shell, record: &Record) -> Question {
    Question {
        title: page.with("person-invite-title", "name", &record.name),
        lead: page.text("person-invite-words"),
        button: page.text("person-invite-button"),
        ways: ways(desk, page, record, desk.acting().accounts().invitation_time),
        way: first_way(desk, record),
        ..Question::default()
    }
}

fn reset(desk: &Desk, page: &Shell, record: &Record) -> Question {
    let settings = desk.acting().accounts();
    let mut ways = ways(desk, page, record, settings.reset_time);
    let life = life(page, settings.temporary_time);
    ways.push(Way {
        value: "temporary",
        label: page.text("person-way-temporary"),
        hint: page.with("person-way-temporary-hint", "life", &life),
    });
    let further = (
        page.text("person-reset-block"),
        page.text("person-reset-block-hint"),
    );
    Question {
        title: page.with("person-reset-title", "name", &record.name),
        button: page.text("person-reset-button"),
        ways,
        way: first_way(desk, record),
        further: (!settings.reset_blocks).then_some(further),
        ..Question::default()
    }
}

async fn deletion(desk: &Desk, page: &Shell, record: &Record) -> Result<Question> {
    let (service, acting) = (&desk.app().service, desk.acting());
    let id = record.person.stored.id;
    let groups = groups::of_person(service, acting, id).await?;
    let groups = groups.iter().filter(|group| group.is_direct).count();
    let groups = i64::try_from(groups).unwrap_or(i64::MAX);
    let sessions = sessions_of(desk, record).await?;
    let words = [
        page.counted("person-delete-groups", &groups),
        page.counted("person-delete-sessions", &sessions),
        page.text("person-delete-gone"),
    ];
    let types = acting.accounts().types_to_delete && !record.username.is_empty();
    Ok(Question {
        title: page.with("person-delete-title", "name", &record.name),
        warning: Some((page.text("person-no-way-back"), words.join(" "))),
        button: page.text("person-delete-button"),
        is_danger: true,
        must_type: types.then(|| record.username.clone()),
        tick: (!types).then(|| page.text("person-delete-tick")),
        ..Question::default()
    })
}

fn view(
    desk: &Desk,
    page: Shell,
    record: &Record,
    deed: (Deed, &str),
    question: Question,
) -> Confirm {
    let id = record.person.stored.id;
    let head = head(desk, &page, record, "");
    Confirm {
        action: page.at(&below(id, deed.1)),
        above: vec![head.list, (head.address, head.name)],
        back: page.at(&below(id, deed.0.back())),
        question,
        page,
    }
}

pub(super) async fn ask(Extracted(desk): Extracted) -> Answer {
    asked(&desk)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn asked(desk: &Desk) -> Result<Answer> {
    let (deed, name, needs) = Deed::of(desk)?;
    let record = person(desk).await?;
    record.require(desk.acting(), needs)?;
    let page = page(desk, &record);
    let question = question(desk, &page, &record, deed).await?;
    Ok(desk.show(&view(desk, page, &record, (deed, name), question)))
}

pub(super) async fn act(Extracted(desk): Extracted, form: Form) -> Answer {
    acted(&desk, &form)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn acted(desk: &Desk, form: &Form) -> Result<Answer> {
    let (deed, name, needs) = Deed::of(desk)?;
    let record = person(desk).await?;
    record.require(desk.acting(), needs)?;
    let page = page(desk, &record);
    let mut question = question(desk, &page, &record, deed).await?;
    if question.reason.is_some() {
        question.reason = Some(form.text("reason"));
    }
    if form.has("way") {
        question.way = form.text("way");
    }
    question.typed = form.text("typed");
    question.is_further = form.has("further");
    question.errors = missing(desk, &page, &record, &question, form)?;
    if !question.errors.is_empty() {
        let view = view(desk, page, &record, (deed, name), question);
        return Ok(desk.show_as(StatusCode::BAD_REQUEST, &view));
    }
    match done(desk, &page, &record, deed, &question).await {
        Ok(answer) => Ok(answer),
        Err(error) if matches!(error.kind().status(), 400 | 409) => {
            let status = StatusCode::from_u16(error.kind().status());
            question.errors = vec![FieldError {
                field: String::new(),
                message: error.detail().to_owned(),
            }];
            let view = view(desk, page, &record, (deed, name), question);
            Ok(desk.show_as(status.unwrap_or(StatusCode::BAD_REQUEST), &view))
        }
        Err(error) => Err(error),
    }
}

/// What has not been ticked, or not been typed as it must be.
fn missing(
    desk: &Desk,
    page: &Shell,
    record: &Record,
    question: &Question,
    form: &Form,
) -> Result<Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, id: &str| {
        errors.push(FieldError {
            field: field.to_owned(),
            message: page.text(id),
        });
    };
    let reason = question.reason.as_deref().unwrap_or_default();
    if reason.chars().count() > MAX_REASON || reason.chars().any(char::is_control) {
        wrong("reason", "person-error-reason");
    }
    if question.tick.is_some() && form.text("confirm") != "yes" {
        wrong("confirm", "account-error-confirm-missing");
    }
    if !question.ways.is_empty() && !question.ways.iter().any(|way| way.value == question.way) {
        wrong("", "person-error-way");
    }
    if question.must_type.is_some() {
        let (_, account) = desk.acting().people()?;
        let key = |name: &str| IndexKey::of(&account.username, &Value::from(name));
        let (typed, known) = (key(&question.typed), key(&record.username));
        let is_same = typed
            .zip(known)
            .is_some_and(|(typed, known)| typed == known);
        if !is_same {
            wrong("typed", "person-error-typed");
        }
    }
    Ok(errors)
}

async fn done(
    desk: &Desk,
    page: &Shell,
    record: &Record,
    deed: Deed,
    question: &Question,
) -> Result<Answer> {
    let (service, acting) = (&desk.app().service, desk.acting());
    let id = record.person.stored.id;
    let switch = async |to: Switch| people::switch(service, acting, id, &to).await;
    let notice = match deed {
        Deed::Lock => {
            let reason = question.reason.clone().filter(|reason| !reason.is_empty());
            switch(Switch::Lock(reason)).await?;
            "person-notice-locked"
        }
        Deed::Unlock => {
            switch(Switch::Unlock).await?;
            "person-notice-unlocked"
        }
        Deed::Activate => {
            switch(Switch::Activate).await?;
            "person-notice-activated"
        }
        Deed::Deactivate => {
            switch(Switch::Deactivate).await?;
            "person-notice-deactivated"
        }
        Deed::Approve => {
            registration::approve(service, acting, id).await?;
            "person-notice-approved"
        }
        Deed::Detach => {
            detach(service, acting, id).await?;
            "person-notice-detached"
        }
        Deed::EndSessions => {
            people::end_sessions(service, acting, id).await?;
            "person-notice-sessions"
        }
        Deed::Delete => {
            people::remove(service, acting, id).await?;
            let list = if record.is_operator {
                "/operators"
            } else {
                "/users"
            };
            return Ok(desk.go(list, "person-notice-deleted"));
        }
        Deed::Invite => {
            let is_offline = question.way == "link";
            let made = onboarding::invite(service, acting, id, is_offline).await?;
            if let Some(link) = made.link {
                return Ok(link_page(
                    desk,
                    page,
                    record,
                    "invite",
                    &link.secret,
                    link.expires,
                ));
            }
            "person-notice-invited"
        }
        Deed::Reset => return reset_done(desk, page, record, question).await,
    };
    Ok(desk.go(&below(id, deed.back()), notice))
}

async fn reset_done(
    desk: &Desk,
    page: &Shell,
    record: &Record,
    question: &Question,
) -> Result<Answer> {
    let (service, acting) = (&desk.app().service, desk.acting());
    let id = record.person.stored.id;
    if question.way == "temporary" {
        let made = onboarding::set_temporary_password(service, acting, id, None).await?;
        let Some((password, expires)) = made.password else {
            return Err(Error::internal(
                "a temporary password was set and is not there",
            ));
        };
        let view = Secret {
            head: head(desk, page, record, ""),
            title: page.with("person-password-made", "name", &record.name),
            words: page.with(
                "person-password-words",
                "when",
                &page.moment(&expires).shown,
            ),
            label: page.text("person-password"),
            secret: password,
            page: page.clone(),
        };
        return Ok(desk.show(&view));
    }
    let is_offline = question.way == "link";
    let (_, link) = people::reset(service, acting, id, is_offline, question.is_further).await?;
    match link {
        Some(link) => Ok(link_page(
            desk,
            page,
            record,
            "reset",
            &link.secret,
            link.expires,
        )),
        None => Ok(desk.go(&below(id, "sign-in"), "person-notice-reset")),
    }
}

/// A link to hand over, shown this once.
fn link_page(
    desk: &Desk,
    page: &Shell,
    record: &Record,
    purpose: &str,
    secret: &str,
    expires: i64,
) -> Answer {
    let (public_url, tenant) = (&desk.app().public_url, &desk.visit.tenant.name);
    desk.show(&Secret {
        head: head(desk, page, record, ""),
        title: page.with("person-link-made", "name", &record.name),
        words: page.with("person-link-words", "when", &page.moment(&expires).shown),
        label: page.text("person-link"),
        secret: format!("{public_url}/t/{tenant}/{purpose}/{secret}"),
        page: page.clone(),
    })
}

/// Of somebody who has been deleted.
async fn purge_view(desk: &Desk, errors: Vec<FieldError>) -> Result<Confirm> {
    let id = id(desk)?;
    let gone = people::tombstone(&desk.app().service, desk.acting(), id).await?;
    let page = desk.page(Section::Users);
    let name = gone.display_name.or(gone.username);
    let name = name.unwrap_or_else(|| id.to_string());
    let question = Question {
        title: page.with("person-purge-title", "name", &name),
        warning: Some((
            page.text("person-no-way-back"),
            page.text("person-purge-words"),
        )),
        button: page.text("person-purge-button"),
        is_danger: true,
        tick: Some(page.text("person-purge-tick")),
        errors,
        ..Question::default()
    };
    let back = page.at("/users?state=deleted");
    Ok(Confirm {
        action: page.at(&below(id, "purge")),
        above: vec![
            (page.at("/users"), page.text("console-users")),
            (back.clone(), page.text("person-deleted-list")),
        ],
        back,
        question,
        page,
    })
}

pub(super) async fn ask_purge(Extracted(desk): Extracted) -> Answer {
    let shown = purge_view(&desk, Vec::new()).await;
    let shown = shown.map(|view| desk.show(&view));
    shown.unwrap_or_else(|error| desk.failed(error))
}

pub(super) async fn purge(Extracted(desk): Extracted, form: Form) -> Answer {
    purged(&desk, &form)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn purged(desk: &Desk, form: &Form) -> Result<Answer> {
    if form.text("confirm") != "yes" {
        let message = desk
            .page(Section::Users)
            .text("account-error-confirm-missing");
        let errors = vec![FieldError {
            field: "confirm".to_owned(),
            message,
        }];
        let view = purge_view(desk, errors).await?;
        return Ok(desk.show_as(StatusCode::BAD_REQUEST, &view));
    }
    people::purge(&desk.app().service, desk.acting(), id(desk)?).await?;
    Ok(desk.go("/users?state=deleted", "person-notice-purged"))
}
