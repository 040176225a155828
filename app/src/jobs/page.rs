//! The page of all background work.

use crate::jobs::api::{RetryJob, list_jobs};
use crate::jobs::card::JobRow;
use crate::live::{use_refreshed, use_ticks};
use crate::site::parts::{FormError, LoadError};
use crate::ui::{Card, EmptyState, PageHeader, Skeleton};
use domain::report::JobView;
use leptos::prelude::*;
use leptos_meta::Title;

/// All jobs of the signed-in person, newest first.
#[component]
pub fn JobsPage() -> impl IntoView {
    let jobs = Resource::new(|| (), |()| list_jobs(None));
    view! {
        <Title text="Jobs" />
        <PageHeader title="Jobs" description="What Evoloop does in the background, and what went wrong." />
        <Suspense fallback=|| view! { <Skeleton class="h-40 w-full" /> }>
            {move || Suspend::new(async move {
                match jobs.await {
                    Ok(jobs) => view! { <JobList initial=jobs /> }.into_any(),
                    Err(error) => view! { <LoadError error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn JobList(initial: Vec<JobView>) -> impl IntoView {
    let retry = ServerAction::<RetryJob>::new();
    let ticks = use_ticks();
    let version = Signal::derive(move || u32::try_from(retry.version().get()).unwrap_or(0).wrapping_add(ticks.get()));
    let jobs = use_refreshed(initial, version, || list_jobs(None));
    view! {
        <FormError action=retry />
        {move || {
            if jobs.with(Vec::is_empty) {
                view! {
                    <EmptyState title="No jobs yet" description="Jobs appear here as soon as you add a site." />
                }
                .into_any()
            } else {
                view! {
                    <Card class="px-5">
                        <ul class="divide-y">
                            <For each=move || jobs.get() key=|job| (job.id, job.state, job.percent, job.attempts) let:job>
                                <JobRow job=job retry=retry />
                            </For>
                        </ul>
                    </Card>
                }
                .into_any()
            }
        }}
    }
}
