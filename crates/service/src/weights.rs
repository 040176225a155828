//! Posterior in, weights out: the step that moves traffic.

use crate::live::Topic;
use crate::{Service, ServiceError};
use bandit::allocation::Floors;
use domain::{Variant, VariantId, VariantStatus};
use std::collections::HashMap;
use store::snapshot::ArmWeight;
use store::statistics::{Allocation, ArmPosterior, Counters};
use store::{OwnedSite, WriteTransaction};

/// A new weight vector is published only when some weight moved by more than this (SPEC 6.2).
const LEAST_MOVE: f64 = 0.005;

impl Service {
    /// Computes P(best) and weights from the counters, and publishes them when they moved enough.
    /// `true` when a new weight vector came into force.
    pub(crate) async fn update_weights(&self, site: &OwnedSite) -> Result<bool, ServiceError> {
        let write = self.store().begin().await?;
        let published = self.publish_weights(&write, site).await?;
        write.commit().await?;
        if published {
            self.refresh_site(site.site_id()).await?;
        }
        self.inner.live.announce(site.site_id(), Topic::Statistics);
        Ok(published)
    }

    /// As [`update_weights`](Self::update_weights), inside a transaction that changes the arms.
    pub(crate) async fn publish_weights(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
    ) -> Result<bool, ServiceError> {
        let variants = write.variants(site).await?;
        let counters: HashMap<VariantId, Counters> =
            write.counters(site).await?.into_iter().map(|counters| (counters.variant_id, counters)).collect();
        let arms: Vec<&Variant> = variants.iter().filter(|variant| variant.status == VariantStatus::Active).collect();
        let posterior: Vec<ArmPosterior> = arms
            .iter()
            .filter_map(|variant| counters.get(&variant.id))
            .map(|found| ArmPosterior { variant_id: found.variant_id, alpha: found.alpha, beta: found.beta })
            .collect();
        let parameters: Vec<(f64, f64)> = posterior.iter().map(|arm| (arm.alpha, arm.beta)).collect();
        let prob_best = bandit::prob_best(&parameters).map_err(ServiceError::internal)?;
        let control = arms.iter().position(|variant| variant.is_control);
        let weights = bandit::allocation::weights(&prob_best, control, Floors::default());
        let weights: Vec<ArmWeight> = posterior
            .iter()
            .zip(weights.map_err(ServiceError::internal)?)
            .map(|(arm, weight)| ArmWeight { variant_id: arm.variant_id, weight })
            .collect();

        for variant in &variants {
            let index = posterior.iter().position(|arm| arm.variant_id == variant.id);
            let fresh = index.map(|index| prob_best[index]);
            if counters.get(&variant.id).is_some_and(|stored| stored.prob_best != fresh) {
                write.set_prob_best(site, variant.id, fresh).await?;
            }
        }
        let current = write.current_allocation(site).await?;
        if current.as_ref().is_some_and(|current| !has_moved(&current.weights, &weights)) {
            return Ok(false);
        }
        let epoch = current.map_or(0, |current| current.epoch) + 1;
        let allocation = Allocation { epoch, weights, started_at: self.now() };
        write.publish_allocation(site, &allocation, &posterior).await?;
        Ok(true)
    }
}

/// Whether an arm came or went, or some weight moved by more than [`LEAST_MOVE`].
fn has_moved(before: &[ArmWeight], after: &[ArmWeight]) -> bool {
    before.len() != after.len()
        || after.iter().any(|new| {
            let old = before.iter().find(|old| old.variant_id == new.variant_id);
            old.is_none_or(|old| (old.weight - new.weight).abs() > LEAST_MOVE)
        })
}
