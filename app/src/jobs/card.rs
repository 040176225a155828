//! A job with its visible progress, and what can be done when it failed.

use crate::jobs::api::RetryJob;
use crate::site::parts::{TimeText, ToneBadge};
use crate::site::words;
use crate::ui::{Button, ButtonSize, ButtonVariant, Progress};
use domain::report::JobView;
use domain::{JobId, JobState};
use leptos::prelude::*;

/// One row of a list of jobs.
#[component]
pub fn JobRow(
    /// The job.
    job: JobView,
    /// The action behind the retry button, shared by the list.
    retry: ServerAction<RetryJob>,
) -> impl IntoView {
    let unfinished = matches!(job.state, JobState::Queued | JobState::Running) && !job.recurs;
    let tries = (job.attempts > 1).then(|| format!("Try {} of {}", job.attempts, job.max_attempts));
    let step = job.steps.last().map(|step| step.label.clone()).filter(|_| unfinished);
    let site = job.site_id.zip(job.site_name.clone()).map(|(id, name)| (format!("/app/sites/{id}"), name));
    let subject = job.site_name.clone().map_or_else(String::new, |name| format!(" of {name}"));
    view! {
        <li class="flex flex-col gap-3 py-4 sm:flex-row sm:items-start sm:justify-between">
            <div class="min-w-0 space-y-1">
                <p class="flex flex-wrap items-center gap-2">
                    <span class="font-medium">{words::job_kind(job.kind)}</span>
                    <ToneBadge state=words::job_state(job.state) />
                    {tries.map(|tries| view! { <span class="text-xs text-muted-foreground">{tries}</span> })}
                </p>
                {site.map(|(address, name)| view! {
                    <p class="truncate text-sm"><a href=address class="underline underline-offset-4">{name}</a></p>
                })}
                <p class="text-xs text-muted-foreground">
                    {if job.recurs { "Again and again since " } else { "Asked for " }} <TimeText at=job.created_at />
                </p>
                {step.map(|step| view! { <p class="text-sm text-muted-foreground">{step}</p> })}
                {job.last_error.clone().map(|error| view! { <p class="text-sm text-destructive">{error}</p> })}
            </div>
            <div class="flex shrink-0 items-center gap-3">
                {unfinished.then(|| view! { <Progress value=f64::from(job.percent) label=words::job_kind(job.kind) class="w-32" /> })}
                {(job.state == JobState::Dead).then(|| view! { <RetryForm job_id=job.id retry=retry subject=subject /> })}
            </div>
        </li>
    }
}

/// A button that runs a failed job once more.
#[component]
pub fn RetryForm(
    /// The job.
    job_id: JobId,
    /// The action behind the button.
    retry: ServerAction<RetryJob>,
    /// Whose job it is, for people who hear the button instead of seeing where it stands.
    #[prop(optional)]
    subject: String,
) -> impl IntoView {
    view! {
        <ActionForm action=retry>
            <input type="hidden" name="job_id" value=job_id.to_string() />
            <Button kind="submit" variant=ButtonVariant::Outline size=ButtonSize::Sm disabled=Signal::from(retry.pending())>
                "Retry" <span class="sr-only">{subject}</span>
            </Button>
        </ActionForm>
    }
}
