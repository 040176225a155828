//! Read models: what the service tells an edge about a site, ready to be shown.
//!
//! These are the only types that cross from the server to the browser. Times are seconds since
//! 1970 in UTC; rates, weights and probabilities are fractions from 0 to 1.

use crate::asset::Picture;
use crate::copy::{CopySettings, RejectedDraft, Spending};
use crate::install::{InstallReport, PublicPaths};
use crate::page_edits::{EditReport, SlotName};
use crate::page_model::LockReason;
use crate::word_diff::Run;
use crate::{
    AllowedOrigins, AutonomyMode, Decision, Goal, GoalId, JobId, JobKind, JobLine, JobState, JobStep, NotCounted,
    PageModel, Phase, SiteId, SiteStatus, Variant, VariantId, event::Dropped, guard::BrandRules,
};
use serde::{Deserialize, Serialize};

mod account;
mod holdout;
mod page_health;

pub use crate::asset::ImageOffer;
pub use account::Account;
pub use holdout::{ExtraConversions, HoldoutReport};
pub use page_health::VariantHealth;

/// A site in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteSummary {
    /// Identifier.
    pub id: SiteId,
    /// Address of the page.
    pub url: String,
    /// Name for people: the host, or the page's title when known.
    pub name: String,
    /// Where it stands.
    pub status: SiteStatus,
    /// How much it may do by itself.
    pub autonomy_mode: AutonomyMode,
    /// Visitors counted so far.
    pub visitors: i64,
    /// Conversions counted so far.
    pub conversions: i64,
    /// Variants that get visitors, without the control.
    pub active_variants: i64,
    /// Variants that wait for the owner.
    pub pending_variants: i64,
    /// Decisions that wait for the owner.
    pub open_proposals: i64,
    /// Whether nothing is decided because visitors do not arrive as they should.
    pub is_frozen: bool,
    /// When the site was added.
    pub created_at: i64,
}

/// Everything at a glance for the overview page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Overview {
    /// All sites, newest first.
    pub sites: Vec<SiteSummary>,
    /// Jobs that gave up and can be retried.
    pub failed_jobs: i64,
}

/// One changed text of a variant beside the control's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What changes, for people: `Headline`, `Call to action`, or the selector.
    pub place: String,
    /// The difference by words.
    pub runs: Vec<Run>,
}

/// A variant with what it changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantDetail {
    /// The variant.
    pub variant: Variant,
    /// Its changes against the control.
    pub changes: Vec<Change>,
    /// How it looks, the widest first; none before the page was read.
    #[serde(default)]
    pub pictures: Vec<Picture>,
    /// The page with a token that shows this variant, whatever its state, and is never counted.
    pub preview_link: String,
}

/// A site opened by its owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteDetail {
    /// As in a list.
    pub summary: SiteSummary,
    /// The page as it was read and edited by its owner; absent until it was read.
    pub page: Option<PageModel>,
    /// What the owner said about the page.
    pub edits: Vec<EditReport>,
    /// Slots that must stay as they are.
    pub locked_slots: Vec<(SlotName, LockReason)>,
    /// The control first, then by age.
    pub variants: Vec<VariantDetail>,
    /// Drafts that broke a rule, the newest first, at most 30.
    pub rejected: Vec<RejectedDraft>,
    /// What the owner says about copy.
    pub brand: BrandRules,
    /// How much copy may cost.
    pub copy: CopySettings,
    /// What the language model took today.
    pub spent_today: Spending,
    /// The primary goal first.
    pub goals: Vec<Goal>,
    /// What was decided or is proposed, the newest first, at most 100.
    pub decisions: Vec<Decision>,
    /// The newest jobs first, at most 20.
    pub jobs: Vec<JobView>,
    /// Whether there is a browser that takes pictures.
    #[serde(default)]
    pub takes_pictures: bool,
    /// What having an image made for the place of the hero image takes; absent when it cannot be had.
    #[serde(default)]
    pub image_offer: Option<ImageOffer>,
    /// The page with a flag that keeps the owner's browser out of the counts.
    pub owner_link: String,
    /// Whose pages may report; none at all means any.
    pub allowed_origins: AllowedOrigins,
    /// The script element to paste into the page.
    pub install_snippet: String,
    /// Where browsers reach this installation, without a slash at the end.
    pub public_url: String,
    /// What the paths that customers' pages ask are called, where they are renamed.
    pub public_paths: PublicPaths,
    /// What the last verification of the snippet found; absent before the first one.
    pub install: Option<InstallReport>,
    /// Beginning of the hour in which the last visit was counted.
    pub last_visit: Option<i64>,
}

/// A job with its visible progress.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct JobView {
    /// Identifier.
    pub id: JobId,
    /// Site that it works for.
    pub site_id: Option<SiteId>,
    /// The site's name, in lists of several sites.
    pub site_name: Option<String>,
    /// What it does.
    pub kind: JobKind,
    /// Whether it is done again and again.
    pub recurs: bool,
    /// Where it stands.
    pub state: JobState,
    /// Tries so far.
    pub attempts: i32,
    /// Most tries.
    pub max_attempts: i32,
    /// Progress of the whole, 0 to 100.
    pub percent: u8,
    /// Steps so far, the present one last.
    pub steps: Vec<JobStep>,
    /// What happened, the newest last.
    pub log: Vec<JobLine>,
    /// What it cost so far, in millionths of a dollar.
    pub cost_micros: i64,
    /// Why the last try failed, as a sentence.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub created_at: i64,
    /// When it ended.
    pub done_at: Option<i64>,
}

/// Statistics of one variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantStatistics {
    /// Identifier.
    pub variant_id: VariantId,
    /// Name for people.
    pub name: String,
    /// Whether it is the control.
    pub is_control: bool,
    /// Whether it gets visitors now.
    pub is_active: bool,
    /// Visitors with an acknowledged exposure.
    pub visitors: i64,
    /// Those of them who converted.
    pub conversions: i64,
    /// First parameter of the posterior.
    pub alpha: f64,
    /// Second parameter of the posterior.
    pub beta: f64,
    /// Mean of the posterior; absent without visitors.
    pub mean: Option<f64>,
    /// Lower end of the 95 % credible interval; absent without visitors.
    pub lower: Option<f64>,
    /// Upper end of the 95 % credible interval; absent without visitors.
    pub upper: Option<f64>,
    /// Probability of being the best active variant; absent for others.
    pub prob_best: Option<f64>,
    /// Share of new visitors in the published epoch; absent when it gets none.
    pub weight: Option<f64>,
}

/// A point of a variant's curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RatePoint {
    /// Time.
    pub at: i64,
    /// Mean of the posterior of everything until then.
    pub mean: f64,
    /// Lower end of its 95 % credible interval.
    pub lower: f64,
    /// Upper end of its 95 % credible interval.
    pub upper: f64,
}

/// A variant's conversion rate over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RateSeries {
    /// Identifier.
    pub variant_id: VariantId,
    /// Name for people.
    pub name: String,
    /// At most 120 points, oldest first.
    pub points: Vec<RatePoint>,
}

/// A weight vector that was in force from `at` on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AllocationPoint {
    /// Number of the epoch.
    pub epoch: i64,
    /// Start.
    pub at: i64,
    /// Weights in the order of [`SiteStatistics::allocation_names`]; 0 for a variant that was not active.
    pub weights: Vec<f64>,
}

/// The statistics page of a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteStatistics {
    /// Site.
    pub site_id: SiteId,
    /// When these numbers were true.
    pub at: i64,
    /// Number of the published weight vector; 0 before the first.
    pub epoch: i64,
    /// The control first.
    pub variants: Vec<VariantStatistics>,
    /// Conversion rates over time.
    pub rates: Vec<RateSeries>,
    /// Names of the variants in [`AllocationPoint::weights`].
    pub allocation_names: Vec<String>,
    /// At most 120 weight vectors, oldest first.
    pub allocation: Vec<AllocationPoint>,
    /// What became of each goal that was reached at least once.
    pub goals: Vec<GoalCount>,
    /// Those who always see the untouched page; absent on a site without such.
    pub holdout: Option<HoldoutReport>,
    /// Where the generation stands, and what it found so far.
    pub generation: GenerationReport,
    /// What visits were like, of each variant that told of any; the control first.
    #[serde(default)]
    pub page_health: Vec<VariantHealth>,
}

/// Where a generation stands. Its numbers are of visitors whose attribution window is over, unless it says otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GenerationReport {
    /// Its phase.
    pub phase: Phase,
    /// The challenger that the phase is about.
    pub phase_variant_id: Option<VariantId>,
    /// Counted visitors of the variant that has the fewest; what burn-in waits for.
    pub fewest_visitors: u64,
    /// Hours since the first visitor of the youngest variant.
    pub youngest_h: f64,
    /// Visitors that burn-in asks of every variant.
    pub burn_in_visitors: u64,
    /// Hours that burn-in takes at least.
    pub burn_in_h: f64,
    /// How many visitors the prior of every conversion rate is worth.
    pub prior_worth: f64,
    /// Whether the visitors arrive as the weights say: the anytime-valid p-value.
    pub split_p: f64,
    /// Requests for a variant in the last week, from all browsers.
    pub requests: i64,
    /// Those of automated browsers, which see the untouched page.
    pub automated_requests: i64,
    /// Events that were stored and not counted, over all generations.
    pub left_out: Vec<LeftOut>,
    /// Events of the last week that were turned away and not stored, by reason.
    pub dropped: Vec<(Dropped, i64)>,
    /// Counted visitors who were shown another variant although theirs was still active.
    pub saw_another: i64,
    /// What all variants of this generation brought beyond the control, from corrected rates; absent before a
    /// visitor matured. A holdout says it better.
    pub gain: Option<NetGain>,
    /// What showing a lift worth having takes at the control's conversion rate; absent before its first conversion.
    pub plan: Option<TestPlan>,
    /// Every challenger that gets visitors.
    pub challengers: Vec<ChallengerReport>,
}

/// Events of one variant that were stored and not counted for one reason, beside those that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The variant that the events name.
    pub variant_id: VariantId,
    /// Why they do not count.
    pub reason: NotCounted,
    /// Exposures; a visitor may have several.
    pub impressions: i64,
    /// Conversions.
    pub conversions: i64,
}

/// Conversions that would not have happened on the control, with a 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NetGain {
    /// The estimate; negative when the variants did harm.
    pub conversions: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// How large a test must be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TestPlan {
    /// The relative lift that is to be shown.
    pub lift: f64,
    /// About how many visitors the control and one challenger need together, half of them each.
    pub visitors: u64,
    /// Days until they came, at the pace of the last week; absent while nobody comes.
    pub days: Option<f64>,
}

/// A challenger against the control.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChallengerReport {
    /// Variant.
    pub variant_id: VariantId,
    /// Name for people.
    pub name: String,
    /// Its visitors.
    pub visitors: u64,
    /// Those of them who converted.
    pub conversions: u64,
    /// Probability of being the best active variant.
    pub prob_best: f64,
    /// Conversions per visitor that are given up on average by choosing it now, 0 to 1.
    pub expected_loss: f64,
    /// The relative lift: median and 95 % credible interval; absent before both had visitors.
    pub lift: Option<LiftInterval>,
    /// The same, corrected for traffic that follows success; absent while it cannot be known.
    pub corrected_lift: Option<LiftInterval>,
    /// What holds however often one looks: lower and upper end; absent before the first conversion and while the
    /// split is wrong.
    pub always_valid: Option<(f64, Option<f64>)>,
    /// Natural logarithm of the highest evidence of a lift so far.
    pub log_e_max: f64,
    /// What it must reach for a promotion.
    pub log_e_needed: f64,
    /// About how many more visitors of both that takes, if the lift is what it seems.
    pub visitors_needed: Option<u64>,
    /// Days until they came, at the pace of the last week and the weights of now; absent while nobody comes.
    pub days_needed: Option<f64>,
    /// The conditions of a promotion that do not hold yet, but for the evidence, as sentences.
    pub unmet: Vec<String>,
    /// Until when the owner's no keeps it from being promoted, in seconds since 1970.
    pub silent_until: Option<i64>,
    /// The lift of the first week beside the later one, when it wore off.
    pub wears_off: Option<(f64, f64)>,
}

/// A relative lift with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LiftInterval {
    /// The estimate.
    pub estimate: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// How often a goal was reached.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GoalCount {
    /// The goal.
    pub goal_id: GoalId,
    /// Visitors who reached it, each counted once.
    pub visitors: i64,
    /// Sum of the values that were sent along, in the site's own unit; absent when none was.
    pub value: Option<f64>,
}
