//! Users: the list, and those who have been deleted.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::asked::query;
use super::desk::{Desk, Extracted};
use super::lists::{self, counted};
use super::views::people::{Chip, DeletedRow, FilterError, Marked, UserRow, Users, state_id};
use super::views::{Section, Shell};
use super::{Needs, pages};
use crate::auth::Permission;
use crate::error::{Error, ErrorKind, Result};
use crate::service::account::State;
use crate::service::listing::{
    self, Count, Kind, Page, PeopleCounts, PeopleQuery, PersonRow, Place, Window,
};
use crate::store::tombstones::Tombstone;

pages! {
    "/users" =>
        get list, Needs::To(Permission::ReadPeople);
}

/// How many rows a page has.
pub(super) const ROWS: i64 = 50;
/// The chip of those who have been deleted.
const DELETED: &str = "deleted";
/// The chips: everybody, and those in each state.
const CHIPS: [Option<State>; 6] = [
    None,
    Some(State::Active),
    Some(State::Invited),
    Some(State::PendingVerification),
    Some(State::Locked),
    Some(State::Deactivated),
];

/// What stands in the address for a chip.
fn chip_name(state: Option<State>) -> &'static str {
    state.map_or("", State::name)
}

/// Which part of a list the address asks for.
///
/// # Errors
/// `invalidValue` for a place that is none.
pub(super) fn window(desk: &Desk) -> Result<Window> {
    let (after, before) = (desk.parameter("after"), desk.parameter("before"));
    // Who asks for both goes on.
    let before = if after.is_empty() { before } else { "" };
    Ok(Window {
        count: ROWS,
        ..lists::window(after, before)?
    })
}

/// The addresses of the pages before and after one; empty: there is none. `path` may have a query.
pub(super) fn neighbours<T>(shell: &Shell, path: &str, page: &Page<T>) -> (String, String) {
    let joint = if path.contains('?') { '&' } else { '?' };
    let address = |name: &str, place: Option<Place>| {
        place.map_or_else(String::new, |place| {
            shell.at(&format!("{path}{joint}{name}={place}"))
        })
    };
    (
        address("before", page.previous),
        address("after", page.next),
    )
}

/// What the address asks for.
struct Asked {
    search: String,
    filter: String,
    chip: String,
}

impl Asked {
    fn of(desk: &Desk) -> Self {
        let chip = desk.parameter("state");
        let is_known = chip == DELETED || CHIPS.iter().any(|state| chip_name(*state) == chip);
        Self {
            search: desk.parameter("q").to_owned(),
            filter: desk.parameter("filter").to_owned(),
            chip: if is_known { chip } else { "" }.to_owned(),
        }
    }

    fn state(&self) -> Option<State> {
        let mut states = CHIPS.iter().flatten().copied();
        states.find(|state| state.name() == self.chip)
    }

    /// The path with the query that shows this chip of the same list.
    fn path(&self, chip: &str) -> String {
        let asked = [
            ("q", &*self.search),
            ("filter", &self.filter),
            ("state", chip),
        ];
        format!("/users{}", query(&asked))
    }
}

async fn list(Extracted(desk): Extracted) -> Response<Body> {
    match shown(&desk).await {
        Ok(view) => {
            let status = if view.filter_error.is_some() {
                StatusCode::BAD_REQUEST
            } else {
                StatusCode::OK
            };
            desk.show_as(status, &view)
        }
        Err(error) => desk.failed(error),
    }
}

async fn shown(desk: &Desk) -> Result<Users> {
    let asked = Asked::of(desk);
    let shell = desk.page(Section::Users);
    let (service, acting) = (&desk.app().service, desk.acting());
    let window = window(desk)?;
    let counts = listing::people_counts(service, acting, Kind::Customers).await?;
    let of_deleted = Window {
        count: if asked.chip == DELETED { ROWS } else { 1 },
        ..if asked.chip == DELETED {
            window
        } else {
            Window::default()
        }
    };
    let deleted = listing::deleted(service, acting, &of_deleted).await?;
    let chips = chips(&shell, &asked, &counts, deleted.total);
    let mut view = Users {
        search: asked.search.clone(),
        filter: asked.filter.clone(),
        chip: asked.chip.clone(),
        chips,
        rows: Vec::new(),
        deleted: Vec::new(),
        words: String::new(),
        previous: String::new(),
        next: String::new(),
        is_cut: false,
        filter_error: None,
        is_nobody: counts.all.number == 0 && deleted.total.number == 0,
        page: shell,
    };
    let path = asked.path(&asked.chip);
    if asked.chip == DELETED {
        (view.previous, view.next) = neighbours(&view.page, &path, &deleted);
        view.words = counted(&view.page, "people-total", deleted.total);
        let rows = deleted.rows.into_iter();
        view.deleted = rows.map(|row| deleted_row(&view.page, row)).collect();
        return Ok(view);
    }
    let page = match find(desk, &asked, window).await {
        Ok(page) => page,
        Err(error) if is_of_filter(&error) && !asked.filter.is_empty() => {
            view.filter_error = Some(marked(&asked.filter, error.detail()));
            let everybody = Asked {
                filter: String::new(),
                ..asked
            };
            find(desk, &everybody, Window { at: None, ..window }).await?
        }
        Err(error) => return Err(error),
    };
    (view.previous, view.next) = neighbours(&view.page, &path, &page);
    view.words = counted(&view.page, "people-total", page.total);
    view.is_cut = page.is_cut;
    let rows = page.rows.into_iter();
    view.rows = rows.map(|row| user_row(&view.page, row)).collect();
    Ok(view)
}

async fn find(desk: &Desk, asked: &Asked, window: Window) -> Result<Page<PersonRow>> {
    let query = PeopleQuery {
        filter: Some(asked.filter.clone()).filter(|text| !text.is_empty()),
        search: Some(asked.search.clone()).filter(|text| !text.is_empty()),
        state: asked.state(),
        kind: Kind::Customers,
        assigned_to: None,
        window,
    };
    listing::people(&desk.app().service, desk.acting(), &query).await
}

fn is_of_filter(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidFilter
            | ErrorKind::InvalidPath
            | ErrorKind::InvalidValue
            | ErrorKind::Sensitive
    )
}

/// What is wrong with a filter, and where: the message begins with the column where it could not be read any further.
pub(super) fn marked(filter: &str, message: &str) -> FilterError {
    let located = message
        .strip_prefix("filter, column ")
        .and_then(|rest| rest.split_once(": "))
        .and_then(|(column, why)| Some((column.parse::<usize>().ok()?, why)));
    let Some((column, why)) = located else {
        return FilterError {
            column: 0,
            message: message.to_owned(),
            marked: None,
        };
    };
    let characters: Vec<char> = filter.chars().collect();
    let start = (column.saturating_sub(1)).min(characters.len());
    let (before, rest) = characters.split_at(start);
    let length = rest
        .iter()
        .skip(1)
        .position(|character| character.is_whitespace() || "()[]".contains(*character))
        .map_or(rest.len(), |length| length + 1);
    let (here, after) = rest.split_at(length.min(rest.len()));
    FilterError {
        column,
        message: why.to_owned(),
        marked: Some(Marked {
            before: before.iter().collect(),
            // Something must be there to be seen where the text ends too early.
            here: if here.is_empty() {
                "\u{2423}".to_owned()
            } else {
                here.iter().collect()
            },
            after: after.iter().collect(),
        }),
    }
}

fn chips(shell: &Shell, asked: &Asked, counts: &PeopleCounts, deleted: Count) -> Vec<Chip> {
    // The numbers are of all people: beside a part of them they would mislead.
    let has_numbers = asked.search.is_empty() && asked.filter.is_empty();
    let chip = |name: &str, label: &str, count: Count| Chip {
        address: shell.at(&asked.path(name)),
        label: shell.text(label),
        number: match (has_numbers, count.is_more) {
            (false, _) => String::new(),
            (true, true) => shell.counted("people-number-more", &count.number),
            (true, false) => count.number.to_string(),
        },
        is_here: asked.chip == name,
    };
    let of_states = CHIPS.iter().map(|state| {
        let label = state.map_or("people-chip-all", state_id);
        chip(chip_name(*state), label, counts.of(*state))
    });
    of_states
        .chain([chip(DELETED, "people-chip-deleted", deleted)])
        .collect()
}

fn user_row(shell: &Shell, row: PersonRow) -> UserRow {
    let name = row.display.filter(|name| !name.is_empty());
    let mut groups = row.groups.into_iter();
    let group = groups.next().map(|group| {
        let id = group.id.to_string();
        (id, group.name.unwrap_or_default())
    });
    let named = i64::try_from(groups.len()).unwrap_or_default();
    UserRow {
        id: row.id.to_string(),
        name: name.unwrap_or_else(|| row.username.clone()),
        username: row.username,
        state: row.state,
        lock_reason: row.lock_reason.unwrap_or_default(),
        group,
        more_groups: named + row.more_groups.number.max(0),
        connection: row.connection,
        changed: shell.moment(&row.last_modified),
    }
}

fn deleted_row(shell: &Shell, row: Tombstone) -> DeletedRow {
    let username = row.username.unwrap_or_default();
    let name = row.display_name.filter(|name| !name.is_empty());
    DeletedRow {
        id: row.id.to_string(),
        name: name.unwrap_or_else(|| username.clone()),
        username,
        by: row.actor,
        at: shell.moment(&row.deleted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_fault_is_marked() {
        let filter = "userName sw \"jö\" and emails.value regex \"x\"";
        let found = marked(filter, "filter, column 35: \"regex\" is no operator");
        let place = found.marked.unwrap();
        assert_eq!(found.column, 35);
        assert_eq!(found.message, "\"regex\" is no operator");
        assert_eq!(place.here, "regex");
        assert_eq!(
            format!("{}{}{}", place.before, place.here, place.after),
            filter
        );
    }

    #[test]
    fn a_fault_at_the_end_and_one_without_a_place_are_shown() {
        let found = marked("userName eq", "filter, column 12: a value is missing");
        assert_eq!(found.marked.unwrap().here, "\u{2423}");
        let found = marked("nonsense pr", "there is no attribute \"nonsense\"");
        assert!(found.marked.is_none() && found.column == 0);
        for column in ["0", "99999", "18446744073709551615"] {
            let found = marked("é", &format!("filter, column {column}: x"));
            assert!(found.marked.is_some());
        }
    }
}
