//! Two instances on one PostgreSQL: what is changed through one is in force at the other for the next request, without a pause, or after the
//! time for which it remembers what a token stands for.
//!
//! Each is asked before the change as well, so that whatever it remembers is remembered.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use muster::server::Server;
use muster::service::account::people::Switch;
use muster::service::{admin, schemas, upkeep};
use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::accounts::browser::Browser;
use crate::accounts::world::{OTHER, PASSWORD, World};
use crate::support::clocked::Clocked;
use crate::support::http::{Response, send};
use crate::support::oauth::{access_token, ask_by_secret, client_for, connection_of, read_with};
use crate::support::server::{config_for, fresh_tenant_on, id_of, patch_of, scim_request, user};
use crate::support::{Db, forgotten, fresh_database};

/// How often each change is made: what is in force by chance is not in force every time.
const ROUNDS: usize = 5;

struct Two {
    first: World,
    second: Clocked,
}

impl Two {
    async fn new() -> Self {
        let first = World::new(Db::Postgres).await;
        let second = first.server.another().await;
        assert_ne!(first.server.root, second.root);
        Self { first, second }
    }

    /// Asks the second one.
    async fn ask(&self, method: &str, path: &str, body: Option<&serde_json::Value>) -> Response {
        let request = scim_request(&self.first.tenant.token, method, path, &[], body);
        send(&self.second.root, request).await.unwrap()
    }

    /// The same person at the second one.
    fn there(&self, browser: &Browser) -> Browser {
        browser.copied(&self.second.root, &self.first.base())
    }

    async fn sign_in_there(&self, name: &str, password: &str) -> Response {
        let browser = Browser::new(&self.second.root, &self.first.base());
        browser.sign_in(name, password).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_and_connections_are_cut_off_everywhere_after_a_moment() {
    let two = Two::new().await;
    let service = &two.first.server.service;
    let (tenant, connection) = connection_of(service, &two.first.tenant).await;
    for round in 0..ROUNDS {
        let token = admin::create_token(service, &connection, Some("read write"), None, None);
        let token = token.await.unwrap();
        let there = &two.second.root;
        read_with(there, &token.secret).await.expect_status(200);
        admin::revoke_token(service, &tenant, &token.id)
            .await
            .unwrap();
        forgotten().await;
        read_with(there, &token.secret).await.expect_status(401);

        let name = user(&format!("frozen{round}@example.com"));
        admin::set_frozen(service, &connection, true).await.unwrap();
        forgotten().await;
        let refused = two.ask("POST", "/Users", Some(&name)).await;
        refused.expect_status(503);
        admin::set_frozen(service, &connection, false)
            .await
            .unwrap();
        forgotten().await;
        let created = two.ask("POST", "/Users", Some(&name)).await;
        created.expect_status(201);
    }
    let client = client_for(service, &two.first.tenant, None).await;
    let secret = client.secret.unwrap();
    let signed = access_token(ask_by_secret(&two.first.server.root, &client.id, &secret).await);
    let there = &two.second.root;
    read_with(there, &signed).await.expect_status(200);
    admin::delete_client(service, &tenant, &client.id)
        .await
        .unwrap();
    read_with(there, &signed).await.expect_status(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_locked_out_everywhere_at_once() {
    let two = Two::new().await;
    for round in 0..ROUNDS {
        let person = two.first.person(&format!("pat{round}@example.com")).await;
        let here = two.first.signed_in(&person.name, PASSWORD).await;
        let there = two.there(&here);
        assert!(there.is_in().await);
        two.first
            .switch(person.id, Switch::Lock(None))
            .await
            .unwrap();
        assert!(!there.is_in().await);
        let refused = two.sign_in_there(&person.name, PASSWORD).await;
        assert_ne!(refused.status, 303);
        two.first.switch(person.id, Switch::Unlock).await.unwrap();
        let welcome = two.sign_in_there(&person.name, PASSWORD).await;
        welcome.expect_status(303);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_end_everywhere_at_once() {
    let two = Two::new().await;
    for round in 0..ROUNDS {
        let person = two.first.person(&format!("mike{round}@example.com")).await;
        let here = two.first.signed_in(&person.name, PASSWORD).await;
        let other = two.first.signed_in(&person.name, PASSWORD).await;
        let (here_there, other_there) = (two.there(&here), two.there(&other));
        assert!(here_there.is_in().await && other_there.is_in().await);
        here.post("/account/sessions", &[("all", "others")])
            .await
            .expect_status(303);
        assert!(!other_there.is_in().await);
        assert!(here_there.is_in().await);
        here.post("/sign-out", &[]).await.expect_status(303);
        assert!(!here_there.is_in().await);

        // A new password, by the client: the old one opens nothing at the other.
        two.sign_in_there(&person.name, PASSWORD)
            .await
            .expect_status(303);
        let change = json!([{"op": "replace", "path": "password", "value": OTHER}]);
        let changed = two.first.patch_user(person.id, &change).await;
        assert!(changed.is_success(), "{}", changed.describe());
        let refused = two.sign_in_there(&person.name, PASSWORD).await;
        assert_ne!(refused.status, 303);
        two.sign_in_there(&person.name, OTHER)
            .await
            .expect_status(303);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schemas_and_settings_change_everywhere_after_a_moment() {
    let two = Two::new().await;
    let service = &two.first.server.service;
    let (tenant, _) = connection_of(service, &two.first.tenant).await;
    let text = std::fs::read_to_string("tests/schemas/robots.json").unwrap();
    let definitions = muster::schema::definition::read(&text).unwrap();
    let robot = json!({"schemas": ["urn:acme:robots:2.0"], "name": "Marvin"});
    two.ask("POST", "/Robots", Some(&robot))
        .await
        .expect_status(404);
    schemas::add(service, &tenant, &definitions, None)
        .await
        .unwrap();
    forgotten().await;
    two.ask("POST", "/Robots", Some(&robot))
        .await
        .expect_status(201);
    // The name is unique by that schema, whichever instance is asked.
    let again = two.first.tenant.post("/Robots", &robot).await;
    again.expect_status(409);

    two.first.set("group.names", "unique").await;
    forgotten().await;
    for round in 0..ROUNDS {
        let group = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": format!("guides {round}"),
        });
        let create = || two.ask("POST", "/Groups", Some(&group));
        create().await.expect_status(201);
        create().await.expect_status(409);
        two.first.set("group.names", "any").await;
        forgotten().await;
        let twin = id_of(&create().await.expect_status(201));
        // Before names are unique again, they have to be different.
        two.ask("DELETE", &format!("/Groups/{twin}"), None)
            .await
            .expect_status(204);
        two.first.set("group.names", "unique").await;
        forgotten().await;
        create().await.expect_status(409);
    }
}

/// The replica is the primary itself: what matters here is that reads go by way of it, and find what was acknowledged. A real one, and one
/// that lags, are the affair of `scripts/replica-trial`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_of_replicas_find_what_was_acknowledged() {
    let database = fresh_database(Db::Postgres).await;
    let mut config = config_for(&database.url);
    config.database.read_urls = vec![database.url.clone(), database.url.clone()];
    let server = Server::start(config).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    let all = (0..20).map(async |number| {
        let name = format!("reader{number}@example.com");
        let created = tenant.post("/Users", &user(&name)).await.expect_status(201);
        let path = format!("/Users/{}", id_of(&created));
        for title in ["one", "two", "three"] {
            let change = json!([{"op": "replace", "path": "title", "value": title}]);
            tenant
                .patch(&path, &patch_of(&change))
                .await
                .expect_status(200);
            let read = tenant.get(&path).await.expect_status(200);
            assert_eq!(read.json()["title"], title);
            let filter = format!("/Users?filter=userName%20eq%20%22{name}%22");
            let found = tenant.get(&filter).await.expect_status(200).json();
            assert_eq!(found["Resources"][0]["title"], title);
        }
    });
    futures_util::future::join_all(all).await;
    let page = tenant.get("/Users?count=0").await.json();
    assert_eq!(page["totalResults"], 20);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_cannot_be_reached_is_done_without() {
    let database = fresh_database(Db::Postgres).await;
    let mut config = config_for(&database.url);
    // Nothing listens there.
    config.database.read_urls = vec!["postgres://muster@127.0.0.1:1/none".to_owned()];
    let server = Server::start(config).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    for number in 0..3 {
        let alone = user(&format!("alone{number}@example.com"));
        let created = tenant.post("/Users", &alone).await.expect_status(201);
        let path = format!("/Users/{}", id_of(&created));
        tenant.get(&path).await.expect_status(200);
    }
    server.stop().await;
}

/// A way to a database that can be closed, and on which nothing may go on.
struct Way {
    port: u16,
    passage: watch::Sender<Passage>,
    /// How many bytes came back.
    answered: Arc<AtomicU64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passage {
    Open,
    Frozen,
    Closed,
}

impl Way {
    async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let way = Self {
            port: listener.local_addr().unwrap().port(),
            passage: watch::Sender::new(Passage::Open),
            answered: Arc::default(),
        };
        let (passage, answered) = (way.passage.subscribe(), Arc::clone(&way.answered));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (mut passage, answered) = (passage.clone(), Arc::clone(&answered));
                tokio::spawn(async move {
                    let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    let (client, server) = (client.into_split(), server.into_split());
                    tokio::select! {
                        () = pass(client.0, server.1, passage.clone(), Arc::default()) => {}
                        () = pass(server.0, client.1, passage.clone(), answered) => {}
                        _ = passage.wait_for(|passage| *passage == Passage::Closed) => {}
                    }
                });
            }
        });
        way
    }

    fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut passage: watch::Receiver<Passage>,
    bytes: Arc<AtomicU64>,
) {
    let mut buffer = vec![0; 64 * 1_024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let open = passage.wait_for(|passage| *passage != Passage::Frozen);
        if open.await.is_err() || to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
        bytes.fetch_add(length as u64, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_stops_answering_is_done_without_until_it_does() {
    /// Less than a statement may take, more than who asks a replica waits for it.
    const MOMENT: Duration = Duration::from_secs(15);
    let database = fresh_database(Db::Postgres).await;
    let port = PgConnectOptions::from_str(&database.url)
        .unwrap()
        .get_port();
    let way = Way::to(port).await;
    let mut config = config_for(&database.url);
    let there = format!(":{port}/");
    assert!(database.url.contains(&there));
    config.database.read_urls = vec![database.url.replace(&there, &format!(":{}/", way.port))];
    let server = Server::start(config).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    let mut paths = Vec::new();
    for number in 0..20 {
        let name = format!("reader{number}@example.com");
        let created = tenant.post("/Users", &user(&name)).await.expect_status(201);
        paths.push((format!("/Users/{}", id_of(&created)), name));
    }
    let read = async || {
        let all = paths.iter().map(async |(path, name)| {
            let read = tenant.get(path).await.expect_status(200).json();
            assert_eq!(read["userName"], *name);
        });
        join_all(all).await;
        let page = tenant.get("/Users?count=3").await.expect_status(200).json();
        assert_eq!(page["totalResults"], 20);
    };
    for passage in [Passage::Frozen, Passage::Closed] {
        // It answers, at first or again.
        let started = Instant::now();
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let before = way.answered();
            read().await;
            if way.answered() > before + 3_000 {
                break;
            }
            assert!(started.elapsed() < MOMENT, "{passage:?}");
        }
        way.passage.send_replace(passage);
        let started = Instant::now();
        for _ in 0..3 {
            read().await;
        }
        assert!(started.elapsed() < MOMENT, "{passage:?}");
        way.passage.send_replace(Passage::Open);
    }
    server.stop().await;
}

/// A first sync is over before PostgreSQL's own upkeep looks at the tables, and filters are planned by what it knows of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_that_have_grown_are_looked_at() {
    const VALUES: u16 = 600;
    const PATIENCE: Duration = Duration::from_secs(30);
    let two = Two::new().await;
    let services = [&two.first.server.service, &two.second.service];
    for name in ["lee@example.com", "kim@example.com"] {
        let mut document = user(name);
        let emails = (0..VALUES).map(|number| json!({"value": format!("{number}.{name}")}));
        document["emails"] = emails.collect();
        let created = two.ask("POST", "/Users", Some(&document)).await;
        created.expect_status(201);
    }
    let url = two.first.server.database_url();
    let mut connection = PgConnection::connect(url).await.unwrap();
    let started = Instant::now();
    loop {
        let looked = services.map(|service| upkeep::look_at_tables(service));
        for outcome in join_all(looked).await {
            outcome.unwrap();
        }
        let known = sqlx::query_scalar(
            "SELECT reltuples FROM pg_class WHERE oid = 'attribute_index'::regclass",
        );
        let known: f32 = known.fetch_one(&mut connection).await.unwrap();
        if known >= f32::from(2 * VALUES) {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{known} rows are known");
        // What a connection has written is counted once it has been idle for a while.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
