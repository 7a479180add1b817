//! Operators in front of the console.

use muster::auth::Role;

use crate::accounts::browser::Browser;
use crate::accounts::world::{PASSWORD, Somebody, World};
use crate::support::Db;
use crate::support::http::Response;

/// A world with an operator who has signed in.
pub(crate) struct Console {
    pub(crate) world: World,
    pub(crate) operator: Somebody,
    pub(crate) browser: Browser,
}

impl Console {
    /// A tenant with the default settings, and an operator of that role.
    pub(crate) async fn new(db: Db, role: Role) -> Self {
        Self::with(db, role, &[]).await
    }

    /// A tenant with these settings, and an operator of that role.
    pub(crate) async fn with(db: Db, role: Role, settings: &[(&str, &str)]) -> Self {
        Self::of(World::with(db, settings).await, role).await
    }

    /// A tenant with the default settings whose requests are kept, and an operator of that role.
    pub(crate) async fn logged(db: Db, role: Role) -> Self {
        let keep = |config: &mut muster::config::Config| {
            "all".clone_into(&mut config.provisioning_log.mode);
        };
        Self::of(World::changed(db, &[], keep).await, role).await
    }

    async fn of(world: World, role: Role) -> Self {
        let (operator, browser) = operator(&world, role).await;
        Self {
            world,
            operator,
            browser,
        }
    }

    /// Another operator, who has signed in.
    pub(crate) async fn another(&self, role: Role) -> Browser {
        operator(&self.world, role).await.1
    }

    /// Opens a page; `path` is below `/console`.
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.browser.get(&format!("/console{path}")).await
    }

    /// The text of a page that there is.
    pub(crate) async fn page(&self, path: &str) -> String {
        self.get(path).await.expect_status(200).text()
    }

    /// Posts a form; a name may stand more than once.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.browser.post(&format!("/console{path}"), fields).await
    }

    /// Posts a form that is done, and gives the page that it leads to.
    pub(crate) async fn done(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(path, fields).await.expect_status(303);
        let location = answer.header("location").unwrap().to_owned();
        let below = location.strip_prefix(&self.world.base()).unwrap();
        self.browser.get(below).await.expect_status(200).text()
    }
}

async fn operator(world: &World, role: Role) -> (Somebody, Browser) {
    let name = format!("{}@operators.example", uuid::Uuid::now_v7().simple());
    let operator = world.operator(&name, role).await;
    let browser = world.signed_in(&name, PASSWORD).await;
    (operator, browser)
}

/// The value of a hidden field of a page.
#[track_caller]
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let at = page
        .find(&start)
        .unwrap_or_else(|| panic!("{name}: {page}"));
    let rest = &page[at + start.len()..];
    rest[..rest.find('"').unwrap()].to_owned()
}
