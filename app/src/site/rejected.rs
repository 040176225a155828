//! Drafts that never became variants, with the rule that stopped each.

use crate::site::page::SiteContext;
use crate::site::words;
use crate::ui::{Badge, BadgeVariant};
use domain::copy::RejectedDraft;
use leptos::prelude::*;

/// What was rejected before anybody saw it; nothing when nothing was.
#[component]
pub fn RejectedPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let rejected = Memo::new(move |_| context.detail.with(|detail| detail.rejected.clone()));
    view! {
        <Show when=move || rejected.with(|rejected| !rejected.is_empty())>
            <details class="space-y-3">
                <summary class="cursor-pointer text-sm text-muted-foreground hover:text-foreground">
                    {move || format!("Drafts that broke a rule ({})", rejected.with(Vec::len))}
                </summary>
                <ul class="space-y-3 pt-3">
                    {move || rejected.get().into_iter().map(row).collect_view()}
                </ul>
            </details>
        </Show>
    }
}

fn row(draft: RejectedDraft) -> impl IntoView {
    let slots = draft.slots;
    let texts = [
        ("Headline", slots.headline),
        ("Subheadline", slots.subheadline),
        ("Button", slots.cta),
        ("Picture", slots.hero_image),
    ];
    let texts = texts.into_iter().filter_map(|(name, text)| Some((name, text?)));
    let texts = texts.map(|(name, text)| {
        view! {
            <div>
                <dt class="inline text-muted-foreground">{name} ": "</dt>
                <dd class="inline break-words">{text}</dd>
            </div>
        }
    });
    view! {
        <li class="space-y-2 rounded-xl border bg-card p-4 text-sm text-card-foreground">
            <p class="flex flex-wrap items-center gap-2">
                <Badge variant=BadgeVariant::Outline>{words::rule(draft.refusal.rule)}</Badge>
                <span>{words::sentence(&draft.refusal.reason)}</span>
            </p>
            <dl class="space-y-1">{texts.collect_view()}</dl>
            <p class="text-xs text-muted-foreground">{words::author(&draft.author)} ", " {draft.strategy}</p>
        </li>
    }
}
