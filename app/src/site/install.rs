//! The script element to paste into the customer's page.

use crate::chart::format::counted;
use crate::site::page::SiteContext;
use crate::ui::{Card, CopyButton};
use leptos::prelude::*;

/// What to paste, where, and whether it works.
#[component]
pub fn InstallPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let snippet = context.detail.with_untracked(|detail| detail.install_snippet.clone());
    let visitors = Memo::new(move |_| {
        context.statistics.with(|statistics| statistics.variants.iter().map(|variant| variant.visitors).sum::<i64>())
    });
    view! {
        <section aria-labelledby="install-heading" class="max-w-3xl space-y-3">
            <h2 id="install-heading" class="text-lg font-semibold">"Install"</h2>
            <Card class="space-y-5 p-5">
                <ol class="list-decimal space-y-2 pl-5 text-sm">
                    <li>"Copy this element."</li>
                    <li>"Paste it into your page, inside " <code class="font-mono">"<head>"</code> ", as high as you can: the earlier it loads, the less of the old text anybody sees."</li>
                    <li>"Open your page once. The visit shows up here within seconds."</li>
                </ol>
                <div class="space-y-2">
                    <pre class="overflow-x-auto rounded-md border bg-muted p-4 font-mono text-xs" tabindex="0" role="region" aria-label="Install snippet"><code id="install-snippet">{snippet.clone()}</code></pre>
                    <CopyButton text=snippet label="Copy snippet" />
                </div>
                <p class="text-sm" aria-live="polite">
                    {move || match visitors.get() {
                        0 => "No visitor was counted yet.".to_owned(),
                        visitors => format!("It works: {} counted so far.", counted(visitors, "visitor")),
                    }}
                </p>
                <p class="border-t pt-4 text-sm text-muted-foreground">
                    "If Evoloop does not answer, your page shows as it is: the script never holds it back for more than a moment, keeps a random number in the browser's storage instead of a cookie, and knows nobody's name. To count a conversion from your own code, call "
                    <code class="font-mono">"evoloop.convert()"</code> "."
                </p>
            </Card>
        </section>
    }
}
