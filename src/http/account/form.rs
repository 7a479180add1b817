//! A form that a page sends.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};

use super::super::App;
use super::super::body::Form as Fields;
use super::visit::Refused;

/// The fields of a form.
pub(in crate::http) struct Form(Fields);

impl Form {
    /// The text of a field, without blanks around it; empty when it was not sent, or more than once.
    pub(in crate::http) fn text(&self, name: &str) -> String {
        self.secret(name).trim().to_owned()
    }

    /// The same as it was typed.
    pub(in crate::http) fn secret(&self, name: &str) -> String {
        self.0.get(name).ok().flatten().unwrap_or_default()
    }

    /// The texts of a field that may be sent more than once: of the boxes that are ticked.
    pub(in crate::http) fn all(&self, name: &str) -> Vec<String> {
        self.0.all(name)
    }

    /// Whether the field was sent at all.
    pub(in crate::http) fn has(&self, name: &str) -> bool {
        self.0.has(name)
    }
}

impl FromRequest<Arc<App>> for Form {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Refused> {
        let fields = Fields::from_request(request, app).await;
        fields.map(Self).map_err(Refused::from)
    }
}
