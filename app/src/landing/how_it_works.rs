//! How Evoloop decides, with the drawing to try it.

use super::thompson::ThompsonDemo;
use crate::ui::{ButtonLink, Logo};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/how-it-works`.
#[component]
pub fn HowItWorksPage() -> impl IntoView {
    let parts = [
        (
            "A visitor counts once",
            "The unit is the visitor, not the page view. Somebody is counted when the variant was really shown, and converts at most once.",
        ),
        (
            "Each variant has a posterior",
            "From visitors and conversions follows a Beta distribution of the conversion rate. More visitors make it narrower.",
        ),
        (
            "Traffic matches the probability to be best",
            "A variant that is best with probability 70 % gets about 70 % of new visitors. The control keeps at least 5 %, every other variant 1 %.",
        ),
        (
            "The same visitor sees the same variant",
            "A keyed hash decides, so nobody sees the page change from visit to visit, and a change of weights moves as few people as possible.",
        ),
    ];
    let rows = parts.map(|(title, text)| {
        view! { <li class="space-y-1"><h2 class="font-medium">{title}</h2><p class="text-muted-foreground">{text}</p></li> }
    });
    view! {
        <Title text="How it decides" />
        <header class="mx-auto flex h-16 max-w-3xl items-center justify-between px-4 sm:px-6">
            <a href="/" class="rounded-md" aria-label="Evoloop, front page"><Logo /></a>
            <ButtonLink href="/signup">"Get started"</ButtonLink>
        </header>
        <main id="main" class="mx-auto max-w-3xl space-y-10 px-4 pb-24 pt-8 sm:px-6">
            <h1 class="text-3xl font-semibold tracking-tight">"How Evoloop decides"</h1>
            <ThompsonDemo />
            <ol class="space-y-6">{rows.into_iter().collect_view()}</ol>
        </main>
    }
    .into_any()
}
