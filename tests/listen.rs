//! The listener on real sockets: its limits, TLS, and its end.

mod http1;
mod http2;
mod stop;
mod support;
mod tls;
