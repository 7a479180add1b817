//! TLS: what is spoken, and certificates that change while the server runs.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use muster::listen::Options;
use muster::listen::tls::{Tls, reload_every};
use rcgen::{CertificateParams, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::support::{
    HEAD, IDLE, NEARLY_IDLE, Raw, TestServer, assert_about, connect, small, start,
};

/// A directory with a certificate and its key.
struct Files {
    directory: TempDir,
}

impl Files {
    fn new() -> Self {
        let files = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        files.renew();
        files
    }

    fn certificate(&self) -> PathBuf {
        self.directory.path().join("certificate.pem")
    }

    fn key(&self) -> PathBuf {
        self.directory.path().join("key.pem")
    }

    fn renew(&self) {
        let (certificate, key) = pair();
        fs::write(self.certificate(), certificate).unwrap();
        fs::write(self.key(), key).unwrap();
    }

    fn open(&self) -> Arc<Tls> {
        Tls::open(self.certificate(), self.key()).unwrap()
    }

    fn leaf(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(self.certificate()).unwrap()
    }
}

fn pair() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

async fn start_with(tls: &Arc<Tls>) -> TestServer {
    let tls = Some(Arc::clone(tls));
    start(Options { tls, ..small() }).await
}

async fn connect_tls(
    server: &TestServer,
    root: &CertificateDer<'static>,
    protocol: &str,
) -> Option<Raw<TlsStream<TcpStream>>> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = TcpStream::connect(server.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .ok()?;
    Some(Raw(stream))
}

#[tokio::test]
async fn both_protocols_are_spoken_and_the_request_knows_of_tls() {
    let files = Files::new();
    let server = start_with(&files.open()).await;
    let mut client = connect_tls(&server, &files.leaf(), "http/1.1")
        .await
        .unwrap();
    assert_eq!(client.0.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    assert!(client.get("/peer").await.body.ends_with(" true"));
    let client = connect_tls(&server, &files.leaf(), "h2").await.unwrap();
    assert_eq!(client.0.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let io = hyper_util::rt::TokioIo::new(client.0);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::get("https://localhost/")
        .body(http_body_util::Empty::<axum::body::Bytes>::new())
        .unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_limits_hold_inside_tls() {
    let files = Files::new();
    let server = start_with(&files.open()).await;
    let mut client = connect_tls(&server, &files.leaf(), "http/1.1")
        .await
        .unwrap();
    assert_eq!(client.get("/").await.body, "hello");
    sleep(NEARLY_IDLE).await;
    assert_eq!(client.get("/").await.body, "hello");
    let head = b"GET / HTTP/1.1\r\nX-Long: ".iter().copied();
    let took = client.drip(head.chain(std::iter::repeat(b'a'))).await;
    assert_about(took, HEAD);
    let mut client = connect_tls(&server, &files.leaf(), "http/1.1")
        .await
        .unwrap();
    client.get("/").await;
    assert_about(client.until_closed().await, IDLE);
    let mut client = connect_tls(&server, &files.leaf(), "http/1.1")
        .await
        .unwrap();
    client
        .send(format!(
            "GET / HTTP/1.1\r\nX: {}\r\n\r\n",
            "x".repeat(200_000)
        ))
        .await;
    assert_eq!(client.reply().await.status(), "431");
}

#[tokio::test]
async fn a_handshake_that_does_not_come_is_closed() {
    let files = Files::new();
    let server = start_with(&files.open()).await;
    assert_about(connect(server.address).await.until_closed().await, HEAD);
    // The beginning of a record of 512 bytes, and then its bytes one by one.
    let record = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3];
    let took = connect(server.address)
        .await
        .drip(record.into_iter().chain(std::iter::repeat(0)))
        .await;
    assert_about(took, HEAD);
}

#[tokio::test]
async fn handshake_and_first_head_share_one_limit() {
    let files = Files::new();
    let server = start_with(&files.open()).await;
    // The limit counts from the connection, which is there before the handshake is over.
    let start = Instant::now();
    let mut client = connect_tls(&server, &files.leaf(), "http/1.1")
        .await
        .unwrap();
    client.until_closed().await;
    assert_about(start.elapsed(), HEAD);
}

#[tokio::test]
async fn a_request_without_tls_is_closed_and_does_no_harm() {
    let files = Files::new();
    let server = start_with(&files.open()).await;
    let mut open = connect_tls(&server, &files.leaf(), "http/1.1")
        .await
        .unwrap();
    let mut plain = connect(server.address).await;
    plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut answer = Vec::new();
    _ = timeout(HEAD, plain.0.read_to_end(&mut answer))
        .await
        .unwrap();
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    assert_eq!(open.get("/").await.body, "hello");
}

/// What `openssl s_client` says of a handshake; `None` without openssl.
fn openssl(server: &TestServer, version: &str) -> Option<String> {
    let child = Command::new("openssl")
        .args(["s_client", "-connect", &server.address.to_string(), version])
        .args(["-cipher", "ALL:@SECLEVEL=0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.ok()?;
    _ = child.stdin.take()?.write_all(b"Q\n");
    let output = child.wait_with_output().ok()?;
    Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// shows: P-7.2-01
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn older_versions_than_1_2_are_refused() {
    let files = Files::new();
    let server = start_with(&files.open()).await;
    let mut said = Vec::new();
    for version in ["-tls1_1", "-tls1_2", "-tls1_3"] {
        let Some(output) = openssl(&server, version) else {
            eprintln!("skipped: there is no openssl");
            return;
        };
        said.push(output);
    }
    // The alert is the server's: openssl did try the old version.
    assert!(said[0].contains("SSL alert number"), "{}", said[0]);
    assert!(said[0].contains("Cipher is (NONE)"), "{}", said[0]);
    assert!(
        said[1].contains("New, TLSv1.2, Cipher is ECDHE"),
        "{}",
        said[1]
    );
    assert!(
        said[2].contains("New, TLSv1.3, Cipher is TLS_"),
        "{}",
        said[2]
    );
}

#[tokio::test]
async fn a_new_certificate_is_for_new_connections() {
    let files = Files::new();
    let tls = files.open();
    let server = start_with(&tls).await;
    let old = files.leaf();
    let mut before = connect_tls(&server, &old, "http/1.1").await.unwrap();
    assert_eq!(before.get("/").await.body, "hello");
    assert!(!tls.reload_if_changed().unwrap());
    files.renew();
    assert!(tls.reload_if_changed().unwrap());
    assert!(!tls.reload_if_changed().unwrap());
    assert_eq!(before.get("/").await.body, "hello");
    let mut after = connect_tls(&server, &files.leaf(), "http/1.1")
        .await
        .unwrap();
    assert_eq!(after.get("/").await.body, "hello");
    assert!(connect_tls(&server, &old, "http/1.1").await.is_none());
    files.renew();
    tls.reload().unwrap();
    assert!(
        connect_tls(&server, &files.leaf(), "http/1.1")
            .await
            .is_some()
    );
}

#[tokio::test]
async fn what_cannot_be_used_leaves_the_old_certificate_in_force() {
    let files = Files::new();
    let tls = files.open();
    let server = start_with(&tls).await;
    let old = files.leaf();
    let (certificate, key) = pair();
    let break_it: [&dyn Fn(); 6] = [
        &|| fs::write(files.certificate(), "nonsense").unwrap(),
        &|| fs::write(files.certificate(), &certificate[..certificate.len() / 2]).unwrap(),
        &|| fs::write(files.certificate(), "").unwrap(),
        &|| fs::remove_file(files.certificate()).unwrap(),
        &|| fs::write(files.certificate(), &certificate).unwrap(),
        &|| fs::remove_file(files.key()).unwrap(),
    ];
    for (number, step) in break_it.iter().enumerate() {
        step();
        assert!(tls.reload_if_changed().is_err(), "{number}");
        assert!(
            !tls.reload_if_changed().unwrap(),
            "the same files are read once: {number}"
        );
        assert!(tls.reload().is_err(), "{number}");
        let mut client = connect_tls(&server, &old, "http/1.1").await.unwrap();
        assert_eq!(client.get("/").await.body, "hello", "{number}");
    }
    // The other half of the pair makes it whole.
    fs::write(files.key(), &key).unwrap();
    assert!(tls.reload_if_changed().unwrap());
    assert!(
        connect_tls(&server, &files.leaf(), "http/1.1")
            .await
            .is_some()
    );
}

#[tokio::test]
async fn changed_files_are_found_without_being_told() {
    let files = Files::new();
    let tls = files.open();
    let server = start_with(&tls).await;
    let (stop, stopped) = watch::channel(false);
    let task = reload_every(tls, Duration::from_millis(50), stopped);
    files.renew();
    sleep(Duration::from_millis(300)).await;
    assert!(
        connect_tls(&server, &files.leaf(), "http/1.1")
            .await
            .is_some()
    );
    stop.send(true).unwrap();
    timeout(Duration::from_secs(1), task)
        .await
        .unwrap()
        .unwrap();
}

#[test]
fn a_pair_that_cannot_be_used_is_refused_at_the_start() {
    let files = Files::new();
    let other = Files::new();
    for (certificate, key, words) in [
        (
            files.directory.path().join("none"),
            files.key(),
            "none holds no certificate chain",
        ),
        (
            files.certificate(),
            files.certificate(),
            "holds no private key",
        ),
        (files.key(), files.key(), "holds no certificate chain"),
        (files.certificate(), other.key(), "cannot be used together"),
    ] {
        let refusal = Tls::open(certificate, key).unwrap_err().to_string();
        assert!(refusal.contains(words), "{refusal}");
    }
}

#[tokio::test]
async fn a_stop_closes_idle_connections_and_handshakes() {
    let files = Files::new();
    let tls = Some(files.open());
    let long = Duration::from_mins(1);
    let server = start(Options {
        tls,
        head_timeout: long,
        idle_timeout: long,
        ..small()
    })
    .await;
    let mut idle = connect_tls(&server, &files.leaf(), "http/1.1")
        .await
        .unwrap();
    idle.get("/").await;
    let mut silent = connect(server.address).await;
    sleep(Duration::from_millis(50)).await;
    server.stop.send(true).unwrap();
    timeout(Duration::from_millis(500), server.task)
        .await
        .unwrap()
        .unwrap();
    idle.until_closed().await;
    silent.until_closed().await;
}
