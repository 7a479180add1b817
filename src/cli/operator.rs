//! `muster operator`: the people who work in the console.

use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::user::{NewUser, Way, acting, print_onboarded};
use super::{OfTenant, Output, output};
use crate::auth::Role;
use crate::config::Config;
use crate::error::Result;
use crate::resource::timestamp;
use crate::service::Service;
use crate::service::account::{operators, second_factor};

#[derive(Debug, Subcommand)]
pub(super) enum OperatorCommand {
    /// List operators with their roles
    List {
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        output: Output,
    },
    /// Create an operator; the first one should be an owner
    Create {
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        person: NewUser,
        /// What the operator may do
        #[arg(long, value_enum)]
        role: RoleName,
        /// How the operator comes to a password
        #[arg(long, value_enum, default_value_t = Way::Link)]
        onboarding: Way,
    },
    /// Give an operator a role, or take it away
    Role {
        /// The user name or the id
        user: String,
        /// The role
        #[arg(value_enum)]
        role: RoleName,
        #[command(flatten)]
        of: OfTenant,
        /// Take it away
        #[arg(long)]
        remove: bool,
    },
    /// Remove the second factor of an operator who has lost it; all their sessions end
    ResetSecondFactor {
        /// The user name or the id
        operator: String,
        #[command(flatten)]
        of: OfTenant,
    },
}

/// A role by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RoleName {
    /// Everything, operators included
    Owner,
    /// Customers and their groups
    Admin,
    /// Passwords and locks of customers
    Helpdesk,
    /// To look at everything
    Auditor,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Owner => Self::Owner,
            RoleName::Admin => Self::Admin,
            RoleName::Helpdesk => Self::Helpdesk,
            RoleName::Auditor => Self::Auditor,
        }
    }
}

pub(super) async fn run(
    service: &Service,
    config: &Config,
    command: OperatorCommand,
) -> Result<()> {
    match command {
        OperatorCommand::List { of, output } => {
            let acting = acting(service, config, &of).await?;
            let (_, account) = acting.people()?;
            let found = operators::list(service, &acting).await?;
            let rows = found.into_iter().map(|(person, roles)| {
                let state = crate::service::account::State::of(account, &person.document);
                json!({
                    "id": person.stored.id,
                    "user": person.document.get(&account.username.name),
                    "roles": roles.join(" "),
                    "state": state.name(),
                    "created": timestamp(person.stored.meta.created),
                })
            });
            output::list(output.format, &rows.collect::<Vec<_>>())
        }
        OperatorCommand::Create {
            of,
            person,
            role,
            onboarding,
        } => {
            let acting = acting(service, config, &of).await?;
            let body = person.body(&acting)?;
            let way = onboarding.onboarding();
            let created = operators::create(service, &acting, body, role.into(), way).await?;
            print_onboarded(config, &acting, &created, "invite")
        }
        OperatorCommand::Role {
            user,
            role,
            of,
            remove,
        } => {
            let acting = acting(service, config, &of).await?;
            let id = acting.find(service, &user).await?.stored.id;
            operators::set_role(service, &acting, id, role.into(), !remove).await
        }
        OperatorCommand::ResetSecondFactor { operator, of } => {
            let acting = acting(service, config, &of).await?;
            let id = acting.find(service, &operator).await?.stored.id;
            second_factor::reset(service, &acting, id).await
        }
    }
}
