//! Every view with data as they are, and as somebody who means harm would have them.

use askama::Template;

use super::{
    ErrorPage, Field, FieldError, Forgot, ForgotSent, Groups, Input, Language, Languages, Leave,
    LinkDead, LinkPurpose, NOTICES, Page, Password, PasswordPurpose, Profile, Register, Registered,
    Session, Sessions, SetPassword, SignIn, SignedOut, SignedOutWhy, Verified, Verify, Welcome,
};

/// Every view, by name, as HTML.
pub(super) type Gallery = Result<Vec<(&'static str, String)>, askama::Error>;

/// What the sample data are like.
pub(super) struct Taste {
    organization: String,
    name: String,
    username: String,
    text: String,
    address: String,
}

impl Taste {
    /// Data as they are.
    pub(super) fn usual() -> Self {
        Self {
            organization: "Acme Textiles".to_owned(),
            name: "Amélie Brandt".to_owned(),
            username: "amelie.brandt@example.com".to_owned(),
            text: "Paris".to_owned(),
            address: "https://shop.example.com/welcome".to_owned(),
        }
    }

    /// Data that try to become markup, to turn the line around, or to burst the page.
    pub(super) fn hostile() -> Self {
        let long = "Wolfeschlegelsteinhausenbergerdorff".repeat(8);
        Self {
            organization: "\u{202e}שלום <script>alert('o')</script> & \"Söhne\" {{ 7 * 7 }} 👩‍👩‍👧‍👦"
                .to_owned(),
            name: format!("\"><img src=x onerror=alert(1)> مرحبا {long}"),
            username: format!(
                "' autofocus onfocus='alert(1)' x=\"</title><svg/onload=alert(2)>{long}@example.com"
            ),
            text: format!("</textarea></script><!-- <b>{long}</b> 🏴‍☠️ \u{2066}{{% if %}}"),
            address: "javascript:alert(document.domain)//\" onclick=\"alert(3)".to_owned(),
        }
    }
}

/// Every view in one language.
pub(super) fn gallery(language: Language, taste: &Taste) -> Gallery {
    let mut views = entry(language, taste)?;
    views.extend(links(language, taste)?);
    views.extend(account(language, taste)?);
    views.extend(ends(language, taste)?);
    Ok(views)
}

fn page(language: Language, taste: &Taste, path: &str) -> Page {
    Page {
        language,
        organization: taste.organization.clone(),
        base: "/t/acme".to_owned(),
        signed_in: None,
        notice: None,
        path: format!("/t/acme{path}"),
    }
}

fn inside(language: Language, taste: &Taste, path: &str) -> Page {
    Page {
        signed_in: Some(taste.name.clone()),
        ..page(language, taste, path)
    }
}

fn rules(language: Language) -> Vec<String> {
    vec![
        language.counted("password-too-short", "count", 8, &[]),
        language.counted("password-too-long", "count", 128, &[]),
        language.text("password-no-upper"),
        language.text("password-no-lower"),
        language.text("password-no-digit"),
        language.format("password-no-special", &[("characters", "! @ # $ % * &")]),
    ]
}

fn errors(language: Language, of: &[(&str, &str)]) -> Vec<FieldError> {
    of.iter()
        .map(|(field, id)| FieldError::new(language, field, id))
        .collect()
}

fn broken_rule(language: Language, id: &str) -> FieldError {
    let rule = language.text(id);
    FieldError {
        field: "password".to_owned(),
        message: language.format("account-error-password-rule", &[("rule", &rule)]),
    }
}

fn entry(language: Language, taste: &Taste) -> Gallery {
    let sign_in = |errors, notice: Option<&str>| SignIn {
        page: Page {
            notice: notice.map(str::to_owned),
            ..page(language, taste, "/sign-in?next=%2Faccount")
        },
        username: taste.username.clone(),
        next: taste.address.clone(),
        errors,
        can_register: true,
    };
    let register = |can_choose_username, errors| Register {
        page: page(language, taste, "/register"),
        username: taste.username.clone(),
        email: taste.username.clone(),
        given: taste.name.clone(),
        family: String::new(),
        errors,
        rules: rules(language),
        return_to: taste.address.clone(),
        can_choose_username,
    };
    let forgot = |errors| Forgot {
        page: page(language, taste, "/forgot"),
        username: taste.username.clone(),
        errors,
    };
    let mut wrong = errors(language, &[("username", "account-error-email-invalid")]);
    wrong.push(broken_rule(language, "password-no-upper"));
    wrong.push(broken_rule(language, "password-no-digit"));
    Ok(vec![
        (
            "sign-in",
            sign_in(Vec::new(), NOTICES.last().copied()).render()?,
        ),
        (
            "sign-in-wrong",
            sign_in(
                errors(
                    language,
                    &[
                        ("", "account-error-sign-in"),
                        ("password", "account-error-password-missing"),
                    ],
                ),
                None,
            )
            .render()?,
        ),
        ("register", register(false, Vec::new()).render()?),
        ("register-wrong", register(true, wrong).render()?),
        (
            "registered",
            Registered {
                page: page(language, taste, "/register"),
            }
            .render()?,
        ),
        ("forgot", forgot(Vec::new()).render()?),
        (
            "forgot-wrong",
            forgot(errors(
                language,
                &[("username", "account-error-username-missing")],
            ))
            .render()?,
        ),
        (
            "forgot-sent",
            ForgotSent {
                page: page(language, taste, "/forgot"),
            }
            .render()?,
        ),
    ])
}

fn links(language: Language, taste: &Taste) -> Gallery {
    let set = |purpose, errors: Vec<FieldError>| SetPassword {
        page: page(language, taste, "/invite/3kTq"),
        action: "/t/acme/invite/3kTq".to_owned(),
        username: taste.username.clone(),
        purpose,
        rules: rules(language),
        errors,
        asks_current: purpose == PasswordPurpose::MustChange,
    };
    let verified = |awaits_approval, return_to| Verified {
        page: page(language, taste, "/verify/3kTq"),
        awaits_approval,
        return_to,
    };
    let dead = |purpose| LinkDead {
        page: page(language, taste, "/invite/3kTq"),
        purpose,
    };
    let wrong = vec![
        FieldError::new(language, "current", "account-error-current-wrong"),
        broken_rule(language, "password-common"),
        broken_rule(language, "password-guessable"),
        broken_rule(language, "password-personal"),
    ];
    let welcome = |can_choose_username, errors| Welcome {
        page: page(language, taste, "/welcome"),
        username: taste.username.clone(),
        email: taste.username.clone(),
        given: taste.name.clone(),
        family: String::new(),
        errors,
        rules: rules(language),
        can_choose_username,
    };
    let mut taken = errors(language, &[("username", "account-error-username-taken")]);
    taken.push(broken_rule(language, "password-no-upper"));
    let verify = Verify {
        page: page(language, taste, "/verify/3kTq"),
        action: "/t/acme/verify/3kTq".to_owned(),
    };
    Ok(vec![
        ("invite", set(PasswordPurpose::Invite, Vec::new()).render()?),
        (
            "reset",
            set(
                PasswordPurpose::Reset,
                vec![broken_rule(language, "password-no-lower")],
            )
            .render()?,
        ),
        (
            "must-change",
            set(PasswordPurpose::MustChange, wrong).render()?,
        ),
        ("verify", verify.render()?),
        (
            "verified",
            verified(false, Some(taste.address.clone())).render()?,
        ),
        ("verified-waits", verified(true, None).render()?),
        ("link-dead-invite", dead(LinkPurpose::Invite).render()?),
        ("link-dead-reset", dead(LinkPurpose::Reset).render()?),
        ("link-dead-verify", dead(LinkPurpose::Verify).render()?),
        ("link-dead-welcome", dead(LinkPurpose::Welcome).render()?),
        ("welcome", welcome(false, Vec::new()).render()?),
        ("welcome-wrong", welcome(true, taken).render()?),
    ])
}

fn field(taste: &Taste, name: &str, label: &str, input: Input) -> Field {
    Field {
        name: name.to_owned(),
        label: label.to_owned(),
        value: taste.text.clone(),
        former: taste.text.clone(),
        is_editable: true,
        note: None,
        input,
        autocomplete: None,
        errors: Vec::new(),
    }
}

fn fields(language: Language, taste: &Taste) -> Vec<Field> {
    let zones = ["Europe/Berlin", "Asia/Tokyo"].map(|zone| (zone.to_owned(), zone.to_owned()));
    vec![
        Field {
            value: taste.username.clone(),
            is_editable: false,
            ..field(
                taste,
                "userName",
                &language.text("account-username"),
                Input::Text,
            )
        },
        Field {
            value: taste.name.clone(),
            note: Some(taste.text.clone()),
            autocomplete: Some("given-name".to_owned()),
            ..field(
                taste,
                "name.givenName",
                &language.text("account-given-name"),
                Input::Text,
            )
        },
        Field {
            value: taste.username.clone(),
            autocomplete: Some("email".to_owned()),
            ..field(
                taste,
                "emails[primary eq true].value",
                &language.text("account-email"),
                Input::Email,
            )
        },
        field(taste, "profileUrl", "Homepage", Input::Url),
        field(taste, &taste.text, &taste.text, Input::Tel),
        field(
            taste,
            "timezone",
            "Time zone",
            Input::Choice(zones.to_vec()),
        ),
        Field {
            value: language.tag().to_owned(),
            is_editable: false,
            note: Some("Microsoft Entra ID".to_owned()),
            ..field(
                taste,
                "preferredLanguage",
                &language.text("account-language-title"),
                Input::Choice(vec![(
                    language.tag().to_owned(),
                    language.name().to_owned(),
                )]),
            )
        },
    ]
}

fn profiles(language: Language, taste: &Taste) -> Gallery {
    let profile = |fields, conflict, notice: Option<&str>| Profile {
        page: Page {
            notice: notice.map(str::to_owned),
            ..inside(language, taste, "/account")
        },
        fields,
        version: "W/\"7\"".to_owned(),
        conflict,
    };
    let mut wrong = fields(language, taste);
    for field in wrong.iter_mut().filter(|field| field.is_editable).skip(1) {
        field.errors = vec![language.text("account-error-value-invalid")];
    }
    let fixed: Vec<Field> = fields(language, taste)
        .into_iter()
        .map(|field| Field {
            is_editable: false,
            ..field
        })
        .collect();
    let conflict = vec![
        (
            language.text("account-given-name"),
            taste.name.clone(),
            "Amelie".to_owned(),
        ),
        (taste.text.clone(), String::new(), taste.text.clone()),
    ];
    Ok(vec![
        (
            "profile",
            profile(
                fields(language, taste),
                None,
                Some("account-notice-profile-saved"),
            )
            .render()?,
        ),
        ("profile-wrong", profile(wrong, None, None).render()?),
        (
            "profile-conflict",
            profile(fields(language, taste), Some(conflict), None).render()?,
        ),
        (
            "profile-managed",
            profile(fixed, None, Some("<b>no-such-notice</b>")).render()?,
        ),
    ])
}

fn account(language: Language, taste: &Taste) -> Gallery {
    let password = |errors| Password {
        page: inside(language, taste, "/account/password"),
        username: taste.username.clone(),
        rules: rules(language),
        errors,
        last_changed: Some(language.moment("2026-03-07T09:05:00Z")),
    };
    let session = |id: &str, is_current, agent: &str| Session {
        id: id.to_owned(),
        is_current,
        agent: agent.to_owned(),
        said: Some(taste.text.clone()).filter(|_| !is_current),
        address: "2001:db8:85a3::8a2e:370:7334".to_owned(),
        since: language.moment("2026-03-07T09:05:00Z"),
        last_used: language.moment("2026-03-08T17:40:00Z"),
    };
    let sessions = vec![
        session("a", true, "Firefox 151, Linux"),
        session("b", false, &taste.text),
        session("c", false, "Safari 26, iPhone"),
    ];
    let groups = |groups| Groups {
        page: inside(language, taste, "/account/groups"),
        groups,
    };
    let some = vec![
        ("Developer".to_owned(), true),
        (taste.text.clone(), false),
        (taste.name.clone(), true),
    ];
    let languages = Language::ALL.iter().map(|each| {
        (
            each.tag().to_owned(),
            each.name().to_owned(),
            *each == language,
        )
    });
    let mut views = profiles(language, taste)?;
    views.extend([
        ("password", password(Vec::new()).render()?),
        (
            "password-wrong",
            password(errors(
                language,
                &[
                    ("current", "account-error-current-missing"),
                    ("password", "account-error-password-same"),
                ],
            ))
            .render()?,
        ),
        (
            "sessions",
            Sessions {
                page: inside(language, taste, "/account/sessions"),
                sessions,
            }
            .render()?,
        ),
        ("groups", groups(some).render()?),
        ("groups-none", groups(Vec::new()).render()?),
        (
            "language",
            Languages {
                page: inside(language, taste, "/account/language"),
                languages: languages.collect(),
            }
            .render()?,
        ),
    ]);
    Ok(views)
}

fn ends(language: Language, taste: &Taste) -> Gallery {
    let leave = |errors, may_leave, is_last_owner| Leave {
        page: inside(language, taste, "/account/leave"),
        username: taste.username.clone(),
        errors,
        may_deactivate: may_leave,
        may_delete: may_leave,
        is_last_owner,
    };
    let wrong = errors(
        language,
        &[
            ("deactivate-confirm", "account-error-confirm-missing"),
            ("delete-username", "account-error-username-mismatch"),
            ("delete-current", "account-error-current-wrong"),
        ],
    );
    let out = |why| SignedOut {
        page: page(language, taste, "/signed-out?why=deleted"),
        why,
    };
    let error = |status, message: Option<&str>, retry_after| ErrorPage {
        page: page(language, taste, "//evil.example/x?lang=de&a=b"),
        status,
        message: message.map(str::to_owned),
        request_id: taste.text.clone(),
        retry_after,
    };
    Ok(vec![
        ("leave", leave(Vec::new(), true, false).render()?),
        ("leave-wrong", leave(wrong, true, false).render()?),
        ("leave-neither", leave(Vec::new(), false, false).render()?),
        ("leave-last-owner", leave(Vec::new(), true, true).render()?),
        ("signed-out", out(SignedOutWhy::SignedOut).render()?),
        ("signed-out-deleted", out(SignedOutWhy::Deleted).render()?),
        (
            "signed-out-deactivated",
            out(SignedOutWhy::Deactivated).render()?,
        ),
        ("error-404", error(404, None, None).render()?),
        ("error-403", error(403, Some(&taste.text), None).render()?),
        ("error-413", error(413, None, None).render()?),
        ("error-429", error(429, None, Some(30)).render()?),
        ("error-500", error(500, None, Some(600)).render()?),
        ("error-503", error(503, None, Some(9000)).render()?),
        ("error-400", error(400, None, None).render()?),
        ("error-401", error(401, None, None).render()?),
    ])
}
