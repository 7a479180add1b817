//! The orderly end.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::support::{connect, small, start};
use muster::listen::Options;

fn patient() -> Options {
    Options {
        head_timeout: Duration::from_secs(30),
        idle_timeout: Duration::from_mins(1),
        ..small()
    }
}

#[tokio::test]
async fn a_request_in_flight_is_answered_and_then_the_server_ends() {
    let server = start(patient()).await;
    let mut client = connect(server.address).await;
    client
        .send("GET /slow/500 HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    sleep(Duration::from_millis(50)).await;
    server.stop.send(true).unwrap();
    sleep(Duration::from_millis(50)).await;
    assert!(TcpStream::connect(server.address).await.is_err());
    assert!(!server.task.is_finished());
    let reply = client.reply().await;
    assert_eq!(reply.body, "slow");
    assert!(reply.head.contains("connection: close"), "{}", reply.head);
    client.until_closed().await;
    timeout(Duration::from_secs(1), server.task)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn idle_and_fresh_connections_are_closed_at_once() {
    let server = start(patient()).await;
    let mut fresh = connect(server.address).await;
    let mut idle = connect(server.address).await;
    idle.get("/").await;
    let start = Instant::now();
    server.stop.send(true).unwrap();
    timeout(Duration::from_millis(500), server.task)
        .await
        .unwrap()
        .unwrap();
    idle.until_closed().await;
    fresh.until_closed().await;
    assert!(start.elapsed() < Duration::from_millis(500));
}

#[tokio::test]
async fn a_request_whose_head_had_begun_is_answered() {
    let server = start(patient()).await;
    let mut client = connect(server.address).await;
    client.send("GET / HTTP/1.1\r\nHo").await;
    sleep(Duration::from_millis(50)).await;
    server.stop.send(true).unwrap();
    sleep(Duration::from_millis(50)).await;
    client.send("st: a\r\n\r\n").await;
    assert_eq!(client.reply().await.body, "hello");
    timeout(Duration::from_secs(1), server.task)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn connections_that_wait_for_room_do_not_hold_the_end_up() {
    let server = start(Options {
        max_connections: 1,
        ..patient()
    })
    .await;
    let mut busy = connect(server.address).await;
    busy.send("GET /slow/200 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    sleep(Duration::from_millis(50)).await;
    let mut waiting = connect(server.address).await;
    sleep(Duration::from_millis(50)).await;
    server.stop.send(true).unwrap();
    waiting.until_closed().await;
    assert_eq!(busy.reply().await.body, "slow");
    timeout(Duration::from_secs(1), server.task)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn a_dropped_sender_stops_the_server_too() {
    let server = start(patient()).await;
    drop(server.stop);
    timeout(Duration::from_secs(1), server.task)
        .await
        .unwrap()
        .unwrap();
}
