//! The databases, one running server for each, and tenants on it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, mpsc};

use muster::config::Config;
use muster::schema::definition;
use muster::server::Server;
use muster::service::{Service, admin, schemas};
use muster::store::changes::{Recorded, of_resource};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

use super::http::{Request, Response, send};
use super::unique;

/// The databases every behaviour is tested on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Db {
    Sqlite,
    Postgres,
}

/// An empty database; a file is removed with the value.
#[derive(Debug)]
pub(crate) struct TestDatabase {
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

/// Makes an empty database.
pub(crate) async fn fresh_database(db: Db) -> TestDatabase {
    match db {
        Db::Sqlite => {
            let folder = tempfile::Builder::new()
                .prefix("muster-test-")
                .tempdir()
                .unwrap();
            TestDatabase {
                url: format!("sqlite:{}", folder.path().join("muster.db").display()),
                _folder: Some(folder),
            }
        }
        Db::Postgres => TestDatabase {
            url: create_postgres_database().await,
            _folder: None,
        },
    }
}

async fn create_postgres_database() -> String {
    let url = std::env::var("MUSTER_TEST_POSTGRES_URL")
        .expect("MUSTER_TEST_POSTGRES_URL is not set: run scripts/test, which starts a PostgreSQL");
    let name = format!("muster_test_{}_{}", std::process::id(), unique());
    let mut connection = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let (address, options) = url.split_once('?').unwrap_or((&url, ""));
    let (server, _) = address.rsplit_once('/').unwrap();
    let separator = if options.is_empty() { "" } else { "?" };
    format!("{server}/{name}{separator}{options}")
}

/// A server that lives as long as the test binary.
pub(crate) struct Running {
    url: String,
    pub(crate) root: String,
    service: Arc<Service>,
    runtime: tokio::runtime::Handle,
}

/// The server of a database, started at the first call on a thread and a runtime of its own.
pub(crate) fn server(db: Db) -> &'static Running {
    static SQLITE: OnceLock<Running> = OnceLock::new();
    static POSTGRES: OnceLock<Running> = OnceLock::new();
    match db {
        Db::Sqlite => SQLITE.get_or_init(|| start(db, None)),
        Db::Postgres => POSTGRES.get_or_init(|| start(db, None)),
    }
}

fn start(db: Db, url: Option<String>) -> Running {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let database = match url {
                Some(url) => TestDatabase { url, _folder: None },
                None => fresh_database(db).await,
            };
            let server = Server::start(config_for(&database.url)).await.unwrap();
            let running = Running {
                root: server.root_url(),
                url: database.url.clone(),
                service: Arc::clone(server.service()),
                runtime: tokio::runtime::Handle::current(),
            };
            sender.send(running).unwrap();
            std::future::pending::<()>().await;
        });
    });
    receiver
        .recv()
        .unwrap_or_else(|_| panic!("the server for {db:?} did not start"))
}

/// The settings of a test server: the defaults, on free ports.
pub(crate) fn config_for(url: &str) -> Config {
    let mut config = Config::default();
    "127.0.0.1:0".clone_into(&mut config.server.listen);
    "127.0.0.1:0".clone_into(&mut config.operations.listen);
    url.clone_into(&mut config.database.url);
    // Letters of PostgreSQL's servers would lie in the repository.
    if !url.starts_with("sqlite:") {
        let folder = std::env::temp_dir().join(format!("muster-letters-{}", std::process::id()));
        config.mail.folder = Some(folder.display().to_string());
    }
    config
}

/// The operations of a database's server; those that ask the database must run in [`on_server`].
pub(crate) fn service(db: Db) -> &'static Service {
    &server(db).service
}

/// Runs a future on the server's runtime: a database connection dies with the runtime that opened it.
pub(crate) async fn on_server<F>(db: Db, future: F) -> F::Output
where
    F: Future<Output: Send> + Send + 'static,
{
    server(db).runtime.spawn(future).await.unwrap()
}

/// How many memberships point at a resource that is gone: what no request shows, asked of the database itself.
pub(crate) async fn dangling_memberships(db: Db) -> i64 {
    const COUNT: &str = "SELECT COUNT(*) FROM membership m WHERE NOT EXISTS \
        (SELECT 1 FROM resource r WHERE r.resource_key = m.member_key) OR NOT EXISTS \
        (SELECT 1 FROM resource r WHERE r.resource_key = m.group_key)";
    let url = &server(db).url;
    match db {
        Db::Sqlite => {
            let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
            sqlx::query_scalar(COUNT)
                .fetch_one(&mut connection)
                .await
                .unwrap()
        }
        Db::Postgres => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::query_scalar(COUNT)
                .fetch_one(&mut connection)
                .await
                .unwrap()
        }
    }
}

/// Every text that the database keeps of a resource and of what happened to it.
pub(crate) async fn kept_texts(db: Db, id: Uuid) -> Vec<String> {
    const TEXTS: &str = "SELECT document FROM resource WHERE id = $1 \
        UNION ALL SELECT password_hash FROM resource WHERE id = $1 AND password_hash IS NOT NULL \
        UNION ALL SELECT i.index_key FROM attribute_index i \
            JOIN resource r ON r.resource_key = i.resource_key WHERE r.id = $1 \
        UNION ALL SELECT detail FROM change WHERE resource_id = $1";
    let url = &server(db).url;
    match db {
        Db::Sqlite => {
            let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
            sqlx::query_scalar(TEXTS)
                .bind(id)
                .fetch_all(&mut connection)
                .await
                .unwrap()
        }
        Db::Postgres => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::query_scalar(TEXTS)
                .bind(id)
                .fetch_all(&mut connection)
                .await
                .unwrap()
        }
    }
}

/// What the database keeps of a token, given its public id.
pub(crate) async fn kept_of_token(db: Db, token_id: &str) -> Vec<u8> {
    const HASH: &str = "SELECT token_hash FROM access_token WHERE token_id = $1";
    let (url, token_id) = (&server(db).url, token_id.to_owned());
    match db {
        Db::Sqlite => {
            let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
            sqlx::query_scalar(HASH)
                .bind(token_id)
                .fetch_one(&mut connection)
                .await
                .unwrap()
        }
        Db::Postgres => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::query_scalar(HASH)
                .bind(token_id)
                .fetch_one(&mut connection)
                .await
                .unwrap()
        }
    }
}

/// How many connections to a database have a transaction open and do nothing. (`SQLite` cannot tell.)
pub(crate) async fn open_transactions(db: Db, url: &str) -> i64 {
    const COUNT: &str = "SELECT COUNT(*) FROM pg_stat_activity \
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    match db {
        Db::Sqlite => 0,
        Db::Postgres => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            let count = sqlx::query_scalar(COUNT).fetch_one(&mut connection).await;
            count.unwrap()
        }
    }
}

/// What a tenant is to be made with.
#[derive(Debug, Clone)]
pub(crate) struct TenantOptions {
    pub(crate) profile: String,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) tenant_settings: Vec<(String, String)>,
    /// Files with schemas, and the resource type they extend: name and whether they are required.
    pub(crate) schemas: Vec<(PathBuf, Option<(String, bool)>)>,
    /// The user name of a user with a token of its own.
    pub(crate) user: Option<String>,
    pub(crate) second_connection: bool,
    pub(crate) other_tenant: bool,
}

impl Default for TenantOptions {
    fn default() -> Self {
        Self {
            profile: "generic".to_owned(),
            settings: Vec::new(),
            tenant_settings: Vec::new(),
            schemas: Vec::new(),
            user: None,
            second_connection: false,
            other_tenant: false,
        }
    }
}

/// A tenant nobody else uses, with one connection and its tokens.
#[derive(Debug, Clone)]
pub(crate) struct TestTenant {
    /// The SCIM base, `http://host:port/scim/v2`.
    pub(crate) base: String,
    pub(crate) root: String,
    pub(crate) name: String,
    pub(crate) token: String,
    pub(crate) read_token: String,
    pub(crate) expired_token: String,
    pub(crate) revoked_token: String,
    pub(crate) other: Option<OtherTenant>,
    /// The token of another connection of the tenant.
    pub(crate) second_token: Option<String>,
    /// The id of a user, and the user's token.
    pub(crate) user: Option<(String, String)>,
    /// Where else the same tenant is served: requests go to both places in turn.
    pub(crate) second_root: Option<String>,
}

/// A second tenant on the same server.
#[derive(Debug, Clone)]
pub(crate) struct OtherTenant {
    pub(crate) name: String,
    pub(crate) token: String,
}

/// A tenant with the generic profile.
pub(crate) async fn fresh_tenant(db: Db) -> TestTenant {
    fresh_tenant_with(db, &TenantOptions::default()).await
}

/// A tenant made as asked.
pub(crate) async fn fresh_tenant_with(db: Db, options: &TenantOptions) -> TestTenant {
    let running = server(db);
    let (service, options) = (Arc::clone(&running.service), options.clone());
    on_server(db, async move {
        create_tenant(&service, &running.root, &options).await
    })
    .await
}

/// A tenant with the generic profile on a server that the test itself runs.
pub(crate) async fn fresh_tenant_on(server: &Server) -> TestTenant {
    create_tenant(
        server.service(),
        &server.root_url(),
        &TenantOptions::default(),
    )
    .await
}

/// A tenant made as asked, by the operations of a server that is reached at `root`.
pub(crate) async fn create_tenant(
    service: &Service,
    root: &str,
    options: &TenantOptions,
) -> TestTenant {
    let name = format!("t-{}", unique());
    let tenant = admin::create_tenant(service, &name).await.unwrap();
    let (profile, settings) = (&options.profile, changed(&options.settings));
    let connection = admin::create_connection(service, &tenant, "test", profile, &settings)
        .await
        .unwrap();
    if !options.tenant_settings.is_empty() {
        admin::update_tenant(service, &tenant, &changed(&options.tenant_settings))
            .await
            .unwrap();
    }
    for (file, extend) in &options.schemas {
        let text = std::fs::read_to_string(file).unwrap();
        let definitions = definition::read(&text).unwrap();
        let extend = extend
            .as_ref()
            .map(|(name, required)| (name.as_str(), *required));
        schemas::add(service, &tenant, &definitions, extend)
            .await
            .unwrap();
    }
    let past = time::Duration::minutes(-1);
    let mut secrets = Vec::new();
    for (scopes, expires_at) in [
        ("read write", None),
        ("read", None),
        ("read write", Some(past)),
        ("read write", None),
    ] {
        let token = admin::create_token(service, &connection, Some(scopes), expires_at, None)
            .await
            .unwrap();
        secrets.push(token);
    }
    let [token, read, expired, revoked] = secrets.as_slice() else {
        unreachable!("four tokens were made")
    };
    admin::revoke_token(service, &tenant, &revoked.id)
        .await
        .unwrap();
    let mut other = None;
    if options.other_tenant {
        other = Some(create_other_tenant(service).await);
    }
    let mut made = TestTenant {
        base: format!("{root}/scim/v2"),
        root: root.to_owned(),
        name,
        token: token.secret.clone(),
        read_token: read.secret.clone(),
        expired_token: expired.secret.clone(),
        revoked_token: revoked.secret.clone(),
        other,
        second_token: None,
        user: None,
        second_root: None,
    };
    if options.second_connection {
        let second = admin::create_connection(service, &tenant, "second", "generic", &[])
            .await
            .unwrap();
        let token = admin::create_token(service, &second, Some("read write"), None, None).await;
        made.second_token = Some(token.unwrap().secret);
    }
    if let Some(name) = &options.user {
        let id = made.create_user(name).await;
        let token =
            admin::create_token(service, &connection, Some("read write"), None, Some(name)).await;
        made.user = Some((id, token.unwrap().secret));
    }
    made
}

fn changed(settings: &[(String, String)]) -> Vec<admin::NewSetting> {
    let changed = settings.iter();
    changed
        .map(|(name, value)| (name.clone(), Some(value.clone())))
        .collect()
}

async fn create_other_tenant(service: &Service) -> OtherTenant {
    let name = format!("t-{}", unique());
    let tenant = admin::create_tenant(service, &name).await.unwrap();
    let connection = admin::create_connection(service, &tenant, "test", "generic", &[])
        .await
        .unwrap();
    let token = admin::create_token(service, &connection, Some("read write"), None, None)
        .await
        .unwrap();
    OtherTenant {
        name,
        token: token.secret,
    }
}

impl TestTenant {
    /// The same tenant served by a second instance as well, where the database allows that: what instances do to each
    /// other is then kept apart by the database alone.
    pub(crate) fn on_two_instances(mut self, db: Db) -> Self {
        static SECOND: OnceLock<Running> = OnceLock::new();
        if db == Db::Postgres {
            let second = SECOND.get_or_init(|| start(db, Some(server(db).url.clone())));
            self.second_root = Some(second.root.clone());
        }
        self
    }

    /// The same tenant on another server of the same database.
    pub(crate) fn moved_to(mut self, server: &Server) -> Self {
        self.root = server.root_url();
        self.base = format!("{}/scim/v2", self.root);
        self
    }

    fn next_root(&self) -> &str {
        static TURN: AtomicUsize = AtomicUsize::new(0);
        match &self.second_root {
            Some(second) if TURN.fetch_add(1, Ordering::Relaxed) % 2 == 1 => second,
            _ => &self.root,
        }
    }

    /// Sends a request to a path below the SCIM base; panics when there is no answer.
    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Response {
        let request = scim_request(&self.token, method, path, headers, body);
        match send(self.next_root(), request).await {
            Ok(response) => response,
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request("GET", path, &[], None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.request("POST", path, &[], Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Response {
        self.request("PUT", path, &[], Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Response {
        self.request("PATCH", path, &[], Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.request("DELETE", path, &[], None).await
    }

    /// Creates a user and returns its id.
    pub(crate) async fn create_user(&self, user_name: &str) -> String {
        let response = self.post("/Users", &user(user_name)).await;
        id_of(&response.expect_status(201))
    }

    /// Creates a group of these members and returns its id.
    pub(crate) async fn create_group(&self, members: &[String]) -> String {
        let members: Vec<Value> = members.iter().map(|id| member(id)).collect();
        let group = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": format!("group {}", unique()),
            "members": members,
        });
        id_of(&self.post("/Groups", &group).await.expect_status(201))
    }

    /// The ids of a group's members, sorted.
    pub(crate) async fn members(&self, group: &str) -> Vec<String> {
        let response = self.get(&format!("/Groups/{group}")).await;
        member_ids(&response.expect_status(200).json())
    }
}

/// A request below `/scim/v2` with a bearer token and, with a body, the SCIM media type.
pub(crate) fn scim_request(
    token: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Request {
    let mut all = vec![("Authorization".to_owned(), format!("Bearer {token}"))];
    if body.is_some() {
        all.push((
            "Content-Type".to_owned(),
            "application/scim+json".to_owned(),
        ));
    }
    for (name, value) in headers {
        all.push(((*name).to_owned(), (*value).to_owned()));
    }
    Request {
        method: method.to_owned(),
        target: format!("/scim/v2{path}"),
        headers: all,
        body: body.map(|body| body.to_string().into_bytes()),
    }
}

/// The least a user needs.
pub(crate) fn user(user_name: &str) -> Value {
    serde_json::json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": user_name,
    })
}

/// A PATCH request of these operations.
pub(crate) fn patch_of(operations: &Value) -> Value {
    serde_json::json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": operations,
    })
}

/// A PATCH request that adds one member.
pub(crate) fn add_member(id: &str) -> Value {
    patch_of(&serde_json::json!([{"op": "add", "path": "members", "value": [member(id)]}]))
}

fn member(id: &str) -> Value {
    serde_json::json!({"value": id})
}

/// The `id` of a resource that was answered.
pub(crate) fn id_of(response: &Response) -> String {
    response.json()["id"].as_str().unwrap().to_owned()
}

/// The ids of the members in a group's document, sorted.
pub(crate) fn member_ids(group: &Value) -> Vec<String> {
    let members = group["members"].as_array().into_iter().flatten();
    let mut ids: Vec<String> = members
        .map(|member| member["value"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

/// What is recorded of a resource, oldest first.
pub(crate) async fn recorded(db: Db, tenant: &TestTenant, id: &str) -> Vec<Recorded> {
    let (name, id) = (tenant.name.clone(), Uuid::try_parse(id).unwrap());
    on_server(db, async move {
        let service = service(db);
        let tenant = admin::get_tenant(service, &name).await.unwrap();
        let mut reader = service.store.reader();
        of_resource(&mut reader, tenant.key, id).await.unwrap()
    })
    .await
}
