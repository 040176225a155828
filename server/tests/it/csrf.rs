//! No other site can make a signed-in browser change anything.

use crate::support::{App, PASSWORD, signed_in};
use serde_json::Value;

#[tokio::test]
async fn every_unsafe_request_must_come_from_here() {
    let app = App::sqlite().await;
    let token = app.sign_up("ada@example.com").await;
    let cases = [
        ("cross-site", "https://evil.example"),
        ("same-site", "http://localhost"),
        ("cross-site", ""),
        ("", "https://evil.example"),
        ("", "null"),
        ("", "http://localhost.evil.example"),
    ];
    for (fetch_site, origin) in cases {
        for (path, method) in endpoints() {
            let mut request = signed_in(app.server.method(method.clone(), path), &token);
            if !fetch_site.is_empty() {
                request = request.add_header("sec-fetch-site", fetch_site);
            }
            if !origin.is_empty() {
                request = request.add_header("origin", origin);
            }
            let response = request.form(&[("url", "https://kettle.example/"), ("password", PASSWORD)]).await;
            assert_eq!(response.status_code().as_u16(), 403, "{method} {path} from {fetch_site} {origin}");
        }
    }
    let sites: Value = signed_in(app.server.get("/api/sites"), &token).await.json();
    assert_eq!(sites, serde_json::json!([]), "nothing was changed");
    let own = signed_in(app.server.post("/api/sites"), &token)
        .add_header("sec-fetch-site", "same-origin")
        .add_header("origin", "http://localhost")
        .form(&[("url", "https://kettle.example/")])
        .await;
    assert!(own.status_code().is_success() || own.status_code().is_redirection());
}

/// Every path that changes something.
fn endpoints() -> Vec<(&'static str, axum::http::Method)> {
    let all = server_fn::axum::server_fn_paths();
    all.filter(|(_, method)| *method != axum::http::Method::GET).collect()
}
