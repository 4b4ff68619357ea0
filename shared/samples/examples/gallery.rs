//! Writes one dossier of each case into a directory, to look at: `cargo run --example gallery -- DIR [SEED]`.

use std::path::Path;

use berkas_domain::Service;
use berkas_samples::{Generator, Plan, cases};
use chrono::NaiveDate;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().ok_or("give a directory")?;
    let seed = arguments.next().map_or(Ok(1), |seed| seed.parse())?;
    let day = NaiveDate::from_ymd_opt(2026, 11, 24).ok_or("no such day")?;
    let mut generator = Generator::new(seed, day);
    for service in Service::ALL {
        for (case, _) in cases(*service) {
            let plan = Plan {
                service: *service,
                case: case.parse()?,
                office: "351709".parse()?,
                defects: Vec::new(),
            };
            let dossier = generator.dossier(&plan);
            let place = Path::new(&directory).join(case);
            std::fs::create_dir_all(&place)?;
            std::fs::write(place.join("form.json"), serde_json::to_vec_pretty(&dossier.form)?)?;
            std::fs::write(place.join("truth.json"), serde_json::to_vec_pretty(&dossier.truth)?)?;
            for file in dossier.files {
                std::fs::write(place.join(file.name), file.bytes)?;
            }
        }
    }
    Ok(())
}
