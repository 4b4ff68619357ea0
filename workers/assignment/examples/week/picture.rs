//! The picture of the week: what waits and who is busy hour by hour, and how long the others waited for the flood.

use berkas_assignment::district::{DAY_S, Order};

use crate::plot::{Look, Panel, Picture};
use crate::{FLOOD_AT_S, Played, VERIFIERS};

const STEP_S: i64 = 900;
const TURNS: &str = "#0b6e4f";
const FIRST_COME: &str = "#b3541e";
const DAYS: [&str; 5] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];

const fn look(week: &Played) -> Look {
    match (week.order, week.flooded) {
        (Order::Turns, true) => Look { colour: TURNS, dashes: "none" },
        (Order::Turns, false) => Look { colour: TURNS, dashes: "2 4" },
        (Order::FirstCome, true) => Look { colour: FIRST_COME, dashes: "10 4" },
        (Order::FirstCome, false) => Look { colour: FIRST_COME, dashes: "2 4" },
    }
}

/// Draws it as SVG.
pub fn draw(weeks: &[Played], largest: usize) -> String {
    let mut picture = Picture::new(960, 900);
    picture.words(
        (60.0, 30.0),
        "start",
        "#222",
        700,
        "A week of the district, played with the policy of the pool",
    );
    waiting(&mut picture, weeks);
    busy(&mut picture, weeks);
    others(&mut picture, weeks, largest);
    picture.svg()
}

/// The points of a measure at each step of the week.
fn over_week(measure: impl Fn(i64) -> f64) -> Vec<(f64, f64)> {
    (0..=5 * DAY_S / STEP_S).map(|step| (step as f64, measure(step * STEP_S))).collect()
}

fn days(picture: &mut Picture, panel: &Panel) {
    let bottom = panel.top + panel.height;
    for (day, name) in DAYS.iter().enumerate() {
        let at = |days: f64| panel.x(days * (DAY_S / STEP_S) as f64);
        let (from, to) = (at(day as f64), at(day as f64 + 1.0));
        picture.rule((from, panel.top), (from, bottom), "#c9c9c9");
        picture.words((f64::midpoint(from, to), bottom + 18.0), "middle", "#555", 400, name);
    }
}

fn waiting(picture: &mut Picture, weeks: &[Played]) {
    let most = 900.0;
    let panel = Panel {
        left: 60.0,
        top: 80.0,
        width: 860.0,
        height: 190.0,
        most: ((5 * DAY_S / STEP_S) as f64, most),
    };
    let marks: Vec<_> = (0..=3).map(|step| (f64::from(step) * 300.0, (step * 300).to_string())).collect();
    picture.frame(&panel, "Submissions that wait for a person (office hours only)", &marks);
    days(picture, &panel);
    for week in weeks.iter().filter(|week| week.order == Order::Turns) {
        let waits = |at_s: i64| {
            week.works.iter().filter(|work| work.entered_s <= at_s && work.begun_s > at_s).count() as f64
        };
        picture.line(&panel, &over_week(waits), &look(week));
    }
    let flood = panel.x((FLOOD_AT_S / STEP_S) as f64);
    picture.words((flood + 8.0, 94.0), "start", TURNS, 600, "Tuesday 10:00: one kecamatan hands in 500");
    picture.words((flood + 8.0, 112.0), "start", "#555", 400, "dotted: the same week without them");
}

fn busy(picture: &mut Picture, weeks: &[Played]) {
    let panel = Panel {
        left: 60.0,
        top: 350.0,
        width: 860.0,
        height: 110.0,
        most: ((5 * DAY_S / STEP_S) as f64, 100.0),
    };
    let mut in_turns = weeks.iter().filter(|week| week.order == Order::Turns);
    let points = |week: &Played| {
        over_week(|at_s| {
            let busy_s: i64 = week.works.iter().map(|work| work.within_s(at_s, at_s + STEP_S)).sum();
            100.0 * busy_s as f64 / (VERIFIERS as i64 * STEP_S) as f64
        })
    };
    if let Some(calm) = in_turns.find(|week| !week.flooded) {
        picture.area(&panel, &points(calm), "#cfe6dc");
    }
    let marks = [0.0, 50.0, 100.0].map(|percent| (percent, format!("{percent:.0} %")));
    let title =
        format!("How busy {VERIFIERS} verifiers are, in turns (filled: the same week without the flood)");
    picture.frame(&panel, &title, &marks);
    days(picture, &panel);
    if let Some(flooded) = in_turns.find(|week| week.flooded) {
        picture.line(&panel, &points(flooded), &look(flooded));
    }
}

fn others(picture: &mut Picture, weeks: &[Played], largest: usize) {
    let most_min = 480.0;
    let panel = Panel { left: 60.0, top: 560.0, width: 860.0, height: 270.0, most: (most_min, 100.0) };
    let marks: Vec<_> = (0..=4).map(|step| (f64::from(step) * 25.0, format!("{} %", step * 25))).collect();
    let title = "How many of the other kecamatan's submissions waited no longer (sent from the flood on until Wednesday evening)";
    picture.frame(&panel, title, &marks);
    let bottom = panel.top + panel.height;
    for minutes in (0..=480).step_by(60) {
        let x = panel.x(f64::from(minutes));
        picture.rule((x, bottom), (x, bottom + 5.0), "#888");
        picture.words((x, bottom + 20.0), "middle", "#555", 400, &minutes.to_string());
    }
    picture.words((panel.left + panel.width, bottom + 42.0), "end", "#555", 400, "minutes of office time");
    for (number, week) in weeks.iter().enumerate() {
        let waits = week.others_min(largest);
        let share = |minutes: i64| {
            let within = waits.iter().filter(|wait| **wait < minutes).count();
            (minutes as f64, 100.0 * within as f64 / waits.len().max(1) as f64)
        };
        let points: Vec<_> = (0..=480).step_by(5).map(share).collect();
        picture.line(&panel, &points, &look(week));
        let y = 700.0 + 26.0 * number as f64;
        let Look { colour, dashes } = look(week);
        let key = Panel { left: 600.0, top: y - 4.0, width: 40.0, height: 1.0, most: (1.0, 1.0) };
        picture.line(&key, &[(0.0, 0.0), (1.0, 0.0)], &Look { colour, dashes });
        picture.words((650.0, y), "start", "#222", 400, week.title);
    }
}
