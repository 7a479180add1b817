//! PATCH (RFC 7644 §3.5.2): operations on a document in memory; changes of members are set aside for SQL.
//!
//! Operations apply in order, each to the result of the one before. Nothing is written here: when one fails, the caller
//! drops the document, which makes a request all or nothing.

use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Resource, matches::element_matches};
use crate::error::{Error, ErrorKind, Result};
use crate::filter::{
    BindOptions, CompareOp, Filter, Literal, Op, PatchPath, Predicate, parse_path,
};
use crate::schema::validate::{self, Tolerance, is_primary};
use crate::schema::{
    AttributeDef, Extension, IndexKey, Kind, Mutability, Relation, ResourceType, Target,
};

/// The most operations in one request.
pub const MAX_OPERATIONS: usize = 1_000;
/// The most members in one operation.
pub const MAX_MEMBERS: usize = 10_000;

const MESSAGE_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// What clients send in PATCH is read more kindly than a document: Entra ID sends `"False"` for false.
const TOLERANCE: Tolerance = Tolerance {
    string_booleans: true,
};
const BIND: BindOptions = BindOptions {
    absent_attributes: false,
    string_booleans: true,
};

/// What a connection's settings say about PATCH.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// `replace` on a value path that matches nothing creates the value instead of failing with `noTarget`.
    pub replace_unmatched_creates: bool,
    /// A request without operations succeeds and changes nothing.
    pub accepts_empty_operations: bool,
}

/// One operation, its path parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    kind: OperationKind,
    path: Option<PatchPath>,
    value: Option<Value>,
}

/// `op`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OperationKind {
    Add,
    Remove,
    Replace,
}

/// A change of a group's members, in the order of the request.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberChange {
    /// These become members, if they are not.
    Add(Vec<Uuid>),
    /// These stop being members.
    Remove(MemberSelection),
    /// Exactly these are members afterwards.
    Replace(Vec<Uuid>),
}

/// Which members.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberSelection {
    /// Those with these ids.
    These(Vec<Uuid>),
    /// Those that satisfy the filter.
    Matching(Predicate),
    /// All of them.
    All,
}

/// What became of the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordChange {
    /// This cleartext is to be hashed and stored.
    Set(String),
    /// There is none any more.
    Clear,
}

/// The effect of a PATCH beside the document.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The document after the last operation.
    pub document: Map<String, Value>,
    /// Changes of members.
    pub members: Vec<MemberChange>,
    /// Change of the password.
    pub password: Option<PasswordChange>,
    /// Paths of the top-level attributes that were named.
    pub written: Vec<String>,
}

/// Reads a PATCH body.
///
/// # Errors
/// `invalidSyntax` for a wrong structure, `invalidPath` and `invalidFilter` for a wrong path, 413 beyond [`MAX_OPERATIONS`].
pub fn parse(body: &Map<String, Value>, settings: Settings) -> Result<Vec<Operation>> {
    let member = |name: &str| {
        body.iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    };
    let has_schema = member("schemas")
        .and_then(Value::as_array)
        .is_some_and(|schemas| schemas.iter().any(|schema| schema == MESSAGE_SCHEMA));
    if !has_schema {
        return Err(Error::invalid_syntax(format!(
            "a PATCH body must have \"schemas\": [{MESSAGE_SCHEMA:?}]"
        )));
    }
    let Some(Value::Array(operations)) = member("Operations") else {
        return Err(Error::invalid_syntax(
            "a PATCH body must have \"Operations\": an array of one or more operations",
        ));
    };
    if operations.is_empty() && !settings.accepts_empty_operations {
        return Err(Error::invalid_syntax(
            "\"Operations\" is empty: one or more operations are needed",
        ));
    }
    if operations.len() > MAX_OPERATIONS {
        return Err(Error::payload_too_large(format!(
            "{} operations were sent; at most {MAX_OPERATIONS} are accepted in one request",
            operations.len()
        )));
    }
    let parsed = operations.iter().enumerate().map(|(index, operation)| {
        parse_operation(operation).map_err(|error| numbered(index, &error))
    });
    parsed.collect()
}

fn parse_operation(operation: &Value) -> Result<Operation> {
    let Value::Object(members) = operation else {
        return Err(Error::invalid_syntax(
            "an operation must be an object with \"op\", \"path\" and \"value\"",
        ));
    };
    let member = |name: &str| {
        members
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    };
    let op = member("op")
        .and_then(Value::as_str)
        .map(str::to_ascii_lowercase);
    let kind = match op.as_deref() {
        Some("add") => OperationKind::Add,
        Some("remove") => OperationKind::Remove,
        Some("replace") => OperationKind::Replace,
        Some(_) | None => {
            return Err(Error::invalid_syntax(
                "\"op\" must be \"add\", \"remove\" or \"replace\"",
            ));
        }
    };
    let path = match member("path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) if path.trim().is_empty() => None,
        Some(Value::String(path)) => Some(parse_path(path)?),
        Some(_) => return Err(Error::invalid_path("\"path\" must be a string")),
    };
    Ok(Operation {
        kind,
        path,
        value: member("value").cloned(),
    })
}

fn numbered(index: usize, error: &Error) -> Error {
    Error::internal(format!("operation {}: {}", index + 1, error.detail())).with_kind(error.kind())
}

/// Applies the operations to the resource's document.
///
/// # Errors
/// `invalidPath`, `invalidFilter`, `noTarget`, `mutability`, `invalidValue` and 413, naming the operation.
pub fn apply(
    operations: &[Operation],
    resource: &Resource,
    resource_type: &ResourceType,
    settings: Settings,
) -> Result<Outcome> {
    let outcome = Outcome {
        document: resource.document.clone(),
        ..Outcome::default()
    };
    let mut patcher = Patcher {
        resource,
        resource_type,
        settings,
        outcome,
    };
    for (index, operation) in operations.iter().enumerate() {
        patcher
            .operation(operation)
            .map_err(|error| numbered(index, &error))?;
    }
    validate::complete(resource_type, &patcher.outcome.document)?;
    Ok(patcher.outcome)
}

/// The last password that the operations set: known before the resource is, so that it can be hashed beforehand.
#[must_use]
pub fn last_password<'a>(
    operations: &'a [Operation],
    resource_type: &ResourceType,
) -> Option<&'a str> {
    let is_password = |path: &PatchPath| {
        let named = &path.attribute;
        matches!(resource_type.resolve(named.schema.as_deref(), &named.name, named.sub.as_deref()), Some(Target::Attribute(attribute)) if validate::is_password(attribute))
    };
    let mut last = None;
    for operation in operations
        .iter()
        .filter(|operation| operation.kind != OperationKind::Remove)
    {
        match (&operation.path, &operation.value) {
            (Some(path), Some(Value::String(password))) if is_password(path) => {
                last = Some(password.as_str());
            }
            (None, Some(Value::Object(values))) => {
                let passwords = values
                    .iter()
                    .filter(|(name, _)| parse_path(name).is_ok_and(|path| is_password(&path)));
                last = passwords
                    .filter_map(|(_, value)| value.as_str())
                    .next_back()
                    .or(last);
            }
            _ => {}
        }
    }
    last
}

struct Patcher<'a> {
    resource: &'a Resource,
    resource_type: &'a ResourceType,
    settings: Settings,
    outcome: Outcome,
}

/// Where an operation works: a top-level attribute, maybe one sub-attribute, maybe some of its values.
struct Place<'a> {
    attribute: &'a Arc<AttributeDef>,
    sub: Option<&'a Arc<AttributeDef>>,
    filter: Option<&'a Filter>,
    /// The attribute was named by a key of a path-less value.
    is_key: bool,
}

impl<'a> Patcher<'a> {
    fn operation(&mut self, operation: &Operation) -> Result<()> {
        match (&operation.path, operation.kind) {
            (None, OperationKind::Remove) => Err(Error::no_target(
                "\"remove\" needs a \"path\" that says what to remove",
            )),
            (None, kind) => self.pathless(kind, operation.value.as_ref()),
            (Some(path), kind) => self.at(kind, path, operation.value.as_ref(), false),
        }
    }

    /// The keys of a path-less value are paths: Entra ID sends `name.givenName` and `urn:…:User:department`.
    fn pathless(&mut self, kind: OperationKind, value: Option<&Value>) -> Result<()> {
        let Some(Value::Object(values)) = value else {
            return Err(Error::invalid_value(
                "without \"path\", \"value\" must be an object of attributes",
            ));
        };
        for (name, value) in values {
            if name.eq_ignore_ascii_case("schemas") {
                self.check_schemas(value)?;
            } else {
                self.at(kind, &parse_path(name)?, Some(value), true)?;
            }
        }
        Ok(())
    }

    fn check_schemas(&self, value: &Value) -> Result<()> {
        let names_base = value.as_array().is_some_and(|schemas| {
            schemas.iter().any(|schema| {
                schema
                    .as_str()
                    .is_some_and(|schema| schema.eq_ignore_ascii_case(&self.resource_type.schema))
            })
        });
        if names_base {
            Ok(())
        } else {
            Err(Error::mutability(format!(
                "\"schemas\" must keep {:?}",
                self.resource_type.schema
            )))
        }
    }

    fn at(
        &mut self,
        kind: OperationKind,
        path: &PatchPath,
        value: Option<&Value>,
        is_key: bool,
    ) -> Result<()> {
        let resource_type = self.resource_type;
        let written = &path.attribute;
        match resource_type.resolve(
            written.schema.as_deref(),
            &written.name,
            written.sub.as_deref(),
        ) {
            Some(Target::Extension(extension)) if path.filter.is_none() => {
                self.extension(kind, extension, value)
            }
            Some(Target::Attribute(found)) => {
                let place = place(resource_type, found, path, is_key)?;
                self.attribute(kind, &place, value)
            }
            Some(Target::Extension(_)) => Err(Error::invalid_path(format!(
                "{:?}: an extension has no values to select from",
                path.to_string()
            ))),
            None if is_key
                && written
                    .to_string()
                    .eq_ignore_ascii_case(&resource_type.schema) =>
            {
                self.pathless(kind, value)
            }
            None => Err(Error::invalid_path(format!(
                "{:?} is not an attribute of {}",
                path.to_string(),
                resource_type.name
            ))),
        }
    }

    /// An extension's URN as a path stands for the object of its attributes.
    fn extension(
        &mut self,
        kind: OperationKind,
        extension: &'a Extension,
        value: Option<&Value>,
    ) -> Result<()> {
        match (kind, value) {
            (OperationKind::Remove, _) | (_, Some(Value::Null)) => {
                for attribute in &extension.attributes {
                    if validate::get(&self.outcome.document, attribute).is_some() {
                        self.unassign(attribute)?;
                    }
                }
                Ok(())
            }
            (_, Some(Value::Object(values))) => {
                for (name, value) in values {
                    let path = parse_path(&format!("{}:{name}", extension.schema))?;
                    self.at(kind, &path, Some(value), true)?;
                }
                Ok(())
            }
            (_, Some(_)) => Err(Error::invalid_value(format!(
                "{:?} must be an object of the extension's attributes",
                extension.schema
            ))),
            (_, None) => Err(missing_value(kind)),
        }
    }

    fn attribute(
        &mut self,
        kind: OperationKind,
        place: &Place<'_>,
        value: Option<&Value>,
    ) -> Result<()> {
        let attribute = place.attribute;
        let target = place.sub.unwrap_or(attribute);
        let is_read_only =
            [target.mutability, attribute.mutability].contains(&Mutability::ReadOnly);
        if is_read_only {
            return self.read_only(place, value);
        }
        let path = attribute.path();
        if path == "schemas" {
            return value.map_or_else(
                || Err(Error::mutability("\"schemas\" cannot be removed")),
                |value| self.check_schemas(value),
            );
        }
        if kind != OperationKind::Remove && value.is_none() {
            return Err(missing_value(kind));
        }
        self.outcome.written.push(path);
        if attribute.relation == Some(Relation::Members) {
            return self.members(kind, place, value);
        }
        if validate::is_password(attribute) {
            if place.filter.is_some() {
                return Err(Error::invalid_path(
                    "a password has no values to select from",
                ));
            }
            return self.password(kind, attribute, value);
        }
        match (place.filter, place.sub) {
            (Some(filter), sub) => self.selected(kind, place, filter, sub, value),
            (None, Some(sub)) => self.sub_attribute(kind, attribute, sub, value),
            (None, None) => self.whole(kind, attribute, value),
        }
    }

    /// A readOnly attribute may be named by a path-less value that does not change it: clients send `id` along.
    fn read_only(&self, place: &Place<'_>, value: Option<&Value>) -> Result<()> {
        let attribute = place.sub.unwrap_or(place.attribute);
        let is_current = match (attribute.path().as_str(), value) {
            ("id", Some(value)) => value.as_str() == Some(self.resource.id.to_string().as_str()),
            ("meta", Some(Value::Object(meta))) => meta
                .get("resourceType")
                .is_none_or(|name| name.as_str() == Some(self.resource_type.name.as_str())),
            (_, Some(Value::Array(values))) => values.is_empty(),
            _ => false,
        };
        if place.is_key && is_current {
            return Ok(());
        }
        Err(Error::mutability(format!(
            "{:?} is readOnly: only the service provider sets it",
            attribute.path()
        )))
    }

    fn members(
        &mut self,
        kind: OperationKind,
        place: &Place<'_>,
        value: Option<&Value>,
    ) -> Result<()> {
        let attribute = place.attribute;
        if place.sub.is_some() || (place.filter.is_some() && kind != OperationKind::Remove) {
            return Err(Error::mutability(format!(
                "the values of {:?} cannot be changed in place; add and remove whole members",
                attribute.path()
            )));
        }
        let ids = |value: &Value| -> Result<Vec<Uuid>> {
            let count = value.as_array().map_or(1, Vec::len);
            if count > MAX_MEMBERS {
                return Err(Error::payload_too_large(format!(
                    "{count} members were sent; at most {MAX_MEMBERS} are accepted in one operation"
                )));
            }
            validate::member_ids(attribute, value)
        };
        let change = match (kind, place.filter, value) {
            (OperationKind::Add, _, Some(value)) => MemberChange::Add(ids(value)?),
            (OperationKind::Replace, _, Some(value)) => MemberChange::Replace(ids(value)?),
            (OperationKind::Remove, Some(filter), _) => {
                MemberChange::Remove(self.member_selection(attribute, filter)?)
            }
            // Entra ID and others send the members to remove as a value list; without one, all are meant.
            (OperationKind::Remove, None, None | Some(Value::Null)) => {
                MemberChange::Remove(MemberSelection::All)
            }
            (OperationKind::Remove, None, Some(value)) => {
                MemberChange::Remove(MemberSelection::These(listed_ids(attribute, value)?))
            }
            (kind, _, None) => return Err(missing_value(kind)),
        };
        self.outcome.members.push(change);
        Ok(())
    }

    fn member_selection(
        &self,
        attribute: &Arc<AttributeDef>,
        filter: &Filter,
    ) -> Result<MemberSelection> {
        let predicate = self.bind(filter, attribute)?;
        let mut ids = Vec::new();
        if collect_ids(&predicate, &mut ids) {
            return Ok(MemberSelection::These(ids));
        }
        Ok(MemberSelection::Matching(predicate))
    }

    fn bind(&self, filter: &Filter, attribute: &Arc<AttributeDef>) -> Result<Predicate> {
        let bound = Predicate::bind_element(filter, attribute, self.resource_type, BIND);
        bound.map_err(|error| {
            if error.kind() == ErrorKind::Sensitive {
                error.with_kind(ErrorKind::InvalidFilter)
            } else {
                error
            }
        })
    }

    fn password(
        &mut self,
        kind: OperationKind,
        attribute: &AttributeDef,
        value: Option<&Value>,
    ) -> Result<()> {
        let value = match value {
            Some(value) if kind != OperationKind::Remove => {
                validate::value(attribute, value, TOLERANCE)?
            }
            _ => None,
        };
        self.outcome.password = Some(match value {
            Some(Value::String(password)) => PasswordChange::Set(password),
            _ => PasswordChange::Clear,
        });
        Ok(())
    }

    /// The whole of a top-level attribute.
    fn whole(
        &mut self,
        kind: OperationKind,
        attribute: &Arc<AttributeDef>,
        value: Option<&Value>,
    ) -> Result<()> {
        match (kind, value) {
            (OperationKind::Remove, Some(value)) if attribute.multi_valued && !value.is_null() => {
                self.remove_listed(attribute, value)
            }
            (OperationKind::Remove, _) | (_, None) => self.unassign(attribute),
            (_, Some(Value::Object(values)))
                if attribute.kind == Kind::Complex
                    && !attribute.multi_valued
                    && !values.is_empty() =>
            {
                self.merge(attribute, values)
            }
            (_, Some(value)) => match validate::value(attribute, value, TOLERANCE)? {
                None => self.unassign(attribute),
                Some(Value::Array(values)) if kind == OperationKind::Add => {
                    self.append(attribute, values)
                }
                Some(Value::Object(values)) if !attribute.multi_valued => {
                    self.merge(attribute, &values)
                }
                Some(value) => self.assign(attribute, value),
            },
        }
    }

    fn assign(&mut self, attribute: &AttributeDef, value: Value) -> Result<()> {
        check_immutable(
            attribute,
            validate::get(&self.outcome.document, attribute),
            Some(&value),
        )?;
        validate::set(&mut self.outcome.document, attribute, value);
        Ok(())
    }

    fn unassign(&mut self, attribute: &AttributeDef) -> Result<()> {
        if attribute.required {
            return Err(Error::mutability(format!(
                "{:?} is required and cannot be removed",
                attribute.path()
            )));
        }
        check_immutable(
            attribute,
            validate::get(&self.outcome.document, attribute),
            None,
        )?;
        validate::unset(&mut self.outcome.document, attribute);
        Ok(())
    }

    /// Sets the given sub-attributes of a singular complex attribute and leaves the others alone.
    fn merge(&mut self, attribute: &Arc<AttributeDef>, values: &Map<String, Value>) -> Result<()> {
        let mut object = self.object(attribute);
        for (name, value) in values {
            let Some(sub) = attribute.sub_attribute(name) else {
                continue;
            };
            if sub.mutability != Mutability::ReadOnly {
                set_sub(&mut object, sub, validate::value(sub, value, TOLERANCE)?)?;
            }
        }
        self.put_object(attribute, object)
    }

    fn object(&self, attribute: &AttributeDef) -> Map<String, Value> {
        match validate::get(&self.outcome.document, attribute) {
            Some(Value::Object(object)) => object.clone(),
            _ => Map::new(),
        }
    }

    fn put_object(&mut self, attribute: &AttributeDef, object: Map<String, Value>) -> Result<()> {
        match validate::value(attribute, &Value::Object(object), TOLERANCE)? {
            Some(value) => self.assign(attribute, value),
            None => self.unassign(attribute),
        }
    }

    fn sub_attribute(
        &mut self,
        kind: OperationKind,
        attribute: &Arc<AttributeDef>,
        sub: &Arc<AttributeDef>,
        value: Option<&Value>,
    ) -> Result<()> {
        let value = given(kind, sub, value)?;
        if !attribute.multi_valued {
            let mut object = self.object(attribute);
            set_sub(&mut object, sub, value)?;
            return self.put_object(attribute, object);
        }
        let mut values = self.values(attribute);
        if values.is_empty() && value.is_some() {
            if kind == OperationKind::Replace && !self.settings.replace_unmatched_creates {
                return Err(Error::no_target(format!(
                    "{:?} has no value whose {:?} could be replaced",
                    attribute.path(),
                    sub.name
                )));
            }
            values.push(Value::Object(Map::new()));
        }
        let mut touched = Vec::new();
        for (index, element) in values.iter_mut().enumerate() {
            set_element_sub(element, sub, value.clone())?;
            touched.push(index);
        }
        self.put_values(attribute, values, &touched)
    }

    fn values(&self, attribute: &AttributeDef) -> Vec<Value> {
        match validate::get(&self.outcome.document, attribute) {
            Some(Value::Array(values)) => values.clone(),
            _ => Vec::new(),
        }
    }

    /// Stores the values of a multi-valued attribute; those at `touched` were written by this operation.
    ///
    /// A value made primary by the operation takes that from the others (RFC 7644 §3.5.2).
    fn put_values(
        &mut self,
        attribute: &AttributeDef,
        mut values: Vec<Value>,
        touched: &[usize],
    ) -> Result<()> {
        let has_new_primary = touched
            .iter()
            .filter_map(|index| values.get(*index))
            .any(is_primary);
        if has_new_primary {
            for (index, value) in values.iter_mut().enumerate() {
                if !touched.contains(&index)
                    && is_primary(value)
                    && let Value::Object(value) = value
                {
                    value.insert("primary".to_owned(), Value::Bool(false));
                }
            }
        }
        match validate::value(attribute, &Value::Array(values), TOLERANCE)? {
            Some(value) => self.assign(attribute, value),
            None => self.unassign(attribute),
        }
    }

    fn append(&mut self, attribute: &AttributeDef, added: Vec<Value>) -> Result<()> {
        let mut values = self.values(attribute);
        let mut touched = Vec::new();
        for value in added {
            let same = values
                .iter()
                .position(|other| validate::is_same_value(attribute, other, &value));
            let Some(index) = same else {
                touched.push(values.len());
                values.push(value);
                continue;
            };
            // The same value again: its other sub-attributes are brought up to date.
            if let (Some(Value::Object(present)), Value::Object(value)) =
                (values.get_mut(index), value)
            {
                present.extend(value);
            }
            touched.push(index);
        }
        self.put_values(attribute, values, &touched)
    }

    /// `remove` with a value list removes exactly those values.
    fn remove_listed(&mut self, attribute: &AttributeDef, value: &Value) -> Result<()> {
        let Some(Value::Array(listed)) = validate::value(attribute, value, TOLERANCE)? else {
            return Ok(());
        };
        let mut values = self.values(attribute);
        values.retain(|value| {
            !listed
                .iter()
                .any(|listed| is_listed(attribute, listed, value))
        });
        self.put_values(attribute, values, &[])
    }

    /// The values that a filter in brackets selects, or one sub-attribute of them.
    fn selected(
        &mut self,
        kind: OperationKind,
        place: &Place<'_>,
        filter: &Filter,
        sub: Option<&Arc<AttributeDef>>,
        value: Option<&Value>,
    ) -> Result<()> {
        let attribute = place.attribute;
        if !attribute.multi_valued {
            return Err(Error::invalid_path(format!(
                "{:?} has a single value; it needs no filter in brackets",
                attribute.path()
            )));
        }
        let predicate = self.bind(filter, attribute)?;
        let mut values = self.values(attribute);
        let matching: Vec<usize> = values
            .iter()
            .enumerate()
            .filter(|(_, value)| element_matches(&predicate, value))
            .map(|(index, _)| index)
            .collect();
        if kind == OperationKind::Remove && sub.is_none() {
            let mut index = 0;
            values.retain(|_| {
                index += 1;
                !matching.contains(&(index - 1))
            });
            return self.put_values(attribute, values, &[]);
        }
        let change = ElementChange::new(kind, attribute, sub, value)?;
        if !matching.is_empty() {
            for index in &matching {
                if let Some(element) = values.get_mut(*index) {
                    change.apply(element)?;
                }
            }
            return self.put_values(attribute, values, &matching);
        }
        if !change.creates() {
            return Ok(());
        }
        let element = self.created(kind, attribute, filter, &change)?;
        let index = values.len();
        values.push(element);
        self.put_values(attribute, values, &[index])
    }

    /// The value that a filter without match describes: `emails[type eq "work"].value` → `{"type": "work", "value": …}`.
    fn created(
        &self,
        kind: OperationKind,
        attribute: &AttributeDef,
        filter: &Filter,
        change: &ElementChange<'_>,
    ) -> Result<Value> {
        let no_target = || {
            Error::no_target(format!(
                "no value of {:?} matches [{filter}]",
                attribute.path()
            ))
        };
        if kind == OperationKind::Replace && !self.settings.replace_unmatched_creates {
            return Err(no_target());
        }
        let mut described = Map::new();
        if !describe(filter, attribute, &mut described) {
            return Err(no_target());
        }
        let mut element = Value::Object(described);
        change.merge(&mut element)?;
        Ok(element)
    }
}

fn missing_value(kind: OperationKind) -> Error {
    let name = if kind == OperationKind::Add {
        "add"
    } else {
        "replace"
    };
    Error::invalid_value(format!("{name:?} needs a \"value\""))
}

fn place<'a>(
    resource_type: &'a ResourceType,
    found: &'a Arc<AttributeDef>,
    path: &'a PatchPath,
    is_key: bool,
) -> Result<Place<'a>> {
    let invalid = |what: &str| Error::invalid_path(format!("{:?}: {what}", path.to_string()));
    let (attribute, sub) = match &found.parent {
        None => (found, None),
        Some(parent) => {
            let is_parent = |attribute: &&Arc<AttributeDef>| {
                attribute.name == **parent && attribute.extension == found.extension
            };
            let attribute = resource_type
                .all_attributes()
                .find(is_parent)
                .ok_or_else(|| invalid("no such attribute"))?;
            (attribute, Some(found))
        }
    };
    if path.filter.is_some() && sub.is_some() {
        return Err(invalid(
            "brackets follow the attribute, not its sub-attribute",
        ));
    }
    let sub = match &path.sub {
        None => sub,
        Some(name) if attribute.kind != Kind::Complex && name.eq_ignore_ascii_case("value") => None,
        Some(name) => Some(
            attribute
                .sub_attribute(name)
                .ok_or_else(|| invalid("no such sub-attribute"))?,
        ),
    };
    Ok(Place {
        attribute,
        sub,
        filter: path.filter.as_ref(),
        is_key,
    })
}

fn given(
    kind: OperationKind,
    attribute: &AttributeDef,
    value: Option<&Value>,
) -> Result<Option<Value>> {
    match value {
        Some(value) if kind != OperationKind::Remove => {
            validate::value(attribute, value, TOLERANCE)
        }
        _ => Ok(None),
    }
}

fn set_sub(
    object: &mut Map<String, Value>,
    sub: &AttributeDef,
    value: Option<Value>,
) -> Result<()> {
    check_immutable(sub, object.get(&sub.name), value.as_ref())?;
    match value {
        Some(value) => {
            object.insert(sub.name.clone(), value);
        }
        None if sub.required && object.contains_key(&sub.name) => {
            return Err(Error::mutability(format!(
                "{:?} is required and cannot be removed",
                sub.path()
            )));
        }
        None => {
            object.remove(&sub.name);
        }
    }
    Ok(())
}

fn set_element_sub(element: &mut Value, sub: &AttributeDef, value: Option<Value>) -> Result<()> {
    match element {
        Value::Object(object) => set_sub(object, sub, value),
        _ => Ok(()),
    }
}

/// An immutable attribute may be set once and repeated, not changed (RFC 7643 §7).
fn check_immutable(
    attribute: &AttributeDef,
    old: Option<&Value>,
    new: Option<&Value>,
) -> Result<()> {
    if attribute.mutability == Mutability::Immutable && old.is_some() && old != new {
        return Err(Error::mutability(format!(
            "{:?} is immutable and already has a value",
            attribute.path()
        )));
    }
    Ok(())
}

/// What `add` or `replace` does to one selected value.
struct ElementChange<'a> {
    kind: OperationKind,
    attribute: &'a AttributeDef,
    sub: Option<&'a Arc<AttributeDef>>,
    value: Option<Value>,
}

impl<'a> ElementChange<'a> {
    fn new(
        kind: OperationKind,
        attribute: &'a AttributeDef,
        sub: Option<&'a Arc<AttributeDef>>,
        value: Option<&Value>,
    ) -> Result<Self> {
        let value = match sub {
            Some(sub) => given(kind, sub, value)?,
            None => match validate::value(attribute, value.unwrap_or(&Value::Null), TOLERANCE)? {
                Some(Value::Array(mut values)) => {
                    if values.len() > 1 {
                        return Err(Error::invalid_value(format!(
                            "{:?}: a value path takes one value, not a list",
                            attribute.path()
                        )));
                    }
                    values.pop()
                }
                other => other,
            },
        };
        Ok(Self {
            kind,
            attribute,
            sub,
            value,
        })
    }

    fn creates(&self) -> bool {
        self.kind != OperationKind::Remove && self.value.is_some()
    }

    fn apply(&self, element: &mut Value) -> Result<()> {
        let is_whole = self.sub.is_none();
        if is_whole && (self.kind == OperationKind::Replace || !element.is_object()) {
            self.check_immutable_subs(element)?;
            *element = self.value.clone().unwrap_or(Value::Null);
            return Ok(());
        }
        self.merge(element)
    }

    fn merge(&self, element: &mut Value) -> Result<()> {
        match (self.sub, &self.value) {
            (Some(sub), value) => set_element_sub(element, sub, value.clone()),
            (None, Some(Value::Object(values))) => {
                for (name, value) in values {
                    if let Some(sub) = self.attribute.sub_attribute(name) {
                        set_element_sub(element, sub, Some(value.clone()))?;
                    }
                }
                Ok(())
            }
            (None, Some(value)) => {
                *element = value.clone();
                Ok(())
            }
            (None, None) => Ok(()),
        }
    }

    fn check_immutable_subs(&self, element: &Value) -> Result<()> {
        let new = self.value.as_ref();
        self.attribute.sub_attributes.iter().try_for_each(|sub| {
            check_immutable(
                sub,
                element.get(&sub.name),
                new.and_then(|new| new.get(&sub.name)),
            )
        })
    }
}

/// The values that equality terms, joined by `and`, give to sub-attributes; false if the filter says anything else.
fn describe(filter: &Filter, attribute: &AttributeDef, described: &mut Map<String, Value>) -> bool {
    match filter {
        Filter::And(parts) => parts
            .iter()
            .all(|part| describe(part, attribute, described)),
        Filter::Compare {
            path,
            op: CompareOp::Eq,
            value,
        } if path.schema.is_none() && path.sub.is_none() => {
            let Some(sub) = attribute.sub_attribute(&path.name) else {
                return false;
            };
            let value = match value {
                Literal::Bool(value) => Value::Bool(*value),
                Literal::Number(number) => Value::Number(number.clone()),
                Literal::String(text) => Value::String(text.clone()),
                Literal::Null => return false,
            };
            match validate::value(sub, &value, TOLERANCE) {
                Ok(Some(value)) => described.insert(sub.name.clone(), value).is_none(),
                Ok(None) | Err(_) => false,
            }
        }
        Filter::Compare { .. }
        | Filter::Or(_)
        | Filter::Not(_)
        | Filter::Present(_)
        | Filter::ValuePath { .. } => false,
    }
}

/// Whether `value` is meant by an entry of a `remove` list: everything the entry says holds for the value.
fn is_listed(attribute: &AttributeDef, listed: &Value, value: &Value) -> bool {
    let (Value::Object(listed), Value::Object(value)) = (listed, value) else {
        return listed == value;
    };
    let relevant = |name: &str| matches!(name, "value" | "type");
    let has_value = listed.contains_key("value");
    listed
        .iter()
        .filter(|(name, _)| !has_value || relevant(name))
        .all(|(name, wanted)| {
            let Some(sub) = attribute.sub_attribute(name) else {
                return false;
            };
            value
                .get(name)
                .is_some_and(|value| IndexKey::of(sub, value) == IndexKey::of(sub, wanted))
        })
}

/// The ids of a `remove` list; what cannot be an id is no member.
fn listed_ids(attribute: &AttributeDef, value: &Value) -> Result<Vec<Uuid>> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        other => std::slice::from_ref(other),
    };
    if values.len() > MAX_MEMBERS {
        return Err(Error::payload_too_large(format!(
            "{} members were sent; at most {MAX_MEMBERS} are accepted in one operation",
            values.len()
        )));
    }
    let mut ids = Vec::with_capacity(values.len());
    for value in values {
        let id = value.get("value").or(Some(value)).and_then(Value::as_str);
        let Some(id) = id else {
            return Err(Error::invalid_value(format!(
                "each value of {:?} must be an object with the member's id as \"value\"",
                attribute.path()
            )));
        };
        ids.extend(Uuid::try_parse(id));
    }
    Ok(ids)
}

/// Whether a filter on members is nothing but `value eq` joined by `or`; its ids are collected.
fn collect_ids(predicate: &Predicate, ids: &mut Vec<Uuid>) -> bool {
    match predicate {
        Predicate::Or(parts) => parts.iter().all(|part| collect_ids(part, ids)),
        Predicate::Test(test) if test.op == Op::Eq && test.attribute.name == "value" => {
            ids.extend(Uuid::try_parse(test.key.as_str()));
            true
        }
        Predicate::Test(_)
        | Predicate::And(_)
        | Predicate::Not(_)
        | Predicate::SameElement { .. } => false,
    }
}
