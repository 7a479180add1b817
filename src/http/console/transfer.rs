//! Many users at once: from a sheet, and into one.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header::{self, HeaderValue};
use axum::http::{Response, StatusCode};

use super::desk::{Desk, Extracted};
use super::views::transfer::{Import, ImportReport, ImportRow};
use super::views::wizard::Way;
use super::views::{FieldError, Section, Shell};
use super::wizard::{invitation, onboarding_of};
use super::{Needs, pages};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::http::App;
use crate::http::account::Refused;
use crate::http::body::read_whole;
use crate::service::account::{import, is_address};
use crate::service::transfer::{Outcome, Report, ReportRow, decode};

pages! {
    "/users/import" =>
        get ask, Needs::To(Permission::TransferPeople);
        post read, Needs::To(Permission::TransferPeople);
    "/users/export" =>
        get export, Needs::To(Permission::TransferPeople);
}

/// The largest sheet that a page takes, in bytes; the command line and the API take larger ones.
const SHEET_BYTES: usize = 262_144;
/// What the other fields and the borders of a form may take besides.
const FORM_BYTES: usize = 16_384;
/// How many rows of a report are shown.
const SHOWN: usize = 200;

async fn ask(Extracted(desk): Extracted) -> Response<Body> {
    desk.show(&question(&desk, "", Way::Invite, Vec::new()))
}

fn question(desk: &Desk, text: &str, way: Way, errors: Vec<FieldError>) -> Import {
    let settings = &desk.visit.settings;
    Import {
        page: desk.page(Section::Users),
        text: text.to_owned(),
        way,
        errors,
        invitation_time: settings.invitation_time,
        temporary_time: settings.temporary_time,
    }
}

async fn read(Extracted(desk): Extracted, upload: Upload) -> Response<Body> {
    match imported(&desk, &upload).await {
        Ok(response) => response,
        Err(error) => desk.failed(error),
    }
}

async fn imported(desk: &Desk, upload: &Upload) -> Result<Response<Body>> {
    let way = Way::named(&upload.text("onboarding"));
    let typed = upload.text("sheet");
    let (bytes, shown): (&[u8], &str) = match upload.bytes("file") {
        Some(bytes) if !bytes.is_empty() => (bytes, ""),
        _ => (typed.as_bytes(), typed.as_str()),
    };
    let language = desk.page(Section::Users).language;
    let refuse = |message: String, shown: &str| {
        let error = FieldError {
            field: "sheet".to_owned(),
            message,
        };
        let view = question(desk, shown, way, vec![error]);
        desk.show_as(StatusCode::BAD_REQUEST, &view)
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(refuse(language.text("people-import-nothing"), ""));
    }
    if bytes.len() > SHEET_BYTES {
        let most = i64::try_from(SHEET_BYTES / 1024).unwrap_or(i64::MAX);
        let message = language.counted("people-import-too-large", "count", most, &[]);
        return Ok(refuse(message, ""));
    }
    let sheet = match decode(bytes) {
        Ok(text) => as_sheet(&text),
        Err(error) => return Ok(refuse(error.detail().to_owned(), "")),
    };
    let is_rehearsal = upload.text("do") != "create";
    let (service, acting) = (&desk.app().service, desk.acting());
    let onboarding = onboarding_of(way);
    let done = import::import(
        service,
        acting,
        sheet.as_bytes(),
        &onboarding,
        is_rehearsal,
        |_, _| {},
    );
    match done.await {
        Ok(report) => {
            let view = reported(desk, report, way, is_rehearsal, &sheet)?;
            Ok(desk.show(&view))
        }
        Err(error) if error.kind().status() == 400 => Ok(refuse(error.detail().to_owned(), shown)),
        Err(error) => Err(error),
    }
}

/// Addresses alone, in whatever way they are told apart, are a sheet of one column.
fn as_sheet(text: &str) -> String {
    let separators = |c: char| c.is_whitespace() || c == ',' || c == ';';
    let mut addresses = text.split(separators).filter(|part| !part.is_empty());
    if addresses.clone().next().is_none() || !addresses.all(is_address) {
        return text.to_owned();
    }
    let addresses = text.split(separators).filter(|part| !part.is_empty());
    let lines = std::iter::once("username").chain(addresses);
    lines.collect::<Vec<_>>().join("\n")
}

fn reported(
    desk: &Desk,
    mut report: Report,
    way: Way,
    is_rehearsal: bool,
    sheet: &str,
) -> Result<ImportReport> {
    if way == Way::Link {
        for row in &mut report.rows {
            row.secret = row.secret.take().map(|secret| invitation(desk, &secret));
        }
    }
    let has_secrets = report.rows.iter().any(|row| row.secret.is_some());
    let secrets = if has_secrets {
        let csv = report.to_csv()?;
        String::from_utf8(csv)
            .map_err(|error| Error::internal("a report is no text").caused_by(error))?
    } else {
        String::new()
    };
    let page = desk.page(Section::Users);
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let is_refused = |row: &ReportRow| matches!(row.outcome, Outcome::Failed | Outcome::Skipped);
    let mut rows: Vec<&ReportRow> = report.rows.iter().collect();
    if rows.len() > SHOWN {
        // What needs somebody's attention is seen in any case.
        rows.sort_by_key(|row| !is_refused(row));
    }
    let hidden = rows.len().saturating_sub(SHOWN);
    Ok(ImportReport {
        rows: rows
            .into_iter()
            .take(SHOWN)
            .map(|row| import_row(&page, row))
            .collect(),
        total: number(report.total),
        created: number(report.created),
        refused: number(report.failed + report.skipped),
        hidden: i64::try_from(hidden).unwrap_or(i64::MAX),
        way,
        is_rehearsal,
        sheet: if is_rehearsal {
            sheet.to_owned()
        } else {
            String::new()
        },
        secrets,
        page,
    })
}

fn import_row(page: &Shell, row: &ReportRow) -> ImportRow {
    let (look, id) = match row.outcome {
        Outcome::Created | Outcome::Updated => (("good", "good"), "people-import-created"),
        Outcome::WouldCreate => (("good", "good"), "people-import-will"),
        Outcome::Skipped => (("warn", "warn"), "people-import-skipped"),
        Outcome::Failed => (("bad", "bad"), "people-import-failed"),
    };
    ImportRow {
        line: row.line,
        username: row.username.clone(),
        look,
        outcome: page.text(id),
        detail: row.detail.clone().unwrap_or_default(),
    }
}

async fn export(Extracted(desk): Extracted) -> Response<Body> {
    let sheet = match import::export(&desk.app().service, desk.acting()).await {
        Ok(sheet) => sheet,
        Err(error) => return desk.failed(error),
    };
    let mut response = Response::new(Body::from(sheet));
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"users.csv\"",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A form with a file.
struct Upload(Vec<(String, Vec<u8>)>);

impl Upload {
    fn bytes(&self, name: &str) -> Option<&[u8]> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_slice())
    }

    /// What is no text is none.
    fn text(&self, name: &str) -> String {
        let bytes = self.bytes(name).unwrap_or_default();
        String::from_utf8(bytes.to_vec()).unwrap_or_default()
    }
}

impl FromRequest<Arc<App>> for Upload {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Refused> {
        let media_type = request.headers().get(header::CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let boundary = boundary(media_type.unwrap_or_default());
        let bytes = read_whole(app, request, SHEET_BYTES * 2 + FORM_BYTES).await?;
        // An empty form has no parts.
        if bytes.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let wrong =
            || Error::bad_request("the body must be sent as Content-Type: multipart/form-data");
        let fields = boundary.and_then(|boundary| fields(&bytes, &boundary));
        fields.map(Self).ok_or_else(|| wrong().into())
    }
}

/// What stands between the parts of a form (RFC 7578, RFC 2046 §5.1.1).
fn boundary(media_type: &str) -> Option<String> {
    let mut parts = media_type.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then_some(value)
    })?;
    let value = value.trim_matches('"');
    (1..=70).contains(&value.len()).then(|| value.to_owned())
}

/// The names and contents of the parts of a form; nothing for what is not well-formed.
fn fields(body: &[u8], boundary: &str) -> Option<Vec<(String, Vec<u8>)>> {
    const MOST: usize = 32;
    let delimiter = format!("\r\n--{boundary}");
    // What stands before the first delimiter means nothing.
    let start = format!("--{boundary}");
    let mut rest = body.get(find(body, start.as_bytes())? + start.len()..)?;
    let mut fields = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(fields);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest, b"\r\n\r\n")?;
        let head = std::str::from_utf8(rest.get(..head_end)?).ok()?;
        rest = rest.get(head_end + 4..)?;
        let end = find(rest, delimiter.as_bytes())?;
        fields.push((field_name(head)?, rest.get(..end)?.to_vec()));
        rest = rest.get(end + delimiter.len()..)?;
        if fields.len() > MOST {
            return None;
        }
    }
}

fn field_name(head: &str) -> Option<String> {
    let line = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    })?;
    let mut parts = line.split(';').map(str::trim);
    let value = parts.find_map(|part| part.strip_prefix("name="))?;
    Some(value.trim_matches('"').to_owned())
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_with_a_file_is_read() {
        let boundary = boundary("multipart/form-data; boundary=\"x-1\"").unwrap();
        let body = "before\r\n--x-1\r\nContent-Disposition: form-data; name=\"onboarding\"\r\n\r\nlink\r\n\
            --x-1\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n\
            a,b\r\n--x\r\n1,2\r\n--x-1--\r\n";
        let read = Upload(fields(body.as_bytes(), &boundary).unwrap());
        assert_eq!(read.text("onboarding"), "link");
        assert_eq!(read.text("file"), "a,b\r\n--x\r\n1,2");
        assert_eq!(read.bytes("none"), None);
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for other in [
            "application/json",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/mixed; boundary=x",
        ] {
            assert_eq!(boundary(other), None, "{other}");
        }
        for other in [
            "",
            "--x",
            "--x\r\n",
            "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb",
            "--x\r\nContent-Type: text/plain\r\n\r\nb\r\n--x--",
            "--y\r\n\r\n\r\n--y--",
        ] {
            assert!(fields(other.as_bytes(), "x").is_none(), "{other}");
        }
        let many = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n".repeat(40);
        assert!(fields(format!("{many}--x--").as_bytes(), "x").is_none());
    }

    #[test]
    fn addresses_alone_are_a_sheet() {
        assert_eq!(
            as_sheet("a@x.example, b@x.example;\r\nc@x.example\n"),
            "username\na@x.example\nb@x.example\nc@x.example"
        );
        let sheet = "username,givenname\na@x.example,Anna";
        assert_eq!(as_sheet(sheet), sheet);
        assert_eq!(as_sheet(" "), " ");
    }
}
