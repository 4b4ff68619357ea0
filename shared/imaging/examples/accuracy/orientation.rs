//! Orientation: drawn pages and the real scans, each turned by all quarters.

use std::time::Instant;

use berkas_imaging::{Options, Raster, measure_orientation};

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
    let Ok(folder) = std::fs::read_dir(skew::scans()) else {
        println!("  real scans: folder not there, skipped");
        return;
    };
    let mut tally = Tally::default();
    for path in folder.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|extension| extension == "jpg") {
            let page = degrade::decode(&std::fs::read(&path).expect("file"));
            let gray = Raster::gray(page.width, page.height, degrade::gray(&page));
            tally.judge(&path.file_name().unwrap_or_default().to_string_lossy(), &gray);
        }
    }
    tally.print("real scans");
}

impl Tally {
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
            "  {name:12} right {:3}, left as it is {:3}, wrong {:3}; upright pages turned {}; {:.1} ms a page, skew included",
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
