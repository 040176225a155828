//! Every challenger against the control: the lift, what it is sure of, and how much is missing.

use crate::chart::format::probability;
use crate::site::words;
use crate::ui::Card;
use domain::report::{ChallengerReport, LiftInterval, SiteStatistics};
use leptos::prelude::*;

/// Width of a drawing in its own units.
const WIDTH: f64 = 200.0;
/// Lifts beyond this are not drawn; their numbers stand beside.
const MOST: f64 = 5.0;

/// The lifts of this generation; nothing before a visitor matured.
#[component]
pub fn LiftCard(
    /// The numbers.
    #[prop(into)]
    statistics: Signal<SiteStatistics>,
) -> impl IntoView {
    let challengers = Memo::new(move |_| {
        statistics.with(|statistics| {
            let all = &statistics.generation.challengers;
            if all.iter().any(|row| row.lift.is_some()) { all.clone() } else { Vec::new() }
        })
    });
    let axis = Memo::new(move |_| challengers.with(|challengers| Axis::of(challengers)));
    let any = Memo::new(move |_| challengers.with(|challengers| !challengers.is_empty()));
    let headings =
        ["Lift", "95\u{a0}% interval", "Corrected", "Holds at every look", "Expected loss", "Evidence", "Still needed"];
    view! {
        <Show when=move || any.get()>
            <section aria-labelledby="lift-heading">
                <Card class="overflow-hidden">
                    <h3 id="lift-heading" class="px-5 pt-5 pb-3 font-semibold">"This generation: lift over the control"</h3>
                    <div class="overflow-x-auto" tabindex="0" role="region" aria-label="Lift over the control">
                        <table class="w-full text-left text-sm" aria-label="Lift">
                            <thead class="bg-muted/50 text-muted-foreground">
                                <tr>
                                    <th scope="col" class="py-3 pr-2 pl-4 font-medium">"Variant"</th>
                                    {headings.map(|name| view! { <th scope="col" class="px-2 py-3 text-right align-bottom font-medium last:pr-4">{name}</th> })}
                                </tr>
                            </thead>
                            <tbody class="divide-y">
                                {move || {
                                    let axis = axis.get();
                                    challengers.get().into_iter().map(|challenger| row(challenger, axis)).collect_view()
                                }}
                            </tbody>
                        </table>
                    </div>
                    <p class="border-t px-4 py-3 text-xs text-muted-foreground">
                        "From visitors of this generation whose time to convert is over. The interval holds the true lift with a probability of 95\u{a0}% when looked at once; the corrected one allows for traffic that follows success; the one that holds at every look stays right however often you look. The expected loss is what choosing the variant now would give up, in conversions of 100 visitors. A variant is promoted once nothing is needed any more."
                    </p>
                </Card>
            </section>
        </Show>
    }
}

/// What all drawings share, so that they can be compared.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Axis {
    from: f64,
    to: f64,
}

impl Axis {
    fn of(challengers: &[ChallengerReport]) -> Self {
        let ends = challengers.iter().filter_map(|row| row.lift).map(|lift| (lift.lower, lift.upper));
        let (from, to) = ends.fold((-0.1_f64, 0.1_f64), |all, own| (all.0.min(own.0), all.1.max(own.1)));
        Self { from: (1.2 * from).max(-1.0), to: (1.2 * to).min(MOST) }
    }

    /// A place in the drawing.
    fn at(self, lift: f64) -> String {
        let share = (lift.clamp(self.from, self.to) - self.from) / (self.to - self.from);
        format!("{:.1}", 5.0 + (WIDTH - 10.0) * share)
    }
}

/// The cells of a row after the name.
#[must_use]
pub fn cells(row: &ChallengerReport) -> [String; 7] {
    let dash = || "–".to_owned();
    let range = |lower: f64, upper: f64| format!("{} to {}", words::lift(lower), words::lift(upper));
    let interval = |found: LiftInterval| range(found.lower, found.upper);
    let always = row.always_valid.map(|(lower, upper)| match upper {
        Some(upper) => range(lower, upper),
        None => format!("above {}", words::lift(lower)),
    });
    let missing = match row.visitors_needed {
        _ if row.log_e_max >= row.log_e_needed => words::waits_for(row),
        Some(more) => words::still_needed(more, row.days_needed),
        None => dash(),
    };
    [
        row.lift.map_or_else(dash, |lift| words::lift(lift.estimate)),
        row.lift.map_or_else(dash, interval),
        row.corrected_lift.map_or_else(dash, interval),
        always.unwrap_or_else(dash),
        row.lift.map_or_else(dash, |_| format!("{:.1} of 100", 100.0 * row.expected_loss)),
        words::odds(row.log_e_max),
        missing,
    ]
}

fn row(row: ChallengerReport, axis: Axis) -> impl IntoView {
    let cells = cells(&row)
        .map(|cell| view! { <td class="px-2 py-3 text-right tabular-nums last:min-w-28 last:pr-4">{cell}</td> });
    let label = format!("P(best) of matured visitors {}", probability(row.prob_best));
    view! {
        <tr>
            <th scope="row" class="py-3 pr-2 pl-4 font-medium whitespace-nowrap">
                {row.name.clone()}
                <span class="block text-xs font-normal text-muted-foreground">{label}</span>
                {row.wears_off.map(|(early, late)| view! {
                    <span class="block text-xs font-normal text-warning-foreground">{words::wears_off(early, late)}</span>
                })}
                {drawing(&row, axis)}
            </th>
            {cells}
        </tr>
    }
}

/// The credible interval, thick, over the one that holds at every look, thin, on an axis with a mark at 0.
fn drawing(row: &ChallengerReport, axis: Axis) -> Option<AnyView> {
    let lift = row.lift?;
    let at = |value: f64| axis.at(value);
    let (lower, upper) =
        row.always_valid.map_or((lift.lower, lift.upper), |(lower, upper)| (lower, upper.unwrap_or(MOST)));
    let label = format!("{}: lift {} to {}", row.name, words::lift(lift.lower), words::lift(lift.upper));
    let drawn = view! {
        <svg viewBox=format!("0 0 {WIDTH} 20") class="mt-1 h-5 w-40" role="img" aria-label=label>
            <line x1=at(0.0) y1="1" x2=at(0.0) y2="19" class="stroke-muted-foreground" stroke-width="1" stroke-dasharray="3 3" />
            <line x1=at(lower) y1="10" x2=at(upper) y2="10" class="stroke-muted-foreground" stroke-width="1.5" />
            <line x1=at(lift.lower) y1="10" x2=at(lift.upper) y2="10" class="stroke-primary" stroke-width="5" stroke-linecap="round" />
            <circle cx=at(lift.estimate) cy="10" r="4" class="fill-background stroke-primary" stroke-width="2" />
        </svg>
    };
    Some(drawn.into_any())
}
