//! Answers that are made while the client takes them.

use std::io;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode};
use futures_util::stream;
use tokio::sync::mpsc::{self, Receiver, Sender, error::SendTimeoutError};

use super::respond;
use crate::service::represent::large::{Large, Rest};

/// How long a client may take for one part: a connection to the database waits for it.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take for all of them.
const LONGEST: Duration = Duration::from_mins(10);

/// What such an answer begins with, for the provisioning log.
#[derive(Debug, Clone)]
pub(super) struct Beginning(pub(super) Bytes);

/// A part of the body. Without its end a body is broken, and the client is told so by the connection.
enum Part {
    Text(Bytes),
    End,
}

/// A group with its members, however many.
pub(super) fn group(large: Large) -> Response<Body> {
    let Large {
        mut beginning,
        rest,
    } = large;
    let first = Bytes::from(std::mem::take(&mut beginning.body));
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(make(rest, sender, PATIENCE, LONGEST));
    let body = stream::unfold((Some(first.clone()), Some(receiver)), next);
    let mut response = respond::resource(StatusCode::OK, beginning);
    *response.body_mut() = Body::from_stream(body);
    response.extensions_mut().insert(Beginning(first));
    response
}

type State = (Option<Bytes>, Option<Receiver<Part>>);

async fn next((first, receiver): State) -> Option<(io::Result<Bytes>, State)> {
    if let Some(first) = first {
        return Some((Ok(first), (None, receiver)));
    }
    let mut receiver = receiver?;
    match receiver.recv().await {
        Some(Part::Text(text)) => Some((Ok(text), (None, Some(receiver)))),
        Some(Part::End) => None,
        None => {
            let error = io::Error::other("the answer could not be completed");
            Some((Err(error), (None, None)))
        }
    }
}

/// Reads a part while the one before is being taken.
async fn make(mut rest: Rest, sender: Sender<Part>, patience: Duration, longest: Duration) {
    let started = Instant::now();
    loop {
        let part = match rest.next().await {
            Ok(Some(text)) => Part::Text(text.into()),
            Ok(None) => Part::End,
            Err(error) => {
                tracing::error!(%error, "a large group could not be read to its end");
                return;
            }
        };
        let is_end = matches!(part, Part::End);
        let patience = patience.min(longest.saturating_sub(started.elapsed()));
        match sender.send_timeout(part, patience).await {
            Ok(()) if !is_end => {}
            Err(SendTimeoutError::Timeout(_)) => {
                tracing::warn!("a client took a large group too slowly; its answer was broken off");
                return;
            }
            Ok(()) | Err(SendTimeoutError::Closed(_)) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;

    async fn taken(parts: Vec<Part>) -> Vec<Option<Bytes>> {
        let (sender, receiver) = mpsc::channel(parts.len() + 1);
        for part in parts {
            assert!(sender.send(part).await.is_ok());
        }
        drop(sender);
        let first = Some(Bytes::from_static(b"1"));
        let body = stream::unfold((first, Some(receiver)), next);
        body.map(Result::ok).collect().await
    }

    #[tokio::test]
    async fn what_has_no_end_is_broken_off() {
        let text = |text: &'static [u8]| Bytes::from_static(text);
        let parts = vec![Part::Text(text(b"2")), Part::End];
        assert_eq!(taken(parts).await, [Some(text(b"1")), Some(text(b"2"))]);
        let parts = vec![Part::Text(text(b"2"))];
        assert_eq!(
            taken(parts).await,
            [Some(text(b"1")), Some(text(b"2")), None]
        );
        assert_eq!(taken(vec![]).await, [Some(text(b"1")), None]);
    }
}
