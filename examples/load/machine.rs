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

/// What processors have done since the machine started, in ticks, and what of it others got who share them (`steal`).
#[derive(Clone, Copy)]
pub(crate) struct Ticks {
    all: f64,
    stolen: f64,
}

/// Where the system tells (`/proc/stat`, of Linux).
pub(crate) fn ticks() -> Option<Ticks> {
    let text = std::fs::read_to_string("/proc/stat").ok()?;
    let line = text.lines().next()?.strip_prefix("cpu ")?;
    // user, nice, system, idle, iowait, irq, softirq, steal; what guests take is in user.
    let parts: Vec<f64> = line
        .split_whitespace()
        .take(8)
        .map_while(|part| part.parse().ok())
        .collect();
    Some(Ticks {
        all: parts.iter().sum(),
        stolen: *parts.get(7)?,
    })
}

impl Ticks {
    /// The share of all processors' time that others got since then, in percent.
    pub(crate) fn stolen_until(self, later: Self) -> f64 {
        100.0 * (later.stolen - self.stolen) / (later.all - self.all).max(1.0)
    }
}

/// What a line of the table was measured on.
#[derive(Clone, Copy, Default)]
pub(crate) struct Machine {
    /// [`speed`] before and after it, the middle.
    pub(crate) speed: Option<f64>,
    /// Percent of the processors' time that others got meanwhile.
    pub(crate) stolen: Option<f64>,
}
