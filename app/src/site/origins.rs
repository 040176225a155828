//! Which pages may report for a site.

use crate::site::page::SiteContext;
use crate::site::parts::FormError;
use crate::sites::api::UpdateSite;
use crate::ui::{Button, Card, Label, Textarea};
use leptos::prelude::*;

/// Name of the field, in the form and in what is said about it.
pub const ORIGINS_FIELD: &str = "allowed_origins";

/// The list of origins, one a line. Saving it changes nothing else.
#[component]
pub fn OriginsForm(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    // An action of its own: what is wrong here has nothing to do with the mode or the pause button.
    let save = ServerAction::<UpdateSite>::new();
    Effect::new(move |before: Option<usize>| {
        let now = save.version().get();
        if before.is_some_and(|before| before != now) {
            context.live.note_all();
        }
        now
    });
    // Read once: what somebody types must not be overwritten by a change that arrives.
    let text = context.detail.with_untracked(|detail| detail.allowed_origins.entries().join("\n"));
    let example = context.detail.with_untracked(|detail| detail.summary.url.clone());
    let example = example.parse::<domain::SiteUrl>().map(|url| url.as_url().origin().ascii_serialization());
    let fault = Memo::new(move |_| {
        save.value().with(|outcome| {
            let error = outcome.as_ref()?.as_ref().err()?;
            error.is_about(ORIGINS_FIELD).then(|| error.to_string())
        })
    });
    let saved = move || save.value().with(|outcome| matches!(outcome, Some(Ok(()))));
    view! {
        <section aria-labelledby="origins-heading">
            <Card class="space-y-4 p-5">
                <h2 id="origins-heading" class="text-lg font-semibold">"Pages that may report"</h2>
                <p class="text-sm text-muted-foreground">
                    "The snippet on any page can report visits for this site, so a copy of your page elsewhere would be counted too. Name the origins of your own pages, and events from all others are turned away."
                </p>
                <ActionForm action=save attr:class="space-y-4">
                    <input type="hidden" name="site_id" value=context.site_id.to_string() />
                    <div class="space-y-2">
                        <Label for_="allowed-origins">"Origins, one a line"</Label>
                        <Textarea
                            id="allowed-origins"
                            name=ORIGINS_FIELD
                            text=text
                            attr:spellcheck="false"
                            attr:autocomplete="off"
                            attr:autocapitalize="none"
                            attr:aria-describedby="allowed-origins-fault allowed-origins-help"
                            attr:aria-invalid=move || fault.with(Option::is_some).then_some("true")
                        />
                        <div id="allowed-origins-fault" role="alert" class="empty:hidden text-sm break-words text-destructive">{move || fault.get()}</div>
                        <p id="allowed-origins-help" class="text-sm text-muted-foreground">
                            "Scheme and host"
                            {example.ok().map(|origin| view! { ", like " <code class="font-mono text-xs break-words">{origin}</code> })}
                            "; "
                            <code class="font-mono text-xs break-words">"https://*.example.com"</code>
                            " means every host below example.com. Leave it empty and any page may report."
                        </p>
                    </div>
                    <FormError action=save except=ORIGINS_FIELD />
                    <div class="flex items-center gap-3">
                        <Button kind="submit" disabled=Signal::from(save.pending())>"Save origins"</Button>
                        <span class="text-sm text-muted-foreground" role="status">{move || saved().then_some("Saved.")}</span>
                    </div>
                </ActionForm>
            </Card>
        </section>
    }
}
