//! What was counted (SPEC 1): visitors, and those of them who converted.

use crate::BanditError;

/// Visitors of an arm, and those of them who converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    visitors: u64,
    conversions: u64,
}

impl Counts {
    /// Nobody yet.
    pub const NONE: Self = Self { visitors: 0, conversions: 0 };

    /// Counts of an arm.
    ///
    /// # Errors
    /// When there are more conversions than visitors.
    pub fn new(visitors: u64, conversions: u64) -> Result<Self, BanditError> {
        if conversions > visitors {
            return Err(BanditError::Conversions);
        }
        Ok(Self { visitors, conversions })
    }

    /// How many visitors.
    #[must_use]
    pub fn visitors(self) -> u64 {
        self.visitors
    }

    /// How many of them converted.
    #[must_use]
    pub fn conversions(self) -> u64 {
        self.conversions
    }

    /// Both, as numbers to reckon with: `(visitors, conversions)`.
    pub(crate) fn real(self) -> (f64, f64) {
        (real(self.visitors), real(self.conversions))
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.visitors = self.visitors.saturating_add(other.visitors);
        self.conversions = self.conversions.saturating_add(other.conversions);
    }
}

/// A count as a number, exact up to 2^53, which is far above the range of the statistics.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub(crate) fn real(count: u64) -> f64 {
    count as f64
}
