//! In which order operations are carried out: as they were sent, except that what one refers to comes first.

use std::collections::BTreeSet;

/// Groups operations that refer to each other in circles, and orders the groups: each waits for those it refers to, and otherwise
/// they stay as they were sent. `needs` lists, for each operation, the operations it refers to.
pub(super) fn units(needs: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    let circles = circles(needs);
    let mut home = vec![0; needs.len()];
    for (circle, operations) in circles.iter().enumerate() {
        for operation in operations {
            if let Some(home) = home.get_mut(*operation) {
                *home = circle;
            }
        }
    }
    let home = |operation: &usize| home.get(*operation).copied().unwrap_or_default();
    let mut waiting: Vec<BTreeSet<usize>> = Vec::with_capacity(circles.len());
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); circles.len()];
    for (circle, operations) in circles.iter().enumerate() {
        let needed = operations
            .iter()
            .filter_map(|operation| needs.get(*operation));
        let needed: BTreeSet<usize> = needed
            .flatten()
            .map(home)
            .filter(|other| *other != circle)
            .collect();
        for other in &needed {
            if let Some(followers) = followers.get_mut(*other) {
                followers.push(circle);
            }
        }
        waiting.push(needed);
    }
    // The ready ones by their first operation.
    let first = |circle: usize| {
        circles
            .get(circle)
            .and_then(|circle| circle.first().copied())
    };
    let mut ready: BTreeSet<(Option<usize>, usize)> = waiting
        .iter()
        .enumerate()
        .filter(|(_, needed)| needed.is_empty())
        .map(|(circle, _)| (first(circle), circle))
        .collect();
    let mut units = Vec::with_capacity(circles.len());
    while let Some((_, circle)) = ready.pop_first() {
        units.extend(circles.get(circle).cloned());
        for follower in followers.get(circle).into_iter().flatten() {
            let Some(needed) = waiting.get_mut(*follower) else {
                continue;
            };
            needed.remove(&circle);
            if needed.is_empty() {
                ready.insert((first(*follower), *follower));
            }
        }
    }
    units
}

/// The operations that refer to each other in circles, and every other one by itself (Tarjan's algorithm). Without recursion: a
/// chain may be as long as the request.
fn circles(needs: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search {
        needs,
        numbers: vec![None; needs.len()],
        lowest: vec![0; needs.len()],
        open: Vec::new(),
        next: 0,
        units: Vec::new(),
    };
    for start in 0..needs.len() {
        if search.number(start).is_none() {
            search.visit(start);
        }
    }
    search.units
}

struct Search<'a> {
    needs: &'a [BTreeSet<usize>],
    /// When an operation was met first.
    numbers: Vec<Option<usize>>,
    /// The earliest operation that can be reached from it.
    lowest: Vec<usize>,
    /// Operations that are not in a unit yet.
    open: Vec<usize>,
    next: usize,
    units: Vec<Vec<usize>>,
}

impl Search<'_> {
    fn number(&self, operation: usize) -> Option<usize> {
        self.numbers.get(operation).copied().flatten()
    }

    fn low(&self, operation: usize) -> usize {
        self.lowest.get(operation).copied().unwrap_or(usize::MAX)
    }

    fn lower(&mut self, operation: usize, to: usize) {
        if let Some(low) = self.lowest.get_mut(operation) {
            *low = (*low).min(to);
        }
    }

    fn meet(&mut self, operation: usize) {
        if let (Some(number), Some(low)) = (
            self.numbers.get_mut(operation),
            self.lowest.get_mut(operation),
        ) {
            *number = Some(self.next);
            *low = self.next;
        }
        self.next += 1;
        self.open.push(operation);
    }

    fn visit(&mut self, start: usize) {
        let ahead = |search: &Self, operation: usize| -> Vec<usize> {
            let needs = search.needs.get(operation);
            needs.into_iter().flatten().rev().copied().collect()
        };
        self.meet(start);
        let mut path = vec![(start, ahead(self, start))];
        while let Some((operation, left)) = path.last_mut() {
            let operation = *operation;
            if let Some(needed) = left.pop() {
                match self.number(needed) {
                    None if needed < self.needs.len() => {
                        self.meet(needed);
                        path.push((needed, ahead(self, needed)));
                    }
                    Some(number) if self.open.contains(&needed) => self.lower(operation, number),
                    None | Some(_) => {}
                }
            } else {
                path.pop();
                if let Some((above, _)) = path.last() {
                    let (above, low) = (*above, self.low(operation));
                    self.lower(above, low);
                }
                if self.number(operation) == Some(self.low(operation)) {
                    self.close(operation);
                }
            }
        }
    }

    /// Everything met since the operation is one unit with it, in the order of the request.
    fn close(&mut self, operation: usize) {
        let start = self.open.iter().rposition(|open| *open == operation);
        let mut unit = self.open.split_off(start.unwrap_or_default());
        unit.sort_unstable();
        self.units.push(unit);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn order(needs: &[&[usize]]) -> Vec<Vec<usize>> {
        let needs: Vec<BTreeSet<usize>> = needs
            .iter()
            .map(|needs| needs.iter().copied().collect())
            .collect();
        units(&needs)
    }

    #[test]
    fn what_is_referred_to_comes_first_and_circles_stay_together() {
        assert_eq!(order(&[&[], &[], &[]]), [[0], [1], [2]]);
        assert_eq!(order(&[&[2], &[], &[], &[]]), [[1], [2], [0], [3]]);
        assert_eq!(order(&[&[1], &[0], &[]]), [vec![0, 1], vec![2]]);
        assert_eq!(order(&[&[1], &[2], &[0], &[0]]), [vec![0, 1, 2], vec![3]]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let needs: Vec<BTreeSet<usize>> = (1..=20_000).map(|next| BTreeSet::from([next])).collect();
        assert_eq!(units(&needs).len(), 20_000);
    }

    proptest! {
        #[test]
        fn every_operation_stands_once_and_behind_what_it_needs(
            needs in prop::collection::vec(prop::collection::btree_set(0..12_usize, 0..4), 12)
        ) {
            let units = units(&needs);
            let mut all: Vec<usize> = units.iter().flatten().copied().collect();
            let place = |wanted: usize| units.iter().position(|unit| unit.contains(&wanted)).unwrap();
            for (operation, needs) in needs.iter().enumerate() {
                for needed in needs {
                    prop_assert!(place(*needed) <= place(operation));
                }
            }
            all.sort_unstable();
            prop_assert_eq!(all, (0..12).collect::<Vec<_>>());
        }
    }
}
