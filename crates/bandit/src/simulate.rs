//! A site with known truth, run through the code that runs live (SPEC 16).
//!
//! One run is one generation: visitors come, weights and decisions follow by [`crate::look`]. Runs are
//! independent and take their randomness from outside, so that they can be spread over threads and
//! repeated exactly.

mod coverage;
pub mod reference;
mod run;
mod scenario;
mod site;
mod summary;

pub use coverage::{Covered, Hits};
pub use run::{Outcome, run};
pub use scenario::{Drift, Kills, Promotion, Scenario, Traffic, Young};
pub use summary::{Coverage, Estimate, Summary};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The randomness of one run: the same for the same seed and number, whatever runs beside it.
#[must_use]
pub fn stream(seed: u64, run: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(run);
    random
}
