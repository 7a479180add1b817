//! Deletes what a run made. Nothing here is scored: a server that cannot delete is told about in one line.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::exchange::Request;
use super::report::Cleanup;
use super::run::Run;
use super::scenario::Retry;

/// How long cleaning up may take in all.
const TIMEOUT: Duration = Duration::from_mins(5);
/// How many deletions at a time.
const PARALLEL: usize = 4;
/// How often a deletion is tried again after 429 or 503, also for clients that would not.
const ATTEMPTS: u32 = 5;
/// How many paths of what is left are shown.
const MOST_EXAMPLES: usize = 5;

impl Run<'_> {
    /// Deletes groups first, then the rest. Things whose deletion was confirmed are not asked for again.
    pub(super) async fn clean_up(&self) -> Cleanup {
        let ours = self.state().ours.clone();
        let (gone, mut paths): (Vec<_>, Vec<_>) =
            ours.into_iter().partition(|(_, is_gone)| *is_gone);
        paths.sort_by_key(|((endpoint, _), _)| endpoint == "/Users");
        let paths: Vec<String> = paths
            .into_iter()
            .map(|((endpoint, id), _)| format!("{endpoint}/{id}"))
            .collect();
        let mut cleanup = Cleanup {
            deleted: gone.len(),
            ..Cleanup::default()
        };
        let mut left: BTreeSet<String> = paths.iter().cloned().collect();
        let deletions = stream::iter(paths)
            .map(async |path| {
                let done = self.delete(&path).await;
                (path, done)
            })
            .buffer_unordered(PARALLEL);
        let deletions = deletions.filter_map(async |(path, done)| done.then_some(path));
        let all = deletions.for_each(|path| {
            cleanup.deleted += 1;
            left.remove(&path);
            std::future::ready(())
        });
        _ = tokio::time::timeout(TIMEOUT, all).await;
        cleanup.left = left.len();
        cleanup.examples = left.into_iter().take(MOST_EXAMPLES).collect();
        cleanup
    }

    async fn delete(&self, path: &str) -> bool {
        let headers = self.scenario.headers.iter();
        let headers = headers.filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        let request = Request {
            method: "DELETE".to_owned(),
            path: path.to_owned(),
            headers: headers
                .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.clone()?)))
                .collect(),
            body: None,
        };
        let retry = Retry {
            attempts: ATTEMPTS,
            ..Retry::default()
        };
        let answer = self.exchanger.send_with(&request, &retry).await;
        answer.is_ok_and(|answer| (200..300).contains(&answer.status) || answer.status == 404)
    }
}
