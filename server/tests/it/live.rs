//! The stream that tells an open dashboard what changed.

use crate::support::{App, COOKIE, signed_in};
use axum::body::Body;
use axum::http::Request;
use domain::{JobKind, JobProgress};
use http_body_util::BodyExt;
use serde_json::Value;
use server::router::router;
use service::ports::Clock;
use std::time::Duration;
use store::jobs::Claim;
use testkit::service::PAGE_URL;
use testkit::{TestDatabase, on_both_databases};
use tower::ServiceExt;

on_both_databases!(the_owner_is_told_what_changes, a_page_opened_in_the_middle_shows_all_so_far);

async fn the_owner_is_told_what_changes(database: TestDatabase) {
    let app = App::on(database);
    let ada = app.sign_up("ada@example.com").await;
    let site: Value = signed_in(app.server.post("/api/sites"), &ada).form(&[("url", PAGE_URL)]).await.json();
    let request = Request::get(format!("/api/live?site_id={}", site["id"].as_str().unwrap()))
        .header("cookie", format!("{COOKIE}={ada}"))
        .header("accept-encoding", "br")
        .body(Body::empty())
        .unwrap();
    let response = router(app.state.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(!response.headers().contains_key("content-encoding"), "a compressed stream would be held back");
    let mut body = response.into_body();
    app.inside.work().await;
    let mut seen = String::new();
    while !(seen.contains("data: jobs") && seen.contains("data: variants")) {
        let frame = body.frame().await.expect("the stream goes on").unwrap();
        seen.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
    }
    assert!(seen.starts_with("event: change\ndata: "), "{seen}");
    // The process stops, and so does the stream.
    app.state.stages.stopping.cancel();
    while let Some(frame) = body.frame().await {
        frame.unwrap();
    }
}

async fn a_page_opened_in_the_middle_shows_all_so_far(database: TestDatabase) {
    let app = App::on(database);
    let ada = app.sign_up("ada@example.com").await;
    let site: Value = signed_in(app.server.post("/api/sites"), &ada).form(&[("url", PAGE_URL)]).await.json();
    let site_id = site["id"].as_str().unwrap();
    // Another process works on the page, and nobody watches yet.
    let store = &app.inside.database.store;
    let (now, write) = (app.inside.clock.now(), store.begin().await.unwrap());
    let claim =
        write.claim_job(&[JobKind::AnalyzeSite], uuid::Uuid::new_v4(), now, now + Duration::from_secs(60)).await;
    let Ok(Claim::Taken(job)) = claim else { unreachable!("{claim:?}") };
    let mut told = JobProgress::default();
    told.begin(10, "Fetching the page");
    told.begin(40, "Reading 3 style sheets");
    told.write(now.unix_timestamp(), "Read 4,321 bytes.");
    write.record_progress(&job, &told, now + Duration::from_secs(60)).await.unwrap();
    write.add_cost(&job, 12_300).await.unwrap();
    write.commit().await.unwrap();

    for path in [format!("/app/sites/{site_id}"), format!("/app/sites/{site_id}?view=jobs"), "/app/jobs".to_owned()] {
        let page = signed_in(app.server.get(&path), &ada).add_header("accept", "text/html").await.text();
        for part in ["Reading 3 style sheets", "Read 4,321 bytes.", "Cost: $0.0123", "value=\"40\""] {
            assert!(page.contains(part), "{part} is missing in {path}: {page}");
        }
        // The form works without a script.
        assert!(page.contains("action=\"/api/jobs/cancel\""), "{path}");
    }
    let form = [("job_id", job.id.to_string())];
    let cancelled = signed_in(app.server.post("/api/jobs/cancel"), &ada)
        .add_header("accept", "text/html")
        .add_header("referer", format!("http://localhost/app/sites/{site_id}"))
        .form(&form)
        .await;
    assert_eq!(cancelled.status_code().as_u16(), 302, "{}", cancelled.text());
    let page = signed_in(app.server.get(&format!("/app/sites/{site_id}")), &ada)
        .add_header("accept", "text/html")
        .await
        .text();
    assert!(page.contains("Reading the page was cancelled") && page.contains("action=\"/api/jobs/retry\""), "{page}");
}
