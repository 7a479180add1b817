//! How mails leave: to a mail server, or into a folder.

use std::fmt;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use uuid::Uuid;

use super::smtp::{Smtp, described};
use super::{Address, Mail, is_dangerous, plain};
use crate::error::{Error, Result};

/// How many characters of a failure's reason are kept.
const REASON_CHARACTERS: usize = 300;
/// Refusals that are about us, not about the mail (RFC 4954 §6).
const OF_CREDENTIALS: [u16; 4] = [530, 534, 535, 538];

/// Where mails go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Into a folder, one file per mail.
    File,
    /// To a mail server.
    Smtp,
}

impl Transport {
    /// The transport of a name: `file` or `smtp`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "file" => Some(Self::File),
            "smtp" => Some(Self::Smtp),
            _ => None,
        }
    }
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// TLS after `STARTTLS`; without it nothing is sent (RFC 3207). Usually port 587.
    Required,
    /// TLS from the first byte (RFC 8314). Usually port 465.
    Implicit,
    /// None, which only a loopback address may have.
    Off,
}

impl Encryption {
    /// The protection of a name: `required`, `implicit` or `off`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "required" => Some(Self::Required),
            "implicit" => Some(Self::Implicit),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// How mails are to be sent.
#[derive(Clone)]
pub struct Options {
    /// Where mails go.
    pub transport: Transport,
    /// The folder of the `file` transport; it is created, for the server's user only.
    pub folder: PathBuf,
    /// The name or address of the mail server.
    pub host: String,
    /// The port of the mail server.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Encryption,
    /// Who signs in at the mail server; none: nobody does.
    pub user: Option<String>,
    /// The password of that user.
    pub password: Option<String>,
    /// Who the mails are from: `Name <address>` or an address.
    pub from: String,
    /// How long the delivery of one mail may take in all.
    pub timeout: Duration,
}

/// The password is left out.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("transport", &self.transport)
            .field("folder", &self.folder)
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("user", &self.user)
            .field("from", &self.from)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Why a mail was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whether another attempt with the same mail is pointless.
    pub is_permanent: bool,
    /// What the mail server or the system said, on one line.
    pub reason: String,
}

impl Failure {
    pub(super) fn temporary(reason: impl fmt::Display) -> Self {
        Self {
            is_permanent: false,
            reason: plain(&reason.to_string(), REASON_CHARACTERS),
        }
    }

    fn permanent(reason: impl fmt::Display) -> Self {
        Self {
            is_permanent: true,
            ..Self::temporary(reason)
        }
    }

    /// The failure of a mail that the server was offered.
    pub(super) fn of_offer(error: &lettre::transport::smtp::Error) -> Self {
        let reason = described(error);
        let code = error.status().map(u16::from);
        let is_ours = code.is_some_and(|code| OF_CREDENTIALS.contains(&code));
        // A client error is an address that the server cannot take (RFC 6531).
        if (error.is_permanent() && !is_ours) || error.is_client() {
            return Self::permanent(reason);
        }
        Self::temporary(reason)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Failure {}

/// What sends mails.
#[derive(Debug, Clone)]
pub enum Mailer {
    /// Into a folder.
    File(Folder),
    /// To a mail server.
    Smtp(Smtp),
}

/// A folder that mails are put into.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    from: Mailbox,
}

impl Mailer {
    /// Reads the options; the `file` transport creates its folder. No connection is opened yet.
    ///
    /// # Errors
    /// `invalidValue`, if the sender is no address, the folder has no name, the host is empty, a
    /// password has no user or the other way round, or TLS is off for a host that is not this one.
    pub fn open(options: &Options) -> Result<Self> {
        let from = read_sender(&options.from)?;
        match options.transport {
            Transport::File => {
                let path = options.folder.clone();
                if path.as_os_str().is_empty() {
                    return Err(Error::invalid_value("mails need a folder to be put into"));
                }
                Ok(Self::File(Folder { path, from }))
            }
            Transport::Smtp => Smtp::read(options, from).map(Self::Smtp),
        }
    }

    /// Sends a mail to one person.
    ///
    /// # Errors
    /// Permanent, if the mail server refused this mail for good (5xx); temporary, if another attempt may
    /// succeed: 4xx, a network failure, too little time, or a mail server that we cannot sign in at.
    pub async fn send(&self, to: &Address, mail: &Mail) -> Result<(), Failure> {
        let from = match self {
            Self::File(folder) => &folder.from,
            Self::Smtp(smtp) => &smtp.from,
        };
        let message = compose(from, to, mail).map_err(Failure::permanent)?;
        match self {
            Self::File(folder) => folder.write(message.formatted()).await,
            Self::Smtp(smtp) => smtp.deliver(&message).await,
        }
    }

    /// There is nothing to send for now: a connection to a mail server is closed.
    pub async fn rest(&self) {
        if let Self::Smtp(smtp) = self {
            smtp.rest().await;
        }
    }
}

impl Folder {
    async fn write(&self, bytes: Vec<u8>) -> Result<(), Failure> {
        let folder = self.path.clone();
        let written = tokio::task::spawn_blocking(move || {
            create_folder(&folder)?;
            write_file(&folder, &bytes)
        })
        .await;
        written
            .map_err(Failure::temporary)?
            .map_err(|error| Failure::temporary(format!("{}: {error}", self.path.display())))
    }
}

fn read_sender(from: &str) -> Result<Mailbox> {
    let invalid = || {
        Error::invalid_value(format!(
            "{:?} is not a sender such as Muster <muster@example.com>",
            plain(from, 100)
        ))
    };
    if from.chars().any(is_dangerous) {
        return Err(invalid());
    }
    let from = from.trim();
    let sender: Mailbox = from.parse().map_err(|_| invalid())?;
    // What stands behind the address would be lost.
    let end = match sender.name {
        Some(_) => format!("<{}>", sender.email),
        None => sender.email.to_string(),
    };
    from.ends_with(&end).then_some(sender).ok_or_else(invalid)
}

fn compose(from: &Mailbox, to: &Address, mail: &Mail) -> Result<Message, lettre::error::Error> {
    let id = format!("<{}@{}>", Uuid::now_v7(), from.email.domain());
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.as_lettre().clone()))
        .subject(plain(&mail.subject, REASON_CHARACTERS))
        .date(SystemTime::now())
        .message_id(Some(id))
        .multipart(MultiPart::alternative_plain_html(
            mail.text.clone(),
            mail.html.clone(),
        ))?;
    let headers = message.headers_mut();
    // So that no absence note and no other robot answers (RFC 3834 §5).
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    headers.insert_raw(HeaderValue::new(automatic, "auto-generated".to_owned()));
    let language = HeaderName::new_from_ascii_str("Content-Language");
    headers.insert_raw(HeaderValue::new(language, mail.language.tag().to_owned()));
    Ok(message)
}

/// The folder is made when there is something to put into it, for the server's user only.
fn create_folder(path: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes one mail. Its name sorts by time; nobody sees half of it.
fn write_file(folder: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let name = Uuid::now_v7();
    let unfinished = folder.join(format!(".{name}.part"));
    let written = write_new(&unfinished, bytes)
        .and_then(|()| fs::rename(&unfinished, folder.join(format!("{name}.eml"))));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
