//! A running site with its owner, for tests of what is decided.

use crate::support::running_site;
use domain::decision::DecisionAnswer;
use domain::report::GenerationReport;
use domain::{AutonomyMode, Decision, DecisionKind, SiteId, VariantId, VariantStatus};
use service::{ServiceError, SiteUpdate, Viewer};
use testkit::TestService;

/// A site with its variants in order: the control, then three challengers.
pub(crate) struct Site {
    pub(crate) viewer: Viewer,
    pub(crate) id: SiteId,
    pub(crate) arms: Vec<VariantId>,
}

pub(crate) async fn site(test: &TestService, mode: AutonomyMode) -> Site {
    let (viewer, id) = running_site(test).await;
    let update = SiteUpdate { autonomy_mode: Some(mode), ..SiteUpdate::default() };
    test.service.update_site(&viewer, id, update).await.unwrap();
    let variants = test.service.list_variants(&viewer, id).await.unwrap();
    assert!(variants[0].variant.is_control);
    Site { viewer, id, arms: variants.iter().map(|row| row.variant.id).collect() }
}

impl Site {
    pub(crate) async fn journal(&self, test: &TestService) -> Vec<Decision> {
        test.service.list_decisions(&self.viewer, self.id).await.unwrap()
    }

    pub(crate) async fn report(&self, test: &TestService) -> GenerationReport {
        test.service.statistics(&self.viewer, self.id).await.unwrap().generation
    }

    pub(crate) async fn status(&self, test: &TestService, arm: usize) -> VariantStatus {
        let variants = test.service.list_variants(&self.viewer, self.id).await.unwrap();
        variants.iter().find(|row| row.variant.id == self.arms[arm]).unwrap().variant.status
    }

    pub(crate) async fn weights(&self, test: &TestService) -> Vec<f64> {
        let allocation = test.service.counters(self.id).await.unwrap().1.unwrap();
        let weight = |id: &VariantId| allocation.weights.iter().find(|arm| arm.variant_id == *id);
        self.arms.iter().map(|id| weight(id).map_or(0.0, |arm| arm.weight)).collect()
    }

    pub(crate) async fn answer(
        &self,
        test: &TestService,
        line: &Decision,
        answer: DecisionAnswer,
    ) -> Result<(), ServiceError> {
        test.service.answer_decision(&self.viewer, self.id, line.id, answer).await
    }

    /// A day's visitors: one in four of the third arm's converts, one in twenty of the others'.
    pub(crate) fn one_in(&self) -> impl Fn(VariantId) -> usize + use<> {
        let best = self.arms[2];
        move |id| if id == best { 4 } else { 20 }
    }
}

pub(crate) fn about(journal: &[Decision], kind: DecisionKind, variant_id: VariantId) -> Option<&Decision> {
    journal.iter().find(|line| line.kind == kind && line.variant_id == Some(variant_id))
}
