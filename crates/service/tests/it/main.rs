//! Use cases through the service, on SQLite and Postgres.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod assignment;
mod batches;
mod copy;
mod decisions;
mod erasure;
mod events;
mod generations;
mod guardrails;
mod holdout;
mod images;
mod jobs;
mod jobs_ended_early;
mod jobs_of_replicas;
mod page_edits;
mod pictures;
mod playbook;
mod reading;
mod replay;
mod retention;
mod schedules;
mod schema;
mod site;
mod sites;
mod support;
mod traffic;
mod trust;
mod watcher;
mod weights;
