//! Where a generation stands, and whether what is counted can be trusted.

use crate::chart::format::{count, counted, percent};
use crate::site::page::SiteContext;
use crate::site::parts::{FoldedTable, FormError, ToneBadge};
use crate::site::turned_away::TurnedAwayTable;
use crate::site::words;
use crate::ui::{
    Alert, AlertVariant, Button, ButtonSize, ButtonVariant, Card, Dialog, DialogClose, DialogTrigger, Progress,
    close_dialog,
};
use domain::Phase;
use domain::report::{GenerationReport, LeftOut, SiteStatistics};
use leptos::prelude::*;

/// The phase in words, how far burn-in is, and what is wrong with the counts.
#[component]
pub fn GenerationCard(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let report = Memo::new(move |_| context.statistics.with(|statistics| statistics.generation.clone()));
    let is_started = Memo::new(move |_| context.statistics.with(|statistics| statistics.epoch > 0));
    let is_frozen = Memo::new(move |_| report.with(|report| report.phase == Phase::Frozen));
    view! {
        <Show when=move || is_frozen.get()>
            <Frozen context=context />
        </Show>
        <Show when=move || is_started.get()>
            <section aria-labelledby="generation-heading">
                <Card class="space-y-3 p-5">
                    <div class="flex flex-wrap items-center justify-between gap-3">
                        <h3 id="generation-heading" class="flex flex-wrap items-center gap-3 font-semibold">
                            "This generation"
                            {move || view! { <ToneBadge state=words::phase(report.with(|report| report.phase)) /> }}
                        </h3>
                        <RestartDialog context=context />
                    </div>
                    <p class="text-sm text-muted-foreground">
                        {move || context.statistics.with(explanation)}
                    </p>
                    {move || report.with(burn_in)}
                    {move || context.statistics.with(gain).map(|sentence| view! { <p class="text-sm">{sentence}</p> })}
                    <p class="text-xs text-muted-foreground">{move || report.with(quality)}</p>
                    <LeftOutTable context=context />
                    <TurnedAwayTable context=context />
                    <FormError action=context.restart />
                </Card>
            </section>
        </Show>
    }
}

fn explanation(statistics: &SiteStatistics) -> String {
    let report = &statistics.generation;
    let about = statistics.variants.iter().find(|row| Some(row.variant_id) == report.phase_variant_id);
    words::phase_explained(report, about.map_or("A variant", |row| row.name.as_str()))
}

/// What the variants brought; on a site with a holdout that says it better.
fn gain(statistics: &SiteStatistics) -> Option<String> {
    if statistics.holdout.is_some() {
        return None;
    }
    statistics.generation.gain.map(words::gain)
}

/// How much of burn-in is over, by whatever takes longer.
fn burn_in(report: &GenerationReport) -> Option<AnyView> {
    if report.phase != Phase::BurnIn {
        return None;
    }
    let visitors = share(real(report.fewest_visitors), real(report.burn_in_visitors));
    let age = share(report.youngest_h, report.burn_in_h);
    let percent = (100.0 * visitors.min(age)).floor();
    Some(view! { <Progress value=percent label="Burn-in" class="w-full" /> }.into_any())
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 1.0 }
}

fn real(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// What was left out, and what a conversion rate is believed to be before anybody came.
fn quality(report: &GenerationReport) -> String {
    let mut sentences = Vec::new();
    if report.prior_worth > 2.5 {
        let visitors = words::whole(report.prior_worth);
        sentences.push(format!(
            "Each variant starts as if {visitors} earlier visitors of this site had seen it: the prior is worth {visitors} visitors."
        ));
    }
    if !matches!(report.phase, Phase::Decided | Phase::Frozen) {
        sentences.extend(report.plan.map(words::plan));
    }
    if report.automated_requests > 0 {
        let share = percent(words::ratio(report.automated_requests, report.requests), 1);
        let requests = counted(report.requests, "page view");
        sentences.push(format!("{share} of {requests} in the last week came from automated browsers, which see the untouched page and do not count."));
    }
    if report.saw_another > 0 {
        let visitors = counted(report.saw_another, "visitor");
        sentences.push(format!("{visitors} saw more than one variant and count for the first."));
    }
    sentences.join(" ")
}

/// Every event that was stored and not counted, with the reason.
#[component]
fn LeftOutTable(context: SiteContext) -> impl IntoView {
    let rows = Memo::new(move |_| {
        context.statistics.with(|statistics| {
            let name = |id| statistics.variants.iter().find(|row| row.variant_id == id).map(|row| row.name.clone());
            let row = |left: &LeftOut| {
                let reason = words::not_counted(left.reason);
                (name(left.variant_id).unwrap_or_default(), reason, left.impressions, left.conversions)
            };
            statistics.generation.left_out.iter().map(row).collect::<Vec<_>>()
        })
    });
    view! {
        <Show when=move || rows.with(|rows| !rows.is_empty())>
            <FoldedTable title="Stored and not counted">
                <table class="w-full text-left">
                    <thead>
                        <tr>
                            <th scope="col" class="py-1 pr-4 font-medium">"Variant"</th>
                            <th scope="col" class="py-1 pr-4 font-medium">"Why"</th>
                            <th scope="col" class="py-1 pr-4 text-right font-medium">"Exposure events"</th>
                            <th scope="col" class="py-1 text-right font-medium">"Conversions"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {move || rows.get().into_iter().map(|(name, reason, impressions, conversions)| view! {
                            <tr>
                                <th scope="row" class="py-1 pr-4 font-normal whitespace-nowrap">{name}</th>
                                <td class="py-1 pr-4">{reason}</td>
                                <td class="py-1 pr-4 text-right tabular-nums">{count(impressions)}</td>
                                <td class="py-1 text-right tabular-nums">{count(conversions)}</td>
                            </tr>
                        }).collect_view()}
                    </tbody>
                </table>
            </FoldedTable>
        </Show>
    }
}

#[component]
fn Frozen(context: SiteContext) -> impl IntoView {
    let sentence = Memo::new(move |_| {
        context.detail.with(|detail| {
            let found = detail.decisions.iter().find(|line| line.kind == domain::DecisionKind::Freeze);
            found.map(|line| line.sentence.clone()).unwrap_or_default()
        })
    });
    view! {
        <Alert variant=AlertVariant::Warning title="Nothing is decided: visitors do not arrive as they should">
            {move || sentence.get()}
        </Alert>
    }
}

/// Fresh evidence costs what was learned, so it is asked for twice.
#[component]
fn RestartDialog(context: SiteContext) -> impl IntoView {
    let id = "restart-generation";
    let begun = Memo::new(move |_| context.restart.value().with(|value| matches!(value, Some(Ok(_)))));
    Effect::new(move |_| {
        if begun.get() {
            close_dialog(id);
        }
    });
    view! {
        <p role="status" class="sr-only">{move || if begun.get() { "A new generation began." } else { "" }}</p>
        <DialogTrigger target=id variant=ButtonVariant::Outline size=ButtonSize::Sm>"Begin a new generation"</DialogTrigger>
        <Dialog
            id=id
            title="Begin a new generation?"
            description="Traffic is split evenly again and evidence starts from nothing. Do this after the page or the way of counting changed. What was counted stays in the table."
        >
            <div class="flex justify-end gap-2">
                <DialogClose target=id>"Cancel"</DialogClose>
                <ActionForm action=context.restart>
                    <input type="hidden" name="site_id" value=context.site_id.to_string() />
                    <Button kind="submit" size=ButtonSize::Sm disabled=Signal::from(context.restart.pending())>"Begin"</Button>
                </ActionForm>
            </div>
        </Dialog>
    }
}
