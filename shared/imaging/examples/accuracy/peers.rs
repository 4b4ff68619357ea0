//! Other programs that do some of the same, where they are installed: `scripts/install-deps scan-peers` gets them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What leptonica and libjpeg-turbo take for a page in milliseconds of processor time, and jdeskew where it is there.
pub(crate) struct Times {
    pub(crate) decode: f64,
    /// `pixFindSkew`, and with its finest settings.
    pub(crate) find: f64,
    pub(crate) find_finely: f64,
    pub(crate) deskew: f64,
    /// At quality 75, gray and in colour.
    pub(crate) coding: [f64; 2],
}

/// The programs that were found.
pub(crate) struct Peers {
    /// Our program around leptonica and libjpeg-turbo.
    compiled: Option<PathBuf>,
    has_jdeskew: bool,
}

impl Peers {
    /// Looks for them, and says which are not there; `folder` is for what is compiled.
    pub(crate) fn find(folder: &Path) -> Self {
        let program = folder.join("peers");
        let built = Command::new("cc")
            .arg("-O2")
            .arg(source("peers.c"))
            .arg("-o")
            .arg(&program)
            .args(["-llept", "-lturbojpeg"])
            .output();
        let works = built.is_ok_and(|output| output.status.success());
        if !works {
            println!("leptonica and libjpeg-turbo: headers not installed, not measured");
        }
        let has_jdeskew = python(&["-c", "import jdeskew"]).is_some();
        if !has_jdeskew {
            println!("jdeskew: not installed, not measured");
        }
        Self { compiled: works.then_some(program), has_jdeskew }
    }

    /// Returns the times of leptonica and libjpeg-turbo on a page.
    pub(crate) fn times(&self, page: &Path) -> Option<Times> {
        let numbers = numbers(Command::new(self.compiled.as_deref()?).arg(page))?;
        let &[decode, find, find_finely, deskew, gray, colour] = numbers.as_slice() else {
            return None;
        };
        Some(Times { decode, find, find_finely, deskew, coding: [gray, colour] })
    }

    /// Returns jdeskew's time on a page.
    pub(crate) fn jdeskew_time(&self, page: &Path) -> Option<f64> {
        self.jdeskew(page).map(|(_, ms)| ms)
    }

    /// Returns each peer that finds a skew, with its answer for a page in degrees clockwise.
    pub(crate) fn angles(&self, page: &Path) -> Vec<(&'static str, Option<f64>)> {
        let leptonica = self.compiled.as_deref().and_then(|program| {
            numbers(Command::new(program).arg("angles").arg(page)).filter(|angles| angles.len() == 2)
        });
        let magick = || {
            let mut convert = Command::new("convert");
            convert.arg(page).args(["-deskew", "40%", "-format", "%[deskew:angle]", "info:"]);
            // The turn that straightens the page.
            numbers(&mut convert)?.first().map(|deg| -deg)
        };
        vec![
            ("leptonica, defaults", leptonica.as_ref().map(|angles| angles[0])),
            ("leptonica, finest", leptonica.as_ref().map(|angles| angles[1])),
            ("jdeskew 0.4.2", self.jdeskew(page).map(|(deg, _)| deg)),
            ("ImageMagick -deskew", magick()),
        ]
    }

    fn jdeskew(&self, page: &Path) -> Option<(f64, f64)> {
        if !self.has_jdeskew {
            return None;
        }
        let script = source("peers.py");
        let words = python(&[script.to_str()?, page.to_str()?])?;
        let &[deg, ms] = parsed(&words).as_slice() else {
            return None;
        };
        Some((deg, ms))
    }
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/accuracy").join(name)
}

/// Runs Python with what `scripts/install-deps scan-peers` put into `.run/tools/scan`; returns what it printed.
fn python(arguments: &[&str]) -> Option<String> {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.run/tools/scan");
    let output = Command::new("python3").env("PYTHONPATH", packages).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn numbers(command: &mut Command) -> Option<Vec<f64>> {
    let output = command.output().ok()?;
    output.status.success().then(|| parsed(&String::from_utf8_lossy(&output.stdout)))
}

fn parsed(text: &str) -> Vec<f64> {
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}
