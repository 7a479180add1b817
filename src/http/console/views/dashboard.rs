//! The dashboard.

use askama::Template;

use super::connections::Row;
use super::{Moment, Shell};

/// What is held at a connection, of one kind.
#[derive(Debug, Clone)]
pub struct Held {
    /// The connection.
    pub connection: String,
    /// What.
    pub words: String,
    /// Since when.
    pub since: Moment,
}

/// A letter that failed.
#[derive(Debug, Clone)]
pub struct Failed {
    /// Its number.
    pub key: i64,
    /// Where it goes.
    pub address: String,
    /// Its subject.
    pub subject: String,
    /// Why it failed.
    pub reason: String,
    /// How often it was tried.
    pub attempts: String,
}

/// A step of the set-up.
#[derive(Debug, Clone)]
pub struct Step {
    /// `done`, `failed` or empty.
    pub state: &'static str,
    /// What is to be done.
    pub title: String,
    /// Why.
    pub words: String,
    /// The address where it is done, and the words of the link.
    pub link: Option<(String, String)>,
}

/// What operators see first.
#[derive(Debug, Template)]
#[template(path = "console/dashboard.html")]
pub struct Dashboard {
    /// What all pages have in common.
    pub page: Shell,
    /// Nothing has been connected yet.
    pub is_first: bool,
    /// How connections are.
    pub cards: Vec<Row>,
    /// Whether connections are shown at all.
    pub shows_connections: bool,
    /// What is held.
    pub held: Vec<Held>,
    /// Letters that failed.
    pub failed: Vec<Failed>,
    /// May have them sent again.
    pub is_sender: bool,
    /// The set-up; empty: done, or hidden.
    pub steps: Vec<Step>,
}

impl Dashboard {
    fn title(&self) -> String {
        self.page.text(if self.is_first {
            "dashboard-welcome"
        } else {
            "console-dashboard"
        })
    }

    fn progress(&self) -> String {
        let done = self.steps.iter().filter(|step| step.state == "done");
        let (done, all) = (done.count().to_string(), self.steps.len().to_string());
        let words = [("done", done.as_str()), ("all", all.as_str())];
        self.page.language.format("dashboard-progress", &words)
    }

    fn held_words(&self) -> String {
        self.page.counted("dashboard-held", &self.page.held)
    }
}
