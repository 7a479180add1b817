//! The console over HTTP: what operators see and do, and what nobody may.

mod frame;
mod person;
mod support;
