//! What the token endpoint takes, and each way to be refused (RFC 6749 §4.4, §5.1, §5.2).

use muster::auth::Scopes;
use muster::auth::oauth::ASSERTION_TYPE;
use muster::service::admin;
use serde_json::json;

use crate::support::Db;
use crate::support::clocked::{Clocked, clocked};
use crate::support::http::{Request, Response, send};
use crate::support::oauth::{
    FORM, access_token, ask, ask_by_secret, assert_uncached, basic, client_for, connection_of,
    expect_refusal, form, post_form, read_with,
};
use crate::support::server::{TestTenant, user};

pub(super) const GRANT: &str = "grant_type=client_credentials";

on_both_databases!(
    a_secret_in_the_header_or_in_the_body_gets_a_token,
    percent_encoded_parts_of_the_header_are_decoded,
    scopes_are_narrowed_and_never_widened,
    each_error_has_its_code_and_is_not_kept,
    a_parameter_stands_once,
    a_client_authenticates_in_one_way,
    two_authorization_headers_are_two_ways,
    only_a_form_is_read,
);

/// A server with a client of one tenant.
pub(super) struct Fixture {
    pub(super) server: Clocked,
    pub(super) tenant: TestTenant,
    pub(super) id: String,
    pub(super) secret: String,
}

pub(super) async fn fixture(db: Db) -> Fixture {
    let server = clocked(db).await;
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
    pub(super) async fn post(&self, headers: &[(&str, &str)], body: &str) -> Response {
        let headers = [&[FORM], headers].concat();
        post_form(&self.server.root, &headers, body).await
    }

    pub(super) async fn by_header(&self, header: &str, body: &str) -> Response {
        self.post(&[("Authorization", header)], body).await
    }

    fn basic(&self) -> String {
        basic(&self.id, &self.secret)
    }
}

async fn a_secret_in_the_header_or_in_the_body_gets_a_token(db: Db) {
    let fixture = fixture(db).await;
    let root = &fixture.server.root;
    let lower_case = fixture.basic().replacen("Basic", "basic", 1);
    let both_name_it = format!("{GRANT}&client_id={}", fixture.id);
    for answer in [
        fixture.by_header(&fixture.basic(), GRANT).await,
        fixture.by_header(&lower_case, GRANT).await,
        fixture.by_header(&fixture.basic(), &both_name_it).await,
        ask_by_secret(root, &fixture.id, &fixture.secret).await,
        // What is not known is passed over (RFC 6749 §3.2), and what is empty is absent.
        fixture
            .by_header(
                &fixture.basic(),
                &format!("{GRANT}&resource=x&scope=&client_secret="),
            )
            .await,
    ] {
        let answer = answer.expect_status(200);
        assert_uncached(&answer, &answer.describe());
        let body = answer.json();
        assert_eq!(body["token_type"], "Bearer");
        assert_eq!(body["expires_in"], 3_600);
        assert_eq!(body["scope"], Scopes::all().to_string());
        let token = access_token(answer);
        read_with(root, &token).await.expect_status(200);
        let created = fixture.tenant.showing(&token);
        let created = created
            .post("/Users", &user(&crate::support::unique()))
            .await;
        created.expect_status(201);
    }
    fixture.server.stop().await;
}

async fn percent_encoded_parts_of_the_header_are_decoded(db: Db) {
    let fixture = fixture(db).await;
    let all = |text: &str, is_upper: bool| {
        let bytes = text.bytes();
        let encoded = bytes.map(|byte| {
            if is_upper {
                format!("%{byte:02X}")
            } else {
                format!("%{byte:02x}")
            }
        });
        encoded.collect::<String>()
    };
    let (id, secret) = (fixture.id.as_str(), fixture.secret.as_str());
    for is_upper in [true, false] {
        let header = basic(&all(id, is_upper), &all(secret, is_upper));
        access_token(fixture.by_header(&header, GRANT).await);
    }
    access_token(
        fixture
            .by_header(&basic(&all(id, true), secret), GRANT)
            .await,
    );
    // Once, not twice.
    let twice = basic(&all(&all(id, true), true), secret);
    let answer = fixture.by_header(&twice, GRANT).await;
    expect_refusal(&answer, 401, "invalid_client", "encoded twice");
    fixture.server.stop().await;
}

/// shows: P-2.1-01
async fn scopes_are_narrowed_and_never_widened(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let (_, connection) = connection_of(&server.service, &tenant).await;
    let most = "users:read users:write groups:read";
    let client = admin::create_client(&server.service, &connection, Some(most), None).await;
    let client = client.unwrap();
    let secret = client.secret.unwrap();
    let ask_for = async |scope: &str| {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", &client.id),
            ("client_secret", &secret),
            ("scope", scope),
        ];
        ask(&server.root, &fields).await
    };
    for (asked, given) in [
        ("", most),
        ("users:read", "users:read"),
        ("users:write users:read", "users:read users:write"),
        ("users:read users:read", "users:read"),
    ] {
        let answer = ask_for(asked).await.expect_status(200);
        assert_eq!(answer.json()["scope"], given, "{asked:?}");
    }
    for wrong in [
        "users:delete",
        "users:read users:delete",
        "read",
        "write",
        "unheard-of",
        "users:read unheard-of",
        "Users:Read",
        " ",
    ] {
        let what = expect_refusal(&ask_for(wrong).await, 400, "invalid_scope", wrong);
        assert!(!what.is_empty(), "{wrong:?}");
    }
    let narrow = access_token(ask_for("users:read").await);
    let narrow = tenant.showing(&narrow);
    narrow.get("/Users").await.expect_status(200);
    narrow.get("/Groups").await.expect_status(403);
    let refused = narrow.post("/Users", &user("bjensen")).await;
    let challenge = refused.header("WWW-Authenticate").unwrap_or_default();
    assert!(challenge.contains("scope=\"users:write\""), "{challenge}");
    refused.expect_status(403);
    server.stop().await;
}

async fn each_error_has_its_code_and_is_not_kept(db: Db) {
    let fixture = fixture(db).await;
    let (id, secret) = (fixture.id.clone(), fixture.secret.clone());
    let client = format!("client_id={id}&client_secret={secret}");
    let assertion = format!("{GRANT}&client_assertion_type={ASSERTION_TYPE}&client_assertion=");
    for (body, status, code) in [
        (client.clone(), 400, "invalid_request"),
        (format!("grant_type=&{client}"), 400, "invalid_request"),
        (
            format!("grant_type=password&{client}"),
            400,
            "unsupported_grant_type",
        ),
        (
            format!("grant_type=authorization_code&{client}&code=x"),
            400,
            "unsupported_grant_type",
        ),
        (
            format!("grant_type=refresh_token&{client}"),
            400,
            "unsupported_grant_type",
        ),
        (
            format!("grant_type=Client_Credentials&{client}"),
            400,
            "unsupported_grant_type",
        ),
        (GRANT.to_owned(), 401, "invalid_client"),
        (format!("{GRANT}&client_id={id}"), 401, "invalid_client"),
        (
            format!("{GRANT}&client_id={id}&client_secret="),
            401,
            "invalid_client",
        ),
        (
            format!("{GRANT}&client_secret={secret}"),
            401,
            "invalid_client",
        ),
        (
            format!("{GRANT}&client_id={id}x&client_secret={secret}"),
            401,
            "invalid_client",
        ),
        (
            format!("{GRANT}&client_id={id}&client_secret={secret}x"),
            401,
            "invalid_client",
        ),
        (
            format!("{GRANT}&{client}&scope=unheard-of"),
            400,
            "invalid_scope",
        ),
        (format!("{assertion}x"), 401, "invalid_client"),
        (
            format!("{assertion}eyJhbGciOiJub25lIn0.e30."),
            401,
            "invalid_client",
        ),
        (
            format!("{GRANT}&client_assertion=x"),
            400,
            "invalid_request",
        ),
        (
            format!("{GRANT}&client_assertion=x&client_assertion_type=other"),
            400,
            "invalid_request",
        ),
        (
            format!("{GRANT}&{client}&scope=%ff"),
            400,
            "invalid_request",
        ),
        (String::new(), 400, "invalid_request"),
        ("&&&=&".to_owned(), 400, "invalid_request"),
        (
            format!("{GRANT}&{client}&pad={}", "x".repeat(32_768)),
            413,
            "invalid_request",
        ),
    ] {
        let answer = fixture.post(&[], &body).await;
        let shown: String = body.chars().take(200).collect();
        let what = expect_refusal(&answer, status, code, &shown);
        assert!(!what.is_empty(), "{shown}");
        assert!(!what.contains(&secret), "{shown}: {what}");
    }
    // Whether there is such a client is not told.
    let unknown = ask_by_secret(&fixture.server.root, "mcl_nobody", &secret).await;
    let wrong = ask_by_secret(&fixture.server.root, &id, "mcs_wrong").await;
    assert_eq!(unknown.json(), wrong.json());
    fixture.server.stop().await;
}

async fn a_parameter_stands_once(db: Db) {
    let fixture = fixture(db).await;
    let (id, secret) = (&fixture.id, &fixture.secret);
    let good = format!("{GRANT}&client_id={id}&client_secret={secret}&scope=read");
    access_token(fixture.post(&[], &good).await);
    for name in ["grant_type", "client_id", "client_secret", "scope"] {
        let pairs = good.split('&');
        let pair = pairs.clone().find(|pair| pair.starts_with(name)).unwrap();
        for again in [
            pair.to_owned(),
            format!("{name}=other"),
            format!("{name}="),
            name.into(),
        ] {
            let what = format!("{name} and {again}");
            let answer = fixture.post(&[], &format!("{good}&{again}")).await;
            let said = expect_refusal(&answer, 400, "invalid_request", &what);
            assert!(said.contains(name), "{what}: {said}");
        }
    }
    let assertion = form(&[
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", "x"),
    ]);
    for again in [
        "client%5fassertion=x",
        "client_assertion_type=x",
        "client_assertion=x",
    ] {
        let answer = fixture.post(&[], &format!("{assertion}&{again}")).await;
        expect_refusal(&answer, 400, "invalid_request", again);
    }
    fixture.server.stop().await;
}

async fn a_client_authenticates_in_one_way(db: Db) {
    let fixture = fixture(db).await;
    let (id, secret) = (&fixture.id, &fixture.secret);
    let header = fixture.basic();
    let by_assertion = format!("client_assertion_type={ASSERTION_TYPE}&client_assertion=x");
    for body in [
        format!("{GRANT}&client_id={id}&client_secret={secret}"),
        format!("{GRANT}&client_secret={secret}"),
        format!("{GRANT}&{by_assertion}"),
        format!("{GRANT}&client_id=mcl_other"),
    ] {
        let answer = fixture.by_header(&header, &body).await;
        expect_refusal(&answer, 400, "invalid_request", &body);
    }
    let body = format!("{GRANT}&client_id={id}&client_secret={secret}&{by_assertion}");
    expect_refusal(
        &fixture.post(&[], &body).await,
        400,
        "invalid_request",
        &body,
    );
    for malformed in [
        "Basic".to_owned(),
        "Basic ".to_owned(),
        "Basic !!!".to_owned(),
        "Basic bm8tY29sb24=".to_owned(),
        format!("Bearer {secret}"),
        format!("Digest username=\"{id}\""),
        basic("%ff", secret),
    ] {
        let answer = fixture.by_header(&malformed, GRANT).await;
        assert!(matches!(answer.status, 400 | 401), "{}", answer.describe());
        assert!(answer.json().get("access_token").is_none(), "{malformed}");
    }
    fixture.server.stop().await;
}

/// As every other address of the server has it.
async fn two_authorization_headers_are_two_ways(db: Db) {
    let fixture = fixture(db).await;
    let (header, other) = (fixture.basic(), basic("mcl_other", "mcs_other"));
    for pair in [[&header, &other], [&other, &header], [&header, &header]] {
        let headers = pair.map(|value| ("Authorization", value.as_str()));
        let answer = fixture.post(&headers, GRANT).await;
        expect_refusal(&answer, 400, "invalid_request", "two Authorization headers");
    }
    fixture.server.stop().await;
}

async fn only_a_form_is_read(db: Db) {
    let fixture = fixture(db).await;
    let (id, secret) = (&fixture.id, &fixture.secret);
    let good = format!("{GRANT}&client_id={id}&client_secret={secret}");
    let document = json!({
        "grant_type": "client_credentials", "client_id": id, "client_secret": secret,
    });
    let document = document.to_string();
    let root = &fixture.server.root;
    for (media_type, body) in [
        ("application/json", &document),
        ("application/json", &good),
        ("text/plain", &good),
        ("multipart/form-data; boundary=x", &good),
        ("application/x-www-form-urlencodedx", &good),
        ("", &good),
    ] {
        let answer = post_form(root, &[("Content-Type", media_type)], body).await;
        expect_refusal(&answer, 400, "invalid_request", media_type);
    }
    let answer = post_form(root, &[], &good).await;
    expect_refusal(&answer, 400, "invalid_request", "no media type");
    for media_type in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "Application/X-WWW-Form-Urlencoded",
    ] {
        access_token(post_form(root, &[("Content-Type", media_type)], &good).await);
    }
    // Nothing is taken from the address, and nothing is got there.
    for (method, target, body) in [
        ("POST", format!("/oauth/token?{good}"), Some(Vec::new())),
        ("GET", format!("/oauth/token?{good}"), None),
        (
            "PUT",
            "/oauth/token".to_owned(),
            Some(good.clone().into_bytes()),
        ),
    ] {
        let request = Request {
            method: method.to_owned(),
            target,
            headers: vec![(FORM.0.to_owned(), FORM.1.to_owned())],
            body,
        };
        let answer = send(root, request).await.unwrap();
        assert!((400..500).contains(&answer.status), "{}", answer.describe());
        assert!(!answer.describe().contains("access_token"));
    }
    fixture.server.stop().await;
}
