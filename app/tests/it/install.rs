//! The snippet to copy, and what a verification found.

use crate::fixtures::{START, detail, job};
use crate::site::{context, html_at};
use app::site::install::InstallPanel;
use domain::install::{InstallReport, LateCause};
use domain::report::SiteDetail;
use domain::{Finding, JobKind, JobState};
use leptos::prelude::*;

fn panel(query: &str, change: impl FnOnce(&mut SiteDetail) + Send + 'static) -> String {
    html_at(&format!("/app/sites/x?view=install{query}"), || {
        let mut detail = detail();
        change(&mut detail);
        view! { <InstallPanel context=context(detail) /> }
    })
}

fn report(findings: Vec<Finding>) -> Option<InstallReport> {
    Some(InstallReport { checked_at: START, address: "https://example.com/".to_owned(), in_browser: false, findings })
}

#[test]
fn what_the_address_chooses_stands_in_the_snippet() {
    let cases = [
        ("", "async ", "", 0),
        ("&respect=1", "async ", " data-respect=&quot;gpc dnt&quot;", 1),
        ("&block=1&stateless=1", "", " data-stateless data-block", 2),
    ];
    for (query, wait, attributes, checked) in cases {
        let html = panel(query, |_| {}).replace("\"gpc dnt\"", "&quot;gpc dnt&quot;");
        let start = format!("script {wait}src=");
        assert!(html.contains(&start) && html.contains(&format!("{attributes}&gt;&lt;/script&gt;")), "{query}: {html}");
        assert_eq!(html.matches(" checked").count(), checked, "{query}");
        assert!(html.contains("method=\"get\"") && html.contains("name=\"view\" value=\"install\""), "{html}");
        assert!(!html.contains(" style="), "{html}");
    }
}

#[test]
fn a_verification_is_asked_for_and_told() {
    let html = panel("", |_| {});
    for part in ["action=\"/api/sites/verify\"", "Verify installation", "Waiting for the first visit."] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let html = panel("", |detail| detail.jobs.push(job(JobKind::VerifyInstall, JobState::Running)));
    assert!(html.contains("Evoloop is visiting your page") && html.contains(" disabled"), "{html}");

    let late = || Finding::LateScript { cause: LateCause::Deferred };
    let html = panel("", move |detail| detail.install = report(vec![Finding::NoSnippet, late()]));
    let at = |text: &str| html.find(text).unwrap_or_else(|| unreachable!("{text}: {html}"));
    assert!(
        html.contains("The snippet does not work yet: 1 problem to solve") && html.contains("Verify again"),
        "{html}"
    );
    assert!(at("The snippet is not on the page.") < at("The snippet says defer"), "the worst comes first");
    assert!(at("Fails") < at("Could be better") && html.contains("Write async in place of defer"), "{html}");

    let html = panel("", move |detail| detail.install = report(vec![late()]));
    assert!(html.contains("The snippet works, and 1 thing could be better"), "{html}");
    let html = panel("", |detail| {
        detail.install = report(vec![]);
        detail.last_visit = Some(START);
    });
    assert!(html.contains("The snippet works") && html.contains("The last visitor was counted in the hour"), "{html}");
    assert!(!html.contains("Waiting for the first visit.") && !html.contains("aria-label=\"Findings\""), "{html}");
}

#[test]
fn what_a_strangers_page_says_is_text() {
    let html = panel("", |detail| {
        let found = "<script>alert(1)</script>".to_owned();
        detail.install = report(vec![Finding::WrongSite { found, wanted: detail.summary.id }]);
    });
    assert!(html.contains("&lt;script&gt;alert(1)") && !html.contains("<script>alert"), "{html}");
}
