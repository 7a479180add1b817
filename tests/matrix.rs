//! Every route, at every address, for everybody who may call: what each is answered, and that nobody sees what is another's.

mod answers;
mod cases;
mod isolation;
mod world;

use futures_util::StreamExt;
use futures_util::stream;
use muster::http::{BASES, Needs, OTHER_ROUTES, ROUTES};

use crate::support::Db;
use crate::support::http::{Request, Response, send};
use crate::support::server::id_of;
use answers::{bulk_status, challenge, everything};
use cases::{Case, Expected};
use isolation::{
    a_token_is_good_in_its_own_tenant_only, passwords_need_a_scope_of_their_own,
    values_of_another_tenant_are_unknown, what_a_tenant_registers_is_its_own,
};
use world::{Kind, World};

on_both_databases!(
    everybody_gets_what_the_table_says,
    what_is_not_yours_is_as_what_is_not_there,
    addresses_outside_scim_tell_everybody_the_same,
    passwords_need_a_scope_of_their_own,
    values_of_another_tenant_are_unknown,
    what_a_tenant_registers_is_its_own,
    a_token_is_good_in_its_own_tenant_only,
);

/// How many requests are on their way at once.
const AT_ONCE: usize = 16;
/// How many cases the tables below make: a change here is meant, or a mistake.
const CASES: usize = 10_796;

/// What a route asks for, in words of this file and not of the product.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Demand {
    /// Nothing at all.
    Nothing,
    /// A token; it is refused in any case: so to a connection, and so to a user.
    Refused(u16, u16),
    /// One scope.
    Scope(&'static str),
    /// Several.
    All(&'static [&'static str]),
    /// `read`, `write` or `delete` of the resources at the address.
    Of(&'static str),
    /// A user's own token with this scope.
    Own(&'static str),
}

use Demand::{All, Nothing, Of, Own, Refused, Scope};

const READS: &[&str] = &["users:read", "groups:read", "resources:read"];

/// Who may do what: written from the documentation, not from the code.
const TABLE: &[(&str, &str, Demand)] = &[
    ("get", "/", All(READS)),
    ("post", "/.search", All(READS)),
    ("get", "/ServiceProviderConfig", Nothing),
    ("get", "/Schemas", Scope("schemas:read")),
    ("get", "/Schemas/{id}", Scope("schemas:read")),
    ("get", "/ResourceTypes", Scope("schemas:read")),
    ("get", "/ResourceTypes/{id}", Scope("schemas:read")),
    ("post", "/Bulk", Scope("bulk")),
    ("get", "/Me", Own("users:read")),
    ("post", "/Me", Refused(501, 501)),
    ("put", "/Me", Own("users:write")),
    ("patch", "/Me", Own("users:write")),
    ("delete", "/Me", Refused(404, 403)),
    ("get", "/{endpoint}", Of("read")),
    ("post", "/{endpoint}", Of("write")),
    ("post", "/{endpoint}/.search", Of("read")),
    ("get", "/{endpoint}/{id}", Of("read")),
    ("put", "/{endpoint}/{id}", Of("write")),
    ("patch", "/{endpoint}/{id}", Of("write")),
    ("delete", "/{endpoint}/{id}", Of("delete")),
];

/// The addresses outside SCIM, and what a request without a form gets there.
const OUTSIDE: &[(&str, &str, u16)] = &[
    ("post", "/oauth/token", 400),
    ("get", "/.well-known/jwks.json", 200),
    ("get", "/.well-known/oauth-authorization-server", 200),
];

const ADDRESSES: &[&str] = &[
    "/scim/v2",
    "/t/{tenant}/scim/v2",
    "/scim",
    "/t/{tenant}/scim",
];

/// Fails where the product has a route that the tables do not know, or the other way round.
fn assert_tables_are_complete() {
    assert_eq!(BASES, ADDRESSES);
    let known: Vec<(&str, &str)> = TABLE.iter().map(|entry| (entry.0, entry.1)).collect();
    let routes: Vec<(&str, &str)> = ROUTES
        .iter()
        .map(|route| (route.method, route.path))
        .collect();
    for route in &routes {
        assert!(known.contains(route), "no entry for {route:?}");
    }
    assert_eq!(
        known.len(),
        routes.len(),
        "an entry for a route there is none of"
    );
    for route in ROUTES {
        let (_, _, demand) = TABLE
            .iter()
            .find(|entry| (entry.0, entry.1) == (route.method, route.path))
            .unwrap();
        let is_agreed = match (route.needs, demand) {
            (Needs::Nothing, Nothing)
            | (Needs::Token, Refused(..))
            | (Needs::ReadAll, All(_))
            | (Needs::Read, Of("read"))
            | (Needs::Write, Of("write"))
            | (Needs::Delete, Of("delete"))
            | (Needs::ReadOwn, Own("users:read"))
            | (Needs::WriteOwn, Own("users:write")) => true,
            (Needs::Scope(scope), Scope(name)) => scope.name() == *name,
            _ => false,
        };
        assert!(is_agreed, "{route:?} is {demand:?} here");
    }
    let outside: Vec<(&str, &str)> = OTHER_ROUTES
        .iter()
        .map(|route| (route.method, route.path))
        .collect();
    let known: Vec<(&str, &str)> = OUTSIDE.iter().map(|entry| (entry.0, entry.1)).collect();
    assert_eq!(outside, known);
    assert!(
        OTHER_ROUTES
            .iter()
            .all(|route| route.needs == Needs::Nothing)
    );
}

/// All cases for all identities of a world.
fn cases(world: &World) -> Vec<Case<'_>> {
    let mut cases = Vec::new();
    for who in &world.identities {
        for base in ADDRESSES {
            let tenants: &[&str] = match (base.contains("{tenant}"), &who.kind) {
                (false, _) => &[""],
                (true, Kind::Foreign) => &[&world.name, &world.other_name],
                (true, _) => &[&world.name],
            };
            for tenant in tenants {
                let base = base.replace("{tenant}", tenant);
                let is_elsewhere =
                    matches!(who.kind, Kind::Foreign) && *tenant == world.name.as_str();
                for (method, path, demand) in TABLE {
                    let case = Case {
                        who,
                        method,
                        path,
                        target: format!("{base}{path}"),
                        family: None,
                        id: None,
                        is_elsewhere,
                        demand: *demand,
                    };
                    cases.extend(world.filled(&case));
                }
            }
        }
    }
    cases
}

impl World {
    /// The case for each kind of resource, where the address names one.
    fn filled<'w>(&'w self, case: &Case<'w>) -> Vec<Case<'w>> {
        let mut filled = Vec::new();
        if !case.path.contains("{endpoint}") {
            let id = if case.path.starts_with("/Schemas") {
                "urn:ietf:params:scim:schemas:core:2.0:User"
            } else {
                "Thing"
            };
            let mut one = case.clone();
            one.target = one.target.replace("{id}", id);
            filled.push(one);
        }
        for family in &self.families {
            if !case.path.contains("{endpoint}") {
                break;
            }
            let mut ids = vec![family.id.as_str()];
            if let (Kind::User { id, .. }, "Users") = (&case.who.kind, family.endpoint) {
                ids.push(id);
            }
            if !case.path.contains("{id}") {
                ids.truncate(1);
            }
            for id in ids {
                let mut one = case.clone();
                one.family = Some(family);
                one.id = case.path.contains("{id}").then_some(id);
                one.target = one.target.replace("{endpoint}", family.endpoint);
                one.target = one.target.replace("{id}", id);
                filled.push(one);
            }
        }
        if case.method == "get" {
            let heads: Vec<Case<'w>> = filled
                .iter()
                .map(|one| Case {
                    method: "head",
                    ..one.clone()
                })
                .collect();
            filled.extend(heads);
        }
        filled
    }

    async fn send(&self, case: &Case<'_>, target: &str) -> Response {
        let mut headers: Vec<(String, String)> = Vec::new();
        for value in &case.who.headers {
            headers.push(("Authorization".to_owned(), value.clone()));
        }
        let body = case.body(self);
        if body.is_some() {
            let media_type = "application/scim+json".to_owned();
            headers.push(("Content-Type".to_owned(), media_type));
        }
        let request = Request {
            method: case.method.to_uppercase(),
            target: target.to_owned(),
            headers,
            body: body.map(|body| body.to_string().into_bytes()),
        };
        send(self.root(), request).await.unwrap()
    }

    /// Sends a case; what is wrong with the answer.
    async fn check(&self, case: &Case<'_>) -> Vec<String> {
        let expected = case.expected();
        let mut target = case.target.clone();
        if (case.method, expected.status) == ("delete", 204) {
            // What is deleted is made for that.
            let (family, id) = (case.family.unwrap(), case.id.unwrap());
            let made = self.create(family).await;
            target = target.replace(id, &made);
        }
        let response = self.send(case, &target).await;
        let mut wrong = self.leaks(case, &expected, &target, &response);
        if response.status == expected.status {
            wrong.extend(challenge(case, &expected, &response));
            wrong.extend(bulk_status(case, &expected, &response));
        } else {
            wrong.push(format!("expected {expected:?}"));
        }
        let describe =
            |what: &String| format!("{}: {what}\n{}", case.describe(), response.describe());
        wrong.iter().map(describe).collect()
    }

    /// Names and ids that the caller is not to see.
    fn leaks(
        &self,
        case: &Case<'_>,
        expected: &Expected,
        target: &str,
        response: &Response,
    ) -> Vec<String> {
        let shown = everything(response);
        let own = match &case.who.kind {
            Kind::User { id, .. } => Some(id),
            _ => None,
        };
        let mut wrong = Vec::new();
        if !expected.is_readable {
            for secret in &self.secrets {
                let is_known = target.contains(secret) || Some(secret) == own;
                if shown.contains(secret) && !is_known {
                    wrong.push(format!("tells {secret:?}"));
                }
            }
        }
        for name in [&self.name, &self.other_name] {
            if shown.contains(name) && !target.contains(name) {
                wrong.push(format!("tells the tenant {name:?}"));
            }
        }
        wrong
    }
}

async fn everybody_gets_what_the_table_says(db: Db) {
    assert_tables_are_complete();
    let world = World::new(db).await;
    let before = world.state().await;
    let cases = cases(&world);
    let started = std::time::Instant::now();
    let checks = stream::iter(&cases).map(|case| world.check(case));
    let wrong: Vec<Vec<String>> = checks.buffer_unordered(AT_ONCE).collect().await;
    let wrong = wrong.concat();
    println!(
        "{} cases for {} identities in {:?}",
        cases.len(),
        world.identities.len(),
        started.elapsed()
    );
    assert!(
        wrong.is_empty(),
        "{} of {} cases:\n{}",
        wrong.len(),
        cases.len(),
        wrong[..wrong.len().min(12)].join("\n\n")
    );
    // What was refused changed nothing, and what was allowed wrote what was there.
    assert_eq!(world.state().await, before);
    assert_eq!(cases.len(), CASES);
    world.stop().await;
}

async fn what_is_not_yours_is_as_what_is_not_there(db: Db) {
    const NOWHERE: &str = "0199aaaa-0000-7000-8000-00000000beef";
    let world = World::new(db).await;
    let all = cases(&world);
    let twins = all.iter().filter_map(|case| {
        let twin = match &case.who.kind {
            Kind::Foreign if case.is_elsewhere => case.target.replace(&world.name, "t-nobody"),
            Kind::Foreign => case.target.replace(case.id?, NOWHERE),
            Kind::User { id, .. } if case.id? != id => case.target.replace(case.id?, NOWHERE),
            _ => return None,
        };
        (case.demand != Nothing).then_some((case, twin))
    });
    let twins: Vec<(&Case<'_>, String)> = twins.collect();
    assert!(twins.len() > 150, "{}", twins.len());
    let compared = stream::iter(&twins).map(|(case, twin)| {
        let world = &world;
        async move {
            let (real, unreal) = (
                world.send(case, &case.target).await,
                world.send(case, twin).await,
            );
            let plain = |response: &Response, id: &str| {
                let mut response = response.clone();
                for name in ["x-request-id", "date", "content-length"] {
                    response.headers.remove(name);
                }
                response.describe().replace(id, "ID")
            };
            let (real, unreal) = (
                plain(&real, case.id.unwrap_or(NOWHERE)),
                plain(&unreal, NOWHERE),
            );
            (real != unreal).then(|| format!("{}:\n{real}\n{unreal}", case.describe()))
        }
    });
    let different: Vec<Option<String>> = compared.buffer_unordered(AT_ONCE).collect().await;
    let different: Vec<String> = different.into_iter().flatten().collect();
    assert!(different.is_empty(), "{}", different.join("\n\n"));
    world.stop().await;
}

async fn addresses_outside_scim_tell_everybody_the_same(db: Db) {
    let world = World::new(db).await;
    for (method, path, status) in OUTSIDE {
        for who in &world.identities {
            let headers = who
                .headers
                .iter()
                .map(|value| ("Authorization".to_owned(), value.clone()));
            let request = Request {
                method: method.to_uppercase(),
                target: (*path).to_owned(),
                headers: headers.collect(),
                body: None,
            };
            let response = send(world.root(), request).await.unwrap();
            assert_eq!(response.status, *status, "{path} as {}", who.name);
            let shown = everything(&response);
            let is_told = world.secrets.iter().chain([&world.name, &world.other_name]);
            let told: Vec<&String> = is_told.filter(|text| shown.contains(*text)).collect();
            assert!(told.is_empty(), "{path} tells {told:?}");
        }
        // They are not below a SCIM base.
        let below = Request {
            method: method.to_uppercase(),
            target: format!("/t/{}{path}", world.name),
            headers: Vec::new(),
            body: None,
        };
        assert_eq!(
            send(world.root(), below).await.unwrap().status,
            404,
            "{path}"
        );
    }
    world.stop().await;
}

/// The id of what was made.
fn made(response: Response) -> String {
    id_of(&response.expect_status(201))
}
