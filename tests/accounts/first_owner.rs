//! The first owner: a link that is good once, until there is an owner, and the commands that print it.

use std::slice::from_ref;

use futures_util::future::join_all;
use muster::auth::Role;
use muster::service::account::onboarding::Onboarding;
use muster::service::account::{State, first_owner, operators};
use serde_json::json;

use super::browser::{Browser, text_of};
use super::world::{HOUR, OTHER, PASSWORD, World};
use crate::support::clocked::{Clocked, clocked};
use crate::support::command::muster;
use crate::support::http::{Response, send};
use crate::support::process::Instance;
use crate::support::server::scim_request;
use crate::support::{Db, fresh_database};

on_both_databases!(
    somebody_becomes_the_first_owner_by_a_link,
    a_form_that_is_refused_uses_nothing_up,
    of_a_hundred_uses_one_makes_an_owner,
    looking_at_the_link_consumes_nothing,
    the_link_ends_with_its_time,
    a_new_link_takes_the_place_of_the_one_before,
    no_link_is_good_once_there_is_an_owner,
    somebody_who_is_invited_is_no_owner_yet,
    where_names_are_free_an_address_may_be_given,
    init_does_the_first_start_and_prints_a_new_link_each_time,
    init_invites_the_owner_it_is_told,
    a_server_prints_the_link_at_its_first_start_alone,
);

const OWNER: &str = "olga@example.com";

impl World {
    /// The secret of a new link.
    async fn owner_secret(&self) -> String {
        let link = first_owner::offer(&self.server.service, &self.acting().await).await;
        link.unwrap().unwrap().secret
    }

    /// The names of operators, with their roles.
    async fn operators(&self) -> Vec<(String, Vec<String>)> {
        let found = operators::list(&self.server.service, &self.acting().await).await;
        let found = found.unwrap().into_iter().map(|(person, roles)| {
            let name = person.document["userName"].as_str().unwrap().to_owned();
            (name, roles)
        });
        found.collect()
    }
}

/// Sends the form of the page.
async fn introduce(browser: &Browser, name: &str, password: &str) -> Response {
    let fields = [
        ("username", name),
        ("given", "Olga"),
        ("family", "Berg"),
        ("password", password),
    ];
    // Whoever is told to come back does.
    loop {
        let answer = browser.post("/welcome", &fields).await;
        if answer.status != 503 {
            return answer;
        }
    }
}

async fn use_link(browser: &Browser, secret: &str, name: &str) -> Response {
    browser.follow("welcome", secret).await;
    introduce(browser, name, PASSWORD).await
}

#[track_caller]
fn expect_dead(page: Response) {
    let page = page.expect_status(404);
    let text = text_of(&page);
    assert!(text.contains("muster init"), "{text}");
}

async fn somebody_becomes_the_first_owner_by_a_link(db: Db) {
    let world = World::new(db).await;
    let secret = world.owner_secret().await;
    let browser = world.browser();
    browser.follow("welcome", &secret).await;
    let page = browser.get("/welcome").await.expect_status(200);
    assert!(!text_of(&page).contains(&secret));
    let done = introduce(&browser, OWNER, PASSWORD).await;
    let done = done.expect_status(303);
    let base = world.base();
    let sign_in = format!("/sign-in?next={base}/console&notice=account-notice-owner-ready");
    assert_eq!(
        done.header("location"),
        Some(format!("{base}{sign_in}").as_str())
    );
    // Nobody has signed in yet.
    assert!(browser.cookie("muster-link").is_none());
    assert!(browser.cookie("muster").is_none());
    let page = browser.get(&sign_in).await.expect_status(200);
    assert!(text_of(&page).contains("Your account is ready."));
    world.signed_in(OWNER, PASSWORD).await;
    let owner = (OWNER.to_owned(), vec!["owner".to_owned()]);
    assert_eq!(world.operators().await, from_ref(&owner));
    let acting = world.acting().await;
    let person = acting.find(&world.server.service, OWNER).await.unwrap();
    assert_eq!(
        person.document["name"],
        json!({"givenName": "Olga", "familyName": "Berg"})
    );
    // The same browser again, and another one.
    expect_dead(introduce(&browser, "second@example.com", PASSWORD).await);
    let other = world.browser();
    expect_dead(use_link(&other, &secret, "second@example.com").await);
    expect_dead(other.get("/welcome").await);
    assert_eq!(world.operators().await, [owner]);
}

async fn a_form_that_is_refused_uses_nothing_up(db: Db) {
    let world = World::new(db).await;
    world.person("taken@example.com").await;
    let secret = world.owner_secret().await;
    let browser = world.browser();
    browser.follow("welcome", &secret).await;
    for (name, password, field) in [
        (OWNER, "weak", "password"),
        (OWNER, "", "password"),
        ("", PASSWORD, "username"),
        ("olga", PASSWORD, "username"),
        ("TAKEN@example.com", PASSWORD, "username"),
    ] {
        let page = introduce(&browser, name, password).await;
        let text = text_of(&page.expect_status(400));
        let error = format!("id=\"{field}-error\"");
        assert!(text.contains(&error), "{name:?} {password:?}: {text}");
        assert!(text.contains("value=\"Olga\""), "{text}");
        assert!(password.is_empty() || !text.contains(password), "{text}");
    }
    assert_eq!(world.operators().await, []);
    introduce(&browser, OWNER, PASSWORD)
        .await
        .expect_status(303);
    world.signed_in(OWNER, PASSWORD).await;
    // The one whose name was tried has kept the password.
    world.signed_in("taken@example.com", PASSWORD).await;
}

async fn of_a_hundred_uses_one_makes_an_owner(db: Db) {
    let world = World::new(db).await;
    let second = world.server.another().await;
    let secret = world.owner_secret().await;
    let mut browsers = Vec::new();
    for number in 0..100 {
        let root = if number % 2 == 0 {
            &world.server.root
        } else {
            &second.root
        };
        let browser = Browser::new(root, &world.base());
        browser.follow("welcome", &secret).await;
        browsers.push((browser, format!("p{number}@example.com")));
    }
    let posts = browsers.iter().map(|(browser, name)| async move {
        let answer = introduce(browser, name, PASSWORD).await;
        (answer.status, name)
    });
    let answers = join_all(posts).await;
    let won: Vec<&String> = answers
        .iter()
        .filter(|(status, _)| *status == 303)
        .map(|(_, name)| *name)
        .collect();
    let lost = answers.iter().filter(|(status, _)| *status == 404).count();
    assert_eq!((won.len(), lost), (1, 99), "{answers:?}");
    let owner = (won[0].clone(), vec!["owner".to_owned()]);
    assert_eq!(world.operators().await, [owner]);
    world.signed_in(won[0], PASSWORD).await;
    // Nothing is left of the others.
    let all = world.tenant.get("/Users").await.expect_status(200).json();
    assert!(all["totalResults"].as_i64().unwrap() <= 1, "{all}");
    second.stop().await;
}

async fn looking_at_the_link_consumes_nothing(db: Db) {
    let world = World::new(db).await;
    let secret = world.owner_secret().await;
    let target = format!("{}/welcome/{secret}", world.base());
    let page = format!("{}/welcome", world.base());
    for number in 0..20 {
        let browser = world.browser();
        let method = if number % 2 == 0 { "GET" } else { "HEAD" };
        let taken = browser.send(method, &target, &[], None).await;
        assert_eq!(taken.status, 303, "{}", taken.describe());
        let shown = browser.send(method, &page, &[], None).await;
        assert_eq!(shown.status, 200, "{}", shown.describe());
    }
    expect_dead(world.browser().get("/welcome").await);
    let browser = world.browser();
    use_link(&browser, &secret, OWNER).await.expect_status(303);
}

async fn the_link_ends_with_its_time(db: Db) {
    let world = World::new(db).await;
    let secret = world.owner_secret().await;
    let browser = world.browser();
    browser.follow("welcome", &secret).await;
    world.server.clock.advance(72 * HOUR - 1);
    browser.get("/welcome").await.expect_status(200);
    world.server.clock.advance(1);
    expect_dead(browser.get("/welcome").await);
    expect_dead(introduce(&browser, OWNER, PASSWORD).await);
    assert_eq!(world.operators().await, []);
}

async fn a_new_link_takes_the_place_of_the_one_before(db: Db) {
    let world = World::new(db).await;
    let first = world.owner_secret().await;
    let second = world.owner_secret().await;
    let browser = world.browser();
    expect_dead(use_link(&browser, &first, OWNER).await);
    // Nor is it one for another tenant, or for another page.
    let other = world.tenant.other.as_ref().unwrap();
    let elsewhere = Browser::new(&world.server.root, &format!("/t/{}", other.name));
    expect_dead(use_link(&elsewhere, &second, OWNER).await);
    for purpose in ["invite", "reset"] {
        let answer = browser.use_link(purpose, &second, PASSWORD).await;
        assert_eq!(answer.status, 404, "{purpose}");
    }
    use_link(&browser, &second, OWNER).await.expect_status(303);
}

async fn no_link_is_good_once_there_is_an_owner(db: Db) {
    let world = World::new(db).await;
    let secret = world.owner_secret().await;
    world.operator("helper@example.com", Role::Helpdesk).await;
    let browser = world.browser();
    browser.follow("welcome", &secret).await;
    browser.get("/welcome").await.expect_status(200);
    world.operator(OWNER, Role::Owner).await;
    expect_dead(browser.get("/welcome").await);
    expect_dead(introduce(&browser, "second@example.com", PASSWORD).await);
    let (service, acting) = (&world.server.service, world.acting().await);
    let offered = first_owner::offer(service, &acting).await.unwrap();
    assert!(offered.is_none());
    // Whoever locks the owner out by wrong passwords opens no other way in.
    let (_, account) = acting.people().unwrap();
    for _ in 0..20 {
        world.browser().sign_in(OWNER, OTHER).await;
        let owner = acting.find(service, OWNER).await.unwrap();
        if State::of(account, &owner.document) == State::Locked {
            break;
        }
    }
    let owner = acting.find(service, OWNER).await.unwrap();
    assert_eq!(State::of(account, &owner.document), State::Locked);
    expect_dead(browser.get("/welcome").await);
    expect_dead(introduce(&browser, "second@example.com", PASSWORD).await);
    let offered = first_owner::offer(service, &acting).await.unwrap();
    assert!(offered.is_none());
}

async fn somebody_who_is_invited_is_no_owner_yet(db: Db) {
    let world = World::new(db).await;
    let (service, acting) = (&world.server.service, world.acting().await);
    let body = json!({"userName": OWNER});
    let way = Onboarding::InviteOffline;
    let invited = operators::create(service, &acting, body, Role::Owner, way).await;
    let invitation = invited.unwrap().link.unwrap().secret;
    let secret = world.owner_secret().await;
    let browser = world.browser();
    browser.follow("welcome", &secret).await;
    browser.get("/welcome").await.expect_status(200);
    let invited = world.browser();
    let accepted = invited.use_link("invite", &invitation, PASSWORD).await;
    accepted.expect_status(303);
    expect_dead(introduce(&browser, "second@example.com", PASSWORD).await);
}

async fn where_names_are_free_an_address_may_be_given(db: Db) {
    let world = World::with(db, &[("username.format", "free")]).await;
    let secret = world.owner_secret().await;
    let browser = world.browser();
    browser.follow("welcome", &secret).await;
    let form = |email| {
        [
            ("username", "olga"),
            ("email", email),
            ("password", PASSWORD),
        ]
    };
    let page = browser.post("/welcome", &form("nowhere")).await;
    let text = text_of(&page.expect_status(400));
    assert!(text.contains("id=\"email-error\""), "{text}");
    let done = browser.post("/welcome", &form(OWNER)).await;
    done.expect_status(303);
    world.signed_in("olga", PASSWORD).await;
    let acting = world.acting().await;
    let person = acting.find(&world.server.service, "olga").await.unwrap();
    assert_eq!(person.document["emails"][0]["value"], OWNER);
}

/// What a command or a server says under a name.
fn said(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines();
    let found = lines.find_map(|line| line.trim_start().strip_prefix(name));
    found.map(|value| value.trim().to_owned())
}

fn secret_of(link: &str) -> String {
    link.rsplit('/').next().unwrap().to_owned()
}

fn init(server: &Clocked, arguments: &[&str]) -> String {
    let arguments = [&["init"], arguments].concat();
    muster(server.database_url(), &arguments).expect_success()
}

async fn init_does_the_first_start_and_prints_a_new_link_each_time(db: Db) {
    let server = clocked(db).await;
    let printed = init(&server, &[]);
    let names: Vec<&str> = printed.lines().map(|line| line[..15].trim_end()).collect();
    assert_eq!(
        names,
        [
            "SCIM base URL",
            "Bearer token",
            "Tenant",
            "Connection",
            "First owner"
        ]
    );
    let token = said(&printed, "Bearer token").unwrap();
    let request = scim_request(&token, "GET", "/Users", &[], None);
    let answer = send(&server.root, request).await.unwrap();
    answer.expect_status(200);
    let first = said(&printed, "First owner").unwrap();
    assert!(
        first.starts_with("http://127.0.0.1:8080/welcome/"),
        "{first}"
    );

    let printed = init(&server, &[]);
    assert_eq!(said(&printed, "Bearer token"), None);
    let second = said(&printed, "First owner").unwrap();
    let browser = Browser::new(&server.root, "");
    expect_dead(use_link(&browser, &secret_of(&first), OWNER).await);
    let done = use_link(&browser, &secret_of(&second), OWNER).await;
    let location = "/sign-in?next=/console&notice=account-notice-owner-ready";
    assert_eq!(done.expect_status(303).header("location"), Some(location));
    let signed_in = browser.sign_in(OWNER, PASSWORD).await;
    signed_in.expect_status(303);

    for arguments in [&[][..], &["--email", "second@example.com"]] {
        let printed = init(&server, arguments);
        assert!(printed.contains("nothing was changed"), "{printed}");
        assert!(printed.contains("muster operator"), "{printed}");
        assert_eq!(said(&printed, "First owner"), None);
    }
    let list = muster(server.database_url(), &["operator", "list", "-o", "json"]);
    let list: serde_json::Value = serde_json::from_str(&list.expect_success()).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list[0]["user"], OWNER);
    server.stop().await;
}

async fn init_invites_the_owner_it_is_told(db: Db) {
    let server = clocked(db).await;
    // What the first start made is shown, also where the rest fails.
    let failed = muster(server.database_url(), &["init", "--email", "nobody"]);
    assert_eq!(failed.code, Some(2), "{failed:?}");
    assert!(said(&failed.stdout, "Bearer token").is_some());

    let open = said(&init(&server, &[]), "First owner").unwrap();
    let first = said(&init(&server, &["--email", OWNER]), "First owner").unwrap();
    let browser = Browser::new(&server.root, "/t/default");
    expect_dead(use_link(&browser, &secret_of(&open), "second@example.com").await);
    let second = said(&init(&server, &["--email", OWNER]), "First owner").unwrap();
    let (first, second) = (secret_of(&first), secret_of(&second));
    let void = browser.use_link("invite", &first, PASSWORD).await;
    void.expect_status(404);
    let used = browser.use_link("invite", &second, PASSWORD).await;
    used.expect_status(303);
    let signed_in = browser.sign_in(OWNER, PASSWORD).await;
    signed_in.expect_status(303);
    let printed = init(&server, &["--email", OWNER]);
    assert!(printed.contains("nothing was changed"), "{printed}");
    server.stop().await;
}

async fn a_server_prints_the_link_at_its_first_start_alone(db: Db) {
    let database = fresh_database(db).await;
    let environment = [
        (
            "MUSTER_SERVER__BOOTSTRAP_TOKEN",
            "a-bootstrap-token-of-forty-characters-00",
        ),
        ("MUSTER_SERVER__PUBLIC_URL", "https://directory.example"),
    ];
    let mut instance = Instance::spawn(&database.url, &environment);
    let link = instance.wait_for("the link", |text| said(text, "First owner"));
    assert!(
        link.starts_with("https://directory.example/welcome/"),
        "{link}"
    );
    instance.signal("TERM");
    let ended = instance.wait();
    assert!(
        !ended.stderr.contains(&secret_of(&link)),
        "{}",
        ended.stderr
    );
    let mut again = Instance::spawn(&database.url, &environment);
    again.wait_for("that it runs", |text| {
        text.contains("Ctrl+C").then(String::new)
    });
    assert_eq!(said(&again.stdout(), "First owner"), None);
    again.signal("TERM");
    again.wait();
}
