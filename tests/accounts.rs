//! Accounts over HTTP: what people, operators and provisioning clients can do to them, and what nobody can.

mod api;
mod browser;
mod command_line;
mod endings;
mod leaving;
mod links;
mod lockout;
mod operators;
mod pages;
mod passwords;
mod rates;
mod registering;
mod rules;
mod sessions;
mod takeover;
pub(crate) mod world;
