//! [`Filter`] + schema → [`Predicate`]: names bound, types checked, values turned into index keys.

use std::sync::Arc;

use serde_json::Value;

use super::{AttrPath, CompareOp, Filter, Literal};
use crate::error::{Error, Result};
use crate::schema::validate::last_segment;
use crate::schema::{AttributeDef, IndexKey, Kind, Relation, ResourceType, Target};

/// A checked filter for one resource type.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// Every part holds; empty: true.
    And(Vec<Predicate>),
    /// At least one part holds; empty: false.
    Or(Vec<Predicate>),
    /// The part does not hold.
    Not(Box<Predicate>),
    /// A comparison of one attribute.
    Test(Test),
    /// One value of the attribute satisfies the whole of `test`.
    SameElement {
        /// The attribute whose values are looked at one by one.
        attribute: AttributeRef,
        /// Tests the value's sub-attributes.
        test: Box<Predicate>,
    },
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// A simple attribute; for [`Op::Pr`] also a complex one.
    pub attribute: AttributeRef,
    /// How.
    pub op: Op,
    /// With what; empty for [`Op::Pr`].
    pub key: IndexKey,
}

/// A definition, equal to another when it is the same attribute.
#[derive(Debug, Clone)]
pub struct AttributeRef(pub Arc<AttributeDef>);

impl PartialEq for AttributeRef {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id && self.0.path() == other.0.path()
    }
}

impl std::ops::Deref for AttributeRef {
    type Target = AttributeDef;

    fn deref(&self) -> &AttributeDef {
        &self.0
    }
}

/// The operators of a checked filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Any value is equal.
    Eq,
    /// No value at all, or any value that differs.
    Ne,
    /// Any value contains the key.
    Co,
    /// Any value starts with the key.
    Sw,
    /// Any value ends with the key.
    Ew,
    /// Any value is greater.
    Gt,
    /// Any value is greater or equal.
    Ge,
    /// Any value is less.
    Lt,
    /// Any value is less or equal.
    Le,
    /// There is a value.
    Pr,
}

impl From<CompareOp> for Op {
    fn from(op: CompareOp) -> Self {
        match op {
            CompareOp::Eq => Self::Eq,
            CompareOp::Ne => Self::Ne,
            CompareOp::Co => Self::Co,
            CompareOp::Sw => Self::Sw,
            CompareOp::Ew => Self::Ew,
            CompareOp::Gt => Self::Gt,
            CompareOp::Ge => Self::Ge,
            CompareOp::Lt => Self::Lt,
            CompareOp::Le => Self::Le,
        }
    }
}

/// How names and literals are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct BindOptions {
    /// An attribute that the type does not have counts as having no value (RFC 7644 §3.4.2.1); otherwise it is an error.
    pub absent_attributes: bool,
    /// `"True"` and `"False"` stand for booleans: Entra ID sends `roles[primary eq "True"]`.
    pub string_booleans: bool,
}

impl Predicate {
    /// The predicate that always has this outcome.
    #[must_use]
    pub fn constant(outcome: bool) -> Self {
        if outcome {
            Self::And(Vec::new())
        } else {
            Self::Or(Vec::new())
        }
    }

    /// Checks a filter against a resource type.
    ///
    /// # Errors
    /// `invalidFilter` for unknown attributes, operators that the type does not know and literals of another type;
    /// `sensitive` for attributes that are never returned.
    pub fn bind(
        filter: &Filter,
        resource_type: &ResourceType,
        options: BindOptions,
    ) -> Result<Self> {
        Binder {
            resource_type,
            options,
            element: None,
        }
        .bind(filter)
    }

    /// Checks the filter in the brackets of a PATCH path, which speaks of one value of `attribute`.
    ///
    /// # Errors
    /// As [`Predicate::bind`].
    pub fn bind_element(
        filter: &Filter,
        attribute: &Arc<AttributeDef>,
        resource_type: &ResourceType,
        options: BindOptions,
    ) -> Result<Self> {
        Binder {
            resource_type,
            options,
            element: Some(attribute),
        }
        .bind(filter)
    }

    /// Every test in it.
    pub fn tests(&self) -> Vec<&Test> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::tests).collect(),
            Self::Not(part) | Self::SameElement { test: part, .. } => part.tests(),
            Self::Test(test) => vec![test],
        }
    }

    /// Whether it asks about members or groups.
    #[must_use]
    pub fn asks_relation(&self, relation: Relation) -> bool {
        self.tests()
            .iter()
            .any(|test| test.attribute.relation == Some(relation))
    }
}

struct Binder<'a> {
    resource_type: &'a ResourceType,
    options: BindOptions,
    /// Inside brackets: the attribute whose value is tested.
    element: Option<&'a Arc<AttributeDef>>,
}

impl Binder<'_> {
    fn bind(&self, filter: &Filter) -> Result<Predicate> {
        match filter {
            Filter::And(parts) => Ok(Predicate::And(self.bind_all(parts)?)),
            Filter::Or(parts) => Ok(Predicate::Or(self.bind_all(parts)?)),
            Filter::Not(part) => Ok(negated(self.bind(part)?)),
            Filter::Present(path) => {
                let path = self.by_value(path).unwrap_or_else(|| path.clone());
                Ok(match self.attribute(&path)? {
                    Some(attribute) => present(attribute),
                    None => Predicate::constant(false),
                })
            }
            Filter::Compare { path, op, value } => match (self.by_value(path), op, value) {
                (None, ..) => self.compare(path, *op, value),
                (Some(path), CompareOp::Eq | CompareOp::Ne, Literal::String(reference)) => {
                    // The URIs of all versions name the same resource (RFC 7643 §2.4): what counts is the id at their end.
                    let id = Literal::String(last_segment(reference).to_owned());
                    self.compare(&path, *op, &id)
                }
                (Some(path), CompareOp::Eq | CompareOp::Ne, Literal::Null) => {
                    self.compare(&path, *op, value)
                }
                (Some(_), ..) => Err(Error::invalid_filter(format!(
                    "{:?} is the address of a resource: compare it with a URI in quotes by eq or ne, or compare the value",
                    path.to_string()
                ))),
            },
            Filter::ValuePath { attribute, filter } => self.value_path(attribute, filter),
        }
    }

    fn bind_all(&self, parts: &[Filter]) -> Result<Vec<Predicate>> {
        parts.iter().map(|part| self.bind(part)).collect()
    }

    fn value_path(&self, path: &AttrPath, filter: &Filter) -> Result<Predicate> {
        let Some(attribute) = self.attribute(path)? else {
            return Ok(Predicate::constant(false));
        };
        if attribute.parent.is_some()
            || (attribute.kind != Kind::Complex && !attribute.multi_valued)
        {
            return Err(Error::invalid_filter(format!(
                "{path:?} has no values to select from: brackets follow a complex or multi-valued attribute",
                path = path.to_string()
            )));
        }
        let inside = Binder {
            resource_type: self.resource_type,
            options: self.options,
            element: Some(attribute),
        };
        let test = inside.bind(filter)?;
        Ok(Predicate::SameElement {
            attribute: AttributeRef(Arc::clone(attribute)),
            test: Box::new(test),
        })
    }

    fn compare(&self, path: &AttrPath, op: CompareOp, value: &Literal) -> Result<Predicate> {
        let found = self.attribute(path)?;
        if *value == Literal::Null {
            let is_present = found.map_or_else(|| Predicate::constant(false), present);
            return match op {
                CompareOp::Eq => Ok(negated(is_present)),
                CompareOp::Ne => Ok(is_present),
                _ => Err(Error::invalid_filter(format!(
                    "{:?} cannot be compared with null by {:?}; only eq and ne can",
                    path.to_string(),
                    op.keyword()
                ))),
            };
        }
        let Some(attribute) = found else {
            return Ok(Predicate::constant(op == CompareOp::Ne));
        };
        let attribute = comparable(attribute, path)?;
        check_operator(attribute, op)?;
        let key = self.key(attribute, value)?;
        Ok(self.test(attribute, op, key))
    }

    /// The path of the id beside a `$ref` that the server computes from it.
    fn by_value(&self, path: &AttrPath) -> Option<AttrPath> {
        const REFERENCE: &str = "$ref";
        if let Some(parent) = self.element {
            let is_computed = path.sub.is_none()
                && path.name.eq_ignore_ascii_case(REFERENCE)
                && self.is_computed(parent);
            return is_computed.then(|| AttrPath::named("value"));
        }
        if !path.sub.as_deref()?.eq_ignore_ascii_case(REFERENCE) {
            return None;
        }
        let parent = self
            .resource_type
            .resolve(path.schema.as_deref(), &path.name, None)?;
        match parent {
            Target::Attribute(parent) if self.is_computed(parent) => Some(AttrPath {
                sub: Some("value".to_owned()),
                ..path.clone()
            }),
            Target::Attribute(_) | Target::Extension(_) => None,
        }
    }

    fn is_computed(&self, parent: &AttributeDef) -> bool {
        parent.relation.is_some()
            || self.resource_type.references.iter().any(|reference| {
                reference.attribute.name == parent.name
                    && reference.attribute.extension == parent.extension
            })
    }

    fn test(&self, attribute: &Arc<AttributeDef>, op: CompareOp, key: IndexKey) -> Predicate {
        if attribute.path() == "meta.resourceType" {
            let name = IndexKey::exact(&self.resource_type.name);
            return Predicate::constant(compare_keys(Op::from(op), &name, &key));
        }
        if attribute.is_primary_flag() {
            return self.primary(attribute, op, key.as_str() == "true");
        }
        if let Some(implied) = &attribute.implied {
            let is_met = compare_keys(op.into(), implied, &key);
            return with_implied(attribute, op.into(), key, is_met);
        }
        Predicate::Test(Test {
            attribute: AttributeRef(Arc::clone(attribute)),
            op: op.into(),
            key,
        })
    }

    /// A missing `primary` means false (RFC 7643 §2.4), so that only "is true" is ever tested.
    fn primary(&self, attribute: &Arc<AttributeDef>, op: CompareOp, value: bool) -> Predicate {
        let is_true = Predicate::Test(Test {
            attribute: AttributeRef(Arc::clone(attribute)),
            op: Op::Eq,
            key: IndexKey::exact("true"),
        });
        let test = if (op == CompareOp::Eq) == value {
            is_true
        } else {
            negated(is_true)
        };
        let parent = attribute
            .parent
            .as_deref()
            .and_then(|parent| self.parent(attribute, parent));
        let (None, Some(parent)) = (self.element, parent) else {
            return test;
        };
        let any = Predicate::SameElement {
            attribute: AttributeRef(Arc::clone(parent)),
            test: Box::new(test),
        };
        match op {
            // Without any value at all, it differs.
            CompareOp::Ne => Predicate::Or(vec![any, negated(present(parent))]),
            _ => any,
        }
    }

    fn parent(&self, attribute: &AttributeDef, name: &str) -> Option<&Arc<AttributeDef>> {
        self.resource_type
            .all_attributes()
            .find(|parent| parent.name == name && parent.extension == attribute.extension)
    }

    /// The attribute a path names; `None` when the type lacks it and that is no error.
    fn attribute(&self, path: &AttrPath) -> Result<Option<&Arc<AttributeDef>>> {
        let found = match self.element {
            Some(parent) => return sub_attribute(parent, path).map(Some),
            None => {
                self.resource_type
                    .resolve(path.schema.as_deref(), &path.name, path.sub.as_deref())
            }
        };
        let attribute = match found {
            Some(Target::Attribute(attribute)) => attribute,
            Some(Target::Extension(_)) => {
                return Err(Error::invalid_filter(format!(
                    "{:?} is an extension, not an attribute; add \":\" and an attribute",
                    path.to_string()
                )));
            }
            None if self.options.absent_attributes => return Ok(None),
            None => {
                return Err(Error::invalid_filter(format!(
                    "{:?} is not an attribute of {}",
                    path.to_string(),
                    self.resource_type.name
                )));
            }
        };
        check_visible(attribute)?;
        self.check_stored(attribute)?;
        Ok(Some(attribute))
    }

    /// What is filled in from another resource when it is shown is not there to be compared.
    fn check_stored(&self, attribute: &AttributeDef) -> Result<()> {
        let is_filled_in = self.resource_type.references.iter().any(|reference| {
            let is_part = attribute.extension == reference.attribute.extension
                && attribute.parent.as_deref() == Some(reference.attribute.name.as_str());
            is_part && reference.display.as_deref() == Some(attribute.name.as_str())
        });
        if is_filled_in {
            return Err(Error::invalid_filter(format!(
                "{:?} is computed and cannot be filtered; compare the value instead",
                attribute.path()
            )));
        }
        Ok(())
    }

    fn key(&self, attribute: &AttributeDef, literal: &Literal) -> Result<IndexKey> {
        let value = match literal {
            Literal::Null => Value::Null,
            Literal::Bool(value) => Value::Bool(*value),
            Literal::Number(number) => Value::Number(number.clone()),
            Literal::String(text)
                if attribute.kind == Kind::Boolean && self.options.string_booleans =>
            {
                crate::schema::validate::string_boolean(text)
                    .map_or_else(|| Value::String(text.clone()), Value::Bool)
            }
            Literal::String(text) => Value::String(text.clone()),
        };
        IndexKey::of(attribute, &value).ok_or_else(|| {
            let expected = match attribute.kind {
                Kind::Boolean => "true or false, without quotes",
                Kind::Integer => "a whole number, without quotes",
                Kind::Decimal => "a number, without quotes",
                Kind::DateTime => "a dateTime in quotes, as in \"2011-05-13T04:42:34Z\"",
                Kind::String | Kind::Reference | Kind::Binary | Kind::Complex => {
                    "a string in double quotes"
                }
            };
            Error::invalid_filter(format!(
                "{:?} is of type {}: compare it with {expected}",
                attribute.path(),
                attribute.kind.name()
            ))
        })
    }
}

fn sub_attribute<'a>(
    parent: &'a Arc<AttributeDef>,
    path: &AttrPath,
) -> Result<&'a Arc<AttributeDef>> {
    let is_bare = path.schema.is_none() && path.sub.is_none();
    let found = match parent.sub_attribute(&path.name) {
        _ if !is_bare => None,
        None if parent.kind != Kind::Complex && path.name.eq_ignore_ascii_case("value") => {
            Some(parent)
        }
        found => found,
    };
    let sub = found.ok_or_else(|| {
        Error::invalid_filter(format!(
            "{:?} is not a sub-attribute of {:?}",
            path.to_string(),
            parent.path()
        ))
    })?;
    check_visible(sub)?;
    Ok(sub)
}

/// No oracle on secrets; and values that depend on the server's address are not compared.
fn check_visible(attribute: &AttributeDef) -> Result<()> {
    let path = attribute.path();
    if attribute.is_hidden() {
        return Err(Error::sensitive(format!(
            "{path:?} is never returned and cannot be used in a filter"
        )));
    }
    if attribute.relation == Some(Relation::Assigned) {
        return Err(Error::invalid_filter(format!(
            "{path:?} cannot be filtered; filter by the operator's id in the attribute of the customers instead"
        )));
    }
    if path == "meta.location" {
        return Err(Error::invalid_filter(format!(
            "{path:?} cannot be filtered; compare the id instead"
        )));
    }
    Ok(())
}

/// `emails eq "a"` means `emails.value eq "a"`; a complex attribute otherwise needs a sub-attribute.
fn comparable<'a>(
    attribute: &'a Arc<AttributeDef>,
    path: &AttrPath,
) -> Result<&'a Arc<AttributeDef>> {
    if attribute.kind != Kind::Complex {
        return Ok(attribute);
    }
    match attribute.sub_attribute("value") {
        Some(value) if attribute.multi_valued => Ok(value),
        _ => Err(Error::invalid_filter(format!(
            "{:?} is complex: name one of its sub-attributes, as in {:?}",
            path.to_string(),
            example(attribute)
        ))),
    }
}

fn example(attribute: &AttributeDef) -> String {
    attribute
        .sub_attributes
        .first()
        .map_or_else(|| attribute.path(), |sub| sub.path())
}

fn check_operator(attribute: &AttributeDef, op: CompareOp) -> Result<()> {
    let is_order = matches!(
        op,
        CompareOp::Gt | CompareOp::Ge | CompareOp::Lt | CompareOp::Le
    );
    let is_part = matches!(op, CompareOp::Co | CompareOp::Sw | CompareOp::Ew);
    let allowed = match attribute.kind {
        Kind::String | Kind::Reference | Kind::Complex => true,
        Kind::Boolean => !is_order && !is_part,
        Kind::Binary => !is_order,
        Kind::Decimal | Kind::Integer | Kind::DateTime => !is_part,
    };
    if allowed {
        return Ok(());
    }
    Err(Error::invalid_filter(format!(
        "the operator {:?} does not apply to {:?}, which is of type {}",
        op.keyword(),
        attribute.path(),
        attribute.kind.name()
    )))
}

/// `pr` on a complex attribute means that one of its sub-attributes has a value.
fn present(attribute: &Arc<AttributeDef>) -> Predicate {
    let test = |attribute: &Arc<AttributeDef>| {
        Predicate::Test(Test {
            attribute: AttributeRef(Arc::clone(attribute)),
            op: Op::Pr,
            key: IndexKey::exact(""),
        })
    };
    if attribute.path() == "meta" || attribute.path() == "meta.resourceType" {
        return Predicate::constant(true);
    }
    if attribute.kind != Kind::Complex || attribute.relation.is_some() {
        return test(attribute);
    }
    // Whether a value that nobody sees is there is not to be found out either.
    let seen = attribute
        .sub_attributes
        .iter()
        .filter(|sub| !sub.is_hidden());
    Predicate::Or(seen.map(test).collect())
}

/// A test of an attribute whose missing value stands for another one; `is_met`: that one passes the test.
fn with_implied(attribute: &Arc<AttributeDef>, op: Op, key: IndexKey, is_met: bool) -> Predicate {
    let test = Predicate::Test(Test {
        attribute: AttributeRef(Arc::clone(attribute)),
        op,
        key,
    });
    let is_met_without_value = op == Op::Ne;
    match (is_met, is_met_without_value) {
        (true, false) => Predicate::Or(vec![test, negated(present(attribute))]),
        (false, true) => Predicate::And(vec![test, present(attribute)]),
        (true, true) | (false, false) => test,
    }
}

fn negated(predicate: Predicate) -> Predicate {
    match predicate {
        Predicate::Not(inner) => *inner,
        other => Predicate::Not(Box::new(other)),
    }
}

/// The truth of one comparison between a value's key and the wanted key.
#[must_use]
pub fn compare_keys(op: Op, value: &IndexKey, wanted: &IndexKey) -> bool {
    let (value, wanted) = (value.as_str(), wanted.as_str());
    match op {
        Op::Eq => value == wanted,
        Op::Ne => value != wanted,
        Op::Co => value.contains(wanted),
        Op::Sw => value.starts_with(wanted),
        Op::Ew => value.ends_with(wanted),
        Op::Gt => value > wanted,
        Op::Ge => value >= wanted,
        Op::Lt => value < wanted,
        Op::Le => value <= wanted,
        Op::Pr => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{AttributeId, Registry};

    fn bind(text: &str) -> Result<Predicate> {
        let registry = Registry::embedded(&[], &|_| AttributeId(0)).unwrap();
        let filter = super::super::parse(text)?;
        Predicate::bind(
            &filter,
            registry.at_endpoint("Users").unwrap(),
            BindOptions::default(),
        )
    }

    fn detail(text: &str) -> String {
        bind(text).unwrap_err().to_string()
    }

    #[test]
    fn names_operators_and_types_are_checked() {
        use insta::assert_snapshot;
        assert_snapshot!(detail("foo eq \"x\""), @r#""foo" is not an attribute of User"#);
        assert_snapshot!(detail("name eq \"x\""), @r#""name" is complex: name one of its sub-attributes, as in "name.formatted""#);
        assert_snapshot!(detail("active gt true"), @r#"the operator "gt" does not apply to "active", which is of type boolean"#);
        assert_snapshot!(detail("active eq \"true\""), @r#""active" is of type boolean: compare it with true or false, without quotes"#);
        assert_snapshot!(detail("meta.created gt \"abc\""), @r#""meta.created" is of type dateTime: compare it with a dateTime in quotes, as in "2011-05-13T04:42:34Z""#);
        assert_snapshot!(detail("title gt null"), @r#""title" cannot be compared with null by "gt"; only eq and ne can"#);
        assert_snapshot!(detail("emails[foo eq \"x\"]"), @r#""foo" is not a sub-attribute of "emails""#);
        assert_snapshot!(detail("password sw \"a\""), @r#""password" is never returned and cannot be used in a filter"#);
        assert_snapshot!(detail("userName[a eq 1]"), @r#""userName" has no values to select from: brackets follow a complex or multi-valued attribute"#);
    }

    #[test]
    fn a_comparison_with_null_is_a_test_for_presence() {
        assert_eq!(
            bind("title eq null").unwrap(),
            bind("not (title pr)").unwrap()
        );
        assert_eq!(bind("title ne null").unwrap(), bind("title pr").unwrap());
    }

    #[test]
    fn a_multi_valued_attribute_alone_means_its_value() {
        assert_eq!(
            bind("emails co \"x\"").unwrap(),
            bind("emails.value co \"x\"").unwrap()
        );
    }
}
