//! What a verification says, in sentences, and how it is stored.

use domain::SiteId;
use domain::install::{Alteration, Finding, InstallReport, LateCause, Severity};
use std::collections::HashSet;
use uuid::Uuid;

fn all() -> Vec<Finding> {
    let text = |text: &str| text.to_owned();
    let reason = || text("The page did not answer.");
    vec![
        Finding::Unreachable { reason: reason() },
        Finding::Temporary { reason: reason() },
        Finding::Unknown { reason: reason() },
        Finding::BotWall { status: 403 },
        Finding::NoSnippet,
        Finding::TagManagerOnly { container: text("Tealium") },
        Finding::TagManagerLoads { container: text("Tealium") },
        Finding::StaleCache,
        Finding::WrongSite { found: text("x"), wanted: SiteId(Uuid::nil()) },
        Finding::SiteLost,
        Finding::Altered { by: Alteration::RocketLoader },
        Finding::Altered { by: Alteration::Other },
        Finding::ConsentTool,
        Finding::PolicyBlocksScript { origin: text("https://loop.test") },
        Finding::PolicyWantsNonce,
        Finding::PolicyBlocksRequests { origin: text("https://loop.test") },
        Finding::OtherHost { host: text("a.test"), wanted: text("b.test") },
        Finding::ProxyBroken { address: text("https://a.test/x.js"), answer: text("a web page") },
        Finding::OldScript { address: text("https://a.test/x.js") },
        Finding::OwnAddress { host: text("a.test") },
        Finding::SeveralSnippets { count: 2 },
        Finding::InBody,
        Finding::LateScript { cause: LateCause::EndOfBody },
        Finding::LateScript { cause: LateCause::Injected },
        Finding::LateScript { cause: LateCause::Deferred },
        Finding::Redirect { to: text("https://www.a.test") },
        Finding::SlotLost { slot: text("The headline"), css: text("h1") },
        Finding::GoalUnmatched { goal: text("Order"), css: text("#buy") },
        Finding::GoalNeverSeen { goal: text("Order") },
        Finding::WaitsForConsent,
        Finding::RespectsSignals { signals: text("gpc dnt") },
    ]
}

#[test]
fn every_finding_is_one_sentence_and_one_thing_to_do() {
    let mut problems = HashSet::new();
    for finding in all() {
        for text in [finding.problem(), finding.advice()] {
            assert!(text.ends_with('.') && !text.contains(". ") && text.len() > 15, "{finding:?}: {text}");
        }
        let is_given = matches!(finding, Finding::Temporary { .. } | Finding::Unknown { .. });
        assert!(problems.insert(finding.problem()) || is_given, "{finding:?} says what another one says");
    }
}

#[test]
fn a_report_is_read_as_it_was_stored() {
    let report =
        InstallReport { checked_at: 1, address: "https://a.test/".to_owned(), in_browser: false, findings: all() };
    let stored = serde_json::to_value(&report).unwrap();
    assert_eq!(serde_json::from_value::<InstallReport>(stored).unwrap(), report);
    assert!(!report.works());
    let kept = report.findings.into_iter().filter(|finding| finding.severity() != Severity::Fails);
    assert!(
        InstallReport { findings: kept.collect(), checked_at: 1, address: String::new(), in_browser: true }.works()
    );
}
