//! What visits were like, over HTTP: what is taken, what is malformed, and where it is shown.

use crate::cli::run;
use crate::support::{App, event, outcome};
use serde_json::{Value, json};
use testkit::{TestDatabase, on_both_databases};

on_both_databases!(
    a_sample_is_taken_once_and_shown,
    what_a_sample_cannot_be_is_named,
    an_impression_tells_when_it_painted
);

fn sample(assigned: &Value, visitor: &str, metadata: Value) -> Value {
    let mut sample = event(assigned, visitor, "guardrail");
    sample["metadata"] = metadata;
    sample
}

async fn a_sample_is_taken_once_and_shown(database: TestDatabase) {
    let app = App::on(database);
    let site = app.seeded(1).await;
    let assigned = app.assign(&site.id, "v1").await;
    let counted = json!({"result": "recorded", "counted": true});
    let whole = json!({"errors": 2, "lcp": 1234.5, "cls": 0.08, "inp": 96, "gave_up": true, "reapplied": 1});
    let first = sample(&assigned, "v1", whole);
    assert_eq!(outcome(&app.send(&first).await), counted);
    assert_eq!(outcome(&app.send(&first).await), json!({"result": "duplicate"}));
    let batch =
        json!({"events": [first, sample(&assigned, "v1", json!({"errors": 0})), sample(&assigned, "v1", json!(null))]});
    let answer: Value = app.send(&batch).await.json();
    let results: Vec<&Value> = answer["results"].as_array().unwrap().iter().map(|line| &line["result"]).collect();
    assert_eq!(results, ["duplicate", "recorded", "recorded"]);
    let mut forged = sample(&assigned, "v2", json!({"errors": 9}));
    let unverified = json!({"result": "recorded", "counted": false, "reason": "unverified"});
    assert_eq!(outcome(&app.send(&forged).await), unverified);
    forged["id"] = json!(uuid::Uuid::new_v4());
    forged["token"] = json!(null);
    assert_eq!(outcome(&app.send(&forged).await), unverified);

    let folder = tempfile::tempdir().unwrap();
    let url = &app.inside.database.url_text;
    let (ok, stdout, stderr) = run(url, folder.path(), &["stats", "show", &site.id, "--json"]).await;
    assert!(ok, "{stderr}");
    let told: Value = serde_json::from_str(&stdout).unwrap();
    let shown = told["guardrails"].as_array().unwrap();
    assert_eq!((shown.len(), &shown[0]["variant_id"]), (1, &assigned["variant_id"]));
    assert_eq!(
        (&shown[0]["samples"], &shown[0]["gave_up"], &shown[0]["error_share"]),
        (&json!(3), &json!(1), &json!(0.5))
    );
    let (ok, stdout, stderr) = run(url, folder.path(), &["recount", &site.id, "--json"]).await;
    assert!(ok && !stdout.contains("guardrails"), "{stdout}{stderr}");
    let health = app.inside.service.page_health_for_operator(site.id.parse().unwrap()).await.unwrap();
    assert_eq!(health.len(), 1);
    let row = &health[0];
    assert_eq!((row.samples, row.gave_up, row.error_share), (3, 1, Some(0.5)));
    assert_eq!(json!(row.variant_id), assigned["variant_id"]);
    assert!((row.lcp_p75.unwrap() / 1234.5 - 1.0).abs() <= 1.0 / 32.0, "{row:?}");
    assert!((row.cls_p75.unwrap() / 0.08 - 1.0).abs() <= 1.0 / 32.0, "{row:?}");
    assert!((row.inp_p75.unwrap() / 96.0 - 1.0).abs() <= 1.0 / 32.0, "{row:?}");
}

async fn what_a_sample_cannot_be_is_named(database: TestDatabase) {
    let app = App::on(database);
    let site = app.seeded(1).await;
    let assigned = app.assign(&site.id, "v1").await;
    let faults = [
        ("lcp", json!(-1)),
        ("lcp", json!(600_000.5)),
        ("lcp", json!("NaN")),
        ("inp", json!(-0.1)),
        ("inp", json!(1e300)),
        ("cls", json!(100.1)),
        ("cls", json!([0.1])),
        ("errors", json!(1.5)),
        ("errors", json!(1_000_001)),
        ("errors", json!(true)),
        ("gave_up", json!(1)),
        ("reapplied", json!(-3)),
    ];
    for (field, value) in &faults {
        let response = app.send(&sample(&assigned, "v1", json!({*field: value}))).await;
        assert_eq!(response.status_code().as_u16(), 400, "{field} {value}");
        let problem: Value = response.json();
        assert_eq!(problem["code"], json!("malformed"));
        assert!(problem["detail"].as_str().unwrap().starts_with(&format!("`metadata.{field}` must be ")), "{problem}");
    }
    // What JSON has no number for is no JSON, as everywhere.
    let body = sample(&assigned, "v1", json!({"lcp": 1})).to_string().replace("\"lcp\":1", "\"lcp\":NaN");
    let response = app.server.post("/v1/event").text(body).await;
    assert_eq!(response.status_code().as_u16(), 400);
    // In a batch it drops itself alone.
    let events: Vec<Value> =
        faults.iter().map(|(field, value)| sample(&assigned, "v1", json!({*field: value}))).collect();
    let mut events = json!({"events": events});
    events["events"].as_array_mut().unwrap().push(sample(
        &assigned,
        "v1",
        json!({"lcp": 600_000, "cls": 100, "errors": 1e6}),
    ));
    let answer: Value = app.send(&events).await.json();
    let lines = answer["results"].as_array().unwrap();
    assert!(lines[..faults.len()].iter().all(|line| line["reason"] == json!("malformed")), "{answer}");
    assert_eq!(lines[faults.len()]["counted"], json!(true));
    let health = app.inside.service.page_health_for_operator(site.id.parse().unwrap()).await.unwrap();
    assert_eq!(health[0].samples, 1);
    let lcp = health[0].lcp_p75.unwrap();
    assert!((lcp / 600_000.0 - 1.0).abs() <= 1.0 / 32.0, "{lcp}");
}

async fn an_impression_tells_when_it_painted(database: TestDatabase) {
    let app = App::on(database);
    let site = app.seeded(1).await;
    let assigned = app.assign(&site.id, "v1").await;
    let mut impression = event(&assigned, "v1", "impression");
    impression["metadata"]["painted_before_apply"] = json!(true);
    assert_eq!(outcome(&app.send(&impression).await), json!({"result": "recorded", "counted": true}));
    let kept = app.inside.database.store.columns_with("painted_before_apply").await.unwrap();
    assert_eq!(kept, ["events.metadata"]);
}
