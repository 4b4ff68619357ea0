//! The same week drawn by several seeds and worked off by fewer and more verifiers: means, and how far the seeds lie apart.

use berkas_assignment::district::{DAY_S, Order};

use crate::{District, Played, VERIFIERS, quantile};

/// Weeks that are drawn.
const SEEDS: std::ops::Range<u64> = 351_700..351_710;
/// Fewer and more than [`VERIFIERS`].
const STAFFINGS: [usize; 3] = [11, VERIFIERS, 15];

/// What is told of a week; minutes but for the first and the last.
const MEASURES: [&str; 9] = [
    "busy until Wednesday evening, %",
    "the single one",
    "the others': median",
    "95 %",
    "most",
    "of those within an equal share: 95 %",
    "most",
    "repairs: 95 %",
    "evenness",
];

/// Prints the table.
pub fn table(district: &District) {
    println!(
        "\n{} seeds, mean ± standard deviation over them; minutes of office time\n",
        SEEDS.end - SEEDS.start
    );
    println!("| verifiers | week | {} |", MEASURES.join(" | "));
    println!("| --: | --- |{}", " --: |".repeat(MEASURES.len()));
    for verifiers in STAFFINGS {
        let weeks: Vec<[Played; 4]> = SEEDS.map(|seed| district.weeks(seed, verifiers)).collect();
        for place in 0..4 {
            let told: Vec<[f64; 9]> =
                weeks.iter().map(|weeks| measures(&weeks[place], district, verifiers)).collect();
            let cells: Vec<String> = (0..MEASURES.len())
                .map(|measure| cell(&told.iter().map(|week| week[measure]).collect::<Vec<_>>()))
                .collect();
            println!("| {verifiers} | {} | {} |", weeks[0][place].title, cells.join(" | "));
        }
        let better = weeks.iter().filter(|weeks| {
            let slowest = |order: Order| {
                let week = weeks.iter().find(|week| week.flooded && week.order == order);
                week.map_or(0, |week| quantile(&week.others_min(district.largest), 950))
            };
            slowest(Order::Turns) < slowest(Order::FirstCome)
        });
        eprintln!(
            "{verifiers} verifiers: the others' slowest twentieth under the flood is shorter in turns in {} of {} weeks",
            better.count(),
            weeks.len()
        );
    }
}

fn measures(week: &Played, district: &District, verifiers: usize) -> [f64; 9] {
    let others = week.others_min(district.largest);
    let modest = modest(week, verifiers);
    let within = week.waits_min(|of, work| {
        of.office != district.largest && modest[of.office] && Played::is_felt(of) && !work.repaired
    });
    let repairs = week.waits_min(|_, work| work.repaired);
    let busy_s: i64 = week.works.iter().map(|work| work.within_s(0, 3 * DAY_S)).sum();
    [
        100.0 * busy_s as f64 / (verifiers as i64 * 3 * DAY_S) as f64,
        week.single_min(district.smallest) as f64,
        quantile(&others, 500) as f64,
        quantile(&others, 950) as f64,
        quantile(&others, 1_000) as f64,
        quantile(&within, 950) as f64,
        quantile(&within, 1_000) as f64,
        quantile(&repairs, 950) as f64,
        week.evenness(),
    ]
}

/// Which kecamatan send no more work until Wednesday evening than their equal share of the verifiers' time.
fn modest(week: &Played, verifiers: usize) -> Vec<bool> {
    let offices = week.sent.iter().map(|of| of.office + 1).max().unwrap_or(0);
    let share_s = verifiers as i64 * 3 * DAY_S / (offices as i64).max(1);
    let asked_s = |office| {
        let sent = week.sent.iter().filter(|of| of.office == office && of.at_s < 3 * DAY_S);
        sent.map(|of| of.takes_s).sum::<i64>()
    };
    (0..offices).map(|office| asked_s(office) <= share_s).collect()
}

fn cell(values: &[f64]) -> String {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let spread = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    if mean < 2.0 && spread < 1.0 && mean > 0.0 {
        return format!("{mean:.2} ± {spread:.2}");
    }
    format!("{mean:.0} ± {spread:.0}")
}
