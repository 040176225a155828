//! The document around every page: head, theme, policy, and whether the page's program is loaded.

use crate::platform;
use crate::router::App;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// Pages that are links and forms alone, and load no program at all.
const WITHOUT_PROGRAM: [&str; 2] = ["/login", "/signup"];

/// Sets the class before the first paint for people whose system decides.
const THEME_SCRIPT: &str = "if(document.documentElement.dataset.theme==='system'&&\
matchMedia('(prefers-color-scheme: dark)').matches)document.documentElement.classList.add('dark')";

/// The whole document.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let nonce = use_nonce();
    let nonce_text = nonce.as_ref().map(ToString::to_string).unwrap_or_default();
    platform::set_page_header("content-security-policy", &policy(&nonce_text, options.reload_port));
    let theme = platform::theme();
    let with_program = platform::request_path().is_none_or(|path| !WITHOUT_PROGRAM.contains(&path.as_str()));
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme class=(theme == "dark").then_some("dark")>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="preload" href="/fonts/inter.woff2" r#as="font" type="font/woff2" crossorigin="anonymous" />
                <link rel="stylesheet" id="leptos" href="/pkg/evoloop.css" />
                <script nonce=nonce>{THEME_SCRIPT}</script>
                <AutoReload options=options.clone() />
                {with_program.then(|| view! { <HydrationScripts options=options /> })}
                <MetaTags />
            </head>
            <body class="min-h-dvh bg-background font-sans text-foreground antialiased">
                <App />
            </body>
        </html>
    }
}

/// Only this server, only scripts that carry the answer's nonce. While developing, the live reload
/// of `cargo leptos watch` may connect too.
fn policy(nonce: &str, reload_port: u32) -> String {
    let reload = if cfg!(debug_assertions) {
        format!(" ws://127.0.0.1:{reload_port} ws://localhost:{reload_port}")
    } else {
        String::new()
    };
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'{reload}; font-src 'self'; object-src 'none'; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
}
