//! One person: the profile, and everything that operators do with an account. Customers and operators have the same pages.

mod as_customer;
mod assigned;
mod confirm;
mod edit;
mod groups;
mod history;
mod sign_in;

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Response;
use serde_json::Value;
use uuid::Uuid;

use super::desk::{Desk, Extracted};
use super::views::person::{
    Act, Card, Danger, Fact, Head, Json, Measure, Profile, Shown, Sign, Tab,
};
use super::views::{Section, Shell};
use super::{Needs, pages};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::resource::etag;
use crate::service::account::record::{self, Entry, Held, Record, Single};
use crate::service::account::{State, as_customer as customers_view, people};

type Answer = Response<Body>;

pages! {
    "/users/{id}" =>
        get profile, Needs::To(Permission::ReadPeople);
    "/users/{id}/edit" =>
        get edit::form, Needs::To(Permission::EditPeople);
        post edit::save, Needs::To(Permission::EditPeople);
    "/users/{id}/groups" =>
        get groups::list, Needs::To(Permission::ReadPeople);
        post groups::save, Needs::To(Permission::EditPeople);
    "/users/{id}/groups/add" =>
        get groups::add, Needs::To(Permission::EditPeople);
    "/users/{id}/groups/review" =>
        post groups::review, Needs::To(Permission::EditPeople);
    "/users/{id}/sign-in" =>
        get sign_in::show, Needs::To(Permission::ReadPeople);
    "/users/{id}/sessions/end" =>
        post sign_in::end, Needs::To(Permission::LockPeople);
    "/users/{id}/assigned" =>
        get assigned::show, Needs::To(Permission::ReadPeople);
        post assigned::save, Needs::To(Permission::EditPeople);
    "/users/{id}/as-customer" =>
        get as_customer::show, Needs::To(Permission::ReadPeople);
    "/users/{id}/history" =>
        get history::show, Needs::To(Permission::ReadPeople);
    "/users/{id}/json" =>
        get json, Needs::To(Permission::ReadPeople);
    "/users/{id}/danger" =>
        get danger, Needs::To(Permission::ReadPeople);
    "/users/{id}/lock" =>
        get confirm::ask, Needs::To(Permission::LockPeople);
        post confirm::act, Needs::To(Permission::LockPeople);
    "/users/{id}/unlock" =>
        get confirm::ask, Needs::To(Permission::LockPeople);
        post confirm::act, Needs::To(Permission::LockPeople);
    "/users/{id}/end-sessions" =>
        get confirm::ask, Needs::To(Permission::LockPeople);
        post confirm::act, Needs::To(Permission::LockPeople);
    "/users/{id}/activate" =>
        get confirm::ask, Needs::To(Permission::EditPeople);
        post confirm::act, Needs::To(Permission::EditPeople);
    "/users/{id}/deactivate" =>
        get confirm::ask, Needs::To(Permission::EditPeople);
        post confirm::act, Needs::To(Permission::EditPeople);
    "/users/{id}/approve" =>
        get confirm::ask, Needs::To(Permission::EditPeople);
        post confirm::act, Needs::To(Permission::EditPeople);
    "/users/{id}/invite" =>
        get confirm::ask, Needs::To(Permission::EditPeople);
        post confirm::act, Needs::To(Permission::EditPeople);
    "/users/{id}/detach" =>
        get confirm::ask, Needs::To(Permission::EditPeople);
        post confirm::act, Needs::To(Permission::EditPeople);
    "/users/{id}/delete" =>
        get confirm::ask, Needs::To(Permission::EditPeople);
        post confirm::act, Needs::To(Permission::EditPeople);
    "/users/{id}/reset" =>
        get confirm::ask, Needs::To(Permission::ResetPasswords);
        post confirm::act, Needs::To(Permission::ResetPasswords);
    "/users/{id}/reset-factor" =>
        get confirm::ask, Needs::To(Permission::ManageOperators);
        post confirm::act, Needs::To(Permission::ManageOperators);
    "/users/{id}/purge" =>
        get confirm::ask_purge, Needs::To(Permission::Purge);
        post confirm::purge, Needs::To(Permission::Purge);
}

/// The id in the address.
fn id(desk: &Desk) -> Result<Uuid> {
    Uuid::try_parse(desk.part("id"))
        .map_err(|_| Error::not_found("there is no user at this address"))
}

/// The person whose pages these are.
async fn person(desk: &Desk) -> Result<Record> {
    record::record(&desk.app().service, desk.acting(), id(desk)?).await
}

/// What all pages have in common.
fn page(desk: &Desk, record: &Record) -> Shell {
    desk.page(if record.is_operator {
        Section::Operators
    } else {
        Section::Users
    })
}

/// The address of a page of a person, below the console; empty: the first one.
fn below(id: Uuid, page: &str) -> String {
    if page.is_empty() {
        return format!("/users/{id}");
    }
    format!("/users/{id}/{page}")
}

/// The pages of a person: the end of the address, and the message.
const TABS: &[(&str, &str)] = &[
    ("", "person-tab-profile"),
    ("groups", "person-tab-groups"),
    ("sign-in", "person-tab-sign-in"),
    ("assigned", "person-tab-assigned"),
    ("history", "person-tab-history"),
    ("json", "person-tab-json"),
    ("danger", "person-tab-danger"),
];

/// Something to do with an account: the end of the address, the message, the symbol, whether it takes away for good, and what it asks.
#[derive(Debug, Clone, Copy)]
struct Deed {
    name: &'static str,
    label: &'static str,
    sign: &'static str,
    is_danger: bool,
    needs: Permission,
}

const fn deed(
    name: &'static str,
    label: &'static str,
    sign: &'static str,
    needs: Permission,
) -> Deed {
    Deed {
        name,
        label,
        sign,
        is_danger: false,
        needs,
    }
}

const LOCK: Deed = deed("lock", "person-lock", "lock", Permission::LockPeople);
const UNLOCK: Deed = deed("unlock", "person-unlock", "lock", Permission::LockPeople);
const ACTIVATE: Deed = deed(
    "activate",
    "person-activate",
    "check",
    Permission::EditPeople,
);
const DEACTIVATE: Deed = deed(
    "deactivate",
    "person-deactivate",
    "off",
    Permission::EditPeople,
);
const APPROVE: Deed = deed("approve", "person-approve", "check", Permission::EditPeople);
const INVITE: Deed = deed("invite", "person-invite", "mail", Permission::EditPeople);
const RESET: Deed = deed("reset", "person-reset", "key", Permission::ResetPasswords);
const RESET_FACTOR: Deed = deed(
    "reset-factor",
    "person-factor-reset",
    "key",
    Permission::ManageOperators,
);
const ASSIGN: Deed = deed("assigned", "person-assign", "", Permission::EditPeople);
const DETACH: Deed = deed(
    "detach",
    "person-detach",
    "connection",
    Permission::EditPeople,
);
const AS_CUSTOMER: Deed = deed(
    "as-customer",
    "person-as-customer",
    "",
    Permission::ReadPeople,
);
const DELETE: Deed = Deed {
    is_danger: true,
    ..deed("delete", "person-delete", "trash", Permission::EditPeople)
};

impl Deed {
    fn act(self, page: &Shell, record: &Record) -> Act {
        Act {
            address: page.at(&below(record.person.stored.id, self.name)),
            label: page.text(self.label),
            sign: self.sign,
            is_danger: self.is_danger,
        }
    }
}

/// Those of the deeds that the operator may do, as links.
fn acts(desk: &Desk, page: &Shell, record: &Record, deeds: &[Deed]) -> Vec<Act> {
    let may = |deed: &&Deed| record.require(desk.acting(), deed.needs).is_ok();
    let deeds = deeds.iter().filter(may);
    deeds.map(|deed| deed.act(page, record)).collect()
}

/// The state in words.
fn state(page: &Shell, state: State) -> Sign {
    let (tone, sign, id) = match state {
        State::Active => ("good", "good", "person-state-active"),
        State::Invited => ("", "mail", "person-state-invited"),
        State::PendingVerification => ("", "clock", "person-state-pending"),
        State::Locked => ("warn", "lock", "person-state-locked"),
        State::Deactivated => ("", "off", "person-state-deactivated"),
    };
    Sign {
        tone,
        sign,
        words: page.text(id),
    }
}

/// What stands at the top of each page of a person; `here`: the end of its address.
fn head(desk: &Desk, page: &Shell, record: &Record, here: &str) -> Head {
    let id = record.person.stored.id;
    let (list, list_label) = if record.is_operator {
        ("/operators", "console-operators")
    } else {
        ("/users", "console-users")
    };
    let first: &[Deed] = match record.state {
        State::Locked => &[UNLOCK],
        State::Invited => &[INVITE, LOCK],
        State::PendingVerification => &[APPROVE, LOCK],
        State::Active | State::Deactivated => &[LOCK],
    };
    let mut further = match record.state {
        State::Active => vec![RESET, DEACTIVATE],
        State::Deactivated => vec![ACTIVATE],
        State::Invited | State::PendingVerification | State::Locked => vec![DEACTIVATE],
    };
    if !record.is_operator {
        further.insert(0, ASSIGN);
    }
    further.push(DELETE);
    let mut more = acts(desk, page, record, &further);
    if customers_view::may_look(desk.acting(), &desk.signed_in.person, record).unwrap_or(false) {
        more.insert(0, AS_CUSTOMER.act(page, record));
    }
    let tabs = TABS.iter().map(|(name, label)| Tab {
        address: page.at(&below(id, name)),
        label: page.text(label),
        is_here: *name == here,
    });
    Head {
        address: page.at(&below(id, "")),
        list: (page.at(list), page.text(list_label)),
        name: record.name.clone(),
        state: state(page, record.state),
        is_operator: record.is_operator,
        edit: record
            .may_edit(desk.acting())
            .then(|| page.at(&below(id, "edit"))),
        acts: acts(desk, page, record, first),
        more,
        tabs: tabs.collect(),
    }
}

/// What something is called in the language of the page: by the tenant, or by us, or by its name.
fn label(page: &Shell, labels: &BTreeMap<String, String>, path: &str, name: &str) -> String {
    let own = labels.get(page.language.tag());
    if let Some(own) = own.or_else(|| labels.get(Language::English.tag())) {
        return own.clone();
    }
    let word = path.rsplit(':').next().unwrap_or_default();
    let word = word.replace('.', "-").to_lowercase();
    let known = ["account-field-", "person-field-"]
        .iter()
        .find_map(|family| word_of(page, family, &word));
    known.unwrap_or_else(|| name.to_owned())
}

/// Our word for something, if we have one. What stands in a schema of the tenant's own is no id of a message.
fn word_of(page: &Shell, family: &str, word: &str) -> Option<String> {
    let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !is_plain || word.len() > 60 {
        return None;
    }
    let id = format!("{family}{word}");
    let text = page.text(&id);
    (text != id).then_some(text)
}

/// What a line is called.
fn line_label(page: &Shell, entry: &Entry, single: &Single) -> String {
    let nothing = BTreeMap::new();
    let labels = if single.line.path == entry.path {
        &entry.labels
    } else {
        &nothing
    };
    label(page, labels, &single.line.path, &single.line.name)
}

/// A usual word, such as `work`.
fn choice(page: &Shell, value: &str) -> String {
    word_of(page, "person-type-", &value.to_lowercase()).unwrap_or_else(|| value.to_owned())
}

/// A value of many: what it says, and what is said of it.
fn shown(page: &Shell, value: &Value) -> Shown {
    let Some(object) = value.as_object() else {
        return Shown {
            text: record::shown(value),
            address: None,
            tags: Vec::new(),
        };
    };
    let is_tag = |name: &str| matches!(name, "type" | "primary");
    let texts = |name: &str| object.get(name).map(record::shown);
    let text = texts("value")
        .or_else(|| texts("formatted"))
        .unwrap_or_else(|| {
            let parts = object.iter().filter(|(name, _)| !is_tag(name));
            let parts: Vec<String> = parts.map(|(_, value)| record::shown(value)).collect();
            parts.join(", ")
        });
    let mut tags: Vec<String> = texts("type")
        .map(|value| choice(page, &value))
        .into_iter()
        .collect();
    if crate::schema::validate::is_primary(value) {
        tags.push(page.text("person-part-primary"));
    }
    Shown {
        text,
        address: None,
        tags,
    }
}

/// The same in one line.
fn in_short(page: &Shell, value: &Value) -> String {
    let shown = shown(page, value);
    if shown.tags.is_empty() {
        return shown.text;
    }
    format!("{} ({})", shown.text, shown.tags.join(", "))
}

/// A value of one, as it is read.
fn single_shown(page: &Shell, single: &Single) -> Option<Shown> {
    if single.value.is_empty() {
        return None;
    }
    let is_person = single.line.kind == record::Kind::Person;
    let is_web = single.line.kind == record::Kind::Web
        && ["http://", "https://"]
            .iter()
            .any(|scheme| single.value.starts_with(scheme));
    let text = match (&single.called, single.line.kind) {
        (Some(called), _) => called.clone(),
        (None, record::Kind::Truth) => truth(page, &single.value),
        (None, _) => single.value.clone(),
    };
    let address = if is_person && single.called.is_some() {
        Uuid::try_parse(&single.value)
            .ok()
            .map(|id| page.at(&below(id, "")))
    } else {
        is_web.then(|| single.value.clone())
    };
    Some(Shown {
        text,
        address,
        tags: Vec::new(),
    })
}

fn truth(page: &Shell, value: &str) -> String {
    page.text(if value == "true" {
        "person-yes"
    } else {
        "person-no"
    })
}

/// The sections of a profile: the address of the extension and what it is called.
fn section_title(page: &Shell, section: Option<&(String, String)>) -> String {
    match section {
        None => page.text("person-section"),
        Some((urn, _)) if urn.contains(":extension:enterprise:") => {
            page.text("person-section-enterprise")
        }
        Some((_, name)) => name.clone(),
    }
}

fn cards(page: &Shell, entries: &[Entry]) -> Vec<Card> {
    let mut cards: Vec<Card> = Vec::new();
    let mut section = None;
    for entry in entries {
        if section != Some(&entry.section) {
            section = Some(&entry.section);
            let title = section_title(page, entry.section.as_ref());
            if !cards.iter().any(|card| card.title == title) {
                cards.push(Card {
                    title,
                    facts: Vec::new(),
                });
            }
        }
        let title = section_title(page, entry.section.as_ref());
        let Some(card) = cards.iter_mut().find(|card| card.title == title) else {
            continue;
        };
        match &entry.held {
            Held::Singles(singles) => card.facts.extend(singles.iter().map(|single| Fact {
                label: line_label(page, entry, single),
                values: single_shown(page, single).into_iter().collect(),
                owner: entry.owner.clone(),
            })),
            Held::Many { values, .. } => card.facts.push(Fact {
                label: label(page, &entry.labels, &entry.path, &entry.name),
                values: values
                    .iter()
                    .take(50)
                    .map(|value| shown(page, value))
                    .collect(),
                owner: entry.owner.clone(),
            }),
        }
    }
    for card in &mut cards {
        // What is empty and of a connection is no news.
        card.facts
            .retain(|fact| !fact.values.is_empty() || fact.owner.is_none());
    }
    cards.retain(|card| !card.facts.is_empty());
    cards
}

async fn profile(Extracted(desk): Extracted) -> Answer {
    show_profile(&desk)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn show_profile(desk: &Desk) -> Result<Answer> {
    let record = person(desk).await?;
    let (service, acting) = (&desk.app().service, desk.acting());
    let entries = record.entries(service, acting).await?;
    let stored = &record.person.stored;
    let facts = people::facts(service, acting, stored.id).await?;
    let (people, account) = acting.people()?;
    let source = match record.text(&account.source) {
        Some("admin") => "person-source-admin",
        Some("self") => "person-source-self",
        Some("csv") => "person-source-csv",
        Some(_) | None => "person-source-other",
    };
    let page = page(desk, &record);
    let view = Profile {
        head: head(desk, &page, &record, ""),
        cards: cards(&page, &entries),
        id: stored.id.to_string(),
        source: page.text(source),
        connection: record.connection.clone(),
        foreign_id: record.foreign_id(people),
        created: page.moment(&stored.meta.created),
        changed: page.moment(&stored.meta.last_modified),
        version: etag::of(stored.meta.version),
        last_sign_in: facts.credential.last_sign_in.map(|at| page.moment(&at)),
        page,
    };
    Ok(desk.show(&view))
}

async fn json(Extracted(desk): Extracted) -> Answer {
    show_json(&desk)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn show_json(desk: &Desk) -> Result<Answer> {
    let record = person(desk).await?;
    let id = record.person.stored.id;
    let resource = record::as_answered(&desk.app().service, desk.acting(), id).await?;
    let json = serde_json::to_string_pretty(&resource)
        .map_err(|error| Error::internal("JSON cannot be written").caused_by(error))?;
    let (people, _) = desk.acting().people()?;
    let page = page(desk, &record);
    let view = Json {
        head: head(desk, &page, &record, "json"),
        workbench: page.at(&format!("/workbench?path={}/{id}", people.endpoint)),
        json,
        page,
    };
    Ok(desk.show(&view))
}

async fn danger(Extracted(desk): Extracted) -> Answer {
    show_danger(&desk)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn show_danger(desk: &Desk) -> Result<Answer> {
    let record = person(desk).await?;
    let page = page(desk, &record);
    let is_off = record.state == State::Deactivated;
    let lock = if record.state == State::Locked {
        (UNLOCK, "person-unlock-words")
    } else {
        (LOCK, "person-lock-words")
    };
    let switch = match (is_off, &record.connection) {
        (true, _) => (ACTIVATE, page.text("person-activate-words")),
        (false, None) => (DEACTIVATE, page.text("person-deactivate-words")),
        (false, Some(name)) => (
            DEACTIVATE,
            page.with("person-deactivate-owned", "connection", name),
        ),
    };
    let mut deeds = vec![(lock.0, page.text(lock.1)), switch];
    if let Some(name) = &record.connection {
        deeds.push((DETACH, page.with("person-detach-words", "connection", name)));
    }
    deeds.push((DELETE, page.text("person-delete-words")));
    let measures = deeds.into_iter().map(|(deed, words)| {
        let act = deed.act(&page, &record);
        Measure {
            title: act.label.trim_end_matches('…').trim_end().to_owned(),
            words,
            refused: refusal(desk, &page, &record, deed),
            act,
        }
    });
    let view = Danger {
        head: head(desk, &page, &record, "danger"),
        measures: measures.collect(),
        page,
    };
    Ok(desk.show(&view))
}

/// Why the operator may not do it.
fn refusal(desk: &Desk, page: &Shell, record: &Record, deed: Deed) -> Option<String> {
    let is_role = !desk.may(deed.needs);
    let refused = record.require(desk.acting(), deed.needs).is_err();
    refused.then(|| {
        page.text(if is_role {
            "person-refused-role"
        } else {
            "person-refused-operators"
        })
    })
}
