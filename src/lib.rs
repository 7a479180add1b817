//! Muster, a SCIM 2.0 service provider: identity providers push users and groups in over `/Users` and `/Groups`;
//! applications read them and trust what they read.
//!
//! # The map
//!
//! | Module | What it is | May use |
//! |---|---|---|
//! | [`error`] | one error type; kind → status and `scimType` | |
//! | [`json`] | strict JSON | `error` |
//! | [`language`], [`mail`] | words in the languages of people; letters, and the ways they take | `error` |
//! | [`schema`] | which attributes exist; validation and projection | `error`, `json` |
//! | [`filter`] | the query language: text → filter → predicate | `schema` |
//! | [`resource`] | one resource in memory; PATCH; the reference semantics of filters | `filter`, `schema` |
//! | [`store`] | the only code that knows SQL | the pure modules |
//! | [`auth`] | who calls, and what they may do | `store` |
//! | [`service`] | the operations of RFC 7644 §3; each tenant's registry of schemas; accounts of people | `store`, `auth`, `mail` |
//! | [`listen`] | connections and their limits, TLS, who is behind a proxy | `error` |
//! | [`http`] | the routes: the only code that knows addresses | `service`, `auth`, `listen` |
//! | [`simulate`] | provisioning clients played against any server | `error` |
//! | [`config`], [`server`], [`cli`] | settings, a running server, the command line | all |
//!
//! Dependencies point downwards only; a test enforces it (`tests/architecture.rs`).
//!
//! # A request's way
//!
//! `http` extracts the caller, the tenant's schemas and the body → `service` opens a transaction of the `store`, lets `schema` validate, `resource`
//! patch and the `store` write rows, index and the `change` row → commit → `schema::project` cuts the answer → `http` responds.

pub mod auth;
pub mod cli;
pub mod config;
pub mod error;
pub mod filter;
pub mod http;
pub mod json;
pub mod language;
pub mod listen;
pub mod mail;
pub mod resource;
pub mod schema;
pub mod server;
pub mod service;
pub mod simulate;
pub mod store;
