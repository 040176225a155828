//! Geometry of charts: scales, ticks, paths, densities, and what the three charts make of a site's numbers.

use crate::fixtures::{statistics, statistics_without_visitors};
use app::chart::beta::{curve, density, ln_gamma, moments};
use app::chart::calendar::Moment;
use app::chart::format::{count, counted, probability, rate};
use app::chart::frame::{NARROW, WIDE};
use app::chart::path::{area, line, stack, steps};
use app::chart::scale::{Scale, spread};
use app::chart::series::{short, style};
use app::chart::ticks::{percent_ticks, time_ticks};
use app::chart::{allocation, posterior, rate as rates};
use leptos::prelude::*;

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

#[test]
fn a_scale_maps_its_ends_and_survives_a_lone_value() {
    let cases = [
        ((0.0, 10.0), (0.0, 100.0), 2.5, 25.0),
        ((0.0, 10.0), (100.0, 0.0), 2.5, 75.0),
        ((10.0, 0.0), (0.0, 100.0), 2.5, 25.0),
        ((3.0, 3.0), (0.0, 100.0), 3.0, 50.0),
    ];
    for (domain, range, value, expected) in cases {
        near(Scale::new(domain, range).at(value), expected);
    }
}

#[test]
fn labels_are_moved_apart_and_stay_inside() {
    assert_eq!(spread(&[10.0, 12.0, 50.0], 10.0, (0.0, 100.0)), [10.0, 20.0, 50.0]);
    assert_eq!(spread(&[98.0, 99.0], 10.0, (0.0, 100.0)), [90.0, 100.0]);
    assert_eq!(spread(&[5.0, 5.0, 5.0], 80.0, (0.0, 100.0)), [0.0, 50.0, 100.0]);
    assert_eq!(spread(&[], 10.0, (0.0, 100.0)), [0.0; 0]);
    assert_eq!(spread(&[-5.0], 10.0, (0.0, 100.0)), [0.0]);
}

#[test]
fn rate_axes_end_on_a_round_number_that_holds_the_greatest() {
    let cases = [
        (0.042, 5, "0%", "5%"),
        (0.1, 5, "0%", "10%"),
        (0.061, 5, "0%", "8%"),
        (0.004, 4, "0.0%", "0.4%"),
        (0.013, 5, "0.0%", "1.5%"),
        (0.12, 5, "0.0%", "12.5%"),
        (1.0, 5, "0%", "100%"),
        (7.0, 5, "0%", "100%"),
        (f64::NAN, 5, "0%", "100%"),
        (0.0, 5, "0.00%", "0.10%"),
    ];
    for (most, wanted, first, last) in cases {
        let ticks = percent_ticks(most, wanted);
        let labels: Vec<&str> = ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!((labels[0], labels[labels.len() - 1]), (first, last), "{most}: {labels:?}");
        assert!(ticks.len() <= 7, "{most}: {labels:?}");
        let mut unique = labels.clone();
        unique.dedup();
        assert_eq!(unique, labels, "two marks read the same");
    }
}

#[test]
fn time_axes_choose_steps_that_people_know() {
    let day = 86_400;
    let cases: [(i64, i64, &[&str]); 5] = [
        (0, 40, &["00:00:00", "00:00:15", "00:00:30"]),
        (1_800, 4 * 3_600, &["01:00", "02:00", "03:00", "04:00"]),
        (20 * 3_600, 34 * 3_600, &["21:00", "2 Jan", "03:00", "06:00", "09:00"]),
        (0, 3 * day, &["1 Jan", "2 Jan", "3 Jan", "4 Jan"]),
        (0, 0, &["00:00:00"]),
    ];
    for (from, to, expected) in cases {
        let labels: Vec<String> = time_ticks(from, to, 5).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, expected, "{from}..{to}");
    }
    for days in [1, 9, 40, 100, 400, 4_000] {
        let ticks = time_ticks(1_700_000_000, 1_700_000_000 + days * day, 6);
        assert!((1..=6).contains(&ticks.len()), "{days} days: {ticks:?}");
    }
}

#[test]
fn moments_are_those_of_the_calendar() {
    let cases = [
        (0, "1970-01-01T00:00:00Z"),
        (951_782_399, "2000-02-28T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (951_868_800, "2000-03-01T00:00:00Z"),
        (1_795_442_709, "2026-11-23T14:05:09Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"),
    ];
    for (seconds, expected) in cases {
        assert_eq!(Moment::new(seconds).machine_text(), expected);
    }
    assert_eq!(Moment::new(1_795_442_709).full_text(), "23 Nov 2026, 14:05 UTC");
}

#[test]
fn numbers_read_as_people_write_them() {
    assert_eq!([count(0), count(999), count(1_000), count(-1_234_567)], ["0", "999", "1,000", "-1,234,567"]);
    assert_eq!([counted(1, "visitor"), counted(2_000, "visitor")], ["1 visitor", "2,000 visitors"]);
    assert_eq!([rate(0.051), rate(0.0042)], ["5.1\u{a0}%", "0.42\u{a0}%"]);
    assert_eq!(
        [0.0, 0.000_4, 0.25, 0.999_7, 1.0].map(probability),
        ["0.0\u{a0}%", "<\u{a0}0.1\u{a0}%", "25.0\u{a0}%", ">\u{a0}99.9\u{a0}%", ">\u{a0}99.9\u{a0}%"]
    );
    assert_eq!([short("Control", 8), short("Variant B and more", 9)], ["Control", "Variant…"]);
}

#[test]
fn paths_hold_every_point() {
    assert_eq!(line(&[]), "");
    assert_eq!(line(&[(1.0, 2.0), (3.25, -0.01)]), "M1.0 2.0L3.2 0.0");
    assert_eq!(area(&[(0.0, 1.0), (2.0, 1.0)], &[(0.0, 0.0), (2.0, 0.0)]), "M0.0 1.0L2.0 1.0L2.0 0.0L0.0 0.0Z");
    assert_eq!(area(&[], &[(0.0, 0.0)]), "");
    assert_eq!(steps(&[(0.0, 1.0), (2.0, 3.0)]), [(0.0, 1.0), (2.0, 1.0), (2.0, 3.0)]);
}

#[test]
fn stacked_shares_end_at_one() {
    assert_eq!(stack(&[1.0, 1.0, 2.0]), [0.0, 0.25, 0.5, 1.0]);
    assert_eq!(stack(&[0.0, 0.0]), [0.0, 0.0, 0.0]);
    assert_eq!(stack(&[f64::NAN, 1.0]), [0.0, 0.0, 1.0]);
    assert_eq!(stack(&[]), [0.0]);
}

#[test]
fn the_gamma_function_and_the_density_are_right() {
    // Factorials, and the square root of pi at one half.
    near(ln_gamma(1.0), 0.0);
    near(ln_gamma(5.0), 24.0_f64.ln());
    near(ln_gamma(0.5), std::f64::consts::PI.sqrt().ln());
    near(ln_gamma(171.0), (1..171).map(|factor| f64::from(factor).ln()).sum());
    // Beta(2, 3) has the density 12 x (1 - x)^2.
    near(density(2.0, 3.0, 0.25), 12.0 * 0.25 * 0.75 * 0.75);
    assert_eq!([density(2.0, 3.0, 0.0), density(2.0, 3.0, 1.0)], [0.0, 0.0]);
    near(moments(2.0, 3.0).0, 0.4);
    near(moments(2.0, 3.0).1, 0.2);
    for (alpha, beta) in [(1.0, 1.0), (2.0, 50.0), (300.0, 5_000.0)] {
        let points = curve(alpha, beta, 400);
        let mass: f64 =
            points.windows(2).map(|pair| (pair[1].0 - pair[0].0) * f64::midpoint(pair[0].1, pair[1].1)).sum();
        assert!((0.98..1.01).contains(&mass), "Beta({alpha}, {beta}) has a mass of {mass}");
    }
}

#[test]
fn the_rate_chart_has_a_line_a_band_and_a_label_for_each_variant() {
    let statistics = statistics();
    for frame in [WIDE, NARROW] {
        let geometry = rates::geometry(&statistics, frame).unwrap();
        assert_eq!(geometry.curves.iter().map(|curve| curve.index).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(geometry.curves.iter().all(|curve| curve.line.starts_with('M') && curve.band.ends_with('Z')));
        let mut heights: Vec<f64> = geometry.labels.iter().map(|label| label.at).collect();
        heights.sort_by(f64::total_cmp);
        assert!(heights.windows(2).all(|pair| pair[1] - pair[0] >= 16.9), "labels overlap: {heights:?}");
    }
    assert!(rates::geometry(&statistics_without_visitors(), WIDE).is_none());
}

#[test]
fn a_new_variant_does_not_flatten_the_others() {
    let mut statistics = statistics();
    let fresh = statistics.rates[2].points.last_mut().unwrap();
    (fresh.mean, fresh.lower, fresh.upper) = (0.33, 0.01, 0.9);
    let geometry = rates::geometry(&statistics, WIDE).unwrap();
    let top = geometry.y.last().unwrap();
    assert_eq!(top.label, "40%", "about four times the middle mean of 9 %, not 90 %");
}

#[test]
fn a_clear_leader_stays_in_sight() {
    let mut statistics = statistics();
    for (series, mean) in statistics.rates.iter_mut().zip([0.02, 0.024, 0.128]) {
        let now = series.points.last_mut().unwrap();
        (now.mean, now.lower, now.upper) = (mean, mean * 0.85, mean * 1.15);
    }
    let geometry = rates::geometry(&statistics, WIDE).unwrap();
    assert_eq!(geometry.y.last().unwrap().label, "15%");
    assert!(geometry.curves[2].end.1 > WIDE.top, "its line ends below the upper edge");
}

#[test]
fn the_allocation_chart_stacks_to_the_whole_and_labels_who_gets_traffic() {
    let geometry = allocation::geometry(&statistics(), WIDE).unwrap();
    assert_eq!(geometry.layers.len(), 3);
    let texts: Vec<&str> = geometry.labels.iter().map(|label| label.text.as_str()).collect();
    assert_eq!(texts, ["Control 20\u{a0}%", "Variant B 70\u{a0}%", "Variant C 10\u{a0}%"]);
    let top = format!(" {:.1}", WIDE.top);
    assert!(geometry.layers[2].edge.split('L').all(|point| point.ends_with(&top)), "{}", geometry.layers[2].edge);
    assert!(allocation::geometry(&statistics_without_visitors(), WIDE).is_none());
}

#[test]
fn the_posterior_chart_orders_interval_and_mean() {
    let geometry = posterior::geometry(&statistics(), WIDE).unwrap();
    assert_eq!(geometry.rows.len(), 3);
    for row in &geometry.rows {
        assert!(row.interval.0 < row.mean && row.mean < row.interval.1, "{row:?}");
    }
    assert!(posterior::geometry(&statistics_without_visitors(), WIDE).is_none());
}

#[test]
fn the_sentences_claim_no_more_than_the_data() {
    let mut statistics = statistics();
    assert_eq!(
        rates::takeaway(&statistics),
        "Variant B converts best: 9.0\u{a0}%, with a probability of 96.0\u{a0}% of being the best."
    );
    assert_eq!(
        allocation::takeaway(&statistics),
        "Variant B gets 70\u{a0}% of new visitors now; it began with 33\u{a0}%."
    );
    assert!(posterior::takeaway(&statistics).contains("overlap"));
    statistics.variants[1].prob_best = Some(0.7);
    assert!(rates::takeaway(&statistics).contains("not settled"));
    statistics.variants.truncate(1);
    assert!(rates::takeaway(&statistics).ends_with("There is nothing to compare it with yet."));
    assert_eq!(posterior::takeaway(&statistics), "Only Control has visitors so far.");

    let empty = statistics_without_visitors();
    assert!(rates::takeaway(&empty).starts_with("No visitors yet"));
    assert!(allocation::takeaway(&empty).starts_with("No weights"));
    assert!(posterior::takeaway(&empty).starts_with("Nothing is known"));
}

#[test]
fn a_chart_is_whole_in_the_servers_html() {
    let html = Owner::new().with(|| {
        let (statistics, _) = signal(statistics());
        view! { <rates::RateChart id="rate" statistics=statistics /> }.to_html()
    });
    for part in [
        "role=\"img\"",
        "aria-labelledby=\"rate-title rate-takeaway\"",
        "id=\"rate-title\"",
        "Show as table",
        "<tbody>",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert!(!html.contains("style="), "the content security policy forbids style attributes");
    assert!(html.contains(style(2).dash), "lines differ by more than their colour");
    assert_eq!(html.matches("role=\"img\"").count(), 2, "once wide, once narrow");
}

#[test]
fn an_empty_chart_says_so() {
    let html = Owner::new().with(|| {
        let (statistics, _) = signal(statistics_without_visitors());
        view! {
            <rates::RateChart id="a" statistics=statistics />
            <allocation::AllocationChart id="b" statistics=statistics />
            <posterior::PosteriorChart id="c" statistics=statistics />
        }
        .to_html()
    });
    assert_eq!(html.matches("No visitors counted yet").count(), 4);
    assert_eq!(html.matches("No traffic is shared yet").count(), 2);
}
