//! The front page.

use super::race::Race;
use super::thompson::ThompsonDemo;
use crate::ui::{ButtonLink, ButtonSize, ButtonVariant, Logo};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

/// The page at `/`.
#[component]
pub fn LandingPage() -> impl IntoView {
    view! {
        <Title text="Landing pages that improve themselves" />
        <Meta name="description" content="Evoloop writes variants of your landing page, tests them on your visitors and moves traffic to what converts. Self-hosted, open source, one binary." />
        <header class="mx-auto flex h-16 max-w-6xl items-center justify-between px-4 sm:px-6">
            <a href="/" class="rounded-md" aria-label="Evoloop, front page"><Logo /></a>
            <nav aria-label="Account" class="flex items-center gap-2">
                <ButtonLink href="/login" variant=ButtonVariant::Ghost size=ButtonSize::Sm>"Log in"</ButtonLink>
                <ButtonLink href="/signup" size=ButtonSize::Sm>"Get started"</ButtonLink>
            </nav>
        </header>
        <main id="main" class="mx-auto max-w-6xl space-y-24 px-4 pb-24 pt-12 sm:px-6 lg:pt-20">
            <section class="grid items-center gap-12 lg:grid-cols-2">
                <div class="space-y-6">
                    <h1 class="text-balance text-4xl font-semibold tracking-tight sm:text-5xl">"Your landing page, improving itself."</h1>
                    <p class="max-w-xl text-pretty text-lg text-muted-foreground">
                        "Give Evoloop an address. It reads the page, writes variants in your own words, shows them to your visitors, and moves traffic to what converts. You approve; it does the rest."
                    </p>
                    <div class="flex flex-wrap gap-3">
                        <ButtonLink href="/signup" size=ButtonSize::Lg>"Add your page"</ButtonLink>
                        <ButtonLink href="/how-it-works" variant=ButtonVariant::Outline size=ButtonSize::Lg>"How it decides"</ButtonLink>
                    </div>
                    <p class="text-sm text-muted-foreground">"Open source. One binary on your own server. No cookies on your page."</p>
                </div>
                <Race />
            </section>
            <Steps />
            <section class="grid items-start gap-10 lg:grid-cols-[2fr_3fr]" aria-labelledby="honest-heading">
                <div class="space-y-4">
                    <h2 id="honest-heading" class="text-2xl font-semibold tracking-tight">"Traffic follows evidence, not hope."</h2>
                    <p class="text-muted-foreground">
                        "Every variant has a curve: what its conversion rate may be, given what was seen. Thompson sampling sends each visitor to a variant as often as that variant is likely to be the best. Move the sliders and see."
                    </p>
                    <p class="text-muted-foreground">"The control always keeps a share, so that what you gain can be measured."</p>
                </div>
                <ThompsonDemo />
            </section>
            <Promises />
        </main>
        <footer class="border-t">
            <p class="mx-auto max-w-6xl px-4 py-6 text-sm text-muted-foreground sm:px-6">"Evoloop is free software under the MIT and Apache 2.0 licences."</p>
        </footer>
    }
    .into_any()
}

#[component]
fn Steps() -> impl IntoView {
    let steps = [
        (
            "Read",
            "Evoloop fetches your page and finds the headline, the calls to action, the picture, the colours and the fonts.",
        ),
        (
            "Write",
            "It writes variants as small, typed changes, each with the reason for it. Built-in rules use only words of your page; connect a language model if you want more.",
        ),
        (
            "Learn",
            "One script tag serves them. Traffic moves to what converts, and you see every number with its uncertainty.",
        ),
    ];
    let cards = (1..).zip(steps).map(|(number, (title, text))| {
        view! {
            <li class="space-y-2 rounded-xl border bg-card p-6 text-card-foreground shadow-sm">
                <p class="text-sm font-medium text-brand">{format!("Step {number}")}</p>
                <h3 class="text-lg font-semibold">{title}</h3>
                <p class="text-sm text-muted-foreground">{text}</p>
            </li>
        }
    });
    view! {
        <section class="space-y-6" aria-labelledby="steps-heading">
            <h2 id="steps-heading" class="text-2xl font-semibold tracking-tight">"Three steps, then it runs"</h2>
            <ol class="grid gap-4 md:grid-cols-3">{cards.collect_view()}</ol>
        </section>
    }
    .into_any()
}

#[component]
fn Promises() -> impl IntoView {
    let promises = [
        (
            "Your page never breaks",
            "A variant applies whole or not at all. If Evoloop is away, visitors see your page as it is.",
        ),
        ("No event is lost or counted twice", "An event is answered after it is stored, and a repeat is recognised."),
        (
            "Nothing runs unseen",
            "Every variant waits for your approval, beside the original, with the words that change.",
        ),
        (
            "Your data stays yours",
            "One file or your own Postgres. No third party is asked, unless you connect a language model.",
        ),
    ];
    let rows = promises.map(|(title, text)| {
        view! {
            <li class="space-y-1"><h3 class="font-medium">{title}</h3><p class="text-sm text-muted-foreground">{text}</p></li>
        }
    });
    view! {
        <section class="space-y-6" aria-labelledby="promises-heading">
            <h2 id="promises-heading" class="text-2xl font-semibold tracking-tight">"What it promises"</h2>
            <ul class="grid gap-6 sm:grid-cols-2">{rows.into_iter().collect_view()}</ul>
        </section>
    }
    .into_any()
}
