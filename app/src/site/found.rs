//! What was found on the page.

use crate::site::page::SiteContext;
use crate::ui::{Card, EmptyState};
use domain::page_model::Direction;
use domain::{Inventory, PageModel, TextSlot};
use leptos::prelude::*;

/// Texts, picture, colour and fonts that Evoloop works with.
#[component]
pub fn FoundPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let page = Memo::new(move |_| context.detail.with(|detail| detail.page.clone()));
    view! {
        <section aria-labelledby="found-heading" class="max-w-3xl space-y-3">
            <h2 id="found-heading" class="text-lg font-semibold">"What was found on your page"</h2>
            {move || match page.get() {
                Some(page) => view! { <Found page=page /> }.into_any(),
                None => view! { <EmptyState title="The page was not read yet" description="This takes a few seconds after a site was added." /> }.into_any(),
            }}
        </section>
    }
}

/// The list of what was found; what is missing on the page says so.
#[component]
pub fn Found(
    /// The page.
    page: PageModel,
) -> impl IntoView {
    let texts = [
        ("Headline", page.headline),
        ("Subheadline", page.subheadline),
        ("Call to action", page.cta),
        ("Second call to action", page.secondary_cta),
    ];
    let image = page.hero_image.map(|image| {
        let alt = if image.alt.is_empty() { "no text alternative".to_owned() } else { image.alt };
        view! {
            <span class="block break-all font-mono text-xs">{image.src}</span>
            <span class="block text-sm text-muted-foreground">{alt}</span>
        }
    });
    view! {
        <Card class="p-5">
            <dl class="divide-y">
                {texts.map(|(name, slot)| entry(name, slot.map(text_slot)))}
                {entry("Hero image", image)}
                {entry("Brand colour", page.brand.primary_color.map(swatch))}
                {entry("Heading font", page.brand.heading_font)}
                {entry("Text font", page.brand.body_font)}
                {entry("Title", page.title)}
                {entry("Description", page.description)}
                {entry("Language", page.lang)}
                {entry("Reading direction", page.direction.map(direction))}
                {entry("Other texts", (!page.inventory.is_empty()).then(|| others(&page.inventory)))}
            </dl>
        </Card>
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Ltr => "Left to right",
        Direction::Rtl => "Right to left",
    }
}

/// How many texts beside the slots may be rewritten, and how many must stay as they are.
fn others(inventory: &Inventory) -> String {
    let locked = inventory.elements.iter().filter(|element| element.locked.is_some()).count();
    let free = inventory.elements.len() - locked;
    format!("{free} that may change, {locked} that stay as they are (prices, legal texts, forms, navigation)")
}

fn entry<V: IntoView + 'static>(name: &'static str, value: Option<V>) -> impl IntoView {
    view! {
        <div class="grid gap-1 py-3 first:pt-0 last:pb-0 sm:grid-cols-[11rem_1fr]">
            <dt class="text-sm text-muted-foreground">{name}</dt>
            <dd class="min-w-0 break-words">
                {match value {
                    Some(value) => value.into_any(),
                    None => view! { <span class="text-sm text-muted-foreground">"not found"</span> }.into_any(),
                }}
            </dd>
        </div>
    }
}

fn text_slot(slot: TextSlot) -> impl IntoView {
    let locked = (!slot.plain_text).then(|| view! { <span class="block text-xs text-muted-foreground">"Holds other elements, so it is left as it is."</span> });
    view! {
        <span class="block">{slot.text}</span>
        <code class="block font-mono text-xs text-muted-foreground break-all">{slot.locator.css}</code>
        {locked}
    }
}

fn swatch(color: String) -> impl IntoView {
    view! {
        <span class="inline-flex items-center gap-2">
            <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
                <rect x="0.5" y="0.5" width="19" height="19" rx="5" fill=color.clone() class="stroke-border" />
            </svg>
            <code class="font-mono text-sm">{color}</code>
        </span>
    }
}
