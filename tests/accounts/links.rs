//! Links: each is good once, for one purpose, for one person, and void as soon as something has changed.

use std::time::Instant;

use futures_util::future::join_all;
use muster::auth::{Role, TenantFacts};
use muster::service::account::acting::Request;
use muster::service::account::links::{self, Purpose};
use muster::service::account::onboarding::{self, Onboarding};
use muster::service::account::people::{self, Switch};
use muster::service::account::registration::{self, Registration};
use muster::service::account::sessions;
use serde_json::json;
use uuid::Uuid;

use super::browser::{Browser, text_of};
use super::world::{HOUR, Letter, MINUTE, OTHER, PASSWORD, Somebody, World, stored_hash};
use crate::support::Db;
use crate::support::clocked::Clocked;
use crate::support::long::{is_long, long_or};

on_both_databases!(
    of_a_hundred_uses_of_a_link_one_succeeds,
    looking_at_a_link_consumes_nothing,
    a_link_is_void_after_whatever_changes_the_account,
    a_link_ends_with_its_time,
    letters_that_are_not_sent_yet_are_void_too,
    a_link_is_good_for_one_purpose,
    a_link_is_good_in_its_tenant_only,
    a_poisoned_host_is_in_no_letter,
    no_walk_without_a_link_sets_a_password,
    no_order_of_steps_without_a_link_sets_a_password,
    forms_that_are_not_whole_change_nothing,
    an_invitation_that_is_sent_again_can_be_used_once,
);

async fn of_a_hundred_uses_of_a_link_one_succeeds(db: Db) {
    let world = World::new(db).await;
    let second = world.server.another().await;
    let rounds = long_or(10, 1);
    for round in 0..rounds {
        let name = format!("p{round}@example.com");
        let somebody = world.person(&name).await;
        use_a_hundred_times(&world, &second, &somebody).await;
    }
    second.stop().await;
    if is_long() {
        println!("{db:?}: {rounds} links used 100 times at once, each once with success");
    }
}

async fn use_a_hundred_times(world: &World, second: &Clocked, somebody: &Somebody) {
    let secret = world.reset_secret(somebody.id).await;
    let mut browsers = Vec::new();
    for number in 0..100 {
        let root = if number % 2 == 0 {
            &world.server.root
        } else {
            &second.root
        };
        let browser = Browser::new(root, &world.base());
        browser.follow("reset", &secret).await;
        browsers.push((browser, format!("Parallel!Heron{number:03}")));
    }
    let posts = browsers.iter().map(|(browser, password)| async move {
        let fields = [("password", password.as_str())];
        // Whoever is told to come back does.
        loop {
            let answer = browser.post("/reset", &fields).await;
            if answer.status != 503 {
                return (answer.status, password);
            }
        }
    });
    let answers = join_all(posts).await;
    let won: Vec<&String> = answers
        .iter()
        .filter(|(status, _)| *status == 303)
        .map(|(_, password)| *password)
        .collect();
    let lost = answers.iter().filter(|(status, _)| *status == 404).count();
    assert_eq!((won.len(), lost), (1, 99));
    world.signed_in(&somebody.name, won[0]).await;
}

async fn looking_at_a_link_consumes_nothing(db: Db) {
    let world = World::new(db).await;
    let invited = world
        .onboard("a@example.com", Onboarding::InviteOffline)
        .await;
    let secret = invited.link.unwrap().secret;
    let target = format!("{}/invite/{secret}", world.base());
    for number in 0..long_or(1_000, 100) {
        let browser = world.browser();
        let method = if number % 2 == 0 { "GET" } else { "HEAD" };
        let taken = browser.send(method, &target, &[], None).await;
        assert_eq!(taken.status, 303, "{}", taken.describe());
        let page = format!("{}/invite", world.base());
        let shown = browser.send(method, &page, &[], None).await;
        assert_eq!(shown.status, 200, "{}", shown.describe());
    }
    assert_eq!(world.state(invited.id).await, "invited");
    // Nor does a form that is refused.
    let browser = world.browser();
    let weak = browser.use_link("invite", &secret, "weak").await;
    assert_eq!(weak.status, 400);
    let done = browser.post("/invite", &[("password", PASSWORD)]).await;
    done.expect_status(303);
    assert!(browser.cookie("muster-link").is_none());
    world.signed_in("a@example.com", PASSWORD).await;
    let again = world.browser().use_link("invite", &secret, OTHER).await;
    assert_eq!(again.status, 404);
}

/// What makes a link void.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Used,
    OwnNewPassword,
    PasswordOverScim,
    TemporaryPassword,
    OtherAddress,
    NoAddress,
    OtherName,
    Locked,
    LockedAndUnlocked,
    Deactivated,
    DeactivatedAndActivated,
    DeactivatedOverScim,
    Deleted,
    DeletedOverScim,
}

const EVENTS: &[Event] = &[
    Event::Used,
    Event::OwnNewPassword,
    Event::PasswordOverScim,
    Event::TemporaryPassword,
    Event::OtherAddress,
    Event::NoAddress,
    Event::OtherName,
    Event::Locked,
    Event::LockedAndUnlocked,
    Event::Deactivated,
    Event::DeactivatedAndActivated,
    Event::DeactivatedOverScim,
    Event::Deleted,
    Event::DeletedOverScim,
];

async fn happen(world: &World, event: Event, id: Uuid, name: &str) {
    let (service, acting) = (&world.server.service, world.acting().await);
    let replace = |path: &str, value: serde_json::Value| json!([{"op": "replace", "path": path, "value": value}]);
    let operations = match event {
        Event::Used => {
            let secret = world.reset_secret(id).await;
            let set = world.browser().use_link("reset", &secret, OTHER).await;
            set.expect_status(303);
            return;
        }
        Event::OwnNewPassword => {
            let change = [("current", PASSWORD), ("password", OTHER)];
            let browser = world.signed_in(name, PASSWORD).await;
            let done = browser.post("/account/password", &change).await;
            done.expect_status(303);
            return;
        }
        Event::TemporaryPassword => {
            world.temporary(id).await;
            return;
        }
        Event::Locked | Event::LockedAndUnlocked => {
            world.switch(id, Switch::Lock(None)).await.unwrap();
            if event == Event::LockedAndUnlocked {
                world.switch(id, Switch::Unlock).await.unwrap();
            }
            return;
        }
        Event::Deactivated | Event::DeactivatedAndActivated => {
            world.switch(id, Switch::Deactivate).await.unwrap();
            if event == Event::DeactivatedAndActivated {
                world.switch(id, Switch::Activate).await.unwrap();
            }
            return;
        }
        Event::Deleted => return people::remove(service, &acting, id).await.unwrap(),
        Event::DeletedOverScim => {
            let gone = world.tenant.delete(&format!("/Users/{id}")).await;
            gone.expect_status(204);
            return;
        }
        Event::PasswordOverScim => replace("password", json!(OTHER)),
        Event::OtherAddress => replace("emails[primary eq true].value", json!("new@example.com")),
        Event::NoAddress => json!([{"op": "remove", "path": "emails"}]),
        Event::OtherName => replace("userName", json!(format!("new-{name}"))),
        Event::DeactivatedOverScim => replace("active", json!(false)),
    };
    let done = world.patch_user(id, &operations).await;
    assert!(done.is_success(), "{event:?}: {}", done.describe());
}

async fn a_link_is_void_after_whatever_changes_the_account(db: Db) {
    let world = World::new(db).await;
    for (number, event) in EVENTS.iter().enumerate() {
        let somebody = world.person(&format!("p{number}@example.com")).await;
        let handed_over = world.reset_secret(somebody.id).await;
        world
            .browser()
            .post("/forgot", &[("username", &somebody.name)])
            .await;
        let sent = world.letter().await.secret();
        let opened = world.browser();
        opened.follow("reset", &sent).await;
        assert_eq!(opened.get("/reset").await.status, 200, "{event:?}");
        happen(&world, *event, somebody.id, &somebody.name).await;
        world.letters().await;
        let late = opened
            .post("/reset", &[("password", "Late!Password9")])
            .await;
        assert_eq!(late.status, 404, "{event:?}");
        for secret in [&sent, &handed_over] {
            let late = world
                .browser()
                .use_link("reset", secret, "Late!Password9")
                .await;
            assert_eq!(late.status, 404, "{event:?}");
        }
        let refused = world
            .browser()
            .sign_in(&somebody.name, "Late!Password9")
            .await;
        assert_eq!(refused.status, 401, "{event:?}");
    }
}

async fn a_link_ends_with_its_time(db: Db) {
    let world = World::with(db, &[("registration.mode", "on")]).await;
    let clock = &world.server.clock;
    let somebody = world.person("a@example.com").await;
    let (early, late) = (
        world.reset_secret(somebody.id).await,
        world.reset_secret(somebody.id).await,
    );
    let browser = world.browser();
    browser.follow("reset", &late).await;
    clock.advance(60 * MINUTE - 1);
    let shown = world.browser();
    shown.follow("reset", &early).await;
    assert_eq!(shown.get("/reset").await.status, 200);
    clock.advance(1);
    for browser in [&browser, &shown] {
        assert_eq!(browser.get("/reset").await.status, 404);
        let posted = browser.post("/reset", &[("password", OTHER)]).await;
        assert_eq!(posted.status, 404);
    }
    let invited = world
        .onboard("b@example.com", Onboarding::InviteOffline)
        .await;
    let registration = [("username", "c@example.com"), ("password", PASSWORD)];
    world
        .browser()
        .post("/register", &registration)
        .await
        .expect_status(200);
    let verify = world.letter().await.secret();
    clock.advance(24 * HOUR);
    let invite = invited.link.unwrap().secret;
    let late = world.browser().use_link("invite", &invite, PASSWORD).await;
    assert_eq!(late.status, 404);
    let late = world.browser().use_link("verify", &verify, "").await;
    assert_eq!(late.status, 404);
    // What a letter says of its time is true.
    let (service, acting) = (&world.server.service, world.acting().await);
    onboarding::invite(service, &acting, invited.id, false)
        .await
        .unwrap();
    clock.advance(23 * HOUR);
    let secret = world.letter().await.secret();
    clock.advance(24 * HOUR - 1);
    let done = world.browser().use_link("invite", &secret, PASSWORD).await;
    done.expect_status(303);
}

async fn letters_that_are_not_sent_yet_are_void_too(db: Db) {
    let world = World::new(db).await;
    for (number, event) in EVENTS.iter().enumerate() {
        let somebody = world.person(&format!("p{number}@example.com")).await;
        world
            .browser()
            .post("/forgot", &[("username", &somebody.name)])
            .await;
        happen(&world, *event, somebody.id, &somebody.name).await;
        let letters = world.letters().await;
        let links: Vec<&Letter> = letters
            .iter()
            .filter(|letter| letter.text.contains("/reset/"))
            .collect();
        assert!(links.is_empty(), "{event:?}: {links:?}");
    }
}

async fn a_link_is_good_for_one_purpose(db: Db) {
    let world = World::with(db, &[("registration.mode", "on")]).await;
    let somebody = world.person("a@example.com").await;
    let invited = world
        .onboard("b@example.com", Onboarding::InviteOffline)
        .await;
    let registration = [("username", "c@example.com"), ("password", PASSWORD)];
    world
        .browser()
        .post("/register", &registration)
        .await
        .expect_status(200);
    let secrets = [
        ("reset", world.reset_secret(somebody.id).await),
        ("invite", invited.link.unwrap().secret),
        ("verify", world.letter().await.secret()),
    ];
    for (purpose, secret) in &secrets {
        for (other, _) in secrets.iter().filter(|(other, _)| other != purpose) {
            let answer = world.browser().use_link(other, secret, OTHER).await;
            assert_eq!(answer.status, 404, "{purpose} at /{other}");
            // The cookie of one page at another.
            let browser = world.browser();
            browser.follow(purpose, secret).await;
            let answer = browser
                .post(&format!("/{other}"), &[("password", OTHER)])
                .await;
            assert_eq!(answer.status, 404, "{purpose} at /{other}");
            browser.set_cookie("muster-link", &format!("{other}.{secret}"));
            let answer = browser
                .post(&format!("/{other}"), &[("password", OTHER)])
                .await;
            assert_eq!(answer.status, 404, "{purpose} at /{other}");
        }
        assert!(
            !world
                .browser()
                .sign_in("a@example.com", OTHER)
                .await
                .is_success()
        );
    }
    for (purpose, secret) in &secrets {
        let done = world.browser().use_link(purpose, secret, OTHER).await;
        assert!(
            matches!(done.status, 200 | 303),
            "{purpose}: {}",
            done.describe()
        );
    }
}

async fn a_link_is_good_in_its_tenant_only(db: Db) {
    let world = World::new(db).await;
    let somebody = world.person("a@example.com").await;
    let secret = world.reset_secret(somebody.id).await;
    let other = &world.tenant.other.as_ref().unwrap().name;
    let there = Browser::new(&world.server.root, &format!("/t/{other}"));
    let answer = there.use_link("reset", &secret, OTHER).await;
    assert_eq!(answer.status, 404);
    assert!(!text_of(&answer).contains(&somebody.name));
    assert_eq!(there.get("/reset").await.status, 404);
    let done = world.browser().use_link("reset", &secret, OTHER).await;
    done.expect_status(303);
}

async fn a_poisoned_host_is_in_no_letter(db: Db) {
    let world = World::with(db, &[("registration.mode", "on")]).await;
    let somebody = world.person("a@example.com").await;
    let evil = "evil.example";
    let poison = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Host", evil),
        ("X-Forwarded-Host", evil),
        ("X-Forwarded-Proto", "gopher"),
        ("X-Forwarded-Server", evil),
        ("X-Original-Host", evil),
        ("X-Host", evil),
        ("Forwarded", "host=evil.example;proto=https;for=192.0.2.7"),
    ];
    let forgot = super::browser::form(&[("username", &somebody.name)]);
    let fields = [("username", "b@example.com"), ("password", PASSWORD)];
    let register = super::browser::form(&fields);
    for (page, form) in [("/forgot", &forgot), ("/register", &register)] {
        let target = format!("{}{page}", world.base());
        let answer = world
            .browser()
            .send("POST", &target, &poison, Some(form))
            .await;
        assert!(answer.is_success(), "{}", answer.describe());
        assert!(!text_of(&answer).contains(evil));
    }
    let letters = world.letters().await;
    assert_eq!(letters.len(), 2);
    let begin = format!("{}{}/", world.server.issuer, world.base());
    for letter in &letters {
        assert!(!letter.all.contains(evil), "{letter:?}");
        assert!(letter.link().starts_with(&begin), "{letter:?}");
    }
}

const PAGES: &[&str] = &[
    "/sign-in",
    "/forgot",
    "/register",
    "/invite",
    "/reset",
    "/verify",
    "/account",
    "/account/password",
    "/account/sessions",
    "/account/language",
    "/account/leave",
    "/account/deactivate",
    "/account/delete",
    "/account/export",
    "/sign-out",
    "/signed-out",
];

const FIELDS: &[&str] = &[
    "username",
    "password",
    "current",
    "email",
    "id",
    "user",
    "subject",
    "token",
    "secret",
    "purpose",
    "state",
    "step",
    "done",
    "verified",
    "next",
    "confirm",
    "all",
    "version",
    "active",
    "tenant",
    "return_to",
    "link",
    "expires",
    "userName",
];

const STOLEN: &str = "Stolen!Password9";

/// Numbers by the generator of Knuth's MMIX: the same at every run.
struct Dice(u64);

impl Dice {
    /// A number below `count`.
    fn number(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 40).unwrap() % count
    }

    fn one_of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.number(all.len())]
    }
}

/// Three people whom somebody would like to be, with what must stay theirs.
struct Victims {
    person: Somebody,
    owner: Somebody,
    invited: Uuid,
    names: [String; 3],
    hashes: [String; 2],
}

impl Victims {
    async fn new(world: &World) -> Self {
        let person = world.person("victim@example.com").await;
        let owner = world.operator("owner@example.com", Role::Owner).await;
        let name = "invited@example.com";
        let invited = world.onboard(name, Onboarding::Invite).await.id;
        let names = [person.name.clone(), owner.name.clone(), name.to_owned()];
        let hashes = [
            hash_of(world, &person.name).await,
            hash_of(world, &owner.name).await,
        ];
        Self {
            person,
            owner,
            invited,
            names,
            hashes,
        }
    }

    /// Nothing has happened to their passwords.
    async fn assert_untouched(&self, world: &World) {
        for (somebody, hash) in [&self.person, &self.owner].into_iter().zip(&self.hashes) {
            assert_eq!(hash_of(world, &somebody.name).await, *hash);
        }
        let service = &world.server.service;
        let found = world.acting().await.find(service, &self.names[2]).await;
        let key = found.unwrap().stored.key;
        let mut reader = service.store.reader();
        let has = muster::store::resources::has_password(&mut reader, key).await;
        assert!(!has.unwrap(), "a password was set");
    }

    /// They sign in as before, and nobody does in their place.
    async fn assert_in(&self, world: &World) {
        for name in &self.names {
            let refused = world.browser().sign_in(name, STOLEN).await;
            assert_ne!(refused.status, 303, "{name}");
        }
        assert_eq!(world.state(self.invited).await, "invited");
        for somebody in [&self.person, &self.owner] {
            // Wrong passwords may have locked them; nothing else may have happened.
            if world.state(somebody.id).await == "locked" {
                world.switch(somebody.id, Switch::Unlock).await.unwrap();
            }
            world.signed_in(&somebody.name, PASSWORD).await;
        }
    }
}

async fn hash_of(world: &World, name: &str) -> String {
    let service = &world.server.service;
    let found = world.acting().await.find(service, name).await.unwrap();
    stored_hash(service, found.stored.key).await
}

/// Somebody who tries what comes to mind: pages, fields and cookies in any order, but no link and no password.
struct Stranger<'a> {
    world: &'a World,
    browser: Browser,
    /// Whom they would like to be.
    names: &'a [String],
    /// What they put into fields and cookies.
    values: Vec<String>,
    dice: Dice,
}

impl Stranger<'_> {
    fn value(&mut self) -> String {
        let number = self.dice.number(self.values.len());
        self.values[number].clone()
    }

    async fn step(&mut self) {
        let page = self.dice.one_of(PAGES);
        let purpose = self.dice.one_of(&["invite", "reset", "verify"]);
        let value = self.value();
        match self.dice.number(11) {
            0 => self.browser = self.world.browser(),
            1 | 2 => {
                let cookie = format!("{purpose}.{value}");
                self.browser.set_cookie("muster-link", &cookie);
            }
            3 => self.browser.set_cookie("muster", &value),
            4 if !value.is_empty() && !value.contains('/') => {
                _ = self.browser.get(&format!("/{purpose}/{value}")).await;
            }
            4..=6 => _ = self.browser.get(page).await,
            _ => self.post(page).await,
        }
    }

    async fn post(&mut self, page: &str) {
        let name = self.names[self.dice.number(self.names.len())].clone();
        let mut form = vec![("username", name), ("password", STOLEN.to_owned())];
        for _ in 0..self.dice.number(5) {
            let value = self.value();
            form.push((self.dice.one_of(FIELDS), value));
        }
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        // From another address each time: the limits of one are not what protects here.
        let browser = self.browser.twin();
        let answer = browser.post(page, &form).await;
        assert!(
            answer.status < 500,
            "{page} {form:?}: {}",
            answer.describe()
        );
        self.browser = browser;
    }
}

/// Walks over the pages, each of one to twelve steps. The long form makes 2,000, and leaves many more to
/// [`no_order_of_steps_without_a_link_sets_a_password`].
async fn no_walk_without_a_link_sets_a_password(db: Db) {
    const MOST_STEPS: usize = 12;
    let walks = long_or(2_000, 75);
    let world = World::with(db, &[("registration.mode", "on")]).await;
    let victims = Victims::new(&world).await;
    let eve = world.person("eve@example.com").await;
    // A link of her own that she has used already, and a session of her own.
    let used = world.reset_secret(eve.id).await;
    let own = world.browser();
    own.use_link("reset", &used, OTHER).await.expect_status(303);
    own.sign_in(&eve.name, OTHER).await.expect_status(303);
    let session = own.cookie("muster").unwrap();
    let mut values: Vec<String> = [
        STOLEN,
        &used,
        &session,
        "true",
        "1",
        "reset",
        "invite",
        "yes",
        "others",
        "",
        "undefined",
    ]
    .map(str::to_owned)
    .to_vec();
    values.extend([victims.person.id.to_string(), "A".repeat(43)]);
    values.extend(victims.names.clone());
    let mut stranger = Stranger {
        world: &world,
        browser: own.twin(),
        names: &victims.names,
        values,
        dice: Dice(7),
    };
    let (begin, mut steps) = (Instant::now(), 0);
    for walk in 0..walks {
        stranger.browser = if walk % 2 == 0 {
            own.twin()
        } else {
            world.browser()
        };
        for _ in 0..=stranger.dice.number(MOST_STEPS) {
            stranger.step().await;
            steps += 1;
        }
        if walk % 25 == 0 {
            victims.assert_untouched(&world).await;
        }
    }
    victims.assert_untouched(&world).await;
    victims.assert_in(&world).await;
    if is_long() {
        let seconds = begin.elapsed().as_secs();
        println!("{db:?}: {walks} walks over the pages, {steps} steps, {seconds} s");
    }
}

const PURPOSES: [Purpose; 3] = [Purpose::Invite, Purpose::Reset, Purpose::Verify];

/// Somebody who calls what stands behind the pages, in any order, and knows every secret but the right one.
struct Thief<'a> {
    world: &'a World,
    facts: &'a TenantFacts,
    victims: &'a Victims,
    eve: &'a Somebody,
    dice: Dice,
    /// What is like the secrets of the victims' links, which are good, and is none of them.
    wrong: &'a [String],
    /// A link of her own to set a new password, that she has not used yet.
    own: Option<String>,
    steps: usize,
    refused: usize,
    own_sets: usize,
}

/// Texts that are like a secret and another one.
fn wrong_ones(secret: &str) -> Vec<String> {
    let flipped = secret.chars().map(|letter| {
        if letter.is_ascii_lowercase() {
            letter.to_ascii_uppercase()
        } else {
            letter.to_ascii_lowercase()
        }
    });
    let last = if secret.ends_with('A') { "B" } else { "A" };
    vec![
        flipped.collect(),
        secret[1..].to_owned(),
        secret[..secret.len() - 1].to_owned(),
        format!("{}{last}", &secret[..secret.len() - 1]),
        format!("{secret} "),
        format!(" {secret}"),
        format!("{secret}\0"),
        format!("{secret}="),
        format!("{secret}A"),
        format!("reset.{secret}"),
        format!("%{secret}"),
        secret.chars().rev().collect(),
        muster::auth::bearer::public_id(secret),
        format!("{:02x?}", muster::auth::bearer::hash(secret)).replace(['[', ']', ',', ' '], ""),
    ]
}

impl Thief<'_> {
    fn request() -> Request {
        Request {
            id: "a walk".to_owned(),
            base_url: "http://127.0.0.1/scim/v2".to_owned(),
        }
    }

    fn wrong(&mut self) -> &str {
        let number = self.dice.number(self.wrong.len());
        &self.wrong[number]
    }

    /// One call. What costs a hash or a letter is rare.
    async fn step(&mut self) {
        self.steps += 1;
        let service = &self.world.server.service;
        let purpose = PURPOSES[self.dice.number(PURPOSES.len())];
        let name = self.victims.names[self.dice.number(3)].clone();
        match self.dice.number(1_000) {
            // Signing in is left to the walks over the pages: it would lock the victims, and make their links void.
            0..=2 => {
                let new = Registration {
                    username: name,
                    password: STOLEN.to_owned(),
                    ..Registration::default()
                };
                let done = registration::register(service, self.facts, &new, Self::request());
                done.await.unwrap();
            }
            3..=9 => {
                let done = registration::forgot(service, self.facts, &name, Self::request());
                done.await.unwrap();
            }
            10..=13 if self.own.is_none() => {
                self.own = Some(self.world.reset_secret(self.eve.id).await);
            }
            10..=29 => self.use_her_own(purpose).await,
            30..=349 => {
                let wrong = self.wrong().to_owned();
                let found = links::look(service, purpose, &wrong).await;
                assert!(found.is_err(), "{purpose:?} {wrong}");
                self.refused += 1;
            }
            350..=499 => {
                let wrong = self.wrong().to_owned();
                let found = sessions::resume(service, &wrong, Self::request()).await;
                assert!(found.is_err(), "{wrong}");
                self.refused += 1;
            }
            500..=649 => {
                let wrong = self.wrong().to_owned();
                let found = links::confirm(service, &wrong, Self::request()).await;
                assert!(found.is_err(), "{wrong}");
                self.refused += 1;
            }
            _ => {
                let wrong = self.wrong().to_owned();
                let set =
                    links::set_password(service, purpose, &wrong, STOLEN, Self::request()).await;
                assert!(set.is_err(), "{purpose:?} {wrong}");
                self.refused += 1;
            }
        }
    }

    /// Her own link is good once, to set her own password, and for nothing else.
    async fn use_her_own(&mut self, purpose: Purpose) {
        let Some(own) = self.own.clone() else { return };
        let service = &self.world.server.service;
        let set = links::set_password(service, purpose, &own, STOLEN, Self::request()).await;
        match set {
            Ok(person) => {
                assert_eq!(purpose, Purpose::Reset);
                assert_eq!(person.stored.id, self.eve.id);
                self.own = None;
                self.own_sets += 1;
                let again =
                    links::set_password(service, purpose, &own, STOLEN, Self::request()).await;
                assert!(again.is_err());
            }
            Err(error) => {
                assert_ne!(purpose, Purpose::Reset, "{error}");
                assert!(
                    links::confirm(service, &own, Self::request())
                        .await
                        .is_err()
                );
            }
        }
    }
}

/// Walks over what stands behind the pages, each of one to twelve steps; meanwhile the victims have good links. The long form makes
/// 200,000, which would take an hour over HTTP.
async fn no_order_of_steps_without_a_link_sets_a_password(db: Db) {
    const MOST_STEPS: usize = 12;
    const THIEVES: u64 = 8;
    let walks = long_or(200_000, 240);
    let world = World::with(db, &[("registration.mode", "on")]).await;
    let victims = Victims::new(&world).await;
    let facts = world.facts().await;
    let mut good = vec![
        world.reset_secret(victims.person.id).await,
        world.reset_secret(victims.owner.id).await,
    ];
    let (service, acting) = (&world.server.service, world.acting().await);
    let invited = onboarding::invite(service, &acting, victims.invited, true).await;
    good.push(invited.unwrap().link.unwrap().secret);
    let mut wrong: Vec<String> = good.iter().flat_map(|secret| wrong_ones(secret)).collect();
    wrong.extend(["", "A", "reset", "null", &"A".repeat(43), &"é".repeat(20)].map(str::to_owned));
    let mut eves = Vec::new();
    for number in 0..THIEVES {
        eves.push(world.person(&format!("eve{number}@example.com")).await);
    }
    let begin = Instant::now();
    let walked = eves.iter().zip(1..).map(|(eve, seed)| {
        let mut thief = Thief {
            world: &world,
            facts: &facts,
            victims: &victims,
            eve,
            dice: Dice(seed),
            wrong: &wrong,
            own: None,
            steps: 0,
            refused: 0,
            own_sets: 0,
        };
        let count = walks / usize::try_from(THIEVES).unwrap();
        async move {
            for walk in 0..count {
                for _ in 0..=thief.dice.number(MOST_STEPS) {
                    thief.step().await;
                }
                if walk % 1_000 == 0 {
                    victims_are_untouched(&thief).await;
                }
            }
            [thief.steps, thief.refused, thief.own_sets]
        }
    });
    let walked = join_all(walked).await;
    let total = |which: usize| walked.iter().map(|one| one[which]).sum::<usize>();
    let (steps, refused, own_sets) = (total(0), total(1), total(2));
    victims.assert_untouched(&world).await;
    // The links were good all the time, and are.
    for (secret, purpose) in good.iter().zip(["reset", "reset", "invite"]) {
        let browser = world.browser();
        browser.follow(purpose, secret).await;
        let page = browser.get(&format!("/{purpose}")).await;
        assert_eq!(page.status, 200, "{purpose}");
    }
    victims.assert_in(&world).await;
    if is_long() {
        let seconds = begin.elapsed().as_secs();
        println!(
            "{db:?}: {walks} walks behind the pages, {steps} steps, {refused} secrets refused, {own_sets} passwords of their own set, {seconds} s"
        );
    }
}

async fn victims_are_untouched(thief: &Thief<'_>) {
    thief.victims.assert_untouched(thief.world).await;
}

async fn forms_that_are_not_whole_change_nothing(db: Db) {
    let world = World::with(db, &[("registration.mode", "on")]).await;
    let somebody = world.person("a@example.com").await;
    let secret = world.reset_secret(somebody.id).await;
    let linked = world.browser();
    linked.follow("reset", &secret).await;
    let own = world.signed_in(&somebody.name, PASSWORD).await;
    let stranger = world.browser();
    let password = super::browser::form(&[("password", OTHER)]);
    let current = super::browser::form(&[("current", PASSWORD)]);
    let name = super::browser::form(&[("username", &somebody.name)]);
    let new = super::browser::form(&[("username", "new@example.com")]);
    let cases: Vec<(&Browser, &str, String)> = vec![
        (&linked, "/reset", String::new()),
        (&linked, "/reset", "password=".to_owned()),
        (&linked, "/reset", "&&&=&".to_owned()),
        (&linked, "/reset", format!("{password}&{password}")),
        (&linked, "/reset", format!("{password}&password=")),
        (&linked, "/reset", "password=%ff%fe".to_owned()),
        (&stranger, "/forgot", String::new()),
        (&stranger, "/forgot", "username=".to_owned()),
        (&stranger, "/forgot", format!("{name}&{name}")),
        (&stranger, "/sign-in", name.clone()),
        (&stranger, "/register", String::new()),
        (&stranger, "/register", new.clone()),
        (&stranger, "/register", password.clone()),
        (&stranger, "/register", format!("{new}&{new}&{password}")),
        (
            &stranger,
            "/register",
            format!("{new}&{password}&{password}"),
        ),
        (
            &stranger,
            "/register",
            format!("username=nobody&{password}"),
        ),
        (&own, "/account/password", String::new()),
        (&own, "/account/password", password.clone()),
        (&own, "/account/password", current.clone()),
        (
            &own,
            "/account/password",
            format!("{current}&{password}&{password}"),
        ),
        (
            &own,
            "/account/password",
            format!("{current}&{current}&{password}"),
        ),
        (&own, "/account/deactivate", String::new()),
        (&own, "/account/deactivate", "confirm=yes".to_owned()),
        (&own, "/account/deactivate", current.clone()),
        (&own, "/account/deactivate", format!("confirm=no&{current}")),
        (
            &own,
            "/account/deactivate",
            format!("confirm=yes&confirm=yes&{current}"),
        ),
        (&own, "/account/delete", String::new()),
        (&own, "/account/delete", name.clone()),
        (&own, "/account/delete", current.clone()),
        (
            &own,
            "/account/delete",
            format!("username=b%40example.com&{current}"),
        ),
        (&own, "/account/delete", format!("{name}&{name}&{current}")),
        (&own, "/account/language", String::new()),
        (&own, "/account/language", "language=tlh".to_owned()),
        (
            &own,
            "/account/language",
            "language=de&language=fr".to_owned(),
        ),
    ];
    let before = world.user(somebody.id).await;
    for (browser, page, form) in &cases {
        let answer = browser.post_text(page, form).await;
        assert_eq!(answer.status, 400, "{page} {form}: {}", answer.describe());
        assert_eq!(world.user(somebody.id).await, before, "{page} {form}");
    }
    assert!(world.letters().await.is_empty());
    let all = world.tenant.get("/Users").await.json();
    assert_eq!(all["totalResults"], 1);
    assert!(own.is_in().await);
    // The link is as good as before.
    let done = linked.post("/reset", &[("password", OTHER)]).await;
    done.expect_status(303);
}

async fn an_invitation_that_is_sent_again_can_be_used_once(db: Db) {
    let world = World::new(db).await;
    let invited = world.onboard("a@example.com", Onboarding::Invite).await;
    let (service, acting) = (&world.server.service, world.acting().await);
    onboarding::invite(service, &acting, invited.id, false)
        .await
        .unwrap();
    let letters = world.letters().await;
    assert_eq!(letters.len(), 2);
    assert_ne!(letters[0].secret(), letters[1].secret());
    let first = world
        .browser()
        .use_link("invite", &letters[0].secret(), PASSWORD)
        .await;
    first.expect_status(303);
    let second = world
        .browser()
        .use_link("invite", &letters[1].secret(), OTHER)
        .await;
    assert_eq!(second.status, 404);
    world.signed_in("a@example.com", PASSWORD).await;
    let refused = onboarding::invite(service, &world.acting().await, invited.id, true).await;
    assert_eq!(refused.unwrap_err().kind().status(), 400);
}
