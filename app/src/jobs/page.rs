//! The page of all background work.

use crate::jobs::api::{CancelJob, RetryJob, list_jobs};
use crate::jobs::card::JobRows;
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
    let cancel = ServerAction::<CancelJob>::new();
    let ticks = use_ticks();
    let asked = move || u32::try_from(retry.version().get() + cancel.version().get()).unwrap_or(0);
    let version = Signal::derive(move || asked().wrapping_add(ticks.get()));
    let jobs = use_refreshed(initial, version, || list_jobs(None));
    let is_empty = Memo::new(move |_| jobs.with(Vec::is_empty));
    view! {
        <FormError action=retry />
        <FormError action=cancel />
        {move || {
            if is_empty.get() {
                view! {
                    <EmptyState title="No jobs yet" description="Jobs appear here as soon as you add a site." />
                }
                .into_any()
            } else {
                view! {
                    <Card class="px-5">
                        <JobRows jobs=jobs retry=retry cancel=cancel />
                    </Card>
                }
                .into_any()
            }
        }}
    }
}
