//! The few places where server and browser differ.

use leptos::prelude::*;

/// The path of the request on the server; absent in the browser, where the router knows it.
#[must_use]
pub fn request_path() -> Option<String> {
    #[cfg(feature = "ssr")]
    {
        use_context::<http::request::Parts>().map(|parts| parts.uri.path().to_owned())
    }
    #[cfg(not(feature = "ssr"))]
    {
        None
    }
}

/// The colour scheme that the person chose: `light`, `dark`, or `system`.
#[must_use]
pub fn theme() -> &'static str {
    #[cfg(feature = "ssr")]
    {
        crate::ssr::cookie("theme").map_or("system", |value| match value.as_str() {
            "light" => "light",
            "dark" => "dark",
            _ => "system",
        })
    }
    #[cfg(not(feature = "ssr"))]
    {
        let root = document().document_element();
        root.and_then(|root| root.get_attribute("data-theme")).map_or("system", |value| match value.as_str() {
            "light" => "light",
            "dark" => "dark",
            _ => "system",
        })
    }
}

/// Leads to another page: by the answer's header on the server, by the router in the browser.
pub fn redirect(path: &str) {
    #[cfg(feature = "ssr")]
    leptos_axum::redirect(path);
    #[cfg(not(feature = "ssr"))]
    {
        // A whole load, so that the server decides what this person may see.
        let _ = window().location().set_href(path);
    }
}

/// Sets a header of the page's answer; nothing in the browser.
pub fn set_page_header(name: &'static str, value: &str) {
    #[cfg(feature = "ssr")]
    crate::ssr::set_header(name, value);
    #[cfg(not(feature = "ssr"))]
    {
        let _ = (name, value);
    }
}

/// Marks the page's answer as "not found"; nothing in the browser.
pub fn set_not_found() {
    #[cfg(feature = "ssr")]
    crate::ssr::set_status(http::StatusCode::NOT_FOUND);
}
