//! How a series looks: a colour, a dash and a marker that belong together.

use leptos::prelude::*;

/// The shape at the end of a line and beside a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// A circle, which stands for the control.
    Circle,
    /// A square.
    Square,
    /// A triangle.
    Triangle,
    /// A square on its corner.
    Diamond,
    /// A plus sign.
    Plus,
    /// A triangle that points down.
    Wedge,
}

impl Marker {
    /// Path data of the shape around a point, about `size` units from its centre to its edge.
    #[must_use]
    pub fn path(self, (x, y): (f64, f64), size: f64) -> String {
        let s = size;
        let corners: &[(f64, f64)] = match self {
            Self::Circle => {
                return format!(
                    "M{:.1} {y:.1}a{s:.1} {s:.1} 0 1 0 {:.1} 0a{s:.1} {s:.1} 0 1 0 {:.1} 0Z",
                    x - s,
                    2.0 * s,
                    -2.0 * s
                );
            }
            Self::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
            Self::Triangle => &[(0.0, -1.15), (1.1, 0.9), (-1.1, 0.9)],
            Self::Diamond => &[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)],
            Self::Plus => &[
                (-0.4, -1.2),
                (0.4, -1.2),
                (0.4, -0.4),
                (1.2, -0.4),
                (1.2, 0.4),
                (0.4, 0.4),
                (0.4, 1.2),
                (-0.4, 1.2),
                (-0.4, 0.4),
                (-1.2, 0.4),
                (-1.2, -0.4),
                (-0.4, -0.4),
            ],
            Self::Wedge => &[(0.0, 1.15), (1.1, -0.9), (-1.1, -0.9)],
        };
        let points: Vec<_> = corners.iter().map(|(dx, dy)| (x + dx * s, y + dy * s)).collect();
        super::path::line(&points) + "Z"
    }
}

/// The look of a series. The classes are tokens, so they hold in the dark theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesStyle {
    /// Class that colours lines.
    pub stroke: &'static str,
    /// Class that colours areas.
    pub fill: &'static str,
    /// `stroke-dasharray`.
    pub dash: &'static str,
    /// Shape beside labels and at the ends of lines.
    pub marker: Marker,
}

const CONTROL: SeriesStyle =
    SeriesStyle { stroke: "stroke-chart-1", fill: "fill-chart-1", dash: "none", marker: Marker::Circle };

const CHALLENGERS: [SeriesStyle; 5] = [
    SeriesStyle { stroke: "stroke-chart-2", fill: "fill-chart-2", dash: "none", marker: Marker::Square },
    SeriesStyle { stroke: "stroke-chart-4", fill: "fill-chart-4", dash: "7 4", marker: Marker::Triangle },
    SeriesStyle { stroke: "stroke-chart-3", fill: "fill-chart-3", dash: "2 3", marker: Marker::Diamond },
    SeriesStyle { stroke: "stroke-chart-5", fill: "fill-chart-5", dash: "9 3 2 3", marker: Marker::Plus },
    SeriesStyle { stroke: "stroke-brand", fill: "fill-brand", dash: "4 2", marker: Marker::Wedge },
];

/// The look of the series at an index, where 0 is the control.
///
/// Beyond five challengers the looks come again, told apart by their labels.
#[must_use]
pub fn style(index: usize) -> SeriesStyle {
    match index.checked_sub(1) {
        None => CONTROL,
        Some(challenger) => CHALLENGERS[challenger % CHALLENGERS.len()],
    }
}

/// A name cut to a number of characters, with an ellipsis in place of what is missing.
#[must_use]
pub fn short(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let kept: String = name.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The marker of a series beside its name in tables and lists.
#[component]
pub fn SeriesKey(
    /// Index of the series; 0 is the control.
    index: usize,
) -> impl IntoView {
    let style = style(index);
    view! {
        <svg viewBox="0 0 12 12" width="12" height="12" class=format!("inline-block shrink-0 {}", style.fill) aria-hidden="true">
            <path d=style.marker.path((6.0, 6.0), 4.0) />
        </svg>
    }
}
