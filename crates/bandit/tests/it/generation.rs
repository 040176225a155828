//! Reading a ledger: what is mature, what is not, and that reading again changes nothing.

use bandit::delay::DelayCurve;
use bandit::generation::{Cell, Reading, Span, Times, read};
use bandit::prior::Prior;
use bandit::{BanditError, Counts, Monitor};
use proptest::prelude::*;
use std::collections::BTreeMap;

const TIMES: Times = Times { now_h: 0.0, window_h: 72.0, token_h: 24.0 };

fn cell(epoch: usize, arm: usize, hour: i64, visitors: u64, conversions: u64) -> Cell {
    Cell { epoch, arm, hour, counts: Counts::new(visitors, conversions).unwrap() }
}

fn span(ended_h: Option<f64>) -> Span {
    Span { weights: vec![0.5, 0.5], ended_h }
}

fn at(now_h: f64, spans: &[Span], cells: &[Cell]) -> Reading {
    read(0, Prior::UNIFORM, spans, cells, None, Times { now_h, ..TIMES }).unwrap()
}

#[test]
fn malformed_ledgers_are_refused() {
    let refused =
        |control, spans: &[Span], cells: &[Cell]| read(control, Prior::UNIFORM, spans, cells, None, TIMES).err();
    assert_eq!(refused(0, &[], &[]), Some(BanditError::Index));
    assert_eq!(refused(2, &[span(None)], &[]), Some(BanditError::Index));
    assert_eq!(refused(0, &[span(None)], &[cell(1, 0, 0, 1, 0)]), Some(BanditError::Index));
    assert_eq!(refused(0, &[span(None)], &[cell(0, 2, 0, 1, 0)]), Some(BanditError::Index));
    let other = Span { weights: vec![1.0], ended_h: None };
    assert_eq!(refused(0, &[span(None), other], &[]), Some(BanditError::Arms));
}

#[test]
fn a_visitor_decides_once_the_window_is_over() {
    let cells = [cell(0, 0, 0, 400, 20), cell(0, 1, 0, 400, 40), cell(0, 1, 1, 300, 30)];
    let young = at(72.9, &[span(None)], &cells);
    assert_eq!((young.matured[1], young.visitors[1]), (Counts::NONE, 700));
    assert_eq!(young.first_hour, [Some(0), Some(0)]);
    assert_eq!((young.deciding[1], young.steering[1]), ((1.0, 1.0), (1.0, 1.0)), "no curve, nothing young");
    let later = at(73.0, &[span(None)], &cells);
    assert_eq!(later.matured[1], Counts::new(400, 40).unwrap());
    assert_eq!(later.deciding[1], (41.0, 361.0));
    assert_eq!(at(74.0, &[span(None)], &cells).matured[1], Counts::new(700, 70).unwrap());
}

#[test]
fn young_visitors_steer_by_what_should_have_arrived() {
    let curve = DelayCurve::new(72.0, vec![(0.0, 0.0), (10.0, 0.5)]).unwrap();
    let cells = [cell(0, 1, 0, 101, 1)];
    let times = Times { now_h: 11.0, ..TIMES };
    let reading = read(0, Prior::UNIFORM, &[span(None)], &cells, Some(&curve), times).unwrap();
    // Ten hours old: half of the conversions have arrived, so a hundred others count as fifty.
    assert_eq!((reading.steering[1], reading.deciding[1]), ((2.0, 51.0), (1.0, 1.0)));
}

#[test]
fn evidence_waits_for_complete_epochs() {
    let spans = [span(Some(10.0)), span(None)];
    let cells = [cell(0, 0, 5, 2000, 60), cell(0, 1, 5, 2000, 120), cell(1, 0, 12, 500, 20), cell(1, 1, 12, 500, 50)];
    let evidence = |now_h| at(now_h, &spans, &cells).monitor.lift(1).unwrap().log_e();
    assert_eq!(evidence(77.0).to_bits(), 0.0_f64.to_bits(), "nothing is mature");
    let first = evidence(78.0);
    assert!(first > 3.0);
    // The second epoch's visitors are mature from hour 85 on, but tokens of the first live until 10 + 24 + 72.
    assert_eq!(evidence(105.9).to_bits(), first.to_bits());
    assert!(evidence(106.0) > first);
}

#[test]
fn a_wrong_split_is_seen_at_once() {
    let fair = [cell(0, 0, 0, 500, 0), cell(0, 1, 0, 510, 0)];
    assert!(at(1.0, &[span(None)], &fair).split.p_anytime() > 0.5);
    let short = [cell(0, 0, 0, 500, 0), cell(0, 1, 0, 700, 0)];
    assert!(at(1.0, &[span(None)], &short).split.p_anytime() < 0.001);
}

#[test]
fn drifting_days_are_made_comparable() {
    // Alike in each, but the second arm had its visitors on the good day.
    let spans =
        [Span { weights: vec![0.9, 0.1], ended_h: Some(24.0) }, Span { weights: vec![0.1, 0.9], ended_h: None }];
    let cells =
        [cell(0, 0, 3, 9000, 450), cell(0, 1, 3, 1000, 50), cell(1, 0, 30, 1000, 100), cell(1, 1, 30, 9000, 900)];
    let deciding = at(1000.0, &spans, &cells).deciding;
    let mean = |(alpha, beta): (f64, f64)| alpha / (alpha + beta);
    assert!((mean(deciding[0]) / mean(deciding[1]) - 1.0).abs() < 0.01, "{deciding:?}");
}

/// A visitor: epoch of the token, arm, hours after the epoch's start, and hours until the conversion.
type Visit = (usize, usize, i64, Option<i64>);

/// The ledger as it stands at an hour: only what has happened by then.
fn ledger(visits: &[Visit], now: i64) -> Vec<Cell> {
    let mut cells: BTreeMap<(usize, usize, i64), (u64, u64)> = BTreeMap::new();
    for (epoch, arm, after, delay) in visits {
        // A token opens an exposure for a day after its epoch's end.
        let hour = EPOCH_H * i64::try_from(*epoch).unwrap() + after;
        if hour < now {
            let counts = cells.entry((*epoch, *arm, hour)).or_default();
            counts.0 += 1;
            counts.1 += u64::from(delay.is_some_and(|delay| hour + delay < now));
        }
    }
    cells.into_iter().map(|((epoch, arm, hour), (n, c))| cell(epoch, arm, hour, n, c)).collect()
}

/// Hours that each epoch lasts.
const EPOCH_H: i64 = 30;

proptest! {
    /// Whoever looks again sees the same: complete epochs never change, whatever arrives later, and
    /// evidence that was fed one epoch after another equals the one that is read from the whole ledger.
    #[test]
    fn what_was_seen_stays(
        visits in prop::collection::vec((0..4_usize, 0..2_usize, 0..54_i64, prop::option::of(0..72_i64)), 0..300),
        first in 0..400_i64,
        later in 0..400_i64,
    ) {
        let spans: Vec<Span> = (1..=4)
            .map(|number| Span {
                weights: if number % 2 == 0 { vec![0.3, 0.7] } else { vec![0.6, 0.4] },
                ended_h: (number < 4).then(|| f64::from(30 * number)),
            })
            .collect();
        let read_at = |now: i64| {
            let now_h = f64::from(i32::try_from(now).unwrap());
            read(0, Prior::UNIFORM, &spans, &ledger(&visits, now), None, Times { now_h, ..TIMES }).unwrap()
        };
        let (early, late) = (read_at(first), read_at(first + later));
        let complete = spans.iter().take_while(|span| span.ended_h.is_some_and(|end| end + 96.0 <= f64::from(i32::try_from(first).unwrap()))).count();
        prop_assert_eq!(&early.epochs[..complete], &late.epochs[..complete]);
        let mut incremental = Monitor::new(2, 0).unwrap();
        for epoch in early.epochs[..complete].iter().chain(&late.epochs[complete..]) {
            incremental.observe(epoch).unwrap();
        }
        prop_assert_eq!(incremental.lift(1), late.monitor.lift(1));
        prop_assert_eq!(incremental.harm(1), late.monitor.harm(1));
        prop_assert!(late.monitor.lift(1).unwrap().log_e_max() + 1e-12 >= 0.0);
    }

    #[test]
    fn the_order_of_the_cells_does_not_matter(
        raw in prop::collection::vec((0..3_usize, 0..2_usize, 0..200_i64, 0..500_u64, 0.0..1.0_f64), 0..40),
        now_h in 0.0..400.0_f64,
    ) {
        let spans = [span(Some(60.0)), span(Some(120.0)), span(None)];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "small")]
        let mut cells: Vec<Cell> = raw
            .into_iter()
            .map(|(epoch, arm, hour, visitors, rate)| cell(epoch, arm, hour, visitors, (visitors as f64 * rate) as u64))
            .collect();
        let one = at(now_h, &spans, &cells);
        cells.reverse();
        let other = at(now_h, &spans, &cells);
        prop_assert_eq!(&one.matured, &other.matured);
        prop_assert_eq!(one.monitor.lift(1), other.monitor.lift(1));
        prop_assert_eq!(one.split.p_anytime().to_bits(), other.split.p_anytime().to_bits());
        for (left, right) in one.deciding.iter().zip(&other.deciding) {
            prop_assert!((left.0 - right.0).abs() < 1e-6 && (left.1 - right.1).abs() < 1e-6 * left.1.max(1.0));
        }
    }
}
