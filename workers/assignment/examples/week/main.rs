//! A week of the district: how long submissions wait for a person, how fair that is and how busy the verifiers are, in turns
//! and first come, first served, without and with an office that hands in five hundred at once.
//!
//! `cargo run --release -p berkas-assignment --example week -- docs/week.svg` prints the tables and writes the plot.
//! The last table is of ten seeds and three staffings.

#![expect(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    unreachable_pub,
    reason = "it prints tables and draws small numbers"
)]

mod picture;
mod plot;
mod seeds;

use std::io;

use berkas_assignment::district::week::{Plan, week};
use berkas_assignment::district::{DAY_S, Order, Submission, Work, work_off};
use berkas_domain::Service;

/// The kecamatan with their inhabitants.
const KECAMATAN: &str = include_str!("../../../../config/kecamatan.csv");
const SEED: u64 = 351_700;
/// Everybody does cards; every other one does births and deaths too.
const VERIFIERS: usize = 13;
/// What the largest kecamatan hands in at once on Tuesday at 10:00, after its line was down.
const FLOOD: u64 = 500;
const FLOOD_AT_S: i64 = DAY_S + 150 * 60;
/// A minute later the smallest hands in one.
const SINGLE_AT_S: i64 = FLOOD_AT_S + 60;

/// One week played in one order.
pub struct Played {
    /// What the tables call it.
    pub title: &'static str,
    /// In which order the pool is emptied.
    pub order: Order,
    /// Whether the largest kecamatan hands in many at once.
    pub flooded: bool,
    /// What was sent.
    pub sent: Vec<Submission>,
    /// What was worked on.
    pub works: Vec<Work>,
}

/// The kecamatan of the district.
pub struct District {
    /// Their inhabitants.
    pub sizes: Vec<u64>,
    /// Which hands in the flood.
    pub largest: usize,
    /// Which hands in the single one.
    pub smallest: usize,
}

impl District {
    fn of(sizes: Vec<u64>) -> Self {
        let by_size = |office: &usize| sizes[*office];
        let largest = (0..sizes.len()).max_by_key(by_size).unwrap_or(0);
        let smallest = (0..sizes.len()).min_by_key(by_size).unwrap_or(0);
        Self { sizes, largest, smallest }
    }

    /// The week that `seed` draws, in both orders, without and with the flood.
    pub fn weeks(&self, seed: u64, verifiers: usize) -> [Played; 4] {
        let play = |title, order, flooded: bool| {
            let flood = flooded.then_some((self.largest, FLOOD_AT_S, FLOOD));
            let plan = Plan { flood, single: Some((self.smallest, SINGLE_AT_S)), ..Plan::default() };
            let sent = week(&self.sizes, &plan, seed);
            let works = work_off(&sent, &competences(verifiers), order);
            Played { title, order, flooded, sent, works }
        };
        [
            play("in turns, no flood", Order::Turns, false),
            play("first come, no flood", Order::FirstCome, false),
            play("in turns, flood", Order::Turns, true),
            play("first come, flood", Order::FirstCome, true),
        ]
    }
}

fn main() -> io::Result<()> {
    let offices: Vec<(&str, u64)> = KECAMATAN.lines().skip(1).filter_map(office).collect();
    let district = District::of(offices.iter().map(|(_, inhabitants)| *inhabitants).collect());
    let (largest, smallest) = (district.largest, district.smallest);
    let weeks = district.weeks(SEED, VERIFIERS);
    let returned = weeks[0].works.iter().filter(|work| work.repaired).count();
    println!(
        "{} submissions of {} kecamatan in five days, {returned} come back repaired; {VERIFIERS} verifiers; seed {SEED}",
        weeks[0].sent.len(),
        offices.len()
    );
    println!(
        "flood: {} hands in {FLOOD} at once on Tuesday at 10:00; {} hands in one a minute later\n",
        offices[largest].0, offices[smallest].0
    );
    waits(&weeks, largest, smallest);
    distribution(&weeks, largest);
    utilisation(&weeks);
    by_office(&weeks[2..], &offices);
    seeds::table(&district);
    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(&path, picture::draw(&weeks, largest))?;
        println!("\nwrote {path}");
    }
    Ok(())
}

fn office(line: &'static str) -> Option<(&'static str, u64)> {
    let cells: Vec<&str> = line.split(',').collect();
    Some((*cells.get(1)?, cells.get(3)?.parse().ok()?))
}

fn competences(verifiers: usize) -> Vec<Vec<Service>> {
    let services = |who: usize| match who % 2 {
        0 => Service::ALL.to_vec(),
        _ => vec![Service::KtpEl, Service::KartuKeluarga],
    };
    (0..verifiers).map(services).collect()
}

impl Played {
    /// How long the submissions waited that `are` wanted, in minutes, the shortest first.
    pub fn waits_min(&self, are: impl Fn(&Submission, &Work) -> bool) -> Vec<i64> {
        let wanted = self.works.iter().filter(|work| are(&self.sent[work.submission], work));
        let mut waits: Vec<i64> = wanted.map(|work| work.waited_s() / 60).collect();
        waits.sort_unstable();
        waits
    }

    /// Those that other offices than `largest` sent from the flood on until the end of the next day, where a flood is felt.
    pub fn others_min(&self, largest: usize) -> Vec<i64> {
        self.waits_min(|of, work| of.office != largest && !work.repaired && Self::is_felt(of))
    }

    /// Whether it was sent while a flood is felt.
    fn is_felt(of: &Submission) -> bool {
        (FLOOD_AT_S..3 * DAY_S).contains(&of.at_s)
    }

    fn single_min(&self, smallest: usize) -> i64 {
        self.waits_min(|of, work| of.office == smallest && of.at_s == SINGLE_AT_S && !work.repaired)
            .last()
            .copied()
            .unwrap_or(0)
    }

    /// How even the mean waits of the offices are by Jain's index: 1 when all are the same, one over their number at worst.
    fn evenness(&self) -> f64 {
        let offices = self.sent.iter().map(|of| of.office).max().unwrap_or(0);
        let mean = |office| {
            let waits = self.waits_min(|of, work| of.office == office && !work.repaired);
            waits.iter().sum::<i64>() as f64 / waits.len().max(1) as f64
        };
        let means: Vec<f64> = (0..=offices).map(mean).collect();
        let squares: f64 = means.iter().map(|mean| mean * mean).sum();
        means.iter().sum::<f64>().powi(2) / (means.len() as f64 * squares)
    }
}

/// The value below which so many of a thousand lie.
fn quantile(sorted: &[i64], of_thousand: usize) -> i64 {
    sorted.get((sorted.len() * of_thousand / 1_000).min(sorted.len().saturating_sub(1))).copied().unwrap_or(0)
}

fn waits(weeks: &[Played], largest: usize, smallest: usize) {
    println!("waiting for a person, in minutes of office time\n");
    println!(
        "| week | all: median | 95 % | most | the others' from the flood on: median | 95 % | most | the single one | repairs: median | 95 % | evenness of offices |"
    );
    println!("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
    for week in weeks {
        let all = week.waits_min(|_, work| !work.repaired);
        let others = week.others_min(largest);
        let repairs = week.waits_min(|_, work| work.repaired);
        let [all, others] = [all, others]
            .map(|waits| [500, 950, 1_000].map(|part| quantile(&waits, part).to_string()).join(" | "));
        println!(
            "| {} | {all} | {others} | {} | {} | {} | {:.2} |",
            week.title,
            week.single_min(smallest),
            quantile(&repairs, 500),
            quantile(&repairs, 950),
            week.evenness()
        );
    }
}

fn distribution(weeks: &[Played], largest: usize) {
    const UP_TO_MIN: [i64; 8] = [5, 15, 30, 60, 120, 240, 450, i64::MAX];
    println!(
        "\nhow many of a hundred of the others' waited no longer, sent from the flood on until Wednesday evening\n"
    );
    let titles: Vec<&str> = weeks.iter().map(|week| week.title).collect();
    println!("| minutes | {} |\n| --: |{}", titles.join(" | "), " --: |".repeat(weeks.len()));
    for up_to in UP_TO_MIN {
        let share = |week: &Played| {
            let waits = week.others_min(largest);
            let within = waits.iter().filter(|wait| **wait < up_to).count();
            format!("{:.0}", 100.0 * within as f64 / waits.len() as f64)
        };
        let label = if up_to == i64::MAX { "longer".to_owned() } else { up_to.to_string() };
        println!("| {label} | {} |", weeks.iter().map(share).collect::<Vec<_>>().join(" | "));
    }
}

fn utilisation(weeks: &[Played]) {
    println!("\nwork in percent of the verifiers' time\n");
    println!(
        "| week | Monday | Tuesday | Wednesday | Thursday | Friday | least and most of a verifier | left on Friday evening |"
    );
    println!("| --- | --: | --: | --: | --: | --: | --: | --: |");
    for week in weeks {
        let of = |who: Option<usize>, from_s: i64, to_s: i64| {
            let works = week.works.iter().filter(|work| who.is_none_or(|who| work.verifier == who));
            let busy_s: i64 = works.map(|work| work.within_s(from_s, to_s)).sum();
            let people = if who.is_some() { 1 } else { VERIFIERS as i64 };
            busy_s * 100 / (people * (to_s - from_s))
        };
        let days: Vec<String> =
            (0..5).map(|day| of(None, day * DAY_S, (day + 1) * DAY_S).to_string()).collect();
        let each: Vec<i64> = (0..VERIFIERS).map(|who| of(Some(who), 0, 5 * DAY_S)).collect();
        let end_s = 5 * DAY_S;
        let left = week.works.iter().filter(|work| work.entered_s < end_s && work.begun_s >= end_s).count();
        println!(
            "| {} | {} | {} and {} | {left} |",
            week.title,
            days.join(" | "),
            each.iter().min().unwrap_or(&0),
            each.iter().max().unwrap_or(&0)
        );
    }
}

fn by_office(weeks: &[Played], offices: &[(&str, u64)]) {
    println!("\nby kecamatan in the week with the flood, minutes\n");
    println!("| kecamatan | sent | in turns: median | 95 % | most | first come: median | 95 % | most |");
    println!("| --- | --: | --: | --: | --: | --: | --: | --: |");
    for (number, (name, _)) in offices.iter().enumerate() {
        let cells = weeks.iter().map(|week| {
            let waits = week.waits_min(|of, work| of.office == number && !work.repaired);
            [500, 950, 1_000].map(|part| quantile(&waits, part).to_string()).join(" | ")
        });
        let sent = weeks[0].sent.iter().filter(|of| of.office == number).count();
        println!("| {name} | {sent} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
}
