//! Rates over HTTP, at the limit and one beyond. Limits of connections are in `listen`, those of bodies and values in `limits`.

use muster::config::Limits;
use muster::server::Server;

use crate::support::http::Response;
use crate::support::server::{config_for, fresh_tenant_on};
use crate::support::{Db, fresh_database};

/// How often a rate is tried: between two requests a whole second may pass on a busy machine.
const TRIES: usize = 5;

/// A server with other limits is asked twice; the answer to what was beyond the limit.
async fn beyond(change: impl Fn(&mut Limits)) -> Response {
    let database = fresh_database(Db::Sqlite).await;
    let mut config = config_for(&database.url);
    change(&mut config.limits);
    let server = Server::start(config).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    let mut answers = Vec::new();
    for _ in 0..TRIES {
        answers.push(tenant.get("/Users?count=0").await);
        answers.push(tenant.get("/Users?count=0").await);
        if answers.last().is_some_and(|last| last.status == 429) {
            break;
        }
    }
    server.stop().await;
    assert_eq!(answers[0].status, 200, "the limit itself");
    answers.pop().unwrap()
}

fn expect_pause(refused: &Response) {
    assert_eq!(refused.status, 429);
    let pause: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&pause), "{pause}");
    let document = refused.json();
    assert_eq!(document["status"], "429");
    assert!(
        document["detail"]
            .as_str()
            .unwrap()
            .contains("requests a second"),
        "{document}"
    );
}

#[tokio::test]
async fn requests_of_a_connection_in_a_second() {
    expect_pause(&beyond(|limits| limits.requests_per_second = 1).await);
}

#[tokio::test]
async fn requests_from_an_address_in_a_second() {
    expect_pause(&beyond(|limits| limits.address_requests_per_second = 1).await);
}
