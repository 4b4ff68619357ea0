//! `berkas nik`: NIK and family card numbers.

use std::io::BufRead as _;
use std::process::ExitCode;

use berkas_domain::{
    Clock as _, NumberKind, NumberReport, Regions, SystemClock, Verdict, check_kk, check_nik, wib,
};
use chrono::NaiveDate;
use clap::Args;
use serde_json::json;

use crate::output::{self, Format};

/// `berkas nik`.
#[derive(Debug, Args)]
pub struct NikArgs {
    /// The numbers; standard input, one a line, when there are none.
    numbers: Vec<String>,
    /// The day that decides what lies in the future; today in WIB when absent.
    #[arg(long)]
    reference_date: Option<NaiveDate>,
    /// What the numbers are.
    #[arg(long, value_enum, default_value_t = Kind::Nik)]
    kind: Kind,
}

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// A person's number.
    Nik,
    /// A family card's number.
    Kk,
}

pub fn run(args: NikArgs, format: Format) -> anyhow::Result<ExitCode> {
    let reference = args.reference_date.unwrap_or_else(|| wib(SystemClock.now()).date_naive());
    let regions = Regions::embedded();
    let mut worst = ExitCode::SUCCESS;
    let mut judge = |number: &str| -> anyhow::Result<()> {
        let report = match args.kind {
            Kind::Nik => check_nik(number, None, reference, regions),
            Kind::Kk => check_kk(number, reference, regions),
        };
        if report.verdict == Verdict::Error {
            worst = ExitCode::FAILURE;
        }
        print(number, &report, format)
    };
    if args.numbers.is_empty() {
        for line in std::io::stdin().lock().lines() {
            judge(line?.trim_end())?;
        }
    } else {
        for number in &args.numbers {
            judge(number)?;
        }
    }
    Ok(worst)
}

fn print(input: &str, report: &NumberReport, format: Format) -> anyhow::Result<()> {
    let kind = match report.input_kind {
        NumberKind::Nik => "nik",
        NumberKind::Kk => "kk",
    };
    let codes: Vec<String> = report.codes.iter().map(ToString::to_string).collect();
    let verdict = report.verdict.to_string();
    if format == Format::Json {
        return output::json_line(&json!({
            "input": input, "kind": kind, "verdict": verdict, "codes": codes, "sex": report.sex,
            "birth_date": report.birth_date, "region": report.region,
        }));
    }
    let mark = match report.verdict {
        Verdict::Ok => "✔",
        Verdict::Warn => "!",
        Verdict::Error => "✖",
    };
    let mut text = format!("{mark} {input}");
    for part in [report.sex.map(|sex| sex.to_string()), report.birth_date.map(|date| date.to_string())] {
        text.push_str(&part.map(|part| format!("  {part}")).unwrap_or_default());
    }
    if let Some(region) = &report.region {
        text.push_str(&format!("  {region}"));
    }
    if !codes.is_empty() {
        text.push_str(&format!("  {}", codes.join(", ")));
    }
    output::line(text);
    Ok(())
}
