//! The pages of attributes and schemas.

use askama::Template;

use super::{FieldError, Shell};

/// An attribute of profiles.
#[derive(Debug, Clone)]
pub struct AttributeRow {
    /// Its path.
    pub path: String,
    /// What it is called.
    pub label: String,
    /// Its page.
    pub address: String,
    /// Its type.
    pub kind: &'static str,
    /// It has several values.
    pub is_multi_valued: bool,
    /// `nobody`, `operators` or `people`.
    pub seen_by: &'static str,
    /// `connection`, `operators` or `people`.
    pub edited_by: &'static str,
    /// `core`, `extension` or `own`.
    pub schema: &'static str,
}

fn seen_id(name: &str) -> &'static str {
    match name {
        "nobody" => "attributes-seen-nobody",
        "operators" => "attributes-seen-operators",
        _ => "attributes-seen-people",
    }
}

fn edited_id(name: &str) -> &'static str {
    match name {
        "connection" => "attributes-edited-connection",
        "operators" => "attributes-edited-operators",
        _ => "attributes-edited-people",
    }
}

/// The attributes of profiles.
#[derive(Debug, Template)]
#[template(path = "console/attributes.html")]
pub struct Attributes {
    /// What all pages have in common.
    pub page: Shell,
    /// Whether the operator may change them.
    pub may_configure: bool,
    /// The attributes, in order.
    pub rows: Vec<AttributeRow>,
}

impl Attributes {
    fn title(&self) -> String {
        self.page.text("console-attributes")
    }

    fn seen(&self, row: &AttributeRow) -> String {
        self.page.text(seen_id(row.seen_by))
    }

    fn edited(&self, row: &AttributeRow) -> String {
        self.page.text(edited_id(row.edited_by))
    }

    fn schema(&self, row: &AttributeRow) -> String {
        self.page.text(match row.schema {
            "core" => "attributes-core",
            "own" => "attributes-own",
            _ => "attributes-extension",
        })
    }

    fn up(&self, row: &AttributeRow) -> String {
        self.page.with("attributes-up", "name", &row.label)
    }

    fn down(&self, row: &AttributeRow) -> String {
        self.page.with("attributes-down", "name", &row.label)
    }
}

/// What is said of one attribute.
#[derive(Debug, Template)]
#[template(path = "console/attribute_edit.html")]
pub struct AttributeForm {
    /// What all pages have in common.
    pub page: Shell,
    /// Its path.
    pub path: String,
    /// What it is called.
    pub label: String,
    /// Tag, name and label of each language.
    pub labels: Vec<(&'static str, &'static str, String)>,
    /// Who sees it.
    pub seen_by: String,
    /// Who changes it.
    pub edited_by: String,
    /// Where it stands.
    pub order: String,
    /// Its type.
    pub kind: &'static str,
    /// It has several values.
    pub is_multi_valued: bool,
    /// It must have a value.
    pub is_required: bool,
    /// Capital letters make a difference.
    pub is_case_exact: bool,
    /// `uniqueness`.
    pub uniqueness: String,
    /// `mutability`.
    pub mutability: String,
    /// Its sub-attributes.
    pub parts: Vec<String>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl AttributeForm {
    fn title(&self) -> String {
        self.label.clone()
    }

    fn seen_options(&self) -> Vec<(&'static str, String, bool)> {
        ["nobody", "operators", "people"]
            .map(|name| (name, self.page.text(seen_id(name)), name == self.seen_by))
            .to_vec()
    }

    fn edited_options(&self) -> Vec<(&'static str, String, bool)> {
        ["connection", "operators", "people"]
            .map(|name| {
                (
                    name,
                    self.page.text(edited_id(name)),
                    name == self.edited_by,
                )
            })
            .to_vec()
    }

    fn answers(&self) -> Vec<(String, String)> {
        let answer = |id: &str, is_so: bool| {
            let yes = if is_so {
                "attributes-yes"
            } else {
                "attributes-no"
            };
            (self.page.text(id), self.page.text(yes))
        };
        vec![
            answer("attributes-multi", self.is_multi_valued),
            answer("attributes-required", self.is_required),
            answer("attributes-case", self.is_case_exact),
        ]
    }
}

/// What adding an attribute would do.
#[derive(Debug, Clone)]
pub struct Review {
    /// The schema that it becomes a part of.
    pub schema: String,
    /// Whether that schema is made first.
    pub is_new: bool,
    /// The definition, as JSON.
    pub definition: String,
    /// How many people have no value yet.
    pub people: i64,
}

/// A new attribute.
#[derive(Debug, Template)]
#[template(path = "console/attribute_new.html")]
pub struct NewAttribute {
    /// What all pages have in common.
    pub page: Shell,
    /// The types to choose from.
    pub types: Vec<&'static str>,
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// What it is.
    pub description: String,
    /// The values to choose from, one on each line.
    pub canonical: String,
    /// `none` or `server`.
    pub uniqueness: String,
    /// It must have a value.
    pub is_required: bool,
    /// It has several values.
    pub is_multi_valued: bool,
    /// Capital letters make a difference.
    pub is_case_exact: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// What it would do, before it is done.
    pub review: Option<Review>,
}

impl NewAttribute {
    fn title(&self) -> String {
        self.page.text("attributes-new")
    }

    fn type_options(&self) -> Vec<(String, String)> {
        let types = self.types.iter();
        types
            .map(|one| ((*one).to_owned(), (*one).to_owned()))
            .collect()
    }

    fn unique_options(&self) -> Vec<(String, String)> {
        [
            ("none", "attributes-unique-none"),
            ("server", "attributes-unique-server"),
        ]
        .map(|(value, id)| (value.to_owned(), self.page.text(id)))
        .to_vec()
    }

    fn effects(&self, review: &Review) -> Vec<String> {
        let mut effects = vec![self.page.with(
            if review.is_new {
                "attributes-effect-schema-new"
            } else {
                "attributes-effect-schema"
            },
            "schema",
            &review.schema,
        )];
        effects.push(self.page.text("attributes-effect-clients"));
        if self.is_required {
            effects.push(
                self.page
                    .counted("attributes-effect-required", &review.people),
            );
        }
        if self.uniqueness == "server" {
            effects.push(self.page.text("attributes-effect-unique"));
        }
        effects.push(self.page.text("attributes-effect-stays"));
        effects
    }
}

/// A schema or a resource type.
#[derive(Debug, Clone)]
pub struct SchemaRow {
    /// Its page.
    pub address: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
}

/// The schemas and resource types of the tenant.
#[derive(Debug, Template)]
#[template(path = "console/schemas.html")]
pub struct Schemas {
    /// What all pages have in common.
    pub page: Shell,
    /// The schemas.
    pub schemas: Vec<SchemaRow>,
    /// The resource types.
    pub types: Vec<SchemaRow>,
}

impl Schemas {
    fn title(&self) -> String {
        self.page.text("attributes-schemas")
    }
}

/// One of them, as it is served.
#[derive(Debug, Template)]
#[template(path = "console/schema.html")]
pub struct SchemaPage {
    /// What all pages have in common.
    pub page: Shell,
    /// Its id.
    pub id: String,
    /// The document.
    pub json: String,
}

impl SchemaPage {
    fn title(&self) -> String {
        self.id.clone()
    }
}
