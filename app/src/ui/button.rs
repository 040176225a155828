//! Buttons, and links that look like them.

use leptos::prelude::*;
use leptos_router::components::A;

/// How the button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonVariant {
    /// The main thing to do.
    #[default]
    Default,
    /// A lesser thing.
    Secondary,
    /// A frame alone.
    Outline,
    /// Nothing but its words.
    Ghost,
    /// Something that cannot be undone.
    Destructive,
}

/// How large the button is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonSize {
    /// 36 px high.
    #[default]
    Default,
    /// 32 px high.
    Sm,
    /// 44 px high.
    Lg,
}

const BASE: &str = "inline-flex cursor-pointer items-center justify-center gap-2 whitespace-nowrap rounded-md text-sm font-medium transition-colors disabled:pointer-events-none disabled:opacity-50";

/// The classes of a button.
#[must_use]
pub fn button_class(variant: ButtonVariant, size: ButtonSize, extra: &str) -> String {
    let look = match variant {
        ButtonVariant::Default => "bg-primary text-primary-foreground shadow-xs hover:bg-primary/90",
        ButtonVariant::Secondary => "bg-secondary text-secondary-foreground shadow-xs hover:bg-secondary/80",
        ButtonVariant::Outline => "border bg-background shadow-xs hover:bg-accent hover:text-accent-foreground",
        ButtonVariant::Ghost => "hover:bg-accent hover:text-accent-foreground",
        ButtonVariant::Destructive => "bg-destructive text-destructive-foreground shadow-xs hover:bg-destructive/90",
    };
    let size = match size {
        ButtonSize::Default => "h-9 px-4",
        ButtonSize::Sm => "h-8 px-3",
        ButtonSize::Lg => "h-11 px-6 text-base",
    };
    format!("{BASE} {look} {size} {extra}")
}

/// A button.
#[component]
pub fn Button(
    /// `submit` or `button`.
    #[prop(default = "button")]
    kind: &'static str,
    /// Look.
    #[prop(optional)]
    variant: ButtonVariant,
    /// Size.
    #[prop(optional)]
    size: ButtonSize,
    /// Whether it can be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
    /// Its words.
    children: Children,
) -> impl IntoView {
    view! {
        <button type=kind class=button_class(variant, size, class) disabled=move || disabled.get()>
            {children()}
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Look.
    #[prop(optional)]
    variant: ButtonVariant,
    /// Size.
    #[prop(optional)]
    size: ButtonSize,
    /// Its words.
    children: Children,
) -> impl IntoView {
    view! { <A href=href attr:class=button_class(variant, size, "")>{children()}</A> }
}
