//! One run: a generation from its first visitor to its promotion or its last day.

use super::coverage::{Covered, Intervals};
use super::scenario::{Kills, Promotion, Scenario, Traffic};
use super::site::Ledger;
use crate::allocation::has_moved;
use crate::evidence::threshold;
use crate::generation::Reading;
use crate::look::{ArmKnowledge, Look, look};
use crate::phase::Phase;
use crate::posterior::Posterior;
use crate::sample_ratio::FREEZE;
use crate::thompson::Sampler;
use crate::{BanditError, Counts, prob_beats};
use rand::{Rng, RngExt};
use rand_distr::{Binomial, Distribution};

/// What became of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// Conversions lost against giving everybody the truly best arm.
    pub regret: f64,
    /// The arm that was promoted, and on which day.
    pub promoted: Option<(usize, f64)>,
    /// Arms that were killed.
    pub killed: Vec<usize>,
    /// Whether P(best) > 0.95 was ever seen, and nothing else asked for.
    pub naive: bool,
    /// Whether the 95 % lift interval lay above 0 at such a look as well.
    pub naive_with_lift: bool,
    /// Whether the evidence was there as well: what the product asks for.
    pub gated: bool,
    /// Whether a wrong split was ever reported.
    pub frozen: bool,
    /// Each arm's share of the visitors.
    pub shares: Vec<f64>,
    /// How many weight vectors were published, the first among them.
    pub epochs: u32,
    /// Whether intervals held the truth; empty unless asked for.
    pub covered: Covered,
}

/// Runs a scenario once.
///
/// # Errors
/// For a scenario without arms, with rates outside 0 to 1, with looks that do not divide a day's
/// hours, or with times that are negative or not finite.
pub fn run(scenario: &Scenario, random: &mut impl Rng) -> Result<Outcome, BanditError> {
    Run::new(scenario)?.finish(random)
}

struct Run<'a> {
    scenario: &'a Scenario,
    look_hours: u32,
    ledger: Ledger,
    phase: Phase,
    active: Vec<bool>,
    /// Consecutive low checks of each arm, and the hour of the last.
    low_checks: Vec<(u32, f64)>,
    /// Conversions that were seen at once, for the policies that do not use the ledger.
    seen: Vec<Counts>,
    shown: Vec<f64>,
    intervals: Intervals,
    outcome: Outcome,
}

impl<'a> Run<'a> {
    fn new(scenario: &'a Scenario) -> Result<Self, BanditError> {
        scenario.check()?;
        let arms = scenario.rates.len();
        Ok(Self {
            scenario,
            look_hours: scenario.look_hours()?,
            ledger: Ledger::new(scenario, vec![1.0 / real(arms); arms])?,
            phase: Phase::BurnIn,
            active: vec![true; arms],
            low_checks: vec![(0, 0.0); arms],
            seen: vec![Counts::NONE; arms],
            shown: vec![0.0; arms],
            intervals: Intervals::new(arms),
            outcome: Outcome { epochs: 1, ..Outcome::default() },
        })
    }

    fn finish(mut self, random: &mut impl Rng) -> Result<Outcome, BanditError> {
        let end = self.scenario.days * 24;
        let mut now = 0;
        while now < end && !(self.outcome.promoted.is_some() && self.scenario.promotion == Promotion::Ends) {
            self.visit(now, random)?;
            now += self.look_hours;
            self.look(f64::from(now))?;
        }
        let total: f64 = self.shown.iter().sum();
        self.outcome.shares = self.shown.iter().map(|shown| shown / total.max(1.0)).collect();
        if self.scenario.coverage {
            // Everybody is waited for, so that all intervals are about the same visitors.
            self.ledger.end(f64::from(now));
            let reading = self.ledger.read(f64::from(now) + self.scenario.token_h + self.scenario.window_h)?;
            self.outcome.covered = self.intervals.cover(self.scenario, &reading, &self.outcome.shares)?;
        }
        Ok(self.outcome)
    }

    /// The visitors from an hour until the next look.
    fn visit(&mut self, start: u32, random: &mut impl Rng) -> Result<(), BanditError> {
        let scenario = self.scenario;
        let factor = scenario.drift.factor(f64::from(start) / 24.0);
        let rate = |arm: usize| (scenario.rates[arm] * factor).clamp(0.0, 1.0);
        let people = scenario.visitors_per_look - binomial(scenario.visitors_per_look, scenario.bots, random)?;
        let held_out = binomial(people, scenario.holdout, random)?;
        self.intervals.held_out += Counts::new(held_out, binomial(held_out, rate(0), random)?)?;
        let (visitors, converted) = self.give(people - held_out, rate, random)?;

        let best = rate(scenario.best());
        let last_hour = i64::from(start + self.look_hours) - 1;
        for (arm, (visitors, converted)) in visitors.iter().zip(&converted).enumerate() {
            self.outcome.regret += crate::counts::real(*visitors) * (best - rate(arm));
            self.intervals.true_gain += crate::counts::real(*visitors) * (rate(arm) - rate(0));
            self.shown[arm] += crate::counts::real(*visitors);
            let lost = scenario.lost.get(arm).copied().unwrap_or(0.0);
            let kept = *converted - binomial(*converted, lost, random)?;
            let kept_failures = visitors - converted;
            let kept_failures = kept_failures - binomial(kept_failures, lost, random)?;
            let counts = Counts::new(kept + kept_failures, kept)?;
            self.seen[arm] += counts;
            self.intervals.treated += counts;
            self.intervals.drift(counts.visitors(), factor);
            self.ledger.add(arm, last_hour, counts.visitors(), self.delays(kept, random)?)?;
        }
        Ok(())
    }

    /// Gives visitors to arms; how many each got, and how many of them convert.
    fn give(
        &self,
        people: u64,
        rate: impl Fn(usize) -> f64,
        random: &mut impl Rng,
    ) -> Result<(Vec<u64>, Vec<u64>), BanditError> {
        let weights = self.ledger.weights();
        let arms = weights.len();
        let (mut visitors, mut converted) = (vec![0; arms], vec![0; arms]);
        if self.scenario.traffic == Traffic::Thompson && self.phase != Phase::BurnIn {
            let mut seen = self.seen.clone();
            for _ in 0..people {
                let parameters: Vec<(f64, f64)> = seen.iter().map(|counts| parameters(*counts)).collect();
                let arm = Sampler::new(&parameters)?.sample(random);
                let converts = u64::from(random.random_bool(rate(arm)));
                seen[arm] += Counts::new(1, converts)?;
                visitors[arm] += 1;
                converted[arm] += converts;
            }
            return Ok((visitors, converted));
        }
        let (mut left, mut share_left) = (people, 1.0);
        for arm in 0..arms {
            let share = if share_left > 0.0 { (weights[arm] / share_left).min(1.0) } else { 0.0 };
            // Rounding must not leave visitors to an arm that is not active.
            let is_last = weights[arm + 1..].iter().all(|weight| *weight <= 0.0);
            visitors[arm] = if is_last && weights[arm] > 0.0 { left } else { binomial(left, share, random)? };
            converted[arm] = binomial(visitors[arm], rate(arm), random)?;
            left -= visitors[arm];
            share_left -= weights[arm];
        }
        Ok((visitors, converted))
    }

    /// Hours from exposure to conversion, none beyond the window.
    fn delays(&self, count: u64, random: &mut impl Rng) -> Result<Vec<f64>, BanditError> {
        let (mean, window) = (self.scenario.delay_h, self.scenario.window_h);
        if mean <= 0.0 {
            return Ok(vec![0.0; usize::try_from(count).unwrap_or(0)]);
        }
        // Exponential up to the window, by inverting its distribution: drawing again until one lies inside could
        // take for ever.
        let inside = -(-window / mean).exp_m1();
        Ok((0..count).map(|_| (-mean * (-random.random::<f64>() * inside).ln_1p()).min(window)).collect())
    }

    /// Weights and decisions at the end of a look's time, in the order of the scheduled job.
    fn look(&mut self, now_h: f64) -> Result<(), BanditError> {
        let reading = self.ledger.read(now_h)?;
        if self.scenario.coverage {
            self.intervals.look(&self.scenario.rates, &reading.epochs);
        }
        let mut arms = self.arms();
        let mut found = self.examine(&reading, &arms, now_h)?;
        self.outcome.frozen |= self.split_p(&reading) < FREEZE;
        self.crossings(&reading, &arms, &found.decided_prob_best)?;
        for (arm, checks) in arms.iter().zip(&found.low_checks) {
            if let Some(checks) = checks {
                self.low_checks[*arm] = (*checks, now_h);
            }
        }
        let promotes = self.promote(&arms, found.verdict.promote, now_h / 24.0);
        let kills = self.kill(&arms, &found.verdict.kill, &found.harmful);
        if promotes || kills {
            arms = self.arms();
            found = self.examine(&reading, &arms, now_h)?;
        }
        self.phase = moved(found.phase, |place| arms.get(place).copied());
        let mut weights = vec![0.0; self.active.len()];
        for (arm, weight) in arms.iter().zip(&found.weights) {
            weights[*arm] = *weight;
        }
        self.steer_otherwise(&arms, &mut weights);
        if kills || self.scenario.publishes_always || has_moved(self.ledger.weights(), &weights) {
            self.ledger.publish(weights, now_h);
            self.outcome.epochs += 1;
        }
        Ok(())
    }

    /// The arms that get visitors.
    fn arms(&self) -> Vec<usize> {
        (0..self.active.len()).filter(|arm| self.active[*arm]).collect()
    }

    /// What a look at these arms finds.
    fn examine(&self, reading: &Reading, arms: &[usize], now_h: f64) -> Result<Look, BanditError> {
        let knowledge = |arm: &usize| ArmKnowledge {
            is_control: *arm == 0,
            visitors: reading.visitors[*arm],
            matured: reading.matured[*arm],
            age_h: reading.age_h(*arm, now_h),
            steering: reading.steering[*arm],
            deciding: reading.deciding[*arm],
            log_e_max: reading.monitor.lift(*arm).map_or(0.0, |it| it.log_e_max()),
            harm_log_e_max: reading.monitor.harm(*arm).map_or(0.0, |it| it.log_e_max()),
            low_checks: self.low_checks[*arm].0,
            low_check_age_h: now_h - self.low_checks[*arm].1,
        };
        let knowledge: Vec<ArmKnowledge> = arms.iter().map(knowledge).collect();
        let before = moved(self.phase, |arm| arms.iter().position(|active| *active == arm));
        let challengers = self.scenario.rates.len() - 1;
        look(&self.scenario.policy, before, Some(self.split_p(reading)), challengers, &knowledge)
    }

    /// The p-value of the split. Visitors who draw for themselves follow no published weights, so
    /// nothing can be said of theirs.
    fn split_p(&self, reading: &Reading) -> f64 {
        if self.scenario.traffic == Traffic::Thompson { 1.0 } else { reading.split.p_anytime() }
    }

    /// Takes arms out. `true` when some were.
    fn kill(&mut self, arms: &[usize], by_rule: &[usize], harmful: &[usize]) -> bool {
        let harmful = if self.scenario.kills == Kills::ByRuleAndHarm { harmful } else { &[] };
        let by_rule = if self.scenario.kills == Kills::None { &[] } else { by_rule };
        let before = self.outcome.killed.len();
        for index in by_rule.iter().chain(harmful) {
            let arm = arms[*index];
            if self.active[arm] {
                self.active[arm] = false;
                self.outcome.killed.push(arm);
            }
        }
        self.outcome.killed.len() > before
    }

    /// The first promotion decides the generation. `true` when the traffic follows it from now on.
    fn promote(&mut self, arms: &[usize], place: Option<usize>, day: f64) -> bool {
        // Without weights there is no evidence.
        let place = place.filter(|_| self.scenario.traffic != Traffic::Thompson);
        let Some(place) = place.filter(|_| self.outcome.promoted.is_none()) else { return false };
        self.outcome.promoted = Some((arms[place], day));
        let carries = self.scenario.promotion == Promotion::Carried;
        if carries {
            self.phase = Phase::Decided { winner: arms[place] };
        }
        carries
    }

    /// The policies that the product is compared with.
    fn steer_otherwise(&self, arms: &[usize], weights: &mut [f64]) {
        let even = 1.0 / real(arms.len());
        let best = match self.scenario.traffic {
            Traffic::Weights | Traffic::Thompson => return,
            Traffic::Even => None,
            Traffic::EpsilonGreedy(epsilon) => Some(epsilon),
        };
        let mean = |arm: usize| {
            let (alpha, beta) = parameters(self.seen[arm]);
            alpha / (alpha + beta)
        };
        let leader = arms.iter().copied().max_by(|one, other| mean(*one).total_cmp(&mean(*other)));
        for arm in arms {
            weights[*arm] = match best {
                None => even,
                Some(epsilon) => epsilon * even + if Some(*arm) == leader { 1.0 - epsilon } else { 0.0 },
            };
        }
    }

    /// Which rules would have promoted an arm at this look.
    fn crossings(&mut self, reading: &Reading, arms: &[usize], prob_best: &[f64]) -> Result<(), BanditError> {
        let rule = &self.scenario.policy.rule;
        let threshold = threshold(self.scenario.rates.len() - 1, rule.alpha.unwrap_or(0.05));
        let enough = |arm: usize| reading.matured[arm].visitors() >= rule.promote_min_visitors;
        let posterior = |arm: usize| Posterior::from_parameters(reading.deciding[arm].0, reading.deciding[arm].1);
        for (arm, p) in arms.iter().copied().zip(prob_best).filter(|(arm, _)| *arm != 0 && enough(0)) {
            if *p <= rule.promote_prob || !enough(arm) {
                continue;
            }
            self.outcome.naive = true;
            if self.outcome.gated {
                continue;
            }
            if prob_beats(&posterior(0)?, &posterior(arm)?) > 0.975 {
                self.outcome.naive_with_lift = true;
                self.outcome.gated |= reading.monitor.lift(arm).is_some_and(|it| it.log_e_max() >= threshold);
            }
        }
        Ok(())
    }
}

/// A phase whose arm is named by another list of arms; over when it is not among them.
fn moved(phase: Phase, place: impl Fn(usize) -> Option<usize>) -> Phase {
    match phase {
        Phase::Confirm { leader } => place(leader).map_or(Phase::Bandit, |leader| Phase::Confirm { leader }),
        Phase::Decided { winner } => place(winner).map_or(Phase::Bandit, |winner| Phase::Decided { winner }),
        Phase::BurnIn | Phase::Bandit | Phase::Frozen => phase,
    }
}

fn parameters(counts: Counts) -> (f64, f64) {
    let (visitors, conversions) = counts.real();
    (1.0 + conversions, 1.0 + visitors - conversions)
}

fn binomial(trials: u64, chance: f64, random: &mut impl Rng) -> Result<u64, BanditError> {
    if trials == 0 || chance <= 0.0 {
        return Ok(0);
    }
    Ok(Binomial::new(trials, chance.min(1.0)).map_err(|_| BanditError::Probability)?.sample(random))
}

fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
