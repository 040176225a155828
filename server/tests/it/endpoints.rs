//! Every endpoint there is: listed, closed to strangers, and blind to other people's sites.

use crate::support::{App, signed_in};
use axum::http::Method;
use serde_json::{Value, json};
use server::v1::PATHS;
use std::collections::BTreeSet;
use testkit::service::PAGE_URL;
use testkit::{TestDatabase, on_both_databases};

on_both_databases!(nobody_sees_or_changes_what_belongs_to_another);

/// What anybody may call: there is no account yet, or none is needed.
const OPEN: [&str; 4] = ["/api/auth/signup", "/api/auth/login", "/api/auth/logout", "/api/theme"];

fn endpoints() -> BTreeSet<String> {
    let functions = server_fn::axum::server_fn_paths().map(|(path, method)| format!("{method} {path}"));
    functions.chain(PATHS.iter().map(|(method, path)| format!("{} {path}", method.to_uppercase()))).collect()
}

#[test]
fn the_list_of_endpoints() {
    let endpoints = endpoints();
    assert!(endpoints.len() >= 15);
    insta::assert_snapshot!(endpoints.into_iter().collect::<Vec<_>>().join("\n"), @r"
    DELETE /api/sites
    GET /api/decisions
    GET /api/goals
    GET /api/jobs
    GET /api/me
    GET /api/overview
    GET /api/sites
    GET /api/sites/detail
    GET /api/sites/statistics
    GET /api/variants
    GET /v1/assign
    GET /v1/health
    GET /v1/openapi.json
    GET /v1/patch.schema.json
    PATCH /api/sites
    PATCH /api/variants
    POST /api/auth/login
    POST /api/auth/logout
    POST /api/auth/signup
    POST /api/decisions/answer
    POST /api/goals
    POST /api/jobs/cancel
    POST /api/jobs/retry
    POST /api/me/update
    POST /api/page/brand
    POST /api/page/element
    POST /api/page/fact
    POST /api/page/fact/correct
    POST /api/page/fact/remove
    POST /api/page/read
    POST /api/page/slot
    POST /api/page/slot-lock
    POST /api/page/undo
    POST /api/sites
    POST /api/sites/copy
    POST /api/sites/delete
    POST /api/sites/erase-visitor
    POST /api/sites/image
    POST /api/sites/pictures
    POST /api/sites/restart
    POST /api/sites/update
    POST /api/sites/verify
    POST /api/theme
    POST /api/variants/generate
    POST /api/variants/update
    POST /v1/event
    POST /v1/forget
    ");
}

/// Larger than the largest form and than the largest batch of events.
const OVERSIZED: usize = 257 * 1024;

#[tokio::test]
async fn no_endpoint_takes_an_oversized_body() {
    let app = App::sqlite().await;
    let pages = ["/", "/app", "/login", "/evoloop.js", "/nowhere", "/v1/nowhere"];
    let pages = pages.iter().flat_map(|path| [format!("GET {path}"), format!("POST {path}")]);
    for endpoint in endpoints().into_iter().chain(pages).chain(["GET /api/live".to_owned()]) {
        let (method, path) = endpoint.split_once(' ').expect("a method and a path");
        for media_type in ["application/json", "application/x-www-form-urlencoded"] {
            let request = app.server.method(method.parse().expect("a method"), path);
            let response = request.bytes(vec![b' '; OVERSIZED].into()).content_type(media_type).await;
            assert_eq!(response.status_code().as_u16(), 413, "{endpoint} {media_type}: {}", response.text());
            if path.starts_with("/v1/") {
                assert_eq!(response.content_type(), "application/problem+json", "{endpoint}");
                assert_eq!(response.header("access-control-allow-origin"), "*", "{endpoint}");
            }
        }
    }
}

#[tokio::test]
async fn strangers_are_asked_to_log_in() {
    let app = App::sqlite().await;
    for (path, method) in server_fn::axum::server_fn_paths().filter(|(path, _)| !OPEN.contains(path)) {
        let response = with_arguments(&app, method.clone(), path, &uuid::Uuid::new_v4().to_string(), "").await;
        assert_eq!(response.status_code().as_u16(), 401, "{method} {path}: {}", response.text());
        assert_eq!(response.header("cache-control"), "no-store", "{method} {path}");
    }
    app.server.get("/api/live").await.assert_status_unauthorized();
    let page = app.server.get("/app").add_header("accept", "text/html").await;
    assert_eq!(page.status_code().as_u16(), 302);
    assert!(page.header("location").to_str().unwrap().starts_with("/login"));
}

async fn nobody_sees_or_changes_what_belongs_to_another(database: TestDatabase) {
    let app = App::on(database);
    let (ada, eve) = (app.sign_up("ada@example.com").await, app.sign_up("eve@example.com").await);
    let form = [("url", PAGE_URL)];
    let site: Value = signed_in(app.server.post("/api/sites"), &ada).form(&form).await.json();
    app.inside.work().await;
    let site_id = site["id"].as_str().unwrap();
    let detail = |token: &str| signed_in(app.server.get(&format!("/api/sites/detail?site_id={site_id}")), token);
    let before: Value = detail(&ada).await.json();
    let variant_id = before["variants"][1]["variant"]["id"].as_str().unwrap();

    let nouns = ["/api/sites/", "/api/variants", "/api/goals", "/api/decisions", "/api/page/"];
    let of_a_site = |path: &str| nouns.iter().any(|noun| path.starts_with(noun));
    let paths = server_fn::axum::server_fn_paths().filter(|(path, method)| {
        of_a_site(path) || (*path == "/api/sites" && !matches!(*method, Method::GET | Method::POST))
    });
    for (path, method) in paths {
        let response = with_arguments(&app, method.clone(), path, site_id, &format!("{eve} {variant_id}")).await;
        assert_eq!(response.status_code().as_u16(), 404, "{method} {path}: {}", response.text());
    }
    let live = signed_in(app.server.get(&format!("/api/live?site_id={site_id}")), &eve).await;
    live.assert_status_not_found();
    let jobs: Value = signed_in(app.server.get("/api/jobs"), &eve).await.json();
    assert_eq!(jobs, json!([]));
    let job_id = before["jobs"][0]["id"].as_str().unwrap();
    for path in ["/api/jobs/retry", "/api/jobs/cancel"] {
        signed_in(app.server.post(path), &eve).form(&[("job_id", job_id)]).await.assert_status_not_found();
    }
    assert_eq!(before, detail(&ada).await.json::<Value>(), "nothing was changed");
}

/// Calls an endpoint with every argument that any of them takes; `who` is a token and a variant id.
async fn with_arguments(app: &App, method: Method, path: &str, site_id: &str, who: &str) -> axum_test::TestResponse {
    let (token, variant_id) = who.split_once(' ').unwrap_or((who, site_id));
    let arguments = [
        ("site_id", site_id),
        ("variant_id", variant_id),
        ("job_id", site_id),
        ("decision_id", variant_id),
        ("answer", "accept"),
        ("action", "approve"),
        ("status", "paused"),
        ("autonomy_mode", "supervised"),
        ("plan", "pro"),
        ("name", "Goal"),
        ("kind", "event"),
        ("detail", "order"),
        ("daily_calls", "5"),
        ("slot", "cta"),
        ("choice", "none"),
        ("locked", "true"),
        ("field", "language"),
        ("text", "Used by 10,000 bakers."),
        ("fact", "none"),
        ("instead", "Used by 10,000 bakers."),
        ("address", "slot:cta"),
        ("element", "none"),
        ("element_kind", "text"),
        ("url", PAGE_URL),
        ("visitor_id", "v-1"),
    ];
    let mut request = app.server.method(method.clone(), path);
    if !token.is_empty() {
        request = signed_in(request, token);
    }
    match method {
        Method::GET | Method::DELETE => request.add_query_params(arguments).await,
        Method::POST => request.form(&arguments).await,
        _ => request.json(&arguments.into_iter().collect::<std::collections::HashMap<_, _>>()).await,
    }
}
