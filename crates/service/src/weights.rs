//! The scheduled look at a generation: decisions, the next phase, and the weights that move traffic.

use crate::generation::Examined;
use crate::live::Topic;
use crate::{Service, ServiceError};
use bandit::allocation::has_moved;
use domain::{Phase, SiteStatus, VariantId};
use std::collections::HashMap;
use store::jobs::ClaimedJob;
use store::snapshot::ArmWeight;
use store::statistics::{Allocation, AllocationInputs, ArmPosterior, Counters};
use store::{OwnedSite, WriteTransaction};
use time::Duration;

/// Weights follow the visitors once in this time, because every epoch is a row for good.
const LEAST_TIME: Duration = Duration::hours(1);

impl Service {
    /// Looks at a site's generation, decides what the mode allows, and publishes weights when they moved.
    ///
    /// Reading and computing happen before the transaction, so that visitors' events do not wait for
    /// them; when the site changed meanwhile, it is read once more inside.
    pub(crate) async fn update_statistics(&self, job: &ClaimedJob) -> Result<Changes, ServiceError> {
        let site = &job.site;
        let early = self.examine(site).await?;
        let write = self.store().begin().await?;
        let locked = write.lock_site(site).await?.ok_or(ServiceError::NotFound)?;
        let examined = if locked.version == early.rows.version { early } else { self.examine_in(&write, site).await? };
        self.note_low_checks(&write, site, &examined).await?;
        let mut news = self.decide(&write, site, &examined).await?;
        let examined = if news.arms_changed { self.examine_in(&write, site).await? } else { examined };
        let published = self.publish(&write, site, &examined).await?;
        news.journal_changed |= published.is_frozen_now;
        // The end of the job is written with what it decided: whoever took it over decides instead.
        if !write.finish_job(job, self.wall_now()).await? {
            tracing::warn!(job.id = %job.id, "lost the lease; what was decided is not stored");
            return Ok(Changes::default());
        }
        write.commit().await?;
        Ok(Changes { are_served: published.has_new_weights || news.arms_changed, are_news: news.is_any() })
    }

    /// Tells this process what a look changed.
    pub(crate) async fn after_update(&self, site: &OwnedSite, changes: Changes) -> Result<(), ServiceError> {
        if changes.are_served {
            self.refresh_site(site.site_id()).await?;
        }
        if changes.are_news {
            for topic in [Topic::Site, Topic::Variants] {
                self.inner.live.announce(site.site_id(), topic);
            }
        }
        self.inner.live.announce(site.site_id(), Topic::Statistics);
        Ok(())
    }

    /// Publishes the weights that follow from a change of the arms, inside its transaction.
    pub(crate) async fn publish_weights(&self, write: &WriteTransaction, site: &OwnedSite) -> Result<(), ServiceError> {
        let examined = self.examine_in(write, site).await?;
        self.publish(write, site, &examined).await.map(drop)
    }

    /// Stores phase and P(best), and the weights when they moved. A generation that freezes says so in the journal.
    async fn publish(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
        examined: &Examined,
    ) -> Result<Published, ServiceError> {
        let rows = &examined.rows;
        let (phase, variant_id) = examined.next_phase();
        let is_new_phase = (phase, variant_id) != (rows.phase, rows.phase_variant_id);
        let is_frozen_now = is_new_phase && phase == Phase::Frozen;
        if is_new_phase {
            write.set_phase(site, phase, variant_id).await?;
        }
        if is_frozen_now {
            write.write_decision(site, &self.freeze(examined), self.now()).await?;
        }
        self.store_prob_best(write, site, examined).await?;
        let weights: Vec<ArmWeight> = (0..)
            .zip(&examined.look.weights)
            .map(|(place, weight)| ArmWeight { variant_id: examined.served_variant(place), weight: *weight })
            .collect();
        let now = self.now();
        if let Some(current) = rows.allocations.last() {
            let is_due = is_new_phase || now - current.started_at >= LEAST_TIME;
            let moved = is_due && moved(&current.weights, &weights);
            if !moved && !has_other_arms(&current.weights, &weights) {
                return Ok(Published { has_new_weights: false, is_frozen_now });
            }
        }
        let allocation = Allocation { epoch: rows.epoch + 1, weights, started_at: now };
        write.publish_allocation(site, &allocation, &inputs(examined)).await?;
        Ok(Published { has_new_weights: true, is_frozen_now })
    }

    /// P(best) of all counted visitors, for the variants that get visitors now.
    async fn store_prob_best(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
        examined: &Examined,
    ) -> Result<(), ServiceError> {
        let counters: HashMap<VariantId, &Counters> =
            examined.rows.counters.iter().map(|row| (row.variant_id, row)).collect();
        let served: Vec<&Counters> =
            examined.served.iter().filter_map(|arm| counters.get(&examined.arms[*arm]).copied()).collect();
        let parameters: Vec<(f64, f64)> = served.iter().map(|row| (row.alpha, row.beta)).collect();
        let prob_best = bandit::prob_best(&parameters).map_err(ServiceError::internal)?;
        for row in &examined.rows.counters {
            let place = served.iter().position(|served| served.variant_id == row.variant_id);
            let fresh = place.map(|place| prob_best[place]);
            if row.prob_best != fresh {
                write.set_prob_best(site, row.variant_id, fresh).await?;
            }
        }
        Ok(())
    }

    async fn note_low_checks(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
        examined: &Examined,
    ) -> Result<(), ServiceError> {
        // Nobody comes to a site that does not run, so another check there would find the same visitors again.
        if examined.rows.status != SiteStatus::Running || examined.rows.phase == Phase::Frozen {
            return Ok(());
        }
        for (place, checks) in examined.look.low_checks.iter().enumerate() {
            let id = examined.served_variant(place);
            let before = examined.rows.counters.iter().find(|row| row.variant_id == id).map_or(0, |row| row.low_checks);
            if let Some(checks) = checks.filter(|checks| *checks != before) {
                write.set_low_checks(site, id, checks, self.now()).await?;
            }
        }
        Ok(())
    }
}

/// What a look changed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Changes {
    /// Variants or weights, which the snapshot holds.
    are_served: bool,
    /// Variants or the journal.
    are_news: bool,
}

/// What came of publishing.
pub(crate) struct Published {
    /// Whether a new weight vector came into force.
    has_new_weights: bool,
    /// Whether the generation was frozen just now.
    is_frozen_now: bool,
}

/// What the weights of a look follow from.
fn inputs(examined: &Examined) -> AllocationInputs {
    let posterior = |(arm, prob_best): (&usize, &f64)| {
        let (alpha, beta) = examined.reading.steering[*arm];
        ArmPosterior { variant_id: examined.arms[*arm], alpha, beta, prob_best: Some(*prob_best) }
    };
    let (phase, phase_variant_id) = examined.next_phase();
    let posteriors = examined.served.iter().zip(&examined.look.prob_best).map(posterior).collect();
    AllocationInputs { phase, phase_variant_id, posteriors }
}

fn has_other_arms(before: &[ArmWeight], after: &[ArmWeight]) -> bool {
    let is_old = |new: &ArmWeight| before.iter().any(|old| old.variant_id == new.variant_id);
    before.len() != after.len() || !after.iter().all(is_old)
}

/// Whether the weights of the same arms are worth an epoch of their own (SPEC 6.2).
fn moved(before: &[ArmWeight], after: &[ArmWeight]) -> bool {
    let old =
        |new: &ArmWeight| before.iter().find(|old| old.variant_id == new.variant_id).map_or(0.0, |old| old.weight);
    let (before, after): (Vec<f64>, Vec<f64>) = after.iter().map(|new| (old(new), new.weight)).unzip();
    has_moved(&before, &after)
}
