//! The script element to paste into the customer's page, and whether it works there.

pub mod api;
mod findings;
mod snippet;
mod verification;

use crate::site::page::SiteContext;
use crate::ui::Card;
use leptos::prelude::*;

pub use findings::FindingList;
pub use verification::Verification;

/// What to paste, where, and whether it works.
#[component]
pub fn InstallPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    view! {
        <div class="max-w-3xl space-y-8">
            <section aria-labelledby="install-heading" class="space-y-3">
                <h2 id="install-heading" class="text-lg font-semibold">"Install"</h2>
                <Card class="space-y-5 p-5">
                    <ol class="list-decimal space-y-2 pl-5 text-sm">
                        <li>"Copy this element."</li>
                        <li>"Paste it into your page, inside " <code class="font-mono">"<head>"</code> ", as high as you can: the earlier it loads, the less of the old text anybody sees."</li>
                        <li>"Publish the page and verify the installation. A visit shows up here within seconds."</li>
                    </ol>
                    <snippet::SnippetChoice context=context />
                    <p class="border-t pt-4 text-sm text-muted-foreground">
                        "If Evoloop does not answer, your page shows as it is: the script never holds it back for more than a moment, keeps a random number in the browser's storage instead of a cookie, and knows nobody's name. To count a conversion from your own code, call "
                        <code class="font-mono">"evoloop.convert()"</code> "."
                    </p>
                </Card>
            </section>
            <Verification context=context />
        </div>
    }
}
