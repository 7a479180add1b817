//! How fast new connections are taken up: a thousand that come at once must not hold up those who are here already.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// New connections that are taken up in a turn, for two cores, and how long it is at least.
const PER_TWO_CORES: usize = 3;
const TURN: Duration = Duration::from_millis(1);

/// Counts them, and rests when there were enough in a turn.
#[derive(Debug)]
pub(super) struct Pace {
    max: usize,
    taken: usize,
    since: Instant,
}

impl Pace {
    pub(super) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            max: (cores * PER_TWO_CORES).div_ceil(2),
            taken: 0,
            since: Instant::now(),
        }
    }

    /// Counts one more.
    pub(super) async fn keep(&mut self) {
        if self.since.elapsed() >= TURN {
            (self.taken, self.since) = (0, Instant::now());
        }
        self.taken += 1;
        if self.taken >= self.max {
            sleep(TURN).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_turn_has_only_so_many() {
        let mut pace = Pace::new();
        let begin = Instant::now();
        for _ in 0..pace.max * 20 {
            pace.keep().await;
        }
        assert!(begin.elapsed() >= TURN * 20);
    }
}
