//! Creating the same number of users one by one and by bulk requests, in turn, over one connection: how much faster is a bulk?

use std::sync::Arc;
use std::time::Instant;

use hyper::Method;
use serde_json::{Value, json};

use crate::arguments::BulkArguments;
use crate::client::{Call, Connection, Target};
use crate::{Outcome, people};

/// Runs the rounds and prints a line for each, and the ratio of the medians.
pub(crate) async fn run(target: Arc<Target>, bulk: &BulkArguments, seed: u64) -> Outcome<()> {
    let mut connection = Connection::open(target).await?;
    let run = format!("{:x}", std::process::id());
    let mut times = (Vec::new(), Vec::new());
    println!("{:>5} {:>14} {:>14}", "round", "single (s)", "bulk (s)");
    for round in 1..=bulk.rounds {
        let user = |kind: &str, number: u32| {
            people::newcomer(seed, &format!("{run}-{kind}{round}"), number)
        };
        let singles: Vec<Call> = (1..=bulk.users)
            .map(|number| Call::json(Method::POST, "/Users".to_owned(), &user("s", number)))
            .collect();
        let numbers: Vec<u32> = (1..=bulk.users).collect();
        let bulks: Vec<Call> = numbers
            .chunks(bulk.operations)
            .map(|numbers| request(numbers.iter().map(|number| user("b", *number))))
            .collect();
        let start = Instant::now();
        for call in &singles {
            connection.demand(call, &[201]).await?;
        }
        let single = start.elapsed().as_secs_f64();
        let start = Instant::now();
        for call in &bulks {
            let reply = connection.demand(call, &[200]).await?;
            check(&serde_json::from_slice(&reply.body)?)?;
        }
        let together = start.elapsed().as_secs_f64();
        println!("{round:>5} {single:>14.3} {together:>14.3}");
        times.0.push(single);
        times.1.push(together);
    }
    let ratio = median(times.0) / median(times.1);
    println!("a bulk is {ratio:.1} times as fast (medians)");
    Ok(())
}

/// One request that creates these users.
pub(crate) fn request(users: impl Iterator<Item = Value>) -> Call {
    let operations: Vec<Value> = users
        .enumerate()
        .map(|(number, user)| {
            json!({"method": "POST", "path": "/Users", "bulkId": number.to_string(), "data": user})
        })
        .collect();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations,
    });
    Call::json(Method::POST, "/Bulk".to_owned(), &body)
}

/// The statuses of the operations.
pub(crate) fn statuses(answer: &Value) -> Vec<String> {
    let operations = answer["Operations"].as_array();
    let statuses = operations
        .into_iter()
        .flatten()
        .map(|operation| &operation["status"]);
    statuses
        .map(|status| {
            status
                .as_str()
                .map_or_else(|| status.to_string(), str::to_owned)
        })
        .collect()
}

/// Every operation must have created its user.
fn check(answer: &Value) -> Outcome<()> {
    let operations = answer["Operations"].as_array();
    let mut operations = operations.into_iter().flatten();
    match operations.find(|operation| operation["status"] != "201") {
        Some(failed) => Err(format!("an operation failed: {failed}").into()),
        None => Ok(()),
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
