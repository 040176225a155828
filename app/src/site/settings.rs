//! Settings of a site: how much Evoloop may do by itself, whose visits and pages count, erasing a visitor, and
//! deleting it.

use crate::site::copy_rules::CopyRulesForm;
use crate::site::erase::EraseForm;
use crate::site::origins::OriginsForm;
use crate::site::own_visits::OwnVisits;
use crate::site::page::SiteContext;
use crate::site::parts::FormError;
use crate::site::words::{TRAINING_WHEELS_ASKS, autonomy};
use crate::sites::api::DeleteSite;
use crate::ui::{Alert, AlertVariant, Button, ButtonVariant, Card, Dialog, DialogClose, DialogTrigger, Input, Label};
use domain::{AutonomyMode, SiteUrl};
use leptos::prelude::*;
use leptos_router::components::A;

/// Mode, plan, own visits, origins, erasure and deletion.
#[component]
pub fn SettingsPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    view! {
        <div class="max-w-3xl space-y-6">
            <Autonomy context=context />
            <OwnVisits context=context />
            <CopyRulesForm context=context />
            <OriginsForm context=context />
            <EraseForm context=context />
            <Danger context=context />
        </div>
    }
}

#[component]
fn Autonomy(context: SiteContext) -> impl IntoView {
    let mode = Memo::new(move |_| context.detail.with(|detail| detail.summary.autonomy_mode));
    let saved = move || context.update.value().with(|outcome| matches!(outcome, Some(Ok(()))));
    let choices = AutonomyMode::ALL.iter().copied().map(move |choice| {
        let (name, meaning) = autonomy(choice);
        let id = format!("mode-{}", choice.as_str());
        view! {
            <div class="flex gap-3 rounded-lg border p-4 has-checked:border-primary">
                <input
                    type="radio"
                    id=id.clone()
                    name="autonomy_mode"
                    value=choice.as_str()
                    checked=move || mode.get() == choice
                    class="mt-1 size-4 accent-primary"
                    aria-describedby=format!("{id}-help")
                />
                <div>
                    <label for=id.clone() class="text-sm font-medium">{name}</label>
                    <p id=format!("{id}-help") class="text-sm text-muted-foreground">{meaning}</p>
                </div>
            </div>
        }
    });
    view! {
        <section aria-labelledby="autonomy-heading">
            <Card class="space-y-4 p-5">
                <h2 id="autonomy-heading" class="text-lg font-semibold">"Autonomy"</h2>
                <Alert variant=AlertVariant::Info title="What happens without asking">{TRAINING_WHEELS_ASKS}</Alert>
                <ActionForm action=context.update attr:class="space-y-4">
                    <input type="hidden" name="site_id" value=context.site_id.to_string() />
                    <fieldset class="space-y-3">
                        <legend class="sr-only">"Autonomy mode"</legend>
                        {choices.collect_view()}
                    </fieldset>
                    <div class="flex items-center gap-3">
                        <Button kind="submit" disabled=Signal::from(context.update.pending())>"Save mode"</Button>
                        <span class="text-sm text-muted-foreground" role="status">{move || saved().then_some("Saved.")}</span>
                    </div>
                </ActionForm>
                <p class="text-sm text-muted-foreground">
                    "The plan belongs to the whole account: see "
                    <A href="/app/settings" attr:class="underline underline-offset-4">"settings"</A> "."
                </p>
            </Card>
        </section>
    }
}

/// Deleting needs the site's host to be typed, so that nobody does it with a slip of the hand.
#[component]
fn Danger(context: SiteContext) -> impl IntoView {
    let delete = ServerAction::<DeleteSite>::new();
    let name = context.detail.with_untracked(|detail| host(&detail.summary.url));
    let (typed, set_typed) = signal(String::new());
    let (expected, pattern) = (name.clone(), literal_pattern(&name));
    let refused = Memo::new(move |_| typed.with(|typed| !typed.is_empty() && typed.trim() != expected));
    view! {
        <section aria-labelledby="danger-heading">
            <Card class="space-y-4 border-destructive/40 p-5">
                <h2 id="danger-heading" class="text-lg font-semibold">"Delete this site"</h2>
                <p class="text-sm text-muted-foreground">
                    "Removes the site with its variants, goals and everything that was counted. Your page then shows as it is, even with the snippet in it. This cannot be undone."
                </p>
                <FormError action=delete />
                <DialogTrigger target="delete-site" variant=ButtonVariant::Destructive>"Delete site"</DialogTrigger>
                <Dialog id="delete-site" title="Delete this site?" description="Everything that was counted is lost.">
                    <ActionForm action=delete attr:class="space-y-4">
                        <input type="hidden" name="site_id" value=context.site_id.to_string() />
                        <div class="space-y-2">
                            <Label for_="delete-name">"Type " <strong>{name}</strong> " to confirm"</Label>
                            <Input
                                id="delete-name"
                                name="confirmation"
                                kind="text"
                                attr:required=true
                                attr:autocomplete="off"
                                attr:pattern=pattern
                                attr:title="The site's host name, exactly"
                                on:input=move |event| set_typed.set(event_target_value(&event))
                            />
                        </div>
                        <div class="flex justify-end gap-2">
                            <DialogClose target="delete-site">"Cancel"</DialogClose>
                            <Button kind="submit" variant=ButtonVariant::Destructive disabled=Signal::derive(move || refused.get() || delete.pending().get())>
                                "Delete for good"
                            </Button>
                        </div>
                    </ActionForm>
                </Dialog>
            </Card>
        </section>
    }
}

fn host(url: &str) -> String {
    url.parse::<SiteUrl>().map_or_else(|_| url.to_owned(), |url| url.host())
}

/// A pattern attribute that matches exactly this text, for browsers that check it without our program.
#[must_use]
pub fn literal_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if r"\^$.|?*+()[]{}/".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
