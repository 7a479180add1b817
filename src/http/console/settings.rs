//! The settings of the tenant, its letters, and the limits of the server.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::desk::{Desk, Extracted};
use super::views::settings::{Field, Letter, Limits, Mail, SECTIONS, Settings, section_of};
use super::views::{FieldError, Section};
use super::{Needs, pages};
use crate::auth::Permission;
use crate::auth::settings::{Explained, Values, check};
use crate::auth::tenant_settings::TENANT_SETTINGS;
use crate::error::{Error, Result};
use crate::http::account::Form;
use crate::language::Language;
use crate::service::account::preview;
use crate::service::admin;

pages! {
    "/settings" =>
        get first, Needs::To(Permission::ManageSettings);
    "/settings/mail" =>
        get mail, Needs::To(Permission::ManageSettings);
    "/settings/test-letter" =>
        post test_mail, Needs::To(Permission::ManageSettings);
    "/settings/mail/{kind}" =>
        get letter, Needs::To(Permission::ManageSettings);
    "/settings/limits" =>
        get limits, Needs::To(Permission::ManageSettings);
    "/settings/{section}" =>
        get section, Needs::To(Permission::ManageSettings);
        post saved, Needs::To(Permission::ManageSettings);
}

/// The name of a form's field.
fn id_of(name: &str) -> String {
    name.replace(['.', '_'], "-")
}

fn field((setting, value, _): &Explained) -> Field {
    Field {
        name: setting.name,
        id: id_of(setting.name),
        purpose: setting.purpose,
        value: value.clone(),
        was: value.clone(),
        default: setting.default(),
        words: match setting.values {
            Values::Words(words) => words,
            Values::Number { .. } | Values::Text => &[],
        },
        range: match setting.values {
            Values::Number { range, .. } => Some(range),
            Values::Words(_) | Values::Text => None,
        },
    }
}

async fn view(desk: &Desk, section: &str) -> Result<Settings> {
    let known = SECTIONS.iter().find(|(name, _)| *name == section);
    let (section, _) = known.ok_or_else(|| Error::not_found("there are no such settings"))?;
    let all = admin::settings_of(&desk.app().service, desk.acting()).await?;
    let own = all
        .iter()
        .filter(|(setting, ..)| section_of(setting.name) == *section);
    Ok(Settings {
        page: desk.page(Section::Settings),
        section,
        fields: own.map(field).collect(),
        errors: Vec::new(),
    })
}

async fn first(Extracted(desk): Extracted) -> Response<Body> {
    match view(&desk, "accounts").await {
        Ok(view) => desk.show(&view),
        Err(error) => desk.failed(error),
    }
}

async fn section(Extracted(desk): Extracted) -> Response<Body> {
    match view(&desk, desk.part("section")).await {
        Ok(view) => desk.show(&view),
        Err(error) => desk.failed(error),
    }
}

async fn saved(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    let section = desk.part("section").to_owned();
    let mut view = match view(&desk, &section).await {
        Ok(view) => view,
        Err(error) => return desk.failed(error),
    };
    let mut changes = Vec::new();
    let mut is_conflict = false;
    for field in &mut view.fields {
        if !form.has(&field.id) {
            continue;
        }
        let typed = form.text(&field.id);
        let was = format!("was-{}", field.id);
        let shown = if form.has(&was) {
            form.secret(&was)
        } else {
            field.was.clone()
        };
        if typed == shown {
            continue;
        }
        field.value.clone_from(&typed);
        // Somebody else has saved something else since the form was opened.
        if shown != field.was && typed != field.was {
            is_conflict = true;
            let message = view.page.with("settings-conflict", "value", &field.was);
            view.errors.push(FieldError {
                field: field.id.clone(),
                message,
            });
        } else if let Err(error) = check(TENANT_SETTINGS, field.name, &typed) {
            view.errors.push(FieldError {
                field: field.id.clone(),
                message: error.detail().to_owned(),
            });
        } else {
            // What is as without being set is not set.
            let value = (typed != field.default).then_some(typed);
            changes.push((field.name.to_owned(), value));
        }
    }
    if !view.errors.is_empty() {
        let status = if is_conflict {
            StatusCode::CONFLICT
        } else {
            StatusCode::BAD_REQUEST
        };
        return desk.show_as(status, &view);
    }
    match admin::change_settings(&desk.app().service, desk.acting(), &changes).await {
        Ok(()) => desk.go(&format!("/settings/{section}"), "settings-notice-saved"),
        Err(error) if matches!(error.kind().status(), 400 | 409) => {
            let status = StatusCode::from_u16(error.kind().status());
            view.errors.push(FieldError {
                field: String::new(),
                message: error.detail().to_owned(),
            });
            desk.show_as(status.unwrap_or(StatusCode::CONFLICT), &view)
        }
        Err(error) => desk.failed(error),
    }
}

async fn mail(Extracted(desk): Extracted) -> Response<Body> {
    desk.show(&Mail {
        page: desk.page(Section::Settings),
        kinds: preview::kinds(),
    })
}

async fn test_mail(Extracted(desk): Extracted, _: Form) -> Response<Body> {
    let person = &desk.signed_in.person;
    match preview::send_test(&desk.app().service, desk.acting(), person).await {
        Ok(_) => desk.go("/settings/mail", "settings-notice-test"),
        Err(error) => desk.failed(error),
    }
}

async fn letter(Extracted(desk): Extracted) -> Response<Body> {
    let page = desk.page(Section::Settings);
    let kind = desk.part("kind").to_owned();
    let language = Language::tagged(desk.parameter("in")).unwrap_or(page.language);
    let app = desk.app();
    let now = app.service.clock.now();
    let shown = preview::preview(desk.acting(), &kind, language, &app.public_url, now);
    match shown {
        Ok(preview) => desk.show(&Letter {
            languages: Language::ALL
                .iter()
                .map(|one| (one.tag(), one.name(), *one == language))
                .collect(),
            tag: language.tag(),
            kind,
            subject: preview.subject,
            paragraphs: preview.paragraphs,
            page,
        }),
        Err(error) => desk.failed(error),
    }
}

async fn limits(Extracted(desk): Extracted) -> Response<Body> {
    let app = desk.app();
    let limits = &app.service.limits;
    let number = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    desk.show(&Limits {
        page: desk.page(Section::Settings),
        rows: vec![
            ("settings-limit-body", number(app.max_body_bytes)),
            ("settings-limit-bulk-body", number(app.max_bulk_bytes)),
            ("settings-limit-bulk", number(limits.bulk_operations)),
            ("settings-limit-page", limits.default_count),
            ("settings-limit-most", limits.max_count),
            ("settings-limit-scan", limits.scan),
            ("settings-limit-cursor", limits.cursor_seconds),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_words_and_a_place() {
        for setting in TENANT_SETTINGS {
            let id = format!("settings-{}", id_of(setting.name));
            assert_ne!(Language::English.text(&id), id, "{}", setting.name);
            if let Values::Words(words) = setting.values {
                for word in words {
                    let id = format!("{id}-{}", id_of(word));
                    assert_ne!(Language::English.text(&id), id, "{}", setting.name);
                }
            }
        }
    }

    #[test]
    fn every_letter_has_a_name() {
        for kind in preview::kinds() {
            let id = format!("settings-mail-{}", id_of(kind));
            assert_ne!(Language::English.text(&id), id);
        }
    }
}
