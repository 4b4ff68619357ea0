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

/// How long after its arrival a task is urgent: a day of the office, less an hour.
pub const URGENT_AFTER_S: i64 = (450 - 60) * 60;

/// Lets `verifiers` work off `arriving`, which is in the order of its times; returns when work on each began.
///
/// Verifiers take the next task as soon as they are free and work without a break; efforts are as expected.
#[must_use]
pub fn begins(arriving: &[Arriving], verifiers: usize, order: Order) -> Vec<i64> {
    let mut free: BinaryHeap<Reverse<i64>> = (0..verifiers).map(|_| Reverse(0)).collect();
    let mut pool = Pool::new(arriving, order);
    while let Some(Reverse(mut at)) = free.pop() {
        // Whoever is free before anything waits is so until the next arrival.
        if pool.is_empty() {
            let Some(next) = pool.next_arrival() else { break };
            at = at.max(next);
        }
        pool.enter_until(at);
        pool.hurry(at);
        match pool.take(at) {
            Some(task) => free.push(Reverse(at + task.effort_s)),
            None => free.push(Reverse(at)),
        }
    }
    pool.begun.into_iter().map(Option::unwrap_or_default).collect()
}

struct Pool<'a> {
    arriving: &'a [Arriving],
    order: Order,
    /// By rank, then by arrival. What became urgent stands here a second time.
    ranked: BinaryHeap<Reverse<(i64, usize)>>,
    accounts: BTreeMap<u32, i64>,
    urgent_account: i64,
    /// The last rank at which work began that was not urgent.
    begun_at: Option<i64>,
    entered: usize,
    hurried: usize,
    waiting: usize,
    begun: Vec<Option<i64>>,
}

impl<'a> Pool<'a> {
    fn new(arriving: &'a [Arriving], order: Order) -> Self {
        Self {
            arriving,
            order,
            ranked: BinaryHeap::new(),
            accounts: BTreeMap::new(),
            urgent_account: 0,
            begun_at: None,
            entered: 0,
            hurried: 0,
            waiting: 0,
            begun: vec![None; arriving.len()],
        }
    }

    const fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    fn next_arrival(&self) -> Option<i64> {
        self.arriving.get(self.entered).map(|task| task.at_s)
    }

    /// The turn it is at; there is one kind of work.
    fn turn(&mut self) -> i64 {
        self.forget_begun();
        let waits = self.ranked.peek().map(|Reverse((rank, _))| *rank);
        turn::present(self.begun_at, waits, self.begun_at)
    }

    fn forget_begun(&mut self) {
        while self.ranked.peek().is_some_and(|Reverse((_, index))| self.begun[*index].is_some()) {
            self.ranked.pop();
        }
    }

    fn enter_until(&mut self, at_s: i64) {
        while let Some(task) = self.arriving.get(self.entered).filter(|task| task.at_s <= at_s) {
            let rank = match self.order {
                Order::FirstCome => task.at_s,
                Order::Turns => {
                    let turn = self.turn();
                    let account = self.accounts.entry(task.share).or_default();
                    let rank = turn::ranks(*account, turn, &[task.effort_s])[0];
                    *account = rank + task.effort_s;
                    rank
                }
            };
            self.ranked.push(Reverse((rank, self.entered)));
            self.waiting += 1;
            self.entered += 1;
        }
    }

    /// Gives an earlier turn to what has waited for long.
    fn hurry(&mut self, at_s: i64) {
        if self.order == Order::FirstCome {
            return;
        }
        while self.hurried < self.entered && self.arriving[self.hurried].at_s + URGENT_AFTER_S <= at_s {
            if self.begun[self.hurried].is_none() {
                let effort_s = (self.arriving[self.hurried].effort_s / turn::URGENT_SHARES).max(1);
                let rank = turn::ranks(self.urgent_account, self.turn(), &[effort_s])[0];
                self.urgent_account = rank + effort_s;
                self.ranked.push(Reverse((rank, self.hurried)));
            }
            self.hurried += 1;
        }
    }

    fn take(&mut self, at_s: i64) -> Option<&'a Arriving> {
        self.forget_begun();
        let Reverse((rank, index)) = self.ranked.pop()?;
        self.begun[index] = Some(at_s);
        if index >= self.hurried {
            self.begun_at = self.begun_at.max(Some(rank));
        }
        self.waiting -= 1;
        self.arriving.get(index)
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
    fn a_flood_that_becomes_urgent_shuts_nobody_out() {
        let mut arriving = vec![Arriving { at_s: 0, share: 1, effort_s: EFFORT_S }; 900];
        arriving.push(Arriving { at_s: URGENT_AFTER_S + 600, share: 2, effort_s: EFFORT_S });
        let waited = waits(&arriving, Order::Turns)[900];
        assert!(waited <= EFFORT_S, "{waited}");
    }

    #[test]
    fn what_is_urgent_gains_on_the_offices_that_are_not() {
        // One office's last task among its many, and offices that keep everybody busy.
        let mut arriving = vec![Arriving { at_s: 0, share: 1, effort_s: EFFORT_S }; 200];
        let rest = (0..3_000).map(|number| Arriving {
            at_s: number * 55,
            share: 2 + u32::try_from(number % 20).unwrap_or(0),
            effort_s: EFFORT_S,
        });
        arriving.extend(rest);
        arriving.sort_by_key(|task| task.at_s);
        let of_flood =
            arriving.iter().zip(waits(&arriving, Order::Turns)).filter(|(task, _)| task.share == 1);
        let longest = of_flood.map(|(_, wait)| wait).max();
        // With one turn in twenty-one it would be 200 * 21 * 300 s / 5 people = 70 hours.
        assert!(longest < Some(URGENT_AFTER_S + 10 * 3_600), "{longest:?}");
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
