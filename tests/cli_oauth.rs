//! `muster client`, `issuer`, `key` and `token rotate` as an operator types them, beside a server that runs.

use serde_json::{Value, json};

use crate::support::command::muster;
use crate::support::{Db, fresh_database};
use muster::server::Server;

use crate::support::server::config_for;

/// Asks for an access token and reads users with it; the status of the last answer.
async fn status_with(root: &str, id: &str, secret: &str) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client
        .post(format!("{root}/oauth/token"))
        .basic_auth(id, Some(secret))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials")
        .send()
        .await
        .unwrap();
    if answer.status() != 200 {
        return answer.status().as_u16();
    }
    let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let users = client.get(format!("{root}/scim/v2/Users"));
    let users = users.bearer_auth(answer["access_token"].as_str().unwrap());
    users.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_are_made_rotated_and_deleted() {
    let database = fresh_database(Db::Sqlite).await;
    let server = Server::start(config_for(&database.url)).await.unwrap();
    let root = server.root_url();
    let run = |arguments: &[&str]| muster(&database.url, arguments);
    let made = run(&["client", "create", "--connection", "default", "-o", "json"]);
    let made: Value = serde_json::from_str(&made.expect_success()).unwrap();
    let (id, secret) = (
        made["client_id"].as_str().unwrap(),
        made["client_secret"].as_str().unwrap(),
    );
    assert_eq!(status_with(&root, id, secret).await, 200);
    let fresh = run(&["client", "rotate", id, "--overlap", "30m"]).expect_success();
    assert_eq!(status_with(&root, id, fresh.trim()).await, 200);
    assert_eq!(status_with(&root, id, secret).await, 200, "the overlap");
    let listed = run(&["client", "list"]).expect_success();
    assert!(listed.contains(id) && !listed.contains(secret), "{listed}");
    assert!(listed.contains("127.0.0.1"), "{listed}");
    let first = run(&["key", "list", "-o", "json"]).expect_success();
    let first: Value = serde_json::from_str(&first).unwrap();
    run(&["key", "rotate"]).expect_success();
    let keys = run(&["key", "list", "-o", "json"]).expect_success();
    let keys: Value = serde_json::from_str(&keys).unwrap();
    assert_eq!(keys.as_array().unwrap().len(), 2);
    assert_eq!(keys[0]["id"], first[0]["id"]);
    assert!(
        keys[0]["retired"].is_string() && keys[1]["retired"].is_null(),
        "{keys}"
    );
    assert_eq!(
        status_with(&root, id, fresh.trim()).await,
        200,
        "the new key"
    );
    assert_eq!(
        run(&["client", "delete", id]).code,
        Some(2),
        "without --yes"
    );
    run(&["client", "delete", id, "--yes"]).expect_success();
    assert_eq!(status_with(&root, id, fresh.trim()).await, 401);
    assert_eq!(run(&["client", "delete", id, "--yes"]).code, Some(3));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn issuers_are_checked_before_they_are_stored() {
    let database = fresh_database(Db::Sqlite).await;
    let server = Server::start(config_for(&database.url)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let key = json!({"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    std::fs::write(&file, json!({"keys": [key]}).to_string()).unwrap();
    let file = file.to_str().unwrap();
    let create = |extra: &[&str]| {
        let mut arguments = vec![
            "issuer",
            "create",
            "corp",
            "--issuer",
            "https://idp.example.com",
            "--audience",
            "muster",
        ];
        arguments.extend([
            "--scopes",
            "users:read",
            "--tenant",
            "default",
            "--connection",
            "default",
        ]);
        arguments.extend(extra);
        muster(&database.url, &arguments)
    };
    for wrong in [
        ["--algorithms", "HS256", "--jwks-file", file],
        ["--algorithms", "none", "--jwks-file", file],
        [
            "--algorithms",
            "RS256",
            "--jwks-url",
            "http://idp.example.com/keys",
        ],
        [
            "--algorithms",
            "RS256",
            "--jwks-url",
            "https://10.0.0.1/keys",
        ],
        ["--algorithms", "RS256", "--jwks-file", "missing.json"],
    ] {
        let refused = create(&wrong);
        assert_eq!(refused.code, Some(2), "{wrong:?}: {refused:?}");
    }
    create(&["--algorithms", "EdDSA", "--jwks-file", file]).expect_success();
    let again = create(&["--algorithms", "EdDSA", "--jwks-file", file]);
    assert_eq!(again.code, Some(4), "{again:?}");
    let listed = muster(&database.url, &["issuer", "list"]).expect_success();
    assert!(
        listed.contains("https://idp.example.com") && listed.contains("EdDSA"),
        "{listed}"
    );
    muster(&database.url, &["issuer", "delete", "corp", "--yes"]).expect_success();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_rotated_and_its_days_are_shown() {
    let database = fresh_database(Db::Sqlite).await;
    let server = Server::start(config_for(&database.url)).await.unwrap();
    let run = |arguments: &[&str]| muster(&database.url, arguments).expect_success();
    let make = [
        "token",
        "create",
        "--connection",
        "default",
        "--expires-in",
        "20d",
    ];
    let old = run(&make);
    let tokens: Value = serde_json::from_str(&run(&["token", "list", "-o", "json"])).unwrap();
    let tokens = tokens.as_array().unwrap().clone();
    let token = tokens.last().unwrap();
    assert_eq!(token["state"], "expires in 19 days", "{token}");
    let id = token["id"].as_str().unwrap();
    let fresh = run(&["token", "rotate", id, "--overlap", "1d"]);
    assert!(fresh.starts_with("mst_scim_") && fresh != old, "{fresh}");
    let got: Value = serde_json::from_str(&run(&["token", "get", id, "-o", "json"])).unwrap();
    assert_eq!(got["state"], "expires in 0 days", "{got}");
    server.stop().await;
}
