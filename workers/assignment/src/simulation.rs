//! The policy on made-up arrivals, beside first-come-first-served: how long work waits for a person.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use berkas_domain::turn;

/// A task that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arriving {
    /// When, in seconds of the time in which somebody works.
    pub at_s: i64,
    /// Who sends it.
    pub share: u32,
    /// How long a verifier works on it, in seconds.
    pub effort_s: i64,
}

/// In which order the pool is emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By arrival.
    FirstCome,
    /// In turns.
    Turns,
}

/// Lets `verifiers` work off `arriving`, which is in the order of its times; returns when work on each began.
///
/// Verifiers take the next task as soon as they are free and work without a break; efforts are as expected.
#[must_use]
pub fn begins(arriving: &[Arriving], verifiers: usize, order: Order) -> Vec<i64> {
    let mut free: BinaryHeap<Reverse<i64>> = (0..verifiers).map(|_| Reverse(0)).collect();
    let mut pool = Pool { order, waiting: BinaryHeap::new(), accounts: BTreeMap::new() };
    let mut begun = vec![0; arriving.len()];
    let mut next = 0;
    while next < arriving.len() || !pool.waiting.is_empty() {
        let Some(Reverse(at)) = free.pop() else { break };
        // Whoever is free before anything waits is so until the next arrival.
        let at = if pool.waiting.is_empty() {
            at.max(arriving.get(next).map_or(at, |task| task.at_s))
        } else {
            at
        };
        while let Some(task) = arriving.get(next).filter(|task| task.at_s <= at) {
            pool.enter(next, task);
            next += 1;
        }
        if let Some(Reverse((_, index))) = pool.waiting.pop() {
            begun[index] = at;
            free.push(Reverse(at + arriving[index].effort_s));
        } else {
            free.push(Reverse(at));
        }
    }
    begun
}

struct Pool {
    order: Order,
    /// By rank, then by arrival.
    waiting: BinaryHeap<Reverse<(i64, usize)>>,
    accounts: BTreeMap<u32, i64>,
}

impl Pool {
    fn enter(&mut self, index: usize, task: &Arriving) {
        let rank = match self.order {
            Order::FirstCome => task.at_s,
            Order::Turns => {
                let idle = || self.accounts.values().copied().max().unwrap_or(0);
                let turn = self.waiting.peek().map_or_else(idle, |Reverse((rank, _))| *rank);
                let account = self.accounts.entry(task.share).or_default();
                let rank = turn::ranks(*account, turn, &[task.effort_s])[0];
                *account = rank + task.effort_s;
                rank
            }
        };
        self.waiting.push(Reverse((rank, index)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Five minutes each, for five verifiers.
    const EFFORT_S: i64 = 300;
    const VERIFIERS: usize = 5;

    fn waits(arriving: &[Arriving], order: Order) -> Vec<i64> {
        let begun = begins(arriving, VERIFIERS, order);
        begun.iter().zip(arriving).map(|(begun, task)| begun - task.at_s).collect()
    }

    #[test]
    fn an_office_that_sends_five_hundred_at_once_delays_anothers_single_one_by_one_task_only() {
        let mut arriving = vec![Arriving { at_s: 0, share: 1, effort_s: EFFORT_S }; 500];
        arriving.push(Arriving { at_s: 60, share: 2, effort_s: EFFORT_S });
        let single = |order| waits(&arriving, order)[500];
        // Everybody is at a task of the first office when it comes; it is the next.
        assert!(single(Order::Turns) <= EFFORT_S, "{}", single(Order::Turns));
        assert!(single(Order::FirstCome) > 90 * EFFORT_S, "{}", single(Order::FirstCome));
    }

    #[test]
    fn twenty_offices_with_one_each_wait_for_one_round_behind_a_flood() {
        let mut arriving = vec![Arriving { at_s: 0, share: 0, effort_s: EFFORT_S }; 500];
        arriving.extend((1..=20).map(|share| Arriving { at_s: 60, share, effort_s: EFFORT_S }));
        let longest = waits(&arriving, Order::Turns)[500..].iter().copied().max();
        // Twenty-one offices share five people: five rounds of five, one of which is under way already.
        assert!(longest <= Some(5 * EFFORT_S), "{longest:?}");
    }

    #[test]
    fn turns_cost_nobody_any_work() {
        let arriving: Vec<_> = (0..200)
            .map(|number| Arriving {
                at_s: number * 20,
                share: (number % 7) as u32,
                effort_s: 200 + number % 90,
            })
            .collect();
        let sum = |order| waits(&arriving, order).iter().sum::<i64>();
        let (turns, first_come) = (sum(Order::Turns), sum(Order::FirstCome));
        assert!((turns - first_come).abs() * 20 < first_come, "{turns} against {first_come}");
    }

    proptest! {
        /// The promise of start-time fair queueing: of two offices that both have work waiting, neither has been given more
        /// than one task more than the other.
        #[test]
        fn offices_that_both_wait_are_given_the_same_amount_of_work(
            efforts in proptest::collection::vec((0_u32..4, 60_i64..600), 2..60),
        ) {
            let arriving: Vec<_> =
                efforts.iter().map(|(share, effort_s)| Arriving { at_s: 0, share: *share, effort_s: *effort_s }).collect();
            let begun = begins(&arriving, 1, Order::Turns);
            let mut order: Vec<usize> = (0..arriving.len()).collect();
            order.sort_by_key(|index| begun[*index]);
            let most = |share| arriving.iter().filter(|task| task.share == share).map(|task| task.effort_s).max();
            let mut given = BTreeMap::<u32, i64>::new();
            for (place, index) in order.iter().enumerate() {
                *given.entry(arriving[*index].share).or_default() += arriving[*index].effort_s;
                let waits = |share| order[place + 1..].iter().any(|later| arriving[*later].share == share);
                for one in (0..4).filter(|share| waits(*share)) {
                    for other in (0..4).filter(|share| waits(*share)) {
                        let apart = given.get(&one).unwrap_or(&0) - given.get(&other).unwrap_or(&0);
                        let allowed = most(one).unwrap_or(0) + most(other).unwrap_or(0);
                        prop_assert!(apart <= allowed, "{apart} of {allowed}");
                    }
                }
            }
        }
    }
}
