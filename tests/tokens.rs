//! Opaque tokens: how long they live, what they allow, what passwords ask of them.

mod lives;
mod passwords;
mod scopes;
