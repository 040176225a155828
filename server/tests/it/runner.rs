//! Background work when the process is asked to stop.

use crate::support::{App, signed_in};
use async_trait::async_trait;
use domain::{JobKind, JobState};
use serde_json::Value;
use server::runner::Runner;
use service::ports::{Brief, CopyWriter, Draft, WriteError, WritingLog};
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::service::PAGE_URL;
use testkit::{TestDatabase, TestServiceBuilder, on_both_databases};
use tokio_util::sync::CancellationToken;

on_both_databases!(a_job_that_does_not_end_in_time_is_put_back);

/// A writer that never comes to an end.
struct Endless;

#[async_trait]
impl CopyWriter for Endless {
    fn name(&self) -> &str {
        "endless"
    }

    async fn write_noting(&self, _brief: &Brief, _log: &WritingLog) -> Result<Vec<Draft>, WriteError> {
        std::future::pending().await
    }
}

async fn a_job_that_does_not_end_in_time_is_put_back(database: TestDatabase) {
    let app = App::with(TestServiceBuilder::default().writer(Arc::new(Endless)).build(database));
    let ada = app.sign_up("ada@example.com").await;
    let stopping = CancellationToken::new();
    let runner = Runner::start(&app.inside.service, &stopping);
    signed_in(app.server.post("/api/sites"), &ada).form(&[("url", PAGE_URL)]).await.assert_status_ok();
    let writing = async || {
        let jobs: Value = signed_in(app.server.get("/api/jobs"), &ada).await.json();
        let kind = JobKind::GenerateVariants.as_str();
        let found = jobs.as_array().unwrap().iter().find(|job| job["kind"] == kind).cloned();
        found.unwrap_or_default()
    };
    let asked = Instant::now();
    while writing().await["state"] != JobState::Running.as_str() {
        assert!(asked.elapsed() < Duration::from_secs(10), "nobody begins to write");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stopping.cancel();
    let stopped = Instant::now();
    runner.drain(Duration::from_millis(1_500)).await;
    assert!(stopped.elapsed() < Duration::from_millis(1_500), "it is cut off");
    let put_back = writing().await;
    assert_eq!((&put_back["state"], &put_back["attempts"]), (&"queued".into(), &0.into()), "{put_back}");
}
