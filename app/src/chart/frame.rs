//! The space of a chart and its axes.

use super::path::coordinate;
use super::scale::Scale;
use super::ticks::Tick;
use leptos::prelude::*;

/// The size of a chart and the space kept free around the plot, in view-box units.
///
/// A chart is drawn twice, wide and narrow, and style sheets show one of them: so its texts
/// stay readable on a telephone without anybody measuring the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// `wide` or `narrow`; part of ids.
    pub name: &'static str,
    /// Class that shows the chart on screens of the right width only.
    pub class: &'static str,
    /// Width of the view box.
    pub width: f64,
    /// Height of the view box.
    pub height: f64,
    /// Space for the labels of the y axis.
    pub left: f64,
    /// Space for the labels of the series.
    pub right: f64,
    /// Space above the plot.
    pub top: f64,
    /// Space for the labels of the x axis.
    pub bottom: f64,
    /// Most characters of a name beside a line.
    pub name_chars: usize,
    /// Most marks on the x axis.
    pub x_ticks: u32,
}

/// For screens of at least 640 pixels.
pub const WIDE: Frame = Frame {
    name: "wide",
    class: "hidden sm:block",
    width: 580.0,
    height: 290.0,
    left: 46.0,
    right: 126.0,
    top: 10.0,
    bottom: 30.0,
    name_chars: 14,
    x_ticks: 6,
};

/// For telephones.
pub const NARROW: Frame = Frame {
    name: "narrow",
    class: "sm:hidden",
    width: 340.0,
    height: 250.0,
    left: 40.0,
    right: 116.0,
    top: 10.0,
    bottom: 28.0,
    name_chars: 9,
    x_ticks: 3,
};

impl Frame {
    /// Left and right end of the plot.
    #[must_use]
    pub fn across(&self) -> (f64, f64) {
        (self.left, self.width - self.right)
    }

    /// Lower and upper end of the plot; y grows downwards, so the lower end is the larger number.
    #[must_use]
    pub fn upwards(&self) -> (f64, f64) {
        (self.height - self.bottom, self.top)
    }

    /// Least and greatest height at which a label of a series stands.
    #[must_use]
    pub fn label_bounds(&self) -> (f64, f64) {
        (self.top + 6.0, self.height - self.bottom - 2.0)
    }

    /// The view box.
    #[must_use]
    pub fn view_box(&self) -> String {
        format!("0 0 {} {}", self.width, self.height)
    }
}

/// A mark of an axis in view-box units.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Position along the axis.
    pub at: f64,
    /// Text beside it.
    pub label: String,
}

/// Places ticks along a scale.
#[must_use]
pub fn marks(ticks: Vec<Tick>, scale: &Scale) -> Vec<Mark> {
    ticks.into_iter().map(|tick| Mark { at: scale.at(tick.value), label: tick.label }).collect()
}

/// Horizontal grid lines with their labels, and the labels of the x axis.
pub fn axes(frame: Frame, x: Vec<Mark>, y: Vec<Mark>) -> impl IntoView {
    let (left, right) = frame.across();
    let (floor, _) = frame.upwards();
    let rows = y.into_iter().map(move |mark| {
        let height = coordinate(mark.at);
        view! {
            <line x1=coordinate(left) x2=coordinate(right) y1=height.clone() y2=height class="stroke-border" stroke-width="1" />
            <text x=coordinate(left - 8.0) y=coordinate(mark.at + 4.0) text-anchor="end">{mark.label}</text>
        }
    });
    let columns = x.into_iter().map(move |mark| {
        let place = coordinate(mark.at);
        view! {
            <line x1=place.clone() x2=place.clone() y1=coordinate(floor) y2=coordinate(floor + 4.0) class="stroke-border" stroke-width="1" />
            <text x=place y=coordinate(floor + 19.0) text-anchor="middle">{mark.label}</text>
        }
    });
    view! {
        <g class="fill-muted-foreground" font-size="12">
            {rows.collect_view()}
            {columns.collect_view()}
        </g>
    }
}

/// A drawing that ends where the plot ends: a nested SVG element cuts what leaves its box.
pub fn plot_only(frame: Frame, drawing: impl IntoView) -> impl IntoView {
    let (left, right) = frame.across();
    let (floor, ceiling) = frame.upwards();
    let (width, height) = (coordinate(right - left), coordinate(floor - ceiling));
    let (x, y) = (coordinate(left), coordinate(ceiling));
    let view_box = format!("{x} {y} {width} {height}");
    view! { <svg x=x y=y width=width height=height viewBox=view_box>{drawing}</svg> }
}

/// A label beside the plot, with a line to the point that it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct SideLabel {
    /// Index of the series, for its marker and colour.
    pub index: usize,
    /// Text.
    pub text: String,
    /// Where the series ends.
    pub anchor: f64,
    /// Where the label stands after labels were moved apart.
    pub at: f64,
}

/// Labels to the right of the plot.
pub fn side_labels(frame: Frame, labels: Vec<SideLabel>) -> impl IntoView {
    let (_, right) = frame.across();
    let rows = labels.into_iter().map(move |label| {
        let style = super::series::style(label.index);
        let leader = super::path::line(&[(right + 2.0, label.anchor), (right + 9.0, label.at)]);
        view! {
            <path d=leader class=style.stroke fill="none" stroke-width="1" stroke-opacity="0.5" />
            <path d=style.marker.path((right + 15.0, label.at), 4.0) class=style.fill />
            <text x=coordinate(right + 23.0) y=coordinate(label.at + 4.0)>{label.text}</text>
        }
    });
    view! { <g class="fill-foreground" font-size="12">{rows.collect_view()}</g> }
}
