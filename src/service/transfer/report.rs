//! What became of each row of an import.

use std::fmt;

use serde::Serialize;

use super::csv_out::Writer;
use crate::error::Result;

/// The result of an import or of its dry run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many rows there were.
    pub total: u64,
    /// How many people were created; in a dry run, how many would be.
    pub created: u64,
    /// How many people were changed.
    pub updated: u64,
    /// How many rows were passed over.
    pub skipped: u64,
    /// How many rows failed.
    pub failed: u64,
    /// The rows in the order of the file.
    pub rows: Vec<ReportRow>,
}

/// What became of one row.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ReportRow {
    /// The line in which the row begins.
    pub line: u64,
    /// The login name, as the file has it.
    pub username: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// A link or a temporary password, shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// All but the secret.
impl fmt::Debug for ReportRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportRow")
            .field("line", &self.line)
            .field("username", &self.username)
            .field("outcome", &self.outcome)
            .field("detail", &self.detail)
            .finish_non_exhaustive()
    }
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// The person was created.
    Created,
    /// The person would be created; for a dry run.
    WouldCreate,
    /// The person existed and was changed.
    Updated,
    /// The row was passed over.
    Skipped,
    /// The row was refused.
    Failed,
}

impl Outcome {
    /// The outcome's name, as the report has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::WouldCreate => "wouldCreate",
            Self::Updated => "updated",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

impl Report {
    /// Adds a row and counts it.
    pub fn push(&mut self, row: ReportRow) {
        self.total += 1;
        match row.outcome {
            Outcome::Created | Outcome::WouldCreate => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Skipped => self.skipped += 1,
            Outcome::Failed => self.failed += 1,
        }
        self.rows.push(row);
    }

    /// The rows as comma-separated values: line, username, outcome, detail, secret.
    ///
    /// A secret is guarded like every cell: one that begins like a formula has an apostrophe before it.
    ///
    /// # Errors
    /// 500 when it cannot be written.
    pub fn to_csv(&self) -> Result<Vec<u8>> {
        let header = ["line", "username", "outcome", "detail", "secret"];
        let mut writer = Writer::new(Vec::new(), header)?;
        for row in &self.rows {
            writer.row([
                row.line.to_string().as_str(),
                &row.username,
                row.outcome.name(),
                row.detail.as_deref().unwrap_or_default(),
                row.secret.as_deref().unwrap_or_default(),
            ])?;
        }
        writer.finish()
    }
}
