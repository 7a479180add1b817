//! How mails leave: to a mail server, or into a folder.

use std::fmt;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use uuid::Uuid;

use super::{Address, Mail, is_dangerous, plain};
use crate::error::{Error, Result};

/// How long a server may take to say goodbye; the mail is delivered by then.
const GOODBYE: Duration = Duration::from_secs(2);
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
    fn temporary(reason: impl fmt::Display) -> Self {
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
    fn of_offer(error: &lettre::transport::smtp::Error) -> Self {
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

/// A mail server that mails are handed to.
///
/// Every mail has its own connection. One that was given up in the middle must not be used again: the
/// answer to an earlier command would be taken for that to a later one.
#[derive(Clone)]
pub struct Smtp {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    from: Mailbox,
    timeout: Duration,
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

impl Smtp {
    fn read(options: &Options, from: Mailbox) -> Result<Self> {
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
        })
    }

    async fn deliver(&self, message: &Message) -> Result<(), Failure> {
        let delivered = tokio::time::timeout(self.timeout, self.hand_over(message)).await;
        let mut connection = delivered.map_err(|_| {
            let seconds = self.timeout.as_secs_f32();
            let (host, port) = (&self.host, self.port);
            Failure::temporary(format!(
                "{host}:{port} did not take the mail within {seconds} s"
            ))
        })??;
        // The mail is delivered; whether the server says goodbye must not lead to a second one.
        let _ = tokio::time::timeout(GOODBYE, connection.quit()).await;
        Ok(())
    }

    async fn hand_over(&self, message: &Message) -> Result<AsyncSmtpConnection, Failure> {
        // Up to here it is about us and the server: no answer says anything about this mail.
        let mut connection = self.connect().await.map_err(|error| {
            let (host, port) = (&self.host, self.port);
            Failure::temporary(format!("{host}:{port}: {}", described(&error)))
        })?;
        connection
            .send(message.envelope(), &message.formatted())
            .await
            .map_err(|error| Failure::of_offer(&error))?;
        Ok(connection)
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

/// What we call ourselves: the sender's domain, as the name of a container means nothing to a mail server.
fn greeting_name(from: &Mailbox) -> ClientId {
    let domain = from.email.domain();
    if domain.is_ascii() {
        ClientId::Domain(domain.to_owned())
    } else {
        ClientId::default()
    }
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

/// An error with its causes: the first sentence alone is often only "connection error".
fn described(error: &dyn std::error::Error) -> String {
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
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::sync::{Arc, Mutex};

    use mail_parser::{Message as Parsed, MessageParser, MimeHeaders};
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::language::Language;

    const TIMEOUT: Duration = Duration::from_millis(500);

    fn options(transport: Transport) -> Options {
        Options {
            transport,
            folder: PathBuf::new(),
            host: "127.0.0.1".to_owned(),
            port: 25,
            tls: Encryption::Off,
            user: None,
            password: None,
            from: "Muster <muster@example.com>".to_owned(),
            timeout: TIMEOUT,
        }
    }

    fn mail() -> Mail {
        Mail {
            subject: "Ihre Einladung zu Müller & Söhne".to_owned(),
            text: "Guten Tag 山田,\n\n.\n.. ein Punkt\nhttps://people.example.com/a?b=c&d=e\n"
                .to_owned(),
            html: format!("<p>Grüße</p>{}", "x".repeat(3000)),
            language: Language::German,
        }
    }

    fn anna() -> Address {
        Address::parse("anna@example.org").unwrap()
    }

    /// What the server of a test does instead of the usual.
    #[derive(Clone, Copy)]
    enum Habit {
        None,
        /// Answers a line that begins with the first text by the second one.
        Answers(&'static str, &'static str),
        /// Says nothing to a line that begins with this text.
        IgnoresLine(&'static str),
        /// Does not even greet.
        IgnoresAll,
    }

    /// Every line that the server of a test has received.
    type Heard = Arc<Mutex<Vec<String>>>;

    async fn serve(habit: Habit) -> (u16, Heard) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Heard::default();
        let kept = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                tokio::spawn(async move { converse(stream, habit, &kept).await });
            }
        });
        (port, heard)
    }

    async fn converse(stream: TcpStream, habit: Habit, heard: &Heard) -> Option<()> {
        if matches!(habit, Habit::IgnoresAll) {
            return std::future::pending().await;
        }
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut is_message = false;
        write.write_all(b"220 test\r\n").await.ok()?;
        loop {
            let line = lines.next_line().await.ok()??;
            heard.lock().unwrap().push(line.clone());
            let word = line.split(' ').next().unwrap_or_default();
            let usual = match word {
                "." => "250 kept",
                _ if is_message => continue,
                "EHLO" => "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN",
                "AUTH" => "235 welcome",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "250 fine",
            };
            let answer = match habit {
                Habit::Answers(beginning, answer) if line.starts_with(beginning) => answer,
                Habit::IgnoresLine(beginning) if line.starts_with(beginning) => continue,
                _ => usual,
            };
            is_message = answer.starts_with("354");
            write
                .write_all(format!("{answer}\r\n").as_bytes())
                .await
                .ok()?;
        }
    }

    async fn send_to(habit: Habit) -> (Result<(), Failure>, Vec<String>) {
        send_with(habit, |_| ()).await
    }

    async fn send_with(
        habit: Habit,
        change: impl FnOnce(&mut Options),
    ) -> (Result<(), Failure>, Vec<String>) {
        let (port, heard) = serve(habit).await;
        let mut options = Options {
            port,
            ..options(Transport::Smtp)
        };
        change(&mut options);
        let mailer = Mailer::open(&options).unwrap();
        let sent = mailer.send(&anna(), &mail()).await;
        let heard = heard.lock().unwrap().clone();
        (sent, heard)
    }

    /// The message among the lines that a server has received, without the dots of the protocol.
    fn message_of(heard: &[String]) -> Vec<u8> {
        let begin = heard.iter().position(|line| line == "DATA").unwrap() + 1;
        let lines = heard[begin..].iter().take_while(|line| *line != ".");
        let undotted = lines.map(|line| line.strip_prefix('.').unwrap_or(line));
        undotted
            .flat_map(|line| [line.as_bytes(), b"\r\n"].concat())
            .collect()
    }

    fn assert_is_the_mail(message: &Parsed) {
        let from = message.from().unwrap().first().unwrap();
        assert_eq!(from.name(), Some("Muster"));
        assert_eq!(from.address(), Some("muster@example.com"));
        let to = message.to().unwrap();
        assert_eq!(to.iter().count(), 1);
        assert_eq!(to.first().unwrap().address(), Some("anna@example.org"));
        assert!(message.cc().is_none() && message.bcc().is_none());
        assert_eq!(message.subject(), Some(&*mail().subject));
        assert!(message.message_id().unwrap().ends_with("@example.com"));
        assert!(message.date().is_some());
        let raw = |name: &'static str| message.header_raw(name).map(str::trim);
        assert_eq!(raw("Auto-Submitted"), Some("auto-generated"));
        assert_eq!(raw("Content-Language"), Some("de"));
        assert!(message.content_type().unwrap().ctype() == "multipart");
        let text = message.body_text(0).unwrap().replace("\r\n", "\n");
        assert_eq!(text.trim_end(), mail().text.trim_end());
        assert_eq!(message.body_html(0).unwrap().trim_end(), mail().html);
    }

    #[tokio::test]
    async fn a_mail_arrives_with_both_parts() {
        let (sent, heard) = send_to(Habit::None).await;
        assert_eq!(sent, Ok(()));
        assert_eq!(heard[0], "EHLO example.com");
        assert!(heard[1].starts_with("MAIL FROM:<muster@example.com>"));
        assert_eq!(heard[2], "RCPT TO:<anna@example.org>");
        let bytes = message_of(&heard);
        assert!(bytes.is_ascii());
        assert!(heard.iter().all(|line| line.len() <= 998));
        assert_is_the_mail(&MessageParser::default().parse(&bytes).unwrap());
    }

    #[tokio::test]
    async fn a_refused_mail_is_refused_for_good() {
        for line in ["MAIL", "RCPT", "DATA", "."] {
            let habit = Habit::Answers(line, "550 5.1.1 no such person here");
            let (sent, _) = send_to(habit).await;
            let failure = sent.unwrap_err();
            assert!(failure.is_permanent, "{line} {failure}");
            assert!(failure.reason.contains("no such person"), "{failure}");
        }
    }

    #[tokio::test]
    async fn a_deferred_mail_may_be_sent_again() {
        for line in ["EHLO", "MAIL", "RCPT", "DATA", "."] {
            let (sent, _) = send_to(Habit::Answers(line, "451 4.7.1 later")).await;
            let failure = sent.unwrap_err();
            assert!(!failure.is_permanent, "{line} {failure}");
            assert!(failure.reason.contains("451"), "{failure}");
        }
    }

    #[tokio::test]
    async fn a_server_that_we_may_not_use_says_nothing_about_the_mail() {
        let sign_in = |options: &mut Options| {
            options.user = Some("muster".to_owned());
            options.password = Some("hunter2".to_owned());
        };
        let habit = Habit::Answers("AUTH", "535 5.7.8 who are you");
        let (sent, heard) = send_with(habit, sign_in).await;
        assert!(!sent.unwrap_err().is_permanent);
        assert!(!heard.iter().any(|line| line.starts_with("MAIL")));
        let habit = Habit::Answers("MAIL", "530 5.7.0 sign in first");
        assert!(!send_to(habit).await.0.unwrap_err().is_permanent);
        let (sent, heard) = send_with(Habit::None, sign_in).await;
        assert_eq!(sent, Ok(()));
        assert!(heard.iter().any(|line| line.starts_with("AUTH PLAIN ")));
    }

    #[tokio::test]
    async fn a_server_that_hangs_is_given_up() {
        let habits = [
            Habit::IgnoresAll,
            Habit::IgnoresLine("EHLO"),
            Habit::IgnoresLine("RCPT"),
            Habit::IgnoresLine("."),
        ];
        for habit in habits {
            let begin = std::time::Instant::now();
            let failure = send_to(habit).await.0.unwrap_err();
            assert!(!failure.is_permanent, "{failure}");
            assert!(failure.reason.contains("within 0.5 s"), "{failure}");
            assert!(begin.elapsed() < TIMEOUT * 4);
        }
    }

    #[tokio::test]
    async fn a_server_that_does_not_say_goodbye_has_the_mail() {
        assert_eq!(send_to(Habit::IgnoresLine("QUIT")).await.0, Ok(()));
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_tried_again() {
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            listener.local_addr().unwrap().port()
        };
        let options = Options {
            port,
            ..options(Transport::Smtp)
        };
        let mailer = Mailer::open(&options).unwrap();
        let failure = mailer.send(&anna(), &mail()).await.unwrap_err();
        assert!(!failure.is_permanent);
        assert!(failure.reason.starts_with("127.0.0.1:"), "{failure}");
    }

    #[tokio::test]
    async fn nothing_is_sent_without_the_tls_that_was_asked_for() {
        for tls in [Encryption::Required, Encryption::Implicit] {
            let (sent, heard) = send_with(Habit::None, |options| {
                options.tls = tls;
                options.user = Some("muster".to_owned());
                options.password = Some("hunter2".to_owned());
            })
            .await;
            let failure = sent.unwrap_err();
            assert!(!failure.is_permanent, "{failure}");
            let told = heard.join("\n");
            assert!(!told.contains("AUTH") && !told.contains("MAIL"), "{told}");
        }
    }

    #[tokio::test]
    async fn a_refusal_is_told_on_one_line() {
        let habit = Habit::Answers("RCPT", "550-first\x1b[31m\r\n550-second\r\n550 third");
        let failure = send_to(habit).await.0.unwrap_err();
        assert!(failure.reason.contains("second"), "{failure}");
        assert!(!failure.reason.chars().any(is_dangerous));
    }

    #[tokio::test]
    async fn hostile_words_make_no_header() {
        let folder = tempfile::tempdir().unwrap();
        let hostile = "Hi\r\nBcc: eve@evil.example\r\n\r\nbody \u{85}\u{2028} =?utf-8?q?x?= \0";
        let mut options = options(Transport::File);
        options.folder = folder.path().join("mail");
        options.from = "\"Muster, Inc. \\\" <eve@evil.example>\" <muster@example.com>".to_owned();
        let mailer = Mailer::open(&options).unwrap();
        let mail = Mail {
            subject: hostile.to_owned(),
            ..mail()
        };
        mailer.send(&anna(), &mail).await.unwrap();
        let files = files_of(&options.folder);
        let bytes = fs::read(&files[0]).unwrap();
        let message = MessageParser::default().parse(&bytes).unwrap();
        assert!(message.bcc().is_none());
        assert!(message.subject().unwrap().contains("Bcc: eve@evil.example"));
        let from = message.from().unwrap();
        assert_eq!(from.iter().count(), 1);
        assert_eq!(from.first().unwrap().address(), Some("muster@example.com"));
        assert_eq!(message.to().unwrap().iter().count(), 1);
    }

    #[test]
    fn a_display_name_makes_no_header() {
        for name in [
            "Anna\" <eve@evil.example>, \"x",
            "Anna, Eve <eve@evil.example>",
            "山田 \"Bcc: eve@evil.example",
            "=?utf-8?q?Anna=0D=0ABcc:_eve?=",
        ] {
            let from = Mailbox::new(Some(name.to_owned()), "muster@example.com".parse().unwrap());
            let message = compose(&from, &anna(), &mail()).unwrap().formatted();
            let message = MessageParser::default().parse(&message).unwrap();
            assert!(message.bcc().is_none(), "{name}");
            let from = message.from().unwrap();
            assert_eq!(from.iter().count(), 1, "{name}");
            assert_eq!(from.first().unwrap().address(), Some("muster@example.com"));
        }
    }

    #[test]
    fn every_address_can_be_written_to() {
        let from = "muster@example.com".parse().unwrap();
        for odd in [
            "a'b|c`{}@example.org",
            "=?x?=@example.org",
            "用户@例え.jp",
            "a@[127.0.0.1]",
        ] {
            let Ok(to) = Address::parse(odd) else {
                continue;
            };
            let message = compose(&from, &to, &mail()).unwrap();
            assert_eq!(message.envelope().to().len(), 1);
            let bytes = message.formatted();
            let parsed = MessageParser::default().parse(&bytes).unwrap();
            assert_eq!(parsed.to().unwrap().iter().count(), 1, "{odd}");
        }
    }

    #[test]
    fn a_sender_is_one_mailbox() {
        for good in [
            "muster@example.com",
            " Muster <muster@example.com> ",
            "\"Muster, Inc.\" <muster@example.com>",
            "ムスター <muster@example.com>",
        ] {
            let sender = read_sender(good).map(|sender| sender.email.to_string());
            assert_eq!(sender.ok().as_deref(), Some("muster@example.com"), "{good}");
        }
        for bad in [
            "",
            "Muster",
            "Muster <muster@example.com> and more",
            "muster@example.com, eve@example.com",
            "Muster <muster@example.com>, Eve <eve@example.com>",
            "Muster\r\nBcc: eve@example.com <muster@example.com>",
        ] {
            assert!(read_sender(bad).is_err(), "{bad}");
        }
    }

    fn files_of(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    #[tokio::test]
    async fn mails_are_put_into_a_folder_of_their_own() {
        let parent = tempfile::tempdir().unwrap();
        let mut options = options(Transport::File);
        options.folder = parent.path().join("a/mail");
        let mailer = Mailer::open(&options).unwrap();
        let subjects: Vec<String> = (0..5).map(|number| format!("number {number}")).collect();
        for subject in &subjects {
            let mail = Mail {
                subject: subject.clone(),
                ..mail()
            };
            mailer.send(&anna(), &mail).await.unwrap();
        }
        mailer.send(&anna(), &mail()).await.unwrap();
        let files = files_of(&options.folder);
        assert_eq!(files.len(), 6);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&options.folder), 0o700);
        for (file, subject) in files.iter().zip(&subjects) {
            assert_eq!(mode(file), 0o600);
            assert!(file.extension().is_some_and(|extension| extension == "eml"));
            let bytes = fs::read(file).unwrap();
            let message = MessageParser::default().parse(&bytes).unwrap();
            assert_eq!(message.subject(), Some(&**subject));
        }
        let bytes = fs::read(&files[5]).unwrap();
        assert_is_the_mail(&MessageParser::default().parse(&bytes).unwrap());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_a_temporary_failure() {
        let parent = tempfile::tempdir().unwrap();
        let mut options = options(Transport::File);
        options.folder = parent.path().join("mail");
        let mailer = Mailer::open(&options).unwrap();
        fs::write(&options.folder, "no folder").unwrap();
        let failure = mailer.send(&anna(), &mail()).await.unwrap_err();
        assert!(!failure.is_permanent && failure.reason.contains("mail"));
    }

    #[test]
    fn tls_is_off_only_for_a_loopback_address() {
        let open = |host: &str, tls| {
            let mut options = options(Transport::Smtp);
            (options.host, options.tls) = (host.to_owned(), tls);
            Mailer::open(&options)
        };
        for host in [
            "127.0.0.1",
            "127.8.8.8",
            "::1",
            "[::1]",
            "::ffff:127.0.0.1",
            "localhost",
        ] {
            assert!(open(host, Encryption::Off).is_ok(), "{host}");
        }
        for host in [
            "10.0.0.1",
            "mail.example.com",
            "localhost.example.com",
            "::",
            "0.0.0.0",
        ] {
            let error = open(host, Encryption::Off).unwrap_err();
            assert!(error.to_string().contains("loopback"), "{error}");
            for tls in [Encryption::Required, Encryption::Implicit] {
                assert!(open(host, tls).is_ok(), "{host}");
            }
        }
    }

    #[test]
    fn wrong_options_are_refused() {
        let refused = |change: fn(&mut Options)| {
            let mut options = options(Transport::Smtp);
            change(&mut options);
            Mailer::open(&options).unwrap_err().to_string()
        };
        assert!(refused(|options| options.from = "nobody".to_owned()).contains("nobody"));
        assert!(
            refused(|options| options.from = "A\r\nB: c <a@example.com>".to_owned())
                .contains("sender")
        );
        assert!(refused(|options| options.host = " ".to_owned()).contains("host"));
        assert!(refused(|options| options.host = "a\r\nb".to_owned()).contains("host"));
        assert!(refused(|options| options.user = Some("muster".to_owned())).contains("together"));
        assert!(
            refused(|options| options.password = Some("hunter2".to_owned())).contains("together")
        );
        assert!(refused(|options| options.transport = Transport::File).contains("folder"));
    }

    #[test]
    fn the_password_is_not_shown() {
        let mut options = options(Transport::Smtp);
        options.user = Some("muster".to_owned());
        options.password = Some("hunter2".to_owned());
        let mailer = Mailer::open(&options).unwrap();
        let shown = format!("{options:?} {mailer:?}");
        assert!(
            !shown.contains("hunter2") && shown.contains("127.0.0.1"),
            "{shown}"
        );
    }

    #[test]
    fn options_have_names() {
        assert_eq!(Transport::named("smtp"), Some(Transport::Smtp));
        assert_eq!(Transport::named("file"), Some(Transport::File));
        assert_eq!(Transport::named("SMTP"), None);
        assert_eq!(Encryption::named("required"), Some(Encryption::Required));
        assert_eq!(Encryption::named("implicit"), Some(Encryption::Implicit));
        assert_eq!(Encryption::named("off"), Some(Encryption::Off));
        assert_eq!(Encryption::named("none"), None);
    }
}
