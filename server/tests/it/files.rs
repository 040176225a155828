//! Static files, pages, and the headers that every answer carries.

use crate::support::App;
use serde_json::json;

#[tokio::test]
async fn files_are_served_and_missing_ones_are_not_pages() {
    let app = App::sqlite().await;
    let snippet = app.server.get("/evoloop.js").await;
    snippet.assert_status_ok();
    assert_eq!(snippet.text(), "/* snippet */");
    assert_eq!(snippet.header("access-control-allow-origin"), "*");
    assert!(snippet.header("cache-control").to_str().unwrap().starts_with("public, max-age="));
    assert!(snippet.content_type().starts_with("text/javascript"));
    let style = app.server.get("/pkg/evoloop.css").await;
    style.assert_status_ok();
    assert_eq!(style.header("cache-control"), "no-cache");
    for path in ["/pkg/missing.js", "/favicon.ico", "/pkg/../../secret.key", "/..%2fsecret.key"] {
        assert_eq!(app.server.get(path).await.status_code().as_u16(), 404, "{path}");
    }
    let missing = app.server.get("/api/nothing").await;
    missing.assert_status_not_found();
    missing.assert_json(&json!({"error": "not_found"}));
}

#[tokio::test]
async fn pages_have_a_policy_with_a_fresh_nonce() {
    let app = App::sqlite().await;
    let policy =
        |response: &axum_test::TestResponse| response.header("content-security-policy").to_str().unwrap().to_owned();
    let (first, second) = (app.server.get("/").await, app.server.get("/").await);
    first.assert_status_ok();
    assert!(policy(&first).contains("'nonce-"));
    assert_ne!(policy(&first), policy(&second));
    assert_eq!(first.header("cache-control"), "no-store");
    let missing = app.server.get("/no-such-page").await;
    missing.assert_status_not_found();
    assert!(missing.content_type().starts_with("text/html"));
    assert!(policy(&missing).contains("'nonce-"));
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let app = App::sqlite().await;
    for path in
        ["/", "/login", "/no-such-page", "/api/me", "/api/nothing", "/v1/health", "/evoloop.js", "/pkg/evoloop.css"]
    {
        let response = app.server.get(path).await;
        assert_eq!(response.header("x-content-type-options"), "nosniff", "{path}");
        for name in ["content-security-policy", "referrer-policy", "x-frame-options", "x-request-id"] {
            assert!(response.maybe_header(name).is_some(), "{path} has {name}");
        }
        assert!(response.maybe_header("strict-transport-security").is_none(), "{path} is not served by https");
    }
}

#[tokio::test]
async fn a_large_form_is_refused() {
    let app = App::sqlite().await;
    let response = app.server.post("/api/auth/login").form(&[("email", "x".repeat(300 * 1024))]).await;
    assert_eq!(response.status_code().as_u16(), 413);
}
