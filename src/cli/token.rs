//! `muster token`: access tokens of connections and of users.

use clap::Subcommand;
use serde_json::{Value, json};
use time::Duration;

use super::{OfTenant, Output, duration, find, output, tenant_of};
use crate::error::{Error, Result};
use crate::resource::timestamp;
use crate::service::Service;
use crate::service::admin::{self, DEFAULT_LIFE, Token};

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// List a tenant's tokens, without their secrets
    List {
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        output: Output,
    },
    /// Show a token, without its secret
    Get {
        /// Its public id
        id: String,
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        output: Output,
    },
    /// Make a token and print it, alone, once
    Create {
        #[command(flatten)]
        of: OfTenant,
        /// The connection it belongs to
        #[arg(long)]
        connection: String,
        /// What it allows, such as "users:read groups:read", "read" or "write"; without: what the connection's profile says
        #[arg(long)]
        scopes: Option<String>,
        #[command(flatten)]
        life: Life,
        /// The user it belongs to, by id or user name: it is good for /Me and that user's resource only
        #[arg(long)]
        user: Option<String>,
    },
    /// Make a token that takes the place of another and print it, alone, once; the other one stays good for the overlap
    Rotate {
        /// The public id of the other one
        id: String,
        #[command(flatten)]
        of: OfTenant,
        /// How long the other one stays good: 7d, 12h, 30m
        #[arg(long, value_name = "TIME", value_parser = duration, default_value = "7d")]
        overlap: Duration,
        #[command(flatten)]
        life: Life,
    },
    /// Revoke a token, from the next request on
    #[command(alias = "delete")]
    Revoke {
        /// Its public id
        id: String,
        #[command(flatten)]
        of: OfTenant,
    },
}

/// How long something lives.
#[derive(Debug, clap::Args)]
pub(super) struct Life {
    /// How long it is valid: 90d, 12h, 30m; without: 365d
    #[arg(long, value_name = "TIME", value_parser = duration, conflicts_with = "never_expires")]
    expires_in: Option<Duration>,
    /// It ends only when it is revoked; RFC 7644 §7.4 wants a limited life
    #[arg(long)]
    never_expires: bool,
}

impl Life {
    fn length(&self) -> Option<Duration> {
        (!self.never_expires).then_some(self.expires_in.unwrap_or(DEFAULT_LIFE))
    }
}

pub(super) async fn run(service: &Service, command: TokenCommand) -> Result<()> {
    match command {
        TokenCommand::List { of, output } => {
            let tenant = tenant_of(service, &of).await?;
            let tokens = admin::list_tokens(service, &tenant).await?;
            let now = service.clock.now();
            let rows: Vec<Value> = tokens.iter().map(|token| row(token, now)).collect();
            output::list(output.format, &rows)
        }
        TokenCommand::Get { id, of, output } => {
            let tenant = tenant_of(service, &of).await?;
            let tokens = admin::list_tokens(service, &tenant).await?;
            let token = tokens.iter().find(|token| token.id == id);
            let token = token.ok_or_else(|| {
                Error::not_found(format!("the tenant {:?} has no token {id:?}", tenant.name))
            })?;
            output::object(output.format, &row(token, service.clock.now()))
        }
        TokenCommand::Create {
            of,
            connection,
            scopes,
            life,
            user,
        } => {
            let connection = find(service, &of, &connection).await?;
            let (scopes, user) = (scopes.as_deref(), user.as_deref());
            let token =
                admin::create_token(service, &connection, scopes, life.length(), user).await?;
            output::print(&format!("{}\n", token.secret))
        }
        TokenCommand::Rotate {
            id,
            of,
            overlap,
            life,
        } => {
            let tenant = tenant_of(service, &of).await?;
            let token = admin::rotate_token(service, &tenant, &id, overlap, life.length()).await?;
            output::print(&format!("{}\n", token.secret))
        }
        TokenCommand::Revoke { id, of } => {
            let tenant = tenant_of(service, &of).await?;
            admin::revoke_token(service, &tenant, &id).await?;
            output::print(&format!("token {id} revoked\n"))
        }
    }
}

fn row(token: &Token, now: i64) -> Value {
    json!({
        "id": token.id,
        "connection": token.connection,
        "user": token.subject,
        "scopes": token.scopes,
        "created": timestamp(token.created),
        "expires": token.expires.map(timestamp),
        "revoked": token.revoked.map(timestamp),
        "last_used": token.last_used.map(timestamp),
        "last_address": token.last_address,
        "state": state(token, now),
    })
}

fn state(token: &Token, now: i64) -> String {
    const DAY: i64 = 86_400_000_000;
    if token.revoked.is_some() {
        return "revoked".to_owned();
    }
    match token.expires.map(|expires| expires - now) {
        Some(left) if left <= 0 => "expired".to_owned(),
        Some(left) if left < 30 * DAY => format!("expires in {} days", left / DAY),
        Some(_) | None => "valid".to_owned(),
    }
}
