//! Served traffic has the shares of Thompson sampling, shown by 200,000 visitors each.

use bandit::allocation::{Floors, weights};
use bandit::rendezvous::{Key, assign};
use bandit::thompson::Sampler;
use bandit::{BanditError, prob_best};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const VISITORS: u32 = 200_000;
/// Arms of clearly different probabilities of being best; the control first.
const ARMS: [(f64, f64); 4] = [(40.0, 960.0), (52.0, 948.0), (47.0, 953.0), (56.0, 944.0)];

fn sampled() -> [f64; 4] {
    let sampler = Sampler::new(&ARMS).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(20_261_123);
    let mut counts = [0.0; 4];
    for _ in 0..VISITORS {
        counts[sampler.sample(&mut random)] += 1.0;
    }
    counts
}

fn served(floors: Floors, swap: bool) -> [f64; 4] {
    let mut weights = weights(&prob_best(&ARMS).unwrap(), Some(0), floors).unwrap();
    if swap {
        weights.swap(1, 3);
    }
    let ids = ["control", "a", "b", "c"];
    let arms: Vec<(&str, f64)> = ids.into_iter().zip(weights).collect();
    let mut counts = [0.0; 4];
    for visitor in 0..VISITORS {
        counts[assign(&Key([42; 16]), &format!("v-{visitor}"), &arms).unwrap()] += 1.0;
    }
    counts
}

/// What the floors make of the sampler's shares: `f_i + (1 - sum f) * share`.
fn with_floors(sampled: [f64; 4], floors: Floors) -> [f64; 4] {
    let floor = |i: usize| if i == 0 { floors.control } else { floors.arm };
    let rest = 1.0 - (0..4).map(floor).sum::<f64>();
    let visitors = f64::from(VISITORS);
    std::array::from_fn(|i| floor(i) * visitors + rest * sampled[i])
}

/// Chi-square test of served counts against the sampler's, which vary themselves by `rest^2` of their
/// binomial variance; the upper tail of chi-square with 3 degrees of freedom.
fn p_value(served: [f64; 4], sampled: [f64; 4], floors: Floors) -> f64 {
    let expected = with_floors(sampled, floors);
    let rest = 1.0 - floors.control - 3.0 * floors.arm;
    let statistic: f64 =
        (0..4).map(|i| (served[i] - expected[i]).powi(2) / (expected[i] + rest * rest * sampled[i])).sum();
    // erfc(sqrt(s / 2)) + sqrt(2 s / pi) exp(-s / 2)
    libm::erfc((statistic / 2.0).sqrt()) + (2.0 * statistic / std::f64::consts::PI).sqrt() * (-statistic / 2.0).exp()
}

#[test]
fn served_shares_are_the_samplers() {
    let sampled = sampled();
    for floors in [Floors::NONE, Floors::default()] {
        let p = p_value(served(floors, false), sampled, floors);
        assert!(p > 0.001, "{floors:?}: p = {p}");
    }
}

#[test]
fn two_weights_swapped_are_noticed() {
    let sampled = sampled();
    for floors in [Floors::NONE, Floors::default()] {
        let p = p_value(served(floors, true), sampled, floors);
        assert!(p < 1e-6, "{floors:?}: p = {p}");
    }
}

#[test]
fn the_sampler_needs_arms() {
    assert_eq!(Sampler::new(&[]).unwrap_err(), BanditError::Arms);
    assert_eq!(Sampler::new(&[(0.0, 1.0)]).unwrap_err(), BanditError::Parameters);
}
