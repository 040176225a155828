//! Decisions: what waits for the owner, and the journal of everything that was done.

use crate::site::page::SiteContext;
use crate::site::parts::{FormError, TimeText, ToneBadge};
use crate::site::words;
use crate::ui::{Button, ButtonSize, ButtonVariant, Card};
use domain::decision::DecisionAnswer;
use domain::{Decision, DecisionId, DecisionState};
use leptos::prelude::*;

fn lines(context: SiteContext, wanted: fn(&Decision) -> bool) -> Memo<Vec<Decision>> {
    Memo::new(move |_| {
        context.detail.with(|detail| detail.decisions.iter().filter(|line| wanted(line)).cloned().collect())
    })
}

/// Proposals that wait for the owner's answer; nothing when none does.
#[component]
pub fn ProposalsPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let proposals = lines(context, |line| line.state == DecisionState::Proposed);
    let any = Memo::new(move |_| proposals.with(|proposals| !proposals.is_empty()));
    view! {
        <FormError action=context.answer />
        <Show when=move || any.get()>
            <section aria-labelledby="proposals-heading" class="space-y-3">
                <div>
                    <h2 id="proposals-heading" class="text-lg font-semibold">"Evoloop proposes"</h2>
                    <p class="text-sm text-muted-foreground">"Nothing of this happens before you accept it."</p>
                </div>
                <ul class="space-y-3">
                    <For each=move || proposals.get() key=|line| line.id let:line>
                        <li><Line line=line context=context /></li>
                    </For>
                </ul>
            </section>
        </Show>
    }
}

/// Everything that was decided, the newest first.
#[component]
pub fn JournalPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let journal = lines(context, |line| line.state != DecisionState::Proposed);
    let any = Memo::new(move |_| journal.with(|journal| !journal.is_empty()));
    view! {
        <Show when=move || any.get()>
            <section aria-labelledby="journal-heading" class="space-y-3">
                <h2 id="journal-heading" class="text-lg font-semibold">"Journal"</h2>
                <ol class="space-y-3">
                    <For each=move || journal.get() key=|line| (line.id, line.state) let:line>
                        <li><Line line=line context=context /></li>
                    </For>
                </ol>
            </section>
        </Show>
    }
}

#[component]
fn Line(line: Decision, context: SiteContext) -> impl IntoView {
    let name = line.variant_id.and_then(|id| {
        context.detail.with_untracked(|detail| {
            let found = detail.variants.iter().find(|row| row.variant.id == id);
            found.map(|row| row.variant.name.clone())
        })
    });
    let title = words::decision(line.kind, name.as_deref());
    let answers: Vec<DecisionAnswer> = DecisionAnswer::ALL
        .iter()
        .copied()
        .filter(|answer| {
            line.state.after(*answer).is_some() && (*answer != DecisionAnswer::Undo || line.undo.is_some())
        })
        .collect();
    let spoken = title.clone();
    let buttons = answers
        .into_iter()
        .map(move |answer| view! { <Answer id=line.id answer=answer spoken=spoken.clone() context=context /> });
    let rule = (!line.rule.is_empty()).then(|| {
        let checks = line.rule.iter().map(|check| view! { <li>{check.sentence.clone()}</li> }).collect_view();
        view! {
            <details class="text-sm">
                <summary class="cursor-pointer text-muted-foreground hover:text-foreground">"Why: every condition of the rule"</summary>
                <ul class="list-disc space-y-1 pt-2 pl-5 text-muted-foreground">{checks}</ul>
            </details>
        }
    });
    view! {
        <Card class="space-y-3 p-5">
            <div class="flex flex-wrap items-center justify-between gap-2">
                <h3 class="flex flex-wrap items-center gap-3 font-semibold">{title} <ToneBadge state=words::decision_state(line.state) /></h3>
                <p class="text-xs text-muted-foreground">
                    <TimeText at=line.created_at />
                    {line.settled_at.filter(|at| *at != line.created_at).map(|at| view! { ", answered or ended " <TimeText at=at /> })}
                </p>
            </div>
            <p class="text-sm">{line.sentence.clone()}</p>
            {rule}
            <div class="flex flex-wrap gap-2 empty:hidden">{buttons.collect_view()}</div>
        </Card>
    }
}

#[component]
fn Answer(id: DecisionId, answer: DecisionAnswer, spoken: String, context: SiteContext) -> impl IntoView {
    let variant = if answer == DecisionAnswer::Accept { ButtonVariant::Default } else { ButtonVariant::Outline };
    view! {
        <ActionForm action=context.answer>
            <input type="hidden" name="site_id" value=context.site_id.to_string() />
            <input type="hidden" name="decision_id" value=id.to_string() />
            <input type="hidden" name="answer" value=answer.as_str() />
            <Button kind="submit" variant=variant size=ButtonSize::Sm disabled=Signal::from(context.answer.pending())>
                {words::answer(answer)}
                <span class="sr-only">": " {spoken}</span>
            </Button>
        </ActionForm>
    }
}
