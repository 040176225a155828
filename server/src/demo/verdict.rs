//! Whether the loop found the best arm.

use domain::VariantId;
use domain::report::VariantStatistics;

/// The best arm's weight, in even shares, from which on traffic has moved.
const LEAST_SHARE: f64 = 1.5;
/// The probability of being best from which on it was no luck: with equal rates some arm reaches a weight of 1.5
/// even shares nearly always, and the arm that was drawn as the best in one run of four; this it reaches rarely.
/// It cannot be much higher, because arms that were found weak get too few visitors to be excluded.
const LEAST_PROB_BEST: f64 = 0.9;

/// Judges the arms that get traffic.
///
/// # Errors
/// Says in a sentence what is missing.
pub fn judge(best: VariantId, variants: &[VariantStatistics]) -> Result<(), String> {
    let arms: Vec<(&VariantStatistics, f64)> =
        variants.iter().filter(|arm| arm.is_active).filter_map(|arm| Some((arm, arm.weight?))).collect();
    let Some((found, weight)) = arms.iter().find(|(arm, _)| arm.variant_id == best) else {
        return Err("The best arm gets no traffic.".to_owned());
    };
    if let Some((other, _)) = arms.iter().find(|(arm, other)| arm.variant_id != best && other >= weight) {
        return Err(format!("{} gets as much traffic as the best arm, {}, or more.", other.name, found.name));
    }
    // Retired variants had their share in the beginning, so they count in what an even one is.
    let count = u32::try_from(variants.len()).map_or(f64::INFINITY, f64::from);
    if *weight < LEAST_SHARE / count {
        return Err(format!("{} gets {:.1} %, which is near an even share.", found.name, weight * 100.0));
    }
    let prob_best = found.prob_best.unwrap_or_default();
    if prob_best < LEAST_PROB_BEST {
        return Err(format!("{} leads, but that may be luck: P(best) is {prob_best:.3}.", found.name));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::judge;
    use domain::VariantId;
    use domain::report::VariantStatistics;
    use uuid::Uuid;

    fn arm(number: u128, weight: f64, prob_best: f64) -> VariantStatistics {
        VariantStatistics {
            variant_id: VariantId(Uuid::from_u128(number)),
            name: format!("Variant {number}"),
            is_control: number == 0,
            is_active: true,
            visitors: 100,
            conversions: 10,
            alpha: 11.0,
            beta: 91.0,
            mean: None,
            lower: None,
            upper: None,
            prob_best: Some(prob_best),
            weight: Some(weight),
        }
    }

    #[test]
    fn only_a_clear_lead_of_the_best_arm_passes() {
        let cases = [
            ([(0.1, 0.01), (0.7, 0.97), (0.1, 0.01), (0.1, 0.01)], true),
            ([(0.1, 0.01), (0.37, 0.97), (0.27, 0.01), (0.26, 0.01)], false),
            ([(0.1, 0.01), (0.45, 0.50), (0.25, 0.30), (0.2, 0.19)], false),
            ([(0.7, 0.97), (0.1, 0.01), (0.1, 0.01), (0.1, 0.01)], false),
            ([(0.45, 0.5), (0.45, 0.5), (0.05, 0.0), (0.05, 0.0)], false),
        ];
        for (numbers, expected) in cases {
            let arms: Vec<_> = (0..).zip(numbers).map(|(number, (weight, prob))| arm(number, weight, prob)).collect();
            assert_eq!(judge(VariantId(Uuid::from_u128(1)), &arms).is_ok(), expected, "{numbers:?}");
        }
        let alone = [arm(0, 1.0, 1.0), VariantStatistics { is_active: false, weight: None, ..arm(1, 0.0, 0.0) }];
        assert!(
            judge(VariantId(Uuid::from_u128(0)), &alone).is_ok(),
            "the control may be best, and all others retired"
        );
        assert!(judge(VariantId(Uuid::from_u128(9)), &[arm(0, 1.0, 1.0)]).is_err());
    }
}
