//! The rule of the first design still gives what it gave: Beta(1 + conversions, 1 + visitors - conversions),
//! the probability of being best as the share of 10,000 draws, and visitors who draw for themselves from
//! randomness seeded by their id. Ours says the same without drawing, and moves fewer visitors.

use bandit::allocation::movement;
use bandit::posterior::Posterior;
use bandit::prob_best;
use bandit::rendezvous::{Key, holdout_unit};
use bandit::thompson::Sampler;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// Visitors and conversions of two arms, before and after a few more visitors.
type Example = [[(u64, u64); 2]; 2];

/// The posteriors whose visitors were seen to change their variant: nothing known against 10 visitors an arm,
/// 98 against 103 and 104, and two arms that are well apart.
const EXAMPLES: [Example; 3] = [
    [[(0, 0), (0, 0)], [(10, 1), (10, 0)]],
    [[(98, 9), (98, 11)], [(103, 10), (104, 13)]],
    [[(1000, 20), (1000, 80)], [(1010, 20), (1010, 81)]],
];
const DRAWS: u32 = 10_000;

fn parameters(arms: [(u64, u64); 2]) -> [(f64, f64); 2] {
    arms.map(|(visitors, conversions)| {
        let posterior = Posterior::from_counts(visitors, conversions).unwrap();
        (posterior.alpha(), posterior.beta())
    })
}

#[test]
fn posteriors_and_the_probability_of_being_best_are_the_same() {
    assert_eq!(parameters([(98, 9), (98, 11)]), [(10.0, 90.0), (12.0, 88.0)]);
    assert_eq!(parameters([(103, 10), (104, 13)]), [(11.0, 94.0), (14.0, 92.0)]);
    for arms in EXAMPLES.into_iter().flatten().map(parameters) {
        let sampler = Sampler::new(&arms).unwrap();
        let mut random = ChaCha8Rng::seed_from_u64(100);
        let wins = (0..DRAWS).filter(|_| sampler.sample(&mut random) == 1).count();
        let (drawn, exact) = (share(wins), prob_best(&arms).unwrap()[1]);
        let error = (exact * (1.0 - exact) / f64::from(DRAWS)).sqrt();
        assert!((drawn - exact).abs() <= 4.0 * error + 1e-9, "{arms:?}: {drawn} drawn, {exact} exact");
    }
}

#[test]
fn visitors_who_draw_for_themselves_follow_the_probability_and_move_more() {
    for [before, after] in EXAMPLES.map(|example| example.map(parameters)) {
        let (own_before, own_after) = (drawn(before), drawn(after));
        assert_eq!(own_before, drawn(before), "the same id draws the same");
        let [exact_before, exact_after] = [before, after].map(|arms| prob_best(&arms).unwrap());
        for (own, exact) in [(&own_before, &exact_before), (&own_after, &exact_after)] {
            let found = share(own.iter().filter(|arm| **arm == 1).count());
            let error = (exact[1] * (1.0 - exact[1]) / f64::from(DRAWS)).sqrt();
            assert!((found - exact[1]).abs() <= 4.0 * error + 1e-9, "{found} of the visitors, {} exact", exact[1]);
        }
        let flipped = share(own_before.iter().zip(&own_after).filter(|(before, after)| before != after).count());
        let (moved, _) = movement(&exact_before, &exact_after).unwrap();
        assert!(moved <= flipped + 1e-9, "{moved} move by rendezvous hashing, {flipped} by drawing");
    }
}

/// The arm of every visitor, each drawing from its own randomness.
fn drawn(arms: [(f64, f64); 2]) -> Vec<usize> {
    let sampler = Sampler::new(&arms).unwrap();
    let visitor = |number: u32| {
        let seed = holdout_unit(&Key([1; 16]), &format!("visitor-{number}")).to_bits();
        sampler.sample(&mut ChaCha8Rng::seed_from_u64(seed))
    };
    (0..DRAWS).map(visitor).collect()
}

fn share(part: usize) -> f64 {
    f64::from(u32::try_from(part).unwrap()) / f64::from(DRAWS)
}
