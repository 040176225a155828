//! Copying a text. The text itself always stands beside it, for browsers without the page's program.

use super::{Button, ButtonSize, ButtonVariant};
use leptos::prelude::*;
use std::time::Duration;

/// A button that copies a text and says so for two seconds.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: String,
    /// The button's words.
    label: &'static str,
) -> impl IntoView {
    let (copied, set_copied) = signal(false);
    let copy = move |_| {
        // The promise fails where the browser forbids it; then the text can still be marked by hand.
        let _ = window().navigator().clipboard().write_text(&text);
        set_copied.set(true);
        set_timeout(
            move || {
                set_copied.try_set(false);
            },
            Duration::from_secs(2),
        );
    };
    view! {
        <Button variant=ButtonVariant::Outline size=ButtonSize::Sm on:click=copy>
            <span aria-live="polite">{move || if copied.get() { "Copied" } else { label }}</span>
        </Button>
    }
}
