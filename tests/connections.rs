//! Connections: what their settings do, read-only ones, and the blast shield.

mod bounds;
mod decisions;
mod kinds;
mod settings;

use muster::error::Error;
use muster::service::admin::{self, Connection};
use muster::service::shield::{self, Preview, Which};
use serde_json::{Value, json};

use crate::support::Db;
use crate::support::clocked::{Clocked, clocked};
use crate::support::http::{Response, send};
use crate::support::server::{TenantOptions, TestTenant, patch_of, scim_request, user};

/// A server whose time the test sets, and a tenant with one connection.
struct Place {
    server: Clocked,
    tenant: TestTenant,
    connection: Connection,
}

impl Place {
    /// With a connection of this profile and these settings.
    async fn new(db: Db, profile: &str, settings: &[(&str, &str)]) -> Self {
        let server = clocked(db).await;
        let owned = settings.iter();
        let options = TenantOptions {
            profile: profile.to_owned(),
            settings: owned
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..TenantOptions::default()
        };
        let tenant = server.tenant_with(&options).await;
        let connection = connection_of(&server, &tenant.name, "test").await;
        Self {
            server,
            tenant,
            connection,
        }
    }

    /// With a shield of these bounds: how many pass, how many percent, and how many in any case.
    async fn shielded(db: Db, count: &str, percent: &str, spare: &str) -> Self {
        let settings = [
            ("shield.mode", "on"),
            ("shield.count", count),
            ("shield.percent", percent),
            ("shield.spare", spare),
        ];
        Self::new(db, "generic", &settings).await
    }

    /// Changes settings; `None` goes back to what the profile says.
    async fn set(&self, name: &str, value: Option<&str>) {
        let change = [(name.to_owned(), value.map(str::to_owned))];
        admin::update_connection(&self.server.service, &self.connection, None, &change)
            .await
            .unwrap();
    }

    async fn held(&self) -> Vec<Preview> {
        let held = shield::held(&self.server.service, &self.connection).await;
        held.unwrap()
    }

    async fn release(&self, which: Which) -> Result<u64, Error> {
        shield::decide(&self.server.service, &self.connection, &which, true).await
    }

    async fn reject(&self, which: Which) -> Result<u64, Error> {
        shield::decide(&self.server.service, &self.connection, &which, false).await
    }

    /// A token of another connection of the tenant with the same settings.
    async fn other_token(&self, name: &str, settings: &[(&str, &str)]) -> String {
        let tenant = admin::get_tenant(&self.server.service, &self.tenant.name);
        let tenant = tenant.await.unwrap();
        let own: Vec<admin::NewSetting> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned())))
            .collect();
        let made =
            admin::create_connection(&self.server.service, &tenant, name, "generic", &own).await;
        let scopes = Some("read write");
        let token =
            admin::create_token(&self.server.service, &made.unwrap(), scopes, None, None).await;
        token.unwrap().secret
    }

    async fn as_other(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Response {
        let request = scim_request(token, method, path, &[], body);
        send(&self.server.root, request).await.unwrap()
    }

    /// Creates users and returns their ids.
    async fn users(&self, count: usize) -> Vec<String> {
        let mut ids = Vec::new();
        let operations: Vec<Value> = (0..count)
            .map(|number| {
                let name = format!("{}-{number}", crate::support::unique());
                json!({"method": "POST", "path": "/Users", "bulkId": format!("{number}"), "data": user(&name)})
            })
            .collect();
        for portion in operations.chunks(500) {
            let answer = self.tenant.post("/Bulk", &bulk_of(portion)).await;
            let answer = answer.expect_status(200).json();
            for done in answer["Operations"].as_array().unwrap() {
                let location = done["location"].as_str().unwrap();
                ids.push(location.rsplit('/').next().unwrap().to_owned());
            }
        }
        ids
    }

    async fn deactivate(&self, id: &str) -> Response {
        self.tenant
            .patch(&format!("/Users/{id}"), &deactivation())
            .await
    }

    async fn delete(&self, id: &str) -> Response {
        self.tenant.delete(&format!("/Users/{id}")).await
    }

    /// Removes members by one PATCH.
    async fn remove(&self, group: &str, members: &[String]) -> Response {
        let path = format!("/Groups/{group}");
        self.tenant.patch(&path, &removal(members)).await
    }

    async fn document(&self, path: &str) -> Value {
        self.tenant.get(path).await.expect_status(200).json()
    }

    async fn stop(self) {
        self.server.stop().await;
    }
}

async fn connection_of(server: &Clocked, tenant: &str, name: &str) -> Connection {
    let tenant = admin::get_tenant(&server.service, tenant).await.unwrap();
    let found = admin::get_connection(&server.service, &tenant, name).await;
    found.unwrap()
}

fn bulk_of(operations: &[Value]) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations,
    })
}

fn deactivation() -> Value {
    patch_of(&json!([{"op": "replace", "path": "active", "value": false}]))
}

fn values(members: &[String]) -> Vec<Value> {
    members.iter().map(|id| json!({"value": id})).collect()
}

fn removal(members: &[String]) -> Value {
    patch_of(&json!([{"op": "remove", "path": "members", "value": values(members)}]))
}

/// The answer to what the shield holds: 503, when to come back, and a sentence; which that is.
#[track_caller]
fn assert_held(response: Response) -> String {
    let response = response.expect_status(503);
    assert_eq!(
        response.header("Retry-After"),
        Some("300"),
        "{}",
        response.describe()
    );
    let error = response.json();
    let detail = error["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("held: this "), "{detail}");
    assert!(detail.contains("nothing was changed"), "{detail}");
    assert!(error.get("scimType").is_none(), "{error}");
    detail
}
