//! The slots: which element each is, and whether it may change.

use crate::page_edits::api::{ChooseSlot, LockSlot};
use crate::page_edits::editor::{EditLink, Editing, Fault, Opened, SaveLine, SureBox, Yours, fault, note_changes};
use crate::page_edits::words;
use crate::site::parts::FormError;
use crate::ui::{Badge, BadgeVariant, Input, Label, Select};
use domain::page_edits::{Anchor, SlotChoice, elements_of};
use domain::page_model::{ElementKind, LockReason};
use domain::report::SiteDetail;
use domain::{Edit, PageModel, SlotName};
use leptos::prelude::*;

/// A slot as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Shown {
    /// Its text, or the address of its picture.
    text: Option<String>,
    /// Where it stands.
    css: String,
    /// Whether it holds other elements, which cannot be rewritten.
    is_mixed: bool,
    lock: Option<LockReason>,
}

fn shown(detail: &SiteDetail, slot: SlotName) -> Shown {
    let lock = detail.locked_slots.iter().find(|(name, _)| *name == slot).map(|(_, reason)| *reason);
    let Some(page) = &detail.page else { return Shown::default() };
    let text = match slot {
        SlotName::Headline => &page.headline,
        SlotName::Subheadline => &page.subheadline,
        SlotName::Cta => &page.cta,
        SlotName::SecondaryCta => &page.secondary_cta,
        SlotName::HeroImage => {
            let Some(image) = &page.hero_image else { return Shown { lock, ..Shown::default() } };
            return Shown { text: Some(image.src.clone()), css: image.locator.css.clone(), is_mixed: false, lock };
        }
    };
    text.as_ref().map_or(Shown { lock, ..Shown::default() }, |slot| Shown {
        text: Some(slot.text.clone()),
        css: slot.locator.css.clone(),
        is_mixed: !slot.plain_text,
        lock,
    })
}

/// One slot with its forms.
#[component]
pub fn SlotRow(
    /// What the parts share.
    editing: Editing,
    /// The slot.
    of: SlotName,
) -> impl IntoView {
    let slot = of;
    let line = format!("slot:{slot}");
    let now = Memo::new(move |_| editing.context.detail.with(|detail| shown(detail, slot)));
    let edit = editing.edit_at(line.clone());
    let lock_edit = editing.edit_at(format!("slot-lock:{slot}"));
    let name = words::slot(slot);
    let value = move || {
        now.with(|now| match &now.text {
            None => view! { <span class="text-sm text-muted-foreground">"not found"</span> }.into_any(),
            Some(text) => {
                let mixed = now.is_mixed.then(|| view! { <span class="block text-xs text-muted-foreground">"Holds other elements, so it is left as it is."</span> });
                view! {
                    <span class="block">{text.clone()}</span>
                    <code class="block font-mono text-xs text-muted-foreground break-all">{now.css.clone()}</code>
                    {mixed}
                }
                .into_any()
            }
        })
    };
    let lock = move || {
        now.with(|now| now.lock)
            .map(|reason| view! { <Badge variant=BadgeVariant::Secondary>{words::lock(reason)}</Badge> })
    };
    let yours = move || edit.get().map(|edit| view! { <Yours editing=editing edit=edit /> });
    let lock_yours = move || lock_edit.get().map(|edit| view! { <Yours editing=editing edit=edit /> });
    view! {
        <div class="grid gap-1 py-3 first:pt-0 last:pb-0 sm:grid-cols-[11rem_1fr]">
            <dt class="text-sm text-muted-foreground">{name}</dt>
            <dd class="min-w-0 break-words">
                <div class="flex items-start justify-between gap-3">
                    <div class="min-w-0 space-y-1">{value} {lock} {yours} {lock_yours}</div>
                    <EditLink editing=editing line=line.clone() subject=name />
                </div>
                <Opened editing=editing line=line>
                    <ChoiceForm editing=editing of=slot />
                    <LockForm editing=editing of=slot now=now />
                </Opened>
            </dd>
        </div>
    }
    .into_any()
}

/// Which element it is: one that was found, one that a selector means, or none.
#[component]
fn ChoiceForm(editing: Editing, of: SlotName) -> impl IntoView {
    let slot = of;
    let save = ServerAction::<ChooseSlot>::new();
    note_changes(save, editing.context);
    // Read once: what somebody chooses must not be overwritten by a change that arrives.
    let (options, css) = editing.context.detail.with_untracked(|detail| options(detail, slot));
    let (choice_fault, selector_fault) = (fault(save, "choice"), fault(save, "selector"));
    let options =
        options.into_iter().map(|(value, text, is_now)| view! { <option value=value selected=is_now>{text}</option> });
    view! {
        <ActionForm action=save attr:class="space-y-3">
            <input type="hidden" name="site_id" value=editing.context.site_id.to_string() />
            <input type="hidden" name="slot" value=slot.as_str() />
            <div class="space-y-2">
                <Label for_="slot-choice">{format!("Which element is the {}?", words::slot(slot).to_lowercase())}</Label>
                <Select id="slot-choice" name="choice" attr:aria-describedby="slot-choice-fault">
                    {options.collect_view()}
                </Select>
                <Fault id="slot-choice-fault" fault=choice_fault />
            </div>
            <div class="space-y-2">
                <Label for_="slot-selector">"CSS selector, if you chose that"</Label>
                <Input
                    id="slot-selector"
                    name="selector"
                    attr:value=css
                    attr:maxlength="500"
                    attr:spellcheck="false"
                    attr:autocomplete="off"
                    attr:autocapitalize="none"
                    attr:aria-describedby="slot-selector-fault slot-selector-help"
                    attr:aria-invalid=move || selector_fault.with(Option::is_some).then_some("true")
                />
                <Fault id="slot-selector-fault" fault=selector_fault />
                <p id="slot-selector-help" class="text-xs text-muted-foreground">
                    "It must mean exactly one element, like #hero h1. The page is read again to look it up."
                </p>
            </div>
            <SlotError action=save />
            <SaveLine action=save text="Save element" />
        </ActionForm>
    }
    .into_any()
}

/// What is wrong and stands at neither field.
#[component]
fn SlotError(action: ServerAction<ChooseSlot>) -> impl IntoView {
    let message = move || {
        action.value().with(|outcome| {
            let error = outcome.as_ref()?.as_ref().err()?;
            let told = error.is_about("choice") || error.is_about("selector");
            (!told).then(|| error.to_string())
        })
    };
    view! { <div role="alert" class="empty:hidden text-sm text-destructive">{message}</div> }
}

/// Value, words, and whether it is the present choice; and the selector of the present choice.
fn options(detail: &SiteDetail, slot: SlotName) -> (Vec<(String, String, bool)>, String) {
    let chosen = detail.edits.iter().find_map(|edit| match &edit.edit {
        Edit::Slot { slot: name, choice } if *name == slot => Some(choice.clone()),
        _ => None,
    });
    let now = shown(detail, slot).css;
    let css = match &chosen {
        Some(SlotChoice::Selector { css }) => css.clone(),
        _ => String::new(),
    };
    let is_element = matches!(chosen, None | Some(SlotChoice::Element { .. }));
    let mut options = Vec::new();
    if let Some(page) = detail.page.as_ref().filter(|_| slot != SlotName::HeroImage) {
        options.extend(elements(page).map(|(key, text, css)| (key, text, is_element && css == now)));
    }
    let none = matches!(chosen, Some(SlotChoice::Nothing)) || (chosen.is_none() && now.is_empty());
    options.push(("none".to_owned(), "The page has none".to_owned(), none));
    let by_selector = matches!(chosen, Some(SlotChoice::Selector { .. })) || (slot == SlotName::HeroImage && !none);
    options.push(("selector".to_owned(), "What the CSS selector below means".to_owned(), by_selector));
    (options, if slot == SlotName::HeroImage && css.is_empty() { now } else { css })
}

/// Key, words and selector of each element that has a text.
fn elements(page: &PageModel) -> impl Iterator<Item = (String, String, String)> {
    let has_text = |kind| !matches!(kind, ElementKind::FormField | ElementKind::Logo);
    elements_of(page).into_iter().filter(move |element| has_text(element.kind)).map(|element| {
        let text: String = element.text.chars().take(80).collect();
        let words = format!("{}: {text}", words::kind(element.kind));
        (Anchor::of(&element).key(), words, element.locator.css)
    })
}

/// Whether it may change.
#[component]
fn LockForm(editing: Editing, of: SlotName, now: Memo<Shown>) -> impl IntoView {
    let slot = of;
    let save = ServerAction::<LockSlot>::new();
    note_changes(save, editing.context);
    let sure_fault = fault(save, "sure");
    let lock = Memo::new(move |_| now.with(|now| now.lock));
    let name = words::slot(slot).to_lowercase();
    let sentence = move || match lock.get() {
        Some(_) => format!("The {name} is locked: no variant changes it."),
        None => format!("Variants may change the {name}."),
    };
    let warning = move || {
        lock.get().and_then(LockReason::warning).map(|warning| view! { <SureBox warning=warning fault=sure_fault /> })
    };
    let button = move || {
        if lock.get().is_some() {
            view! { <SaveLine action=save text="Unlock" /> }.into_any()
        } else {
            view! { <SaveLine action=save text="Lock" /> }.into_any()
        }
    };
    view! {
        <ActionForm action=save attr:class="space-y-3 border-t pt-4">
            <input type="hidden" name="site_id" value=editing.context.site_id.to_string() />
            <input type="hidden" name="slot" value=slot.as_str() />
            <input type="hidden" name="locked" value=move || if lock.get().is_some() { "false" } else { "true" } />
            <p class="text-sm">{sentence}</p>
            {warning}
            <FormError action=save except="sure" />
            {button}
        </ActionForm>
    }
    .into_any()
}
