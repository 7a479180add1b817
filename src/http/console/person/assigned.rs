//! Which operator looks after a customer.

use axum::http::StatusCode;
use uuid::Uuid;

use super::{Answer, below, head, page, person};
use crate::auth::Permission;
use crate::error::{Error, ErrorKind, Result};
use crate::http::account::Form;
use crate::http::console::desk::{Desk, Extracted};
use crate::http::console::views::FieldError;
use crate::http::console::views::person::Assigned;
use crate::service::account::record::{self, Record};
use crate::service::account::{operators, people};

pub(super) async fn show(Extracted(desk): Extracted) -> Answer {
    let shown = async {
        let record = person(&desk).await?;
        let view = view(&desk, &record, "", Vec::new()).await?;
        Ok(desk.show(&view))
    };
    shown.await.unwrap_or_else(|error| desk.failed(error))
}

async fn view(
    desk: &Desk,
    record: &Record,
    chosen: &str,
    errors: Vec<FieldError>,
) -> Result<Assigned> {
    let page = page(desk, record);
    let id = record.person.stored.id;
    let may_edit = !record.is_operator && record.may_edit(desk.acting());
    let mut choices = Vec::new();
    if may_edit {
        let all = operators::list(&desk.app().service, desk.acting()).await?;
        let holder = record.holder.as_ref().map(|holder| holder.id);
        for (operator, _) in all {
            if Some(operator.stored.id) != holder {
                let name = record::name(desk.acting(), &operator)?;
                choices.push((operator.stored.id.to_string(), name));
            }
        }
        choices.sort_by_key(|(_, name)| name.to_lowercase());
    }
    let holder = record.holder.as_ref().map(|holder| {
        let address = page.at(&below(holder.id, ""));
        (holder.id.to_string(), address, holder.name.clone())
    });
    Ok(Assigned {
        head: head(desk, &page, record, "assigned"),
        holder,
        customers: record
            .is_operator
            .then(|| page.at(&format!("/operators/{id}/customers"))),
        operators: choices,
        chosen: chosen.to_owned(),
        may_edit,
        errors,
        page,
    })
}

pub(super) async fn save(Extracted(desk): Extracted, form: Form) -> Answer {
    saved(&desk, &form)
        .await
        .unwrap_or_else(|error| desk.failed(error))
}

async fn saved(desk: &Desk, form: &Form) -> Result<Answer> {
    let record = person(desk).await?;
    record.require(desk.acting(), Permission::EditPeople)?;
    let id = record.person.stored.id;
    let typed = form.text("operator");
    let is_end = form.text("action") == "end";
    let again = async |status: StatusCode, message: String| {
        let errors = vec![FieldError {
            field: "operator".to_owned(),
            message,
        }];
        let view = view(desk, &record, &typed, errors).await?;
        Ok::<_, Error>(desk.show_as(status, &view))
    };
    let operator = Uuid::try_parse(&typed).ok();
    if !is_end && operator.is_none() {
        let page = page(desk, &record);
        let message = page.text("person-error-operator");
        return again(StatusCode::BAD_REQUEST, message).await;
    }
    let holder = record.holder.as_ref().map(|holder| holder.id.to_string());
    // The customer is taken from the operator whom the page has shown, and from nobody else.
    let takes_over = holder.unwrap_or_default() == form.text("holder");
    if is_end && !takes_over {
        return Err(Error::conflict(
            "the customer is assigned to another operator by now; look again",
        ));
    }
    let to = operator.filter(|_| !is_end);
    let done = people::assign(&desk.app().service, desk.acting(), id, to, takes_over).await;
    match done {
        Ok(()) if is_end => Ok(desk.go(&below(id, "assigned"), "person-notice-released")),
        Ok(()) => Ok(desk.go(&below(id, "assigned"), "person-notice-assigned")),
        Err(error) if error.kind() == ErrorKind::InvalidValue => {
            again(StatusCode::BAD_REQUEST, error.detail().to_owned()).await
        }
        Err(error) if error.kind().status() == 409 => {
            again(StatusCode::CONFLICT, error.detail().to_owned()).await
        }
        Err(error) => Err(error),
    }
}
