//! `muster log`: what clients asked, and what they were answered.

use std::time::Duration as Pause;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use time::Duration;

use super::output::{self, Format};
use super::{OfTenant, Output, duration, find};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::resource::timestamp;
use crate::server::log_url;
use crate::service::explain::{Explained, explain};
use crate::service::requests::target;
use crate::service::{Service, admin};
use crate::store::log::{Entry, LogStore, Wanted};

#[derive(Debug, Subcommand)]
pub(super) enum LogCommand {
    /// List requests, newest first
    List {
        #[command(flatten)]
        filter: Filter,
        /// How many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
        /// Only those before the entry with this number: the next page
        #[arg(long, value_name = "NUMBER")]
        before: Option<i64>,
        #[command(flatten)]
        output: Output,
    },
    /// Show a request with its answer
    Show {
        /// The entry's number
        id: i64,
        #[command(flatten)]
        output: Output,
    },
    /// Print requests as they come, until Ctrl+C
    Tail {
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        output: Output,
    },
    /// Say in words what a request was understood to be, what it changed, or why it was refused and what to change
    Explain {
        /// The entry's number
        id: i64,
        #[command(flatten)]
        output: Output,
    },
}

/// Which requests.
#[derive(Debug, Args)]
pub(super) struct Filter {
    /// Of this tenant; without: of all, and those that could not say whose they are
    #[arg(long)]
    tenant: Option<String>,
    /// Of this connection
    #[arg(long)]
    connection: Option<String>,
    /// With this outcome
    #[arg(long)]
    outcome: Option<Outcome>,
    /// That changed, or tried to change, the resource with this id
    #[arg(long, value_name = "ID")]
    resource: Option<String>,
    /// With --resource: also those that only read it, which takes a walk through the log
    #[arg(long, requires = "resource")]
    reads: bool,
    /// The request with this id, as the X-Request-Id of its answer says
    #[arg(long, value_name = "ID")]
    request: Option<String>,
    /// Not older than this: 7d, 12h, 30m
    #[arg(long, value_name = "TIME", value_parser = duration)]
    since: Option<Duration>,
    /// Older than this: 7d, 12h, 30m
    #[arg(long, value_name = "TIME", value_parser = duration)]
    until: Option<Duration>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Outcome {
    /// Carried out
    Ok,
    /// The client's fault
    Refused,
    /// Held by the shield, or the connection is frozen
    Held,
    /// The server's fault
    Failed,
}

pub(super) async fn run(service: &Service, config: &Config, command: LogCommand) -> Result<()> {
    let log = LogStore::open(&log_url(config)).await?;
    let outcome = match command {
        LogCommand::List {
            filter,
            limit,
            before,
            output,
        } => {
            let mut wanted = filter.wanted(service).await?;
            (wanted.limit, wanted.before) = (limit, before);
            let rows = log.list(&wanted).await?;
            let names = Names::read(service).await?;
            let rows: Vec<Value> = rows.iter().map(|entry| names.row(entry)).collect();
            output::list(output.format, &rows)
        }
        LogCommand::Show { id, output } => {
            let names = Names::read(service).await?;
            show(&get(&log, id).await?, &names, output.format)
        }
        LogCommand::Tail { filter, output } => tail(service, &log, &filter, output.format).await,
        LogCommand::Explain { id, output } => {
            let explained = explain(service, &get(&log, id).await?).await?;
            print_explained(&explained, output.format)
        }
    };
    log.close().await;
    outcome
}

async fn get(log: &LogStore, id: i64) -> Result<Entry> {
    let found = log.get(id).await?;
    found.ok_or_else(|| {
        Error::not_found(format!(
            "the log has no entry {id}; \"muster log list\" shows those it has"
        ))
    })
}

impl Filter {
    async fn wanted(&self, service: &Service) -> Result<Wanted> {
        let ago = |span: Duration| {
            let span = i64::try_from(span.whole_microseconds()).unwrap_or(i64::MAX);
            service.clock.now() - span
        };
        let mut wanted = Wanted {
            resource: self.resource.clone(),
            with_reads: self.reads,
            request_id: self.request.clone(),
            outcome: self.outcome.map(|outcome| {
                let word = match outcome {
                    Outcome::Ok => "ok",
                    Outcome::Refused => "refused",
                    Outcome::Held => "held",
                    Outcome::Failed => "failed",
                };
                word.to_owned()
            }),
            since: self.since.map(ago),
            until: self.until.map(ago),
            ..Wanted::default()
        };
        if let Some(name) = &self.connection {
            let tenant = self.tenant.clone().unwrap_or_else(|| "default".to_owned());
            let connection = find(service, &OfTenant { tenant }, name).await?;
            wanted.tenant = Some(connection.tenant);
            wanted.connection = Some(connection.key);
        } else if let Some(tenant) = &self.tenant {
            wanted.tenant = Some(admin::get_tenant(service, tenant).await?.key);
        }
        Ok(wanted)
    }
}

/// What tenants and connections are called.
struct Names(Vec<TenantNames>);

/// A tenant's key and name, and those of its connections.
type TenantNames = (i32, String, Vec<(i32, String)>);

impl Names {
    async fn read(service: &Service) -> Result<Self> {
        let mut names = Vec::new();
        for tenant in admin::list_tenants(service).await? {
            let connections = admin::list_connections(service, &tenant).await?;
            let connections = connections.into_iter();
            let connections = connections
                .map(|one| (one.key.number(), one.name))
                .collect();
            names.push((tenant.key.number(), tenant.name, connections));
        }
        Ok(Self(names))
    }

    fn of(&self, entry: &Entry) -> (Option<&str>, Option<&str>) {
        let tenant = self.0.iter().find(|(key, ..)| Some(*key) == entry.tenant);
        let connection = tenant.and_then(|(_, _, connections)| {
            connections
                .iter()
                .find(|(key, _)| Some(*key) == entry.connection)
        });
        (
            tenant.map(|(_, name, _)| name.as_str()),
            connection.map(|(_, name)| name.as_str()),
        )
    }

    fn row(&self, entry: &Entry) -> Value {
        let (tenant, connection) = self.of(entry);
        json!({
            "id": entry.key,
            "at": timestamp(entry.at),
            "tenant": tenant,
            "connection": connection,
            "request": format!("{} {}", entry.method, shortened(&target(entry), 100)),
            "status": entry.status,
            "outcome": entry.outcome,
            "ms": milliseconds(entry.duration),
            "scimType": entry.scim_type,
            "detail": entry.detail.as_deref().map(|detail| shortened(detail, 160)),
        })
    }
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most).collect();
    format!("{kept}…")
}

fn milliseconds(microseconds: i64) -> Value {
    let text = format!("{}.{:03}", microseconds / 1_000, microseconds % 1_000);
    text.parse::<f64>()
        .map_or(Value::Null, |number| json!(number))
}

fn show(entry: &Entry, names: &Names, format: Format) -> Result<()> {
    let (tenant, connection) = names.of(entry);
    let parsed = |text: &Option<String>| {
        text.as_ref()
            .map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str())))
    };
    let object = json!({
        "id": entry.key,
        "at": timestamp(entry.at),
        "ms": milliseconds(entry.duration),
        "tenant": tenant,
        "connection": connection,
        "actor": entry.actor,
        "token": entry.token_id,
        "address": entry.address,
        "request_id": entry.request_id,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "headers": serde_json::from_str::<Value>(&entry.headers).unwrap_or_default(),
        "resource_type": entry.resource_type,
        "resource_id": entry.resource_id,
        "status": entry.status,
        "outcome": entry.outcome,
        "error": entry.error_kind,
        "scimType": entry.scim_type,
        "detail": entry.detail,
        "request_bytes": entry.request_bytes,
        "request": parsed(&entry.request_body),
        "response_bytes": entry.response_bytes,
        "response": parsed(&entry.response_body),
    });
    if format == Format::Table {
        return output::print(&format!("{object:#}\n"));
    }
    output::object(format, &object)
}

async fn tail(service: &Service, log: &LogStore, filter: &Filter, format: Format) -> Result<()> {
    let mut wanted = filter.wanted(service).await?;
    let newest = Wanted {
        limit: 1,
        ..Wanted::default()
    };
    let newest = log.list(&newest).await?;
    wanted.after = Some(newest.first().map_or(0, |entry| entry.key));
    wanted.limit = 1_000;
    wanted.is_ascending = true;
    wanted.since = None;
    let mut names = Names::read(service).await?;
    if format == Format::Table {
        let heading = ("ID", "TIME", "CONNECTION", "REQUEST");
        output::print(&format!(
            "{:<7} {:<8}  {:<14} {:<60} STATUS  OUTCOME\n",
            heading.0, heading.1, heading.2, heading.3
        ))?;
    }
    loop {
        let entries = log.list(&wanted).await?;
        if let Some(last) = entries.last() {
            wanted.after = Some(last.key);
            names = Names::read(service).await?;
        }
        for entry in &entries {
            let row = names.row(entry);
            if format == Format::Table {
                output::print(&line(&row))?;
            } else {
                output::print(&format!("{row}\n"))?;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(Pause::from_millis(500)) => {}
            _ = tokio::signal::ctrl_c() => return Ok(()),
        }
    }
}

/// One request on one line.
fn line(row: &Value) -> String {
    let text = |name: &str| match row.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let at = text("at");
    let time = at.get(11..19).unwrap_or(&at);
    let line = format!(
        "{:<7} {time}  {:<14} {:<60} {:<6}  {:<7} {}",
        text("id"),
        text("connection"),
        text("request"),
        text("status"),
        text("outcome"),
        text("detail"),
    );
    format!("{}\n", line.trim_end())
}

fn print_explained(explained: &Explained, format: Format) -> Result<()> {
    if format == Format::Table {
        return output::print(&explained.to_string());
    }
    output::object(format, &explained.to_json())
}
