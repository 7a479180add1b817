//! One attribute definition and its characteristics (RFC 7643 §2.2, §7).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{InText, IndexKey};

/// The number of an attribute in the attribute index; given out by the store, stable for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttributeId(pub i16);

/// `type` (RFC 7643 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Unicode text.
    #[default]
    String,
    /// `true` or `false`.
    Boolean,
    /// A JSON number.
    Decimal,
    /// A JSON number without fraction or exponent.
    Integer,
    /// An `xsd:dateTime`.
    DateTime,
    /// A URI.
    Reference,
    /// Base64 text.
    Binary,
    /// An object of sub-attributes.
    Complex,
}

impl Kind {
    /// The name as it stands in a schema document.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::DateTime => "dateTime",
            Self::Reference => "reference",
            Self::Binary => "binary",
            Self::Complex => "complex",
        }
    }
}

/// `mutability` (RFC 7643 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mutability {
    /// Set by the service provider alone.
    ReadOnly,
    /// May be changed at any time.
    #[default]
    ReadWrite,
    /// May be set once.
    Immutable,
    /// May be set and never read.
    WriteOnly,
}

/// `returned` (RFC 7643 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Returned {
    /// In every representation.
    Always,
    /// In none.
    Never,
    /// Unless the projection leaves it out.
    #[default]
    Default,
    /// Only when asked for.
    Request,
}

/// `uniqueness` (RFC 7643 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Uniqueness {
    /// Any number of resources may share a value.
    #[default]
    None,
    /// One resource per tenant may hold a value.
    Server,
    /// As `server`: this server cannot look beyond itself.
    Global,
}

/// Attributes whose values are rows of other resources rather than part of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// A group's members.
    Members,
    /// The groups a resource belongs to, directly or through nested groups.
    Groups,
    /// The customers who are assigned to an operator: other resources say so.
    Assigned,
}

/// How text is prepared before it becomes an index key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preparation {
    /// Case folding and normalisation as `caseExact` says.
    #[default]
    Plain,
    /// Width mapping as well (RFC 8265 §3.3, for `userName`).
    Username,
}

/// The form in which text is kept, whatever the client wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Canonical {
    /// An address: the domain in lower case (RFC 7643 §4.1.2, `emails`).
    Email,
    /// An instant messaging address: no white space, lower case (RFC 7643 §4.1.2, `ims`).
    Handle,
}

/// What text must be where a connection asks for strict values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// ISO 3166-1 alpha-2, in capitals.
    Country,
    /// A language tag (RFC 5646).
    LanguageTag,
    /// A list of language ranges with weights, as in `Accept-Language` (RFC 9110 §12.5.4).
    LanguageRanges,
    /// A name of the IANA time zone database.
    TimeZone,
    /// An absolute `http` or `https` URL.
    Url,
}

/// Values that each connection has for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scoped {
    /// Number in the attribute index.
    pub id: AttributeId,
    /// Whether a connection may use a value once only.
    pub is_unique: bool,
    /// Whether only the connection that set the value sees it.
    pub is_private: bool,
}

/// One attribute or sub-attribute of a resource type.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are the characteristics of RFC 7643 §2.2, one each"
)]
pub struct AttributeDef {
    /// Number in the attribute index.
    pub id: AttributeId,
    /// Canonical name, without URN or parent.
    pub name: String,
    /// The name as it stands in a document's text.
    pub in_text: InText,
    /// The extension's URN, for an extension's attribute.
    pub extension: Option<Arc<str>>,
    /// The complex attribute this is a part of.
    pub parent: Option<Arc<str>>,
    /// `type`.
    pub kind: Kind,
    /// `multiValued`.
    pub multi_valued: bool,
    /// `required`.
    pub required: bool,
    /// `caseExact`.
    pub case_exact: bool,
    /// `mutability`.
    pub mutability: Mutability,
    /// `returned`.
    pub returned: Returned,
    /// `uniqueness`.
    pub uniqueness: Uniqueness,
    /// `canonicalValues`: suggestions, not enforced (RFC 7643 §2.3.1).
    pub canonical_values: Vec<String>,
    /// `referenceTypes`.
    pub reference_types: Vec<String>,
    /// `subAttributes` of a complex attribute.
    pub sub_attributes: Vec<Arc<AttributeDef>>,
    /// Whether its values have rows in the attribute index.
    pub is_indexed: bool,
    /// Whether the index has the rows of every resource, so that a query may rely on it.
    pub is_searchable: bool,
    /// The number of its values per connection, where each connection has a name space of its own (`externalId`).
    pub scoped: Option<Scoped>,
    /// Whether it is kept as a hash and never as a value.
    pub is_password: bool,
    /// The form in which its text is kept.
    pub canonical: Option<Canonical>,
    /// What its text must be where values are checked strictly.
    pub format: Option<Format>,
    /// What a resource without a value has, for filters.
    pub implied: Option<IndexKey>,
    /// Set for `members` and `groups` and their sub-attributes.
    pub relation: Option<Relation>,
    /// How its text becomes a key.
    pub preparation: Preparation,
    /// Whether the parent (for a sub-attribute) or the attribute itself has many values.
    pub is_in_array: bool,
}

impl AttributeDef {
    /// The path as a client would write it: `name.givenName`, `urn:…:User:manager.value`.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        if let Some(extension) = &self.extension {
            path.push_str(extension);
            path.push(':');
        }
        if let Some(parent) = &self.parent {
            path.push_str(parent);
            path.push('.');
        }
        path.push_str(&self.name);
        path
    }

    /// The sub-attribute of that name, in any case.
    #[must_use]
    pub fn sub_attribute(&self, name: &str) -> Option<&Arc<AttributeDef>> {
        self.sub_attributes
            .iter()
            .find(|sub| sub.name.eq_ignore_ascii_case(name))
    }

    /// Whether nobody ever gets to see a value (RFC 7643 §7).
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.returned == Returned::Never || self.mutability == Mutability::WriteOnly
    }

    /// Whether a value must be unique in its tenant.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        self.uniqueness != Uniqueness::None
    }

    /// Whether it is the `primary` flag of a multi-valued attribute (RFC 7643 §2.4).
    #[must_use]
    pub fn is_primary_flag(&self) -> bool {
        self.is_in_array && self.kind == Kind::Boolean && self.name == "primary"
    }
}

/// An attribute as a schema document spells it; what is left out has the default of RFC 7643 §2.2.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AttributeDocument {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    pub(crate) multi_valued: bool,
    pub(crate) description: String,
    pub(crate) required: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) canonical_values: Vec<String>,
    pub(crate) case_exact: bool,
    pub(crate) mutability: Mutability,
    pub(crate) returned: Returned,
    pub(crate) uniqueness: Uniqueness,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) reference_types: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sub_attributes: Vec<AttributeDocument>,
}
