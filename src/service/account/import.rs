//! Many people at once: from a sheet, and into one.

use serde_json::{Map, Value, json};

use super::acting::Acting;
use super::onboarding::{self, NewPerson, Onboarded, Onboarding};
use super::{Source, groups, mail_address, people, text};
use crate::auth::{Permission, foreign_hash};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::display_name;
use crate::schema::{Account, AttributeDef, Kind, ResourceType, Target};
use crate::service::transfer::{
    Column, Outcome, Person, Report, ReportRow, Sheet, Writer, read_with,
};
use crate::service::{Service, parse_document};
use crate::store::{ResourceKey, members, resources};

/// How many people are read in one go.
const PORTION: i64 = 500;

/// Reads people from a sheet and creates them, each in a transaction of their own. In a rehearsal everything is checked, and
/// nothing is kept. `progress` is told how many rows are done, and how many there are.
///
/// # Errors
/// 403; what is wrong with the sheet as a whole. What is wrong with a row stands in the report.
pub async fn import(
    service: &Service,
    acting: &Acting,
    bytes: &[u8],
    onboarding: &Onboarding,
    is_rehearsal: bool,
    mut progress: impl FnMut(usize, usize) + Send,
) -> Result<Report> {
    people::require_operator(acting, Permission::TransferPeople)?;
    let (resource_type, _) = acting.people()?;
    let sheet: Sheet = read_with(bytes, |path| attribute(resource_type, path).is_some())?;
    let mut report = Report::default();
    let total = sheet.rows.len();
    for (position, row) in sheet.rows.into_iter().enumerate() {
        let (outcome, detail, secret) = match &row.result {
            Err(problems) => {
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                (Outcome::Failed, Some(problems.join("; ")), None)
            }
            Ok(person) => {
                let done = one(service, acting, person, onboarding, is_rehearsal).await;
                outcome(done, is_rehearsal)?
            }
        };
        report.push(ReportRow {
            line: row.line,
            username: row.username,
            outcome,
            detail,
            secret,
        });
        progress(position + 1, total);
    }
    Ok(report)
}

type Told = (Outcome, Option<String>, Option<String>);

/// What the report says of a row. A failure of ours ends the import.
fn outcome(done: Result<Option<Onboarded>>, is_rehearsal: bool) -> Result<Told> {
    match done {
        Ok(_) if is_rehearsal => Ok((Outcome::WouldCreate, None, None)),
        Ok(onboarded) => {
            let password = onboarded.as_ref().and_then(|done| done.password.clone());
            let link = onboarded.and_then(|done| done.link);
            let secret = password
                .map(|(password, _)| password)
                .or(link.map(|link| link.secret));
            Ok((Outcome::Created, None, secret))
        }
        Err(error) if error.kind() == ErrorKind::Uniqueness => {
            Ok((Outcome::Skipped, Some(error.detail().to_owned()), None))
        }
        Err(error) if error.is_ours() => Err(error),
        Err(error) => Ok((Outcome::Failed, Some(error.detail().to_owned()), None)),
    }
}

async fn one(
    service: &Service,
    acting: &Acting,
    person: &Person,
    onboarding: &Onboarding,
    is_rehearsal: bool,
) -> Result<Option<Onboarded>> {
    let (resource_type, account) = acting.people()?;
    let mut reader = service.store.reader();
    let mut joined = Vec::new();
    for name in &person.groups {
        joined.push(groups::named(&mut reader, acting, name).await?.id);
    }
    drop(reader);
    if let Some(hash) = &person.password_hash
        && foreign_hash::kind(hash).is_none()
    {
        return Err(Error::invalid_value(format!(
            "the password hash is of no kind that is known; it must be {}",
            foreign_hash::ACCEPTED
        )));
    }
    let has_password = person.password_hash.is_some();
    let new = NewPerson {
        body: body(resource_type, account, person)?,
        groups: joined,
        onboarding: if has_password {
            Onboarding::None
        } else {
            onboarding.clone()
        },
        source: Source::Csv,
        password_hash: person.password_hash.clone(),
    };
    if is_rehearsal {
        return onboarding::rehearse(service, acting, &new)
            .await
            .map(|()| None);
    }
    onboarding::create(service, acting, &new).await.map(Some)
}

/// The attribute that a column names, where a cell can hold its value.
fn attribute<'a>(
    resource_type: &'a ResourceType,
    path: &str,
) -> Option<&'a std::sync::Arc<AttributeDef>> {
    let (schema, rest) = match path.rsplit_once(':') {
        Some((schema, rest)) => (Some(schema), rest),
        None => (None, path),
    };
    let (name, sub) = match rest.split_once('.') {
        Some((name, sub)) => (name, Some(sub)),
        None => (rest, None),
    };
    let Some(Target::Attribute(found)) = resource_type.resolve(schema, name, sub) else {
        return None;
    };
    let is_cell = !found.is_in_array
        && !found.is_hidden()
        && found.kind != Kind::Complex
        && found.relation.is_none();
    is_cell.then_some(found)
}

/// The SCIM user that a person's facts make, as they are typed or read from a sheet.
///
/// # Errors
/// `invalidValue` for what is no attribute, or not of its type.
pub fn body_of(acting: &Acting, person: &Person) -> Result<Value> {
    let (resource_type, account) = acting.people()?;
    body(resource_type, account, person)
}

fn body(resource_type: &ResourceType, account: &Account, person: &Person) -> Result<Value> {
    let mut body = Map::new();
    let known = [
        (&account.username, Some(&person.username)),
        (&account.given_name, person.given.as_ref()),
        (&account.family_name, person.family.as_ref()),
        (&account.language, person.language.as_ref()),
    ];
    for (attribute, value) in known {
        if let Some(value) = value {
            place(&mut body, attribute, json!(value));
        }
    }
    if let (Some(display), Some(attribute)) = (&person.display, resource_type.display.first()) {
        place(&mut body, attribute, json!(display));
    }
    if let Some(address) = &person.email {
        let value = json!([{"value": address, "primary": true}]);
        place(&mut body, &account.emails, value);
    }
    if let Some(active) = person.active {
        place(&mut body, &account.active, json!(active));
    }
    if let Some(kind) = &person.kind {
        place(&mut body, &account.kind, json!(kind));
    }
    let scoped = resource_type
        .attributes
        .iter()
        .find(|attribute| attribute.scoped.is_some());
    if let (Some(id), Some(attribute)) = (&person.external_id, scoped) {
        place(&mut body, attribute, json!(id));
    }
    for (path, cell) in &person.others {
        let Some(attribute) = attribute(resource_type, path) else {
            return Err(Error::invalid_value(format!("{path:?} is no attribute")));
        };
        place(&mut body, attribute, typed(attribute, cell)?);
    }
    Ok(Value::Object(body))
}

/// Puts a value where the attribute stands: below its extension and its parent.
fn place(body: &mut Map<String, Value>, attribute: &AttributeDef, value: Value) {
    let mut object = body;
    let above = [attribute.extension.as_deref(), attribute.parent.as_deref()];
    for name in above.into_iter().flatten() {
        let inner = object.entry(name.to_owned()).or_insert_with(|| json!({}));
        let Value::Object(inner) = inner else { return };
        object = inner;
    }
    object.insert(attribute.name.clone(), value);
}

fn typed(attribute: &AttributeDef, cell: &str) -> Result<Value> {
    let wrong = || {
        Error::invalid_value(format!(
            "{:?} must be of the type {}",
            attribute.path(),
            attribute.kind.name()
        ))
    };
    match attribute.kind {
        Kind::Boolean => match cell.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(json!(true)),
            "false" | "no" | "0" => Ok(json!(false)),
            _ => Err(wrong()),
        },
        Kind::Integer | Kind::Decimal => serde_json::from_str(cell)
            .ok()
            .filter(Value::is_number)
            .ok_or_else(wrong),
        Kind::String | Kind::DateTime | Kind::Reference | Kind::Binary | Kind::Complex => {
            Ok(json!(cell))
        }
    }
}

/// Writes all customers into a sheet that can be read back, safe to be opened by a spreadsheet.
///
/// # Errors
/// 403; the database's.
pub async fn export(service: &Service, acting: &Acting) -> Result<Vec<u8>> {
    people::require_operator(acting, Permission::TransferPeople)?;
    let (resource_type, account) = acting.people()?;
    let columns = Column::EXPORTED;
    let mut writer = Writer::new(Vec::new(), columns.iter().map(Column::name))?;
    let mut after = ResourceKey::FIRST;
    loop {
        let mut reader = service.store.reader();
        let tenant = acting.caller.tenant;
        let portion =
            resources::next_of_type(&mut reader, tenant, resource_type.id, after, PORTION).await?;
        let Some((last, _)) = portion.last() else {
            return writer.finish();
        };
        after = *last;
        let keys: Vec<ResourceKey> = portion.iter().map(|(key, _)| *key).collect();
        let groups = members::groups_of(&mut reader, &keys).await?;
        for (key, document) in portion {
            let document = parse_document(&document)?;
            if super::is_operators_document(resource_type, &document) {
                continue;
            }
            let mut person = person(resource_type, account, &document);
            let direct = groups.get(&key).into_iter().flatten();
            person.groups = direct
                .filter(|(_, is_direct)| *is_direct)
                .filter_map(|(group, _)| group.display_name.clone())
                .collect();
            writer.row(columns.iter().map(|column| column.cell(&person)))?;
        }
    }
}

fn person(
    resource_type: &ResourceType,
    account: &Account,
    document: &Map<String, Value>,
) -> Person {
    let own = |attribute: &AttributeDef| text(document, attribute).map(str::to_owned);
    let scoped = resource_type
        .attributes
        .iter()
        .find(|attribute| attribute.scoped.is_some());
    Person {
        username: own(&account.username).unwrap_or_default(),
        given: own(&account.given_name),
        family: own(&account.family_name),
        display: display_name(resource_type, document),
        email: mail_address(account, document),
        language: own(&account.language),
        external_id: scoped.and_then(|attribute| own(attribute)),
        active: Some(super::is_active(account, document)),
        ..Person::default()
    }
}
