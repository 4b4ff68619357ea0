//! A day's arrivals at the counters: where, when and what (`config/volumes.toml`, `config/kecamatan.csv`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use berkas_domain::{OfficeCode, Service};
use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use serde::Deserialize;

use crate::generator::draw_plan;
use crate::places;
use crate::plan::{Defect, Plan};
use crate::rng::Rng;

/// A dossier that will be handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// When, in WIB.
    pub at: NaiveDateTime,
    /// Where.
    pub office: OfficeCode,
    /// What.
    pub plan: Plan,
}

/// The shape of a day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Volumes {
    pub(crate) defective: f64,
    pub(crate) blank_back: f64,
    services: BTreeMap<Service, f64>,
    hours: BTreeMap<String, f64>,
    defects: BTreeMap<Defect, f64>,
}

static VOLUMES: LazyLock<Volumes> = LazyLock::new(read);

#[expect(clippy::expect_used, reason = "the file is compiled in, and a test reads it")]
fn read() -> Volumes {
    toml::from_str(include_str!("../../../config/volumes.toml")).expect("`config/volumes.toml` must parse")
}

pub(crate) fn volumes() -> &'static Volumes {
    &VOLUMES
}

impl Volumes {
    pub(crate) fn draw_service(&self, rng: &mut Rng) -> Service {
        draw(&self.services, rng).copied().unwrap_or(Service::KartuKeluarga)
    }

    pub(crate) fn draw_defect(&self, rng: &mut Rng) -> Defect {
        draw(&self.defects, rng).copied().unwrap_or(Defect::Unreadable)
    }

    /// An hour as often as it comes, and a moment in it.
    fn draw_time(&self, rng: &mut Rng) -> NaiveTime {
        let hour: i64 = draw(&self.hours, rng).and_then(|hour| hour.parse().ok()).unwrap_or(8);
        let opens = if hour == 7 { 1_800 } else { 0 };
        let second = hour * 3_600 + rng.whole(opens, 3_599);
        NaiveTime::MIN + Duration::seconds(second)
    }
}

fn draw<'a, K>(weights: &'a BTreeMap<K, f64>, rng: &mut Rng) -> Option<&'a K> {
    weights.keys().nth(rng.weighted(weights.values().copied()))
}

/// Draws `submissions` arrivals on `date`, in order of time: offices by population, services by mix, hours by shape.
#[must_use]
pub fn morning(seed: u64, date: NaiveDate, submissions: usize) -> Vec<Arrival> {
    let mut rng = Rng::new(seed, u64::MAX);
    let offices = places::kecamatan();
    let arrival = |_| {
        let office =
            &offices[rng.weighted(offices.iter().map(|kecamatan| f64::from(kecamatan.population)))].office;
        let at = date.and_time(volumes().draw_time(&mut rng));
        Arrival { at, office: office.clone(), plan: draw_plan(office, &mut rng) }
    };
    let mut arrivals: Vec<_> = (0..submissions).map(arrival).collect();
    arrivals.sort_by_key(|arrival| arrival.at);
    arrivals
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day() -> Vec<Arrival> {
        morning(11, NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(), 20_000)
    }

    #[test]
    fn the_mix_is_the_one_of_the_file() {
        let share =
            |service| day().iter().filter(|arrival| arrival.plan.service == service).count() as f64 / 2e4;
        assert!((share(Service::KtpEl) - 0.40).abs() < 0.015);
        assert!((share(Service::KartuKeluarga) - 0.50).abs() < 0.015);
        assert!((share(Service::AktaKelahiran) - 0.06).abs() < 0.01);
        assert!((share(Service::AktaKematian) - 0.04).abs() < 0.01);
    }

    #[test]
    fn jombang_sends_six_times_as_much_as_ngusikan() {
        let from =
            |office: &str| day().iter().filter(|arrival| arrival.office.as_str() == office).count() as f64;
        let ratio = from("351709") / from("351721");
        assert!((4.8..7.4).contains(&ratio), "{ratio}");
    }

    #[test]
    fn most_come_before_ten_and_none_before_the_counter_opens() {
        let day = day();
        let times: Vec<_> = day.iter().map(|arrival| arrival.at.time()).collect();
        let before = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        assert!(times.is_sorted());
        assert!(times[0] >= NaiveTime::from_hms_opt(7, 30, 0).unwrap());
        let early = times.iter().filter(|time| **time < before(10)).count();
        assert!((11_000..13_000).contains(&early), "{early}");
    }

    #[test]
    fn every_plan_can_be_carried_out() {
        for arrival in day() {
            arrival.plan.check().unwrap();
        }
    }
}
