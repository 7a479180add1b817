//! HTTP/1 connections at their limits and beyond.

use std::process::Command;
use std::time::Duration;

use muster::listen::{Options, bind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::support::{
    BIG, HEAD, IDLE, NEARLY_IDLE, SLACK, WRITE, assert_about, connect, small, start,
};

#[tokio::test]
async fn a_request_knows_its_peer() {
    let server = start(small()).await;
    let mut client = connect(server.address).await;
    let own = client.0.local_addr().unwrap();
    assert_eq!(client.get("/peer/").await.body, format!("{own} false"));
}

#[tokio::test]
async fn a_head_that_never_begins_is_closed() {
    let server = start(small()).await;
    assert_about(connect(server.address).await.until_closed().await, HEAD);
}

#[tokio::test]
async fn a_dripping_head_lives_no_longer_than_its_limit() {
    let server = start(small()).await;
    let head = b"GET / HTTP/1.1\r\nX-Long: ".iter().copied();
    let took = connect(server.address)
        .await
        .drip(head.chain(std::iter::repeat(b'a')))
        .await;
    assert_about(took, HEAD);
}

#[tokio::test]
async fn a_dripping_preface_lives_no_longer_than_a_head() {
    let server = start(small()).await;
    let took = connect(server.address)
        .await
        .drip(*b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await;
    assert_about(took, HEAD);
}

#[tokio::test]
async fn a_head_just_in_time_is_answered() {
    let server = start(small()).await;
    let mut client = connect(server.address).await;
    for part in ["GET / HT", "TP/1.1\r\nHo", "st: a\r\n", "\r\n"] {
        sleep(HEAD / 6).await;
        client.send(part).await;
    }
    assert_eq!(client.reply().await.body, "hello");
}

#[tokio::test]
async fn a_connection_rests_longer_than_a_head_may_take() {
    let server = start(small()).await;
    let mut client = connect(server.address).await;
    assert_eq!(client.get("/").await.body, "hello");
    for _ in 0..2 {
        sleep(NEARLY_IDLE).await;
        assert_eq!(client.get("/").await.body, "hello");
    }
}

#[tokio::test]
async fn a_connection_that_rests_too_long_is_closed() {
    let server = start(small()).await;
    let mut client = connect(server.address).await;
    client.get("/").await;
    assert_about(client.until_closed().await, IDLE);
}

#[tokio::test]
async fn a_later_head_has_its_own_limit() {
    let server = start(small()).await;
    let mut client = connect(server.address).await;
    client.get("/").await;
    sleep(HEAD).await;
    let head = b"GET / HTTP/1.1\r\nX-Long: ".iter().copied();
    let took = client.drip(head.chain(std::iter::repeat(b'a'))).await;
    assert_about(took, HEAD);
}

#[tokio::test]
async fn a_head_that_came_with_the_last_request_is_bounded_too() {
    let server = start(small()).await;
    let mut client = connect(server.address).await;
    client
        .send("GET /slow/100 HTTP/1.1\r\nHost: a\r\n\r\nGET / HT")
        .await;
    assert_eq!(client.reply().await.body, "slow");
    let took = client.until_closed().await;
    assert!(took <= IDLE + SLACK, "{took:?}");
}

#[tokio::test]
async fn requests_sent_at_once_are_all_answered() {
    let server = start(small()).await;
    let mut client = connect(server.address).await;
    client
        .send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5))
        .await;
    for _ in 0..5 {
        assert_eq!(client.reply().await.body, "hello");
    }
}

#[tokio::test]
async fn a_handler_may_take_longer_than_every_limit() {
    let options = Options {
        idle_timeout: HEAD,
        ..small()
    };
    let server = start(options).await;
    let mut client = connect(server.address).await;
    assert_eq!(client.get("/slow/1500").await.body, "slow");
    assert_eq!(client.get("/").await.body, "hello");
}

#[tokio::test]
async fn a_body_may_take_longer_than_a_head() {
    let server = start(small()).await;
    let mut client = connect(server.address).await;
    client
        .send("POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n")
        .await;
    for _ in 0..6 {
        sleep(HEAD / 2).await;
        client.send("x").await;
    }
    assert_eq!(client.reply().await.body, "6");
}

fn head_of(bytes: usize) -> String {
    let frame = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n".len();
    format!(
        "GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
        "x".repeat(bytes - frame)
    )
}

#[tokio::test]
async fn a_head_at_the_limit_is_read() {
    let server = start(small()).await;
    let mut client = connect(server.address).await;
    client.send(head_of(16 * 1024)).await;
    assert_eq!(client.reply().await.status(), "200");
    client.send(head_of(16 * 1024)).await;
    assert_eq!(client.reply().await.status(), "200");
}

#[tokio::test]
async fn a_head_beyond_the_limit_is_answered_431() {
    let server = start(small()).await;
    for bytes in [16 * 1024 + 1, 40_000, 300_000] {
        let mut client = connect(server.address).await;
        client.send(head_of(bytes)).await;
        assert_eq!(client.reply().await.status(), "431", "{bytes}");
        client.until_closed().await;
    }
}

#[tokio::test]
async fn a_hundred_headers_are_read_and_one_more_is_answered_431() {
    let server = start(small()).await;
    for (headers, status) in [(100, "200"), (101, "431")] {
        let mut client = connect(server.address).await;
        client
            .send(format!(
                "GET / HTTP/1.1\r\n{}\r\n",
                "X: y\r\n".repeat(headers)
            ))
            .await;
        assert_eq!(client.reply().await.status(), status, "{headers}");
    }
}

#[tokio::test]
async fn an_answer_before_the_end_of_the_body_does_not_stop_the_client() {
    let server = start(small()).await;
    let mut client = connect(server.address).await;
    client
        .send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 800000\r\n\r\n")
        .await;
    // Many clients write it all before they read: no write may fail.
    for _ in 0..40 {
        sleep(Duration::from_millis(10)).await;
        client.send(vec![b'x'; 20_000]).await;
    }
    assert_eq!(client.reply().await.status(), "413");
}

#[tokio::test]
async fn a_client_that_sends_on_for_ever_is_not_listened_to() {
    let server = start(small()).await;
    let mut client = connect(server.address).await;
    client
        .send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 800000\r\n\r\n")
        .await;
    assert_eq!(client.reply().await.status(), "413");
    let start = Instant::now();
    while client.0.write_all(b"x").await.is_ok() && start.elapsed() < Duration::from_secs(5) {
        sleep(Duration::from_millis(20)).await;
    }
    assert_about(start.elapsed(), Duration::from_secs(1));
}

#[tokio::test]
async fn a_connection_beyond_the_limit_waits_for_room() {
    let server = start(Options {
        max_connections: 2,
        ..small()
    })
    .await;
    let mut busy = [connect(server.address).await, connect(server.address).await];
    busy[0]
        .send("GET /slow/600 HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    busy[1]
        .send("GET /slow/2000 HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    sleep(Duration::from_millis(50)).await;
    let start = Instant::now();
    let mut third = connect(server.address).await;
    assert_eq!(third.get("/").await.body, "hello");
    assert_about(start.elapsed(), Duration::from_millis(550));
    assert_eq!(busy[0].reply().await.body, "slow");
    assert_eq!(busy[1].reply().await.body, "slow");
}

#[tokio::test]
async fn the_connection_that_rested_longest_makes_room() {
    let server = start(Options {
        max_connections: 3,
        idle_timeout: Duration::from_mins(1),
        ..small()
    })
    .await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        let mut client = connect(server.address).await;
        client.get("/").await;
        sleep(Duration::from_millis(20)).await;
        clients.push(client);
    }
    // The first one was busy since: the second one rested longest.
    clients[0].get("/").await;
    let start = Instant::now();
    let mut fourth = connect(server.address).await;
    assert_eq!(fourth.get("/").await.body, "hello");
    assert!(
        start.elapsed() < Duration::from_millis(300),
        "{:?}",
        start.elapsed()
    );
    clients.remove(1).until_closed().await;
    for mut client in clients {
        assert_eq!(client.get("/").await.body, "hello");
    }
}

#[tokio::test]
async fn a_call_for_room_that_was_not_needed_ends_nobody() {
    let server = start(Options {
        max_connections: 1,
        ..small()
    })
    .await;
    let mut busy = connect(server.address).await;
    busy.send("GET /slow/300 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await;
    sleep(Duration::from_millis(50)).await;
    let mut waiting = connect(server.address).await;
    assert_eq!(waiting.get("/").await.body, "hello");
    sleep(Duration::from_millis(100)).await;
    assert_eq!(waiting.get("/").await.body, "hello");
}

#[tokio::test]
async fn at_the_limit_nobody_has_to_go() {
    let server = start(Options {
        max_connections: 2,
        idle_timeout: Duration::from_mins(1),
        ..small()
    })
    .await;
    let mut clients = [connect(server.address).await, connect(server.address).await];
    for client in &mut clients {
        client.get("/").await;
    }
    sleep(Duration::from_millis(300)).await;
    for client in &mut clients {
        assert_eq!(client.get("/").await.body, "hello");
    }
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answer_is_let_go() {
    let server = start(Options {
        max_connections: 1,
        ..small()
    })
    .await;
    let mut client = connect(server.address).await;
    client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let start = Instant::now();
    // Only when the first connection is gone, there is room for the second one.
    assert_eq!(connect(server.address).await.get("/").await.body, "hello");
    assert_about(start.elapsed(), WRITE);
    let mut taken = Vec::new();
    _ = client.0.read_to_end(&mut taken).await;
    assert!(taken.len() < BIG);
}

#[tokio::test]
async fn a_client_that_takes_its_answer_slowly_gets_it() {
    let server = start(small()).await;
    let mut client = connect(server.address).await;
    client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let (start, mut taken) = (Instant::now(), 0);
    while taken < BIG {
        let mut part = vec![0; 8 << 20];
        let read = timeout(WRITE * 20, client.0.read_exact(&mut part)).await;
        if !matches!(read, Ok(Ok(_))) {
            break;
        }
        taken += part.len();
        sleep(WRITE / 2).await;
    }
    assert!(taken >= BIG, "{taken}");
    assert!(start.elapsed() > WRITE * 3);
}

#[tokio::test]
async fn five_hundred_connections_wait_to_be_accepted() {
    let listener = bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    for number in 0..500 {
        let connected = TcpStream::connect(address);
        let stream = timeout(Duration::from_millis(900), connected).await;
        waiting.push(stream.unwrap_or_else(|_| unreachable!("{number} is too many")));
    }
}

#[tokio::test]
async fn an_address_in_use_is_not_bound() {
    let listener = bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    assert!(bind(&address).await.is_err());
    drop(listener);
    assert!(bind(&address).await.is_ok());
    assert!(bind("localhost:0").await.is_ok());
    assert!(bind("nonsense").await.is_err());
}

/// The body of the next test, in a process of its own that may open few files.
#[tokio::test]
#[ignore = "run by another test"]
async fn few_files_child() {
    tracing_subscriber::fmt().with_ansi(false).init();
    let server = start(small()).await;
    let mut held = Vec::new();
    // A connection takes two descriptors here: at most half of them are accepted.
    for _ in 0..60 {
        match TcpStream::connect(server.address).await {
            Ok(stream) => held.push(stream),
            Err(_) => break,
        }
    }
    assert!(held.len() > 10 && held.len() < 60, "{}", held.len());
    sleep(Duration::from_millis(150)).await;
    drop(held);
    sleep(Duration::from_millis(500)).await;
    assert_eq!(connect(server.address).await.get("/").await.body, "hello");
}

#[test]
fn running_out_of_files_does_not_end_the_loop() {
    let tests = std::env::current_exe().unwrap();
    let output = Command::new("sh")
        .args([
            "-c",
            "ulimit -n 64 && exec \"$0\" --ignored --nocapture --exact listen::http1::few_files_child",
        ])
        .arg(tests)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    // Ten failures in a second make one line.
    assert_eq!(said.matches("could not be accepted").count(), 1, "{said}");
}
