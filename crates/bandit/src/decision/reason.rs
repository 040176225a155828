//! Conditions of a decision in words and numbers.

use crate::counts::real;
use std::fmt;

/// What a decision asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The probability of being best.
    ProbBest,
    /// Matured visitors of the arm.
    Visitors,
    /// Matured visitors of the control.
    ControlVisitors,
    /// Hours since the first exposure.
    Age,
    /// The logarithm of the highest evidence of a lift.
    Evidence,
    /// The logarithm of the highest evidence of harm.
    Harm,
    /// The lower end of the lift's interval.
    LiftLower,
    /// Consecutive checks below the kill threshold.
    LowChecks,
}

/// On which side of its limit a value must lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Above,
    AtLeast,
    Below,
}

/// A condition with the value that was found, and whether it is met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Check {
    /// What was asked.
    pub condition: Condition,
    /// What was found; not a number where it is not known.
    pub value: f64,
    /// What it is compared with.
    pub limit: f64,
    side: Side,
    /// Whether the condition holds.
    pub met: bool,
}

impl Check {
    pub(super) fn above(condition: Condition, value: f64, limit: f64) -> Self {
        Self { condition, value, limit, side: Side::Above, met: value > limit }
    }

    pub(super) fn at_least(condition: Condition, value: f64, limit: f64) -> Self {
        Self { condition, value, limit, side: Side::AtLeast, met: value >= limit }
    }

    pub(super) fn below(condition: Condition, value: f64, limit: f64) -> Self {
        Self { condition, value, limit, side: Side::Below, met: value < limit }
    }

    pub(super) fn count(condition: Condition, value: u64, limit: u64) -> Self {
        Self { met: value >= limit, ..Self::at_least(condition, real(value), real(limit)) }
    }

    fn number(&self, value: f64) -> String {
        match self.condition {
            _ if value.is_nan() => "not known yet".to_owned(),
            Condition::ProbBest | Condition::LiftLower => format!("{:.1} %", 100.0 * value),
            Condition::Age => format!("{value:.0} hours"),
            // The evidence as odds: how many times better the challenger's bet did.
            Condition::Evidence | Condition::Harm => format!("{:.1} to 1", value.min(700.0).exp()),
            Condition::Visitors | Condition::ControlVisitors | Condition::LowChecks => format!("{value:.0}"),
        }
    }
}

impl fmt::Display for Check {
    /// One sentence: what was found, and what is asked.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.condition {
            Condition::ProbBest => "Probability of being best",
            Condition::Visitors => "Matured visitors",
            Condition::ControlVisitors => "Matured visitors of the control",
            Condition::Age => "Time since the first visitor",
            Condition::Evidence => "Evidence",
            Condition::Harm => "Evidence of harm",
            Condition::LiftLower => "Lower end of the lift",
            Condition::LowChecks => "Checks in a row below the threshold",
        };
        let side = match self.side {
            Side::Above => "more than",
            Side::AtLeast => "at least",
            Side::Below => "less than",
        };
        write!(formatter, "{name}: {}; needed: {side} {}.", self.number(self.value), self.number(self.limit))
    }
}
