//! The dashboard's pieces as HTML: what a person reads, and which forms work without any program in the browser.

use crate::fixtures::{detail, job, statistics, statistics_without_visitors, summary, variant};
use app::live::Live;
use app::overview::page::errands;
use app::site::diff::ChangeList;
use app::site::found::FoundPanel;
use app::site::holdout::HoldoutCard;
pub(crate) use app::site::page::SiteContext;
use app::site::page::View;
use app::site::progress::{ProgressPanel, noteworthy, progress_sentence};
use app::site::settings::{SettingsPanel, literal_pattern};
use app::site::statistics::{StatisticsTable, cells};
use app::site::turned_away::TurnedAwayTable;
use app::site::variants::{ReviewPanel, VariantsPanel};
use app::site::words;
use app::sites::card::SiteCard;
use domain::report::{ExtraConversions, GoalCount, HoldoutReport, Overview, SiteDetail, SiteStatistics};
use domain::{JobKind, JobState, SiteStatus, VariantStatus};
use leptos::prelude::*;
use leptos_router::components::Router;
use leptos_router::location::RequestUrl;

/// Renders inside a router, as links need one.
pub(crate) fn html<V: IntoView + 'static>(view: impl FnOnce() -> V + Send + 'static) -> String {
    html_at("/app", view)
}

/// The same at another address.
pub(crate) fn html_at<V: IntoView + 'static>(address: &str, view: impl FnOnce() -> V + Send + 'static) -> String {
    Owner::new().with(|| {
        provide_context(RequestUrl::new(address));
        let view = StoredValue::new_local(Some(view));
        view! { <Router>{view.try_update_value(Option::take).flatten().map(|view| view())}</Router> }.to_html()
    })
}

pub(crate) fn context(detail: SiteDetail) -> SiteContext {
    SiteContext {
        site_id: detail.summary.id,
        detail: signal(detail).0,
        statistics: signal(statistics()).0,
        live: Live::default(),
        act: ServerAction::new(),
        generate: ServerAction::new(),
        retry: ServerAction::new(),
        cancel: ServerAction::new(),
        answer: ServerAction::new(),
        restart: ServerAction::new(),
        update: ServerAction::new(),
    }
}

#[test]
fn a_diff_marks_words_and_escapes_them() {
    let html = html(|| view! { <ChangeList changes=variant(1, VariantStatus::Active).changes /> });
    for part in ["Headline", "<del", "team's</del>", "<ins", "&lt;b&gt;in minutes&lt;/b&gt;</ins>"] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
}

#[test]
fn every_state_offers_its_own_steps_as_forms() {
    let cases: [(VariantStatus, &[&str]); 6] = [
        (VariantStatus::PendingReview, &["approve", "reject"]),
        (VariantStatus::Active, &["pause", "kill"]),
        (VariantStatus::Paused, &["resume", "kill"]),
        (VariantStatus::Winner, &["kill"]),
        (VariantStatus::Killed, &[]),
        (VariantStatus::Rejected, &[]),
    ];
    for (status, expected) in cases {
        let html = html(move || {
            let mut detail = detail();
            detail.variants = vec![variant(1, status)];
            let context = context(detail);
            view! { <ReviewPanel context=context /> <VariantsPanel context=context /> }
        });
        let offered: Vec<&str> = ["approve", "reject", "pause", "resume", "kill"]
            .into_iter()
            .filter(|action| html.contains(&format!("name=\"action\" value=\"{action}\"")))
            .collect();
        assert_eq!(offered, expected, "{status}");
        assert_eq!(html.matches("action=\"/api/variants/update\"").count(), expected.len(), "{status}");
        assert_eq!(html.contains("<dialog"), expected.contains(&"kill"), "killing is asked for twice");
        assert!(html.contains("Built-in playbook"));
        let preview = "href=\"https://example.com/?evo_preview=p1.1\" target=\"_blank\" rel=\"noopener noreferrer\"";
        assert!(html.contains(preview), "{status}: {html}");
        assert!(!html.contains("style="));
    }
}

#[test]
fn the_control_offers_nothing() {
    let html = html(|| {
        let mut detail = detail();
        detail.variants = vec![variant(0, VariantStatus::Active)];
        view! { <VariantsPanel context=context(detail) /> }
    });
    assert!(!html.contains("<form"), "{html}");
    assert!(html.contains("No variants yet"));
}

#[test]
fn statistics_stand_in_a_named_table() {
    let rendered = html(|| view! { <StatisticsTable statistics=signal(statistics()).0 /> });
    for part in [
        "aria-label=\"Statistics\"",
        "95\u{a0}% credible interval",
        "P(best)",
        "<tbody",
        "1,000",
        "9.0\u{a0}%",
        "7.4\u{a0}% to 10.7\u{a0}%",
        "96.0\u{a0}%",
        "70.0\u{a0}%",
    ] {
        assert!(rendered.contains(part), "{part} is missing in {rendered}");
    }
    let empty = &statistics_without_visitors().variants[1];
    assert_eq!(cells(empty), ["0", "0", "no data yet", "–", "–", "–"]);
}

#[test]
fn progress_is_shown_and_read_out_and_failures_lead_on() {
    let running = job(JobKind::AnalyzeSite, JobState::Running);
    assert_eq!(progress_sentence(&running), "Reading the page: Finding headline and buttons, 40 percent.");
    let dead = job(JobKind::AnalyzeSite, JobState::Dead);
    assert_eq!(progress_sentence(&dead), "Reading the page failed. The page took longer than 10 seconds to answer.");
    let mut waiting = job(JobKind::GenerateVariants, JobState::Queued);
    waiting.steps.clear();
    assert_eq!(progress_sentence(&waiting), "Writing variants begins in a moment.");

    let show = |job| {
        html(move || {
            let mut detail = detail();
            detail.jobs = vec![job];
            view! { <ProgressPanel context=context(detail) /> }
        })
    };
    let shown = show(running);
    assert!(shown.contains("aria-live=\"polite\"") && shown.contains("<progress"), "{shown}");
    for part in
        ["action=\"/api/jobs/cancel\"", "Cost: $0.0123", "<summary", "Read 12345 bytes from https://example.com/."]
    {
        assert!(shown.contains(part), "{part} is missing in {shown}");
    }
    let cancelled = job(JobKind::AnalyzeSite, JobState::Cancelled);
    assert_eq!(progress_sentence(&cancelled), "Reading the page was cancelled.");
    let shown = show(cancelled);
    assert!(shown.contains("action=\"/api/jobs/retry\"") && !shown.contains("/api/jobs/cancel"), "{shown}");
    let shown = show(dead);
    assert!(shown.contains("action=\"/api/jobs/retry\"") && shown.contains("longer than 10 seconds"), "{shown}");
}

#[test]
fn what_work_cost_is_told_when_it_cost_something() {
    let told = [0, -1, 99, 100, 1_234_567].map(words::job_cost);
    let expected = [None, None, Some("Cost: less than $0.0001"), Some("Cost: $0.0001"), Some("Cost: $1.2345")];
    assert_eq!(told.each_ref().map(Option::as_deref), expected);
}

#[test]
fn finished_work_and_routine_work_are_not_news() {
    let cases = [
        (JobKind::AnalyzeSite, JobState::Done, false),
        (JobKind::AnalyzeSite, JobState::Queued, true),
        (JobKind::GenerateVariants, JobState::Dead, true),
        (JobKind::AnalyzeSite, JobState::Cancelled, true),
        (JobKind::GenerateVariants, JobState::Cancelled, false),
        (JobKind::UpdateStats, JobState::Running, false),
        (JobKind::UpdateStats, JobState::Dead, true),
    ];
    for (kind, state, expected) in cases {
        assert_eq!(!noteworthy(&[job(kind, state)]).is_empty(), expected, "{kind} {state}");
    }
    let mut newer = job(JobKind::AnalyzeSite, JobState::Done);
    newer.created_at += 1;
    assert!(noteworthy(&[job(JobKind::AnalyzeSite, JobState::Dead), newer]).is_empty(), "a later success settles it");
}

#[test]
fn what_was_found_shows_the_colour_without_a_style_attribute() {
    let html = html(|| view! { <FoundPanel context=context(detail()) /> });
    assert!(html.contains("fill=\"#0f62fe\"") && html.contains("Plan your team's week"), "{html}");
    assert!(html.contains("not found") && !html.contains("style="), "{html}");
}

#[test]
fn settings_say_which_mode_acts_and_deletion_is_typed() {
    let html = html(|| view! { <SettingsPanel context=context(detail()) /> });
    assert!(html.contains(words::TRAINING_WHEELS_ASKS));
    assert!(html.contains("pattern=\"example\\.com\""), "{html}");
    assert!(html.contains("action=\"/api/sites/update\"") && html.contains("action=\"/api/sites/delete\""));
    assert_eq!(literal_pattern("a.b-c"), "a\\.b-c");
}

#[test]
fn settings_lead_to_the_page_as_its_owner_and_list_the_origins() {
    let html = html(|| view! { <SettingsPanel context=context(detail()) /> });
    assert!(html.contains("href=\"https://example.com/?evo_owner=1800000000.flag\""), "{html}");
    assert!(html.contains("https://example.com/?evo_owner=off"), "{html}");
    assert!(html.contains("https://example.com\nhttps://*.example.com</textarea>"), "{html}");
    assert!(html.contains("for=\"allowed-origins\"") && html.contains("name=\"allowed_origins\""), "{html}");
}

#[test]
fn what_was_turned_away_is_told_with_its_reason() {
    let html_of = |statistics: SiteStatistics| {
        let context = move || SiteContext { statistics: signal(statistics).0, ..context(detail()) };
        html(move || view! { <TurnedAwayTable context=context() /> })
    };
    let told = html_of(statistics());
    assert!(told.contains("a page that may not report") && told.contains(">1,234<"), "{told}");
    assert!(told.contains("the page tries again"), "{told}");
    let mut nothing = statistics();
    nothing.generation.dropped.clear();
    assert!(!html_of(nothing).contains("Turned away"));
}

#[test]
fn attention_goes_to_failures_first() {
    let mut failed = summary("broken.example");
    failed.status = SiteStatus::Failed;
    failed.pending_variants = 0;
    let mut frozen = summary("frozen.example");
    (frozen.is_frozen, frozen.open_proposals, frozen.pending_variants) = (true, 2, 0);
    let overview = Overview { sites: vec![summary("good.example"), failed, frozen], failed_jobs: 2 };
    let sentences: Vec<String> = errands(&overview).into_iter().map(|errand| errand.sentence).collect();
    assert_eq!(
        sentences,
        [
            "The page of broken.example could not be read.",
            "Nothing is decided about frozen.example: visitors do not arrive as they should.",
            "2 jobs failed and can be tried again.",
            "2 proposals about frozen.example wait for your answer.",
            "1 variant of good.example waits for your approval.",
        ]
    );
    assert!(errands(&Overview::default()).is_empty());
}

#[test]
fn a_site_card_leads_to_the_site() {
    let html = html(|| view! { <SiteCard site=summary("example.com") /> });
    assert!(html.contains(&format!("href=\"/app/sites/{}\"", crate::fixtures::SITE)), "{html}");
    assert!(html.contains("2,900") && html.contains("1 to approve"), "{html}");
}

#[test]
fn a_goal_says_how_often_it_was_reached() {
    let goal_id = "11111111-1111-4111-8111-111111111111".parse().unwrap();
    let reached = |visitors, value| words::goal_reached(Some(GoalCount { goal_id, visitors, value }));
    assert_eq!(words::goal_reached(None), "0 visitors");
    assert_eq!(reached(1, None), "1 visitor");
    assert_eq!(reached(1_200, Some(58_800.5)), "1,200 visitors, value 58,800.50");
}

#[test]
fn what_the_variants_brought_is_said_and_drawn() {
    let shown = |extra| {
        let numbers = SiteStatistics {
            holdout: Some(HoldoutReport { fraction: 0.05, visitors: 1_040, conversions: 52, extra }),
            ..statistics()
        };
        html(move || view! { <HoldoutCard statistics=Signal::stored(numbers.clone()) /> })
    };
    let extra = |estimate| Some(ExtraConversions { estimate, lower: -159.1, upper: 1_362.4, prob_positive: 0.81 });
    assert!(shown(None).contains("Nothing can be said yet.") && !shown(None).contains("<svg"));
    let narrow = shown(extra(None));
    assert!(
        narrow.contains("\u{2212}159 to 1,362 conversions; more visitors") && !narrow.contains("<circle"),
        "{narrow}"
    );
    let whole = shown(extra(Some(116.7)));
    assert!(whole.contains("about 117 conversions, \u{2212}159 to 1,362"), "{whole}");
    assert!(whole.contains("<circle") && whole.contains("1,040 visitors so far, 52 conversions."), "{whole}");
    let none = html(|| view! { <HoldoutCard statistics=Signal::stored(statistics()) /> });
    assert!(!none.contains("holdout-heading"), "{none}");
}

#[test]
fn unknown_parts_of_a_site_lead_to_the_first() {
    for (view, name, _) in View::ALL {
        assert_eq!(View::named(name), view);
    }
    assert_eq!(View::named("nonsense"), View::Overview);
}
