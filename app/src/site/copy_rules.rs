//! What the owner says about copy: forbidden words, and how much a day of a language model may cost.

use crate::site::api::SaveCopyRules;
use crate::site::page::SiteContext;
use crate::site::parts::FormError;
use crate::ui::{Button, Card, Input, Label, Textarea};
use domain::copy::dollars;
use leptos::prelude::*;

/// Words, limits, and what happens when a limit is reached.
#[component]
pub fn CopyRulesForm(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let save = ServerAction::<SaveCopyRules>::new();
    Effect::new(move |before: Option<usize>| {
        let now = save.version().get();
        if before.is_some_and(|before| before != now) {
            context.live.note_all();
        }
        now
    });
    // Read once: what somebody types must not be overwritten by a change that arrives.
    let (words, settings) =
        context.detail.with_untracked(|detail| (detail.brand.forbidden_words.join("\n"), detail.copy.clone()));
    let most = settings.daily_cost_micros.map(|micros| dollars(micros).trim_start_matches('$').to_owned());
    let today = move || {
        let spent = context.detail.with(|detail| detail.spent_today);
        let calls = if spent.calls == 1 { "1 call".to_owned() } else { format!("{} calls", spent.calls) };
        format!("Today: {calls}, {} as far as the provider tells.", dollars(spent.cost_micros))
    };
    let saved = move || save.value().with(|outcome| matches!(outcome, Some(Ok(()))));
    view! {
        <section aria-labelledby="copy-heading">
            <Card class="space-y-4 p-5">
                <h2 id="copy-heading" class="text-lg font-semibold">"Copy"</h2>
                <ActionForm action=save attr:class="space-y-4">
                    <input type="hidden" name="site_id" value=context.site_id.to_string() />
                    <div class="space-y-2">
                        <Label for_="forbidden-words">"Words that your brand does not use, one a line"</Label>
                        <Textarea id="forbidden-words" name="forbidden_words" text=words />
                    </div>
                    <div class="space-y-2">
                        <Label for_="daily-calls">"Calls of the language model a day, at most"</Label>
                        <Input
                            id="daily-calls"
                            name="daily_calls"
                            kind="number"
                            attr:value=settings.daily_calls.to_string()
                            attr:min="0"
                            attr:max="10000"
                            attr:required=true
                        />
                    </div>
                    <div class="space-y-2">
                        <Label for_="daily-dollars">"Dollars a day, at most; empty for no limit"</Label>
                        <Input
                            id="daily-dollars"
                            name="daily_dollars"
                            attr:value=most.unwrap_or_default()
                            attr:inputmode="decimal"
                            attr:aria-describedby="daily-dollars-help"
                        />
                        <p id="daily-dollars-help" class="text-sm text-muted-foreground">{today}</p>
                    </div>
                    <div class="flex gap-3">
                        <input
                            type="checkbox"
                            id="playbook-when-capped"
                            name="playbook_when_capped"
                            value="true"
                            checked=settings.playbook_when_capped
                            class="mt-1 size-4 accent-primary"
                        />
                        <label for="playbook-when-capped" class="text-sm">
                            "When a limit is reached, let the built-in playbook write instead. Otherwise the job ends and says why."
                        </label>
                    </div>
                    <FormError action=save />
                    <div class="flex items-center gap-3">
                        <Button kind="submit" disabled=Signal::from(save.pending())>"Save copy rules"</Button>
                        <span class="text-sm text-muted-foreground" role="status">{move || saved().then_some("Saved.")}</span>
                    </div>
                </ActionForm>
            </Card>
        </section>
    }
}
