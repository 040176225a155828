//! Background work of a site: live progress, failures with a way on, and the list.

use crate::jobs::card::{JobButton, JobRows, Told, follow};
use crate::site::page::SiteContext;
use crate::site::words::job_kind;
use crate::ui::{Card, EmptyState, Progress};
use domain::report::JobView;
use domain::{JobKind, JobState};
use leptos::prelude::*;

/// The jobs that a person waits for or has to know about: the newest of each kind unless it is done.
///
/// Statistics are refreshed all the time, so these jobs show up only when they fail. A page whose reading was
/// cancelled leads nowhere, so that is told until it is read; variants can be asked for again anyway.
#[must_use]
pub fn noteworthy(jobs: &[JobView]) -> Vec<JobView> {
    let newest = |kind: &JobKind| jobs.iter().filter(|job| job.kind == *kind).max_by_key(|job| job.created_at);
    let shown = JobKind::ALL.iter().filter_map(newest).filter(|job| match (job.kind, job.state) {
        (_, JobState::Done) => false,
        // Without these the site is what it was; without its analysis it is not.
        (kind, JobState::Cancelled) => kind == JobKind::AnalyzeSite,
        (JobKind::UpdateStats, state) => state == JobState::Dead,
        _ => true,
    });
    shown.cloned().collect()
}

/// Live progress of what is being done for the site; empty when nothing is.
#[component]
pub fn ProgressPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let shown = Memo::new(move |_| context.detail.with(|detail| noteworthy(&detail.jobs)));
    let sentence = move || {
        let sentences = shown.with(|jobs| jobs.iter().map(progress_sentence).collect::<Vec<_>>());
        sentences.join(" ")
    };
    view! {
        // This element stays while its text changes; only then is the change read out.
        <p class="sr-only" aria-live="polite">{sentence}</p>
        <div class="space-y-4 empty:hidden">
            <For each=move || shown.get() key=|job| job.id let:job>
                <ProgressCard job=follow(shown.into(), job) context=context />
            </For>
        </div>
    }
}

/// Where a job stands, as a sentence to be read out.
#[must_use]
pub fn progress_sentence(job: &JobView) -> String {
    let kind = job_kind(job.kind);
    match (job.state, job.steps.last()) {
        (JobState::Dead, _) => format!("{kind} failed. {}", job.last_error.as_deref().unwrap_or_default()),
        (JobState::Cancelled, _) => format!("{kind} was cancelled."),
        (_, Some(step)) => format!("{kind}: {}, {} percent.", step.label, job.percent),
        (_, None) => format!("{kind} begins in a moment."),
    }
}

#[component]
fn ProgressCard(job: Memo<JobView>, context: SiteContext) -> impl IntoView {
    let first = job.get_untracked();
    let kind = job_kind(first.kind);
    let heading = format!("progress-{}", first.kind.as_str());
    let label = heading.clone();
    let title = move || match job.with(|job| job.state) {
        JobState::Dead => format!("{kind} failed"),
        JobState::Cancelled => format!("{kind} was cancelled"),
        _ => kind.to_owned(),
    };
    let percent = move || job.with(|job| job.state.is_open().then_some(job.percent));
    let number = move || {
        percent().map(|percent| view! { <span class="text-sm tabular-nums text-muted-foreground">{format!("{percent}\u{a0}%")}</span> })
    };
    let bar =
        move || percent().map(|percent| view! { <Progress value=f64::from(percent) label=kind class="w-full" /> });
    let error = move || {
        job.with(|job| job.last_error.clone()).map(|error| view! { <p class="text-sm text-destructive">{error}</p> })
    };
    let waits = move || {
        let tries = job.with(|job| {
            (job.state == JobState::Queued && job.attempts > 0).then_some((job.attempts, job.max_attempts))
        });
        tries.map(|(tries, most)| {
            let sentence = format!("Try {tries} of {most} failed; the next one starts by itself.");
            view! { <p class="text-sm text-muted-foreground">{sentence}</p> }
        })
    };
    let goes_on = move || {
        percent().map(
            |_| view! { <p class="text-xs text-muted-foreground">"You can leave this page; the work goes on."</p> },
        )
    };
    view! {
        <section aria-labelledby=label>
            <Card class="space-y-4 p-5">
                <div class="flex flex-wrap items-center justify-between gap-3">
                    <h2 id=heading class="font-semibold">{title}</h2>
                    <div class="flex items-center gap-3">
                        {number}
                        <JobButton job=job retry=context.retry cancel=context.cancel />
                    </div>
                </div>
                {bar}
                <ol class="space-y-1 text-sm empty:hidden">{move || job.with(steps)}</ol>
                {error}
                {waits}
                <Told job=job />
                {goes_on}
            </Card>
        </section>
    }
}

fn steps(job: &JobView) -> impl IntoView + use<> {
    let last = job.steps.len().saturating_sub(1);
    let rows = job.steps.clone().into_iter().enumerate();
    let failed = !job.state.is_open();
    rows.map(|(index, step)| {
        let (sign, class, spoken) = match (index < last, failed) {
            (true, _) => ("✓", "text-muted-foreground", "done"),
            (false, true) => ("✕", "text-destructive", "not done"),
            (false, false) => ("•", "font-medium", "now"),
        };
        view! {
            <li class=format!("flex gap-2 {class}")>
                <span aria-hidden="true" class="w-4 shrink-0 text-center">{sign}</span>
                <span>{step.label}</span>
                <span class="sr-only">{format!(" ({spoken})")}</span>
            </li>
        }
    })
    .collect_view()
}

/// The newest jobs of the site.
#[component]
pub fn JobsPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let jobs = Memo::new(move |_| context.detail.with(|detail| detail.jobs.clone()));
    let is_empty = Memo::new(move |_| jobs.with(Vec::is_empty));
    view! {
        <section aria-labelledby="jobs-heading" class="space-y-3">
            <h2 id="jobs-heading" class="text-lg font-semibold">"Jobs"</h2>
            {move || if is_empty.get() {
                view! { <EmptyState title="No jobs yet" description="Evoloop's work for this site is listed here." /> }.into_any()
            } else {
                view! {
                    <Card class="px-5">
                        <JobRows jobs=jobs retry=context.retry cancel=context.cancel />
                    </Card>
                }
                .into_any()
            }}
        </section>
    }
}
