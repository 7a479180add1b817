//! The pages of the provisioning log.

use askama::Template;

use super::{FieldError, Moment, Shell};

/// What is asked of the list of requests; empty: anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// The name of a connection.
    pub connection: String,
    /// One of [`Self::METHODS`].
    pub method: String,
    /// The first digit of the status.
    pub status: String,
    /// The outcome.
    pub outcome: String,
    /// `hour`, `day` or `week`.
    pub since: String,
    /// The id of a resource.
    pub resource: String,
    /// The id of a request.
    pub request: String,
}

impl LogFilter {
    /// The methods to choose from; `changes`: all that can change something.
    pub const METHODS: [&'static str; 6] = ["changes", "GET", "POST", "PUT", "PATCH", "DELETE"];
}

/// A request in the list.
#[derive(Debug, Clone)]
pub struct LogRow {
    /// The number of the entry.
    pub number: i64,
    /// When it came.
    pub at: Moment,
    /// The method.
    pub method: String,
    /// The address below the SCIM base.
    pub target: String,
    /// The sentence of the answer.
    pub detail: String,
    /// `ok`, `refused`, `held` or `failed`.
    pub outcome: String,
    /// The status.
    pub status: i16,
    /// The `scimType` of the answer.
    pub scim_type: String,
    /// The page of the connection.
    pub connection_address: Option<String>,
    /// The connection's name, or who else it was.
    pub who: String,
    /// Milliseconds.
    pub duration: String,
}

/// The message of an outcome.
fn outcome_id(outcome: &str) -> &'static str {
    match outcome {
        "ok" => "log-ok",
        "refused" => "log-refused",
        "held" => "log-held",
        "failed" => "log-failed",
        _ => "log-all",
    }
}

/// How an outcome looks: colour and sign.
fn look(outcome: &str) -> (&'static str, &'static str) {
    match outcome {
        "ok" => ("good", "good"),
        "held" => ("warn", "pause"),
        "failed" => ("bad", "warn"),
        _ => ("bad", "bad"),
    }
}

/// The list of requests.
#[derive(Debug, Template)]
#[template(path = "console/log.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says something else of the list, and they go together in any combination"
)]
pub struct Log {
    /// What all pages have in common.
    pub page: Shell,
    /// What is wrong with what is asked.
    pub errors: Vec<FieldError>,
    /// Whether requests are kept.
    pub is_on: bool,
    /// Whether the operator may set up connections.
    pub may_connect: bool,
    /// What is asked.
    pub filter: LogFilter,
    /// The names of connections to choose from.
    pub connections: Vec<String>,
    /// Outcome, address of the list with it, whether it is this one.
    pub chips: Vec<(String, String, bool)>,
    /// The requests.
    pub rows: Vec<LogRow>,
    /// The page of newer ones, or empty.
    pub newer: String,
    /// The page of older ones, or empty.
    pub older: String,
    /// The search has stopped before the end.
    pub is_cut: bool,
    /// Something is asked.
    pub is_filtered: bool,
}

impl Log {
    fn title(&self) -> String {
        self.page.text("console-log")
    }

    fn connection_options(&self) -> Vec<(String, String)> {
        let all = (String::new(), self.page.text("log-all"));
        let names = self.connections.iter();
        let names = names.map(|name| (name.clone(), name.clone()));
        std::iter::once(all).chain(names).collect()
    }

    fn method_options(&self) -> Vec<(String, String)> {
        let all = (String::new(), self.page.text("log-all"));
        let methods = LogFilter::METHODS.iter().map(|method| {
            let shown = match *method {
                "changes" => self.page.text("log-changes-only"),
                method => method.to_owned(),
            };
            ((*method).to_owned(), shown)
        });
        std::iter::once(all).chain(methods).collect()
    }

    fn status_options(&self) -> Vec<(String, String)> {
        [
            ("", "log-all"),
            ("2", "log-status-2"),
            ("4", "log-status-4"),
            ("5", "log-status-5"),
        ]
        .map(|(value, id)| (value.to_owned(), self.page.text(id)))
        .to_vec()
    }

    fn since_options(&self) -> Vec<(String, String)> {
        [
            ("", "log-since-ever"),
            ("hour", "log-since-hour"),
            ("day", "log-since-day"),
            ("week", "log-since-week"),
        ]
        .map(|(value, id)| (value.to_owned(), self.page.text(id)))
        .to_vec()
    }

    fn outcome(&self, outcome: &str) -> String {
        self.page.text(outcome_id(outcome))
    }

    fn shown(&self) -> String {
        let count = i64::try_from(self.rows.len()).unwrap_or(i64::MAX);
        self.page.counted("log-shown", &count)
    }
}

/// A body.
#[derive(Debug, Clone)]
pub struct Document {
    /// As it is shown.
    pub text: String,
    /// Whether that is not all.
    pub is_cut: bool,
    /// Its length as it was sent.
    pub bytes: i64,
}

/// One request with its answer.
#[derive(Debug, Template)]
#[template(path = "console/log_entry.html")]
pub struct LogEntry {
    /// What all pages have in common.
    pub page: Shell,
    /// When it came.
    pub at: Moment,
    /// The method.
    pub method: String,
    /// The address below the SCIM base.
    pub target: String,
    /// The status.
    pub status: i16,
    /// `ok`, `refused`, `held` or `failed`.
    pub outcome: String,
    /// The `scimType` of the answer.
    pub scim_type: String,
    /// Milliseconds.
    pub duration: String,
    /// The connection's name, or who else it was.
    pub who: String,
    /// The page of the connection.
    pub connection_address: Option<String>,
    /// Public name of the token.
    pub token: String,
    /// From where.
    pub address: String,
    /// The client in its own words.
    pub client: String,
    /// The request's id.
    pub request_id: String,
    /// The resource's id, or empty.
    pub resource_id: String,
    /// The page of the resource.
    pub resource_address: Option<String>,
    /// All requests about the resource.
    pub requests_address: String,
    /// The history of the resource.
    pub history_address: Option<String>,
    /// The workbench with this request.
    pub workbench_address: Option<String>,
    /// What became of it: message of the heading, and sentences.
    pub parts: Vec<(String, Vec<String>)>,
    /// What to do.
    pub advice: Vec<String>,
    /// The body.
    pub request: Document,
    /// The body of the answer.
    pub answer: Document,
    /// As a command.
    pub curl: String,
    /// The request before it, or empty.
    pub older: String,
    /// The request after it, or empty.
    pub newer: String,
}

impl LogEntry {
    fn title(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    fn outcome_text(&self) -> String {
        let word = self.page.text(outcome_id(&self.outcome));
        format!("{word}: {} {}", self.status, self.scim_type)
            .trim_end()
            .to_owned()
    }

    fn look(&self) -> (&'static str, &'static str) {
        look(&self.outcome)
    }

    fn bytes(&self, document: &Document) -> String {
        self.page.counted("log-bytes", &document.bytes)
    }
}
