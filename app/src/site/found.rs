//! What was found on the page, and what its owner says about it.

use crate::page_edits::api::ReadAgain;
use crate::page_edits::brand::BrandRow;
use crate::page_edits::editor::{Editing, note_changes};
use crate::page_edits::elements::ElementsCard;
use crate::page_edits::facts::FactsCard;
use crate::page_edits::list::EditsCard;
use crate::page_edits::slots::SlotRow;
use crate::site::page::SiteContext;
use crate::site::parts::FormError;
use crate::ui::{Button, ButtonSize, ButtonVariant, Card, EmptyState};
use domain::SlotName;
use domain::page_edits::BrandField;
use leptos::prelude::*;

/// Texts, picture, brand and facts that Evoloop works with, each with a way to say something else.
#[component]
pub fn FoundPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let is_read = Memo::new(move |_| context.detail.with(|detail| detail.page.is_some()));
    let editing = Editing::new(context);
    view! {
        <section aria-labelledby="found-heading" class="max-w-3xl space-y-3">
            <div class="flex flex-wrap items-center justify-between gap-3">
                <h2 id="found-heading" class="text-lg font-semibold">"What was found on your page"</h2>
                <ReadAgainForm context=context />
            </div>
            {move || if is_read.get() {
                view! { <Found editing=editing /> }.into_any()
            } else {
                view! { <EmptyState title="The page was not read yet" description="This takes a few seconds after a site was added." /> }.into_any()
            }}
        </section>
    }
}

#[component]
fn ReadAgainForm(context: SiteContext) -> impl IntoView {
    let read = ServerAction::<ReadAgain>::new();
    note_changes(read, context);
    view! {
        <ActionForm action=read attr:class="flex flex-wrap items-center gap-3">
            <input type="hidden" name="site_id" value=context.site_id.to_string() />
            <FormError action=read />
            <Button kind="submit" variant=ButtonVariant::Outline size=ButtonSize::Sm disabled=Signal::from(read.pending())>
                "Read the page again"
            </Button>
        </ActionForm>
    }
}

/// The parts of what was found.
#[component]
pub fn Found(
    /// What the parts share.
    editing: Editing,
) -> impl IntoView {
    let slots = SlotName::ALL.iter().map(|slot| view! { <SlotRow editing=editing of=*slot /> }).collect_view();
    let fields = BrandField::ALL.iter().map(|field| view! { <BrandRow editing=editing field=*field /> }).collect_view();
    let head = move || {
        let page = editing
            .context
            .detail
            .with(|detail| detail.page.as_ref().map(|page| (page.title.clone(), page.description.clone())));
        page.map(|(title, description)| {
            view! {
                {entry("Title", title)}
                {entry("Description", description)}
            }
        })
    };
    view! {
        <div class="space-y-8">
            <Card class="p-5"><dl class="divide-y">{slots} {head}</dl></Card>
            <EditsCard editing=editing />
            <section aria-labelledby="brand-heading" class="space-y-3">
                <h2 id="brand-heading" class="text-lg font-semibold">"Brand and language"</h2>
                <Card class="p-5"><dl class="divide-y">{fields}</dl></Card>
            </section>
            <ElementsCard editing=editing />
            <FactsCard editing=editing />
        </div>
    }
    .into_any()
}

fn entry(name: &'static str, value: Option<String>) -> impl IntoView {
    let value = match value {
        Some(value) => view! { <span>{value}</span> }.into_any(),
        None => view! { <span class="text-sm text-muted-foreground">"not found"</span> }.into_any(),
    };
    view! {
        <div class="grid gap-1 py-3 last:pb-0 sm:grid-cols-[11rem_1fr]">
            <dt class="text-sm text-muted-foreground">{name}</dt>
            <dd class="min-w-0 break-words">{value}</dd>
        </div>
    }
}
