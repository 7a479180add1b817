//! What is kept of a request and its answer.

use muster::service::admin;
use muster::store::log::Entry;
use serde_json::{Value, json};

use super::Logged;
use crate::support::Db;
use crate::support::http::Request;
use crate::support::server::{id_of, patch_of, scim_request, user};

on_both_databases!(
    every_request_is_kept_with_what_it_was,
    who_it_was_is_kept,
    refusals_are_kept_with_their_reason,
    requests_without_a_valid_token_are_kept,
    a_flood_is_not_kept,
    addresses_outside_scim_are_not_kept,
);

async fn every_request_is_kept_with_what_it_was(db: Db) {
    let logged = Logged::new(db).await;
    let created = logged.call("POST", "/Users", Some(&user("bjensen"))).await;
    let id = id_of(&created);
    let path = format!("/Users/{id}");
    let change = patch_of(&json!([{"op": "replace", "path": "title", "value": "x"}]));
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]});
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "POST", "path": "/Users", "bulkId": "b", "data": user("other")}],
    });
    let group = json!({"displayName": "a group", "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"]});
    for (method, path, query, body, resource_type, resource, status) in [
        ("GET", path.as_str(), "", None, Some("User"), Some(&id), 200),
        ("HEAD", &path, "", None, Some("User"), Some(&id), 200),
        (
            "GET",
            &path,
            "attributes=userName",
            None,
            Some("User"),
            Some(&id),
            200,
        ),
        (
            "PUT",
            &path,
            "",
            Some(&user("bjensen")),
            Some("User"),
            Some(&id),
            200,
        ),
        (
            "PATCH",
            &path,
            "",
            Some(&change),
            Some("User"),
            Some(&id),
            200,
        ),
        (
            "GET",
            "/Users",
            "count=1&startIndex=1",
            None,
            Some("User"),
            None,
            200,
        ),
        (
            "POST",
            "/Users/.search",
            "",
            Some(&search),
            Some("User"),
            None,
            200,
        ),
        ("POST", "/.search", "", Some(&search), None, None, 200),
        ("GET", "/", "", None, None, None, 200),
        ("POST", "/Bulk", "", Some(&bulk), None, None, 200),
        ("GET", "/Schemas", "", None, None, None, 200),
        ("GET", "/ServiceProviderConfig", "", None, None, None, 200),
        ("DELETE", &path, "", None, Some("User"), Some(&id), 204),
    ] {
        let separator = if query.is_empty() { "" } else { "?" };
        let sent = logged
            .call(method, &format!("{path}{separator}{query}"), body)
            .await;
        let sent = sent.expect_status(status);
        let entry = logged.entry(&sent).await;
        assert_eq!(entry.query, query, "{entry:?}");
        assert_eq!(entry.resource_type.as_deref(), resource_type, "{entry:?}");
        assert_eq!(entry.resource_id.as_ref(), resource, "{entry:?}");
        assert_eq!(i64::from(entry.status), i64::from(status), "{entry:?}");
        assert_whole(&entry, method, path, body, sent.body);
    }
    // What was created is the request's resource as well.
    let entry = logged.entry(&created).await;
    assert_eq!((entry.status, entry.resource_id), (201, Some(id)));
    let created = logged.call("POST", "/Groups", Some(&group)).await;
    let entry = logged.entry(&created).await;
    assert_eq!(entry.resource_type.as_deref(), Some("Group"));
    assert_eq!(entry.resource_id, Some(id_of(&created)));
    logged.stop().await;
}

/// What is the same in every entry of a request that was carried out.
fn assert_whole(entry: &Entry, method: &str, path: &str, body: Option<&Value>, answer: Vec<u8>) {
    let shown = format!("{method} {path}: {entry:?}");
    let length = |bytes: usize| i64::try_from(bytes).unwrap();
    let path = if path == "/" { "" } else { path };
    assert_eq!(entry.method, method, "{shown}");
    let kept = entry.path.trim_end_matches('/');
    assert_eq!(kept, format!("/scim/v2{path}"), "{shown}");
    assert_eq!(entry.outcome, "ok", "{shown}");
    let refusal = (&entry.error_kind, &entry.scim_type, &entry.detail);
    assert_eq!(refusal, (&None, &None, &None), "{shown}");
    let text = body.map(Value::to_string);
    let sent = text.as_ref().map_or(0, String::len);
    assert_eq!(entry.request_bytes, length(sent), "{shown}");
    assert_eq!(entry.request_body, text, "{shown}");
    if method != "HEAD" {
        assert_eq!(entry.response_bytes, length(answer.len()), "{shown}");
        let answer = String::from_utf8(answer).unwrap();
        let kept = entry.response_body.clone().unwrap_or_default();
        // The schemas are longer than what is kept.
        let is_kept = kept == answer || (path == "/Schemas" && kept.contains("… ("));
        assert!(is_kept, "{shown}");
    }
    assert!(entry.duration > 0, "{shown}");
    assert!(entry.at > 1_700_000_000_000_000, "{shown}");
    assert_eq!(entry.address.as_deref(), Some("127.0.0.1"), "{shown}");
}

async fn who_it_was_is_kept(db: Db) {
    let logged = Logged::new(db).await;
    let service = logged.server.service();
    let headers = [
        ("X-Request-Id", "given-by-the-client"),
        ("User-Agent", "a client/1.0"),
        ("Accept", "application/json"),
        ("X-Other", "is not kept"),
        ("Cookie", "is=not kept"),
    ];
    let request = scim_request(&logged.token, "GET", "/Users", &headers, None);
    let answer = logged.send(request).await.expect_status(200);
    assert_eq!(answer.header("X-Request-Id"), Some("given-by-the-client"));
    let entry = logged.entry_of("given-by-the-client").await;
    assert_eq!(entry.tenant, Some(logged.tenant.key.number()));
    assert_eq!(entry.connection, Some(logged.connection.key.number()));
    assert_eq!(entry.actor, "connection test");
    let tokens = admin::list_tokens(service, &logged.tenant).await.unwrap();
    assert_eq!(entry.token_id.as_ref(), Some(&tokens[0].id));
    let kept: Value = serde_json::from_str(&entry.headers).unwrap();
    assert_eq!(
        kept,
        json!({"user-agent": "a client/1.0", "accept": "application/json"})
    );
    // A user's own token, and one that was signed.
    let id = id_of(&logged.call("POST", "/Users", Some(&user("ada"))).await);
    let scopes = Some("read write");
    let own = admin::create_token(service, &logged.connection, scopes, None, Some("ada"));
    let own = own.await.unwrap();
    let answer = logged
        .send(scim_request(&own.secret, "GET", "/Me", &[], None))
        .await;
    let entry = logged.entry(&answer.expect_status(200)).await;
    assert_eq!(entry.actor, format!("user {id} by connection test"));
    assert_eq!(
        (entry.token_id, entry.connection),
        (Some(own.id), Some(logged.connection.key.number()))
    );
    let client = admin::create_client(service, &logged.connection, Some("read"), None);
    let client = client.await.unwrap();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        client.id,
        client.secret.unwrap()
    );
    let asked = Request {
        method: "POST".to_owned(),
        target: "/oauth/token".to_owned(),
        headers: vec![(
            "Content-Type".to_owned(),
            "application/x-www-form-urlencoded".to_owned(),
        )],
        body: Some(form.into_bytes()),
    };
    let signed = logged.send(asked).await.expect_status(200).json();
    let signed = signed["access_token"].as_str().unwrap();
    let answer = logged
        .send(scim_request(signed, "GET", "/Users", &[], None))
        .await;
    let entry = logged.entry(&answer.expect_status(200)).await;
    assert_eq!(
        entry.actor,
        format!("client {} of connection test", client.id)
    );
    logged.stop().await;
}

async fn refusals_are_kept_with_their_reason(db: Db) {
    let logged = Logged::new(db).await;
    let service = logged.server.service();
    let id = id_of(&logged.call("POST", "/Users", Some(&user("bjensen"))).await);
    let path = format!("/Users/{id}");
    let no_array = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]});
    for (method, path, body, outcome, kind, scim_type) in [
        (
            "POST",
            "/Users",
            Some(user("BJENSEN")),
            "refused",
            "uniqueness",
            Some("uniqueness"),
        ),
        (
            "GET",
            "/Users?filter=nonsense",
            None,
            "refused",
            "invalidFilter",
            Some("invalidFilter"),
        ),
        (
            "PATCH",
            &path,
            Some(no_array),
            "refused",
            "invalidSyntax",
            Some("invalidSyntax"),
        ),
        ("GET", "/Nothing", None, "refused", "notFound", None),
        (
            "PUT",
            "/Users",
            Some(user("x")),
            "refused",
            "methodNotAllowed",
            None,
        ),
        (
            "POST",
            "/Me",
            Some(user("x")),
            "failed",
            "notImplemented",
            None,
        ),
    ] {
        let refused = logged.call(method, path, body.as_ref()).await;
        let entry = logged.entry(&refused).await;
        let shown = format!("{method} {path}: {entry:?}");
        assert_eq!(entry.outcome, outcome, "{shown}");
        assert_eq!(entry.error_kind.as_deref(), Some(kind), "{shown}");
        assert_eq!(entry.scim_type.as_deref(), scim_type, "{shown}");
        let answer = refused.json();
        assert_eq!(
            entry.detail.as_deref(),
            answer["detail"].as_str(),
            "{shown}"
        );
        assert_eq!(entry.response_body, Some(answer.to_string()), "{shown}");
    }
    // A body that is no JSON is kept as it came.
    let mut request = scim_request(&logged.token, "POST", "/Users", &[], Some(&Value::Null));
    request.body = Some(b"{\"userName\": ".to_vec());
    let refused = logged.send(request).await.expect_status(400);
    let entry = logged.entry(&refused).await;
    assert_eq!(entry.request_body.as_deref(), Some("{\"userName\": "));
    admin::set_frozen(service, &logged.connection, true)
        .await
        .unwrap();
    let held = logged.call("DELETE", &path, None).await.expect_status(503);
    let entry = logged.entry(&held).await;
    assert_eq!(
        (entry.outcome.as_str(), entry.error_kind.as_deref()),
        ("held", Some("frozen"))
    );
    assert_eq!(entry.resource_id, Some(id));
    logged.stop().await;
}

async fn requests_without_a_valid_token_are_kept(db: Db) {
    let logged = Logged::new(db).await;
    let mut nobody = scim_request("x", "POST", "/Users", &[], Some(&user("bjensen")));
    nobody.headers.retain(|(name, _)| name != "Authorization");
    let mut unknown_address = scim_request("x", "GET", "", &[], None);
    "/scim/v2/a/b/c/d".clone_into(&mut unknown_address.target);
    let mut of_tenant = scim_request("mst_unknown", "GET", "", &[], None);
    of_tenant.target = format!("/t/{}/scim/v2/Users", logged.tenant.name);
    for (request, status, kind) in [
        (nobody, 401, "unauthenticated"),
        (
            scim_request("mst_unknown", "GET", "/Users", &[], None),
            401,
            "invalidToken",
        ),
        (of_tenant, 401, "invalidToken"),
        (unknown_address, 404, "notFound"),
    ] {
        let (method, target) = (request.method.clone(), request.target.clone());
        let refused = logged.send(request).await.expect_status(status);
        let entry = logged.entry(&refused).await;
        let shown = format!("{target}: {entry:?}");
        assert_eq!((entry.method, entry.path), (method, target), "{shown}");
        assert_eq!(
            (entry.tenant, entry.connection, entry.token_id),
            (None, None, None),
            "{shown}"
        );
        assert_eq!(
            (entry.actor.as_str(), entry.error_kind.as_deref()),
            ("", Some(kind)),
            "{shown}"
        );
        assert_eq!(
            (entry.outcome.as_str(), entry.address.as_deref()),
            ("refused", Some("127.0.0.1")),
            "{shown}"
        );
        // Nobody read it, so nobody knows what is secret in it.
        assert_eq!(entry.request_body, None, "{shown}");
    }
    // A token of another tenant is known, and the entry is its own tenant's.
    let mut elsewhere = scim_request(&logged.token, "GET", "", &[], None);
    "/t/default/scim/v2/Users".clone_into(&mut elsewhere.target);
    let refused = logged.send(elsewhere).await.expect_status(404);
    let entry = logged.entry(&refused).await;
    assert_eq!(entry.tenant, Some(logged.tenant.key.number()));
    logged.stop().await;
}

async fn a_flood_is_not_kept(db: Db) {
    let logged = Logged::with(db, "generic", |config| {
        config.limits.failures_per_minute = 3;
    })
    .await;
    for status in [401, 401, 401, 429, 429, 429, 429] {
        let request = scim_request(
            "mst_unknown",
            "GET",
            "/Users",
            &[("X-Request-Id", "flood")],
            None,
        );
        logged.send(request).await.expect_status(status);
    }
    let last = logged.call("GET", "/Users", None).await.expect_status(200);
    logged.entry(&last).await;
    let kept = logged.log.list(&super::of_request("flood")).await.unwrap();
    assert_eq!(kept.len(), 3);
    assert!(kept.iter().all(|entry| entry.status == 401), "{kept:?}");
    logged.stop().await;
    // A known client that sends too much is kept: somebody wants to know why.
    let logged = Logged::with(db, "generic", |config| {
        config.limits.requests_per_second = 1;
    })
    .await;
    let mut limited = None;
    for _ in 0..50 {
        let answer = logged.call("GET", "/Users", None).await;
        if answer.status == 429 {
            limited = Some(answer);
            break;
        }
    }
    let entry = logged.entry(&limited.unwrap()).await;
    assert_eq!(entry.error_kind.as_deref(), Some("rateLimited"));
    assert_eq!(entry.connection, Some(logged.connection.key.number()));
    logged.stop().await;
}

async fn addresses_outside_scim_are_not_kept(db: Db) {
    let logged = Logged::new(db).await;
    for (method, target) in [
        ("GET", "/"),
        ("GET", "/.well-known/jwks.json"),
        ("POST", "/oauth/token"),
        ("GET", "/scimitar/v2/Users"),
        ("GET", "/t/x/y/scim/v2/Users"),
        ("GET", "/favicon.ico"),
    ] {
        let mut request = scim_request(
            &logged.token,
            method,
            "",
            &[("X-Request-Id", "outside")],
            None,
        );
        request.target = target.to_owned();
        logged.send(request).await;
    }
    let last = logged.call("GET", "/Users", None).await;
    logged.entry(&last).await;
    let kept = logged
        .log
        .list(&super::of_request("outside"))
        .await
        .unwrap();
    assert!(kept.is_empty(), "{kept:?}");
    logged.stop().await;
}
