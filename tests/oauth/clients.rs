//! Clients with a secret: rotated, deleted, and gone with what they belong to.

use muster::auth::oauth::Assertions;
use muster::error::ErrorKind;
use muster::service::admin;
use serde_json::json;
use time::Duration;

use super::assertions::assertion;
use super::endpoint::fixture;
use crate::support::Db;
use crate::support::clocked::clocked;
use crate::support::key_server::key_set;
use crate::support::oauth::{
    access_token, ask_by_assertion, ask_by_secret, client_for, connection_of, expect_invalid_token,
    expect_refusal, read_with,
};
use crate::support::server::user;
use crate::support::signing::SigningPair;

const DAY: i64 = 86_400;

on_both_databases!(
    a_rotated_secret_is_good_until_the_overlap_ends,
    only_the_secret_before_is_good_besides,
    a_deleted_client_is_refused_at_once,
    clients_go_with_their_connection_and_their_tenant,
    a_frozen_connection_reads_and_changes_nothing,
    a_client_is_known_to_its_tenant_alone,
);

async fn a_rotated_secret_is_good_until_the_overlap_ends(db: Db) {
    let fixture = fixture(db).await;
    let (server, root) = (&fixture.server, &fixture.server.root);
    let (tenant, _) = connection_of(&server.service, &fixture.tenant).await;
    let overlap = Duration::days(7);
    let new = admin::rotate_client(&server.service, &tenant, &fixture.id, overlap).await;
    let new = new.unwrap();
    assert_ne!(new, fixture.secret);
    for _ in 0..2 {
        access_token(ask_by_secret(root, &fixture.id, &new).await);
        let token = ask_by_secret(root, &fixture.id, &fixture.secret).await;
        read_with(root, &access_token(token))
            .await
            .expect_status(200);
        server.clock.advance_microseconds(7 * DAY * 500_000 - 1);
    }
    server.clock.advance_microseconds(1);
    access_token(ask_by_secret(root, &fixture.id, &fixture.secret).await);
    server.clock.advance_microseconds(1);
    let refused = ask_by_secret(root, &fixture.id, &fixture.secret).await;
    expect_refusal(&refused, 401, "invalid_client", "after the overlap");
    access_token(ask_by_secret(root, &fixture.id, &new).await);
    fixture.server.stop().await;
}

async fn only_the_secret_before_is_good_besides(db: Db) {
    let fixture = fixture(db).await;
    let (server, root) = (&fixture.server, &fixture.server.root);
    let (tenant, _) = connection_of(&server.service, &fixture.tenant).await;
    let rotate = async |overlap: Duration| {
        let rotated = admin::rotate_client(&server.service, &tenant, &fixture.id, overlap).await;
        rotated.unwrap()
    };
    let good = async |secret: &str| {
        let answer = ask_by_secret(root, &fixture.id, secret).await;
        answer.status == 200
    };
    let second = rotate(Duration::days(1)).await;
    let third = rotate(Duration::days(1)).await;
    assert!(!good(&fixture.secret).await);
    assert!(good(&second).await && good(&third).await);
    // What leaked ends at once where the operator says so.
    for overlap in [Duration::ZERO, Duration::hours(-1)] {
        let before = rotate(Duration::days(1)).await;
        let after = rotate(overlap).await;
        assert!(!good(&before).await);
        assert!(good(&after).await);
    }
    let signing = Assertions {
        keys: Some(key_set(&[SigningPair::new("ES256", "a").public()])),
        ..Assertions::default()
    };
    let signing = client_for(&server.service, &fixture.tenant, Some(&signing)).await;
    assert_eq!(signing.secret, None);
    for (id, kind) in [
        (signing.id.as_str(), ErrorKind::InvalidValue),
        ("mcl_nobody", ErrorKind::NotFound),
    ] {
        let refused = admin::rotate_client(&server.service, &tenant, id, Duration::ZERO).await;
        assert_eq!(refused.unwrap_err().kind(), kind);
    }
    fixture.server.stop().await;
}

/// shows: P-2-02 P-2-05
async fn a_deleted_client_is_refused_at_once(db: Db) {
    let fixture = fixture(db).await;
    let (server, root) = (&fixture.server, &fixture.server.root);
    let (tenant, _) = connection_of(&server.service, &fixture.tenant).await;
    let token = access_token(ask_by_secret(root, &fixture.id, &fixture.secret).await);
    let other = server.another().await;
    for root in [root, &other.root] {
        read_with(root, &token).await.expect_status(200);
    }
    let deleted = admin::delete_client(&server.service, &tenant, &fixture.id).await;
    deleted.unwrap();
    for root in [root, &other.root] {
        expect_invalid_token(&read_with(root, &token).await, "its client is deleted");
        let refused = ask_by_secret(root, &fixture.id, &fixture.secret).await;
        expect_refusal(&refused, 401, "invalid_client", "deleted");
    }
    let again = admin::delete_client(&server.service, &tenant, &fixture.id).await;
    assert_eq!(again.unwrap_err().kind(), ErrorKind::NotFound);
    read_with(root, &fixture.tenant.token)
        .await
        .expect_status(200);
    other.stop().await;
    fixture.server.stop().await;
}

async fn clients_go_with_their_connection_and_their_tenant(db: Db) {
    let server = clocked(db).await;
    let pair = SigningPair::new("EdDSA", "a");
    for is_tenant in [false, true] {
        let tenant = server.tenant().await;
        let (found, connection) = connection_of(&server.service, &tenant).await;
        let assertions = Assertions {
            keys: Some(key_set(&[pair.public()])),
            ..Assertions::default()
        };
        let client = client_for(&server.service, &tenant, Some(&assertions)).await;
        let shown = assertion(&server, &client.id);
        let token = access_token(ask_by_assertion(&server.root, &pair.token(&shown)).await);
        read_with(&server.root, &token).await.expect_status(200);
        let deleted = if is_tenant {
            admin::delete_tenant(&server.service, &found).await
        } else {
            admin::delete_connection(&server.service, &connection).await
        };
        deleted.unwrap();
        let answer = read_with(&server.root, &token).await;
        expect_invalid_token(&answer, "what it belonged to is deleted");
        let next = assertion(&server, &client.id);
        let refused = ask_by_assertion(&server.root, &pair.token(&next)).await;
        expect_refusal(&refused, 401, "invalid_client", "deleted");
    }
    server.stop().await;
}

async fn a_frozen_connection_reads_and_changes_nothing(db: Db) {
    let fixture = fixture(db).await;
    let (server, root) = (&fixture.server, &fixture.server.root);
    let (_, connection) = connection_of(&server.service, &fixture.tenant).await;
    let before = access_token(ask_by_secret(root, &fixture.id, &fixture.secret).await);
    admin::set_frozen(&server.service, &connection, true)
        .await
        .unwrap();
    let after = access_token(ask_by_secret(root, &fixture.id, &fixture.secret).await);
    for token in [&before, &after, &fixture.tenant.token] {
        let tenant = fixture.tenant.showing(token);
        tenant.get("/Users").await.expect_status(200);
        let refused = tenant.post("/Users", &user("bjensen")).await;
        assert!(refused.header("Retry-After").is_some());
        refused.expect_status(503);
        let refused = tenant.delete("/Users/nobody").await;
        refused.expect_status(503);
    }
    admin::set_frozen(&server.service, &connection, false)
        .await
        .unwrap();
    let tenant = fixture.tenant.showing(&before);
    let created = tenant.post("/Users", &user("bjensen")).await;
    created.expect_status(201);
    fixture.server.stop().await;
}

async fn a_client_is_known_to_its_tenant_alone(db: Db) {
    let fixture = fixture(db).await;
    let (server, root) = (&fixture.server, &fixture.server.root);
    let other = server.tenant().await;
    let (admin_other, _) = connection_of(&server.service, &other).await;
    let outcome = admin::delete_client(&server.service, &admin_other, &fixture.id).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::NotFound);
    let overlap = Duration::ZERO;
    let outcome = admin::rotate_client(&server.service, &admin_other, &fixture.id, overlap).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::NotFound);
    let listed = admin::list_clients(&server.service, &admin_other).await;
    assert_eq!(listed.unwrap().len(), 0);
    let answer = ask_by_secret(root, &fixture.id, &fixture.secret).await;
    let token = access_token(answer);
    let created = fixture.tenant.showing(&token);
    let created = created.post("/Users", &user("bjensen")).await;
    created.expect_status(201);
    let found = other.get("/Users").await.expect_status(200);
    assert_eq!(found.json()["totalResults"], json!(0));
    fixture.server.stop().await;
}
