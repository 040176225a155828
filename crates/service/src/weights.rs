//! The scheduled look at a generation: decisions, the next phase, and the weights that move traffic.

use crate::generation::Examined;
use crate::live::Topic;
use crate::{Service, ServiceError};
use domain::VariantId;
use std::collections::HashMap;
use store::snapshot::ArmWeight;
use store::statistics::{Allocation, ArmPosterior, Counters};
use store::{OwnedSite, WriteTransaction};
use time::Duration;

/// A new weight vector is published only when some weight moved by more than this (SPEC 6.2).
const LEAST_MOVE: f64 = 0.005;
/// And weights follow the visitors once in this time, because every epoch is a row for good.
const LEAST_TIME: Duration = Duration::hours(1);

impl Service {
    /// Looks at a site's generation, decides what the mode allows, and publishes weights when they moved.
    ///
    /// Reading and computing happen before the transaction, so that visitors' events do not wait for
    /// them; when the site changed meanwhile, it is read once more inside.
    pub(crate) async fn update_statistics(&self, site: &OwnedSite) -> Result<(), ServiceError> {
        let early = self.examine(site).await?;
        let write = self.store().begin().await?;
        let is_current = write.site_version(site).await? == Some(early.rows.version);
        let examined = if is_current { early } else { self.examine_in(&write, site).await? };
        self.note_low_checks(&write, site, &examined).await?;
        let news = self.decide(&write, site, &examined).await?;
        let examined = if news.arms_changed { self.examine_in(&write, site).await? } else { examined };
        let published = self.publish(&write, site, &examined).await?;
        write.commit().await?;
        if published || news.arms_changed {
            self.refresh_site(site.site_id()).await?;
        }
        if news.is_any() {
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

    /// Stores phase and P(best), and the weights when they moved. `true` when a new weight vector came into force.
    async fn publish(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
        examined: &Examined,
    ) -> Result<bool, ServiceError> {
        let rows = &examined.rows;
        let (phase, variant_id) = examined.next_phase();
        let is_new_phase = (phase, variant_id) != (rows.phase, rows.phase_variant_id);
        if is_new_phase {
            write.set_phase(site, phase, variant_id).await?;
        }
        self.store_prob_best(write, site, examined).await?;
        let weights: Vec<ArmWeight> = (0..)
            .zip(&examined.look.weights)
            .map(|(place, weight)| ArmWeight { variant_id: examined.served_variant(place), weight: *weight })
            .collect();
        let now = self.now();
        if let Some(current) = rows.allocations.last() {
            let is_due = is_new_phase || now - current.started_at >= LEAST_TIME;
            let moved = is_due && has_moved(&current.weights, &weights);
            if !moved && !has_other_arms(&current.weights, &weights) {
                return Ok(false);
            }
        }
        let posterior = |arm: &usize| {
            let (alpha, beta) = examined.reading.steering[*arm];
            ArmPosterior { variant_id: examined.arms[*arm], alpha, beta }
        };
        let posterior: Vec<ArmPosterior> = examined.served.iter().map(posterior).collect();
        let allocation = Allocation { epoch: rows.epoch + 1, weights, started_at: now };
        write.publish_allocation(site, &allocation, &posterior).await?;
        Ok(true)
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

fn has_other_arms(before: &[ArmWeight], after: &[ArmWeight]) -> bool {
    let is_old = |new: &ArmWeight| before.iter().any(|old| old.variant_id == new.variant_id);
    before.len() != after.len() || !after.iter().all(is_old)
}

/// Whether some weight moved by more than [`LEAST_MOVE`].
fn has_moved(before: &[ArmWeight], after: &[ArmWeight]) -> bool {
    after.iter().any(|new| {
        let old = before.iter().find(|old| old.variant_id == new.variant_id);
        old.is_none_or(|old| (old.weight - new.weight).abs() > LEAST_MOVE)
    })
}
