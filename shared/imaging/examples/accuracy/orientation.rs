//! Orientation: drawn pages and the real scans, each turned by all quarters.

use std::sync::Mutex;
use std::time::Instant;

use berkas_imaging::{Options, Raster, measure_orientation};
use berkas_samples::{Degradation, Exposure, Original};

use crate::pages::Random;
use crate::{degrade, pages, skew};

/// Right answers, wrong ones, pages left as they are, and upright pages turned by mistake.
#[derive(Default)]
struct Tally {
    right: u32,
    wrong: u32,
    left: u32,
    upright_turned: u32,
    ms: f64,
}

/// Prints the table; `SEEDS` says how many pages of each kind are drawn, `FIRST` which is the first of them.
pub(crate) fn run() {
    println!("orientation, each page turned by all four quarters");
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let (first, seeds) = (number("FIRST").unwrap_or(0), number("SEEDS").unwrap_or(8));
    for (kind, name) in pages::KINDS.iter().chain(&["figures", "numbers"]).enumerate() {
        let mut tally = Tally::default();
        for seed in first..first + seeds {
            let mut random = Random(seed);
            let deg = random.range(-3.0, 3.0);
            let page = degrade::decode(&pages::draw(seed, kind, deg, 1.0));
            let scan = degrade::decode(&degrade::scanned(&page, &mut random));
            tally.judge(name, &scan);
        }
        tally.print(name);
    }
    for (exposure, name) in (0..).zip(EXPOSURES) {
        if crate::is_wanted(name) {
            papers(exposure, first..first + seeds / 2).print(name);
        }
    }
    let Ok(folder) = std::fs::read_dir(skew::scans()) else {
        println!("  real scans: folder not there, skipped");
        return;
    };
    let (mut tally, mut cuttings) = (Tally::default(), Tally::default());
    for path in folder.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|extension| extension == "jpg") {
            let page = degrade::decode(&std::fs::read(&path).expect("file"));
            let gray = Raster::gray(page.width, page.height, degrade::gray(&page));
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            tally.judge(&name, &gray);
            cut(&gray).for_each(|part| cuttings.judge(&name, &part));
        }
    }
    tally.print("real scans");
    cuttings.print("their parts");
}

/// Returns halves and thirds of a page, across it.
fn cut(page: &Raster) -> impl Iterator<Item = Raster> {
    let pixels = degrade::gray(page);
    [(0, 2), (1, 2), (0, 3), (1, 3), (2, 3)].into_iter().map(move |(part, of)| {
        let height = page.height / of;
        let from = (part * height * page.width) as usize;
        Raster::gray(page.width, height, pixels[from..][..(height * page.width) as usize].to_vec())
    })
}

/// How the papers of the sample generator are exposed, besides some noise.
const EXPOSURES: [&str; 5] = ["papers", "shadow", "black border", "on a table", "shadow's edge"];

fn exposed(original: &Original, exposure: usize, random: &mut Random) -> Raster {
    let mut degradations = vec![Degradation::Noise { sigma: random.range(1.0, 5.0) as f32 }];
    degradations.extend(match exposure {
        1 => Some(Degradation::Shadow { depth: random.range(0.12, 0.4) as f32 }),
        2 => Some(Degradation::BlackBorder { width_mm: random.range(2.0, 9.0) as f32 }),
        3 => Some(Degradation::Perspective { strength: random.range(0.01, 0.035) as f32 }),
        _ => None,
    });
    let (specimen, _) = original.exposed_with_layout(&Exposure::With(degradations), random.next());
    let mut page = degrade::decode(&specimen.bytes);
    if exposure == 4 {
        degrade::half_shaded(&mut page, random);
    }
    page
}

/// Every paper of these seeds under one exposure, on all cores.
fn papers(exposure: usize, seeds: std::ops::Range<u64>) -> Tally {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
    let mut originals: Vec<_> = seeds.flat_map(|seed| Original::all(700 + seed, day, 1)).collect();
    // A blank sheet has no end that is up.
    originals.retain(|original| original.kind().is_some());
    let work = Mutex::new(originals.iter().zip(0..));
    let all = Mutex::new(Tally::default());
    let judge = || {
        while let Some((original, seed)) = { work.lock().expect("no panic").next() } {
            let page = exposed(original, exposure, &mut Random(seed * 100 + exposure as u64));
            let mut tally = Tally::default();
            tally.judge(&format!("{:?}", original.kind()), &page);
            all.lock().expect("no panic").add(&tally);
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(judge))));
    all.into_inner().expect("no panic")
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.left += other.left;
        self.upright_turned += other.upright_turned;
        self.ms += other.ms;
    }

    fn judge(&mut self, name: &str, page: &Raster) {
        let (mut width, mut height, mut pixels) = (page.width, page.height, degrade::gray(page));
        let options = options();
        for quarters in 0..4_u16 {
            let page = Raster::gray(width, height, pixels.clone());
            let start = Instant::now();
            let (found, confidence) = measure_orientation(&page, &options);
            self.ms += start.elapsed().as_secs_f64() * 1000.0;
            match found / 90 {
                found if found == quarters => self.right += 1,
                0 => self.left += 1,
                found => {
                    self.wrong += 1;
                    self.upright_turned += u32::from(quarters == 0);
                    println!(
                        "    {name}: turned by {quarters} quarters, found {found}, confidence {confidence:.2}"
                    );
                }
            }
            pixels = degrade::quarter_turned(&pixels, width as usize, height as usize);
            (width, height) = (height, width);
        }
    }

    fn print(&self, name: &str) {
        println!(
            "  {name:13} right {:3}, left as it is {:3}, wrong {:3}; upright pages turned {}; {:.1} ms a page, skew included",
            self.right,
            self.left,
            self.wrong,
            self.upright_turned,
            self.ms / f64::from((self.right + self.left + self.wrong).max(1))
        );
    }
}

/// With the network whose file `ORIENTATION_MODEL` names, in a build with the feature.
fn options() -> Options {
    #[cfg(feature = "orientation-net")]
    {
        use berkas_imaging::OrientationNet;
        use std::sync::LazyLock;
        static NET: LazyLock<Option<OrientationNet>> = LazyLock::new(|| {
            let path = std::env::var_os("ORIENTATION_MODEL")?;
            Some(OrientationNet::load(std::fs::read(path).expect("model file")).expect("orientation network"))
        });
        Options { orientation_net: NET.as_ref(), ..Options::default() }
    }
    #[cfg(not(feature = "orientation-net"))]
    Options::default()
}
