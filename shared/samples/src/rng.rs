//! The one source of chance: SplitMix64.
//!
//! Written here in a few lines because a dossier must keep its bytes for ever; a library may change its stream.

/// A stream of random numbers, fixed by its seed.
#[derive(Debug, Clone)]
pub(crate) struct Rng {
    state: u64,
}

impl Rng {
    /// Starts stream number `stream` of `seed`; streams of one seed do not resemble each other.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = Self { state: seed ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03) };
        rng.state = rng.next_u64() ^ stream;
        rng
    }

    /// Splits off an independent stream.
    pub(crate) fn fork(&mut self) -> Self {
        Self { state: self.next_u64() }
    }

    /// 64 random bits.
    pub(crate) fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..1`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number in `low..high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// The same as [`Self::between`] for drawing.
    pub(crate) fn betweenf(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit() as f32
    }

    /// A whole number in `low..=high`.
    pub(crate) fn whole(&mut self, low: i64, high: i64) -> i64 {
        let span = (high - low).unsigned_abs() + 1;
        low + (self.next_u64() % span) as i64
    }

    /// True with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// One of `items`, which must not be empty.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[(self.next_u64() % items.len() as u64) as usize]
    }

    /// An index into `weights`, as often as its weight says.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let mut left = self.unit() * weights.clone().sum::<f64>();
        let mut last = 0;
        for (index, weight) in weights.enumerate() {
            last = index;
            if left < weight {
                break;
            }
            left -= weight;
        }
        last
    }

    /// A number of the normal distribution, mean 0, standard deviation 1.
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_never_changes() {
        let mut rng = Rng { state: 0 };
        assert_eq!(rng.next_u64(), 0xE220_A839_7B1D_CDAF, "first value of SplitMix64 from 0");
    }

    #[test]
    fn weights_are_kept() {
        let mut rng = Rng::new(1, 1);
        let hits = (0..10_000).filter(|_| rng.weighted([1.0, 3.0].into_iter()) == 1).count();
        assert!((7_300..7_700).contains(&hits), "{hits}");
    }

    #[test]
    fn streams_of_one_seed_differ() {
        assert_ne!(Rng::new(5, 0).next_u64(), Rng::new(5, 1).next_u64());
        assert_eq!(Rng::new(5, 1).next_u64(), Rng::new(5, 1).next_u64());
    }
}
