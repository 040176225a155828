//! A linear scale from values to view-box units.

/// Maps a range of values onto a range of view-box units, which may run backwards (y axes do).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Smallest and largest value.
    pub domain: (f64, f64),
    /// Where these two stand, in view-box units.
    pub range: (f64, f64),
}

impl Scale {
    /// A scale over the domain; one without extent is widened by one unit so that a lone value stands in the middle.
    #[must_use]
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        let (low, high) = if domain.0 <= domain.1 { domain } else { (domain.1, domain.0) };
        let domain = if high - low > 0.0 { (low, high) } else { (low - 0.5, high + 0.5) };
        Self { domain, range }
    }

    /// Position of a value in view-box units; values outside the domain fall outside the range.
    #[must_use]
    pub fn at(&self, value: f64) -> f64 {
        let share = (value - self.domain.0) / (self.domain.1 - self.domain.0);
        self.range.0 + share * (self.range.1 - self.range.0)
    }
}

/// Moves labels apart so that neighbours are at least `gap` away from each other, and keeps them inside `bounds`.
///
/// Returns the new positions in the order given. When they cannot all fit they are spread evenly over the bounds.
#[must_use]
pub fn spread(positions: &[f64], gap: f64, bounds: (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..positions.len()).collect();
    order.sort_by(|a, b| positions[*a].total_cmp(&positions[*b]));
    let steps = positions.len().saturating_sub(1) as f64;
    let gap = if steps > 0.0 { gap.min((bounds.1 - bounds.0) / steps) } else { gap };
    let mut moved = positions.to_vec();
    let mut least = bounds.0;
    for index in &order {
        moved[*index] = moved[*index].max(least);
        least = moved[*index] + gap;
    }
    let mut most = bounds.1;
    for index in order.iter().rev() {
        moved[*index] = moved[*index].min(most);
        most = moved[*index] - gap;
    }
    moved
}
