//! Attacks on the access tokens of another issuer, and on the assertions of clients.

use muster::auth::Reading;
use muster::auth::oauth::Assertions;
use muster::service::admin::{self, NewIssuer};
use serde_json::{Value, json};

use super::assert_all_refused;
use super::attacks::{Attack, Target};
use super::forms::{MAX_TOKEN_BYTES, of_length};
use crate::support::clocked::{Clocked, clocked};
use crate::support::key_server::{Answer, KeyServer, key_set};
use crate::support::oauth::{
    ask_by_assertion, client_for, connection_of, expect_invalid_token, expect_refusal, read_with,
};
use crate::support::server::TestTenant;
use crate::support::signing::{SigningPair, with, without};
use crate::support::{Db, unique};

pub(super) const ISSUER: &str = "https://login.example.com/acme";
pub(super) const AUDIENCE: &str = "api://muster";

on_both_databases!(
    nothing_but_the_issuers_tokens_is_let_in,
    nothing_but_a_clients_assertions_is_let_in,
    what_is_nearly_wrong_is_accepted,
    issuers_of_one_name_do_not_stand_in_each_others_way,
    an_issuer_that_is_deleted_is_unknown_at_once,
);

/// Registers an issuer for a tenant's connection.
pub(super) async fn register(server: &Clocked, tenant: &TestTenant, reading: Reading) {
    let (found, connection) = connection_of(&server.service, tenant).await;
    let new = NewIssuer {
        name: &format!("i-{}", unique()),
        tenant: Some(&found),
        connection: Some(&connection),
        issuer: ISSUER,
        audience: AUDIENCE,
        reading,
        scopes: "read write",
    };
    admin::create_issuer(&server.service, &new).await.unwrap();
}

/// What its tokens say that are to be accepted.
pub(super) fn access_claims(server: &Clocked) -> Value {
    let now = server.clock.seconds();
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "an identity provider", "iat": now, "nbf": now,
        "exp": now + 3_600, "jti": unique(),
    })
}

/// Keys that are given, for the algorithm of the first.
pub(super) fn given(pairs: &[&SigningPair]) -> Reading {
    let keys: Vec<Value> = pairs.iter().map(|pair| pair.public()).collect();
    Reading {
        algorithms: vec![pairs[0].algorithm.to_owned()],
        keys: Some(key_set(&keys)),
        ..Reading::default()
    }
}

struct Fixture {
    server: Clocked,
    target: Target,
    trap: KeyServer,
}

async fn fixture(db: Db, algorithm: &'static str) -> Fixture {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let signer = SigningPair::new(algorithm, "Key-1");
    let second = SigningPair::new(algorithm, "Key-2");
    register(&server, &tenant, given(&[&signer, &second])).await;
    let trap = KeyServer::start(Answer::Json(key_set(&[signer.public()]))).await;
    let token = signer.token(&access_claims(&server));
    let target = Target::new(token, signer, second, server.clock.seconds(), &trap.url);
    Fixture {
        server,
        target,
        trap,
    }
}

/// shows: P-2-05 P-2.1-02 B-6750-02
async fn nothing_but_the_issuers_tokens_is_let_in(db: Db) {
    for (algorithm, count) in [("RS256", 406), ("ES256", 406)] {
        let fixture = fixture(db, algorithm).await;
        let attacks = fixture.target.attacks();
        assert_all_refused(&fixture.server.root, &fixture.target, &attacks).await;
        assert_eq!(attacks.len(), count, "{algorithm}");
        assert_eq!(fixture.trap.asked(), 0);
        fixture.server.stop().await;
    }
}

/// What assertions may leave out, or what is right for them.
fn is_attack_on_assertions(attack: &Attack) -> bool {
    let is_about_nbf = ["no nbf", "NBF for nbf", "a blank after nbf"].contains(&attack.0.as_str());
    !is_about_nbf
}

/// The same list, shown to the token endpoint; a form holds what a header cannot.
///
/// shows: P-2.1-02
async fn nothing_but_a_clients_assertions_is_let_in(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let signer = SigningPair::new("ES256", "Key-1");
    let second = SigningPair::new("ES256", "Key-2");
    let assertions = Assertions {
        keys: Some(key_set(&[signer.public(), second.public()])),
        ..Assertions::default()
    };
    let client = client_for(&server.service, &tenant, Some(&assertions)).await;
    let now = server.clock.seconds();
    let claims = json!({
        "iss": client.id, "sub": client.id, "aud": server.issuer, "exp": now + 300, "nbf": now,
        "jti": unique(),
    });
    let trap = KeyServer::start(Answer::Nothing).await;
    let token = signer.token(&claims);
    let target = Target::new(token.clone(), signer, second, now, &trap.url);
    let mut attacks = target.attacks();
    attacks.retain(is_attack_on_assertions);
    for blank in ["\n", "\r\n", " ", "\0"] {
        attacks.push((format!("{blank:?} before"), format!("{blank}{token}")));
        attacks.push((format!("{blank:?} at the end"), format!("{token}{blank}")));
        let split = token.replacen('.', &format!("{blank}."), 1);
        attacks.push((format!("{blank:?} before a dot"), split));
    }
    for (what, sub) in [
        ("another sub", json!("mcl_other")),
        ("a sub as list", json!([client.id])),
    ] {
        let claims = with(&target.claims, "sub", sub);
        attacks.push((what.to_owned(), target.signer.token(&claims)));
    }
    let claims = without(&target.claims, "sub");
    attacks.push(("no sub".to_owned(), target.signer.token(&claims)));
    let mut faults = Vec::new();
    for (what, token) in &attacks {
        let answer = ask_by_assertion(&server.root, token).await;
        if answer.status != 401 || answer.json()["error"] != "invalid_client" {
            faults.push(format!("{what}:\n{}", answer.describe()));
        }
        let fresh = with(&target.claims, "jti", unique());
        let good = ask_by_assertion(&server.root, &target.signer.token(&fresh)).await;
        if good.status != 200 {
            faults.push(format!("the good one after {what}:\n{}", good.describe()));
        }
    }
    println!(
        "assertions: {} attacks, {} faults",
        attacks.len(),
        faults.len()
    );
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert_eq!(attacks.len(), 418);
    // The first of all was never used.
    ask_by_assertion(&server.root, &target.token)
        .await
        .expect_status(200);
    let again = ask_by_assertion(&server.root, &target.token).await;
    expect_refusal(&again, 401, "invalid_client", "used before");
    assert_eq!(trap.asked(), 0);
    server.stop().await;
}

/// What stands beside the attacks is let in, or they would show nothing.
async fn what_is_nearly_wrong_is_accepted(db: Db) {
    for algorithm in ["RS256", "ES256"] {
        let fixture = fixture(db, algorithm).await;
        let target = &fixture.target;
        let (header, claims, now) = (&target.header, &target.claims, target.now);
        let resigned = |claims: &Value| target.signer.token_with(header, claims);
        let of_second = with(header, "kid", target.second.key_id.clone());
        let in_text = |name: &str, value: &str| {
            let others = without(&with(claims, name, 0), name).to_string();
            let others = others.strip_suffix('}').unwrap();
            let claims = format!("{others},\"{name}\":{value}}}");
            target.signer.token_of(&header.to_string(), &claims)
        };
        for (what, token) in [
            (
                "the other key",
                target.second.token_with(&of_second, claims),
            ),
            (
                "no typ",
                target.signer.token_with(&without(header, "typ"), claims),
            ),
            (
                "a typ of its own",
                target
                    .signer
                    .token_with(&with(header, "typ", "at+jwt"), claims),
            ),
            (
                "a thumbprint",
                target.signer.token_with(&with(header, "x5t", "x"), claims),
            ),
            ("the longest", of_length(target, MAX_TOKEN_BYTES)),
            (
                "several audiences",
                resigned(&with(claims, "aud", json!(["x", AUDIENCE]))),
            ),
            ("exp at its edge", resigned(&with(claims, "exp", now - 29))),
            (
                "exp with a fraction",
                in_text("exp", &format!("{}.5", now + 5)),
            ),
            ("exp with an exponent", in_text("exp", "9.9e9")),
            ("nbf at its edge", resigned(&with(claims, "nbf", now + 30))),
            (
                "nbf with a fraction",
                in_text("nbf", &format!("{}.5", now - 5)),
            ),
            ("another tenant", resigned(&with(claims, "tenant", "other"))),
            ("another client", resigned(&with(claims, "client_id", "x"))),
        ] {
            let answer = read_with(&fixture.server.root, &token).await;
            assert_eq!(
                answer.status,
                200,
                "{algorithm}, {what}: {}",
                answer.describe()
            );
        }
        fixture.server.stop().await;
    }
}

/// Two registrations of one issuer, each with another audience: what is wrong with one is nothing to the other.
async fn issuers_of_one_name_do_not_stand_in_each_others_way(db: Db) {
    let server = clocked(db).await;
    let pair = SigningPair::new("ES256", "a");
    let down = KeyServer::start(Answer::Nothing).await;
    let mut registered = Vec::new();
    for (audience, reading) in [
        (
            "api://broken",
            Reading {
                algorithms: vec!["ES256".to_owned()],
                keys_url: Some(down.url.clone()),
                ..Reading::default()
            },
        ),
        ("api://works", given(&[&pair])),
        (
            "api://also-broken",
            given(&[&SigningPair::new("RS256", "a")]),
        ),
    ] {
        let tenant = server.tenant().await;
        let (found, connection) = connection_of(&server.service, &tenant).await;
        let new = NewIssuer {
            name: audience.rsplit('/').next().unwrap(),
            tenant: Some(&found),
            connection: Some(&connection),
            issuer: ISSUER,
            audience,
            reading,
            scopes: "read",
        };
        admin::create_issuer(&server.service, &new).await.unwrap();
        registered.push(tenant);
    }
    let claims = with(&access_claims(&server), "aud", "api://works");
    let token = pair.token(&claims);
    let answer = registered[1].showing(&token).get("/Users").await;
    answer.expect_status(200);
    // The token reads what its audience is registered for, and nothing of the others.
    let id = registered[0].create_user("bjensen").await;
    let answer = registered[1]
        .showing(&token)
        .get(&format!("/Users/{id}"))
        .await;
    answer.expect_status(404);
    let unknown = pair.token(&with(&claims, "aud", "api://nobody"));
    expect_invalid_token(&read_with(&server.root, &unknown).await, "no such audience");
    server.stop().await;
}

async fn an_issuer_that_is_deleted_is_unknown_at_once(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let pair = SigningPair::new("ES256", "a");
    register(&server, &tenant, given(&[&pair])).await;
    let token = pair.token(&access_claims(&server));
    read_with(&server.root, &token).await.expect_status(200);
    let issuers = admin::list_issuers(&server.service).await.unwrap();
    admin::delete_issuer(&server.service, &issuers[0].name)
        .await
        .unwrap();
    expect_invalid_token(&read_with(&server.root, &token).await, "deleted");
    // A tenant takes its issuers along.
    register(&server, &tenant, given(&[&pair])).await;
    read_with(&server.root, &token).await.expect_status(200);
    let (found, _) = connection_of(&server.service, &tenant).await;
    admin::delete_tenant(&server.service, &found).await.unwrap();
    expect_invalid_token(
        &read_with(&server.root, &token).await,
        "its tenant is deleted",
    );
    let issuers = admin::list_issuers(&server.service).await.unwrap();
    assert_eq!(issuers.len(), 0);
    server.stop().await;
}
