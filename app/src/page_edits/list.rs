//! Everything that the owner said, with a way back for each.

use crate::page_edits::editor::{Editing, UndoForm};
use crate::page_edits::words;
use crate::site::parts::FormError;
use crate::ui::Card;
use domain::page_edits::EditReport;
use leptos::html::P;
use leptos::prelude::*;

/// The owner's edits; nothing while there are none.
#[component]
pub fn EditsCard(
    /// What the parts share.
    editing: Editing,
) -> impl IntoView {
    let edits = Memo::new(move |_| editing.context.detail.with(|detail| detail.edits.clone()));
    let heading = move || format!("Your edits ({})", edits.with(Vec::len));
    view! {
        <FormError action=editing.undo />
        <Undone editing=editing />
        <Show when=move || edits.with(|edits| !edits.is_empty())>
            <section aria-labelledby="edits-heading" class="space-y-3">
                <h2 id="edits-heading" class="text-lg font-semibold">{heading}</h2>
                <p class="text-sm text-muted-foreground">
                    "They hold whenever the page is read again. Variants that exist already stay as they are."
                </p>
                <Card class="px-5">
                    <ul class="divide-y">
                        <For each=move || edits.get() key=identity let:edit>
                            <EditRow editing=editing edit=edit />
                        </For>
                    </ul>
                </Card>
            </section>
        </Show>
    }
    .into_any()
}

/// Says that an edit was taken back, and takes the focus: the button that had it is gone with its line.
#[component]
fn Undone(editing: Editing) -> impl IntoView {
    let said = RwSignal::new("");
    let element = NodeRef::<P>::new();
    Effect::new(move |before: Option<usize>| {
        let now = editing.undo.version().get();
        let succeeded = editing.undo.value().with_untracked(|value| matches!(value, Some(Ok(()))));
        if before.is_some_and(|before| before != now) && succeeded {
            said.set("The edit was taken back.");
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

/// What makes a line another one.
fn identity(edit: &EditReport) -> String {
    format!("{}\n{}\n{:?}\n{:?}", edit.address, words::edit(edit), edit.read, edit.lost)
}

#[component]
fn EditRow(editing: Editing, edit: EditReport) -> impl IntoView {
    let said = words::edit(&edit);
    let read = words::read(&edit).map(|read| view! { <p class="text-xs text-muted-foreground break-words">{read}</p> });
    let lost = edit.lost.map(words::lost).map(|lost| view! { <p class="text-sm text-warning-strong">{lost}</p> });
    view! {
        <li class="flex items-start justify-between gap-3 py-3">
            <div class="min-w-0 space-y-1">
                <p class="text-sm break-words">{said.clone()}</p>
                {read}
                {lost}
            </div>
            <UndoForm editing=editing address=edit.address subject=said />
        </li>
    }
    .into_any()
}
