//! The script element, with what the owner chooses about it. The choice stands in the page's address.

use crate::site::page::SiteContext;
use crate::ui::{Button, ButtonSize, ButtonVariant, CopyButton};
use domain::install::SnippetOptions;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

/// Parameters of the address, and what each means.
const CHOICES: [(&str, &str, &str); 4] = [
    (
        "block",
        "Load it before the page",
        "Nobody sees the old text for a moment; your page waits for the script instead.",
    ),
    ("consent", "Wait for consent", "Nothing is stored or sent before your page calls evoloop.consent(true)."),
    (
        "respect",
        "Respect signals",
        "Visitors whose browser asks not to be tracked (GPC or Do Not Track) are left alone.",
    ),
    (
        "stateless",
        "Keep nothing in the browser",
        "Visitors are told apart for a day, without anything stored on their device.",
    ),
];

/// The element to copy, and the choices.
#[component]
pub fn SnippetChoice(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let query = use_query_map();
    let navigate = use_navigate();
    let site_id = context.site_id;
    let page = format!("/app/sites/{site_id}");
    let (public_url, paths) =
        context.detail.with_untracked(|detail| (detail.public_url.clone(), detail.public_paths.clone()));
    let element = Memo::new(move |_| {
        let options = query.with(|query| SnippetOptions::chosen(|name| query.get(name).is_some()));
        options.element(&public_url, &paths, site_id)
    });
    // Once the page is alive a choice shows at once, and the button has nothing left to do.
    let is_alive = RwSignal::new(false);
    Effect::new(move |_| is_alive.set(true));
    let address = page.clone();
    let choose = move |chosen: &'static str| {
        let is_on = |name: &str| query.with_untracked(|query| query.get(name).is_some()) != (name == chosen);
        let on = CHOICES.iter().filter(|(name, ..)| is_on(name)).map(|(name, ..)| format!("&{name}=1"));
        let target = format!("{address}?view=install{}", on.collect::<String>());
        navigate(&target, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    };
    let choices = CHOICES.map(|(name, title, meaning)| {
        let choose = choose.clone();
        let (id, note) = (format!("snippet-{name}"), format!("snippet-{name}-note"));
        view! {
            <div class="flex gap-3">
                <input
                    type="checkbox"
                    id=id.clone()
                    name=name
                    value="1"
                    class="mt-1 size-4 shrink-0 accent-primary"
                    aria-describedby=note.clone()
                    checked=query.with_untracked(|query| query.get(name).is_some())
                    on:change=move |_| choose(name)
                />
                <div class="text-sm">
                    <label for=id class="font-medium">{title}</label>
                    <p id=note class="text-muted-foreground">{meaning}</p>
                </div>
            </div>
        }
    });
    view! {
        <div class="space-y-2">
            <pre class="overflow-x-auto rounded-md border bg-muted p-4 font-mono text-xs" tabindex="0" role="region" aria-label="Install snippet"><code id="install-snippet">{move || element.get()}</code></pre>
            {move || view! { <CopyButton text=element.get() label="Copy snippet" /> }}
        </div>
        <form method="get" action=page>
            <input type="hidden" name="view" value="install" />
            <fieldset class="space-y-3">
                <legend class="text-sm font-medium">"Options"</legend>
                <div class="grid gap-3 pt-2 sm:grid-cols-2">{choices.collect_view()}</div>
                <div class=move || if is_alive.get() { "hidden" } else { "pt-1" }>
                    <Button kind="submit" variant=ButtonVariant::Outline size=ButtonSize::Sm>"Show this snippet"</Button>
                </div>
            </fieldset>
        </form>
    }
}
