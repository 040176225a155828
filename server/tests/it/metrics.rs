//! What Prometheus is told.

use crate::support::{App, event};
use axum_test::TestServer;
use serde_json::json;
use testkit::{TestDatabase, on_both_databases};

on_both_databases!(every_end_of_an_event_is_counted);

async fn every_end_of_an_event_is_counted(database: TestDatabase) {
    let app = App::on(database);
    let site = app.seeded(2).await;
    let metrics = TestServer::new(server::metrics::router(app.inside.service.clone()));
    let value = async |line: &str| -> Option<f64> {
        let text = metrics.get("/metrics").await.text();
        let found = text.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(' ')?.parse().ok());
        assert!(text.ends_with("# EOF\n"), "{text}");
        found
    };
    assert_eq!(value("evoloop_sites").await, Some(1.0));
    assert_eq!(value("evoloop_queue_depth").await, Some(0.0));
    assert_eq!(value("evoloop_snapshot_age_seconds").await, Some(-1.0), "nobody compares in this test");

    let assigned = app.assign(&site.id, "v1").await;
    let impression = event(&assigned, "v1", "impression");
    let mut foreign = event(&assigned, "v1", "impression");
    foreign["variant_id"] = json!("00000000-0000-4000-8000-000000000000");
    let mut unverified = event(&assigned, "v2", "impression");
    unverified["token"] = json!(null);
    let batch = json!({"events": [impression, impression, foreign, unverified, {}]});
    app.send(&batch).await.assert_status_ok();
    app.send(&json!({"site_id": site.id, "type": "click"})).await.assert_status_bad_request();
    let ends = [
        ("counted", "", 1.0),
        ("duplicate", "", 1.0),
        ("dropped", "foreign_variant", 1.0),
        ("dropped", "malformed", 2.0),
        ("stored", "unverified", 1.0),
    ];
    for (result, reason, expected) in ends {
        let line = format!("evoloop_events_total{{result=\"{result}\",reason=\"{reason}\"}}");
        assert_eq!(value(&line).await, Some(expected), "{line}");
    }
    assert_eq!(value("evoloop_batch_events_count").await, Some(1.0));
    assert_eq!(value("evoloop_batch_events_sum").await, Some(3.0));
    assert_eq!(value("evoloop_commit_seconds_count").await, Some(1.0));
    assert!(value("evoloop_commit_seconds_sum").await.is_some_and(|seconds| seconds > 0.0));
    assert_eq!(metrics.get("/").await.status_code(), 404);
    assert_eq!(app.server.get("/metrics").await.status_code(), 404, "not where pages ask");
}
