//! The card around both forms.

use crate::ui::{Card, Logo};
use leptos::prelude::*;

/// A centred card with a heading and a way to the other form.
#[component]
pub fn AccountCard(
    /// Heading.
    title: &'static str,
    /// A line under it.
    description: &'static str,
    /// The form.
    children: Children,
) -> impl IntoView {
    view! {
        <main id="main" class="flex min-h-dvh flex-col items-center justify-center gap-8 px-4 py-12">
            <a href="/" class="rounded-md" aria-label="Evoloop, front page"><Logo /></a>
            <Card class="w-full max-w-sm space-y-6 p-6">
                <div class="space-y-1">
                    <h1 class="text-xl font-semibold tracking-tight">{title}</h1>
                    <p class="text-sm text-muted-foreground">{description}</p>
                </div>
                {children()}
            </Card>
        </main>
    }
}
