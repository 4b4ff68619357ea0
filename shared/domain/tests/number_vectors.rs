//! The published sample of numbers, each with the verdict it should get.
#![cfg(test)]

use berkas_domain::{NumberKind, NumberReport, Regions, Verdict, check_kk, check_nik};
use chrono::NaiveDate;

const VECTORS: &str = include_str!("data/nik-vectors.csv");

fn read(input: &str, kind: &str) -> NumberReport {
    let reference = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    match kind.parse().unwrap() {
        NumberKind::Nik => check_nik(input, None, reference, Regions::embedded()),
        NumberKind::Kk => check_kk(input, reference, Regions::embedded()),
    }
}

#[test]
fn every_vector_gets_its_verdict_and_its_code() {
    let lines: Vec<&str> = VECTORS.lines().skip(1).collect();
    assert_eq!(lines.len(), 15);
    for line in lines {
        let cells: Vec<&str> = line.splitn(7, ',').collect();
        let [input, kind, verdict, sex, birth_date, code, note] = cells[..] else { panic!("{line}") };
        let report = read(input, kind);
        let expected = if verdict == "normalise" { Verdict::Ok } else { verdict.parse().unwrap() };
        assert_eq!(report.verdict, expected, "{note}");
        let codes: Vec<&str> = report.codes.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.join(" "), code, "{note}");
        assert_eq!(report.sex.map_or("", |sex| sex.as_str()), sex, "{note}");
        assert_eq!(report.birth_date.map_or(String::new(), |date| date.to_string()), birth_date, "{note}");
    }
}
