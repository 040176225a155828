//! Phases, lifts and decisions as HTML.

use crate::fixtures::{decision, detail, generation, statistics, statistics_without_visitors};
use crate::site::{context, html};
use app::site::decisions::{JournalPanel, ProposalsPanel};
use app::site::generation::GenerationCard;
use app::site::lift::{LiftCard, cells};
use app::site::words;
use domain::decision::DecisionAnswer;
use domain::report::ChallengerReport;
use domain::{DecisionKind, DecisionState, Phase};
use leptos::prelude::*;

fn contains_all(html: &str, parts: &[&str]) {
    for part in parts {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
}

#[test]
fn a_generation_says_where_it_stands() {
    let cases = [
        (
            Phase::BurnIn,
            "until every variant has 300 visitors and 3 days. The least known one has 900 visitors and 4.2 days",
        ),
        (Phase::Bandit, "Traffic follows the probability of being best"),
        (Phase::Confirm, "Variant B looks best"),
        (Phase::Decided, "Variant B won"),
        (Phase::Frozen, "nothing is promoted or killed"),
    ];
    for (phase, sentence) in cases {
        let shown = html(move || {
            let mut statistics = statistics();
            statistics.generation.phase = phase;
            let context = crate::site::SiteContext { statistics: signal(statistics).0, ..context(detail()) };
            view! { <GenerationCard context=context /> }
        });
        contains_all(
            &shown,
            &[
                words::phase(phase).0,
                sentence,
                "3.0\u{a0}% of 400 page views in the last week came from automated browsers",
                "the page could not show every change",
                "brought about 42 conversions (\u{2212}3 to 86)",
                "the prior is worth 24 visitors",
                "1 visitor saw more",
            ],
        );
        let plan = "To show a lift of 20\u{a0}%, the control and one variant need about 19,000 visitors between them, 10 days if they got all visitors at the pace of the last week.";
        assert_eq!(shown.contains(plan), !matches!(phase, Phase::Decided | Phase::Frozen), "{shown}");
        assert_eq!(shown.contains("<progress"), phase == Phase::BurnIn, "{shown}");
        assert_eq!(shown.contains("visitors do not arrive as they should"), phase == Phase::Frozen, "{shown}");
        assert!(shown.contains("action=\"/api/sites/restart\"") && shown.contains("<dialog"), "asked for twice");
    }
    let before = html(|| {
        let context =
            crate::site::SiteContext { statistics: signal(statistics_without_visitors()).0, ..context(detail()) };
        view! { <GenerationCard context=context /> }
    });
    assert!(!before.contains("This generation"), "nothing runs yet");
}

#[test]
fn lifts_stand_in_a_table_and_are_drawn() {
    let [best, worst] = generation().challengers.try_into().unwrap();
    assert_eq!(
        cells(&best),
        [
            "+50\u{a0}%",
            "+20\u{a0}% to +90\u{a0}%",
            "+10\u{a0}% to +100\u{a0}%",
            "+0.0\u{a0}% to +130\u{a0}%",
            "0.1 of 100",
            "12 to 1",
            "about 2,400 visitors, 3 days"
        ]
    );
    assert_eq!(cells(&worst)[3..], ["above \u{2212}60\u{a0}%", "0.1 of 100", "1 to 1", "–"]);
    let mut sure = best.clone();
    (sure.log_e_max, sure.lift, sure.corrected_lift, sure.always_valid) = (20.0, None, None, None);
    assert_eq!(cells(&sure), ["–", "–", "–", "–", "–", "> 1,000,000 to 1", "nothing"]);
    let last = |row: &ChallengerReport| cells(row)[6].clone();
    sure.silent_until = Some(1_800_000_000);
    assert_eq!(last(&sure), "nothing; you said no, so it waits until 15 Jan 2027, 08:00 UTC");
    sure.unmet = vec!["Matured visitors: 269; needed: at least 300.".to_owned()];
    assert_eq!(last(&sure), "Matured visitors: 269; needed: at least 300.");
    let shown = html(|| view! { <LiftCard statistics=signal(statistics()).0 /> });
    contains_all(
        &shown,
        &[
            "aria-label=\"Variant B: lift +20\u{a0}% to +90\u{a0}%\"",
            "wears off: +30\u{a0}% in the first week, \u{2212}5.0\u{a0}% since",
            "P(best) of matured visitors 96.0\u{a0}%",
        ],
    );
    assert!(!shown.contains("style="));
    let mut young = statistics();
    young.generation.challengers.iter_mut().for_each(|row| row.lift = None);
    assert!(!html(move || view! { <LiftCard statistics=signal(young).0 /> }).contains("Lift over"));
}

#[test]
fn what_is_still_needed_is_no_more_exact_than_known() {
    let cases = [
        (None, "about 1,000 visitors"),
        (Some(0.2), "about 1,000 visitors, less than a day"),
        (Some(1.0), "about 1,000 visitors, 1 day"),
        (Some(6.4), "about 1,000 visitors, 7 days"),
        (Some(5000.0), "about 1,000 visitors, more than a year"),
    ];
    for (days, expected) in cases {
        assert_eq!(words::still_needed(1_000, days), expected);
    }
}

#[test]
fn proposals_are_answered_and_the_journal_is_taken_back_by_forms() {
    let shown = html(|| view! { <ProposalsPanel context=context(detail()) /> });
    contains_all(
        &shown,
        &[
            "Evoloop proposes",
            "Promote Variant B",
            "value=\"accept\"",
            "value=\"dismiss\"",
            "needed: at least 300",
            "Proposed",
        ],
    );
    assert!(!shown.contains("value=\"undo\"") && shown.contains("action=\"/api/decisions/answer\""));
    let shown = html(|| view! { <JournalPanel context=context(detail()) /> });
    contains_all(&shown, &["Journal", "value=\"undo\"", "Done"]);
    assert!(!shown.contains("value=\"accept\""));
    let settled = html(|| {
        let mut detail = detail();
        let mut restart = decision(9, DecisionState::Done);
        (restart.kind, restart.undo, restart.variant_id) = (DecisionKind::Restart, None, None);
        detail.decisions = vec![decision(7, DecisionState::Dismissed), restart];
        view! { <JournalPanel context=context(detail) /> }
    });
    assert!(!settled.contains("<form") && settled.contains("New generation"), "{settled}");
    let quiet = html(|| {
        let mut detail = detail();
        detail.decisions.clear();
        view! { <ProposalsPanel context=context(detail.clone()) /> <JournalPanel context=context(detail) /> }
    });
    assert!(!quiet.contains("<section"), "{quiet}");
}

#[test]
fn every_decision_has_its_words() {
    let names = DecisionKind::ALL.iter().map(|kind| words::decision(*kind, Some("B"))).collect::<Vec<_>>();
    assert_eq!(names, ["Promote B", "Kill B", "Stop B: it does harm", "Freeze: the split is wrong", "New generation"]);
    assert_eq!(words::decision(DecisionKind::Kill, None), "Kill a variant");
    let states = DecisionState::ALL.iter().map(|state| words::decision_state(*state).0).collect::<Vec<_>>();
    assert_eq!(states, ["Proposed", "Done", "Dismissed", "No longer proposed", "Taken back"]);
    let answers = DecisionAnswer::ALL.iter().map(|answer| words::answer(*answer)).collect::<Vec<_>>();
    assert_eq!(answers, ["Accept", "Dismiss", "Take back"]);
}
