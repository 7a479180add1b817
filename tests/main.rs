//! Every test that needs a database or a process, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop where it is"
)]

#[macro_use]
mod support;

mod accounts;
mod agreement;
mod architecture;
mod browser;
mod bulk;
mod changes;
mod cli;
mod cli_oauth;
mod conformance;
mod connections;
mod console;
mod copy;
mod coverage;
mod crash;
mod cursor;
mod examples;
mod hostile;
mod instances;
mod jwt;
mod limits;

mod listen;
mod lists;
mod matrix;
mod oauth;
mod pages;
mod provisioning_log;
mod races;
mod rates;
mod reindex;
mod schemas;
mod serve;
mod serve_tls;
mod simulate;
mod tokens;
