//! A district that works off what its kecamatan send, by the policy of [`crate::policy`] or first come, first served: how long
//! submissions wait, and how busy the verifiers are.
//!
//! Time is counted in seconds in which the office works. What enters gets its turn by [`berkas_domain::turn`] as the database
//! writes it, and whoever is free gets what [`policy::turn_for`] says. Left out are families, conflicts and second looks.

pub mod week;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use berkas_domain::{Service, TaskId, UserId, turn};
use berkas_store::VerifierLoad;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::policy::{self, Verifier, WaitingTask};
pub use crate::simulation::Order;

/// Seconds in which the office works on a day.
pub const DAY_S: i64 = 450 * 60;
/// How long before it is due a task is urgent, in seconds.
const URGENT_S: i64 = 60 * 60;
/// How long a repaired submission is kept for who returned it, in seconds.
const RESERVED_S: i64 = 30 * 60;

/// What a kecamatan sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// When, in seconds of office time.
    pub at_s: i64,
    /// Which office, by its place in a list.
    pub office: usize,
    /// What is asked for.
    pub service: Service,
    /// Seconds of work that are expected of it.
    pub expected_s: i64,
    /// Seconds of work that it is.
    pub takes_s: i64,
    /// How long after it was returned the office sends it again; absent when it passes.
    pub repaired_after_s: Option<i64>,
}

/// Work on a submission, or on its repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Which submission, by its place.
    pub submission: usize,
    /// Whether it had been returned before.
    pub repaired: bool,
    /// When it came in, in seconds of office time.
    pub entered_s: i64,
    /// When somebody began.
    pub begun_s: i64,
    /// How long they worked.
    pub takes_s: i64,
    /// Who, by their place.
    pub verifier: usize,
}

impl Work {
    /// How long it waited for a person, in seconds.
    #[must_use]
    pub const fn waited_s(&self) -> i64 {
        self.begun_s - self.entered_s
    }

    /// How many of its seconds lie from `from_s` to `to_s`.
    #[must_use]
    pub fn within_s(&self, from_s: i64, to_s: i64) -> i64 {
        ((self.begun_s + self.takes_s).min(to_s) - self.begun_s.max(from_s)).max(0)
    }
}

/// Lets verifiers, each competent for some services, work off `sent`, which is in the order of its times. They take the next
/// task as soon as they are free. The answer is in the order in which work began.
#[must_use]
pub fn work_off(sent: &[Submission], verifiers: &[Vec<Service>], order: Order) -> Vec<Work> {
    let mut free: BinaryHeap<Reverse<(i64, usize)>> =
        (0..verifiers.len()).map(|who| Reverse((0, who))).collect();
    let mut pool = Pool::new(sent, verifiers, order);
    let mut works = Vec::new();
    while let Some(Reverse((at_s, who))) = free.pop() {
        pool.enter_until(at_s);
        pool.hurry(at_s);
        match pool.take(who, at_s) {
            Some(work) => {
                free.push(Reverse((at_s + work.takes_s, who)));
                works.push(work);
            }
            // Whoever finds nothing looks again when something comes in, or is not kept any more.
            None => free.extend(pool.next_change(at_s).map(|next_s| Reverse((next_s, who)))),
        }
    }
    works
}

/// A task beside what the policy knows of it.
#[derive(Clone, Copy)]
struct Entry {
    submission: usize,
    repaired: bool,
    entered_s: i64,
    expected_s: i64,
}

struct Pool<'a> {
    sent: &'a [Submission],
    order: Order,
    people: Vec<Verifier>,
    on_duty: Vec<UserId>,
    /// What each holds, in seconds of work.
    held_s: Vec<i64>,
    waiting: Vec<WaitingTask>,
    /// By the number of its task.
    entries: Vec<Entry>,
    arrived: usize,
    /// When a repair comes, of which submission, and who returned it.
    repairs: BinaryHeap<Reverse<(i64, usize, usize)>>,
    accounts: BTreeMap<String, i64>,
    /// The last rank at which work on a service began that was not urgent.
    begun: BTreeMap<Service, i64>,
}

impl<'a> Pool<'a> {
    fn new(sent: &'a [Submission], verifiers: &[Vec<Service>], order: Order) -> Self {
        let person = |(who, services): (usize, &Vec<Service>)| Verifier {
            user: user(who),
            services: services.clone(),
            training: false,
            supervisor: false,
        };
        let people: Vec<Verifier> = verifiers.iter().enumerate().map(person).collect();
        Self {
            sent,
            order,
            on_duty: people.iter().map(|person| person.user).collect(),
            held_s: vec![0; people.len()],
            people,
            waiting: Vec::new(),
            entries: Vec::new(),
            arrived: 0,
            repairs: BinaryHeap::new(),
            accounts: BTreeMap::new(),
            begun: BTreeMap::new(),
        }
    }

    /// When something comes in or is not kept any more, after `at_s`.
    fn next_change(&self, at_s: i64) -> Option<i64> {
        let arrival = self.sent.get(self.arrived).map(|submission| submission.at_s);
        let repair = self.repairs.peek().map(|Reverse((repair_s, _, _))| *repair_s);
        let kept =
            self.waiting.iter().filter_map(|task| task.reserved_until).filter(|until| *until > moment(at_s));
        let kept_s = kept.min().map(|until| until.timestamp());
        [arrival, repair, kept_s].into_iter().flatten().min()
    }

    fn enter_until(&mut self, at_s: i64) {
        loop {
            let arrival = self.sent.get(self.arrived).map(|submission| submission.at_s);
            let repair = self.repairs.peek().map(|Reverse((repair_s, _, _))| *repair_s);
            let repair_is_first =
                repair.is_some_and(|repair_s| arrival.is_none_or(|arrival_s| repair_s < arrival_s));
            if repair_is_first && repair.is_some_and(|repair_s| repair_s <= at_s) {
                if let Some(Reverse((repair_s, submission, returned_by))) = self.repairs.pop() {
                    self.enter(submission, repair_s, Some(returned_by));
                }
            } else if arrival.is_some_and(|arrival_s| arrival_s <= at_s) {
                self.enter(self.arrived, arrival.unwrap_or(at_s), None);
                self.arrived += 1;
            } else {
                return;
            }
        }
    }

    fn enter(&mut self, submission: usize, at_s: i64, returned_by: Option<usize>) {
        let of = &self.sent[submission];
        let (service, effort_s) = (of.service, of.expected_s);
        let share = of.office.to_string();
        let account = if returned_by.is_some() { format!("{share}/repaired") } else { share.clone() };
        let rank = self.charge(account, self.turn_of(service), effort_s);
        let least = || policy::least_loaded(&self.loads(), service, false);
        let id = TaskId(Uuid::from_u128(self.entries.len() as u128));
        self.waiting.push(WaitingTask {
            id,
            share,
            service,
            training: false,
            urgent: false,
            rank,
            preferred: returned_by.map_or_else(least, |who| Some(user(who))),
            reserved_until: returned_by.map(|_| moment(at_s + RESERVED_S)),
            due_at: moment(at_s + DAY_S),
            excluded: Vec::new(),
            disputed: false,
        });
        let repaired = returned_by.is_some();
        self.entries.push(Entry { submission, repaired, entered_s: at_s, expected_s: effort_s });
    }

    /// The work before everybody, held and meant for them.
    fn loads(&self) -> Vec<VerifierLoad> {
        let mut meant_s = BTreeMap::<UserId, i64>::new();
        for task in &self.waiting {
            if let Some(user) = task.preferred {
                *meant_s.entry(user).or_default() += self.entries[number(task)].expected_s;
            }
        }
        let load = |(person, held_s): (&Verifier, &i64)| VerifierLoad {
            user: person.user,
            services: person.services.iter().map(|service| service.as_str().to_owned()).collect(),
            training: false,
            effort_s: held_s + meant_s.get(&person.user).copied().unwrap_or(0),
        };
        self.people.iter().zip(&self.held_s).map(load).collect()
    }

    fn turn_of(&self, service: Service) -> i64 {
        let waits = self.waiting.iter().filter(|task| task.service == service).map(|task| task.rank).min();
        turn::present(self.begun.get(&service).copied(), waits, self.begun.values().copied().max())
    }

    fn charge(&mut self, account: String, turn: i64, effort_s: i64) -> i64 {
        let stands = self.accounts.entry(account).or_default();
        let rank = turn::ranks(*stands, turn, &[effort_s])[0];
        *stands = rank + effort_s;
        rank
    }

    /// Gives an earlier turn to what is due soon, the first to be due first.
    fn hurry(&mut self, at_s: i64) {
        if self.order == Order::FirstCome {
            return;
        }
        let soon = moment(at_s + URGENT_S);
        let mut due: Vec<usize> = (0..self.waiting.len())
            .filter(|place| !self.waiting[*place].urgent && self.waiting[*place].due_at <= soon)
            .collect();
        due.sort_by_key(|place| (self.waiting[*place].due_at, self.waiting[*place].id));
        let turn = due.iter().map(|place| self.turn_of(self.waiting[*place].service)).min().unwrap_or(0);
        for place in due {
            let effort_s = self.entries[number(&self.waiting[place])].expected_s;
            let rank = self.charge("/urgent".to_owned(), turn, (effort_s / turn::URGENT_SHARES).max(1));
            let task = &mut self.waiting[place];
            (task.urgent, task.rank) = (true, task.rank.min(rank));
        }
    }

    fn take(&mut self, who: usize, at_s: i64) -> Option<Work> {
        let person = &self.people[who];
        let (first, next, rank, late_rank) = match self.order {
            Order::FirstCome => {
                let may = self.waiting.iter().filter(|task| person.services.contains(&task.service));
                let first = may.min_by_key(|task| (self.entries[number(task)].entered_s, task.id))?;
                (first.id, first.id, first.rank, first.rank)
            }
            Order::Turns => {
                let turn = policy::turn_for(&self.waiting, person, &self.on_duty, moment(at_s))?;
                (turn.first.id, turn.next.id, turn.first.rank, turn.next.rank)
            }
        };
        // As in the database: what is done in the first's place takes its turn, and the first takes that of the other.
        if let Some(passed_over) = self.waiting.iter_mut().find(|task| task.id == first) {
            passed_over.rank = late_rank;
        }
        let place = self.waiting.iter().position(|task| task.id == next)?;
        let task = self.waiting.swap_remove(place);
        if !task.urgent {
            let begun = self.begun.entry(task.service).or_insert(rank);
            *begun = rank.max(*begun);
        }
        let entry = self.entries[number(&task)];
        let of = &self.sent[entry.submission];
        // They hold one at a time, and are at it until they look for the next.
        self.held_s[who] = entry.expected_s;
        if let Some(after_s) = of.repaired_after_s.filter(|_| !entry.repaired) {
            self.repairs.push(Reverse((at_s + of.takes_s + after_s, entry.submission, who)));
        }
        Some(Work {
            submission: entry.submission,
            repaired: entry.repaired,
            entered_s: entry.entered_s,
            begun_s: at_s,
            takes_s: of.takes_s,
            verifier: who,
        })
    }
}

fn user(who: usize) -> UserId {
    UserId(Uuid::from_u128(who as u128))
}

/// The number of a task, which its id is made of.
fn number(task: &WaitingTask) -> usize {
    usize::try_from(task.id.0.as_u128()).unwrap_or(usize::MAX)
}

fn moment(at_s: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(at_s)
}

#[cfg(test)]
mod tests;
