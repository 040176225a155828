//! Behind the server functions of one site.

use crate::error::UiError;
use crate::site::erase::{ERASED, LATER};
use domain::decision::DecisionAnswer;
use domain::report::{SiteDetail, SiteStatistics, VariantDetail};
use domain::variant::VariantAction;
use domain::{Decision, DecisionId, Goal, GoalConfig, GoalType, SiteId, VariantId};
use service::NewGoal;

/// The site with everything but its statistics.
pub(crate) async fn detail(site_id: SiteId) -> Result<SiteDetail, UiError> {
    let (service, viewer) = super::viewer().await?;
    service.site_detail(&viewer, site_id).await.map_err(super::answer)
}

/// Its statistics.
pub(crate) async fn statistics(site_id: SiteId) -> Result<SiteStatistics, UiError> {
    let (service, viewer) = super::viewer().await?;
    service.statistics(&viewer, site_id).await.map_err(super::answer)
}

/// Its variants.
pub(crate) async fn variants(site_id: SiteId) -> Result<Vec<VariantDetail>, UiError> {
    let (service, viewer) = super::viewer().await?;
    service.list_variants(&viewer, site_id).await.map_err(super::answer)
}

/// Changes a variant's state.
pub(crate) async fn act_on_variant(
    site_id: SiteId,
    variant_id: VariantId,
    action: VariantAction,
) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.act_on_variant(&viewer, site_id, variant_id, action).await.map_err(super::answer)
}

/// Erases a visitor and leads back to the form, with how many rows held the name when that is known.
pub(crate) async fn erase_visitor(site_id: SiteId, visitor_id: String) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    let erased = service.erase_visitor(&viewer, site_id, &visitor_id).await.map_err(super::answer)?;
    let rows = erased.map(|erased| erased.exposures + erased.conversions + erased.events);
    let rows = rows.map_or_else(|| LATER.to_owned(), |rows| rows.to_string());
    leptos_axum::redirect(&format!("/app/sites/{site_id}?view=settings&{ERASED}={rows}#erase-heading"));
    Ok(())
}

/// Asks for more variants.
pub(crate) async fn generate(site_id: SiteId) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.generate(&viewer, site_id).await.map(drop).map_err(super::answer)
}

/// Its journal.
pub(crate) async fn decisions(site_id: SiteId) -> Result<Vec<Decision>, UiError> {
    let (service, viewer) = super::viewer().await?;
    service.list_decisions(&viewer, site_id).await.map_err(super::answer)
}

/// Answers a decision.
pub(crate) async fn answer_decision(
    site_id: SiteId,
    decision_id: DecisionId,
    answer: DecisionAnswer,
) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.answer_decision(&viewer, site_id, decision_id, answer).await.map_err(super::answer)
}

/// Begins a new generation.
pub(crate) async fn restart_generation(site_id: SiteId) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.restart_generation(&viewer, site_id).await.map_err(super::answer)
}

/// Its goals.
pub(crate) async fn goals(site_id: SiteId) -> Result<Vec<Goal>, UiError> {
    let (service, viewer) = super::viewer().await?;
    service.list_goals(&viewer, site_id).await.map_err(super::answer)
}

/// Adds a goal. A form has one field for the detail; the type says which one it is.
pub(crate) async fn create_goal(
    site_id: SiteId,
    name: String,
    kind: GoalType,
    detail: String,
) -> Result<Goal, UiError> {
    let (service, viewer) = super::viewer().await?;
    let detail = Some(detail.trim().to_owned());
    let config = match kind {
        GoalType::Url => GoalConfig { url_contains: detail, ..GoalConfig::default() },
        GoalType::Click | GoalType::Form => GoalConfig { selector: detail, ..GoalConfig::default() },
        GoalType::Event | GoalType::Revenue => GoalConfig { event_name: detail, ..GoalConfig::default() },
    };
    service.create_goal(&viewer, site_id, NewGoal { name, kind, config }).await.map_err(super::answer)
}

/// Stores what the owner says about copy.
pub(crate) async fn save_copy_rules(
    site_id: SiteId,
    forbidden_words: String,
    daily_calls: u32,
    daily_dollars: String,
    playbook_when_capped: bool,
) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    let update = service::CopyRulesUpdate { forbidden_words, daily_calls, daily_dollars, playbook_when_capped };
    service.update_copy_rules(&viewer, site_id, update).await.map_err(super::answer)
}

/// Has its snippet looked for.
pub(crate) async fn verify_install(site_id: SiteId) -> Result<(), UiError> {
    let (service, viewer) = super::viewer().await?;
    service.verify_install(&viewer, site_id).await.map_err(super::answer)
}
