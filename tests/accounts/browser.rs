//! A browser without scripts: it keeps cookies, posts forms and goes where it is sent when it is told to.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::HOST;
use hyper_util::rt::TokioIo;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::net::TcpSocket;

use crate::support::http::Response;

/// Somebody in front of the pages of a tenant.
#[derive(Debug)]
pub(crate) struct Browser {
    /// The server, `http://host:port`.
    root: String,
    /// What stands before the address of every page.
    pub(crate) base: String,
    cookies: Mutex<BTreeMap<String, String>>,
    from: [u8; 4],
}

/// Another address of this machine at every call: what is counted for one address does not concern the next one.
fn next_address() -> [u8; 4] {
    static NEXT: AtomicU32 = AtomicU32::new(2);
    let [_, high, middle, low] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    [127, 1 + high % 100, middle, low]
}

/// A form as browsers send it.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let parts = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    parts.collect::<Vec<_>>().join("&")
}

impl Browser {
    /// A browser without cookies, at an address of its own.
    pub(crate) fn new(root: &str, base: &str) -> Self {
        Self {
            root: root.to_owned(),
            base: base.to_owned(),
            cookies: Mutex::default(),
            from: next_address(),
        }
    }

    /// The same cookies at another instance, or at the pages of another tenant.
    pub(crate) fn copied(&self, root: &str, base: &str) -> Self {
        Self {
            cookies: Mutex::new(self.cookies.lock().unwrap().clone()),
            ..Self::new(root, base)
        }
    }

    /// Another browser with the same cookies at the same place.
    pub(crate) fn twin(&self) -> Self {
        self.copied(&self.root, &self.base)
    }

    /// Opens a page of the tenant.
    pub(crate) async fn get(&self, path: &str) -> Response {
        let target = format!("{}{path}", self.base);
        self.send("GET", &target, &[], None).await
    }

    /// Posts a form to a page of the tenant.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.post_text(path, &form(fields)).await
    }

    /// Posts a form as it stands.
    pub(crate) async fn post_text(&self, path: &str, form: &str) -> Response {
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Sec-Fetch-Site", "same-origin"),
        ];
        let target = format!("{}{path}", self.base);
        self.send("POST", &target, &headers, Some(form)).await
    }

    /// Signs in.
    pub(crate) async fn sign_in(&self, username: &str, password: &str) -> Response {
        let fields = [("username", username), ("password", password)];
        self.post("/sign-in", &fields).await
    }

    /// Whether the server still knows who this is.
    pub(crate) async fn is_in(&self) -> bool {
        let page = self.get("/account/sessions").await;
        match (page.status, page.header("location")) {
            (200, _) => true,
            (303, Some(to)) if to.starts_with(&format!("{}/sign-in", self.base)) => false,
            _ => panic!("{}", page.describe()),
        }
    }

    /// Follows a link; its secret is in a cookie then.
    pub(crate) async fn follow(&self, purpose: &str, secret: &str) {
        let taken = self.get(&format!("/{purpose}/{secret}")).await;
        let taken = taken.expect_status(303);
        let location = taken.header("location").unwrap();
        assert_eq!(location, format!("{}/{purpose}", self.base));
    }

    /// Follows a link and sets a password.
    pub(crate) async fn use_link(&self, purpose: &str, secret: &str, password: &str) -> Response {
        self.follow(purpose, secret).await;
        let fields = [("password", password)];
        self.post(&format!("/{purpose}"), &fields).await
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Sets a cookie.
    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Sends any request, `target` byte for byte, and keeps the cookies that come back.
    pub(crate) async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Response {
        let cookies = self.cookies.lock().unwrap().clone();
        let cookies = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let authority = self.root.strip_prefix("http://").unwrap();
        let mut request = hyper::Request::builder().method(method).uri(target);
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request = request.header(HOST, authority);
        }
        if !cookies.is_empty() {
            request = request.header("Cookie", cookies);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Full::new(Bytes::from(body.unwrap_or_default().to_owned()));
        let response = self.exchange(authority, request.body(body).unwrap()).await;
        self.keep(&response);
        response
    }

    async fn exchange(&self, authority: &str, request: hyper::Request<Full<Bytes>>) -> Response {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((self.from, 0))).unwrap();
        let stream = socket.connect(authority.parse().unwrap()).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
        Response {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    fn keep(&self, response: &Response) {
        let mut cookies = self.cookies.lock().unwrap();
        for line in response.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if line.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The text of a page.
pub(crate) fn text_of(page: &Response) -> String {
    String::from_utf8(page.body.clone()).unwrap()
}

/// The values of the page's hidden fields with that name.
pub(crate) fn hidden(page: &Response, name: &str) -> Vec<String> {
    let text = text_of(page);
    let begin = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    let found = text.match_indices(&begin).map(|(at, _)| {
        let rest = &text[at + begin.len()..];
        rest[..rest.find('"').unwrap()].to_owned()
    });
    found.collect()
}
