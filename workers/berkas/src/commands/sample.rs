//! `berkas sample`: fictional dossiers with ground truth beside them.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use berkas_domain::{CaseCode, Clock as _, OfficeCode, Service, SystemClock, wib};
use berkas_samples::{Defect, Generator, Plan};
use chrono::NaiveDate;
use clap::Args;

use crate::cli::one_of;
use crate::output::{self, Format};

/// `berkas sample`.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// Where the dossiers go: one directory each, with `form.json`, the files and `truth.json`.
    dir: PathBuf,
    /// How many.
    #[arg(long, default_value_t = 1)]
    count: u32,
    /// The same seed makes the same dossiers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The office they come from.
    #[arg(long, default_value = "351709")]
    office: OfficeCode,
    /// Only this service, with a case of it; services are mixed as in a real office when absent.
    #[arg(long, requires = "case", value_parser = one_of(Service::ALL, Service::as_str))]
    service: Option<Service>,
    /// Only this case, for example `LHR-1`.
    #[arg(long, requires = "service")]
    case: Option<CaseCode>,
    /// Without any defect. Otherwise some are incomplete, blurred or in the wrong slot.
    #[arg(long)]
    flawless: bool,
    /// The day they are handed in; today in WIB when absent.
    #[arg(long)]
    handed_in: Option<NaiveDate>,
}

pub fn run(args: SampleArgs, format: Format) -> anyhow::Result<ExitCode> {
    let day = args.handed_in.unwrap_or_else(|| wib(SystemClock.now()).date_naive());
    let mut generator = Generator::new(args.seed, day);
    for number in 1..=args.count {
        let mut plan = generator.random_plan(&args.office);
        if let (Some(service), Some(case)) = (args.service, &args.case) {
            plan = Plan { service, case: case.clone(), office: args.office.clone(), defects: plan.defects };
        }
        if args.flawless {
            plan.defects = Vec::<Defect>::new();
        }
        plan.check()?;
        let dossier = generator.dossier(&plan);
        let dir = args.dir.join(format!("{number:04}"));
        std::fs::create_dir_all(&dir).with_context(|| format!("making `{}`", dir.display()))?;
        std::fs::write(dir.join("form.json"), serde_json::to_vec_pretty(&dossier.form)?)?;
        std::fs::write(dir.join("truth.json"), serde_json::to_vec_pretty(&dossier.truth)?)?;
        for file in &dossier.files {
            std::fs::write(dir.join(&file.name), &file.bytes)?;
        }
        let (service, case) = (dossier.form.service, &dossier.form.case);
        if format == Format::Json {
            let files: Vec<&str> = dossier.files.iter().map(|file| file.name.as_str()).collect();
            output::json_line(&serde_json::json!({
                "dir": dir.display().to_string(), "service": service, "case": case, "files": files,
            }))?;
        } else {
            output::line(format_args!("{}  {service} {case}, {} files", dir.display(), dossier.files.len()));
        }
    }
    Ok(ExitCode::SUCCESS)
}
