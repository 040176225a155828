//! A modal dialog on the native element, opened and closed by invoker commands, which need no
//! program; browsers without them are helped by the page's program.

use super::button::button_class;
use super::{ButtonSize, ButtonVariant};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, MouseEvent};

/// A dialog, closed at first.
#[component]
pub fn Dialog(
    /// Identifier that triggers point to.
    #[prop(into)]
    id: String,
    /// Heading.
    #[prop(into)]
    title: String,
    /// A line under it.
    #[prop(into)]
    description: String,
    /// What can be done.
    children: Children,
) -> impl IntoView {
    let (heading, text) = (format!("{id}-title"), format!("{id}-description"));
    let (labelled_by, described_by) = (heading.clone(), text.clone());
    view! {
        <dialog
            id=id
            aria-labelledby=labelled_by
            aria-describedby=described_by
            class="m-auto w-full max-w-md rounded-xl border bg-card p-6 text-card-foreground shadow-lg backdrop:bg-black/50"
        >
            <div class="space-y-4">
                <div class="space-y-1.5">
                    <h2 id=heading class="text-lg font-semibold">{title}</h2>
                    <p id=text class="text-sm text-muted-foreground">{description}</p>
                </div>
                {children()}
            </div>
        </dialog>
    }
}

/// A button that opens a dialog.
#[component]
pub fn DialogTrigger(
    /// The dialog's identifier.
    #[prop(into)]
    target: String,
    /// Look.
    #[prop(optional)]
    variant: ButtonVariant,
    /// Size.
    #[prop(optional)]
    size: ButtonSize,
    /// Its words.
    children: Children,
) -> impl IntoView {
    let id = target.clone();
    let open = move |event: MouseEvent| {
        if let Some(dialog) = find(&id).filter(|dialog| !dialog.open()) {
            // The browser's own command would open it once more, which it complains about.
            event.prevent_default();
            let _ = dialog.show_modal();
        }
    };
    view! {
        <button
            type="button"
            aria-haspopup="dialog"
            commandfor=target
            command="show-modal"
            class=button_class(variant, size, "")
            on:click=open
        >
            {children()}
        </button>
    }
}

/// A button that closes the dialog that it stands in.
#[component]
pub fn DialogClose(
    /// The dialog's identifier.
    #[prop(into)]
    target: String,
    /// Its words.
    children: Children,
) -> impl IntoView {
    let id = target.clone();
    let close = move |event: MouseEvent| {
        event.prevent_default();
        close_dialog(&id);
    };
    view! {
        <button
            type="button"
            commandfor=target
            command="close"
            class=button_class(ButtonVariant::Outline, ButtonSize::Default, "")
            on:click=close
        >
            {children()}
        </button>
    }
}

/// Closes a dialog whose work is done; nothing happens when it is closed or gone.
pub fn close_dialog(id: &str) {
    if let Some(dialog) = find(id).filter(HtmlDialogElement::open) {
        dialog.close();
    }
}

fn find(id: &str) -> Option<HtmlDialogElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}
