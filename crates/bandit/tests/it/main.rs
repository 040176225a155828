//! The statistics against their specification.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod allocation;
mod best;
mod posterior;
mod rendezvous;
mod shares;
mod vectors;
