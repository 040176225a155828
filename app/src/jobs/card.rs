//! A job with its visible progress, and what can be done with it.

use crate::jobs::api::{CancelJob, RetryJob};
use crate::site::parts::{TimeText, ToneBadge};
use crate::site::words;
use crate::ui::{Button, ButtonSize, ButtonVariant, Progress};
use domain::report::JobView;
use domain::{JobId, JobState};
use leptos::prelude::*;

/// Jobs, one row each. Rows stay while their job goes on, so that nobody loses the button that has the focus.
#[component]
pub fn JobRows(
    /// The jobs.
    #[prop(into)]
    jobs: Signal<Vec<JobView>>,
    /// The action behind the retry buttons.
    retry: ServerAction<RetryJob>,
    /// The action behind the cancel buttons.
    cancel: ServerAction<CancelJob>,
) -> impl IntoView {
    view! {
        <ul class="divide-y">
            <For each=move || jobs.get() key=|job| job.id let:job>
                <JobRow job=follow(jobs, job) retry=retry cancel=cancel />
            </For>
        </ul>
    }
}

/// A job as the list has it now; one that left the list stays as it was.
#[must_use]
pub fn follow(jobs: Signal<Vec<JobView>>, job: JobView) -> Memo<JobView> {
    Memo::new(move |_| {
        let now = jobs.with(|jobs| jobs.iter().find(|now| now.id == job.id).cloned());
        now.unwrap_or_else(|| job.clone())
    })
}

#[component]
fn JobRow(job: Memo<JobView>, retry: ServerAction<RetryJob>, cancel: ServerAction<CancelJob>) -> impl IntoView {
    // What never changes of a job.
    let first = job.get_untracked();
    let site = first.site_id.zip(first.site_name.clone()).map(|(id, name)| (format!("/app/sites/{id}"), name));
    let kind = words::job_kind(first.kind);
    let is_unfinished = move || job.with(|job| job.state.is_open() && !job.recurs);
    let tries = move || {
        let tries = job.with(|job| (job.attempts > 1).then(|| format!("Try {} of {}", job.attempts, job.max_attempts)));
        tries.map(|tries| view! { <span class="text-xs text-muted-foreground">{tries}</span> })
    };
    let step = move || {
        let step = job.with(|job| job.steps.last().map(|step| step.label.clone())).filter(|_| is_unfinished());
        step.map(|step| view! { <p class="text-sm text-muted-foreground">{step}</p> })
    };
    let error = move || {
        job.with(|job| job.last_error.clone()).map(|error| view! { <p class="text-sm text-destructive">{error}</p> })
    };
    let progress = move || {
        is_unfinished().then(|| {
            view! { <Progress value=f64::from(job.with(|job| job.percent)) label=kind class="w-32" /> }
        })
    };
    view! {
        <li class="flex flex-col gap-3 py-4 sm:flex-row sm:items-start sm:justify-between">
            <div class="min-w-0 space-y-1">
                <p class="flex flex-wrap items-center gap-2">
                    <span class="font-medium">{kind}</span>
                    {move || view! { <ToneBadge state=words::job_state(job.with(|job| job.state)) /> }}
                    {tries}
                </p>
                {site.map(|(address, name)| view! {
                    <p class="truncate text-sm"><a href=address class="underline underline-offset-4">{name}</a></p>
                })}
                <p class="text-xs text-muted-foreground">
                    {if first.recurs { "Again and again since " } else { "Asked for " }} <TimeText at=first.created_at />
                </p>
                {step}
                {error}
                <Told job=job />
            </div>
            <div class="flex shrink-0 items-center gap-3">
                {progress}
                <JobButton job=job retry=retry cancel=cancel />
            </div>
        </li>
    }
}

/// What a job cost, and its log behind a line that opens it.
#[component]
pub fn Told(
    /// The job.
    job: Memo<JobView>,
) -> impl IntoView {
    let cost = move || {
        let cost = words::job_cost(job.with(|job| job.cost_micros));
        cost.map(|cost| view! { <p class="text-xs tabular-nums text-muted-foreground">{cost}</p> })
    };
    let has_log = Memo::new(move |_| job.with(|job| !job.log.is_empty()));
    let lines = move || {
        let lines = job.with(|job| job.log.clone());
        let line =
            |line: domain::JobLine| view! { <li class="break-words"><TimeText at=line.at /> " " {line.text}</li> };
        lines.into_iter().map(line).collect_view()
    };
    view! {
        {cost}
        {move || has_log.get().then(|| view! {
            <details class="text-xs text-muted-foreground">
                <summary class="cursor-pointer">"Log"</summary>
                <ol class="mt-1 space-y-1">{lines}</ol>
            </details>
        })}
    }
}

/// The button that fits the state of a job: to stop it, to have it done once more, or none.
#[component]
pub fn JobButton(
    /// The job.
    job: Memo<JobView>,
    /// The action behind the retry button.
    retry: ServerAction<RetryJob>,
    /// The action behind the cancel button.
    cancel: ServerAction<CancelJob>,
) -> impl IntoView {
    let first = job.get_untracked();
    let (job_id, recurs) = (first.id, first.recurs);
    let kind = words::job_kind(first.kind).to_lowercase();
    // For people who hear the button instead of seeing where it stands.
    let subject = first.site_name.map_or_else(|| kind.clone(), |name| format!("{kind} of {name}"));
    // Only a change of the state brings another button, so the present one keeps the focus.
    let state = Memo::new(move |_| job.with(|job| job.state));
    move || {
        let subject = subject.clone();
        match state.get() {
            state if state.may_be_retried() => view! {
                <ActionForm action=retry>
                    <JobFields job_id=job_id text="Retry" subject=subject pending=retry.pending() />
                </ActionForm>
            }
            .into_any(),
            JobState::Queued | JobState::Running if !recurs => view! {
                <ActionForm action=cancel>
                    <JobFields job_id=job_id text="Cancel" subject=subject pending=cancel.pending() />
                </ActionForm>
            }
            .into_any(),
            _ => ().into_any(),
        }
    }
}

/// What each form of a job holds: its id, and the button.
#[component]
fn JobFields(job_id: JobId, text: &'static str, subject: String, pending: Memo<bool>) -> impl IntoView {
    view! {
        <input type="hidden" name="job_id" value=job_id.to_string() />
        <Button kind="submit" variant=ButtonVariant::Outline size=ButtonSize::Sm disabled=Signal::from(pending)>
            {text} " " <span class="sr-only">{subject}</span>
        </Button>
    }
}
