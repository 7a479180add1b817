//! GET of one resource (RFC 7644 §3.4.1).

use super::represent::large::{self, Large, Left};
use super::represent::{self, Representation};
use uuid::Uuid;

use super::{Call, Service, not_found, parse_id};
use crate::auth::Scope;
use crate::error::Result;
use crate::read_elastic;
use crate::resource::etag::Preconditions;
use crate::schema::project::Projection;
use crate::schema::{Relation, ResourceType};
use crate::store::{Transaction, View, resources};

/// The outcome of a conditional read.
#[derive(Debug)]
pub enum Found {
    /// The representation.
    Resource(Representation),
    /// That of a group with many members.
    Large(Box<Large>),
    /// The client has this version already (304).
    NotModified {
        /// The version.
        version: i64,
    },
}

/// Reads a resource.
///
/// # Errors
/// 404; 412 when `If-Match` does not hold; 403; 503 for a group with many members while too many of them are being read.
pub async fn read(
    service: &Service,
    call: &Call<'_>,
    resource_type: &ResourceType,
    id: &str,
    preconditions: &Preconditions,
    projection: &Projection,
) -> Result<Found> {
    call.caller.require(Scope::Read(resource_type.family))?;
    let parsed = parse_id(resource_type, id)?;
    call.caller.require_own(parsed)?;
    let members = resource_type.relation(Relation::Members);
    let shows_members =
        members.is_some_and(|attribute| projection.includes(resource_type, attribute));
    let asked = Asked {
        service,
        call,
        resource_type,
        id: parsed,
        preconditions,
        projection,
    };
    // Members belong to the version that is answered; a user's groups do not.
    let view = if shows_members {
        View::OneState
    } else {
        View::Newest
    };
    let mut turn = None;
    loop {
        let read = read_elastic!(keeping, service.store, view, |tx| asked.answer(tx).await);
        let (tx, beginning, left) = match read? {
            (_, Answer::NotModified { version }) => return Ok(Found::NotModified { version }),
            (_, Answer::Shown(whole, None)) => return Ok(Found::Resource(whole)),
            (tx, Answer::Shown(beginning, Some(left))) => (tx, beginning, left),
        };
        if let Some(turn) = turn.take().or_else(|| service.wide.free_turn()) {
            let large = Large::new(call, tx, turn, beginning, left);
            return Ok(Found::Large(Box::new(large)));
        }
        // Whoever waits for a turn holds no connection: those who have turns may need one.
        drop(tx);
        turn = Some(service.wide.turn().await?);
    }
}

/// What was read in the transaction.
enum Answer {
    Shown(Representation, Option<Left>),
    NotModified { version: i64 },
}

struct Asked<'a> {
    service: &'a Service,
    call: &'a Call<'a>,
    resource_type: &'a ResourceType,
    id: Uuid,
    preconditions: &'a Preconditions,
    projection: &'a Projection,
}

impl Asked<'_> {
    async fn answer(&self, reader: &mut Transaction) -> Result<Answer> {
        let Self {
            service,
            call,
            resource_type,
            id,
            preconditions,
            projection,
        } = *self;
        let tenant = call.caller.tenant;
        let found = if represent::shows_groups(resource_type, projection) {
            resources::get_with_membership(reader, tenant, resource_type.id, id).await?
        } else {
            resources::get(reader, tenant, resource_type.id, id).await?
        };
        let row = found.ok_or_else(|| not_found(resource_type, &id.to_string()))?;
        let version = row.meta.version;
        if preconditions.is_not_modified(version)? {
            return Ok(Answer::NotModified { version });
        }
        let (shown, left) = large::beginning(service, reader, call, row, projection).await?;
        Ok(Answer::Shown(shown, left))
    }
}
