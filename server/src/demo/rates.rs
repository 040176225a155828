//! What the simulated visitors really do, drawn at random and told to the person who watches.

use domain::VariantId;
use outbound::simulator::RateLookup;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

/// True rates of the arms that are not the best.
const ORDINARY: Range<f64> = 0.02..0.04;
/// True rate of the best arm.
const BEST: Range<f64> = 0.12..0.15;
/// The one true rate when there is nothing to find.
const EQUAL: f64 = 0.08;

/// The true conversion rate of every arm.
#[derive(Debug, Clone, PartialEq)]
pub struct TrueRates {
    arms: Vec<(VariantId, String, f64)>,
    best: usize,
    seed: u64,
}

impl TrueRates {
    /// Draws the rates of these arms, the control first. A challenger is the best, so that there is something
    /// to promote. With `equal` one is still drawn as the best in name, so that a check that finds it is wrong.
    #[must_use]
    pub fn draw(arms: Vec<(VariantId, String)>, seed: u64, equal: bool) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let best = if arms.len() > 1 { rng.random_range(1..arms.len()) } else { 0 };
        let drawn = arms.into_iter().enumerate().map(|(index, (id, name))| {
            let range = if index == best { BEST } else { ORDINARY };
            let rate = rng.random_range(range);
            (id, name, if equal { EQUAL } else { rate })
        });
        Self { arms: drawn.collect(), best, seed }
    }

    /// The arm that was drawn as the best.
    #[must_use]
    pub fn best(&self) -> Option<VariantId> {
        self.arms.get(self.best).map(|(id, ..)| *id)
    }

    /// The rates for the simulator.
    #[must_use]
    pub fn by_variant(&self) -> HashMap<VariantId, f64> {
        self.arms.iter().map(|(id, _, rate)| (*id, *rate)).collect()
    }

    /// Variants that come later get an ordinary rate of their own, the same at every visit.
    #[must_use]
    pub fn for_later_variants(&self) -> RateLookup {
        let seed = self.seed;
        Arc::new(move |assigned| {
            let (high, low) = assigned.variant_id.0.as_u64_pair();
            ChaCha8Rng::seed_from_u64(seed ^ high ^ low).random_range(ORDINARY)
        })
    }

    /// The rates as lines of text.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut text = format!("True conversion rates (seed {}):", self.seed);
        for (index, (_, name, rate)) in self.arms.iter().enumerate() {
            let mark = if index == self.best { "  <- best" } else { "" };
            // Writing to a text does not fail.
            let _ = write!(text, "\n  {name:12} {:5.2} %{mark}", rate * 100.0);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::TrueRates;
    use domain::VariantId;
    use uuid::Uuid;

    fn draw(seed: u64, equal: bool) -> TrueRates {
        let arms = (0..4).map(|number| (VariantId(Uuid::from_u128(number)), format!("Variant {number}")));
        TrueRates::draw(arms.collect(), seed, equal)
    }

    #[test]
    fn a_seed_draws_one_clear_best_and_always_the_same() {
        let mut places = std::collections::HashSet::new();
        for seed in 0..40 {
            let rates = draw(seed, false);
            assert_eq!(rates, draw(seed, false));
            let by_variant = rates.by_variant();
            let best = rates.best().map(|id| by_variant[&id]).unwrap_or_default();
            let others = by_variant.values().filter(|rate| **rate < best).count();
            assert_eq!(others, 3);
            places.insert(rates.best());
        }
        assert_eq!(places.len(), 3, "every challenger is the best at some seed");
        assert!(draw(1, true).by_variant().values().all(|rate| (rate - 0.08).abs() < f64::EPSILON));
    }
}
