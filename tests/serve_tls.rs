//! The whole server and TLS: `https` everywhere, and no other way to be reached from outside.

use std::path::Path;

use muster::server::Server;
use serde_json::Value;

use crate::support::server::config_for;
use crate::support::{Db, fresh_database};

/// Writes a certificate for this machine and its key; returns the certificate.
fn pair(folder: &Path) -> Vec<u8> {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    std::fs::write(folder.join("chain.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().to_vec()
}

/// shows: P-7.4-02
#[tokio::test]
async fn the_server_speaks_tls_and_says_https() {
    let (folder, database) = (
        tempfile::tempdir().unwrap(),
        fresh_database(Db::Sqlite).await,
    );
    let certificate = pair(folder.path());
    let mut config = config_for(&database.url);
    config.server.tls = Some((
        folder.path().join("chain.pem"),
        folder.path().join("key.pem"),
    ));
    "0.0.0.0:0".clone_into(&mut config.server.listen);
    let server = Server::start(config).await.unwrap();
    let root = server.root_url();
    assert!(root.starts_with("https://localhost:"), "{root}");
    let certificate = reqwest::Certificate::from_der(&certificate).unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_only([certificate])
        .no_proxy()
        .build()
        .unwrap();
    let url = format!("{root}/scim/v2/ServiceProviderConfig");
    let text = client.get(&url).send().await.unwrap().text().await.unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["meta"]["location"], url);
    let metadata = format!("{root}/.well-known/oauth-authorization-server");
    let text = client
        .get(&metadata)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(text.contains(&format!("\"{root}/oauth/token\"")), "{text}");
    let plain = url.replacen("https://", "http://", 1);
    assert!(
        client.get(&plain).send().await.is_err(),
        "a token could be sent in the clear"
    );
    server.stop().await;
}

/// shows: P-7.4-02
#[tokio::test]
async fn a_public_address_needs_tls_or_a_proxy() {
    let database = fresh_database(Db::Sqlite).await;
    let mut config = config_for(&database.url);
    "0.0.0.0:0".clone_into(&mut config.server.listen);
    let refused = Server::start(config.clone()).await.unwrap_err().to_string();
    for way in ["127.0.0.1", "tls.certificate_file", "server.behind_proxy"] {
        assert!(refused.contains(way), "{refused}");
    }
    config.server.is_behind_proxy = true;
    Server::start(config).await.unwrap().stop().await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_stops_the_start() {
    let (folder, database) = (
        tempfile::tempdir().unwrap(),
        fresh_database(Db::Sqlite).await,
    );
    pair(folder.path());
    let mut config = config_for(&database.url);
    let missing = folder.path().join("missing.pem");
    config.server.tls = Some((folder.path().join("chain.pem"), missing));
    let refused = Server::start(config).await.unwrap_err().to_string();
    assert!(refused.contains("missing.pem"), "{refused}");
}
