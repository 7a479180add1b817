//! A line of those who wait for tasks that serve them. The tasks run while there is anybody.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::Error;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Who waits: what for, and where the answer goes to.
pub(super) struct Place<A, R> {
    number: u64,
    pub what: A,
    pub answer: oneshot::Sender<R>,
}

/// The line.
pub(super) struct Line<A, R> {
    waiting: Mutex<Waiting<A, R>>,
    /// How many tasks serve it at most.
    most: usize,
    /// How long the turn is waited for.
    patience: Duration,
}

struct Waiting<A, R> {
    places: VecDeque<Place<A, R>>,
    /// How many have come.
    count: u64,
    /// How many tasks serve them.
    serving: usize,
}

impl<A, R> Line<A, R> {
    pub(super) fn new(most: usize, patience: Duration) -> Arc<Self> {
        Arc::new(Self {
            waiting: Mutex::new(Waiting {
                places: VecDeque::new(),
                count: 0,
                serving: 0,
            }),
            most,
            patience,
        })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<A, R>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits in line, for the answer. Where fewer tasks than may be serve the line, another one begins.
    ///
    /// # Errors
    /// `PoolTimedOut` when the turn does not come in time; `WorkerCrashed`.
    pub(super) async fn wait<S>(&self, what: A, serve: impl FnOnce() -> S) -> Result<R, Error>
    where
        S: Future<Output = ()> + Send + 'static,
    {
        let (answer, mut answered) = oneshot::channel();
        let number = {
            let mut waiting = self.waiting();
            waiting.count += 1;
            let number = waiting.count;
            waiting.places.push_back(Place {
                number,
                what,
                answer,
            });
            if waiting.serving < self.most {
                waiting.serving += 1;
                tokio::spawn(serve());
            }
            number
        };
        let gone = |_| Error::WorkerCrashed;
        if let Ok(outcome) = timeout(self.patience, &mut answered).await {
            return outcome.map_err(gone);
        }
        {
            let mut waiting = self.waiting();
            let mut places = waiting.places.iter();
            let place = places.position(|place| place.number == number);
            if let Some(place) = place {
                waiting.places.remove(place);
                return Err(Error::PoolTimedOut);
            }
        }
        // Its turn has come.
        answered.await.map_err(gone)
    }

    /// The first in line. Whoever has gone away is passed over.
    pub(super) fn next(&self) -> Option<Place<A, R>> {
        let mut waiting = self.waiting();
        while let Some(place) = waiting.places.pop_front() {
            if !place.answer.is_closed() {
                return Some(place);
            }
        }
        None
    }

    /// The first in line, and up to `most` with those behind who are like the first.
    pub(super) fn next_alike(
        &self,
        most: usize,
        is_alike: impl Fn(&A, &A) -> bool,
    ) -> Vec<Place<A, R>> {
        let Some(first) = self.next() else {
            return Vec::new();
        };
        let mut alike = vec![first];
        let mut others = VecDeque::new();
        let mut waiting = self.waiting();
        while alike.len() < most
            && let Some(place) = waiting.places.pop_front()
        {
            if place.answer.is_closed() {
                continue;
            }
            if alike
                .first()
                .is_some_and(|first| is_alike(&first.what, &place.what))
            {
                alike.push(place);
            } else {
                others.push_back(place);
            }
        }
        others.append(&mut waiting.places);
        waiting.places = others;
        alike
    }
}

/// A task that serves a line: nobody waits for one that is gone.
pub(super) struct Serving<A, R> {
    line: Arc<Line<A, R>>,
    is_over: bool,
}

impl<A, R> Serving<A, R> {
    /// One that has been counted by [`Line::wait`].
    pub(super) fn begun(line: &Arc<Line<A, R>>) -> Self {
        Self {
            line: Arc::clone(line),
            is_over: false,
        }
    }

    /// Whether the task may end.
    pub(super) fn is_over(&mut self) -> bool {
        let mut waiting = self.line.waiting();
        self.is_over = waiting.places.is_empty();
        if self.is_over {
            waiting.serving -= 1;
        }
        self.is_over
    }
}

impl<A, R> Drop for Serving<A, R> {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let mut waiting = self.line.waiting();
        waiting.serving -= 1;
        if waiting.serving == 0 {
            waiting.places.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::sync::Semaphore;
    use tokio::time::sleep;

    use super::*;

    type Numbers = Line<u32, u32>;

    fn line(most: usize) -> Arc<Numbers> {
        Line::new(most, Duration::from_millis(50))
    }

    /// Serves as soon as there is a permit for each.
    async fn serve(line: Arc<Numbers>, gate: Arc<Semaphore>) {
        let mut serving = Serving::begun(&line);
        loop {
            gate.acquire().await.unwrap().forget();
            if let Some(place) = line.next() {
                _ = place.answer.send(place.what * 2);
            }
            if serving.is_over() {
                return;
            }
        }
    }

    async fn ask(line: &Arc<Numbers>, number: u32, gate: &Arc<Semaphore>) -> Result<u32, Error> {
        let serve = || serve(Arc::clone(line), Arc::clone(gate));
        line.wait(number, serve).await
    }

    #[tokio::test]
    async fn each_is_answered_by_as_many_tasks_as_there_may_be() {
        for most in [1, 3] {
            let (line, gate) = (line(most), Arc::new(Semaphore::new(1_000)));
            for _ in 0..2 {
                let (a, b, c) = tokio::join!(
                    ask(&line, 1, &gate),
                    ask(&line, 2, &gate),
                    ask(&line, 3, &gate)
                );
                assert_eq!((a.unwrap(), b.unwrap(), c.unwrap()), (2, 4, 6));
                assert_eq!(line.waiting().serving, 0);
            }
        }
    }

    #[tokio::test]
    async fn whoever_is_not_served_in_time_leaves_the_line() {
        let (line, gate) = (line(1), Arc::new(Semaphore::new(0)));
        let refused = ask(&line, 1, &gate).await;
        assert!(matches!(refused, Err(Error::PoolTimedOut)));
        assert!(line.waiting().places.is_empty());
        // And whoever is served too late, but is served, waits for the end.
        let late = async {
            let place = loop {
                match line.next() {
                    Some(place) => break place,
                    None => sleep(Duration::from_millis(1)).await,
                }
            };
            sleep(Duration::from_millis(80)).await;
            _ = place.answer.send(7);
        };
        let (answer, ()) = tokio::join!(ask(&line, 3, &gate), late);
        assert_eq!(answer.unwrap(), 7);
    }

    #[tokio::test]
    async fn nobody_waits_for_a_task_that_is_gone() {
        let line = line(1);
        let gone = || {
            let serving = Serving::begun(&line);
            async move {
                drop(serving);
            }
        };
        assert!(matches!(
            line.wait(1, gone).await,
            Err(Error::WorkerCrashed)
        ));
        assert_eq!(line.waiting().serving, 0);
        // The next one begins another.
        let gate = Arc::new(Semaphore::new(1));
        assert_eq!(ask(&line, 4, &gate).await.unwrap(), 8);
    }

    #[tokio::test]
    async fn those_alike_go_together_and_the_others_keep_their_order() {
        let line = line(1);
        let mut waiting = Vec::new();
        for number in [2, 3, 4, 5, 6, 8] {
            let line = Arc::clone(&line);
            waiting.push(tokio::spawn(
                async move { line.wait(number, pending).await },
            ));
            tokio::task::yield_now().await;
        }
        // Whoever goes away is passed over.
        waiting[0].abort();
        tokio::task::yield_now().await;
        let numbers = |places: Vec<Place<u32, u32>>| -> Vec<u32> {
            places.into_iter().map(|place| place.what).collect()
        };
        let alike = |a: &u32, b: &u32| a % 2 == b % 2;
        assert_eq!(numbers(line.next_alike(8, alike)), [3, 5]);
        assert_eq!(numbers(line.next_alike(2, alike)), [4, 6]);
        assert_eq!(numbers(line.next_alike(2, alike)), [8]);
        assert!(line.next_alike(2, alike).is_empty());
    }
}
