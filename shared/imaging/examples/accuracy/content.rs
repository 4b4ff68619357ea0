//! What pages look like: each kind of paper that the sample generator draws, as a table of what was said of it. The limits were
//! set on the first seed; the others were only looked at afterwards.

use std::collections::BTreeMap;
use std::sync::Mutex;

use berkas_imaging::{Limits, LooksLike, Options, normalize_raster};
use berkas_samples::{Exposure, Original};

use crate::degrade;

const TUNED: [u64; 1] = [1];
const HELD_OUT: [u64; 3] = [401, 402, 403];

/// What is said of a paper, and how often.
type Said = BTreeMap<&'static str, u32>;

/// Prints the tables.
pub(crate) fn run() {
    for (name, seeds) in [("limits set on these", &TUNED[..]), ("held out", &HELD_OUT)] {
        println!("what pages look like, {name}: seeds {seeds:?}, each page four times as an office sends it");
        let said = said(seeds);
        print!("  {:24}", "");
        LooksLike::ALL.iter().for_each(|kind| print!(" {:>11}", kind.code()));
        println!(" {:>11}", "nothing");
        for (paper, counts) in &said {
            print!("  {paper:24}");
            let codes = LooksLike::ALL.iter().map(LooksLike::code).chain(["nothing"]);
            codes.for_each(|code| print!(" {:>11}", counts.get(code).copied().unwrap_or(0)));
            println!();
        }
    }
}

fn said(seeds: &[u64]) -> BTreeMap<String, Said> {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
    let all = Mutex::new(BTreeMap::<String, Said>::new());
    for &seed in seeds {
        let originals = Original::all(seed, day, 1);
        let work = Mutex::new(originals.iter().flat_map(|original| (0..4).map(move |copy| (original, copy))));
        let judge = || {
            while let Some((original, copy)) = { work.lock().expect("no panic").next() } {
                let specimen = original.exposed(&Exposure::Usual, 1000 * seed + copy);
                let page = degrade::decode(&specimen.bytes);
                let made = normalize_raster(page, 0, &Options::default(), &Limits::default());
                let looks_like = made.expect("own page normalizes").1.looks_like;
                let code = looks_like.map_or("nothing", |(kind, _)| kind.code());
                let paper = original.kind().map_or("blank sheet".to_owned(), |kind| kind.to_string());
                *all.lock().expect("no panic").entry(paper).or_default().entry(code).or_default() += 1;
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(judge))));
    }
    all.into_inner().expect("no panic")
}
