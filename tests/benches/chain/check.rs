//! What a clerk waits for a page check while the applicant stands there: a photo by a phone, over HTTP, at the real server.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use berkas_domain::Clock as _;
use berkas_imaging::{Document, Limits, Pixels};
use berkas_samples::{Degradation, Exposure, Original};
use berkas_testkit::Services;
use futures::{StreamExt as _, TryStreamExt as _};

use crate::stage::{Bench, Office};

/// Requests one after the other, and again as many in [`AT_ONCE`] lanes.
const REQUESTS: usize = 20;
/// Requests that are under way at the same time.
const AT_ONCE: usize = 4;
/// Dots per inch at which the photo of a sheet of A4 on a table has twelve million pixels.
const DPI: u16 = 326;

/// What the checks took.
pub struct Checks {
    /// Edges of the photo in pixels.
    pub size: (u32, u32),
    /// Bytes of its file.
    pub bytes: usize,
    /// The middle of as many decodings of it in this process, in milliseconds: the ratio is to this.
    pub decode_ms: f64,
    /// The half and 99 of a hundred did not take longer, in milliseconds: one after the other.
    pub alone_ms: [f64; 2],
    /// The same, several at the same time.
    pub together_ms: [f64; 2],
}

/// Asks a server of its own.
pub async fn checks(services: &'static Services) -> Result<Checks> {
    let photo = photo()?;
    let (size, decode_ms) = decoded(&photo)?;
    let quota = ("BERKAS_INTAKE__PAGE_CHECK__PER_MINUTE", "1000");
    let bench = Bench::on(services, &[quota]).await?;
    let _server = bench.spawn(&["serve"])?;
    bench.serves().await?;
    let office = bench.office("351709").await?;
    // The first one opens the connection and reads the words.
    ask(&office, &photo).await?;
    let alone = lap(&office, &photo, 1).await?;
    let together = lap(&office, &photo, AT_ONCE).await?;
    Ok(Checks {
        size,
        bytes: photo.len(),
        decode_ms,
        alone_ms: quantiles(alone),
        together_ms: quantiles(together),
    })
}

/// A form on a table, by a phone, in colours.
fn photo() -> Result<Vec<u8>> {
    let today = berkas_domain::wib(berkas_domain::SystemClock.now()).date_naive();
    let form = Original::sheet(1, today, DPI).context("no paper of large print")?;
    let phone = [Degradation::Perspective { strength: 0.02 }, Degradation::Noise { sigma: 3.0 }];
    let phone = Exposure::With(phone.to_vec());
    let has_colours = |photo: &Vec<u8>| {
        let page = Document::open(photo, &Limits::default()).and_then(|document| document.page(0));
        page.is_ok_and(|page| matches!(page.pixels, Pixels::Rgb(_)))
    };
    let mut photos = (1..20).map(|seed| form.exposed(&phone, seed).bytes);
    photos.find(has_colours).context("all photos are grey")
}

fn decoded(photo: &[u8]) -> Result<((u32, u32), f64)> {
    let document = Document::open(photo, &Limits::default())?;
    let mut took = Vec::new();
    let mut size = (0, 0);
    for _ in 0..REQUESTS {
        let began = Instant::now();
        let page = document.page(0)?;
        took.push(ms(began));
        size = (page.width, page.height);
    }
    Ok((size, quantiles(took)[0]))
}

/// Asks [`REQUESTS`] times, so many at once; returns what each took in milliseconds.
async fn lap(office: &Office, photo: &[u8], at_once: usize) -> Result<Vec<f64>> {
    let requests = (0..REQUESTS).map(|_| ask(office, photo));
    futures::stream::iter(requests).buffer_unordered(at_once).try_collect().await
}

async fn ask(office: &Office, photo: &[u8]) -> Result<f64> {
    let began = Instant::now();
    let told = office.client.check_page(photo).await?;
    let took = ms(began);
    ensure!(told["pages"][0]["preview"].is_string(), "the photo was not made into a page");
    Ok(took)
}

fn ms(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1_000.0
}

/// What the half, and 99 of a hundred, do not exceed.
fn quantiles(mut took: Vec<f64>) -> [f64; 2] {
    took.sort_by(f64::total_cmp);
    [50, 99].map(|part: usize| took[took.len() * part / 100])
}
