//! What a search has found.

use askama::Template;

use super::Shell;
use crate::auth::Permission;

/// Something that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The sign.
    pub sign: &'static str,
    /// Where it is.
    pub address: String,
    /// What it is called.
    pub title: String,
    /// What else is said of it.
    pub detail: String,
}

/// All that was found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// People.
    pub users: Vec<Hit>,
    /// The address of all of them; empty: all are here.
    pub all_users: String,
    /// Groups.
    pub groups: Vec<Hit>,
    /// Connections.
    pub connections: Vec<Hit>,
    /// Pages of the console.
    pub pages: Vec<Hit>,
}

impl Found {
    /// Everything, in the order in which it is shown.
    #[must_use]
    pub fn sections(&self) -> [&[Hit]; 4] {
        [&self.users, &self.groups, &self.connections, &self.pages]
    }
}

/// What a search has found.
#[derive(Debug, Template)]
#[template(path = "console/search.html")]
pub struct Search {
    /// What all pages have in common.
    pub page: Shell,
    /// What was typed.
    pub typed: String,
    /// What was found.
    pub found: Found,
}

impl Search {
    fn title(&self) -> String {
        if self.typed.is_empty() {
            return self.page.text("console-search");
        }
        self.page.with("people-found", "text", &self.typed)
    }

    fn is_nothing(&self) -> bool {
        self.found.sections().iter().all(|hits| hits.is_empty())
    }

    /// What was found, with a heading and the address of all.
    fn sections(&self) -> Vec<(&'static str, String, &[Hit], &str)> {
        let headings = [
            ("users", "console-users", self.found.all_users.as_str()),
            ("groups", "console-groups", ""),
            ("connections", "console-connections", ""),
            ("pages", "people-found-pages", ""),
        ];
        let sections = headings.into_iter().zip(self.found.sections());
        let shown = sections.filter(|(_, hits)| !hits.is_empty());
        shown
            .map(|((id, heading, all), hits)| (id, self.page.text(heading), hits, all))
            .collect()
    }
}

/// Pages that are in no navigation: address, message, what the role must allow, sign.
const OTHERS: &[(&str, &str, Option<Permission>, &str)] = &[
    (
        "/users/new",
        "people-new",
        Some(Permission::EditPeople),
        "plus",
    ),
    (
        "/users/import",
        "people-import-title",
        Some(Permission::TransferPeople),
        "users",
    ),
    (
        "/users/export",
        "people-export",
        Some(Permission::TransferPeople),
        "users",
    ),
    (
        "/users?state=deleted",
        "people-deleted-users",
        None,
        "trash",
    ),
    ("/own", "console-own", None, "key"),
    ("/keys", "console-keys-title", None, "info"),
];

/// What pages are called besides: the message that lists the words, and the address. Also names that they had elsewhere.
const ALSO: &[(&str, &str)] = &[
    ("", "people-words-dashboard"),
    ("/users", "people-words-users"),
    ("/groups", "people-words-groups"),
    ("/operators", "people-words-operators"),
    ("/connections", "people-words-connections"),
    ("/log", "people-words-log"),
    ("/audit", "people-words-audit"),
    ("/attributes", "people-words-attributes"),
    ("/workbench", "people-words-workbench"),
    ("/settings", "people-words-settings"),
];

/// The pages of the console whose name, or a name that they had elsewhere, has a word that begins so; all of them for empty text.
#[must_use]
pub fn pages_called(page: &Shell, typed: &str) -> Vec<Hit> {
    let wanted = typed.to_lowercase();
    let is_called = |label: &str, also: &str| {
        let names = std::iter::once(label).chain(also.split(','));
        names
            .map(|name| name.trim().to_lowercase())
            .any(|name| begins_a_word(&name, &wanted))
    };
    let mut hits = Vec::new();
    for link in page.sections().into_iter().flatten() {
        let also = ALSO
            .iter()
            .find(|(path, _)| page.at(path) == link.address)
            .map_or_else(String::new, |(_, words)| page.text(words));
        if is_called(&link.label, &also) {
            hits.push(Hit {
                sign: link.sign,
                address: link.address,
                title: link.label,
                detail: page.text("people-a-page"),
            });
        }
    }
    for (path, label, needed, sign) in OTHERS {
        let label = page.text(label);
        let may = needed.is_none_or(|needed| page.may(needed));
        if may && is_called(&label, "") {
            hits.push(Hit {
                sign,
                address: page.at(path),
                title: label,
                detail: page.text("people-a-page"),
            });
        }
    }
    hits
}

fn begins_a_word(name: &str, wanted: &str) -> bool {
    let mut starts = name.char_indices().filter(|(at, _)| {
        let before = name.get(..*at).and_then(|head| head.chars().next_back());
        before.is_none_or(|before| !before.is_alphanumeric())
    });
    wanted.is_empty()
        || starts.any(|(at, _)| name.get(at..).is_some_and(|rest| rest.starts_with(wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_found_by_the_beginning_of_a_word() {
        for wanted in ["", "prov", "log", "provisioning log"] {
            assert!(begins_a_word("provisioning log", wanted), "{wanted}");
        }
        for other in ["rov", "og", "logs"] {
            assert!(!begins_a_word("provisioning log", other), "{other}");
        }
        assert!(begins_a_word("übersicht", "üb"));
    }
}
