//! The console over HTTP: what operators see and do, and what nobody may.

mod addresses;
mod as_customer;
mod attributes;
mod audit;
mod connections;
mod dashboard;
mod frame;
mod groups;
mod log;
mod operators;
mod people;
mod person;
mod settings;
mod support;
mod workbench;
