//! How fast the machine itself is just now: virtual ones change from minute to minute, and a rate says little without it.

use std::hash::{DefaultHasher, Hasher};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one look takes.
const LOOK: Duration = Duration::from_millis(40);
/// What is hashed again and again; it fits into the nearest cache.
const PORTION: usize = 16 * 1024;

/// MiB that one core hashes in a second (SipHash-1-3 of the standard library).
pub(crate) fn speed() -> f64 {
    let portion = [7_u8; PORTION];
    let mut hasher = DefaultHasher::new();
    let start = Instant::now();
    let mut portions = 0_u32;
    while start.elapsed() < LOOK {
        hasher.write(black_box(&portion));
        portions += 1;
    }
    black_box(hasher.finish());
    f64::from(portions) / 64.0 / start.elapsed().as_secs_f64()
}
