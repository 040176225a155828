//! The variants of a site: those that wait first, then the others.

use crate::site::page::SiteContext;
use crate::site::parts::FormError;
use crate::site::rejected::RejectedPanel;
use crate::site::variant_card::VariantCard;
use crate::site::words;
use crate::ui::EmptyState;
use domain::report::VariantDetail;
use domain::variant::VariantAction;
use domain::{SiteStatus, VariantId, VariantStatus};
use leptos::html::P;
use leptos::prelude::*;

fn chosen(context: SiteContext, wanted: fn(&VariantDetail) -> bool) -> Memo<Vec<VariantDetail>> {
    Memo::new(move |_| {
        context.detail.with(|detail| detail.variants.iter().filter(|variant| wanted(variant)).cloned().collect())
    })
}

/// Variants that wait for approval; nothing when none does.
#[component]
pub fn ReviewPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let waiting = chosen(context, |variant| variant.variant.status == VariantStatus::PendingReview);
    let any = Memo::new(move |_| waiting.with(|waiting| !waiting.is_empty()));
    view! {
        <FormError action=context.act />
        <Done context=context />
        <Show when=move || any.get()>
            <section aria-labelledby="review-heading" class="space-y-3">
                <div>
                    <h2 id="review-heading" class="text-lg font-semibold">"Waiting for your approval"</h2>
                    <p class="text-sm text-muted-foreground">"No visitor sees a variant before you approve it."</p>
                </div>
                <Cards context=context variants=waiting />
            </section>
        </Show>
    }
}

/// Says what was done to a variant, and takes the focus: the button that had it is gone with its card.
#[component]
fn Done(context: SiteContext) -> impl IntoView {
    let asked = StoredValue::new(None::<(VariantId, VariantAction)>);
    let said = RwSignal::new(String::new());
    let element = NodeRef::<P>::new();
    Effect::new(move |_| {
        if let Some(asked_now) = context.act.input().with(|input| input.as_ref().map(|it| (it.variant_id, it.action))) {
            asked.set_value(Some(asked_now));
        }
    });
    Effect::new(move |before: Option<usize>| {
        let now = context.act.version().get();
        let succeeded = context.act.value().with_untracked(|value| matches!(value, Some(Ok(()))));
        if let (true, true, Some((id, action))) = (before.is_some_and(|it| it != now), succeeded, asked.get_value()) {
            let name = context.detail.with_untracked(|detail| {
                let found = detail.variants.iter().find(|variant| variant.variant.id == id);
                found.map(|variant| variant.variant.name.clone()).unwrap_or_default()
            });
            said.set(format!("{name} was {}.", words::done(action)));
            if let Some(element) = element.get_untracked() {
                // Without focus the sentence still stands there.
                let _ = element.focus();
            }
        }
        now
    });
    view! {
        <p node_ref=element tabindex="-1" role="status" class="text-sm text-muted-foreground">{said}</p>
    }
}

/// The control and every variant that was decided on.
#[component]
pub fn VariantsPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let running = chosen(context, |variant| {
        matches!(variant.variant.status, VariantStatus::Active | VariantStatus::Paused | VariantStatus::Winner)
    });
    let ended =
        chosen(context, |variant| matches!(variant.variant.status, VariantStatus::Killed | VariantStatus::Rejected));
    let ended_count = Memo::new(move |_| ended.with(Vec::len));
    let is_reading = Memo::new(move |_| context.detail.with(|detail| detail.summary.status == SiteStatus::Analyzing));
    let only_control = Memo::new(move |_| {
        context.detail.with(|detail| detail.variants.iter().all(|variant| variant.variant.is_control))
    });
    view! {
        <section aria-labelledby="variants-heading" class="space-y-3">
            <h2 id="variants-heading" class="text-lg font-semibold">"Variants"</h2>
            <Cards context=context variants=running />
            <Show when=move || only_control.get()>
                <EmptyState title="No variants yet" description=if is_reading.get() { "They are written once the page was read." } else { "Ask for some with the button above." } />
            </Show>
            <Show when=move || { ended_count.get() > 0 }>
                <details class="space-y-3">
                    <summary class="cursor-pointer text-sm text-muted-foreground hover:text-foreground">
                        {move || format!("Killed and rejected ({})", ended_count.get())}
                    </summary>
                    <div class="pt-3"><Cards context=context variants=ended /></div>
                </details>
            </Show>
            <RejectedPanel context=context />
        </section>
    }
}

#[component]
fn Cards(context: SiteContext, variants: Memo<Vec<VariantDetail>>) -> impl IntoView {
    view! {
        <ul class="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
            <For each=move || variants.get() key=identity let:variant>
                <li><VariantCard variant=variant context=context /></li>
            </For>
        </ul>
    }
}

/// What makes a card another one.
fn identity(variant: &VariantDetail) -> (VariantId, VariantStatus, Vec<String>) {
    let pictures = variant.pictures.iter().map(|picture| picture.path.clone()).collect();
    (variant.variant.id, variant.variant.status, pictures)
}
