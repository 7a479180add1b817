//! Accounts over HTTP: what people, operators and provisioning clients can do to them, and what nobody can.

mod api;
pub(crate) mod browser;
mod command_line;
mod endings;
mod first_owner;
mod leaving;
mod links;
mod lockout;
mod operators;
mod pages;
mod passwords;
mod rates;
mod registering;
mod rules;
mod second_factor;
mod sessions;
mod takeover;
pub(crate) mod world;
