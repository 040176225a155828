//! Lucide icons, drawn inline.

use icondata_core::Icon as IconData;
use leptos::prelude::*;

/// An icon beside words, which say what it means; hidden from assistive technology.
#[component]
pub fn Icon(
    /// The drawing.
    icon: IconData,
) -> impl IntoView {
    view! {
        <svg
            aria-hidden="true"
            width="16"
            height="16"
            viewBox=icon.view_box.unwrap_or("0 0 24 24")
            fill=icon.fill.unwrap_or("none")
            stroke=icon.stroke.unwrap_or("currentColor")
            stroke-width=icon.stroke_width.unwrap_or("2")
            stroke-linecap=icon.stroke_linecap.unwrap_or("round")
            stroke-linejoin=icon.stroke_linejoin.unwrap_or("round")
            class="size-4 shrink-0"
            inner_html=icon.data
        ></svg>
    }
}
