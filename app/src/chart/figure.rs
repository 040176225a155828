//! The figure around a chart: title, one sentence that says what it shows, and the numbers as a table.

use super::frame::{Frame, NARROW, WIDE};
use domain::report::SiteStatistics;
use leptos::prelude::*;

/// Numbers behind a chart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Names of the columns.
    pub head: Vec<String>,
    /// Cells; the first of each row is its header.
    pub rows: Vec<Vec<String>>,
}

/// A titled chart. The drawing is drawn again whenever its data changes; what a person
/// opened (the table) stays open, because only the parts that depend on data are replaced.
#[component]
pub fn ChartFigure(
    /// Unique in the page; other ids are made from it.
    id: &'static str,
    /// Title.
    title: &'static str,
    /// What to draw; drawn again when it changes.
    statistics: Signal<SiteStatistics>,
    /// One sentence: what the chart shows.
    takeaway: fn(&SiteStatistics) -> String,
    /// How to read it, below the drawing.
    note: &'static str,
    /// The same numbers as rows.
    table: fn(&SiteStatistics) -> Table,
    /// Draws the content of the SVG element in a frame; `None` while there is nothing to draw.
    draw: fn(&SiteStatistics, Frame) -> Option<AnyView>,
    /// What stands there instead while there is nothing to draw.
    empty: &'static str,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let takeaway_id = format!("{id}-takeaway");
    let label = format!("{title_id} {takeaway_id}");
    let drawing = move |frame: Frame, label: String| {
        view! {
            <svg
                id=format!("{id}-{}", frame.name)
                viewBox=frame.view_box()
                width="100%"
                class=frame.class
                role="img"
                aria-labelledby=label
            >
                {move || statistics.with(|statistics| draw(statistics, frame)).unwrap_or_else(|| nothing_yet(frame, empty))}
            </svg>
        }
    };
    view! {
        <figure id=id class="flex min-w-0 flex-col gap-3 rounded-xl border bg-card p-5 text-card-foreground shadow-sm">
            <figcaption class="space-y-1">
                <h3 id=title_id class="text-base font-semibold leading-tight">{title}</h3>
                <p id=takeaway_id class="text-sm text-muted-foreground">{move || statistics.with(takeaway)}</p>
            </figcaption>
            {drawing(WIDE, label.clone())}
            {drawing(NARROW, label)}
            <p class="text-xs text-muted-foreground">{note}</p>
            <details class="text-sm">
                <summary class="cursor-pointer text-muted-foreground hover:text-foreground">"Show as table"</summary>
                <div class="mt-3 max-h-80 overflow-auto" tabindex="0" role="region" aria-label=format!("{title}, as a table")>
                    <table class="w-full text-left tabular-nums">
                        <thead>
                            <tr class="border-b">
                                {move || {
                                    let cells = statistics.with(table).head.into_iter();
                                    cells.map(|cell| view! { <th scope="col" class="py-1 pr-4 font-medium">{cell}</th> }).collect_view()
                                }}
                            </tr>
                        </thead>
                        <tbody>{move || statistics.with(table).rows.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
            </details>
        </figure>
    }
}

fn row(cells: Vec<String>) -> impl IntoView {
    let mut cells = cells.into_iter();
    let header = cells.next().unwrap_or_default();
    view! {
        <tr class="border-b last:border-0">
            <th scope="row" class="py-1 pr-4 font-normal">{header}</th>
            {cells.map(|cell| view! { <td class="py-1 pr-4">{cell}</td> }).collect_view()}
        </tr>
    }
}

/// What stands in the middle of a chart without data.
fn nothing_yet(frame: Frame, sentence: &'static str) -> AnyView {
    let (width, height) = (frame.width / 2.0, frame.height / 2.0);
    view! {
        <g class="fill-muted-foreground" font-size="13">
            <rect x="1" y="1" width=frame.width - 2.0 height=frame.height - 2.0 rx="8" fill="none" class="stroke-border" stroke-dasharray="4 4" />
            <text x=width y=height text-anchor="middle">{sentence}</text>
        </g>
    }
    .into_any()
}
