//! Assignment: odd weights, stability, and how little a change moves.

use bandit::allocation::movement;
use bandit::rendezvous::{Key, assign, holdout_unit, unit};
use proptest::prelude::*;

const KEY: Key = Key([7; 16]);

#[derive(serde::Deserialize)]
struct Arm {
    id: String,
    weight: f64,
}

#[derive(serde::Deserialize)]
struct Case {
    key_hex: String,
    visitor_id: String,
    variants: Vec<Arm>,
    u: Vec<f64>,
    holdout_u: f64,
    winner: Option<String>,
}

#[derive(serde::Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

/// The file is read by `snippet/tests/rendezvous.test.ts` too, so that both languages agree on each case.
#[test]
fn every_case_of_the_shared_file() {
    let Cases { cases } = serde_json::from_str(include_str!("../data/rendezvous.json")).unwrap();
    assert!(cases.len() >= 200);
    for case in cases {
        let mut key = [0; 16];
        for (index, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&case.key_hex[2 * index..2 * index + 2], 16).unwrap();
        }
        let key = Key(key);
        let arms: Vec<(&str, f64)> = case.variants.iter().map(|arm| (arm.id.as_str(), arm.weight)).collect();
        for ((id, _), expected) in arms.iter().zip(&case.u) {
            assert_eq!(unit(&key, &case.visitor_id, id).to_bits(), expected.to_bits(), "{}", case.visitor_id);
        }
        assert_eq!(holdout_unit(&key, &case.visitor_id).to_bits(), case.holdout_u.to_bits(), "{}", case.visitor_id);
        let winner = assign(&key, &case.visitor_id, &arms).map(|index| arms[index].0);
        assert_eq!(winner, case.winner.as_deref(), "{}", case.visitor_id);
    }
}

#[test]
fn odd_weights_never_win() {
    assert_eq!(assign::<&str>(&KEY, "v", &[]), None);
    assert_eq!(assign(&KEY, "v", &[("a", 0.0), ("b", -1.0), ("c", f64::NAN)]), None);
    for visitor in 0..200 {
        assert_eq!(assign(&KEY, &visitor.to_string(), &[("a", 0.0), ("b", 1e-300)]), Some(1));
    }
    // The same id twice ties; the first stands.
    assert_eq!(assign(&KEY, "v", &[("a", 1.0), ("a", 1.0)]), Some(0));
}

#[test]
fn a_change_moves_what_the_formula_says_and_only_to_what_grew() {
    let before = [("a", 0.5), ("b", 0.3), ("c", 0.2)];
    let after = [("a", 0.2), ("b", 0.3), ("c", 0.5)];
    let (mut moved, visitors) = (0_u32, 40_000_u32);
    for visitor in 0..visitors {
        let name = format!("v-{visitor}");
        let (old, new) = (assign(&KEY, &name, &before).unwrap(), assign(&KEY, &name, &after).unwrap());
        if old != new {
            moved += 1;
            assert!(after[new].1 / before[new].1 > after[old].1 / before[old].1, "{name}: {old} -> {new}");
        }
    }
    let (expected, _) = movement(&before.map(|arm| arm.1), &after.map(|arm| arm.1)).unwrap();
    let share = f64::from(moved) / f64::from(visitors);
    assert!(
        (share - expected).abs() < 5.0 * (expected * (1.0 - expected) / f64::from(visitors)).sqrt(),
        "{share} {expected}"
    );
}

/// A million visitors: the shares are the weights, and weights that are told in another order or scale move nobody.
#[test]
fn a_million_visitors_get_their_shares() {
    const VISITORS: u32 = 1_000_000;
    let arms = [("control", 0.05), ("a", 0.4), ("b", 0.3), ("c", 0.15), ("d", 0.1)];
    let mut again = arms.map(|(id, weight)| (id, weight * 7.0));
    again.reverse();
    let mut counts = [0_u32; 5];
    for visitor in 0..VISITORS {
        let name = format!("v-{visitor}");
        let winner = assign(&KEY, &name, &arms).unwrap();
        counts[winner] += 1;
        assert_eq!(again[assign(&KEY, &name, &again).unwrap()].0, arms[winner].0, "{name}");
    }
    let statistic = |weights: [f64; 5]| -> f64 {
        let expected = weights.map(|weight| weight * f64::from(VISITORS));
        counts.iter().zip(expected).map(|(count, expected)| (f64::from(*count) - expected).powi(2) / expected).sum()
    };
    // Chi-square with 4 degrees of freedom: its upper tail at x is (1 + x/2) exp(-x/2).
    let p = |x: f64| (1.0 + x / 2.0) * (-x / 2.0).exp();
    let found = p(statistic(arms.map(|(_, weight)| weight)));
    assert!(found > 0.001, "p = {found}");
    let off = p(statistic([0.05, 0.398, 0.302, 0.15, 0.1]));
    assert!(off < 1e-3, "two thousandths are noticed: p = {off}");
}

/// Most arms lose without their logarithm being taken; the winner is the one of all scores.
#[test]
fn the_lowest_of_all_scores_wins() {
    let weights = [1e-300, 0.002, 0.05, 0.3, 0.3, 2.0, 1e300];
    for visitor in 0..20_000_u32 {
        let name = format!("v-{visitor}");
        let first = (visitor % 6) as usize;
        let arms: Vec<(String, f64)> =
            weights[first..].iter().enumerate().map(|(index, weight)| (format!("arm-{index}"), *weight)).collect();
        let score = |(id, weight): &(String, f64)| -libm::log(unit(&KEY, &name, id)) / weight;
        let lowest = (0..arms.len()).min_by(|one, other| score(&arms[*one]).total_cmp(&score(&arms[*other])));
        assert_eq!(assign(&KEY, &name, &arms), lowest, "{name}");
    }
}

#[test]
fn the_holdout_is_drawn_apart() {
    let inside = (0..20_000).filter(|visitor| holdout_unit(&KEY, &format!("v-{visitor}")) < 0.05).count();
    assert!((900..1100).contains(&inside), "{inside}");
}

proptest! {
    #[test]
    fn scale_and_order_do_not_matter(visitor in "[a-z0-9]{1,12}", weights in prop::collection::vec(0.01..1.0_f64, 4), factor in 0.001..1000.0_f64) {
        let ids = ["a", "b", "c", "d"];
        let arms: Vec<(&str, f64)> = ids.iter().copied().zip(weights.iter().copied()).collect();
        let winner = assign(&KEY, &visitor, &arms).map(|index| arms[index].0);
        let scaled: Vec<(&str, f64)> = arms.iter().rev().map(|(id, weight)| (*id, weight * factor)).collect();
        prop_assert_eq!(assign(&KEY, &visitor, &scaled).map(|index| scaled[index].0), winner);
        let drawn = unit(&KEY, &visitor, "a");
        prop_assert!(drawn > 0.0 && drawn < 1.0);
    }
}
