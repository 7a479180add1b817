//! Attacks on the access tokens that the server itself gives out.

use muster::auth::oauth::Assertions;
use muster::service::admin;
use serde_json::{Value, json};

use super::assert_all_refused;
use super::attacks::{Attack, Target};
use super::forms::{MAX_TOKEN_BYTES, of_length};
use crate::support::clocked::{Clocked, clocked, clocked_with};
use crate::support::key_server::{Answer, KeyServer, key_set};
use crate::support::oauth::{
    access_token, ask_by_assertion, ask_by_secret, client_for, expect_invalid_token, read_with,
};
use crate::support::signing::{SigningPair, taken_apart, with, without};
use crate::support::{Db, unique};

/// The keys are believed for so long, in seconds.
const FRESH: i64 = 60;

on_both_databases!(
    nothing_but_our_own_tokens_is_let_in,
    a_token_of_another_instance_is_refused,
    an_assertion_is_no_access_token,
    what_is_nearly_wrong_is_accepted,
);

struct Fixture {
    server: Clocked,
    target: Target,
    keys: KeyServer,
}

/// A server with two keys and a token signed by the newer one.
async fn fixture(db: Db, algorithm: &str) -> Fixture {
    let server = clocked_with(db, |config| {
        algorithm.clone_into(&mut config.oauth.algorithm);
    });
    let server = server.await;
    let tenant = server.tenant().await;
    let client = client_for(&server.service, &tenant, None).await;
    let secret = client.secret.unwrap();
    for _ in 0..2 {
        access_token(ask_by_secret(&server.root, &client.id, &secret).await);
        let rotated = admin::rotate_key(&server.service, algorithm).await;
        rotated.unwrap();
        server.clock.advance(FRESH);
    }
    let token = access_token(ask_by_secret(&server.root, &client.id, &secret).await);
    let keys = admin::list_keys(&server.service).await.unwrap();
    let named = taken_apart(&token).0["kid"].clone();
    let pair = |is_named: bool| {
        let key = keys.iter().rfind(|key| (named == key.key_id) == is_named);
        let key = key.unwrap();
        SigningPair::of_server(&key.algorithm, &key.key_id, &key.private_key)
    };
    let keys = KeyServer::start(Answer::Nothing).await;
    let now = server.clock.seconds();
    let target = Target::new(token, pair(true), pair(false), now, &keys.url);
    Fixture {
        server,
        target,
        keys,
    }
}

/// What can be wrong with ours alone. All of it is signed by our key.
fn own_attacks(target: &Target) -> Vec<Attack> {
    let mut listed = Vec::new();
    let headers = [
        ("no typ", without(&target.header, "typ")),
        (
            "typ JWT, as ID tokens have it",
            with(&target.header, "typ", "JWT"),
        ),
        ("typ null", with(&target.header, "typ", Value::Null)),
        ("typ empty", with(&target.header, "typ", "")),
        (
            "typ as list",
            with(&target.header, "typ", json!(["at+jwt"])),
        ),
        (
            "typ of an assertion",
            with(&target.header, "typ", "client-authentication+jwt"),
        ),
        ("typ of a logout", with(&target.header, "typ", "logout+jwt")),
        (
            "typ of a security event",
            with(&target.header, "typ", "secevent+jwt"),
        ),
        ("typ with more", with(&target.header, "typ", "at+jwt;x")),
    ];
    for (what, header) in headers {
        let token = target.signer.token_with(&header, &target.claims);
        listed.push((what.to_owned(), token));
    }
    for wrong in [
        json!("mcl_nobody"),
        json!(""),
        json!(null),
        json!(0),
        json!([target.claims["client_id"]]),
        json!("' OR '1'='1"),
        json!("%"),
        json!("mcl_\0"),
    ] {
        let claims = with(&target.claims, "client_id", wrong.clone());
        let token = target.signer.token_with(&target.header, &claims);
        listed.push((format!("client_id {wrong}"), token));
    }
    let claims = without(&target.claims, "client_id");
    let token = target.signer.token_with(&target.header, &claims);
    listed.push(("no client_id".to_owned(), token));
    listed
}

/// shows: P-2-05 P-2.1-02 B-6750-02
async fn nothing_but_our_own_tokens_is_let_in(db: Db) {
    for (algorithm, count) in [("EdDSA", 424), ("ES256", 424)] {
        let fixture = fixture(db, algorithm).await;
        let mut attacks = fixture.target.attacks();
        attacks.extend(own_attacks(&fixture.target));
        assert_all_refused(&fixture.server.root, &fixture.target, &attacks).await;
        assert_eq!(attacks.len(), count, "{algorithm}");
        assert_eq!(fixture.keys.asked(), 0);
        fixture.server.stop().await;
    }
}

/// shows: P-2-05 P-2.1-02
async fn a_token_of_another_instance_is_refused(db: Db) {
    let public = |url: &'static str| {
        move |config: &mut muster::config::Config| {
            config.server.public_url = Some(url.to_owned());
        }
    };
    let first = clocked_with(db, public("https://scim.example.com")).await;
    let namesake = clocked_with(db, public("https://scim.example.com")).await;
    let other = clocked_with(db, public("https://scim.example.org")).await;
    let mut tokens = Vec::new();
    for server in [&first, &namesake, &other] {
        let tenant = server.tenant().await;
        let client = client_for(&server.service, &tenant, None).await;
        let answer = ask_by_secret(&server.root, &client.id, &client.secret.unwrap()).await;
        tokens.push((server, access_token(answer)));
    }
    for (server, token) in &tokens {
        for (home, _) in &tokens {
            let answer = read_with(&home.root, token).await;
            if home.root == server.root {
                answer.expect_status(200);
            } else {
                expect_invalid_token(&answer, "a token of another instance");
            }
        }
    }
    drop(tokens);
    for server in [first, namesake, other] {
        server.stop().await;
    }
}

async fn an_assertion_is_no_access_token(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let pair = SigningPair::new("EdDSA", "a");
    let assertions = Assertions {
        keys: Some(key_set(&[pair.public()])),
        ..Assertions::default()
    };
    let client = client_for(&server.service, &tenant, Some(&assertions)).await;
    let now = server.clock.seconds();
    let claims = json!({
        "iss": client.id, "sub": client.id, "client_id": client.id, "aud": server.issuer,
        "exp": now + 300, "nbf": now, "jti": unique(), "scope": "read write",
    });
    let header = with(&pair.header(), "typ", "at+jwt");
    for claims in [claims.clone(), with(&claims, "iss", server.issuer.clone())] {
        for header in [&pair.header(), &header] {
            let answer = read_with(&server.root, &pair.token_with(header, &claims)).await;
            expect_invalid_token(&answer, "an assertion");
        }
    }
    let token = access_token(ask_by_assertion(&server.root, &pair.token(&claims)).await);
    read_with(&server.root, &token).await.expect_status(200);
    // And an access token is no assertion.
    let answer = ask_by_assertion(&server.root, &token).await;
    answer.expect_status(401);
    server.stop().await;
}

/// What stands beside the attacks is let in, or they would show nothing.
async fn what_is_nearly_wrong_is_accepted(db: Db) {
    let fixture = fixture(db, "EdDSA").await;
    let target = &fixture.target;
    let root = &fixture.server.root;
    let resigned = |claims: &Value| target.signer.token_with(&target.header, claims);
    let capitals = with(&target.header, "typ", "AT+JWT");
    let older = target.second.key_id.clone();
    let older = with(&target.header, "kid", older);
    let claims = &target.claims;
    for (what, token) in [
        ("signed again", resigned(claims)),
        (
            "typ in capitals",
            target.signer.token_with(&capitals, claims),
        ),
        ("the older key", target.second.token_with(&older, claims)),
        ("the longest", of_length(target, MAX_TOKEN_BYTES)),
        (
            "a second audience",
            resigned(&with(claims, "aud", json!(["x", claims["aud"]]))),
        ),
        (
            "a claim of its own",
            resigned(&with(claims, "x", json!({"y": [1.5e3]}))),
        ),
        (
            "exp at its edge",
            resigned(&with(claims, "exp", target.now - 29)),
        ),
        (
            "nbf at its edge",
            resigned(&with(claims, "nbf", target.now + 30)),
        ),
    ] {
        let answer = read_with(root, &token).await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.describe());
    }
    let none = with(claims, "scope", "unheard-of");
    let answer = read_with(root, &resigned(&none)).await;
    answer.expect_status(403);
    let longer = format!("{}x", of_length(target, MAX_TOKEN_BYTES));
    expect_invalid_token(&read_with(root, &longer).await, "one letter more");
    fixture.server.stop().await;
}
