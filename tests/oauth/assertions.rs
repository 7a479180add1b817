//! Clients that sign (RFC 7523 §2.2): with a key of their own, or through another party.

use futures_util::future::join_all;
use muster::auth::oauth::{ASSERTION_TYPE, Assertions};
use serde_json::{Value, json};

use crate::support::clocked::{Clocked, clocked, clocked_with};
use crate::support::key_server::{Answer, KeyServer, key_set};
use crate::support::oauth::{
    access_token, ask, ask_by_assertion, ask_by_secret, client_for, expect_refusal, read_with,
    retry_after,
};
use crate::support::signing::{SigningPair, hmac_token, with, without};
use crate::support::{Db, unique};

const DAY: i64 = 86_400;
/// How far clocks may differ.
const LEEWAY: i64 = 30;

on_both_databases!(
    each_kind_of_key_signs,
    keys_are_fetched_where_the_client_publishes_them,
    keys_that_cannot_be_fetched_are_503,
    the_address_of_the_token_endpoint_is_an_audience,
    an_assertion_is_good_for_one_use,
    one_of_many_uses_at_once_succeeds,
    another_signature_of_the_same_claims_is_the_same_assertion,
    an_assertion_lives_a_day_at_most,
    what_an_assertion_says_is_checked,
    another_party_signs_for_a_client,
    a_client_that_signs_has_no_secret,
);

/// What an assertion says that is to be accepted.
pub(super) fn assertion(server: &Clocked, client: &str) -> Value {
    json!({
        "iss": client, "sub": client, "aud": server.issuer,
        "exp": server.clock.seconds() + 300, "jti": unique(),
    })
}

async fn signing_client(server: &Clocked, assertions: &Assertions) -> String {
    let tenant = server.tenant().await;
    let client = client_for(&server.service, &tenant, Some(assertions)).await;
    client.id
}

fn given(keys: &[&SigningPair]) -> Assertions {
    let keys: Vec<Value> = keys.iter().map(|key| key.public()).collect();
    Assertions {
        keys: Some(key_set(&keys)),
        ..Assertions::default()
    }
}

async fn assert_accepted(server: &Clocked, token: &str) {
    let token = access_token(ask_by_assertion(&server.root, token).await);
    read_with(&server.root, &token).await.expect_status(200);
}

async fn assert_refused(server: &Clocked, token: &str, what: &str) -> String {
    let answer = ask_by_assertion(&server.root, token).await;
    expect_refusal(&answer, 401, "invalid_client", what)
}

async fn each_kind_of_key_signs(db: Db) {
    let server = clocked(db).await;
    for algorithm in ["EdDSA", "ES256", "ES384", "RS256"] {
        let pair = SigningPair::new(algorithm, "a");
        let client = signing_client(&server, &given(&[&pair])).await;
        let claims = assertion(&server, &client);
        assert_accepted(&server, &pair.token(&claims)).await;
        // The client may name itself besides.
        let signed = pair.token(&assertion(&server, &client));
        let mut fields = vec![
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &signed),
            ("scope", "users:read"),
            ("client_id", "mcl_other"),
        ];
        let answer = ask(&server.root, &fields).await;
        expect_refusal(&answer, 401, "invalid_client", "another client_id");
        fields[4].1 = &client;
        let answer = ask(&server.root, &fields).await.expect_status(200);
        assert_eq!(answer.json()["scope"], "users:read");
        // Another key of the kind is another client.
        let stranger = SigningPair::new(algorithm, "a");
        let claims = assertion(&server, &client);
        assert_refused(&server, &stranger.token(&claims), algorithm).await;
    }
    server.stop().await;
}

async fn keys_are_fetched_where_the_client_publishes_them(db: Db) {
    let server = clocked(db).await;
    let (old, new) = (
        SigningPair::new("ES256", "a"),
        SigningPair::new("ES256", "b"),
    );
    let keys = KeyServer::start(Answer::Json(key_set(&[old.public()]))).await;
    let assertions = Assertions {
        keys_url: Some(keys.url.clone()),
        ..Assertions::default()
    };
    let client = signing_client(&server, &assertions).await;
    for _ in 0..3 {
        let signed = old.token(&assertion(&server, &client));
        assert_accepted(&server, &signed).await;
    }
    assert_eq!(keys.asked(), 1);
    // A key that is new is asked for, though not at once.
    keys.answers(Answer::Json(key_set(&[new.public()])));
    let signed = new.token(&assertion(&server, &client));
    assert_refused(&server, &signed, "not known yet").await;
    server.clock.advance(LEEWAY);
    assert_accepted(&server, &signed).await;
    let signed = old.token(&assertion(&server, &client));
    assert_refused(&server, &signed, "withdrawn").await;
    assert_eq!(keys.asked(), 2);
    server.stop().await;
}

async fn keys_that_cannot_be_fetched_are_503(db: Db) {
    let pair = SigningPair::new("ES256", "a");
    let keys = KeyServer::start(Answer::Nothing).await;
    let assertions = Assertions {
        keys_url: Some(keys.url.clone()),
        ..Assertions::default()
    };
    let server = clocked(db).await;
    let client = signing_client(&server, &assertions).await;
    let signed = pair.token(&assertion(&server, &client));
    let answer = ask_by_assertion(&server.root, &signed).await;
    assert!((1..=60).contains(&retry_after(&answer)));
    expect_refusal(&answer, 503, "temporarily_unavailable", "no keys");
    assert_eq!(keys.asked(), 1);
    server.stop().await;
    // Where the operator named no private network, nobody is asked there.
    let server = clocked_with(db, |config| config.oauth.private_networks.clear()).await;
    keys.answers(Answer::Json(key_set(&[pair.public()])));
    let client = signing_client(&server, &assertions).await;
    let signed = pair.token(&assertion(&server, &client));
    let answer = ask_by_assertion(&server.root, &signed).await;
    expect_refusal(&answer, 503, "temporarily_unavailable", "a private network");
    assert_eq!(keys.asked(), 1);
    server.stop().await;
}

async fn the_address_of_the_token_endpoint_is_an_audience(db: Db) {
    let server = clocked(db).await;
    let pair = SigningPair::new("EdDSA", "a");
    let client = signing_client(&server, &given(&[&pair])).await;
    let (issuer, endpoint) = (&server.issuer, format!("{}/oauth/token", server.issuer));
    for audience in [
        json!(issuer),
        json!(endpoint),
        json!([endpoint]),
        json!(["https://other.example", issuer]),
    ] {
        let claims = with(&assertion(&server, &client), "aud", audience);
        assert_accepted(&server, &pair.token(&claims)).await;
    }
    for audience in [
        json!("https://other.example"),
        json!(format!("{issuer}/")),
        json!(format!("{endpoint}/")),
        json!(format!("{issuer}/scim/v2")),
        json!(client),
        json!([]),
        json!([[issuer]]),
        json!(null),
        json!(1),
        json!({ "aud": issuer }),
    ] {
        let what = audience.to_string();
        let claims = with(&assertion(&server, &client), "aud", audience);
        assert_refused(&server, &pair.token(&claims), &what).await;
    }
    server.stop().await;
}

async fn an_assertion_is_good_for_one_use(db: Db) {
    let server = clocked(db).await;
    let pair = SigningPair::new("RS256", "a");
    let client = signing_client(&server, &given(&[&pair])).await;
    let claims = assertion(&server, &client);
    let signed = pair.token(&claims);
    assert_accepted(&server, &signed).await;
    let said = assert_refused(&server, &signed, "used before").await;
    assert!(said.contains("used before"), "{said}");
    // A jti is one use, whatever else is said; another is another.
    let longer = with(&claims, "exp", server.clock.seconds() + 400);
    assert_refused(&server, &pair.token(&longer), "the same jti").await;
    let renamed = with(&claims, "jti", unique());
    assert_accepted(&server, &pair.token(&renamed)).await;
    // Without one, it is the whole of what was said.
    let unnamed = without(&assertion(&server, &client), "jti");
    assert_accepted(&server, &pair.token(&unnamed)).await;
    assert_refused(&server, &pair.token(&unnamed), "the same claims").await;
    let later = with(&unnamed, "exp", server.clock.seconds() + 301);
    assert_accepted(&server, &pair.token(&later)).await;
    // It is remembered for as long as it could be shown, by every instance.
    let other = server.another().await;
    assert_refused(&other, &signed, "on another instance").await;
    for seconds in [299, LEEWAY, 1, 100, DAY] {
        server.clock.advance(seconds);
        assert_refused(&server, &signed, "later").await;
        assert_refused(&other, &signed, "later").await;
    }
    // The same jti of another client is another assertion.
    let second = signing_client(&server, &given(&[&pair])).await;
    let theirs = with(&assertion(&server, &second), "jti", renamed["jti"].clone());
    assert_accepted(&server, &pair.token(&theirs)).await;
    other.stop().await;
    server.stop().await;
}

async fn one_of_many_uses_at_once_succeeds(db: Db) {
    let server = clocked(db).await;
    let other = server.another().await;
    let pair = SigningPair::new("EdDSA", "a");
    let client = signing_client(&server, &given(&[&pair])).await;
    for _ in 0..5 {
        let signed = pair.token(&assertion(&server, &client));
        let roots = [&server.root, &other.root];
        let uses = (0..8).map(|turn| ask_by_assertion(roots[turn % 2], &signed));
        let answers = join_all(uses).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401, 401, 401, 401, 401, 401, 401]);
    }
    other.stop().await;
    server.stop().await;
}

/// ECDSA signs the same text in another way each time.
async fn another_signature_of_the_same_claims_is_the_same_assertion(db: Db) {
    let server = clocked(db).await;
    let pair = SigningPair::new("ES256", "a");
    let client = signing_client(&server, &given(&[&pair])).await;
    let claims = without(&assertion(&server, &client), "jti");
    let (first, second) = (pair.token(&claims), pair.token(&claims));
    assert_ne!(first, second);
    assert_accepted(&server, &first).await;
    assert_refused(&server, &second, "signed again").await;
    server.stop().await;
}

async fn an_assertion_lives_a_day_at_most(db: Db) {
    let server = clocked(db).await;
    let pair = SigningPair::new("EdDSA", "a");
    let client = signing_client(&server, &given(&[&pair])).await;
    let living = |seconds: i64| {
        let claims = assertion(&server, &client);
        pair.token(&with(&claims, "exp", server.clock.seconds() + seconds))
    };
    assert_accepted(&server, &living(DAY)).await;
    for seconds in [DAY + 1, 365 * DAY, 9_000_000_000_000] {
        let said = assert_refused(&server, &living(seconds), "too long").await;
        assert!(said.contains("too long"), "{said}");
    }
    assert_accepted(&server, &living(1 - LEEWAY)).await;
    for seconds in [-LEEWAY, -LEEWAY - 1, -DAY] {
        let said = assert_refused(&server, &living(seconds), "expired").await;
        assert!(said.contains("expired"), "{said}");
    }
    server.stop().await;
}

async fn what_an_assertion_says_is_checked(db: Db) {
    let server = clocked(db).await;
    let pair = SigningPair::new("RS256", "a");
    let client = signing_client(&server, &given(&[&pair])).await;
    let other = signing_client(&server, &given(&[&pair])).await;
    let good = assertion(&server, &client);
    let soon = server.clock.seconds() + LEEWAY;
    assert_accepted(&server, &pair.token(&with(&good, "nbf", soon))).await;
    let good = assertion(&server, &client);
    for (what, claims) in [
        ("wrong iss", with(&good, "iss", "mcl_other")),
        ("iss of another client", with(&good, "iss", other.clone())),
        ("sub of another client", with(&good, "sub", other.clone())),
        ("empty iss", with(&good, "iss", "")),
        ("iss as list", with(&good, "iss", json!([client]))),
        ("no iss", without(&good, "iss")),
        ("no sub", without(&good, "sub")),
        ("sub as list", with(&good, "sub", json!([client]))),
        ("no aud", without(&good, "aud")),
        ("no exp", without(&good, "exp")),
        ("exp as text", with(&good, "exp", "99999999999")),
        ("nbf to come", with(&good, "nbf", soon + 1)),
        ("nbf as text", with(&good, "nbf", "0")),
    ] {
        assert_refused(&server, &pair.token(&claims), what).await;
    }
    for algorithm in ["HS256", "HS384", "HS512"] {
        let header = json!({"alg": algorithm, "kid": "a"});
        for (form, secret) in pair.public_as_secrets() {
            let forged = hmac_token(&header, &good, &secret);
            assert_refused(&server, &forged, &format!("{algorithm} with {form}")).await;
        }
    }
    assert_accepted(&server, &pair.token(&good)).await;
    server.stop().await;
}

/// Workload identity federation: the party's assertions may be shown until they expire, and live as long as it likes.
async fn another_party_signs_for_a_client(db: Db) {
    const PARTY: &str = "https://token.example.com";
    const SUBJECT: &str = "repo:acme/hr:ref:refs/heads/main";
    let server = clocked(db).await;
    let pair = SigningPair::new("RS256", "a");
    for audience in [None, Some("muster-hr")] {
        let assertions = Assertions {
            issuer: Some(PARTY.to_owned()),
            subject: Some(SUBJECT.to_owned()),
            audience: audience.map(str::to_owned),
            ..given(&[&pair])
        };
        let client = signing_client(&server, &assertions).await;
        let good = json!({
            "iss": PARTY, "sub": SUBJECT, "aud": audience.unwrap_or(&server.issuer),
            "exp": server.clock.seconds() + 2 * DAY, "jti": "the same",
        });
        let show = async |claims: &Value, id: Option<&str>| {
            let signed = pair.token(claims);
            let fields = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", signed.as_str()),
                ("client_id", id.unwrap_or_default()),
            ];
            ask(&server.root, &fields).await
        };
        for _ in 0..3 {
            let token = access_token(show(&good, Some(&client)).await);
            read_with(&server.root, &token).await.expect_status(200);
            server.clock.advance(3_600);
        }
        let now = server.clock.seconds();
        let wrong_audience = match audience {
            Some(_) => server.issuer.as_str(),
            None => "muster-hr",
        };
        for (what, claims, id) in [
            ("no client_id", good.clone(), None),
            ("another client", good.clone(), Some("mcl_other")),
            (
                "another subject",
                with(&good, "sub", "repo:acme/other"),
                Some(client.as_str()),
            ),
            (
                "the client as subject",
                with(&good, "sub", client.clone()),
                Some(&client),
            ),
            ("no subject", without(&good, "sub"), Some(&client)),
            (
                "another issuer",
                with(&good, "iss", "https://other.example"),
                Some(&client),
            ),
            (
                "the client as issuer",
                with(&good, "iss", client.clone()),
                Some(&client),
            ),
            (
                "another audience",
                with(&good, "aud", wrong_audience),
                Some(&client),
            ),
            ("expired", with(&good, "exp", now - LEEWAY), Some(&client)),
            ("no end", without(&good, "exp"), Some(&client)),
        ] {
            let answer = show(&claims, id).await;
            expect_refusal(&answer, 401, "invalid_client", what);
        }
        access_token(show(&good, Some(&client)).await);
    }
    server.stop().await;
}

async fn a_client_that_signs_has_no_secret(db: Db) {
    let server = clocked(db).await;
    let pair = SigningPair::new("EdDSA", "a");
    let signing = signing_client(&server, &given(&[&pair])).await;
    for secret in ["", " ", "mcs_guess", "null"] {
        let answer = ask_by_secret(&server.root, &signing, secret).await;
        expect_refusal(&answer, 401, "invalid_client", secret);
    }
    // And one with a secret takes no assertions.
    let tenant = server.tenant().await;
    let with_secret = client_for(&server.service, &tenant, None).await;
    let claims = assertion(&server, &with_secret.id);
    assert_refused(&server, &pair.token(&claims), "no keys").await;
    server.stop().await;
}
