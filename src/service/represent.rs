//! Rows → the JSON text that a client gets.
//!
//! Most documents go out as they are stored: the text is copied between `id` and `meta`. Only where a projection cuts into
//! the document, or a reference in it needs completing, is it parsed.

mod form;
pub mod large;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use self::form::{Form, push_json};
use self::large::Left;
use super::{Call, Service, parse_document};
use crate::error::{Error, Result};
use crate::resource::{etag, hide_private, timestamp};
use crate::schema::project::Projection;
use crate::schema::{Reference, Relation, ResourceType, ResourceTypeId, validate};
use crate::store::members::{self, Relative};
use crate::store::resources::{self, Stored};
use crate::store::{ResourceKey, Transaction, attribute_index};

/// How many members are read at a time, or as many as may be looked at one by one.
const MEMBERS_PER_READ: i64 = 5_000;

/// A resource as it is answered.
#[derive(Debug)]
pub struct Representation {
    /// JSON text.
    pub body: String,
    /// `meta.location`.
    pub location: String,
    /// Its version.
    pub version: i64,
}

/// A resource after a write, on its way to the client.
#[derive(Debug)]
pub enum Written {
    /// Represented inside the write's transaction: what it shows belongs to its version.
    Done(Representation),
    /// Everything that belongs to its version is in the row.
    Row(Stored),
}

/// Represents what was written, as far as it must happen inside the transaction: members belong to the group's version,
/// a user's groups do not belong to the user's.
///
/// # Errors
/// The database's.
pub async fn written(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    row: Stored,
    projection: &Projection,
) -> Result<Written> {
    let resource_type = call.registry.resource_type(row.resource_type);
    let has_members = resource_type
        .is_some_and(|resource_type| resource_type.relation(Relation::Members).is_some());
    if !has_members {
        return Ok(Written::Row(row));
    }
    one(service, tx, call, row, projection)
        .await
        .map(Written::Done)
}

/// The representation of what was written; what is left to read is read after the commit, without holding up other writers.
///
/// # Errors
/// The database's.
pub async fn answer(
    service: &Service,
    call: &Call<'_>,
    written: Written,
    projection: &Projection,
) -> Result<Representation> {
    match written {
        Written::Done(representation) => Ok(representation),
        Written::Row(row) => {
            let mut reader = service.store.reader();
            one(service, &mut reader, call, row, projection).await
        }
    }
}

/// As [`represent`], of one resource.
///
/// # Errors
/// The database's.
pub async fn one(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    row: Stored,
    projection: &Projection,
) -> Result<Representation> {
    let one = begin(service, tx, call, row, projection, Extent::Whole).await?;
    Ok(one.0)
}

/// As [`one`]; of a group with many members, only its beginning, and what is left.
async fn begin(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    row: Stored,
    projection: &Projection,
    extent: Extent,
) -> Result<(Representation, Option<Left>)> {
    let mut represented = represent_as(service, tx, call, vec![row], projection, extent).await?;
    represented
        .pop()
        .ok_or_else(|| Error::internal("a resource has no representation"))
}

/// How much of a large group is represented at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    Beginning,
}

/// The address of a resource.
#[must_use]
pub fn location(base_url: &str, endpoint: &str, id: Uuid) -> String {
    format!("{base_url}{endpoint}/{id}")
}

/// Represents resources, all of them read in the same transaction.
///
/// Groups, members and names of referenced resources are read for all together, and only if the projection shows them.
///
/// # Errors
/// The database's.
pub async fn represent(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    rows: Vec<Stored>,
    projection: &Projection,
) -> Result<Vec<Representation>> {
    let represented = represent_as(service, tx, call, rows, projection, Extent::Whole).await?;
    Ok(represented.into_iter().map(|(one, _)| one).collect())
}

async fn represent_as(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    rows: Vec<Stored>,
    projection: &Projection,
    extent: Extent,
) -> Result<Vec<(Representation, Option<Left>)>> {
    let projection = &projection.condensed(call.registry.resource_types());
    let forms = Form::of_rows(call, &rows, projection);
    let groups = read_groups(tx, &rows, &forms).await?;
    let names = read_names(tx, call, &rows, &forms).await?;
    let members = read_members(service, tx, &rows, &forms).await?;
    let customers = read_customers(service, tx, call, &rows, &forms).await?;
    let mut represented = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(form) = Form::find(&forms, row.resource_type) else {
            continue;
        };
        let resource_type = form.resource_type;
        let writer = Writer {
            call,
            form,
            projection,
            names: &names,
            customers: &customers,
        };
        let (members, after) = match (&members, form.shown.shows(Relation::Members)) {
            (_, false) => (String::new(), None),
            (Members::Listed(members), true) => {
                let members = members.get(&row.key).map(Vec::as_slice);
                (writer.members(members.unwrap_or_default()), None)
            }
            (Members::InPortions, true) => {
                let portion = MEMBERS_PER_READ.min(service.limits.scan);
                writer
                    .members_in_portions(tx, row.key, portion, extent)
                    .await?
            }
        };
        let groups = groups
            .get(&row.key)
            .map(|groups| writer.groups(groups))
            .unwrap_or_default();
        let (body, left) = match after {
            None => (writer.resource(&row, &members, &groups)?, None),
            Some(after) => {
                let left = Left {
                    group: row.key,
                    after,
                    portion: MEMBERS_PER_READ.min(service.limits.scan),
                    resource_type: Arc::clone(resource_type),
                    projection: form.shown.cuts_all().then(|| Projection::clone(projection)),
                };
                let body = writer.resource(&row, "", &groups)?;
                (left.begin(body, &members)?, Some(left))
            }
        };
        let location = location(&call.base_url, &resource_type.endpoint, row.id);
        let one = Representation {
            body,
            location,
            version: row.meta.version,
        };
        represented.push((one, left));
    }
    Ok(represented)
}

/// The members of the groups to represent.
enum Members {
    /// Of several groups, read together.
    Listed(HashMap<ResourceKey, Vec<Relative>>),
    /// Of one group, however large: read while they are written.
    InPortions,
}

/// One group shows all its members. A list of groups shows as many as one query may look at; beyond that the client must
/// leave them out, or memory would be at its mercy.
async fn read_members(
    service: &Service,
    tx: &mut Transaction,
    rows: &[Stored],
    forms: &[Form<'_>],
) -> Result<Members> {
    let shows_members = |row: &&Stored| {
        Form::find(forms, row.resource_type).is_some_and(|form| form.shown.shows(Relation::Members))
    };
    let keys: Vec<ResourceKey> = rows
        .iter()
        .filter(shows_members)
        .map(|row| row.key)
        .collect();
    if keys.len() <= 1 {
        return Ok(Members::InPortions);
    }
    let limit = service.limits.scan;
    let found = members::of_groups(tx, &keys, limit + 1).await?;
    if i64::try_from(found.len()).unwrap_or(i64::MAX) > limit {
        return Err(Error::too_many(format!(
            "the groups on this page have more than {limit} members; ask for a smaller count, or for excludedAttributes=members"
        )));
    }
    let mut listed: HashMap<ResourceKey, Vec<Relative>> = HashMap::new();
    for (group, member) in found {
        listed.entry(group).or_default().push(member);
    }
    Ok(Members::Listed(listed))
}

type Customers = HashMap<Uuid, Vec<Value>>;

/// The customers of the operators on the page, where the projection asks for them.
async fn read_customers(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    rows: &[Stored],
    forms: &[Form<'_>],
) -> Result<Customers> {
    let mut customers = Customers::new();
    for row in rows {
        let form = Form::find(forms, row.resource_type);
        let Some(form) = form.filter(|form| form.shown.shows(Relation::Assigned)) else {
            continue;
        };
        let resource_type = form.resource_type;
        let Some(account) = &resource_type.account else {
            continue;
        };
        let Some(holder) = account.assigned_to.sub_attribute("value") else {
            continue;
        };
        let tenant = call.caller.tenant;
        let id = row.id.to_string();
        let keys = attribute_index::holders(tx, tenant, holder.id, &id).await?;
        if i64::try_from(keys.len()).unwrap_or(i64::MAX) > service.limits.scan {
            return Err(Error::too_many(format!(
                "an operator on this page has more than {} customers; ask for the users whose {:?} is the operator's id",
                service.limits.scan,
                holder.path()
            )));
        }
        let found = resources::by_keys(tx, &keys).await?;
        let values = found.into_iter().map(|customer| {
            let address = location(&call.base_url, &resource_type.endpoint, customer.id);
            let mut value = json!({"value": customer.id.to_string(), "$ref": address});
            let document = parse_document(&customer.document).unwrap_or_default();
            if let (Some(name), Some(value)) = (
                crate::resource::display_name(resource_type, &document),
                value.as_object_mut(),
            ) {
                value.insert("display".to_owned(), json!(name));
            }
            value
        });
        customers.insert(row.id, values.collect());
    }
    Ok(customers)
}

type Groups = HashMap<ResourceKey, Vec<(Relative, bool)>>;
type Names = HashMap<Uuid, (ResourceTypeId, Option<String>)>;

/// Whether resources of the type are shown with the groups that they are in.
#[must_use]
pub fn shows_groups(resource_type: &ResourceType, projection: &Projection) -> bool {
    let attribute = resource_type.relation(Relation::Groups);
    attribute.is_some_and(|attribute| projection.includes(resource_type, attribute))
}

async fn read_groups(tx: &mut Transaction, rows: &[Stored], forms: &[Form<'_>]) -> Result<Groups> {
    let shows_groups = |row: &&Stored| {
        Form::find(forms, row.resource_type).is_some_and(|form| form.shown.shows(Relation::Groups))
    };
    let keys: Vec<ResourceKey> = rows
        .iter()
        .filter(|row| row.is_grouped && shows_groups(row))
        .map(|row| row.key)
        .collect();
    if keys.is_empty() {
        return Ok(Groups::new());
    }
    members::groups_of(tx, &keys).await
}

/// The resources that attributes such as `manager` refer to.
async fn read_names(
    tx: &mut Transaction,
    call: &Call<'_>,
    rows: &[Stored],
    forms: &[Form<'_>],
) -> Result<Names> {
    let mut ids = Vec::new();
    for row in rows {
        let form = Form::find(forms, row.resource_type);
        let Some(form) = form.filter(|form| form.shown.refers(&row.document)) else {
            continue;
        };
        let resource_type = form.resource_type;
        let document = parse_document(&row.document)?;
        let values = resource_type
            .references
            .iter()
            .filter_map(|reference| validate::get(&document, &reference.attribute));
        ids.extend(values.flat_map(elements).filter_map(referenced));
    }
    ids.sort_unstable();
    ids.dedup();
    let names = resources::names(tx, call.caller.tenant, &ids).await?;
    Ok(names
        .into_iter()
        .map(|(id, resource_type, name)| (id, (resource_type, name)))
        .collect())
}

/// The values of an attribute that may have many.
fn elements(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        single => std::slice::from_ref(single),
    }
}

/// The id that a value refers to.
fn referenced(value: &Value) -> Option<Uuid> {
    Uuid::try_parse(value.get("value")?.as_str()?).ok()
}

struct Writer<'a> {
    call: &'a Call<'a>,
    form: &'a Form<'a>,
    projection: &'a Projection,
    names: &'a Names,
    customers: &'a Customers,
}

impl Writer<'_> {
    fn resource(&self, row: &Stored, members: &str, groups: &str) -> Result<String> {
        let is_copied = !self.form.shown.refers(&row.document)
            && !self.hides(row)
            && !self.customers.contains_key(&row.id)
            && self.form.shown.leaves_whole(&row.document);
        if is_copied {
            Ok(self.form.copied(row, members, groups))
        } else {
            self.rebuilt(row, members, groups)
        }
    }

    /// Whether the resource has values that only another connection may see.
    fn hides(&self, row: &Stored) -> bool {
        self.form.shown.has_private() && row.owner != self.call.caller.connection
    }

    fn resource_type(&self) -> &ResourceType {
        self.form.resource_type
    }

    fn rebuilt(&self, row: &Stored, members: &str, groups: &str) -> Result<String> {
        let mut full = parse_document(&row.document)?;
        if self.hides(row) {
            hide_private(self.resource_type(), &mut full);
        }
        self.complete_references(&mut full);
        if let (Some(customers), Some(attribute)) = (
            self.customers
                .get(&row.id)
                .filter(|found| !found.is_empty()),
            self.resource_type().relation(Relation::Assigned),
        ) {
            validate::set(&mut full, attribute, json!(customers));
        }
        full.insert(
            "schemas".to_owned(),
            json!(crate::resource::schemas(self.resource_type(), &full)),
        );
        full.insert("id".to_owned(), json!(row.id.to_string()));
        full.insert("meta".to_owned(), self.meta(row));
        for part in [members, groups]
            .into_iter()
            .filter(|part| !part.is_empty())
        {
            full.extend(parse_document(&format!("{{{part}}}"))?);
        }
        super::to_text(&self.projection.apply(self.resource_type(), full))
    }

    fn meta(&self, row: &Stored) -> Value {
        json!({
            "resourceType": self.resource_type().name,
            "created": timestamp(row.meta.created),
            "lastModified": timestamp(row.meta.last_modified),
            "location": location(&self.call.base_url, &self.resource_type().endpoint, row.id),
            "version": etag::of(row.meta.version),
        })
    }

    /// Fills in `$ref` and the name of the referenced resources that exist.
    fn complete_references(&self, document: &mut Map<String, Value>) {
        for reference in &self.resource_type().references {
            let Some(mut value) = validate::get(document, &reference.attribute).cloned() else {
                continue;
            };
            match &mut value {
                Value::Array(values) => values
                    .iter_mut()
                    .for_each(|value| self.complete_reference(reference, value)),
                single => self.complete_reference(reference, single),
            }
            validate::set(document, &reference.attribute, value);
        }
    }

    fn complete_reference(&self, reference: &Reference, value: &mut Value) {
        let Some(id) = referenced(value) else { return };
        let (Some((resource_type, name)), Some(value)) =
            (self.names.get(&id), value.as_object_mut())
        else {
            return;
        };
        if let Some(resource_type) = self.call.registry.resource_type(*resource_type) {
            let address = location(&self.call.base_url, &resource_type.endpoint, id);
            value.insert("$ref".to_owned(), json!(address));
        }
        if let (Some(name), Some(display)) = (name, &reference.display) {
            value.insert(display.clone(), json!(name));
        }
    }

    /// `"groups":[…]`, or nothing.
    fn groups(&self, groups: &[(Relative, bool)]) -> String {
        let Some(attribute) = self.resource_type().relation(Relation::Groups) else {
            return String::new();
        };
        let mut text = format!("\"{}\":[", attribute.name);
        for (group, is_direct) in groups {
            self.related(
                &mut text,
                group,
                if *is_direct { "direct" } else { "indirect" },
            );
        }
        finish(text)
    }

    /// `"members":[…]`, or nothing.
    fn members(&self, members: &[Relative]) -> String {
        let mut text = self.open_members();
        for member in members {
            self.member(&mut text, member);
        }
        finish(text)
    }

    /// As [`Self::members`], read in portions, so that a large group costs its text and no more. Of the beginning, the list is not
    /// closed where there may be more, after the member that is answered with it.
    async fn members_in_portions(
        &self,
        tx: &mut Transaction,
        group: ResourceKey,
        count: i64,
        extent: Extent,
    ) -> Result<(String, Option<ResourceKey>)> {
        let mut text = self.open_members();
        let mut after = None;
        loop {
            let portion = members::list(tx, group, after, count).await?;
            for member in &portion {
                self.member(&mut text, member);
            }
            after = portion.last().map(|member| member.key);
            if i64::try_from(portion.len()).unwrap_or(i64::MAX) < count {
                return Ok((finish(text), None));
            }
            if extent == Extent::Beginning && after.is_some() {
                return Ok((text, after));
            }
        }
    }

    fn open_members(&self) -> String {
        let name = self
            .resource_type()
            .relation(Relation::Members)
            .map_or("", |attribute| attribute.name.as_str());
        format!("\"{name}\":[")
    }

    fn member(&self, text: &mut String, member: &Relative) {
        let types = self.call.registry.resource_types();
        member_text(text, types, &self.call.base_url, member);
    }

    fn related(&self, text: &mut String, relative: &Relative, label: &str) {
        let types = self.call.registry.resource_types();
        let resource_type = types.iter().find(|one| one.id == relative.resource_type);
        let endpoint = resource_type.map_or("", |resource_type| resource_type.endpoint.as_str());
        let address = location(&self.call.base_url, endpoint, relative.id);
        related_text(text, relative, &address, label);
    }
}

/// Appends a member, which may be of any of these types.
fn member_text(text: &mut String, types: &[Arc<ResourceType>], base_url: &str, member: &Relative) {
    let resource_type = types.iter().find(|one| one.id == member.resource_type);
    let (name, endpoint) =
        resource_type.map_or(("", ""), |one| (one.name.as_str(), one.endpoint.as_str()));
    related_text(text, member, &location(base_url, endpoint, member.id), name);
}

/// Appends one value of a list.
fn related_text(text: &mut String, relative: &Relative, address: &str, label: &str) {
    if !text.ends_with('[') {
        text.push(',');
    }
    text.push_str("{\"value\":\"");
    text.push_str(
        relative
            .id
            .hyphenated()
            .encode_lower(&mut Uuid::encode_buffer()),
    );
    text.push_str("\",\"$ref\":");
    push_json(text, address);
    text.push_str(",\"type\":\"");
    text.push_str(label);
    text.push('"');
    if let Some(name) = &relative.display_name {
        text.push_str(",\"display\":");
        push_json(text, name);
    }
    text.push('}');
}

/// Closes the list; an empty one is no value (RFC 7643 §2.5).
fn finish(mut text: String) -> String {
    if text.ends_with('[') {
        return String::new();
    }
    text.push(']');
    text
}
