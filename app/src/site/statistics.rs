//! What visitors make of the variants: the table and the charts.

use crate::chart::allocation::AllocationChart;
use crate::chart::format::{count, percent, probability, rate};
use crate::chart::posterior::PosteriorChart;
use crate::chart::rate::RateChart;
use crate::chart::series::SeriesKey;
use crate::site::generation::GenerationCard;
use crate::site::holdout::HoldoutCard;
use crate::site::lift::LiftCard;
use crate::site::page::SiteContext;
use crate::site::page_health::PageHealthCard;
use crate::site::parts::TimeText;
use crate::ui::{Badge, BadgeVariant, Card};
use domain::report::{SiteStatistics, VariantStatistics};
use leptos::prelude::*;

const NO_DATA: &str = "no data yet";

/// The table of numbers and the charts below it. Both follow the event stream.
#[component]
pub fn StatisticsPanel(
    /// The site.
    context: SiteContext,
) -> impl IntoView {
    let statistics = context.statistics;
    let at = Memo::new(move |_| statistics.with(|statistics| (statistics.at, statistics.epoch)));
    view! {
        <section aria-labelledby="statistics-heading" class="space-y-4">
            <div class="flex flex-wrap items-baseline justify-between gap-2">
                <h2 id="statistics-heading" class="text-lg font-semibold">"Statistics"</h2>
                <p class="text-xs text-muted-foreground">
                    {move || {
                        let (at, epoch) = at.get();
                        let weights = if epoch == 0 { "no weights published yet".to_owned() } else { format!("weights of epoch {epoch}") };
                        view! { "As of " <TimeText at=at /> ", " {weights} }
                    }}
                </p>
            </div>
            <GenerationCard context=context />
            <Card class="overflow-hidden">
                <h3 class="px-5 pt-5 pb-3 font-semibold">"All visitors since the start"</h3>
                <div class="overflow-x-auto" tabindex="0" role="region" aria-label="Statistics of the variants">
                    <StatisticsTable statistics=statistics />
                </div>
                <p class="border-t px-4 py-3 text-xs text-muted-foreground">
                    "A visitor counts once the page has shown every change of the variant, and converts at most once on the primary goal. The rate is the mean of what is known about it, and the interval holds the true rate with a probability of 95\u{a0}%. P(best) is the probability of having the highest rate of all active variants, by everybody who was counted in any generation; decisions go by the visitors of this generation, below."
                </p>
            </Card>
            <LiftCard statistics=statistics />
            <HoldoutCard statistics=statistics />
            <div class="grid gap-4 xl:grid-cols-2">
                <RateChart id="rate-chart" statistics=statistics />
                <AllocationChart id="allocation-chart" statistics=statistics />
                <PosteriorChart id="posterior-chart" statistics=statistics />
            </div>
            <PageHealthCard statistics=statistics />
        </section>
    }
}

/// One row a variant.
#[component]
pub fn StatisticsTable(
    /// The numbers; rows are drawn again when they change.
    #[prop(into)]
    statistics: Signal<SiteStatistics>,
) -> impl IntoView {
    let numbers = ["Visitors", "Conversions", "Conversion rate", "95\u{a0}% credible interval", "P(best)", "Traffic"];
    view! {
        <table class="w-full text-left text-sm" aria-label="Statistics">
            <thead class="bg-muted/50 text-muted-foreground">
                <tr>
                    <th scope="col" class="px-4 py-3 font-medium">"Variant"</th>
                    {numbers.map(|name| view! { <th scope="col" class="px-4 py-3 text-right font-medium whitespace-nowrap">{name}</th> })}
                </tr>
            </thead>
            <tbody class="divide-y">
                {move || {
                    let rows = statistics.with(|statistics| statistics.variants.clone());
                    rows.into_iter().enumerate().map(|(index, variant)| row(index, variant)).collect_view()
                }}
            </tbody>
        </table>
    }
}

/// The cells of a row after the name.
#[must_use]
pub fn cells(variant: &VariantStatistics) -> [String; 6] {
    let dash = || "–".to_owned();
    let interval = match (variant.lower, variant.upper) {
        (Some(lower), Some(upper)) => format!("{} to {}", rate(lower), rate(upper)),
        _ => dash(),
    };
    [
        count(variant.visitors),
        count(variant.conversions),
        variant.mean.map_or_else(|| NO_DATA.to_owned(), rate),
        interval,
        variant.prob_best.map_or_else(dash, probability),
        variant.weight.map_or_else(dash, |weight| percent(weight, 1)),
    ]
}

fn row(index: usize, variant: VariantStatistics) -> impl IntoView {
    let cells = cells(&variant)
        .map(|cell| view! { <td class="px-4 py-3 text-right tabular-nums whitespace-nowrap">{cell}</td> });
    view! {
        <tr>
            <th scope="row" class="px-4 py-3 font-medium whitespace-nowrap">
                <span class="inline-flex items-center gap-2">
                    <SeriesKey index=index />
                    {variant.name}
                    {(!variant.is_active).then(|| view! { <Badge variant=BadgeVariant::Secondary>"not active"</Badge> })}
                </span>
            </th>
            {cells}
        </tr>
    }
}
