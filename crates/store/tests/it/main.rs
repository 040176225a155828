//! The schema itself, and moving its data from SQLite to Postgres.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod moved;
mod odd_values;
mod planted;
mod refused;
mod schema;
mod support;
