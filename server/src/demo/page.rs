//! The demonstration's landing page, as a customer's own server would serve it.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::SiteId;
use std::sync::{Arc, OnceLock};

const PAGE: &str = include_str!("../../assets/demo.html");
const STYLE: &str = include_str!("../../assets/demo.css");
const HERO: &str = include_str!("../../assets/demo-hero.svg");
/// Where the snippet goes, as the owner of a page would paste it.
const PLACE: &str = "<!-- evoloop:snippet -->";

/// A customer's page has a policy of its own; this one lets the snippet in and nothing from elsewhere.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

#[derive(Clone)]
struct DemoSite {
    public_url: Arc<str>,
    site_id: Arc<OnceLock<SiteId>>,
}

/// The page, its style sheet and its picture.
pub fn router(public_url: String, site_id: Arc<OnceLock<SiteId>>) -> Router {
    let asset = |media_type: &'static str, text: &'static str| {
        get(move || async move { ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-cache")], text) })
    };
    Router::new()
        .route("/demo", get(page))
        .route("/demo/demo.css", asset("text/css; charset=utf-8", STYLE))
        .route("/demo/hero.svg", asset("image/svg+xml", HERO))
        .with_state(DemoSite { public_url: public_url.into(), site_id })
}

async fn page(State(site): State<DemoSite>) -> Response {
    let script = site.site_id.get().map_or_else(String::new, |site_id| {
        format!("<script async src=\"{}/evoloop.js\" data-site=\"{site_id}\"></script>", site.public_url)
    });
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, PAGE.replace(PLACE, &script)).into_response()
}
