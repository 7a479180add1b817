//! `muster db copy`: the same answers from the copy, nothing from an interrupted one, and no target that holds anything.

use std::process::Stdio;

use muster::config::Config;
use muster::server::Server;
use muster::service::account::onboarding::Onboarding;
use muster::service::admin;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::accounts::browser::Browser;
use crate::accounts::world::{PASSWORD, World};
use crate::support::command::{Finished, command, muster};
use crate::support::http::send;
use crate::support::oauth::{access_token, ask_by_secret, client_for, read_with};
use crate::support::server::{TestDatabase, add_member, config_for, scim_request, user};
use crate::support::{Db, fresh_database};

/// The exit codes of whatever is refused.
const USAGE: i32 = 2;
const NOT_FOUND: i32 = 3;
const CONFLICT: i32 = 4;

/// Rows of the tables that nothing above has filled, as SQLite spells them.
const REMAINING: &str = "
    INSERT INTO used_assertion SELECT client_key, X'00FF', 5 FROM oauth_client;
    INSERT INTO token_issuer (name, issuer, audience, configuration, scopes, created)
        VALUES ('elsewhere', 'https://issuer.example.com', 'muster', '{\"algorithms\":[\"RS256\"],\"keys\":{\"url\":\"https://issuer.example.com/keys\"}}', 'read', 5);
    INSERT INTO shield_event (connection_key, kind, scope_id, at, amount)
        SELECT connection_key, 1, randomblob(16), 5, 2 FROM connection;
    INSERT INTO held_operation (tenant_key, connection_key, kind, resource_type, resource_id, amount, attempts, first_attempt, last_attempt)
        SELECT tenant_key, connection_key, 1, 1, randomblob(16), 9, 1, 5, 5 FROM connection;
    INSERT INTO second_factor SELECT resource_key, tenant_key, randomblob(20), 5, NULL, 0, 0, NULL FROM resource LIMIT 1;
    INSERT INTO recovery_code SELECT resource_key, randomblob(32) FROM resource LIMIT 1;
    INSERT INTO owner_link SELECT tenant_key, randomblob(32), 5, 6 FROM tenant ORDER BY tenant_key DESC LIMIT 1;
    INSERT INTO profile_attribute SELECT tenant_key, 'User:title', '{}' FROM tenant ORDER BY tenant_key DESC LIMIT 1;
    UPDATE sqlite_sequence SET seq = 5000 WHERE name = 'tenant';
";

fn copy(from: &str, to: &str, options: &[&str]) -> Finished {
    // The database of `--database-url` plays no part.
    let arguments = [&["db", "copy", "--from", from, "--to", to], options].concat();
    muster("sqlite:/nowhere/at-all.db", &arguments)
}

async fn sqlite(url: &str, sql: &str) {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    done.execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// The one number that a statement finds, which both databases understand.
async fn number(url: &str, sql: &'static str) -> i64 {
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        let found = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
        found.unwrap()
    } else {
        let mut connection = PgConnection::connect(url).await.unwrap();
        let found = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
        found.unwrap()
    }
}

async fn with_schemas(world: &World) {
    let text = std::fs::read_to_string("tests/schemas/robots.json").unwrap();
    let definitions = muster::schema::definition::read(&text).unwrap();
    let service = &world.server.service;
    let tenant = admin::get_tenant(service, &world.tenant.name)
        .await
        .unwrap();
    muster::service::schemas::add(service, &tenant, &definitions, None)
        .await
        .unwrap();
}

/// What a server answers to every GET there is for the tenant.
async fn answers(root: &str, token: &str) -> Vec<(String, Value)> {
    let mut answers = Vec::new();
    let mut paths: Vec<String> = [
        "/Users?count=1000",
        "/Users?sortBy=userName&count=3&startIndex=2",
        "/Users?filter=userName%20sw%20%22p%22",
        "/Groups?count=1000",
        "/Robots?count=1000",
        "/Schemas",
        "/ResourceTypes",
        "/ServiceProviderConfig",
    ]
    .map(str::to_owned)
    .into();
    let mut next = 0;
    while next < paths.len() {
        let path = paths[next].clone();
        next += 1;
        let request = scim_request(token, "GET", &path, &[], None);
        let answer = send(root, request).await.unwrap().expect_status(200);
        let found = answer.json();
        for resource in found["Resources"].as_array().into_iter().flatten() {
            if let (Some(id), Some(kind)) = (
                resource["id"].as_str(),
                resource["meta"]["resourceType"].as_str(),
            ) {
                let path = format!("/{kind}s/{id}");
                if ["User", "Group", "Robot"].contains(&kind) && !paths.contains(&path) {
                    paths.push(path);
                }
            }
        }
        answers.push((path, found));
    }
    answers
}

/// Whatever a database can hold.
struct Filled {
    world: World,
    browser: Browser,
    access_token: String,
    client: (String, String),
}

async fn fill() -> Filled {
    let world = World::changed(Db::Sqlite, &[], |config| {
        "all".clone_into(&mut config.provisioning_log.mode);
    })
    .await;
    with_schemas(&world).await;
    let mut people = Vec::new();
    for name in ["pat", "zoe", "mike", "jin", "o'hara"] {
        people.push(world.person(&format!("{name}@example.com")).await);
    }
    let provisioned = world.provisioned("provisioned@example.com").await;
    let tenant = &world.tenant;
    let mut ids: Vec<String> = people.iter().map(|one| one.id.to_string()).collect();
    ids.push(provisioned.id.to_string());
    // More than one page of a table.
    for part in 0..3 {
        let operations: Vec<Value> = (0..500)
            .map(|number| {
                let mut data = user(&format!("bulk-{part}-{number}@example.com"));
                data["displayName"] = json!(format!("Zoë 日本 \u{1F600} {number}"));
                json!({"method": "POST", "path": "/Users", "bulkId": number.to_string(), "data": data})
            })
            .collect();
        let request = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": operations,
        });
        tenant.post("/Bulk", &request).await.expect_status(200);
    }
    let inner = tenant.create_group(&ids[..3]).await;
    let outer = tenant.create_group(std::slice::from_ref(&inner)).await;
    let path = format!("/Groups/{outer}");
    let patched = tenant.patch(&path, &add_member(&ids[4])).await;
    assert!(patched.is_success());
    let robot = json!({"schemas": ["urn:acme:robots:2.0"], "name": "Marvin", "arms": 2});
    tenant.post("/Robots", &robot).await.expect_status(201);
    let gone = tenant.create_user("gone@example.com").await;
    tenant
        .delete(&format!("/Users/{gone}"))
        .await
        .expect_status(204);
    world
        .onboard("invited@example.com", Onboarding::Invite)
        .await;
    world.reset_secret(provisioned.id).await;
    let client = client_for(&world.server.service, tenant, None).await;
    let secret = client.secret.unwrap();
    let issued = ask_by_secret(&world.server.root, &client.id, &secret).await;
    let browser = world.signed_in("pat@example.com", PASSWORD).await;
    sqlite(world.server.database_url(), REMAINING).await;
    Filled {
        browser,
        access_token: access_token(issued),
        client: (client.id, secret),
        world,
    }
}

impl Filled {
    fn url(&self) -> &str {
        self.world.server.database_url()
    }

    /// Another server under the same name.
    fn config(&self, url: &str) -> Config {
        let mut config = config_for(url);
        config.server.public_url = Some(self.world.server.issuer.clone());
        config
    }

    /// The copy answers as the original, to everybody who was known to that.
    async fn expect_same(&self, url: &str, before: &[(String, Value)]) {
        let server = Server::start(self.config(url)).await.unwrap();
        let root = server.root_url();
        assert!(server.first_start().is_none());
        let after = answers(&root, &self.world.tenant.token).await;
        assert_eq!(after.len(), before.len());
        for (after, before) in after.iter().zip(before) {
            assert_eq!(after, before);
        }
        let (revoked, expired) = (
            &self.world.tenant.revoked_token,
            &self.world.tenant.expired_token,
        );
        for token in [revoked, expired] {
            read_with(&root, token).await.expect_status(401);
        }
        read_with(&root, &self.access_token)
            .await
            .expect_status(200);
        let (id, secret) = &self.client;
        let token = access_token(ask_by_secret(&root, id, secret).await);
        read_with(&root, &token).await.expect_status(200);
        let base = self.world.base();
        assert!(self.browser.copied(&root, &base).is_in().await);
        let signed_in = Browser::new(&root, &base)
            .sign_in("pat@example.com", PASSWORD)
            .await;
        signed_in.expect_status(303);
        let wrong = Browser::new(&root, &base)
            .sign_in("pat@example.com", "another")
            .await;
        assert_ne!(wrong.status, 303);
        // Numbers that were given once are not given again, and new ones do not stand in the way.
        let tenant = self.world.tenant.clone().moved_to(&server);
        tenant.create_user("new@example.com").await;
        let group = tenant.create_group(&[]).await;
        assert_eq!(tenant.members(&group).await, [""; 0]);
        admin::create_tenant(server.service(), "new").await.unwrap();
        let last = number(url, "SELECT CAST(MAX(tenant_key) AS BIGINT) FROM tenant").await;
        assert_eq!(last, 5001);
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_answers_as_the_original_and_so_does_its_copy_back() {
    let filled = fill().await;
    let before = answers(&filled.world.server.root, &filled.world.tenant.token).await;
    assert!(before.len() > 1_000, "{}", before.len());
    wait_for_log(filled.url()).await;
    let there = fresh_database(Db::Postgres).await;
    let back = fresh_database(Db::Sqlite).await;
    let beside = fresh_database(Db::Postgres).await;
    let first = copy(filled.url(), &there.url, &["--with-log"]);
    assert!(first.stderr.contains("copy   resource: 15"), "{first:?}");
    let first = first.expect_success();
    let second = copy(&there.url, &back.url, &["--with-log"]).expect_success();
    assert_eq!(first, second, "the digests do not depend on the database");
    let third = copy(&there.url, &beside.url, &["--with-log"]).expect_success();
    assert_eq!(first, third);
    let mut empty = Vec::new();
    for line in first.lines().filter(|line| !line.contains("copied")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words[1] == "0" {
            empty.push(words[0]);
        }
    }
    assert_eq!(empty, [""; 0], "the test has to fill every table");
    for copied in [&there.url, &back.url, &beside.url] {
        filled.expect_same(copied, &before).await;
    }
}

/// The log is written by a task of its own.
async fn wait_for_log(url: &str) {
    let log = muster::store::log::url_beside(url);
    let mut last = -1;
    for _ in 0..100 {
        let now = number(&log, "SELECT COUNT(*) FROM request_log").await;
        if now > 0 && now == last {
            return;
        }
        last = now;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    panic!("nothing is logged");
}

async fn started(db: Db) -> TestDatabase {
    let database = fresh_database(db).await;
    muster(&database.url, &["init"]).expect_success();
    database
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_not_fit_is_refused_and_stays_as_it_was() {
    let source = started(Db::Sqlite).await;
    for db in [Db::Sqlite, Db::Postgres] {
        let used = started(db).await;
        let count = "SELECT COUNT(*) FROM change";
        let before = number(&used.url, count).await;
        let refused = copy(&source.url, &used.url, &[]);
        assert_eq!(refused.code, Some(CONFLICT), "{refused:?}");
        assert!(refused.stderr.contains("is not empty"), "{refused:?}");
        assert_eq!(number(&used.url, count).await, before);
        // Onto itself.
        let refused = copy(&used.url, &used.url, &[]);
        assert_eq!(refused.code, Some(CONFLICT), "{refused:?}");
        // One that has had its tables, and nothing more.
        let migrated = fresh_database(db).await;
        let nothing = copy(&migrated.url, &used.url, &[]);
        assert_ne!(nothing.code, Some(0), "{nothing:?}");
    }
    let target = fresh_database(Db::Sqlite).await;
    let absent = copy("sqlite:/tmp/muster-no-such.db", &target.url, &[]);
    assert_eq!(absent.code, Some(NOT_FOUND), "{absent:?}");
    assert!(!std::path::Path::new("/tmp/muster-no-such.db").exists());
    let file = target.url.strip_prefix("sqlite:").unwrap();
    assert!(!std::path::Path::new(file).exists());
    for (change, says) in [
        (
            "DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)",
            "muster db migrate",
        ),
        (
            "INSERT INTO _sqlx_migrations SELECT 9999, description, installed_on, success, checksum, execution_time \
                FROM _sqlx_migrations LIMIT 1",
            "newer version",
        ),
        ("DROP TABLE _sqlx_migrations", "no tables of Muster"),
    ] {
        let other = started(Db::Sqlite).await;
        sqlite(&other.url, change).await;
        let refused = copy(&other.url, &target.url, &[]);
        assert_eq!(refused.code, Some(USAGE), "{refused:?}");
        assert!(refused.stderr.contains(says), "{refused:?}");
    }
    let unlogged = copy(&source.url, &target.url, &["--with-log"]);
    assert_eq!(unlogged.code, Some(NOT_FOUND), "{unlogged:?}");
    copy(&source.url, &target.url, &[]).expect_success();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nul_character_that_postgresql_cannot_keep_is_named() {
    let source = started(Db::Sqlite).await;
    sqlite(
        &source.url,
        "INSERT INTO setting VALUES ('nul', 'a' || char(0) || 'b')",
    )
    .await;
    let target = fresh_database(Db::Postgres).await;
    let refused = copy(&source.url, &target.url, &[]);
    assert!(refused.stderr.contains("setting.value"), "{refused:?}");
    assert_eq!(number(&target.url, "SELECT COUNT(*) FROM setting").await, 0);
    let target = fresh_database(Db::Sqlite).await;
    copy(&source.url, &target.url, &[]).expect_success();
}

/// Kills the command while the largest table goes over, and copies again: only an empty database is accepted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_copy_leaves_nothing() {
    let source = started(Db::Sqlite).await;
    sqlite(
        &source.url,
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 200000) \
         INSERT INTO change (tenant_key, at, request_id, actor, operation, detail) \
         SELECT 1, n, 'r' || n, 'test', 'modify', '{}' FROM n",
    )
    .await;
    for db in [Db::Postgres, Db::Sqlite] {
        let target = fresh_database(db).await;
        let arguments = ["db", "copy", "--from", &source.url, "--to", &target.url];
        let mut child = command("sqlite:/nowhere/at-all.db", &arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines =
            std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
        // What follows is the largest table.
        let before = "copy   attribute:";
        assert!(lines.any(|line| line.unwrap().starts_with(before)));
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        assert!(!ended.success());
        let said: Vec<String> = lines.map(Result::unwrap).collect();
        assert!(
            !said.iter().any(|line| line.starts_with("check  change")),
            "it was too quick to be interrupted: {said:?}"
        );
        for table in ["SELECT COUNT(*) FROM change", "SELECT COUNT(*) FROM tenant"] {
            assert_eq!(number(&target.url, table).await, 0);
        }
        copy(&source.url, &target.url, &[]).expect_success();
        let changes = number(&target.url, "SELECT COUNT(*) FROM change").await;
        assert!(changes > 200_000);
    }
}

/// A server goes on writing to the source: the copy is of one moment, and whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_is_written_to_is_copied_as_it_was_at_one_moment() {
    for db in [Db::Sqlite, Db::Postgres] {
        let database = fresh_database(db).await;
        let server = Server::start(config_for(&database.url)).await.unwrap();
        let tenant = crate::support::server::fresh_tenant_on(&server).await;
        let target = fresh_database(db).await;
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let writer = tokio::spawn(async move {
            let mut written = 0;
            while !*stopped.borrow() {
                let id = tenant.create_user(&format!("u{written}")).await;
                tenant.create_group(&[id]).await;
                written += 1;
            }
            written
        });
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let (from, to) = (database.url.clone(), target.url.clone());
        let copied = tokio::task::spawn_blocking(move || copy(&from, &to, &[]));
        copied.await.unwrap().expect_success();
        stop.send(true).unwrap();
        let written: i64 = writer.await.unwrap();
        let people = "SELECT COUNT(*) FROM resource WHERE resource_type = 1";
        let copied = number(&target.url, people).await;
        assert!(copied > 0 && copied <= written, "{copied} of {written}");
        let counted =
            "SELECT CAST(SUM(resources) AS BIGINT) FROM resource_count WHERE resource_type = 1";
        assert_eq!(number(&target.url, counted).await, copied);
        server.stop().await;
    }
}
