//! The facts ledger: what variants may say, and what they must not.

use crate::page_edits::api::{AddFact, CorrectFact, RemoveFact};
use crate::page_edits::editor::{EditLink, Editing, Fault, Opened, SaveLine, fault, note_changes};
use crate::page_edits::words;
use crate::site::parts::FormError;
use crate::ui::{Badge, BadgeVariant, Card, Input, Label};
use domain::page_edits::{MAX_FACT_CHARS, fact_id, stated};
use domain::{Edit, Fact, FactKind};
use leptos::prelude::*;

/// A form for what the page does not say, and all that it says.
#[component]
pub fn FactsCard(
    /// What the parts share.
    editing: Editing,
) -> impl IntoView {
    let facts = Memo::new(move |_| read_facts(editing));
    let of = move |names: bool| {
        Memo::new(move |_| {
            facts.with(|facts| {
                facts.iter().filter(|fact| (fact.kind == FactKind::Name) == names).cloned().collect::<Vec<_>>()
            })
        })
    };
    view! {
        <section aria-labelledby="facts-heading" class="space-y-3">
            <h2 id="facts-heading" class="text-lg font-semibold">"Facts"</h2>
            <p class="text-sm text-muted-foreground">
                "A variant may say these and nothing else that a reader could check. What you added or took back stands under your edits."
            </p>
            <Card class="space-y-4 p-5">
                <AddForm editing=editing />
                <FactList editing=editing facts=of(false) title="Figures, prices, promises" />
                <FactList editing=editing facts=of(true) title="Names and words with a capital letter" />
            </Card>
        </section>
    }
    .into_any()
}

/// The page's own facts, each once; those that the owner added stand among the edits.
fn read_facts(editing: Editing) -> Vec<Fact> {
    editing.context.detail.with(|detail| {
        let said = detail.edits.iter().filter_map(|edit| match &edit.edit {
            Edit::AddFact { text } | Edit::Fact { instead: Some(text), .. } => Some(stated(text)),
            _ => None,
        });
        let mut seen: Vec<String> = said.flatten().map(|fact| fact_id(&fact)).collect();
        let mut facts = Vec::new();
        for fact in detail.page.iter().flat_map(|page| &page.facts) {
            let id = fact_id(fact);
            if !seen.contains(&id) {
                seen.push(id);
                facts.push(fact.clone());
            }
        }
        facts
    })
}

#[component]
fn FactList(editing: Editing, facts: Memo<Vec<Fact>>, title: &'static str) -> impl IntoView {
    let summary = move || format!("{title} ({})", facts.with(Vec::len));
    let is_open = facts.with_untracked(|facts| {
        editing.open.with_untracked(|open| facts.iter().any(|fact| *open == format!("fact:{}", fact_id(fact))))
    });
    view! {
        <details open=is_open class="border-t pt-4">
            <summary class="cursor-pointer text-sm">{summary}</summary>
            <ul class="mt-3 divide-y">
                <For each=move || facts.get() key=fact_id let:fact>
                    <FactRow editing=editing fact=fact />
                </For>
            </ul>
        </details>
    }
    .into_any()
}

#[component]
fn FactRow(editing: Editing, fact: Fact) -> impl IntoView {
    let id = fact_id(&fact);
    let line = format!("fact:{id}");
    let counted = fact.unit.join(" ");
    let counted = (!counted.is_empty() && !fact.text.to_lowercase().contains(&counted))
        .then(|| view! { <span class="text-muted-foreground">" " {counted}</span> });
    view! {
        <li class="py-2">
            <div class="flex items-start justify-between gap-3">
                <p class="flex min-w-0 flex-wrap items-center gap-2 text-sm">
                    <Badge variant=BadgeVariant::Outline>{words::fact(fact.kind)}</Badge>
                    <span class="min-w-0 break-words">{fact.text.clone()} {counted}</span>
                </p>
                <EditLink editing=editing line=line.clone() subject=fact.text.clone() />
            </div>
            <Opened editing=editing line=line>
                <CorrectForm editing=editing id=id.clone() />
                <RemoveForm editing=editing id=id.clone() />
            </Opened>
        </li>
    }
    .into_any()
}

#[component]
fn AddForm(editing: Editing) -> impl IntoView {
    let save = ServerAction::<AddFact>::new();
    note_changes(save, editing.context);
    let text_fault = fault(save, "text");
    view! {
        <ActionForm action=save attr:class="space-y-3">
            <input type="hidden" name="site_id" value=editing.context.site_id.to_string() />
            <div class="space-y-2">
                <Label for_="fact-text">"Something true that your page does not say"</Label>
                <Input
                    id="fact-text"
                    name="text"
                    attr:required=true
                    attr:maxlength=MAX_FACT_CHARS.to_string()
                    attr:autocomplete="off"
                    attr:aria-describedby="fact-text-fault fact-text-help"
                    attr:aria-invalid=move || text_fault.with(Option::is_some).then_some("true")
                />
                <Fault id="fact-text-fault" fault=text_fault />
                <p id="fact-text-help" class="text-xs text-muted-foreground">
                    "A sentence that may stand on your page, like: Used by 10,000 bakers."
                </p>
            </div>
            <FormError action=save except="text" />
            <SaveLine action=save text="Add fact" />
        </ActionForm>
    }
    .into_any()
}

#[component]
fn CorrectForm(editing: Editing, id: String) -> impl IntoView {
    let save = ServerAction::<CorrectFact>::new();
    note_changes(save, editing.context);
    let instead_fault = fault(save, "instead");
    view! {
        <ActionForm action=save attr:class="space-y-3">
            <input type="hidden" name="site_id" value=editing.context.site_id.to_string() />
            <input type="hidden" name="fact" value=id />
            <div class="space-y-2">
                <Label for_="fact-instead">"What is true instead, as a sentence"</Label>
                <Input
                    id="fact-instead"
                    name="instead"
                    attr:required=true
                    attr:maxlength=MAX_FACT_CHARS.to_string()
                    attr:autocomplete="off"
                    attr:aria-describedby="fact-instead-fault"
                    attr:aria-invalid=move || instead_fault.with(Option::is_some).then_some("true")
                />
                <Fault id="fact-instead-fault" fault=instead_fault />
            </div>
            <FormError action=save except="instead" />
            <SaveLine action=save text="Correct" />
        </ActionForm>
    }
    .into_any()
}

#[component]
fn RemoveForm(editing: Editing, id: String) -> impl IntoView {
    let save = ServerAction::<RemoveFact>::new();
    note_changes(save, editing.context);
    view! {
        <ActionForm action=save attr:class="space-y-3 border-t pt-4">
            <input type="hidden" name="site_id" value=editing.context.site_id.to_string() />
            <input type="hidden" name="fact" value=id />
            <p class="text-sm">"No variant may say it, although the page does."</p>
            <FormError action=save />
            <SaveLine action=save text="Take it back" />
        </ActionForm>
    }
    .into_any()
}
