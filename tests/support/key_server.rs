//! A tiny HTTP server that publishes keys and counts how often it is asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What it answers.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// 200 with this document.
    Json(Value),
    /// These bytes: status line, headers and body.
    Raw(Vec<u8>),
    /// Closes the connection without a word.
    Nothing,
    /// Keeps the connection open and stays silent.
    Silence,
}

/// The server; it ends with the value.
pub(crate) struct KeyServer {
    /// Where the keys are.
    pub(crate) url: String,
    asked: Arc<AtomicUsize>,
    answer: Arc<Mutex<Answer>>,
    task: JoinHandle<()>,
}

impl KeyServer {
    pub(crate) async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let answer = Arc::new(Mutex::new(answer));
        let shared = (Arc::clone(&asked), Arc::clone(&answer));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.0.fetch_add(1, Ordering::SeqCst);
                let answer = shared.1.lock().unwrap().clone();
                tokio::spawn(serve(stream, answer));
            }
        });
        Self {
            url,
            asked,
            answer,
            task,
        }
    }

    /// How many connections there have been.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub(crate) fn answers(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A key set.
pub(crate) fn key_set(keys: &[Value]) -> Value {
    serde_json::json!({ "keys": keys })
}

/// An answer with a status, further header lines and a body.
pub(crate) fn raw(status: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    );
    Answer::Raw(text.into_bytes())
}

async fn serve(mut stream: TcpStream, answer: Answer) {
    let mut head = Vec::new();
    let mut buffer = [0; 4_096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => head.extend_from_slice(&buffer[..count]),
            Ok(_) | Err(_) => return,
        }
    }
    let bytes = match answer {
        Answer::Json(document) => {
            let json = "Content-Type: application/json\r\n";
            match raw("200 OK", json, &document.to_string()) {
                Answer::Raw(bytes) => bytes,
                other => unreachable!("{other:?}"),
            }
        }
        Answer::Raw(bytes) => bytes,
        Answer::Nothing => return,
        Answer::Silence => {
            // Until the other side gives up.
            while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
            return;
        }
    };
    // Whoever has read enough may hang up.
    let _ = stream.write_all(&bytes).await;
    let _ = stream.shutdown().await;
}
