//! A resource type: its endpoint, its schema and extensions, and the attributes they bring (RFC 7643 §6).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use serde_json::Value;

use super::account::{Account, Team};
use super::attribute::{AttributeDef, Canonical, Format};
use super::profile::ProfileAttribute;
use super::project::Projection;
use super::{InText, Shown};

/// The number of a resource type in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceTypeId(pub i16);

/// A schema extension of a resource type.
#[derive(Debug, Clone)]
pub struct Extension {
    /// The extension's URN, which is also its key in a document.
    pub schema: Arc<str>,
    /// The URN as it stands in the text of a document that has values of the extension.
    pub in_text: InText,
    /// Whether every resource of the type must carry it.
    pub required: bool,
    /// Its attributes.
    pub attributes: Vec<Arc<AttributeDef>>,
}

/// A complex attribute whose `value` is the id of a resource, so that the server fills in the rest.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The complex attribute, `manager` for instance.
    pub attribute: Arc<AttributeDef>,
    /// Its sub-attribute that shows the resource's name.
    pub display: Option<String>,
}

/// A resource type.
#[derive(Debug)]
pub struct ResourceType {
    /// Number in the database.
    pub id: ResourceTypeId,
    /// What `meta.resourceType` says.
    pub name: String,
    /// Path below the base URL, with a leading slash.
    pub endpoint: String,
    /// Which scopes are about it.
    pub family: Family,
    /// URN of the core schema.
    pub schema: Arc<str>,
    /// Common attributes and those of the core schema.
    pub attributes: Vec<Arc<AttributeDef>>,
    /// Schema extensions.
    pub extensions: Vec<Extension>,
    /// The first of these that has a value names the resource where others refer to it.
    pub display: Vec<Arc<AttributeDef>>,
    /// Values given to attributes that a create leaves out.
    pub defaults: Vec<(Arc<AttributeDef>, Value)>,
    /// Attributes that refer to one resource.
    pub references: Vec<Reference>,
    /// Paths of the top-level attributes that people may change in their own resource.
    pub self_service: Vec<String>,
    /// The boolean that says whether a resource may be used; absent values mean yes.
    pub enabled: Option<Arc<AttributeDef>>,
    /// Paths of the top-level attributes that a replacement which leaves them out does not clear.
    pub kept: Vec<String>,
    /// Who sees and changes which attribute, in the order in which they are shown.
    pub profile: Vec<ProfileAttribute>,
    /// Of people: what their accounts are made of.
    pub account: Option<Account>,
    /// Of groups of people: who may be in them.
    pub team: Option<Team>,
    /// What is shown to whoever asks for nothing in particular, once somebody has.
    pub(crate) usual: OnceLock<Shown>,
}

/// The resource types that the same scopes are about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Family {
    /// People.
    Users,
    /// Groups of people.
    Groups,
    /// Everything else: a tenant's own resource types.
    #[default]
    Resources,
}

/// What an attribute path names.
#[derive(Debug, Clone)]
pub enum Target<'a> {
    /// An attribute or sub-attribute.
    Attribute(&'a Arc<AttributeDef>),
    /// A whole extension: its URN alone was given.
    Extension(&'a Extension),
}

impl ResourceType {
    /// What a projection shows of the type's resources.
    #[must_use]
    pub fn shown(&self, projection: &Projection) -> Cow<'_, Shown> {
        let shown = || Shown::of(self, projection);
        if projection.is_default() {
            Cow::Borrowed(self.usual.get_or_init(shown))
        } else {
            Cow::Owned(shown())
        }
    }

    /// Finds what `[schema:]name[.sub]` names, in any case (RFC 7644 §3.10).
    ///
    /// A name without schema is looked up in the core schema first, then in the extensions if exactly one has it.
    /// A known URN is recognised whole, also where its last part was read as the name (`…:2.0:User`), and in the old
    /// form `…:2.0:User.manager` that some Entra jobs still send.
    #[must_use]
    pub fn resolve(
        &self,
        schema: Option<&str>,
        name: &str,
        sub: Option<&str>,
    ) -> Option<Target<'_>> {
        let Some(schema) = schema else {
            return self.resolve_bare(name, sub).map(Target::Attribute);
        };
        if let Some(extension) = self.named_whole(schema, name, sub) {
            return Some(Target::Extension(extension));
        }
        let whole = format!("{schema}:{name}");
        if let Some(extension) = self.extension(&whole) {
            return match sub {
                None => Some(Target::Extension(extension)),
                Some(sub) => find(&extension.attributes, sub, None).map(Target::Attribute),
            };
        }
        if self.schema.eq_ignore_ascii_case(&whole) {
            return find(&self.attributes, sub?, None).map(Target::Attribute);
        }
        if self.schema.eq_ignore_ascii_case(schema) {
            return find(&self.attributes, name, sub).map(Target::Attribute);
        }
        let extension = self.extension(schema)?;
        find(&extension.attributes, name, sub).map(Target::Attribute)
    }

    /// An extension whose URN the whole path is, also where its last part looks like a name with a sub-attribute (`…:hr:1.0`).
    fn named_whole(&self, schema: &str, name: &str, sub: Option<&str>) -> Option<&Extension> {
        match (name, sub) {
            ("", _) => self.extension(schema),
            (name, Some(sub)) => self.extension(&format!("{schema}:{name}.{sub}")),
            (_, None) => None,
        }
    }

    fn resolve_bare(&self, name: &str, sub: Option<&str>) -> Option<&Arc<AttributeDef>> {
        if let Some(attribute) = find(&self.attributes, name, sub) {
            return Some(attribute);
        }
        let mut found = self
            .extensions
            .iter()
            .filter_map(|extension| find(&extension.attributes, name, sub));
        match (found.next(), found.next()) {
            (Some(attribute), None) => Some(attribute),
            _ => None,
        }
    }

    /// The extension with that URN, in any case.
    #[must_use]
    pub fn extension(&self, schema: &str) -> Option<&Extension> {
        self.extensions
            .iter()
            .find(|extension| extension.schema.eq_ignore_ascii_case(schema))
    }

    /// Every top-level attribute, of the core schema and of the extensions.
    pub fn all_attributes(&self) -> impl Iterator<Item = &Arc<AttributeDef>> {
        self.attributes.iter().chain(
            self.extensions
                .iter()
                .flat_map(|extension| &extension.attributes),
        )
    }

    /// The attributes whose values only the connection sees that set them.
    pub fn private_attributes(&self) -> impl Iterator<Item = &Arc<AttributeDef>> {
        let is_private = |attribute: &&Arc<AttributeDef>| {
            attribute.scoped.is_some_and(|scoped| scoped.is_private)
        };
        self.attributes.iter().filter(is_private)
    }

    /// Every attribute and sub-attribute that has rows in the attribute index.
    pub fn indexed_attributes(&self) -> impl Iterator<Item = &Arc<AttributeDef>> {
        self.all_attributes()
            .flat_map(|attribute| std::iter::once(attribute).chain(&attribute.sub_attributes))
            .filter(|attribute| attribute.is_indexed)
    }

    /// The attribute whose values live in the `membership` table, where this type has one.
    #[must_use]
    pub fn relation(&self, relation: super::Relation) -> Option<&Arc<AttributeDef>> {
        self.all_attributes()
            .find(|attribute| attribute.relation == Some(relation))
    }
}

/// Finds `name[.sub]` among attributes, ignoring case.
pub(crate) fn find<'a>(
    attributes: &'a [Arc<AttributeDef>],
    name: &str,
    sub: Option<&str>,
) -> Option<&'a Arc<AttributeDef>> {
    let attribute = attributes
        .iter()
        .find(|attribute| attribute.name.eq_ignore_ascii_case(name))?;
    match sub {
        None => Some(attribute),
        Some(sub) => attribute.sub_attribute(sub),
    }
}

/// A resource type document (RFC 7643 §6).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResourceTypeDocument {
    pub(crate) name: String,
    pub(crate) endpoint: String,
    pub(crate) schema: String,
    #[serde(default)]
    pub(crate) schema_extensions: Vec<ExtensionDocument>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ExtensionDocument {
    pub(crate) schema: String,
    #[serde(default)]
    pub(crate) required: bool,
}

/// What a schema document cannot say about a resource type: what is indexed, computed and defaulted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Behaviour {
    pub(crate) number: i16,
    /// Which scopes are about it.
    pub(crate) family: Family,
    /// Attributes to index.
    pub(crate) indexed: Vec<String>,
    /// Text prepared as RFC 8265 demands for user names.
    pub(crate) usernames: Vec<String>,
    /// Kept as a hash.
    pub(crate) passwords: Vec<String>,
    /// Values that belong to the connection that set them.
    pub(crate) scoped: Vec<String>,
    /// The first that has a value names the resource.
    pub(crate) display: Vec<String>,
    /// Attributes whose values are rows of their own.
    pub(crate) relations: BTreeMap<String, String>,
    /// Values given to attributes that a create leaves out.
    pub(crate) defaults: serde_json::Map<String, Value>,
    /// Attributes that refer to a resource.
    pub(crate) references: Vec<ReferenceDocument>,
    /// Settings of a tenant that take the uniqueness from an attribute.
    pub(crate) relaxable: BTreeMap<String, String>,
    /// The form in which text is kept.
    pub(crate) canonical: BTreeMap<String, Canonical>,
    /// What text must be where values are checked strictly.
    pub(crate) formats: BTreeMap<String, Format>,
    /// What people may change in their own resource.
    pub(crate) self_service: Vec<String>,
    /// Whether the resource may be used.
    pub(crate) enabled: Option<String>,
    /// What an attribute without value stands for in filters.
    pub(crate) implied: BTreeMap<String, Value>,
    /// What a replacement that leaves it out does not clear.
    pub(crate) kept: Vec<String>,
    /// What nobody but a connection changes, of a resource that it looks after.
    pub(crate) owned: Vec<String>,
    /// Which attributes and sub-attributes of the profile come first, in that order; the others follow as the schemas have them.
    pub(crate) order: Vec<String>,
    /// The attributes of an account.
    pub(crate) account: BTreeMap<String, String>,
    /// The attributes of a group of accounts.
    pub(crate) team: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ReferenceDocument {
    pub(crate) attribute: String,
    pub(crate) display: String,
}
