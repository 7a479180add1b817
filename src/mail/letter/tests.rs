//! What letters say, and what they never do.

use super::*;

const PUBLIC_URL: &str = "https://people.example.com/";

fn address() -> Address {
    Address::parse("anna@example.com").unwrap()
}

fn value(name: &str) -> &'static str {
    match name {
        "organization" => "Acme & Söhne",
        "username" => "anna",
        "link" => "https://people.example.com/t/acme/invite/abc_DEF-123?a=1&b=2",
        "expires" | "until" => "2026-03-08T09:05:00Z",
        "time" => "2026-03-07T09:05:00Z",
        "address" => "eve@example.net",
        other => panic!("{other} has no value"),
    }
}

fn letter_with(kind: Kind, language: Language, changes: &[(&str, &str)]) -> Letter {
    let mut variables: BTreeMap<&str, &str> =
        kind.variables().iter().map(|n| (*n, value(n))).collect();
    variables.insert("name", "Anna Meyer");
    variables.extend(changes.iter().copied());
    let variables: Vec<(&str, &str)> = variables.into_iter().collect();
    Letter::new(kind, language, address(), &variables).unwrap()
}

fn every_letter() -> impl Iterator<Item = (Kind, Language)> {
    let languages = Language::ALL.iter().copied();
    languages.flat_map(|language| Kind::ALL.iter().map(move |kind| (*kind, language)))
}

#[test]
fn an_invitation_says_what_to_do() {
    let mail = render(
        &letter_with(Kind::Invite, Language::English, &[]),
        PUBLIC_URL,
    )
    .unwrap();
    assert_eq!(mail.subject, "Your invitation to Acme & Söhne");
    assert_eq!(
        mail.text,
        "Hello Anna Meyer,\n\
        \n\
        You have been invited to Acme & Söhne. Your username is anna.\n\
        \n\
        Choose a password to confirm your address and to open your account.\n\
        \n\
        Choose a password\n\
        https://people.example.com/t/acme/invite/abc_DEF-123?a=1&b=2\n\
        \n\
        The link works once, until 8 March 2026 at 09:05 UTC. If you did not expect this invitation, you can ignore this message.\n\
        \n\
        -- \n\
        Acme & Söhne sent this message automatically."
    );
    assert!(
        mail.html
            .starts_with("<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">")
    );
    assert!(mail.html.contains("Acme &#38; Söhne"), "{}", mail.html);
    assert!(!mail.html.contains("Acme & "));
}

#[test]
fn a_notice_has_no_link_where_none_helps() {
    let letter = letter_with(Kind::AddressChanged, Language::German, &[]);
    let mail = render(&letter, PUBLIC_URL).unwrap();
    assert_eq!(
        mail.text,
        "Guten Tag Anna Meyer,\n\
        \n\
        Die E-Mail-Adresse des Kontos anna bei Acme & Söhne wurde am 7. März 2026 um 09:05 Uhr (UTC) geändert. Die neue Adresse ist e…@example.net. Nachrichten zu diesem Konto gehen jetzt dorthin.\n\
        \n\
        Wenn Sie es waren, müssen Sie nichts weiter tun.\n\
        \n\
        Wenn Sie diese Änderung nicht wollten, wenden Sie sich bitte sofort an die Administration von Acme & Söhne.\n\
        \n\
        -- \n\
        Diese Nachricht wurde automatisch von Acme & Söhne versendet."
    );
    assert!(!mail.html.contains("<a "));
}

#[test]
fn every_letter_is_complete_in_every_language() {
    for (kind, language) in every_letter() {
        let letter = letter_with(kind, language, &[]);
        let mail = render(&letter, PUBLIC_URL).unwrap();
        let name = kind.name();
        for part in [&mail.subject, &mail.text, &mail.html] {
            assert!(!part.contains("mail-"), "{language} {name} {part}");
        }
        assert!(!mail.text.contains('{'), "{language} {}", mail.text);
        let is_named = mail.text.contains("Anna Meyer") && mail.html.contains("Anna Meyer");
        assert_eq!(is_named, kind != Kind::Verify, "{name}");
        assert!(mail.subject.contains("Acme & Söhne"), "{name}");
        for (variable, shown) in letter.shown() {
            assert!(
                mail.text.contains(&shown),
                "{language} {name} has no {variable}"
            );
        }
        let links = mail
            .text
            .lines()
            .filter(|line| line.starts_with("https://"));
        assert_eq!(links.count(), usize::from(kind.has("link")), "{name}");
        assert!(
            mail.text
                .lines()
                .all(|line| line.is_empty() || !line.starts_with(' '))
        );
        assert!(!mail.text.contains("\n\n\n"), "{}", mail.text);
        assert!(mail.html.contains(&format!("<html lang=\"{language}\"")));
    }
}

#[test]
fn every_message_of_a_letter_is_used() {
    let mut used: Vec<String> = ["greeting", "greeting-nameless", "link-hint", "footer"]
        .map(|part| format!("mail-{part}"))
        .to_vec();
    for kind in Kind::ALL {
        used.extend(["subject", "text"].map(|part| kind.message(part)));
        used.extend(kind.has("link").then(|| kind.message("button")));
        used.extend(kind.has_note().then(|| kind.message("note")));
    }
    let mut known: Vec<String> = Language::ids()
        .iter()
        .filter(|id| id.starts_with("mail-"))
        .map(|id| (*id).to_owned())
        .collect();
    used.sort();
    known.sort();
    assert_eq!(used, known);
}

#[test]
fn no_word_bypasses_the_translation() {
    for kind in Kind::ALL {
        let letter = letter_with(*kind, Language::PSEUDO, &[]);
        let mail = render(&letter, PUBLIC_URL).unwrap();
        let words = mail
            .text
            .lines()
            .filter(|line| !line.is_empty() && *line != "-- " && !line.starts_with("https://"));
        for line in words {
            let is_disguised = ["áá", "éé", "íí", "óó", "úú"]
                .iter()
                .any(|vowel| line.contains(vowel));
            assert!(is_disguised, "{line}");
        }
    }
}

#[test]
fn the_html_loads_nothing() {
    for (kind, language) in every_letter() {
        let mail = render(&letter_with(kind, language, &[]), PUBLIC_URL).unwrap();
        let html = mail.html.replace("https://people.example.com/", "");
        for forbidden in [
            "http", "<img", "<script", "<link", "url(", "@import", "src=", "<table",
        ] {
            assert!(!html.contains(forbidden), "{} {forbidden}", kind.name());
        }
    }
}

#[test]
fn hostile_values_stay_values() {
    let hostile = [
        "Anna\r\n\r\nhttps://evil.example/login\r\n-- \r\nBcc: eve@evil.example",
        "<script>alert(1)</script><a href=\"https://evil.example\">",
        "\u{202e}moc.elpmaxe\u{2028}\u{2029}\u{85}\u{0}\u{b}\u{c}",
        "{ $link } { -product } {\"{\"}",
        "{{ link }} {% if true %}",
        "\" onclick=\"alert(1)\" '",
    ];
    for text in hostile {
        for (kind, language) in every_letter() {
            let names = ["name", "organization", "username", "address", "time"];
            let changes: Vec<(&str, &str)> = names
                .iter()
                .filter(|name| **name == "name" || kind.has(name))
                .map(|name| (*name, text))
                .collect();
            let calm = render(&letter_with(kind, language, &[]), PUBLIC_URL).unwrap();
            let letter = letter_with(kind, language, &changes);
            let mail = render(&letter, PUBLIC_URL).unwrap();
            let name = kind.name();
            assert_eq!(
                mail.text.lines().count(),
                calm.text.lines().count(),
                "{name}"
            );
            let lines = |mail: &Mail| mail.html.lines().count();
            assert_eq!(lines(&mail), lines(&calm), "{name}");
            let tags = |mail: &Mail| mail.html.matches('<').count();
            assert_eq!(tags(&mail), tags(&calm), "{name}");
            let quotes = |mail: &Mail| mail.html.matches('"').count();
            assert_eq!(quotes(&mail), quotes(&calm), "{name}");
            assert!(
                !mail.subject.chars().any(super::super::is_dangerous),
                "{name}"
            );
            assert!(!mail.text.contains('\u{202e}') && !mail.html.contains('\u{202e}'));
            assert!(
                !mail
                    .text
                    .lines()
                    .any(|line| line.starts_with("https://evil"))
            );
        }
    }
}

#[test]
fn a_long_name_is_cut() {
    let long = "x".repeat(10_000);
    let letter = letter_with(
        Kind::Invite,
        Language::English,
        &[("name", &long), ("organization", &long)],
    );
    let mail = render(&letter, PUBLIC_URL).unwrap();
    assert!(
        mail.text
            .starts_with(&format!("Hello {}…,\n", "x".repeat(99)))
    );
    assert!(mail.subject.chars().count() <= SUBJECT_CHARACTERS);
    assert!(!mail.text.contains(&"x".repeat(100)));
}

#[test]
fn a_name_that_is_a_link_is_not_greeted() {
    for name in [
        "https://evil.example",
        "win at evil.example",
        "WWW.EVIL.EXAMPLE",
        "evil.example/a",
        "a\\b",
        "  ",
    ] {
        let letter = letter_with(Kind::Reset, Language::English, &[("name", name)]);
        let mail = render(&letter, PUBLIC_URL).unwrap();
        assert!(mail.text.starts_with("Hello,\n"), "{name}");
    }
    for name in [
        "Dr. J. R. Meyer",
        "Anna Meyer Jr.",
        "O’Neill-Smith",
        "山田 太郎",
    ] {
        assert!(!looks_like_link(name), "{name}");
    }
}

#[test]
fn a_link_leads_to_this_server() {
    let cases = [
        ("https://people.example.com/invite/abc", true),
        ("https://people.example.com", true),
        ("https://people.example.com?a=b", true),
        ("https://people.example.com.evil.example/", false),
        ("https://people.example.com@evil.example/", false),
        ("https://people.example.com:8443/", false),
        ("http://people.example.com/", false),
        ("https://evil.example/https://people.example.com/", false),
        ("javascript:alert(1)", false),
        ("/invite/abc", false),
        ("https://people.example.com/a b", false),
        ("https://people.example.com/a\r\nb", false),
        ("https://people.example.com/\"onclick=", false),
        ("https://people.example.com/<script>", false),
        ("https://people.example.com/\u{202e}", false),
        ("", false),
    ];
    for (link, leads) in cases {
        assert_eq!(leads_to(link, PUBLIC_URL), leads, "{link}");
        let letter = letter_with(Kind::Reset, Language::French, &[("link", link)]);
        assert_eq!(render(&letter, PUBLIC_URL).is_ok(), leads, "{link}");
    }
    assert!(!leads_to("", ""));
    assert!(!leads_to("/a", "/"));
    let error = render(
        &letter_with(
            Kind::Reset,
            Language::French,
            &[("link", "https://evil.example/t0k3n")],
        ),
        PUBLIC_URL,
    )
    .unwrap_err();
    assert!(!error.to_string().contains("t0k3n"));
}

#[test]
fn a_letter_has_the_variables_of_its_kind() {
    for kind in Kind::ALL {
        let all: Vec<(&str, &str)> = kind.variables().iter().map(|n| (*n, value(n))).collect();
        assert!(Letter::new(*kind, Language::English, address(), &all).is_ok());
        for missing in kind.variables() {
            let some: Vec<_> = all.iter().copied().filter(|(n, _)| n != missing).collect();
            let error = Letter::new(*kind, Language::English, address(), &some).unwrap_err();
            assert!(error.to_string().ends_with(missing), "{error}");
        }
        let more: Vec<_> = all.iter().copied().chain([("password", "x")]).collect();
        let error = Letter::new(*kind, Language::English, address(), &more).unwrap_err();
        assert!(error.to_string().ends_with("password"), "{error}");
    }
}

#[test]
fn a_letter_is_stored_as_json() {
    let letter = letter_with(Kind::PasswordChanged, Language::Japanese, &[]);
    let stored = serde_json::to_value(&letter).unwrap();
    assert_eq!(stored["kind"], "password_changed");
    assert_eq!(stored["language"], "ja");
    assert_eq!(stored["to"], "anna@example.com");
    assert_eq!(stored["variables"]["username"], "anna");
    assert_eq!(
        serde_json::from_value::<Letter>(stored.clone()).unwrap(),
        letter
    );
    let mut foreign = stored;
    foreign["language"] = "tlh".into();
    let read: Letter = serde_json::from_value(foreign).unwrap();
    assert_eq!(read.language, Language::English);
    for kind in Kind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
    }
}

#[test]
fn a_link_is_not_in_the_log() {
    let letter = letter_with(Kind::Reset, Language::English, &[]);
    let mail = render(&letter, PUBLIC_URL).unwrap();
    let shown = format!("{letter:?} {mail:?}");
    assert!(
        !shown.contains("https://") && shown.contains("Reset"),
        "{shown}"
    );
}

#[test]
fn an_address_is_shortened() {
    assert_eq!(shortened("anna@example.com"), "a…@example.com");
    assert_eq!(shortened("@example.com"), "…@example.com");
    assert_eq!(shortened("anna"), "…");
}
