//! The statistics of Evoloop: pure functions of counts, without clock, randomness or IO.
//!
//! Section numbers in the documentation point to the project's statistics specification;
//! every formula names where it comes from.

pub mod aipw;
pub mod allocation;
pub mod best;
mod comparison;
mod counts;
pub mod decision;
pub mod delay;
mod density;
mod distribution;
pub mod drift;
mod error;
pub mod evidence;
mod gauss;
pub mod generation;
pub mod holdout;
mod ledger;
mod lift;
pub mod lift_sequence;
pub mod look;
mod monitor;
pub mod novelty;
pub mod phase;
pub mod posterior;
pub mod prior;
pub mod rendezvous;
pub mod sample_ratio;
pub mod simulate;
mod special;
pub mod thompson;
pub mod vectors;

pub use best::{expected_loss, prob_best};
pub use counts::Counts;
pub use distribution::{cdf, quantile};
pub use error::BanditError;
pub use ledger::{Epoch, Pair};
pub use lift::{Lift, prob_beats};
pub use monitor::Monitor;
