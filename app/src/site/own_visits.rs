//! How the owner's own visits stay out of the counts.

use crate::site::page::SiteContext;
use crate::ui::{ButtonSize, ButtonVariant, Card, CopyButton, button_class};
use leptos::prelude::*;

/// The link that makes a browser known as its owner's, and the way back.
#[component]
pub fn OwnVisits(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    // Read once: every reading of the site makes another link, and each of them works.
    let (link, page) = context.detail.with_untracked(|detail| (detail.owner_link.clone(), detail.summary.url.clone()));
    let undo = with_parameter(&page, "evo_owner=off");
    view! {
        <section aria-labelledby="own-visits-heading">
            <Card class="space-y-4 p-5">
                <h2 id="own-visits-heading" class="text-lg font-semibold">"Your own visits"</h2>
                <p class="text-sm text-muted-foreground">
                    "You look at your page more often than a customer does, and buy less. Open it once with this link in each browser that you use: what that browser does on the page is then stored and not counted, for 400 days. If it was counted before, it is taken out of the counts at its next visit."
                </p>
                <pre class="overflow-x-auto rounded-md border bg-muted p-4 font-mono text-xs" tabindex="0" role="region" aria-label="Owner's link"><code>{link.clone()}</code></pre>
                <div class="flex flex-wrap items-center gap-3">
                    <a
                        href=link.clone()
                        target="_blank"
                        rel="noopener noreferrer"
                        class=button_class(ButtonVariant::Default, ButtonSize::Sm, "")
                    >
                        "Open my page as its owner"
                        <span class="sr-only">" (opens in a new tab)"</span>
                    </a>
                    <CopyButton text=link label="Copy link" />
                </div>
                <p class="text-sm text-muted-foreground">
                    "Copy the link to use it on your phone or another computer, and keep it to yourself: whoever opens it is not counted. The snippet must be on the page. To be counted again, open "
                    <code class="font-mono text-xs break-words">{undo}</code> " in that browser."
                </p>
            </Card>
        </section>
    }
}

/// The address with a parameter more, before its fragment.
#[must_use]
pub fn with_parameter(address: &str, parameter: &str) -> String {
    let (before, fragment) = match address.split_once('#') {
        Some((before, fragment)) => (before, format!("#{fragment}")),
        None => (address, String::new()),
    };
    let joint = if before.contains('?') { '&' } else { '?' };
    format!("{before}{joint}{parameter}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::with_parameter;

    #[test]
    fn a_parameter_joins_what_is_there() {
        let cases = [
            ("https://a.test/", "https://a.test/?x=1"),
            ("https://a.test/p?q=2", "https://a.test/p?q=2&x=1"),
            ("https://a.test/p#top", "https://a.test/p?x=1#top"),
            ("https://a.test/p?q=2#to?p", "https://a.test/p?q=2&x=1#to?p"),
        ];
        for (address, expected) in cases {
            assert_eq!(with_parameter(address, "x=1"), expected);
        }
    }
}
