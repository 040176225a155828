//! The layer through its front door: requests in, answers out, of origins that a table describes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod cases;
mod codings;
mod held;
mod pages;
mod policies;
mod support;
mod visitors;
