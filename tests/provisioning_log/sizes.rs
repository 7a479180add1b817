//! How much is kept of what is large.

use serde_json::json;

use super::{Logged, texts};
use crate::support::Db;
use crate::support::server::{id_of, scim_request, user};

on_both_databases!(
    bodies_are_kept_up_to_a_limit,
    queries_and_headers_are_kept_up_to_a_limit,
    a_large_group_is_kept_by_its_beginning,
);

async fn bodies_are_kept_up_to_a_limit(db: Db) {
    const LIMIT: usize = 400;
    const READ_LIMIT: usize = 200;
    let logged = Logged::with(db, "generic", |config| {
        config.provisioning_log.body_bytes = LIMIT;
        config.provisioning_log.read_body_bytes = READ_LIMIT;
    })
    .await;
    let padded = |size: usize, filler: &str| {
        let mut document = user("x");
        document["title"] = json!("");
        let rest = size - document.to_string().len();
        document["title"] = json!(filler.repeat(rest / filler.len()));
        document
    };
    for (size, filler, is_cut) in [
        (LIMIT, "a", false),
        (LIMIT + 1, "a", true),
        (2 * LIMIT, "ä", true),
    ] {
        let mut document = padded(size, filler);
        document["userName"] = json!("y");
        let text = document.to_string();
        let path = "/Users?attributes=id";
        let created = logged
            .call("POST", path, Some(&document))
            .await
            .expect_status(201);
        let entry = logged.entry(&created).await;
        let kept = entry.request_body.unwrap();
        assert_eq!(entry.request_bytes, i64::try_from(text.len()).unwrap());
        if is_cut {
            let (beginning, rest) = kept.split_once("… (").unwrap();
            assert!(text.starts_with(beginning), "{kept}");
            assert!(
                (LIMIT - 1..=LIMIT).contains(&beginning.len()),
                "{}: {kept}",
                beginning.len()
            );
            assert_eq!(rest, format!("{} bytes in all)", text.len()));
        } else {
            assert_eq!(kept, text);
        }
        let id = id_of(&created);
        logged
            .call("DELETE", &format!("/Users/{id}"), None)
            .await
            .expect_status(204);
    }
    // Answers as well, and less of one to a request that only read and was carried out.
    let mut long = padded(LIMIT, "a");
    long["userName"] = json!("z");
    let wrong = format!("title eq \"{}\" and", "a".repeat(LIMIT));
    let search = |filter: &str| json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": filter});
    for (method, path, body, status, limit) in [
        ("POST", "/Users", Some(long), 201, LIMIT),
        ("GET", "/Schemas", None, 200, READ_LIMIT),
        (
            "POST",
            "/Users/.search",
            Some(search("title pr")),
            200,
            READ_LIMIT,
        ),
        ("POST", "/Users/.search", Some(search(&wrong)), 400, LIMIT),
    ] {
        let answer = logged.call(method, path, body.as_ref()).await;
        let answer = answer.expect_status(status);
        let entry = logged.entry(&answer).await;
        let length = answer.body.len();
        assert_eq!(entry.response_bytes, i64::try_from(length).unwrap());
        let kept = entry.response_body.unwrap();
        if length > limit {
            let (beginning, rest) = kept.split_once("… (").unwrap();
            assert_eq!(beginning.as_bytes(), &answer.body[..limit], "{kept}");
            assert_eq!(rest, format!("{length} bytes in all)"));
        } else {
            assert_eq!(kept.as_bytes(), answer.body);
        }
    }
    // A secret beyond what is kept, and one that is cut in two, are both gone.
    for before in [0, LIMIT - 60, LIMIT - 20, 3 * LIMIT] {
        let mut document = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]});
        document["title"] = json!("a".repeat(before));
        document["password"] = json!("canary-Secret!1-canary-secret");
        document["userName"] = json!(format!("u{before}"));
        let created = logged
            .call("POST", "/Users", Some(&document))
            .await
            .expect_status(201);
        let entry = logged.entry(&created).await;
        assert!(!texts(&entry).contains("canary"), "{entry:?}");
    }
    logged.stop().await;
}

async fn queries_and_headers_are_kept_up_to_a_limit(db: Db) {
    let logged = Logged::with(db, "generic", |config| {
        config.provisioning_log.body_bytes = 100;
    })
    .await;
    let long = "a".repeat(3_000);
    let headers = [("User-Agent", long.as_str())];
    let path = format!("/Users?unknown={long}&count=1");
    let request = scim_request(&logged.token, "GET", &path, &headers, None);
    let answer = logged.send(request).await.expect_status(200);
    let entry = logged.entry(&answer).await;
    assert!(
        entry.query.starts_with("unknown=aaa") && entry.query.len() < 1_100,
        "{}",
        entry.query.len()
    );
    assert!(entry.headers.len() < 400, "{}", entry.headers.len());
    let request = scim_request(&logged.token, "GET", &format!("/{long}"), &[], None);
    let answer = logged.send(request).await.expect_status(404);
    let entry = logged.entry(&answer).await;
    assert_eq!(entry.path.len(), 1_024);
    logged.stop().await;
}

/// It is answered in parts, and recorded after the last of them.
async fn a_large_group_is_kept_by_its_beginning(db: Db) {
    let logged = Logged::with(db, "generic", |config| {
        config.provisioning_log.read_body_bytes = 100;
        config.limits.scan = 2;
    })
    .await;
    let mut members = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        let created = logged.call("POST", "/Users", Some(&user(name))).await;
        members.push(json!({"value": id_of(&created.expect_status(201))}));
    }
    let group = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Large", "members": members,
    });
    let created = logged.call("POST", "/Groups", Some(&group)).await;
    let path = format!("/Groups/{}", id_of(&created.expect_status(201)));
    let answer = logged.call("GET", &path, None).await.expect_status(200);
    assert_eq!(answer.header("Content-Length"), None);
    assert_eq!(answer.json()["members"].as_array().unwrap().len(), 5);
    let entry = logged.entry(&answer).await;
    let length = answer.body.len();
    assert_eq!(entry.response_bytes, i64::try_from(length).unwrap());
    let kept = entry.response_body.unwrap();
    let (beginning, rest) = kept.split_once("… (").unwrap();
    assert_eq!(beginning.as_bytes(), &answer.body[..100]);
    assert_eq!(rest, format!("{length} bytes in all)"));
    logged.stop().await;
}
