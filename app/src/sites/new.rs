//! Adding a site.

use crate::site::parts::FormError;
use crate::sites::api::CreateSite;
use crate::ui::{Button, Card, Input, Label, PageHeader};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/app/sites/new`. Its form works by a plain POST; the answer leads to the new site.
#[component]
pub fn NewSitePage() -> impl IntoView {
    let create = ServerAction::<CreateSite>::new();
    let refused = move || create.value().with(|outcome| matches!(outcome, Some(Err(_))));
    let next = [
        "Evoloop reads the page and finds its headline, calls to action, hero image, colours and fonts.",
        "It writes three variants that use only words and facts of your page, unless you connected a language model.",
        "You approve the ones you like. Your page does not change before that.",
    ];
    view! {
        <Title text="Add site" />
        <PageHeader title="Add site" description="Which page should convert better?" />
        <Card class="max-w-2xl space-y-6 p-6">
            <ActionForm action=create attr:class="space-y-4">
                <div class="space-y-2">
                    <Label for_="url">"Page address"</Label>
                    <Input
                        id="url"
                        name="url"
                        kind="text"
                        attr:inputmode="url"
                        attr:autocomplete="url"
                        attr:placeholder="https://example.com/"
                        attr:required=true
                        attr:maxlength="2048"
                        attr:aria-describedby="url-help url-error"
                        attr:aria-invalid=move || if refused() { "true" } else { "false" }
                    />
                    <p id="url-help" class="text-sm text-muted-foreground">"The full address of one page on the public internet."</p>
                    <div id="url-error"><FormError action=create /></div>
                </div>
                <Button kind="submit" disabled=Signal::from(create.pending())>"Add site"</Button>
            </ActionForm>
            <section aria-labelledby="next-heading" class="space-y-2 border-t pt-5">
                <h2 id="next-heading" class="text-sm font-medium">"What happens next"</h2>
                <ol class="list-decimal space-y-1 pl-5 text-sm text-muted-foreground">
                    {next.map(|step| view! { <li>{step}</li> })}
                </ol>
            </section>
        </Card>
    }
    .into_any()
}
