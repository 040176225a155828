//! Name, state and parts of a site, and the one thing to do next.

use crate::site::origins::ORIGINS_FIELD;
use crate::site::page::{SiteContext, View};
use crate::site::parts::{FormError, ToneBadge};
use crate::site::words::site_status;
use crate::ui::{Alert, AlertVariant, Button, ButtonSize, ButtonVariant};
use domain::{SiteId, SiteStatus};
use leptos::prelude::*;

/// The head of the page.
#[component]
pub fn SiteHeader(
    /// The site.
    context: SiteContext,
    /// Its name.
    name: Memo<String>,
) -> impl IntoView {
    let status = Memo::new(move |_| context.detail.with(|detail| detail.summary.status));
    let url = context.detail.with_untracked(|detail| detail.summary.url.clone());
    let has_page = Memo::new(move |_| context.detail.with(|detail| detail.page.is_some()));
    view! {
        <header class="space-y-3">
            <div class="flex flex-wrap items-start justify-between gap-4">
                <div class="min-w-0 space-y-1">
                    <div class="flex flex-wrap items-center gap-3">
                        <h1 class="text-2xl font-semibold tracking-tight break-words">{move || name.get()}</h1>
                        <span aria-live="polite">{move || view! { <ToneBadge state=site_status(status.get()) /> }}</span>
                    </div>
                    <p class="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-muted-foreground">
                        <a href=url.clone() target="_blank" rel="noopener noreferrer" class="font-mono text-xs break-all underline-offset-4 hover:underline">
                            {url.clone()}
                        </a>
                        <LiveDot context=context />
                    </p>
                </div>
                <div class="flex flex-wrap items-center gap-2">
                    {move || pause_button(context, status.get())}
                    <Show when=move || has_page.get()>
                        <ActionForm action=context.generate>
                            <input type="hidden" name="site_id" value=context.site_id.to_string() />
                            <Button kind="submit" variant=ButtonVariant::Outline size=ButtonSize::Sm disabled=Signal::from(context.generate.pending())>
                                "Write more variants"
                            </Button>
                        </ActionForm>
                    </Show>
                </div>
            </div>
            <FormError action=context.update except=ORIGINS_FIELD />
            <FormError action=context.generate />
            <FormError action=context.retry />
            <FormError action=context.cancel />
        </header>
    }
}

fn pause_button(context: SiteContext, status: SiteStatus) -> Option<AnyView> {
    let (text, next) = match status {
        SiteStatus::Running => ("Pause site", SiteStatus::Paused),
        SiteStatus::Paused => ("Resume site", SiteStatus::Running),
        SiteStatus::Analyzing | SiteStatus::Ready | SiteStatus::Failed => return None,
    };
    let form = view! {
        <ActionForm action=context.update>
            <input type="hidden" name="site_id" value=context.site_id.to_string() />
            <input type="hidden" name="status" value=next.as_str() />
            <Button kind="submit" variant=ButtonVariant::Outline size=ButtonSize::Sm disabled=Signal::from(context.update.pending())>
                {text}
            </Button>
        </ActionForm>
    };
    Some(form.into_any())
}

/// Says whether changes arrive by themselves. Empty until the browser has connected.
#[component]
fn LiveDot(context: SiteContext) -> impl IntoView {
    let connected = context.live.connected;
    view! {
        <span class="inline-flex items-center gap-1.5 text-xs">
            <svg viewBox="0 0 8 8" width="8" height="8" aria-hidden="true" class=move || if connected.get() { "fill-success" } else { "fill-muted-foreground" }>
                <circle cx="4" cy="4" r="4" />
            </svg>
            {move || if connected.get() { "Live" } else { "Updates every 5 seconds" }}
        </span>
    }
}

/// Links to the parts of the page.
#[component]
pub fn Views(
    /// The site.
    site_id: SiteId,
    /// The part that is shown.
    shown: Memo<View>,
) -> impl IntoView {
    let links = View::ALL.map(|(view, name, text)| {
        let href = if name.is_empty() { format!("/app/sites/{site_id}") } else { format!("/app/sites/{site_id}?view={name}") };
        view! {
            <li>
                <a
                    href=href
                    aria-current=move || (shown.get() == view).then_some("page")
                    class="block border-b-2 border-transparent px-1 py-2 text-sm whitespace-nowrap text-muted-foreground hover:text-foreground aria-[current=page]:border-primary aria-[current=page]:font-medium aria-[current=page]:text-foreground"
                >
                    {text}
                </a>
            </li>
        }
    });
    view! {
        <nav aria-label="Parts of this site" class="overflow-x-auto border-b">
            <ul class="-mb-px flex gap-6">{links}</ul>
        </nav>
    }
}

/// The one thing to do next while a site is young; nothing once visitors were counted.
#[component]
pub fn NextStep(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let step = Memo::new(move |_| {
        let visitors = context
            .statistics
            .with(|statistics| statistics.variants.iter().map(|variant| variant.visitors).sum::<i64>());
        context.detail.with(|detail| {
            let (pending, active) = (detail.summary.pending_variants, detail.summary.active_variants);
            match detail.summary.status {
                SiteStatus::Analyzing | SiteStatus::Failed => None,
                _ if visitors > 0 => None,
                _ if active == 0 && pending > 0 => Some((
                    "Approve a variant to begin",
                    "Read the rewrites below and approve the ones that you would put your name under. Your page stays as it is until then.",
                )),
                _ if active > 0 => Some((
                    "Waiting for the first visitor",
                    "Paste the snippet into your page. Numbers appear here within seconds of the first visit.",
                )),
                _ => None,
            }
        })
    });
    move || {
        step.get().map(|(title, text)| {
            view! {
                <Alert variant=AlertVariant::Info title=title>
                    {text}
                    " "
                    <a href=format!("/app/sites/{}?view=install", context.site_id) class="font-medium whitespace-nowrap underline underline-offset-4">"Get the snippet"</a>
                </Alert>
            }
        })
    }
}
