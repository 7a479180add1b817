//! One request by one caller, and what it must be answered.

use serde_json::Value;

use super::Demand::{self, All, Nothing, Of, Own, Refused, Scope};
use super::world::{self, Family, Identity, Kind, World};

/// One request and who sends it.
#[derive(Clone)]
pub(super) struct Case<'w> {
    pub(super) who: &'w Identity,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// Where it goes.
    pub(super) target: String,
    pub(super) family: Option<&'w Family>,
    /// The id in the address.
    pub(super) id: Option<&'w str>,
    /// The tenant in the address is not the caller's.
    pub(super) is_elsewhere: bool,
    pub(super) demand: Demand,
}

/// What a case must be answered.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) status: u16,
    /// Scopes of which one has to be named.
    pub(super) missing: Vec<String>,
    /// Values of the tenant may stand in the answer.
    pub(super) is_readable: bool,
}

fn status(status: u16) -> Expected {
    Expected {
        status,
        missing: Vec::new(),
        is_readable: false,
    }
}

impl Case<'_> {
    fn needed(&self) -> Vec<String> {
        match self.demand {
            Nothing | Refused(..) => Vec::new(),
            Scope(name) | Own(name) => vec![name.to_owned()],
            All(names) => names.iter().map(|name| (*name).to_owned()).collect(),
            Of(verb) => vec![format!("{}:{verb}", self.family.unwrap().scopes)],
        }
    }

    fn success(&self) -> u16 {
        let is_search = self.path.ends_with("/.search");
        let is_group = self
            .family
            .is_some_and(|family| family.endpoint == "Groups");
        match self.method {
            "post" if !is_search && self.path != "/Bulk" => 201,
            "patch" if is_group => 204,
            "delete" => 204,
            _ => 200,
        }
    }

    pub(super) fn expected(&self) -> Expected {
        if self.demand == Nothing {
            return status(200);
        }
        match &self.who.kind {
            Kind::Refused(code) => status(*code),
            Kind::Foreign if self.is_elsewhere => status(404),
            // Its own tenant: everything is allowed there, and nothing of the other one exists.
            Kind::Foreign if self.id.is_some() => status(404),
            Kind::Foreign => match self.demand {
                Own(_) => status(404),
                Refused(connection, _) => status(connection),
                _ => status(self.success()),
            },
            Kind::Connection { scopes, is_frozen } => self.of_connection(scopes, *is_frozen),
            Kind::User { scopes, id } => self.of_user(scopes, id),
        }
    }

    fn of_connection(&self, scopes: &[String], is_frozen: bool) -> Expected {
        match self.demand {
            Refused(code, _) => return status(code),
            Own(_) => return status(404),
            _ => {}
        }
        if let Some(lacking) = self.lacking(scopes) {
            return lacking;
        }
        let needed = self.needed();
        let is_reading = needed.iter().all(|scope| scope.ends_with(":read"));
        if is_frozen && !is_reading {
            return status(503);
        }
        self.carried_out(scopes)
    }

    fn of_user(&self, scopes: &[String], own: &str) -> Expected {
        if let Refused(_, code) = self.demand {
            return status(code);
        }
        if let Some(lacking) = self.lacking(scopes) {
            return lacking;
        }
        let is_allowed = match self.demand {
            Scope(name) => name == "schemas:read",
            Own(_) => true,
            Of(verb) => verb != "delete" && self.id == Some(own),
            Nothing | Refused(..) | All(_) => false,
        };
        if is_allowed {
            return self.carried_out(scopes);
        }
        status(403)
    }

    fn lacking(&self, scopes: &[String]) -> Option<Expected> {
        let mut missing = self.needed();
        missing.retain(|scope| !scopes.contains(scope));
        (!missing.is_empty()).then_some(Expected {
            status: 403,
            missing,
            is_readable: false,
        })
    }

    fn carried_out(&self, scopes: &[String]) -> Expected {
        Expected {
            status: self.success(),
            missing: Vec::new(),
            is_readable: scopes.iter().any(|scope| scope.ends_with(":read")),
        }
    }

    pub(super) fn body(&self, world: &World) -> Option<Value> {
        let own;
        let family = if self.path == "/Me" {
            own = &world.me;
            Some(own)
        } else {
            self.family
        };
        match self.method {
            "post" if self.path.ends_with("/.search") => Some(world::search()),
            "post" if self.path == "/Bulk" => Some(world::bulk()),
            "post" => Some(family.unwrap().fresh()),
            "put" => {
                // Whoever changes its own resource sends that one.
                let is_own = self.id == Some(world.me.id.as_str());
                let family = if is_own { &world.me } else { family.unwrap() };
                Some(family.document.clone())
            }
            "patch" => Some(family.unwrap().patch.clone()),
            _ => None,
        }
    }

    pub(super) fn describe(&self) -> String {
        format!("{} {} as {}", self.method, self.target, self.who.name)
    }
}
