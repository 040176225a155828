//! Conversion rate over time: one line with a 95 % credible band for each variant.

use super::calendar::Moment;
use super::figure::{ChartFigure, Table};
use super::format::{probability, rate};
use super::frame::{Frame, Mark, SideLabel, axes, marks, plot_only, side_labels};
use super::path::{Point, area, line};
use super::scale::{Scale, spread};
use super::series::{short, style};
use super::ticks::{percent_ticks, time_ticks};
use domain::report::{RateSeries, SiteStatistics};
use leptos::prelude::*;

/// One variant's line.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Index of the series; 0 is the control.
    pub index: usize,
    /// Path data of the mean.
    pub line: String,
    /// Path data of the credible band.
    pub band: String,
    /// Where the line ends.
    pub end: Point,
}

/// Everything that the drawing needs, in view-box units.
#[derive(Debug, Clone, PartialEq)]
pub struct RateGeometry {
    /// Lines, the control first.
    pub curves: Vec<Curve>,
    /// Labels beside the plot.
    pub labels: Vec<SideLabel>,
    /// Marks of the time axis.
    pub x: Vec<Mark>,
    /// Marks of the rate axis.
    pub y: Vec<Mark>,
}

/// The rate at the top of the chart.
///
/// Every present interval should fit, but a variant that has just begun is nearly unknown and would
/// flatten all others: the axis ends at four times the middle one of the present means. What a
/// variant certainly reaches, its lower end, is always in sight, however far it leads.
fn top(series: &[&RateSeries]) -> f64 {
    let last = || series.iter().filter_map(|series| series.points.last());
    let mut means: Vec<f64> = last().map(|point| point.mean).collect();
    means.sort_by(f64::total_cmp);
    let middle = means.get(means.len() / 2).map_or(1.0, |middle| middle * 4.0);
    let certain = last().map(|point| point.lower).fold(0.0, f64::max) * 1.5;
    last().map(|point| point.upper).fold(0.0, f64::max).min(middle.max(certain).max(0.001))
}

/// Lays out the rates of a site; `None` without points.
#[must_use]
pub fn geometry(statistics: &SiteStatistics, frame: Frame) -> Option<RateGeometry> {
    let series: Vec<(usize, &RateSeries)> = statistics
        .rates
        .iter()
        .filter(|series| !series.points.is_empty())
        .map(|series| (series_index(statistics, series), series))
        .collect();
    let times = || series.iter().flat_map(|(_, series)| series.points.iter().map(|point| point.at));
    let (from, to) = (times().min()?, times().max()?);
    let only: Vec<&RateSeries> = series.iter().map(|(_, series)| *series).collect();
    let y_ticks = percent_ticks(top(&only), 5);
    let top = y_ticks.last().map_or(1.0, |tick| tick.value);
    let x = Scale::new((from as f64, to as f64), frame.across());
    let y = Scale::new((0.0, top), frame.upwards());
    // What lies above the axis leaves the plot, which cuts it; only the end of a line always stays in sight.
    let place = |at: i64, value: f64| (x.at(at as f64), y.at(value));
    let curves: Vec<Curve> = series
        .iter()
        .map(|(index, series)| {
            let along = |value: fn(&domain::report::RatePoint) -> f64| -> Vec<Point> {
                series.points.iter().map(|point| place(point.at, value(point))).collect()
            };
            let means = along(|point| point.mean);
            Curve {
                index: *index,
                line: line(&means),
                band: area(&along(|point| point.upper), &along(|point| point.lower)),
                end: series.points.last().map(|point| place(point.at, point.mean.min(top))).unwrap_or_default(),
            }
        })
        .collect();
    let anchors: Vec<f64> = curves.iter().map(|curve| curve.end.1).collect();
    let heights = spread(&anchors, 17.0, frame.label_bounds());
    let labels = series.iter().zip(anchors).zip(heights).map(|(((index, series), anchor), at)| {
        let now = series.points.last().map(|point| rate(point.mean)).unwrap_or_default();
        SideLabel { index: *index, text: format!("{} {now}", short(&series.name, frame.name_chars)), anchor, at }
    });
    Some(RateGeometry {
        labels: labels.collect(),
        curves,
        x: marks(time_ticks(from, to, frame.x_ticks), &x),
        y: marks(y_ticks, &y),
    })
}

fn series_index(statistics: &SiteStatistics, series: &RateSeries) -> usize {
    statistics.variants.iter().position(|variant| variant.variant_id == series.variant_id).unwrap_or(1)
}

/// One sentence about who converts best, no stronger than the data.
#[must_use]
pub fn takeaway(statistics: &SiteStatistics) -> String {
    let active = || statistics.variants.iter().filter(|variant| variant.is_active);
    let leader = active().filter(|variant| variant.mean.is_some()).max_by(|a, b| {
        let chance = |variant: &domain::report::VariantStatistics| variant.prob_best.or(variant.mean).unwrap_or(0.0);
        chance(a).total_cmp(&chance(b))
    });
    let Some(leader) = leader else {
        return "No visitors yet. The first counted visitor starts the curve.".to_owned();
    };
    let mean = leader.mean.map(rate).unwrap_or_default();
    let name = &leader.name;
    match leader.prob_best {
        Some(chance) if active().count() > 1 && chance >= 0.95 => {
            format!("{name} converts best: {mean}, with a probability of {} of being the best.", probability(chance))
        }
        Some(chance) if active().count() > 1 => {
            format!(
                "{name} leads with {mean}, but it is not settled: its probability of being the best is {}.",
                probability(chance)
            )
        }
        _ => format!("{name} converts at {mean}. There is nothing to compare it with yet."),
    }
}

/// The present rate of every series.
#[must_use]
pub fn table(statistics: &SiteStatistics) -> Table {
    let head = ["Variant", "Time", "Conversion rate", "From", "To"];
    let rows = statistics.rates.iter().flat_map(|series| {
        series.points.iter().map(|point| {
            let time = Moment::new(point.at).full_text();
            vec![series.name.clone(), time, rate(point.mean), rate(point.lower), rate(point.upper)]
        })
    });
    Table { head: head.map(str::to_owned).to_vec(), rows: rows.collect() }
}

/// The chart.
#[component]
pub fn RateChart(
    /// Unique in the page.
    id: &'static str,
    /// What to draw; drawn again when it changes.
    #[prop(into)]
    statistics: Signal<SiteStatistics>,
) -> impl IntoView {
    view! {
        <ChartFigure
            id=id
            title="Conversion rate over time"
            statistics=statistics
            takeaway=takeaway
            note="Lines are means of all visitors until then; bands hold the true rate with a probability of 95 %. Times are UTC."
            table=table
            draw=draw
            empty="No visitors counted yet"
        />
    }
}

fn draw(statistics: &SiteStatistics, frame: Frame) -> Option<AnyView> {
    let RateGeometry { curves, labels, x, y } = geometry(statistics, frame)?;
    let bands: Vec<_> = curves
        .iter()
        .map(|curve| view! { <path d=curve.band.clone() class=style(curve.index).fill fill-opacity="0.13" /> })
        .collect();
    let ends: Vec<_> = curves
        .iter()
        .map(|curve| {
            let style = style(curve.index);
            view! { <path d=style.marker.path(curve.end, 4.5) class=style.fill /> }
        })
        .collect();
    let lines = curves.into_iter().map(|curve| {
        let style = style(curve.index);
        view! {
            <path d=curve.line class=style.stroke fill="none" stroke-width="2" stroke-dasharray=style.dash stroke-linejoin="round" />
        }
    });
    let drawing = view! {
        {axes(frame, x, y)}
        {plot_only(frame, view! { {bands} {lines.collect_view()} })}
        {ends}
        {side_labels(frame, labels)}
    };
    Some(drawing.into_any())
}
