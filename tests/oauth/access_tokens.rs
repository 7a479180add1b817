//! The access tokens that are given out: what they say, how long they live, where they are good.

use serde_json::json;

use super::endpoint::fixture;
use crate::support::Db;
use crate::support::clocked::clocked_with;
use crate::support::http::send;
use crate::support::oauth::{
    access_token, ask_by_secret, client_for, expect_invalid_token, read_with,
};
use crate::support::server::{scim_request, user};
use crate::support::signing::taken_apart;

/// How far clocks may differ.
const LEEWAY: i64 = 30;

on_both_databases!(
    a_token_says_whose_it_is_and_for_what,
    an_access_token_ends,
    a_token_is_good_at_its_own_tenant_alone,
    what_a_client_may_is_asked_for_every_request,
    both_algorithms_sign,
);

async fn a_token_says_whose_it_is_and_for_what(db: Db) {
    let fixture = fixture(db).await;
    let root = &fixture.server.root;
    let token = access_token(ask_by_secret(root, &fixture.id, &fixture.secret).await);
    let other = access_token(ask_by_secret(root, &fixture.id, &fixture.secret).await);
    let (header, claims) = taken_apart(&token);
    assert_eq!(header["typ"], "at+jwt");
    assert_eq!(header["alg"], "EdDSA");
    let now = fixture.server.clock.seconds();
    let issuer = &fixture.server.issuer;
    for (claim, value) in [
        ("iss", json!(issuer)),
        ("aud", json!(issuer)),
        ("sub", json!(fixture.id)),
        ("client_id", json!(fixture.id)),
        ("iat", json!(now)),
        ("nbf", json!(now)),
        ("exp", json!(now + 3_600)),
    ] {
        assert_eq!(claims[claim], value, "{claim}");
    }
    assert!(claims["jti"].is_string());
    assert_ne!(claims["jti"], taken_apart(&other).1["jti"]);
    assert!(!token.contains(&fixture.secret));
    fixture.server.stop().await;
}

/// shows: P-7.4-03
async fn an_access_token_ends(db: Db) {
    let server = clocked_with(db, |config| config.oauth.token_minutes = 5).await;
    let tenant = server.tenant().await;
    let client = client_for(&server.service, &tenant, None).await;
    let secret = client.secret.unwrap();
    let answer = ask_by_secret(&server.root, &client.id, &secret).await;
    let answer = answer.expect_status(200);
    assert_eq!(answer.json()["expires_in"], 300);
    let token = access_token(answer);
    read_with(&server.root, &token).await.expect_status(200);
    server.clock.advance(300 + LEEWAY - 1);
    read_with(&server.root, &token).await.expect_status(200);
    server.clock.advance(1);
    expect_invalid_token(&read_with(&server.root, &token).await, "its end");
    let next = access_token(ask_by_secret(&server.root, &client.id, &secret).await);
    read_with(&server.root, &next).await.expect_status(200);
    // A clock that was put back by more than the leeway: the token is not valid yet.
    server.clock.advance(-LEEWAY);
    read_with(&server.root, &next).await.expect_status(200);
    server.clock.advance(-1);
    expect_invalid_token(&read_with(&server.root, &next).await, "its beginning");
    server.stop().await;
}

/// shows: P-6.1-02 P-6.2-04
async fn a_token_is_good_at_its_own_tenant_alone(db: Db) {
    let fixture = fixture(db).await;
    let (server, root) = (&fixture.server, &fixture.server.root);
    let other = server.tenant().await;
    let id = other.create_user("bjensen").await;
    let token = access_token(ask_by_secret(root, &fixture.id, &fixture.secret).await);
    let at = async |tenant: &str, path: &str| {
        let mut request = scim_request(&token, "GET", path, &[], None);
        request.target = format!("/t/{tenant}{}", request.target);
        send(root, request).await.unwrap()
    };
    at(&fixture.tenant.name, "/Users").await.expect_status(200);
    for tenant in [other.name.as_str(), "nobody", "default"] {
        for path in ["/Users", "/Schemas", &format!("/Users/{id}")] {
            at(tenant, path).await.expect_status(404);
        }
    }
    let own = fixture.tenant.showing(&token);
    own.get(&format!("/Users/{id}")).await.expect_status(404);
    own.delete(&format!("/Users/{id}")).await.expect_status(404);
    other.get(&format!("/Users/{id}")).await.expect_status(200);
    fixture.server.stop().await;
}

/// Two clients of one connection are one provisioning client; /Me is nobody's.
///
/// shows: P-2-02 P-2-03
async fn what_a_client_may_is_asked_for_every_request(db: Db) {
    let fixture = fixture(db).await;
    let root = &fixture.server.root;
    let token = access_token(ask_by_secret(root, &fixture.id, &fixture.secret).await);
    let own = fixture.tenant.showing(&token);
    let id = own.create_user("bjensen").await;
    let seen = fixture.tenant.get(&format!("/Users/{id}")).await;
    seen.expect_status(200);
    own.get("/Me").await.expect_status(404);
    let mut external = user("imke");
    external["externalId"] = json!("1");
    own.post("/Users", &external).await.expect_status(201);
    // The connection's own token has the same external ids.
    external["userName"] = json!("jorge");
    let refused = fixture.tenant.post("/Users", &external).await;
    refused.expect_status(409);
    fixture.server.stop().await;
}

async fn both_algorithms_sign(db: Db) {
    for algorithm in ["EdDSA", "ES256"] {
        let server = clocked_with(db, |config| {
            algorithm.clone_into(&mut config.oauth.algorithm);
        });
        let server = server.await;
        let tenant = server.tenant().await;
        let client = client_for(&server.service, &tenant, None).await;
        let secret = client.secret.unwrap();
        let token = access_token(ask_by_secret(&server.root, &client.id, &secret).await);
        assert_eq!(taken_apart(&token).0["alg"], algorithm);
        read_with(&server.root, &token).await.expect_status(200);
        server.stop().await;
    }
}
