//! The keys that sign access tokens: made once, published, rotated, forgotten.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use muster::error::ErrorKind;
use muster::service::admin;
use serde_json::Value;

use crate::support::Db;
use crate::support::clocked::{Clocked, clocked, clocked_with};
use crate::support::http::{Request, Response, send};
use crate::support::oauth::{
    access_token, ask_by_secret, client_for, expect_invalid_token, read_with,
};
use crate::support::server::TestTenant;
use crate::support::signing::{SigningPair, taken_apart, with, without};

const LIFE: i64 = 3_600;
const DAY: i64 = 86_400;
/// An instance believes for less than a second what it has read of the keys.
const FRESH: i64 = 1;

on_both_databases!(
    published_keys_verify_and_hold_no_secret,
    instances_that_sign_at_once_make_one_key,
    tokens_of_the_old_key_stay_valid_after_a_rotation,
    instances_know_a_new_key_at_once,
    an_unknown_key_is_refused,
    another_algorithm_is_another_key,
    old_keys_are_renewed_and_forgotten,
);

async fn public_keys(root: &str) -> Response {
    let request = Request {
        method: "GET".to_owned(),
        target: "/.well-known/jwks.json".to_owned(),
        headers: Vec::new(),
        body: None,
    };
    send(root, request).await.unwrap().expect_status(200)
}

async fn published(root: &str) -> Vec<Value> {
    let document = public_keys(root).await.json();
    document["keys"].as_array().unwrap().clone()
}

async fn published_ids(root: &str) -> Vec<String> {
    let keys = published(root).await.into_iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

struct Fixture {
    server: Clocked,
    tenant: TestTenant,
    id: String,
    secret: String,
}

async fn fixture(server: Clocked) -> Fixture {
    let tenant = server.tenant().await;
    let client = client_for(&server.service, &tenant, None).await;
    Fixture {
        server,
        tenant,
        id: client.id,
        secret: client.secret.unwrap(),
    }
}

impl Fixture {
    async fn token_from(&self, root: &str) -> String {
        access_token(ask_by_secret(root, &self.id, &self.secret).await)
    }

    async fn token(&self) -> String {
        self.token_from(&self.server.root).await
    }

    async fn rotate(&self, algorithm: &str) -> String {
        let key = admin::rotate_key(&self.server.service, algorithm).await;
        key.unwrap().key_id
    }
}

fn key_id(token: &str) -> String {
    taken_apart(token).0["kid"].as_str().unwrap().to_owned()
}

async fn published_keys_verify_and_hold_no_secret(db: Db) {
    let fixture = fixture(clocked(db).await).await;
    let root = &fixture.server.root;
    assert_eq!(published(root).await.len(), 0);
    let token = fixture.token().await;
    let answer = public_keys(root).await;
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
    let kept = answer.header("Cache-Control").unwrap_or_default();
    assert!(kept.contains("max-age="), "{kept}");
    let keys = published(root).await;
    let [key] = keys.as_slice() else {
        panic!("one key: {keys:?}")
    };
    assert_eq!(key["kid"], key_id(&token));
    for (name, value) in [
        ("kty", "OKP"),
        ("crv", "Ed25519"),
        ("use", "sig"),
        ("alg", "EdDSA"),
    ] {
        assert_eq!(key[name], value);
    }
    for private in ["d", "p", "q", "dp", "dq", "qi", "k", "oth"] {
        assert!(key.get(private).is_none(), "{private}");
    }
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let public = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let public = UnparsedPublicKey::new(&ED25519, public);
    public.verify(signed.as_bytes(), &signature).unwrap();
    fixture.server.stop().await;
}

async fn instances_that_sign_at_once_make_one_key(db: Db) {
    let fixture = fixture(clocked(db).await).await;
    let other = fixture.server.another().await;
    let roots = [&fixture.server.root, &other.root];
    let tokens = (0..8).map(|turn| fixture.token_from(roots[turn % 2]));
    let tokens = join_all(tokens).await;
    let first = key_id(&tokens[0]);
    for token in &tokens {
        assert_eq!(key_id(token), first);
        for root in roots {
            read_with(root, token).await.expect_status(200);
        }
    }
    assert_eq!(published_ids(roots[0]).await, [first]);
    other.stop().await;
    fixture.server.stop().await;
}

/// shows: P-7.4-03
async fn tokens_of_the_old_key_stay_valid_after_a_rotation(db: Db) {
    let fixture = fixture(clocked(db).await).await;
    let (server, root) = (&fixture.server, &fixture.server.root);
    let before = fixture.token().await;
    server.clock.advance(10);
    let rotated = fixture.rotate("EdDSA").await;
    server.clock.advance(FRESH);
    let after = fixture.token().await;
    assert_eq!(key_id(&after), rotated);
    assert_ne!(key_id(&before), rotated);
    let mut ids = published_ids(root).await;
    let mut both = vec![key_id(&before), rotated.clone()];
    ids.sort();
    both.sort();
    assert_eq!(ids, both);
    for token in [&before, &after] {
        read_with(root, token).await.expect_status(200);
    }
    // Until its own end, and no longer.
    server.clock.advance(LIFE + 30 - FRESH - 10 - 1);
    read_with(root, &before).await.expect_status(200);
    server.clock.advance(1);
    expect_invalid_token(&read_with(root, &before).await, "its end");
    read_with(root, &after).await.expect_status(200);
    // A key whose tokens have all ended is published no more.
    server.clock.advance(200);
    assert_eq!(published_ids(root).await, [rotated]);
    fixture.server.stop().await;
}

async fn instances_know_a_new_key_at_once(db: Db) {
    let fixture = fixture(clocked(db).await).await;
    let other = fixture.server.another().await;
    for root in [&fixture.server.root, &other.root] {
        let token = fixture.token_from(root).await;
        read_with(&fixture.server.root, &token)
            .await
            .expect_status(200);
        read_with(&other.root, &token).await.expect_status(200);
    }
    fixture.server.clock.advance(2);
    fixture.rotate("EdDSA").await;
    // One instance has read the keys anew, the other has not.
    let third = fixture.server.another().await;
    let token = fixture.token_from(&third.root).await;
    for root in [&fixture.server.root, &other.root, &third.root] {
        read_with(root, &token).await.expect_status(200);
    }
    third.stop().await;
    other.stop().await;
    fixture.server.stop().await;
}

async fn an_unknown_key_is_refused(db: Db) {
    let fixture = fixture(clocked(db).await).await;
    let root = &fixture.server.root;
    let token = fixture.token().await;
    let (header, claims) = taken_apart(&token);
    let stranger = SigningPair::new("EdDSA", "a");
    for header in [
        with(&header, "kid", "a"),
        header.clone(),
        without(&header, "kid"),
    ] {
        let forged = stranger.token_with(&header, &claims);
        expect_invalid_token(&read_with(root, &forged).await, &header.to_string());
    }
    // A key that was taken out of the database is unknown as well.
    let (service, clock) = (&fixture.server.service, &fixture.server.clock);
    fixture.rotate("EdDSA").await;
    clock.advance(3 * DAY);
    let live = fixture.token().await;
    admin::renew_keys(service, "EdDSA", 90).await.unwrap();
    clock.advance(FRESH);
    read_with(root, &live).await.expect_status(200);
    let keys = admin::list_keys(service).await.unwrap();
    assert_eq!(keys.len(), 1);
    fixture.server.stop().await;
}

/// An operator who changes `oauth.algorithm` leaves the tokens valid that were given out before.
async fn another_algorithm_is_another_key(db: Db) {
    let server = clocked_with(db, |config| {
        config.server.public_url = Some("https://scim.example.com".to_owned());
    });
    let fixture = fixture(server.await).await;
    let root = &fixture.server.root;
    let before = fixture.token().await;
    fixture.server.clock.advance(10);
    fixture.rotate("ES256").await;
    fixture.server.clock.advance(FRESH);
    // The configuration of this server still says EdDSA.
    let after = fixture.token().await;
    assert_eq!(key_id(&after), key_id(&before));
    assert_eq!(published_ids(root).await.len(), 2);
    for token in [&before, &after] {
        read_with(root, token).await.expect_status(200);
    }
    let refused = admin::rotate_key(&fixture.server.service, "HS256").await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidValue);
    let changed = fixture.server.another_with(|config| {
        "ES256".clone_into(&mut config.oauth.algorithm);
    });
    let changed = changed.await;
    let token = fixture.token_from(&changed.root).await;
    assert_eq!(taken_apart(&token).0["alg"], "ES256");
    for root in [root, &changed.root] {
        for token in [&before, &after, &token] {
            read_with(root, token).await.expect_status(200);
        }
    }
    changed.stop().await;
    fixture.server.stop().await;
}

async fn old_keys_are_renewed_and_forgotten(db: Db) {
    let fixture = fixture(clocked(db).await).await;
    let (service, clock) = (&fixture.server.service, &fixture.server.clock);
    let first = key_id(&fixture.token().await);
    let renew = async || {
        admin::renew_keys(service, "EdDSA", 90).await.unwrap();
        let keys = admin::list_keys(service).await.unwrap().into_iter();
        keys.map(|key| (key.key_id, key.retired.is_some()))
            .collect::<Vec<_>>()
    };
    clock.advance(90 * DAY);
    assert_eq!(renew().await, [(first.clone(), false)]);
    let token = fixture.token().await;
    clock.advance_microseconds(1_000);
    let keys = renew().await;
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], (first.clone(), true));
    assert!(!keys[1].1);
    read_with(&fixture.server.root, &token)
        .await
        .expect_status(200);
    clock.advance(2 * DAY);
    assert_eq!(renew().await.len(), 2);
    clock.advance_microseconds(1_000);
    assert_eq!(renew().await, keys[1..]);
    let token = fixture.token().await;
    assert_eq!(key_id(&token), keys[1].0);
    read_with(&fixture.server.root, &token)
        .await
        .expect_status(200);
    fixture.tenant.get("/Users").await.expect_status(200);
    fixture.server.stop().await;
}
