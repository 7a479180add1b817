//! What a customer sees, shown to the agent who looks after them.

use super::{Answer, head, label, page, person};
use crate::error::Result;
use crate::http::console::desk::{Desk, Extracted};
use crate::http::console::views::person::{AsCustomer, OwnLine};
use crate::service::account::as_customer;
use crate::service::account::profile::Shown;

pub(super) async fn show(Extracted(desk): Extracted) -> Answer {
    shown(&desk)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn shown(desk: &Desk) -> Result<Answer> {
    let record = person(desk).await?;
    let operator = &desk.signed_in.person;
    let seen = as_customer::look(&desk.app().service, desk.acting(), operator, &record).await?;
    let page = page(desk, &record);
    let line = |shown: Shown| OwnLine {
        label: label(&page, &shown.label, &shown.path, &shown.name),
        value: shown.value,
        owner: shown.owner,
        is_editable: shown.is_editable,
    };
    let view = AsCustomer {
        head: head(desk, &page, &record, "as-customer"),
        lines: seen.profile.into_iter().map(line).collect(),
        groups: seen.groups,
        page,
    };
    Ok(desk.show(&view))
}
