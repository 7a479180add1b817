//! A person's record as operators see and change it: every value of the profile, whose it is, and what has been done.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::acting::{Acting, Person};
use super::own::TYPED;
use super::ownership::is_owned;
use super::rules::is_operators;
use super::{Intent, State, is_address, people, text};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::resource::etag::{Preconditions, Tags};
use crate::resource::patch::MESSAGE_SCHEMA;
use crate::resource::{called, display_name, simple_value};
use crate::schema::project::Projection;
use crate::schema::{
    AttributeDef, Format, Kind as Type, Mutability, ProfileAttribute, ResourceType, SeenBy,
    validate,
};
use crate::service::ownership::visible;
use crate::service::{Service, modify, parse_document, read};
use crate::store::changes::{self, Recorded};
use crate::store::letters::{self as posted, Posted};
use crate::store::{ResourceKey, Transaction, connections, members, resources};

/// The sub-attribute that names what a value is about.
const VALUE: &str = "value";
/// What a value is shown as, where it is not what it says.
const DISPLAY: &str = "display";

/// What a value is, so that it can be typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A line of text.
    Text,
    /// An address of mail.
    Address,
    /// An address in the web.
    Web,
    /// A language and a region.
    Locale,
    /// A time zone.
    TimeZone,
    /// A country, by its two letters.
    Country,
    /// A number.
    Number,
    /// Yes or no.
    Truth,
    /// A moment.
    Moment,
    /// Somebody else, by id.
    Person,
}

impl Kind {
    fn of(attribute: &AttributeDef) -> Self {
        match (attribute.kind, attribute.format) {
            (Type::Boolean, _) => Self::Truth,
            (Type::Integer | Type::Decimal, _) => Self::Number,
            (Type::DateTime, _) => Self::Moment,
            (_, Some(Format::Url)) => Self::Web,
            (_, Some(Format::LanguageTag | Format::LanguageRanges)) => Self::Locale,
            (_, Some(Format::TimeZone)) => Self::TimeZone,
            (_, Some(Format::Country)) => Self::Country,
            (_, None) => Self::Text,
        }
    }

    /// What somebody typed as a value; `None` within: nothing.
    ///
    /// # Errors
    /// `invalidValue` for what is no value of this kind.
    pub fn read(self, typed: &str) -> Result<Option<Value>> {
        if typed.is_empty() {
            return Ok(None);
        }
        let value = match self {
            Self::Truth => json!(typed == "true"),
            Self::Number => serde_json::from_str(typed)
                .ok()
                .filter(Value::is_number)
                .ok_or_else(|| Error::invalid_value("a number must be typed as 12 or 1.5"))?,
            _ => json!(typed),
        };
        Ok(Some(value))
    }
}

/// A value as text.
#[must_use]
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A line to type: an attribute, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The attribute's path.
    pub path: String,
    /// The attribute's name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// What is usual (`canonicalValues`).
    pub choices: Vec<String>,
    /// Whether there must be a value.
    pub is_required: bool,
}

impl Line {
    fn of(attribute: &AttributeDef) -> Self {
        Self {
            path: attribute.path(),
            name: attribute.name.clone(),
            kind: Kind::of(attribute),
            choices: attribute.canonical_values.clone(),
            is_required: attribute.required,
        }
    }
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Single {
    /// What it is.
    pub line: Line,
    /// As text; empty: none.
    pub value: String,
    /// The name of the person that it is the id of.
    pub called: Option<String>,
    /// Whether the operator can change it.
    pub is_editable: bool,
}

/// What an attribute holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Held {
    /// One value, or the parts of a complex one.
    Singles(Vec<Single>),
    /// Many.
    Many {
        /// What each consists of; a single line without a name: simple values.
        parts: Vec<Line>,
        /// The values.
        values: Vec<Value>,
    },
}

/// An attribute of the profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// What the tenant calls it, by language tag.
    pub labels: BTreeMap<String, String>,
    /// The extension that it is of, by the URN and the name of its schema.
    pub section: Option<(String, String)>,
    /// The connection that it belongs to: it is changed there.
    pub owner: Option<String>,
    /// Whether the operator can change it.
    pub is_editable: bool,
    /// What it holds.
    pub held: Held,
}

/// A person's record.
#[derive(Debug, Clone)]
pub struct Record {
    /// The person, as the operator sees them.
    pub person: Person,
    /// The name for people.
    pub name: String,
    /// The name to sign in with.
    pub username: String,
    /// Whether the person can sign in.
    pub state: State,
    /// Whether it is an operator.
    pub is_operator: bool,
    /// The connection that looks after the person.
    pub connection: Option<String>,
    /// The operator who looks after the customer.
    pub holder: Option<Named>,
}

/// Somebody, by id and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The id.
    pub id: Uuid,
    /// The name; without one, the id.
    pub name: String,
}

/// A person's record.
///
/// # Errors
/// 403; 404.
pub async fn record(service: &Service, acting: &Acting, id: Uuid) -> Result<Record> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let (people, account) = acting.people()?;
    let mut reader = service.store.reader();
    let found = acting.person(&mut reader, id).await?;
    let connection = connections::name_of_creator(&mut reader, found.stored.key).await?;
    let call = acting.call(Intent::default());
    let (document, _) = visible(&call, people, &found.stored)?;
    let holder = validate::get(&document, &account.assigned_to)
        .and_then(|value| Uuid::try_parse(value.get(VALUE)?.as_str()?).ok());
    let holder = match holder {
        Some(holder) => named(&mut reader, acting, &[holder]).await?.remove(&holder),
        None => None,
    };
    drop(reader);
    let username = text(&document, &account.username).unwrap_or_default();
    Ok(Record {
        name: name_in(acting, &document)?.unwrap_or_else(|| id.to_string()),
        username: username.to_owned(),
        state: State::of(account, &document),
        is_operator: is_operators(people, &document),
        connection,
        holder,
        person: Person {
            stored: found.stored,
            document,
        },
    })
}

/// What a person is called: the name for people, first and last name, or the name to sign in with.
fn name_in(acting: &Acting, document: &Map<String, Value>) -> Result<Option<String>> {
    let (people, account) = acting.people()?;
    let parts = [&account.given_name, &account.family_name];
    let parts: Vec<&str> = parts
        .into_iter()
        .filter_map(|part| text(document, part))
        .collect();
    let full = Some(parts.join(" ")).filter(|name| !name.is_empty());
    let name = display_name(people, document).or(full);
    Ok(name.or_else(|| called(people, document)))
}

/// What a person is called; without a name, the id.
///
/// # Errors
/// When the tenant has no people.
pub fn name(acting: &Acting, person: &Person) -> Result<String> {
    let name = name_in(acting, &person.document)?;
    Ok(name.unwrap_or_else(|| person.stored.id.to_string()))
}

/// The names of people and groups, by their ids; who is not there is left out.
async fn named(
    reader: &mut Transaction,
    acting: &Acting,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Named>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let tenant = acting.caller.tenant;
    let rows = members::resolve(reader, tenant, ids, &members::Mark::default()).await?;
    let keys: Vec<ResourceKey> = rows.iter().map(|row| row.relative.key).collect();
    let call = acting.call(Intent::default());
    let mut all = HashMap::with_capacity(rows.len());
    for row in resources::by_keys(reader, &keys).await? {
        let document = parse_document(&row.document)?;
        let resource_type = call.registry.resource_type(row.resource_type);
        let name = resource_type
            .and_then(|of| display_name(of, &document).or_else(|| called(of, &document)));
        let name = name.unwrap_or_else(|| row.id.to_string());
        all.insert(row.id, Named { id: row.id, name });
    }
    Ok(all)
}

impl Record {
    /// The text of an attribute of the account, such as the reason of a lock.
    #[must_use]
    pub fn text(&self, attribute: &AttributeDef) -> Option<&str> {
        text(&self.person.document, attribute)
    }

    /// The id that a client has given the person, if the operator sees it.
    #[must_use]
    pub fn foreign_id(&self, people: &ResourceType) -> Option<String> {
        let mut scoped = people
            .attributes
            .iter()
            .filter(|attribute| attribute.scoped.is_some());
        scoped.find_map(|attribute| text(&self.person.document, attribute).map(str::to_owned))
    }

    /// The address that letters go to.
    #[must_use]
    pub fn mail_address(&self, acting: &Acting) -> Option<String> {
        let (_, account) = acting.people().ok()?;
        super::mail_address(account, &self.person.document)
    }

    /// Every attribute of the profile that operators see, in order.
    ///
    /// # Errors
    /// When the tenant has no people; the database's.
    pub async fn entries(&self, service: &Service, acting: &Acting) -> Result<Vec<Entry>> {
        let (people, account) = acting.people()?;
        let call = acting.call(Intent::default());
        let document = &self.person.document;
        let may_edit = self.may_edit(acting);
        let mut entries = Vec::new();
        for of in &people.profile {
            let attribute = &of.attribute;
            // What decides whether the account can be used stands on pages of its own.
            let is_elsewhere = attribute.extension == account.kind.extension
                || attribute.path() == account.active.path()
                || attribute.scoped.is_some()
                || attribute.relation.is_some()
                || attribute.is_password
                || attribute.is_hidden();
            if of.seen_by == SeenBy::Nobody || is_elsewhere {
                continue;
            }
            let owner = self.connection.clone().filter(|_| is_owned(of));
            let is_editable =
                may_edit && owner.is_none() && attribute.mutability != Mutability::ReadOnly;
            let section = attribute.extension.as_deref().map(|urn| {
                let schema = call.registry.schema(urn);
                let name = schema.and_then(|schema| schema.document.get("name")?.as_str());
                (urn.to_owned(), name.unwrap_or(urn).to_owned())
            });
            let Some(held) = held(people, of, document, is_editable) else {
                continue;
            };
            entries.push(Entry {
                path: attribute.path(),
                name: attribute.name.clone(),
                labels: of.labels.clone(),
                section,
                owner,
                is_editable: is_editable
                    && !attribute
                        .sub_attributes
                        .iter()
                        .any(|part| part.kind == Type::Binary),
                held,
            });
        }
        name_people(service, acting, &mut entries).await?;
        Ok(entries)
    }

    /// Whether the operator's role allows changing this person.
    #[must_use]
    pub fn may_edit(&self, acting: &Acting) -> bool {
        people::require(acting, &self.person, Permission::EditPeople).is_ok()
    }

    /// Demands a permission with regard to this person.
    ///
    /// # Errors
    /// 403.
    pub fn require(&self, acting: &Acting, permission: Permission) -> Result<()> {
        people::require(acting, &self.person, permission)
    }
}

/// Whether somebody can type it.
fn is_line(attribute: &AttributeDef) -> bool {
    !matches!(attribute.kind, Type::Complex | Type::Binary)
        && !attribute.is_password
        && !attribute.is_hidden()
        && attribute.mutability != Mutability::ReadOnly
}

fn held(
    people: &ResourceType,
    of: &ProfileAttribute,
    document: &Map<String, Value>,
    is_editable: bool,
) -> Option<Held> {
    let attribute = &of.attribute;
    if attribute.multi_valued {
        let parts: Vec<Line> = if attribute.kind == Type::Complex {
            let parts = of.parts.iter().filter(|part| is_line(part));
            let parts = parts.filter(|part| part.name != DISPLAY);
            parts.map(|part| Line::of(part)).collect()
        } else {
            let mut line = Line::of(attribute);
            line.name = String::new();
            vec![line]
        };
        let values = validate::get(document, attribute).and_then(Value::as_array);
        return Some(Held::Many {
            parts,
            values: values.cloned().unwrap_or_default(),
        });
    }
    let single = |line: Line, value: Option<&Value>, may_change: bool| Single {
        value: value.map(shown).unwrap_or_default(),
        is_editable: is_editable && may_change,
        called: None,
        line,
    };
    let path = attribute.path();
    let mut references = people.references.iter();
    if references.any(|reference| reference.attribute.path() == path) {
        let value = validate::get(document, attribute).and_then(|value| value.get(VALUE));
        let line = Line {
            kind: Kind::Person,
            ..Line::of(attribute)
        };
        return Some(Held::Singles(vec![single(line, value, true)]));
    }
    let lines: Vec<Single> = std::iter::once(attribute)
        .chain(&of.parts)
        .filter(|line| !matches!(line.kind, Type::Complex | Type::Binary) && !line.is_hidden())
        .map(|line| {
            let value = simple_value(document, line);
            let is_free = match line.mutability {
                Mutability::ReadOnly => false,
                Mutability::Immutable => value.is_none(),
                Mutability::ReadWrite | Mutability::WriteOnly => true,
            };
            single(Line::of(line), value, is_free)
        })
        .collect();
    (!lines.is_empty()).then_some(Held::Singles(lines))
}

/// Says what those are called whose ids are values.
async fn name_people(service: &Service, acting: &Acting, entries: &mut [Entry]) -> Result<()> {
    let ids = |entry: &Entry| match &entry.held {
        Held::Singles(singles) => singles
            .iter()
            .filter(|single| single.line.kind == Kind::Person)
            .filter_map(|single| Uuid::try_parse(&single.value).ok())
            .collect(),
        Held::Many { .. } => Vec::new(),
    };
    let ids: Vec<Uuid> = entries.iter().flat_map(ids).collect();
    let mut reader = service.store.reader();
    let names = named(&mut reader, acting, &ids).await?;
    for entry in entries {
        let Held::Singles(singles) = &mut entry.held else {
            continue;
        };
        for single in singles {
            let id = Uuid::try_parse(&single.value).ok();
            let known = id.and_then(|id| names.get(&id));
            if single.line.kind == Kind::Person {
                single.called = known.map(|known| known.name.clone());
            }
        }
    }
    Ok(())
}

/// A change of an attribute, or of a part of one: its path, and what it is to be; none: nothing.
pub type NewValue = (String, Option<Value>);

/// What is wrong with the values that an operator typed: the path, and what should be.
///
/// # Errors
/// When the tenant has no people.
pub fn unfit(acting: &Acting, values: &[NewValue]) -> Result<Vec<(String, Error)>> {
    let (people, account) = acting.people()?;
    let mut wrong = Vec::new();
    for (path, value) in values {
        let attributes = people.profile.iter();
        let mut lines =
            attributes.flat_map(|one| std::iter::once(&one.attribute).chain(&one.parts));
        let Some(attribute) = lines.find(|line| line.path() == *path) else {
            continue;
        };
        let Some(value) = value else {
            if attribute.required {
                let error = Error::invalid_value(format!("{path:?} must have a value"));
                wrong.push((path.clone(), error));
            }
            continue;
        };
        if let Err(error) = validate::value(attribute, value, TYPED) {
            wrong.push((path.clone(), error));
        } else if *path == account.emails.path() {
            let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let mut texts = values.iter().filter_map(|value| value.get(VALUE)?.as_str());
            if let Some(other) = texts.find(|text| !is_address(text)) {
                let other: String = other.chars().take(64).collect();
                let error = Error::invalid_value(format!("{other:?} must be a mail address"));
                wrong.push((path.clone(), error));
            }
        }
    }
    Ok(wrong)
}

/// The id of somebody who is named by id or by user name, as the value of an attribute that refers to a person.
///
/// # Errors
/// 404.
pub async fn reference(service: &Service, acting: &Acting, typed: &str) -> Result<Value> {
    let found = acting.find(service, typed).await?;
    Ok(json!({VALUE: found.stored.id.to_string()}))
}

/// Changes values of a person's profile, and nothing else, unless there is another version by now.
///
/// # Errors
/// 412 for another version; 403; 404; `invalidValue`; `uniqueness`; `mutability`.
pub async fn change(
    service: &Service,
    acting: &Acting,
    id: Uuid,
    values: &[NewValue],
    version: i64,
) -> Result<()> {
    let (people, _) = acting.people()?;
    let mut acting = acting.clone();
    acting.caller.settings.patch.reading = TYPED;
    let operations: Vec<Value> = values
        .iter()
        .map(|(path, value)| match value {
            Some(value) => json!({"op": "replace", "path": path, "value": value}),
            None => json!({"op": "remove", "path": path}),
        })
        .collect();
    if operations.is_empty() {
        return Ok(());
    }
    let call = acting.call(Intent::default());
    let body = json!({"schemas": [MESSAGE_SCHEMA], "Operations": operations});
    let preconditions = Preconditions {
        if_match: Some(Tags::These(vec![version.to_string()])),
        if_none_match: None,
    };
    let projection = Projection::new(&["id".to_owned()], &[])?;
    let id = id.to_string();
    let done = modify::modify(
        service,
        &call,
        people,
        &id,
        &body,
        &preconditions,
        projection,
    );
    done.await.map(|_| ())
}

/// The resource as the API answers it.
///
/// # Errors
/// 403; 404.
pub async fn as_answered(service: &Service, acting: &Acting, id: Uuid) -> Result<Value> {
    let (people, _) = acting.people()?;
    let call = acting.call(Intent::default());
    let projection = Projection::new(&[], &[])?;
    let any = Preconditions::default();
    let found = read::read(service, &call, people, &id.to_string(), &any, &projection).await?;
    match found {
        read::Found::Resource(shown) => serde_json::from_str(&shown.body)
            .map_err(|error| Error::internal("a representation is malformed").caused_by(error)),
        // Nobody has members.
        read::Found::Large(_) | read::Found::NotModified { .. } => Ok(Value::Null),
    }
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A provisioning client, by the name of its connection.
    Connection(String),
    /// An operator.
    Operator(Named),
    /// A person, in their own account.
    Person(Named),
    /// Something else, in its own words.
    Other(String),
}

/// Whose changes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Anybody's.
    Anybody,
    /// Those of provisioning clients.
    Connections,
    /// Those of operators.
    Operators,
    /// Those of people in their own account.
    People,
}

impl By {
    /// How the words for such an actor begin.
    fn beginning(self) -> &'static str {
        match self {
            Self::Anybody => "",
            Self::Connections => "connection ",
            Self::Operators => "operator ",
            Self::People => "user ",
        }
    }
}

/// Something that was done with a resource.
#[derive(Debug, Clone)]
pub struct Event {
    /// What.
    pub change: Recorded,
    /// Who.
    pub actor: Actor,
}

/// What was done with a person, the latest first, and where to go on if there may be more.
///
/// # Errors
/// 403.
pub async fn history(
    service: &Service,
    acting: &Acting,
    id: Uuid,
    by: By,
    before: Option<i64>,
    count: i64,
) -> Result<(Vec<Event>, Option<i64>)> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let mut reader = service.store.reader();
    let tenant = acting.caller.tenant;
    let beginning = by.beginning();
    let mut found = changes::latest(&mut reader, tenant, id, beginning, before, count + 1).await?;
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    let is_more = found.len() > wanted;
    found.truncate(wanted);
    let next = found.last().map(|(key, _)| *key).filter(|_| is_more);
    let ids: BTreeSet<Uuid> = found
        .iter()
        .filter_map(|(_, change)| actor_id(&change.actor))
        .collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let names = named(&mut reader, acting, &ids).await?;
    let events = found.into_iter().map(|(_, change)| Event {
        actor: actor(&change.actor, &names),
        change,
    });
    Ok((events.collect(), next))
}

fn actor_id(words: &str) -> Option<Uuid> {
    let (_, id) = words.split_once(' ')?;
    Uuid::try_parse(id).ok()
}

fn actor(words: &str, names: &HashMap<Uuid, Named>) -> Actor {
    let who = || {
        let id = actor_id(words)?;
        let known = names.get(&id).cloned();
        Some(known.unwrap_or_else(|| Named {
            id,
            name: id.to_string(),
        }))
    };
    if let Some(name) = words.strip_prefix(By::Connections.beginning()) {
        return Actor::Connection(name.to_owned());
    }
    match who() {
        Some(somebody) if words.starts_with(By::Operators.beginning()) => Actor::Operator(somebody),
        Some(somebody) if words.starts_with(By::People.beginning()) => Actor::Person(somebody),
        Some(_) | None => Actor::Other(words.to_owned()),
    }
}

/// The latest letters to a person, among the latest of the tenant.
///
/// # Errors
/// 403.
pub async fn letters(
    service: &Service,
    acting: &Acting,
    id: Uuid,
    count: i64,
) -> Result<Vec<Posted>> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let mut reader = service.store.reader();
    posted::of_person(&mut reader, acting.caller.tenant, id, count).await
}
