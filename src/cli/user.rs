//! `muster user`: people, and whether and how they can sign in.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{OfTenant, Output, Page, confirm, confirm_named, output, tenant_of};
use crate::auth::{Operator, TenantFacts};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::resource::{called, timestamp};
use crate::service::Service;
use crate::service::account::acting::{Acting, Request};
use crate::service::account::onboarding::{self, NewPerson, Onboarded, Onboarding};
use crate::service::account::people::{self, Switch};
use crate::service::account::{Source, State, detach, groups, import, registration};

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// List people
    List {
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        page: Page,
        #[command(flatten)]
        output: Output,
    },
    /// Show a person with everything that is known of the account
    #[command(alias = "show")]
    Get {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        output: Output,
    },
    /// Create a person; without a way to a password nobody can sign in until one is set
    Create {
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        person: NewUser,
        /// How the person comes to a password
        #[arg(long, value_enum, default_value_t = Way::Invite)]
        onboarding: Way,
    },
    /// Send an invitation again, or print the link to hand over
    Invite {
        #[command(flatten)]
        who: Who,
        /// Print the link instead of sending a letter
        #[arg(long)]
        offline: bool,
    },
    /// Set a temporary password and print it, alone, once; all sessions end
    SetTemporaryPassword {
        #[command(flatten)]
        who: Who,
        /// Take this one, where the tenant allows it (password.typed)
        #[arg(long)]
        password: Option<String>,
    },
    /// Send a link to set a new password, or print it to hand over
    ResetPassword {
        #[command(flatten)]
        who: Who,
        /// Print the link instead of sending a letter
        #[arg(long)]
        offline: bool,
        /// Refuse the old password at once
        #[arg(long)]
        block: bool,
    },
    /// Refuse signing in; all sessions end at once
    Lock {
        #[command(flatten)]
        who: Who,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Let the person sign in again
    Unlock(Who),
    /// Let the account be used
    Activate(Who),
    /// Let the account not be used; all sessions end at once
    Deactivate(Who),
    /// Approve somebody who has registered
    Approve(Who),
    /// Delete a person for good
    Delete {
        #[command(flatten)]
        who: Who,
        /// Yes, for good
        #[arg(long)]
        yes: bool,
    },
    /// List who has been deleted and not been purged yet
    Deleted {
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        output: Output,
    },
    /// Erase what is left of somebody who has been deleted
    Purge {
        /// The id
        id: Uuid,
        #[command(flatten)]
        of: OfTenant,
        /// Yes, for good
        #[arg(long)]
        yes: bool,
    },
    /// End all sessions of a person
    KillSessions(Who),
    /// Create people from a CSV file with a header line: username, givenname, familyname, emailaddress, groups (a|b), ...
    Import {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        of: OfTenant,
        /// Check everything and keep nothing
        #[arg(long)]
        dry_run: bool,
        /// How they come to a password
        #[arg(long, value_enum, default_value_t = Way::Invite)]
        onboarding: Way,
        #[command(flatten)]
        output: Output,
    },
    /// Write all people as CSV
    Export {
        #[command(flatten)]
        of: OfTenant,
        /// The file; without, standard output
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// Take a person away from the provisioning client that looks after them
    Detach(Who),
    /// Assign a customer to an operator, or to nobody
    Assign {
        #[command(flatten)]
        who: Who,
        /// The operator, by id or user name; without: nobody
        #[arg(long)]
        to: Option<String>,
        /// Also when another operator has the customer
        #[arg(long = "move")]
        is_moved: bool,
    },
}

/// A person of a tenant.
#[derive(Debug, Args)]
pub(super) struct Who {
    /// The user name or the id
    user: String,
    #[command(flatten)]
    of: OfTenant,
}

/// What is said of a new person.
#[derive(Debug, Args)]
pub(super) struct NewUser {
    /// The user name: a mail address, unless the tenant takes others (username.format)
    pub(super) username: String,
    /// First name
    #[arg(long)]
    given: Option<String>,
    /// Last name
    #[arg(long)]
    family: Option<String>,
    /// Mail address, where the user name is none
    #[arg(long)]
    email: Option<String>,
    /// Language of pages and letters, such as de
    #[arg(long)]
    language: Option<String>,
    /// A group to be in, by name or id; may be given several times
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
}

/// How a person comes to a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Way {
    /// A letter with a link
    Invite,
    /// A link to hand over
    Link,
    /// A generated password that must be changed when it is first used
    TemporaryPassword,
    /// Not at all
    None,
}

impl Way {
    pub(super) fn onboarding(self) -> Onboarding {
        match self {
            Self::Invite => Onboarding::Invite,
            Self::Link => Onboarding::InviteOffline,
            Self::TemporaryPassword => Onboarding::TemporaryPassword(None),
            Self::None => Onboarding::None,
        }
    }
}

impl NewUser {
    /// The SCIM user.
    pub(super) fn body(&self, acting: &Acting) -> Result<Value> {
        let (_, account) = acting.people()?;
        let mut body = Map::new();
        body.insert(account.username.name.clone(), json!(self.username));
        let mut name = Map::new();
        for (attribute, value) in [
            (&account.given_name, &self.given),
            (&account.family_name, &self.family),
        ] {
            if let Some(value) = value {
                name.insert(attribute.name.clone(), json!(value));
            }
        }
        if let (Some(parent), false) = (&account.given_name.parent, name.is_empty()) {
            body.insert(parent.to_string(), Value::Object(name));
        }
        if let Some(email) = &self.email {
            let value = json!([{"value": email, "primary": true}]);
            body.insert(account.emails.name.clone(), value);
        }
        if let Some(language) = &self.language {
            body.insert(account.language.name.clone(), json!(language));
        }
        Ok(Value::Object(body))
    }
}

/// The command line at work in a tenant.
pub(super) async fn acting(service: &Service, config: &Config, of: &OfTenant) -> Result<Acting> {
    let tenant = tenant_of(service, of).await?;
    let facts = TenantFacts {
        key: tenant.key,
        name: tenant.name,
        schema_version: tenant.schema_version,
    };
    let request = Request {
        id: Uuid::now_v7().to_string(),
        base_url: format!("{}/scim/v2", config.public_url()),
    };
    let actor = "operator cli".to_owned();
    Acting::operator(service, &facts, actor, Operator::local(), request).await
}

/// Prints what a new person needs to know, once.
pub(super) fn print_onboarded(
    config: &Config,
    acting: &Acting,
    onboarded: &Onboarded,
    page: &str,
) -> Result<()> {
    if let Some((password, expires)) = &onboarded.password {
        eprintln!("temporary password, good until {}:", timestamp(*expires));
        return output::print(&format!("{password}\n"));
    }
    if let Some(link) = &onboarded.link {
        eprintln!("link, good once and until {}:", timestamp(link.expires));
        let tenant = &acting.caller.tenant_name;
        let url = config.public_url();
        return output::print(&format!("{url}/t/{tenant}/{page}/{}\n", link.secret));
    }
    if let Some(address) = &onboarded.address {
        eprintln!("a letter to {address} is on its way");
    }
    output::print(&format!("{}\n", onboarded.id))
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm for each command, most of them a line or two"
)]
pub(super) async fn run(service: &Service, config: &Config, command: UserCommand) -> Result<()> {
    match command {
        UserCommand::List { of, page, output } => {
            let acting = acting(service, config, &of).await?;
            list(service, &acting, page, &output).await
        }
        UserCommand::Get { who, output } => get(service, config, &who, &output).await,
        UserCommand::Create {
            of,
            person,
            onboarding,
        } => {
            let acting = acting(service, config, &of).await?;
            let mut joined = Vec::with_capacity(person.groups.len());
            for group in &person.groups {
                joined.push(groups::find(service, &acting, group).await?.stored.id);
            }
            let new = NewPerson {
                body: person.body(&acting)?,
                groups: joined,
                onboarding: onboarding.onboarding(),
                source: Source::Admin,
                password_hash: None,
            };
            let created = onboarding::create(service, &acting, &new).await?;
            print_onboarded(config, &acting, &created, "invite")
        }
        UserCommand::Invite { who, offline } => {
            let (acting, id) = found(service, config, &who).await?;
            let invited = onboarding::invite(service, &acting, id, offline).await?;
            print_onboarded(config, &acting, &invited, "invite")
        }
        UserCommand::SetTemporaryPassword { who, password } => {
            let (acting, id) = found(service, config, &who).await?;
            let typed = password.as_deref();
            let set = onboarding::set_temporary_password(service, &acting, id, typed).await?;
            print_onboarded(config, &acting, &set, "invite")
        }
        UserCommand::ResetPassword {
            who,
            offline,
            block,
        } => {
            let (acting, id) = found(service, config, &who).await?;
            let (address, link) = people::reset(service, &acting, id, offline, block).await?;
            let onboarded = Onboarded {
                id,
                address,
                link,
                password: None,
            };
            print_onboarded(config, &acting, &onboarded, "reset")
        }
        UserCommand::Lock { who, reason } => {
            switch(service, config, &who, &Switch::Lock(reason)).await
        }
        UserCommand::Unlock(who) => switch(service, config, &who, &Switch::Unlock).await,
        UserCommand::Activate(who) => switch(service, config, &who, &Switch::Activate).await,
        UserCommand::Deactivate(who) => switch(service, config, &who, &Switch::Deactivate).await,
        UserCommand::Approve(who) => {
            let (acting, id) = found(service, config, &who).await?;
            registration::approve(service, &acting, id).await
        }
        UserCommand::Delete { who, yes } => {
            let acting = acting(service, config, &who.of).await?;
            let person = acting.find(service, &who.user).await?;
            let name = called(acting.people()?.0, &person.document).unwrap_or_default();
            confirm_named(yes, &format!("the user {name:?} for good"), &name)?;
            people::remove(service, &acting, person.stored.id).await
        }
        UserCommand::Deleted { of, output } => {
            let acting = acting(service, config, &of).await?;
            deleted(service, &acting, &output).await
        }
        UserCommand::Purge { id, of, yes } => {
            let acting = acting(service, config, &of).await?;
            confirm(yes, "what is left of a deleted user")?;
            people::purge(service, &acting, id).await
        }
        UserCommand::KillSessions(who) => {
            let (acting, id) = found(service, config, &who).await?;
            let ended = people::end_sessions(service, &acting, id).await?;
            output::print(&format!("{ended}\n"))
        }
        UserCommand::Import {
            file,
            of,
            dry_run,
            onboarding,
            output,
        } => {
            let acting = acting(service, config, &of).await?;
            let onboarding = onboarding.onboarding();
            read_in(
                service,
                config,
                &acting,
                &file,
                (&onboarding, dry_run),
                &output,
            )
            .await
        }
        UserCommand::Export { of, file } => {
            let acting = acting(service, config, &of).await?;
            let sheet = import::export(service, &acting).await?;
            write_out(file.as_ref(), &sheet)
        }
        UserCommand::Detach(who) => {
            let (acting, id) = found(service, config, &who).await?;
            detach(service, &acting, id).await
        }
        UserCommand::Assign { who, to, is_moved } => {
            let (acting, id) = found(service, config, &who).await?;
            let operator = match &to {
                Some(operator) => Some(acting.find(service, operator).await?.stored.id),
                None => None,
            };
            people::assign(service, &acting, id, operator, is_moved).await
        }
    }
}

/// The person that the command names.
async fn found(service: &Service, config: &Config, who: &Who) -> Result<(Acting, Uuid)> {
    let acting = acting(service, config, &who.of).await?;
    let id = acting.find(service, &who.user).await?.stored.id;
    Ok((acting, id))
}

async fn switch(service: &Service, config: &Config, who: &Who, to: &Switch) -> Result<()> {
    let (acting, id) = found(service, config, who).await?;
    people::switch(service, &acting, id, to).await
}

async fn list(service: &Service, acting: &Acting, page: Page, shown: &Output) -> Result<()> {
    let (people, account) = acting.people()?;
    let found = page.read(service, acting, people, &[]).await?;
    let rows = found.iter().map(|user| {
        let extension = account
            .state
            .extension
            .as_deref()
            .and_then(|extension| user.get(extension));
        let of_account = |name: &str| extension.and_then(|extension| extension.get(name)).cloned();
        let active = user.get(&account.active.name).and_then(Value::as_bool);
        let state = of_account(&account.state.name).unwrap_or_else(|| {
            let state = if active == Some(false) {
                State::Deactivated
            } else {
                State::Active
            };
            json!(state.name())
        });
        json!({
            "id": user.get("id"),
            "user": user.get(&account.username.name),
            "kind": of_account(&account.kind.name).unwrap_or_else(|| json!("customer")),
            "state": state,
            "modified": user.pointer("/meta/lastModified"),
        })
    });
    output::list(shown.format, &rows.collect::<Vec<_>>())
}

async fn get(service: &Service, config: &Config, who: &Who, shown: &Output) -> Result<()> {
    let (acting, id) = found(service, config, who).await?;
    let person = acting.find(service, &who.user).await?;
    let facts = people::facts(service, &acting, id).await?;
    let time = |at: Option<i64>| at.map(timestamp);
    let known = &facts.credential;
    let sessions: Vec<Value> = facts
        .sessions
        .iter()
        .map(|session| {
            json!({
                "id": session.id, "name": session.name, "since": timestamp(session.created),
                "lastUsed": timestamp(session.last_used), "address": session.address,
            })
        })
        .collect();
    let object = json!({
        "id": id,
        "document": person.document,
        "hasPassword": facts.has_password,
        "passwordChanged": time(known.password_changed),
        "passwordExpires": time(known.password_expires),
        "lockedUntil": time(known.locked_until),
        "verifiedAddress": known.verified_address,
        "lastSignIn": time(known.last_sign_in),
        "secondFactor": time(facts.second_factor),
        "sessions": sessions,
    });
    output::object(shown.format, &object)
}

async fn deleted(service: &Service, acting: &Acting, shown: &Output) -> Result<()> {
    let found = people::deleted(service, acting, 0, 10_000).await?;
    let rows = found.into_iter().map(|one| {
        json!({
            "id": one.id, "user": one.username, "name": one.display_name, "kind": one.kind,
            "by": one.actor, "deleted": timestamp(one.deleted),
        })
    });
    output::list(shown.format, &rows.collect::<Vec<_>>())
}

async fn read_in(
    service: &Service,
    config: &Config,
    acting: &Acting,
    file: &PathBuf,
    (onboarding, is_rehearsal): (&Onboarding, bool),
    shown: &Output,
) -> Result<()> {
    let bytes = std::fs::read(file).map_err(|error| {
        Error::invalid_value(format!("{} cannot be read", file.display())).caused_by(error)
    })?;
    let is_watched = std::io::stderr().is_terminal();
    let report = import::import(
        service,
        acting,
        &bytes,
        onboarding,
        is_rehearsal,
        |done, total| {
            if is_watched && (done % 20 == 0 || done == total) {
                eprint!("\r{done} of {total} rows");
            }
        },
    );
    let mut report = report.await?;
    if is_watched {
        eprintln!();
    }
    if *onboarding == Onboarding::InviteOffline {
        let tenant = &acting.caller.tenant_name;
        for row in &mut report.rows {
            let url = config.public_url();
            row.secret = row
                .secret
                .take()
                .map(|secret| format!("{url}/t/{tenant}/invite/{secret}"));
        }
    }
    eprintln!(
        "{} rows: {} {}, {} skipped, {} failed",
        report.total,
        report.created,
        if is_rehearsal {
            "would be created"
        } else {
            "created"
        },
        report.skipped,
        report.failed
    );
    let rows = serde_json::to_value(&report.rows)
        .map_err(|error| Error::internal("a report cannot be written").caused_by(error))?;
    let rows = rows.as_array().cloned().unwrap_or_default();
    output::list(shown.format, &rows)?;
    if report.failed > 0 {
        return Err(Error::bad_request(format!(
            "{} of {} rows failed",
            report.failed, report.total
        )));
    }
    Ok(())
}

fn write_out(file: Option<&PathBuf>, sheet: &[u8]) -> Result<()> {
    let Some(file) = file else {
        return output::print(&String::from_utf8_lossy(sheet));
    };
    std::fs::write(file, sheet).map_err(|error| {
        Error::internal(format!("{} cannot be written", file.display())).caused_by(error)
    })
}
