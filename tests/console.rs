//! The console over HTTP: what operators see and do, and what nobody may.

mod connections;
mod dashboard;
mod frame;
mod groups;
mod operators;
mod people;
mod person;
mod support;
