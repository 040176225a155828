//! What is known about each rate: the posterior's density, its 95 % interval and its mean, one row a variant.

use super::beta;
use super::figure::{ChartFigure, Table};
use super::format::{probability, rate};
use super::frame::{Frame, Mark, axes, marks};
use super::path::{Point, area, coordinate};
use super::scale::Scale;
use super::series::{short, style};
use super::ticks::percent_ticks;
use domain::report::{SiteStatistics, VariantStatistics};
use leptos::prelude::*;

/// One variant's row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Index of the series; 0 is the control.
    pub index: usize,
    /// Name, cut to fit.
    pub name: String,
    /// Chance of being the best, as text; empty when unknown.
    pub chance: String,
    /// Path data of the density above the base line.
    pub density: String,
    /// Height of the base line.
    pub base: f64,
    /// Left and right end of the interval.
    pub interval: (f64, f64),
    /// Place of the mean.
    pub mean: f64,
}

/// Everything that the drawing needs, in view-box units.
#[derive(Debug, Clone, PartialEq)]
pub struct PosteriorGeometry {
    /// Rows, the control first.
    pub rows: Vec<Row>,
    /// Marks of the rate axis.
    pub x: Vec<Mark>,
    /// The frame with space for the names on the left.
    pub frame: Frame,
}

fn known(statistics: &SiteStatistics) -> Vec<(usize, &VariantStatistics, (f64, f64, f64))> {
    let shown = statistics.variants.iter().enumerate().filter(|(_, variant)| variant.is_active);
    shown
        .filter_map(|(index, variant)| Some((index, variant, (variant.lower?, variant.mean?, variant.upper?))))
        .collect()
}

/// Lays out the rows of active variants with visitors; `None` without any.
#[must_use]
pub fn geometry(statistics: &SiteStatistics, frame: Frame) -> Option<PosteriorGeometry> {
    let known = known(statistics);
    if known.is_empty() {
        return None;
    }
    let most = known.iter().map(|(_, _, (_, _, upper))| *upper).fold(0.0, f64::max);
    let ticks = percent_ticks((most * 1.05).min(1.0), frame.x_ticks);
    let top = ticks.last().map_or(1.0, |tick| tick.value);
    // Names stand to the left here, so the space of the two sides changes places.
    let frame = Frame { left: frame.right - 6.0, right: if frame.name == "wide" { 76.0 } else { 60.0 }, ..frame };
    let row_height = (frame.height - frame.top - frame.bottom) / known.len() as f64;
    let high = (row_height * 0.72).min(64.0);
    let x = Scale::new((0.0, top), frame.across());
    let rows = known.iter().enumerate().map(|(place, (index, variant, (lower, mean, upper)))| {
        let base = frame.top + row_height * (place as f64 + 1.0) - (row_height * 0.18).min(12.0);
        let curve = beta::curve(variant.alpha, variant.beta, 72);
        let peak = curve.iter().map(|(_, density)| *density).fold(f64::MIN_POSITIVE, f64::max);
        let upper_edge: Vec<Point> =
            curve.iter().map(|(at, density)| (x.at(at.min(top)), base - high * density / peak)).collect();
        let lower_edge: Vec<Point> = upper_edge.iter().map(|(at, _)| (*at, base)).collect();
        Row {
            index: *index,
            name: short(&variant.name, frame.name_chars),
            chance: variant.prob_best.map(probability).unwrap_or_default(),
            density: area(&upper_edge, &lower_edge),
            base,
            interval: (x.at(*lower), x.at(*upper)),
            mean: x.at(*mean),
        }
    });
    Some(PosteriorGeometry { rows: rows.collect(), x: marks(ticks, &x), frame })
}

/// One sentence: whether the intervals of the two best overlap.
#[must_use]
pub fn takeaway(statistics: &SiteStatistics) -> String {
    let mut known = known(statistics);
    known.sort_by(|a, b| b.2.1.total_cmp(&a.2.1));
    match known.as_slice() {
        [] => "Nothing is known about the rates yet.".to_owned(),
        [(_, only, _)] => format!("Only {} has visitors so far.", only.name),
        [(_, first, (lower, ..)), (_, second, (.., upper)), ..] if lower > upper => {
            format!("The interval of {} stands clear above that of {}.", first.name, second.name)
        }
        [(_, first, _), (_, second, _), ..] => {
            format!("The intervals of {} and {} overlap: more visitors will tell them apart.", first.name, second.name)
        }
    }
}

/// The numbers of each row.
#[must_use]
pub fn table(statistics: &SiteStatistics) -> Table {
    let head = ["Variant", "Mean", "From", "To", "P(best)"];
    let rows = known(statistics).into_iter().map(|(_, variant, (lower, mean, upper))| {
        let chance = variant.prob_best.map_or_else(|| "–".to_owned(), probability);
        vec![variant.name.clone(), rate(mean), rate(lower), rate(upper), chance]
    });
    Table { head: head.map(str::to_owned).to_vec(), rows: rows.collect() }
}

/// The chart.
#[component]
pub fn PosteriorChart(
    /// Unique in the page.
    id: &'static str,
    /// What to draw; drawn again when it changes.
    #[prop(into)]
    statistics: Signal<SiteStatistics>,
) -> impl IntoView {
    view! {
        <ChartFigure
            id=id
            title="What is known about each rate"
            statistics=statistics
            takeaway=takeaway
            note="A narrow hill is a rate that is known well. The bar holds the true rate with a probability of 95 %, the marker is the mean; on the right, the probability of being the best."
            table=table
            draw=draw
            empty="No visitors counted yet"
        />
    }
}

fn draw(statistics: &SiteStatistics, frame: Frame) -> Option<AnyView> {
    let PosteriorGeometry { rows, x, frame } = geometry(statistics, frame)?;
    let (left, right) = frame.across();
    let rows = rows.into_iter().map(move |row| {
        let style = style(row.index);
        let base = coordinate(row.base);
        let text = coordinate(row.base - 2.0);
        view! {
            <line x1=coordinate(left) x2=coordinate(right) y1=base.clone() y2=base.clone() class="stroke-border" stroke-width="1" />
            <path d=row.density class=format!("{} {}", style.fill, style.stroke) fill-opacity="0.22" stroke-width="1" stroke-dasharray=style.dash />
            <line x1=coordinate(row.interval.0) x2=coordinate(row.interval.1) y1=base.clone() y2=base class=style.stroke stroke-width="3" stroke-linecap="round" />
            <path d=style.marker.path((row.mean, row.base), 5.0) class=format!("{} stroke-card", style.fill) stroke-width="1.5" />
            <text x="0" y=text.clone() class="fill-foreground" font-size="12">{row.name}</text>
            <text x=coordinate(frame.width) y=text text-anchor="end" class="fill-foreground" font-size="12">{row.chance}</text>
        }
    });
    let drawing = view! {
        {axes(frame, x, Vec::new())}
        {rows.collect_view()}
    };
    Some(drawing.into_any())
}
