//! Path data of SVG from points in view-box units.

use std::fmt::Write;

/// A point in view-box units.
pub type Point = (f64, f64);

/// A coordinate with one decimal, which is finer than a screen's pixel.
#[must_use]
pub fn coordinate(value: f64) -> String {
    let text = format!("{value:.1}");
    if text == "-0.0" { "0.0".to_owned() } else { text }
}

/// Straight lines through the points; empty without any.
#[must_use]
pub fn line(points: &[Point]) -> String {
    let mut path = String::new();
    extend(&mut path, 'M', points.iter().copied());
    path
}

/// The closed area between an upper and a lower line; empty without points.
#[must_use]
pub fn area(upper: &[Point], lower: &[Point]) -> String {
    if upper.is_empty() || lower.is_empty() {
        return String::new();
    }
    let mut path = line(upper);
    extend(&mut path, 'L', lower.iter().rev().copied());
    path.push('Z');
    path
}

/// Points of a line that keeps each value until the next one begins.
#[must_use]
pub fn steps(points: &[Point]) -> Vec<Point> {
    let mut stepped: Vec<Point> = Vec::with_capacity(points.len() * 2);
    for point in points {
        if let Some((_, height)) = stepped.last().copied() {
            stepped.push((point.0, height));
        }
        stepped.push(*point);
    }
    stepped
}

/// Running sums of each row divided by the row's total: the boundaries of stacked shares, from 0 to 1.
///
/// The first boundary of every row is 0; a row whose total is not positive has all boundaries at 0.
#[must_use]
pub fn stack(row: &[f64]) -> Vec<f64> {
    let total: f64 = row.iter().filter(|weight| weight.is_finite()).sum();
    let mut sum = 0.0;
    let mut boundaries = vec![0.0];
    for weight in row {
        if total > 0.0 && weight.is_finite() {
            sum += weight / total;
        }
        boundaries.push(sum);
    }
    boundaries
}

fn extend(path: &mut String, first: char, points: impl Iterator<Item = Point>) {
    for (index, (x, y)) in points.enumerate() {
        let command = if index == 0 { first } else { 'L' };
        // Writing to a String cannot fail.
        let _ = write!(path, "{command}{} {}", coordinate(x), coordinate(y));
    }
}
