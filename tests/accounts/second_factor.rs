//! The second factor of operators: codes by time, recovery codes, and proof again of who somebody is.

use data_encoding::BASE32_NOPAD;
use muster::auth::{Operator, Role, totp};
use muster::error::{Error, ErrorKind, Result};
use muster::service::account::acting::Request;
use muster::service::account::second_factor::{self, Factor, PROOF_LIFE};
use muster::service::account::sessions::{SignedIn, Which, resume};
use muster::service::account::{claims, own};
use muster::store::changes;
use serde_json::{Value, json};
use uuid::Uuid;

use super::api::Desk;
use super::browser::Browser;
use super::world::{MINUTE, OTHER, PASSWORD, Somebody, World};
use crate::support::Db;
use crate::support::command::muster;
use crate::support::http::Response;

on_both_databases!(
    an_authenticator_is_enrolled_and_shown,
    a_code_is_good_once,
    of_equal_codes_at_once_one_is_good,
    a_recovery_code_is_good_once,
    ten_wrong_codes_make_a_pause_that_grows,
    a_reset_ends_sessions_and_is_told,
    the_command_line_resets_as_well,
    an_operator_who_owes_a_factor_does_nothing,
    a_token_is_as_good_as_the_session_it_was_made_in,
    what_is_dangerous_takes_a_proof,
    another_factor_is_shown_anew,
    operators_enrol_first_where_that_is_required,
    customers_have_no_second_factor,
);

const STEP: i64 = 30;

fn kind<T>(outcome: Result<T>) -> Option<ErrorKind> {
    outcome.err().as_ref().map(Error::kind)
}

/// An operator in one session.
struct Seat<'a> {
    world: &'a World,
    browser: Browser,
}

impl<'a> Seat<'a> {
    async fn of(world: &'a World, somebody: &Somebody) -> Seat<'a> {
        let browser = world.browser();
        let answer = browser.sign_in(&somebody.name, PASSWORD).await;
        answer.expect_status(303);
        Self { world, browser }
    }

    async fn resumed(&self) -> Result<SignedIn> {
        let secret = self.browser.cookie("muster").unwrap();
        let request = Request {
            id: Uuid::now_v7().to_string(),
            base_url: self.world.tenant.base.clone(),
        };
        resume(&self.world.server.service, &secret, request).await
    }

    async fn signed_in(&self) -> SignedIn {
        self.resumed().await.unwrap()
    }

    async fn factor(&self) -> Factor {
        self.signed_in().await.factor
    }

    async fn show(&self, code: &str) -> Result<()> {
        let signed_in = self.resumed().await?;
        second_factor::show(&self.world.server.service, &signed_in, code).await
    }

    /// Sets a second factor up.
    async fn enrol(&self) -> Enrolled {
        let (service, signed_in) = (&self.world.server.service, self.signed_in().await);
        let told = second_factor::begin(service, &signed_in).await.unwrap();
        let secret = told.secret.replace(' ', "");
        let secret = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
        let code = self.world.code(&secret);
        let codes = second_factor::confirm(service, &signed_in, &code).await;
        Enrolled {
            secret,
            codes: codes.unwrap(),
        }
    }

    /// Asks what every operator may.
    async fn ask(&self) -> Response {
        self.browser.get("/admin/v1/operators").await
    }

    async fn may_work(&self) -> bool {
        let answer = self.ask().await;
        match answer.status {
            200 => true,
            403 => {
                assert_eq!(answer.json()["code"], "factorNeeded");
                false
            }
            _ => panic!("{}", answer.describe()),
        }
    }
}

struct Enrolled {
    secret: Vec<u8>,
    codes: Vec<String>,
}

impl World {
    /// The code that an authenticator shows now.
    fn code(&self, secret: &[u8]) -> String {
        totp::code(secret, self.server.clock.seconds() * 1_000_000).unwrap()
    }

    /// The code that an authenticator shows after the next change of codes.
    fn next_code(&self, secret: &[u8]) -> String {
        self.server.clock.advance(STEP);
        self.code(secret)
    }

    async fn history(&self, id: Uuid) -> Vec<(String, Value)> {
        let mut reader = self.server.service.store.reader();
        let tenant = self.facts().await.key;
        let found = changes::of_resource(&mut reader, tenant, id).await.unwrap();
        let found = found.into_iter().map(|one| {
            let detail = serde_json::from_str(&one.detail).unwrap();
            (one.operation, detail)
        });
        found.collect()
    }

    async fn count(&self, id: Uuid, operation: &str) -> usize {
        let history = self.history(id).await;
        history.iter().filter(|(one, _)| one == operation).count()
    }
}

/// A code that is not the present one, nor one near it.
fn wrong(world: &World, secret: &[u8]) -> String {
    let now = world.server.clock.seconds() * 1_000_000;
    let is_near = |code: &str| totp::step_of(secret, code, now).unwrap().is_some();
    let mut codes = (0..10).map(|number| format!("{number:06}"));
    codes.find(|code| !is_near(code)).unwrap()
}

async fn an_authenticator_is_enrolled_and_shown(db: Db) {
    let world = World::with(db, &[("accounts.title", "Weberei: Acme")]).await;
    let service = &world.server.service;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let (here, elsewhere) = (
        Seat::of(&world, &owner).await,
        Seat::of(&world, &owner).await,
    );
    let signed_in = here.signed_in().await;
    assert_eq!(signed_in.factor, Factor::None);
    let none = second_factor::confirm(service, &signed_in, "123456").await;
    assert_eq!(kind(none), Some(ErrorKind::NotFound));

    let told = second_factor::begin(service, &signed_in).await.unwrap();
    assert_eq!(
        second_factor::begin(service, &signed_in).await.unwrap(),
        told
    );
    let groups: Vec<usize> = told.secret.split(' ').map(str::len).collect();
    assert_eq!(groups, [4; 8], "{}", told.secret);
    let plain = told.secret.replace(' ', "");
    let begin = "otpauth://totp/Weberei%20%20Acme:owner%40example%2Ecom?secret=";
    assert!(told.uri.starts_with(&format!("{begin}{plain}&")));
    assert!(told.qr.starts_with("<svg ") && !told.qr.contains("style"));
    assert!(!format!("{told:?}").contains(&plain));
    let secret = BASE32_NOPAD.decode(plain.as_bytes()).unwrap();
    assert_eq!(secret.len(), 20);

    // It counts for nothing before a first code has been shown.
    let bad = second_factor::confirm(service, &signed_in, &wrong(&world, &secret)).await;
    assert_eq!(kind(bad), Some(ErrorKind::InvalidValue));
    assert_eq!(here.factor().await, Factor::None);
    assert!(here.may_work().await && elsewhere.may_work().await);
    assert_eq!(world.count(owner.id, "add-second-factor").await, 0);
    let standing = second_factor::standing(service, &signed_in).await.unwrap();
    assert_eq!(standing, None);

    let code = world.code(&secret);
    let typed = format!(" {} {} ", &code[..3], &code[3..]);
    let codes = second_factor::confirm(service, &signed_in, &typed).await;
    let mut codes = codes.unwrap();
    assert!(codes.iter().all(|code| {
        let (first, second) = code.split_once('-').unwrap();
        first.len() == 5 && second.len() == 5
    }));
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 10);
    assert_eq!(world.count(owner.id, "add-second-factor").await, 1);
    assert_eq!(here.factor().await, Factor::Shown);
    assert_eq!(elsewhere.factor().await, Factor::Due);
    assert!(here.may_work().await);
    assert!(!elsewhere.may_work().await);
    let again = second_factor::begin(service, &signed_in).await;
    assert_eq!(kind(again), Some(ErrorKind::InvalidValue));
    let again = second_factor::confirm(service, &signed_in, &world.next_code(&secret)).await;
    assert_eq!(kind(again), Some(ErrorKind::InvalidValue));
    let standing = second_factor::standing(service, &signed_in).await.unwrap();
    assert_eq!(standing.unwrap().codes_left, 10);

    elsewhere.show(&world.next_code(&secret)).await.unwrap();
    assert_eq!(elsewhere.factor().await, Factor::Shown);
    assert!(elsewhere.may_work().await);
    // Every session owes it again.
    assert!(!Seat::of(&world, &owner).await.may_work().await);
    let facts = format!("/admin/v1/users/{}/account", owner.id);
    let facts = here.browser.get(&facts).await.expect_status(200).json();
    assert!(facts["secondFactor"].is_string(), "{facts}");
}

async fn a_code_is_good_once(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let enrolled = Seat::of(&world, &owner).await.enrol().await;
    let seat = Seat::of(&world, &owner).await;
    let used = world.code(&enrolled.secret);
    let refused = seat.show(&used).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidValue);
    let fresh = world.next_code(&enrolled.secret);
    // One message, whatever is wrong with a code.
    let bad = seat.show(&wrong(&world, &enrolled.secret)).await;
    assert_eq!(bad.unwrap_err().detail(), refused.detail());
    assert_eq!(seat.factor().await, Factor::Due);
    seat.show(&fresh).await.unwrap();
    assert_eq!(seat.factor().await, Factor::Shown);
    let thief = Seat::of(&world, &owner).await;
    let replayed = thief.show(&fresh).await.unwrap_err();
    assert_eq!(replayed.detail(), refused.detail());
    // Neither is an earlier one that was never used.
    world.server.clock.advance(2 * STEP);
    let earlier = world.code(&enrolled.secret);
    thief
        .show(&world.next_code(&enrolled.secret))
        .await
        .unwrap();
    let other = Seat::of(&world, &owner).await;
    let late = other.show(&earlier).await;
    assert_eq!(late.unwrap_err().detail(), refused.detail());
    // A code that is too old is none.
    let old = world.next_code(&enrolled.secret);
    world.server.clock.advance(2 * STEP);
    let expired = other.show(&old).await;
    assert_eq!(expired.unwrap_err().detail(), refused.detail());
    assert!(!other.may_work().await);
}

async fn of_equal_codes_at_once_one_is_good(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let enrolled = Seat::of(&world, &owner).await.enrol().await;
    for code in [world.next_code(&enrolled.secret), enrolled.codes[3].clone()] {
        let mut seats = Vec::new();
        for _ in 0..6 {
            seats.push(Seat::of(&world, &owner).await);
        }
        let shown = seats.iter().map(|seat| seat.show(&code));
        let shown = futures_util::future::join_all(shown).await;
        let kinds: Vec<_> = shown.into_iter().map(kind).collect();
        let good = kinds.iter().filter(|kind| kind.is_none()).count();
        assert_eq!(good, 1, "{kinds:?}");
        let bad = Some(ErrorKind::InvalidValue);
        assert_eq!(kinds.iter().filter(|kind| **kind == bad).count(), 5);
        let mut working = 0;
        for seat in &seats {
            working += usize::from(seat.may_work().await);
        }
        assert_eq!(working, 1);
    }
}

async fn a_recovery_code_is_good_once(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let enrolled = Seat::of(&world, &owner).await.enrol().await;
    let seat = Seat::of(&world, &owner).await;
    let typed = enrolled.codes[0].to_uppercase().replace('-', " ");
    seat.show(&typed).await.unwrap();
    assert!(seat.may_work().await);
    let service = &world.server.service;
    let standing = second_factor::standing(service, &seat.signed_in().await).await;
    assert_eq!(standing.unwrap().unwrap().codes_left, 9);
    let history = world.history(owner.id).await;
    let told = history.iter().find(|(one, _)| one == "use-recovery-code");
    assert_eq!(told.unwrap().1, json!({"left": 9}));

    let other = Seat::of(&world, &owner).await;
    let used = kind(other.show(&enrolled.codes[0]).await);
    assert_eq!(used, Some(ErrorKind::InvalidValue));
    for code in &enrolled.codes[1..] {
        Seat::of(&world, &owner).await.show(code).await.unwrap();
    }
    assert_eq!(world.count(owner.id, "use-recovery-code").await, 10);
    // Codes of the authenticator are as good as ever.
    other
        .show(&world.next_code(&enrolled.secret))
        .await
        .unwrap();
    // Nobody else's recovery code helps.
    let second = world.operator("second@example.com", Role::Owner).await;
    let theirs = Seat::of(&world, &second).await.enrol().await;
    let other = Seat::of(&world, &owner).await;
    let foreign = kind(other.show(&theirs.codes[0]).await);
    assert_eq!(foreign, Some(ErrorKind::InvalidValue));
}

async fn ten_wrong_codes_make_a_pause_that_grows(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let enrolled = Seat::of(&world, &owner).await.enrol().await;
    let secret = &enrolled.secret;
    world.server.clock.advance(STEP);
    let seat = Seat::of(&world, &owner).await;
    for number in 0..10 {
        let code = match number % 3 {
            0 => wrong(&world, secret),
            1 => "aaaaa-aaaaa".to_owned(),
            _ => "nonsense".to_owned(),
        };
        let refused = kind(seat.show(&code).await);
        assert_eq!(refused, Some(ErrorKind::InvalidValue), "{number}");
    }
    for minutes in [15, 30, 60] {
        // Neither a right code nor a recovery code is taken, in any session, nor does it make the pause longer.
        let other = Seat::of(&world, &owner).await;
        for code in [&world.code(secret), &enrolled.codes[0]] {
            let refused = other.show(code).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::RateLimited);
            let seconds = refused.retry_after_seconds().unwrap();
            let expected = u64::try_from(minutes * MINUTE).unwrap();
            assert!((expected..=expected + 1).contains(&seconds), "{seconds}");
        }
        world.server.clock.advance(minutes * MINUTE - 1);
        let other = Seat::of(&world, &owner).await;
        let early = kind(other.show(&world.code(secret)).await);
        assert_eq!(early, Some(ErrorKind::RateLimited));
        world.server.clock.advance(1);
        let refused = kind(Seat::of(&world, &owner).await.show("000").await);
        assert_eq!(refused, Some(ErrorKind::InvalidValue));
    }
    world.server.clock.advance(120 * MINUTE);
    let seat = Seat::of(&world, &owner).await;
    seat.show(&world.code(secret)).await.unwrap();
    // Whoever has shown a right one begins anew.
    let seat = Seat::of(&world, &owner).await;
    for _ in 0..9 {
        let refused = kind(seat.show("000").await);
        assert_eq!(refused, Some(ErrorKind::InvalidValue));
    }
    seat.show(&world.next_code(secret)).await.unwrap();
}

async fn a_reset_ends_sessions_and_is_told(db: Db) {
    let world = World::new(db).await;
    let service = &world.server.service;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let second = world.operator("second@example.com", Role::Owner).await;
    let customer = world.person("a@example.com").await;
    let seat = Seat::of(&world, &owner).await;
    let enrolled = seat.enrol().await;
    let token = seat.signed_in().await;
    let token = token.make_token(service, "tests", 1, PASSWORD).await;
    let token = token.unwrap().1;
    assert_eq!(
        Desk::with(&world, &token).get("/operators").await.status,
        200
    );

    for role in [Role::Admin, Role::Helpdesk, Role::Auditor] {
        let acting = world.acting_as(Operator::with(vec![role])).await;
        let refused = second_factor::reset(service, &acting, owner.id).await;
        assert_eq!(kind(refused), Some(ErrorKind::Forbidden));
    }
    // One's own is removed with a proof.
    let own = seat.signed_in().await.at_work().unwrap();
    let refused = second_factor::reset(service, &own, owner.id).await;
    assert_eq!(kind(refused), Some(ErrorKind::Forbidden));
    let colleague = Seat::of(&world, &second).await;
    let acting = colleague.signed_in().await.at_work().unwrap();
    for id in [customer.id, second.id, Uuid::now_v7()] {
        let acting = world.acting().await;
        let none = second_factor::reset(service, &acting, id).await;
        assert_eq!(kind(none), Some(ErrorKind::NotFound));
    }
    assert!(seat.may_work().await);
    assert!(world.letters().await.is_empty());

    let done = second_factor::reset(service, &acting, owner.id).await;
    done.unwrap();
    assert_eq!(kind(seat.resumed().await), Some(ErrorKind::InvalidToken));
    assert_eq!(
        Desk::with(&world, &token).get("/operators").await.status,
        401
    );
    assert_eq!(world.count(owner.id, "remove-second-factor").await, 1);
    let letter = world.letter().await;
    assert_eq!(letter.to, owner.name);
    assert!(letter.subject.contains("second factor"), "{letter:?}");
    let again = second_factor::reset(service, &acting, owner.id).await;
    assert_eq!(kind(again), Some(ErrorKind::NotFound));

    let seat = Seat::of(&world, &owner).await;
    assert_eq!(seat.factor().await, Factor::None);
    assert!(seat.may_work().await);
    for code in [&world.next_code(&enrolled.secret), &enrolled.codes[0]] {
        let gone = kind(seat.show(code).await);
        assert_eq!(gone, Some(ErrorKind::NotFound));
    }
    // The next one has another secret.
    assert_ne!(seat.enrol().await.secret, enrolled.secret);
}

async fn the_command_line_resets_as_well(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let seat = Seat::of(&world, &owner).await;
    seat.enrol().await;
    let run = |operator: &str| {
        let arguments = ["operator", "reset-second-factor", operator];
        let tenant = ["--tenant", &world.tenant.name];
        let arguments = [arguments.as_slice(), &tenant].concat();
        muster(world.server.database_url(), &arguments)
    };
    run(&owner.name).expect_success();
    assert_eq!(kind(seat.resumed().await), Some(ErrorKind::InvalidToken));
    assert!(Seat::of(&world, &owner).await.may_work().await);
    assert_eq!(run(&owner.name).code, Some(3));
    assert_eq!(run("nobody@example.com").code, Some(3));
}

async fn an_operator_who_owes_a_factor_does_nothing(db: Db) {
    let world = World::with(db, &[("claims.audiences", "app")]).await;
    let service = &world.server.service;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    Seat::of(&world, &owner).await.enrol().await;
    let seat = Seat::of(&world, &owner).await;
    let signed_in = seat.signed_in().await;
    assert!(!seat.may_work().await);
    let name = ("User:displayName".to_owned(), Some("Eve".to_owned()));
    let owed = Some(ErrorKind::FactorNeeded);
    let tried = [
        ("work", kind(signed_in.at_work())),
        (
            "a token",
            kind(signed_in.make_token(service, "x", 1, PASSWORD).await),
        ),
        (
            "the profile",
            kind(own::change(service, &signed_in, &[name], None).await),
        ),
        (
            "the password",
            kind(own::change_password(service, &signed_in, PASSWORD, OTHER).await),
        ),
        ("the export", kind(own::export(service, &signed_in).await)),
        (
            "deactivating",
            kind(own::deactivate(service, &signed_in, PASSWORD).await),
        ),
        (
            "deleting",
            kind(own::remove(service, &signed_in, PASSWORD).await),
        ),
        (
            "claims",
            kind(claims::own(service, &signed_in, "app").await),
        ),
        (
            "other sessions",
            kind(signed_in.end(service, Which::Others).await),
        ),
        (
            "new codes",
            kind(second_factor::new_codes(service, &signed_in).await),
        ),
        (
            "removing it",
            kind(second_factor::remove(service, &signed_in).await),
        ),
    ];
    for (what, kind) in tried {
        assert_eq!(kind, owed, "{what}");
    }
    let enrolled = kind(second_factor::begin(service, &signed_in).await);
    assert_eq!(enrolled, Some(ErrorKind::InvalidValue));
    // A proof by the password is not the second factor.
    second_factor::prove(service, &signed_in, PASSWORD)
        .await
        .unwrap();
    assert_eq!(seat.factor().await, Factor::Due);
    assert!(!seat.may_work().await);
    // Pages of the account wait for it.
    let browser = world.signed_in(&owner.name, PASSWORD).await;
    for page in ["/account", "/account/sessions"] {
        let answer = browser.get(page).await.expect_status(303);
        let way = format!(
            "{base}/console/factor?next={base}{page}",
            base = world.base()
        );
        assert_eq!(answer.header("location"), Some(way.as_str()));
    }
    // Who owes it can still leave.
    assert_eq!(signed_in.end(service, Which::This).await.unwrap(), 1);
    assert_eq!(kind(seat.resumed().await), Some(ErrorKind::InvalidToken));
}

async fn a_token_is_as_good_as_the_session_it_was_made_in(db: Db) {
    let world = World::new(db).await;
    let service = &world.server.service;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let before = Desk::whose(&world, &owner).await;
    assert_eq!(before.get("/operators").await.status, 200);
    let seat = Seat::of(&world, &owner).await;
    let enrolled = seat.enrol().await;
    let made = seat.signed_in().await;
    let made = made.make_token(service, "tests", 1, PASSWORD).await;
    let after = Desk::with(&world, &made.unwrap().1);
    assert_eq!(after.get("/operators").await.status, 200);
    assert_eq!(after.scim("GET", "/Users", None).await.status, 200);
    // One that was made before there was a second factor is good for nothing.
    let refused = before.get("/operators").await.expect_status(403);
    assert_eq!(refused.json()["code"], "factorNeeded");
    assert_eq!(before.scim("GET", "/Users", None).await.status, 403);

    // A token shows and proves nothing itself.
    let secret = before.token();
    let token = resume(service, secret, Request::default()).await.unwrap();
    assert!(token.is_token);
    let code = world.next_code(&enrolled.secret);
    let shown = second_factor::show(service, &token, &code).await;
    assert_eq!(kind(shown), Some(ErrorKind::Forbidden));
    let proven = second_factor::prove(service, &token, PASSWORD).await;
    assert_eq!(kind(proven), Some(ErrorKind::Forbidden));
    let good = resume(service, after.token(), Request::default()).await;
    let good = good.unwrap();
    assert!(!good.is_proven(world.server.clock.seconds() * 1_000_000));
    let removed = second_factor::remove(service, &good).await;
    assert_eq!(kind(removed), Some(ErrorKind::Forbidden));
}

async fn what_is_dangerous_takes_a_proof(db: Db) {
    let world = World::new(db).await;
    let service = &world.server.service;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let seat = Seat::of(&world, &owner).await;
    let minutes = PROOF_LIFE / 60_000_000;
    let needed = Some(ErrorKind::ProofNeeded);
    let now = || world.server.clock.seconds() * 1_000_000;
    assert!(seat.signed_in().await.is_proven(now()));
    world.server.clock.advance(minutes * MINUTE - 1);
    assert!(seat.signed_in().await.is_proven(now()));
    world.server.clock.advance(1);
    assert!(!seat.signed_in().await.is_proven(now()));
    let begun = second_factor::begin(service, &seat.signed_in().await).await;
    assert_eq!(kind(begun), needed);

    let bad = second_factor::prove(service, &seat.signed_in().await, OTHER).await;
    assert_eq!(kind(bad), Some(ErrorKind::InvalidToken));
    let begun = second_factor::begin(service, &seat.signed_in().await).await;
    assert_eq!(kind(begun), needed);
    second_factor::prove(service, &seat.signed_in().await, PASSWORD)
        .await
        .unwrap();
    let enrolled = seat.enrol().await;

    world.server.clock.advance(minutes * MINUTE);
    let signed_in = seat.signed_in().await;
    let codes = second_factor::new_codes(service, &signed_in).await;
    assert_eq!(kind(codes), needed);
    let removed = second_factor::remove(service, &signed_in).await;
    assert_eq!(kind(removed), needed);
    assert!(seat.may_work().await);

    // A code proves it as well as the password.
    seat.show(&world.code(&enrolled.secret)).await.unwrap();
    let signed_in = seat.signed_in().await;
    let codes = second_factor::new_codes(service, &signed_in).await.unwrap();
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| !enrolled.codes.contains(code)));
    assert_eq!(world.count(owner.id, "new-recovery-codes").await, 1);
    let other = Seat::of(&world, &owner).await;
    let void = kind(other.show(&enrolled.codes[0]).await);
    assert_eq!(void, Some(ErrorKind::InvalidValue));
    other.show(&codes[0]).await.unwrap();

    second_factor::remove(service, &signed_in).await.unwrap();
    assert_eq!(world.count(owner.id, "remove-second-factor").await, 1);
    assert_eq!(world.letter().await.to, owner.name);
    assert_eq!(other.factor().await, Factor::None);
    let again = second_factor::remove(service, &signed_in).await;
    assert_eq!(kind(again), Some(ErrorKind::NotFound));
    let codes = second_factor::new_codes(service, &signed_in).await;
    assert_eq!(kind(codes), Some(ErrorKind::NotFound));
}

async fn another_factor_is_shown_anew(db: Db) {
    let world = World::new(db).await;
    let service = &world.server.service;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let seat = Seat::of(&world, &owner).await;
    let enrolled = seat.enrol().await;
    let other = Seat::of(&world, &owner).await;
    other
        .show(&world.next_code(&enrolled.secret))
        .await
        .unwrap();
    assert!(other.may_work().await);
    second_factor::remove(service, &seat.signed_in().await)
        .await
        .unwrap();
    let second = seat.enrol().await;
    assert_ne!(second.secret, enrolled.secret);
    assert!(seat.may_work().await);
    assert!(!other.may_work().await);
    let former = kind(other.show(&enrolled.codes[5]).await);
    assert_eq!(former, Some(ErrorKind::InvalidValue));
    other.show(&world.next_code(&second.secret)).await.unwrap();
}

async fn operators_enrol_first_where_that_is_required(db: Db) {
    let world = World::new(db).await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let customer = world.person("a@example.com").await;
    let seat = Seat::of(&world, &owner).await;
    let desk = Desk::whose(&world, &owner).await;
    assert!(!seat.signed_in().await.must_enrol());
    world.set("operators.second_factor", "required").await;
    assert!(seat.signed_in().await.must_enrol());
    assert!(!seat.may_work().await);
    assert_eq!(desk.get("/operators").await.status, 403);
    seat.enrol().await;
    assert!(!seat.signed_in().await.must_enrol());
    assert!(seat.may_work().await);
    // Whoever has none of it is not asked for it.
    let customer = Seat::of(&world, &customer).await.signed_in().await;
    assert!(!customer.must_enrol());
    customer.check_factor().unwrap();
}

async fn customers_have_no_second_factor(db: Db) {
    let world = World::new(db).await;
    let service = &world.server.service;
    let customer = world.person("a@example.com").await;
    let seat = Seat::of(&world, &customer).await;
    let signed_in = seat.signed_in().await;
    assert_eq!(signed_in.factor, Factor::None);
    let tried = [
        kind(second_factor::begin(service, &signed_in).await),
        kind(second_factor::confirm(service, &signed_in, "123456").await),
        kind(second_factor::show(service, &signed_in, "123456").await),
        kind(second_factor::new_codes(service, &signed_in).await),
        kind(second_factor::remove(service, &signed_in).await),
    ];
    assert_eq!(tried, [Some(ErrorKind::Forbidden); 5]);
    // They can prove who they are like everybody else.
    second_factor::prove(service, &signed_in, PASSWORD)
        .await
        .unwrap();
}
