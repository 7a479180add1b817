//! Whom a token of another issuer stands for, and what it allows.

use muster::auth::Reading;
use muster::error::ErrorKind;
use muster::service::admin::{self, NewIssuer};
use serde_json::{Map, Value, json};

use super::foreign::{AUDIENCE, ISSUER, access_claims, given};
use crate::support::clocked::{Clocked, clocked};
use crate::support::http::send;
use crate::support::oauth::{connection_of, expect_invalid_token};
use crate::support::server::{TestTenant, scim_request, user};
use crate::support::signing::{SigningPair, with, without};
use crate::support::{Db, unique};

on_both_databases!(
    scopes_come_as_text_or_as_a_list,
    scopes_are_mapped_by_name_and_bounded_by_the_issuers_most,
    claims_name_tenant_and_connection,
    a_connection_is_looked_for_in_the_issuers_tenant,
    claims_that_are_required_must_have_their_value,
    an_issuer_that_could_never_work_is_not_registered,
    an_issuer_is_registered_once,
);

fn pair() -> SigningPair {
    SigningPair::new("EdDSA", "a")
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other} is no object"),
    }
}

async fn register(server: &Clocked, tenant: &TestTenant, reading: Reading, scopes: &str) {
    let (found, connection) = connection_of(&server.service, tenant).await;
    let new = NewIssuer {
        name: "hr",
        tenant: Some(&found),
        connection: Some(&connection),
        issuer: ISSUER,
        audience: AUDIENCE,
        reading,
        scopes,
    };
    admin::create_issuer(&server.service, &new).await.unwrap();
}

/// What the holder of a token may: read users, create users, read groups.
async fn may(tenant: &TestTenant, token: &str) -> [bool; 3] {
    let caller = tenant.showing(token);
    let statuses = [
        caller.get("/Users").await.status,
        caller.post("/Users", &user(&unique())).await.status,
        caller.get("/Groups").await.status,
    ];
    statuses.map(|status| match status {
        200 | 201 => true,
        403 => false,
        other => panic!("status {other}"),
    })
}

/// shows: P-2.1-01
async fn scopes_come_as_text_or_as_a_list(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let pair = pair();
    let reading = Reading {
        scope_claim: Some("scp".to_owned()),
        ..given(&[&pair])
    };
    register(&server, &tenant, reading, "read write").await;
    let claims = access_claims(&server);
    for (value, expected) in [
        (json!("users:read"), [true, false, false]),
        (json!("users:read users:write"), [true, true, false]),
        (json!("openid  users:read profile"), [true, false, false]),
        (json!("read"), [true, false, true]),
        (json!("read write"), [true, true, true]),
        (json!(["users:write"]), [false, true, false]),
        (
            json!(["users:read", "openid", "groups:read"]),
            [true, false, true],
        ),
        (
            json!(["users:read", 1, null, ["groups:read"]]),
            [true, false, false],
        ),
        (json!([]), [false; 3]),
        (json!(""), [false; 3]),
        (json!("Users:Read"), [false; 3]),
        (json!("users:read\tgroups:read"), [false; 3]),
        (json!("users:readx"), [false; 3]),
        (json!(null), [false; 3]),
        (json!(true), [false; 3]),
        (json!({"users:read": true}), [false; 3]),
    ] {
        let token = pair.token(&with(&claims, "scp", value.clone()));
        assert_eq!(may(&tenant, &token).await, expected, "{value}");
    }
    // Where a claim is to say it, silence allows nothing; another claim says nothing.
    let silent = with(&claims, "scope", "read write");
    assert_eq!(may(&tenant, &pair.token(&silent)).await, [false; 3]);
    server.stop().await;
}

/// shows: P-2.1-01
async fn scopes_are_mapped_by_name_and_bounded_by_the_issuers_most(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let pair = pair();
    let reading = Reading {
        scope_claim: Some("roles".to_owned()),
        scope_names: object(json!({
            "Provisioning.Read": "users:read",
            "Provisioning.All": "users:read users:write groups:read",
            "https://example.com/groups reader": "groups:read",
            "read": "users:read",
        })),
        ..given(&[&pair])
    };
    register(&server, &tenant, reading, "users:read users:write").await;
    let claims = access_claims(&server);
    for (value, expected) in [
        (json!(["Provisioning.Read"]), [true, false, false]),
        (json!("Provisioning.Read"), [true, false, false]),
        (json!(["provisioning.read"]), [false; 3]),
        // Groups are more than this issuer may give.
        (json!(["Provisioning.All"]), [true, true, false]),
        (json!(["https://example.com/groups reader"]), [false; 3]),
        (json!("read write"), [true, true, false]),
        (json!("groups:read groups:write users:delete"), [false; 3]),
        (json!(["users:write"]), [false, true, false]),
    ] {
        let token = pair.token(&with(&claims, "roles", value.clone()));
        assert_eq!(may(&tenant, &token).await, expected, "{value}");
    }
    admin::delete_issuer(&server.service, "hr").await.unwrap();
    // Without a claim for scopes, all of what the issuer may give.
    register(&server, &tenant, given(&[&pair]), "users:read").await;
    let token = pair.token(&with(&claims, "scope", "read write"));
    assert_eq!(may(&tenant, &token).await, [true, false, false]);
    let answer = tenant.showing(&token).post("/Users", &user("x")).await;
    let challenge = answer.header("WWW-Authenticate").unwrap_or_default();
    assert!(challenge.contains("scope=\"users:write\""), "{challenge}");
    server.stop().await;
}

/// shows: P-6.1-02 P-6.2-04
async fn claims_name_tenant_and_connection(db: Db) {
    let server = clocked(db).await;
    let (tenant, other) = (server.tenant().await, server.tenant().await);
    let pair = pair();
    let new = NewIssuer {
        name: "all",
        tenant: None,
        connection: None,
        issuer: ISSUER,
        audience: AUDIENCE,
        reading: Reading {
            tenant_claim: Some("tid".to_owned()),
            connection_claim: Some("https://example.com/connection".to_owned()),
            ..given(&[&pair])
        },
        scopes: "read write",
    };
    admin::create_issuer(&server.service, &new).await.unwrap();
    let claims = access_claims(&server);
    let claims = with(&claims, "https://example.com/connection", "test");
    for (one, another) in [(&tenant, &other), (&other, &tenant)] {
        let token = pair.token(&with(&claims, "tid", one.name.clone()));
        let caller = one.showing(&token);
        let id = caller.create_user(&unique()).await;
        one.get(&format!("/Users/{id}")).await.expect_status(200);
        another
            .get(&format!("/Users/{id}"))
            .await
            .expect_status(404);
        let mut request = scim_request(&token, "GET", "/Users", &[], None);
        request.target = format!("/t/{}/scim/v2/Users", another.name);
        let answer = send(&server.root, request).await;
        answer.unwrap().expect_status(404);
    }
    for wrong in [
        json!("t-nobody"),
        json!(""),
        json!(null),
        json!(1),
        json!([tenant.name]),
        json!(tenant.name.to_uppercase()),
        json!(format!("{} ", tenant.name)),
        json!(format!("{}\0", tenant.name)),
        json!("%"),
        json!("' OR '1'='1"),
        json!("../default"),
    ] {
        let token = pair.token(&with(&claims, "tid", wrong.clone()));
        let answer = tenant.showing(&token).get("/Users").await;
        expect_invalid_token(&answer, &format!("tenant {wrong}"));
        let right = with(&claims, "tid", tenant.name.clone());
        let token = pair.token(&with(
            &right,
            "https://example.com/connection",
            wrong.clone(),
        ));
        let answer = tenant.showing(&token).get("/Users").await;
        expect_invalid_token(&answer, &format!("connection {wrong}"));
    }
    let nameless = without(&claims, "https://example.com/connection");
    let token = pair.token(&with(&nameless, "tid", tenant.name.clone()));
    expect_invalid_token(&tenant.showing(&token).get("/Users").await, "no connection");
    let token = pair.token(&claims);
    expect_invalid_token(&tenant.showing(&token).get("/Users").await, "no tenant");
    server.stop().await;
}

async fn a_connection_is_looked_for_in_the_issuers_tenant(db: Db) {
    let server = clocked(db).await;
    let (tenant, other) = (server.tenant().await, server.tenant().await);
    let (found, _) = connection_of(&server.service, &tenant).await;
    let (found_other, _) = connection_of(&server.service, &other).await;
    for (of, name) in [(&found, "payroll"), (&found_other, "theirs")] {
        let created = admin::create_connection(&server.service, of, name, "generic", &[]).await;
        created.unwrap();
    }
    let pair = pair();
    let new = NewIssuer {
        name: "one",
        tenant: Some(&found),
        connection: None,
        issuer: ISSUER,
        audience: AUDIENCE,
        reading: Reading {
            connection_claim: Some("azp".to_owned()),
            tenant_claim: Some("tid".to_owned()),
            ..given(&[&pair])
        },
        scopes: "read write",
    };
    admin::create_issuer(&server.service, &new).await.unwrap();
    // The claim for the tenant is not asked: the issuer is that tenant's.
    let claims = with(&access_claims(&server), "tid", other.name.clone());
    for name in ["test", "payroll"] {
        let token = pair.token(&with(&claims, "azp", name));
        let id = tenant.showing(&token).create_user(&unique()).await;
        tenant.get(&format!("/Users/{id}")).await.expect_status(200);
        other.get(&format!("/Users/{id}")).await.expect_status(404);
    }
    let token = pair.token(&with(&claims, "azp", "theirs"));
    expect_invalid_token(
        &tenant.showing(&token).get("/Users").await,
        "another tenant's",
    );
    server.stop().await;
}

async fn claims_that_are_required_must_have_their_value(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let pair = pair();
    let required = json!({"azp": "muster-hr", "ver": "2.0", "verified": true});
    let reading = Reading {
        required: object(required.clone()),
        ..given(&[&pair])
    };
    register(&server, &tenant, reading, "read").await;
    let mut good = access_claims(&server);
    for (name, value) in required.as_object().unwrap() {
        good = with(&good, name, value.clone());
    }
    let read = async |claims: &Value| tenant.showing(&pair.token(claims)).get("/Users").await;
    read(&good).await.expect_status(200);
    for (name, wrong) in [
        ("azp", json!("muster")),
        ("azp", json!("Muster-HR")),
        ("azp", json!(["muster-hr"])),
        ("azp", json!(null)),
        ("ver", json!(2.0)),
        ("ver", json!("2")),
        ("verified", json!("true")),
        ("verified", json!(1)),
        ("verified", json!(false)),
    ] {
        let answer = read(&with(&good, name, wrong.clone())).await;
        expect_invalid_token(&answer, &format!("{name} {wrong}"));
    }
    for name in ["azp", "ver", "verified"] {
        expect_invalid_token(&read(&without(&good, name)).await, name);
    }
    read(&good).await.expect_status(200);
    server.stop().await;
}

async fn an_issuer_that_could_never_work_is_not_registered(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let (found, connection) = connection_of(&server.service, &tenant).await;
    let pair = pair();
    let reading = || given(&[&pair]);
    let shared = json!({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "a"}]});
    let of = |algorithm: &str| Reading {
        algorithms: vec![algorithm.to_owned()],
        ..reading()
    };
    let new = |reading: Reading| NewIssuer {
        name: "hr",
        tenant: Some(&found),
        connection: Some(&connection),
        issuer: ISSUER,
        audience: AUDIENCE,
        reading,
        scopes: "read",
    };
    let with_both = Reading {
        keys_url: Some("https://login.example.com/keys".to_owned()),
        ..reading()
    };
    let without_keys = Reading {
        keys: None,
        ..reading()
    };
    let with_shared = Reading {
        keys: Some(shared),
        ..reading()
    };
    for wrong in [
        new(of("HS256")),
        new(of("none")),
        new(of("RSA-OAEP")),
        new(of("")),
        new(Reading {
            algorithms: Vec::new(),
            ..reading()
        }),
        new(with_both),
        new(without_keys),
        new(with_shared),
        new(Reading {
            keys: Some(json!({"keys": []})),
            ..reading()
        }),
        new(Reading {
            keys: Some(json!([])),
            ..reading()
        }),
        NewIssuer {
            tenant: None,
            connection: None,
            ..new(reading())
        },
        NewIssuer {
            connection: None,
            ..new(reading())
        },
        NewIssuer {
            issuer: "",
            ..new(reading())
        },
        NewIssuer {
            audience: "",
            ..new(reading())
        },
        NewIssuer {
            scopes: "unheard-of",
            ..new(reading())
        },
        NewIssuer {
            scopes: "",
            ..new(reading())
        },
        NewIssuer {
            name: "Not A Name!",
            ..new(reading())
        },
    ] {
        let refused = admin::create_issuer(&server.service, &wrong).await;
        assert_eq!(
            refused.unwrap_err().kind(),
            ErrorKind::InvalidValue,
            "{wrong:?}"
        );
    }
    let issuers = admin::list_issuers(&server.service).await.unwrap();
    assert_eq!(issuers.len(), 0);
    server.stop().await;
}

async fn an_issuer_is_registered_once(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let (found, connection) = connection_of(&server.service, &tenant).await;
    let pair = pair();
    let create = async |name: &str, audience: &str| {
        let new = NewIssuer {
            name,
            tenant: Some(&found),
            connection: Some(&connection),
            issuer: ISSUER,
            audience,
            reading: given(&[&pair]),
            scopes: "read",
        };
        let created = admin::create_issuer(&server.service, &new).await;
        created.err().map(|error| error.kind())
    };
    assert_eq!(create("hr", AUDIENCE).await, None);
    for (name, audience) in [("hr", "another"), ("another", AUDIENCE)] {
        let refused = create(name, audience).await;
        assert_eq!(refused, Some(ErrorKind::Uniqueness), "{name}");
    }
    assert_eq!(create("another", "another").await, None);
    server.stop().await;
}
