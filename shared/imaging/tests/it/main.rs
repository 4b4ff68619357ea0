//! What the normalizer promises, tried on pages drawn here and on the real scans where they are at hand.

mod draw;
mod files;
mod formats;
mod isolated;
mod malformed;
mod normalizing;
mod orientation;
mod scans;
mod skew;
mod verdict;
