//! A site's generation as the statistics see it: rows of the ledger in, a look at the arms out.

mod report;

use crate::{Service, ServiceError};
use bandit::Counts;
use bandit::delay::DelayCurve;
use bandit::generation::{Cell, Reading, Span, Times, read};
use bandit::look::{ArmKnowledge, Look, Policy, look};
use bandit::phase;
use bandit::prior::Prior;
use domain::token::EXPOSURE_TTL_S;
use domain::{Phase, Variant, VariantId};
use std::collections::{HashMap, HashSet};
use store::generation::GenerationRows;
use store::statistics::{Allocation, Counters};
use store::{OwnedSite, WriteTransaction};
use time::{Duration, OffsetDateTime};

/// A generation that was read and looked at.
pub(crate) struct Examined {
    pub(crate) rows: GenerationRows,
    /// Variants that get visitors or got some in this generation, the control first.
    pub(crate) arms: Vec<VariantId>,
    /// What their part of the ledger says, by arm.
    pub(crate) reading: Reading,
    /// Arms that get visitors now; the look's lists are in this order.
    pub(crate) served: Vec<usize>,
    pub(crate) look: Look,
    /// Whoever came before this hour since 1970 can convert no more.
    pub(crate) matured_hour: i64,
}

impl Service {
    /// Reads the present generation and looks at it; nothing is written.
    pub(crate) async fn examine(&self, site: &OwnedSite) -> Result<Examined, ServiceError> {
        let rows = self.store().generation(site, self.matured_before()).await?;
        self.look_at(rows.ok_or(ServiceError::NotFound)?)
    }

    /// As [`examine`](Self::examine), inside a transaction.
    pub(crate) async fn examine_in(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
    ) -> Result<Examined, ServiceError> {
        let rows = write.generation(site, self.matured_before()).await?;
        self.look_at(rows.ok_or(ServiceError::NotFound)?)
    }

    /// Whoever came before this can convert no more.
    fn matured_before(&self) -> OffsetDateTime {
        self.now() - self.inner.settings.attribution_window
    }

    fn look_at(&self, rows: GenerationRows) -> Result<Examined, ServiceError> {
        let settings = &self.inner.settings;
        examine(rows, &settings.policy, settings.attribution_window, self.now()).map_err(ServiceError::internal)
    }
}

impl Examined {
    /// The variant behind a place in the look's lists.
    pub(crate) fn served_variant(&self, place: usize) -> VariantId {
        self.arms[self.served[place]]
    }

    /// The stored form of the phase that follows.
    pub(crate) fn next_phase(&self) -> (Phase, Option<VariantId>) {
        match self.look.phase {
            phase::Phase::BurnIn => (Phase::BurnIn, None),
            phase::Phase::Bandit => (Phase::Bandit, None),
            phase::Phase::Frozen => (Phase::Frozen, None),
            phase::Phase::Confirm { leader } => (Phase::Confirm, Some(self.served_variant(leader))),
            phase::Phase::Decided { winner } => (Phase::Decided, Some(self.served_variant(winner))),
        }
    }

    /// Challengers that were ever tested in the generation.
    pub(crate) fn challengers(&self) -> usize {
        self.arms.len() - 1
    }

    pub(crate) fn variant(&self, id: VariantId) -> Option<&Variant> {
        self.rows.variants.iter().find(|variant| variant.id == id)
    }
}

fn examine(
    rows: GenerationRows,
    policy: &Policy,
    window: Duration,
    now: OffsetDateTime,
) -> Result<Examined, bandit::BanditError> {
    let arms = arms(&rows);
    let times = Times {
        now_h: hours(now),
        window_h: window.as_seconds_f64() / 3600.0,
        token_h: Duration::seconds(EXPOSURE_TTL_S).as_seconds_f64() / 3600.0,
    };
    let prior = Prior { alpha: rows.prior.0, beta: rows.prior.1 };
    let curve = curve(&rows.delays, times.window_h);
    // The control is the first of the variants, and so the first of the arms.
    let reading = read(0, prior, &spans(&rows, &arms), &cells(&rows, &arms)?, curve.as_ref(), times)?;
    let counters: HashMap<VariantId, &Counters> = rows.counters.iter().map(|row| (row.variant_id, row)).collect();
    let is_served = |id: &VariantId| rows.variants.iter().any(|row| row.id == *id && row.status.is_served());
    let served: Vec<usize> = (0..arms.len()).filter(|arm| is_served(&arms[*arm])).collect();
    let knowledge: Vec<ArmKnowledge> =
        served.iter().map(|arm| knowledge(*arm, &reading, counters.get(&arms[*arm]).copied(), times.now_h)).collect();
    let p = reading.split.p_anytime();
    let look = look(policy, phase_before(&rows, &arms, &served), Some(p), arms.len() - 1, &knowledge)?;
    let matured_hour = (now - window).unix_timestamp().div_euclid(3600);
    Ok(Examined { rows, arms, reading, served, look, matured_hour })
}

/// Variants that get visitors or got some in this generation, in the order of the variants.
fn arms(rows: &GenerationRows) -> Vec<VariantId> {
    let weights = rows.allocations.iter().flat_map(|allocation| &allocation.weights);
    let had_weight: HashSet<VariantId> = weights.filter(|arm| arm.weight > 0.0).map(|arm| arm.variant_id).collect();
    let belongs =
        |variant: &&Variant| variant.is_control || variant.status.is_served() || had_weight.contains(&variant.id);
    rows.variants.iter().filter(belongs).map(|variant| variant.id).collect()
}

/// One span an epoch. Before the first epoch there is an empty one, so that the arms are known.
fn spans(rows: &GenerationRows, arms: &[VariantId]) -> Vec<Span> {
    let weights = |allocation: &Allocation| {
        let weight = |id: &VariantId| {
            let arm = allocation.weights.iter().find(|arm| arm.variant_id == *id);
            arm.map_or(0.0, |arm| arm.weight)
        };
        arms.iter().map(weight).collect()
    };
    let next = rows.allocations.iter().skip(1).map(|allocation| Some(hours(allocation.started_at)));
    let ends = next.chain(std::iter::once(None));
    let spans: Vec<Span> =
        rows.allocations.iter().zip(ends).map(|(own, ended_h)| Span { weights: weights(own), ended_h }).collect();
    if spans.is_empty() { vec![Span { weights: vec![1.0; arms.len()], ended_h: None }] } else { spans }
}

fn cells(rows: &GenerationRows, arms: &[VariantId]) -> Result<Vec<Cell>, bandit::BanditError> {
    let epochs: HashMap<i64, usize> = rows.allocations.iter().map(|own| own.epoch).zip(0..).collect();
    let arms: HashMap<VariantId, usize> = arms.iter().copied().zip(0..).collect();
    rows.cells
        .iter()
        .map(|cell| {
            let epoch = *epochs.get(&cell.epoch).ok_or(bandit::BanditError::Index)?;
            let arm = *arms.get(&cell.variant_id).ok_or(bandit::BanditError::Index)?;
            Ok(Cell { epoch, arm, hour: cell.exposure_hour, counts: counts(cell.visitors, cell.conversions)? })
        })
        .collect()
}

/// How late conversions come.
fn curve(delays: &[(i64, i64)], window_h: f64) -> Option<DelayCurve> {
    let seen: Vec<(i64, u64)> =
        delays.iter().map(|(hour, count)| (*hour, u64::try_from(*count).unwrap_or(0))).collect();
    DelayCurve::of_hours(window_h, &seen)
}

fn knowledge(arm: usize, reading: &Reading, counters: Option<&Counters>, now_h: f64) -> ArmKnowledge {
    let checked_h = counters.and_then(|row| row.low_checked_at).map(hours);
    ArmKnowledge {
        is_control: arm == 0,
        visitors: reading.visitors[arm],
        matured: reading.matured[arm],
        age_h: reading.age_h(arm, now_h),
        steering: reading.steering[arm],
        deciding: reading.deciding[arm],
        log_e_max: reading.monitor.lift(arm).map_or(0.0, |evidence| evidence.log_e_max()),
        harm_log_e_max: reading.monitor.harm(arm).map_or(0.0, |evidence| evidence.log_e_max()),
        low_checks: counters.map_or(0, |row| row.low_checks),
        low_check_age_h: checked_h.map_or(f64::INFINITY, |checked| now_h - checked),
    }
}

/// The stored phase in places of the look; one about a variant that is gone is over.
fn phase_before(rows: &GenerationRows, arms: &[VariantId], served: &[usize]) -> phase::Phase {
    let place = rows.phase_variant_id.and_then(|id| served.iter().position(|arm| arms[*arm] == id));
    match (rows.phase, place) {
        (Phase::BurnIn, _) => phase::Phase::BurnIn,
        (Phase::Frozen, _) => phase::Phase::Frozen,
        (Phase::Confirm, Some(leader)) => phase::Phase::Confirm { leader },
        (Phase::Decided, Some(winner)) => phase::Phase::Decided { winner },
        (Phase::Bandit | Phase::Confirm | Phase::Decided, _) => phase::Phase::Bandit,
    }
}

/// Counts as the database keeps them. One below 0 would be a fault of ours; it counts as nobody.
pub(crate) fn counts(visitors: i64, conversions: i64) -> Result<Counts, bandit::BanditError> {
    Counts::new(u64::try_from(visitors).unwrap_or(0), u64::try_from(conversions).unwrap_or(0))
}

/// Hours since 1970.
pub(crate) fn hours(time: OffsetDateTime) -> f64 {
    (time - OffsetDateTime::UNIX_EPOCH).as_seconds_f64() / 3600.0
}
