//! `muster client`, `muster issuer`, `muster key`: OAuth 2.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use time::Duration;

use super::{OfTenant, Output, confirm, duration, find, output, tenant_of};
use crate::auth::jwks::RemoteKeys;
use crate::auth::oauth::Assertions;
use crate::auth::{Reading, keys};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::resource::timestamp;
use crate::service::Service;
use crate::service::admin::{self, NewIssuer};

#[derive(Debug, Subcommand)]
pub(super) enum ClientCommand {
    /// List a tenant's clients, without their secrets
    List {
        #[command(flatten)]
        of: OfTenant,
        #[command(flatten)]
        output: Output,
    },
    /// Make a client that gets access tokens at /oauth/token and print its id and, once, its secret
    Create {
        #[command(flatten)]
        of: OfTenant,
        /// The connection it belongs to
        #[arg(long)]
        connection: String,
        /// The most that its tokens allow; without: what the connection's profile says
        #[arg(long)]
        scopes: Option<String>,
        #[command(flatten)]
        keys: KeySource,
        /// Who signs the assertions, where it is not the client itself (workload identity federation)
        #[arg(long, value_name = "ISS", requires = "assertion_subject")]
        assertion_issuer: Option<String>,
        /// The subject of the assertions then
        #[arg(long, value_name = "SUB", requires = "assertion_issuer")]
        assertion_subject: Option<String>,
        /// The audience of the assertions then; without: this server
        #[arg(long, value_name = "AUD", requires = "assertion_issuer")]
        assertion_audience: Option<String>,
        #[command(flatten)]
        output: Output,
    },
    /// Give a client another secret and print it, alone, once; the one before stays good for the overlap
    Rotate {
        /// Its id
        id: String,
        #[command(flatten)]
        of: OfTenant,
        /// How long the secret before stays good: 7d, 12h, 30m
        #[arg(long, value_name = "TIME", value_parser = duration, default_value = "7d")]
        overlap: Duration,
    },
    /// Delete a client; its access tokens end with the next request
    Delete {
        /// Its id
        id: String,
        #[command(flatten)]
        of: OfTenant,
        /// Yes
        #[arg(long)]
        yes: bool,
    },
}

/// Where public keys are.
#[derive(Debug, Args)]
pub(super) struct KeySource {
    /// A file with its public keys, as a JSON Web Key Set
    #[arg(long, value_name = "FILE", conflicts_with = "jwks_url")]
    jwks_file: Option<PathBuf>,
    /// Where its public keys are published
    #[arg(long, value_name = "URL")]
    jwks_url: Option<String>,
}

impl KeySource {
    fn read(&self, config: &Config) -> Result<(Option<Value>, Option<String>)> {
        if let Some(url) = &self.jwks_url {
            RemoteKeys::new(&config.oauth.private_networks)?.check(url)?;
        }
        let keys = self.jwks_file.as_deref().map(key_file).transpose()?;
        Ok((keys, self.jwks_url.clone()))
    }
}

fn key_file(file: &Path) -> Result<Value> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::invalid_value(format!("{shown}: {error}")))?;
    serde_json::from_str(&text)
        .map_err(|error| Error::invalid_value(format!("{shown} is no JSON: {error}")))
}

#[derive(Debug, Subcommand)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one of them in the life of the process"
)]
pub(super) enum IssuerCommand {
    /// List the issuers whose access tokens are accepted
    List(Output),
    /// Accept the access tokens of another issuer
    Create {
        /// A name for it
        name: String,
        /// What its tokens say as "iss"
        #[arg(long)]
        issuer: String,
        /// What its tokens say as "aud"
        #[arg(long)]
        audience: String,
        /// Accepted algorithms: RS256, ES256, `EdDSA` …
        #[arg(long, value_delimiter = ',', default_value = "RS256")]
        algorithms: Vec<String>,
        #[command(flatten)]
        keys: KeySource,
        /// The tenant its tokens are for
        #[arg(long, conflicts_with = "tenant_claim")]
        tenant: Option<String>,
        /// The claim that names the tenant
        #[arg(long, value_name = "CLAIM")]
        tenant_claim: Option<String>,
        /// The connection its tokens are for
        #[arg(long, conflicts_with = "connection_claim")]
        connection: Option<String>,
        /// The claim that names the connection
        #[arg(long, value_name = "CLAIM")]
        connection_claim: Option<String>,
        /// The most that its tokens allow
        #[arg(long)]
        scopes: String,
        /// The claim that lists the scopes, such as scope, scp or roles; without: all of --scopes
        #[arg(long, value_name = "CLAIM")]
        scope_claim: Option<String>,
        /// What the issuer calls a scope, as in Provisioning.Write=users:write
        #[arg(long, value_name = "THEIRS=OURS", value_parser = pair)]
        scope_name: Vec<(String, String)>,
        /// A claim that must have this value
        #[arg(long, value_name = "CLAIM=VALUE", value_parser = pair)]
        require: Vec<(String, String)>,
    },
    /// Accept its tokens no longer
    Delete {
        /// Its name
        name: String,
        /// Yes
        #[arg(long)]
        yes: bool,
    },
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn members(pairs: Vec<(String, String)>) -> Map<String, Value> {
    let members = pairs.into_iter();
    members
        .map(|(name, value)| (name, Value::from(value)))
        .collect()
}

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// List the keys that sign access tokens
    List(Output),
    /// Make a new key; the one before verifies until its tokens have expired
    Rotate {
        /// `EdDSA` or ES256; without: oauth.algorithm
        #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(keys::SIGNING.iter().copied()))]
        algorithm: Option<String>,
    },
}

pub(super) async fn client(
    service: &Service,
    config: &Config,
    command: ClientCommand,
) -> Result<()> {
    match command {
        ClientCommand::List { of, output } => {
            let tenant = tenant_of(service, &of).await?;
            let connections = admin::list_connections(service, &tenant).await?;
            let rows = admin::list_clients(service, &tenant).await?;
            let rows = rows.into_iter().map(|client| {
                let connection = connections.iter().find(|one| one.key == client.connection);
                json!({
                    "id": client.id,
                    "connection": connection.map(|connection| &connection.name),
                    "authentication": if client.assertion.is_some() { "private_key_jwt" } else { "client_secret" },
                    "scopes": client.scopes,
                    "created": timestamp(client.created),
                    "former_secret_until": client.former.map(|(_, until)| timestamp(until)),
                    "last_used": client.last_used.map(timestamp),
                    "last_address": client.last_address,
                })
            });
            output::list(output.format, &rows.collect::<Vec<_>>())
        }
        ClientCommand::Create {
            of,
            connection,
            scopes,
            keys,
            assertion_issuer,
            assertion_subject,
            assertion_audience,
            output,
        } => {
            let connection = find(service, &of, &connection).await?;
            let (keys, keys_url) = keys.read(config)?;
            let has_keys = keys.is_some() || keys_url.is_some();
            if assertion_issuer.is_some() && !has_keys {
                return Err(Error::invalid_value(
                    "--assertion-issuer needs that issuer's keys: --jwks-url or --jwks-file",
                ));
            }
            let assertions = Assertions {
                keys,
                keys_url,
                issuer: assertion_issuer,
                subject: assertion_subject,
                audience: assertion_audience,
            };
            let assertions = has_keys.then_some(&assertions);
            let made =
                admin::create_client(service, &connection, scopes.as_deref(), assertions).await?;
            let own = format!("http://{}", config.server.listen);
            let url = config.server.public_url.as_deref().unwrap_or(&own);
            let mut shown = Map::new();
            shown.insert("client_id".to_owned(), json!(made.id));
            if let Some(secret) = made.secret {
                shown.insert("client_secret".to_owned(), json!(secret));
            }
            shown.insert("token_url".to_owned(), json!(format!("{url}/oauth/token")));
            output::object(output.format, &Value::Object(shown))
        }
        ClientCommand::Rotate { id, of, overlap } => {
            let tenant = tenant_of(service, &of).await?;
            let secret = admin::rotate_client(service, &tenant, &id, overlap).await?;
            output::print(&format!("{secret}\n"))
        }
        ClientCommand::Delete { id, of, yes } => {
            let tenant = tenant_of(service, &of).await?;
            confirm(yes, &format!("the client {id:?}"))?;
            admin::delete_client(service, &tenant, &id).await?;
            output::print(&format!("client {id} deleted\n"))
        }
    }
}

pub(super) async fn issuer(
    service: &Service,
    config: &Config,
    command: IssuerCommand,
) -> Result<()> {
    match command {
        IssuerCommand::List(shown) => {
            let rows = admin::list_issuers(service).await?;
            let rows = rows.into_iter().map(|issuer| {
                let reading: Value =
                    serde_json::from_str(&issuer.configuration).unwrap_or_default();
                json!({
                    "name": issuer.name,
                    "issuer": issuer.issuer,
                    "audience": issuer.audience,
                    "algorithms": reading.get("algorithms"),
                    "keys": reading.get("keys_url").cloned().unwrap_or_else(|| json!("given")),
                    "scopes": issuer.scopes,
                    "created": timestamp(issuer.created),
                })
            });
            output::list(shown.format, &rows.collect::<Vec<_>>())
        }
        IssuerCommand::Create {
            name,
            issuer,
            audience,
            algorithms,
            keys,
            tenant,
            tenant_claim,
            connection,
            connection_claim,
            scopes,
            scope_claim,
            scope_name,
            require,
        } => {
            let (keys, keys_url) = keys.read(config)?;
            let tenant = match tenant {
                Some(tenant) => Some(admin::get_tenant(service, &tenant).await?),
                None => None,
            };
            let connection = match (&tenant, connection) {
                (Some(tenant), Some(name)) => {
                    Some(admin::get_connection(service, tenant, &name).await?)
                }
                (None, Some(_)) => {
                    return Err(Error::invalid_value("--connection needs --tenant"));
                }
                (_, None) => None,
            };
            let reading = Reading {
                algorithms,
                keys_url,
                keys,
                tenant_claim,
                connection_claim,
                scope_claim,
                scope_names: members(scope_name),
                required: members(require),
            };
            let new = NewIssuer {
                name: &name,
                tenant: tenant.as_ref(),
                connection: connection.as_ref(),
                issuer: &issuer,
                audience: &audience,
                reading,
                scopes: &scopes,
            };
            admin::create_issuer(service, &new).await?;
            output::print(&format!(
                "access tokens of {issuer} are accepted as {name}\n"
            ))
        }
        IssuerCommand::Delete { name, yes } => {
            confirm(yes, &format!("the issuer {name:?}"))?;
            admin::delete_issuer(service, &name).await?;
            output::print(&format!("issuer {name} deleted\n"))
        }
    }
}

pub(super) async fn key(service: &Service, config: &Config, command: KeyCommand) -> Result<()> {
    match command {
        KeyCommand::List(shown) => {
            let rows = admin::list_keys(service).await?;
            let rows = rows.into_iter().map(|key| {
                json!({
                    "id": key.key_id,
                    "algorithm": key.algorithm,
                    "created": timestamp(key.created),
                    "retired": key.retired.map(timestamp),
                })
            });
            output::list(shown.format, &rows.collect::<Vec<_>>())
        }
        KeyCommand::Rotate { algorithm } => {
            let algorithm = algorithm.as_deref().unwrap_or(&config.oauth.algorithm);
            let key = admin::rotate_key(service, algorithm).await?;
            output::print(&format!("key {} signs from now on\n", key.key_id))
        }
    }
}
