//! Keys that an issuer publishes: how often they are asked for, and what becomes of tokens when they cannot be had.

use futures_util::future::join_all;
use muster::auth::Reading;
use serde_json::{Value, json};

use super::foreign::{access_claims, register};
use crate::support::clocked::{Clocked, clocked, clocked_with};
use crate::support::http::Response;
use crate::support::key_server::{Answer, KeyServer, key_set, raw};
use crate::support::oauth::{expect_invalid_token, read_with, retry_after};
use crate::support::signing::{SigningPair, with, without};
use crate::support::{Db, unique};

/// How long a set is good without being asked for again, in seconds.
const FRESH: i64 = 600;
/// How long it is used while its issuer does not answer.
const STALE: i64 = 86_400;
/// How soon it is asked for again.
const AGAIN: i64 = 30;
/// The largest set, in bytes.
const MAX_BYTES: usize = 262_144;

on_both_databases!(
    a_set_is_asked_for_once_in_ten_minutes,
    an_unknown_key_is_asked_for_at_most_every_30_seconds,
    many_tokens_at_once_ask_once,
    keys_go_on_while_the_issuer_is_down,
    keys_that_were_never_fetched_are_503,
    an_issuer_that_is_silent_is_given_up,
    a_set_may_have_so_many_bytes_and_no_more,
    redirects_are_not_followed,
    good_keys_are_found_among_others,
    a_network_that_nobody_named_is_not_asked,
);

struct Fixture {
    server: Clocked,
    keys: KeyServer,
    pair: SigningPair,
}

async fn fixture(db: Db) -> Fixture {
    let pair = SigningPair::new("ES256", "a");
    let keys = KeyServer::start(Answer::Json(key_set(&[pair.public()]))).await;
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    register(&server, &tenant, published_at(&keys.url)).await;
    Fixture { server, keys, pair }
}

fn published_at(url: &str) -> Reading {
    Reading {
        algorithms: vec!["ES256".to_owned(), "RS256".to_owned()],
        keys_url: Some(url.to_owned()),
        ..Reading::default()
    }
}

impl Fixture {
    async fn show(&self, pair: &SigningPair) -> Response {
        self.show_with(pair, &pair.header()).await
    }

    async fn show_with(&self, pair: &SigningPair, header: &Value) -> Response {
        let token = pair.token_with(header, &access_claims(&self.server));
        read_with(&self.server.root, &token).await
    }

    async fn works(&self) {
        self.show(&self.pair).await.expect_status(200);
    }

    /// There are no keys to verify with; whoever asks again later may have more luck.
    async fn expect_unavailable(&self, what: &str) {
        let answer = self.show(&self.pair).await;
        assert_eq!(answer.status, 503, "{what}: {}", answer.describe());
        assert!((1..=60).contains(&retry_after(&answer)), "{what}");
        assert_eq!(answer.json()["status"], "503", "{what}");
    }
}

async fn a_set_is_asked_for_once_in_ten_minutes(db: Db) {
    let fixture = fixture(db).await;
    for _ in 0..3 {
        fixture.works().await;
    }
    fixture.server.clock.advance(FRESH - 1);
    fixture.works().await;
    assert_eq!(fixture.keys.asked(), 1);
    fixture.server.clock.advance(1);
    for _ in 0..3 {
        fixture.works().await;
    }
    assert_eq!(fixture.keys.asked(), 2);
    // What was withdrawn is refused when the set is asked for again.
    let next = SigningPair::new("ES256", "b");
    fixture
        .keys
        .answers(Answer::Json(key_set(&[next.public()])));
    fixture.works().await;
    fixture.server.clock.advance(FRESH);
    expect_invalid_token(&fixture.show(&fixture.pair).await, "withdrawn");
    fixture.show(&next).await.expect_status(200);
    assert_eq!(fixture.keys.asked(), 3);
    fixture.server.stop().await;
}

async fn an_unknown_key_is_asked_for_at_most_every_30_seconds(db: Db) {
    let fixture = fixture(db).await;
    fixture.works().await;
    let next = SigningPair::new("ES256", "b");
    let both = [fixture.pair.public(), next.public()];
    fixture.keys.answers(Answer::Json(key_set(&both)));
    expect_invalid_token(&fixture.show(&next).await, "just asked");
    fixture.server.clock.advance(AGAIN - 1);
    expect_invalid_token(&fixture.show(&next).await, "asked 29 seconds ago");
    assert_eq!(fixture.keys.asked(), 1);
    fixture.server.clock.advance(1);
    fixture.show(&next).await.expect_status(200);
    fixture.works().await;
    assert_eq!(fixture.keys.asked(), 2);
    // Whoever invents names of keys makes nobody ask more often.
    let stranger = SigningPair::new("ES256", "c");
    for round in 0..3 {
        fixture.server.clock.advance(AGAIN);
        for _ in 0..10 {
            let header = with(&stranger.header(), "kid", unique());
            expect_invalid_token(&fixture.show_with(&stranger, &header).await, "invented");
            fixture.works().await;
        }
        assert_eq!(fixture.keys.asked(), 3 + round);
    }
    fixture.server.stop().await;
}

async fn many_tokens_at_once_ask_once(db: Db) {
    let fixture = fixture(db).await;
    let shown = join_all((0..20).map(|_| fixture.show(&fixture.pair))).await;
    for answer in shown {
        answer.expect_status(200);
    }
    assert_eq!(fixture.keys.asked(), 1);
    fixture.server.stop().await;
}

async fn keys_go_on_while_the_issuer_is_down(db: Db) {
    let fixture = fixture(db).await;
    fixture.works().await;
    let asked = |count: usize| assert_eq!(fixture.keys.asked(), count);
    for (turn, down) in [
        Answer::Nothing,
        raw("500 Internal Server Error", "", "{}"),
        raw("404 Not Found", "", ""),
        raw("200 OK", "Content-Type: text/html\r\n", "<html></html>"),
        raw("200 OK", "", "{}"),
        raw("200 OK", "", "{\"keys\":[]}"),
        raw("200 OK", "", "{\"keys\":{}}"),
        raw("200 OK", "", ""),
        raw("204 No Content", "", ""),
        Answer::Raw(b"no HTTP at all\r\n\r\n".to_vec()),
    ]
    .into_iter()
    .enumerate()
    {
        fixture.keys.answers(down);
        fixture.server.clock.advance(FRESH);
        for _ in 0..3 {
            fixture.works().await;
        }
        asked(2 + turn);
    }
    let elapsed = 10 * FRESH;
    fixture.server.clock.advance(STALE - elapsed - 1);
    fixture.works().await;
    asked(12);
    // After a day, what was fetched then is too old to go by.
    fixture.server.clock.advance(1);
    fixture.expect_unavailable("a day").await;
    asked(12);
    let again = Answer::Json(key_set(&[fixture.pair.public()]));
    fixture.keys.answers(again);
    fixture.server.clock.advance(AGAIN - 1);
    fixture.works().await;
    asked(13);
    fixture.server.stop().await;
}

async fn keys_that_were_never_fetched_are_503(db: Db) {
    let fixture = fixture(db).await;
    fixture.keys.answers(Answer::Nothing);
    for _ in 0..3 {
        fixture.expect_unavailable("down").await;
    }
    assert_eq!(fixture.keys.asked(), 1);
    fixture.server.clock.advance(AGAIN);
    fixture.expect_unavailable("still down").await;
    assert_eq!(fixture.keys.asked(), 2);
    let back = Answer::Json(key_set(&[fixture.pair.public()]));
    fixture.keys.answers(back);
    fixture.expect_unavailable("asked just before").await;
    fixture.server.clock.advance(AGAIN);
    fixture.works().await;
    assert_eq!(fixture.keys.asked(), 3);
    fixture.server.stop().await;
}

/// The one test here that waits: for the five seconds that an issuer is given.
async fn an_issuer_that_is_silent_is_given_up(db: Db) {
    let fixture = fixture(db).await;
    fixture.keys.answers(Answer::Silence);
    let started = std::time::Instant::now();
    let patience = std::time::Duration::from_secs(30);
    let waiting = join_all((0..3).map(|_| fixture.expect_unavailable("silent")));
    tokio::time::timeout(patience, waiting).await.unwrap();
    assert!(started.elapsed() < patience);
    assert_eq!(fixture.keys.asked(), 1);
    fixture.server.stop().await;
}

async fn a_set_may_have_so_many_bytes_and_no_more(db: Db) {
    for (length, status) in [(MAX_BYTES, 200), (MAX_BYTES + 1, 503), (8 << 20, 503)] {
        let fixture = fixture(db).await;
        let set = key_set(&[fixture.pair.public()]).to_string();
        let body = format!("{set}{}", " ".repeat(length - set.len()));
        let json = "Content-Type: application/json\r\n";
        fixture.keys.answers(raw("200 OK", json, &body));
        let answer = fixture.show(&fixture.pair).await;
        answer.expect_status(status);
        fixture.server.stop().await;
    }
    // Nor does it help not to say how long it is.
    let fixture = fixture(db).await;
    let mut endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"keys\":[".to_vec();
    endless.resize(MAX_BYTES * 4, b' ');
    fixture.keys.answers(Answer::Raw(endless));
    fixture.expect_unavailable("endless").await;
    fixture.server.stop().await;
}

async fn redirects_are_not_followed(db: Db) {
    let fixture = fixture(db).await;
    let elsewhere = Answer::Json(key_set(&[fixture.pair.public()]));
    let elsewhere = KeyServer::start(elsewhere).await;
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
        "300 Multiple Choices",
    ] {
        let header = format!("Location: {}\r\n", elsewhere.url);
        let set = key_set(&[fixture.pair.public()]).to_string();
        fixture.keys.answers(raw(status, &header, &set));
        fixture.expect_unavailable(status).await;
        fixture.server.clock.advance(AGAIN);
    }
    assert_eq!(fixture.keys.asked(), 6);
    assert_eq!(elsewhere.asked(), 0);
    fixture.server.stop().await;
}

/// What is published beside a key neither hides it nor stands for it.
async fn good_keys_are_found_among_others(db: Db) {
    let fixture = fixture(db).await;
    let rsa = SigningPair::new("RS256", "r");
    // Of another kind, with the same name.
    let namesake = SigningPair::new("RS256", "a");
    let encrypting = SigningPair::new("ES256", "enc");
    let wide = SigningPair::new("ES384", "wide");
    let narrow = SigningPair::new("RS256", "narrow");
    let nameless = SigningPair::new("ES256", "nameless");
    let own = fixture.pair.public();
    let broken = |name: &str, value: Value| with(&with(&own, "kid", unique()), name, value);
    let secret = json!({"kty": "oct", "k": "c2VjcmV0", "kid": "a", "alg": "HS256"});
    let set = [
        json!(null),
        json!(1),
        json!("key"),
        json!([]),
        json!({}),
        secret,
        json!({"kty": "AKP", "alg": "ML-DSA-44", "kid": "a", "pub": "AA"}),
        broken("x", json!(null)),
        broken("x", json!("not base64!")),
        broken("y", json!("AA")),
        broken("crv", json!("secp256k1")),
        broken("kty", json!("ec")),
        with(&broken("alg", json!("none")), "kid", "a"),
        with(&broken("alg", json!("HS256")), "kid", "a"),
        with(&encrypting.public(), "use", "enc"),
        without(&nameless.public(), "kid"),
        with(&wide.public(), "alg", "ES256"),
        with(&narrow.public(), "alg", "RS512"),
        namesake.public(),
        without(&without(&own, "alg"), "use"),
        rsa.public(),
    ];
    fixture.keys.answers(Answer::Json(key_set(&set)));
    fixture.works().await;
    fixture.show(&rsa).await.expect_status(200);
    fixture.show(&namesake).await.expect_status(200);
    let as_es256 = with(&wide.header(), "alg", "ES256");
    for (what, answer) in [
        ("for encryption", fixture.show(&encrypting).await),
        ("another curve", fixture.show_with(&wide, &as_es256).await),
        ("another algorithm", fixture.show(&narrow).await),
        ("without a name", fixture.show(&nameless).await),
        (
            "not published",
            fixture.show(&SigningPair::new("ES256", "a")).await,
        ),
    ] {
        expect_invalid_token(&answer, what);
    }
    fixture.works().await;
    fixture.server.stop().await;
}

async fn a_network_that_nobody_named_is_not_asked(db: Db) {
    let pair = SigningPair::new("ES256", "a");
    let keys = KeyServer::start(Answer::Json(key_set(&[pair.public()]))).await;
    let port = keys.url.rsplit(':').next().unwrap().to_owned();
    let hosts = [
        "127.0.0.1",
        "localhost",
        "[::ffff:127.0.0.1]",
        "0x7f.1",
        "2130706433",
    ];
    for host in hosts {
        for scheme in ["http", "https"] {
            let server = clocked_with(db, |config| config.oauth.private_networks.clear()).await;
            let tenant = server.tenant().await;
            let url = format!("{scheme}://{host}:{port}");
            register(&server, &tenant, published_at(&url)).await;
            let fixture = Fixture {
                server,
                keys: KeyServer::start(Answer::Nothing).await,
                pair: SigningPair::new("ES256", "a"),
            };
            fixture.expect_unavailable(&url).await;
            fixture.server.stop().await;
        }
    }
    assert_eq!(keys.asked(), 0);
}
