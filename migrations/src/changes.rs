//! The schema changes, each in a file of its own.

mod m20261123_000001_accounts;
mod m20261123_000002_sites;
mod m20261123_000003_statistics;
mod m20261123_000004_events;
mod m20261123_000005_jobs;
mod m20261123_000006_holdout;
mod m20261124_000007_decisions;
mod m20261126_000008_inputs;
mod m20261126_000009_event_days;
mod m20261126_000010_trust;
mod m20261126_000011_early_conversions;
mod m20261126_000012_job_progress;
mod m20261126_000013_copy;
mod m20261126_000014_assets;
mod m20261126_000015_page_edits;
mod m20261126_000016_install_report;
mod m20261126_000017_guardrails;

use sea_orm_migration::prelude::*;

/// The schema changes, oldest first.
pub(crate) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_accounts::Migration),
            Box::new(m20261123_000002_sites::Migration),
            Box::new(m20261123_000003_statistics::Migration),
            Box::new(m20261123_000004_events::Migration),
            Box::new(m20261123_000005_jobs::Migration),
            Box::new(m20261123_000006_holdout::Migration),
            Box::new(m20261124_000007_decisions::Migration),
            Box::new(m20261126_000008_inputs::Migration),
            Box::new(m20261126_000009_event_days::Migration),
            Box::new(m20261126_000010_trust::Migration),
            Box::new(m20261126_000011_early_conversions::Migration),
            Box::new(m20261126_000012_job_progress::Migration),
            Box::new(m20261126_000013_copy::Migration),
            Box::new(m20261126_000014_assets::Migration),
            Box::new(m20261126_000015_page_edits::Migration),
            Box::new(m20261126_000016_install_report::Migration),
            Box::new(m20261126_000017_guardrails::Migration),
        ]
    }
}
