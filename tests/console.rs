//! The console over HTTP: what operators see and do, and what nobody may.

mod attributes;
mod audit;
mod frame;
mod log;
mod settings;
mod support;
mod workbench;
