//! Choosing the colour scheme. Works as a form; with the page's program it changes at once.

use crate::account::api::SetTheme;
use crate::platform;
use leptos::prelude::*;

/// Three buttons of one form.
#[component]
pub fn ThemeForm() -> impl IntoView {
    let set_theme = ServerAction::<SetTheme>::new();
    let (chosen, set_chosen) = signal(platform::theme().to_owned());
    let buttons = [("light", "Light"), ("dark", "Dark"), ("system", "System")].map(|(value, name)| {
        view! {
            <button
                type="submit"
                name="theme"
                value=value
                aria-pressed=move || if chosen.get() == value { "true" } else { "false" }
                class="flex-1 cursor-pointer rounded-md px-3 py-1.5 text-sm text-muted-foreground hover:text-foreground aria-pressed:bg-background aria-pressed:text-foreground aria-pressed:shadow-sm"
                on:click=move |_| {
                    set_chosen.set(value.to_owned());
                    show(value);
                }
            >
                {name}
            </button>
        }
    });
    view! {
        <ActionForm action=set_theme>
            <fieldset class="flex gap-1 rounded-lg bg-muted p-1">
                <legend class="sr-only">"Colour scheme"</legend>
                {buttons.collect_view()}
            </fieldset>
        </ActionForm>
    }
}

/// Changes the open page; the cookie keeps it for the next one.
fn show(theme: &str) {
    let prefers_dark = || {
        let query = window().match_media("(prefers-color-scheme: dark)");
        query.ok().flatten().is_some_and(|query| query.matches())
    };
    let dark = theme == "dark" || (theme == "system" && prefers_dark());
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", theme);
        let _ = if dark { root.class_list().add_1("dark") } else { root.class_list().remove_1("dark") };
    }
}
