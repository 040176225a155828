//! The list of sites.

use crate::chart::format::count;
use crate::live::{use_refreshed, use_ticks};
use crate::site::parts::{LoadError, TimeText, ToneBadge};
use crate::site::words::{autonomy, site_status};
use crate::sites::api::list_sites;
use crate::sites::card::observed_rate;
use crate::ui::{ButtonLink, Card, EmptyState, PageHeader, Skeleton};
use domain::report::SiteSummary;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;

/// The page at `/app/sites`.
#[component]
pub fn SitesPage() -> impl IntoView {
    let sites = Resource::new(|| (), |()| list_sites());
    view! {
        <Title text="Sites" />
        <PageHeader title="Sites" description="The landing pages that Evoloop looks after.">
            <ButtonLink href="/app/sites/new">"Add site"</ButtonLink>
        </PageHeader>
        <Suspense fallback=|| view! { <Skeleton class="h-64 w-full" /> }>
            {move || Suspend::new(async move {
                match sites.await {
                    Ok(sites) => view! { <SiteList initial=sites /> }.into_any(),
                    Err(error) => view! { <LoadError error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn SiteList(initial: Vec<SiteSummary>) -> impl IntoView {
    let ticks = use_ticks();
    let sites = use_refreshed(initial, ticks.into(), list_sites);
    move || {
        let sites = sites.get();
        if sites.is_empty() {
            return view! {
                <EmptyState title="No sites yet" description="Add the address of a landing page to begin.">
                    <ButtonLink href="/app/sites/new">"Add your first site"</ButtonLink>
                </EmptyState>
            }
            .into_any();
        }
        view! {
            <Card class="overflow-hidden">
                <div class="overflow-x-auto" tabindex="0" role="region" aria-label="Sites">
                    <table class="w-full text-left text-sm">
                        <thead class="bg-muted/50 text-muted-foreground">
                            <tr>
                                {["Site", "Status", "Mode"].map(|name| view! { <th scope="col" class="px-4 py-3 font-medium">{name}</th> })}
                                {["Visitors", "Conversions", "Rate", "Active variants", "To approve"]
                                    .map(|name| view! { <th scope="col" class="px-4 py-3 text-right font-medium">{name}</th> })}
                                <th scope="col" class="px-4 py-3 font-medium">"Added"</th>
                            </tr>
                        </thead>
                        <tbody class="divide-y">{sites.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
            </Card>
        }
        .into_any()
    }
}

fn row(site: SiteSummary) -> impl IntoView {
    let numbers = [
        count(site.visitors),
        count(site.conversions),
        observed_rate(&site),
        count(site.active_variants),
        count(site.pending_variants),
    ];
    view! {
        <tr class="hover:bg-muted/40">
            <th scope="row" class="max-w-72 px-4 py-3 font-normal">
                <A href=format!("/app/sites/{}", site.id) attr:class="block truncate font-medium underline-offset-4 hover:underline">
                    {site.name.clone()}
                </A>
                <span class="block truncate font-mono text-xs text-muted-foreground">{site.url.clone()}</span>
            </th>
            <td class="px-4 py-3"><ToneBadge state=site_status(site.status) /></td>
            <td class="px-4 py-3 whitespace-nowrap">{autonomy(site.autonomy_mode).0}</td>
            {numbers.map(|number| view! { <td class="px-4 py-3 text-right tabular-nums">{number}</td> })}
            <td class="px-4 py-3 text-muted-foreground"><TimeText at=site.created_at /></td>
        </tr>
    }
}
