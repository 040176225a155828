//! The statistics against their specification.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod aipw;
mod allocation;
mod best;
mod comparison;
mod decision;
mod delay;
mod drift;
mod evidence;
mod generation;
mod lift_sequence;
mod novelty;
mod phase;
mod posterior;
mod prior;
mod rendezvous;
mod sample_ratio;
mod seed_rule;
mod shares;
mod simulate;
mod vectors;
