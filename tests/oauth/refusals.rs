//! Clients that fail to say who they are, how often they may, and what the server says of itself.

use muster::auth::Scope;
use muster::server::Server;
use serde_json::json;

use super::endpoint::{GRANT, fixture};
use crate::support::Db;
use crate::support::clocked::clocked_with;
use crate::support::http::{Request, send};
use crate::support::oauth::{
    FORM, access_token, ask, ask_by_secret, assert_uncached, basic, client_for,
    expect_invalid_token, expect_refusal, form, post_form, read_with, retry_after,
};
use crate::support::server::{config_for, fresh_database, fresh_tenant_on};

on_both_databases!(
    a_wrong_secret_is_401_with_a_challenge,
    every_401_says_how_to_authenticate,
    text_that_a_database_cannot_hold_is_refused,
    failures_are_limited_and_others_go_on,
    the_server_says_what_it_can_do,
);

async fn a_wrong_secret_is_401_with_a_challenge(db: Db) {
    let fixture = fixture(db).await;
    for header in [
        basic(&fixture.id, "mcs_wrong"),
        basic(&fixture.id, ""),
        basic("mcl_unknown", &fixture.secret),
        basic("", &fixture.secret),
        basic(&fixture.secret, &fixture.id),
    ] {
        let answer = fixture.by_header(&header, GRANT).await;
        let challenge = answer.header("WWW-Authenticate").unwrap_or_default();
        assert!(challenge.starts_with("Basic "), "{}", answer.describe());
        expect_refusal(&answer, 401, "invalid_client", &header);
    }
    fixture.server.stop().await;
}

/// RFC 9110 §15.5.2 knows no 401 without a challenge, however the client tried.
async fn every_401_says_how_to_authenticate(db: Db) {
    let fixture = fixture(db).await;
    let root = &fixture.server.root;
    for answer in [
        ask_by_secret(root, &fixture.id, "mcs_wrong").await,
        fixture.post(&[], GRANT).await,
    ] {
        let has_challenge = answer.header("WWW-Authenticate").is_some();
        assert!(has_challenge, "{}", answer.expect_status(401).describe());
    }
    fixture.server.stop().await;
}

async fn text_that_a_database_cannot_hold_is_refused(db: Db) {
    let fixture = fixture(db).await;
    for id in ["\0", "mcl_\0", "mcl_a\0b", "\u{10ffff}"] {
        let answer = ask_by_secret(&fixture.server.root, id, &fixture.secret).await;
        expect_refusal(&answer, 401, "invalid_client", "client_id");
        let answer = fixture.by_header(&basic(id, "x"), GRANT).await;
        expect_refusal(&answer, 401, "invalid_client", "header");
    }
    fixture.server.stop().await;
}

/// The limit counts failures of both kinds from one address.
async fn failures_are_limited_and_others_go_on(db: Db) {
    const PER_MINUTE: u32 = 2;
    let server = clocked_with(db, |config| {
        config.limits.failures_per_minute = PER_MINUTE;
    });
    let server = server.await;
    let tenant = server.tenant().await;
    let client = client_for(&server.service, &tenant, None).await;
    let secret = client.secret.unwrap();
    let root = &server.root;
    let token = access_token(ask_by_secret(root, &client.id, &secret).await);
    // What is wrong with a request in another way is no failure to authenticate.
    for _ in 0..=PER_MINUTE {
        ask(root, &[("grant_type", "password")])
            .await
            .expect_status(400);
    }
    let refused = ask_by_secret(root, &client.id, "mcs_wrong").await;
    expect_refusal(&refused, 401, "invalid_client", "the first failure");
    expect_invalid_token(&read_with(root, "mst_wrong").await, "the second failure");
    let limited = [
        ask_by_secret(root, &client.id, "mcs_wrong").await,
        read_with(root, "mst_wrong").await,
        read_with(root, "eyJhbGciOiJub25lIn0.e30.").await,
    ];
    for answer in limited {
        // One more is let in every 30 seconds.
        let seconds = retry_after(&answer);
        assert!((1..=30).contains(&seconds), "{}", answer.describe());
        let answer = answer.expect_status(429);
        let is_of_endpoint = answer.json().get("error").is_some();
        if is_of_endpoint {
            assert_uncached(&answer, &answer.describe());
        } else {
            assert_eq!(answer.json()["status"], "429");
        }
    }
    // A header that everybody can write is not believed.
    let fields = form(&[
        ("grant_type", "client_credentials"),
        ("client_id", &client.id),
        ("client_secret", "mcs_wrong"),
    ]);
    for name in ["X-Forwarded-For", "Forwarded", "X-Real-IP"] {
        let headers = [FORM, (name, "192.0.2.1")];
        post_form(root, &headers, &fields).await.expect_status(429);
    }
    // Those who can say who they are go on, and get tokens.
    read_with(root, &token).await.expect_status(200);
    read_with(root, &tenant.token).await.expect_status(200);
    access_token(ask_by_secret(root, &client.id, &secret).await);
    server.stop().await;
}

/// RFC 8414, by a server as it is started in earnest.
async fn the_server_says_what_it_can_do(db: Db) {
    let database = fresh_database(db).await;
    for public_url in [None, Some("https://scim.example.com/base")] {
        let mut config = config_for(&database.url);
        config.server.public_url = public_url.map(str::to_owned);
        let server = Server::start(config).await.unwrap();
        let root = server.root_url();
        let get = async |target: &str| {
            let request = Request {
                method: "GET".to_owned(),
                target: target.to_owned(),
                headers: Vec::new(),
                body: None,
            };
            send(&root, request).await.unwrap().expect_status(200)
        };
        let answer = get("/.well-known/oauth-authorization-server").await;
        assert_eq!(answer.header("Content-Type"), Some("application/json"));
        let issuer = public_url.unwrap_or(&root);
        let metadata = answer.json();
        assert_eq!(metadata["issuer"], issuer);
        assert_eq!(metadata["token_endpoint"], format!("{issuer}/oauth/token"));
        assert_eq!(
            metadata["jwks_uri"],
            format!("{issuer}/.well-known/jwks.json")
        );
        assert_eq!(
            metadata["grant_types_supported"],
            json!(["client_credentials"])
        );
        assert_eq!(
            metadata["token_endpoint_auth_methods_supported"],
            json!([
                "client_secret_basic",
                "client_secret_post",
                "private_key_jwt"
            ])
        );
        let scopes: Vec<&str> = Scope::ALL.iter().map(|(_, name)| *name).collect();
        assert_eq!(metadata["scopes_supported"], json!(scopes));
        let algorithms = &metadata["token_endpoint_auth_signing_alg_values_supported"];
        let algorithms = algorithms.as_array().unwrap();
        assert!(algorithms.contains(&json!("ES256")));
        let is_shared = |name: &serde_json::Value| {
            name.as_str()
                .is_some_and(|name| name.starts_with("HS") || name == "none")
        };
        assert!(!algorithms.iter().any(is_shared));
        let tenant = fresh_tenant_on(&server).await;
        let client = client_for(server.service(), &tenant, None).await;
        let answer = ask_by_secret(&root, &client.id, &client.secret.unwrap()).await;
        let token = access_token(answer);
        read_with(&root, &token).await.expect_status(200);
        let keys = get("/.well-known/jwks.json").await;
        assert_eq!(keys.json()["keys"].as_array().unwrap().len(), 1);
        server.stop().await;
    }
}
