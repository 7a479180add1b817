//! Many users at once, from a sheet.

use askama::Template;

use super::wizard::Way;
use super::{FieldError, Shell};

/// The sheet is asked for.
#[derive(Debug, Template)]
#[template(path = "console/people_import.html")]
pub struct Import {
    /// What all pages have in common.
    pub page: Shell,
    /// What was typed.
    pub text: String,
    /// How the people come to a password.
    pub way: Way,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// How long an invitation is good for, in microseconds.
    pub invitation_time: i64,
    /// How long a temporary password is good for, in microseconds.
    pub temporary_time: i64,
}

impl Import {
    fn title(&self) -> String {
        self.page.text("people-import-title")
    }

    fn ways(&self) -> Vec<(&'static str, String, String, bool)> {
        let offered = |way: &Way| {
            (
                way.name(),
                self.page.text(way.label()),
                way.hint(&self.page, self.invitation_time, self.temporary_time),
                *way == self.way,
            )
        };
        Way::ALL.iter().map(offered).collect()
    }
}

/// What becomes of a row.
#[derive(Debug, Clone)]
pub struct ImportRow {
    /// The line in which it begins.
    pub line: u64,
    /// The user name.
    pub username: String,
    /// Tone and sign.
    pub look: (&'static str, &'static str),
    /// What becomes of it, in words.
    pub outcome: String,
    /// Why; empty: as it should be.
    pub detail: String,
}

/// What becomes of the rows, or has become of them.
#[derive(Template)]
#[template(path = "console/people_import_report.html")]
pub struct ImportReport {
    /// What all pages have in common.
    pub page: Shell,
    /// The rows that are shown.
    pub rows: Vec<ImportRow>,
    /// How many rows there are.
    pub total: i64,
    /// How many people are created.
    pub created: i64,
    /// How many rows are passed over or refused.
    pub refused: i64,
    /// How many rows are not shown.
    pub hidden: i64,
    /// How the people come to a password.
    pub way: Way,
    /// Nothing has happened yet.
    pub is_rehearsal: bool,
    /// The sheet, to be sent once more.
    pub sheet: String,
    /// The report with links or passwords, as comma-separated values; empty: there are none.
    pub secrets: String,
}

/// All but the sheet and the secrets.
impl std::fmt::Debug for ImportReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportReport")
            .field("rows", &self.rows)
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

impl ImportReport {
    fn title(&self) -> String {
        if self.is_rehearsal {
            return self.page.text("people-import-title");
        }
        self.page.counted("people-import-done", &self.created)
    }
}
