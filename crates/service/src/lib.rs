//! Use cases: what an edge can ask for, and the transactions behind it.
//!
//! Three edges call this crate: the public API, the dashboard's server functions and the job
//! worker. None of them knows the database. The outside world comes in through [`ports`].

mod accounts;
mod assign;
mod context;
mod copy_rules;
mod decisions;
pub mod drafting;
mod erasure;
mod error;
mod generation;
mod goals;
mod images;
mod ingest;
mod install;
mod jobs;
mod limit;
mod live;
mod metrics;
mod operator;
mod owner;
mod page_edits;
mod passwords;
mod pictures;
pub mod playbook;
pub mod ports;
pub mod reading;
mod requests;
mod secrets;
mod sites;
mod snapshot;
mod statistics;
mod token;
mod transfer;
mod upkeep;
mod variants;
mod watcher;
mod weights;
pub mod worker;
mod writer;

pub use accounts::NewSession;
pub use assign::{AssignError, AssignRequest, Assignment, PreviewError, PreviewLink};
pub use context::{Ports, Service, Settings};
pub use copy_rules::CopyRulesUpdate;
pub use domain::install::PublicPaths;
pub use erasure::{ERASURES, ForgetError};
pub use error::ServiceError;
pub use goals::NewGoal;
pub use ingest::{EventResult, RequestSource};
pub use live::{SiteChange, Topic};
pub use operator::{SeededSite, SiteCounters};
pub use page_edits::SlotChange;
pub use sites::SiteUpdate;
pub use store::{Store, Viewer, assets::Asset, assets::Quota, erasure::Erased};
pub use transfer::{TransferStep, transfer};
pub use worker::Lane;
