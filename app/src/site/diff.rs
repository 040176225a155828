//! A variant's changes against the control, word by word.

use domain::report::Change;
use domain::word_diff::Run;
use leptos::prelude::*;

/// What a variant changes, place by place.
#[component]
pub fn ChangeList(
    /// The changes.
    changes: Vec<Change>,
) -> impl IntoView {
    let rows = changes.into_iter().map(|change| {
        view! {
            <div class="space-y-1">
                <dt class="text-xs font-medium uppercase tracking-wide text-muted-foreground">{change.place}</dt>
                <dd class="text-sm leading-relaxed wrap-anywhere">{runs(change.runs)}</dd>
            </div>
        }
    });
    view! { <dl class="space-y-3">{rows.collect_view()}</dl> }
}

/// Removed words are struck through and added ones underlined, so that colour is never the only sign.
fn runs(runs: Vec<Run>) -> impl IntoView {
    let runs = runs.into_iter().map(|run| match run {
        Run::Same(text) => view! { <span>{text + " "}</span> }.into_any(),
        Run::Removed(text) => view! {
            <del class="rounded bg-destructive/10 px-0.5 text-destructive line-through decoration-1">{text}</del>
            " "
        }
        .into_any(),
        Run::Added(text) => view! {
            <ins class="rounded bg-success/15 px-0.5 text-success-strong underline decoration-1 underline-offset-4">{text}</ins>
            " "
        }
        .into_any(),
    });
    runs.collect_view()
}
