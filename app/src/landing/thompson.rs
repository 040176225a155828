//! Thompson sampling, drawn: what is known about three variants, and how traffic follows.
//!
//! Reacts to its sliders at once. Without the page's program the same sliders are a form, and the
//! server draws the answer.

use crate::chart::beta::curve;
use crate::chart::format::percent;
use crate::chart::path::{area, line};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Visitors that each variant has seen in the drawing.
const VISITORS: u32 = 400;
/// Rates on the horizontal axis, from 0.
const WIDEST: f64 = 0.2;
/// Drawing area.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 240.0;

/// Name, place in the address, first value and classes of each variant.
const ARMS: [(&str, &str, u32, &str, &str, &str); 3] = [
    ("Control", "a", 24, "stroke-chart-1", "fill-chart-1", ""),
    ("Variant A", "b", 30, "stroke-chart-2", "fill-chart-2", "7 4"),
    ("Variant B", "c", 38, "stroke-chart-3", "fill-chart-3", "2 4"),
];

/// Probability of being best and share of traffic of each variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// Probability of being best.
    pub prob_best: Vec<f64>,
    /// Share of new visitors, with the product's floors.
    pub weights: Vec<f64>,
}

/// What these conversions out of 400 visitors each lead to, by the product's own formulas.
#[must_use]
pub fn shares(conversions: &[u32]) -> Shares {
    let arms: Vec<(f64, f64)> = conversions.iter().map(|count| parameters(*count)).collect();
    let prob_best = bandit::prob_best(&arms).unwrap_or_default();
    let weights = bandit::allocation::weights(&prob_best, Some(0), bandit::allocation::Floors::default());
    Shares { weights: weights.unwrap_or_default(), prob_best }
}

fn parameters(conversions: u32) -> (f64, f64) {
    let conversions = conversions.min(VISITORS);
    (1.0 + f64::from(conversions), 1.0 + f64::from(VISITORS - conversions))
}

/// The drawing with its sliders.
#[component]
pub fn ThompsonDemo() -> impl IntoView {
    let query = use_query_map();
    let signals = ARMS.map(|(_, key, first, ..)| {
        let asked = query.with_untracked(|query| query.get(key).and_then(|text| text.parse::<u32>().ok()));
        RwSignal::new(asked.unwrap_or(first).min(60))
    });
    let counts = Memo::new(move |_| signals.map(|signal| signal.get()));
    let result = Memo::new(move |_| shares(&counts.get()));
    let sentence = move || {
        let result = result.get();
        let best = (0..ARMS.len()).max_by(|one, other| result.prob_best[*one].total_cmp(&result.prob_best[*other]));
        best.map(|best| {
            let (name, chance) = (ARMS[best].0, percent(result.prob_best[best], 0));
            format!(
                "{name} is best with probability {chance} and gets {} of new visitors.",
                percent(result.weights[best], 0)
            )
        })
    };
    view! {
        <figure class="space-y-5 rounded-xl border bg-card p-5 text-card-foreground shadow-sm" aria-labelledby="thompson-title">
            <figcaption class="space-y-1">
                <p id="thompson-title" class="font-medium">"What is known, and where traffic goes"</p>
                <p class="text-sm text-muted-foreground" aria-live="polite">{sentence}</p>
            </figcaption>
            <Curves counts=counts />
            <Traffic result=result />
            <form method="get" class="grid gap-4 sm:grid-cols-3">
                {ARMS.iter().zip(signals).map(|((name, key, ..), signal)| view! { <Slider name=name key=key value=signal /> }).collect_view()}
                <noscript><button type="submit" class="rounded-md border px-4 py-2 text-sm">"Draw again"</button></noscript>
            </form>
        </figure>
    }
    .into_any()
}

#[component]
fn Curves(counts: Memo<[u32; 3]>) -> impl IntoView {
    let drawn = move || {
        let counts = counts.get();
        let curves = counts.map(|count| {
            let (alpha, beta) = parameters(count);
            curve(alpha, beta, 60)
        });
        let highest = curves.iter().flatten().map(|(_, density)| *density).fold(1.0, f64::max);
        let place =
            |(rate, density): &(f64, f64)| (rate / WIDEST * WIDTH, HEIGHT - density / highest * (HEIGHT - 16.0));
        let shapes = ARMS.iter().zip(curves.iter()).map(|((_, _, _, stroke, fill, dash), points)| {
            let upper: Vec<(f64, f64)> = points.iter().map(place).collect();
            let floor: Vec<(f64, f64)> = upper.iter().map(|(x, _)| (*x, HEIGHT)).collect();
            view! {
                <path d=area(&upper, &floor) class=*fill fill-opacity="0.12" />
                <path d=line(&upper) fill="none" class=*stroke stroke-width="2.5" stroke-dasharray=*dash />
            }
        });
        shapes.collect_view()
    };
    let ticks = [0.0, 0.05, 0.1, 0.15, 0.2].map(|rate: f64| {
        let anchor = if rate == 0.0 { "start" } else if rate >= WIDEST { "end" } else { "middle" };
        view! {
            <text x=(rate / WIDEST * WIDTH).to_string() y="258" text-anchor=anchor class="fill-muted-foreground text-xs">{percent(rate, 0)}</text>
        }
    });
    view! {
        <svg viewBox="0 0 640 264" width="100%" role="img" aria-label="Posterior densities of the conversion rates of three variants">
            <line x1="0" x2="640" y1="240" y2="240" class="stroke-border" />
            {drawn}
            {ticks.into_iter().collect_view()}
        </svg>
    }
    .into_any()
}

#[component]
fn Traffic(result: Memo<Shares>) -> impl IntoView {
    let bars = move || {
        let weights = result.get().weights;
        let mut left = 0.0;
        ARMS.iter()
            .zip(weights)
            .map(|((name, _, _, _, fill, _), weight)| {
                let x = left;
                left += weight * WIDTH;
                let label = (weight > 0.12).then(|| format!("{name} {}", percent(weight, 0)));
                view! {
                    <rect x=x.to_string() y="0" width=(weight * WIDTH).to_string() height="34" class=*fill fill-opacity="0.35" />
                    <text x=(x + 8.0).to_string() y="22" class="fill-foreground text-xs font-medium">{label}</text>
                }
            })
            .collect_view()
    };
    view! {
        <svg viewBox="0 0 640 34" width="100%" role="img" aria-label="Share of new visitors of each variant" class="rounded-md">{bars}</svg>
    }
    .into_any()
}

#[component]
fn Slider(name: &'static str, key: &'static str, value: RwSignal<u32>) -> impl IntoView {
    let id = format!("thompson-{key}");
    view! {
        <div class="space-y-1">
            <label for=id.clone() class="flex justify-between text-sm">
                <span>{name}</span>
                <span class="tabular-nums text-muted-foreground">{move || format!("{} of {VISITORS}", value.get())}</span>
            </label>
            <input
                id=id
                type="range"
                name=key
                min="0"
                max="60"
                value=value.get_untracked().to_string()
                class="h-6 w-full accent-primary"
                on:input=move |event| {
                    if let Ok(count) = event_target_value(&event).parse() {
                        value.set(count);
                    }
                }
            />
        </div>
    }
}
