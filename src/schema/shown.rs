//! What a projection shows of every resource of a type, as far as the documents make no difference.

use super::project::Projection;
use super::{AttributeDef, InText, Relation, ResourceType, Returned};

/// What a projection shows of resources of a type. Documents are looked through for names; they need not be parsed for it.
#[derive(Debug, Clone)]
pub struct Shown {
    relations: Vec<Relation>,
    /// See [`cut_names`].
    cut: Option<Vec<InText>>,
    /// Attributes that refer to a resource and are shown.
    references: Vec<InText>,
    has_private: bool,
}

impl Shown {
    /// What this projection shows; [`ResourceType::shown`] has it ready for the one most clients use.
    pub(super) fn of(resource_type: &ResourceType, projection: &Projection) -> Self {
        let is_shown = |attribute: &AttributeDef| projection.includes(resource_type, attribute);
        let relations = resource_type.all_attributes().filter_map(|attribute| {
            let relation = attribute.relation?;
            is_shown(attribute).then_some(relation)
        });
        let references = resource_type.references.iter();
        let references = references.filter(|reference| is_shown(&reference.attribute));
        Self {
            relations: relations.collect(),
            cut: cut_names(resource_type, projection),
            references: references
                .map(|reference| reference.attribute.in_text.clone())
                .collect(),
            has_private: resource_type.private_attributes().next().is_some(),
        }
    }

    /// Whether the values of a relation are shown.
    #[must_use]
    pub fn shows(&self, relation: Relation) -> bool {
        self.relations.contains(&relation)
    }

    /// Whether each document has to be cut.
    #[must_use]
    pub fn cuts_all(&self) -> bool {
        self.cut.is_none()
    }

    /// Whether there are values that only the connection sees that set them.
    #[must_use]
    pub fn has_private(&self) -> bool {
        self.has_private
    }

    /// Whether the document has a reference to complete.
    #[must_use]
    pub fn refers(&self, document: &str) -> bool {
        self.references.iter().any(|name| name.is_in(document))
    }

    /// Whether the projection shows everything that the document has.
    #[must_use]
    pub fn leaves_whole(&self, document: &str) -> bool {
        let cut = self.cut.as_ref();
        cut.is_some_and(|cut| !cut.iter().any(|name| name.is_in(document)))
    }
}

/// Whether the values are shown to everyone who does not ask for others.
fn is_plain(attribute: &AttributeDef) -> bool {
    !attribute.is_hidden() && matches!(attribute.returned, Returned::Default | Returned::Always)
}

/// The names of what is not shown, or not all of it: a document with none of them is shown as it is. `None`: the projection names parts
/// of documents, and each has to be cut.
fn cut_names(resource_type: &ResourceType, projection: &Projection) -> Option<Vec<InText>> {
    if projection.names_document(resource_type) {
        return None;
    }
    let is_shown = |attribute: &AttributeDef| {
        let is_outside = attribute.relation.is_some() || attribute.is_password;
        is_outside || (is_plain(attribute) && projection.includes(resource_type, attribute))
    };
    let cut = resource_type.all_attributes().filter(|attribute| {
        !is_shown(attribute) || attribute.sub_attributes.iter().any(|sub| !is_plain(sub))
    });
    Some(cut.map(|attribute| attribute.in_text.clone()).collect())
}
