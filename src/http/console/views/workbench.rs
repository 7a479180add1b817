//! The page of requests by hand.

use askama::Template;

use super::{FieldError, Shell};

/// A request that was sent before.
#[derive(Debug, Clone)]
pub struct Past {
    /// The method.
    pub method: String,
    /// The status of its answer.
    pub status: u16,
    /// The path.
    pub path: String,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The status in words.
    pub reason: &'static str,
    /// Whether it was carried out.
    pub is_good: bool,
    /// The length of the body.
    pub bytes: i64,
    /// How long it took.
    pub milliseconds: String,
    /// The body, as it is shown.
    pub text: String,
    /// Whether that is not all.
    pub is_cut: bool,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The request as a command.
    pub curl: String,
    /// What it changed: operation and details.
    pub changed: Vec<(String, String)>,
    /// It could change nothing.
    pub is_reading: bool,
    /// The request in the provisioning log.
    pub log_address: Option<String>,
}

/// Requests by hand.
#[derive(Debug, Template)]
#[template(path = "console/workbench.html")]
pub struct Workbench {
    /// What all pages have in common.
    pub page: Shell,
    /// What stands before each path.
    pub base: String,
    /// Whether the operator may change something.
    pub may_write: bool,
    /// The methods to choose from.
    pub methods: Vec<&'static str>,
    /// The method.
    pub method: String,
    /// The path below the base.
    pub path: String,
    /// The body.
    pub body: String,
    /// The `ETag` that the resource must have.
    pub if_match: String,
    /// Where resources are.
    pub endpoints: Vec<String>,
    /// The attributes of the resource type.
    pub attributes: Vec<String>,
    /// The operators of filters.
    pub operators: Vec<&'static str>,
    /// The operations of PATCH.
    pub operations: Vec<&'static str>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// What was answered.
    pub answer: Option<Answer>,
    /// What was sent before.
    pub past: Vec<Past>,
}

fn plain(words: &[&'static str]) -> Vec<(String, String)> {
    let words = words.iter();
    words
        .map(|word| ((*word).to_owned(), (*word).to_owned()))
        .collect()
}

impl Workbench {
    fn title(&self) -> String {
        self.page.text("console-workbench")
    }

    fn method_options(&self) -> Vec<(String, String)> {
        plain(&self.methods)
    }

    fn operator_options(&self) -> Vec<(String, String)> {
        plain(&self.operators)
    }

    fn operation_options(&self) -> Vec<(String, String)> {
        plain(&self.operations)
    }

    fn attribute_options(&self) -> Vec<(String, String)> {
        let all = self.attributes.iter();
        all.map(|one| (one.clone(), one.clone())).collect()
    }

    fn size(&self, answer: &Answer) -> String {
        self.page.counted("workbench-bytes", &answer.bytes)
    }

    fn again(&self, past: &Past) -> String {
        let encode = super::super::asked::query;
        let query = encode(&[("method", &past.method), ("path", &past.path)]);
        self.page.at(&format!("/workbench{query}"))
    }
}
