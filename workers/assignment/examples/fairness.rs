//! A week of the district with made-up arrivals: how long submissions wait for a person, in turns and by arrival.
//!
//! `cargo run --release -p berkas-assignment --example fairness`

#![expect(clippy::print_stdout, reason = "it prints a table")]

use berkas_assignment::simulation::{Arriving, Order, begins};

/// Requests on a working day, the middle of three estimates for the district.
const REQUESTS_A_DAY: u64 = 750;
/// Arrivals in each half hour from 07:30, for each thousand of the day; after the hours of `config/volumes.toml`.
const HALF_HOURS: [u64; 15] = [120, 125, 125, 110, 110, 65, 65, 45, 45, 20, 20, 40, 40, 40, 30];
const DAYS: u64 = 5;
/// Seconds in which the office works on a day.
const DAY_S: u64 = 450 * 60;
/// Work on one submission, from … to: three minutes, and half a minute for each of two to eight documents.
const EFFORT_S: (u64, u64) = (240, 420);
/// People who verify: enough for the week, not for a morning.
const VERIFIERS: usize = 12;
/// What the largest kecamatan hands in at once on Tuesday at 10:00, after its line was down for two weeks.
const SPOOL: u64 = 800;
const SPOOL_AT_S: u64 = DAY_S + 150 * 60;

/// The kecamatan with their inhabitants.
const KECAMATAN: &str = include_str!("../../../config/kecamatan.csv");

/// SplitMix64: small and good enough for arrivals.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit.max(1)
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
}

struct Office {
    name: &'static str,
    inhabitants: u64,
}

fn main() {
    let offices: Vec<Office> = KECAMATAN.lines().skip(1).filter_map(office).collect();
    let weights: Vec<u64> = offices.iter().map(|office| office.inhabitants).collect();
    let largest = (0..offices.len()).max_by_key(|office| weights[*office]).unwrap_or(0);
    let arriving = week(&weights, largest);
    let in_turns = waits(&arriving, Order::Turns);
    let first_come = waits(&arriving, Order::FirstCome);
    println!(
        "{} submissions of {} kecamatan in {DAYS} days; {VERIFIERS} verifiers, busy {:.0} % of the time until the last is done",
        arriving.len(),
        offices.len(),
        busy(&arriving)
    );
    println!("{} hands in {SPOOL} at once on the second day at 10:00\n", offices[largest].name);
    println!("waiting for a person, minutes of          in turns             first come, first served");
    println!("office hours                      median    95 %    most      median    95 %    most");
    for (number, office) in offices.iter().enumerate() {
        println!(
            "  {:<30}{}    {}",
            office.name,
            row(&arriving, &in_turns, number),
            row(&arriving, &first_come, number)
        );
    }
    for (title, waits) in [("in turns", &in_turns), ("first come, first served", &first_come)] {
        println!("\nhow long those of the other kecamatan waited, {title}");
        let others = arriving.iter().zip(waits).filter(|(task, _)| task.share as usize != largest);
        plot(others.map(|(_, wait)| *wait));
    }
}

fn office(line: &'static str) -> Option<Office> {
    let cells: Vec<&str> = line.split(',').collect();
    Some(Office { name: cells.get(1)?, inhabitants: cells.get(3)?.parse().ok()? })
}

/// The arrivals of the week in their order.
fn week(weights: &[u64], largest: usize) -> Vec<Arriving> {
    let mut random = Random(351_700);
    let mut arriving = Vec::new();
    for day in 0..DAYS {
        for _ in 0..REQUESTS_A_DAY {
            let half_hour = random.pick(&HALF_HOURS) as u64;
            let at_s = day * DAY_S + half_hour * 1_800 + random.below(1_800);
            arriving.push(arrival(at_s, random.pick(weights), &mut random));
        }
    }
    arriving.extend((0..SPOOL).map(|_| arrival(SPOOL_AT_S, largest, &mut random)));
    arriving.sort_by_key(|task| task.at_s);
    arriving
}

fn arrival(at_s: u64, office: usize, random: &mut Random) -> Arriving {
    let effort_s = EFFORT_S.0 + random.below(EFFORT_S.1 - EFFORT_S.0);
    Arriving { at_s: at_s.cast_signed(), share: office as u32, effort_s: effort_s.cast_signed() }
}

fn waits(arriving: &[Arriving], order: Order) -> Vec<i64> {
    begins(arriving, VERIFIERS, order).iter().zip(arriving).map(|(begun, task)| begun - task.at_s).collect()
}

/// Percent of the verifiers' time that is work, until the last submission is done.
fn busy(arriving: &[Arriving]) -> f64 {
    let begun = begins(arriving, VERIFIERS, Order::Turns);
    let end = begun.iter().zip(arriving).map(|(begun, task)| begun + task.effort_s).max().unwrap_or(1);
    let work: i64 = arriving.iter().map(|task| task.effort_s).sum();
    100.0 * work as f64 / (end as f64 * VERIFIERS as f64)
}

/// Median, 95th percentile and longest wait of one office, in minutes.
fn row(arriving: &[Arriving], waits: &[i64], office: usize) -> String {
    let of_office = arriving.iter().zip(waits).filter(|(task, _)| task.share as usize == office);
    let mut minutes: Vec<i64> = of_office.map(|(_, wait)| wait / 60).collect();
    minutes.sort_unstable();
    let at = |percent: usize| minutes.get(minutes.len() * percent / 100).copied().unwrap_or(0);
    format!("{:>8}{:>8}{:>8}", at(50), at(95), minutes.last().copied().unwrap_or(0))
}

/// One bar for each quarter of an hour, the last for everything beyond three hours.
fn plot(waits: impl Iterator<Item = i64>) {
    let mut bars = [0_usize; 13];
    for wait in waits {
        bars[usize::try_from(wait / 900).unwrap_or(0).min(12)] += 1;
    }
    let most = bars.iter().copied().max().unwrap_or(0).max(1);
    for (quarter, count) in bars.iter().enumerate() {
        let label = if quarter == 12 {
            "180 min or more".to_owned()
        } else {
            format!("from {:>3} min", quarter * 15)
        };
        println!("  {label:<16}{count:>6}  {}", "█".repeat(count * 60 / most));
    }
}
