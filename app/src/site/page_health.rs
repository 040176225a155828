//! What visits of each variant were like, beside those of the untouched page.

use crate::chart::format::{count, percent};
use crate::chart::series::SeriesKey;
use crate::ui::Card;
use domain::report::{SiteStatistics, VariantHealth};
use leptos::prelude::*;

/// Size of a bar in its own units.
const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 10.0;

/// One figure: its heading, how it is read and how it is written.
type Figure = (&'static str, fn(&VariantHealth) -> Option<f64>, fn(f64) -> String);

const FIGURES: [Figure; 5] = [
    ("LCP, p75", |row| row.lcp_p75, milliseconds),
    ("CLS, p75", |row| row.cls_p75, |shift| format!("{shift:.3}")),
    ("INP, p75", |row| row.inp_p75, milliseconds),
    ("JS errors", |row| row.error_share, |share| percent(share, 1)),
    ("Gave up", |row| Some(real(row.gave_up)), |visits| format!("{visits:.0}")),
];

/// The figures of all variants; nothing while no page has told of itself.
#[component]
pub fn PageHealthCard(
    /// The numbers.
    #[prop(into)]
    statistics: Signal<SiteStatistics>,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        statistics.with(|statistics| {
            let place = |row: &VariantHealth| statistics.variants.iter().position(|it| it.variant_id == row.variant_id);
            let placed = statistics.page_health.iter().map(|row| (place(row).unwrap_or(0), row.clone()));
            placed.collect::<Vec<(usize, VariantHealth)>>()
        })
    });
    let any = Memo::new(move |_| rows.with(|rows| !rows.is_empty()));
    view! {
        <Show when=move || any.get()>
            <section aria-labelledby="page-health-heading">
                <Card class="overflow-hidden">
                    <h3 id="page-health-heading" class="px-5 pt-5 pb-3 font-semibold">"Page health by variant"</h3>
                    <div class="overflow-x-auto" tabindex="0" role="region" aria-label="Page health by variant">
                        <table class="w-full text-left text-sm" aria-label="Page health">
                            <thead class="bg-muted/50 text-muted-foreground">
                                <tr>
                                    <th scope="col" class="px-4 py-3 font-medium">"Variant"</th>
                                    {FIGURES.map(|(name, ..)| view! { <th scope="col" class="px-4 py-3 font-medium whitespace-nowrap">{name}</th> })}
                                    <th scope="col" class="px-4 py-3 text-right font-medium">"Samples"</th>
                                </tr>
                            </thead>
                            <tbody class="divide-y">
                                {move || {
                                    let rows = rows.get();
                                    rows.iter().map(|(index, row)| line(*index, row, &rows)).collect_view()
                                }}
                            </tbody>
                        </table>
                    </div>
                    <p class="border-t px-4 py-3 text-xs text-muted-foreground">
                        "From the visits of the last 28 days whose pages told of themselves. Three of four visits had at most the p75 of largest contentful paint (LCP), layout shift (CLS) and delay after input (INP), which is exact to 3\u{a0}%. JS errors are visits with an error of any script on the page; gave up are visits in which the snippet left the page as it is. The upright line in a bar is the control."
                    </p>
                </Card>
            </section>
        </Show>
    }
}

fn line(index: usize, row: &VariantHealth, all: &[(usize, VariantHealth)]) -> impl IntoView + use<> {
    let cells = FIGURES.map(|(name, read, written)| {
        let most = all.iter().filter_map(|(_, row)| read(row)).fold(0.0, f64::max);
        let control = all.iter().find(|(_, row)| row.is_control).and_then(|(_, row)| read(row));
        let value = read(row);
        let text = value.map_or_else(|| "–".to_owned(), written);
        let bar = value.map(|value| {
            let label = match control.filter(|_| !row.is_control) {
                Some(control) => format!("{name}: {text}; the control has {}", written(control)),
                None => format!("{name}: {text}"),
            };
            bar(value, control, most, label)
        });
        view! {
            <td class="px-4 py-3 tabular-nums whitespace-nowrap">
                {text}
                {bar}
            </td>
        }
    });
    let samples = i64::try_from(row.samples).unwrap_or(i64::MAX);
    view! {
        <tr>
            <th scope="row" class="px-4 py-3 font-medium whitespace-nowrap">
                <span class="inline-flex items-center gap-2"><SeriesKey index=index /> {row.name.clone()}</span>
            </th>
            {cells}
            <td class="px-4 py-3 text-right tabular-nums">{count(samples)}</td>
        </tr>
    }
}

/// A value as a bar, against the largest of all variants and the control's.
fn bar(value: f64, control: Option<f64>, most: f64, label: String) -> impl IntoView {
    let at = move |value: f64| if most > 0.0 { (WIDTH - 2.0) * value / most + 1.0 } else { 1.0 };
    view! {
        <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") class="mt-1 h-2.5 w-24" role="img" aria-label=label>
            <rect x="0" y="3" width=WIDTH height="4" rx="2" class="fill-muted" />
            <rect x="0" y="3" width=format!("{:.1}", at(value)) height="4" rx="2" class="fill-primary" />
            {control.map(|control| {
                let x = format!("{:.1}", at(control));
                view! { <line x1=x.clone() y1="0" x2=x y2=HEIGHT class="stroke-foreground" stroke-width="2" /> }
            })}
        </svg>
    }
}

/// A time as people read it.
#[must_use]
pub fn milliseconds(time: f64) -> String {
    if time < 1000.0 { format!("{time:.0}\u{a0}ms") } else { format!("{:.2}\u{a0}s", time / 1000.0) }
}

fn real(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
