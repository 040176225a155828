//! What the variants brought, measured by those who never saw one.

use crate::chart::format::{counted, percent, probability};
use crate::site::words;
use crate::ui::Card;
use domain::report::{ExtraConversions, HoldoutReport, SiteStatistics};
use leptos::prelude::*;

/// Width of the drawing in its own units.
const WIDTH: f64 = 400.0;

/// The holdout and the extra conversions; nothing on a site without a holdout.
#[component]
pub fn HoldoutCard(
    /// The numbers.
    #[prop(into)]
    statistics: Signal<SiteStatistics>,
) -> impl IntoView {
    let holdout = Memo::new(move |_| statistics.with(|statistics| statistics.holdout));
    view! {
        {move || {
            holdout.get().map(|holdout| view! {
                <section aria-labelledby="holdout-heading">
                    <Card class="space-y-3 p-5">
                        <h3 id="holdout-heading" class="font-semibold">"What the variants brought"</h3>
                        <p class="text-sm">{words::extra(&holdout)}</p>
                        {holdout.extra.map(interval)}
                        <p class="text-xs text-muted-foreground">{explanation(&holdout)}</p>
                    </Card>
                </section>
            })
        }}
    }
}

fn explanation(holdout: &HoldoutReport) -> String {
    format!(
        "{} of all visitors always see the untouched page, whatever the variants do: {} so far, {}. Everybody else is compared with them as soon as a visitor's time to convert is over.",
        percent(holdout.fraction, 0),
        counted(holdout.visitors, "visitor"),
        counted(holdout.conversions, "conversion"),
    )
}

/// The interval on an axis that shows where nothing is gained or lost.
fn interval(extra: ExtraConversions) -> impl IntoView {
    let ExtraConversions { lower, upper, estimate, prob_positive } = extra;
    let (from, to) = (lower.min(0.0), upper.max(0.0));
    let span = (to - from).max(f64::MIN_POSITIVE);
    let at = move |value: f64| format!("{:.1}", 10.0 + (WIDTH - 20.0) * (value - from) / span);
    let label =
        format!("95\u{a0}% interval of the extra conversions, {} to {}", words::whole(lower), words::whole(upper));
    view! {
        <figure class="space-y-1">
            <svg viewBox=format!("0 0 {WIDTH} 28") class="h-7 w-full max-w-xl" role="img" aria-label=label>
                <line x1="10" y1="14" x2=WIDTH - 10.0 y2="14" class="stroke-border" stroke-width="1" />
                <line x1=at(0.0) y1="2" x2=at(0.0) y2="26" class="stroke-muted-foreground" stroke-width="1" stroke-dasharray="3 3" />
                <line x1=at(lower) y1="14" x2=at(upper) y2="14" class="stroke-primary" stroke-width="6" stroke-linecap="round" />
                {estimate.map(|estimate| view! { <circle cx=at(estimate) cy="14" r="6" class="fill-background stroke-primary" stroke-width="3" /> })}
            </svg>
            <figcaption class="text-xs text-muted-foreground tabular-nums">
                {format!("The dashed line is 0. Chance that anything was gained: {}.", probability(prob_positive))}
            </figcaption>
        </figure>
    }
}
