//! Two tenants on a server of their own, and everybody who calls it.

use muster::server::Server;
use muster::service::admin::{self, Connection, Tenant};
use muster::service::{Service, schemas};
use serde_json::{Value, json};

use super::made;
use crate::support::http::{Request, Response, send};
use crate::support::server::{TestDatabase, config_for, patch_of, scim_request};
use crate::support::{Db, fresh_database, unique};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(super) const THING: &str = "urn:example:scim:schemas:test:1.0:MatrixThing";

/// Every scope there is.
pub(super) const SCOPES: &[&str] = &[
    "users:read",
    "users:write",
    "users:delete",
    "groups:read",
    "groups:write",
    "groups:delete",
    "resources:read",
    "resources:write",
    "resources:delete",
    "bulk",
    "password:write",
    "schemas:read",
    "events:read",
    "claims:read",
];

/// What somebody shows, and what is to become of it.
pub(super) struct Identity {
    pub(super) name: String,
    /// The values of the Authorization headers.
    pub(super) headers: Vec<String>,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    /// Nobody that is known.
    Refused(u16),
    /// A connection of the other tenant, with every scope.
    Foreign,
    /// A connection of the tenant.
    Connection {
        scopes: Vec<String>,
        is_frozen: bool,
    },
    /// A user of the tenant.
    User { scopes: Vec<String>, id: String },
}

/// A kind of resources, and one of them.
pub(super) struct Family {
    pub(super) endpoint: &'static str,
    /// The scopes' family.
    pub(super) scopes: &'static str,
    pub(super) id: String,
    /// What it was made of; sent again it changes nothing.
    pub(super) document: Value,
    /// A change to what is there already.
    pub(super) patch: Value,
    /// The name that must be different in each.
    name: &'static str,
}

impl Family {
    /// Another one.
    pub(super) fn fresh(&self) -> Value {
        let mut document = self.document.clone();
        document[self.name] = json!(format!("fresh {}", unique()));
        document.as_object_mut().unwrap().remove("members");
        document
    }
}

pub(super) struct World {
    pub(super) server: Server,
    pub(super) tenant: Tenant,
    pub(super) name: String,
    pub(super) other: Tenant,
    pub(super) other_name: String,
    pub(super) token: String,
    pub(super) other_token: String,
    pub(super) families: Vec<Family>,
    /// The user who has tokens.
    pub(super) me: Family,
    pub(super) identities: Vec<Identity>,
    /// Names and ids of the tenant.
    pub(super) secrets: Vec<String>,
    root: String,
    _database: TestDatabase,
}

pub(super) fn search() -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]})
}

/// One operation that creates a user.
pub(super) fn bulk() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{
            "method": "POST", "path": "/Users", "bulkId": "one",
            "data": {"schemas": [USER], "userName": format!("fresh {}", unique())},
        }],
    })
}

/// Registers the resource type of a tenant's own.
pub(super) async fn register(service: &Service, tenant: &Tenant, urn: &str, name: &str) {
    let documents = json!([
        {"id": urn, "attributes": [{"name": "label", "required": true, "uniqueness": "server"}, {"name": "size", "type": "integer"}]},
        {"name": name, "endpoint": format!("/{name}s"), "schema": urn, "schemaExtensions": []},
    ]);
    let definitions = schemas::read(&documents.to_string()).unwrap();
    schemas::add(service, tenant, &definitions, None)
        .await
        .unwrap();
}

pub(super) async fn token(
    service: &Service,
    connection: &Connection,
    scopes: &str,
    user: Option<&str>,
) -> String {
    let token = admin::create_token(service, connection, Some(scopes), None, user).await;
    token.unwrap().secret
}

impl World {
    pub(super) async fn new(db: Db) -> Self {
        let database = fresh_database(db).await;
        let mut config = config_for(&database.url);
        // Most of what is tried here fails.
        config.limits.failures_per_minute = 1_000_000;
        let server = Server::start(config).await.unwrap();
        let service = server.service();
        let (name, other_name) = (format!("t-{}", unique()), format!("t-{}", unique()));
        let tenant = admin::create_tenant(service, &name).await.unwrap();
        let other = admin::create_tenant(service, &other_name).await.unwrap();
        register(service, &tenant, THING, "Thing").await;
        register(service, &other, THING, "Thing").await;
        let connection = connection(service, &tenant, "test").await;
        let foreign = connection_of_other(service, &other).await;
        let own_token = token(service, &connection, "read write", None).await;
        let other_token = token(service, &foreign, "read write", None).await;
        let mut world = Self {
            root: server.root_url(),
            server,
            tenant,
            name,
            other,
            other_name,
            token: own_token,
            other_token,
            families: Vec::new(),
            me: family(
                "Users",
                "users",
                USER,
                "userName",
                &json!({"nickName": "same"}),
            ),
            identities: Vec::new(),
            secrets: Vec::new(),
            _database: database,
        };
        world.fill().await;
        world.introduce(&connection).await;
        world
    }

    pub(super) fn root(&self) -> &str {
        &self.root
    }

    /// Makes the resources.
    async fn fill(&mut self) {
        let nick = &json!({"nickName": "same"});
        let mut families = vec![
            family("Users", "users", USER, "userName", nick),
            family("Groups", "groups", GROUP, "displayName", &json!({})),
            family("Things", "resources", THING, "label", &json!({"size": 7})),
        ];
        self.me.id = self.create_from(&self.me.document, "Users").await;
        for family in &mut families {
            if family.endpoint == "Groups" {
                family.document["members"] = json!([{"value": self.me.id}]);
            }
            family.id = self.create_from(&family.document, family.endpoint).await;
        }
        for family in families.iter().chain([&self.me]) {
            self.secrets.push(family.id.clone());
            let name = family.document[family.name].as_str().unwrap();
            self.secrets.push(name.to_owned());
        }
        self.families = families;
        // Something of the other tenant as well: lists are not empty there.
        let theirs = json!({"schemas": [USER], "userName": "somebody else"});
        self.call(&self.other_token, "POST", "/Users", Some(&theirs))
            .await
            .expect_status(201);
    }

    pub(super) async fn call(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Response {
        let request = scim_request(token, method, path, &[], body);
        send(&self.root, request).await.unwrap()
    }

    async fn create_from(&self, document: &Value, endpoint: &str) -> String {
        let path = format!("/{endpoint}");
        made(self.call(&self.token, "POST", &path, Some(document)).await)
    }

    /// Makes another resource of a kind.
    pub(super) async fn create(&self, family: &Family) -> String {
        self.create_from(&family.fresh(), family.endpoint).await
    }

    /// The documents of the resources that the cases are about.
    pub(super) async fn state(&self) -> Vec<Value> {
        let mut state = Vec::new();
        for family in self.families.iter().chain([&self.me]) {
            let path = format!("/{}/{}", family.endpoint, family.id);
            let found = self.call(&self.token, "GET", &path, None).await;
            state.push(found.expect_status(200).json());
        }
        state
    }

    pub(super) async fn stop(self) {
        self.server.stop().await;
    }

    fn add(&mut self, name: &str, headers: &[String], kind: Kind) {
        self.identities.push(Identity {
            name: name.to_owned(),
            headers: headers.to_vec(),
            kind,
        });
    }

    /// Makes everybody who calls.
    async fn introduce(&mut self, connection: &Connection) {
        self.introduce_strangers(connection).await;
        let service = std::sync::Arc::clone(self.server.service());
        let all = SCOPES.join(" ");
        let mut known = vec![("every scope".to_owned(), all.clone())];
        for scope in SCOPES {
            known.push((format!("{scope} alone"), (*scope).to_owned()));
            let others: Vec<&str> = SCOPES.iter().filter(|one| one != &scope).copied().collect();
            known.push((format!("all but {scope}"), others.join(" ")));
        }
        known.push(("reading scopes".to_owned(), "read".to_owned()));
        known.push(("writing scopes".to_owned(), "write".to_owned()));
        for (name, scopes) in known {
            let token = token(&service, connection, &scopes, None).await;
            let kind = Kind::Connection {
                scopes: spelt_out(&scopes),
                is_frozen: false,
            };
            self.add(&name, &[format!("Bearer {token}")], kind);
        }
        for scopes in [
            "read write",
            "users:read schemas:read",
            "users:write",
            "bulk",
        ] {
            let token = token(&service, connection, scopes, Some(&self.me.id)).await;
            let kind = Kind::User {
                scopes: spelt_out(scopes),
                id: self.me.id.clone(),
            };
            self.add(
                &format!("a user with {scopes}"),
                &[format!("bearer {token}")],
                kind,
            );
        }
        let frozen = self::connection(&service, &self.tenant, "frozen").await;
        admin::set_frozen(&service, &frozen, true).await.unwrap();
        for scopes in ["read write", "read"] {
            let token = token(&service, &frozen, scopes, None).await;
            let kind = Kind::Connection {
                scopes: spelt_out(scopes),
                is_frozen: true,
            };
            self.add(
                &format!("frozen with {scopes}"),
                &[format!("Bearer {token}")],
                kind,
            );
        }
        for (name, scopes) in [
            ("a signed token", "read write"),
            ("a signed token for groups", "groups:read groups:write"),
        ] {
            let token = self.signed(&service, connection, scopes).await;
            let kind = Kind::Connection {
                scopes: spelt_out(scopes),
                is_frozen: false,
            };
            self.add(name, &[format!("Bearer {token}")], kind);
        }
    }

    async fn introduce_strangers(&mut self, connection: &Connection) {
        let service = std::sync::Arc::clone(self.server.service());
        self.add("nobody", &[], Kind::Refused(401));
        for header in [
            "Bearer",
            "Basic dXNlcjpwYXNzd29yZA==",
            "Token abc",
            "abc",
            "Bearer a b",
            "Bearer, abc",
            "Bearer t\u{f6}ken",
            "Bearer a.b.c",
            "Bearer mst_000000000000000000000000000000000000000000000000000",
        ] {
            self.add(
                &format!("{header:?}"),
                &[header.to_owned()],
                Kind::Refused(401),
            );
        }
        let bearer = format!("Bearer {}", self.token);
        self.add("twice", &[bearer.clone(), bearer], Kind::Refused(400));
        let past = Some(time::Duration::minutes(-1));
        let expired = admin::create_token(&service, connection, Some("read write"), past, None);
        let expired = expired.await.unwrap().secret;
        self.add(
            "an expired token",
            &[format!("Bearer {expired}")],
            Kind::Refused(401),
        );
        let revoked = admin::create_token(&service, connection, Some("read write"), None, None);
        let revoked = revoked.await.unwrap();
        admin::revoke_token(&service, &self.tenant, &revoked.id)
            .await
            .unwrap();
        self.add(
            "a revoked token",
            &[format!("Bearer {}", revoked.secret)],
            Kind::Refused(401),
        );
        let gone = self::connection(&service, &self.tenant, "gone").await;
        let token = token(&service, &gone, "read write", None).await;
        let signed = self.signed(&service, &gone, "read write").await;
        admin::delete_connection(&service, &gone).await.unwrap();
        for (name, token) in [("token", token), ("signed token", signed)] {
            let name = format!("the {name} of a deleted connection");
            self.add(&name, &[format!("Bearer {token}")], Kind::Refused(401));
        }
        let foreign = format!("Bearer {}", self.other_token);
        self.add("another tenant", &[foreign], Kind::Foreign);
        let theirs = admin::get_connection(&service, &self.other, "theirs");
        let signed = self
            .signed(&service, &theirs.await.unwrap(), "read write")
            .await;
        self.add(
            "another tenant, signed",
            &[format!("Bearer {signed}")],
            Kind::Foreign,
        );
    }

    /// The access token that a client of a connection gets.
    async fn signed(&self, service: &Service, connection: &Connection, scopes: &str) -> String {
        let client = admin::create_client(service, connection, Some(scopes), None);
        let client = client.await.unwrap();
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            client.id,
            client.secret.unwrap()
        );
        let request = Request {
            method: "POST".to_owned(),
            target: "/oauth/token".to_owned(),
            headers: vec![(
                "Content-Type".to_owned(),
                "application/x-www-form-urlencoded".to_owned(),
            )],
            body: Some(form.into_bytes()),
        };
        let answer = send(&self.root, request).await.unwrap().expect_status(200);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }
}

pub(super) async fn connection(service: &Service, tenant: &Tenant, name: &str) -> Connection {
    let made = admin::create_connection(service, tenant, name, "generic", &[]);
    made.await.unwrap()
}

async fn connection_of_other(service: &Service, tenant: &Tenant) -> Connection {
    connection(service, tenant, "theirs").await
}

/// The scopes that the short names stand for, in words of this file.
fn spelt_out(scopes: &str) -> Vec<String> {
    let mut all: Vec<&&str> = Vec::new();
    for scope in scopes.split(' ') {
        match scope {
            "read" => all.extend(SCOPES.iter().filter(|one| one.ends_with(":read"))),
            "write" => all.extend(SCOPES.iter().filter(|one| !one.ends_with(":read"))),
            scope => all.extend(SCOPES.iter().filter(|one| **one == scope)),
        }
    }
    all.into_iter().map(|scope| (*scope).to_owned()).collect()
}

/// A kind of resources; `extra` is what its document has beside the name.
fn family(
    endpoint: &'static str,
    scopes: &'static str,
    schema: &str,
    name: &'static str,
    extra: &Value,
) -> Family {
    let own = format!("canary-{}", unique());
    let mut document = json!({"schemas": [schema], name: own});
    for (member, value) in extra.as_object().unwrap() {
        document[member] = value.clone();
    }
    let (path, value) = match extra.as_object().unwrap().iter().next() {
        Some((member, value)) => (member.clone(), value.clone()),
        None => (name.to_owned(), json!(own)),
    };
    Family {
        endpoint,
        scopes,
        id: String::new(),
        document,
        patch: patch_of(&json!([{"op": "replace", "path": path, "value": value}])),
        name,
    }
}
