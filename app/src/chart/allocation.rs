//! Traffic over time: the share of new visitors that each variant gets, stacked to 100 %.

use super::calendar::Moment;
use super::figure::{ChartFigure, Table};
use super::format::percent;
use super::frame::{Frame, Mark, SideLabel, axes, marks, side_labels};
use super::path::{Point, area, line, stack, steps};
use super::scale::{Scale, spread};
use super::series::{short, style};
use super::ticks::{Tick, time_ticks};
use domain::report::SiteStatistics;
use leptos::prelude::*;

/// One variant's share as an area.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Index of the series; 0 is the control.
    pub index: usize,
    /// Path data of the area.
    pub area: String,
    /// Path data of its upper edge.
    pub edge: String,
}

/// Everything that the drawing needs, in view-box units.
#[derive(Debug, Clone, PartialEq)]
pub struct AllocationGeometry {
    /// Areas, from the bottom to the top.
    pub layers: Vec<Layer>,
    /// Labels beside the plot, without variants that get no visitors now.
    pub labels: Vec<SideLabel>,
    /// Marks of the time axis.
    pub x: Vec<Mark>,
    /// Marks of the share axis.
    pub y: Vec<Mark>,
}

/// Lays out the weights of a site; `None` before the first were published.
#[must_use]
pub fn geometry(statistics: &SiteStatistics, frame: Frame) -> Option<AllocationGeometry> {
    let from = statistics.allocation.first()?.at;
    let last = statistics.allocation.last()?;
    // The last weights hold until now; a chart of a single vector still needs an extent.
    let to = statistics.at.max(last.at).max(from + 60);
    let x = Scale::new((from as f64, to as f64), frame.across());
    let y = Scale::new((0.0, 1.0), frame.upwards());
    let rows: Vec<(i64, Vec<f64>)> = statistics
        .allocation
        .iter()
        .map(|point| (point.at, stack(&point.weights)))
        .chain([(to, stack(&last.weights))])
        .collect();
    let boundary = |level: usize| -> Vec<Point> {
        let height = |row: &[f64]| row.get(level).or(row.last()).copied().unwrap_or(0.0);
        let points: Vec<Point> = rows.iter().map(|(at, row)| (x.at(*at as f64), y.at(height(row)))).collect();
        steps(&points)
    };
    let count = statistics.allocation_names.len();
    let layers = (0..count)
        .map(|level| {
            let upper = boundary(level + 1);
            Layer { index: series_index(statistics, level), area: area(&upper, &boundary(level)), edge: line(&upper) }
        })
        .collect();
    let now = stack(&last.weights);
    let shown: Vec<(usize, f64, f64)> = (0..count)
        .filter_map(|level| Some((level, *now.get(level)?, *now.get(level + 1)?)))
        .filter(|(_, below, above)| above > below)
        .collect();
    let anchors: Vec<f64> = shown.iter().map(|(_, below, above)| y.at(f64::midpoint(*below, *above))).collect();
    let heights = spread(&anchors, 17.0, frame.label_bounds());
    let labels = shown.iter().zip(anchors).zip(heights).map(|(((level, below, above), anchor), at)| {
        let name =
            statistics.allocation_names.get(*level).map(|name| short(name, frame.name_chars)).unwrap_or_default();
        let text = format!("{name} {}", percent(above - below, 0));
        SideLabel { index: series_index(statistics, *level), text, anchor, at }
    });
    let shares = [0.0, 0.25, 0.5, 0.75, 1.0].map(|value| Tick { value, label: format!("{:.0}%", value * 100.0) });
    Some(AllocationGeometry {
        layers,
        labels: labels.collect(),
        x: marks(time_ticks(from, to, frame.x_ticks), &x),
        y: marks(shares.to_vec(), &y),
    })
}

fn series_index(statistics: &SiteStatistics, level: usize) -> usize {
    let name = statistics.allocation_names.get(level);
    statistics.variants.iter().position(|variant| Some(&variant.name) == name).unwrap_or(level)
}

/// One sentence about where new visitors go.
#[must_use]
pub fn takeaway(statistics: &SiteStatistics) -> String {
    let (Some(first), Some(last)) = (statistics.allocation.first(), statistics.allocation.last()) else {
        return "No weights were published yet. New visitors see the untouched page.".to_owned();
    };
    let total: f64 = last.weights.iter().sum();
    let most = (0..statistics.allocation_names.len())
        .filter_map(|level| Some((level, last.weights.get(level)?)))
        .max_by(|a, b| a.1.total_cmp(b.1));
    let (Some((level, weight)), true) = (most, total > 0.0) else {
        return "New visitors see the untouched page.".to_owned();
    };
    let before =
        first.weights.get(level).copied().unwrap_or(0.0) / first.weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let (now, name) = (weight / total, &statistics.allocation_names[level]);
    if last.weights.iter().filter(|weight| **weight > 0.0).count() == 1 {
        format!("All new visitors see {name}.")
    } else if (now - before).abs() < 0.01 {
        format!("{name} gets {} of new visitors.", percent(now, 0))
    } else {
        format!("{name} gets {} of new visitors now; it began with {}.", percent(now, 0), percent(before, 0))
    }
}

/// The shares of every weight vector.
#[must_use]
pub fn table(statistics: &SiteStatistics) -> Table {
    let mut head = vec!["Time".to_owned(), "Epoch".to_owned()];
    head.extend(statistics.allocation_names.iter().cloned());
    let rows = statistics.allocation.iter().map(|point| {
        let shares = stack(&point.weights);
        let mut cells = vec![Moment::new(point.at).full_text(), point.epoch.to_string()];
        cells.extend(shares.windows(2).map(|pair| percent(pair[1] - pair[0], 1)));
        cells
    });
    Table { rows: rows.collect(), head }
}

/// The chart.
#[component]
pub fn AllocationChart(
    /// Unique in the page.
    id: &'static str,
    /// What to draw; drawn again when it changes.
    #[prop(into)]
    statistics: Signal<SiteStatistics>,
) -> impl IntoView {
    view! {
        <ChartFigure
            id=id
            title="Traffic allocation over time"
            statistics=statistics
            takeaway=takeaway
            note="Shares of new visitors. Visitors who came before keep the variant that they saw. Times are UTC."
            table=table
            draw=draw
            empty="No traffic is shared yet"
        />
    }
}

fn draw(statistics: &SiteStatistics, frame: Frame) -> Option<AnyView> {
    let AllocationGeometry { layers, labels, x, y } = geometry(statistics, frame)?;
    let layers = layers.into_iter().map(|layer| {
        let style = style(layer.index);
        view! {
            <path d=layer.area class=style.fill fill-opacity="0.45" />
            <path d=layer.edge class=style.stroke fill="none" stroke-width="1.5" stroke-dasharray=style.dash />
        }
    });
    let drawing = view! {
        {axes(frame, x, y)}
        {layers.collect_view()}
        {side_labels(frame, labels)}
    };
    Some(drawing.into_any())
}
