//! Whatever ends the use of an account is in force when it is answered: the next request of every session is refused.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use muster::auth::Role;
use muster::store::changes::{self, Recorded};
use serde_json::{Value, json};
use uuid::Uuid;

use super::api::Desk;
use super::browser::Browser;
use super::world::{CORE_USER, OTHER, PASSWORD, Somebody, USER, World};
use crate::support::Db;
use crate::support::clocked::Clocked;
use crate::support::http::Response;
use crate::support::long::{is_long, long_or};
use crate::support::server::patch_of;

on_both_databases!(the_next_request_is_refused_whatever_ended_the_use);

/// How soon a refusal is to be there after the end was answered.
const SOON: Duration = Duration::from_millis(100);

/// What ends the use of an account, and who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Lock,
    Deactivate,
    Delete,
    TemporaryPassword,
    BlockingReset,
    Sessions,
    LockOverScim,
    DeactivateOverScim,
    DeactivateInBulk,
    ReplaceAsInactive,
    DeleteOverScim,
    DeleteInBulk,
    PasswordOverScim,
    PasswordByReplacement,
    ResetByLink,
    OwnPassword,
    OwnDeactivation,
    OwnDeletion,
}

/// What somebody else does who may do it to anybody, and what people do themselves.
const OF_ALL: &[End] = &[
    End::Lock,
    End::Deactivate,
    End::Delete,
    End::TemporaryPassword,
    End::BlockingReset,
    End::Sessions,
    End::ResetByLink,
    End::OwnPassword,
    End::OwnDeactivation,
    End::OwnDeletion,
];

/// What a provisioning client does, from whom operators are out of reach.
const OF_CUSTOMERS: &[End] = &[
    End::LockOverScim,
    End::DeactivateOverScim,
    End::DeactivateInBulk,
    End::ReplaceAsInactive,
    End::DeleteOverScim,
    End::DeleteInBulk,
    End::PasswordOverScim,
    End::PasswordByReplacement,
];

impl End {
    /// What the history calls it.
    fn operation(self) -> &'static str {
        match self {
            Self::Delete | Self::DeleteOverScim | Self::DeleteInBulk | Self::OwnDeletion => {
                "delete"
            }
            Self::Sessions => "end-sessions",
            Self::ReplaceAsInactive | Self::PasswordByReplacement => "replace",
            Self::Lock
            | Self::Deactivate
            | Self::TemporaryPassword
            | Self::BlockingReset
            | Self::LockOverScim
            | Self::DeactivateOverScim
            | Self::DeactivateInBulk
            | Self::PasswordOverScim
            | Self::ResetByLink
            | Self::OwnPassword
            | Self::OwnDeactivation => "modify",
        }
    }
}

/// The world, a second instance, and an owner who acts.
struct Stage {
    world: World,
    second: Clocked,
    owner: Somebody,
    token: String,
}

/// What has been seen.
#[derive(Debug, Default)]
struct Seen {
    cycles: usize,
    /// Requests, of which an operator's session makes two: to the pages and to the API.
    refused: usize,
    /// The slowest refusal of a next request, after the end was answered.
    slowest: Duration,
    /// Next requests that were not refused soon.
    late: usize,
}

impl Stage {
    /// An operator's act, by the API.
    async fn act(&self, method: &str, path: &str, body: &Value) -> Response {
        let desk = Desk::with(&self.world, &self.token);
        desk.call(method, path, Some(body)).await
    }

    async fn bulk(&self, operation: Value) -> Response {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": [operation],
        });
        self.world.tenant.post("/Bulk", &body).await
    }

    async fn history(&self, id: Uuid) -> Vec<Recorded> {
        let tenant = self.world.acting().await.caller.tenant;
        let mut reader = self.world.server.service.store.reader();
        changes::of_resource(&mut reader, tenant, id).await.unwrap()
    }

    /// Carries it out; the answer. `own`: a session of theirs; `secret`: of a link of theirs.
    async fn carry_out(
        &self,
        end: End,
        somebody: &Somebody,
        own: &Browser,
        linked: &Browser,
    ) -> Response {
        let id = somebody.id;
        let (path, none) = (format!("/Users/{id}"), json!({}));
        let at = |what: &str| format!("/users/{id}/{what}");
        let inactive = json!([{"op": "replace", "path": "active", "value": false}]);
        let replaced = |name: &str, value: Value| json!({"schemas": [CORE_USER], "userName": somebody.name, name: value});
        let scim = &self.world.tenant;
        match end {
            End::Lock => self.act("POST", &at("lock"), &none).await,
            End::Deactivate => self.act("POST", &at("deactivate"), &none).await,
            End::Delete => self.act("DELETE", &format!("/users/{id}"), &none).await,
            End::TemporaryPassword => self.act("POST", &at("temporary-password"), &none).await,
            End::BlockingReset => {
                let how = json!({"offline": true, "block": true});
                self.act("POST", &at("reset"), &how).await
            }
            End::Sessions => self.act("DELETE", &at("sessions"), &none).await,
            End::LockOverScim => {
                let lock = json!([{"op": "add", "path": format!("{USER}:locked"), "value": true}]);
                scim.patch(&path, &patch_of(&lock)).await
            }
            End::DeactivateOverScim => scim.patch(&path, &patch_of(&inactive)).await,
            End::DeactivateInBulk => {
                let data = patch_of(&inactive);
                let operation = json!({"method": "PATCH", "path": path, "data": data});
                self.bulk(operation).await
            }
            End::ReplaceAsInactive => scim.put(&path, &replaced("active", json!(false))).await,
            End::DeleteOverScim => scim.delete(&path).await,
            End::DeleteInBulk => self.bulk(json!({"method": "DELETE", "path": path})).await,
            End::PasswordOverScim => {
                let set = json!([{"op": "replace", "path": "password", "value": OTHER}]);
                scim.patch(&path, &patch_of(&set)).await
            }
            End::PasswordByReplacement => {
                scim.put(&path, &replaced("password", json!(OTHER))).await
            }
            End::ResetByLink => linked.post("/reset", &[("password", OTHER)]).await,
            End::OwnPassword => {
                let change = [("current", PASSWORD), ("password", OTHER)];
                own.post("/account/password", &change).await
            }
            End::OwnDeactivation => {
                let form = [("confirm", "yes"), ("current", PASSWORD)];
                own.post("/account/deactivate", &form).await
            }
            End::OwnDeletion => {
                let form = [("username", somebody.name.as_str()), ("current", PASSWORD)];
                own.post("/account/delete", &form).await
            }
        }
    }

    /// Somebody signs in `count` times, on both instances in turn, and one way of ending the use follows.
    async fn cycle(
        &self,
        end: End,
        is_operator: bool,
        number: usize,
        count: usize,
        seen: &mut Seen,
    ) {
        let world = &self.world;
        let name = format!("p{number}@example.com");
        let somebody = if is_operator {
            world.operator(&name, Role::Admin).await
        } else {
            world.person(&name).await
        };
        let roots = [&world.server.root, &self.second.root];
        let open = (0..count).map(|session| {
            let browser = Browser::new(roots[session % 2], &world.base());
            let name = &somebody.name;
            async move {
                browser.sign_in(name, PASSWORD).await.expect_status(303);
                browser
            }
        });
        let open = join_all(open).await;
        let linked = world.browser();
        if end == End::ResetByLink {
            let secret = world.reset_secret(somebody.id).await;
            linked.follow("reset", &secret).await;
        }
        let uses = open
            .iter()
            .map(|browser| async move { browser.twin().is_in().await });
        assert!(
            join_all(uses).await.into_iter().all(|is_in| is_in),
            "{end:?}"
        );
        if is_operator {
            let uses = open
                .iter()
                .map(|browser| async move { status_at_work(&browser.twin()).await });
            assert_eq!(join_all(uses).await, vec![200; count], "{end:?}");
        }
        let before = self.history(somebody.id).await;
        let answer = self.carry_out(end, &somebody, &open[0], &linked).await;
        let acknowledged = Instant::now();
        assert!(answer.status < 400, "{end:?}: {}", answer.describe());
        // A changed password of one's own leaves the session that changed it.
        let ended = &open[usize::from(end == End::OwnPassword)..];
        let next = ended.iter().enumerate().map(|(position, browser)| {
            next_requests(browser, is_operator, position % 2 == 0, acknowledged)
        });
        for after in join_all(next).await {
            seen.refused += 1 + usize::from(is_operator);
            seen.slowest = seen.slowest.max(after);
            seen.late += usize::from(after > SOON);
        }
        if end == End::OwnPassword {
            assert!(open[0].is_in().await);
        }
        seen.cycles += count;
        let after = self.history(somebody.id).await;
        self.assert_recorded(end, is_operator, &somebody, &before, &after, &answer);
    }

    /// One act, one record of it: what was done, by whom, in which request.
    fn assert_recorded(
        &self,
        end: End,
        is_operator: bool,
        somebody: &Somebody,
        before: &[Recorded],
        after: &[Recorded],
        answer: &Response,
    ) {
        let what = format!("{end:?}, operator: {is_operator}");
        assert_eq!(&after[..before.len()], before, "{what}");
        let [record] = &after[before.len()..] else {
            panic!("{what}: {:?}", &after[before.len()..]);
        };
        assert_eq!(record.operation, end.operation(), "{what}");
        let actor = match end {
            End::ResetByLink | End::OwnPassword | End::OwnDeactivation | End::OwnDeletion => {
                format!("user {}", somebody.id)
            }
            end if OF_CUSTOMERS.contains(&end) => "connection test".to_owned(),
            _ => format!("operator {}", self.owner.id),
        };
        assert_eq!(record.actor, actor, "{what}");
        let request = answer.header("x-request-id");
        assert_eq!(request, Some(record.request_id.as_str()), "{what}");
    }
}

/// What the operators' API answers to a session.
async fn status_at_work(browser: &Browser) -> u16 {
    let target = format!("{}/admin/v1/tokens", browser.base);
    browser.send("GET", &target, &[], None).await.status
}

/// The next request of a session, to the pages or to the API, and for an operator one to the other of the two: both are refused.
/// How long after the end the first refusal was there.
async fn next_requests(
    browser: &Browser,
    is_operator: bool,
    is_page_first: bool,
    acknowledged: Instant,
) -> Duration {
    // The page takes a dead cookie away; the API is to be asked with it all the same.
    let (page, work) = (browser.twin(), browser.twin());
    if !is_operator {
        assert!(!page.is_in().await);
        return acknowledged.elapsed();
    }
    if is_page_first {
        assert!(!page.is_in().await);
        let after = acknowledged.elapsed();
        assert_eq!(status_at_work(&work).await, 401);
        return after;
    }
    assert_eq!(status_at_work(&work).await, 401);
    let after = acknowledged.elapsed();
    assert!(!page.is_in().await);
    after
}

/// A cycle: somebody signs in, something ends the use of the account, and the next request is refused. Somebody with ten sessions
/// counts as ten. The long form makes 10,000 cycles, and each refusal is there within 100 ms.
async fn the_next_request_is_refused_whatever_ended_the_use(db: Db) {
    let (cycles, sessions) = long_or((10_000, 10), (56, 2));
    let world = World::new(db).await;
    let second = world.server.another().await;
    let owner = world.operator("owner@example.com", Role::Owner).await;
    let token = Desk::whose(&world, &owner).await.token().to_owned();
    let stage = Stage {
        world,
        second,
        owner,
        token,
    };
    let of_customers = OF_ALL.iter().chain(OF_CUSTOMERS).map(|end| (*end, false));
    let of_operators = OF_ALL.iter().map(|end| (*end, true));
    let ends: Vec<(End, bool)> = of_customers.chain(of_operators).collect();
    let begin = Instant::now();
    let mut seen = Seen::default();
    for number in 0..cycles / sessions {
        let (end, is_operator) = ends[number % ends.len()];
        stage
            .cycle(end, is_operator, number, sessions, &mut seen)
            .await;
    }
    assert_eq!(seen.cycles, cycles);
    if is_long() {
        println!("{db:?}: {seen:?}, {} s", begin.elapsed().as_secs());
        assert!(seen.slowest <= SOON, "{seen:?}");
    }
    stage.second.stop().await;
}
