//! Who the client is when a proxy stands between it and the listener, and where listening without TLS is safe.
//!
//! A header is believed only when a trusted proxy sent it, and in it only what trusted proxies wrote: the entries from
//! the right up to the first address that is not itself a trusted proxy. What stands left of it the client chose.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use axum::http::header::FORWARDED;
use ipnet::IpNet;

use crate::error::{Error, Result};

/// Refuses to serve other machines without TLS.
///
/// # Errors
/// When `listen` is not a loopback address, there is no certificate, and no proxy is said to stand in front.
pub fn check_exposure(listen: SocketAddr, has_tls: bool, behind_proxy: bool) -> Result<()> {
    if listen.ip().to_canonical().is_loopback() || has_tls || behind_proxy {
        return Ok(());
    }
    Err(Error::invalid_value(format!(
        "{listen} can be reached by other machines, and tokens would be sent to it unencrypted; \
         either listen on a loopback address such as 127.0.0.1, \
         or set tls.certificate_file and tls.key_file, \
         or say with server.behind_proxy=true that a proxy which ends TLS stands in front"
    )))
}

/// The address of the client that a request comes from.
///
/// Without a trusted proxy at the other end, and with headers that are malformed or contradict each other, it is the
/// peer's. `None` when the proxies do not tell: the entry is `unknown` or an obfuscated name (RFC 7239 §6.2, §6.3).
#[must_use]
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    match origin(peer, headers, trusted) {
        Some(Hop { node, .. }) => match node {
            Node::Address(address) => Some(address),
            Node::Hidden => None,
        },
        None => Some(peer.to_canonical()),
    }
}

/// Whether the client itself speaks HTTPS: to the outermost trusted proxy, or without one to this listener.
#[must_use]
pub fn client_is_https(peer: IpAddr, is_tls: bool, headers: &HeaderMap, trusted: &[IpNet]) -> bool {
    origin(peer, headers, trusted)
        .and_then(|hop| hop.is_https)
        .unwrap_or(is_tls)
}

/// One entry of a header: who sent the request to the proxy that wrote it, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hop {
    node: Node,
    is_https: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Address(IpAddr),
    Hidden,
}

/// The hop of the client, if trusted proxies tell of one.
fn origin(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Option<Hop> {
    if !is_trusted(peer.to_canonical(), trusted) {
        return None;
    }
    let has_standard = headers.contains_key(FORWARDED);
    let has_common = headers.contains_key(FORWARDED_FOR);
    if !has_common {
        return from_standard(headers, trusted);
    }
    if !has_standard {
        return from_common(headers, trusted);
    }
    // A proxy writes one of the two and passes the other on as the client sent it; which one, cannot be seen.
    let standard = from_standard(headers, trusted)?;
    let common = from_common(headers, trusted)?;
    (standard.node == common.node).then(|| Hop {
        node: standard.node,
        is_https: standard
            .is_https
            .filter(|_| standard.is_https == common.is_https),
    })
}

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

fn from_standard(headers: &HeaderMap, trusted: &[IpNet]) -> Option<Hop> {
    let mut elements = Vec::new();
    for line in headers.get_all(FORWARDED) {
        elements.extend(split(line.to_str().ok()?, ',')?);
    }
    outermost(elements.into_iter().rev().map(element), trusted)
}

fn from_common(headers: &HeaderMap, trusted: &[IpNet]) -> Option<Hop> {
    let addresses = list(headers, FORWARDED_FOR)?;
    let protocols = list(headers, FORWARDED_PROTO)?;
    // Proxies that add to one list add to both; one that replaces the other leaves a single value.
    let protocol = |index: usize| match protocols.as_slice() {
        [only] => Some(*only),
        many if many.len() == addresses.len() => many.get(index).copied(),
        _ => None,
    };
    let hops = addresses.iter().enumerate().rev().map(|(index, text)| {
        Some(Hop {
            node: node(text)?,
            is_https: protocol(index).and_then(is_https),
        })
    });
    outermost(hops, trusted)
}

/// The first hop that is not a trusted proxy, or else the last one. A malformed one before it leaves nothing to believe.
fn outermost(hops: impl Iterator<Item = Option<Hop>>, trusted: &[IpNet]) -> Option<Hop> {
    let mut last = None;
    for hop in hops {
        let hop = hop?;
        last = Some(hop);
        match hop.node {
            Node::Address(address) if is_trusted(address, trusted) => {}
            _ => break,
        }
    }
    last
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|net| net.contains(&address))
}

/// The values of a list header in their order; `None` when one is not text.
fn list<'a>(headers: &'a HeaderMap, name: &str) -> Option<Vec<&'a str>> {
    let mut values = Vec::new();
    for line in headers.get_all(name) {
        let parts = line.to_str().ok()?.split(',').map(str::trim);
        values.extend(parts.filter(|part| !part.is_empty()));
    }
    Some(values)
}

/// One element of `Forwarded`: pairs of which `for` and `proto` matter here, each at most once.
fn element(text: &str) -> Option<Hop> {
    let mut hop = Hop {
        node: Node::Hidden,
        is_https: None,
    };
    let (mut has_node, mut has_protocol) = (false, false);
    for pair in split(text, ';')? {
        let (name, value) = pair.split_once('=')?;
        let value = unquoted(value)?;
        if name.eq_ignore_ascii_case("for") && !std::mem::replace(&mut has_node, true) {
            hop.node = node(&value)?;
        } else if name.eq_ignore_ascii_case("proto") && !std::mem::replace(&mut has_protocol, true)
        {
            hop.is_https = is_https(&value);
        } else if name.eq_ignore_ascii_case("for") || name.eq_ignore_ascii_case("proto") {
            return None;
        }
    }
    Some(hop)
}

/// The parts between separators outside quotes, without the empty ones; `None` when a quote stays open.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let parts = text
        .split(|character: char| {
            if is_escaped {
                is_escaped = false;
                return false;
            }
            match character {
                '\\' if is_quoted => is_escaped = true,
                '"' => is_quoted = !is_quoted,
                _ => return character == separator && !is_quoted,
            }
            false
        })
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    (!is_quoted).then_some(parts)
}

/// The value of a token or of a quoted string.
fn unquoted(value: &str) -> Option<Cow<'_, str>> {
    let Some(rest) = value.strip_prefix('"') else {
        return (!value.contains('"')).then_some(Cow::Borrowed(value));
    };
    let inner = rest.strip_suffix('"')?;
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return None,
            '\\' => plain.push(characters.next()?),
            other => plain.push(other),
        }
    }
    Some(Cow::Owned(plain))
}

/// An address with or without brackets and port, or a name that hides it.
fn node(text: &str) -> Option<Node> {
    if text.starts_with('_') || text.eq_ignore_ascii_case("unknown") {
        return Some(Node::Hidden);
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(Node::Address(address.to_canonical()));
    }
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => text.split_at(text.find(':')?),
    };
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    let address: IpAddr = host.parse().ok().filter(|_| is_port)?;
    (text.starts_with('[') == address.is_ipv6()).then(|| Node::Address(address.to_canonical()))
}

fn is_port(text: &str) -> bool {
    text.starts_with('_') || (!text.is_empty() && text.parse::<u16>().is_ok())
}

fn is_https(protocol: &str) -> Option<bool> {
    match protocol {
        _ if protocol.eq_ignore_ascii_case("https") => Some(true),
        _ if protocol.eq_ignore_ascii_case("http") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn trusted() -> Vec<IpNet> {
        ["10.0.0.0/8", "2001:db8:ffff::/48"]
            .map(|net| net.parse().unwrap())
            .to_vec()
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn seen(peer: &str, pairs: &[(&'static str, &str)]) -> String {
        let address = client_address(peer.parse().unwrap(), &headers(pairs), &trusted());
        address.map_or_else(|| "hidden".to_owned(), |address| address.to_string())
    }

    fn forwarded(value: &str) -> String {
        seen(PROXY, &[("forwarded", value)])
    }

    fn forwarded_for(value: &str) -> String {
        seen(PROXY, &[(FORWARDED_FOR, value)])
    }

    fn https(is_tls: bool, pairs: &[(&'static str, &str)]) -> bool {
        client_is_https(PROXY.parse().unwrap(), is_tls, &headers(pairs), &trusted())
    }

    #[test]
    fn headers_of_a_stranger_are_not_believed() {
        let spoofed = [("forwarded", "for=1.2.3.4"), (FORWARDED_FOR, "1.2.3.4")];
        assert_eq!(seen("203.0.113.9", &spoofed), "203.0.113.9");
        assert_eq!(seen("2001:db8::9", &spoofed), "2001:db8::9");
    }

    #[test]
    fn without_headers_it_is_the_peer() {
        assert_eq!(seen(PROXY, &[]), PROXY);
        assert_eq!(seen("::ffff:203.0.113.9", &[]), "203.0.113.9");
    }

    #[test]
    fn the_rightmost_address_that_is_no_proxy_counts() {
        assert_eq!(forwarded_for("203.0.113.5"), "203.0.113.5");
        assert_eq!(
            forwarded_for("1.2.3.4, 203.0.113.5, 10.1.1.1"),
            "203.0.113.5"
        );
        assert_eq!(
            forwarded("for=1.2.3.4, for=203.0.113.5;proto=https, For=10.1.1.1"),
            "203.0.113.5"
        );
        let lines = [
            (FORWARDED_FOR, "1.2.3.4"),
            (FORWARDED_FOR, "203.0.113.5, 10.9.9.9"),
        ];
        assert_eq!(seen(PROXY, &lines), "203.0.113.5");
    }

    #[test]
    fn with_proxies_alone_the_outermost_counts() {
        assert_eq!(forwarded_for("10.3.3.3, 10.2.2.2"), "10.3.3.3");
    }

    #[test]
    fn a_mapped_address_is_its_ipv4_address() {
        assert_eq!(
            seen("::ffff:10.0.0.1", &[(FORWARDED_FOR, "203.0.113.5")]),
            "203.0.113.5"
        );
        assert_eq!(forwarded_for("203.0.113.5, ::ffff:10.1.1.1"), "203.0.113.5");
        assert_eq!(forwarded("for=\"[::ffff:203.0.113.5]:80\""), "203.0.113.5");
    }

    #[test]
    fn ports_brackets_and_quotes_are_taken_off() {
        assert_eq!(forwarded_for("203.0.113.5:47011"), "203.0.113.5");
        assert_eq!(forwarded_for("2001:db8::5"), "2001:db8::5");
        assert_eq!(
            forwarded_for("[2001:db8::5]:443, [2001:db8:ffff::1]"),
            "2001:db8::5"
        );
        assert_eq!(forwarded("for=\"203.0.113.5:_port\""), "203.0.113.5");
        assert_eq!(
            forwarded("FOR=\"[2001:db8::5]:4711\" ; by=\"a, b; c\""),
            "2001:db8::5"
        );
        assert_eq!(forwarded("for=\"203.0.113\\.5\""), "203.0.113.5");
    }

    #[test]
    fn a_hidden_client_has_no_address() {
        for value in [
            "for=_hidden",
            "for=unknown",
            "for=\"_SEVKISEK:80\"",
            "for=1.2.3.4, for=Unknown",
        ] {
            assert_eq!(forwarded(value), "hidden", "{value}");
        }
        assert_eq!(forwarded("proto=https"), "hidden");
        assert_eq!(forwarded_for("unknown, 10.1.1.1"), "hidden");
    }

    #[test]
    fn what_is_malformed_is_not_believed() {
        for value in [
            "for=",
            "for",
            "for=1.2.3",
            "for=1.2.3.4:99999",
            "for=1.2.3.4:",
            "for=\"1.2.3.4",
            "for=\"1.2.3.4\"x",
            "for=[1.2.3.4]",
            "for=[::1",
            "for=1.2.3.4;for=1.2.3.5",
            "for=\"1.2.3.4\\",
            "for=\"x, for=1.2.3.4",
        ] {
            assert_eq!(forwarded(value), PROXY, "{value}");
        }
        for value in [
            "localhost",
            "1.2.3.4.5",
            "1.2.3.4:x",
            "[::1]x",
            "203.0.113.5, nonsense, 10.1.1.1",
        ] {
            assert_eq!(forwarded_for(value), PROXY, "{value}");
        }
    }

    #[test]
    fn a_quote_opened_by_the_client_does_not_swallow_what_the_proxy_wrote() {
        let lines = [
            ("forwarded", "for=\"1.2.3.4"),
            ("forwarded", "for=\"203.0.113.5\""),
        ];
        assert_eq!(seen(PROXY, &lines), PROXY);
        assert_eq!(forwarded("for=\"1.2.3.4, for=\"[2001:db8::5]\""), PROXY);
    }

    #[test]
    fn what_the_client_wrote_is_not_even_read() {
        assert_eq!(forwarded_for("<script>, 203.0.113.5"), "203.0.113.5");
        assert_eq!(forwarded("for=;;x, for=203.0.113.5"), "203.0.113.5");
    }

    #[test]
    fn two_headers_that_disagree_are_not_believed() {
        let both = [("forwarded", "for=1.2.3.4"), (FORWARDED_FOR, "203.0.113.5")];
        assert_eq!(seen(PROXY, &both), PROXY);
        let agreed = [
            ("forwarded", "for=\"203.0.113.5:1\""),
            (FORWARDED_FOR, "203.0.113.5"),
        ];
        assert_eq!(seen(PROXY, &agreed), "203.0.113.5");
    }

    #[test]
    fn the_scheme_is_that_of_the_client() {
        assert!(https(
            false,
            &[(
                "forwarded",
                "for=1.2.3.4;proto=HTTPS, for=10.1.1.1;proto=http"
            )]
        ));
        assert!(!https(true, &[("forwarded", "for=1.2.3.4;proto=http")]));
        assert!(https(
            false,
            &[
                (FORWARDED_FOR, "1.2.3.4, 10.1.1.1"),
                (FORWARDED_PROTO, "https")
            ]
        ));
        assert!(!https(
            true,
            &[
                (FORWARDED_FOR, "1.2.3.4, 10.1.1.1"),
                (FORWARDED_PROTO, "http, https")
            ]
        ));
        assert!(https(
            true,
            &[
                (FORWARDED_FOR, "1.2.3.4"),
                (FORWARDED_PROTO, "http, http, http")
            ]
        ));
        assert!(https(true, &[]));
        let stranger = client_is_https(
            "203.0.113.9".parse().unwrap(),
            false,
            &headers(&[("forwarded", "for=1.2.3.4;proto=https")]),
            &trusted(),
        );
        assert!(!stranger);
    }

    #[test]
    fn only_loopback_tls_or_a_proxy_make_listening_safe() {
        for (listen, has_tls, behind_proxy, is_safe) in [
            ("127.0.0.1:80", false, false, true),
            ("[::1]:80", false, false, true),
            ("[::ffff:127.0.0.1]:80", false, false, true),
            ("0.0.0.0:80", false, false, false),
            ("[::]:80", false, false, false),
            ("192.0.2.1:80", false, false, false),
            ("0.0.0.0:80", true, false, true),
            ("0.0.0.0:80", false, true, true),
        ] {
            let checked = check_exposure(listen.parse().unwrap(), has_tls, behind_proxy);
            assert_eq!(
                checked.is_ok(),
                is_safe,
                "{listen} {has_tls} {behind_proxy}"
            );
        }
    }

    #[test]
    fn a_refusal_says_the_three_ways_out() {
        let refusal = check_exposure("0.0.0.0:8080".parse().unwrap(), false, false).unwrap_err();
        for words in ["0.0.0.0:8080", "127.0.0.1", "certificate", "proxy"] {
            assert!(refusal.to_string().contains(words), "{refusal}");
        }
    }
}
