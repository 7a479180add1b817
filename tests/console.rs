//! The console over HTTP: what operators see and do, and what nobody may.

mod frame;
mod groups;
mod operators;
mod support;
