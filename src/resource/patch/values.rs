//! What `add`, `remove` and `replace` do to attributes in the document.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::OperationKind;
use super::element::{ElementChange, describe};
use super::patcher::{Patcher, Place};
use crate::error::{Error, Result};
use crate::filter::Filter;
use crate::resource::matches::element_matches;
use crate::schema::validate::{self, Identity, MAX_VALUES, Tolerance, is_primary};
use crate::schema::{AttributeDef, IndexKey, Kind, Mutability};

/// What normalising a value costs, in comparisons.
const NORMALISING: usize = 4;

impl Patcher<'_> {
    /// The whole of a top-level attribute.
    pub(super) fn whole(
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
            (_, Some(value)) => match validate::value(attribute, value, self.settings.reading)? {
                // Adding what has no content adds nothing; only null and [] say "none" (RFC 7643 §2.5).
                None if kind == OperationKind::Add
                    && attribute.multi_valued
                    && !says_none(value) =>
                {
                    Ok(())
                }
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

    pub(super) fn assign(&mut self, attribute: &AttributeDef, value: Value) -> Result<()> {
        check_immutable(
            attribute,
            validate::get(&self.outcome.document, attribute),
            Some(&value),
        )?;
        self.identities = None;
        validate::set(&mut self.outcome.document, attribute, value);
        Ok(())
    }

    pub(super) fn unassign(&mut self, attribute: &AttributeDef) -> Result<()> {
        if attribute.required {
            return Err(Error::mutability(format!(
                "{:?} is required and cannot be removed",
                attribute.path()
            )));
        }
        let value = validate::get(&self.outcome.document, attribute);
        check_immutable(attribute, value, None)?;
        if let Some(value) = value {
            attribute
                .sub_attributes
                .iter()
                .try_for_each(|sub| check_immutable(sub, value.get(&sub.name), None))?;
        }
        self.identities = None;
        validate::unset(&mut self.outcome.document, attribute);
        Ok(())
    }

    /// Sets the given sub-attributes of a singular complex attribute and leaves the others alone.
    pub(super) fn merge(
        &mut self,
        attribute: &Arc<AttributeDef>,
        values: &Map<String, Value>,
    ) -> Result<()> {
        validate::distinct_names(values)?;
        let mut object = self.object(attribute);
        let is_given = |name: &str| values.keys().any(|given| given.eq_ignore_ascii_case(name));
        if is_given("value") && !is_given("$ref") {
            // The address of another resource must not outlive the id it belongs to.
            object.remove("$ref");
        }
        let reference = values
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("$ref"));
        if !is_given("value") && reference.is_some_and(|(_, to)| validate::names_id(attribute, to))
        {
            object.remove("value");
        }
        for (name, value) in values {
            let Some(sub) = attribute.sub_attribute(name) else {
                if self.settings.reading.refuses_unknown {
                    return Err(validate::unknown(name, &attribute.path()));
                }
                continue;
            };
            if sub.mutability != Mutability::ReadOnly {
                set_sub(
                    &mut object,
                    sub,
                    validate::value(sub, value, self.settings.reading)?,
                )?;
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
        match validate::value(attribute, &Value::Object(object), self.as_stored())? {
            Some(value) => self.assign(attribute, value),
            None => self.unassign(attribute),
        }
    }

    /// How values are read that may have been stored when they were read more kindly: a PATCH answers for what it names.
    fn as_stored(&self) -> Tolerance {
        Tolerance {
            strict_values: false,
            refuses_unknown: false,
            ..self.settings.reading
        }
    }

    pub(super) fn sub_attribute(
        &mut self,
        kind: OperationKind,
        attribute: &Arc<AttributeDef>,
        sub: &Arc<AttributeDef>,
        value: Option<&Value>,
    ) -> Result<()> {
        let value = given(kind, sub, value, self.settings.reading)?;
        if !attribute.multi_valued {
            let mut object = self.object(attribute);
            let is_reference = sub.name == "$ref";
            if is_reference
                && value
                    .as_ref()
                    .is_some_and(|to| validate::names_id(attribute, to))
            {
                object.remove("value");
            }
            set_sub(&mut object, sub, value)?;
            return self.put_object(attribute, object);
        }
        let mut values = self.take_values(attribute);
        if values.is_empty() && value.is_some() {
            values.push(Value::Object(Map::new()));
        }
        self.compares(values.len())?;
        let mut touched = Vec::new();
        for (index, element) in values.iter_mut().enumerate() {
            set_element_sub(element, sub, value.clone())?;
            touched.push(index);
        }
        self.edits(attribute, values.len())?;
        self.put_values(attribute, values, &touched)
    }

    /// Takes the values of a multi-valued attribute out of the document, to be put back by [`Self::put_values`].
    fn take_values(&mut self, attribute: &AttributeDef) -> Vec<Value> {
        self.identities = None;
        match validate::take(&mut self.outcome.document, attribute) {
            Some(Value::Array(values)) => values,
            _ => Vec::new(),
        }
    }

    /// Notes that parts of an attribute's values were written: they are normalised, all of them, after the operation.
    fn edits(&mut self, attribute: &Arc<AttributeDef>, values: usize) -> Result<()> {
        let is_of_it = |edited: &Arc<AttributeDef>| edited.path() == attribute.path();
        if !self.edited.iter().any(is_of_it) {
            self.compares(values.saturating_mul(NORMALISING))?;
            self.edited.push(Arc::clone(attribute));
        }
        Ok(())
    }

    /// Puts the values of a multi-valued attribute back; those at `touched` were written by this operation.
    ///
    /// A value made primary by the operation takes that from the others (RFC 7644 §3.5.2).
    fn put_values(
        &mut self,
        attribute: &Arc<AttributeDef>,
        mut values: Vec<Value>,
        touched: &[usize],
    ) -> Result<()> {
        let is_new_primary = |index: usize, value: &Value| {
            is_primary(value) && touched.binary_search(&index).is_ok()
        };
        let new_primaries = values
            .iter()
            .enumerate()
            .filter(|(index, value)| is_new_primary(*index, value))
            .count();
        if new_primaries > 1 {
            return Err(Error::invalid_value(format!(
                "{:?} would have more than one value with \"primary\": true",
                attribute.path()
            )));
        }
        if new_primaries == 1 {
            for (index, value) in values.iter_mut().enumerate() {
                let keeps = !is_primary(value) || touched.binary_search(&index).is_ok();
                if !keeps && let Value::Object(value) = value {
                    value.insert("primary".to_owned(), Value::Bool(false));
                }
            }
        }
        values.retain(|value| !is_bare(value));
        if values.len() > MAX_VALUES {
            return Err(Error::invalid_value(format!(
                "{:?} would have {} values; at most {MAX_VALUES} are accepted",
                attribute.path(),
                values.len()
            )));
        }
        if attribute.mutability == Mutability::Immutable {
            self.edits(attribute, values.len())?;
        }
        if values.is_empty() {
            return self.unassign(attribute);
        }
        validate::set(&mut self.outcome.document, attribute, Value::Array(values));
        Ok(())
    }

    /// Normalises what was edited in place: values that became the same are one, and what must hold for each value does.
    pub(super) fn normalise(&mut self) -> Result<()> {
        for attribute in std::mem::take(&mut self.edited) {
            self.identities = None;
            let Some(value) = validate::take(&mut self.outcome.document, &attribute) else {
                continue;
            };
            let Some(value) = validate::value(&attribute, &value, self.as_stored())? else {
                validate::unset(&mut self.outcome.document, &attribute);
                continue;
            };
            let before = validate::get(&self.resource.document, &attribute);
            check_immutable(&attribute, before, Some(&value))?;
            validate::set(&mut self.outcome.document, &attribute, value);
        }
        Ok(())
    }

    /// Adds normalised values to normalised ones, which they stay.
    fn append(&mut self, attribute: &Arc<AttributeDef>, added: Vec<Value>) -> Result<()> {
        let known = self.identities.take();
        let mut values = self.take_values(attribute);
        self.compares(values.len() + added.len())?;
        let mut positions = match known {
            Some((of, positions))
                if Arc::ptr_eq(&of, attribute) && positions.len() == values.len() =>
            {
                positions
            }
            _ => identities(attribute, &values),
        };
        // A new primary changes the others, and what has no `value` is known by all of its parts.
        let is_lasting = !added.iter().any(is_primary);
        let mut touched = Vec::new();
        for value in added {
            let identity = validate::identity(attribute, &value);
            let Some(index) = positions.get(&identity) else {
                touched.push(values.len());
                positions.insert(identity, values.len());
                values.push(value);
                continue;
            };
            // The same value again: its other sub-attributes are brought up to date.
            if is_primary(&value) {
                touched.push(*index);
            }
            if let (Some(Value::Object(present)), Value::Object(value)) =
                (values.get_mut(*index), value)
            {
                for (name, value) in value {
                    // `value` and `type` are the same but for case: they stay as they were entered.
                    let is_identity =
                        matches!(name.as_str(), "value" | "type") && present.contains_key(&name);
                    if let (false, Some(sub)) = (is_identity, attribute.sub_attribute(&name)) {
                        set_sub(present, sub, Some(value))?;
                    }
                }
            }
        }
        touched.sort_unstable();
        self.put_values(attribute, values, &touched)?;
        if is_lasting {
            self.identities = Some((Arc::clone(attribute), positions));
        }
        Ok(())
    }

    /// `remove` with a value list removes exactly those values.
    fn remove_listed(&mut self, attribute: &Arc<AttributeDef>, value: &Value) -> Result<()> {
        let Some(Value::Array(listed)) = validate::value(attribute, value, self.settings.reading)?
        else {
            return Ok(());
        };
        let mut values = self.take_values(attribute);
        self.compares(values.len().saturating_mul(listed.len()))?;
        values.retain(|value| {
            !listed
                .iter()
                .any(|listed| is_listed(attribute, listed, value))
        });
        self.put_values(attribute, values, &[])
    }

    /// The values that a filter in brackets selects, or one sub-attribute of them.
    pub(super) fn selected(
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
        let mut values = self.take_values(attribute);
        self.compares(values.len().saturating_mul(predicate.tests().len().max(1)))?;
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
                matching.binary_search(&(index - 1)).is_err()
            });
            return self.put_values(attribute, values, &[]);
        }
        let change = ElementChange::new(kind, attribute, sub, value, self.settings.reading)?;
        if !matching.is_empty() {
            for index in &matching {
                if let Some(element) = values.get_mut(*index) {
                    change.apply(element)?;
                }
            }
            self.edits(attribute, values.len())?;
            return self.put_values(attribute, values, &matching);
        }
        if !change.creates() {
            return self.put_values(attribute, values, &[]);
        }
        let element = self.created(kind, attribute, filter, &change)?;
        let index = values.len();
        values.push(element);
        self.edits(attribute, values.len())?;
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
        if !describe(filter, attribute, &mut described, self.settings.reading) {
            return Err(no_target());
        }
        let mut element = Value::Object(described);
        change.merge(&mut element)?;
        Ok(element)
    }
}

/// Where each value stands.
fn identities(attribute: &AttributeDef, values: &[Value]) -> HashMap<Identity, usize> {
    let identities = values
        .iter()
        .enumerate()
        .map(|(index, value)| (validate::identity(attribute, value), index));
    identities.collect()
}

pub(super) fn given(
    kind: OperationKind,
    attribute: &AttributeDef,
    value: Option<&Value>,
    reading: Tolerance,
) -> Result<Option<Value>> {
    match value {
        Some(value) if kind != OperationKind::Remove => validate::value(attribute, value, reading),
        _ => Ok(None),
    }
}

pub(super) fn set_sub(
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

pub(super) fn set_element_sub(
    element: &mut Value,
    sub: &AttributeDef,
    value: Option<Value>,
) -> Result<()> {
    match element {
        Value::Object(object) => set_sub(object, sub, value),
        _ => Ok(()),
    }
}

/// An immutable attribute may be set once and repeated, not changed (RFC 7643 §7).
pub(super) fn check_immutable(
    attribute: &AttributeDef,
    old: Option<&Value>,
    new: Option<&Value>,
) -> Result<()> {
    let is_same = match (old, new) {
        (Some(old), Some(new)) => validate::is_same(attribute, old, new),
        (old, new) => old == new,
    };
    if attribute.mutability == Mutability::Immutable && old.is_some() && !is_same {
        return Err(Error::mutability(format!(
            "{:?} is immutable and already has a value",
            attribute.path()
        )));
    }
    Ok(())
}
/// Whether `value` is meant by an entry of a `remove` list: everything the entry says holds for the value.
pub(super) fn is_listed(attribute: &AttributeDef, listed: &Value, value: &Value) -> bool {
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
            let is_false = *wanted == Value::Bool(false) && sub.is_primary_flag();
            value.get(name).map_or(is_false, |value| {
                IndexKey::of(sub, value) == IndexKey::of(sub, wanted)
            })
        })
}

/// Whether a client says with this value that there is none.
fn says_none(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// Whether an element has no content left.
fn is_bare(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(Map::is_empty)
}
