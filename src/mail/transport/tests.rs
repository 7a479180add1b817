//! Mails on their way: to a folder, and to mail servers that behave and that do not.

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
    mailer.rest().await;
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

/// A mailer for the server of a test.
fn mailer_to(port: u16) -> Mailer {
    let options = Options {
        port,
        ..options(Transport::Smtp)
    };
    Mailer::open(&options).unwrap()
}

fn count(heard: &Heard, beginning: &str) -> usize {
    let heard = heard.lock().unwrap();
    heard
        .iter()
        .filter(|line| line.starts_with(beginning))
        .count()
}

#[tokio::test]
async fn mails_that_follow_each_other_share_a_connection() {
    let (port, heard) = serve(Habit::None).await;
    let mailer = mailer_to(port);
    for _ in 0..51 {
        mailer.send(&anna(), &mail()).await.unwrap();
    }
    let counted = ["EHLO", "RCPT", "QUIT"].map(|line| count(&heard, line));
    assert_eq!(counted, [2, 51, 1], "fifty mails are enough for one");
    mailer.rest().await;
    mailer.rest().await;
    assert_eq!(count(&heard, "QUIT"), 2);
    mailer.send(&anna(), &mail()).await.unwrap();
    assert_eq!(count(&heard, "EHLO"), 3);
}

#[tokio::test]
async fn a_connection_that_was_given_up_is_not_used_again() {
    for habit in [
        Habit::IgnoresLine("RCPT"),
        Habit::IgnoresLine("."),
        Habit::Answers("RCPT", "550 5.1.1 no such person here"),
        Habit::Answers("NOOP", "421 4.3.2 closing down"),
    ] {
        let (port, heard) = serve(habit).await;
        let mailer = mailer_to(port);
        for _ in 0..2 {
            let _ = mailer.send(&anna(), &mail()).await;
        }
        assert_eq!(count(&heard, "EHLO"), 2);
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
        refused(|options| options.from = "A\r\nB: c <a@example.com>".to_owned()).contains("sender")
    );
    assert!(refused(|options| options.host = " ".to_owned()).contains("host"));
    assert!(refused(|options| options.host = "a\r\nb".to_owned()).contains("host"));
    assert!(refused(|options| options.user = Some("muster".to_owned())).contains("together"));
    assert!(refused(|options| options.password = Some("hunter2".to_owned())).contains("together"));
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
