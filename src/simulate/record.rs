//! Keeps count while a run goes on: checks by phase and level, and the exchanges that failed.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use super::check::{Level, cut};
use super::exchange::{Answer, Counts, Exchanger, Request};
use super::report::{FailedCheck, Finding, LevelScore, PhaseScore, Score, Traffic};
use super::scenario::{Phase, Step};

/// How many kinds of failing exchange are shown.
const MOST_SHOWN: usize = 20;
/// How many characters of a body are shown.
const MOST_CHARACTERS: usize = 1000;

/// The tally of a run.
#[derive(Default)]
pub(super) struct Record {
    scores: BTreeMap<(usize, Level), Score>,
    findings: BTreeMap<Key, (usize, Finding)>,
    pub(super) not_sent: u64,
    pub(super) transport_failures: u64,
    /// Requests without an answer since the last one with one.
    pub(super) silent: u32,
}

/// What makes failures the same: the step, the status and the first check that failed; in the document's order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    step: usize,
    status: Option<u16>,
    check: Option<usize>,
}

/// A failing exchange, as it happened.
pub(super) struct Failure<'a> {
    pub(super) phase: &'a str,
    pub(super) step: &'a Step,
    /// The number of the user or group it was for.
    pub(super) item: usize,
    pub(super) request: &'a Request,
    pub(super) answer: Option<&'a Answer>,
    /// The failed checks with their places in the step.
    pub(super) failed: Vec<(usize, FailedCheck)>,
}

impl Record {
    /// Counts a check.
    pub(super) fn check(&mut self, phase: usize, level: Level, passed: bool) {
        self.scores.entry((phase, level)).or_default().add(passed);
    }

    /// Whether all checks of a phase and level held.
    pub(super) fn is_full(&self, phase: usize, level: Level) -> bool {
        self.score(phase, level).is_full()
    }

    /// How many checks failed so far.
    pub(super) fn failed(&self) -> u64 {
        let failed = |score: &Score| score.made - score.passed;
        self.scores.values().map(failed).sum()
    }

    fn score(&self, phase: usize, level: Level) -> Score {
        self.scores
            .get(&(phase, level))
            .copied()
            .unwrap_or_default()
    }

    /// Keeps a failing exchange, or counts it when the like of it is there already.
    pub(super) fn failure(&mut self, failure: Failure<'_>, exchanger: &Exchanger) {
        let key = Key {
            step: failure.step.number,
            status: failure.answer.map(|answer| answer.status),
            check: failure.failed.iter().map(|(place, _)| *place).min(),
        };
        let count = self.findings.get(&key).map_or(0, |(_, known)| known.count) + 1;
        // The one with the most failed checks is shown; of equals the first, so that every run shows the same.
        if let Some((item, known)) = self.findings.get_mut(&key)
            && (known.failed.len(), failure.item) >= (failure.failed.len(), *item)
        {
            known.count = count;
            return;
        }
        let shown = |text: &str| cut(&exchanger.redacted(text), MOST_CHARACTERS);
        let request = failure.request;
        let mut failed: Vec<FailedCheck> =
            failure.failed.into_iter().map(|(_, check)| check).collect();
        for check in &mut failed {
            check.expected = shown(&check.expected);
            check.found = shown(&check.found);
        }
        let finding = Finding {
            phase: failure.phase.to_owned(),
            step: failure.step.name.clone(),
            count,
            failed,
            request: shown(&format!("{} {}", request.method, request.path)),
            request_body: request.body.as_deref().map(shown),
            status: failure.answer.map(|answer| answer.status),
            answer_body: failure
                .answer
                .map(|answer| shown(&answer.text))
                .unwrap_or_default(),
        };
        self.findings.insert(key, (failure.item, finding));
    }

    /// The findings to show, and how many are not.
    pub(super) fn findings(&self) -> (Vec<Finding>, usize) {
        let all = self.findings.values().map(|(_, finding)| finding);
        let shown: Vec<Finding> = all.take(MOST_SHOWN).cloned().collect();
        let more = self.findings.len() - shown.len();
        (shown, more)
    }

    /// The scores by phase.
    pub(super) fn phases(&self, phases: &[Phase]) -> Vec<PhaseScore> {
        let of_phase = |(number, phase): (usize, &Phase)| {
            let levels: Vec<LevelScore> = Level::ALL
                .map(|level| LevelScore {
                    level: level.name(),
                    score: self.score(number, level),
                })
                .into();
            PhaseScore {
                phase: phase.name.clone(),
                score: sum(levels.iter().map(|of| of.score)),
                levels,
            }
        };
        phases.iter().enumerate().map(of_phase).collect()
    }

    /// The scores by level.
    pub(super) fn levels(&self) -> Vec<LevelScore> {
        let of_level = |level: Level| {
            let scores = self.scores.iter();
            LevelScore {
                level: level.name(),
                score: sum(scores
                    .filter(|((_, of), _)| *of == level)
                    .map(|(_, score)| *score)),
            }
        };
        Level::ALL.map(of_level).into()
    }

    /// What was sent.
    pub(super) fn traffic(&self, counts: &Counts, seconds: f64) -> Traffic {
        let mut times = counts
            .times
            .lock()
            .map(|times| times.clone())
            .unwrap_or_default();
        times.sort_unstable();
        let within = |share: usize| {
            let place = (times.len() * share / 100).min(times.len().saturating_sub(1));
            times.get(place).copied().unwrap_or_default()
        };
        Traffic {
            requests: counts.requests.load(Ordering::Relaxed),
            retries: counts.retries.load(Ordering::Relaxed),
            waited_seconds: counts.waited.load(Ordering::Relaxed),
            transport_failures: self.transport_failures,
            not_sent: self.not_sent,
            seconds,
            median_milliseconds: within(50),
            slow_milliseconds: within(95),
            slowest_milliseconds: within(100),
        }
    }
}

/// All scores together.
pub(super) fn sum(scores: impl Iterator<Item = Score>) -> Score {
    scores.fold(Score::default(), |sum, score| Score {
        passed: sum.passed + score.passed,
        made: sum.made + score.made,
    })
}
