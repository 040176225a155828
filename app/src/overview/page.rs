//! The overview: what needs attention first, then the numbers, then the sites.

use crate::chart::format::{count, counted, rate};
use crate::live::{use_refreshed, use_ticks};
use crate::overview::api::load_overview;
use crate::site::parts::LoadError;
use crate::sites::card::SiteCard;
use crate::ui::{ButtonLink, Card, PageHeader, Skeleton};
use domain::SiteStatus;
use domain::report::{Overview, SiteSummary};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;

/// The page at `/app`.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let overview = Resource::new(|| (), |()| load_overview());
    view! {
        <Title text="Overview" />
        <PageHeader title="Overview" description="What needs you, and how your pages convert.">
            <ButtonLink href="/app/sites/new">"Add site"</ButtonLink>
        </PageHeader>
        <Suspense fallback=|| view! { <Skeleton class="h-64 w-full" /> }>
            {move || Suspend::new(async move {
                match overview.await {
                    Ok(overview) => view! { <Loaded initial=overview /> }.into_any(),
                    Err(error) => view! { <LoadError error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Loaded(initial: Overview) -> impl IntoView {
    let ticks = use_ticks();
    let overview = use_refreshed(initial, ticks.into(), load_overview);
    let is_empty = Memo::new(move |_| overview.with(|overview| overview.sites.is_empty()));
    let sites = move || overview.with(|overview| overview.sites.clone());
    move || {
        if is_empty.get() {
            view! { <FirstSteps /> }.into_any()
        } else {
            view! {
                <div class="space-y-8">
                    {move || overview.with(needs_attention)}
                    {move || overview.with(|overview| key_numbers(&overview.sites))}
                    <section class="space-y-3" aria-labelledby="sites-heading">
                        <h2 id="sites-heading" class="text-lg font-semibold">"Your sites"</h2>
                        <ul class="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
                            {move || sites().into_iter().map(|site| view! { <li><SiteCard site=site /></li> }).collect_view()}
                        </ul>
                    </section>
                </div>
            }
            .into_any()
        }
    }
}

/// One thing that waits for a person, and where to do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// What to do.
    pub sentence: String,
    /// Where.
    pub href: String,
}

/// Everything that waits for a person, the most urgent first.
#[must_use]
pub fn errands(overview: &Overview) -> Vec<Errand> {
    let place = |site: &SiteSummary| format!("/app/sites/{}", site.id);
    let failed = overview
        .sites
        .iter()
        .filter(|site| site.status == SiteStatus::Failed)
        .map(|site| Errand { sentence: format!("The page of {} could not be read.", site.name), href: place(site) });
    let jobs = (overview.failed_jobs > 0).then(|| Errand {
        sentence: format!("{} failed and can be tried again.", counted(overview.failed_jobs, "job")),
        href: "/app/jobs".to_owned(),
    });
    let waiting = overview.sites.iter().filter(|site| site.pending_variants > 0).map(|site| {
        let verb = if site.pending_variants == 1 { "waits" } else { "wait" };
        let variants = counted(site.pending_variants, "variant");
        Errand { sentence: format!("{variants} of {} {verb} for your approval.", site.name), href: place(site) }
    });
    let frozen = overview.sites.iter().filter(|site| site.is_frozen).map(|site| Errand {
        sentence: format!("Nothing is decided about {}: visitors do not arrive as they should.", site.name),
        href: place(site),
    });
    let proposed = overview.sites.iter().filter(|site| site.open_proposals > 0).map(|site| {
        let verb = if site.open_proposals == 1 { "waits" } else { "wait" };
        let proposals = counted(site.open_proposals, "proposal");
        Errand { sentence: format!("{proposals} about {} {verb} for your answer.", site.name), href: place(site) }
    });
    failed.chain(frozen).chain(jobs).chain(proposed).chain(waiting).collect()
}

fn needs_attention(overview: &Overview) -> impl IntoView + use<> {
    let errands = errands(overview);
    let content = if errands.is_empty() {
        view! { <p class="text-sm text-muted-foreground">"Nothing waits for you right now."</p> }.into_any()
    } else {
        let rows = errands.into_iter().map(|errand| {
            view! {
                <li>
                    <A href=errand.href attr:class="flex items-center justify-between gap-4 rounded-md px-3 py-2 text-sm hover:bg-accent hover:text-accent-foreground">
                        <span>{errand.sentence}</span>
                        <span aria-hidden="true">"→"</span>
                    </A>
                </li>
            }
        });
        view! { <ul class="-mx-3 divide-y">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="attention-heading">
            <Card class="space-y-3 p-5">
                <h2 id="attention-heading" class="text-lg font-semibold">"Needs attention"</h2>
                {content}
            </Card>
        </section>
    }
}

fn key_numbers(sites: &[SiteSummary]) -> impl IntoView + use<> {
    let sum = |value: fn(&SiteSummary) -> i64| sites.iter().map(value).sum::<i64>();
    let (visitors, conversions) = (sum(|site| site.visitors), sum(|site| site.conversions));
    let running = sites.iter().filter(|site| site.status == SiteStatus::Running).count();
    let numbers = [
        ("Sites running", format!("{running} of {}", sites.len())),
        ("Active variants", count(sum(|site| site.active_variants))),
        ("Visitors", count(visitors)),
        ("Conversions", count(conversions)),
        (
            "Conversion rate",
            if visitors > 0 { rate(conversions as f64 / visitors as f64) } else { "no data yet".to_owned() },
        ),
    ];
    let cards = numbers.map(|(name, number)| {
        view! {
            <div class="rounded-xl border bg-card p-4 text-card-foreground shadow-sm">
                <dt class="text-sm text-muted-foreground">{name}</dt>
                <dd class="mt-1 text-2xl font-semibold tabular-nums tracking-tight">{number}</dd>
            </div>
        }
    });
    view! {
        <section aria-label="Key numbers">
            <dl class="grid grid-cols-2 gap-4 md:grid-cols-3 xl:grid-cols-5">{cards.into_iter().collect_view()}</dl>
        </section>
    }
}

/// What stands here before the first site.
#[component]
fn FirstSteps() -> impl IntoView {
    let steps = [
        ("Add your landing page", "Give its address. Evoloop reads headline, buttons, colours and fonts."),
        (
            "Approve variants",
            "Three rewrites wait for you, each beside the original with the reason for it. Nothing runs before you approve it.",
        ),
        (
            "Paste the snippet",
            "One script element in your page. Visitors are shared out, and traffic moves to what converts.",
        ),
    ];
    let rows = (1..).zip(steps).map(|(number, (title, text))| {
        view! {
            <li class="flex gap-4">
                <span class="flex size-8 shrink-0 items-center justify-center rounded-full border text-sm font-semibold" aria-hidden="true">
                    {number}
                </span>
                <div>
                    <h3 class="font-medium">{title}</h3>
                    <p class="text-sm text-muted-foreground">{text}</p>
                </div>
            </li>
        }
    });
    view! {
        <section aria-labelledby="first-heading">
            <Card class="max-w-2xl space-y-6 p-6">
                <h2 id="first-heading" class="text-lg font-semibold">"Three steps to a page that improves itself"</h2>
                <ol class="space-y-5">{rows.collect_view()}</ol>
                <ButtonLink href="/app/sites/new">"Add your first site"</ButtonLink>
            </Card>
        </section>
    }
}
