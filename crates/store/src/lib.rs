//! The database: the only crate that knows tables, SQL and transactions.
//!
//! What belongs to a person is reached through a [`Viewer`], who gets a [`Scope`], which finds
//! an [`OwnedSite`]; every query on a site's data takes one of these, so a query that forgets
//! its owner does not compile. See [`access`].

pub mod access;
pub mod accounts;
pub mod assets;
mod bulk;
pub mod changes;
mod connection;
pub mod copy;
mod deadline;
pub mod decisions;
mod entity;
pub mod erasure;
mod error;
pub mod generation;
pub mod goals;
mod guardrails;
pub mod holdout;
pub mod ingest;
pub mod jobs;
mod millis;
pub mod quality;
pub mod recount;
pub mod retention;
mod rows;
pub mod schedules;
pub mod sites;
pub mod snapshot;
pub mod statistics;
pub mod transfer;
pub mod variants;

pub use access::{OwnedSite, Scope, Viewer};
pub use connection::{DatabaseUrl, InvalidDatabaseUrl, Limits, Store, WriteTransaction, create_database};
pub use error::StoreError;
