use std::collections::HashSet;
use std::fs;
use std::path::Path;

use super::samples::{Taste, gallery};
use super::*;

/// A start tag: its element and attributes.
struct Tag {
    element: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The start tags of a page. Every `<` that comes from data is escaped, so each one left begins a tag.
fn tags(html: &str) -> Vec<Tag> {
    let starts = html.split('<').skip(1);
    starts
        .filter(|rest| !rest.starts_with(['/', '!']))
        .map(|rest| {
            let inside = &rest[..end_of_tag(rest)];
            let (element, mut rest) = inside.split_once([' ', '\n']).unwrap_or((inside, ""));
            let mut attributes = Vec::new();
            while !rest.trim().is_empty() {
                rest = rest.trim_start();
                let end = rest.find([' ', '\n', '=']).unwrap_or(rest.len());
                let name = rest[..end].to_owned();
                rest = &rest[end..];
                let Some(quoted) = rest.strip_prefix("=\"") else {
                    attributes.push((name, String::new()));
                    continue;
                };
                let (value, after) = quoted.split_once('"').expect(inside);
                attributes.push((name, value.to_owned()));
                rest = after;
            }
            Tag {
                element: element.to_owned(),
                attributes,
            }
        })
        .collect()
}

fn end_of_tag(rest: &str) -> usize {
    let mut is_quoted = false;
    let end = rest.find(|c| {
        is_quoted ^= c == '"';
        c == '>' && !is_quoted
    });
    end.expect(rest)
}

fn templates() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/account");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    files
        .map(|file| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(file).unwrap())
        })
        .collect()
}

/// All pages: by language and name.
fn pages(taste: &Taste) -> Vec<(String, String)> {
    let languages = Language::ALL.iter().chain([&Language::PSEUDO]);
    languages
        .flat_map(|language| {
            let views = gallery(*language, taste).unwrap();
            views
                .into_iter()
                .map(|(name, html)| (format!("{} {name}", language.tag()), html))
        })
        .collect()
}

#[test]
fn every_view_speaks_every_language() {
    for (name, html) in pages(&Taste::usual()) {
        for prefix in ["account-", "password-no", "password-too"] {
            let places = html.match_indices(prefix).map(|(place, _)| &html[place..]);
            let raw: Vec<&str> = places.map(|rest| &rest[..rest.len().min(40)]).collect();
            assert!(raw.is_empty(), "{name}: {raw:?}");
        }
        assert!(!html.contains("{ $") && !html.contains("{{"), "{name}");
    }
}

#[test]
fn data_stay_text() {
    const ELEMENTS: &[&str] = &[
        "html", "head", "meta", "title", "link", "body", "a", "header", "p", "img", "bdi", "form",
        "button", "span", "main", "div", "h1", "h2", "h3", "ul", "li", "input", "label", "select",
        "option", "fieldset", "legend", "section", "dl", "dt", "dd", "nav", "footer",
    ];
    const ATTRIBUTES: &[&str] = &[
        "lang",
        "dir",
        "charset",
        "name",
        "content",
        "rel",
        "href",
        "type",
        "class",
        "src",
        "alt",
        "width",
        "height",
        "method",
        "action",
        "id",
        "tabindex",
        "aria-label",
        "aria-labelledby",
        "aria-describedby",
        "aria-invalid",
        "aria-current",
        "hreflang",
        "role",
        "autofocus",
        "novalidate",
        "value",
        "for",
        "autocomplete",
        "autocapitalize",
        "spellcheck",
        "required",
        "readonly",
        "checked",
        "selected",
        "download",
        "title",
    ];
    for (name, html) in pages(&Taste::hostile()) {
        for tag in tags(&html) {
            assert!(
                ELEMENTS.contains(&tag.element.as_str()),
                "{name}: {}",
                tag.element
            );
            for (attribute, value) in &tag.attributes {
                assert!(
                    ATTRIBUTES.contains(&attribute.as_str()),
                    "{name}: {attribute}"
                );
                let is_address = matches!(attribute.as_str(), "href" | "src" | "action");
                let is_ours =
                    value.starts_with('#') || value.starts_with('/') && !value.starts_with("//");
                assert!(!is_address || is_ours, "{name}: {attribute} {value}");
            }
        }
        assert!(!html.contains("no-such-notice"), "{name}");
    }
}

#[test]
fn what_is_referred_to_is_there_once() {
    for (name, html) in pages(&Taste::hostile()) {
        let tags = tags(&html);
        let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.attribute("id")).collect();
        let known: HashSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{name}: {ids:?}");
        for tag in &tags {
            let fragment = tag.attribute("href").and_then(|to| to.strip_prefix('#'));
            let described = tag.attribute("aria-describedby").unwrap_or_default();
            let labelled = tag.attribute("aria-labelledby").unwrap_or_default();
            let named = described
                .split_whitespace()
                .chain(labelled.split_whitespace());
            for id in named.chain(fragment).chain(tag.attribute("for")) {
                assert!(known.contains(id), "{name}: {id}");
            }
        }
    }
}

#[test]
fn every_page_has_its_landmarks() {
    for (name, html) in pages(&Taste::usual()) {
        let tags = tags(&html);
        let count = |element: &str| tags.iter().filter(|tag| tag.element == element).count();
        let landmarks = ["html", "title", "h1", "header", "main", "footer"].map(count);
        assert_eq!(landmarks, [1; 6], "{name}");
        let (tag, _) = name.split_once(' ').unwrap();
        assert_eq!(tags[0].attribute("lang"), Some(tag), "{name}");
    }
}

#[test]
fn every_input_has_a_label() {
    for (name, html) in pages(&Taste::usual()) {
        let labels = html.matches("<label").count();
        let tags = tags(&html);
        let inputs = tags.iter().filter(|tag| {
            matches!(tag.element.as_str(), "input" | "select")
                && tag.attribute("type") != Some("hidden")
        });
        assert_eq!(inputs.count(), labels, "{name}");
        let passwords = tags
            .iter()
            .filter(|tag| tag.attribute("type") == Some("password"));
        for password in passwords {
            assert!(password.attribute("value").is_none(), "{name}");
            assert!(
                password
                    .attribute("autocomplete")
                    .unwrap()
                    .ends_with("-password"),
                "{name}"
            );
            assert!(password.attribute("maxlength").is_none(), "{name}");
        }
    }
}

#[test]
fn templates_hold_no_script_no_style_and_no_foreign_address() {
    for (name, text) in templates() {
        for bad in [
            "style=",
            "<style",
            "<script",
            " on",
            "http:",
            "https:",
            "javascript",
            "|safe",
            "src=\"//",
        ] {
            let text = text.to_lowercase();
            let is_bad = text.match_indices(bad).any(|(place, _)| {
                // An attribute such as `onclick=`; not a word of a comment.
                bad != " on"
                    || text[place + 1..]
                        .split([' ', '>', '\n'])
                        .next()
                        .is_some_and(|word| word.contains('='))
            });
            assert!(!is_bad, "{name}: {bad}");
        }
    }
}

#[test]
fn templates_hold_no_words() {
    for (name, text) in templates() {
        let mut rest = text.as_str();
        let mut words = String::new();
        while let Some(place) = rest.find(['{', '<']) {
            words.push_str(&rest[..place]);
            let end = match rest.get(place..place + 2).unwrap_or_default() {
                "{{" => "}}",
                "{%" => "%}",
                "{#" => "#}",
                _ => ">",
            };
            let tag = &rest[place..];
            // A template's expression inside a tag may hold the sign that ends the tag.
            let close = if end == ">" {
                end_of_markup(tag)
            } else {
                tag.find(end).unwrap() + 2
            };
            for attribute in ["alt=\"", "aria-label=\"", "title=\"", "placeholder=\""] {
                let value = tag[..close].split_once(attribute).map(|(_, value)| value);
                let is_literal = value.is_some_and(|value| !value.starts_with(['{', '"']));
                assert!(!is_literal, "{name}: {attribute}");
            }
            rest = &tag[close..];
        }
        words.push_str(rest);
        assert!(!words.contains(char::is_alphabetic), "{name}: {words}");
    }
}

/// The length of a tag of HTML that may hold expressions of a template.
fn end_of_markup(tag: &str) -> usize {
    let mut depth = 0_i32;
    let end = tag.find(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == '>' && depth == 0
    });
    end.expect(tag) + 1
}

#[test]
fn every_message_that_a_view_says_exists() {
    let ids = Language::ids();
    let mut sources = templates();
    let code = [
        include_str!("mod.rs"),
        include_str!("entry.rs"),
        include_str!("account.rs"),
    ];
    sources.extend(code.map(|text| ("code".to_owned(), text.to_owned())));
    for (name, text) in sources {
        let words = text.split('"').filter(|word| {
            let is_plain = word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            is_plain && word.starts_with("account-")
        });
        for id in words {
            assert!(ids.contains(id), "{name}: {id}");
        }
    }
}

#[test]
fn every_message_of_the_pages_is_said() {
    let mut said: String = templates().into_iter().map(|(_, text)| text).collect();
    let code = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http/account");
    for folder in [code.join("views"), code] {
        for file in fs::read_dir(folder).unwrap() {
            let file = file.unwrap().path();
            let is_test = file
                .file_stem()
                .is_some_and(|stem| stem == "tests" || stem == "samples");
            if file.is_file() && !is_test {
                said.push_str(&fs::read_to_string(file).unwrap());
            }
        }
    }
    let ids = Language::ids().into_iter();
    // Attributes are called by words that are put together of their paths.
    let pages = ids.filter(|id| id.starts_with("account-") && !id.starts_with("account-field-"));
    let unsaid: Vec<&str> = pages
        .filter(|id| !said.contains(&format!("\"{id}\"")))
        .collect();
    assert!(unsaid.is_empty(), "{unsaid:?}");
}

#[test]
fn the_language_menu_stays_on_this_server() {
    let cases = [
        ("/sign-in", "/sign-in?lang=de"),
        ("/sign-in?next=%2Fa", "/sign-in?next=%2Fa&lang=de"),
        ("/sign-in?lang=fr&next=a&lang=es", "/sign-in?next=a&lang=de"),
        ("/sign-in?", "/sign-in?lang=de"),
        ("//evil.example/", "/evil.example/?lang=de"),
        ("/\\evil.example", "/evil.example?lang=de"),
        ("/\t/evil.example", "/evil.example?lang=de"),
        ("https://evil.example", "/https://evil.example?lang=de"),
        ("", "/?lang=de"),
    ];
    for (path, address) in cases {
        assert_eq!(in_language(path, "de"), address, "{path}");
    }
}

#[test]
fn a_way_back_leads_to_the_web() {
    let cases = [
        ("https://shop.example.com/a?b=c", true),
        ("HTTPS://shop.example.com", true),
        ("/account", true),
        ("//evil.example", false),
        ("/\\evil.example", false),
        ("/\t/evil.example", false),
        ("javascript:alert(1)", false),
        (" javascript:alert(1)", false),
        ("data:text/html,x", false),
        ("", false),
    ];
    for (address, is_good) in cases {
        assert_eq!(web_address(address).is_some(), is_good, "{address}");
    }
}

#[test]
fn a_value_cannot_turn_the_sentence_around() {
    assert_eq!(isolated("Acme"), "Acme");
    assert_eq!(isolated("Ac\u{202e}me\u{2069}\n"), "Acme");
    assert_eq!(isolated("שלום\u{2069}"), "\u{2068}שלום\u{2069}");
}

#[test]
fn every_notice_is_said() {
    let mut page = gallery_page();
    for id in NOTICES {
        page.notice = Some((*id).to_owned());
        assert_ne!(page.notice_text().unwrap(), *id);
    }
    page.notice = Some("account-skip".to_owned());
    assert_eq!(page.notice_text(), None);
}

fn gallery_page() -> Page {
    Page {
        language: Language::English,
        organization: "Acme".to_owned(),
        base: String::new(),
        signed_in: None,
        notice: None,
        path: "/".to_owned(),
    }
}

#[test]
fn the_style_sheet_asks_nobody_else() {
    for text in [STYLE, MARK] {
        assert!(!text.contains("url(") && !text.contains("@import") && !text.contains("<style"));
    }
    let layout = templates()
        .into_iter()
        .find(|(name, _)| name == "layout.html")
        .unwrap()
        .1;
    assert!(layout.contains(STYLE_ADDRESS) && layout.contains(MARK_ADDRESS));
}
