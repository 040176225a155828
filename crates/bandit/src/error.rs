//! Input that no statistic can be computed from.

/// Why a statistic is refused.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum BanditError {
    /// A Beta distribution needs parameters of at least 0.05 and at most 1e10.
    #[error("a posterior needs parameters from 0.05 to 1e10")]
    Parameters,
    /// More conversions than visitors.
    #[error("there are more conversions than visitors")]
    Conversions,
    /// A probability outside 0 to 1.
    #[error("a probability must lie between 0 and 1")]
    Probability,
    /// Fewer than 1 or more than 64 arms.
    #[error("1 to 64 arms are needed")]
    Arms,
    /// A negative or infinite weight or floor, or none above 0.
    #[error("weights and floors must be finite and not negative, and one must be above 0")]
    Weights,
    /// A time, half-life or share of conversions that is negative, descends, or is out of range.
    #[error("times and shares of conversions must be finite, not negative and in order")]
    Delays,
    /// An index that names no arm.
    #[error("there is no such arm")]
    Index,
}
