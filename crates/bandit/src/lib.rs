//! The statistics of Evoloop: pure functions of counts, without clock, randomness or IO.
//!
//! Section numbers in the documentation point to the project's statistics specification;
//! every formula names where it comes from.

pub mod allocation;
pub mod best;
mod density;
mod distribution;
mod error;
mod gauss;
pub mod posterior;
pub mod rendezvous;
pub mod thompson;
pub mod vectors;

pub use best::{expected_loss, prob_best};
pub use distribution::{cdf, quantile};
pub use error::BanditError;
