//! How long the pure parts of a request take, without HTTP and without a database: `cargo bench --bench pure`.
//!
//! Where a size is given, a step that grows faster than its input shows as a falling number of elements per second. Nothing is
//! asserted about time; each input is tried once before it is measured, so that no error is measured instead.

mod filters;
mod incoming;
mod patches;
mod projections;
mod queries;
mod samples;

use std::error::Error;
use std::time::Duration;

use criterion::{Bencher, BenchmarkId, Criterion, Throughput};

use crate::samples::Samples;

/// What a step of the program returns.
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20)
        .nresamples(10_000)
        .configure_from_args();
    let samples = Samples::new()?;
    filters::run(&mut criterion, &samples)?;
    incoming::run(&mut criterion, &samples)?;
    patches::run(&mut criterion, &samples)?;
    projections::run(&mut criterion, &samples)?;
    queries::run(&mut criterion, &samples)?;
    criterion.final_summary();
    Ok(())
}

/// Measures one thing; with a size, it is also told how many elements a second are.
fn measure(
    criterion: &mut Criterion,
    (group, name, size): (&str, &str, Option<usize>),
    routine: impl FnMut(&mut Bencher<'_>),
) -> Outcome<()> {
    let mut group = criterion.benchmark_group(group);
    let id = match size {
        Some(size) => {
            group.throughput(Throughput::Elements(u64::try_from(size)?));
            BenchmarkId::new(name, size)
        }
        None => BenchmarkId::from_parameter(name),
    };
    group.bench_function(id, routine);
    group.finish();
    Ok(())
}

/// Stops where a sample is not what it is meant to be.
fn ensure(holds: bool, what: &str) -> Outcome<()> {
    if holds { Ok(()) } else { Err(what.into()) }
}
