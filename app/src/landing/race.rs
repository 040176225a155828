//! The animated section: visitors flow, shares shift. CSS alone moves it, and only for people who like motion.

use leptos::prelude::*;

/// Three lanes whose widths follow what converts.
#[component]
pub fn Race() -> impl IntoView {
    let lanes = [
        ("Control", "bg-chart-1", "race-lane-a"),
        ("Variant A", "bg-chart-2", "race-lane-b"),
        ("Variant B", "bg-chart-3", "race-lane-c"),
    ];
    let rows = lanes.map(|(name, colour, animation)| {
        view! {
            <div class="grid grid-cols-[5.5rem_1fr] items-center gap-3">
                <span class="text-sm text-muted-foreground">{name}</span>
                <div class="h-8 overflow-hidden rounded-md bg-muted">
                    <div class=format!("race-lane h-full rounded-md {colour} {animation}")></div>
                </div>
            </div>
        }
    });
    view! {
        <div class="space-y-3 rounded-xl border bg-card p-6 shadow-sm" role="img" aria-label="Traffic starts even and moves to the variant that converts best">
            <div class="flex justify-between text-xs text-muted-foreground"><span>"Day 1: even split"</span><span>"Day 14: the best gets most"</span></div>
            {rows.into_iter().collect_view()}
        </div>
    }
    .into_any()
}
