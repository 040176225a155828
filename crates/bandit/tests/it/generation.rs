//! Reading a ledger: what is mature, what is not, and that reading again changes nothing.

use bandit::delay::DelayCurve;
use bandit::evidence::Evidence;
use bandit::generation::{Cell, Reader, Reading, Span, Times, read};
use bandit::prior::Prior;
use bandit::{BanditError, Counts};
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
fn an_arm_is_never_made_older_than_it_is() {
    let reading = at(40.0, &[span(None)], &[cell(0, 0, 30, 5, 0), cell(0, 0, 10, 5, 0)]);
    let ages: Vec<f64> = [40.0, 11.0, 10.5].into_iter().map(|now_h| reading.age_h(0, now_h)).collect();
    assert_eq!(ages, [29.0, 0.0, 0.0], "from the end of the first hour");
    assert_eq!(reading.age_h(1, 40.0).to_bits(), 0.0_f64.to_bits(), "nobody saw it yet");
}

#[test]
fn an_epoch_that_ends_within_an_hour_waits_for_the_whole_of_it() {
    // Ended at half past ten; its tokens live until 34:30, and whoever came in hour 34 is matured at 107.
    let spans = [span(Some(10.5)), span(None)];
    let cells = [cell(0, 1, 34, 400, 40)];
    let (early, late) = (at(106.5, &spans, &cells), at(107.0, &spans, &cells));
    assert_eq!((early.epochs[0].counts()[1], early.epochs.len()), (cells[0].counts, 2), "nobody can come any more");
    assert_eq!((early.deciding[1], late.deciding[1]), ((1.0, 1.0), (41.0, 361.0)), "an hour is matured as a whole");
    let times = |now_h| Times { now_h, ..TIMES };
    assert!(times(106.5).is_complete(&spans[0]) && !times(106.5).is_final(&spans[0], &cells));
    assert!(times(107.0).is_final(&spans[0], &cells) && !times(1000.0).is_final(&spans[1], &[]));
}

#[test]
fn only_the_next_epoch_can_be_summed_up() {
    assert_eq!(Reader::new(2, 2, Prior::UNIFORM).err(), Some(BanditError::Index));
    let mut reader = Reader::new(2, 0, Prior::UNIFORM).unwrap();
    let ended = span(Some(1.0));
    assert_eq!(reader.complete(&ended, &[cell(1, 0, 0, 1, 0)]), Err(BanditError::Index));
    assert_eq!(reader.complete(&ended, &[cell(0, 2, 0, 1, 0)]), Err(BanditError::Index));
    assert_eq!(reader.complete(&Span { weights: vec![1.0], ended_h: Some(1.0) }, &[]), Err(BanditError::Arms));
    let nobody = Span { weights: vec![0.0, 0.0], ended_h: Some(1.0) };
    assert_eq!(reader.complete(&nobody, &[cell(0, 0, 0, 9, 0)]), Err(BanditError::Weights));
    assert_eq!(reader.complete_epochs(), 0);
    reader.complete(&ended, &[cell(0, 0, 0, 10, 1)]).unwrap();
    assert_eq!(reader.complete_epochs(), 1);
    let read = |cells: &[Cell]| reader.read(&[span(None)], cells, None, TIMES);
    assert_eq!(read(&[cell(0, 0, 0, 1, 0)]).err(), Some(BanditError::Index), "that epoch is summed up");
    let reading = read(&[cell(1, 0, 2, 5, 0)]).unwrap();
    assert_eq!((reading.visitors[0], reading.epochs.len()), (15, 1), "what was refused was not added");
}

#[test]
fn pooling_takes_every_day_alike() {
    let spans = [span(None)];
    let cells =
        [cell(0, 0, 3, 1000, 50), cell(0, 1, 3, 9000, 450), cell(0, 0, 30, 9000, 900), cell(0, 1, 30, 1000, 100)];
    let times = Times { now_h: 1000.0, ..TIMES };
    let reader = Reader::new(2, 0, Prior { alpha: 2.0, beta: 30.0 }).unwrap();
    let pooled = reader.clone().pooling().read(&spans, &cells, None, times).unwrap();
    assert_eq!(pooled.deciding, [(952.0, 9080.0), (552.0, 9480.0)]);
    assert_eq!(pooled.steering, pooled.deciding);
    let mean = |(alpha, beta): (f64, f64)| alpha / (alpha + beta);
    let alike = reader.read(&spans, &cells, None, times).unwrap().deciding;
    assert!(
        (mean(alike[0]) / mean(alike[1]) - 1.0).abs() < 0.01
            && mean(pooled.deciding[0]) > 1.6 * mean(pooled.deciding[1])
    );
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

/// Visitors alike: epoch of the token, arm, hours after the epoch's start, hours until the conversion, and how many.
type Visit = (usize, usize, i64, Option<i64>, u64);

fn visits() -> impl Strategy<Value = Vec<Visit>> {
    // A token opens an exposure for a day after its epoch's end.
    let visit = (0..EPOCHS, 0..2_usize, 0..EPOCH_H + 24, prop::option::of(0..72_i64), 1..40_u64);
    prop::collection::vec(visit, 0..200)
}

/// The ledger as it stands at an hour: only what has happened by then.
fn ledger(visits: &[Visit], now: i64) -> Vec<Cell> {
    let mut cells: BTreeMap<(usize, usize, i64), (u64, u64)> = BTreeMap::new();
    for (epoch, arm, after, delay, people) in visits {
        let hour = EPOCH_H * i64::try_from(*epoch).unwrap() + after;
        if hour < now {
            let counts = cells.entry((*epoch, *arm, hour)).or_default();
            counts.0 += people;
            counts.1 += if delay.is_some_and(|delay| hour + delay < now) { *people } else { 0 };
        }
    }
    cells.into_iter().map(|((epoch, arm, hour), (n, c))| cell(epoch, arm, hour, n, c)).collect()
}

/// Hours that each epoch lasts.
const EPOCH_H: i64 = 30;
/// How many there are; the last stays in force.
const EPOCHS: usize = 4;

fn spans() -> Vec<Span> {
    let weights = |number| if number % 2 == 0 { vec![0.3, 0.7] } else { vec![0.6, 0.4] };
    let ended_h = |number| (number < EPOCHS).then(|| real(EPOCH_H) * real(i64::try_from(number).unwrap()));
    (1..=EPOCHS).map(|number| Span { weights: weights(number), ended_h: ended_h(number) }).collect()
}

fn real(hour: i64) -> f64 {
    f64::from(i32::try_from(hour).unwrap())
}

/// Evidence as bits: now and at its highest.
fn bits(evidence: &Evidence) -> (u64, u64) {
    (evidence.log_e().to_bits(), evidence.log_e_max().to_bits())
}

fn assert_close(what: &str, one: f64, other: f64) -> Result<(), TestCaseError> {
    prop_assert!((one - other).abs() <= 1e-12 * one.abs().max(other.abs()), "{what}: {one} {other}");
    Ok(())
}

/// Whether two readings say the same, to what SPEC 1.4 asks for.
fn assert_same(one: &Reading, other: &Reading) -> Result<(), TestCaseError> {
    prop_assert_eq!(&one.visitors, &other.visitors);
    prop_assert_eq!(&one.matured, &other.matured);
    prop_assert_eq!(&one.first_hour, &other.first_hour);
    prop_assert_eq!(&one.epochs, &other.epochs);
    for (left, right) in [(one.monitor.lift(1), other.monitor.lift(1)), (one.monitor.harm(1), other.monitor.harm(1))] {
        let (left, right) = (left.unwrap(), right.unwrap());
        assert_close("log_e", left.log_e(), right.log_e())?;
        assert_close("log_e_max", left.log_e_max(), right.log_e_max())?;
    }
    assert_close("split", one.split.p_anytime(), other.split.p_anytime())?;
    for (left, right) in one.steering.iter().zip(&other.steering).chain(one.deciding.iter().zip(&other.deciding)) {
        assert_close("alpha", left.0, right.0)?;
        assert_close("beta", left.1, right.1)?;
    }
    Ok(())
}

proptest! {
    /// Whoever looks again sees the same: complete epochs never change, whatever arrives later, nor
    /// does the evidence after each of them.
    #[test]
    fn what_was_seen_stays(visits in visits(), first in 0..400_i64, later in 0..400_i64) {
        let spans = spans();
        let times = |now| Times { now_h: real(now), ..TIMES };
        // Only what had ended by then: the evidence of complete epochs alone, after each of them.
        let after = |number: usize, now: i64| {
            let cells: Vec<Cell> = ledger(&visits, now).into_iter().filter(|cell| cell.epoch < number).collect();
            read(0, Prior::UNIFORM, &spans[..number], &cells, None, times(now)).unwrap()
        };
        let complete = spans.iter().take_while(|span| times(first).is_complete(span)).count();
        for number in 1..=complete {
            let (early, late) = (after(number, first), after(number, first + later));
            prop_assert_eq!(&early.epochs, &late.epochs);
            for (early, late) in [(early.monitor.lift(1), late.monitor.lift(1)), (early.monitor.harm(1), late.monitor.harm(1))] {
                prop_assert_eq!(bits(early.unwrap()), bits(late.unwrap()), "after {} epochs", number);
            }
        }
        let whole = |now: i64| read(0, Prior::UNIFORM, &spans, &ledger(&visits, now), None, times(now)).unwrap();
        let (early, late) = (whole(first), whole(first + later));
        prop_assert_eq!(&early.epochs[..complete], &late.epochs[..complete]);
        if complete > 0 {
            let highest = after(complete, first).monitor.lift(1).unwrap().log_e_max();
            prop_assert!(late.monitor.lift(1).unwrap().log_e_max() >= highest, "what was proven stays proven");
        }
    }

    /// SPEC 1.4: summing up complete epochs as time goes by says at every look what the whole ledger
    /// says when it is read anew.
    #[test]
    fn summing_up_says_what_the_whole_ledger_says(visits in visits(), every in 1..40_i64, prior in 1.0..30.0_f64) {
        let spans = spans();
        let prior = Prior { alpha: 1.0, beta: prior };
        let curve = DelayCurve::of_hours(72.0, &[(0, 20), (10, 20), (50, 10)]).unwrap();
        let new = || Reader::new(2, 0, prior).unwrap().keeping_epochs();
        let (mut reader, mut pooled) = (new(), new().pooling());
        for now in (0..=300).step_by(usize::try_from(every).unwrap()) {
            let (times, cells) = (Times { now_h: real(now), ..TIMES }, ledger(&visits, now));
            // What will end later is in force.
            let begun = 1 + spans.iter().filter(|span| span.ended_h.is_some_and(|ended| ended <= times.now_h)).count();
            let mut spans = spans[..begun].to_vec();
            spans[begun - 1].ended_h = None;
            let of = |epoch: usize| cells.iter().filter(move |cell| cell.epoch == epoch).copied().collect::<Vec<_>>();
            while times.is_final(&spans[reader.complete_epochs()], &of(reader.complete_epochs())) {
                let epoch = reader.complete_epochs();
                reader.complete(&spans[epoch], &of(epoch)).unwrap();
                pooled.complete(&spans[epoch], &of(epoch)).unwrap();
            }
            let known = reader.complete_epochs();
            let open: Vec<Cell> = cells.iter().filter(|cell| cell.epoch >= known).copied().collect();
            let summed_up = reader.read(&spans[known..], &open, Some(&curve), times).unwrap();
            assert_same(&summed_up, &read(0, prior, &spans, &cells, Some(&curve), times).unwrap())?;
            assert_same(&summed_up, &new().read(&spans, &cells, Some(&curve), times).unwrap())?;
            let summed_up = pooled.read(&spans[known..], &open, Some(&curve), times).unwrap();
            assert_same(&summed_up, &new().pooling().read(&spans, &cells, Some(&curve), times).unwrap())?;
        }
    }

    /// The store sums up the days whose visitors are all matured, under their first hour; nothing changes by that.
    #[test]
    fn summed_up_days_say_the_same(
        raw in prop::collection::vec((0..3_usize, 0..2_usize, 0..300_i64, 1..500_u64, 0.0..1.0_f64), 1..120),
        now_h in 0..500_i64,
        window_h in 0..100_i64,
    ) {
        let spans = [span(Some(90.5)), span(Some(180.25)), span(None)];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "small")]
        let hourly: Vec<Cell> = raw
            .into_iter()
            .map(|(epoch, arm, hour, visitors, rate)| cell(epoch, arm, hour, visitors, (visitors as f64 * rate) as u64))
            .collect();
        let summed_until = (now_h - window_h).div_euclid(24) * 24;
        let mut days: BTreeMap<(usize, usize, i64), Cell> = BTreeMap::new();
        let mut daily: Vec<Cell> = Vec::new();
        for own in &hourly {
            if own.hour >= summed_until {
                daily.push(*own);
                continue;
            }
            let sum = days.entry((own.epoch, own.arm, own.hour.div_euclid(24))).or_insert(Cell { counts: Counts::NONE, ..*own });
            sum.hour = sum.hour.min(own.hour);
            sum.counts += own.counts;
        }
        daily.extend(days.into_values());
        let real = |hours: i64| f64::from(i32::try_from(hours).unwrap());
        let times = Times { now_h: real(now_h), window_h: real(window_h), token_h: 24.0 };
        let curve = DelayCurve::new(real(window_h.max(1)), vec![(0.0, 0.0)]).unwrap();
        let read = |cells: &[Cell]| read(0, Prior::UNIFORM, &spans, cells, Some(&curve), times).unwrap();
        let (one, other) = (read(&hourly), read(&daily));
        prop_assert_eq!((&one.visitors, &one.matured, &one.first_hour), (&other.visitors, &other.matured, &other.first_hour));
        prop_assert_eq!(&one.epochs, &other.epochs);
        prop_assert_eq!(one.monitor.lift(1), other.monitor.lift(1));
        for (left, right) in one.deciding.iter().chain(&one.steering).zip(other.deciding.iter().chain(&other.steering)) {
            prop_assert!((left.0 - right.0).abs() < 1e-6 && (left.1 - right.1).abs() < 1e-6 * left.1.max(1.0));
        }
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
