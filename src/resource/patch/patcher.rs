//! Where an operation goes: its path is resolved, mutability is checked, members and the password are set aside.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use super::values::check_immutable;
use super::{
    MAX_COMPARISONS, MAX_MEMBERS, MemberChange, MemberSelection, Operation, OperationKind, Outcome,
    PasswordChange, Settings,
};
use crate::error::{Error, ErrorKind, Result};
use crate::filter::{BindOptions, Filter, Op, PatchPath, Predicate, parse_path};
use crate::resource::Resource;
use crate::schema::validate::{self, Identity};
use crate::schema::{AttributeDef, Extension, Kind, Mutability, Relation, ResourceType, Target};

pub(super) struct Patcher<'a> {
    pub(super) resource: &'a Resource,
    pub(super) resource_type: &'a ResourceType,
    pub(super) settings: Settings,
    pub(super) outcome: Outcome,
    /// Multi-valued attributes whose values were edited in place; normalised at the end.
    pub(super) edited: Vec<Arc<AttributeDef>>,
    /// Where the values of the attribute stand that was added to last, as long as they stand there: one operation after another adds
    /// a value to it.
    pub(super) identities: Option<(Arc<AttributeDef>, HashMap<Identity, usize>)>,
    comparisons: usize,
}

/// Where an operation works: a top-level attribute, maybe one sub-attribute, maybe some of its values.
pub(super) struct Place<'a> {
    pub(super) attribute: &'a Arc<AttributeDef>,
    pub(super) sub: Option<&'a Arc<AttributeDef>>,
    pub(super) filter: Option<&'a Filter>,
    /// The attribute was named by a key of a path-less value.
    is_key: bool,
}

impl<'a> Patcher<'a> {
    pub(super) fn new(
        resource: &'a Resource,
        resource_type: &'a ResourceType,
        settings: Settings,
        outcome: Outcome,
    ) -> Self {
        Self {
            resource,
            resource_type,
            settings,
            outcome,
            edited: Vec::new(),
            identities: None,
            comparisons: 0,
        }
    }

    /// Counts comparisons of values.
    ///
    /// # Errors
    /// 413 beyond [`MAX_COMPARISONS`].
    pub(super) fn compares(&mut self, comparisons: usize) -> Result<()> {
        self.comparisons = self.comparisons.saturating_add(comparisons);
        if self.comparisons > MAX_COMPARISONS {
            return Err(Error::payload_too_large(
                "the operations of this request compare too many values; send fewer at a time",
            ));
        }
        Ok(())
    }

    pub(super) fn operation(&mut self, operation: &Operation) -> Result<()> {
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
        validate::distinct_names(values)?;
        for (name, value) in values {
            if name.eq_ignore_ascii_case("schemas") {
                self.check_schemas(kind, value)?;
            } else {
                self.at(kind, &parse_path(name)?, Some(value), true)?;
            }
        }
        Ok(())
    }

    /// `schemas` follows from the document; what is checked is that nobody asks for it without the core schema.
    fn check_schemas(&self, kind: OperationKind, value: &Value) -> Result<()> {
        let base = &self.resource_type.schema;
        let names_base = value.as_array().is_some_and(|schemas| {
            schemas.iter().any(|schema| {
                schema
                    .as_str()
                    .is_some_and(|schema| schema.eq_ignore_ascii_case(base))
            })
        });
        let is_kept = match kind {
            OperationKind::Add => value.is_array() || value.is_string(),
            OperationKind::Replace => names_base,
            OperationKind::Remove => value.is_array() && !names_base,
        };
        if !is_kept {
            return Err(Error::mutability(format!("\"schemas\" must keep {base:?}")));
        }
        let mut named = value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let unknown = named.find(|schema| {
            !schema.eq_ignore_ascii_case(base) && self.resource_type.extension(schema).is_none()
        });
        match unknown {
            Some(unknown) if self.settings.reading.refuses_unknown => {
                Err(Error::invalid_value(format!(
                    "\"schemas\" names {:?}, which is not a schema of {}",
                    unknown.chars().take(100).collect::<String>(),
                    self.resource_type.name
                )))
            }
            Some(_) | None => Ok(()),
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
            (OperationKind::Remove, _) | (_, Some(Value::Null)) => self.remove_extension(extension),
            (_, Some(Value::Object(values))) => {
                validate::distinct_names(values)?;
                // Some clients send a whole extension resource, with `schemas` in it.
                let attributes = values
                    .iter()
                    .filter(|(name, _)| !name.eq_ignore_ascii_case("schemas"));
                for (name, value) in attributes {
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

    /// An extension that is not required may go with all its attributes.
    fn remove_extension(&mut self, extension: &Extension) -> Result<()> {
        for attribute in &extension.attributes {
            let Some(value) = validate::get(&self.outcome.document, attribute) else {
                continue;
            };
            if attribute.mutability == Mutability::ReadOnly {
                continue;
            }
            check_immutable(attribute, Some(value), None)?;
            validate::unset(&mut self.outcome.document, attribute);
            self.outcome.written.push(attribute.path());
        }
        if extension.required {
            return Err(Error::mutability(format!(
                "the extension {:?} is required and cannot be removed",
                extension.schema
            )));
        }
        Ok(())
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
                |value| self.check_schemas(kind, value),
            );
        }
        if kind != OperationKind::Remove && value.is_none() {
            return Err(missing_value(kind));
        }
        self.outcome.written.push(path);
        self.outcome.written.extend(place.sub.map(|sub| sub.path()));
        if let (None, Some(value)) = (place.sub, value) {
            self.outcome
                .written
                .extend(validate::written_parts(attribute, value));
        }
        if attribute.relation == Some(Relation::Members) {
            return self.members(kind, place, value);
        }
        if attribute.is_password {
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
        let reading = self.settings.reading;
        let ids = |value: &Value| -> Result<Vec<Uuid>> {
            let count = value.as_array().map_or(1, Vec::len);
            if count > MAX_MEMBERS {
                return Err(Error::payload_too_large(format!(
                    "{count} members were sent; at most {MAX_MEMBERS} are accepted in one operation"
                )));
            }
            validate::member_ids(attribute, value, reading)
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

    pub(super) fn bind(&self, filter: &Filter, attribute: &Arc<AttributeDef>) -> Result<Predicate> {
        let options = BindOptions {
            absent_attributes: false,
            string_booleans: self.settings.reading.string_booleans,
        };
        let bound = Predicate::bind_element(filter, attribute, self.resource_type, options);
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
                validate::value(attribute, value, self.settings.reading)?
            }
            _ => None,
        };
        self.outcome.password = Some(match value {
            Some(Value::String(password)) => PasswordChange::Set(password),
            _ => PasswordChange::Clear,
        });
        Ok(())
    }
}

pub(super) fn missing_value(kind: OperationKind) -> Error {
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
        let Some(id) = validate::member_text(value) else {
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
