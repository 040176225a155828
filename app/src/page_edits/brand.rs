//! Brand and language, one line each.

use crate::page_edits::api::EditBrand;
use crate::page_edits::editor::{EditLink, Editing, Fault, Opened, SaveLine, Yours, fault, note_changes};
use crate::page_edits::words;
use crate::site::parts::FormError;
use crate::ui::{Input, Label, Select};
use domain::page_edits::{BrandField, MAX_FIELD_CHARS};
use leptos::prelude::*;

/// One field with its form.
#[component]
pub fn BrandRow(
    /// What the parts share.
    editing: Editing,
    /// The field.
    field: BrandField,
) -> impl IntoView {
    let line = format!("brand:{field}");
    let now =
        Memo::new(move |_| editing.context.detail.with(|detail| detail.page.as_ref().and_then(|page| field.of(page))));
    let edit = editing.edit_at(line.clone());
    let name = words::field(field);
    let value = move || match now.get() {
        None => view! { <span class="text-sm text-muted-foreground">"not found"</span> }.into_any(),
        Some(colour) if field.is_colour() => view! { <Swatch colour=colour /> }.into_any(),
        Some(value) => view! { <span class="break-words">{words::value(field, &value)}</span> }.into_any(),
    };
    let yours = move || edit.get().map(|edit| view! { <Yours editing=editing edit=edit /> });
    view! {
        <div class="grid gap-1 py-3 first:pt-0 last:pb-0 sm:grid-cols-[11rem_1fr]">
            <dt class="text-sm text-muted-foreground">{name}</dt>
            <dd class="min-w-0 break-words">
                <div class="flex items-start justify-between gap-3">
                    <div class="min-w-0 space-y-1">{value} {yours}</div>
                    <EditLink editing=editing line=line.clone() subject=name />
                </div>
                <Opened editing=editing line=line>
                    <FieldForm editing=editing field=field now=now />
                </Opened>
            </dd>
        </div>
    }
    .into_any()
}

#[component]
fn FieldForm(editing: Editing, field: BrandField, now: Memo<Option<String>>) -> impl IntoView {
    let save = ServerAction::<EditBrand>::new();
    note_changes(save, editing.context);
    let value_fault = fault(save, "value");
    // Read once: what somebody types must not be overwritten by a change that arrives.
    let value = now.get_untracked().unwrap_or_default();
    let choices: &[&str] = match field {
        BrandField::Direction => &["ltr", "rtl"],
        BrandField::Formality => &["familiar", "polite"],
        _ => &[],
    };
    let help = match field {
        _ if field.is_colour() => "As # and six digits. Leave it empty if there is none.",
        BrandField::Language => "As its short tag, like en, de or pt. Variants are written in it.",
        BrandField::Voice => {
            "How your page is to sound, like: plain and warm, never pushy. The language model is told."
        }
        BrandField::Direction | BrandField::Formality => "The language model is told how the reader is addressed.",
        _ => "The name of one font. Leave it empty if there is none.",
    };
    let help = if field == BrandField::Direction { "Which way the text of the page runs." } else { help };
    let input = if choices.is_empty() {
        view! {
            <Input
                id="field-value"
                name="value"
                attr:value=value
                attr:maxlength=MAX_FIELD_CHARS.to_string()
                attr:autocomplete="off"
                attr:aria-describedby="field-fault field-help"
                attr:aria-invalid=move || value_fault.with(Option::is_some).then_some("true")
            />
        }
        .into_any()
    } else {
        let is_none = value.is_empty();
        let options: Vec<_> = choices
            .iter()
            .map(|choice| {
                let (text, is_now) = (words::value(field, choice), *choice == value);
                view! { <option value=*choice selected=is_now>{text}</option> }
            })
            .collect();
        view! {
            <Select id="field-value" name="value" attr:aria-describedby="field-fault field-help">
                <option value="" selected=is_none>"Neither"</option>
                {options}
            </Select>
        }
        .into_any()
    };
    view! {
        <ActionForm action=save attr:class="space-y-3">
            <input type="hidden" name="site_id" value=editing.context.site_id.to_string() />
            <input type="hidden" name="field" value=field.as_str() />
            <div class="space-y-2">
                <Label for_="field-value">{words::field(field)}</Label>
                {input}
                <Fault id="field-fault" fault=value_fault />
                <p id="field-help" class="text-xs text-muted-foreground">{help}</p>
            </div>
            <FormError action=save except="value" />
            <SaveLine action=save text="Save" />
        </ActionForm>
    }
    .into_any()
}

/// A colour with its name.
#[component]
fn Swatch(colour: String) -> impl IntoView {
    view! {
        <span class="inline-flex items-center gap-2">
            <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
                <rect x="0.5" y="0.5" width="19" height="19" rx="5" fill=colour.clone() class="stroke-border" />
            </svg>
            <code class="font-mono text-sm">{colour}</code>
        </span>
    }
}
