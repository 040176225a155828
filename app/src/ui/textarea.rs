//! Several lines of text.

use leptos::prelude::*;

/// A native text area; `attr:` adds whatever else it needs.
#[component]
pub fn Textarea(
    /// Identifier that its label points to.
    id: &'static str,
    /// Name in the form.
    name: &'static str,
    /// Lines that it shows at once.
    #[prop(default = 4)]
    rows: u32,
    /// What it holds at first.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <textarea
            id=id
            name=name
            rows=rows
            class="w-full min-w-0 rounded-md border border-input bg-background px-3 py-2 text-base shadow-xs placeholder:text-muted-foreground disabled:opacity-50 aria-invalid:border-destructive md:text-sm"
        >
            {text}
        </textarea>
    }
}
