//! How `/v1` behaves as HTTP: any origin, beacons, health, its description, and a database that is away.

use crate::support::{App, event, outcome};
use axum::http::Method;
use serde_json::{Value, json};
use server::v1::{OPENAPI, PATHS};
use std::collections::BTreeSet;
use testkit::{TestDatabase, on_both_databases};

on_both_databases!(without_its_database_it_assigns_and_asks_to_try_again);

#[tokio::test]
async fn any_origin_may_ask_and_no_cookie_is_involved() {
    let app = App::sqlite().await;
    let site = app.seeded(1).await;
    let path = format!("/v1/assign?site_id={}&visitor_id=v1", site.id);
    let response = app.server.get(&path).add_header("origin", "https://customer.example").await;
    assert_eq!(response.header("access-control-allow-origin"), "*");
    assert!(response.maybe_header("access-control-allow-credentials").is_none());
    assert!(response.maybe_header("set-cookie").is_none());
    assert_eq!(response.header("cross-origin-resource-policy"), "cross-origin");

    let preflight = app
        .server
        .method(Method::OPTIONS, "/v1/event")
        .add_header("origin", "https://customer.example")
        .add_header("access-control-request-method", "POST")
        .add_header("access-control-request-headers", "content-type")
        .await;
    assert!(preflight.status_code().is_success());
    assert_eq!(preflight.header("access-control-allow-origin"), "*");
    assert_eq!(preflight.header("access-control-allow-headers"), "content-type");

    // A refusal can be read from everywhere, too.
    let refused = app.server.get("/v1/assign").add_header("origin", "https://customer.example").await;
    assert_eq!(refused.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn every_answer_carries_the_headers_of_public_data() {
    let app = App::sqlite().await;
    let site = app.seeded(1).await;
    let assign = format!("/v1/assign?site_id={}&visitor_id=v1", site.id);
    let cases = [
        (Method::GET, assign.as_str(), 200),
        (Method::HEAD, &assign, 200),
        (Method::GET, "/v1/assign", 400),
        (Method::POST, "/v1/event", 415),
        (Method::OPTIONS, "/v1/event", 200),
        (Method::DELETE, "/v1/event", 405),
        (Method::GET, "/v1/health", 200),
        (Method::GET, "/v1", 404),
    ];
    let mut references = BTreeSet::new();
    for (method, path, status) in &cases {
        let response = app.server.method(method.clone(), path).await;
        assert_eq!(response.status_code().as_u16(), *status, "{method} {path}");
        for (name, value) in [
            ("access-control-allow-origin", "*"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            ),
            ("cross-origin-resource-policy", "cross-origin"),
            ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
            ("referrer-policy", "strict-origin-when-cross-origin"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(response.header(name), value, "{method} {path} {name}");
        }
        let reference = response.header("x-request-id").to_str().unwrap().to_owned();
        assert!(reference.len() == 12 && reference.bytes().all(|byte| byte.is_ascii_hexdigit()), "{reference}");
        references.insert(reference);
    }
    assert_eq!(references.len(), cases.len(), "no two requests have the same reference");
}

#[tokio::test]
async fn a_head_is_the_answer_without_its_body_and_a_wrong_method_hears_the_right_ones() {
    let app = App::sqlite().await;
    let site = app.seeded(1).await;
    let assign = format!("/v1/assign?site_id={}&visitor_id=v1", site.id);
    for path in [assign.as_str(), "/v1/openapi.json"] {
        let (whole, head) = (app.server.get(path).await, app.server.method(Method::HEAD, path).await);
        assert!(head.as_bytes().is_empty());
        assert_eq!(head.header("content-length"), whole.as_bytes().len().to_string(), "{path}");
        for name in ["content-type", "cache-control", "access-control-expose-headers"] {
            assert_eq!(head.header(name), whole.header(name), "{path} {name}");
        }
        assert_eq!(app.server.delete(path).await.header("allow"), "GET,HEAD", "{path}");
    }
    assert_eq!(app.server.get("/v1/event").await.header("allow"), "POST");
}

#[tokio::test]
async fn beacons_arrive_as_plain_text_from_other_sites() {
    let app = App::sqlite().await;
    let site = app.seeded(1).await;
    let assigned = app.assign(&site.id, "v1").await;
    let response = app
        .server
        .post("/v1/event")
        .text(event(&assigned, "v1", "impression").to_string())
        .content_type("text/plain;charset=UTF-8")
        .add_header("origin", "https://customer.example")
        .add_header("sec-fetch-site", "cross-site")
        .await;
    assert_eq!(outcome(&response), json!({"result": "recorded", "counted": true}));
}

#[tokio::test]
async fn the_description_names_every_path() {
    let app = App::sqlite().await;
    let served: Value = app.server.get("/v1/openapi.json").await.json();
    let written: Value = serde_json::from_str(OPENAPI).unwrap();
    assert_eq!(served, written);
    let mut described = BTreeSet::new();
    for (path, methods) in written["paths"].as_object().unwrap() {
        described.extend(methods.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())));
    }
    let known = PATHS.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned()));
    assert_eq!(described, known.collect::<BTreeSet<_>>());
    for (method, path) in PATHS {
        let method: Method = method.to_uppercase().parse().unwrap();
        let status = app.server.method(method, path).await.status_code().as_u16();
        assert!(!matches!(status, 404 | 405), "{path} is not served: {status}");
    }
}

#[tokio::test]
async fn the_schema_of_patches_is_served_and_stands_in_the_documentation() {
    let app = App::sqlite().await;
    let response = app.server.get("/v1/patch.schema.json").await;
    response.assert_status_ok();
    assert_eq!(response.header("content-type"), "application/schema+json");
    assert_eq!(response.header("cache-control"), "public, max-age=86400");
    let served: Value = response.json();
    let written: Value = serde_json::from_str(include_str!("../../../docs/patch.schema.json")).unwrap();
    // Renew the file with `evoloop patch schema > docs/patch.schema.json`.
    assert_eq!(served, written);
    assert_eq!(served["properties"]["ops"]["type"], "array");
}

#[tokio::test]
async fn health_tells_whether_events_can_be_stored() {
    let app = App::sqlite().await;
    let response = app.server.get("/v1/health").await;
    response.assert_status_ok();
    let mut body: Value = response.json();
    assert_eq!(body["version"].take(), json!(env!("CARGO_PKG_VERSION")));
    assert_eq!(
        body,
        json!({"status": "ok", "live": true, "ready": true, "database": "up", "queue_depth": 0, "version": null})
    );
}

async fn without_its_database_it_assigns_and_asks_to_try_again(database: TestDatabase) {
    let app = App::on(database);
    let site = app.seeded(3).await;
    let mut before = Vec::new();
    for number in 0..50 {
        before.push(app.assign(&site.id, &format!("v{number}")).await);
    }
    app.inside.database.store.clone().close().await.unwrap();
    for (number, assigned) in before.iter().enumerate() {
        assert_eq!(&app.assign(&site.id, &format!("v{number}")).await, assigned);
    }
    let refused = app.send(&event(&before[0], "v0", "impression")).await;
    assert_eq!(refused.status_code().as_u16(), 503);
    assert!(refused.maybe_header("retry-after").is_some());
    assert_eq!(refused.content_type(), "application/problem+json");
    let health = app.server.get("/v1/health").await;
    assert_eq!(health.status_code().as_u16(), 503);
    assert_eq!(health.json::<Value>()["database"], json!("down"));
}
