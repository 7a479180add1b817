//! The attributes of profiles, and the schemas that they come from.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::{Map, Value, json};

use super::asked::encoded;
use super::desk::{Desk, Extracted};
use super::views::attributes::{
    AttributeForm, AttributeRow, Attributes, NewAttribute, Review, SchemaPage, SchemaRow, Schemas,
};
use super::views::{FieldError, Section, Shell};
use super::{Needs, pages};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::http::account::Form;
use crate::language::Language;
use crate::schema::{EditedBy, ProfileAttribute, SeenBy};
use crate::service::account::attributes::{self, Change};

/// What lies between two attributes of a profile.
const STEP: i32 = 10;
/// The types that an attribute can have which an operator adds.
const TYPES: [&str; 7] = [
    "string",
    "boolean",
    "integer",
    "decimal",
    "dateTime",
    "reference",
    "binary",
];

pages! {
    "/attributes" =>
        get list, Needs::To(Permission::ReadPeople);
        post moved, Needs::To(Permission::Configure);
    "/attributes/new" =>
        get new, Needs::To(Permission::Configure);
        post added, Needs::To(Permission::Configure);
    "/attributes/{path}" =>
        get edit, Needs::To(Permission::Configure);
        post edited, Needs::To(Permission::Configure);
    "/schemas" =>
        get schemas, Needs::To(Permission::ReadPeople);
    "/schemas/{id}" =>
        get schema, Needs::To(Permission::ReadPeople);
}

fn seen_name(seen: SeenBy) -> &'static str {
    match seen {
        SeenBy::Nobody => "nobody",
        SeenBy::Operators => "operators",
        SeenBy::People => "people",
    }
}

fn seen_named(name: &str) -> Option<SeenBy> {
    let all = [SeenBy::Nobody, SeenBy::Operators, SeenBy::People];
    all.into_iter().find(|seen| seen_name(*seen) == name)
}

fn edited_name(edited: EditedBy) -> &'static str {
    match edited {
        EditedBy::Connection => "connection",
        EditedBy::Operators => "operators",
        EditedBy::People => "people",
    }
}

fn edited_named(name: &str) -> Option<EditedBy> {
    let all = [EditedBy::Connection, EditedBy::Operators, EditedBy::People];
    all.into_iter().find(|edited| edited_name(*edited) == name)
}

/// What an attribute is called: by the tenant, by us, or by its schema.
fn label(language: Language, one: &ProfileAttribute) -> String {
    let own = one.labels.get(language.tag());
    if let Some(own) = own.or_else(|| one.labels.get(Language::English.tag())) {
        return own.clone();
    }
    // The words are those of the profile; a person's own page knows fewer.
    let word = one.attribute.name.to_lowercase();
    let known = ["account-field-", "person-field-"]
        .iter()
        .find_map(|family| {
            let id = format!("{family}{word}");
            let text = language.text(&id);
            (text != id).then_some(text)
        });
    known.unwrap_or_else(|| one.attribute.name.clone())
}

fn page_of(desk: &Desk, path: &str) -> String {
    desk.page_at(&format!("/attributes/{}", encoded(path)))
}

fn row(desk: &Desk, shell: &Shell, one: &ProfileAttribute) -> AttributeRow {
    let path = one.attribute.path();
    let extension = one.attribute.extension.as_deref();
    AttributeRow {
        label: label(shell.language, one),
        address: page_of(desk, &path),
        kind: one.attribute.kind.name(),
        is_multi_valued: one.attribute.multi_valued,
        seen_by: seen_name(one.seen_by),
        edited_by: edited_name(one.edited_by),
        schema: match extension {
            None => "core",
            Some(urn) if urn.starts_with("urn:muster:scim:schemas:tenant:") => "own",
            Some(_) => "extension",
        },
        path,
    }
}

async fn list(Extracted(desk): Extracted) -> Response<Body> {
    let shell = desk.page(Section::Attributes);
    match attributes::list(desk.acting()) {
        Ok(all) => desk.show(&Attributes {
            may_configure: desk.may(Permission::Configure),
            rows: all.iter().map(|one| row(&desk, &shell, one)).collect(),
            page: shell,
        }),
        Err(error) => desk.failed(error),
    }
}

async fn moved(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    match moved_to(&desk, &form).await {
        Ok(()) => desk.go("/attributes", "console-notice-saved"),
        Err(error) => desk.failed(error),
    }
}

/// Moves an attribute one place up or down; the others are numbered anew where that is needed.
async fn moved_to(desk: &Desk, form: &Form) -> Result<()> {
    let all = attributes::list(desk.acting())?;
    let (up, down) = (form.text("up"), form.text("down"));
    let path = if up.is_empty() { &down } else { &up };
    let at = all.iter().position(|one| one.attribute.path() == *path);
    let at = at.ok_or_else(|| Error::not_found("profiles have no such attribute"))?;
    let to = if up.is_empty() {
        (at + 1).min(all.len().saturating_sub(1))
    } else {
        at.saturating_sub(1)
    };
    let mut order: Vec<&ProfileAttribute> = all.iter().collect();
    order.swap(at, to);
    for (position, one) in order.into_iter().enumerate() {
        let number = i32::try_from(position)
            .unwrap_or(i32::MAX)
            .saturating_mul(STEP);
        if one.order == number {
            continue;
        }
        let change = Change {
            order: Some(number),
            ..Change::default()
        };
        attributes::set(
            &desk.app().service,
            desk.acting(),
            &one.attribute.path(),
            &change,
        )
        .await?;
    }
    Ok(())
}

/// The attribute of the address.
fn found(desk: &Desk) -> Result<ProfileAttribute> {
    let path = desk.part("path");
    let mut all = attributes::list(desk.acting())?.into_iter();
    let found = all.find(|one| one.attribute.path() == path);
    found.ok_or_else(|| Error::not_found("profiles have no such attribute"))
}

fn edit_view(desk: &Desk, one: &ProfileAttribute) -> AttributeForm {
    let page = desk.page(Section::Attributes);
    let attribute = &one.attribute;
    let word = |value: Value| value.as_str().unwrap_or_default().to_owned();
    let languages = Language::ALL.iter().map(|language| {
        let text = one.labels.get(language.tag()).cloned().unwrap_or_default();
        (language.tag(), language.name(), text)
    });
    AttributeForm {
        label: label(page.language, one),
        labels: languages.collect(),
        seen_by: seen_name(one.seen_by).to_owned(),
        edited_by: edited_name(one.edited_by).to_owned(),
        order: one.order.to_string(),
        kind: attribute.kind.name(),
        is_multi_valued: attribute.multi_valued,
        is_required: attribute.required,
        is_case_exact: attribute.case_exact,
        uniqueness: word(serde_json::to_value(attribute.uniqueness).unwrap_or_default()),
        mutability: word(serde_json::to_value(attribute.mutability).unwrap_or_default()),
        parts: one.parts.iter().map(|part| part.name.clone()).collect(),
        errors: Vec::new(),
        path: attribute.path(),
        page,
    }
}

async fn edit(Extracted(desk): Extracted) -> Response<Body> {
    match found(&desk) {
        Ok(one) => desk.show(&edit_view(&desk, &one)),
        Err(error) => desk.failed(error),
    }
}

async fn edited(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let one = match found(&desk) {
        Ok(one) => one,
        Err(error) => return desk.failed(error),
    };
    let mut view = edit_view(&desk, &one);
    let mut labels = BTreeMap::new();
    for (tag, _, text) in &mut view.labels {
        let name = format!("label-{tag}");
        if form.has(&name) {
            *text = form.text(&name);
            labels.insert((*tag).to_owned(), text.clone());
        }
    }
    let order = form.text("order");
    let number = order.parse::<i32>().ok();
    if form.has("order") && number.is_none() {
        let error = FieldError::new(view.page.language, "order", "attributes-order-wrong");
        view.errors.push(error);
    }
    let change = Change {
        labels,
        seen_by: seen_named(&form.text("seen")),
        edited_by: edited_named(&form.text("edited")),
        order: number,
    };
    view.order = order;
    if let Some(seen) = change.seen_by {
        seen_name(seen).clone_into(&mut view.seen_by);
    }
    if let Some(edited) = change.edited_by {
        edited_name(edited).clone_into(&mut view.edited_by);
    }
    if !view.errors.is_empty() {
        return desk.show_as(StatusCode::BAD_REQUEST, &view);
    }
    let set = attributes::set(&desk.app().service, desk.acting(), &view.path, &change).await;
    match set {
        Ok(()) => desk.go("/attributes", "console-notice-saved"),
        Err(error) if error.kind().status() == 400 => {
            view.errors.push(FieldError {
                field: String::new(),
                message: error.detail().to_owned(),
            });
            desk.show_as(StatusCode::BAD_REQUEST, &view)
        }
        Err(error) => desk.failed(error),
    }
}

fn new_view(desk: &Desk) -> NewAttribute {
    NewAttribute {
        page: desk.page(Section::Attributes),
        types: TYPES.to_vec(),
        kind: "string".to_owned(),
        uniqueness: "none".to_owned(),
        name: String::new(),
        description: String::new(),
        canonical: String::new(),
        is_required: false,
        is_multi_valued: false,
        is_case_exact: false,
        errors: Vec::new(),
        review: None,
    }
}

async fn new(Extracted(desk): Extracted) -> Response<Body> {
    desk.show(&new_view(&desk))
}

/// What was typed, as RFC 7643 §7 has it.
fn definition(view: &NewAttribute) -> Value {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("name", json!(view.name));
    put("type", json!(view.kind));
    put("description", json!(view.description));
    put("multiValued", json!(view.is_multi_valued));
    put("required", json!(view.is_required));
    if matches!(view.kind.as_str(), "string" | "reference" | "binary") {
        put("caseExact", json!(view.is_case_exact));
    }
    if view.kind == "reference" {
        put("referenceTypes", json!(["external"]));
    }
    if view.uniqueness == "server" {
        put("uniqueness", json!("server"));
    }
    let canonical: Vec<&str> = view.canonical.lines().map(str::trim).collect();
    let canonical: Vec<&str> = canonical
        .into_iter()
        .filter(|one| !one.is_empty())
        .collect();
    if !canonical.is_empty() {
        put("canonicalValues", json!(canonical));
    }
    Value::Object(members)
}

async fn added(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let mut view = new_view(&desk);
    view.name = form.text("name");
    view.description = form.text("description");
    view.canonical = form.secret("canonical");
    view.is_required = form.has("required");
    view.is_multi_valued = form.has("multiValued");
    view.is_case_exact = form.has("caseExact");
    if TYPES.contains(&form.text("type").as_str()) {
        view.kind = form.text("type");
    }
    if form.text("uniqueness") == "server" {
        "server".clone_into(&mut view.uniqueness);
    }
    if view.name.is_empty() {
        let error = FieldError::new(view.page.language, "name", "attributes-name-missing");
        view.errors.push(error);
        return desk.show_as(StatusCode::BAD_REQUEST, &view);
    }
    let service = &desk.app().service;
    let definition = definition(&view);
    let outcome = match form.text("action").as_str() {
        "save" => attributes::add(service, desk.acting(), definition)
            .await
            .map(Err),
        "change" => return desk.show(&view),
        _ => attributes::plan(service, desk.acting(), definition.clone())
            .await
            .map(|plan| Ok((plan, definition))),
    };
    match outcome {
        Ok(Err(path)) => desk.go(
            &format!("/attributes/{}", encoded(&path)),
            "attributes-notice-added",
        ),
        Ok(Ok((plan, definition))) => {
            view.review = Some(Review {
                schema: plan.schema,
                is_new: plan.is_new,
                definition: format!("{definition:#}"),
                people: plan.people,
            });
            desk.show(&view)
        }
        Err(error) if matches!(error.kind().status(), 400 | 409) => {
            let status = StatusCode::from_u16(error.kind().status());
            view.errors.push(FieldError {
                field: "name".to_owned(),
                message: error.detail().to_owned(),
            });
            desk.show_as(status.unwrap_or(StatusCode::BAD_REQUEST), &view)
        }
        Err(error) => desk.failed(error),
    }
}

fn text_of<'a>(document: &'a Value, name: &str) -> &'a str {
    document
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

async fn schemas(Extracted(desk): Extracted) -> Response<Body> {
    let registry = desk.acting().registry();
    let row = |id: &str, document: &Value| SchemaRow {
        address: desk.page_at(&format!("/schemas/{}", encoded(id))),
        id: id.to_owned(),
        name: text_of(document, "name").to_owned(),
        description: text_of(document, "description").to_owned(),
    };
    let all = registry.schemas().iter();
    let types = registry.resource_type_documents().iter();
    desk.show(&Schemas {
        page: desk.page(Section::Attributes),
        schemas: all.map(|one| row(&one.id, &one.document)).collect(),
        types: types.map(|one| row(text_of(one, "id"), one)).collect(),
    })
}

async fn schema(Extracted(desk): Extracted) -> Response<Body> {
    let id = desk.part("id");
    let registry = desk.acting().registry();
    let schema = registry.schema(id).map(|one| &one.document);
    let mut types = registry.resource_type_documents().iter();
    let found = schema.or_else(|| types.find(|one| text_of(one, "id") == id));
    match found {
        Some(document) => desk.show(&SchemaPage {
            page: desk.page(Section::Attributes),
            id: id.to_owned(),
            json: format!("{document:#}"),
        }),
        None => desk.failed(Error::not_found("there is no such schema or resource type")),
    }
}
