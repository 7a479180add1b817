//! The token endpoint, its clients, and the tokens it gives out.

mod access_tokens;
mod assertions;
mod clients;
mod endpoint;
mod keys;
mod refusals;
