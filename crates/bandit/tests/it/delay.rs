//! Young visitors and late conversions.

use bandit::BanditError;
use bandit::delay::{Aged, DelayCurve, Effective};

fn curve() -> DelayCurve {
    DelayCurve::new(72.0, vec![(2.0, 0.5), (24.0, 0.9)]).unwrap()
}

#[test]
fn the_curve_is_linear_between_its_knots() {
    let cases = [(0.0, 0.0), (1.9, 0.0), (2.0, 0.5), (13.0, 0.7), (24.0, 0.9), (48.0, 0.95), (72.0, 1.0), (500.0, 1.0)];
    for (age, share) in cases {
        assert!((curve().arrived(age) - share).abs() < 1e-12, "{age}");
    }
}

#[test]
fn malformed_curves_are_refused() {
    for knots in [vec![(2.0, 0.5), (1.0, 0.6)], vec![(1.0, 0.5), (2.0, 0.4)], vec![(1.0, 1.5)], vec![(-1.0, 0.5)]] {
        assert_eq!(DelayCurve::new(72.0, knots), Err(BanditError::Delays));
    }
    assert_eq!(DelayCurve::new(0.0, vec![]), Err(BanditError::Delays));
}

#[test]
fn a_curve_is_learned_from_twenty_conversions() {
    assert_eq!(DelayCurve::observed(72.0, &[(1.0, 19), (80.0, 5)]), None, "later than the window is no conversion");
    let learned = DelayCurve::observed(72.0, &[(1.0, 10), (3.0, 30)]).unwrap();
    assert!((learned.arrived(1.0) - 0.25).abs() < 1e-12 && (learned.arrived(2.0) - 0.625).abs() < 1e-12);
    assert!((learned.arrived(3.0) - 1.0).abs() < 1e-12 && (learned.window_hours() - 72.0).abs() < 1e-12);
}

#[test]
fn whole_hours_are_over_with_the_next() {
    // In any order, an hour as often as it occurs; the window's last hour ends with the window.
    let learned = DelayCurve::of_hours(71.5, &[(71, 10), (0, 4), (2, 20), (0, 6)]).unwrap();
    for (age, share) in
        [(0.0, 0.0), (1.0, 0.25), (2.0, 0.5), (3.0, 0.75), (71.4, 0.75 + 0.25 * 68.4 / 68.5), (71.5, 1.0)]
    {
        assert!((learned.arrived(age) - share).abs() < 1e-12, "{age}: {}", learned.arrived(age));
    }
    assert_eq!(Some(learned), DelayCurve::observed(71.5, &[(1.0, 10), (3.0, 20), (71.5, 10)]));
    assert_eq!(DelayCurve::of_hours(72.0, &[(0, 10), (0, 9)]), None, "too few");
    assert_eq!(DelayCurve::of_hours(0.0, &[(0, 50)]), None, "no window, nobody is young");
}

#[test]
fn conversions_out_of_time_do_not_exist() {
    let aged = |age_hours, converted_after_hours, count| Aged { age_hours, converted_after_hours, count };
    let visitors = [
        aged(100.0, Some(73.0), 2), // later than the window
        aged(10.0, Some(11.0), 3),  // in the future
        aged(100.0, Some(72.0), 5),
        aged(72.0, None, 7),
    ];
    let effective = Effective::of(&curve(), visitors);
    assert!((effective.conversions - 5.0).abs() < 1e-12);
    let young = 3.0 * curve().arrived(10.0);
    assert!((effective.effective_visitors - (2.0 + 5.0 + 7.0 + young)).abs() < 1e-12, "{effective:?}");
    assert_eq!((effective.matured_visitors, effective.matured_conversions), (14, 5));
}
