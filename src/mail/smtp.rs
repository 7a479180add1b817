//! Handing mails to a mail server.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use lettre::Message;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::sync::Mutex;

use super::is_dangerous;
use super::transport::{Encryption, Failure, Options};
use crate::error::{Error, Result};

/// How long a server may take to say goodbye; the mail is delivered by then.
const GOODBYE: Duration = Duration::from_secs(2);
/// After so many mails a new connection is opened: many servers take no more from one.
const MAILS_PER_CONNECTION: u32 = 50;

/// A mail server that mails are handed to.
///
/// Mails that follow each other share a connection. One that was given up in the middle is never used again: the answer to an earlier
/// command would be taken for that to a later one. (That is why the pool is not the library's, which takes such a one back.)
#[derive(Clone)]
pub struct Smtp {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    pub(super) from: Mailbox,
    timeout: Duration,
    idle: Arc<Mutex<Option<Idle>>>,
}

/// A connection between two mails.
struct Idle {
    connection: AsyncSmtpConnection,
    /// How many it has taken.
    mails: u32,
}

#[derive(Clone)]
enum Protection {
    Required(TlsParameters),
    Implicit(TlsParameters),
    Off,
}

/// The password is left out.
impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("from", &self.from.to_string())
            .finish_non_exhaustive()
    }
}

impl Smtp {
    pub(super) fn read(options: &Options, from: Mailbox) -> Result<Self> {
        let host = options.host.trim();
        if host.is_empty() || host.chars().any(|c| c.is_whitespace() || is_dangerous(c)) {
            return Err(Error::invalid_value(
                "the mail server needs a host name or an address",
            ));
        }
        let credentials = match (&options.user, &options.password) {
            (Some(user), Some(password)) => Some(Credentials::new(user.clone(), password.clone())),
            (None, None) => None,
            _ => {
                return Err(Error::invalid_value(
                    "the mail server's user and password must be given together or not at all",
                ));
            }
        };
        Ok(Self {
            protection: Protection::read(options.tls, host)?,
            host: host.to_owned(),
            port: options.port,
            credentials,
            from,
            timeout: options.timeout,
            idle: Arc::default(),
        })
    }

    /// Hands one mail over, by the connection of the mail before where there is one.
    pub(super) async fn deliver(&self, message: &Message) -> Result<(), Failure> {
        let delivered = tokio::time::timeout(self.timeout, self.hand_over(message)).await;
        delivered.map_err(|_| {
            let seconds = self.timeout.as_secs_f32();
            let (host, port) = (&self.host, self.port);
            Failure::temporary(format!(
                "{host}:{port} did not take the mail within {seconds} s"
            ))
        })?
    }

    /// Says goodbye: there is no mail for now.
    pub(super) async fn rest(&self) {
        let idle = self.idle.lock().await.take();
        if let Some(mut idle) = idle {
            // The mails are delivered, whatever the server says.
            let _ = tokio::time::timeout(GOODBYE, idle.connection.quit()).await;
        }
    }

    async fn hand_over(&self, message: &Message) -> Result<(), Failure> {
        // Up to here it is about us and the server: no answer says anything about this mail.
        let mut used = match self.reused().await {
            Some(idle) => idle,
            None => Idle {
                connection: self.connect().await.map_err(|error| {
                    let (host, port) = (&self.host, self.port);
                    Failure::temporary(format!("{host}:{port}: {}", described(&error)))
                })?,
                mails: 0,
            },
        };
        let mail = message.formatted();
        let sent = used.connection.send(message.envelope(), &mail).await;
        sent.map_err(|error| Failure::of_offer(&error))?;
        used.mails += 1;
        *self.idle.lock().await = Some(used);
        Ok(())
    }

    /// The connection of the mail before, if the server still listens and has not had its fill.
    async fn reused(&self) -> Option<Idle> {
        let mut idle = self.idle.lock().await.take()?;
        if idle.mails >= MAILS_PER_CONNECTION {
            let _ = tokio::time::timeout(GOODBYE, idle.connection.quit()).await;
            return None;
        }
        idle.connection.test_connected().await.then_some(idle)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, lettre::transport::smtp::Error> {
        let hello = greeting_name(&self.from);
        let server = (self.host.trim_matches(['[', ']']), self.port);
        let implicit = match &self.protection {
            Protection::Implicit(parameters) => Some(parameters.clone()),
            Protection::Required(_) | Protection::Off => None,
        };
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, None, &hello, implicit, None).await?;
        if let Protection::Required(parameters) = &self.protection {
            connection.starttls(parameters.clone(), &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

impl Protection {
    fn read(tls: Encryption, host: &str) -> Result<Self> {
        if tls == Encryption::Off {
            return if is_loopback(host) {
                Ok(Self::Off)
            } else {
                Err(Error::invalid_value(format!(
                    "TLS to the mail server may be off only for a loopback address such as 127.0.0.1, not for {host}"
                )))
            };
        }
        let name = host.trim_matches(['[', ']']).to_owned();
        let parameters = TlsParameters::new_rustls(name).map_err(|error| {
            Error::invalid_value(format!("TLS to the mail server {host} cannot be set up"))
                .caused_by(error)
        })?;
        Ok(match tls {
            Encryption::Implicit => Self::Implicit(parameters),
            Encryption::Required | Encryption::Off => Self::Required(parameters),
        })
    }
}

/// Whether a host is this computer (RFC 6761 §6.3 for the name).
fn is_loopback(host: &str) -> bool {
    if host.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    address.is_ok_and(|address| address.to_canonical().is_loopback())
}

/// What we call ourselves: the sender's domain, as the name of a container means nothing to a mail server.
fn greeting_name(from: &Mailbox) -> ClientId {
    let domain = from.email.domain();
    if domain.is_ascii() {
        ClientId::Domain(domain.to_owned())
    } else {
        ClientId::default()
    }
}

/// An error with its causes: the first sentence alone is often only "connection error".
pub(super) fn described(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}
