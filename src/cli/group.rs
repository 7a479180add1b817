//! `muster group`: groups of people, and who is in them.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use uuid::Uuid;

use super::operator::RoleName;
use super::user::acting;
use super::{OfTenant, Output, Page, confirm_named, output};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::resource::{called, timestamp};
use crate::schema::{ResourceType, Team};
use crate::service::Service;
use crate::service::account::acting::Acting;
use crate::service::account::groups::{self, Audience, Group, NewGroup};

/// How many members are read in one go.
const PORTION: i64 = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum GroupCommand {
    /// List groups
    List {
        #[command(flatten)]
        of: OfTenant,
        /// Only groups for these
        #[arg(long, value_enum)]
        audience: Option<AudienceName>,
        #[command(flatten)]
        page: Page,
        #[command(flatten)]
        output: Output,
    },
    /// Show a group
    #[command(alias = "get")]
    Show {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        output: Output,
    },
    /// Create a group and print its id
    Create {
        /// The name
        name: String,
        #[command(flatten)]
        of: OfTenant,
        /// Who may be in it
        #[arg(long, value_enum, default_value_t = AudienceName::Customer)]
        audience: AudienceName,
        /// What operators may do who are in it
        #[arg(long, value_enum)]
        role: Option<RoleName>,
        /// Somebody to be in it, by user name or id; may be given several times
        #[arg(long = "user", value_name = "USER")]
        users: Vec<String>,
    },
    /// Give a group another name
    Rename {
        #[command(flatten)]
        which: Which,
        /// The new name
        name: String,
    },
    /// Delete a group for good; its members stay who they are
    Delete {
        #[command(flatten)]
        which: Which,
        /// Yes, for good
        #[arg(long)]
        yes: bool,
    },
    /// Add people, all or none, and print how many were not in the group before
    Add {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        who: People,
    },
    /// Remove people, and print how many were in the group before
    Remove {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        who: People,
    },
    /// List the members, however many there are
    Members {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        output: Output,
    },
}

/// A group of a tenant.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// The group's name or id
    group: String,
    #[command(flatten)]
    of: OfTenant,
}

/// Somebody, and others.
#[derive(Debug, Args)]
pub(super) struct People {
    /// User names or ids; the id of a group is good as well
    #[arg(required = true, value_name = "USER")]
    users: Vec<String>,
}

/// Who may be in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum AudienceName {
    /// Customers
    Customer,
    /// Operators
    Operator,
}

impl AudienceName {
    fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Operator => "operator",
        }
    }

    fn audience(self, role: Option<RoleName>) -> Result<Audience> {
        match (self, role) {
            (Self::Customer, None) => Ok(Audience::Customers),
            (Self::Customer, Some(_)) => Err(Error::invalid_value(
                "only groups of operators have a role; add --audience operator",
            )),
            (Self::Operator, role) => Ok(Audience::Operators(role.map(Into::into))),
        }
    }
}

pub(super) async fn run(service: &Service, config: &Config, command: GroupCommand) -> Result<()> {
    match command {
        GroupCommand::List {
            of,
            audience,
            mut page,
            output,
        } => {
            let acting = acting(service, config, &of).await?;
            page.filter = filter_of(team(&acting)?.1, audience, page.filter);
            list(service, &acting, page, &output).await
        }
        GroupCommand::Show { which, output } => show(service, config, &which, &output).await,
        GroupCommand::Create {
            name,
            of,
            audience,
            role,
            users,
        } => {
            let acting = acting(service, config, &of).await?;
            let new = NewGroup {
                name,
                audience: audience.audience(role)?,
                members: ids(service, &acting, &users).await?,
            };
            let id = groups::create(service, &acting, &new).await?;
            output::print(&format!("{id}\n"))
        }
        GroupCommand::Rename { which, name } => {
            let (acting, group) = found(service, config, &which).await?;
            groups::rename(service, &acting, group.stored.id, &name).await
        }
        GroupCommand::Delete { which, yes } => {
            let (acting, group) = found(service, config, &which).await?;
            let members = groups::facts(service, &acting, &group).await?.members;
            let name = called(acting.groups()?, &group.document).unwrap_or_default();
            let members = match members {
                1 => "1 member".to_owned(),
                _ => format!("{members} members"),
            };
            let what = format!("the group {name:?} with {members} for good");
            confirm_named(yes, &what, &name)?;
            groups::remove(service, &acting, group.stored.id).await
        }
        GroupCommand::Add { which, who } => {
            let (acting, group) = found(service, config, &which).await?;
            let ids = ids(service, &acting, &who.users).await?;
            let added = groups::add(service, &acting, group.stored.id, &ids).await?;
            output::print(&format!("{added} added\n"))
        }
        GroupCommand::Remove { which, who } => {
            let (acting, group) = found(service, config, &which).await?;
            let ids = ids(service, &acting, &who.users).await?;
            let removed = groups::take(service, &acting, group.stored.id, &ids).await?;
            output::print(&format!("{removed} removed\n"))
        }
        GroupCommand::Members { which, output } => members(service, config, &which, &output).await,
    }
}

/// The group that the command names.
async fn found(service: &Service, config: &Config, which: &Which) -> Result<(Acting, Group)> {
    let acting = acting(service, config, &which.of).await?;
    let group = groups::find(service, &acting, &which.group).await?;
    Ok((acting, group))
}

/// The ids of those whom the command names, each once. Whether an id is somebody's is found out in the transaction.
async fn ids(service: &Service, acting: &Acting, named: &[String]) -> Result<Vec<Uuid>> {
    let mut ids = Vec::with_capacity(named.len());
    for one in named {
        let id = match Uuid::try_parse(one) {
            Ok(id) => id,
            Err(_) => acting.find(service, one).await?.stored.id,
        };
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

fn team(acting: &Acting) -> Result<(&ResourceType, &Team)> {
    let groups = acting.groups()?;
    let team = groups.team.as_ref();
    let team = team.ok_or_else(|| Error::internal("groups have no audience"))?;
    Ok((groups, team))
}

/// Both conditions.
fn filter_of(
    team: &Team,
    audience: Option<AudienceName>,
    filter: Option<String>,
) -> Option<String> {
    let Some(audience) = audience else {
        return filter;
    };
    let own = format!("{} eq \"{}\"", team.audience.path(), audience.name());
    Some(match filter {
        Some(filter) => format!("({filter}) and {own}"),
        None => own,
    })
}

async fn list(service: &Service, acting: &Acting, page: Page, shown: &Output) -> Result<()> {
    let (groups, team) = team(acting)?;
    let members = groups.relation(crate::schema::Relation::Members);
    let members: Vec<String> = members.map(|members| members.path()).into_iter().collect();
    // There may be a million of them.
    let found = page
        .read(service, acting, acting.groups()?, &members)
        .await?;
    let id_of = |group: &Value| group.get("id")?.as_str()?.parse::<Uuid>().ok();
    let ids: Vec<Uuid> = found.iter().filter_map(id_of).collect();
    let counts = groups::counts(service, acting, &ids).await?;
    let rows = found.iter().map(|group| {
        let members = id_of(group).and_then(|id| counts.get(&id).copied());
        let document = group.as_object();
        let extension = team.audience.extension.as_deref();
        let extension = extension.and_then(|extension| group.get(extension));
        let of_team = |name: &str| extension.and_then(|extension| extension.get(name)).cloned();
        json!({
            "id": group.get("id"),
            "name": document.and_then(|document| called(groups, document)),
            "audience": of_team(&team.audience.name).unwrap_or_else(|| json!(AudienceName::Customer.name())),
            "role": of_team(&team.role.name),
            "members": members,
            "modified": group.pointer("/meta/lastModified"),
        })
    });
    output::list(shown.format, &rows.collect::<Vec<_>>())
}

async fn show(service: &Service, config: &Config, which: &Which, shown: &Output) -> Result<()> {
    let (acting, group) = found(service, config, which).await?;
    let facts = groups::facts(service, &acting, &group).await?;
    let (groups, team) = team(&acting)?;
    let of_team = |attribute| {
        crate::resource::simple_value(&group.document, attribute).and_then(Value::as_str)
    };
    let object = json!({
        "id": group.stored.id,
        "name": called(groups, &group.document),
        "audience": of_team(&team.audience).unwrap_or(AudienceName::Customer.name()),
        "role": of_team(&team.role),
        "members": facts.members,
        "connection": facts.connection,
        "created": timestamp(group.stored.meta.created),
        "modified": timestamp(group.stored.meta.last_modified),
        "document": group.document,
    });
    output::object(shown.format, &object)
}

async fn members(service: &Service, config: &Config, which: &Which, shown: &Output) -> Result<()> {
    let (acting, group) = found(service, config, which).await?;
    let mut stream = output::Stream::new(shown.format);
    let mut after = None;
    loop {
        let (portion, next) = groups::members(service, &acting, &group, after, PORTION).await?;
        let rows = portion.into_iter().map(|member| {
            json!({
                "id": member.id, "type": member.kind, "user": member.called, "display": member.display,
            })
        });
        let is_read = stream.print(&rows.collect::<Vec<_>>())?;
        if next.is_none() || !is_read {
            return stream.end();
        }
        after = next;
    }
}
