//! Use cases through the service, on SQLite and Postgres.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod batches;
mod copy;
mod decisions;
mod events;
mod generations;
mod holdout;
mod jobs;
mod replay;
mod retention;
mod schema;
mod site;
mod sites;
mod support;
mod traffic;
mod trust;
mod watcher;
mod weights;
