//! The `muster` program.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use tokio::runtime::Builder;

/// Pages of a hundred resources are a fifth more a second than with the system's (docs/speed.md). SQLite allocates with it as well.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// After so many steps of its tasks a thread looks for what the network has brought. With the library's 61, a request that comes in the
/// middle of a burst waits for that many others.
const STEPS_BETWEEN_LOOKS: u32 = 11;

fn main() -> ExitCode {
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .event_interval(STEPS_BETWEEN_LOOKS)
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(muster::cli::run()),
        Err(error) => {
            eprintln!("muster: the threads of the program could not be started: {error}");
            ExitCode::FAILURE
        }
    }
}
