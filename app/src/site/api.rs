//! Server functions of one site: what was found, its variants, statistics and goals.

use crate::error::UiError;
use domain::decision::DecisionAnswer;
use domain::report::{SiteDetail, SiteStatistics, VariantDetail};
use domain::variant::VariantAction;
use domain::{Decision, DecisionId, Goal, GoalType, SiteId, VariantId};
use leptos::prelude::*;
use server_fn::codec::{GetUrl, PatchJson, PostUrl};

/// A site with everything but its statistics.
///
/// # Errors
/// `NotFound` for a site of somebody else.
#[server(prefix = "/api", endpoint = "sites/detail", input = GetUrl)]
pub async fn load_site(
    /// Site.
    site_id: SiteId,
) -> Result<SiteDetail, UiError> {
    crate::ssr::site::detail(site_id).await
}

/// Counters, posteriors and curves of a site.
///
/// # Errors
/// `NotFound` for a site of somebody else.
#[server(prefix = "/api", endpoint = "sites/statistics", input = GetUrl)]
pub async fn load_statistics(
    /// Site.
    site_id: SiteId,
) -> Result<SiteStatistics, UiError> {
    crate::ssr::site::statistics(site_id).await
}

/// The variants of a site, the control first.
///
/// # Errors
/// `NotFound` for a site of somebody else.
#[server(prefix = "/api", endpoint = "variants", input = GetUrl)]
pub async fn list_variants(
    /// Site.
    site_id: SiteId,
) -> Result<Vec<VariantDetail>, UiError> {
    crate::ssr::site::variants(site_id).await
}

/// Approves, rejects, pauses, resumes or kills a variant.
///
/// # Errors
/// `Invalid` when the variant's state has no such step.
#[server(prefix = "/api", endpoint = "variants/update", input = PostUrl)]
pub async fn update_variant(
    /// Site.
    site_id: SiteId,
    /// Variant.
    variant_id: VariantId,
    /// What to do.
    action: VariantAction,
) -> Result<(), UiError> {
    crate::ssr::site::act_on_variant(site_id, variant_id, action).await
}

/// Puts a random name in place of a visitor's, wherever it stands, and leads a browser back to the form.
///
/// # Errors
/// `NotFound` for a site of somebody else, `Invalid` for a text that is no visitor's identifier.
#[server(prefix = "/api", endpoint = "sites/erase-visitor", input = PostUrl)]
pub async fn erase_visitor(
    /// Site.
    site_id: SiteId,
    /// Visitor, as somebody types it.
    visitor_id: String,
) -> Result<(), UiError> {
    crate::ssr::site::erase_visitor(site_id, visitor_id).await
}

/// As [`update_variant`], for programs.
///
/// # Errors
/// As [`update_variant`].
#[server(prefix = "/api", endpoint = "variants", input = PatchJson)]
pub async fn patch_variant(
    /// Site.
    site_id: SiteId,
    /// Variant.
    variant_id: VariantId,
    /// What to do.
    action: VariantAction,
) -> Result<(), UiError> {
    crate::ssr::site::act_on_variant(site_id, variant_id, action).await
}

/// Asks for more variants; a job writes them.
///
/// # Errors
/// `Invalid` while the page was not read.
#[server(prefix = "/api", endpoint = "variants/generate", input = PostUrl)]
pub async fn generate_variants(
    /// Site.
    site_id: SiteId,
) -> Result<(), UiError> {
    crate::ssr::site::generate(site_id).await
}

/// What was decided about a site's variants or is proposed, the newest first.
///
/// # Errors
/// `NotFound` for a site of somebody else.
#[server(prefix = "/api", endpoint = "decisions", input = GetUrl)]
pub async fn list_decisions(
    /// Site.
    site_id: SiteId,
) -> Result<Vec<Decision>, UiError> {
    crate::ssr::site::decisions(site_id).await
}

/// Accepts or dismisses a proposal, or takes a decision back.
///
/// # Errors
/// `Invalid` when there is nothing to answer any more.
#[server(prefix = "/api", endpoint = "decisions/answer", input = PostUrl)]
pub async fn answer_decision(
    /// Site.
    site_id: SiteId,
    /// Decision.
    decision_id: DecisionId,
    /// What to do.
    answer: DecisionAnswer,
) -> Result<(), UiError> {
    crate::ssr::site::answer_decision(site_id, decision_id, answer).await
}

/// Begins a new generation: even split, fresh evidence.
///
/// # Errors
/// `Invalid` while nothing was tested.
#[server(prefix = "/api", endpoint = "sites/restart", input = PostUrl)]
pub async fn restart_generation(
    /// Site.
    site_id: SiteId,
) -> Result<(), UiError> {
    crate::ssr::site::restart_generation(site_id).await
}

/// The goals of a site, the primary one first.
///
/// # Errors
/// `NotFound` for a site of somebody else.
#[server(prefix = "/api", endpoint = "goals", input = GetUrl)]
pub async fn list_goals(
    /// Site.
    site_id: SiteId,
) -> Result<Vec<Goal>, UiError> {
    crate::ssr::site::goals(site_id).await
}

/// Adds a secondary goal. `detail` is what the type needs: a selector, a part of an address, or the name of an event.
///
/// # Errors
/// `Invalid` with a sentence when name or detail do not fit.
#[server(prefix = "/api", endpoint = "goals", input = PostUrl)]
pub async fn create_goal(
    /// Site.
    site_id: SiteId,
    /// Name for people.
    name: String,
    /// How it is recognised.
    kind: GoalType,
    /// What the type needs.
    detail: String,
) -> Result<Goal, UiError> {
    crate::ssr::site::create_goal(site_id, name, kind, detail).await
}

/// Stores what the owner says about copy: forbidden words, and how much a day may cost.
///
/// # Errors
/// `NotFound` for a site of somebody else, `Invalid` with a sentence for a limit that cannot be.
#[server(prefix = "/api", endpoint = "sites/copy", input = PostUrl)]
pub async fn save_copy_rules(
    /// Site.
    site_id: SiteId,
    /// Words and phrases that must not stand in a variant, one a line.
    #[server(default)]
    forbidden_words: String,
    /// Most calls of a language model a day.
    daily_calls: u32,
    /// Most dollars a day; empty for no limit.
    #[server(default)]
    daily_dollars: String,
    /// Whether the playbook writes when a limit is reached.
    #[server(default)]
    playbook_when_capped: bool,
) -> Result<(), UiError> {
    crate::ssr::site::save_copy_rules(site_id, forbidden_words, daily_calls, daily_dollars, playbook_when_capped).await
}
