//! A week of what kecamatan send, drawn by seed.

use berkas_domain::Service;

use super::{DAY_S, Submission};
use crate::effort::Effort;

/// In which proportion the days of a week bring work, Monday first: the peak is Monday morning.
const DAYS: [u64; 5] = [28, 21, 20, 19, 12];
/// In which proportion the half hours of a day's office time do, from 07:30; breaks are left out.
const HALF_HOURS: [u64; 15] = [120, 125, 125, 110, 110, 65, 65, 45, 45, 20, 20, 40, 40, 40, 30];
/// The same on Friday, whose afternoon is quiet. Its break is half an hour longer and its day ends later.
const FRIDAY: [u64; 15] = [120, 125, 125, 110, 110, 65, 65, 45, 12, 8, 8, 8, 8, 5, 5];
/// Of a hundred submissions: Pasuruan's day in 2021, rounded.
const SERVICES: [(Service, u64); 4] = [
    (Service::KtpEl, 40),
    (Service::KartuKeluarga, 50),
    (Service::AktaKelahiran, 6),
    (Service::AktaKematian, 4),
];
/// How many documents come with them, from … to.
const DOCUMENTS: [(Service, u64, u64); 4] = [
    (Service::KtpEl, 2, 3),
    (Service::KartuKeluarga, 3, 6),
    (Service::AktaKelahiran, 5, 8),
    (Service::AktaKematian, 4, 7),
];
/// Pages of a document, each as likely: most are one sheet.
const PAGES: [i32; 10] = [1, 1, 1, 1, 1, 1, 1, 2, 2, 4];
/// What work takes, in percent of what is expected, each as likely: most goes a little faster, some goes much slower.
const TAKES: [i64; 10] = [55, 65, 75, 80, 85, 95, 100, 115, 140, 190];
/// After how many office hours a return comes back repaired, each as likely: people have to be called in.
const REPAIRED_H: [i64; 10] = [2, 4, 7, 8, 10, 15, 15, 22, 30, 37];

/// What the week is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Submissions on a day of the mean.
    pub a_day: u64,
    /// How many of a hundred a verifier returns.
    pub returned_percent: u64,
    /// What one office hands in at once: which, when in seconds of office time, and how many.
    pub flood: Option<(usize, i64, u64)>,
    /// One submission of one office: which, and when.
    pub single: Option<(usize, i64)>,
    /// What a task is expected to be.
    pub effort: Effort,
}

impl Default for Plan {
    /// The middle of three estimates for Jombang; a fifth is returned (10 to 50 of a hundred were seen elsewhere).
    fn default() -> Self {
        Self { a_day: 750, returned_percent: 20, flood: None, single: None, effort: Effort::default() }
    }
}

/// What offices of these sizes send in a week, in the order of its times; the same seed draws the same week.
#[must_use]
pub fn week(offices: &[u64], plan: &Plan, seed: u64) -> Vec<Submission> {
    let mut random = Random(seed);
    let mut sent = Vec::new();
    for _ in 0..plan.a_day * DAYS.len() as u64 {
        let day = random.pick(&DAYS);
        let half_hour = random.pick(if day == 4 { &FRIDAY } else { &HALF_HOURS });
        let at_s = day as i64 * DAY_S + half_hour as i64 * 1_800 + random.below(1_800).cast_signed();
        let office = random.pick(offices);
        sent.push(submission(at_s, office, plan, &mut random));
    }
    // Of their own: the rest of the week is the same with and without them.
    let mut random = Random(seed ^ u64::MAX);
    if let Some((office, at_s, count)) = plan.flood {
        sent.extend((0..count).map(|_| submission(at_s, office, plan, &mut random)));
    }
    if let Some((office, at_s)) = plan.single {
        sent.push(Submission { repaired_after_s: None, ..submission(at_s, office, plan, &mut Random(seed)) });
    }
    sent.sort_by_key(|submission| submission.at_s);
    sent
}

fn submission(at_s: i64, office: usize, plan: &Plan, random: &mut Random) -> Submission {
    let service = SERVICES[random.pick(&SERVICES.map(|(_, weight)| weight))].0;
    let (least, most) =
        DOCUMENTS.iter().find(|(of, _, _)| *of == service).map_or((1, 1), |(_, least, most)| (*least, *most));
    let documents = least + random.below(most - least + 1);
    let pages: Vec<i32> = (0..documents).map(|_| *random.one_of(&PAGES)).collect();
    let expected_s = i64::from(plan.effort.of(service, &pages));
    let takes_s = expected_s * random.one_of(&TAKES) / 100;
    let repaired_h = *random.one_of(&REPAIRED_H);
    let is_returned = random.below(100) < plan.returned_percent;
    let repaired_after_s = is_returned.then_some(repaired_h * 3_600);
    Submission { at_s, office, service, expected_s, takes_s, repaired_after_s }
}

/// SplitMix64: small and good enough for arrivals.
struct Random(u64);

impl Random {
    const fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % if limit == 0 { 1 } else { limit }
    }

    /// An index, in proportion to the weights.
    fn pick(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return index,
            }
        }
        0
    }

    fn one_of<'a, T>(&mut self, values: &'a [T; 10]) -> &'a T {
        &values[self.below(10) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(week: &[Submission], is: impl Fn(&Submission) -> bool) -> usize {
        week.iter().filter(|submission| is(submission)).count()
    }

    #[test]
    fn the_same_seed_draws_the_same_week_and_a_flood_changes_nothing_else_in_it() {
        let calm = week(&[5, 1], &Plan::default(), 1);
        assert_eq!(calm, week(&[5, 1], &Plan::default(), 1));
        assert_ne!(calm, week(&[5, 1], &Plan::default(), 2));
        let plan = Plan { flood: Some((0, 10_000, 500)), single: Some((1, 10_060)), ..Plan::default() };
        let flooded = week(&[5, 1], &plan, 1);
        assert_eq!(flooded.len(), calm.len() + 501);
        assert!(calm.iter().all(|submission| flooded.contains(submission)));
    }

    #[test]
    fn monday_morning_is_the_peak_and_friday_afternoon_is_quiet() {
        let week = week(&[1], &Plan::default(), 1);
        let of = |day: i64, from_h: f64, to_h: f64| {
            let at = |hours: f64| day * DAY_S + (hours * 3_600.0) as i64;
            count(&week, |submission| (at(from_h)..at(to_h)).contains(&submission.at_s))
        };
        let monday = of(0, 0.0, 2.5);
        assert!((1..5).all(|day| of(day, 0.0, 2.5) < monday));
        assert!(of(4, 4.0, 7.5) * 3 < of(3, 4.0, 7.5));
        let kk = count(&week, |submission| submission.service == Service::KartuKeluarga);
        assert!((46..54).contains(&(kk * 100 / week.len())));
        let returned = count(&week, |submission| submission.repaired_after_s.is_some());
        assert!((17..23).contains(&(returned * 100 / week.len())));
    }

    #[test]
    fn what_work_takes_is_what_is_expected_in_the_mean() {
        assert_eq!(TAKES.iter().sum::<i64>(), 1_000);
    }
}
