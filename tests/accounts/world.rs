//! A server whose time the test sets, a tenant, its operators and people, and their letters.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use mail_parser::MessageParser;
use muster::auth::{Operator, Role, TenantFacts};
use muster::config::Config;
use muster::mail::{Encryption, Mailer, Options, Transport};
use muster::service::account::Source;
use muster::service::account::acting::{Acting, Request};
use muster::service::account::onboarding::{self, NewPerson, Onboarded, Onboarding};
use muster::service::account::people::{self, Switch};
use muster::service::account::post::Post;
use muster::service::account::{Intent, operators};
use muster::service::upkeep::Upkeep;
use muster::service::{Service, admin, delete, modify};
use muster::store::ResourceKey;
use muster::store::resources;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use uuid::Uuid;

use super::browser::Browser;
use crate::support::Db;
use crate::support::clocked::{Clocked, clocked_with};
use crate::support::http::Response;
use crate::support::server::{TenantOptions, TestTenant, patch_of};

pub(crate) const USER: &str = "urn:muster:scim:schemas:extension:account:1.0:User";
pub(crate) const GROUP: &str = "urn:muster:scim:schemas:extension:account:1.0:Group";
pub(crate) const CORE_USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const CORE_GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// A password that both presets accept.
pub(crate) const PASSWORD: &str = "Nine!Violet-Herons7";
/// Another one.
pub(crate) const OTHER: &str = "Grey%Lantern-Quarry4";
pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 60 * MINUTE;

/// A letter that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    /// The whole of it, headers and both bodies, decoded.
    pub(crate) all: String,
}

impl Letter {
    /// The address in it.
    #[track_caller]
    pub(crate) fn link(&self) -> String {
        let mut words = self.text.split_whitespace();
        let found = words.find(|word| word.starts_with("http"));
        found.unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }

    /// The secret at the end of the address in it.
    #[track_caller]
    pub(crate) fn secret(&self) -> String {
        self.link().rsplit('/').next().unwrap().to_owned()
    }
}

/// Somebody who can sign in with [`PASSWORD`].
#[derive(Debug, Clone)]
pub(crate) struct Somebody {
    pub(crate) id: Uuid,
    pub(crate) name: String,
}

pub(crate) struct World {
    pub(crate) server: Clocked,
    pub(crate) tenant: TestTenant,
    post: Post,
    folder: TempDir,
}

impl World {
    /// A tenant with the default settings.
    pub(crate) async fn new(db: Db) -> Self {
        Self::with(db, &[]).await
    }

    /// A tenant with these settings.
    pub(crate) async fn with(db: Db, settings: &[(&str, &str)]) -> Self {
        Self::changed(db, settings, |_| ()).await
    }

    pub(crate) async fn changed(
        db: Db,
        settings: &[(&str, &str)],
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let server = clocked_with(db, change).await;
        let settings = settings.iter();
        let options = TenantOptions {
            tenant_settings: settings
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            second_connection: true,
            other_tenant: true,
            ..TenantOptions::default()
        };
        let tenant = server.tenant_with(&options).await;
        let folder = tempfile::tempdir().unwrap();
        let post = Post {
            service: Arc::clone(&server.service),
            mailer: mailer(folder.path().to_owned()),
            public_url: server.issuer.clone(),
        };
        Self {
            server,
            tenant,
            post,
            folder,
        }
    }

    /// What stands before the address of every page of the tenant.
    pub(crate) fn base(&self) -> String {
        format!("/t/{}", self.tenant.name)
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.server.root, &self.base())
    }

    /// Somebody signs in and can go on.
    pub(crate) async fn signed_in(&self, name: &str, password: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.sign_in(name, password).await.expect_status(303);
        let location = answer.header("location");
        assert_eq!(location, Some(format!("{}/account", self.base()).as_str()));
        browser
    }

    pub(crate) async fn set(&self, name: &str, value: &str) {
        let service = &self.server.service;
        let tenant = admin::get_tenant(service, &self.tenant.name).await.unwrap();
        let changed = [(name.to_owned(), Some(value.to_owned()))];
        admin::update_tenant(service, &tenant, &changed)
            .await
            .unwrap();
    }

    /// Whoever sits at the server's command line.
    pub(crate) async fn acting(&self) -> Acting {
        self.acting_as(Operator::local()).await
    }

    /// The tenant.
    pub(crate) async fn facts(&self) -> TenantFacts {
        let service = &self.server.service;
        let tenant = admin::get_tenant(service, &self.tenant.name).await.unwrap();
        TenantFacts {
            key: tenant.key,
            name: tenant.name,
            schema_version: tenant.schema_version,
        }
    }

    pub(crate) async fn acting_as(&self, operator: Operator) -> Acting {
        let service = &self.server.service;
        let facts = self.facts().await;
        let request = Request {
            id: Uuid::now_v7().to_string(),
            base_url: self.tenant.base.clone(),
        };
        let actor = "operator test".to_owned();
        let acting = Acting::operator(service, &facts, actor, operator, request).await;
        acting.unwrap()
    }

    /// A customer whom an operator has created.
    pub(crate) async fn onboard(&self, name: &str, onboarding: Onboarding) -> Onboarded {
        let new = NewPerson {
            body: json!({"userName": name}),
            groups: Vec::new(),
            onboarding,
            source: Source::Admin,
            password_hash: None,
        };
        let acting = self.acting().await;
        let created = onboarding::create(&self.server.service, &acting, &new).await;
        created.unwrap()
    }

    /// A customer of the tenant's own, who can sign in.
    pub(crate) async fn person(&self, name: &str) -> Somebody {
        let new = NewPerson {
            body: json!({"userName": name, "password": PASSWORD}),
            groups: Vec::new(),
            onboarding: Onboarding::None,
            source: Source::Admin,
            password_hash: None,
        };
        let acting = self.acting().await;
        let created = onboarding::create(&self.server.service, &acting, &new).await;
        Somebody {
            id: created.unwrap().id,
            name: name.to_owned(),
        }
    }

    /// A customer whom a provisioning client has created, who can sign in.
    pub(crate) async fn provisioned(&self, name: &str) -> Somebody {
        let body = json!({
            "schemas": [CORE_USER], "userName": name, "password": PASSWORD,
            "emails": [{"value": name, "primary": true}],
        });
        let created = self.tenant.post("/Users", &body).await.expect_status(201);
        Somebody {
            id: created.json()["id"].as_str().unwrap().parse().unwrap(),
            name: name.to_owned(),
        }
    }

    /// An operator who can sign in.
    pub(crate) async fn operator(&self, name: &str, role: Role) -> Somebody {
        let (service, acting) = (&self.server.service, self.acting().await);
        let body = json!({"userName": name, "password": PASSWORD});
        let created = operators::create(service, &acting, body, role, Onboarding::None).await;
        Somebody {
            id: created.unwrap().id,
            name: name.to_owned(),
        }
    }

    pub(crate) async fn switch(&self, id: Uuid, to: Switch) -> muster::error::Result<()> {
        let acting = self.acting().await;
        people::switch(&self.server.service, &acting, id, &to).await
    }

    /// A stranger sends the form to register, and is told that there is a letter.
    pub(crate) async fn register(&self, form: &[(&str, &str)]) {
        let answer = self.browser().post("/register", form).await;
        answer.expect_status(200);
    }

    /// The secret of a link to set a new password, handed over by an operator.
    pub(crate) async fn reset_secret(&self, id: Uuid) -> String {
        let (service, acting) = (&self.server.service, self.acting().await);
        let (_, link) = people::reset(service, &acting, id, true, false)
            .await
            .unwrap();
        link.unwrap().secret
    }

    /// A new temporary password.
    pub(crate) async fn temporary(&self, id: Uuid) -> String {
        let (service, acting) = (&self.server.service, self.acting().await);
        let set = onboarding::set_temporary_password(service, &acting, id, None).await;
        set.unwrap().password.unwrap().0
    }

    /// An operator deletes a group.
    pub(crate) async fn delete_group(&self, id: &str) -> muster::error::Result<()> {
        let acting = self.acting().await;
        let call = acting.call(Intent::default());
        let groups = acting.groups().unwrap();
        let any = muster::resource::etag::Preconditions::default();
        delete::delete(&self.server.service, &call, groups, id, &any).await
    }

    /// An operator changes a group.
    pub(crate) async fn patch_group_as_operator(
        &self,
        id: &str,
        operations: &Value,
    ) -> muster::error::Result<()> {
        let acting = self.acting().await;
        let call = acting.call(Intent::default());
        let groups = acting.groups().unwrap();
        let any = muster::resource::etag::Preconditions::default();
        let projection = muster::schema::project::Projection::default();
        let service = &self.server.service;
        let body = patch_of(operations);
        modify::modify(service, &call, groups, id, &body, &any, projection)
            .await
            .map(|_| ())
    }

    /// An operator changes a person.
    pub(crate) async fn patch_person_as(
        &self,
        acting: &Acting,
        id: Uuid,
        operations: &Value,
    ) -> muster::error::Result<()> {
        let call = acting.call(Intent::default());
        let (people, _) = acting.people().unwrap();
        let any = muster::resource::etag::Preconditions::default();
        let projection = muster::schema::project::Projection::default();
        let (service, id) = (&self.server.service, id.to_string());
        let body = patch_of(operations);
        modify::modify(service, &call, people, &id, &body, &any, projection)
            .await
            .map(|_| ())
    }

    /// The id of the group whose operators have a role.
    pub(crate) async fn group_of(&self, role: Role) -> String {
        let filter = format!("/Groups?filter={GROUP}:role%20eq%20%22{}%22", role.name());
        let found = self.tenant.get(&filter).await.expect_status(200).json();
        assert_eq!(found["totalResults"], 1, "{found}");
        found["Resources"][0]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn user(&self, id: impl ToString) -> Value {
        let path = format!("/Users/{}", id.to_string());
        self.tenant.get(&path).await.expect_status(200).json()
    }

    /// The account of a user, as the provisioning client sees it.
    pub(crate) async fn account(&self, id: impl ToString) -> Value {
        self.user(id).await[USER].clone()
    }

    pub(crate) async fn state(&self, id: impl ToString) -> String {
        let account = self.account(id).await;
        account["state"].as_str().unwrap_or("active").to_owned()
    }

    /// The provisioning client changes a user.
    pub(crate) async fn patch_user(&self, id: impl ToString, operations: &Value) -> Response {
        let path = format!("/Users/{}", id.to_string());
        self.tenant.patch(&path, &patch_of(operations)).await
    }

    /// Sends what is to be sent; the letters that have come since the last call, in their order.
    pub(crate) async fn letters(&self) -> Vec<Letter> {
        while self.post.send_next().await.unwrap() {}
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        let letters = files.iter().map(|file| {
            let letter = read(&std::fs::read(file).unwrap());
            std::fs::remove_file(file).unwrap();
            letter
        });
        letters.collect()
    }

    /// Letters that are to be sent are tried, and cannot be.
    pub(crate) async fn fail_letters(&self) {
        let folder = self.folder.path();
        std::fs::remove_dir_all(folder).unwrap();
        std::fs::write(folder, "no folder").unwrap();
        while self.post.send_next().await.unwrap() {}
        std::fs::remove_file(folder).unwrap();
        std::fs::create_dir(folder).unwrap();
    }

    /// The one letter that has come.
    pub(crate) async fn letter(&self) -> Letter {
        let mut letters = self.letters().await;
        assert_eq!(letters.len(), 1, "{letters:?}");
        letters.pop().unwrap()
    }

    /// Does what the server does from time to time, until a user is in that state of account and password.
    pub(crate) async fn upkeep_until(&self, id: Uuid, is_done: impl Fn(&Value) -> bool) {
        self.upkeep_until_seen(async || is_done(&self.account(id).await))
            .await;
    }

    /// Does what the server does from time to time, in whatever order it does it, until its work is seen.
    pub(crate) async fn upkeep_until_seen(&self, is_done: impl AsyncFn() -> bool) {
        const PATIENCE: Duration = Duration::from_secs(20);
        const PAUSE: Duration = Duration::from_millis(10);
        let upkeep = Upkeep {
            service: Arc::clone(&self.server.service),
            log: None,
            log_days: 1,
            algorithm: Config::default().oauth.algorithm,
            key_days: 90,
        };
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(upkeep.run(stopped));
        let waited = tokio::time::timeout(PATIENCE, async {
            while !is_done().await {
                tokio::time::sleep(PAUSE).await;
            }
        });
        let waited = waited.await;
        stop.send(true).unwrap();
        task.await.unwrap();
        assert!(waited.is_ok(), "nothing of it in {PATIENCE:?}");
    }
}

/// Gives somebody a role, as an operator would.
pub(crate) async fn operators_set_role(
    service: &Service,
    acting: &Acting,
    id: Uuid,
    role: Role,
) -> muster::error::Result<()> {
    operators::set_role(service, acting, id, role, true).await
}

/// The hash that is kept of somebody's password.
pub(crate) async fn stored_hash(service: &Service, key: ResourceKey) -> String {
    let mut reader = service.store.reader();
    let hash = resources::password_hash(&mut reader, key).await.unwrap();
    hash.unwrap()
}

fn mailer(folder: PathBuf) -> Mailer {
    let options = Options {
        transport: Transport::File,
        folder,
        host: String::new(),
        port: 25,
        tls: Encryption::Required,
        user: None,
        password: None,
        from: "Muster <muster@localhost>".to_owned(),
        timeout: Duration::from_secs(10),
    };
    Mailer::open(&options).unwrap()
}

fn read(bytes: &[u8]) -> Letter {
    let parsed = MessageParser::default().parse(bytes).unwrap();
    let to = parsed.to().unwrap().first().unwrap();
    let text = parsed.body_text(0).unwrap().into_owned();
    let html = parsed.body_html(0).unwrap();
    Letter {
        to: to.address().unwrap().to_owned(),
        subject: parsed.subject().unwrap().to_owned(),
        all: format!("{}\n{text}\n{html}", String::from_utf8_lossy(bytes)),
        text,
    }
}
