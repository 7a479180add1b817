//! New user: person, groups, check, and what is shown once. What was typed stands in hidden fields; nothing is stored before the end.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use uuid::Uuid;

use super::desk::{Desk, Extracted};
use super::several::groups;
use super::views::wizard::{
    Draft, NewUser1, NewUser2, NewUser3, NewUserDone, Present, Secret, Way,
};
use super::views::{FieldError, Section, Shell};
use super::{Needs, pages};
use crate::auth::Permission;
use crate::error::{Error, ErrorKind, Result};
use crate::http::account::Form;
use crate::language::Language;
use crate::service::account::onboarding::{self, NewPerson, Onboarded, Onboarding};
use crate::service::account::{Source, groups as teams, import, is_address};
use crate::service::transfer::Person;

pages! {
    "/users/new" =>
        get begin, Needs::To(Permission::EditPeople);
        post go_on, Needs::To(Permission::EditPeople);
}

/// The most groups that a person is put into from the beginning.
const MOST_GROUPS: usize = 50;

async fn begin(Extracted(desk): Extracted) -> Response<Body> {
    let draft = Draft {
        onboarding: Way::Invite,
        ..Draft::default()
    };
    desk.show(&first(&desk, draft, Vec::new(), None))
}

async fn go_on(Extracted(desk): Extracted, form: Form) -> Response<Body> {
    match gone_on(&desk, &form).await {
        Ok(response) => response,
        Err(error) => desk.failed(error),
    }
}

async fn gone_on(desk: &Desk, form: &Form) -> Result<Response<Body>> {
    let draft = draft(form)?;
    let (step, action) = (form.text("step"), form.text("action"));
    match (step.as_str(), action.as_str()) {
        ("groups", "back") => Ok(desk.show(&first(desk, draft, Vec::new(), None))),
        ("groups", "seek") | ("check", "back") => second(desk, draft, form).await,
        ("groups", _) => third(desk, draft).await,
        ("check", _) => create(desk, draft, form).await,
        _ => match checked(desk, &draft).await? {
            None => second(desk, draft, form).await,
            Some(wrong) => Ok(wrong.shown(desk, draft)),
        },
    }
}

fn draft(form: &Form) -> Result<Draft> {
    let mut groups: Vec<Uuid> = Vec::new();
    for text in form.all("group") {
        let id = Uuid::try_parse(&text)
            .map_err(|_| Error::invalid_value("a group was chosen by something that is no id"))?;
        if !groups.contains(&id) {
            groups.push(id);
        }
    }
    if groups.len() > MOST_GROUPS {
        return Err(Error::invalid_value(format!(
            "{} groups are chosen; at most {MOST_GROUPS} are chosen here, more can be added afterwards",
            groups.len()
        )));
    }
    Ok(Draft {
        username: form.text("username"),
        email: form.text("email"),
        given: form.text("given"),
        family: form.text("family"),
        language: form.text("language"),
        onboarding: Way::named(&form.text("onboarding")),
        groups,
    })
}

/// What is wrong with the first step.
struct Wrong {
    status: StatusCode,
    errors: Vec<FieldError>,
    present: Option<Present>,
}

impl Wrong {
    fn one(language: Language, field: &str, id: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            errors: vec![FieldError::new(language, field, id)],
            present: None,
        }
    }

    fn shown(self, desk: &Desk, draft: Draft) -> Response<Body> {
        let view = first(desk, draft, self.errors, self.present);
        desk.show_as(self.status, &view)
    }
}

/// What is wrong with the person; found out by an attempt of which nothing is left.
async fn checked(desk: &Desk, draft: &Draft) -> Result<Option<Wrong>> {
    let language = desk.page(Section::Users).language;
    if draft.username.is_empty() {
        return Ok(Some(Wrong::one(
            language,
            "username",
            "people-error-username",
        )));
    }
    if desk.visit.settings.usernames_are_addresses && !is_address(&draft.username) {
        return Ok(Some(Wrong::one(
            language,
            "username",
            "people-error-address",
        )));
    }
    if !draft.email.is_empty() && !is_address(&draft.email) {
        return Ok(Some(Wrong::one(language, "email", "people-error-email")));
    }
    let has_address = !draft.email.is_empty() || is_address(&draft.username);
    if draft.onboarding == Way::Invite && !has_address {
        return Ok(Some(Wrong::one(
            language,
            "email",
            "people-error-no-address",
        )));
    }
    let mut new = new_person(desk, draft)?;
    new.groups.clear();
    // A password is made and hashed at the end alone.
    if draft.onboarding == Way::Temporary {
        new.onboarding = Onboarding::None;
    }
    match onboarding::rehearse(&desk.app().service, desk.acting(), &new).await {
        Ok(()) => Ok(None),
        Err(error) => refused(desk, draft, error).await.map(Some),
    }
}

/// An error as something that is wrong with the first step, if it can be mended there.
async fn refused(desk: &Desk, draft: &Draft, error: Error) -> Result<Wrong> {
    if error.kind() == ErrorKind::Uniqueness {
        let page = desk.page(Section::Users);
        return Ok(Wrong {
            status: StatusCode::CONFLICT,
            errors: vec![FieldError::new(
                page.language,
                "username",
                "people-error-taken",
            )],
            present: present(desk, &page, draft).await?,
        });
    }
    if error.kind().status() == 400 {
        return Ok(Wrong {
            status: StatusCode::BAD_REQUEST,
            errors: vec![FieldError {
                field: String::new(),
                message: error.detail().to_owned(),
            }],
            present: None,
        });
    }
    Err(error)
}

/// Whoever has the user name.
async fn present(desk: &Desk, page: &Shell, draft: &Draft) -> Result<Option<Present>> {
    let found = desk
        .acting()
        .find(&desk.app().service, &draft.username)
        .await;
    match found {
        Ok(person) => Ok(Some(Present {
            address: page.at(&format!("/users/{}", person.stored.id)),
            name: draft.username.clone(),
        })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn new_person(desk: &Desk, draft: &Draft) -> Result<NewPerson> {
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let person = Person {
        username: draft.username.clone(),
        given: some(&draft.given),
        family: some(&draft.family),
        email: some(&draft.email),
        language: some(&draft.language),
        ..Person::default()
    };
    Ok(NewPerson {
        body: import::body_of(desk.acting(), &person)?,
        groups: draft.groups.clone(),
        onboarding: onboarding_of(draft.onboarding),
        source: Source::Admin,
        password_hash: None,
    })
}

/// What a choice on a page means.
pub(super) fn onboarding_of(way: Way) -> Onboarding {
    match way {
        Way::Invite => Onboarding::Invite,
        Way::Link => Onboarding::InviteOffline,
        Way::Temporary => Onboarding::TemporaryPassword(None),
        Way::None => Onboarding::None,
    }
}

fn first(desk: &Desk, draft: Draft, errors: Vec<FieldError>, present: Option<Present>) -> NewUser1 {
    let settings = &desk.visit.settings;
    NewUser1 {
        page: desk.page(Section::Users),
        draft,
        errors,
        present,
        is_address: settings.usernames_are_addresses,
        invitation_time: settings.invitation_time,
        temporary_time: settings.temporary_time,
    }
}

async fn second(desk: &Desk, draft: Draft, form: &Form) -> Result<Response<Body>> {
    let page = desk.page(Section::Users);
    let seek = if form.text("step") == "groups" {
        form.text("seek")
    } else {
        String::new()
    };
    let mut offered = groups(desk, &page, &seek, &draft.groups).await?;
    // Those that are chosen stand first, found or not: they can be taken back.
    let missing = draft.groups.iter().filter(|id| {
        let id = id.to_string();
        !offered.iter().any(|group| group.id == id)
    });
    let missing: Vec<Uuid> = missing.copied().collect();
    let mut shown = named(desk, &page, &missing).await?;
    offered.sort_by_key(|group| !group.is_chosen);
    shown.extend(offered);
    Ok(desk.show(&NewUser2 {
        page,
        draft,
        seek,
        offered: shown,
    }))
}

/// Groups as choices that are made.
async fn named(
    desk: &Desk,
    page: &Shell,
    ids: &[Uuid],
) -> Result<Vec<super::views::people::GroupChoice>> {
    let (service, acting) = (&desk.app().service, desk.acting());
    let mut choices = Vec::with_capacity(ids.len());
    for id in ids {
        let group = teams::find(service, acting, &id.to_string()).await?;
        let name = crate::resource::display_name(acting.groups()?, &group.document);
        choices.push(super::views::people::GroupChoice {
            id: id.to_string(),
            name: name.unwrap_or_default(),
            members: page.text("people-group-chosen"),
            is_chosen: true,
        });
    }
    Ok(choices)
}

async fn third(desk: &Desk, draft: Draft) -> Result<Response<Body>> {
    let view = check_view(desk, draft, Vec::new()).await?;
    Ok(desk.show(&view))
}

async fn check_view(desk: &Desk, draft: Draft, errors: Vec<FieldError>) -> Result<NewUser3> {
    let page = desk.page(Section::Users);
    let chosen = named(desk, &page, &draft.groups).await?;
    let may_type = desk.visit.settings.may_type_passwords && draft.onboarding == Way::Temporary;
    Ok(NewUser3 {
        groups: chosen.into_iter().map(|group| group.name).collect(),
        page,
        draft,
        errors,
        may_type,
    })
}

async fn create(desk: &Desk, draft: Draft, form: &Form) -> Result<Response<Body>> {
    let mut new = new_person(desk, &draft)?;
    let typed = form.secret("password");
    if draft.onboarding == Way::Temporary && !typed.is_empty() {
        new.onboarding = Onboarding::TemporaryPassword(Some(typed.clone()));
    }
    match onboarding::create(&desk.app().service, desk.acting(), &new).await {
        Ok(onboarded) => Ok(desk.show_as(StatusCode::CREATED, &finished(desk, &draft, onboarded))),
        Err(error) if error.kind() == ErrorKind::Uniqueness => {
            let wrong = refused(desk, &draft, error).await?;
            Ok(wrong.shown(desk, draft))
        }
        Err(error) if error.kind().status() == 400 => {
            let field = if typed.is_empty() { "" } else { "password" };
            let errors = vec![FieldError {
                field: field.to_owned(),
                message: error.detail().to_owned(),
            }];
            let view = check_view(desk, draft, errors).await?;
            Ok(desk.show_as(StatusCode::BAD_REQUEST, &view))
        }
        Err(error) => Err(error),
    }
}

/// Where an invitation is accepted.
pub(super) fn invitation(desk: &Desk, secret: &str) -> String {
    let (url, tenant) = (&desk.app().public_url, &desk.visit.tenant.name);
    format!("{url}/t/{tenant}/invite/{secret}")
}

fn finished(desk: &Desk, draft: &Draft, onboarded: Onboarded) -> NewUserDone {
    let page = desk.page(Section::Users);
    let secret = match (onboarded.link, onboarded.password) {
        (Some(link), _) => Some(Secret {
            is_link: true,
            value: invitation(desk, &link.secret),
            until: page.moment(&link.expires),
        }),
        (None, Some((password, expires))) => Some(Secret {
            is_link: false,
            value: password,
            until: page.moment(&expires),
        }),
        (None, None) => None,
    };
    let name = format!("{} {}", draft.given, draft.family);
    let name = match name.trim() {
        "" => draft.username.clone(),
        name => name.to_owned(),
    };
    NewUserDone {
        id: onboarded.id.to_string(),
        name,
        is_invited: matches!(draft.onboarding, Way::Invite | Way::Link),
        address: onboarded.address,
        secret,
        page,
    }
}
