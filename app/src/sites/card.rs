//! A site at a glance.

use crate::chart::format::{count, rate};
use crate::site::parts::ToneBadge;
use crate::site::words::site_status;
use crate::ui::{Badge, BadgeVariant};
use domain::report::SiteSummary;
use leptos::prelude::*;
use leptos_router::components::A;

/// A card that leads to the site.
#[component]
pub fn SiteCard(
    /// The site.
    site: SiteSummary,
) -> impl IntoView {
    let numbers =
        [("Visitors", count(site.visitors)), ("Conversions", count(site.conversions)), ("Rate", observed_rate(&site))];
    let numbers = numbers.map(|(name, number)| {
        view! {
            <div>
                <dt class="text-xs text-muted-foreground">{name}</dt>
                <dd class="font-semibold tabular-nums">{number}</dd>
            </div>
        }
    });
    let waiting = (site.pending_variants > 0).then(
        || view! { <Badge variant=BadgeVariant::Warning>{format!("{} to approve", site.pending_variants)}</Badge> },
    );
    view! {
        <article class="relative flex h-full flex-col gap-4 rounded-xl border bg-card p-5 text-card-foreground shadow-sm transition-shadow focus-within:ring-2 focus-within:ring-ring hover:shadow-md">
            <div class="space-y-1">
                <div class="flex flex-wrap items-center gap-2">
                    <ToneBadge state=site_status(site.status) />
                    {waiting}
                </div>
                <h3 class="truncate text-base font-semibold">
                    <A href=format!("/app/sites/{}", site.id) attr:class="outline-none after:absolute after:inset-0">{site.name.clone()}</A>
                </h3>
                <p class="truncate font-mono text-xs text-muted-foreground">{site.url.clone()}</p>
            </div>
            <dl class="mt-auto grid grid-cols-3 gap-2 border-t pt-4">{numbers.into_iter().collect_view()}</dl>
        </article>
    }
}

/// Conversions by visitors over all variants, as counted.
#[must_use]
pub fn observed_rate(site: &SiteSummary) -> String {
    if site.visitors > 0 { rate(site.conversions as f64 / site.visitors as f64) } else { "–".to_owned() }
}
