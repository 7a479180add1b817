//! The page of who changed what.

use askama::Template;

use super::{FieldError, Moment, Shell};
use crate::service::audit::MAX_EXPORT;

/// What can have been done, with its message.
pub const OPERATIONS: [(&str, &str); 29] = [
    ("create", "audit-create"),
    ("modify", "audit-modify"),
    ("replace", "audit-replace"),
    ("delete", "audit-delete"),
    ("revive", "audit-revive"),
    ("purge", "audit-purge"),
    ("detach", "audit-detach"),
    ("end-sessions", "audit-end-sessions"),
    ("view-as-customer", "audit-view-as-customer"),
    ("create-operator-token", "audit-create-operator-token"),
    ("set-attribute", "audit-set-attribute"),
    ("add-schema", "audit-add-schema"),
    ("remove-schema", "audit-remove-schema"),
    ("update-tenant", "audit-update-tenant"),
    ("create-tenant", "audit-create-tenant"),
    ("create-connection", "audit-create-connection"),
    ("update-connection", "audit-update-connection"),
    ("delete-connection", "audit-delete-connection"),
    ("freeze-connection", "audit-freeze-connection"),
    ("unfreeze-connection", "audit-unfreeze-connection"),
    ("release-held", "audit-release-held"),
    ("create-token", "audit-create-token"),
    ("rotate-token", "audit-rotate-token"),
    ("revoke-token", "audit-revoke-token"),
    ("create-client", "audit-create-client"),
    ("rotate-client", "audit-rotate-client"),
    ("delete-client", "audit-delete-client"),
    ("create-issuer", "audit-create-issuer"),
    ("delete-issuer", "audit-delete-issuer"),
];

/// What is asked; empty: anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// One of [`OPERATIONS`].
    pub operation: String,
    /// Who, in the words of the history, or the id of an operator.
    pub actor: String,
    /// The id of a resource.
    pub resource: String,
    /// The id of a request.
    pub request: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
}

/// One attribute before and after.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Its path.
    pub path: String,
    /// Before.
    pub old: Option<String>,
    /// After.
    pub new: Option<String>,
}

/// One change.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// When.
    pub at: Moment,
    /// What was done.
    pub operation: String,
    /// Who, by name where there is one.
    pub actor: String,
    /// The page of whoever did it.
    pub actor_address: Option<String>,
    /// The resource, by name where there is one.
    pub subject: String,
    /// Its type.
    pub subject_type: String,
    /// Its page.
    pub subject_address: Option<String>,
    /// What it was about, where it was no resource.
    pub about: String,
    /// What is different.
    pub differences: Vec<Difference>,
    /// How many more there are.
    pub left_out: i64,
    /// Everything that the request changed.
    pub all_address: Option<String>,
    /// The request.
    pub request_address: Option<String>,
}

/// Who changed what.
#[derive(Debug, Template)]
#[template(path = "console/audit.html")]
pub struct Audit {
    /// What all pages have in common.
    pub page: Shell,
    /// What is wrong with what is asked.
    pub errors: Vec<FieldError>,
    /// What is asked.
    pub filter: AuditFilter,
    /// The changes.
    pub rows: Vec<AuditRow>,
    /// The page of newer ones, or empty.
    pub newer: String,
    /// The page of older ones, or empty.
    pub older: String,
    /// The same as a file.
    pub export: String,
    /// The search has stopped before the end.
    pub is_cut: bool,
    /// Something is asked.
    pub is_filtered: bool,
    /// How many there are, or at least.
    pub total: i64,
    /// There are more.
    pub has_more: bool,
}

impl Audit {
    fn title(&self) -> String {
        self.page.text("console-audit")
    }

    fn options(&self) -> Vec<(String, String)> {
        let all = (String::new(), self.page.text("audit-all"));
        let known = OPERATIONS.iter();
        let known = known.map(|(name, id)| ((*name).to_owned(), self.page.text(id)));
        std::iter::once(all).chain(known).collect()
    }

    fn operation(&self, name: &str) -> String {
        let found = OPERATIONS.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| name.to_owned(), |(_, id)| self.page.text(id))
    }

    fn differences(&self, row: &AuditRow) -> String {
        let shown = i64::try_from(row.differences.len()).unwrap_or(i64::MAX);
        let all = shown.saturating_add(row.left_out);
        self.page.counted("audit-differences", &all)
    }

    fn left_out(&self, row: &AuditRow) -> String {
        self.page.counted("audit-left-out", &row.left_out)
    }

    fn total_text(&self) -> String {
        let id = if self.has_more {
            "audit-total-more"
        } else {
            "audit-total"
        };
        self.page.counted(id, &self.total)
    }

    fn export_words(&self) -> String {
        self.page.counted("audit-export-words", &MAX_EXPORT)
    }
}
