//! Where a generation stands, in numbers for its owner.

use crate::decisions::{MEMORY, silent_until};
use crate::generation::{Examined, counts, hours};
use crate::{Service, ServiceError};
use bandit::aipw::Aipw;
use bandit::decision::{Check, Condition};
use bandit::evidence::{self, threshold, visitors_needed};
use bandit::lift_sequence::{Split, lift_sequence};
use bandit::look::Policy;
use bandit::novelty::novelty;
use bandit::posterior::Posterior;
use bandit::{BanditError, Counts, Lift, Pair, expected_loss};
use domain::Decision;
use domain::report::{ChallengerReport, GenerationReport, LeftOut, LiftInterval, NetGain, TestPlan};
use std::collections::BTreeMap;
use store::OwnedSite;
use store::generation::LedgerCell;
use store::quality::Uncounted;
use time::Duration;

/// The accepted chance of any false promotion, where the rule names none.
const ALPHA: f64 = 0.05;
/// Level of the intervals.
const LEVEL: f64 = 0.95;
/// Standard deviation of the log lift that the always-valid interval begins with (SPEC 8.8).
const TAU: f64 = 0.5;
/// Days whose lift is compared with the later one.
const NEW_DAYS: i64 = 7;
/// Below this p-value a lift is said to wear off; low, because it is looked at again and again.
const WEARS_OFF: f64 = 0.001;
/// The relative lift that a plan is made for: smaller ones take many times as long.
const WORTH_HAVING: f64 = 0.2;
/// More visitors than this are not worth a sentence.
const MOST_VISITORS: f64 = 1e9;
/// Hours that the pace of visitors is taken from.
const PACE_H: i64 = 7 * 24;

impl Service {
    /// The report of the present generation.
    pub(crate) async fn generation_report(&self, site: &OwnedSite) -> Result<GenerationReport, ServiceError> {
        let examined = self.examine(site).await?;
        let uncounted = self.store().uncounted(site).await?;
        let now_hour = self.now().unix_timestamp().div_euclid(3600);
        let requests = self.store().requests_since(site, now_hour - PACE_H).await?;
        let journal = self.store().decisions(site, MEMORY).await?;
        let policy = &self.inner.settings.policy;
        let now_h = hours(self.now());
        let ages = examined.served.iter().map(|arm| examined.reading.age_h(*arm, now_h));
        let alpha = policy.rule.alpha.unwrap_or(ALPHA);
        let pace = pace(&examined.rows.cells, now_hour);
        let prior = evidence::Prior::default();
        let aipw = Aipw::new(&examined.reading.epochs, prior).map_err(ServiceError::internal)?;
        Ok(GenerationReport {
            phase: examined.rows.phase,
            phase_variant_id: examined.rows.phase_variant_id,
            fewest_visitors: examined.served.iter().map(|arm| examined.reading.visitors[*arm]).min().unwrap_or(0),
            youngest_h: ages.fold(f64::INFINITY, f64::min),
            burn_in_visitors: policy.burn_in.visitors,
            burn_in_h: policy.burn_in.hours,
            prior_worth: examined.rows.prior.0 + examined.rows.prior.1,
            split_p: examined.reading.split.p_anytime(),
            requests: requests.all,
            automated_requests: requests.automated,
            dropped: self.store().dropped_since(site, now_hour - PACE_H).await?,
            left_out: uncounted.iter().filter_map(left_out).collect(),
            saw_another: uncounted.iter().filter(|row| row.reason.is_none()).map(|row| row.impressions).sum(),
            // A holdout says it better (SPEC 13).
            gain: aipw.gain(0, LEVEL).map(|gain| NetGain {
                conversions: gain.conversions,
                lower: gain.lower,
                upper: gain.upper,
            }),
            plan: plan(&examined, alpha, pace),
            challengers: challengers(&examined, &aipw, policy, (pace, &journal)).map_err(ServiceError::internal)?,
        })
    }
}

/// What a promotion still asks for, beside the evidence, whose distance is told in visitors.
fn unmet(examined: &Examined, place: usize) -> Vec<String> {
    let checks = examined.look.promotion[place].iter();
    // Without the other conditions the lift's interval is not computed, so it says nothing then.
    let known = |check: &&Check| !check.met && check.condition != Condition::Evidence && !check.value.is_nan();
    checks.filter(known).map(ToString::to_string).collect()
}

fn left_out(row: &Uncounted) -> Option<LeftOut> {
    let Uncounted { reason, variant_id, impressions, conversions } = *row;
    Some(LeftOut { variant_id, reason: reason?, impressions, conversions })
}

/// Counted visitors an hour, over the last week or since the first of them; absent while nobody came.
fn pace(cells: &[LedgerCell], now_hour: i64) -> Option<f64> {
    // Older days are summed up, so the week begins with a whole one.
    let week = (now_hour - PACE_H).div_euclid(24) * 24;
    let first = cells.iter().map(|cell| cell.exposure_hour).min()?.max(week);
    let visitors: i64 = cells.iter().filter(|cell| cell.exposure_hour >= first).map(|cell| cell.visitors).sum();
    let hours = Duration::hours((now_hour - first + 1).max(1)).as_seconds_f64() / 3600.0;
    (visitors > 0).then(|| real(visitors.unsigned_abs()) / hours)
}

/// Days until so many visitors of a part of the traffic came.
fn days(visitors: f64, share: f64, pace: Option<f64>) -> Option<f64> {
    let an_hour = pace.map(|pace| pace * share).filter(|pace| *pace > 0.0)?;
    Some(visitors / an_hour / 24.0)
}

/// What a test of a lift worth having takes, half of the traffic each.
fn plan(examined: &Examined, alpha: f64, pace: Option<f64>) -> Option<TestPlan> {
    if examined.reading.matured[0].conversions() == 0 || examined.challengers() == 0 {
        return None;
    }
    let needed = threshold(examined.challengers(), alpha);
    let visitors = visitors_needed(0.0, needed, control_rate(examined), WORTH_HAVING, 0.5)?;
    Some(TestPlan { lift: WORTH_HAVING, visitors: whole(visitors)?, days: days(visitors, 1.0, pace) })
}

/// The control's conversion rate by the posterior that decides.
fn control_rate(examined: &Examined) -> f64 {
    let (alpha, beta) = examined.reading.deciding[0];
    alpha / (alpha + beta)
}

/// A number of visitors, unless nobody would wait for it.
fn whole(visitors: f64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just before")]
    (0.0..MOST_VISITORS).contains(&visitors).then_some(visitors.ceil() as u64)
}

fn real(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn challengers(
    examined: &Examined,
    aipw: &Aipw<'_>,
    policy: &Policy,
    (pace, journal): (Option<f64>, &[Decision]),
) -> Result<Vec<ChallengerReport>, BanditError> {
    let alpha = policy.rule.alpha.unwrap_or(ALPHA);
    let reading = &examined.reading;
    let splits_well = reading.split.p_anytime() >= policy.rule.srm_p;
    let needed = threshold(examined.challengers(), alpha);
    let deciding: Vec<(f64, f64)> = examined.served.iter().map(|arm| reading.deciding[*arm]).collect();
    let (losses, _) = expected_loss(&deciding)?;
    let mut reports = Vec::new();
    for (place, arm) in examined.served.iter().copied().enumerate().filter(|(_, arm)| *arm != 0) {
        let lift = lift(examined, arm)?;
        let corrected = aipw.difference(arm, 0, LEVEL).and_then(|found| found.lift);
        let pairs: Vec<Pair> = reading.epochs.iter().map(|epoch| epoch.pair(arm, 0)).collect();
        let evidence = reading.monitor.lift(arm);
        let leading = evidence.map_or(0.0, |evidence| evidence.leading());
        let more = lift.and_then(|lift| more_visitors(examined, arm, lift.estimate, leading, needed, place));
        reports.push(ChallengerReport {
            variant_id: examined.arms[arm],
            name: examined.variant(examined.arms[arm]).map(|variant| variant.name.clone()).unwrap_or_default(),
            visitors: reading.matured[arm].visitors(),
            conversions: reading.matured[arm].conversions(),
            prob_best: examined.look.decided_prob_best[place],
            expected_loss: losses[place],
            lift,
            corrected_lift: corrected.map(|it| LiftInterval { estimate: it.lift, lower: it.lower, upper: it.upper }),
            always_valid: always_valid(&pairs, alpha).filter(|_| splits_well),
            log_e_max: evidence.map_or(0.0, |evidence| evidence.log_e_max()),
            log_e_needed: needed,
            visitors_needed: more.and_then(|(visitors, _)| whole(visitors)),
            days_needed: more.and_then(|(visitors, share)| days(visitors, share, pace)),
            unmet: unmet(examined, place),
            silent_until: silent_until(journal, examined.arms[arm]),
            wears_off: wears_off(examined, arm),
        });
    }
    Ok(reports)
}

/// The lift by the posteriors that decide; nothing can be said before both had visitors.
fn lift(examined: &Examined, arm: usize) -> Result<Option<LiftInterval>, BanditError> {
    let reading = &examined.reading;
    if [0, arm].iter().any(|arm| reading.matured[*arm] == Counts::NONE) {
        return Ok(None);
    }
    let posterior = |arm: usize| Posterior::from_parameters(reading.deciding[arm].0, reading.deciding[arm].1);
    let lift = Lift::between(&posterior(0)?, &posterior(arm)?, LEVEL);
    Ok(Some(LiftInterval { estimate: lift.median, lower: lift.lower, upper: lift.upper }))
}

fn always_valid(pairs: &[Pair], alpha: f64) -> Option<(f64, Option<f64>)> {
    let split = |pair: &Pair| Split {
        share: pair.share,
        control_conversions: pair.control.conversions(),
        variant_conversions: pair.variant.conversions(),
    };
    let splits: Vec<Split> = pairs.iter().map(split).collect();
    lift_sequence(&splits, TAU, alpha).map(|found| (found.lower, found.upper))
}

/// Visitors of the challenger and the control until the evidence is there, at the weights of now, and the share
/// of the traffic that these two get.
fn more_visitors(
    examined: &Examined,
    arm: usize,
    lift: f64,
    leading: f64,
    needed: f64,
    place: usize,
) -> Option<(f64, f64)> {
    let control = examined.served.iter().position(|arm| *arm == 0)?;
    let (own, base) = (examined.look.weights[place], examined.look.weights[control]);
    let best = examined.reading.monitor.lift(arm).map_or(0.0, |evidence| evidence.log_e_max());
    if best >= needed {
        return None;
    }
    let more = visitors_needed(leading, needed, control_rate(examined), lift, own / (own + base))?;
    Some((more, own + base))
}

/// The lift of a variant's first week and of the time after it, if the first is larger by more than luck. Only
/// matured visitors count, and of the control those who came on the days of the variant.
fn wears_off(examined: &Examined, arm: usize) -> Option<(f64, f64)> {
    let mut days: BTreeMap<i64, [Counts; 2]> = BTreeMap::new();
    let first_hour = examined.reading.first_hour[arm]?.div_euclid(24) * 24;
    for cell in
        examined.rows.cells.iter().filter(|cell| (first_hour..examined.matured_hour).contains(&cell.exposure_hour))
    {
        let id = cell.variant_id;
        let side = if id == examined.arms[arm] {
            1
        } else if id == examined.arms[0] {
            0
        } else {
            continue;
        };
        let counts = counts(cell.visitors, cell.conversions).ok()?;
        days.entry(cell.exposure_hour.div_euclid(24)).or_insert([Counts::NONE; 2])[side] += counts;
    }
    let first_day = first_hour.div_euclid(24);
    let new = days.keys().take_while(|day| **day < first_day + NEW_DAYS).count();
    let pairs: Vec<Pair> = days.into_values().map(|[control, variant]| Pair { share: 0.5, control, variant }).collect();
    novelty(&pairs, new).filter(|found| found.p < WEARS_OFF).map(|found| (found.early_lift, found.late_lift))
}
