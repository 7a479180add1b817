//! The `muster` program.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    muster::cli::run().await
}
