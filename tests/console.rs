//! The console over HTTP: what operators see and do, and what nobody may.

mod connections;
mod dashboard;
mod frame;
mod people;
mod support;
