//! Every kind of refusal that a request can meet, met for real and explained.

use muster::error::ErrorKind;
use muster::service::admin::{self, NewSetting};
use muster::service::explain::{Explained, explain};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Logged;
use crate::support::Db;
use crate::support::http::Response;
use crate::support::server::{id_of, patch_of, scim_request, user};

on_both_databases!(
    refusals_of_any_connection_are_explained,
    refusals_of_values_are_explained,
    refusals_before_anything_is_read_are_explained,
    what_depends_on_a_failed_operation_is_explained,
);

/// The kinds that the tests below meet.
const MET: &[&str] = &[
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
    "invalidVersion",
    "invalidCursor",
    "expiredCursor",
    "invalidCount",
    "sensitive",
    "badRequest",
    "unauthenticated",
    "invalidToken",
    "forbidden",
    "insufficientScope",
    "notFound",
    "methodNotAllowed",
    "notAcceptable",
    "requestTimeout",
    "preconditionFailed",
    "preconditionRequired",
    "payloadTooLarge",
    "unsupportedMediaType",
    "rateLimited",
    "notImplemented",
    "held",
    "frozen",
    "rejected",
    "unavailable",
];

/// The kinds that no test can ask for, and why.
const NOT_MET: &[(&str, &str)] = &[
    (
        "unresolved",
        "stands in the answer to a bulk request only, never as the answer itself",
    ),
    (
        "conflict",
        "needs transactions that lose against others again and again",
    ),
    (
        "stale",
        "needs schemas that change five times during one request",
    ),
    (
        "lastOwner",
        "is for operators, whom no provisioning client can change",
    ),
    (
        "factorNeeded",
        "is for operators, who are asked for a code before anything else",
    ),
    (
        "proofNeeded",
        "is for operators, who are asked for their password again",
    ),
    ("internal", "needs a mistake of the server's"),
];

#[test]
fn every_kind_of_refusal_is_met_or_cannot_be() {
    let mut known: Vec<&str> = MET
        .iter()
        .chain(NOT_MET.iter().map(|(kind, _)| kind))
        .copied()
        .collect();
    let mut all: Vec<&str> = ErrorKind::NAMES.iter().map(|(_, name)| *name).collect();
    known.sort_unstable();
    all.sort_unstable();
    assert_eq!(known, all);
}

/// The words for a kind: the rule, the advice, and Entra's own where there are any.
fn words(kind: &str) -> (String, String, Option<String>) {
    const ADVICE: &str = include_str!("../../schemas/advice.json");
    let all: Value = serde_json::from_str(ADVICE).unwrap();
    let text = |pointer: &str| {
        let found = all[kind].pointer(pointer).and_then(Value::as_str);
        found.map(str::to_owned)
    };
    (
        text("/rule").unwrap(),
        text("/advice").unwrap(),
        text("/clients/entra"),
    )
}

impl Logged {
    pub(super) async fn explained(&self, response: &Response) -> Explained {
        let entry = self.entry(response).await;
        explain(self.server.service(), &entry).await.unwrap()
    }

    /// Checks the explanation of an answer of this kind; `is_known` where the connection is.
    pub(super) async fn assert_explained(
        &self,
        kind: &str,
        response: &Response,
        is_known: bool,
    ) -> Explained {
        assert!(MET.contains(&kind), "{kind} is not in the list");
        let entry = self.entry(response).await;
        let what = format!("{kind}: {}\n{entry:?}", response.describe());
        assert_eq!(entry.error_kind.as_deref(), Some(kind), "{what}");
        let explained = explain(self.server.service(), &entry).await.unwrap();
        assert_words(kind, &explained, entry.detail.as_deref().unwrap(), is_known);
        let who = if is_known {
            "(profile entra)"
        } else {
            "somebody without a valid token"
        };
        assert!(explained.summary.contains(who), "{what}\n{explained}");
        let status = response.status.to_string();
        assert!(explained.summary.contains(&status), "{what}\n{explained}");
        assert!(!explained.understood.is_empty(), "{what}\n{explained}");
        let is_write = ["PUT", "PATCH", "DELETE"].contains(&entry.method.as_str());
        if is_write && entry.tenant.is_some() {
            let nothing = "Nothing: a request that is refused changes nothing, not even in part.";
            assert_eq!(explained.changed, [nothing], "{what}");
        }
        explained
    }

    pub(super) async fn connect(&self, name: &str, settings: &[(&str, &str)]) -> admin::Connection {
        let own: Vec<NewSetting> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned())))
            .collect();
        let service = self.server.service();
        let made = admin::create_connection(service, &self.tenant, name, "entra", &own).await;
        made.unwrap()
    }

    pub(super) async fn token_of(
        &self,
        connection: &admin::Connection,
        scopes: &str,
        user: Option<&str>,
    ) -> String {
        let service = self.server.service();
        let token = admin::create_token(service, connection, Some(scopes), None, user).await;
        token.unwrap().secret
    }

    pub(super) async fn as_token(
        &self,
        token: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Response {
        self.send(scim_request(token, method, path, headers, body))
            .await
    }
}

pub(super) fn assert_words(kind: &str, explained: &Explained, said: &str, is_known: bool) {
    let (rule, advice, entra) = words(kind);
    assert_eq!(
        explained.refused,
        [rule, format!("Muster said: {said}")],
        "{kind}"
    );
    assert!(said.len() > 10, "{kind}: {said}");
    assert_eq!(explained.advice.first(), Some(&advice), "{kind}");
    match entra.filter(|_| is_known) {
        Some(entra) => assert_eq!(explained.advice.get(1), Some(&entra), "{kind}"),
        // What follows are settings, if anything.
        None => assert!(
            explained.advice[1..]
                .iter()
                .all(|step| step.starts_with("Setting ")),
            "{kind}: {explained}"
        ),
    }
}

/// Kind, method, target, headers and body.
type Case<'c> = (
    &'c str,
    &'c str,
    &'c str,
    &'c [(&'c str, &'c str)],
    Option<Value>,
);

/// Sends each request with the right token, and checks the explanation of its refusal.
async fn check(logged: &Logged, cases: &[Case<'_>]) {
    for (kind, method, target, headers, body) in cases {
        let token = &logged.token;
        let refused = logged
            .as_token(token, method, target, headers, body.as_ref())
            .await;
        logged.assert_explained(kind, &refused, true).await;
    }
}

async fn refusals_of_values_are_explained(db: Db) {
    let logged = Logged::with_profile(db).await;
    let created = logged.call("POST", "/Users", Some(&user("bjensen"))).await;
    let path = format!("/Users/{}", id_of(&created));
    let change = |operation: Value| Some(patch_of(&json!([operation])));
    let id = json!({"op": "replace", "path": "id", "value": "x"});
    let unknown = json!({"op": "Replace", "path": "favouriteColour", "value": "x"});
    let nothing = Some(json!({"no": "operations"}));
    let nobody = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]});
    let filter = "/Users?filter=userName+like+%22x%22";
    let cases = [
        ("invalidFilter", "GET", filter, &[][..], None),
        ("sensitive", "GET", "/Users?filter=password+pr", &[], None),
        ("uniqueness", "POST", "/Users", &[], Some(user("BJensen"))),
        ("invalidValue", "POST", "/Users", &[], Some(nobody)),
        ("mutability", "PATCH", &path, &[], change(id)),
        ("invalidSyntax", "PATCH", &path, &[], nothing),
        ("invalidPath", "PATCH", &path, &[], change(unknown)),
        (
            "noTarget",
            "PATCH",
            &path,
            &[],
            change(json!({"op": "Remove"})),
        ),
    ];
    check(&logged, &cases).await;
    logged.stop().await;
}

async fn refusals_of_any_connection_are_explained(db: Db) {
    let logged = Logged::with_profile(db).await;
    let created = logged.call("POST", "/Users", Some(&user("bjensen"))).await;
    let path = format!("/Users/{}", id_of(&created));
    let other = logged.call("POST", "/Users", Some(&user("other"))).await;
    other.expect_status(201);
    let page = logged.call("GET", "/Users?cursor=&count=1", None).await;
    let cursor = page.json()["nextCursor"].as_str().unwrap().to_owned();
    let other_count = format!("/Users?cursor={cursor}&count=2");
    let operation = json!({"op": "replace", "path": "title", "value": "x"});
    let many = Some(patch_of(&json!(vec![operation; 1_001])));
    let nowhere = format!("/Users/{}", Uuid::now_v7());
    let same = || Some(user("bjensen"));
    let malformed = [("If-Match", "nonsense")];
    let outdated = [("If-Match", "W/\"99\"")];
    let packed = [("Content-Encoding", "gzip")];
    let cases = [
        ("invalidCursor", "GET", "/Users?cursor=abc", &[][..], None),
        ("invalidCount", "GET", &other_count, &[], None),
        ("badRequest", "PUT", &path, &malformed, same()),
        ("notFound", "GET", &nowhere, &[], None),
        ("notFound", "DELETE", &nowhere, &[], None),
        ("preconditionFailed", "PUT", &path, &outdated, same()),
        ("payloadTooLarge", "PATCH", &path, &[], many),
        ("unsupportedMediaType", "PATCH", &path, &packed, same()),
        ("notImplemented", "POST", "/Me", &[], same()),
    ];
    check(&logged, &cases).await;
    logged.stop().await;
}

async fn refusals_before_anything_is_read_are_explained(db: Db) {
    let logged = Logged::with_profile(db).await;
    let mut old = scim_request(&logged.token, "GET", "", &[], None);
    "/scim/v1/Users".clone_into(&mut old.target);
    let old = logged.send(old).await;
    logged.assert_explained("invalidVersion", &old, true).await;
    // Who asked is not known yet.
    let mut nobody = scim_request("", "GET", "/Users", &[], None);
    nobody.headers.clear();
    let nobody = logged.send(nobody).await;
    let token = logged.token.clone();
    for (kind, refused) in [
        ("unauthenticated", nobody),
        (
            "invalidToken",
            logged
                .as_token("mst_unknown", "GET", "/Users", &[], None)
                .await,
        ),
        (
            "methodNotAllowed",
            logged
                .as_token(&token, "PUT", "/Users", &[], Some(&user("x")))
                .await,
        ),
        (
            "notAcceptable",
            logged
                .as_token(&token, "GET", "/Users", &[("Accept", "text/html")], None)
                .await,
        ),
    ] {
        logged.assert_explained(kind, &refused, false).await;
    }
    logged.stop().await;
}

async fn what_depends_on_a_failed_operation_is_explained(db: Db) {
    let logged = Logged::with_profile(db).await;
    logged
        .call("POST", "/Users", Some(&user("taken")))
        .await
        .expect_status(201);
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "one", "data": user("taken")},
            {"method": "POST", "path": "/Groups", "bulkId": "two", "data": {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "g", "members": [{"value": "bulkId:one"}]}},
        ],
    });
    let answer = logged
        .call("POST", "/Bulk", Some(&bulk))
        .await
        .expect_status(200);
    let explained = logged.explained(&answer).await;
    assert_eq!(explained.understood[0], "2 operations in one request.");
    assert!(
        explained.understood[1].starts_with("1. POST /Users: 409: another User"),
        "{explained}"
    );
    let second =
        "2. POST /Groups: 409: this operation refers to another one of the request that failed";
    assert_eq!(explained.understood[2], second, "{explained}");
    let nothing = "Nothing: everything was as the request wants it already.";
    assert!(
        !explained.changed.iter().any(|sentence| sentence == nothing),
        "{explained}"
    );
    logged.stop().await;
}

impl Logged {
    pub(super) async fn with_profile(db: Db) -> Self {
        Self::with(db, "entra", |_| ()).await
    }
}
