//! Every page of the dashboard, as the server sends it to somebody who is signed in.

use crate::support::{App, COOKIE, signed_in};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::Value;
use server::router::router;
use testkit::service::PAGE_URL;
use tower::ServiceExt;

#[tokio::test]
async fn every_page_comes_whole() {
    let app = App::sqlite().await;
    let ada = app.sign_up("ada@example.com").await;
    let site: Value = signed_in(app.server.post("/api/sites"), &ada).form(&[("url", PAGE_URL)]).await.json();
    app.inside.work().await;
    let at = |view: &str| format!("/app/sites/{}?view={view}", site["id"].as_str().unwrap());
    let cases = [
        ("/".to_owned(), "Your landing page"),
        ("/how-it-works".to_owned(), "How it decides"),
        ("/app".to_owned(), "Needs attention"),
        ("/app/sites".to_owned(), "Sites"),
        ("/app/sites/new".to_owned(), "Add site"),
        ("/app/jobs".to_owned(), "Jobs"),
        ("/app/settings".to_owned(), "ada@example.com"),
        (at(""), "Waiting for your approval"),
        (at("goals"), "Goals"),
        (at("install"), "evoloop.js"),
        (at("page"), "Boil water in two minutes"),
        (at("jobs"), "Reading the page"),
        (at("settings"), "Supervised"),
    ];
    for (path, expected) in cases {
        let response = signed_in(app.server.get(&path), &ada).add_header("accept", "text/html").await;
        response.assert_status_ok();
        let html = response.text();
        assert!(html.contains(expected), "{path} has {expected}: {html}");
        assert!(!html.contains("This could not be loaded"), "{path}");
        assert!(html.contains("<title>") && !html.contains("<title></title>"), "{path}");
        assert!(!html.contains(" style="), "{path} would break its own content policy");
    }
    let eve = app.sign_up("eve@example.com").await;
    let response = signed_in(app.server.get(&at("")), &eve).add_header("accept", "text/html").await;
    assert!(response.text().contains("This does not exist, or it is not yours."));
}

/// A page is begun on one thread and ended on another: nothing in it may belong to a single one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_get_the_page_of_a_site() {
    let app = App::sqlite().await;
    let ada = app.sign_up("ada@example.com").await;
    let site: Value = signed_in(app.server.post("/api/sites"), &ada).form(&[("url", PAGE_URL)]).await.json();
    app.inside.work().await;
    let path = format!("/app/sites/{}", site["id"].as_str().unwrap());
    let router = router(app.state.clone());
    let loads = (0..60).map(|_| {
        let request = Request::get(&path).header("cookie", format!("{COOKIE}={ada}")).body(Body::empty()).unwrap();
        let router = router.clone();
        tokio::spawn(async move {
            let response = router.oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            to_bytes(response.into_body(), usize::MAX).await.unwrap()
        })
    });
    for load in loads.collect::<Vec<_>>() {
        let html = load.await.expect("no panic");
        let html = String::from_utf8_lossy(&html);
        assert!(html.contains("Waiting for your approval") && html.contains("</html>"), "{html}");
    }
}
