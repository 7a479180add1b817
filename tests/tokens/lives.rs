//! Lives of tokens: they end, they are rotated, they are warned of, and their use is noted.

use muster::error::ErrorKind;
use muster::server::{Server, open_service};
use muster::service::admin::{self, Tenant, Token};
use time::Duration;

use crate::support::clocked::{Clocked, clocked};
use crate::support::oauth::{
    access_token, ask_by_secret, client_for, connection_of, expect_invalid_token, read_with,
    token_for,
};
use crate::support::server::{
    TenantOptions, TestTenant, config_for, fresh_database, fresh_tenant_on,
};
use crate::support::{Db, unique};

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

on_both_databases!(
    a_token_lives_as_long_as_was_said,
    old_and_new_work_until_the_overlap_ends,
    without_an_overlap_the_old_token_ends_at_once,
    rotation_never_prolongs_a_life,
    a_successor_stands_for_the_same_and_may_have_a_life_of_its_own,
    what_has_ended_or_belongs_to_others_is_not_rotated,
    tokens_that_end_soon_are_listed_until_they_are_rotated_or_revoked,
    the_last_use_is_noted_with_its_address,
    uses_are_written_once_a_minute_and_at_the_end,
    the_last_use_of_a_client_is_noted,
);

async fn token_row(server: &Clocked, tenant: &Tenant, id: &str) -> Token {
    let tokens = admin::list_tokens(&server.service, tenant).await.unwrap();
    tokens.into_iter().find(|token| token.id == id).unwrap()
}

async fn assert_works(server: &Clocked, token: &str) {
    read_with(&server.root, token).await.expect_status(200);
}

async fn assert_refused(server: &Clocked, token: &str, why: &str) {
    let answer = read_with(&server.root, token).await;
    let detail = answer.json()["detail"].to_string();
    expect_invalid_token(&answer, why);
    assert!(detail.contains(why), "{detail}");
}

/// shows: P-7.4-03 P-2-05
async fn a_token_lives_as_long_as_was_said(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let (_, connection) = connection_of(&server.service, &tenant).await;
    let life = Some(Duration::hours(1));
    let token = admin::create_token(&server.service, &connection, Some("read"), life, None).await;
    let token = token.unwrap().secret;
    assert_works(&server, &token).await;
    server.clock.advance_microseconds(HOUR * 1_000_000 - 1);
    assert_works(&server, &token).await;
    server.clock.advance_microseconds(1);
    assert_refused(&server, &token, "expired").await;
    // Time does not heal it, and those without an end go on.
    server.clock.advance(400 * DAY);
    assert_refused(&server, &token, "expired").await;
    assert_works(&server, &tenant.token).await;
    server.stop().await;
}

/// shows: P-7.4-03
async fn old_and_new_work_until_the_overlap_ends(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let (admin_tenant, _) = connection_of(&server.service, &tenant).await;
    let old = token_for(&server.service, &tenant, "read", None).await;
    let overlap = Duration::days(7);
    let new = rotate(&server, &admin_tenant, &old.id, overlap).await;
    for _ in 0..2 {
        assert_works(&server, &old.secret).await;
        assert_works(&server, &new).await;
        server.clock.advance_microseconds(7 * DAY * 500_000 - 1);
    }
    server.clock.advance_microseconds(1);
    assert_works(&server, &old.secret).await;
    server.clock.advance_microseconds(1);
    assert_refused(&server, &old.secret, "expired").await;
    assert_works(&server, &new).await;
    server.stop().await;
}

async fn rotate(server: &Clocked, tenant: &Tenant, id: &str, overlap: Duration) -> String {
    let token = admin::rotate_token(&server.service, tenant, id, overlap, None).await;
    token.unwrap().secret
}

async fn without_an_overlap_the_old_token_ends_at_once(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let (admin_tenant, _) = connection_of(&server.service, &tenant).await;
    for overlap in [Duration::ZERO, Duration::minutes(-5)] {
        let old = token_for(&server.service, &tenant, "read", None).await;
        assert_works(&server, &old.secret).await;
        let new = rotate(&server, &admin_tenant, &old.id, overlap).await;
        assert_refused(&server, &old.secret, "expired").await;
        assert_works(&server, &new).await;
    }
    server.stop().await;
}

async fn rotation_never_prolongs_a_life(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let (admin_tenant, connection) = connection_of(&server.service, &tenant).await;
    let life = Some(Duration::hours(1));
    let old = admin::create_token(&server.service, &connection, Some("read"), life, None).await;
    let old = old.unwrap();
    let ends = token_row(&server, &admin_tenant, &old.id).await.expires;
    let new = rotate(&server, &admin_tenant, &old.id, Duration::days(7)).await;
    let after = token_row(&server, &admin_tenant, &old.id).await.expires;
    assert_eq!(after, ends);
    server.clock.advance(HOUR);
    assert_refused(&server, &old.secret, "expired").await;
    assert_works(&server, &new).await;
    // Nor does a second rotation within the overlap.
    let old = token_for(&server.service, &tenant, "read", None).await;
    rotate(&server, &admin_tenant, &old.id, Duration::hours(1)).await;
    let ends = token_row(&server, &admin_tenant, &old.id).await.expires;
    rotate(&server, &admin_tenant, &old.id, Duration::days(7)).await;
    let after = token_row(&server, &admin_tenant, &old.id).await.expires;
    assert_eq!(after, ends);
    // An overlap without end does not overflow.
    let old = token_for(&server.service, &tenant, "read", None).await;
    rotate(&server, &admin_tenant, &old.id, Duration::MAX).await;
    assert_works(&server, &old.secret).await;
    server.stop().await;
}

async fn a_successor_stands_for_the_same_and_may_have_a_life_of_its_own(db: Db) {
    let server = clocked(db).await;
    let options = TenantOptions {
        user: Some("bjensen".to_owned()),
        ..TenantOptions::default()
    };
    let tenant = server.tenant_with(&options).await;
    let (user, _) = tenant.user.clone().unwrap();
    let (admin_tenant, _) = connection_of(&server.service, &tenant).await;
    let scopes = "users:read users:write";
    let old = token_for(&server.service, &tenant, scopes, Some("bjensen")).await;
    let life = Some(Duration::hours(2));
    let new = admin::rotate_token(
        &server.service,
        &admin_tenant,
        &old.id,
        Duration::hours(1),
        life,
    );
    let new = new.await.unwrap();
    assert_ne!(new.id, old.id);
    assert_ne!(new.secret, old.secret);
    let row = token_row(&server, &admin_tenant, &new.id).await;
    assert_eq!(row.scopes, scopes);
    assert_eq!(row.connection, "test");
    assert_eq!(row.subject.unwrap().to_string(), user);
    let me = tenant.showing(&new.secret).get("/Me").await;
    assert_eq!(me.expect_status(200).json()["id"], user);
    server.clock.advance(2 * HOUR);
    expect_invalid_token(&tenant.showing(&new.secret).get("/Me").await, "its own end");
    server.stop().await;
}

async fn what_has_ended_or_belongs_to_others_is_not_rotated(db: Db) {
    let server = clocked(db).await;
    let (tenant, other) = (server.tenant().await, server.tenant().await);
    let (admin_tenant, connection) = connection_of(&server.service, &tenant).await;
    let (admin_other, _) = connection_of(&server.service, &other).await;
    let kind = async |of: &Tenant, id: &str| {
        let refused = admin::rotate_token(&server.service, of, id, Duration::days(1), None).await;
        refused.unwrap_err().kind()
    };
    let past = Some(Duration::seconds(-1));
    let expired = admin::create_token(&server.service, &connection, Some("read"), past, None).await;
    let expired = expired.unwrap();
    assert_eq!(
        kind(&admin_tenant, &expired.id).await,
        ErrorKind::InvalidValue
    );
    let revoked = token_for(&server.service, &tenant, "read", None).await;
    let outcome = admin::revoke_token(&server.service, &admin_tenant, &revoked.id).await;
    outcome.unwrap();
    assert_eq!(
        kind(&admin_tenant, &revoked.id).await,
        ErrorKind::InvalidValue
    );
    assert_refused(&server, &revoked.secret, "revoked").await;
    let good = token_for(&server.service, &tenant, "read", None).await;
    assert_eq!(kind(&admin_other, &good.id).await, ErrorKind::NotFound);
    assert_eq!(kind(&admin_tenant, "nothing").await, ErrorKind::NotFound);
    let outcome = admin::revoke_token(&server.service, &admin_other, &good.id).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::NotFound);
    assert_works(&server, &good.secret).await;
    server.stop().await;
}

async fn tokens_that_end_soon_are_listed_until_they_are_rotated_or_revoked(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let (admin_tenant, connection) = connection_of(&server.service, &tenant).await;
    let create = async |life: Option<Duration>| {
        let token = admin::create_token(&server.service, &connection, Some("read"), life, None);
        token.await.unwrap().id
    };
    let listed = async || {
        let expiring = admin::expiring_tokens(&server.service, Duration::days(30)).await;
        let expiring = expiring.unwrap().into_iter();
        let named = expiring.map(|token| {
            assert_eq!(
                (token.tenant, token.connection.as_str()),
                (tenant.name.clone(), "test")
            );
            token.id
        });
        named.collect::<Vec<_>>()
    };
    create(None).await;
    create(Some(Duration::days(31))).await;
    create(Some(Duration::seconds(-1))).await;
    assert_eq!(listed().await, Vec::<String>::new());
    let last = create(Some(Duration::days(30))).await;
    let first = create(Some(Duration::days(1))).await;
    let rotated = create(Some(Duration::days(2))).await;
    let revoked = create(Some(Duration::days(3))).await;
    // The one that ends first comes first.
    assert_eq!(
        listed().await,
        [
            first.clone(),
            rotated.clone(),
            revoked.clone(),
            last.clone()
        ]
    );
    rotate(&server, &admin_tenant, &rotated, Duration::days(1)).await;
    let outcome = admin::revoke_token(&server.service, &admin_tenant, &revoked).await;
    outcome.unwrap();
    assert_eq!(listed().await, [first, last.clone()]);
    server.clock.advance(DAY);
    // One has ended, and the one of 31 days has come near.
    let after = listed().await;
    assert_eq!(after.len(), 2);
    assert_eq!(after[0], last);
    server.stop().await;
}

async fn the_last_use_is_noted_with_its_address(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let (admin_tenant, connection) = connection_of(&server.service, &tenant).await;
    let token = token_for(&server.service, &tenant, "read", None).await;
    let unused = token_for(&server.service, &tenant, "read", None).await;
    let life = Some(Duration::seconds(-1));
    let ended = admin::create_token(&server.service, &connection, Some("read"), life, None).await;
    let ended = ended.unwrap();
    assert_works(&server, &token.secret).await;
    assert_refused(&server, &ended.secret, "expired").await;
    let now = server.clock.seconds() * 1_000_000;
    write_uses(&server, false).await;
    let row = token_row(&server, &admin_tenant, &token.id).await;
    assert_eq!(row.last_used, Some(now));
    assert_eq!(row.last_address.as_deref(), Some("127.0.0.1"));
    for id in [unused.id, ended.id] {
        let row = token_row(&server, &admin_tenant, &id).await;
        assert_eq!((row.last_used, row.last_address), (None, None));
    }
    // What is refused for other reasons than the token is a use of the token.
    server.clock.advance(HOUR);
    let write = tenant.showing(&token.secret).delete("/Users/nobody").await;
    write.expect_status(403);
    write_uses(&server, false).await;
    let row = token_row(&server, &admin_tenant, &token.id).await;
    assert_eq!(row.last_used, Some(now + HOUR * 1_000_000));
    server.stop().await;
}

async fn write_uses(server: &Clocked, is_end: bool) {
    let service = &server.service;
    let now = service.clock.now();
    let written = service.seen.write(&service.store, now, is_end).await;
    written.unwrap();
}

async fn uses_are_written_once_a_minute_and_at_the_end(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let (admin_tenant, _) = connection_of(&server.service, &tenant).await;
    let token = token_for(&server.service, &tenant, "read", None).await;
    let start = server.clock.seconds();
    let used_after = async || {
        let row = token_row(&server, &admin_tenant, &token.id).await;
        row.last_used.unwrap() / 1_000_000 - start
    };
    assert_works(&server, &token.secret).await;
    write_uses(&server, false).await;
    assert_eq!(used_after().await, 0);
    server.clock.advance(59);
    assert_works(&server, &token.secret).await;
    write_uses(&server, false).await;
    assert_eq!(used_after().await, 0);
    server.clock.advance(1);
    write_uses(&server, false).await;
    assert_eq!(used_after().await, 59);
    server.clock.advance(10);
    assert_works(&server, &token.secret).await;
    write_uses(&server, true).await;
    assert_eq!(used_after().await, 70);
    server.stop().await;
    a_server_that_stops_writes_what_it_has_seen(db).await;
}

async fn a_server_that_stops_writes_what_it_has_seen(db: Db) {
    let database = fresh_database(db).await;
    let config = config_for(&database.url);
    let server = Server::start(config.clone()).await.unwrap();
    let tenant: TestTenant = fresh_tenant_on(&server).await;
    tenant.create_user(&unique()).await;
    server.stop().await;
    let service = open_service(&config).await.unwrap();
    let (admin_tenant, _) = connection_of(&service, &tenant).await;
    let rows = admin::list_tokens(&service, &admin_tenant).await.unwrap();
    let used = rows.iter().filter(|row| row.last_used.is_some());
    let used: Vec<_> = used.map(|row| row.last_address.as_deref()).collect();
    assert_eq!(used, [Some("127.0.0.1")]);
    service.store.close().await;
}

async fn the_last_use_of_a_client_is_noted(db: Db) {
    let server = clocked(db).await;
    let tenant = server.tenant().await;
    let (admin_tenant, _) = connection_of(&server.service, &tenant).await;
    let client = client_for(&server.service, &tenant, None).await;
    let secret = client.secret.unwrap();
    let row = async || {
        let clients = admin::list_clients(&server.service, &admin_tenant).await;
        let client = clients.unwrap().pop().unwrap();
        (client.last_used, client.last_address)
    };
    ask_by_secret(&server.root, &client.id, "mcs_wrong")
        .await
        .expect_status(401);
    assert_eq!(row().await, (None, None));
    access_token(ask_by_secret(&server.root, &client.id, &secret).await);
    let now = server.clock.seconds() * 1_000_000;
    assert_eq!(row().await, (Some(now), Some("127.0.0.1".to_owned())));
    server.stop().await;
}
