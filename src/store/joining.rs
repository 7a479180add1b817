//! One member more or fewer: the group and the member are read with one statement; the membership, the group's version and the record are
//! written at once, or nothing of them.

use uuid::Uuid;

use super::changes::{self, Change, Origin};
use super::members::{Candidate, Mark, Relative};
use super::resources::{self, Stored};
use super::statement::{Dialect, Statement};
use super::{ResourceKey, TenantKey, Transaction};
use crate::error::Result;
use crate::resource::Meta;
use crate::schema::ResourceTypeId;

/// As [`resources::get`] for a group; also looks up somebody who may become or stop being its member, as
/// [`super::members::resolve`] does. One statement.
///
/// # Errors
/// The database's.
pub async fn read(
    tx: &mut Transaction,
    tenant: TenantKey,
    (resource_type, id): (ResourceTypeId, Uuid),
    member: Uuid,
    mark: &Mark,
) -> Result<Option<(Stored, Option<Candidate>)>> {
    #[rustfmt::skip]
    type Row = (
        i64, i16, Uuid, String, i64, i64, i64, Option<i32>,
        Option<i64>, Option<i16>, Option<String>, i64,
    );
    let mut select = Statement::new(
        "SELECT g.resource_key, g.resource_type, g.id, g.document, g.version, g.created, g.last_modified, g.external_id_connection, \
         m.resource_key, m.resource_type, m.display_name, ",
    );
    mark.count(&mut select, "m.resource_key");
    select
        .push(" FROM resource g LEFT JOIN resource m ON m.tenant_key = ")
        .bind(tenant.0);
    select.push(" AND m.id = ").bind(member);
    select.push(" WHERE g.tenant_key = ").bind(tenant.0);
    select.push(" AND g.id = ").bind(id);
    let row: Option<Row> = tx.fetch_optional(select.by_key()).await?;
    let row = row.filter(|row| row.1 == resource_type.0);
    Ok(row.map(|row| {
        let (c0, c1, c2, c3, c4, c5, c6, c7, key, kind, name, marks) = row;
        let candidate = key.zip(kind).map(|(key, kind)| Candidate {
            relative: Relative::from((key, member, kind, name)),
            is_operators: marks > 0,
        });
        (Stored::from((c0, c1, c2, c3, c4, c5, c6, c7)), candidate)
    }))
}

/// What somebody does with a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Becomes a member.
    Join,
    /// Is a member no longer.
    Leave,
}

/// Somebody on the way into a group, or out of it.
#[derive(Debug)]
pub struct Joining<'a> {
    /// Which of the two.
    pub step: Step,
    /// The tenant.
    pub tenant: TenantKey,
    /// The group.
    pub group: ResourceKey,
    /// Its type and `id`.
    pub resource: (ResourceTypeId, Uuid),
    /// Who.
    pub member: ResourceKey,
    /// What is recorded of it if it changes anything.
    pub detail: String,
    /// Who asks for it.
    pub origin: &'a Origin,
    /// Microseconds since 1970 UTC.
    pub now: i64,
}

/// Adds or removes the member and ends the transaction, which must be one in which a create were possible
/// (`creation::is_possible`). Answers the group's times and version; `None` when it was a member already, or none, and nothing was
/// written.
///
/// The group's row is locked from the change of its version to the end of the statement, over no way to the database and back.
///
/// # Errors
/// A conflict when one of the two was deleted at the same moment; the database's.
pub async fn join(tx: &mut Transaction, joining: Joining<'_>) -> Result<Option<Meta>> {
    let Joining {
        step,
        tenant,
        group,
        resource,
        member,
        detail,
        origin,
        now,
    } = joining;
    let change = Change {
        resource: Some(resource),
        version: None,
        operation: "modify",
        detail,
        at: now,
    };
    let [
        of_tenant,
        _,
        request,
        connection,
        actor,
        id,
        kind,
        _,
        operation,
        detail,
    ] = changes::inserted(tenant, origin, change);
    let is_one = tx.dialect() == Dialect::Postgres;
    let mut moved = Statement::default();
    match step {
        Step::Join => {
            moved
                .push("INSERT INTO membership (group_key, member_key, tenant_key) VALUES ")
                .bind_row([group.0.into(), member.0.into(), tenant.0.into()])
                .push(" ON CONFLICT (group_key, member_key) DO NOTHING");
        }
        Step::Leave => {
            moved
                .push("DELETE FROM membership WHERE group_key = ")
                .bind(group.0)
                .push(" AND member_key = ")
                .bind(member.0);
        }
    }
    let mut touched = Statement::new("UPDATE resource SET ");
    resources::touching(&mut touched, now);
    touched.push(if is_one {
        " FROM moved WHERE resource_key = moved.group_key"
    } else {
        // Of the statement before.
        " WHERE changes() = 1 AND resource_key = "
    });
    if !is_one {
        touched.bind(group.0);
    }
    touched.push(" RETURNING version, created, last_modified");
    let mut recorded = Statement::new("INSERT INTO change (");
    recorded.push(changes::INSERTED).push(") SELECT ");
    recorded.bind(of_tenant).push(", last_modified, ");
    recorded.bind_all([request, connection, actor, id, kind]);
    recorded
        .push(", version, ")
        .bind_all([operation, detail])
        .push(" FROM ");
    let statements = if is_one {
        let mut all = Statement::new("WITH moved AS (");
        all.append(moved)
            .push(" RETURNING group_key), touched AS (");
        all.append(touched).push("), recorded AS (");
        all.append(recorded)
            .push("touched) SELECT version, created, last_modified FROM touched");
        vec![all]
    } else {
        recorded
            .push("resource WHERE changes() = 1 AND resource_key = ")
            .bind(group.0);
        vec![moved, touched, recorded]
    };
    let touched: Option<(i64, i64, i64)> = tx.all_at_once(statements).await?;
    Ok(touched.map(resources::touched))
}
