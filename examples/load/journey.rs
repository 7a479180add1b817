//! What an identity provider sends for each user at its first synchronisation, request by request.

use hyper::Method;
use serde_json::{Value, json};

use crate::client::{Call, Reply, encode};
use crate::directory;
use crate::expect::Expect;
use crate::people::{self, Generator};
use crate::plan::{Plan, search};

/// Okta pushes a group when it has so many new members.
const OKTA_GROUP: usize = 100;

/// Whose requests are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    Entra,
    Okta,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Step {
    #[default]
    Look,
    Create,
    Finish,
    Group,
}

/// One connection's way through its users.
#[derive(Default)]
struct Journey {
    /// What is sent next.
    step: Step,
    /// The user who is synchronised.
    number: u32,
    id: Option<String>,
    /// Users that no group was pushed with yet.
    members: Vec<String>,
}

/// What one connection remembers from request to request.
pub(crate) struct Worker {
    pub(crate) random: Generator,
    journey: Journey,
}

impl Worker {
    /// The worker of one stream of a seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self {
            random: Generator::new(seed, stream),
            journey: Journey::default(),
        }
    }

    /// The next request of a first synchronisation.
    pub(crate) fn travel(&mut self, plan: &Plan, provider: Provider) -> Option<(Call, Expect)> {
        let journey = &mut self.journey;
        if journey.step == Step::Finish && journey.id.is_none() {
            // The user was not created: on to the next one.
            journey.step = Step::Look;
        }
        match journey.step {
            Step::Look => {
                journey.number = plan.next_write();
                journey.step = Step::Create;
                let paging = match provider {
                    Provider::Entra => "",
                    Provider::Okta => "&startIndex=1&count=100",
                };
                let name = people::newcomer_name(&plan.tag, journey.number);
                Some((search("userName", &name, paging), Expect::Nobody))
            }
            Step::Create => {
                journey.step = Step::Finish;
                journey.id = None;
                let user = people::newcomer(plan.seed, &plan.tag, journey.number);
                let call = Call::json(Method::POST, "/Users".to_owned(), &user);
                Some((call, Expect::Created))
            }
            Step::Finish => {
                let id = journey.id.clone()?;
                journey.step = Step::Look;
                if provider == Provider::Entra {
                    let call = directory::addition(plan.sync_group.as_deref()?, &[&id]);
                    return Some((call, Expect::Changed));
                }
                let mut user = people::newcomer(plan.seed, &plan.tag, journey.number);
                people::set(&mut user, "id", json!(id));
                people::set(&mut user, "title", json!("Assigned"));
                let call = Call::json(Method::PUT, format!("/Users/{}", encode(&id)), &user);
                journey.members.push(id);
                if journey.members.len() >= OKTA_GROUP {
                    journey.step = Step::Group;
                }
                Some((call, Expect::Found))
            }
            Step::Group => {
                journey.step = Step::Look;
                let name = format!("Load {} pushed {}", plan.tag, plan.next_write());
                let members = std::mem::take(&mut journey.members);
                let members: Vec<&str> = members.iter().map(String::as_str).collect();
                Some((directory::creation(&name, &members), Expect::Created))
            }
        }
    }

    /// Remembers the id of a user who was just created.
    pub(crate) fn learn(&mut self, reply: &Reply) {
        if self.journey.step == Step::Finish && self.journey.id.is_none() {
            let body: Option<Value> = serde_json::from_slice(&reply.body).ok();
            let id = body.as_ref().and_then(|body| body.get("id"));
            self.journey.id = id.and_then(Value::as_str).map(str::to_owned);
        }
    }
}
