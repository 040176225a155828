//! Having the installation verified, and what came of it.

use super::api::VerifyInstall;
use super::findings::FindingList;
use crate::chart::format::counted;
use crate::site::page::SiteContext;
use crate::site::parts::{FormError, TimeText};
use crate::ui::{Alert, AlertVariant, Button, Card};
use domain::JobKind;
use domain::install::{InstallReport, Severity};
use leptos::prelude::*;

/// The button that has the page visited, and the last result.
#[component]
pub fn Verification(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let verify = ServerAction::<VerifyInstall>::new();
    Effect::new(move |before: Option<usize>| {
        let now = verify.version().get();
        if before.is_some_and(|before| before != now) {
            context.live.note_all();
        }
        now
    });
    let report = Memo::new(move |_| context.detail.with(|detail| detail.install.clone()));
    let last_visit = Memo::new(move |_| context.detail.with(|detail| detail.last_visit));
    let visiting = Memo::new(move |_| {
        context.detail.with(|detail| {
            let newest = detail.jobs.iter().filter(|job| job.kind == JobKind::VerifyInstall);
            newest.max_by_key(|job| job.created_at).is_some_and(|job| job.state.is_open())
        })
    });
    let is_busy = Signal::derive(move || visiting.get() || verify.pending().get());
    let button = move || if report.with(Option::is_some) { "Verify again" } else { "Verify installation" };
    view! {
        <section aria-labelledby="verification-heading" class="space-y-3">
            <h2 id="verification-heading" class="text-lg font-semibold">"Verification"</h2>
            <Card class="space-y-4 p-5">
                <p class="text-sm text-muted-foreground">
                    "Evoloop visits your page as a browser would, and says what keeps the snippet from working: a missing or second snippet, a content policy, caches, consent tools, and what else is known to go wrong."
                </p>
                <div role="status" class="space-y-4">
                    {move || report.get().map(|report| view! { <Verdict report=report last_visit=last_visit.get() /> })}
                    {move || visiting.get().then(|| view! {
                        <p class="text-sm">"Evoloop is visiting your page to see whether everything works."</p>
                    })}
                </div>
                {move || report.with(Option::is_none).then(|| view! {
                    <p class="text-sm"><Visits last_visit=last_visit.get() /></p>
                })}
                {move || report.get().map(|report| view! { <FindingList findings=report.findings /> })}
                <div>
                    <ActionForm action=verify>
                        <input type="hidden" name="site_id" value=context.site_id.to_string() />
                        <Button kind="submit" disabled=is_busy>{button}</Button>
                    </ActionForm>
                    <FormError action=verify />
                </div>
            </Card>
        </section>
    }
}

/// Whether it works, in a sentence.
#[component]
fn Verdict(report: InstallReport, last_visit: Option<i64>) -> impl IntoView {
    let count = |severity: Severity| report.findings.iter().filter(|found| found.severity() == severity).count();
    let (fails, warns) = (count(Severity::Fails), count(Severity::Warns));
    let (look, title) = match (fails, warns) {
        (0, 0) => (AlertVariant::Success, "The snippet works".to_owned()),
        (0, warns) => (
            AlertVariant::Warning,
            format!("The snippet works, and {} could be better", counted(count_of(warns), "thing")),
        ),
        (fails, _) => (
            AlertVariant::Warning,
            format!("The snippet does not work yet: {} to solve", counted(count_of(fails), "problem")),
        ),
    };
    let read = if report.in_browser {
        format!("{} was read, and its scripts were run in a browser, on ", report.address)
    } else {
        format!("{} was read on ", report.address)
    };
    // Nobody waits for visits while nothing can be counted.
    let visits = (fails == 0 || last_visit.is_some()).then(|| view! { <p><Visits last_visit=last_visit /></p> });
    view! {
        <Alert variant=look title=title>
            {visits}
            <p class="break-words">{read} <TimeText at=report.checked_at /> "."</p>
        </Alert>
    }
}

fn count_of(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// When visitors came last.
#[component]
fn Visits(last_visit: Option<i64>) -> impl IntoView {
    match last_visit {
        None => view! { "Waiting for the first visit." }.into_any(),
        Some(at) => view! { "The last visitor was counted in the hour from " <TimeText at=at /> "." }.into_any(),
    }
}
