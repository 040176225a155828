//! A variant: what it changes, why, and what its owner can do with it.

use crate::site::diff::ChangeList;
use crate::site::page::SiteContext;
use crate::site::parts::ToneBadge;
use crate::site::pictures::Pictures;
use crate::site::words;
use crate::ui::{Badge, BadgeVariant, Button, ButtonSize, ButtonVariant, Dialog, DialogClose, DialogTrigger};
use domain::copy::dollars;
use domain::report::VariantDetail;
use domain::variant::VariantAction;
use domain::{Variant, VariantId};
use leptos::prelude::*;

/// A card of one variant.
#[component]
pub fn VariantCard(
    /// The variant.
    variant: VariantDetail,
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let VariantDetail { variant, changes, pictures, preview_link } = variant;
    let heading = format!("variant-{}", variant.id);
    let label = heading.clone();
    let footer = buttons(&variant, context);
    let body = if variant.is_control {
        view! {
            <p class="text-sm text-muted-foreground">
                "Your page as it is. It always keeps some visitors, so that every other variant has something to be measured against."
            </p>
        }
        .into_any()
    } else {
        view! {
            <ChangeList changes=changes />
            <div class="space-y-1 border-t pt-4">
                <h4 class="text-xs font-medium uppercase tracking-wide text-muted-foreground">"Why it should convert better"</h4>
                <p class="text-sm">{variant.generation_reasoning.clone()}</p>
                {made(&variant)}
            </div>
            {variant.provenance.review.as_ref().map(|review| view! {
                <p role="note" class="rounded-md border border-warning p-3 text-sm">
                    "Check this claim before you approve: " {review.reason.clone()} "."
                </p>
            })}
        }
        .into_any()
    };
    view! {
        <article
            aria-labelledby=label
            data-variant-id=variant.id.to_string()
            class="flex h-full flex-col gap-4 rounded-xl border bg-card p-5 text-card-foreground shadow-sm"
        >
            <div class="space-y-2">
                <div class="flex flex-wrap items-center justify-between gap-2">
                    <h3 id=heading class="font-semibold">{variant.name.clone()}</h3>
                    <ToneBadge state=words::variant_status(variant.status) />
                </div>
                {(!variant.is_control).then(|| origin(&variant))}
            </div>
            <Pictures of=variant.name.clone() pictures=pictures class="max-h-56" />
            {body}
            <PreviewLink link=preview_link name=variant.name.clone() />
            {footer.map(|footer| view! { <div class="mt-auto flex flex-wrap gap-2 border-t pt-4">{footer}</div> })}
        </article>
    }
}

/// Leads to the page as visitors of the variant see it; nothing that happens there is counted.
#[component]
fn PreviewLink(link: String, name: String) -> impl IntoView {
    view! {
        <p class="text-sm">
            <a
                href=link
                target="_blank"
                rel="noopener noreferrer"
                class="underline underline-offset-4 hover:text-muted-foreground"
            >
                "Preview on your page"
                <span class="sr-only">", " {name} " (opens in a new tab)"</span>
            </a>
        </p>
    }
}

/// What the test of it decides, and what it cost to write.
fn made(variant: &Variant) -> impl IntoView + use<> {
    let provenance = &variant.provenance;
    let hypothesis = Some(provenance.hypothesis.clone()).filter(|text| !text.is_empty());
    let cost = provenance.cost_micros.map(|micros| format!("cost {}", dollars(micros)));
    let details: Vec<String> = provenance.prompt_version.clone().into_iter().chain(cost).collect();
    view! {
        {hypothesis.map(|text| view! { <p class="text-sm text-muted-foreground">"Hypothesis: " {text}</p> })}
        {(!details.is_empty()).then(|| view! { <p class="text-xs text-muted-foreground">{details.join(", ")}</p> })}
    }
}

/// Who wrote it, by which strategy, in which generation.
fn origin(variant: &Variant) -> impl IntoView + use<> {
    let texts =
        [words::author(&variant.author), variant.strategy.clone(), format!("Generation {}", variant.generation)];
    let badges = texts.map(|text| view! { <Badge variant=BadgeVariant::Outline>{text}</Badge> });
    view! { <p class="flex flex-wrap gap-2">{badges}</p> }
}

/// The steps that the variant's state offers; none for the control.
fn buttons(variant: &Variant, context: SiteContext) -> Option<AnyView> {
    let actions = if variant.is_control { Vec::new() } else { variant.status.actions() };
    if actions.is_empty() {
        return None;
    }
    let (id, name) = (variant.id, variant.name.clone());
    let forms = actions.into_iter().map(|action| match action {
        VariantAction::Kill => view! { <KillDialog id=id name=name.clone() context=context /> }.into_any(),
        action => view! { <ActForm id=id name=name.clone() action=action context=context /> }.into_any(),
    });
    Some(forms.collect_view().into_any())
}

#[component]
fn ActForm(id: VariantId, name: String, action: VariantAction, context: SiteContext) -> impl IntoView {
    let variant = match action {
        VariantAction::Approve => ButtonVariant::Default,
        VariantAction::Kill => ButtonVariant::Destructive,
        VariantAction::Reject | VariantAction::Pause | VariantAction::Resume => ButtonVariant::Outline,
    };
    view! {
        <ActionForm action=context.act>
            <input type="hidden" name="site_id" value=context.site_id.to_string() />
            <input type="hidden" name="variant_id" value=id.to_string() />
            <input type="hidden" name="action" value=action.as_str() />
            <Button kind="submit" variant=variant size=ButtonSize::Sm disabled=Signal::from(context.act.pending())>
                {words::action(action)}
                <span class="sr-only">" " {name}</span>
            </Button>
        </ActionForm>
    }
}

/// Killing cannot be undone, so it is asked for twice.
#[component]
fn KillDialog(id: VariantId, name: String, context: SiteContext) -> impl IntoView {
    let dialog_id = format!("kill-{id}");
    let (title, spoken) = (format!("Kill {name}?"), name.clone());
    let close = dialog_id.clone();
    view! {
        <DialogTrigger target=dialog_id.clone() variant=ButtonVariant::Outline size=ButtonSize::Sm>
            "Kill"
            <span class="sr-only">" " {spoken}</span>
        </DialogTrigger>
        <Dialog
            id=dialog_id
            title=title
            description="It gets no visitors any more and never returns. What was counted stays. To stop it for a while, pause it instead."
        >
            <div class="flex justify-end gap-2">
                <DialogClose target=close>"Cancel"</DialogClose>
                <ActForm id=id name=name action=VariantAction::Kill context=context />
            </div>
        </Dialog>
    }
}
