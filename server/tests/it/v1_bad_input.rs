//! Bad input on `/v1`: each case with its status and a sentence, and nothing stored.

use crate::support::{App, event, shown};
use serde_json::json;
use testkit::{TestDatabase, on_both_databases};

on_both_databases!(faulty_events_are_refused_whole);

#[tokio::test]
async fn faulty_questions_are_refused() {
    let app = App::sqlite().await;
    let site = app.seeded(1).await;
    let unknown = uuid::Uuid::new_v4();
    let cases = [
        String::new(),
        format!("site_id={}", site.id),
        "visitor_id=v1".to_owned(),
        "site_id=1&visitor_id=v1".to_owned(),
        format!("site_id={}&visitor_id=somebody%40example.com", site.id),
        format!("site_id={}&visitor_id={}", site.id, "x".repeat(65)),
        format!("site_id={}&visitor_id=%00", site.id),
        format!("site_id={unknown}&visitor_id=v1"),
    ];
    let mut answers = String::new();
    for query in cases {
        let response = app.server.get(&format!("/v1/assign?{query}")).await;
        answers.push_str(&shown(&response));
        answers.push('\n');
    }
    insta::assert_snapshot!(answers, @r#"
    400 application/problem+json
    {"code":"malformed","detail":"`site_id` must be a UUID.","status":400,"title":"Bad Request","type":"about:blank"}
    400 application/problem+json
    {"code":"malformed","detail":"`visitor_id` must be 1 to 64 letters, digits, -, _, . or :, not beginning with erased:.","status":400,"title":"Bad Request","type":"about:blank"}
    400 application/problem+json
    {"code":"malformed","detail":"`site_id` must be a UUID.","status":400,"title":"Bad Request","type":"about:blank"}
    400 application/problem+json
    {"code":"malformed","detail":"`site_id` must be a UUID.","status":400,"title":"Bad Request","type":"about:blank"}
    400 application/problem+json
    {"code":"malformed","detail":"`visitor_id` must be 1 to 64 letters, digits, -, _, . or :, not beginning with erased:.","status":400,"title":"Bad Request","type":"about:blank"}
    400 application/problem+json
    {"code":"malformed","detail":"`visitor_id` must be 1 to 64 letters, digits, -, _, . or :, not beginning with erased:.","status":400,"title":"Bad Request","type":"about:blank"}
    400 application/problem+json
    {"code":"malformed","detail":"`visitor_id` must be 1 to 64 letters, digits, -, _, . or :, not beginning with erased:.","status":400,"title":"Bad Request","type":"about:blank"}
    404 application/problem+json
    {"code":"unknown_site","detail":"There is no site with this id.","status":404,"title":"Not Found","type":"about:blank"}
    "#);
}

async fn faulty_events_are_refused_whole(database: TestDatabase) {
    let app = App::on(database);
    let (site, foreign) = (app.seeded(1).await, app.seeded(1).await);
    let assigned = app.assign(&site.id, "v1").await;
    let with = |field: &str, value: serde_json::Value| {
        let mut changed = event(&assigned, "v1", "impression");
        changed[field] = value;
        changed.to_string()
    };
    let with_goal = |value: serde_json::Value| {
        let mut changed = event(&assigned, "v1", "conversion");
        changed["goal_id"] = value;
        changed.to_string()
    };
    let sound = event(&assigned, "v1", "impression").to_string();
    let large = with("padding", json!("x".repeat(64 * 1024)));
    let many = json!({"events": vec![event(&assigned, "v1", "impression"); 51]}).to_string();
    let json_type = "application/json";
    let cases = [
        (json_type, with("site_id", json!("1")), 400),
        (json_type, with("visitor_id", json!("")), 400),
        (json_type, with("type", json!("purchase")), 400),
        (json_type, with("metadata", json!("text")), 400),
        (json_type, with("metadata", json!({"text": "\u{0}"})), 400),
        (json_type, "{".to_owned(), 400),
        (json_type, "[]".to_owned(), 400),
        (json_type, String::new(), 400),
        (json_type, json!({"events": []}).to_string(), 400),
        (json_type, with("site_id", json!(uuid::Uuid::new_v4())), 404),
        (json_type, with("variant_id", json!(foreign.variant)), 422),
        (json_type, with("variant_id", json!(uuid::Uuid::new_v4())), 422),
        (json_type, with_goal(json!(uuid::Uuid::new_v4())), 422),
        (json_type, large, 413),
        (json_type, many, 413),
        ("application/x-www-form-urlencoded", sound.clone(), 415),
        ("text/html", sound.clone(), 415),
        ("", sound, 415),
    ];
    for (content_type, body, status) in cases {
        let response = app.server.post("/v1/event").text(&body).content_type(content_type).await;
        let head = &body[..body.len().min(120)];
        assert_eq!(response.status_code().as_u16(), status, "{content_type} {head}");
        assert_eq!(response.content_type(), "application/problem+json", "{head}");
        assert_eq!(response.json::<serde_json::Value>()["status"], json!(status));
    }
    for site in [&site.id, &foreign.id] {
        let (counters, _) = app.inside.service.counters(site.parse().unwrap()).await.unwrap();
        assert!(counters.variants.iter().all(|row| row.visitors == 0 && row.conversions == 0));
    }
}

#[tokio::test]
async fn a_compressed_body_is_refused() {
    let app = App::sqlite().await;
    let response = app.server.post("/v1/event").text("{}").add_header("content-encoding", "gzip").await;
    assert_eq!(response.status_code().as_u16(), 415);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_too() {
    let app = App::sqlite().await;
    insta::assert_snapshot!(shown(&app.server.get("/v1/nothing").await), @r#"
    404 application/problem+json
    {"code":"unknown_path","detail":"There is nothing at this path; see /v1/openapi.json.","status":404,"title":"Not Found","type":"about:blank"}
    "#);
    insta::assert_snapshot!(shown(&app.server.delete("/v1/assign").await), @r#"
    405 application/problem+json
    {"code":"method","detail":"This path does not take the method; see /v1/openapi.json.","status":405,"title":"Method Not Allowed","type":"about:blank"}
    "#);
}
