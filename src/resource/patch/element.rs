//! What `add` and `replace` do to one value that a filter in brackets selected.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::OperationKind;
use super::values::{check_immutable, given, set_element_sub};
use crate::error::{Error, Result};
use crate::filter::{CompareOp, Filter, Literal};
use crate::schema::AttributeDef;
use crate::schema::validate::{self, Tolerance};

/// What `add` or `replace` does to one selected value.
pub(super) struct ElementChange<'a> {
    kind: OperationKind,
    attribute: &'a AttributeDef,
    sub: Option<&'a Arc<AttributeDef>>,
    value: Option<Value>,
}

impl<'a> ElementChange<'a> {
    pub(super) fn new(
        kind: OperationKind,
        attribute: &'a AttributeDef,
        sub: Option<&'a Arc<AttributeDef>>,
        value: Option<&Value>,
        reading: Tolerance,
    ) -> Result<Self> {
        let value = match sub {
            Some(sub) => given(kind, sub, value, reading)?,
            None => match validate::value(
                attribute,
                value.unwrap_or(&Value::Null),
                Tolerance {
                    is_partial: kind == OperationKind::Add,
                    ..reading
                },
            )? {
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

    pub(super) fn creates(&self) -> bool {
        self.kind != OperationKind::Remove && self.value.is_some()
    }

    pub(super) fn apply(&self, element: &mut Value) -> Result<()> {
        let is_whole = self.sub.is_none();
        if is_whole && (self.kind == OperationKind::Replace || !element.is_object()) {
            self.check_immutable_subs(element)?;
            *element = self.value.clone().unwrap_or(Value::Null);
            return Ok(());
        }
        self.merge(element)
    }

    pub(super) fn merge(&self, element: &mut Value) -> Result<()> {
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
pub(super) fn describe(
    filter: &Filter,
    attribute: &AttributeDef,
    described: &mut Map<String, Value>,
    reading: Tolerance,
) -> bool {
    match filter {
        Filter::And(parts) => parts
            .iter()
            .all(|part| describe(part, attribute, described, reading)),
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
            match validate::value(sub, &value, reading) {
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
