//! What a run found, for people and for programs.

use std::fmt;

use serde::Serialize;

use super::check::Level;

/// The result of a run.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The client's name for people.
    pub client: String,
    /// What is simulated, in a sentence or two.
    pub about: String,
    /// The server's base URL.
    pub server: String,
    /// What the data was made from; the same seed makes the same run.
    pub seed: u64,
    /// The prefix of all names of the run.
    pub prefix: String,
    /// How many users were made.
    pub users: usize,
    /// How many groups were made.
    pub groups: usize,
    /// All checks.
    pub score: Score,
    /// The checks by level, the heaviest first.
    pub levels: Vec<LevelScore>,
    /// The checks by phase, in order.
    pub phases: Vec<PhaseScore>,
    /// What was sent, and how long the answers took.
    pub traffic: Traffic,
    /// The failing exchanges, identical ones counted; at most 20.
    pub findings: Vec<Finding>,
    /// How many more kinds of failing exchange there were.
    pub more_findings: usize,
    /// Why the run ended early, if it did.
    pub stopped: Option<String>,
    /// What became of the data.
    pub cleanup: Cleanup,
}

/// Checks that passed, of those made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Score {
    /// How many held.
    pub passed: u64,
    /// How many were made.
    pub made: u64,
}

/// The checks of one level.
#[derive(Debug, Serialize)]
pub struct LevelScore {
    /// must, should or vendor.
    pub level: &'static str,
    /// Its checks.
    #[serde(flatten)]
    pub score: Score,
}

/// The checks of one phase.
#[derive(Debug, Serialize)]
pub struct PhaseScore {
    /// The phase's name.
    pub phase: String,
    /// All its checks.
    #[serde(flatten)]
    pub score: Score,
    /// Its checks by level, the heaviest first.
    pub levels: Vec<LevelScore>,
}

/// What was sent.
#[derive(Debug, Default, Serialize)]
pub struct Traffic {
    /// Requests in all, with those that were tried again and those that cleaned up.
    pub requests: u64,
    /// How often a request was sent again after 429 or 503.
    pub retries: u64,
    /// Seconds waited for that.
    pub waited_seconds: u64,
    /// Requests that got no answer.
    pub transport_failures: u64,
    /// Requests that could not be sent because an earlier one failed.
    pub not_sent: u64,
    /// How long the run took.
    pub seconds: f64,
    /// Half of the answers came within so many milliseconds.
    pub median_milliseconds: u64,
    /// 95 of 100 answers came within so many milliseconds.
    pub slow_milliseconds: u64,
    /// The slowest answer.
    pub slowest_milliseconds: u64,
}

/// A failing exchange.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// The phase it belongs to.
    pub phase: String,
    /// The step's name.
    pub step: String,
    /// How often the step failed in the same way.
    pub count: u64,
    /// The checks that failed, the heaviest level first.
    pub failed: Vec<FailedCheck>,
    /// Method and path of the first such request.
    pub request: String,
    /// Its body, cut.
    pub request_body: Option<String>,
    /// The status of the answer; none when there was no answer.
    pub status: Option<u16>,
    /// The answer's body, cut.
    pub answer_body: String,
}

/// A check that failed.
#[derive(Debug, Clone, Serialize)]
pub struct FailedCheck {
    /// must, should or vendor.
    pub level: &'static str,
    /// What was expected.
    pub expected: String,
    /// What there was instead.
    pub found: String,
    /// Why it matters to this client.
    pub why: String,
}

/// What became of the data.
#[derive(Debug, Default, Serialize)]
pub struct Cleanup {
    /// Whether the data was to stay.
    pub kept: bool,
    /// Resources that were deleted or had gone before.
    pub deleted: usize,
    /// Resources that are still there.
    pub left: usize,
    /// The first few of those, as paths.
    pub examples: Vec<String>,
}

impl Report {
    /// Whether every check of the must level held, every request got an answer, and the run came to its end.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        let must = self.levels.iter().find(|of| of.level == Level::Must.name());
        must.is_none_or(|must| must.score.is_full())
            && self.traffic.transport_failures == 0
            && self.stopped.is_none()
    }

    /// The score by phase and level, as rows of equal length; the first is the heading.
    #[must_use]
    pub fn rows(&self) -> Vec<Vec<String>> {
        let heading = ["PHASE", "PASSED", "MUST", "SHOULD", "VENDOR"];
        let mut rows = vec![heading.map(str::to_owned).to_vec()];
        for phase in &self.phases {
            let mut row = vec![phase.phase.clone(), phase.score.to_string()];
            row.extend(phase.levels.iter().map(|of| of.score.to_string()));
            rows.push(row);
        }
        let mut total = vec!["in all".to_owned(), self.score.to_string()];
        total.extend(self.levels.iter().map(|of| of.score.to_string()));
        rows.push(total);
        rows
    }
}

impl Score {
    /// Counts a check.
    pub fn add(&mut self, passed: bool) {
        self.made += 1;
        self.passed += u64::from(passed);
    }

    /// Whether nothing failed.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.passed == self.made
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.made == 0 {
            return f.write_str("-");
        }
        write!(f, "{}/{}", self.passed, self.made)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} against {}", self.client, self.server)?;
        writeln!(f, "{}", self.about)?;
        writeln!(
            f,
            "{} users, {} groups, seed {}, names begin with {}\n",
            self.users, self.groups, self.seed, self.prefix
        )?;
        let rows = self.rows();
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..5).map(width).collect();
        for row in &rows {
            let cells = row.iter().zip(&widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            writeln!(f, "  {}", cells.join("  ").trim_end())?;
        }
        writeln!(f, "\n{}", self.traffic)?;
        write!(f, "{}", self.cleanup)?;
        if let Some(reason) = &self.stopped {
            writeln!(f, "The run ended early: {reason}.")?;
        }
        for (number, finding) in self.findings.iter().enumerate() {
            write!(f, "\n{}. {finding}", number + 1)?;
        }
        if self.more_findings > 0 {
            writeln!(f, "\nand {} more kinds of failure", self.more_findings)?;
        }
        let verdict = match &self.stopped {
            _ if self.is_passed() => "passed",
            Some(_) => "NOT FINISHED",
            None => "FAILED",
        };
        writeln!(f, "\n{verdict}: {} checks held", self.score)
    }
}

impl fmt::Display for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} requests in {:.1} s; answers within {} ms (half), {} ms (95 of 100), {} ms (all)",
            self.requests,
            self.seconds,
            self.median_milliseconds,
            self.slow_milliseconds,
            self.slowest_milliseconds
        )?;
        if self.retries > 0 {
            let (retries, waited) = (self.retries, self.waited_seconds);
            write!(
                f,
                "\n{retries} tried again after 429 or 503, {waited} s waited"
            )?;
        }
        if self.transport_failures > 0 {
            write!(f, "\n{} without an answer", self.transport_failures)?;
        }
        if self.not_sent > 0 {
            let not_sent = self.not_sent;
            write!(
                f,
                "\n{not_sent} not sent, because what they need had failed"
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Cleanup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kept {
            return writeln!(f, "{} resources were kept.", self.left);
        }
        if self.left == 0 {
            return writeln!(
                f,
                "All that was made is deleted ({} resources).",
                self.deleted
            );
        }
        writeln!(
            f,
            "{} resources could not be deleted: {} …",
            self.left,
            self.examples.join(", ")
        )
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.phase, self.step)?;
        if self.count > 1 {
            write!(f, " ({} times)", self.count)?;
        }
        writeln!(f)?;
        for check in &self.failed {
            writeln!(f, "   [{}] expected {}", check.level, check.expected)?;
            writeln!(f, "          found {}", check.found)?;
            writeln!(f, "          why: {}", check.why)?;
        }
        writeln!(f, "   > {}", self.request)?;
        if let Some(body) = &self.request_body {
            writeln!(f, "   > {body}")?;
        }
        match self.status {
            Some(status) => writeln!(f, "   < {status}")?,
            None => writeln!(f, "   < no answer")?,
        }
        for line in self.answer_body.lines() {
            writeln!(f, "   < {line}")?;
        }
        Ok(())
    }
}
