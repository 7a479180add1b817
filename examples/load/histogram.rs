//! Counts of latencies in classes that are less than one percent wide.

use std::time::Duration;

/// Values below are counted exactly; above, each power of two has half as many classes.
const EXACT: u64 = 256;
const EXACT_BITS: u32 = EXACT.trailing_zeros();

/// Latencies in microseconds.
#[derive(Default)]
pub(crate) struct Histogram {
    counts: Vec<u32>,
    total: u32,
    largest: u64,
}

/// The class of a value, and the largest value of a class.
fn class(micros: u64) -> usize {
    let bits = u64::BITS - micros.leading_zeros();
    let shift = bits.saturating_sub(EXACT_BITS);
    let class = u64::from(shift) * (EXACT / 2) + (micros >> shift);
    usize::try_from(class).unwrap_or(usize::MAX)
}

fn upper(class: usize) -> u64 {
    let class = u64::try_from(class).unwrap_or(u64::MAX);
    if class < EXACT {
        return class;
    }
    let shift = class / (EXACT / 2) - 1;
    let start = class - shift * (EXACT / 2);
    ((start + 1) << shift) - 1
}

fn millis(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64() * 1000.0
}

impl Histogram {
    /// Counts a latency.
    pub(crate) fn record(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        let class = class(micros);
        if self.counts.len() <= class {
            self.counts.resize(class + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(class) {
            *count = count.saturating_add(1);
        }
        self.total = self.total.saturating_add(1);
        self.largest = self.largest.max(micros);
    }

    /// Takes over what another one counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count = count.saturating_add(*more);
        }
        self.total = self.total.saturating_add(other.total);
        self.largest = self.largest.max(other.largest);
    }

    /// How many were counted.
    pub(crate) fn total(&self) -> u32 {
        self.total
    }

    /// The largest latency in ms.
    pub(crate) fn largest(&self) -> f64 {
        millis(self.largest)
    }

    /// The latency in ms that `percent` of the requests did not exceed.
    pub(crate) fn percentile(&self, percent: u64) -> f64 {
        let rank = (u64::from(self.total) * percent).div_ceil(100).max(1);
        let mut seen = 0;
        for (class, count) in self.counts.iter().enumerate() {
            seen += u64::from(*count);
            if seen >= rank {
                return millis(upper(class).min(self.largest));
            }
        }
        0.0
    }

    /// For each power of two of microseconds in use: its end in ms, and how many lie below it
    /// and not below the one before.
    pub(crate) fn coarse(&self) -> Vec<(f64, u32)> {
        let mut steps: Vec<(u64, u32)> = Vec::new();
        for (class, count) in self
            .counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
        {
            let end = (upper(class) + 1).next_power_of_two();
            match steps.last_mut() {
                Some((last, sum)) if *last == end => *sum = sum.saturating_add(*count),
                _ => steps.push((end, *count)),
            }
        }
        steps
            .into_iter()
            .map(|(end, count)| (millis(end), count))
            .collect()
    }
}
