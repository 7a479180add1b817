//! The form of a profile, and what happens when somebody else has saved meanwhile.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    Answer, below, choice, head, in_short, label, line_label, page, person, section_title, shown,
    truth, word_of,
};
use crate::error::{Error, Result};
use crate::http::account::Form;
use crate::http::console::desk::{Desk, Extracted};
use crate::http::console::views::person::{Conflict, Difference, Edit, Field, Item, Part, Rows};
use crate::http::console::views::{FieldError, Shell};
use crate::service::account::record::{
    self, Actor, By, Entry, Held, Kind, Line, NewValue, Record, Single,
};

/// How many values of an attribute a form has at most.
const MAX_ROWS: usize = 50;

/// What an operator has changed of an attribute or of one value of it.
struct Mine {
    path: String,
    label: String,
    /// What it was when the page was opened, in one line.
    opened: String,
    /// What was typed, in one line.
    typed: String,
    value: Option<Value>,
}

/// Everything that an operator has typed.
#[derive(Default)]
struct Typed {
    changed: Vec<Mine>,
    errors: Vec<FieldError>,
}

pub(super) async fn form(Extracted(desk): Extracted) -> Answer {
    show(&desk).await.unwrap_or_else(|error| desk.failed(error))
}

async fn show(desk: &Desk) -> Result<Answer> {
    let record = person(desk).await?;
    record.require(desk.acting(), crate::auth::Permission::EditPeople)?;
    let entries = record.entries(&desk.app().service, desk.acting()).await?;
    let version = record.person.stored.meta.version;
    Ok(desk.show(&view(desk, &record, &entries, version, None, Vec::new())))
}

pub(super) async fn save(Extracted(desk): Extracted, form: Form) -> Answer {
    saved(&desk, &form)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn saved(desk: &Desk, form: &Form) -> Result<Answer> {
    let record = person(desk).await?;
    let (service, acting) = (&desk.app().service, desk.acting());
    record.require(acting, crate::auth::Permission::EditPeople)?;
    let entries = record.entries(service, acting).await?;
    let Ok(version) = form.text("version").parse::<i64>() else {
        return Err(Error::bad_request(
            "the form does not say which version it was made for; open it again",
        ));
    };
    let id = record.person.stored.id;
    let again = |status: StatusCode, errors: Vec<FieldError>| {
        let view = view(desk, &record, &entries, version, Some(form), errors);
        desk.show_as(status, &view)
    };
    if form.has("more") {
        return Ok(again(StatusCode::OK, Vec::new()));
    }
    let page = page(desk, &record);
    let mut typed = typed(desk, &page, &entries, form).await?;
    let values: Vec<NewValue> = typed
        .changed
        .iter()
        .map(|mine| (mine.path.clone(), mine.value.clone()))
        .collect();
    for (path, error) in record::unfit(acting, &values)? {
        if !typed.errors.iter().any(|known| known.field == path) {
            let kind = kind_of(&entries, &path);
            let message = wrong(&page, kind, &error);
            typed.errors.push(FieldError {
                field: path,
                message,
            });
        }
    }
    if !typed.errors.is_empty() {
        return Ok(again(StatusCode::BAD_REQUEST, typed.errors));
    }
    if values.is_empty() {
        return Ok(desk.go(&below(id, ""), "person-notice-nothing"));
    }
    match record::change(service, acting, id, &values, version).await {
        Ok(()) => Ok(desk.go(&below(id, ""), "console-notice-saved")),
        Err(error) => match error.kind().status() {
            412 => conflict(desk, form).await,
            status @ (400 | 409) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
                Ok(again(status, vec![blame(&typed.changed, &error)]))
            }
            _ => Err(error),
        },
    }
}

/// Beside the field that the error names, or above them all.
fn blame(changed: &[Mine], error: &Error) -> FieldError {
    let detail = error.detail();
    let guilty = changed
        .iter()
        .find(|mine| detail.contains(&format!("{:?}", mine.path)));
    FieldError {
        field: guilty.map(|mine| mine.path.clone()).unwrap_or_default(),
        message: detail.to_owned(),
    }
}

fn kind_of(entries: &[Entry], path: &str) -> Kind {
    let singles = entries.iter().filter_map(|entry| match &entry.held {
        Held::Singles(singles) => Some(singles),
        Held::Many { .. } => None,
    });
    let found = singles.flatten().find(|single| single.line.path == path);
    found.map_or(Kind::Text, |single| single.line.kind)
}

/// What is wrong with a value, by what it should be.
fn wrong(page: &Shell, kind: Kind, error: &Error) -> String {
    match kind {
        Kind::Web => page.text("account-error-web-address"),
        Kind::Locale => page.text("account-error-locale"),
        Kind::TimeZone => page.text("account-error-time-zone"),
        Kind::Number => page.text("person-error-number"),
        Kind::Moment => page.text("person-error-moment"),
        Kind::Text | Kind::Address | Kind::Country | Kind::Truth | Kind::Person => {
            error.detail().to_owned()
        }
    }
}

/// What has been changed in the form. What is not in it has not.
async fn typed(desk: &Desk, page: &Shell, entries: &[Entry], form: &Form) -> Result<Typed> {
    let mut typed = Typed::default();
    for entry in entries {
        match &entry.held {
            Held::Singles(singles) => {
                for single in singles.iter().filter(|single| single.is_editable) {
                    single_typed(desk, page, entry, single, form, &mut typed).await?;
                }
            }
            Held::Many { parts, values } if entry.is_editable => {
                many_typed(page, entry, (parts, values), form, &mut typed);
            }
            Held::Many { .. } => {}
        }
    }
    Ok(typed)
}

fn former_of(form: &Form, path: &str) -> Option<String> {
    let name = format!("former-{path}");
    form.has(&name).then(|| form.text(&name))
}

fn is_theirs(form: &Form, path: &str) -> bool {
    form.text(&format!("choice-{path}")) == "theirs"
}

async fn single_typed(
    desk: &Desk,
    page: &Shell,
    entry: &Entry,
    single: &Single,
    form: &Form,
    typed: &mut Typed,
) -> Result<()> {
    let path = &single.line.path;
    let text = form.text(path);
    let former = former_of(form, path).unwrap_or_else(|| single.value.trim().to_owned());
    if !form.has(path) || text == former || is_theirs(form, path) {
        return Ok(());
    }
    let value = match (single.line.kind, text.is_empty()) {
        (Kind::Person, false) => {
            let found = record::reference(&desk.app().service, desk.acting(), &text).await;
            found.map(Some)
        }
        (kind, _) => kind.read(&text),
    };
    let value = match value {
        Ok(value) => value,
        Err(error) if error.is_ours() => return Err(error),
        Err(error) => {
            let message = if single.line.kind == Kind::Person {
                page.text("person-error-nobody")
            } else {
                wrong(page, single.line.kind, &error)
            };
            typed.errors.push(FieldError {
                field: path.clone(),
                message,
            });
            None
        }
    };
    typed.changed.push(Mine {
        path: path.clone(),
        label: line_label(page, entry, single),
        opened: readable(page, single.line.kind, &former),
        typed: readable(page, single.line.kind, &text),
        value,
    });
    Ok(())
}

fn readable(page: &Shell, kind: Kind, text: &str) -> String {
    if kind == Kind::Truth && !text.is_empty() {
        return truth(page, text);
    }
    text.to_owned()
}

/// The values of a list as the form was opened with them.
fn former_values(form: &Form, path: &str, present: &[Value]) -> Vec<Value> {
    let former = former_of(form, path);
    let read = former.and_then(|text| serde_json::from_str::<Vec<Value>>(&text).ok());
    read.unwrap_or_else(|| present.to_vec())
}

fn many_typed(
    page: &Shell,
    entry: &Entry,
    (parts, present): (&[Line], &[Value]),
    form: &Form,
    typed: &mut Typed,
) {
    let path = &entry.path;
    if is_theirs(form, path) {
        return;
    }
    let former = former_values(form, path, present);
    let Some(values) = list_typed(form, path, parts, &former) else {
        return;
    };
    if values == former {
        return;
    }
    typed.changed.push(Mine {
        path: path.clone(),
        label: label(page, &entry.labels, path, &entry.name),
        opened: list_in_short(page, &former),
        typed: list_in_short(page, &values),
        value: (!values.is_empty()).then_some(Value::Array(values)),
    });
}

fn list_in_short(page: &Shell, values: &[Value]) -> String {
    let shown: Vec<String> = values.iter().map(|value| in_short(page, value)).collect();
    shown.join("; ")
}

/// The list that a form holds; nothing: it is not in it.
fn list_typed(form: &Form, path: &str, parts: &[Line], former: &[Value]) -> Option<Vec<Value>> {
    let whole = format!("whole-{path}");
    if form.has(&whole) {
        return serde_json::from_str(&form.text(&whole)).ok();
    }
    if !form.has(&format!("former-{path}")) {
        return None;
    }
    let rows = (0..=MAX_ROWS).filter_map(|row| {
        let name = |part: &Line| row_name(path, row, part);
        let is_there = parts.iter().any(|part| form.has(&name(part)));
        is_there.then(|| row_typed(form, parts, former.get(row), &name))?
    });
    Some(rows.collect())
}

fn row_name(path: &str, row: usize, part: &Line) -> String {
    format!("{path}.{row}.{}", part.name)
}

/// One value of a list; nothing: it has been emptied.
fn row_typed(
    form: &Form,
    parts: &[Line],
    former: Option<&Value>,
    name: &dyn Fn(&Line) -> String,
) -> Option<Value> {
    let read = |part: &Line, text: &str| {
        let read = part.kind.read(text);
        read.unwrap_or_else(|_| Some(json!(text)))
    };
    if let [part] = parts
        && part.name.is_empty()
    {
        return read(part, &form.text(&name(part)));
    }
    let mut object: Map<String, Value> = former
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let mut says_something = false;
    for part in parts {
        let text = form.text(&name(part));
        says_something |= !text.is_empty() && part.kind != Kind::Truth && part.name != "type";
        if part.kind == Kind::Truth && text.is_empty() {
            // Not ticked: what said no goes on saying so.
            if object.get(&part.name).and_then(Value::as_bool) != Some(false) {
                object.remove(&part.name);
            }
            continue;
        }
        match read(part, &text) {
            Some(value) => object.insert(part.name.clone(), value),
            None => object.remove(&part.name),
        };
    }
    says_something.then_some(Value::Object(object))
}

/// The form, with what was typed where something was.
fn view(
    desk: &Desk,
    record: &Record,
    entries: &[Entry],
    version: i64,
    typed: Option<&Form>,
    errors: Vec<FieldError>,
) -> Edit {
    let page = page(desk, record);
    let mut parts: Vec<Part> = Vec::new();
    for entry in entries {
        let title = section_title(&page, entry.section.as_ref());
        let position = parts.iter().position(|part| part.title == title);
        let position = position.unwrap_or_else(|| {
            parts.push(Part {
                title,
                items: Vec::new(),
            });
            parts.len() - 1
        });
        let Some(part) = parts.get_mut(position) else {
            continue;
        };
        match &entry.held {
            Held::Singles(singles) => {
                let fields = singles.iter().filter(|single| {
                    // What is empty and cannot be filled in is no news.
                    single.is_editable || !single.value.is_empty()
                });
                let fields = fields.map(|single| Item::Field(field(&page, entry, single, typed)));
                part.items.extend(fields);
            }
            Held::Many {
                parts: lines,
                values,
            } => {
                if entry.is_editable || !values.is_empty() {
                    let rows = rows(&page, entry, (lines, values), typed);
                    part.items.push(Item::Rows(rows));
                }
            }
        }
    }
    parts.retain(|part| !part.items.is_empty());
    let id = record.person.stored.id;
    let detach = record.connection.as_ref();
    Edit {
        head: head(desk, &page, record, "edit"),
        version,
        parts,
        detach: detach.map(|_| page.at(&below(id, "detach"))),
        errors,
        page,
    }
}

fn owner(page: &Shell, entry: &Entry) -> String {
    let owner = entry.owner.as_ref();
    owner.map_or_else(String::new, |owner| {
        page.with("account-managed-by", "connection", owner)
    })
}

fn field(page: &Shell, entry: &Entry, single: &Single, typed: Option<&Form>) -> Field {
    let path = &single.line.path;
    let typed = typed.filter(|form| single.is_editable && form.has(path));
    let word = path.rsplit(':').next().unwrap_or_default();
    let word = word.replace('.', "-").to_lowercase();
    let mut hint = word_of(page, "person-hint-", &word).unwrap_or_default();
    if let Some(called) = &single.called {
        hint = page.with("person-hint-is", "name", called);
    }
    let choices = if single.line.kind == Kind::Truth && single.is_editable {
        truths(page)
    } else {
        Vec::new()
    };
    let value = typed.map_or_else(|| single.value.clone(), |form| form.text(path));
    Field {
        id: path.clone(),
        label: line_label(page, entry, single),
        former: typed
            .and_then(|form| former_of(form, path))
            .unwrap_or_else(|| single.value.clone()),
        value,
        hint,
        owner: owner(page, entry),
        is_editable: single.is_editable,
        is_required: single.line.is_required,
        kind: control(single.line.kind),
        choices,
    }
}

fn truths(page: &Shell) -> Vec<(String, String)> {
    [
        ("", "person-unsaid"),
        ("true", "person-yes"),
        ("false", "person-no"),
    ]
    .iter()
    .map(|(value, id)| ((*value).to_owned(), page.text(id)))
    .collect()
}

/// The `type` of a control. Values are checked by the server, which says in words what is wrong.
fn control(kind: Kind) -> &'static str {
    match kind {
        Kind::Address => "email",
        Kind::Web => "url",
        Kind::Text
        | Kind::Locale
        | Kind::TimeZone
        | Kind::Country
        | Kind::Number
        | Kind::Moment
        | Kind::Person
        | Kind::Truth => "text",
    }
}

fn rows(
    page: &Shell,
    entry: &Entry,
    (parts, present): (&[Line], &[Value]),
    typed: Option<&Form>,
) -> Rows {
    let path = &entry.path;
    let former = typed.map_or_else(
        || present.to_vec(),
        |form| former_values(form, path, present),
    );
    let is_more = typed.is_some_and(|form| form.text("more") == *path);
    let mut values = typed
        .and_then(|form| list_typed(form, path, parts, &former))
        .unwrap_or_else(|| present.to_vec());
    let shown: Vec<_> = values
        .iter()
        .take(MAX_ROWS)
        .map(|value| shown(page, value))
        .collect();
    let is_editable = entry.is_editable && values.len() < MAX_ROWS;
    let blank = if is_more { 3 } else { 1 };
    values.extend(std::iter::repeat_n(Value::Null, blank));
    let rows = values
        .iter()
        .take(MAX_ROWS)
        .enumerate()
        .map(|(row, value)| {
            let fields = parts
                .iter()
                .map(|part| row_field(page, path, row, part, value));
            fields.collect()
        });
    Rows {
        path: path.clone(),
        label: label(page, &entry.labels, path, &entry.name),
        former: Value::Array(former).to_string(),
        owner: owner(page, entry),
        is_editable,
        rows: if is_editable {
            rows.collect()
        } else {
            Vec::new()
        },
        shown,
    }
}

fn row_field(page: &Shell, path: &str, row: usize, part: &Line, value: &Value) -> Field {
    let held = if part.name.is_empty() {
        Some(value)
    } else {
        value.get(&part.name)
    };
    let text = held.map(record::shown).unwrap_or_default();
    let known = part.name.to_lowercase();
    let name = word_of(page, "person-part-", &known).unwrap_or_else(|| part.name.clone());
    let mut choices = Vec::new();
    if part.name == "type" && !part.choices.is_empty() {
        choices.push((String::new(), page.text("person-unsaid")));
        let usual = part.choices.iter();
        choices.extend(usual.map(|value| (value.clone(), choice(page, value))));
        if !text.is_empty() && !part.choices.contains(&text) {
            choices.push((text.clone(), text.clone()));
        }
    }
    Field {
        id: row_name(path, row, part),
        label: if name.is_empty() {
            page.text("person-part-value")
        } else {
            name
        },
        former: String::new(),
        value: text,
        hint: String::new(),
        owner: String::new(),
        is_editable: true,
        is_required: false,
        kind: if part.kind == Kind::Truth {
            "checkbox"
        } else {
            control(part.kind)
        },
        choices,
    }
}

/// The page that shows both, when somebody else has saved meanwhile.
async fn conflict(desk: &Desk, form: &Form) -> Result<Answer> {
    let record = person(desk).await?;
    let (service, acting) = (&desk.app().service, desk.acting());
    let entries = record.entries(service, acting).await?;
    let page = page(desk, &record);
    let typed = typed(desk, &page, &entries, form).await?;
    let mut differences = Vec::new();
    for entry in &entries {
        match &entry.held {
            Held::Singles(singles) => {
                let found = singles
                    .iter()
                    .filter_map(|single| single_differs(&page, entry, single, form, &typed));
                differences.extend(found);
            }
            Held::Many { values, .. } => {
                differences.extend(list_differs(&page, entry, values, form, &typed));
            }
        }
    }
    let id = record.person.stored.id;
    let (latest, _) = record::history(service, acting, id, By::Anybody, None, 1).await?;
    let who = latest.first().map(|event| match &event.actor {
        Actor::Connection(name) | Actor::Other(name) => name.clone(),
        Actor::Operator(named) | Actor::Person(named) => named.name.clone(),
    });
    let when = page.moment(&record.person.stored.meta.last_modified).shown;
    let who = crate::http::account::views::isolated(&who.unwrap_or_default());
    let view = Conflict {
        head: head(desk, &page, &record, "edit"),
        version: record.person.stored.meta.version,
        lead: page
            .language
            .format("person-conflict-lead", &[("name", &who), ("when", &when)]),
        differences,
        page,
    };
    Ok(desk.show_as(StatusCode::PRECONDITION_FAILED, &view))
}

fn single_differs(
    page: &Shell,
    entry: &Entry,
    single: &Single,
    form: &Form,
    typed: &Typed,
) -> Option<Difference> {
    let path = &single.line.path;
    let mine = typed.changed.iter().find(|mine| mine.path == *path);
    let former = former_of(form, path).unwrap_or_else(|| single.value.trim().to_owned());
    let is_conflict = former != single.value.trim();
    if mine.is_none() && !is_conflict {
        return None;
    }
    let kind = single.line.kind;
    let carried = mine.map(|_| {
        vec![
            (path.clone(), form.text(path)),
            (format!("former-{path}"), single.value.clone()),
        ]
    });
    Some(Difference {
        path: path.clone(),
        label: line_label(page, entry, single),
        opened: readable(page, kind, &former),
        saved: readable(page, kind, &single.value),
        is_conflict: is_conflict && mine.is_some(),
        yours: mine.map(|mine| mine.typed.clone()),
        carried: carried.unwrap_or_default(),
    })
}

fn list_differs(
    page: &Shell,
    entry: &Entry,
    present: &[Value],
    form: &Form,
    typed: &Typed,
) -> Option<Difference> {
    let path = &entry.path;
    let mine = typed.changed.iter().find(|mine| mine.path == *path);
    let former = former_values(form, path, present);
    let is_conflict = former != present;
    if mine.is_none() && !is_conflict {
        return None;
    }
    let carried = mine.map(|mine| {
        let whole = mine.value.clone().unwrap_or_else(|| json!([]));
        vec![
            (format!("whole-{path}"), whole.to_string()),
            (format!("former-{path}"), json!(present).to_string()),
        ]
    });
    Some(Difference {
        path: path.clone(),
        label: label(page, &entry.labels, path, &entry.name),
        opened: mine.map_or_else(|| list_in_short(page, &former), |mine| mine.opened.clone()),
        saved: list_in_short(page, present),
        is_conflict: is_conflict && mine.is_some(),
        yours: mine.map(|mine| mine.typed.clone()),
        carried: carried.unwrap_or_default(),
    })
}
