//! A small site with three variants, as values.

use domain::decision::{RuleCheck, Undo};
use domain::event::Dropped;
use domain::report::{
    AllocationPoint, ChallengerReport, Change, GenerationReport, JobView, LeftOut, LiftInterval, NetGain, RatePoint,
    RateSeries, SiteDetail, SiteStatistics, SiteSummary, TestPlan, VariantDetail, VariantStatistics,
};
use domain::word_diff::word_diff;
use domain::{
    AllowedOrigins, AutonomyMode, Decision, DecisionEvidence, DecisionId, DecisionKind, DecisionState, Goal,
    GoalConfig, GoalId, GoalType, JobId, JobKind, JobLine, JobState, JobStep, Locator, NotCounted, PageModel, Patch,
    Phase, SiteId, SiteStatus, TextSlot, Variant, VariantId, VariantStatus,
};

pub(crate) const SITE: &str = "5b1f3f5e-6f0e-4c8a-9d0a-0f4f3a1b2c3d";

pub(crate) fn site_id() -> SiteId {
    SITE.parse().unwrap()
}

pub(crate) fn variant_id(number: usize) -> VariantId {
    format!("00000000-0000-4000-8000-{number:012}").parse().unwrap()
}

const NAMES: [&str; 3] = ["Control", "Variant B", "Variant C"];
pub(crate) const START: i64 = 1_795_000_000;

/// 1,000 visitors each; B converts best.
pub(crate) fn statistics() -> SiteStatistics {
    let counted = [(1_000, 60, 0.03, 0.2), (1_000, 90, 0.96, 0.7), (900, 50, 0.01, 0.1)];
    let variants = counted.iter().enumerate().map(|(index, (visitors, conversions, prob_best, weight))| {
        let mean = *conversions as f64 / *visitors as f64;
        VariantStatistics {
            variant_id: variant_id(index),
            name: NAMES[index].to_owned(),
            is_control: index == 0,
            is_active: true,
            visitors: *visitors,
            conversions: *conversions,
            alpha: 1.0 + *conversions as f64,
            beta: 1.0 + (visitors - conversions) as f64,
            mean: Some(mean),
            lower: Some(mean - 0.016),
            upper: Some(mean + 0.017),
            prob_best: Some(*prob_best),
            weight: Some(*weight),
        }
    });
    let rates = counted.iter().enumerate().map(|(index, (visitors, conversions, ..))| {
        let mean = *conversions as f64 / *visitors as f64;
        let points = (0..24).map(|hour| {
            let spread = 0.016 * (24.0 / f64::from(hour + 1)).sqrt();
            let mean = mean + 0.01 / f64::from(hour + 1);
            RatePoint {
                at: START + i64::from(hour) * 3_600,
                mean,
                lower: (mean - spread).max(0.001),
                upper: mean + spread,
            }
        });
        RateSeries { variant_id: variant_id(index), name: NAMES[index].to_owned(), points: points.collect() }
    });
    let third = 1.0 / 3.0;
    let weights = [[third, third, third], [0.3, 0.5, 0.2], [0.2, 0.7, 0.1]];
    SiteStatistics {
        site_id: site_id(),
        at: START + 24 * 3_600,
        epoch: 3,
        variants: variants.collect(),
        rates: rates.collect(),
        allocation_names: NAMES.map(str::to_owned).to_vec(),
        allocation: (1..)
            .zip(weights)
            .map(|(epoch, weights)| AllocationPoint {
                epoch,
                at: START + (epoch - 1) * 8 * 3_600,
                weights: weights.to_vec(),
            })
            .collect(),
        goals: Vec::new(),
        holdout: None,
        generation: generation(),
        page_health: Vec::new(),
    }
}

/// A generation whose second variant is being confirmed and whose third wears off.
pub(crate) fn generation() -> GenerationReport {
    let challenger = |index: usize, prob_best, lift: f64| ChallengerReport {
        variant_id: variant_id(index),
        name: NAMES[index].to_owned(),
        visitors: 1_000,
        conversions: 90,
        prob_best,
        expected_loss: 0.00123,
        lift: Some(LiftInterval { estimate: lift, lower: lift - 0.3, upper: lift + 0.4 }),
        corrected_lift: Some(LiftInterval { estimate: lift, lower: lift - 0.4, upper: lift + 0.5 }),
        always_valid: Some((lift - 0.5, (index == 1).then_some(lift + 0.8))),
        log_e_max: if index == 1 { 2.5 } else { 0.0 },
        log_e_needed: 3.7,
        visitors_needed: (index == 1).then_some(2_345),
        days_needed: (index == 1).then_some(2.3),
        unmet: Vec::new(),
        silent_until: None,
        wears_off: (index == 2).then_some((0.3, -0.05)),
    };
    GenerationReport {
        phase: Phase::Confirm,
        phase_variant_id: Some(variant_id(1)),
        fewest_visitors: 900,
        youngest_h: 100.0,
        burn_in_visitors: 300,
        burn_in_h: 72.0,
        prior_worth: 24.0,
        split_p: 0.4,
        requests: 400,
        automated_requests: 12,
        left_out: vec![LeftOut {
            variant_id: variant_id(1),
            reason: NotCounted::Missed,
            impressions: 7,
            conversions: 1,
        }],
        dropped: vec![(Dropped::ForeignOrigin, 1_234), (Dropped::OverLimit, 5)],
        saw_another: 1,
        gain: Some(NetGain { conversions: 41.6, lower: -3.2, upper: 86.4 }),
        plan: Some(TestPlan { lift: 0.2, visitors: 18_123, days: Some(9.1) }),
        challengers: vec![challenger(1, 0.96, 0.5), challenger(2, 0.01, -0.1)],
    }
}

pub(crate) fn decision(number: usize, state: DecisionState) -> Decision {
    Decision {
        id: DecisionId(variant_id(number).0),
        kind: DecisionKind::Promote,
        variant_id: Some(variant_id(1)),
        sentence: "Variant B is better than the control.".to_owned(),
        evidence: DecisionEvidence::Generation { variants: 3 },
        rule: vec![RuleCheck {
            sentence: "Matured visitors: 1000; needed: at least 300.".to_owned(),
            value: Some(1_000.0),
            limit: 300.0,
            met: true,
        }],
        undo: Some(Undo { status: VariantStatus::Active }),
        state,
        created_at: START,
        settled_at: None,
    }
}

/// A site that nobody has visited.
pub(crate) fn statistics_without_visitors() -> SiteStatistics {
    let mut statistics = statistics();
    statistics.epoch = 0;
    statistics.rates.clear();
    statistics.allocation.clear();
    for variant in &mut statistics.variants {
        (variant.visitors, variant.conversions, variant.alpha, variant.beta) = (0, 0, 1.0, 1.0);
        (variant.mean, variant.lower, variant.upper) = (None, None, None);
        (variant.prob_best, variant.weight) = (None, None);
    }
    statistics
}

pub(crate) fn summary(name: &str) -> SiteSummary {
    SiteSummary {
        id: site_id(),
        url: "https://example.com/".to_owned(),
        name: name.to_owned(),
        status: SiteStatus::Running,
        autonomy_mode: AutonomyMode::Supervised,
        visitors: 2_900,
        conversions: 200,
        active_variants: 2,
        pending_variants: 1,
        open_proposals: 0,
        is_frozen: false,
        created_at: START,
    }
}

pub(crate) fn job(kind: JobKind, state: JobState) -> JobView {
    JobView {
        id: JobId("11111111-1111-4111-8111-111111111111".parse::<SiteId>().unwrap().0),
        site_id: Some(site_id()),
        site_name: None,
        kind,
        recurs: kind == JobKind::UpdateStats,
        state,
        attempts: 1,
        max_attempts: 4,
        percent: 40,
        steps: vec![
            JobStep { label: "Fetching the page".to_owned(), percent: 10 },
            JobStep { label: "Finding headline and buttons".to_owned(), percent: 40 },
        ],
        log: vec![JobLine { at: START, text: "Read 12345 bytes from https://example.com/.".to_owned() }],
        cost_micros: 12_345,
        last_error: (state == JobState::Dead).then(|| "The page took longer than 10 seconds to answer.".to_owned()),
        created_at: START,
        done_at: None,
    }
}

/// A variant in a state; number 0 is the control.
pub(crate) fn variant(number: usize, status: VariantStatus) -> VariantDetail {
    let is_control = number == 0;
    let change = Change {
        place: "Headline".to_owned(),
        runs: word_diff("Plan your team's week", "Plan your week <b>in minutes</b>"),
    };
    VariantDetail {
        pictures: Vec::new(),
        preview_link: format!("https://example.com/?evo_preview=p1.{number}"),
        variant: Variant {
            id: variant_id(number),
            site_id: site_id(),
            parent_variant_id: None,
            generation: i32::from(!is_control),
            name: NAMES[number].to_owned(),
            patch: Patch { v: 1, ops: vec![] },
            status,
            is_control,
            generation_reasoning: "The outcome comes first.".to_owned(),
            strategy: "Outcome first".to_owned(),
            author: "playbook".to_owned(),
            provenance: domain::copy::Provenance::default(),
        },
        changes: if is_control { vec![] } else { vec![change] },
    }
}

pub(crate) fn detail() -> SiteDetail {
    let headline = TextSlot {
        text: "Plan your team's week".to_owned(),
        locator: Locator { css: "h1".to_owned(), alt: vec![], tag: "h1".to_owned() },
        plain_text: true,
    };
    let mut page = PageModel { title: Some("Weekly".to_owned()), headline: Some(headline), ..PageModel::default() };
    page.brand.primary_color = Some("#0f62fe".to_owned());
    SiteDetail {
        summary: summary("example.com"),
        page: Some(page),
        edits: vec![],
        locked_slots: vec![],
        variants: vec![
            variant(0, VariantStatus::Active),
            variant(1, VariantStatus::PendingReview),
            variant(2, VariantStatus::Active),
        ],
        rejected: vec![],
        brand: domain::guard::BrandRules::default(),
        copy: domain::copy::CopySettings::default(),
        spent_today: domain::copy::Spending::default(),
        goals: vec![Goal {
            id: GoalId(site_id().0),
            name: "Sign-up".to_owned(),
            kind: GoalType::Event,
            config: GoalConfig { event_name: Some("signup".to_owned()), ..GoalConfig::default() },
            is_primary: true,
        }],
        decisions: vec![decision(1, DecisionState::Proposed), decision(2, DecisionState::Done)],
        takes_pictures: false,
        image_offer: None,
        jobs: vec![job(JobKind::GenerateVariants, JobState::Done), job(JobKind::AnalyzeSite, JobState::Done)],
        owner_link: "https://example.com/?evo_owner=1800000000.flag".to_owned(),
        allowed_origins: AllowedOrigins::parse("https://example.com https://*.example.com").unwrap(),
        install_snippet: "<script async src=\"https://evoloop.example/evoloop.js\"></script>".to_owned(),
        public_url: "https://evoloop.example".to_owned(),
        public_paths: domain::install::PublicPaths::default(),
        install: None,
        last_visit: None,
    }
}
