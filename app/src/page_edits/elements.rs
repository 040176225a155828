//! The other elements of the page: what each is for, and whether it may change.

use crate::page_edits::api::EditElement;
use crate::page_edits::editor::{EditLink, Editing, Opened, SaveLine, SureBox, Yours, fault, note_changes};
use crate::page_edits::words;
use crate::site::parts::FormError;
use crate::ui::{Badge, BadgeVariant, Card, Label, Select};
use domain::Edit;
use domain::page_edits::{Anchor, EditReport};
use domain::page_model::{Element, ElementKind, LockReason};
use domain::report::SiteDetail;
use leptos::prelude::*;
use std::collections::HashMap;

/// An element with what its owner said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    element: Element,
    edits: Vec<EditReport>,
    /// The lock that was read, where the owner opened it.
    was: Option<LockReason>,
}

/// Every element beside the slots, folded up.
#[component]
pub fn ElementsCard(
    /// What the parts share.
    editing: Editing,
) -> impl IntoView {
    let rows = Memo::new(move |_| editing.context.detail.with(rows));
    let keys = Memo::new(move |_| rows.with(|(keys, _)| keys.clone()));
    let summary = move || {
        rows.with(|(keys, rows)| {
            let locked = rows.values().filter(|row| row.element.locked.is_some()).count();
            format!("{} texts: {} may change, {locked} locked", keys.len(), keys.len() - locked)
        })
    };
    let left_out = move || {
        let left = editing.context.detail.with(|detail| {
            detail.page.as_ref().map_or(0, |page| page.inventory.left_out + page.inventory.locked_left_out)
        });
        (left > 0).then(
            || view! { <p class="pt-3 text-sm text-muted-foreground">{format!("{left} more are not listed.")}</p> },
        )
    };
    let is_open = editing.open.with_untracked(|open| open.starts_with("element:"));
    view! {
        <section aria-labelledby="elements-heading" class="space-y-3">
            <h2 id="elements-heading" class="text-lg font-semibold">"Other texts"</h2>
            <Card class="p-5">
                <details open=is_open>
                    <summary class="cursor-pointer text-sm">{summary}</summary>
                    <ul class="mt-3 divide-y border-t">
                        <For each=move || keys.get() key=Clone::clone let:key>
                            <ElementRow editing=editing rows=rows key=key />
                        </For>
                    </ul>
                    {left_out}
                </details>
            </Card>
        </section>
    }
    .into_any()
}

type Rows = (Vec<String>, HashMap<String, Row>);

fn rows(detail: &SiteDetail) -> Rows {
    let mut of_element: HashMap<&str, Vec<&EditReport>> = HashMap::new();
    for edit in &detail.edits {
        if let Some(element) = &edit.element {
            of_element.entry(element).or_default().push(edit);
        }
    }
    let (mut keys, mut rows) = (Vec::new(), HashMap::new());
    for element in detail.page.iter().flat_map(|page| &page.inventory.elements) {
        let key = Anchor::of(element).key();
        let edits: Vec<EditReport> = of_element.get(key.as_str()).into_iter().flatten().copied().cloned().collect();
        let was = edits.iter().find_map(|edit| match &edit.edit {
            Edit::Lock { despite, .. } => *despite,
            _ => None,
        });
        if rows.insert(key.clone(), Row { element: element.clone(), edits, was }).is_none() {
            keys.push(key);
        }
    }
    (keys, rows)
}

#[component]
fn ElementRow(editing: Editing, rows: Memo<Rows>, key: String) -> impl IntoView {
    let line = format!("element:{key}");
    let Some(first) = rows.with_untracked(|(_, rows)| rows.get(&key).cloned()) else { return ().into_any() };
    let subject: String = first.element.text.chars().take(60).collect();
    let text = first.element.text.clone();
    let own = key.clone();
    let row = Memo::new(move |_| rows.with(|(_, rows)| rows.get(&own).cloned()).unwrap_or_else(|| first.clone()));
    let badges = move || {
        let (kind, lock) = row.with(|row| (row.element.kind, row.element.locked));
        let lock = lock.map(|reason| view! { <Badge variant=BadgeVariant::Secondary>{words::lock(reason)}</Badge> });
        view! { <Badge variant=BadgeVariant::Outline>{words::kind(kind)}</Badge> {lock} }
    };
    let yours = move || {
        let edits = row.with(|row| row.edits.clone());
        edits.into_iter().map(|edit| view! { <Yours editing=editing edit=edit /> }).collect_view()
    };
    view! {
        <li class="py-3">
            <div class="flex items-start justify-between gap-3">
                <div class="min-w-0 space-y-1">
                    <p class="text-sm break-words">{if text.is_empty() { "(no text)".to_owned() } else { text }}</p>
                    <p class="flex flex-wrap gap-2">{badges}</p>
                    {yours}
                </div>
                <EditLink editing=editing line=line.clone() subject=subject />
            </div>
            <Opened editing=editing line=line>
                <ElementForm editing=editing key=key.clone() row=row />
            </Opened>
        </li>
    }
    .into_any()
}

#[component]
fn ElementForm(editing: Editing, key: String, row: Memo<Row>) -> impl IntoView {
    let save = ServerAction::<EditElement>::new();
    note_changes(save, editing.context);
    let sure_fault = fault(save, "sure");
    // Read once: what somebody chooses must not be overwritten by a change that arrives.
    let first = row.get_untracked();
    let is_locked = first.element.locked.is_some();
    let is_kind = first.element.kind;
    let kinds = ElementKind::ALL.iter().map(move |kind| {
        view! { <option value=kind.as_str() selected=*kind == is_kind>{words::kind(*kind)}</option> }
    });
    let warning = move || {
        let lock = row.with(|row| row.element.locked);
        lock.and_then(LockReason::warning).map(|warning| view! { <SureBox warning=warning fault=sure_fault /> })
    };
    let was = move || {
        let was = row.with(|row| row.was.filter(|_| row.element.locked.is_none()));
        was.map(|reason| view! { <p class="text-xs text-muted-foreground">{format!("You opened it although it was read as: {}.", words::lock(reason).to_lowercase())}</p> })
    };
    view! {
        <ActionForm action=save attr:class="space-y-3">
            <input type="hidden" name="site_id" value=editing.context.site_id.to_string() />
            <input type="hidden" name="element" value=key />
            <div class="space-y-2">
                <Label for_="element-kind">"What it is for"</Label>
                <Select id="element-kind" name="element_kind">{kinds.collect_view()}</Select>
            </div>
            <div class="space-y-2">
                <Label for_="element-locked">"Whether variants may change it"</Label>
                <Select id="element-locked" name="locked">
                    <option value="false" selected=!is_locked>"It may change"</option>
                    <option value="true" selected=is_locked>"It stays as it is"</option>
                </Select>
            </div>
            {warning}
            {was}
            <FormError action=save except="sure" />
            <SaveLine action=save text="Save" />
        </ActionForm>
    }
    .into_any()
}
